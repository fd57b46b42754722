// Package sandbox puts the stand-ins of Slack, Telegram, Stripe and the European Central
// Bank behind one listener, and a mail server behind another, together with the page on which a person plays everybody, and
// the control interface that the page and scripts use.
//
// The stand-ins know no bot. A bot comes in as any other client would: with an address and
// a token. What the sandbox is given beside that (the clock, whether the bot is idle) only
// serves to move time and to wait until the world is quiet.
package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"duebot/adapters/sandbox/ecbapi"
	"duebot/adapters/sandbox/mailapi"
	"duebot/adapters/sandbox/paypalapi"
	"duebot/adapters/sandbox/slackapi"
	"duebot/adapters/sandbox/smsapi"
	"duebot/adapters/sandbox/stand"
	"duebot/adapters/sandbox/stripeapi"
	"duebot/adapters/sandbox/telegramapi"
	"duebot/adapters/sandbox/yookassaapi"
)

// Options is what a sandbox is made with. Only Clock is needed.
type Options struct {
	Clock stand.Clock
	// Advance moves the clock and returns when everything that is due by then has
	// happened. Nil where the clock is real time: then it can't be moved.
	Advance func(ctx context.Context, to time.Time) error
	// BotIdle tells that the bot inside has nothing under way. Nil: always.
	BotIdle func() bool
	// Chats are the Telegram chats; nil for ten private ones that know no bot yet.
	Chats []telegramapi.Chat
	// Bot is the bot's own HTTP: pay links, webhooks, request URLs of Slack, /healthz, /readyz
	// and /metrics are handed to it. Nil when no bot runs inside.
	Bot http.Handler
	// StripeWebhook is where Stripe's webhooks go, and those of other providers to the same place
	// by their own names. "" is the bot inside, if there is one.
	StripeWebhook string
	// MailAddr is where the mail server listens; "" for a free port of this machine.
	MailAddr string
	// Plugs gives each platform that the bot calls a line of its own (Line), which can be pulled.
	Plugs bool
	// File keeps the state of the stand-ins. "" keeps it in memory only.
	File string
	// Reset is asked to make everything new: it stops the bot, calls clear, and starts
	// again with empty books. Nil when only the stand-ins are to be cleared.
	Reset func(ctx context.Context, clear func()) error
	// Hint invites a newcomer to his first act. A part between backquotes is the line to
	// type, which the page can put into the composer.
	Hint string
	// Holders tells whose the numbers are to which short messages go: "+40721234567". Nil: nobody
	// knows.
	Holders func() map[string]Holder
	// Commands are the bot's slash commands, for the composer's help.
	Commands []CommandHelp
}

// Holder is a customer with a telephone number.
type Holder struct {
	Customer string // his name
	Chat     int64  // his private chat in Telegram, 0 for none
}

// CommandHelp is one line of the composer's help: a slash command, or a verb of one
// ("/ar invoice").
type CommandHelp struct {
	Command     string `json:"command"`     // "/ar invoice"
	Usage       string `json:"usage"`       // what follows it: "<customer> <lines> [tax 19%] [due 14d]"
	Description string `json:"description"` // a few words
}

// Sandbox is the whole. Make it with New; its methods are safe for concurrent use.
type Sandbox struct {
	o        Options
	faults   *stand.Faults
	log      *stand.Log
	slack    *slackapi.Server
	telegram *telegramapi.Server
	stripe   *stripeapi.Server
	yookassa *yookassaapi.Server
	paypal   *paypalapi.Server
	desks    []payDesk // of the payment providers, Stripe's first
	mail     *mailapi.Server
	sms      *smsapi.Server
	plugs    map[string]*stand.Plug // by platform; none without Options.Plugs
	hub      *hub
	handler  http.Handler

	mu   sync.Mutex
	base string

	moving sync.Mutex // held while the clock is moved or everything is reset

	dirty chan struct{} // something changed since the last save
	done  chan struct{} // closed by Close
	saved chan struct{} // closed when the saver has ended
	once  sync.Once
}

// New makes a sandbox and loads the state in Options.File, if there is one. It returns an
// error when the file is there but can't be read.
func New(o Options) (*Sandbox, error) {
	if o.Clock == nil {
		return nil, errors.New("a sandbox needs a clock")
	}
	s := &Sandbox{o: o, faults: &stand.Faults{}, log: stand.NewLog(o.Clock), hub: newHub(),
		dirty: make(chan struct{}, 1), done: make(chan struct{}), saved: make(chan struct{})}
	s.slack = slackapi.New(s.standOptions("slack"))
	s.telegram = telegramapi.New(s.standOptions("telegram"), o.Chats)
	s.sms = smsapi.New(s.standOptions("sms"))
	s.makeDesks()
	addr := o.MailAddr
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	var err error
	if s.mail, err = mailapi.New(s.standOptions("mail"), addr); err != nil {
		return nil, err
	}
	if err = s.load(); err == nil && o.Plugs {
		err = s.plug()
	}
	if err != nil {
		s.mail.Close()
		s.unplug()
		return nil, err
	}
	s.handler = s.routes()
	go s.save()
	return s, nil
}

func (s *Sandbox) standOptions(platform string) stand.Options {
	return stand.Options{Clock: s.o.Clock, Faults: s.faults, Log: s.log, Base: s.Base, Changed: func() {
		s.hub.tell(platform, nil)
		select {
		case s.dirty <- struct{}{}:
		default:
		}
	}}
}

// routes mounts everything under its path.
func (s *Sandbox) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/slack/", s.slack)
	mux.Handle("/telegram/", s.telegram)
	for _, d := range s.desks {
		mux.Handle("/"+d.name+"/", d.stand)
	}
	mux.Handle("/ecb/", ecbapi.New(s.standOptions("ecb")))
	mux.Handle("/sms/", s.sms)
	mux.Handle("/control/", s.control())
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		// Some clients of the Bot API take the origin of an address alone.
		if strings.HasPrefix(r.URL.Path, "/bot") && strings.Contains(r.URL.Path, ":") || strings.HasPrefix(r.URL.Path, "/file/bot") {
			s.telegram.ServeHTTP(w, r)
			return
		}
		servePage(w, r)
	})
	if s.o.Bot != nil {
		for _, d := range s.desks {
			mux.Handle("/"+d.name+"/webhook", s.o.Bot)
		}
		for _, path := range []string{"/pay/", "/mail/", "/slack/commands", "/slack/interactions", "/slack/events",
			"/telegram/webhook", "/healthz", "/readyz", "/metrics"} {
			mux.Handle(path, s.o.Bot)
		}
	}
	return mux
}

// Handler serves the stand-ins, the control interface, the page and the bot's own HTTP.
func (s *Sandbox) Handler() http.Handler { return s.handler }

// SetBase tells the address that the sandbox is reached at: "http://127.0.0.1:8080".
func (s *Sandbox) SetBase(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base = strings.TrimSuffix(url, "/")
}

// Base returns the address set by SetBase, without a final slash.
func (s *Sandbox) Base() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.base
}

// plug puts a line of its own before each platform that the bot calls.
func (s *Sandbox) plug() error {
	s.plugs = map[string]*stand.Plug{}
	for _, name := range lines {
		to := func() string { return strings.TrimPrefix(s.Base(), "http://") }
		if name == "mail" {
			to = s.mail.Addr
		}
		p, err := stand.NewPlug(to)
		if err != nil {
			return fmt.Errorf("a line to %s: %w", name, err)
		}
		s.plugs[name] = p
	}
	return nil
}

func (s *Sandbox) unplug() {
	for _, p := range s.plugs {
		p.Close()
	}
}

// Line is the host and port at which the bot reaches a platform.
func (s *Sandbox) Line(platform string) string {
	switch p := s.plugs[platform]; {
	case p != nil:
		return p.Addr()
	case platform == "mail":
		return s.mail.Addr()
	}
	return strings.TrimPrefix(s.Base(), "http://")
}

// Pending counts what the bot still has to do before the world is quiet: deliveries that
// it has not taken, and its requests that are being served.
func (s *Sandbox) Pending() int {
	n := s.slack.Pending() + s.telegram.Pending() + s.mail.Pending() + s.sms.Pending()
	for _, d := range s.desks {
		n += d.stand.Pending()
	}
	return n
}

// idle tells that nothing is under way, neither in the stand-ins nor in the bot.
func (s *Sandbox) idle() bool {
	return s.Pending() == 0 && (s.o.BotIdle == nil || s.o.BotIdle())
}

// Slack returns the stand-in of Slack.
func (s *Sandbox) Slack() *slackapi.Server { return s.slack }

// Telegram returns the stand-in of Telegram.
func (s *Sandbox) Telegram() *telegramapi.Server { return s.telegram }

// PayPal returns the stand-in of PayPal.
func (s *Sandbox) PayPal() *paypalapi.Server { return s.paypal }

// Stripe returns the stand-in of Stripe.
func (s *Sandbox) Stripe() *stripeapi.Server { return s.stripe }

// Mail returns the mail server.
func (s *Sandbox) Mail() *mailapi.Server { return s.mail }

// SMS returns the gateway for short messages.
func (s *Sandbox) SMS() *smsapi.Server { return s.sms }

// Faults returns the faults that are still to be made.
func (s *Sandbox) Faults() *stand.Faults { return s.faults }

// Log returns what passed between the bot and the platforms.
func (s *Sandbox) Log() *stand.Log { return s.log }

// Close writes the state a last time and ends the event streams. The error is that of
// writing.
func (s *Sandbox) Close() error {
	s.once.Do(func() {
		close(s.done)
		s.hub.close()
		s.slack.Close()
		s.telegram.Close()
		s.mail.Close()
		s.sms.Close()
		s.unplug()
	})
	<-s.saved
	return s.write()
}

// clear makes the stand-ins as new.
func (s *Sandbox) clear() {
	s.faults.Clear()
	for _, p := range s.plugs {
		p.Mend()
	}
	s.slack.Reset()
	s.telegram.Reset()
	for _, d := range s.desks {
		d.stand.Reset()
	}
	s.mail.Reset()
	s.sms.Reset()
	s.log.Clear()
}

// kept is the file's content.
type kept struct {
	Version  int             `json:"version"`
	Slack    json.RawMessage `json:"slack"`
	Telegram json.RawMessage `json:"telegram"`
	Stripe   json.RawMessage `json:"stripe"`
	Mail     json.RawMessage `json:"mail,omitempty"`
	SMS      json.RawMessage `json:"sms,omitempty"`
	YooKassa json.RawMessage `json:"yookassa,omitempty"`
	PayPal   json.RawMessage `json:"paypal,omitempty"`
}

// rest is how long changes are gathered before they are written.
const rest = 100 * time.Millisecond

// save writes the state after changes until Close. A state that takes long to write is
// written less often.
func (s *Sandbox) save() {
	defer close(s.saved)
	wait := rest
	for {
		select {
		case <-s.done:
			return
		case <-s.dirty:
		}
		select {
		case <-s.done:
			return
		case <-time.After(wait):
		}
		begun := time.Now()
		if err := s.write(); err != nil {
			fmt.Fprintf(os.Stderr, "sandbox: %v\n", err)
		}
		wait = max(rest, 5*time.Since(begun))
	}
}

// write puts the state into the file: whole, or not at all.
func (s *Sandbox) write() error {
	if s.o.File == "" {
		return nil
	}
	k := kept{Version: 1}
	for _, x := range []struct {
		to   *json.RawMessage
		save func() ([]byte, error)
	}{{&k.Slack, s.slack.Save}, {&k.Telegram, s.telegram.Save}, {&k.Stripe, s.stripe.Save}, {&k.YooKassa, s.yookassa.Save}, {&k.PayPal, s.paypal.Save}, {&k.Mail, s.mail.Save}, {&k.SMS, s.sms.Save}} {
		b, err := x.save()
		if err != nil {
			return fmt.Errorf("saving the sandbox's state: %w", err)
		}
		*x.to = b
	}
	b, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("saving the sandbox's state: %w", err)
	}
	if err := writeFile(s.o.File, b); err != nil {
		return fmt.Errorf("saving the sandbox's state: %w", err)
	}
	return nil
}

func writeFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it is renamed
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func (s *Sandbox) load() error {
	if s.o.File == "" {
		return nil
	}
	b, err := os.ReadFile(s.o.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("loading the sandbox's state: %w", err)
	}
	var k kept
	if err := json.Unmarshal(b, &k); err != nil {
		return fmt.Errorf("loading the sandbox's state from %s: %w", s.o.File, err)
	}
	if k.Version != 1 {
		return fmt.Errorf("the sandbox's state in %s is of version %d; this program reads version 1", s.o.File, k.Version)
	}
	err = errors.Join(s.slack.Load(k.Slack), s.telegram.Load(k.Telegram), s.stripe.Load(k.Stripe), s.yookassa.Load(k.YooKassa), s.paypal.Load(k.PayPal), s.mail.Load(k.Mail), s.sms.Load(k.SMS))
	if err != nil {
		return fmt.Errorf("loading the sandbox's state from %s: %w", s.o.File, err)
	}
	return nil
}
