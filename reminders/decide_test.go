package reminders

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"duebot/ledger"
)

func on(s string) ledger.Date {
	d, err := ledger.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// policy is the standard one of o, to be changed.
func (o *office) policy() *Policy { return o.rules.Policy.Named["standard"] }

// in issues an invoice of another currency.
func (o *office) in(cur ledger.Currency, due string, minor int64) (id ledger.InvoiceID) {
	o.t.Helper()
	o.do(func(tx *ledger.Tx) error {
		if cur != "EUR" {
			if _, err := tx.SetRates("test", []ledger.Rate{{Currency: cur, Date: min(tx.Today(), on(due)), Value: decimal.NewFromInt(1), Per: decimal.NewFromInt(1)}}); err != nil {
				return err
			}
		}
		inv, err := tx.Issue(ledger.Draft{Customer: o.acme, Date: min(tx.Today(), on(due)), Due: on(due), Currency: cur,
			Lines: []ledger.Line{{Text: "x", Quantity: decimal.NewFromInt(1), Price: decimal.New(minor, -2)}}})
		if err == nil {
			id = inv.ID
		}
		return err
	})
	return id
}

// why is what keeps a contact back on a day, and until when.
func (o *office) why(at string) string {
	o.t.Helper()
	var d Decision
	o.do(func(tx *ledger.Tx) error {
		d = o.rules.Policy.Decide(&tx.View, tx.Customer(o.acme), on(at))
		return nil
	})
	if d.Until == 0 {
		return string(d.Why)
	}
	return string(d.Why) + " until " + d.Until.String()
}

func (o *office) wantWhy(at, want string) {
	o.t.Helper()
	if got := o.why(at); got != want {
		o.t.Errorf("%s: %q, want %q", at, got, want)
	}
}

// Nobody hears of his debt on a day on which he does not work, or that the policy keeps quiet:
// what has come then is said on the next other day.
func TestDaysWithoutContacts(t *testing.T) {
	o := newOffice(t, "Europe/Berlin")
	o.policy().FreeDays, o.policy().Interval = false, 2
	o.policy().Quiet = []Quiet{{"12-24", "01-01"}, {"2026-11-10", "2026-11-12"}}
	o.invoice("2026-10-14", 10000)
	o.expect("2026-10-12T09:00:00Z", 0)
	o.expect("2026-10-14T09:00:00Z", 0)
	o.expect("2026-10-17T09:00:00Z") // Saturday
	o.wantWhy("2026-10-17", "freeday until 2026-10-19")
	o.expect("2026-10-18T09:00:00Z")
	o.expect("2026-10-19T09:00:00Z", 1)
	o.wantWhy("2026-12-31", "quiet until 2027-01-04") // Saturday and Sunday follow the quiet days
	o.wantWhy("2026-11-11", "quiet until 2026-11-13")
	if (Quiet{"2026-11-10", "2026-11-12"}).Has(on("2027-11-11")) || !(Quiet{"12-24", "01-01"}).Has(on("2031-12-30")) {
		t.Error("quiet days of one year are those of all, or the other way round")
	}
}

// A week and a month have their caps, whoever made the contacts.
func TestContactsAreCapped(t *testing.T) {
	o := newOffice(t, "UTC")
	p := o.policy()
	p.Interval, p.Week, p.Month, p.Before = 1, 2, 3, nil
	p.Steps = []Step{{1, Friendly, Message}, {2, Plain, Message}, {3, Firm, Message}, {4, Firm, Message}, {5, Final, Message}}
	o.invoice("2026-10-05", 10000)
	o.expect("2026-10-06T10:00:00Z", 1)
	o.do(func(tx *ledger.Tx) error { // staff call
		_, err := tx.NoteOn(ledger.NewNote{Customer: o.acme, Kind: ledger.NoteContact, Words: "they will pay"})
		return err
	})
	o.expect("2026-10-08T10:00:00Z")
	o.wantWhy("2026-10-08", "week until 2026-10-13")
	o.expect("2026-10-13T10:00:00Z", 2)
	o.wantWhy("2026-10-20", "month until 2026-11-05")
	o.expect("2026-11-04T10:00:00Z")
	o.expect("2026-11-05T10:00:00Z", 3)
}

// Small sums are not worth a word, until they are.
func TestSmallSumsWait(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Minimum = map[ledger.Currency]int64{"EUR": 2000}
	o.invoice("2026-10-05", 1999)
	o.expect("2026-10-08T10:00:00Z")
	o.wantWhy("2026-10-08", "small")
	o.invoice("2026-10-08", 1)
	o.expect("2026-10-09T10:00:00Z", 1)
}

// The level is a currency's: a contact says the step of each, and each carries on by its own.
func TestCurrenciesHaveTheirOwnSteps(t *testing.T) {
	o := newOffice(t, "UTC")
	euros, dollars := o.in("EUR", "2026-10-05", 10000), o.in("USD", "2026-10-09", 5000)
	step := func(id ledger.InvoiceID) (n int) {
		o.do(func(tx *ledger.Tx) error { n = tx.Invoice(id).Step; return nil })
		return n
	}
	o.expect("2026-10-08T10:00:00Z", 1)
	o.expect("2026-10-12T10:00:00Z", 2) // of the euros, and the first of the dollars
	if step(euros) != 2 || step(dollars) != 1 {
		t.Errorf("steps %d and %d", step(euros), step(dollars))
	}
	o.pay(euros, 10000)
	o.expect("2026-10-16T10:00:00Z", 2)
	if step(dollars) != 2 {
		t.Errorf("the dollars are at step %d", step(dollars))
	}
}

// The policy of an invoice is before that of its customer, of his habits, of his segment and of
// the company; one that the configuration has no more counts as none.
func TestWhosePolicy(t *testing.T) {
	o := newOffice(t, "UTC")
	id := o.invoice("2026-10-20", 10000)
	p := o.rules.Policy
	for _, name := range []string{"ofsegment", "ofhabit", "ofcustomer", "ofinvoice"} {
		p.Named[name] = &Policy{Name: name}
	}
	want := func(name string, source Source) {
		t.Helper()
		o.do(func(tx *ledger.Tx) error {
			got, from := p.Of(&tx.View, tx.Customer(o.acme), tx.Invoice(id))
			if got.Name != name || from != source {
				t.Errorf("%s of the %s, want %s of the %s", got.Name, from, name, source)
			}
			return nil
		})
	}
	give := func(inv ledger.InvoiceID, name string) {
		o.do(func(tx *ledger.Tx) error { return tx.GivePolicy(tx.Customer(o.acme), inv, name) })
	}
	want("standard", OfCompany)
	p.Segments = map[string]string{"": "ofsegment"}
	want("standard", OfCompany) // no segment is none
	o.do(func(tx *ledger.Tx) error {
		segment := "retail"
		_, err := tx.ChangeCustomer(tx.Customer(o.acme), ledger.CustomerChange{Segment: &segment})
		return err
	})
	p.Segments = map[string]string{"retail": "ofsegment"}
	want("ofsegment", OfSegment)
	late := 10
	p.Habits = []Habit{{LateFrom: &late, Policy: "ofhabit"}}
	want("ofsegment", OfSegment) // nothing is known of his habits
	for range habitOf {
		paid := o.invoice("2026-10-01", 100)
		o.now = o.now.AddDate(0, 0, 12)
		o.pay(paid, 100)
		o.now = o.now.AddDate(0, 0, -12)
	}
	o.now = o.now.AddDate(0, 0, 12)
	want("ofhabit", OfHabit)
	give(0, "ofcustomer")
	want("ofcustomer", OfCustomer)
	give(id, "ofinvoice")
	want("ofinvoice", OfInvoice)
	give(id, "gone")
	want("ofcustomer", OfCustomer)
	give(0, "")
	want("ofhabit", OfHabit)
}

// An open credit note stands in the reminder and nets its total; where it is worth all that is
// overdue, or falls due, there is nothing to be reminded of.
func TestOpenCreditsAreNetted(t *testing.T) {
	o := newOffice(t, "UTC")
	paid := o.invoice("2026-10-02", 9000)
	o.pay(paid, 9000)
	credit := func(minor int64) {
		o.do(func(tx *ledger.Tx) error {
			_, err := tx.Credit(tx.Invoice(paid), ledger.Money{Minor: minor, Currency: "EUR"}, "wrong rate")
			return err
		})
	}
	debt := o.invoice("2026-10-05", 10000)
	credit(3000)
	var err error
	if o.now, err = time.Parse(time.RFC3339, "2026-10-08T10:00:00Z"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.rules.Run(context.Background(), o.now); err != nil {
		t.Fatal(err)
	}
	var listed []string
	o.do(func(tx *ledger.Tx) error {
		for _, n := range tx.OpenNotices(0) {
			if n.Kind != ledger.NoticeReminder {
				continue
			}
			m, err := o.rules.Notice(&tx.View, &n)
			if err != nil {
				return err
			}
			if _, sums := o.rules.Policy.Sums(&tx.View, tx.Customer(o.acme), n.Contact(), on("2026-10-08")); sums["EUR"].Minor != 7000 {
				t.Errorf("the card of the morning says %v", sums)
			}
			for _, f := range m.Card.Fields {
				listed = append(listed, fmt.Sprintf("%s %v", f.Label.Key, f.Value))
			}
		}
		return nil
	})
	for i, want := range []string{"remind.line.late .*10000", "remind.credit .*-3000", "remind.total .*[^0]7000"} {
		if len(listed) != 3 || !regexp.MustCompile(want).MatchString(listed[i]) {
			t.Fatalf("it lists %q", listed)
		}
	}
	o.expect("2026-10-08T10:00:00Z", 1)
	credit(6000)
	o.expect("2026-10-12T10:00:00Z", 2) // ten are left
	o.pay(debt, 1000)
	why := func(day string, want Why, invoice ledger.InvoiceID) {
		t.Helper()
		o.do(func(tx *ledger.Tx) error {
			d := o.rules.Policy.Decide(&tx.View, tx.Customer(o.acme), on(day))
			if d.Why != want || d.Contact.Invoice == nil || d.Contact.Invoice.ID != invoice {
				t.Errorf("%s: decided %+v, want %q about the overdue one", day, d, want)
			}
			return nil
		})
	}
	why("2026-10-19", TooSmall, debt)
	o.expect("2026-10-19T10:00:00Z")
	o.invoice("2026-10-23", 500)
	why("2026-10-20", TooSmall, debt)
	o.expect("2026-10-20T10:00:00Z") // of which the credit is worth more
	o.invoice("2026-10-16", 500)
	o.expect("2026-10-21T10:00:00Z", 3)
}

// A hold keeps reminders away, and is taken up at the step of the age, without a burst.
func TestHold(t *testing.T) {
	o := newOffice(t, "UTC")
	o.invoice("2026-10-05", 10000)
	o.expect("2026-10-08T10:00:00Z", 1)
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.Hold(tx.Customer(o.acme), 0, on("2026-10-19"), "their accountant is ill")
		return err
	})
	o.expect("2026-10-12T10:00:00Z")
	o.expect("2026-10-19T10:00:00Z")
	o.expect("2026-10-20T10:00:00Z", 3)
	o.expect("2026-10-21T10:00:00Z")
}

// debtor is a customer of any kind: zone, policy, debts and what keeps reminders of them away.
type debtor struct {
	zone   string
	policy *Policy
	debts  []debt
}

type debt struct {
	currency   ledger.Currency
	due, until int // days from the first one
	minor      int64
	pause      int // 0: a promise, 1: a hold, more: none
}

// anyDebtors are some of them.
var anyDebtors = rapid.SliceOfN(rapid.Custom(func(r *rapid.T) debtor {
	return debtor{rapid.SampledFrom([]string{"UTC", "Asia/Tehran", "Pacific/Kiritimati", "America/New_York"}).Draw(r, "zone"), drawPolicy(r),
		rapid.SliceOfN(rapid.Custom(func(r *rapid.T) debt {
			return debt{rapid.SampledFrom([]ledger.Currency{"EUR", "USD"}).Draw(r, "currency"), rapid.IntRange(-40, 30).Draw(r, "due"),
				rapid.IntRange(1, 20).Draw(r, "until"), rapid.Int64Range(1, 3000).Draw(r, "sum"), rapid.IntRange(0, 4).Draw(r, "pause")}
		}), 1, 4).Draw(r, "debts")}
}), 80, 80)

// What is told of the days to come is what then happens, if nothing else does: for any policy,
// debt and pause, day by day.
func TestAheadIsWhatHappens(t *testing.T) {
	o := newOffice(t, "UTC")
	first, days := on("2026-10-01"), 60
	all := anyDebtors.Example(3)
	of := o.owedBy(all, first)
	told, happened := make([]string, len(all)), make([]string, len(all))
	note := func(to []string, id ledger.CustomerID, at ledger.Date, inv, step, also any) {
		to[of[id]] += fmt.Sprintf("%s %v step %d also %v\n", at, inv, step, also)
	}
	o.do(func(tx *ledger.Tx) error {
		for id := range of {
			c := tx.Customer(id)
			for _, p := range o.rules.Policy.Ahead(&tx.View, c, first.AddDays(days)) {
				note(told, id, p.On, p.Contact.Invoice.Number, p.Contact.Step, p.Contact.withNamed())
			}
		}
		return nil
	})
	for hour := 6; hour < days*24; hour += 2 {
		o.now = first.At(0, 0, time.UTC).Add(time.Duration(hour) * time.Hour)
		if _, err := o.rules.Run(context.Background(), o.now); err != nil {
			t.Fatal(err)
		}
		var sent []ledger.Notice
		o.do(func(tx *ledger.Tx) error {
			for _, n := range tx.OpenNotices(0) {
				if n.Kind == ledger.NoticeReminder {
					sent = append(sent, n)
				}
			}
			return nil
		})
		if len(sent) == 0 {
			continue
		}
		o.do(func(tx *ledger.Tx) error {
			for _, n := range sent {
				note(happened, n.Customer, n.For, tx.Invoice(n.Invoice).Number, n.Step, n.Also)
				if err := tx.Settle(ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeSent, Chat: "telegram:1", Message: "1"}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	contacts := 0
	for i := range all {
		within := ""
		for line := range strings.Lines(told[i]) {
			if line < first.AddDays(days-1).String() { // the last day is not over everywhere
				within += line
				contacts++
			}
		}
		if before, _, _ := strings.Cut(happened[i]+first.AddDays(days-1).String(), first.AddDays(days-1).String()); within != before {
			t.Errorf("%+v\npolicy %+v\ntold:\n%s\nhappened:\n%s", all[i], all[i].policy, within, before)
		}
	}
	if contacts < 2*len(all) {
		t.Errorf("only %d contacts of %d customers", contacts, len(all))
	}
}

// owedBy books the debts of all, each with a policy of his own, and tells who is who.
func (o *office) owedBy(all []debtor, first ledger.Date) map[ledger.CustomerID]int {
	of := map[ledger.CustomerID]int{}
	o.do(func(tx *ledger.Tx) error {
		var rates []ledger.Rate
		for i := range 9 {
			rates = append(rates, ledger.Rate{Currency: "USD", Date: first.AddDays(-7 * i), Value: decimal.NewFromInt(1), Per: decimal.NewFromInt(1)})
		}
		_, err := tx.SetRates("test", rates)
		return err
	})
	for i, d := range all {
		o.do(func(tx *ledger.Tx) error {
			name := fmt.Sprintf("d%d", i)
			c, err := tx.AddCustomer(ledger.NewCustomer{Handle: name, ZoneName: d.zone})
			if err != nil {
				return err
			}
			of[c.ID], o.acme = i, c.ID
			o.rules.Policy.Named[name] = d.policy
			if err := tx.GivePolicy(c, 0, name); err != nil {
				return err
			}
			token, _, err := tx.Invite(c)
			if err == nil {
				_, err = tx.Link(token, "telegram:1", "Anna", "en")
			}
			for _, x := range d.debts {
				if err == nil {
					err = x.owe(tx, c, first)
				}
			}
			return err
		})
	}
	return of
}

// owe books a debt.
func (x debt) owe(tx *ledger.Tx, c *ledger.Customer, first ledger.Date) error {
	due := first.AddDays(x.due)
	inv, err := tx.Issue(ledger.Draft{Customer: c.ID, Date: min(tx.Today(), due), Due: due, Currency: x.currency,
		Lines: []ledger.Line{{Text: "x", Quantity: decimal.NewFromInt(1), Price: decimal.New(x.minor, -2)}}})
	if err != nil {
		return err
	}
	switch x.pause {
	case 0:
		return tx.Promise(inv, first.AddDays(x.until))
	case 1:
		_, err = tx.Hold(c, inv.ID, first.AddDays(x.until), "")
	}
	return err
}

// drawPolicy is any policy.
func drawPolicy(r *rapid.T) *Policy {
	p := &Policy{Name: "standard", Interval: rapid.IntRange(1, 5).Draw(r, "interval"), Week: rapid.IntRange(0, 3).Draw(r, "week"), Month: rapid.IntRange(0, 6).Draw(r, "month"),
		FreeDays: rapid.Bool().Draw(r, "free days"), Minimum: map[ledger.Currency]int64{"EUR": rapid.Int64Range(0, 2000).Draw(r, "minimum")}}
	for _, days := range []int{7, 3, 0} {
		if rapid.Bool().Draw(r, "before") {
			p.Before = append(p.Before, days)
		}
	}
	after := 0
	for range rapid.IntRange(1, 6).Draw(r, "steps") {
		after += rapid.IntRange(1, 9).Draw(r, "after")
		p.Steps = append(p.Steps, Step{After: after, Tone: Plain, Kind: Message})
	}
	if rapid.Bool().Draw(r, "quiet") {
		p.Quiet = []Quiet{{"10-20", "10-25"}}
	}
	return p
}
