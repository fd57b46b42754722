package ledger

import (
	"cmp"
	"slices"
	"sort"
)

// Buckets of the aging report: not yet due, then four with a last day each, and what is overdue
// for longer.
const Buckets = 6

// AgingEdges are the last days overdue of the buckets from the second to the last but one, each
// larger than the one before.
type AgingEdges [Buckets - 2]int

// UsualEdges make the buckets 1-30, 31-60, 61-90, 91-120 and over 120 days overdue.
var UsualEdges = AgingEdges{30, 60, 90, 120}

// Edges are those that the books were opened with.
func (v *View) Edges() AgingEdges { return v.b.edges }

// Bucket returns the bucket of an invoice due on due, on a day; its last day belongs to it.
func (e AgingEdges) Bucket(due, on Date) int {
	days := DaysOverdue(due, on)
	if days <= 0 {
		return 0
	}
	for i, edge := range e {
		if days <= edge {
			return i + 1
		}
	}
	return Buckets - 1
}

// Over returns the first bucket of what is more than so many days overdue; ok is false for a
// number at which no bucket begins.
func (e AgingEdges) Over(days int) (bucket int, ok bool) {
	if days == 0 {
		return 1, true
	}
	i := slices.Index(e[:], days)
	return i + 2, i >= 0
}

// From is the first day overdue of a bucket; 0 for what is not due.
func (e AgingEdges) From(bucket int) int {
	if bucket < 2 {
		return bucket
	}
	return e[bucket-2] + 1
}

// AgingRow is one customer's debt in one currency.
type AgingRow struct {
	Customer CustomerID
	Currency Currency
	Bucket   [Buckets]int64 // minor units open, by days overdue
	OnAcct   int64          // money and credits not applied, shown as a negative
	Disputed int64          // part of the buckets

	DisputedIn [Buckets]int64 // the same, bucket by bucket
}

// Total is what the customer owes all in all.
func (r *AgingRow) Total() Money {
	sum := -r.OnAcct
	for _, b := range r.Bucket {
		sum += b
	}
	return Money{sum, r.Currency}
}

// Overdue is the sum of the buckets past the due date.
func (r *AgingRow) Overdue() Money {
	sum := int64(0)
	for _, b := range r.Bucket[1:] {
		sum += b
	}
	return Money{sum, r.Currency}
}

// OverdueDisputed is the part of Overdue that is in dispute.
func (r *AgingRow) OverdueDisputed() Money {
	sum := int64(0)
	for _, b := range r.DisputedIn[1:] {
		sum += b
	}
	return Money{sum, r.Currency}
}

func (r *AgingRow) add(x *AgingRow) {
	for i := range r.Bucket {
		r.Bucket[i] += x.Bucket[i]
	}
	r.OnAcct += x.OnAcct
	r.Disputed += x.Disputed
	for i := range r.DisputedIn {
		r.DisputedIn[i] += x.DisputedIn[i]
	}
}

// owe counts what is open on an invoice, part by part, and how much of it is in dispute: a
// disputed sum takes the place of the oldest parts.
func (r *AgingRow) owe(inv *Invoice, open, disputed int64, e AgingEdges, on Date) {
	r.Disputed += disputed
	inv.slices(open, func(due Date, minor int64) {
		bucket := e.Bucket(due, on)
		r.Bucket[bucket] += minor
		contested := minMinor(disputed, max(minor, 0))
		r.DisputedIn[bucket] += contested
		disputed -= contested
	})
}

// AgingOf returns c's rows, one per currency with anything in it, in order of currency.
// Its cost follows c's open invoices.
func (v *View) AgingOf(c *Customer, on Date) []AgingRow { return v.appendAging(nil, c, on) }

// Aging returns the rows of all customers, in order of customer and currency.
func (v *View) Aging(on Date) []AgingRow {
	out := make([]AgingRow, 0, v.s.customers.n)
	v.s.customers.each(func(c *Customer) { out = v.appendAging(out, c, on) })
	return out
}

// appendAging adds c's rows to out.
func (v *View) appendAging(out []AgingRow, c *Customer, on Date) []AgingRow {
	rows := agingRows{out, len(out), c.ID}
	items := v.s.itemsOf(c.ID)
	for i := range items {
		item := &items[i]
		row := rows.of(v.s.currencies[item.currency])
		if item.plain {
			row.Bucket[v.b.edges.Bucket(item.due, on)] += item.open
			continue
		}
		inv := v.Invoice(item.invoice)
		row.owe(inv, inv.Open, inv.DisputedMoney().Minor, v.b.edges, on)
	}
	for _, b := range v.s.balancesOf(c.ID) {
		if b.account == OnAccount && b.minor != 0 {
			rows.of(v.s.currencies[b.currency]).OnAcct = -b.minor
		}
	}
	return rows.done()
}

// agingRows are rows being made: those of one customer, at the end of the rows of all.
type agingRows struct {
	all      []AgingRow
	first    int // where the customer's begin
	customer CustomerID
}

// of is the customer's row in a currency, until the next call.
func (r *agingRows) of(cur Currency) *AgingRow {
	for i := r.first; i < len(r.all); i++ {
		if r.all[i].Currency == cur {
			return &r.all[i]
		}
	}
	r.all = append(r.all, AgingRow{Customer: r.customer, Currency: cur})
	return &r.all[len(r.all)-1]
}

// done puts the customer's rows in order.
func (r *agingRows) done() []AgingRow {
	if len(r.all)-r.first > 1 {
		slices.SortFunc(r.all[r.first:], func(a, b AgingRow) int { return cmp.Compare(a.Currency, b.Currency) })
	}
	return r.all
}

// AgingTotals sums rows per currency, in order of currency.
func AgingTotals(rows []AgingRow) []AgingRow {
	sums := map[Currency]*AgingRow{}
	for i := range rows {
		r := &rows[i]
		if sums[r.Currency] == nil {
			sums[r.Currency] = &AgingRow{Currency: r.Currency}
		}
		sums[r.Currency].add(r)
	}
	out := make([]AgingRow, 0, len(sums))
	for _, r := range sums {
		out = append(out, *r)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Currency < out[j].Currency })
	return out
}

// onAccount returns what a customer has on account, per currency, without zeros.
func (s *state) onAccount(id CustomerID) map[Currency]int64 {
	var out map[Currency]int64
	for _, b := range s.balancesOf(id) {
		if b.account == OnAccount && b.minor != 0 {
			if out == nil {
				out = map[Currency]int64{}
			}
			out[s.currencies[b.currency]] = -b.minor
		}
	}
	return out
}

// Balance is what c owes in each currency: open invoices less what is on account.
func (v *View) Balance(c *Customer) []Money {
	var out []Money
	for _, r := range v.AgingOf(c, v.Today()) {
		if t := r.Total(); t.Minor != 0 {
			out = append(out, t)
		}
	}
	return out
}
