package ledger

import (
	"cmp"
	"sort"
	"strings"
)

// AgingFilter narrows an aging report; the zero filter keeps all. Owner and segment are the
// customer's as they are now, also in a report of a past day.
type AgingFilter struct {
	Owner    string // Slack user: customers that he owns or stands in for
	Unowned  bool   // customers that nobody owns
	Sole     bool   // Owner's own alone, and not those that he stands in for
	Segment  string
	Bare     bool // customers of no segment
	Currency Currency
	From     int // the first bucket that counts: 1 is what is overdue, 2 what is so for over 30 days
	Only     int // 1 is what is not due, 2 the first bucket past due, and so on; past the last, money on account; 0: all
}

// Filter returns what f keeps of rows. Where f asks for what is overdue, the other buckets
// and money on account are left out of a row, and rows that are empty then.
func (v *View) Filter(rows []AgingRow, f AgingFilter) []AgingRow {
	out := make([]AgingRow, 0, len(rows))
	for i := range rows {
		r, c := rows[i], v.Customer(rows[i].Customer)
		if f.Currency != "" && r.Currency != f.Currency || f.Segment != "" && c.Segment != strings.ToLower(f.Segment) ||
			f.Unowned && c.Owner != "" || f.Bare && c.Segment != "" || f.Owner != "" && c.Owner != f.Owner && (f.Sole || c.Substitute != f.Owner) {
			continue
		}
		if f.From > 0 || f.Only > 0 {
			r = r.within(f)
			if r.Total().Minor == 0 {
				continue
			}
		}
		out = append(out, r)
	}
	return out
}

// within is the part of a row that lies in the buckets that f asks for.
func (r *AgingRow) within(f AgingFilter) AgingRow {
	out := AgingRow{Customer: r.Customer, Currency: r.Currency}
	for i := f.From; i < Buckets; i++ {
		if f.Only == 0 || f.Only == i+1 {
			out.Bucket[i], out.DisputedIn[i] = r.Bucket[i], r.DisputedIn[i]
			out.Disputed += r.DisputedIn[i]
		}
	}
	if f.Only > Buckets {
		out.OnAcct = r.OnAcct
	}
	return out
}

// AgingBy is what the rows of a report are summed by.
type AgingBy string

// The dimensions. By customer is the report as it is; by bucket has BucketSums.
const (
	ByCustomer AgingBy = "customer"
	ByCurrency AgingBy = "currency"
	ByOwner    AgingBy = "owner"
	BySegment  AgingBy = "segment"
	ByBucket   AgingBy = "bucket"
)

// AgingGroup is the sum of the rows of one currency that share an owner or a segment. Its
// Customer is 0.
type AgingGroup struct {
	Key       string // Slack user, or segment; "" for none; always "" by currency
	Customers int
	AgingRow
}

// Group sums rows by owner, segment or currency, in order of currency and then of key. The
// groups of a currency add up to its AgingTotals.
func (v *View) Group(rows []AgingRow, by AgingBy) []AgingGroup {
	type place struct {
		cur Currency
		key string
	}
	sums := map[place]*AgingGroup{}
	for i := range rows {
		at := place{cur: rows[i].Currency}
		switch c := v.Customer(rows[i].Customer); by {
		case ByOwner:
			at.key = c.Owner
		case BySegment:
			at.key = c.Segment
		}
		g := sums[at]
		if g == nil {
			g = &AgingGroup{Key: at.key, AgingRow: AgingRow{Currency: at.cur}}
			sums[at] = g
		}
		g.Customers++
		g.add(&rows[i])
	}
	out := make([]AgingGroup, 0, len(sums))
	for _, g := range sums {
		out = append(out, *g)
	}
	sort.Slice(out, func(i, j int) bool {
		return cmp.Or(cmp.Compare(out[i].Currency, out[j].Currency), cmp.Compare(out[i].Key, out[j].Key)) < 0
	})
	return out
}
