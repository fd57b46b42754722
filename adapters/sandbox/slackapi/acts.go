package slackapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"duebot/adapters/sandbox/stand"
)

// CommandReply is what a person sees after a slash command.
type CommandReply struct {
	TS      string          `json:"ts,omitempty"`      // of the message that the answer became
	Payload json.RawMessage `json:"payload,omitempty"` // the acknowledgement's, as sent
	Error   string          `json:"error,omitempty"`   // "operation_timeout", "dispatch_failed", "invalid_blocks", …
}

// scene is who acts where; the lock is held while one is used.
type scene struct {
	user *person
	ch   *channel
}

// scene finds user and channel of an act. The channel may be "" when none is needed; a
// user's id stands for his direct messages with the bot.
func (s *Server) scene(user, channel string, now time.Time) (scene, error) {
	sc := scene{user: s.w.user(user)}
	if sc.user == nil || sc.user.Bot {
		return sc, stand.Refuse(http.StatusNotFound, "There is no person %q in this workspace.", user)
	}
	if channel == "" {
		return sc, nil
	}
	if channel == botUser {
		channel = user
	}
	sc.ch = s.w.find(channel, now)
	if sc.ch == nil || !sc.ch.has(user) {
		return sc, stand.Refuse(http.StatusNotFound, "%s is in no channel %q.", sc.user.Real, channel)
	}
	return sc, nil
}

// who is the user object of interactive payloads.
func who(p *person) map[string]any {
	return map[string]any{"id": p.ID, "username": p.Name, "name": p.Name, "team_id": teamID}
}

func team() map[string]any { return map[string]any{"id": teamID, "domain": teamDomain} }

// interaction is what all interactive payloads have.
func interaction(kind string, p *person) map[string]any {
	return map[string]any{"type": kind, "token": verification, "team": team(), "user": who(p), "api_app_id": appID,
		"enterprise": nil, "is_enterprise_install": false}
}

// interactive is the envelope of an interaction.
func (s *Server) interactive(payload any, accepts bool) *envelope {
	e := newEnvelope("interactive", payload, accepts)
	e.To, _ = s.app.interactive()
	return e
}

// passive refuses an interaction with an app that takes none.
func (s *Server) passive() error {
	if _, on := s.app.interactive(); on {
		return nil
	}
	return stand.Refuse(http.StatusConflict, "This app is not configured to handle interactive responses.")
}

func where(ch *channel) map[string]any { return map[string]any{"id": ch.ID, "name": ch.label()} }

// Command sends a slash command and waits for the acknowledgement, whose payload becomes a
// message: for everybody when it says in_channel, else for the user only.
func (s *Server) Command(ctx context.Context, user, channel, command, text string) (CommandReply, error) {
	now := s.now()
	s.mu.Lock()
	sc, err := s.scene(user, channel, now)
	if err == nil && sc.ch == nil {
		err = stand.Refuse(http.StatusBadRequest, "A command needs a channel.")
	}
	if err == nil && (!strings.HasPrefix(command, "/") || len(command) < 2) {
		err = stand.Refuse(http.StatusBadRequest, "A command begins with a slash; this one is %q.", command)
	}
	to, known := s.app.command(command)
	if err == nil && (!known || !s.granted("commands")) {
		err = stand.Refuse(http.StatusNotFound, "%s is not a valid command.", command)
	}
	if err != nil {
		s.mu.Unlock()
		return CommandReply{}, err
	}
	l := s.newLink("commands", user, sc.ch.ID, "", now)
	e := newEnvelope("slash_commands", map[string]any{"token": verification, "team_id": teamID, "team_domain": teamDomain,
		"channel_id": sc.ch.ID, "channel_name": sc.ch.label(), "user_id": user, "user_name": sc.user.Name, "command": command,
		"text": s.typed(text), "api_app_id": appID, "is_enterprise_install": "false", "response_url": s.linkURL(l),
		"trigger_id": s.newTrigger(user, "")}, true)
	e.Where, e.To = sc.ch.ID, to
	var reply CommandReply
	e.then = func(payload json.RawMessage, now time.Time) { reply = s.answered(l, payload, now) }
	s.mu.Unlock()

	if code := s.request(ctx, e); code != "" {
		return CommandReply{Error: code}, nil
	}
	return reply, nil
}

// answered makes a message of what a command's acknowledgement says. The lock is held.
func (s *Server) answered(l *link, payload json.RawMessage, now time.Time) CommandReply {
	reply := CommandReply{Payload: payload}
	if len(payload) == 0 {
		return reply
	}
	c := &call{s: s, method: "ack", now: now}
	body, ok, a := payloadContent(payload, c)
	if a != nil {
		reply.Error = stringOf(a["error"])
	}
	ch := s.w.channel(l.Channel)
	if !ok || ch == nil {
		return reply
	}
	m := s.say(ch, l.User, body, c.str("response_type") == "in_channel", "", c)
	reply.TS, l.TS = m.TS, m.TS
	return reply
}

// Shortcut runs a global shortcut, or with channel and ts a message shortcut.
func (s *Server) Shortcut(ctx context.Context, user, callbackID, channel, ts string) error {
	now := s.now()
	s.mu.Lock()
	sc, err := s.scene(user, channel, now)
	if err == nil && callbackID == "" {
		err = stand.Refuse(http.StatusBadRequest, "A shortcut needs its callback_id.")
	}
	if err == nil && !s.app.shortcut(callbackID, ts != "") {
		err = stand.Refuse(http.StatusNotFound, "The app has no shortcut %q here.", callbackID)
	}
	if err == nil && ts != "" && (sc.ch == nil || sc.ch.message(ts) == nil || sc.ch.message(ts).EphemeralTo != "") {
		err = stand.Refuse(http.StatusNotFound, "There is no message %s in channel %q.", ts, channel)
	}
	if err != nil {
		s.mu.Unlock()
		return err
	}
	p := interaction("shortcut", sc.user)
	if ts != "" {
		m := sc.ch.message(ts)
		p["type"], p["channel"], p["message"], p["message_ts"] = "message_action", where(sc.ch), s.wire(m, false, s.base()), ts
		p["response_url"] = s.linkURL(s.newLink("app", user, sc.ch.ID, ts, now))
	}
	p["callback_id"], p["trigger_id"], p["action_ts"] = callbackID, s.newTrigger(user, ""), stampOf(now)
	e := s.interactive(p, false)
	e.Where = channel
	s.mu.Unlock()
	return unanswered(s.request(ctx, e))
}

// unanswered is what a person is told when the app did not acknowledge.
func unanswered(code string) error {
	switch code {
	case "":
		return nil
	case dispatchFailed:
		return stand.Refuse(http.StatusConflict, "dispatch_failed: the app is not connected.")
	}
	return stand.Refuse(http.StatusConflict, "%s: the app did not answer within 3 seconds.", code)
}

func stampOf(now time.Time) string {
	return fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000)
}

// OpenHome opens the app's Home tab.
func (s *Server) OpenHome(ctx context.Context, user string) error {
	now := s.now()
	s.mu.Lock()
	sc, err := s.scene(user, user, now)
	if err == nil {
		e := map[string]any{"type": "app_home_opened", "user": user, "channel": sc.ch.ID, "tab": "home", "event_ts": stampOf(now)}
		if v := s.w.Homes[user]; v != nil {
			e["view"] = wireView(v)
		}
		s.event(sc.ch.ID, e, now)
		s.dispatch()
	}
	s.mu.Unlock()
	if err == nil {
		s.changed()
	}
	return err
}
