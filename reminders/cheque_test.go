package reminders

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// cheque has the customer hand in a cheque for an invoice.
func (o *office) cheque(number int, of ledger.InvoiceID, minor int64) {
	o.t.Helper()
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.ReceiveCheque(ledger.NewCheque{Customer: o.acme, Number: fmt.Sprintf("%04d", number), Dated: tx.Today().AddDays(30),
			Amount: ledger.Money{Minor: minor, Currency: "EUR"}, For: []ledger.InvoiceID{of}, Received: tx.Today()})
		return err
	})
}

// parts issues an invoice in instalments.
func (o *office) parts(parts ...ledger.Instalment) (id ledger.InvoiceID) {
	o.t.Helper()
	o.do(func(tx *ledger.Tx) error {
		d := ledger.Draft{Customer: o.acme, Date: tx.Today(), Due: parts[0].Due, Currency: "EUR", Instalments: parts}
		total := int64(0)
		for _, p := range parts {
			total += p.Minor
		}
		d.Lines = []ledger.Line{{Text: "x", Quantity: decimal.NewFromInt(1), Price: decimal.New(total, -2)}}
		inv, err := tx.Issue(d)
		if err == nil {
			id = inv.ID
		}
		return err
	})
	return id
}

// What a cheque covers is not asked for, and does not make the rest worth a word.
func TestChequeLeavesASmallSum(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before, o.policy().Minimum = nil, map[ledger.Currency]int64{"EUR": 5000}
	o.cheque(1, o.invoice("2026-10-05", 10000), 6000)
	o.expect("2026-10-08T10:00:00Z")
	o.wantWhy("2026-10-08", "small")
	o.cheque(2, o.invoice("2026-10-09", 1500), 500)
	o.expect("2026-10-12T10:00:00Z", 1) // 40 and 10 are worth one
}

// A cheque for an instalment keeps words about it away until the next one is overdue, and not only
// until the day on which that falls due.
func TestChequeCoversAnInstalment(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before = nil
	id := o.parts(ledger.Instalment{Due: on("2026-10-05"), Minor: 6000}, ledger.Instalment{Due: on("2026-10-20"), Minor: 4000})
	o.cheque(1, id, 6000)
	o.expect("2026-10-08T10:00:00Z")
	o.wantWhy("2026-10-20", "nothing") // the second falls due
	o.expect("2026-10-20T10:00:00Z")
	o.expect("2026-10-21T10:00:00Z", 1)
	o.do(func(tx *ledger.Tx) error {
		inv := tx.Invoice(id)
		if got := o.policy().asked(&tx.View, inv, 1, on("2026-10-21")).Minor; got != 4000 {
			t.Errorf("%d are asked for, want 4000", got)
		}
		return nil
	})
}

// Nothing is said of a part of a plan that a cheque covers.
func TestChequeCoversAPartOfAPlan(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before = []int{3}
	id := o.invoice("2026-10-05", 10000)
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.AgreePlan(tx.Customer(o.acme), []*ledger.Invoice{tx.Invoice(id)}, []ledger.PlanPart{{Due: on("2026-10-20"), Minor: 4000}, {Due: on("2026-11-20"), Minor: 6000}})
		return err
	})
	o.cheque(1, id, 4000)
	o.expect("2026-10-17T10:00:00Z")
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.BounceCheque(tx.Cheque(1), tx.Today(), "no funds", ledger.Money{Currency: "EUR"})
		return err
	})
	o.expect("2026-10-18T10:00:00Z", 0)
}
