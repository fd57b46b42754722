package telegramapi

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// topic is a forum topic. Its id is that of the message that made it.
type topic struct {
	ID     int    `json:"message_thread_id"`
	Name   string `json:"name"`
	Color  int    `json:"icon_color"`
	Icon   string `json:"icon_custom_emoji_id,omitempty"`
	Closed bool   `json:"closed,omitempty"`
}

const (
	topicNameMax = 128
	topicColor   = 0x6FB9F0
)

// topicColors are those that an icon may have.
var topicColors = []int{0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F}

// topicMade is the service message of a new topic, topicEdited of a changed one.
type topicMade struct {
	Name  string `json:"name"`
	Color int    `json:"icon_color"`
	Icon  string `json:"icon_custom_emoji_id,omitempty"`
}

type topicEdited struct {
	Name string  `json:"name,omitempty"`
	Icon *string `json:"icon_custom_emoji_id,omitempty"`
}

// forum is the chat of a call about topics.
func (s *Server) forum(p *params) (*room, *apiError) {
	r, err := s.writable(p)
	if err == nil && !r.Forum {
		return nil, bad("The chat is not a forum")
	}
	return r, err
}

// topic is the topic of a call.
func (s *Server) topic(p *params) (*room, *topic, *apiError) {
	r, err := s.forum(p)
	if err != nil {
		return nil, nil, err
	}
	t := r.topic(int(p.integer("message_thread_id", 0, 0, 1<<31-1)))
	if t == nil {
		return nil, nil, bad("TOPIC_ID_INVALID")
	}
	return r, t, nil
}

func (r *room) topic(id int) *topic {
	for _, t := range r.Topics {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// thread puts a message of a call into the topic that it names. Without one it goes to the
// forum's general topic.
func (r *room) thread(p *params, m *message) *apiError {
	id := int(p.integer("message_thread_id", 0, 0, 1<<31-1))
	if id == 0 && m.ReplyTo != nil {
		id = m.ReplyTo.Thread
	}
	if id == 0 {
		return nil
	}
	t := r.topic(id)
	switch {
	case t == nil:
		return bad("Message thread not found")
	case t.Closed:
		return bad("TOPIC_CLOSED")
	}
	m.Thread, m.InTopic = id, true
	return nil
}

func (s *Server) createTopic(p *params) (any, *apiError) {
	r, err := s.forum(p)
	if err != nil {
		return nil, err
	}
	if !r.may("can_manage_topics") {
		return nil, bad("Not enough rights to create a topic")
	}
	name := strings.TrimSpace(p.str("name"))
	color := int(p.integer("icon_color", topicColor, 0, 1<<24))
	switch {
	case name == "":
		return nil, bad("Title must be non-empty")
	case utf8.RuneCountInString(name) > topicNameMax:
		name = string([]rune(name)[:topicNameMax])
	case !slices.Contains(topicColors, color):
		return nil, bad("Invalid icon color specified")
	}
	bot := theBot()
	icon := p.str("icon_custom_emoji_id")
	m := s.add(r, message{From: &bot, TopicMade: &topicMade{Name: name, Color: color, Icon: icon}})
	m.Thread, m.InTopic = m.ID, true
	t := &topic{ID: m.ID, Name: name, Color: color, Icon: icon}
	r.Topics = append(r.Topics, t)
	out := *t
	return &out, nil
}

func (s *Server) editTopic(p *params) (any, *apiError) {
	r, t, err := s.topic(p)
	if err != nil {
		return nil, err
	}
	change := topicEdited{}
	if name := strings.TrimSpace(p.str("name")); name != "" && name != t.Name {
		t.Name, change.Name = name, name
	}
	if icon, given := p.vals["icon_custom_emoji_id"]; given && icon != t.Icon {
		t.Icon, change.Icon = icon, &icon
	}
	if change == (topicEdited{}) {
		return nil, bad("TOPIC_NOT_MODIFIED")
	}
	bot := theBot()
	s.add(r, message{From: &bot, Thread: t.ID, InTopic: true, TopicEdited: &change})
	return true, nil
}

func (s *Server) closeTopic(p *params) (any, *apiError)  { return s.shutTopic(p, true) }
func (s *Server) reopenTopic(p *params) (any, *apiError) { return s.shutTopic(p, false) }

func (s *Server) shutTopic(p *params, closed bool) (any, *apiError) {
	r, t, err := s.topic(p)
	switch {
	case err != nil:
		return nil, err
	case t.Closed == closed:
		return nil, bad("TOPIC_NOT_MODIFIED")
	}
	t.Closed = closed
	bot, nothing := theBot(), json.RawMessage("{}")
	m := message{From: &bot, Thread: t.ID, InTopic: true}
	if closed {
		m.TopicClosed = nothing
	} else {
		m.TopicReopened = nothing
	}
	s.add(r, m)
	return true, nil
}

// deleteTopic deletes a topic and all that was said in it.
func (s *Server) deleteTopic(p *params) (any, *apiError) {
	r, t, err := s.topic(p)
	if err != nil {
		return nil, err
	}
	r.Topics = slices.DeleteFunc(append([]*topic{}, r.Topics...), func(x *topic) bool { return x == t })
	r.Messages = slices.DeleteFunc(append([]*message{}, r.Messages...), func(m *message) bool { return m.Thread == t.ID })
	s.dirty = true
	return true, nil
}

// deleteMessages deletes what it finds of up to a hundred messages.
func (s *Server) deleteMessages(p *params) (any, *apiError) {
	ids, err := readIDs(p)
	if err != nil {
		return nil, err
	}
	r, err := s.writable(p)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if i := r.find(id); i >= 0 {
			if err := s.erase(r, i); err != nil {
				return nil, err
			}
		}
	}
	return true, nil
}
