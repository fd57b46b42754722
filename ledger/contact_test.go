package ledger

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// contactAct changes one of the things by which a customer is reached.
func contactAct(r *rapid.T, tx *Tx, c *Customer) (err error) {
	addresses := []string{"ap@acme.example", "buchhaltung@müller.example", "ap@acme.example"}
	some := addresses[:rapid.IntRange(0, 3).Draw(r, "addresses")]
	switch rapid.IntRange(0, 3).Draw(r, "contact") {
	case 0:
		_, err = tx.SetMails(c, some)
	case 1:
		_, err = tx.ChooseChannel(c, rapid.SampledFrom([]string{"", ChannelTelegram, ChannelMail}).Draw(r, "channel"))
	case 2:
		_, err = tx.StopMailReminders(c, rapid.Bool().Draw(r, "stopped"))
	default:
		if rapid.Bool().Draw(r, "lost") {
			_, err = tx.BreakRoute(c.ID, "mail:"+addresses[0], RouteRefused, 0)
		} else {
			err = tx.MendRoute("mail:" + addresses[0])
		}
	}
	return err
}

func TestParseMail(t *testing.T) {
	for in, want := range map[string]string{
		"ap@acme.example": "ap@acme.example", "AP+1@ACME.Example": "AP+1@acme.example",
		"счета@почта.рф": "счета@почта.рф", "a@b-c.example": "a@b-c.example",
	} {
		if got, err := ParseMail(in); err != nil || got != want {
			t.Errorf("%q: got %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "acme", "@acme.example", "ap@", "ap@localhost", "ap@-x.example", "ap@x-.example", "ap@a..example", "ap@[127.0.0.1]",
		"Acme <ap@acme.example>", "<ap@acme.example>", "ap@acme.example\r\nBcc: x@y.example", "a b@acme.example", `"a b"@acme.example`, "a@b@c.example",
		"ap@acme.example ", "ap@ac me.example", "a\u202e@acme.example", "ap@acme.example,x@y.example", strings.Repeat("a", 250) + "@acme.example", "ap@acme_x.example"} {
		var refused *Refusal
		if got, err := ParseMail(in); !errors.As(err, &refused) {
			t.Errorf("%q: got %q, %v, want a refusal", in, got, err)
		}
	}
}

// What is read as an address is read again as the same, and breaks out of no header.
func FuzzParseMail(f *testing.F) {
	for _, s := range []string{"ap@acme.example", "счета@почта.рф", "a@b.c\r\nBcc: x@y.z", `"a b"@x.example`, "a@xn--e1afmkfd.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseMail(s)
		if err != nil {
			return
		}
		if again, err := ParseMail(a); err != nil || again != a {
			t.Errorf("%q is %q, which is read as %q, %v", s, a, again, err)
		}
		if strings.ContainsAny(a, "\r\n\x00 <>,;\"") {
			t.Errorf("%q is the address %q", s, a)
		}
	})
}

func TestMails(t *testing.T) {
	b, path := testBooks(t)
	id := addAcme(t, b)
	act := func(f func(tx *Tx, c *Customer) (bool, error)) (changed bool) {
		do(t, b, "", func(tx *Tx) (err error) { changed, err = f(tx, tx.Customer(id)); return err })
		return changed
	}
	mails := func(list ...string) bool {
		return act(func(tx *Tx, c *Customer) (bool, error) { return tx.SetMails(c, list) })
	}
	if !mails("ap@acme.example", "cfo@acme.example") || mails("ap@acme.example", "cfo@acme.example") || !mails("cfo@acme.example", "new@acme.example") {
		t.Error("only what differs is a change")
	}
	if !act(func(tx *Tx, c *Customer) (bool, error) {
		return tx.BreakRoute(c.ID, "mail:cfo@acme.example", RouteRefused, 0)
	}) ||
		act(func(tx *Tx, c *Customer) (bool, error) {
			return tx.BreakRoute(c.ID, "mail:stranger@x.example", RouteRefused, 0)
		}) {
		t.Error("a known address can be marked, and no other")
	}
	act(func(tx *Tx, c *Customer) (bool, error) { return tx.ChooseChannel(c, ChannelMail) })
	act(func(tx *Tx, c *Customer) (bool, error) { return tx.StopMailReminders(c, true) })
	err := try(b, "", func(tx *Tx) error { _, err := tx.ChooseChannel(tx.Customer(id), "fax"); return err })
	if refused := (*Refusal)(nil); !errors.As(err, &refused) {
		t.Errorf("fax: %v", err)
	}

	b.Close() // and what was said holds after a restart
	b = openTest(t, path)
	defer b.Close()
	b.View(func(v *View) error {
		c := v.Customer(id)
		if got := c.MailAddresses(); !slices.Equal(got, []string{"cfo@acme.example", "new@acme.example"}) {
			t.Errorf("addresses %q", got)
		}
		if c.Channel != ChannelMail || !c.MailStopped || !v.Shut("mail:cfo@acme.example") || v.Shut("mail:new@acme.example") {
			t.Errorf("channel %q, stopped %t", c.Channel, c.MailStopped)
		}
		if !c.Reachable(true, false) || c.Reachable(true, true) || c.Reachable(false, false) {
			t.Error("invoices can be mailed, reminders not, and without a mail server nothing")
		}
		return nil
	})
}

// An address stands in no fact: a mail's outcome names its reader by number.
func TestMailAddressesAreSealed(t *testing.T) {
	b, _ := testBooks(t)
	id := addAcme(t, b)
	var n NoticeID
	do(t, b, "", func(tx *Tx) error {
		if _, err := tx.SetMails(tx.Customer(id), []string{"ap@acme.example"}); err != nil {
			return err
		}
		if err := tx.Notify(NoticeQueued{Kind: NoticeReminder, Customer: id}); err != nil {
			return err
		}
		n = tx.LastNotice()
		return tx.Settle(NoticeOutcome{Notice: n, State: NoticeSent, Chat: "mail:ap@acme.example", Message: "<n1@acme>"})
	})
	b.View(func(v *View) error {
		x, err := v.noticeSent(n)
		if err != nil || !strings.HasPrefix(x.Chat, "person:") {
			t.Errorf("the fact says %+v, %v", x, err)
		}
		if chat, _, ok, err := v.NoticeMessage(n); chat != "mail:ap@acme.example" || !ok || err != nil {
			t.Errorf("it went to %q, %v", chat, err)
		}
		return nil
	})
}
