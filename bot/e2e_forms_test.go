//go:build e2e

package main

import "testing"

// An invoice is made without a line typed: a shortcut opens the form, the customer is found by
// typing, a slip is told at its field, the preview and its Confirm stand in the modal. Then a
// payment is recorded from the menu of the invoice's message.
func TestE2EForms(t *testing.T) {
	a := curtain(t, sandboxOptions{empty: true})
	a.play.command("USALES0001", "CINVOICES1", `/ar customer add mueller "Müller & Söhne Maschinenbau GmbH" lang=en terms=net30`)
	a.play.command("USALES0001", "CINVOICES1", `/ar customer add romashka "ООО «Ромашка»" lang=ru`)
	a.play.state()
	a.sees(at("article.msg", "romashka"))
	a.click(at("#slack-compose button", "Attach a file"))
	a.click(at(".menu button", "New Invoice"))
	a.sees(at("dialog.modal h2", "New invoice"))
	a.click(at("dialog.modal .finder input", ""))
	a.keys("мюлл")
	a.sees(at(".found [role=option]", "Müller"))
	a.chapter("find", "")
	a.click(at(".found [role=option]", "Müller"))
	a.sees(at("dialog.modal .inp", "In EUR"))
	a.click(at("dialog.modal .inp", "What for").its("input"))
	a.keys("Consulting, October")
	a.click(at("dialog.modal .inp", "Price").its("input"))
	a.keys("3 x 12oo")
	a.click(at("dialog.modal .inp", "Tax").its("input"))
	a.keys("19%")
	a.click(at("dialog.modal button", "Preview"))
	a.sees(at("dialog.modal .wrong", "12oo"))
	a.chapter("wrong", "")
	a.click(at("dialog.modal .inp", "Price").its("input"))
	a.keys("\b\b00")
	a.click(at("dialog.modal button", "Preview"))
	a.sees(at("dialog.modal", "€4,284.00"))
	a.chapter("preview", "")
	a.click(at("dialog.modal .bk button", "Confirm"))
	a.sees(at("dialog.modal", "INV-2026-000001 issued"))
	a.click(at("dialog.modal button", "Done"))
	a.gone(at("dialog.modal", ""))

	a.become("Farid")
	a.click(at("article.msg", "INV-2026-000001").its(".byline"))
	a.click(at("article.msg", "INV-2026-000001").its(`.tip button[aria-label="More"]`))
	a.click(at(".menu button", "Record payment"))
	a.sees(at("dialog.modal h2", "Record payment"))
	a.sees(at("dialog.modal .inp", "Amount"))
	a.chapter("payment", "")
	a.click(at("dialog.modal button", "Record"))
	a.sees(at("dialog.modal", "nothing is left to pay"))
	a.chapter("paid", "")
	a.click(at("dialog.modal button", "Done"))
	a.play.command("UFINANCE01", "CINVOICES1", "/ar customer set mueller")
	a.sees(at("dialog.modal h2", "Change customer"))
	a.chapter("customer", "")
	a.quiet()
}
