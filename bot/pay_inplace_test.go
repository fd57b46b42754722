package main

import (
	"slices"
	"strings"
	"testing"
)

// Without a public address nobody can follow a link to us: the Pay button asks the bot, which
// answers with the provider's own. So it is under an invoice, in the menu, where the message
// changes in place and leads back, and in a group that is shown sums.
func TestPayWithoutPublicAddress(t *testing.T) {
	t.Parallel() // most of it is waiting
	const group = -500800
	w := standIns(t)
	w.env = slices.DeleteFunc(w.env, func(s string) bool { return strings.HasPrefix(s, "DUEBOT_PUBLIC_URL=") })
	bot := w.serve()
	eventually(t, "the bot is ready", w.ready)
	p := newPlayer(t, w.base)
	chat := func(id int64) func() string { return func() string { s := p.state(); return s.chat(id) } }
	p.command("USALES0001", "CINVOICES1", `/ar customer add acme "Acme GmbH" currency=EUR lang=en tz=Europe/Berlin terms=net14`)
	p.link("acme", 1001)
	see(t, `\[Accountant\]`, chat(1001))
	p.tap(1001, "Accountant")
	people := []any{map[string]any{"id": 1001, "first_name": "P1", "language_code": "en"}, map[string]any{"id": 1002, "first_name": "P2", "language_code": "en"}}
	p.post("telegram/chat", map[string]any{"id": group, "type": "group", "title": "Paying acme", "people": people}, nil)
	p.command("USALES0001", "CINVOICES1", "/ar aging") // the newest answer names no invitation
	p.write(group, "/start@duebot_sandbox_bot "+p.token("acme group"))
	see(t, `without sums`, chat(group))
	p.write(group, "/settings@duebot_sandbox_bot")
	see(t, `\[Show Sums Here\]`, chat(group))
	p.tapAs(group, 1001, "Show Sums Here")
	see(t, `sums and documents are shown`, chat(group))

	p.command("USALES0001", "CINVOICES1", `/ar invoice acme 120 "Work"`)
	p.press("USALES0001", "Confirm")
	see(t, `\[Pay €120.00\]`, chat(1001))
	see(t, `\[Pay €120.00\]`, chat(group))
	if link := p.linkNamed(1001, "Pay"); link != "" {
		t.Errorf("the button under the invoice is a link to %s, which nobody can follow", link)
	}
	p.tap(1001, "Pay €120.00")
	see(t, `INV-\d+-000001(?s:.*)\[Pay €120.00 Now\]`, chat(1001))
	first := p.linkNamed(1001, "Pay")

	p.write(1001, "/pay")
	see(t, `\[Pay €120.00 · INV-\d+-000001\]`, chat(1001))
	before := len(p.messagesOf(1001))
	p.tap(1001, "Pay €120.00 ·")
	eventually(t, "the menu has the link", func() bool { return strings.Count(chat(1001)(), "Now]") == 2 })
	if after := len(p.messagesOf(1001)); after != before {
		t.Errorf("%d messages more: the menu is one message", after-before)
	}
	see(t, `\[Pay €120.00 Now\]\n\[Back\]`, chat(1001))
	if second := p.linkNamed(1001, "Pay"); first == "" || second != first {
		t.Errorf("two links for one debt: %s and %s", first, second)
	}

	p.tapAs(group, 1002, "Pay €120.00")
	see(t, `\[Pay €120.00 Now\]`, chat(group))
	if third := p.linkNamed(group, "Pay"); third != first {
		t.Errorf("the group has another link: %s and %s", first, third)
	}
	bot.stop(t)
	checkFile(t, w.db)
	w.stand.stop(t)
}

// linkNamed is the address behind the newest button whose label begins so, "" where none has one.
func (p *player) linkNamed(chat int64, label string) string {
	for _, m := range slices.Backward(p.messagesOf(chat)) {
		for _, b := range slices.Concat(m.ReplyMarkup.Rows...) {
			if strings.HasPrefix(b.Text, label) && b.URL != "" {
				return b.URL
			}
		}
	}
	return ""
}

func (p *player) messagesOf(chat int64) []chatMessage {
	w := p.state()
	return w.messages(chat)
}
