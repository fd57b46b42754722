package bank

import (
	"strings"

	"duebot/ledger"
)

// The elements of CAMT, as far as they are read. Beside each is what the first version called it.

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
	if strings.TrimSpace(a.Text) == "" {
		return ledger.Money{}, &Problem{Key: "bank.problem.missing", Args: []any{"field", "Amt"}}
	}
	c, p := currency(a.Currency)
	if p != nil {
		return ledger.Money{}, p
	}
	read := amount
	if strings.Contains(a.Text, ".") { // as the standard has it
		read = pointed
	}
	m, p := read(a.Text, c)
	if p != nil {
		return m, p
	}
	switch strings.TrimSpace(indicator) {
	case "CRDT":
		if m.Minor < 0 { // the standard knows no such sum: did it go, or come?
			return m, &Problem{Key: "bank.problem.amount", Args: []any{"text", shorten(clean(a.Text), excerptMax)}}
		}
		return m, nil
	case "DBIT":
		if m.Minor < 0 { // the minus says it again
			return m, nil
		}
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
	Documents []string     `xml:"RfrdDocInf>Nb"`
	OldDoc    []string     `xml:"RfrdDocInf>RfrdDocNb"`
	Paid      []camtAmount `xml:"RfrdDocAmt>RmtdAmt"`
	Reference string       `xml:"CdtrRefInf>Ref"`
	OldRef    string       `xml:"CdtrRefInf>CdtrRef"`
	Further   []string     `xml:"AddtlRmtInf"`
}
