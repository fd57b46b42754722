package bank

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"duebot/ledger"
)

// Every file tells the same keys each time, and each of its lines has one of its own.
func TestKeysStay(t *testing.T) {
	files, _ := filepath.Glob("testdata/own/*")
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		first, err := takeAs(data, ownOptions)
		again, _ := takeAs(data, ownOptions)
		if err != nil {
			continue
		}
		if !slices.Equal(first.keys, again.keys) {
			t.Errorf("%s: %q, then %q", path, first.keys, again.keys)
		}
		if n := len(slices.Compact(slices.Sorted(slices.Values(first.keys)))); n != len(first.keys) {
			t.Errorf("%s: only %d of %d keys differ", path, n, len(first.keys))
		}
	}
}

// Two payments that are alike are two; a file that begins a day earlier and one that ends a day
// later know the lines of the days that both have.
func TestOverlappingFiles(t *testing.T) {
	line := func(day, text string) string { return day + "," + text + ",10.00,EUR,OWN\n" }
	head := "Date,Description,Amount,Currency,Account\n"
	a := head + line("2026-04-01", "x") + line("2026-04-02", "x") + line("2026-04-02", "x") + line("2026-04-02", "y")
	b := head + line("2026-04-02", "x") + line("2026-04-02", "x") + line("2026-04-02", "y") + line("2026-04-03", "x")
	ka, errA := takeAs([]byte(a), Options{})
	kb, errB := takeAs([]byte(b), Options{})
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if !slices.Equal(ka.keys[1:], kb.keys[:3]) {
		t.Errorf("the common days have the keys\n%q and\n%q", ka.keys[1:], kb.keys[:3])
	}
	if all := slices.Compact(slices.Sorted(slices.Values(append(ka.keys, kb.keys...)))); len(all) != 5 {
		t.Errorf("there are %d lines, want 5", len(all))
	}
}

// A report within the day, an advice and the statement tell the same bookings.
func TestReportsAndStatementsAgree(t *testing.T) {
	entry := func(ref, further string) string {
		return `<Ntry><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-04-01</Dt></BookgDt><AcctSvcrRef>` + ref + `</AcctSvcrRef>` + further + `</Ntry>`
	}
	account := `<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>`
	files := []string{
		`<Document><BkToCstmrAcctRpt><Rpt><Id>1</Id>` + account + entry("A", "") + entry("B", "") + `</Rpt></BkToCstmrAcctRpt></Document>`,
		`<Document><BkToCstmrDbtCdtNtfctn><Ntfctn><Id>2</Id>` + account + entry("A", "<NtryDtls><TxDtls><RmtInf><Ustrd>more words</Ustrd></RmtInf></TxDtls></NtryDtls>") + entry("B", "") + `</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`,
		`<Document><BkToCstmrStmt><Stmt><Id>3</Id>` + account + entry("A", "<AddtlNtryInf>credit</AddtlNtryInf>") + entry("B", "") + `</Stmt></BkToCstmrStmt></Document>`,
	}
	var all []string
	for _, f := range files {
		k, err := takeAs([]byte(f), Options{})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, k.keys...)
	}
	if all = slices.Compact(slices.Sorted(slices.Values(all))); len(all) != 2 {
		t.Errorf("there are %d bookings, want 2: %s", len(all), strings.Join(all, " "))
	}
}

// A booking that one file tells as a sum and another part by part has one key for the whole.
func TestPartsNameTheirWhole(t *testing.T) {
	entry := func(details string) string {
		return `<Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-04-01</Dt></BookgDt><AcctSvcrRef>B</AcctSvcrRef>` + details + `</Ntry>`
	}
	part := func(amount string) string {
		return `<TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">` + amount + `</Amt></TxAmt></AmtDtls></TxDtls>`
	}
	account := `<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>`
	keys := func(file string) (own, whole []string) {
		var ids Identities
		err := Read(strings.NewReader(file), int64(len(file)), Options{}, Sink{
			Begin: func(st ledger.BankStatement) error { ids.Begin(st); return nil },
			Line: func(l ledger.BankLine) error {
				o, w := ids.Next(l)
				own, whole = append(own, o), append(whole, w)
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		return own, whole
	}
	sum, none := keys(`<Document><BkToCstmrStmt><Stmt>` + account + entry("") + `</Stmt></BkToCstmrStmt></Document>`)
	parts, wholes := keys(`<Document><BkToCstmrDbtCdtNtfctn><Ntfctn>` + account + entry(`<NtryDtls>`+part("10.00")+part("20.00")+`</NtryDtls>`) + `</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`)
	if len(parts) != 2 || parts[0] == parts[1] || none[0] != "" || wholes[0] != sum[0] || wholes[1] != sum[0] {
		t.Errorf("the whole is %q, its parts are %q of %q", sum, parts, wholes)
	}
}

// Reports of one day in one file, each of which tells it from its beginning, have one key for a
// booking; a statement that has a line twice has two.
func TestReportsInOneFile(t *testing.T) {
	entry := `<Ntry><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-04-01</Dt></BookgDt></Ntry>`
	for wrap, want := range map[string]int{"BkToCstmrAcctRpt Rpt": 1, "BkToCstmrStmt Stmt": 2} {
		outer, inner, _ := strings.Cut(wrap, " ")
		one := `<` + inner + `><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>` + entry + `</` + inner + `>`
		k, err := takeAs([]byte(`<Document><`+outer+`>`+one+one+`</`+outer+`></Document>`), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(slices.Compact(slices.Sorted(slices.Values(k.keys)))); n != want {
			t.Errorf("%s: %d keys, want %d", wrap, n, want)
		}
	}
}

// What differs in anything that counts has another key.
func TestIdentityCounts(t *testing.T) {
	l := ledger.BankLine{Booked: 20000, Amount: ledger.Money{Minor: 1000, Currency: "EUR"}, PartyName: "ab", Text: "c"}
	seen := map[string]string{}
	for name, change := range map[string]func(l *ledger.BankLine){
		"as it is":                  func(*ledger.BankLine) {},
		"another day":               func(l *ledger.BankLine) { l.Booked++ },
		"another sum":               func(l *ledger.BankLine) { l.Amount.Minor++ },
		"another currency":          func(l *ledger.BankLine) { l.Amount.Currency = "USD" },
		"the other way":             func(l *ledger.BankLine) { l.Amount.Minor = -l.Amount.Minor },
		"letters in another field":  func(l *ledger.BankLine) { l.PartyName, l.Text = "a", "bc" },
		"an id":                     func(l *ledger.BankLine) { l.BankRef = "c" },
		"an id of a part":           func(l *ledger.BankLine) { l.BankRef, l.Batch = "c", "d" },
		"an id of a part, and more": func(l *ledger.BankLine) { l.BankRef, l.Batch, l.EndToEnd = "c", "d", "e" },
	} {
		x := l
		change(&x)
		key := Identity("A", x, 1)
		if other, ok := seen[key]; ok {
			t.Errorf("%s has the key of %s", name, other)
		}
		seen[key] = name
	}
	if Identity("A", l, 1) == Identity("B", l, 1) || Identity("A", l, 1) == Identity("A", l, 2) {
		t.Error("accounts and occurrences have the same key")
	}
}
