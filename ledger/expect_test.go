package ledger

import (
	"path/filepath"
	"testing"
	"time"
)

// The next words of a chat belong to what asked for them last, until it is too late, and to no
// other chat's.
func TestExpect(t *testing.T) {
	b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	id := addAcme(t, b)
	do(t, b, "", func(tx *Tx) error {
		for _, chat := range []string{"telegram:1001", "telegram:1002"} {
			token, _, err := tx.Invite(tx.Customer(id))
			if err != nil {
				return err
			}
			if _, err := tx.Link(token, chat, "Anna", ""); err != nil {
				return err
			}
		}
		if err := tx.Expect("telegram:1001", "sum", "7", tx.Now.Add(time.Hour)); err != nil {
			return err
		}
		return tx.Expect("telegram:1001", "day", "8", tx.Now.Add(time.Hour))
	})
	expected := func(v *View, chat string, want string) {
		x, ok, err := v.Expected(chat)
		if err != nil || ok != (want != "") || ok && x.Kind != want {
			t.Errorf("%s: %+v, %v, %v; want %q", chat, x, ok, err, want)
		}
	}
	do(t, b, "", func(tx *Tx) error {
		expected(&tx.View, "telegram:1001", "day")
		expected(&tx.View, "telegram:1002", "")
		late := tx.View
		late.Now = tx.Now.Add(time.Hour)
		expected(&late, "telegram:1001", "")
		tx.ExpectNothing("telegram:1001")
		expected(&tx.View, "telegram:1001", "")
		return nil
	})
}
