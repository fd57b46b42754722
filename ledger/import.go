package ledger

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Imports: files of customers, invoices and payments that staff drop into a channel. A file is
// read and checked by the same rules that book it; nothing of it counts before one short fact,
// ImportAccepted, says that all of it does. Then its rows are booked in runs, so that others
// need not wait; each run notes its rows (ImportBooked), so that a program which is stopped in
// between goes on behind the last, and no row is booked twice, whichever file it comes in
// again. Meanwhile nobody takes the names that the rows need: see booking.

// ImportID numbers dropped files from 1.
type ImportID uint32

// Label is how people name an import: "F-3".
func (id ImportID) Label() string { return fmt.Sprintf("F-%d", id) }

// ParseImportID reads what Label writes; it is 0 otherwise.
func ParseImportID(s string) ImportID {
	n, err := strconv.ParseUint(strings.TrimPrefix(strings.ToUpper(s), "F-"), 10, 32)
	if err != nil {
		return 0
	}
	return ImportID(n)
}

// ImportAccepted is the fact that somebody decided that a file counts: all of its rows.
type ImportAccepted struct {
	Import ImportID
	Kind   ImportKind
	File   Hash // of its bytes
	Rows   int
}

func (x *ImportAccepted) kind() factKind { return kindImportAccepted }

func (x *ImportAccepted) code(c *coder) {
	num(c, &x.Import)
	str(c, &x.Kind)
	c.fixed(x.File[:])
	num(c, &x.Rows)
}

func (x *ImportAccepted) apply(s *state, _ *Fact) {
	put(s, s.imported, x.File, x.Import)
	set(s, &s.booking, x.Import)
	set(s, &s.bookedRows, 0)
}

// ImportBooked is the fact that a run of rows is in the books.
type ImportBooked struct {
	Import ImportID
	Rows   int      // how many, behind those of the runs before
	Keys   []uint64 // of those that need one; see ImportRow.Key
}

func (x *ImportBooked) kind() factKind { return kindImportBooked }

func (x *ImportBooked) code(c *coder) {
	num(c, &x.Import)
	num(c, &x.Rows)
	list(c, &x.Keys, func(c *coder, k *uint64) { c.u64(k) })
}

func (x *ImportBooked) apply(s *state, _ *Fact) {
	set(s, &s.bookedRows, s.bookedRows+x.Rows)
	for _, k := range x.Keys {
		put(s, s.importKeys, k, true)
	}
}

// ImportEnded is the fact that all rows of a file are in the books.
type ImportEnded struct{ Import ImportID }

func (x *ImportEnded) kind() factKind { return kindImportEnded }

func (x *ImportEnded) code(c *coder) { num(c, &x.Import) }

func (x *ImportEnded) apply(s *state, _ *Fact) { set(s, &s.booking, 0) }

// Imported returns the import that a file of these bytes was, 0 where none was.
func (v *View) Imported(file Hash) ImportID { return v.s.imported[file] }

// ImportKnown reports whether a row was booked before.
func (v *View) ImportKnown(r *ImportRow) bool {
	k := r.Key()
	return k != 0 && v.s.importKeys[k]
}

// Booking is the import whose rows are being booked, and how many of them are; 0 while none
// is.
func (v *View) Booking() (id ImportID, rows int) { return v.s.booking, v.s.bookedRows }

// ImportNotice is the message of an import, 0 where there is none.
func (v *View) ImportNotice(id ImportID) NoticeID { return v.s.importNotices[id] }

// AcceptImport books that a file counts. It returns a Conflict refusal for a file that is in
// the books already, or while another one is being booked.
func (tx *Tx) AcceptImport(x ImportAccepted) error {
	if tx.s.imported[x.File] != 0 {
		return Refuse(Conflict, "import.again", "import", tx.s.imported[x.File].Label())
	}
	if tx.s.booking != 0 {
		return Refuse(Conflict, "import.busy", "import", tx.s.booking.Label())
	}
	_, err := tx.append(tx.Today(), &x)
	return err
}

// BookImport books rows of the accepted import, by book, and notes them as one run.
func (tx *Tx) BookImport(id ImportID, rows []ImportRow, book func(*ImportRow) error) error {
	if tx.s.booking != id {
		return Refuse(Conflict, "import.over", "import", id.Label())
	}
	tx.importing = true
	defer func() { tx.importing = false }()
	x := &ImportBooked{Import: id, Rows: len(rows)}
	for i := range rows {
		if err := book(&rows[i]); err != nil {
			return err
		}
		if k := rows[i].Key(); k != 0 {
			x.Keys = append(x.Keys, k)
		}
	}
	_, err := tx.append(tx.Today(), x)
	return err
}

// EndImport books that all rows of an import are in the books.
func (tx *Tx) EndImport(id ImportID) error {
	_, err := tx.append(tx.Today(), &ImportEnded{id})
	return err
}

// reserved refuses what would take the ground from under rows that are being booked.
func (tx *Tx) reserved() error {
	if tx.s.booking != 0 && !tx.importing {
		return Refuse(Conflict, "import.busy", "import", tx.s.booking.Label())
	}
	return nil
}

// Alone refuses what was booked so far where it needs a second person: a file has many rows,
// and a request one.
func (tx *Tx) Alone() error {
	if len(tx.gauge.needs) > 0 {
		return Refuse(Forbidden, "row.approval")
	}
	return nil
}

// Whole runs the booking of one row. Where it is refused, nothing of it stays.
func (tx *Tx) Whole(run func() error) error {
	at, outer := tx.save(), tx.gauge
	err := run()
	if err != nil {
		tx.back(at)
		tx.gauge = outer
	}
	return err
}

// OpenOrChange books a row of customers: a new one, or what differs of one who is there. An
// empty cell leaves a field as it is.
func (tx *Tx) OpenOrChange(row OpeningCustomer) (added, changed bool, err error) {
	id, there := tx.s.handles[strings.ToLower(row.Handle)]
	if !there {
		return true, false, tx.openCustomer(row)
	}
	c := tx.Customer(id)
	if err := tx.Allowed(c); err != nil {
		return false, false, err
	}
	n := CustomerChange{Terms: row.Terms, Name: given(row.Name), Language: given(row.Language), ZoneName: given(row.ZoneName),
		Owner: given(row.Owner), Segment: given(row.Segment)}
	if row.Currency != "" && row.Currency != c.Currency {
		return false, false, Refuse(Conflict, "import.currency", "customer", c.Handle, "have", string(c.Currency), "text", string(row.Currency))
	}
	if row.Limit != nil {
		limit, err := Exact(*row.Limit, c.Currency)
		if err != nil {
			return false, false, err
		}
		n.Limit = &limit
	}
	if changed, err = tx.ChangeCustomer(c, n); err != nil {
		return false, false, err
	}
	party, err := tx.setPartyOf(c, row.Party)
	if changed = changed || party; err != nil || len(row.Mails) == 0 {
		return false, changed, err
	}
	mails, err := tx.SetMails(c, row.Mails)
	return false, changed || mails, err
}

func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// OpenInvoice books what is still owed on an invoice that was issued elsewhere, at day on. It
// reports false where the books have it already, as it was booked then.
func (tx *Tx) OpenInvoice(row OpeningInvoice, on Date, names CustomerNames) (bool, error) {
	inv := tx.InvoiceReferenced(row.Reference)
	if inv == nil {
		return true, tx.openInvoice(row, on, names)
	}
	m, err := Exact(row.Open, inv.Currency)
	c, known := tx.CustomerCalled(row.Customer, names)
	if err != nil || known != nil || c.ID != inv.Customer || m.Minor != inv.Total || inv.Number.Prefix != openingSeries {
		return false, Refuse(Conflict, "opening.twice", "text", row.Reference)
	}
	return false, nil
}

// CustomerNames finds customers by their names, as other programs write them.
type CustomerNames map[string]CustomerID

// twoOfAName stands for a name that several customers have.
const twoOfAName = ^CustomerID(0)

// AddNames takes up to n customers behind the one given into names, and returns the last;
// false when there are no more.
func (v *View) AddNames(names CustomerNames, after CustomerID, n int) (CustomerID, bool) {
	for ; n > 0; n-- {
		c := v.Customer(after + 1)
		if c == nil {
			return after, false
		}
		after = c.ID
		if key := plainName(v.CustomerName(c)); key != "" {
			if _, twice := names[key]; twice {
				names[key] = twoOfAName
			} else {
				names[key] = c.ID
			}
		}
	}
	return after, true
}

// CustomerCalled finds a customer by handle, by the number that he has in another program, or
// by name. It returns the refusals of CustomerNamed, and a NotFound one for a name that
// several have.
func (v *View) CustomerCalled(text string, names CustomerNames) (*Customer, error) {
	for _, h := range []string{strings.ToLower(strings.TrimSpace(text)), HandleOf(text)} {
		if id, ok := v.s.handles[h]; ok {
			c := v.Customer(id)
			return c, v.Allowed(c)
		}
	}
	id := names[plainName(text)]
	if id == twoOfAName {
		return nil, Refuse(NotFound, "import.twonames", "text", text)
	}
	if c := v.Customer(id); c != nil {
		return c, v.Allowed(c)
	}
	return nil, Refuse(NotFound, "import.nobody", "text", text)
}

// legalForms are words of a name that one program writes and another leaves out.
var legalForms = strings.Fields("gmbh ag kg ohg ug se co ltd limited llc inc corp plc srl spa sas sa bv nv oy ab as ooo oao zao ao ип ооо оао зао ао пао")

// nameWords are the words of a name in small letters, without legal forms: "S.R.L." is one
// word.
func nameWords(s string) []string {
	s = strings.Map(func(r rune) rune {
		if r == '.' {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	all := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.Mn, r) })
	own := slices.DeleteFunc(slices.Clone(all), func(w string) bool { return slices.Contains(legalForms, w) })
	if len(own) == 0 {
		return all
	}
	return own
}

func plainName(s string) string { return strings.Join(nameWords(s), " ") }

// HandleOf makes a handle of what another program calls a customer: "ACME" is acme, 10023 is
// c10023, "Müller & Sons GmbH" is müller-sons. It is "" where nothing can be made of it.
func HandleOf(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if handlePattern.MatchString(s) && !LooksLikeNumber(s) {
		return s
	}
	h := strings.Join(nameWords(s), "-")
	if h == "" {
		return ""
	}
	if !unicode.IsLetter([]rune(h)[0]) || LooksLikeNumber(h) {
		h = "c" + strings.ReplaceAll(h, "-", ".")
	}
	if r := []rune(h); len(r) > 32 {
		h = strings.TrimRight(string(r[:32]), "-.")
	}
	if !handlePattern.MatchString(h) || LooksLikeNumber(h) {
		return ""
	}
	return h
}

func dumpImports(w io.Writer, s *state) {
	files := map[string]ImportID{}
	for h, id := range s.imported {
		files[h.String()] = id
	}
	lines(w, "imported", files, func(id ImportID) string { return id.Label() })
	keys := map[string]bool{}
	for k := range s.importKeys {
		keys[strconv.FormatUint(k, 16)] = true
	}
	lines(w, "import row", keys, func(bool) string { return "" })
	fmt.Fprintf(w, "booking %d rows %d\n", s.booking, s.bookedRows)
	notices := map[string]NoticeID{}
	for id, n := range s.importNotices {
		notices[id.Label()] = n
	}
	lines(w, "import notice", notices, func(n NoticeID) string { return fmt.Sprint(n) })
	fmt.Fprintf(w, "import edits %d\n", len(s.importEdits))
}

// newImport makes the bodies of imports.
func newImport(k factKind) Body {
	switch k {
	case kindImportAccepted:
		return new(ImportAccepted)
	case kindImportBooked:
		return new(ImportBooked)
	case kindImportEnded:
		return new(ImportEnded)
	}
	return nil
}

// FactImport is what happens to imports.
const FactImport FactName = "import"

// describeImport tells facts about imports.
func describeImport(f *Fact) (d Description, ok bool) {
	switch x := f.Body.(type) {
	case *ImportAccepted:
		d = Description{Name: FactImport, Refs: []string{x.Import.Label(), string(x.Kind), strconv.Itoa(x.Rows)}}
	case *ImportBooked:
		d = Description{Name: FactImport, Refs: []string{x.Import.Label(), strconv.Itoa(x.Rows)}}
	case *ImportEnded:
		d = Description{Name: FactImport, Refs: []string{x.Import.Label()}}
	}
	return d, d.Name != ""
}
