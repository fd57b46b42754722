package main

import (
	"strings"
	"testing"
)

// What is wrong about disputes is one line that names the setting.
func TestDisputeSettings(t *testing.T) {
	base := sandboxConfig("http://127.0.0.1:1", "x.db")
	for want, change := range map[string]func(*Config){
		"disputes.answer_days: must be 1 to 90":                  func(c *Config) { c.Disputes.AnswerDays = 91 },
		"disputes.answer_days: must":                             func(c *Config) { c.Disputes.AnswerDays = -1 },
		"recurring.notice_days: must be 0 to 30":                 func(c *Config) { days := 31; c.Recurring.NoticeDays = &days },
		`disputes.escalate_to: "SSALES0001" is not the id`:       func(c *Config) { c.Disputes.EscalateTo = "SSALES0001" },
		`disputes.escalate_to: "@boss" is not the id of a Slack`: func(c *Config) { c.Disputes.EscalateTo = "@boss" },
		"": func(c *Config) { c.Disputes.AnswerDays, c.Disputes.EscalateTo = 10, "@UMANAGER01" },
	} {
		c := base
		change(&c)
		err := c.check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("got %v, want %s", err, want)
		}
		if want == "" && c.escalateTo() != "UMANAGER01" {
			t.Errorf("escalates to %q", c.escalateTo())
		}
	}
}
