package slackapi

import (
	"encoding/json"
	"time"
)

const (
	stackMax    = 3      // views of one root
	viewSizeMax = 250000 // bytes of JSON
)

// trigger is the right to open one view, given with an interaction.
type trigger struct {
	user string
	view string // the modal that the interaction came from, if any
	at   time.Time
	used bool
}

// view is an open modal or a published Home tab.
type view struct {
	ID       string
	User     string
	Root     string
	Previous string
	Hash     string
	External string
	Body     map[string]any // type, title, blocks and so on, as the app sent them
	Typed    values
	Channel  string // where the person was when he opened it
}

// newTrigger gives out a trigger_id. Old ones are dropped; a late one is still told apart
// from garbage by its form.
func (s *Server) newTrigger(user, view string) string {
	if len(s.triggers) > 500 {
		for id, t := range s.triggers {
			if time.Since(t.at) > time.Minute {
				delete(s.triggers, id)
			}
		}
	}
	s.w.Seq++
	id := triggerID(s.w.Seq)
	s.triggers[id] = &trigger{user: user, view: view, at: time.Now()}
	return id
}

// take uses up the trigger of a call.
func (s *Server) take(c *call) (*trigger, answer) {
	id := c.str("trigger_id")
	if id == "" {
		id = c.str("interactivity_pointer") // the same, by its newer name
	}
	t := s.triggers[id]
	switch {
	case id == "":
		return nil, invalid("invalid_arguments", []string{"missing required field: trigger_id"})
	case t == nil && triggerForm.MatchString(id):
		return nil, fail("expired_trigger_id")
	case t == nil:
		return nil, fail("invalid_trigger_id")
	case t.used:
		return nil, fail("exchanged_trigger_id")
	case time.Since(t.at) > Patience:
		return nil, fail("expired_trigger_id")
	}
	return t, nil
}

// readView takes and checks the view of a call.
func (s *Server) readView(c *call) (map[string]any, answer) {
	v, given, ok := c.value("view")
	obj, isObject := v.(map[string]any)
	if !given {
		return nil, invalid("invalid_arguments", []string{"missing required field: view"})
	}
	if !ok || !isObject {
		return nil, invalid("invalid_arguments", []string{"must provide an object [json-pointer:/view]"})
	}
	if problems := checkView(obj); len(problems) > 0 {
		return nil, invalid("invalid_arguments", problems)
	}
	if problems := s.fileProblems(obj["blocks"], "/view/blocks"); len(problems) > 0 {
		return nil, invalid("invalid_arguments", problems)
	}
	if b, _ := json.Marshal(obj); len(b) > viewSizeMax {
		return nil, fail("view_too_large")
	}
	return obj, nil
}

// body is what of a checked view is kept.
func body(obj map[string]any) map[string]any {
	out, _ := copyOf(obj).(map[string]any)
	for k, v := range out {
		if v == nil {
			delete(out, k)
		}
	}
	blocks, _ := out["blocks"].([]any)
	out["blocks"] = withIDs(blocks)
	return out
}

// wireView is a view as the Web API and payloads give it.
func wireView(v *view) map[string]any {
	out := map[string]any{"id": v.ID, "team_id": teamID, "type": v.Body["type"], "blocks": v.Body["blocks"],
		"private_metadata": stringOf(v.Body["private_metadata"]), "callback_id": stringOf(v.Body["callback_id"]),
		"state": map[string]any{"values": state(v.blocks(), v.Typed)}, "hash": v.Hash,
		"clear_on_close": v.Body["clear_on_close"] == true, "notify_on_close": v.Body["notify_on_close"] == true,
		"title": v.Body["title"], "close": v.Body["close"], "submit": v.Body["submit"], "root_view_id": v.Root,
		"previous_view_id": nil, "app_id": appID, "external_id": v.External, "app_installed_team_id": teamID, "bot_id": botID}
	if v.Previous != "" {
		out["previous_view_id"] = v.Previous
	}
	if out["title"] == nil {
		// The Home tab has no title; clients expect the object all the same.
		out["title"] = map[string]any{"type": "plain_text", "text": "View Title", "emoji": true}
	}
	return out
}

func (v *view) blocks() []any {
	b, _ := v.Body["blocks"].([]any)
	return b
}

func (s *Server) view(id string) *view {
	for _, v := range s.w.Views {
		if v.ID == id {
			return v
		}
	}
	return nil
}

func (s *Server) newHash(now time.Time) string {
	s.w.Seq++
	return hashOf(now.Unix(), s.w.Seq)
}

// external refuses an external_id that another view has.
func (s *Server) external(obj map[string]any, own *view) answer {
	id := stringOf(obj["external_id"])
	if id == "" {
		return nil
	}
	for _, v := range s.w.Views {
		if v != own && v.External == id {
			return fail("duplicate_external_id")
		}
	}
	return nil
}

// show puts a new modal on top of a user's.
func (s *Server) show(user string, obj map[string]any, below *view, now time.Time) *view {
	v := &view{ID: s.w.id("V"), User: user, Hash: s.newHash(now), External: stringOf(obj["external_id"]), Body: body(obj)}
	v.Root = v.ID
	if below != nil {
		v.Root, v.Previous = below.Root, below.ID
	}
	s.w.Views = append(s.w.Views, v)
	return v
}

// depth is the number of views in the stack that v belongs to.
func (s *Server) depth(v *view) int {
	n := 0
	for _, x := range s.w.Views {
		if x.Root == v.Root {
			n++
		}
	}
	return n
}

func viewsOpen(s *Server, c *call) answer {
	obj, a := s.readView(c)
	if a != nil {
		return a
	}
	if obj["type"] != "modal" {
		return invalid("invalid_arguments", []string{"must be `modal` [json-pointer:/view/type]"})
	}
	t, a := s.take(c)
	if a == nil {
		a = s.external(obj, nil)
	}
	if a != nil {
		return a
	}
	t.used = true
	c.changed = true
	return answer{"ok": true, "view": wireView(s.show(t.user, obj, nil, c.now))}
}

func viewsPush(s *Server, c *call) answer {
	obj, a := s.readView(c)
	if a != nil {
		return a
	}
	t, a := s.take(c)
	if a == nil {
		a = s.external(obj, nil)
	}
	if a != nil {
		return a
	}
	below := s.view(t.view)
	switch {
	case below == nil || obj["type"] != "modal":
		return invalid("invalid_arguments", []string{"must match the `type` of the root view whose stack we're pushing onto [json-pointer:/view/type]"})
	case s.depth(below) >= stackMax:
		return fail("push_limit_reached")
	}
	t.used = true
	c.changed = true
	return answer{"ok": true, "view": wireView(s.show(t.user, obj, below, c.now))}
}

// viewsUpdate replaces an open view. What was typed into inputs whose block_id and
// action_id stay is kept.
func viewsUpdate(s *Server, c *call) answer {
	obj, a := s.readView(c)
	if a != nil {
		return a
	}
	if c.str("view_id") == "" && c.str("external_id") == "" {
		return invalid("invalid_arguments", []string{"missing required field: view_id"})
	}
	var v *view
	for _, x := range s.w.Views {
		if x.ID == c.str("view_id") || c.str("view_id") == "" && x.External == c.str("external_id") {
			v = x
		}
	}
	for _, x := range s.w.Homes {
		if x.ID == c.str("view_id") {
			v = x
		}
	}
	switch {
	case v == nil:
		return fail("not_found")
	case c.str("hash") != "" && c.str("hash") != v.Hash:
		return fail("hash_conflict")
	case v.Body["type"] != obj["type"]:
		return invalid("invalid_arguments", []string{"must match the `type` of the view being updated [json-pointer:/view/type]"})
	}
	if a := s.external(obj, v); a != nil {
		return a
	}
	s.replace(v, obj, c.now)
	c.changed = true
	return answer{"ok": true, "view": wireView(v)}
}

// replace gives a view a new body and hash.
func (s *Server) replace(v *view, obj map[string]any, now time.Time) {
	v.Body = body(obj)
	v.Hash = s.newHash(now)
	if id := stringOf(obj["external_id"]); id != "" {
		v.External = id
	}
	v.Typed = kept(v.blocks(), v.Typed)
}

// viewsPublish sets the Home tab of a user.
func viewsPublish(s *Server, c *call) answer {
	if a := c.need("user_id"); a != nil {
		return a
	}
	if p := s.w.user(c.str("user_id")); p == nil || p.Bot {
		return fail("user_not_found")
	}
	obj, a := s.readView(c)
	if a != nil {
		return a
	}
	if obj["type"] != "home" {
		return invalid("invalid_arguments", []string{"must be `home` [json-pointer:/view/type]"})
	}
	v := s.w.Homes[c.str("user_id")]
	if h := c.str("hash"); h != "" && (v == nil || v.Hash != h) {
		return fail("hash_conflict")
	}
	if v == nil {
		v = &view{ID: s.w.id("V"), User: c.str("user_id")}
		v.Root = v.ID
		s.w.Homes[v.User] = v
	}
	s.replace(v, obj, c.now)
	c.changed = true
	return answer{"ok": true, "view": wireView(v)}
}
