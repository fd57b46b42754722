package main

import (
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"duebot/ledger"
	"duebot/reminders"
)

// policiesOf reads [reminders] of a configuration, and every mistake of it.
func policiesOf(t *testing.T, text string) (*reminders.Policies, string) {
	t.Helper()
	var c Config
	if _, err := toml.Decode("[reminders]\n"+text, &c.File); err != nil {
		t.Fatal(err)
	}
	var mistakes []string
	p := c.policies(func(setting, format string, args ...any) {
		mistakes = append(mistakes, setting+": "+strings.TrimSpace(strings.ReplaceAll(format, "\n", " ")))
	})
	return p, strings.Join(mistakes, "\n")
}

// A policy of the company's own is what it says, and for the rest the one that it is based on.
func TestPolicyOfTheConfiguration(t *testing.T) {
	p, mistakes := policiesOf(t, `
at = "09:30"
until = 17
policy = "mild"
[[reminders.policies]]
name = "mild"
based_on = "gentle"
segments = ["Retail", "friends"]
before = [0, 5, 5]
minimum = ["20 EUR", "1500.50 rub", "300 JPY"]
quiet = ["12-24..01-01", "2026-08-10"]
[[reminders.policies]]
name = "hard"
based_on = "mild"
interval_days = 1
steps = [{after = 1, tone = "plain"}, {after = 10, tone = "final"}]
[[reminders.habits]]
late_from = 20
policy = "hard"
`)
	if mistakes != "" {
		t.Fatal(mistakes)
	}
	mild, hard := p.Named["mild"], p.Named["hard"]
	if len(mild.Steps) != len(p.Named["gentle"].Steps) || mild.Interval != p.Named["gentle"].Interval || len(mild.Before) != 2 || mild.Before[0] != 5 ||
		mild.Minimum["RUB"] != 150050 || mild.Minimum["JPY"] != 300 || len(mild.Quiet) != 2 {
		t.Errorf("mild is %+v", mild)
	}
	if len(hard.Steps) != 2 || hard.Steps[1] != (reminders.Step{After: 10, Tone: reminders.Final, Kind: reminders.Message}) || hard.Interval != 1 || hard.Minimum["EUR"] != 2000 {
		t.Errorf("hard is %+v", hard)
	}
	if p.Company != "mild" || p.Segments["retail"] != "mild" || len(p.Habits) != 1 || p.Hours != (ledger.Hours{From: 9, Until: 17}) {
		t.Errorf("%q, %v, %v, %v", p.Company, p.Segments, p.Habits, p.Hours)
	}
	if other, _ := policiesOf(t, ""); other.Text() == p.Text() || !strings.Contains(p.Text(), `"hard"`) {
		t.Error("other policies have the same text")
	}
}

// Every mistake is told with the setting that it is in.
func TestMistakesInPolicies(t *testing.T) {
	one := func(line string) string { return "[[reminders.policies]]\nname = \"x\"\n" + line }
	for text, want := range map[string]string{
		`policy = "none"`: "reminders.policy: there is no policy",
		`at = "25:00"`:    "reminders.at",
		`at = "20:00"`:    "reminders.until",
		"[[reminders.policies]]\nname = \"two words\"":                           "one word",
		one(`based_on = "nothing"`):                                              "not there",
		one(`before = [90]`):                                                     "before",
		one(`steps = [{after = 0, tone = "plain"}]`):                             "after is 1",
		one(`steps = [{after = 5, tone = "plain"}, {after = 5, tone = "firm"}]`): "in order",
		one(`steps = [{after = 5, tone = "rude"}]`):                              "tones",
		one(`interval_days = 0`):                                                 "is %d to %d",
		one(`minimum = ["20"]`):                                                  "minimum",
		one(`minimum = ["0.001 EUR"]`):                                           "minimum",
		one(`quiet = ["12-24..2027-01-01"]`):                                     "quiet",
		one(`quiet = ["2027-02-01..2027-01-01"]`):                                "quiet",
		one(`quiet = ["02-30..03-01"]`):                                          "quiet",
		one(`quiet = ["2027-02-29"]`):                                            "quiet",
		one(`quiet = ["01-01..12-31"]`):                                          "whole year",
		one(`quiet = ["06-15..06-14"]`):                                          "whole year",
		one(`segments = ["a"]`) + "\n" + "[[reminders.policies]]\nname=\"y\"\nsegments=[\"A\"]": "already",
		"[[reminders.habits]]\npolicy = \"strict\"":                                             "say of whom",
		"[[reminders.habits]]\npolicy = \"strict\"\nlate_from = 10\nlate_to = 5":                "the smaller one",
		"[[reminders.policies]]\nname = \"a\"\n[[reminders.policies]]\nname = \"A\"":            "stands there twice",
		"[[reminders.policies]]\nname = \"None\"":                                               "takes a policy",
		"[[reminders.habits]]\npolicy = \"no\"\nbroken_promises = 1":                            "there is no policy",
	} {
		if _, got := policiesOf(t, text); !strings.Contains(got, want) {
			t.Errorf("%s\ntells %q, want %q", text, got, want)
		}
	}
}

// The company's own words are read, and every fault in them is told.
func TestOwnWordsOfTheConfiguration(t *testing.T) {
	p, mistakes := policiesOf(t, `
[[reminders.texts]]
language = "ru"
tone = "firm"
title = "{{.company}}: оплатите"
body = {one = "Счёт на {{.total}}", few = "{{.count}} счёта", many = "{{.count}} счетов", other = "{{.count}} счёта"}
[[reminders.texts]]
language = "en"
tone = "soon"
policy = "gentle"
body = "Dear {{.customer}}"
`)
	if mistakes != "" || len(p.Texts) != 2 || !strings.Contains(p.Text(), "оплатите") {
		t.Errorf("%v, %s", p.Texts, mistakes)
	}
	one := func(line string) string { return "[[reminders.texts]]\nlanguage = \"en\"\ntone = \"firm\"\n" + line }
	for text, want := range map[string]string{
		"[[reminders.texts]]\nlanguage = \"de\"":                        "no language",
		"[[reminders.texts]]\nlanguage = \"en\"\ntone = \"rude\"":       "no tone",
		one(`policy = "brutal"`):                                        "no policy",
		one(``):                                                         "neither a title nor a body",
		one(`title = ""`):                                               "%s: %s",
		one(`title = "{{.count}} due"`):                                 "%s: %s",
		one(`body = "a\u202eb"`):                                        "%s: %s",
		one(`title = "a\nb"`):                                           "%s: %s",
		one(`title = "x"`) + "\n" + one(`title = "y"`):                  "given twice",
		one(`body = "` + strings.Repeat("x", ownBody+1) + `"`):          "%s: %s",
		one(`title = {one = "{{.sum}}", other = "{{.count}} of them"}`): "%s: %s",
	} {
		if _, mistakes := policiesOf(t, text); !strings.Contains(mistakes, want) {
			t.Errorf("%s\n%q, want %q", text, mistakes, want)
		}
	}
}
