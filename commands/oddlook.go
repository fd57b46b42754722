package commands

import (
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/match"
)

// Where odd things are found: in each payment that is booked now, in an entry of a bank's that
// waits, and in what people write. The rules are the ledger's; here is what they are asked of.

// How far back the rules look.
const (
	oddLooks     = 24 // payments of the customer
	accountLooks = 6  // of these, for the accounts that they came from
)

// lookAt finds what is odd about a payment that was booked now, for the invoices that its payer
// named.
func (d *Desk) lookAt(tx *ledger.Tx, p *ledger.Payment, named []ledger.InvoiceID) error {
	x := ledger.OddFound{Customer: p.Customer, Payment: p.ID, Amount: p.Amount}
	if e := tx.EntryOf(p); e != nil {
		x.Entry = e.ID
	}
	settled, neat := settledNeatly(&tx.View, p)
	before := pastPayments(&tx.View, p)
	for _, id := range named {
		if inv := tx.Invoice(id); inv.Open == 0 && settled[id] == 0 && inv.Paid > 0 {
			x.Kind, x.Invoice, x.Earlier = ledger.OddAgain, id, lastPayer(&tx.View, inv, p.ID)
			return d.found(tx, x, "")
		}
	}
	now := ledger.PastPayment{Payment: p.ID, Amount: p.Amount, Date: p.Date, Invoices: named}
	if twin, odd := ledger.PaidTwice(now, before, neat); odd {
		x.Kind, x.Earlier = ledger.OddTwice, twin
		return d.found(tx, x, "")
	}
	open, paid := owedBefore(&tx.View, p, settled), []int64(nil)
	for _, q := range before {
		if q.Amount.Currency == p.Amount.Currency {
			paid = append(paid, q.Amount.Minor)
		}
	}
	how, usual := ledger.UnlikeSum(p.Amount.Minor, open, paid, neat)
	if how == ledger.SumUsual {
		return nil
	}
	x.Kind, x.How, x.Usual = ledger.OddSum, how, ledger.Money{Minor: usual, Currency: p.Amount.Currency}
	return d.found(tx, x, "")
}

// namedBy are the invoices that a payment names, with its parts.
func namedBy(invoice ledger.InvoiceID, parts []ledger.Part) (out []ledger.InvoiceID) {
	if invoice != 0 {
		out = append(out, invoice)
	}
	for _, part := range parts {
		if part.Invoice != invoice {
			out = append(out, part.Invoice)
		}
	}
	return out
}

// settledNeatly is what p settled of which invoice, and whether all of that is closed by it, or
// paid up to the end of an instalment, with nothing left over.
func settledNeatly(v *ledger.View, p *ledger.Payment) (settled map[ledger.InvoiceID]int64, neat bool) {
	settled, neat = map[ledger.InvoiceID]int64{}, p.OnAcct == 0
	for _, st := range v.Settlements(p) {
		if !st.Reversed {
			settled[st.Invoice] += st.Minor
		}
	}
	for id := range settled {
		neat = neat && atEdge(v.Invoice(id))
	}
	return settled, neat && len(settled) > 0
}

// atEdge reports whether nothing of an invoice is half paid.
func atEdge(inv *ledger.Invoice) bool {
	left, parts := inv.Open, inv.Instalments()
	for i := len(parts) - 1; i >= 0 && left > 0; i-- {
		left -= parts[i].Minor
	}
	return left == 0
}

// pastPayments are the payments of p's customer before it, newest first.
func pastPayments(v *ledger.View, p *ledger.Payment) (out []ledger.PastPayment) {
	for _, q := range v.PaymentsOf(v.Customer(p.Customer), oddLooks) {
		if q.ID != p.ID && !q.Returned {
			out = append(out, ledger.PastPayment{Payment: q.ID, Amount: q.Amount, Date: q.Date, Invoices: settledBy(v, q)})
		}
	}
	return out
}

// owedBefore is what was open of each invoice before p came, in its currency.
func owedBefore(v *ledger.View, p *ledger.Payment, settled map[ledger.InvoiceID]int64) (out []int64) {
	for _, inv := range v.OpenInvoices(v.Customer(p.Customer)) {
		if inv.Currency == p.Amount.Currency && settled[inv.ID] == 0 {
			out = append(out, inv.Open)
		}
	}
	for id, minor := range settled {
		switch inv := v.Invoice(id); inv.Currency {
		case p.Amount.Currency:
			out = append(out, inv.Open+minor)
		default: // its rate was looked at when it was booked
			out = append(out, p.Amount.Minor)
		}
	}
	return out
}

// lastPayer is the payment that settled inv last, other than one; 0 for none.
func lastPayer(v *ledger.View, inv *ledger.Invoice, but ledger.PaymentID) ledger.PaymentID {
	for _, q := range v.PaymentsOf(v.Customer(inv.Customer), oddLooks) {
		if q.ID != but && !q.Returned && slices.Contains(settledBy(v, q), inv.ID) {
			return q.ID
		}
	}
	return 0
}

// lookAtAccount finds that an entry that was posted by itself came from another account than its
// customer pays from. Of one that a person placed, he has seen the account.
func (d *Desk) lookAtAccount(tx *ledger.Tx, p *ledger.Payment, e *ledger.BankEntry) error {
	l, err := tx.Line(e)
	if err != nil || l.Party.Number == "" {
		return err
	}
	var before []string
	for _, q := range tx.PaymentsOf(tx.Customer(p.Customer), oddLooks) {
		of := tx.EntryOf(q)
		if of == nil || q.ID == p.ID || q.Returned || len(before) == accountLooks {
			continue
		}
		earlier, err := tx.Line(of)
		if err != nil {
			return err
		}
		before = append(before, accountOf(earlier.Party.Number))
	}
	now := accountOf(l.Party.Number)
	usual, odd := ledger.OtherAccount(now, before, func(account string) bool {
		return slices.Contains(tx.PayersByAccount(&ledger.BankLine{Party: ledger.BankAccount{Number: account}}), p.Customer)
	})
	if !odd {
		return nil
	}
	return d.found(tx, ledger.OddFound{Kind: ledger.OddAccount, Customer: p.Customer, Entry: e.ID, Payment: p.ID, Amount: p.Amount, Key: tx.AccountKey(now)}, usual+"\n"+now)
}

// accountOf is an account as accounts are compared.
func accountOf(number string) string {
	return strings.ToUpper(strings.Join(strings.Fields(number), ""))
}

// lookAtWaiting finds that an entry that waits may be money that came before: it names what is
// paid, or its sum came days ago and nothing is owed for it. The entry's message says so.
func (d *Desk) lookAtWaiting(tx *ledger.Tx, e *ledger.BankEntry, said match.Verdict) error {
	if e.Amount.Minor <= 0 || len(said.Candidates) == 0 {
		return nil
	}
	best := &said.Candidates[0]
	c := tx.Customer(best.Customer)
	if c == nil || len(best.Parts) > 0 || best.Payment != 0 {
		return nil
	}
	x := ledger.OddFound{Kind: ledger.OddAgain, Customer: c.ID, Entry: e.ID, Amount: e.Amount}
	if inv := paidNamed(&tx.View, best); inv != nil {
		x.Invoice, x.Earlier = inv.ID, lastPayer(&tx.View, inv, 0)
		_, _, err := tx.FindOdd(x, "")
		return err
	}
	var before []ledger.PastPayment
	for _, q := range tx.PaymentsOf(c, oddLooks) {
		if !q.Returned {
			before = append(before, ledger.PastPayment{Payment: q.ID, Amount: q.Amount, Date: q.Date, Invoices: settledBy(&tx.View, q)})
		}
	}
	twin, odd := ledger.PaidTwice(ledger.PastPayment{Amount: e.Amount, Date: e.Booked}, before, false)
	if !odd {
		return nil
	}
	x.Kind, x.Earlier = ledger.OddTwice, twin
	_, _, err := tx.FindOdd(x, "")
	return err
}

// paidNamed is the invoice that a candidate says is paid already, nil for none.
func paidNamed(v *ledger.View, c *match.Candidate) *ledger.Invoice {
	for _, r := range c.Reasons {
		if r.Key != "match.paid" || len(r.Args) < 2 {
			continue
		}
		number, _ := r.Args[1].(string)
		if inv, err := v.InvoiceNumbered(number); err == nil && inv.Customer == c.Customer {
			return inv
		}
		if inv := v.InvoiceReferenced(number); inv != nil && inv.Customer == c.Customer {
			return inv
		}
	}
	return nil
}

// found books that something is odd, and tells finance of it once.
func (d *Desk) found(tx *ledger.Tx, x ledger.OddFound, words string) error {
	o, fresh, err := tx.FindOdd(x, words)
	if err != nil || !fresh {
		return err
	}
	return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeOdd, Customer: o.Customer, Address: d.FinanceChannel, Code: o.ID.Label()})
}

// oddWordsMax is how much of a message finance is shown.
const oddWordsMax = 600

// lookAtWords finds bank details that are not ours in words of somebody; it reports whether there
// are any. Nothing is ever changed by them.
func (d *Desk) lookAtWords(tx *ledger.Tx, c *ledger.Customer, text string) (found bool, err error) {
	w := bankWordsIn(&tx.View, text)
	if !w.Any() {
		return false, nil
	}
	x := ledger.OddFound{Kind: ledger.OddDetails, Customer: c.ID}
	if w.Number != "" {
		x.Key = tx.AccountKey(w.Number)
	}
	return true, d.found(tx, x, cut(strings.TrimSpace(text), oddWordsMax))
}

// bankWordsIn is what a text says of bank details other than ours.
func bankWordsIn(v *ledger.View, text string) ledger.BankWords {
	ours := v.Company().BankLine
	if l, ok := v.LetterheadAt(v.Head().Seq); ok {
		ours += " " + l.Data
	}
	return ledger.ReadBankWords(text, ours)
}

// warnOfDetails adds to an answer that bank details which come by chat are not used.
func (c *ChatCall) warnOfDetails(reply card.Reply) (card.Reply, error) {
	if c.Customer == nil || c.In.Do != "" || c.In.Text == "" {
		return reply, nil
	}
	found, err := c.Desk.lookAtWords(c.Tx, c.Customer, c.In.Text)
	if !found || err != nil {
		return reply, err
	}
	if reply.Card == nil {
		reply.Card = &card.Card{}
	}
	reply.Card.Body = append(reply.Card.Body, card.T("chat.details", "company", c.Company().Name))
	return reply, nil
}

// tellsCustomers are the commands whose words a customer reads.
func tellsCustomers(verb string) bool {
	switch verb {
	case "invoice", "deposit", "draft", "recur", "reissue", "credit", "refund", "dispute", "claim", "defer", "promise", "preflight":
		return true
	}
	return false
}

// noDetails refuses a line that would bring a customer bank details, or pay back to some: who
// holds a colleague's Slack for a moment must not turn money round by it.
func (c *Call) noDetails(verb string) error {
	if tellsCustomers(verb) && bankWordsIn(c.View, c.Line).Number != "" {
		return ledger.Refuse(ledger.BadInput, "details.line")
	}
	return nil
}
