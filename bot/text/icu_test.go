package text

import (
	"encoding/json"
	"os"
	"testing"
)

// Sums and days of every language are to the byte what ICU writes: testdata/icu.js makes the
// list. Sums have two decimals there, whatever the currency.
func TestSumsAndDaysAreICUs(t *testing.T) {
	data, err := os.ReadFile("testdata/icu.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Languages map[string]struct {
			Money map[string][][2]any
			Dates [][4]any
		}
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	c := load(t)
	for _, lang := range c.Languages() {
		want, ok := golden.Languages[lang]
		if !ok || len(want.Money) < 30 || len(want.Dates) < 50 {
			t.Errorf("icu.json has too little of %s", lang)
			continue
		}
		w := c.In(lang)
		for currency, sums := range want.Money {
			for _, x := range sums {
				if got := w.Money(int64(x[0].(float64)), 2, currency); got != x[1] {
					t.Errorf("%s %v %s: got %q, want %q", lang, x[0], currency, got, x[1])
				}
			}
		}
		for _, x := range want.Dates {
			y, m, d := int(x[0].(float64)), int(x[1].(float64)), int(x[2].(float64))
			if got := w.Date(y, m, d); got != x[3] {
				t.Errorf("%s %d-%d-%d: got %q, want %q", lang, y, m, d, got, x[3])
			}
		}
	}
}
