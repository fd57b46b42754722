package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"duebot/adapters/slack"
	"duebot/adapters/telegram"
	"duebot/bot/pace"
	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
)

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
	silent bool   // it comes without a sound

	files []ledger.FileID   // that a mail brings beside its own document
	along []ledger.NoticeID // what is sent with it
}

// lookUp is the method by which a message whose fate is unknown is looked up.
const lookUp = "conversations.history"

// call is what o needs of its platform.
func (o *outgoing) call() pace.Call {
	platform, _, _ := strings.Cut(o.chat, ":")
	c := pace.Call{Platform: platform, Method: "sendMessage", Chat: o.chat}
	switch {
	case o.notice.Kind == ledger.NoticePaper:
		c.Method = pace.SlackShare
	case platform == pace.Slack && o.edit != "":
		c.Method = "chat.update"
	case platform == pace.Slack:
		c.Method = "chat.postMessage"
	case o.edit != "":
		c.Method = "editMessageText"
		if o.notice.Kind == ledger.NoticeEdit || o.notice.Kind == ledger.NoticeGroupEdit {
			c.Method = "editMessageCaption"
		}
	case platform == pace.Telegram && (o.notice.Kind == ledger.NoticeInvoice || o.notice.Kind == ledger.NoticeCreditNote || o.notice.Kind == ledger.NoticeStatement):
		c.Method = "sendDocument"
	case platform == pace.Telegram && o.notice.Kind == ledger.NoticeDigest:
		c.Method = "sendPhoto"
	}
	return c
}

// target is what the next step of a notice needs: nothing where no platform is called.
func (d *delivery) target(v *ledger.View, id ledger.NoticeID) pace.Call {
	n, ok := v.OpenNotice(id)
	o := &outgoing{notice: n}
	switch {
	case !ok:
		return pace.Call{}
	case !n.Attempt.At.IsZero() && (n.Kind.ToCustomer() || elsewhere(&n)):
		return pace.Call{} // its kind says what becomes of it
	case !n.Attempt.At.IsZero() && n.Kind == ledger.NoticePaper:
		return pace.Call{Platform: pace.Slack, Method: "files.info"}
	case !n.Attempt.At.IsZero():
		return pace.Call{Platform: pace.Slack, Method: lookUp, Chat: "slack:" + n.Address}
	}
	if why, err := d.address(v, o); why != "" || err != nil {
		return pace.Call{}
	}
	return o.call()
}

// step brings one notice a step further, in the place that was taken for it: it returns
// finished, or after how long it is to be tried again, or that it has to be parked until
// something happens.
func (d *delivery) step(id ledger.NoticeID, took pace.Call) (wait time.Duration, parked bool) {
	ctx := context.Background()
	defer func() { // a mistake in our words must not end the program, at each of its starts
		if r := recover(); r != nil {
			err := fmt.Errorf("it panicked: %v\n%s", r, debug.Stack())
			d.log.Error("sending a notice", "notice", id, "error", err)
			wait, parked = d.broken(ctx, id, err), false
		}
	}()
	if wait, settled := d.leftOver(ctx, id); settled || wait > 0 {
		if took.Method != lookUp { // it was withdrawn while its lane waited
			d.pace.Return(took)
		}
		return wait, false
	}
	out, wait, parked, err := d.begin(ctx, id)
	defer d.bot.drawAhead(ctx, out)()
	now := d.clock.Now()
	if out == nil {
		d.pace.Return(took)
	}
	switch {
	case err != nil:
		d.log.Error("preparing a notice", "notice", id, "error", err)
		return d.broken(ctx, id, err), false
	case parked || wait > 0:
		return wait, parked
	case out == nil:
		return finished, false
	}
	if c := out.call(); c == took {
		d.pace.Goes(now, c)
	} else { // it goes another way than when the place was taken
		d.pace.Return(took)
		d.pace.Answer(now, c)
	}
	d.pace.Owe(now, out.call(), d.bot.weight(out)-1)
	return d.finish(ctx, out), false
}

// begin decides in one transaction whether there is something to say, fixes the words, and
// writes down that the send begins. A nil outgoing with no error is a notice that is over.
func (d *delivery) begin(ctx context.Context, id ledger.NoticeID) (out *outgoing, wait time.Duration, parked bool, err error) {
	ahead, err := d.ahead(id)
	if err != nil {
		return nil, 0, false, err
	}
	_, err = d.bot.books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		n, ok := tx.OpenNotice(id)
		if !ok {
			return nil, nil
		}
		if k := tx.Campaign(n.Campaign); k != nil && k.State == ledger.CampaignPaused && n.Kind.ToCustomer() {
			parked = true
			return nil, nil
		}
		if awaited(&tx.View, &n) {
			wait = cardAgain
			return nil, nil
		}
		if left := d.heldWith(&tx.View, &n); left > 0 {
			parked = true
			d.wakeAfter(left, laneOf(&n))
			return nil, nil
		}
		if left := d.otherHours(&tx.View, &n); left > 0 {
			parked = true
			d.keepBack(laneOf(&n), id, left)
			return nil, nil
		}
		if held, err := d.bot.rules.HoldAgain(tx, &n); held || err != nil {
			return nil, errors.Join(err, withdraw(tx, id, "money waits, the bank's data is old, or it comes on another day"))
		}
		o := &outgoing{notice: n}
		why, err := d.address(&tx.View, o)
		switch {
		case err != nil:
			return nil, err
		case why == noStaff:
			wait = routeAgain
			return nil, nil
		case why == noCard:
			wait = cardAgain
			return nil, nil
		case why == noChat && n.Kind != ledger.NoticeReminder:
			parked = true
			if c := tx.Customer(n.Customer); d.bot.rules.Policy.SMS && tx.ReachesBySMS(c) { // what a short message says goes on
				d.keepBack(laneOf(&n), id, routeLooked)
			}
			return nil, d.tellWaits(tx, &n)
		case why != "":
			return nil, errors.Join(withdraw(tx, id, why), d.unchanged(tx, &n, why))
		}
		msg := card.Message{Card: ahead}
		if ahead == nil {
			if msg, err = d.bot.message(&tx.View, &n); err != nil {
				return nil, err
			}
		}
		if msg.Withdraw != "" {
			return nil, withdraw(tx, id, msg.Withdraw)
		}
		if n.Kind.ToCustomer() {
			msg = d.bot.desk.ForChat(&tx.View, &n, o.chat, msg)
		}
		if ledger.ChannelOf(o.chat) == ledger.ChannelSMS {
			msg.Card = d.bot.shortOf(&tx.View, o)
		}
		msg.Card = d.bot.desk.DigestElsewhere(&n, o.chat, msg.Card)
		if o.copy, err = isCopy(&tx.View, &n); err != nil {
			return nil, err
		}
		if o.copy {
			for _, k := range []*card.Card{msg.Card, msg.Card.Short} {
				if k != nil {
					k.Note = append(slices.Clip(k.Note), card.T("copy.note"))
				}
			}
		}
		if (n.Kind == ledger.NoticeThread || n.Kind == ledger.NoticePaper) && o.thread == "" && n.Words == 0 { // beside its card, nobody would know what it is about
			msg.Card.Title = commands.CardTitle(&tx.View, tx.Invoice(n.Invoice))
		}
		if err := d.invite(tx, o, msg.Card); err != nil {
			return nil, err
		}
		d.enclose(&tx.View, o, msg.Card)
		if o.hash, err = hashOf(msg.Card); err != nil {
			return nil, err
		}
		if same, err := tx.ShownAlready(&n, o.hash); same || err != nil {
			if err == nil {
				err = withdraw(tx, id, "the card shows it already")
			}
			return nil, err
		}
		o.card = msg.Card
		out = o
		return nil, tx.BeginSend(id, o.chat, o.hash)
	}})
	if err != nil {
		return nil, 0, false, err
	}
	return out, wait, parked, nil
}

// ahead finds what takes long to be found for a notice, before the transaction in which its send
// begins, and while others may write: a digest is made, and the card of the morning made ready.
func (d *delivery) ahead(id ledger.NoticeID) (made *card.Card, err error) {
	var n ledger.Notice
	err = d.bot.books.View(func(v *ledger.View) error { n, _ = v.OpenNotice(id); return nil })
	if err != nil {
		return nil, err
	}
	switch n.Kind {
	case ledger.NoticePreflight, ledger.NoticePreflightEdit:
		return nil, d.bot.rules.ReadyCard()
	case ledger.NoticeDigest:
		return d.bot.desk.DigestAhead(&n)
	}
	return nil, nil
}

// isCopy reports whether a message may be the second of its kind, and has to say so: also
// when it is edited later.
func isCopy(v *ledger.View, n *ledger.Notice) (bool, error) {
	if inv := v.Invoice(n.Invoice); n.Kind == ledger.NoticeEdit && inv != nil {
		return v.NoticeCopied(inv.Message)
	}
	if id := n.GroupCopy(); id != 0 {
		return v.NoticeCopied(id)
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

const noChat = "no chat can be written to"

// noCard keeps back what belongs to a card that is not posted yet; it is looked at again soon.
const (
	noCard    = "its card is not posted yet"
	cardAgain = time.Second
)

// held is how long an invoice still waits before it goes out, so that whoever issued it can
// take it back.
func (d *delivery) held(n *ledger.Notice) time.Duration {
	if n.Kind != ledger.NoticeInvoice {
		return 0
	}
	return n.At.Add(d.bot.cfg.sendDelay()).Sub(d.clock.Now())
}

// otherHours is how long it is until the hours at which n's customer is reminded, or until staff
// work, for a task and for a contact that is held: these come at an hour of the customer's.
func (d *delivery) otherHours(v *ledger.View, n *ledger.Notice) time.Duration {
	switch {
	case n.Kind == ledger.NoticeReminder, n.Kind == ledger.NoticeThanks, n.Kind == ledger.NoticeStatement && n.Unasked():
		return d.bot.rules.Policy.Wait(v, n)
	case n.Kind == ledger.NoticeWork, n.Kind == ledger.NoticeHeld:
		return staffRest(v)
	}
	return 0
}

// The hours of a business day at which staff are given what can wait for these.
const (
	staffFrom  = 8
	staffUntil = 18
)

// staffRest is how long staff do not work yet, where the company is.
func staffRest(v *ledger.View) time.Duration {
	co := v.Company()
	day, zone := v.Today(), co.Zone()
	if v.Days().Business(day, v.Home()) {
		switch from := day.At(staffFrom, 0, zone); {
		case v.Now.Before(from):
			return from.Sub(v.Now)
		case v.Now.Before(day.At(staffUntil, 0, zone)):
			return 0
		}
	}
	return v.Days().Next(day, v.Home()).At(staffFrom, 0, zone).Sub(v.Now)
}

// quietHour reports whether a word to n's customer comes without a sound: outside of the hours that
// he chose for reminders, or else of those of which he may choose.
func (d *delivery) quietHour(v *ledger.View, n *ledger.Notice) bool {
	c := v.Customer(n.Customer)
	if c == nil || !n.Kind.ToCustomer() {
		return false
	}
	hours := d.bot.cfg.reminderHours()
	if c.Hours.Chosen() {
		hours = c.Hours
	}
	return hours.Wait(v.Now.In(c.Zone)) > 0
}

// heldWith is held for what belongs to an invoice: a document that was handed in with one, and
// what a group hears of it, goes behind it.
func (d *delivery) heldWith(v *ledger.View, n *ledger.Notice) time.Duration {
	if n.Kind != ledger.NoticeFile && n.Kind != ledger.NoticeGroup {
		return d.held(n)
	}
	first, waits := v.OpenNotice(v.Invoice(n.Invoice).Message)
	if !waits {
		return 0
	}
	return d.held(&first)
}

// logged is an address as the log has it: an e-mail address tells who somebody is.
func logged(address string) string {
	if channel := ledger.ChannelOf(address); channel == ledger.ChannelMail || channel == ledger.ChannelSMS {
		return channel
	}
	return address
}

// address finds where a notice goes and in whose words; why tells that it has become
// pointless.
func (d *delivery) address(v *ledger.View, o *outgoing) (why string, err error) {
	n := &o.notice
	if n.Kind.ToChat() {
		return d.chatAddress(v, o)
	}
	if n.Kind.ToCustomer() {
		c := v.Customer(n.Customer)
		if o.chat, o.words = d.bot.route(v, n), wordsIn(d.bot.texts, c.Language); o.chat == "" {
			return noChat, nil
		}
		if ledger.ChannelOf(o.chat) == ledger.ChannelTelegram {
			o.words, o.silent = wordsIn(d.bot.texts, v.SpokenIn(o.chat, c)), d.quietHour(v, n)
		}
	} else if (n.Kind == ledger.NoticeDigest || n.Kind == ledger.NoticeDigestCode) && d.digestAddress(v, o) {
		return "", nil
	} else if n.Kind == ledger.NoticeDigestCode {
		return "there is nothing to confirm any more", nil
	} else {
		to := d.staffRoute(v, n)
		if to == "" {
			return noStaff, nil
		}
		o.chat, o.words = "slack:"+to, d.bot.staffWords(to)
	}
	if o.thread = n.Thread; o.thread != "" {
		return "", nil
	}
	inv := v.Invoice(n.Invoice)
	if talks(n) {
		return d.inTalk(v, o)
	}
	if inv == nil && n.Kind != ledger.NoticeApprovalEdit && n.Kind != ledger.NoticeCampaignEdit && n.Kind != ledger.NoticeDoubtEdit && n.Kind != ledger.NoticeImportEdit && n.Kind != ledger.NoticeLinkedEdit && n.Kind != ledger.NoticeDeferralEdit &&
		n.Kind != ledger.NoticeEntryEdit && n.Kind != ledger.NoticeWaitingEdit && n.Kind != ledger.NoticeOddEdit && n.Kind != ledger.NoticeBankChangeEdit && n.Kind != ledger.NoticeWorkEdit && n.Kind != ledger.NoticePreflightEdit && n.Kind != ledger.NoticeHeldEdit {
		return "", nil
	}
	var chat string
	var ok bool
	switch {
	case n.Kind == ledger.NoticeApprovalEdit:
		chat, o.edit, ok, err = v.NoticeMessage(v.Approval(n.Approval).Notice)
	case n.Kind == ledger.NoticeLinkedEdit:
		l, _ := v.ChatLink(n.Who, n.Customer)
		chat, o.edit, ok, err = v.NoticeMessage(l.News)
	case n.Kind == ledger.NoticeImportEdit:
		chat, o.edit, ok, err = v.NoticeMessage(v.ImportNotice(n.Import))
	case n.Kind == ledger.NoticeCampaignEdit:
		chat, o.edit, ok, err = v.NoticeMessage(v.Campaign(n.Campaign).Notice)
	case n.Kind == ledger.NoticeDoubtEdit:
		chat, o.edit, ok, err = v.NoticeMessage(v.Doubt(n.DoubtID()).Card)
	case n.Kind == ledger.NoticeEdit:
		chat, o.edit, ok, err = v.NoticeMessage(inv.Message)
	case n.Kind == ledger.NoticeDeferralEdit:
		chat, o.edit, ok, err = v.NoticeMessage(v.Deferral(n.DeferralID()).Notice)
	case n.Kind == ledger.NoticeDisputeEdit:
		chat, o.edit, ok, err = v.NoticeMessage(disputeMessage(v, n))
	case n.Kind == ledger.NoticeEntryEdit:
		chat, o.edit, ok, err = v.NoticeMessage(v.EntryOfNotice(&n.NoticeQueued).Card)
	case n.Kind == ledger.NoticeBankChangeEdit:
		chat, o.edit, ok, err = v.NoticeMessage(v.BankChangeOfNotice(&n.NoticeQueued).Card)
	case n.Kind == ledger.NoticeOddEdit:
		chat, o.edit, ok, err = v.NoticeMessage(v.OddOfNotice(&n.NoticeQueued).Card)
	case n.Kind == ledger.NoticeWorkEdit:
		chat, o.edit, ok, err = v.NoticeMessage(v.TaskOfNotice(&n.NoticeQueued).Card)
	case n.Kind == ledger.NoticeWaitingEdit:
		told, _ := v.EntriesTold(n.Address)
		chat, o.edit, ok, err = v.NoticeMessage(told)
	case n.Kind == ledger.NoticePreflightEdit, n.Kind == ledger.NoticeHeldEdit:
		chat, o.edit, ok, err = v.NoticeMessage(v.DayCardOf(&n.NoticeQueued))
	case n.Kind == ledger.NoticeClaimEdit:
		chat, o.edit, ok, err = v.NoticeMessage(v.ClaimOfNotice(&n.NoticeQueued).Notice)
	case n.Kind == ledger.NoticeCardEdit:
		if chat, o.edit, ok, err = v.NoticeMessage(inv.Card); !ok && !v.NoticeDone(inv.Card) {
			return noCard, err
		}
	case n.InThread:
		if chat, o.thread, ok, err = v.NoticeMessage(inv.Card); !ok && (n.Kind == ledger.NoticeThread || n.Kind == ledger.NoticePaper) && !v.NoticeDone(inv.Card) {
			return noCard, err
		}
		if !ok {
			return "", err // its card could not be posted: better in the channel than nowhere
		}
	default:
		return "", nil
	}
	if err == nil && !ok {
		return "there is no message to edit", nil
	}
	return d.placed(v, o, chat, err)
}

// placed has an edit, or what is said in a thread, go where its message stands.
func (d *delivery) placed(v *ledger.View, o *outgoing, chat string, err error) (string, error) {
	n := &o.notice
	if ledger.ChannelOf(chat) == ledger.ChannelMail {
		return "a mail cannot be edited", err
	}
	if c := v.Customer(n.Customer); n.Kind.ToCustomer() && !slices.Contains(c.Chats, chat) {
		return "its chat is not the customer's any more", err
	}
	if _, broken := v.Route(chat); broken {
		if n.InThread {
			o.thread = ""
			return "", err
		}
		return shut, err
	}
	if n.Kind.ToCustomer() && chat != o.chat {
		o.words = wordsIn(d.bot.texts, v.SpokenIn(chat, v.Customer(n.Customer)))
	}
	o.chat = chat
	return "", err
}

// chatAddress is address for a notice that names the one chat that it goes to.
func (d *delivery) chatAddress(v *ledger.View, o *outgoing) (why string, err error) {
	n := &o.notice
	if _, ok := v.ChatLink(n.Who, n.Customer); !ok || v.Shut(n.Who) {
		return shut, nil
	}
	if n.Kind == ledger.NoticeGroup && d.bot.route(v, &ledger.Notice{NoticeQueued: ledger.NoticeQueued{Kind: ledger.NoticeInvoice, Customer: n.Customer}}) == n.Who {
		return "the invoice itself goes there", nil
	}
	o.chat, o.words = n.Who, wordsIn(d.bot.texts, v.SpokenIn(n.Who, v.Customer(n.Customer)))
	if id := n.GroupCopy(); id != 0 {
		var stands bool
		if _, o.edit, stands, err = v.NoticeMessage(id); !stands && !v.NoticeDone(id) {
			return noCard, err
		} else if !stands {
			return "there is no message to edit", err
		}
	}
	return "", err
}

// finish calls the platform and writes down what came of it.
func (d *delivery) finish(ctx context.Context, o *outgoing) time.Duration {
	begun := time.Now()
	chat, message, err := d.bot.send(d.calls, o)
	if d.calls.Err() == nil { // a call that we gave up ourselves says nothing of the platform
		heard := err
		if errors.Is(err, slack.ErrNotShared) { // it answered
			heard = nil
		}
		d.heard(o.call().Platform, time.Since(begun), heard)
	}
	id := o.notice.ID
	var refused *card.SendError
	switch {
	case err == nil:
		d.pace.Answered(d.clock.Now(), o.call())
		d.became(chat, "sent")
		d.update(ctx, func(tx *ledger.Tx) error {
			if err := d.bot.reminded(tx, o); err != nil {
				return err
			}
			if o.call().Platform == pace.Slack { // a channel that could not be written to is tried now and then
				if err := tx.MendRoute(o.chat); err != nil {
					return err
				}
			}
			forgetFile(tx, &o.notice)
			if err := tx.Settle(ledger.NoticeOutcome{Notice: id, State: ledger.NoticeSent, Chat: chat, Message: message, Words: o.hash, Copy: o.copy}); err != nil {
				return err
			}
			return o.went(tx, chat, message)
		})
		if o.notice.Kind == ledger.NoticeCard {
			d.hasten(paperLane(o.notice.Address))
		}
		return finished
	case errors.As(err, &refused):
		return d.refused(ctx, o, refused)
	}
	d.log.Warn("the answer to a send was lost", "notice", id, "kind", o.notice.Kind, "chat", logged(o.chat), "error", err)
	if lookedUp(o.notice.Kind) && ledger.ChannelOf(o.chat) == pace.Slack {
		return lookLater // Slack may be posting it just now
	}
	a := &o.notice.Attempt
	a.Chat, a.Words, a.Count = o.chat, o.hash, a.Count+1
	wait, _ := d.lost(ctx, &o.notice, o.thread)
	return wait
}

// refused does with a message that the platform did not take what the refusal asks for.
func (d *delivery) refused(ctx context.Context, o *outgoing, why *card.SendError) time.Duration {
	id := o.notice.ID
	switch {
	case why.MovedTo != "" && o.notice.Attempt.Count < sendTries:
		d.log.Info("a chat has moved", "notice", id, "from", o.chat, "to", why.MovedTo)
		d.update(ctx, func(tx *ledger.Tx) error { tx.NotSent(id); return tx.MoveChat(o.chat, why.MovedTo) })
		return 0
	case why.Missing:
		d.settle(ctx, ledger.NoticeOutcome{Notice: id, State: ledger.NoticeWithdrawn, Reason: "the message to edit is gone"})
		return finished
	case why.Gone:
		d.log.Warn("a chat cannot be written to", "notice", id, "kind", o.notice.Kind, "chat", logged(o.chat), "reason", why.Reason)
		return d.closed(ctx, o, why)
	case why.Permanent:
		d.log.Warn("a notice was refused", "notice", id, "kind", o.notice.Kind, "chat", logged(o.chat), "reason", why.Reason)
		d.fail(ctx, &o.notice, why)
		return finished
	}
	now := d.clock.Now()
	if why.Limited {
		whole := d.pace.Limited(now, o.call(), why.RetryAfter)
		d.became(o.chat, "limited")
		d.log.Warn("a platform asks to wait", "chat", logged(o.chat), "wait", why.RetryAfter, "all", whole)
	} else if why.All && !why.Silent {
		d.log.Warn("a platform takes nothing from us", "platform", o.call().Platform, "reason", why.Reason, "wait", why.RetryAfter)
		d.pace.Freeze(now, o.call().Platform, why.RetryAfter)
		d.barred(o.call().Platform, why.Reason)
	}
	if o.notice.Attempt.Count >= sendTries && !why.All { // which is no one message's fault
		d.fail(ctx, &o.notice, why)
		return finished
	}
	d.update(ctx, func(tx *ledger.Tx) error { tx.NotSent(id); return nil })
	slower := min(time.Second<<min(o.notice.Attempt.Count, 9), retryMax)
	switch {
	case why.All, why.Limited && o.notice.Attempt.Count < limitedTries:
		return 0 // the rates know
	case why.Limited: // again and again, after however short a while
		return slower
	}
	return max(why.RetryAfter, slower)
}

// A message that a platform does not take is tried again, ever more slowly, for some hours.
const (
	sendTries    = 60
	limitedTries = 8
	retryMax     = 5 * time.Minute
)

// leftOver deals with a notice whose send was under way when the program stopped.
func (d *delivery) leftOver(ctx context.Context, id ledger.NoticeID) (wait time.Duration, settled bool) {
	var n ledger.Notice
	var thread string
	err := d.bot.books.View(func(v *ledger.View) (err error) {
		n, _ = v.OpenNotice(id)
		thread = n.Thread
		if inv := v.Invoice(n.Invoice); inv != nil && n.InThread {
			var chat string
			if chat, thread, _, err = v.NoticeMessage(inv.Card); chat != n.Attempt.Chat || v.Shut(chat) {
				thread = "" // it was said elsewhere
			}
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
	wait, settled = d.lost(ctx, &n, thread)
	if wait < 0 {
		settled = true
	}
	return wait, settled
}

// sentTo is the Slack channel that a notice was being sent to: its card may stand in another
// one than where its customer's cards go now.
func sentTo(n *ledger.Notice) string {
	if channel, ok := strings.CutPrefix(n.Attempt.Chat, "slack:"); ok {
		return channel
	}
	return n.Address
}

// lookedUp reports whether a message of kind k, whose answer was lost, is looked up.
func lookedUp(k ledger.NoticeKind) bool { return !k.ToCustomer() && k.Lost() != ledger.LostRedo }

// elsewhere reports whether a notice for staff was being sent to a chat, or by mail: what comes
// of that nobody can look up.
func elsewhere(n *ledger.Notice) bool {
	return !n.Kind.ToCustomer() && n.Attempt.Chat != "" && ledger.ChannelOf(n.Attempt.Chat) != pace.Slack
}

// lookLater is how long to wait before Slack is asked, or asked again, what became of a message:
// what it did not answer it may post a moment later.
const lookLater = 5 * time.Second

// lostTries is how often a document is sent whose answers are lost: a platform that takes all of
// them and answers none would have a customer read the same for ever.
const lostTries = 10

// lost does what a notice's kind asks when nobody knows whether it was sent. In Slack it is
// looked up first.
func (d *delivery) lost(ctx context.Context, n *ledger.Notice, thread string) (wait time.Duration, settled bool) {
	again := func(wasLost bool) (time.Duration, bool) {
		most := sendTries
		if wasLost && n.Attempt.Lost {
			most = lostTries
		}
		if n.Attempt.Count >= most {
			d.fail(ctx, n, &card.SendError{Permanent: true, Reason: fmt.Sprintf("%d tries, and nobody knows whether one of them arrived", n.Attempt.Count)})
			return finished, true
		}
		d.update(ctx, func(tx *ledger.Tx) error {
			if wasLost {
				tx.LostSend(n.ID)
			} else {
				tx.NotSent(n.ID)
			}
			return nil
		})
		return time.Second, false
	}
	kind := n.Kind.Lost()
	switch {
	case kind == ledger.LostRedo:
		return again(false)
	case n.Kind == ledger.NoticePaper:
		return d.lostPaper(ctx, n, again)
	case !n.Kind.ToCustomer() && !elsewhere(n):
		channel, ts, err := d.bot.slack.Find(d.calls, sentTo(n), thread, noticeName(n.ID), n.Attempt.At)
		if late := d.clock.Late(); ts == "" && err == nil && late >= clockSlack { // and Slack's clock may be right
			channel, ts, err = d.bot.slack.Find(d.calls, sentTo(n), thread, noticeName(n.ID), n.Attempt.At.Add(-late))
		}
		var refused *card.SendError
		errors.As(err, &refused)
		switch {
		case refused == nil:
		case refused.Permanent:
			// It will never be known: those behind it must not wait for ever.
			d.log.Warn("looking up a lost message was refused", "notice", n.ID, "reason", refused.Reason)
			d.fail(ctx, n, refused)
			return finished, true
		case refused.Limited:
			d.pace.Limited(d.clock.Now(), pace.Call{Platform: pace.Slack, Method: lookUp}, refused.RetryAfter)
			return max(refused.RetryAfter, lookLater), false
		}
		if err != nil {
			d.log.Warn("looking up a lost message", "notice", n.ID, "error", err)
			return lookLater, false
		}
		if ts == "" {
			return again(false)
		}
		d.settle(ctx, ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeSent, Chat: "slack:" + channel, Message: ts, Words: n.Attempt.Words})
		return finished, true
	case kind == ledger.LostCopy:
		return again(true)
	}
	d.became(platformOf(n), "unknown")
	d.update(ctx, func(tx *ledger.Tx) error {
		if err := tx.Settle(ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeUnknown, Words: n.Attempt.Words, Reason: "the answer was lost"}); err != nil {
			return err
		}
		return tx.AskUnknown(n.ID, d.bot.cfg.Slack.Finance)
	})
	return finished, true
}

// fail books a notice that the platform will never take, and tells staff. A task that does
// not reach the one it was for goes to the finance channel; one that does not reach that
// either is seen in the log alone.
func (d *delivery) fail(ctx context.Context, n *ledger.Notice, why *card.SendError) {
	finance := d.bot.cfg.Slack.Finance
	d.became(platformOf(n), "failed")
	d.update(ctx, func(tx *ledger.Tx) error {
		if err := tx.Settle(ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeFailed, Reason: why.Reason}); err != nil {
			return err
		}
		if n.Kind == ledger.NoticeTask {
			if n.Address == finance {
				return nil // a task about a task would go on for ever
			}
			again := n.NoticeQueued
			again.Address = finance
			return tx.Notify(again)
		}
		if n.Kind == ledger.NoticeReply || n.Kind == ledger.NoticeReplyEdit {
			return d.bot.desk.TellUnsaid(tx, n, "failed")
		}
		if n.Kind == ledger.NoticePaper {
			return d.paperFailed(tx, n, why)
		}
		if said, err := saidLately(tx, n); said || err != nil {
			return err
		}
		return tx.NotifyText(ledger.NoticeQueued{Kind: ledger.NoticeTask, Customer: n.Customer, Invoice: n.Invoice, Address: finance, Code: "failed"}, why.Reason)
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
	if out.State == ledger.NoticeSent {
		d.became(out.Chat, "sent")
	}
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
	if ledger.ChannelOf(o.chat) == ledger.ChannelMail && !o.notice.Kind.ToCustomer() {
		return b.sendDigestMail(ctx, o)
	}
	switch ledger.ChannelOf(o.chat) {
	case ledger.ChannelMail:
		return b.sendMail(ctx, o)
	case ledger.ChannelSMS:
		return b.sendSMS(ctx, o)
	}
	m := telegram.Message{Chat: o.chat, Card: o.card, Words: o.words, Silent: o.silent}
	if o.edit != "" {
		m.Instead = o.card.Paper != nil && o.card.Paper.Kind == card.PaperWithdrawn
		return o.chat, o.edit, b.telegram.Edit(ctx, m, o.edit)
	}
	message, err = b.telegram.Send(ctx, m)
	return o.chat, message, err
}
