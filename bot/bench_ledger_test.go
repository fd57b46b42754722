//go:build bench

package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"duebot/ledger"

	"github.com/shopspring/decimal"
)

// A made ledger is a company of three years: twenty invoices per customer in four
// currencies, each issued by a command of its own and sent to the customer; 72 % are paid by
// a transfer and 10 % in part, some by Stripe, and of a hundred invoices two were disputed.
// Figures that depend on size are measured on it.
type recipe struct {
	invoices  int
	customers int
	allOpen   bool // nothing is paid
	openLast  int  // only that many invoices are open, the newest ones; the rest is paid
}

const (
	benchDays   = 1000
	benchSeed   = 42
	benchLayout = "6" // raised when the recipe changes: older made ledgers are made again
)

var benchBegin = time.Date(2024, 2, 1, 8, 0, 0, 0, time.UTC)

// benchNow is when the figures are taken: the day after the last invoice.
var benchNow = benchBegin.AddDate(0, 0, benchDays+1)

func benchDir() string { return filepath.Join(os.TempDir(), "duebot-bench") }

func (r recipe) path() string {
	name := fmt.Sprintf("ledger-%s-%d-%d-%t-%d.db", benchLayout, r.invoices, r.customers, r.allOpen, r.openLast)
	return filepath.Join(benchDir(), name)
}

func years(n int) recipe { return recipe{invoices: n, customers: max(n/20, 1)} }

// make returns the path of the ledger, making it unless an earlier run has.
func (r recipe) make(t *testing.T) string {
	t.Helper()
	path := r.path()
	if _, err := os.Stat(path); err == nil {
		if books, err := ledger.Open(path, ledger.Options{Now: benchClock}); err == nil {
			books.Close()
			return path
		}
		t.Logf("%s is of another layout: it is made again", path)
	}
	if err := os.MkdirAll(benchDir(), 0o755); err != nil {
		t.Fatal(err)
	}
	temp := path + ".part"
	os.Remove(temp)
	m := &maker{recipe: r, rng: rand.New(rand.NewPCG(benchSeed, uint64(r.invoices))), now: benchBegin}
	books, err := ledger.Open(temp, ledger.Options{Now: m.clock})
	if err != nil {
		t.Fatal(err)
	}
	m.books = books
	began := time.Now()
	err = m.run()
	if e := books.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		t.Fatalf("making a ledger of %d invoices: %v", r.invoices, err)
	}
	t.Logf("made a ledger of %d invoices in %s", r.invoices, time.Since(began).Round(time.Second))
	return path
}

type maker struct {
	recipe
	books *ledger.Books
	rng   *rand.Rand
	mu    sync.Mutex
	now   time.Time
	sent  ledger.NoticeID
	made  int
	later map[int][]func(*ledger.Tx) error // what happens on a day to come
}

func (m *maker) clock() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *maker) run() error {
	m.later = map[int][]func(*ledger.Tx) error{}
	if err := m.begin(); err != nil {
		return err
	}
	for day := range benchDays {
		m.mu.Lock()
		m.now = benchBegin.AddDate(0, 0, day)
		m.mu.Unlock()
		if err := m.day(day); err != nil {
			return fmt.Errorf("day %d: %w", day, err)
		}
	}
	return nil
}

// do runs one command for each of acts, all at once: they share their commits.
func (m *maker) do(prefix string, acts []func(*ledger.Tx) error) error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failed error
	next := make(chan int)
	for range 512 {
		wg.Go(func() {
			for i := range next {
				key, by := "", "duebot"
				if prefix != "" {
					key, by = fmt.Sprintf("%s%d.%d.%08x", prefix, m.now.Unix(), i, i*2654435761), "slack:U0FINANCE1"
				}
				_, err := m.books.Update(context.Background(), ledger.Command{Key: key, By: by,
					Run: func(tx *ledger.Tx) ([]byte, error) { return []byte("booked"), acts[i](tx) }})
				if err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
				}
			}
		})
	}
	for i := range acts {
		next <- i
	}
	close(next)
	wg.Wait()
	return failed
}

func (m *maker) begin() error {
	err := m.do("", []func(*ledger.Tx) error{func(tx *ledger.Tx) error {
		return tx.SetCompany(ledger.CompanySet{Name: "Lindenhof Studio GmbH", Currency: "EUR", ZoneName: "Europe/Berlin", Language: "en", Invoices: "INV", Credits: "CN"})
	}})
	if err != nil {
		return err
	}
	var acts []func(*ledger.Tx) error
	for i := range m.customers {
		acts = append(acts, func(tx *ledger.Tx) error {
			_, err := tx.AddCustomer(ledger.NewCustomer{Handle: fmt.Sprintf("c%d", i+1), Name: fmt.Sprintf("Customer %d GmbH", i+1),
				Currency: benchCurrencies[i%10]})
			return err
		})
	}
	return m.do("", acts)
}

// benchCurrencies are the shares of currencies, in tenths.
var benchCurrencies = [10]ledger.Currency{"EUR", "EUR", "EUR", "EUR", "EUR", "EUR", "EUR", "USD", "GBP", "JPY"}

var benchRates = map[ledger.Currency]string{"USD": "0.92", "GBP": "1.17", "JPY": "0.0061"}

func (m *maker) day(day int) error {
	if day%5 == 0 {
		if err := m.do("", []func(*ledger.Tx) error{m.rates}); err != nil {
			return err
		}
	}
	if err := m.do("slack:trigger:84120.", m.later[day]); err != nil {
		return err
	}
	delete(m.later, day)
	var acts []func(*ledger.Tx) error
	for ; m.made < m.invoices*(day+1)/benchDays; m.made++ {
		acts = append(acts, m.invoice(day, m.made))
	}
	if err := m.do("slack:trigger:84119.", acts); err != nil {
		return err
	}
	return m.deliver()
}

func (m *maker) rates(tx *ledger.Tx) error {
	var list []ledger.Rate
	for cur, value := range benchRates {
		list = append(list, ledger.Rate{Currency: cur, Date: tx.Today(), Value: decimal.RequireFromString(value), Per: decimal.NewFromInt(1)})
	}
	_, err := tx.SetRates("made", list)
	return err
}

// invoice issues an invoice and plans what becomes of it.
func (m *maker) invoice(day, i int) func(*ledger.Tx) error {
	customer := ledger.CustomerID(m.rng.IntN(m.customers) + 1)
	quantity, price := m.rng.IntN(40)+1, m.rng.IntN(50_000)+500
	paid, delay := m.rng.IntN(100), 3+m.rng.IntN(60)
	part, disputed, stripe := m.rng.IntN(80)+10, m.rng.IntN(100) < 2, m.rng.IntN(10) == 0
	if m.openLast > 0 {
		paid, disputed = 0, false
		if i >= m.invoices-m.openLast {
			paid = 99
		}
		delay = min(delay, benchDays-1-day)
	}
	return func(tx *ledger.Tx) error {
		c := tx.Customer(customer)
		places := c.Currency.Exponent()
		inv, err := tx.Issue(ledger.Draft{Customer: customer, Date: tx.Today(), Due: tx.Today().AddDays(14), Currency: c.Currency,
			Lines: []ledger.Line{
				{Text: "Consulting, October", Quantity: decimal.NewFromInt(int64(quantity)), Price: decimal.New(int64(price), -places), Tax: decimal.NewFromInt(19)},
				{Text: "Hosting", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(99), Tax: decimal.NewFromInt(19)}}})
		if err != nil {
			return err
		}
		if err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeInvoice, Customer: customer, Invoice: inv.ID}); err != nil {
			return err
		}
		if m.allOpen || paid >= 82 {
			return nil
		}
		sum := inv.TotalMoney()
		if paid >= 72 {
			sum.Minor = sum.Minor * int64(part) / 100
		}
		m.plan(day, delay, disputed, m.payment(inv.ID, sum, stripe), inv.ID)
		return nil
	}
}

func (m *maker) plan(day, delay int, disputed bool, pay func(*ledger.Tx) error, inv ledger.InvoiceID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if disputed && delay > 3 {
		m.later[day+1] = append(m.later[day+1], func(tx *ledger.Tx) error {
			_, err := tx.OpenDispute(tx.Invoice(inv), ledger.ReasonSum, ledger.Money{}, "slack:U0FINANCE1")
			return err
		})
		m.later[day+3] = append(m.later[day+3], func(tx *ledger.Tx) error {
			_, err := tx.Resolve(tx.Dispute(tx.Invoice(inv).Dispute), ledger.Rejected, 0, "")
			return err
		})
	}
	m.later[day+max(delay, 1)] = append(m.later[day+max(delay, 1)], pay)
}

func (m *maker) payment(inv ledger.InvoiceID, sum ledger.Money, stripe bool) func(*ledger.Tx) error {
	return func(tx *ledger.Tx) error {
		method, reference := "bank", fmt.Sprintf("transfer %d", inv)
		if stripe {
			method, reference = "stripe", fmt.Sprintf("pi_%024d", inv)
		}
		_, _, err := tx.Receive(ledger.NewPayment{Customer: tx.Invoice(inv).Customer, Invoice: inv, Date: tx.Today(), Amount: sum, Method: method, Reference: reference})
		return err
	}
}

// deliver books that each new notice was sent.
func (m *maker) deliver() error {
	var waiting []ledger.Notice
	if err := m.books.View(func(v *ledger.View) error { waiting = v.OpenNotices(m.sent); m.sent = v.LastNotice(); return nil }); err != nil {
		return err
	}
	var acts []func(*ledger.Tx) error
	for _, n := range waiting {
		acts = append(acts, func(tx *ledger.Tx) error {
			return tx.Settle(ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeSent, Chat: fmt.Sprintf("telegram:%d", 1_000_000+n.Customer), Message: fmt.Sprint(n.ID), Words: sha256.Sum256(binary.BigEndian.AppendUint32(nil, uint32(n.ID)))})
		})
	}
	return m.do("", acts)
}
