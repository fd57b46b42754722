package stripeapi

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v84"
	"github.com/stripe/stripe-go/v84/webhook"

	"duebot/adapters/sandbox/stand"
)

// handClock is business time that moves only when told.
type handClock struct {
	mu    sync.Mutex
	now   time.Time
	calls map[int]call
	next  int
}

type call struct {
	at time.Time
	f  func()
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) After(d time.Duration, f func()) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.calls == nil {
		c.calls = map[int]call{}
	}
	c.next++
	n := c.next
	c.calls[n] = call{c.now.Add(d), f}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.calls, n)
	}
}

// move advances the clock and runs what is due, one after the other.
func (c *handClock) move(d time.Duration) {
	c.mu.Lock()
	c.now = c.now.Add(d)
	var due []func()
	for n, x := range c.calls {
		if !x.at.After(c.now) {
			due = append(due, x.f)
			delete(c.calls, n)
		}
	}
	c.mu.Unlock()
	for _, f := range due {
		f()
	}
}

// rig is a stand-in with a client and a bot that takes webhooks.
type rig struct {
	t      *testing.T
	clock  *handClock
	faults *stand.Faults
	log    *stand.Log
	stripe *Server
	web    *httptest.Server
	client *stripe.Client

	mu     sync.Mutex
	got    []stripe.Event
	refuse int // answer so many webhooks with 500
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t, clock: &handClock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, faults: &stand.Faults{}}
	r.log = stand.NewLog(r.clock)
	mux := http.NewServeMux()
	r.web = httptest.NewServer(mux)
	t.Cleanup(r.web.Close)
	r.stripe = New(stand.Options{Clock: r.clock, Faults: r.faults, Log: r.log, Base: func() string { return r.web.URL }},
		func() string { return r.web.URL + "/hook" })
	mux.Handle("/stripe/", r.stripe)
	mux.HandleFunc("/hook", r.take)
	r.client = r.withKey(Key)
	return r
}

func (r *rig) withKey(key string) *stripe.Client {
	return stripe.NewClient(key, stripe.WithBackends(stripe.NewBackendsWithConfig(&stripe.BackendConfig{
		URL: stripe.String(r.web.URL), HTTPClient: &http.Client{Transport: prefixed("/stripe")}, MaxNetworkRetries: stripe.Int64(0),
		LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull}})))
}

// prefixed puts a path before every request's. Stripe-go refuses to read the answer when
// its own base has one.
type prefixed string

func (p prefixed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Path = string(p) + r.URL.Path
	return http.DefaultTransport.RoundTrip(r)
}

// take is the bot's webhook: it checks the signature as a real one does.
func (r *rig) take(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	e, err := webhook.ConstructEvent(body, req.Header.Get("Stripe-Signature"), WebhookSecret)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.t.Errorf("webhook refused: %v", err)
	}
	if r.refuse > 0 {
		r.refuse--
		w.WriteHeader(500)
		return
	}
	r.got = append(r.got, e)
}

// events waits until nothing is pending and returns the types received so far.
func (r *rig) events() string {
	r.t.Helper()
	for end := time.Now().Add(5 * time.Second); r.stripe.Pending() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("still pending: %d", r.stripe.Pending())
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, e := range r.got {
		out = append(out, string(e.Type))
	}
	return strings.Join(out, " ")
}

func params() *stripe.CheckoutSessionCreateParams {
	p := &stripe.CheckoutSessionCreateParams{
		Mode: stripe.String("payment"), SuccessURL: stripe.String("https://t.me/duebot_sandbox_bot"),
		ClientReferenceID: stripe.String("att-7"),
		LineItems: []*stripe.CheckoutSessionCreateLineItemParams{{Quantity: stripe.Int64(2),
			PriceData: &stripe.CheckoutSessionCreateLineItemPriceDataParams{Currency: stripe.String("EUR"), UnitAmount: stripe.Int64(120050),
				ProductData: &stripe.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: stripe.String("Invoice INV-2026-000001")}}}},
		PaymentIntentData: &stripe.CheckoutSessionCreatePaymentIntentDataParams{Metadata: map[string]string{"invoice": "INV-2026-000001"}},
	}
	p.AddMetadata("attempt", "att-7")
	return p
}

func (r *rig) make(p *stripe.CheckoutSessionCreateParams) *stripe.CheckoutSession {
	r.t.Helper()
	x, err := r.client.V1CheckoutSessions.Create(r.t.Context(), p)
	if err != nil {
		r.t.Fatalf("making a session: %v", err)
	}
	return x
}

func TestASessionIsPaidAndTheBotIsTold(t *testing.T) {
	r := newRig(t)
	x := r.make(params())
	if x.AmountTotal != 240100 || x.Currency != "eur" || x.Status != "open" || x.PaymentStatus != "unpaid" || x.PaymentIntent != nil ||
		x.ClientReferenceID != "att-7" || x.Metadata["attempt"] != "att-7" || x.URL != r.web.URL+"/stripe/pay/"+x.ID {
		t.Fatalf("new session: %+v", x)
	}
	if got, want := x.ExpiresAt, r.clock.Now().Add(24*time.Hour).Unix(); got != want {
		t.Errorf("expires_at %d, want %d", got, want)
	}
	if err := r.stripe.Pay(x.ID, Paid); err != nil {
		t.Fatal(err)
	}
	if got, want := r.events(), "payment_intent.succeeded checkout.session.completed"; got != want {
		t.Errorf("webhooks %q, want %q", got, want)
	}
	var told stripe.CheckoutSession
	if err := json.Unmarshal(r.got[1].Data.Raw, &told); err != nil {
		t.Fatal(err)
	}
	if told.PaymentStatus != "paid" || told.PaymentIntent == nil || r.got[1].Created != r.clock.Now().Unix() {
		t.Errorf("told: %+v", told)
	}
	p := &stripe.CheckoutSessionRetrieveParams{}
	p.AddExpand("payment_intent")
	p.AddExpand("line_items")
	y, err := r.client.V1CheckoutSessions.Retrieve(t.Context(), x.ID, p)
	if err != nil {
		t.Fatal(err)
	}
	if y.PaymentIntent.Status != "succeeded" || y.PaymentIntent.AmountReceived != 240100 || y.PaymentIntent.Metadata["invoice"] != "INV-2026-000001" ||
		y.LineItems.Data[0].Quantity != 2 || y.URL != "" {
		t.Errorf("read back: %+v %+v", y, y.PaymentIntent)
	}
	if err := r.stripe.Pay(x.ID, Paid); status(err) != http.StatusConflict {
		t.Errorf("paid twice: %v", err)
	}
	if err := r.stripe.Pay("cs_test_none", Paid); status(err) != http.StatusNotFound {
		t.Errorf("unknown session: %v", err)
	}
	if err := r.stripe.Pay(r.make(params()).ID, "maybe"); status(err) != http.StatusBadRequest {
		t.Errorf("unknown outcome: %v", err)
	}
}

func status(err error) int {
	var x *stand.Refusal
	if errors.As(err, &x) {
		return x.Status
	}
	return 0
}

func TestDelayedMoneyArrivesOrFails(t *testing.T) {
	for last, want := range map[string]string{
		Paid:     "payment_intent.processing checkout.session.completed payment_intent.succeeded checkout.session.async_payment_succeeded",
		Declined: "payment_intent.processing checkout.session.completed payment_intent.payment_failed checkout.session.async_payment_failed",
	} {
		r := newRig(t)
		x := r.make(params())
		for _, outcome := range []string{Pending, last} {
			if err := r.stripe.Pay(x.ID, outcome); err != nil {
				t.Fatal(err)
			}
			r.events()
		}
		if got := r.events(); got != want {
			t.Errorf("%s: got %q, want %q", last, got, want)
		}
	}
}

func TestADeclinedCardMayTryAgain(t *testing.T) {
	r := newRig(t)
	x := r.make(params())
	for _, outcome := range []string{Declined, Paid} {
		if err := r.stripe.Pay(x.ID, outcome); err != nil {
			t.Fatal(err)
		}
		r.events()
	}
	if got, want := r.events(), "payment_intent.payment_failed payment_intent.succeeded checkout.session.completed"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSessionsExpireByBusinessTime(t *testing.T) {
	r := newRig(t)
	p := params()
	p.ExpiresAt = stripe.Int64(r.clock.Now().Add(time.Hour).Unix())
	x := r.make(p)
	r.clock.move(59 * time.Minute)
	if b, _ := r.stripe.Session(x.ID); b.Status != "open" {
		t.Fatalf("after 59 minutes: %s", b.Status)
	}
	r.clock.move(time.Minute)
	if b, _ := r.stripe.Session(x.ID); b.Status != "expired" {
		t.Fatalf("after an hour: %s", b.Status)
	}
	if got, want := r.events(), "checkout.session.expired"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := r.client.V1CheckoutSessions.Expire(t.Context(), x.ID, nil); code(err) != 400 {
		t.Errorf("expiring twice: %v", err)
	}
	y := r.make(params())
	if z, err := r.client.V1CheckoutSessions.Expire(t.Context(), y.ID, nil); err != nil || z.Status != "expired" || z.URL != "" {
		t.Errorf("expiring: %+v %v", z, err)
	}
}

func code(err error) int {
	var e *stripe.Error
	if errors.As(err, &e) {
		return e.HTTPStatusCode
	}
	return 0
}

func TestRefusedParameters(t *testing.T) {
	r := newRig(t)
	price := func(p *stripe.CheckoutSessionCreateParams) *stripe.CheckoutSessionCreateLineItemPriceDataParams {
		return p.LineItems[0].PriceData
	}
	for _, c := range []struct {
		name        string
		change      func(*stripe.CheckoutSessionCreateParams)
		param, code string
	}{
		{"no mode", func(p *stripe.CheckoutSessionCreateParams) { p.Mode = nil }, "mode", "parameter_missing"},
		{"odd mode", func(p *stripe.CheckoutSessionCreateParams) { p.Mode = stripe.String("gift") }, "mode", ""},
		{"no line items", func(p *stripe.CheckoutSessionCreateParams) { p.LineItems = nil }, "line_items", "parameter_missing"},
		{"no success_url", func(p *stripe.CheckoutSessionCreateParams) { p.SuccessURL = nil }, "success_url", "parameter_missing"},
		{"a success_url without a scheme", func(p *stripe.CheckoutSessionCreateParams) { p.SuccessURL = stripe.String("t.me/x") }, "success_url", "url_invalid"},
		{"an unknown currency", func(p *stripe.CheckoutSessionCreateParams) { price(p).Currency = stripe.String("irr") }, "line_items[0][price_data][currency]", ""},
		{"too small", func(p *stripe.CheckoutSessionCreateParams) { price(p).UnitAmount = stripe.Int64(24) }, "line_items", "amount_too_small"},
		{"too large", func(p *stripe.CheckoutSessionCreateParams) { price(p).UnitAmount = stripe.Int64(60_000_000) }, "line_items", "amount_too_large"},
		{"negative", func(p *stripe.CheckoutSessionCreateParams) { price(p).UnitAmount = stripe.Int64(-1) }, "line_items[0][price_data][unit_amount]", "parameter_invalid_integer"},
		{"a fraction of a króna", func(p *stripe.CheckoutSessionCreateParams) {
			price(p).Currency, price(p).UnitAmount = stripe.String("isk"), stripe.Int64(150050)
		}, "line_items[0][price_data][unit_amount]", ""},
		{"no name", func(p *stripe.CheckoutSessionCreateParams) { price(p).ProductData.Name = nil }, "line_items[0][price_data][product_data][name]", "parameter_missing"},
		{"no quantity", func(p *stripe.CheckoutSessionCreateParams) { p.LineItems[0].Quantity = nil }, "line_items[0][quantity]", "parameter_missing"},
		{"a long metadata value", func(p *stripe.CheckoutSessionCreateParams) { p.AddMetadata("x", strings.Repeat("y", 501)) }, "metadata[x]", ""},
		{"too short a life", func(p *stripe.CheckoutSessionCreateParams) {
			p.ExpiresAt = stripe.Int64(r.clock.Now().Add(29 * time.Minute).Unix())
		}, "expires_at", ""},
		{"too long a life", func(p *stripe.CheckoutSessionCreateParams) {
			p.ExpiresAt = stripe.Int64(r.clock.Now().Add(25 * time.Hour).Unix())
		}, "expires_at", ""},
		{"an unknown parameter", func(p *stripe.CheckoutSessionCreateParams) { p.AddExtra("line_items[0][colour]", "red") }, "line_items[0][colour]", "parameter_unknown"},
		{"an unknown customer", func(p *stripe.CheckoutSessionCreateParams) { p.Customer = stripe.String("cus_1") }, "customer", "resource_missing"},
		{"a reference of 201", func(p *stripe.CheckoutSessionCreateParams) {
			p.ClientReferenceID = stripe.String(strings.Repeat("a", 201))
		}, "client_reference_id", ""},
		{"an odd expand", func(p *stripe.CheckoutSessionCreateParams) { p.AddExpand("moon") }, "expand", ""},
	} {
		p := params()
		c.change(p)
		_, err := r.client.V1CheckoutSessions.Create(t.Context(), p)
		var e *stripe.Error
		if !errors.As(err, &e) || e.HTTPStatusCode != 400 || e.Type != "invalid_request_error" || e.Param != c.param || string(e.Code) != c.code {
			t.Errorf("%s: got %v, want 400 about %s, code %q", c.name, err, c.param, c.code)
		}
	}
	if _, err := r.client.V1CheckoutSessions.Retrieve(t.Context(), "cs_test_none", nil); code(err) != 404 {
		t.Errorf("unknown session: %v", err)
	}
	if _, err := r.withKey("sk_test_other").V1CheckoutSessions.Create(t.Context(), params()); code(err) != 401 || !strings.Contains(err.Error(), "sk_test_") {
		t.Errorf("wrong key: %v", err)
	}
}

func TestAmountsAreShownByTheirCurrency(t *testing.T) {
	for _, c := range []struct {
		amount   int64
		currency string
		want     string
	}{{440181, "eur", "4,401.81 EUR"}, {5, "usd", "0.05 USD"}, {1234567, "jpy", "1,234,567 JPY"}, {1500, "kwd", "1.500 KWD"}, {150000, "isk", "1,500.00 ISK"}} {
		if got := format(c.amount, c.currency); got != c.want {
			t.Errorf("%d %s: got %q, want %q", c.amount, c.currency, got, c.want)
		}
	}
}

func TestTheSameIdempotencyKeyDoesNotMakeASecondSession(t *testing.T) {
	r := newRig(t)
	p := params()
	p.SetIdempotencyKey("attempt-7")
	a, b := r.make(p), r.make(p)
	if a.ID != b.ID || b.LastResponse.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("two sessions: %s and %s", a.ID, b.ID)
	}
	q := params()
	q.SetIdempotencyKey("attempt-7")
	q.ClientReferenceID = stripe.String("att-8")
	_, err := r.client.V1CheckoutSessions.Create(t.Context(), q)
	var e *stripe.Error
	if !errors.As(err, &e) || e.Type != "idempotency_error" || e.HTTPStatusCode != 400 {
		t.Errorf("other body: %v", err)
	}
	wrong := params()
	wrong.Mode = nil
	wrong.SetIdempotencyKey("attempt-9")
	if _, err := r.client.V1CheckoutSessions.Create(t.Context(), wrong); code(err) != 400 {
		t.Errorf("no mode: %v", err)
	}
	wrong.Mode = stripe.String("payment") // a refusal does not use the key up
	r.make(wrong)
	r.clock.move(25 * time.Hour)
	if c := r.make(q); c.ID == a.ID {
		t.Error("the key was kept for more than a day")
	}
}

func TestFaults(t *testing.T) {
	r := newRig(t)
	for kind, want := range map[string]int{stand.Fault429: 429, stand.Fault500: 500} {
		r.faults.Add(stand.Fault{Platform: "stripe", Kind: kind})
		if _, err := r.client.V1CheckoutSessions.Create(t.Context(), params()); code(err) != want {
			t.Errorf("%s: %v", kind, err)
		}
	}
	p := params()
	p.SetIdempotencyKey("once")
	r.faults.Add(stand.Fault{Platform: "stripe", Kind: stand.FaultTimeoutAfterAccept})
	// Go's transport may try again by itself, since the request has an idempotency key.
	if _, err := r.client.V1CheckoutSessions.Create(t.Context(), p); code(err) != 0 {
		t.Errorf("timeout_after_accept: %v", err)
	}
	again := r.make(p)
	if got := len(r.stripe.State().(State).Sessions); got != 1 || again.LastResponse.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("after a lost answer and a second try: %d sessions", got)
	}
	r.faults.Add(stand.Fault{Platform: "stripe", Kind: stand.FaultDuplicate})
	if err := r.stripe.Pay(again.ID, Declined); err != nil {
		t.Fatal(err)
	}
	if got, want := r.events(), "payment_intent.payment_failed payment_intent.payment_failed"; got != want || r.got[0].ID != r.got[1].ID {
		t.Errorf("duplicate: got %q", got)
	}
}

func TestWebhooksAreSentAgainUntilTaken(t *testing.T) {
	r := newRig(t)
	r.stripe.courier.Soon = []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond}
	r.refuse = 3
	x := r.make(params())
	if err := r.stripe.Pay(x.ID, Declined); err != nil {
		t.Fatal(err)
	}
	if got, want := r.events(), "payment_intent.payment_failed"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	r.refuse = 5 // the fifth try comes a minute, the sixth five minutes of business time later
	if err := r.stripe.Pay(x.ID, Paid); err != nil {
		t.Fatal(err)
	}
	r.events()
	r.mu.Lock()
	r.refuse = 0
	r.mu.Unlock()
	r.clock.move(time.Minute)
	if got, want := r.events(), "payment_intent.payment_failed payment_intent.succeeded checkout.session.completed"; len(got) != len(want) {
		t.Errorf("after a minute: got %q, want %q in any order", got, want)
	}
}

func TestWhatWasNotTakenIsSentAfterLoading(t *testing.T) {
	r := newRig(t)
	r.refuse = 1
	x := r.make(params())
	if err := r.stripe.Pay(x.ID, Declined); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(3 * time.Second); len(r.log.Since(0)) < 2 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	saved, err := r.stripe.Save()
	if err != nil {
		t.Fatal(err)
	}
	r.stripe.Reset()
	if n := r.stripe.Pending(); n != 0 {
		t.Errorf("pending after reset: %d", n)
	}
	if err := r.stripe.Load(saved); err != nil {
		t.Fatal(err)
	}
	if got, want := r.events(), "payment_intent.payment_failed"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if b, ok := r.stripe.Session(x.ID); !ok || b.Status != "open" {
		t.Errorf("session after loading: %+v", b)
	}
	r.clock.move(25 * time.Hour)
	if b, _ := r.stripe.Session(x.ID); b.Status != "expired" {
		t.Errorf("a loaded session does not expire: %+v", b)
	}
	if err := r.stripe.Load([]byte("{")); err == nil {
		t.Error("broken state was loaded")
	}
}

func TestEventsAndListsCanBeRead(t *testing.T) {
	r := newRig(t)
	var ids []string
	for range 3 {
		ids = append(ids, r.make(params()).ID)
	}
	if err := r.stripe.Pay(ids[0], Paid); err != nil {
		t.Fatal(err)
	}
	r.events()
	var got []string
	for x, err := range r.client.V1CheckoutSessions.List(t.Context(), &stripe.CheckoutSessionListParams{ListParams: stripe.ListParams{Limit: stripe.Int64(2)}}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, x.ID)
	}
	if want := ids[2] + ids[1] + ids[0]; strings.Join(got, "") != want {
		t.Errorf("paged list: %v, want newest first of %v", got, ids)
	}
	var items []string
	for it, err := range r.client.V1CheckoutSessions.ListLineItems(t.Context(), &stripe.CheckoutSessionListLineItemsParams{Session: stripe.String(ids[1])}) {
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, it.Description)
	}
	if len(items) != 1 || items[0] != "Invoice INV-2026-000001" {
		t.Errorf("line items: %v", items)
	}
	var events struct{ Data []stripe.Event }
	r.get("/stripe/v1/events?type=checkout.session.completed", &events)
	if len(events.Data) != 1 || events.Data[0].Type != "checkout.session.completed" {
		t.Errorf("events: %+v", events)
	}
	var e stripe.Error
	r.get("/stripe/v1/customers", &struct{ Error *stripe.Error }{&e})
	if e.Type != "invalid_request_error" {
		t.Errorf("unknown url: %+v", e)
	}
}

func (r *rig) get(path string, out any) {
	r.t.Helper()
	req, _ := http.NewRequest("GET", r.web.URL+path, nil)
	req.SetBasicAuth(Key, "")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		r.t.Fatal(err)
	}
}

func TestThePaymentPage(t *testing.T) {
	r := newRig(t)
	p := params()
	p.CancelURL = stripe.String(r.web.URL + "/back")
	p.LineItems[0].PriceData.ProductData.Name = stripe.String(`<script>alert("x")</script>`)
	x := r.make(p)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page := func() string {
		resp, err := client.Get(x.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return string(b)
	}
	post := func(token, do string) *http.Response {
		resp, err := client.PostForm(x.URL, url.Values{"token": {token}, "do": {do}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp
	}
	text := page()
	if !strings.Contains(text, "2,401.00 EUR") || strings.Contains(text, "<script") {
		t.Errorf("page: %s", text)
	}
	_, rest, _ := strings.Cut(text, `name="token" value="`)
	token, _, _ := strings.Cut(rest, `"`)
	if got := post("x", "pay").StatusCode; got != 403 {
		t.Errorf("wrong token: %d", got)
	}
	if got := post(token, "cancel").Header.Get("Location"); got != r.web.URL+"/back" {
		t.Errorf("cancel leads to %q", got)
	}
	if got := post(token, "decline").Header.Get("Location"); got != "/stripe/pay/"+x.ID+"?declined=1" {
		t.Errorf("decline leads to %q", got)
	}
	// Out of the machine the page does not send the customer by itself, but shows the way.
	if got := post(token, "pay").Header.Get("Location"); got != "/stripe/pay/"+x.ID {
		t.Errorf("pay leads to %q", got)
	}
	post(token, "pay")
	if text := page(); !strings.Contains(text, "Payment received") || !strings.Contains(text, "https://t.me/duebot_sandbox_bot") {
		t.Errorf("page after paying: %s", text)
	}
	if got, want := r.events(), "payment_intent.payment_failed payment_intent.succeeded checkout.session.completed"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, e := range r.log.Since(0) {
		if strings.Contains(string(e.Request)+string(e.Answer), Key) {
			t.Errorf("the key is in the log: %+v", e)
		}
	}
}

func FuzzParseForm(f *testing.F) {
	f.Add("a[b][0][c]=1&a[b][1][c]=2&expand[]=x&expand[]=y")
	f.Add("a[=1&]=2&[x]=3&a=%zz")
	f.Fuzz(func(t *testing.T, body string) {
		n, err := parseForm(body)
		if err != nil {
			return
		}
		if _, err := json.Marshal(n); err != nil {
			t.Errorf("%q does not become JSON: %v", body, err)
		}
	})
}
