package ledger

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// noteAct is what staff write down of calls, and take back.
func noteAct(r *rapid.T, tx *Tx, c *Customer) error {
	switch rapid.IntRange(0, 4).Draw(r, "note") {
	case 0:
		_, err := tx.SetPhone(c, rapid.SampledFrom([]string{"", "+49 30 123456", "5"}).Draw(r, "phone"))
		return err
	case 1:
		if n := tx.LastNote(c); n != nil {
			return tx.UndoNote(n)
		}
		return nil
	}
	n := NewNote{Customer: c.ID, Kind: rapid.SampledFrom([]NoteKind{NoteContact, NoteNoAnswer, NoteWrong, NoteSnoozed}).Draw(r, "kind"), Words: "called"}
	if days := rapid.IntRange(0, 9).Draw(r, "next"); days > 3 {
		n.Next = tx.Today().AddDays(days)
	}
	if open := tx.OpenInvoices(c); len(open) > 0 && n.Kind.Reached() {
		n.Invoice, n.Promises = open[0].ID, 1
		if err := tx.Promise(open[0], tx.Today().AddDays(rapid.IntRange(0, 9).Draw(r, "by"))); err != nil {
			return err
		}
	}
	_, err := tx.NoteOn(n)
	return err
}

// A note that is taken back leaves all as it was: the contact, the next call, and the promise
// that stood before.
func TestNoteTakenBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duebot.db")
	b := openTest(t, path)
	id := addAcme(t, b)
	var before, promised Date
	do(t, b, "", func(tx *Tx) error {
		inv, err := tx.Issue(Draft{Customer: id, Date: tx.Today(), Due: tx.Today(), Currency: "EUR", Lines: []Line{line("Tea", "1", "100", "0")}})
		if err != nil {
			return err
		}
		if err := tx.Promise(inv, tx.Today().AddDays(3)); err != nil {
			return err
		}
		if _, err := tx.NoteOn(NewNote{Customer: id, Kind: NoteSnoozed, Next: tx.Today().AddDays(2)}); err != nil {
			return err
		}
		before, promised = tx.Customer(id).LastContact, inv.Promised
		if err := tx.Promise(inv, tx.Today().AddDays(9)); err != nil {
			return err
		}
		_, err = tx.NoteOn(NewNote{Customer: id, Invoice: inv.ID, Kind: NoteContact, Words: "called", Next: tx.Today().AddDays(5), Promises: 1})
		return err
	})
	b.View(func(v *View) error {
		c, inv := v.Customer(id), v.Invoice(1)
		if c.LastContact != v.Today() || c.NextCall != v.Today().AddDays(5) || inv.Promised != v.Today().AddDays(9) {
			t.Errorf("after the note: contact %s, next call %s, promised %s", c.LastContact, c.NextCall, inv.Promised)
		}
		return nil
	})
	do(t, b, "", func(tx *Tx) error { return tx.UndoNote(tx.LastNote(tx.Customer(id))) })
	b.View(func(v *View) error {
		c, inv := v.Customer(id), v.Invoice(1)
		if c.LastContact != before || c.NextCall != v.Today().AddDays(2) || inv.Promised != promised || !v.Silent(inv, promised) {
			t.Errorf("taken back: contact %s, next call %s, promised %s", c.LastContact, c.NextCall, inv.Promised)
		}
		return nil
	})
	long := strings.Repeat("я", noteMax+1)
	wantRefusal(t, try(b, "", func(tx *Tx) error { _, err := tx.NoteOn(NewNote{Customer: id, Words: long}); return err }), "note.long")
	wantRefusal(t, try(b, "", func(tx *Tx) error { return tx.UndoNote(tx.Note(2)) }), "note.undone")
	wantRefusal(t, try(b, "", func(tx *Tx) error {
		tx.Now = tx.Now.Add(NoteLife + time.Second)
		return tx.UndoNote(tx.Note(1))
	}), "note.late")
	b.Close()
	checkFile(t, path)
}
