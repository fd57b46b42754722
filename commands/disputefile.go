package commands

import (
	"cmp"
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// The history of a dispute is a file for people to keep: what was said, by whom and when, which
// files were handed in, and how it ended. Its customer gets the same, without what is staff's
// own.

// staffFileButton hands staff the history of a dispute.
func staffFileButton(d *ledger.Dispute) card.Button {
	return paperButton(card.T("button.disputefile"), card.Paper{Kind: card.PaperDispute, Of: d.Label()})
}

func disputeFileButton(d *ledger.Dispute) card.Button {
	return card.Button{Label: card.T("button.disputefile"), Do: "disputefile", Arg: idArg(uint32(d.ID))}
}

// sendDisputeFile hands a customer the history of a dispute of his.
func sendDisputeFile(c *ChatCall) (card.Reply, error) {
	d := c.myDispute()
	if d == nil {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	return card.Reply{Card: &card.Card{Title: card.T("chat.dispute.file", "dispute", d.Label(), "number", c.Invoice(d.Invoice).Number.String()),
		Paper: &card.Paper{Kind: card.PaperDispute, Of: d.Label(), Lang: c.Customer.Language, Sent: true}}}, nil
}

// disputePaper hands staff the history of a dispute, in their own language.
func (c *Call) disputePaper(p card.Paper) (card.Reply, error) {
	d, err := findDispute(c.View, p.Of)
	if err != nil {
		return card.Reply{}, err
	}
	p.Of, p.Lang = d.Label(), c.Who.Lang
	cust := c.Customer(d.Customer)
	return card.Reply{Card: &card.Card{Title: card.T("paper.name.dispute", "number", p.Of, "customer", c.CustomerName(cust)), Body: []card.Text{card.T("paper.direct")}, Paper: &p}}, nil
}

// DisputeHistory is the history of a dispute: a head, and lines by time. Its customer is not told
// what is staff's own.
func DisputeHistory(v *ledger.View, label string, toCustomer bool) (k *card.Card, err error) {
	d, err := findDispute(v, label)
	if err != nil {
		return nil, err
	}
	inv, co := v.Invoice(d.Invoice), v.Company()
	k = &card.Card{Title: card.T("dispute.title", "dispute", d.Label(), "number", inv.Number.String(), "customer", v.CustomerName(v.Customer(d.Customer))), Fields: disputeFields(v, d)}
	k.Fields = append(k.Fields, card.Field{Label: card.T("field.open"), Value: money(inv.OpenMoney())})
	if !toCustomer {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.answers"), Value: answers(d)}, card.Field{Label: card.T("field.answerby"), Value: deadline(v, d)})
	}
	facts, err := v.DisputeFacts(d)
	if err != nil {
		return nil, err
	}
	for _, f := range facts {
		what, shown := disputeLine(v, d, f, toCustomer)
		if !shown {
			continue
		}
		who := f.By
		if w := v.WordsOf(f); w != nil {
			who = cmp.Or(v.WhoSaid(w), who)
		}
		k.Body = append(k.Body, card.Join(card.T("value", "value", card.Instant{At: f.Recorded, Zone: co.Zone()}), nameOf(v, who, toCustomer), what))
	}
	return k, nil
}

// nameOf names who acted: of staff its customer learns the company alone.
func nameOf(v *ledger.View, who string, toCustomer bool) card.Text {
	if toCustomer && (strings.HasPrefix(who, "slack:") || who == "duebot") {
		return card.Plain(v.Company().Name)
	}
	return actor(v, who)
}

// disputeLine is a fact in one line; shown is false for one that its reader is not told.
func disputeLine(v *ledger.View, d *ledger.Dispute, f *ledger.Fact, toCustomer bool) (line card.Text, shown bool) {
	about := v.Describe(f)
	items := []card.Text{factWords(ledger.Description{Name: about.Name})}
	switch x := f.Body.(type) {
	case *ledger.DisputeTaken, *ledger.DisputePressed:
		return items[0], !toCustomer
	case *ledger.DisputeOpened:
		items = append(items, reasonText(x.Reason), money(x.Amount))
	case *ledger.DisputeResolved:
		items = append(items, card.T("outcome."+string(x.Outcome)))
		if note := v.CreditNote(x.CreditNote); note != nil {
			items = append(items, card.Plain(note.Number.String()), money(note.Total))
		}
	case *ledger.FileKept:
		if toCustomer && !handedTo(v, f, x) {
			return line, false
		}
		items = append(items, card.Plain(x.Bytes.String()))
	}
	if w := v.WordsOf(f); toCustomer && w != nil && (w.Withdrawn || w.Staff && about.Words != w.Text) { // what was taken back, or put otherwise, is not handed out again
		return card.Join(items...), true
	}
	if words, err := v.Text(about.Words); err == nil && words != "" { // an erased text is left out
		items = append(items, card.T("story.words", "words", words))
	}
	return card.Join(items...), true
}

// handedTo reports whether a file is the customer's own, or was handed to him.
func handedTo(v *ledger.View, f *ledger.Fact, x *ledger.FileKept) bool {
	if !strings.HasPrefix(f.By, "slack:") {
		return true
	}
	return slices.ContainsFunc(v.SharedFiles(v.Invoice(x.Invoice)), func(file *ledger.File) bool { return file.Bytes == x.Bytes })
}
