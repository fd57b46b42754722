package ledger

import "testing"

// Money that a provider takes back in parts opens the invoice by that much and no more; all of a
// payment at once is a return; what the payer's bank took is told apart from what was paid back; the fee is an expense of its own, and a payout is told of once.
func TestProviderTakesBack(t *testing.T) {
	b, path := testBooks(t)
	c := addAcme(t, b)
	first, second := issue(t, b, c, line("a", "1", "100", "0")), issue(t, b, c, line("b", "1", "50", "0"))
	receive := func(key string, id InvoiceID, minor int64) {
		do(t, b, key, func(tx *Tx) error {
			p, _, err := tx.Receive(NewPayment{Customer: c, Invoice: id, Date: tx.Today(), Amount: Money{minor, "EUR"}, Method: "paypal"})
			if err == nil {
				err = tx.TakeFee(p, Money{340, "EUR"})
			}
			return err
		})
	}
	receive("paypal:capture:1", first, 10000)
	receive("paypal:capture:2", second, 5000)
	give := func(p PaymentID, minor int64, taken bool) {
		do(t, b, "", func(tx *Tx) error {
			_, _, err := tx.GiveBack(tx.Payment(p), Money{minor, "EUR"}, "paypal refund", taken)
			return err
		})
	}
	back := func(p PaymentID, minor int64) { give(p, minor, false) }
	open := func(id InvoiceID) (minor int64) {
		b.View(func(v *View) error { minor = v.Invoice(id).Open; return nil })
		return minor
	}
	for _, step := range []struct{ back, open int64 }{{2000, 2000}, {3000, 5000}, {9999, 10000}, {1, 10000}} {
		if back(1, step.back); open(first) != step.open {
			t.Errorf("after %d more went back %d are open, want %d", step.back, open(first), step.open)
		}
	}
	if back(2, 5000); open(second) != 5000 {
		t.Errorf("after all of it went back %d are open", open(second))
	}
	third := issue(t, b, c, line("c", "1", "40", "0"))
	receive("paypal:capture:3", third, 4000)
	give(3, 1000, true)
	receive("paypal:capture:4", third, 1000)
	give(4, 1000, true)
	receive("paypal:capture:5", third, 1000)
	give(5, 200, false)
	give(5, 300, true)
	do(t, b, "stripe:payout:po_1", func(tx *Tx) error {
		return tx.TellPayout(PayoutTold{Provider: "stripe", ID: "po_1", Amount: Money{1100, "USD"}, Arrives: tx.Today().AddDays(2)})
	})
	b.View(func(v *View) error {
		v.Balances(func(a Account, _ CustomerID, m Money) {
			if a == BankFees && m.Minor != 5*340 {
				t.Errorf("the fees are %s", m)
			}
		})
		n := 0
		v.Payouts(func(p *Payout) { n++ })
		if p := v.Payment(2); n != 1 || !p.Returned || v.Payment(1).Refunded != 10000 {
			t.Errorf("%d payouts, and the payments are %+v %+v", n, v.Payment(1), p)
		}
		for id, want := range map[PaymentID][2]bool{1: {true, false}, 2: {true, false}, 3: {false, true}, 4: {false, true}, 5: {true, true}} {
			if p := v.Payment(id); p.PaidBack != want[0] || p.Charged != want[1] {
				t.Errorf("%s is paid back %t, charged back %t", p.Label(), p.PaidBack, p.Charged)
			}
		}
		names := map[FactName]int{}
		for seq := uint64(1); seq <= v.Head().Seq; seq++ {
			f, err := v.Fact(seq)
			if err != nil {
				t.Fatal(err)
			}
			switch f.Body.(type) {
			case *Refunded, *PaymentReturned:
				names[v.Describe(f).Name]++
			}
		}
		if names[FactRefund] != 5 || names[FactReturned] != 3 {
			t.Errorf("the facts are told as %v", names)
		}
		return nil
	})
	b.Close()
	checkFile(t, path)
}
