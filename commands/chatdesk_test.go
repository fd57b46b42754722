package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
)

// chatBooks are two customers, acme and beta, each with an invoice of 100 euros, and a chat in
// which acme's Emma writes.
type chatBooks struct {
	*Desk
	t   *testing.T
	now time.Time
	n   int // of what was asked so far
}

// emma is her chat.
const emma = "telegram:1"

func chatDesk(t *testing.T) *chatBooks {
	t.Helper()
	d := &chatBooks{t: t, now: time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)}
	b, err := ledger.Open(t.TempDir()+"/duebot.db", ledger.Options{Now: func() time.Time { return d.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	d.Desk = &Desk{Books: b, Settings: Settings{InvoiceChannel: "C1", FinanceChannel: "C2", Remind: noReminder, Languages: []string{"en"}, Mail: true,
		ReminderHours: ledger.Hours{From: 8, Until: 20}, Terms: DefaultTerms()}}
	d.books(func(tx *ledger.Tx) error {
		if err := tx.SetCompany(ledger.CompanySet{Name: "L", Currency: "EUR", ZoneName: "UTC", Language: "en", Invoices: "СЧ", Credits: "CN"}); err != nil {
			return err
		}
		for _, handle := range []string{"acme", "beta"} {
			if _, err := tx.AddCustomer(ledger.NewCustomer{Handle: handle, Name: handle, Owner: me}); err != nil {
				return err
			}
		}
		return nil
	})
	d.issue("acme", 100)
	d.issue("beta", 100)
	d.link("acme")
	return d
}

// books does something in the books.
func (d *chatBooks) books(do func(tx *ledger.Tx) error) {
	d.t.Helper()
	if _, err := d.Books.Update(context.Background(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) { return nil, do(tx) }}); err != nil {
		d.t.Fatal(err)
	}
}

// issue issues an invoice that was due a month ago.
func (d *chatBooks) issue(handle string, euros int64) {
	d.t.Helper()
	d.books(func(tx *ledger.Tx) error {
		c, err := tx.CustomerNamed(handle)
		if err == nil {
			_, err = tx.Issue(ledger.Draft{Customer: c.ID, Date: tx.Today().AddDays(-40), Due: tx.Today().AddDays(-30), Currency: "EUR",
				Lines: []ledger.Line{{Text: "a", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(euros)}}})
		}
		return err
	})
}

// link links Emma to a customer, and unlink ends that.
func (d *chatBooks) link(handle string) {
	d.t.Helper()
	d.books(func(tx *ledger.Tx) error {
		c, err := tx.CustomerNamed(handle)
		if err != nil {
			return err
		}
		token, _, err := tx.Invite(c)
		if err == nil {
			_, err = tx.Link(token, emma, "Emma", "en")
		}
		return err
	})
}

func (d *chatBooks) unlink(handle string) {
	d.t.Helper()
	d.books(func(tx *ledger.Tx) error {
		c, err := tx.CustomerNamed(handle)
		if err == nil {
			err = tx.Unlink(c, emma)
		}
		return err
	})
}

// chat does something in Emma's chat, and returns what is answered, as keys of texts.
func (d *chatBooks) chat(in Chat) string {
	d.t.Helper()
	d.n++
	in.Key, in.Chat, in.Private = fmt.Sprint("chat", d.n), emma, true
	r, err := d.Customer(context.Background(), in)
	if err != nil {
		d.t.Fatal(err)
	}
	return replyKeys(r)
}

func (d *chatBooks) taps(do, arg string) string { return d.chat(Chat{Do: do, Arg: arg}) }
func (d *chatBooks) writes(text string) string {
	return d.chat(Chat{Text: text, Message: fmt.Sprint(d.n)})
}

// finance types a line.
func (d *chatBooks) finance(text string) string {
	d.t.Helper()
	d.n++
	r, err := d.Line(context.Background(), Line{Key: fmt.Sprint("line", d.n), Who: Staff{ID: "UFINANCE01", Role: Finance}, Text: text})
	if err != nil {
		d.t.Fatal(err)
	}
	return replyKeys(r)
}

// replyKeys are the keys of a reply: of its word over the chat, or of its card and the notes.
func replyKeys(r card.Reply) string {
	if r.Card == nil {
		return r.Toast.Key
	}
	keys := []string{keysOf(r)}
	for _, n := range r.Card.Note {
		keys = append(keys, n.Key)
	}
	return strings.Join(keys, " ")
}

// A chat that is not acme's any more changes nothing of what was said for acme.
func TestUnlinkedChatEditsNothing(t *testing.T) {
	d := chatDesk(t)
	d.chat(Chat{Text: "the sum is wrong", Message: "55"})
	d.link("beta")
	d.unlink("acme")
	d.chat(Chat{Text: "all is well", Message: "55", Edited: true})
	d.books(func(tx *ledger.Tx) error {
		for _, w := range tx.WordsAt(emma, "55") {
			if text, _ := tx.Text(w.Text); text != "the sum is wrong" {
				t.Errorf("acme's question says %q now", text)
			}
		}
		if open := len(tx.OpenQuestions()); open != 1 {
			t.Errorf("%d questions are open: an edit is no question of another customer's", open)
		}
		return nil
	})
}

// Whoever turns to another customer does not type what was asked for about the first.
func TestExpectedOfOneCustomer(t *testing.T) {
	d := chatDesk(t)
	d.link("beta")
	d.taps("speak", "1.home")
	d.taps("go", "newmail")
	d.taps("speak", "2.home")
	d.writes("emma@acme.example")
	d.books(func(tx *ledger.Tx) error {
		for _, a := range tx.MailAsks() {
			t.Errorf("the address was asked for customer %d", a.Customer)
		}
		return nil
	})
}

// A plan is agreed over the debt that was shown, or shown again.
func TestPlanShownIsAgreed(t *testing.T) {
	d := chatDesk(t)
	d.Terms.PlanAlone = true
	first := fmt.Sprint(int(ledger.NewDate(2026, 10, 8)))
	r, err := d.Customer(context.Background(), Chat{Key: "show", Chat: emma, Private: true, Do: "plan", Arg: "1.all.2.w." + first})
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(r.Card.Buttons, func(b card.Button) bool { return strings.Contains(b.Arg, "ask") })
	agree := r.Card.Buttons[at]
	d.issue("acme", 900)
	if got := d.taps(agree.Do, agree.Arg); !strings.Contains(got, "chat.plan.check") {
		t.Errorf("agreed at once: %s", got)
	}
	d.books(func(tx *ledger.Tx) error {
		if p := tx.Plan(1); p != nil {
			t.Fatalf("a plan of %v was agreed, and one of 100 euros was shown", p.Total())
		}
		return nil
	})
	r, _ = d.Customer(context.Background(), Chat{Key: "again", Chat: emma, Private: true, Do: agree.Do, Arg: agree.Arg})
	d.taps(r.Card.Buttons[at].Do, r.Card.Buttons[at].Arg)
	d.books(func(tx *ledger.Tx) error {
		if p := tx.Plan(1); p == nil || p.Total().Minor != 100000 {
			t.Errorf("what was shown again is not agreed: %v", p)
		}
		return nil
	})
}

// What staff offer is for the customer to accept: an old button of another's is not.
func TestOfferIsNotAcceptedByStaff(t *testing.T) {
	d := chatDesk(t)
	d.taps("plan", "1.one.3.m."+fmt.Sprint(int(ledger.NewDate(2026, 10, 8)))+".ask10000")
	if got := d.finance("defer DF-1 offer 2 weekly from 2026-10-08"); got != "deferral.told.offered" {
		t.Fatal(got)
	}
	d.n++
	if _, err := d.Press(context.Background(), Press{Key: fmt.Sprint("press", d.n), Who: Staff{ID: "UFINANCE01", Role: Finance}, Do: "defer", Arg: "1.accept"}); err != nil {
		t.Fatal(err)
	}
	d.books(func(tx *ledger.Tx) error {
		if p := tx.Plan(1); p != nil {
			t.Errorf("a plan of %d parts is agreed: the customer has not said so", len(p.Parts))
		}
		return nil
	})
}

// Sales whose customer went to somebody else do not change what he was told.
func TestThreadOfAnothersCustomer(t *testing.T) {
	d := chatDesk(t)
	sales := Staff{ID: me, Role: Sales}
	d.taps("reason", "1.already_paid")
	d.writes("I have paid")
	d.books(func(tx *ledger.Tx) error { // the card stands in Slack
		_, err := tx.SayWords(ledger.Saying{Dispute: 1, Staff: true, Who: sales.By(), Text: "We will look", Chat: "slack:C1", Message: "1.1"})
		id := other
		if err == nil {
			_, err = tx.ChangeCustomer(tx.Customer(1), ledger.CustomerChange{Owner: &id})
		}
		return err
	})
	d.n++
	if _, err := d.Thread(context.Background(), ThreadMessage{Key: "edit", Who: sales, Channel: "C1", Thread: "1.0", Message: "1.1", Text: "You need not pay", Edited: true}); err != nil {
		t.Fatal(err)
	}
	d.books(func(tx *ledger.Tx) error {
		for _, w := range tx.WordsAt("slack:C1", "1.1") {
			if text, _ := tx.Text(w.Text); text != "We will look" {
				t.Errorf("the customer reads %q", text)
			}
		}
		return nil
	})
}

// A number in any script is known in the message that is answered.
func TestAnsweredInvoice(t *testing.T) {
	d := chatDesk(t)
	d.chat(Chat{Text: "when?", Message: "7", ReplyTo: "Счёт СЧ-2026-000001 от L"})
	d.books(func(tx *ledger.Tx) error {
		if q := tx.Question(1); q == nil || q.Invoice != 1 {
			t.Errorf("the question is about no invoice: %+v", q)
		}
		return nil
	})
}

// A customer who asks for ever more addresses is told to wait for an answer to the first.
func TestManyAddressesAreAskedFor(t *testing.T) {
	d := chatDesk(t)
	for i := range 50 {
		d.taps("go", "newmail")
		d.writes(fmt.Sprintf("emma%d@acme.example", i))
	}
	d.books(func(tx *ledger.Tx) error {
		if n := len(tx.MailAsks()); n > 10 {
			t.Errorf("%d addresses wait for an answer", n)
		}
		return nil
	})
}

// as often as it is pressed.
func TestClaimOnClosedInvoice(t *testing.T) {
	d := chatDesk(t)
	d.taps("paid", "1.20260930.10000")
	d.books(func(tx *ledger.Tx) error {
		_, err := tx.WriteOff(tx.Invoice(1), ledger.Money{}, "x")
		return err
	})
	for i := range 2 {
		d.n++
		if _, err := d.Press(context.Background(), Press{Key: fmt.Sprint("press", i), Who: Staff{ID: "UFINANCE01", Role: Finance}, Do: "claim", Arg: "1.book"}); err != nil {
			t.Fatal(err)
		}
	}
	d.books(func(tx *ledger.Tx) error {
		if n := len(tx.PaymentsOf(tx.Customer(1), 9)); n > 1 {
			t.Errorf("%d payments were booked", n)
		}
		return nil
	})
}

// staff's.
func TestOfferOfDaysThatAreOver(t *testing.T) {
	d := chatDesk(t)
	d.taps("plan", "1.one.3.m."+fmt.Sprint(int(ledger.NewDate(2026, 10, 8)))+".ask10000")
	d.finance("defer DF-1 offer 2 weekly from 2026-10-08")
	d.now = d.now.AddDate(0, 0, 14)
	if got := d.taps("terms", "1.1.1.yes"); got != "chat.terms.late" {
		t.Errorf("the customer is told %s", got)
	}
	d.books(func(tx *ledger.Tx) error {
		if x := tx.Deferral(1); !x.Over() {
			t.Errorf("the request waits still: %s", x.State)
		}
		return nil
	})
}

// Whoever agrees to a later day is told of all invoices that it is for.
func TestAgreedDayNamesAll(t *testing.T) {
	d := chatDesk(t)
	d.issue("acme", 50)
	d.taps("promise", "1.all.ask."+fmt.Sprint(int(ledger.NewDate(2027, 2, 1))))
	d.finance("defer DF-1 offer 2026-12-01")
	r, err := d.Customer(context.Background(), Chat{Key: "yes", Chat: emma, Private: true, Do: "terms", Arg: "1.1.1.yes"})
	if err != nil {
		t.Fatal(err)
	}
	if said, _ := json.Marshal(r.Card.Body); !strings.Contains(string(said), "chat.overdue.all") {
		t.Errorf("of two invoices: %s", said)
	}
}

// An act that is sent once more says what its document says, whatever was booked since.
func TestActSaysWhatItsDocumentSays(t *testing.T) {
	d := chatDesk(t)
	closing := func() (out string) {
		d.Books.View(func(v *ledger.View) error {
			msg, err := d.actNews(v, &ledger.Notice{NoticeQueued: ledger.NoticeQueued{Kind: ledger.NoticeAct, Customer: 1, Code: "RA-1"}})
			out = fmt.Sprint(msg.Card.Fields)
			return err
		})
		return out
	}
	d.books(func(tx *ledger.Tx) error {
		r, err := tx.SendAct(tx.Customer(1), ledger.NewDate(2026, 8, 1), ledger.NewDate(2026, 9, 30))
		if err == nil {
			err = tx.DrawnAct(r, "en", ledger.Hash{1}, 1)
		}
		return err
	})
	before := closing()
	d.books(func(tx *ledger.Tx) error {
		_, _, err := tx.Receive(ledger.NewPayment{Customer: 1, Invoice: 1, Date: ledger.NewDate(2026, 9, 20), Amount: ledger.Money{Minor: 4000, Currency: "EUR"}})
		return err
	})
	if after := closing(); after != before {
		t.Errorf("the message says %s, the document %s", after, before)
	}
}

// written first.
func TestDisputeFileOfEditedWords(t *testing.T) {
	d := chatDesk(t)
	d.taps("reason", "1.already_paid")
	d.books(func(tx *ledger.Tx) error {
		w, err := tx.SayWords(ledger.Saying{Dispute: 1, Staff: true, Who: "slack:U1", Text: "he never pays"})
		if err == nil {
			_, err = tx.EditWords(w, "we are looking")
		}
		return err
	})
	for toCustomer, want := range map[bool]string{true: "we are looking", false: "he never pays"} {
		d.books(func(tx *ledger.Tx) error {
			k, err := DisputeHistory(&tx.View, "D-1", toCustomer)
			said := fmt.Sprint(k.Body)
			if !strings.Contains(said, want) || toCustomer && strings.Contains(said, "he never pays") {
				t.Errorf("to the customer %t: %s", toCustomer, said)
			}
			return err
		})
	}
}

// Whoever puts another file in the place of one that he sent has sent that too.
func TestEditedFileIsSaid(t *testing.T) {
	d := chatDesk(t)
	file := func(n byte) []ChatFile {
		return []ChatFile{{NewFile: ledger.NewFile{Name: "a.pdf", Type: "pdf", Bytes: ledger.Hash{n}, Size: 1}}}
	}
	d.chat(Chat{Text: "the order", Message: "7", Files: file(1)})
	d.chat(Chat{Text: "the right order", Message: "7", Files: file(2), Edited: true})
	d.chat(Chat{Text: "the right order", Message: "7", Files: file(2), Edited: true})
	d.books(func(tx *ledger.Tx) error {
		var files []string
		for _, w := range tx.SaidAbout(tx.Question(1)) {
			if f := tx.File(w.File); f != nil {
				files = append(files, fmt.Sprint(f.Bytes[0]))
			}
		}
		if got := strings.Join(files, " "); got != "1 2" {
			t.Errorf("staff have the files %s, want 1 2", got)
		}
		if n := filesSent(&tx.View, emma); n != 3 {
			t.Errorf("%d files were counted, want 3", n)
		}
		return nil
	})
}
