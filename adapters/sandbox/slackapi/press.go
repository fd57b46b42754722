package slackapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"duebot/adapters/sandbox/stand"
)

// Action is a person's use of a button or another element. The element stands in the
// message (Channel, TS), in an open view (ViewID), or with neither in his Home tab. It is
// named by ActionID, by its visible Label (a button's text, an option's text), or both;
// Value tells apart buttons that share an action_id.
type Action struct {
	User     string          `json:"user"`
	Channel  string          `json:"channel"`
	TS       string          `json:"ts"`
	ViewID   string          `json:"view_id"`
	ActionID string          `json:"action_id"`
	Label    string          `json:"label"`
	Value    string          `json:"value"`
	Selected json.RawMessage `json:"selected"` // what is chosen: option value or label, date, text, or a list
	Values   map[string]any  `json:"values"`   // what was typed into other inputs of the view, by block_id
}

// surface is where an element stands.
type surface struct {
	sc         scene
	m          *message
	v          *view
	blocks     []any
	attachment any // id of the attachment the element is in
}

// Action uses an element and waits for the acknowledgement of the block_actions that it
// makes. An element of an input block only changes the form, unless it dispatches.
func (s *Server) Action(ctx context.Context, a Action) error {
	now := s.now()
	s.mu.Lock()
	e, err := s.act(a, now)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	if e == nil {
		s.changed()
		return nil
	}
	return unanswered(s.request(ctx, e))
}

// act changes the state and makes the envelope, nil when the app is not told.
func (s *Server) act(a Action, now time.Time) (*envelope, error) {
	if err := s.passive(); err != nil {
		return nil, err
	}
	f, err := s.surface(a, now)
	if err != nil {
		return nil, err
	}
	if f.v != nil {
		if err := enter(f.v, a.Values); err != nil {
			return nil, err
		}
	}
	p, err := f.find(a)
	if err != nil {
		return nil, err
	}
	done, err := f.use(p, a, now)
	if err != nil {
		return nil, err
	}
	if p.input() && p.block["dispatch_action"] != true {
		return nil, nil
	}
	e := s.interactive(s.actionPayload(f, done, now), false)
	if f.sc.ch != nil {
		e.Where = f.sc.ch.ID
	}
	return e, nil
}

// surface finds the message or view that an action means.
func (s *Server) surface(a Action, now time.Time) (surface, error) {
	sc, err := s.scene(a.User, a.Channel, now)
	f := surface{sc: sc}
	switch {
	case err != nil:
		return f, err
	case a.TS != "":
		if sc.ch != nil {
			f.m = sc.ch.message(a.TS)
		}
		if f.m == nil || f.m.EphemeralTo != "" && f.m.EphemeralTo != a.User {
			return f, stand.Refuse(http.StatusNotFound, "There is no message %s in channel %q for %s.", a.TS, a.Channel, sc.user.Real)
		}
		f.blocks = f.m.Blocks
		return f, nil
	case a.ViewID != "":
		f.v = s.view(a.ViewID)
		if h := s.w.Homes[a.User]; h != nil && h.ID == a.ViewID {
			f.v = h
		}
		if f.v == nil || f.v.User != a.User {
			return f, stand.Refuse(http.StatusNotFound, "%s has no open view %q.", sc.user.Real, a.ViewID)
		}
	default:
		if f.v = s.w.Homes[a.User]; f.v == nil {
			return f, stand.Refuse(http.StatusNotFound, "The Home tab of %s is empty.", sc.user.Real)
		}
	}
	f.sc.ch = nil
	f.blocks = f.v.blocks()
	return f, nil
}

// find is the element that is meant. Several that fit are refused rather than guessed.
func (f *surface) find(a Action) (place, error) {
	fits := matching(places(f.blocks), a)
	if len(fits) == 0 && f.m != nil {
		for _, x := range f.m.Attachments {
			obj, _ := x.(map[string]any)
			blocks, _ := obj["blocks"].([]any)
			if fits = matching(places(blocks), a); len(fits) > 0 {
				f.attachment, f.blocks = obj["id"], blocks
				break
			}
		}
	}
	switch {
	case a.ActionID == "" && a.Label == "":
		return place{}, stand.Refuse(http.StatusBadRequest, "Name the element by action_id or by label.")
	case len(fits) == 0:
		return place{}, stand.Refuse(http.StatusNotFound, "There is no element with action_id %q, label %q, value %q here.", a.ActionID, a.Label, a.Value)
	case len(fits) > 1:
		return place{}, stand.Refuse(http.StatusConflict, "%d elements fit action_id %q, label %q, value %q; say more.", len(fits), a.ActionID, a.Label, a.Value)
	}
	return fits[0], nil
}

func matching(all []place, a Action) []place {
	var out []place
	for _, p := range all {
		if a.ActionID != "" && p.action() != a.ActionID || a.Label != "" && !p.shows(a.Label) {
			continue
		}
		if v := stringOf(p.element["value"]); a.Value != "" && interactive[p.kind()] == "" && p.kind() != "overflow" && p.kind() != "feedback_buttons" && v != a.Value {
			continue
		}
		out = append(out, p)
	}
	return out
}

// shows reports whether a person sees label on the element: as its text, or as one of its
// options.
func (p place) shows(label string) bool {
	if sameLabel(textOf(p.element["text"]), label) {
		return true
	}
	for _, o := range options(p.element) {
		if sameLabel(textOf(o["text"]), label) {
			return true
		}
	}
	for _, b := range []string{"positive_button", "negative_button"} {
		m, _ := p.element[b].(map[string]any)
		if m != nil && sameLabel(textOf(m["text"]), label) {
			return true
		}
	}
	return false
}

// use applies the act to the element and returns the action that the app is told.
func (f *surface) use(p place, a Action, now time.Time) (map[string]any, error) {
	done := map[string]any{"type": p.kind(), "action_id": p.action(), "block_id": p.blockID, "action_ts": stampOf(now)}
	choice, err := a.choice()
	if err != nil {
		return nil, err
	}
	switch p.kind() {
	case "button", "icon_button", "workflow_button":
		for _, k := range []string{"text", "value", "style"} {
			if v := p.element[k]; v != nil {
				done[k] = v
			}
		}
		return done, nil
	case "feedback_buttons":
		return p.feedback(a, done)
	case "overflow":
		o, err := optionOf(p.element, choice)
		if err != nil {
			return nil, stand.Refuse(http.StatusBadRequest, "%s", sentence(err))
		}
		done["selected_option"] = o
		return done, nil
	}
	entry, err := choose(p.element, choice)
	if err != nil {
		return nil, stand.Refuse(http.StatusBadRequest, "%s", sentence(err))
	}
	for k, v := range entry {
		done[k] = v
	}
	for _, k := range initials {
		if v := p.element[k]; v != nil {
			done[k] = v
		}
	}
	f.remember(p, entry)
	return done, nil
}

func (p place) feedback(a Action, done map[string]any) (map[string]any, error) {
	for _, k := range []string{"positive_button", "negative_button"} {
		b, _ := p.element[k].(map[string]any)
		if b != nil && (a.Value != "" && stringOf(b["value"]) == a.Value || a.Label != "" && sameLabel(textOf(b["text"]), a.Label)) {
			done["text"], done["value"] = b["text"], b["value"]
			return done, nil
		}
	}
	return nil, stand.Refuse(http.StatusBadRequest, "Say which of the two buttons, by label or value.")
}

// choice is what was chosen: Selected, else Value, else the option that Label names.
func (a Action) choice() (any, error) {
	if len(a.Selected) > 0 {
		var v any
		if err := json.Unmarshal(a.Selected, &v); err != nil {
			return nil, stand.Refuse(http.StatusBadRequest, "selected is not JSON.")
		}
		if v != nil {
			return v, nil
		}
	}
	if a.Value != "" {
		return a.Value, nil
	}
	return a.Label, nil
}

// remember keeps a choice where the person would see it.
func (f *surface) remember(p place, entry map[string]any) {
	put := func(t values) values {
		if t == nil {
			t = values{}
		}
		if t[p.blockID] == nil {
			t[p.blockID] = map[string]any{}
		}
		t[p.blockID][p.action()] = entry
		return t
	}
	if f.v != nil {
		f.v.Typed = put(f.v.Typed)
		return
	}
	if f.m.Typed == nil {
		f.m.Typed = map[string]values{}
	}
	f.m.Typed[f.sc.user.ID] = put(f.m.Typed[f.sc.user.ID])
}

// actionPayload is a block_actions payload.
func (s *Server) actionPayload(f surface, done map[string]any, now time.Time) map[string]any {
	p := interaction("block_actions", f.sc.user)
	p["actions"] = []any{done}
	if f.v != nil {
		modal := ""
		if f.v.Body["type"] == "modal" {
			modal = f.v.ID
		}
		p["trigger_id"] = s.newTrigger(f.sc.user.ID, modal)
		p["container"] = map[string]any{"type": "view", "view_id": f.v.ID}
		p["view"] = wireView(f.v)
		return p
	}
	m := f.m
	p["trigger_id"] = s.newTrigger(f.sc.user.ID, "")
	p["container"], p["channel"] = f.container(), where(f.sc.ch)
	p["state"] = map[string]any{"values": state(f.blocks, m.Typed[f.sc.user.ID])}
	p["response_url"] = s.linkURL(s.newLink("actions", f.sc.user.ID, m.Channel, m.TS, now))
	if m.EphemeralTo == "" {
		// The real platform leaves an ephemeral message out, too.
		p["message"] = s.wire(m, true, s.base())
	}
	return p
}

// container says which message an element stands in.
func (f *surface) container() map[string]any {
	m := f.m
	out := map[string]any{"type": "message", "message_ts": m.TS, "channel_id": m.Channel, "is_ephemeral": m.EphemeralTo != ""}
	if m.ThreadTS != "" {
		out["thread_ts"] = m.ThreadTS
	}
	if f.attachment != nil {
		out["type"], out["attachment_id"], out["is_app_unfurl"] = "message_attachment", f.attachment, false
	}
	return out
}

// sentence makes an error something to show to a person.
func sentence(err error) string {
	t := err.Error()
	return strings.ToUpper(t[:1]) + t[1:] + "."
}
