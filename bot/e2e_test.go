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
}

// curtain starts a sandbox whose clock shows a Friday morning in Berlin, and opens its page.
func curtain(t *testing.T, o sandboxOptions) *act {
	t.Helper()
	o.addr, o.dir = "127.0.0.1:0", t.TempDir()
	o.start = time.Date(2026, 10, 30, 8, 12, 0, 0, time.UTC)
	box, err := openSandbox(context.Background(), o, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.close)
	return &act{browser: openBrowser(t, box.base), play: newPlayer(t, box.base)}
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
	line   = `/ar invoice acme 3 x 1200 "Consulting, October" + 1 x 99 "Hosting" tax 19% due 14d`
	bubble = "#screen .bubble"
	key    = "#screen .key"
	msg    = "#messages .msg"
	reply  = "#thread .msg"
	sheet  = "#screen .sheet iframe"
)

var (
	invoiceNumber = regexp.MustCompile(`Invoice (INV-\d{4}-\d{6})`)
	disputeLabel  = regexp.MustCompile(`Dispute (D-\d+)`)
)

func TestE2EInvitation(t *testing.T) {
	a := curtain(t, sandboxOptions{empty: true})
	a.invitation()
	a.story("Mila Brandt")
	a.quiet()
}

// invitation: sales adds a customer, and his person opens the link on her phone.
func (a *act) invitation() {
	a.command(`/ar customer add acme "Acme GmbH" currency=EUR lang=en tz=Europe/Berlin terms=net14`)
	a.sees(at(msg, "Acme GmbH added as acme"))
	a.command(`/ar customer invite acme`)
	a.click(at(msg+" a", "https://t.me/duebot_sandbox_bot?start="))
	a.sees(at("dialog", "Whose phone opens this invitation?"))
	a.chapter("invitation", "slack")
	a.click(at(`dialog .pick button[data-chat="1001"]`, ""))
	a.sees(at(bubble, "Welcome. This is Lindenhof Studio GmbH."))
	a.click(at("#rooms button", "finance"))
	a.sees(at(msg, "opened the invitation"))
	a.chapter("linked", "phone")
	a.click(at("#screen .tg-head button", "Back to the chats"))
	a.click(at("#rooms button", "invoices"))
}

// story plays issue, reminder, dispute, answer, credit note, payment and digest.
func (a *act) story(customer string) {
	a.chapter("start", "slack")
	a.issue()
	number := a.arrives()
	a.reminded()
	a.disputes(number)
	dispute := a.answered(number)
	a.credited(dispute)
	a.pays()
	a.aged()
	a.digest()
}

// issue: the line comes from the hint; the preview books nothing until it is confirmed.
func (a *act) issue() {
	a.click(at("#hint button", "Put it in the composer"))
	a.holds("#slack-input", line)
	a.gone(at("#hint", ""))
	a.keys(enter)
	a.sees(at(msg+".eph", "Preview: invoice for Acme GmbH"))
	a.sees(at(msg+".eph", "€4,401.81"))
	a.never(at(".tg-rows", "€4,401.81"))
	a.chapter("preview", "slack")
	a.click(at(msg+".eph button", "Confirm"))
	a.sees(at(msg, "issued to Acme GmbH"))
	a.gone(at(msg+" button", "Confirm"))
}

// arrives: the invoice is in Acme's chat, with its two buttons.
func (a *act) arrives() (number string) {
	a.click(at(".tg-rows button", "€4,401.81"))
	return number
}
