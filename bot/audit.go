package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"duebot/ledger"
)

// auditTime is how the audit writes instants: UTC, to the millisecond.
const auditTime = "2006-01-02T15:04:05.000Z"

// auditColumns are the columns of the audit as tab-separated lines.
var auditColumns = []string{"fact", "recorded", "effective", "by", "command", "kind", "about", "amount", "currency", "postings", "words", "hash", "approval", "approved_by"}

// auditLine is one fact of the audit as a line of JSON. Sums are decimals of major units,
// as text; a posting's positive amount is a debit.
type auditLine struct {
	Fact      uint64         `json:"fact"`
	Recorded  string         `json:"recorded"`
	Effective string         `json:"effective"`
	By        string         `json:"by"`
	Command   string         `json:"command,omitempty"`
	Kind      string         `json:"kind"`
	About     []string       `json:"about,omitempty"`
	Amount    *auditMoney    `json:"amount,omitempty"`
	Postings  []auditPosting `json:"postings,omitempty"`
	Words     string         `json:"words,omitempty"`
	Hash      string         `json:"hash"`

	Approval   string `json:"approval,omitempty"` // the request that a second person approved
	ApprovedBy string `json:"approved_by,omitempty"`
}

type auditMoney struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

type auditPosting struct {
	Account  string `json:"account"`
	Customer string `json:"customer,omitempty"`
	auditMoney
	Base string `json:"base,omitempty"` // value in the company's currency, of a foreign amount or of a value alone
}

// runAudit writes every fact of a ledger file as one line, for auditors.
func runAudit(_ context.Context, fs *flag.FlagSet, args []string, out io.Writer) error {
	asJSON := fs.Bool("json", false, "lines of JSON instead of tab-separated ones")
	if err := parse(fs, args, 1); err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	write := writeTSV
	if *asJSON {
		write = writeJSON
	} else {
		fmt.Fprintln(w, strings.Join(auditColumns, "\t"))
	}
	p := newProgress()
	rep, err := ledger.Audit(fs.Arg(0), func(v *ledger.View, f *ledger.Fact) error {
		return write(w, newAuditLine(v, f))
	}, p.watch("reading "+fs.Arg(0)))
	p.end()
	if e := w.Flush(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if n := len(rep.Problems); n > 0 {
		return fmt.Errorf("%s is damaged, and what follows the damage is not written: %s", fs.Arg(0), rep.Problems[0])
	}
	return nil
}

func newAuditLine(v *ledger.View, f *ledger.Fact) *auditLine {
	d := v.Describe(f)
	words, err := v.Text(d.Words)
	if err != nil {
		words = "" // erased; a damaged one is in the report of problems
	}
	l := &auditLine{Fact: f.Seq, Recorded: f.Recorded.UTC().Format(auditTime), Effective: f.Effective.String(), By: f.By,
		Command: f.Via, Kind: ledger.KindName(f.Body), About: d.Refs, Words: words, Hash: f.Hash.String()}
	if d.Day != 0 {
		l.About = append(l.About, d.Day.String())
	}
	if a := v.Approval(f.Approval); a != nil {
		l.Approval, l.ApprovedBy = a.Label(), a.Decided
	}
	if d.Amount.Minor != 0 {
		m := newAuditMoney(d.Amount)
		l.Amount = &m
	}
	valued := f.HasValues() // what an early layout booked is not worth nothing: nobody knew
	for _, p := range f.Postings {
		line := auditPosting{Account: p.Account.String(), auditMoney: newAuditMoney(p.Amount)}
		if base := v.Company().Currency; valued && p.Base != p.Amount.Minor || p.Amount.Currency != base && p.Base != 0 {
			line.Base = newAuditMoney(ledger.Money{Minor: p.Base, Currency: base}).Amount
		}
		if c := v.Customer(p.Customer); c != nil {
			line.Customer = c.Handle
		}
		l.Postings = append(l.Postings, line)
	}
	return l
}

func newAuditMoney(m ledger.Money) auditMoney {
	_, places, currency := m.MoneyParts()
	return auditMoney{m.Decimal().StringFixed(places), currency}
}

func writeJSON(w io.Writer, l *auditLine) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(l)
}

// oneCell keeps a text on its line and in its column.
var oneCell = strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")

func writeTSV(w io.Writer, l *auditLine) error {
	amount := auditMoney{}
	if l.Amount != nil {
		amount = *l.Amount
	}
	postings := make([]string, len(l.Postings))
	for i, p := range l.Postings {
		postings[i] = p.Account + " " + p.Amount + " " + p.Currency
		if p.Base != "" {
			postings[i] += " (worth " + p.Base + ")"
		}
	}
	cells := []string{strconv.FormatUint(l.Fact, 10), l.Recorded, l.Effective, l.By, l.Command, l.Kind, strings.Join(l.About, ", "),
		amount.Amount, amount.Currency, strings.Join(postings, "; "), l.Words, l.Hash, l.Approval, l.ApprovedBy}
	for i := range cells {
		cells[i] = oneCell.Replace(cells[i])
	}
	_, err := fmt.Fprintln(w, strings.Join(cells, "\t"))
	return err
}
