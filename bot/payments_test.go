package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
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

// What was paid is not what was asked for, in sum or currency, at whichever provider: nothing is
// booked, each word of it is counted, and finance is told once, with what came.
func TestPaidAnotherSum(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.command("USALES0001", "CINVOICES1", `/ar customer add hartwell "Hartwell & Finch" currency=GBP lang=en tz=Europe/London terms=net14`)
	f.command("USALES0001", "CINVOICES1", `/ar customer add vega "Vega" currency=RUB lang=en tz=Europe/Moscow terms=net14`)
	f.command("UFINANCE01", "CINVOICES1", "/ar rate GBP 1.15")
	f.command("UFINANCE01", "CINVOICES1", "/ar rate RUB 0.0108")
	f.link("hartwell", 1007)
	b, n := f.box.bot.Load(), 0
	for _, c := range []struct{ by, handle, short, foreign string }{
		{"stripe", "hartwell", "499.99 GBP", "500.00 USD"}, {"paypal", "hartwell", "499.99 GBP", "500.00 USD"},
		{"yookassa", "vega", "499.99 RUB", "500.00 USD"}, {"telegram", "hartwell", "499.99 GBP", "500.00 USD"},
	} {
		for outcome, came := range map[string]string{"short": c.short, "foreign": c.foreign} {
			ts, _ := f.command("UFINANCE01", "CINVOICES1", "/ar invoice "+c.handle+` 500 "Consulting"`)
			f.confirm(ts)
			f.rest()
			n++
			before := b.counts.of(inboundName(c.by, "wrong_sum"))
			f.misfit(c.by, ledger.InvoiceID(n), outcome)
			w := f.state()
			news := w.channel("CFINANCE01", "UFINANCE01")
			told := fmt.Sprintf("was paid for invoice INV-2026-%06d of "+c.handle+", and another sum had been asked for", n)
			if strings.Count(news, told) != 1 || !strings.Contains(news, came+", "+c.by) {
				t.Errorf("%s, %s: finance reads\n%s", c.by, outcome, news)
			}
			if got := b.counts.of(inboundName(c.by, "wrong_sum")) - before; got == 0 {
				t.Errorf("%s, %s: it was not counted", c.by, outcome)
			}
		}
	}
	w := f.state()
	b.books.View(func(v *ledger.View) error {
		if v.LastPayment() != 0 || strings.Contains(w.chat(1007), "Receipt") {
			t.Errorf("%d payments were booked:\n%s", v.LastPayment(), w.chat(1007))
		}
		return nil
	})
}

// misfit lets a provider take another sum for an invoice than was asked for.
func (f *fixture) misfit(by string, id ledger.InvoiceID, outcome string) {
	f.t.Helper()
	if by != "telegram" {
		to, words := f.visit(f.box.bot.Load().payments.link(id, 0) + "?by=" + by)
		if err := f.payAt(to, outcome); err != nil {
			f.t.Fatalf("%s: %v %s", by, err, words)
		}
		f.rest()
		return
	}
	f.tap(1007, "Pay £500.00")
	f.tap(1007, "Here in Telegram")
	w, bill := f.state(), 0
	for _, m := range w.messages(1007) {
		if m.Invoice.Title != "" {
			bill = m.MessageID
		}
	}
	f.post("telegram/pay", map[string]any{"chat": 1007, "message_id": bill, "outcome": outcome}, nil)
	f.rest()
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

// Fifty deliveries at once of a webhook of PayPal's, each with a signature of its own, book once.
func TestManyOfPayPal(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.command("USALES0001", "CINVOICES1", `/ar customer add hartwell "Hartwell & Finch" currency=GBP lang=en tz=Europe/London terms=net14`)
	f.command("UFINANCE01", "CINVOICES1", "/ar rate GBP 1.15")
	ts, _ := f.command("UFINANCE01", "CINVOICES1", `/ar invoice hartwell 500 "Consulting"`)
	f.confirm(ts)
	f.rest()
	b := f.box.bot.Load()
	f.fault("paypal", "duplicate", 2)
	to, _ := f.visit(b.payments.link(1, 0) + "?by=paypal")
	if err := f.payAt(to, "paid"); err != nil {
		t.Fatal(err)
	}
	f.rest()
	var bodies []json.RawMessage
	for _, e := range f.box.box.Log().Since(0) {
		if e.Platform == "paypal" && e.Dir == "out" {
			bodies = append(bodies, e.Request)
		}
	}
	if len(bodies) < 2 {
		t.Fatalf("%d webhooks", len(bodies))
	}
	var all sync.WaitGroup
	for n := range 50 {
		all.Go(func() {
			body := bodies[n%len(bodies)]
			req, err := http.NewRequest(http.MethodPost, f.base+"/paypal/webhook", bytes.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			f.box.box.PayPal().Sign(req, body)
			resp, err := http.DefaultClient.Do(req)
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Errorf("a webhook was answered %v %v", resp, err)
				return
			}
			resp.Body.Close()
		})
	}
	all.Wait()
	b.books.View(func(v *ledger.View) error {
		if inv := v.Invoice(1); v.LastPayment() != 1 || inv.Open != 0 || v.Payment(1).Method != "paypal" {
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
