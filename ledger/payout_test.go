package ledger

import (
	"fmt"
	"math/rand"
	"testing"
)

// checkHeld compares what providers hold with the account, in sums and in value, and with what it
// is made of.
func checkHeld(t *testing.T, b *Books) {
	t.Helper()
	b.View(func(v *View) error {
		sums, base := map[Currency]int64{}, int64(0)
		for _, h := range v.AllHeld() {
			sums[h.Currency] += h.Minor
			base += h.Base
			if h.Minor != h.In-h.Back-h.Fees-h.Out+h.Swapped {
				t.Errorf("%s holds %s, and its parts are %+v", h.Provider, h.Money(), h)
			}
			if h.Currency == "EUR" && h.Base != h.Minor {
				t.Errorf("%s holds %s, worth %d", h.Provider, h.Money(), h.Base)
			}
		}
		for _, cur := range []Currency{"EUR", "USD"} {
			if got := v.AccountBalance(AtProviders, 0, cur).Minor; got != sums[cur] {
				t.Errorf("the account has %d %s, and providers hold %d", got, cur, sums[cur])
			}
		}
		if v.s.worth[AtProviders] != base {
			t.Errorf("the account is worth %d, and what providers hold %d", v.s.worth[AtProviders], base)
		}
		return nil
	})
}

// bankLine takes a line of a bank, and returns its entry.
func bankLine(t *testing.T, b *Books, n int, m Money) (id BankEntryID) {
	t.Helper()
	do(t, b, "", func(tx *Tx) error {
		st, err := tx.TakeStatement(ImportID(n), 1, BankStatement{Format: "CSV", Account: BankAccount{Number: "DE02"}, From: tx.Today(), To: tx.Today()}, 1, false)
		if err != nil {
			return err
		}
		e, _, err := tx.TakeEntry(st, &BankLine{Booked: tx.Today(), Amount: m, Text: "STRIPE"}, identity(fmt.Sprint("payout ", n)))
		id = e.ID
		return err
	})
	return id
}

// A provider holds payments less fees, refunds and payouts. What its payout is made of says how much
// of it is the books'; where it does not, it is no more than it holds.
func TestProviderHolds(t *testing.T) {
	b, path := testBooks(t)
	c := addAcme(t, b)
	var inv InvoiceID = issue(t, b, c, line("a", "1", "100", "0"))
	p := pay(t, b, NewPayment{Customer: c, Invoice: inv, Amount: euros(10000), Method: "stripe", Held: true})
	do(t, b, "", func(tx *Tx) error { return tx.TakeFee(tx.Payment(p), euros(175)) })
	do(t, b, "", func(tx *Tx) error {
		_, _, err := tx.GiveBack(tx.Payment(p), euros(2000), "stripe refund", false)
		return err
	})
	do(t, b, "", func(tx *Tx) error {
		return tx.TellPayout(PayoutTold{Provider: "stripe", ID: "po_1", Amount: euros(9000), Arrives: tx.Today()})
	})
	do(t, b, "", func(tx *Tx) error {
		return tx.TellParts(tx.PayoutOf("stripe", "po_1"), PayoutParts{Payments: 1, Gross: 10000, Fees: 175, Back: 2000, Others: 1175})
	})
	checkHeld(t, b)
	if got, want := heldMinor(b, "stripe"), int64(7825); got != want {
		t.Errorf("stripe holds %d, want %d", got, want)
	}

	id := bankLine(t, b, 1, euros(9000))
	arrive := func(tx *Tx) error {
		return tx.ArrivePayout(tx.BankEntry(id), "stripe", tx.PayoutOf("stripe", "po_1"), true)
	}
	do(t, b, "", arrive)
	checkHeld(t, b)
	if got := heldMinor(b, "stripe"); got != 0 {
		t.Errorf("after its payout stripe holds %d", got)
	}
	checkAccounts(t, b, map[Account]int64{Bank: 7825, BankFees: 175, Receivables: 2000})
	if err := try(b, "", arrive); !refusedAs(err, "entry.placed") {
		t.Errorf("the same entry once more: %v", err)
	}
	other := bankLine(t, b, 2, euros(9000))
	if err := try(b, "", func(tx *Tx) error {
		return tx.ArrivePayout(tx.BankEntry(other), "stripe", tx.PayoutOf("stripe", "po_1"), false)
	}); !refusedAs(err, "payout.arrived") {
		t.Errorf("a payout that arrived, once more: %v", err)
	}

	do(t, b, "", func(tx *Tx) error { _, err := tx.ReopenEntry(tx.BankEntry(id)); return err })
	checkHeld(t, b)
	if got := heldMinor(b, "stripe"); got != 7825 {
		t.Errorf("after its payout was taken back stripe holds %d", got)
	}
	b.View(func(v *View) error {
		if e := v.BankEntry(id); e.Place != EntryWaits || v.PayoutOf("stripe", "po_1").Entry != 0 {
			t.Errorf("the entry is %+v", e)
		}
		return nil
	})

	// Nobody told of this one: no more of it than is there.
	do(t, b, "", func(tx *Tx) error { return tx.ArrivePayout(tx.BankEntry(other), "stripe", nil, false) })
	checkHeld(t, b)
	if got := heldMinor(b, "stripe"); got != 0 {
		t.Errorf("after a payout that nobody told of stripe holds %d", got)
	}
	b.Close()
	checkFile(t, path)
}

func heldMinor(b *Books, provider string) (minor int64) {
	b.View(func(v *View) error { minor = v.Held(provider, "EUR").Minor; return nil })
	return minor
}

// refusedAs reports whether err is a refusal of a key.
func refusedAs(err error, key string) bool {
	r, ok := AsRefusal(err)
	return ok && r.Key == key
}

// A provider that takes dollars and pays out euros: when all of it is paid out nothing is left, in
// either currency nor in value, and what the change gained or lost is realised.
func TestProviderConverts(t *testing.T) {
	b, path := testBooks(t)
	c := addAcme(t, b)
	p := pay(t, b, NewPayment{Customer: c, Amount: Money{10000, "USD"}, Method: "stripe", Held: true})
	convert := func(id string, from, into int64) {
		do(t, b, "", func(tx *Tx) error {
			return tx.ProviderConverts(tx.Payment(p), id, Money{from, "USD"}, euros(into))
		})
		checkHeld(t, b)
	}
	convert("txn_1", 10000, 8900)
	convert("txn_1", 10000, 8900) // told of twice
	do(t, b, "", func(tx *Tx) error { return tx.TakeFee(tx.Payment(p), euros(300)) })
	do(t, b, "", func(tx *Tx) error {
		_, _, err := tx.GiveBack(tx.Payment(p), Money{2000, "USD"}, "stripe refund", false)
		return err
	})
	checkHeld(t, b)
	convert("txn_2", -2000, -1850)
	id := bankLine(t, b, 1, euros(8900-300-1850))
	do(t, b, "", func(tx *Tx) error { return tx.ArrivePayout(tx.BankEntry(id), "stripe", nil, true) })
	checkHeld(t, b)
	b.View(func(v *View) error {
		for _, h := range v.AllHeld() {
			if h.Minor != 0 || h.Base != 0 {
				t.Errorf("%+v is left", h)
			}
		}
		return nil
	})
	b.Close()
	checkFile(t, path)
}

// A refund by bank is brought by one line, and one in a provider's pages by none.
func TestRefundSeen(t *testing.T) {
	b, path := testBooks(t)
	c := addAcme(t, b)
	pay(t, b, NewPayment{Customer: c, Amount: euros(5000), Method: "bank"})
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.Refund(tx.Customer(c), euros(3000), tx.Today(), "paid twice")
		return err
	})
	unseen := func() (n int) {
		b.View(func(v *View) error { n = len(v.UnseenRefunds(0)); return nil })
		return n
	}
	line, wrong := bankLine(t, b, 1, euros(-3000)), bankLine(t, b, 2, euros(-2000))
	see := func(id BankEntryID) error {
		return try(b, "", func(tx *Tx) error { return tx.SeeRefund(tx.BankEntry(id), tx.RefundOf(1), true) })
	}
	if err := see(wrong); !refusedAs(err, "refund.sum") {
		t.Errorf("another sum: %v", err)
	}
	if err := see(line); err != nil || unseen() != 0 {
		t.Errorf("its line: %v, and %d refunds were not seen", err, unseen())
	}
	again := bankLine(t, b, 3, euros(-3000))
	if err := see(again); !refusedAs(err, "refund.seen") {
		t.Errorf("a second line of its sum: %v", err)
	}
	do(t, b, "", func(tx *Tx) error { _, err := tx.ReopenEntry(tx.BankEntry(line)); return err })
	if unseen() != 1 {
		t.Errorf("after it was taken back %d refunds were not seen", unseen())
	}
	checkAccounts(t, b, map[Account]int64{Bank: 2000, OnAccount: -2000})
	b.Close()
	checkFile(t, path)
}

// Whatever happens in whichever order, what a provider holds is its payments less fees, refunds and
// payouts.
func TestProviderHoldsAlways(t *testing.T) {
	for seed := range int64(6) {
		rng := rand.New(rand.NewSource(seed))
		b, path := testBooks(t)
		c := addAcme(t, b)
		var payments []PaymentID
		var placed []BankEntryID
		some := func() PaymentID { return payments[rng.Intn(len(payments))] }
		for n := range 60 {
			cur := []Currency{"EUR", "USD"}[rng.Intn(2)]
			provider := []string{"stripe", "paypal"}[rng.Intn(2)]
			sum := Money{rng.Int63n(9000) + 1, cur}
			if len(payments) == 0 || rng.Intn(3) == 0 {
				payments = append(payments, pay(t, b, NewPayment{Customer: c, Amount: sum, Method: provider, Held: rng.Intn(5) > 0}))
			}
			id := BankEntryID(0)
			act := rng.Intn(6)
			if act == 3 {
				id = bankLine(t, b, n+1, Money{rng.Int63n(9000) - 1000, cur})
			}
			err := try(b, "", func(tx *Tx) (err error) {
				p := tx.Payment(some())
				switch act {
				case 0:
					return tx.TakeFee(p, Money{rng.Int63n(300) - 30, cur})
				case 1:
					_, _, err = tx.GiveBack(p, Money{rng.Int63n(p.Amount.Minor) + 1, p.Amount.Currency}, "refund", false)
				case 2:
					return tx.ProviderConverts(p, fmt.Sprint("txn_", rng.Intn(40)), Money{p.Amount.Minor, "USD"}, euros(p.Amount.Minor*9/10))
				case 3:
					return tx.ArrivePayout(tx.BankEntry(id), provider, nil, false)
				case 4:
					_, err = tx.Return(p, "debit returned")
				case 5:
					if len(placed) > 0 {
						_, err = tx.ReopenEntry(tx.BankEntry(placed[0]))
						placed = placed[1:]
					}
				}
				return err
			})
			if _, refused := AsRefusal(err); err != nil && !refused {
				t.Fatalf("seed %d, act %d (%d): %v", seed, n, act, err)
			}
			if act == 3 && err == nil {
				placed = append(placed, id)
			}
			checkHeld(t, b)
			if t.Failed() {
				t.Fatalf("seed %d, after act %d (%d)", seed, n, act)
			}
		}
		b.Close()
		checkFile(t, path)
	}
}
