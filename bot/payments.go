package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"duebot/adapters/pay"
	"duebot/adapters/web"
	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
)

// payments joins the desk's attempts to pay with the provider: a link makes a session, the
// webhook or our own question tells that it was paid.
type payments struct {
	bot  *Bot
	turn chan struct{} // one session is made at a time, so that two presses make one

	liveMu sync.Mutex
	live   map[string]commands.Attempt // sessions that can be paid, by the provider's id

	silences silences
	untold   chan func() // has providers asked what they kept; each ends what was counted as under way
}

func newPayments(b *Bot) *payments {
	return &payments{bot: b, turn: make(chan struct{}, 1), live: map[string]commands.Attempt{}, untold: make(chan func(), 1)}
}

// link is the address that pays an invoice, for its customer alone.
func (p *payments) link(inv ledger.InvoiceID, customer ledger.CustomerID) string {
	return p.linkFrom(p.bot.cfg.PublicURL+payPath, inv)
}

// payPath is where the links begin that pay.
const payPath = "/pay/"

// linkFrom is the same below an address that stands on a document.
func (p *payments) linkFrom(base string, inv ledger.InvoiceID) string {
	id := strconv.FormatUint(uint64(inv), 36)
	return base + id + "." + p.bot.books.Seal("pay", id)
}

// opened reads a link; ok is false for one that we did not make.
func (p *payments) opened(link string) (inv ledger.InvoiceID, customer ledger.CustomerID, ok bool) {
	id, proof, _ := strings.Cut(link, ".")
	if !p.bot.books.Sealed(proof, "pay", id) {
		return 0, 0, false
	}
	n, err := strconv.ParseUint(id, 36, 32)
	if err != nil {
		return 0, 0, false
	}
	p.bot.books.View(func(v *ledger.View) error {
		if i := v.Invoice(ledger.InvoiceID(n)); i != nil {
			inv, customer, ok = i.ID, i.Customer, true
		}
		return nil
	})
	return inv, customer, ok
}

// payPatience is how long somebody waits for a session, in wall time: behind him wait those
// who write in other chats.
const payPatience = 20 * time.Second

// begin makes or finds the session for what is open on an invoice now. An earlier one for
// another amount must be over first: two that can be paid would be paid twice.
func (p *payments) begin(ctx context.Context, inv ledger.InvoiceID, customer ledger.CustomerID, by pay.Provider, back string) (commands.Attempt, error) {
	ctx, cancel := context.WithTimeout(ctx, payPatience)
	defer cancel()
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return commands.Attempt{}, ctx.Err()
	}
	b := p.bot
	a, err := b.desk.BeginPayment(ctx, inv, customer, by.Name())
	for err == nil && a.Session == "" && a.Replaces != "" {
		if err := p.end(ctx, a.Earlier()); err != nil {
			return a, err
		}
		a.Replaces, a.Former = "", ""
		if err := b.desk.PaymentMade(ctx, a); err != nil {
			return a, err
		}
		// The earlier one may have been paid, and then there is less to pay.
		a, err = b.desk.BeginPayment(ctx, inv, customer, by.Name())
	}
	if err != nil || a.Session != "" {
		return a, err
	}
	company, lang, email := "", "", b.cfg.Company.Email
	b.books.View(func(v *ledger.View) error {
		c := v.Customer(customer)
		company, lang = v.Company().Name, c.Language
		if len(c.Mails) > 0 {
			email = strings.TrimPrefix(c.Mails[0], ledger.ChannelMail+":")
		}
		return nil
	})
	s, err := by.Create(ctx, pay.Order{ID: a.ID, Invoice: a.Invoice, Number: a.Number, Amount: a.Amount,
		Description: a.Number + " · " + company, SuccessURL: back, CancelURL: back, Expires: a.Expires, Language: lang, Email: email})
	p.silences.heard(by.Name(), err, b.clock.Now())
	if err != nil {
		return a, err
	}
	a.Session, a.URL, a.Expires = s.ID, s.URL, s.Expires
	if err := b.desk.PaymentMade(ctx, a); err != nil {
		return a, err
	}
	p.watch(a, 0)
	return a, nil
}

// end sees to it that a session cannot be paid any more, and books what was paid by it
// before. Money that is still under way is a refusal; an error leaves open what it is.
func (p *payments) end(ctx context.Context, a commands.Attempt) error {
	by := p.bot.provider(a.At())
	if by == nil { // it was taken out of the configuration
		return fmt.Errorf("a session is left at %s, which is not set up any more", a.At())
	}
	if err := by.Expire(ctx, a.Session); err != nil && !errors.Is(err, pay.ErrNoSession) {
		return err
	}
	switch status, err := p.settle(ctx, a); {
	case err != nil:
		return err
	case status == pay.Pending:
		return ledger.Refuse(ledger.Conflict, "pay.underway")
	case status == pay.Open && !captured(by): // the provider can end none, and this one ends by itself
		return ledger.Refuse(ledger.Conflict, "pay.earlier")
	}
	return nil
}

// captured reports whether money of a provider's sessions is taken by us alone.
func captured(by pay.Provider) bool {
	_, ok := by.(pay.Capturer)
	return ok
}

// outdated ends the sessions whose amount is not what is due any more: somebody paid
// otherwise, disputed, or got a credit note. It is called after commits.
func (p *payments) outdated() {
	p.liveMu.Lock()
	defer p.liveMu.Unlock()
	if len(p.live) == 0 {
		return
	}
	var over []commands.Attempt
	p.bot.books.View(func(v *ledger.View) error {
		for _, a := range p.live {
			if inv := v.Invoice(a.Invoice); inv != nil && !commands.StillDue(v, inv, a.Amount) {
				over = append(over, a)
			}
		}
		return nil
	})
	for _, a := range over {
		delete(p.live, a.Session)
		done := p.bot.begin()
		go func() {
			defer done()
			err := p.end(context.Background(), a)
			if _, refused := ledger.AsRefusal(err); err != nil && !refused && !errors.Is(err, ledger.ErrClosed) {
				p.bot.log.Warn("ending a session for an amount that is not due any more", "error", err)
				p.liveMu.Lock()
				p.live[a.Session] = a // the next commit tries again
				p.liveMu.Unlock()
			}
		}()
	}
}

// forget takes a session that is over from those that can be paid.
func (p *payments) forget(session string) {
	p.liveMu.Lock()
	defer p.liveMu.Unlock()
	delete(p.live, session)
}

// Refused counts and logs a request that was not taken. What scanners of the whole net ask for
// is only counted.
func (p *payments) Refused(channel, why string) {
	p.bot.counts.inbound(channel)(why)
	if channel != "web" {
		p.bot.knock.Warn("a request was refused", "of", channel, "why", why)
	}
}

// unknown is the page of a link that we did not make.
func (p *payments) unknown() web.Words {
	p.Refused("pay", "forged")
	return p.words(0, card.T("pay.page.title"), card.T("refuse.pay.unknown"))
}

// Pay opens the payment behind a link. Where several providers take it, the customer chooses.
func (p *payments) Pay(ctx context.Context, link, chosen string) (to string, words web.Words, ok bool) {
	defer p.bot.begin()()
	inv, customer, ok := p.opened(link)
	if !ok || len(p.bot.providers) == 0 {
		return "", p.unknown(), false
	}
	p.bot.acted(ctx, "", customer)
	by, several := p.choose(inv, chosen)
	if by == nil && len(several) > 0 {
		return "", p.choice(customer, several, link), true
	}
	if by == nil {
		return "", p.words(customer, card.T("pay.page.title"), p.unpayable(inv)), true
	}
	a, err := p.begin(ctx, inv, customer, by, p.bot.cfg.PublicURL+"/pay/"+link+"/done")
	if r, refused := ledger.AsRefusal(err); refused {
		return "", p.words(customer, card.T("pay.page.title"), card.T("refuse."+r.Key, r.Args...)), true
	}
	if err != nil {
		p.bot.log.Error("opening a payment", "error", err)
		return "", p.words(customer, card.T("pay.page.title"), card.T("pay.failed")), true
	}
	return a.URL, web.Words{}, true
}

// Returned asks the provider at once: the webhook may come later than the customer.
func (p *payments) Returned(ctx context.Context, link string) (words web.Words, ok bool) {
	defer p.bot.begin()()
	inv, customer, ok := p.opened(link)
	if !ok || len(p.bot.providers) == 0 {
		return p.unknown(), false
	}
	attempts, err := p.bot.desk.OpenAttempts()
	if err != nil {
		p.bot.log.Error("reading attempts to pay", "error", err)
	}
	for _, a := range attempts {
		if a.Invoice == inv {
			p.over(ctx, a)
		}
	}
	open := false
	p.bot.books.View(func(v *ledger.View) error { open = v.Invoice(inv).Undisputed().Minor > 0; return nil })
	if open {
		return p.words(customer, card.T("pay.page.title"), card.T("pay.waiting")), true
	}
	return p.words(customer, card.T("pay.done.title"), card.T("pay.done.body")), true
}

// Providers are those whose webhooks are taken.
func (p *payments) Providers() (names []string) {
	for _, by := range p.bot.providers {
		names = append(names, by.Name())
	}
	return names
}

// choose is the provider at which an invoice is paid: the one that its customer chose, or the
// only one that takes it; else those among which he may choose.
func (p *payments) choose(inv ledger.InvoiceID, chosen string) (by pay.Provider, several []pay.Provider) {
	p.bot.books.View(func(v *ledger.View) error {
		i := v.Invoice(inv)
		several = p.bot.takers(commands.Payable(v, i), v.Customer(i.Customer).Zone)
		return nil
	})
	for _, by := range several {
		if by.Name() == chosen || len(several) == 1 {
			return by, nil
		}
	}
	return nil, several
}

// unpayable says why an invoice is paid nowhere: nothing of it is due, or nobody takes it.
func (p *payments) unpayable(id ledger.InvoiceID) card.Text {
	why := card.T("refuse.pay.noprovider")
	p.bot.books.View(func(v *ledger.View) error {
		if inv := v.Invoice(id); commands.Payable(v, inv).Minor <= 0 {
			why = card.T("refuse.pay.nothing", "number", inv.Number.String())
		}
		return nil
	})
	return why
}

// choice is the page on which a customer chooses how to pay.
func (p *payments) choice(customer ledger.CustomerID, several []pay.Provider, link string) web.Words {
	w := p.words(customer, card.T("pay.page.title"), card.T("pay.choose"))
	words := wordsIn(p.bot.texts, w.Lang)
	for _, by := range several {
		w.Choices = append(w.Choices, web.Choice{Label: words(card.T("pay.by." + by.Name())), Href: "/pay/" + link + "?by=" + by.Name()})
	}
	return w
}

// choiceCard asks the same in a chat.
func (p *payments) choiceCard(number, back string, menu bool, inv ledger.InvoiceID, several []pay.Provider) card.Reply {
	k := &card.Card{Body: []card.Text{card.T("pay.choose")}}
	p.bot.books.View(func(v *ledger.View) error {
		i := v.Invoice(inv)
		k.Title = card.Join(card.Plain(i.Number.String()), card.T("value", "value", commands.Payable(v, i)))
		return nil
	})
	for _, by := range several {
		arg := number + "@" + by.Name()
		if menu {
			arg += "." + back
		}
		k.Buttons = append(k.Buttons, card.Button{Label: card.T("pay.by." + by.Name()), Do: "pay", Arg: arg, Wide: true})
	}
	if menu {
		k.Buttons = append(k.Buttons, commands.BackTo(back))
	}
	return card.Reply{Card: k, Replace: menu}
}

// words makes a page in the customer's language; customer 0 is a stranger.
func (p *payments) words(customer ledger.CustomerID, title, body card.Text) web.Words {
	lang := p.bot.cfg.Company.Language
	p.bot.books.View(func(v *ledger.View) error {
		if c := v.Customer(customer); c != nil {
			lang = p.bot.texts.Match(c.Language)
		}
		return nil
	})
	w := wordsIn(p.bot.texts, lang)
	return web.Words{Lang: lang, Title: w(title), Body: w(body)}
}

// shortLink is how little time a link has that is not simply good for a day.
const shortLink = 20 * time.Hour

// ask answers a Pay button where there is no public address: a link to the provider's own
// page, good for a day; in the menu in its place, with the way back ("12.go.pay"). The choice
// of a provider stands behind the number ("12@paypal").
func (p *payments) ask(ctx context.Context, chat, arg string) (card.Reply, error) {
	number, back, menu := strings.Cut(arg, ".")
	number, chosen, _ := strings.Cut(number, "@")
	id, err := strconv.ParseUint(number, 10, 32)
	var customer ledger.CustomerID
	var zone *time.Location
	p.bot.books.View(func(v *ledger.View) error {
		if inv := v.Invoice(ledger.InvoiceID(id)); inv != nil && v.ChatHas(chat, inv.Customer) {
			customer, zone = inv.Customer, v.Customer(inv.Customer).Zone
		}
		return nil
	})
	if err != nil || customer == 0 {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	by, several := p.choose(ledger.InvoiceID(id), chosen)
	if here := p.bot.tillFor(chat, ledger.InvoiceID(id)); here != nil && (chosen == here.Name() || by == nil && len(several) == 0) {
		return p.bill(ctx, chat, ledger.InvoiceID(id), customer, here)
	} else if here != nil && chosen == "" {
		if by != nil {
			several = []pay.Provider{by}
		}
		by, several = nil, p.bot.ranked(append(several, here))
	}
	if by == nil && len(several) > 0 {
		return p.choiceCard(number, back, menu, ledger.InvoiceID(id), several), nil
	}
	if by == nil {
		return card.Reply{Toast: p.unpayable(ledger.InvoiceID(id))}, nil
	}
	a, err := p.begin(ctx, ledger.InvoiceID(id), customer, by, p.bot.chatLink())
	if r, refused := ledger.AsRefusal(err); refused {
		return card.Reply{Toast: card.T("refuse."+r.Key, r.Args...)}, nil
	}
	if err != nil {
		p.bot.log.Error("opening a payment", "error", err)
		return card.Reply{Toast: card.T("pay.failed")}, nil
	}
	good := card.T("pay.link.body", "amount", a.Amount, "number", a.Number)
	if a.Expires.Sub(p.bot.clock.Now()) < shortLink { // the discounted price ends with its last day
		good = card.T("pay.link.until", "amount", a.Amount, "number", a.Number, "until", card.Instant{At: a.Expires, Zone: zone})
	}
	k := &card.Card{Body: []card.Text{good}, Buttons: []card.Button{{Label: card.T("button.paynow", "amount", a.Amount), URL: a.URL}}}
	if menu {
		k.Buttons = append(k.Buttons, commands.BackTo(back))
	}
	return card.Reply{Card: k, Replace: menu}, nil
}

// Webhook takes a provider's webhook. 200 is answered after the commit only, so that one that
// we could not take comes again.
func (p *payments) Webhook(name string, r *http.Request, body []byte) int {
	defer p.bot.begin()()
	by := p.bot.provider(name)
	if by == nil {
		return http.StatusNotFound
	}
	// What was begun is finished, also when the caller has gone.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), payPatience)
	defer cancel()
	count := p.bot.counts.inbound(name)
	ev, err := by.Webhook(ctx, pay.Note{Body: body, Header: r.Header, From: p.bot.sender(r)})
	switch {
	case errors.Is(err, pay.ErrForged):
		p.Refused(name, "forged")
		p.tellForged(ctx, name)
		return http.StatusBadRequest
	case errors.Is(err, pay.ErrStale):
		p.Refused(name, "stale")
		return http.StatusBadRequest
	case errors.Is(err, pay.ErrUnread):
		count("malformed")
		p.bot.log.Error("reading a webhook", "of", name, "error", err)
		return http.StatusOK // it will not read better the next time
	}
	switch {
	case err != nil:
	case ev.Back != nil:
		err = p.wentBack(ctx, name, ev.Back)
	case ev.Again != nil:
		err = p.cameAgain(ctx, name, ev.Again)
	case ev.Payout != nil:
		err = p.paidOut(ctx, name, ev.Payout)
	case ev.Status == pay.Approved:
		err = p.approved(ctx, by, ev.Session)
	default:
		err = p.took(ctx, name, ev)
	}
	if err != nil {
		count("failed")
		p.bot.log.Error("taking a webhook", "of", name, "error", err)
		return http.StatusInternalServerError
	}
	count("taken")
	return http.StatusOK
}

// approved takes the money of a session to which its customer has agreed, if it is one of ours.
func (p *payments) approved(ctx context.Context, by pay.Provider, session string) error {
	attempts, err := p.bot.desk.OpenAttempts()
	for _, a := range attempts {
		if a.Session == session && a.At() == by.Name() {
			_, err := p.settle(ctx, a)
			return err
		}
	}
	return err
}

// capture takes the money of a session to which its customer has agreed, unless it is not what
// is due any more: then nothing is ever taken by it. That the taking has begun is written down
// first, so that nothing else is begun before it is known what came of it.
func (p *payments) capture(ctx context.Context, by pay.Provider, a commands.Attempt) (pay.State, error) {
	taker, ok := by.(pay.Capturer)
	if !ok {
		return pay.State{}, fmt.Errorf("%s has nothing to capture", by.Name())
	}
	a, ok, err := p.bot.desk.MayTake(ctx, a.Invoice, a.Session)
	if err != nil || !ok {
		return pay.State{Status: pay.Expired}, err
	}
	return taker.Capture(ctx, a.Session, a.ID)
}

// took books what the provider said of a session.
func (p *payments) took(ctx context.Context, by string, ev pay.Event) error {
	b, session, paid := p.bot, ev.Session, ev.Paid
	switch ev.Status {
	case pay.Paid:
		p.forget(session)
		if !b.desk.Ours(paid.Attempt) {
			b.log.Warn("a payment is not for an attempt of ours: another program shares the account", "session", session)
			return nil
		}
		if err := p.book(ctx, paid); err != nil {
			return err
		}
	case pay.Expired:
		p.forget(session)
	default:
		return nil
	}
	attempts, err := b.desk.OpenAttempts()
	for _, a := range attempts {
		if a.Session == session && a.At() == by {
			err = errors.Join(err, b.desk.PaymentOver(ctx, a))
		}
	}
	return err
}

// book books a payment by the provider's word.
func (p *payments) book(ctx context.Context, paid *pay.Payment) error {
	b := p.bot
	if asked, ok := commands.AttemptSum(paid.Attempt); ok && asked != paid.Amount {
		b.counts.inbound(paid.By)("wrong_sum")
		return b.desk.TellOfPayment(ctx, paid.Key()+":sum", "pay.sum", paid.Invoice,
			fmt.Sprintf("%s %s, %s (%s)", paid.Amount.Decimal().StringFixed(paid.Amount.Currency.Exponent()), paid.Amount.Currency, paid.By, paid.Reference))
	}
	in := commands.Paid{Key: paid.Key(), By: paid.By, Invoice: paid.Invoice, Amount: paid.Amount, Reference: paid.Reference, Fee: paid.Fee}
	if !paid.PaidAt.IsZero() {
		b.books.View(func(v *ledger.View) error {
			co := v.Company()
			in.Date = ledger.DateOf(paid.PaidAt, co.Zone())
			return nil
		})
	}
	if err := b.desk.Paid(ctx, in); err != nil {
		return err
	}
	p.kickKept()
	return nil
}

// askAfter is when the provider is asked what became of a session: a webhook may be lost.
// The last is repeated for as long as the answer is open: bank debits take days.
var askAfter = []time.Duration{2 * time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, 25 * time.Hour}

// watch asks later what became of a session, until it is over.
func (p *payments) watch(a commands.Attempt, n int) {
	if a.Session == "" {
		return
	}
	if n == 0 {
		p.liveMu.Lock()
		p.live[a.Session] = a
		p.liveMu.Unlock()
	}
	p.bot.clock.After(askAfter[min(n, len(askAfter)-1)], func() {
		defer p.bot.begin()()
		if p.bot.ready.Load() && !p.over(context.Background(), a) {
			p.watch(a, n+1)
		}
	})
}

// over asks the provider what became of a session, and reports whether that is final.
func (p *payments) over(ctx context.Context, a commands.Attempt) bool {
	status, err := p.settle(ctx, a)
	if err != nil && !errors.Is(err, ledger.ErrClosed) {
		p.bot.log.Warn("asking what became of a payment", "error", err)
	}
	return err == nil && (status == pay.Paid || status == pay.Expired)
}

// settle asks the provider what became of a session, and books it.
func (p *payments) settle(ctx context.Context, a commands.Attempt) (pay.Status, error) {
	if a.Session == "" {
		return pay.Expired, nil
	}
	by := p.bot.provider(a.At())
	if by == nil {
		return "", fmt.Errorf("%s is not set up any more", a.At())
	}
	state, err := by.Ask(ctx, a.Session)
	p.silences.heard(by.Name(), err, p.bot.clock.Now())
	if errors.Is(err, pay.ErrNoSession) { // nobody can pay it
		state, err = pay.State{Status: pay.Expired}, nil
	}
	if err == nil && state.Status == pay.Approved {
		state, err = p.capture(ctx, by, a)
	}
	if err == nil {
		err = p.took(ctx, by.Name(), pay.Event{Session: a.Session, State: state})
	}
	return state.Status, err
}

// run takes up the sessions that an earlier run of the program left open. It asks at once:
// what was paid meanwhile may have been told to nobody.
func (p *payments) run(ctx context.Context) error {
	if len(p.bot.providers) == 0 {
		return nil
	}
	attempts, err := p.bot.desk.OpenAttempts()
	if err != nil {
		return err
	}
	for _, a := range attempts {
		if ctx.Err() != nil {
			return nil
		}
		for _, x := range []commands.Attempt{a.Earlier(), a} {
			done := p.bot.begin()
			over := p.over(ctx, x)
			done()
			if !over {
				p.watch(x, 0)
			}
		}
	}
	return nil
}

// Ready reports whether requests can be served.
func (p *payments) Ready() error {
	if !p.bot.ready.Load() {
		return errors.New("starting or stopping")
	}
	return nil
}

// Troubles tell which platforms do not answer, and since when.
func (p *payments) Troubles() (out []string) {
	for _, x := range p.bot.delivery.troubles() {
		if x.why != "" {
			out = append(out, fmt.Sprintf("%s has taken nothing from us since %s (%s); %d messages wait", x.platform, x.since.UTC().Format(time.RFC3339), x.why, x.waiting))
			continue
		}
		out = append(out, fmt.Sprintf("%s has not answered since %s; %d messages wait", x.platform, x.since.UTC().Format(time.RFC3339), x.waiting))
	}
	return append(out, p.silences.lines()...)
}
