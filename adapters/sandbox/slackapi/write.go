package slackapi

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"duebot/adapters/sandbox/stand"
)

// File is a file that a person adds to a message.
type File struct {
	Name string `json:"name"`
	Mime string `json:"mime"`
	Data string `json:"data"` // base64
}

// MessageAct is a message that a person writes.
type MessageAct struct {
	User     string `json:"user"`
	Channel  string `json:"channel"`
	ThreadTS string `json:"thread_ts"` // of any message of the thread
	Text     string `json:"text"`
	Files    []File `json:"files"`
}

// Message posts what a person wrote and queues the events of it; it does not wait for
// their acknowledgement.
func (s *Server) Message(ctx context.Context, a MessageAct) (ts string, err error) {
	now := s.now()
	s.mu.Lock()
	m, err := s.write(a, now)
	s.dispatch()
	s.mu.Unlock()
	if err != nil {
		return "", err
	}
	s.changed()
	return m.TS, nil
}

func (s *Server) write(a MessageAct, now time.Time) (*message, error) {
	sc, err := s.scene(a.User, a.Channel, now)
	switch {
	case err != nil:
		return nil, err
	case sc.ch == nil:
		return nil, stand.Refuse(http.StatusBadRequest, "A message needs a channel.")
	case sc.ch.Archived:
		return nil, stand.Refuse(http.StatusConflict, "The channel is archived.")
	case strings.TrimSpace(a.Text) == "" && len(a.Files) == 0:
		return nil, stand.Refuse(http.StatusBadRequest, "The message is empty.")
	}
	m := &message{User: a.User, Text: s.typed(a.Text), ClientID: uuid()}
	if a.ThreadTS != "" {
		if m.ThreadTS = sc.ch.thread(a.ThreadTS); m.ThreadTS == "" {
			return nil, stand.Refuse(http.StatusNotFound, "There is no message %s to answer.", a.ThreadTS)
		}
	}
	files, err := s.dropped(a, sc.ch, now)
	if err != nil {
		return nil, err
	}
	if len(files) > 0 {
		m.Subtype, m.Files, m.ClientID = "file_share", files, ""
	}
	sc.ch.add(m, now)
	s.heard(sc.ch, m, now)
	s.sharedEvents(sc.ch, m, now)
	return m, nil
}

// dropped stores the files of a message.
func (s *Server) dropped(a MessageAct, ch *channel, now time.Time) ([]string, error) {
	var made []*file
	for _, x := range a.Files {
		data, err := base64.StdEncoding.DecodeString(x.Data)
		if err != nil {
			return nil, stand.Refuse(http.StatusBadRequest, "The data of %q is not base64.", x.Name)
		}
		if x.Name == "" || len(data) == 0 {
			return nil, stand.Refuse(http.StatusBadRequest, "A file needs a name and some content.")
		}
		f := newFile(s.w.id("F"), x.Name, x.Mime, data, a.User, now)
		f.Channels = []string{ch.ID}
		made = append(made, f)
	}
	var ids []string
	for _, f := range made {
		s.w.Files[f.ID] = f
		ids = append(ids, f.ID)
	}
	return ids, nil
}

// EditMessage changes a person's own message.
func (s *Server) EditMessage(ctx context.Context, user, room, ts, text string) error {
	return s.touch(user, room, ts, func(ch *channel, m *message, now time.Time) error {
		if strings.TrimSpace(text) == "" {
			return stand.Refuse(http.StatusBadRequest, "The message is empty; delete it instead.")
		}
		before := *m
		m.Text = s.typed(text)
		m.Edited = &edit{User: user, TS: stampOf(now)}
		s.changedEvent(ch, m, &before, now)
		return nil
	})
}

// DeleteMessage removes a person's own message.
func (s *Server) DeleteMessage(ctx context.Context, user, room, ts string) error {
	return s.touch(user, room, ts, func(ch *channel, m *message, now time.Time) error {
		s.erase(ch, m, now)
		return nil
	})
}

// touch does something to a person's own message.
func (s *Server) touch(user, channel, ts string, do func(*channel, *message, time.Time) error) error {
	now := s.now()
	s.mu.Lock()
	sc, err := s.scene(user, channel, now)
	if err == nil {
		var m *message
		if sc.ch != nil {
			m = sc.ch.message(ts)
		}
		switch {
		case m == nil:
			err = stand.Refuse(http.StatusNotFound, "There is no message %s in channel %q.", ts, channel)
		case m.User != user:
			err = stand.Refuse(http.StatusConflict, "Only one's own messages can be changed.")
		default:
			err = do(sc.ch, m, now)
		}
	}
	s.dispatch()
	s.mu.Unlock()
	if err == nil {
		s.changed()
	}
	return err
}
