package ledger

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// figureBooks are books whose clock the test sets, with two customers of one segment.
type figureBooks struct {
	t    *testing.T
	b    *Books
	now  time.Time
	acme CustomerID
	bolt CustomerID
}

func newFigureBooks(t *testing.T, day string) *figureBooks {
	return figureBooksBy(t, day, AgingEdges{})
}

// figureBooksBy tell overdue debts apart by other days than the usual ones.
func figureBooksBy(t *testing.T, day string, edges AgingEdges) *figureBooks {
	f := &figureBooks{t: t, now: at(day)}
	b, err := Open(t.TempDir()+"/duebot.db", Options{Now: func() time.Time { return f.now }, Aging: edges})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	f.b = b
	f.do(func(tx *Tx) error {
		return tx.SetCompany(CompanySet{Name: "Lindenhof", Currency: "EUR", ZoneName: "UTC", Language: "en", Invoices: "INV", Credits: "CN"})
	})
	for handle, id := range map[string]*CustomerID{"acme": &f.acme, "bolt": &f.bolt} {
		f.do(func(tx *Tx) error {
			c, err := tx.AddCustomer(NewCustomer{Handle: handle, Name: handle, Segment: "retail"})
			if err == nil {
				*id = c.ID
			}
			return err
		})
	}
	return f
}

func at(day string) time.Time {
	d, err := ParseDate(day)
	if err != nil {
		panic(err)
	}
	return d.At(8, 0, time.UTC)
}

func (f *figureBooks) do(fn func(tx *Tx) error) { f.t.Helper(); do(f.t, f.b, "", fn) }

func (f *figureBooks) day(day string) { f.now = at(day) }

func (f *figureBooks) issue(c CustomerID, due string, sum string) (id InvoiceID) {
	d, _ := ParseDate(due)
	f.do(func(tx *Tx) error {
		inv, err := tx.Issue(Draft{Customer: c, Date: min(tx.Today(), d), Due: d, Currency: "EUR", Lines: []Line{line("x", "1", sum, "0")}})
		if err == nil {
			id = inv.ID
		}
		return err
	})
	return id
}

func (f *figureBooks) pay(inv InvoiceID, minor int64, how string) {
	f.do(func(tx *Tx) error {
		_, _, err := tx.Receive(NewPayment{Customer: tx.Invoice(inv).Customer, Invoice: inv, Date: tx.Today(), Amount: euros(minor), Method: how})
		return err
	})
}

// told is lines in short: what each is of, its day and its sum.
func told(lines []DigestLine) string {
	var out []string
	for _, l := range lines {
		s := fmt.Sprintf("%s %d", l.Date, l.Amount.Minor)
		if l.Bucket > 0 {
			s += fmt.Sprintf(" into %d", l.Bucket)
		}
		if l.Way != "" {
			s += " " + l.Way
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func (f *figureBooks) period(since, on string) (p DigestPeriod) {
	f.t.Helper()
	a, _ := ParseDate(since)
	o, _ := ParseDate(on)
	if err := f.b.View(func(v *View) (err error) { p, err = v.PeriodSince(a, o); return err }); err != nil {
		f.t.Fatal(err)
	}
	return p
}

func (f *figureBooks) view(fn func(v *View)) { f.b.View(func(v *View) error { fn(v); return nil }) }

// Each figure of hand-made books: what came in, became overdue, moved, was promised, broke.
func TestDigestFigures(t *testing.T) {
	f := newFigureBooks(t, "2026-03-02")
	old := f.issue(f.acme, "2026-01-25", "1000") // in its 37th day on 3 March
	f.issue(f.acme, "2026-01-31", "200")         // 30 days on 2 March, 31 the day after
	f.issue(f.bolt, "2026-03-02", "300")         // overdue from 3 March
	f.issue(f.bolt, "2026-03-03", "400")         // due that day
	f.day("2026-03-03")
	f.pay(old, 5000, "bank")
	f.pay(old, 2000, "stripe")
	p := f.period("2026-03-02", "2026-03-03")
	f.do(func(tx *Tx) error {
		if _, err := tx.OpenDispute(tx.Invoice(old), ReasonSum, euros(10000), "slack:U1"); err != nil {
			return err
		}
		return tx.Promise(tx.Invoice(old), tx.Today())
	})
	p2 := f.period("2026-03-02", "2026-03-03")
	for _, x := range []struct {
		what, want string
		got        func(v *View) []DigestLine
	}{
		{"cash", "2026-03-03 5000 bank, 2026-03-03 2000 stripe", func(v *View) []DigestLine { return v.DigestCash(p) }},
		{"newly overdue", "2026-03-02 30000", func(v *View) []DigestLine { return v.DigestOverdue(p) }},
		{"moved", "2026-01-31 20000 into 2", func(v *View) []DigestLine { return v.DigestMoved(p) }},
		{"promised", "2026-03-03 83000", func(v *View) []DigestLine { return v.DigestPromises(p.On) }},
		{"nothing new in dispute", "", func(v *View) []DigestLine { return v.DigestDisputes(p) }},
		{"broken", "", func(v *View) []DigestLine { return v.DigestBroken(p2) }},
	} {
		f.view(func(v *View) {
			if got := told(x.got(v)); got != x.want {
				t.Errorf("%s: got %q, want %q", x.what, got, x.want)
			}
		})
	}
	f.view(func(v *View) {
		if d := v.DigestDisputes(p2); len(d) != 1 || d[0].Amount.Minor != 10000 {
			t.Errorf("new disputes are %+v", d)
		}
		next := v.PeriodAfter(p2, p2.On.AddDays(1))
		if len(v.DigestCash(next)) > 0 || len(v.DigestDisputes(next)) > 0 {
			t.Error("the period behind tells it again")
		}
		if back, ok := ParseDigestPeriod(p2.String()); !ok || back != p2 {
			t.Errorf("%+v reads back as %+v", p2, back)
		}
	})
	f.day("2026-03-06")
	f.do(func(tx *Tx) error {
		_, err := tx.JudgePromises(tx.DuePromises(), func(*Invoice, int) int { return 0 })
		return err
	})
	broken := f.period("2026-03-05", "2026-03-06")
	f.view(func(v *View) {
		if got := told(v.DigestBroken(broken)); got != "2026-03-03 93000" {
			t.Errorf("broken is %q", got)
		}
	})
}

// What a pilot held back is told by the digest of the day after, each message once whatever sums it
// names; what was put on hold a month ago is told until it is paid or let go, once, and with an end
// behind it no more.
func TestDigestPilotAndHolds(t *testing.T) {
	f := newFigureBooks(t, "2026-03-02")
	a, b, c := f.issue(f.acme, "2026-01-25", "1000"), f.issue(f.acme, "2026-01-31", "200"), f.issue(f.bolt, "2026-02-20", "300")
	f.issue(f.acme, "2026-06-01", "400") // not due
	f.do(func(tx *Tx) error {
		if err := tx.HoldBack(NoticeQueued{Kind: NoticeReminder, Customer: f.acme, Invoice: a, Step: 1, For: tx.Today()}, "telegram", []Money{euros(120000), {Minor: 700, Currency: "USD"}}); err != nil {
			return err
		}
		if err := tx.HoldBack(NoticeQueued{Kind: NoticeThanks, Customer: f.bolt, For: tx.Today().AddDays(1)}, "mail", nil); err != nil {
			return err
		}
		for _, h := range []struct {
			of    CustomerID
			inv   InvoiceID
			until string
		}{{f.acme, 0, ""}, {f.acme, b, ""}, {f.bolt, c, "2026-04-05"}} {
			until, _ := ParseDate(h.until)
			if _, err := tx.Hold(tx.Customer(h.of), h.inv, until, ""); err != nil {
				return err
			}
		}
		return nil
	})
	same, next, later := f.period("2026-03-01", "2026-03-02"), f.period("2026-03-02", "2026-03-03"), f.period("2026-03-03", "2026-03-04")
	on := func(s string) Date { d, _ := ParseDate(s); return d }
	f.view(func(v *View) {
		for _, x := range []struct {
			what, got, want string
		}{
			{"the day itself is tomorrow's", told(v.DigestPiloted(same)), ""},
			{"the day after tells it", told(v.DigestPiloted(next)), "2026-03-02 120000, 2026-03-02 700"},
			{"and not again", told(v.DigestPiloted(later)), "2026-03-03 0"},
			{"a hold of 29 days", told(v.DigestOnHold(on("2026-03-31"))), ""},
			{"holds of 30 days, each debt once", told(v.DigestOnHold(on("2026-04-01"))), "2026-03-02 120000, 2026-03-02 30000"},
			{"one has ended", told(v.DigestOnHold(on("2026-04-06"))), "2026-03-02 120000"},
		} {
			if x.got != x.want {
				t.Errorf("%s: got %q, want %q", x.what, x.got, x.want)
			}
		}
	})
	f.do(func(tx *Tx) error {
		return tx.EndHold(tx.HoldOf(tx.Customer(f.acme), 0), func(*Invoice, int) int { return 0 })
	})
	f.view(func(v *View) {
		if got := told(v.DigestOnHold(on("2026-04-06"))); got != "2026-03-02 20000" {
			t.Errorf("the hold of an invoice alone: got %q", got)
		}
	})
}

// Lines and aging agree: what is overdue in aging is what was overdue the day before, less what
// was paid, and what became it.
func TestDigestAgreesWithAging(t *testing.T) {
	f := newFigureBooks(t, "2026-03-02")
	for i := range 40 {
		f.issue([]CustomerID{f.acme, f.bolt}[i%2], Date(at("2025-11-20").Unix()/86400).AddDays(3*i).String(), fmt.Sprint(100+i))
	}
	f.view(func(v *View) {
		for on := v.Today(); on < v.Today().AddDays(60); on++ {
			p := DigestPeriod{Since: on - 1, On: on}
			before, after := AgingTotals(v.Aging(on - 1))[0], AgingTotals(v.Aging(on))[0]
			newly, moved := SumLines(v.DigestOverdue(p))["EUR"].Minor, map[int]int64{}
			for _, l := range v.DigestMoved(p) {
				moved[l.Bucket] += l.Amount.Minor
			}
			if got := after.Overdue().Minor - before.Overdue().Minor; got != newly {
				t.Fatalf("%s: overdue grew by %d, and %d became it", on, got, newly)
			}
			for bucket := 2; bucket < Buckets; bucket++ {
				if got := after.Bucket[bucket] - before.Bucket[bucket] + moved[bucket+1]; got != moved[bucket] {
					t.Fatalf("%s: %d came into bucket %d, and %d moved there", on, got, bucket, moved[bucket])
				}
			}
		}
	})
}

// A forecast goes by the customer's own delay, given how late it is already; then by his
// segment's; a promise, a plan and a cheque come before that, and what is disputed or held is
// left out and said.
func TestForecast(t *testing.T) {
	f := newFigureBooks(t, "2026-03-02")
	var paid []InvoiceID
	for range 5 {
		paid = append(paid, f.issue(f.acme, "2026-03-02", "100"))
	}
	for i, day := range []string{"2026-03-04", "2026-03-07", "2026-03-12", "2026-03-22", "2026-03-25"} { // 2, 5, 10, 20 and 23 days
		f.day(day)
		f.pay(paid[i], 10000, "bank")
	}
	f.day("2026-04-01")
	open := map[string]InvoiceID{}
	for what, x := range map[string][2]string{
		"habit": {"2026-04-05", "10"}, "late": {"2026-03-17", "20"}, "never": {"2026-03-01", "30"}, "promise": {"2026-04-02", "40"},
		"dispute": {"2026-04-03", "50"}, "held": {"2026-04-04", "60"}, "cheque": {"2026-04-06", "70"},
	} {
		open[what] = f.issue(f.acme, x[0], x[1])
	}
	f.issue(f.bolt, "2026-04-10", "80")
	f.do(func(tx *Tx) error {
		if err := tx.Promise(tx.Invoice(open["promise"]), tx.Today().AddDays(7)); err != nil {
			return err
		}
		if _, err := tx.OpenDispute(tx.Invoice(open["dispute"]), ReasonSum, euros(5000), "slack:U1"); err != nil {
			return err
		}
		if _, err := tx.Hold(tx.Customer(f.acme), open["held"], 0, "why"); err != nil {
			return err
		}
		_, err := tx.ReceiveCheque(NewCheque{Customer: f.acme, Number: "1", Received: tx.Today(), Dated: tx.Today().AddDays(20), Amount: euros(7000), For: []InvoiceID{open["cheque"]}})
		return err
	})
	var got []string
	f.view(func(v *View) {
		fc := v.Forecast(v.Today())
		for _, l := range fc.Lines {
			got = append(got, fmt.Sprintf("%s %d %s", l.Date, l.Amount.Minor, l.By))
		}
		for name, m := range map[string]map[Currency]Money{"disputed 5000": fc.Disputed, "held 6000": fc.Held, "unsaid 3000": fc.Unsaid} {
			if want := fmt.Sprintf("%s %d", strings.Fields(name)[0], m["EUR"].Minor); want != name {
				t.Errorf("left out: %s, want %s", want, name)
			}
		}
	})
	want := []string{
		"2026-04-06 2000 customer", // 15 days late: of the delays of 15 days and more the median is 20
		"2026-04-08 4000 promise",
		"2026-04-15 1000 customer", // ten days after the due date
		"2026-04-20 8000 company",  // bolt has paid nothing, and its segment too little
		"2026-04-21 7000 cheque",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A forecast that is made of some customers after the others is that of all at once.
func TestForecastOfSomeAtATime(t *testing.T) {
	f := newFigureBooks(t, "2026-03-02")
	day := func(tx *Tx, n int) Date { return tx.Today().AddDays(n) }
	var all []CustomerID
	f.do(func(tx *Tx) error {
		for i := range 2*customersAtOnce + 10 {
			c, err := tx.AddCustomer(NewCustomer{Handle: fmt.Sprintf("s%d", i), Segment: []string{"", "retail", "public"}[i%3]})
			if err != nil {
				return err
			}
			all = append(all, c.ID)
			for n := range 1 + i%3 {
				_, err := tx.Issue(Draft{Customer: c.ID, Date: tx.Today(), Due: day(tx, n), Currency: "EUR", Lines: []Line{line("x", "1", fmt.Sprint(10+i), "0")}})
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	for _, d := range []string{"2026-03-05", "2026-03-11"} {
		f.day(d)
		f.do(func(tx *Tx) error {
			for i, id := range all {
				if open := tx.OpenInvoices(tx.Customer(id)); (i+len(d))%4 == 0 && len(open) > 1 {
					if _, _, err := tx.Receive(NewPayment{Customer: id, Invoice: open[0].ID, Date: tx.Today(), Amount: open[0].OpenMoney(), Method: "bank"}); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	var want Forecast
	f.view(func(v *View) { want = v.Forecast(v.Today()) })
	got, err := f.b.Forecast(want.Lines[0].Date)
	if err != nil || len(want.Lines) < customersAtOnce || !reflect.DeepEqual(got, want) {
		t.Errorf("%d lines in portions, %d at once, %v", len(got.Lines), len(want.Lines), err)
	}
	by := map[ForecastBy]int{}
	for _, l := range got.Lines {
		by[l.By]++
	}
	if by[BySegmentOf] == 0 || by[ByCompany] == 0 {
		t.Errorf("by whose custom: %v", by)
	}
}

// The median is weighted by sum.
func TestMedianIsWeighted(t *testing.T) {
	list := []delay{{1, 10}, {2, 10}, {40, 100}}
	if days, _ := medianFrom(list, 0); days != 40 {
		t.Errorf("the median is %d", days)
	}
	if days, _ := medianFrom([]delay{{1, 1}, {2, 1}, {40, 1}}, 0); days != 2 {
		t.Errorf("the median is %d", days)
	}
	if _, ok := medianFrom(list, 41); ok {
		t.Error("somebody was as late")
	}
}

// Days sales outstanding, by both formulas, of sums that can be counted by hand.
func TestDaysSales(t *testing.T) {
	f := newFigureBooks(t, "2026-01-01")
	var ids []InvoiceID
	for _, day := range []string{"2026-01-01", "2026-02-01", "2026-03-01", "2026-03-20"} {
		f.day(day)
		ids = append(ids, f.issue(f.acme, "2026-04-30", "100"))
	}
	f.day("2026-03-31")
	f.pay(ids[0], 10000, "bank")
	f.pay(ids[1], 5000, "bank")
	dso := func() (d DSO) {
		f.view(func(v *View) { d = v.DaysSales(v.Aging(v.Today()), "EUR", v.Today()) })
		return d
	}
	// 250 are owed: all of March's two hundred, and half of what was billed 58 days before.
	if d := dso(); d != (DSO{CountBack: 59, Simple: 56, Best: 56}) { // 250 / 400 * 90
		t.Errorf("got %+v", d)
	}
	f.do(func(tx *Tx) error {
		_, err := tx.Credit(tx.Invoice(ids[3]), euros(10000), "why")
		return err
	})
	if d := dso(); d.CountBack != 59 || d.Simple != 45 || d.Best != 45 { // 150 / 300 * 90
		t.Errorf("got %+v behind a credit note", d)
	}
	// What happens later on the same day does not change what was said in its morning.
	gone := f.issue(f.acme, "2026-04-30", "30")
	var then AsOf
	said := dso()
	f.view(func(v *View) { then = AsOf{On: v.Today(), Known: v.Head().Seq} })
	last := f.issue(f.acme, "2026-04-30", "700")
	f.pay(ids[2], 10000, "bank")
	f.do(func(tx *Tx) error { _, err := tx.Credit(tx.Invoice(last), euros(100), "why"); return err })
	f.do(func(tx *Tx) error { return tx.Void(tx.Invoice(gone), "why") })
	f.day("2026-04-02")
	f.view(func(v *View) {
		if d, err := v.DaysSalesThen("EUR", then); err != nil || d != said {
			t.Errorf("got %+v, %v, and said was %+v", d, err, said)
		}
		if d, err := v.DaysSalesThen("EUR", AsOf{On: then.On}); err != nil || d == said {
			t.Errorf("got %+v, %v as it is known now", d, err)
		}
	})
}

// The best possible days sales count what is not yet due alone, and of that no more than is owed.
func TestBestPossibleDaysSales(t *testing.T) {
	f := newFigureBooks(t, "2026-01-01")
	f.issue(f.acme, "2026-01-15", "100")
	early := f.issue(f.acme, "2026-02-28", "300")
	dso := func() (d DSO) {
		f.view(func(v *View) { d = v.DaysSales(v.Aging(v.Today()), "EUR", v.Today()) })
		return d
	}
	f.day("2026-01-15") // which is due, and no day late
	if d := dso(); d.Simple != 90 || d.Best != 90 {
		t.Errorf("got %+v", d)
	}
	f.day("2026-01-16")
	if d := dso(); d.Simple != 90 || d.Best != 68 { // 300 / 400 * 90 = 67.5
		t.Errorf("got %+v, with a hundred overdue", d)
	}
	f.day("2026-02-28")
	f.pay(early, 20000, "bank")
	if d := dso(); d.Simple != 45 || d.Best != 23 { // 100 / 400 * 90 = 22.5
		t.Errorf("got %+v, with a hundred of each", d)
	}
	f.day("2026-03-01")
	if d := dso(); d.Simple != 45 || d.Best != 0 {
		t.Errorf("got %+v, with all overdue", d)
	}
	f.day("2026-07-01")
	if d := dso(); d.Simple != -1 || d.Best != -1 {
		t.Errorf("got %+v, with nothing billed", d)
	}
}

// The mean delay weighs each sum: of what was paid by its day, of what is overdue by today; what is
// not yet due says nothing, nor does another currency.
func TestMeanDelay(t *testing.T) {
	f := newFigureBooks(t, "2026-01-01")
	check := func(what string, want int, known bool) {
		t.Helper()
		f.view(func(v *View) {
			if got, ok := v.MeanDelay(v.Customer(f.acme), "EUR", v.Today()); got != want || ok != known {
				t.Errorf("%s: got %d, %t, want %d, %t", what, got, ok, want, known)
			}
			if got, ok := v.MeanDelayOfAll("EUR", v.Today()); got != want || ok != known {
				t.Errorf("%s, of all: got %d, %t, want %d, %t", what, got, ok, want, known)
			}
			if got, ok := v.MeanDelay(v.Customer(f.acme), "USD", v.Today()); ok {
				t.Errorf("%s: %d in a currency in which nothing is", what, got)
			}
		})
	}
	check("nothing", 0, false)
	small := f.issue(f.acme, "2026-01-10", "100")
	large := f.issue(f.acme, "2026-01-20", "300")
	f.issue(f.acme, "2026-12-31", "5000")
	check("not yet due", 0, false)
	f.day("2026-01-18")
	f.pay(large, 30000, "bank")
	check("paid two days early, and eight days late", 1, true) // (-2*300 + 8*100) / 400 = 0.5
	f.day("2026-01-30")
	f.pay(small, 5000, "bank")
	check("half of it after twenty days", 4, true) // (-2*300 + 20*50 + 20*50) / 400 = 3.5
	f.day("2026-02-09")
	check("the other half ten days later", 5, true) // (-600 + 20*50 + 30*50) / 400 = 4.75
}

// More days and money than 64 bits hold, and a mean before the due date.
func TestMeanDelayOfMuch(t *testing.T) {
	var m weighted
	for range 5 {
		m.add(delay{9000, 1e15})
	}
	if days, ok := m.mean(); days != 9000 || !ok {
		t.Errorf("got %d, %t", days, ok)
	}
	m = weighted{}
	m.add(delay{-5, 1})
	m.add(delay{-4, 1})
	if days, ok := m.mean(); days != -5 || !ok { // -4.5
		t.Errorf("got %d, %t", days, ok)
	}
}
