package bank

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"duebot/adapters/cells"
)

// confirmed is what a person says to a proposal: yes.
func confirmed(n *NeedsMapping) *Mapping { return &n.Proposed }

// asked is what is proposed for a table: its columns, and what is in doubt.
func asked(t *testing.T, text string, o Options) string {
	t.Helper()
	err := Read(strings.NewReader(text), int64(len(text)), o, Sink{})
	var needs *NeedsMapping
	if !errors.As(err, &needs) {
		t.Fatalf("%q: %v", text, err)
	}
	var out []string
	for _, c := range needs.Proposed.Columns {
		if c == ColNone {
			c = "-"
		}
		out = append(out, string(c))
	}
	m := needs.Proposed
	return strings.Join(out, " ") + strings.TrimRight(fmt.Sprintf("; %s %s %s %s", m.Order, m.Point, m.Currency, strings.ReplaceAll(strings.Join(needs.Doubts, " "), "bank.doubt.", "")), " ")
}

// The columns of banks of many countries are known by their names.
func TestHeadings(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"English":          {"Booking date,Value date,Payee,Details,Paid out,Paid in,Balance\n13/04/2026,,Acme,x,,1.00,1.00\n", "date value name text debit credit balance; dmy . EUR currency"},
		"German":           {"Buchungstag;Wertstellung;Auftraggeber / Empfänger;Verwendungszweck;Soll/Haben;Umsatz;Währung\n13.04.2026;13.04.2026;Acme;x;H;1,00;EUR\n", "date value name text sign amount currency;  ,"},
		"French":           {"Date comptable;Date de valeur;Libellé opération;Débit;Crédit;Devise\n13/04/2026;13/04/2026;x;;1,00;EUR\n", "date value text debit credit currency; dmy ,"},
		"Dutch":            {"Boekdatum;Rekening;Tegenrekening;Naam tegenpartij;Af Bij;Bedrag (EUR);Mededelingen\n13-04-2026;NL91ABNA0417164300;NL20INGB0001234567;Acme;Bij;1,00;x\n", "date account party name sign amount text; dmy , EUR"},
		"Spanish":          {"Fecha operación;Fecha valor;Concepto;Importe;Divisa;Saldo\n13/04/2026;13/04/2026;x;-1,00;EUR;1,00\n", "date value text amount currency balance; dmy ,"},
		"Italian":          {"Data contabile;Data valuta;Descrizione;Dare;Avere;Divisa\n13/04/2026;13/04/2026;x;;1,00;EUR\n", "date value text debit credit currency; dmy ,"},
		"Portuguese":       {"Data mov.;Data valor;Descrição;Montante;Saldo\n13-04-2026;13-04-2026;x;-1,00;1,00\n", "date value text amount balance; dmy , EUR currency"},
		"Polish":           {"Data księgowania;Data waluty;Nadawca / Odbiorca;Tytułem;Kwota;Waluta\n2026-04-13;2026-04-13;Acme;x;-1,00;PLN\n", "date value name text amount currency;  ,"},
		"Czech":            {"Datum zaúčtování;Částka;Měna;Název protiúčtu;VS;Zpráva pro příjemce\n13.04.2026;-1,00;CZK;Acme;12;x\n", "date amount currency name creditor text;  ,"},
		"Romanian":         {"Data tranzacției;Ordonator;CUI;Detalii plată;Debit;Credit;Sold\n13.04.2026;Acme;RO1;x;;1,00;1,00\n", "date name tax text debit credit balance;  , EUR currency"},
		"Russian":          {"Дата проводки;Номер документа;Контрагент;ИНН;БИК;Назначение платежа;Сумма по дебету;Сумма по кредиту\n13.04.2026;7;Acme;7701234567;044525225;x;;1,00\n", "date reference name tax bank text debit credit;  , EUR currency"},
		"Chinese":          {"交易日期,摘要,对方户名,对方账号,借方金额,贷方金额,余额,币种\n2026-04-13,x,Acme,6222020000000000001,,1.00,1.00,CNY\n", "date text name party debit credit balance currency;  ."},
		"Persian":          {"تاریخ,شرح,بدهکار,بستانکار,مانده\n1405/01/12,x,,1000.5,1000.5\n", "date text debit credit balance;  . EUR currency"},
		"Swedish":          {"Bokföringsdag;Belopp;Saldo;Beskrivning;Valuta\n2026-04-13;-1,00;1,00;x;SEK\n", "date amount balance text currency;  ,"},
		"Hungarian":        {"Könyvelés dátuma;Összeg;Devizanem;Partner neve;Közlemény\n2026.04.13;-1,00;HUF;Acme;x\n", "date amount currency name text;  ,"},
		"Dutch, all":       {"IBAN/BBAN,Munt,BIC,Volgnr,Datum,Bedrag,Saldo na trn,Tegenrekening IBAN/BBAN,Naam tegenpartij,BIC tegenpartij,Betalingskenmerk,Omschrijving-1,Omschrijving-2\nNL91ABNA0417164300,EUR,ABNANL2A,1,2026-04-13,\"+1,00\",\"+1,00\",NL20INGB0001234567,Acme,INGBNL2A,12,x,y\n", "account currency - id date amount balance party name bank creditor text text;    sign"},
		"Italian, bare":    {"Data Registrazione;Data valuta;Causale Operazione;Importo (EUR);\n13/04/2026;13/04/2026;x;-1,00;\n", "date value text amount; dmy , EUR"},
		"Romanian, too":    {"Data tranzactie,Data valuta,Descriere,Referinta tranzactiei,Debit,Credit,Sold contabil\n2026-04-13,2026-04-13,x,R1,,1.00,1.00\n", "date value text id debit credit balance;  . EUR currency"},
		"Hungarian, in":    {"Tranzakció dátuma,Partner neve,Tranzakció összege,Tranzakció devizaneme,Bevétel/Kiadás,Értéknap\n2026.04.13.,Acme,1,HUF,inflow,2026.04.13.\n", "date name amount currency sign value"},
		"Austrian":         {"Buchungsdatum;Betrag;Währung;Auftraggebername;Auftraggeber IBAN/Kto.Nr.;Empfängername;Empfänger IBAN/Kto.Nr.;Verwendungszweck\n13.04.2026;1,00;EUR;Acme;AT022050302101023601;Wir;AT022050302101023600;x\n", "date amount currency payer payeraccount payee payeeaccount text;  ,"},
		"Chinese, both":    {"交易时间,付款人账号,付款人名称,收款人账号,收款人名称,金额,币种,附言\n2026-04-13 10:00:00,6222020000000000001,Acme,6222020000000000002,我方,1.00,人民币,x\n", "date payeraccount payer payeeaccount payee amount currency text;  .  sign"},
		"a bank online":    {"\"Booking Date\",\"Value Date\",\"Partner Name\",\"Partner Iban\",Type,\"Payment Reference\",\"Amount (EUR)\",\"Original Amount\"\n2026-04-13,2026-04-13,Acme,DE89370400440532013000,Credit Transfer,x,-1.00,\n", "date value name party - text amount -;  . EUR"},
		"Polish, marked":   {"#Data operacji;#Opis operacji;#Kwota;#Saldo po operacji;\n2026-04-13;x;-1,00;1,00;\n;;#Saldo końcowe;1,00 PLN;\n", "date text amount balance;  ,"},
		"Swiss":            {"Datum;Avisierungstext;Gutschrift in CHF;Lastschrift in CHF;Valuta;Saldo in CHF\n2026-04-13;x;1.00;;2026-04-13;1.00\n", "date text credit debit value balance;  . CHF"},
		"French, in euros": {"Date;Libellé;Débit euros;Crédit euros;\n13/04/2026;x;;1,00;\n", "date text debit credit; dmy , EUR"},
		"Indian":           {"Date,Narration,Value Dat,Debit Amount,Credit Amount,Chq/Ref Number,Closing Balance\n13/04/26,x,13/04/26,0.00,1.00,7,1.00\n", "date text value debit credit id balance; dmy . EUR currency"},
		"Ukrainian":        {"Дата i час операції,Деталі операції,Сума в валюті картки (UAH),Залишок після операції\n13.04.2026 10:00:00,x,-1.00,1.00\n", "date text amount balance;  . UAH"},
		"Estonian":         {"Kliendi konto;Kuupäev;Saaja/maksja konto;Saaja/maksja nimi;Deebet/Kreedit (D/C);Summa;Viitenumber;Arhiveerimistunnus;Selgitus;Valuuta\nEE471000001020145685;13.04.2026;EE382200221020145685;Acme;C;1,00;1;A1;x;EUR\n", "account date party name sign amount creditor id text currency;  ,"},
		"Lithuanian":       {"Sąskaitos Nr.,Data,Gavėjas,Paaiškinimai,Suma,Valiuta,D/K,Įrašo Nr.\nLT121000011101001000,2026-04-13,Acme,x,1.00,EUR,K,7\n", "account date name text amount currency sign id;  ."},
		"German, unused":   {"Buchungstag;Verwendungszweck;Betrag;Soll;Haben;Währung\n13.04.2026;x;;;1,00;EUR\n", "date text - debit credit currency;  ,"},
		"a shop in German": {"Datum,Name,Typ,Status,Währung,Brutto,Gebühr,Netto,Transaktionscode,Rechnungsnummer,Guthaben\n13.04.2026,Acme,Zahlung,Abgeschlossen,EUR,\"1,00\",\"-0,10\",\"0,90\",T1,INV-1,\"0,90\"\n", "date name - status currency gross fee amount id document balance;  ,"},
		"Chinese, company": {"账号,账户名称,交易时间,借方发生额/元(支取),贷方发生额/元(收入),余额,币种,对方户名,对方账号,摘要\n31050161364300001234,我方,20260413 10:22:33,0,1.00,1.00,人民币元,Acme,6222020000000000001,x\n", "account - date debit credit balance currency name party text;  ."},
		"a shop's list":    {"Date,Gross,Fee,Net,Currency,Status,Transaction ID,Invoice Number\n2026-04-13,10.00,-0.50,9.50,EUR,Completed,T1,INV-1\n", "date gross fee amount currency status id document;  .  sign"},
	} {
		if got := asked(t, c.text, Options{Account: "OWN", Currency: "EUR"}); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// What a table leaves open is asked, and not guessed.
func TestDoubts(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"day or month":           {"Date,Details,Amount,Currency\n04/05/2026,x,-1.50,EUR\n", "date text amount currency; dmy .  order"},
		"a later day tells":      {"Date,Details,Amount,Currency\n04/05/2026,x,-1.50,EUR\n04/25/2026,y,2.00,EUR\n", "date text amount currency; mdy ."},
		"point or group":         {"Date,Details,Amount,Currency\n2026-04-05,x,-1.500,EUR\n", "date text amount currency;  ,  point"},
		"another sum tells":      {"Date,Details,Amount,Currency\n2026-04-05,x,\"-1.500\",EUR\n2026-04-05,x,\"2.500,25\",EUR\n", "date text amount currency;  ,"},
		"which column is in":     {"13.04.2026;Acme;;5,00\n14.04.2026;Shop;7,00;\n15.04.2026;Shop;8,00;\n", "date text debit credit;  , EUR nohead sides currency"},
		"whether all is in":      {"Date,Details,Amount,Currency\n2026-04-05,x,1.50,EUR\n", "date text amount currency;  .  sign"},
		"the balance tells":      {"Date,Details,Amount,Currency,Balance\n2026-04-05,x,1.50,EUR,1.50\n2026-04-06,y,2.00,EUR,3.50\n", "date text amount currency balance;  ."},
		"which column is a date": {"When,Details,Amount,Currency\nsoon,x,-1.50,EUR\n", "- text amount currency;  .  date"},
		"which column is a sum":  {"Date,Details,Currency\n2026-04-05,x,EUR\n", "date text currency;    amount"},
	} {
		if got := asked(t, c.text, Options{Account: "OWN", Currency: "EUR"}); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// A mapping without a date or a sum reads nothing.
func TestMappingIsReady(t *testing.T) {
	text := []byte("When,Details,Amount,Currency\nsoon,x,-1.50,EUR\n")
	var needs *NeedsMapping
	if err := Read(bytes.NewReader(text), int64(len(text)), Options{}, Sink{}); !errors.As(err, &needs) || needs.Proposed.Ready() {
		t.Fatal(err)
	}
	err := Read(bytes.NewReader(text), int64(len(text)), Options{Mapping: &needs.Proposed}, Sink{})
	if got := fmt.Sprint(problemKeys(err)); got != "[1 columns]" {
		t.Errorf("got %s, %v", got, err)
	}
}

// A table whose headings are all unknown, or those of the day and the sum, is read by what is in
// its columns, once a person has seen that.
func TestUnknownHeadings(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"Icelandic":      {"Dags.,Skýring,Innborgun,Úttekt,Staða\n2026-04-13,Acme INV-2026-000442,100.00,,100.00\n2026-04-14,gjald,,1.50,98.50\n", "date text credit debit balance;  . EUR guessed currency"},
		"Georgian":       {"თარიღი;დანიშნულება;თანხა;ნაშთი\n13.04.2026;Acme INV-2026-000442;100,00;1100,00\n14.04.2026;საკომისიო;-1,50;1098,50\n", "date text amount balance;  , EUR guessed currency"},
		"half known":     {"Dagur,Description,Upphæð,Currency\n2026-04-13,Acme INV-2026-000442,100.00,EUR\n2026-04-14,fee,-1.50,EUR\n", "date text amount currency;  .  guessed"},
		"one side known": {"Date,Description,Credit,Gone\n2026-04-13,Acme INV-2026-000442,100.00,0.00\n2026-04-14,fee,0.00,1.50\n", "date text credit debit;  . EUR guessed sides currency"},
		"a number too":   {"Dagur,Nr,Skýring,Upphæð\n2026-04-13,17,Acme INV-2026-000442,100.00\n2026-04-14,18,fee,-1.50\n", "date - text amount;  . EUR guessed currency"},
	} {
		if got := asked(t, c.text, Options{Account: "OWN", Currency: "EUR"}); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// Sums and days as cells of banks hold them; what can be read in two ways, or in none, is refused.
func TestCellValues(t *testing.T) {
	for s, want := range map[string]string{
		"R$ 1.190,00": "1190", "US$1,190.00": "1190", "-$12.50": "-12.5", "($12.50)": "-12.5", "(12,50)": "-12.5", "12,50-": "-12.5", "1 250,00 zł": "1250", "kr 1 250,00": "1250", "1 250,00 Kč": "1250",
		"1.190,00 S": "-1190", "1.190,00 H": "1190", "1,190.00 D": "-1190", "1,190.00 CR": "1190", "1,18,000.00": "118000", "12,34,56,789.00": "123456789", "1’190.50": "1190.5",
		"12 50": "", "1 19,00": "", "1,19,00": "", "(12.50": "", "1.190": "", "1-2": "",
	} {
		got := ""
		if d, err := tableSum(s, ""); err == nil {
			got = d.String()
		}
		if got != want {
			t.Errorf("%q is %s, want %s", s, got, want)
		}
	}
	for _, s := range []string{"31 декабря 2025 г.", "31.12.2025 г.", "31 грудня 2025", "Wed, 31 Dec 2025", "Dec-31-2025", "31 Ara 2025", "14041010", "۱۴۰۴/۱۰/۱۰", "2025-12-31 10.11.12.123456", "31DEC25"} {
		if d, p := tableDay(s, "dmy", cells.Book{}); p != nil || d.String() != "2025-12-31" {
			t.Errorf("%q is %s, %v", s, d, p)
		}
	}
}
