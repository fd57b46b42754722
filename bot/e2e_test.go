//go:build e2e

package main

import (
	"context"
	"io"
	"log/slog"
	"regexp"
	"testing"
	"time"
)

// The story, played in the page as a person plays it. Pictures of each chapter lie in the
// folder that DUEBOT_SHOTS names, else in e2e-shots at the top of the repository.

// act is one test's world: a sandbox, the page on it, and the control interface to wait by.
type act struct {
	*browser
	play *player
	box  *theSandbox
}

// curtain starts a sandbox whose clock shows a Friday morning in Berlin, after the hour of
// reminders, and opens its page.
func curtain(t *testing.T, o sandboxOptions) *act {
	t.Helper()
	o.addr, o.dir = "127.0.0.1:0", t.TempDir()
	if o.start.IsZero() {
		o.start = time.Date(2026, 10, 30, 9, 24, 0, 0, time.UTC)
	}
	box, err := openSandbox(context.Background(), o, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.close)
	return &act{browser: openBrowser(t, box.base), play: newPlayer(t, box.base), box: box}
}

// become takes the part of somebody of the team.
func (a *act) become(first string) {
	a.t.Helper()
	a.click(at("#people button", first))
	a.sees(at(`#people button[aria-checked="true"]`, first))
}

// command types a line into the channel's composer and sends it.
func (a *act) command(line string) {
	a.t.Helper()
	a.write("#slack-input", line+enter)
}

// moves presses one of the clock's buttons and waits until all that was due has happened.
func (a *act) moves(button string) {
	a.t.Helper()
	a.click(at("#clock-steps button", button))
	a.gone(at("#clock-moving", ""))
	a.play.state()
}

const (
	hintLine   = `/ar invoice acme 3 x 1200 "Consulting, October" + 1 x 99 "Hosting" tax 19% due 14d`
	chatRow    = "#screen .tg-rows button"
	chatBubble = "#screen .bubble"
	chatKey    = "#screen .key"
	slackMsg   = "#messages .msg"
	threadMsg  = "#thread .msg"
	paySheet   = "#screen .sheet iframe"
)

var (
	issuedNumber = regexp.MustCompile(`(INV-\d{4}-\d{6}) issued to Acme GmbH`)
	disputeLabel = regexp.MustCompile(`Dispute (D-\d+) on invoice`)
)

// TestE2EInvitation plays in an empty sandbox: a customer is added, and his person opens the
// invitation's link.
func TestE2EInvitation(t *testing.T) {
	a := curtain(t, sandboxOptions{empty: true})
	a.command(`/ar customer add acme "Acme GmbH" currency=EUR lang=en tz=Europe/Berlin terms=net14`)
	a.sees(at(slackMsg, "Acme GmbH added as acme"))
	a.command(`/ar customer invite acme`)
	a.until("the invitation's picture", func() bool { // it moves the link when it comes
		return call[bool](a.browser, `() => [...document.querySelectorAll('#messages .msg img')].some((i) => i.complete && i.clientHeight > 100)`)
	})
	a.click(at(slackMsg+" a", "https://t.me/duebot_sandbox_bot?start="))
	a.sees(at("dialog", "Whose phone opens this invitation?"))
	a.chapter("invitation", "")
	a.click(at("dialog .pick button", "Emma Clarke"))
	a.sees(at(chatBubble, "Welcome. This is Lindenhof Studio GmbH."))
	a.click(at("#rooms button", "finance"))
	a.sees(at(slackMsg, "opened the invitation"))
	a.chapter("linked", "phone")
	a.quiet()
}

// TestE2EStory plays the story with the demo company: issue, reminder, dispute, answer,
// credit note, payment, aging, digest.
func TestE2EStory(t *testing.T) {
	a := curtain(t, sandboxOptions{})
	a.until("the demo's chats", func() bool { return a.count(chatRow) >= 35 })
	a.chapter("start", "slack")
	number := a.issues()
	a.arrives(number)
	a.reminds(number)
	dispute := a.disputes(number)
	a.answers(number, dispute)
	a.credits(dispute)
	a.pays(number)
	a.ages()
	a.digests()
	a.tours()
	a.resets(number)
	a.quiet()
}

// issues: the line comes from the hint; the preview books nothing until it is confirmed.
func (a *act) issues() (number string) {
	a.click(at("#hint button", "Put it in the composer"))
	a.holds("#slack-input", hintLine)
	a.gone(at("#hint", ""))
	a.keys(enter)
	a.sees(at(slackMsg+".eph", "Preview: invoice for Acme GmbH"))
	a.sees(at(slackMsg+".eph", "€4,401.81"))
	a.play.state()
	a.never(at(slackMsg, "issued to Acme GmbH"))
	a.chapter("preview", "slack")
	a.click(at(slackMsg+".eph button", "Confirm"))
	number = a.reads(slackMsg, issuedNumber)
	a.play.state()
	a.gone(at(slackMsg+" button", "Confirm"))
	return number
}

// arrives: the invoice is in Acme's chat with its two buttons, and its card in the channel.
func (a *act) arrives(number string) {
	a.write("#screen .tg-search", number)
	a.click(at(chatRow, "Anna Keller"))
	a.sees(at(chatBubble, "Invoice "+number))
	a.sees(at(chatBubble, "€4,401.81"))
	a.sees(at(chatKey, "Pay €4,401.81"))
	a.sees(at(chatKey, "Dispute"))
	a.sees(at(slackMsg, number+" · Acme GmbH"))
	a.chapter("invoice", "phone")
}

// reminds: in three weeks the customer hears of it, the last time with its age.
func (a *act) reminds(number string) {
	a.moves("+3 weeks")
	a.sees(at(chatBubble, "7 days overdue"))
	a.click(at(slackMsg, number+" · Acme GmbH").its("button.btn[data-action=show]"))
	a.sees(at(slackMsg, "overdue by 7 days"))
	a.chapter("reminder", "phone")
}

// disputes: a reason by a button, and two words by keyboard.
func (a *act) disputes(number string) (dispute string) {
	a.click(at(chatKey, "Dispute"))
	a.sees(at(chatBubble, "What is wrong with invoice "+number+"?"))
	a.chapter("reasons", "phone")
	a.click(at(chatKey, "The sum is wrong"))
	a.sees(at(chatBubble, "What of invoice "+number+" do you dispute?"))
	a.chapter("part", "phone")
	a.click(at(chatKey, "The whole invoice"))
	a.sees(at(chatBubble, "Please write here in your own words"))
	a.write("#phone-input", "Hosting cancelled"+enter)
	dispute = a.reads(chatBubble, disputeLabel)
	a.sees(at(chatBubble, "we have passed this on"))
	a.sees(threadOf(number))
	a.chapter("dispute", "phone")
	return dispute
}

// threadOf is the line below an invoice's card that opens its thread.
func threadOf(number string) place { return at(slackMsg, number+" · Acme GmbH").its(".foot") }

// answers: what finance writes in the thread reaches the customer, but not what begins with //.
func (a *act) answers(number, dispute string) {
	a.become("Farid")
	a.click(threadOf(number))
	a.sees(at(threadMsg, "Dispute "+dispute))
	a.sees(at(threadMsg, "Hosting cancelled"))
	a.write("#thread-input", "// ask Sofia about the contract"+enter)
	a.sees(at(threadMsg, "// ask Sofia"))
	a.keys("You are right about the hosting. We credit it." + enter)
	a.sees(at(chatBubble, "You are right about the hosting. We credit it."))
	a.play.state()
	a.never(at(chatBubble, "ask Sofia"))
	a.chapter("thread", "slack")
}

// credits: the card's button asks by a form filled from what is in question; the command
// credits a part.
func (a *act) credits(dispute string) {
	a.click(at(threadMsg+" button", "Issue Credit Note"))
	a.sees(at("dialog", "Acme GmbH: €4,401.81 disputed"))
	a.chapter("creditform", "")
	a.keys(esc)
	a.gone(at("dialog", ""))
	a.command("/ar dispute resolve " + dispute + ` credit 117.81 "The hosting is credited"`)
	a.sees(at(slackMsg, dispute+" settled: credit note CN-2026-"))
	a.sees(at(threadMsg, "settled it with credit note CN-2026-"))
	a.sees(at(chatBubble, "You receive credit note CN-2026-"))
	a.sees(at(chatKey, "Pay €4,284.00"))
	a.chapter("credit", "phone")
}

// pays: the link opens the hosted page in the phone; the receipt is on both sides.
func (a *act) pays(number string) {
	a.click(at(chatKey, "Pay €4,284.00"))
	page := func(css, text string) place { return place{within: paySheet, css: css, text: text} }
	a.sees(page("body", "4,284.00"))
	a.chapter("pay", "phone")
	a.click(page("button.go", "Pay"))
	a.sees(page("body", "Thank you for your payment"))
	a.chapter("paid", "phone")
	a.click(at("#screen .sheet button", "Close the payment page"))
	a.gone(at(paySheet, ""))
	a.sees(at(chatBubble, "Receipt: €4,284.00"))
	a.sees(at(chatBubble, "Invoice "+number+": nothing is left to pay."))
	a.sees(at(threadMsg, "€4,284.00 received from Acme GmbH"))
	a.chapter("receipt", "phone")
}

// ages: nothing is left of it in the aging, which is long for all customers together.
func (a *act) ages() {
	a.become("Arthur")
	a.command("/ar aging acme")
	a.sees(at(slackMsg, "Nothing is owed"))
	a.click(at("#slack-input", ""))
	a.keys(up)
	a.holds("#slack-input", "/ar aging acme")
	for range " acme" {
		a.keys("\b")
	}
	a.holds("#slack-input", "/ar aging")
	a.keys(esc + enter)
	a.sees(at(slackMsg, "Receivables by age"))
	a.sees(at(slackMsg+" table", "All, EUR"))
	a.never(at(slackMsg+" table", "4,284.00"))
	a.click(at("#screen .tg-head button", "Back to the chats"))
	a.chapter("aging", "slack")
}

// digests: at nine on the next day of work, a Monday, the manager reads what came in.
func (a *act) digests() {
	for range 3 { // over Saturday and Sunday
		a.moves("Next 09:00")
	}
	a.become("Marta")
	a.click(at("#rooms button", "Duebot"))
	a.sees(at(slackMsg, "€4,284.00"))
	a.chapter("digest", "slack")
}

// tours looks at the rest of the page: the chats of three weeks, right-to-left writing, the
// composer's help, and the tools.
func (a *act) tours() {
	a.click(at("#screen .tg-search", ""))
	for range "INV-2026-000000" {
		a.keys("\b")
	}
	a.until("the chats with their unread counts", func() bool { return a.count(chatRow+" .badge") > 5 })
	a.write("#slack-input", "/ar ")
	a.sees(at(".sugg", "/ar aging"))
	a.chapter("chats", "phone")
	a.write("#slack-input", "inv")
	a.never(at(".sugg", "/ar aging"))
	a.keys(tab)
	a.holds("#slack-input", "/ar invoice ")
	a.sees(at(".usage", "/ar invoice"))
	a.click(at(chatRow+`[data-lang="fa"]:has(.badge)`, ""))
	a.sees(at(chatBubble, "INV-"))
	a.keys("/")
	a.sees(at("#screen .tg-cmds", "/invoices"))
	a.chapter("menus", "phone")
	a.click(at("#tool-fault", ""))
	a.sees(at("dialog", "Let a platform fail"))
	a.chapter("faults", "")
	a.keys(esc)
	a.gone(at("dialog", ""))
	a.click(at("#tool-pay", ""))
	a.sees(at(".menu", "4,284.00"))
	a.keys(esc)
	a.gone(at(".menu", ""))
}

// resets: everything is as at the beginning, and the hint invites again.
func (a *act) resets(number string) {
	a.click(at("#tool-reset", ""))
	a.click(at("dialog button", "Reset"))
	a.sees(at("#toasts", "Everything is new."))
	a.play.state()
	a.click(at("#rooms button", "invoices"))
	a.sees(at("#hint", "Put it in the composer"))
	a.gone(at(slackMsg, number+" · Acme GmbH"))
}
