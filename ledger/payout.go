package ledger

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// What payment providers hold. A payment that came by one lies in an account of its own, by
// provider and currency: less what it kept and gave back, until a line of the bank brings what
// it paid out. So what a provider still has is always the payments less fees, refunds and
// payouts, and what does not go to zero is somebody's question to it.
//
// Payments of before there was this account stand in the bank's, and stay there: see Payment.Held.

// PayoutID numbers the payouts that providers told of from 1.
type PayoutID uint32

// Label is how people name a payout: "PO-4".
func (id PayoutID) Label() string { return fmt.Sprintf("PO-%d", id) }

// Held is what a provider holds in one currency, and what that is made of, in minor units.
type Held struct {
	Provider string
	Currency Currency
	Minor    int64 // In − Back − Fees − Out + Swapped
	Base     int64 // what that is worth in the books, in the company's currency

	In      int64 // payments
	Back    int64 // refunds and chargebacks
	Fees    int64
	Out     int64 // payouts that arrived
	Swapped int64 // what it changed into this currency, less what it changed from it
}

// Money is what the provider holds.
func (h Held) Money() Money { return Money{h.Minor, h.Currency} }

// worth is what minor units of h are worth: as they came, and beyond what is there by rated.
func (h Held) worth(minor, rated int64) int64 {
	if h.Minor == 0 || (h.Minor < 0) != (minor < 0) {
		return rated
	}
	if max(minor, -minor) <= max(h.Minor, -h.Minor) {
		return release(h.Base, minor, h.Minor)
	}
	return h.Base + rated - release(rated, h.Minor, minor)
}

type heldKey struct {
	provider string
	currency Currency
}

// postsTo reports whether f has a posting to an account.
func (f *Fact) postsTo(a Account) bool {
	return slices.ContainsFunc(f.Postings, func(p Posting) bool { return p.Account == a })
}

// hold brings f's postings to the account of money at providers into what one holds; tally says
// what they were.
func (s *state) hold(f *Fact, provider string, tally func(h *Held, minor int64)) {
	for _, p := range f.Postings {
		if p.Account != AtProviders {
			continue
		}
		key := heldKey{provider, p.Amount.Currency}
		h := s.held[key]
		h.Provider, h.Currency = key.provider, key.currency
		h.Minor += p.Amount.Minor
		h.Base += p.Base
		tally(&h, p.Amount.Minor)
		put(s, s.held, key, h)
		set(s, &s.expects, s.expects+1)
	}
}

// Expects is a number that is another one whenever the bank may be expected to bring something else:
// payouts, or refunds.
func (v *View) Expects() uint64 { return v.s.expects }

// Held is what a provider holds in a currency.
func (v *View) Held(provider string, cur Currency) Held {
	h := v.s.held[heldKey{provider, cur}]
	h.Provider, h.Currency = provider, cur
	return h
}

// AllHeld is what every provider holds, by name and currency, also where that is nothing any more.
func (v *View) AllHeld() []Held {
	return slices.SortedFunc(maps.Values(v.s.held), func(a, b Held) int {
		return strings.Compare(a.Provider+" "+string(a.Currency), b.Provider+" "+string(b.Currency))
	})
}

// arrival is what an entry of the bank brought of a provider's.
type arrival struct {
	provider string
	payout   PayoutID
	postings []Posting
}

// PayoutArrived is the fact that an entry of the bank brought what a provider paid out. Its
// postings are of the part that is of the books' payments: other programs may share the account.
type PayoutArrived struct {
	Provider string
	Payout   PayoutID // 0: nobody had told of it
	Entry    BankEntryID
	Amount   Money // that the entry brought
	Alone    bool
}

func (x *PayoutArrived) kind() factKind { return kindPayoutArrived }

func (x *PayoutArrived) code(c *coder) {
	str(c, &x.Provider)
	num(c, &x.Payout)
	num(c, &x.Entry)
	c.money(&x.Amount)
	c.flag(&x.Alone)
}

func (x *PayoutArrived) apply(s *state, f *Fact) {
	e := s.bankEntries.at(uint32(x.Entry))
	if e == nil {
		return
	}
	s.placed(e, EntryLeft, LeftPayout, x.Alone)
	if p := s.payouts.at(uint32(x.Payout)); p != nil {
		set(s, &p.Entry, e.ID)
	}
	s.hold(f, x.Provider, func(h *Held, minor int64) { h.Out -= minor })
	set(s, &s.expects, s.expects+1)
	put(s, s.arrivals, e.ID, arrival{x.Provider, x.Payout, append([]Posting(nil), f.Postings...)})
}

// unsettleEntry takes back that an entry was a payout's or a refund's, by f, which has the
// postings of that reversed.
func (s *state) unsettleEntry(e *BankEntry, f *Fact) {
	set(s, &s.expects, s.expects+1)
	if a, ok := s.arrivals[e.ID]; ok {
		if p := s.payouts.at(uint32(a.payout)); p != nil {
			set(s, &p.Entry, 0)
		}
		s.hold(f, a.provider, func(h *Held, minor int64) { h.Out -= minor })
		drop(s, s.arrivals, e.ID)
	}
	if r := s.refunds.at(uint32(e.Refund)); r != nil {
		set(s, &r.Entry, 0)
		set(s, &e.Refund, 0)
	}
}

func (v *View) arrivedBy(e *BankEntry) []Posting { return v.s.arrivals[e.ID].postings }

// ArrivedBy is the payout that an entry brought, and its provider; the payout is nil where nobody
// had told of it.
func (v *View) ArrivedBy(e *BankEntry) (provider string, p *Payout) {
	a := v.s.arrivals[e.ID]
	return a.provider, v.s.payouts.at(uint32(a.payout))
}

// Day is the day on which p is to arrive: that of being told of it where nobody said.
func (p *Payout) Day() Date {
	if p.Arrives != 0 {
		return p.Arrives
	}
	return p.Told
}

// ArrivedSum is how much an entry brought of payments of the books.
func (v *View) ArrivedSum(e *BankEntry) Money {
	for _, p := range v.arrivedBy(e) {
		if p.Account == Bank {
			return p.Amount
		}
	}
	return Money{0, e.Amount.Currency}
}

// PayoutOf is the payout of a provider's id, nil where none was told of.
func (v *View) PayoutOf(provider, id string) *Payout {
	return v.s.payouts.at(uint32(v.s.payoutIDs[provider+":"+id]))
}

// Payout returns payout no, nil where there is none.
func (v *View) Payout(no PayoutID) *Payout { return v.s.payouts.at(uint32(no)) }

// Ours is how much of a sum that a provider pays out is of payments of the books: what it says
// itself, else as much as the books know to be there.
func (v *View) Ours(provider string, p *Payout, sum Money) Money {
	if p != nil && p.Parts != nil {
		return Money{p.Parts.Ours(), sum.Currency}
	}
	there := v.Held(provider, sum.Currency).Minor
	if sum.Minor > 0 {
		return Money{min(sum.Minor, max(there, 0)), sum.Currency}
	}
	return Money{max(sum.Minor, min(there, 0)), sum.Currency}
}

// ArrivePayout books that an entry brought what a provider paid out; p is nil where nobody had told
// of it. It returns a Conflict refusal for an entry or a payout that is dealt with, and for one of
// another sum or currency than the entry's.
func (tx *Tx) ArrivePayout(e *BankEntry, provider string, p *Payout, alone bool) error {
	if err := tx.mayPlace(e); err != nil {
		return err
	}
	x := &PayoutArrived{Provider: provider, Entry: e.ID, Amount: e.Amount, Alone: alone}
	if p != nil {
		if p.Entry != 0 {
			return Refuse(Conflict, "payout.arrived", "payout", p.No.Label(), "entry", p.Entry.Label())
		}
		if p.Amount != e.Amount {
			return Refuse(BadInput, "payout.sum", "entry", e.ID.Label(), "amount", e.Amount, "payout", p.No.Label(), "sum", p.Amount)
		}
		x.Payout = p.No
	}
	ours := tx.Ours(provider, p, e.Amount)
	worth := tx.Held(provider, ours.Currency).worth(ours.Minor, tx.lastWorth(ours, tx.Today()))
	_, err := tx.append(min(e.Booked, tx.Today()), x, entry(0,
		Posting{Account: Bank, Amount: ours, Base: worth},
		Posting{Account: AtProviders, Amount: ours.Neg(), Base: -worth})...)
	return err
}

// lastWorth is what m is worth by the last rate of a day, 0 where none is known.
func (tx *Tx) lastWorth(m Money, day Date) int64 {
	if m.Currency == tx.s.company.Currency {
		return m.Minor
	}
	rate, ok := tx.lastRate(m.Currency, day)
	if !ok {
		return 0
	}
	worth, err := tx.inBase(m, rate)
	if err != nil {
		return 0
	}
	return worth
}

// PayoutParts is the fact of what a payout is made of, as the provider says: in minor units of its
// currency.
type PayoutParts struct {
	Payout   PayoutID
	Payments int   // of the books, in it
	Gross    int64 // what these came to
	Fees     int64
	Back     int64 // refunds and chargebacks of payments of the books
	Others   int64 // what is of no payment of the books
}

// Ours is what the payments of the books make of the payout.
func (x *PayoutParts) Ours() int64 { return x.Gross - x.Fees - x.Back }

func (x *PayoutParts) kind() factKind { return kindPayoutParts }

func (x *PayoutParts) code(c *coder) {
	num(c, &x.Payout)
	num(c, &x.Payments)
	c.i64(&x.Gross)
	c.i64(&x.Fees)
	c.i64(&x.Back)
	c.i64(&x.Others)
}

func (x *PayoutParts) apply(s *state, _ *Fact) {
	if p := s.payouts.at(uint32(x.Payout)); p != nil {
		set(s, &p.Parts, x)
	}
}

// TellParts books what a payout is made of, once.
func (tx *Tx) TellParts(p *Payout, x PayoutParts) error {
	if p.Parts != nil {
		return nil
	}
	x.Payout = p.No
	_, err := tx.append(tx.Today(), &x)
	return err
}

// ProviderConverted is the fact that a provider changed money of a payment into another currency
// before it pays it out. Both sums are negative for money that went back.
type ProviderConverted struct {
	Payment PaymentID
	ID      string // the provider's, of what it did
	From    Money
	Into    Money
}

func (x *ProviderConverted) kind() factKind { return kindProviderConverted }

func (x *ProviderConverted) code(c *coder) {
	num(c, &x.Payment)
	str(c, &x.ID)
	c.money(&x.From)
	c.money(&x.Into)
}

func (x *ProviderConverted) apply(s *state, f *Fact) {
	p := s.payments.at(uint32(x.Payment))
	if p == nil {
		return
	}
	s.hold(f, p.Method, func(h *Held, minor int64) { h.Swapped += minor })
	put(s, s.swapped, p.Method+":"+x.ID, true)
}

// ProviderConverts books once that a provider changed what it holds of p into another currency. What
// that gained or lost against the day on which it came is realised.
func (tx *Tx) ProviderConverts(p *Payment, id string, from, into Money) error {
	if !p.Held || from.Currency == into.Currency || from.Minor == 0 || tx.s.swapped[p.Method+":"+id] {
		return nil
	}
	day := max(tx.Today(), p.Date)
	was := tx.Held(p.Method, from.Currency).worth(from.Minor, tx.lastWorth(from, day))
	is := tx.lastWorth(into, day)
	if is == 0 {
		is = was // where no rate is known it is worth what it was
	}
	_, err := tx.append(day, &ProviderConverted{p.ID, id, from, into}, entry(p.Customer,
		Posting{Account: AtProviders, Amount: from.Neg(), Base: -was},
		Posting{Account: Conversion, Amount: from, Base: is},
		Posting{Account: Conversion, Amount: into.Neg(), Base: -is},
		Posting{Account: AtProviders, Amount: into, Base: is},
		tx.difference(was-is, was != 0))...)
	return err
}

// RefundSeen is the fact that an entry of the bank brought a refund that the books have.
type RefundSeen struct {
	Refund RefundID
	Entry  BankEntryID
	Alone  bool
}

func (x *RefundSeen) kind() factKind { return kindRefundSeen }

func (x *RefundSeen) code(c *coder) {
	num(c, &x.Refund)
	num(c, &x.Entry)
	c.flag(&x.Alone)
}

func (x *RefundSeen) apply(s *state, _ *Fact) {
	e, r := s.bankEntries.at(uint32(x.Entry)), s.refunds.at(uint32(x.Refund))
	if e == nil || r == nil {
		return
	}
	s.placed(e, EntryLeft, LeftRefund, x.Alone)
	set(s, &e.Refund, r.ID)
	set(s, &r.Entry, e.ID)
	set(s, &s.expects, s.expects+1)
}

// SeeRefund books that an entry brought refund r, by which the money left the bank's account
// already. It returns a refusal for what is dealt with, for another sum, and for a refund that the
// bank does not bring.
func (tx *Tx) SeeRefund(e *BankEntry, r *Refund, alone bool) error {
	if err := tx.mayPlace(e); err != nil {
		return err
	}
	handle := tx.Customer(r.Customer).Handle
	switch {
	case !r.byBank():
		return Refuse(NotFound, "refund.noneseen", "handle", handle)
	case r.Entry != 0:
		return Refuse(Conflict, "refund.seen", "handle", handle, "amount", r.Amount, "entry", r.Entry.Label())
	case r.Amount.Neg() != e.Amount:
		return Refuse(BadInput, "refund.sum", "entry", e.ID.Label(), "amount", e.Amount.Neg(), "handle", handle, "sum", r.Amount)
	}
	_, err := tx.append(tx.Today(), &RefundSeen{Refund: r.ID, Entry: e.ID, Alone: alone})
	return err
}

// byBank reports whether a bank may bring r: it went out of no till, and no provider made it.
func (r *Refund) byBank() bool { return !Online(r.Method) && r.Voucher.N == 0 }

// UnseenRefunds are the refunds by bank of which no entry was seen, since a day, oldest first.
func (v *View) UnseenRefunds(since Date) (out []*Refund) {
	for id := v.s.refunds.n; id > 0; id-- {
		r := v.s.refunds.at(id)
		if r.Entry == 0 && r.Date >= since && r.byBank() {
			out = append(out, r)
		}
	}
	slices.Reverse(out)
	return out
}

// RefundsTo are the refunds by bank to a customer, oldest first.
func (v *View) RefundsTo(c CustomerID) (out []*Refund) {
	v.s.refunds.each(func(r *Refund) {
		if r.Customer == c && r.byBank() {
			out = append(out, r)
		}
	})
	return out
}

// UntoldFees are the payments of a provider, booked since a day, of which it did not say what it
// kept, oldest first.
func (v *View) UntoldFees(provider string, since Date) (out []*Payment) {
	v.PaymentsSince(since, func(p *Payment) {
		if p.Held && !p.FeeTold && p.Method == provider {
			out = append(out, p)
		}
	})
	slices.Reverse(out)
	return out
}

// newPayoutFact makes the bodies of this file's kinds.
func newPayoutFact(k factKind) Body {
	switch k {
	case kindPayoutArrived:
		return new(PayoutArrived)
	case kindPayoutParts:
		return new(PayoutParts)
	case kindProviderConverted:
		return new(ProviderConverted)
	case kindRefundSeen:
		return new(RefundSeen)
	}
	return nil
}

// The names of this file's facts.
const (
	FactPayoutArrived     FactName = "payoutarrived"
	FactPayoutParts       FactName = "payoutparts"
	FactProviderConverted FactName = "providerconverted"
	FactRefundSeen        FactName = "refundseen"
)

// describePayout tells this file's facts.
func (v *View) describePayout(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *PayoutArrived:
		return Description{Name: FactPayoutArrived, Refs: []string{x.Entry.Label(), x.Provider}, Amount: x.Amount}, true
	case *PayoutParts:
		d := Description{Name: FactPayoutParts}
		if p := v.Payout(x.Payout); p != nil {
			d.Refs, d.Amount = []string{p.Provider, p.ID}, p.Amount
		}
		return d, true
	case *ProviderConverted:
		return Description{Name: FactProviderConverted, Refs: append(v.sourceRefs(x.Payment, 0), x.Into.String()), Amount: x.From}, true
	case *RefundSeen:
		d := Description{Name: FactRefundSeen, Refs: []string{x.Entry.Label()}}
		if r := v.RefundOf(x.Refund); r != nil {
			d.Refs, d.Amount = append(d.Refs, v.handle(r.Customer)...), r.Amount
		}
		return d, true
	}
	return Description{}, false
}

func dumpHeld(w io.Writer, s *state) {
	for _, h := range (&View{s: s}).AllHeld() {
		fmt.Fprintf(w, "held %+v\n", h)
	}
	lines(w, "swapped", s.swapped, func(bool) string { return "" })
	of := map[string]arrival{}
	for id, a := range s.arrivals {
		of[id.Label()] = a
	}
	lines(w, "arrival", of, func(a arrival) string { return fmt.Sprintf("%s %d %v", a.provider, a.payout, a.postings) })
	s.refunds.each(func(r *Refund) { fmt.Fprintf(w, "refund %d by %s entry %d\n", r.ID, r.Method, r.Entry) })
}
