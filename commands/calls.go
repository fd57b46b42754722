package commands

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// callsCommand is the list of calls that the day asks for, and the buttons for what came of
// the first of them.
func callsCommand() Command {
	return Command{
		Name: "calls", Who: []Role{Sales, Finance, Manager}, Reads: true,
		Usage:    []string{`calls`},
		Examples: []string{`calls`},
		Run: func(c *Call) (card.Reply, error) {
			return card.Reply{Card: callsCard(c, nil)}, nil
		},
	}
}

// Why a customer is to be called, the most urgent first.
const (
	callAgreed    = "agreed"    // this day was set
	callCheque    = "cheque"    // a cheque of his bounced, and nobody has spoken with him since
	callBroken    = "broken"    // a promise was broken, and nobody has spoken with him since
	callUnreached = "unreached" // he owes, and no message reaches him
	callSilent    = "silent"    // he owes for long, and heard nothing lately
)

func callReasons() []string {
	return []string{callAgreed, callCheque, callBroken, callUnreached, callSilent}
}

const (
	silentAge  = 30 // days overdue from which a person has to call, reminders having been said
	silentRest = 7  // days of rest between two contacts
)

// duty is a call to be made.
type duty struct {
	customer *ledger.Customer
	why      string
	overdue  map[ledger.Currency]ledger.Money
	worth    int64 // of what is overdue, in the company's currency
}

// duties are the calls of the day: whom, why, and for how much; the most urgent first.
func duties(v *ledger.View, mail bool) (out []duty) {
	v.Customers(func(cust *ledger.Customer) {
		if d, due := dutyOf(v, cust, mail); due {
			out = append(out, d)
		}
	})
	return urgentFirst(out)
}

// dutyOf is the call that a customer is due today, if he is one.
func dutyOf(v *ledger.View, cust *ledger.Customer, mail bool) (d duty, due bool) {
	today := v.Today()
	if !v.Sees(cust) || cust.NextCall > today || cust.NextCall == 0 && !cust.HasOpen() {
		return d, false
	}
	d = duty{customer: cust, overdue: map[ledger.Currency]ledger.Money{}}
	broken, oldest := false, today
	spoken := v.LastSpoken(cust)
	for _, inv := range v.OpenInvoices(cust) {
		if inv.Undisputed().Minor <= 0 || !inv.Overdue(today) || inv.Plan != 0 || v.Silent(inv, today) {
			continue
		}
		d.overdue[inv.Currency] = d.overdue[inv.Currency].Add(inv.UndisputedBy(today.AddDays(-1)))
		d.worth += inv.Carry
		oldest = min(oldest, inv.Due)
		broken = broken || v.BrokenSince(inv, spoken)
	}
	late := ledger.DaysOverdue(oldest, today)
	rested := cust.LastContact == 0 || int(today-cust.LastContact) >= silentRest
	switch {
	case cust.NextCall != 0:
		d.why = callAgreed
	case v.BouncedSince(cust, spoken):
		d.why = callCheque
	case broken:
		d.why = callBroken
	case late > 0 && rested && !v.Reaches(cust, mail, true):
		d.why = callUnreached
	case late > silentAge && rested:
		d.why = callSilent
	}
	return d, d.why != ""
}

// urgentFirst puts calls in order.
func urgentFirst(out []duty) []duty {
	reasons := callReasons()
	slices.SortStableFunc(out, func(a, b duty) int {
		return cmp.Or(cmp.Compare(slices.Index(reasons, a.why), slices.Index(reasons, b.why)), cmp.Compare(b.worth, a.worth))
	})
	return out
}

// callsCard lists the calls, and asks what came of the first one; before stands above it.
func callsCard(c *Call, before []card.Text) *card.Card {
	list := duties(c.View, c.Desk.Mail)
	if len(list) == 0 {
		k := &card.Card{Body: append(before, card.T("calls.none"))}
		ownNote(c.View, k)
		return k
	}
	k := &card.Card{Title: card.T("calls.title", "count", len(list)), Body: before, Table: &card.Table{
		Head:  []card.Text{card.T("aging.customer"), card.T("col.why"), card.T("col.overdue"), card.T("col.lastcontact"), card.T("col.phone")},
		Right: []bool{false, false, true, false, false}}}
	for _, d := range list {
		k.Table.Rows = append(k.Table.Rows, callRow(c.View, d))
	}
	first := list[0].customer
	k.Body = append(k.Body, card.T("calls.first", "customer", c.CustomerName(first), "handle", first.Handle))
	if n := c.LastNote(first); n != nil {
		if words, err := c.Text(n.Words); err == nil && words != "" {
			k.Quote = card.Plain(words)
			if c.LetterNoted(n.Customer, words, n.At) != nil {
				k.Quote = card.Join(noteWas(c.View, n.Customer, n.Kind, words, n.At), k.Quote)
			}
		}
	}
	ownNote(c.View, k)
	reached := formButton(card.T("button.reached"), "note", first.Handle)
	reached.Style = card.Primary
	k.Buttons = []card.Button{
		reached,
		{Label: card.T("button.noanswer"), Do: "call", Arg: noteArg(first, string(ledger.NoteNoAnswer))},
		{Label: card.T("button.wrongnumber"), Do: "call", Arg: noteArg(first, string(ledger.NoteWrong))},
		{Label: card.T("button.snooze"), Do: "call", Arg: noteArg(first, string(ledger.NoteSnoozed)), More: true},
	}
	return k
}

func callRow(v *ledger.View, d duty) []card.Text {
	sum, last, phone := card.Plain("–"), card.Plain("–"), card.Plain("–")
	if len(d.overdue) > 0 {
		var each []card.Text
		for _, cur := range sortedCurrencies(d.overdue) {
			each = append(each, money(d.overdue[cur]))
		}
		sum = card.Join(each...)
	}
	if d.customer.LastContact != 0 {
		last = card.T("value", "value", d.customer.LastContact)
	}
	if p := v.Phone(d.customer); p != "" {
		phone = card.Plain(p)
	}
	return []card.Text{card.Plain(v.CustomerName(d.customer)), card.T("call." + d.why), sum, last, phone}
}

func sortedCurrencies(m map[ledger.Currency]ledger.Money) []ledger.Currency {
	return slices.Sorted(maps.Keys(m))
}

// wrongNumberDays is after how long a customer is on the list again whose number was wrong.
const wrongNumberDays = 7

// noteCall writes down that a call came to nothing, and shows the next one. It is no contact.
func noteCall(c *Call) (card.Reply, error) {
	id, how := cutArg(c.Where.Arg)
	cust := c.Customer(ledger.CustomerID(id))
	if cust == nil {
		return card.Say("button.old"), nil
	}
	if err := c.Allowed(cust); err != nil {
		return card.Reply{}, err
	}
	next := c.Days().Next(c.Today(), c.Home())
	switch ledger.NoteKind(how) {
	case ledger.NoteNoAnswer, ledger.NoteSnoozed:
	case ledger.NoteWrong:
		next = c.Today().AddDays(wrongNumberDays)
	default:
		return card.Say("button.old"), nil
	}
	if cust.NextCall > c.Today() { // pressed twice, or somebody else was quicker
		return card.Reply{Card: callsCard(c, nil), Replace: true}, nil
	}
	n, err := c.Tx.NoteOn(ledger.NewNote{Customer: cust.ID, Kind: ledger.NoteKind(how), Next: next})
	if err != nil {
		return card.Reply{}, err
	}
	done := []card.Text{card.T("calls."+strings.ToLower(how), "customer", c.CustomerName(cust), "date", n.Next, "handle", cust.Handle)}
	return card.Reply{Card: callsCard(c, done), Replace: true}, nil
}
