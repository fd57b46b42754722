package ledger

import (
	"testing"

	"pgregory.net/rapid"
)

// checkAgingBy sees to it that every dimension of the aging adds up to the same totals, and
// that the filters split them without a rest.
func checkAgingBy(r *rapid.T, v *View) {
	rows := v.Aging(v.Today().AddDays(40))
	totals := AgingTotals(rows)
	for _, by := range []AgingBy{ByCurrency, ByOwner, BySegment} {
		groups := v.Group(rows, by)
		plain := make([]AgingRow, len(groups))
		for i, g := range groups {
			plain[i] = g.AgingRow
		}
		if got := AgingTotals(plain); !sameRows(got, totals) {
			r.Fatalf("by %s the totals are %v, and %v in all", by, got, totals)
		}
	}
	for _, t := range totals {
		parts := AgingTotals(v.Filter(rows, AgingFilter{Currency: t.Currency}))
		if !sameRows(parts, []AgingRow{t}) {
			r.Fatalf("%s alone is %v, and %v among all", t.Currency, parts, t)
		}
		late := AgingTotals(v.Filter(rows, AgingFilter{Currency: t.Currency, From: 1}))
		if len(late) > 0 && late[0].Total() != t.Overdue() || len(late) == 0 && t.Overdue().Minor != 0 {
			r.Fatalf("%v is overdue, and the total says %s", late, t.Overdue())
		}
	}
}

func sameRows(a, b []AgingRow) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestAgingFilters(t *testing.T) {
	b, _ := testBooks(t)
	addAcme(t, b)
	do(t, b, "", func(tx *Tx) error {
		for _, n := range []NewCustomer{{Handle: "beta", Owner: "U1", Segment: "Retail"}, {Handle: "gamma", Owner: "U2", Segment: "retail"}} {
			if _, err := tx.AddCustomer(n); err != nil {
				return err
			}
		}
		u1 := "U1"
		_, err := tx.ChangeCustomer(tx.Customer(3), CustomerChange{Substitute: &u1})
		for id, days := range map[CustomerID]int{1: 0, 2: 30, 3: 31} {
			if err == nil {
				_, err = tx.Issue(Draft{Customer: id, Date: tx.Today().AddDays(-90), Due: tx.Today().AddDays(-days), Currency: "EUR", Lines: []Line{line("a", "1", "1", "0")}})
			}
		}
		return err
	})
	over := func(days int) int {
		n, ok := UsualEdges.Over(days)
		if !ok {
			t.Fatalf("no bucket begins after %d days", days)
		}
		return n
	}
	for _, tt := range []struct {
		name   string
		filter AgingFilter
		want   []CustomerID
	}{
		{"no filter keeps all", AgingFilter{}, []CustomerID{1, 2, 3}},
		{"due today is not overdue", AgingFilter{From: over(0)}, []CustomerID{2, 3}},
		{"the edge of 30 days is inclusive", AgingFilter{From: over(30)}, []CustomerID{3}},
		{"nothing is so old", AgingFilter{From: over(120)}, nil},
		{"a substitute counts as the owner", AgingFilter{Owner: "U1"}, []CustomerID{2, 3}},
		{"an owner", AgingFilter{Owner: "U2"}, []CustomerID{3}},
		{"nobody's", AgingFilter{Unowned: true}, []CustomerID{1}},
		{"a segment in any case", AgingFilter{Segment: "RETAIL"}, []CustomerID{2, 3}},
		{"another currency", AgingFilter{Currency: "USD"}, nil},
	} {
		b.View(func(v *View) error {
			var got []CustomerID
			for _, r := range v.Filter(v.Aging(v.Today()), tt.filter) {
				got = append(got, r.Customer)
			}
			if len(got) != len(tt.want) {
				t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
				return nil
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
				}
			}
			return nil
		})
	}
	for _, days := range []int{1, 45, 121, -1} {
		if _, ok := UsualEdges.Over(days); ok {
			t.Errorf("a bucket begins after %d days", days)
		}
	}
}
