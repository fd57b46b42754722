package yookassaapi

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"

	"duebot/adapters/sandbox/stand"
)

// servePage shows a payment's page, and takes the form on it.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request, id string) {
	s.mu.Lock()
	v := stand.PayPage{Provider: "ЮKassa", Lang: "ru", Accent: "#0a6cff", Company: Company, Status: "none"}
	if p := s.payments[id]; p != nil {
		v.Amount, v.Detail, v.Token, v.Back = roubles(p.Amount).Value+" ₽", p.Description, p.Token, p.Return
		v.Status = map[string]string{"pending": "open", "succeeded": "paid", "canceled": "over"}[p.Status]
		v.Declined = p.Tried
		v.Acts = []stand.PayAct{{Do: "pay", Label: "Оплатить " + v.Amount}, {Do: "decline", Label: "Отказ банка"}, {Do: "back", Label: "Вернуться в магазин"}}
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
		s.takePage(w, r, id, v.Back)
	}
}

// takePage does what the customer chose.
func (s *Server) takePage(w http.ResponseWriter, r *http.Request, id, back string) {
	to := "/yookassa/pay/" + url.PathEscape(id)
	switch r.FormValue("do") {
	case "pay":
		if s.Pay(id, Paid) == nil && stand.Loopback(back) {
			to = back
		}
	case "decline":
		s.Pay(id, Declined)
	case "back":
		to = back
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// SessionOf returns the payment in the address of a payment page, "" for other addresses.
func SessionOf(path string) string {
	id, ok := strings.CutPrefix(path, "/yookassa/pay/")
	if !ok || strings.Contains(id, "/") {
		return ""
	}
	return id
}

// Brief is a payment in few words, for the page.
type Brief struct {
	ID            string            `json:"id"`
	URL           string            `json:"url"`
	Status        string            `json:"status"`
	PaymentStatus string            `json:"payment_status"`
	Amount        string            `json:"amount"`
	Metadata      map[string]string `json:"metadata"`
}

func (s *Server) brief(p *payment) Brief {
	b := Brief{ID: p.ID, URL: s.o.Address() + "/yookassa/pay/" + p.ID, Status: map[string]string{"pending": "open", "succeeded": "complete", "canceled": "expired"}[p.Status],
		PaymentStatus: "unpaid", Amount: roubles(p.Amount).Value + " RUB", Metadata: p.Metadata}
	if p.Status == "succeeded" {
		b.PaymentStatus = "paid"
	}
	return b
}

// Session returns one payment; ok is false when there is none.
func (s *Server) Session(id string) (b any, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.payments[id]
	if p == nil {
		return nil, false
	}
	return s.brief(p), true
}

// State returns what the page shows of YooKassa: the payments, newest first.
func (s *Server) State() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Brief{}
	for i := len(s.order) - 1; i >= 0; i-- {
		out = append(out, s.brief(s.payments[s.order[i]]))
	}
	return map[string]any{"sessions": out}
}
