package reminders

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"duebot/ledger"
)

// What the agenda finds is held against a plain walk through all customers: the rows of the card at
// any time, those that are remembered when it comes, and the cards that turn with a day.

// plainRows are the rows of the card that holds now, of all customers.
func (o *office) plainRows(v *ledger.View, was map[ledger.CustomerID]onCard) (out []Row) {
	p := o.rules.Policy.At(v)
	day, until := p.CardDay(v)
	v.Customers(func(c *ledger.Customer) {
		if x, ok := p.row(v, c, was[c.ID], p.cardAt(v, day), until); ok {
			out = append(out, x)
		}
	})
	slices.SortStableFunc(out, func(a, b Row) int { return b.Contact.Step - a.Contact.Step })
	return out
}

func rowLines(rows []Row) (out []string) {
	for _, x := range rows {
		line := fmt.Sprintf("%d: %s on %s at %s, %s", x.Customer.ID, x.State, x.On, x.At, x.Why)
		if x.Contact.Invoice != nil {
			line += fmt.Sprintf(", step %d of %s also %v", x.Contact.Step, x.Contact.Invoice.Number, x.Contact.withNamed())
		}
		out = append(out, line)
	}
	return out
}

// wantPlain holds the rows against the walk, outside of a transaction and in one that is refused.
func (o *office) wantPlain() (rows []Row) {
	o.t.Helper()
	same := func(v *ledger.View) error {
		day, _ := o.rules.Policy.CardDay(v)
		was, err := o.rules.was.on(v, day)
		if err != nil {
			return err
		}
		got, err := o.rules.Rows(v)
		if rows = got; !slices.Equal(rowLines(got), rowLines(o.plainRows(v, was))) {
			return fmt.Errorf("%s: the card has\n%q\nand the walk\n%q", o.now, rowLines(got), rowLines(o.plainRows(v, was)))
		}
		return err
	}
	if err := o.books.View(same); err != nil {
		o.t.Fatal(err)
	}
	return rows
}

var errDropped = errors.New("it is dropped")

// dropped does something in a transaction that then comes to nothing, with the card looked at in it.
func (o *office) dropped(fn func(tx *ledger.Tx)) {
	o.t.Helper()
	_, err := o.books.Update(o.t.Context(), ledger.Command{By: "test", Run: func(tx *ledger.Tx) ([]byte, error) {
		fn(tx)
		got, err := o.rules.Rows(&tx.View)
		day, _ := o.rules.Policy.CardDay(&tx.View)
		was, _ := o.rules.was.on(&tx.View, day)
		if want := o.plainRows(&tx.View, was); err != nil || !slices.Equal(rowLines(got), rowLines(want)) {
			return nil, fmt.Errorf("in a transaction: the card has\n%q\nand the walk\n%q (%v)", rowLines(got), rowLines(want), err)
		}
		return nil, errDropped
	}})
	if !errors.Is(err, errDropped) {
		o.t.Fatal(err)
	}
}

// happens has something happen to a customer, or nothing where it does not fit.
func (o *office) happens(tx *ledger.Tx, rng *rand.Rand, id ledger.CustomerID, rows []Row) {
	if len(rows) > 0 && rng.IntN(2) == 0 {
		id = rows[rng.IntN(len(rows))].Customer.ID
	}
	c, open := tx.Customer(id), tx.OpenInvoices(tx.Customer(id))
	var x *Row
	for i := range rows {
		if rows[i].Customer.ID == id && rows[i].Contact.Invoice != nil {
			x = &rows[i]
		}
	}
	pay := func(of ledger.InvoiceID, minor int64, cur ledger.Currency) {
		tx.Receive(ledger.NewPayment{Customer: id, Invoice: of, Date: tx.Today(), Amount: ledger.Money{Minor: minor, Currency: cur}, Method: "bank", Reference: "x"})
	}
	soon := tx.Today().AddDays(1 + rng.IntN(6))
	switch act := rng.IntN(18); {
	case act == 0:
		pay(0, 500, "EUR")
	case act == 1 && len(open) > 0:
		pay(open[0].ID, 1+open[0].Open/2, open[0].Currency)
	case act == 2 && len(open) > 0:
		tx.Promise(open[rng.IntN(len(open))], soon)
	case act == 3 && len(open) > 0:
		tx.Hold(c, open[0].ID, soon, "")
	case act == 4:
		tx.Hold(c, 0, soon, "")
	case act == 5:
		tx.ChooseHours(c, ledger.Hours{From: 8 + rng.IntN(8), Until: 20}, ledger.Hours{From: 8, Until: 20})
	case act == 6:
		zone := []string{"UTC", "Asia/Tehran", "Pacific/Kiritimati", "America/New_York", "Pacific/Midway"}[rng.IntN(5)]
		tx.ChangeCustomer(c, ledger.CustomerChange{ZoneName: &zone})
	case act == 7:
		debt{currency: "EUR", due: rng.IntN(20) - 10, minor: 1000, pause: 2}.owe(tx, c, tx.Today())
	case act == 8:
		tx.NoteOn(ledger.NewNote{Customer: id, Kind: ledger.NoteContact, Words: "they will pay"})
	case act == 9:
		tx.UndoSkip(c)
	case act == 10 && len(open) > 0:
		tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeCard, Customer: id, Invoice: open[0].ID, Address: "CINVOICES1"})
	case act == 16: // of all customers
		tx.BreakRoute(id, "telegram:1", "blocked", 0)
	case act == 17:
		tx.MendRoute("telegram:1")
	case act < 13 && x != nil:
		tx.SkipSteps(c, x.On, append([]ledger.PlanStep{{Invoice: x.Contact.Invoice.ID, Step: x.Contact.Step}}, x.Contact.withNamed()...), ledger.SkipContact, "")
	case act < 15 && x != nil:
		tx.Snooze(c, x.On, x.On.AddDays(1+rng.IntN(4)))
	case x != nil:
		tx.ReleaseContact(c, x.Contact.Key())
	}
}

// settleSome has a platform take some of what waits: the rest waits on.
func (o *office) settleSome(tx *ledger.Tx, rng *rand.Rand) (edits []ledger.InvoiceID, err error) {
	for _, n := range tx.OpenNotices(0) {
		if n.Kind == ledger.NoticeCardEdit {
			edits = append(edits, n.Invoice)
		}
		if n.Kind == ledger.NoticeReminder && rng.IntN(3) == 0 {
			continue
		}
		out := ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeSent, Chat: "telegram:1", Message: "1"}
		if rng.IntN(10) == 0 {
			out = ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeWithdrawn, Reason: "test"}
		}
		if err = tx.Settle(out); err != nil {
			return nil, err
		}
	}
	slices.Sort(edits)
	return edits, nil
}

// plainTurned are the invoices whose cards turn with the day that begins, of all customers.
func (o *office) plainTurned() (out []ledger.InvoiceID) {
	o.do(func(tx *ledger.Tx) error {
		last, err := cardsSince(&tx.View)
		on := tx.Today()
		tx.Customers(func(c *ledger.Customer) {
			for _, inv := range tx.OpenInvoices(c) {
				if late := inv.Overdue(on) && !inv.Overdue(last); inv.Card != 0 && (late || inv.Promised >= last && inv.Promised < on) {
					out = append(out, inv.ID)
				}
			}
		})
		return err
	})
	slices.Sort(out)
	return out
}

// settleAll has whatever waits for staff be sent.
func (o *office) settleAll() {
	o.do(func(tx *ledger.Tx) error {
		for _, n := range tx.OpenNotices(0) {
			if n.Kind == ledger.NoticeReminder {
				continue
			}
			if err := tx.Settle(ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeSent, Chat: "telegram:1", Message: "1"}); err != nil {
				return err
			}
		}
		return nil
	})
}

// The card of a day and what a day turns are what a walk through all customers finds, whatever
// happens to whom.
func TestMorningIsThePlainWalk(t *testing.T) {
	seed := time.Now().UnixNano()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(uint64(seed), 1))
	o := newOffice(t, "UTC")
	o.rules.Policy.Mail = true
	first, days := on("2026-10-01"), 30
	all := anyDebtors.Example(int(seed % 1000))
	o.owedBy(all, first)
	o.do(func(tx *ledger.Tx) error { // most have a card
		tx.Customers(func(c *ledger.Customer) {
			for _, inv := range tx.OpenInvoices(c) {
				if inv.ID%4 != 0 {
					tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeCard, Customer: c.ID, Invoice: inv.ID, Address: "CINVOICES1"})
				}
			}
		})
		return nil
	})
	count, turnedCards := map[RowState]int{}, 0
	cards, cardDay := 0, ledger.Date(0)
	for hour := 6; hour < days*24; hour += 2 {
		o.now = first.At(0, 0, time.UTC).Add(time.Duration(hour) * time.Hour)
		if hour%86 == 0 { // what was kept in memory is gone
			o.rules = &Rules{Books: o.books, Policy: o.rules.Policy, Finance: o.rules.Finance, Cards: o.rules.Cards, Readers: o.rules.Readers, Buttons: o.rules.Buttons}
		}
		if err := o.rules.judge(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.settleAll() // with the edits of what was judged
		turn, fresh := o.plainTurned(), map[ledger.CustomerID]onCard{}
		o.do(func(tx *ledger.Tx) error {
			for _, x := range o.plainRows(&tx.View, nil) {
				if x.State == RowGoes || x.State == RowHeld || x.State == RowNobody {
					fresh[x.Customer.ID] = onCard{x.Customer.ID, x.On, x.Contact.Invoice.ID, x.Contact.Step, x.Contact.Part}
				}
			}
			return nil
		})
		if _, err := o.rules.Run(t.Context(), o.now); err != nil {
			t.Fatal(err)
		}
		o.do(func(tx *ledger.Tx) error {
			day, _ := o.rules.Policy.CardDay(&tx.View)
			if sent, err := tx.Get(cardSent); err != nil || string(sent) != day.String() || day == cardDay {
				return err
			}
			cardDay = day
			was, err := o.rules.was.on(&tx.View, day)
			if !maps.Equal(was, fresh) {
				t.Errorf("%s: remembered are %v, and the walk has %v", o.now, was, fresh)
			}
			if len(was) > 0 {
				cards++
			}
			return err
		})
		rows := o.wantPlain()
		for _, x := range rows {
			count[x.State]++
		}
		o.dropped(func(tx *ledger.Tx) {
			for range 4 {
				o.happens(tx, rng, ledger.CustomerID(1+rng.IntN(len(all))), rows)
			}
		})
		o.wantPlain()
		o.do(func(tx *ledger.Tx) error {
			edits, err := o.settleSome(tx, rng)
			if !slices.Equal(edits, turn) {
				t.Errorf("%s: the cards of %v turn, and the walk has %v", o.now, edits, turn)
			}
			turnedCards += len(edits)
			return err
		})
		o.wantPlain()
		if rng.IntN(3) == 0 {
			o.do(func(tx *ledger.Tx) error {
				for range 1 + rng.IntN(5) {
					tx.Whole(func() error {
						o.happens(tx, rng, ledger.CustomerID(1+rng.IntN(len(all))), rows)
						return nil
					})
				}
				return nil
			})
			o.wantPlain()
		}
	}
	for _, s := range []RowState{RowGoes, RowHeld, RowSkipped, RowSnoozed, RowQueued, RowSent, RowGone} {
		if count[s] == 0 {
			t.Errorf("no row is %s", s)
		}
	}
	if cards < 15 || turnedCards < 20 {
		t.Errorf("only %d cards came, and %d turned", cards, turnedCards)
	}
}

// manyDebtors are customers with one invoice each that is overdue.
func (o *office) manyDebtors(n int) {
	o.do(func(tx *ledger.Tx) error {
		for i := range n {
			c, err := tx.AddCustomer(ledger.NewCustomer{Handle: fmt.Sprintf("m%d", i), ZoneName: "Europe/Berlin"})
			if err != nil {
				return err
			}
			token, _, err := tx.Invite(c)
			if err == nil {
				_, err = tx.Link(token, fmt.Sprintf("telegram:%d", 100+i), "Anna", "en")
			}
			if err == nil {
				err = debt{currency: "EUR", due: -10, minor: 1000, pause: 2}.owe(tx, c, tx.Today())
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// A card of thousands is remembered in parts; whom something concerns while it is made is looked at
// again, and the next program reads all of it.
func TestCardOfManyIsMadeInParts(t *testing.T) {
	o := newOffice(t, "UTC")
	customers := cardPart + 50
	o.manyDebtors(customers)
	o.now = time.Date(2026, 10, 2, 6, 30, 0, 0, time.UTC)
	day, all := on("2026-10-02"), []ledger.CustomerID(nil)
	m := morning{day: day, rows: map[ledger.CustomerID]onCard{}}
	look := func() {
		t.Helper()
		err := o.books.View(func(v *ledger.View) error {
			_, m.seen, _ = v.Stirred(0)
			v.Customers(func(c *ledger.Customer) { all = append(all, c.ID) })
			m.look(v, o.rules.Policy.At(v), all)
			return nil
		})
		if err == nil {
			err = m.writeParts(t.Context(), o.books)
		}
		if err != nil || m.parts != 2 || len(m.rows) != customers {
			t.Fatalf("%d parts of %d rows, %v", m.parts, len(m.rows), err)
		}
	}
	look()
	var gone, fresh ledger.CustomerID
	o.do(func(tx *ledger.Tx) error { // one pays, and acme owes something
		gone = all[7]
		inv := tx.OpenInvoices(tx.Customer(gone))[0]
		_, _, err := tx.Receive(ledger.NewPayment{Customer: gone, Invoice: inv.ID, Date: tx.Today(), Amount: inv.OpenMoney(), Method: "bank", Reference: "x"})
		return err
	})
	fresh = o.acme
	o.invoice("2026-09-20", 1000)
	o.do(func(tx *ledger.Tx) error { return o.rules.sendCard(tx, &m) })
	for range 2 {
		err := o.books.View(func(v *ledger.View) error {
			was, err := o.rules.was.on(v, day)
			if _, on := was[gone]; on || len(was) != customers || was[fresh].Customer == 0 {
				t.Errorf("%d are on the card, of them who has paid: %t, and who owes since: %v", len(was), on, was[fresh])
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		o.rules = &Rules{Books: o.books, Policy: o.rules.Policy, Finance: o.rules.Finance, Cards: o.rules.Cards, Readers: o.rules.Readers, Buttons: o.rules.Buttons}
	}
	o.do(func(tx *ledger.Tx) error { // the next one is small
		if err := o.rules.sendCard(tx, &morning{day: day.AddDays(1), rows: map[ledger.CustomerID]onCard{}}); err != nil {
			return err
		}
		for n := range 2 {
			if data, err := tx.Get(partOfCard(n)); data != nil || err != nil {
				t.Errorf("part %d is kept, %v", n, err)
			}
		}
		return nil
	})
}
