package paper

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"duebot/ledger"
)

const inviteBase = "https://t.me/lindenhof_bot?start="

// invitation is the link on a document, and the document's bytes.
func (s *shelf) invitation(ask Ask) (link string, data []byte) {
	s.t.Helper()
	err := s.View(func(v *ledger.View) error {
		d, house, err := Compose(v, ask)
		if err != nil {
			return err
		}
		var out bytes.Buffer
		link = d.Telegram
		err = house.Draw(&out, d)
		data = out.Bytes()
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return link, data
}

func (s *shelf) follows(link, chat string) error {
	_, err := s.Update(s.t.Context(), ledger.Command{By: chat, Run: func(tx *ledger.Tx) ([]byte, error) {
		_, err := tx.Link(strings.TrimPrefix(link, inviteBase), chat, "Emma", "")
		return nil, err
	}})
	return err
}

func (s *shelf) invited(number, base string) Ask {
	s.do(func(tx *ledger.Tx) error {
		inv, err := tx.InvoiceNumbered(number)
		if err == nil {
			err = tx.InviteOnInvoice(inv, base)
		}
		return err
	})
	return Ask{Kind: Invoice, Of: number}
}

// An invitation stands on the invoice of who has no chat, for ever with the same bytes; it
// works once, for sixty days, and not beside a chat.
func TestInvitationOnInvoice(t *testing.T) {
	s := newShelf(t)
	line := ledger.Draft{Lines: []ledger.Line{sold("Consulting", "1", "100", "19")}}
	first, second := s.invited(s.issue(line), inviteBase), s.invited(s.issue(line), inviteBase)
	link, data := s.invitation(first)
	other, _ := s.invitation(second)
	if len(strings.TrimPrefix(link, inviteBase)) != 16 || link == other || !bytes.Contains(data, []byte(link)) {
		t.Fatalf("the invitations are %q and %q", link, other)
	}
	if without, _ := s.invitation(Ask{Kind: Act, Of: first.Of}); without != "" {
		t.Errorf("an act has the invitation %q", without)
	}
	same := func(when string) {
		t.Helper()
		if again, bytes2 := s.invitation(first); again != link || !bytes.Equal(bytes2, data) {
			t.Errorf("%s: another document", when)
		}
	}
	s.Close()
	s.open()
	same("opened again")
	late := s.now
	s.now = s.now.Add(60 * 24 * time.Hour)
	if err := s.follows(link, "telegram:1"); err == nil {
		t.Error("it works after sixty days")
	}
	same("too old")
	s.now = late
	if err := s.follows(link, "telegram:1"); err != nil {
		t.Fatal(err)
	}
	same("used")
	if s.follows(link, "telegram:2") == nil || s.follows(other, "telegram:2") == nil {
		t.Error("an invitation on paper works beside a chat")
	}
	third := s.invited(s.issue(line), inviteBase)
	if link, _ := s.invitation(third); link != "" {
		t.Errorf("who has a chat is invited: %q", link)
	}
}

// A letter has the invitation of the notice that brings it, and no other document has one.
func TestInvitationOnLetter(t *testing.T) {
	s := newShelf(t)
	number := s.issue(ledger.Draft{Lines: []ledger.Line{sold("Consulting", "1", "100", "19")}})
	s.do(func(tx *ledger.Tx) error {
		return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeReminder, Customer: 1})
	})
	s.do(func(tx *ledger.Tx) error {
		n, _ := tx.OpenNotice(1)
		carries, err := tx.InviteOnNotice(&n, inviteBase)
		if err == nil && !carries {
			t.Error("the letter carries no invitation")
		}
		return err
	})
	day := ledger.DateOf(s.now, time.UTC)
	ask := Ask{Kind: Dunning, Of: "acme", To: day, Notice: 1}
	link, _ := s.invitation(ask)
	if err := s.follows(link, "telegram:1"); err != nil {
		t.Error(link, err)
	}
	for _, ask := range []Ask{{Kind: Dunning, Of: "acme", To: day}, {Kind: Statement, Of: "acme", From: day, To: day}, {Kind: Invoice, Of: number}} {
		if link, _ := s.invitation(ask); link != "" {
			t.Errorf("%s: %q", ask.Kind, link)
		}
	}
	if without := s.invited(s.issue(ledger.Draft{Lines: []ledger.Line{sold("Hosting", "1", "9", "19")}}), ""); without.Of != "" {
		if link, _ := s.invitation(without); link != "" {
			t.Errorf("without a bot: %q", link)
		}
	}
}
