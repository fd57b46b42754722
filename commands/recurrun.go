package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// issueHour is when contracts issue their invoices, in the company's zone.
const issueHour = 8

// burstMost is how many missed invoices of one contract are issued by themselves after an outage.
// More of them wait until a person has looked: a customer does not get ten at once.
const burstMost = 3

// RunContracts issues every invoice of a contract that is due by now, each once, oldest first,
// and returns when there is something to do again. Those of an outage are issued today, each for
// its own period. One that cannot be issued waits, and is told of once. Tomorrow's are announced
// to whoever looks after the customer.
func (d *Desk) RunContracts(ctx context.Context, now time.Time) (next time.Time, err error) {
	if err := d.endPauses(ctx); err != nil {
		return next, err
	}
	if err := d.announceContracts(ctx, now); err != nil {
		return next, err
	}
	for {
		due, on, err := d.dueContracts(now)
		if err != nil {
			return next, err
		}
		if len(due) == 0 {
			break // what waits is tried again with the next look
		}
		for _, id := range due {
			if err := d.runContract(ctx, id, on, now); err != nil {
				return next, fmt.Errorf("contract R-%d: %w", id, err)
			}
		}
	}
	err = d.Books.View(func(v *ledger.View) error {
		next = v.NextContract(issueHour, max(d.recurDays(), 0), now)
		return nil
	})
	return next, err
}

// issuesOn is the day whose invoices may be issued at an instant.
func issuesOn(v *ledger.View, now time.Time) ledger.Date {
	company := v.Company()
	return ledger.DateOf(now.Add(-issueHour*time.Hour), company.Zone())
}

// dueContracts are those that have an invoice to issue, and were not refused within the hour.
func (d *Desk) dueContracts(now time.Time) (due []ledger.ContractID, on ledger.Date, err error) {
	err = d.Books.View(func(v *ledger.View) error {
		on = issuesOn(v, now)
		for _, x := range v.DueContracts(on) {
			told, err := v.Get(heldOccurrence(x))
			if err != nil {
				return err
			}
			if string(told) < now.UTC().Format(time.RFC3339) {
				due = append(due, x.ID)
			}
		}
		return nil
	})
	return due, on, err
}

// heldOccurrence is the name under which it is kept until when an occurrence that was refused is
// left alone.
func heldOccurrence(x *ledger.Contract) string {
	return "contract:" + x.Label() + ":" + x.Next.String()
}

// endPauses ends those pauses whose last day is over.
func (d *Desk) endPauses(ctx context.Context) error {
	var over []ledger.ContractID
	err := d.Books.View(func(v *ledger.View) error {
		over = v.PausesOver()
		return nil
	})
	if err != nil || len(over) == 0 {
		return err
	}
	_, err = d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		for _, id := range over {
			if _, err := tx.EndPause(tx.Contract(id)); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}})
	return err
}

// runContract issues the next invoice of a contract, if it is still due on a day: it may have
// been stopped, or issued by another, since it was looked at.
func (d *Desk) runContract(ctx context.Context, id ledger.ContractID, on ledger.Date, now time.Time) error {
	_, err := d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		x := tx.Contract(id)
		if x.Over() || x.Paused || tx.IssueDay(x) > on {
			return nil, nil
		}
		why, approval, err := d.hindrance(tx, x, on)
		if err != nil {
			return nil, err
		}
		held := heldOccurrence(x)
		if why != "" {
			tx.Put(held, []byte(now.UTC().Add(time.Hour).Format(time.RFC3339)))
			return nil, d.holdContract(tx, x, why, approval)
		}
		if told, err := tx.Get(held); err != nil {
			return nil, err
		} else if told != nil {
			tx.Put(held, nil)
		}
		_, err = d.issueNext(tx, x, "")
		return nil, err
	}})
	return err
}

// issueNext issues the next invoice of x and says so to whom it concerns.
func (d *Desk) issueNext(tx *ledger.Tx, x *ledger.Contract, override string) (*ledger.Invoice, error) {
	inv, err := tx.IssueOccurrence(x, d.fillPeriod(tx.Customer(x.Customer).Language), override)
	if err != nil {
		return nil, err
	}
	return inv, d.AnnounceInvoice(tx, inv)
}

// hindrance is what stands in the way of the next invoice of x, "" for nothing: many missed ones,
// what an invoice by hand is refused for, or a sum for which whoever set its lines needs a second
// person, and which nobody approved with them. He is asked for then, once.
func (d *Desk) hindrance(tx *ledger.Tx, x *ledger.Contract, on ledger.Date) (why string, approval ledger.ApprovalID, err error) {
	if tx.Unasked(x, on) > burstMost {
		return "burst", 0, nil
	}
	asked, err := tx.Uncovered(x, func() error {
		_, err := d.issueNext(tx, x, "")
		return err
	})
	if r, ok := ledger.AsRefusal(err); ok {
		return hindranceOf(r.Key), 0, nil
	}
	if err != nil || asked == nil {
		return "", 0, err
	}
	if h := x.Hindrance; h.On == x.Next && h.Approval != 0 {
		if tx.Approval(h.Approval).State == ledger.ApprovalWaiting {
			return "approval", h.Approval, nil
		}
		return "declined", h.Approval, nil
	}
	a, fresh, err := tx.AskFor(x, ledger.Request{Line: "recur " + x.Label() + " issue " + x.Next.String()}, asked)
	if err != nil {
		return "", 0, err
	}
	if fresh {
		err = tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeApproval, Customer: a.Customer, Address: d.approvers(), Approval: a.ID})
	}
	return "approval", a.ID, err
}

// hindranceOf is the word for what an invoice was refused for.
func hindranceOf(key string) string {
	for _, kind := range []string{"limit", "rate", "requires"} {
		if strings.HasPrefix(key, kind+".") {
			return kind
		}
	}
	return "other"
}

// holdContract keeps what stands in the way, and tells whoever looks after the customer, once. For
// an approval those are asked who may give it.
func (d *Desk) holdContract(tx *ledger.Tx, x *ledger.Contract, why string, approval ledger.ApprovalID) error {
	fresh, err := tx.HoldContract(x, why, approval)
	if err != nil || !fresh || why == "approval" {
		return err
	}
	return tx.NotifyText(ledger.NoticeQueued{Kind: ledger.NoticeTask, Customer: x.Customer, Address: d.ownerOf(tx.Customer(x.Customer)), Code: "contract"}, x.Label())
}

// hindranceText says what stands in the way of the next invoice, and what to do.
func (c *Call) hindranceText(x *ledger.Contract) card.Text { return hindranceText(c.View, x) }

func hindranceText(v *ledger.View, x *ledger.Contract) card.Text {
	cust := v.Customer(x.Customer)
	approval := ""
	if a := v.Approval(x.Hindrance.Approval); a != nil {
		approval = a.Label()
	}
	return card.T("recur.held."+x.Hindrance.Why, "contract", x.Label(), "handle", cust.Handle, "date", x.Hindrance.On, "n", v.Missed(x, v.Today()), "approval", approval)
}

// contractTask tells staff that an invoice of a contract waits, and why, with what can be done.
func (d *Desk) contractTask(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	label, err := v.Text(n.Text)
	if err != nil {
		return card.Message{}, err
	}
	c := &Call{View: v, Desk: d, Who: Staff{Role: Manager}}
	x, err := c.contractNamed(label)
	if _, refused := ledger.AsRefusal(err); refused || err == nil && x.Hindrance.On == 0 {
		return card.Message{Withdraw: "issued or skipped meanwhile"}, nil
	}
	if err != nil {
		return card.Message{}, err
	}
	k, err := c.contractCard(x)
	if err != nil {
		return card.Message{}, err
	}
	k.Title = card.T("recur.held", "contract", x.Label(), "customer", v.CustomerName(v.Customer(x.Customer)))
	on, note := x.Next.String(), []card.Button(nil)
	if x.Hindrance.Why == "burst" {
		note = []card.Button{lineButton(card.T("button.recur.issueall"), "recur "+label+" issue all "+on), lineButton(card.T("button.recur.skipall"), "recur "+label+" skip missed "+on)}
	}
	k.Buttons = append(note, k.Buttons...)
	return card.Message{Card: k}, nil
}

// recurDays is how many days before an invoice of a contract staff are told of it, below 0 for
// never.
func (d *Desk) recurDays() int {
	if d.RecurNotice == 0 {
		return 1
	}
	return d.RecurNotice
}

// announcedKey is the last day whose invoices were announced.
const announcedKey = "recurring.announced"

// announceContracts tells whoever looks after the customers of the invoices that are to be issued
// in some days, once for each day.
func (d *Desk) announceContracts(ctx context.Context, now time.Time) error {
	days := d.recurDays()
	if days < 0 {
		return nil
	}
	var lists []ledger.NoticeQueued
	var last ledger.Date
	look := func(v *ledger.View) (err error) {
		lists, last, err = d.announcements(v, issuesOn(v, now), days)
		return err
	}
	if err := d.Books.View(look); err != nil || len(lists) == 0 {
		return err
	}
	_, err := d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		if err := look(&tx.View); err != nil {
			return nil, err
		}
		for _, n := range lists {
			if err := tx.Notify(n); err != nil {
				return nil, err
			}
		}
		tx.Put(announcedKey, []byte(last.String()))
		return nil, nil
	}})
	return err
}

// announcements are the notices of the days after on that nobody was told of, one for each day
// and reader.
func (d *Desk) announcements(v *ledger.View, on ledger.Date, days int) (out []ledger.NoticeQueued, last ledger.Date, err error) {
	told, err := v.Get(announcedKey)
	if err != nil {
		return nil, 0, err
	}
	first, last := on+1, on.AddDays(days)
	if day, err := ledger.ParseDate(string(told)); err == nil {
		first = max(first, day+1)
	}
	for day := first; day <= last; day++ {
		seen := map[string]bool{}
		for _, x := range v.ContractsOn(day) {
			to := d.ownerOf(v.Customer(x.Customer))
			if !seen[to] {
				seen[to] = true
				out = append(out, ledger.NoticeQueued{Kind: ledger.NoticeTask, Address: to, Code: "recurring", For: day})
			}
		}
	}
	return out, last, nil
}

// announcedNews lists a day's invoices of contracts for whoever looks after their customers.
func (d *Desk) announcedNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	var list []*ledger.Contract
	for _, x := range v.ContractsOn(n.For) {
		if d.ownerOf(v.Customer(x.Customer)) == n.Address {
			list = append(list, x)
		}
	}
	if len(list) == 0 {
		return card.Message{Withdraw: "skipped or stopped meanwhile"}, nil
	}
	c := &Call{View: v, Desk: d, Who: Staff{Role: Manager}}
	k, err := c.contractsCard(list)
	if err != nil {
		return card.Message{}, err
	}
	k.Title = card.T("recur.tomorrow", "date", n.For)
	skip := card.Pick{Label: card.T("button.recur.skip")}
	for _, x := range onPage(list, 0) {
		skip.Buttons = append(skip.Buttons, lineButton(card.Plain(x.Label()+" "+v.Customer(x.Customer).Handle), "recur "+x.Label()+" skip "+x.Next.String()))
	}
	k.Picks = append([]card.Pick{skip}, k.Picks...)
	return card.Message{Card: k}, nil
}
