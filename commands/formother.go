package commands

import (
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// The forms of what is agreed, looked up and kept: promises, plans, disputes, months, rates,
// reminders, reports.

func promiseForm(c *Call) (*card.Form, error) {
	if !c.few(2) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.promise"), Submit: card.T("form.do.note")}
	return f, c.aboutInvoice(f, c.dayField("date", card.T("ask.promise"), c.Today().AddDays(7)))
}

func promiseWords(v map[string]string, arg string) []token {
	return row(chosen(v["invoice"], arg), word(v["date"]))
}

func planForm(c *Call) (*card.Form, error) {
	if !c.few(1) || c.mayPlan() != nil {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.plan"), Submit: card.T("form.do.agree")}
	inv, cust, err := c.named("account")
	switch {
	case err != nil:
		return nil, err
	case cust == nil || len(c.Args) == 0:
		f.Fields = append(f.Fields, c.accountField())
	default:
		f.Arg = c.Args[0].text
		_, total := planDebt(c.View, inv, cust)
		f.Body = []card.Text{card.T("ask.about", "what", c.CustomerName(cust), "open", total)}
	}
	f.Fields = append(f.Fields, optional(c.lineField("count", card.T("ask.count"), "3"), card.Text{}),
		c.choiceField("every", card.T("field.schedule"), "monthly", card.Option{Value: "weekly", Label: card.T("every.weekly")},
			card.Option{Value: "monthly", Label: card.T("every.monthly")}),
		optional(c.dayField("from", card.T("ask.from"), c.Today().AddDays(14)), card.Text{}),
		optional(c.lineField("parts", card.T("ask.parts"), ""), card.T("ask.parts.hint")))
	return f, nil
}

// planWords are even parts, or those that were written out.
func planWords(v map[string]string, arg string) []token {
	out := chosen(v["account"], arg)
	if parts := sumWords(v["parts"]); len(parts) > 0 {
		return row(out, parts)
	}
	return row(out, word(v["count"]), word(v["every"]), option("from", word(v["from"])))
}

// openDisputes are the open disputes, as options.
func (c *Call) openDisputes() (out []card.Option) {
	for _, d := range c.OpenDisputes() {
		if c.Sees(c.Customer(d.Customer)) && len(out) < optionsMax {
			out = append(out, card.Option{Value: d.Label(), Label: card.Join(card.Plain(d.Label()), card.Plain(label(c.View, c.Invoice(d.Invoice))))})
		}
	}
	return out
}

// optionsMax is how many options a choice has at most, and optionWide how long the value of one
// may be.
const optionsMax, optionWide = 100, 75

func periodForm(c *Call) (*card.Form, error) {
	verb := ""
	if len(c.Args) > 0 {
		verb = strings.ToLower(c.Args[0].text)
	}
	closes, opens := verb == "close" && len(c.Args) < 2, verb == "reopen" && len(c.Args) < 3
	who := []Role{Finance, Manager}
	if opens {
		who = who[1:]
	}
	if !c.asking && !closes && !opens || !may(Command{Who: who}, c.Who.Role) {
		return nil, nil
	}
	known := lastMonth(c.Today())
	if m := c.ClosedThrough(); m != 0 && opens {
		known = m.String()
	}
	if len(c.Args) > 1 {
		known = c.Args[1].text
	}
	month := c.lineField("month", card.T("col.month"), known)
	month.Hint = card.T("ask.month.hint")
	if opens {
		return &card.Form{Title: card.T("form.reopen"), Submit: card.T("form.do.reopen"), Arg: "reopen",
			Fields: []card.Input{month, c.whyField(card.T("col.reason"), false)}}, nil
	}
	return &card.Form{Title: card.T("form.period"), Submit: card.T("form.do.close"), Arg: "close", Fields: []card.Input{month}}, nil
}

func periodWords(v map[string]string, arg string) []token {
	return row(split(arg), word(v["month"]), quote(v["why"]))
}

// rateForm asks for a rate. Who may not set one is shown those that are known instead.
func rateForm(c *Call) (*card.Form, error) {
	if !c.few(1) || !may(Command{Who: rateSetters()}, c.Who.Role) {
		return nil, nil
	}
	own, known := c.Company().Currency, c.RatedCurrencies()
	cur := ledger.Currency("")
	if len(c.Args) > 0 {
		cur = ledger.Currency(strings.ToUpper(c.Args[0].text))
	} else if len(known) == 1 {
		cur = known[0]
	}
	f := &card.Form{Title: card.T("form.rate"), Submit: card.T("form.do.save")}
	if list := c.Rates(cur); len(list) > 0 {
		last := list[len(list)-1]
		f.Body = []card.Text{card.T("ask.rate.last", "rate", rateWords(last, own), "date", last.Date)}
	}
	rate := c.lineField("rate", card.T("ask.rate", "base", string(own)), "")
	rate.Hint = card.T("ask.rate.hint")
	f.Fields = []card.Input{c.lineField("currency", card.T("field.currency"), string(cur)), rate, c.dayField("date", card.T("field.date"), c.Today())}
	return f, nil
}

func rateWordsOf(v map[string]string, _ string) []token {
	return row(word(v["currency"]), word(v["rate"]), word(v["date"]))
}

func interestForm(c *Call) (*card.Form, error) {
	if !c.few(1) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.interest"), Submit: card.T("form.do.compute")}
	return f, c.aboutCustomer(f, optional(c.dayField("until", card.T("field.until"), 0), card.Text{}))
}

func interestWords(v map[string]string, arg string) []token {
	return row(chosen(v["customer"], arg), option("until", word(v["until"])))
}

func remindForm(c *Call) (*card.Form, error) {
	if !c.few(1) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.remind"), Submit: card.T("form.do.preview")}
	if len(c.Args) > 0 {
		return f, c.aboutCustomer(f)
	}
	whom := c.choiceField("whom", card.T("ask.whom"), "customer", card.Option{Value: "customer", Label: card.T("ask.whom.customer")},
		card.Option{Value: "overdue", Label: card.T("campaign.what.overdue")}, card.Option{Value: "all", Label: card.T("campaign.what.all")},
		card.Option{Value: "segment", Label: card.T("ask.whom.segment")})
	whom.Again = true
	f.Fields = []card.Input{whom}
	switch whom.Value {
	case "customer":
		return f, c.aboutCustomer(f)
	case "segment":
		f.Fields = append(f.Fields, c.lineField("segment", card.T("field.segment"), ""))
	}
	return f, nil
}

func remindWords(v map[string]string, arg string) []token {
	switch v["whom"] {
	case "overdue", "all":
		return word(v["whom"])
	case "segment":
		return option("segment", word(v["segment"]))
	}
	return chosen(v["customer"], arg)
}

func statementForm(c *Call) (*card.Form, error) {
	if !c.few(1) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.statement"), Submit: card.T("form.do.show")}
	return f, c.aboutCustomer(f, c.dayField("from", card.T("ask.from"), firstOfMonth(c.Today())), c.dayField("to", card.T("field.until"), c.Today()),
		optional(c.dayField("known", card.T("ask.known"), 0), card.T("ask.known.hint")))
}

func statementWords(v map[string]string, arg string) []token {
	return row(chosen(v["customer"], arg), word(v["from"]), word(v["to"]), option("known-at", word(v["known"])))
}

func paymentsForm(c *Call) (*card.Form, error) {
	if !c.few(1) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.payments"), Submit: card.T("form.do.show")}
	return f, c.aboutCustomer(f)
}

func customerWords(v map[string]string, arg string) []token { return chosen(v["customer"], arg) }

// lookForm asks what to show, explain or tell the history of.
func lookForm(title card.Text) func(c *Call) (*card.Form, error) {
	return func(c *Call) (*card.Form, error) {
		if !c.few(1) {
			return nil, nil
		}
		return &card.Form{Title: title, Submit: card.T("form.do.show"), Fields: []card.Input{c.accountField()}}, nil
	}
}

func accountWords(v map[string]string, arg string) []token { return chosen(v["account"], arg) }
