package ledger

// Receipts for cash, and vouchers for cash that goes back. Money that changes hands has no bank that
// knows of it: each payment in cash gets a number of its own, without a gap within its year, and
// keeps it when the payment is void; and so does each refund in cash, in a series of its own.

import (
	"slices"
	"strconv"
	"strings"
)

// The methods of payments that are not a bank's or a provider's.
const (
	MethodCash   = "cash"
	MethodCheque = "cheque"
)

// cashPrefix begins the numbers of receipts for cash, "CASH-2026-000001", and voucherPrefix those of
// vouchers for cash that was paid back.
const (
	cashPrefix    = "CASH"
	voucherPrefix = "CASHOUT"
)

// CashReceipt is the fact that a payment in cash got its receipt's number.
type CashReceipt struct {
	Payment PaymentID
	Number  Number
}

func (x *CashReceipt) kind() factKind { return kindCashReceipt }

func (x *CashReceipt) code(c *coder) {
	num(c, &x.Payment)
	x.Number.code(c)
}

func (x *CashReceipt) apply(s *state, _ *Fact) {
	put(s, s.cashNumbers, x.Payment, x.Number)
	ser := x.Number.series()
	put(s, s.cashReceipts, ser, append(s.cashReceipts[ser], x.Payment))
}

// numberCash gives p the next number of its year.
func (tx *Tx) numberCash(p *Payment) error {
	ser := series{cashPrefix, p.Date.Year()}
	n := Number{ser.Prefix, ser.Year, uint32(len(tx.s.cashReceipts[ser])) + 1}
	_, err := tx.append(p.Date, &CashReceipt{p.ID, n})
	return err
}

// CashNumber is the number of the receipt for a payment in cash; ok is false for any other.
func (v *View) CashNumber(p *Payment) (n Number, ok bool) {
	n, ok = v.s.cashNumbers[p.ID]
	return n, ok
}

// CashNumberOf is CashNumber of the payment that a fact booked.
func (v *View) CashNumberOf(f *Fact) (n Number, ok bool) {
	if p := v.Payment(v.paymentOf(f)); p != nil {
		return v.CashNumber(p)
	}
	return n, false
}

// CashReceipts are the payments in cash of a year, in the order of their receipts' numbers.
func (v *View) CashReceipts(year int) (out []*Payment) {
	for _, id := range v.s.cashReceipts[series{cashPrefix, year}] {
		out = append(out, v.Payment(id))
	}
	return out
}

// PaymentNumbered is the payment in cash whose receipt has a number, nil for none.
func (v *View) PaymentNumbered(number string) *Payment {
	for p, n := range v.s.cashNumbers {
		if n.String() == number {
			return v.Payment(p)
		}
	}
	return nil
}

// voucher gives r, which f booked, the next number of its year, if it went out of the till.
func (s *state) voucher(r *Refund, f *Fact) {
	if !slices.ContainsFunc(f.Postings, func(p Posting) bool { return p.Account == Cash }) {
		return
	}
	ser := series{voucherPrefix, f.Effective.Year()}
	r.Voucher = Number{ser.Prefix, ser.Year, uint32(len(s.cashVouchers[ser])) + 1}
	put(s, s.cashVouchers, ser, append(s.cashVouchers[ser], r.ID))
}

// CashVouchers are the refunds in cash of a year, in the order of their vouchers' numbers.
func (v *View) CashVouchers(year int) (out []*Refund) {
	for _, id := range v.s.cashVouchers[series{voucherPrefix, year}] {
		out = append(out, v.RefundOf(id))
	}
	return out
}

// VoucherNumbered is the refund in cash whose voucher has a number, nil for none.
func (v *View) VoucherNumbered(number string) *Refund {
	m := numberPattern.FindStringSubmatch(strings.TrimSpace(number))
	if m == nil {
		return nil
	}
	year, _ := strconv.Atoi(m[2])
	n, _ := strconv.Atoi(m[3])
	for _, r := range v.CashVouchers(year) {
		if r.Voucher == (Number{strings.ToUpper(m[1]), year, uint32(n)}) {
			return r
		}
	}
	return nil
}

// till is the account that p's money came into.
func (p *Payment) till() Account {
	switch {
	case p.Method == MethodCash:
		return Cash
	case p.Held:
		return AtProviders
	}
	return Bank
}
