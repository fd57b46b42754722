package commands

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"duebot/ledger"
)

func TestParseNumber(t *testing.T) {
	tests := []struct{ text, lang, want string }{
		{"1200", "en", "1200"}, {"1,200.50", "en", "1200.5"}, {"1.200,50", "en", "1200.5"}, {"1'200.50", "de", "1200.5"},
		{"1k", "en", "1000"}, {"1.5k", "en", "1500"}, {"1,5k", "ru", "1500"},
		{"1,200", "en", "1200"}, {"1,200", "ru", "1.2"}, {"1.200", "en", "1.2"}, {"1.200", "ru", "1200"},
		{"1,20", "en", "1.2"}, {"1.20", "ru", "1.2"}, {"1,234,567", "en", "1234567"}, {"1.234.567", "en", "1234567"}, {"-5", "en", "-5"},
		{"１２００", "en", "1200"}, {"١٢٠٠", "en", "1200"}, {"۱٬۲۰۰٫۵", "fa", "1200.5"}, {"1,5к", "ru", "1500"}, {"5тыс.", "ru", "5000"}, {"1’200.50", "en", "1200.5"},
	}
	for _, tt := range tests {
		got, err := parseNumber(tt.text, tt.lang)
		if err != nil || got.String() != tt.want {
			t.Errorf("%q in %s: got %v, %v, want %s", tt.text, tt.lang, got, err, tt.want)
		}
	}
	for _, bad := range []string{"", "k", "10o", "1e9", "0x10", "NaN", "1..2.", "--1", "१२", strings.Repeat("9", 31)} {
		if got, err := parseNumber(bad, "en"); err == nil {
			t.Errorf("%q: got %v, want a refusal", bad, got)
		}
	}
}

func TestParseDate(t *testing.T) {
	today := ledger.NewDate(2026, time.October, 1) // a Thursday
	tests := map[string]string{
		"2026-12-31": "2026-12-31", "31.12.2026": "2026-12-31", "31.12.": "2026-12-31", "today": "2026-10-01", "Tomorrow": "2026-10-02",
		"next fri": "2026-10-09?", "monday": "2026-10-05", "next monday": "2026-10-05", "next thu": "2026-10-08", "31 dec": "2026-12-31",
		"Dec 31": "2026-12-31", "December 31, 2026": "2026-12-31", "31 декабря": "2026-12-31", "31 декабря 2026 г.": "2026-12-31", "1st of May": "2026-05-01",
		"завтра": "2026-10-02", "послезавтра": "2026-10-03", "пятница": "2026-10-02", "через 2 недели": "2026-10-15", "через неделю": "2026-10-08", "через месяц": "2026-11-01",
		"in 2 weeks": "2026-10-15", "in a month": "2026-11-01", "2 weeks": "2026-10-15", "3 days ago": "2026-09-28", "end of month": "2026-10-31", "конец месяца": "2026-10-31",
		"net30": "2026-10-31", "net 30": "2026-10-31", "31/12/2026": "2026-12-31", "12/31/2026": "2026-12-31", "03/04/2026": "?", "4/4/2026": "2026-04-04", "2026/12/31": "2026-12-31",
		"31.12.26": "2026-12-31", "31.12": "2026-12-31", "31-12-2026": "2026-12-31", "31dec": "2026-12-31", "domani": "2026-10-02", "venerdì": "2026-10-02", "venerdi": "2026-10-02",
		"marți": "2026-10-06", "marti": "2026-10-06", "31 dicembre": "2026-12-31", "明天": "2026-10-02", "星期五": "2026-10-02", "下周五": "?", "12月31日": "2026-12-31", "2026年12月31日": "2026-12-31",
		"3天后": "2026-10-04", "فردا": "2026-10-02", "جمعه": "2026-10-02", "سه\u200cشنبه": "2026-10-06", "۳۱ دسامبر": "2026-12-31", "３１.１２.": "2026-12-31",
		"yesterday": "2026-09-30", "14d": "2026-10-15", "2w": "2026-10-15", "fri": "2026-10-02", "thursday": "2026-10-08", "29.2.2028": "2028-02-29",
	}
	for text, want := range tests {
		got, err := parseDate(text, today)
		if strings.HasSuffix(want, "?") { // several days, and people are asked
			if !isDoubt(err) {
				t.Errorf("%q: got %s, %v, want a question", text, got, err)
			}
			continue
		}
		if err != nil || got.String() != want {
			t.Errorf("%q: got %s, %v, want %s", text, got, err, want)
		}
	}
	for _, bad := range []string{"2026-02-30", "29.2.2026", "31.11.", "0.1.2026", "1.13.2026", "someday", "", "2026-1-1", "9999d"} {
		if got, err := parseDate(bad, today); err == nil {
			t.Errorf("%q: got %s, want a refusal", bad, got)
		}
	}
}

func TestSplit(t *testing.T) {
	tests := map[string]string{
		`3 x 1200 "Consulting, October" + 1 x 99`: `3|x|1200|"Consulting, October"|+|1|x|99`,
		`“curly” «guillemets» „low“ 「corner」`:     `"curly"|"guillemets"|"low"|"corner"`,
		"1\u00a0200\u202f000 \"a\u00a0b\"":        `1200000|"a b"`,
		`10 "Paper" (tax 7%, disc 10%)`:           `10|"Paper"|(|tax|7%,|disc|10%|)`,
		`1 "not closed`:                           `1|"not closed"`,
		`"ООО «Ромашка»" 5`:                       `"ООО «Ромашка»"|5`,
		`«ООО «Ромашка»» „a «b»”`:                 `"ООО «Ромашка»"|"a «b»"`,
		`«mixed" 5`:  `"mixed"|5`,
		`»Berlin« 5`: `"Berlin"|5`,
		`1200"May"`:  `1200|"May"`,
		`1，200 “咨询（十月），差旅” （tax 7％）`: `1,200|"咨询（十月），差旅"|(|tax|7%|)`,
		``:   ``,
		`""`: `""`,
	}
	for line, want := range tests {
		var got []string
		for _, tok := range split(line) {
			if tok.quoted {
				got = append(got, `"`+tok.text+`"`)
			} else {
				got = append(got, tok.text)
			}
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%s: got %s, want %s", line, strings.Join(got, "|"), want)
		}
	}
}

// Whatever is typed, the parser answers with a draft whose totals can be computed, or with
// a refusal; it never panics and never takes a line for less than it says.
func FuzzInvoiceLine(f *testing.F) {
	for _, s := range []string{`acme 3 x 1200 "Consulting, October" + 1 x 99 "Hosting" tax 19% due 14d`, `acme 10x8.50 Paper (tax 7%, disc 10%)`, `acme 10.70 "Paper" (tax 7% reduced, exempt "§4") tax 19% incl off 5% ref PO-1 due net 30`, `acme 5 Work off reverse "why"`, `acme (((`, `acme 1 x`, `acme + +`} {
		f.Add(s)
	}
	books, err := ledger.Open(f.TempDir()+"/f.db", ledger.Options{Now: func() time.Time { return time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC) }})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { books.Close() })
	_, err = books.Update(f.Context(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) {
		if err := tx.SetCompany(ledger.CompanySet{Name: "L", Currency: "EUR", ZoneName: "UTC", Language: "en", Invoices: "INV", Credits: "CN"}); err != nil {
			return nil, err
		}
		_, err := tx.AddCustomer(ledger.NewCustomer{Handle: "acme"})
		return nil, err
	}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, line string) {
		err := books.View(func(v *ledger.View) error {
			d, err := parseInvoice(v, split(line), "en")
			if err != nil {
				return err
			}
			if _, err := d.Totals(); err != nil {
				return err
			}
			if plus := strings.Count(strings.ReplaceAll(line, `"`, ""), "+"); len(d.Lines) > plus+1 {
				return fmt.Errorf("%d lines of %q", len(d.Lines), line)
			}
			return nil
		})
		if _, refused := ledger.AsRefusal(err); err != nil && !refused {
			t.Errorf("%q: %v", line, err)
		}
	})
}
