package commands

import (
	"strings"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// taxOption is what was said of a tax.
type taxOption struct {
	rate decimal.Decimal
	kind ledger.TaxKind
	why  string
}

// atOption reports whether an option begins here. Words that are common in texts begin one
// only before what an option needs: "Website off season" is all text.
func (p *invoiceParser) atOption() bool {
	t := p.peek()
	for _, w := range []string{"tax", "vat", "disc", "due", "date", "currency", "ref", "costcentre", "buyercode"} {
		if t.is(w) {
			return true
		}
	}
	var next token
	if len(p.args) > 1 {
		next = p.args[1]
	}
	switch {
	case t.is("instalments"), t.is("installments"):
		return next.is("rest") || looksLikeNumber(strings.TrimSuffix(next.text, "%"))
	case t.is("deposit"):
		return !next.quoted && ledger.LooksLikeNumber(next.text)
	case t.is("off"), t.is("rate"):
		return looksLikeNumber(strings.TrimSuffix(next.text, "%"))
	case t.is("exempt"):
		return next.quoted
	case t.is("reverse"), t.is("incl"):
		after := invoiceParser{args: p.args[1:]}
		return next.text == "" || next.quoted && t.is("reverse") || after.atOption()
	}
	return strings.HasPrefix(t.text, "currency=")
}

// parentheses reads the options of one item.
func (p *invoiceParser) parentheses() (own itemOptions, err error) {
	p.next()
	for {
		t := p.next()
		switch word := strings.ToLower(strings.Trim(t.text, ",")); {
		case t.is(")"):
			return own, nil
		case word == "":
			if t.text == "" {
				return own, usage("invoice", "got", "(")
			}
		case word == "incl" || word == "reverse" || word == "off" || word == "deposit" || word == "instalments":
			return own, ledger.Refuse(ledger.BadInput, "invoice.wholeonly", "text", word)
		default:
			known, err := p.itemOption(word, &own)
			if err != nil {
				return own, err
			}
			if !known {
				return own, usage("invoice", "got", t.text)
			}
		}
	}
}

// itemOption reads an option that one item or all may have, behind its word.
func (p *invoiceParser) itemOption(word string, into *itemOptions) (known bool, err error) {
	switch word {
	case "tax", "vat":
		rate, err := parsePercent(strings.Trim(p.next().text, ","), p.lang)
		if err != nil {
			return true, err
		}
		into.tax = &taxOption{rate: rate}
		if strings.EqualFold(strings.Trim(p.peek().text, ","), "reduced") && !p.peek().quoted {
			p.next()
			into.tax.kind = ledger.TaxReduced
		}
	case "disc":
		d, err := parsePercent(strings.Trim(p.next().text, ","), p.lang)
		if err != nil {
			return true, err
		}
		into.disc = &d
	case "exempt":
		if !p.peek().quoted || p.peek().text == "" {
			return true, ledger.Refuse(ledger.BadInput, "tax.noreason")
		}
		into.tax = &taxOption{kind: ledger.TaxExempt, why: p.next().text}
	default:
		return false, nil
	}
	return true, nil
}

// options reads what holds for the whole invoice.
func (p *invoiceParser) options() error {
	for len(p.args) > 0 {
		t := p.next()
		if code, ok := strings.CutPrefix(strings.ToLower(t.text), "currency="); ok {
			p.args = append([]token{{text: "currency"}, {text: code}}, p.args...)
			continue
		}
		if err := p.option(strings.ToLower(t.text), t.text); err != nil {
			return err
		}
	}
	return nil
}

func (p *invoiceParser) option(word, typed string) (err error) {
	if known, err := p.itemOption(word, &p.all); known {
		return err
	}
	switch word {
	case "incl":
		p.draft.Inclusive = true
	case "reverse":
		p.reverse = &taxOption{kind: ledger.TaxReverse}
		if p.peek().quoted {
			p.reverse.why = p.next().text
		}
	case "off":
		p.draft.Off, err = parsePercent(p.next().text, p.lang)
	case "ref":
		if p.draft.Reference = p.next().text; p.draft.Reference == "" {
			return usage("invoice", "got", typed)
		}
	case "costcentre", "buyercode":
		into := &p.draft.CostCentre
		if word == "buyercode" {
			into = &p.draft.BuyerCode
		}
		if *into = p.next().text; *into == "" {
			return usage("invoice", "got", typed)
		}
	case "instalments", "installments":
		return p.instalmentWords()
	case "deposit":
		return p.depositOption(p.next().text)
	case "due":
		return p.dueOption(p.next().text)
	case "date":
		p.draft.Date, err = p.day()
	case "rate":
		p.draft.Rate.Value, err = parseRateOf(p.next().text, p.lang)
		p.draft.Rate.Per, p.draft.Agreed = decimal.NewFromInt(1), true
	case "currency":
		p.draft.Currency, err = ledger.ParseCurrency(p.next().text)
	default:
		return usage("invoice", "got", typed)
	}
	return err
}

// finishLine gives l its tax and discount: its own, or what holds for all.
func (p *invoiceParser) finishLine(l *ledger.Line, own itemOptions) error {
	tax := p.all.tax
	if own.tax != nil {
		tax = own.tax
	}
	if p.reverse != nil {
		if tax != nil {
			return ledger.Refuse(ledger.BadInput, "tax.both", "rate", tax.rate.String())
		}
		tax = p.reverse
	}
	if tax != nil {
		l.Tax, l.Kind, l.Why = tax.rate, tax.kind, tax.why
	}
	if disc := own.disc; disc != nil {
		l.Discount = *disc
	} else if p.all.disc != nil {
		l.Discount = *p.all.disc
	}
	return nil
}
