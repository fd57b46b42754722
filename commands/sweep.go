package commands

import (
	"strconv"

	"duebot/ledger"
)

// sweep forgets rows of working state that are numbered, "name:7", and of no use any more, a few
// at a time, up to number last. Numbers rise with time, so the first that is not old ends it.
// Rows that belong to one go with it.
func sweep(tx *ledger.Tx, name string, last int, old func(data []byte) bool, with ...string) error {
	row := name + ".first"
	data, err := tx.Get(row)
	if err != nil {
		return err
	}
	first, _ := strconv.Atoi(string(data))
	for range 4 {
		if first++; first > last {
			return nil
		}
		id := strconv.Itoa(first)
		data, err := tx.Get(name + ":" + id)
		if err != nil || data != nil && !old(data) {
			return err
		}
		for _, kind := range append(with, name) {
			tx.Put(kind+":"+id, nil)
		}
		tx.Put(row, []byte(id))
	}
	return nil
}
