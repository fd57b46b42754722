package yookassaapi

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"duebot/adapters/sandbox/stand"
)

// What a customer can do on the payment page.
const (
	Paid     = "paid"
	Declined = "declined"
	Expired  = "expired"
	Refunded = "refunded" // what the shop does in its own account
	Short    = stand.PaidShort
	Foreign  = stand.PaidForeign
)

// payment is a payment as it is kept. Sums are in kopecks.
type payment struct {
	ID          string            `json:"id"`
	Token       string            `json:"token"` // what the payment page must post
	Status      string            `json:"status"`
	Amount      int64             `json:"amount"`
	Foreign     string            `json:"foreign,omitempty"` // the currency that it was paid in, where that is not the rouble
	Refunded    int64             `json:"refunded"`
	Description string            `json:"description"`
	Return      string            `json:"return"`
	Metadata    map[string]string `json:"metadata"`
	Created     time.Time         `json:"created"`
	Captured    time.Time         `json:"captured,omitzero"`
	Why         string            `json:"why,omitempty"` // it was cancelled
	Tried       bool              `json:"tried,omitempty"`
	stop        func()
}

func (p *payment) forget() {
	if p.stop != nil {
		p.stop()
		p.stop = nil
	}
}

// refund is money that went back.
type refund struct {
	ID      string    `json:"id"`
	Payment string    `json:"payment"`
	Amount  int64     `json:"amount"`
	Created time.Time `json:"created"`
}

type amount struct {
	Value    string `json:"value"`
	Currency string `json:"currency"`
}

var valueForm = regexp.MustCompile(`^[0-9]{1,12}\.[0-9]{2}$`)

// kopecks reads a sum as the API wants it: in roubles with two decimals.
func (a amount) kopecks() (int64, bool) {
	if a.Currency != "RUB" || !valueForm.MatchString(a.Value) {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.Replace(a.Value, ".", "", 1), 10, 64)
	return n, err == nil && n > 0
}

func roubles(n int64) amount { return amount{fmt.Sprintf("%d.%02d", n/100, n%100), "RUB"} }

// create makes a payment. The lock is held.
func (s *Server) create(body []byte) answer {
	var in struct {
		Amount       amount            `json:"amount"`
		Capture      bool              `json:"capture"`
		Description  string            `json:"description"`
		Metadata     map[string]string `json:"metadata"`
		Receipt      json.RawMessage   `json:"receipt"`
		Confirmation struct {
			Type   string `json:"type"`
			Return string `json:"return_url"`
		} `json:"confirmation"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return refuse(http.StatusBadRequest, "invalid_request", "The request is no JSON object of a payment", "")
	}
	sum, ok := in.Amount.kopecks()
	u, err := url.Parse(in.Confirmation.Return)
	switch {
	case !ok:
		return refuse(http.StatusBadRequest, "invalid_request", "Incorrect amount", "amount")
	case in.Confirmation.Type != "redirect" || err != nil || !u.IsAbs():
		return refuse(http.StatusBadRequest, "invalid_request", "This shop takes a redirect with an address to return to", "confirmation")
	case !in.Capture:
		return refuse(http.StatusForbidden, "forbidden", "This shop takes payments at once", "capture")
	case len([]rune(in.Description)) > 128:
		return refuse(http.StatusBadRequest, "invalid_request", "Longer than 128 characters", "description")
	case len(in.Metadata) > 16:
		return refuse(http.StatusBadRequest, "invalid_request", "More than 16 keys", "metadata")
	}
	p := &payment{ID: newID(), Token: rand.Text(), Status: "pending", Amount: sum, Description: in.Description,
		Return: in.Confirmation.Return, Metadata: in.Metadata, Created: s.o.Clock.Now().UTC()}
	s.payments[p.ID] = p
	s.order = append(s.order, p.ID)
	s.watch(p)
	return answer{http.StatusOK, s.paymentJSON(p)}
}

// watch ends p when its time is over. The lock is held.
func (s *Server) watch(p *payment) {
	if p.Status != "pending" {
		return
	}
	p.forget()
	p.stop = s.o.Clock.After(p.Created.Add(life).Sub(s.o.Clock.Now()), func() {
		s.mu.Lock()
		if s.payments[p.ID] == p && p.Status == "pending" {
			s.cancel(p, "expired_on_confirmation")
		}
		s.mu.Unlock()
		s.changed()
	})
}

// cancel ends p unpaid. The lock is held.
func (s *Server) cancel(p *payment, why string) {
	p.forget()
	p.Status, p.Why = "canceled", why
	s.tell("payment.canceled", s.paymentJSON(p))
}

// tell sends a notice. The lock is held.
func (s *Server) tell(event string, object any) {
	body, err := json.Marshal(map[string]any{"type": "notification", "event": event, "object": object})
	if err == nil {
		s.courier.Send(stand.Hook{ID: newID(), Kind: event, Body: body})
	}
}

// Pay does what the customer does on the payment page, or the shop in its account. It refuses an
// unknown payment or outcome, and one that its state does not allow.
func (s *Server) Pay(id, outcome string) error {
	defer s.begin()()
	defer s.changed()
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.payments[id]
	if p == nil {
		return stand.Refuse(http.StatusNotFound, "no payment %q", id)
	}
	if open := p.Status == "pending"; open == (outcome == Refunded) {
		return stand.Refuse(http.StatusConflict, "the payment is %s; it can't become %s", p.Status, outcome)
	}
	switch outcome {
	case Paid, Short, Foreign:
		p.forget()
		p.misfit(outcome)
		p.Status, p.Captured = "succeeded", s.o.Clock.Now().UTC()
		s.tell("payment.succeeded", s.paymentJSON(p))
	case Declined:
		p.Tried = true
	case Expired:
		s.cancel(p, "expired_on_confirmation")
	case Refunded:
		_, err := s.giveBack(p, p.Amount-p.Refunded)
		return err
	default:
		return stand.Refuse(http.StatusBadRequest, "unknown outcome %q: use paid, declined, expired, refunded, short or foreign", outcome)
	}
	return nil
}

// misfit makes what is paid another sum than was asked for, if that is the outcome.
func (p *payment) misfit(outcome string) {
	switch outcome {
	case Short:
		p.Amount--
	case Foreign:
		p.Foreign = stand.ForeignTo("RUB")
	}
}

// money is a part of what was paid.
func (p *payment) money(n int64) amount {
	a := roubles(n)
	if p.Foreign != "" {
		a.Currency = p.Foreign
	}
	return a
}

// PayBack pays a part of a payment back, in kopecks, as the shop does in its account.
func (s *Server) PayBack(id, outcome string, sum int64) error {
	defer s.changed()
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.payments[id]
	if p == nil || outcome != Refunded {
		return stand.Refuse(http.StatusConflict, "payment %q can't become %s", id, outcome)
	}
	_, err := s.giveBack(p, sum)
	return err
}

// giveBack books a refund. The lock is held.
func (s *Server) giveBack(p *payment, sum int64) (*refund, error) {
	if p.Status != "succeeded" || sum <= 0 || sum > p.Amount-p.Refunded {
		return nil, stand.Refuse(http.StatusConflict, "%d cannot be paid back of the payment: it is %s, and %d were", sum, p.Status, p.Refunded)
	}
	p.Refunded += sum
	x := &refund{newID(), p.ID, sum, s.o.Clock.Now().UTC()}
	s.refunds[x.ID] = x
	s.tell("refund.succeeded", x.json())
	return x, nil
}

// createRefund makes a refund by the API. The lock is held.
func (s *Server) createRefund(body []byte) answer {
	var in struct {
		Payment string `json:"payment_id"`
		Amount  amount `json:"amount"`
	}
	if json.Unmarshal(body, &in) != nil {
		return refuse(http.StatusBadRequest, "invalid_request", "The request is no JSON object of a refund", "")
	}
	p := s.payments[in.Payment]
	sum, ok := in.Amount.kopecks()
	if p == nil || !ok {
		return refuse(http.StatusBadRequest, "invalid_request", "Incorrect payment or amount", "payment_id")
	}
	x, err := s.giveBack(p, sum)
	if err != nil {
		return refuse(http.StatusBadRequest, "invalid_request", "The sum is more than can be refunded", "amount")
	}
	return answer{http.StatusOK, x.json()}
}

func (x *refund) json() map[string]any {
	return map[string]any{"id": x.ID, "payment_id": x.Payment, "status": "succeeded", "amount": roubles(x.Amount), "created_at": stamp(x.Created)}
}

func (s *Server) paymentJSON(p *payment) map[string]any {
	out := map[string]any{"id": p.ID, "status": p.Status, "paid": p.Status == "succeeded", "amount": p.money(p.Amount),
		"created_at": stamp(p.Created), "description": p.Description, "metadata": p.Metadata, "refundable": p.Status == "succeeded" && p.Refunded < p.Amount,
		"test": true, "recipient": map[string]any{"account_id": ShopID, "gateway_id": "200600"}}
	switch p.Status {
	case "pending":
		out["confirmation"] = map[string]any{"type": "redirect", "return_url": p.Return, "confirmation_url": s.base() + "/yookassa/pay/" + p.ID}
	case "succeeded":
		out["captured_at"] = stamp(p.Captured)
		out["refunded_amount"] = p.money(p.Refunded)
		fee := p.Amount * 28 / 1000 // a rate as that of cards
		out["income_amount"] = p.money(p.Amount - fee)
		out["payment_method"] = map[string]any{"type": "bank_card", "id": p.ID, "saved": false, "title": "Bank card *4444"}
	case "canceled":
		out["cancellation_details"] = map[string]any{"party": "yoo_money", "reason": p.Why}
	}
	return out
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z") }

// newID is an id in YooKassa's form.
func newID() string {
	b := make([]byte, 16)
	rand.Read(b)
	return fmt.Sprintf("%x-000f-5000-8000-%x", b[:4], b[4:10])
}
