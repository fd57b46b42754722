package ledger

import (
	"strings"
	"testing"
)

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
