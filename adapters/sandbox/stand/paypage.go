package stand

import (
	"bytes"
	_ "embed"
	"html/template"
	"net"
	"net/http"
	"net/url"
)

//go:embed paypage.html
var payPageHTML string

var payPage = template.Must(template.New("paypage").Parse(payPageHTML))

// PayPage is what a provider's own payment page shows.
type PayPage struct {
	Provider string // "YooKassa"
	Lang     string
	Accent   string // colour
	Company  string
	Amount   string // "1,200.00 RUB"
	Detail   string // what is paid for
	Token    string // what the page's form must post
	Status   string // "open", "paid", "processing", "over", "none"
	Declined bool
	Back     string       // where the customer goes from here; "" for nowhere
	Acts     []PayAct     // while it is open, the first one stands out
	Style    template.CSS // of the page, with its colour
	Nonce    string
}

// PayAct is a button of a payment page.
type PayAct struct{ Do, Label string }

// Show writes the page.
func (p PayPage) Show(w http.ResponseWriter) {
	p.Nonce = p.Token
	if p.Nonce == "" {
		p.Nonce = "none"
	}
	p.Style = template.CSS(":root { --accent: " + p.Accent + " }")
	var page bytes.Buffer
	if err := payPage.Execute(&page, p); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+p.Nonce+"'; base-uri 'none'; frame-ancestors 'self'; "+
		"form-action 'self' http://127.0.0.1:* http://localhost:*")
	if p.Status == "none" {
		w.WriteHeader(http.StatusNotFound)
	}
	w.Write(page.Bytes())
}

// Loopback tells whether an address leads to this machine. Only there does a payment page send
// the customer by itself: elsewhere (a chat's address, say) there may be no network.
func Loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
