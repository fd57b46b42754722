package commands

import (
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// planCommand lets a debt be paid in dated parts, shows a customer's plans, and takes them
// back.
//
//	line = ( number | customer ) ( even | parts )      agrees a plan
//	     | customer                                     shows his plans
//	     | "cancel" ( customer | number ) .
//	even = count ( "weekly" | "monthly" ) "from" date .
//	parts = sum date { "," sum date } .
//
// Of a customer it is about all his open invoices in his currency.
func planCommand() Command {
	return Command{
		Name: "plan", Who: anybody(),
		Usage:    []string{`plan <customer or invoice> <count> monthly|weekly from <date>`, `plan <customer or invoice> <sum> <date>, <sum> <date>`, `plan <customer>`, `plan cancel <customer>`},
		Examples: []string{`plan acme 3 monthly from 2026-11-01`, `plan INV-2026-000001 400 2026-11-01, 400 2026-12-01, 405 2027-01-01`, `plan acme`, `plan cancel acme`},
		Form:     planForm, Words: planWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 {
				return card.Reply{}, usage("plan", "got", "")
			}
			if c.Args[0].is("cancel") && len(c.Args) == 2 {
				return cancelPlan(c)
			}
			inv, cust, err := invoiceOrCustomer(c.View, c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			if len(c.Args) == 1 {
				return showPlans(c, cust)
			}
			reply, err := agreePlan(c, inv, cust)
			if err != nil {
				return reply, err
			}
			plans := c.PlansOf(cust)
			return reply, tellPlan(c.Tx, ledger.NoticePlanAgreed, plans[len(plans)-1])
		},
	}
}

// tellPlan tells the customer what became of a plan of his, once, however many of his invoices
// it is about.
func tellPlan(tx *ledger.Tx, kind ledger.NoticeKind, p *ledger.Plan) error {
	return tx.Notify(ledger.NoticeQueued{Kind: kind, Customer: p.Customer, Invoice: p.Claims[0].Invoice, Code: strconv.Itoa(int(p.ID))})
}

// mayPlan refuses those who may only look.
func (c *Call) mayPlan() error {
	if part := (Command{Name: "plan", Who: []Role{Finance, Manager}}); !may(part, c.Who.Role) {
		return forbidden(part, c.Who.Role)
	}
	return nil
}

func agreePlan(c *Call, inv *ledger.Invoice, cust *ledger.Customer) (card.Reply, error) {
	if err := c.mayPlan(); err != nil {
		return card.Reply{}, err
	}
	invoices, total := planDebt(c.View, inv, cust)
	parts, err := c.planParts(c.Args[1:], total)
	if err != nil {
		return card.Reply{}, err
	}
	p, err := c.Tx.AgreePlan(cust, invoices, parts)
	if err != nil {
		return card.Reply{}, err
	}
	for _, inv := range invoices {
		if err := c.Desk.Refresh(c.Tx, inv); err != nil {
			return card.Reply{}, err
		}
	}
	k := planCard(c.View, p)
	k.Body = append(k.Body, card.T("plan.note"))
	c.Line = cust.Handle // another page shows the plan, and makes none
	return card.Reply{Card: k}, nil
}

// planDebt lists what a plan is about: one invoice, or all of the customer's in his
// currency that are on no plan and not disputed in full.
func planDebt(v *ledger.View, inv *ledger.Invoice, cust *ledger.Customer) (list []*ledger.Invoice, total ledger.Money) {
	if inv != nil {
		return []*ledger.Invoice{inv}, inv.Undisputed()
	}
	total = ledger.Money{Currency: cust.Currency}
	for _, i := range v.OpenInvoices(cust) {
		if i.Currency == cust.Currency && i.Plan == 0 && i.Undisputed().Minor > 0 {
			list, total = append(list, i), total.Add(i.Undisputed())
		}
	}
	return list, total
}

// planParts reads an even plan, or sums and dates in turn.
func (c *Call) planParts(words []token, total ledger.Money) ([]ledger.PlanPart, error) {
	if len(words) > 3 && words[2].is("from") && (words[1].is("monthly") || words[1].is("weekly")) {
		n, err := strconv.Atoi(words[0].text)
		if err != nil || n < 1 || n > 999 {
			return nil, usage("plan", "got", words[0].text)
		}
		from, err := c.days().all(words[3:])
		if err != nil {
			return nil, err
		}
		_, _, day := from.Parts()
		s := ledger.Schedule{Every: ledger.Monthly, Day: day}
		if words[1].is("weekly") {
			s = ledger.Schedule{Every: ledger.Weekly}
		}
		return ledger.EvenParts(total, n, func(i int) ledger.Date { return s.At(from, i) }), nil
	}
	var out []ledger.PlanPart
	for len(words) > 0 {
		if len(words) < 2 {
			return nil, usage("plan", "got", words[0].text)
		}
		if !looksLikeNumber(words[0].text) {
			return nil, usage("plan", "got", words[0].text)
		}
		sum, rest, err := sumOf(words, c.Lang(), total.Currency)
		if err != nil {
			return nil, err
		}
		day, n, err := c.days().take(rest)
		if err != nil {
			return nil, err
		}
		out, words = append(out, ledger.PlanPart{Due: day, Minor: sum.Minor}), rest[n:]
		if len(words) > 0 && words[0].is(",") {
			words = words[1:]
		}
	}
	return out, nil
}

func showPlans(c *Call, cust *ledger.Customer) (card.Reply, error) {
	plans := c.PlansOf(cust)
	if len(plans) == 0 {
		return card.Say("plan.none", "customer", c.CustomerName(cust), "handle", cust.Handle), nil
	}
	k := planCard(c.View, plans[0])
	for _, p := range plans[1:] {
		k.Table.Rows = append(k.Table.Rows, planRows(c.View, p)...)
	}
	return card.Reply{Card: k}, nil
}

// planCard shows a plan: its parts, and what of each is paid.
func planCard(v *ledger.View, p *ledger.Plan) *card.Card {
	return &card.Card{
		Title: card.T("plan.title", "customer", v.CustomerName(v.Customer(p.Customer)), "amount", p.Total()),
		Body:  []card.Text{card.T("plan.about", "numbers", planNumbers(v, p))},
		Table: &card.Table{Head: []card.Text{card.T("col.plan"), card.T("col.due"), card.T("col.amount"), card.T("col.open")},
			Right: []bool{false, false, true, true}, Rows: planRows(v, p)},
	}
}

// planNumbers lists the invoices that a plan is about.
func planNumbers(v *ledger.View, p *ledger.Plan) string {
	var numbers []string
	for _, x := range p.Claims {
		numbers = append(numbers, v.Invoice(x.Invoice).Number.String())
	}
	if len(numbers) > settlesMax {
		numbers = append(numbers[:settlesMax], "…")
	}
	return strings.Join(numbers, ", ")
}

func planRows(v *ledger.View, p *ledger.Plan) (out [][]card.Text) {
	at, left, ok := v.NextPart(p)
	for i, part := range p.Parts {
		open := ledger.Money{Minor: part.Minor, Currency: p.Currency}
		switch {
		case !ok || i < at:
			open.Minor = 0
		case i == at:
			open = left
		}
		out = append(out, []card.Text{card.Plain(p.Label() + "." + strconv.Itoa(i+1)), card.T("value", "value", part.Due),
			money(ledger.Money{Minor: part.Minor, Currency: p.Currency}), moneyOrDash(open.Minor, p.Currency)})
	}
	return out
}

func cancelPlan(c *Call) (card.Reply, error) {
	if err := c.mayPlan(); err != nil {
		return card.Reply{}, err
	}
	_, cust, err := invoiceOrCustomer(c.View, c.Args[1].text)
	if err != nil {
		return card.Reply{}, err
	}
	plans := c.PlansOf(cust)
	if len(plans) == 0 {
		return card.Say("plan.none", "customer", c.CustomerName(cust), "handle", cust.Handle), nil
	}
	for _, p := range plans {
		if err := c.Tx.CancelPlan(p); err != nil {
			return card.Reply{}, err
		}
		if err := tellPlan(c.Tx, ledger.NoticePlanOver, p); err != nil {
			return card.Reply{}, err
		}
		for _, x := range p.Claims {
			if err := c.Desk.Refresh(c.Tx, c.Invoice(x.Invoice)); err != nil {
				return card.Reply{}, err
			}
		}
	}
	return card.Say("plan.cancelled", "customer", c.CustomerName(cust)), nil
}

// judgedNews tells staff, in the thread of the invoice, what came of a promise or a plan.
// The notice's code is the outcome, and for a plan its number behind it.
func judgedNews(v *ledger.View, n *ledger.Notice) card.Message {
	outcome, id, isPlan := strings.Cut(n.Code, " ")
	cust := v.Customer(n.Customer)
	who := v.CustomerName(cust)
	inv := v.Invoice(n.Invoice)
	if isPlan {
		num, _ := strconv.Atoi(id)
		p := v.Plan(ledger.PlanID(num))
		if p == nil {
			return card.Message{Withdraw: "no plan"}
		}
		if outcome == string(ledger.PlanDone) {
			return card.Message{Card: &card.Card{Title: card.T("plan.kept", "customer", who, "amount", p.Total())}}
		}
		return card.Message{Card: &card.Card{Title: card.T("plan.broken", "customer", who, "amount", p.Total()),
			Body: []card.Text{card.T("plan.broken.body", "date", n.For, "handle", cust.Handle)}}}
	}
	k := &card.Card{Title: card.T("promise.kept", "number", inv.Number.String(), "customer", who)}
	if outcome == string(ledger.PromiseFalse) {
		k.Title = card.T("promise.broken", "number", inv.Number.String(), "customer", who)
		k.Body = []card.Text{card.T("promise.broken.body", "date", n.For, "open", inv.OpenMoney())}
		k.Buttons = nextActs(cust, inv)
	}
	k.Fields = []card.Field{{Label: card.T("field.promises"), Value: card.T("promise.record", "kept", cust.PromisesKept, "broken", cust.PromisesBroken)}}
	if len(v.PromisesOn(inv)) > 1 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.promisedon", "number", inv.Number.String()), Value: promiseHistory(v, inv)})
	}
	return card.Message{Card: k}
}

// nextActs are what staff do best where a promise was broken: talk and write down what was
// said, note another day, agree a plan, remind now.
func nextActs(cust *ledger.Customer, inv *ledger.Invoice) []card.Button {
	return []card.Button{
		formButton(card.T("button.reached"), "note", cust.Handle),
		formButton(card.T("button.promise"), "promise", inv.Number.String()),
		formButton(card.T("button.plan"), "plan", cust.Handle),
		lineButton(card.T("button.remindnow"), "remind "+cust.Handle),
	}
}

// planAgreedNews tells a customer of a plan that staff agreed with him.
func planAgreedNews(v *ledger.View, n *ledger.Notice) card.Message {
	id, _ := strconv.Atoi(n.Code)
	p := v.Plan(ledger.PlanID(id))
	if p == nil || p.Outcome != ledger.PlanStands {
		return card.Message{Withdraw: "no plan, or it is over"}
	}
	k := agreedPlan(p.Parts, p.Currency)
	k.Title = card.T("remind.plan.title", "company", v.Company().Name)
	k.Body = []card.Text{card.T("chat.terms.agreed.plan", "what", planNumbers(v, p), "date", p.Parts[0].Due)}
	return card.Message{Card: k}
}

// planOverNews tells a customer that his plan is over: a part was not paid in full, or staff
// took it back.
func (d *Desk) planOverNews(v *ledger.View, n *ledger.Notice) card.Message {
	id, _ := strconv.Atoi(n.Code)
	p := v.Plan(ledger.PlanID(id))
	if p == nil {
		return card.Message{Withdraw: "no plan"}
	}
	var open []*ledger.Invoice
	for _, claim := range p.Claims {
		if inv := v.Invoice(claim.Invoice); inv.Plan == 0 && inv.Undisputed().Minor > 0 {
			open = append(open, inv)
		}
	}
	if len(open) == 0 {
		return card.Message{Withdraw: "paid, or another plan was agreed meanwhile"}
	}
	k := &card.Card{Title: card.T("chat.planover.title", "company", v.Company().Name), Body: []card.Text{card.T("chat.planover.body", "date", n.For)}}
	if p.Outcome == ledger.PlanWithdrawn {
		k.Body = []card.Text{card.T("chat.planover.cancelled", "company", v.Company().Name)}
	}
	k.Fields = []card.Field{{Label: card.T("col.open"), Value: sumOfInvoices(open)}}
	k.Buttons = append(d.payButton(v, open[0], len(open) > 1), d.TermsButtons(v, open[0], true)...)
	return card.Message{Card: k}
}
