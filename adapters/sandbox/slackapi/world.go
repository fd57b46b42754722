package slackapi

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// world is everything the workspace remembers. It is saved as JSON, so its fields are
// exported; nothing outside the package sees it.
type world struct {
	Seq      int64 // last number given out in any id
	Users    []*person
	Channels []*channel
	Groups   []*group
	Revoked  []string         // scopes that the app was not granted
	Views    []*view          // open modals, oldest first; the last of a user is on top
	Homes    map[string]*view // by user
	Files    map[string]*file
	Links    map[string]*link // response URLs, by id
	Queue    []*envelope      // events no socket has acknowledged, oldest first
	Drafts   map[string]*draft
	Later    []*scheduled // messages that wait for their time, in the order they were scheduled
}

// person is a member of the workspace, the bot's user included.
type person struct {
	ID    string
	Name  string // handle
	Real  string // "Sofia Brandt"
	Email string
	TZ    string
	Bot   bool

	Locale string `json:",omitempty"` // "" for en-US
}

// channel is a public channel or, with IM set, the direct messages between User and the bot.
// A private one, and with Group the messages among several people, is known to members only.
type channel struct {
	ID       string
	Name     string
	IM       bool
	Private  bool
	Group    bool
	User     string
	Members  []string
	Archived bool
	Creator  string // "" for who made the workspace
	Topic    remark
	Purpose  remark
	Pins     []pin
	Created  int64 // business time, Unix seconds
	LastTS   string
	Messages []*message      // by ts, oldest first; ephemeral ones among them
	Gone     map[string]bool // ts of deleted messages
}

// remark is a channel's topic or purpose.
type remark struct {
	Value   string `json:"value"`
	Creator string `json:"creator"`
	LastSet int64  `json:"last_set"`
}

// message is one message of a channel. Its blocks and attachments are replaced as a whole
// and never changed in place, so copies may be handed out.
type message struct {
	Channel     string
	TS          string
	ThreadTS    string // of the parent; "" outside threads and for the parent itself
	User        string
	Bot         bool   // posted by the app
	Subtype     string // "file_share", "thread_broadcast" or ""
	Text        string
	Blocks      []any
	Attachments []any
	Files       []string
	Edited      *edit
	EphemeralTo string // the only user who sees it; "" for all
	Metadata    map[string]any
	Reactions   []*reaction
	ClientID    string
	Typed       map[string]values // what each user chose in the message's own inputs
}

type edit struct {
	User string `json:"user"`
	TS   string `json:"ts"`
}

type reaction struct {
	Name  string   `json:"name"`
	Users []string `json:"users"`
	Count int      `json:"count"`
}

// values are the states of inputs: block_id, action_id, state as Slack writes it.
type values map[string]map[string]any

// newWorld is the workspace on its first day.
func newWorld(now time.Time) *world {
	w := &world{Homes: map[string]*view{}, Files: map[string]*file{}, Links: map[string]*link{}, Drafts: map[string]*draft{}}
	w.Users = []*person{
		{ID: "USALES0001", Name: "sofia", Real: "Sofia Brandt"},
		{ID: "UFINANCE01", Name: "farid", Real: "Farid Nazari"},
		{ID: "UMANAGER01", Name: "marta", Real: "Marta Ionescu"},
		{ID: "UAUDITOR01", Name: "arthur", Real: "Arthur Lindt"},
		{ID: botUser, Name: botName, Real: "Duebot", Bot: true},
	}
	everyone := []string{}
	for _, p := range w.Users {
		p.TZ = "Europe/Berlin"
		if !p.Bot {
			p.Email = p.Name + "@lindenhof.example"
		}
		everyone = append(everyone, p.ID)
	}
	w.Channels = []*channel{
		{ID: "CINVOICES1", Name: "invoices", Members: everyone, Created: now.Unix()},
		{ID: "CFINANCE01", Name: "finance", Members: everyone, Created: now.Unix()},
	}
	w.Groups = []*group{{ID: "SSALES0001", Handle: "sales", Name: "Sales", Users: []string{"USALES0001"}, Created: now.Unix(), Updated: now.Unix()}}
	return w
}

func (w *world) user(id string) *person {
	for _, p := range w.Users {
		if p.ID == id {
			return p
		}
	}
	return nil
}

func (w *world) channel(id string) *channel {
	for _, c := range w.Channels {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// find is the channel that an app may mean: an id, "#name", "name", or a user's id, whose
// direct messages are then opened.
func (w *world) find(s string, now time.Time) *channel {
	if c := w.channel(s); c != nil {
		return c
	}
	if w.user(s) != nil && s != botUser {
		return w.direct(s, now)
	}
	for _, c := range w.Channels {
		if !c.IM && !c.Group && c.Name == strings.TrimPrefix(s, "#") {
			return c
		}
	}
	return nil
}

// shown is the channel with this id as far as the app may know of it.
func (w *world) shown(id string) *channel {
	if c := w.channel(id); c != nil && !c.hidden() {
		return c
	}
	return nil
}

// hidden reports a channel that the app cannot tell from one that is not there.
func (c *channel) hidden() bool { return (c.Private || c.Group) && !c.has(botUser) }

// direct is the channel between a user and the bot, made when it is not there yet. Its id
// follows from the user's, so that two sandboxes agree.
func (w *world) direct(user string, now time.Time) *channel {
	id := "D" + strings.TrimPrefix(user, "U")
	if c := w.channel(id); c != nil {
		return c
	}
	c := &channel{ID: id, IM: true, User: user, Members: []string{user, botUser}, Created: now.Unix()}
	w.Channels = append(w.Channels, c)
	return c
}

// id makes a new id of a kind: "F", "V", "Ev".
func (w *world) id(kind string) string {
	w.Seq++
	return fmt.Sprintf("%s%09d", kind, w.Seq)
}

func (c *channel) has(user string) bool {
	for _, m := range c.Members {
		if m == user {
			return true
		}
	}
	return false
}

// label is the channel's name as payloads give it.
func (c *channel) label() string {
	switch {
	case c.IM:
		return "directmessage"
	case c.Private:
		return "privategroup"
	}
	return c.Name
}

// kind is the channel_type of events.
func (c *channel) kind() string {
	switch {
	case c.IM:
		return "im"
	case c.Group:
		return "mpim"
	case c.Private:
		return "group"
	}
	return "channel"
}

// message is the message with this ts, or nil.
func (c *channel) message(ts string) *message {
	for i := len(c.Messages) - 1; i >= 0; i-- {
		if c.Messages[i].TS == ts {
			return c.Messages[i]
		}
	}
	return nil
}

// stamp gives out the next ts of the channel: business seconds and six digits, always
// later than the last one, also when the clock stands still.
func (c *channel) stamp(now time.Time) string {
	ts := fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000)
	if ts <= c.LastTS {
		ts = after(c.LastTS)
	}
	c.LastTS = ts
	return ts
}

// after is the ts one microsecond later.
func after(ts string) string {
	sec, frac, _ := strings.Cut(ts, ".")
	n, _ := strconv.ParseInt(sec+frac, 10, 64)
	n++
	return fmt.Sprintf("%d.%06d", n/1e6, n%1e6)
}

// validTS reports whether s has the form of a message ts.
func validTS(s string) bool {
	sec, frac, ok := strings.Cut(s, ".")
	if !ok || len(frac) != 6 || len(sec) == 0 || len(sec) > 10 {
		return false
	}
	_, err := strconv.ParseUint(sec+frac, 10, 64)
	return err == nil
}

// thread is the parent that a reply to ts belongs under: ts itself, or its parent when ts
// is a reply. It is "" when there is no such message.
func (c *channel) thread(ts string) string {
	m := c.message(ts)
	switch {
	case m == nil:
		return ""
	case m.ThreadTS != "":
		return m.ThreadTS
	}
	return m.TS
}

// replies are the visible replies under a parent, oldest first.
func (c *channel) replies(parent string) []*message {
	var out []*message
	for _, m := range c.Messages {
		if m.ThreadTS == parent && m.EphemeralTo == "" {
			out = append(out, m)
		}
	}
	return out
}

// add stamps a message and puts it last.
func (c *channel) add(m *message, now time.Time) *message {
	m.Channel = c.ID
	m.TS = c.stamp(now)
	c.Messages = append(c.Messages, m)
	return m
}

// remove takes a message out of the channel and remembers that it was there.
func (c *channel) remove(m *message) {
	for i := range c.Messages {
		if c.Messages[i] == m {
			c.Messages = append(c.Messages[:i:i], c.Messages[i+1:]...)
			break
		}
	}
	if c.Gone == nil {
		c.Gone = map[string]bool{}
	}
	c.Gone[m.TS] = true
}
