package simulate

import (
	"fmt"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// contract has a customer be invoiced each month or week from now on.
func (s *company) contract(tx *ledger.Tx, d *debtor) error {
	x := &contract{of: d, on: 1 + s.rng.IntN(31), workday: s.rng.IntN(2) == 0, from: day(tx.Today()), price: int64(1+s.rng.IntN(20)) * 5000}
	schedule := ledger.Schedule{Every: ledger.Monthly, Day: x.on, Workday: x.workday}
	if x.weekly = s.rng.IntN(8) == 0; x.weekly {
		schedule.Every, schedule.Day = ledger.Weekly, 0
	}
	made, err := tx.MakeContract(ledger.ContractMade{Customer: s.of[d].id, From: tx.Today(), Draft: price(x.price),
		Schedule: schedule})
	if err != nil {
		return err
	}
	s.oracle.contracts = append(s.oracle.contracts, x)
	s.contracts = append(s.contracts, made.ID)
	if s.rng.IntN(2) == 0 {
		return s.loyal(tx, x, made)
	}
	return nil
}

// loyal has staff agree what a contract gives for paying on time, or that it gives nothing any more.
func (s *company) loyal(tx *ledger.Tx, c *contract, x *ledger.Contract) error {
	c.loyalty.percent, c.loyalty.after = int64(1+s.rng.IntN(12)), s.rng.IntN(4)
	s.oracle.note(c.of, s.now, "loyalty: so much percent after so many", c.loyalty.after, c.loyalty.percent)
	return tx.AgreeLoyalty(x, decimal.NewFromInt(c.loyalty.percent), c.loyalty.after)
}

func price(minor int64) ledger.Draft {
	return ledger.Draft{Currency: "EUR", Lines: []ledger.Line{{Text: "x", Quantity: decimal.NewFromInt(1), Price: decimal.New(minor, -2)}}}
}

// changeContract has staff leave an invoice of a contract out, or change its price from a day on.
func (s *company) changeContract(tx *ledger.Tx) error {
	if len(s.contracts) == 0 {
		return nil
	}
	i := s.rng.IntN(len(s.contracts))
	c, x := s.oracle.contracts[i], tx.Contract(s.contracts[i])
	if s.rng.IntN(4) == 0 {
		return s.loyal(tx, c, x)
	}
	if s.rng.IntN(2) == 0 {
		s.oracle.note(c.of, s.now, "an invoice of a contract is left out", 0, 0)
		c.passed++
		return tx.SkipOccurrences(x, x.Next, "")
	}
	if c.change != 0 { // one after the other
		return nil
	}
	c.priced()
	s.oracle.note(c.of, s.now, "a contract has another price later", 0, 0)
	c.next, c.change = s.another(), day(tx.Today())+day(s.rng.IntN(90))
	if c.change <= c.begins() { // of which the next one is already
		c.price, c.change = c.next, 0
		return tx.ChangeContract(ledger.ContractChanged{Contract: x.ID, From: ledger.Date(c.begins()), Draft: price(c.next)})
	}
	return tx.ChangeContract(ledger.ContractChanged{Contract: x.ID, From: ledger.Date(c.change), Draft: price(c.next)})
}

// imported books what is still owed on an invoice of another program, long due, by its import: once,
// however often that is read.
func (s *company) imported(tx *ledger.Tx) error {
	d, age := s.someone(), 20+s.rng.IntN(200)
	s.files++
	due := day(tx.Today()) - day(age)
	row := ledger.OpeningInvoice{Customer: s.customer(tx, d).Handle, Reference: fmt.Sprintf("OLD-%d", s.files), Date: ledger.Date(due - 14), Due: ledger.Date(due),
		Open: decimal.New(int64(1+s.rng.IntN(40))*5000, -2), Currency: "EUR"}
	for i := range 2 {
		if added, err := tx.OpenInvoice(row, tx.Today(), nil); err != nil || added != (i == 0) {
			return fmt.Errorf("read for the %d. time it is booked: %t (%w)", i+1, added, err)
		}
	}
	inv := tx.InvoiceReferenced(row.Reference)
	s.did["imported"]++
	s.began(tx, &debt{id: int(inv.ID), of: d, currency: "EUR", made: due - 14, booked: day(tx.Today()), sum: inv.Total, open: inv.Total, shares: []share{{due: due, sum: inv.Total}}}, 14)
	return nil
}

// began tells the oracle of an invoice, and has its customer decide when he pays.
func (s *company) began(tx *ledger.Tx, x *debt, days int) {
	s.oracle.debts = append(s.oracle.debts, x)
	x.of.open, x.of.debts = append(x.of.open, x), append(x.of.debts, x)
	for _, y := range x.shares {
		s.oracle.note(x.of, s.now, fmt.Sprintf("invoice, due %s", y.due), x.id, y.sum)
	}
	s.pays(tx, x, days)
}
