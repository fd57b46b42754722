//go:build e2e

package main

import (
	"strings"
	"testing"
)

// TestE2EFaults pulls plugs in the page's menu and sees the bot recover and say what it did:
// sockets that are cut and refreshed, an update that nobody can read, a workspace that takes
// the app's right to post away and gives it back.
func TestE2EFaults(t *testing.T) {
	a := curtain(t, sandboxOptions{empty: true})
	pick := func(platform, tile string) {
		a.click(at("#tool-fault", ""))
		call[bool](a.browser, `(name) => { const s = document.querySelector("dialog[open] select"); s.value = name; return s.dispatchEvent(new Event("change")); }`, platform)
		a.click(at("dialog[open] .tiles button", tile))
		if platform == "slack" && tile == "Cut connection" {
			a.chapter("faults", "")
		}
		a.keys(esc)
		a.gone(at("dialog", "Let a platform fail"))
	}
	pick("slack", "Cut connection")
	pick("slack", "Fresh socket")
	a.command(`/ar customer add acme "Acme GmbH" currency=EUR lang=en tz=Europe/Berlin terms=net14`)
	a.sees(at(slackMsg, "Acme GmbH added as acme"))
	pick("telegram", "Another bot")
	pick("telegram", "Poison update")
	a.click(at("#rooms button", "finance"))
	a.sees(at(slackMsg, "could not be worked on, three times, and was put aside"))
	pick("slack", "Take a scope away")
	pick("slack", "Take a scope away")
	w := a.play.state()
	if seen := w.channel("CFINANCE01", "UFINANCE01"); strings.Count(seen, "put aside") != 1 {
		t.Errorf("finance sees\n%s", seen)
	}
	a.quiet()
}
