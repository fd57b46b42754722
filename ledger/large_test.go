package ledger

import (
	"testing"

	"github.com/shopspring/decimal"
)

// Every way of a debt works with sums of 10^15 minor units, in currencies of 0, 2, 3 and 4
// decimals: nothing overflows, and both currencies balance.
func TestLargestSums(t *testing.T) {
	for cur, rate := range map[Currency]string{"EUR": "1", "JPY": "0.006", "KWD": "2.9", "CLF": "38.5", "USD": "0.9"} {
		t.Run(string(cur), func(t *testing.T) {
			b, c, today := fxBooks(t)
			all := Money{moneyMax, cur}
			var late *Invoice
			issue := func(tx *Tx, d Draft) (*Invoice, error) {
				d.Customer, d.Currency, d.Date = c, cur, max(d.Date, today.AddDays(-20))
				d.Due = d.Date.AddDays(1)
				d.Lines = []Line{line("a", "1", all.Decimal().String(), "0")}
				return tx.Issue(d)
			}
			receive := func(tx *Tx, inv *Invoice, sum Money) (*Payment, error) {
				p, _, err := tx.Receive(NewPayment{Customer: c, Invoice: inv.ID, Date: today, Amount: sum})
				return p, err
			}
			for _, act := range []func(tx *Tx) error{
				func(tx *Tx) error {
					if err := tx.SetInterestRate("eu", InterestRate{today.AddDays(-300), dec("2.15")}); err != nil {
						return err
					}
					rule, one := "eu", decimal.NewFromInt(1)
					if _, err := tx.AgreeInterest(tx.Customer(c), &rule, nil); err != nil {
						return err
					}
					_, err := tx.SetRates("entered", []Rate{{cur, today.AddDays(-20), dec(rate), one}, {cur, today, dec(rate), one}})
					return err
				},
				func(tx *Tx) error { // in instalments, paid, charged back, credited
					d := Draft{Date: today}
					parts, err := SplitPercent(all, []decimal.Decimal{dec("33.333333"), dec("33.333333"), dec("33.333334")})
					if err != nil {
						return err
					}
					for i, minor := range parts {
						d.Instalments = append(d.Instalments, Instalment{today.AddDays(i), minor})
					}
					inv, err := issue(tx, d)
					if err != nil {
						return err
					}
					p, err := receive(tx, inv, all)
					if err == nil {
						_, err = tx.Return(p, "no funds")
					}
					if err == nil {
						_, err = tx.Credit(inv, all, "wrong")
					}
					return err
				},
				func(tx *Tx) error { // early, taken back and applied
					inv, err := issue(tx, Draft{Date: today, Early: EarlyDiscount{Percent: dec("2.000001"), Until: today}})
					if err != nil {
						return err
					}
					o, _ := inv.Early(today)
					p, err := receive(tx, inv, o.Pay)
					if err == nil && inv.Open != 0 {
						return errOr(nil, "%d are open", inv.Open)
					}
					if err == nil {
						_, err = tx.Unapply(p, inv)
					}
					if err == nil {
						_, err = tx.Apply(tx.Customer(c), nil, Money{})
					}
					return err
				},
				func(tx *Tx) error { // a deposit, paid, credited and paid back
					dep, err := issue(tx, Draft{Date: today, Deposit: true})
					if err != nil {
						return err
					}
					if _, err = receive(tx, dep, all); err == nil {
						_, err = tx.CreditLines(dep, []LineCredit{{Line: 1}}, "off")
					}
					if err == nil {
						_, err = tx.Refund(tx.Customer(c), all, today, "off")
					}
					return err
				},
				func(tx *Tx) (err error) { // late, given up and owed again, paid in another currency, in a plan
					if late, err = issue(tx, Draft{}); err != nil {
						return err
					}
					if _, err = tx.ChargeInterest(tx.Customer(c), today); err == nil {
						_, err = tx.WriteOff(late, Money{}, "gone")
					}
					if err == nil {
						_, err = tx.UndoWriteOff(late, "back")
					}
					if err == nil {
						_, err = receive(tx, late, Money{500, "JPY"})
					}
					if err == nil {
						_, err = tx.AgreePlan(tx.Customer(c), []*Invoice{late}, EvenParts(late.Undisputed(), 7, func(i int) Date { return today.AddDays(i) }))
					}
					return err
				},
			} {
				do(t, b, "", act)
			}
			b.View(func(v *View) error {
				sum := int64(0)
				for a := Account(1); a < accountMax; a++ {
					sum += v.BaseBalance(a).Minor
				}
				if sum != 0 || late.Open <= 0 || late.Open >= moneyMax || late.Carry <= 0 {
					t.Errorf("the accounts are off by %d; open %d, worth %d", sum, late.Open, late.Carry)
				}
				return nil
			})
			wantRefusal(t, try(b, "", func(tx *Tx) error { _, err := receive(tx, late, Money{moneyMax + 1, cur}); return err }), "money.toolarge")
		})
	}
}
