package ledger

import (
	"pgregory.net/rapid"
)

// withConditions gives d, which totals total, what few invoices have: an early-payment
// discount, instalments, or a part as a deposit or of a final invoice.
func withConditions(r *rapid.T, tx *Tx, d *Draft, total int64) {
	switch rapid.IntRange(0, 7).Draw(r, "conditions") {
	case 0, 1:
		d.Early = EarlyDiscount{Percent: dec(rapid.SampledFrom([]string{"2", "2.5", "33", "99"}).Draw(r, "early")),
			Until: d.Date.AddDays(rapid.IntRange(-1, 20).Draw(r, "window")), Tax: DiscountTax(rapid.IntRange(0, 3).Draw(r, "mode"))}
	case 2, 3:
		first := rapid.Int64Range(0, total).Draw(r, "first")
		second := rapid.Int64Range(0, total-first).Draw(r, "second")
		d.Instalments = []Instalment{{d.Due, first}, {d.Due.AddDays(10), second}, {d.Due.AddDays(40), total - first - second}}
	case 4:
		d.Deposit = true
	case 5, 6:
		tx.Invoices(func(i *Invoice) {
			if i.IsDeposit() && i.Currency == d.Currency && len(d.Deposits) < 2 && i.Open == 0 {
				d.Deposits = append(d.Deposits, DepositUse{Invoice: i.ID})
			}
		})
	}
}

// payEarly pays exactly what an early payment of inv is, give or take a cent.
func payEarly(r *rapid.T, tx *Tx, inv *Invoice) error {
	o, ok := inv.Early(tx.Today())
	if !ok {
		return nil
	}
	o.Pay.Minor += rapid.Int64Range(-1, 1).Draw(r, "cent")
	n := NewPayment{Customer: inv.Customer, Date: tx.Today().AddDays(-rapid.IntRange(0, 2).Draw(r, "days")), Amount: o.Pay}
	if rapid.Bool().Draw(r, "named") {
		n.Invoice = inv.ID
	}
	_, _, err := tx.Receive(n)
	return err
}

// checkConditions sees to it that the parts of every invoice add up to what is open, in
// order; that its due date is the first's; that a discount stands only with its fact; and
// that deposits and the accounts of what this part of the books does agree.
func checkConditions(r *rapid.T, v *View, c CustomerID) {
	advances, discounts := map[Currency]int64{}, map[InvoiceID]int64{}
	v.s.settlements.each(func(st *Settlement) {
		if st.Cause == ByDiscount && !st.Reversed {
			discounts[st.Invoice] += st.Minor
		}
	})
	v.Invoices(func(i *Invoice) {
		checkSlices(r, i)
		if i.Discounted != discounts[i.ID] || i.cond != nil && (i.cond.taken != 0) != (i.Discounted > 0) {
			r.Fatalf("%s: %d discounted, settlements say %d", i.Number, i.Discounted, discounts[i.ID])
		}
		if o, ok := i.Early(v.Today()); ok && (o.Pay.Add(o.Save) != i.OpenMoney() || i.Paid+i.Deducted+i.WrittenOff+i.Discounted != 0) {
			r.Fatalf("%s: open %d, offered for %s less %s", i.Number, i.Open, o.Pay, o.Save)
		}
		if i.IsDeposit() && i.UsedBy() == 0 && !i.Void {
			left, err := v.creditLeft(i)
			if err != nil {
				r.Fatal(err)
			}
			net, _ := sumTaxes(left.taxes, i.Currency)
			advances[i.Currency] += net.Minor
		}
		if by := v.Invoice(i.UsedBy()); by != nil && (by.Void || by.Credited > 0 && by.Creditable().Minor == 0 && by.Discounted == 0 && by.reopened == 0) {
			r.Fatalf("deposit %s is used by %s, which was taken back", i.Number, by.Number)
		}
	})
	for _, cur := range []Currency{"EUR", "JPY", "KWD"} {
		if got := -v.AccountBalance(Advances, c, cur).Minor; got != advances[cur] {
			r.Fatalf("advances are %d %s, free deposits %d", got, cur, advances[cur])
		}
	}
}

func checkSlices(r *rapid.T, i *Invoice) {
	sum, before := int64(0), Date(0)
	for n, s := range i.Slices() {
		if sum += s.Open.Minor; s.Open.Minor <= 0 || s.Due <= before || n == 0 && s.Due != i.Due {
			r.Fatalf("%s due %s, open %d, has the parts %v", i.Number, i.Due, i.Open, i.Slices())
		}
		before = s.Due
	}
	if sum != i.Open || i.OpenBy(i.LastDue).Minor != i.Open || i.Open == 0 && i.Due != i.LastDue {
		r.Fatalf("%s due %s to %s: open %d, parts %v", i.Number, i.Due, i.LastDue, i.Open, i.Slices())
	}
	due := i.UndisputedBy(i.Carrying())
	if i.Undisputed().Minor > 0 && due.Minor <= 0 {
		r.Fatalf("%s: reminded of the part due %s, of which nothing is due", i.Number, i.Carrying())
	}
}
