package commands

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// disputeCommand lists disputes, opens and settles them.
//
//	open    = what raiseDispute says .
//	resolve = "resolve" ( "D-" n | number ) ( "reject" text | "credit" [ sum | "full" ] [ text ] ) .
func disputeCommand() Command {
	return Command{
		Name: "dispute", Who: anybody(),
		Usage: []string{
			`dispute resolve <D-1 or invoice> credit [<sum>] ["<words to the customer>"]`,
			`dispute resolve <D-1 or invoice> reject "<reason>"`,
			`dispute open <invoice> [<sum>] ["<what the customer says>"]`,
			`dispute list`,
		},
		Examples: []string{`dispute resolve D-1 credit 99 "You are right about the hosting"`, `dispute resolve D-1 reject "We enclose the signed timesheet"`,
			`dispute open INV-2026-000001 99 "the hosting was cancelled, wrong sum"`, `dispute list`},
		Form: resolveForm, Words: resolveWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 || c.Args[0].is("list") {
				return card.Reply{Card: c.disputesCard()}, nil
			}
			if c.Args[0].is("open") && len(c.Args) > 1 {
				return raiseDispute(c, c.Args[1:])
			}
			if !c.Args[0].is("resolve") || len(c.Args) < 3 {
				return card.Reply{}, usage("dispute", "got", c.Line)
			}
			if c.Who.Role != Finance && c.Who.Role != Manager {
				return card.Reply{}, forbidden(Command{Name: "dispute resolve", Who: []Role{Finance, Manager}}, c.Who.Role)
			}
			return resolveDispute(c, c.Args[1].text, c.Args[2:])
		},
	}
}

// disputesCard lists the open disputes, with menus that open their invoices and settle them.
func (c *Call) disputesCard() *card.Card {
	v := c.View
	open := slices.DeleteFunc(v.OpenDisputes(), func(d *ledger.Dispute) bool { return !v.Sees(v.Customer(d.Customer)) })
	if len(open) == 0 {
		return &card.Card{Body: []card.Text{card.T("dispute.none")}}
	}
	k := &card.Card{Title: card.T("dispute.list", "count", len(open)), Table: &card.Table{
		Head:  []card.Text{card.T("col.dispute"), card.T("col.invoice"), card.T("col.reason"), card.T("col.since"), card.T("col.disputed")},
		Right: []bool{false, false, false, false, true}}}
	for _, d := range open {
		inv := v.Invoice(d.Invoice)
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(d.Label()), card.Plain(label(v, inv)), reasonText(d.Reason),
			card.T("value", "value", d.Opened), money(inv.DisputedMoney())})
	}
	show, settle := card.Pick{Label: card.T("button.details")}, card.Pick{Label: card.T("button.settledispute")}
	for _, d := range onPage(open, c.Page) {
		what := card.Join(card.Plain(d.Label()), money(v.Invoice(d.Invoice).DisputedMoney()), card.Plain(v.CustomerName(v.Customer(d.Customer))))
		show.Buttons = append(show.Buttons, lineButton(what, "show "+v.Invoice(d.Invoice).Number.String()))
		settle.Buttons = append(settle.Buttons, formButton(what, "dispute", d.Label()))
	}
	if k.Picks = []card.Pick{show}; may(Command{Who: []Role{Finance, Manager}}, c.Who.Role) {
		k.Picks = append(k.Picks, settle)
	}
	ownNote(v, k)
	return k
}

func reasonText(r ledger.Reason) card.Text { return card.T("reason." + string(r)) }

// disputeForm is how people name a dispute.
var disputeForm = regexp.MustCompile(`^[dD]-\d{1,9}$`)

// findDispute reads "D-7" or the number of an invoice in dispute.
func findDispute(v *ledger.View, word string) (*ledger.Dispute, error) {
	if rest, ok := strings.CutPrefix(strings.ToUpper(word), "D-"); ok {
		if n, err := strconv.ParseUint(rest, 10, 32); err == nil {
			if d := v.Dispute(ledger.DisputeID(n)); d != nil {
				return d, v.Allowed(v.Customer(d.Customer))
			}
		}
		return nil, ledger.Refuse(ledger.NotFound, "dispute.unknown", "text", word)
	}
	inv, err := v.InvoiceNumbered(word)
	if err != nil {
		return nil, err
	}
	if d := v.Dispute(inv.Dispute); d != nil {
		return d, nil
	}
	return nil, ledger.Refuse(ledger.NotFound, "dispute.noton", "number", inv.Number.String())
}

func resolveDispute(c *Call, name string, how []token) (card.Reply, error) {
	d, err := findDispute(c.View, name)
	if err != nil {
		return card.Reply{}, err
	}
	verb, rest := how[0], how[1:]
	switch {
	case verb.is("reject") || verb.is("rejected"):
		if len(rest) == 0 {
			return card.Reply{}, ledger.Refuse(ledger.BadInput, "dispute.whyreject", "dispute", d.Label())
		}
		return settleDispute(c, d, ledger.Money{}, join(rest))
	case verb.is("credit") || verb.is("credited"):
		inv := c.Invoice(d.Invoice)
		amount := inv.DisputedMoney()
		if len(rest) > 0 && !rest[0].quoted && (rest[0].is("full") || looksLikeNumber(rest[0].text)) {
			if rest[0].is("full") {
				rest = rest[1:]
			} else if amount, rest, err = sumOf(rest, c.Lang(), inv.Currency); err != nil {
				return card.Reply{}, err
			}
		}
		return settleDispute(c, d, amount, join(rest))
	}
	return card.Reply{}, usage("dispute", "got", verb.text)
}

// resolveByButton settles a dispute from its card: "<id>.credit" over what is disputed.
func resolveByButton(c *Call) (card.Reply, error) {
	id, how, _ := strings.Cut(c.Where.Arg, ".")
	n, _ := strconv.Atoi(id)
	d := c.Dispute(ledger.DisputeID(n))
	if d == nil {
		return card.Say("button.old"), nil
	}
	amount := ledger.Money{}
	if how == "credit" {
		amount = c.Invoice(d.Invoice).DisputedMoney()
	}
	return settleDispute(c, d, amount, "")
}

// settleDispute ends d: by a credit note over amount, or by rejecting it when amount is none.
func settleDispute(c *Call, d *ledger.Dispute, amount ledger.Money, words string) (card.Reply, error) {
	if d.Outcome != "" {
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "dispute.over", "dispute", d.Label())
	}
	inv := c.Invoice(d.Invoice)
	outcome, note := ledger.Rejected, ledger.CreditNoteID(0)
	k := &card.Card{}
	if amount.Currency != "" {
		n, err := c.Tx.Credit(inv, amount, words)
		if err != nil {
			return card.Reply{}, err
		}
		outcome, note = ledger.Credited, n.ID
		k.Title = card.T("resolved.credited", "dispute", d.Label(), "note", n.Number.String(), "amount", n.Total)
		k.Body = []card.Text{card.T("resolved.left", "number", inv.Number.String(), "open", inv.OpenMoney())}
	} else {
		k.Title = card.T("resolved.rejected", "dispute", d.Label(), "open", inv.OpenMoney())
	}
	text, err := c.Tx.Resolve(d, outcome, note, words)
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.announceOutcome(c, d, note, text); err != nil {
		return card.Reply{}, err
	}
	return card.Reply{Card: k}, nil
}

// announceOutcome tells both sides how d ended.
func (d *Desk) announceOutcome(c *Call, disp *ledger.Dispute, note ledger.CreditNoteID, words ledger.TextRef) error {
	inv := c.Invoice(disp.Invoice)
	about := ledger.NoticeQueued{Customer: inv.Customer, Invoice: inv.ID, Dispute: disp.ID, Credit: note, Text: words, Who: c.Who.By()}
	staff := about
	staff.Kind = ledger.NoticeResolved
	if err := d.inThread(c.Tx, &staff); err != nil {
		return err
	}
	about.Kind = ledger.NoticeOutcomeWord
	if err := c.Tx.Notify(about); err != nil {
		return err
	}
	if err := d.refreshDispute(c.Tx, disp); err != nil {
		return err
	}
	return d.Refresh(c.Tx, inv)
}

// refreshDispute queues an edit of the message that opened disp in Slack: its buttons give
// way to how it ended.
func (d *Desk) refreshDispute(tx *ledger.Tx, disp *ledger.Dispute) error {
	if disp.Notice == 0 {
		return nil
	}
	return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeDisputeEdit, Customer: disp.Customer, Address: d.CardChannel(tx.Customer(disp.Customer)),
		Invoice: disp.Invoice, Dispute: disp.ID, Who: disp.Chat})
}
