package telegramapi

import (
	"encoding/json"
	"slices"
	"time"
)

// Person is a Telegram user, written as the Bot API's User.
type Person struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name,omitempty"`
	Username     string `json:"username,omitempty"`
	LanguageCode string `json:"language_code,omitempty"`
}

// Chat is a chat that the bot is in. In a private chat the only person has the chat's id.
type Chat struct {
	ID     int64    `json:"id"`
	Type   string   `json:"type"` // "private", "group" or "supergroup"
	Title  string   `json:"title,omitempty"`
	People []Person `json:"people"`
	// Blocked says that the person blocked the bot, or that a group threw it out.
	Blocked bool `json:"blocked"`
	// Started says that the person of a private chat pressed Start at least once. Before
	// that the bot cannot write to him.
	Started bool `json:"started"`
	// Forum says that a supergroup has topics.
	Forum bool `json:"is_forum,omitempty"`
	// Rights are the bot's as an administrator of a group, by their names in the Bot API
	// ("can_pin_messages"). Without any it is an ordinary member.
	Rights []string `json:"rights,omitempty"`
}

// room is a chat with what was said in it.
type room struct {
	Chat
	Messages    []*message      `json:"messages"`
	Topics      []*topic        `json:"topics,omitempty"`
	Pins        []int           `json:"pins,omitempty"`        // message ids, the newest last
	Reactions   map[int]string  `json:"reactions,omitempty"`   // of the bot, by message id
	Menu        json.RawMessage `json:"menu,omitempty"`        // the menu button that the bot set for this chat alone
	LastID      int             `json:"last_id,omitempty"`     // supergroups number their own messages
	MigratedTo  int64           `json:"migrated_to,omitempty"` // set in a group that became a supergroup
	Keyboard    json.RawMessage `json:"keyboard,omitempty"`
	Action      string          `json:"action,omitempty"`
	ActionUntil time.Time       `json:"action_until,omitzero"`
}

// chatRef is the Chat object inside a Message.
type chatRef struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	Title     string `json:"title,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	Username  string `json:"username,omitempty"`
	Forum     bool   `json:"is_forum,omitempty"`
}

// message is a Bot API Message. A stored message is never changed.
type message struct {
	ID              int             `json:"message_id"`
	Thread          int             `json:"message_thread_id,omitempty"`
	InTopic         bool            `json:"is_topic_message,omitempty"`
	From            *Person         `json:"from,omitempty"`
	Chat            chatRef         `json:"chat"`
	Date            int64           `json:"date"`
	EditDate        int64           `json:"edit_date,omitempty"`
	Origin          *origin         `json:"forward_origin,omitempty"`
	ForwardFrom     *Person         `json:"forward_from,omitempty"` // Origin once more, as older clients know it
	ForwardDate     int64           `json:"forward_date,omitempty"`
	ReplyTo         *message        `json:"reply_to_message,omitempty"`
	Quote           *quote          `json:"quote,omitempty"`
	Album           string          `json:"media_group_id,omitempty"`
	Protected       bool            `json:"has_protected_content,omitempty"`
	Text            string          `json:"text,omitempty"`
	Entities        []Entity        `json:"entities,omitempty"`
	LinkPreview     json.RawMessage `json:"link_preview_options,omitempty"`
	Photo           []photoSize     `json:"photo,omitempty"`
	Document        *document       `json:"document,omitempty"`
	Video           *recording      `json:"video,omitempty"`
	Animation       *recording      `json:"animation,omitempty"`
	Audio           *recording      `json:"audio,omitempty"`
	Voice           *recording      `json:"voice,omitempty"`
	Caption         string          `json:"caption,omitempty"`
	CaptionEntities []Entity        `json:"caption_entities,omitempty"`
	CaptionAbove    bool            `json:"show_caption_above_media,omitempty"`
	Spoiler         bool            `json:"has_media_spoiler,omitempty"`
	Contact         *Contact        `json:"contact,omitempty"`
	Location        *location       `json:"location,omitempty"`
	Venue           *venue          `json:"venue,omitempty"`
	Invoice         *bill           `json:"invoice,omitempty"`
	Payment         *receipt        `json:"successful_payment,omitempty"`
	NewMembers      []Person        `json:"new_chat_members,omitempty"`
	LeftMember      *Person         `json:"left_chat_member,omitempty"`
	NewTitle        string          `json:"new_chat_title,omitempty"`
	Pinned          *message        `json:"pinned_message,omitempty"`
	MigrateTo       int64           `json:"migrate_to_chat_id,omitempty"`
	MigrateFrom     int64           `json:"migrate_from_chat_id,omitempty"`
	TopicMade       *topicMade      `json:"forum_topic_created,omitempty"`
	TopicEdited     *topicEdited    `json:"forum_topic_edited,omitempty"`
	TopicClosed     json.RawMessage `json:"forum_topic_closed,omitempty"`
	TopicReopened   json.RawMessage `json:"forum_topic_reopened,omitempty"`
	Markup          *inlineKeyboard `json:"reply_markup,omitempty"`
}

// photoSize is one size of a photo; width and height are pixels, the size bytes.
type photoSize struct {
	FileID   string `json:"file_id"`
	UniqueID string `json:"file_unique_id"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	FileSize int    `json:"file_size,omitempty"`
}

type document struct {
	FileName string `json:"file_name,omitempty"`
	MIME     string `json:"mime_type,omitempty"`
	FileID   string `json:"file_id"`
	UniqueID string `json:"file_unique_id"`
	FileSize int    `json:"file_size,omitempty"`
}

// recording is the Bot API's Video, Animation, Audio or Voice, whichever it stands for.
type recording struct {
	FileID    string `json:"file_id"`
	UniqueID  string `json:"file_unique_id"`
	Width     *int   `json:"width,omitempty"` // pixels; of pictures that move
	Height    *int   `json:"height,omitempty"`
	Duration  int    `json:"duration"` // seconds
	Performer string `json:"performer,omitempty"`
	Title     string `json:"title,omitempty"`
	FileName  string `json:"file_name,omitempty"`
	MIME      string `json:"mime_type,omitempty"`
	FileSize  int    `json:"file_size,omitempty"`
}

// Contact is a phone contact that somebody shares.
type Contact struct {
	Phone     string `json:"phone_number"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name,omitempty"`
	UserID    int64  `json:"user_id,omitempty"`
	VCard     string `json:"vcard,omitempty"`
}

// theBot is the bot as a user.
func theBot() Person {
	return Person{ID: BotID, IsBot: true, FirstName: BotName, Username: Username}
}

func (r *room) ref() chatRef {
	c := chatRef{ID: r.ID, Type: r.Type, Title: r.Title, Forum: r.Forum && r.Type == "supergroup"}
	if r.Type == "private" && len(r.People) > 0 {
		p := r.People[0]
		c.FirstName, c.LastName, c.Username = p.FirstName, p.LastName, p.Username
	}
	return c
}

// person finds one of the room's people. Id 0 stands for the first.
func (r *room) person(id int64) (Person, bool) {
	for _, p := range r.People {
		if p.ID == id || id == 0 {
			return p, true
		}
	}
	return Person{}, false
}

// may reports whether the bot has a right in the chat; in a private one it needs none.
func (r *room) may(right string) bool { return r.Type == "private" || slices.Contains(r.Rights, right) }

// find returns the place of a message, or -1.
func (r *room) find(id int) int {
	for i := len(r.Messages) - 1; i >= 0; i-- {
		if r.Messages[i].ID == id {
			return i
		}
	}
	return -1
}

// put adds a chat, or replaces one and keeps what was said in it.
func (s *Server) put(c Chat) *room {
	c = normal(c)
	r := s.chats[c.ID]
	if r == nil {
		r = &room{}
		s.chats[c.ID] = r
		s.order = append(s.order, c.ID)
	}
	r.Chat = c
	return r
}

// add numbers and stamps a message and stores it.
func (s *Server) add(r *room, m message) *message {
	if r.Type == "supergroup" {
		r.LastID++
		m.ID = r.LastID
	} else {
		s.lastID++
		m.ID = s.lastID
	}
	m.Chat, m.Date = r.ref(), s.now().Unix()
	r.Messages = append(r.Messages, &m)
	s.dirty = true
	return &m
}

// normal fills what may be left out of a chat: its type by the sign of its id, and the
// person of a private chat.
func normal(c Chat) Chat {
	c = cloneChat(c)
	if c.Type == "" {
		switch {
		case c.ID > 0:
			c.Type = "private"
		case c.ID < -1000000000000:
			c.Type = "supergroup"
		default:
			c.Type = "group"
		}
	}
	if c.Type == "private" {
		if len(c.People) == 0 {
			c.People = []Person{{FirstName: c.Title, LanguageCode: "en"}}
		}
		c.People = c.People[:1]
		c.People[0].ID, c.Title = c.ID, ""
	}
	c.Forum = c.Forum && c.Type == "supergroup"
	for i := range c.People {
		if c.People[i].FirstName == "" {
			c.People[i].FirstName = "User"
		}
	}
	return c
}

func cloneChat(c Chat) Chat {
	c.People = append([]Person{}, c.People...)
	c.Rights = append([]string(nil), c.Rights...)
	return c
}

func cloneChats(list []Chat) []Chat {
	out := make([]Chat, 0, len(list))
	for _, c := range list {
		out = append(out, cloneChat(c))
	}
	return out
}

// strangers are the ten people of an empty sandbox.
func strangers() []Chat {
	names := []Person{
		{FirstName: "Emma", LastName: "Clarke", Username: "emma_clarke", LanguageCode: "en"},
		{FirstName: "Анна", LastName: "Соколова", Username: "anna_sokolova", LanguageCode: "ru"},
		{FirstName: "Ioana", LastName: "Popescu", Username: "ioana_popescu", LanguageCode: "ro"},
		{FirstName: "Marco", LastName: "Ferri", Username: "marco_ferri", LanguageCode: "it"},
		{FirstName: "伟", LastName: "王", LanguageCode: "zh"},
		{FirstName: "سارا", LastName: "احمدی", LanguageCode: "fa"},
		{FirstName: "Oliver", LastName: "Hughes", Username: "oliver_hughes", LanguageCode: "en"},
		{FirstName: "Дмитрий", LastName: "Волков", LanguageCode: "ru"},
		{FirstName: "Giulia", LastName: "Conti", Username: "giulia_conti", LanguageCode: "it"},
		{FirstName: "Andrei", LastName: "Dumitru", LanguageCode: "ro"},
	}
	out := make([]Chat, 0, len(names))
	for i, p := range names {
		p.ID = int64(1001 + i)
		out = append(out, Chat{ID: p.ID, Type: "private", People: []Person{p}})
	}
	return out
}
