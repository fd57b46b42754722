package telegramapi

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"duebot/adapters/sandbox/stand"
)

// ProviderToken is the payment provider's, as @BotFather would give it for tests.
const ProviderToken = "284685063:TEST:sandbox"

const (
	checkoutLife = 10 * time.Second // wall time, for the answer to a pre-checkout query
	starCurrency = "XTR"
	tipsMax      = 4
)

// Outcomes of a payment.
const (
	PayPaid     = "paid"
	PayDeclined = "declined" // by the bank, after the bot has agreed
	PayShort    = stand.PaidShort
	PayForeign  = stand.PaidForeign
)

// bill is an invoice of Telegram's own payments, as the bot gave it.
type bill struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Start       string `json:"start_parameter"`
	Currency    string `json:"currency"`
	Total       int64  `json:"total_amount"`
}

// terms is what belongs to a bill and is not shown.
type terms struct {
	Bill    bill     `json:"bill"`
	Payload string   `json:"payload"`
	Ask     []string `json:"ask,omitempty"` // "name", "phone_number", "email"
	Paid    bool     `json:"paid,omitempty"`
}

// receipt is the Bot API's SuccessfulPayment.
type receipt struct {
	Currency string     `json:"currency"`
	Total    int64      `json:"total_amount"`
	Payload  string     `json:"invoice_payload"`
	Order    *orderInfo `json:"order_info,omitempty"`
	Charge   string     `json:"telegram_payment_charge_id"`
	Provider string     `json:"provider_payment_charge_id"`
}

type orderInfo struct {
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone_number,omitempty"`
	Email string `json:"email,omitempty"`
}

// preCheckout is the Bot API's PreCheckoutQuery.
type preCheckout struct {
	ID       string     `json:"id"`
	From     Person     `json:"from"`
	Currency string     `json:"currency"`
	Total    int64      `json:"total_amount"`
	Payload  string     `json:"invoice_payload"`
	Order    *orderInfo `json:"order_info,omitempty"`
}

// checkout is a payment that waits for the bot's word.
type checkout struct {
	at     time.Time // wall time
	over   bool
	ok     bool   // set before done is closed
	reason string // of the bot, when it is not ok
	done   chan struct{}
}

// sums are the least and the most that can be asked in a currency, in minor units; roughly
// a dollar and ten thousand. Other currencies are only checked to be one.
var sums = map[string][2]int64{"USD": {100, 1000000}, "EUR": {90, 1000000}, "GBP": {75, 850000}, "RUB": {7000, 100000000}, "RON": {450, 5000000}, starCurrency: {1, 100000}}

func required(p *params, names ...string) *apiError {
	for _, n := range names {
		if p.str(n) == "" {
			return bad("Parameter \"" + n + "\" is required")
		}
	}
	return nil
}

// readBill reads an invoice out of a call.
func readBill(p *params) (t terms, err *apiError) {
	if err := required(p, "title", "description", "payload", "currency", "prices"); err != nil {
		return t, err
	}
	t.Bill = bill{Title: p.str("title"), Description: p.str("description"), Start: p.str("start_parameter"), Currency: strings.ToUpper(p.str("currency"))}
	t.Payload = p.str("payload")
	parts := 0
	if t.Bill.Total, parts, err = readPrices(p.str("prices")); err != nil {
		return t, err
	}
	if err := readTips(p); err != nil {
		return t, err
	}
	for _, name := range []string{"name", "phone_number", "email"} {
		if p.flag("need_" + name) {
			t.Ask = append(t.Ask, name)
		}
	}
	limit, known := sums[t.Bill.Currency]
	stars := t.Bill.Currency == starCurrency
	switch {
	case utf8.RuneCountInString(t.Bill.Title) > 32 || utf8.RuneCountInString(t.Bill.Description) > 255:
		return t, bad("MEDIA_INVALID")
	case len(t.Payload) > 128:
		return t, bad("INVOICE_PAYLOAD_INVALID")
	case len(t.Bill.Currency) != 3:
		return t, bad("CURRENCY_INVALID")
	case stars != (p.str("provider_token") == "") || !stars && p.str("provider_token") != ProviderToken:
		return t, bad("PAYMENT_PROVIDER_INVALID")
	case t.Bill.Total <= 0 || known && (t.Bill.Total < limit[0] || t.Bill.Total > limit[1]) || stars && parts != 1:
		return t, bad("CURRENCY_TOTAL_AMOUNT_INVALID")
	case len(t.Bill.Start) > 64 || strings.Trim(t.Bill.Start, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") != "":
		return t, bad("START_PARAM_INVALID")
	}
	return t, nil
}

func readPrices(src string) (total int64, parts int, refusal *apiError) {
	if !json.Valid([]byte(src)) {
		return 0, 0, bad("Can't parse prices JSON object")
	}
	var list []json.RawMessage
	if json.Unmarshal([]byte(src), &list) != nil {
		return 0, 0, bad("Expected an Array of labeled prices")
	}
	for _, raw := range list {
		f, err := readFields(raw, "expected an Object")
		if err == nil {
			_, err = f.text("label", true)
		}
		n := 0
		if err == nil {
			n, err = f.number("amount")
		}
		if err != nil {
			return 0, 0, bad("Can't parse labeled price: " + err.Error())
		}
		total += int64(n)
	}
	return total, len(list), nil
}

// readTips checks the suggested tips: at most four, growing, none above max_tip_amount. A
// null, as one client library sends it for none, is no array.
func readTips(p *params) *apiError {
	src := p.str("suggested_tip_amounts")
	if src == "" {
		return nil
	}
	if !json.Valid([]byte(src)) {
		return bad("Can't parse suggested tip amounts JSON object")
	}
	var list []int64
	if src == "null" || json.Unmarshal([]byte(src), &list) != nil {
		return bad("Expected an Array of suggested tip amounts")
	}
	most := p.integer("max_tip_amount", 0, 0, 1<<40)
	for i, n := range list {
		if n <= 0 || n > most || i > 0 && n <= list[i-1] || len(list) > tipsMax {
			return bad("INVOICE_SUGGESTED_TIP_AMOUNTS_INVALID")
		}
	}
	return nil
}

// sendInvoice sends a bill. Its keyboard, if it has one, begins with the button that pays.
func (s *Server) sendInvoice(p *params) (any, *apiError) {
	t, err := readBill(p)
	if err != nil {
		return nil, err
	}
	p.invoice = true
	m := message{Invoice: &t.Bill}
	out, err := s.deliver(p, m)
	if err != nil {
		return nil, err
	}
	sent := out.(*message)
	s.bills[billKey(sent.Chat.ID, sent.ID)] = &t
	return sent, nil
}

func billKey(chat int64, message int) string {
	return strconv.FormatInt(chat, 10) + "/" + strconv.Itoa(message)
}

// createInvoiceLink makes a bill that anybody pays who has its address.
func (s *Server) createInvoiceLink(p *params) (any, *apiError) {
	t, err := readBill(p)
	if err != nil {
		return nil, err
	}
	link := "https://t.me/$" + strconv.FormatInt(0x5eed0000+s.nextSerial(), 36)
	s.bills[link] = &t
	return link, nil
}

// Pay lets a person pay the invoice of a message, or with a link that of the link. The bot is
// asked first and has ten seconds to agree. An outcome is "paid" or "declined"; or what should never
// be, "short" or "foreign".
func (s *Server) Pay(ctx context.Context, chat, from int64, messageID int, link, outcome string) error {
	if outcome != PayPaid && outcome != PayDeclined && outcome != PayShort && outcome != PayForeign {
		return stand.Refuse(400, "outcome is paid, declined, short or foreign, not %q", outcome)
	}
	var q preCheckout
	var t *terms
	var c *checkout
	var err error
	s.change(func() {
		if t, q, err = s.checkOut(chat, from, messageID, link); err == nil {
			c = &checkout{at: time.Now(), done: make(chan struct{})}
			s.checkouts[q.ID] = c
			s.push("pre_checkout_query", chat, q)
		}
	})
	if err != nil {
		return err
	}
	wait := time.NewTimer(checkoutLife)
	defer wait.Stop()
	select {
	case <-c.done:
	case <-wait.C:
	case <-ctx.Done():
	}
	s.change(func() { err = s.settleBill(chat, t, q, c, outcome) })
	return err
}

// checkOut finds the bill and makes the question to the bot. The lock is held.
func (s *Server) checkOut(chat, from int64, messageID int, link string) (*terms, preCheckout, error) {
	_, who, err := s.actor(chat, from)
	if err != nil {
		return nil, preCheckout{}, err
	}
	t := s.bills[billKey(chat, messageID)]
	if link != "" {
		t = s.bills[link]
	}
	switch {
	case t == nil && link != "":
		return nil, preCheckout{}, stand.Refuse(404, "no invoice at %q", link)
	case t == nil && s.chats[chat].find(messageID) < 0:
		return nil, preCheckout{}, stand.Refuse(404, "no message %d in chat %d", messageID, chat)
	case t == nil:
		return nil, preCheckout{}, stand.Refuse(409, "message %d is not an invoice", messageID)
	case t.Paid:
		return nil, preCheckout{}, stand.Refuse(409, "this invoice is paid already")
	}
	q := preCheckout{ID: strconv.FormatInt(who.ID<<32|s.nextSerial(), 10), From: who, Currency: t.Bill.Currency, Total: t.Bill.Total, Payload: t.Payload, Order: order(t, who)}
	return t, q, nil
}

// order is what the person was asked for.
func order(t *terms, who Person) *orderInfo {
	if len(t.Ask) == 0 {
		return nil
	}
	o := &orderInfo{}
	for _, name := range t.Ask {
		switch name {
		case "name":
			o.Name = strings.TrimSpace(who.FirstName + " " + who.LastName)
		case "phone_number":
			o.Phone = "+" + strconv.FormatInt(49150000000+who.ID, 10)
		case "email":
			o.Email = strings.ToLower(who.Username) + "@example.com"
		}
	}
	return o
}

// settleBill books what the bot and the bank have said. The lock is held.
func (s *Server) settleBill(chat int64, t *terms, q preCheckout, c *checkout, outcome string) error {
	c.over = true
	delete(s.checkouts, q.ID)
	select {
	case <-c.done:
	default:
		return stand.Refuse(409, "the bot did not answer within %s; nothing was paid", checkoutLife)
	}
	switch {
	case !c.ok:
		return stand.Refuse(409, "the bot refuses the payment: %s", c.reason)
	case outcome == PayDeclined:
		return nil
	case t.Paid:
		return stand.Refuse(409, "this invoice is paid already")
	}
	t.Paid = true
	n := strconv.FormatInt(s.nextSerial(), 10)
	r := receipt{Currency: t.Bill.Currency, Total: t.Bill.Total, Payload: t.Payload, Order: q.Order, Charge: "tg_charge_" + n, Provider: "provider_charge_" + n}
	switch outcome {
	case PayShort:
		r.Total--
	case PayForeign:
		r.Currency = stand.ForeignTo(r.Currency)
	}
	room := s.chats[chat]
	who := q.From
	s.push("message", chat, s.add(room, message{From: &who, Payment: &r}))
	return nil
}

func (s *Server) answerPreCheckout(p *params) (any, *apiError) {
	c := s.checkouts[p.str("pre_checkout_query_id")]
	switch {
	case c == nil || c.over || time.Since(c.at) > checkoutLife:
		return nil, bad(textQueryTooOld)
	case !p.flag("ok") && p.str("error_message") == "":
		return nil, bad("ERROR_TEXT_EMPTY")
	}
	c.over, c.ok, c.reason = true, p.flag("ok"), p.str("error_message")
	close(c.done)
	return true, nil
}
