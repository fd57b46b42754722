package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"duebot/adapters/slack"
	"duebot/adapters/telegram"
	"duebot/bot/clock"
	"duebot/commands/card"
	"duebot/ledger"
)

// delivery sends the notices that the books hold: per lane in order and one at a time,
// lanes side by side, within the platforms' rates. A lane is a Slack channel, a person's
// direct messages, or a customer.
//
// Before a platform is called, a transaction looks once more whether there is something to
// say, fixes the words and writes down that the send begins; another writes down what came
// of it. A program that is killed in between finds the send under way at its next start,
// and does with it what its kind asks (ledger.NoticeKind.Lost).
type delivery struct {
	bot   *Bot
	clock *clock.Clock
	log   *slog.Logger
	all   *rate.Limiter // Telegram, over all chats
	mails *rate.Limiter // e-mail, over all readers

	mu      sync.Mutex
	lanes   map[string]*lane
	seen    ledger.NoticeID // notices up to here are in lanes
	reached uint32          // changes of contacts up to here were looked at
	sending sync.WaitGroup
	stopped bool
}

// lane is one queue.
type lane struct {
	name  string
	queue []ledger.NoticeID
	busy  bool
	wakes bool          // a timer will kick it
	held  bool          // its customer has no chat
	woken bool          // since its head was begun something happened that may end the holding
	posts *rate.Limiter // one message per second and chat, on either platform
	edits *rate.Limiter // counted apart by both; a short burst is fine
}

func newDelivery(b *Bot) *delivery {
	perSecond := b.cfg.TelegramPerSec
	return &delivery{bot: b, clock: b.clock, log: b.log, lanes: map[string]*lane{},
		all: rate.NewLimiter(rate.Limit(perSecond), perSecond), mails: rate.NewLimiter(rate.Limit(b.cfg.MailPerSec), b.cfg.MailPerSec)}
}

// stop waits for the sends under way, and begins no more.
func (d *delivery) stop() {
	d.mu.Lock()
	d.stopped = true
	d.mu.Unlock()
	d.sending.Wait()
}

// idle reports whether nothing is under way and nothing waits but for the time.
func (d *delivery) idle() bool {
	last := d.bot.lastNotice()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopped {
		return true
	}
	if last != d.seen {
		return false
	}
	for _, l := range d.lanes {
		if l.busy || len(l.queue) > 0 && !l.wakes && !l.held {
			return false
		}
	}
	return true
}

// quiet reports whether nothing waits at all, not even for a platform's rate; notices for
// customers who cannot be reached do not count.
func (d *delivery) quiet() bool {
	if !d.idle() {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range d.lanes {
		if len(l.queue) > 0 && !l.held {
			return false
		}
	}
	return true
}

// kick puts new notices into their lanes and starts these. It is called after commits.
func (d *delivery) kick() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopped {
		return
	}
	touched := map[*lane]bool{}
	err := d.bot.books.View(func(v *ledger.View) error {
		for _, n := range v.OpenNotices(d.seen) {
			l := d.lane(laneOf(&n))
			l.queue = append(l.queue, n.ID)
			l.wake()
			touched[l] = true
			if n.Kind == ledger.NoticeLinked {
				waiting := d.lane(customerLane(n.Customer))
				waiting.wake()
				touched[waiting] = true
			}
		}
		d.seen = v.LastNotice()
		if now := v.ContactsChanged(); now != d.reached {
			d.reached = now
			for _, l := range d.lanes {
				if l.held {
					l.wake()
					touched[l] = true
				}
			}
		}
		return nil
	})
	if err != nil {
		d.log.Error("reading notices", "error", err)
		return
	}
	for l := range touched {
		d.run(l)
	}
}

func laneOf(n *ledger.Notice) string {
	if n.Kind.ToCustomer() {
		return customerLane(n.Customer)
	}
	return "slack:" + n.Address
}

func customerLane(id ledger.CustomerID) string { return fmt.Sprintf("customer:%d", id) }

func (d *delivery) lane(name string) *lane {
	l := d.lanes[name]
	if l == nil {
		l = &lane{name: name, posts: rate.NewLimiter(1, 1), edits: rate.NewLimiter(1, 3)}
		d.lanes[name] = l
	}
	return l
}

// run starts the head of l, unless the lane is busy, held or has to wait. d.mu is held.
func (d *delivery) run(l *lane) {
	if l.busy || l.held || l.wakes || d.stopped {
		return
	}
	if len(l.queue) == 0 {
		return
	}
	l.busy, l.woken = true, false
	id := l.queue[0]
	d.sending.Add(1)
	go func() {
		defer d.sending.Done()
		wait, held := d.step(l.name, id)
		d.mu.Lock()
		defer d.mu.Unlock()
		d.stepped(l, wait, held)
		d.run(l)
	}()
}

// wake lets a lane look again whether its customer can be reached.
func (l *lane) wake() { l.held, l.woken = false, true }

// stepped notes what came of the head of l. d.mu is held.
func (d *delivery) stepped(l *lane, wait time.Duration, held bool) {
	// A chat may have been linked between the look and now: then it is looked again.
	l.busy, l.held = false, held && !l.woken
	switch {
	case wait < 0 && !held: // done with it
		l.queue = l.queue[1:]
	case wait > 0:
		d.sleep(l, wait)
	}
}

// sleep lets l go on after a while. d.mu is held.
func (d *delivery) sleep(l *lane, wait time.Duration) {
	l.wakes = true
	d.clock.After(wait, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		l.wakes = false
		d.run(l)
	})
}

// finished is what step returns for a notice that has come to its end.
const finished = time.Duration(-1)

// outgoing is a notice ready to be sent.
type outgoing struct {
	notice ledger.Notice
	card   *card.Card
	words  card.Words
	hash   ledger.Hash
	copy   bool   // it says that an earlier message may have arrived too
	chat   string // "telegram:1001", "slack:C…"
	thread string // Slack: ts of the thread
	edit   string // the platform's id of the message to edit
}

// step brings one notice a step further: it returns finished, or after how long it is to be
// tried again, or that its customer cannot be reached.
func (d *delivery) step(laneName string, id ledger.NoticeID) (wait time.Duration, held bool) {
	ctx := context.Background()
	if wait, settled := d.leftOver(ctx, id); settled || wait > 0 {
		return wait, false
	}
	if wait := d.reserve(laneName, id); wait > 0 {
		return wait, false
	}
	out, held, err := d.begin(ctx, id)
	switch {
	case err != nil:
		d.log.Error("preparing a notice", "notice", id, "error", err)
		return d.broken(ctx, id, err), false
	case held:
		return 0, true
	case out == nil:
		return finished, false
	}
	return d.finish(ctx, out), false
}

// reserve takes a place in the rates of the lane's platform, or tells how long to wait.
func (d *delivery) reserve(laneName string, id ledger.NoticeID) time.Duration {
	now := d.clock.Now()
	edit, all := false, d.all
	d.bot.books.View(func(v *ledger.View) error {
		n, _ := v.OpenNotice(id)
		edit = n.Kind.Lost() == ledger.LostRedo
		if n.Kind.ToCustomer() && ledger.ChannelOf(d.bot.route(v, &n)) == ledger.ChannelMail {
			all = d.mails
		}
		return nil
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	limiter := d.lanes[laneName].posts
	if edit {
		limiter = d.lanes[laneName].edits
	}
	own := limiter.ReserveN(now, 1)
	if wait := own.DelayFrom(now); wait > 0 {
		own.CancelAt(now)
		return wait
	}
	if strings.HasPrefix(laneName, "slack:") {
		return 0
	}
	place := all.ReserveN(now, 1)
	if wait := place.DelayFrom(now); wait > 0 {
		place.CancelAt(now)
		own.CancelAt(now)
		return wait
	}
	return 0
}

// begin decides in one transaction whether there is something to say, fixes the words, and
// writes down that the send begins. A nil outgoing with no error is a notice that is over.
func (d *delivery) begin(ctx context.Context, id ledger.NoticeID) (out *outgoing, held bool, err error) {
	_, err = d.bot.books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		n, ok := tx.OpenNotice(id)
		if !ok {
			return nil, nil
		}
		o := &outgoing{notice: n}
		why, err := d.address(&tx.View, o)
		if err != nil {
			return nil, err
		}
		if why == noChat {
			if n.Kind == ledger.NoticeReminder {
				return nil, withdraw(tx, id, why)
			}
			held = true
			return nil, nil
		}
		if why != "" {
			return nil, withdraw(tx, id, why)
		}
		msg, err := d.bot.message(&tx.View, &n)
		if err != nil {
			return nil, err
		}
		if msg.Withdraw != "" {
			return nil, withdraw(tx, id, msg.Withdraw)
		}
		if o.copy, err = isCopy(&tx.View, &n); err != nil {
			return nil, err
		}
		if o.copy {
			msg.Card.Note = append(msg.Card.Note, card.T("copy.note"))
		}
		if o.hash, err = hashOf(msg.Card); err != nil {
			return nil, err
		}
		o.card = msg.Card
		out = o
		return nil, tx.BeginSend(id, o.hash)
	}})
	if err != nil {
		return nil, false, err
	}
	return out, held, nil
}

// isCopy reports whether a message may be the second of its kind, and has to say so: also
// when it is edited later.
func isCopy(v *ledger.View, n *ledger.Notice) (bool, error) {
	if inv := v.Invoice(n.Invoice); n.Kind == ledger.NoticeEdit && inv != nil {
		return v.NoticeCopied(inv.Message)
	}
	return n.Attempt.Lost && n.Kind.Lost() == ledger.LostCopy, nil
}

func withdraw(tx *ledger.Tx, id ledger.NoticeID, why string) error {
	return tx.Settle(ledger.NoticeOutcome{Notice: id, State: ledger.NoticeWithdrawn, Reason: why})
}

// hashOf is the hash of what is said, whatever the language.
func hashOf(k *card.Card) (ledger.Hash, error) {
	data, err := json.Marshal(k)
	return sha256.Sum256(data), err
}

const noChat = "no chat is linked"

// logged is an address as the log has it: an e-mail address tells who somebody is.
func logged(address string) string {
	if channel := ledger.ChannelOf(address); channel == ledger.ChannelMail {
		return channel
	}
	return address
}

// address finds where a notice goes and in whose words; why tells that it has become
// pointless.
func (d *delivery) address(v *ledger.View, o *outgoing) (why string, err error) {
	n := &o.notice
	if n.Kind.ToCustomer() {
		c := v.Customer(n.Customer)
		if o.chat, o.words = d.bot.route(v, n), wordsIn(d.bot.texts, c.Language); o.chat == "" {
			return noChat, nil
		}
	} else {
		o.chat, o.words = "slack:"+n.Address, d.bot.staffWords(n.Address)
	}
	inv := v.Invoice(n.Invoice)
	if inv == nil && n.Kind != ledger.NoticeApprovalEdit {
		return "", nil
	}
	var chat string
	var ok bool
	switch {
	case n.Kind == ledger.NoticeApprovalEdit:
		chat, o.edit, ok, err = v.NoticeMessage(v.Approval(n.Approval).Notice)
	case n.Kind == ledger.NoticeEdit:
		chat, o.edit, ok, err = v.NoticeMessage(inv.Message)
	case n.Kind == ledger.NoticeDisputeEdit:
		chat, o.edit, ok, err = v.NoticeMessage(v.Dispute(n.Dispute).Notice)
	case n.Kind == ledger.NoticeCardEdit:
		chat, o.edit, ok, err = v.NoticeMessage(inv.Card)
	case n.InThread:
		if chat, o.thread, ok, err = v.NoticeMessage(inv.Card); !ok {
			return "", err // its card could not be posted: better in the channel than nowhere
		}
	default:
		return "", nil
	}
	if err == nil && !ok {
		return "there is no message to edit", nil
	}
	if ledger.ChannelOf(chat) == ledger.ChannelMail {
		return "a mail cannot be edited", err
	}
	if c := v.Customer(n.Customer); n.Kind.ToCustomer() && !slices.Contains(c.Chats, chat) {
		return "its chat is not the customer's any more", err
	}
	o.chat = chat
	return "", err
}

// finish calls the platform and writes down what came of it.
func (d *delivery) finish(ctx context.Context, o *outgoing) time.Duration {
	chat, message, err := d.bot.send(ctx, o)
	id := o.notice.ID
	var refused *card.SendError
	switch {
	case err == nil:
		d.update(ctx, func(tx *ledger.Tx) error {
			if err := d.bot.reminded(tx, o); err != nil {
				return err
			}
			return tx.Settle(ledger.NoticeOutcome{Notice: id, State: ledger.NoticeSent, Chat: chat, Message: message, Words: o.hash, Copy: o.copy})
		})
		return finished
	case errors.As(err, &refused) && refused.Permanent && d.reroute(ctx, o, refused):
		return time.Second
	case errors.As(err, &refused) && refused.Permanent:
		d.log.Warn("a notice was refused", "notice", id, "kind", o.notice.Kind, "chat", logged(o.chat), "reason", refused.Reason)
		d.fail(ctx, &o.notice, refused)
		return finished
	case errors.As(err, &refused):
		d.update(ctx, func(tx *ledger.Tx) error { tx.NotSent(id); return nil })
		if refused.RetryAfter > 0 {
			return refused.RetryAfter
		}
		return 5 * time.Second
	}
	d.log.Warn("the answer to a send was lost", "notice", id, "kind", o.notice.Kind, "chat", logged(o.chat), "error", err)
	wait, _ := d.lost(ctx, &o.notice, o.thread, d.clock.Now())
	return wait
}

// leftOver deals with a notice whose send was under way when the program stopped.
func (d *delivery) leftOver(ctx context.Context, id ledger.NoticeID) (wait time.Duration, settled bool) {
	var n ledger.Notice
	var thread string
	err := d.bot.books.View(func(v *ledger.View) (err error) {
		n, _ = v.OpenNotice(id)
		if inv := v.Invoice(n.Invoice); inv != nil && n.InThread {
			_, thread, _, err = v.NoticeMessage(inv.Card)
		}
		return err
	})
	if err != nil {
		d.log.Error("reading a notice", "notice", id, "error", err)
		return 5 * time.Second, false
	}
	if n.ID == 0 {
		return finished, true
	}
	if n.Attempt.At.IsZero() {
		return 0, false
	}
	wait, settled = d.lost(ctx, &n, thread, n.Attempt.At)
	if wait < 0 {
		settled = true
	}
	return wait, settled
}

// lookLater is how long to wait before Slack is asked again what became of a message.
const lookLater = 5 * time.Second

// lost does what a notice's kind asks when nobody knows whether it was sent. In Slack it is
// looked up first.
func (d *delivery) lost(ctx context.Context, n *ledger.Notice, thread string, since time.Time) (wait time.Duration, settled bool) {
	again := func(wasLost bool) time.Duration {
		d.update(ctx, func(tx *ledger.Tx) error {
			if wasLost {
				tx.LostSend(n.ID)
			} else {
				tx.NotSent(n.ID)
			}
			return nil
		})
		return time.Second
	}
	kind := n.Kind.Lost()
	switch {
	case kind == ledger.LostRedo:
		return again(false), false
	case !n.Kind.ToCustomer():
		channel, ts, err := d.bot.slack.Find(ctx, n.Address, thread, noticeName(n.ID), since)
		var refused *card.SendError
		if errors.As(err, &refused) && refused.Permanent {
			// It will never be known: those behind it must not wait for ever.
			d.log.Warn("looking up a lost message was refused", "notice", n.ID, "reason", refused.Reason)
			d.fail(ctx, n, refused)
			return finished, true
		}
		if err != nil {
			d.log.Warn("looking up a lost message", "notice", n.ID, "error", err)
			return lookLater, false
		}
		if ts == "" {
			return again(false), false
		}
		d.settle(ctx, ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeSent, Chat: "slack:" + channel, Message: ts, Words: n.Attempt.Words})
		return finished, true
	case kind == ledger.LostCopy:
		return again(true), false
	}
	d.update(ctx, func(tx *ledger.Tx) error {
		if err := tx.Settle(ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeUnknown, Words: n.Attempt.Words, Reason: "the answer was lost"}); err != nil {
			return err
		}
		return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeTask, Customer: n.Customer, Invoice: n.Invoice, Address: d.bot.cfg.Slack.Finance, Code: "unknown"})
	})
	return finished, true
}

// fail books a notice that the platform will never take, and tells staff.
func (d *delivery) fail(ctx context.Context, n *ledger.Notice, why *card.SendError) {
	d.update(ctx, func(tx *ledger.Tx) error {
		if err := tx.Settle(ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeFailed, Reason: why.Reason}); err != nil {
			return err
		}
		if n.Kind == ledger.NoticeTask {
			return nil // a task about a task would go on for ever
		}
		if said, err := saidLately(tx, n); said || err != nil {
			return err
		}
		code := "failed"
		if why.Gone {
			code = "gone"
		}
		return tx.NotifyText(ledger.NoticeQueued{Kind: ledger.NoticeTask, Customer: n.Customer, Invoice: n.Invoice,
			Address: d.bot.cfg.Slack.Finance, Code: code}, why.Reason)
	})
}

// unreachedDays is how often staff are told that a customer's reminders do not arrive: the
// rules try each day, until one does.
const unreachedDays = 7

// saidLately reports whether staff know already that reminders do not reach n's customer,
// and notes that they are told now where they do not.
func saidLately(tx *ledger.Tx, n *ledger.Notice) (bool, error) {
	if n.Kind != ledger.NoticeReminder {
		return false, nil
	}
	marker := fmt.Sprintf("unreached:%d", n.Customer)
	last, err := tx.Get(marker)
	if err != nil || string(last) > tx.Today().AddDays(-unreachedDays).String() {
		return true, err
	}
	tx.Put(marker, []byte(tx.Today().String()))
	return false, nil
}

// brokenWait is how long a notice waits that could not be prepared because the books were
// being closed.
const brokenWait = time.Minute

// broken fails a notice that cannot be made into words: a mistake of ours, which must not
// stop those behind it.
func (d *delivery) broken(ctx context.Context, id ledger.NoticeID, err error) time.Duration {
	if errors.Is(err, ledger.ErrClosed) {
		return brokenWait
	}
	var n ledger.Notice
	d.update(ctx, func(tx *ledger.Tx) error { n, _ = tx.OpenNotice(id); return nil })
	if n.ID != 0 {
		d.fail(ctx, &n, &card.SendError{Permanent: true, Reason: "it could not be worded; see the log"})
	}
	return finished
}

func (d *delivery) settle(ctx context.Context, out ledger.NoticeOutcome) {
	d.update(ctx, func(tx *ledger.Tx) error { return tx.Settle(out) })
}

func (d *delivery) update(ctx context.Context, fn func(tx *ledger.Tx) error) {
	_, err := d.bot.books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) { return nil, fn(tx) }})
	if err != nil {
		d.log.Error("writing down what became of a notice", "error", err)
	}
}

func noticeName(id ledger.NoticeID) string { return fmt.Sprintf("n%d", id) }

// send hands an outgoing notice to its platform.
func (b *Bot) send(ctx context.Context, o *outgoing) (chat, message string, err error) {
	if channel, ok := strings.CutPrefix(o.chat, "slack:"); ok {
		m := slack.Message{Channel: channel, Thread: o.thread, Card: o.card, Words: o.words, ID: noticeName(o.notice.ID)}
		if o.edit != "" {
			return o.chat, o.edit, b.slack.Update(ctx, m, o.edit)
		}
		channel, message, err = b.slack.Post(ctx, m)
		return "slack:" + channel, message, err
	}
	if ledger.ChannelOf(o.chat) == ledger.ChannelMail {
		return b.sendMail(ctx, o)
	}
	m := telegram.Message{Chat: o.chat, Card: o.card, Words: o.words}
	if o.edit != "" {
		return o.chat, o.edit, b.telegram.Edit(ctx, m, o.edit)
	}
	message, err = b.telegram.Send(ctx, m)
	return o.chat, message, err
}
