package match

import (
	"testing"

	"duebot/ledger"
)

// A line that a provider's payout brings is known by its sum and day with the provider's name, or by
// its number; anything less is asked about, and an invoice that is named comes first.
func TestPayouts(t *testing.T) {
	day := ledger.NewDate(2026, 9, 10)
	eur := func(minor int64) ledger.Money { return ledger.Money{Minor: minor, Currency: "EUR"} }
	b := New(Rules{})
	b.Know(Customer{ID: 1, Names: []string{"Acme GmbH"}})
	b.Put(Item{Invoice: 1, Customer: 1, Number: "INV-2026-000042", Date: day - 20, Due: day, Open: eur(9000)})
	b.PutPayout(Payout{Provider: "stripe", Names: []string{"stripe"}, No: 1, ID: "po_1NabcD", Amount: eur(9000), Day: day})
	for i := range 2 {
		b.PutPayout(Payout{Provider: "stripe", Names: []string{"stripe"}, No: ledger.PayoutID(2 + i), ID: []string{"po_2Nsame", "po_3Nsame"}[i], Amount: eur(5000), Day: day + ledger.Date(i)})
	}
	b.PutPayout(Payout{Provider: "stripe", Names: []string{"stripe"}, No: 4, ID: "po_4Nback", Amount: eur(-700), Day: day})
	b.PutPayout(Payout{Provider: "paypal", Names: []string{"paypal"}, Amount: eur(20000)})
	tests := map[string]struct {
		line   ledger.BankLine
		kind   Kind
		payout ledger.PayoutID
		first  string // provider of the first candidate
	}{
		"sum, day and name":                    {ledger.BankLine{Booked: day + 1, Amount: eur(9000), PartyName: "STRIPE PAYMENTS EUROPE LTD"}, PayoutIn, 1, "stripe"},
		"its number, without a name":           {ledger.BankLine{Booked: day, Amount: eur(9000), Text: "REF PO_1NABCD"}, PayoutIn, 1, "stripe"},
		"a name that only contains it":         {ledger.BankLine{Booked: day, Amount: eur(9000), PartyName: "Pinstripes Ltd"}, Propose, 0, ""},
		"long after its day":                   {ledger.BankLine{Booked: day + 40, Amount: eur(9000), PartyName: "STRIPE"}, Propose, 0, ""},
		"two of one sum":                       {ledger.BankLine{Booked: day + 1, Amount: eur(5000), PartyName: "Stripe"}, Propose, 2, "stripe"},
		"two of one sum, and one is named":     {ledger.BankLine{Booked: day + 1, Amount: eur(5000), Text: "STRIPE po_3Nsame"}, PayoutIn, 3, "stripe"},
		"an invoice is named, and fits":        {ledger.BankLine{Booked: day, Amount: eur(9000), PartyName: "Acme GmbH", Text: "INV-2026-000042"}, Post, 0, ""},
		"an invoice is named, by the provider": {ledger.BankLine{Booked: day, Amount: eur(9000), PartyName: "Stripe", Text: "INV-2026-000042"}, Propose, 0, ""},
		"what nobody told of":                  {ledger.BankLine{Booked: day, Amount: eur(12345), PartyName: "PayPal Europe S.a.r.l."}, Propose, 0, "paypal"},
		"more than it holds":                   {ledger.BankLine{Booked: day, Amount: eur(20001), PartyName: "PayPal Europe S.a.r.l."}, None, 0, ""},
		"money that it takes back":             {ledger.BankLine{Booked: day, Amount: eur(-700), PartyName: "STRIPE"}, PayoutIn, 4, "stripe"},
		"another currency":                     {ledger.BankLine{Booked: day, Amount: ledger.Money{Minor: 9000, Currency: "USD"}, PartyName: "STRIPE"}, None, 0, ""},
	}
	for name, x := range tests {
		t.Run(name, func(t *testing.T) {
			v := b.Match(x.line)
			if v.Kind != x.kind {
				t.Fatalf("got %s %+v, want %s", v.Kind, v.Candidates, x.kind)
			}
			if x.first != "" && (v.Candidates[0].Provider != x.first || v.Candidates[0].Payout != x.payout) {
				t.Errorf("the first of %+v is not payout %d of %s", v.Candidates, x.payout, x.first)
			}
		})
	}
}

// A refund is known by its sum and the customer's account, name or invoice; a return by its number
// comes first, and money for others is nothing of ours.
func TestRefundsOut(t *testing.T) {
	day := ledger.NewDate(2026, 9, 10)
	eur := func(minor int64) ledger.Money { return ledger.Money{Minor: minor, Currency: "EUR"} }
	b := New(Rules{})
	for id, name := range map[ledger.CustomerID]string{1: "Acme GmbH", 2: "Beta Bau AG"} {
		b.Know(Customer{ID: id, Names: []string{name}})
	}
	b.LearnAccount("DE02120300000000202051", 1)
	b.PutRefund(Refund{ID: 1, Customer: 1, Amount: eur(5000), Date: day})
	b.PutRefund(Refund{ID: 2, Customer: 2, Amount: eur(5000), Date: day})
	b.PutRefund(Refund{ID: 3, Customer: 1, Amount: eur(700), Date: day})
	b.PutRefund(Refund{ID: 4, Customer: 1, Amount: eur(700), Date: day})
	b.PutPaid(Paid{Payment: 9, Customer: 1, Amount: eur(5000), Date: day - 9, BankRef: "REF-77123"})
	tests := map[string]struct {
		line   ledger.BankLine
		kind   Kind
		refund ledger.RefundID
	}{
		"the customer's account":      {ledger.BankLine{Booked: day + 1, Amount: eur(-5000), Party: ledger.BankAccount{Number: "DE02 1203 0000 0000 2020 51"}}, RefundOut, 1},
		"his name":                    {ledger.BankLine{Booked: day + 1, Amount: eur(-5000), PartyName: "BETA BAU AG"}, RefundOut, 2},
		"the sum alone":               {ledger.BankLine{Booked: day + 1, Amount: eur(-5000), PartyName: "Stadtwerke"}, Propose, 1},
		"two of one customer and sum": {ledger.BankLine{Booked: day, Amount: eur(-700), PartyName: "Acme GmbH"}, Propose, 3},
		"a payment by its number":     {ledger.BankLine{Booked: day, Amount: eur(-5000), PartyName: "Acme GmbH", Text: "RETOURE REF-77123"}, Return, 0},
		"weeks before":                {ledger.BankLine{Booked: day - 20, Amount: eur(-700), PartyName: "Acme GmbH"}, None, 0},
		"another sum":                 {ledger.BankLine{Booked: day, Amount: eur(-5001), PartyName: "Acme GmbH"}, None, 0},
	}
	for name, x := range tests {
		t.Run(name, func(t *testing.T) {
			v := b.Match(x.line)
			if v.Kind != x.kind || x.refund != 0 && v.Candidates[0].Refund != x.refund {
				t.Errorf("got %s %+v, want %s of refund %d", v.Kind, v.Candidates, x.kind, x.refund)
			}
		})
	}
}
