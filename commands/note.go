package commands

import (
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// noteCommand writes down a talk with a customer: it counts as a contact, and what its words
// say of a promise and of the next call is booked with it.
//
//	line  = ( number | customer ) word { word } .
//	words = … [ pays … day ] … [ "next" day ] .
//
// A promise on a customer is one to pay all that is overdue; where nothing is, what is due by
// then, or next.
func noteCommand() Command {
	return Command{
		Name: "note", Who: []Role{Sales, Finance, Manager},
		Usage:    []string{`note <invoice or customer> <what was said> [pays <day>] [next <day>]`},
		Examples: []string{`note acme called Ivan, pays Friday`, `note INV-2026-000001 spoke with accounting next 2026-12-01`},
		Form:     noteForm, Words: noteWords,
		Run: makeNote,
	}
}

func makeNote(c *Call) (card.Reply, error) {
	if len(c.Args) < 2 {
		return card.Reply{}, usage("note", "got", c.Line)
	}
	subject, words := c.noteParts()
	inv, cust, err := invoiceOrCustomer(c.View, subject.text)
	if err != nil {
		return card.Reply{}, err
	}
	said, err := c.hear(words)
	if err != nil {
		return card.Reply{}, err
	}
	n := ledger.NewNote{Customer: cust.ID, Kind: ledger.NoteContact, Words: said.words, Next: said.next}
	var about []*ledger.Invoice
	if said.promise != 0 {
		if about, err = c.bookPromises(cust, inv, said.promise); err != nil {
			return card.Reply{}, err
		}
		n.Promises = len(about)
	}
	if inv == nil {
		inv = longest(c.View, cust, about)
	}
	if inv != nil {
		n.Invoice = inv.ID
	}
	note, err := c.Tx.NoteOn(n)
	if err != nil {
		return card.Reply{}, err
	}
	return card.Reply{Card: noteCard(c.View, note, said, about)}, nil
}

// noteWas says what a note tells of: a talk, a call that nobody took, a letter that was posted.
func noteWas(v *ledger.View, of ledger.CustomerID, kind ledger.NoteKind, words string, at time.Time) card.Text {
	if v.LetterNoted(of, words, at) != nil {
		return card.T("work.outcome." + string(ledger.TaskPosted))
	}
	return card.T("work.note." + strings.ToLower(string(kind)))
}

// noteParts is whom a note is about, and its words. What was done may come first: "called
// acme, all is well".
func (c *Call) noteParts() (subject token, words []token) {
	named := func(t token) token { return token{strings.TrimRight(t.text, ",:;"), t.quoted} }
	if first, second := named(c.Args[0]), named(c.Args[1]); len(c.Args) < 3 || namesOne(c.View, first) || !namesOne(c.View, second) {
		return first, c.Args[1:]
	}
	return named(c.Args[1]), append([]token{c.Args[0]}, c.Args[2:]...)
}

func noteCard(v *ledger.View, n *ledger.Note, said heard, about []*ledger.Invoice) *card.Card {
	k := &card.Card{Title: card.T("note.title", "customer", v.CustomerName(v.Customer(n.Customer))), Quote: card.Plain(said.words)}
	if len(about) > 0 {
		var numbers []string
		for _, inv := range about {
			numbers = append(numbers, inv.Number.String())
		}
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.promise"),
			Value: card.T("note.promise", "date", said.promise, "numbers", strings.Join(numbers, ", "))})
	}
	if n.Next != 0 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.nextcall"), Value: card.T("value", "value", n.Next)})
	}
	k.Note = []card.Text{card.T("note.counts")}
	k.Buttons = []card.Button{{Label: card.T("button.undo"), Do: "unnote", Arg: idArg(uint32(n.ID))}}
	return k
}

// bookPromises books that what a note is about will be paid by a day.
func (c *Call) bookPromises(cust *ledger.Customer, inv *ledger.Invoice, by ledger.Date) ([]*ledger.Invoice, error) {
	about := []*ledger.Invoice{inv}
	if inv == nil {
		about = promisable(c.View, cust, by)
	}
	for _, x := range about {
		if err := c.Tx.Promise(x, by); err != nil {
			return nil, err
		}
		if err := c.Desk.Refresh(c.Tx, x); err != nil {
			return nil, err
		}
	}
	return about, nil
}

// promisable are the invoices that a customer means who promises to pay by a day: what is
// overdue; else what is due by then; else what is due next.
func promisable(v *ledger.View, cust *ledger.Customer, by ledger.Date) (out []*ledger.Invoice) {
	var due, next []*ledger.Invoice
	for _, inv := range v.OpenInvoices(cust) {
		switch {
		case inv.Undisputed().Minor <= 0 || inv.Plan != 0:
		case inv.Overdue(v.Today()):
			out = append(out, inv)
		case inv.Due <= by:
			due = append(due, inv)
		case len(next) == 0:
			next = []*ledger.Invoice{inv}
		}
	}
	switch {
	case len(out) > 0:
		return out
	case len(due) > 0:
		return due
	}
	return next
}

// longest is the invoice in whose thread a talk about a customer is told: the first that he
// promised to pay, else the one that he has owed for longest. It is nil where he owes nothing.
func longest(v *ledger.View, cust *ledger.Customer, promised []*ledger.Invoice) *ledger.Invoice {
	if len(promised) > 0 {
		return promised[0]
	}
	if open := v.OpenInvoices(cust); len(open) > 0 {
		return open[0]
	}
	return nil
}

// undoNote takes a note back, with the promises that were noted with it.
func undoNote(c *Call) (card.Reply, error) {
	id, _ := cutArg(c.Where.Arg)
	n := c.Tx.Note(ledger.NoteID(id))
	if n == nil {
		return card.Say("button.old"), nil
	}
	if err := c.Allowed(c.Customer(n.Customer)); err != nil {
		return card.Reply{}, err
	}
	if n.By != c.Who.By() && c.Who.Role != Manager {
		who, _ := strings.CutPrefix(n.By, "slack:")
		return card.Reply{}, ledger.Refuse(ledger.Forbidden, "note.others", "who", card.User(who))
	}
	if err := c.Tx.UndoNote(n); err != nil {
		return card.Reply{}, err
	}
	for _, id := range c.PromisedBy(n) {
		if err := c.Desk.Refresh(c.Tx, c.Invoice(id)); err != nil {
			return card.Reply{}, err
		}
	}
	r := card.Say("note.undone", "customer", c.CustomerName(c.Customer(n.Customer)))
	r.Replace = true
	return r, nil
}

// heard is what the words of a note say: themselves, when the customer pays, and when to call
// next.
type heard struct {
	words         string
	promise, next ledger.Date
}

// Words before the day of a promise, and before that of the next call, in the languages of
// staff.
const (
	payWords  = "pay pays paying pay. promise promises promised заплатит заплатят оплатит оплатят платит обещает обещал обещала обещали переведёт переведет plătește plateste plăti plati paga pagherà paghera pagheranno 付款 付 می\u200cپردازد پرداخت"
	nextWords = "next again перезвонить перезвон набрать снова"
)

// promiseReach is how many words may stand between the verb and its day: "pays the rest on
// Friday".
const promiseReach = 5

// Words that turn a promise into its opposite, and those that begin another clause, in the
// languages of staff; and how many words may stand between such a word and the verb: "will not
// be able to pay".
const (
	notWords = "not cannot never can't won't doesn't didn't don't isn't couldn't wouldn't unable refuses refused не отказался отказалась отказывается nu non 不 不会 没 没有 拒绝 نمی\u200cتواند"
	butWords = "but and so then но и а поэтому dar și ma e 但 但是 并 اما و"
	notReach = 4
)

// denied reports whether the verb at a place is said not to be so: "won't pay", "не заплатит".
// What stands in another clause says nothing of it: "no answer so far, pays Friday".
func denied(args []token, at int) bool {
	for i := at - 1; i >= max(at-notReach, 0); i-- {
		word := strings.ReplaceAll(strings.ToLower(args[i].text), "’", "'")
		switch {
		case strings.TrimRight(word, ",;:.!") != word, contains(strings.Fields(butWords), word):
			return false
		case contains(strings.Fields(notWords), word):
			return true
		}
	}
	return false
}

// hear reads the words of a note. A day that is over belongs to the story, and is no promise.
func (c *Call) hear(args []token) (heard, error) {
	var h heard
	bare := make([]token, len(args)) // without the marks that end a clause
	for i, t := range args {
		bare[i] = token{strings.TrimRight(t.text, ",;:.!"), t.quoted}
	}
	kept := append([]token(nil), args...)
	for i := 0; i < len(bare); i++ {
		word := strings.ToLower(bare[i].text)
		switch {
		case bare[i].quoted && len(args) == 1: // all of it in quotes is words, too
			return c.hear(split(args[0].text))
		case bare[i].quoted:
		case h.promise == 0 && contains(strings.Fields(payWords), word) && !denied(args, i):
			day, end, err := c.dayWithin(bare, i+1, promiseReach)
			if err != nil {
				return h, err
			}
			if day != 0 {
				h.promise, i = day, end-1
			}
		case h.next == 0 && contains(strings.Fields(nextWords), word):
			day, end, err := c.dayWithin(bare, i+1, 1)
			if err != nil {
				return h, err
			}
			if day != 0 {
				h.next = day
				for j := i; j < end && word == "next"; j++ {
					kept[j] = token{}
				}
				i = end - 1
			}
		}
	}
	h.words = strings.Join(strings.Fields(join(kept)), " ")
	return h, nil
}

// dayWithin is the first day, today or later, that begins within a few words from one on, and
// where the words of it end.
func (c *Call) dayWithin(words []token, from, reach int) (day ledger.Date, end int, err error) {
	for i := from; i < len(words) && i < from+reach; i++ {
		day, n, err := c.days().optional(words[i:])
		if err != nil && isDoubt(err) {
			return 0, 0, err
		}
		if err == nil && n > 0 && day >= c.Today() {
			return day, i + n, nil
		}
		if contains(strings.Fields(nextWords), strings.ToLower(words[i].text)) {
			return 0, 0, nil // what follows is about the next call
		}
	}
	return 0, 0, nil
}

// noteArg is what a button about a customer carries: "7.noanswer".
func noteArg(c *ledger.Customer, how string) string {
	return strconv.FormatUint(uint64(c.ID), 10) + "." + how
}
