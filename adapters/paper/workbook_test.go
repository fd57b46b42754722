package paper

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func workbookOf(t *testing.T, d *Document) []byte {
	t.Helper()
	b, err := d.Workbook()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestStatementWorkbook(t *testing.T) {
	for _, lang := range []string{"en", "fa"} {
		d := kinds(lang, 2)[Statement]
		d.Accounts[0].Entries[1].Text = `=HYPERLINK("http://evil.example","x")`
		data := workbookOf(t, d)
		if !bytes.Equal(data, workbookOf(t, d)) {
			t.Errorf("%s: the same workbook has other bytes", lang)
		}
		keep(t, "statement-"+lang+".xlsx", data)
		f, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		name := string(d.Currency)
		raw := func(cell string) string {
			v, err := f.GetCellValue(name, cell, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		for cell, want := range map[string]string{"E2": "12050", "C3": "1190", "D4": "600.01", "B4": d.Accounts[0].Entries[1].Text, "A2": "46204"} {
			if got := raw(cell); got != want {
				t.Errorf("%s: %s is %q, want %q", lang, cell, got, want)
			}
		}
		// Opening, five entries, closing; then the sums.
		if formula, _ := f.GetCellFormula(name, "C9"); formula != "SUM(C2:C8)" || raw("C9") != d.Accounts[0].Debits.Decimal().String() {
			t.Errorf("%s: the sum is %q, %q", lang, formula, raw("C9"))
		}
		if formula, _ := f.GetCellFormula(name, "B4"); formula != "" {
			t.Errorf("%s: a text became the formula %q", lang, formula)
		}
		checkXML(t, data, lang == "fa")
	}
}

// checkXML looks at what the library does not tell.
func checkXML(t *testing.T, data []byte, rtl bool) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		f, err := z.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(f)
		return string(b)
	}
	sheet := read("xl/worksheets/sheet1.xml")
	if strings.Contains(sheet, `rightToLeft="true"`) != rtl || !strings.Contains(sheet, `state="frozen"`) {
		t.Errorf("the view of the sheet is wrong: %.400s", sheet)
	}
	if !strings.Contains(read("xl/styles.xml"), `quotePrefix="true"`) || !strings.Contains(read("xl/workbook.xml"), `fullCalcOnLoad="true"`) {
		t.Error("text is not marked as text, or sums are not counted again")
	}
}

func TestLinesWorkbook(t *testing.T) {
	d := invoice("ru", 0)
	d.Number, d.Lines[0].Text = "INV:2026/1?*[x]'"+strings.Repeat("y", 40), "\x00\x1bплохо\ufffe"+strings.Repeat("z", 40_000)
	data := workbookOf(t, d)
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	name := f.GetSheetName(0)
	if v, _ := f.GetCellValue(name, "F4", excelize.Options{RawCellValue: true}); v != "617.5" {
		t.Errorf("the last amount on %q is %q", name, v)
	}
}

func TestCSV(t *testing.T) {
	d := kinds("en", 0)[Statement]
	d.Accounts[0].Entries[0].Text = "=1+1"
	d.Accounts[0].Entries[1].Text = `a "quoted", name`
	b, err := d.Workbook()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := b.Sheets[0].WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	want := "Date,Document,\"Debit, EUR\",\"Credit, EUR\",\"Balance, EUR\"\n2026-07-01,Opening balance,,,12050.00\n2026-07-03,'=1+1,1190.00,,13240.00\n" +
		"2026-07-05,\"a \"\"quoted\"\", name\",,600.01,12639.99\n2026-07-07,Credit note CN-2026-000003,,600.02,12039.97\n2026-09-30,Closing balance,,,12039.97\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
