package telegramapi

import (
	"encoding/json"
	"slices"
	"strconv"
)

// origin is the Bot API's MessageOriginUser: who wrote first what was forwarded, and when.
type origin struct {
	Type   string `json:"type"` // "user"
	Date   int64  `json:"date"`
	Sender Person `json:"sender_user"`
}

// source is the chat that a call forwards or copies from. To read there the bot need not be
// able to write.
func (s *Server) source(p *params) (*room, *apiError) {
	from := &params{vals: map[string]string{"chat_id": p.str("from_chat_id")}}
	r, err := s.room(from)
	switch {
	case err != nil:
		return nil, err
	case r.Blocked && r.Type != "private":
		return nil, forbidden("Bot was kicked from the " + r.Type + " chat")
	}
	return r, nil
}

// service reports a message that nobody wrote.
func (m *message) service() bool {
	return m.Text == "" && !m.media() && !m.wordless()
}

// forwarded is m as it arrives elsewhere, ok is false when it may not be forwarded. A forward
// of a forward keeps the first origin.
func forwarded(m *message) (message, bool) {
	if m.service() || m.Protected || m.From == nil {
		return message{}, false
	}
	out := copied(m)
	out.Origin, out.ForwardFrom, out.ForwardDate = m.Origin, m.ForwardFrom, m.ForwardDate
	if m.Origin == nil {
		who := *m.From
		who.LanguageCode = ""
		out.Origin, out.ForwardFrom, out.ForwardDate = &origin{Type: "user", Date: m.Date, Sender: who}, &who, m.Date
	}
	return out, true
}

// copied is what a message says, without who said it, where and to whom.
func copied(m *message) message {
	return message{Text: m.Text, Entities: m.Entities, LinkPreview: m.LinkPreview, Photo: m.Photo, Document: m.Document, Video: m.Video,
		Animation: m.Animation, Audio: m.Audio, Voice: m.Voice, Caption: m.Caption, CaptionEntities: m.CaptionEntities,
		CaptionAbove: m.CaptionAbove, Spoiler: m.Spoiler, Contact: m.Contact, Location: m.Location, Venue: m.Venue, Invoice: m.Invoice}
}

// forwardMessage repeats a message in a chat, with its author's name.
func (s *Server) forwardMessage(p *params) (any, *apiError) {
	m, err := s.original(p, "Message to forward not found")
	if err != nil {
		return nil, err
	}
	out, ok := forwarded(m)
	if !ok {
		return nil, bad("The message can't be forwarded")
	}
	forget(p, "reply_markup", "reply_parameters", "reply_to_message_id")
	return s.deliver(p, out)
}

// original is the message that a call forwards or copies.
func (s *Server) original(p *params, absent string) (*message, *apiError) {
	r, err := s.source(p)
	if err != nil {
		return nil, err
	}
	i := r.find(int(p.integer("message_id", 0, 0, 1<<31-1)))
	if i < 0 {
		return nil, bad(absent)
	}
	return r.Messages[i], nil
}

// forget takes from a call what its method does not read.
func forget(p *params, names ...string) {
	for _, n := range names {
		delete(p.vals, n)
	}
}

// messageID is the Bot API's MessageId.
type messageID struct {
	ID int `json:"message_id"`
}

// copyMessage repeats a message as the bot's own, with another caption if the call has one.
func (s *Server) copyMessage(p *params) (any, *apiError) {
	m, err := s.original(p, "Message to copy not found")
	if err != nil {
		return nil, err
	}
	if m.service() || m.Invoice != nil {
		return nil, bad("The message can't be copied")
	}
	out := copied(m)
	if _, given := p.vals["caption"]; given && m.media() {
		with, err := readCaption(p.str("caption"), p.str("parse_mode"), p.str("caption_entities"))
		if err != nil {
			return nil, err
		}
		out.Caption, out.CaptionEntities, out.CaptionAbove = with.Caption, with.CaptionEntities, p.flag("show_caption_above_media")
	}
	sent, err := s.deliverAll(p, []message{out})
	if err != nil {
		return nil, err
	}
	return messageID{sent[0].ID}, nil
}

func (s *Server) forwardMessages(p *params) (any, *apiError) {
	return s.repeat(p, "There are no messages to forward", forwarded)
}

func (s *Server) copyMessages(p *params) (any, *apiError) {
	bare := p.flag("remove_caption")
	return s.repeat(p, "There are no messages to copy", func(m *message) (message, bool) {
		out := copied(m)
		if bare {
			out.Caption, out.CaptionEntities = "", nil
		}
		return out, !m.service() && m.Invoice == nil
	})
}

// repeat forwards or copies up to a hundred messages. What is not there or may not be repeated
// is passed over; albums stay together.
func (s *Server) repeat(p *params, none string, again func(*message) (message, bool)) (any, *apiError) {
	ids, err := readIDs(p)
	if err != nil {
		return nil, err
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) < len(ids) {
		return nil, bad("Message identifiers must be in a strictly increasing order")
	}
	r, err := s.source(p)
	if err != nil {
		return nil, err
	}
	var list []message
	albums := map[string]string{}
	for _, id := range ids {
		i := r.find(id)
		if i < 0 {
			continue
		}
		out, ok := again(r.Messages[i])
		if !ok {
			continue
		}
		if old := r.Messages[i].Album; old != "" {
			if albums[old] == "" {
				albums[old] = strconv.FormatInt(1<<43|s.nextSerial(), 10)
			}
			out.Album = albums[old]
		}
		list = append(list, out)
	}
	if len(list) == 0 {
		return nil, bad(none)
	}
	forget(p, "reply_markup", "reply_parameters", "reply_to_message_id")
	sent, err := s.deliverAll(p, list)
	if err != nil {
		return nil, err
	}
	out := []messageID{}
	for _, m := range sent {
		out = append(out, messageID{m.ID})
	}
	return out, nil
}

// readIDs reads message_ids: one to a hundred.
func readIDs(p *params) ([]int, *apiError) {
	var ids []int
	switch src := p.str("message_ids"); {
	case src == "":
		return nil, bad("Message identifiers are not specified")
	case !json.Valid([]byte(src)):
		return nil, bad("Can't parse message identifiers JSON object")
	case json.Unmarshal([]byte(src), &ids) != nil:
		return nil, bad("Expected an Array of message identifiers")
	case len(ids) == 0:
		return nil, bad("Message identifiers are not specified")
	case len(ids) > 100:
		return nil, bad("Too many message identifiers specified")
	}
	return ids, nil
}
