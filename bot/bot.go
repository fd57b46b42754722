package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"duebot/adapters/mail"
	"duebot/adapters/paper"
	"duebot/adapters/pay"
	"duebot/adapters/slack"
	"duebot/adapters/sms"
	"duebot/adapters/telegram"
	"duebot/adapters/web"
	"duebot/bot/clock"
	"duebot/bot/pace"
	"duebot/bot/text"
	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/holidays"
	"duebot/reminders"
)

// Bot is the whole program: books, desk, rules, channels and delivery. Make it with NewBot,
// then Run it.
type Bot struct {
	cfg   Config
	clock *clock.Clock
	log   *slog.Logger
	knock *slog.Logger // of what anybody can bring about who can reach us
	hush  hush         // behind it
	texts *text.Catalog

	calendar  *holidays.Calendar
	books     *ledger.Books
	desk      *commands.Desk
	rules     *reminders.Rules
	slack     *slack.Client
	telegram  *telegram.Client
	mail      *mail.Client   // nil: no mail server is set
	sms       *sms.Client    // nil: no gateway is set
	providers []pay.Provider // of payments, the first choice first
	web       http.Handler
	delivery  *delivery
	easel     easel
	payments  *payments
	rates     *rateFeed // nil: no source is set
	imports   *imports
	folder    *folder // nil: none is watched

	attachments *attachments
	homes       *homes
	roster      *roster
	counts      counters
	strange     strangers
	guesses     guesses

	username  atomic.Pointer[string] // of the Telegram bot; nil before it has answered
	committed chan struct{}
	busy      atomic.Int64 // acts of people and jobs under way
	waiting   atomic.Int64 // answers that wait for a platform's rate
	ready     atomic.Bool
	behind    bool // staff were told that the machine's clock is

	mu     sync.Mutex
	people map[string]slack.Person // Slack users looked up so far
	missed map[string]time.Time    // those of whom Slack did not tell, and when, in wall time
}

// NewBot builds the program from top to bottom, in the order in which things flow: books,
// what may be asked of them, what is said unasked, and the channels. Now is what the books
// are dated by; mark tells a sandbox's ledger from a real one.
func NewBot(cfg Config, clk *clock.Clock, now func() time.Time, mark string, log *slog.Logger) (*Bot, error) {
	b := &Bot{cfg: cfg, clock: clk, log: log, committed: make(chan struct{}, 1), people: map[string]slack.Person{}, missed: map[string]time.Time{}, hush: newHush(log)}
	b.knock = slog.New(b.hush)
	var err error
	if b.texts, err = text.Load(); err != nil {
		return nil, err
	}
	b.texts = withOwn(b.texts, b.policy())
	if b.calendar, err = cfg.Calendar.days(); err != nil {
		return nil, err
	}
	b.books, err = ledger.Open(cfg.DB, ledger.Options{Now: now, Mark: mark, Calendar: b.calendar, Aging: cfg.agingEdges(), OnCommit: b.onCommit, Touched: b.touched, OnFail: func(err error) {
		// What is on the disk is not known any more: going on could tell people what is not so.
		log.Error("the ledger cannot be written", "error", err)
		exit(1)
	}})
	if err != nil {
		return nil, err
	}
	b.slack = slack.New(slack.Config{BotToken: cfg.SlackBotToken, AppToken: cfg.SlackAppToken, SigningSecret: cfg.SlackSigning,
		APIURL: cfg.SlackURL, Timeout: cfg.callTimeout(), Count: b.counts.inbound("slack"), Called: b.called, Log: b.knock.With("channel", "slack"), Seal: b.seal("slack:"), Sealed: b.sealed("slack:"),
		Draw: b.draw, Gallery: &gallery{b: b}, Name: b.nameOf, Paper: b.staffPaper, Papers: shelf{b}})
	b.telegram = telegram.New(telegram.Config{Token: cfg.TelegramToken, APIURL: cfg.TelegramURL, Timeout: cfg.callTimeout(),
		Webhook: cfg.telegramWebhook(), Secret: cfg.TelegramSecret, Count: b.counts.inbound("telegram"), Log: b.knock.With("channel", "telegram"),
		Seal: b.seal(""), Sealed: b.sealed(""), Later: b.later, Moved: b.moved, Draw: b.chatPaper, Undrawn: b.undrawn, Picture: b.draw,
		Spend: func(method, chat string) { b.spend(pace.Telegram, method, chat) }, Limited: b.limited, Till: b.till()})
	if b.mail, err = newMail(cfg); err != nil {
		return nil, err
	}
	if b.sms, err = newSMS(cfg); err != nil {
		return nil, err
	}
	if b.providers, err = newProviders(cfg); err != nil {
		return nil, err
	}
	if b.rates, err = newRateFeed(b); err != nil {
		return nil, err
	}
	b.payments = newPayments(b)
	b.imports = newImports(b)
	if cfg.Statements.Folder != "" {
		b.folder = newFolder(b)
	}
	b.attachments = &attachments{bot: b, wake: make(chan func(), 1)}
	b.homes = &homes{b: b, open: map[string]*homeTab{}}
	b.roster = newRoster(b)
	b.desk = &commands.Desk{Books: b.books, Settings: commands.Settings{
		InvoiceChannel: cfg.Slack.Invoices, FinanceChannel: cfg.Slack.Finance, Languages: b.texts.Languages(),
		ChannelFor: b.cfg.channelFor, ApprovalChannel: cfg.Slack.Approvals, SendDelay: cfg.sendDelay(),
		AnswerDays: cfg.Disputes.AnswerDays, EscalateTo: cfg.escalateTo(),
		RecurNotice: cfg.recurNotice(),
		SalesSeeAll: cfg.Company.SalesSeeAll, Refused: b.turnedAway, StaffOf: b.roster.staff, People: b.roster.people,
		InviteURL: b.inviteLink, PaperInvite: b.paperInvite, GroupURL: b.groupLink, ChatURL: b.inviteLink, LinkAsk: cfg.Linking.Ask,
		Mail: b.mail != nil, FileMB: cfg.FileMB, Boxes: b.boxes, ClaimPause: cfg.claimPause(),
		OurBank: ourBank{b}, BankDelay: cfg.bankDelay(),
		ProviderWords: pay.PayoutWords, PayoutDays: cfg.Pay.LateDays, FolderAlone: cfg.Statements.takesAlone(),
		IsBank: bankReader{b}.IsBank, ReadBank: bankReader{b}.Read,
		ReadTable: readTable, WordsIn: func(lang string) card.Words { return wordsIn(b.texts, b.texts.Match(lang)) },
		PaperLanguages: paper.Languages, ReminderHours: cfg.reminderHours(), WeeklyReminders: cfg.Reminders.Weekly, MessageURL: b.messageURL,
		PayInChat: b.paysInChat,
		Payable: func(m ledger.Money, zone *time.Location) bool {
			return len(b.takers(m, zone)) > 0 || b.paysInChat(m, zone)
		},
		NameOf: b.knownName, QuestionChannel: cfg.Questions.Channel, AnswerHours: cfg.answerHours(),
		Tasks:      cfg.Tasks.rules(),
		EntryOwner: cfg.Exceptions.Owner, EntryHour: cfg.entryHour(), EntryDays: cfg.entryDays(),
		MonthName: func(lang string, month int) string { return b.texts.In(lang).Month(month) },
		Terms:     b.cfg.terms(),
		Calendar:  func(lang string) (int, bool) { return b.texts.In(lang).Calendar() },
	}}
	if cfg.PublicURL != "" {
		b.desk.PayURL = b.payments.link
	}
	b.rules = &reminders.Rules{Books: b.books, Policy: b.policy(), Finance: cfg.Slack.Finance, Cards: b.desk.CardChannel,
		Task: b.desk.GiveTask, Buttons: b.desk.PayOrDispute, Readers: b.readers, Ratings: cfg.asksRatings(), Private: b.answersAlone,
		Channel: func(v *ledger.View, n *ledger.Notice) string { return ledger.ChannelOf(b.route(v, n)) }, Wall: time.Now}
	b.rules.Acts, b.rules.Policy.Holding.Proposed = b.actsOnReminders, b.desk.Proposed
	b.desk.Digest = commands.DigestDesk{Reads: b.readsDigest, Zone: b.zoneOf, Usual: b.cfg.digestWish()}
	b.desk.Remind, b.desk.Reminding = b.rules.ByHand, b.reminding()
	b.delivery = newDelivery(b)
	b.counts.standing = b.delivery.standing
	b.web = web.New(b.payments, b.knock, b.slack.Routes(&staffDesk{b}), b.telegram.Routes(&customerDesk{b}), web.UnsubscribeRoutes(b, b.knock), b.counts.routes())
	return b, nil
}

// policy is when customers are reminded.
func (b *Bot) policy() *reminders.Policies {
	p := b.cfg.policies(func(string, string, ...any) {}) // they were checked with the rest
	p.Mail, p.SMS, p.Escalate = b.mail != nil, b.sms != nil, b.cfg.Tasks.escalate()
	return p
}

// seal and sealed make and check the proof in a button for a chat.
func (b *Bot) seal(platform string) func(chat, what string) string {
	return func(chat, what string) string { return b.books.Seal(platform+chat, what) }
}

func (b *Bot) sealed(platform string) func(proof, chat, what string) bool {
	return func(proof, chat, what string) bool { return b.books.Sealed(proof, platform+chat, what) }
}

// onCommit wakes the delivery loop. It is called by the ledger's writer.
func (b *Bot) onCommit() {
	select {
	case b.committed <- struct{}{}:
	default:
	}
}

// Start books the configuration and greets the platforms. It returns an error that tells
// what to do when a setting is wrong; a platform that cannot be reached is tried again.
func (b *Bot) Start(ctx context.Context) error {
	_, err := b.books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		if err := b.setCompany(tx); err != nil {
			return nil, err
		}
		if err := tx.ConfigurePilot(b.cfg.Pilot.Customers, b.cfg.Pilot.Segments); err != nil {
			return nil, err
		}
		_, err := tx.SetPolicies(b.rules.Policy.Text())
		return nil, err
	}})
	if r, ok := ledger.AsRefusal(err); ok {
		err = errors.New(refusalText(r))
	}
	if err != nil {
		return fmt.Errorf("company in the configuration: %w", err)
	}
	if err := b.warnOfCalendar(); err != nil {
		return err
	}
	if err := b.setLetterhead(ctx); err != nil {
		return fmt.Errorf("letterhead in the configuration: %w", err)
	}
	if err := b.greet(ctx); errors.Is(err, errToken) || ctx.Err() != nil {
		return err
	} else if err != nil {
		b.log.Warn("Telegram does not answer yet", "error", err)
	}
	b.loadPeople(ctx)
	if err := b.tellBank(ctx); err != nil { // whom it concerns is known by now
		return fmt.Errorf("bank details in the configuration: %w", err)
	}
	b.loadGuesses()
	return nil
}

var errToken = errors.New("TELEGRAM_BOT_TOKEN: Telegram does not accept it; take it again from @BotFather")

// greet asks Telegram who we are, and registers the menus.
func (b *Bot) greet(ctx context.Context) error {
	name, err := b.telegram.Me(ctx)
	var refused *card.SendError
	if errors.As(err, &refused) && strings.Contains(refused.Reason, "nauthorized") {
		return errToken
	}
	if err != nil {
		return err
	}
	b.username.Store(&name)
	b.setMenus(ctx)
	return nil
}

// greetLater greets a Telegram that was silent at the start, as soon as it answers: staff and
// e-mail do not wait for it.
func (b *Bot) greetLater(ctx context.Context) error {
	for wait := time.Second; b.username.Load() == nil; wait = min(2*wait, 30*time.Second) {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		if err := b.greet(ctx); errors.Is(err, errToken) {
			return err
		}
	}
	return nil
}

// inviteLink makes a link of an invitation's token, "" before it is known who we are.
func (b *Bot) inviteLink(token string) string {
	if link := b.chatLink(); link != "" {
		return link + "?start=" + token
	}
	return ""
}

// groupLink is inviteLink for a group.
func (b *Bot) groupLink(token string) string {
	if link := b.chatLink(); link != "" {
		return link + "?startgroup=" + token
	}
	return ""
}

// chatLink is a link to the bot's chat in Telegram, "" before it is known who we are there.
func (b *Bot) chatLink() string {
	if name := b.username.Load(); name != nil {
		return "https://t.me/" + *name
	}
	return ""
}

// setMenus registers the customers' commands in every language: all for private chats, and for
// groups those that may be asked before others.
func (b *Bot) setMenus(ctx context.Context) {
	for _, lang := range append([]string{""}, b.texts.Languages()...) {
		words := wordsIn(b.texts, lang)
		menus := map[string][]telegram.MenuCommand{}
		for _, c := range commands.ChatTable() {
			row := telegram.MenuCommand{Command: c.Name, Description: words(card.T("menu." + c.Name))}
			if menus[telegram.InPrivate] = append(menus[telegram.InPrivate], row); c.Group {
				menus[telegram.InGroups] = append(menus[telegram.InGroups], row)
			}
		}
		for scope, menu := range menus {
			if err := b.telegram.SetMenu(ctx, scope, lang, menu); err != nil {
				b.log.Warn("setting the menu", "scope", scope, "language", lang, "error", err)
			}
		}
	}
}

// peopleMax is how long the start looks up people.
const peopleMax = 30 * time.Second

// loadPeople looks up the staff that the configuration names: their zones and languages.
func (b *Bot) loadPeople(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, peopleMax) // a silent Slack holds up nobody: they are looked up when they act
	defer cancel()
	b.roster.read(ctx)
	seen := map[string]bool{}
	for _, list := range [][]string{b.cfg.Roles.Sales, b.cfg.Roles.Finance, b.cfg.Roles.Manager, b.cfg.Roles.Auditor, b.cfg.Digest.Readers} {
		for _, user := range b.roster.users(list) {
			if !seen[user] {
				seen[user] = true
				b.turn(ctx, pace.Call{Platform: pace.Slack, Method: "users.info"})
				b.person(ctx, user)
			}
		}
	}
}

// missedRest is how long nobody asks Slack again about a person of whom it did not tell: a
// line that it does not answer would hold up all that he does.
const missedRest = 30 * time.Second

// person looks a Slack user up, once.
func (b *Bot) person(ctx context.Context, user string) slack.Person {
	b.mu.Lock()
	p, ok := b.people[user]
	ok = ok || time.Since(b.missed[user]) < missedRest
	b.mu.Unlock()
	if ok {
		return p
	}
	p, err := b.slack.Person(ctx, user)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		b.log.Warn("looking up a member of staff", "error", err)
		b.missed[user] = time.Now()
		return p
	}
	delete(b.missed, user)
	b.people[user] = p
	return p
}

// Run works until ctx ends, and then finishes what is under way. The first part that fails
// for good ends all.
func (b *Bot) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var parts sync.WaitGroup
	run := func(name string, f func(context.Context) error) {
		parts.Add(1)
		go func() {
			defer parts.Done()
			if err := f(ctx); err != nil {
				cancel(fmt.Errorf("%s: %w", name, err))
			}
		}()
	}
	run("delivery", b.deliver)
	run("schedule", b.schedule)
	run("search", b.warmSearch)
	run("payments", b.payments.run)
	run("fees", b.payments.runKept)
	run("imports", b.imports.run)
	if b.folder != nil {
		run("folder for statements", b.folder.run)
	}
	run("attachments", b.attachments.run)
	if b.rates != nil {
		run("rates", func(ctx context.Context) error {
			return b.repeat(ctx, func() time.Duration { return b.rates.look(ctx) })
		})
	}
	run("user groups", b.roster.run)
	b.homes.load()
	run("home tabs", b.homes.daily)
	run("greeting", b.greetLater)
	if b.cfg.BackupDir != "" {
		run("backups", b.backups)
	}
	run("slack", func(ctx context.Context) error { return b.slack.Run(ctx, &staffDesk{b}) })
	run("telegram", func(ctx context.Context) error { return b.telegram.Run(ctx, &customerDesk{b}) })
	b.ready.Store(true)
	<-ctx.Done()
	b.ready.Store(false)
	ended := make(chan struct{})
	go func() { parts.Wait(); close(ended) }()
	late := time.After(b.cfg.grace())
	b.delivery.stop(b.cfg.grace())
	select {
	case <-ended:
	case <-late: // the books have what was done; who asked will ask again
		b.log.Warn("answers under way are given up: a platform does not take them")
	}
	b.hush.tell(time.Now(), true)
	b.keepGuesses()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// deliver hands new notices to the delivery loop.
func (b *Bot) deliver(ctx context.Context) error {
	b.delivery.kick()
	b.lookAtClock()
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	for last := ""; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-minute.C:
			b.lookAtClock()
			last = b.delivery.report(last)
			b.hush.tell(time.Now(), false)
		case <-b.committed:
			b.delivery.kick()
			b.payments.outdated()
			b.homes.outdated()
		}
	}
}

// scheduleMax is the longest that the schedule sleeps: a customer of a new zone is seen
// within it.
const scheduleMax = 15 * time.Minute

// schedule runs the rules whenever one of them is due.
func (b *Bot) schedule(ctx context.Context) error {
	return b.repeat(ctx, func() time.Duration {
		now := b.clock.Now()
		next, err := b.rules.Run(ctx, now)
		if err != nil && ctx.Err() == nil && !errors.Is(err, ledger.ErrClosed) {
			b.log.Error("running the rules", "error", err)
		}
		if at, err := b.desk.RunContracts(ctx, now); err != nil && ctx.Err() == nil && !errors.Is(err, ledger.ErrClosed) {
			b.log.Error("running the contracts", "error", err)
		} else if !at.IsZero() && at.Before(next) {
			next = at
		}
		if at, err := b.desk.ExpireApprovals(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, ledger.ErrClosed) {
			b.log.Error("ending old requests for approval", "error", err)
		} else if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
		if at, err := b.desk.RunBankChange(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, ledger.ErrClosed) {
			b.log.Error("letting other bank details count", "error", err)
		} else if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
		if at, err := b.desk.RemindQuestions(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, ledger.ErrClosed) {
			b.log.Error("telling staff of questions that wait", "error", err)
		} else if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
		if at, err := b.desk.RemindEntries(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, ledger.ErrClosed) {
			b.log.Error("telling staff of money that waits", "error", err)
		} else if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
		if at, err := b.desk.RemindTasks(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, ledger.ErrClosed) {
			b.log.Error("telling staff of tasks that are late", "error", err)
		} else if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
		if at, err := b.desk.RunDisputes(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, ledger.ErrClosed) {
			b.log.Error("telling of the deadlines of disputes", "error", err)
		} else if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
		if at, err := b.desk.TellLatePayouts(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, ledger.ErrClosed) {
			b.log.Error("telling of payouts that are late", "error", err)
		} else if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
		if at := b.tellGuesses(ctx, now); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
		wait := max(next.Sub(now), time.Millisecond)
		if next.IsZero() || wait > scheduleMax {
			wait = scheduleMax
		}
		return wait
	})
}

// repeat calls look until ctx ends, each time after as much business time as it asked for.
// What it does counts as under way.
func (b *Bot) repeat(ctx context.Context, look func() (wait time.Duration)) error {
	done := make(chan struct{})
	cancel := func() {} // until the first look is over
	var mu sync.Mutex
	var tick func()
	tick = func() {
		defer b.begin()()
		wait := look()
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() == nil {
			cancel = b.clock.After(wait, tick)
		}
	}
	tick()
	go func() {
		<-ctx.Done()
		mu.Lock()
		defer mu.Unlock()
		if cancel != nil { // the program ended before the first look
			cancel()
		}
		close(done)
	}()
	<-done
	return nil
}

// begin counts something under way; the returned function ends it.
func (b *Bot) begin() (done func()) {
	b.busy.Add(1)
	return func() { b.busy.Add(-1) }
}

// later runs f when d of business time has passed, if the bot still works then.
func (b *Bot) later(d time.Duration, f func()) {
	b.waiting.Add(1)
	b.clock.After(d, func() {
		defer b.begin()()
		b.waiting.Add(-1)
		if b.ready.Load() {
			f()
		}
	})
}

// Idle reports whether nothing is under way and nothing waits but for the time.
func (b *Bot) Idle() bool { return b.busy.Load() == 0 && b.delivery.idle() }

// Quiet reports whether nothing is under way, and nothing waits for a platform's rate either.
func (b *Bot) Quiet() bool { return b.busy.Load() == 0 && b.waiting.Load() == 0 && b.delivery.quiet() }

// lastNotice is the number of the newest notice.
func (b *Bot) lastNotice() (id ledger.NoticeID) {
	b.books.View(func(v *ledger.View) error { id = v.LastNotice(); return nil })
	return id
}

// Close closes the books.
func (b *Bot) Close() error { return b.books.Close() }

// message words a notice.
func (b *Bot) message(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	if code, platform, ok := strings.Cut(n.Code, "."); ok && n.Kind == ledger.NoticeTask && slices.Contains([]string{"silent", "again", "barred", "let"}, code) {
		return b.delivery.silenceNews(v, code, platform), nil
	}
	if n.Kind == ledger.NoticeTask && n.Code == clockBack {
		return b.clockNews(v), nil
	}
	if why := b.rules.Overtaken(v, n); why != "" {
		return card.Message{Withdraw: why}, nil
	}
	switch n.Kind {
	case ledger.NoticeReminder, ledger.NoticeThanks:
		return b.rules.Notice(v, n)
	}
	return b.desk.Notice(v, n)
}

// staffWords are the words for a Slack channel, or for a person's direct messages.
func (b *Bot) staffWords(address string) card.Words { return wordsIn(b.texts, b.staffLang(address)) }

// staffLang is the language of staffWords.
func (b *Bot) staffLang(address string) string {
	lang := b.cfg.Company.Language
	b.mu.Lock()
	if p, ok := b.people[address]; ok && p.Locale != "" {
		lang = p.Locale
	}
	b.mu.Unlock()
	return b.texts.Match(lang)
}

// reference is a short id that people are shown and that stands in the log.
func reference() string {
	id := make([]byte, 4)
	rand.Read(id)
	return hex.EncodeToString(id)
}
