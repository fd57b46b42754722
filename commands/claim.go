package commands

import (
	"errors"
	"regexp"
	"slices"
	"strconv"

	"duebot/commands/card"
	"duebot/ledger"
)

// claimCommand lists what customers say that they have paid, and answers it.
//
//	line = [ "list" ] | "PC-" n ( "confirm" | "notfound" [ text ] ) .
func claimCommand() Command {
	return Command{
		Name: "claim", Who: anybody(),
		Usage:    []string{`claim list`, `claim <PC-1> confirm`, `claim <PC-1> notfound ["<words to the customer>"]`},
		Examples: []string{`claim list`, `claim PC-1 confirm`, `claim PC-1 notfound "No transfer of that day has come in"`},
		Form:     claimForm,
		Words: func(v map[string]string, arg string) []token {
			return row(word(arg), word("notfound"), quote(v["why"]))
		},
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 || c.Args[0].is("list") {
				return card.Reply{Card: c.claimList()}, nil
			}
			if part := (Command{Name: "claim", Who: claimers()}); !may(part, c.Who.Role) {
				return card.Reply{}, forbidden(part, c.Who.Role)
			}
			p, err := claimNamed(c.View, c.Args[0].text)
			switch {
			case err != nil:
				return card.Reply{}, err
			case len(c.Args) == 2 && c.Args[1].is("confirm"):
				return c.previewClaim(p)
			case len(c.Args) > 1 && c.Args[1].is("notfound"):
				return c.claimNotFound(p, join(c.Args[2:]))
			}
			return card.Reply{}, usage("claim", "got", c.Line)
		},
	}
}

// claimers answer claims: whoever books money.
func claimers() []Role { return []Role{Finance, Manager} }

var claimLabel = regexp.MustCompile(`^[pP][cC]-(\d{1,9})$`)

// claimNamed reads "PC-3".
func claimNamed(v *ledger.View, name string) (*ledger.PaidClaim, error) {
	m := claimLabel.FindStringSubmatch(name)
	if m == nil {
		return nil, ledger.Refuse(ledger.NotFound, "claim.unknown", "text", name)
	}
	id, _ := strconv.Atoi(m[1])
	p := v.PaidClaim(ledger.PaidClaimID(id))
	if p == nil {
		return nil, ledger.Refuse(ledger.NotFound, "claim.unknown", "text", name)
	}
	return p, v.Allowed(v.Customer(p.Customer))
}

// claimForm asks for words to a customer whose payment was not found.
func claimForm(c *Call) (*card.Form, error) {
	if !c.asking {
		return nil, nil
	}
	if part := (Command{Name: "claim", Who: claimers()}); !may(part, c.Who.Role) {
		return nil, forbidden(part, c.Who.Role)
	}
	f := &card.Form{Title: card.T("form.claim"), Submit: card.T("form.do.tell")}
	if len(c.Args) > 0 {
		p, err := claimNamed(c.View, c.Args[0].text)
		if err != nil {
			return nil, err
		}
		f.Arg, f.Body = p.Label(), []card.Text{claimWords(c.View, p)}
	} else {
		var options []card.Option
		for _, p := range c.claims()[:min(len(c.claims()), optionsMax)] {
			options = append(options, card.Option{Value: p.Label(), Label: claimWords(c.View, p)})
		}
		f.Fields = append(f.Fields, c.choiceField("claim", card.T("col.claim"), "", options...))
	}
	f.Fields = append(f.Fields, c.whyField(card.T("ask.words"), true))
	return f, nil
}

// claimWords names a claim: what, by whom, for when.
func claimWords(v *ledger.View, p *ledger.PaidClaim) card.Text {
	return card.Join(card.Plain(p.Label()), money(p.Amount), card.T("value", "value", p.Date), card.Plain(label(v, v.Invoice(p.Invoice))))
}

func (c *Call) claimList() *card.Card {
	k := &card.Card{Title: card.T("claim.list")}
	waiting := c.claims()
	if len(waiting) == 0 {
		k.Body = []card.Text{card.T("claim.none")}
		return k
	}
	k.Table = &card.Table{Head: []card.Text{card.T("col.claim"), card.T("col.invoice"), card.T("col.amount"), card.T("field.date")}, Right: []bool{false, false, true}}
	pick := card.Pick{Label: card.T("button.lookup")}
	for _, p := range waiting {
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(p.Label()), card.Plain(label(c.View, c.Invoice(p.Invoice))), money(p.Amount), card.T("value", "value", p.Date)})
	}
	for _, p := range onPage(waiting, c.Page) {
		pick.Buttons = append(pick.Buttons, lineButton(claimWords(c.View, p), "claim "+p.Label()+" confirm"))
	}
	if may(Command{Who: claimers()}, c.Who.Role) {
		k.Picks = []card.Pick{pick}
	}
	ownNote(c.View, k)
	return k
}

// claims are those that wait and that the asker may see.
func (c *Call) claims() []*ledger.PaidClaim {
	return slices.DeleteFunc(c.WaitingClaims(), func(p *ledger.PaidClaim) bool { return !c.Sees(c.Customer(p.Customer)) })
}

// homeClaims are what customers say that they paid.
func (c *Call) homeClaims() *card.Card {
	return homeList("claims", c.claims(), func(p *ledger.PaidClaim) card.Text {
		return card.Join(card.Plain(p.Label()), money(p.Amount), card.T("home.since", "date", p.Made), card.Plain(label(c.View, c.Invoice(p.Invoice))))
	}, lineButton(card.T("button.showall"), "claim list"))
}

// claimNews asks staff in the thread of an invoice whether the money came.
func claimNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	p := v.ClaimOfNotice(&n.NoticeQueued)
	inv := v.Invoice(p.Invoice)
	k := &card.Card{
		Title: card.T("claim.title", "claim", p.Label(), "number", inv.Number.String(), "customer", v.CustomerName(v.Customer(p.Customer))),
		Fields: []card.Field{
			{Label: card.T("col.amount"), Value: money(p.Amount)},
			{Label: card.T("field.date"), Value: card.T("value", "value", p.Date)},
			{Label: card.T("field.who"), Value: card.T("value", "value", whoText(v, p.Chat))},
		},
	}
	for i := range p.Proofs {
		if err := proofFields(v, k, p, &p.Proofs[i]); err != nil {
			return card.Message{}, err
		}
	}
	if p.Outcome != ledger.ClaimWaits {
		what := card.T("claim.outcome." + string(p.Outcome))
		if pay := v.Payment(p.Payment); pay != nil {
			what = card.Join(what, card.Plain(pay.Label()))
		}
		k.Note = []card.Text{card.Join(what, card.T("value", "value", p.Ended), actor(v, p.EndedBy))}
		return card.Message{Card: k}, nil
	}
	if p.Silent != 0 {
		k.Note = append(k.Note, card.T("claim.silent", "date", p.Silent))
	}
	k.Note = append(k.Note, card.T("claim.how"))
	look := card.Button{Label: card.T("button.confirmpaid"), Do: "claim", Arg: idArg(uint32(p.ID)) + ".look", Style: card.Primary}
	k.Buttons = append([]card.Button{look, formButton(card.T("button.notfound"), "claim", p.Label())}, k.Buttons...)
	return card.Message{Card: k}, nil
}

// proofFields show a file, and what its text says, beside what the customer said.
func proofFields(v *ledger.View, k *card.Card, p *ledger.PaidClaim, proof *ledger.Proof) error {
	f := v.File(proof.File)
	if f == nil {
		return nil
	}
	k.Buttons = append(k.Buttons, paperButton(card.Plain(v.FileName(f)), card.Paper{Kind: card.PaperFile, Of: idArg(uint32(f.ID))}))
	items := []card.Text{card.Plain(v.FileName(f))}
	switch {
	case len(proof.Amounts) == 0:
	case slices.Contains(proof.Amounts, p.Amount):
		items = append(items, card.T("claim.same", "amount", p.Amount))
	default:
		items = append(items, card.T("claim.other", "amount", proof.Amounts[0]))
	}
	switch {
	case len(proof.Dates) == 0:
	case slices.Contains(proof.Dates, p.Date):
		items = append(items, card.T("claim.sameday", "date", p.Date))
	default:
		items = append(items, card.T("claim.otherday", "date", proof.Dates[0]))
	}
	ref, err := v.Text(proof.Reference)
	if err == nil && ref != "" {
		items = append(items, card.T("claim.reference", "text", ref))
	}
	if len(items) == 1 {
		items = append(items, card.T("claim.unread"))
	}
	k.Fields = append(k.Fields, card.Field{Label: card.T("field.proof"), Value: card.Join(items...)})
	return nil
}

// claimByButton shows what confirming a claim books, and books it: "3.look", "3.book".
func claimByButton(c *Call) (card.Reply, error) {
	id, how := cutArg(c.Where.Arg)
	p := c.PaidClaim(ledger.PaidClaimID(id))
	if p == nil {
		return card.Say("button.old"), nil
	}
	if err := c.Allowed(c.Customer(p.Customer)); err != nil {
		return card.Reply{}, err
	}
	switch how {
	case "look":
		return c.previewClaim(p)
	case "book":
		return c.bookClaim(p)
	}
	return card.Say("button.old"), nil
}

// claimedPayment is the payment that a claim tells of.
func (c *Call) claimedPayment(p *ledger.PaidClaim) (ledger.NewPayment, error) {
	n := ledger.NewPayment{Customer: p.Customer, Invoice: p.Invoice, Date: min(p.Date, c.Today()), Amount: p.Amount, Method: "bank"}
	if p.Outcome != ledger.ClaimWaits || c.Invoice(p.Invoice).Open == 0 { // what is settled otherwise is about to end it
		return n, ledger.Refuse(ledger.Conflict, "claim.over", "claim", p.Label())
	}
	for _, proof := range p.Proofs {
		ref, err := c.Text(proof.Reference)
		if err == nil && ref != "" {
			n.Reference = ref
		}
	}
	return n, nil
}

// errPreview takes back what a preview booked.
var errPreview = errors.New("this was a preview")

// previewClaim shows what the claimed payment settles, without booking it.
func (c *Call) previewClaim(p *ledger.PaidClaim) (card.Reply, error) {
	n, err := c.claimedPayment(p)
	if err != nil {
		return card.Reply{}, err
	}
	var k *card.Card
	err = c.Tx.Whole(func() error {
		pay, parts, err := c.Tx.Receive(n)
		if err != nil {
			return err
		}
		k = paymentCard(c.View, pay, parts)
		return errPreview
	})
	if k == nil {
		return card.Reply{}, err
	}
	k.Title = card.T("claim.preview", "amount", n.Amount, "customer", c.CustomerName(c.Customer(p.Customer)))
	k.Fields = []card.Field{{Label: card.T("field.date"), Value: card.T("value", "value", n.Date)}}
	if n.Reference != "" {
		k.Fields = append(k.Fields, card.Field{Label: card.T("ask.reference"), Value: card.Plain(n.Reference)})
	}
	k.Buttons = []card.Button{{Label: card.T("button.book"), Do: "claim", Arg: idArg(uint32(p.ID)) + ".book", Style: card.Primary},
		formButton(card.T("button.otherpayment"), "payment", c.Invoice(p.Invoice).Number.String())}
	return card.Reply{Card: k}, nil
}

// bookClaim books the claimed payment, as /ar payment does. That ends the claim.
func (c *Call) bookClaim(p *ledger.PaidClaim) (card.Reply, error) {
	n, err := c.claimedPayment(p)
	if err != nil {
		return card.Reply{}, err
	}
	pay, parts, err := c.Desk.Receive(c.Tx, n)
	if err != nil {
		return card.Reply{}, err
	}
	return replaced(card.Reply{Card: paymentCard(c.View, pay, parts)}), nil
}

// claimNotFound tells the customer that his payment was not found, and asks what shows it.
func (c *Call) claimNotFound(p *ledger.PaidClaim, words string) (card.Reply, error) {
	if p.Outcome != ledger.ClaimWaits {
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "claim.over", "claim", p.Label())
	}
	ref, err := c.Tx.SettleClaim(p, ledger.ClaimNotFound, 0, words)
	if err != nil {
		return card.Reply{}, err
	}
	word := ledger.NoticeQueued{Kind: ledger.NoticeClaimWord, Customer: p.Customer, Invoice: p.Invoice, Code: p.Label(), Text: ref}
	if err := c.Tx.Notify(word); err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.refreshClaim(c.Tx, p); err != nil {
		return card.Reply{}, err
	}
	return card.Say("claim.told", "claim", p.Label(), "customer", c.CustomerName(c.Customer(p.Customer))), c.Desk.Refresh(c.Tx, c.Invoice(p.Invoice))
}

// claimWord tells a customer that his payment was not found.
func (d *Desk) claimWord(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	p := v.ClaimOfNotice(&n.NoticeQueued)
	inv := v.Invoice(p.Invoice)
	if inv.Open == 0 {
		return card.Message{Withdraw: "paid meanwhile"}, nil
	}
	words, err := v.Text(n.Text)
	k := &card.Card{Title: card.T("chat.paid.notfound", "number", inv.Number.String()),
		Body:  []card.Text{card.T("chat.paid.notfound.body", "amount", p.Amount, "date", p.Date), card.T("chat.paid.proof")},
		Quote: card.Plain(words)}
	k.Buttons = append([]card.Button{{Label: card.T("button.sendproof"), Do: "proof", Arg: idArg(uint32(p.ID))}}, d.payButton(v, inv, false)...)
	return card.Message{Card: k}, err
}

// refreshClaim queues an edit of the message that asks staff about p.
func (d *Desk) refreshClaim(tx *ledger.Tx, p *ledger.PaidClaim) error {
	if p.Notice == 0 {
		return nil
	}
	return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeClaimEdit, Customer: p.Customer, Address: d.CardChannel(tx.Customer(p.Customer)),
		Invoice: p.Invoice, Code: p.Label(), Who: p.Chat})
}

// claimMet ends the claim on inv, if a payment settles it by now that is the one claimed.
func (d *Desk) claimMet(tx *ledger.Tx, inv *ledger.Invoice) error {
	p := tx.ClaimOn(inv)
	if p == nil {
		return nil
	}
	for _, pay := range tx.PaymentsOf(tx.Customer(inv.Customer), claimLooks) {
		if tx.Fits(p, pay) {
			if _, err := tx.SettleClaim(p, ledger.ClaimPaid, pay.ID, ""); err != nil {
				return err
			}
			return d.refreshClaim(tx, p)
		}
	}
	return nil
}

// claimLooks is how many of a customer's newest payments are held against a claim.
const claimLooks = 20

// claimThanks says on a receipt that it is for the payment that the customer told of.
func claimThanks(v *ledger.View, p *ledger.Payment) []card.Text {
	if c := v.ClaimPaidBy(p); c != nil {
		return []card.Text{card.T("receipt.claimed", "date", c.Made)}
	}
	return nil
}
