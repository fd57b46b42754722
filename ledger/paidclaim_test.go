package ledger

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// judgeClaims judges what customers say of money, and the silences that follow from it.
func judgeClaims(tx *Tx, steps func(inv *Invoice, days int) int) error {
	if err := tx.JudgeClaims(tx.DueClaims()); err != nil {
		return err
	}
	return tx.JudgeSilences(tx.DueSilences(), steps)
}

// saidAct is what customers say of money, accounts and us, and what becomes of it.
func saidAct(r *rapid.T, tx *Tx, c *Customer) error {
	pause := func(*Invoice, int) int { return 1 }
	switch rapid.IntRange(0, 5).Draw(r, "said") {
	case 0, 1:
		open := tx.OpenInvoices(c)
		if len(open) == 0 || tx.ClaimOn(open[0]) != nil {
			return judgeClaims(tx, pause)
		}
		_, err := tx.ClaimPaid(NewPaidClaim{Invoice: open[0], Amount: open[0].OpenMoney(), Date: tx.Today().AddDays(-1), Pause: 5})
		return err
	case 2:
		waiting := tx.WaitingClaims()
		if len(waiting) == 0 {
			return nil
		}
		outcome := rapid.SampledFrom([]ClaimOutcome{ClaimNotFound, ClaimTakenBack}).Draw(r, "outcome")
		_, err := tx.SettleClaim(waiting[0], outcome, 0, "we looked")
		return err
	case 3:
		if _, err := tx.SendAct(c, tx.Today().AddDays(-30), tx.Today()); err != nil {
			_, refused := AsRefusal(err)
			if refused {
				return nil
			}
			return err
		}
	case 4:
		if open := tx.OpenActs(); len(open) > 0 {
			act := open[0]
			bytes, err := tx.Files().Put([]byte("act"))
			if err != nil {
				return err
			}
			if err := tx.DrawnAct(act, "en", bytes, 3); err != nil {
				return err
			}
			return tx.Answer(act, AnswerAct{Answer: rapid.SampledFrom([]ActAnswer{ActAgreed, ActDiffers}).Draw(r, "answer"), Words: "words"})
		}
	case 5:
		if ask := tx.MayRate(tx.Today()); len(ask) > 0 {
			return tx.Notify(ask[0])
		}
	}
	return judgeClaims(tx, pause)
}

// A claim silences reminders once in sixty days, until it is answered, and no longer than it says.
func TestClaimSilences(t *testing.T) {
	b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	id := addAcme(t, b)
	number := issue(t, b, id, line("Tea", "1", "100", "0"))
	do(t, b, "", func(tx *Tx) error {
		inv, today := tx.Invoice(number), tx.Today()
		claim := func() (*PaidClaim, error) {
			return tx.ClaimPaid(NewPaidClaim{Invoice: inv, Amount: inv.OpenMoney(), Date: today, Pause: 5})
		}
		p, err := claim()
		if err != nil {
			return err
		}
		if !tx.Silent(inv, p.Silent) || tx.Silent(inv, p.Silent.AddDays(1)) || p.Silent.AddDays(-7) > today {
			t.Errorf("silent until %s from %s", p.Silent, today)
		}
		if _, err := claim(); err == nil {
			t.Error("a second claim was taken beside the first")
		}
		if _, err := tx.SettleClaim(p, ClaimNotFound, 0, ""); err != nil {
			return err
		}
		if tx.Silent(inv, today) {
			t.Error("what was not found is silent")
		}
		if err := judgeClaims(tx, func(*Invoice, int) int { return 2 }); err != nil {
			return err
		}
		if inv.Step != 2 || len(tx.DueClaims())+len(tx.DueSilences()) != 0 {
			t.Errorf("step %d, claims %v, silences %v", inv.Step, tx.DueClaims(), tx.DueSilences())
		}
		if p, err = claim(); err != nil || p.Silent != 0 || tx.Silent(inv, today) {
			t.Errorf("the second claim is silent until %s, %v", p.Silent, err)
		}
		return nil
	})
}

// The payment that fits ends a claim: near in day and sum, or all that is open.
func TestClaimFits(t *testing.T) {
	for _, c := range []struct {
		name  string
		minor int64
		days  int
		want  bool
	}{
		{"the sum, the day", 60_00, 0, true}, {"a bank's fee less", 59_00, -2, true}, {"another sum", 30_00, 0, false},
		{"long ago", 60_00, -20, false}, {"all of it, long ago", 100_00, -20, true},
	} {
		b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
		id := addAcme(t, b)
		number := issue(t, b, id, line("Tea", "1", "100", "0"))
		do(t, b, "", func(tx *Tx) error {
			inv := tx.Invoice(number)
			p, err := tx.ClaimPaid(NewPaidClaim{Invoice: inv, Amount: Money{60_00, inv.Currency}, Date: tx.Today()})
			if err != nil {
				return err
			}
			pay, _, err := tx.Receive(NewPayment{Customer: id, Invoice: number, Date: tx.Today().AddDays(c.days), Amount: Money{c.minor, inv.Currency}, Method: "bank"})
			if err != nil {
				return err
			}
			if got := tx.Fits(p, pay); got != c.want {
				t.Errorf("%s: fits %t", c.name, got)
			}
			return nil
		})
	}
}

// What differs between two lists is found by document and sum, and by sum and day for the rest.
func TestDiffer(t *testing.T) {
	d := func(day int) Date { return NewDate(2026, 9, day) }
	ours := []side{{date: d(1), number: "INV-1001", words: []string{"INV1001"}, minor: 100}, {date: d(2), number: "INV-10012", words: []string{"INV10012"}, minor: 200},
		{date: d(3), number: "P-1", words: []string{"P1"}, minor: -50}}
	for _, c := range []struct {
		name   string
		theirs []side
		want   string
	}{
		{"the same", []side{{date: d(1), words: []string{"INV1001"}, minor: 100}, {date: d(2), words: []string{"INV10012"}, minor: 200}, {date: d(8), number: "wire", minor: -50}}, ""},
		{"a number in another", []side{{date: d(1), number: "1001", words: []string{"INV1001"}, minor: 100}, {date: d(20), number: "1001", words: []string{"INV1001"}, minor: 200}, {date: d(3), minor: -50}},
			"ours 2026-09-02 INV-10012 200 0|theirs 2026-09-20 1001 0 200"},
		{"another sum, a late day", []side{{date: d(1), words: []string{"INV1001"}, minor: 90}, {date: d(2), words: []string{"INV10012"}, minor: 200}, {date: d(11), number: "late", minor: -50}},
			"sum 2026-09-01 INV-1001 100 90|ours 2026-09-03 P-1 -50 0|theirs 2026-09-11 late 0 -50"},
	} {
		var got []string
		for _, x := range differ(ours, c.theirs, "EUR") {
			got = append(got, fmt.Sprintf("%s %s %s %d %d", x.Kind, x.Date, x.Number, x.Ours, x.Theirs))
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, s, c.want)
		}
	}
	if got := (&OrderRead{Amounts: []decimal.Decimal{decimal.RequireFromString("1.005"), decimal.NewFromInt(7)}}).in("EUR"); len(got.Amounts) != 1 || got.Amounts[0] != (Money{7_00, "EUR"}) {
		t.Errorf("the order says %v", got.Amounts)
	}
}

// A claim that its customer takes back is silent no more, and the steps that fell into it count as said.
func TestTakenBackIsNotSilent(t *testing.T) {
	b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	id := addAcme(t, b)
	number := issue(t, b, id, line("Tea", "1", "100", "0"))
	do(t, b, "", func(tx *Tx) error {
		inv := tx.Invoice(number)
		p, err := tx.ClaimPaid(NewPaidClaim{Invoice: inv, Amount: inv.OpenMoney(), Date: tx.Today(), Pause: 5})
		if err == nil {
			_, err = tx.SettleClaim(p, ClaimTakenBack, 0, "")
		}
		if err != nil {
			return err
		}
		if due := tx.DueSilences(); tx.Silent(inv, tx.Today()) || len(due) != 1 || due[0] != number {
			t.Errorf("silent %t, and over for %v", tx.Silent(inv, tx.Today()), due)
		}
		if err := judgeClaims(tx, func(*Invoice, int) int { return 1 }); err != nil {
			return err
		}
		if inv.Step != 1 || len(tx.DueSilences()) != 0 {
			t.Errorf("step %d, over for %v", inv.Step, tx.DueSilences())
		}
		return nil
	})
}
