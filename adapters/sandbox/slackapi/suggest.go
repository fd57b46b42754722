package slackapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"duebot/adapters/sandbox/stand"
)

// Suggest types query into a menu whose options the app supplies (external_select) and
// returns the options or option_groups that it answers with. The element is named as for
// Action; what is then chosen goes to Action or Submit as an option object.
func (s *Server) Suggest(ctx context.Context, a Action, query string) (json.RawMessage, error) {
	now := s.now()
	s.mu.Lock()
	e, err := s.ask(a, query, now)
	var answer json.RawMessage
	if err == nil {
		e.then = func(payload json.RawMessage, _ time.Time) { answer = payload }
	}
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if err := unanswered(s.request(ctx, e)); err != nil {
		return nil, err
	}
	if problem := badSuggestion(answer); problem != "" {
		return nil, stand.Refuse(http.StatusConflict, "The app's options cannot be shown: %s.", problem)
	}
	return answer, nil
}

func (s *Server) ask(a Action, query string, now time.Time) (*envelope, error) {
	f, err := s.surface(a, now)
	if err != nil {
		return nil, err
	}
	p, err := f.find(a)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(p.kind(), "external_select") {
		return nil, stand.Refuse(http.StatusBadRequest, "A %s has its own options.", p.kind())
	}
	payload := interaction("block_suggestion", f.sc.user)
	payload["action_id"], payload["block_id"], payload["value"] = p.action(), p.blockID, query
	if f.v != nil {
		payload["container"], payload["view"] = map[string]any{"type": "view", "view_id": f.v.ID}, wireView(f.v)
	} else {
		payload["container"], payload["channel"] = f.container(), where(f.sc.ch)
	}
	e := s.interactive(payload, true)
	e.Where = a.Channel
	if e.To != "" && s.app.Settings.Interactivity.MenuURL != "" {
		e.To = s.app.Settings.Interactivity.MenuURL
	}
	return e, nil
}

// badSuggestion is what is wrong with an answer, or "".
func badSuggestion(answer json.RawMessage) string {
	var m map[string]any
	if json.Unmarshal(answer, &m) != nil || (m["options"] == nil) == (m["option_groups"] == nil) {
		return "it wants either options or option_groups"
	}
	k := &checker{blockIDs: map[string]bool{}}
	k.object(m, "", []field{{"options", false, list(0, 100, option("plain_text", false))}, {"option_groups", false, list(0, 100, optionGroup)}})
	if len(k.problems) > 0 {
		return k.problems[0]
	}
	return ""
}
