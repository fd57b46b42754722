package main

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"duebot/adapters/paper"
	"duebot/commands/card"
	"duebot/ledger"
)

// A sheet of receivables is to calculate with: what is owed is a formula over figures, and a
// name that looks like one is text. What is disputed stands beside, and changes no sum.
func TestAgingSheets(t *testing.T) {
	row := func(name string, cur ledger.Currency, bucket [ledger.Buckets]int64, onAcct int64) agingRow {
		return agingRow{"acme", name, "Sofia", "", &ledger.AgingRow{Currency: cur, Bucket: bucket, OnAcct: onAcct, Disputed: bucket[1] / 4}}
	}
	rows := []agingRow{row(`=HYPERLINK("http://evil.example")`, "EUR", [ledger.Buckets]int64{100, 20000, 0, 5}, 50),
		row("Yen KK", "JPY", [ledger.Buckets]int64{7}, 0), row("Beta", "EUR", [ledger.Buckets]int64{1}, 0)}
	book := &paper.Workbook{Lang: "en", Title: "Receivables", Sheets: agingSheets(rows, ledger.UsualEdges, func(t card.Text) string { return t.Key })}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct{ sheet, cell, value, formula string }{
		{"EUR", "B2", `=HYPERLINK("http://evil.example")`, ""}, {"EUR", "E2", "200.55", "SUM(F2:L2)"}, {"EUR", "F2", "1", ""},
		{"EUR", "L2", "-0.5", ""}, {"EUR", "M2", "50", ""}, {"EUR", "M4", "50", "SUM(M2:M3)"}, {"EUR", "E4", "200.56", "SUM(E2:E3)"}, {"JPY", "E2", "7", "SUM(F2:L2)"},
	} {
		value, _ := f.GetCellValue(want.sheet, want.cell, excelize.Options{RawCellValue: true})
		formula, _ := f.GetCellFormula(want.sheet, want.cell)
		if value != want.value || formula != want.formula {
			t.Errorf("%s %s is %q of %q, want %q of %q", want.sheet, want.cell, value, formula, want.value, want.formula)
		}
	}
	out.Reset()
	if err := agingTable(rows[:1], ledger.UsualEdges).WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	const csv = "customer,name,owner,segment,currency,total,not_due,days_1_30,days_31_60,days_61_90,days_91_120,days_120_up,on_account,disputed\n" +
		`acme,"'=HYPERLINK(""http://evil.example"")",Sofia,,EUR,200.55,1.00,200.00,0.00,0.05,0.00,0.00,-0.50,50.00` + "\n"
	if out.String() != csv {
		t.Errorf("got\n%s\nwant\n%s", out.String(), csv)
	}
}
