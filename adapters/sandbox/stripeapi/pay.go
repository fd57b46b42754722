package stripeapi

import (
	"net/http"
	"strings"

	"duebot/adapters/sandbox/stand"
)

// What can become of a try to pay.
const (
	Paid     = "paid"     // the money is there; after Pending: it arrived
	Declined = "declined" // the bank said no: the session stays open; after Pending: it failed
	Expired  = "expired"  // the customer never paid and the session's time is over
	Pending  = "pending"  // a delayed method, a bank debit: done by the customer, unpaid for now
	Refunded = "refunded" // the company paid all of it back, in its account
	Disputed = "disputed" // the payer's bank took it back
	Won      = "won"      // the company won that, and has it again
	Short    = stand.PaidShort
	Foreign  = stand.PaidForeign
)

// intent is a payment intent: what became of the money of a session.
type intent struct {
	ID       string     `json:"id"`
	Session  string     `json:"session"`
	Status   string     `json:"status"`
	Amount   int64      `json:"amount"`
	Received int64      `json:"received"`
	Currency string     `json:"currency"`
	Created  int64      `json:"created"`
	Charge   string     `json:"charge,omitempty"`
	Declined bool       `json:"declined,omitempty"` // the last try was
	Back     bool       `json:"back,omitempty"`     // all of it went back, or a dispute is about it
	Refunded int64      `json:"refunded,omitempty"` // in all
	Dispute  string     `json:"dispute,omitempty"`  // that is about it
	Disputed int64      `json:"disputed,omitempty"` // what it is about
	Data     intentData `json:"data"`
}

// Pay does what the customer does on the payment page. It refuses an unknown session or
// outcome and one that the session's state does not allow.
func (s *Server) Pay(id, outcome string) error {
	defer s.begin()()
	err := s.pay(id, outcome, "")
	if err == nil {
		s.changed()
	}
	return err
}

func (s *Server) pay(id, outcome, email string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.sessions[id]
	if x == nil {
		return stand.Refuse(http.StatusNotFound, "no checkout session %q", id)
	}
	switch outcome {
	case PaidOut:
		return s.payOut(x)
	case Refunded, Disputed:
		return s.giveBack(x, outcome, 0)
	case Won:
		return s.giveAgain(x)
	}
	waiting := x.Status == "complete" && x.PaymentStatus == "unpaid"
	if x.Status != "open" && !(waiting && (outcome == Paid || outcome == Declined)) {
		return stand.Refuse(http.StatusConflict, "the checkout session is %s (payment: %s); it can't become %s", x.Status, x.PaymentStatus, outcome)
	}
	if email != "" {
		x.Payer = email
	}
	switch outcome {
	case Paid:
		s.settle(x, waiting)
	case Short, Foreign:
		s.misfit(x, outcome)
		s.settle(x, false)
	case Declined:
		s.decline(x, waiting)
	case Pending:
		pi := s.intentOf(x)
		pi.Status = "processing"
		x.forget()
		x.Status = "complete"
		s.tell(s.note("payment_intent.processing", intentJSON(pi)),
			s.note("checkout.session.completed", s.sessionJSON(x, nil)))
	case Expired:
		s.expire(x)
	default:
		return stand.Refuse(http.StatusBadRequest, "unknown outcome %q: use paid, declined, expired, pending, short or foreign", outcome)
	}
	return nil
}

// PayBack pays a part of a session's money back, or lets the payer's bank take it: a sum in the
// unit of the API.
func (s *Server) PayBack(id, outcome string, sum int64) error {
	defer s.changed()
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.sessions[id]
	if x == nil || sum <= 0 || outcome != Refunded && outcome != Disputed {
		return stand.Refuse(http.StatusConflict, "%d can't be paid back of session %q, as %s", sum, id, outcome)
	}
	return s.giveBack(x, outcome, sum)
}

// giveBack pays a session's money back, or lets the payer's bank take it; 0 is all that is left.
// The lock is held.
func (s *Server) giveBack(x *session, outcome string, sum int64) error {
	pi := s.intents[x.Intent]
	if pi == nil || pi.Status != "succeeded" || pi.Back || sum > pi.Amount-pi.Refunded {
		return stand.Refuse(http.StatusConflict, "the checkout session is %s (payment: %s), or its money is back already; it can't become %s", x.Status, x.PaymentStatus, outcome)
	}
	if sum == 0 {
		sum = pi.Amount - pi.Refunded
	}
	if outcome == Refunded {
		pi.Refunded += sum
		pi.Back = pi.Refunded == pi.Amount
		s.move(pi, "refund", newID("re_3", 23), -sum, 0)
		s.tell(s.note("charge.refunded", map[string]any{"id": pi.Charge, "object": "charge", "payment_intent": pi.ID, "amount": pi.Amount,
			"amount_refunded": pi.Refunded, "currency": pi.Currency, "refunded": pi.Back, "status": "succeeded", "metadata": pi.Data.Metadata}))
		return nil
	}
	pi.Back, pi.Dispute, pi.Disputed = true, newID("dp_1", 23), sum
	s.move(pi, "adjustment", pi.Dispute, -sum, feeDispute)
	s.tell(s.note("charge.dispute.created", s.dispute(pi, "needs_response")), s.note("charge.dispute.funds_withdrawn", s.dispute(pi, "needs_response")))
	return nil
}

// giveAgain ends a dispute that the company won. The lock is held.
func (s *Server) giveAgain(x *session) error {
	pi := s.intents[x.Intent]
	if pi == nil || pi.Dispute == "" || !pi.Back {
		return stand.Refuse(http.StatusConflict, "the checkout session is %s (payment: %s); nothing of it is disputed", x.Status, x.PaymentStatus)
	}
	pi.Back = false
	s.move(pi, "adjustment", pi.Dispute, pi.Amount, 0)
	s.tell(s.note("charge.dispute.closed", s.dispute(pi, "won")), s.note("charge.dispute.funds_reinstated", s.dispute(pi, "won")))
	return nil
}

func (s *Server) dispute(pi *intent, status string) map[string]any {
	return map[string]any{"id": pi.Dispute, "object": "dispute", "charge": pi.Charge, "payment_intent": pi.ID, "amount": pi.Disputed,
		"currency": pi.Currency, "reason": "fraudulent", "status": status, "created": s.now(), "balance_transactions": s.movesOf(pi.Dispute)}
}

// misfit makes what will be paid another sum than was asked for. The lock is held.
func (s *Server) misfit(x *session, outcome string) {
	if outcome == Short {
		x.Amount--
	} else {
		x.Currency = strings.ToLower(stand.ForeignTo(x.Currency))
	}
	if pi := s.intents[x.Intent]; pi != nil {
		pi.Amount, pi.Currency = x.Amount, x.Currency
	}
}

// settle takes the money. The lock is held.
func (s *Server) settle(x *session, late bool) {
	pi := s.intentOf(x)
	pi.Status, pi.Received, pi.Declined, pi.Charge = "succeeded", pi.Amount, false, newID("ch_3", 23)
	s.move(pi, "charge", pi.Charge, pi.Amount, feeOf(pi.Amount, pi.Currency))
	x.forget()
	x.Status, x.PaymentStatus = "complete", "paid"
	kind := "checkout.session.completed"
	if late {
		kind = "checkout.session.async_payment_succeeded"
	}
	s.tell(s.note("payment_intent.succeeded", intentJSON(pi)), s.note(kind, s.sessionJSON(x, nil)))
}

// decline lets the try fail. An open session stays open. The lock is held.
func (s *Server) decline(x *session, late bool) {
	pi := s.intentOf(x)
	pi.Status, pi.Declined = "requires_payment_method", true
	notes := []*event{s.note("payment_intent.payment_failed", intentJSON(pi))}
	if late {
		notes = append(notes, s.note("checkout.session.async_payment_failed", s.sessionJSON(x, nil)))
	}
	s.tell(notes...)
}

// intentOf returns the session's payment intent, made at the first try. The lock is held.
func (s *Server) intentOf(x *session) *intent {
	if pi := s.intents[x.Intent]; pi != nil {
		return pi
	}
	pi := &intent{ID: newID("pi_3", 23), Session: x.ID, Status: "requires_payment_method", Amount: x.Amount,
		Currency: x.Currency, Created: s.now(), Data: x.IntentData}
	s.intents[pi.ID] = pi
	x.Intent = pi.ID
	return pi
}

func (s *Server) getIntent(id string, form *node) answer {
	if err := form.allow(schema{"expand": {"*": nil}, "client_secret": nil}, ""); err != nil {
		return err.answer()
	}
	expand, err := expansions(form, "latest_charge", "latest_charge.balance_transaction")
	if err != nil {
		return err.answer()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	pi := s.intents[id]
	if pi == nil {
		return missing("payment_intent", id, "intent")
	}
	return answer{status: http.StatusOK, body: s.intentShown(pi, expand), where: pi.Session}
}

func intentJSON(pi *intent) map[string]any {
	out := map[string]any{
		"id": pi.ID, "object": "payment_intent", "livemode": false, "status": pi.Status, "amount": pi.Amount,
		"amount_received": pi.Received, "amount_capturable": 0, "currency": pi.Currency, "created": pi.Created,
		"capture_method": "automatic_async", "confirmation_method": "automatic", "canceled_at": nil, "cancellation_reason": nil,
		"client_secret": pi.ID + "_secret_" + pi.ID[len(pi.ID)-12:], "customer": nil, "description": orNull(pi.Data.Description),
		"last_payment_error": nil, "latest_charge": orNull(pi.Charge), "metadata": pi.Data.Metadata, "next_action": nil,
		"payment_method": nil, "payment_method_types": []string{"card"}, "receipt_email": orNull(pi.Data.Receipt),
		"statement_descriptor_suffix": orNull(pi.Data.Suffix),
	}
	if pi.Declined {
		out["last_payment_error"] = map[string]any{"type": "card_error", "code": "card_declined", "decline_code": "generic_decline",
			"message": "Your card was declined.", "doc_url": "https://stripe.com/docs/error-codes/card-declined"}
	}
	return out
}

// Brief is a session in few words, for the page.
type Brief struct {
	ID            string            `json:"id"`
	URL           string            `json:"url"`
	Status        string            `json:"status"`
	PaymentStatus string            `json:"payment_status"`
	Amount        string            `json:"amount"` // "4,401.81 EUR"
	Reference     string            `json:"client_reference_id,omitempty"`
	Metadata      map[string]string `json:"metadata"`
	Created       int64             `json:"created"`
	ExpiresAt     int64             `json:"expires_at"`
}

func (s *Server) brief(x *session) Brief {
	return Brief{ID: x.ID, URL: s.base() + "/stripe/pay/" + x.ID, Status: x.Status, PaymentStatus: x.PaymentStatus,
		Amount: format(x.Amount, x.Currency), Reference: x.Reference, Metadata: x.Metadata, Created: x.Created, ExpiresAt: x.ExpiresAt}
}

// Session returns one session; ok is false when there is none.
func (s *Server) Session(id string) (b Brief, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.sessions[id]
	if x == nil {
		return Brief{}, false
	}
	return s.brief(x), true
}

// SessionOf returns the session id in the address of a payment page, "" for other addresses.
func SessionOf(path string) string {
	id, ok := strings.CutPrefix(path, "/stripe/pay/")
	if !ok || strings.Contains(id, "/") {
		return ""
	}
	return id
}
