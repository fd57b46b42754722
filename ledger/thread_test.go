package ledger

import (
	"errors"
	"slices"
	"testing"
)

// storyBooks are books that tell which invoices each command touched, and queue a word in
// their threads, as the program does. They hold one invoice, number 1, with a card.
func storyBooks(t *testing.T) (b *Books, path string, touched *[][]InvoiceID) {
	b, path = testBooks(t)
	touched = new([][]InvoiceID)
	b.touched = func(tx *Tx, about []InvoiceID) error {
		*touched = append(*touched, slices.Clone(about))
		return tx.NotifyThread(tx.Invoice(about[0]), "C1")
	}
	c := addAcme(t, b)
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.Issue(Draft{Customer: c, Date: tx.Today(), Due: tx.Today().AddDays(14), Currency: "EUR", Lines: []Line{line("Work", "1", "100", "0")}})
		if err == nil {
			err = tx.Notify(NoticeQueued{Kind: NoticeCard, Customer: c, Invoice: 1, Address: "C1"})
		}
		return err
	})
	return b, path, touched
}

// untold are the kinds of facts that the thread of invoice 1 was not told of, less notices.
func untold(t *testing.T, b *Books) (out []string) {
	t.Helper()
	err := b.View(func(v *View) error {
		facts, err := v.Untold(v.Invoice(1))
		for _, f := range facts {
			if storied, _, err := v.Storied(f); storied || err != nil {
				out = append(out, KindName(f.Body))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A command tells which invoices it touched, once each; one that is refused or taken back
// tells nothing.
func TestTouched(t *testing.T) {
	b, _, touched := storyBooks(t)
	do(t, b, "", func(tx *Tx) error {
		if err := tx.Promise(tx.Invoice(1), tx.Today().AddDays(1)); err != nil {
			return err
		}
		return tx.Promise(tx.Invoice(1), tx.Today().AddDays(2))
	})
	want := [][]InvoiceID{{1}, {1}}
	if !slices.EqualFunc(*touched, want, slices.Equal[[]InvoiceID]) {
		t.Errorf("touched %v, want %v", *touched, want)
	}
	refused := errors.New("no")
	b.Update(t.Context(), Command{By: "slack:U1", Run: func(tx *Tx) ([]byte, error) {
		if err := tx.Promise(tx.Invoice(1), tx.Today().AddDays(3)); err != nil {
			return nil, err
		}
		return nil, refused
	}})
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.Forecast(func() error { return tx.Promise(tx.Invoice(1), tx.Today().AddDays(4)) })
		return err
	})
	do(t, b, "", func(tx *Tx) error { tx.Put("x", []byte("y")); return nil })
	if len(*touched) != len(want) {
		t.Errorf("touched %v, want %v", *touched, want)
	}
}

// A thread is told of each fact once: what happens while a message is on its way is told by
// the next one, also after a restart, and a message that never went out is told again.
func TestThreadIsToldOnce(t *testing.T) {
	b, path, _ := storyBooks(t)
	promise := func(days int) {
		t.Helper()
		do(t, b, "", func(tx *Tx) error { return tx.Promise(tx.Invoice(1), tx.Today().AddDays(days)) })
	}
	waiting := func() (ids []NoticeID) {
		b.View(func(v *View) error {
			for _, n := range v.OpenNotices(0) {
				if n.Kind == NoticeThread && n.Attempt.At.IsZero() {
					ids = append(ids, n.ID)
				}
			}
			return nil
		})
		return ids
	}
	begin := func(id NoticeID) {
		t.Helper()
		do(t, b, "", func(tx *Tx) error { return tx.BeginSend(id, "slack:C1", Hash{1}) })
	}
	settle := func(id NoticeID, s NoticeState) {
		t.Helper()
		do(t, b, "", func(tx *Tx) error {
			return tx.Settle(NoticeOutcome{Notice: id, State: s, Chat: "slack:C1", Message: "1.1"})
		})
	}
	is := func(want ...string) {
		t.Helper()
		if got := untold(t, b); !slices.Equal(got, want) {
			t.Errorf("not told yet: %v, want %v", got, want)
		}
	}
	promise(1)
	is("InvoiceIssued", "PromiseMade")
	first := waiting()
	if len(first) != 1 {
		t.Fatalf("%d words wait, want one for both facts", len(first))
	}
	begin(first[0])
	promise(2) // while it is on its way
	b.Close()
	b = openTest(t, path) // and killed
	t.Cleanup(func() { b.Close() })
	b.touched = func(tx *Tx, about []InvoiceID) error { return tx.NotifyThread(tx.Invoice(about[0]), "C1") }
	settle(first[0], NoticeSent) // it is found in Slack
	is("PromiseMade")
	second := waiting()
	if len(second) != 1 {
		t.Fatalf("%d words wait, want one", len(second))
	}
	begin(second[0])
	settle(second[0], NoticeFailed)
	is("PromiseMade")
	promise(3)
	third := waiting()
	begin(third[0])
	settle(third[0], NoticeSent)
	is()
}

// Whoever is invited again changes what he said before, and says nothing new by that.
func TestWordsOfAnEarlierLink(t *testing.T) {
	b, _, c := claimBooks(t, "2026-10-05", nil)
	link := func() {
		do(t, b, "", func(tx *Tx) error {
			token, _, err := tx.Invite(tx.Customer(c))
			if err == nil {
				_, err = tx.Link(token, "telegram:1", "Anna", "en")
			}
			return err
		})
	}
	link()
	do(t, b, "", func(tx *Tx) error {
		q, err := tx.AskQuestion(tx.Customer(c), 0, "telegram:1", "slack:U1")
		if err == nil {
			_, err = tx.SayWords(Saying{Question: q.ID, Who: "telegram:1", Text: "When?", Chat: "telegram:1", Message: "5"})
		}
		return err
	})
	link()
	b.View(func(v *View) error {
		if said := v.WordsAt("telegram:1", "5"); len(said) != 1 || said[0].ID != 1 {
			t.Errorf("got %v", said)
		}
		for _, other := range [][2]string{{"telegram:1", "6"}, {"telegram:2", "5"}, {"slack:C1", "5"}} {
			if said := v.WordsAt(other[0], other[1]); len(said) != 0 {
				t.Errorf("%s has %v", other, said)
			}
		}
		return nil
	})
}
