package ledger

import (
	"cmp"
	"slices"
)

// ForecastBy is by what a sum is expected on a day.
type ForecastBy string

// What a forecast goes by. A date that somebody gave comes before all customs.
const (
	ByPromise   ForecastBy = "promise"  // the customer named the day
	ByPlanPart  ForecastBy = "plan"     // the day of the part
	ByCheque    ForecastBy = "cheque"   // the date written on it
	ByHabit     ForecastBy = "customer" // as late as he pays
	BySegmentOf ForecastBy = "segment"  // as late as customers of his segment pay
	ByCompany   ForecastBy = "company"  // as late as all customers pay
	ByDueDate   ForecastBy = "due"      // no custom tells
)

// ForecastLine is money that is expected on a day.
type ForecastLine struct {
	DigestLine
	By   ForecastBy
	Late int // days after the due date, where it goes by a custom
}

// Forecast is what is expected in some days to come, and what of the debts is not.
type Forecast struct {
	Lines    []ForecastLine // in order of date
	Disputed map[Currency]Money
	Held     map[Currency]Money // reminders are on hold
	Unsaid   map[Currency]Money // so late already that nobody has ever paid as late
}

// ForecastDays is how far a forecast looks: today and the days behind it.
const ForecastDays = 30

// Forecast tells when what is open may come, from a day on and for ForecastDays.
//
// A promise, a part of a plan and a cheque are expected on their own dates; a day that has come
// is today. Everything else is expected as late as the customer himself pays: the median of the
// delays of his last 24 payments, in days from the due date of what they settled, each weighted
// by the sum that it settled there (the weighted mean delay of credit management, with a median
// in the place of the mean so that one very late payment does not move it). Delays shorter than
// what is late already are left out: given that it is not paid on its 20th day, only those who
// took 20 days or more say when it will be. A customer with fewer than three payments, or none
// that took as long, is taken for his segment, each settlement of which counts once, and a
// segment with fewer than eight for all customers; where they tell nothing either, what
// is not due yet is expected when it is, and what nobody was ever as late with is not expected at
// all, which is told, as is what is disputed or on hold. Money on account settles what is due first.
//
// Its cost follows the customers with open invoices, and 24 payments of each.
func (v *View) Forecast(on Date) Forecast {
	f := newForecaster(v, on)
	v.s.customers.each(func(c *Customer) {
		if c.HasOpen() {
			f.customer(c)
		}
	})
	f.cheques()
	return f.sorted()
}

// Forecast is that of a View, made of some customers after the others: whoever writes waits for some
// milliseconds. Each is looked at once, as he stands then.
func (b *Books) Forecast(on Date) (Forecast, error) {
	f := newForecaster(nil, on)
	pools := map[string][]delay{"": {}}
	err := b.eachOpen(func(v *View, c *Customer) {
		for _, d := range v.delaysOf(c, "") {
			pools[""] = append(pools[""], delay{d.days, 1})
			if c.Segment != "" {
				pools[c.Segment] = append(pools[c.Segment], delay{d.days, 1})
			}
		}
	})
	for _, pool := range pools {
		slices.SortFunc(pool, byDelay)
	}
	f.pools, f.whole = pools, true
	if err == nil {
		err = b.eachOpen(func(v *View, c *Customer) {
			f.v = v
			f.customer(c)
		})
	}
	if err == nil {
		err = b.View(func(v *View) error {
			f.v = v
			f.cheques()
			return nil
		})
	}
	return f.sorted(), err
}

// eachOpen calls f with every customer who owes something, some of them at a time.
func (b *Books) eachOpen(f func(v *View, c *Customer)) error {
	return b.EachCustomer(func(v *View, c *Customer) {
		if c.HasOpen() {
			f(v, c)
		}
	})
}

func newForecaster(v *View, on Date) *forecaster {
	return &forecaster{v: v, on: on, last: on.AddDays(ForecastDays - 1), pools: map[string][]delay{},
		out: Forecast{Disputed: map[Currency]Money{}, Held: map[Currency]Money{}, Unsaid: map[Currency]Money{}}}
}

// cheques expects what is written on those that customers have given.
func (f *forecaster) cheques() {
	for _, q := range f.v.LiveCheques() {
		f.expect(ForecastLine{DigestLine: DigestLine{Customer: q.Customer, Cheque: q.ID, Date: q.Dated, Amount: q.Amount}, By: ByCheque})
	}
}

// sorted is the forecast, in order.
func (f *forecaster) sorted() Forecast {
	slices.SortStableFunc(f.out.Lines, func(a, b ForecastLine) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Amount.Currency, b.Amount.Currency), cmp.Compare(b.Amount.Minor, a.Amount.Minor))
	})
	return f.out
}

// delay is how late a sum was settled.
type delay struct {
	days   int
	weight int64
}

type forecaster struct {
	v        *View
	on, last Date
	pools    map[string][]delay // of segments, and under "" of all
	whole    bool               // no other pool has anybody
	out      Forecast
}

// expect adds what is expected within the forecast's days; what was to come before is expected
// today.
func (f *forecaster) expect(l ForecastLine) {
	if l.Date = max(l.Date, f.on); l.Amount.Minor > 0 && l.Date <= f.last {
		f.out.Lines = append(f.out.Lines, l)
	}
}

func (f *forecaster) leave(into map[Currency]Money, m Money) {
	if m.Minor > 0 {
		into[m.Currency] = into[m.Currency].Add(m)
	}
}

// customer forecasts one customer's debts, those that are due first before others.
func (f *forecaster) customer(c *Customer) {
	covers, held := f.v.Covers(c), f.v.HoldOf(c, 0) != nil
	onAcct := f.v.s.onAccount(c.ID)
	if !held {
		for _, p := range f.v.PlansOf(c) {
			for _, l := range f.v.partsToCome(p) {
				f.expect(ForecastLine{DigestLine: l, By: ByPlanPart})
			}
		}
	}
	delays, told := map[Currency][]delay{}, map[InvoiceID]int64{} // told: what of a dispute was taken off
	for _, item := range f.v.OpenItems(c) {
		inv, left := item.Invoice, item.Open
		taken := func(from int64) int64 { // what takes a sum's place, at most what is left
			n := max(min(from, left.Minor), 0)
			left.Minor -= n
			return n
		}
		if _, known := delays[inv.Currency]; !known {
			delays[inv.Currency] = f.v.delaysOf(c, inv.Currency)
		}
		contested := taken(inv.DisputedMoney().Minor - told[inv.ID])
		told[inv.ID] += contested
		f.leave(f.out.Disputed, Money{contested, inv.Currency})
		if cover, ok := covers[inv.ID]; ok {
			cover.Amount.Minor -= taken(cover.Amount.Minor)
			covers[inv.ID] = cover
		}
		if onAcct[inv.Currency] > 0 {
			onAcct[inv.Currency] -= taken(onAcct[inv.Currency])
		}
		f.item(c, item, left, held, delays[inv.Currency])
	}
}

// item forecasts what is left of one part of an invoice.
func (f *forecaster) item(c *Customer, item OpenItem, left Money, held bool, own []delay) {
	inv := item.Invoice
	line := ForecastLine{DigestLine: DigestLine{Customer: c.ID, Invoice: inv.ID, Date: item.Due, Amount: left}}
	p := f.v.s.promises.at(inv.promise)
	switch {
	case held || f.v.HoldOf(c, inv.ID) != nil:
		f.leave(f.out.Held, left)
		return
	case inv.Plan != 0: // its parts are expected
		return
	case p != nil && p.Outcome == PromiseAwaited:
		line.Date, line.By = p.By, ByPromise
	default:
		var ok bool
		if line.Late, line.By, ok = f.late(c, own, DaysOverdue(item.Due, f.on)); !ok {
			f.leave(f.out.Unsaid, left)
			return
		}
		line.Date = item.Due.AddDays(line.Late)
	}
	f.expect(line)
}

// How many delays tell a custom.
const (
	ownDelays     = 3
	segmentDelays = 8
)

// late is how late a debt that is so old will be paid, and whose custom tells; ok is false where
// nobody's does.
func (f *forecaster) late(c *Customer, own []delay, age int) (days int, by ForecastBy, ok bool) {
	if len(own) >= ownDelays {
		if days, ok = medianFrom(own, age); ok {
			return days, ByHabit, true
		}
	}
	if pool := f.pool(c.Segment); c.Segment != "" && len(pool) >= segmentDelays {
		if days, ok = medianFrom(pool, age); ok {
			return days, BySegmentOf, true
		}
	}
	if days, ok = medianFrom(f.pool(""), age); ok {
		return days, ByCompany, true
	}
	return 0, ByDueDate, age <= 0
}

// pool are the delays of a segment's customers who owe something, or of all of them.
func (f *forecaster) pool(segment string) []delay {
	if f.pools[segment] == nil && !f.whole {
		list := []delay{}
		f.v.s.customers.each(func(c *Customer) {
			if c.HasOpen() && (segment == "" || c.Segment == segment) {
				for _, d := range f.v.delaysOf(c, "") {
					list = append(list, delay{d.days, 1})
				}
			}
		})
		slices.SortFunc(list, byDelay)
		f.pools[segment] = list
	}
	return f.pools[segment]
}

func byDelay(a, b delay) int { return cmp.Compare(a.days, b.days) }

// delaysOf are the delays of what c's last payments settled of invoices in a currency, or with
// none in any, shortest first.
func (v *View) delaysOf(c *Customer, cur Currency) (out []delay) {
	v.paidLately(c, func(p *Payment, on Date) {
		for st := v.s.settlements.at(p.lastSettled); st != nil; st = v.s.settlements.at(st.before) {
			inv := v.Invoice(st.Invoice)
			if inv != nil && !st.Reversed && st.Minor > 0 && (cur == "" || inv.Currency == cur) {
				out = append(out, delay{DaysOverdue(inv.Due, on), st.Minor})
			}
		}
	})
	slices.SortFunc(out, byDelay)
	return out
}

// medianFrom is the weighted median of the delays of an age or more; ok is false where there are
// none.
func medianFrom(list []delay, age int) (days int, ok bool) {
	from, _ := slices.BinarySearchFunc(list, age, func(d delay, age int) int { return cmp.Compare(d.days, age) })
	list = list[from:]
	sum, half := int64(0), int64(0)
	for _, d := range list {
		sum += d.weight
	}
	for _, d := range list {
		if half += d.weight; half >= sum-half {
			return d.days, true
		}
	}
	return 0, false
}
