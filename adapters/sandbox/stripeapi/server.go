// Package stripeapi is a strict local double of Stripe: Checkout sessions, payment
// intents, events and signed webhooks, and the hosted page on which a customer pays.
//
// It speaks Stripe's form-encoded API under /stripe/v1/ and shows the payment page at
// /stripe/pay/<session>. Sessions live and expire by business time; a webhook's signature
// carries wall time, because receivers check it against theirs.
//
// It knows only payments of one-off amounts (mode "payment" with price_data). It keeps no
// products, customers or subscriptions, and says so when asked; refunds, disputes and payouts are told of alone, and
// their balance transactions listed.
package stripeapi

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"duebot/adapters/sandbox/stand"
)

// What a client must know to work with this double.
const (
	Key           = "sk_test_sandbox"
	WebhookSecret = "whsec_sandbox"
	APIVersion    = "2026-02-25.clover" // of events; the one that stripe-go v84.4 reads
	Company       = "Lindenhof Studio"  // the name on the payment page
)

// bodyMax bounds a request's body, in bytes.
const bodyMax = 1 << 20

// keyLife is how long the answer to an idempotency key is kept, in business time.
const keyLife = 24 * time.Hour

// Server is the double. Make it with New; all methods are safe for concurrent use.
type Server struct {
	o       stand.Options
	courier *stand.Courier

	mu       sync.Mutex
	round    int // grows with every Reset and Load; what was to happen in an older round does not
	serving  int // API requests and page acts being served
	sessions map[string]*session
	order    []string // session ids, oldest first
	intents  map[string]*intent
	events   []*event // oldest first
	moves    []*movement
	payouts  []*payout
	keys     map[string]keyed
}

// keyed is the answer kept under an idempotency key.
type keyed struct {
	Print  string          `json:"print"` // what was asked: path and body
	Status int             `json:"status"`
	Answer json.RawMessage `json:"answer"`
	At     time.Time       `json:"at"`
}

// New returns an empty Stripe. Hook gives the address that webhooks are posted to, at the
// time they are; while it is "" events are kept but sent nowhere.
func New(o stand.Options, hook func() string) *Server {
	s := &Server{o: o, courier: stand.NewCourier("stripe", o, hook, dress)}
	s.courier.Later = later
	s.clear()
	return s
}

func (s *Server) clear() {
	for _, x := range s.sessions {
		x.forget()
	}
	s.round++
	s.sessions, s.order = map[string]*session{}, nil
	s.intents, s.events, s.moves, s.payouts = map[string]*intent{}, nil, nil, nil
	s.keys = map[string]keyed{}
}

// Pending counts the requests being served and the webhooks that are due and not yet
// answered with a 2xx. A webhook whose next try lies in the business future is not counted.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.serving + s.courier.Pending()
}

func (s *Server) begin() func() {
	s.mu.Lock()
	s.serving++
	s.mu.Unlock()
	return func() {
		s.mu.Lock()
		s.serving--
		s.mu.Unlock()
	}
}

// ServeHTTP answers everything under /stripe/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/stripe")
	if id, ok := strings.CutPrefix(path, "/pay/"); ok {
		s.servePage(w, r, strings.TrimSuffix(id, "/"))
		return
	}
	defer s.begin()()
	s.serveAPI(w, r, path)
}

// answer is what the API says: a status and a value to be written as JSON.
type answer struct {
	status int
	body   any
	replay bool
	where  string // the session it is about, for the log
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, path string) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMax))
	if err != nil {
		http.Error(w, "request too large", http.StatusRequestEntityTooLarge)
		return
	}
	method := r.Method + " " + path
	text := string(raw)
	if r.Method == http.MethodGet || r.Method == http.MethodDelete {
		text = r.URL.RawQuery
	}
	form, ferr := parseForm(text)

	if f, ok := s.o.Faults.Take("stripe", "", stand.Fault429, stand.Fault500, stand.FaultTimeout); ok {
		s.fail(w, r, method, form, f)
		return
	}
	a := s.do(r, path, text, form, ferr)
	body, err := json.MarshalIndent(a.body, "", "  ")
	if err != nil {
		body, a.status = []byte(`{"error":{"type":"api_error","message":"the answer could not be written"}}`), 500
	}
	if r.Method == http.MethodPost && a.status < 400 {
		if _, ok := s.o.Faults.Take("stripe", "", stand.FaultTimeoutAfterAccept); ok {
			s.o.Log.Add("stripe", "in", method, a.where, form, 0, json.RawMessage(body))
			s.o.Tell()
			stand.Cut(r)
		}
	}
	s.o.Log.Add("stripe", "in", method, a.where, form, a.status, json.RawMessage(body))
	s.head(w, r, a.replay)
	w.WriteHeader(a.status)
	w.Write(append(body, '\n'))
	if r.Method == http.MethodPost && a.status < 400 && !a.replay {
		s.o.Tell()
	}
}

// do checks the key, honours the idempotency key and routes.
func (s *Server) do(r *http.Request, path, text string, form *node, ferr error) answer {
	if e := authorize(r); e != nil {
		return e.answer()
	}
	if ferr != nil {
		return wrong("", "", "Invalid request: %v", ferr).answer()
	}
	key := r.Header.Get("Idempotency-Key")
	if r.Method != http.MethodPost || key == "" {
		return s.route(r.Method, path, form)
	}
	if len(key) > 255 {
		return wrong("", "", "The `Idempotency-Key` header may be at most 255 characters long.").answer()
	}
	print := path + "?" + text
	s.mu.Lock()
	old, ok := s.keys[key]
	if ok && s.o.Clock.Now().Sub(old.At) > keyLife {
		ok = false
	}
	s.mu.Unlock()
	if ok && old.Print != print {
		e := wrong("", "", "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '%s' if you meant to execute a different request.", key)
		e.Type = "idempotency_error"
		return e.answer()
	}
	if ok {
		return answer{status: old.Status, body: old.Answer, replay: true}
	}
	a := s.route(r.Method, path, form)
	body, err := json.Marshal(a.body)
	if err == nil && a.status < 400 { // what was refused may be tried again under the key
		s.mu.Lock()
		s.keys[key] = keyed{Print: print, Status: a.status, Answer: body, At: s.o.Clock.Now()}
		s.mu.Unlock()
	}
	return a
}

func (s *Server) route(method, path string, form *node) answer {
	part := strings.Split(strings.Trim(path, "/"), "/")
	if len(part) < 2 || part[0] != "v1" {
		return unknownURL(method, path)
	}
	get, post := method == http.MethodGet, method == http.MethodPost
	switch rest := part[1:]; {
	case match(rest, "checkout", "sessions") && post:
		return s.createSession(form)
	case match(rest, "checkout", "sessions") && get:
		return s.listSessions(form)
	case match(rest, "checkout", "sessions", "*") && get:
		return s.getSession(rest[2], form)
	case match(rest, "checkout", "sessions", "*") && post:
		return s.updateSession(rest[2], form)
	case match(rest, "checkout", "sessions", "*", "expire") && post:
		return s.expireSession(rest[2], form)
	case match(rest, "checkout", "sessions", "*", "line_items") && get:
		return s.listItems(rest[2], form)
	case match(rest, "payment_intents", "*") && get:
		return s.getIntent(rest[1], form)
	case match(rest, "balance_transactions") && get:
		return s.listMoves(form)
	case match(rest, "balance_transactions", "*") && get:
		return s.getMove(rest[1], form)
	case match(rest, "events") && get:
		return s.listEvents(form)
	case match(rest, "events", "*") && get:
		return s.getEvent(rest[1], form)
	}
	return unknownURL(method, path)
}

func match(part []string, pattern ...string) bool {
	if len(part) != len(pattern) {
		return false
	}
	for i, p := range pattern {
		if p != "*" && p != part[i] {
			return false
		}
	}
	return true
}

// fail makes the ordered fault instead of the request.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, method string, form *node, f stand.Fault) {
	if f.Kind == stand.FaultTimeout {
		s.o.Log.Add("stripe", "in", method, "", form, 0, nil)
		stand.Cut(r)
	}
	e := &apiError{Status: 500, Type: "api_error", Message: "An unexpected error has occurred. Please try again."}
	if f.Kind == stand.Fault429 {
		e = &apiError{Status: 429, Type: "invalid_request_error", Code: "rate_limit",
			Message: "Request rate limit exceeded. Slow down and try again."}
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	s.o.Log.Add("stripe", "in", method, "", form, e.Status, e.answer().body)
	s.head(w, r, false)
	w.WriteHeader(e.Status)
	json.NewEncoder(w).Encode(e.answer().body)
}

func (s *Server) head(w http.ResponseWriter, r *http.Request, replay bool) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Request-Id", newID("req_", 14))
	version := r.Header.Get("Stripe-Version")
	if version == "" {
		version = APIVersion
	}
	h.Set("Stripe-Version", version)
	if key := r.Header.Get("Idempotency-Key"); key != "" && r.Method == http.MethodPost {
		h.Set("Idempotency-Key", key)
	}
	if replay {
		h.Set("Idempotent-Replayed", "true")
		h.Set("Original-Request", newID("req_", 14))
	}
}

// authorize checks the key, given as a bearer token or as the user of basic auth.
func authorize(r *http.Request) *apiError {
	key, _, basic := r.BasicAuth()
	if !basic {
		key, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	e := &apiError{Status: http.StatusUnauthorized, Type: "invalid_request_error"}
	switch {
	case key == Key:
		return nil
	case key == "":
		e.Message = "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
	default:
		e.Message = "Invalid API Key provided: " + mask(key)
	}
	return e
}

// mask hides the middle of a key, which is never repeated in full.
func mask(key string) string {
	if len(key) < 12 {
		return strings.Repeat("*", len(key))
	}
	return key[:8] + strings.Repeat("*", len(key)-12) + key[len(key)-4:]
}

// apiError is an error in Stripe's shape.
type apiError struct {
	Status  int    `json:"-"`
	Type    string `json:"type"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message"`
	Param   string `json:"param,omitempty"`
	DocURL  string `json:"doc_url,omitempty"`
}

func (e *apiError) Error() string { return e.Message }

func (e *apiError) answer() answer {
	return answer{status: e.Status, body: map[string]any{"error": e}}
}

// wrong is a 400 about param, with one of Stripe's error codes where there is one.
func wrong(param, code, format string, args ...any) *apiError {
	e := &apiError{Status: http.StatusBadRequest, Type: "invalid_request_error", Code: code,
		Message: fmt.Sprintf(format, args...), Param: param}
	if code != "" {
		e.DocURL = "https://stripe.com/docs/error-codes/" + strings.ReplaceAll(code, "_", "-")
	}
	return e
}

func missing(kind, id, param string) answer {
	e := wrong(param, "resource_missing", "No such %s: '%s'", kind, id)
	e.Status = http.StatusNotFound
	return e.answer()
}

func unknownURL(method, path string) answer {
	e := wrong("", "", "Unrecognized request URL (%s: %s). The sandbox knows checkout sessions, payment intents, balance transactions and events.", method, path)
	e.Status = http.StatusNotFound
	return e.answer()
}

// failed turns an error of the functions below into an answer.
func failed(err error) answer {
	var e *apiError
	if errors.As(err, &e) {
		return e.answer()
	}
	return (&apiError{Status: 500, Type: "api_error", Message: err.Error()}).answer()
}

// now is business time in Unix seconds.
func (s *Server) now() int64 { return s.o.Clock.Now().Unix() }

const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// newID returns prefix and n random letters and digits.
func newID(prefix string, n int) string {
	b := make([]byte, n)
	for i := range b {
		k, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			panic(err) // the system has no randomness left: nothing sensible can follow
		}
		b[i] = alphabet[k.Int64()]
	}
	return prefix + string(b)
}
