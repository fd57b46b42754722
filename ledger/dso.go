package ledger

import (
	"math/big"
	"slices"
)

// Days sales outstanding: how long a company waits for its money. What was billed on each day is
// kept as it is booked, so that the answer costs as many days as it tells of.

// billedKey is a day and a currency.
type billedKey struct {
	day      Date
	currency uint16 // index into state.currencies
}

// bill notes what a document bills on a day; a credit note, or an invoice that is void, bills
// less than nothing.
func (s *state) bill(cur Currency, minor int64, day Date) {
	if minor == 0 {
		return
	}
	key := billedKey{day, s.currencyIndex(cur)}
	if sum := s.billed[key] + minor; sum == 0 {
		drop(s, s.billed, key)
	} else {
		put(s, s.billed, key, sum)
	}
}

// DSO is days sales outstanding in one currency, by both ways of telling it.
type DSO struct {
	// CountBack is how many of the last days make up, by what was billed on them, what is owed
	// now. It answers at once when customers pay later, whatever the season.
	CountBack int
	Beyond    bool // it is more than that: CountBack is as far as the books, or a look back, go
	// Simple is what is owed now, divided by what was billed in the last 90 days, times 90;
	// -1 where nothing was billed.
	Simple int
	// Best is the best possible: what is owed and not yet due, by the simple formula. Nobody who
	// keeps to his terms makes it less. -1 where nothing was billed.
	Best int
}

const (
	dsoDays = 90      // of the simple formula
	dsoBack = 3 * 366 // days that are counted back at most
)

// DaysSales is the DSO of receivables as they stand at the end of a day: open invoices less
// what is on account, by rows of an aging.
func (v *View) DaysSales(rows []AgingRow, cur Currency, on Date) (d DSO) {
	return v.daysSales(rows, cur, on, nil)
}

// DaysSalesThen is the DSO as it was told on a day: what has been billed and recorded since is
// left out, as it is of the rows.
func (v *View) DaysSalesThen(cur Currency, a AsOf) (d DSO, err error) {
	since := map[Date]int64{}
	note := func(m Money, day Date) {
		if m.Currency == cur {
			since[day] += m.Minor
		}
	}
	if a.Known > 0 {
		err = v.Facts(a.Known+1, func(f *Fact) error {
			switch x := f.Body.(type) {
			case *InvoiceIssued:
				note(x.Total, x.Date)
			case *CreditNoteIssued:
				note(x.Total.Neg(), f.Effective)
			case *InvoiceVoided:
				if inv := v.Invoice(x.Invoice); inv != nil {
					note(Money{Minor: -inv.Total, Currency: inv.Currency}, inv.Date)
				}
			}
			return nil
		})
	}
	return v.daysSales(v.AgingAsOf(a), cur, a.On, since), err
}

// daysSales leaves out what was billed since.
func (v *View) daysSales(rows []AgingRow, cur Currency, on Date, since map[Date]int64) (d DSO) {
	owed, early := int64(0), int64(0) // early: not yet due
	for i := range rows {
		if rows[i].Currency == cur {
			owed += rows[i].Total().Minor
			early += rows[i].Bucket[0]
		}
	}
	index := slices.Index(v.s.currencies, cur)
	billed := func(day Date) int64 { return v.s.billed[billedKey{day, uint16(max(index, 0))}] - since[day] }
	if d.Simple, d.Best = -1, -1; index < 0 {
		return d
	}
	sum, last := int64(0), 0
	for i := range dsoDays {
		sum += billed(on.AddDays(-i))
	}
	if sum > 0 {
		d.Simple, d.Best = daysOf(max(owed, 0), sum), daysOf(max(min(early, owed), 0), sum)
	}
	for i := 0; owed > 0; i++ {
		if i == dsoBack {
			d.CountBack, d.Beyond = last, true
			return d
		}
		b := billed(on.AddDays(-i))
		if b != 0 {
			last = i + 1
		}
		if owed -= b; owed <= 0 {
			d.CountBack = i + 1
		}
	}
	return d
}

// Billed is what was billed in the last 90 days, the last of them on.
func (v *View) Billed(cur Currency, on Date) Money {
	sum := Money{Currency: cur}
	if index := slices.Index(v.s.currencies, cur); index >= 0 {
		for i := range dsoDays {
			sum.Minor += v.s.billed[billedKey{on.AddDays(-i), uint16(index)}]
		}
	}
	return sum
}

// daysOf is owed/billed*90, rounded half up.
func daysOf(owed, billed int64) int {
	n := new(big.Int).Mul(big.NewInt(owed), big.NewInt(2*dsoDays))
	n.Add(n, big.NewInt(billed)).Div(n, big.NewInt(2*billed))
	return int(min(n.Int64(), 9999))
}
