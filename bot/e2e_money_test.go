//go:build e2e

package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// owing adds a customer with a phone and issues invoices to him, each over one sum.
func (a *act) owing(handle, name, currency string, chat int64, sums ...int) {
	a.t.Helper()
	a.play.command("USALES0001", "CINVOICES1", fmt.Sprintf(`/ar customer add %s "%s" currency=%s lang=en tz=Europe/London terms=net14`, handle, name, currency))
	if chat != 0 {
		a.play.link(handle, chat)
	}
	for _, sum := range sums {
		a.play.command("USALES0001", "CINVOICES1", fmt.Sprintf(`/ar invoice %s %d "Consulting"`, handle, sum))
		a.play.press("USALES0001", "Confirm")
	}
	a.play.state()
}

// attaches chooses a file as the plus beside the composer does, and sends it.
func (a *act) attaches(name string, data []byte) {
	a.t.Helper()
	call[string](a.browser, `(name, data) => {
		const carried = new DataTransfer(), picker = document.querySelector('#slack-compose input[type=file]');
		carried.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name));
		picker.files = carried.files;
		picker.dispatchEvent(new Event('change'));
		return '';
	}`, name, base64.StdEncoding.EncodeToString(data))
	a.click(at("#slack-compose button.send.on", ""))
	a.click(at(slackMsg, name).its(".foot"))
	a.sees(at(threadMsg, name))
}

// imports presses Import and waits until the file counts.
func (a *act) imports(name, button string) {
	a.t.Helper()
	a.click(at(threadMsg+" button", button))
	a.sees(at(threadMsg, name+" · imported"))
	a.play.state()
}

// settles presses a button of the newest entry that waits, which is over a sum, and sees what
// comes of it.
func (a *act) settles(sum, button, says string) {
	a.t.Helper()
	a.sees(at(slackMsg, "· "+sum+" ·"))
	a.click(at(slackMsg+" button", button))
	a.sees(at(slackMsg, says))
}

// TestE2EStatements drops statements of each dialect into the page, and settles them by buttons.
func TestE2EStatements(t *testing.T) {
	a := curtain(t, sandboxOptions{empty: true})
	a.play.command("UFINANCE01", "CFINANCE01", "/ar rate RUB 0.0108 2026-10-26")
	a.owing("acme", "Acme GmbH", "EUR", 1001, 500, 300, 120, 80)
	a.owing("vega", "OOO Vega", "RUB", 0, 5000)
	a.become("Farid")
	a.click(at("#rooms button", "finance"))
	a.attaches("october.zip", zipped(t, "october.xml", camtOf("500.00", "Rechnung INV-2026-000001")))
	a.sees(at(threadMsg, "1 line: €500.00 in"))
	a.imports("october.zip", "Import 1 Row")
	a.sees(at(threadMsg, "1 line settled invoices"))
	a.attaches("october.sta", []byte(mt940Of("C300,00", "ACME GMBH")))
	a.imports("october.sta", "Import 1 Row")
	a.sees(at(slackMsg, "exactly what is open: €300.00"))
	a.chapter("entry", "slack")
	a.settles("€300.00", "Apply 1", "Applied by a person")
	a.attaches("october.ofx", []byte(ofxOf("77.00", "Refund of a deposit")))
	a.imports("october.ofx", "Import 1 Row")
	a.settles("€77.00", "Not Ours", "Set aside: not ours")
	a.attaches("kl_to_1c.txt", []byte(onecOf("5000.00", "Оплата по счету INV-2026-000005")))
	a.imports("kl_to_1c.txt", "Import 1 Row")
	a.sees(at(threadMsg, "1 line settled invoices"))
	a.columns()
	a.workbook()
	a.quiet()
}

// columns confirms what the columns of a table mean, looks once more, and puts money on account.
func (a *act) columns() {
	a.t.Helper()
	a.attaches("october.csv", []byte("Buchungstag;Auftraggeber;Verwendungszweck;Betrag;Saldo\n28.10.2026;Acme GmbH;Abschlag;1.250,50;2.250,50\n27.10.2026;Bank;Entgelt;-9,90;1.000,00\n"))
	a.sees(at(threadMsg, "This looks like a bank statement"))
	a.chapter("columns", "slack")
	a.click(at(threadMsg+" button", "Account DE02120300000000202051"))
	a.sees(at(threadMsg, "2 lines: €1,250.50 in"))
	a.click(at(threadMsg+" button", "Read Otherwise…"))
	a.click(at(threadMsg+" button", "Account DE02120300000000202051"))
	a.imports("october.csv", "Import 2 Rows")
	a.settles("€1,250.50", "On Account: acme", "€1,250.50 stays on account")
}

// workbook divides the money of a workbook's line by a form, and takes that back.
func (a *act) workbook() {
	a.t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for cell, v := range map[string]any{"A1": "Date", "B1": "Payer", "C1": "Description", "D1": "Amount", "E1": "Currency", "F1": "IBAN",
		"A2": time.Date(2026, 10, 29, 0, 0, 0, 0, time.UTC), "B2": "Holding", "C2": "for two", "D2": 200, "E2": "EUR", "F2": "DE89370400440532013000",
		"A3": time.Date(2026, 10, 29, 0, 0, 0, 0, time.UTC), "B3": "Bank", "C3": "fee", "D3": -5, "E3": "EUR"} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			a.t.Fatal(err)
		}
	}
	data, err := f.WriteToBuffer()
	if err != nil {
		a.t.Fatal(err)
	}
	a.attaches("october.xlsx", data.Bytes())
	a.sees(at(threadMsg, "2026-10-29"))
	a.click(at(threadMsg+" button", "Account DE02120300000000202051"))
	a.imports("october.xlsx", "Import 2 Rows")
	a.sees(at(slackMsg, "· €200.00 ·"))
	a.click(at(slackMsg+" button", "Split"))
	a.sees(at("dialog.modal h2", "Whose money it is"))
	a.click(at("dialog.modal .inp", "Goes to").its("input"))
	a.keys("INV-2026-000003 120 + INV-2026-000004 80")
	a.click(at("dialog.modal .dlg-foot button.primary", ""))
	a.sees(at("dialog.modal", "Applied by a person"))
}

func zipped(t *testing.T, name, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func camtOf(sum, purpose string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr>
<Stmt><Id>S1</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Ntry><Amt Ccy="EUR">` + sum + `</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-10-29</Dt></BookgDt><NtryDtls><TxDtls><RmtInf><Ustrd>` + purpose + `</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>`
}

func mt940Of(sum, name string) string {
	return ":20:STARTUMS\r\n:25:12030000/0000202051\r\n:28C:0\r\n:60F:C261028EUR0,00\r\n:61:2610291029" + sum + "NTRFNONREF\r\n:86:166?00GUTSCHRIFT?20Vielen Dank?32" + name + "\r\n:62F:C261029EUR" + sum[1:] + "\r\n-\r\n"
}

func ofxOf(sum, memo string) string {
	return "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\nCOMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n" +
		"<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>12030000<ACCTID>202051<ACCTTYPE>CHECKING</BANKACCTFROM>" +
		"<BANKTRANLIST><DTSTART>20261028<DTEND>20261029<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261029<TRNAMT>" + sum + "<FITID>F1<NAME>Stadtwerke<MEMO>" + memo + "</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
}

func onecOf(sum, purpose string) string {
	return strings.NewReplacer("SUM", sum, "PURPOSE", purpose).Replace("1CClientBankExchange\r\nВерсияФормата=1.03\r\nКодировка=UTF-8\r\nДатаНачала=29.10.2026\r\nДатаКонца=29.10.2026\r\nРасчСчет=40702810000000000001\r\n" +
		"СекцияДокумент=Платежное поручение\r\nНомер=7\r\nДата=29.10.2026\r\nСумма=SUM\r\nПлательщикСчет=40702810000000000002\r\nПлательщик=ООО Вега\r\nПолучательСчет=40702810000000000001\r\nДатаПоступило=29.10.2026\r\nНазначениеПлатежа=PURPOSE\r\nКонецДокумента\r\nКонецФайла\r\n")
}

// TestE2EProviders pays by each provider from the phone: is asked which, is declined, and pays.
func TestE2EProviders(t *testing.T) {
	a := curtain(t, sandboxOptions{empty: true})
	for _, rate := range []string{"GBP 1.15", "RUB 0.0108 2026-10-26"} {
		a.play.command("UFINANCE01", "CFINANCE01", "/ar rate "+rate)
	}
	a.owing("gull", "Gull Ltd", "GBP", 1001, 101, 102, 103)
	a.owing("vega", "OOO Vega", "RUB", 1002, 5000)
	a.click(at(chatRow, "Emma Clarke"))
	a.byStripe()
	a.byPayPal()
	a.inTelegram()
	a.click(at("#screen .tg-head button", "Back to the chats"))
	a.click(at(chatRow, "Анна Соколова"))
	a.byYooKassa()
	a.quiet()
}

// inSheet is a place on the page that lies over the chat.
func inSheet(css, text string) place { return place{within: paySheet, css: css, text: text} }

// closes closes the page over the chat.
func (a *act) closes() {
	a.t.Helper()
	a.click(at("#screen .sheet button", "Close the payment page"))
	a.gone(at("#screen .sheet", ""))
}

// byStripe is asked how to pay, is declined, and pays.
func (a *act) byStripe() {
	a.t.Helper()
	a.click(at(chatKey, "Pay £101.00"))
	a.sees(at(chatBubble, "How would you like to pay?"))
	a.click(at(chatKey, "Card or wallet"))
	a.click(at(chatKey, "Pay £101.00 Now"))
	a.click(inSheet("button", "Decline the card"))
	a.sees(inSheet("body", "declined"))
	a.click(inSheet("button.go", "Pay 101.00 GBP"))
	a.sees(inSheet("body", "Payment received"))
	a.closes()
	a.sees(at(chatBubble, "Receipt: £101.00"))
}

// byPayPal presses the choice of an invoice that is paid, and pays the next.
func (a *act) byPayPal() {
	a.t.Helper()
	a.click(at(chatKey, "PayPal")) // of the one that is paid
	a.click(at("#screen .tg-alert button", "OK"))
	a.click(at(chatKey, "Pay £102.00"))
	a.sees(at(chatBubble, "INV-2026-000002 · £102.00"))
	a.click(at(chatKey, "PayPal"))
	a.click(at(chatKey, "Pay £102.00 Now"))
	a.click(inSheet("button", "Pay 102.00 GBP"))
	a.sees(inSheet("a", "Back to"))
	a.closes()
	a.sees(at(chatBubble, "Receipt: £102.00"))
}

// inTelegram pays a bill in the chat, which the bank declines at first.
func (a *act) inTelegram() {
	a.t.Helper()
	a.click(at(chatKey, "Pay £103.00"))
	a.sees(at(chatBubble, "INV-2026-000003 · £103.00"))
	a.click(at(chatKey, "Here in Telegram"))
	a.sees(at(chatBubble, "Payment of £103.00"))
	a.click(at(chatKey, "Pay £103.00"))
	a.click(at("#screen .sheet button", "refused"))
	a.sees(at("#screen .sheet", "The bank declined"))
	a.chapter("bill", "phone")
	a.click(at("#screen .sheet button", "Pay £103.00"))
	a.gone(at("#screen .sheet", ""))
	a.sees(at(chatBubble, "Receipt: £103.00"))
}

// byYooKassa pays roubles, for which there is one provider.
func (a *act) byYooKassa() {
	a.t.Helper()
	a.click(at(chatKey, "Оплатить 5"))
	a.click(inSheet("button", "Оплатить"))
	a.sees(inSheet("body", "Thank you for your payment"))
	a.closes()
	a.sees(at(chatBubble, "receipt-P-4.pdf"))
}
