package reminders

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/robfig/cron/v3"

	"duebot/ledger"
	"duebot/ledger/holidays"
)

// world are the zones at the edges: the first and the last of the day, those that are half and
// quarter hours off, and those whose clocks change by an hour, by half of one, or never.
var world = []string{"Pacific/Pago_Pago", "Pacific/Niue", "Pacific/Honolulu", "America/New_York", "America/St_Johns", "America/Sao_Paulo", "UTC", "Europe/London",
	"Europe/Bucharest", "Asia/Tehran", "Asia/Kathmandu", "Asia/Shanghai", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia", "Pacific/Kiritimati"}

// heard is one reminder that somebody got.
type heard struct {
	customer ledger.CustomerID
	on       ledger.Date // the day that it is for
	at       time.Time   // in his zone
	step     int
}

// earth are books with a customer in each zone, who can be reached.
func earth(t *testing.T, zones []string, cal ledger.Calendar) *office {
	t.Helper()
	o := newOffice(t, "UTC")
	o.books.Close()
	books, err := ledger.Open(filepath.Join(t.TempDir(), "duebot.db"), ledger.Options{Now: func() time.Time { return o.now }, Calendar: cal})
	if err != nil {
		t.Fatal(err)
	}
	o.books, o.rules.Books = books, books
	o.policy().FreeDays = cal == nil
	o.do(func(tx *ledger.Tx) error {
		if err := tx.SetCompany(ledger.CompanySet{Name: "L", Currency: "EUR", ZoneName: "Europe/Berlin", Language: "en", Invoices: "INV", Credits: "CN"}); err != nil {
			return err
		}
		for i, zone := range zones {
			c, err := tx.AddCustomer(ledger.NewCustomer{Handle: fmt.Sprintf("c%d", i), ZoneName: zone})
			if err != nil {
				return err
			}
			token, _, err := tx.Invite(c)
			if err != nil {
				return err
			}
			if _, err := tx.Link(token, fmt.Sprintf("telegram:%d", i+1), "Anna", "en"); err != nil {
				return err
			}
		}
		return nil
	})
	return o
}

// owe gives every customer an invoice that is due on a day.
func (o *office) owe(due string) {
	o.t.Helper()
	var ids []ledger.CustomerID
	o.do(func(tx *ledger.Tx) error {
		tx.Customers(func(c *ledger.Customer) { ids = append(ids, c.ID) })
		return nil
	})
	for _, id := range ids {
		o.acme = id
		o.invoice(due, 10000)
	}
}

// hear runs the rules at a time, and delivers what they queued as soon as it may leave.
func (o *office) hear(now time.Time) (out []heard) {
	o.t.Helper()
	o.now = now
	if _, err := o.rules.Run(context.Background(), now); err != nil {
		o.t.Fatal(err)
	}
	var open []ledger.Notice
	o.do(func(tx *ledger.Tx) error {
		for _, n := range tx.OpenNotices(0) {
			if n.Kind == ledger.NoticeReminder && o.rules.Policy.Wait(&tx.View, &n) == 0 {
				open = append(open, n)
			}
		}
		return nil
	})
	for _, n := range open {
		o.do(func(tx *ledger.Tx) error {
			c := tx.Customer(n.Customer)
			out = append(out, heard{n.Customer, n.For, now.In(c.Zone), n.Step})
			return tx.Settle(ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeSent, Chat: c.Chats[0], Message: "1"})
		})
	}
	return out
}

// In every zone, at each hour of the days on which clocks change, north and south: each word comes
// once, for its own local day, at ten by the clock on the customer's wall.
func TestEachHourInEachZone(t *testing.T) {
	for name, season := range map[string]struct {
		due    string
		before []int
		after  []int
	}{
		// 4 October 2026: Lord Howe. 25 October: Europe. 1 November: America.
		"autumn": {"2026-10-24", []int{20, 0}, []int{1, 8}},
		// 14 March 2027: America. 28 March: Europe. 4 April: Lord Howe and Chatham.
		"spring": {"2027-03-13", []int{0}, []int{1, 15, 22}},
	} {
		t.Run(name, func(t *testing.T) {
			o, due := earth(t, world, nil), on(season.due)
			o.policy().Interval, o.policy().Before, o.policy().Steps = 1, season.before, nil
			var days []ledger.Date // on which a word is due
			for _, n := range season.before {
				days = append(days, due.AddDays(-n))
			}
			for _, n := range season.after {
				o.policy().Steps, days = append(o.policy().Steps, Step{n, Plain, Message}), append(days, due.AddDays(n))
			}
			o.now = on("2026-10-01").At(0, 0, time.UTC)
			o.owe(season.due)
			said := map[ledger.CustomerID][]ledger.Date{}
			for at := o.now; at.Before(days[len(days)-1].At(48, 0, time.UTC)); at = at.Add(time.Hour) {
				if day := ledger.DateOf(at, time.UTC); !slices.ContainsFunc(days, func(d ledger.Date) bool { return day >= d-1 && day <= d+1 }) {
					continue
				}
				for _, h := range o.hear(at.Add(20 * time.Minute)) {
					said[h.customer] = append(said[h.customer], h.on)
					if h.at.Hour() != 10 || h.on != ledger.DateOf(h.at, h.at.Location()) {
						t.Errorf("customer %d heard of %s at %s", h.customer, h.on, h.at)
					}
				}
			}
			for i, zone := range world {
				if got := said[ledger.CustomerID(i+1)]; !slices.Equal(got, days) {
					t.Errorf("%s: words of %v, want %v", zone, got, days)
				}
			}
		})
	}
}

// Ten o'clock on the days on which clocks change is ten o'clock, before and after.
func TestTenOnTheDayOfAChange(t *testing.T) {
	for _, tt := range []struct{ zone, day, want string }{
		{"Europe/Berlin", "2026-03-28", "09:00Z"}, {"Europe/Berlin", "2026-03-29", "08:00Z"}, {"Europe/Berlin", "2026-10-24", "08:00Z"}, {"Europe/Berlin", "2026-10-25", "09:00Z"},
		{"America/New_York", "2026-03-08", "14:00Z"}, {"America/New_York", "2026-11-01", "15:00Z"}, {"Australia/Lord_Howe", "2026-10-04", "23:00Z"},
		{"Pacific/Chatham", "2026-09-27", "20:15Z"}, {"Asia/Tehran", "2026-03-22", "06:30Z"},
	} {
		loc, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		from := on(tt.day).At(9, 59, loc)
		next := Default().nextRunOf(slot{zone: tt.zone}, loc, from)
		if got := next.UTC().Format("15:04Z"); got != tt.want || next.Sub(from) != time.Minute {
			t.Errorf("%s, %s: at %s, want %s", tt.zone, tt.day, got, tt.want)
		}
	}
}

// A schedule within the hour that spring leaves out runs on that day all the same, and within the
// one that autumn has twice it runs once.
func TestScheduleInsideAChange(t *testing.T) {
	at, err := cron.ParseStandard("30 2 * * *")
	if err != nil {
		t.Fatal(err)
	}
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, later := range []time.Duration{0, 6 * time.Hour} {
			p, place := Default(), slot{zone: zone, later: later}
			p.Schedule = at
			now := p.nextRunOf(place, loc, on("2026-01-05").At(0, 0, loc))
			for d := on("2026-01-05"); d < on("2027-01-05"); d++ {
				if want, ok := p.scheduled(place, loc, d); !ok || !now.Equal(want) || ledger.DateOf(now, loc) != d {
					t.Fatalf("%s, %s later: %s runs at %s", zone, later, d, now)
				}
				now = p.nextRunOf(place, loc, now)
			}
		}
	}
}

// A customer who moves between zones hears of no local day twice, and of none before one that he
// has heard of.
func TestMovesBetweenZones(t *testing.T) {
	o := earth(t, []string{"Pacific/Kiritimati"}, nil)
	o.policy().Interval, o.policy().Week = 1, 0
	o.policy().Steps = nil
	for after := 1; after <= 12; after++ {
		o.policy().Steps = append(o.policy().Steps, Step{after, Plain, Message})
	}
	o.now = on("2026-10-01").At(0, 0, time.UTC)
	o.owe("2026-10-05")
	var list []heard
	moves := []string{"Pacific/Pago_Pago", "Pacific/Kiritimati", "Asia/Tehran", "Pacific/Niue", "Pacific/Apia", "Europe/Berlin"}
	for hours := range 24 * 20 {
		if hours%31 == 30 {
			zone := moves[hours/31%len(moves)]
			o.do(func(tx *ledger.Tx) error {
				_, err := tx.ChangeCustomer(tx.Customer(1), ledger.CustomerChange{ZoneName: &zone})
				return err
			})
		}
		list = append(list, o.hear(on("2026-10-01").At(hours, 5, time.UTC))...)
	}
	for i, h := range list {
		if h.at.Hour() < 9 || h.at.Hour() >= 18 {
			t.Errorf("heard at %s", h.at)
		}
		if i > 0 && (h.on <= list[i-1].on || h.step > 0 && h.step != list[i-1].step+1) {
			t.Errorf("step %d of %s came after step %d of %s", h.step, h.on, list[i-1].step, list[i-1].on)
		}
	}
	if len(list) < 8 {
		t.Errorf("he heard %d words", len(list))
	}
}

// What became due while the bot was away, over a weekend with two holidays behind it, goes once,
// on the first day of work, at its hour, and as a campaign, which is spread.
func TestOutageOverHolidays(t *testing.T) {
	zones := slices.Repeat([]string{"Europe/Bucharest"}, 25)
	o := earth(t, append(zones, "Europe/Berlin", "Asia/Shanghai"), holidays.New())
	o.now = on("2026-11-02").At(9, 0, time.UTC)
	o.policy().Steps = o.policy().Steps[:1]
	o.owe("2026-11-23") // its day is the 26th
	var list []heard
	for at := on("2026-11-27").At(20, 0, time.UTC); at.Before(on("2026-12-03").At(0, 0, time.UTC)); at = at.Add(37 * time.Minute) {
		list = append(list, o.hear(at)...)
	}
	count := map[ledger.CustomerID]int{}
	for _, h := range list {
		count[h.customer]++
		want := "2026-12-02"
		if h.customer > 25 {
			want = "2026-11-30"
		}
		if h.at.Hour() < 9 || h.at.Hour() >= 18 || h.on.String() != want || h.step != 1 {
			t.Errorf("customer %d heard step %d of %s at %s", h.customer, h.step, h.on, h.at)
		}
	}
	if len(count) != 27 || len(list) != 27 {
		t.Errorf("%d words to %d customers, want one to each of 27", len(list), len(count))
	}
	o.do(func(tx *ledger.Tx) error {
		n := 0
		tx.Campaigns(func(*ledger.Campaign) bool { n++; return true })
		if n != 1 {
			t.Errorf("%d campaigns, want the one of the 25", n)
		}
		return nil
	})
}

// Saturdays that China works are days for contacts, and the days that it rests for them are none.
func TestWorkedSaturday(t *testing.T) {
	o := earth(t, []string{"Asia/Shanghai"}, holidays.New())
	o.acme = 1
	o.now = on("2026-09-01").At(9, 0, time.UTC)
	o.owe("2026-09-17") // the first step is of Sunday the 20th
	o.wantWhy("2026-09-20", "")
	o.wantWhy("2026-09-25", "freeday until 2026-09-28")
	o.wantWhy("2026-10-01", "freeday until 2026-10-08")
	o.wantWhy("2026-10-10", "")
}
