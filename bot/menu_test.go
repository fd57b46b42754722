package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
)

// The whole of an account is at most three taps from /start: every open invoice, the documents
// of those that are due first, every document and payment of the past, statements, and all that can be settled.
// Every page but the first has a way back.
func TestAccountWithinThreeTaps(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.box.bot.Load()
	const invoices, payments = 30, 12
	_, err := b.books.Update(t.Context(), ledger.Command{By: "slack:USALES0001", Run: func(tx *ledger.Tx) ([]byte, error) {
		for i := range invoices {
			d := ledger.Draft{Customer: 1, Date: tx.Today(), Due: tx.Today().AddDays(i + 1), Currency: "EUR",
				Lines: []ledger.Line{lineOf(fmt.Sprintf("Work %d", i), 100+i)}}
			if _, err := tx.Issue(d); err != nil {
				return nil, err
			}
		}
		for i := range payments {
			if _, _, err := tx.Receive(ledger.NewPayment{Customer: 1, Invoice: ledger.InvoiceID(i + 1), Date: tx.Today(), Amount: ledger.Money{Minor: 100, Currency: "EUR"}}); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	m := &menuWalk{t: t, b: b, taps: map[string]int{}}
	m.from()
	want := []string{"go|settings", "go|hours", "go|mail", "go|stop", "go|lang", "go|help", "go|question", "go|dispute.0", "go|balance", "period|month", "period|lastmonth", "period|year"}
	for i := range invoices {
		want = append(want, fmt.Sprintf("item|%d", i+1), fmt.Sprintf("paper|invoice.%d", i+1))
	}
	for what, label := range map[string]int{"INV-2026-": invoices, "P-": payments} {
		for i := range label {
			number := fmt.Sprintf("%s%d", what, i+1)
			if what == "INV-2026-" {
				number = fmt.Sprintf("%s%06d", what, i+1)
			}
			want = append(want, "past "+number)
		}
	}
	for _, what := range want {
		if n, ok := m.taps[what]; !ok || n > 3 {
			t.Errorf("%s takes %d taps", what, n)
		}
	}
}

func lineOf(text string, euros int) ledger.Line {
	return ledger.Line{Text: text, Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(int64(euros))}
}

// menuWalk presses what /start leads to, each button once, the nearest first.
type menuWalk struct {
	t    *testing.T
	b    *Bot
	key  int
	taps map[string]int // what is seen or can be pressed, and after how many taps
}

func (m *menuWalk) ask(in commands.Chat) *card.Card {
	m.t.Helper()
	m.key++
	in.Key, in.Chat, in.Private = fmt.Sprintf("walk:%d", m.key), "telegram:1001", true
	reply, err := m.b.desk.Customer(context.Background(), in)
	if err != nil || reply.Card == nil {
		m.t.Fatalf("%+v: answered %+v, %v", in, reply, err)
	}
	if in.Do != "" && !reply.Replace {
		m.t.Errorf("%s %s comes as a message of its own", in.Do, in.Arg)
	}
	return reply.Card
}

// pages are the verbs that lead to pages; others do something, or hand out a document.
var menuPages = map[string]bool{"go": true, "item": true, "period": true, "invoices": true}

func (m *menuWalk) from() {
	type page struct {
		k    *card.Card
		taps int
	}
	todo := []page{{m.ask(commands.Chat{Text: "/start"}), 0}}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		data, _ := json.Marshal(at.k.Fields)
		for _, number := range strings.FieldsFunc(string(data), func(r rune) bool { return !strings.ContainsRune("INVP-0123456789", r) }) {
			m.note("past "+number, at.taps)
		}
		for _, x := range at.k.Buttons {
			what := x.Do + "|" + x.Arg
			if x.Do == "item" {
				m.note("item|"+strings.Split(x.Arg, ".")[0], at.taps+1)
			}
			if !m.note(what, at.taps+1) || !menuPages[x.Do] || at.taps == 3 {
				continue
			}
			k := m.ask(commands.Chat{Do: x.Do, Arg: x.Arg})
			home := what == "go|home"
			asks := strings.HasPrefix(what, "go|stop") || strings.HasPrefix(what, "go|unmail")
			if last := k.Buttons[len(k.Buttons)-1]; !home && !asks && (last.Label.Key != "button.back" || last.Do != "go") {
				m.t.Errorf("%s has no way back", what)
			}
			todo = append(todo, page{k, at.taps + 1})
		}
	}
}

// note keeps after how many taps something is there, and reports whether it is new.
func (m *menuWalk) note(what string, taps int) bool {
	if _, seen := m.taps[what]; seen {
		return false
	}
	m.taps[what] = taps
	return true
}

// However long the books take for a commit, a button stops spinning within its time; what would
// have been said over the chat comes as a message.
func TestSlowBooksStopTheSpinner(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.write(1001, "/start")
	f.rest()
	w := f.state()
	all := w.messages(1001)
	press := map[string]any{"chat": 1001, "message_id": all[len(all)-1].MessageID, "label": "History"}
	b := f.box.bot.Load()
	busy, let := make(chan struct{}), make(chan struct{})
	go b.books.Update(context.Background(), ledger.Command{By: "duebot", Run: func(*ledger.Tx) ([]byte, error) {
		close(busy)
		<-let
		return nil, nil
	}})
	<-busy
	still, began := watchStills(t), time.Now()
	var done sync.WaitGroup
	done.Go(func() { f.try("telegram/click", press, nil) })
	answered := f.waitLog("answerCallbackQuery", 8*time.Second)
	took := time.Since(began) - still.within(began, time.Now())
	close(let)
	done.Wait()
	if !answered || took > 5*time.Second {
		t.Errorf("the button was answered: %t, after %s", answered, took)
	}
	f.rest()
	if w = f.state(); !strings.Contains(w.chat(1001), "Your documents and payments") {
		t.Errorf("the page did not come:\n%s", w.chat(1001))
	}
}

// waitLog waits until the platforms' log has a call of a method.
func (f *fixture) waitLog(method string, most time.Duration) bool {
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		for _, e := range logOf(f.t, f.base, 0) {
			if e.Method == method {
				return true
			}
		}
	}
	return false
}
