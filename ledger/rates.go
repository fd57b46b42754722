package ledger

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"github.com/shopspring/decimal"
)

// Rate says what a currency was worth on a day: Per units of it are Value units of the
// company's currency. Both are as they were quoted, so that no quotient is ever rounded: a
// central bank's "100 JPY = 0.6213 EUR", or the ECB's "1 EUR = 1.0857 USD" (Value 1, Per
// 1.0857).
type Rate struct {
	Currency Currency
	Date     Date
	Value    decimal.Decimal // more than 0, at most 6 places
	Per      decimal.Decimal // more than 0, at most 6 places
}

func (r *Rate) code(c *coder) {
	str(c, &r.Currency)
	num(c, &r.Date)
	c.dec(&r.Value)
	c.dec(&r.Per)
}

// same reports whether q says the same as r, however it is written.
func (r Rate) same(q Rate) bool {
	return r.Currency == q.Currency && r.Date == q.Date && r.Value.Equal(q.Value) && r.Per.Equal(q.Per)
}

// RatesSet is the fact that rates became known. One of an earlier fact for the same day no
// longer holds; what was booked at it stays.
type RatesSet struct {
	Source string // "entered", "ECB", or a file's name
	Rates  []Rate // in order of currency and date
}

// refsMax is how many rates of a fact are told one by one.
const refsMax = 3

// refs are the source and the rates, or, of many, how many they are.
func (x *RatesSet) refs(base Currency) []string {
	out := []string{x.Source}
	if n := len(x.Rates); n > refsMax {
		return append(out, fmt.Sprintf("%d rates", n))
	}
	for _, r := range x.Rates {
		out = append(out, fmt.Sprintf("%s: %s %s = %s %s", r.Date, r.Per, r.Currency, r.Value, base))
	}
	return out
}

func (x *RatesSet) kind() factKind { return kindRates }

func (x *RatesSet) code(c *coder) {
	str(c, &x.Source)
	list(c, &x.Rates, func(c *coder, r *Rate) { r.code(c) })
}

func (x *RatesSet) apply(s *state, f *Fact) {
	s.rateFacts.add(s, f.Seq)
	for from := 0; from < len(x.Rates); {
		cur, to := x.Rates[from].Currency, from
		for to < len(x.Rates) && x.Rates[to].Currency == cur {
			to++
		}
		put(s, s.rates, cur, mergeRates(s.rates[cur], x.Rates[from:to]))
		from = to
	}
}

// mergeRates puts fresh rates among old ones of the same currency, in order of date.
func mergeRates(old, fresh []Rate) []Rate {
	if n := len(old); n == 0 || fresh[0].Date > old[n-1].Date {
		// In place: undo puts the shorter list back, and what lies behind its end is nobody's. A
		// copy for each day would make a start on years of daily rates slow.
		return append(old, fresh...)
	}
	out := make([]Rate, 0, len(old)+len(fresh))
	for len(old) > 0 && len(fresh) > 0 {
		switch {
		case old[0].Date < fresh[0].Date:
			out, old = append(out, old[0]), old[1:]
		case old[0].Date == fresh[0].Date:
			old = old[1:]
		default:
			out, fresh = append(out, fresh[0]), fresh[1:]
		}
	}
	return append(append(out, old...), fresh...)
}

// Has reports whether x set r.
func (x *RatesSet) Has(r Rate) bool {
	i := sort.Search(len(x.Rates), func(i int) bool {
		q := &x.Rates[i]
		return q.Currency > r.Currency || q.Currency == r.Currency && q.Date >= r.Date
	})
	return i < len(x.Rates) && x.Rates[i].same(r)
}

// RateEntered is the source of rates that a person typed.
const RateEntered = "entered"

const (
	ratesMax      = 500_000 // rates of one fact
	rateSourceMax = 100     // bytes
)

// SetRates books rates that are not known yet, or differ from what is known, and returns
// how many these are. Rates of the company's own currency are left out. It returns a
// BadInput refusal for a rate that cannot be.
func (tx *Tx) SetRates(source string, rates []Rate) (int, error) {
	if len(source) > rateSourceMax {
		source = source[:rateSourceMax]
	}
	if len(rates) > ratesMax {
		return 0, Refuse(BadInput, "rate.many", "max", ratesMax)
	}
	x := &RatesSet{Source: source}
	for _, r := range rates {
		if r.Currency == tx.s.company.Currency {
			continue
		}
		if err := tx.CheckRate(r); err != nil {
			return 0, err
		}
		x.Rates = append(x.Rates, r)
	}
	sort.SliceStable(x.Rates, func(i, j int) bool {
		a, b := &x.Rates[i], &x.Rates[j]
		return a.Currency < b.Currency || a.Currency == b.Currency && a.Date < b.Date
	})
	x.Rates = slices.DeleteFunc(lastOfEach(x.Rates), func(r Rate) bool {
		known := tx.s.rateUntil(r.Currency, r.Date)
		return known != nil && known.same(r)
	})
	if len(x.Rates) == 0 {
		return 0, nil
	}
	_, err := tx.append(tx.Today(), x)
	return len(x.Rates), err
}

// lastOfEach keeps the last rate of each currency and day; the rates are in order.
func lastOfEach(rates []Rate) []Rate {
	out := rates[:0]
	for _, r := range rates {
		if n := len(out); n > 0 && out[n-1].Currency == r.Currency && out[n-1].Date == r.Date {
			out[n-1] = r
		} else {
			out = append(out, r)
		}
	}
	return out
}

// CheckRate returns the refusal of a rate that cannot be.
func (v *View) CheckRate(r Rate) error {
	if !r.Currency.Valid() {
		return Refuse(BadInput, "currency.unknown", "text", string(r.Currency))
	}
	if r.Date > v.Today() {
		return Refuse(BadInput, "rate.future", "date", r.Date, "currency", string(r.Currency))
	}
	for _, d := range []decimal.Decimal{r.Value, r.Per} {
		if err := checkNumber(d); err != nil {
			return err
		}
		if !d.IsPositive() {
			return Refuse(BadInput, "rate.positive", "text", d.String(), "currency", string(r.Currency))
		}
	}
	return nil
}

// rateUntil is the last rate of cur on a day or before, nil without one.
func (s *state) rateUntil(cur Currency, day Date) *Rate {
	list := s.rates[cur]
	n := sort.Search(len(list), func(i int) bool { return list[i].Date > day })
	if n == 0 {
		return nil
	}
	return &list[n-1]
}

// rateDays is how old a rate may be: over Easter and Golden Week nobody quotes.
const rateDays = 7

// RateOn returns the rate of cur that holds on a day: the last one, at most 7 days old. It
// returns a NotFound refusal where there is none. The company's own currency has rate 1.
func (v *View) RateOn(cur Currency, day Date) (Rate, error) {
	own := v.s.company.Currency
	if cur == own {
		one := decimal.NewFromInt(1)
		return Rate{cur, day, one, one}, nil
	}
	r := v.s.rateUntil(cur, day)
	switch {
	case r == nil:
		return Rate{}, Refuse(NotFound, "rate.none", "currency", string(cur), "date", day, "day", day.String(), "base", string(own))
	case r.Date < day.AddDays(-rateDays):
		return Rate{}, Refuse(NotFound, "rate.old", "currency", string(cur), "date", day, "day", day.String(), "last", r.Date, "base", string(own))
	}
	return *r, nil
}

// Rates returns all known rates of cur, oldest first. They must not be changed.
func (v *View) Rates(cur Currency) []Rate { return v.s.rates[cur] }

// RatedCurrencies returns the currencies of which rates are known, in order.
func (v *View) RatedCurrencies() []Currency {
	out := make([]Currency, 0, len(v.s.rates))
	for cur := range v.s.rates {
		out = append(out, cur)
	}
	slices.Sort(out)
	return out
}

// RateFacts calls f with the facts that set rates, the newest first, until f returns false.
func (v *View) RateFacts(f func(*Fact, *RatesSet) bool) error {
	for n := v.s.rateFacts.n; n > 0; n-- {
		fact, err := v.fact(*v.s.rateFacts.at(n))
		if err != nil {
			return err
		}
		if x, ok := fact.Body.(*RatesSet); !ok || !f(fact, x) {
			return nil
		}
	}
	return nil
}

// InBase returns m in the company's currency at rate r, rounded once.
func (v *View) InBase(m Money, r Rate) (Money, error) {
	return divide(m.Decimal().Mul(r.Value), r.Per, v.s.company.Currency)
}

// Convert returns m, whose rate is from, in the currency of rate to, rounded once.
func Convert(m Money, from, to Rate) (Money, error) {
	return divide(m.Decimal().Mul(from.Value).Mul(to.Per), from.Per.Mul(to.Value), to.Currency)
}

// divide is num/den in cur, rounded once: DivRound looks at the whole remainder, so that no
// quotient is cut just below a half.
func divide(num, den decimal.Decimal, cur Currency) (Money, error) {
	return Round(num.DivRound(den, cur.Exponent()), cur)
}

func dumpRates(w io.Writer, s *state) {
	s.rateFacts.each(func(seq *uint64) { fmt.Fprintf(w, "rates of fact %d\n", *seq) })
	lines(w, "rates", s.rates, func(list []Rate) string {
		var out strings.Builder
		for _, r := range list {
			fmt.Fprintf(&out, " %s %s/%s", r.Date, r.Value, r.Per)
		}
		return out.String()
	})
}
