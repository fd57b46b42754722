package commands

import (
	"slices"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
)

// Terms are what customers may have by themselves in their chat; beyond it they ask staff.
type Terms struct {
	PromiseDays  int  // how far ahead a promise may reach
	PromiseCount int  // how often an invoice may be promised
	PlanParts    int  // the most parts of a plan
	PlanDays     int  // from today to its last part
	PlanFirst    int  // percent of the debt that the first part is at least
	PlanAlone    bool // such a plan is agreed without asking staff
}

// DefaultTerms are those of a company that set none.
func DefaultTerms() Terms {
	return Terms{PromiseDays: 60, PromiseCount: 3, PlanParts: 6, PlanDays: 180}
}

// terms are those of the company.
func (d *Desk) terms() Terms {
	if d.Terms == (Terms{}) {
		return DefaultTerms()
	}
	return d.Terms
}

// TermsButtons are those by which a customer says when he will pay inv: a promise, and where
// it is late already, a plan. There are none where nothing can be put off.
func (d *Desk) TermsButtons(v *ledger.View, inv *ledger.Invoice, plan bool) (out []card.Button) {
	if inv.Undisputed().Minor <= 0 || inv.Plan != 0 || v.DeferralOn(inv) != nil {
		return nil
	}
	id := idArg(uint32(inv.ID))
	label := card.T("button.willpay")
	if inv.Promised >= v.Today() {
		label = card.T("button.otherday")
	}
	out = append(out, card.Button{Label: label, Do: "promise", Arg: id})
	if plan && ledger.DaysOverdue(inv.Carrying(), v.Today()) > 0 {
		out = append(out, card.Button{Label: card.T("button.inparts"), Do: "plan", Arg: id})
	}
	return out
}

// remindedFirst is how many reminders a customer gets before one of them offers a plan.
const remindedFirst = 2

// offersPlan reports whether a reminder of inv offers a plan: it is one of the later ones, or
// a promise was broken before.
func offersPlan(v *ledger.View, inv *ledger.Invoice) bool {
	last := v.PromisesOn(inv)
	return inv.Step >= remindedFirst || len(last) > 0 && last[0].Outcome == ledger.PromiseFalse
}

// deferrable are the invoices that a promise or a plan may be about: inv alone, or all that
// is overdue, on no plan and asked about in no other way; of one currency, where that is
// asked.
func (c *ChatCall) deferrable(inv *ledger.Invoice, all, oneCurrency bool) []*ledger.Invoice {
	if !all {
		return []*ledger.Invoice{inv}
	}
	list := slices.DeleteFunc(c.OpenInvoices(c.Customer), func(i *ledger.Invoice) bool {
		late := ledger.DaysOverdue(i.Carrying(), c.day()) > 0
		return !late || i.Undisputed().Minor <= 0 || i.Plan != 0 || oneCurrency && i.Currency != inv.Currency || c.DeferralOn(i) != nil
	})
	if !slices.Contains(list, inv) {
		list = append([]*ledger.Invoice{inv}, list...)
	}
	return list
}

// day is today, where the customer is, or where the company is if that is later: what he
// chooses must lie in neither's past.
func (c *ChatCall) day() ledger.Date {
	return max(ledger.DateOf(c.Now, c.Customer.Zone), c.Today())
}

// sumOfInvoices is what is to be paid on invoices, currency by currency.
func sumOfInvoices(list []*ledger.Invoice) card.Text {
	sums := map[ledger.Currency]ledger.Money{}
	for _, inv := range list {
		sums[inv.Currency] = sums[inv.Currency].Add(inv.Undisputed())
	}
	var each []card.Text
	for _, cur := range sortedCurrencies(sums) {
		each = append(each, money(sums[cur]))
	}
	return card.Join(each...)
}

// about names what a promise or a plan is about: the number of one invoice, or how many.
func aboutInvoices(list []*ledger.Invoice) card.Text {
	if len(list) == 1 {
		return card.Plain(list[0].Number.String())
	}
	return card.T("chat.overdue.all", "count", len(list))
}

// barred is why nothing can be put off on inv, as a short word over the chat; none where it
// can.
func (c *ChatCall) barred(inv *ledger.Invoice) (card.Reply, bool) {
	key := ""
	switch {
	case inv.Open == 0:
		key = "refuse.invoice.closed"
	case inv.Plan != 0:
		key = "refuse.deferral.onplan"
	case inv.Undisputed().Minor <= 0:
		key = "refuse.deferral.nothing"
	case c.DeferralOn(inv) != nil:
		key = "refuse.deferral.already"
	default:
		return card.Reply{}, false
	}
	return card.Reply{Toast: card.T(key, "number", inv.Number.String())}, true
}

// partsOf cuts a debt into n parts, the first of them at least so many percent of it.
func partsOf(total ledger.Money, n, first int, day func(i int) ledger.Date) []ledger.PlanPart {
	even := ledger.EvenParts(total, n, day)
	least := decimal.NewFromInt(total.Minor).Mul(decimal.NewFromInt(int64(first))).Div(decimal.NewFromInt(100)).Ceil().IntPart()
	if even[0].Minor >= least || n < 2 {
		return even
	}
	rest := ledger.EvenParts(ledger.Money{Minor: total.Minor - least, Currency: total.Currency}, n-1, func(i int) ledger.Date { return day(i + 1) })
	return append([]ledger.PlanPart{{Due: day(0), Minor: least}}, rest...)
}
