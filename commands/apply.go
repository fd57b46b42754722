package commands

import (
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// applyCommand settles invoices from what a customer has on account.
//
//	line = customer [ number [ sum [ currency ] ] ] .
func applyCommand() Command {
	return Command{
		Name: "apply", Who: []Role{Finance, Manager},
		Usage:    []string{`apply <customer>`, `apply <customer> <invoice> [<sum> [<currency>]]`},
		Examples: []string{`apply acme`, `apply acme INV-2026-000002 500`, `apply acme INV-2026-000002 500 USD`},
		Form:     applyForm, Words: applyWords,
		Run: applyOnAccount,
	}
}

func applyOnAccount(c *Call) (card.Reply, error) {
	if len(c.Args) == 0 || len(c.Args) > 4 {
		return card.Reply{}, usage("apply", "got", c.Line)
	}
	cust, err := c.CustomerNamed(c.Args[0].text)
	if err != nil {
		return card.Reply{}, err
	}
	var inv *ledger.Invoice
	var sum ledger.Money
	if len(c.Args) > 1 {
		if inv, err = c.InvoiceNumbered(c.Args[1].text); err != nil {
			return card.Reply{}, err
		}
	}
	if len(c.Args) > 2 {
		currency := inv.Currency
		if len(c.Args) > 3 {
			if currency, err = ledger.ParseCurrency(c.Args[3].text); err != nil {
				return card.Reply{}, err
			}
		}
		if sum, _, err = sumOf(c.Args[2:], c.Lang(), currency); err != nil {
			return card.Reply{}, err
		}
		if sum.Minor == 0 { // in the books zero means all that fits
			sum.Minor = -1
		}
	}
	parts, err := c.Tx.Apply(cust, inv, sum)
	if err != nil {
		return card.Reply{}, err
	}
	for _, part := range parts {
		if err := c.Desk.Refresh(c.Tx, c.Invoice(part.Invoice)); err != nil {
			return card.Reply{}, err
		}
	}
	k := &card.Card{Title: card.T("apply.title", "customer", c.CustomerName(cust)), Body: partLines(c.View, parts)}
	left := c.Invoice(parts[0].Invoice).Currency
	if sum.Currency != "" {
		left = sum.Currency
	}
	k.Body = append(k.Body, onAccountLine(c.View, cust, left))
	return card.Reply{Card: k}, nil
}

// onAccountLine says what a customer has on account now.
func onAccountLine(v *ledger.View, cust *ledger.Customer, currency ledger.Currency) card.Text {
	return card.T("apply.left", "amount", v.OnAccount(cust, currency))
}

// unapplyCommand takes back what a payment or a credit note settled on an invoice.
//
//	line = ( "P-" n | credit note ) number .
func unapplyCommand() Command {
	return Command{
		Name: "unapply", Who: []Role{Finance, Manager},
		Usage:    []string{`unapply <P-1 or credit note> <invoice>`},
		Examples: []string{`unapply P-12 INV-2026-000001`, `unapply CN-2026-000001 INV-2026-000002`},
		Form:     unapplyForm, Words: unapplyWords,
		Run: unapply,
	}
}

func unapply(c *Call) (card.Reply, error) {
	if len(c.Args) != 2 {
		return card.Reply{}, usage("unapply", "got", c.Line)
	}
	inv, err := c.InvoiceNumbered(c.Args[1].text)
	if err != nil {
		return card.Reply{}, err
	}
	cust := c.Customer(inv.Customer)
	var back ledger.Money
	if note := c.CreditNoteNumbered(cust, strings.ToUpper(c.Args[0].text)); note != nil {
		back, err = c.Tx.UnapplyCredit(note, inv)
	} else {
		var p *ledger.Payment
		if p, err = findPayment(c.View, c.Args[0].text); err == nil {
			back, err = c.Tx.Unapply(p, inv)
		}
	}
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.Refresh(c.Tx, inv); err != nil {
		return card.Reply{}, err
	}
	return card.Reply{Card: &card.Card{
		Title: card.T("unapply.title", "amount", back, "number", inv.Number.String()),
		Body:  []card.Text{card.T("unapply.open", "number", inv.Number.String(), "open", inv.OpenMoney()), onAccountLine(c.View, cust, inv.Currency)},
		Note:  []card.Text{card.T("unapply.next", "handle", cust.Handle)},
	}}, nil
}

// findPayment reads "P-12".
func findPayment(v *ledger.View, word string) (*ledger.Payment, error) {
	if rest, ok := strings.CutPrefix(strings.ToUpper(word), "P-"); ok {
		if n, err := strconv.ParseUint(rest, 10, 32); err == nil {
			if p := v.Payment(ledger.PaymentID(n)); p != nil {
				return p, v.Allowed(v.Customer(p.Customer))
			}
		}
	}
	if p := v.PaymentNumbered(strings.ToUpper(word)); p != nil { // by its receipt for cash
		return p, v.Allowed(v.Customer(p.Customer))
	}
	return nil, ledger.Refuse(ledger.NotFound, "payment.unknown", "text", word)
}
