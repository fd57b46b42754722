package commands

import (
	"encoding/json"
	"slices"

	"duebot/commands/card"
	"duebot/ledger"
)

// Where an entry of a bank statement goes. The rules post one by themselves only where its
// words name invoices and its sum is theirs. Any other waits with at most three proposals,
// each with its reasons, and a message in Slack that asks.

// proposal is where an entry may go. It is working state: what is picked becomes a fact.
type proposal struct {
	Shares   []ledger.EntryShare `json:"shares,omitempty"`
	Payment  ledger.PaymentID    `json:"payment,omitempty"`  // that it takes back
	Provider string              `json:"provider,omitempty"` // whose payout it is
	Payout   ledger.PayoutID     `json:"payout,omitempty"`   // of it, 0 where nobody told of one
	Refund   ledger.RefundID     `json:"refund,omitempty"`
	Cheque   ledger.ChequeID     `json:"cheque,omitempty"` // whose money it is
	Twin     ledger.BankEntryID  `json:"twin,omitempty"`   // that it is the same money as
	Keys     []string            `json:"keys"`             // of the reasons, the strongest first
	Reasons  []card.Text         `json:"reasons"`          // in words
	Sure     bool                `json:"sure,omitempty"`   // one press for many may take it
}

// proposalsMost is how many are shown.
const proposalsMost = 3

func proposalRow(id ledger.BankEntryID) string { return "bank.proposals:" + id.Label() }

// proposals are those that were made for an entry and that can still be taken.
func proposals(v *ledger.View, e *ledger.BankEntry) ([]proposal, error) {
	data, err := v.Get(proposalRow(e.ID))
	if err != nil || data == nil || e.Place != ledger.EntryWaits {
		return nil, err
	}
	var all []proposal
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(p proposal) bool { return !p.fits(v, e) }), nil
}

// fits reports whether all that p settles is still open.
func (p *proposal) fits(v *ledger.View, e *ledger.BankEntry) bool {
	if p.Twin != 0 {
		return v.IsTwin(e, v.BankEntry(p.Twin))
	}
	if pay := v.Payment(p.Payment); p.Payment != 0 && (pay == nil || pay.Returned) {
		return false
	}
	if q := v.Cheque(p.Cheque); p.Cheque != 0 && (q == nil || !q.State.Live()) {
		return false
	}
	if out := v.Payout(p.Payout); p.Payout != 0 && (out == nil || out.Entry != 0) {
		return false
	}
	if r := v.RefundOf(p.Refund); p.Refund != 0 && (r == nil || r.Entry != 0) {
		return false
	}
	for _, sh := range p.Shares {
		if inv := v.Invoice(sh.Invoice); sh.Invoice != 0 && (inv == nil || inv.Open == 0) {
			return false
		}
		for _, part := range sh.Parts {
			if inv := v.Invoice(part.Invoice); inv == nil || inv.Open < part.Minor {
				return false
			}
		}
	}
	return true
}

func keepProposals(tx *ledger.Tx, e *ledger.BankEntry, all []proposal) error {
	if len(all) == 0 {
		tx.Put(proposalRow(e.ID), nil)
		return nil
	}
	data, err := json.Marshal(all[:min(len(all), proposalsMost)])
	tx.Put(proposalRow(e.ID), data)
	return err
}

// takeProposal does what a person picked.
func (d *Desk) takeProposal(tx *ledger.Tx, e *ledger.BankEntry, p *proposal) error {
	if p.Twin != 0 {
		return tx.TwinEntry(e, tx.BankEntry(p.Twin))
	}
	if p.Payment != 0 {
		return d.returnEntry(tx, e, tx.Payment(p.Payment), false)
	}
	if p.Cheque != 0 {
		return d.clearByEntry(tx, e, tx.Cheque(p.Cheque), false, append(slices.Clone(p.Keys), "picked")...)
	}
	if p.Provider != "" || p.Refund != 0 {
		return d.settleProvider(tx, e, p.Provider, p.Payout, p.Refund, false)
	}
	return d.placeEntry(tx, e, p.Shares, false, append(slices.Clone(p.Keys), "picked"))
}

// placeEntry books an entry as payments, tells of them as of any payment, and learns who paid
// where a person said so.
func (d *Desk) placeEntry(tx *ledger.Tx, e *ledger.BankEntry, shares []ledger.EntryShare, alone bool, reasons []string) error {
	asked := tx.OddEntry(e) != nil
	booked, err := tx.ApplyEntry(e, shares, alone, reasons, func(n ledger.NewPayment) (*ledger.Payment, error) {
		return d.receiveLate(tx, n)
	})
	if err != nil {
		return err
	}
	tx.Put(proposalRow(e.ID), nil)
	if err := d.lookAtPlaced(tx, e, booked, shares, alone, asked); err != nil || alone || len(shares) != 1 {
		return err
	}
	l, err := tx.Line(e)
	if err != nil {
		return err
	}
	_, err = tx.LearnPayer(&l, tx.Customer(shares[0].Customer))
	return err
}

// receiveLate books a payment, and tells of it unless it is so long ago that he knows.
func (d *Desk) receiveLate(tx *ledger.Tx, n ledger.NewPayment) (*ledger.Payment, error) {
	if n.Date < tx.Today().AddDays(-receiptDays) {
		p, parts, err := tx.Receive(n)
		return p, d.refreshParts(tx, parts, err)
	}
	p, _, err := d.book(tx, n)
	return p, err
}

// lookAtPlaced looks whether what an entry became is odd, unless somebody was asked that before.
func (d *Desk) lookAtPlaced(tx *ledger.Tx, e *ledger.BankEntry, booked []*ledger.Payment, shares []ledger.EntryShare, alone, asked bool) error {
	if asked || e.Booked < tx.Today().AddDays(-receiptDays) { // what was odd long ago is settled by now
		return nil
	}
	for i, p := range booked {
		if err := d.lookAt(tx, p, namedBy(shares[i].Invoice, shares[i].Parts)); err != nil {
			return err
		}
		if alone {
			if err := d.lookAtAccount(tx, p, e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Desk) refreshParts(tx *ledger.Tx, parts []ledger.Part, err error) error {
	for _, part := range parts {
		if err == nil {
			err = d.Refresh(tx, tx.Invoice(part.Invoice))
		}
	}
	return err
}

// returnEntry books that an entry took a payment back.
func (d *Desk) returnEntry(tx *ledger.Tx, e *ledger.BankEntry, p *ledger.Payment, alone bool) error {
	l, err := tx.Line(e)
	if err != nil {
		return err
	}
	open, err := tx.ReturnEntry(e, p, firstOf(l.Return, l.Text, e.ID.Label()), alone)
	if err != nil {
		return err
	}
	return d.tellReturned(tx, p, open)
}

// reopenEntry takes back what was done with an entry, and forgets what was learnt by it.
func (d *Desk) reopenEntry(tx *ledger.Tx, e *ledger.BankEntry) error {
	payments := e.Payments
	l, err := tx.Line(e)
	if err != nil {
		return err
	}
	cheques := chequesOfEntry(&tx.View, e)
	open, err := tx.ReopenEntry(e)
	if err != nil {
		return err
	}
	for _, q := range cheques {
		if err := d.tellCheque(tx, q, nil, chequeTold{}); err != nil {
			return err
		}
	}
	for _, id := range payments {
		if err := tx.ForgetPayer(&l, tx.Customer(tx.Payment(id).Customer)); err != nil {
			return err
		}
		if err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeAnnulled, Customer: tx.Payment(id).Customer, Payment: id}); err != nil {
			return err
		}
	}
	for _, inv := range open {
		if err := d.Refresh(tx, inv); err != nil {
			return err
		}
	}
	return d.propose(tx, e)
}

// showEntry queues the message of an entry in Slack, or an edit of it.
func (d *Desk) showEntry(tx *ledger.Tx, e *ledger.BankEntry) error {
	if e.Taken < tx.Today() { // what is of today is in no message of the day yet
		if err := d.entryMoved(tx, e, e.Owner, ""); err != nil {
			return err
		}
	}
	n := ledger.NoticeQueued{Kind: ledger.NoticeEntry, Address: d.FinanceChannel, Code: e.ID.Label()}
	if e.Card != 0 {
		n.Kind = ledger.NoticeEntryEdit
	} else if e.Place != ledger.EntryWaits {
		return nil
	}
	return tx.Notify(n)
}

// entryNews is the message of an entry as it stands.
func entryNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	k, err := entryCard(v, v.EntryOfNotice(&n.NoticeQueued))
	return card.Message{Card: k}, err
}

// How many characters of what a bank writes a message shows.
const (
	payerShown   = 100
	purposeShown = 400
)

// entryCard shows an entry: what the bank wrote, and what may be or was done with it.
func entryCard(v *ledger.View, e *ledger.BankEntry) (*card.Card, error) {
	l, err := v.Line(e)
	if err != nil {
		return nil, err
	}
	k := &card.Card{Title: card.T("entry.title", "entry", e.ID.Label(), "amount", e.Amount, "date", e.Booked)}
	var payer []card.Text
	for _, s := range []string{l.PartyName, l.Party.Number} {
		if s != "" {
			payer = append(payer, card.Plain(cut(s, payerShown)))
		}
	}
	if len(payer) > 0 {
		k.Body = append(k.Body, card.T("entry.payer", "payer", card.Join(payer...)))
	}
	if words := firstOf(l.Text, l.Creditor, l.EndToEnd); words != "" {
		k.Body = append(k.Body, card.T("entry.purpose", "text", card.Plain(cut(words, purposeShown))))
	}
	if account := v.BankStatement(e.Statement).Account; account != "" {
		k.Note = append(k.Note, card.T("entry.statement", "statement", e.Statement.Label(), "account", account))
	} else {
		k.Note = append(k.Note, card.T("entry.fromstatement", "statement", e.Statement.Label()))
	}
	if e.Place != ledger.EntryWaits {
		return k, entryDone(v, k, e, &l)
	}
	return k, entryAsks(v, k, e, &l)
}

// entryDone says what became of an entry.
func entryDone(v *ledger.View, k *card.Card, e *ledger.BankEntry, l *ledger.BankLine) error {
	undo := lineButton(card.T("button.undo"), "bank "+e.ID.Label()+" undo")
	switch e.Place {
	case ledger.EntryLeft:
		k.Body = append(k.Body, card.T("entry.left."+e.Why, "other", e.Twin.Label()))
		k.Body = append(k.Body, arrivedLines(v, e)...)
		if e.Why == ledger.LeftParts {
			return nil
		}
	case ledger.EntryReturn:
		k.Body = append(k.Body, card.T("entry.returned", "payment", ledger.PaymentLabel(e.Payments[0])))
		return nil
	default:
		for _, id := range e.Payments {
			p := v.Payment(id)
			k.Body = append(k.Body, card.T("entry.became", "payment", p.Label(), "amount", p.Amount, "customer", v.CustomerName(v.Customer(p.Customer))))
			var parts []ledger.Part
			for _, st := range v.Settlements(p) {
				if !st.Reversed && st.Cause == ledger.ByAllocation {
					parts = append(parts, ledger.Part{Invoice: st.Invoice, Minor: st.Minor})
				}
			}
			k.Body = append(k.Body, partLines(v, parts)...)
			if p.OnAcct > 0 {
				k.Body = append(k.Body, card.T("entry.onaccount", "amount", p.Unapplied()))
				k.Buttons = append(k.Buttons, formButton(card.T("button.entry.refund"), "refund", v.Customer(p.Customer).Handle))
			}
		}
	}
	if c := learntOf(v, e, l); c != nil {
		k.Note = append(k.Note, card.T("entry.learnt", "customer", v.CustomerName(c)))
	}
	switch {
	case e.Place == ledger.EntryLeft: // why says enough
	case e.Alone:
		k.Note = append(k.Note, card.T("entry.alone"))
	default:
		k.Note = append(k.Note, card.T("entry.byhand"))
	}
	k.Buttons = append([]card.Button{undo}, k.Buttons...)
	return nil
}

// learntOf is the customer for whom the payer of an entry is known to pay since a person said so,
// nil for none.
func learntOf(v *ledger.View, e *ledger.BankEntry, l *ledger.BankLine) *ledger.Customer {
	if e.Alone || len(e.Payments) != 1 {
		return nil
	}
	c := v.Payment(e.Payments[0]).Customer
	if slices.Contains(v.PayersByAccount(l), c) || slices.Contains(v.PayersByName(l), c) {
		return v.Customer(c)
	}
	return nil
}

// entryAsks shows the proposals with their reasons, and what else can be done.
func entryAsks(v *ledger.View, k *card.Card, e *ledger.BankEntry, l *ledger.BankLine) error {
	all, err := proposals(v, e)
	if err != nil {
		return err
	}
	label := "bank " + e.ID.Label() + " "
	if o := v.OddEntry(e); o != nil && oddState(v, o) == "" {
		k.Body = append(append(k.Body, oddStory(v, o, "")[1:]...), card.T("odd.why."+string(o.Kind)))
		k.Buttons = append(k.Buttons, oddButtons(v, o)...)
		k.Note = append(k.Note, card.T("odd.of", "odd", o.ID.Label()))
	}
	for i, p := range all {
		n := i + 1
		k.Body = append(k.Body, card.T("entry.proposal", "n", n, "what", p.words(v), "why", card.Join(p.Reasons...)))
		b := lineButton(card.T("button.entry.apply", "n", n), label+"apply "+idArg(uint32(n)))
		if i == 0 {
			b.Style = card.Primary
		}
		k.Buttons = append(k.Buttons, b)
	}
	switch {
	case e.Amount.Minor < 0:
		k.Body = append(k.Body, card.T("entry.wentout"))
	case len(all) == 0:
		k.Body = append(k.Body, card.T("entry.noidea"))
	case slices.Contains(all[0].Keys, "match.paid"):
		k.Body = append(k.Body, card.T("entry.payback"))
	}
	if e.Amount.Minor > 0 {
		k.Buttons = append(k.Buttons, formButton(card.T("button.entry.split"), "bank", e.ID.Label()))
		if c := likely(v, e, all, l); c != nil {
			k.Buttons = append(k.Buttons, lineButton(card.T("button.entry.account", "customer", c.Handle), label+"to "+c.Handle))
			if e.Asked == 0 && len(v.OpenChats(c)) > 0 {
				k.Buttons = append(k.Buttons, lineButton(card.T("button.entry.ask", "customer", c.Handle), label+"ask "+c.Handle))
			}
		} else {
			ask := formButton(card.T("button.entry.askwhom"), "bank", label+"ask")
			ask.More = true // mostly it is nobody's who could be asked
			k.Buttons = append(k.Buttons, formButton(card.T("button.entry.accountof"), "bank", label+"to"), ask)
		}
	}
	k.Buttons = append(k.Buttons, lineButton(card.T("button.entry.notours"), label+"notours"))
	mine, hand := lineButton(card.T("button.entry.mine"), label+"mine"), formButton(card.T("button.entry.hand"), "bank", e.ID.Label()+" owner")
	mine.More, hand.More = true, true
	k.Buttons = append(k.Buttons, mine, hand)
	if e.Owner != "" {
		k.Note = append(k.Note, card.T("entry.owner", "who", card.User(e.Owner)))
	}
	if days := v.EntryAge(e); days > 0 {
		k.Note = append(k.Note, card.T("entry.age", "count", days))
	}
	if e.Asked != 0 {
		k.Note = append(k.Note, card.T("entry.asked", "customer", v.CustomerName(v.Customer(e.Asked))))
	}
	return nil
}

// likely is the customer who has probably paid, nil where nobody is likelier than others.
func likely(v *ledger.View, e *ledger.BankEntry, all []proposal, l *ledger.BankLine) *ledger.Customer {
	for _, p := range all {
		if p.Cheque != 0 {
			return v.Customer(v.Cheque(p.Cheque).Customer)
		}
		if len(p.Shares) > 0 {
			return v.Customer(p.Shares[0].Customer)
		}
	}
	for _, ids := range [][]ledger.CustomerID{v.PayersByAccount(l), v.PayersByName(l)} {
		if len(ids) == 1 {
			return v.Customer(ids[0])
		}
	}
	return v.Customer(e.Asked)
}

// words says what p settles: "INV-2026-000012 500.00 EUR".
func (p *proposal) words(v *ledger.View) card.Text {
	var out []card.Text
	if pay := v.Payment(p.Payment); pay != nil {
		out = append(out, card.T("entry.share.return", "payment", pay.Label(), "amount", pay.Amount, "customer", v.CustomerName(v.Customer(pay.Customer))))
	}
	if q := v.Cheque(p.Cheque); q != nil {
		out = append(out, card.T("entry.share.cheque", "cheque", q.ID.Label(), "customer", v.CustomerName(v.Customer(q.Customer))))
	}
	out = append(out, p.providerWords(v)...)
	if p.Twin != 0 {
		out = append(out, card.T("entry.share.twin", "other", p.Twin.Label()))
	}
	for _, sh := range p.Shares {
		name := card.Plain(v.CustomerName(v.Customer(sh.Customer)))
		if len(sh.Parts) == 0 && sh.Invoice == 0 {
			out = append(out, card.T("entry.share.account", "customer", name))
			continue
		}
		if inv := v.Invoice(sh.Invoice); inv != nil && len(sh.Parts) == 0 {
			out = append(out, card.T("entry.share.invoice", "number", inv.Number.String(), "customer", name))
		}
		for _, part := range sh.Parts {
			inv := v.Invoice(part.Invoice)
			out = append(out, card.T("entry.share.part", "number", inv.Number.String(), "amount", ledger.Money{Minor: part.Minor, Currency: inv.Currency}, "customer", name))
		}
	}
	return card.Join(out...)
}
