package ledger

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// claimBooks are books at noon of a day, with acme as customer; moving now moves the clock.
func claimBooks(t *testing.T, day string, company func(*CompanySet)) (b *Books, now *time.Time, c CustomerID) {
	t.Helper()
	now = new(time.Time)
	*now = mustDate(t, day).At(12, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "duebot.db")
	b, err := Open(path, Options{Now: func() time.Time { return *now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.Close()
		checkFile(t, path)
	})
	co := CompanySet{Name: "Lindenhof", Currency: "EUR", ZoneName: "Europe/Berlin", Language: "en", Invoices: "INV", Credits: "CN"}
	if company != nil {
		company(&co)
	}
	do(t, b, "", func(tx *Tx) error { return tx.SetCompany(co) })
	return b, now, addAcme(t, b)
}

func mustDate(t *testing.T, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// owe issues an invoice of one sum without tax.
func owe(t *testing.T, b *Books, c CustomerID, sum string, cur Currency, due string) InvoiceID {
	t.Helper()
	var id InvoiceID
	do(t, b, "", func(tx *Tx) error {
		d := mustDate(t, due)
		inv, err := tx.Issue(Draft{Customer: c, Date: d.AddDays(-10), Due: d, Currency: cur, Lines: []Line{line("work", "1", sum, "0")}})
		if err == nil {
			id = inv.ID
		}
		return err
	})
	return id
}

// claims renders what is proposed, one line for each period or sum.
func claimLines(t *testing.T, b *Books, c CustomerID, until Date) []string {
	t.Helper()
	var out []string
	err := b.View(func(v *View) error {
		list, err := v.Claims(v.Customer(c), until)
		for i := range list {
			for _, p := range list[i].Periods {
				out = append(out, fmt.Sprintf("%s %s %d %s %s%% %s", p.From, p.To, p.Days(), p.Base, p.Percent, p.Amount))
			}
			if list[i].Fixed.Minor > 0 {
				out = append(out, "costs "+list[i].Fixed.String())
			}
			if list[i].Fee.Minor > 0 {
				out = append(out, "fee "+list[i].Fee.String())
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestInterestByTheBook(t *testing.T) {
	type paid struct{ on, sum string }
	ecb := map[string]string{"2023-09-20": "4.5", "2024-06-12": "4.25", "2024-09-18": "3.65"}
	key := map[string]string{"2023-12-18": "16", "2024-07-29": "18", "2024-09-16": "19"}
	tests := map[string]struct {
		rule       InterestRule
		count      DayCount
		cur        Currency
		rates      map[string]string
		sum, due   string
		paid       []paid
		until, fee string
		want       []string
	}{
		// Fiscavo, "Late-payment interest in the EU & UK", worked example: 4,500 at 3 % + 8,
		// 30 days late: 40.68, and 40 for costs.
		"thirty days at eleven per cent": {rule: "eu", cur: "EUR", rates: map[string]string{"2026-01-01": "3"}, sum: "4500", due: "2026-03-01", until: "2026-03-31",
			want: []string{"2026-03-02 2026-03-31 30 4500.00 EUR 11% 40.68 EUR", "costs 40.00 EUR"}},
		// gov.uk, "Late commercial payments: charging interest": 1,000 at 0.5 % + 8, 50 days; it
		// rounds the day to 23p and so comes to 11.50, where the whole sum rounds to 11.64. The
		// base rate of 30 June holds for July to December.
		"fifty days in the United Kingdom": {rule: "uk", cur: "GBP", rates: map[string]string{"2026-06-30": "0.5", "2026-07-01": "1"}, sum: "1000", due: "2026-07-10", until: "2026-08-29",
			want: []string{"2026-07-11 2026-08-29 50 1000.00 GBP 8.5% 11.64 GBP", "costs 70.00 GBP"}},
		// Late Payment of Commercial Debts (Interest) Act 1998, s. 5A: 40 below 1,000.
		"a small debt in the United Kingdom": {rule: "uk", cur: "GBP", rates: map[string]string{"2026-06-30": "4"}, sum: "999.99", due: "2026-07-10", until: "2026-07-11",
			want: []string{"2026-07-11 2026-07-11 1 999.99 GBP 12% 0.33 GBP", "costs 40.00 GBP"}},
		// Directive 2011/7/EU, art. 2(7): the ECB's rate of 1 January and of 1 July 2024 (main
		// refinancing operations, 4.50 and 4.25); its change of 12 June counts from July on.
		"two half-years": {rule: "eu", cur: "EUR", rates: ecb, sum: "10000", due: "2024-05-31", until: "2024-07-31",
			want: []string{"2024-06-01 2024-06-30 30 10000.00 EUR 12.5% 102.74 EUR", "2024-07-01 2024-07-31 31 10000.00 EUR 12.25% 104.04 EUR", "costs 40.00 EUR"}},
		"a part is paid between, the rest later": {rule: "eu", cur: "EUR", rates: ecb, sum: "10000", due: "2024-05-31", paid: []paid{{"2024-06-15", "4000"}, {"2024-07-31", "6000"}}, until: "2024-09-30",
			want: []string{"2024-06-01 2024-06-15 15 10000.00 EUR 12.5% 51.37 EUR", "2024-06-16 2024-06-30 15 6000.00 EUR 12.5% 30.82 EUR",
				"2024-07-01 2024-07-31 31 6000.00 EUR 12.25% 62.42 EUR", "costs 40.00 EUR"}},
		"paid on the day": {rule: "eu", cur: "EUR", rates: ecb, sum: "10000", due: "2024-05-31", paid: []paid{{"2024-05-31", "10000"}}, until: "2024-09-30"},
		"paid a day late": {rule: "eu", cur: "EUR", rates: ecb, sum: "10000", due: "2024-05-31", paid: []paid{{"2024-06-01", "10000"}}, until: "2024-09-30",
			want: []string{"2024-06-01 2024-06-01 1 10000.00 EUR 12.5% 3.42 EUR", "costs 40.00 EUR"}},
		"another margin": {rule: "eu+9", cur: "EUR", rates: ecb, sum: "1000", due: "2024-02-28", until: "2024-03-01",
			want: []string{"2024-02-29 2024-03-01 2 1000.00 EUR 13.5% 0.74 EUR", "costs 40.00 EUR"}},
		// GK RF art. 395 with the Bank of Russia's key rates of 2024 (16, from 29 July 18, from
		// 16 September 19), actual days of a leap year, as the Plenum's no. 7 of 2016 counts.
		"key rates in Russia": {rule: "ru", count: ActualActual, cur: "RUB", rates: key, sum: "100000", due: "2024-07-01", until: "2024-09-30",
			want: []string{"2024-07-02 2024-07-28 27 100000.00 RUB 16% 1180.33 RUB", "2024-07-29 2024-09-15 49 100000.00 RUB 18% 2409.84 RUB",
				"2024-09-16 2024-09-30 15 100000.00 RUB 19% 778.69 RUB"}},
		"a contract over the turn of a leap year": {rule: "9%", count: ActualActual, cur: "EUR", sum: "1000", due: "2024-12-21", until: "2025-01-10",
			want: []string{"2024-12-22 2024-12-31 10 1000.00 EUR 9% 2.46 EUR", "2025-01-01 2025-01-10 10 1000.00 EUR 9% 2.47 EUR"}},
		"a bank's year": {rule: "9%", count: Actual360, cur: "EUR", sum: "1000", due: "2024-12-21", until: "2025-01-10", fee: "5%",
			want: []string{"2024-12-22 2025-01-10 20 1000.00 EUR 9% 5.00 EUR", "fee 50.00 EUR"}},
		"a fee alone":    {rule: "none", cur: "EUR", sum: "1000", due: "2024-12-21", until: "2025-01-10", fee: "25", want: []string{"fee 25.00 EUR"}},
		"nothing agreed": {rule: "none", cur: "EUR", sum: "1000", due: "2024-12-21", until: "2025-01-10"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, _, c := claimBooks(t, tt.until, func(co *CompanySet) { co.Currency, co.Interest, co.DayCount = tt.cur, tt.rule, tt.count })
			for day, percent := range tt.rates {
				do(t, b, "", func(tx *Tx) error {
					return tx.SetInterestRate(tt.rule.table(), InterestRate{mustDate(t, day), dec(percent)})
				})
			}
			do(t, b, "", func(tx *Tx) error { _, err := tx.AgreeInterest(tx.Customer(c), nil, &tt.fee); return err })
			inv := owe(t, b, c, tt.sum, tt.cur, tt.due)
			for _, p := range tt.paid {
				m, _ := Exact(dec(p.sum), tt.cur)
				pay(t, b, NewPayment{Customer: c, Invoice: inv, Date: mustDate(t, p.on), Amount: m})
			}
			if got := claimLines(t, b, c, mustDate(t, tt.until)); strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// What was charged is not charged again; a void charge was never seen, and its days are
// free. Interest bears no interest, what is disputed bears none, and what was credited was
// never owed.
func TestInterestIsChargedOnce(t *testing.T) {
	b, now, c := claimBooks(t, "2026-03-31", func(co *CompanySet) { co.Interest = "9%" })
	inv := owe(t, b, c, "1000", "EUR", "2026-03-01")
	until := mustDate(t, "2026-03-31")
	charge := func(on Date) (docs []*Invoice, err error) {
		err = try(b, "", func(tx *Tx) error { docs, err = tx.ChargeInterest(tx.Customer(c), on); return err })
		return docs, err
	}
	docs, err := charge(until)
	if err != nil || len(docs) != 1 || docs[0].Total != 740 || docs[0].Nature != NatureInterest || docs[0].About != inv {
		t.Fatalf("got %+v, %v", docs, err)
	}
	_, err = charge(until)
	wantRefusal(t, err, "interest.nothing")
	do(t, b, "", func(tx *Tx) error { return tx.Void(docs[0], "too early") })
	if docs, err = charge(until); err != nil || docs[0].Total != 740 {
		t.Fatalf("after the void: %+v, %v", docs, err)
	}
	b.View(func(v *View) error {
		if got := v.AccountBalance(InterestIncome, 0, "EUR"); got.Minor != -740 {
			t.Errorf("interest income is %s", got)
		}
		return nil
	})
	// Paid on 5 April, booked on the 20th; the interest stays owed, and bears none itself.
	*now = mustDate(t, "2026-06-30").At(12, 0, time.UTC)
	pay(t, b, NewPayment{Customer: c, Invoice: inv, Date: mustDate(t, "2026-04-05"), Amount: euros(100000)})
	got := claimLines(t, b, c, mustDate(t, "2026-06-30"))
	if want := "2026-04-01 2026-04-05 5 1000.00 EUR 9% 1.23 EUR"; strings.Join(got, ";") != want {
		t.Errorf("got %q, want %q", got, want)
	}
	do(t, b, "", func(tx *Tx) error {
		if docs[0].Open != 740 {
			t.Errorf("paying the principal left %d of the interest open", docs[0].Open)
		}
		note, err := tx.Credit(docs[0], euros(740), "goodwill")
		if err == nil && tx.AccountBalance(InterestIncome, 0, "EUR").Minor != 0 {
			t.Errorf("%s left %s of interest income", note.Number, tx.AccountBalance(InterestIncome, 0, "EUR"))
		}
		return err
	})
}

// More late invoices than one document has lines take several, and each is charged once.
func TestInterestOnManyInvoices(t *testing.T) {
	b, _, c := claimBooks(t, "2026-07-31", func(co *CompanySet) { co.Interest = "eu" })
	do(t, b, "", func(tx *Tx) error {
		for _, day := range []string{"2026-01-01", "2026-07-01"} {
			if err := tx.SetInterestRate("eu", InterestRate{mustDate(t, day), dec("2." + day[6:7])}); err != nil {
				return err
			}
		}
		for range linesMax/2 + 10 {
			_, err := tx.Issue(Draft{Customer: c, Date: mustDate(t, "2026-05-01"), Due: mustDate(t, "2026-06-01"), Currency: "EUR", Lines: []Line{line("work", "1", "100", "0")}})
			if err != nil {
				return err
			}
		}
		docs, err := tx.ChargeInterest(tx.Customer(c), tx.Today())
		if err == nil && (len(docs) != 4 || docs[1].Total != 4000*linesMax/2 || docs[3].Total != 4000*10) {
			return errOr(nil, "%d documents", len(docs))
		}
		return err
	})
	wantRefusal(t, try(b, "", func(tx *Tx) error { _, err := tx.ChargeInterest(tx.Customer(c), tx.Today()); return err }), "interest.nothing")
}

// Whoever has paid owes no interest, however late his money is booked: it counts from the day
// on which it came, in a closed month too, and while it lay on account.
func TestInterestEndsWhenTheMoneyCame(t *testing.T) {
	want := "2026-03-02 2026-03-20 19 1000.00 EUR 10% 5.21 EUR"
	for name, book := range map[string]func(t *testing.T, b *Books, c CustomerID, id InvoiceID){
		"booked after its month was closed": func(t *testing.T, b *Books, c CustomerID, id InvoiceID) {
			do(t, b, "", func(tx *Tx) error { return tx.ClosePeriod(MonthOf(mustDate(t, "2026-03-01"))) })
			do(t, b, "stripe:evt_1", func(tx *Tx) error {
				_, _, err := tx.Receive(NewPayment{Customer: c, Invoice: id, Date: mustDate(t, "2026-03-20"), Amount: euros(100000)})
				return err
			})
		},
		"on account, and applied after its month was closed": func(t *testing.T, b *Books, c CustomerID, id InvoiceID) {
			day := mustDate(t, "2026-03-20")
			do(t, b, "", func(tx *Tx) error {
				if _, err := tx.SetRates("entered", []Rate{{"USD", day, dec("0.9"), dec("1")}}); err != nil {
					return err
				}
				_, _, err := tx.Receive(NewPayment{Customer: c, Date: day, Amount: dollars(200000)})
				return err
			})
			do(t, b, "", func(tx *Tx) error { return tx.ClosePeriod(MonthOf(day)) })
			do(t, b, "", func(tx *Tx) error {
				_, err := tx.Apply(tx.Customer(c), tx.Invoice(id), dollars(200000))
				return err
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, _, c := claimBooks(t, "2026-04-15", func(co *CompanySet) { co.Interest = "10%" })
			id := owe(t, b, c, "1000", "EUR", "2026-03-01")
			book(t, b, c, id)
			if got := claimLines(t, b, c, mustDate(t, "2026-04-15")); strings.Join(got, ";") != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestInterestLeavesOutWhatIsDisputedOrCredited(t *testing.T) {
	b, now, c := claimBooks(t, "2026-03-11", func(co *CompanySet) { co.Interest = "10%" })
	id := owe(t, b, c, "1000", "EUR", "2026-03-01")
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.OpenDispute(tx.Invoice(id), ReasonSum, euros(40000), "telegram:1")
		return err
	})
	*now = mustDate(t, "2026-03-21").At(12, 0, time.UTC)
	do(t, b, "", func(tx *Tx) error {
		note, err := tx.Credit(tx.Invoice(id), euros(10000), "a hundred")
		if err == nil {
			_, err = tx.Resolve(tx.Dispute(1), Credited, note.ID, "a hundred")
		}
		return err
	})
	*now = mustDate(t, "2026-03-31").At(12, 0, time.UTC)
	want := []string{"2026-03-02 2026-03-11 10 900.00 EUR 10% 2.47 EUR", "2026-03-12 2026-03-21 10 600.00 EUR 10% 1.64 EUR", "2026-03-22 2026-03-31 10 900.00 EUR 10% 2.47 EUR"}
	if got := claimLines(t, b, c, mustDate(t, "2026-03-31")); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestInterestRefuses(t *testing.T) {
	b, _, c := claimBooks(t, "2026-03-31", func(co *CompanySet) { co.Interest = "eu" })
	owe(t, b, c, "1000", "EUR", "2026-03-01")
	err := b.View(func(v *View) error { _, err := v.Claims(v.Customer(c), v.Today()); return err })
	wantRefusal(t, err, "interest.norate")
	err = b.View(func(v *View) error { _, err := v.Claims(v.Customer(c), v.Today()+1); return err })
	wantRefusal(t, err, "interest.future")
	for text, key := range map[string]string{"nine": "interest.rule", "101%": "interest.rule", "eu+": "interest.rule", "-1%": "interest.rule", "1.1234567%": "interest.rule"} {
		wantRefusal(t, try(b, "", func(tx *Tx) error { _, err := tx.AgreeInterest(tx.Customer(c), &text, nil); return err }), key)
	}
	for _, text := range []string{"101%", "-1", "1e3", "a", "1%%"} {
		wantRefusal(t, try(b, "", func(tx *Tx) error { _, err := tx.AgreeInterest(tx.Customer(c), nil, &text); return err }), "interest.fee")
	}
	for _, table := range []string{"", "fr", "eu+9", "9%", "none"} {
		wantRefusal(t, try(b, "", func(tx *Tx) error { return tx.SetInterestRate(table, InterestRate{1, dec("1")}) }), "interest.table")
	}
	wantRefusal(t, try(b, "", func(tx *Tx) error { return tx.SetInterestRate("eu", InterestRate{1, dec("201")}) }), "interest.rate")
}

// Money that names no invoice goes by nature first, as the company set it, and by due date
// within each.
func TestOrderOfApplication(t *testing.T) {
	for order, want := range map[ApplyOrder]string{
		"":                           "costs 1 costs 5 interest 2 principal 3 principal 4",
		"costs, interest, principal": "costs 1 costs 5 interest 2 principal 3 principal 4",
		"principal first":            "principal 3 principal 4 costs 1 costs 5 interest 2",
		"Costs principal interest":   "costs 1 costs 5 principal 3 principal 4 interest 2",
	} {
		b, _, c := claimBooks(t, "2026-03-31", func(co *CompanySet) { co.ApplyOrder = order })
		for day, n := range []Nature{NatureCosts, NatureInterest, NaturePrincipal, NaturePrincipal, NatureCosts} {
			do(t, b, "", func(tx *Tx) error {
				_, err := tx.Issue(Draft{Customer: c, Date: 20000, Due: Date(20001 + day), Currency: "EUR", Nature: n, Lines: []Line{line("x", "1", "10", "0")}})
				return err
			})
		}
		got := ""
		do(t, b, "", func(tx *Tx) error {
			_, parts, err := tx.Receive(NewPayment{Customer: c, Date: tx.Today(), Amount: euros(4500)})
			for _, p := range parts {
				got += fmt.Sprintf(" %s %d", tx.Invoice(p.Invoice).Nature, p.Invoice)
			}
			return err
		})
		if strings.TrimSpace(got) != want {
			t.Errorf("%q: got%s, want %s", order, got, want)
		}
	}
	for _, bad := range []string{"costs", "costs, interest", "costs, costs, principal", "costs, interest, principal, more"} {
		if _, err := ParseApplyOrder(bad); err == nil {
			t.Errorf("%q reads as an order", bad)
		}
	}
}

// claimAct is one act of claims and promises over time for the state machine.
func claimAct(r *rapid.T, tx *Tx, id CustomerID, inv *Invoice) error {
	c := tx.Customer(id)
	steps := func(_ *Invoice, days int) int { return max(min(days/7, 3), 0) }
	switch rapid.IntRange(0, 9).Draw(r, "claim") {
	case 0: // days pass; judging books something, so that the clock stays
		tx.Now = tx.Now.AddDate(0, 0, rapid.IntRange(1, 60).Draw(r, "days"))
		first, _ := halfYear(tx.Today())
		if err := tx.SetInterestRate("eu", InterestRate{first, dec("2.15")}); err != nil {
			return err
		}
		if _, err := tx.JudgePromises(tx.DuePromises(), steps); err != nil {
			return err
		}
		_, err := tx.JudgePlans(tx.DuePlans(), steps)
		return err
	case 1:
		rule, fee := rapid.SampledFrom([]string{"", "eu", "9%", "none"}).Draw(r, "rule"), rapid.SampledFrom([]string{"", "5", "5%"}).Draw(r, "fee")
		_, err := tx.AgreeInterest(c, &rule, &fee)
		return err
	case 2, 3, 4:
		if rule, _ := tx.InterestOf(c); rule == NoInterest {
			rate := "9%"
			if _, err := tx.AgreeInterest(c, &rate, nil); err != nil {
				return err
			}
		}
		_, err := tx.ChargeInterest(c, tx.Today().AddDays(-rapid.IntRange(0, 9).Draw(r, "until")))
		return err
	case 5:
		if inv == nil {
			return nil
		}
		return tx.Promise(inv, tx.Today().AddDays(rapid.IntRange(0, 9).Draw(r, "by")))
	case 6:
		if inv == nil {
			return nil
		}
		from := tx.Today().AddDays(rapid.IntRange(0, 9).Draw(r, "from"))
		parts := EvenParts(inv.Undisputed(), rapid.IntRange(1, 4).Draw(r, "parts"), func(i int) Date { return from.AddDays(7 * i) })
		_, err := tx.AgreePlan(c, []*Invoice{inv}, parts)
		return err
	case 7:
		if plans := tx.PlansOf(c); len(plans) > 0 {
			return tx.CancelPlan(plans[0])
		}
		return nil
	case 8:
		x := ContractMade{Customer: id, Schedule: Schedule{Every: rapid.SampledFrom([]Every{Weekly, Monthly, Quarterly, Yearly}).Draw(r, "every")}, From: tx.Today().AddDays(-rapid.IntRange(0, 60).Draw(r, "back"))}
		if x.Schedule.Every != Weekly {
			x.Schedule.Day = rapid.IntRange(1, 31).Draw(r, "day")
		}
		if rapid.Bool().Draw(r, "ends") {
			x.Until = x.From.AddDays(90)
		}
		x.Draft = Draft{Currency: "EUR", Lines: []Line{line("rent {month}", "1", "10", "19")}}
		_, err := tx.MakeContract(x)
		return err
	}
	for _, x := range tx.DueContracts(tx.Today()) {
		if rapid.IntRange(0, 9).Draw(r, "stop") == 0 {
			return tx.StopContract(x)
		}
		if _, err := tx.IssueOccurrence(x, func(s string, p Occurrence) string { return s + p.From.String() }, ""); err != nil {
			return err
		}
	}
	return nil
}

// checkClaims sees to it that plans add up, that no day of interest is charged twice, that
// each occurrence has one invoice, and that the counts of promises are those of the facts.
func checkClaims(r *rapid.T, v *View, id CustomerID) {
	on := map[InvoiceID]PlanID{}
	v.s.plans.each(func(p *Plan) {
		sum := int64(0)
		for _, part := range p.Parts {
			sum += part.Minor
		}
		if sum != p.Total().Minor || (p.Outcome == PlanStands) != v.s.activePlans[p.ID] {
			r.Fatalf("%s over %s: parts of %d, %q, active %t", p.Label(), p.Total(), sum, p.Outcome, v.s.activePlans[p.ID])
		}
		for _, claim := range p.Claims {
			if p.Outcome == PlanStands {
				if on[claim.Invoice] != 0 {
					r.Fatalf("invoice %d is on two plans", claim.Invoice)
				}
				on[claim.Invoice] = p.ID
			}
		}
		left := int64(0)
		if at, rest, ok := v.NextPart(p); ok {
			left = rest.Minor
			for _, part := range p.Parts[at+1:] {
				left += part.Minor
			}
		}
		if want := p.Total().Minor - v.planPaidNow(p, true); left != want || want < 0 {
			r.Fatalf("%s: %d left of its parts, %d of its claims", p.Label(), left, want)
		}
	})
	v.Invoices(func(i *Invoice) {
		if i.Plan != on[i.ID] {
			r.Fatalf("%s says plan %d, the plans %d", i.Number, i.Plan, on[i.ID])
		}
	})
	checkCharges(r, v, id)
	kept, broken := 0, 0
	for n := uint32(1); n <= v.s.promises.n; n++ {
		p := v.s.promises.at(n)
		switch p.Outcome {
		case PromiseTrue:
			kept++
		case PromiseFalse:
			broken++
		}
		if v.s.awaited[n] != (p.Outcome == PromiseAwaited || p.Outcome == PromiseFalse) {
			r.Fatalf("promise %d is %q, awaited %t", n, p.Outcome, v.s.awaited[n])
		}
	}
	if c := v.Customer(id); c.PromisesKept != kept || c.PromisesBroken != broken {
		r.Fatalf("%d promises kept and %d broken, the customer says %d and %d", kept, broken, c.PromisesKept, c.PromisesBroken)
	}
}

func checkCharges(r *rapid.T, v *View, id CustomerID) {
	type occurrence struct {
		c  ContractID
		on Date
	}
	through, issued := map[InvoiceID]Date{}, map[occurrence]bool{}
	income := map[balanceKey]int64{}
	err := v.Facts(1, func(f *Fact) error {
		switch x := f.Body.(type) {
		case *ContractInvoiced:
			if o := (occurrence{x.Contract, x.On}); issued[o] {
				return fmt.Errorf("fact %d issues %s of R-%d again", f.Seq, x.On, x.Contract)
			} else {
				issued[o] = true
			}
		case *InterestCharged:
			docs := map[InvoiceID]int64{}
			for _, p := range x.Parts {
				docs[x.Interest] += p.Interest.Minor
				docs[x.Costs] += p.Fixed.Minor + p.Fee.Minor
				if inv := v.Invoice(p.Invoice); inv.Nature != NaturePrincipal {
					return fmt.Errorf("fact %d charges %s on %s", f.Seq, inv.Nature, inv.Number)
				}
				if doc := v.Invoice(x.Interest); doc == nil || doc.Void || p.Interest.Minor == 0 {
					continue
				}
				if p.Through <= through[p.Invoice] {
					return fmt.Errorf("fact %d charges invoice %d through %s, after %s", f.Seq, p.Invoice, p.Through, through[p.Invoice])
				}
				through[p.Invoice] = p.Through
			}
			for doc, sum := range docs {
				if inv := v.Invoice(doc); inv != nil && inv.Total != sum {
					return fmt.Errorf("fact %d: %s is over %d, its parts over %d", f.Seq, inv.Number, inv.Total, sum)
				}
			}
		}
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
	v.Invoices(func(i *Invoice) {
		if i.Nature != NaturePrincipal && !i.Void {
			income[balanceKey{i.Nature.income(), id, i.Currency}] -= i.Total - i.Credited
		}
	})
	for _, a := range []Account{InterestIncome, FeeIncome} {
		for _, cur := range []Currency{"EUR", "JPY", "KWD"} {
			if got := v.AccountBalance(a, id, cur).Minor; got != income[balanceKey{a, id, cur}] {
				r.Fatalf("%s is %d %s, the documents say %d", a, got, cur, income[balanceKey{a, id, cur}])
			}
		}
	}
}
