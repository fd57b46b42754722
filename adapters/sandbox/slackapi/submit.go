package slackapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"duebot/adapters/sandbox/stand"
)

// SubmitReply is what a person sees after sending a form.
type SubmitReply struct {
	Closed bool              `json:"closed"`            // the submitted view is gone
	Errors map[string]string `json:"errors,omitempty"`  // by block_id; the form stays
	ViewID string            `json:"view_id,omitempty"` // the view that is on top now
	Error  string            `json:"error,omitempty"`   // the app did not answer, or not sensibly; the form stays
}

// Submit fills in and sends a modal. values go by block_id or action_id; inputs that are
// not named keep what they hold. What Slack's client would refuse comes back as Errors
// without the app being asked.
func (s *Server) Submit(ctx context.Context, user, viewID string, values map[string]any) (SubmitReply, error) {
	now := s.now()
	s.mu.Lock()
	e, reply, err := s.fill(user, viewID, values, now)
	s.mu.Unlock()
	if err != nil || e == nil {
		s.changed()
		return *orEmpty(reply), err
	}
	if code := s.request(ctx, e); code != "" {
		return SubmitReply{Error: code, ViewID: viewID}, nil
	}
	return *reply, nil
}

func orEmpty(r *SubmitReply) *SubmitReply {
	if r == nil {
		return &SubmitReply{}
	}
	return r
}

// fill types the values in and makes the envelope, nil when the form cannot be sent. The
// reply is filled when the app acknowledges.
func (s *Server) fill(user, viewID string, values map[string]any, now time.Time) (*envelope, *SubmitReply, error) {
	sc, err := s.scene(user, "", now)
	if err != nil {
		return nil, nil, err
	}
	v := s.view(viewID)
	if v == nil || v.User != user {
		return nil, nil, stand.Refuse(http.StatusNotFound, "%s has no open view %q.", sc.user.Real, viewID)
	}
	if s.top(user) != v {
		return nil, nil, stand.Refuse(http.StatusConflict, "Another view lies on top of %q.", viewID)
	}
	if v.Body["submit"] == nil {
		return nil, nil, stand.Refuse(http.StatusConflict, "The view %q has nothing that sends it.", viewID)
	}
	if err := enter(v, values); err != nil {
		return nil, nil, err
	}
	if problems := incomplete(v); len(problems) > 0 {
		return nil, &SubmitReply{Errors: problems, ViewID: viewID}, nil
	}
	p := interaction("view_submission", sc.user)
	p["trigger_id"], p["view"], p["response_urls"] = s.newTrigger(user, v.ID), wireView(v), s.answerURLs(v, now)
	e := s.interactive(p, true)
	reply := &SubmitReply{}
	e.then = func(payload json.RawMessage, now time.Time) { *reply = s.submitted(v, payload, now) }
	return e, reply, nil
}

// top is the view that a user sees.
func (s *Server) top(user string) *view {
	for i := len(s.w.Views) - 1; i >= 0; i-- {
		if s.w.Views[i].User == user {
			return s.w.Views[i]
		}
	}
	return nil
}

// enter puts values into the inputs they name.
func enter(v *view, values map[string]any) error {
	f := surface{v: v}
	for name, x := range values {
		var fits []place
		for _, p := range places(v.blocks()) {
			if interactive[p.kind()] != "" && (p.blockID == name || p.action() == name) {
				fits = append(fits, p)
			}
		}
		if len(fits) != 1 {
			return stand.Refuse(http.StatusBadRequest, "%d inputs are called %q in this view.", len(fits), name)
		}
		entry, err := choose(fits[0].element, x)
		if err != nil {
			return stand.Refuse(http.StatusBadRequest, "%s: %v.", name, err)
		}
		f.remember(fits[0], entry)
	}
	return nil
}

// answerURLs are the response URLs of selects that ask for one.
func (s *Server) answerURLs(v *view, now time.Time) []any {
	out := []any{}
	held := state(v.blocks(), v.Typed)
	for _, p := range places(v.blocks()) {
		entry, _ := held[p.blockID][p.action()].(map[string]any)
		id := stringOf(entry["selected_conversation"]) + stringOf(entry["selected_channel"])
		if p.element["response_url_enabled"] != true || id == "" || s.w.channel(id) == nil {
			continue
		}
		l := s.newLink("app", v.User, id, "", now)
		out = append(out, map[string]any{"block_id": p.blockID, "action_id": p.action(), "channel_id": id, "response_url": s.linkURL(l)})
	}
	return out
}

// submission is the payload by which an app answers a form.
type submission struct {
	Action string            `json:"response_action"`
	Errors map[string]string `json:"errors"`
	View   map[string]any    `json:"view"`
}

// submitted applies the app's answer. The lock is held. An answer that makes no sense
// leaves the form open, as Slack does with its "trouble connecting".
func (s *Server) submitted(v *view, payload json.RawMessage, now time.Time) SubmitReply {
	var sub submission
	if len(payload) > 0 {
		if err := json.Unmarshal(payload, &sub); err != nil {
			return SubmitReply{Error: "invalid_response", ViewID: v.ID}
		}
	}
	if s.view(v.ID) != v {
		// The app closed or replaced it in the meantime.
		return SubmitReply{Closed: true, ViewID: s.topID(v.User)}
	}
	switch sub.Action {
	case "":
		s.shut(v)
		return SubmitReply{Closed: true, ViewID: s.topID(v.User)}
	case "clear":
		s.shutAll(v)
		return SubmitReply{Closed: true, ViewID: s.topID(v.User)}
	case "errors":
		return s.rejected(v, sub.Errors)
	case "update", "push":
		return s.followed(v, sub, now)
	}
	return SubmitReply{Error: "invalid_response_action", ViewID: v.ID}
}

// rejected shows the app's errors. Their keys must be block_ids of input blocks.
func (s *Server) rejected(v *view, errors map[string]string) SubmitReply {
	inputs := map[string]bool{}
	for _, p := range places(v.blocks()) {
		if p.input() {
			inputs[p.blockID] = true
		}
	}
	for id := range errors {
		if !inputs[id] {
			return SubmitReply{Error: fmt.Sprintf("invalid_errors: no input block %q", id), ViewID: v.ID}
		}
	}
	if len(errors) == 0 {
		return SubmitReply{Error: "invalid_errors: none given", ViewID: v.ID}
	}
	return SubmitReply{Errors: errors, ViewID: v.ID}
}

// followed replaces the view or puts another one on top.
func (s *Server) followed(v *view, sub submission, now time.Time) SubmitReply {
	problems := checkView(sub.View)
	own := v
	if sub.Action == "push" {
		own = nil
	}
	switch {
	case len(problems) > 0:
		return SubmitReply{Error: "invalid_view: " + problems[0], ViewID: v.ID}
	case s.external(sub.View, own) != nil:
		return SubmitReply{Error: "duplicate_external_id", ViewID: v.ID}
	case sub.Action == "update":
		s.replace(v, sub.View, now)
		return SubmitReply{ViewID: v.ID}
	case s.depth(v) >= stackMax:
		return SubmitReply{Error: "push_limit_reached", ViewID: v.ID}
	}
	return SubmitReply{ViewID: s.show(v.User, sub.View, v, now).ID}
}

func (s *Server) topID(user string) string {
	if v := s.top(user); v != nil {
		return v.ID
	}
	return ""
}
