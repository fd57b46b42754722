package stripeapi

import (
	"encoding/json"
	"fmt"

	"duebot/adapters/sandbox/stand"
)

// State is what the page shows of Stripe.
type State struct {
	Sessions []Brief `json:"sessions"` // newest first
}

// State returns the sessions, newest first.
func (s *Server) State() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := State{Sessions: []Brief{}}
	for _, x := range s.sortedSessions() {
		out.Sessions = append(out.Sessions, s.brief(x))
	}
	return out
}

// kept is everything that is saved.
type kept struct {
	Sessions []*session       `json:"sessions"`
	Intents  []*intent        `json:"intents"`
	Events   []*event         `json:"events"`
	Moves    []*movement      `json:"moves,omitempty"`
	Payouts  []*payout        `json:"payouts,omitempty"`
	Keys     map[string]keyed `json:"keys"`
	Out      []string         `json:"out"` // ids of events that the bot has not taken
}

// Save returns the whole state as JSON.
func (s *Server) Save() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := kept{Sessions: []*session{}, Intents: []*intent{}, Events: s.events, Moves: s.moves, Payouts: s.payouts, Keys: map[string]keyed{}}
	for _, id := range s.order {
		x := s.sessions[id]
		k.Sessions = append(k.Sessions, x)
		if pi := s.intents[x.Intent]; pi != nil {
			k.Intents = append(k.Intents, pi)
		}
	}
	now := s.o.Clock.Now()
	for key, a := range s.keys {
		if now.Sub(a.At) > keyLife {
			delete(s.keys, key)
			continue
		}
		k.Keys[key] = a
	}
	for _, h := range s.courier.Left() {
		k.Out = append(k.Out, h.ID)
	}
	return json.Marshal(k)
}

// Load replaces the state by a saved one. Webhooks that were not taken are sent again.
func (s *Server) Load(b []byte) error {
	var k kept
	if err := json.Unmarshal(b, &k); err != nil {
		return fmt.Errorf("reading the state of Stripe: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	for _, x := range k.Sessions {
		if x.Metadata == nil {
			x.Metadata = map[string]string{}
		}
		s.sessions[x.ID] = x
		s.order = append(s.order, x.ID)
	}
	for _, pi := range k.Intents {
		s.intents[pi.ID] = pi
	}
	s.moves, s.payouts = k.Moves, k.Payouts
	byID := map[string]*event{}
	for _, e := range k.Events {
		s.events = append(s.events, e)
		byID[e.ID] = e
	}
	if k.Keys != nil {
		s.keys = k.Keys
	}
	for _, x := range k.Sessions {
		if x.Status == "open" {
			s.watch(x)
		}
	}
	var left []stand.Hook
	for _, id := range k.Out {
		if e := byID[id]; e != nil {
			left = append(left, s.webhook(e))
		}
	}
	s.courier.Reset(left)
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
