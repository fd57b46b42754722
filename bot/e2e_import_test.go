//go:build e2e

package main

import "testing"

// TestE2EImport drops files into a channel of the page, and sets up step by step.
func TestE2EImport(t *testing.T) {
	a := curtain(t, sandboxOptions{empty: true})
	a.become("Marta")
	a.command(`/ar setup`)
	a.sees(at(slackMsg, "step 1 of 7"))
	a.chapter("setup", "slack")
	a.click(at(slackMsg+" button", "Next"))
	a.sees(at(slackMsg, "step 2 of 7"))
	a.click(at(slackMsg+" button", "Next"))
	a.sees(at(slackMsg, "step 3 of 7"))
	a.drops("customers.csv", "Customer No;Name;Terms;E-mail;Fax\nacme;Acme GmbH;net14;ap@acme.example;\n10023;Beta & Söhne;30 days;;\n;ООО Гамма;;;\n")
	a.click(at(slackMsg, "customers.csv").its(".foot"))
	a.sees(at(threadMsg, "can be imported"))
	a.chapter("customers", "slack")
	a.click(at(threadMsg+" button", "Import 3 Rows"))
	a.sees(at(threadMsg, "Imported by"))
	a.drops("open.csv", "Customer,Invoice,Date,Due,Open\nacme,2026/7,2026-08-01,2026-08-31,1200.50\nDelta,2026/8,2026-08-01,2026-08-31,100\nacme,2026/9,2026-02-30,2026-08-31,100\n")
	a.click(at(slackMsg, "open.csv").its(".foot"))
	a.sees(at(threadMsg, "can't be imported"))
	a.sees(at(threadMsg, "wrong-rows.csv"))
	a.chapter("wrong", "slack")
	a.drops("list.csv", "Customer,Invoice,Date,Total\nacme,L-1,03/04/2026,1.200\n")
	a.click(at(slackMsg, "list.csv").its(".foot"))
	a.click(at(threadMsg+" button", "Invoices Still Open"))
	a.sees(at(threadMsg, "How are its days written"))
	a.chapter("asked", "slack")
	a.command(`/ar setup total 2000`)
	a.sees(at(slackMsg, "step 5 of 7"))
	a.chapter("check", "slack")
	a.quiet()
}

// drops drops a file over the channel's messages and sends it.
func (a *act) drops(name, text string) {
	a.t.Helper()
	call[string](a.browser, `(name, text) => {
		const carried = new DataTransfer();
		carried.items.add(new File([text], name, {type: 'text/csv'}));
		document.querySelector('#messages').dispatchEvent(new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: carried}));
		return '';
	}`, name, text)
	a.sees(at(".chips button", name))
	a.click(at("#slack-compose button.send.on", ""))
	a.sees(at(slackMsg, name))
}
