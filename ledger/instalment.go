package ledger

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/shopspring/decimal"
)

// Instalment is a part of an invoice with a due date of its own.
type Instalment struct {
	Due   Date
	Minor int64 // minor units; those of an invoice add up to its total
}

// instalmentsMax is how many parts an invoice may have: five years of months.
const instalmentsMax = 60

// conditions are what few invoices have: instalments, an early-payment discount, deposits.
// An invoice without any of them has none.
type conditions struct {
	instalments []Instalment // in order of due date; empty: one due date
	said        []said       // per instalment
	carrying    int          // index of the instalment that reminders speak of: Step and Nudge are of it

	early EarlyDiscount
	taxes []TaxSum // per rate, what credit notes left: the discount is taken of it
	taken uint64   // fact of the discount that counts, 0: none

	deposit  bool         // the invoice is a deposit
	usedBy   InvoiceID    // the final invoice that deducts this deposit, 0: none
	deposits []DepositUse // what this final invoice deducts
}

// said is what reminders said of one instalment.
type said struct {
	Step  int
	Nudge Date
}

// newConditions are those of an invoice as it is issued, nil for none.
func newConditions(x *InvoiceIssued) *conditions {
	if len(x.Instalments) == 0 && x.Early.none() && !x.Deposit && len(x.Deposits) == 0 {
		return nil
	}
	c := &conditions{instalments: x.Instalments, said: make([]said, len(x.Instalments)), early: x.Early, deposit: x.Deposit, deposits: x.Deposits}
	if !x.Early.none() {
		c.taxes = x.Taxes
	}
	return c
}

// SplitPercent cuts total into parts of so many percent each, rounded once per part; the
// last takes the residue. It returns a BadInput refusal unless the percentages are positive
// and total 100, or when a part would be nothing.
func SplitPercent(total Money, percents []decimal.Decimal) ([]int64, error) {
	sum := decimal.Zero
	for _, p := range percents {
		if err := checkPercent(p); err != nil {
			return nil, err
		}
		sum = sum.Add(p)
	}
	if !sum.Equal(hundred) {
		return nil, Refuse(BadInput, "instalments.percent", "sum", sum.String())
	}
	out, left := make([]int64, len(percents)), total.Minor
	for i, p := range percents[:len(percents)-1] {
		out[i] = part(total, p, hundred).Minor
		left -= out[i]
	}
	out[len(out)-1] = left
	for _, minor := range out {
		if minor <= 0 {
			return nil, Refuse(BadInput, "instalments.small", "total", total)
		}
	}
	return out, nil
}

// checkInstalments sees to it that the parts fall due one after the other, none before the
// invoice, and add up to total; d is due with the first of them.
func (d *Draft) checkInstalments(total Money) error {
	if len(d.Instalments) == 0 {
		return nil
	}
	if len(d.Instalments) > instalmentsMax {
		return Refuse(BadInput, "instalments.many", "max", instalmentsMax)
	}
	left, before := total.Minor, d.Date.AddDays(-1)
	for _, p := range d.Instalments {
		switch {
		case p.Minor <= 0:
			return Refuse(BadInput, "instalments.small", "total", total)
		case p.Due <= before:
			return Refuse(BadInput, "instalments.order", "due", p.Due)
		case p.Minor > left:
			return Refuse(BadInput, "instalments.sum", "total", total)
		}
		left, before = left-p.Minor, p.Due
	}
	if left != 0 {
		return Refuse(BadInput, "instalments.sum", "total", total)
	}
	d.Due = d.Instalments[0].Due
	return nil
}

// Slice is a part of what is open on an invoice, with its due date.
type Slice struct {
	Due  Date
	Open Money
}

// Slices are the parts of what is open on i, in order of due date: what was settled counts
// for the oldest. It is the one definition of what is due when: aging, overdue, order of
// payment, reminders and lists all take it from here. An invoice without instalments has one
// slice while anything is open.
func (i *Invoice) Slices() (out []Slice) {
	i.slices(i.Open, func(due Date, minor int64) { out = append(out, Slice{due, Money{minor, i.Currency}}) })
	return out
}

// slices calls f with the parts of open minor units, which may be what was open on a past day.
func (i *Invoice) slices(open int64, f func(due Date, minor int64)) {
	if i.cond == nil || len(i.cond.instalments) == 0 {
		if open != 0 {
			f(i.Due, open)
		}
		return
	}
	settled := i.Total - open
	for _, p := range i.cond.instalments {
		took := minMinor(p.Minor, settled)
		if settled -= took; p.Minor != took {
			f(p.Due, p.Minor-took)
		}
	}
	if settled > 0 { // more was taken back than was ever owed by then: late corrections
		f(i.LastDue, -settled)
	}
}

// OpenBy is the part of what is open on i that falls due on a day or before.
func (i *Invoice) OpenBy(on Date) Money { return i.dueBy(i.Open, on) }

// UndisputedBy is OpenBy of what is not disputed. A disputed sum takes the place of the
// oldest parts: nobody is pressed for what he disputes.
func (i *Invoice) UndisputedBy(on Date) Money { return i.dueBy(i.Undisputed().Minor, on) }

func (i *Invoice) dueBy(open int64, on Date) Money {
	sum := int64(0)
	i.slices(open, func(due Date, minor int64) {
		if due <= on {
			sum += minor
		}
	})
	return Money{sum, i.Currency}
}

// Carrying is the due date that reminders of i speak of: that of the oldest part that is not
// disputed. Step and Nudge are what was said of that part.
func (i *Invoice) Carrying() Date {
	if i.cond == nil || len(i.cond.instalments) == 0 {
		return i.Due
	}
	return i.cond.instalments[i.cond.carrying].Due
}

// PayNow is what i's customer is asked to pay on a day: what is open and not disputed; of an
// invoice in instalments what is due by then, or else the next part.
func (i *Invoice) PayNow(on Date) Money { return i.UndisputedBy(max(on, i.Carrying())) }

// Instalments are the parts in which i falls due, as issued; none for an invoice with one due
// date.
func (i *Invoice) Instalments() []Instalment {
	if i.cond == nil {
		return nil
	}
	return i.cond.instalments
}

// reminded reports whether anything was ever said of i unasked.
func (i *Invoice) reminded() bool {
	if i.cond != nil {
		for _, x := range i.cond.said {
			if x != (said{}) {
				return true
			}
		}
	}
	return i.Step > 0 || i.Nudge != 0
}

// FirstDue is the due date of i's first part, whatever is open of it.
func (i *Invoice) FirstDue() Date {
	if parts := i.Instalments(); len(parts) > 0 {
		return parts[0].Due
	}
	return i.Due
}

// fallDue sets what follows from what is open and disputed on an invoice in instalments: its
// due date, and the part that reminders speak of.
func (s *state) fallDue(inv *Invoice) {
	c := inv.cond
	if c == nil || len(c.instalments) == 0 {
		return
	}
	first := func(open int64) int {
		at, settled := 0, inv.Total-open
		for ; at < len(c.instalments)-1 && settled >= c.instalments[at].Minor; at++ {
			settled -= c.instalments[at].Minor
		}
		return at
	}
	set(s, &inv.Due, c.instalments[first(inv.Open)].Due)
	at := first(inv.Undisputed().Minor)
	if at == c.carrying {
		return
	}
	set(s, &c.said[c.carrying], said{inv.Step, inv.Nudge})
	set(s, &inv.Step, c.said[at].Step)
	set(s, &inv.Nudge, c.said[at].Nudge)
	set(s, &c.carrying, at)
}

// OpenItem is what was open on an invoice, or on one of its instalments.
type OpenItem struct {
	Invoice *Invoice // as it is now
	Due     Date
	Open    Money
}

// OpenItems returns what is open for c, by instalment, oldest due first; ties by number.
func (v *View) OpenItems(c *Customer) []OpenItem {
	out := make([]OpenItem, 0, c.openCount)
	for i := v.Invoice(c.firstOpen); i != nil; i = v.Invoice(i.nextOpen) {
		out = itemsOf(out, i, i.Open)
	}
	return sortItems(out)
}

// OpenParts is what is open of i, by instalment.
func (i *Invoice) OpenParts() []OpenItem { return itemsOf(nil, i, i.Open) }

// itemsOf adds the parts of open minor units of i to out.
func itemsOf(out []OpenItem, i *Invoice, open int64) []OpenItem {
	i.slices(open, func(due Date, minor int64) { out = append(out, OpenItem{i, due, Money{minor, i.Currency}}) })
	return out
}

func sortItems(items []OpenItem) []OpenItem {
	slices.SortStableFunc(items, func(a, b OpenItem) int {
		return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Invoice.ID, b.Invoice.ID))
	})
	return items
}

// dumpConditions writes what this file, early.go and deposit.go project.
func dumpConditions(w io.Writer, s *state) {
	s.invoices.each(func(i *Invoice) {
		c := i.cond
		if c == nil {
			return
		}
		fmt.Fprintf(w, "conditions invoice %d last due %s instalments %v carrying %d said %v early %s%% until %s tax %d taken %d deposit %t used %d\n",
			i.ID, i.LastDue, c.instalments, c.carrying, c.said, c.early.Percent, c.early.Until, c.early.Tax, c.taken, c.deposit, c.usedBy)
		for _, t := range c.taxes {
			fmt.Fprintf(w, "conditions invoice %d left %s%% %s %s\n", i.ID, t.Rate, t.Base, t.Tax)
		}
		for _, d := range c.deposits {
			fmt.Fprintf(w, "conditions invoice %d deducts %d %s\n", i.ID, d.Invoice, d.Sum().Net)
		}
	})
}
