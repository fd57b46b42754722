package reminders

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"duebot/ledger"
)

// Who chose other hours is reminded at the one that is nearest to the schedule's, once a day,
// whatever else runs; and whoever changes his mind hears nothing twice.
func TestChosenHours(t *testing.T) {
	allowed := ledger.Hours{From: 8, Until: 20}
	for _, tt := range []struct {
		from, until int
		hour        string
	}{{8, 20, "10"}, {14, 18, "14"}, {8, 9, "08"}, {9, 10, "09"}, {10, 11, "10"}, {19, 20, "19"}} {
		o := newOffice(t, "Europe/Berlin")
		o.invoice("2026-10-09", 10000)
		o.do(func(tx *ledger.Tx) error {
			return tx.ChooseHours(tx.Customer(o.acme), ledger.Hours{From: tt.from, Until: tt.until}, allowed)
		})
		var heard []string
		for hour := range 24 {
			at := fmt.Sprintf("2026-10-06T%02d:00:00+02:00", hour)
			for range 2 {
				if len(o.said(at)) > 0 {
					heard = append(heard, fmt.Sprintf("%02d", hour))
				}
			}
		}
		if !slices.Equal(heard, []string{tt.hour}) {
			t.Errorf("%d to %d: heard at %v, want %s", tt.from, tt.until, heard, tt.hour)
		}
	}
}

// Hours outside of the company's are refused, and so are none.
func TestHoursOutside(t *testing.T) {
	o := newOffice(t, "Europe/Berlin")
	for _, h := range []ledger.Hours{{From: 7, Until: 12}, {From: 10, Until: 21}, {From: 12, Until: 12}, {From: 14, Until: 10}, {From: -1, Until: 3}} {
		o.do(func(tx *ledger.Tx) error {
			err := tx.ChooseHours(tx.Customer(o.acme), h, ledger.Hours{From: 8, Until: 20})
			if _, refused := ledger.AsRefusal(err); !refused {
				t.Errorf("%v: %v", h, err)
			}
			return nil
		})
	}
}

// How long a reminder waits for the hours of its customer, in every zone and through both
// changes of the clock: never more than a day, and then they have come.
func TestWaitForHours(t *testing.T) {
	for _, zone := range []string{"Pacific/Niue", "America/New_York", "Europe/Berlin", "Asia/Tehran", "Australia/Lord_Howe", "Pacific/Kiritimati"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, day := range []string{"2026-03-28", "2026-03-07", "2026-10-24", "2026-10-31", "2026-06-15"} {
			begin, _ := time.ParseInLocation("2006-01-02", day, loc)
			for minutes := 0; minutes < 72*60; minutes += 25 {
				at := begin.Add(time.Duration(minutes) * time.Minute)
				h := ledger.Hours{From: 14, Until: 16}
				wait := h.Wait(at)
				then := at.Add(wait)
				if wait < 0 || wait > 26*time.Hour || then.Hour() < h.From || then.Hour() >= h.Until {
					t.Fatalf("%s: waits %s, until %s", at, wait, then)
				}
			}
		}
	}
}

// Whoever wants one reminder a day is told all that is due in it, and hears of nothing twice.
func TestOneReminderADay(t *testing.T) {
	o := newOffice(t, "Europe/Berlin")
	o.do(func(tx *ledger.Tx) error { return tx.ChooseDigest(tx.Customer(o.acme), true) })
	for _, due := range []string{"2026-10-05", "2026-10-10", "2026-10-11", "2026-10-12"} {
		o.invoice(due, 10000)
	}
	days := 0
	for day := 2; day <= 12; day++ {
		heard := o.said(fmt.Sprintf("2026-10-%02dT10:00:00+02:00", day))
		if len(heard) > 1 {
			t.Errorf("on the %dth he heard %v", day, heard)
		}
		days += len(heard)
	}
	o.do(func(tx *ledger.Tx) error {
		c := tx.Customer(o.acme)
		n := ledger.Notice{NoticeQueued: ledger.NoticeQueued{Kind: ledger.NoticeReminder, Customer: c.ID, Invoice: 1, Step: 1}}
		m, err := o.rules.Notice(&tx.View, &n)
		if err != nil {
			return err
		}
		named := 0
		for _, f := range m.Card.Fields {
			if len(f.Label.Args) > 0 && f.Label.Args[0].Name == "number" {
				named++
			}
		}
		if named != 4 {
			t.Errorf("%d invoices are named: %+v", named, m.Card.Fields)
		}
		return nil
	})
	if days == 0 || days > 6 {
		t.Errorf("he heard on %d days", days)
	}
}
