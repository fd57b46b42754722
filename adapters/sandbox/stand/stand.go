// Package stand holds what the sandbox's stand-ins share: the clock they live by, the
// faults they can be told to make, and the log of what passed between bot and platform.
//
// A stand-in is a strict local double of one platform. It knows no bot: whatever program
// speaks the platform's protocol can work with it.
package stand

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Clock is business time: message stamps, rate windows and Retry-After run on it, so that
// they pass when the sandbox's clock is moved. Ack deadlines and signatures do not: they
// are wall time, which a stand-in takes from package time.
type Clock interface {
	Now() time.Time
	// After calls f in a goroutine of its own once Now has reached now+d. The returned
	// function forgets the call, if it has not begun.
	After(d time.Duration, f func()) (cancel func())
}

// Refusal is what a person acting in the sandbox did wrong: an unknown channel, a button
// that is not there. The control interface answers it with its status.
type Refusal struct {
	Status int // HTTP status, 400 or 404 or 409
	Text   string
}

func (r *Refusal) Error() string { return r.Text }

// Refuse makes a Refusal.
func Refuse(status int, format string, args ...any) error {
	return &Refusal{Status: status, Text: fmt.Sprintf(format, args...)}
}

// Kinds of fault.
const (
	Fault429                = "429"                  // answered "too many requests", with RetryAfter
	Fault500                = "500"                  // answered with an internal server error
	FaultTimeout            = "timeout"              // not done, and never answered
	FaultTimeoutAfterAccept = "timeout_after_accept" // done, and never answered
	FaultDropSocket         = "drop_socket"          // the open WebSocket or long poll is cut, or the bot's answer to a call lost
	FaultRefresh            = "refresh"              // Slack asks for a fresh socket
	FaultDuplicate          = "duplicate"            // the next delivery to the bot comes twice
	FaultUnshared           = "unshared"             // Slack takes a file, and never shows it
	FaultConflict           = "conflict"             // another bot polls Telegram with the same token, once
	FaultPoison             = "poison"               // Telegram has an update that no bot can read
	FaultForged             = "forged"               // before the next delivery by HTTP, somebody else calls in the platform's name

	FaultHole    = "black_hole" // for a while connections are taken, and nothing is answered
	FaultRefused = "refused"    // for a while there are no connections

	FaultRefuse = "550" // of mail and short messages: the reader is refused for good
	FaultLater  = "451" // of mail: the reader is refused for now
)

// Fault is one order to fail: the next Count calls (or deliveries) of a platform that
// match Chat or Channel, where one is given.
type Fault struct {
	Platform   string `json:"platform"` // "slack", "telegram", "stripe", "yookassa", "paypal", "ecb", "mail", "sms"
	Kind       string `json:"kind"`
	Count      int    `json:"count"`
	Chat       int64  `json:"chat,omitempty"`
	Channel    string `json:"channel,omitempty"`
	RetryAfter int    `json:"retry_after,omitempty"` // seconds, for 429 and a dead line; 1 when absent
}

// Faults is the list of faults still to be made. It is safe for concurrent use.
type Faults struct {
	mu   sync.Mutex
	list []Fault
}

// Add orders a fault. A Count of 0 means 1.
func (f *Faults) Add(x Fault) {
	if x.Count <= 0 {
		x.Count = 1
	}
	if x.RetryAfter <= 0 {
		x.RetryAfter = 1
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, x)
}

// Take uses up one count of the first fault of this platform and one of these kinds that
// matches where. Where is the chat id or channel that the call is about ("" for none); a
// fault without chat and channel matches everything.
func (f *Faults) Take(platform, where string, kinds ...string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.list {
		x := &f.list[i]
		if x.Platform != platform || !matches(*x, where) || !contains(kinds, x.Kind) {
			continue
		}
		got := *x
		if x.Count--; x.Count == 0 {
			f.list = append(f.list[:i], f.list[i+1:]...)
		}
		return got, true
	}
	return Fault{}, false
}

// Left returns the faults still to be made, oldest first.
func (f *Faults) Left() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Fault{}, f.list...)
}

// Clear forgets all faults.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
}

func matches(x Fault, where string) bool {
	if x.Channel != "" {
		return x.Channel == where
	}
	return x.Chat == 0 || strconv.FormatInt(x.Chat, 10) == where
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Entry is one request between bot and platform with its answer, or one delivery
// (envelope, update, webhook) with what the bot answered.
type Entry struct {
	Seq      int64           `json:"seq"`
	At       time.Time       `json:"at"`   // business time
	Wall     time.Time       `json:"wall"` // wall time
	Platform string          `json:"platform"`
	Dir      string          `json:"dir"`             // "in": bot to platform; "out": platform to bot
	Method   string          `json:"method"`          // "chat.postMessage", "sendMessage", "slash_commands", "update"
	Where    string          `json:"where,omitempty"` // channel or chat
	Request  json.RawMessage `json:"request,omitempty"`
	Status   int             `json:"status"` // HTTP status; 0: never answered
	Answer   json.RawMessage `json:"answer,omitempty"`
}

// logMax bounds the log: a sandbox may run for days.
const logMax = 20000

// Log is the log of what passed, newest last, bounded. Tokens and secrets must not be put
// into it. It is safe for concurrent use.
type Log struct {
	clock Clock
	mu    sync.Mutex
	seq   int64
	list  []Entry
}

// NewLog returns an empty log whose entries are stamped by clock.
func NewLog(clock Clock) *Log { return &Log{clock: clock} }

// Add stamps and appends an entry. Request and answer are values to be written as JSON.
func (l *Log) Add(platform, dir, method, where string, request any, status int, answer any) {
	e := Entry{At: l.clock.Now().UTC(), Wall: time.Now().UTC(), Platform: platform, Dir: dir,
		Method: method, Where: where, Request: raw(request), Status: status, Answer: raw(answer)}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	e.Seq = l.seq
	l.list = append(l.list, e)
	if len(l.list) > logMax {
		l.list = append([]Entry{}, l.list[len(l.list)-logMax/2:]...)
	}
}

// Since returns the entries after seq, oldest first.
func (l *Log) Since(seq int64) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := []Entry{}
	for _, e := range l.list {
		if e.Seq > seq {
			out = append(out, e)
		}
	}
	return out
}

// Clear empties the log.
func (l *Log) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = nil
}

func raw(v any) json.RawMessage {
	switch x := v.(type) {
	case nil:
		return nil
	case json.RawMessage:
		if json.Valid(x) {
			return x
		}
		v = string(x)
	}
	b, err := json.Marshal(v)
	if err != nil {
		b, _ = json.Marshal(fmt.Sprint(v))
	}
	return b
}

// Options are what every stand-in is made with.
type Options struct {
	Clock  Clock
	Faults *Faults
	Log    *Log
	// Base returns the address that the sandbox is reached at, without a final slash:
	// "http://127.0.0.1:8080". It is known only once the listener is.
	Base func() string
	// Changed is called, outside any lock, after anything that a person could see changed.
	Changed func()
}

// What a provider should never do, and whoever books its word must notice: what is paid is not
// what was asked for.
const (
	PaidShort   = "short"   // a unit less
	PaidForeign = "foreign" // as many of another currency
)

// ForeignTo is a currency that c is not.
func ForeignTo(c string) string {
	if strings.EqualFold(c, "USD") {
		return "EUR"
	}
	return "USD"
}
