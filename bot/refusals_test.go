package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/rogpeppe/go-internal/testscript"
)

// scriptRefused does what is refused, and holds the words against the text that they should
// be.
func scriptRefused(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 3, "refused KEY USER LINE, or refused KEY press USER LABEL")
	s := on(ts)
	key, did, said := args[0], "", ""
	switch how := args[1]; how {
	case "direct":
		before := s.play.state()
		s.play.mention(args[2], "direct", args[3])
		after := s.play.state()
		did, said = args[3], after.newTo(&before, "")
	case "press", "press-first":
		need(ts, args, 4, "refused KEY press USER LABEL")
		before := s.play.state()
		if how == "press" {
			s.play.press(args[2], args[3])
		} else {
			s.play.pressFirst(args[2], args[3])
		}
		after := s.play.state()
		did, said = "["+args[3]+"]", after.newTo(&before, args[2])
	default:
		did = s.play.linked(args[2])
		_, said = s.play.command(args[1], "CINVOICES1", did)
	}
	if !fitsText(refusalTexts()[key], said) {
		ts.Fatalf("%s: got %q, want the words of %s", did, said, key)
	}
	s.refusals = append(s.refusals, did+"\n  "+strings.ReplaceAll(strings.TrimSpace(said), "\n", "\n  "))
}

func scriptRefusals(ts *testscript.TestScript, _ bool, _ []string) {
	fmt.Fprintln(ts.Stdout(), strings.Join(on(ts).refusals, "\n"))
}

// newTo is what the bot has said since that user sees.
func (w *world) newTo(before *world, user string) string {
	var out []string
	for _, m := range w.Slack.Messages {
		same := func(x slackMessage) bool { return x.Channel == m.Channel && x.TS == m.TS && x.Text == m.Text }
		if m.BotID != "" && (m.EphemeralTo == "" || m.EphemeralTo == user) && !slices.ContainsFunc(before.Slack.Messages, same) {
			out = append(out, shown(m.Text, m.Blocks))
		}
	}
	return strings.Join(out, "\n")
}

// refusalTexts are the English refusals by key; of one with plural forms, that of many.
func refusalTexts() map[string]string {
	var all map[string]any
	if _, err := toml.DecodeFile("text/en.toml", &all); err != nil {
		panic(err)
	}
	out := map[string]string{}
	for key, v := range all {
		name, ok := strings.CutPrefix(key, "refuse.")
		switch text := v.(type) {
		case string:
			if ok {
				out[name] = text
			}
		case map[string]any:
			if ok {
				out[name], _ = text["other"].(string)
			}
		}
	}
	return out
}

var (
	maybeWords = regexp.MustCompile(`\{\{(?:with|if) [^}]*\}\}.*?\{\{end\}\}`)
	anyDatum   = regexp.MustCompile(`\{\{[^}]*\}\}`)
)

// fitsText reports whether words are a text with data put in.
func fitsText(text, said string) bool {
	if text == "" {
		return false
	}
	for _, part := range anyDatum.Split(maybeWords.ReplaceAllString(text, "{{}}"), -1) {
		_, after, ok := strings.Cut(said, part)
		if !ok {
			return false
		}
		said = after
	}
	return true
}

// notTyped are the refusals that no line meets, with the reason; one that ends in a dot stands
// for all that begin so.
func notTyped() map[string]string {
	out := map[string]string{}
	for why, keys := range map[string]string{
		"a customer meets it": "pay.nothing pay.underway pay.unknown pay.earlier pay.noprovider pay.changed link.unknown chat. hours.outside mail.typed mail.used mail.asked mail.waits mail.last deferral.onplan deferral.nothing deferral.already deferral.nodebt paid. act.agreed act.unsent act.listtype rating.",
		"a file meets it":     "opening. file. row. import. rate.many attach. paper.elsewhere account.",
		"a setting meets it":  "applyorder.unknown company.currency digest.nomail",
		"Telegram does not answer while the program starts": "digest.notelegram invite.notyet",
		"a shortcut of a message's menu meets it":           "shortcut.",
		"two end it at once":                                "hold.over",
		"a platform meets it":                               "key.reused",
		"another is said before":                            "invoice.nolines invoice.notext reissue.customer reissue.open deposit.twice payment.currency early.before approval.needed",
		"the button gives way to what became of it: only two presses at once meet it": "notice.over mail.decided note.undone dispute.settled preview.used link.none plan.over " +
			"campaign.running campaign.paused campaign.stopped campaign.done interest.nothing task.nodebt",
		"the button is shown to its author alone":                       "preview.others offer.others ask.others",
		"the line is longer than a page":                                "invoice.manylines invoice.longwords instalments.many note.long draft.many task.long",
		"the request is ended by itself in the same quarter of an hour": "approval.late",
		"a request of an older version of the program":                  "approval.unfit",
	} {
		for key := range strings.FieldsSeq(keys) {
			out[key] = why
		}
	}
	return out
}

// Every refusal that staff can meet stands in a script once, as the line and the words.
func TestEveryRefusalIsShown(t *testing.T) {
	seen := map[string]bool{}
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^refused (\S+)`)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range line.FindAllStringSubmatch(string(data), -1) {
			seen[m[1]] = true
		}
	}
	texts := refusalTexts()
	for key := range texts {
		family, _, _ := strings.Cut(key, ".")
		why, not := notTyped()[key]
		if of, all := notTyped()[family+"."]; all {
			why, not = of, all
		}
		switch {
		case seen[key] && not:
			t.Errorf("a script shows %s, and yet: %s", key, why)
		case !seen[key] && !not:
			t.Errorf("no script shows the refusal %s", key)
		}
	}
	for key := range seen {
		if texts[key] == "" {
			t.Errorf("a script names %s, and there is no such refusal", key)
		}
	}
}
