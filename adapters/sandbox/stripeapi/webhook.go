package stripeapi

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"duebot/adapters/sandbox/stand"
)

// event is something that happened, with the object as it was then.
type event struct {
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	Created int64           `json:"created"`
	Object  json.RawMessage `json:"object"`
}

// delivery is the sending of one event until the bot has taken it.
type delivery struct {
	event *event
	tries int  // that failed
	due   bool // being sent, or to be sent again within seconds
	stop  func()
}

func (d *delivery) forget() {
	if d.stop != nil {
		d.stop()
		d.stop = nil
	}
}

// A delivery that was not answered with 2xx is made again: first within seconds of wall
// time, so that a bot that is just starting again loses no time, then at growing
// distances of business time, up to three days in all.
var (
	soon  = []time.Duration{time.Second, 2 * time.Second, 5 * time.Second}
	later = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour,
		6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 24 * time.Hour}
)

// note records an event. The lock is held.
func (s *Server) note(kind string, object any) *event {
	raw, err := json.Marshal(object)
	if err != nil {
		raw = []byte("null")
	}
	e := &event{ID: newID("evt_", 24), Type: kind, Created: s.now(), Object: raw}
	s.events = append(s.events, e)
	return e
}

// tell lines events up to be sent to the bot. First tries go out one after the other, in
// the order in which things happened: the real platform promises no order, but a world
// that is played again should run the same. The lock is held.
func (s *Server) tell(list ...*event) {
	if s.hook == nil || s.hook() == "" {
		return
	}
	for _, e := range list {
		s.out[e.ID] = &delivery{event: e, due: true}
		s.line = append(s.line, e.ID)
	}
	if !s.sending {
		s.sending = true
		go s.send(s.round)
	}
}

// send makes the first tries of what is in line, until there is nothing left.
func (s *Server) send(round int) {
	for {
		s.mu.Lock()
		if s.round != round {
			s.mu.Unlock()
			return
		}
		if len(s.line) == 0 {
			s.sending = false
			s.mu.Unlock()
			return
		}
		id := s.line[0]
		s.line = s.line[1:]
		s.mu.Unlock()
		s.attempt(round, id)
	}
}

// attempt sends an event once, and arranges the next try when it is not taken.
func (s *Server) attempt(round int, id string) {
	s.mu.Lock()
	d := s.out[id]
	if s.round != round || d == nil {
		s.mu.Unlock()
		return
	}
	d.due = true
	body := s.eventBody(d.event)
	s.mu.Unlock()

	taken := s.post(d.event, body)
	if _, twice := s.o.Faults.Take("stripe", "", stand.FaultDuplicate); taken && twice {
		s.post(d.event, body)
	}

	s.mu.Lock()
	if s.round == round {
		s.after(d, taken)
	}
	s.mu.Unlock()
	s.o.Tell()
}

// after books the outcome of a try. The lock is held.
func (s *Server) after(d *delivery, taken bool) {
	n := d.tries
	d.tries++
	if taken || n >= len(soon)+len(later) {
		delete(s.out, d.event.ID)
		return
	}
	round := s.round
	again := func() { s.attempt(round, d.event.ID) }
	if n < len(soon) {
		t := time.AfterFunc(soon[n], again)
		d.stop = func() { t.Stop() }
		return
	}
	d.due = false
	d.stop = s.o.Clock.After(later[n-len(soon)], again)
}

// post sends one signed webhook and tells whether it was answered with 2xx.
func (s *Server) post(e *event, body []byte) bool {
	to := s.hook()
	status, said := 0, ""
	defer func() { s.o.Log.Add("stripe", "out", e.Type, "", json.RawMessage(body), status, said) }()

	ctx, cancel := context.WithTimeout(context.Background(), s.web.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		said = err.Error()
		return false
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
	req.Header.Set("Stripe-Signature", sign(time.Now(), body))
	resp, err := s.web.Do(req)
	if err != nil {
		said = err.Error()
		return false
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 4096))
	status, said = resp.StatusCode, string(text)
	return resp.StatusCode/100 == 2
}

// sign makes the Stripe-Signature of a body at a time.
func sign(at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(WebhookSecret))
	fmt.Fprintf(mac, "%s.%s", t, body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// eventBody writes an event as Stripe does. The lock is held.
func (s *Server) eventBody(e *event) []byte {
	b, err := json.MarshalIndent(s.eventJSON(e), "", "  ")
	if err != nil {
		return []byte("null")
	}
	return b
}

func (s *Server) eventJSON(e *event) map[string]any {
	waiting := 0
	if s.out[e.ID] != nil {
		waiting = 1
	}
	return map[string]any{"id": e.ID, "object": "event", "api_version": APIVersion, "created": e.Created, "type": e.Type,
		"livemode": false, "pending_webhooks": waiting, "data": map[string]any{"object": e.Object},
		"request": map[string]any{"id": nil, "idempotency_key": nil}}
}

func (s *Server) getEvent(id string, form *node) answer {
	if err := form.allow(schema{"expand": {"*": nil}}, ""); err != nil {
		return err.answer()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if e.ID == id {
			return answer{status: http.StatusOK, body: s.eventJSON(e)}
		}
	}
	return missing("event", id, "id")
}

func (s *Server) listEvents(form *node) answer {
	if err := form.allow(schema{"limit": nil, "starting_after": nil, "ending_before": nil, "type": nil, "types": {"*": nil},
		"delivery_success": nil, "created": {"gt": nil, "gte": nil, "lt": nil, "lte": nil}, "expand": {"*": nil}}, ""); err != nil {
		return err.answer()
	}
	kinds := map[string]bool{}
	for _, k := range form.at("types").list() {
		kinds[k.text] = true
	}
	if k := form.str("type"); k != "" {
		kinds[k] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	byID := map[string]*event{}
	for i := len(s.events) - 1; i >= 0; i-- {
		e := s.events[i]
		delivered := strconv.FormatBool(s.out[e.ID] == nil)
		if len(kinds) > 0 && !kinds[e.Type] || !within(form.at("created"), e.Created) ||
			form.str("delivery_success") != "" && form.str("delivery_success") != delivered {
			continue
		}
		ids, byID[e.ID] = append(ids, e.ID), e
	}
	return page(ids, form, "/v1/events", func(id string) any { return s.eventJSON(byID[id]) })
}
