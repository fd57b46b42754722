package commands

import (
	"fmt"
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// arrive takes a line of a statement, and puts it where the rules say.
func (d *chatBooks) arrive(l ledger.BankLine) (e *ledger.BankEntry) {
	d.t.Helper()
	d.books(func(tx *ledger.Tx) error {
		l.Booked = tx.Today()
		d.n++
		st, err := tx.TakeStatement(1, 1, ledger.BankStatement{Format: "MT940", Account: ledger.BankAccount{Number: "DE02"}, To: l.Booked}, 1, false)
		if err != nil {
			return err
		}
		var id ledger.EntryIdentity
		copy(id[:], fmt.Sprint("judged", d.n))
		if e, _, err = tx.TakeEntry(st, &l, id); err != nil {
			return err
		}
		return d.judgeEntry(tx, e, &l)
	})
	return e
}

// first is the first proposal for an entry that waits.
func (d *chatBooks) first(e *ledger.BankEntry) (p proposal) {
	d.t.Helper()
	if err := d.Books.View(func(v *ledger.View) error {
		all, err := proposals(v, e)
		if len(all) > 0 {
			p = all[0]
		}
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return p
}

func (d *chatBooks) invoice(id ledger.InvoiceID) (inv *ledger.Invoice) {
	d.Books.View(func(v *ledger.View) error { inv = v.Invoice(id); return nil })
	return inv
}

func euro(minor int64) ledger.Money { return ledger.Money{Minor: minor, Currency: "EUR"} }

// A reference whose sum fits is booked by itself, once; what finance picks is learnt, and taken back
// forgotten; whatever else speaks for a line, it waits.
func TestEntriesAreJudged(t *testing.T) {
	d := chatDesk(t)
	if e := d.arrive(ledger.BankLine{Amount: euro(10000), Text: "оплата СЧ-2026-000001", PartyName: "Zahlstelle Nord"}); e.Place != ledger.EntryApplied || !e.Alone || d.invoice(1).Open != 0 {
		t.Fatalf("a reference whose sum fits: %+v", e)
	}
	twice := d.arrive(ledger.BankLine{Amount: euro(10000), Text: "оплата СЧ-2026-000001", PartyName: "Zahlstelle Nord"})
	if p := d.first(twice); slices.Contains(p.Keys, "match.alias") || twice.Place != ledger.EntryWaits || !slices.Contains(p.Keys, "match.paid") {
		t.Errorf("paid again: %+v, %v", twice, p.Keys)
	}
	d.issue("acme", 70)
	who := ledger.BankLine{Amount: euro(7000), Text: "thank you", PartyName: "Lindenhof AG", Party: ledger.BankAccount{Number: "DE89370400440532013000"}}
	e := d.arrive(who)
	if e.Place != ledger.EntryWaits {
		t.Fatalf("a sum alone: %+v", e)
	}
	d.books(func(tx *ledger.Tx) error {
		return d.placeEntry(tx, tx.BankEntry(e.ID), []ledger.EntryShare{{Customer: 1, Minor: 7000, Parts: []ledger.Part{{Invoice: 3, Minor: 7000}}}}, false, []string{"picked"})
	})
	d.issue("acme", 33)
	who.Amount = euro(3300)
	again := d.arrive(who)
	if p := d.first(again); again.Place != ledger.EntryWaits || !slices.Contains(p.Keys, "match.account") || !slices.Contains(p.Keys, "match.alias") || p.Shares[0].Customer != 1 {
		t.Errorf("of a known payer: %+v, %v", again, p.Keys)
	}
	d.books(func(tx *ledger.Tx) error { return d.reopenEntry(tx, tx.BankEntry(e.ID)) })
	d.books(func(tx *ledger.Tx) error { return d.propose(tx, tx.BankEntry(again.ID)) })
	if p := d.first(again); d.invoice(3).Open != 7000 || slices.Contains(p.Keys, "match.account") || slices.Contains(p.Keys, "match.alias") {
		t.Errorf("after it was taken back: %d open, %v", d.invoice(3).Open, p.Keys)
	}
	d.Books.View(func(v *ledger.View) error {
		if n := v.BankCount(1); n != (ledger.BankCount{In: 4, Posted: 1, Waits: 3}) {
			t.Errorf("counted %+v", n)
		}
		return nil
	})
}

// What is kept back of one of several invoices, and of each of them, closes them; a tax that was
// paid to the state waits for somebody to say so.
func TestEntriesWithDeductions(t *testing.T) {
	d := chatDesk(t)
	d.issue("acme", 50)
	if e := d.arrive(ledger.BankLine{Amount: euro(14600), Fees: euro(400), Text: "СЧ-2026-000001, СЧ-2026-000003"}); !e.Alone || len(e.Payments) != 1 || d.invoice(1).Open+d.invoice(3).Open != 0 {
		t.Errorf("two, less a fee that the bank tells: %+v, open %d and %d", e, d.invoice(1).Open, d.invoice(3).Open)
	}
	for range 2 {
		d.books(func(tx *ledger.Tx) error {
			_, err := tx.Issue(ledger.Draft{Customer: 2, Date: tx.Today(), Due: tx.Today(), Currency: "EUR",
				Lines: []ledger.Line{{Text: "a", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(100), Tax: decimal.NewFromInt(22)}}})
			return err
		})
	}
	for _, x := range []struct {
		minor    int64
		text     string
		key      string
		payments int
		take     bool
	}{
		{20400, "СЧ-2026-000004, СЧ-2026-000005", "match.sum.withheld", 2, false}, // 20 % of each net
		{10000, "СЧ-2026-000004", "match.sum.net", 1, true},
		{10200, "СЧ-2026-000005", "match.sum.withheld", 1, true},
	} {
		e := d.arrive(ledger.BankLine{Amount: euro(x.minor), Text: x.text})
		p := d.first(e)
		if e.Place != ledger.EntryWaits || !slices.Contains(p.Keys, x.key) || len(p.Shares) != x.payments {
			t.Fatalf("%s, %d: %+v, %v in %d shares", x.text, x.minor, e, p.Keys, len(p.Shares))
		}
		if x.take {
			d.books(func(tx *ledger.Tx) error { return d.takeProposal(tx, tx.BankEntry(e.ID), &p) })
		}
	}
	if four, five := d.invoice(4), d.invoice(5); four.Open+five.Open != 0 || four.Split != 2200 {
		t.Errorf("open %d and %d, to the state %d", four.Open, five.Open, four.Split)
	}
}
