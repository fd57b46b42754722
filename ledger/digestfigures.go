package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The figures of a digest. Each is the sum of its lines, and whoever asks what stands behind a
// figure is shown these same lines. Their cost follows what is open and what happened within
// the period, never all that ever did.

// DigestPeriod is what one digest tells of: from the day of the one before on. Payments and
// facts are counted by number, since a day has hours before and after the digest's.
type DigestPeriod struct {
	Since, On      Date // the day of the digest before, and its own
	After, Through PaymentID
	From, To       uint64 // facts after one and through another
}

// PeriodSince is the period from a day until now, on a day of the reader's.
func (v *View) PeriodSince(since, on Date) (p DigestPeriod, err error) {
	p = DigestPeriod{Since: since, On: on, After: v.LastPayment(), Through: v.LastPayment(), To: v.Head().Seq}
	v.PaymentsSince(since, func(x *Payment) { p.After = x.ID - 1 })
	p.From, err = v.KnownAt(since.At(0, 0, v.s.company.Zone()))
	return p, err
}

// PeriodAfter is the period that follows p: until now, on a day of the reader's.
func (v *View) PeriodAfter(p DigestPeriod, on Date) DigestPeriod {
	return DigestPeriod{Since: p.On, On: on, After: p.Through, Through: v.LastPayment(), From: p.To, To: v.Head().Seq}
}

// String writes a period into a few characters, for a notice and for a button.
func (p DigestPeriod) String() string {
	var out []string
	for _, n := range []uint64{uint64(p.Since), uint64(p.On), uint64(p.After), uint64(p.Through), p.From, p.To} {
		out = append(out, strconv.FormatUint(n, 36))
	}
	return strings.Join(out, ".")
}

// ParseDigestPeriod reads what String wrote.
func ParseDigestPeriod(s string) (p DigestPeriod, ok bool) {
	parts := strings.Split(s, ".")
	if len(parts) != 6 {
		return p, false
	}
	var n [6]uint64
	for i, part := range parts {
		x, err := strconv.ParseUint(part, 36, 40)
		if err != nil {
			return p, false
		}
		n[i] = x
	}
	if n[0] > n[1] || n[1] > digestLastDay || n[2] > 1<<32-1 || n[3] > 1<<32-1 {
		return p, false
	}
	return DigestPeriod{Date(n[0]), Date(n[1]), PaymentID(n[2]), PaymentID(n[3]), n[4], n[5]}, true
}

// digestLastDay is far beyond all days that a digest is of.
const digestLastDay = 1 << 20

// DigestLine is one line of what stands behind a figure. What it is about is set, and no more.
type DigestLine struct {
	Customer CustomerID
	Invoice  InvoiceID
	Payment  PaymentID
	Dispute  DisputeID
	Cheque   ChequeID
	Plan     PlanID
	Part     int    // of the plan, from 1
	Date     Date   // of the payment; due; promised; on which it is expected
	Way      string // of a payment: its method
	Bucket   int    // into which a debt moved
	Held     *PilotHeld
	Amount   Money
}

// SumLines is what lines come to, per currency, without zeros.
func SumLines(lines []DigestLine) map[Currency]Money {
	sums := map[Currency]Money{}
	for _, l := range lines {
		sums[l.Amount.Currency] = sums[l.Amount.Currency].Add(l.Amount)
	}
	for cur, m := range sums {
		if m.Minor == 0 {
			delete(sums, cur)
		}
	}
	return sums
}

// DigestCash is the money that came in within p and has not gone away again, by way of payment.
func (v *View) DigestCash(p DigestPeriod) (out []DigestLine) {
	v.PaymentsBetween(p.After, p.Through, func(x *Payment) {
		if !x.Returned {
			out = append(out, DigestLine{Customer: x.Customer, Payment: x.ID, Date: x.Date, Way: x.Method, Amount: x.Amount})
		}
	})
	slices.SortStableFunc(out, func(a, b DigestLine) int { return cmp.Compare(a.Way, b.Way) })
	return out
}

// openParts calls f with each part that is open of all invoices: its due date and sum.
func (v *View) openParts(f func(c CustomerID, inv InvoiceID, due Date, open Money)) {
	v.s.customers.each(func(c *Customer) {
		items := v.s.itemsOf(c.ID)
		for i := range items {
			item, cur := &items[i], v.s.currencies[items[i].currency]
			if item.plain {
				f(c.ID, item.invoice, item.due, Money{item.open, cur})
				continue
			}
			v.Invoice(item.invoice).slices(item.open, func(due Date, minor int64) { f(c.ID, item.invoice, due, Money{minor, cur}) })
		}
	})
}

// DigestOverdue is what is open and became overdue after the day p begins with.
func (v *View) DigestOverdue(p DigestPeriod) (out []DigestLine) {
	v.openParts(func(c CustomerID, inv InvoiceID, due Date, open Money) {
		if DaysOverdue(due, p.On) > 0 && DaysOverdue(due, p.Since) <= 0 {
			out = append(out, DigestLine{Customer: c, Invoice: inv, Date: due, Amount: open})
		}
	})
	return byAmount(out)
}

// DigestAllOverdue is all that is overdue on a day.
func (v *View) DigestAllOverdue(on Date) (out []DigestLine) {
	v.openParts(func(c CustomerID, inv InvoiceID, due Date, open Money) {
		if DaysOverdue(due, on) > 0 {
			out = append(out, DigestLine{Customer: c, Invoice: inv, Date: due, Amount: open})
		}
	})
	return byAmount(out)
}

// DigestMoved is what is open and grew older from one bucket of aging to another since the day
// p begins with. What became overdue is another figure, though it may have gone further.
func (v *View) DigestMoved(p DigestPeriod) (out []DigestLine) {
	v.openParts(func(c CustomerID, inv InvoiceID, due Date, open Money) {
		was, is := v.b.edges.Bucket(due, p.Since), v.b.edges.Bucket(due, p.On)
		if was > 0 && is > was {
			out = append(out, DigestLine{Customer: c, Invoice: inv, Date: due, Bucket: is, Amount: open})
		}
	})
	out = byAmount(out)
	slices.SortStableFunc(out, func(a, b DigestLine) int { return cmp.Compare(a.Bucket, b.Bucket) })
	return out
}

// byAmount puts lines in order of currency, the largest sums of each first.
func byAmount(out []DigestLine) []DigestLine {
	slices.SortStableFunc(out, func(a, b DigestLine) int {
		return cmp.Or(cmp.Compare(a.Amount.Currency, b.Amount.Currency), cmp.Compare(b.Amount.Minor, a.Amount.Minor))
	})
	return out
}

// DigestDisputes are the disputes that were opened within p, whatever became of them.
func (v *View) DigestDisputes(p DigestPeriod) (out []DigestLine) {
	for id := v.s.disputes.n; id > 0; id-- {
		d := v.s.disputes.at(id)
		if d.fact <= p.From {
			break
		}
		if d.fact <= p.To {
			out = append(out, disputeLine(d))
		}
	}
	return out
}

func disputeLine(d *Dispute) DigestLine {
	return DigestLine{Customer: d.Customer, Invoice: d.Invoice, Dispute: d.ID, Date: d.AnswerBy, Amount: d.Amount}
}

// DigestDisputed are the disputes that are open.
func (v *View) DigestDisputed() (out []DigestLine) {
	for _, d := range v.DisputesByDeadline() {
		out = append(out, disputeLine(d))
	}
	return out
}

// DigestDisputesDue are the open disputes that were to be settled by a day.
func (v *View) DigestDisputesDue(on Date) []DigestLine {
	return slices.DeleteFunc(v.DigestDisputed(), func(l DigestLine) bool { return l.Date == 0 || l.Date > on })
}

// DigestPromises is what was promised to be paid on a day, and is open.
func (v *View) DigestPromises(on Date) (out []DigestLine) {
	for id := range v.s.awaited {
		p := v.s.promises.at(id)
		if p.By != on || p.Outcome != PromiseAwaited {
			continue
		}
		inv := v.Invoice(p.Invoice)
		if due := inv.Undisputed(); due.Minor > 0 && inv.promise == id {
			out = append(out, DigestLine{Customer: inv.Customer, Invoice: inv.ID, Date: on, Amount: due})
		}
	}
	slices.SortFunc(out, func(a, b DigestLine) int { return cmp.Compare(a.Invoice, b.Invoice) })
	return byAmount(out)
}

// DigestParts are the parts of plans that are due on a day, as far as they are not paid.
func (v *View) DigestParts(on Date) (out []DigestLine) {
	for id := range v.s.activePlans {
		for _, l := range v.partsToCome(v.Plan(id)) {
			if l.Date == on {
				out = append(out, l)
			}
		}
	}
	slices.SortFunc(out, func(a, b DigestLine) int { return cmp.Compare(a.Plan, b.Plan) })
	return out
}

// partsToCome are the parts of p that are not paid, by their own dates, with what is missing.
func (v *View) partsToCome(p *Plan) (out []DigestLine) {
	at, left, ok := v.NextPart(p)
	for i := at; ok && i < len(p.Parts); i++ {
		if i > at {
			left.Minor = p.Parts[i].Minor
		}
		out = append(out, DigestLine{Customer: p.Customer, Plan: p.ID, Part: i + 1, Date: p.Parts[i].Due, Amount: left})
	}
	return out
}

// DigestCheques are the cheques about which somebody has to do something by a day.
func (v *View) DigestCheques(on Date) (out []DigestLine) {
	for _, c := range v.DueCheques(on) {
		out = append(out, DigestLine{Customer: c.Customer, Cheque: c.ID, Date: c.Dated, Amount: c.Amount})
	}
	return out
}

// DigestBroken are the promises and plans that broke within p and were not kept late: with what
// is open of the invoice, or missing of the plan.
func (v *View) DigestBroken(p DigestPeriod) (out []DigestLine) {
	for n := v.s.broke.n; n > 0; n-- {
		x := v.s.broke.at(n)
		if uint64(x.fact) <= p.From {
			break
		}
		if uint64(x.fact) > p.To {
			continue
		}
		if plan := v.Plan(x.plan); plan != nil {
			_, left := v.planMissing(plan)
			out = append(out, DigestLine{Customer: plan.Customer, Plan: plan.ID, Date: plan.Ended, Amount: left})
		} else if pr := v.s.promises.at(x.promise); pr != nil && pr.Outcome == PromiseFalse {
			inv := v.Invoice(pr.Invoice)
			out = append(out, DigestLine{Customer: inv.Customer, Invoice: inv.ID, Date: pr.By, Amount: inv.OpenMoney()})
		}
	}
	return byAmount(out)
}

// planMissing is what is open of the invoices of a plan, at most its claims.
func (v *View) planMissing(p *Plan) (open int, left Money) {
	left.Currency = p.Currency
	for _, claim := range p.Claims {
		if minor := min(v.Invoice(claim.Invoice).Open, claim.Minor); minor > 0 {
			open++
			left.Minor += minor
		}
	}
	return open, left
}

// DigestPiloted is what a pilot held back on the days from that of the digest before on, its own not
// among them: a line for each sum that a message would have named, and one for a message without any.
func (v *View) DigestPiloted(p DigestPeriod) (out []DigestLine) {
	for _, x := range v.heldBetween(p.Since, p.On) {
		sums := x.Sums
		if len(sums) == 0 {
			sums = []Money{{Currency: v.s.company.Currency}}
		}
		for _, m := range sums {
			out = append(out, DigestLine{Customer: x.Customer, Invoice: x.Invoice, Date: x.For, Held: x, Amount: m})
		}
	}
	return out
}

// LongHold is after how many days the digest asks whether a hold is still meant.
const LongHold = 30

// DigestOnHold is what is overdue on a day and has been on hold for long: a line for each hold and
// currency, without its invoice where it is of all that a customer owes. What two holds keep quiet
// counts once, with the customer's.
func (v *View) DigestOnHold(on Date) (out []DigestLine) {
	long := func(h *Hold) bool {
		return h != nil && h.Since <= on.AddDays(-LongHold) && (h.Until == 0 || h.Until >= on)
	}
	if !slices.ContainsFunc(v.OpenHolds(), long) {
		return nil
	}
	type key struct {
		hold HoldID
		cur  Currency
	}
	at := map[key]int{}
	v.openParts(func(c CustomerID, inv InvoiceID, due Date, open Money) {
		cust := v.Customer(c)
		h := v.HoldOf(cust, 0)
		if !long(h) {
			h = v.HoldOf(cust, inv)
		}
		if !long(h) || DaysOverdue(due, on) <= 0 {
			return
		}
		k := key{h.ID, open.Currency}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k], out = i, append(out, DigestLine{Customer: c, Invoice: h.Invoice, Date: h.Since, Amount: Money{Currency: open.Currency}})
		}
		out[i].Amount = out[i].Amount.Add(open)
	})
	return byAmount(out)
}

// DigestDebtors are the customers who owe most that is overdue, in one currency.
func (v *View) DigestDebtors(on Date, cur Currency, most int) (out []DigestLine) {
	for _, r := range v.Aging(on) {
		if o := r.Overdue(); r.Currency == cur && o.Minor > 0 {
			out = append(out, DigestLine{Customer: r.Customer, Amount: o})
		}
	}
	out = byAmount(out)
	return out[:min(most, len(out))]
}

// breach is a promise or a plan that broke; they stand in the order in which that was booked.
type breach struct {
	fact    factNo
	promise uint32
	plan    PlanID
}

func (s *state) breached(fact uint64, promise uint32, plan PlanID) {
	s.broke.add(s, breach{factNo(fact), promise, plan})
}

func (b *breach) String() string {
	return fmt.Sprintf("fact %d promise %d plan %d", b.fact, b.promise, b.plan)
}
