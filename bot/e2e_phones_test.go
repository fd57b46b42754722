//go:build e2e

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestE2EPhones looks at what comes to telephones beside chats: a short message to a customer, with
// the link that pays, and a manager's digest in Telegram with its picture.
func TestE2EPhones(t *testing.T) {
	config := filepath.Join(t.TempDir(), "duebot.toml")
	if err := os.WriteFile(config, []byte(`[reminders]
policy = "short"
[[reminders.policies]]
name = "short"
before = []
steps = [{after = 3, kind = "sms", tone = "plain"}]
channels = ["sms", "telegram"]
`), 0o600); err != nil {
		t.Fatal(err)
	}
	a := curtain(t, sandboxOptions{empty: true, config: config})
	defer a.quiet()
	for _, line := range []string{`customer add acme "Acme GmbH" currency=EUR lang=en terms=net7`, `customer set acme phone="+40 721 234 567"`,
		`customer add bolt "Bolt SRL" currency=EUR lang=en terms=net7`, `customer set bolt phone="+40 721 765 432" email=ap@bolt.example`} {
		a.play.command(sales, "CINVOICES1", "/ar "+line)
	}
	a.play.link("acme", 1001)
	for _, handle := range []string{"acme", "bolt"} {
		a.play.command(sales, "CINVOICES1", "/ar invoice "+handle+` 100 "Hosting"`)
		a.play.press(sales, "Confirm")
	}
	a.play.advance("264h")
	a.play.state()

	// A number whose holder has no chat is a thread of its own, which leads to the payment page.
	a.sees(at(chatRow, "Bolt SRL").its(".badge"))
	a.click(at(chatRow, "Bolt SRL"))
	a.sees(at(".sms .tg-head", "SMS to +40721765432"))
	a.sees(at(chatBubble, "INV-2026-000002, €100.00, was due"))
	a.never(at(chatBubble, "INV-2026-000001"))
	a.chapter("sms", "phone")
	a.click(at(chatBubble+" a", "/pay/"))
	a.sees(at("#screen .sheet", "Payment"))
	a.sees(place{within: paySheet, css: "body", text: "100.00"})
	a.click(at("#screen .sheet button", "Close the payment page"))

	// Whoever has a chat too finds it there, and the way back.
	a.click(at("#screen .tg-head button", "Back to the chats"))
	a.click(at(chatRow, "Emma Clarke"))
	a.click(at("#screen .tg-sms", "A short message on this phone"))
	a.sees(at(chatBubble, "INV-2026-000001, €100.00, was due"))
	a.click(at("#screen .tg-sms", "Telegram on this phone"))
	a.sees(at("#screen .tg-head", "bot · on"))

	// A line that was written and sent leaves the field as it was: no scrollbar stands in it.
	a.write("#phone-input", "/help"+enter)
	a.sees(at(chatBubble, "/balance"))
	a.until("a field without a scrollbar", func() bool {
		return call[bool](a.browser, `() => { const f = document.getElementById('phone-input'); return f.value === '' && f.scrollHeight <= f.clientHeight; }`)
	})

	link := a.play.digestLink(manager)
	a.play.write(1002, "/start "+link)
	a.play.command(finance, "CINVOICES1", `/ar payment INV-2026-000001 40`)
	a.play.advance("24h")
	a.play.state()
	a.click(at("#screen .tg-head button", "Back to the chats"))
	a.click(at(chatRow, "receivables on"))
	a.sees(at(chatBubble, "Overdue in all: €160.00"))
	a.until("the picture of the digest", func() bool {
		return call[bool](a.browser, `() => [...document.querySelectorAll('#screen .photo img')].some((i) => i.complete && i.naturalWidth === 800)`)
	})
	a.chapter("digestphoto", "phone")
	a.click(at(chatKey, "Overdue in all"))
	a.sees(at(chatBubble, "Bolt SRL"))

	// On a narrow screen the chat is at its end, also of what came while Slack was looked at. Who
	// has moved up stays where he is.
	a.do(chromedp.EmulateViewport(narrowX, narrowY))
	a.click(at("#tab-slack", ""))
	a.play.write(1002, "/help")
	a.play.state()
	a.click(at("#tab-phone", ""))
	a.until("the end of the chat", func() bool { return a.fromEnd() < 2 })
	for range 3 {
		a.play.write(1002, "/help")
		a.play.state()
		a.until("the end of the chat", func() bool { return a.fromEnd() < 2 })
	}
	call[bool](a.browser, `() => { document.querySelector('#screen .tg-body').scrollTop = 10; return true; }`)
	a.play.write(1002, "is this the last one?")
	a.until("the newest message", func() bool {
		return call[bool](a.browser, `() => document.querySelector('#screen .tg-body').textContent.includes('is this the last one?')`)
	})
	a.play.state()
	if top := call[float64](a.browser, `() => document.querySelector('#screen .tg-body').scrollTop`); top != 10 {
		t.Errorf("who had moved up is at %.0f pixels now", top)
	}
}

// fromEnd is how far an open chat is from its end, in CSS pixels.
func (b *browser) fromEnd() float64 {
	return call[float64](b, `() => { const l = document.querySelector('#screen .tg-body'); return l.clientHeight ? l.scrollHeight - l.scrollTop - l.clientHeight : 1e6; }`)
}
