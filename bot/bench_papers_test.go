//go:build bench

package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"duebot/commands"
	"duebot/ledger"

	"github.com/shopspring/decimal"
)

// TestInvoiceFigures issues 1,000 invoices (BENCH_INVOICES) at once, with twenty lines each: a
// document in each customer's chat, a card for each in Slack, and the document in its thread.
// Drawing must cost no time beyond what Telegram's limit costs, so one core does all of an
// invoice in a twenty-fifth of a second, and no memory that grows with what waits. How near to
// the rate it comes depends on what else the machine has to do.
func TestInvoiceFigures(t *testing.T) {
	invoices, _ := strconv.Atoi(os.Getenv("BENCH_INVOICES"))
	if invoices == 0 {
		invoices = 1000
	}
	w := standIns(t)
	issueAtOnce(t, w.db, invoices)
	peopled(t, w.base, invoices, chatsOnly)
	bot := w.serve()
	for end := time.Now().Add(time.Duration(invoices/20+60) * time.Second); ; time.Sleep(time.Second) {
		if taken, _ := paceSeen(t, w.base); len(taken) >= invoices {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the invoices did not come")
		}
	}
	checkPace(t, w.base, &stills{}, 25, 0, platformMost+lineMost) // what it reached stands in the log
	if each := cpuOf(t, bot) / time.Duration(invoices); each > time.Second/25 {
		t.Errorf("the bot took %s of the processor for each invoice, want %s", each, time.Second/25)
	} else {
		t.Logf("the bot took %s of the processor for each invoice, with its start", each.Round(100*time.Microsecond))
	}
	behind := behindCards(t, w.base)
	t.Logf("%d documents hang in threads, each behind its card by %s (half of them), %s (nine tenths), %s (all)", len(behind),
		behind[len(behind)/2].Round(time.Millisecond), behind[len(behind)*9/10].Round(time.Millisecond), behind[len(behind)-1].Round(time.Millisecond))
	if worst := behind[len(behind)-1]; worst > 10*time.Second {
		t.Errorf("a document came %s after its card", worst)
	}
	most := peakOf(t, bot)
	t.Logf("the bot took at most %d MB of memory, for everything", most>>10)
	if most > 256<<10 {
		t.Errorf("the bot took %d MB", most>>10)
	}
	bot.stop(t)
	soundProcess(t, bot)
	checkFile(t, w.db)
	w.stand.stop(t)
}

// issueAtOnce makes a ledger with so many customers, each in a chat, and an invoice for each
// that nobody has heard of yet.
func issueAtOnce(t *testing.T, path string, invoices int) {
	t.Helper()
	books, err := ledger.Open(path, ledger.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer books.Close()
	cfg := sandboxConfig("http://127.0.0.1:1", path)
	desk := &commands.Desk{Books: books, Settings: commands.Settings{InvoiceChannel: cfg.Slack.Invoices, FinanceChannel: cfg.Slack.Finance}}
	for from := 0; from < invoices; from += 100 {
		_, err := books.Update(context.Background(), ledger.Command{By: "slack:USALES0001", Run: func(tx *ledger.Tx) ([]byte, error) {
			if from == 0 {
				if err := tx.SetCompany(cfg.company()); err != nil {
					return nil, err
				}
			}
			for i := from; i < min(from+100, invoices); i++ {
				if err := issueOne(tx, desk, i); err != nil {
					return nil, err
				}
			}
			return nil, nil
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func issueOne(tx *ledger.Tx, desk *commands.Desk, i int) error {
	lang := []string{"en", "ru", "ro", "it", "zh", "fa"}[i%6]
	c, err := tx.AddCustomer(ledger.NewCustomer{Handle: fmt.Sprintf("c%d", i+1), Language: lang, ZoneName: "Europe/Berlin"})
	if err != nil {
		return err
	}
	token, _, err := tx.Invite(c)
	if err == nil {
		_, err = tx.Link(token, fmt.Sprintf("telegram:%d", firstChat+i), "Person "+c.Handle, lang)
	}
	if err != nil {
		return err
	}
	d := ledger.Draft{Customer: c.ID, Date: tx.Today(), Due: tx.Today().AddDays(14), Currency: "EUR"}
	for n := range 20 {
		d.Lines = append(d.Lines, ledger.Line{Text: fmt.Sprintf("Work of day %d, Работа, 工作, کار", n+1), Quantity: decimal.NewFromInt(1),
			Price: decimal.New(int64(1000+i+n), -2), Tax: decimal.NewFromInt(19)})
	}
	inv, err := tx.Issue(d)
	if err != nil {
		return err
	}
	return desk.AnnounceInvoice(tx, inv)
}

// behindCards is how long after its card each document came into Slack, the shortest first.
func behindCards(t *testing.T, base string) (out []time.Duration) {
	t.Helper()
	var log struct{ Entries []seenMessage }
	fetch(t, base+"/control/log?since=0", &log)
	var cards []time.Time
	shared := 0
	for _, e := range log.Entries {
		switch {
		case e.Status != 200:
		case e.Method == "chat.postMessage":
			cards = append(cards, e.Wall)
		case strings.HasPrefix(e.Method, "files.completeUpload") && shared < len(cards): // in the order of their cards
			out = append(out, e.Wall.Sub(cards[shared]))
			shared++
		}
	}
	if len(out) < len(cards)/2 || len(out) == 0 {
		t.Fatalf("%d documents hang under %d cards", len(out), len(cards))
	}
	slices.Sort(out)
	return out
}

// peakOf is the most memory that a process has had, in KB.
func peakOf(t *testing.T, p *process) int {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Skip(err)
	}
	for _, line := range strings.Split(string(data), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, _ := strconv.Atoi(strings.Fields(rest)[0])
			return n
		}
	}
	return 0
}

// cpuOf is how long a process has had a processor.
func cpuOf(t *testing.T, p *process) time.Duration {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		t.Skip(err)
	}
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:])) // from the third on
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * time.Second / 100 // of a second, on Linux
}
