package simulate

import (
	"cmp"
	"slices"
)

// Cheques, as the oracle sees them: one that is alive covers what it is for, and nothing is said of
// that, until it bounces.

// cheque is a cheque of a debtor's. It is alive until it is paid, bounces or is given back.
type cheque struct {
	of    *debtor
	sum   int64
	cur   string
	debts []*debt // that it is for, in order; none: whatever is due first
}

// cover is what the living cheques of x's debtor cover of x: those for it first, then those for
// whatever is due first.
func (o *oracle) cover(x *debt) int64 {
	d := x.of
	if len(d.cheques) == 0 {
		return 0
	}
	covered := map[*debt]int64{}
	for _, named := range []bool{true, false} {
		for _, q := range d.cheques {
			list := q.debts
			if named != (len(list) > 0) {
				continue
			}
			if !named {
				list = d.order(q.cur)
			}
			left := q.sum
			for _, y := range list {
				take := max(0, min(left, y.open-covered[y]))
				covered[y] += take
				left -= take
			}
		}
	}
	return covered[x]
}

// order are d's open debts of a currency by the oldest share that is open, as money settles them; a
// debt stands where its first share does.
func (d *debtor) order(cur string) (out []*debt) {
	for _, x := range d.open {
		if x.currency == cur {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b *debt) int { return cmp.Or(cmp.Compare(a.first(), b.first()), cmp.Compare(a.id, b.id)) })
	return out
}

// first is the due date of x's oldest share that is open, disputed or not.
func (x *debt) first() day {
	settled := x.sum - x.open
	for i := range x.shares {
		if settled < x.shares[i].sum {
			return x.shares[i].due
		}
		settled -= x.shares[i].sum
	}
	return x.shares[len(x.shares)-1].due
}

// covered reports whether cheques cover all that is overdue of x, or else its next share.
func (o *oracle) covered(x *debt, on day) bool {
	cover := o.cover(x)
	return cover > 0 && x.owedBy(max(on-1, x.carry().due)) <= cover
}

// slice is a share of a debt that is open.
type slice struct {
	of  *debt
	due day
	sum int64
}

// settles are what so much money pays of d's open shares of a currency: the oldest first.
func (d *debtor) settles(cur string, money int64) (out []slice) {
	var all []slice
	for _, x := range d.open {
		settled := x.sum - x.open
		for i := range x.shares {
			took := min(settled, x.shares[i].sum)
			if settled -= took; x.currency == cur && took < x.shares[i].sum {
				all = append(all, slice{x, x.shares[i].due, x.shares[i].sum - took})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b slice) int { return cmp.Or(cmp.Compare(a.due, b.due), cmp.Compare(a.of.id, b.of.id)) })
	for _, x := range all {
		if x.sum = min(x.sum, money); x.sum > 0 {
			out = append(out, x)
			money -= x.sum
		}
	}
	return out
}
