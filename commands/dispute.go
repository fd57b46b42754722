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
//	resolve = "resolve" ( "D-" n | number ) how .
//	how     = "reject" text | "credit" [ sum | "full" | lines ] [ text ] | "plan" parts | "withdraw" [ text ] .
//	take    = "take" ( "D-" n | number ) .
//	file    = "file" ( "D-" n | number ) .
//
// Lines are as for credit, and parts as for plan. Without a sum or lines a credit note is over
// what is in dispute.
func disputeCommand() Command {
	return Command{
		Name: "dispute", Who: anybody(),
		Usage: []string{
			`dispute resolve <D-1 or invoice> credit [<sum>] ["<words to the customer>"]`,
			`dispute resolve <D-1 or invoice> credit line <n> [+ line …] ["<words to the customer>"]`,
			`dispute resolve <D-1 or invoice> reject "<reason>"`,
			`dispute resolve <D-1 or invoice> plan <count> monthly|weekly from <date>`,
			`dispute resolve <D-1 or invoice> withdraw ["<what the customer said>"]`,
			`dispute take <D-1 or invoice>`,
			`dispute file <D-1 or invoice>`,
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
			if one := len(c.Args) == 2; one && c.Args[0].is("take") || one && c.Args[0].is("file") {
				return c.ofDispute(c.Args[0], c.Args[1].text)
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

// ofDispute takes a dispute over, or hands out its history.
func (c *Call) ofDispute(verb token, name string) (card.Reply, error) {
	disp, err := findDispute(c.View, name)
	switch {
	case err != nil:
		return card.Reply{}, err
	case verb.is("file"):
		return c.disputePaper(card.Paper{Kind: card.PaperDispute, Of: disp.Label()})
	case c.Who.Role == Auditor:
		return card.Reply{}, forbidden(Command{Name: "dispute take", Who: []Role{Sales, Finance, Manager}}, c.Who.Role)
	}
	return takeOver(c, disp)
}

// disputesCard lists the open disputes, the most pressing first, with menus that open their
// invoices and settle them.
func (c *Call) disputesCard() *card.Card {
	v := c.View
	open := slices.DeleteFunc(v.DisputesByDeadline(), func(d *ledger.Dispute) bool { return !v.Sees(v.Customer(d.Customer)) })
	if len(open) == 0 {
		return &card.Card{Body: []card.Text{card.T("dispute.none")}}
	}
	k := &card.Card{Title: card.T("dispute.list", "count", len(open)), Table: &card.Table{
		Head:  []card.Text{card.T("col.dispute"), card.T("col.invoice"), card.T("col.reason"), card.T("field.answerby"), card.T("field.answers"), card.T("col.disputed")},
		Right: []bool{false, false, false, false, false, true}}}
	for _, d := range open {
		inv := v.Invoice(d.Invoice)
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(d.Label()), card.Plain(label(v, inv)), reasonText(d.Reason),
			deadline(v, d), answers(d), money(inv.DisputedMoney())})
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
	if d.Outcome != "" {
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "dispute.over", "dispute", d.Label())
	}
	verb, rest := how[0], how[1:]
	switch {
	case verb.is("reject") || verb.is("rejected"):
		if len(rest) == 0 {
			return card.Reply{}, ledger.Refuse(ledger.BadInput, "dispute.whyreject", "dispute", d.Label())
		}
		return endDispute(c, d, ledger.Rejected, nil, join(rest))
	case verb.is("withdraw") || verb.is("withdrawn"):
		return endDispute(c, d, ledger.Withdrawn, nil, join(rest))
	case verb.is("plan"):
		return planDisputed(c, d, rest)
	case verb.is("credit") || verb.is("credited"):
		note, words, err := creditDisputed(c, d, rest)
		if err != nil {
			return card.Reply{}, err
		}
		return endDispute(c, d, ledger.Credited, note, words)
	}
	return card.Reply{}, usage("dispute", "got", verb.text)
}

// creditDisputed issues the credit note that settles d: over lines, a sum, or what is in
// dispute.
func creditDisputed(c *Call, d *ledger.Dispute, words []token) (*ledger.CreditNote, string, error) {
	inv := c.Invoice(d.Invoice)
	if len(words) > 1 && words[0].is("line") {
		return creditAs(c, inv, words)
	}
	amount := inv.DisputedMoney()
	if len(words) > 0 && !words[0].quoted && words[0].is("full") {
		words = words[1:]
	} else if len(words) > 0 && !words[0].quoted && looksLikeNumber(words[0].text) {
		var err error
		if amount, words, err = sumOf(words, c.Lang(), inv.Currency); err != nil {
			return nil, "", err
		}
	}
	why := join(words)
	note, err := c.Tx.Credit(inv, amount, why)
	return note, why, err
}

// endDispute ends d, with the credit note that settles it, if one does.
func endDispute(c *Call, d *ledger.Dispute, outcome ledger.Outcome, note *ledger.CreditNote, words string) (card.Reply, error) {
	inv := c.Invoice(d.Invoice)
	k := &card.Card{Title: card.T("resolved.rejected", "dispute", d.Label(), "open", inv.OpenMoney())}
	if outcome == ledger.Withdrawn {
		k.Title = card.T("resolved.withdrawn", "dispute", d.Label(), "open", inv.OpenMoney())
	}
	id := ledger.CreditNoteID(0)
	if note != nil {
		id = note.ID
		k.Title = card.T("resolved.credited", "dispute", d.Label(), "note", note.Number.String(), "amount", note.Total)
		k.Body = []card.Text{card.T("resolved.left", "number", inv.Number.String(), "open", inv.OpenMoney())}
	}
	text, err := c.Tx.Resolve(d, outcome, id, words)
	if err != nil {
		return card.Reply{}, err
	}
	return card.Reply{Card: k}, c.Desk.announceOutcome(c, d, id, text)
}

// planDisputed ends d by a plan: what was in dispute is owed, and paid in parts.
func planDisputed(c *Call, d *ledger.Dispute, parts []token) (card.Reply, error) {
	inv := c.Invoice(d.Invoice)
	text, err := c.Tx.Resolve(d, ledger.Planned, 0, "")
	if err != nil {
		return card.Reply{}, err
	}
	c.Args = append([]token{{text: inv.Number.String()}}, parts...)
	reply, err := agreePlan(c, inv, c.Customer(inv.Customer))
	if err != nil {
		return card.Reply{}, err
	}
	return reply, c.Desk.announceOutcome(c, d, 0, text)
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

// refreshDispute queues an edit of the messages that show disp in Slack, in the thread and to its
// owner: their buttons give way to how it ended, or to who has it now.
func (d *Desk) refreshDispute(tx *ledger.Tx, disp *ledger.Dispute) error {
	about := ledger.NoticeQueued{Kind: ledger.NoticeDisputeEdit, Customer: disp.Customer, Invoice: disp.Invoice, Dispute: disp.ID, Who: disp.Chat}
	if waits, is := tx.OpenNotice(disp.Reminder); disp.Reminder != 0 && !(is && waits.Attempt.At.IsZero()) {
		due := about
		due.Address, due.Code = disp.ReminderTo, ledger.DisputeNear
		if err := tx.Notify(due); err != nil {
			return err
		}
	}
	if disp.Notice == 0 {
		return nil
	}
	about.Address = d.CardChannel(tx.Customer(disp.Customer))
	return tx.Notify(about)
}
