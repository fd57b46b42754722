package main

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"duebot/adapters/pay"
	"duebot/adapters/telegram"
	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
)

// inChat is Telegram's own payments, as a provider of attempts to pay. Its session is a bill in a
// chat, which is paid only when we agree before: so nothing has to be ended. Nobody can be asked
// what became of one: money that came is told by Telegram, and a bill is over with its hour.
type inChat struct{ b *Bot }

// billLife is how long a bill can be paid.
const billLife = time.Hour

// Name is how the provider is named in settings, keys and texts.
func (t *inChat) Name() string { return "telegram" }

// Takes reports whether a bill can be made over a sum.
func (t *inChat) Takes(m ledger.Money, _ string) bool {
	return telegram.TakesBill(string(m.Currency), m.Minor)
}

// Create names the bill; bill sends it to the chat.
func (t *inChat) Create(_ context.Context, o pay.Order) (pay.Session, error) {
	ends := t.b.clock.Now().Add(billLife)
	if o.Expires.Before(ends) {
		ends = o.Expires
	}
	return pay.Session{ID: o.ID + "@" + strconv.FormatInt(ends.Unix(), 10), Expires: ends}, nil
}

// Ask tells whether a bill's time is over.
func (t *inChat) Ask(_ context.Context, session string) (pay.State, error) {
	_, at, _ := strings.Cut(session, "@")
	ends, err := strconv.ParseInt(at, 10, 64)
	if err != nil || t.b.clock.Now().Unix() >= ends {
		return pay.State{Status: pay.Expired}, nil
	}
	return pay.State{Status: pay.Open}, nil
}

// Expire does nothing: we do not agree any more.
func (t *inChat) Expire(context.Context, string) error { return nil }

// Webhook is none of Telegram's payments: they come with the other updates.
func (t *inChat) Webhook(context.Context, pay.Note) (pay.Event, error) {
	return pay.Event{}, pay.ErrForged
}

// Capture is none either: Telegram's provider takes the money.
func (t *inChat) Capture(context.Context, string, string) (pay.State, error) {
	return pay.State{Status: pay.Open}, nil
}

// till is who decides about payments in chats, nil where they are not set up.
func (b *Bot) till() telegram.Till {
	if b.cfg.TelegramProvider == "" {
		return nil
	}
	return &till{b}
}

// paysInChat reports whether a customer of a time zone can pay a sum in his chat.
func (b *Bot) paysInChat(m ledger.Money, zone *time.Location) bool {
	return b.cfg.TelegramProvider != "" && b.cfg.Pay.admits("telegram", m.Currency, countryOf(zone)) && (&inChat{b}).Takes(m, "")
}

// tillFor is the payments in chats where an invoice can be paid in that chat: a private one, since
// Telegram tells of who pays only himself. nil where it cannot.
func (b *Bot) tillFor(chat string, id ledger.InvoiceID) (by pay.Provider) {
	if strings.HasPrefix(chat, "telegram:-") {
		return nil
	}
	b.books.View(func(v *ledger.View) error {
		inv := v.Invoice(id)
		if b.paysInChat(commands.Payable(v, inv), v.Customer(inv.Customer).Zone) {
			by = &inChat{b}
		}
		return nil
	})
	return by
}

// ranked puts providers into the company's order.
func (b *Bot) ranked(list []pay.Provider) []pay.Provider {
	order := b.cfg.payOrder()
	slices.SortStableFunc(list, func(x, y pay.Provider) int { return slices.Index(order, x.Name()) - slices.Index(order, y.Name()) })
	return list
}

// bill sends a bill over what is due to a chat.
func (p *payments) bill(ctx context.Context, chat string, id ledger.InvoiceID, customer ledger.CustomerID, by pay.Provider) (card.Reply, error) {
	a, err := p.begin(ctx, id, customer, by, "")
	if r, refused := ledger.AsRefusal(err); refused {
		return card.Reply{Toast: card.T("refuse."+r.Key, r.Args...)}, nil
	}
	if err == nil {
		words := p.words(customer, card.T("button.pay", "amount", a.Amount), card.T("pay.bill", "number", a.Number, "amount", a.Amount))
		err = p.bot.telegram.SendBill(ctx, p.bot.cfg.TelegramProvider, telegram.Bill{Chat: chat, Title: a.Number, Description: words.Body, Label: a.Number,
			Payload: payload(a), Currency: string(a.Amount.Currency), Total: a.Amount.Minor})
	}
	if err != nil {
		p.bot.log.Error("sending a bill", "error", err)
		return card.Reply{Toast: card.T("pay.failed")}, nil
	}
	return card.Reply{}, nil
}

// payload is what a bill carries: the invoice and the attempt.
func payload(a commands.Attempt) string {
	return strconv.FormatUint(uint64(a.Invoice), 10) + "|" + a.ID
}

func readPayload(s string) (id ledger.InvoiceID, attempt string) {
	number, attempt, _ := strings.Cut(s, "|")
	n, _ := strconv.ParseUint(number, 10, 32)
	return ledger.InvoiceID(n), attempt
}

// till decides about bills from the books.
type till struct{ b *Bot }

// CheckOut agrees to a payment, or says why not.
func (t *till) CheckOut(ctx context.Context, q telegram.CheckOut) string {
	defer t.b.begin()()
	id, attempt := readPayload(q.Payload)
	err := ledger.Refuse(ledger.NotFound, "pay.unknown")
	if t.b.desk.Ours(attempt) {
		err = t.b.desk.MayCharge(ctx, id, attempt, q.Chat, ledger.Money{Minor: q.Total, Currency: ledger.Currency(q.Currency)})
	}
	if err == nil {
		return ""
	}
	words := wordsIn(t.b.texts, t.b.texts.Match(t.language(q)))
	if r, ok := ledger.AsRefusal(err); ok {
		return words(card.T("refuse."+r.Key, r.Args...))
	}
	t.b.log.Error("deciding on a payment in a chat", "error", err)
	return words(card.T("pay.failed"))
}

// language is the one in which the person who pays is spoken to.
func (t *till) language(q telegram.CheckOut) (lang string) {
	lang = q.Lang
	t.b.books.View(func(v *ledger.View) error {
		for _, c := range v.ChatCustomers(q.Chat) {
			lang = c.Language
		}
		return nil
	})
	return lang
}

// Charged books money that came by a bill.
func (t *till) Charged(ctx context.Context, x telegram.Charge) error {
	id, attempt := readPayload(x.Payload)
	p := &pay.Payment{By: "telegram", ID: "charge:" + x.ID, Attempt: attempt, Invoice: id, PaidAt: t.b.clock.Now(),
		Amount: ledger.Money{Minor: x.Total, Currency: ledger.Currency(x.Currency)}, Reference: x.Reference}
	if !p.Amount.Currency.Valid() || x.Total <= 0 {
		return errors.New("a payment in a chat is over no sum")
	}
	ev := pay.Event{State: pay.State{Status: pay.Paid, Paid: p}}
	attempts, err := t.b.desk.OpenAttempts()
	if err != nil {
		return err
	}
	for _, a := range attempts {
		if a.ID == attempt {
			ev.Session = a.Session
		}
	}
	t.b.counts.inbound("telegram")("charged")
	return t.b.payments.took(ctx, "telegram", ev)
}
