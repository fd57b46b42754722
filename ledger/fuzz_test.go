package ledger

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What is read from words is told in words that are read as the same.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"net30", "2/10net30", "eom+10", "eonm", "net30day31", "2026-09", "eur", "INV-2026-1", "#inv 2026/7", "2026-02-29", "0.5/365eom+365", "eu+9.2", "9,5 %", "none", "Costs principal interest", "principal first"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if terms, err := ParseTerms(s); err == nil {
			again, err := ParseTerms(terms.String())
			if err != nil || again.String() != terms.String() {
				t.Errorf("%q are terms %s, which are read as %s, %v", s, terms, again, err)
			}
			day := NewDate(2028, 2, 29)
			if due := terms.Due(day); due < day || due > day.AddDays(2*termsDaysMax) {
				t.Errorf("%q: %s is due on %s", s, day, due)
			}
		}
		if m, err := ParseMonth(s); err == nil && m.String() != s {
			t.Errorf("%q is month %s", s, m)
		}
		if d, err := ParseDate(s); err == nil && d.String() != s {
			t.Errorf("%q is day %s", s, d)
		}
		if c, err := ParseCurrency(s); err == nil && string(c) != strings.ToUpper(s) {
			t.Errorf("%q is currency %s", s, c)
		}
		if key := foldReference(s); foldReference(key) != key && !strings.HasPrefix(key, "#") {
			t.Errorf("%q folds to %q, and that to %q", s, key, foldReference(key))
		}
		if r, err := ParseInterestRule(s); err == nil {
			if again, err := ParseInterestRule(string(r)); err != nil || again != r {
				t.Errorf("%q is the rule %q, which is read as %q, %v", s, r, again, err)
			}
			lawOf(r)
		}
		if o, err := ParseApplyOrder(s); err == nil {
			if again, err := ParseApplyOrder(string(o)); err != nil || again != o || len(o.Words()) != 3 {
				t.Errorf("%q is the order %q, which is read as %q, %v", s, o, again, err)
			}
		}
		LooksLikeNumber(s)
	})
}

// Rows of working state and facts are read whole or refused; what is read can be written.
// Decoders of every layout take the same bytes.
func FuzzDecode(f *testing.F) {
	path := filepath.Join(f.TempDir(), "duebot.db")
	unzip(f, "testdata/format/v1.db.gz", path)
	store, err := openBolt(path)
	if err != nil {
		f.Fatal(err)
	}
	store.Facts(1, func(_ uint64, rec []byte) error { f.Add(bytes.Clone(rec)); return nil })
	store.Close()
	f.Add((&Draft{Currency: "EUR", Lines: []Line{line("a", "1", "2", "3")}}).Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		if fact, err := readFact(1, data); err == nil {
			rec, err := fact.record(Hash{})
			if err != nil {
				t.Fatalf("read %x, which cannot be written: %v", data, err)
			}
			if _, err := readFact(1, rec); err != nil {
				t.Fatalf("wrote %x, which cannot be read: %v", rec, err)
			}
		}
		if d, err := DecodeDraft(data); err == nil {
			if _, err := DecodeDraft(d.Encode()); err != nil {
				t.Fatalf("draft %+v cannot be read again: %v", d, err)
			}
			d.Totals()
		}
		var r storedReply
		decode(data, 1, r.code)
	})
}

// Verify reads any file without harm: it names what is wrong, or the file says what it said.
func FuzzVerify(f *testing.F) {
	path := filepath.Join(f.TempDir(), "duebot.db")
	b := openTest(f, path)
	c := addAcme(f, b)
	issue(f, b, c, line("a", "1", "100", "19"))
	b.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	rep, err := Verify(path, "")
	if err != nil || len(rep.Problems) > 0 {
		f.Fatal(err, rep)
	}
	said := rep.Dump()
	f.Add(uint32(0), []byte{1, 2, 3, 4}, uint32(len(whole)))
	f.Add(uint32(4096*2+16), []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, uint32(len(whole)))
	f.Add(uint32(4096*3), []byte{}, uint32(4096*3))
	f.Fuzz(func(t *testing.T, at uint32, patch []byte, size uint32) {
		data := bytes.Clone(whole[:min(int(size), len(whole))])
		if len(data) > 0 {
			copy(data[int(at)%len(data):], patch)
		}
		hurt := filepath.Join(t.TempDir(), "hurt.db")
		if err := os.WriteFile(hurt, data, 0o600); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		rep, err := Verify(hurt, "")
		if err == nil && len(rep.Problems) == 0 && !bytes.Equal(rep.Dump(), said) {
			t.Error("a changed file was found whole, and says something else")
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("verify took %s", took)
		}
	})
}
