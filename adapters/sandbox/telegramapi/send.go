package telegramapi

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	textMax    = 4096 // characters after parsing, counted as Unicode code points
	captionMax = 1024
	actionLife = 5 * time.Second
)

// room finds the chat of a call. A group that became a supergroup is refused with the id
// to use instead.
func (s *Server) room(p *params) (*room, *apiError) {
	src := strings.TrimSpace(p.str("chat_id"))
	if src == "" {
		return nil, bad("Chat_id is empty")
	}
	id, err := strconv.ParseInt(src, 10, 64)
	r := s.chats[id]
	if err != nil || r == nil {
		return nil, bad(textChatNotFound)
	}
	if r.MigratedTo != 0 {
		e := bad("Group chat was upgraded to a supergroup chat")
		e.MigrateTo = r.MigratedTo
		return nil, e
	}
	return r, nil
}

// writable is room for calls that write into the chat.
func (s *Server) writable(p *params) (*room, *apiError) {
	r, err := s.room(p)
	switch {
	case err != nil:
		return nil, err
	case r.Blocked && r.Type == "private":
		return nil, forbidden("Bot was blocked by the user")
	case r.Blocked:
		return nil, forbidden("Bot was kicked from the " + r.Type + " chat")
	case r.Type == "private" && !r.Started:
		return nil, forbidden("Bot can't initiate conversation with a user")
	}
	return r, nil
}

// chatType returns the type of the call's chat, "" when there is no such chat.
func (s *Server) chatType(p *params) string {
	if r, err := s.room(p); err == nil {
		return r.Type
	}
	return ""
}

func (s *Server) sendMessage(p *params) (any, *apiError) {
	m, err := readText(p)
	if err != nil {
		return nil, err
	}
	return s.deliver(p, m)
}

// readText reads the text of a call and checks all but its length.
func readText(p *params) (m message, err *apiError) {
	if p.str("text") == "" {
		return m, bad("Message text is empty")
	}
	m.Text, m.Entities, err = formatText(p.str("text"), p.str("parse_mode"), p.str("entities"))
	if err != nil {
		return m, err
	}
	m.LinkPreview, err = readLinkPreview(p)
	return m, err
}

// readLinkPreview reads the options, or the older switch that came before them.
func readLinkPreview(p *params) (json.RawMessage, *apiError) {
	src := p.str("link_preview_options")
	if src == "" {
		if p.flag("disable_web_page_preview") {
			return json.RawMessage(`{"is_disabled":true}`), nil
		}
		return nil, nil
	}
	if !json.Valid([]byte(src)) {
		return nil, bad("Can't parse link preview options JSON object")
	}
	f, err := readFields(json.RawMessage(src), "Object expected as link preview options")
	if err != nil {
		return nil, bad(err.Error())
	}
	if len(f) == 0 {
		return nil, nil
	}
	return encode(f), nil
}

func readCaption(caption, mode, entities string) (m message, err *apiError) {
	m.Caption, m.CaptionEntities, err = formatText(caption, mode, entities)
	return m, err
}

// deliver checks the rest of a call that sends, and sends.
func (s *Server) deliver(p *params, m message) (any, *apiError) {
	list, err := s.deliverAll(p, []message{m})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// deliverAll is deliver for several messages, all of which are sent or none.
func (s *Server) deliverAll(p *params, list []message) ([]*message, *apiError) {
	mark, err := readMarkup(p, s.chatType(p))
	if err != nil {
		return nil, err
	}
	r, err := s.writable(p)
	if err != nil {
		return nil, err
	}
	to, cited, err := replied(r, p)
	if err != nil {
		return nil, err
	}
	bot := theBot()
	for i := range list {
		m := &list[i]
		m.ReplyTo, m.Quote = to, cited
		if err := r.thread(p, m); err != nil {
			return nil, err
		}
		if err := s.settle(m, "Message is too long", "Message caption is too long"); err != nil {
			return nil, err
		}
		m.From, m.Protected, m.Markup = &bot, p.flag("protect_content"), mark.inline
	}
	if err := s.admit(r, false); err != nil {
		return nil, err
	}
	s.charge(r, len(list)-1)
	if mark.reply != nil {
		r.Keyboard = mark.reply
		if string(mark.reply) == "null" {
			r.Keyboard = nil
		}
	}
	r.Action, r.ActionUntil = "", time.Time{}
	var out []*message
	for _, m := range list {
		out = append(out, s.add(r, m))
	}
	return out, nil
}

// settle brings text or caption into their final form and checks their length; the words
// for too long differ between sending and editing.
func (s *Server) settle(m *message, longText, longCaption string) (err *apiError) {
	if m.wordless() {
		return nil
	}
	if !m.media() {
		if m.Text, m.Entities, err = fixText(m.Text, m.Entities, false); err != nil {
			return err
		}
		if utf8.RuneCountInString(m.Text) > textMax {
			return bad(longText)
		}
		m.Entities = s.introduce(m.Entities)
		return nil
	}
	if m.Caption, m.CaptionEntities, err = fixText(m.Caption, m.CaptionEntities, true); err != nil {
		return err
	}
	if utf8.RuneCountInString(m.Caption) > captionMax {
		return bad(longCaption)
	}
	m.CaptionEntities = s.introduce(m.CaptionEntities)
	return nil
}

// introduce fills in the people that a text mentions by id, and drops mentions of people
// whom the bot never met.
func (s *Server) introduce(list []Entity) []Entity {
	out := make([]Entity, 0, len(list))
	for _, e := range list {
		if e.Type == "text_mention" {
			p, ok := s.known(e.User.ID)
			if !ok {
				continue
			}
			e.User = &p
		}
		out = append(out, e)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// known finds a person in any chat; the bot knows itself.
func (s *Server) known(id int64) (Person, bool) {
	if id == BotID {
		return theBot(), true
	}
	for _, chat := range s.order {
		if p, ok := s.chats[chat].person(id); ok && id != 0 {
			return p, true
		}
	}
	return Person{}, false
}

// quote is the Bot API's TextQuote: the part of a message that another one answers.
type quote struct {
	Text     string `json:"text"`
	Position int    `json:"position"` // in UTF-16 code units
	Manual   bool   `json:"is_manual,omitempty"`
}

// replied returns the message that a call replies to, without what that one replied to, and
// the part of it that is quoted, if one is.
func replied(r *room, p *params) (*message, *quote, *apiError) {
	id, lenient, cited := int(p.integer("reply_to_message_id", 0, 0, 1<<31-1)), p.flag("allow_sending_without_reply"), ""
	if src := p.str("reply_parameters"); src != "" {
		if !json.Valid([]byte(src)) {
			return nil, nil, bad("Can't parse reply parameters JSON object")
		}
		f, err := readFields(json.RawMessage(src), "Object expected as reply parameters")
		if err != nil {
			return nil, nil, bad(err.Error())
		}
		if len(f) == 0 {
			return nil, nil, nil
		}
		if id, err = f.number("message_id"); err != nil {
			return nil, nil, bad(err.Error())
		}
		if cited, err = f.text("quote", false); err != nil {
			return nil, nil, bad(err.Error())
		}
		lenient = f.flag("allow_sending_without_reply")
	}
	if id == 0 {
		return nil, nil, nil
	}
	i := r.find(id)
	switch {
	case i < 0 && lenient:
		return nil, nil, nil
	case i < 0:
		return nil, nil, bad("Message to be replied not found")
	}
	m := *r.Messages[i]
	m.ReplyTo = nil
	if cited == "" {
		return &m, nil, nil
	}
	before, _, found := strings.Cut(m.Text+m.Caption, cited)
	if !found {
		return nil, nil, bad("QUOTE_TEXT_INVALID")
	}
	return &m, &quote{Text: cited, Position: units(before), Manual: true}, nil
}

var chatActions = map[string]bool{"typing": true, "upload_photo": true, "record_video": true, "upload_video": true,
	"record_voice": true, "upload_voice": true, "record_audio": true, "upload_audio": true, "upload_document": true,
	"choose_sticker": true, "find_location": true, "record_video_note": true, "upload_video_note": true, "cancel": true}

// sendChatAction shows what the bot is doing for five seconds, or until it has said it.
func (s *Server) sendChatAction(p *params) (any, *apiError) {
	action := strings.ToLower(p.str("action"))
	if !chatActions[action] {
		return nil, bad("Wrong parameter action in request")
	}
	r, err := s.writable(p)
	if err != nil {
		return nil, err
	}
	if r.Action, r.ActionUntil = action, s.now().Add(actionLife); action == "cancel" {
		r.Action, r.ActionUntil = "", time.Time{}
	}
	s.dirty = true
	return true, nil
}
