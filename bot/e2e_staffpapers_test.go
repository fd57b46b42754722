//go:build e2e

package main

import "testing"

// TestE2EStaffPapers looks at documents in Slack as people do: in the thread of an invoice's card,
// and in one's own messages with the bot.
func TestE2EStaffPapers(t *testing.T) {
	a := curtain(t, sandboxOptions{})
	defer a.quiet()
	a.become("Marta")
	a.click(at("#hint button[aria-label]", ""))
	a.click(at("#rooms button", "invoices"))
	a.command(`/ar invoice harborlane 3 x 1200 "Consulting, October"`)
	a.click(at(slackMsg+" .btn", "Confirm"))
	a.sees(at(slackMsg, "issued to Harbor Lane"))
	a.click(at("#messages .foot", "Last at 10:24"))
	a.sees(at("#thread .file", ".pdf"))
	a.chapter("thread", "slack")
	a.command("/ar statement harborlane 2026-01-01 2026-12-31 xlsx")
	a.sees(at(slackMsg, "in your direct messages"))
	a.chapter("answer", "slack")
	a.click(at("#rooms button", "Duebot"))
	a.sees(at("#messages .file", ".xlsx"))
	a.chapter("direct", "slack")
}
