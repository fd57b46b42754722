package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/BurntSushi/toml"

	"duebot/adapters/exchange"
	"duebot/adapters/sandbox"
	"duebot/adapters/sandbox/ecbapi"
	"duebot/adapters/sandbox/mailapi"
	"duebot/adapters/sandbox/telegramapi"
	"duebot/adapters/slack"
	"duebot/adapters/telegram"
	"duebot/bot/clock"
	"duebot/bot/demo"
	"duebot/bot/text"
	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
)

// sandboxMark marks a ledger that was made in the sandbox, so that serve refuses it.
const sandboxMark = "sandbox"

// demoRecent is how much of the demo's history is lived through by the bot itself.
const demoRecent = demo.Window

// runSandbox runs the bot against local stand-ins of the platforms.
func runSandbox(ctx context.Context, fs *flag.FlagSet, args []string, out io.Writer) error {
	var o sandboxOptions
	fs.StringVar(&o.addr, "addr", sandboxAddr, "address of the page and of the stand-ins; 127.0.0.1:0 takes a free port")
	fs.StringVar(&o.dir, "data", "", "folder that keeps ledger, stand-ins and clock; default: nothing is kept")
	fs.BoolVar(&o.empty, "empty", false, "no demo company: an empty ledger and ten Telegram chats that nobody is linked to")
	fs.BoolVar(&o.noBot, "no-bot", false, "only the stand-ins, on real time, for a bot of yours")
	fs.StringVar(&o.webhook, "stripe-webhook", "http://127.0.0.1:8081/stripe/webhook", "with -no-bot: where Stripe's webhooks go")
	fs.BoolVar(&o.http, "http", false, "the platforms call the bot (Slack's request URLs, Telegram's webhook) instead of a socket and polling")
	fs.StringVar(&o.bot, "bot", "http://127.0.0.1:8081", "with -no-bot and -http: where the bot is called")
	fs.StringVar(&o.manifest, "manifest", "", "with -no-bot: the manifest in JSON of the Slack app that connects; default: Duebot's own")
	fs.StringVar(&o.smtp, "smtp", "", "address of the mail server's stand-in; default: a free port")
	fs.StringVar(&o.config, "config", "", "TOML file with settings that take the place of the sandbox company's")
	start := fs.String("clock", "", "what the clock shows at first, as 2026-10-01T09:00:00Z; default: now")
	verbose := fs.Bool("v", false, "log more")
	if err := parse(fs, args, 0); err != nil {
		return err
	}
	if *start != "" {
		t, err := time.Parse(time.RFC3339, *start)
		if err != nil {
			fmt.Fprintf(fs.Output(), "-clock: %q is no time like 2026-10-01T09:00:00Z\n", *start)
			return errUsage
		}
		o.start = t
	}
	s, err := openSandbox(ctx, o, logger(*verbose))
	if err != nil {
		return err
	}
	defer s.close()
	if o.noBot {
		fmt.Fprintf(out, "The stand-ins are at %s; a bot reaches them with\n", s.base)
		for _, line := range s.environment() {
			fmt.Fprintln(out, "  export "+line)
		}
	} else {
		fmt.Fprintf(out, "Duebot's sandbox is ready: open %s\n", s.base)
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.failed:
		return err
	}
}

// sandboxAddr is where the page is, unless that port is taken.
const sandboxAddr = "127.0.0.1:8080"

type sandboxOptions struct {
	addr, dir    string
	empty, noBot bool
	http         bool
	webhook, bot string
	smtp         string
	config       string
	manifest     string
	start        time.Time

	before func(http.Handler) http.Handler // stands before the bot inside, in tests
}

// theSandbox is the stand-ins and the bot inside, on one movable clock.
type theSandbox struct {
	o      sandboxOptions
	log    *slog.Logger
	base   string
	dir    string // of the ledger, temporary without -data
	clock  *clock.Clock
	box    *sandbox.Sandbox
	srv    *http.Server
	failed chan error

	mu      sync.Mutex // guards starting and stopping the bot
	bot     atomic.Pointer[Bot]
	stopBot func()
}

// openSandbox starts everything and returns when a person can begin.
func openSandbox(ctx context.Context, o sandboxOptions, log *slog.Logger) (*theSandbox, error) {
	l, err := net.Listen("tcp", o.addr)
	if err != nil && o.addr == sandboxAddr {
		l, err = net.Listen("tcp", "127.0.0.1:0") // taken, and nobody insisted on it
	}
	if err != nil {
		return nil, fmt.Errorf("-addr: %w", err)
	}
	s := &theSandbox{o: o, log: log, base: "http://" + l.Addr().String(), failed: make(chan error, 1)}
	if err := s.folder(); err != nil {
		l.Close()
		return nil, err
	}
	if err := s.stands(); err != nil {
		l.Close()
		return nil, err
	}
	s.box.SetBase(s.base)
	if err := s.install(); err != nil {
		l.Close()
		return nil, err
	}
	s.srv = &http.Server{Handler: s.box.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go s.srv.Serve(l)
	if o.noBot {
		return s, nil
	}
	if err := s.startBot(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// folder finds or makes the folder, and sets the clock to what it last showed.
func (s *theSandbox) folder() (err error) {
	if s.dir = s.o.dir; s.dir == "" {
		s.dir, err = os.MkdirTemp("", "duebot-sandbox-")
	} else {
		err = os.MkdirAll(s.dir, 0o700)
	}
	if err != nil {
		return fmt.Errorf("-data: %w", err)
	}
	start := s.o.start
	if start.IsZero() {
		start = time.Now()
	}
	// A kept clock goes on from what it showed: while the sandbox is off, time stands still.
	if data, err := os.ReadFile(s.path("clock.json")); err == nil {
		var kept time.Time
		if json.Unmarshal(data, &kept) == nil {
			start = kept
		}
	}
	if s.fresh() && !s.o.empty && !s.o.noBot {
		start = start.Add(-demoRecent)
	}
	s.clock = clock.New(start)
	if s.o.noBot {
		s.clock = clock.New(time.Time{})
	}
	return nil
}

func (s *theSandbox) path(name string) string { return filepath.Join(s.dir, name) }

// fresh reports whether there is no ledger yet.
func (s *theSandbox) fresh() bool { return !exists(ledger.Path(s.dir)) }

// stands makes the stand-ins and the page.
func (s *theSandbox) stands() (err error) {
	o := sandbox.Options{Clock: s.clock, Hint: hint, MailAddr: s.o.smtp, Commands: composerHelp()}
	if s.o.empty {
		o.Hint = emptyHint
	}
	if s.o.dir != "" {
		o.File = s.path("sandbox.json")
	}
	if s.o.noBot {
		o.StripeWebhook = s.o.webhook
	} else {
		o.Advance, o.BotIdle, o.Reset, o.Plugs = s.advance, s.quiet, s.reset, true
		o.Bot, o.Holders = http.HandlerFunc(s.serveBot), s.holders
		if s.o.before != nil {
			o.Bot = s.o.before(o.Bot)
		}
		if !s.o.empty {
			o.Chats = demoChats()
		}
	}
	s.box, err = sandbox.New(o)
	return err
}

// install gives the workspace's app its manifest: what it does not ask for it has not.
func (s *theSandbox) install() error {
	to := ""
	if s.o.http {
		if to = s.base; s.o.noBot {
			to = s.o.bot
		}
	}
	data, err := manifest(text.Fallback, to)
	if err == nil && s.o.manifest != "" {
		data, err = os.ReadFile(s.o.manifest)
	}
	if err == nil {
		err = s.box.Slack().Install(data)
	}
	if err != nil {
		return fmt.Errorf("-manifest: %w", err)
	}
	return nil
}

const hint = "Issue an invoice: type `/ar invoice acme 3 x 1200 \"Consulting, October\" + 1 x 99 \"Hosting\" tax 19% due 14d` in #invoices, press Confirm, and look at Acme's phone."

const emptyHint = "Add your first customer: type `/ar customer add acme \"Acme GmbH\" currency=EUR lang=en tz=Europe/Berlin terms=net14` in #invoices, and then invite him with /ar customer invite acme."

func demoChats() []telegramapi.Chat {
	var out []telegramapi.Chat
	for _, c := range demo.Chats() {
		p := telegramapi.Person{ID: c.ID, FirstName: c.FirstName, LastName: c.LastName, Username: c.Username, LanguageCode: c.Lang}
		out = append(out, telegramapi.Chat{ID: c.ID, Type: "private", People: []telegramapi.Person{p}, Started: true})
	}
	return out
}

// composerHelp lists the verbs for the page's composer.
func composerHelp() []sandbox.CommandHelp {
	texts, err := text.Load()
	if err != nil {
		return nil
	}
	words := wordsIn(texts, text.Fallback)
	var out []sandbox.CommandHelp
	for _, c := range commands.Table() {
		for _, u := range c.Usage {
			usage := u[len(c.Name):]
			out = append(out, sandbox.CommandHelp{Command: "/ar " + c.Name, Usage: usage, Description: words(card.T("help." + c.Name))})
		}
	}
	for _, c := range commands.Table() {
		for _, a := range c.Aliases {
			out = append(out, sandbox.CommandHelp{Command: "/" + a, Usage: c.Usage[0][len(c.Name):], Description: words(card.T("help." + c.Name))})
		}
	}
	return out
}

// serveBot hands requests to the bot inside, whichever it is now.
func (s *theSandbox) serveBot(w http.ResponseWriter, r *http.Request) {
	if b := s.bot.Load(); b != nil {
		b.web.ServeHTTP(w, r)
		return
	}
	http.Error(w, "the bot is starting", http.StatusServiceUnavailable)
}

// holders tells whose the numbers are to which short messages go.
func (s *theSandbox) holders() map[string]sandbox.Holder {
	out := map[string]sandbox.Holder{}
	b := s.bot.Load()
	if b == nil {
		return out
	}
	b.books.View(func(v *ledger.View) error { // closed books know nobody
		v.Customers(func(c *ledger.Customer) {
			number, ok := strings.CutPrefix(v.SMSAddress(c), ledger.ChannelSMS+":")
			if !ok {
				return
			}
			h := sandbox.Holder{Customer: v.CustomerName(c)}
			for _, chat := range c.Chats {
				if id, err := strconv.ParseInt(strings.TrimPrefix(chat, ledger.ChannelTelegram+":"), 10, 64); err == nil && id > 0 && h.Chat == 0 {
					h.Chat = id
				}
			}
			out[number] = h
		})
		return nil
	})
	return out
}

// idle reports whether the bot inside has nothing under way.
func (s *theSandbox) idle() bool {
	b := s.bot.Load()
	return b == nil || b.Idle()
}

// quiet reports whether everything that the bot inside has to say was said.
func (s *theSandbox) quiet() bool {
	b := s.bot.Load()
	return b == nil || b.Quiet()
}

// advance moves the clock and returns when everything due by then has happened.
func (s *theSandbox) advance(ctx context.Context, to time.Time) error {
	err := s.clock.Advance(ctx, to, func() bool { return s.box.Pending() == 0 && s.idle() })
	s.keepClock()
	return err
}

// startBot opens the books, fills new ones with the demo, and starts the bot.
func (s *theSandbox) startBot(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := s.fresh()
	var filling atomic.Pointer[time.Time] // while the demo is booked: the moment that it books
	now := func() time.Time {
		if t := filling.Load(); t != nil {
			return *t
		}
		return s.clock.Now()
	}
	cfg, err := s.settings()
	if err != nil {
		return err
	}
	b, err := NewBot(cfg, s.clock, now, sandboxMark, s.log)
	if errors.Is(err, ledger.ErrMark) {
		return fmt.Errorf("-data: %s holds a real ledger; name another folder", s.dir)
	}
	if err != nil {
		return err
	}
	recent := s.clock.Now().Add(demoRecent)
	if fresh && !s.o.empty {
		if err := demo.Fill(ctx, b.books, s.clock.Now(), demoRates, func(t time.Time) { filling.Store(&t) }); err != nil {
			return fmt.Errorf("booking the demo company: %w", err)
		}
		filling.Store(nil)
	}
	if err := b.Start(ctx); err != nil {
		return err
	}
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := b.Run(run); err != nil {
			select {
			case s.failed <- err:
			default:
			}
		}
	}()
	s.bot.Store(b)
	s.stopBot = func() {
		cancel()
		<-done
		s.bot.Store(nil)
		if err := b.Close(); err != nil {
			s.log.Error("closing the books", "error", err)
		}
	}
	if err := s.connected(ctx); err != nil {
		return err
	}
	if fresh && !s.o.empty {
		return s.live(ctx, b, recent)
	}
	return nil
}

// settings are the sandbox's own, with those of -config in their place.
func (s *theSandbox) settings() (Config, error) {
	cfg := sandboxConfig(s.base, ledger.Path(s.dir))
	cfg.SlackURL, cfg.TelegramURL = "http://"+s.box.Line("slack")+"/slack/api", "http://"+s.box.Line("telegram")+"/telegram"
	if s.o.http {
		cfg.byHTTP()
	}
	cfg.SMTPURL = s.smtpURL()
	if s.o.config == "" {
		return cfg, nil
	}
	meta, err := toml.DecodeFile(s.o.config, &cfg.File)
	if err != nil {
		return cfg, fmt.Errorf("-config %s: %w", s.o.config, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return cfg, fmt.Errorf("-config %s: %q is not a setting", s.o.config, unknown[0].String())
	}
	cfg.Statements.beside(s.o.config)
	cfg.Calendar.beside(s.o.config)
	return cfg, cfg.check()
}

// demoRates are what the stand-in of the ECB published on those days.
func demoRates(first, last ledger.Date) ([]ledger.Rate, error) {
	rates, err := exchange.ReadRates(bytes.NewReader(ecbapi.XML(first.At(0, 0, time.UTC), last.At(0, 0, time.UTC))), demo.Company().Currency)
	if err != nil {
		return nil, err
	}
	return rates.List, nil
}

// connected waits until the bot's socket and poll are open, and exchange rates were asked
// for: a person's first act must not meet a bot that is still dialling.
func (s *theSandbox) connected(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	heard := func() bool { return s.box.Slack().Sockets() > 0 }
	if s.o.http {
		heard = s.box.Telegram().Webhook
	}
	for b := s.bot.Load(); !heard() || !b.ready.Load() || !b.rates.asked.Load(); {
		select {
		case <-ctx.Done():
			return errors.New("the bot does not connect to the stand-ins")
		case <-time.After(2 * time.Millisecond):
		}
	}
	return nil
}

// live plays the demo's last weeks through the running bot.
func (s *theSandbox) live(ctx context.Context, b *Bot, until time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for _, e := range demo.Recent(until) {
		if err := s.advance(ctx, e.At); err != nil {
			return err
		}
		if err := e.Do(ctx, b.desk); err != nil {
			return fmt.Errorf("playing the demo: %w", err)
		}
	}
	return s.advance(ctx, until)
}

// reset makes everything new.
func (s *theSandbox) reset(ctx context.Context, clear func()) error {
	s.mu.Lock()
	if s.stopBot != nil {
		s.stopBot()
		s.stopBot = nil
	}
	clear()
	err := os.Remove(ledger.Path(s.dir))
	s.mu.Unlock()
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if !s.o.empty {
		// The demo's last weeks are lived through again, up to now.
		s.clock.Rewind(demoRecent)
	}
	return s.startBot(ctx)
}

// keepClock writes down what the clock shows.
func (s *theSandbox) keepClock() {
	if s.o.dir == "" {
		return
	}
	data, err := json.Marshal(s.clock.Now())
	if err == nil {
		err = os.WriteFile(s.path("clock.json"), data, 0o600)
	}
	if err != nil {
		s.log.Warn("keeping the clock", "error", err)
	}
}

// environment is what serve needs to work with these stand-ins.
func (s *theSandbox) environment() []string {
	c := sandboxConfig(s.base, "")
	inbound := []string{"SLACK_APP_TOKEN=" + c.SlackAppToken}
	if s.o.http {
		c.byHTTP()
		inbound = []string{"SLACK_SIGNING_SECRET=" + c.SlackSigning, "TELEGRAM_WEBHOOK_SECRET=" + c.TelegramSecret, "DUEBOT_PUBLIC_URL=" + s.o.bot}
	}
	return append(inbound,
		"SLACK_BOT_TOKEN="+c.SlackBotToken, "SLACK_API_URL="+c.SlackURL,
		"TELEGRAM_BOT_TOKEN="+c.TelegramToken, "TELEGRAM_PROVIDER_TOKEN="+c.TelegramProvider, "TELEGRAM_API_URL="+c.TelegramURL,
		"STRIPE_SECRET_KEY="+c.StripeKey, "STRIPE_WEBHOOK_SECRET="+c.StripeWebhook, "STRIPE_API_URL="+c.StripeURL,
		"YOOKASSA_SHOP_ID="+c.YooKassaShop, "YOOKASSA_SECRET_KEY="+c.YooKassaKey, "YOOKASSA_API_URL="+c.YooKassaURL,
		"PAYPAL_CLIENT_ID="+c.PayPalClient, "PAYPAL_SECRET="+c.PayPalSecret, "PAYPAL_WEBHOOK_ID="+c.PayPalWebhook, "PAYPAL_API_URL="+c.PayPalURL,
		"DUEBOT_RATES_URL="+c.RatesURL,
		"SMTP_URL="+s.smtpURL(), "MAIL_FROM="+c.MailFrom, "SMS_URL="+c.SMSURL, "SMS_TOKEN="+c.SMSToken,
	)
}

// smtpURL is the address of the stand-in of a mail server.
func (s *theSandbox) smtpURL() string {
	return "smtp://" + mailapi.User + ":" + mailapi.Password + "@" + s.box.Line("mail")
}

// close stops everything and removes what is not to be kept.
func (s *theSandbox) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopBot != nil {
		s.stopBot()
		s.stopBot = nil
	}
	s.keepClock()
	if s.srv != nil {
		s.srv.Close()
	}
	if err := s.box.Close(); err != nil {
		s.log.Error("keeping the stand-ins' state", "error", err)
	}
	if s.o.dir == "" {
		os.RemoveAll(s.dir)
	}
}

// doctorClients are the channels as serve would make them, for asking only.
func doctorClients(cfg Config, log *slog.Logger) (*slack.Client, *telegram.Client) {
	none := func(string, string) string { return "" }
	never := func(string, string, string) bool { return false }
	return slack.New(slack.Config{BotToken: cfg.SlackBotToken, AppToken: cfg.SlackAppToken, APIURL: cfg.SlackURL, Log: log, Seal: none, Sealed: never}),
		telegram.New(telegram.Config{Token: cfg.TelegramToken, APIURL: cfg.TelegramURL, Log: log, Seal: none, Sealed: never,
			Later: func(time.Duration, func()) {}})
}
