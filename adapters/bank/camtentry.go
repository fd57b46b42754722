package bank

import (
	"encoding/xml"
	"regexp"
	"slices"
	"strings"

	"duebot/ledger"
)

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
		Own  string `xml:"Prtry"`
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
	line       ledger.BankLine
	amount     camtAmount
	transacted camtAmount // the same in the account's currency, where the bank tells both
	indicator  string
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
		return c.x.keep(into, t)
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
	if err := c.x.keep(&d, t); err != nil {
		return err
	}
	if e.count++; e.count > detailsMax {
		e.details = nil
		return nil
	}
	part := camtPart{line: c.detailLine(e, &d), amount: d.Amount, transacted: d.Transacted, indicator: strings.TrimSpace(d.Indicator)}
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
		r.into(&l)
		for _, s := range r.Further {
			if !slipState.MatchString(s) {
				pieces = append(pieces, s)
			}
		}
	}
	if len(l.Sums) != len(l.Documents) {
		l.Sums = nil
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

// slipState is what a Swiss bank says of how it read a slip.
var slipState = regexp.MustCompile(`^\s*\?(?:REJECT|ERROR)\?\d*\s*$`)

// into adds what one piece of structured remittance names: documents, each with what is paid of it,
// and a creditor's reference. A second reference stands among the documents.
func (r *camtRemits) into(l *ledger.BankLine) {
	before := len(l.Documents)
	for _, n := range append(slices.Clone(r.Documents), r.OldDoc...) {
		if n = clean(n); n != "" {
			l.Documents = append(l.Documents, n)
		}
	}
	if len(l.Documents) == before+1 && len(r.Paid) == 1 {
		if m, p := r.Paid[0].money("CRDT"); p == nil {
			l.Sums = append(l.Sums, m)
		}
	}
	ref := clean(firstOf(r.Reference, r.OldRef))
	switch {
	case ref == "" || ref == l.Creditor:
	case l.Creditor == "":
		l.Creditor = ref
	default:
		l.Documents = append(l.Documents, ref)
	}
}

// party takes the other side of a transaction: the debtor of what came, and of what went back to
// us. Where that is our own account the bank meant it the other way round.
func (c *camtReader) party(l *ledger.BankLine, d *camtDetail, debtor bool) {
	own := c.head.Account.number()
	payer, payee := d.DebtorAcct.number(), d.CredAcct.number()
	switch {
	case payer == payee || own == "":
	case payer == own && payee+d.Creditor.name() != "": // there is somebody else
		debtor = false
	case payee == own && payer+d.Debtor.name() != "":
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

// fees are what the banks kept of the sum, where all of it is in one currency. What is booked
// beside it, some other day, was not kept.
func fees(list []camtFees) (sum ledger.Money) {
	for _, f := range list {
		all, beside := f.Amounts, false
		for _, r := range f.Records {
			if s := strings.TrimSpace(r.Included); s == "false" || s == "0" {
				beside = true
			} else {
				all = append(all, r.Amount)
			}
		}
		if f.Total.Text != "" && !beside {
			all = []camtAmount{f.Total}
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
	status := strings.ToUpper(clean(firstOf(e.Status.Code, e.Status.Own, strings.TrimSpace(e.Status.Text))))
	whole.Pending = status != "" && status != "BOOK"
	if p := c.dates(e, &whole); p != nil {
		return c.f.wrong(p.at(e.line, e.Booked.text()+" "+e.Value.text()))
	}
	if i, p := e.Instructed.Amount.money("CRDT"); p == nil {
		whole.Instructed = i
	}
	for _, l := range e.lines(whole) {
		if l.Instructed == l.Amount || l.Instructed == l.Amount.Neg() {
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
			whole.Documents, whole.Sums = append(whole.Documents, d.line.Documents...), append(whole.Sums, d.line.Sums...)
		}
		further = joined(pieces...)
		if len(whole.Sums) != len(whole.Documents) {
			whole.Sums = nil
		}
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
		sum := d.amount
		if sum.Currency != string(whole.Amount.Currency) && d.transacted.Text != "" {
			sum = d.transacted
		}
		m, p := sum.money(firstOf(d.indicator, strings.TrimSpace(e.Indicator)))
		if p != nil || m.Currency != whole.Amount.Currency {
			return nil
		}
		l := d.line
		l.Booked, l.Value, l.Amount, l.Pending, l.Reversal = whole.Booked, whole.Value, m, whole.Pending, whole.Reversal
		l.Whole = whole.Amount
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
