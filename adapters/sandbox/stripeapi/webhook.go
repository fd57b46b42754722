package stripeapi

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
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

// later are the distances of business time between tries, up to three days in all.
var later = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour,
	6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 24 * time.Hour}

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

// tell sends events to the bot: in the order in which things happened, though the real platform
// promises none, since a world that is played again should run the same. The lock is held.
func (s *Server) tell(list ...*event) {
	for _, e := range list {
		s.courier.Send(s.webhook(e))
	}
}

// webhook is what the bot is told of an event.
func (s *Server) webhook(e *event) stand.Hook {
	body, err := json.MarshalIndent(s.eventJSON(e, true), "", "  ")
	if err != nil {
		body = []byte("null")
	}
	return stand.Hook{ID: e.ID, Kind: e.Type, Body: body}
}

// dress signs a webhook.
func dress(r *http.Request, body []byte) {
	r.Header.Set("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
	r.Header.Set("Stripe-Signature", sign(time.Now(), body))
}

// sign makes the Stripe-Signature of a body at a time.
func sign(at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(WebhookSecret))
	fmt.Fprintf(mac, "%s.%s", t, body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// eventJSON is an event as Stripe writes it; waits tells whether the bot has not taken it yet.
func (s *Server) eventJSON(e *event, waits bool) map[string]any {
	waiting := 0
	if waits {
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
			return answer{status: http.StatusOK, body: s.eventJSON(e, s.courier.Waits(id))}
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
		delivered := strconv.FormatBool(!s.courier.Waits(e.ID))
		if len(kinds) > 0 && !kinds[e.Type] || !within(form.at("created"), e.Created) ||
			form.str("delivery_success") != "" && form.str("delivery_success") != delivered {
			continue
		}
		ids, byID[e.ID] = append(ids, e.ID), e
	}
	return page(ids, form, "/v1/events", func(id string) any { return s.eventJSON(byID[id], s.courier.Waits(id)) })
}
