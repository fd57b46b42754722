// Package yookassaapi is a strict local double of YooKassa: payments and refunds of its API v3,
// notices, and the page on which a customer pays.
//
// It speaks the API under /yookassa/v3/ and shows the page at /yookassa/pay/<payment>. Payments
// live and end by business time. As the real one it signs no notice: who gets one reads the
// payment back.
//
// It knows payments of roubles that are captured at once, and refunds. It keeps no receipts,
// saved cards or payouts.
package yookassaapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"duebot/adapters/sandbox/stand"
)

// What a client must know to work with this double.
const (
	ShopID    = "100500"
	SecretKey = "test_sandbox"
	Company   = "Lindenhof Studio" // the name on the payment page
)

const (
	bodyMax = 1 << 20
	keyLife = 24 * time.Hour // of the answer to an idempotence key, in business time
	life    = time.Hour      // of a payment that waits for its customer
)

// Server is the double. Make it with New; all methods are safe for concurrent use.
type Server struct {
	o       stand.Options
	courier *stand.Courier

	mu       sync.Mutex
	serving  int
	payments map[string]*payment
	order    []string // their ids, oldest first
	refunds  map[string]*refund
	keys     map[string]keyed
}

// keyed is the answer kept under an idempotence key.
type keyed struct {
	Print  string          `json:"print"`
	Answer json.RawMessage `json:"answer"`
	At     time.Time       `json:"at"`
}

// New returns an empty YooKassa. Hook gives the address that notices are posted to.
func New(o stand.Options, hook func() string) *Server {
	s := &Server{o: o, courier: stand.NewCourier("yookassa", o, hook, func(r *http.Request, _ []byte) {
		r.Header.Set("User-Agent", "AHC/2.1")
	})}
	s.clear()
	return s
}

func (s *Server) clear() {
	for _, p := range s.payments {
		p.forget()
	}
	s.payments, s.order = map[string]*payment{}, nil
	s.refunds, s.keys = map[string]*refund{}, map[string]keyed{}
}

// Pending counts the requests being served, and the notices that are due and not taken.
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

// ServeHTTP answers everything under /yookassa/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/yookassa")
	if id, ok := strings.CutPrefix(path, "/pay/"); ok {
		s.servePage(w, r, id)
		return
	}
	defer s.begin()()
	s.serveAPI(w, r, path)
}

// answer is what the API says.
type answer struct {
	status int
	body   any
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, path string) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMax))
	if err != nil {
		http.Error(w, "request too large", http.StatusRequestEntityTooLarge)
		return
	}
	method := r.Method + " " + path
	if f, ok := s.o.Faults.Take("yookassa", "", stand.Fault429, stand.Fault500, stand.FaultTimeout); ok {
		s.fail(w, r, method, body, f)
		return
	}
	a := s.do(r, path, body)
	said, _ := json.MarshalIndent(a.body, "", "  ")
	s.o.Log.Add("yookassa", "in", method, "", json.RawMessage(body), a.status, json.RawMessage(said))
	if r.Method == http.MethodPost && a.status < 400 {
		s.o.Tell()
		if _, ok := s.o.Faults.Take("yookassa", "", stand.FaultTimeoutAfterAccept); ok {
			stand.Cut(r)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	w.Write(said)
}

// do checks shop and key, and routes.
func (s *Server) do(r *http.Request, path string, body []byte) answer {
	if shop, key, ok := r.BasicAuth(); !ok || shop != ShopID || key != SecretKey {
		return refuse(http.StatusUnauthorized, "invalid_credentials", "Authentication by given credentials failed", "")
	}
	part := strings.Split(strings.Trim(path, "/"), "/")
	if len(part) < 2 || part[0] != "v3" || part[1] != "payments" && part[1] != "refunds" {
		return refuse(http.StatusNotFound, "not_found", "There is no such method here", "")
	}
	if r.Method == http.MethodGet && len(part) == 3 {
		return s.get(part[1], part[2])
	}
	if r.Method != http.MethodPost {
		return refuse(http.StatusMethodNotAllowed, "invalid_request", "The method is not allowed", "")
	}
	key := r.Header.Get("Idempotence-Key")
	if key == "" || len(key) > 64 {
		return refuse(http.StatusBadRequest, "invalid_request", "Idempotence key is missing or longer than 64 characters", "")
	}
	return s.once(key, path, body, func() answer { return s.post(part[1:], body) })
}

// once answers a request that was made before under its key as it was answered then.
func (s *Server) once(key, path string, body []byte, run func() answer) answer {
	print := path + "?" + string(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.keys[key]
	if ok && s.o.Clock.Now().Sub(old.At) <= keyLife {
		if old.Print != print {
			return refuse(http.StatusBadRequest, "invalid_request", "Idempotence key duplicated", "")
		}
		return answer{http.StatusOK, old.Answer}
	}
	a := run()
	if said, err := json.Marshal(a.body); err == nil && a.status < 400 {
		s.keys[key] = keyed{print, said, s.o.Clock.Now()}
	}
	return a
}

// post routes what changes something. The lock is held.
func (s *Server) post(part []string, body []byte) answer {
	switch {
	case len(part) == 1 && part[0] == "payments":
		return s.create(body)
	case len(part) == 1 && part[0] == "refunds":
		return s.createRefund(body)
	case len(part) == 3 && part[0] == "payments" && (part[2] == "cancel" || part[2] == "capture"):
		// Only what waits for its capture can be ended or captured, and nothing here does.
		if s.payments[part[1]] == nil {
			return missing()
		}
		return refuse(http.StatusBadRequest, "invalid_request", "Payment is in the wrong status for this operation", "")
	}
	return refuse(http.StatusNotFound, "not_found", "There is no such method here", "")
}

func (s *Server) get(kind, id string) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.payments[id]; p != nil && kind == "payments" {
		return answer{http.StatusOK, s.paymentJSON(p)}
	}
	if x := s.refunds[id]; x != nil && kind == "refunds" {
		return answer{http.StatusOK, x.json()}
	}
	return missing()
}

func missing() answer {
	return refuse(http.StatusNotFound, "not_found", "Object with this id was not found", "id")
}

// refuse is an error as YooKassa writes it.
func refuse(status int, code, description, parameter string) answer {
	body := map[string]any{"type": "error", "id": newID(), "code": code, "description": description}
	if parameter != "" {
		body["parameter"] = parameter
	}
	return answer{status, body}
}

// fail makes the ordered fault instead of the request.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, method string, body []byte, f stand.Fault) {
	if f.Kind == stand.FaultTimeout {
		s.o.Log.Add("yookassa", "in", method, "", json.RawMessage(body), 0, nil)
		stand.Cut(r)
	}
	a := refuse(http.StatusInternalServerError, "internal_server_error", "Try again with the same key", "")
	if f.Kind == stand.Fault429 {
		a = refuse(http.StatusTooManyRequests, "too_many_requests", "Too many requests", "")
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	s.o.Log.Add("yookassa", "in", method, "", json.RawMessage(body), a.status, a.body)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	json.NewEncoder(w).Encode(a.body)
}

// kept is everything that is saved.
type kept struct {
	Payments []*payment       `json:"payments"`
	Refunds  []*refund        `json:"refunds"`
	Keys     map[string]keyed `json:"keys"`
	Out      []stand.Hook     `json:"out"`
}

// Save returns the whole state as JSON.
func (s *Server) Save() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := kept{Keys: s.keys, Out: s.courier.Left()}
	for _, id := range s.order {
		k.Payments = append(k.Payments, s.payments[id])
	}
	for _, x := range s.refunds {
		k.Refunds = append(k.Refunds, x)
	}
	return json.Marshal(k)
}

// Load replaces the state by a saved one; nothing is an empty one.
func (s *Server) Load(b []byte) error {
	var k kept
	if len(b) > 0 {
		if err := json.Unmarshal(b, &k); err != nil {
			return fmt.Errorf("reading the state of YooKassa: %w", err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	for _, p := range k.Payments {
		s.payments[p.ID] = p
		s.order = append(s.order, p.ID)
		s.watch(p)
	}
	for _, x := range k.Refunds {
		s.refunds[x.ID] = x
	}
	if k.Keys != nil {
		s.keys = k.Keys
	}
	s.courier.Reset(k.Out)
	return nil
}

// Reset makes the server as new.
func (s *Server) Reset() {
	s.mu.Lock()
	s.clear()
	s.courier.Reset(nil)
	s.mu.Unlock()
	s.o.Tell()
}
