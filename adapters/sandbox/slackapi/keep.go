package slackapi

import (
	"encoding/json"
	"fmt"
)

// Save is the whole workspace as JSON: people, channels, messages, views, files, response
// URLs and the events that nobody acknowledged. Triggers, tickets and rates are not kept.
func (s *Server) Save() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := json.Marshal(s.w)
	if err != nil {
		return nil, fmt.Errorf("saving the Slack workspace: %w", err)
	}
	return b, nil
}

// Load puts a saved workspace in the place of the present one and cuts the sockets.
func (s *Server) Load(b []byte) error {
	w := newWorld(s.now())
	if err := json.Unmarshal(b, w); err != nil {
		return fmt.Errorf("loading the Slack workspace: %w", err)
	}
	s.mu.Lock()
	s.dropAll()
	s.w = w
	s.forget()
	for _, e := range w.Queue {
		e.ready()
		s.waiting = append(s.waiting, e)
	}
	for _, x := range w.Later {
		s.await(x)
	}
	s.mu.Unlock()
	s.changed()
	return nil
}

// Reset makes everything as New does and cuts the sockets.
func (s *Server) Reset() {
	now := s.now()
	s.mu.Lock()
	s.dropAll()
	s.clear(now)
	s.mu.Unlock()
	s.changed()
}

// Snapshot is what people can see, and what a page shows.
type Snapshot struct {
	Users    []SnapshotUser    `json:"users"`
	Channels []SnapshotChannel `json:"channels"`
	Messages []map[string]any  `json:"messages"` // channel by channel, oldest first
	Views    []map[string]any  `json:"views"`    // oldest first: a user's last one is on top
	Homes    map[string]any    `json:"homes"`    // views by user
	Sockets  int               `json:"sockets"`  // open connections of the app

	Shortcuts []MenuEntry `json:"shortcuts"` // the app's entries in menus
}

// SnapshotUser is a member.
type SnapshotUser struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Real  string `json:"real_name"`
	Email string `json:"email,omitempty"`
	Bot   bool   `json:"is_bot"`
}

// SnapshotChannel is a channel or, with IM, a person's direct messages with the bot.
type SnapshotChannel struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	IM      bool     `json:"is_im"`
	Private bool     `json:"is_private,omitempty"`
	Group   bool     `json:"is_mpim,omitempty"`
	Topic   string   `json:"topic,omitempty"`
	User    string   `json:"user,omitempty"`
	Members []string `json:"members"`
}

// MenuEntry is a shortcut of the app: of the menu beside the composer, or of each message's.
type MenuEntry struct {
	Name        string `json:"name"`
	Type        string `json:"type"` // "global" or "message"
	Callback    string `json:"callback_id"`
	Description string `json:"description"`
}

// State is a Snapshot.
func (s *Server) State() any {
	base := s.base()
	s.mu.Lock()
	defer s.mu.Unlock()
	out := Snapshot{Users: []SnapshotUser{}, Channels: []SnapshotChannel{}, Messages: []map[string]any{}, Views: []map[string]any{},
		Homes: map[string]any{}, Sockets: len(s.sockets)}
	for _, p := range s.w.Users {
		out.Users = append(out.Users, SnapshotUser{ID: p.ID, Name: p.Name, Real: p.Real, Email: p.Email, Bot: p.Bot})
	}
	for _, ch := range s.w.Channels {
		out.Channels = append(out.Channels, SnapshotChannel{ID: ch.ID, Name: ch.Name, IM: ch.IM, Private: ch.Private,
			Group: ch.Group, Topic: ch.Topic.Value, User: ch.User, Members: append([]string{}, ch.Members...)})
		for _, m := range ch.Messages {
			out.Messages = append(out.Messages, s.seen(m, base))
		}
	}
	if s.app != nil {
		out.Shortcuts = s.app.Features.Shortcuts
	}
	for _, v := range s.w.Views {
		out.Views = append(out.Views, map[string]any{"id": v.ID, "user": v.User, "root_view_id": v.Root, "previous_view_id": v.Previous,
			"hash": v.Hash, "view": wireView(v)})
	}
	for user, v := range s.w.Homes {
		out.Homes[user] = wireView(v)
	}
	return detached(out)
}

// detached is the snapshot free of anything that may still change.
func detached(out Snapshot) any {
	b, err := json.Marshal(out)
	if err != nil {
		return out
	}
	return json.RawMessage(b)
}

// seen is a message as a page needs it.
func (s *Server) seen(m *message, base string) map[string]any {
	out := map[string]any{"channel": m.Channel, "ts": m.TS, "user": m.User, "text": m.Text}
	if m.Bot {
		out["bot_id"] = botID
	}
	for k, v := range map[string]string{"thread_ts": m.ThreadTS, "ephemeral_to": m.EphemeralTo, "subtype": m.Subtype} {
		if v != "" {
			out[k] = v
		}
	}
	if len(m.Blocks) > 0 {
		out["blocks"] = m.Blocks
	}
	if len(m.Attachments) > 0 {
		out["attachments"] = m.Attachments
	}
	if len(m.Files) > 0 {
		out["files"] = s.wireFiles(m.Files, base)
	}
	if m.Edited != nil {
		out["edited"] = m.Edited
	}
	if m.Metadata != nil {
		out["metadata"] = m.Metadata
	}
	if len(m.Reactions) > 0 {
		out["reactions"] = m.Reactions
	}
	if len(m.Typed) > 0 {
		out["typed"] = m.Typed
	}
	return out
}
