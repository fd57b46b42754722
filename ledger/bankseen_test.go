package ledger

import (
	"path/filepath"
	"slices"
	"testing"
)

// teller gives lines of files of a bank to the books, as taking a file does.
type teller struct {
	t     *testing.T
	b     *Books
	parts int
}

// take takes the lines of one file of a kind; keys are their identities, "whole/own" for a part.
func (f *teller) take(format string, keys []string, lines ...BankLine) (out []TakenLine) {
	f.t.Helper()
	f.parts++
	do(f.t, f.b, "", func(tx *Tx) error {
		st, err := tx.TakeStatement(1, f.parts, BankStatement{Format: format, Account: BankAccount{Number: "DE89370400440532013000"}, To: tx.Today()}, len(lines), false)
		for i := range lines {
			if err != nil {
				return err
			}
			id := LineIdentity{Own: identity(keys[i])}
			if lines[i].Whole.Currency != "" {
				id.Whole = identity(keys[i][:1])
			}
			var got TakenLine
			got, err = tx.TakeLine(st, &lines[i], id)
			out = append(out, got)
		}
		return err
	})
	return out
}

func newTeller(t *testing.T) (*teller, Date) {
	b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	t.Cleanup(func() { b.Close() })
	var day Date
	b.View(func(v *View) error { day = v.Today(); return nil })
	return &teller{t: t, b: b}, day
}

func (f *teller) known(what string, got []TakenLine, want ...bool) {
	f.t.Helper()
	var have []bool
	for _, x := range got {
		have = append(have, x.Known)
	}
	if !slices.Equal(have, want) {
		f.t.Errorf("%s: known %v, want %v", what, have, want)
	}
}

// A booking that comes as one sum and part by part is taken once, whichever comes first.
func TestWholeAndParts(t *testing.T) {
	whole := BankLine{Amount: euros(300), BankRef: "B"}
	part := func(minor int64, end string) BankLine {
		return BankLine{Amount: euros(minor), BankRef: "B", Batch: "B", EndToEnd: end, Whole: euros(300)}
	}
	parts := []BankLine{part(100, "one"), part(200, "two")}
	keys := []string{"W1", "W2"}
	t.Run("parts first", func(t *testing.T) {
		f, day := newTeller(t)
		whole.Booked, parts[0].Booked, parts[1].Booked = day, day, day
		f.known("parts", f.take("CAMT.054.001.08", keys, parts...), false, false)
		f.known("whole", f.take("CAMT.053.001.08", []string{"W"}, whole), true)
		f.known("parts again", f.take("CAMT.054.001.08", keys, parts...), true, true)
	})
	t.Run("the whole first, and it waits", func(t *testing.T) {
		f, _ := newTeller(t)
		total := f.take("CAMT.053.001.08", []string{"W"}, whole)[0].Entry
		got := f.take("CAMT.054.001.08", keys, parts...)
		f.known("parts", got, false, false)
		if got[0].Replaced == nil || got[0].Replaced.ID != total.ID || got[1].Replaced != nil || total.Why != LeftParts {
			t.Errorf("got %+v; the whole is %+v", got, total)
		}
		f.known("whole again", f.take("CAMT.052.001.08", []string{"W"}, whole), true)
		wantRefusal(t, try(f.b, "", func(tx *Tx) error { _, err := tx.ReopenEntry(tx.BankEntry(total.ID)); return err }), "entry.split")
	})
	t.Run("the whole first, and it was placed", func(t *testing.T) {
		f, _ := newTeller(t)
		total := f.take("CAMT.053.001.08", []string{"W"}, whole)[0].Entry
		do(t, f.b, "", func(tx *Tx) error { return tx.LeaveEntry(tx.BankEntry(total.ID), LeftNotOurs, false) })
		f.known("parts", f.take("CAMT.054.001.08", keys, parts...), true, true)
		f.known("parts again", f.take("CAMT.054.001.08", keys, parts...), true, true)
	})
}

// What two kinds of files tell in other words is the same money where the bank's or the payer's
// id says so, or the words do; else it may be, and where the payer is another it is not.
func TestSameMoneyInTwoFiles(t *testing.T) {
	base := BankLine{Amount: euros(500), PartyName: "ACME", Text: "Invoice 17 of May"}
	for name, c := range map[string]struct {
		first, second func(l *BankLine)
		sure, maybe   bool
	}{
		"a reference that comes later":    {func(*BankLine) {}, func(l *BankLine) { l.BankRef = "R" }, true, false},
		"a purpose that is cut":           {func(l *BankLine) { l.Text = "INVOICE 17" }, func(*BankLine) {}, true, false},
		"the payer's id, and other words": {func(l *BankLine) { l.EndToEnd = "E" }, func(l *BankLine) { l.EndToEnd, l.Text = "E", "x" }, true, false},
		"other words":                     {func(*BankLine) {}, func(l *BankLine) { l.Text = "something else" }, false, true},
		"no words":                        {func(l *BankLine) { l.Text = "" }, func(l *BankLine) { l.Text = "" }, false, true},
		"other ids of the bank":           {func(l *BankLine) { l.BankRef = "Q" }, func(l *BankLine) { l.BankRef = "R" }, false, true},
		"another account of the payer":    {func(l *BankLine) { l.Party.Number = "A1" }, func(l *BankLine) { l.Party.Number = "A2" }, false, false},
		"another sum":                     {func(*BankLine) {}, func(l *BankLine) { l.Amount.Minor++ }, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			f, day := newTeller(t)
			a, b := base, base
			a.Booked, b.Booked = day, day
			c.first(&a)
			c.second(&b)
			old := f.take("MT942", []string{"a"}, a)[0].Entry
			got := f.take("MT940", []string{"b"}, b)
			f.known("the statement", got, c.sure)
			f.b.View(func(v *View) error {
				twins, err := v.Twins(v.BankEntry(got[0].Entry.ID))
				if err != nil || c.maybe != (len(twins) == 1) || c.maybe && twins[0].ID != old.ID {
					t.Errorf("it may be %v: %v", twins, err)
				}
				return nil
			})
			f.known("the statement again", f.take("MT940", []string{"b"}, b), true)
		})
	}
}

// Two payments that are alike are two: one line of a file pairs with one entry.
func TestTwinsPairOnce(t *testing.T) {
	f, day := newTeller(t)
	l := BankLine{Booked: day, Amount: euros(500), Text: "thank you very much"}
	f.take("CAMT.052.001.08", []string{"a"}, l)
	f.known("the statement", f.take("CAMT.053.001.08", []string{"b", "c"}, l, l), true, false)
	f.known("the table of it", f.take("CSV", []string{"d", "e", "f"}, l, l, l), true, true, false)

	other := BankLine{Booked: day, Amount: euros(700)}
	old := f.take("MT942", []string{"g"}, other)[0].Entry
	two := f.take("MT940", []string{"h", "i"}, other, other)
	do(t, f.b, "", func(tx *Tx) error { return tx.TwinEntry(tx.BankEntry(two[0].Entry.ID), tx.BankEntry(old.ID)) })
	second := func(tx *Tx) error { return tx.TwinEntry(tx.BankEntry(two[1].Entry.ID), tx.BankEntry(old.ID)) }
	wantRefusal(t, try(f.b, "", second), "entry.noproposal")
	do(t, f.b, "", func(tx *Tx) error { _, err := tx.ReopenEntry(tx.BankEntry(two[0].Entry.ID)); return err })
	do(t, f.b, "", second)
}

// The number of an account as MT940 writes it is the one in its IBAN.
func TestSameAccount(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"DE89370400440532013000", "37040044/532013000", true},
		{"DE89370400440532013000", "37040044/532013001", false},
		{"DE89370400440532013000", "0532013000EUR", true},
		{"DE89370400440532013000", "DE02120300000000202051", false},
		{"40702810900000000001", "40702810900000000002", false},
		{"40702810900000000001", "", true},
	} {
		if got := sameAccount(c.a, c.b); got != c.want || sameAccount(c.b, c.a) != got {
			t.Errorf("%s and %s: %t, want %t", c.a, c.b, got, c.want)
		}
	}
}
