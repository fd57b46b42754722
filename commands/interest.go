package commands

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
)

// interestCommand proposes what late payment costs a customer, with its computation; finance
// confirms, and it is charged by invoices of its own. It also enters reference rates.
//
//	line = customer [ "until" date ]
//	     | "rate" date percent [ law ]
//	     | "rates" [ law ] .
func interestCommand() Command {
	return Command{
		Name: "interest", Who: anybody(),
		Usage:    []string{`interest <customer> [until <date>]`, `interest rate <date> <rate>% [eu|uk|ru]`, `interest rates [eu|uk|ru]`},
		Examples: []string{`interest acme`, `interest acme until 2026-09-30`, `interest rate 2026-07-01 2.15%`, `interest rates`},
		Form:     interestForm, Words: interestWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 {
				return card.Reply{}, usage("interest", "got", "")
			}
			first := c.Args[0]
			switch {
			case first.is("rate"):
				return setInterestRate(c)
			case first.is("rates"):
				return listInterestRates(c)
			}
			return proposeInterest(c)
		},
	}
}

// interestTable reads the law whose rates are meant: the company's where none is named.
func (c *Call) interestTable(words []token) (string, error) {
	if len(words) > 0 {
		return strings.ToLower(words[0].text), nil
	}
	if rule := string(c.Company().Interest); rule != "" && rule != string(ledger.NoInterest) && !strings.HasSuffix(rule, "%") {
		name, _, _ := strings.Cut(rule, "+")
		return name, nil
	}
	return "", ledger.Refuse(ledger.BadInput, "interest.whichlaw")
}

func setInterestRate(c *Call) (card.Reply, error) {
	if part := (Command{Name: "interest rate", Who: []Role{Finance, Manager}}); !may(part, c.Who.Role) {
		return card.Reply{}, forbidden(part, c.Who.Role)
	}
	if len(c.Args) < 3 {
		return card.Reply{}, usage("interest", "got", c.Line)
	}
	day, n, err := c.days().take(c.Args[1:])
	if err != nil {
		return card.Reply{}, err
	}
	rest := c.Args[1+n:]
	if len(rest) < 1 || len(rest) > 2 {
		return card.Reply{}, usage("interest", "got", c.Line)
	}
	percent, err := parsePercent(rest[0].text, c.Lang())
	if err != nil {
		return card.Reply{}, err
	}
	table, err := c.interestTable(rest[1:])
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.Tx.SetInterestRate(table, ledger.InterestRate{Date: day, Percent: percent}); err != nil {
		return card.Reply{}, err
	}
	return card.Say("interest.rateset", "table", table, "rate", number(percent), "date", day), nil
}

func listInterestRates(c *Call) (card.Reply, error) {
	table, err := c.interestTable(c.Args[1:])
	if err != nil {
		return card.Reply{}, err
	}
	list := c.InterestRates(table)
	if len(list) == 0 {
		return card.Say("interest.norates", "table", table), nil
	}
	k := &card.Card{Title: card.T("interest.rates", "table", table), Table: &card.Table{
		Head: []card.Text{card.T("col.since"), card.T("col.percent")}, Right: []bool{false, true}}}
	for i := len(list) - 1; i >= 0; i-- {
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.T("value", "value", list[i].Date), percentText(list[i].Percent)})
	}
	return card.Reply{Card: k}, nil
}

func percentText(d decimal.Decimal) card.Text { return card.T("percent", "rate", number(d)) }

func proposeInterest(c *Call) (card.Reply, error) {
	cust, err := c.CustomerNamed(c.Args[0].text)
	if err != nil {
		return card.Reply{}, err
	}
	until := c.Today()
	switch rest := c.Args[1:]; {
	case len(rest) > 1 && rest[0].is("until"):
		if until, err = c.days().all(rest[1:]); err != nil {
			return card.Reply{}, err
		}
	case len(rest) > 0:
		return card.Reply{}, usage("interest", "got", join(rest))
	}
	claims, err := c.Claims(cust, until)
	if err != nil {
		return card.Reply{}, err
	}
	rule, fee := c.InterestOf(cust)
	switch {
	case len(claims) == 0 && rule == ledger.NoInterest && fee == "":
		return card.Say("interest.off", "customer", c.CustomerName(cust), "handle", cust.Handle), nil
	case len(claims) == 0:
		return card.Say("interest.none", "customer", c.CustomerName(cust), "date", until), nil
	}
	k := claimsCard(c.View, cust, claims, until)
	if !may(buttons()["charge"], c.Who.Role) {
		k.Body = append(k.Body, card.T("interest.ask"))
		return card.Reply{Card: k}, nil
	}
	k.Note = append(k.Note, card.T("interest.note"))
	k.Buttons = []card.Button{{Label: card.T("button.charge"), Do: "charge", Style: card.Primary,
		Arg: fmt.Sprintf("%d.%d.%s", cust.ID, until, c.Seal("interest", claimsText(claims)))}}
	return card.Reply{Card: k}, nil
}

// claimsText is what a proposal says, as one string: a confirm of another one is refused.
func claimsText(claims []ledger.Claim) string {
	out := ""
	for i := range claims {
		x := &claims[i]
		out += fmt.Sprintf("%d %s %s %s %s;", x.Invoice.ID, x.Through, x.Sum, x.Fixed, x.Fee)
	}
	return out
}

// claimsCard shows what late payment cost, invoice by invoice and period by period.
func claimsCard(v *ledger.View, cust *ledger.Customer, claims []ledger.Claim, until ledger.Date) *card.Card {
	k := &card.Card{Title: card.T("interest.title", "customer", v.CustomerName(cust), "date", until), Table: &card.Table{
		Head:  []card.Text{card.T("col.number"), card.T("col.period"), card.T("col.days"), card.T("col.base"), card.T("col.percent"), card.T("col.amount")},
		Right: []bool{false, false, true, true, true, true}}}
	row := func(cells ...card.Text) { k.Table.Rows = append(k.Table.Rows, cells) }
	dash := card.Plain("–")
	sums := map[ledger.Currency][2]ledger.Money{}
	var order []ledger.Currency
	for i := range claims {
		x := &claims[i]
		number := card.Plain(x.Invoice.Number.String())
		for _, p := range x.Periods {
			row(number, card.T("interest.period", "from", p.From, "to", p.To), card.T("value", "value", p.Days()), money(p.Base),
				percentText(p.Percent), money(p.Amount))
		}
		if x.Fixed.Minor > 0 {
			row(number, card.T("interest.fixed"), dash, dash, dash, money(x.Fixed))
		}
		if x.Fee.Minor > 0 {
			row(number, card.T("interest.fee"), dash, dash, dash, money(x.Fee))
		}
		cur := x.Invoice.Currency
		if _, ok := sums[cur]; !ok {
			order = append(order, cur)
		}
		s := sums[cur]
		sums[cur] = [2]ledger.Money{s[0].Add(x.Sum), s[1].Add(x.Fixed).Add(x.Fee)}
	}
	for _, cur := range order {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.interest"), Value: money(sums[cur][0])},
			card.Field{Label: card.T("field.costs"), Value: money(sums[cur][1])})
	}
	k.Body = append(k.Body, card.T("interest.how", "year", yearWords(v.Company().DayCount)))
	return k
}

// yearWords is a day count as textbooks write it.
func yearWords(d ledger.DayCount) string {
	switch d {
	case ledger.Actual360:
		return "actual/360"
	case ledger.ActualActual:
		return "actual/actual"
	}
	return "actual/365"
}

// chargeInterest issues what was proposed, if it is still the same.
func chargeInterest(c *Call) (card.Reply, error) {
	id, rest := cutArg(c.Where.Arg)
	day, seal := cutArg(rest)
	cust := c.Customer(ledger.CustomerID(id))
	if cust == nil {
		return card.Say("button.old"), nil
	}
	until := ledger.Date(day)
	claims, err := c.Claims(cust, until)
	if err != nil {
		return card.Reply{}, err
	}
	if c.Seal("interest", claimsText(claims)) != seal {
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "interest.moved", "handle", cust.Handle)
	}
	docs, err := c.Tx.ChargeInterest(cust, until)
	if err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.T("interest.charged", "customer", c.CustomerName(cust), "date", until)}
	for _, doc := range docs {
		if err := c.Desk.AnnounceInvoice(c.Tx, doc); err != nil {
			return card.Reply{}, err
		}
		k.Body = append(k.Body, card.T("interest.doc", "number", doc.Number.String(), "what", natureText(doc.Nature), "amount", doc.TotalMoney(), "due", doc.Due))
	}
	return card.Reply{Card: k, Replace: true}, nil
}

func natureText(n ledger.Nature) card.Text { return card.T("nature." + n.String()) }

// orderNote tells in which order money was applied, where it met more than principal.
func orderNote(v *ledger.View, parts []ledger.InvoiceID) []card.Text {
	for _, id := range parts {
		if v.Invoice(id).Nature != ledger.NaturePrincipal {
			words := v.Company().ApplyOrder.Words()
			var names []card.Text
			for _, w := range words {
				names = append(names, card.T("nature."+w))
			}
			return []card.Text{card.T("payment.order", "first", names[0], "second", names[1], "third", names[2])}
		}
	}
	return nil
}

// chargeWords tell a customer what an invoice over interest or costs is for.
func chargeWords(v *ledger.View, inv *ledger.Invoice) []card.Text {
	if inv.Nature == ledger.NaturePrincipal {
		return nil
	}
	about := ""
	if old := v.Invoice(inv.About); old != nil {
		about = old.Number.String()
	}
	if inv.Nature == ledger.NatureInterest {
		return []card.Text{card.T("inv.interest", "number", about)}
	}
	return []card.Text{card.T("inv.costs", "number", about)}
}

// lateOptions are what "customer set" says of late payment.
type lateOptions struct{ rule, fee *string }

// take reads "interest=9%" and "latefee=25"; known is false for other options.
func (x *lateOptions) take(c *Call, key, value string) (known bool, err error) {
	if key != "interest" && key != "latefee" {
		return false, nil
	}
	if part := (Command{Name: key + "=", Who: []Role{Finance, Manager}}); !may(part, c.Who.Role) {
		return true, forbidden(part, c.Who.Role)
	}
	switch {
	case key == "interest" && strings.EqualFold(value, "law"):
		value = ""
	case key == "interest" && value == "":
		return true, ledger.Refuse(ledger.BadInput, "interest.rule", "text", value)
	case key == "latefee" && strings.EqualFold(value, "none"):
		value = ""
	}
	if key == "interest" {
		x.rule = &value
	} else {
		x.fee = &value
	}
	return true, nil
}

// lateFields show what was agreed with a customer about late payment, where anything is.
func lateFields(v *ledger.View, cust *ledger.Customer) (out []card.Field) {
	rule, fee := v.InterestOf(cust)
	if rule != ledger.NoInterest {
		out = append(out, card.Field{Label: card.T("field.interest"), Value: ruleText(string(rule))})
	}
	if fee != "" {
		out = append(out, card.Field{Label: card.T("field.latefee"), Value: feeText(fee, cust.Currency)})
	}
	return out
}

// ruleText says in words what a rule of interest is: a law's, with another margin, or agreed.
func ruleText(rule string) card.Text {
	law, margin, other := strings.Cut(rule, "+")
	percent, agreed := strings.CutSuffix(rule, "%")
	switch {
	case agreed:
		return card.T("rule.agreed", "rate", card.Number(percent))
	case other:
		return card.T("rule.margin", "law", law, "points", card.Number(margin))
	}
	return card.T("rule.law", "law", law)
}

// feeText is a late fee: a part of the debt, or a sum in the debt's currency, which most
// often is the customer's.
func feeText(fee string, cur ledger.Currency) card.Text {
	if percent, ok := strings.CutSuffix(fee, "%"); ok {
		return card.T("percent", "rate", card.Number(percent))
	}
	if d, err := decimal.NewFromString(fee); err == nil {
		if m, err := ledger.Exact(d, cur); err == nil {
			return money(m)
		}
	}
	return card.Plain(fee)
}
