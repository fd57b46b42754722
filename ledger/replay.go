package ledger

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
)

// A replay makes the projections from the records of facts. One goroutine brings the records,
// some check their chain and decode them ahead, and the caller applies them in order: each
// record carries its own hash, and so a chunk of them can be checked without those before.
type replay struct {
	check func(*chunk, *Fact) // runs in the decoding goroutines; may be nil
	full  bool                // facts whole; else only what apply needs: see details

	current *chunk
	next    uint64 // number of the next record
	before  Hash
	free    chan *chunk
	order   chan *chunk
	work    chan *chunk
	quit    chan struct{}
}

// chunkFacts is how many facts pass from one goroutine to the next at a time: a chunk stays
// in a core's cache.
const chunkFacts = 256

// chunk is a run of facts under way. What decoding makes lives in the chunk and is used
// again by a later one: see coder.lean.
type chunk struct {
	first   uint64
	before  Hash // of the fact before
	pages   []uint64
	data    []byte
	ends    []int
	facts   []Fact
	bad     error // of the record behind the last of facts
	missing error // of what should follow the last record
	notes   []string
	texts   int
	decoded chan struct{}
	coder   coder
	scratch []byte
}

var (
	errChain   = errors.New("its hash does not fit")
	errStopped = errors.New("the replay has ended")
)

func newReplay(full bool) *replay {
	n := 2*runtime.GOMAXPROCS(0) + 2
	r := &replay{full: full, next: 1, free: make(chan *chunk, n), order: make(chan *chunk, n), work: make(chan *chunk, n), quit: make(chan struct{})}
	for range n {
		r.free <- &chunk{decoded: make(chan struct{}, 1), coder: newCoder(full)}
	}
	return r
}

// add takes the next record; it keeps no part of rec.
func (r *replay) add(page uint64, rec []byte) error {
	if r.current == nil {
		select {
		case r.current = <-r.free:
		case <-r.quit:
			return errStopped
		}
		r.current.reset(r.next, r.before)
	}
	c := r.current
	c.data = append(c.data, rec...)
	c.ends = append(c.ends, len(c.data))
	c.pages = append(c.pages, page)
	r.next++
	if len(c.ends) == chunkFacts {
		r.flush()
	}
	return nil
}

// broken says that no record follows the last one: err tells what is there instead.
func (r *replay) broken(err error) {
	if r.current == nil {
		select {
		case r.current = <-r.free:
		case <-r.quit:
			return
		}
		r.current.reset(r.next, r.before)
	}
	r.current.missing = err
	r.flush()
}

func (r *replay) flush() {
	c := r.current
	if c == nil {
		return
	}
	r.current = nil
	if n := len(c.data) - len(r.before); n >= 0 {
		copy(r.before[:], c.data[n:])
	}
	r.order <- c
	r.work <- c
}

// run reads all records from source and calls apply with each chunk, in order, until one
// returns an error.
func (r *replay) run(source func() error, apply func(*chunk) error) error {
	failed := make(chan error, 1)
	go func() {
		err := source()
		if err == nil {
			r.flush()
		}
		close(r.order)
		close(r.work)
		failed <- err
	}()
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for c := range r.work {
				c.decode(r)
				c.decoded <- struct{}{}
			}
		}()
	}
	var stop error
	for c := range r.order {
		<-c.decoded
		if stop == nil {
			if stop = apply(c); stop != nil {
				close(r.quit)
			}
		}
		r.free <- c
	}
	err := <-failed
	if stop != nil {
		return stop
	}
	return err
}

func newCoder(full bool) (c coder) {
	if !full {
		c.lean = new(lean)
	}
	return c
}

func (c *chunk) reset(first uint64, before Hash) {
	c.first, c.before, c.bad, c.missing, c.texts = first, before, nil, nil, 0
	if c.coder.lean == nil { // whole facts are for others, who may keep them
		c.facts, c.coder.texts = nil, nil
	}
	c.pages, c.data, c.ends, c.facts, c.notes = c.pages[:0], c.data[:0], c.ends[:0], c.facts[:0], c.notes[:0]
	c.coder.reset()
}

// page is where fact number seq was found.
func (c *chunk) page(seq uint64) uint64 {
	if i := int(seq - c.first); i < len(c.pages) {
		return c.pages[i]
	}
	return 0
}

// decode checks the chain through the chunk and decodes its facts, up to the first bad one.
func (c *chunk) decode(r *replay) {
	from := 0
	for i, to := range c.ends {
		rec := c.data[from:to]
		c.facts = append(c.facts, Fact{Seq: c.first + uint64(i)})
		f := &c.facts[i]
		if c.bad = c.one(f, rec); c.bad != nil {
			c.facts = c.facts[:i]
			return
		}
		if r.check != nil {
			r.check(c, f)
		}
		from, c.before = to, f.Hash
	}
}

func (c *chunk) one(f *Fact, rec []byte) error {
	n := len(rec) - len(Hash{})
	if n < 0 {
		return fmt.Errorf("fact %d: %w", f.Seq, errShort)
	}
	c.scratch = append(append(c.scratch[:0], c.before[:]...), rec[:n]...)
	if f.Hash = sha256.Sum256(c.scratch); !bytes.Equal(f.Hash[:], rec[n:]) {
		return fmt.Errorf("fact %d was changed: %w", f.Seq, errChain)
	}
	return f.decode(&c.coder, rec[:n])
}
