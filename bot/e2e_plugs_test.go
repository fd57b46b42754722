//go:build e2e

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// plugs are what the page's menu lets fail, and what the bot says of it in Slack's finance
// channel; "" where it goes on, or tries once more, and nobody has to know. In the page the
// silence of a dead line is told after a minute, here after a second.
var plugs = map[string][][2]string{
	"slack": {
		{"Too many requests", ""}, {"Internal error", ""}, {"No answer", ""}, {"Lost answer", ""}, {"Duplicate", ""}, {"Cut connection", ""},
		{"Black hole", ""}, {"Connection refused", ""}, {"Fresh socket", ""}, {"Lost file", ""}, {"Forged call", ""},
		{"Archive #invoices", "can't be written to"}, {"Remove from #invoices", ""}, {"Take a scope away", ""},
	},
	"telegram": {
		{"Too many requests", ""}, {"Internal error", ""}, {"No answer", ""}, {"Lost answer", ""}, {"Duplicate", ""}, {"Cut connection", ""},
		{"Black hole", "Telegram answers again"}, {"Connection refused", "Telegram answers again"},
		{"Forged call", ""}, {"Another bot", ""}, {"Poison update", "put aside"},
	},
	"mail": {
		{"Too many requests", ""}, {"Internal error", ""}, {"No answer", ""}, {"Lost answer", ""}, {"Cut connection", ""},
		{"Black hole", "The mail server answers again"}, {"Connection refused", "The mail server answers again"},
		{"Refused for now", ""}, {"Refused", "can't be reached any more"},
	},
	"stripe": {{"Too many requests", ""}, {"Internal error", ""}, {"No answer", ""}, {"Lost answer", ""}, {"Duplicate", ""}},
	"ecb":    {{"Too many requests", ""}, {"Internal error", ""}, {"No answer", ""}, {"Lost answer", ""}},
}

// turnedBack are the tiles that are pressed again to undo what they did.
var turnedBack = map[string]bool{"Archive #invoices": true, "Remove from #invoices": true, "Take a scope away": true}

// TestE2EEveryPlug pulls each plug of the page's menu once, each platform in a sandbox of its
// own. Whatever fails, what is issued next arrives in the end, and finance reads what people
// have to know.
func TestE2EEveryPlug(t *testing.T) {
	for platform := range plugs {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			pullAll(t, platform)
		})
	}
}

func pullAll(t *testing.T, platform string) {
	a := curtain(t, sandboxOptions{empty: true})
	d := a.box.bot.Load().delivery
	d.mu.Lock()
	d.tellAfter = time.Second
	d.mu.Unlock()
	a.play.command("USALES0001", "CINVOICES1", `/ar customer add acme "Acme GmbH" currency=EUR lang=en tz=Europe/Berlin terms=net14`)
	a.play.link("acme", 1001)
	a.play.command("USALES0001", "CINVOICES1", `/ar customer add papier "Papier GmbH" currency=EUR lang=en`)
	a.play.command("USALES0001", "CINVOICES1", "/ar customer set papier email=ap@papier.example")
	p := &puller{act: a}
	p.menu(platform)
	for _, tile := range plugs[platform] {
		p.pull(platform, tile[0])
		if tile[0] == "Forged call" { // in the sandbox the bot asks; nobody calls it
			p.sees(at(".toast", "does not call the bot"))
			p.grumbles("409 (Conflict)")
		}
		p.goesOn(platform, tile[0], tile[1])
		if turnedBack[tile[0]] {
			p.pull(platform, tile[0])
			p.play.advance("61m") // a channel is tried again after an hour
		}
	}
	a.click(at("#rooms button", "finance"))
	a.chapter("plugs-"+platform, "slack")
	a.quiet()
}

// puller pulls plugs, and issues an invoice of its own after each.
type puller struct {
	*act
	issued int
}

// menu sees that the page offers for a platform what this test pulls, and no more.
func (p *puller) menu(platform string) {
	p.t.Helper()
	p.choose(platform)
	want := ""
	for _, tile := range plugs[platform] {
		p.sees(at("dialog[open] .tiles button b", tile[0]))
		want += tile[0] + "\n"
	}
	if n := p.count("dialog[open] .tiles button"); n != len(plugs[platform]) {
		p.t.Errorf("the menu of %s has %d tiles; pulled are\n%s", platform, n, want)
	}
	p.chapter("menu-"+platform, "")
	p.shut()
}

// choose opens the menu of a platform.
func (p *puller) choose(platform string) {
	p.click(at("#tool-fault", ""))
	call[bool](p.browser, `(name) => { const s = document.querySelector("dialog[open] select"); s.value = name; return s.dispatchEvent(new Event("change")); }`, platform)
	call[bool](p.browser, `() => { document.querySelectorAll("dialog[open] input.field")[1].value = "6"; return true; }`)
}

func (p *puller) shut() {
	p.keys(esc)
	p.gone(at("dialog", "Let a platform fail"))
}

// pull presses a tile. "Refused" is the beginning of another's name.
func (p *puller) pull(platform, tile string) {
	p.t.Helper()
	p.choose(platform)
	pressed := call[bool](p.browser, `(name) => {
		const b = [...document.querySelectorAll("dialog[open] .tiles button")].find((b) => b.querySelector("b").textContent === name);
		b?.scrollIntoView(); return !!b; }`, tile)
	if !pressed {
		p.t.Fatalf("there is no tile %q for %s", tile, platform)
	}
	if tile == "Refused" { // the last of those that begin so is the shorter one
		p.click(at("dialog[open] .tiles button", "Refusedno such reader"))
	} else {
		p.click(at("dialog[open] .tiles button", tile))
	}
	p.shut()
}

// goesOn issues an invoice and sees it arrive, paid where that is what fails, and reads in the
// finance channel what is said of it.
func (p *puller) goesOn(platform, tile, says string) {
	p.t.Helper()
	began := time.Now()
	before := strings.Count(p.finance(), says)
	p.issued++
	sum := fmt.Sprintf("€%d.00", 100+p.issued)
	customer := "acme"
	if platform == "mail" {
		customer = "papier"
	}
	p.issue(customer, fmt.Sprint(100+p.issued))
	if tile == "Refused" {
		p.until("a word about the reader", func() bool { p.play.advance("10s"); return strings.Count(p.finance(), says) > before })
		p.play.command("USALES0001", "CINVOICES1", "/ar customer set papier email=ap@papier.example")
	}
	p.until(fmt.Sprintf("%s after %s %s", sum, platform, tile), func() bool { p.play.advance("2m"); return p.arrived(customer, sum) })
	switch {
	case tile == "Lost file": // its document goes again; nothing can be told of the one that Slack hides
		p.until("the document of "+sum, func() bool {
			p.play.advance("1m")
			w := p.world()
			return strings.Count(w.channel("CINVOICES1", "UFINANCE01"), ".pdf") == p.issued
		})
	case platform == "stripe":
		p.until("the money after "+tile, func() bool {
			p.play.try("pay", map[string]any{"url": p.link(sum), "outcome": "paid"}, nil)
			p.play.advance("10m")
			return strings.Contains(p.finance(), sum)
		})
	case platform == "ecb":
		p.play.advance("24h")
	case says != "":
		p.until(says+" after "+tile, func() bool { p.play.advance("1m"); return strings.Count(p.finance(), says) > before })
	}
	p.t.Logf("%s, %s: %.1f s", platform, tile, time.Since(began).Seconds())
}

// issue types and confirms until the invoice is there: what a person does whose line was lost.
func (p *puller) issue(customer, sum string) {
	p.until("an invoice of "+sum, func() bool {
		var r commandReply
		err := p.play.try("slack/command", map[string]any{"user": "UFINANCE01", "channel": "CINVOICES1", "command": "/ar", "text": "invoice " + customer + ` ` + sum + ` "Work" due 14d`}, &r)
		if err != nil || r.Error != "" {
			time.Sleep(time.Second)
			return false
		}
		return p.play.try("slack/action", map[string]any{"user": "UFINANCE01", "channel": "CINVOICES1", "ts": r.TS, "label": "Confirm"}, nil) == nil
	})
}

// arrived reports whether a customer has the invoice over a sum.
func (p *puller) arrived(customer, sum string) bool {
	w := p.world()
	if customer == "acme" {
		return strings.Contains(w.chat(1001), sum)
	}
	for _, m := range w.mails("ap@papier.example") {
		if strings.Contains(m.Text, sum) {
			return true
		}
	}
	return false
}

// world is what is to be seen now, whatever is under way.
func (p *puller) world() (w world) {
	fetch(p.t, p.play.base+"/control/state", &w)
	return w
}

// link is where the invoice over a sum is paid.
func (p *puller) link(sum string) string {
	w := worldOf(p.t, p.play.base)
	_, url, _ := w.button(1001, "Pay "+sum, sum)
	return url
}

// finance is what the finance channel reads, and whoever looks after the customers.
func (p *puller) finance() string {
	w := p.world()
	return w.channel("CFINANCE01", "UFINANCE01") + w.channel("DM", "USALES0001")
}
