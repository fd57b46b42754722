package ledger

import "testing"

// credited issues an invoice of these lines, credits an amount, and returns the note's tax
// per rate, in the order of the invoice's rates.
func credited(t *testing.T, b *Books, c CustomerID, minor int64, lines ...Line) (taxes []int64) {
	t.Helper()
	id := issue(t, b, c, lines...)
	do(t, b, "", func(tx *Tx) error {
		note, err := tx.Credit(tx.Invoice(id), Money{minor, "EUR"}, "because")
		if err != nil {
			return err
		}
		x, err := tx.CreditNoteDetail(note)
		for _, s := range x.Taxes {
			taxes = append(taxes, s.Tax.Minor)
		}
		return err
	})
	return taxes
}

// A share of tax that is exactly half a cent is rounded away from zero, as everywhere.
func TestCreditedTaxRoundsHalfAway(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	// 36.00 with 6.00 of tax: 3 cents hold half a cent.
	if got := credited(t, b, c, 3, line("x", "1", "30", "20")); got[0] != 1 {
		t.Errorf("the tax in 3 cents of 36.00 at 20%%: got %d, want 1", got[0])
	}
}

// A discount may stand as a line with a tax rate of its own, and its tax is then negative:
// credit notes in parts take back exactly what was charged, and never more.
func TestCreditOfNegativeTax(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	id := issue(t, b, c, line("Work", "1", "10.00", "19"), line("Rebate", "1", "-2.86", "7"))
	sums := map[string]int64{}
	do(t, b, "", func(tx *Tx) error {
		inv := tx.Invoice(id)
		for inv.Credited < inv.Total {
			note, err := tx.Credit(inv, Money{min(23, inv.Total-inv.Credited), "EUR"}, "")
			if err != nil {
				return err
			}
			x, err := tx.CreditNoteDetail(note)
			if err != nil {
				return err
			}
			for _, s := range x.Taxes {
				sums[s.Rate.String()] += s.Tax.Minor
				if s.Rate.String() == "7" && (sums["7"] < -20 || s.Tax.Minor > 0) {
					t.Errorf("at %d of %d credited the rebate's tax taken back is %d", inv.Credited, inv.Total, sums["7"])
				}
			}
		}
		return nil
	})
	if sums["19"] != 190 || sums["7"] != -20 {
		t.Errorf("taken back %v, want 190 and -20", sums)
	}
}
