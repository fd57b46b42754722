package ledger

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Invitations on paper: the code on a document that brings its customer into the chat. Nobody
// keeps the token: it is made again of what the document is whenever that is drawn, and so the
// document has the same bytes for ever, also when its invitation was used or is too old.

// paperInviteLife is how long an invitation on paper works: paper lies on desks.
const paperInviteLife = 60 * 24 * time.Hour

// carrier is what carries an invitation: the document of an invoice, or one that went along
// with a notice.
type carrier struct {
	Invoice InvoiceID
	Notice  NoticeID
}

// PaperInvited is the fact that a document carries an invitation for its customer.
type PaperInvited struct {
	Customer CustomerID
	Invoice  InvoiceID // whose document it is; 0: one that a notice brings
	Notice   NoticeID
	Link     string   // what stands before the token: "https://t.me/duebot?start="
	Token    [16]byte // first half of the token's SHA-256
	Expires  time.Time
}

func (x *PaperInvited) kind() factKind { return kindPaperInvited }

func (x *PaperInvited) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Invoice)
	num(c, &x.Notice)
	str(c, &x.Link)
	c.fixed(x.Token[:])
	c.instant(&x.Expires)
}

func (x *PaperInvited) apply(s *state, f *Fact) {
	put(s, s.onPaper, carrier{x.Invoice, x.Notice}, factNo(f.Seq))
	put(s, s.paperInvites, x.Token, true)
	(&CustomerInvited{Customer: x.Customer, Token: x.Token, Expires: x.Expires}).apply(s, f)
}

// paperToken is the token of the invitation on a document.
func (v *View) paperToken(c CustomerID, at carrier) string {
	return v.Seal("invitation on paper", fmt.Sprintf("%d.%d.%d", c, at.Invoice, at.Notice))
}

// InviteOnInvoice books that the document of inv carries an invitation, where its customer has
// no chat: link is what stands before the token.
func (tx *Tx) InviteOnInvoice(inv *Invoice, link string) error {
	_, err := tx.inviteOnPaper(tx.Customer(inv.Customer), carrier{Invoice: inv.ID}, link)
	return err
}

// InviteOnNotice books that the document of a notice carries an invitation, where its customer
// has no chat, and reports whether it carries one.
func (tx *Tx) InviteOnNotice(n *Notice, link string) (bool, error) {
	return tx.inviteOnPaper(tx.Customer(n.Customer), carrier{Notice: n.ID}, link)
}

func (tx *Tx) inviteOnPaper(c *Customer, at carrier, link string) (bool, error) {
	if tx.s.onPaper[at] != 0 {
		return true, nil
	}
	if link == "" || len(c.Chats) > 0 {
		return false, nil
	}
	_, err := tx.append(tx.Today(), &PaperInvited{Customer: c.ID, Invoice: at.Invoice, Notice: at.Notice, Link: link,
		Token: tokenHash(tx.paperToken(c.ID, at)), Expires: tx.Now.Add(paperInviteLife)})
	return err == nil, err
}

// InvitationOn is the link of the invitation that a document carries: that of an invoice, or
// of what a notice brings; "" for one that carries none.
func (v *View) InvitationOn(inv InvoiceID, n NoticeID) (link string, err error) {
	at := carrier{inv, n}
	seq := v.s.onPaper[at]
	if seq == 0 {
		return "", nil
	}
	f, err := v.fact(uint64(seq))
	if err != nil {
		return "", err
	}
	x := f.Body.(*PaperInvited)
	return x.Link + v.paperToken(x.Customer, at), nil
}

// stale reports whether an invitation stood on paper for a customer who has a chat by now: who
// finds an old invoice must not read along.
func (s *state) stale(token [16]byte, c CustomerID) bool {
	return s.paperInvites[token] && len(s.customers.at(uint32(c)).Chats) > 0
}

// OnPaper reports whether an invitation stands on a document: who holds that reads there what
// else could be asked of him.
func (v *View) OnPaper(i Invitation) bool { return v.s.paperInvites[i.hash] }

// FactPaperInvited is the name of the fact that a document carries an invitation.
const FactPaperInvited FactName = "paperinvited"

func dumpPaperInvites(w io.Writer, s *state) {
	list := make([]string, 0, len(s.onPaper))
	for at, n := range s.onPaper {
		list = append(list, fmt.Sprintf("invitation on invoice %d notice %d fact %d\n", at.Invoice, at.Notice, n))
	}
	slices.Sort(list)
	io.WriteString(w, strings.Join(list, ""))
}
