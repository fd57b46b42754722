package commands

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// A customer may hand in what shows a payment before he has said when he paid, and how much. It
// is kept until he has, and goes with what he says then: nobody sends a photo twice.

// expectPaidFiles is what the files of a chat are expected for while the day or the sum is asked
// for: about "7", the invoice, or "7.20261014", with the day.
const expectPaidFiles = "paid.files"

// paidFiles are those that wait for the claim that they belong to.
type paidFiles struct {
	Invoice ledger.InvoiceID `json:"invoice"`
	Until   time.Time        `json:"until"`
	Files   []paidFile       `json:"files"`
}

type paidFile struct {
	File  ledger.NewFile   `json:"file"`
	Order ledger.OrderRead `json:"order"`
}

func (c *ChatCall) paidFilesRow() string { return "paidfiles:" + c.ActorOf(c.In.Chat) }

// paidFilesOf are the files that wait for a claim on inv.
func (c *ChatCall) paidFilesOf(inv *ledger.Invoice) (x paidFiles, err error) {
	data, err := c.Get(c.paidFilesRow())
	if err != nil || data == nil {
		return paidFiles{Invoice: inv.ID}, err
	}
	if err := json.Unmarshal(data, &x); err != nil {
		return x, err
	}
	if x.Invoice != inv.ID || !c.Now.Before(x.Until) {
		return paidFiles{Invoice: inv.ID}, nil
	}
	return x, nil
}

// proofType refuses what is neither a photo nor a PDF.
func proofType(f *ChatFile) error {
	if f.Why != nil {
		return f.Why
	}
	if showsNone(*f) {
		return ledger.Refuse(ledger.BadInput, "paid.prooftype", "name", f.Name)
	}
	return nil
}

// keepPaidFiles keeps what came with a message until it is known what it shows.
func (c *ChatCall) keepPaidFiles(inv *ledger.Invoice) error {
	x, err := c.paidFilesOf(inv)
	if err != nil {
		return err
	}
	for i := range c.In.Files {
		f := &c.In.Files[i]
		if err := proofType(f); err != nil {
			return err
		}
		if len(x.Files) >= ledger.ProofsMax {
			return ledger.Refuse(ledger.Conflict, "paid.proofs", "max", ledger.ProofsMax)
		}
		x.Files = append(x.Files, paidFile{f.NewFile, f.Order})
	}
	x.Until = c.Now.Add(expectLife)
	data, err := json.Marshal(x)
	c.Put(c.paidFilesRow(), data)
	return err
}

// takePaidFiles takes files that came instead of a day or a sum, and asks for that again. Words
// alone go where all words go.
func takePaidFiles(c *ChatCall, about string) (card.Reply, error) {
	c.In.Arg = about
	inv, rest, err := c.mine()
	if err != nil {
		return card.Reply{}, err
	}
	if len(c.In.Files) == 0 || c.In.Text != "" && slices.ContainsFunc(c.In.Files, showsNone) {
		return c.unasked()
	}
	if r, ended := c.unpayable(inv); ended {
		return said(r), nil
	}
	r, err := c.askWithFiles(inv, rest)
	if err != nil || c.In.Text == "" {
		return r, err
	}
	c.In.Files = nil // what is written beside them goes where all words go
	passed, err := c.unasked()
	if err == nil && passed.Card != nil {
		r.Card.Body = append(passed.Card.Body, r.Card.Body...)
	}
	return r, err
}

// askWithFiles keeps what came, and asks for what is not known yet: with the day that stands in
// the payment order, where one does.
func (c *ChatCall) askWithFiles(inv *ledger.Invoice, dayKnown string) (card.Reply, error) {
	if err := c.keepPaidFiles(inv); err != nil {
		return card.Reply{}, err
	}
	about, r := idArg(uint32(inv.ID)), c.askPaidDay(inv)
	if day, ok := readDay(dayKnown); ok {
		about, r = about+"."+dayKnown, c.askPaidSum(inv, day)
	} else if on := c.orderedOn(); on != 0 {
		b := paidDay(inv, card.T("value", "value", on), on)
		b.Wide = true
		r.Card.Buttons = append([]card.Button{b}, r.Card.Buttons...)
	}
	var names []string
	for _, f := range c.In.Files {
		names = append(names, f.Name)
	}
	r.Card.Body = append([]card.Text{card.T("chat.paid.kept", "name", strings.Join(names, ", "))}, r.Card.Body...)
	return r, c.Expect(expectPaidFiles, about)
}

// orderedOn is the one day that stands in what came, if he may have paid on it and it has no
// button anyhow; else 0.
func (c *ChatCall) orderedOn() (on ledger.Date) {
	for _, f := range c.In.Files {
		for _, day := range f.Order.Dates {
			if on != 0 && day != on || day >= c.today()-1 || day < c.today().AddDays(-orderDays) {
				return 0
			}
			on = day
		}
	}
	return on
}

// orderDays is how old the day in a payment order may be that is offered.
const orderDays = 60

// proveKept books the files that wait for p, and reports whether there were any.
func (c *ChatCall) proveKept(p *ledger.PaidClaim) (any bool, err error) {
	x, err := c.paidFilesOf(c.Invoice(p.Invoice))
	if err != nil || len(x.Files) == 0 {
		return false, err
	}
	c.Put(c.paidFilesRow(), nil)
	for _, f := range x.Files {
		if _, err := c.Files().Read(f.File.Bytes); err != nil {
			continue // files that no fact names are swept away when the program starts
		}
		if err := c.ProvePaid(p, f.File, f.Order); err != nil {
			return any, err
		}
		any = true
	}
	return any, nil
}
