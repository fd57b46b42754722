package stripeapi

import (
	"net/http"
	"strings"

	"duebot/adapters/sandbox/stand"
)

// PaidOut is the outcome of a session by which all that the account has in its currency goes to the
// company's bank.
const PaidOut = "paidout"

// movement is a balance transaction: money that came into the account or left it.
type movement struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"` // "charge", "refund", "adjustment", "payout"
	Intent   string `json:"intent,omitempty"`
	Source   string `json:"source"`
	Original int64  `json:"original"` // of the source, in its own currency
	Amount   int64  `json:"amount"`
	Fee      int64  `json:"fee"`
	Currency string `json:"currency"`
	Created  int64  `json:"created"`
	Payout   string `json:"payout,omitempty"` // that it is part of
}

// payout is money on its way to the bank.
type payout struct {
	ID       string `json:"id"`
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
	Created  int64  `json:"created"`
	Arrives  int64  `json:"arrives"`
}

// own are the currencies in which the account is kept; any other comes in euros, at a rate.
var own = map[string]bool{"eur": true, "usd": true, "gbp": true}

// rates are what the account gets for a hundred minor units of other currencies, in cents; of those
// that are not here the figures stay.
var rates = map[string]int64{"chf": 104, "jpy": 61, "ron": 20, "pln": 23, "czk": 4, "huf": 1, "sek": 9, "dkk": 13}

// What Stripe keeps of a card of the European Economic Area, and takes for a dispute.
const (
	feePerMille = 15
	feeFixed    = 25
	feeDispute  = 2000
)

// Move is a balance transaction, for tests.
type Move struct{ Kind, Payout string }

// Moves returns the balance transactions, oldest first.
func (s *Server) Moves() (out []Move) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.moves {
		out = append(out, Move{m.Kind, m.Payout})
	}
	return out
}

// settledIn is a sum as it comes into the account.
func settledIn(amount int64, currency string) (int64, string) {
	if rate := rates[currency]; rate > 0 {
		return amount * rate / 100, "eur"
	}
	if !own[currency] {
		return amount, "eur"
	}
	return amount, currency
}

// move records that money of an intent came or went. The lock is held.
func (s *Server) move(pi *intent, kind, source string, amount, fee int64) *movement {
	sum, currency := settledIn(amount, pi.Currency)
	m := &movement{ID: newID("txn_3", 23), Kind: kind, Intent: pi.ID, Source: source, Original: max(amount, -amount), Amount: sum, Fee: fee,
		Currency: currency, Created: s.now()}
	s.moves = append(s.moves, m)
	return m
}

// feeOf is what is kept of a charge that came in.
func feeOf(amount int64, currency string) int64 {
	sum, _ := settledIn(amount, currency)
	return (sum*feePerMille+500)/1000 + feeFixed
}

// payOut sends all that is in the account in the currency of a session to the bank. The lock is held.
func (s *Server) payOut(x *session) error {
	_, currency := settledIn(x.Amount, x.Currency)
	p := &payout{ID: newID("po_1", 23), Currency: currency, Created: s.now(), Arrives: s.now()}
	for _, m := range s.moves {
		if m.Payout == "" && m.Currency == currency {
			m.Payout = p.ID
			p.Amount += m.Amount - m.Fee
		}
	}
	if p.Amount == 0 {
		return stand.Refuse(http.StatusConflict, "nothing is in the account in %s", strings.ToUpper(currency))
	}
	s.moves = append(s.moves, &movement{ID: newID("txn_1", 23), Kind: "payout", Source: p.ID, Original: p.Amount, Amount: -p.Amount, Currency: currency,
		Created: s.now(), Payout: p.ID})
	s.payouts = append(s.payouts, p)
	s.tell(s.note("payout.created", payoutJSON(p, "in_transit")), s.note("payout.paid", payoutJSON(p, "paid")))
	return nil
}

func payoutJSON(p *payout, status string) map[string]any {
	return map[string]any{"id": p.ID, "object": "payout", "amount": p.Amount, "arrival_date": p.Arrives, "automatic": true, "created": p.Created,
		"currency": p.Currency, "description": "STRIPE PAYOUT", "livemode": false, "metadata": map[string]any{}, "method": "standard",
		"reconciliation_status": "completed", "source_type": "card", "statement_descriptor": nil, "status": status, "type": "bank_account"}
}

// moveOf is the movement of a source, nil where there is none. The lock is held.
func (s *Server) moveOf(source string) *movement {
	for _, m := range s.moves {
		if m.Source == source {
			return m
		}
	}
	return nil
}

// moveJSON writes a balance transaction as Stripe does, with its source where that was asked for.
// The lock is held.
func (s *Server) moveJSON(m *movement, source bool) map[string]any {
	category := map[string]string{"adjustment": "dispute"}[m.Kind]
	out := map[string]any{"id": m.ID, "object": "balance_transaction", "amount": m.Amount, "available_on": m.Created, "balance_type": "payments",
		"created": m.Created, "currency": m.Currency, "description": nil, "exchange_rate": nil, "fee": m.Fee, "fee_details": []any{},
		"net": m.Amount - m.Fee, "reporting_category": firstOf(category, m.Kind), "source": m.Source, "status": "available", "type": m.Kind}
	if m.Fee != 0 {
		out["fee_details"] = []any{map[string]any{"amount": m.Fee, "application": nil, "currency": m.Currency, "description": "Stripe processing fees", "type": "stripe_fee"}}
	}
	if source {
		out["source"] = s.sourceJSON(m)
	}
	return out
}

// movesOf are the movements of a source as Stripe writes them. The lock is held.
func (s *Server) movesOf(source string) []any {
	out := []any{}
	for _, m := range s.moves {
		if m.Source == source {
			out = append(out, s.moveJSON(m, false))
		}
	}
	return out
}

// sourceJSON is what a movement is of. The lock is held.
func (s *Server) sourceJSON(m *movement) any {
	pi := s.intents[m.Intent]
	if pi == nil {
		return m.Source
	}
	switch m.Kind {
	case "charge":
		return s.chargeJSON(pi, false)
	case "refund":
		return map[string]any{"id": m.Source, "object": "refund", "amount": m.Original, "balance_transaction": m.ID, "charge": pi.Charge, "created": m.Created,
			"currency": pi.Currency, "metadata": map[string]any{}, "payment_intent": pi.ID, "reason": nil, "status": "succeeded"}
	}
	return s.dispute(pi, "needs_response")
}

// chargeJSON is the charge of an intent, with its balance transaction where that was asked for. The
// lock is held.
func (s *Server) chargeJSON(pi *intent, balance bool) any {
	out := map[string]any{"id": pi.Charge, "object": "charge", "amount": pi.Amount, "amount_captured": pi.Received, "amount_refunded": 0, "balance_transaction": nil,
		"captured": true, "created": pi.Created, "currency": pi.Currency, "metadata": pi.Data.Metadata, "paid": true, "payment_intent": pi.ID,
		"refunded": pi.Back, "status": "succeeded"}
	if m := s.moveOf(pi.Charge); m != nil {
		out["balance_transaction"] = m.ID
		if balance {
			out["balance_transaction"] = s.moveJSON(m, false)
		}
	}
	return out
}

// intentShown is an intent with what was asked to be expanded of it. The lock is held.
func (s *Server) intentShown(pi *intent, expand map[string]bool) map[string]any {
	out := intentJSON(pi)
	if pi.Charge != "" && (expand["latest_charge"] || expand["latest_charge.balance_transaction"]) {
		out["latest_charge"] = s.chargeJSON(pi, expand["latest_charge.balance_transaction"])
	}
	return out
}

// expansions are the properties that a request asks for, if all of them can be.
func expansions(form *node, can ...string) (map[string]bool, *apiError) {
	asked := map[string]bool{}
	for _, e := range form.at("expand").list() {
		known := false
		for _, c := range can {
			known = known || c == e.text
		}
		if !known {
			return nil, wrong("expand", "", "This property cannot be expanded (%s).", e.text)
		}
		asked[e.text] = true
	}
	return asked, nil
}

// listMoves lists balance transactions, the newest first: all, or those of a payout.
func (s *Server) listMoves(form *node) answer {
	if err := form.allow(schema{"limit": nil, "starting_after": nil, "ending_before": nil, "payout": nil, "type": nil, "currency": nil, "source": nil,
		"created": {"gt": nil, "gte": nil, "lt": nil, "lte": nil}, "expand": {"*": nil}}, ""); err != nil {
		return err.answer()
	}
	expand, err := expansions(form, "data.source")
	if err != nil {
		return err.answer()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if id := form.str("payout"); id != "" && s.moveOf(id) == nil {
		return missing("payout", id, "payout")
	}
	var ids []string
	byID := map[string]*movement{}
	for i := len(s.moves) - 1; i >= 0; i-- {
		m := s.moves[i]
		of := func(field, is string) bool { return form.str(field) == "" || form.str(field) == is }
		if of("payout", m.Payout) && of("type", m.Kind) && of("currency", m.Currency) && of("source", m.Source) && within(form.at("created"), m.Created) {
			ids, byID[m.ID] = append(ids, m.ID), m
		}
	}
	return page(ids, form, "/v1/balance_transactions", func(id string) any { return s.moveJSON(byID[id], expand["data.source"]) })
}

func (s *Server) getMove(id string, form *node) answer {
	if err := form.allow(schema{"expand": {"*": nil}}, ""); err != nil {
		return err.answer()
	}
	expand, err := expansions(form, "source")
	if err != nil {
		return err.answer()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.moves {
		if m.ID == id {
			return answer{status: http.StatusOK, body: s.moveJSON(m, expand["source"])}
		}
	}
	return missing("balance_transaction", id, "id")
}
