package main

import (
	"fmt"
	"regexp"
	"time"

	"duebot/ledger"
)

// channelRule sends the cards of some customers' invoices to a channel of their own. Of
// several that fit the first holds; a rule that names neither fits all.
type channelRule struct {
	ID      string `toml:"id"`
	Segment string `toml:"segment"` // of the customer
	Owner   string `toml:"owner"`   // Slack user who looks after him
}

// channelFor is the channel of a customer's invoices.
func (c *Config) channelFor(segment, owner string) string {
	for _, r := range c.Slack.Channel {
		if (r.Segment == "" || r.Segment == segment) && (r.Owner == "" || r.Owner == owner) {
			return r.ID
		}
	}
	return c.Slack.Invoices
}

// defaultSendDelay is time enough to see a mistake in what was just issued.
const defaultSendDelay = "60s"

// sendDelayMax is the longest that an invoice may be held back.
const sendDelayMax = time.Hour

// sendDelay is how long an issued invoice waits before it goes out.
func (c *Config) sendDelay() time.Duration {
	d, _ := time.ParseDuration(c.Company.SendDelay)
	return d
}

var slackUser = regexp.MustCompile(`^[UW][A-Z0-9]+$`)

// checkCards checks where cards go, and when invoices.
func (c *Config) checkCards(bad func(setting, format string, args ...any)) {
	if d, err := time.ParseDuration(c.Company.SendDelay); err != nil || d < 0 || d > sendDelayMax {
		bad("company.send_delay", "%q is not a time like \"60s\" or \"2m\", from \"0s\" to an hour", c.Company.SendDelay)
	}
	if id := c.Slack.Approvals; id != "" && !slackChannel.MatchString(id) {
		bad("slack.approvals", "%q is not the id of a Slack channel, like \"C0123456789\"; it stands at the foot of the channel's details", id)
	}
	for i, r := range c.Slack.Channel {
		setting := fmt.Sprintf("slack.channel %d", i+1)
		if !slackChannel.MatchString(r.ID) {
			bad(setting, "id %q is not the id of a Slack channel, like \"C0123456789\"; it stands at the foot of the channel's details", r.ID)
		}
		if r.Owner != "" && !slackUser.MatchString(r.Owner) {
			bad(setting, "owner %q is not the id of a Slack user (U…); it stands in the profile, behind ⋮", r.Owner)
		}
	}
}

// channels are the Slack channels that are written to, each with the setting that names it.
func (c *Config) channels() (out [][2]string) {
	out = [][2]string{{"slack.invoices", c.Slack.Invoices}, {"slack.finance", c.Slack.Finance}}
	if c.Slack.Approvals != c.Slack.Finance {
		out = append(out, [2]string{"slack.approvals", c.Slack.Approvals})
	}
	if c.Questions.Channel != "" {
		out = append(out, [2]string{"questions.channel", c.Questions.Channel})
	}
	for i, r := range c.Slack.Channel {
		out = append(out, [2]string{fmt.Sprintf("slack.channel %d", i+1), r.ID})
	}
	return out
}

// touched keeps the cards of invoices up to date with the books; see commands.Desk.Touched.
func (b *Bot) touched(tx *ledger.Tx, about []ledger.InvoiceID) error {
	return b.desk.Touched(tx, about)
}
