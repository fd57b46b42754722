package bank

import (
	"bufio"
	"io"
	"regexp"
	"strings"

	"duebot/ledger"
)

// OFX is what banks give to programs of accounting, most of them in America: SGML without the
// ends of values in version 1, XML in version 2. Both are read by the same rules: a tag with text
// behind it is a value, and the rest are brackets around values. Nothing is expanded but the few
// letters that have names in both.

// ofxTokenMax is as long as one tag, or one value, may be.
const ofxTokenMax = 64 << 10

// ofxTagsMax is as many tags as may stand from one transaction, or statement, to the next.
const ofxTagsMax = 100_000

var (
	ofxCharset = regexp.MustCompile(`(?i)\bCHARSET:\s*([\w-]+)`)
	ofxHeader  = regexp.MustCompile(`(?i)OFXHEADER`)
	ofxVersion = regexp.MustCompile(`(?i)\bVERSION[:=]\s*"?(\d)(\d)(\d)`)
)

func readOFX(s *source, f *feed) error {
	head := onlyLF(headText(s.head))
	o := &ofxReader{f: f, row: 1, format: "OFX"}
	page := pageNamed("")
	if m := ofxCharset.FindStringSubmatch(head); m != nil {
		page = pageNamed(m[1])
	} else if m := xmlDeclared.FindStringSubmatch(head); m != nil {
		page = pageNamed(m[1])
	}
	own := head // its version is not that of XML
	if at := ofxHeader.FindStringIndex(head); at != nil {
		own = head[at[0]:]
	}
	if m := ofxVersion.FindStringSubmatch(own); m != nil {
		o.format += " " + strings.Join(m[1:], ".")
	}
	o.again = func() *bufio.Reader { return s.text(page, f.options.Language) }
	o.in = o.again()
	if err := o.read(); err != nil {
		return placed(err, o.row)
	}
	switch {
	case !o.ended, o.open, o.trn != nil:
		return (&Problem{Key: "bank.problem.cut"}).at(o.row, "")
	case f.statements == 0 && o.investments > 0 && len(f.problems) == 0:
		return &Problem{Line: 1, Key: "bank.problem.investment"}
	}
	return nil
}

type ofxReader struct {
	in     *bufio.Reader
	f      *feed
	format string
	row    int
	tags   int // since the last transaction, or statement
	ended  bool

	investments int
	skipping    bool // within what an investment account says
	open        bool // a statement is
	card        bool
	begun       bool
	st          ledger.BankStatement
	section     string            // the bracket whose values are read
	values      map[string]string // of the bracket, or of the transaction
	trn         map[string]string
	trnRow      int
	pending     bool

	again func() *bufio.Reader // the file from its beginning
	minus *bool                // some sum of it has one; nil: nobody has asked yet
}

// read goes through tags and their text.
func (o *ofxReader) read() error {
	if _, err := o.until('<'); err != nil { // the header
		return ignoreEOF(err)
	}
	for {
		row := o.row
		tag, err := o.tag()
		if err != nil {
			return ignoreEOF(err)
		}
		text, err := o.until('<')
		if err != nil && err != io.EOF {
			return err
		}
		if name := ofxName(tag); name != "" {
			if err := o.take(name, strings.TrimSpace(text), row); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

func ignoreEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// until reads up to a sign, which is left out.
func (o *ofxReader) until(sign byte) (string, error) {
	var out strings.Builder
	for {
		c, err := o.in.ReadByte()
		if err != nil {
			return out.String(), err
		}
		if c == '\n' {
			o.row++
		}
		if c == sign {
			return out.String(), nil
		}
		if out.Len() > ofxTokenMax {
			return "", &Problem{Key: "bank.problem.toolong", Excerpt: excerpt([]byte(out.String()))}
		}
		out.WriteByte(c)
	}
}

// tag reads what stands between the signs; a comment is read over.
func (o *ofxReader) tag() (string, error) {
	tag, err := o.until('>')
	for err == nil && strings.HasPrefix(tag, "!--") && !strings.HasSuffix(tag, "--") {
		if len(tag) > ofxTokenMax {
			return "", &Problem{Key: "bank.problem.toolong"}
		}
		var more string
		more, err = o.until('>')
		tag += ">" + more
	}
	if upper := strings.ToUpper(tag); strings.HasPrefix(upper, "!DOCTYPE") || strings.HasPrefix(upper, "!ENTITY") {
		return "", &Problem{Key: "bank.problem.xmlbomb"}
	}
	return tag, err
}

var ofxTag = regexp.MustCompile(`^/?[A-Za-z][A-Za-z0-9_.]*`)

func ofxName(tag string) string { return strings.ToUpper(ofxTag.FindString(tag)) }

var ofxLetters = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&nbsp;", " ", "&quot;", `"`, "&apos;", "'")

// take takes a tag and the text behind it.
func (o *ofxReader) take(name, text string, row int) error {
	if o.tags++; o.tags > ofxTagsMax && o.skipping {
		return &Problem{Line: 1, Key: "bank.problem.investment"}
	} else if o.tags > ofxTagsMax {
		return &Problem{Line: row, Key: "bank.problem.xmlbomb"}
	}
	switch name {
	case "STMTTRN", "/STMTTRN", "STMTRS", "CCSTMTRS", "INVSTMTRS":
		o.tags = 0
	case "/OFX":
		o.ended = true
	}
	switch name {
	case "INVSTMTRS":
		o.investments, o.skipping = o.investments+1, true
	case "/INVSTMTRS":
		o.skipping = false
	}
	switch {
	case o.skipping:
	case name[0] == '/':
		return o.closed(name[1:], row)
	case text != "" && !ofxBrackets[name]:
		if o.values != nil && len(o.values) < 200 && o.values[o.key(name)] == "" {
			o.values[o.key(name)] = ofxLetters.Replace(text)
		}
		return o.lone(name, text, row)
	default:
		return o.opened(name, row)
	}
	return nil
}

// ofxBrackets are the tags that hold others, whatever text strays behind them.
var ofxBrackets = map[string]bool{"OFX": true, "STMTRS": true, "CCSTMTRS": true, "STMTTRN": true, "STMTTRNP": true, "BANKACCTFROM": true, "CCACCTFROM": true,
	"BANKACCTTO": true, "CCACCTTO": true, "LEDGERBAL": true, "AVAILBAL": true, "STATUS": true, "PAYEE": true, "CURRENCY": true, "ORIGCURRENCY": true}

// key is a value's name; within a bracket of a transaction it stands behind the bracket's.
func (o *ofxReader) key(name string) string {
	if o.trn != nil && o.section != "" {
		return o.section + "." + name
	}
	return name
}

func (o *ofxReader) opened(name string, row int) error {
	switch name {
	case "STMTRS", "CCSTMTRS":
		if o.open {
			return &Problem{Key: "bank.problem.cut"}
		}
		o.open, o.card, o.begun = true, name == "CCSTMTRS", false
		o.st = ledger.BankStatement{Format: o.format}
	case "STMTTRN", "STMTTRNP":
		if o.trn != nil {
			return &Problem{Key: "bank.problem.cut"}
		}
		o.trn, o.trnRow, o.section, o.pending = map[string]string{}, row, "", name == "STMTTRNP"
		o.values = o.trn
	case "BANKACCTTO", "CCACCTTO", "PAYEE", "CURRENCY", "ORIGCURRENCY":
		o.section = name
	case "BANKACCTFROM", "CCACCTFROM", "LEDGERBAL", "STATUS":
		if o.trn == nil {
			o.section, o.values = name, map[string]string{}
		}
	case "AVAILBAL", "BALLIST":
		o.values = nil
	}
	return nil
}

// lone takes a value that stands in a statement itself.
func (o *ofxReader) lone(name, text string, row int) error {
	if o.trn != nil || !o.open || strings.HasPrefix(name, "DT") && strings.Trim(text, "0") == "" { // no day at all
		return nil
	}
	var p *Problem
	switch name {
	case "CURDEF":
		o.st.Account.Currency, p = currency(text)
	case "DTSTART":
		if o.st.From == 0 {
			o.st.From, p = isoDay(text)
		}
	case "DTEND":
		o.st.To, p = isoDay(text)
	}
	if p != nil {
		return o.f.wrong(p.at(row, name+" "+text))
	}
	return nil
}

func (o *ofxReader) closed(name string, row int) error {
	v := o.values
	switch name {
	case "BANKACCTFROM", "CCACCTFROM":
		if o.open && o.trn == nil && v != nil {
			o.st.Account.Number, o.st.Account.Bank = account(v["ACCTID"]), account(v["BANKID"])
		}
	case "LEDGERBAL":
		if o.open && v != nil {
			return o.ledger(v, row)
		}
	case "STATUS":
		if v != nil && strings.EqualFold(v["SEVERITY"], "ERROR") {
			return o.f.wrong(&Problem{Line: row, Excerpt: shorten(clean(v["MESSAGE"]), excerptMax), Key: "bank.problem.bankerror", Args: []any{"code", shorten(clean(v["CODE"]), 20)}})
		}
	case "STMTTRN", "STMTTRNP":
		if o.trn != nil {
			return o.transaction()
		}
	case "STMTRS", "CCSTMTRS":
		return o.end(row)
	}
	if o.section == name {
		if o.section = ""; o.trn == nil {
			o.values = nil
		}
	}
	return nil
}

func (o *ofxReader) ledger(v map[string]string, row int) error {
	if o.section, o.values = "", nil; v["BALAMT"] == "" || strings.Trim(v["DTASOF"], "0") == "" {
		return nil // the bank does not know it
	}
	m, p := amount(ofxSum(v["BALAMT"]), firstCurrency(o.st.Account.Currency, o.f.options.Currency))
	if p != nil {
		return o.f.wrong(p.at(row, v["BALAMT"]))
	}
	day, p := isoDay(v["DTASOF"])
	if p != nil {
		return o.f.wrong(p.at(row, v["DTASOF"]))
	}
	o.st.Closing = &ledger.BankBalance{Date: day, Amount: m}
	return nil
}

func firstCurrency(list ...ledger.Currency) ledger.Currency {
	for _, c := range list {
		if c != "" {
			return c
		}
	}
	return ""
}

func (o *ofxReader) begin() error {
	if o.begun {
		return nil
	}
	o.begun = true
	o.st.Account.Currency = firstCurrency(o.st.Account.Currency, o.f.options.Currency)
	return o.f.begin(o.st)
}

func (o *ofxReader) end(row int) error {
	if !o.open {
		return nil
	}
	o.open = false
	if o.st.Account.Number == "" {
		return o.f.wrong(&Problem{Line: row, Key: "bank.problem.missing", Args: []any{"field", "ACCTID"}})
	}
	if err := o.begin(); err != nil {
		return err
	}
	return o.f.end(o.st)
}

// transaction tells a line. On some banks' cards what is bought is positive: there the kind
// tells the direction.
func (o *ofxReader) transaction() error {
	t := o.trn
	o.trn, o.values, o.section = nil, nil, ""
	if !o.open {
		return nil
	}
	if err := o.begin(); err != nil {
		return err
	}
	own := firstCurrency(o.st.Account.Currency, o.f.options.Currency)
	l, p := ofxLine(t, own)
	if p != nil {
		return o.f.wrong(p.at(o.trnRow, "DTPOSTED "+t["DTPOSTED"]+" TRNAMT "+t["TRNAMT"]))
	}
	if !o.card && ofxWent[l.Code] && l.Amount.Minor > 0 && o.unsigned() {
		l.Amount = l.Amount.Neg()
	}
	if o.card && (l.Code == "DEBIT" && l.Amount.Minor > 0 || l.Code == "CREDIT" && l.Amount.Minor < 0) {
		l.Amount = l.Amount.Neg()
	}
	l.Row, l.Pending = o.trnRow, o.pending
	return o.f.line(*l)
}

// ofxWent are the kinds of what goes from an account.
var ofxWent = map[string]bool{"DEBIT": true, "CHECK": true, "PAYMENT": true, "FEE": true, "SRVCHG": true, "ATM": true, "CASH": true, "POS": true, "DIRECTDEBIT": true, "REPEATPMT": true}

// unsigned reports whether no sum of the whole file has a minus: then the kinds tell what went.
// The file is read once more for it, where a kind and a sign are at odds.
func (o *ofxReader) unsigned() bool {
	if o.minus == nil {
		o.minus = new(bool)
		all := &ofxReader{in: o.again()}
		for !*o.minus {
			piece, err := all.until('<')
			tag, text, _ := strings.Cut(piece, ">")
			*o.minus = ofxName(tag) == "TRNAMT" && strings.HasPrefix(strings.TrimSpace(text), "-") || err != nil && err != io.EOF
			if err != nil {
				break
			}
		}
	}
	return !*o.minus
}

// ofxSum is a sum without what groups its digits, where both marks stand in it: "1.190,00".
func ofxSum(s string) string {
	s = strings.ReplaceAll(s, " ", "")
	dot, comma := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	switch {
	case dot >= 0 && comma > dot:
		return strings.ReplaceAll(s, ".", "")
	case comma >= 0 && dot > comma:
		return strings.ReplaceAll(s, ",", "")
	}
	return s
}

func ofxLine(t map[string]string, own ledger.Currency) (l *ledger.BankLine, p *Problem) {
	l = &ledger.BankLine{Code: clean(strings.ToUpper(t["TRNTYPE"])), BankRef: clean(t["FITID"])}
	if t["DTPOSTED"] == "" {
		return nil, &Problem{Key: "bank.problem.missing", Args: []any{"field", "DTPOSTED"}}
	}
	if l.Booked, p = isoDay(t["DTPOSTED"]); p != nil {
		return nil, p
	}
	if v := t["DTAVAIL"]; v != "" {
		if l.Value, p = isoDay(v); p != nil {
			return nil, p
		}
	}
	if c := t["CURRENCY.CURSYM"]; c != "" {
		if own, p = currency(c); p != nil {
			return nil, p
		}
	}
	if own == "" {
		return nil, &Problem{Key: "bank.problem.nocurrency"}
	}
	if l.Amount, p = amount(ofxSum(t["TRNAMT"]), own); p != nil {
		return nil, p
	}
	l.PartyName = clean(firstOf(t["PAYEE.NAME"], t["EXTDNAME"], t["NAME"]))
	l.Party = ledger.BankAccount{Number: account(firstOf(t["BANKACCTTO.ACCTID"], t["CCACCTTO.ACCTID"])), Bank: account(t["BANKACCTTO.BANKID"]), Holder: l.PartyName}
	l.EndToEnd = clean(firstOf(t["REFNUM"], t["CHECKNUM"]))
	l.Text = joined(t["MEMO"])
	if name := clean(t["NAME"]); name != l.PartyName {
		l.Text = joined(name, t["MEMO"])
	}
	l.Reversal = t["CORRECTFITID"] != ""
	return l, nil
}
