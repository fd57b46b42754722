//go:build e2e

package main

import "testing"

// TestE2EPapers looks at documents in a customer's chat: his invoice, what else there is of
// it, and his statement.
func TestE2EPapers(t *testing.T) {
	a := curtain(t, sandboxOptions{empty: true})
	defer a.quiet()
	a.play.command(sales, "CINVOICES1", `/ar customer add acme "Acme GmbH" currency=EUR lang=en tz=Europe/Berlin`)
	a.play.link("acme", 1001)
	a.play.command(sales, "CINVOICES1", `/ar invoice acme 3 x 1200 "Consulting, October" + 1 x 99 "Hosting" tax 19% due 14d`)
	a.play.press(sales, "Confirm")
	a.play.state()
	a.click(at(chatRow, "Emma Clarke"))
	a.sees(at(chatBubble+" a.doc", "INV-2026-000001.pdf"))
	a.sees(at(chatBubble, "Total: €4,401.81"))
	a.chapter("paper", "phone")
	a.click(at(chatKey, "Documents"))
	a.sees(at(chatBubble, "Which one do you need"))
	a.click(at(chatKey, "Delivery Note"))
	a.sees(at(chatBubble+" a.doc", "delivery-INV-2026-000001.pdf"))
	a.play.write(1001, "/statement")
	a.click(at(chatKey, "This Month"))
	a.click(at(chatKey, "Statement as PDF"))
	a.sees(at(chatBubble+" a.doc", "statement-2026-10-01-2026-10-30.pdf"))
	a.chapter("papers", "phone")
}
