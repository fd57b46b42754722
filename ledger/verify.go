package ledger

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
)

// Report is what Verify found.
type Report struct {
	Facts    uint64
	Head     Head
	Texts    int      // personal texts that facts refer to
	Problems []string // each names a fact, a row or a page; none: the file is whole
	dump     func(io.Writer) error
	files    map[Hash]bool // that facts name
}

// Verify reads the ledger file at path by itself, without opening it for use: each page,
// the chain of facts, their postings, the personal texts that they name, the checksums of
// working state, that the projections can be made from the facts, and the files beside the
// ledger. A head that is not
// zero must be in the chain: it is the one that a digest or an act named, and without it the
// file's tail was cut. The error is for a file that cannot be read at all.
//
// A watch, if one is given, is told how far it is.
func Verify(path string, head string, watch ...Watch) (*Report, error) {
	rep, err := verify(path, head, nil, firstWatch(watch))
	if err == nil {
		rep.Problems = append(rep.Problems, FilesOf(path).missing(rep.files)...)
	}
	return rep, err
}

// verify is Verify; each is called with every fact after it was applied, if it is not nil.
func verify(path, head string, each func(*View, *Fact), watch Watch) (*Report, error) {
	f, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unlock, err := lockShared(f)
	if err != nil {
		return nil, err
	}
	defer unlock()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	v := &verifier{
		pageReader: pageReader{file: f, size: info.Size(), watch: watch},
		rows:       privateRows{rows: map[string][]byte{}, texts: map[uint64]span{}}, wantHead: head, buckets: map[string]bool{}, state: newState(),
	}
	v.state.replay = true
	v.state.read = v.text
	if each != nil {
		view := v.view()
		v.each = func(f *Fact) { each(view, f) }
	}
	v.run()
	rep := &Report{Facts: v.state.head.Seq, Head: v.state.head, Texts: v.texts, Problems: v.problems, files: v.view().wantedFiles()}
	if len(rep.Problems) == 0 {
		rep.dump = func(w io.Writer) error { return v.view().Dump(w) }
	}
	return rep, nil
}

// Dump returns the canonical dump of a whole file, nil of a damaged one.
func (r *Report) Dump() []byte {
	var out bytes.Buffer
	if r.WriteDump(&out) != nil {
		return nil
	}
	return out.Bytes()
}

// WriteDump writes the canonical dump of a whole file. It returns an error for a damaged one.
func (r *Report) WriteDump(w io.Writer) error {
	if r.dump == nil {
		return errDamaged
	}
	return r.dump(w)
}

type verifier struct {
	pageReader
	replay   *replay
	state    *state
	rows     privateRows // of tables "file" and "private"
	buckets  map[string]bool
	wantHead string
	gotHead  bool
	missing  bool     // a fact is: what follows says nothing
	broken   bool     // the chain is, or a fact is missing
	notes    []string // problems with facts
	texts    int
	lost     []string    // problems with personal texts
	each     func(*Fact) // for Audit; may be nil

	once sync.Once
	open []atomic.Pointer[TextRef] // see opened
}

func (v *verifier) run() {
	meta, ok := v.metas()
	if !ok {
		return
	}
	v.pageSize, v.pages = meta.pageSize, meta.pages
	v.seen = make([]bool, v.size/int64(v.pageSize)+1)
	v.replay = newReplay(v.each != nil)
	v.replay.check = v.checkTexts
	v.replay.run(func() error {
		v.pageReader.buckets(meta.root, factsBucket, func(name string) { v.buckets[name] = true }, v.entry)
		return nil
	}, v.facts)
	for _, p := range v.notes {
		v.problem("%s", p)
	}
	for _, name := range append([]Table{factsBucket}, tables...) {
		if !v.buckets[string(name)] {
			v.problem("bucket %s is missing", name)
		}
	}
	for name := range v.buckets {
		if name != factsBucket && !isTable(name) {
			v.problem("bucket %q is not one of ours", name)
		}
	}
	v.checkHead()
	for _, p := range v.lost {
		v.problem("%s", p)
	}
}

// entry takes one key and value of the file.
func (v *verifier) entry(bucket string, page uint64, key, value []byte) {
	if bucket == factsBucket {
		v.fact(page, key, value)
		return
	}
	row, err := openRow(Table(bucket), string(key), value)
	if err != nil {
		v.problem("page %d: %v", page, err)
		return
	}
	if Table(bucket) == tablePrivate || Table(bucket) == tableFile {
		v.rows.add(Table(bucket), string(key), row)
	}
}

// fact takes one record of the file. Here, in the goroutine that reads pages, only its number
// is looked at.
func (v *verifier) fact(page uint64, key, rec []byte) {
	if v.missing {
		return
	}
	if want := v.replay.next; len(key) != 8 || binary.BigEndian.Uint64(key) != want {
		v.missing = true
		v.replay.broken(fmt.Errorf("page %d: fact %d is missing", page, want))
		return
	}
	v.replay.add(page, rec)
}

// facts takes a chunk of decoded facts. After the first bad one it looks at no other.
func (v *verifier) facts(c *chunk) error {
	if v.broken {
		return nil
	}
	for i := range c.facts {
		f := &c.facts[i]
		if err := v.applySafely(f); err != nil {
			v.note("fact %d cannot be applied: %v", f.Seq, err)
			v.broken = true
			return nil
		}
		if v.each != nil {
			v.each(f)
		}
		if v.wantHead != "" && (f.Hash.String() == v.wantHead || f.Hash.Short() == v.wantHead) {
			v.gotHead = true
		}
	}
	v.texts += c.texts
	v.lost = append(v.lost, c.notes...)
	switch {
	case c.bad != nil:
		v.note("page %d: %v", c.page(c.first+uint64(len(c.facts))), c.bad)
	case c.missing != nil:
		v.note("%v", c.missing)
	default:
		return nil
	}
	v.broken = true
	return nil
}

// note keeps a problem with a fact until the pages are read.
func (v *verifier) note(format string, args ...any) {
	v.notes = append(v.notes, fmt.Sprintf(format, args...))
}

func (v *verifier) applySafely(f *Fact) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	v.state.apply(f)
	return nil
}

func (v *verifier) checkHead() {
	if v.broken {
		return
	}
	row := v.rows.get(tableFile, headKey)
	head, err := parseHead(row)
	switch {
	case err != nil:
		v.problem("the file does not say where its facts end")
	case head != v.state.head:
		v.problem("the facts end at %d, and the file says %d: facts were cut off", v.state.head.Seq, head.Seq)
	}
	if len(v.rows.get(tableFile, "key")) != 32 {
		v.problem("the file's own key is missing")
	}
	if v.wantHead != "" && !v.gotHead {
		v.problem("no fact has the hash %s: the end of the file was cut off, or it is another ledger", v.wantHead)
	}
}

// text opens a personal text, from the rows read before the facts.
func (v *verifier) text(r TextRef) (string, error) {
	if r.Person == 0 {
		return "", nil
	}
	return unseal(v.rows.get(tablePrivate, personKey(r.Person)), r, v.rows.text(r))
}

// checkTexts opens each personal text that a fact names. It runs in several goroutines, on
// rows that were all read before the facts.
func (v *verifier) checkTexts(c *chunk, f *Fact) {
	for _, t := range f.texts {
		if t.Person == 0 {
			continue
		}
		c.texts++
		opened := v.opened(t)
		if was := opened.Load(); was != nil && *was == t {
			continue
		}
		key := v.rows.get(tablePrivate, personKey(t.Person))
		if key == nil {
			c.notes = append(c.notes, fmt.Sprintf("fact %d: the key of person %d is missing", f.Seq, t.Person))
			continue
		}
		if _, err := unseal(key, t, v.rows.text(t)); err != nil {
			c.notes = append(c.notes, fmt.Sprintf("fact %d: its text is %v", f.Seq, err))
			continue
		}
		opened.Store(&t)
	}
}

// opened is where the last good reference to a text is kept: a name is referred to by each
// of its owner's invoices.
func (v *verifier) opened(t TextRef) *atomic.Pointer[TextRef] {
	v.once.Do(func() { v.open = make([]atomic.Pointer[TextRef], len(v.rows.texts)+1) })
	return &v.open[uint64(t.N)%uint64(len(v.open))]
}

// view is what was read so far, for questions that need no fact but the one at hand.
func (v *verifier) view() *View {
	return &View{b: &Books{store: rowStore{&v.rows}, batch: &pending{}}, s: v.state}
}

// privateRows are rows of tables "file" and "private". Texts are many, and so they lie one
// after another.
type privateRows struct {
	rows  map[string][]byte // by rowID, but texts
	texts map[uint64]span   // by person and number
	data  []byte
}

type span struct{ from, to int }

func (p *privateRows) add(t Table, key string, value []byte) {
	if n, ok := textNumber(t, key); ok {
		p.texts[n] = span{len(p.data), len(p.data) + len(value)}
		p.data = append(p.data, value...)
		return
	}
	p.rows[rowID(t, key)] = append([]byte{}, value...)
}

// get returns a row, nil where there is none.
func (p *privateRows) get(t Table, key string) []byte {
	if n, ok := textNumber(t, key); ok {
		if s, ok := p.texts[n]; ok {
			return p.data[s.from:s.to:s.to]
		}
		return nil
	}
	return p.rows[rowID(t, key)]
}

// text is the sealed text that r stands for, nil where it is missing.
func (p *privateRows) text(r TextRef) []byte {
	if b := p.get(tablePrivate, textKey(r)); b != nil {
		return b
	}
	return p.get(tablePrivate, oldTextKey(r))
}

// rowStore is the part of a Store that a dump needs.
type rowStore struct{ rows *privateRows }

func (s rowStore) Row(t Table, key string) ([]byte, error)                { return s.rows.get(t, key), nil }
func (s rowStore) Head() (Head, error)                                    { return Head{}, nil }
func (s rowStore) Facts(uint64, func(uint64, []byte) error) error         { return nil }
func (s rowStore) Fact(uint64) ([]byte, error)                            { return nil, nil }
func (s rowStore) Rows(Table, func(key string, value []byte) error) error { return nil }
func (s rowStore) Commit(*Batch) error                                    { return ErrClosed }
func (s rowStore) Copy(io.Writer) error                                   { return ErrClosed }
func (s rowStore) Close() error                                           { return nil }

func isTable(name string) bool { return slices.Contains(tables, Table(name)) }

// Rebuild makes the projections of the file at path twice, from nothing each time: once as
// a program that opens it does, once as Verify does. It returns both dumps, which must be
// the same bytes.
func Rebuild(path string, o Options, live io.Writer) (*Report, error) {
	first := o
	first.Watch = o.Watch.part(0, 2)
	b, err := Open(path, first)
	if err != nil {
		return nil, err
	}
	err = b.View(func(v *View) error { return v.Dump(live) })
	if e := b.Close(); err == nil {
		err = e
	}
	if err != nil {
		return nil, err
	}
	return Verify(path, "", o.Watch.part(1, 2))
}
