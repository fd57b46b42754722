package ledger

import (
	"bufio"
	"fmt"
	"io"
	"slices"
)

// Dump writes the projections as canonical text: two ledgers of the same facts give the
// same bytes. Personal texts are in it, so that an altered one shows.
func (v *View) Dump(out io.Writer) error {
	w := bufio.NewWriter(out)
	s := v.s
	fmt.Fprintf(w, "head %d %s\ncompany %q %q %s %s %s rounding %d discount %d\n", s.head.Seq, s.head.Hash, s.company.Name, s.company.TaxID,
		s.company.Currency, s.company.ZoneName, s.company.Language, s.company.TaxRounding, s.company.DiscountTax)
	s.customers.each(func(c *Customer) {
		fmt.Fprintf(w, "customer %d %s %q %s %s %s %s %q %q %q chats %q contact %s reminder %d open %d requires %q\n", c.ID, c.Handle, v.CustomerName(c),
			c.Currency, c.Language, c.ZoneName, c.Terms, c.Owner, c.Substitute, c.Segment, c.Chats, c.LastContact, c.Reminder, c.openCount, c.Requires)
	})
	s.invoices.each(func(i *Invoice) {
		fmt.Fprintf(w, "invoice %d %s customer %d %s due %s %s total %d open %d paid %d credited %d disputed %d/%d promised %s closed %s step %d nudge %s card %d message %d void %t corrects %d replaced %d opened %s\n",
			i.ID, i.Number, i.Customer, i.Date, i.Due, i.Currency, i.Total, i.Open, i.Paid, i.Credited, i.Disputed, i.Dispute,
			i.Promised, i.ClosedOn, i.Step, i.Nudge, i.Card, i.Message, i.Void, i.Corrects, i.ReplacedBy, i.Opened)
	})
	s.creditNotes.each(func(n *CreditNote) {
		fmt.Fprintf(w, "creditnote %d %s invoice %d %s %s\n", n.ID, n.Number, n.Invoice, n.Date, n.Total)
	})
	s.payments.each(func(p *Payment) {
		fmt.Fprintf(w, "payment %d customer %d %s %s %s on account %d held %t fee %t\n", p.ID, p.Customer, p.Date, p.Amount, p.Method, p.OnAcct, p.Held, p.FeeTold)
	})
	s.disputes.each(func(d *Dispute) {
		fmt.Fprintf(w, "dispute %d invoice %d %s %s %s %q messages %d lines %v owner %q until %s answered %t pressed %d note %d again %d taken up %d before %d reminder %d to %q\n", d.ID, d.Invoice, d.Reason,
			d.Amount, d.Opened, d.Outcome, d.Messages, d.Lines, d.Owner, d.AnswerBy, !d.Answered.IsZero(), d.Pressed, d.Note, d.Again, d.TakenUp, d.before, d.Reminder, d.ReminderTo)
	})
	s.promises.each(func(p *Promise) {
		fmt.Fprintf(w, "promise invoice %d by %s made %s\n", p.Invoice, p.By, p.Made)
	})
	id := 0
	s.notices.each(func(n *notice) {
		id++
		fmt.Fprintf(w, "notice %d fact %d outcome %d\n", id, n.queued, n.outcome)
	})
	lines(w, "chat", s.chats, func(ids []CustomerID) string { return fmt.Sprint(ids) })
	lines(w, "thread", s.threads, func(id InvoiceID) string { return fmt.Sprint(id) })
	dumpContacts(w, s)
	dumpChosen(w, v)
	dumpKeeping(w, s)
	dumpRates(w, s)
	dumpCarry(w, s)
	dumpClaims(w, s)
	dumpDeferrals(w, s)
	dumpApprovals(w, s)
	dumpRoutes(w, s)
	dumpLinks(w, s)
	dumpCampaigns(w, s)
	dumpDoubts(w, s)
	dumpImports(w, s)
	dumpBank(w, s)
	dumpCheques(w, s)
	dumpOdds(w, s)
	dumpBankChanges(w, s)
	lines(w, "done", s.done, func(bool) string { return "" })
	dumpCash(w, s)
	dumpConditions(w, s)
	dumpBalances(w, s)
	dumpHistory(w, s)
	dumpNotes(w, v)
	dumpLetterheads(w, v)
	dumpDocuments(w, s)
	dumpPaperInvites(w, s)
	dumpFiles(w, v)
	dumpPaidClaims(w, s)
	dumpReconciliations(w, s)
	dumpRatings(w, s)
	dumpPayouts(w, s)
	dumpReminding(w, s)
	dumpPreflight(w, s)
	dumpDigests(w, s)
	dumpLaws(w, s)
	dumpTasks(w, s)
	dumpPilot(w, s)
	dumpOwnStatements(w, s)
	dumpRhythm(w, s)
	dumpLoyalty(w, s)
	dumpTalks(w, v)
	return w.Flush()
}

func dumpBalances(w io.Writer, s *state) {
	for id, items := range s.items {
		for _, item := range items {
			fmt.Fprintf(w, "open item customer %d invoice %d %s due %s plain %t\n", id, item.invoice,
				Money{item.open, s.currencies[item.currency]}, item.due, item.plain)
		}
	}
	(&View{s: s}).Balances(func(a Account, id CustomerID, m Money) {
		fmt.Fprintf(w, "balance %s customer %d %s\n", a, id, m)
	})
}

func lines[K ~string, V any](w io.Writer, what string, m map[K]V, show func(V) string) {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Fprintf(w, "%s %q %s\n", what, k, show(m[k]))
	}
}

// dumpContacts tells how customers are reached beside their chats.
func dumpContacts(w io.Writer, s *state) {
	s.customers.each(func(c *Customer) {
		if len(c.Mails) > 0 || c.Channel != "" || c.MailStopped {
			fmt.Fprintf(w, "contacts %d mail %q channel %q stopped %t\n", c.ID, c.Mails, c.Channel, c.MailStopped)
		}
	})
}
