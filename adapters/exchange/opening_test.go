package exchange

import (
	"fmt"
	"strings"
	"testing"
)

func TestReadCustomers(t *testing.T) {
	const want = `2 acme "Acme; Sons" EUR en Europe/Berlin net30 5000 U0123ABCD
3 tokyo "" JPY "" "" none none ""
`
	for name, file := range map[string]string{
		"commas":                   "handle,name,currency,language,zone,terms,limit,owner\nacme,Acme; Sons,eur,EN,Europe/Berlin,net 30,5000.00,U0123ABCD\ntokyo,,JPY,,,,,\n",
		"semicolons and quotes":    "handle;name;currency;language;zone;terms;limit;owner\r\nacme;\"Acme; Sons\";EUR;en;Europe/Berlin;30d;5.000,00;U0123ABCD\r\ntokyo;;JPY;;;;;\r\n",
		"tabs and a byte mark":     "\ufeffhandle\tname\tcurrency\tlanguage\tzone\tterms\tlimit\towner\nacme\tAcme; Sons\tEUR\ten\tEurope/Berlin\tnet30\t5 000.00\tU0123ABCD\ntokyo\t\tJPY\t\t\t\t\t\n",
		"another order, no ending": "Limit,TZ,Owner,Terms,Lang,Currency,Name,Handle\n5000,Europe/Berlin,U0123ABCD,net30,en,EUR,Acme; Sons,acme\n,,,,,JPY,,tokyo",
	} {
		got, problems, err := ReadCustomers(strings.NewReader(file))
		if err != nil || len(problems) > 0 {
			t.Errorf("%s: %v %v", name, err, problems)
			continue
		}
		var out strings.Builder
		for _, c := range got {
			terms, limit := "none", "none"
			if c.Terms != nil {
				terms = c.Terms.String()
			}
			if c.Limit != nil {
				limit = c.Limit.String()
			}
			fmt.Fprintf(&out, "%d %s %q %s %s %s %s %s %s\n", c.Line, c.Handle, c.Name, c.Currency, orEmpty(c.Language), orEmpty(c.ZoneName), terms, limit, orEmpty(c.Owner))
		}
		if out.String() != want {
			t.Errorf("%s: got\n%swant\n%s", name, out.String(), want)
		}
	}
}

func orEmpty(s string) string {
	if s == "" {
		return `""`
	}
	return s
}

func TestReadInvoicesNamesEveryWrongRow(t *testing.T) {
	const file = `customer,number,date,due,open,currency
acme,2025/117,2026-08-01,31.08.2026,"1,200.50",
acme,2025/118,2026-02-30,2026-08-31,100,
acme,2025/119,08/01/2026,2026-08-31,100,
acme,2025/120,2026-08-01,2026-08-31,"1,200",
acme,2025/121,2026-08-01,2026-08-31,12.3.4,
acme,2025/122,2026-08-01,2026-08-31,1e9,
acme,2025/123,2026-08-01,2026-08-31,100,EUX
acme,2025/124,2026-08-01,2026-08-31,100
acme,"2025
125",2026-08-01,2026-08-31,NaN,
acme,2025/126,2026-08-01,2026-08-31,1.234.567,
`
	got, problems, err := ReadInvoices(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Open.String() != "1200.5" || got[0].Due.String() != "2026-08-31" || got[1].Open.String() != "1234567" || got[1].Line != 12 {
		t.Errorf("read %v", got)
	}
	var lines []int
	for _, p := range problems {
		lines = append(lines, p.Line)
		if p.Text == "" {
			t.Errorf("line %d: nothing is said", p.Line)
		}
	}
	if want := "[3 4 5 6 7 8 10 9]"; fmt.Sprint(lines) != want {
		t.Errorf("problems in lines %v, want %s: %v", lines, want, problems)
	}
}

func TestHostileFiles(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"empty":                   {"", "empty"},
		"only a byte mark":        {"\ufeff", "empty"},
		"Windows-1252":            {"handle,name\nacme,M\xfcller\n", "UTF-8"},
		"UTF-16":                  {"h\x00a\x00n\x00d\x00l\x00e\x00\n\x00", "UTF-8"},
		"no header":               {"acme,Acme\n", `"acme" is unknown`},
		"a column twice":          {"handle,name,Name\n", "twice"},
		"a column missing":        {"name,currency\n", `"handle" is missing`},
		"a column without name":   {"handle,\n", `"" is unknown`},
		"a quote that stays open": {"handle,name\nacme,\"Acme\n", "quote"},
		"a formula for a column":  {"handle,=cmd()\n", "unknown"},
	} {
		_, problems, err := ReadCustomers(strings.NewReader(c.file))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v %v, want %q", name, err, problems, c.want)
		}
	}
}

func TestSums(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "1200": "1200", "1200.5": "1200.5", "1200,50": "1200.5", "1,200.50": "1200.5", "1.200,50": "1200.5", "1 200,50": "1200.5",
		"1\u00a0200": "1200", "1'200.50": "1200.5", "1,200,300": "1200300", "-3.50": "-3.5", "0.125": "0.125", "1,234": "", "1.234": "", "": "", ".5": "",
		"5.": "", "1,2,3": "", "1,200.300,40": "", "12a": "", "€5": "", "١٢": "", "--1": "", "+1": "", "0x10": "", "1_000": "", "Inf": "",
	} {
		d, err := readSum(text)
		if got := d.String(); err == nil && got != want || (err != nil) != (want == "") {
			t.Errorf("%q: got %s, %v; want %q", text, got, err, want)
		}
	}
}

func FuzzReadInvoices(f *testing.F) {
	f.Add("customer,number,date,due,open\nacme,1,2026-01-01,2026-01-02,3\n")
	f.Add("customer;number;date;due;open;currency\n\"a\";\"\n\";1.2.2026;;1.000,5;EUR\n")
	f.Fuzz(func(t *testing.T, file string) {
		rows, problems, err := ReadInvoices(strings.NewReader(file))
		if err != nil && len(rows)+len(problems) > 0 {
			t.Errorf("both rows and an error: %v", err)
		}
		for _, r := range rows {
			if r.Date == 0 || r.Due == 0 || r.Line < 2 {
				t.Errorf("read %+v", r)
			}
		}
	})
}
