package telegram

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// Till is who decides about Telegram's own payments.
type Till interface {
	// CheckOut is asked before money is taken: "" agrees, words refuse. Telegram waits ten seconds
	// for the answer, and so it is asked outside all queues.
	CheckOut(ctx context.Context, q CheckOut) (refusal string)
	// Charged books money that was taken. It returns after the commit.
	Charged(ctx context.Context, x Charge) error
}

// CheckOut is Telegram's question whether a bill may be paid.
type CheckOut struct {
	Chat     string // of the person who pays, as his private chat
	Lang     string // of his program
	Payload  string // of the bill
	Currency string
	Total    int64 // in the currency's smallest unit
}

// Charge is money that Telegram's provider has taken: the only proof that there is.
type Charge struct {
	Payload   string
	Currency  string
	Total     int64
	ID        string // Telegram's, under which it is booked once
	Reference string // the provider's, for people who look it up there
	PaidAt    time.Time
	Chat      string
}

// Bill is an invoice of Telegram's own payments: the message with a button that pays.
type Bill struct {
	Chat        string
	Title       string
	Description string
	Payload     string
	Currency    string
	Total       int64
	Label       string // of the one price
}

// billLimits are the least and the most that a bill may be over, in smallest units, about a
// dollar and ten thousand: of the currencies whose limits hardly move.
var billLimits = map[string][2]int64{"USD": {100, 1000000}, "EUR": {100, 900000}, "GBP": {100, 800000}, "RON": {500, 4500000}, "RUB": {10000, 90000000}}

// TakesBill reports whether a bill can be made over a sum.
func TakesBill(currency string, total int64) bool {
	limit, known := billLimits[currency]
	return known && total >= limit[0] && total <= limit[1]
}

// SendBill sends a bill. Its start parameter keeps whoever it is forwarded to from paying it.
func (c *Client) SendBill(ctx context.Context, providerToken string, b Bill) error {
	prices, err := json.Marshal([]map[string]any{{"label": b.Label, "amount": b.Total}})
	if err != nil {
		return err
	}
	c.spend("sendInvoice", b.Chat)
	var sent tgbotapi.Message
	return c.call(ctx, "sendInvoice", url.Values{"chat_id": {chatID(b.Chat)}, "title": {cut(b.Title, 32)}, "description": {cut(b.Description, 255)},
		"payload": {b.Payload}, "provider_token": {providerToken}, "currency": {b.Currency}, "prices": {string(prices)}, "start_parameter": {"pay"}}, &sent)
}

// cut is the beginning of s, at most n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// checkOutMax is how long an answer to a question may take: Telegram cancels the payment after
// ten seconds.
const checkOutMax = 8 * time.Second

// checkOuts remembers the questions that were answered: the same update may come twice.
type checkOuts struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

// first reports whether a question is new.
func (a *checkOuts) first(id string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for old, at := range a.seen {
		if now.Sub(at) > time.Hour {
			delete(a.seen, old)
		}
	}
	if _, ok := a.seen[id]; ok {
		return false
	}
	if a.seen == nil {
		a.seen = map[string]time.Time{}
	}
	a.seen[id] = now
	return true
}

// checkOut answers the question in an update, if there is one, at once and by itself: nothing
// that is taken before or behind it holds it up.
func (c *Client) checkOut(ctx context.Context, raw json.RawMessage) {
	var u struct {
		Query *tgbotapi.PreCheckoutQuery `json:"pre_checkout_query"`
	}
	if json.Unmarshal(raw, &u) != nil || u.Query == nil || u.Query.From == nil || !c.asked.first(u.Query.ID, time.Now()) {
		return
	}
	c.calls.Add(1)
	go func() {
		defer c.calls.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkOutMax)
		defer cancel()
		c.answerCheckOut(ctx, u.Query)
	}()
}

func (c *Client) answerCheckOut(ctx context.Context, q *tgbotapi.PreCheckoutQuery) {
	p := url.Values{"pre_checkout_query_id": {q.ID}, "ok": {"true"}}
	refusal := "—" // nobody here takes money
	if c.cfg.Till != nil {
		refusal = c.cfg.Till.CheckOut(ctx, CheckOut{Chat: ChatName(q.From.ID), Lang: q.From.LanguageCode, Payload: q.InvoicePayload,
			Currency: q.Currency, Total: int64(q.TotalAmount)})
	}
	if refusal != "" {
		p.Set("ok", "false")
		p.Set("error_message", plain.Replace(refusal))
		c.count("checkout_refused")
	} else {
		c.count("checkout_agreed")
	}
	if err := c.call(ctx, "answerPreCheckoutQuery", p, nil); err != nil {
		c.cfg.Log.Warn("an answer before a payment was lost", "error", err)
	}
}

// lookEvery is how often it is looked whether somebody wants to pay, while updates are taken
// that take long.
const lookEvery = 2 * time.Second

// lookout answers those who want to pay while other updates are being taken: it looks at what
// waits behind them, and confirms nothing. What it returns ends it.
func (c *Client) lookout(ctx context.Context, offset int) (stop func()) {
	if c.cfg.Till == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			if pause(ctx, lookEvery); ctx.Err() != nil {
				return
			}
			var list []json.RawMessage
			if c.call(ctx, "getUpdates", url.Values{"offset": {strconv.Itoa(offset)}, "timeout": {"0"}, "allowed_updates": {allowed}}, &list) != nil {
				continue
			}
			for _, raw := range list {
				c.checkOut(ctx, raw)
			}
		}
	}()
	return func() { cancel(); <-done }
}

// charged books a payment that a message tells of; ok is false for a message that tells of none.
func (c *Client) charged(ctx context.Context, m *tgbotapi.Message) (ok bool, err error) {
	if m == nil || m.SuccessfulPayment == nil || m.Chat == nil {
		return false, nil
	}
	x := m.SuccessfulPayment
	if c.cfg.Till == nil || x.TelegramPaymentChargeID == "" {
		c.cfg.Log.Error("money was paid in Telegram, and nobody here takes it", "charge", x.TelegramPaymentChargeID)
		return true, nil
	}
	return true, c.cfg.Till.Charged(ctx, Charge{Payload: x.InvoicePayload, Currency: x.Currency, Total: int64(x.TotalAmount), ID: x.TelegramPaymentChargeID,
		Reference: x.ProviderPaymentChargeID, Chat: ChatName(m.Chat.ID)})
}
