package commands

import (
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// How cheques are shown, to staff and to customers.

// What a customer is told of a cheque, in one word.
const (
	chequeWordReceived = "received"
	chequeWordBounced  = "bounced"
	chequeWordReturned = "returned"
	chequeWordMistake  = "mistake" // what he was told before was one
)

// chequesCommand lists the cheques of which money is expected, the one that is due first first; of
// one customer all.
func chequesCommand() Command {
	return Command{
		Name: "cheques", Who: anybody(), Reads: true,
		Usage:    []string{`cheques [<customer>]`},
		Examples: []string{`cheques`, `cheques acme`},
		Form:     chequesForm, Words: customerWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) > 1 {
				return card.Reply{}, usage("cheques", "got", c.Line)
			}
			if len(c.Args) == 0 {
				all := slices.DeleteFunc(c.LiveCheques(), func(q *ledger.Cheque) bool { return !c.Sees(c.Customer(q.Customer)) })
				return card.Reply{Card: c.chequeList(card.T("cheques.title", "count", len(all)), all)}, nil
			}
			cust, err := c.CustomerNamed(c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			return card.Reply{Card: c.chequeList(card.T("cheques.of", "customer", c.CustomerName(cust)), c.ChequesOf(cust))}, nil
		},
	}
}

func (c *Call) chequeList(title card.Text, all []*ledger.Cheque) *card.Card {
	if len(all) == 0 {
		k := &card.Card{Body: []card.Text{card.T("cheques.none")}}
		ownNote(c.View, k)
		return k
	}
	slices.SortStableFunc(all, func(a, b *ledger.Cheque) int { return int(a.Expects()) - int(b.Expects()) })
	k := &card.Card{Title: title, Table: &card.Table{
		Head:  []card.Text{card.T("col.cheque"), card.T("aging.customer"), card.T("cheque.number"), card.T("cheque.dated"), card.T("col.amount"), card.T("col.state")},
		Right: []bool{false, false, false, false, true, false}}}
	pick := card.Pick{Label: card.T("pick.cheque")}
	for _, q := range all {
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(q.ID.Label()), card.Plain(c.CustomerName(c.Customer(q.Customer))), card.Plain(q.Number),
			card.T("value", "value", q.Dated), money(q.Amount), c.chequeState(q)})
	}
	for _, q := range onPage(all, c.Page) {
		pick.Buttons = append(pick.Buttons, lineButton(chequeLine(c.View, q), "cheque "+q.ID.Label()))
	}
	k.Picks = []card.Pick{pick}
	k.Fields = c.chequeForecast(all)
	ownNote(c.View, k)
	return k
}

// The days within which cheques are expected, as a list sums them up.
var chequeWithin = []int{7, 30}

// chequeForecast is when listed cheques bring how much, by the dates written on them.
func (c *Call) chequeForecast(listed []*ledger.Cheque) (out []card.Field) {
	shown := map[ledger.CustomerID]bool{}
	for _, q := range listed {
		shown[q.Customer] = true
	}
	sums := make([]map[ledger.Currency]ledger.Money, len(chequeWithin)+1)
	for _, x := range c.ChequeForecast() {
		at := slices.IndexFunc(chequeWithin, func(days int) bool { return x.Date <= c.Today().AddDays(days) })
		if at < 0 {
			at = len(chequeWithin)
		}
		if sums[at] == nil {
			sums[at] = map[ledger.Currency]ledger.Money{}
		}
		if shown[x.Customer] {
			sums[at][x.Amount.Currency] = sums[at][x.Amount.Currency].Add(x.Amount)
		}
	}
	for at, sum := range sums {
		label := card.T("cheques.later")
		if at < len(chequeWithin) {
			label = card.T("cheques.within", "count", chequeWithin[at])
		}
		if each := moneyRow(sum); len(each) > 0 {
			out = append(out, card.Field{Label: label, Value: card.Join(each...)})
		}
	}
	return out
}

// moneyRow is sums of several currencies, in order.
func moneyRow(sums map[ledger.Currency]ledger.Money) (out []card.Text) {
	for _, cur := range sortedCurrencies(sums) {
		out = append(out, money(sums[cur]))
	}
	return out
}

// chequeState is the state of a cheque, with what it waits for.
func (c *Call) chequeState(q *ledger.Cheque) card.Text {
	state := card.T("cheque.state." + string(q.State))
	switch {
	case q.State == ledger.ChequeHeld && q.Dated < c.Today():
		return card.Join(state, card.T("cheque.late", "count", int(c.Today()-q.Dated)))
	case q.State == ledger.ChequeHeld && q.Dated == c.Today():
		return card.Join(state, card.T("cheque.today"))
	case q.State == ledger.ChequeDeposited && q.Expects() <= c.Today():
		return card.Join(state, card.T("cheque.askbank", "date", q.Since))
	}
	return state
}

// chequeLine names a cheque in a row: "CH-3 · €500.00 · 15 Dec 2026 · Acme GmbH".
func chequeLine(v *ledger.View, q *ledger.Cheque) card.Text {
	return card.Join(card.Plain(q.ID.Label()), money(q.Amount), card.T("value", "value", q.Dated), card.Plain(v.CustomerName(v.Customer(q.Customer))))
}

// chequeCard shows a cheque as it stands, with what can be done.
func chequeCard(v *ledger.View, q *ledger.Cheque) (*card.Card, error) {
	drawer, reason, err := v.ChequeWords(q)
	if err != nil {
		return nil, err
	}
	k := &card.Card{Title: card.T("cheque.title", "cheque", q.ID.Label(), "amount", q.Amount, "customer", v.CustomerName(v.Customer(q.Customer)))}
	add := func(label string, value card.Text) {
		k.Fields = append(k.Fields, card.Field{Label: card.T(label), Value: value})
	}
	text := func(label, value string) {
		if value != "" {
			add(label, card.Plain(value))
		}
	}
	text("cheque.number", q.Number)
	text("cheque.sayad", q.Sayad)
	text("cheque.bank", q.Bank)
	text("cheque.drawer", drawer)
	add("cheque.dated", card.T("value", "value", q.Dated))
	add("field.state", card.T("cheque.since", "state", card.T("cheque.state."+string(q.State)), "date", q.Since))
	text("col.reason", reason)
	if q.Fees > 0 {
		add("cheque.fees", money(ledger.Money{Minor: q.Fees, Currency: q.Amount.Currency}))
	}
	if p := v.Payment(q.Payment); p != nil && !p.Returned {
		text("field.payment", p.Label())
	}
	if q.Replaces != 0 {
		text("field.replaces", q.Replaces.Label())
	}
	if q.By != 0 {
		text("field.replacedby", q.By.Label())
	}
	k.Body = chequeFor(v, q)
	k.Buttons = chequeButtons(v, q)
	return k, nil
}

// chequeFor says what a live cheque covers.
func chequeFor(v *ledger.View, q *ledger.Cheque) (out []card.Text) {
	if !q.State.Live() {
		return nil
	}
	if len(q.For) == 0 {
		return []card.Text{card.T("cheque.foraccount")}
	}
	var numbers []card.Text
	for _, id := range q.For {
		numbers = append(numbers, card.Plain(v.Invoice(id).Number.String()))
	}
	return []card.Text{card.T("cheque.for", "numbers", card.Join(numbers...))}
}

// chequeButtons are the next steps of a cheque, the likeliest first.
func chequeButtons(v *ledger.View, q *ledger.Cheque) (out []card.Button) {
	line := "cheque " + q.ID.Label() + " "
	step := func(label, act string) { out = append(out, lineButton(card.T(label), line+act)) }
	form := func(label, act string) {
		out = append(out, formButton(card.T(label), "cheque", q.ID.Label()+" "+act))
	}
	switch q.State {
	case ledger.ChequeHeld:
		step("button.cheque.deposited", "deposited")
		step("button.cheque.cleared", "cleared")
		form("button.cheque.bounced", "bounced")
		form("button.cheque.returned", "returned")
	case ledger.ChequeDeposited:
		step("button.cheque.cleared", "cleared")
		form("button.cheque.bounced", "bounced")
	case ledger.ChequeBounced:
		step("button.cheque.again", "deposited")
		form("button.cheque.replace", "replace")
		form("button.cheque.returned", "returned")
	case ledger.ChequeCleared:
		form("button.cheque.bounced", "bounced")
	}
	if len(out) > 0 && q.State != ledger.ChequeCleared {
		out[0].Style = card.Primary
	}
	if q.Undoable() && v.EntryOfCheque(q) == nil {
		undo := lineButton(card.T("button.undo"), line+"undo")
		undo.More = true
		out = append(out, undo)
	}
	return out
}

// homeCheques are cheques that somebody has to take to the bank, or to ask it about.
func (c *Call) homeCheques() *card.Card {
	if !may(Command{Who: cashiers()}, c.Who.Role) {
		return nil
	}
	all := slices.DeleteFunc(c.DueCheques(c.Today()), func(q *ledger.Cheque) bool { return !c.Sees(c.Customer(q.Customer)) })
	k := homeList("cheques", all, func(q *ledger.Cheque) card.Text {
		return card.Join(card.Plain(q.ID.Label()), money(q.Amount), c.chequeState(q), card.Plain(c.CustomerName(c.Customer(q.Customer))))
	}, lineButton(card.T("button.showall"), "cheques"))
	if k == nil {
		return nil
	}
	pick := card.Pick{Label: card.T("pick.cheque")}
	for _, q := range all[:min(len(all), pageRows)] {
		pick.Buttons = append(pick.Buttons, lineButton(chequeLine(c.View, q), "cheque "+q.ID.Label()))
	}
	k.Picks = []card.Pick{pick}
	return k
}

// coverFields show by which cheque an invoice is covered.
func coverFields(v *ledger.View, inv *ledger.Invoice) []card.Field {
	cover := v.CoverOf(inv)
	if cover.Amount.Minor == 0 {
		return nil
	}
	return []card.Field{{Label: card.T("field.cheque"), Value: card.Join(card.Plain(cover.Cheque.Label()), money(cover.Amount), card.T("value", "value", cover.Until))}}
}

// chequeFields tell a customer what his cheques cover of an invoice.
func chequeFields(v *ledger.View, inv *ledger.Invoice) []card.Field {
	cover := v.CoverOf(inv)
	if cover.Amount.Minor == 0 {
		return nil
	}
	return []card.Field{{Label: card.T("inv.cheque"), Value: card.T("inv.cheque.until", "amount", cover.Amount, "date", cover.Until)}}
}

// chequeNote says how much of what these customers owe is covered by cheques: it stays in the
// aging at its age, since a cheque may bounce.
func chequeNote(v *ledger.View, of func(ledger.CustomerID) bool) []card.Text {
	sums := map[ledger.Currency]ledger.Money{}
	for _, q := range v.LiveCheques() {
		if of(q.Customer) && v.Sees(v.Customer(q.Customer)) {
			sums[q.Amount.Currency] = sums[q.Amount.Currency].Add(q.Amount)
		}
	}
	each := moneyRow(sums)
	if len(each) == 0 {
		return nil
	}
	return []card.Text{card.T("aging.cheques", "sum", card.Join(each...))}
}

// inRows reports of a customer whether rows of the aging are about him.
func inRows(rows []ledger.AgingRow) func(ledger.CustomerID) bool {
	return func(id ledger.CustomerID) bool {
		return slices.ContainsFunc(rows, func(r ledger.AgingRow) bool { return r.Customer == id })
	}
}

// chequeNews is the message of a cheque in Slack as it stands.
func chequeNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	k, err := chequeCard(v, v.ChequeOfNotice(&n.NoticeQueued))
	return card.Message{Card: k}, err
}

// chequeTask asks staff to see to a cheque that bounced.
func chequeTask(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	q := v.ChequeOfNotice(&n.NoticeQueued)
	if q.State != ledger.ChequeBounced {
		return card.Message{Withdraw: "the cheque did not stay bounced"}, nil
	}
	k, err := chequeCard(v, q)
	if err != nil {
		return card.Message{}, err
	}
	k.Title = card.T("cheque.task", "cheque", q.ID.Label(), "amount", q.Amount, "customer", v.CustomerName(v.Customer(q.Customer)))
	k.Body = []card.Text{card.T("cheque.task.body")}
	return card.Message{Card: k}, nil
}

// chequeWord tells a customer what became of his cheque.
func chequeWord(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	q := v.ChequeOfNotice(&n.NoticeQueued)
	_, word, _ := strings.Cut(n.Code, " ")
	over := map[string]bool{
		chequeWordReceived: q.State == ledger.ChequeVoid,
		chequeWordBounced:  q.State.Live() || q.State == ledger.ChequeCleared,
		chequeWordReturned: q.State != ledger.ChequeGivenBack,
	}
	if over[word] {
		return card.Message{Withdraw: "it was taken back"}, nil
	}
	_, reason, err := v.ChequeWords(q)
	if err != nil {
		return card.Message{}, err
	}
	k := &card.Card{Title: card.T("chat.cheque."+word+".title", "number", q.Number, "amount", q.Amount),
		Body: []card.Text{card.T("chat.cheque."+word, "number", q.Number, "amount", q.Amount, "date", q.Dated, "company", v.Company().Name)}}
	if word == chequeWordReceived {
		k.Body = append(k.Body, chequeSettles(v, q))
	}
	if reason != "" && word != chequeWordMistake {
		k.Fields = []card.Field{{Label: card.T("chat.cheque.reason"), Value: card.Plain(reason)}}
	}
	if bank := v.Company().BankLine; word == chequeWordBounced && bank != "" {
		k.Note = []card.Text{card.T("chat.cheque.bank", "details", bank)}
	}
	return card.Message{Card: k}, nil
}

// chequeSettles tells a customer what his cheque will settle.
func chequeSettles(v *ledger.View, q *ledger.Cheque) card.Text {
	if len(q.For) == 0 {
		return card.T("chat.cheque.settles.oldest")
	}
	var numbers []card.Text
	for _, id := range q.For {
		numbers = append(numbers, card.Plain(v.Invoice(id).Number.String()))
	}
	return card.T("chat.cheque.settles", "numbers", card.Join(numbers...))
}
