package ledger

import (
	"testing"
	"time"
)

// Our own bank details change by two people and after a delay: what the configuration names, what
// somebody types, and a restart in between are no way round.
func TestBankDetailsChange(t *testing.T) {
	path, now := t.TempDir()+"/duebot.db", testNow
	open := func() *Books {
		b, err := Open(path, Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	b := open()
	first, second, third := BankDetails{"IBAN 1", "[1]"}, BankDetails{"IBAN 2", "[2]"}, BankDetails{"IBAN 3", "[3]"}
	tell := func(d BankDetails) {
		t.Helper()
		do(t, b, "", func(tx *Tx) error { _, err := tx.TellBank(d, first); return err })
	}
	by := func(user string, act func(tx *Tx, x *BankChange) error) error {
		return try(b, "", func(tx *Tx) error { return as(tx, user, func() error { return act(tx, tx.PendingBankChange()) }) })
	}
	confirm := func(tx *Tx, x *BankChange) error { return tx.ConfirmBankChange(x, 24*time.Hour) }
	cancel := func(tx *Tx, x *BankChange) error { return tx.CancelBankChange(x) }
	take := func(tx *Tx, x *BankChange) error { _, err := tx.TakeBankChange(x); return err }
	want := func(d BankDetails, state BankChangeState) {
		t.Helper()
		b.View(func(v *View) error {
			if got, ok := v.BankDetails(); !ok || got != d {
				t.Errorf("%v counts, want %v", got, d)
			}
			var got BankChangeState
			if x := v.PendingBankChange(); x != nil {
				got = x.State
			}
			if got != state {
				t.Errorf("the change that waits is %q, want %q", got, state)
			}
			return nil
		})
	}

	tell(first) // the first start takes them as they are
	want(first, "")
	tell(first)
	want(first, "")

	tell(second) // of the configuration nobody knows who wrote it: two confirm it
	want(first, BankChangeAsked)
	tell(second) // the next start is no confirmation
	if err := by("U1", confirm); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, by("U1", confirm), "bankchange.own")
	want(first, BankChangeAsked)
	if err := by("U2", confirm); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, by("U3", confirm), "bankchange.over")
	now = now.Add(24*time.Hour - time.Second)
	if err := by("U3", take); err != nil {
		t.Fatal(err)
	}
	want(first, BankChangeConfirmed)
	b.Close() // a restart in the delay keeps it
	b = open()
	tell(second)
	want(first, BankChangeConfirmed)
	now = now.Add(time.Second)
	if err := by("U3", take); err != nil {
		t.Fatal(err)
	}
	want(second, "")

	// What somebody types needs one more; anybody cancels; the configuration as it was asks for nothing.
	do(t, b, "", func(tx *Tx) error {
		return as(tx, "U1", func() error { _, err := tx.AskBankChange(third); return err })
	})
	wantRefusal(t, by("U1", confirm), "bankchange.own")
	wantRefusal(t, try(b, "", func(tx *Tx) error { _, err := tx.AskBankChange(first); return err }), "bankchange.waits")
	if err := by("U2", confirm); err != nil {
		t.Fatal(err)
	}
	if err := by("U3", cancel); err != nil {
		t.Fatal(err)
	}
	now = now.AddDate(0, 0, 2)
	tell(second)
	want(second, "")
	wantRefusal(t, try(b, "", func(tx *Tx) error { _, err := tx.AskBankChange(second); return err }), "bankchange.same")

	// A configuration that goes back to what counts takes its change back.
	tell(third)
	want(second, BankChangeAsked)
	tell(second)
	want(second, "")
	b.Close()
	checkFile(t, path)
}
