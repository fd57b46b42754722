package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"duebot/reminders"
)

// Steps of other kinds have a tone where none is set, and channels are named as in [channels].
func TestStepsOfOtherKinds(t *testing.T) {
	p, mistakes := policiesOf(t, `
[[reminders.policies]]
name = "phone"
steps = [{after = 3, kind = "sms"}, {after = 7, kind = "call", tone = "firm"}, {after = 14, kind = "letter"}]
channels = ["email", "sms"]
[[reminders.policies]]
name = "wrong"
steps = [{after = 3, kind = "visit"}]
channels = ["email", "email", "fax"]
`)
	want := []reminders.Step{{After: 3, Tone: reminders.Plain, Kind: reminders.SMS}, {After: 7, Tone: reminders.Firm, Kind: reminders.Call}, {After: 14, Tone: reminders.Final, Kind: reminders.Letter}}
	if got := p.Named["phone"]; !slices.Equal(got.Steps, want) || !slices.Equal(got.Channels, []string{"mail", "sms"}) {
		t.Errorf("phone is %+v", got)
	}
	if strings.Count(mistakes, "none of the kinds") != 1 || strings.Count(mistakes, "stands there twice") != 2 {
		t.Errorf("mistakes are %s", mistakes)
	}
}

// What is set about tasks and short messages is checked, and the token is never told.
func TestTaskAndSMSSettings(t *testing.T) {
	var c Config
	if _, err := toml.Decode("[tasks]\ndays = 0\nhour = 20\nescalate_days = -1\nafter_laststep = 400\n[sms]\nbody = \"{to}\"", &c.File); err != nil {
		t.Fatal(err)
	}
	c.SMSURL, c.SMSToken, c.CallSeconds = "https://sms.example/send", "s3cret", 10
	var bad []string
	note := func(setting, _ string, args ...any) {
		bad = append(bad, setting)
		for _, x := range args {
			if s, ok := x.(string); ok && strings.Contains(s, c.SMSToken) {
				t.Errorf("%s tells the token", setting)
			}
		}
	}
	c.checkTasks(note)
	c.checkSMS(note)
	if want := []string{"tasks.days", "tasks.hour", "tasks.escalate_days", "tasks.after_laststep", "sms.body"}; !slices.Equal(bad, want) {
		t.Errorf("wrong are %v, want %v", bad, want)
	}
}
