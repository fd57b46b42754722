package commands

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"duebot/ledger"
)

// waits is a desk whose clock stands where the test says, and one entry that waits.
type waits struct {
	*Desk
	t   *testing.T
	now time.Time
}

func newWaits(t *testing.T, at string) *waits {
	t.Helper()
	w := &waits{t: t}
	w.at(at)
	b, err := ledger.Open(t.TempDir()+"/duebot.db", ledger.Options{Now: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	roles := map[string]Role{"UANNA": Finance, "UBOB": Finance, "UBOSS": Manager, "USALES": Sales}
	w.Desk = &Desk{Books: b, Settings: Settings{FinanceChannel: "C2", EntryOwner: OwnerDropper, EntryHour: 9, EntryDays: 5,
		StaffOf: func(user string) Staff { return Staff{ID: user, Role: roles[user]} },
		People: func(role Role) []string {
			return map[Role][]string{Finance: {"UANNA", "UBOB"}, Manager: {"UBOSS"}}[role]
		}}}
	w.do("duebot", func(tx *ledger.Tx) error {
		return tx.SetCompany(ledger.CompanySet{Name: "L", Currency: "EUR", ZoneName: "Europe/Berlin", Language: "en", Invoices: "INV", Credits: "CN"})
	})
	return w
}

// at sets the clock, in Berlin.
func (w *waits) at(day string) {
	zone, _ := time.LoadLocation("Europe/Berlin")
	now, err := time.ParseInLocation("2006-01-02 15:04", day, zone)
	if err != nil {
		w.t.Fatal(err)
	}
	w.now = now
}

func (w *waits) do(by string, run func(tx *ledger.Tx) error) {
	w.t.Helper()
	if _, err := w.Books.Update(context.Background(), ledger.Command{By: by, Run: func(tx *ledger.Tx) ([]byte, error) { return nil, run(tx) }}); err != nil {
		w.t.Fatal(err)
	}
}

// take has somebody drop a statement with one line.
func (w *waits) take(by string) (e *ledger.BankEntry) {
	w.t.Helper()
	w.do(by, func(tx *ledger.Tx) error {
		n := tx.LastNotice()
		st, err := tx.TakeStatement(ledger.ImportID(n+1), 1, ledger.BankStatement{Format: "CSV", Account: ledger.BankAccount{Number: "DE1"}, To: tx.Today()}, 1, false)
		if err != nil {
			return err
		}
		l := ledger.BankLine{Booked: tx.Today(), Amount: ledger.Money{Minor: 100 + int64(n), Currency: "EUR"}}
		var id ledger.EntryIdentity
		copy(id[:], fmt.Sprint(by, n))
		if e, _, err = tx.TakeEntry(st, &l, id); err != nil {
			return err
		}
		return w.judgeEntry(tx, e, &l)
	})
	return e
}

// told runs the reminders, and returns who is told now.
func (w *waits) told() (out []string) {
	w.t.Helper()
	last := func(address string) (id ledger.NoticeID) {
		w.Books.View(func(v *ledger.View) error { id, _ = v.EntriesTold(address); return nil })
		return id
	}
	before := map[string]ledger.NoticeID{"UANNA": 0, "UBOB": 0, "UBOSS": 0, "C2": 0}
	for address := range before {
		before[address] = last(address)
	}
	if _, err := w.RemindEntries(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	for address, id := range before {
		if last(address) != id {
			out = append(out, address)
		}
	}
	slices.Sort(out)
	return out
}

// Owners are told once a day of work, whenever the program comes to it; a week without the program
// is one message, and what waits too long is told above.
func TestOwnersAreToldOfEntries(t *testing.T) {
	w := newWaits(t, "2026-09-10 16:00") // a Thursday
	w.take("slack:UANNA")
	for _, x := range []struct {
		at   string
		want []string
	}{
		{"2026-09-10 17:00", nil}, // its own message was today
		{"2026-09-11 08:59", nil},
		{"2026-09-11 09:00", []string{"UANNA"}},
		{"2026-09-11 15:00", nil}, // once a day
		{"2026-09-12 10:00", nil}, // Saturday
		{"2026-09-13 10:00", nil},
		{"2026-09-14 19:00", nil}, // too late: tomorrow
		{"2026-09-15 11:30", []string{"UANNA"}},
		{"2026-09-17 09:00", []string{"UANNA"}},          // the fifth day
		{"2026-09-28 12:00", []string{"UANNA", "UBOSS"}}, // after eleven days without the program
		{"2026-09-28 12:01", nil},
	} {
		w.at(x.at)
		if got := w.told(); !slices.Equal(got, x.want) {
			t.Errorf("%s: %v are told, want %v", x.at, got, x.want)
		}
	}
}

// Who looks after an entry: whoever brought the statement, if he may place entries; else finance
// in turns; or whom the setting names.
func TestOwnersOfEntries(t *testing.T) {
	for name, c := range map[string]struct{ rule, by, want string }{
		"who dropped it":        {OwnerDropper, "slack:UBOB", "UBOB"},
		"a salesman dropped it": {OwnerDropper, "slack:USALES", "UBOB"},
		"nobody dropped it":     {OwnerDropper, "duebot", "UBOB"},
		"in turns":              {OwnerTurns, "slack:UANNA", "UBOB"},
		"somebody by name":      {"UANNA", "slack:UBOB", "UANNA"},
		"one who left":          {"UGONE", "slack:UANNA", "UANNA"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWaits(t, "2026-09-10 16:00")
			w.EntryOwner = c.rule
			if e := w.take(c.by); e.Owner != c.want {
				t.Errorf("%q looks after it, want %q", e.Owner, c.want)
			}
		})
	}
}
