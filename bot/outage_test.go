package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// outageDays is how long the program of TestKillCatchUp was off: a quarter.
const outageDays = 92

// burst is how many missed invoices of one contract are issued without a person.
const burst = 3

// contractPlan is a contract as TestKillCatchUp makes it, and what it comes to by a calendar of
// its own.
type contractPlan struct {
	name     string
	customer int // from 0
	schedule ledger.Schedule
	from     time.Time // the first day
	times    int
	missed   []string // the days, as the invoices' text has them
}

// held reports whether too many were missed for the program to issue them alone.
func (p *contractPlan) held() bool { return len(p.missed) > burst }

// planContracts makes contracts up, of which none has an occurrence about today: the test may run
// at any hour.
func planContracts(rnd *rand.Rand, today time.Time, customers, count int) (plans []contractPlan) {
	day := func(d time.Time, months, days int) time.Time { return d.AddDate(0, months, days) }
	for len(plans) < count {
		p := contractPlan{name: fmt.Sprintf("Care %d", len(plans)+1), customer: rnd.IntN(customers)}
		p.from = day(today, 0, -outageDays+1+rnd.IntN(outageDays))
		var months, days int
		switch rnd.IntN(5) {
		case 0, 1:
			p.schedule, months = ledger.Schedule{Every: ledger.Monthly, Day: p.from.Day()}, 1
		case 2:
			p.schedule, days = ledger.Schedule{Every: ledger.Weekly}, 7
		case 3:
			p.schedule, days = ledger.Schedule{Every: ledger.Weekly, N: 2}, 14
		default:
			p.schedule, months = ledger.Schedule{Every: ledger.Monthly, Day: p.from.Day(), N: 3}, 3
		}
		if rnd.IntN(3) == 0 {
			p.times = 1 + rnd.IntN(5)
		}
		near := p.from.Day() > 28
		for k := 0; p.times == 0 || k < p.times; k++ {
			on := day(p.from, k*months, k*days)
			if off := on.Sub(today).Abs(); off < 48*time.Hour {
				near = true
			}
			if on.After(today) {
				break
			}
			p.missed = append(p.missed, strings.Replace(on.Format("2 Jan 2006"), "Sep", "Sept", 1)) // as people in Europe write it
		}
		if !near {
			plans = append(plans, p)
		}
	}
	return plans
}

// fillContracts makes the ledger of a company that went off a quarter ago, with contracts.
func fillContracts(t testing.TB, path string, today time.Time, customers int, plans []contractPlan) {
	t.Helper()
	past := today.AddDate(0, 0, -outageDays).Add(10 * time.Hour)
	books, err := ledger.Open(path, ledger.Options{Now: func() time.Time { return past }})
	if err != nil {
		t.Fatal(err)
	}
	defer books.Close()
	cfg := sandboxConfig("http://127.0.0.1:1", path)
	_, err = books.Update(context.Background(), ledger.Command{By: "slack:USALES0001", Run: func(tx *ledger.Tx) ([]byte, error) {
		if err := tx.SetCompany(cfg.company()); err != nil {
			return nil, err
		}
		var of []ledger.CustomerID
		for i := range customers {
			c, err := tx.AddCustomer(ledger.NewCustomer{Handle: fmt.Sprintf("c%d", i+1), Language: "en", ZoneName: "Europe/Berlin"})
			if err != nil {
				return nil, err
			}
			token, _, err := tx.Invite(c)
			if err == nil {
				_, err = tx.Link(token, fmt.Sprintf("telegram:%d", firstChat+i), "Person "+c.Handle, "en")
			}
			if err != nil {
				return nil, err
			}
			of = append(of, c.ID)
		}
		for i := range plans {
			p := &plans[i]
			from, err := ledger.ParseDate(p.from.Format(time.DateOnly))
			if err != nil {
				return nil, err
			}
			_, err = tx.MakeContract(ledger.ContractMade{Customer: of[p.customer], Schedule: p.schedule, From: from, Times: p.times,
				Draft: ledger.Draft{Currency: "EUR", Lines: []ledger.Line{{Text: p.name + ", {from}", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(100)}}}})
			if err != nil {
				return nil, err
			}
		}
		return nil, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// TestKillCatchUp ends serve with SIGKILL, again and again at random moments, while it makes up for
// a quarter in which it was off, with many contracts: what each has come to is issued once, without
// a gap in the numbers; each customer hears of each invoice, and staff once of each contract of
// which too much was missed.
func TestKillCatchUp(t *testing.T) {
	t.Parallel() // most of it is waiting
	customers, count, kills := 12, ofSoak(12, 48), ofSoak(4, 100)
	seed := uint64(ofSoak(1, int(time.Now().UnixNano())))
	if s := os.Getenv("DUEBOT_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("seed: DUEBOT_SEED=%d", seed)
	rnd := rand.New(rand.NewPCG(seed, 7))
	w := standIns(t)
	today := time.Now().UTC().Truncate(24 * time.Hour)
	plans := planContracts(rnd, today, customers, count)
	fillContracts(t, w.db, today, customers, plans)
	peopled(t, w.base, customers, chatsOnly)
	w.env = append(w.env, "DUEBOT_CONFIG="+anyHour(t))
	began := time.Now()
	var at []int // how many invoices there were at each kill
	bot := w.serve()
	for range kills {
		if rnd.IntN(4) == 0 || len(at) > kills/2 { // also while documents go out
			time.Sleep(time.Duration(rnd.IntN(1000)) * time.Millisecond)
		} else { // in the midst of the invoices, which begin with this word
			eventually(t, "it serves", func() bool { return strings.Contains(bot.out.String(), "Duebot serves") })
			time.Sleep(time.Duration(rnd.IntN(60)) * time.Millisecond)
		}
		bot.kill()
		soundProcess(t, bot)
		readBooks(t, w.db, "", func(b *bookReader) { at = append(at, len(b.invoices)) })
		bot = w.serve()
	}
	eventually(t, "the bot is ready", w.ready)
	booked := time.Now()
	awaitSaid(t, w)
	bot.stop(t)
	soundProcess(t, bot)
	t.Logf("invoices at each kill: %v", at)
	t.Logf("%d kills; killed for %s, and all was said after %s more", kills, booked.Sub(began).Round(time.Millisecond), time.Since(booked).Round(time.Millisecond))
	checkFile(t, w.db)
	checkCatchUp(t, w, plans, kills)
	w.stand.stop(t)
}

// checkCatchUp holds books and chats against the plans.
func checkCatchUp(t testing.TB, w *twoProcesses, plans []contractPlan, kills int) {
	t.Helper()
	issued := map[string]int{} // by the text of the line
	numbers := map[ledger.InvoiceID]string{}
	var order []int
	readBooks(t, w.db, "", func(b *bookReader) {
		issued = b.works
		for _, inv := range b.invoices {
			numbers[inv.ID] = inv.Number.String()
			n, err := strconv.Atoi(inv.Number.String()[strings.LastIndex(inv.Number.String(), "-")+1:])
			if err != nil {
				t.Fatal(err)
			}
			order = append(order, n)
		}
		if len(b.open) > 0 {
			t.Errorf("%d notices wait still, the first is %+v", len(b.open), b.open[0])
		}
		queued, tasks := map[ledger.InvoiceID]int{}, 0
		for id := 1; id < len(b.queued); id++ {
			switch n := &b.queued[id]; {
			case n.Kind == ledger.NoticeInvoice:
				queued[n.Invoice]++
			case n.Kind == ledger.NoticeTask && n.Code == "contract":
				tasks++
			}
		}
		for id, number := range numbers {
			if queued[id] != 1 {
				t.Errorf("%s was to be told of %d times", number, queued[id])
			}
		}
		held := 0
		for i := range plans {
			if plans[i].held() {
				held++
			}
		}
		if tasks != held {
			t.Errorf("staff were told of %d contracts, want the %d of which too much was missed", tasks, held)
		}
	})
	slices.Sort(order)
	for i, n := range order {
		if n != i+1 {
			t.Fatalf("the numbers have a gap at %d: %v", i+1, order)
		}
	}
	want := 0
	for i := range plans {
		p := &plans[i]
		for _, on := range p.missed {
			text, times := p.name+", "+on, 1
			if p.held() {
				times = 0
			}
			if want += times; issued[text] != times {
				t.Errorf("%q was issued %d times, want %d (missed: %v)", text, issued[text], times, p.missed)
			}
			delete(issued, text)
		}
	}
	for text, n := range issued {
		t.Errorf("%q was issued %d times, and no plan has it", text, n)
	}
	sent, copies := map[string]int{}, 0
	for _, e := range logOf(t, w.base, 0) {
		if !sends(e.Method) {
			continue
		}
		_, id, words := sentMessage(e)
		if id == 0 {
			continue
		}
		for _, number := range numbers {
			if strings.Contains(words, number) {
				if sent[number]++; sent[number] > 1 {
					copies++
				}
			}
		}
	}
	for _, number := range numbers {
		if sent[number] == 0 {
			t.Errorf("nobody got %s", number)
		}
	}
	if copies > 3*kills {
		t.Errorf("%d copies of documents at %d kills", copies, kills)
	}
	t.Logf("%d invoices of %d contracts, %d copies", want, len(plans), copies)
}
