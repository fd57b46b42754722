package commands

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// A file that is dropped into a channel goes through these states. It is working state but for
// what was decided: see ledger/import.go.
//
//	fetch → check → asking → check → ready → book → done
//	                      ↘ wrong        ↘ cancelled
//
// Somebody has to press Import; the file is checked once more then, and booked only if every
// row of it can be.
type importState string

const (
	importFetch     importState = "fetch"     // its bytes are not here yet
	importCheck     importState = "check"     // its rows are being tried
	importAsking    importState = "asking"    // a person has to say how to read it
	importReady     importState = "ready"     // every row can be booked
	importWrong     importState = "wrong"     // some cannot: none is
	importBook      importState = "book"      // somebody pressed Import
	importDone      importState = "done"      // all rows are in the books
	importCancelled importState = "cancelled" // nothing is
	importFailed    importState = "failed"    // it cannot be read; nothing is in the books
)

// fileImport is a dropped file and how far it is.
type fileImport struct {
	ID      ledger.ImportID           `json:"id"`
	By      string                    `json:"by"` // Slack user
	Channel string                    `json:"channel"`
	Thread  string                    `json:"thread"`
	File    string                    `json:"file"` // Slack's id
	Name    string                    `json:"name"`
	Folder  bool                      `json:"folder,omitempty"` // it lies in the watched folder
	Asked   bool                      `json:"asked"`            // an answer is due even where it is nothing of ours
	State   importState               `json:"state"`
	At      time.Time                 `json:"at"`
	Hash    ledger.Hash               `json:"hash"`
	Chunks  int                       `json:"chunks"` // of its bytes, that are kept
	Kind    ledger.ImportKind         `json:"kind"`
	Answers ledger.ImportAnswers      `json:"answers"`
	Ask     *ledger.ImportQuestion    `json:"ask,omitempty"`
	Rows    int                       `json:"rows"`
	Tried   int                       `json:"tried"` // of Rows, so far
	Count   importCount               `json:"count"`
	Owed    map[ledger.Currency]int64 `json:"owed,omitempty"` // by open invoices, in minor units
	Why     *card.Text                `json:"why,omitempty"`
	Wrong   []wrongRow                `json:"wrong,omitempty"` // the first of them
	Unused  []string                  `json:"unused,omitempty"`
	Totals  int                       `json:"totals,omitempty"`
	Decided string                    `json:"decided,omitempty"` // who pressed the last button
	Shown   time.Time                 `json:"shown"`
	Bank    *bankWork                 `json:"bank,omitempty"` // of a bank's file
}

// importCount is what becomes of rows.
type importCount struct {
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
	Wrong   int `json:"wrong"`
}

// wrongRow is a row that cannot be booked.
type wrongRow struct {
	Line  int       `json:"line"`
	Cells []string  `json:"cells,omitempty"`
	Why   card.Text `json:"why"`
}

const (
	importChunk   = 256 << 10 // bytes of a file in one row of working state
	importRun     = 100       // rows tried or booked in one transaction: others wait that long at most
	importShown   = 5 * time.Second
	importTold    = 5000 // rows after which the message tells how far it is, whatever the clock says
	wrongShown    = 8    // rows that the message names
	wrongKept     = 5000 // that the file of wrong rows has
	importsKept   = 100  // that are remembered
	importsOpen   = 20   // files that wait at once
	importLife    = 24 * time.Hour
	importMax     = 20 << 20
	unusedShown   = 8
	importCurrent = "imports" // the row that lists those that are not over
)

// importers may import files.
func importers() []Role { return []Role{Finance, Manager} }

// FileDrop is a message with files.
type FileDrop struct {
	Key     string
	Who     Staff
	Channel string
	Thread  string // the platform's id of the message under which the answer stands
	Direct  bool   // said to the bot alone
	Text    string // the words beside them
	Files   []DroppedFile
}

// DroppedFile is a file of the platform's; the name may be "" until it is fetched.
type DroppedFile struct{ ID, Name string }

// Drop takes files that may be tables. It reports whether there is something to fetch. What is
// no table, and what somebody without a role drops, is none of our business; who is not
// allowed is told so where he meant us.
func (d *Desk) Drop(ctx context.Context, f FileDrop) (todo bool, err error) {
	if ok, err := d.attach(ctx, f); ok || err != nil {
		return ok, err
	}
	own := f.Direct || f.Channel == d.InvoiceChannel || f.Channel == d.FinanceChannel
	f.Files = slices.DeleteFunc(f.Files, func(x DroppedFile) bool {
		return x.Name != "" && !tableName(x.Name) && (!own || noTableName(x.Name) || !may(Command{Who: importers()}, f.Who.Role))
	})
	if len(f.Files) == 0 || f.Who.Role == "" || !may(Command{Who: importers()}, f.Who.Role) && !own {
		return false, nil
	}
	_, err = d.update(ctx, f.Key, f.Who.By(), "files", func(tx *ledger.Tx) (card.Reply, error) {
		for _, file := range f.Files {
			x := fileImport{By: f.Who.ID, Channel: f.Channel, Thread: f.Thread, File: file.ID, Name: file.Name, Asked: own && (file.Name == "" || tableName(file.Name)), State: importFetch, At: tx.Now}
			if err := d.takeFile(tx, &x, f.Who); err != nil {
				return card.Reply{}, err
			}
		}
		return card.Reply{}, nil
	})
	return err == nil, err
}

// tableName reports whether a file's name is that of a table, or one that banks give their
// statements; what it is is told by its content.
func tableName(name string) bool {
	return slices.Contains([]string{".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xls",
		".xml", ".zip", ".sta", ".940", ".942", ".mt940", ".mt942", ".swi", ".txt", ".ofx", ".qfx", ".qif", ".cod", ".bai", ".camt053"}, strings.ToLower(path.Ext(name)))
}

// noTableName reports whether a file's name is that of something else for sure. Banks give their
// files names of many kinds, or none: what is of neither kind is looked at, and where it is no
// table nothing is said.
func noTableName(name string) bool {
	return slices.Contains([]string{".pdf", ".png", ".jpg", ".jpeg", ".gif", ".heic", ".webp", ".svg", ".bmp", ".tiff",
		".doc", ".docx", ".odt", ".rtf", ".ppt", ".pptx", ".key", ".pages", ".md", ".html", ".htm", ".eml", ".msg", ".json", ".log",
		".mp3", ".mp4", ".m4a", ".mov", ".ogg", ".wav", ".webm", ".rar", ".7z", ".gz", ".tar", ".exe", ".dmg", ".apk", ".ics", ".vcf"}, strings.ToLower(path.Ext(name)))
}

// takeFile gives a dropped file its number.
func (d *Desk) takeFile(tx *ledger.Tx, x *fileImport, who Staff) error {
	last, err := tx.Get("import.last")
	if err != nil {
		return err
	}
	n, _ := strconv.ParseUint(string(last), 10, 32)
	x.ID = ledger.ImportID(n + 1)
	tx.Put("import.last", []byte(strconv.FormatUint(n+1, 10)))
	open, err := openImports(&tx.View)
	if err != nil {
		return err
	}
	if old := ledger.ImportID(max(int(x.ID)-importsKept, 0)); old > 0 && !slices.Contains(open, old) {
		tx.Put(importRow(old), nil)
		tx.Put(importWrongRows(old), nil)
	}
	refuse := func(err error) error {
		r, _ := ledger.AsRefusal(err)
		return d.failImport(tx, x, card.T("refuse."+r.Key, r.Args...))
	}
	cmd := Command{Name: "import", Who: importers()}
	if !who.may(cmd) || may(cmd, Auditor) {
		return refuse(forbidden(cmd, who.Role))
	}
	if len(open) >= importsOpen {
		return refuse(ledger.Refuse(ledger.Conflict, "import.many", "max", importsOpen))
	}
	return saveImport(tx, x)
}

// openImports lists the files that are not over.
func openImports(v *ledger.View) (out []ledger.ImportID, err error) {
	data, err := v.Get(importCurrent)
	if err == nil && data != nil {
		err = json.Unmarshal(data, &out)
	}
	return out, err
}

func importRow(id ledger.ImportID) string { return fmt.Sprintf("import:%d", id) }

func importBytes(id ledger.ImportID, n int) string { return fmt.Sprintf("import:%d:bytes:%d", id, n) }

func importWrongRows(id ledger.ImportID) string { return fmt.Sprintf("import:%d:wrong", id) }

// loadImport reads a dropped file's state, nil where there is none of that number any more.
func loadImport(v *ledger.View, id ledger.ImportID) (*fileImport, error) {
	data, err := v.Get(importRow(id))
	if err != nil || data == nil {
		return nil, err
	}
	x := new(fileImport)
	return x, json.Unmarshal(data, x)
}

// over reports whether nothing is to come of x any more.
func (x *fileImport) over() bool {
	return slices.Contains([]importState{importWrong, importDone, importCancelled, importFailed}, x.State)
}

// saveImport keeps x, and drops the bytes of one that is over.
func saveImport(tx *ledger.Tx, x *fileImport) error {
	open, err := openImports(&tx.View)
	if err != nil {
		return err
	}
	open = slices.DeleteFunc(open, func(id ledger.ImportID) bool { return id == x.ID })
	if x.over() {
		for n := range x.Chunks {
			tx.Put(importBytes(x.ID, n), nil)
		}
		x.Chunks = 0
	} else {
		open = append(open, x.ID)
		slices.Sort(open)
	}
	list, err := json.Marshal(open)
	if err != nil {
		return err
	}
	tx.Put(importCurrent, list)
	data, err := json.Marshal(x)
	tx.Put(importRow(x.ID), data)
	return err
}

// failImport ends x: it cannot be read.
func (d *Desk) failImport(tx *ledger.Tx, x *fileImport, why card.Text) error {
	x.State, x.Why = importFailed, &why
	if err := saveImport(tx, x); err != nil || !x.Asked && tx.ImportNotice(x.ID) == 0 {
		return err
	}
	return d.showImport(tx, x)
}

// showImport queues the message of x, or an edit of it.
func (d *Desk) showImport(tx *ledger.Tx, x *fileImport) error {
	x.Shown = tx.Now
	n := ledger.NoticeQueued{Kind: ledger.NoticeImport, Address: x.Channel, Thread: x.Thread, Import: x.ID}
	if tx.ImportNotice(x.ID) != 0 {
		n.Kind, n.Thread = ledger.NoticeImportEdit, ""
	}
	if err := tx.Notify(n); err != nil {
		return err
	}
	return saveImport(tx, x)
}

// ImportWork is what a dropped file waits for.
type ImportWork struct {
	ID   ledger.ImportID
	File string // to be fetched from the platform; "" for work on what is here
}

// NextImport returns a file that waits for work, ok is false where none does. It also ends
// those on which nobody decided.
func (d *Desk) NextImport(ctx context.Context) (next ImportWork, ok bool, err error) {
	err = d.program(ctx, func(tx *ledger.Tx) error {
		open, err := openImports(&tx.View)
		if err != nil {
			return err
		}
		for _, id := range open {
			x, err := loadImport(&tx.View, id)
			if err != nil || x == nil {
				return err
			}
			switch {
			case x.State == importFetch:
				next, ok = ImportWork{id, x.File}, true
			case x.State == importCheck || x.State == importBook:
				next, ok = ImportWork{ID: id}, true
			case tx.Now.Sub(x.At) > importLife:
				x.State = importCancelled
				if err := d.showImport(tx, x); err != nil {
					return err
				}
			}
			if ok {
				return nil
			}
		}
		return nil
	})
	return next, ok, err
}

// program runs fn as the program's own command.
func (d *Desk) program(ctx context.Context, fn func(tx *ledger.Tx) error) error {
	_, err := d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) { return nil, fn(tx) }})
	return err
}

// change changes the state of a dropped file, if it still is in one of some states.
func (d *Desk) change(ctx context.Context, id ledger.ImportID, from []importState, fn func(tx *ledger.Tx, x *fileImport) error) error {
	return d.program(ctx, func(tx *ledger.Tx) error {
		x, err := loadImport(&tx.View, id)
		if err != nil || x == nil || !slices.Contains(from, x.State) {
			return err
		}
		return fn(tx, x)
	})
}

// Fetched takes the bytes of a file, or why there are none: a Refusal.
func (d *Desk) Fetched(ctx context.Context, id ledger.ImportID, name string, data []byte, failed error) error {
	fetching := []importState{importFetch}
	if r, ok := ledger.AsRefusal(failed); ok {
		return d.change(ctx, id, fetching, func(tx *ledger.Tx, x *fileImport) error {
			return d.failImport(tx, x, card.T("refuse."+r.Key, r.Args...))
		})
	}
	n := 0
	for rest := data; len(rest) > 0; n++ {
		part := rest[:min(len(rest), importChunk)]
		rest = rest[len(part):]
		if err := d.change(ctx, id, fetching, func(tx *ledger.Tx, x *fileImport) error {
			tx.Put(importBytes(id, n), part)
			return nil
		}); err != nil {
			return err
		}
	}
	return d.change(ctx, id, fetching, func(tx *ledger.Tx, x *fileImport) error {
		x.Hash, x.Chunks, x.State = sha256.Sum256(data), n, importCheck
		if name != "" {
			x.Name = name
		}
		if before := tx.Imported(x.Hash); before != 0 {
			return d.failImport(tx, x, card.T("refuse.import.again", "import", before.Label()))
		}
		return saveImport(tx, x)
	})
}

// BreakImport ends a file on which something of ours went wrong. One whose rows are being
// booked stays: a restart goes on with it.
func (d *Desk) BreakImport(ctx context.Context, id ledger.ImportID, ref string) error {
	return d.change(ctx, id, []importState{importFetch, importCheck, importBook}, func(tx *ledger.Tx, x *fileImport) error {
		if booking, _ := tx.Booking(); booking == id {
			return errBroken
		}
		return d.failImport(tx, x, card.T("error.internal", "ref", ref))
	})
}

var errBroken = errors.New("its rows are being booked, and the next start goes on with them")

// readDropped reads a file that is here as x says. Its error is a Refusal for one that is no
// table.
func (d *Desk) readDropped(id ledger.ImportID) (x *fileImport, f *ledger.ImportFile, err error) {
	var data []byte
	language := ""
	err = d.Books.View(func(v *ledger.View) (err error) {
		if x, err = loadImport(v, id); err != nil || x == nil {
			return err
		}
		for n := range x.Chunks {
			part, err := v.Get(importBytes(id, n))
			if err != nil {
				return err
			}
			data = append(data, part...)
		}
		language = v.Company().Language
		return nil
	})
	if err != nil || x == nil {
		return nil, nil, err
	}
	f, err = d.ReadTable(data, language, x.Answers)
	return x, f, err
}

var errDryRun = errors.New("dry run")

// WorkImport does what a file that is here waits for: it is checked, or booked.
func (d *Desk) WorkImport(ctx context.Context, id ledger.ImportID) error {
	var x *fileImport
	if err := d.Books.View(func(v *ledger.View) (err error) { x, err = loadImport(v, id); return err }); err != nil || x == nil {
		return err
	}
	if bank, err := d.isBankFile(x); err != nil || bank {
		return errors.Join(err, d.workBank(ctx, x))
	}
	x, f, err := d.readDropped(id)
	if r, ok := ledger.AsRefusal(err); ok {
		why := card.T("refuse."+r.Key, r.Args...)
		if tried, err := d.tryBank(ctx, x, r.Key == "file.columns", why); tried || err != nil {
			return err
		}
		return d.change(ctx, id, []importState{importCheck, importBook}, func(tx *ledger.Tx, x *fileImport) error {
			return d.failImport(tx, x, why)
		})
	}
	if err != nil || x == nil {
		return err
	}
	if f.Ask != nil {
		return d.change(ctx, id, []importState{importCheck}, func(tx *ledger.Tx, x *fileImport) error {
			x.State, x.Ask, x.Kind = importAsking, f.Ask, f.Kind
			if f.Ask.What == "kind" && d.ReadBank != nil {
				x.Ask.Options = append([]string{string(ledger.ImportStatement)}, x.Ask.Options...)
			}
			return d.showImport(tx, x)
		})
	}
	run, err := d.newImportRun(x, f)
	if err != nil {
		return err
	}
	if booking, err := run.begun(); err != nil || booking {
		return errors.Join(err, run.book(ctx))
	}
	whole, err := run.try(ctx)
	if err != nil || !whole || x.State != importBook {
		return err
	}
	return run.book(ctx)
}
