package ledger

import "encoding/json"

// Party is who c is by law, as somebody set it last: empty where nobody did.
func (v *View) Party(c *Customer) (p Party, err error) {
	details, err := v.Text(c.details())
	if err == nil && details != "" {
		err = json.Unmarshal([]byte(details), &p)
	}
	return p, err
}

// Over is p with what other says; what that leaves empty stays as it is.
func (p Party) Over(other Party) Party {
	if other.Name == "" {
		other.Name = p.Name
	}
	if other.Address == "" {
		other.Address = p.Address
	}
	if other.TaxID == "" {
		other.TaxID = p.TaxID
	}
	if len(other.Lines) == 0 {
		other.Lines = p.Lines
	}
	return other
}

// setPartyOf books what a row of a file says about who c is by law.
func (tx *Tx) setPartyOf(c *Customer, row Party) (changed bool, err error) {
	before, err := tx.Party(c)
	if err != nil {
		return false, err
	}
	after := before.Over(row)
	if after.Name == "" && after.Address == "" && after.TaxID == "" && len(after.Lines) == 0 {
		return false, nil
	}
	return tx.SetParty(c, after)
}
