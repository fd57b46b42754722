// Package demo is the demo company: Lindenhof Studio GmbH of Berlin, design and software,
// with forty-odd customers in six languages and 1,500 invoices in four currencies.
//
// Everything is decided by a plan that follows from one day alone (plan.go, stories.go), so
// that the same day makes the same company. Its first two years are booked at once (Fill);
// its last three weeks are done through the desk, one event after the other (Recent), so
// that whoever opens the sandbox finds chats and channels with genuine messages in them.
//
// It knows nothing of a sandbox, of chats as they are shown, or of the program around it.
package demo

import "duebot/ledger"

// Company is the company of the demo.
func Company() ledger.CompanySet {
	return ledger.CompanySet{
		Name:     "Lindenhof Studio GmbH",
		TaxID:    "DE999999999",
		Currency: "EUR",
		ZoneName: berlin,
		Language: "en",
		Invoices: "INV",
		Credits:  "CN",
		BankLine: "Lindenhof Studio GmbH, IBAN DE02 1203 0000 0000 2020 51, BIC BYLADEM1001",
	}
}
