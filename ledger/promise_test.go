package ledger

import (
	"path/filepath"
	"testing"
)

// A promise is for today at the earliest, and for a day that is not too far.
func TestPromiseRange(t *testing.T) {
	b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	defer b.Close()
	id := issueFor(t, b, addAcme(t, b), "100").ID
	do(t, b, "", func(tx *Tx) error {
		inv := tx.Invoice(id)
		for days, want := range map[int]bool{-1: false, 0: true, 1: true, promiseMaxDays: true, promiseMaxDays + 1: false} {
			err := tx.Promise(inv, tx.Today().AddDays(days))
			if r, is := AsRefusal(err); (err == nil) != want || !want && (!is || r.Key != "promise.range") {
				t.Errorf("in %d days: %v", days, err)
			}
		}
		return nil
	})
}
