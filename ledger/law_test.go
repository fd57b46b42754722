package ledger

import (
	"path/filepath"
	"testing"
	"time"
)

// A promise is judged after a day on which both work, by the calendar that the books were opened
// with; what was judged stays so under any other calendar, and none at all.
func TestPromiseOverHolidays(t *testing.T) {
	path, now := filepath.Join(t.TempDir(), "duebot.db"), testNow
	open := func(cal Calendar) *Books {
		b, err := Open(path, Options{Now: func() time.Time { return now }, Calendar: cal})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	b := open(someDays{"RO 2026-11-30": false, "RO 2026-12-01": false})
	do(t, b, "", func(tx *Tx) error {
		err := tx.SetCompany(CompanySet{Name: "L", Currency: "EUR", ZoneName: "Europe/Berlin", Language: "en", Invoices: "INV", Credits: "CN"})
		if err == nil {
			_, err = tx.AddCustomer(NewCustomer{Handle: "ion", ZoneName: "Europe/Berlin"})
		}
		if err == nil {
			_, err = tx.SetLaw(tx.Customer(1), Law{Country: "RO"})
		}
		return err
	})
	id := issue(t, b, 1, line("x", "1", "100", "0"))
	now = mustDate(t, "2026-11-25").At(12, 0, time.UTC)
	do(t, b, "", func(tx *Tx) error { return tx.Promise(tx.Invoice(id), mustDate(t, "2026-11-27")) })
	for _, day := range []string{"2026-12-01", "2026-12-02"} {
		now = mustDate(t, day).At(12, 0, time.UTC)
		do(t, b, "", func(tx *Tx) error {
			_, err := tx.JudgePromises(tx.DuePromises(), func(*Invoice, int) int { return 1 })
			return err
		})
		b.View(func(v *View) error {
			if got := v.s.promises.at(1).Outcome; got != PromiseAwaited {
				t.Errorf("%s: %q", day, got)
			}
			return nil
		})
	}
	now = mustDate(t, "2026-12-03").At(12, 0, time.UTC)
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.JudgePromises(tx.DuePromises(), func(*Invoice, int) int { return 1 })
		return err
	})
	before := dumpOf(t, b)
	b.Close()
	b = open(nil)
	defer b.Close()
	if after := dumpOf(t, b); after != before {
		t.Error("without the calendar the books are others")
	}
	b.View(func(v *View) error {
		if got := v.s.promises.at(1).Outcome; got != PromiseFalse || v.CountryOf(v.Customer(1)) != "RO" || v.Home() != "DE" {
			t.Errorf("%q, %s and %s", got, v.CountryOf(v.Customer(1)), v.Home())
		}
		return nil
	})
}

// A customer's country is one that there is, and what was said already is no news.
func TestLawOfCustomer(t *testing.T) {
	b, _ := testBooks(t)
	id := addAcme(t, b)
	do(t, b, "", func(tx *Tx) error {
		c := tx.Customer(id)
		if _, err := tx.SetLaw(c, Law{Country: "ZZ"}); !isRefusal(err, "law.country") {
			t.Errorf("a country that is not there: %v", err)
		}
		for i, want := range []bool{true, false} {
			if changed, err := tx.SetLaw(c, Law{Country: "MD", Consumer: true}); err != nil || changed != want {
				t.Errorf("time %d: %t, %v", i+1, changed, err)
			}
		}
		return nil
	})
}

func isRefusal(err error, key string) bool {
	r, ok := AsRefusal(err)
	return ok && r.Key == key
}
