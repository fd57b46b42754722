package commands

import (
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
)

// findCommand looks for customers, invoices and payments by whatever is known of them.
//
//	line = word { word } .      a name, a handle, a number, a reference, a sum, in any order
//
// All words must fit. Names fit in other spellings and scripts, and with a slip of the finger.
func findCommand() Command {
	return Command{
		Name: "find", Who: anybody(), Reads: true,
		Usage:    []string{`find <name, number, reference or sum>`},
		Examples: []string{`find мюлер 1200`, `find PO-4711`, `find ivan`},
		Form:     findForm, Words: findWords,
		Run: func(c *Call) (card.Reply, error) {
			words := c.queryWords(c.Args)
			if len(words) == 0 {
				return card.Reply{}, usage("find")
			}
			found, err := c.Find(words, c.pagesAhead())
			if err != nil {
				return card.Reply{}, err
			}
			if len(found) == 0 {
				return card.Say("find.nothing", "text", join(c.Args)), nil
			}
			return card.Reply{Card: foundCard(c, found)}, nil
		},
	}
}

// findButtons is how many of what a page lists have a button.
const findButtons = 5

// queryWords are the words of a line with what each may be as a sum: every reading of it.
func (c *Call) queryWords(args []token) (out []ledger.QueryWord) {
	for len(args) > 0 {
		n := groupedBySpaces(args)
		text := join(args[:n])
		if args[0].quoted || n == 1 {
			text = args[0].text
		}
		w := ledger.QueryWord{Text: strings.ReplaceAll(text, " ", "")}
		if args[0].quoted {
			w.Text = text
		} else {
			w.Sums = sumsOf(w.Text, c.Lang())
		}
		if w.Text != "" {
			out = append(out, w)
		}
		args = args[n:]
	}
	return out
}

// sumsOf is what a word may be as a sum.
func sumsOf(word, lang string) (out []decimal.Decimal) {
	number, _ := cutCurrency(word, "")
	d, err := parseAmount(number, lang)
	if err == nil {
		return []decimal.Decimal{d}
	}
	for _, as := range []string{"en", "de"} { // each way to group digits
		if d, err := parseNumber(number, as); err == nil {
			out = append(out, d)
		}
	}
	return out
}

func foundCard(c *Call, found []ledger.Found) *card.Card {
	v, first := c.View, c.Page*pageRows
	k := &card.Card{Title: card.T("find.title", "text", join(c.Args)), Table: &card.Table{Open: len(found) == c.pagesAhead(),
		Head:  []card.Text{card.T("col.found"), card.T("aging.customer"), card.T("col.amount"), card.T("col.open"), card.T("col.match")},
		Right: []bool{false, false, true, true, false}}}
	for i, x := range found {
		what, arg, total, open := foundParts(v, x)
		var why []card.Text
		for _, r := range x.Why {
			why = append(why, card.T("found."+string(r)))
		}
		k.Table.Rows = append(k.Table.Rows, []card.Text{what, card.Plain(v.CustomerName(x.Customer)), total, open, card.Join(why...)})
		if i >= first && i < first+findButtons {
			k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.showone", "what", what), Do: "found", Arg: arg})
		}
	}
	ownNote(v, k)
	return k
}

// foundParts are what was found, in words and in a button, its sum and what is open of it.
func foundParts(v *ledger.View, x ledger.Found) (what card.Text, arg string, total, open card.Text) {
	none := card.Plain("–")
	switch {
	case x.Invoice != nil:
		return card.Plain(x.Invoice.Number.String()), "i" + idArg(uint32(x.Invoice.ID)), money(x.Invoice.TotalMoney()), money(x.Invoice.OpenMoney())
	case x.Payment != nil:
		return card.Plain(x.Payment.Label()), "p" + idArg(uint32(x.Payment.ID)), money(x.Payment.Amount), none
	}
	var owed []card.Text
	for _, m := range v.Balance(x.Customer) {
		owed = append(owed, money(m))
	}
	if len(owed) > 0 {
		none = card.Join(owed...)
	}
	return card.Plain(x.Customer.Handle), "c" + idArg(uint32(x.Customer.ID)), card.Plain("–"), none
}

// showFound shows what was found: an invoice, a payment with its history, or a customer.
func showFound(c *Call) (card.Reply, error) {
	if c.Where.Arg == "" {
		return card.Say("button.old"), nil
	}
	n, _ := strconv.ParseUint(c.Where.Arg[1:], 10, 32)
	var cust *ledger.Customer
	inv, p := c.Invoice(ledger.InvoiceID(n)), c.Payment(ledger.PaymentID(n))
	switch kind := c.Where.Arg[0]; {
	case kind == 'i' && inv != nil:
		cust = c.Customer(inv.Customer)
	case kind == 'p' && p != nil:
		cust = c.Customer(p.Customer)
	case kind == 'c':
		cust = c.Customer(ledger.CustomerID(n))
	}
	if cust == nil {
		return card.Say("button.old"), nil
	}
	if err := c.Allowed(cust); err != nil {
		return card.Reply{}, err
	}
	var k *card.Card
	var err error
	switch c.Where.Arg[0] {
	case 'i':
		k, err = invoiceCard(c.View, inv, true)
	case 'p':
		k, err = historyCard(c, p.Label())
	default:
		k = accountCard(c.View, cust)
	}
	return card.Reply{Card: k}, err
}
