package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// A bank's statement that is dropped into a channel goes the way of every dropped file (see
// importfile.go): it is read whole and checked, somebody presses a button, and then its lines
// are taken into the books in runs. It is never in memory as a whole.

// BankSink takes what a file of a bank says, in its order. What it returns as an error ends the
// reading.
type BankSink struct {
	Begin func(ledger.BankStatement) error
	Line  func(*ledger.BankLine, ledger.LineIdentity) error
	End   func(st ledger.BankStatement, odd []card.Text) error // what does not add up
}

// BankProblems is why a file of a bank cannot be read; nothing of it counts.
type BankProblems []BankProblem

// BankProblem is what is wrong with a line of a file, and what to do.
type BankProblem struct {
	Line    int
	Excerpt string
	Why     card.Text
}

func (p BankProblems) Error() string { return fmt.Sprintf("%d problems in a bank's file", len(p)) }

// BankColumns is a table whose columns somebody has to confirm once.
type BankColumns struct {
	Signature string       // of the table's headings: what is confirmed holds for every such table
	Choices   []BankChoice // how it may be read; none where a column is missing without which it can't be
	Says      []card.Text  // what each column seems to hold
	Doubts    []card.Text  // what the table leaves open
	Head      []string
	Rows      [][]string // the first of them
	Unused    []string   // headings of columns that are left aside
}

// BankChoice is a way to read a table.
type BankChoice struct {
	Label   card.Text
	Mapping []byte // for the reader
}

func (c *BankColumns) Error() string { return "the columns of a table are to be confirmed" }

// bankWork is how far a bank's file is.
type bankWork struct {
	Parts   []bankPart   `json:"parts"`
	Lines   int          `json:"lines"` // booked ones, of all parts
	Known   int          `json:"known"` // of them, that the books have
	Pending int          `json:"pending,omitempty"`
	Columns *BankColumns `json:"columns,omitempty"` // to be confirmed
	Mapping []byte       `json:"mapping,omitempty"` // as somebody confirmed it
	Anew    bool         `json:"anew,omitempty"`    // somebody wants to confirm it again
}

// bankPart is a statement of the file.
type bankPart struct {
	Statement ledger.BankStatement      `json:"statement"`
	Lines     int                       `json:"lines"`
	In        map[ledger.Currency]int64 `json:"in"` // in minor units
	Out       map[ledger.Currency]int64 `json:"out"`
	Odd       []card.Text               `json:"odd,omitempty"`

	first, last ledger.Date // of its lines
}

// bankPartsShown is how many statements of one file a card shows.
const bankPartsShown = 5

func bankMapping(signature string) string { return "bank.columns:" + signature }

// importBytesAt reads a dropped file's bytes where they lie.
type importBytesAt struct {
	desk *Desk
	id   ledger.ImportID
	size int64
}

func (r *importBytesAt) ReadAt(p []byte, off int64) (n int, err error) {
	err = r.desk.Books.View(func(v *ledger.View) error {
		for n < len(p) && off < r.size {
			part, err := v.Get(importBytes(r.id, int(off/importChunk)))
			if err != nil {
				return err
			}
			at := int(off % importChunk)
			if at >= len(part) {
				return io.ErrUnexpectedEOF
			}
			k := copy(p[n:], part[at:])
			n, off = n+k, off+int64(k)
		}
		return nil
	})
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}

// bankBytes returns the bytes of a dropped file and how many they are.
func (d *Desk) bankBytes(x *fileImport) (*importBytesAt, error) {
	r := &importBytesAt{desk: d, id: x.ID}
	err := d.Books.View(func(v *ledger.View) error {
		for n := range x.Chunks {
			part, err := v.Get(importBytes(x.ID, n))
			if err != nil {
				return err
			}
			r.size += int64(len(part))
		}
		return nil
	})
	return r, err
}

// bankHead is as much of a file as tells what it is.
const bankHead = 64 << 10

// isBankFile reports whether a dropped file is one that only banks write.
func (d *Desk) isBankFile(x *fileImport) (bool, error) {
	if x.Kind == ledger.ImportStatement || x.Answers.Kind == ledger.ImportStatement {
		return true, nil
	}
	if x.Kind != "" || d.IsBank == nil {
		return false, nil
	}
	r, err := d.bankBytes(x)
	if err != nil {
		return false, err
	}
	head := make([]byte, min(r.size, bankHead))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return d.IsBank(head), nil
}

// workBank does what a bank's file waits for: it is checked, or its lines are taken.
func (d *Desk) workBank(ctx context.Context, x *fileImport) error {
	src, err := d.bankBytes(x)
	if err != nil {
		return err
	}
	run := &bankRun{desk: d, x: x, src: src}
	if begun, err := run.begun(); err != nil || begun {
		return errors.Join(err, run.book(ctx))
	}
	whole, err := run.check(ctx)
	if err != nil || !whole || x.State != importBook {
		return err
	}
	return run.book(ctx)
}

// bankRun checks or takes the lines of one file.
type bankRun struct {
	desk *Desk
	x    *fileImport
	src  *importBytesAt
	work bankWork

	batch []bankRow // of a run that is not booked yet
	at    int       // lines read so far
}

// bankRow is a line with the number of its statement in the file, from 1.
type bankRow struct {
	part int
	line ledger.BankLine
	id   ledger.LineIdentity
}

func (r *bankRun) begun() (yes bool, err error) {
	err = r.desk.Books.View(func(v *ledger.View) error {
		id, _ := v.Booking()
		yes = id == r.x.ID
		return nil
	})
	return yes, err
}

// mapping is what somebody said of the columns of such a table, for this file or an earlier
// one.
func (r *bankRun) mapping() []byte {
	if r.x.Bank != nil {
		return r.x.Bank.Mapping
	}
	return nil
}

// read reads the file; each is called with every line that counts.
func (r *bankRun) read(each func(part int, l *ledger.BankLine, id ledger.LineIdentity) error) error {
	r.work = bankWork{Mapping: r.mapping()}
	read := func() error {
		return r.desk.ReadBank(r.src, r.src.size, r.work.Mapping, BankSink{
			Begin: func(st ledger.BankStatement) error {
				r.work.Parts = append(r.work.Parts, bankPart{Statement: st, In: map[ledger.Currency]int64{}, Out: map[ledger.Currency]int64{}})
				return nil
			},
			Line: func(l *ledger.BankLine, id ledger.LineIdentity) error {
				if l.Pending {
					r.work.Pending++
					return nil
				}
				p := &r.work.Parts[len(r.work.Parts)-1]
				p.Lines++
				if p.first == 0 || l.Booked < p.first {
					p.first = l.Booked
				}
				p.last = max(p.last, l.Booked)
				r.work.Lines++
				if l.Amount.Minor > 0 {
					p.In[l.Amount.Currency] += l.Amount.Minor
				} else {
					p.Out[l.Amount.Currency] -= l.Amount.Minor
				}
				return each(len(r.work.Parts), l, id)
			},
			End: func(st ledger.BankStatement, odd []card.Text) error {
				p := &r.work.Parts[len(r.work.Parts)-1]
				if st.From == 0 {
					st.From = p.first
				}
				if st.To == 0 {
					st.To = p.last
				}
				p.Statement, p.Odd = st, odd
				return nil
			},
		})
	}
	err := read()
	var ask *BankColumns
	if !errors.As(err, &ask) {
		return err
	}
	if r.x.Bank != nil && r.x.Bank.Anew {
		return err
	}
	known, viewErr := r.remembered(ask.Signature)
	if viewErr != nil || known == nil {
		return errors.Join(err, viewErr)
	}
	r.work = bankWork{Mapping: known}
	return read()
}

func (r *bankRun) remembered(signature string) (mapping []byte, err error) {
	err = r.desk.Books.View(func(v *ledger.View) (err error) { mapping, err = v.Get(bankMapping(signature)); return err })
	return mapping, err
}

// check reads the whole file, and shows what taking it would do, what somebody has to say
// first, or why it cannot be.
func (r *bankRun) check(ctx context.Context) (whole bool, err error) {
	known, told := 0, 0
	var ids []ledger.LineIdentity
	look := func() error {
		defer func() { ids = ids[:0] }()
		return r.desk.Books.View(func(v *ledger.View) error {
			for _, id := range ids {
				if v.LineKnown(id) {
					known++
				}
			}
			return nil
		})
	}
	err = r.read(func(_ int, _ *ledger.BankLine, id ledger.LineIdentity) error {
		if ids = append(ids, id); len(ids) < importRun {
			return nil
		}
		if r.work.Lines-told >= importTold {
			told = r.work.Lines
			if going, err := r.progress(ctx, r.work.Lines); err != nil || !going {
				return errors.Join(err, errStopped)
			}
		}
		return look()
	})
	if err == nil {
		err = look()
	}
	var ask *BankColumns
	var wrong BankProblems
	switch {
	case errors.Is(err, errStopped):
		return false, nil
	case errors.As(err, &ask):
		return false, r.change(ctx, func(tx *ledger.Tx, x *fileImport) error {
			x.State, x.Kind, x.Bank = importAsking, ledger.ImportStatement, &bankWork{Columns: ask}
			x.Ask = &ledger.ImportQuestion{What: "columns"}
			for i := range ask.Choices {
				x.Ask.Options = append(x.Ask.Options, idArg(uint32(i)))
			}
			return r.desk.showImport(tx, x)
		})
	case errors.As(err, &wrong):
		return false, r.change(ctx, func(tx *ledger.Tx, x *fileImport) error { return r.desk.showBankWrong(tx, x, wrong) })
	case err != nil:
		return false, err
	}
	r.work.Known = known
	whole = true
	return whole, r.change(ctx, func(tx *ledger.Tx, x *fileImport) error {
		w := r.work
		x.Kind, x.Bank, x.Rows, x.Tried = ledger.ImportStatement, &w, w.Lines, w.Lines
		x.Count = importCount{Added: w.Lines - w.Known, Same: w.Known}
		if x.State == importBook {
			return saveImport(tx, x)
		}
		x.State = importReady
		if r.desk.takesAlone(x) {
			x.State, r.x.State = importBook, importBook
			return saveImport(tx, x)
		}
		return r.desk.showImport(tx, x)
	})
}

func (r *bankRun) change(ctx context.Context, fn func(tx *ledger.Tx, x *fileImport) error) error {
	return r.desk.change(ctx, r.x.ID, []importState{importCheck, importBook}, fn)
}

func (r *bankRun) progress(ctx context.Context, at int) (going bool, err error) {
	err = r.change(ctx, func(tx *ledger.Tx, x *fileImport) error {
		going = true
		x.Tried, x.Rows = at, max(x.Rows, at)
		return r.desk.showImport(tx, x)
	})
	return going, err
}

// showBankWrong ends a file that cannot be read: each of its first problems with its line.
func (d *Desk) showBankWrong(tx *ledger.Tx, x *fileImport, wrong BankProblems) error {
	x.State, x.Kind, x.Wrong, x.Count = importWrong, ledger.ImportStatement, nil, importCount{Wrong: len(wrong)}
	for _, p := range wrong[:min(len(wrong), wrongShown)] {
		x.Wrong = append(x.Wrong, wrongRow{Line: p.Line, Cells: []string{p.Excerpt}, Why: p.Why})
	}
	return d.showImport(tx, x)
}

// book takes all lines into the books. One fact says first that the file counts; its lines come
// in runs behind it, which go on after a stop of the program.
func (r *bankRun) book(ctx context.Context) error {
	begun, err := r.begun()
	if err != nil {
		return err
	}
	if !begun {
		if err := r.accept(ctx); err != nil || r.x.State != importBook {
			return err
		}
	}
	from := 0
	if err := r.desk.Books.View(func(v *ledger.View) error {
		_, from = v.Booking()
		return nil
	}); err != nil {
		return err
	}
	err = r.read(func(part int, l *ledger.BankLine, id ledger.LineIdentity) error {
		if r.at++; r.at <= from {
			return nil
		}
		if r.batch = append(r.batch, bankRow{part, *l, id}); len(r.batch) < importRun {
			return nil
		}
		return r.take(ctx)
	})
	if err == nil {
		err = r.take(ctx)
	}
	if err != nil {
		return err
	}
	return r.end(ctx)
}

// accept books that the file counts: all of its statements.
func (r *bankRun) accept(ctx context.Context) error {
	_, err := r.desk.Books.Update(ctx, ledger.Command{By: r.x.actor(), Input: r.x.ID.Label(), Run: func(tx *ledger.Tx) ([]byte, error) {
		x, err := loadImport(&tx.View, r.x.ID)
		if err != nil || x == nil || x.State != importBook {
			return nil, errors.Join(err, errStopped)
		}
		r.x = x
		if err := tx.AcceptImport(ledger.ImportAccepted{Import: x.ID, Kind: ledger.ImportStatement, File: x.Hash, Rows: x.Bank.Lines}); err != nil {
			return nil, err
		}
		for i, p := range x.Bank.Parts {
			if _, err := tx.TakeStatement(x.ID, i+1, p.Statement, p.Lines, len(p.Odd) > 0); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}})
	refusal, ok := ledger.AsRefusal(err)
	switch {
	case errors.Is(err, errStopped):
		r.x.State = importCancelled
		return nil
	case ok:
		r.x.State = importFailed
		return r.change(ctx, func(tx *ledger.Tx, x *fileImport) error {
			return r.desk.failImport(tx, x, card.T("refuse."+refusal.Key, refusal.Args...))
		})
	}
	return err
}

// take takes a run of lines, and puts each where the rules say.
func (r *bankRun) take(ctx context.Context) error {
	if len(r.batch) == 0 {
		return nil
	}
	_, err := r.desk.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		return nil, tx.TakeEntries(r.x.ID, len(r.batch), func() error {
			for i := range r.batch {
				if err := r.line(tx, &r.batch[i]); err != nil {
					return err
				}
			}
			return nil
		})
	}})
	r.batch = r.batch[:0]
	if err != nil {
		return err
	}
	_, err = r.progress(ctx, r.at)
	return err
}

func (r *bankRun) line(tx *ledger.Tx, row *bankRow) error {
	st, err := tx.TakeStatement(r.x.ID, row.part, ledger.BankStatement{}, 0, false) // it is there
	if err != nil {
		return err
	}
	got, err := tx.TakeLine(st, &row.line, row.id)
	if err != nil || got.Known {
		return err
	}
	if got.Replaced != nil {
		tx.Put(proposalRow(got.Replaced.ID), nil)
		if err := r.desk.showEntry(tx, got.Replaced); err != nil {
			return err
		}
	}
	return r.desk.judgeEntry(tx, got.Entry, &row.line)
}

// end books that all lines are in, and shows what became of them.
func (r *bankRun) end(ctx context.Context) error {
	_, err := r.desk.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		if err := tx.EndImport(r.x.ID); err != nil {
			return nil, err
		}
		x, err := loadImport(&tx.View, r.x.ID)
		if err != nil || x == nil {
			return nil, err
		}
		x.State = importDone
		if x.Bank != nil && x.Bank.Columns != nil {
			x.Bank.Columns = nil
		}
		return nil, r.desk.showImport(tx, x)
	}})
	return err
}

// bankOn shows what a bank's file says.
func (x *fileImport) bankOn(v *ledger.View, k *card.Card) {
	w := x.Bank
	if w == nil {
		return
	}
	for _, p := range w.Parts[:min(len(w.Parts), bankPartsShown)] {
		k.Body = append(k.Body, p.lines()...)
	}
	if more := len(w.Parts) - bankPartsShown; more > 0 {
		k.Body = append(k.Body, card.T("bank.parts.more", "count", more))
	}
	known := w.Known
	if x.State == importDone {
		known = w.Lines - v.BankCount(x.ID).In // others may have been known by their words
	}
	if known > 0 {
		k.Note = append(k.Note, card.T("bank.known", "count", known))
	}
	if w.Pending > 0 {
		k.Note = append(k.Note, card.T("bank.pending", "count", w.Pending))
	}
	if x.State != importDone {
		return
	}
	n := v.BankCount(x.ID)
	if n.In > 0 {
		k.Body = append(k.Body, bankDone(n))
	}
	if n.Waits > 0 {
		k.Buttons = append(k.Buttons, lineButton(card.T("button.entry.waiting", "count", n.Waits), "bank"))
	}
}

// nothing says that a file brings nothing new.
func (x *fileImport) nothing() card.Text {
	if x.Kind == ledger.ImportStatement {
		return card.T("bank.nothing")
	}
	return card.T("import.nothing")
}

// bankWrongOn says why a bank's file is not taken: where, what stands there, and what to do.
func (x *fileImport) bankWrongOn(k *card.Card) {
	for _, w := range x.Wrong {
		where := card.T("import.row", "line", w.Line, "why", w.Why)
		switch {
		case w.Line <= 1:
			where = w.Why // it is about the whole file
		case len(w.Cells) > 0 && w.Cells[0] != "":
			where = card.T("bank.row", "line", w.Line, "text", cut(w.Cells[0], excerptShown), "why", w.Why)
		}
		k.Body = append(k.Body, where)
	}
	if more := x.Count.Wrong - len(x.Wrong); more > 0 {
		k.Body = append(k.Body, card.T("import.more", "count", more))
	}
	k.Note = append(k.Note, card.T("bank.wrong"))
}

// excerptShown is how much of a line that can't be read a message shows.
const excerptShown = 60

// bankDone says what became of a file's lines: each is in one of the places.
func bankDone(n ledger.BankCount) card.Text {
	var out []card.Text
	for _, place := range []struct {
		name  string
		count int
	}{{"posted", n.Posted}, {"account", n.Account}, {"returned", n.Return}, {"left", n.Left}, {"waits", n.Waits}} {
		if place.count > 0 {
			out = append(out, card.T("bank.done."+place.name, "count", place.count))
		}
	}
	return card.Join(out...)
}

// lines say whose account a statement is of, when, and whether it adds up.
func (p *bankPart) lines() []card.Text {
	st := p.Statement
	out := []card.Text{card.T("bank.part", "format", st.Format, "account", firstOf(st.Account.Number, "–"), "from", st.From, "to", st.To)}
	if st.From == 0 || st.To == 0 {
		out[0] = card.Join(card.Plain(st.Format), card.Plain(firstOf(st.Account.Number, "–")))
	}
	sums := card.T("bank.part.sums", "count", p.Lines, "in", sumsOr0(p.In), "out", sumsOr0(p.Out))
	if st.Opening != nil && st.Closing != nil {
		sums = card.Join(sums, card.T("bank.part.balances", "opening", st.Opening.Amount, "closing", st.Closing.Amount))
	}
	out = append(out, sums)
	if len(p.Odd) > 0 {
		out = append(out, card.T("bank.part.odd", "why", card.Join(p.Odd...)))
	}
	return out
}

func sumsOr0(sums map[ledger.Currency]int64) card.Text {
	if len(sums) == 0 {
		return card.Plain("0")
	}
	return eachOwed(sums)
}

// odd reports whether a statement does not add up.
func (w *bankWork) odd() bool {
	return slices.ContainsFunc(w.Parts, func(p bankPart) bool { return len(p.Odd) > 0 })
}

// columnsOn asks whether the columns of a table are what they seem.
func (x *fileImport) columnsOn(k *card.Card) {
	c := x.Bank.Columns
	k.Body = []card.Text{card.T("bank.columns")}
	if len(c.Choices) == 0 {
		k.Body = []card.Text{card.T("bank.columns.none")}
	}
	if len(c.Says) > 0 {
		k.Body = append(k.Body, card.Join(c.Says...))
	}
	k.Body = append(k.Body, c.Doubts...)
	if x.Why != nil { // what it would take to be a list of ours
		k.Note = append(k.Note, card.T("bank.columns.else", "why", *x.Why))
	}
	if n := len(c.Unused); n > 0 {
		k.Note = append(k.Note, card.T("import.unused", "count", n, "names", strings.Join(c.Unused[:min(n, unusedShown)], ", ")))
	}
	k.Table = c.table()
	for i, choice := range c.Choices {
		b := importButton(x, "answer.columns."+idArg(uint32(i)), choice.Label)
		if len(c.Choices) == 1 {
			b.Style = card.Primary
		}
		k.Buttons = append(k.Buttons, b)
	}
	k.Buttons = append(k.Buttons, importButton(x, "cancel", card.T("button.cancel")))
}

// columnsShown is how many columns of a table a message has room for.
const columnsShown = 20

// table shows the beginning of a table.
func (c *BankColumns) table() *card.Table {
	head := c.Head[:min(len(c.Head), columnsShown)]
	t := &card.Table{}
	for _, h := range head {
		t.Head = append(t.Head, card.Plain(cut(h, 20)))
	}
	for _, row := range c.Rows {
		var cells []card.Text
		for i := range head {
			cell := ""
			if i < len(row) {
				cell = row[i]
			}
			cells = append(cells, card.Plain(cut(cell, 30)))
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// confirmColumns remembers what the columns of such a table mean.
func (c *Call) confirmColumns(x *fileImport, choice string) {
	ask := x.Bank.Columns
	i, _ := strconv.Atoi(choice)
	c.Tx.Put(bankMapping(ask.Signature), ask.Choices[i].Mapping)
	x.Bank, x.Why = &bankWork{Mapping: ask.Choices[i].Mapping}, nil
}

// tryBank reads a table that is no list of ours as one of a bank. It reports false where it is none
// either. Where it is nothing of ours for sure nobody has to hear why not.
func (d *Desk) tryBank(ctx context.Context, x *fileImport, sure bool, why card.Text) (tried bool, err error) {
	_, fits, err := d.readsAsBank(x)
	if err != nil || !fits {
		return false, err
	}
	x.Kind = ledger.ImportStatement
	if err := d.change(ctx, x.ID, []importState{importCheck}, func(tx *ledger.Tx, x *fileImport) error {
		if !sure {
			x.Why = &why
		}
		return saveImport(tx, x)
	}); err != nil {
		return false, err
	}
	return true, d.workBank(ctx, x)
}

// readsAsBank reports whether a table can be read as a bank's, with its columns where somebody
// has to confirm them.
func (d *Desk) readsAsBank(x *fileImport) (ask *BankColumns, fits bool, err error) {
	if d.ReadBank == nil {
		return nil, false, nil
	}
	src, err := d.bankBytes(x)
	if err != nil {
		return nil, false, err
	}
	run := &bankRun{desk: d, x: x, src: src}
	err = run.read(func(int, *ledger.BankLine, ledger.LineIdentity) error { return errEnough })
	var wrong BankProblems
	switch {
	case errors.As(err, &wrong):
		return nil, false, nil
	case errors.As(err, &ask):
		return ask, len(ask.Choices) > 0, nil
	}
	return nil, true, nil
}

// maybeBank asks what a table is of which no row can be taken for what it seemed to be, if a bank
// would have use for columns that are left over.
func (d *Desk) maybeBank(ctx context.Context, x *fileImport, f *ledger.ImportFile) (asked bool, err error) {
	if x.Answers.Kind != "" || len(f.Unused) == 0 {
		return false, nil
	}
	ask, fits, err := d.readsAsBank(x)
	if err != nil || !fits || ask == nil || !slices.ContainsFunc(f.Unused, func(head string) bool { return slices.Contains(ask.Head, head) }) {
		return false, err
	}
	return true, d.change(ctx, x.ID, []importState{importCheck}, func(tx *ledger.Tx, x *fileImport) error {
		x.State, x.Kind, x.Ask = importAsking, "", &ledger.ImportQuestion{What: "kind", Options: []string{string(ledger.ImportStatement), string(f.Kind)}}
		return d.showImport(tx, x)
	})
}

var errEnough = errors.New("it can be read")
