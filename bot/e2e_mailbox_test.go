//go:build e2e

package main

import "testing"

// A customer without a phone gets an invoice by mail, and the page shows it: as its reader
// sees it, as text, and its headers.
func TestE2EMailbox(t *testing.T) {
	a := curtain(t, sandboxOptions{empty: true})
	a.click(at("#tool-mail", ""))
	a.sees(at("#mailbox", "Nothing was mailed yet."))
	a.click(at("#tool-mail", ""))
	a.play.command("USALES0001", "CINVOICES1", `/ar customer add papier "Papierfabrik <Süd> GmbH" lang=en`)
	a.play.command("USALES0001", "CINVOICES1", `/ar customer set papier email=ap@papier.example`)
	a.play.command("USALES0001", "CINVOICES1", `/ar invoice papier 2 x 450 "Workshop & report" + 1 x 99 "Hosting" tax 19%`)
	a.play.press("USALES0001", "Confirm")
	a.play.state()
	a.sees(at("#tool-mail .badge", "1"))
	a.click(at("#tool-mail", ""))
	a.click(at("#mailbox button", "ap@papier.example"))
	a.sees(at("#mail-title", "INV-2026-000001"))
	a.sees(at("#mailbox iframe", ""))
	a.chapter("mail", "mail")
	a.click(at("#mailbox button", "Text"))
	a.sees(at("#mailbox pre", "Workshop & report"))
	a.click(at("#mailbox button", "Headers"))
	a.sees(at("#mailbox pre", "Message-ID: <n"))
	a.click(at("#mail-back", ""))
	a.sees(at("#mailbox button", "ap@papier.example"))
	a.click(at("#tool-mail", ""))
	a.gone(at("#mailbox button", "ap@papier.example"))
}
