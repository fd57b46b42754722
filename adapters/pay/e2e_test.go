//go:build e2e

package pay

import (
	"context"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"duebot/ledger"
)

// mocked starts stripe-mock, which holds each request against Stripe's OpenAPI and answers with
// samples. It keeps no state: what comes of a session is tried with the stand-in.
func mocked(t *testing.T) (s *Stripe, at string) {
	t.Helper()
	program, err := exec.LookPath("stripe-mock")
	if err != nil {
		t.Skip("stripe-mock is not installed; .ci/e2e does it")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	cmd := exec.Command(program, "-http-addr", addr)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
			break
		}
		if time.Now().After(end) {
			t.Fatalf("stripe-mock does not listen: %v", err)
		}
	}
	s, err = NewStripe("sk_test_mocked", "whsec_mocked", "http://"+addr)
	if err != nil {
		t.Fatal(err)
	}
	return s, "http://" + addr
}

// TestE2EStripeShapes sends each request that we make of Stripe to stripe-mock.
func TestE2EStripeShapes(t *testing.T) {
	s, _ := mocked(t)
	ctx := context.Background()
	for _, sum := range []ledger.Money{{Minor: 100, Currency: "EUR"}, {Minor: 440181, Currency: "JPY"}, {Minor: 500, Currency: "ISK"},
		{Minor: 1230, Currency: "KWD"}, {Minor: 12, Currency: "UGX"}, {Minor: 10000, Currency: "HUF"}} {
		got, err := s.Create(ctx, Order{ID: "a-" + sum.String(), Invoice: 7, Number: "INV-2026-000007", Amount: sum, Description: "INV-2026-000007 · Lindenhof Studio GmbH",
			SuccessURL: "https://ar.example.com/pay/x/done", CancelURL: "https://ar.example.com/pay/x", Expires: time.Now().Add(23 * time.Hour), Email: "ap@acme.example", Language: "de"})
		if err != nil || got.ID == "" {
			t.Errorf("%s: creating a session: %+v, %v", sum, got, err)
		}
	}
	if _, err := s.Ask(ctx, "cs_test_123"); err != nil && !strings.Contains(err.Error(), "is not one of ours") && !strings.Contains(err.Error(), "no whole sum") {
		t.Errorf("reading a session: %v", err) // what a sample says is nobody's payment
	}
	if err := s.Expire(ctx, "cs_test_123"); err != nil {
		t.Errorf("ending a session: %v", err)
	}
}

// TestE2EStripeMockChecks shows that a request of another shape is refused there, so that the test
// above says something.
func TestE2EStripeMockChecks(t *testing.T) {
	_, at := mocked(t)
	req, err := http.NewRequest("POST", at+"/v1/checkout/sessions", strings.NewReader("mode=payment&no_such_field=1"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer sk_test_mocked")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a field that there is not was answered %s", resp.Status)
	}
}
