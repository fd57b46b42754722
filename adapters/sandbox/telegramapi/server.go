package telegramapi

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"duebot/adapters/sandbox/stand"
)

// The one bot of the stand-in.
const (
	Token = "123456789:sandbox"
	// LongToken is as good: some clients take no token whose secret is not 35 characters.
	LongToken = "123456789:sandbox____________________________"
	BotID     = int64(123456789)
	Username  = "duebot_sandbox_bot"
	BotName   = "Duebot"
)

// Server is the stand-in. It is safe for concurrent use.
type Server struct {
	o     stand.Options
	table map[string]method

	mu        sync.Mutex
	initial   []Chat // what Reset goes back to
	chats     map[int64]*room
	order     []int64 // chat ids in the order they were added
	lastID    int     // the last message id of private chats and groups
	files     map[string]*file
	commands  map[string][]botCommand // by scope and language, see commandKey
	queue     queue
	hooks     hooks
	queries   map[string]*query
	profile   map[string]string // what the bot says of itself, see profileKey
	menu      json.RawMessage   // its menu button in all private chats
	bills     map[string]*terms // by chat and message, or by link
	checkouts map[string]*checkout
	rates     rates
	serial    int64 // feeds ids of files and callback queries; never goes back
	busy      int   // requests being served, without a parked long poll
	dirty     bool  // something that a person sees changed
}

// New returns a server with these chats. Without any it has ten private chats, 1001 to
// 1010, whose people have not pressed Start.
func New(o stand.Options, chats []Chat) *Server {
	if chats == nil {
		chats = strangers()
	}
	s := &Server{o: o, table: methods(), initial: cloneChats(chats), serial: 1}
	s.queue.nextID = firstUpdateID
	s.hooks.flying = map[int64]bool{}
	s.hooks.alive, s.hooks.die = context.WithCancel(context.Background())
	s.clear()
	return s
}

// clear makes the world new. Update ids and serials go on: a bot that is still polling
// holds an offset, and would never see an update with a lower id.
func (s *Server) clear() {
	s.chats, s.order = map[int64]*room{}, nil
	s.files, s.commands = map[string]*file{}, map[string][]botCommand{}
	s.queries, s.profile, s.menu = map[string]*query{}, map[string]string{}, nil
	s.bills, s.checkouts = map[string]*terms{}, map[string]*checkout{}
	s.lastID, s.rates = 0, newRates()
	s.queue.list, s.queue.allowed = nil, nil
	for _, c := range cloneChats(s.initial) {
		s.put(c)
	}
}

// Reset makes everything as it was after New.
func (s *Server) Reset() {
	s.change(func() { s.clear(); s.dirty = true })
}

// change runs f under the lock and afterwards tells the page, outside it, if f made
// something visible.
func (s *Server) change(f func()) {
	s.mu.Lock()
	func() {
		defer s.mu.Unlock()
		f()
	}()
	s.announce()
}

// announce tells the page what changed since it was told last.
func (s *Server) announce() {
	s.mu.Lock()
	dirty := s.dirty
	s.dirty = false
	s.mu.Unlock()
	if dirty && s.o.Changed != nil {
		s.o.Changed()
	}
}

func (s *Server) now() time.Time { return s.o.Clock.Now() }

// Pending counts what the bot still has to do: updates that it has not confirmed, without
// those that its webhook refused and that wait for their time, and requests being served
// right now other than a parked long poll.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.queue.expire(now)
	n := s.busy
	for _, u := range s.queue.list {
		if !u.due.After(now) {
			n++
		}
	}
	return n
}

// enter and leave frame the serving of one request; a parked long poll steps out.
func (s *Server) enter() { s.mu.Lock(); s.busy++; s.mu.Unlock() }
func (s *Server) leave() { s.mu.Lock(); s.busy--; s.mu.Unlock() }

// nextSerial returns a number that was never given out before.
func (s *Server) nextSerial() int64 {
	s.serial++
	return s.serial
}

// State returns what a person can see, as a value to be written as JSON: chats with their
// people and Bot API Message objects, oldest first, and the bot's command lists by
// "scope/language".
func (s *Server) State() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	type chatView struct {
		Chat
		Messages   []*message      `json:"messages"`
		Pins       []int           `json:"pins,omitempty"`
		Reactions  map[int]string  `json:"reactions,omitempty"` // the bot's, by message id
		Keyboard   json.RawMessage `json:"keyboard,omitempty"`  // the reply keyboard shown now
		Action     string          `json:"action,omitempty"`    // "typing" and the like, while it lasts
		MigratedTo int64           `json:"migrated_to,omitempty"`
	}
	chats := make([]chatView, 0, len(s.order))
	for _, id := range s.order {
		r := s.chats[id]
		v := chatView{Chat: cloneChat(r.Chat), Messages: append([]*message{}, r.Messages...),
			Pins: r.Pins, Reactions: r.Reactions, Keyboard: r.Keyboard, MigratedTo: r.MigratedTo}
		if s.now().Before(r.ActionUntil) {
			v.Action = r.Action
		}
		chats = append(chats, v)
	}
	commands := map[string][]botCommand{}
	for k, list := range s.commands {
		commands[k] = append([]botCommand{}, list...)
	}
	return map[string]any{"chats": chats, "commands": commands}
}

var _ http.Handler = (*Server)(nil)
