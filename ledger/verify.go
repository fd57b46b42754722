package ledger

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"
)

// Report is what Verify found.
type Report struct {
	Facts    uint64
	Head     Head
	Texts    int      // personal texts that facts refer to
	Problems []string // each names a fact, a row or a page; none: the file is whole
	dump     []byte
}

// Verify reads the ledger file at path by itself, without opening it for use: each page,
// the chain of facts, their postings, the personal texts that they name, the checksums of
// working state, and that the projections can be made from the facts. A head that is not
// zero must be in the chain: it is the one that a digest or an act named, and without it the
// file's tail was cut. The error is for a file that cannot be read at all.
func Verify(path string, head string) (*Report, error) { return verify(path, head, nil) }

// verify is Verify; each is called with every fact after it was applied, if it is not nil.
func verify(path, head string, each func(*View, *Fact)) (*Report, error) {
	f, err := os.Open(path)
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
		pageReader: pageReader{file: f, size: info.Size(), seen: map[uint64]bool{}},
		rows:       map[string][]byte{}, wantHead: head, buckets: map[string]bool{}, state: newState(),
	}
	v.state.replay = true
	v.state.read = v.text
	if each != nil {
		view := v.view()
		v.each = func(f *Fact) { each(view, f) }
	}
	v.run()
	rep := &Report{Facts: v.state.head.Seq, Head: v.state.head, Texts: v.texts, Problems: v.problems}
	if len(rep.Problems) == 0 {
		rep.dump = v.canonical()
	}
	return rep, nil
}

// Dump returns the canonical dump of a whole file, nil of a damaged one.
func (r *Report) Dump() []byte { return r.dump }

type verifier struct {
	pageReader
	state    *state
	rows     map[string][]byte // rowID → value, of tables "file" and "private"
	refs     []factText
	buckets  map[string]bool
	wantHead string
	gotHead  bool
	broken   bool // the chain is: what follows says nothing
	texts    int
	each     func(*Fact) // for Audit; may be nil
}

type factText struct {
	fact uint64
	ref  TextRef
}

func (v *verifier) run() {
	meta, ok := v.metas()
	if !ok {
		return
	}
	v.pageSize, v.pages = meta.pageSize, meta.pages
	v.pageReader.buckets(meta.root, factsBucket, func(name string) { v.buckets[name] = true }, v.entry)
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
	v.checkTexts()
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
		v.rows[rowID(Table(bucket), string(key))] = append([]byte{}, row...)
	}
}

func (v *verifier) fact(page uint64, key, rec []byte) {
	if v.broken {
		return
	}
	want := v.state.head.Seq + 1
	if len(key) != 8 || binary.BigEndian.Uint64(key) != want {
		v.problem("page %d: fact %d is missing", page, want)
		v.broken = true
		return
	}
	f, err := readFact(want, append([]byte{}, rec...))
	if err == nil && !chained(v.state.head.Hash, rec) {
		err = fmt.Errorf("fact %d was changed: its hash does not fit", want)
	}
	if err != nil {
		v.problem("page %d: %v", page, err)
		v.broken = true
		return
	}
	if err := v.applySafely(f); err != nil {
		v.problem("fact %d cannot be applied: %v", want, err)
		v.broken = true
		return
	}
	if v.each != nil {
		v.each(f)
	}
	for _, t := range f.texts {
		if t.Person != 0 {
			v.refs = append(v.refs, factText{want, t})
		}
	}
	if v.wantHead != "" && (f.Hash.String() == v.wantHead || f.Hash.Short() == v.wantHead) {
		v.gotHead = true
	}
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
	row, ok := v.rows[rowID(tableFile, headKey)]
	head, err := parseHead(row)
	switch {
	case !ok || err != nil:
		v.problem("the file does not say where its facts end")
	case head != v.state.head:
		v.problem("the facts end at %d, and the file says %d: facts were cut off", v.state.head.Seq, head.Seq)
	}
	if len(v.rows[rowID(tableFile, "key")]) != 32 {
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
	return unseal(v.rows[rowID(tablePrivate, personKey(r.Person))], r, v.rows[rowID(tablePrivate, textKey(r))])
}

// checkTexts opens each personal text that a fact names.
func (v *verifier) checkTexts() {
	for _, t := range v.refs {
		v.texts++
		key, ok := v.rows[rowID(tablePrivate, personKey(t.ref.Person))]
		if !ok {
			v.problem("fact %d: the key of person %d is missing", t.fact, t.ref.Person)
			continue
		}
		if _, err := unseal(key, t.ref, v.rows[rowID(tablePrivate, textKey(t.ref))]); err != nil {
			v.problem("fact %d: its text is %v", t.fact, err)
		}
	}
}

// view is what was read so far, for questions that need no fact but the one at hand.
func (v *verifier) view() *View {
	return &View{b: &Books{store: rowStore{v.rows}, batch: &pending{}}, s: v.state}
}

// canonical dumps the projections that were made on the way.
func (v *verifier) canonical() []byte {
	var out bytes.Buffer
	if err := v.view().Dump(&out); err != nil {
		return nil
	}
	return out.Bytes()
}

// rowStore is the part of a Store that a dump needs.
type rowStore struct{ rows map[string][]byte }

func (s rowStore) Row(t Table, key string) ([]byte, error)                { return s.rows[rowID(t, key)], nil }
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
	b, err := Open(path, o)
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
	return Verify(path, "")
}
