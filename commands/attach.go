package commands

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// Files that staff drop into an invoice's thread are documents of it. One is kept for the
// company at first; a button makes it one for the customer, who gets it with the invoice, or as
// a message of its own where that has gone out. While a file is being fetched it is working
// state, so that a restart goes on with it.

// attachers may hand in documents and decide for whom they are.
func attachers() []Role { return []Role{Sales, Finance, Manager} }

// attachCommand lists the documents of an invoice.
func attachCommand() Command {
	return Command{
		Name: "attach", Who: anybody(), Reads: true,
		Usage:    []string{`attach <invoice>`},
		Examples: []string{`attach INV-2026-000001`},
		Form:     attachForm, Words: func(v map[string]string, arg string) []token { return chosen(v["invoice"], arg) },
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) != 1 {
				return card.Reply{}, usage("attach", "got", c.Line)
			}
			inv, err := c.InvoiceNumbered(c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			return card.Reply{Card: c.fileList(inv)}, nil
		},
	}
}

func attachForm(c *Call) (*card.Form, error) {
	if !c.few(1) {
		return nil, nil
	}
	return &card.Form{Title: card.T("form.attach"), Submit: card.T("form.do.show"), Fields: []card.Input{c.invoiceField()}}, nil
}

func (c *Call) fileList(inv *ledger.Invoice) *card.Card {
	k := &card.Card{Title: card.T("attach.title", "number", inv.Number.String()), Note: []card.Text{card.T("attach.how")}}
	files := c.FilesWith(inv)
	if len(files) == 0 {
		k.Body = []card.Text{card.T("attach.none")}
		return k
	}
	k.Table = &card.Table{Head: []card.Text{card.T("col.name"), card.T("col.size"), card.T("col.state")}, Right: []bool{false, true, false}}
	pick := card.Pick{Label: card.T("pick.document")}
	for _, f := range files {
		name := c.FileName(f)
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(name), sizeText(f.Size), fileState(f)})
		for _, b := range fileButtons(f) {
			b.Label = card.Join(b.Label, card.Plain(name))
			pick.Buttons = append(pick.Buttons, b)
		}
	}
	if may(Command{Who: attachers()}, c.Who.Role) {
		k.Picks = []card.Pick{pick}
	}
	return k
}

// fileNames are what the documents of an invoice are called.
func fileNames(v *ledger.View, inv *ledger.Invoice) string {
	var names []string
	for _, f := range v.FilesWith(inv) {
		names = append(names, v.FileName(f))
	}
	return strings.Join(names, ", ")
}

// sizeText is how large a file is, rounded up.
func sizeText(bytes int64) card.Text {
	const kilo = 1 << 10
	if bytes < kilo*kilo {
		return card.T("size.kb", "size", int((bytes+kilo-1)/kilo))
	}
	return card.T("size.mb", "size", card.Number(strconv.FormatInt(bytes/(kilo*kilo), 10)+"."+strconv.FormatInt(bytes%(kilo*kilo)*10/(kilo*kilo), 10)))
}

func fileState(f *ledger.File) card.Text {
	switch {
	case f.Withdrawn:
		return card.T("attach.state.withdrawn")
	case f.Shared:
		return card.T("attach.state.shared")
	}
	return card.T("attach.state.kept")
}

func fileButtons(f *ledger.File) (out []card.Button) {
	id := strconv.Itoa(int(f.ID))
	if f.Withdrawn {
		return nil
	}
	if !f.Shared {
		out = append(out, card.Button{Label: card.T("button.share"), Do: "share", Arg: id, Style: card.Primary})
	}
	return append(out, card.Button{Label: card.T("button.unshare"), Do: "unshare", Arg: id})
}

// fileCard is a document as staff see it.
func fileCard(v *ledger.View, f *ledger.File) *card.Card {
	inv := v.Invoice(f.Invoice)
	k := &card.Card{Title: card.T("attach.card", "name", v.FileName(f), "size", sizeText(f.Size)), Body: []card.Text{fileState(f)}, Buttons: fileButtons(f)}
	if !f.Shared && !f.Withdrawn {
		k.Body = []card.Text{card.T("attach.ask", "customer", v.CustomerName(v.Customer(f.Customer)), "number", inv.Number.String())}
	}
	return k
}

// fileOf is the document that a button is about, if the asker may name its customer.
func (c *Call) fileOf() (*ledger.File, error) {
	id, _ := strconv.Atoi(c.Where.Arg)
	f := c.File(ledger.FileID(id))
	if f == nil {
		return nil, nil
	}
	return f, c.Allowed(c.Customer(f.Customer))
}

// shareFile makes a document one for the customer.
func shareFile(c *Call) (card.Reply, error) {
	f, err := c.fileOf()
	if err != nil || f == nil {
		return card.Say("button.old"), err
	}
	inv := c.Invoice(f.Invoice)
	waits := !c.NoticeDone(inv.Message)
	if err := c.Tx.ShareFile(f); err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.Refresh(c.Tx, inv); err != nil {
		return card.Reply{}, err
	}
	k := fileCard(c.View, f)
	if waits {
		k.Body = []card.Text{card.T("attach.with", "number", inv.Number.String())}
	}
	return card.Reply{Card: k, Replace: true}, nil
}

// unshareFile ends that a document is handed out.
func unshareFile(c *Call) (card.Reply, error) {
	f, err := c.fileOf()
	if err != nil || f == nil {
		return card.Say("button.old"), err
	}
	if err := c.Tx.WithdrawFile(f); err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.Refresh(c.Tx, c.Invoice(f.Invoice)); err != nil {
		return card.Reply{}, err
	}
	return card.Reply{Card: fileCard(c.View, f), Replace: true}, nil
}

// keptNews is what staff read of a file that was dropped into an invoice's thread.
func (d *Desk) keptNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	if f := v.File(n.File); f != nil {
		return card.Message{Card: fileCard(v, f)}, nil
	}
	name, err := v.Text(n.Text)
	most := d.FileMB
	if n.Code == "attach.many" {
		most = ledger.FilesMax
	}
	number := ""
	if inv := v.Invoice(n.Invoice); inv != nil {
		number = inv.Number.String()
	}
	return card.Message{Card: &card.Card{Body: []card.Text{card.T("refuse."+n.Code, "name", name, "max", most, "number", number)}}}, err
}

// fileNews brings a document to its customer.
func fileNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	f := v.File(n.File)
	if f.Withdrawn || v.Invoice(f.Invoice).Void {
		return card.Message{Withdraw: "the document was withdrawn"}, nil
	}
	return card.Message{Card: handedIn(v, f)}, nil
}

// handedIn is a document as its customer gets it.
func handedIn(v *ledger.View, f *ledger.File) *card.Card {
	return &card.Card{Body: []card.Text{card.T("attach.for", "number", v.Invoice(f.Invoice).Number.String(), "name", v.FileName(f))}, Paper: filePaper(f)}
}

// filePaper is a file as it was handed in.
func filePaper(f *ledger.File) *card.Paper {
	return &card.Paper{Kind: card.PaperFile, Of: strconv.Itoa(int(f.ID))}
}

// fileChoices hand a customer the documents that staff handed in with an invoice.
func fileChoices(v *ledger.View, inv *ledger.Invoice) (out []card.Button) {
	for _, f := range v.SharedFiles(inv) {
		out = append(out, card.Button{Label: card.Plain(v.FileName(f)), Do: "file", Arg: idArg(uint32(f.ID)), Wide: true})
	}
	return out
}

// keptFile hands a member of staff a file that was handed in with an invoice.
func (c *Call) keptFile(p card.Paper) (card.Reply, error) {
	id, _ := strconv.Atoi(p.Of)
	f := c.File(ledger.FileID(id))
	if f == nil || f.Withdrawn {
		return card.Say("button.old"), nil
	}
	if err := c.Allowed(c.Customer(f.Customer)); err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.Plain(c.FileName(f)), Body: []card.Text{card.T("paper.direct")}, Paper: &p}
	return card.Reply{Card: k}, nil
}

// sendDocument hands a customer a document of an invoice of his.
func sendDocument(c *ChatCall) (card.Reply, error) {
	id, _ := cutArg(c.In.Arg)
	f := c.File(ledger.FileID(id))
	if f == nil || !f.Shared || f.Withdrawn || !c.ChatHas(c.In.Chat, f.Customer) {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	if err := c.Open(c.Invoice(f.Invoice)); err != nil {
		return card.Reply{}, err
	}
	return card.Reply{Card: handedIn(&c.View, f)}, nil
}

// Attachment is a file of the platform's that is to be fetched for an invoice.
type Attachment struct {
	N       int              `json:"n"`
	Invoice ledger.InvoiceID `json:"invoice"`
	Words   ledger.WordsID   `json:"words,omitempty"` // that it is, 0: a document of the invoice
	By      string           `json:"by"`              // "slack:USALES0001"
	File    string           `json:"file"`            // Slack's id
	Name    string           `json:"name"`
}

// attachRow holds the files that are to be fetched.
const attachRow = "attachments"

// attachOpen is how many files may wait to be fetched.
const attachOpen = 100

var attachWords = regexp.MustCompile(`(?i)\battach\s+(\S+)`)

// attachTo is the invoice for which files were dropped: that of the thread, or the one that
// the words beside them name; nil for none.
func attachTo(v *ledger.View, f *FileDrop) *ledger.Invoice {
	if inv := v.ThreadInvoice("slack:"+f.Channel, f.Thread); inv != nil {
		return inv
	}
	if m := attachWords.FindStringSubmatch(f.Text); m != nil {
		if inv, err := v.InvoiceNumbered(m[1]); err == nil {
			return inv
		}
	}
	return nil
}

// attach takes the files that were dropped for an invoice; ok is false where they were not.
func (d *Desk) attach(ctx context.Context, f FileDrop) (ok bool, err error) {
	said := false
	err = d.Books.View(func(v *ledger.View) error {
		ok, said = attachTo(v, &f) != nil, threadFiles(v, &f)
		return nil
	})
	if err != nil || said || !ok {
		return said, err // Thread says them to the customer
	}
	if !may(Command{Who: attachers()}, f.Who.Role) {
		return true, nil // people without a role talk there too
	}
	_, err = d.update(ctx, f.Key, f.Who.By(), "files", func(tx *ledger.Tx) (card.Reply, error) {
		inv := attachTo(&tx.View, &f)
		tx.May = d.lens(f.Who, Command{Name: "attach"})
		if !tx.Sees(tx.Customer(inv.Customer)) {
			return card.Reply{}, d.notKept(tx, inv, ledger.Refuse(ledger.Forbidden, "attach.others"), "")
		}
		list, err := attachments(&tx.View)
		if err != nil {
			return card.Reply{}, err
		}
		for _, file := range f.Files {
			if len(list) >= attachOpen {
				return card.Reply{}, errors.Join(putAttachments(tx, list), d.notKept(tx, inv, ledger.Refuse(ledger.Conflict, "attach.busy"), file.Name))
			}
			list = append(list, Attachment{N: nextAttachment(list), Invoice: inv.ID, By: f.Who.By(), File: file.ID, Name: file.Name})
		}
		return card.Reply{}, putAttachments(tx, list)
	})
	return true, err
}

func attachments(v *ledger.View) (list []Attachment, err error) {
	data, err := v.Get(attachRow)
	if err == nil && data != nil {
		err = json.Unmarshal(data, &list)
	}
	return list, err
}

func putAttachments(tx *ledger.Tx, list []Attachment) error {
	if len(list) == 0 {
		tx.Put(attachRow, nil)
		return nil
	}
	data, err := json.Marshal(list)
	tx.Put(attachRow, data)
	return err
}

// notKept tells in an invoice's thread why a file was not kept.
func (d *Desk) notKept(tx *ledger.Tx, inv *ledger.Invoice, why error, name string) error {
	r, ok := ledger.AsRefusal(why)
	if !ok {
		return why
	}
	ref, err := tx.Keep(inv.Customer, name)
	if err != nil {
		return err
	}
	return d.inThread(tx, &ledger.NoticeQueued{Kind: ledger.NoticeKept, Customer: inv.Customer, Invoice: inv.ID, Code: r.Key, Text: ref})
}

// NextAttachment is a file that waits to be fetched; ok is false where none does.
func (d *Desk) NextAttachment() (next Attachment, ok bool, err error) {
	err = d.Books.View(func(v *ledger.View) error {
		list, err := attachments(v)
		if len(list) > 0 {
			next, ok = list[0], true
		}
		return err
	})
	return next, ok, err
}

// Attached books a file that was fetched and is among those of the books, or tells why it is
// not kept: a Refusal.
func (d *Desk) Attached(ctx context.Context, a Attachment, file ledger.NewFile, failed error) error {
	_, err := d.Books.Update(ctx, ledger.Command{By: a.By, Run: func(tx *ledger.Tx) ([]byte, error) {
		list, err := attachments(&tx.View)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(list, func(x Attachment) bool { return x.N == a.N && x.File == a.File })
		if at < 0 {
			return nil, nil
		}
		if err := putAttachments(tx, slices.Delete(list, at, at+1)); err != nil {
			return nil, err
		}
		if w := tx.Words(a.Words); w != nil {
			return nil, d.saidFile(tx, w, file, failed)
		}
		inv := tx.Invoice(a.Invoice)
		if failed == nil {
			file.Invoice = a.Invoice
			failed = tx.Whole(func() error {
				f, err := tx.KeepFile(file)
				if err != nil {
					return err
				}
				return d.inThread(tx, &ledger.NoticeQueued{Kind: ledger.NoticeKept, Customer: inv.Customer, Invoice: inv.ID, File: f.ID})
			})
		}
		if failed != nil {
			return nil, d.notKept(tx, inv, failed, ledger.CleanFileName(file.Name, file.Type))
		}
		return nil, nil
	}})
	return err
}
