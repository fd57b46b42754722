//go:build e2e

package main

import "testing"

// TestE2EHome looks at the Home tab and the aging as people do, and goes down from a sum
// to the facts behind it.
func TestE2EHome(t *testing.T) {
	a := curtain(t, sandboxOptions{})
	defer a.quiet()
	a.become("Marta")
	a.click(at("#hint button[aria-label]", ""))
	a.click(at("#rooms button", "Duebot"))
	a.click(at(".room-tabs button", "Home"))
	a.sees(at(".home", "Needs you now"))
	a.sees(at(".home img", ""))
	a.chapter("home", "slack")
	a.click(at("#rooms button", "finance"))
	a.command("/ar aging")
	a.sees(at(slackMsg, "Receivables by age"))
	a.chapter("aging", "slack")
	a.chooses("By Owner")
	a.sees(at(slackMsg, "Looked after by"))
	a.chapter("owners", "slack")
	a.chooses("Sofia")
	a.sees(at(slackMsg, "Only customers of"))
	a.chapter("owner", "slack")
	a.chooses("Harbor Lane Media LLC")
	a.sees(at(slackMsg, "Harbor Lane Media LLC ("))
	a.click(at(slackMsg+" .btn", "Show Why"))
	a.sees(at(slackMsg, "What the balance of Harbor Lane Media LLC is made of"))
	a.chapter("why", "slack")
	a.click(at(slackMsg+" .btn", "Back to Harbor"))
	a.click(at(slackMsg+" .btn", "Back to List"))
	a.sees(at(slackMsg, "Only customers of"))
}

// chooses takes an option of a menu in a message, as its keys would.
func (a *act) chooses(option string) {
	a.t.Helper()
	a.until("the option "+option, func() bool {
		return call[bool](a.browser, `(option) => {
			for (const menu of [...document.querySelectorAll('#messages select')].reverse()) {
				const o = [...menu.options].find((o) => o.textContent.includes(option));
				if (o) { menu.value = o.value; menu.dispatchEvent(new Event('change', { bubbles: true })); return true; }
			}
			return false;
		}`, option)
	})
}
