package commands

import (
	"encoding/json"
	"fmt"

	"duebot/commands/card"
	"duebot/ledger"
)

// differing is what staff are shown at once of the lines that differ between an act and its
// customer's list: the first of them. It is written down when the list is read, since what tells
// staff of it reads no files.
type differing struct {
	Count int                 `json:"count"`
	First []ledger.Difference `json:"first"`
}

func differingRow(r *ledger.Reconciliation) string { return fmt.Sprintf("differing:%d", r.ID) }

// noteDiffering writes down what differs from the newest list.
func noteDiffering(tx *ledger.Tx, r *ledger.Reconciliation, found []ledger.Difference) error {
	data, err := json.Marshal(differing{len(found), found[:min(len(found), differencesShown)]})
	tx.Put(differingRow(r), data)
	return err
}

// differingTable is a table of what differs, and how many lines it leaves out; nil where nobody
// sent a list, or nothing differs from it.
func differingTable(v *ledger.View, r *ledger.Reconciliation) (t *card.Table, more int, err error) {
	data, err := v.Get(differingRow(r))
	if err != nil || data == nil || r.List == (ledger.Hash{}) {
		return nil, 0, err
	}
	var x differing
	if err := json.Unmarshal(data, &x); err != nil || len(x.First) == 0 {
		return nil, 0, err
	}
	t = &card.Table{Head: []card.Text{card.T("field.date"), card.T("col.number"), card.T("diff.col.ours"), card.T("diff.col.theirs"), card.T("col.difference"), card.T("col.state")},
		Right: []bool{false, false, true, true, true, false}}
	for _, d := range x.First {
		day := card.Plain("–")
		if d.Date != 0 {
			day = card.T("value", "value", d.Date)
		}
		t.Rows = append(t.Rows, []card.Text{day, card.Plain(d.Number), moneyOrDash(d.Ours, d.Currency), moneyOrDash(d.Theirs, d.Currency),
			money(ledger.Money{Minor: d.Ours - d.Theirs, Currency: d.Currency}), card.T("diff." + string(d.Kind))})
	}
	return t, x.Count - len(x.First), nil
}
