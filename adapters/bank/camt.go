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
	x := s.xml(f.options.Language)
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
		return c.x.keep(into, t)
	}
	return c.x.Skip()
}

func (c *camtReader) balance(t xml.StartElement) error {
	var b struct {
		Code      string     `xml:"Tp>CdOrPrtry>Cd"`
		OwnCode   string     `xml:"Tp>CdOrPrtry>Prtry"`
		OldCode   string     `xml:"Tp>Cd"`
		Amount    camtAmount `xml:"Amt"`
		Indicator string     `xml:"CdtDbtInd"`
		Date      camtDate   `xml:"Dt"`
	}
	line := c.x.line()
	if err := c.x.keep(&b, t); err != nil {
		return err
	}
	code := clean(firstOf(b.Code, b.OwnCode, b.OldCode))
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
