package bank

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"duebot/ledger"
)

var update = flag.Bool("update", false, "write the golden figures anew; check them by hand")

// taken is what a sink was given of a file.
type taken struct {
	statements []ledger.BankStatement
	lines      [][]ledger.BankLine
	mismatches [][]ledger.BankMismatch
	keys       []string
	doubts     []string // of a table
}

func (k *taken) sink() Sink {
	var ids Identities
	return Sink{
		Begin: func(st ledger.BankStatement) error {
			ids.Begin(st)
			k.statements = append(k.statements, st)
			k.lines = append(k.lines, nil)
			return nil
		},
		Line: func(l ledger.BankLine) error {
			at := len(k.lines) - 1
			k.lines[at] = append(k.lines[at], l)
			key, _ := ids.Next(l)
			k.keys = append(k.keys, key)
			return nil
		},
		End: func(st ledger.BankStatement, m []ledger.BankMismatch) error {
			k.statements[len(k.statements)-1] = st
			k.mismatches = append(k.mismatches, m)
			return nil
		},
	}
}

// takeAs reads a file; a table is read as its columns are proposed.
func takeAs(data []byte, o Options) (*taken, error) {
	k := &taken{}
	err := Read(bytes.NewReader(data), int64(len(data)), o, k.sink())
	var needs *NeedsMapping
	if errors.As(err, &needs) {
		k = &taken{doubts: needs.Doubts}
		o.Mapping = confirmed(needs)
		err = Read(bytes.NewReader(data), int64(len(data)), o, k.sink())
	}
	return k, err
}

// figures are a file in numbers: nothing of what the banks wrote but the account's ends.
func figures(k *taken, err error) string {
	var out strings.Builder
	var problems Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			fmt.Fprintf(&out, "refused: line %d %s\n", p.Line, p.Key)
		}
		return out.String()
	}
	if err != nil {
		return "error " + err.Error() + "\n"
	}
	if len(k.doubts) > 0 {
		fmt.Fprintf(&out, "asks %s\n", strings.ReplaceAll(strings.Join(k.doubts, " "), "bank.doubt.", ""))
	}
	for i, st := range k.statements {
		fmt.Fprintf(&out, "%s account %s %s", st.Format, masked(st.Account.Number), st.Account.Currency)
		if st.From != 0 || st.To != 0 {
			fmt.Fprintf(&out, " from %s to %s", st.From, st.To)
		}
		fmt.Fprintf(&out, "\n  opening %s closing %s\n", balance(st.Opening), balance(st.Closing))
		writeLines(&out, k.lines[i])
		for _, m := range k.mismatches[i] {
			fmt.Fprintf(&out, "  mismatch %s line %d: said %s, found %s %v\n", m.Kind, m.Row, m.Said, m.Found, m.Lines)
		}
	}
	if n := len(slices.Compact(slices.Sorted(slices.Values(k.keys)))); n != len(k.keys) {
		fmt.Fprintf(&out, "only %d of %d keys differ\n", n, len(k.keys))
	}
	return out.String()
}

func writeLines(out *strings.Builder, lines []ledger.BankLine) {
	in, gone := map[ledger.Currency]int64{}, map[ledger.Currency]int64{}
	pending := 0
	for _, l := range lines {
		if l.Pending {
			pending++
		}
		in[l.Amount.Currency] += max(l.Amount.Minor, 0)
		gone[l.Amount.Currency] += min(l.Amount.Minor, 0)
	}
	fmt.Fprintf(out, "  lines %d, pending %d", len(lines), pending)
	for _, c := range slices.Sorted(maps.Keys(in)) {
		fmt.Fprintf(out, ", in %s, out %s", ledger.Money{Minor: in[c], Currency: c}, ledger.Money{Minor: gone[c], Currency: c})
	}
	fmt.Fprintln(out)
	if len(lines) > 0 {
		first, last := lines[0], lines[len(lines)-1]
		fmt.Fprintf(out, "  first %s %s, last %s %s\n", first.Booked, first.Amount, last.Booked, last.Amount)
	}
}

func balance(b *ledger.BankBalance) string {
	if b == nil {
		return "none"
	}
	return b.Date.String() + " " + b.Amount.String()
}

func masked(s string) string {
	if len(s) <= 8 {
		return s
	}
	return s[:4] + "…" + s[len(s)-4:]
}

func samples(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv("DUEBOT_SAMPLES")
	if dir == "" {
		t.Skip("DUEBOT_SAMPLES is not set: the real statements are not here")
	}
	all, err := filepath.Glob(filepath.Join(dir, "2-bank-statements", "*"))
	if err != nil || len(all) == 0 {
		t.Skipf("no statements in %s", dir)
	}
	return slices.DeleteFunc(all, func(path string) bool {
		return strings.HasSuffix(path, ".json") || strings.HasSuffix(path, ".pydata") || strings.HasPrefix(filepath.Base(path), "INVENTORY")
	})
}

// Every real statement reads to figures that were checked by hand, or is refused at its line.
func TestSamples(t *testing.T) {
	for _, path := range samples(t) {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := figures(takeAs(data, sampleOptions))
			golden(t, name, got)
			for how, changed := range otherEnds(data) {
				if again := figures(takeAs(changed, sampleOptions)); again != got {
					t.Errorf("with %s:\n%s\nwant\n%s", how, again, got)
				}
			}
		})
	}
}

// sampleOptions are of a company that has said its account's currency.
var sampleOptions = Options{Currency: "EUR", Language: "en", Account: "OWN"}

// otherEnds are a text with other ends of its lines, and with a mark before it.
func otherEnds(data []byte) map[string][]byte {
	if bytes.HasPrefix(data, []byte("PK")) {
		return nil
	}
	text := onlyLF(string(data))
	return map[string][]byte{
		"CRLF":   []byte(strings.ReplaceAll(text, "\n", "\r\n")),
		"CR":     []byte(strings.ReplaceAll(text, "\n", "\r")),
		"a mark": append([]byte("\xef\xbb\xbf"), data...),
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run with -update and check the figures by hand:\n%s", err, got)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
