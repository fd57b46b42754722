package bank

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duebot/ledger"
)

// told is all that was read of a file, a paragraph for each line.
func told(k *taken, err error) string {
	var out strings.Builder
	out.WriteString(figures(k, err))
	if err != nil {
		return out.String()
	}
	for i := range k.statements {
		a := k.statements[i].Account
		fmt.Fprintf(&out, "%s %q holder %q id %q number %q\n", a.Bank, a.Number, a.Holder, k.statements[i].ID, k.statements[i].Number)
		for _, l := range k.lines[i] {
			fmt.Fprintf(&out, "- %d: %s value %s %s", l.Row, l.Booked, l.Value, l.Amount)
			for _, f := range []struct {
				name, value string
			}{{"party", l.Party.Number}, {"bank", l.Party.Bank}, {"name", l.PartyName}, {"tax", l.PartyTax}, {"creditor", l.Creditor}, {"documents", strings.Join(l.Documents, " ")}, {"sums", strings.Trim(fmt.Sprint(l.Sums), "[]")},
				{"end to end", l.EndToEnd}, {"ref", l.BankRef}, {"batch", l.Batch}, {"code", l.Code}, {"return", l.Return}, {"text", l.Text}} {
				if f.value != "" {
					fmt.Fprintf(&out, ", %s %q", f.name, f.value)
				}
			}
			for name, is := range map[string]bool{" pending": l.Pending, " reversal": l.Reversal, " instructed " + l.Instructed.String(): l.Instructed != ledger.Money{}} {
				if is {
					out.WriteString(name)
				}
			}
			if l.Fees.Currency != "" {
				fmt.Fprintf(&out, " fees %s", l.Fees)
			}
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// Each dialect reads to all that it says, with any end of lines, and with a mark before it.
func TestDialects(t *testing.T) {
	files, err := filepath.Glob("testdata/own/*")
	if err != nil || len(files) < 20 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	for _, path := range files {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := told(takeAs(data, ownOptions))
			golden(t, "../own-read/"+name, got)
			if utf16Of(data) != nil {
				return
			}
			for how, changed := range otherEnds(data) {
				if how == "CR" && strings.Contains(name, "quotes") || how == "CRLF" && strings.Contains(name, "run-on") {
					continue
				}
				if again := told(takeAs(changed, ownOptions)); again != got {
					t.Errorf("with %s:\n%s\nwant\n%s", how, again, got)
				}
			}
		})
	}
}

var ownOptions = Options{Language: "en", Currency: "EUR"}
