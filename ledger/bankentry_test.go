package ledger

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// takeLine takes a line of a statement that is made for it.
func takeLine(t testing.TB, b *Books, key string, l BankLine) (e *BankEntry) {
	t.Helper()
	do(t, b, "", func(tx *Tx) (err error) {
		st, err := tx.TakeStatement(1, 1, BankStatement{Format: "MT940", Account: BankAccount{Number: "DE02"}, To: l.Booked}, 1, false)
		if err != nil {
			return err
		}
		e, _, err = tx.TakeEntry(st, &l, identity(key))
		return err
	})
	return e
}

func identity(key string) (id EntryIdentity) {
	copy(id[:], key)
	return id
}

func issueFor(t testing.TB, b *Books, c CustomerID, price string) (inv *Invoice) {
	t.Helper()
	do(t, b, "", func(tx *Tx) (err error) {
		inv, err = tx.Issue(Draft{Customer: c, Date: tx.Today(), Due: tx.Today(), Currency: "EUR", Lines: []Line{line("a", "1", price, "0")}})
		return err
	})
	return inv
}

func receive(tx *Tx) func(NewPayment) (*Payment, error) {
	return func(n NewPayment) (*Payment, error) {
		p, _, err := tx.Receive(n)
		return p, err
	}
}

// An entry is taken once, and its words are what the bank wrote; the chain has none of them.
func TestEntryIsTakenOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duebot.db")
	b := openTest(t, path)
	var day Date
	b.View(func(v *View) error { day = v.Today(); return nil })
	l := BankLine{Booked: day, Value: day.AddDays(-1), Amount: euros(500), Party: BankAccount{Number: "RO49AAAA1B31007593840000"}, PartyName: "Ștefan cel Mare SRL",
		Text: "payment of the secret order", Documents: []string{"INV-1"}, EndToEnd: "E2E-7", BankRef: "REF-9", Code: "NTRF", Instructed: Money{51000, "USD"}, Fees: euros(12)}
	e := takeLine(t, b, "one", l)
	if again := takeLine(t, b, "one", l); again.ID != e.ID {
		t.Errorf("the same line is %s and %s", e.ID.Label(), again.ID.Label())
	}
	if other := takeLine(t, b, "two", l); other.ID == e.ID {
		t.Error("a second line that says the same is lost")
	}
	b.Close()
	data, err := os.ReadFile(path)
	if err != nil || bytes.Contains(data, []byte("secret order")) || bytes.Contains(data, []byte("RO49AAAA")) {
		t.Errorf("the file has the words of a payer: %v", err)
	}
	checkFile(t, path)
	b = openTest(t, path)
	defer b.Close()
	b.View(func(v *View) error {
		got, err := v.Line(v.BankEntry(e.ID))
		if fmt.Sprint(got) != fmt.Sprint(l) || err != nil {
			t.Errorf("the line reads %+v, want %+v: %v", got, l, err)
		}
		if n := v.BankCount(1); n != (BankCount{In: 2, Waits: 2}) {
			t.Errorf("counted %+v", n)
		}
		return nil
	})
}

// An entry becomes a payment of each customer, for the invoices that were said and no others;
// taking that back opens them again, and the entry waits as before.
func TestEntryIsAppliedAndTakenBack(t *testing.T) {
	b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	defer b.Close()
	acme := addAcme(t, b)
	var beta CustomerID
	do(t, b, "", func(tx *Tx) error {
		c, err := tx.AddCustomer(NewCustomer{Handle: "beta", Name: "Beta"})
		beta = c.ID
		return err
	})
	older, newer, other := issueFor(t, b, acme, "100"), issueFor(t, b, acme, "70"), issueFor(t, b, beta, "50")
	e := takeLine(t, b, "x", BankLine{Booked: older.Date, Amount: euros(13000), Text: "both"})
	shares := []EntryShare{{Customer: acme, Minor: 9000, Parts: []Part{{newer.ID, 7000}}}, {Customer: beta, Minor: 4000, Parts: []Part{{other.ID, 4000}}}}
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.ApplyEntry(tx.BankEntry(e.ID), shares, false, []string{"picked"}, receive(tx))
		return err
	})
	b.View(func(v *View) error {
		if older.Open != 10000 || newer.Open != 0 || other.Open != 1000 || v.OnAccount(v.Customer(acme), "EUR") != euros(2000) {
			t.Errorf("open %d %d %d, on account %s", older.Open, newer.Open, other.Open, v.OnAccount(v.Customer(acme), "EUR"))
		}
		e := v.BankEntry(e.ID)
		if n := v.BankCount(1); n != (BankCount{In: 1, Posted: 1}) || v.EntryOf(v.Payment(e.Payments[1])) != e || len(v.WaitingEntries()) != 0 {
			t.Errorf("counted %+v", n)
		}
		return nil
	})
	wantRefusal(t, try(b, "", func(tx *Tx) error { return tx.LeaveEntry(tx.BankEntry(e.ID), LeftNotOurs, false) }), "entry.placed")
	do(t, b, "", func(tx *Tx) error {
		opened, err := tx.ReopenEntry(tx.BankEntry(e.ID))
		if len(opened) != 2 {
			t.Errorf("%d invoices are open again", len(opened))
		}
		return err
	})
	b.View(func(v *View) error {
		e := v.BankEntry(e.ID)
		if older.Open != 10000 || newer.Open != 7000 || other.Open != 5000 || v.OnAccount(v.Customer(acme), "EUR").Minor != 0 || e.Place != EntryWaits || len(v.WaitingEntries()) != 1 {
			t.Errorf("after taking back: %d %d %d, %+v", older.Open, newer.Open, other.Open, e)
		}
		return nil
	})
	wantRefusal(t, try(b, "", func(tx *Tx) error { _, err := tx.ReopenEntry(tx.BankEntry(e.ID)); return err }), "entry.waits")
}

// What a bank kept of one of several invoices settles it, and no other; more than the money
// leaves of it cannot be kept.
func TestEntrySharesWithFees(t *testing.T) {
	b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	defer b.Close()
	acme := addAcme(t, b)
	one, two := issueFor(t, b, acme, "100"), issueFor(t, b, acme, "70")
	e := takeLine(t, b, "x", BankLine{Booked: one.Date, Amount: euros(16500), Text: "both, less a fee"})
	apply := func(fee int64) error {
		sh := EntryShare{Customer: acme, Minor: 16500, Invoice: one.ID, Fee: euros(fee), Parts: []Part{{one.ID, 9500}, {two.ID, 7000}}}
		return try(b, "", func(tx *Tx) error {
			_, err := tx.ApplyEntry(tx.BankEntry(e.ID), []EntryShare{sh}, true, nil, receive(tx))
			return err
		})
	}
	wantRefusal(t, apply(501), "payment.deductmuch")
	if err := apply(500); err != nil {
		t.Fatal(err)
	}
	b.View(func(v *View) error {
		if one.Open != 0 || two.Open != 0 || v.OnAccount(v.Customer(acme), "EUR").Minor != 0 || v.AccountBalance(BankFees, 0, "EUR") != euros(500) {
			t.Errorf("open %d %d, fees %s", one.Open, two.Open, v.AccountBalance(BankFees, 0, "EUR"))
		}
		return nil
	})
	do(t, b, "", func(tx *Tx) error { _, err := tx.ReopenEntry(tx.BankEntry(e.ID)); return err })
	if one.Open != 10000 || two.Open != 7000 {
		t.Errorf("after taking back: %d %d", one.Open, two.Open)
	}
	ahead := takeLine(t, b, "y", BankLine{Booked: one.Date, Amount: euros(500), Text: "in advance"})
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.ApplyEntry(tx.BankEntry(ahead.ID), []EntryShare{{Customer: acme, Minor: 500}}, false, nil, receive(tx))
		return err
	})
	b.View(func(v *View) error {
		if n := v.BankCount(1); n != (BankCount{In: 2, Account: 1, Waits: 1}) {
			t.Errorf("counted %+v", n)
		}
		return nil
	})
}

// What the shares of an entry must be: its sum, and no more of an invoice than is open, of that
// customer.
func TestEntrySharesAreChecked(t *testing.T) {
	b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	defer b.Close()
	acme := addAcme(t, b)
	inv := issueFor(t, b, acme, "100")
	e := takeLine(t, b, "x", BankLine{Booked: inv.Date, Amount: euros(12000)})
	out := takeLine(t, b, "y", BankLine{Booked: inv.Date, Amount: euros(-12000)})
	for _, x := range []struct {
		e      *BankEntry
		shares []EntryShare
		key    string
	}{
		{e, []EntryShare{{Customer: acme, Minor: 11000}}, "entry.sum"},
		{e, []EntryShare{{Customer: acme, Minor: 12000, Parts: []Part{{inv.ID, 10001}}}}, "entry.part"},
		{e, []EntryShare{{Customer: acme, Minor: 12000, Parts: []Part{{inv.ID, 5000}, {inv.ID, 5000}}}}, "entry.part"},
		{e, []EntryShare{{Customer: 99, Minor: 12000, Parts: []Part{{inv.ID, 10000}}}}, "invoice.unknown"},
		{e, []EntryShare{{Customer: acme, Minor: 13000}, {Customer: acme, Minor: -1000}}, "payment.notpositive"},
		{out, []EntryShare{{Customer: acme, Minor: -12000}}, "entry.outgoing"},
	} {
		err := try(b, "", func(tx *Tx) error {
			_, err := tx.ApplyEntry(tx.BankEntry(x.e.ID), x.shares, false, nil, receive(tx))
			return err
		})
		wantRefusal(t, err, x.key)
	}
	if inv.Open != 10000 {
		t.Errorf("open is %d", inv.Open)
	}
}

// A returned debit opens its invoice again, and only the sum of the payment returns it.
func TestEntryReturnsAPayment(t *testing.T) {
	b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	defer b.Close()
	acme := addAcme(t, b)
	inv := issueFor(t, b, acme, "100")
	in := takeLine(t, b, "in", BankLine{Booked: inv.Date, Amount: euros(10000)})
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.ApplyEntry(tx.BankEntry(in.ID), []EntryShare{{Customer: acme, Minor: 10000, Invoice: inv.ID}}, true, nil, receive(tx))
		return err
	})
	for _, minor := range []int64{-9000, -10000} {
		out := takeLine(t, b, fmt.Sprint(minor), BankLine{Booked: inv.Date, Amount: euros(minor), Reversal: true})
		err := try(b, "", func(tx *Tx) error {
			_, err := tx.ReturnEntry(tx.BankEntry(out.ID), tx.Payment(1), "AC04", true)
			return err
		})
		if minor == -9000 {
			wantRefusal(t, err, "entry.returnsum")
		} else if err != nil || inv.Open != 10000 || !b.snapshotPayment(1).Returned {
			t.Errorf("open %d: %v", inv.Open, err)
		}
	}
	wantRefusal(t, try(b, "", func(tx *Tx) error { _, err := tx.ReopenEntry(tx.BankEntry(in.ID)); return err }), "chargeback.again")
}

func (b *Books) snapshotPayment(id PaymentID) (p Payment) {
	b.View(func(v *View) error { p = *v.Payment(id); return nil })
	return p
}

// What was learnt of a payer finds him by account and by name in another script, until it is
// forgotten.
func TestPayersAreLearnt(t *testing.T) {
	b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	defer b.Close()
	acme := addAcme(t, b)
	l := BankLine{Party: BankAccount{Number: "DE89 3704 0044 0532 0130 00"}, PartyName: "Чехов"}
	for range 2 {
		do(t, b, "", func(tx *Tx) error { _, err := tx.LearnPayer(&l, tx.Customer(acme)); return err })
	}
	seen := func(want int) {
		t.Helper()
		b.View(func(v *View) error {
			account := v.PayersByAccount(&BankLine{Party: BankAccount{Number: "de89370400440532013000"}})
			name := v.PayersByName(&BankLine{PartyName: "CHEKHOV"})
			if len(account) != want || len(name) != want {
				t.Errorf("found %v and %v, want %d of each", account, name, want)
			}
			if none := v.PayersByAccount(&BankLine{}); none != nil {
				t.Errorf("a line without an account is of %v", none)
			}
			return nil
		})
	}
	seen(1)
	do(t, b, "", func(tx *Tx) error { return tx.ForgetPayer(&l, tx.Customer(acme)) })
	seen(0)
}

// entryAct takes a line, or does something with one.
func entryAct(r *rapid.T, tx *Tx, c CustomerID) error {
	n := int(tx.s.bankEntries.n)
	if n == 0 || rapid.Bool().Draw(r, "new line") {
		st, err := tx.TakeStatement(1, 1, BankStatement{Account: BankAccount{Number: "DE02"}, To: tx.Today()}, 1, false)
		if err != nil {
			return err
		}
		l := BankLine{Booked: tx.Today().AddDays(-rapid.IntRange(0, 3).Draw(r, "booked")), Amount: euros(rapid.Int64Range(-3000, 30000).Draw(r, "sum")), Text: "words",
			PartyName: rapid.SampledFrom([]string{"", "Acme", "Beta"}).Draw(r, "payer")}
		_, _, err = tx.TakeEntry(st, &l, identity(fmt.Sprint(rapid.IntRange(1, 40).Draw(r, "identity"))))
		return err
	}
	e := tx.BankEntry(BankEntryID(rapid.IntRange(1, n).Draw(r, "entry")))
	switch rapid.IntRange(0, 5).Draw(r, "with it") {
	case 0:
		return tx.LeaveEntry(e, LeftNotOurs, rapid.Bool().Draw(r, "alone"))
	case 1:
		_, err := tx.ReopenEntry(e)
		return err
	case 2:
		if p := tx.Payment(tx.LastPayment()); p != nil {
			_, err := tx.ReturnEntry(e, p, "AC04", true)
			return err
		}
	case 3:
		return tx.AssignEntry(e, "U1", c)
	}
	sh := EntryShare{Customer: c, Minor: e.Amount.Minor}
	if inv := tx.Invoice(InvoiceID(tx.s.invoices.n)); inv != nil && rapid.Bool().Draw(r, "for an invoice") {
		sh.Parts = []Part{{inv.ID, min(inv.Open, e.Amount.Minor)}}
		if left := inv.Open - e.Amount.Minor; left > 0 && rapid.Bool().Draw(r, "less a fee") {
			sh.Invoice, sh.Fee = inv.ID, Money{rapid.Int64Range(1, left).Draw(r, "fee"), inv.Currency}
		}
	}
	if _, err := tx.ApplyEntry(e, []EntryShare{sh}, false, []string{"picked"}, receive(tx)); err != nil {
		return err
	}
	l, err := tx.Line(e)
	if err == nil {
		_, err = tx.LearnPayer(&l, tx.Customer(c))
	}
	return err
}

// checkEntries holds that lines in are applied, returned, left or waiting, and that the
// payments of an entry make its sum and are of no other.
func checkEntries(r *rapid.T, v *View) {
	n := v.BankCount(1)
	if n.In != int(v.s.bankEntries.n) || n.In != n.Posted+n.Account+n.Return+n.Waits+n.Left {
		r.Fatalf("%d entries, counted %+v", v.s.bankEntries.n, n)
	}
	if len(v.WaitingEntries()) != n.Waits {
		r.Fatalf("%d wait, counted %+v", len(v.WaitingEntries()), n)
	}
	of := map[PaymentID]BankEntryID{}
	v.s.bankEntries.each(func(e *BankEntry) {
		if e.Place != EntryApplied {
			return
		}
		sum := int64(0)
		for _, id := range e.Payments {
			if of[id] != 0 {
				r.Fatalf("payment %d is of two entries", id)
			}
			of[id] = e.ID
			sum += v.Payment(id).Amount.Minor
			if v.Payment(id).Annulled {
				r.Fatalf("%s is applied by a payment that was annulled", e.ID.Label())
			}
		}
		if sum != e.Amount.Minor {
			r.Fatalf("%s is %s and its payments %d", e.ID.Label(), e.Amount, sum)
		}
	})
}
