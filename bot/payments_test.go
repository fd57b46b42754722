package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"duebot/adapters/telegram"
	"duebot/ledger"
)

// visit opens a payment link without following it: the provider's page, or our own words.
func (f *fixture) visit(link string) (to, words string) {
	f.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(link)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return resp.Header.Get("Location"), string(body)
}

// owe issues an invoice over 100 euros and returns its payment link.
func (f *fixture) owe() (link string) {
	f.t.Helper()
	ts, _ := f.command("UFINANCE01", "CINVOICES1", `/ar invoice acme 100 "Consulting" due 14d`)
	f.confirm(ts)
	f.rest()
	return f.payURL(1001, "Pay")
}

func (f *fixture) payAt(to, outcome string) error {
	return f.try("pay", map[string]any{"url": to, "outcome": outcome}, nil)
}

// Paid otherwise: the session that was opened before cannot be paid any more.
func TestPaidElsewhereEndsTheSession(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	to, _ := f.visit(f.owe())
	f.command("UFINANCE01", "CINVOICES1", "/ar payment INV-2026-000001 100")
	f.rest()
	if err := f.payAt(to, "paid"); err == nil {
		t.Error("what was paid by bank could be paid by link too")
	}
}

// Money that is under way by a session blocks the next one; when it has come it is booked
// once, although nobody pressed anything and a part was paid otherwise meanwhile.
func TestMoneyUnderWay(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	link := f.owe()
	to, _ := f.visit(link)
	if err := f.payAt(to, "pending"); err != nil {
		t.Fatal(err)
	}
	f.command("UFINANCE01", "CINVOICES1", "/ar payment INV-2026-000001 40")
	f.rest()
	if again, words := f.visit(link); again != "" || !strings.Contains(words, "under way") {
		t.Errorf("a second payment could be begun: %s %s", again, words)
	}
	f.advance("48h")
	if err := f.payAt(to, "paid"); err != nil {
		t.Fatal(err)
	}
	f.rest()
	_, seen := f.command("UFINANCE01", "CINVOICES1", "/ar show acme")
	if !strings.Contains(seen, "€40.00") || strings.Contains(seen, "€60.00") {
		t.Errorf("100 + 40 were paid of 100, and the account is\n%s", seen)
	}
}

// A bank debit that failed leaves the invoice to be paid again.
func TestDebitThatFailed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	link := f.owe()
	to, _ := f.visit(link)
	for _, outcome := range []string{"pending", "declined"} {
		if err := f.payAt(to, outcome); err != nil {
			t.Fatal(err)
		}
		f.rest()
	}
	again, words := f.visit(link)
	if again == "" || again == to {
		t.Fatalf("no new session: %q %s", again, words)
	}
	if err := f.payAt(again, "paid"); err != nil {
		t.Fatal(err)
	}
	f.rest()
	w := f.state()
	if got := strings.Count(w.chat(1001), "✓ Receipt"); got != 1 {
		t.Errorf("%d receipts\n%s", got, w.chat(1001))
	}
}

// What was paid is not what was asked for: nothing is booked, it is counted, and finance is told
// once.
func TestPaidAnotherSum(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	link := f.owe()
	var event map[string]any
	if err := json.Unmarshal(f.paidEvent(link), &event); err != nil {
		t.Fatal(err)
	}
	session := event["data"].(map[string]any)["object"].(map[string]any)
	session["amount_total"] = 100
	body, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		f.deliver(body)
	}
	f.rest()
	w := f.state()
	if news := w.channel("CFINANCE01", "UFINANCE01"); strings.Count(news, "another sum had been asked for") != 1 || !strings.Contains(news, "1.00 EUR") {
		t.Errorf("finance reads\n%s", news)
	}
	if strings.Contains(w.chat(1001), "Receipt") || f.box.bot.Load().counts.of(inboundName("stripe", "wrong_sum")) != 2 {
		t.Errorf("it was booked:\n%s", w.chat(1001))
	}
}

// Fifty notices of YooKassa's at once, which signs none, book what it says itself, once; and one
// from elsewhere is told to finance.
func TestManyNotices(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.command("USALES0001", "CINVOICES1", `/ar customer add vega "Vega" currency=RUB lang=en tz=Europe/Moscow terms=net14`)
	f.command("UFINANCE01", "CINVOICES1", "/ar rate RUB 0.0108")
	ts, _ := f.command("UFINANCE01", "CINVOICES1", `/ar invoice vega 5000 "Consulting"`)
	f.confirm(ts)
	f.rest()
	b := f.box.bot.Load()
	to, _ := f.visit(b.payments.link(1, 0))
	if err := f.payAt(to, "paid"); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			resp, err := http.Post(f.base+"/yookassa/webhook", "application/json", strings.NewReader(`{"event":"payment.succeeded","object":{"id":"`+path.Base(to)+`"}}`))
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Errorf("a notice was answered %v %v", resp, err)
				return
			}
			resp.Body.Close()
		})
	}
	all.Wait()
	b.books.View(func(v *ledger.View) error {
		if inv := v.Invoice(1); v.LastPayment() != 1 || inv.Open != 0 || v.Payment(1).Method != "yookassa" {
			t.Errorf("%d payments, and %s are open", v.LastPayment(), inv.OpenMoney())
		}
		return nil
	})
}

// A link that is not ours, or was altered, opens nothing.
func TestForgedLink(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	link := f.owe()
	base, proof, _ := strings.Cut(link, "/pay/")
	for _, forged := range []string{"2" + proof[1:], proof[:len(proof)-1] + "-", "1.", "1", "..", proof + "x", "1.AAAAAAAAAAAAAAAA"} {
		if forged == proof {
			continue
		}
		for _, tail := range []string{"", "/done"} {
			if to, words := f.visit(base + "/pay/" + forged + tail); to != "" && strings.Contains(to, "/stripe/") || strings.Contains(words, "INV-") {
				t.Errorf("%s%s: opened %q %s", forged, tail, to, words)
			}
		}
	}
}

// Somebody's session hangs at the provider: whoever wants to pay meanwhile is told so in time,
// and can pay when that is over.
func TestProviderThatHangs(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	link := f.owe()
	p := f.box.bot.Load().payments
	p.turn <- struct{}{}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if to, words, ok := p.Pay(ctx, path.Base(link), ""); to != "" || !ok || !strings.Contains(words.Body, "try again") {
		t.Errorf("got %q %+v %v", to, words, ok)
	}
	<-p.turn
	if to, words := f.visit(link); to == "" {
		t.Errorf("nothing can be paid any more: %s", words)
	}
}

// Fifty deliveries at once of one webhook of Stripe's, and of one payment in a chat, book each once.
func TestManyDeliveries(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	event := f.paidEvent(f.owe())
	ts, _ := f.command("UFINANCE01", "CINVOICES1", `/ar invoice acme 70 "Hosting" due 14d`)
	f.confirm(ts)
	f.rest()
	b := f.box.bot.Load()
	a, err := b.payments.begin(t.Context(), 2, 1, &inChat{b}, "")
	if err != nil {
		t.Fatal(err)
	}
	bill := telegram.Charge{Payload: payload(a), ID: "tg-1", Reference: "p-1", Currency: "EUR", Total: a.Amount.Minor}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { f.deliver(event) })
		all.Go(func() {
			if err := b.till().Charged(context.Background(), bill); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	b.books.View(func(v *ledger.View) error {
		if v.LastPayment() != 2 || v.Invoice(1).Open != 0 || v.Invoice(2).Open != 0 {
			t.Errorf("%d payments; %s and %s are open", v.LastPayment(), v.Invoice(1).OpenMoney(), v.Invoice(2).OpenMoney())
		}
		return nil
	})
}
