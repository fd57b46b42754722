package commands

import (
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// oddCommand lists what is odd about money and words, and says how it ends.
//
//	line = [ "list" | "OD-" n [ act ] ] .
//	act  = "keep" | "refund" | "same" | "right" | "learn" | "not" | "fraud" | "mine" | "owner" user .
//
// Which acts fit depends on what is odd: money that came twice is kept on account, refunded, or is
// right; an account is learnt, or the money was not the customer's.
func oddCommand() Command {
	return Command{
		Name: "odd", Who: []Role{Finance, Manager, Auditor},
		Usage:    []string{`odd <OD-1> keep`, `odd`, `odd <OD-1>`, `odd <OD-1> refund`, `odd <OD-1> right`, `odd <OD-1> learn`, `odd <OD-1> not`, `odd <OD-1> fraud`, `odd <OD-1> mine`, `odd <OD-1> owner @<person>`},
		Examples: []string{`odd OD-1 refund`, `odd`, `odd OD-1`},
		Form:     oddForm,
		Words: func(v map[string]string, arg string) []token {
			return row(chosen(v["odd"], arg), word("owner"), word(v["who"]))
		},
		Run: runOdd,
	}
}

// oddForm asks to whom an odd thing is handed.
func oddForm(c *Call) (*card.Form, error) {
	if !c.asking {
		return nil, nil
	}
	if part := (Command{Name: "odd", Who: bankers()}); !may(part, c.Who.Role) {
		return nil, forbidden(part, c.Who.Role)
	}
	f := &card.Form{Title: card.T("form.odd"), Submit: card.T("form.do.assign")}
	if len(c.Args) > 0 {
		o := c.Odd(ledger.ParseOdd(c.Args[0].text))
		if o == nil {
			return nil, ledger.Refuse(ledger.NotFound, "odd.unknown", "text", c.Args[0].text)
		}
		f.Arg = o.ID.Label()
	} else {
		var open []card.Option
		for _, o := range c.openOdds() {
			if len(open) < optionsMax {
				open = append(open, card.Option{Value: o.ID.Label(), Label: oddLine(c.View, o)})
			}
		}
		f.Fields = append(f.Fields, c.choiceField("odd", card.T("col.odd"), "", open...))
	}
	f.Fields = append(f.Fields, card.Input{Name: "who", Kind: card.InputPerson, Label: card.T("ask.answerer")})
	return f, nil
}

// openOdds are the odd things that nobody has dealt with, oldest first.
func (c *Call) openOdds() []*ledger.Odd {
	return slices.DeleteFunc(c.OpenOdds(), func(o *ledger.Odd) bool { return oddState(c.View, o) != "" })
}

// oddLine names an odd thing: which, what, whose.
func oddLine(v *ledger.View, o *ledger.Odd) card.Text {
	return card.Join(card.Plain(o.ID.Label()), oddWhat(o), card.Plain(v.CustomerName(v.Customer(o.Customer))))
}

func runOdd(c *Call) (card.Reply, error) {
	if len(c.Args) == 0 || c.Args[0].is("list") && len(c.Args) == 1 {
		return card.Reply{Card: c.oddList()}, nil
	}
	if part := (Command{Name: "odd", Who: bankers()}); len(c.Args) > 1 && !may(part, c.Who.Role) {
		return card.Reply{}, forbidden(part, c.Who.Role)
	}
	o := c.Odd(ledger.ParseOdd(c.Args[0].text))
	if o == nil {
		return card.Reply{}, ledger.Refuse(ledger.NotFound, "odd.unknown", "text", c.Args[0].text)
	}
	if len(c.Args) > 1 {
		if err := c.oddAct(o, strings.ToLower(c.Args[1].text), c.Args[2:]); err != nil {
			return card.Reply{}, err
		}
	}
	k, err := oddCard(c.View, c.Odd(o.ID))
	if err == nil && !may(Command{Who: bankers()}, c.Who.Role) {
		k.Buttons = nil
	}
	return card.Reply{Card: k}, err
}

// oddAct does what somebody decided of an odd thing.
func (c *Call) oddAct(o *ledger.Odd, act string, rest []token) (err error) {
	switch {
	case act == "owner" && len(rest) == 1:
		user, err := userOrNone(rest[0].text)
		if err != nil {
			return err
		}
		err = c.Tx.AssignOdd(o, user)
		return firstError(err, c.showOdd(o))
	case len(rest) > 0:
		return usage("odd", "got", c.Line)
	case act == "mine":
		err = c.Tx.AssignOdd(o, c.Who.ID)
	case !slices.Contains(oddActs(c.View, o), act):
		if o.Outcome != "" {
			return ledger.Refuse(ledger.Conflict, "odd.over", "odd", o.ID.Label())
		}
		return ledger.Refuse(ledger.BadInput, "odd.unfit", "odd", o.ID.Label(), "text", act)
	default:
		err = c.endOdd(o, act)
	}
	if err != nil {
		return err
	}
	return c.showOdd(o)
}

func firstError(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

// oddActs are the ends that fit an odd thing, the likeliest first; none for one that is over.
func oddActs(v *ledger.View, o *ledger.Odd) []string {
	if oddState(v, o) != "" {
		return nil
	}
	p := v.Payment(o.Payment)
	switch o.Kind {
	case ledger.OddAccount:
		return []string{"learn", "not"}
	case ledger.OddDetails:
		return []string{"fraud", "right"}
	case ledger.OddSum:
		acts := []string{"right"}
		if p.OnAcct > 0 {
			acts = append(acts, "refund")
		}
		if o.Entry != 0 {
			acts = append(acts, "not")
		}
		return acts
	}
	acts := []string{"keep", "refund", "right"}
	if twin := v.Payment(o.Earlier); p == nil && twin != nil && v.EntryOf(twin) == nil && twin.Method == "bank" {
		acts = append([]string{"same"}, acts...)
	}
	return acts
}

// oddState is how an odd thing ended, "" for one that is open. An entry that was placed needs no
// more words.
func oddState(v *ledger.View, o *ledger.Odd) ledger.OddOutcome {
	if e := v.BankEntry(o.Entry); o.Outcome == "" && o.Payment == 0 && e != nil && e.Place != ledger.EntryWaits {
		return ledger.OddPlaced
	}
	return o.Outcome
}

// endOdd ends an odd thing.
func (c *Call) endOdd(o *ledger.Odd, act string) error {
	outcome, e := map[string]ledger.OddOutcome{"keep": ledger.OddKept, "refund": ledger.OddRefunded, "same": ledger.OddSame, "right": ledger.OddRight,
		"learn": ledger.OddLearnt, "not": ledger.OddNot, "fraud": ledger.OddFraud}[act], c.BankEntry(o.Entry)
	if err := c.Tx.CloseOdd(o, outcome); err != nil {
		return err
	}
	switch act {
	case "keep":
		if o.Payment == 0 {
			_, err := c.oddOnAccount(o, e)
			return err
		}
	case "refund":
		return c.oddRefund(o, e)
	case "same":
		return firstError(c.Tx.LeaveEntry(e, ledger.LeftBooked, false), c.Desk.showEntry(c.Tx, e))
	case "learn":
		l, err := c.Tx.Line(e)
		if err != nil {
			return err
		}
		_, err = c.Tx.LearnPayer(&l, c.Customer(o.Customer))
		return err
	case "not":
		return firstError(c.Desk.reopenEntry(c.Tx, e), c.Desk.showEntry(c.Tx, e))
	}
	return nil
}

// oddOnAccount books an entry that waits on its customer's account.
func (c *Call) oddOnAccount(o *ledger.Odd, e *ledger.BankEntry) (*ledger.Payment, error) {
	if err := c.Desk.placeEntry(c.Tx, e, []ledger.EntryShare{{Customer: o.Customer, Minor: e.Amount.Minor}}, false, []string{"picked"}); err != nil {
		return nil, err
	}
	return c.Payment(c.BankEntry(e.ID).Payments[0]), c.Desk.showEntry(c.Tx, e)
}

// oddRefund books that what came twice is paid back: what is still on account of it.
func (c *Call) oddRefund(o *ledger.Odd, e *ledger.BankEntry) (err error) {
	p := c.Payment(o.Payment)
	if p == nil {
		if p, err = c.oddOnAccount(o, e); err != nil {
			return err
		}
	}
	if p.OnAcct == 0 {
		return ledger.Refuse(ledger.Conflict, "odd.settled", "odd", o.ID.Label(), "payment", p.Label())
	}
	_, err = c.payBack(c.Tx.Refund, c.Customer(o.Customer), p.Unapplied(), c.Today(), o.ID.Label())
	return err
}

// showOdd queues edits of the messages that show an odd thing.
func (c *Call) showOdd(o *ledger.Odd) error {
	if e := c.BankEntry(o.Entry); e != nil && o.Payment == 0 {
		return c.Desk.showEntry(c.Tx, e)
	}
	if o.Card == 0 {
		return nil
	}
	return c.Tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeOddEdit, Customer: o.Customer, Address: c.Desk.FinanceChannel, Code: o.ID.Label()})
}

// oddNews is the message of an odd thing as it stands.
func oddNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	k, err := oddCard(v, v.OddOfNotice(&n.NoticeQueued))
	return card.Message{Card: k}, err
}

// oddCard shows an odd thing: what happened, why it matters, and what can be done.
func oddCard(v *ledger.View, o *ledger.Odd) (*card.Card, error) {
	words, err := v.Text(o.Words)
	if err != nil {
		return nil, err
	}
	k := &card.Card{Title: card.T("odd.title", "odd", o.ID.Label(), "what", oddWhat(o), "customer", v.CustomerName(v.Customer(o.Customer))),
		Body: append(oddStory(v, o, words), card.T("odd.why."+string(o.Kind)))}
	if o.Kind == ledger.OddDetails {
		k.Quote = card.Plain(words)
		k.Fields = []card.Field{{Label: card.T("field.who"), Value: actor(v, o.By)}}
	}
	if state := oddState(v, o); state != "" {
		k.Note = []card.Text{card.T("odd.outcome." + string(state))}
		if o.Outcome != "" {
			co := v.Company()
			k.Note = []card.Text{card.Join(k.Note[0], actor(v, o.EndedBy), card.T("value", "value", card.Instant{At: o.Ended, Zone: co.Zone()}))}
		}
		return k, nil
	}
	k.Buttons = oddButtons(v, o)
	if o.Owner == "" {
		k.Buttons = append(k.Buttons, lineButton(card.T("button.entry.mine"), "odd "+o.ID.Label()+" mine"), formButton(card.T("button.reassign"), "odd", o.ID.Label()))
	} else {
		k.Note = append(k.Note, card.T("entry.owner", "who", card.User(o.Owner)))
	}
	return k, nil
}

// oddWhat is what is odd, in a few words.
func oddWhat(o *ledger.Odd) card.Text {
	if o.Kind == ledger.OddSum {
		return card.T("odd.what.sum." + string(o.How))
	}
	return card.T("odd.what." + string(o.Kind))
}

// oddStory tells what happened.
func oddStory(v *ledger.View, o *ledger.Odd, words string) []card.Text {
	from := card.T("odd.waits", "entry", o.Entry.Label(), "amount", o.Amount)
	if p := v.Payment(o.Payment); p != nil {
		from = card.T("odd.came", "payment", p.Label(), "amount", p.Amount, "date", p.Date, "method", card.T("method."+p.Method))
	}
	switch o.Kind {
	case ledger.OddAgain:
		out := []card.Text{from, card.T("odd.paid", "number", v.Invoice(o.Invoice).Number.String())}
		return append(out, earlierLine(v, o)...)
	case ledger.OddTwice:
		return append([]card.Text{from}, earlierLine(v, o)...)
	case ledger.OddAccount:
		usual, now, _ := strings.Cut(words, "\n")
		return []card.Text{from, card.T("odd.accounts", "usual", usual, "now", now)}
	case ledger.OddSum:
		return []card.Text{from, card.T("odd.usual", "amount", o.Usual)}
	}
	return nil
}

// earlierLine names the payment that came before.
func earlierLine(v *ledger.View, o *ledger.Odd) []card.Text {
	p := v.Payment(o.Earlier)
	if p == nil {
		return nil
	}
	return []card.Text{card.T("odd.earlier", "payment", p.Label(), "amount", p.Amount, "date", p.Date, "method", card.T("method."+p.Method))}
}

// oddButtons are the ends that fit, as buttons.
func oddButtons(v *ledger.View, o *ledger.Odd) (out []card.Button) {
	for i, act := range oddActs(v, o) {
		b := lineButton(card.T("button.odd."+act, "payment", ledger.PaymentLabel(o.Earlier)), "odd "+o.ID.Label()+" "+act)
		if i == 0 {
			b.Style = card.Primary
		}
		switch act {
		case "refund":
			b.Confirm = card.T("confirm.odd.refund", "customer", v.CustomerName(v.Customer(o.Customer)))
		case "not":
			b.Confirm = card.T("confirm.odd.not", "entry", o.Entry.Label())
		}
		out = append(out, b)
	}
	return out
}

// oddList lists what is open, oldest first.
func (c *Call) oddList() *card.Card {
	all := c.openOdds()
	if len(all) == 0 {
		return &card.Card{Title: card.T("odd.none.title"), Body: []card.Text{card.T("odd.none")}}
	}
	k := &card.Card{Title: card.T("odd.list", "count", len(all)), Table: &card.Table{
		Head:  []card.Text{card.T("col.odd"), card.T("field.date"), card.T("col.amount"), card.T("aging.customer"), card.T("col.reason"), card.T("col.waits"), card.T("col.owner")},
		Right: []bool{false, false, true, false, false, true}}}
	pick := card.Pick{Label: card.T("pick.odd")}
	for _, o := range onPage(all, c.Page) {
		amount := card.Plain("–")
		if o.Amount.Currency != "" {
			amount = money(o.Amount)
		}
		name := card.Plain(c.CustomerName(c.Customer(o.Customer)))
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(o.ID.Label()), card.T("value", "value", o.Day), amount, name, oddWhat(o),
			card.T("value", "value", int(c.Today()-o.Day)), userText(o.Owner)})
		pick.Buttons = append(pick.Buttons, lineButton(oddLine(c.View, o), "odd "+o.ID.Label()))
	}
	k.Picks = []card.Pick{pick}
	return k
}
