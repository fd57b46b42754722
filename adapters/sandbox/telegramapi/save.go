package telegramapi

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// snapshot is the whole state as it is saved. Rates and the parked poll are not part of
// it: they are over when a program starts again.
type snapshot struct {
	Chats    []*room                 `json:"chats"`
	LastID   int                     `json:"last_id"`
	Files    []*file                 `json:"files"`
	Commands map[string][]botCommand `json:"commands"`
	NextID   int64                   `json:"next_update_id"`
	Updates  []*update               `json:"updates"`
	Allowed  []string                `json:"allowed_updates"`
	Queries  map[string]*query       `json:"queries"`
	Serial   int64                   `json:"serial"`
	Webhook  *hook                   `json:"webhook,omitempty"`
	Bills    map[string]*terms       `json:"bills,omitempty"`
	Profile  map[string]string       `json:"profile,omitempty"`
	Menu     json.RawMessage         `json:"menu,omitempty"`
}

// Save returns the state as JSON: chats, messages, files, ids and undelivered updates.
func (s *Server) Save() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.expire(s.now())
	s.forgetQueries()
	snap := snapshot{LastID: s.lastID, Commands: s.commands, NextID: s.queue.nextID, Updates: s.queue.list,
		Allowed: s.queue.allowed, Queries: s.queries, Serial: s.serial, Webhook: s.hooks.hook, Bills: s.bills,
		Profile: s.profile, Menu: s.menu}
	for _, id := range s.order {
		snap.Chats = append(snap.Chats, s.chats[id])
	}
	for _, f := range s.files {
		snap.Files = append(snap.Files, f)
	}
	slices.SortFunc(snap.Files, func(a, b *file) int { return strings.Compare(a.ID, b.ID) })
	return json.Marshal(snap)
}

// Load takes a saved state in place of the present one.
func (s *Server) Load(data []byte) error {
	var snap snapshot
	if err := json.Unmarshal(data, &snap); err != nil {
		return fmt.Errorf("loading telegram chats: %w", err)
	}
	s.change(func() {
		s.clear()
		s.chats, s.order = map[int64]*room{}, nil
		for _, r := range snap.Chats {
			s.chats[r.ID] = r
			s.order = append(s.order, r.ID)
		}
		for _, f := range snap.Files {
			s.files[f.ID] = f
		}
		for id, q := range snap.Queries {
			q.done = make(chan struct{})
			s.queries[id] = q
		}
		for k, list := range snap.Commands {
			s.commands[k] = list
		}
		for k, v := range snap.Profile {
			s.profile[k] = v
		}
		s.menu = snap.Menu
		s.lastID, s.serial = snap.LastID, max(s.serial, snap.Serial)
		s.queue.nextID = max(s.queue.nextID, snap.NextID)
		s.queue.list, s.queue.allowed = snap.Updates, snap.Allowed
		s.queue.wake()
		s.hooks.hook = snap.Webhook
		for k, t := range snap.Bills {
			s.bills[k] = t
		}
		s.pump()
		s.dirty = true
	})
	return nil
}
