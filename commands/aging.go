package commands

import (
	"sort"

	"duebot/commands/card"
	"duebot/ledger"
)

// agingCommand shows what is owed by how long it is overdue: of everybody, or of one
// customer with his invoices.
//
//	line      = [ customer ] { past } | { "by" dimension | filter | past } [ "xlsx" | "csv" ] .
//	dimension = "customer" | "currency" | "owner" | "segment" | "bucket" .
//	filter    = "owner" ( mention | "me" | "none" ) | "segment" word | "currency" code
//	          | "overdue" | "over" ( "30" | "60" | "90" | "120" )
//	          | "bucket" ( "notdue" | "1-30" | "31-60" | "61-90" | "91-120" | "120+" | "onaccount" ) .
//	past      = ( "as-of" | "known-at" ) date .
func agingCommand() Command {
	return Command{
		Name: "aging", Aliases: []string{"aging"}, Who: anybody(), Reads: true,
		Usage: []string{`aging [<customer>] [as-of <date>] [known-at <date>]`, `aging by currency|customer|owner|segment|bucket`,
			`aging owner @<user>`, `aging segment <word>`, `aging currency <code>`, `aging overdue`, `aging over 60`, `aging bucket 31-60`, `aging xlsx|csv`},
		Examples: []string{`aging`, `aging by owner over 60`, `aging acme`, `aging as-of 2026-09-30`, `aging acme as-of 2026-09-30 known-at 2026-10-05`},
		Form:     agingForm, Words: agingWords,
		Run: func(c *Call) (card.Reply, error) {
			past, err := c.cutPast()
			if err != nil {
				return card.Reply{}, err
			}
			format, filed := c.cutFormat()
			q, is, err := c.agingQuestion()
			p := agingPlace{agingQuestion: q, past: past, page: c.Page}
			switch {
			case filed && err == nil && (!is || format == card.FormatPDF):
				return card.Reply{}, ledger.Refuse(ledger.BadInput, "paper.aging")
			case filed && err == nil:
				return c.agingPaper(card.Paper{Kind: card.PaperAging, Of: p.code(), Format: format})
			case err != nil || is:
				return c.agingAnswer(p, err)
			}
			cust, err := c.CustomerNamed(c.Args[0].text)
			if err == nil {
				p.customer = cust.ID
			}
			return c.agingAnswer(p, err)
		},
	}
}

// agingCardOf shows the totals per currency, and the customers with the most overdue first.
func agingCardOf(v *ledger.View, title card.Text, rows []ledger.AgingRow) *card.Card {
	k := &card.Card{Title: title, Table: agingTable(v, card.T("aging.customer"))}
	totals := ledger.AgingTotals(rows)
	ownFirst(v, totals)
	if len(totals) == 0 {
		return &card.Card{Body: []card.Text{card.T("aging.nothing")}}
	}
	for i := range totals {
		k.Table.Rows = append(k.Table.Rows, agingLine(card.T("aging.all", "currency", string(totals[i].Currency)), &totals[i]))
	}
	k.Table.Pinned = len(totals)
	byOverdue(v, rows)
	for i := range rows {
		k.Table.Rows = append(k.Table.Rows, agingLine(card.Plain(v.CustomerName(v.Customer(rows[i].Customer))), &rows[i]))
	}
	k.Note = append(k.Note, card.T("aging.note"))
	return k
}

// byOverdue puts rows in order: the company's currency first, then the most overdue.
func byOverdue(v *ledger.View, rows []ledger.AgingRow) {
	base := v.Company().Currency
	sort.SliceStable(rows, func(i, j int) bool {
		if a, b := rows[i].Currency == base, rows[j].Currency == base; a != b {
			return a
		}
		if rows[i].Currency != rows[j].Currency {
			return rows[i].Currency < rows[j].Currency
		}
		return rows[i].Overdue().Minor > rows[j].Overdue().Minor
	})
}

func agingTable(v *ledger.View, first card.Text) *card.Table {
	t := &card.Table{Head: []card.Text{first, card.T("aging.total"), card.T("aging.notdue")}, Right: []bool{false, true, true}}
	for _, name := range bucketNames(v) {
		t.Head, t.Right = append(t.Head, name), append(t.Right, true)
	}
	t.Head, t.Right = append(t.Head, card.T("aging.onaccount")), append(t.Right, true)
	return t
}

func agingLine(name card.Text, r *ledger.AgingRow) []card.Text {
	out := []card.Text{name, money(r.Total())}
	for _, b := range r.Bucket {
		out = append(out, moneyOrDash(b, r.Currency))
	}
	return append(out, moneyOrDash(-r.OnAcct, r.Currency))
}

func moneyOrDash(minor int64, c ledger.Currency) card.Text {
	if minor == 0 {
		return card.Plain("–")
	}
	return money(ledger.Money{Minor: minor, Currency: c})
}

// accountCard shows one customer: buckets, and his open invoices.
func accountCard(v *ledger.View, cust *ledger.Customer) *card.Card {
	today := v.Today()
	k := &card.Card{Title: card.T("account.title", "customer", v.CustomerName(cust), "handle", cust.Handle)}
	k.Fields = append(append(contactFields(v, cust), chosenFields(v, cust)...), limitFields(v, cust)...)
	rows := v.AgingOf(cust, today)
	if len(rows) == 0 {
		k.Body = append(k.Body, card.T("account.nothing"))
		k.Fields = append(append(k.Fields, recordFields(v, cust)...), partyFields(v, cust)...)
		k.Note = append(k.Note, routeNotes(v, cust)...)
		k.Buttons = append(k.Buttons, statementButton(cust), peopleButton(cust))
		return k
	}
	k.Fields = append(agingFields(rows), k.Fields...)
	k.Fields = append(append(k.Fields, recordFields(v, cust)...), partyFields(v, cust)...)
	open := v.OpenItems(cust)
	k.Table = &card.Table{Head: []card.Text{card.T("col.number"), card.T("col.due"), card.T("col.state"), card.T("col.open")},
		Right: []bool{false, false, false, true}}
	for _, item := range open {
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(item.Invoice.Number.String()), card.T("value", "value", item.Due),
			itemState(item, today), money(item.Open)})
	}
	for _, u := range v.UnappliedOf(cust) {
		k.Table.Rows = append(k.Table.Rows, []card.Text{unappliedName(u), card.T("value", "value", u.Date), card.T("aging.onaccount"), money(u.Left.Neg())})
	}
	if len(k.Table.Rows) == 0 {
		k.Table = nil
	}
	k.Note = append(k.Note, chequeNote(v, func(id ledger.CustomerID) bool { return id == cust.ID })...)
	if !cust.Reachable(true, false) {
		k.Note = append(k.Note, card.T("account.nochat", "handle", cust.Handle))
	}
	k.Note = append(k.Note, routeNotes(v, cust)...)
	k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.allcustomers"), Do: "aging", Arg: "all"}, statementButton(cust), peopleButton(cust))
	return k
}

// unappliedName is the number of a payment or a credit note.
func unappliedName(u ledger.Unapplied) card.Text {
	if u.Payment != nil {
		return card.Plain(u.Payment.Label())
	}
	return card.Plain(u.Credit.Number.String())
}

// statementButton leads from an account to its documents of this month.
func statementButton(cust *ledger.Customer) card.Button {
	return lineButton(card.T("button.statement"), "statement "+cust.Handle)
}

// peopleButton leads from an account to who is linked to it.
func peopleButton(cust *ledger.Customer) card.Button {
	b := lineButton(card.T("button.people"), "people "+cust.Handle)
	b.More = true // the way back stays in sight
	return b
}

// recordFields show whether a customer keeps his word, and the plans that stand.
func recordFields(v *ledger.View, cust *ledger.Customer) (out []card.Field) {
	if cust.PromisesKept+cust.PromisesBroken > 0 {
		out = append(out, card.Field{Label: card.T("field.promises"), Value: card.T("promise.record", "kept", cust.PromisesKept, "broken", cust.PromisesBroken)})
	}
	if h := v.PayingHabit(cust); h.Of > 0 {
		out = append(out, card.Field{Label: card.T("field.habit"), Value: delayText(h.Days)})
	}
	if days, ok := v.MeanDelay(cust, cust.Currency, v.Today()); ok {
		out = append(out, card.Field{Label: card.T("field.delay"), Value: delayText(days)})
	}
	for _, p := range v.PlansOf(cust) {
		if at, left, ok := v.NextPart(p); ok {
			out = append(out, card.Field{Label: card.T("field.plan"), Value: card.T("plan.next", "amount", left, "date", p.Parts[at].Due)})
		}
	}
	return out
}

// agingFields are a customer's sums: balance, overdue, disputed, on account.
func agingFields(rows []ledger.AgingRow) (out []card.Field) {
	add := func(label card.Text, m ledger.Money) { out = append(out, card.Field{Label: label, Value: money(m)}) }
	for i := range rows {
		r := &rows[i]
		add(card.T("account.owes"), r.Total())
		if o := r.Overdue(); o.Minor > 0 {
			add(card.T("account.overdue"), o)
		}
		if r.Disputed > 0 {
			add(card.T("account.disputed"), ledger.Money{Minor: r.Disputed, Currency: r.Currency})
		}
		if r.OnAcct > 0 {
			add(card.T("aging.onaccount"), ledger.Money{Minor: r.OnAcct, Currency: r.Currency})
		}
	}
	return out
}

// cardState is an invoice's state as a message shows it that stays: without a number of
// days, which would be wrong tomorrow.
func cardState(inv *ledger.Invoice, on ledger.Date) card.Text {
	if state := inv.State(on); state == ledger.StateOverdue && inv.Plan != 0 {
		return card.T("state.onplan")
	} else if state == ledger.StateOverdue && inv.Promised < on {
		return card.T("state.late")
	}
	return stateText(inv, on)
}

// itemState is stateText of one part of an invoice in instalments.
func itemState(item ledger.OpenItem, on ledger.Date) card.Text {
	if item.Due == item.Invoice.Due || item.Invoice.State(on) != ledger.StateOverdue {
		return stateText(item.Invoice, on)
	}
	if days := ledger.DaysOverdue(item.Due, on); days > 0 {
		return card.T("state.overdue", "count", days)
	}
	return card.T("state.open")
}

// stateText is an invoice's state in a few words: "overdue by 12 days".
func stateText(inv *ledger.Invoice, on ledger.Date) card.Text {
	state := inv.State(on)
	switch {
	case state == ledger.StateOverdue && inv.Plan != 0:
		return card.T("state.onplan.late", "count", ledger.DaysOverdue(inv.Due, on))
	case inv.Plan != 0 && (state == ledger.StateOpen || state == ledger.StatePartPaid):
		return card.T("state.onplan")
	case state == ledger.StateOverdue && inv.Promised >= on:
		return card.T("state.promised", "date", inv.Promised)
	case state == ledger.StateOverdue:
		return card.T("state.overdue", "count", ledger.DaysOverdue(inv.Due, on))
	case state == ledger.StatePartPaid && inv.Paid == 0 && inv.Deducted == 0: // a credit note is no payment
		return card.T("state.open")
	}
	return card.T("state." + string(state))
}
