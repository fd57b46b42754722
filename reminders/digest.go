package reminders

import (
	"context"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// Reader gets the daily digest in his Slack direct messages.
type Reader struct {
	User string // Slack user id
	Zone *time.Location
}

// The digest comes at nine of the reader's zone; one that could not come by six in the
// evening is merged into the next day's.
const (
	digestHour = 9
	digestLate = 18
)

// runDigests queues the digests that are due by now, once per reader and local date, and
// returns when the next is.
func (r *Rules) runDigests(ctx context.Context, now time.Time) (next time.Time, err error) {
	for _, reader := range r.Readers() {
		today := ledger.DateOf(now, reader.Zone)
		from, late := today.At(digestHour, 0, reader.Zone), today.At(digestLate, 0, reader.Zone)
		if !now.Before(from) && now.Before(late) {
			if err := r.queueDigest(ctx, reader, today); err != nil {
				return next, err
			}
		}
		if !now.Before(from) {
			from = today.AddDays(1).At(digestHour, 0, reader.Zone)
		}
		next = earlier(next, from)
	}
	return next, nil
}

func (r *Rules) queueDigest(ctx context.Context, reader Reader, today ledger.Date) error {
	marker := "digest:" + reader.User
	if done, err := r.done(marker, today); done || err != nil {
		return err
	}
	_, err := r.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		last, err := tx.Get(marker)
		if err != nil || string(last) >= today.String() {
			return nil, err
		}
		p := periodAfter(&tx.View, string(last), today)
		tx.Put(marker, []byte(fmt.Sprintf("%s %d", today, p.through)))
		return nil, tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeDigest, Address: reader.User, For: today, Code: p.String()})
	}})
	return err
}

// period is what one digest tells of: from the day of the last one on, and the payments
// after one and through another. Payments are counted by number, since a day has hours
// before and after nine.
type period struct {
	since          ledger.Date
	after, through ledger.PaymentID
}

func (p period) String() string { return fmt.Sprintf("%s %d %d", p.since, p.after, p.through) }

// periodAfter is the period that follows the last digest ("2026-10-14 57": its day, and the
// newest payment then). The first digest tells of a day.
func periodAfter(v *ledger.View, last string, today ledger.Date) period {
	p := period{since: today.AddDays(-1), through: v.LastPayment()}
	day, number, _ := strings.Cut(last, " ")
	since, err := ledger.ParseDate(day)
	n, bad := strconv.ParseUint(number, 10, 32)
	if err == nil && bad == nil {
		p.since, p.after = since, ledger.PaymentID(n)
		return p
	}
	p.after = p.through
	v.PaymentsSince(p.since, func(x *ledger.Payment) { p.after = x.ID - 1 })
	return p
}

// periodOf reads what stands in a digest's notice.
func periodOf(n *ledger.Notice) period {
	p := period{since: n.For.AddDays(-1)}
	parts := strings.Fields(n.Code)
	if len(parts) != 3 {
		return p
	}
	if since, err := ledger.ParseDate(parts[0]); err == nil {
		p.since = since
	}
	after, _ := strconv.ParseUint(parts[1], 10, 32)
	through, _ := strconv.ParseUint(parts[2], 10, 32)
	p.after, p.through = ledger.PaymentID(after), ledger.PaymentID(through)
	return p
}

// debtors is how many of the largest debtors the digest names.
const debtors = 5

// digest tells a manager what came in, what fell overdue and what needs him, since the last
// digest (n.Code).
func digest(v *ledger.View, n *ledger.Notice) card.Message {
	on := n.For
	rows := v.Aging(on)
	k := &card.Card{Title: card.T("digest.title", "date", on, "company", v.Company().Name)}
	cash, newly := cashOf(v, n), newlyOverdue(v, periodOf(n).since, on)
	add := func(key string, sums map[ledger.Currency]ledger.Money) {
		if len(sums) == 0 {
			return
		}
		k.Fields = append(k.Fields, card.Field{Label: card.T(key), Value: each(sums)})
	}
	add("digest.cash", cash)
	add("digest.newly", newly)
	overdue, disputed := map[ledger.Currency]ledger.Money{}, map[ledger.Currency]ledger.Money{}
	for _, t := range ledger.AgingTotals(rows) {
		if o := t.Overdue(); o.Minor > 0 {
			overdue[t.Currency] = o
		}
		if o := t.OverdueDisputed(); o.Minor > 0 {
			disputed[t.Currency] = o
		}
	}
	add("digest.overdue", overdue)
	add("digest.disputed", disputed)
	k.Body = matters(v, on)
	k.Table = topDebtors(v, rows)
	head := v.Head()
	for _, st := range v.StaleBank() {
		k.Note = append(k.Note, card.T("bank.stale", "account", st.Account, "date", st.To, "count", int(v.Today()-st.To)))
	}
	k.Note = append(k.Note, card.T("digest.head", "hash", head.Hash.Short(), "count", int(head.Seq)))
	if len(k.Fields) == 0 && len(k.Body) == 0 {
		k.Body = []card.Text{card.T("digest.nothing")}
	}
	return card.Message{Card: k}
}

// cashOf sums the money that came in within a digest's period, and has not gone away again.
func cashOf(v *ledger.View, n *ledger.Notice) map[ledger.Currency]ledger.Money {
	sums, within := map[ledger.Currency]ledger.Money{}, periodOf(n)
	v.PaymentsBetween(within.after, within.through, func(p *ledger.Payment) {
		if !p.Returned {
			sums[p.Amount.Currency] = sums[p.Amount.Currency].Add(p.Amount)
		}
	})
	return sums
}

// newlyOverdue sums what became overdue after the day since and by the day on.
func newlyOverdue(v *ledger.View, since, on ledger.Date) map[ledger.Currency]ledger.Money {
	sums := map[ledger.Currency]ledger.Money{}
	v.Customers(func(c *ledger.Customer) {
		for _, inv := range v.OpenInvoices(c) {
			if m := inv.OpenBy(on.AddDays(-1)).Sub(inv.OpenBy(since.AddDays(-1))); m.Minor > 0 {
				sums[inv.Currency] = sums[inv.Currency].Add(m)
			}
		}
	})
	return sums
}

// matters are what a person should look at.
func matters(v *ledger.View, on ledger.Date) (out []card.Text) {
	if d := v.OpenDisputes(); len(d) > 0 {
		out = append(out, card.T("digest.disputes", "count", len(d)))
	}
	today := 0
	v.Customers(func(c *ledger.Customer) {
		for _, inv := range v.OpenInvoices(c) {
			if inv.Promised == on {
				today++
			}
		}
	})
	if today > 0 {
		out = append(out, card.T("digest.promises", "count", today))
	}
	if due := v.DueCheques(on); len(due) > 0 {
		out = append(out, card.T("digest.cheques", "count", len(due)))
	}
	if w := v.WaitingMoney(v.WaitingEntries()); w.Count > 0 {
		sums := map[ledger.Currency]ledger.Money{}
		for c, minor := range w.Sums {
			sums[c] = ledger.Money{Minor: minor, Currency: c}
		}
		out = append(out, card.T("digest.waiting", "count", w.Count, "sums", each(sums), "days", w.Oldest))
	}
	if u := v.UnknownNotices(); len(u) > 0 {
		out = append(out, card.T("digest.unknown", "count", len(u)))
	}
	return out
}

// topDebtors lists the largest overdue sums in the company's currency.
func topDebtors(v *ledger.View, rows []ledger.AgingRow) *card.Table {
	base := v.Company().Currency
	var late []ledger.AgingRow
	for _, r := range rows {
		if r.Currency == base && r.Overdue().Minor > 0 {
			late = append(late, r)
		}
	}
	if len(late) == 0 {
		return nil
	}
	sort.SliceStable(late, func(i, j int) bool { return late[i].Overdue().Minor > late[j].Overdue().Minor })
	t := &card.Table{Head: []card.Text{card.T("digest.top"), card.T("account.overdue")}, Right: []bool{false, true}}
	for i := range late {
		if i == debtors {
			break
		}
		t.Rows = append(t.Rows, []card.Text{card.Plain(v.CustomerName(v.Customer(late[i].Customer))), card.T("value", "value", late[i].Overdue())})
	}
	return t
}
