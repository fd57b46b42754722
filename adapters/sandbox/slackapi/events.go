package slackapi

import (
	"strings"
	"time"
)

// heard tells the app of a new message.
func (s *Server) heard(ch *channel, m *message, now time.Time) {
	if !ch.has(botUser) || m.EphemeralTo != "" {
		return
	}
	e := s.wire(m, true, s.base())
	e["channel"], e["channel_type"], e["event_ts"] = ch.ID, ch.kind(), m.TS
	s.event(ch.ID, e, now)
	if !m.Bot && !ch.IM && strings.Contains(m.Text, "<@"+botUser) {
		e := s.wire(m, false, s.base())
		delete(e, "subtype")
		e["type"], e["channel"], e["event_ts"] = "app_mention", ch.ID, m.TS
		s.event(ch.ID, e, now)
	}
}

// sharedEvents tells the app of each file of a message.
func (s *Server) sharedEvents(ch *channel, m *message, now time.Time) {
	if !ch.has(botUser) {
		return
	}
	for _, id := range m.Files {
		s.event(ch.ID, map[string]any{"type": "file_shared", "file_id": id, "user_id": m.User, "file": map[string]any{"id": id},
			"channel_id": ch.ID, "event_ts": m.TS}, now)
	}
}

// changedEvent tells the app that a message reads differently now.
func (s *Server) changedEvent(ch *channel, m, before *message, now time.Time) {
	if !ch.has(botUser) {
		return
	}
	ts := ch.stamp(now)
	s.event(ch.ID, map[string]any{"type": "message", "subtype": "message_changed", "hidden": true, "channel": ch.ID, "channel_type": ch.kind(),
		"message": s.wire(m, true, s.base()), "previous_message": s.wire(before, true, s.base()), "ts": ts, "event_ts": ts}, now)
}

// erase takes a message away, from the pins too, and tells the app unless it was ephemeral.
func (s *Server) erase(ch *channel, m *message, now time.Time) {
	ch.remove(m)
	ch.unpin(m.TS)
	if m.EphemeralTo == "" {
		s.deletedEvent(ch, m, now)
	}
}

// deletedEvent tells the app that a message is gone.
func (s *Server) deletedEvent(ch *channel, m *message, now time.Time) {
	if !ch.has(botUser) {
		return
	}
	ts := ch.stamp(now)
	s.event(ch.ID, map[string]any{"type": "message", "subtype": "message_deleted", "hidden": true, "channel": ch.ID, "channel_type": ch.kind(),
		"deleted_ts": m.TS, "previous_message": s.wire(m, true, s.base()), "ts": ts, "event_ts": ts}, now)
}

// event wraps and queues one event of the Events API, if the app asked for such and may hear
// it. The lock is held.
func (s *Server) event(where string, inner map[string]any, now time.Time) {
	name := eventName(inner)
	to, yes := s.app.subscribed(name)
	if !yes || !s.granted(eventScopes()[name]) {
		return
	}
	id := s.w.id("Ev")
	payload := map[string]any{"token": verification, "team_id": teamID, "api_app_id": appID, "event": inner, "type": "event_callback",
		"event_id": id, "event_time": now.Unix(), "is_ext_shared_channel": false, "event_context": "4-" + id,
		"authorizations": []any{map[string]any{"enterprise_id": nil, "team_id": teamID, "user_id": botUser, "is_bot": true, "is_enterprise_install": false}}}
	e := newEnvelope("events_api", payload, false)
	e.Where, e.To = where, to
	s.w.Queue = append(s.w.Queue, e)
	s.waiting = append(s.waiting, e)
}
