package bank

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duebot/ledger"
)

// fuzz reads whatever comes as one format. It must not panic, what it ends without an error it
// has told whole, and each key names one line.
func fuzz(f *testing.F, prefixes string, read reader) {
	files, err := filepath.Glob("testdata/own/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		for prefix := range strings.SplitSeq(prefixes, " ") {
			if data, err := os.ReadFile(path); err == nil && strings.HasPrefix(filepath.Base(path), prefix) {
				f.Add(data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var o Options
		for range 2 { // a table is asked about first
			err := fuzzOnce(t, data, read, o)
			var needs *NeedsMapping
			if !errors.As(err, &needs) || !needs.Proposed.Ready() {
				return
			}
			o.Mapping = &needs.Proposed
		}
	})
}

func fuzzOnce(t *testing.T, data []byte, read reader, o Options) error {
	s, err := newSource(bytes.NewReader(data), int64(len(data)), nil)
	if err != nil {
		t.Fatal(err)
	}
	open, keys := 0, map[string]bool{}
	var ids Identities
	fd := &feed{options: o, sink: Sink{
		Begin: func(st ledger.BankStatement) error {
			open++
			ids.Begin(st)
			if strings.HasPrefix(st.Format, "CAMT.052") { // a report tells the day again
				clear(keys)
			}
			return nil
		},
		End: func(ledger.BankStatement, []ledger.BankMismatch) error { open--; return nil },
		Line: func(l ledger.BankLine) error {
			key, _ := ids.Next(l)
			if keys[key] || open != 1 {
				t.Errorf("line %d: the key is there twice, or no statement is open (%d)", l.Row, open)
			}
			if keys[key] = true; l.Booked == 0 || !l.Amount.Currency.Valid() || strings.ContainsAny(l.Text+l.PartyName, "\n\x00\u202e") {
				t.Errorf("line %d is told as %+v", l.Row, l)
			}
			return nil
		},
	}}
	if err = read(s, fd); err == nil && len(fd.problems) == 0 && open != 0 {
		t.Errorf("%d statements have begun and not ended", open)
	}
	return err
}

func FuzzCAMT(f *testing.F)  { fuzz(f, "camt", readCAMT) }
func FuzzMT940(f *testing.F) { fuzz(f, "mt", readMT940) }
func FuzzOneC(f *testing.F)  { fuzz(f, "1c", readOneC) }
func FuzzOFX(f *testing.F)   { fuzz(f, "ofx", readOFX) }
func FuzzCSV(f *testing.F)   { fuzz(f, "csv", readCSV) }

// FuzzBook reads whatever comes as an archive, and as a workbook.
func FuzzBook(f *testing.F) {
	f.Add(zipped(f, []byte("<Document><BkToCstmrStmt><Stmt></Stmt></BkToCstmrStmt></Document>")))
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = fuzzOnce(t, data, readZip, Options{})
		_ = fuzzOnce(t, data, readXLSX, Options{})
	})
}
