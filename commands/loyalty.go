package commands

import (
	"strconv"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/names"
)

// loyaltyCommand agrees what a contract gives for paying on time, or tells it.
//
//	line = label [ percent "after" n | "off" ] .
func loyaltyCommand() Command {
	return Command{
		Name: "loyalty", Who: []Role{Finance, Manager},
		Usage:    []string{`loyalty <R-1> <percent>% after <number of invoices>`, `loyalty <R-1> off`, `loyalty <R-1>`},
		Examples: []string{`loyalty R-1 2% after 6`, `loyalty R-1 off`},
		Form:     loyaltyForm, Words: loyaltyWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 {
				return card.Reply{}, usage("loyalty", "got", "")
			}
			x, err := c.contractNamed(c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			if err := c.agreeLoyalty(x, c.Args[1:]); err != nil {
				return card.Reply{}, err
			}
			return card.Reply{Card: c.loyaltyCard(x)}, nil
		},
	}
}

func (c *Call) agreeLoyalty(x *ledger.Contract, words []token) error {
	switch {
	case len(words) == 0:
		return nil
	case len(words) == 1 && words[0].is("off"):
		return c.Tx.AgreeLoyalty(x, decimal.Zero, 0)
	case len(words) == 3 && words[1].is("after"):
		percent, err := parsePercent(words[0].text, c.Lang())
		if err != nil {
			return err
		}
		after, err := strconv.Atoi(names.Digits(words[2].text))
		if err != nil || after < 1 {
			return usage("loyalty", "got", c.Line)
		}
		return c.Tx.AgreeLoyalty(x, percent, after)
	}
	return usage("loyalty", "got", c.Line)
}

func (c *Call) loyaltyCard(x *ledger.Contract) *card.Card {
	return &card.Card{Title: card.T("loyalty.title", "contract", x.Label(), "customer", c.CustomerName(c.Customer(x.Customer))), Body: c.loyaltyTexts(x)}
}

// loyaltyTexts tell what a contract gives for paying on time, and how far its customer is.
func (c *Call) loyaltyTexts(x *ledger.Contract) []card.Text {
	l, paid, earned := c.LoyaltyOf(x)
	agreed := card.T("loyalty.agreed", "percent", number(l.Percent), "count", l.After)
	switch {
	case l.After == 0:
		return []card.Text{card.T("loyalty.none")}
	case earned:
		return []card.Text{agreed, card.T("loyalty.earned", "date", c.IssueDay(x))}
	}
	return []card.Text{agreed, card.T("loyalty.so.far", "count", paid, "of", l.After)}
}

// loyaltyForm asks for a contract and what it gives.
func loyaltyForm(c *Call) (*card.Form, error) {
	if !c.few(1) {
		return nil, nil
	}
	known := ""
	if len(c.Args) > 0 {
		known = c.Args[0].text
	}
	return &card.Form{Title: card.T("form.loyalty"), Submit: card.T("form.do.save"), Fields: []card.Input{
		c.lineField("contract", card.T("col.contract"), known), c.lineField("percent", card.T("col.percent"), "2%"),
		c.lineField("after", card.T("loyalty.after"), "6")}}, nil
}

func loyaltyWords(v map[string]string, _ string) []token {
	return row(word(v["contract"]), word(v["percent"]), word("after"), word(v["after"]))
}
