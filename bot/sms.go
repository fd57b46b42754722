package main

import (
	"context"
	"strings"

	"duebot/adapters/sms"
	"duebot/commands/card"
	"duebot/ledger"
)

// smsFile is what is set about short messages; where they go to, and by which token, stands in the
// environment.
type smsFile struct {
	Type string `toml:"type"` // of the body: "json" or "form"
	Body string `toml:"body"` // with {to}, {text}, {id} and {from}; default: what most gateways want
	From string `toml:"from"` // who they say that they are from
}

// newSMS makes the channel of short messages; nil where no gateway is set.
func newSMS(cfg Config) (*sms.Client, error) {
	if cfg.SMSURL == "" {
		return nil, nil
	}
	return sms.New(sms.Config{URL: cfg.SMSURL, Token: cfg.SMSToken, Type: cfg.SMS.Type, Body: cfg.SMS.Body, From: cfg.SMS.From, Timeout: cfg.callTimeout()})
}

func (c *Config) checkSMS(bad func(setting, format string, args ...any)) {
	if _, err := newSMS(*c); err != nil {
		setting, what, _ := strings.Cut(err.Error(), ": ")
		bad(setting, "%s", what)
	}
}

// smsParts is how many messages one may be sent as.
const smsParts = 2

// companyShort is how many letters of the company's name a short message has where all of it is too
// long.
const companyShort = 20

// shortOf is a reminder as a short message: who asks, for what, how much, and where to pay or to
// answer, as much of that as two messages take.
func (b *Bot) shortOf(v *ledger.View, o *outgoing) *card.Card {
	short, ok := b.rules.Short(v, &o.notice)
	if !ok {
		return &card.Card{}
	}
	company := []rune(v.Company().Name)
	cut, link := string(company[:min(len(company), companyShort)]), b.shortLink(&o.notice)
	for _, t := range []card.Text{short.Text(string(company), link), short.Undated(string(company), link), short.Undated(cut, link), short.Brief(cut, link)} {
		k := &card.Card{Body: []card.Text{t}}
		if sms.Segments(smsText(k, o.words)) <= smsParts {
			return k
		}
	}
	return &card.Card{Body: []card.Text{short.Brief(cut, "")}}
}

// shortLink is where a short message leads: to the page that pays, else to the chat; "" for neither.
func (b *Bot) shortLink(n *ledger.Notice) string {
	if b.desk.PayURL != nil {
		if link := b.desk.PayURL(n.Invoice, n.Customer); link != "" {
			return link
		}
	}
	return b.chatLink()
}

// invisible are the marks of direction that words bring along, which would make every letter of a
// short message sixteen bits long.
var invisible = strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "", "\u200e", "", "\u200f", "", "\u00a0", " ", "\u202f", " ")

// smsText is a card as a short message.
func smsText(k *card.Card, words card.Words) string {
	var out []string
	for _, t := range k.Body {
		out = append(out, invisible.Replace(words(t)))
	}
	return strings.Join(out, "\n")
}

// sendSMS hands an outgoing notice to the gateway.
func (b *Bot) sendSMS(ctx context.Context, o *outgoing) (chat, message string, err error) {
	number := strings.TrimPrefix(o.chat, ledger.ChannelSMS+":")
	name := noticeName(o.notice.ID)
	message, err = b.sms.Send(ctx, sms.Message{To: number, Text: smsText(o.card, o.words), ID: name + "." + b.books.Seal("sms", name)})
	return o.chat, message, err
}
