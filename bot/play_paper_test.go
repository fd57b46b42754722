package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"duebot/adapters/paper"
	"duebot/commands/card"
	"duebot/ledger"

	"github.com/rogpeppe/go-internal/testscript"
)

// chatFile is a document in a chat.
type chatFile struct {
	FileID string `json:"file_id"`
	Name   string `json:"file_name"`
}

// UnmarshalJSON reads a message as who looks at it does: the words under a file are its text,
// and its name stands below.
func (m *chatMessage) UnmarshalJSON(data []byte) error {
	type plain chatMessage
	var x struct {
		plain
		Caption  string
		Document *chatFile
		Photo    []struct{ Width, Height int }
	}
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	*m = chatMessage(x.plain)
	if m.File = x.Document; m.File != nil {
		m.Text = strings.TrimSpace(x.Caption + "\n<" + m.File.Name + ">")
	}
	for _, p := range x.Photo {
		m.Text = strings.TrimSpace(x.Caption + fmt.Sprintf("\n<photo %dx%d>", p.Width, p.Height))
	}
	return nil
}

// scriptDocument prints what the newest file in a chat says, in its own language: the books
// know it by its bytes, and it is made again from them.
func scriptDocument(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 1, "document CHAT|ADDRESS [NAME]")
	s := on(ts)
	name := ""
	if len(args) > 1 {
		name = args[1]
	}
	if text, plain := bytes.CutPrefix(s.play.document(args[0], name), []byte("\ufeff")); plain {
		io.WriteString(ts.Stdout(), directions.Replace(strings.ReplaceAll(string(text), "\r\n", "\n")))
		return
	}
	doc := s.document(ts, args[0], name)
	io.WriteString(ts.Stdout(), isolates.Replace(gistOf(doc)))
}

// document is the newest file in a chat, or in the mails to an address, as the books make it.
func (s *stage) document(ts *testscript.TestScript, where, name string) *paper.Document {
	data := s.play.document(where, name)
	if data == nil {
		ts.Fatalf("there is no document %s for %s", name, where)
	}
	doc, err := s.box.bot.Load().documentOf(data)
	ts.Check(err)
	return doc
}

// scriptScan has somebody follow the invitation on a document that went to another place: the
// code leads where its link leads.
func scriptScan(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 3, "scan CHAT ADDRESS NAME")
	s := on(ts)
	m := inviteLink.FindSubmatch(s.play.document(args[1], args[2]))
	if m == nil {
		ts.Fatalf("there is no invitation on %s", args[2])
	}
	s.play.write(chatID(ts, args[0]), "/start "+string(m[1]))
}

// document is the newest file with a name in a chat, or in the mails to an address.
func (p *player) document(where, name string) (found []byte) {
	w := p.state()
	for _, c := range w.Telegram.Chats {
		for _, m := range c.Messages {
			if fmt.Sprint(c.ID) == where && m.File != nil && strings.Contains(m.File.Name, name) {
				found = p.file("telegram=" + url.QueryEscape(m.File.FileID))
			}
		}
	}
	for _, m := range w.mails(where) {
		for at, f := range m.Files {
			if strings.Contains(f.Name, name) {
				found = p.file(fmt.Sprintf("mail=%d&file=%d", m.ID, at))
			}
		}
	}
	return found
}

func (p *player) file(query string) []byte {
	resp, err := http.Get(p.base + "/control/file?" + query)
	if err != nil {
		p.fail("%v", err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.fail("file: %s %v", resp.Status, err)
	}
	return data
}

// documentOf finds the document that has these bytes, and draws it again.
func (b *Bot) documentOf(data []byte) (doc *paper.Document, err error) {
	hash, seq := ledger.Hash(sha256.Sum256(data)), uint64(0)
	var ask paper.Ask
	err = b.books.View(func(v *ledger.View) error {
		return v.Facts(1, func(f *ledger.Fact) error {
			if x, ok := f.Body.(*ledger.DocumentMade); ok && x.Bytes == hash {
				seq, ask = f.Seq-1, askOf(v, x)
			}
			return nil
		})
	})
	if err != nil || seq == 0 {
		return nil, fmt.Errorf("the books know no document of these bytes (%v)", err)
	}
	ask.Known, ask.PayLink = seq, b.paperLink
	var house *paper.House
	if err := b.books.View(func(v *ledger.View) (err error) { doc, house, err = paper.Compose(v, ask); return err }); err != nil {
		return nil, err
	}
	again, err := drawPaper(doc, house, &card.Paper{Kind: string(ask.Kind)})
	if err != nil || !bytes.Equal(again.Data, data) {
		return nil, fmt.Errorf("drawn again, %s %s is another one (%v)", doc.Kind, doc.Number, err)
	}
	return doc, nil
}

// askOf asks for the document that x is of.
func askOf(v *ledger.View, x *ledger.DocumentMade) paper.Ask {
	ask := paper.Ask{Kind: paper.Kind(x.Kind), From: x.From, To: x.To, Lang: x.Lang, Notice: x.Notice}
	switch {
	case x.Invoice != 0:
		ask.Of = v.Invoice(x.Invoice).Number.String()
	case x.Credit != 0:
		ask.Of = v.CreditNote(x.Credit).Number.String()
	case x.Payment != 0:
		ask.Of = ledger.PaymentLabel(x.Payment)
	case x.Refund != 0:
		ask.Of = v.RefundOf(x.Refund).Voucher.String()
	default:
		ask.Of = v.Customer(x.Customer).Handle
	}
	return ask
}

// gistOf is a document in lines of text.
func gistOf(d *paper.Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s in %s, copy %t, of %s, from %s for %s", d.Kind, d.Number, d.Lang, d.Copy, d.Date, d.Seller.Name, d.Buyer.Name)
	if d.Due != 0 {
		fmt.Fprintf(&b, ", due %s", d.Due)
	}
	for _, x := range d.References {
		fmt.Fprintf(&b, "\n%s: %s", x.Key, x.Text)
	}
	for _, l := range d.Lines {
		fmt.Fprintf(&b, "\n%s: %s x %s less %s%%, tax %s%% = %s", l.Text, l.Quantity, l.Price, l.Discount, l.Tax, l.Amount)
	}
	if !d.Discount.IsZero() {
		fmt.Fprintf(&b, "\ndiscount %s%%: %s", d.Off, d.Discount)
	}
	for _, x := range d.Deposits {
		fmt.Fprintf(&b, "\nless %s: %s", x.Number, x.Amount)
	}
	for _, t := range d.Taxes {
		fmt.Fprintf(&b, "\ntax %s%% on %s: %s %s", t.Rate, t.Base, t.Tax, t.Why)
	}
	for _, x := range d.Settled {
		fmt.Fprintf(&b, "\npaid %s: %s, left %s", x.Number, x.Paid, x.Open)
	}
	for _, a := range d.Accounts {
		fmt.Fprintf(&b, "\n%s from %s to %s: opening %s", a.Currency, d.From, d.To, a.Opening)
		for _, e := range a.Entries {
			fmt.Fprintf(&b, "\n%s %s: %s, %s, %s", e.Date, e.Text, e.Debit, e.Credit, e.Balance)
		}
		fmt.Fprintf(&b, "\nclosing %s", a.Closing)
	}
	for _, x := range d.Claims {
		fmt.Fprintf(&b, "\nclaim %s due %s: %s", x.Number, x.Due, x.Open)
	}
	if d.Foreign != nil {
		fmt.Fprintf(&b, "\ntax in %s at %s", d.Foreign.Tax, d.Foreign.Rate)
	}
	if d.Early != nil {
		fmt.Fprintf(&b, "\n%s until %s", d.Early.Pay, d.Early.Until)
	}
	for _, x := range d.Instalments {
		fmt.Fprintf(&b, "\ninstalment %s: %s", x.Due, x.Amount)
	}
	for _, x := range d.Banks {
		fmt.Fprintf(&b, "\nto %s", strings.TrimSpace(x.Holder+" "+x.IBAN+x.Account+x.Text))
	}
	if d.PayLink != "" {
		b.WriteString("\nonline") // at an address that is another each time
	}
	if d.Telegram != "" {
		b.WriteString("\ninvites")
	}
	if d.Reason != "" {
		fmt.Fprintf(&b, "\nreason: %s", d.Reason)
	}
	fmt.Fprintf(&b, "\ntotal %s\n", d.Total)
	return b.String()
}
