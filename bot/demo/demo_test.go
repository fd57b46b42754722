package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"duebot/adapters/exchange"
	"duebot/adapters/sandbox/ecbapi"
	"duebot/commands"
	"duebot/ledger"
)

var testNow = time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC)

// world is a filled ledger without a bot: what the bot would send is settled as sent.
type world struct {
	books *ledger.Books
	desk  *commands.Desk
	path  string
	at    time.Time
	sent  int
}

// open makes the demo company as of now, and runs its three weeks.
func open(t testing.TB, now time.Time) *world {
	t.Helper()
	w := newWorld(t, now)
	begin := time.Now()
	if err := Fill(t.Context(), w.books, now.Add(-Window), testRates, w.set); err != nil {
		t.Fatal(err)
	}
	filled := time.Since(begin)
	var before int
	w.view(t, func(v *ledger.View) {
		before = int(v.Head().Seq)
		if open := v.OpenNotices(0); len(open) > 0 {
			t.Errorf("Fill left %d notices waiting", len(open))
		}
		checkReminded(t, v)
	})
	begin = time.Now()
	for _, e := range Recent(now) {
		w.at = e.At
		w.rate(t)
		if err := e.Do(t.Context(), w.desk); err != nil {
			t.Fatal(err)
		}
		w.deliver(t)
	}
	w.at = now
	t.Logf("Fill: %d facts in %s; Recent: %d events, %d notices in %s", before, filled, len(Recent(now)), w.sent, time.Since(begin))
	return w
}

// testRates are the rates that the sandbox's ECB publishes.
func testRates(first, last ledger.Date) ([]ledger.Rate, error) {
	rates, err := exchange.ReadRates(bytes.NewReader(ecbapi.XML(first.At(0, 0, time.UTC), last.At(0, 0, time.UTC))), Company().Currency)
	if err != nil {
		return nil, err
	}
	return rates.List, nil
}

// rate makes the last days' rates known, as the bot does each day.
func (w *world) rate(t testing.TB) {
	t.Helper()
	_, err := w.books.Update(t.Context(), ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		rates, err := testRates(tx.Today().AddDays(-7), tx.Today().AddDays(-1))
		if err == nil {
			_, err = tx.SetRates("ECB", rates)
		}
		return nil, err
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// checkReminded looks for old debts of which nothing was said: the bot would begin with
// its first friendly word.
func checkReminded(t testing.TB, v *ledger.View) {
	t.Helper()
	steps := [len(stepDays) + 1]int{}
	v.Customers(func(c *ledger.Customer) {
		on := ledger.DateOf(v.Now, c.Zone)
		if v.Now.Before(on.At(contactHour, 0, c.Zone)) {
			on-- // today's hour is still to come
		}
		for _, inv := range v.OpenInvoices(c) {
			steps[inv.Step]++
		}
		if !c.Reachable(true, true) || c.LastContact != 0 && int(on-c.LastContact) < contactEvery {
			return
		}
		if inv, step := dueWord(v.OpenInvoices(c), on); inv != nil {
			t.Errorf("%s was not told step %d of %s, due %s", c.Handle, step, inv.Number, inv.Due)
		}
	})
	if steps[len(stepDays)] < 5 {
		t.Errorf("invoices by step: %v", steps)
	}
}

func newWorld(t testing.TB, now time.Time) *world {
	t.Helper()
	w := &world{path: filepath.Join(t.TempDir(), "duebot.db"), at: now.AddDate(-3, 0, 0)}
	books, err := ledger.Open(w.path, ledger.Options{Now: func() time.Time { return w.at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { books.Close() })
	w.books = books
	w.desk = &commands.Desk{Books: books, Settings: commands.Settings{InvoiceChannel: "CINVOICES1", FinanceChannel: "CFINANCE01",
		Languages: []string{"en", "ru"}}}
	return w
}

// set is the clock that Fill moves.
func (w *world) set(at time.Time) {
	if at.Before(w.at) {
		panic(fmt.Sprintf("the clock goes back from %s to %s", w.at, at))
	}
	w.at = at
}

func (w *world) view(t testing.TB, fn func(v *ledger.View)) {
	t.Helper()
	if err := w.books.View(func(v *ledger.View) error { fn(v); return nil }); err != nil {
		t.Fatal(err)
	}
}

// deliver makes each waiting notice's message, as the bot does, and settles it.
func (w *world) deliver(t testing.TB) {
	t.Helper()
	_, err := w.books.Update(context.Background(), ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		for _, n := range tx.OpenNotices(0) {
			if _, err := w.desk.Notice(&tx.View, &n); err != nil {
				return nil, err
			}
			w.sent++
			chat := "slack:" + n.Address
			if n.Kind.ToCustomer() {
				chat = "telegram:1"
			}
			if err := tx.Settle(ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeSent, Chat: chat, Message: strconv.Itoa(w.sent)}); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// The demo is what the product promises of it, whatever the day it is opened on.
func TestCompanyOfAnyDay(t *testing.T) {
	days := []time.Time{testNow, time.Date(2024, 2, 29, 23, 50, 0, 0, time.UTC), time.Date(2027, 1, 3, 0, 10, 0, 0, time.UTC),
		time.Date(2026, 4, 12, 22, 30, 0, 0, time.UTC), time.Date(2026, 7, 15, 9, 0, 0, 0, time.UTC)}
	for _, now := range days {
		t.Run(now.Format("2006-01-02"), func(t *testing.T) {
			w := open(t, now)
			checkCounts(t, w)
			checkStates(t, w)
			checkInvoices(t, w)
			checkBounds(t, now)
			checkMailed(t, w, now)
			w.books.Close()
			rep, err := ledger.Verify(w.path, "")
			if err != nil || len(rep.Problems) > 0 {
				t.Errorf("verify: %v, %q", err, rep.Problems)
			}
		})
	}
}

// checkMailed looks whether the page's mailbox has something: each customer who is reached by
// e-mail was told something in the last weeks.
func checkMailed(t *testing.T, w *world, now time.Time) {
	t.Helper()
	w.view(t, func(v *ledger.View) {
		told, reached := map[ledger.CustomerID]int{}, 0
		if err := v.Facts(1, func(f *ledger.Fact) error {
			if n, ok := f.Body.(*ledger.NoticeQueued); ok && n.Kind.ToCustomer() && f.Recorded.After(now.Add(-Window)) {
				told[n.Customer]++
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		v.Customers(func(c *ledger.Customer) {
			if len(c.Mails) == 0 {
				return
			}
			reached++
			if told[c.ID] == 0 {
				t.Errorf("%s, who is reached by e-mail, was told nothing in the last weeks", c.Handle)
			}
		})
		if reached != 2 {
			t.Errorf("%d customers are reached by e-mail, want two", reached)
		}
	})
}

func checkCounts(t *testing.T, w *world) {
	t.Helper()
	w.view(t, func(v *ledger.View) {
		customers, linked, languages := 0, 0, map[string]int{}
		v.Customers(func(c *ledger.Customer) {
			customers++
			languages[c.Language]++
			linked += len(c.Chats)
		})
		if customers < 38 || customers > 44 || linked != len(Chats()) || len(languages) != 6 {
			t.Errorf("%d customers, %d chats of %d, languages %v", customers, linked, len(Chats()), languages)
		}
		invoices, paid, open, currencies := 0, 0, 0, map[ledger.Currency]int{}
		v.Invoices(func(inv *ledger.Invoice) {
			invoices++
			currencies[inv.Currency]++
			switch inv.State(v.Today()) {
			case ledger.StatePaid:
				paid++
			case ledger.StateCredited:
			default:
				open++
			}
		})
		if invoices != invoicesTotal || len(currencies) != 4 || currencies["EUR"] < invoices/2 {
			t.Errorf("%d invoices, currencies %v", invoices, currencies)
		}
		if share := float64(paid) / float64(invoices); share < 0.915 || share > 0.945 {
			t.Errorf("%d of %d paid, %d open: %.1f %%, want 93 %%", paid, invoices, open, 100*share)
		}
		t.Logf("%d customers, %d chats, %v; %v; %d paid, %d open", customers, linked, languages, currencies, paid, open)
	})
}

func checkStates(t *testing.T, w *world) {
	t.Helper()
	w.view(t, func(v *ledger.View) {
		today := v.Today()
		var buckets [ledger.Buckets]int
		disputed, promised, part, onAccount, reached := 0, 0, 0, 0, 0
		v.Invoices(func(inv *ledger.Invoice) {
			if inv.Open == 0 {
				return
			}
			buckets[v.Edges().Bucket(inv.Due, today)]++
			if inv.Dispute != 0 {
				disputed++
			}
			if inv.Promised >= today {
				promised++
			}
			if inv.Paid > 0 {
				part++
			}
			if inv.Step > 0 {
				reached++
			}
		})
		for i, n := range buckets {
			if n < 2 {
				t.Errorf("bucket %d has %d invoices: %v", i, n, buckets)
			}
		}
		for _, r := range v.Aging(today) {
			if r.OnAcct > 0 {
				onAccount++
			}
		}
		credits := 0
		for id := ledger.CreditNoteID(1); v.CreditNote(id) != nil; id++ {
			credits++
		}
		t.Logf("buckets %v, disputed %d, promised %d, part paid %d, customers with money on account %d, credit notes %d, reminded %d",
			buckets, disputed, promised, part, onAccount, credits, reached)
		if disputed < 3 || disputed > 5 || promised < 3 || promised > 4 || part < 4 || onAccount < 1 || credits < 4 || reached < 8 {
			t.Error("that is not lively enough")
		}
		acme, err := v.CustomerNamed("acme")
		if err != nil || acme.HasOpen() || len(acme.Chats) != 1 || acme.Chats[0] != "telegram:2001" || v.ChatName("telegram:2001") != "Anna Keller" {
			t.Errorf("acme is %+v, %v", acme, err)
		}
	})
}

// checkInvoices looks at every document: numbers without a gap, tax by where the customer
// is, working days, and payments recorded when they came.
func checkInvoices(t *testing.T, w *world) {
	t.Helper()
	w.view(t, func(v *ledger.View) {
		next := map[int]uint32{}
		v.Invoices(func(inv *ledger.Invoice) {
			doc, err := v.InvoiceDetail(inv)
			if err != nil {
				t.Fatal(err)
			}
			year := inv.Date.Year()
			next[year]++
			if inv.Number.Year != year || inv.Number.N != next[year] {
				t.Errorf("%s is number %d of its year", inv.Number, next[year])
			}
			for _, l := range doc.Lines {
				kind, zone := ledger.TaxExempt, v.Customer(inv.Customer).ZoneName
				switch zone {
				case berlin:
					kind = ledger.TaxStandard
				case rome, bucharest:
					kind = ledger.TaxReverse
				}
				if l.Kind != kind || l.Tax.Equal(vat) != (zone == berlin) || (l.Why == "") != (zone == berlin) {
					t.Errorf("%s: tax %s (%s) in zone %s", inv.Number, l.Tax, l.Why, zone)
				}
				if strings.ContainsAny(l.Text, "{}") {
					t.Errorf("%s: %q", inv.Number, l.Text)
				}
			}
			if !workday(inv.Date) || inv.Total < 2000 || inv.Total > 10_000_000 {
				t.Errorf("%s of %s over %s", inv.Number, inv.Date, inv.TotalMoney())
			}
		})
		v.Payments(func(p *ledger.Payment) {
			if p.Recorded != p.Date {
				t.Errorf("payment %d of %s was recorded on %s", p.ID, p.Date, p.Recorded)
			}
		})
	})
}

func checkBounds(t *testing.T, now time.Time) {
	t.Helper()
	events := Recent(now)
	if len(events) < 50 || len(events) > 90 {
		t.Errorf("%d events", len(events))
	}
	last := now.Add(-Window)
	for i, e := range events {
		if e.At.Before(last.Add(apart)) || e.At.After(now) {
			t.Errorf("event %d is at %s, after one of %s; now is %s", i, e.At, last, now)
		}
		last = e.At
	}
}

// The same day makes the same company, but for the file's own random keys.
func TestSameDaySameCompany(t *testing.T) {
	var dumps [2]string
	for i := range dumps {
		var out bytes.Buffer
		w := open(t, testNow)
		w.view(t, func(v *ledger.View) {
			if err := v.Dump(&out); err != nil {
				t.Fatal(err)
			}
		})
		_, dumps[i], _ = strings.Cut(out.String(), "\n") // the first line has the head's hash
	}
	if dumps[0] != dumps[1] {
		t.Error("two runs differ")
	}
}

// Books in which something happened are left alone.
func TestFillRefusesUsedBooks(t *testing.T) {
	w := newWorld(t, testNow)
	_, err := w.books.Update(t.Context(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) { return nil, tx.SetCompany(Company()) }})
	if err != nil {
		t.Fatal(err)
	}
	if err := Fill(t.Context(), w.books, testNow, testRates, w.set); !errors.Is(err, errNotNew) {
		t.Errorf("got %v, want %v", err, errNotNew)
	}
}

// Every phrase says the same in each language: with the same places to fill, and no two
// customers share a chat, a handle or a user name.
func TestWordsAndNames(t *testing.T) {
	all := []phrase{support, retainer, hosting, thanks()}
	all = append(append(all, byHour()...), projects()...)
	for _, p := range append(pieces(), extras()...) {
		all = append(all, p.words)
	}
	for _, p := range complaints() {
		all = append(all, p)
	}
	for _, p := range all {
		for i, words := range p {
			for _, place := range []string{"{month}", "{i}", "{n}"} {
				if words == "" || strings.Contains(words, place) != strings.Contains(p[0], place) {
					t.Errorf("%q in %s is %q", p[0], languages[i], words)
				}
			}
		}
	}
	seen := map[string]bool{}
	for i, c := range Chats() {
		if seen[c.Username] || c.FirstName == "" || c.LastName == "" || c.ID < firstChat+int64(i) {
			t.Errorf("chat %+v", c)
		}
		seen[c.Username] = true
	}
	for _, c := range clients() {
		if seen["handle "+c.handle] || c.fee > 0 && c.care.isZero() {
			t.Errorf("customer %s", c.handle)
		}
		seen["handle "+c.handle] = true
	}
}
