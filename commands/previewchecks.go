package commands

import (
	"slices"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// twinAge is how long ago an invoice may have been issued for an equal one to be asked about:
// whoever types a line again, because he saw no answer, does it within minutes.
const twinAge = 10 * time.Minute

// twin is the number of an invoice just like draft that was issued lately; "" for none.
func (c *Call) twin(draft *ledger.Draft, total ledger.Money) (number string, err error) {
	if draft.Corrects != 0 {
		return "", nil
	}
	err = c.History(c.Customer(draft.Customer), 0, 0, func(f *ledger.Fact) bool {
		if x, ok := f.Body.(*ledger.InvoiceIssued); ok && x.Total == total && x.Currency == draft.Currency && sameLines(x.Lines, draft.Lines) {
			if inv, err := c.InvoiceNumbered(x.Number.String()); err == nil && !inv.Void {
				number = x.Number.String()
			}
		}
		return number == "" && c.Now.Sub(f.Recorded) <= twinAge
	})
	return number, err
}

func sameLines(a, b []ledger.Line) bool {
	return slices.EqualFunc(a, b, func(x, y ledger.Line) bool {
		return x.Text == y.Text && x.Quantity.Equal(y.Quantity) && x.Price.Equal(y.Price)
	})
}

// askOfTwin asks whether an invoice is meant to be issued a second time.
func askOfTwin(k *card.Card, twin string) {
	if twin == "" {
		return
	}
	k.Body = append(k.Body, card.T("preview.twin", "number", twin))
	k.Buttons[0].Label, k.Buttons[0].Style = card.T("button.issueagain"), ""
}

// askAgain previews a draft once more where meanwhile an equal one was issued that whoever
// confirms it was not asked about; nil where there is nothing to ask.
func (c *Call) askAgain(draft *ledger.Draft, asked string) (*card.Card, error) {
	totals, err := c.Settled(draft)
	if err != nil {
		return nil, err
	}
	if twin, err := c.twin(draft, totals.Total); twin == asked || twin == "" || err != nil {
		return nil, err
	}
	return c.preview(draft)
}

// limitAfter shows what of his credit limit a customer would use after an invoice over total.
func limitAfter(v *ledger.View, cust *ledger.Customer, total ledger.Money) []card.Field {
	if !cust.Limited || total.Currency != cust.Currency {
		return nil
	}
	limit := ledger.Money{Minor: cust.Limit, Currency: cust.Currency}
	return []card.Field{{Label: card.T("field.limitafter"), Value: card.T("limit.after", "used", v.Exposure(cust).Add(total), "limit", limit)}}
}

// warnOfMissing says what the customer's invoices must carry and this one does not, and how
// to add it; then it cannot be confirmed.
func warnOfMissing(c *Call, k *card.Card, draft *ledger.Draft) bool {
	missing := c.Missing(draft)
	if len(missing) == 0 {
		return false
	}
	handle := c.Customer(draft.Customer).Handle
	for _, r := range missing {
		k.Body = append(k.Body, card.T("refuse.requires."+string(r), "customer", handle))
	}
	k.Buttons = k.Buttons[1:]
	k.Note = slices.DeleteFunc(k.Note, func(t card.Text) bool { return t.Key == "preview.note" }) // nothing can be confirmed
	return true
}
