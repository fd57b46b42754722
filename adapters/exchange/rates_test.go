package exchange

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duebot/ledger"
)

func rateFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "rates", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// zipped puts files, given as name and content in turn, into a zip.
func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = w.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func listed(r *Rates) string {
	var out []string
	for _, x := range r.List {
		out = append(out, fmt.Sprintf("%s %s %s = %s", x.Date, x.Per, x.Currency, x.Value))
	}
	return strings.Join(out, "\n")
}

func TestReadRates(t *testing.T) {
	const (
		day    = "2026-10-01 1.0857 USD = 1\n2026-10-01 161.52 JPY = 1\n2026-10-01 4.9758 RON = 1"
		before = "2026-09-30 1.0901 USD = 1\n2026-09-30 160.95 JPY = 1\n2026-09-30 4.9755 RON = 1"
		lei    = "2026-10-01 1 EUR = 4.9758\n2026-10-01 1.0857 USD = 4.9758\n2026-10-01 161.52 JPY = 4.9758"
	)
	hist := string(rateFile(t, "eurofxref-hist.csv"))
	for _, tt := range []struct {
		name string
		own  ledger.Currency
		file []byte
		want string
	}{
		{"the ECB's day as XML", "EUR", rateFile(t, "eurofxref-daily.xml"), "ECB\n" + day},
		{"the same for a company in lei: the euro has a rate, and so the others", "RON", rateFile(t, "eurofxref-daily.xml"), "ECB\n" + lei},
		{"ninety days as XML on one line", "EUR", rateFile(t, "eurofxref-hist-90d.xml"), "ECB\n" + day + "\n" + before},
		{"the ECB's day as CSV", "EUR", rateFile(t, "eurofxref.csv"), "ECB\n" + day},
		{"the history: no rate where it says N/A, and none of a currency that is no more", "EUR", []byte(hist),
			"ECB\n" + day + "\n" + before + "\n1999-01-04 1.1789 USD = 1\n1999-01-04 133.73 JPY = 1\nwithout CYP"},
		{"the history in lei: none of the days before there was a rate", "RON", []byte(hist),
			"ECB\n" + lei + "\n2026-09-30 1 EUR = 4.9755\n2026-09-30 1.0901 USD = 4.9755\n2026-09-30 160.95 JPY = 4.9755"},
		{"the day's CSV in a zip", "EUR", zipped(t, "eurofxref.csv", string(rateFile(t, "eurofxref.csv"))), "ECB\n" + day},
		{"a zip with a read-me", "EUR", zipped(t, "readme.txt", "hello", "eurofxref.CSV", string(rateFile(t, "eurofxref.csv"))), "ECB\n" + day},
		{"an own table: byte mark, semicolons, decimal commas, another order", "EUR", rateFile(t, "own.csv"), "\n2026-09-30 100 JPY = 0.6213\n2026-10-01 1 USD = 0.92"},
		{"an own table with commas", "EUR", []byte("date,currency,rate\n2026-10-01,usd,0.92\n"), "\n2026-10-01 1 USD = 0.92"},
		{"an own table with tabs; three places are decimals", "EUR", []byte("Rate\tDate\tCurrency\n1,085\t2026-10-01\tGBP"), "\n2026-10-01 1 GBP = 1.085"},
	} {
		got, err := ReadRates(bytes.NewReader(tt.file), tt.own)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		s := got.Source + "\n" + listed(got)
		if len(got.Unknown) > 0 {
			s += "\nwithout " + strings.Join(got.Unknown, " ")
		}
		if s != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, s, tt.want)
		}
	}
}

func TestReadRatesSaysWhatIsWrong(t *testing.T) {
	daily := string(rateFile(t, "eurofxref-daily.xml"))
	for _, tt := range []struct{ name, own, file, want string }{
		{"an empty file", "EUR", " \n", "the file is empty; take it again from where it came"},
		{"a web page", "EUR", "<!DOCTYPE html>\n<html></html>", "line 1 (<!DOCTYPE html>): there is a document type, which the ECB's files have not; take eurofxref-daily.xml again from the ECB"},
		{"an answer without a rate", "EUR", "<error>not found</error>", "line 1 (<error>not found</error>): there is no rate in it; take eurofxref-daily.xml again from the ECB"},
		{"a file that was cut off", "EUR", daily[:420], "line 11 (): unexpected EOF"},
		{"entities", "EUR", "<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY a \"b\">]>\n" + daily, "line 2 (<!DOCTYPE x [<!ENTITY a \"b\">]>): there is a document type"},
		{"an entity that nobody defined", "EUR", strings.Replace(daily, "Reference rates", "&lol;", 1), "invalid character entity &lol;"},
		{"a rate of nothing", "EUR", strings.Replace(daily, "161.52", "0", 1), `line 10 (<Cube currency='JPY' rate='0'/>): the rate of JPY is "0"`},
		{"a rate in words", "EUR", strings.Replace(daily, "161.52", "1e5", 1), `the rate of JPY is "1e5"`},
		{"a day that does not exist", "EUR", strings.Replace(daily, "2026-10-01", "2026-02-30", 1), `"2026-02-30" is no day of the euro`},
		{"a rate outside a day", "EUR", strings.Replace(daily, " time='2026-10-01'", "", 1), `the rate of "USD" stands under no day`},
		{"another encoding", "EUR", strings.Replace(daily, "UTF-8", "UTF-7", 1), `encoding "UTF-7"`},
		{"nested deep", "EUR", strings.Repeat("<Cube>", 1000), "nested too deep"},
		{"a currency that the ECB does not quote", "RSD", daily, "the ECB's file does not quote RSD, the company's currency; give a table with the columns date,currency,rate instead"},
		{"a row too short", "EUR", "Date,USD,JPY,\n2026-10-01,1.08,\n", "line 2 (2026-10-01,1.08,): the row has 3 cells, and the header 4"},
		{"a header alone", "EUR", "Date,USD,JPY,\n", "line 2: there is no day in it"},
		{"a thousand grouped by a comma", "EUR", "Date,USD,IDR\n2026-10-01,1.08,\"17,543\"\n", `the rate of IDR is "17,543"`},
		{"an own table whose columns are called otherwise", "EUR", "day,currency,rate\n2026-10-01,USD,0.92\n", `the column "day" is unknown; there may be date, currency, rate, per`},
		{"an own table of nothing", "EUR", "date,currency,rate\n", "line 2: there is no rate in it; write rows like 2026-09-30,USD,0.92"},
		{"a file in UTF-16", "EUR", "d\x00a\x00t\x00e\x00", "save it as \"CSV UTF-8\""},
	} {
		got, err := ReadRates(strings.NewReader(tt.file), ledger.Currency(tt.own))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, %v\nwant %q", tt.name, got, err, tt.want)
		}
	}
}

// Every wrong row of an own table is named, and none of the others is taken.
func TestReadRatesNamesEveryWrongRow(t *testing.T) {
	const file = `date,currency,rate,per
2026-10-01,USD,0.92,
2026-10-01,EUR,1.08,
2026-10-01,EUX,0.92,
2026-13-01,USD,0.92,
2026-10-02,USD,"0,92",
2026-10-02,USD,-1,
2026-10-02,USD,0.1234567,
2026-10-02,JPY,0.62,0
2026-10-01,USD,0.93,
2026-10-02,USD,1.234.567,
2026-10-02,USD
`
	const want = `line 3: EUR is the company's own currency; write what one unit of the other is worth in EUR
line 4: the currency "EUX" is unknown; write its three letters, like USD
line 5: the date "2026-13-01" can't be read, or does not exist; write it like 2026-09-30 or 30.09.2026
line 6: the rate "0,92" can't be read; write it like 0.92: more than nothing, at most 6 decimals, no marks between thousands
line 7: the rate "-1" can't be read; write it like 0.92: more than nothing, at most 6 decimals, no marks between thousands
line 8: the rate "0.1234567" can't be read; write it like 0.92: more than nothing, at most 6 decimals, no marks between thousands
line 9: the per "0" can't be read; write it like 0.92: more than nothing, at most 6 decimals, no marks between thousands
line 10: USD on 2026-10-01 stands in line 2 already; leave one out
line 11: the rate "1.234.567" can't be read; write it like 0.92: more than nothing, at most 6 decimals, no marks between thousands
line 12: the row has 2 cells, and the header 4; put cells with a delimiter in them into "quotes"`
	got, err := ReadRates(strings.NewReader(file), "EUR")
	if got != nil || err == nil || err.Error() != want {
		t.Errorf("got %v\n%v\nwant\n%s", got, err, want)
	}
}

// A small file that unpacks to much, or to many, is refused before it is read.
func TestZipBombsAreRefused(t *testing.T) {
	var many []string
	for i := range zipFilesMax + 1 {
		many = append(many, fmt.Sprint(i, ".csv"), "x")
	}
	for name, tt := range map[string]struct {
		file []byte
		want string
	}{
		"zeros without end": {zipped(t, "eurofxref.csv", strings.Repeat("0", rateFileMax+1)), "eurofxref.csv in the zip: the file is larger than 32 MiB"},
		"many files":        {zipped(t, many...), "the zip holds 17 files, and the ECB's holds one"},
		"two tables":        {zipped(t, "a.csv", "x", "b.csv", "y"), "several CSV files"},
		"no table":          {zipped(t, "a.exe", "x"), "the zip holds no CSV file"},
		"a zip in a zip":    {zipped(t, "a.csv", string(zipped(t, "a.csv", "Date,USD\n"))), "neither the ECB's nor a table"},
		"damaged":           {[]byte("PK\x03\x04 and nothing more"), "the zip is damaged"},
	} {
		if got, err := ReadRates(bytes.NewReader(tt.file), "EUR"); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, %v, want %q", name, got, err, tt.want)
		}
	}
}

// sound fails where rates are not what the books would take.
func sound(t *testing.T, data []byte, own ledger.Currency) {
	got, err := ReadRates(bytes.NewReader(data), own)
	if err != nil {
		if got != nil {
			t.Fatal("there are both rates and an error")
		}
		return
	}
	if len(got.List) == 0 {
		t.Fatal("there is neither a rate nor an error")
	}
	for _, r := range got.List {
		if !r.Currency.Valid() || r.Currency == own || r.Date == 0 || !r.Value.IsPositive() || !r.Per.IsPositive() ||
			!r.Value.Shift(6).IsInteger() || !r.Per.Shift(6).IsInteger() {
			t.Fatalf("the rate %v is none", r)
		}
	}
}

func FuzzRatesXML(f *testing.F) {
	f.Add(rateFile(f, "eurofxref-daily.xml"))
	f.Add(rateFile(f, "eurofxref-hist-90d.xml"))
	f.Fuzz(func(t *testing.T, data []byte) { sound(t, append([]byte("<"), data...), "EUR") })
}

func FuzzRatesTable(f *testing.F) {
	for _, name := range []string{"eurofxref.csv", "eurofxref-hist.csv", "own.csv"} {
		f.Add(rateFile(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) { sound(t, data, "RON") })
}

func FuzzRatesZip(f *testing.F) {
	f.Add(zipped(f, "eurofxref.csv", string(rateFile(f, "eurofxref.csv"))))
	f.Fuzz(func(t *testing.T, data []byte) { sound(t, data, "EUR") })
}
