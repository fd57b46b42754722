package ledger

import (
	"bytes"
	"errors"
	"path/filepath"
	"reflect"
	"testing"
)

// checkLean: facts that are read only as far as apply functions look at them give the same
// projections as whole ones, in every field.
func checkLean(t testing.TB, path string) {
	t.Helper()
	var states [2]*state
	for i, full := range []bool{false, true} {
		store, err := openBolt(path)
		if err != nil {
			t.Fatal(err)
		}
		s := newState()
		s.replay = true
		s.read = func(TextRef) (string, error) { return "", nil }
		r := newReplay(full)
		err = r.run(
			func() error {
				return store.Facts(1, func(_ uint64, rec []byte) error { return r.add(0, rec) })
			},
			func(c *chunk) error {
				for i := range c.facts {
					s.apply(&c.facts[i])
				}
				return c.bad
			})
		store.Close()
		if err != nil {
			t.Fatal(err)
		}
		// What is only used on the way may differ.
		s.read, s.subject, s.ended, s.under = nil, subject{}, nil, nil
		states[i] = s
	}
	if !reflect.DeepEqual(states[0], states[1]) {
		t.Fatal("a lean replay gives other projections than a full one")
	}
}

// A record that is not there, does not fit, or cannot be read ends a replay at its place,
// whatever was read ahead.
func TestReplayEndsAtTheFirstBadFact(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duebot.db")
	books := openTest(t, path)
	c := addAcme(t, books)
	for range 3 * chunkFacts {
		do(t, books, "", func(tx *Tx) error {
			return tx.Notify(NoticeQueued{Kind: NoticeTask, Customer: c, Address: "C1", Code: "test"})
		})
	}
	var recs [][]byte
	if err := books.store.Facts(1, func(_ uint64, rec []byte) error {
		recs = append(recs, bytes.Clone(rec))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	books.Close()
	for _, bad := range []int{0, 1, chunkFacts - 1, chunkFacts, 2*chunkFacts + 7, len(recs) - 1} {
		s := newState()
		s.replay = true
		r := newReplay(false)
		err := r.run(func() error {
			for i, rec := range recs {
				if i == bad {
					rec = append(bytes.Clone(rec[:len(rec)-1]), rec[len(rec)-1]^1)
				}
				if err := r.add(0, rec); err != nil {
					return err
				}
			}
			return nil
		}, func(c *chunk) error {
			for i := range c.facts {
				s.apply(&c.facts[i])
			}
			return c.bad
		})
		if !errors.Is(err, errChain) || s.head.Seq != uint64(bad) {
			t.Errorf("fact %d is bad: got %v after fact %d", bad+1, err, s.head.Seq)
		}
	}
}
