package pay

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"duebot/adapters/sandbox/paypalapi"
	"duebot/adapters/sandbox/stand"
	"duebot/adapters/sandbox/stripeapi"
	"duebot/adapters/sandbox/yookassaapi"
	"duebot/ledger"
)

// wall is the clock that the stand-ins live by here.
type wall struct{}

func (wall) Now() time.Time { return time.Now() }

func (wall) After(d time.Duration, f func()) func() {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}

// stage is a provider with its stand-in, and what the stand-in tells us.
type stage struct {
	t      *testing.T
	p      Provider
	sum    ledger.Money // that it takes
	not    ledger.Money // that it does not
	at     *httptest.Server
	faults *stand.Faults
	pay    func(id, outcome string) error
	forge  func(*Note) // makes a webhook that somebody else sent
	old    func(*Note) // makes a webhook that was signed long ago; nil where nothing is signed

	until time.Time
	mu    sync.Mutex
	notes []Note
	more  chan struct{} // is closed when another one has come
}

// ServeHTTP takes a webhook as bot would.
func (s *stage) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes = append(s.notes, Note{Body: body, Header: r.Header.Clone(), From: netip.MustParseAddrPort(r.RemoteAddr).Addr()})
	close(s.more)
	s.more = make(chan struct{})
}

// stages are the providers, each with its stand-in.
var stages = map[string]func(*stage, stand.Options, func() string) http.Handler{
	"stripe": func(s *stage, o stand.Options, hook func() string) http.Handler {
		api := stripeapi.New(o, hook)
		s.sum, s.not, s.pay = ledger.Money{Minor: 440181, Currency: "EUR"}, ledger.Money{Minor: 100, Currency: "RUB"}, api.Pay
		s.forge = func(n *Note) { n.Header.Set("Stripe-Signature", signed(n.Body, "whsec_other", time.Now())) }
		s.old = func(n *Note) {
			n.Header.Set("Stripe-Signature", signed(n.Body, stripeapi.WebhookSecret, time.Now().Add(-time.Hour)))
		}
		return api
	},
	"paypal": func(s *stage, o stand.Options, hook func() string) http.Handler {
		api := paypalapi.New(o, hook)
		s.sum, s.not, s.pay = ledger.Money{Minor: 440181, Currency: "USD"}, ledger.Money{Minor: 10000, Currency: "RUB"}, api.Pay
		s.forge = func(n *Note) { n.Header.Set("Paypal-Transmission-Id", "0b7c1d1e-d06a-11ee-bf9c-1f4b5c7a9d2e") }
		return api
	},
	"yookassa": func(s *stage, o stand.Options, hook func() string) http.Handler {
		api := yookassaapi.New(o, hook)
		s.sum, s.not, s.pay = ledger.Money{Minor: 440181, Currency: "RUB"}, ledger.Money{Minor: 10000, Currency: "EUR"}, api.Pay
		s.forge = func(n *Note) { n.From = netip.MustParseAddr("203.0.113.7") }
		return api
	},
}

func (s *stage) provider(name string) (p Provider, err error) {
	switch url := s.at.URL + "/" + name; name {
	case "stripe":
		p, err = NewStripe(stripeapi.Key, stripeapi.WebhookSecret, url)
	case "paypal":
		p = NewPayPal(paypalapi.ClientID, paypalapi.Secret, paypalapi.WebhookID, url)
	case "yookassa":
		p, err = NewYooKassa(yookassaapi.ShopID, yookassaapi.SecretKey, url, []string{"127.0.0.0/8"}, YooReceipt{})
	}
	return p, err
}

// onStage runs a test with each provider.
func onStage(t *testing.T, test func(*stage)) {
	for name, open := range stages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &stage{t: t, faults: &stand.Faults{}, until: time.Now().Add(23 * time.Hour), more: make(chan struct{})}
			hooks := httptest.NewServer(s)
			t.Cleanup(hooks.Close)
			base := ""
			api := open(s, stand.Options{Clock: wall{}, Faults: s.faults, Log: stand.NewLog(wall{}), Base: func() string { return base }}, func() string { return hooks.URL })
			s.at = httptest.NewServer(api)
			base = s.at.URL
			t.Cleanup(s.at.Close)
			var err error
			if s.p, err = s.provider(name); err != nil {
				t.Fatal(err)
			}
			if s.p.Name() != name {
				t.Errorf("%s calls itself %s", name, s.p.Name())
			}
			test(s)
		})
	}
}

func (s *stage) order(id string) Order {
	return Order{ID: id, Invoice: 7, Number: "INV-2026-000007", Amount: s.sum, Description: "INV-2026-000007 · Lindenhof Studio GmbH",
		SuccessURL: "https://ar.example.com/pay/x/done", CancelURL: "https://ar.example.com/pay/x", Expires: s.until, Email: "ap@acme.example"}
}

func (s *stage) create(id string) Session {
	s.t.Helper()
	got, err := s.p.Create(context.Background(), s.order(id))
	if err != nil || got.ID == "" || !strings.HasPrefix(got.URL, "http") || got.Expires.Before(time.Now()) {
		s.t.Fatalf("creating a session: got %+v, %v", got, err)
	}
	return got
}

func (s *stage) ask(id string) State {
	s.t.Helper()
	got, err := s.p.Ask(context.Background(), id)
	if err != nil {
		s.t.Fatalf("asking: %v", err)
	}
	return got
}

// paid lets a customer pay, and takes the money where that is ours to do.
func (s *stage) paid(session Session, attempt string) State {
	s.t.Helper()
	return s.paidAs(session, attempt, "paid")
}

func (s *stage) paidAs(session Session, attempt, outcome string) State {
	s.t.Helper()
	if err := s.pay(session.ID, outcome); err != nil {
		s.t.Fatal(err)
	}
	if c, ok := s.p.(Capturer); ok {
		if got := s.ask(session.ID); got.Status != Approved {
			s.t.Fatalf("agreed to, and %s", got.Status)
		}
		if _, err := c.Capture(context.Background(), session.ID, attempt); err != nil {
			s.t.Fatal(err)
		}
	}
	return s.ask(session.ID)
}

// event waits for a webhook of which ok is true, and returns it.
func (s *stage) event(ok func(Event) bool) (Note, Event) {
	s.t.Helper()
	for late := time.After(5 * time.Second); ; {
		s.mu.Lock()
		notes, more := slices.Clone(s.notes), s.more
		s.mu.Unlock()
		for _, n := range notes {
			if ev, err := s.p.Webhook(context.Background(), n); err == nil && ok(ev) {
				return n, ev
			}
		}
		select {
		case <-more:
		case <-late:
			s.t.Fatalf("no such webhook among %d", len(notes))
		}
	}
}

// A session is made once for an attempt, over exactly the sum, and says when it was paid.
func TestPaid(t *testing.T) {
	onStage(t, func(s *stage) {
		if !s.p.Takes(s.sum, "") || s.p.Takes(s.not, "") {
			t.Errorf("takes %s: %v, and %s: %v", s.sum, s.p.Takes(s.sum, ""), s.not, s.p.Takes(s.not, ""))
		}
		o := s.order("a-0")
		o.Amount = s.not
		if _, err := s.p.Create(context.Background(), o); err == nil {
			t.Error("a session was made over what the provider does not take")
		}
		first := s.create("a-1")
		if again := s.create("a-1"); again.ID != first.ID {
			t.Errorf("one attempt, and two sessions: %s and %s", first.ID, again.ID)
		}
		if got := s.ask(first.ID); got.Status != Open || got.Paid != nil {
			t.Errorf("before anything was paid: %+v", got)
		}
		got := s.paid(first, "a-1")
		p := got.Paid
		if got.Status != Paid || p == nil || p.Amount != s.sum || p.Invoice != 7 || p.Attempt != "a-1" || p.Session != first.ID || p.Reference == "" || !strings.HasPrefix(p.Key(), s.p.Name()+":") {
			t.Fatalf("paid: %+v %+v", got, p)
		}
	})
}

// What was paid is told as it was paid, and not as what had been asked for, by the answer to our
// own question and by the webhook: whoever books it compares the two. bot's TestPaidAnotherSum does.
func TestPaidAnotherSum(t *testing.T) {
	onStage(t, func(s *stage) {
		short := ledger.Money{Minor: s.sum.Minor - 1, Currency: s.sum.Currency}
		foreign := ledger.Money{Minor: s.sum.Minor, Currency: ledger.Currency(stand.ForeignTo(string(s.sum.Currency)))}
		for outcome, want := range map[string]ledger.Money{stand.PaidShort: short, stand.PaidForeign: foreign} {
			session := s.create("a-" + outcome)
			got := s.paidAs(session, "a-"+outcome, outcome)
			_, ev := s.event(func(ev Event) bool { return ev.Status == Paid && ev.Session == session.ID })
			for _, p := range []*Payment{got.Paid, ev.Paid} {
				if p == nil || p.Amount != want || p.Attempt != "a-"+outcome || p.Session != session.ID {
					s.t.Errorf("%s: %+v, want %s", outcome, p, want)
				}
			}
		}
	})
}

// Fifty deliveries of one webhook at once, and the answer to our own question, are one payment:
// they have one key, under which the books take it once.
func TestOnePaymentHasOneKey(t *testing.T) {
	onStage(t, func(s *stage) {
		asked := s.paid(s.create("a-1"), "a-1").Paid
		note, _ := s.event(func(ev Event) bool { return ev.Status == Paid })
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				ev, err := s.p.Webhook(context.Background(), note)
				if err != nil || ev.Paid == nil || ev.Paid.Key() != asked.Key() || ev.Paid.Amount != asked.Amount || ev.Paid.Attempt != "a-1" {
					s.t.Errorf("got %+v, %v; want the payment %+v", ev, err, asked)
				}
			})
		}
		all.Wait()
	})
}

// Money that went back in the provider's own pages is told of as that of the payment, once for
// each sum.
func TestWentBack(t *testing.T) {
	onStage(t, func(s *stage) {
		session := s.create("a-1")
		paid := s.paid(session, "a-1").Paid
		if err := s.pay(session.ID, "refunded"); err != nil {
			t.Fatal(err)
		}
		note, ev := s.event(func(ev Event) bool { return ev.Back != nil })
		if b := ev.Back; b.Reference != paid.Reference || b.Sum != s.sum || !b.InAll || b.Attempt != "a-1" || b.Chargeback || b.ID == "" {
			t.Errorf("got %+v of %+v", b, paid)
		}
		if again, err := s.p.Webhook(context.Background(), note); err != nil || again.Back == nil || *again.Back != *ev.Back {
			t.Errorf("again: %+v, %v", again.Back, err)
		}
		s.forge(&note)
		if ev, err := s.p.Webhook(context.Background(), note); !errors.Is(err, ErrForged) || ev.Back != nil {
			t.Errorf("forged: %+v, %v", ev.Back, err)
		}
	})
}

// What somebody else sends in the provider's name, or sends again long after, says nothing.
func TestForged(t *testing.T) {
	onStage(t, func(s *stage) {
		s.paid(s.create("a-1"), "a-1")
		note, _ := s.event(func(ev Event) bool { return ev.Status == Paid })
		bad := note
		bad.Header = note.Header.Clone()
		s.forge(&bad)
		if ev, err := s.p.Webhook(context.Background(), bad); !errors.Is(err, ErrForged) || ev.Paid != nil {
			t.Errorf("forged: got %+v, %v", ev, err)
		}
		if s.old != nil {
			s.old(&bad)
			if ev, err := s.p.Webhook(context.Background(), bad); !errors.Is(err, ErrStale) || ev.Paid != nil {
				t.Errorf("old: got %+v, %v", ev, err)
			}
		}
		bad.Body, bad.Header, bad.From = []byte("{not-json"), note.Header.Clone(), note.From
		if ev, err := s.p.Webhook(context.Background(), bad); err == nil || ev.Paid != nil {
			t.Errorf("no JSON: got %+v, %v", ev, err)
		}
	})
}

// A session that is over cannot be paid, and one that never was is not there.
func TestOver(t *testing.T) {
	onStage(t, func(s *stage) {
		session := s.create("a-1")
		if err := s.pay(session.ID, "expired"); err != nil {
			t.Fatal(err)
		}
		if got, err := s.p.Ask(context.Background(), session.ID); got.Status != Expired && !errors.Is(err, ErrNoSession) {
			t.Errorf("expired: %+v, %v", got, err)
		}
		if err := s.p.Expire(context.Background(), session.ID); err != nil {
			t.Errorf("ending what is over: %v", err)
		}
		if _, err := s.p.Ask(context.Background(), "none-such"); !errors.Is(err, ErrNoSession) {
			t.Errorf("a session that never was: %v", err)
		}
	})
}

// The answer to the making is lost: asked again under the same attempt there is one session.
func TestLostAnswer(t *testing.T) {
	onStage(t, func(s *stage) {
		s.create("a-0") // tokens are fetched
		for _, kind := range []string{stand.Fault500, stand.FaultTimeoutAfterAccept} {
			s.faults.Add(stand.Fault{Platform: s.p.Name(), Kind: kind})
			s.p.Create(context.Background(), s.order("a-"+kind)) // which may have failed
			first := s.create("a-" + kind)
			if again := s.create("a-" + kind); again.ID != first.ID {
				t.Errorf("%s: two sessions", kind)
			}
		}
	})
}

// What an operator reads of an error holds neither key nor address.
func TestFailuresHoldNoSecret(t *testing.T) {
	onStage(t, func(s *stage) {
		s.at.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_, err := s.p.Create(ctx, s.order("a-1"))
		for _, secret := range []string{"127.0.0.1:", "http", stripeapi.Key, yookassaapi.SecretKey, paypalapi.Secret} {
			if err == nil || strings.Contains(strings.ReplaceAll(err.Error(), "dial tcp "+s.at.Listener.Addr().String(), ""), secret) {
				t.Errorf("got %v", err)
			}
		}
	})
}
