package telegramapi

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"duebot/adapters/sandbox/stand"
)

// MessageAct is what a person sends: a text, or a photo or document with the text as its
// caption, or a contact. From is 0 or absent for the first person of the chat.
type MessageAct struct {
	Chat     int64    `json:"chat"`
	From     int64    `json:"from,omitempty"`
	Text     string   `json:"text,omitempty"`
	Photo    *Upload  `json:"photo,omitempty"`
	Document *Upload  `json:"document,omitempty"`
	Contact  *Contact `json:"contact,omitempty"`
	Album    string   `json:"album,omitempty"`    // shared by files that were chosen together
	ReplyTo  int      `json:"reply_to,omitempty"` // a message of the same chat
	Thread   int      `json:"thread,omitempty"`   // a topic of a forum
}

// actor finds who acts in a chat. Refused are unknown chats and people, groups that moved
// on, and chats that have no bot in them.
func (s *Server) actor(chat, from int64) (*room, Person, error) {
	r := s.chats[chat]
	if r == nil {
		return nil, Person{}, stand.Refuse(404, "no chat %d", chat)
	}
	who, ok := r.person(from)
	switch {
	case !ok:
		return nil, Person{}, stand.Refuse(404, "nobody with id %d in chat %d", from, chat)
	case r.MigratedTo != 0:
		return nil, Person{}, stand.Refuse(409, "chat %d is now the supergroup %d", chat, r.MigratedTo)
	case r.Blocked:
		return nil, Person{}, stand.Refuse(409, "the bot is blocked in chat %d", chat)
	}
	return r, who, nil
}

// Message lets a person send something and returns the message's id. The first message in
// a private chat opens it for the bot; /start unblocks a blocked bot, as the app's Restart.
func (s *Server) Message(act MessageAct) (messageID int, err error) {
	s.change(func() { messageID, err = s.say(act) })
	return messageID, err
}

func (s *Server) say(act MessageAct) (int, error) {
	if r := s.chats[act.Chat]; r != nil && r.Blocked && r.Type == "private" && isStart(act.Text) {
		s.block(r, false)
	}
	r, who, err := s.actor(act.Chat, act.From)
	if err != nil {
		return 0, err
	}
	m := message{From: &who}
	if t := r.topic(act.Thread); act.Thread != 0 {
		if t == nil || t.Closed {
			return 0, stand.Refuse(404, "no open topic %d in chat %d", act.Thread, act.Chat)
		}
		m.Thread, m.InTopic = t.ID, true
	}
	if err := s.compose(&m, r, act); err != nil {
		return 0, err
	}
	r.Started = true
	if oneTime(r.Keyboard) {
		r.Keyboard = nil
	}
	stored := s.add(r, m)
	if r.hears(stored) {
		s.push("message", r.ID, stored)
	}
	return stored.ID, nil
}

func isStart(text string) bool {
	return text == "/start" || strings.HasPrefix(text, "/start ")
}

func oneTime(keyboard json.RawMessage) bool {
	var k struct {
		OneTime bool `json:"one_time_keyboard"`
		Force   bool `json:"force_reply"`
	}
	return json.Unmarshal(keyboard, &k) == nil && (k.OneTime || k.Force)
}

// hears reports whether the bot gets a person's message: all of a private chat and of a group
// that it administers, else what heard says.
func (r *room) hears(m *message) bool { return r.Type == "private" || len(r.Rights) > 0 || heard(m) }

// heard reports whether a bot that runs in privacy mode, as bots do unless told otherwise,
// gets a message of a group: commands, mentions and replies to it.
func heard(m *message) bool {
	if m.ReplyTo != nil && m.ReplyTo.From != nil && m.ReplyTo.From.ID == BotID {
		return true
	}
	text, list := m.Text, m.Entities
	if text == "" {
		text, list = m.Caption, m.CaptionEntities
	}
	for _, e := range list {
		word := strings.ToLower(cutUnits(text, e))
		_, to, addressed := strings.Cut(word, "@")
		switch e.Type {
		case "bot_command":
			if e.Offset == 0 && (!addressed || to == Username) {
				return true
			}
		case "mention":
			if to == Username {
				return true
			}
		}
	}
	return false
}

func cutUnits(text string, e Entity) string {
	return text[byteOffset(text, e.Offset):byteOffset(text, e.end())]
}

// compose fills a person's message.
func (s *Server) compose(m *message, r *room, act MessageAct) error {
	if act.ReplyTo != 0 {
		i := r.find(act.ReplyTo)
		if i < 0 {
			return stand.Refuse(404, "no message %d in chat %d", act.ReplyTo, act.Chat)
		}
		to := *r.Messages[i]
		to.ReplyTo = nil
		m.ReplyTo = &to
	}
	media := act.Photo != nil || act.Document != nil
	switch {
	case act.Photo != nil && len(act.Photo.Data) == 0, act.Document != nil && len(act.Document.Data) == 0:
		return stand.Refuse(400, "a file needs data")
	case act.Contact != nil:
		m.Contact = act.Contact
		return nil
	case act.Photo != nil:
		m.Photo = s.photoOf(act.Photo).photo()
	case act.Document != nil:
		m.Document = s.store("Document", act.Document).document()
	}
	if m.Album = act.Album; m.Album != "" && !media {
		return stand.Refuse(400, "an album is made of photos and documents")
	}
	text, list, refusal := fixText(act.Text, nil, media)
	switch {
	case refusal != nil:
		return stand.Refuse(400, "a message needs a text, a photo, a document or a contact")
	case media && utf8.RuneCountInString(text) > captionMax || utf8.RuneCountInString(text) > textMax:
		return stand.Refuse(400, "the text is too long for one message")
	case media:
		m.Caption, m.CaptionEntities = text, list
	default:
		m.Text, m.Entities = text, list
	}
	return nil
}

// photoOf keeps a person's photo. The app would have made a picture of anything: one whose
// size cannot be read gets a usual size.
func (s *Server) photoOf(a *Upload) *file {
	f := s.store("Photo", a)
	if f.Width == 0 || f.Height == 0 {
		f.Width, f.Height = 960, 1280
	}
	return f
}

// Edit lets a person change the text or caption of his own message.
func (s *Server) Edit(chat, from int64, messageID int, text string) (err error) {
	s.change(func() { err = s.rewrite(chat, from, messageID, text) })
	return err
}

func (s *Server) rewrite(chat, from int64, messageID int, text string) error {
	r, who, err := s.actor(chat, from)
	if err != nil {
		return err
	}
	i := r.find(messageID)
	if i < 0 {
		return stand.Refuse(404, "no message %d in chat %d", messageID, chat)
	}
	m := *r.Messages[i]
	if m.From == nil || m.From.ID != who.ID || m.Text == "" && m.Photo == nil && m.Document == nil {
		return stand.Refuse(409, "message %d is not one that %s can edit", messageID, who.FirstName)
	}
	media := m.Text == ""
	text, list, refusal := fixText(text, nil, media)
	if refusal != nil || utf8.RuneCountInString(text) > textMax {
		return stand.Refuse(400, "the text is empty or too long")
	}
	if text == m.Text+m.Caption {
		return nil
	}
	if media {
		m.Caption, m.CaptionEntities = text, list
	} else {
		m.Text, m.Entities = text, list
	}
	m.EditDate = s.now().Unix()
	r.Messages[i], s.dirty = &m, true
	if r.hears(&m) {
		s.push("edited_message", chat, &m)
	}
	return nil
}

// Block lets the person of a private chat block or unblock the bot, or a group throw it
// out and take it back.
func (s *Server) Block(chat int64, blocked bool) (err error) {
	s.change(func() {
		r := s.chats[chat]
		switch {
		case r == nil:
			err = stand.Refuse(404, "no chat %d", chat)
		case r.MigratedTo != 0:
			err = stand.Refuse(409, "chat %d is now the supergroup %d", chat, r.MigratedTo)
		case r.Blocked != blocked:
			s.block(r, blocked)
		}
	})
	return err
}

func (s *Server) block(r *room, blocked bool) {
	who, _ := r.person(0)
	r.Blocked, s.dirty = blocked, true
	s.announceBot(r, who, r.botMember(!blocked), r.botMember(blocked))
}

// AddChat adds a chat, or replaces title, people and marks of one and keeps its messages.
// In a group the bot is told of all that: that it was added, who came and went, the title.
func (s *Server) AddChat(c Chat) {
	s.change(func() {
		s.dirty = true
		c = normal(c)
		old := s.chats[c.ID]
		if old == nil {
			s.welcome(s.put(c))
			return
		}
		was := cloneChat(old.Chat)
		c.Started = c.Started || was.Started
		r := s.put(c)
		if was.Blocked != c.Blocked {
			s.block(r, c.Blocked)
		} else if before := (&room{Chat: was}); r.Type != "private" && !slices.Equal(was.Rights, c.Rights) {
			who, _ := r.person(0)
			s.announceBot(r, who, before.botMember(false), r.botMember(false))
		}
		if r.Type != "private" && !c.Blocked {
			s.compare(r, was)
		}
	})
}

// welcome tells the bot that it was added to a new group.
func (s *Server) welcome(r *room) {
	who, ok := r.person(0)
	if r.Type == "private" || r.Blocked || !ok {
		return
	}
	s.announceBot(r, who, member{User: theBot(), Status: "left"}, r.botMember(false))
	s.push("message", r.ID, s.add(r, message{From: &who, NewMembers: []Person{theBot()}}))
}

// compare makes the service messages of what changed in a group.
func (s *Server) compare(r *room, was Chat) {
	who, ok := r.person(0)
	if !ok {
		return
	}
	if r.Title != was.Title {
		s.push("message", r.ID, s.add(r, message{From: &who, NewTitle: r.Title}))
	}
	before := &room{Chat: was}
	for _, p := range r.People {
		if _, ok := before.person(p.ID); !ok {
			s.push("message", r.ID, s.add(r, message{From: &who, NewMembers: []Person{p}}))
		}
	}
	for _, p := range was.People {
		if _, ok := r.person(p.ID); !ok {
			s.push("message", r.ID, s.add(r, message{From: &p, LeftMember: &p}))
		}
	}
}

// Migrate upgrades a group to a supergroup. The new id must be free; 0 makes one.
func (s *Server) Migrate(chat, to int64) (err error) {
	s.change(func() { err = s.migrate(chat, to) })
	return err
}

func (s *Server) migrate(chat, to int64) error {
	r, who, err := s.actor(chat, 0)
	if err != nil {
		return err
	}
	if to == 0 {
		to = -1001000000000 + chat
	}
	switch {
	case r.Type != "group":
		return stand.Refuse(409, "chat %d is a %s, not a group", chat, r.Type)
	case s.chats[to] != nil:
		return stand.Refuse(409, "there is a chat %d already", to)
	case to > -1000000000000:
		return stand.Refuse(400, "the id of a supergroup begins with -100: %d does not", to)
	}
	c := cloneChat(r.Chat)
	c.ID, c.Type = to, "supergroup"
	next := s.put(c)
	s.push("message", chat, s.add(r, message{From: &who, MigrateTo: to}))
	s.push("message", to, s.add(next, message{From: &who, MigrateFrom: chat}))
	r.MigratedTo = to
	return nil
}
