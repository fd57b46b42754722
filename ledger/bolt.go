package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

const factsBucket = "facts"

// boltStore keeps everything in one bbolt file: a bucket of facts, filled in order and so
// to the brim, and a bucket per table. Freed pages are not written at each commit; they
// are found again when the file is opened.
type boltStore struct{ db *bolt.DB }

// ErrInUse is returned when another process has the file open.
var ErrInUse = errors.New("the ledger is in use by another running duebot")

func openBolt(path string) (*boltStore, error) {
	go readAhead(path)
	if err := sound(path); err != nil {
		return nil, err
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{
		Timeout: time.Second, NoFreelistSync: true, FreelistType: bolt.FreelistMapType,
	})
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, ErrInUse
	}
	if err != nil {
		return nil, err
	}
	made := false
	err = db.View(func(tx *bolt.Tx) error { made = tx.Bucket([]byte(factsBucket)) != nil; return nil })
	if made || err != nil { // whoever only reads leaves no trace
		return &boltStore{db}, err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		if _, err := tx.CreateBucket([]byte(factsBucket)); err != nil {
			return err
		}
		for _, t := range tables {
			if _, err := tx.CreateBucketIfNotExists([]byte(t)); err != nil {
				return err
			}
		}
		return putHead(tx, Head{})
	})
	if err != nil {
		db.Close()
		return nil, err
	}
	return &boltStore{db}, nil
}

// readAhead reads a file once through. bbolt maps it into memory, and to bring it in page by
// page takes a slow disk many times as long.
func readAhead(path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	buf := make([]byte, 1<<20)
	for err == nil {
		_, err = f.Read(buf)
	}
}

// readBolt opens a file that is there, for reading alone.
func readBolt(path string) (*boltStore, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: time.Second, ReadOnly: true})
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, ErrInUse
	}
	return &boltStore{db}, err
}

func putHead(tx *bolt.Tx, h Head) error {
	return tx.Bucket([]byte(tableFile)).Put([]byte(headKey), guardRow(tableFile, headKey, h.bytes()))
}

func (s *boltStore) Head() (h Head, err error) {
	b, err := s.Row(tableFile, headKey)
	if err != nil || b == nil {
		return h, err
	}
	return parseHead(b)
}

func (s *boltStore) Facts(first uint64, each func(uint64, []byte) error) error {
	return s.db.View(func(tx *bolt.Tx) error {
		want := first
		c := tx.Bucket([]byte(factsBucket)).Cursor()
		for k, rec := c.Seek(factKey(first)); k != nil; k, rec = c.Next() {
			if len(k) != 8 || binary.BigEndian.Uint64(k) != want {
				return fmt.Errorf("fact %d is missing", want)
			}
			if err := each(want, rec); err != nil {
				return err
			}
			want++
		}
		return nil
	})
}

func (s *boltStore) Fact(seq uint64) (rec []byte, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		if b := tx.Bucket([]byte(factsBucket)).Get(factKey(seq)); b != nil {
			rec = append([]byte{}, b...)
		}
		return nil
	})
	return rec, err
}

func (s *boltStore) Row(t Table, key string) (value []byte, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte(t)).Get([]byte(key))
		if b == nil {
			return nil
		}
		v, err := openRow(t, key, b)
		value = append([]byte{}, v...)
		return err
	})
	return value, err
}

func (s *boltStore) Rows(t Table, each func(string, []byte) error) error {
	return s.db.View(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte(t)).ForEach(func(k, b []byte) error {
			v, err := openRow(t, string(k), b)
			if err != nil {
				return err
			}
			return each(string(k), v)
		})
	})
}

func (s *boltStore) Commit(b *Batch) error {
	return s.db.Update(func(tx *bolt.Tx) error {
		facts := tx.Bucket([]byte(factsBucket))
		facts.FillPercent = 1
		for i, rec := range b.Facts {
			if err := facts.Put(factKey(b.First+uint64(i)), rec); err != nil {
				return err
			}
		}
		for _, r := range b.Rows {
			bucket := tx.Bucket([]byte(r.Table))
			if r.Table == tablePrivate || r.Table == tableReplies { // they grow at their end
				bucket.FillPercent = 1
			}
			if err := putRow(bucket, r); err != nil {
				return err
			}
		}
		if len(b.Facts) == 0 {
			return nil
		}
		return putHead(tx, b.Head)
	})
}

func putRow(bucket *bolt.Bucket, r Row) error {
	if r.Value == nil {
		return bucket.Delete([]byte(r.Key))
	}
	return bucket.Put([]byte(r.Key), guardRow(r.Table, r.Key, r.Value))
}

// Copy writes what was committed last. It holds up no commit; pages that are freed meanwhile
// stay unused until it is done.
func (s *boltStore) Copy(w io.Writer) error {
	return s.db.View(func(tx *bolt.Tx) error {
		_, err := tx.WriteTo(w)
		return err
	})
}

func (s *boltStore) Close() error { return s.db.Close() }

// exists reports whether there is a file at path.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
