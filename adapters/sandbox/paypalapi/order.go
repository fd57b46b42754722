package paypalapi

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

// What a customer can do on the payment page, and the company in its account.
const (
	Paid     = "paid"     // he approves the order
	Declined = "declined" // he approves it, and his card is refused when it is captured
	Expired  = "expired"
	Refunded = "refunded"
	Short    = stand.PaidShort
	Foreign  = stand.PaidForeign
)

// order is an order as it is kept. Sums are in hundredths, whatever the currency.
type order struct {
	ID          string    `json:"id"`
	Token       string    `json:"token"` // what the payment page must post
	Status      string    `json:"status"`
	Sum         int64     `json:"sum"`
	Currency    string    `json:"currency"`
	Description string    `json:"description"`
	CustomID    string    `json:"custom_id"`
	Return      string    `json:"return"`
	Cancel      string    `json:"cancel"`
	Created     time.Time `json:"created"`
	Refuses     bool      `json:"refuses,omitempty"` // his card is refused
	Capture     string    `json:"capture,omitempty"`
	Captured    time.Time `json:"captured,omitzero"`
	Back        int64     `json:"back,omitempty"` // refunded
	stop        func()
}

func (x *order) forget() {
	if x.stop != nil {
		x.stop()
		x.stop = nil
	}
}

type amount struct {
	Currency string `json:"currency_code"`
	Value    string `json:"value"`
}

var valueForm = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{2})?$`)

// whole are the currencies that PayPal takes without decimals.
var whole = map[string]bool{"HUF": true, "JPY": true, "TWD": true}

// currencies are those that everybody can pay in.
const currencies = " AUD CAD CHF CZK DKK EUR GBP HKD HUF ILS JPY MXN NOK NZD PHP PLN SEK SGD THB TWD USD "

// hundredths reads a sum; the issue is what is wrong with it.
func (a amount) hundredths() (n int64, issue string) {
	if len(a.Currency) != 3 || !strings.Contains(currencies, " "+a.Currency+" ") {
		return 0, "CURRENCY_NOT_SUPPORTED"
	}
	major, minor, dot := strings.Cut(a.Value, ".")
	if !valueForm.MatchString(a.Value) || dot && whole[a.Currency] {
		return 0, "DECIMAL_PRECISION"
	}
	if !dot {
		minor = "00"
	}
	n, err := strconv.ParseInt(major+minor, 10, 64)
	if err != nil || n <= 0 {
		return 0, "CANNOT_BE_ZERO_OR_NEGATIVE"
	}
	return n, ""
}

func money(n int64, currency string) amount {
	if whole[currency] {
		return amount{currency, strconv.FormatInt(n/100, 10)}
	}
	return amount{currency, fmt.Sprintf("%d.%02d", n/100, n%100)}
}

// create makes an order. The lock is held.
func (s *Server) create(body []byte) answer {
	var in struct {
		Intent string `json:"intent"`
		Units  []struct {
			Amount      amount `json:"amount"`
			Description string `json:"description"`
			CustomID    string `json:"custom_id"`
		} `json:"purchase_units"`
		Source struct {
			PayPal struct {
				Experience struct {
					Return string `json:"return_url"`
					Cancel string `json:"cancel_url"`
				} `json:"experience_context"`
			} `json:"paypal"`
		} `json:"payment_source"`
	}
	if json.Unmarshal(body, &in) != nil || in.Intent != "CAPTURE" || len(in.Units) != 1 {
		return refuse(http.StatusBadRequest, "INVALID_REQUEST", "Request is not well-formed, syntactically incorrect, or violates schema.", "INVALID_PARAMETER_SYNTAX")
	}
	unit, to := in.Units[0], in.Source.PayPal.Experience
	sum, issue := unit.Amount.hundredths()
	back, err := url.Parse(to.Return)
	switch {
	case issue != "":
		return refuse(http.StatusUnprocessableEntity, "UNPROCESSABLE_ENTITY", "The sum cannot be paid.", issue)
	case err != nil || !back.IsAbs():
		return refuse(http.StatusBadRequest, "INVALID_REQUEST", "An order wants an absolute return_url.", "INVALID_PARAMETER_SYNTAX")
	case len([]rune(unit.Description)) > 127 || len(unit.CustomID) > 255:
		return refuse(http.StatusBadRequest, "INVALID_REQUEST", "A text is too long.", "INVALID_STRING_LENGTH")
	}
	x := &order{ID: newID(), Token: rand.Text(), Status: "PAYER_ACTION_REQUIRED", Sum: sum, Currency: unit.Amount.Currency, Description: unit.Description,
		CustomID: unit.CustomID, Return: to.Return, Cancel: to.Cancel, Created: s.o.Clock.Now().UTC()}
	s.orders[x.ID] = x
	s.list = append(s.list, x.ID)
	s.watch(x)
	return answer{http.StatusCreated, s.orderJSON(x)}
}

// watch ends x when its time is over. The lock is held.
func (s *Server) watch(x *order) {
	if x.Status != "PAYER_ACTION_REQUIRED" {
		return
	}
	x.forget()
	x.stop = s.o.Clock.After(x.Created.Add(life).Sub(s.o.Clock.Now()), func() {
		s.mu.Lock()
		if s.orders[x.ID] == x && x.Status == "PAYER_ACTION_REQUIRED" {
			x.Status = "VOIDED"
		}
		s.mu.Unlock()
		s.changed()
	})
}

// capture takes the money of an order that is approved. The lock is held.
func (s *Server) capture(id string) answer {
	x := s.orders[id]
	const unable = "UNPROCESSABLE_ENTITY"
	switch {
	case x == nil || x.Status == "VOIDED":
		return missing()
	case x.Status == "COMPLETED":
		return refuse(http.StatusUnprocessableEntity, unable, "Order already captured.", "ORDER_ALREADY_CAPTURED")
	case x.Status != "APPROVED":
		return refuse(http.StatusUnprocessableEntity, unable, "Payer has not yet approved the Order for payment.", "ORDER_NOT_APPROVED")
	case x.Refuses:
		return refuse(http.StatusUnprocessableEntity, unable, "The instrument presented was declined by the processor or bank.", "INSTRUMENT_DECLINED")
	}
	x.Status, x.Capture, x.Captured = "COMPLETED", newID(), s.o.Clock.Now().UTC()
	s.tell("PAYMENT.CAPTURE.COMPLETED", "capture", s.captureJSON(x))
	return answer{http.StatusCreated, s.orderJSON(x)}
}

// tell sends a webhook. The lock is held.
func (s *Server) tell(kind, of string, resource any) {
	id := "WH-" + newID() + "-" + newID()
	body, err := json.Marshal(map[string]any{"id": id, "event_version": "1.0", "create_time": stamp(s.o.Clock.Now().UTC()), "resource_type": of,
		"resource_version": "2.0", "event_type": kind, "summary": "<" + kind + ">", "resource": resource})
	if err == nil {
		s.courier.Send(stand.Hook{ID: id, Kind: kind, Body: body})
	}
}

// Pay does what the customer does on the payment page, or the company in its account. It refuses
// an unknown order or outcome, and one that its state does not allow.
func (s *Server) Pay(id, outcome string) error {
	defer s.begin()()
	defer s.changed()
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.orders[id]
	if x == nil {
		return stand.Refuse(http.StatusNotFound, "no order %q", id)
	}
	if outcome == Refunded {
		_, err := s.giveBack(x, x.Sum-x.Back)
		return err
	}
	if x.Status != "PAYER_ACTION_REQUIRED" {
		return stand.Refuse(http.StatusConflict, "the order is %s; it can't become %s", x.Status, outcome)
	}
	switch outcome {
	case Paid, Declined, Short, Foreign:
		x.forget()
		x.misfit(outcome)
		x.Status, x.Refuses = "APPROVED", outcome == Declined
		s.tell("CHECKOUT.ORDER.APPROVED", "checkout-order", s.orderJSON(x))
	case Expired:
		x.forget()
		x.Status = "VOIDED"
	default:
		return stand.Refuse(http.StatusBadRequest, "unknown outcome %q: use paid, declined, expired, refunded, short or foreign", outcome)
	}
	return nil
}

// misfit makes what will be captured another sum than was asked for, if that is the outcome.
func (x *order) misfit(outcome string) {
	switch {
	case outcome == Short && whole[x.Currency]:
		x.Sum -= 100
	case outcome == Short:
		x.Sum--
	case outcome == Foreign:
		x.Currency = stand.ForeignTo(x.Currency)
	}
}

// PayBack pays a part of an order back, in hundredths, as the company does in its account.
func (s *Server) PayBack(id, outcome string, sum int64) error {
	defer s.changed()
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.orders[id]
	if x == nil || outcome != Refunded {
		return stand.Refuse(http.StatusConflict, "order %q can't become %s", id, outcome)
	}
	_, err := s.giveBack(x, sum)
	return err
}

// giveBack books a refund, and returns it as the API tells it. The lock is held.
func (s *Server) giveBack(x *order, sum int64) (map[string]any, error) {
	if x.Status != "COMPLETED" || sum <= 0 || sum > x.Sum-x.Back {
		return nil, stand.Refuse(http.StatusConflict, "%d cannot be paid back of the order: it is %s, and %d were", sum, x.Status, x.Back)
	}
	x.Back += sum
	now := stamp(s.o.Clock.Now().UTC())
	back := map[string]any{"id": newID(), "status": "COMPLETED", "amount": money(sum, x.Currency), "custom_id": x.CustomID, "create_time": now, "update_time": now,
		"seller_payable_breakdown": map[string]any{"gross_amount": money(sum, x.Currency), "total_refunded_amount": money(x.Back, x.Currency)},
		"links":                    []map[string]any{{"rel": "up", "href": s.base() + "/paypal/v2/payments/captures/" + x.Capture, "method": "GET"}}}
	s.tell("PAYMENT.CAPTURE.REFUNDED", "refund", back)
	return back, nil
}

// createRefund makes a refund by the API. The lock is held.
func (s *Server) createRefund(capture string, body []byte) answer {
	x := s.captured(capture)
	if x == nil {
		return missing()
	}
	var in struct {
		Amount *amount `json:"amount"`
	}
	sum, issue := x.Sum-x.Back, ""
	if len(body) > 0 && json.Unmarshal(body, &in) == nil && in.Amount != nil {
		sum, issue = in.Amount.hundredths()
	}
	back, err := s.giveBack(x, sum)
	if err != nil || issue != "" {
		return refuse(http.StatusUnprocessableEntity, "UNPROCESSABLE_ENTITY", "The refund amount must be less than or equal to the capture amount that has not yet been refunded.", first(issue, "REFUND_AMOUNT_EXCEEDED"))
	}
	return answer{http.StatusCreated, back}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (s *Server) captured(id string) *order {
	for _, x := range s.orders {
		if x.Capture == id && id != "" {
			return x
		}
	}
	return nil
}

func (s *Server) getOrder(id string) answer {
	if x := s.orders[id]; x != nil && x.Status != "VOIDED" {
		return answer{http.StatusOK, s.orderJSON(x)}
	}
	return missing()
}

func (s *Server) getCapture(id string) answer {
	if x := s.captured(id); x != nil {
		return answer{http.StatusOK, s.captureJSON(x)}
	}
	return missing()
}

func (s *Server) orderJSON(x *order) map[string]any {
	unit := map[string]any{"reference_id": "default", "amount": money(x.Sum, x.Currency), "custom_id": x.CustomID, "description": x.Description}
	links := []map[string]any{{"rel": "self", "href": s.base() + "/paypal/v2/checkout/orders/" + x.ID, "method": "GET"}}
	if x.Status == "PAYER_ACTION_REQUIRED" {
		links = append(links, map[string]any{"rel": "payer-action", "href": s.base() + "/paypal/pay/" + x.ID, "method": "GET"})
	}
	if x.Capture != "" {
		unit["payments"] = map[string]any{"captures": []any{s.captureJSON(x)}}
	}
	return map[string]any{"id": x.ID, "intent": "CAPTURE", "status": x.Status, "create_time": stamp(x.Created), "purchase_units": []any{unit}, "links": links}
}

func (s *Server) captureJSON(x *order) map[string]any {
	fee := x.Sum * 34 / 1000
	status := "COMPLETED"
	if x.Back > 0 {
		status = "PARTIALLY_REFUNDED"
	}
	if x.Back == x.Sum {
		status = "REFUNDED"
	}
	return map[string]any{"id": x.Capture, "status": status, "amount": money(x.Sum, x.Currency), "final_capture": true, "custom_id": x.CustomID,
		"create_time": stamp(x.Captured), "update_time": stamp(x.Captured),
		"supplementary_data": map[string]any{"related_ids": map[string]any{"order_id": x.ID}},
		"seller_receivable_breakdown": map[string]any{"gross_amount": money(x.Sum, x.Currency), "paypal_fee": money(fee, x.Currency),
			"net_amount": money(x.Sum-fee, x.Currency)},
		"links": []map[string]any{{"rel": "up", "href": s.base() + "/paypal/v2/checkout/orders/" + x.ID, "method": "GET"}}}
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05Z") }

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// newID is an id in PayPal's form.
func newID() string {
	b := make([]byte, 17)
	rand.Read(b)
	for i := range b {
		b[i] = alphabet[int(b[i])%len(alphabet)]
	}
	return string(b)
}
