package main

import (
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"strings"
	"time"

	"duebot/ledger"
)

// What the banks of a simulation know: every transfer that truly was, and statements of any
// period of it, in each bank's dialects. The writers share no code with the readers.

// simTransfer is one movement on an account of ours. Its token is in its words, so that it is
// known again wherever it comes; transfers that are alike share one.
type simTransfer struct {
	token  string
	day    ledger.Date
	cents  int64
	handle string // whose money it is, "": none of the receivables'
	name   string
	iban   string
	text   string
	ref    string       // the bank's own
	back   *simTransfer // that it takes back
	copies int          // of the token in all
	known  bool         // it was in a file that counts
}

// simAccount is an account of ours at a bank.
type simAccount struct {
	number   string
	currency string
	dialects []func(*simFile) string
	all      []*simTransfer // by day
	told     ledger.Date    // up to where the statements go
	missing  []ledger.Date  // days that were left out, and come later
}

// simFile is a statement as it is written.
type simFile struct {
	account  *simAccount
	from, to ledger.Date
	opening  int64
	closing  int64
	lines    []*simTransfer
	rng      *rand.Rand
}

// file makes the statement of a period without some of its days. Its balances are the true ones,
// but for what wrong adds.
func (a *simAccount) file(from, to ledger.Date, rng *rand.Rand, wrong int64, without ...ledger.Date) *simFile {
	f := &simFile{account: a, from: from, to: to, rng: rng}
	for _, l := range a.all {
		switch {
		case l.day < from:
			f.opening += l.cents
		case l.day <= to:
			f.closing += l.cents
			if !slices.Contains(without, l.day) {
				f.lines = append(f.lines, l)
			}
		}
	}
	f.opening += 1000000
	f.closing += f.opening + wrong
	return f
}

func onDay(d ledger.Date, layout string) string { return d.At(0, 0, time.UTC).Format(layout) }

// comma writes a sum as continental banks do.
func comma(n int64) string { return strings.Replace(cents(n), ".", ",", 1) }

func positive(n int64) int64 { return max(n, -n) }

// camt053 and camt052 write the statement and the report of the day; a report has no balances.
func camt053(f *simFile) string { return f.camt("camt.053.001.02", "BkToCstmrStmt", "Stmt", true) }
func camt052(f *simFile) string { return f.camt("camt.052.001.08", "BkToCstmrAcctRpt", "Rpt", false) }

func (f *simFile) camt(version, document, part string, balances bool) string {
	var out strings.Builder
	fmt.Fprintf(&out, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:%s"><%s><GrpHdr><MsgId>M%d</MsgId></GrpHdr>`, version, document, f.rng.Int31())
	fmt.Fprintf(&out, "<%s><Id>S%d</Id><FrToDt><FrDtTm>%sT00:00:00</FrDtTm><ToDtTm>%sT23:59:59</ToDtTm></FrToDt><Acct><Id><IBAN>%s</IBAN></Id><Ccy>%s</Ccy></Acct>\n",
		part, f.rng.Int31(), f.from, f.to, f.account.number, f.account.currency)
	if balances {
		for _, b := range []struct {
			code string
			sum  int64
			day  ledger.Date
		}{{"OPBD", f.opening, f.from}, {"CLBD", f.closing, f.to}} {
			fmt.Fprintf(&out, `<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp><Amt Ccy="%s">%s</Amt><CdtDbtInd>%s</CdtDbtInd><Dt><Dt>%s</Dt></Dt></Bal>`+"\n",
				b.code, f.account.currency, cents(positive(b.sum)), side(b.sum, "CRDT", "DBIT"), b.day)
		}
	}
	for _, l := range f.lines {
		reversal := ""
		if l.back != nil {
			reversal = "<RvslInd>true</RvslInd>"
		}
		party := side(l.cents, "Dbtr", "Cdtr")
		fmt.Fprintf(&out, `<Ntry><Amt Ccy="%s">%s</Amt><CdtDbtInd>%s</CdtDbtInd>%s<Sts>BOOK</Sts><BookgDt><Dt>%s</Dt></BookgDt><AcctSvcrRef>%s</AcctSvcrRef><NtryDtls><TxDtls>`,
			f.account.currency, cents(positive(l.cents)), side(l.cents, "CRDT", "DBIT"), reversal, l.day, l.ref)
		fmt.Fprintf(&out, "<RltdPties><%s><Nm>%s</Nm></%s><%sAcct><Id><IBAN>%s</IBAN></Id></%sAcct></RltdPties><RmtInf><Ustrd>%s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n",
			party, l.name, party, party, l.iban, party, l.text)
	}
	fmt.Fprintf(&out, "</%s></%s></Document>\n", part, document)
	return out.String()
}

func side(n int64, in, out string) string {
	if n < 0 {
		return out
	}
	return in
}

// mt940 writes a message with structured purposes.
func mt940(f *simFile) string {
	var out strings.Builder
	fmt.Fprintf(&out, ":20:ST%d\r\n:25:%s\r\n:28C:1/1\r\n", f.rng.Int31(), f.account.number)
	fmt.Fprintf(&out, ":60F:%s%s%s%s\r\n", side(f.opening, "C", "D"), onDay(f.from, "060102"), f.account.currency, comma(positive(f.opening)))
	for _, l := range f.lines {
		mark := side(l.cents, "C", "D")
		if l.back != nil {
			mark = "RC"
		}
		fmt.Fprintf(&out, ":61:%s%s%s%sNTRFNONREF//%s\r\n", onDay(l.day, "060102"), onDay(l.day, "0102"), mark, comma(positive(l.cents)), l.ref)
		out.WriteString(":86:166?00UEBERWEISUNG")
		for i, at := 0, 20; i < len(l.text); i, at = i+27, at+1 {
			fmt.Fprintf(&out, "?%d%s", at, l.text[i:min(i+27, len(l.text))])
		}
		fmt.Fprintf(&out, "?31%s?32%s\r\n", l.iban, l.name)
	}
	fmt.Fprintf(&out, ":62F:%s%s%s%s\r\n-\r\n", side(f.closing, "C", "D"), onDay(f.to, "060102"), f.account.currency, comma(positive(f.closing)))
	return out.String()
}

// ofx writes what home banking exports: no balance before, and nothing of what was taken back.
func ofx(f *simFile) string {
	var out strings.Builder
	out.WriteString("OFXHEADER:100\nDATA:OFXSGML\nVERSION:103\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\nCOMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n<OFX>")
	fmt.Fprintf(&out, "<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>%s<BANKACCTFROM><BANKID>1<ACCTID>%s<ACCTTYPE>CHECKING</BANKACCTFROM>\n",
		f.account.currency, f.account.number)
	fmt.Fprintf(&out, "<BANKTRANLIST><DTSTART>%s<DTEND>%s\n", onDay(f.from, "20060102"), onDay(f.to, "20060102"))
	for _, l := range f.lines {
		fmt.Fprintf(&out, "<STMTTRN><TRNTYPE>%s<DTPOSTED>%s<TRNAMT>%s<FITID>%s<NAME>%s<MEMO>%s</STMTTRN>\n",
			side(l.cents, "CREDIT", "DEBIT"), onDay(l.day, "20060102"), side(l.cents, "", "-")+cents(positive(l.cents)), l.ref, l.name, l.text)
	}
	fmt.Fprintf(&out, "</BANKTRANLIST><LEDGERBAL><BALAMT>%s<DTASOF>%s</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n",
		side(f.closing, "", "-")+cents(positive(f.closing)), onDay(f.to, "20060102"))
	return out.String()
}

// germanTable writes a table with a running balance; nothing in it has an id.
func germanTable(f *simFile) string {
	var out strings.Builder
	out.WriteString("Auftragskonto;Buchungstag;Wertstellung;Beguenstigter/Zahlungspflichtiger;Kontonummer/IBAN;Verwendungszweck;Betrag;W\u00e4hrung;Saldo nach Buchung\r\n")
	balance := f.opening
	for i, l := range f.lines {
		if balance += l.cents; i == len(f.lines)-1 {
			balance = f.closing
		}
		fmt.Fprintf(&out, "%s;%s;%[2]s;\"%s\";%s;%s;%s;%s;%s\r\n", f.account.number, onDay(l.day, "02.01.2006"), l.name, l.iban, l.text,
			side(l.cents, "", "-")+comma(positive(l.cents)), f.account.currency, side(balance, "", "-")+comma(positive(balance)))
	}
	return out.String()
}

// oneC writes what Russian banks hand to bookkeeping.
func oneC(f *simFile) string {
	var out strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\r\n", args...) }
	from, to := onDay(f.from, "02.01.2006"), onDay(f.to, "02.01.2006")
	line("1CClientBankExchange\r\nВерсияФормата=1.03\r\nКодировка=UTF-8\r\nДатаНачала=%s\r\nДатаКонца=%s\r\nРасчСчет=%s", from, to, f.account.number)
	line("СекцияРасчСчет\r\nДатаНачала=%s\r\nДатаКонца=%s\r\nРасчСчет=%s\r\nНачальныйОстаток=%s\r\nКонечныйОстаток=%s\r\nКонецРасчСчет", from, to, f.account.number, cents(f.opening), cents(f.closing))
	for _, l := range f.lines {
		day := onDay(l.day, "02.01.2006")
		payer, payee, booked := l.iban, f.account.number, "ДатаПоступило"
		if l.cents < 0 {
			payer, payee, booked = f.account.number, l.iban, "ДатаСписано"
		}
		line("СекцияДокумент=Платежное поручение\r\nНомер=%s\r\nДата=%s\r\nСумма=%s\r\nПлательщикСчет=%s\r\nПолучательСчет=%s\r\n%s=%s", l.ref, day, cents(positive(l.cents)), payer, payee, booked, day)
		line("%s=%s\r\nНазначениеПлатежа=%s\r\nКонецДокумента", side(l.cents, "Плательщик1", "Получатель1"), l.name, l.text)
	}
	line("КонецФайла")
	return out.String()
}

// statement drops what a bank tells of some transfers of customers, and settles what waits: the
// books have each of them once, as its customer's, whatever fails on the way.
func (s *simulation) statement() {
	var today ledger.Date
	s.box.bot.Load().books.View(func(v *ledger.View) error { today = v.Today(); return nil })
	a := &simAccount{number: "DE89370400440532013000", currency: "EUR"}
	for i := range 1 + s.rng.Intn(3) {
		inv, ok := s.invoice()
		if !ok {
			return
		}
		l := &simTransfer{day: today, cents: int64(1 + s.rng.Intn(200000)), handle: inv.handle, name: "Payer of " + inv.handle, iban: "DE02120300000000202051",
			text: "work", ref: fmt.Sprintf("S%d-%d", s.acts, i)}
		if b, _ := s.book(inv.number); b.Open > 0 && s.rng.Intn(2) == 0 {
			l.cents, l.text = b.Open, inv.number
		}
		a.all = append(a.all, l)
		s.transfers[l.ref] = l
	}
	data := []func(*simFile) string{camt053, mt940}[s.rng.Intn(2)](a.file(today, today, s.rng, 0))
	for range 1 + s.rng.Intn(2) {
		s.dropStatement(fmt.Sprintf("bank-%d.txt", s.acts), data)
	}
	s.settleTransfers()
}

func (s *simulation) dropStatement(name, data string) {
	w := s.rest()
	old := map[string]bool{}
	for _, m := range w.Slack.Messages {
		old[m.Channel+m.TS] = true
	}
	s.post("slack/message", map[string]any{"user": finance, "channel": "CFINANCE01", "text": "",
		"files": []upload{{Name: name, Mime: "application/octet-stream", Data: []byte(data)}}}, nil)
	w = s.rest()
	for _, m := range w.Slack.Messages {
		for _, label := range labels(m.Blocks) {
			if !old[m.Channel+m.TS] && strings.HasPrefix(label, "Import ") {
				s.try("slack/action", map[string]any{"user": manager, "channel": m.Channel, "ts": m.TS, "label": label}, nil)
			}
		}
	}
	s.rest()
	s.rest()
}

// settleTransfers says of every entry that waits whose it is, and takes into the model what was
// placed, by whomever.
func (s *simulation) settleTransfers() {
	waits := map[string]string{}
	look := func(f func(e *ledger.BankEntry, l *simTransfer, v *ledger.View)) {
		s.box.bot.Load().books.View(func(v *ledger.View) error {
			seen := map[string]bool{}
			for id := ledger.BankEntryID(1); v.BankEntry(id) != nil; id++ {
				line, err := v.Line(v.BankEntry(id))
				l := s.transfers[line.BankRef]
				if err != nil || l == nil || seen[line.BankRef] || l.cents != line.Amount.Minor {
					s.t.Errorf("%s is no transfer, or is there twice: %+v, %v", id.Label(), line, err)
					continue
				}
				seen[line.BankRef] = true
				f(v.BankEntry(id), l, v)
			}
			return nil
		})
	}
	look(func(e *ledger.BankEntry, l *simTransfer, _ *ledger.View) {
		if e.Place == ledger.EntryWaits {
			waits[e.ID.Label()] = l.handle
		}
	})
	for _, label := range slices.Sorted(maps.Keys(waits)) {
		s.slack(finance, "/ar bank "+label+" to "+waits[label])
	}
	look(func(e *ledger.BankEntry, l *simTransfer, v *ledger.View) {
		if e.Place != ledger.EntryApplied || l.known {
			return
		}
		l.known = true
		s.did["transfers placed"]++
		for _, id := range e.Payments {
			if p := v.Payment(id); v.Customer(p.Customer).Handle != l.handle {
				s.t.Errorf("%s of %s became %s of %s", e.ID.Label(), l.handle, p.Label(), v.Customer(p.Customer).Handle)
			}
		}
		s.moved(l.handle, -l.cents, "transferred as "+l.ref)
	})
}
