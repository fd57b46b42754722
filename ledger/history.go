package ledger

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"sort"
	"time"
)

// AsOf is what a question about the past asks for: what counted on a day, as far as it was
// known at a moment. A report of last month can so be printed again as it was, whatever was
// booked late.
type AsOf struct {
	On    Date   // facts effective on this day or before
	Known uint64 // facts up to this number; 0: all
}

// covers reports whether a fact counts.
func (a AsOf) covers(day Date, fact uint64) bool {
	return day <= a.On && (a.Known == 0 || fact <= a.Known)
}

// move is one change of what a customer owes: a debit or credit of receivables, which
// belongs to an invoice, or of what he has on account. The moves of a customer are chained
// from the newest back, in the order in which they were recorded; so are those of an
// invoice. A question about the past starts from today's balance and takes back the newest
// moves, so that its cost follows what moved since, never all that ever did.
type move struct {
	fact       uint64
	minor      int64 // debit positive: what is owed grows
	day        Date  // effective
	latest     Date  // latest day of this move and of all before it in the customer's chain
	invoice    InvoiceID
	before     uint32 // the customer's move before
	beforeHere uint32 // the invoice's move before
	currency   uint16 // index into state.currencies
}

// moved chains a move of c's; inv is nil for one of what is on account.
func (s *state) moved(c *Customer, inv *Invoice, cur Currency, minor int64, day Date) {
	if c == nil || minor == 0 {
		return
	}
	m := move{fact: s.head.Seq, minor: minor, day: day, latest: day, before: c.lastMove, currency: s.currencyIndex(cur)}
	if prev := s.moves.at(c.lastMove); prev != nil {
		m.latest = max(m.latest, prev.latest)
	}
	if inv != nil {
		m.invoice, m.beforeHere = inv.ID, inv.lastMove
	}
	s.moves.add(s, m)
	set(s, &c.lastMove, s.moves.n)
	if inv != nil {
		set(s, &inv.lastMove, s.moves.n)
	}
}

// owe chains a debit or, negative, a credit of what is open on inv.
func (s *state) owe(inv *Invoice, minor int64, day Date) {
	s.moved(s.customers.at(uint32(inv.Customer)), inv, inv.Currency, minor, day)
}

// movedOnAccount chains what a fact's postings change of what customers have on account.
func (s *state) movedOnAccount(f *Fact) {
	for _, p := range f.Postings {
		if p.Account == OnAccount {
			s.moved(s.customers.at(uint32(p.Customer)), nil, p.Amount.Currency, p.Amount.Minor, f.Effective)
		}
	}
}

// takeBack calls f with c's moves that a does not cover, newest first. It ends where all
// moves before are covered.
func (s *state) takeBack(c *Customer, a AsOf, f func(*move)) {
	for m := s.moves.at(c.lastMove); m != nil; m = s.moves.at(m.before) {
		if a.covers(m.latest, m.fact) {
			return
		}
		if !a.covers(m.day, m.fact) {
			f(m)
		}
	}
}

// OpenOn is what was open on inv as of a past day: zero before its own date. Its cost
// follows the invoice's settlements.
func (v *View) OpenOn(inv *Invoice, a AsOf) Money {
	out := Money{0, inv.Currency}
	for m := v.s.moves.at(inv.lastMove); m != nil; m = v.s.moves.at(m.beforeHere) {
		if a.covers(m.day, m.fact) {
			out.Minor += m.minor
		}
	}
	return out
}

// closedOn is the day from which on nothing of inv is open. It need not be that of what was booked
// last: a bank may tell of money of last week after that of yesterday.
func (s *state) closedOn(inv *Invoice) (on Date) {
	var array [8]move
	moves := array[:0]
	for m := s.moves.at(inv.lastMove); m != nil; m = s.moves.at(m.beforeHere) {
		moves = append(moves, *m)
	}
	slices.SortFunc(moves, func(a, b move) int { return cmp.Compare(a.day, b.day) })
	open, closed := int64(0), false
	for i, m := range moves {
		if open += m.minor; i+1 < len(moves) && moves[i+1].day == m.day {
			continue
		}
		if open <= 0 && !closed {
			on = m.day
		}
		closed = open <= 0
	}
	return on
}

// disputed is what was in dispute on an invoice from a fact on; the newest one stands on
// the invoice.
type disputed struct {
	fact   uint64
	minor  int64 // 0: the dispute was over
	day    Date
	before uint32
}

// dispute sets what is in dispute on inv, and keeps what was.
func (s *state) dispute(inv *Invoice, id DisputeID, minor int64, day Date) {
	set(s, &inv.Dispute, id)
	set(s, &inv.Disputed, minor)
	s.fallDue(inv)
	s.disputedMoves.add(s, disputed{s.head.Seq, minor, day, inv.lastDisputed})
	set(s, &inv.lastDisputed, s.disputedMoves.n)
	s.noteItem(inv)
}

// disputedOn is what was in dispute on inv as of a past day, in minor units, which may be
// more than was open.
func (s *state) disputedOn(inv *Invoice, a AsOf) int64 {
	for d := s.disputedMoves.at(inv.lastDisputed); d != nil; d = s.disputedMoves.at(d.before) {
		if a.covers(d.day, d.fact) {
			return d.minor
		}
	}
	return 0
}

// change is what has to be taken back of what is open on an invoice.
type change struct {
	invoice InvoiceID
	minor   int64
}

// pastWork is the work of a question about the past, kept from one customer to the next.
type pastWork struct {
	back   []change // of invoices
	onAcct []int64  // what was on account, by index into state.currencies
}

// pastOf calls f with each of c's invoices on which something was open as of a past day, and
// leaves what was on account in w. Where plain is not nil, it is called instead of f with
// items of which no more is to be known than due date and sum.
func (v *View) pastOf(c *Customer, a AsOf, w *pastWork, f func(*Invoice, int64), plain func(*openItem, int64)) {
	w.back = w.back[:0]
	w.onAcct = append(w.onAcct[:0], make([]int64, len(v.s.currencies))...)
	for _, b := range v.s.balancesOf(c.ID) {
		if b.account == OnAccount {
			w.onAcct[b.currency] = -b.minor
		}
	}
	v.s.takeBack(c, a, func(m *move) {
		if m.invoice != 0 {
			w.back = append(w.back, change{m.invoice, m.minor})
		} else {
			w.onAcct[m.currency] += m.minor
		}
	})
	w.back = perInvoice(w.back)
	items := v.s.itemsOf(c.ID)
	for i := range items {
		item := &items[i]
		minor := item.open
		if n, ok := slices.BinarySearchFunc(w.back, item.invoice, byInvoice); ok {
			minor -= w.back[n].minor
		}
		switch {
		case minor == 0:
		case item.plain && plain != nil:
			plain(item, minor)
		default:
			f(v.Invoice(item.invoice), minor)
		}
	}
	for _, ch := range w.back { // what is closed now is not in the list of open ones
		if inv := v.Invoice(ch.invoice); inv.Open == 0 && ch.minor != 0 {
			f(inv, -ch.minor)
		}
	}
}

func byInvoice(ch change, id InvoiceID) int { return cmp.Compare(ch.invoice, id) }

// perInvoice sums changes, one for each invoice, in order.
func perInvoice(list []change) []change {
	slices.SortFunc(list, func(a, b change) int { return cmp.Compare(a.invoice, b.invoice) })
	out := list[:0]
	for _, ch := range list {
		if n := len(out); n > 0 && out[n-1].invoice == ch.invoice {
			out[n-1].minor += ch.minor
		} else {
			out = append(out, ch)
		}
	}
	return out
}

// OpenAsOf returns what was open on c's invoices as of a past day, by instalment, oldest due
// first; ties by number.
func (v *View) OpenAsOf(c *Customer, a AsOf) []OpenItem {
	var out []OpenItem
	v.pastOf(c, a, new(pastWork), func(inv *Invoice, minor int64) { out = itemsOf(out, inv, minor) }, nil)
	return sortItems(out)
}

// AgingOfAsOf returns c's aging as it was on a past day, one row per currency with anything
// in it, in order of currency. Its cost follows c's open invoices and what moved since.
func (v *View) AgingOfAsOf(c *Customer, a AsOf) []AgingRow {
	return v.appendPast(nil, c, a, new(pastWork))
}

// AgingAsOf returns the rows of all customers as they were on a past day, in order of
// customer and currency.
func (v *View) AgingAsOf(a AsOf) []AgingRow {
	out := make([]AgingRow, 0, v.s.customers.n)
	var w pastWork
	v.s.customers.each(func(c *Customer) { out = v.appendPast(out, c, a, &w) })
	return out
}

// appendPast adds c's rows to out.
func (v *View) appendPast(out []AgingRow, c *Customer, a AsOf, w *pastWork) []AgingRow {
	rows := agingRows{out, len(out), c.ID}
	v.pastOf(c, a, w, func(inv *Invoice, minor int64) {
		rows.of(inv.Currency).owe(inv, minor, minMinor(v.s.disputedOn(inv, a), minor), v.b.edges, a.On)
	}, func(item *openItem, minor int64) {
		rows.of(v.s.currencies[item.currency]).Bucket[v.b.edges.Bucket(item.due, a.On)] += minor
	})
	for i, minor := range w.onAcct {
		if minor != 0 {
			rows.of(v.s.currencies[i]).OnAcct = minor
		}
	}
	return rows.done()
}

// KnownAt is the number of the last fact recorded before t, 0 where there is none. It reads
// a few facts, however many there are.
func (v *View) KnownAt(t time.Time) (uint64, error) {
	var failed error
	n := sort.Search(int(v.s.head.Seq), func(i int) bool {
		f, err := v.fact(uint64(i) + 1)
		if err != nil {
			failed = err
			return true
		}
		return !f.Recorded.Before(t)
	})
	return uint64(n), failed
}

// AsOfDay is what counted on a day; a second day that is not zero asks what was known at
// its end. It returns a BadInput refusal for a day to come, and for one before the books.
func (v *View) AsOfDay(on, known Date) (AsOf, error) {
	if on > v.Today() || known > v.Today() {
		return AsOf{}, Refuse(BadInput, "asof.future", "date", max(on, known), "today", v.Today())
	}
	if known == 0 {
		return AsOf{On: on}, nil
	}
	seq, err := v.KnownAt(known.AddDays(1).At(0, 0, v.s.company.Zone()))
	if err == nil && seq == 0 {
		err = Refuse(BadInput, "asof.before", "date", known)
	}
	return AsOf{on, seq}, err
}

func dumpHistory(w io.Writer, s *state) {
	s.customers.each(func(c *Customer) {
		fmt.Fprintf(w, "chains customer %d moves %d steps %d\n", c.ID, c.lastMove, c.lastStep)
	})
	s.invoices.each(func(i *Invoice) {
		fmt.Fprintf(w, "chains invoice %d moves %d disputed %d\n", i.ID, i.lastMove, i.lastDisputed)
	})
	s.moves.each(func(m *move) {
		fmt.Fprintf(w, "move fact %d %s latest %s invoice %d %s before %d %d\n", m.fact, m.day, m.latest, m.invoice,
			Money{m.minor, s.currencies[m.currency]}, m.before, m.beforeHere)
	})
	s.disputedMoves.each(func(d *disputed) {
		fmt.Fprintf(w, "disputed fact %d %s %d before %d\n", d.fact, d.day, d.minor, d.before)
	})
	s.trail.each(func(st *step) {
		fmt.Fprintf(w, "step fact %d invoice %d payment %d before %d\n", st.fact, st.invoice, st.payment, st.before)
	})
}
