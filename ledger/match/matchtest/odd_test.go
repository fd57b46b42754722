package matchtest

import (
	"testing"

	"duebot/ledger"
)

// oddFigures counts what the rules of odd things say of a made company's ordinary lines.
type oddFigures struct{ lines, twice, sum, account, usualAccount, otherAccount int }

// past is what was seen of a customer, newest first.
type past struct {
	payments []ledger.PastPayment
	accounts []string
	sums     []int64
	open     map[ledger.InvoiceID]int64
}

// TestOddThingsAreRare holds the rules of odd things against a generator that knows none of them:
// its lines are ordinary life, in five days, with accounts that change. Few of them may be called
// odd; and where an account is not the usual one, most must be.
func TestOddThingsAreRare(t *testing.T) {
	var f oddFigures
	for seed := range uint64(10) {
		f.add(New(7000+seed, 4000), 2000)
	}
	t.Logf("%d lines: %d paid twice, %d unlike sums, %d other accounts (%d of them the usual one; of %d from another account)", f.lines, f.twice, f.sum, f.account, f.usualAccount, f.otherAccount)
	if f.twice*1000 > f.lines || f.sum*1000 > f.lines {
		t.Errorf("of %d ordinary lines %d are called paid twice and %d unlike the customer: more than one in a thousand", f.lines, f.twice, f.sum)
	}
	if f.usualAccount > 0 || f.account*2 < f.otherAccount {
		t.Errorf("%d accounts are called other ones, %d of them wrongly, where %d are", f.account, f.usualAccount, f.otherAccount)
	}
}

func (f *oddFigures) add(w *World, n int) {
	seen := map[ledger.CustomerID]*past{}
	open := map[ledger.InvoiceID]Invoice{}
	for _, c := range w.Customers {
		seen[c.ID] = &past{open: map[ledger.InvoiceID]int64{}}
	}
	for _, x := range w.Invoices {
		seen[x.Customer].open[x.ID], open[x.ID] = x.Open.Minor, x
	}
	for _, l := range w.Lines(n) {
		if p := seen[l.Truth.Customer]; p != nil {
			f.judge(w, p, &l, open)
		}
	}
}

// judge judges a line as the desk does once it is booked, and remembers it.
func (f *oddFigures) judge(w *World, p *past, l *Line, open map[ledger.InvoiceID]Invoice) {
	f.lines++
	now := ledger.PastPayment{Payment: ledger.PaymentID(f.lines), Amount: l.Amount, Date: l.Booked}
	neat, owed := l.Truth.Rest == 0, []int64(nil)
	for _, minor := range p.open {
		owed = append(owed, minor)
	}
	for id, minor := range l.Truth.Paid {
		x := open[id]
		now.Invoices = append(now.Invoices, id)
		neat = neat && (minor == x.Open.Minor || minor == x.EarlyPay || len(x.Parts) > 0 && minor == x.Parts[0])
		if p.open[id] -= minor; p.open[id] <= 0 {
			delete(p.open, id)
		}
	}
	if _, odd := ledger.PaidTwice(now, p.payments, neat); odd {
		f.twice++
	}
	if how, _ := ledger.UnlikeSum(l.Amount.Minor, owed, p.sums, neat); how != ledger.SumUsual {
		f.sum++
	}
	usual := w.account(l.Truth.Customer)
	before, odd := ledger.OtherAccount(l.Party.Number, p.accounts, func(string) bool { return false })
	if odd {
		f.account++
		if l.Party.Number == usual && before != usual {
			f.usualAccount++
		}
	}
	if known := count(p.accounts, usual); known > 1 && l.Party.Number != "" && l.Party.Number != usual {
		f.otherAccount++
	}
	p.payments = append([]ledger.PastPayment{now}, p.payments...)
	p.accounts = append([]string{l.Party.Number}, p.accounts...)
	p.sums = append(p.sums, l.Amount.Minor)
}

func (w *World) account(id ledger.CustomerID) string {
	for i := range w.Customers {
		if w.Customers[i].ID == id {
			return w.Customers[i].Account
		}
	}
	return ""
}

func count(all []string, want string) (n int) {
	for _, s := range all {
		if s == want {
			n++
		}
	}
	return n
}
