package commands

import (
	"strconv"
	"strings"
	"testing"
)

// While it is not known who the bot is in Telegram, there are no links: a file of invitations
// without them would leave the customers with letters that lead nowhere.
func TestNoInvitationsWithoutLinks(t *testing.T) {
	d, _ := approvalDesk(t)
	d.InviteURL = func(string) string { return "" }
	d.line(t, "UFINANCE01", "setup")
	for step := range 5 {
		d.pressed(t, "UFINANCE01", "setup", strconv.Itoa(step)+".next")
	}
	if got := d.pressed(t, "UFINANCE01", "setup", "5.invite"); !strings.Contains(got, "refuse.invite.notyet") {
		t.Errorf("got %s, want a refusal", got)
	}
}
