package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duebot/ledger"
)

// auditedFile makes a ledger with a customer and an invoice, and returns its path and head.
func auditedFile(t *testing.T) (string, ledger.Head) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "duebot.db")
	now := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	books, err := ledger.Open(path, ledger.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	_, err = books.Update(t.Context(), ledger.Command{Key: "slack:trigger:1", By: "slack:U1", Run: func(tx *ledger.Tx) ([]byte, error) {
		if err := tx.SetCompany(ledger.CompanySet{Name: "L\tmbH\n", Currency: "EUR", ZoneName: "UTC", Language: "en", Invoices: "INV", Credits: "CN"}); err != nil {
			return nil, err
		}
		_, err := tx.AddCustomer(ledger.NewCustomer{Handle: "acme"})
		return nil, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	var head ledger.Head
	books.View(func(v *ledger.View) error { head = v.Head(); return nil })
	if err := books.Close(); err != nil {
		t.Fatal(err)
	}
	return path, head
}

// Each fact is one line, whatever is in its texts, and the last one has the head's hash.
func TestAuditIsOneLineForEachFact(t *testing.T) {
	path, head := auditedFile(t)
	var tsv, lines bytes.Buffer
	if status := duebot([]string{"audit", path}, &tsv, &tsv); status != 0 {
		t.Fatalf("exit status %d: %s", status, tsv.String())
	}
	rows := strings.Split(strings.TrimSuffix(tsv.String(), "\n"), "\n")
	if len(rows) != int(head.Seq)+1 {
		t.Fatalf("got %d lines for %d facts:\n%s", len(rows), head.Seq, tsv.String())
	}
	for _, row := range rows {
		if cells := strings.Split(row, "\t"); len(cells) != len(auditColumns) {
			t.Errorf("got %d columns, want %d: %q", len(cells), len(auditColumns), row)
		}
	}
	if status := duebot([]string{"audit", "-json", path}, &lines, &lines); status != 0 {
		t.Fatalf("exit status %d: %s", status, lines.String())
	}
	var last auditLine
	for in := bufio.NewScanner(&lines); in.Scan(); {
		last = auditLine{}
		if err := json.Unmarshal(in.Bytes(), &last); err != nil {
			t.Fatalf("%s: %v", in.Text(), err)
		}
		if last.Command != "slack:trigger:1" || last.By != "slack:U1" {
			t.Errorf("fact %d: got command %q by %q", last.Fact, last.Command, last.By)
		}
	}
	if last.Fact != head.Seq || last.Hash != head.Hash.String() {
		t.Errorf("the last line is fact %d with hash %s, want %d with %s", last.Fact, last.Hash, head.Seq, head.Hash)
	}
}

func TestAuditOfWhatIsNoWholeLedgerFails(t *testing.T) {
	path, _ := auditedFile(t)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(t.TempDir(), "damaged.db")
	data[bytes.LastIndex(data, []byte("slack:U1"))] ^= 1
	if err := os.WriteFile(damaged, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		args []string
		want int
		says string
	}{
		{"a damaged file", []string{"audit", damaged}, 1, "is damaged"},
		{"no such file", []string{"audit", damaged + ".none"}, 1, "no such file"},
		{"no file named", []string{"audit"}, 2, ""},
	} {
		var out, errOut bytes.Buffer
		if status := duebot(tt.args, &out, &errOut); status != tt.want || !strings.Contains(errOut.String(), tt.says) {
			t.Errorf("%s: got exit status %d and %q, want %d and %q", tt.name, status, errOut.String(), tt.want, tt.says)
		}
	}
}
