package telegram

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// slow is a desk at which one customer's file takes long: until somebody ends it.
type slow struct {
	desk
	begun, end chan struct{}
}

func newSlow() *slow { return &slow{begun: make(chan struct{}), end: make(chan struct{})} }

func (s *slow) Chat(ctx context.Context, in Chat) (Answer, error) {
	if in.Text == "file" {
		close(s.begun)
		<-s.end
	}
	return s.desk.Chat(ctx, in)
}

// agrees is a till that agrees to all.
type agrees struct{ asked chan string }

func (a agrees) CheckOut(_ context.Context, q CheckOut) string { a.asked <- q.Payload; return "" }
func (a agrees) Charged(context.Context, Charge) error         { return nil }

func checkout(id int) string {
	return fmt.Sprintf(`{"update_id":%d,"pre_checkout_query":{"id":"q%d","from":{"id":1009,"first_name":"Emma"},"currency":"GBP","total_amount":10300,"invoice_payload":"7|a"}}`, id, id)
}

// answered waits for the question before a payment, which lives ten seconds.
func answered(t *testing.T, a agrees, p *platform) {
	t.Helper()
	select {
	case <-a.asked:
	case <-time.After(8 * time.Second):
		t.Fatal("somebody wants to pay, and nobody answers")
	}
	for end := time.Now().Add(2 * time.Second); p.method("answerPreCheckoutQuery") == nil; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the answer does not leave")
		}
	}
	if f := p.method("answerPreCheckoutQuery"); f.Get("ok") != "true" {
		t.Errorf("answered %v", f)
	}
}

// Somebody wants to pay while another customer's file is being taken, and ten updates wait behind
// it: by polling these are in the books' way alone.
func TestPayingOvertakesPolled(t *testing.T) {
	t.Parallel()
	updates := []string{message(1, "file")}
	for i := range 10 {
		updates = append(updates, message(2+i, "one"))
	}
	p, c, _ := newPlatform(t, append(updates, checkout(12))...)
	s, a := newSlow(), agrees{make(chan string, 1)}
	c.cfg.Till = a
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan error)
	go func() { over <- c.Run(ctx, s) }()
	<-s.begun
	answered(t, a, p)
	close(s.end)
	cancel()
	<-over
}

// Called by Telegram: a call that waits too long behind another frees its line and comes again,
// and there are lines for those who want to pay.
func TestPayingOvertakesCalled(t *testing.T) {
	t.Parallel()
	k := newHooked(t)
	s, a := newSlow(), agrees{make(chan string, 1)}
	k.c.cfg.Till = a
	first := make(chan int, 1)
	call := func(body string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		k.c.Routes(s)["POST /telegram/webhook"].ServeHTTP(w, update(body))
		return w
	}
	go func() { first <- call(message(1, "file")).Code }()
	<-s.begun
	waiting := make(chan *httptest.ResponseRecorder, 10)
	for i := range 10 {
		go func() { waiting <- call(message(2+i, "one")) }()
	}
	go call(checkout(12))
	answered(t, a, k.p)
	for range 10 {
		if w := <-waiting; w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "1" {
			t.Errorf("a call behind a slow one was answered %d", w.Code)
		}
	}
	close(s.end)
	if got := <-first; got != http.StatusOK {
		t.Errorf("the slow one: %d", got)
	}
	if got := call(message(2, "one")).Code; got != http.StatusOK {
		t.Errorf("it came again: %d", got)
	}
}
