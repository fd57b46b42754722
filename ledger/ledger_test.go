package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// testBooks opens fresh books at a fixed time, and checks at the end of the test that the
// file verifies and that both ways of making the projections agree.
func testBooks(t testing.TB) (*Books, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "duebot.db")
	b := openTest(t, path)
	t.Cleanup(func() {
		b.Close()
		checkFile(t, path)
	})
	return b, path
}

var testNow = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

// openTest opens books of a German company that knows the last days' rates of some currencies.
func openTest(t testing.TB, path string) *Books {
	t.Helper()
	b := openBare(t, path)
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.SetRates("test", testRates(tx.Today().AddDays(-12), tx.Today()))
		return err
	})
	return b
}

func openBare(t testing.TB, path string) *Books {
	t.Helper()
	b, err := Open(path, Options{Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	do(t, b, "", func(tx *Tx) error {
		return tx.SetCompany(CompanySet{Name: "Lindenhof Studio GmbH", Currency: "EUR", ZoneName: "Europe/Berlin",
			Language: "en", Invoices: "INV", Credits: "CN"})
	})
	return b
}

// testRates are rates of some foreign currencies, against the euro, that differ from day
// to day.
func testRates(from, to Date) (out []Rate) {
	for d := from; d <= to; d++ {
		n := int64(d) % 17
		for cur, value := range map[Currency]int64{"USD": 9200, "GBP": 11500, "JPY": 61, "KWD": 29900} {
			out = append(out, Rate{cur, d, decimal.New(value*100+value*n/3, -6), decimal.NewFromInt(1)})
		}
	}
	return out
}

// errOr is err, or else one made of what was found.
func errOr(err error, format string, args ...any) error {
	if err != nil {
		return err
	}
	return fmt.Errorf(format, args...)
}

func checkFile(t testing.TB, path string) {
	t.Helper()
	var live bytes.Buffer
	rep, err := Rebuild(path, Options{Now: func() time.Time { return testNow }}, &live)
	if err != nil {
		t.Fatalf("rebuild: %v", err)
	}
	if len(rep.Problems) > 0 {
		t.Fatalf("verify: %q", rep.Problems)
	}
	if !bytes.Equal(live.Bytes(), rep.Dump()) {
		t.Fatalf("the live dump differs from verify's:\n%s\n---\n%s", live.Bytes(), rep.Dump())
	}
	checkLean(t, path)
}

// do runs fn as one command and fails the test when it is refused.
func do(t testing.TB, b *Books, key string, fn func(tx *Tx) error) {
	t.Helper()
	if err := try(b, key, fn); err != nil {
		t.Fatal(err)
	}
}

func try(b *Books, key string, fn func(tx *Tx) error) error {
	_, err := b.Update(context.Background(), Command{Key: key, By: "test", Input: key, Run: func(tx *Tx) ([]byte, error) {
		return []byte("reply to " + key), fn(tx)
	}})
	return err
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func addAcme(t testing.TB, b *Books) CustomerID {
	var id CustomerID
	do(t, b, "", func(tx *Tx) error {
		c, err := tx.AddCustomer(NewCustomer{Handle: "acme", Name: "Acme GmbH"})
		if err == nil {
			id = c.ID
		}
		return err
	})
	return id
}

func issue(t testing.TB, b *Books, c CustomerID, lines ...Line) InvoiceID {
	var id InvoiceID
	do(t, b, "", func(tx *Tx) error {
		inv, err := tx.Issue(Draft{Customer: c, Date: tx.Today(), Due: tx.Today().AddDays(14), Currency: "EUR", Lines: lines})
		if err == nil {
			id = inv.ID
		}
		return err
	})
	return id
}

func line(text, qty, price, tax string) Line {
	return Line{Text: text, Quantity: dec(qty), Price: dec(price), Tax: dec(tax)}
}

// The story's invoice: 3 x 1200 + 99, tax 19 %, makes 4,401.81.
func TestTotalsOfTheStory(t *testing.T) {
	d := Draft{Currency: "EUR", Lines: []Line{line("Consulting, October", "3", "1200", "19"), line("Hosting", "1", "99", "19")}}
	got, err := d.Totals()
	if err != nil {
		t.Fatal(err)
	}
	if got.Net.Minor != 369900 || got.Tax.Minor != 70281 || got.Total.Minor != 440181 {
		t.Errorf("got net %s tax %s total %s, want 3699.00, 702.81, 4401.81", got.Net, got.Tax, got.Total)
	}
}

func TestTotalsRefuse(t *testing.T) {
	tests := map[string]struct {
		cur  Currency
		line Line
		key  string
	}{
		"no quantity":           {"EUR", line("x", "0", "10", "0"), "invoice.quantity"},
		"seven places":          {"EUR", line("x", "1", "0.0000001", "0"), "number.toofine"},
		"nothing left":          {"EUR", line("x", "1", "0.001", "0"), "invoice.nothing"},
		"negative":              {"EUR", line("x", "1", "-5", "0"), "invoice.nothing"},
		"tax over 100":          {"EUR", line("x", "1", "5", "101"), "percent.range"},
		"no text":               {"EUR", line(" ", "1", "5", "0"), "invoice.notext"},
		"past 10^15":            {"EUR", line("x", "1000000", "100000000", "0"), "money.toolarge"},
		"half a yen is one yen": {"JPY", line("x", "1", "0.5", "0"), ""},
		"dinars have fils":      {"KWD", line("x", "1", "0.001", "0"), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := Draft{Currency: tt.cur, Lines: []Line{tt.line}}
			_, err := d.Totals()
			r, _ := AsRefusal(err)
			if tt.key == "" && err != nil || tt.key != "" && (r == nil || r.Key != tt.key) {
				t.Errorf("got %v, want %q", err, tt.key)
			}
		})
	}
}

func TestOverPaymentStaysOnAccount(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	first := issue(t, b, c, line("a", "1", "100", "0"))
	second := issue(t, b, c, line("b", "1", "50", "0"))
	do(t, b, "", func(tx *Tx) error {
		_, parts, err := tx.Receive(NewPayment{Customer: c, Date: tx.Today(), Amount: Money{17000, "EUR"}, Method: "bank"})
		want := []Part{{first, 10000}, {second, 5000}}
		if fmt.Sprint(parts) != fmt.Sprint(want) {
			t.Errorf("got parts %v, want %v: oldest first", parts, want)
		}
		return err
	})
	b.View(func(v *View) error {
		rows := v.AgingOf(v.Customer(c), v.Today())
		if len(rows) != 1 || rows[0].OnAcct != 2000 || rows[0].Total().Minor != -2000 {
			t.Errorf("got %+v, want 20.00 on account", rows)
		}
		if got := v.AccountBalance(Receivables, c, "EUR"); got.Minor != 0 {
			t.Errorf("receivables are %s, want nothing", got)
		}
		return nil
	})
}

// A credit note takes back the tax in the invoice's own shares, and the last one all that
// is left.
func TestCreditNotesTakeBackAllTax(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	id := issue(t, b, c, line("a", "1", "99.99", "19"), line("b", "1", "33.33", "7"))
	for range 3 {
		do(t, b, "", func(tx *Tx) error {
			inv := tx.Invoice(id)
			amount := Money{5000, "EUR"}
			if left := inv.Total - inv.Credited; left < amount.Minor*2 {
				amount.Minor = left
			}
			_, err := tx.Credit(inv, amount, "wrong")
			return err
		})
	}
	b.View(func(v *View) error {
		for _, a := range []Account{Receivables, OutputTax, OnAccount} {
			if got := v.AccountBalance(a, c, "EUR"); got.Minor != 0 {
				t.Errorf("%s is %s, want nothing", a, got)
			}
		}
		if s := v.Invoice(id).State(v.Today()); s != StateCredited {
			t.Errorf("state %s, want credited", s)
		}
		return nil
	})
	if err := try(b, "", func(tx *Tx) error {
		_, err := tx.Credit(tx.Invoice(id), Money{1, "EUR"}, "")
		return err
	}); err == nil {
		t.Error("a cent more than the invoice was credited")
	}
}

// A refused command leaves no trace, whatever it did before it was refused.
func TestRefusedCommandLeavesNothing(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	id := issue(t, b, c, line("a", "1", "100", "0"))
	before := dumpOf(t, b)
	boom := errors.New("no")
	err := try(b, "k", func(tx *Tx) error {
		if _, err := tx.Issue(Draft{Customer: c, Date: tx.Today(), Due: tx.Today(), Currency: "EUR", Lines: []Line{line("x", "1", "5", "0")}}); err != nil {
			return err
		}
		if _, _, err := tx.Receive(NewPayment{Customer: c, Invoice: id, Date: tx.Today(), Amount: Money{100, "EUR"}}); err != nil {
			return err
		}
		if _, err := tx.OpenDispute(tx.Invoice(id), ReasonSum, Money{}, "telegram:1"); err != nil {
			return err
		}
		if err := tx.Notify(NoticeQueued{Kind: NoticeCard, Invoice: id}); err != nil {
			return err
		}
		if _, err := tx.AddCustomer(NewCustomer{Handle: "other"}); err != nil {
			return err
		}
		tx.Put("x", []byte("y"))
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
	if after := dumpOf(t, b); after != before {
		t.Errorf("the refused command left a trace:\n%s\n---\n%s", before, after)
	}
	do(t, b, "k", func(tx *Tx) error {
		if got, _ := tx.Get("x"); got != nil {
			t.Errorf("working state is %q", got)
		}
		return nil
	})
}

func dumpOf(t testing.TB, b *Books) string {
	t.Helper()
	var out bytes.Buffer
	if err := b.View(func(v *View) error { return v.Dump(&out) }); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Fifty deliveries of one event at once book once, and a key keeps its first reply over a
// restart.
func TestKeyAppliesOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duebot.db")
	b := openTest(t, path)
	c := addAcme(t, b)
	var wg sync.WaitGroup
	for range 50 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			err := try(b, "stripe:evt_1", func(tx *Tx) error {
				_, _, err := tx.Receive(NewPayment{Customer: c, Date: tx.Today(), Amount: Money{100, "EUR"}, Method: "stripe"})
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	b.Close()
	b = openTest(t, path)
	r, err := b.Update(context.Background(), Command{Key: "stripe:evt_1", Input: "stripe:evt_1", Run: func(*Tx) ([]byte, error) {
		t.Error("ran again after the restart")
		return nil, nil
	}})
	if err != nil || !r.Again || string(r.Data) != "reply to stripe:evt_1" {
		t.Errorf("got %+v, %v", r, err)
	}
	_, err = b.Update(context.Background(), Command{Key: "stripe:evt_1", Input: "other", Run: func(*Tx) ([]byte, error) { return nil, nil }})
	if ref, ok := AsRefusal(err); !ok || ref.Key != "key.reused" {
		t.Errorf("a key with another input gave %v", err)
	}
	b.View(func(v *View) error {
		if n := v.s.payments.n; n != 1 {
			t.Errorf("%d payments, want 1", n)
		}
		return nil
	})
	b.Close()
	checkFile(t, path)
}

func TestNumbersHaveNoGap(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	for i := range 20 {
		err := try(b, "", func(tx *Tx) error {
			_, err := tx.Issue(Draft{Customer: c, Date: tx.Today(), Due: tx.Today(), Currency: "EUR", Lines: []Line{line("x", "1", "5", "0")}})
			if i%3 == 0 {
				return errors.New("refused after the number was given")
			}
			return err
		})
		if (i%3 == 0) != (err != nil) {
			t.Fatal(err)
		}
	}
	b.View(func(v *View) error {
		n := uint32(0)
		v.Invoices(func(i *Invoice) {
			if n++; i.Number.N != n {
				t.Errorf("number %d follows %d", i.Number.N, n-1)
			}
		})
		return nil
	})
}

// busyFile makes a ledger with something of everything in it.
func busyFile(t testing.TB) string {
	path := filepath.Join(t.TempDir(), "duebot.db")
	b := openTest(t, path)
	c := addAcme(t, b)
	for i := range 60 {
		id := issue(t, b, c, line(fmt.Sprintf("work of week %d", i), "2", "99.5", "19"))
		do(t, b, fmt.Sprintf("slack:%d", i), func(tx *Tx) error {
			tx.Put(fmt.Sprintf("talk:%d", i), []byte("waiting"))
			if err := tx.Notify(NoticeQueued{Kind: NoticeCard, Customer: c, Invoice: id}); err != nil {
				return err
			}
			if i%3 == 0 {
				_, _, err := tx.Receive(NewPayment{Customer: c, Invoice: id, Date: tx.Today(), Amount: Money{5000, "EUR"}, Reference: "thank you"})
				return err
			}
			if i%7 == 0 {
				d, err := tx.OpenDispute(tx.Invoice(id), ReasonQuality, Money{}, "telegram:1")
				if err != nil {
					return err
				}
				_, err = tx.Say(d, false, "telegram:1", "it does not work at all")
				return err
			}
			return tx.Promise(tx.Invoice(id), tx.Today().AddDays(5))
		})
	}
	do(t, b, "", func(tx *Tx) error { return keepBooks(tx, c) })
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// One byte of the file is changed, a thousand times: verify names a fact, a row or a page,
// or nothing that counts was changed and the dump is the same. It never panics.
func TestVerifyFindsFlippedBytes(t *testing.T) {
	path := busyFile(t)
	whole, err := Verify(path, "")
	if err != nil || len(whole.Problems) > 0 {
		t.Fatal(err, whole.Problems)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewSource(42))
	damaged := filepath.Join(t.TempDir(), "damaged.db")
	found := 0
	for range 1000 {
		at, bit := rng.Intn(len(data)), byte(1+rng.Intn(255))
		data[at] ^= bit
		if err := os.WriteFile(damaged, data, 0o600); err != nil {
			t.Fatal(err)
		}
		data[at] ^= bit
		rep, err := Verify(damaged, "")
		if err != nil {
			t.Fatalf("byte %d ^ %#x: %v", at, bit, err)
		}
		if len(rep.Problems) > 0 {
			found++
		} else if !bytes.Equal(rep.Dump(), whole.Dump()) {
			t.Fatalf("byte %d ^ %#x: the dump changed and verify says nothing", at, bit)
		}
	}
	if found < 100 {
		t.Errorf("only %d of 1000 flips were found: the test flips unused bytes", found)
	}
	t.Logf("%d of 1000 flips named, the rest changed nothing (file of %d bytes)", found, len(data))
}

// A file whose tail was cut off whole is a whole file; the head hash of a digest tells.
func TestVerifyFindsCutTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duebot.db")
	b := openTest(t, path)
	c := addAcme(t, b)
	issue(t, b, c, line("a", "1", "1", "0"))
	b.Close()
	early, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b = openTest(t, path)
	issue(t, b, c, line("b", "1", "2", "0"))
	var head Head
	b.View(func(v *View) error { head = v.Head(); return nil })
	b.Close()
	for _, h := range []string{head.Hash.String(), head.Hash.Short()} {
		if rep, err := Verify(path, h); err != nil || len(rep.Problems) > 0 {
			t.Fatal(err, rep.Problems)
		}
	}
	if err := os.WriteFile(path, early, 0o600); err != nil {
		t.Fatal(err)
	}
	if rep, _ := Verify(path, ""); len(rep.Problems) > 0 {
		t.Fatalf("the cut file is damaged: %q", rep.Problems)
	}
	if rep, _ := Verify(path, head.Hash.Short()); len(rep.Problems) == 0 {
		t.Error("verify with the head of the newest digest did not find the cut")
	}
}
