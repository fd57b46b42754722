// Package paypalapi is a strict local double of PayPal: orders of version 2 with their captures
// and refunds, tokens, signed webhooks and their verification, and the page on which a customer
// approves an order.
//
// It speaks the API under /paypal/v1/ and /paypal/v2/ and shows the page at /paypal/pay/<order>.
// Orders end by business time; tokens live in wall time.
//
// It knows orders of one purchase unit with intent CAPTURE. It keeps no payers, no authorizations
// and no disputes.
package paypalapi

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/crc32"
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
	ClientID  = "sandbox-client"
	Secret    = "sandbox-secret"
	WebhookID = "5GP028458E2496506"
	Company   = "Lindenhof Studio" // the name on the payment page
)

const (
	bodyMax   = 1 << 20
	keyLife   = 6 * time.Hour // of the answer to a PayPal-Request-Id, in business time
	life      = 3 * time.Hour // of an order that waits for its customer
	tokenLife = 9 * time.Hour // in wall time
	hold      = 2 * time.Second
)

// Server is the double. Make it with New; all methods are safe for concurrent use.
type Server struct {
	o       stand.Options
	courier *stand.Courier
	signer  func() *rsa.PrivateKey // made when the first webhook is signed

	mu      sync.Mutex
	serving int
	orders  map[string]*order
	list    []string // their ids, oldest first
	keys    map[string]keyed
	tokens  map[string]time.Time // when they end
}

// keyed is the answer kept under a PayPal-Request-Id.
type keyed struct {
	Path   string          `json:"path"`
	Answer json.RawMessage `json:"answer"`
	At     time.Time       `json:"at"`
}

// New returns an empty PayPal. Hook gives the address that webhooks are posted to.
func New(o stand.Options, hook func() string) *Server {
	s := &Server{o: o, signer: sync.OnceValue(func() *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err) // the system has no randomness left: nothing sensible can follow
		}
		return key
	})}
	s.courier = stand.NewCourier("paypal", o, hook, s.Sign)
	s.clear()
	return s
}

func (s *Server) clear() {
	for _, x := range s.orders {
		x.forget()
	}
	s.orders, s.list = map[string]*order{}, nil
	s.keys, s.tokens = map[string]keyed{}, map[string]time.Time{}
}

// Sign gives a webhook its headers.
func (s *Server) Sign(r *http.Request, body []byte) {
	id, at := strings.ToLower(newID()+newID()), time.Now().UTC().Format(time.RFC3339)
	sum := sha256.Sum256(signed(id, at, body))
	sig, err := rsa.SignPKCS1v15(rand.Reader, s.signer(), crypto.SHA256, sum[:])
	if err != nil {
		return
	}
	r.Header.Set("User-Agent", "PayPal/AUHD-214.0")
	r.Header.Set("Paypal-Auth-Algo", "SHA256withRSA")
	r.Header.Set("Paypal-Cert-Url", s.base()+"/paypal/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270")
	r.Header.Set("Paypal-Transmission-Id", id)
	r.Header.Set("Paypal-Transmission-Time", at)
	r.Header.Set("Paypal-Transmission-Sig", base64.StdEncoding.EncodeToString(sig))
}

// signed is the text that a webhook's signature is over.
func signed(id, at string, body []byte) []byte {
	return fmt.Appendf(nil, "%s|%s|%s|%d", id, at, WebhookID, crc32.ChecksumIEEE(body))
}

// verify answers whether a webhook is one of ours.
func (s *Server) verify(body []byte) answer {
	var in struct {
		ID    string          `json:"transmission_id"`
		At    string          `json:"transmission_time"`
		Sig   string          `json:"transmission_sig"`
		Algo  string          `json:"auth_algo"`
		Cert  string          `json:"cert_url"`
		Hook  string          `json:"webhook_id"`
		Event json.RawMessage `json:"webhook_event"`
	}
	if json.Unmarshal(body, &in) != nil || in.ID == "" || in.At == "" || in.Sig == "" || in.Algo == "" || in.Cert == "" || in.Hook == "" || len(in.Event) == 0 {
		return refuse(http.StatusBadRequest, "VALIDATION_ERROR", "Invalid request - see details", "MISSING_REQUIRED_PARAMETER")
	}
	sig, err := base64.StdEncoding.DecodeString(in.Sig)
	sum := sha256.Sum256(signed(in.ID, in.At, in.Event))
	verdict := "FAILURE"
	if err == nil && in.Hook == WebhookID && in.Algo == "SHA256withRSA" && rsa.VerifyPKCS1v15(&s.signer().PublicKey, crypto.SHA256, sum[:], sig) == nil {
		verdict = "SUCCESS"
	}
	return answer{http.StatusOK, map[string]any{"verification_status": verdict}}
}

// Pending counts the requests being served, and the webhooks that are due and not taken.
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

// ServeHTTP answers everything under /paypal/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/paypal")
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
	if f, ok := s.o.Faults.Take("paypal", "", stand.Fault429, stand.Fault500, stand.FaultTimeout); ok {
		s.fail(w, r, method, f)
		return
	}
	a := s.do(r, path, body)
	said, _ := json.MarshalIndent(a.body, "", "  ")
	shown := json.RawMessage(said)
	if path == "/v1/oauth2/token" {
		shown = nil // the token stays out of the log
	}
	s.o.Log.Add("paypal", "in", method, "", json.RawMessage(body), a.status, shown)
	if r.Method == http.MethodPost && a.status < 400 {
		s.changed()
		if _, ok := s.o.Faults.Take("paypal", "", stand.FaultTimeoutAfterAccept); ok {
			cut(r)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Paypal-Debug-Id", strings.ToLower(newID()))
	w.WriteHeader(a.status)
	w.Write(said)
}

// do checks the token and routes.
func (s *Server) do(r *http.Request, path string, body []byte) answer {
	part := strings.Split(strings.Trim(path, "/"), "/")
	if r.Method == http.MethodPost && path == "/v1/oauth2/token" {
		return s.grant(r, body)
	}
	if !s.granted(r.Header.Get("Authorization")) {
		return answer{http.StatusUnauthorized, map[string]any{"error": "invalid_token", "error_description": "Access Token not found in cache"}}
	}
	switch post := r.Method == http.MethodPost; {
	case post && path == "/v1/notifications/verify-webhook-signature":
		return s.verify(body)
	case post && path == "/v2/checkout/orders":
		return s.once(r, path, func() answer { return s.create(body) })
	case post && len(part) == 5 && part[1] == "checkout" && part[2] == "orders" && part[4] == "capture":
		return s.once(r, path, func() answer { return s.capture(part[3]) })
	case post && len(part) == 5 && part[1] == "payments" && part[2] == "captures" && part[4] == "refund":
		return s.once(r, path, func() answer { return s.createRefund(part[3], body) })
	case !post && len(part) == 4 && part[1] == "checkout" && part[2] == "orders":
		return s.read(func() answer { return s.getOrder(part[3]) })
	case !post && len(part) == 4 && part[1] == "payments" && part[2] == "captures":
		return s.read(func() answer { return s.getCapture(part[3]) })
	}
	return missing()
}

func (s *Server) read(run func() answer) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return run()
}

// once answers a request that was made before under its key as it was answered then.
func (s *Server) once(r *http.Request, path string, run func() answer) answer {
	key := r.Header.Get("Paypal-Request-Id")
	if len(key) > 108 {
		return refuse(http.StatusBadRequest, "INVALID_REQUEST", "The PayPal-Request-Id is longer than 108 characters", "INVALID_STRING_LENGTH")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.keys[key]
	if key != "" && ok && s.o.Clock.Now().Sub(old.At) <= keyLife {
		if old.Path != path {
			return refuse(http.StatusUnprocessableEntity, "UNPROCESSABLE_ENTITY", "The key was used for another request", "PREVIOUS_REQUEST_IN_PROGRESS")
		}
		return answer{http.StatusOK, old.Answer}
	}
	a := run()
	if said, err := json.Marshal(a.body); err == nil && key != "" && a.status < 400 {
		s.keys[key] = keyed{path, said, s.o.Clock.Now()}
	}
	return a
}

// grant gives a token to whoever knows client and secret.
func (s *Server) grant(r *http.Request, body []byte) answer {
	if id, secret, ok := r.BasicAuth(); !ok || id != ClientID || secret != Secret {
		return answer{http.StatusUnauthorized, map[string]any{"error": "invalid_client", "error_description": "Client Authentication failed"}}
	}
	if string(body) != "grant_type=client_credentials" {
		return answer{http.StatusBadRequest, map[string]any{"error": "unsupported_grant_type", "error_description": "Grant Type is NULL"}}
	}
	token := "A21AA" + rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[token] = time.Now().Add(tokenLife)
	return answer{http.StatusOK, map[string]any{"scope": "https://uri.paypal.com/services/payments/payment", "access_token": token,
		"token_type": "Bearer", "app_id": "APP-80W284485P519543T", "expires_in": int(tokenLife / time.Second)}}
}

func (s *Server) granted(header string) bool {
	token, ok := strings.CutPrefix(header, "Bearer ")
	s.mu.Lock()
	defer s.mu.Unlock()
	return ok && time.Now().Before(s.tokens[token])
}

func missing() answer {
	return refuse(http.StatusNotFound, "RESOURCE_NOT_FOUND", "The specified resource does not exist.", "INVALID_RESOURCE_ID")
}

// refuse is an error as PayPal writes it.
func refuse(status int, name, message, issue string) answer {
	return answer{status, map[string]any{"name": name, "message": message, "debug_id": strings.ToLower(newID()),
		"details": []map[string]any{{"issue": issue, "description": message}}}}
}

// fail makes the ordered fault instead of the request.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, method string, f stand.Fault) {
	if f.Kind == stand.FaultTimeout {
		s.o.Log.Add("paypal", "in", method, "", nil, 0, nil)
		cut(r)
	}
	a := refuse(http.StatusInternalServerError, "INTERNAL_SERVER_ERROR", "An internal server error has occurred.", "INTERNAL_SERVER_ERROR")
	if f.Kind == stand.Fault429 {
		a = refuse(http.StatusTooManyRequests, "RATE_LIMIT_REACHED", "Too many requests. Blocked due to rate limiting.", "RATE_LIMIT_REACHED")
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	s.o.Log.Add("paypal", "in", method, "", nil, a.status, a.body)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	json.NewEncoder(w).Encode(a.body)
}

// cut keeps the caller waiting for a moment and then closes the connection unanswered.
func cut(r *http.Request) {
	t := time.NewTimer(hold)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
	panic(http.ErrAbortHandler)
}

func (s *Server) changed() {
	if s.o.Changed != nil {
		s.o.Changed()
	}
}

func (s *Server) base() string {
	if s.o.Base == nil {
		return ""
	}
	return s.o.Base()
}

// kept is everything that is saved. Tokens are not: who had one fetches another.
type kept struct {
	Orders []*order         `json:"orders"`
	Keys   map[string]keyed `json:"keys"`
	Out    []stand.Hook     `json:"out"`
}

// Save returns the whole state as JSON.
func (s *Server) Save() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := kept{Keys: s.keys, Out: s.courier.Left()}
	for _, id := range s.list {
		k.Orders = append(k.Orders, s.orders[id])
	}
	return json.Marshal(k)
}

// Load replaces the state by a saved one; nothing is an empty one.
func (s *Server) Load(b []byte) error {
	var k kept
	if len(b) > 0 {
		if err := json.Unmarshal(b, &k); err != nil {
			return fmt.Errorf("reading the state of PayPal: %w", err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	for _, x := range k.Orders {
		s.orders[x.ID] = x
		s.list = append(s.list, x.ID)
		s.watch(x)
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
	s.changed()
}
