package reminders

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"duebot/commands/card"
	"duebot/ledger"
)

// judge books which holds, promises, claims and plans are over by now, and tells staff, some of them
// a commit. It costs none while there is nothing to judge.
func (r *Rules) judge(ctx context.Context) error {
	var holds []ledger.HoldID
	var promises []uint32
	var claims []ledger.PaidClaimID
	var silences []ledger.InvoiceID
	var plans []ledger.PlanID
	err := r.Books.View(func(v *ledger.View) error {
		holds, promises, claims, silences, plans = v.DueHolds(), v.DuePromises(), v.DueClaims(), v.DueSilences(), v.DuePlans()
		return nil
	})
	if err == nil {
		err = judgeSome(ctx, r, holds, func(tx *ledger.Tx, some []ledger.HoldID) error {
			return tx.JudgeHolds(some, r.Policy.Silenced(&tx.View))
		})
	}
	if err == nil {
		err = judgeSome(ctx, r, promises, r.judgePromises)
	}
	if err == nil {
		err = judgeSome(ctx, r, claims, (*ledger.Tx).JudgeClaims)
	}
	if err == nil {
		err = judgeSome(ctx, r, silences, func(tx *ledger.Tx, some []ledger.InvoiceID) error {
			return tx.JudgeSilences(some, r.Policy.Silenced(&tx.View))
		})
	}
	if err == nil {
		err = judgeSome(ctx, r, plans, r.judgePlans)
	}
	return err
}

// judgeSome judges what is due, as much in a commit as keeps nobody waiting: at the end of a month
// thousands may have promised to pay.
func judgeSome[T any](ctx context.Context, r *Rules, due []T, judge func(tx *ledger.Tx, some []T) error) error {
	for len(due) > 0 {
		some := due[:min(r.pace.next(), len(due))]
		due = due[len(some):]
		if err := r.commit(ctx, len(some), func(tx *ledger.Tx) error { return judge(tx, some) }); err != nil {
			return err
		}
	}
	return nil
}

func (r *Rules) judgePromises(tx *ledger.Tx, some []uint32) error {
	promises, err := tx.JudgePromises(some, r.Policy.Silenced(&tx.View))
	if err != nil {
		return err
	}
	for _, p := range promises {
		if err := r.tellPromise(tx, p); err != nil {
			return err
		}
	}
	return nil
}

func (r *Rules) judgePlans(tx *ledger.Tx, some []ledger.PlanID) error {
	plans, err := tx.JudgePlans(some, r.Policy.Silenced(&tx.View))
	if err != nil {
		return err
	}
	for _, p := range plans {
		if err := r.tellPlan(tx, p); err != nil {
			return err
		}
	}
	return nil
}

// newsDays is how old a promise may be for staff to be told what came of it: a ledger of an
// earlier version has old ones that nobody judged.
const newsDays = 14

func (r *Rules) tellPromise(tx *ledger.Tx, p ledger.Judged) error {
	inv := tx.Invoice(p.Invoice)
	if p.Outcome == ledger.PromiseVoid || p.By < tx.Today().AddDays(-newsDays) {
		return nil
	}
	if p.Outcome == ledger.PromiseFalse && r.Task != nil {
		if err := r.Task(tx, tx.Customer(inv.Customer), ledger.TaskPromise, ledger.TaskReason{Invoice: inv.ID, Day: p.By}); err != nil {
			return err
		}
	}
	return r.news(tx, inv, ledger.NoticeQueued{Code: string(p.Outcome), For: p.By})
}

func (r *Rules) tellPlan(tx *ledger.Tx, p *ledger.Plan) error {
	n := ledger.NoticeQueued{Code: fmt.Sprintf("%s %d", p.Outcome, p.ID)}
	if at, _, ok := tx.NextPart(p); ok {
		n.For = p.Parts[at].Due
	}
	if p.Outcome == ledger.PlanFailed {
		tx.Put(brokenPlan(p.Customer), []byte(fmt.Sprint(p.ID)))
	}
	for i, claim := range p.Claims {
		inv := tx.Invoice(claim.Invoice)
		if i == 0 {
			if err := r.news(tx, inv, n); err != nil {
				return err
			}
		} else if err := r.edits(tx, inv); err != nil {
			return err
		}
		if p.Outcome == ledger.PlanFailed && r.Task != nil {
			if err := r.Task(tx, tx.Customer(p.Customer), ledger.TaskPlan, ledger.TaskReason{Invoice: inv.ID, Day: n.For}); err != nil {
				return err
			}
		}
	}
	return nil
}

// brokenPlan is the row of the plan of a customer of which he was not told yet that it is over:
// it breaks at midnight, and he hears of it at the hour of reminders.
func brokenPlan(c ledger.CustomerID) string { return fmt.Sprintf("planover:%d", c) }

// toldOver is the row of the day on which a customer was told so: he hears of nothing else on it.
func toldOver(c ledger.CustomerID) string { return fmt.Sprintf("plantold:%d", c) }

// tellOver tells c on a day that his plan is over, if he was not told yet, and reports whether he was
// told on that day. What waited in an outage may come on it: then he hears of his plan on the next one.
func (r *Rules) tellOver(tx *ledger.Tx, c *ledger.Customer, on ledger.Date) (told bool, err error) {
	last, err := tx.Get(toldOver(c.ID))
	if err != nil || string(last) == on.String() { // at the hour that he had chosen before
		return err == nil, err
	}
	row, err := tx.Get(brokenPlan(c.ID))
	if err != nil || row == nil || c.Reminder != 0 || c.LastContact >= on {
		return false, err
	}
	tx.Put(brokenPlan(c.ID), nil)
	id, _ := strconv.Atoi(string(row))
	p := tx.Plan(ledger.PlanID(id))
	if p == nil || !slices.ContainsFunc(p.Claims, func(x ledger.Part) bool { return tx.Invoice(x.Invoice).Open > 0 }) {
		return false, nil // all of it was paid meanwhile
	}
	n := ledger.NoticeQueued{Kind: ledger.NoticePlanOver, Customer: c.ID, Invoice: p.Claims[0].Invoice, Code: string(row)}
	if at, _, ok := tx.NextPart(p); ok {
		n.For = p.Parts[at].Due
	}
	tx.Put(toldOver(c.ID), []byte(on.String()))
	return true, tx.Notify(n)
}

// news queues a word to staff in the thread of inv's card, which is made where there is
// none, and edits of the messages that show inv.
func (r *Rules) news(tx *ledger.Tx, inv *ledger.Invoice, n ledger.NoticeQueued) error {
	if inv.Card == 0 {
		if err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeCard, Customer: inv.Customer, Address: r.Cards(tx.Customer(inv.Customer)), Invoice: inv.ID}); err != nil {
			return err
		}
	}
	n.Kind, n.Customer, n.Invoice, n.InThread, n.Address = ledger.NoticeJudged, inv.Customer, inv.ID, true, r.Cards(tx.Customer(inv.Customer))
	if err := tx.Notify(n); err != nil {
		return err
	}
	return r.edits(tx, inv)
}

func (r *Rules) edits(tx *ledger.Tx, inv *ledger.Invoice) error {
	if inv.Card != 0 {
		if err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeCardEdit, Customer: inv.Customer, Address: r.Cards(tx.Customer(inv.Customer)), Invoice: inv.ID}); err != nil {
			return err
		}
	}
	if inv.Message == 0 {
		return nil
	}
	return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeEdit, Customer: inv.Customer, Invoice: inv.ID})
}

// planPart is the part of a plan that a customer is to pay next.
type planPart struct {
	plan    *ledger.Plan
	at      int          // from 0
	left    ledger.Money // that no cheque covers
	due     ledger.Date
	carrier *ledger.Invoice // the oldest of the plan's that is open: it carries the contact
	said    ledger.Date     // the last nudge about any of the plan's invoices
	policy  *Policy         // of carrier
	source  Source
}

// code names the part in a notice, and is the same while that part is the next.
func (p *planPart) code() string { return fmt.Sprintf("%s.%d", p.plan.Label(), p.at+1) }

// silent reports whether nothing is said of the part on a day: something keeps words about each of
// the plan's invoices away that are open, as a hold, or that he says he has paid.
func (p *planPart) silent(v *ledger.View, on ledger.Date) bool {
	return !slices.ContainsFunc(p.plan.Claims, func(claim ledger.Part) bool {
		inv := v.Invoice(claim.Invoice)
		return inv.Undisputed().Minor > 0 && !v.Silent(inv, on)
	})
}

// planParts are the next parts of the plans of c that stand, but for those that his cheques cover.
func (p *Policies) planParts(v *ledger.View, c *ledger.Customer) (out []planPart) {
	for _, plan := range v.PlansOf(c) {
		at, left, ok := v.NextPart(plan)
		if !ok {
			continue
		}
		x := planPart{plan: plan, at: at, left: left, due: plan.Parts[at].Due}
		for _, claim := range plan.Claims {
			inv := v.Invoice(claim.Invoice)
			x.left.Minor -= v.CoverOf(inv).Amount.Minor
			x.said = max(x.said, inv.Nudge)
			if x.carrier == nil && inv.Undisputed().Minor > 0 {
				x.carrier = inv
			}
		}
		if x.carrier != nil && x.left.Minor > 0 {
			x.policy, x.source = p.Of(v, c, x.carrier)
			out = append(out, x)
		}
	}
	return out
}

// planWord is the message about the next part of a plan, as the books stand now.
func (r *Rules) planWord(v *ledger.View, c *ledger.Customer, n *ledger.Notice) card.Message {
	for _, p := range r.Policy.planParts(v, c) {
		if p.code() != n.Code {
			continue
		}
		if p.silent(v, ledger.DateOf(v.Now, c.Zone)) {
			return card.Message{Withdraw: "something keeps words about the plan away"}
		}
		company := v.Company()
		k := &card.Card{
			Title:  card.T("remind.plan.title", "company", company.Name),
			Body:   []card.Text{card.T("remind.plan.body", "customer", v.CustomerName(c), "amount", p.left, "date", p.due)},
			Fields: []card.Field{{Label: card.T("remind.plan.part", "part", p.at+1, "parts", len(p.plan.Parts), "due", p.due), Value: card.T("value", "value", p.left)}},
		}
		if c.Daily {
			k.Buttons = r.Buttons(v, r.rest(v, c, k, nil, n.Code, ledger.DateOf(v.Now, c.Zone)))
		}
		if company.BankLine != "" {
			k.Note = append(k.Note, card.T("inv.bank", "details", company.BankLine, "number", p.carrier.Number.String()))
		}
		k.Note = append(k.Note, card.T("remind.plan.note"))
		return card.Message{Card: k}
	}
	return card.Message{Withdraw: "the part is paid, or the plan is over"}
}
