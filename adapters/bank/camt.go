package bank

import (
	"encoding/xml"
	"io"
	"regexp"
	"strings"

	"duebot/ledger"
)

// CAMT of ISO 20022: 052 is a report within the day, 053 the statement, 054 the advice of single
// bookings. Elements are known by their local names, so that any version, prefix or missing
// namespace is read.

// camtHead is what stands in a Stmt, Rpt or Ntfctn beside its entries.
type camtHead struct {
	ID, Number, Legal, Created string
	Page                       struct {
		Number string `xml:"PgNb"`
	}
	Span struct {
		FromTime string `xml:"FrDtTm"`
		ToTime   string `xml:"ToDtTm"`
		FromDay  string `xml:"FrDt"`
		ToDay    string `xml:"ToDt"`
	}
	Account struct {
		camtAccount
		Currency string    `xml:"Ccy"`
		Name     string    `xml:"Nm"`
		Owner    camtParty `xml:"Ownr"`
		Bank     camtBank  `xml:"Svcr"`
	}
	Totals struct {
		Credits string `xml:"TtlCdtNtries>Sum"`
		Debits  string `xml:"TtlDbtNtries>Sum"`
	}
	Balances map[string]*ledger.BankBalance // by their code, the first of each; "ITBD2" the last interim one
}

type camtAccount struct {
	IBAN  string `xml:"Id>IBAN"`
	BBAN  string `xml:"Id>BBAN"`
	Other string `xml:"Id>Othr>Id"`
	Own   string `xml:"Id>PrtryAcct>Id"` // of the first version
}

func (a camtAccount) number() string { return account(firstOf(a.IBAN, a.Other, a.BBAN, a.Own)) }

type camtParty struct {
	Name   string   `xml:"Nm"`
	Inner  string   `xml:"Pty>Nm"` // since version 8
	Agent  string   `xml:"Agt>FinInstnId>Nm"`
	Org    []camtID `xml:"Id>OrgId>Othr"`
	Person []camtID `xml:"Id>PrvtId>Othr"`
	Org8   []camtID `xml:"Pty>Id>OrgId>Othr"`
	Prsn8  []camtID `xml:"Pty>Id>PrvtId>Othr"`
}

type camtID struct {
	ID     string `xml:"Id"`
	Scheme string `xml:"SchmeNm>Cd"`
}

func (p *camtParty) name() string { return clean(firstOf(p.Name, p.Inner, p.Agent)) }

// tax is the party's tax number: the id that says so, else one that says nothing of its kind.
func (p *camtParty) tax() string {
	plain := ""
	for _, list := range [][]camtID{p.Org, p.Person, p.Org8, p.Prsn8} {
		for _, id := range list {
			if id.Scheme == "TXID" {
				return clean(id.ID)
			}
			if id.Scheme == "" && plain == "" {
				plain = clean(id.ID)
			}
		}
	}
	return plain
}

type camtBank struct {
	BIC     string `xml:"FinInstnId>BIC"`
	BICFI   string `xml:"FinInstnId>BICFI"`
	Member  string `xml:"FinInstnId>ClrSysMmbId>MmbId"`
	OldBIC  string `xml:"FinInstnId>CmbndId>BIC"`
	OldCode string `xml:"FinInstnId>ClrSysMmbId>Id"`
}

func (b *camtBank) code() string {
	return account(firstOf(b.BICFI, b.BIC, b.OldBIC, b.Member, b.OldCode))
}

type camtAmount struct {
	Text     string `xml:",chardata"`
	Currency string `xml:"Ccy,attr"`
}

// money is the amount with the sign of its indicator; CRDT is what came.
func (a *camtAmount) money(indicator string) (ledger.Money, *Problem) {
	c, p := currency(a.Currency)
	if p != nil {
		return ledger.Money{}, p
	}
	m, p := amount(a.Text, c)
	if p != nil {
		return m, p
	}
	switch strings.TrimSpace(indicator) {
	case "CRDT":
		return m, nil
	case "DBIT":
		return m.Neg(), nil
	}
	return m, &Problem{Key: "bank.problem.missing", Args: []any{"field", "CdtDbtInd"}}
}

type camtDate struct {
	Day  string `xml:"Dt"`
	Time string `xml:"DtTm"`
}

func (d *camtDate) text() string { return firstOf(strings.TrimSpace(d.Day), strings.TrimSpace(d.Time)) }

type camtFees struct {
	Total   camtAmount   `xml:"TtlChrgsAndTaxAmt"`
	Amounts []camtAmount `xml:"Amt"` // of the first versions
	Records []struct {
		Amount   camtAmount `xml:"Amt"`
		Included string     `xml:"ChrgInclInd"`
	} `xml:"Rcrd"`
}

type camtCode struct {
	Domain string `xml:"Domn>Cd"`
	Family string `xml:"Domn>Fmly>Cd"`
	Sub    string `xml:"Domn>Fmly>SubFmlyCd"`
	Own    string `xml:"Prtry>Cd"`
}

func (c *camtCode) text() string {
	if c.Domain != "" {
		return clean(c.Domain) + "-" + clean(c.Family) + "-" + clean(c.Sub)
	}
	return clean(c.Own)
}

// camtDetail is one transaction of an entry.
type camtDetail struct {
	Ref        string       `xml:"Refs>AcctSvcrRef"`
	EndToEnd   string       `xml:"Refs>EndToEndId"`
	Amount     camtAmount   `xml:"Amt"`
	Indicator  string       `xml:"CdtDbtInd"`
	Transacted camtAmount   `xml:"AmtDtls>TxAmt>Amt"`
	Instructed camtAmount   `xml:"AmtDtls>InstdAmt>Amt"`
	Fees       []camtFees   `xml:"Chrgs"`
	Code       camtCode     `xml:"BkTxCd"`
	Debtor     camtParty    `xml:"RltdPties>Dbtr"`
	DebtorAcct camtAccount  `xml:"RltdPties>DbtrAcct"`
	DebtorBank camtBank     `xml:"RltdAgts>DbtrAgt"`
	Behind     camtParty    `xml:"RltdPties>UltmtDbtr"`
	Creditor   camtParty    `xml:"RltdPties>Cdtr"`
	CredAcct   camtAccount  `xml:"RltdPties>CdtrAcct"`
	CredBank   camtBank     `xml:"RltdAgts>CdtrAgt"`
	Purpose    []string     `xml:"RmtInf>Ustrd"`
	Structured []camtRemits `xml:"RmtInf>Strd"`
	ReturnCode string       `xml:"RtrInf>Rsn>Cd"`
	ReturnOwn  string       `xml:"RtrInf>Rsn>Prtry"`
	ReturnText []string     `xml:"RtrInf>AddtlInf"`
	Further    string       `xml:"AddtlTxInf"`
}

type camtRemits struct {
	Documents []string `xml:"RfrdDocInf>Nb"`
	OldDoc    []string `xml:"RfrdDocInf>RfrdDocNb"`
	Reference string   `xml:"CdtrRefInf>Ref"`
	OldRef    string   `xml:"CdtrRefInf>CdtrRef"`
	Further   []string `xml:"AddtlRmtInf"`
}

// camtReader reads one file.
type camtReader struct {
	x      *xmlReader
	f      *feed
	format string
	head   camtHead
	begun  bool
	st     ledger.BankStatement
}

func readCAMT(s *source, f *feed) error {
	return readCAMTFrom(s.xml(f.options.Language), f)
}

func readCAMTFrom(x *xmlReader, f *feed) error {
	c := &camtReader{x: x, f: f}
	for {
		t, err := x.Token()
		if err == io.EOF { // after the last bracket has closed
			return nil
		}
		if err != nil {
			return x.problem(err)
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		c.name(start)
		switch start.Name.Local {
		case "Stmt", "Rpt", "Ntfctn":
			if err := c.statement(); err != nil {
				return x.problem(err)
			}
		}
	}
}

var camtVersion = regexp.MustCompile(`camt\.05[234]\.001\.\d\d`)

// name learns the format's name from the namespace, else from the message's element.
func (c *camtReader) name(start xml.StartElement) {
	if v := camtVersion.FindString(start.Name.Space); v != "" {
		c.format = strings.ToUpper(v)
	}
	if c.format != "" {
		return
	}
	for prefix, name := range map[string]string{"BkToCstmrStmt": "CAMT.053", "BkToCstmrAcctRpt": "CAMT.052", "BkToCstmrDbtCdtNtfctn": "CAMT.054"} {
		if strings.HasPrefix(start.Name.Local, prefix) {
			c.format = name
		}
	}
}

// statement reads one: what stands before the entries is kept until the first of them.
func (c *camtReader) statement() error {
	c.begun, c.head = false, camtHead{Balances: map[string]*ledger.BankBalance{}}
	for {
		t, err := c.x.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.EndElement:
			return c.end()
		case xml.StartElement:
			if t.Name.Local == "Ntry" {
				err = c.entry()
			} else {
				err = c.part(t)
			}
			if err != nil {
				return err
			}
		}
	}
}

// part reads an element of the statement's head.
func (c *camtReader) part(t xml.StartElement) error {
	h := &c.head
	into := map[string]any{"Id": &h.ID, "ElctrncSeqNb": &h.Number, "LglSeqNb": &h.Legal, "CreDtTm": &h.Created, "Acct": &h.Account,
		"StmtPgntn": &h.Page, "RptPgntn": &h.Page, "NtfctnPgntn": &h.Page, "FrToDt": &h.Span, "TxsSummry": &h.Totals}[t.Name.Local]
	switch {
	case t.Name.Local == "Bal":
		return c.balance(t)
	case into != nil:
		return c.x.DecodeElement(into, &t)
	}
	return c.x.Skip()
}

func (c *camtReader) balance(t xml.StartElement) error {
	var b struct {
		Code      string     `xml:"Tp>CdOrPrtry>Cd"`
		OldCode   string     `xml:"Tp>Cd"`
		Amount    camtAmount `xml:"Amt"`
		Indicator string     `xml:"CdtDbtInd"`
		Date      camtDate   `xml:"Dt"`
	}
	line := c.x.line()
	if err := c.x.DecodeElement(&b, &t); err != nil {
		return err
	}
	code := clean(firstOf(b.Code, b.OldCode))
	switch code {
	case "OPBD", "PRCD", "CLBD", "ITBD":
	default: // what is available, what is forecast
		return nil
	}
	m, p := b.Amount.money(b.Indicator)
	if p != nil {
		return c.f.wrong(p.at(line, b.Amount.Text))
	}
	day, p := isoDay(b.Date.text())
	if p != nil {
		return c.f.wrong(p.at(line, b.Date.text()))
	}
	if c.head.Balances[code] == nil {
		c.head.Balances[code] = &ledger.BankBalance{Date: day, Amount: m}
	} else if code == "ITBD" {
		c.head.Balances["ITBD2"] = &ledger.BankBalance{Date: day, Amount: m}
	}
	return nil
}

// balances are the opening and the closing one. Pages of a long statement close and open with
// interim ones.
func (h *camtHead) balances() (opening, closing *ledger.BankBalance) {
	b := h.Balances
	opening, closing = b["OPBD"], b["CLBD"]
	if opening == nil {
		opening = b["PRCD"]
	}
	interim := b["ITBD"]
	if opening == nil && (closing != nil || b["ITBD2"] != nil) {
		opening, interim = interim, b["ITBD2"]
	}
	if closing == nil {
		closing = interim
	}
	return opening, closing
}

// said is the statement by what its head says so far.
func (c *camtReader) said() ledger.BankStatement {
	h := &c.head
	st := ledger.BankStatement{Format: c.format, ID: clean(h.ID), Number: clean(firstOf(h.Legal, h.Number))}
	if page := clean(h.Page.Number); page != "" && st.Number != "" {
		st.Number += "/" + page
	}
	st.From, _ = isoDay(firstOf(h.Span.FromDay, h.Span.FromTime))
	st.To, _ = isoDay(firstOf(h.Span.ToDay, h.Span.ToTime))
	st.Opening, st.Closing = h.balances()
	st.Account = ledger.BankAccount{Number: h.Account.number(), Bank: h.Account.Bank.code(), Holder: firstOf(h.Account.Owner.name(), clean(h.Account.Name))}
	if st.Account.Number == "" {
		st.Account.Number = account(c.f.options.Account)
	}
	if own, p := currency(h.Account.Currency); p == nil {
		st.Account.Currency = own
	} else if st.Opening != nil {
		st.Account.Currency = st.Opening.Amount.Currency
	} else if st.Closing != nil {
		st.Account.Currency = st.Closing.Amount.Currency
	}
	return st
}

// begin tells the statement, once; own is the currency of its first entry.
func (c *camtReader) begin(own ledger.Currency) error {
	if c.begun {
		return nil
	}
	c.begun, c.st = true, c.said()
	if c.st.Account.Currency == "" {
		c.st.Account.Currency = own
	}
	return c.f.begin(c.st)
}

func (c *camtReader) end() error {
	if err := c.begin(c.f.options.Currency); err != nil {
		return err
	}
	own := c.st.Account.Currency
	c.st.Opening, c.st.Closing = c.head.balances()
	if in, p := amount(c.head.Totals.Credits, own); p == nil {
		c.f.checkTurnover(in, false)
	}
	if out, p := amount(c.head.Totals.Debits, own); p == nil {
		c.f.checkTurnover(out, true)
	}
	return c.f.end(c.st)
}

// camtEntry is an entry, whose transactions are read one by one.
type camtEntry struct {
	line      int
	Ref       string
	Amount    camtAmount
	Indicator string
	Reversal  string
	Status    struct {
		Text string `xml:",chardata"`
		Code string `xml:"Cd"`
	}
	Booked, Value camtDate
	Code          camtCode
	Further       string
	Instructed    struct {
		Amount camtAmount `xml:"InstdAmt>Amt"`
	}
	Fees    []camtFees
	details []camtPart
	count   int
}

// camtPart is one of the transactions of an entry: the line that it is if they are all told
// apart, and its amount as the bank wrote it.
type camtPart struct {
	line      ledger.BankLine
	amount    camtAmount
	indicator string
}

// detailsMax is as many transactions of one entry as are told apart; an entry of more of them
// stays one line.
const detailsMax = 50_000

func (c *camtReader) entry() error {
	e := &camtEntry{line: c.x.line()}
	for {
		t, err := c.x.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.EndElement:
			return c.give(e)
		case xml.StartElement:
			if err := c.entryPart(e, t); err != nil {
				return err
			}
		}
	}
}

func (c *camtReader) entryPart(e *camtEntry, t xml.StartElement) error {
	into := map[string]any{"AcctSvcrRef": &e.Ref, "Amt": &e.Amount, "CdtDbtInd": &e.Indicator, "RvslInd": &e.Reversal, "Sts": &e.Status,
		"BookgDt": &e.Booked, "ValDt": &e.Value, "BkTxCd": &e.Code, "AddtlNtryInf": &e.Further, "AmtDtls": &e.Instructed, "Chrgs": &e.Fees}[t.Name.Local]
	switch {
	case into != nil:
		return c.x.DecodeElement(into, &t)
	case t.Name.Local == "NtryDtls":
		return c.details(e)
	case t.Name.Local == "TxDtls": // of the first version
		return c.detail(e, t)
	}
	return c.x.Skip()
}

func (c *camtReader) details(e *camtEntry) error {
	for {
		t, err := c.x.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if t.Name.Local == "TxDtls" {
				err = c.detail(e, t)
			} else {
				err = c.x.Skip()
			}
			if err != nil {
				return err
			}
		}
	}
}

func (c *camtReader) detail(e *camtEntry, t xml.StartElement) error {
	var d camtDetail
	line := c.x.line()
	if err := c.x.DecodeElement(&d, &t); err != nil {
		return err
	}
	if e.count++; e.count > detailsMax {
		e.details = nil
		return nil
	}
	part := camtPart{line: c.detailLine(e, &d), amount: d.Amount, indicator: strings.TrimSpace(d.Indicator)}
	if part.amount.Text == "" {
		part.amount = d.Transacted
	}
	part.line.Row = line
	e.details = append(e.details, part)
	return nil
}

// detailLine is what a transaction says, but for what its entry says.
func (c *camtReader) detailLine(e *camtEntry, d *camtDetail) ledger.BankLine {
	l := ledger.BankLine{BankRef: clean(d.Ref), EndToEnd: clean(d.EndToEnd), Code: d.Code.text(), Return: clean(firstOf(d.ReturnCode, d.ReturnOwn))}
	if l.EndToEnd == "NOTPROVIDED" {
		l.EndToEnd = ""
	}
	came := firstOf(strings.TrimSpace(d.Indicator), strings.TrimSpace(e.Indicator)) == "CRDT"
	back := l.Return != "" || isTrue(e.Reversal)
	c.party(&l, d, came != back)
	pieces := append([]string{}, d.Purpose...)
	for _, r := range d.Structured {
		l.Creditor = firstOf(l.Creditor, clean(firstOf(r.Reference, r.OldRef)))
		for _, n := range append(r.Documents, r.OldDoc...) {
			if n = clean(n); n != "" {
				l.Documents = append(l.Documents, n)
			}
		}
		pieces = append(pieces, r.Further...)
	}
	pieces = append(pieces, d.ReturnText...)
	if behind := d.Behind.name(); came && behind != "" && behind != l.PartyName {
		pieces = append(pieces, behind)
	}
	l.Text = joined(append(pieces, d.Further)...)
	if m, p := d.Instructed.money("CRDT"); p == nil {
		l.Instructed = m
	}
	l.Fees = fees(d.Fees)
	return l
}

// party takes the other side of a transaction: the debtor of what came, and of what went back to
// us. Where that is our own account the bank meant it the other way round.
func (c *camtReader) party(l *ledger.BankLine, d *camtDetail, debtor bool) {
	own := c.head.Account.number()
	if n := d.DebtorAcct.number(); n != "" && n == own && d.CredAcct.number() != own {
		debtor = false
	} else if n := d.CredAcct.number(); n != "" && n == own && d.DebtorAcct.number() != own {
		debtor = true
	}
	if debtor {
		l.Party = ledger.BankAccount{Number: d.DebtorAcct.number(), Bank: d.DebtorBank.code()}
		l.PartyName, l.PartyTax = firstOf(d.Debtor.name(), d.Behind.name()), d.Debtor.tax()
	} else {
		l.Party = ledger.BankAccount{Number: d.CredAcct.number(), Bank: d.CredBank.code()}
		l.PartyName, l.PartyTax = d.Creditor.name(), d.Creditor.tax()
	}
	l.Party.Holder = l.PartyName
}

func isTrue(s string) bool { s = strings.TrimSpace(s); return s == "true" || s == "1" }

// fees are what the banks kept, where all of it is in one currency.
func fees(list []camtFees) (sum ledger.Money) {
	for _, f := range list {
		all := f.Amounts
		if f.Total.Text != "" {
			all = []camtAmount{f.Total}
		} else {
			for _, r := range f.Records {
				all = append(all, r.Amount)
			}
		}
		for _, a := range all {
			m, p := a.money("CRDT")
			if p != nil || sum.Currency != "" && m.Currency != sum.Currency {
				return ledger.Money{}
			}
			sum = sum.Add(m)
		}
	}
	if sum.Minor == 0 {
		return ledger.Money{}
	}
	return sum
}

// give tells an entry: as one line, or as a line for each of its transactions where they add up
// to it.
func (c *camtReader) give(e *camtEntry) error {
	m, p := e.Amount.money(e.Indicator)
	if p != nil {
		return c.f.wrong(p.at(e.line, e.Amount.Currency+" "+e.Amount.Text+" "+e.Indicator))
	}
	if err := c.begin(m.Currency); err != nil {
		return err
	}
	whole := ledger.BankLine{Row: e.line, Amount: m, Reversal: isTrue(e.Reversal), BankRef: clean(e.Ref), Code: e.Code.text(), Fees: fees(e.Fees)}
	status := strings.ToUpper(clean(firstOf(e.Status.Code, strings.TrimSpace(e.Status.Text))))
	whole.Pending = status != "" && status != "BOOK"
	if p := c.dates(e, &whole); p != nil {
		return c.f.wrong(p.at(e.line, e.Booked.text()+" "+e.Value.text()))
	}
	if i, p := e.Instructed.Amount.money("CRDT"); p == nil {
		whole.Instructed = i
	}
	for _, l := range e.lines(whole) {
		if l.Instructed.Minor == l.Amount.Minor || l.Instructed.Minor == -l.Amount.Minor {
			l.Instructed = ledger.Money{} // as much as came
		}
		if err := c.f.line(l); err != nil {
			return err
		}
	}
	return nil
}

// dates sets the booking date; where the bank does not say it, it is the value date, else the
// day of the statement.
func (c *camtReader) dates(e *camtEntry, l *ledger.BankLine) (p *Problem) {
	if v := e.Value.text(); v != "" {
		if l.Value, p = isoDay(v); p != nil {
			return p
		}
	}
	if b := e.Booked.text(); b != "" {
		l.Booked, p = isoDay(b)
		return p
	}
	if l.Booked = l.Value; l.Booked == 0 {
		l.Booked, p = isoDay(firstOf(c.head.Span.ToDay, c.head.Span.ToTime, c.head.Created))
	}
	return p
}

func (e *camtEntry) lines(whole ledger.BankLine) []ledger.BankLine {
	further := clean(e.Further)
	switch {
	case len(e.details) == 1:
		return []ledger.BankLine{e.details[0].in(whole, further)}
	case len(e.details) > 1:
		if parts := e.parts(whole); parts != nil {
			return parts
		}
		pieces := []string{further}
		for _, d := range e.details[:min(len(e.details), 20)] {
			pieces = append(pieces, d.line.Text)
			whole.Documents = append(whole.Documents, d.line.Documents...)
		}
		further = joined(pieces...)
	}
	whole.Text = further
	return []ledger.BankLine{whole}
}

// in is the line of an entry's only transaction.
func (d *camtPart) in(whole ledger.BankLine, further string) ledger.BankLine {
	l := d.line
	l.Row, l.Booked, l.Value, l.Amount, l.Pending, l.Reversal = whole.Row, whole.Booked, whole.Value, whole.Amount, whole.Pending, whole.Reversal
	l.BankRef, l.Code = firstOf(whole.BankRef, l.BankRef), firstOf(l.Code, whole.Code)
	if !strings.Contains(l.Text, further) {
		l.Text = joined(l.Text, further)
	}
	if l.Instructed.Currency == "" {
		l.Instructed = whole.Instructed
	}
	if l.Fees.Currency == "" {
		l.Fees = whole.Fees
	}
	return l
}

// parts are the lines of an entry's transactions, nil where they do not add up to it. Some banks
// give them no sign, or the wrong one: then they all have the entry's.
func (e *camtEntry) parts(whole ledger.BankLine) []ledger.BankLine {
	out := make([]ledger.BankLine, len(e.details))
	var signed, unsigned int64
	for i, d := range e.details {
		m, p := d.amount.money(firstOf(d.indicator, strings.TrimSpace(e.Indicator)))
		if p != nil || m.Currency != whole.Amount.Currency {
			return nil
		}
		l := d.line
		l.Booked, l.Value, l.Amount, l.Pending, l.Reversal = whole.Booked, whole.Value, m, whole.Pending, whole.Reversal
		l.Batch, l.BankRef, l.Code = whole.BankRef, firstOf(l.BankRef, whole.BankRef), firstOf(l.Code, whole.Code)
		signed += m.Minor
		unsigned += max(m.Minor, -m.Minor)
		out[i] = l
	}
	switch whole.Amount.Minor {
	case signed:
		return out
	case unsigned, -unsigned:
		for i := range out {
			if (out[i].Amount.Minor < 0) != (whole.Amount.Minor < 0) {
				out[i].Amount = out[i].Amount.Neg()
			}
		}
		return out
	}
	return nil
}
