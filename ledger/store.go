package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Table is a small keyed table of working state or of personal text beside the facts.
type Table string

// The tables. Working state is what the program needs to go on after a stop; it is neither
// chained nor rebuilt.
const (
	tablePrivate  Table = "private"  // keys and texts of people
	tableReplies  Table = "replies"  // row number → key, hash of the input, stored reply
	tableAttempts Table = "attempts" // open notice → a send that may be under way
	tableWork     Table = "work"     // offsets, talks, previews, payment attempts, last runs
	tableFile     Table = "file"     // what the file is: its key, its mark, its head
)

var tables = []Table{tablePrivate, tableReplies, tableAttempts, tableWork, tableFile}

// Watch is told now and then how far long work is: done parts of all, whatever the parts are.
// It may be called from any goroutine, and a nil one is told nothing.
type Watch func(done, all int64)

func (w Watch) tell(done, all int64) {
	if w != nil {
		w(done, all)
	}
}

// part is the watch of one of several pieces of work that are about as long.
func (w Watch) part(n, of int64) Watch {
	if w == nil {
		return nil
	}
	return func(done, all int64) { w(n*all+done, of*all) }
}

// firstWatch is the one given, nil without one.
func firstWatch(list []Watch) Watch {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// Head is where the chain ends.
type Head struct {
	Seq  uint64
	Hash Hash
}

// Row is one change of a table; a nil Value deletes.
type Row struct {
	Table Table
	Key   string
	Value []byte
}

// Batch is what one commit makes durable, all or nothing.
type Batch struct {
	First uint64   // number of the first of Facts
	Facts [][]byte // records, in order
	Rows  []Row    // in order
	Head  Head     // after Facts
}

// Store keeps the facts and tables. Bytes that it returns are the caller's own. A Store
// is used by one writer and any number of readers at a time.
type Store interface {
	// Head returns where the chain ends; zero for an empty store.
	Head() (Head, error)
	// Facts calls each with the records from number first on, in order. The record is
	// valid only during the call.
	Facts(first uint64, each func(seq uint64, rec []byte) error) error
	// Fact returns one record, nil where there is none.
	Fact(seq uint64) ([]byte, error)
	// Row returns one value, nil where there is none.
	Row(t Table, key string) ([]byte, error)
	// Rows calls each with the rows of a table in order of key, valid during the call.
	Rows(t Table, each func(key string, value []byte) error) error
	// Commit makes b durable.
	Commit(b *Batch) error
	// Copy writes the whole store, as the last commit left it, while others go on. What it
	// writes, written to a file, is a store that Verify reads.
	Copy(w io.Writer) error
	Close() error
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errDamaged = errors.New("the row is damaged")

// guardRow puts a checksum of table, key and value in front of value: working state has no
// chain, but a damaged row must not be believed.
func guardRow(t Table, key string, value []byte) []byte {
	out := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(value)), rowSum(t, key, value))
	return append(out, value...)
}

// openRow returns the value behind the checksum.
func openRow(t Table, key string, stored []byte) ([]byte, error) {
	if len(stored) < 4 || binary.BigEndian.Uint32(stored) != rowSum(t, key, stored[4:]) {
		return nil, fmt.Errorf("table %s, key %q: %w", t, key, errDamaged)
	}
	return stored[4:], nil
}

func rowSum(t Table, key string, value []byte) uint32 {
	sum := crc32.Update(0, castagnoli, []byte(t))
	sum = crc32.Update(sum, castagnoli, []byte{0})
	sum = crc32.Update(sum, castagnoli, []byte(key))
	sum = crc32.Update(sum, castagnoli, []byte{0})
	return crc32.Update(sum, castagnoli, value)
}

func factKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

const headKey = "head"

func (h Head) bytes() []byte { return append(factKey(h.Seq), h.Hash[:]...) }

func parseHead(b []byte) (Head, error) {
	if len(b) != 40 {
		return Head{}, fmt.Errorf("the head is %d bytes long", len(b))
	}
	return Head{binary.BigEndian.Uint64(b), Hash(b[8:])}, nil
}
