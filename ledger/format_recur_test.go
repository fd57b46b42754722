package ledger

import "testing"

// recurActs are what becomes of a contract, once each.
func recurActs(t *testing.T, b *Books) {
	var c *Customer
	at := func(tx *Tx) *Contract { return tx.s.contracts.at(tx.s.contracts.n) }
	draft := Draft{Currency: "EUR", Lines: []Line{line("Support, {period}", "1", "100", "19")}}
	acts := []func(tx *Tx) error{
		func(tx *Tx) (err error) {
			c, err = tx.AddCustomer(NewCustomer{Handle: "yearround", Name: "Year Round"})
			return err
		},
		func(tx *Tx) error {
			from := tx.Today()
			_, err := tx.MakeContract(ContractMade{Customer: c.ID, From: from, Start: from, Times: 24, Draft: draft,
				Schedule: Schedule{Every: Monthly, Day: 1, N: 2, Workday: true, Billing: Arrears}})
			return err
		},
		func(tx *Tx) error {
			return tx.ChangeContract(ContractChanged{Contract: at(tx).ID, From: tx.Today().AddDays(90), OwnTerms: true, Terms: Terms{Days: 7}, Draft: draft})
		},
		func(tx *Tx) error { return tx.SkipOccurrences(at(tx), 0, "he is away") },
		func(tx *Tx) error { _, err := tx.HoldContract(at(tx), "limit", 0); return err },
		func(tx *Tx) error { return tx.PauseContract(at(tx), tx.Today().AddDays(30), "works are going on") },
		func(tx *Tx) error { return tx.ResumeContract(at(tx), false) },
		func(tx *Tx) error { return tx.EndContract(at(tx), tx.Today().AddDays(400)) },
	}
	for i, act := range acts {
		if err := try(b, "", act); err != nil {
			t.Errorf("act %d of a contract: %v", i, err)
		}
	}
}

// The acts make each kind of fact of recurring invoices, and what they made reads as it was.
func TestRecurActsAreWhole(t *testing.T) {
	path := t.TempDir() + "/r.db"
	b := openTest(t, path)
	addAcme(t, b)
	recurActs(t, b)
	have := map[factKind]bool{}
	if err := b.View(func(v *View) error {
		return v.Facts(1, func(f *Fact) error {
			have[f.Body.kind()] = true
			if d := v.Describe(f); d.Name == FactOther {
				t.Errorf("%T has no name", f.Body)
			}
			return nil
		})
	}); err != nil {
		t.Fatal(err)
	}
	for k := kindContractChanged; k <= kindContractEnding; k++ {
		if !have[k] {
			t.Errorf("no fact of kind %d", k)
		}
	}
	b.Close()
	checkFile(t, path)
}
