package stripeapi

import (
	"bytes"
	"crypto/subtle"
	_ "embed"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"duebot/adapters/sandbox/stand"
)

//go:embed hosted.html
var hostedHTML string

var hosted = template.Must(template.New("hosted").Parse(hostedHTML))

// view is what the payment page shows.
type view struct {
	Company, Initial, Amount, Email, Token, Style string
	Status                                        string // "open", "paid", "processing", "expired", "none"
	Declined                                      bool
	Items                                         []viewItem
	Back                                          string // where the customer goes from here; "" when nowhere
	Cancel                                        bool   // there is a place to go back to
	Until                                         string
}

type viewItem struct{ Name, Detail, Quantity, Sum string }

// servePage shows a session's payment page, and takes the form on it.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request, id string) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		s.showPage(w, r, id)
	case http.MethodPost:
		defer s.begin()()
		s.takePage(w, r, id)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	}
}

func (s *Server) showPage(w http.ResponseWriter, r *http.Request, id string) {
	s.mu.Lock()
	x := s.sessions[id]
	v := view{Company: Company, Initial: Company[:1], Status: "none"}
	if x != nil {
		v = s.viewOf(x)
	}
	s.mu.Unlock()
	v.Declined = v.Status == "open" && r.URL.Query().Has("declined")
	v.Style = newID("", 16)

	var page bytes.Buffer
	if err := hosted.Execute(&page, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	// Chromium holds form-action against the redirects that follow, too.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+v.Style+"'; base-uri 'none'; frame-ancestors 'self'; "+
		"form-action 'self' http://127.0.0.1:* http://localhost:*")
	if v.Status == "none" {
		w.WriteHeader(http.StatusNotFound)
	}
	w.Write(page.Bytes())
}

// viewOf is the page of a session. The lock is held.
func (s *Server) viewOf(x *session) view {
	v := view{Company: Company, Initial: Company[:1], Amount: format(x.Amount, x.Currency), Email: firstOf(x.Payer, x.Email), Token: x.Token,
		Status: x.Status, Cancel: x.CancelURL != "", Until: time.Unix(x.ExpiresAt, 0).UTC().Format("2 January 2006, 15:04 UTC")}
	for _, it := range x.Items {
		line := viewItem{Name: it.Name, Detail: it.Description, Sum: format(it.Unit*it.Quantity, it.Currency)}
		if it.Quantity > 1 {
			line.Quantity = format(it.Unit, it.Currency) + " each"
			line.Name += " × " + format(it.Quantity, "jpy")[:len(format(it.Quantity, "jpy"))-4]
		}
		v.Items = append(v.Items, line)
	}
	switch {
	case x.Status == "complete" && x.PaymentStatus == "paid":
		v.Status, v.Back = "paid", s.successURL(x)
	case x.Status == "complete":
		v.Status, v.Back = "processing", s.successURL(x)
	case x.Status == "expired":
		v.Back = x.CancelURL
	}
	return v
}

func (s *Server) successURL(x *session) string {
	return strings.ReplaceAll(x.SuccessURL, "{CHECKOUT_SESSION_ID}", x.ID)
}

// takePage does what the customer chose. Only the page itself knows the token.
func (s *Server) takePage(w http.ResponseWriter, r *http.Request, id string) {
	r.Body = http.MaxBytesReader(w, r.Body, bodyMax)
	s.mu.Lock()
	x := s.sessions[id]
	var token, cancel, success string
	if x != nil {
		token, cancel, success = x.Token, x.CancelURL, s.successURL(x)
	}
	s.mu.Unlock()
	here := "/stripe/pay/" + url.PathEscape(id)
	if x == nil || subtle.ConstantTimeCompare([]byte(r.PostFormValue("token")), []byte(token)) != 1 {
		http.Error(w, "This payment page is out of date. Open the link again.", http.StatusForbidden)
		return
	}
	if r.PostFormValue("do") == "cancel" {
		http.Redirect(w, r, firstOf(cancel, here), http.StatusSeeOther)
		return
	}
	outcome := map[string]string{"pay": Paid, "decline": Declined, "debit": Pending}[r.PostFormValue("do")]
	err := s.pay(id, outcome, r.PostFormValue("email"))
	if refusal, ok := err.(*stand.Refusal); ok && refusal.Status != http.StatusConflict {
		http.Error(w, refusal.Text, refusal.Status)
		return
	}
	if err == nil { // a page pressed twice shows what became of it
		s.o.Tell()
	}
	to := here
	switch {
	case outcome == Declined:
		to += "?declined=1"
	case err == nil && loopback(success):
		to = success
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// loopback tells whether an address leads to this machine. Only there does the page send
// the customer by itself: elsewhere (a chat's address, say) there may be no network.
func loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
