package reminders

import (
	"testing"
	"time"

	"duebot/ledger"
	"duebot/ledger/holidays"
)

// policyFor is the name of the policy of customer 1's, and whose it is.
func (o *office) policyFor() (name string, source Source) {
	o.t.Helper()
	o.do(func(tx *ledger.Tx) error {
		p, of := o.rules.Policy.Of(&tx.View, tx.Customer(1), nil)
		name, source = p.Name, of
		return nil
	})
	return name, source
}

// Consumers have the policy of their country: over the company's, and under all that was set.
func TestConsumersByCountry(t *testing.T) {
	o := earth(t, []string{"Europe/Moscow"}, nil)
	law := func(country ledger.Country, consumer bool) {
		o.do(func(tx *ledger.Tx) error {
			_, err := tx.SetLaw(tx.Customer(1), ledger.Law{Country: country, Consumer: consumer})
			return err
		})
	}
	want := func(name string, source Source) {
		t.Helper()
		if n, s := o.policyFor(); n != name || s != source {
			t.Errorf("policy %q of the %s, want %q of the %s", n, s, name, source)
		}
	}
	want("standard", OfCompany)
	law("", true)
	want("ru-consumer", OfLaw)
	law("MD", true)
	want("md-consumer", OfLaw)
	law("FR", true)
	want("consumer", OfLaw)
	o.do(func(tx *ledger.Tx) error {
		segment := "private"
		_, err := tx.ChangeCustomer(tx.Customer(1), ledger.CustomerChange{Segment: &segment})
		return err
	})
	o.rules.Policy.Segments["private"] = "gentle"
	want("gentle", OfSegment)
	delete(o.rules.Policy.Segments, "private")
	law("", false)
	want("standard", OfCompany)
	o.rules.Policy.Consumers = []string{"private"}
	want("ru-consumer", OfLaw)
	o.do(func(tx *ledger.Tx) error { return tx.GivePolicy(tx.Customer(1), 0, "strict") })
	want("strict", OfCustomer)
}

// Words leave within the hours that the law of a consumer's country allows, on business days and
// on others, whatever the company's or the customer's own hours are.
func TestHoursOfLaw(t *testing.T) {
	o := earth(t, []string{"Europe/Moscow"}, holidays.New())
	o.now = on("2026-10-20").At(9, 0, time.UTC)
	o.owe("2026-10-25")
	p, ru := o.rules.Policy, *o.rules.Policy.Named["ru-consumer"]
	ru.FreeDays = true
	p.Named["ru-consumer"] = &ru
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.SetLaw(tx.Customer(1), ledger.Law{Consumer: true})
		return err
	})
	n := &ledger.Notice{NoticeQueued: ledger.NoticeQueued{Kind: ledger.NoticeReminder, Customer: 1, Invoice: 1, Step: 1}}
	moscow, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		hours    ledger.Hours // the company's
		at, want string
	}{
		{ledger.Hours{From: 6, Until: 24}, "2026-11-02 07:00", "2026-11-02 08:00"}, // a Monday
		{ledger.Hours{From: 6, Until: 24}, "2026-11-02 21:59", "2026-11-02 21:59"},
		{ledger.Hours{From: 6, Until: 24}, "2026-11-02 22:00", "2026-11-03 08:00"},
		{ledger.Hours{From: 6, Until: 24}, "2026-11-03 22:10", "2026-11-04 09:00"}, // Unity Day
		{ledger.Hours{From: 6, Until: 24}, "2026-11-04 20:00", "2026-11-05 08:00"},
		{ledger.Hours{From: 6, Until: 24}, "2026-11-07 08:30", "2026-11-07 09:00"}, // a Saturday
		{ledger.Hours{From: 10, Until: 18}, "2026-11-07 18:30", "2026-11-08 10:00"},
		{ledger.Hours{From: 22, Until: 24}, "2026-11-02 07:00", "2026-11-02 08:00"}, // no hour in common
	} {
		p.Hours = tt.hours
		at, err := time.ParseInLocation("2006-01-02 15:04", tt.at, moscow)
		if err != nil {
			t.Fatal(err)
		}
		o.now = at
		o.do(func(tx *ledger.Tx) error {
			if got := at.Add(p.Wait(&tx.View, n)).Format("2006-01-02 15:04"); got != tt.want {
				t.Errorf("%v at %s: leaves at %s, want %s", tt.hours, tt.at, got, tt.want)
			}
			return nil
		})
	}
}

// Presets for consumers never press harder than the standard one, and keep to the law's figures.
func TestConsumerPresets(t *testing.T) {
	standard := Standard()
	for _, p := range consumers() {
		if p.Interval < standard.Interval || p.Week == 0 || p.Week > standard.Week || p.Month == 0 || p.FreeDays || len(p.Steps) != 4 || p.Steps[3].Tone != Final {
			t.Errorf("%+v", p)
		}
		if !p.Day.Chosen() || !p.Free.Chosen() || p.Free.Until > p.Day.Until || p.Free.From < p.Day.From {
			t.Errorf("%s: hours %v and %v", p.Name, p.Day, p.Free)
		}
	}
	ru := Default().Named["ru-consumer"]
	if ru.Day != (ledger.Hours{From: 8, Until: 22}) || ru.Free != (ledger.Hours{From: 9, Until: 20}) || ru.Week > 2 || ru.Month > 7 {
		t.Errorf("230-FZ: %+v", ru)
	}
}
