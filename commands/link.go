package commands

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/names"
)

// How a chat becomes a customer's: by an invitation, which works once, and, where the company
// wants that, by the last four of the customer's tax id or by a colleague who lets the person in.
// Whoever guesses learns nothing.

// What a company may ask for beside an invitation (Settings.LinkAsk).
const (
	AskTaxID    = "taxid"
	AskApproval = "approval"
)

// start follows an invitation or a link to an invoice, or greets whoever is linked.
func (c *ChatCall) start() (card.Reply, error) {
	if reply, ours, err := c.startDigest(); ours || err != nil {
		return reply, err
	}
	if c.Words == "" || c.Words == startMenu {
		if reply, ours, err := c.inDigest(); ours || err != nil {
			return reply, err
		}
		if c.Customer == nil {
			c.Desk.turnedAway("chat.stranger")
			return card.Say("chat.stranger"), nil
		}
		if reply, answered := c.inGroup("help"); answered {
			return reply, nil
		}
		mine := c.Customer
		back, err := c.resume()
		if err != nil {
			return card.Reply{}, err
		}
		c.Customer = mine
		reply, err := showHome(c, "")
		if back && err == nil {
			reply.Card.Body[0] = card.T("chat.resumed", "company", c.Company().Name)
		}
		return reply, err
	}
	if id, ok := startInvoice(c.Words); ok {
		return c.open(id)
	}
	inv, ok := c.Invitation(c.Words)
	if !c.In.Private && !(ok && inv.Group) {
		c.Desk.turnedAway("chat.linkprivately")
		return card.Say("chat.linkprivately"), nil
	}
	if !ok {
		c.Desk.turnedAway("link.unknown")
		return card.Reply{}, ledger.Refuse(ledger.NotFound, "link.unknown")
	}
	if c.In.Private && inv.Group {
		return card.Say("chat.linkingroup"), nil
	}
	return c.follow(inv)
}

// follow takes the next step with an invitation that is good.
func (c *ChatCall) follow(inv ledger.Invitation) (card.Reply, error) {
	cust := c.Tx.Customer(inv.Customer)
	asks := c.Desk.LinkAsk
	if asks == AskTaxID && (inv.Group || c.proofOf(cust) == "" || c.OnPaper(inv)) {
		asks = AskApproval // there is nothing to ask for, nobody who could answer alone, or the answer stands beside the invitation
	}
	switch {
	case asks == "" || c.ChatHas(c.In.Chat, cust.ID):
		return c.link(inv)
	case asks == AskTaxID:
		c.Put(proofRow(c.In.Chat), fmt.Appendf(nil, "%s %d", inv.Label(), c.Now.Add(proofLife).Unix()))
		return card.Say("chat.link.taxid", "company", c.Company().Name), nil
	}
	l, err := c.AskToLink(inv, c.linker())
	if err == nil {
		err = c.Desk.linkNews(c.Tx, l)
	}
	return card.Say("chat.link.waits", "company", c.Company().Name), err
}

// linker is whoever follows an invitation.
func (c *ChatCall) linker() ledger.NewLink {
	n := ledger.NewLink{Chat: c.In.Chat, Name: c.In.Name, Language: c.In.Lang, Group: !c.In.Private}
	if n.Group && c.In.Title != "" {
		n.Name = c.In.Title
	}
	return n
}

// link makes the chat the customer's, tells staff, and greets.
func (c *ChatCall) link(inv ledger.Invitation) (card.Reply, error) {
	cust, err := c.Follow(inv, c.linker())
	if err != nil {
		return card.Reply{}, err
	}
	l, _ := c.ChatLink(c.In.Chat, cust.ID)
	if err := c.Desk.linkNews(c.Tx, l); err != nil {
		return card.Reply{}, err
	}
	c.Customer = cust
	c.Put(seenRow(c.In.Chat), strconv.AppendInt(nil, c.Now.Unix(), 10))
	c.Put(speaksRow(c.In.Chat), nil) // of several he is asked again
	return card.Reply{Card: welcomeCard(&c.View, l)}, nil
}

// linkNews tells staff of a link.
func (d *Desk) linkNews(tx *ledger.Tx, l ledger.Link) error {
	return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeLinked, Customer: l.Customer, Address: d.FinanceChannel, Who: l.Chat})
}

// refreshLink has the message that tells staff of a link show it as it stands now.
func (d *Desk) refreshLink(tx *ledger.Tx, l ledger.Link) error {
	if l.News == 0 {
		return nil
	}
	return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeLinkedEdit, Customer: l.Customer, Address: d.FinanceChannel, Who: l.Chat})
}

// welcomeCard greets who was linked: who is talking, what will come, how to end it, and what
// he does there.
func welcomeCard(v *ledger.View, l ledger.Link) *card.Card {
	cust, company := v.Customer(l.Customer), v.Company().Name
	k := &card.Card{Title: card.T("chat.linked.title", "company", company)}
	if l.Group {
		k.Body = []card.Text{card.T("chat.group.welcome", "company", company, "customer", v.CustomerName(cust)), card.T("chat.group.private")}
		return k
	}
	k.Body = []card.Text{card.T("chat.linked.body", "company", company, "customer", v.CustomerName(cust)), card.T("chat.linked.stop")}
	if l.Position == "" {
		k.Body = append(k.Body, card.T("chat.position.ask", "customer", v.CustomerName(cust)))
		k.Buttons = positionButtons(cust)
		return k
	}
	k.Buttons = invoicesButton(cust)
	return k
}

func invoicesButton(cust *ledger.Customer) []card.Button {
	if !cust.HasOpen() {
		return nil
	}
	return []card.Button{{Label: card.T("button.myinvoices"), Do: "invoices"}}
}

// Proofs: the last four of the tax id, of those who follow an invitation.

const (
	proofLength = 4
	proofTries  = 3         // wrong answers that an invitation bears
	proofLife   = time.Hour // that an answer is waited for; then the link is followed again
)

// proofRow holds the invitation for which an answer of a chat is awaited, and until when.
func proofRow(chat string) string { return "proof:" + chat }

// wrongProofRow counts the wrong answers to an invitation, from whichever chats.
func wrongProofRow(i ledger.Invitation) string { return "proof.wrong:" + i.Label() }

// Answering reports whether a chat was asked for what proves that its invitation is its own.
func Answering(v *ledger.View, chat string) bool {
	row, err := v.Get(proofRow(chat))
	return err == nil && row != nil
}

// proofOf is what has to be answered for cust; "" where it is not known.
func (c *ChatCall) proofOf(cust *ledger.Customer) string {
	p, err := c.Party(cust)
	if err != nil {
		return ""
	}
	return lastFour(p.TaxID)
}

// lastFour is the end of a tax id as it is compared; "" of one that is too short.
func lastFour(taxID string) string {
	r := []rune(plainID(taxID))
	if len(r) < proofLength {
		return ""
	}
	return string(r[len(r)-proofLength:])
}

// plainID is a number as it is compared: its letters and digits alone, in capitals.
func plainID(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, names.Digits(s))
}

// proof takes an answer, where one is awaited; ok is false where none is.
func (c *ChatCall) proof() (reply card.Reply, ok bool, err error) {
	if c.In.Do != "" || c.In.Text == "" || strings.HasPrefix(c.In.Text, "/") {
		return reply, false, nil
	}
	row, err := c.Get(proofRow(c.In.Chat))
	if row == nil || err != nil {
		return reply, false, err
	}
	label, until, _ := strings.Cut(string(row), " ")
	unix, _ := strconv.ParseInt(until, 10, 64)
	inv, good := c.InvitationLabelled(label)
	if !good || c.Now.Unix() >= unix {
		c.Put(proofRow(c.In.Chat), nil)
		if c.Customer != nil { // his words are meant for something else
			return reply, false, nil
		}
		return card.Say("chat.link.late"), true, nil
	}
	want := c.proofOf(c.Tx.Customer(inv.Customer))
	if got := plainID(c.In.Text); want == "" || got != want && !(len(got) > proofLength && strings.HasSuffix(got, want)) {
		reply, err = c.wrongProof(inv)
		return reply, true, err
	}
	c.Put(proofRow(c.In.Chat), nil)
	c.Put(wrongProofRow(inv), nil)
	reply, err = c.link(inv)
	return reply, true, err
}

// wrongProof counts a wrong answer. The third uses the invitation up, and staff are told.
func (c *ChatCall) wrongProof(inv ledger.Invitation) (card.Reply, error) {
	row, err := c.Get(wrongProofRow(inv))
	if err != nil {
		return card.Reply{}, err
	}
	wrong, _ := strconv.Atoi(string(row))
	c.Desk.turnedAway("chat.link.wrong")
	if wrong++; wrong < proofTries {
		c.Put(wrongProofRow(inv), []byte(strconv.Itoa(wrong)))
		return card.Say("chat.link.wrong", "count", proofTries-wrong), nil
	}
	c.Put(proofRow(c.In.Chat), nil)
	c.Put(wrongProofRow(inv), nil)
	if err := c.EndInvitation(inv); err != nil {
		return card.Reply{}, err
	}
	task := ledger.NoticeQueued{Kind: ledger.NoticeTask, Customer: inv.Customer, Address: c.Desk.FinanceChannel, Code: "guessed"}
	return card.Say("chat.link.spent"), c.Notify(task)
}

// access words what a person is told of his link.
func access(v *ledger.View, n *ledger.Notice) card.Message {
	l, ok := v.ChatLink(n.Who, n.Customer)
	company := v.Company().Name
	switch {
	case !ok:
		return card.Message{Withdraw: "the chat is nobody's"}
	case n.Code == "welcome" && l.State == ledger.LinkStands:
		return card.Message{Card: welcomeCard(v, l)}
	case n.Code == "unlinked" && l.State == ledger.LinkEnded:
		return card.Message{Card: card.Say("chat.access.unlinked", "company", company, "customer", v.CustomerName(v.Customer(n.Customer))).Card}
	case n.Code == "declined" && l.State == ledger.LinkDeclined:
		return card.Message{Card: card.Say("chat.access.declined", "company", company).Card}
	}
	return card.Message{Withdraw: "it has changed since"}
}
