package ledger

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// kinded is a line of a kind of tax.
func kinded(l Line, k TaxKind, why string) Line {
	l.Kind, l.Why = k, why
	return l
}

// figures writes sums shortly: "discount; rate base tax; …; net tax total", in minor units.
func figures(t Totals) string {
	parts := []string{fmt.Sprint(t.Discount.Minor)}
	for _, x := range t.Taxes {
		parts = append(parts, fmt.Sprintf("%s%% %d %d", x.Rate, x.Base.Minor, x.Tax.Minor))
	}
	return strings.Join(append(parts, fmt.Sprintf("%d %d %d", t.Net.Minor, t.Tax.Minor, t.Total.Minor)), "; ")
}

// Worked by hand. Article 226 (10) of Directive 2006/112/EC asks for the tax payable; where
// it is rounded, once per rate or per line, is the member states' choice (Koninklijke Ahold,
// C-484/06), and so it is a setting.
func TestTotals(t *testing.T) {
	three := []Line{line("a", "1", "0.53", "19"), line("b", "1", "0.53", "19"), line("c", "1", "0.53", "19")}
	tests := map[string]struct {
		draft Draft
		want  string
	}{
		"tax once per rate: 19 % of 1.59":                 {Draft{Currency: "EUR", Lines: three}, "0; 19% 159 30; 159 30 189"},
		"tax per line: three times 19 % of 0.53":          {Draft{Currency: "EUR", Lines: three, Rounding: RoundLine}, "0; 19% 159 30; 159 30 189"},
		"per line differs: three times 19 % of 0.50":      {Draft{Currency: "EUR", Rounding: RoundLine, Lines: []Line{line("a", "1", "0.50", "19"), line("b", "1", "0.50", "19"), line("c", "1", "0.50", "19")}}, "0; 19% 150 30; 150 30 180"},
		"and once per rate: 19 % of 1.50 is 0.285":        {Draft{Currency: "EUR", Lines: []Line{line("a", "1", "0.50", "19"), line("b", "1", "0.50", "19"), line("c", "1", "0.50", "19")}}, "0; 19% 150 29; 150 29 179"},
		"prices with tax keep their sum":                  {Draft{Currency: "EUR", Inclusive: true, Lines: []Line{line("a", "1", "100", "19")}}, "0; 19% 8403 1597; 8403 1597 10000"},
		"inclusive, 19 % and 7 % mixed":                   {Draft{Currency: "EUR", Inclusive: true, Lines: []Line{line("a", "1", "119", "19"), line("b", "3", "9.99", "7")}}, "0; 19% 10000 1900; 7% 2801 196; 12801 2096 14897"},
		"5 % off two rates":                               {Draft{Currency: "EUR", Off: dec("5"), Lines: []Line{line("a", "1", "100", "19"), line("b", "1", "50.10", "7")}}, "751; 19% 9500 1805; 7% 4759 333; 14259 2138 16397"},
		"5 % off prices with tax":                         {Draft{Currency: "EUR", Inclusive: true, Off: dec("5"), Lines: []Line{line("a", "1", "119", "19")}}, "595; 19% 9500 1805; 9500 1805 11305"},
		"off, per line":                                   {Draft{Currency: "EUR", Off: dec("10"), Rounding: RoundLine, Lines: []Line{line("a", "1", "0.05", "19"), line("b", "1", "0.05", "19")}}, "2; 19% 8 2; 8 2 10"},
		"reverse charge has no tax":                       {Draft{Currency: "EUR", Lines: []Line{kinded(line("a", "1", "1200", "0"), TaxReverse, "")}}, "0; 0% 120000 0; 120000 0 120000"},
		"exempt beside taxed":                             {Draft{Currency: "EUR", Lines: []Line{kinded(line("a", "1", "300", "0"), TaxExempt, "§4"), line("b", "1", "20", "7")}}, "0; 7% 2000 140; 0% 30000 0; 32000 140 32140"},
		"two reasons are two sums":                        {Draft{Currency: "EUR", Lines: []Line{kinded(line("a", "1", "3", "0"), TaxExempt, "§4"), kinded(line("b", "1", "4", "0"), TaxExempt, "§5")}}, "0; 0% 300 0; 0% 400 0; 700 0 700"},
		"19 and 19.0 are one rate":                        {Draft{Currency: "EUR", Lines: []Line{line("a", "1", "0.50", "19"), line("b", "1", "1", "19.0")}}, "0; 19% 150 29; 150 29 179"},
		"yen have no decimals: 10 % of 333 is 33":         {Draft{Currency: "JPY", Lines: []Line{line("a", "1", "333", "10")}}, "0; 10% 333 33; 333 33 366"},
		"yen with tax: 1,100 at 10 % and 1,080 at 8 %":    {Draft{Currency: "JPY", Inclusive: true, Lines: []Line{line("a", "1", "1100", "10"), kinded(line("b", "1", "1080", "8"), TaxReduced, "")}}, "0; 10% 1000 100; 8% 1000 80; 2000 180 2180"},
		"fils: 5 % of 12.345":                             {Draft{Currency: "KWD", Lines: []Line{line("a", "1", "12.345", "5")}}, "0; 5% 12345 617; 12345 617 12962"},
		"a half is rounded away from zero, also a rebate": {Draft{Currency: "EUR", Lines: []Line{line("a", "1", "10", "19"), line("b", "1", "-0.50", "7")}}, "0; 19% 1000 190; 7% -50 -4; 950 186 1136"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := tt.draft.Totals()
			if err != nil || figures(got) != tt.want {
				t.Errorf("got %s, %v, want %s", figures(got), err, tt.want)
			}
		})
	}
}

// What cannot be taxed so is refused, with the key of what to do.
func TestTaxKindsRefuse(t *testing.T) {
	one := []Line{line("a", "1", "10", "0")}
	for want, d := range map[string]Draft{
		"tax.noreason":      {Lines: []Line{kinded(one[0], TaxExempt, " ")}},
		"tax.both":          {Lines: []Line{kinded(line("a", "1", "10", "19"), TaxReverse, "")}},
		"percent.range":     {Off: dec("101"), Lines: one},
		"number.toofine":    {Off: dec("1.2345678"), Lines: one},
		"invoice.nothing":   {Off: dec("100"), Lines: one},
		"invoice.longwords": {Reference: strings.Repeat("ж", 201), Lines: one},
	} {
		d.Currency = "EUR"
		_, err := d.Totals()
		if r, ok := AsRefusal(err); !ok || r.Key != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// Whatever the lines: they add up to their rates, the rates to the document, and prices
// with tax to the total.
func TestLinesAddUp(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := Draft{Currency: rapid.SampledFrom([]Currency{"EUR", "JPY", "KWD"}).Draw(r, "currency"), Inclusive: rapid.Bool().Draw(r, "incl"),
			Off: dec(rapid.SampledFrom([]string{"0", "5", "33.3333"}).Draw(r, "off")), Rounding: TaxRounding(rapid.IntRange(0, 2).Draw(r, "rounding"))}
		for range rapid.IntRange(1, 12).Draw(r, "lines") {
			l := line("x", "1", Money{rapid.Int64Range(-500, 5000).Draw(r, "price"), d.Currency}.Decimal().String(), rapid.SampledFrom([]string{"0", "7", "19"}).Draw(r, "tax"))
			d.Lines = append(d.Lines, l)
		}
		got, err := d.Totals()
		if err != nil {
			return
		}
		var shown, net, tax int64
		for i, l := range got.Lines {
			shown += got.Amounts[i].Minor
			net, tax = net+l.Net.Minor, tax+l.Tax.Minor
		}
		for _, x := range got.Taxes {
			net, tax = net-x.Base.Minor, tax-x.Tax.Minor
		}
		if net != 0 || tax != 0 {
			r.Errorf("lines are off their rates by %d net and %d tax: %s", net, tax, figures(got))
		}
		want := got.Net
		if d.Inclusive {
			want = got.Total
		}
		if shown-got.Discount.Minor != want.Minor {
			r.Errorf("the lines show %d less %d, the document says %s", shown, got.Discount.Minor, figures(got))
		}
	})
}
