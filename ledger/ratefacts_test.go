package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// rateAct makes rates known: of today or of a day long past, for the first time or instead of
// another. They are of currencies that no money moves in: checkCarry takes the rate that is
// known now for the one that was known then.
func rateAct(r *rapid.T, tx *Tx) error {
	var rates []Rate
	for range rapid.IntRange(1, 3).Draw(r, "rates") {
		rates = append(rates, Rate{Currency: rapid.SampledFrom([]Currency{"THB", "SEK", "EUR"}).Draw(r, "of"),
			Date:  tx.Today().AddDays(-rapid.SampledFrom([]int{0, 0, 1, 3, 12, 13, 20, -1}).Draw(r, "back")),
			Value: decimal.New(rapid.Int64Range(0, 5_000_000).Draw(r, "value"), -6), Per: decimal.New(1, 0)})
	}
	_, err := tx.SetRates("random", rates)
	return err
}

// checkRates sees to it that the known rates are the last ones that the facts set, in order,
// and that no fact sets what was known.
func checkRates(r *rapid.T, v *View) {
	want := map[Currency]map[Date]Rate{}
	facts := 0
	err := v.Facts(1, func(f *Fact) error {
		x, ok := f.Body.(*RatesSet)
		if !ok {
			return nil
		}
		facts++
		for _, q := range x.Rates {
			if want[q.Currency] == nil {
				want[q.Currency] = map[Date]Rate{}
			}
			if old, ok := want[q.Currency][q.Date]; ok && old.same(q) {
				return fmt.Errorf("fact %d sets the rate of %s on %s again", f.Seq, q.Currency, q.Date)
			}
			want[q.Currency][q.Date] = q
		}
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
	for cur, days := range want {
		order := slices.Sorted(maps.Keys(days))
		if got := v.Rates(cur); !slices.EqualFunc(got, order, func(q Rate, d Date) bool { return q.same(days[d]) }) {
			r.Fatalf("%s: got %v, the facts say %v", cur, got, days)
		}
	}
	if n := len(v.RatedCurrencies()); n != len(want) || int(v.s.rateFacts.n) != facts {
		r.Fatalf("%d currencies of %d facts, the facts say %d of %d", n, v.s.rateFacts.n, len(want), facts)
	}
}

// Of two rates of one day the last one counts, also where it is the known one.
func TestLastRateOfADayCounts(t *testing.T) {
	b, _ := testBooks(t)
	do(t, b, "", func(tx *Tx) error {
		day := func(value string) Rate { return Rate{"THB", tx.Today(), dec(value), dec("1")} }
		for _, x := range []struct {
			rates []Rate
			n     int
			want  string
		}{{[]Rate{day("7"), day("8")}, 1, "8"}, {[]Rate{day("9"), day("8")}, 0, "8"}, {[]Rate{day("8.0")}, 0, "8"}, {[]Rate{day("8"), day("9")}, 1, "9"}} {
			n, err := tx.SetRates("x", x.rates)
			if got := tx.Rates("THB"); err != nil || n != x.n || len(got) != 1 || got[0].Value.String() != x.want {
				t.Errorf("%v: %d are new, %v, known: %v", x.rates, n, err, got)
			}
		}
		return nil
	})
}

// Where a rate came from is found from the newest fact back; a refused command leaves no
// rate and no trace behind, although rates are appended in place.
func TestRateFacts(t *testing.T) {
	b, _ := testBooks(t)
	set := func(source, currency, value string, back int) error {
		return try(b, "", func(tx *Tx) error {
			_, err := tx.SetRates(source, []Rate{{Currency: Currency(currency), Date: tx.Today().AddDays(-back), Value: dec(value), Per: dec("1")}})
			return err
		})
	}
	for _, x := range []struct {
		source, value string
		back          int
	}{{"a", "7", 3}, {"b", "8", 2}, {"c", "9", 2}, {"d", "10", 0}} {
		if err := set(x.source, "THB", x.value, x.back); err != nil {
			t.Fatal(err)
		}
	}
	refused := try(b, "", func(tx *Tx) error {
		if _, err := tx.SetRates("e", []Rate{{Currency: "THB", Date: tx.Today(), Value: dec("11"), Per: dec("1")}}); err != nil {
			return err
		}
		return Refuse(Conflict, "invoice.unknown", "text", "x")
	})
	if _, ok := AsRefusal(refused); !ok {
		t.Fatal(refused)
	}
	err := b.View(func(v *View) error {
		var found []string
		list := v.Rates("THB")
		err := v.RateFacts(func(_ *Fact, x *RatesSet) bool {
			for _, r := range list {
				if x.Has(r) {
					found = append(found, x.Source+" "+r.Value.String())
				}
			}
			return x.Source != "a"
		})
		if got, want := strings.Join(found, ", "), "d 10, c 9, a 7"; got != want || len(list) != 3 {
			t.Errorf("got %s of %d rates, want %s", got, len(list), want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
