package bank

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// workbook is one of a sheet for each list of rows.
func workbook(t testing.TB, y1904 bool, sheets ...[][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &y1904}); err != nil {
		t.Fatal(err)
	}
	for i, rows := range sheets {
		name := fmt.Sprintf("Sheet%d", i+1)
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for j, row := range rows {
			if err := f.SetSheetRow(name, fmt.Sprintf("B%d", j+2), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A workbook's sheet with headings is found; its numbers are numbers, and its days may be.
func TestWorkbook(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 4, d, 0, 0, 0, 0, time.UTC) }
	rows := [][]any{
		{"Example Bank"}, {},
		{"Booking date", "Payer", "Purpose", "Amount", "Currency", "Balance"},
		{day(1), "Acme GmbH", "INV-2026-000001", 0.1 + 0.2, "EUR", 100.3},
		{day(2), "Bolt", "INV-2026-000002", 1234.5, "EUR", 1334.8},
		{"2026-04-03", "Fee", "", "-1.334,80", "EUR", "0,00"},
		{"Total", "", "", -100, "EUR", ""},
	}
	for _, y1904 := range []bool{false, true} {
		k, err := takeAs(workbook(t, y1904, [][]any{{"notes"}, {"of the bank"}}, rows), Options{Account: "OWN"})
		if err != nil || len(k.statements) != 1 {
			t.Fatalf("1904 %v: %v, %d statements", y1904, err, len(k.statements))
		}
		var said []string
		for _, l := range k.lines[0] {
			said = append(said, l.Booked.String()+" "+l.Amount.String()+" "+l.PartyName+" "+l.Text)
		}
		want := "2026-04-01 0.30 EUR Acme GmbH INV-2026-000001; 2026-04-02 1234.50 EUR Bolt INV-2026-000002; 2026-04-03 -1334.80 EUR Fee "
		if got := strings.Join(said, "; "); got != want {
			t.Errorf("1904 %v: got\n%s\nwant\n%s", y1904, got, want)
		}
		if st := k.statements[0]; st.Opening.Amount.Minor != 10000 || st.Closing.Amount.Minor != 0 || len(k.mismatches[0]) != 0 {
			t.Errorf("1904 %v: from %v to %v, %v", y1904, st.Opening, st.Closing, k.mismatches[0])
		}
	}
}

// What is no workbook, or becomes too large as one, is refused.
func TestWorkbookRefusals(t *testing.T) {
	book := workbook(t, false, [][]any{{"Date", "Amount"}})
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"cut":   {book[:len(book)/2], "[1 book]"},
		"empty": {workbook(t, false), "[1 empty]"},
	} {
		_, err := takeAs(c.data, Options{})
		if got := fmt.Sprint(problemKeys(err)); got != c.want {
			t.Errorf("%s: %s %v, want %s", name, got, err, c.want)
		}
	}
	var needs *NeedsMapping
	if err := Read(bytes.NewReader(book), int64(len(book)), Options{}, Sink{}); !errors.As(err, &needs) || len(needs.Head) != 3 {
		t.Errorf("headings alone: %v", err)
	}
}

// A statement on each of several sheets is read from all of them: a sheet for each account. With
// headings of their own they are refused: none is left out in silence.
func TestSheets(t *testing.T) {
	head := []any{"Date", "Details", "Amount", "Currency", "Balance"}
	sheet := func(iban, currency string, sum float64) [][]any {
		return [][]any{{"Account number", iban}, head, {"2026-04-02", "INV-2026-000441", sum, currency, sum}, {"2026-04-03", "fee", -1.5, currency, sum - 1.5}}
	}
	euros, dollars := sheet("DE89370400440532013000", "EUR", 100), sheet("DE02120300000000202051", "USD", 200.25)
	cover, empty := [][]any{{"Report", "Summary"}, {"Accounts", 2}}, [][]any{head}
	k, err := takeAs(workbook(t, false, cover, empty, euros, dollars), Options{Language: "en"})
	if err != nil || len(k.statements) != 2 || len(k.lines[0]) != 2 || len(k.lines[1]) != 2 {
		t.Fatalf("%+v, %v", k, err)
	}
	for i, want := range []string{"DE89370400440532013000 98.50 EUR", "DE02120300000000202051 198.75 USD"} {
		if got := k.statements[i].Account.Number + " " + k.statements[i].Closing.Amount.String(); got != want || len(k.mismatches[i]) > 0 {
			t.Errorf("got %s %v, want %s", got, k.mismatches[i], want)
		}
	}
	dollars[1] = []any{"Day", "Purpose", "Amount", "Currency", "Balance"}
	_, err = takeAs(workbook(t, false, euros, dollars), Options{Language: "en"})
	var problems Problems
	if errors.As(err, &problems) {
		t.Fatalf("a sheet without a date column is no statement: %v", err)
	}
	dollars[1] = []any{"Booking date", "Purpose", "Amount", "Currency", "Balance"}
	if _, err = takeAs(workbook(t, false, euros, dollars), Options{Language: "en"}); !errors.As(err, &problems) || problems[0].Key != "bank.problem.sheets" || problems[0].Line != 3 {
		t.Fatal(err)
	}
	dollars = sheet("DE02120300000000202051", "USD", 200.25)
	dollars[3][2] = "soon"
	if _, err = takeAs(workbook(t, false, euros, dollars), Options{Language: "en"}); !errors.As(err, &problems) || problems[0].File != "Sheet2" || problems[0].Line != 5 {
		t.Fatal(err)
	}
}
