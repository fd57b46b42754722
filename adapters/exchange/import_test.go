package exchange

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"duebot/adapters/cells"
	"duebot/ledger"
)

// said is a file as one line for each row, and what is wrong or asked.
func said(f *ledger.ImportFile, err error) string {
	if r, ok := ledger.AsRefusal(err); ok {
		return fmt.Sprintf("refused %s %v", r.Key, r.Args)
	}
	if err != nil {
		return "error " + err.Error()
	}
	var out strings.Builder
	if f.Ask != nil {
		fmt.Fprintf(&out, "ask %s %q %v\n", f.Ask.What, f.Ask.Example, f.Ask.Options)
	}
	for _, r := range f.Rows {
		fmt.Fprintf(&out, "%d ", r.Line)
		switch {
		case r.Customer != nil:
			c := r.Customer
			fmt.Fprintf(&out, "customer %s %q %s %s %s", c.Handle, c.Name, c.Currency, c.Language, c.ZoneName)
			if c.Terms != nil {
				fmt.Fprintf(&out, " %s", c.Terms)
			}
			if c.Limit != nil {
				fmt.Fprintf(&out, " limit %s", c.Limit)
			}
			fmt.Fprintf(&out, " %s%s%v", c.Owner, c.Segment, c.Mails)
		case r.Opening != nil:
			fmt.Fprintf(&out, "open %s %s %s %s %s %s", r.Opening.Customer, r.Opening.Reference, r.Opening.Date, r.Opening.Due, r.Opening.Open, r.Opening.Currency)
		case r.Invoice != nil:
			fmt.Fprintf(&out, "invoice %s %s %s %s", r.Invoice.Customer, r.Invoice.Reference, r.Invoice.Date, r.Invoice.Due)
			for _, l := range r.Invoice.Lines {
				fmt.Fprintf(&out, " + %s x %s %q %s%%", l.Quantity, l.Price, l.Text, l.Tax)
			}
		default:
			fmt.Fprintf(&out, "payment %s %s %s %s %s %q", r.Payment.Customer, r.Payment.Number, r.Payment.Date, r.Payment.Amount, r.Payment.Currency, r.Payment.Reference)
		}
		fmt.Fprintln(&out)
	}
	for _, p := range f.Wrong {
		r, _ := ledger.AsRefusal(p.Err)
		fmt.Fprintf(&out, "%d %s\n", p.Line, r.Key)
	}
	return out.String()
}

func TestFilesAreKnownByTheirColumns(t *testing.T) {
	for name, c := range map[string]struct{ language, file, want string }{
		"English customers": {"en", "Customer No,Name,Currency,Payment terms,Credit limit,E-mail,Fax\nACME,Acme GmbH,eur,30 days,5000.00,ap@acme.example,\n10023,Old & Sons Ltd,,,,,\n",
			"2 customer ACME \"Acme GmbH\" EUR   net30 limit 5000 [ap@acme.example]\n3 customer c10023 \"Old & Sons Ltd\"    []\n"},
		"customers without a number": {"en", "Name,Language\n\"Müller & Sons GmbH\",DE\nООО «Ромашка»,ru\n", "2 customer müller-sons \"Müller & Sons GmbH\"  de  []\n3 customer ромашка \"ООО «Ромашка»\"  ru  []\n"},
		"German open items": {"de", "Offene Posten per 30.09.2026\n\nKunde;Rechnungs-Nr.;Rechnungsdatum;Fälligkeit;Offener Betrag (EUR)\nAcme;2026/7;1.8.26;31.08.2026;1.200,50\nTokyo;T-9;01.09.2026;;880,-\nSumme;;;;2.080,50\n",
			"4 open Acme 2026/7 2026-08-01 2026-08-31 1200.5 \n5 open Tokyo T-9 2026-09-01  880 \n"},
		"Russian open items": {"ru", "Контрагент;Номер документа;Дата;Срок оплаты;Остаток;Валюта\n\"ООО \"\"Ромашка\"\"\";УТ-117;01.09.2026 г.;15.09.2026;1 200,50;руб.\nИтого;;;;1 200,50;\n",
			"2 open ООО \"Ромашка\" УТ-117 2026-09-01 2026-09-15 1200.5 RUB\n"},
		"Romanian payments": {"ro", "Client;Nr. factura;Data plății;Suma plătită;Detalii plată\nAlfa SRL;FCT 12;03.10.2026;1.250,00;OP 17\n", "2 payment Alfa SRL FCT 12 2026-10-03 1250  \"OP 17\"\n"},
		"Italian invoices": {"it", "Cliente\tNumero\tDescrizione\tQuantità\tPrezzo unitario\tAliquota IVA\nRossi\tA1\tConsulenza\t3\t1.200,00\t22%\nRossi\tA1\tTrasferta\t1\t99,50\t22\n",
			"2 invoice Rossi A1   + 3 x 1200 \"Consulenza\" 22% + 1 x 99.5 \"Trasferta\" 22%\n"},
		"Chinese open items":   {"zh", "客户名称,发票号码,开票日期,到期日,未付金额,币种\n上海公司,00117,2026年9月1日,2026/10/1,\"12,000.00\",人民币\n合计,,,,\"12,000.00\",\n", "2 open 上海公司 00117 2026-09-01 2026-10-01 12000 CNY\n"},
		"Persian payments":     {"fa", "مشتری,شماره فاکتور,تاریخ پرداخت,مبلغ پرداختی\nآلفا,۱۱۷,۱۴۰۵/۰۷/۱۲,\"۱٬۲۰۰٫۵۰\"\n", "2 payment آلفا ۱۱۷ 2026-10-04 1200.5  \"\"\n"},
		"American dates":       {"en", "Customer,Invoice,Date,Due,Open\nacme,1,09/01/2026,09/30/2026,5\n", "2 open acme 1 2026-09-01 2026-09-30 5 \n"},
		"dates of two kinds":   {"en", "Customer,Invoice,Date,Due,Open\nacme,1,09/01/2026,10/01/2026,5\n", "ask dates \"10/01/2026\" [dmy mdy]\n"},
		"the same in Russian":  {"ru", "Customer,Invoice,Date,Due,Open\nacme,1,09/01/2026,10/02/2026,5\n", "2 open acme 1 2026-01-09 2026-02-10 5 \n"},
		"sums of two kinds":    {"en", "Customer,Invoice,Date,Due,Open\nacme,1,2026-09-01,2026-09-30,1.200\n", "ask numbers \"1.200\" [. ,]\n"},
		"told by another row":  {"en", "Customer,Invoice,Date,Due,Open\nacme,1,2026-09-01,2026-09-30,1.200\nacme,2,2026-09-01,2026-09-30,\"7,5\"\n", "2 open acme 1 2026-09-01 2026-09-30 1200 \n3 open acme 2 2026-09-01 2026-09-30 7.5 \n"},
		"a list of invoices":   {"en", "Customer,Invoice,Date,Total\nacme,1,2026-09-01,5\n", "ask kind \"\" [opening invoices payments]\n"},
		"nothing of ours":      {"en", "Name of the game,Score\nchess,5\n", "refused file.columns [columns Name of the game, Score]"},
		"an amount twice":      {"en", "Customer,Number,Date,Open,Balance\nacme,1,2026-09-01,5,6\n", "refused file.twice [first Open second Balance]"},
		"a quote left open":    {"en", "Name,Language\n\"Acme,en\n", "refused file.quotes [line 2]"},
		"nothing":              {"en", " \n", "refused file.empty []"},
		"an old workbook":      {"en", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "refused file.oldexcel []"},
		"a picture":            {"en", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "refused file.notable []"},
		"what Excel calls sep": {"en", "sep=;\nName;Language\nAcme;en\n", "3 customer acme \"Acme\"  en  []\n"},
		"a row too long":       {"en", "Name,Language\nAcme,en,,\nBeta,en,EUR\n", "2 customer acme \"Acme\"  en  []\n3 row.cells\n"},
	} {
		if got := said(ReadImport([]byte(c.file), Reading{Language: c.language})); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

func TestEncodings(t *testing.T) {
	const russian = "Наименование;Язык\nРомашка;ru\n"
	for name, c := range map[string]struct {
		language, file string
		as             encoding.Encoding
		want           string
	}{
		"windows-1251 in an English company": {"en", russian, charmap.Windows1251, `"Ромашка"`},
		"CP866":                              {"ru", russian, charmap.CodePage866, `"Ромашка"`},
		"UTF-16 with a mark":                 {"en", russian, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), `"Ромашка"`},
		"UTF-16 without":                     {"en", "Name;Language\nAcmé;fr\n", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), `"Acmé"`},
		"windows-1252":                       {"de", "Firma;Währung\nMüller;EUR\n", charmap.Windows1252, `"Müller"`},
		"windows-1250 in Romania":            {"ro", "Denumire;Limba\nȘtefan și fiii\n", nil, ""},
		"GBK":                                {"zh", "客户名称,语言\n上海公司,zh\n", simplifiedchinese.GBK, `"上海公司"`},
		"windows-1256":                       {"fa", "نام,زبان\nالفا,fa\n", charmap.Windows1256, `"الفا"`},
	} {
		data := []byte(c.file)
		if c.as == nil {
			data, c.want = []byte("Denumire;Limba\n\xaatefan \xbai fiii;ro\n"), "\"Ştefan şi fiii\""
		} else {
			var err error
			if data, err = c.as.NewEncoder().Bytes(data); err != nil {
				t.Fatal(name, err)
			}
		}
		if got := said(ReadImport(data, Reading{Language: c.language})); !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %s", name, got, c.want)
		}
	}
}

// book makes a workbook: a number is one, "=1+1" a formula with its value kept.
func book(t *testing.T, rows ...[]any) []byte {
	f := excelize.NewFile()
	for i, row := range rows {
		for j, v := range row {
			cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
			if err := f.SetCellValue("Sheet1", cell, v); err != nil {
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

func TestWorkbooks(t *testing.T) {
	data := book(t, []any{"Open items"}, []any{}, []any{"Customer", "Invoice no.", "Date", "Due date", "Open", "Remark"},
		[]any{"acme", "2026/7", 46235, 46265, 1200.1, "x"}, []any{"acme", 118, "01.09.2026", "2026-09-30 00:00:00", 1.234, nil}, []any{"Total", nil, nil, nil, 1201.334})
	want := "4 open acme 2026/7 2026-08-01 2026-08-31 1200.1 \n5 open acme 118 2026-09-01 2026-09-30 1.234 \n"
	if got := said(ReadImport(data, Reading{Language: "en"})); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	words := book(t, []any{"Customer", "Invoice", "Date", "Open"}, []any{"acme", "1", "2026-09-01", "1.234"})
	if got := said(ReadImport(words, Reading{Language: "en"})); !strings.HasPrefix(got, "ask numbers") {
		t.Errorf("a sum in words: got %s", got)
	}
	if got := said(ReadImport(data[:len(data)/2], Reading{})); got != "refused file.book []" {
		t.Errorf("half a workbook: got %s", got)
	}
	if r, ok := ledger.AsRefusal(cells.CheckBook(bytes.NewReader(bomb(t)), int64(len(bomb(t))), bombSize-1)); !ok || r.Key != "file.bomb" {
		t.Errorf("a bomb: got %v", r)
	}
	if err := cells.CheckBook(bytes.NewReader(bomb(t)), int64(len(bomb(t))), bombSize); err != nil {
		t.Errorf("the largest: got %v", err)
	}
}

const bombSize = 4 << 20

// bomb is a small zip that becomes larger.
func bomb(t *testing.T) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	w.Write(make([]byte, bombSize))
	z.Close()
	return out.Bytes()
}

func TestNobodyIsAskedAlone(t *testing.T) {
	const file = `customer,number,date,due,open,currency
acme,2025/117,2026-08-01,31.08.2026,"1,200.50",
acme,2025/118,2026-02-30,2026-08-31,100,
acme,2025/119,08/01/2026,2026-08-31,100,
acme,2025/121,2026-08-01,2026-08-31,12.3.4,
acme,2025/122,2026-08-01,2026-08-31,1e9,
acme,2025/123,2026-08-01,2026-08-31,100,EUX
acme,2025/124,2026-08-01,2026-08-31,100
acme,"2025
125",2026-08-01,2026-08-31,NaN,
acme,2025/126,2026-08-01,2026-08-31,"1,234,567",
`
	want := "2 open acme 2025/117 2026-08-01 2026-08-31 1200.5 \n6 open acme 2025/122 2026-08-01 2026-08-31 1000000000 \n11 open acme 2025/126 2026-08-01 2026-08-31 1234567 \n" +
		"3 row.date\n4 row.twodays\n5 row.sum\n7 row.currency\n8 row.cells\n9 row.sum\n"
	if got := said(ReadImport([]byte(file), Reading{Alone: true, ImportAnswers: ledger.ImportAnswers{Kind: ledger.ImportOpening}})); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	const two = "customer,number,date,due,open\nacme,1,2026-08-01,2026-08-31,\"1,200\"\n"
	if got := said(ReadImport([]byte(two), Reading{Alone: true})); got != "2 row.twoways\n" {
		t.Errorf("got %s", got)
	}
}

func TestSums(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "1200": "1200", "1200.5": "1200.5", "1200,50": "1200.5", "1,200.50": "1200.5", "1.200,50": "1200.5", "1 200,50": "1200.5",
		"1\u00a0200": "1200", "1'200.50": "1200.5", "1,200,300": "1200300", "-3.50": "-3.5", "3.50-": "-3.5", "(1,200.50)": "-1200.5", "0.125": "0.125",
		"€5": "5", "5 €": "5", "12.50 EUR": "12.5", "1 200,50 ₽": "1200.5", "7,50 руб.": "7.5", "١٢": "12", "۱٬۲۰۰٫۵": "1200.5", "1e3": "1000", "1200.1000000000001": "1200.1",
		"1,234": "", "1.234": "", "": "", ".5": "", "5.": "", "1,2,3": "", "1,200.300,40": "", "12ab": "", "--1": "", "+1": "", "0x10": "", "1_000": "", "Inf": "", "1e999": "",
	} {
		d, err := cells.Sum(text, "")
		if got := d.String(); err == nil && got != want || (err != nil) != (want == "") {
			t.Errorf("%q: got %s, %v; want %q", text, got, err, want)
		}
	}
	for _, c := range []struct{ text, point, want string }{{"1.200", ",", "1200"}, {"1.200", ".", "1.2"}, {"1,200", ".", "1200"}, {"1,200", ",", "1.2"}} {
		if d, err := cells.Sum(c.text, c.point); err != nil || d.String() != c.want {
			t.Errorf("%s with %s: got %s, %v; want %s", c.text, c.point, d, err, c.want)
		}
	}
}

// Files of real programs, which are not ours to keep here: none may stop the reader, and one
// of receivables is known for what it is.
func TestRealFiles(t *testing.T) {
	dir := os.Getenv("DUEBOT_SAMPLES")
	if dir == "" {
		t.Skip("DUEBOT_SAMPLES names no folder")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*", "*"))
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil || len(data) > 20<<20 {
			continue
		}
		got := said(ReadImport(data, Reading{Language: "en"}))
		if head, _, _ := strings.Cut(got, "\n"); !strings.HasPrefix(got, "refused") {
			t.Logf("%s: %d lines, %.120q", filepath.Base(path), strings.Count(got, "\n"), head)
		}
	}
}

func FuzzReadImport(f *testing.F) {
	f.Add([]byte("customer,number,date,due,open\nacme,1,2026-01-01,2026-01-02,3\n"))
	f.Add([]byte("Kunde;Nummer;Datum;F\xe4llig;Offen;W\xe4hrung\n\"a\";\"\n\";1.2.2026;;1.000,5;EUR\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := ReadImport(file, Reading{Language: "ru"})
		if err != nil {
			if _, ok := ledger.AsRefusal(err); !ok {
				t.Errorf("no sentence for %v", err)
			}
			return
		}
		for _, p := range got.Wrong {
			if _, ok := ledger.AsRefusal(p.Err); !ok || p.Line < 2 {
				t.Errorf("line %d: %v", p.Line, p.Err)
			}
		}
		for _, r := range got.Rows {
			if r.Line < 2 || len(got.Cells(r.Line)) != len(got.Head) {
				t.Errorf("row %d has %d cells, and the head %d", r.Line, len(got.Cells(r.Line)), len(got.Head))
			}
		}
	})
}
