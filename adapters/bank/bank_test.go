package bank

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"duebot/ledger"
)

func own(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "own", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func problemKeys(err error) (out []string) {
	var list Problems
	if errors.As(err, &list) {
		for _, p := range list {
			out = append(out, fmt.Sprintf("%d %s", p.Line, strings.TrimPrefix(p.Key, "bank.problem.")))
		}
	}
	return out
}

// A file is told by what is in it.
func TestSniff(t *testing.T) {
	for head, want := range map[string]Format{
		"<?xml version='1.0'?><x:Document xmlns:x='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'>": CAMT,
		"\xef\xbb\xbf<Document><BkToCstmrStmt>":                                                      CAMT,
		"\n\n{1:F01BANKDEFFXXXX0000000000}{2:I940BANKDEFFN}{4:\r\n":                                  MT940,
		"\r\n:20:STARTUMS\r\n:25:1/2\r\n":                                                            MT940,
		"ABNANL2A\r940\r:20:X\r:25:1":                                                                MT940,
		"1CClientBankExchange\r\n\xc2\xe5\xf0":                                                       OneC,
		"OFXHEADER:100\r\nDATA:OFXSGML":                                                              OFX,
		"<?xml version='1.0'?><OFX><SIGNONMSGSRSV1>":                                                 OFX,
		"!Type:Bank\nD1/2/26\n":                                                                      QIF,
		"0000019031200005        GEBABEBB":                                                           CODA,
		"01,CENTRAL,USER,260101,1200,1,,,2/":                                                         BAI2,
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":                                                           OldXLS,
		"%PDF-1.7":                                                                                   PDF,
		"<html><body><table><tr><td>":                                                                HTML,
		"<Document><CstmrCdtTrfInitn>":                                                               Pain,
		"Date;Amount\n1;2\n":                                                                         CSV,
		"PK\x03\x04............xl/workbook.xml":                                                      XLSX,
		"PK\x03\x04............statement.xml":                                                        Zip,
		"Dear colleague":                                                                             Unknown,
		"":                                                                                           Unknown,
	} {
		for _, name := range []string{"", "x.csv", "x.xml", "x.sta"} {
			if got := Sniff([]byte(head), name); got != want {
				t.Errorf("Sniff(%.40q, %q) = %q, want %q", head, name, got, want)
			}
		}
	}
}

// What is refused is refused with its line and a sentence's key.
func TestRefusals(t *testing.T) {
	deep := strings.Repeat("<a>", 100_000)
	for name, c := range map[string]struct{ data, want string }{
		"an empty file":               {"", "[1 empty]"},
		"words":                       {"Dear colleague", "[1 unknown]"},
		"QIF":                         {"!Type:Bank\nD1/2/26\n", "[1 format]"},
		"a workbook of before 2007":   {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "[1 oldexcel]"},
		"a workbook with a password":  {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + string(encryptedPackage), "[1 book]"},
		"an archive that is none":     {"PK\x03\x04 and no more", "[1 zip]"},
		"entities":                    {"<!DOCTYPE x [<!ENTITY a \"aa\">]>\n<Document><BkToCstmrStmt>&a;", "[1 xmlbomb]"},
		"nesting without end":         {"<Document><BkToCstmrStmt>\n" + deep, "[2 xmlbomb]"},
		"a tag without end":           {"<Document><BkToCstmrStmt><" + strings.Repeat("a", 6<<20), "[1 xmlbomb]"},
		"a message without statement": {"<Document><BkToCstmrStmt>\n</BkToCstmrStmt></Document>", "[1 nostatement]"},
		"half a tag":                  {"<Document>\n<BkToCstmrStmt><Stmt", "[2 cut]"},
		"ends that do not fit":        {"<Document>\n<BkToCstmrStmt><Stmt></Sdmt>", "[2 xml]"},
		"a line before its balance":   {":20:X\n:25:1\n:61:2601010101C1,00NTRF\n", "[3 order 3 cut]"},
		"no closing balance":          {":20:X\n:25:1\n:60F:C260101EUR1,00\n:61:2601010101C1,00NTRF\n", "[4 cut]"},
		"an amount in letters":        {":20:X\n:25:1\n:60F:C260101EUR1,00\n:61:2601010101Cten,00NTRF\n:62F:C260101EUR1,00\n", "[4 entry]"},
		"a month that is none":        {":20:X\n:25:1\n:60F:C260101EUR1,00\n:61:261301C1,00NTRF\n:62F:C260101EUR1,00\n", "[4 date]"},
		"a third decimal":             {":20:X\n:25:1\n:60F:C260101EUR1,00\n:61:260101C1,001NTRF\n:62F:C260101EUR1,00\n", "[4 decimals]"},
		"1C without its end":          {"1CClientBankExchange\nРасчСчет=40702810900000001234\n", "[2 cut]"},
		"1C with another end":         {"1CClientBankExchange\nРасчСчет=40702810900000001234\nКонецВыписки\n", "[]"},
		"1C of another account": {"1CClientBankExchange\nРасчСчет=40702810900000001234\nСекцияДокумент=П\nСумма=1\nДата=01.01.2026\nПлательщикСчет=1\nПолучательСчет=2\nКонецДокумента\nКонецФайла\n",
			"[3 otheraccount]"},
		"a quote that is not closed": {"Date,Text,Amount\n2026-01-01,\"x,1.00\n2026-01-02,y,1.00\n", "[2 quotes]"},
		"OFX with entities":          {"<!DOCTYPE OFX>\n<OFX></OFX>", "[1 xmlbomb]"},
		"OFX of no letters":          {"<?xml encoding=\"UTF\xc0\xc0\xc0\xc0\xc0\xc0\xc0\xc0OFX\aOFXHEADER=\"2", "[1 cut]"},
		"OFX that only opens":        {"<OFX><STMTRS>\n" + strings.Repeat("<A>", 200_000), "[2 xmlbomb]"},
		"OFX that is cut":            {"<OFX><STMTRS>\n<CURDEF>EUR<BANKACCTFROM><ACCTID>1</BANKACCTFROM><STMTTRN><TRNAMT>1", "[2 cut]"},
	} {
		_, err := takeAs([]byte(c.data), Options{Account: "OWN", Currency: "EUR"})
		if got := fmt.Sprint(problemKeys(err)); got != c.want {
			t.Errorf("%s: %s (%v), want %s", name, got, err, c.want)
		}
	}
}

// A problem shows what stands there, without what could do harm in a message.
func TestExcerpt(t *testing.T) {
	_, err := takeAs([]byte(":20:X\n:25:1\n:60F:C260101EUR1,00\n:61:evil\u202e\x07 "+strings.Repeat("long ", 100)+"\n:62F:C2601xx\n"), Options{})
	var list Problems
	if !errors.As(err, &list) {
		t.Fatal(err)
	}
	for _, p := range list {
		if len(p.Excerpt) > 2*excerptMax || strings.ContainsAny(p.Excerpt, "\x07\u202e\n") {
			t.Errorf("line %d: excerpt %q", p.Line, p.Excerpt)
		}
	}
}

func zipped(t testing.TB, files ...[]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i, data := range files {
		w, err := z.Create(fmt.Sprintf("folder/%d.xml", i))
		if err == nil {
			_, err = w.Write(data)
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

// An archive is read as if its files were one; what is wrong names the file.
func TestArchives(t *testing.T) {
	one, two := own(t, "camt053-02-windows1251.xml"), own(t, "camt053-08-prefixes-batch-return.xml")
	k, err := takeAs(zipped(t, one, two, []byte("a note")), Options{})
	if err != nil || len(k.statements) != 2 || len(k.lines[1]) != 4 {
		t.Errorf("two statements: %v, %d", err, len(k.statements))
	}
	_, err = takeAs(zipped(t, one, own(t, "camt054-no-namespace-batch-apart.xml")), Options{})
	var list Problems
	if !errors.As(err, &list) || list[0].File != "1.xml" || list[0].Line != 7 {
		t.Errorf("a broken one: %v", err)
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"of another format": {zipped(t, one, own(t, "ofx1.ofx")), "[1 zipped]"},
		"a bomb":            {zipped(t, append(bytes.TrimSuffix(bytes.TrimSpace(one), []byte("</Document>")), bytes.Repeat([]byte(" "), 8<<20)...)), "[18 xmlbomb]"},
		"without any":       {zipped(t, []byte("a note")), "[1 nostatement]"},
		"cut":               {zipped(t, one)[:600], "[1 zip]"},
	} {
		_, err := takeAs(c.data, Options{})
		if got := fmt.Sprint(problemKeys(err)); got != c.want {
			t.Errorf("an archive %s: %s, want %s", name, got, c.want)
		}
	}
}

// What an archive says of its size is not believed: reading ends where too much comes out of it.
func TestUnpackedBound(t *testing.T) {
	data := zipped(t, own(t, "camt053-02-windows1251.xml"))
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var p *Problem
	if _, err := readZipped(z.File[0], 1000, &feed{}); !errors.As(err, &p) || p.Key != "bank.problem.bomb" {
		t.Errorf("got %v", err)
	}
}

// The same text in any encoding is the same statement.
func TestEncodings(t *testing.T) {
	text, err := charmap.Windows1251.NewDecoder().Bytes(own(t, "csv-ru-two-columns.csv"))
	if err != nil {
		t.Fatal(err)
	}
	want := told(takeAs(text, ownOptions))
	encode := map[string]func([]byte) ([]byte, error){
		"windows-1251": charmap.Windows1251.NewEncoder().Bytes,
		"DOS":          charmap.CodePage866.NewEncoder().Bytes,
		"UTF-16 LE":    unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes,
		"UTF-16 BE":    unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes,
		"UTF-16 bare":  unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().Bytes,
	}
	for name, f := range encode {
		data, err := f(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := told(takeAs(data, ownOptions)); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

// A mapping is kept as JSON, and holds for tables with the same headings only.
func TestMappingIsKept(t *testing.T) {
	data := own(t, "csv-card-inverse.csv")
	err := Read(bytes.NewReader(data), int64(len(data)), Options{}, Sink{})
	var needs *NeedsMapping
	if !errors.As(err, &needs) || len(needs.Head) != 4 || len(needs.Sample) != 2 {
		t.Fatalf("got %v", err)
	}
	m := needs.Proposed
	m.Inverse, m.Account = true, "4111"
	kept, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var back Mapping
	if err := json.Unmarshal(kept, &back); err != nil || !reflect.DeepEqual(back, m) {
		t.Fatalf("%s came back as %+v, %v", kept, back, err)
	}
	k, err := takeAs(data, Options{Mapping: &back})
	if err != nil || k.lines[0][0].Amount.Minor != -4000 || k.statements[0].Account.Number != "4111" {
		t.Errorf("read %+v, %v", k.lines, err)
	}
	other := bytes.Replace(data, []byte("Details"), []byte("Memo"), 1)
	err = Read(bytes.NewReader(other), int64(len(other)), Options{Mapping: &back}, Sink{})
	if !errors.As(err, &needs) || !strings.Contains(strings.Join(needs.Doubts, " "), "bank.doubt.changed") {
		t.Errorf("with other headings: %v", err)
	}
}

// A file cut anywhere is a problem, or tells as much as the whole, or does not add up. Of a table
// that is cut between two rows nothing tells.
func TestCutFiles(t *testing.T) {
	files, _ := filepath.Glob("testdata/own/*")
	if os.Getenv("DUEBOT_SAMPLES") != "" {
		files = append(files, samples(t)...)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := takeAs(data, ownOptions)
		if err != nil {
			continue
		}
		format := sniff(data)
		table := format == CSV || format == XLSX
		pieces := 50
		if table {
			pieces = 10
		}
		for i := range pieces {
			part, err := takeAs(data[:len(data)*i/pieces], ownOptions)
			if err != nil || table {
				continue
			}
			if fmt.Sprint(part.lines) != fmt.Sprint(whole.lines) && fmt.Sprint(part.mismatches) == fmt.Sprint(whole.mismatches) {
				t.Errorf("%s cut at %d/%d is read as if it were whole:\n%s", path, i, pieces, figures(part, nil))
			}
		}
	}
}

// endless is a file of n equal blocks between a head and a tail, which is never all in memory.
type endless struct {
	head, block, tail string
	n                 int64
}

func (e *endless) size() int64 { return int64(len(e.head)+len(e.tail)) + e.n*int64(len(e.block)) }

func (e *endless) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) && off < e.size() {
		var from string
		switch at := off - int64(len(e.head)); {
		case at < 0:
			from = e.head[off:]
		case at < e.n*int64(len(e.block)):
			from = e.block[at%int64(len(e.block)):]
		default:
			from = e.tail[at-e.n*int64(len(e.block)):]
		}
		c := copy(p[n:], from)
		n, off = n+c, off+int64(c)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

const camtEntryText = `<Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-04-01</Dt></BookgDt><AcctSvcrRef>A</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>Acme</Nm></Dbtr></RltdPties><RmtInf><Ustrd>INV-2026-000001</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>` + "\n"

// A large statement takes no more memory than a small one: 10,000 lines of each format here, a
// million with DUEBOT_SOAK.
func TestConstantMemory(t *testing.T) {
	n := int64(10_000)
	if os.Getenv("DUEBOT_SOAK") != "" {
		n = 1_000_000
	}
	sum := fmt.Sprintf("%d", n)
	for name, e := range map[string]*endless{
		"CAMT": {`<Document><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>X</IBAN></Id><Ccy>EUR</Ccy></Acct>` + "\n", camtEntryText, `</Stmt></BkToCstmrStmt></Document>`, n},
		"MT940": {":20:X\n:25:1\n:28C:1\n:60F:C260401EUR0,00\n", ":61:2604010401C1,00NTRFNONREF//A\n:86:166?00GUTSCHRIFT?20SVWZ+INV-2026-000001?32Acme\n",
			":62F:C260401EUR" + sum + ",00\n-\n", n},
		"1C": {"1CClientBankExchange\nРасчСчет=40702810900000001234\n", "СекцияДокумент=П\nНомер=1\nДата=01.04.2026\nСумма=1.00\nПлательщикСчет=2\nПолучательСчет=40702810900000001234\nДатаПоступило=01.04.2026\nКонецДокумента\n",
			"КонецФайла\n", n},
		"OFX": {"<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>1</BANKACCTFROM>\n", "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260401<TRNAMT>1.00<FITID>F<NAME>Acme<MEMO>INV</STMTTRN>\n", "</STMTRS></OFX>", n},
		"CSV": {"Date,Description,Amount,Currency,Account\n", "2026-04-01,INV-2026-000001 Acme,1.00,EUR,OWN\n", "", n},
	} {
		t.Run(name, func(t *testing.T) {
			var lines, sum int64
			var most uint64
			sink := Sink{Line: func(l ledger.BankLine) error {
				if lines++; lines%2500 == 0 {
					var m runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&m)
					most = max(most, m.HeapAlloc)
				}
				sum += l.Amount.Minor
				return nil
			}}
			runtime.GC()
			var before runtime.MemStats
			runtime.ReadMemStats(&before)
			o := Options{}
			err := Read(e, e.size(), o, sink)
			var needs *NeedsMapping
			if errors.As(err, &needs) {
				o.Mapping = &needs.Proposed
				err = Read(e, e.size(), o, sink)
			}
			if err != nil || lines != n || sum != 100*n {
				t.Fatalf("%d lines, %d in all, %v", lines, sum, err)
			}
			if most > before.HeapAlloc+8<<20 {
				t.Errorf("it takes %d KiB more than before", (most-before.HeapAlloc)>>10)
			}
		})
	}
}

// Progress grows, and ends with the whole.
func TestProgress(t *testing.T) {
	e := &endless{"Date,Description,Amount,Currency,Account\n", "2026-04-01,INV-2026-000001 Acme,1.00,EUR,OWN\n", "", 10_000}
	err := Read(e, e.size(), Options{}, Sink{})
	var needs *NeedsMapping
	if !errors.As(err, &needs) {
		t.Fatal(err)
	}
	var last, times int64
	err = Read(e, e.size(), Options{Mapping: &needs.Proposed}, Sink{Progress: func(done, size int64) {
		if done < last || done > size {
			t.Errorf("%d after %d of %d", done, last, size)
		}
		last, times = done, times+1
	}})
	if err != nil || last != e.size() || times < 3 {
		t.Errorf("%v; %d times, the last %d of %d", err, times, last, e.size())
	}
}

// What a sink returns ends the reading and comes back as it is.
func TestSinkEnds(t *testing.T) {
	stop := errors.New("the books are shut")
	for _, name := range []string{"camt053-02-windows1251.xml", "mt940-structured.sta", "1c-windows.txt", "ofx1.ofx"} {
		data := own(t, name)
		err := Read(bytes.NewReader(data), int64(len(data)), Options{}, Sink{Line: func(ledger.BankLine) error { return stop }})
		if !errors.Is(err, stop) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Capitals with a mark are read as the company's country writes them: È of Italy is Č in the page
// of Prague.
func TestCapitalsOfItaly(t *testing.T) {
	text := "Data;Descrizione;Importo;Divisa\n13/04/2026;CAFFÈ DELLA CITTÀ INV-2026-000443;1.220,00;EUR\n14/04/2026;COMMISSIONI;-2,00;EUR\n"
	data, err := charmap.Windows1252.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	k, err := takeAs(data, Options{Language: "it"})
	if err != nil || k.lines[0][0].Text != "CAFFÈ DELLA CITTÀ INV-2026-000443" {
		t.Fatal(k, err)
	}
}
