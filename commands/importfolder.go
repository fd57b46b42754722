package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"duebot/commands/card"
	"duebot/ledger"
)

// A file that lies in the watched folder goes the way of every dropped file, as if somebody of
// finance had dropped it into the channel of finance: its bytes are fetched from the folder instead
// of from Slack. A bank's statement that adds up is taken without a press of a button, where the
// company wants that.

// inFolder begins the platform's id of a file in the folder.
const inFolder = "folder:"

// FolderFile is the name of a file in the watched folder; ok is false for a file of Slack's.
func (w ImportWork) FolderFile() (name string, ok bool) { return strings.CutPrefix(w.File, inFolder) }

// errFull is of a folder's file for which there is no room yet.
var errFull = errors.New("too many files wait")

// ErrFolderFull reports whether a file of the folder has to wait until others are done with.
func ErrFolderFull(err error) bool { return errors.Is(err, errFull) }

// folderRow finds the import of a file in the folder, by its name and its bytes.
func folderRow(name string, hash ledger.Hash) string { return fmt.Sprintf("folder:%s:%s", hash, name) }

// Deposit takes a file of the watched folder, and returns its number: that which it has already
// where it lies there since a look before.
func (d *Desk) Deposit(ctx context.Context, name string, hash ledger.Hash) (id ledger.ImportID, err error) {
	err = d.program(ctx, func(tx *ledger.Tx) error {
		row, err := tx.Get(folderRow(name, hash))
		if err != nil {
			return err
		}
		if row != nil {
			if err := json.Unmarshal(row, &id); err != nil {
				return err
			}
			if x, err := loadImport(&tx.View, id); err != nil || x != nil {
				return err
			}
		}
		open, err := openImports(&tx.View)
		if err != nil {
			return err
		}
		if len(open) >= importsOpen {
			return errFull
		}
		x := fileImport{Channel: d.FinanceChannel, File: inFolder + name, Name: shownName(name), Folder: true, Asked: true, State: importFetch, At: tx.Now}
		if err := d.takeFile(tx, &x, Staff{Role: Finance}); err != nil {
			return err
		}
		id = x.ID
		row, err = json.Marshal(id)
		tx.Put(folderRow(name, hash), row)
		return err
	})
	return id, err
}

// nameShown is how many characters of a file's name are shown.
const nameShown = 120

// shownName is a name as people can read it: whoever can write into a folder can call a file
// anything.
func shownName(name string) string {
	return cut(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return '_'
		}
		return r
	}, name), nameShown)
}

// FolderEnd is what became of a file in the folder.
type FolderEnd struct {
	Over      bool
	Forgotten bool        // it is taken anew
	Taken     bool        // it is in the books
	Reasons   []card.Text // why it is not
}

// FolderOutcome tells what became of a file in the folder.
func (d *Desk) FolderOutcome(id ledger.ImportID) (end FolderEnd, err error) {
	err = d.Books.View(func(v *ledger.View) error {
		x, err := loadImport(v, id)
		end.Forgotten = err == nil && x == nil
		if err != nil || x == nil || !x.over() {
			return err
		}
		end.Over, end.Taken = true, x.State == importDone
		switch {
		case x.State == importCancelled:
			end.Reasons = []card.Text{card.T("import.cancelled")}
		case x.Why != nil:
			end.Reasons = []card.Text{*x.Why}
		}
		for _, row := range x.Wrong {
			end.Reasons = append(end.Reasons, card.T("import.row", "line", row.Line, "why", row.Why), card.Plain(shownName(strings.Join(row.Cells, " "))))
		}
		return nil
	})
	return end, err
}

// DropFolder forgets that a file lay in the folder: it was moved away.
func (d *Desk) DropFolder(ctx context.Context, name string, hash ledger.Hash) error {
	return d.program(ctx, func(tx *ledger.Tx) error {
		tx.Put(folderRow(name, hash), nil)
		return nil
	})
}

// takesAlone reports whether a bank's file that was checked is taken without a press of a button:
// it lay in the folder, and all of it adds up, also where no line of it is new.
func (d *Desk) takesAlone(x *fileImport) bool {
	return x.Folder && d.FolderAlone && x.Bank != nil && !x.Bank.odd()
}

// actor is who a file's facts are by.
func (x *fileImport) actor() string {
	if who := firstOf(x.Decided, x.By); who != "" {
		return "slack:" + who
	}
	return "duebot"
}

// whoTook says who pressed Import, or that nobody had to.
func (x *fileImport) whoTook() card.Text {
	if x.Decided == "" {
		return card.T("import.alone")
	}
	return card.T("import.by", "who", card.User(x.Decided))
}
