// Package matchtest makes companies, their open invoices and the lines of bank statements that pay
// them, with the truth of each line, for whoever measures matching. It knows no matcher: what it
// writes is what payers and banks do to references and names.
package matchtest

import (
	"fmt"
	"math/rand/v2"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// World is a company's open invoices, its customers, and lines of its bank's statements.
type World struct {
	Today     ledger.Date
	Account   string // the company's own
	TaxID     string
	Customers []Customer
	Invoices  []Invoice
	Withheld  []decimal.Decimal

	r *rand.Rand
}

// Customer is who pays.
type Customer struct {
	ID       ledger.CustomerID
	Name     string // as the company writes it
	TaxID    string
	Account  string
	Known    bool // the account was seen before
	Currency ledger.Currency
	script   *script
	brand    brand
	trade    pair
	town     pair
	form     int
	invoices []int // into World.Invoices
}

// Invoice is one that is open.
type Invoice struct {
	ID       ledger.InvoiceID
	Customer ledger.CustomerID
	Number   string
	Date     ledger.Date
	Due      ledger.Date
	Open     ledger.Money
	Net      int64
	EarlyPay int64
	Until    ledger.Date
	Parts    []int64
	used     bool
}

// New is a world of so many open invoices, the same for the same seed.
func New(seed uint64, invoices int) *World {
	w := &World{Today: ledger.NewDate(2026, 11, 20), Account: "DE02120300000000202051", TaxID: "DE811907980",
		Withheld: []decimal.Decimal{decimal.NewFromInt(20), decimal.NewFromInt(10), decimal.RequireFromString("2.5")},
		r:        rand.New(rand.NewPCG(seed, 0x6d61746368))}
	for i := range invoices/8 + 6 {
		w.Customers = append(w.Customers, w.customer(i))
	}
	for i := range invoices {
		w.Invoices = append(w.Invoices, w.invoice(i))
	}
	return w
}

func (w *World) chance(percent int) bool { return w.r.IntN(100) < percent }

func pick[T any](w *World, list []T) T { return list[w.r.IntN(len(list))] }

func (w *World) digits(n int) string {
	s := ""
	for range n {
		s += fmt.Sprint(w.r.IntN(10))
	}
	return s
}

func (w *World) customer(i int) Customer {
	s := &scripts[i%len(scripts)]
	c := Customer{ID: ledger.CustomerID(i + 1), script: s, brand: s.make(w), trade: pick(w, s.trades), town: pick(w, s.towns),
		form: w.r.IntN(len(s.forms)), Currency: s.currency, Known: w.chance(55)}
	if w.chance(25) {
		c.Currency = "EUR"
	}
	c.Name = s.name(&c)
	c.Account = s.account + w.digits(20)
	if w.chance(60) {
		c.TaxID = w.digits(10)
	}
	return c
}

// usual are prices that many invoices have.
var usual = []int64{4900, 9900, 11900, 49000, 50000, 99000, 100000, 119000, 120000, 150000, 250000}

func (w *World) invoice(i int) Invoice {
	// A tenth of the customers have half of the invoices.
	c := w.r.IntN(len(w.Customers))
	if w.chance(50) {
		c = w.r.IntN(len(w.Customers)/10 + 1)
	}
	cust := &w.Customers[c]
	cust.invoices = append(cust.invoices, i)
	minor := int64(1000 + w.r.IntN(100000))
	switch n := w.r.IntN(100); {
	case n < 30:
		minor = pick(w, usual)
	case n < 60:
		minor = int64(10000 + w.r.IntN(2_000_000))
	case n < 65:
		minor = int64(1_000_000 + w.r.IntN(20_000_000))
	}
	date := w.Today.AddDays(-w.r.IntN(240))
	x := Invoice{ID: ledger.InvoiceID(i + 1), Customer: cust.ID, Date: date, Due: date.AddDays(7 * (1 + w.r.IntN(6))), Open: ledger.Money{Minor: minor, Currency: cust.Currency}}
	x.Number = w.number(i, cust, date)
	x.Net = minor * 100 / 119
	switch n := w.r.IntN(100); {
	case n < 8:
		x.EarlyPay, x.Until = minor-minor*int64(2+w.r.IntN(2))/100, date.AddDays(10)
	case n < 11 && minor > 3000:
		x.Parts = []int64{minor / 3, minor / 3, minor - 2*(minor/3)}
	}
	return x
}

// number is in one of two series of the company's own, or as another program once numbered.
func (w *World) number(i int, c *Customer, date ledger.Date) string {
	if i%10 != 0 {
		return fmt.Sprintf("INV-%d-%06d", date.Year(), i+1)
	}
	switch i / 10 % 7 {
	case 0:
		return fmt.Sprintf("RE%d/%05d", date.Year(), i)
	case 1:
		return fmt.Sprintf("%d-%05d", date.Year(), i)
	case 2:
		return fmt.Sprintf("F-%05d", i)
	case 3:
		return fmt.Sprint(300000 + i)
	case 4:
		return fmt.Sprintf("СЧ-%06d", i)
	case 5:
		return fmt.Sprintf("А-%d/%02d", i+1000, date.Year()%100)
	}
	return fmt.Sprintf("BK/%02d/%06d", date.Year()%100, i)
}
