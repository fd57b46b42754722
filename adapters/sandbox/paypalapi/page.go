package paypalapi

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"

	"duebot/adapters/sandbox/stand"
)

// servePage shows an order's page, and takes the form on it.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request, id string) {
	s.mu.Lock()
	v := stand.PayPage{Provider: "PayPal", Lang: "en", Accent: "#003087", Company: Company, Status: "none"}
	back := ""
	if x := s.orders[id]; x != nil {
		v.Amount, v.Detail, v.Token, v.Back = shown(x), x.Description, x.Token, first(x.Cancel, x.Return)
		v.Status = map[string]string{"PAYER_ACTION_REQUIRED": "open", "APPROVED": "processing", "COMPLETED": "paid", "VOIDED": "over"}[x.Status]
		v.Acts = []stand.PayAct{{Do: "pay", Label: "Pay " + v.Amount}, {Do: "decline", Label: "Pay with a card that is refused"}, {Do: "back", Label: "Cancel and return"}}
		back = x.Return
	}
	s.mu.Unlock()
	switch {
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		v.Show(w)
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	case v.Status == "none" || subtle.ConstantTimeCompare([]byte(r.FormValue("token")), []byte(v.Token)) != 1:
		http.Error(w, "This payment page is out of date. Open the link again.", http.StatusForbidden)
	default:
		s.takePage(w, r, id, back, v.Back)
	}
}

// takePage does what the customer chose.
func (s *Server) takePage(w http.ResponseWriter, r *http.Request, id, back, cancel string) {
	to := "/paypal/pay/" + url.PathEscape(id)
	switch r.FormValue("do") {
	case "pay", "decline":
		outcome := map[string]string{"pay": Paid, "decline": Declined}[r.FormValue("do")]
		if s.Pay(id, outcome) == nil && stand.Loopback(back) {
			to = back
		}
	case "back":
		to = cancel
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// SessionOf returns the order in the address of a payment page, "" for other addresses.
func SessionOf(path string) string {
	id, ok := strings.CutPrefix(path, "/paypal/pay/")
	if !ok || strings.Contains(id, "/") {
		return ""
	}
	return id
}

// Brief is an order in few words, for the page.
type Brief struct {
	ID            string            `json:"id"`
	URL           string            `json:"url"`
	Status        string            `json:"status"`
	PaymentStatus string            `json:"payment_status"`
	Amount        string            `json:"amount"`
	Metadata      map[string]string `json:"metadata"`
}

func shown(x *order) string { return money(x.Sum, x.Currency).Value + " " + x.Currency }

func (s *Server) brief(x *order) Brief {
	b := Brief{ID: x.ID, URL: s.o.Address() + "/paypal/pay/" + x.ID, Status: map[string]string{"PAYER_ACTION_REQUIRED": "open", "APPROVED": "approved", "COMPLETED": "complete", "VOIDED": "expired"}[x.Status],
		PaymentStatus: "unpaid", Amount: shown(x), Metadata: map[string]string{"description": x.Description}}
	if x.Status == "COMPLETED" {
		b.PaymentStatus = "paid"
	}
	return b
}

// Session returns one order; ok is false when there is none.
func (s *Server) Session(id string) (b any, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.orders[id]
	if x == nil {
		return nil, false
	}
	return s.brief(x), true
}

// State returns what the page shows of PayPal: the orders, newest first.
func (s *Server) State() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Brief{}
	for i := len(s.list) - 1; i >= 0; i-- {
		out = append(out, s.brief(s.orders[s.list[i]]))
	}
	return map[string]any{"sessions": out}
}
