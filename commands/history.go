package commands

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// historyCommand lists what happened to an invoice, a customer or a payment: each fact with
// when it was booked and for which day, by whom, and from which command.
func historyCommand() Command {
	return Command{
		Name: "history", Who: anybody(), Reads: true,
		Usage:    []string{`history <invoice, customer or payment>`},
		Examples: []string{`history INV-2026-000001`, `history acme`, `history P-3`},
		Form:     lookForm(card.T("form.history")), Words: accountWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) != 1 {
				return card.Reply{}, usage("history", "got", c.Line)
			}
			k, err := historyCard(c, c.Args[0].text)
			return card.Reply{Card: k}, err
		},
	}
}

var paymentForm = regexp.MustCompile(`^[pP]-(\d{1,9})$`)

// paymentNamed reads "P-3". It returns a NotFound refusal where there is no such payment.
func paymentNamed(v *ledger.View, m []string) (*ledger.Payment, error) {
	n, _ := strconv.Atoi(m[1])
	if p := v.Payment(ledger.PaymentID(n)); p != nil {
		return p, v.Allowed(v.Customer(p.Customer))
	}
	return nil, ledger.Refuse(ledger.NotFound, "history.payment", "text", m[0])
}

func historyCard(c *Call, word string) (*card.Card, error) {
	v, most := c.View, c.pagesAhead()
	var inv *ledger.Invoice
	var cust *ledger.Customer
	var err error
	title, invoice, payment := word, ledger.InvoiceID(0), ledger.PaymentID(0)
	if m := paymentForm.FindStringSubmatch(word); m != nil {
		p, err := paymentNamed(v, m)
		if err != nil {
			return nil, err
		}
		cust, payment, title = v.Customer(p.Customer), p.ID, ledger.PaymentLabel(p.ID)
	} else if inv, cust, err = invoiceOrCustomer(v, word); err != nil {
		return nil, err
	} else if inv != nil {
		invoice, title = inv.ID, inv.Number.String()
	}
	if inv == nil && payment == 0 {
		title = cust.Handle
	}
	k := &card.Card{Title: card.T("history.title", "what", title, "customer", v.CustomerName(cust))}
	k.Table = &card.Table{Head: []card.Text{card.T("col.fact"), card.T("col.recorded"), card.T("col.effective"), card.T("col.entry"),
		card.T("col.amount"), card.T("col.by"), card.T("col.via")}, Right: []bool{true, false, false, false, true, false, false}}
	err = v.History(cust, invoice, payment, func(f *ledger.Fact) bool {
		if v.Retold(f) {
			return true
		}
		k.Table.Rows = append(k.Table.Rows, historyRow(v, f))
		return len(k.Table.Rows) < most
	})
	k.Table.Open = len(k.Table.Rows) == most
	return k, err
}

func historyRow(v *ledger.View, f *ledger.Fact) []card.Text {
	d := v.Describe(f)
	co := v.Company()
	what := factText(v, f, d)
	if d.Day != 0 {
		what = card.Join(what, card.T("value", "value", d.Day))
	}
	if words, err := v.Text(d.Words); err == nil && words != "" {
		what = card.Join(what, card.Plain(words))
	}
	via, err := v.ViaOf(f)
	if err != nil || via == "" {
		via = "–"
	}
	via = shortKey(via)
	by := actor(v, f.By)
	if a := v.Approval(f.Approval); a != nil {
		by = card.Join(by, card.T("history.approved", "approval", a.Label(), "who", whoText(v, a.Decided)))
	}
	return []card.Text{card.Plain(strconv.FormatUint(f.Seq, 10)), card.T("value", "value", card.Instant{At: f.Recorded, Zone: co.Zone()}),
		card.T("value", "value", f.Effective), what, moneyOrDash(d.Amount.Minor, d.Amount.Currency), by, card.Plain(via)}
}

// factText is factWords of f, as d describes it; a note that tells of no talk says of what.
func factText(v *ledger.View, f *ledger.Fact, d ledger.Description) card.Text {
	x, ok := f.Body.(*ledger.NoteMade)
	if !ok {
		return factWords(d)
	}
	words, _ := v.Text(x.Words)
	if x.Kind == ledger.NoteContact && v.LetterNoted(x.Customer, words, f.Recorded) == nil {
		return factWords(d)
	}
	return card.T("entry.word", "what", card.T("fact."+string(d.Name)), "word", noteWas(v, x.Customer, x.Kind, words, f.Recorded), "refs", strings.Join(d.Refs, ", "))
}

// factWords name a fact and what it is about. What the books call by a word of their own, a
// kind of message and what became of it, has its words in the reader's language.
func factWords(d ledger.Description) card.Text {
	what, refs := card.T("fact."+string(d.Name)), d.Refs
	last := len(refs) - 1
	switch {
	case last < 0:
		return what
	case d.Name == ledger.FactNotice:
		return card.T("entry.word", "what", what, "word", card.T("message."+refs[0]), "refs", strings.Join(refs[1:], ", "))
	case d.Name == ledger.FactOutcome && last == 1:
		return card.T("entry.word", "what", what, "word", card.T("sent."+refs[0]), "refs", card.T("message."+refs[1]))
	case d.Name == ledger.FactOutcome:
		return card.T("entry.word", "what", what, "word", card.T("sent."+refs[0]), "refs", "")
	case d.Name == ledger.FactTaskClosed && last == 1:
		return card.T("entry.word", "what", what, "word", card.T("work.outcome."+refs[1]), "refs", refs[0])
	case d.Name == ledger.FactTaskOpened:
		kind := 0 // it stands behind the customer, where that is told
		if last > 0 && slices.Contains(ledger.TaskKinds(), ledger.TaskKind(refs[1])) {
			kind = 1
		}
		return card.T("entry.word", "what", what, "word", card.T("work.kind."+refs[kind]), "refs", strings.Join(slices.Delete(slices.Clone(refs), kind, kind+1), ", "))
	case d.Name == ledger.FactResolved:
		return card.T("entry.word", "what", what, "word", card.T("outcome."+refs[last]), "refs", strings.Join(refs[:last], ", "))
	case d.Name == ledger.FactDecided:
		return card.T("entry.word", "what", what, "word", card.T("decided."+refs[last]), "refs", strings.Join(refs[:last], ", "))
	}
	return card.T("entry", "what", what, "refs", strings.Join(refs, ", "))
}

// shortKey is a platform's key of a command as people can read and compare it: where it came
// from, and its end. The whole key stands in the audit.
func shortKey(key string) string {
	const end = 6
	at := strings.LastIndexByte(key, ':') + 1
	if len(key)-at <= 2*end {
		return key
	}
	return key[:at] + "…" + key[len(key)-end:]
}

// actor is whoever made a fact: a mention in Slack, a person's name, or a program's.
func actor(v *ledger.View, by string) card.Text {
	if id, ok := strings.CutPrefix(by, "slack:"); ok {
		return card.T("value", "value", card.User(id))
	}
	return card.Plain(v.ActorName(by))
}

// whyCommand shows the facts that a figure is the sum of: what is open on an invoice, or
// what a customer owes, now or on a past day.
func whyCommand() Command {
	return Command{
		Name: "why", Who: anybody(), Reads: true,
		Usage:    []string{`why <invoice or customer> [as-of <date>] [known-at <date>]`},
		Examples: []string{`why INV-2026-000001`, `why acme`, `why acme as-of 2026-09-30`},
		Form:     lookForm(card.T("form.why")), Words: accountWords,
		Run: func(c *Call) (card.Reply, error) {
			past, err := c.cutPast()
			if err != nil {
				return card.Reply{}, err
			}
			if len(c.Args) != 1 {
				return card.Reply{}, usage("why", "got", c.Line)
			}
			var a ledger.AsOf
			if past.asked() {
				if a, err = past.asOf(c.View); err != nil {
					return card.Reply{}, err
				}
			}
			k, err := c.why(c.Args[0].text, past, a)
			return card.Reply{Card: k}, err
		},
	}
}

// why explains what is open on an invoice, or what a customer owes.
func (c *Call) why(word string, p past, a ledger.AsOf) (k *card.Card, err error) {
	inv, cust, err := invoiceOrCustomer(c.View, word)
	switch {
	case err != nil:
		return nil, err
	case inv != nil:
		k, err = whyInvoice(c.View, inv, p, a)
	default:
		k, err = whyBalance(c.View, cust, p, a)
	}
	if err == nil {
		p.knownNote(k)
	}
	return k, err
}

// whyInvoice lists the facts that make up what is or was open on an invoice.
func whyInvoice(v *ledger.View, inv *ledger.Invoice, p past, a ledger.AsOf) (*card.Card, error) {
	open, facts, on := inv.OpenMoney(), []ledger.Change(nil), v.Today()
	if p.asked() {
		open, facts, on = v.OpenOn(inv, a), v.WhyOpenAsOf(inv, a), a.On
	} else {
		facts = v.WhyOpen(inv)
	}
	k := &card.Card{Title: card.T("why.invoice", "open", open, "number", inv.Number.String()), Table: whyTable(card.T("col.open"))}
	if p.asked() {
		k.Title = card.T("why.invoice.past", "open", open, "number", inv.Number.String(), "date", on)
	}
	return k, whyRows(v, k.Table, facts)
}

func whyTable(left card.Text) *card.Table {
	return &card.Table{Head: []card.Text{card.T("col.fact"), card.T("field.date"), card.T("col.entry"), card.T("col.amount"), left},
		Right: []bool{true, false, false, true, true}}
}

func whyRows(v *ledger.View, t *card.Table, facts []ledger.Change) error {
	for _, s := range facts {
		what, err := entryText(v, s.Fact)
		if err != nil {
			return err
		}
		t.Rows = append(t.Rows, []card.Text{card.Plain(strconv.FormatUint(s.Fact, 10)), card.T("value", "value", s.Date), what,
			money(s.Amount), money(s.Left)})
	}
	return nil
}

// whyMost is how many facts explain a balance; what was before them is one sum.
const whyMost = 500

// whyBalance lists the facts since the customer's balance was last zero: they sum to what he
// owes, or owed on a past day.
func whyBalance(v *ledger.View, cust *ledger.Customer, p past, a ledger.AsOf) (*card.Card, error) {
	k := &card.Card{Title: card.T("why.customer", "customer", v.CustomerName(cust)), Table: whyTable(card.T("aging.total"))}
	nothing, all := "account.nothing", []ledger.Why(nil)
	if p.asked() {
		k.Title = card.T("why.customer.past", "customer", v.CustomerName(cust), "date", a.On)
		nothing, all = "asof.nothing", v.WhyBalanceAsOf(cust, a, whyMost)
	} else {
		all = v.WhyBalance(cust, whyMost)
	}
	if len(all) == 0 {
		return &card.Card{Title: k.Title, Body: []card.Text{card.T(nothing)}}, nil
	}
	for _, w := range all {
		if w.Before.Minor != 0 {
			k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain("–"), card.Plain("–"), card.T("why.before"), card.Plain("–"), money(w.Before)})
		}
		if err := whyRows(v, k.Table, w.Facts); err != nil {
			return nil, err
		}
	}
	k.Note = append(k.Note, card.T("why.note"))
	return k, nil
}
