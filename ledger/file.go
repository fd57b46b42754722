package ledger

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Documents that people hand in with an invoice: what was delivered, signed, agreed. The books
// hold who gave what and for whom it is; the bytes are a file of the books (see Files), kept
// once however often it is handed in.

// FileID numbers what people handed in, from 1.
type FileID uint32

// FileType is what a file is by its content: its ending.
type FileType string

// File is a document that somebody handed in.
type File struct {
	ID        FileID
	Customer  CustomerID
	Invoice   InvoiceID
	Dispute   DisputeID // that it belongs to, 0: none
	Bytes     Hash
	Size      int64
	Type      FileType
	Name      TextRef // with its ending
	By        string  // "slack:USALES0001"
	At        time.Time
	Question  QuestionID // likewise
	Words     WordsID    // it was said to the other side, which has it; 0: it was not
	Shared    bool       // it is for the customer
	Withdrawn bool       // it is not handed out any more

	before FileID // the invoice's file before
}

// FileKept is the fact that somebody handed in a document. Nobody else gets it yet.
type FileKept struct {
	Customer CustomerID
	Invoice  InvoiceID
	Dispute  DisputeID
	Bytes    Hash
	Size     int64
	Type     FileType
	Name     TextRef

	Question QuestionID
	Words    WordsID // whose file it is, 0: a document of its invoice
}

func (x *FileKept) kind() factKind { return kindFileKept }

func (x *FileKept) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Invoice)
	num(c, &x.Dispute)
	c.fixed(x.Bytes[:])
	c.i64(&x.Size)
	str(c, &x.Type)
	c.text(&x.Name)
	num(c, &x.Question)
	num(c, &x.Words)
}

func (x *FileKept) apply(s *state, f *Fact) {
	id := FileID(s.files.n + 1)
	at := File{ID: id, Customer: x.Customer, Invoice: x.Invoice, Dispute: x.Dispute, Bytes: x.Bytes, Size: x.Size, Type: x.Type,
		Name: x.Name, By: f.By, At: f.Recorded, Question: x.Question, Words: x.Words}
	if w := s.words.at(uint32(x.Words)); w != nil {
		set(s, &w.File, id)
		s.files.add(s, at)
		return
	}
	at.before = s.lastFile[x.Invoice]
	s.files.add(s, at)
	put(s, s.lastFile, x.Invoice, id)
}

// FileShared is the fact that a document is for the customer.
type FileShared struct {
	File     FileID
	Customer CustomerID
	Invoice  InvoiceID
}

func (x *FileShared) kind() factKind { return kindFileShared }

func (x *FileShared) code(c *coder) {
	num(c, &x.File)
	num(c, &x.Customer)
	num(c, &x.Invoice)
}

func (x *FileShared) apply(s *state, _ *Fact) {
	if f := s.files.at(uint32(x.File)); f != nil {
		set(s, &f.Shared, true)
	}
}

// FileWithdrawn is the fact that a document is not handed out any more.
type FileWithdrawn struct {
	File     FileID
	Customer CustomerID
	Invoice  InvoiceID
}

func (x *FileWithdrawn) kind() factKind { return kindFileWithdrawn }

func (x *FileWithdrawn) code(c *coder) {
	num(c, &x.File)
	num(c, &x.Customer)
	num(c, &x.Invoice)
}

func (x *FileWithdrawn) apply(s *state, _ *Fact) {
	if f := s.files.at(uint32(x.File)); f != nil {
		set(s, &f.Withdrawn, true)
	}
}

func newFile(k factKind) Body {
	switch k {
	case kindFileKept:
		return new(FileKept)
	case kindFileShared:
		return new(FileShared)
	case kindFileWithdrawn:
		return new(FileWithdrawn)
	}
	return nil
}

// NewFile is what KeepFile needs: the file is among those of the books already.
type NewFile struct {
	Invoice InvoiceID
	Bytes   Hash
	Size    int64
	Type    FileType
	Name    string
}

// FilesMax is how many documents an invoice may have that were not withdrawn.
const FilesMax = 20

// KeepFile books that somebody handed in a document with an invoice. It returns a Conflict
// refusal for one that the invoice has already, and for one too many.
func (tx *Tx) KeepFile(n NewFile) (*File, error) {
	inv := tx.Invoice(n.Invoice)
	if inv == nil {
		return nil, Refuse(NotFound, "invoice.unknown", "text", fmt.Sprint(n.Invoice))
	}
	if err := tx.Allowed(tx.Customer(inv.Customer)); err != nil {
		return nil, err
	}
	name, number := CleanFileName(n.Name, n.Type), inv.Number.String()
	have := tx.FilesWith(inv)
	switch {
	case inv.Void:
		return nil, Refuse(Conflict, "attach.void", "number", number)
	case len(have) >= FilesMax:
		return nil, Refuse(Conflict, "attach.many", "number", number, "max", FilesMax)
	case slices.ContainsFunc(have, func(f *File) bool { return f.Bytes == n.Bytes }):
		return nil, Refuse(Conflict, "attach.again", "number", number, "name", name)
	}
	x := &FileKept{Customer: inv.Customer, Invoice: inv.ID, Bytes: n.Bytes, Size: n.Size, Type: n.Type}
	var err error
	if x.Name, err = tx.keep(tx.Customer(inv.Customer).Person, name); err != nil {
		return nil, err
	}
	if _, err := tx.append(tx.Today(), x); err != nil {
		return nil, err
	}
	return tx.File(FileID(tx.s.files.n)), nil
}

// ShareFile books that a document is for its customer, and queues it for him: behind the
// invoice, where that has not gone out yet. It returns a Conflict refusal for one that he has
// already, or that was withdrawn.
func (tx *Tx) ShareFile(f *File) error {
	if err := tx.Allowed(tx.Customer(f.Customer)); err != nil {
		return err
	}
	if f.Shared || f.Withdrawn {
		return Refuse(Conflict, "attach.settled", "name", tx.FileName(f))
	}
	if tx.Invoice(f.Invoice).Void {
		return Refuse(Conflict, "attach.void", "number", tx.Invoice(f.Invoice).Number.String())
	}
	if _, err := tx.append(tx.Today(), &FileShared{f.ID, f.Customer, f.Invoice}); err != nil {
		return err
	}
	return tx.Notify(NoticeQueued{Kind: NoticeFile, Customer: f.Customer, Invoice: f.Invoice, File: f.ID})
}

// WithdrawFile books that a document is not handed out any more: what was sent, was sent.
func (tx *Tx) WithdrawFile(f *File) error {
	if err := tx.Allowed(tx.Customer(f.Customer)); err != nil {
		return err
	}
	if f.Withdrawn {
		return Refuse(Conflict, "attach.settled", "name", tx.FileName(f))
	}
	_, err := tx.append(tx.Today(), &FileWithdrawn{f.ID, f.Customer, f.Invoice})
	return err
}

// File returns document id, nil where there is none.
func (v *View) File(id FileID) *File { return v.s.files.at(uint32(id)) }

// FilesWith lists the documents of inv that were not withdrawn, oldest first.
func (v *View) FilesWith(inv *Invoice) (out []*File) {
	for f := v.File(v.s.lastFile[inv.ID]); f != nil; f = v.File(f.before) {
		if !f.Withdrawn {
			out = append(out, f)
		}
	}
	slices.Reverse(out)
	return out
}

// SharedFiles lists those that are for the customer.
func (v *View) SharedFiles(inv *Invoice) []*File {
	return slices.DeleteFunc(v.FilesWith(inv), func(f *File) bool { return !f.Shared })
}

// FileName is what a document is called, with its ending.
func (v *View) FileName(f *File) string {
	name, err := v.Text(f.Name)
	if err != nil || name == "" {
		return "document." + string(f.Type) // its name was erased
	}
	return name
}

// fileNameMax is how many characters of a file's name are kept, without its ending.
const fileNameMax = 80

// CleanFileName makes a name of what somebody called a file that is safe wherever it is kept or
// shown: no folders, nothing that cannot be seen or that turns the direction, and the ending
// of what the file is, if that is known.
func CleanFileName(name string, kind FileType) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError || strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) && r != '\u200c' && r != '\u200d': // which join letters
			return -1
		}
		return r
	}, norm.NFC.String(name))
	if i := strings.LastIndexByte(name, '.'); kind != "" && i >= 0 && len(name)-i <= len(".jpeg")+1 {
		name = name[:i]
	}
	name = strings.Trim(strings.Join(strings.Fields(name), " "), " .-_")
	if runes := []rune(name); len(runes) > fileNameMax {
		name = strings.TrimSpace(string(runes[:fileNameMax]))
	}
	if name == "" {
		name = "document"
	}
	if kind == "" {
		return name
	}
	return name + "." + string(kind)
}

// Keep keeps words of a person under a customer's key, for a notice.
func (tx *Tx) Keep(id CustomerID, words string) (TextRef, error) {
	return tx.keep(tx.Customer(id).Person, words)
}

// The names of facts about documents that people hand in.
const (
	FactFileKept      FactName = "filekept"
	FactFileShared    FactName = "fileshared"
	FactFileWithdrawn FactName = "filewithdrawn"
)

// describeFile tells facts about documents that people hand in.
func (v *View) describeFile(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *FileKept:
		return Description{Name: FactFileKept, Refs: v.numbers(x.Invoice), Words: x.Name}, true
	case *FileShared:
		return Description{Name: FactFileShared, Refs: v.numbers(x.Invoice), Words: v.nameOf(x.File)}, true
	case *FileWithdrawn:
		return Description{Name: FactFileWithdrawn, Refs: v.numbers(x.Invoice), Words: v.nameOf(x.File)}, true
	}
	return Description{}, false
}

func (v *View) nameOf(id FileID) TextRef {
	if f := v.File(id); f != nil {
		return f.Name
	}
	return TextRef{}
}

func dumpFiles(w io.Writer, v *View) {
	v.s.files.each(func(f *File) {
		fmt.Fprintf(w, "file %d customer %d invoice %d dispute %d question %d words %d %s %d bytes %s %q by %s shared %t withdrawn %t\n", f.ID, f.Customer, f.Invoice, f.Dispute, f.Question, f.Words,
			f.Bytes, f.Size, f.Type, v.FileName(f), f.By, f.Shared, f.Withdrawn)
	})
}
