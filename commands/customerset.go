package commands

import (
	"regexp"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// setCustomer changes what holds for a customer:
//
//	line   = "set" handle option { option } .
//	option = "terms=" terms | "limit=" ( sum | "none" ) | "lang=" code | "tz=" zone
//	       | "name=" quoted | "owner=" ( mention | "none" ) | "substitute=" ( mention | "none" )
//	       | "segment=" ( word | "none" )
//	       | "interest=" ( percent | law | "law" | "none" ) | "latefee=" ( sum | percent | "none" )
//	       | what contactOptions, partyOptions and lawOptions say .
func setCustomer(c *Call) (card.Reply, error) {
	if len(c.Args) < 2 {
		return card.Reply{}, usage("customer", "got", "set")
	}
	cust, err := c.CustomerNamed(c.Args[0].text)
	if err != nil {
		return card.Reply{}, err
	}
	var n ledger.CustomerChange
	var late lateOptions
	var contact contactOptions
	var party partyOptions
	var law lawOptions
	for args := c.Args[1:]; len(args) > 0; {
		key, value, ok := strings.Cut(args[0].text, "=")
		if args[0].quoted || !ok {
			return card.Reply{}, usage("customer", "got", "set "+args[0].text)
		}
		args = args[1:]
		if value == "" && len(args) > 0 && args[0].quoted { // name="Acme GmbH" comes as two words
			value, args = args[0].text, args[1:]
		}
		if known, err := late.take(c, strings.ToLower(key), value); err != nil {
			return card.Reply{}, err
		} else if known {
			continue
		}
		if party.take(strings.ToLower(key), value) {
			continue
		}
		if known, err := law.take(strings.ToLower(key), value); err != nil {
			return card.Reply{}, err
		} else if known {
			continue
		}
		if known, err := contact.take(strings.ToLower(key), value); err != nil {
			return card.Reply{}, err
		} else if known {
			continue
		}
		if err := c.changeOption(cust, &n, strings.ToLower(key), value); err != nil {
			return card.Reply{}, err
		}
	}
	changed, err := c.Tx.ChangeCustomer(cust, n)
	if err != nil {
		return card.Reply{}, err
	}
	agreed, err := c.Tx.AgreeInterest(cust, late.rule, late.fee)
	if err != nil {
		return card.Reply{}, err
	}
	reached, err := contact.set(c.Tx, cust)
	if err != nil {
		return card.Reply{}, err
	}
	called, err := party.set(c.Tx, cust)
	if err != nil {
		return card.Reply{}, err
	}
	ruled, err := law.set(c.Tx, cust)
	if err != nil {
		return card.Reply{}, err
	}
	k := customerCard(c, cust, changed || agreed || reached || called || ruled)
	if p, err := c.Tx.Party(cust); err == nil && (called || n.Name != nil) {
		k.Body = append(k.Body, c.boxes(append(p.Lines, c.CustomerName(cust), p.Name, p.Address, p.TaxID)...)...)
	}
	return card.Reply{Card: k}, nil
}

// userForm is a Slack user: a mention as Slack sends it, or the id alone.
var userForm = regexp.MustCompile(`^(?:<@)?@?([UW][A-Z0-9]{5,})(?:\|[^>]*)?>?$`)

func (c *Call) changeOption(cust *ledger.Customer, n *ledger.CustomerChange, key, value string) error {
	switch key {
	case "limit":
		return c.limitOption(cust, n, value)
	case "name":
		n.Name = &value
		return nil
	case "owner", "substitute":
		user, err := userOrNone(value)
		if key == "owner" {
			n.Owner = &user
		} else {
			n.Substitute = &user
		}
		return err
	case "segment":
		if strings.EqualFold(value, "none") {
			value = ""
		}
		n.Segment = &value
		return nil
	case "terms", "lang", "tz":
		var as ledger.NewCustomer
		if err := c.customerOption(&as, key, value); err != nil {
			return err
		}
		switch key {
		case "terms":
			n.Terms = as.Terms
		case "lang":
			n.Language = &as.Language
		case "tz":
			n.ZoneName = &as.ZoneName
		}
		return nil
	}
	return ledger.Refuse(ledger.BadInput, "customer.setoption", "text", key)
}

// userOrNone reads a mention of a Slack user; "none" is "".
func userOrNone(value string) (string, error) {
	if strings.EqualFold(value, "none") {
		return "", nil
	}
	m := userForm.FindStringSubmatch(value)
	if m == nil {
		return "", ledger.Refuse(ledger.BadInput, "owner.unknown", "text", value)
	}
	return m[1], nil
}

// limitOption reads a credit limit, which finance and managers alone decide.
func (c *Call) limitOption(cust *ledger.Customer, n *ledger.CustomerChange, value string) error {
	if part := (Command{Name: "limit=", Who: []Role{Finance, Manager}}); !may(part, c.Who.Role) {
		return forbidden(part, c.Who.Role)
	}
	if strings.EqualFold(value, "none") {
		n.NoLimit = true
		return nil
	}
	value, cur := cutCurrency(value, cust.Currency)
	sum, err := parseAmount(value, c.Lang())
	if err == nil && cur != "" && cur != cust.Currency {
		err = ledger.Refuse(ledger.BadInput, "sum.currency", "text", string(cur), "currency", string(cust.Currency))
	}
	if err != nil {
		return err
	}
	if sum.IsNegative() {
		return ledger.Refuse(ledger.BadInput, "limit.form", "text", value, "currency", string(cust.Currency))
	}
	limit, err := ledger.Exact(sum, cust.Currency)
	n.Limit = &limit
	return err
}

// customerCard shows what holds for a customer after a change.
func customerCard(c *Call, cust *ledger.Customer, changed bool) *card.Card {
	k := &card.Card{Title: card.T("customer.changed", "customer", c.CustomerName(cust), "handle", cust.Handle)}
	if !changed {
		k.Title = card.T("customer.same", "customer", c.CustomerName(cust), "handle", cust.Handle)
	}
	k.Fields = []card.Field{
		{Label: card.T("field.terms"), Value: card.Plain(cust.Terms.String())},
		{Label: card.T("field.language"), Value: card.Plain(cust.Language)},
		{Label: card.T("field.zone"), Value: card.Plain(cust.ZoneName)},
		{Label: card.T("field.owner"), Value: userText(cust.Owner)},
	}
	if cust.Substitute != "" {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.substitute"), Value: userText(cust.Substitute)})
	}
	if cust.Segment != "" {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.segment"), Value: card.Plain(cust.Segment)})
	}
	k.Fields = append(k.Fields, lawFields(c.View, cust)...)
	k.Fields = append(k.Fields, partyFields(c.View, cust)...)
	k.Fields = append(k.Fields, requireFields(cust)...)
	k.Fields = append(k.Fields, contactFields(c.View, cust)...)
	k.Fields = append(k.Fields, limitFields(c.View, cust)...)
	k.Fields = append(k.Fields, lateFields(c.View, cust)...)
	return k
}

// userText is a Slack user as a mention, or a dash for nobody.
func userText(user string) card.Text {
	if user == "" {
		return card.Plain("–")
	}
	return card.T("value", "value", card.User(user))
}

// limitFields are a customer's credit limit and what is free of it; none without a limit.
func limitFields(v *ledger.View, cust *ledger.Customer) []card.Field {
	if !cust.Limited {
		return nil
	}
	limit := ledger.Money{Minor: cust.Limit, Currency: cust.Currency}
	free := limit.Sub(v.Exposure(cust))
	label := card.T("field.limitfree")
	if free.Minor < 0 {
		free, label = free.Neg(), card.T("field.limitover")
	}
	return []card.Field{{Label: card.T("field.limit"), Value: money(limit)}, {Label: label, Value: money(free)}}
}

// warnOfLimit marks a preview that would pass the customer's credit limit: whoever may lets
// it pass by a button of its own, and anybody else is told whom to ask.
func warnOfLimit(c *Call, k *card.Card, d *ledger.Draft, total ledger.Money) {
	cust := c.Customer(d.Customer)
	over := c.OverLimit(cust, total)
	if over.IsZero() {
		return
	}
	limit := ledger.Money{Minor: cust.Limit, Currency: cust.Currency}
	k.Body = append(k.Body, card.T("limit.warning", "customer", c.CustomerName(cust), "over", over, "limit", limit, "open", c.Exposure(cust)))
	if co := c.Company(); !may(buttons()["override"], c.Who.Role) && co.Approvals.Limit.Set {
		return // Confirm asks a second person for it
	}
	if !may(buttons()["override"], c.Who.Role) {
		k.Body = append(k.Body, card.T("limit.ask"))
		k.Buttons = append(askButton(card.T("button.ask.finance"), c.Who, string(Finance), c.typed()), k.Buttons[1:]...)
		return
	}
	k.Buttons[0].Label, k.Buttons[0].Do, k.Buttons[0].Style = card.T("button.override"), "override", card.Danger
}
