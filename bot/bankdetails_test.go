package main

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"duebot/adapters/paper"
	"duebot/commands"
	"duebot/ledger"
)

// Other accounts in the configuration get on no document by themselves: not as bank details, and
// not in a footer or among the lines of the head. Books of a version that kept no bank details
// have theirs in the letterhead.
func TestConfigurationMovesNoMoney(t *testing.T) {
	const ours, theirs = "DE02120300000000202051", "DE75512108001245126199"
	path := filepath.Join(t.TempDir(), "duebot.db")
	start := func(iban, extra string) (l *paper.Letterhead, line string, pending *ledger.BankChange) {
		t.Helper()
		c, err := lookConfig(t, "[[bank]]\niban = \""+iban+"\"\n"+extra)
		if err != nil {
			t.Fatal(err)
		}
		books, err := ledger.Open(path, ledger.Options{Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		defer books.Close()
		b := &Bot{cfg: c, books: books, log: slog.New(slog.DiscardHandler)}
		b.desk = &commands.Desk{Books: books, Settings: commands.Settings{FinanceChannel: "CFINANCE01", OurBank: ourBank{b}}}
		if _, err := books.Update(t.Context(), ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) { return nil, b.setCompany(tx) }}); err != nil {
			t.Fatal(err)
		}
		if err := b.setLetterhead(t.Context()); err != nil {
			t.Fatal(err)
		}
		if extra != "" { // a version that knew no changes stops here
			if err := b.tellBank(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := books.View(func(v *ledger.View) (err error) {
			head, _ := v.LetterheadAt(v.Head().Seq)
			line, pending = v.Company().BankLine, v.PendingBankChange()
			l, err = paper.ReadLetterhead(head.Data)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return l, line, pending
	}
	if l, _, pending := start(ours, ""); l.Banks[0].IBAN != ours || pending != nil {
		t.Fatalf("the first start: got %+v, %+v", l.Banks, pending)
	}
	evil := "[paper.footer]\nen = \"Pay to " + theirs + "\"\n[paper.text.en]\ntotal_due = \"Pay to " + theirs + "\"\n"
	l, line, pending := start(theirs, evil)
	if l.Banks[0].IBAN != ours || l.Footer["en"] != "" || l.Texts["en"]["total_due"] != "" || line != "IBAN DE02 1203 0000 0000 2020 51" {
		t.Errorf("documents show %+v, %q, %q; chats %q", l.Banks, l.Footer, l.Texts, line)
	}
	if pending == nil || !pending.Config || pending.State != ledger.BankChangeAsked {
		t.Errorf("what waits is %+v", pending)
	}
}
