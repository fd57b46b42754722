package ledger

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
)

// The last instalment takes the residue, whichever way the others were rounded.
func TestInstalmentsTakeTheResidue(t *testing.T) {
	tests := map[string]struct {
		total    Money
		percents []string
		want     string // "" for a refusal
		key      string
	}{
		"a third of a hundred thrice":    {euros(10000), []string{"33.33", "33.33", "33.34"}, "[3333 3333 3334]", ""},
		"rounded up, the last is less":   {euros(5), []string{"50", "50"}, "[3 2]", ""},
		"rounded down, the last is more": {euros(100001), []string{"30", "30", "40"}, "[30000 30000 40001]", ""},
		"yen have no decimals":           {Money{1000, "JPY"}, []string{"33", "33", "34"}, "[330 330 340]", ""},
		"one part":                       {euros(77), []string{"100"}, "[77]", ""},
		"not a hundred":                  {euros(10000), []string{"30", "30"}, "", "instalments.percent"},
		"more than a hundred":            {euros(10000), []string{"60", "60"}, "", "instalments.percent"},
		"a part of nothing":              {euros(10000), []string{"100", "0"}, "", "instalments.small"},
		"too small to be cut":            {euros(1), []string{"50", "50"}, "", "instalments.small"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var percents []decimal.Decimal
			for _, p := range tt.percents {
				percents = append(percents, dec(p))
			}
			got, err := SplitPercent(tt.total, percents)
			if tt.key != "" {
				wantRefusal(t, err, tt.key)
			} else if err != nil || fmt.Sprint(got) != tt.want {
				t.Errorf("got %v, %v, want %s", got, err, tt.want)
			}
		})
	}
}

// inThree is an invoice over 1,200: 30 % after 14 days, 30 % after 44, 40 % after 74.
func inThree(t *testing.T, b *Books, c CustomerID, date Date) InvoiceID {
	return issueDraft(t, b, c, Draft{Date: date, Due: date, Lines: []Line{line("Course", "1", "1200", "0")},
		Instalments: []Instalment{{date.AddDays(14), 36000}, {date.AddDays(44), 36000}, {date.AddDays(74), 48000}}})
}

// What is due when is one answer, in aging, open items, order of payment and on past days.
func TestInstalmentsAreDueOneByOne(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	id := inThree(t, b, c, testDay.AddDays(-50)) // due 36 and 6 days ago, and in 24 days
	between := issueDraft(t, b, c, Draft{Date: testDay.AddDays(-50), Due: testDay.AddDays(-20), Lines: []Line{line("b", "1", "100", "0")}})
	aging := func(v *View) string { return fmt.Sprint(v.AgingOf(v.Customer(c), v.Today())[0].Bucket) }
	b.View(func(v *View) error {
		if got := aging(v); got != "[48000 46000 36000 0 0 0]" {
			t.Error("aging:", got)
		}
		if inv := v.Invoice(id); inv.Due != testDay.AddDays(-36) || inv.LastDue != testDay.AddDays(24) || inv.OpenBy(testDay).Minor != 72000 || inv.PayNow(testDay).Minor != 72000 {
			t.Errorf("got %+v", inv)
		}
		return nil
	})
	p := pay(t, b, NewPayment{Customer: c, Amount: euros(50000)}) // the first, then the other invoice, then a part of the second
	b.View(func(v *View) error {
		inv := v.Invoice(id)
		if got := aging(v); got != "[48000 32000 0 0 0 0]" || v.Invoice(between).Open != 0 || inv.Due != testDay.AddDays(-6) {
			t.Error("after the payment:", got, inv.Due)
		}
		items := v.OpenItems(v.Customer(c))
		if len(items) != 2 || items[0].Open.Minor != 32000 || items[1].Due != testDay.AddDays(24) {
			t.Error("open items:", items)
		}
		if got := fmt.Sprint(v.AgingOfAsOf(v.Customer(c), AsOf{On: testDay.AddDays(-1)})[0].Bucket); got != "[48000 46000 36000 0 0 0]" {
			t.Error("aging of yesterday:", got)
		}
		return nil
	})
	do(t, b, "", func(tx *Tx) error { _, err := tx.Return(tx.Payment(p), "no funds"); return err })
	b.View(func(v *View) error {
		if inv := v.Invoice(id); aging(v) != "[48000 46000 36000 0 0 0]" || inv.Due != testDay.AddDays(-36) {
			t.Error("after the chargeback:", aging(v), inv.Due)
		}
		return nil
	})
}

// What was said belongs to the instalment: the next one begins anew, and one that is open
// again goes on where it was. A dispute takes the place of the oldest parts.
func TestInstalmentsAreRemindedOneByOne(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	id := inThree(t, b, c, testDay.AddDays(-50))
	say := func(step int) {
		do(t, b, "", func(tx *Tx) error {
			err := tx.Notify(NoticeQueued{Kind: NoticeReminder, Customer: c, Invoice: id, Step: step, For: tx.Today()})
			if err == nil {
				err = tx.Settle(NoticeOutcome{Notice: tx.LastNotice(), State: NoticeSent, Chat: "telegram:1", Message: "1"})
			}
			return err
		})
	}
	check := func(when string, step int, carrying Date, due int64) {
		t.Helper()
		b.View(func(v *View) error {
			if inv := v.Invoice(id); inv.Step != step || inv.Carrying() != carrying || inv.UndisputedBy(testDay).Minor != due {
				t.Errorf("%s: step %d of the part due %s, %s due", when, inv.Step, inv.Carrying(), inv.UndisputedBy(testDay))
			}
			return nil
		})
	}
	first, second := testDay.AddDays(-36), testDay.AddDays(-6)
	say(1)
	say(2)
	check("two steps", 2, first, 72000)
	p := pay(t, b, NewPayment{Customer: c, Invoice: id, Amount: euros(36000)})
	check("the first is paid", 0, second, 36000)
	say(1)
	do(t, b, "", func(tx *Tx) error { _, err := tx.Return(tx.Payment(p), "no funds"); return err })
	check("and owed again", 2, first, 72000)
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.OpenDispute(tx.Invoice(id), ReasonSum, euros(36000), "telegram:1")
		return err
	})
	check("and disputed", 1, second, 36000)
}

func TestInstalmentsThatCannotBe(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	for key, plan := range map[string][]Instalment{
		"instalments.sum":   {{testDay, 50000}, {testDay + 1, 49999}},
		"instalments.order": {{testDay + 1, 50000}, {testDay + 1, 50000}},
		"instalments.small": {{testDay, 100000}, {testDay + 1, 0}},
		"instalments.many":  make([]Instalment, 61),
	} {
		wantRefusal(t, try(b, "", func(tx *Tx) error {
			_, err := tx.Issue(Draft{Customer: c, Date: testDay, Due: testDay, Currency: "EUR", Lines: []Line{line("a", "1", "1000", "0")}, Instalments: plan})
			return err
		}), key)
	}
}

// Interest runs for each part from the day after its own due date: 9 % on 360 for 30 days,
// and on 720 for the 6 days since the second was due.
func TestInterestOfInstalments(t *testing.T) {
	b, _ := testBooks(t)
	do(t, b, "", func(tx *Tx) error {
		co := tx.Company()
		co.Interest = "9%"
		return tx.SetCompany(co)
	})
	c := addAcme(t, b)
	inThree(t, b, c, testDay.AddDays(-50))
	b.View(func(v *View) error {
		claims, err := v.Claims(v.Customer(c), testDay)
		if err != nil || len(claims) != 1 {
			t.Fatal(claims, err)
		}
		var got []string
		for _, p := range claims[0].Periods {
			got = append(got, fmt.Sprintf("%s x %d", p.Base, p.Days()))
		}
		if want := "[360.00 EUR x 30 720.00 EUR x 6]"; fmt.Sprint(got) != want {
			t.Errorf("got %v, want %s", got, want)
		}
		return nil
	})
}
