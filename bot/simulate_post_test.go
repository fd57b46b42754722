package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"
)

// postman stands between the payment providers and the bot. He brings their webhooks at once, or
// later and in any order, some of them twice, and loses some about payments: the bot must ask
// for these itself. What the bot does not take he brings again.
type postman struct {
	mu   sync.Mutex
	rng  *rand.Rand
	next http.Handler
	bag  []letter
	did  map[string]int // its own: letters come at any time
}

// letter is a webhook that is still to be brought.
type letter struct {
	path   string
	from   string
	header http.Header
	body   []byte
}

func (p *postman) before(next http.Handler) http.Handler {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = next
	return p
}

func (p *postman) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	next := p.bot()
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/webhook") || r.URL.Path == "/telegram/webhook" {
		next.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	l := letter{path: r.URL.Path, from: r.RemoteAddr, header: r.Header.Clone(), body: body}
	if p.keeps(l) {
		w.WriteHeader(http.StatusOK)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	next.ServeHTTP(w, r)
}

func (p *postman) bot() http.Handler {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.next
}

// paid reports whether l is about a payment, of which the bot asks by itself.
func (l *letter) paid() bool {
	var said struct{ Type, Event string }
	var named struct {
		Kind string `json:"event_type"`
	}
	json.Unmarshal(l.body, &said)
	json.Unmarshal(l.body, &named)
	kind := strings.ToLower(said.Type + " " + said.Event + " " + named.Kind)
	return !strings.Contains(kind, "refund") && !strings.Contains(kind, "dispute") && !strings.Contains(kind, "payout")
}

// keeps decides what becomes of a letter, and reports whether it is not brought now.
func (p *postman) keeps(l letter) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch n := p.rng.Intn(10); {
	case n < 4:
		p.bag = append(p.bag, l)
		p.did["post late"]++
		return true
	case n == 4 && l.paid():
		p.did["post lost"]++
		return true
	case n < 7:
		p.bag = append(p.bag, l)
		p.did["post twice"]++
	}
	return false
}

// round brings what is in the bag in any order, some of it twice; what is not taken stays in it.
func (p *postman) round() {
	p.mu.Lock()
	bag := p.bag
	p.bag = nil
	p.rng.Shuffle(len(bag), func(i, j int) { bag[i], bag[j] = bag[j], bag[i] })
	for _, l := range bag {
		if p.rng.Intn(4) == 0 {
			bag = append(bag, l)
		}
	}
	p.mu.Unlock()
	var left []letter
	for _, l := range bag {
		if !p.bring(l) {
			left = append(left, l)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bag = append(p.bag, left...)
}

// put gives him a letter.
func (p *postman) put(l letter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bag = append(p.bag, l)
}

// forget drops second copies of what a provider that starts anew would sign otherwise.
func (p *postman) forget(path string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bag = slices.DeleteFunc(p.bag, func(l letter) bool { return strings.HasPrefix(l.path, path) })
}

func (p *postman) empty() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.bag) == 0
}

// bring brings a letter, and reports whether it was taken. Stripe signs each try anew.
func (p *postman) bring(l letter) bool {
	r := httptest.NewRequest(http.MethodPost, l.path, bytes.NewReader(l.body))
	r.Header, r.RemoteAddr = l.header.Clone(), l.from
	if l.path == "/stripe/webhook" {
		r.Header.Set("Stripe-Signature", signedNow(l.body))
	}
	w := httptest.NewRecorder()
	p.bot().ServeHTTP(w, r)
	return w.Code/100 == 2
}

func signedNow(body []byte) string {
	at := fmt.Sprint(time.Now().Unix())
	mac := hmac.New(sha256.New, []byte(sandboxStripeWebhook))
	fmt.Fprintf(mac, "%s.%s", at, body)
	return "t=" + at + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}
