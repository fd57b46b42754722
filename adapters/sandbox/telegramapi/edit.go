package telegramapi

import (
	"encoding/json"
	"reflect"
	"time"
)

// deleteLife is how long a message can be deleted, in business time.
const deleteLife = 48 * time.Hour

// target finds the message of a call; absent says what to answer when there is none.
func (s *Server) target(p *params, absent string) (*room, int, *apiError) {
	r, err := s.writable(p)
	if err != nil {
		return nil, 0, err
	}
	id := int(p.integer("message_id", 0, 0, 1<<31-1))
	if id == 0 {
		return nil, 0, bad("Message identifier is not specified")
	}
	i := r.find(id)
	if i < 0 {
		return nil, 0, bad(absent)
	}
	return r, i, nil
}

// edit finds the bot's message of a call, lets f change a copy of it, and puts the copy
// in its place if anything differs.
func (s *Server) edit(p *params, f func(m *message) *apiError) (any, *apiError) {
	mark, err := readMarkup(p, s.chatType(p))
	if err != nil {
		return nil, err
	}
	r, i, err := s.target(p, "Message to edit not found")
	if err != nil {
		return nil, err
	}
	old := r.Messages[i]
	if old.From == nil || old.From.ID != BotID || old.Origin != nil || old.service() {
		return nil, bad("Message can't be edited")
	}
	m := *old
	m.Markup = mark.inline
	if err := f(&m); err != nil {
		return nil, err
	}
	if reflect.DeepEqual(m, *old) {
		return nil, bad(textNotModified)
	}
	if err := s.admit(r, true); err != nil {
		return nil, err
	}
	m.EditDate = s.now().Unix()
	r.Messages[i], s.dirty = &m, true
	return &m, nil
}

func (s *Server) editText(p *params) (any, *apiError) {
	text, err := readText(p)
	if err != nil {
		return nil, err
	}
	return s.edit(p, func(m *message) *apiError {
		if m.Text == "" {
			return bad("There is no text in the message to edit")
		}
		m.Text, m.Entities, m.LinkPreview = text.Text, text.Entities, text.LinkPreview
		return s.settle(m, "MESSAGE_TOO_LONG", "MEDIA_CAPTION_TOO_LONG")
	})
}

func (s *Server) editCaption(p *params) (any, *apiError) {
	caption, err := readCaption(p.str("caption"), p.str("parse_mode"), p.str("caption_entities"))
	if err != nil {
		return nil, err
	}
	return s.edit(p, func(m *message) *apiError {
		if !m.media() {
			return bad("There is no caption in the message to edit")
		}
		m.Caption, m.CaptionEntities = caption.Caption, caption.CaptionEntities
		m.CaptionAbove = p.flag("show_caption_above_media")
		return s.settle(m, "MESSAGE_TOO_LONG", "MEDIA_CAPTION_TOO_LONG")
	})
}

func (s *Server) editMarkup(p *params) (any, *apiError) {
	return s.edit(p, func(*message) *apiError { return nil })
}

// editMedia puts another file into a message; a text becomes its caption's place.
func (s *Server) editMedia(p *params) (any, *apiError) {
	src := p.str("media")
	if src == "" {
		return nil, bad("Input media is not specified")
	}
	if !json.Valid([]byte(src)) {
		return nil, bad("Can't parse input media JSON object")
	}
	f, err := readFields(json.RawMessage(src), "expected an Object")
	if err != nil {
		return nil, bad("Can't parse InputMedia: " + err.Error())
	}
	in, refusal := readMedia(f)
	if refusal != nil {
		return nil, refusal
	}
	return s.edit(p, func(m *message) *apiError {
		if m.wordless() || m.Voice != nil {
			return bad("Message media can't be edited")
		}
		if m.Album != "" && family(in.kind) != family(m.kind()) {
			return bad("Can't change media type in the album")
		}
		file, err := s.mediaFile(p, in)
		if err != nil {
			return err
		}
		m.Text, m.Entities, m.LinkPreview = "", nil, nil
		in.put(m, file)
		return s.settle(m, "MESSAGE_TOO_LONG", "MEDIA_CAPTION_TOO_LONG")
	})
}

// deleteMessage deletes what is younger than 48 hours: the bot's own, and in a private
// chat the person's too.
func (s *Server) deleteMessage(p *params) (any, *apiError) {
	r, i, err := s.target(p, "Message to delete not found")
	if err != nil {
		return nil, err
	}
	if err := s.erase(r, i); err != nil {
		return nil, err
	}
	return true, nil
}

// erase deletes one message, if the bot may.
func (s *Server) erase(r *room, i int) *apiError {
	m := r.Messages[i]
	own := m.From != nil && m.From.ID == BotID
	switch {
	case !own && !r.may("can_delete_messages"), m.MigrateFrom != 0, m.TopicMade != nil:
		return bad("Message can't be deleted")
	case s.now().Sub(time.Unix(m.Date, 0)) > deleteLife:
		return bad("Message can't be deleted for everyone")
	}
	r.Messages = append(append([]*message{}, r.Messages[:i]...), r.Messages[i+1:]...)
	r.unpin(m.ID)
	s.dirty = true
	return nil
}
