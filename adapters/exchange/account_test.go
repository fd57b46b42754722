package exchange

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"duebot/ledger"
)

func TestReadAccount(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"English", "Date,Number,Debit,Credit\n2026-09-03,P-1,200.00,\n2026-09-01,INV-2026-000001,,1200.00\nTotal,,200.00,1200.00\n", "2 2026-09-03 P-1 200 0|3 2026-09-01 INV-2026-000001 0 1200"},
		{"Russian", "Акт;;;\nДата;Документ;Дебет;Кредит\n01.09.2026;INV-2026-000001;;1 200,50\n", "3 2026-09-01 INV-2026-000001 0 1200.5"},
		{"one sum", "Number\tDate\tAmount\nA-1\t01/13/2026\t-5\n", "2 2026-01-13 A-1 -5 0"},
		{"Persian", "شماره,تاریخ,بدهکار,بستانکار\nINV-1,۱۴۰۵/۰۶/۱۰,,۱۲۰۰\n", "2 2026-09-01 INV-1 0 1200"},
		{"Chinese", "编号,日期,借方,贷方\nINV-1,2026-09-01,,1200\n", "2 2026-09-01 INV-1 0 1200"},
	} {
		lines, err := ReadAccount([]byte(c.data), "en")
		var got []string
		for _, l := range lines {
			got = append(got, fmt.Sprintf("%d %s %s %s %s", l.Line, l.Date, l.Number, l.Debit, l.Credit))
		}
		if s := strings.Join(got, "|"); err != nil || s != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.name, s, err, c.want)
		}
	}
	_, err := ReadAccount([]byte("a,b\n1,2\n"), "en")
	if r, ok := ledger.AsRefusal(err); !ok || r.Key != "account.columns" {
		t.Errorf("another table: %v", err)
	}
}

// TestLargeAccount reads tables that a customer made to cost much.
func TestLargeAccount(t *testing.T) {
	rows := "Number,Amount\n" + strings.Repeat("1,1.200\n", 1_000_000)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"rows":     {[]byte(rows), "file.rows"},
		"commas":   {[]byte("Number,Amount\n" + strings.Repeat("1"+strings.Repeat(",", 2_000)+"1\n", 4_500)), "file.rows"},
		"few rows": {[]byte(rows[:5_000*len("1,1.200\n")]), ""},
		"too many": {[]byte(rows[:5_010*len("1,1.200\n")]), "file.rows"},
		"workbook": {wideBook(t, 100_000, 10), "file.bomb"},
		"digits":   {[]byte("Number,Amount\n1,1." + strings.Repeat("0", 3<<20) + "\n"), ""},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := ReadAccount(c.data, "en")
		runtime.ReadMemStats(&after)
		key := ""
		if r, ok := ledger.AsRefusal(err); ok {
			key = r.Key
		}
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; key != c.want || used > 64 { // of all that it ever took, which is its work too
			t.Errorf("%s, %d bytes: %q, %d MB", name, len(c.data), key, used)
		}
	}
}

// wideBook is a workbook of many cells that pack well.
func wideBook(t *testing.T, rows, columns int) []byte {
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	head, cells := make([]any, columns), make([]any, columns)
	for i := range head {
		head[i], cells[i] = "Amount", 1.125
	}
	head[0] = "Number"
	for line := range rows + 1 {
		if err := w.SetRow(fmt.Sprintf("A%d", line+1), map[bool][]any{true: head, false: cells}[line == 0]); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	var out bytes.Buffer
	if _, err := f.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
