package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"

	"duebot/adapters/bank"
	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
)

// bankReader reads files of banks for the desk.
type bankReader struct{ bot *Bot }

// IsBank reports whether a file, by its first bytes, is one that only banks write. A table may
// be anything.
func (bankReader) IsBank(head []byte) bool {
	switch bank.Sniff(head, "") {
	case bank.CSV, bank.XLSX, bank.OldXLS, bank.Unknown, bank.PDF, bank.HTML:
		return false
	}
	return true
}

// Read reads one.
func (r bankReader) Read(src io.ReaderAt, size int64, mapping []byte, sink commands.BankSink) error {
	o := bank.Options{}
	r.bot.books.View(func(v *ledger.View) error {
		co := v.Company()
		o.Language, o.Currency = co.Language, co.Currency
		return nil
	})
	if mapping != nil {
		o.Mapping = new(bank.Mapping)
		if err := json.Unmarshal(mapping, o.Mapping); err != nil {
			return err
		}
	}
	var ids bank.Identities
	account := ""
	err := bank.Read(src, size, o, bank.Sink{
		Begin: func(st ledger.BankStatement) error { account = st.Account.Number; return sink.Begin(st) },
		Line: func(l ledger.BankLine) error {
			var id ledger.EntryIdentity
			if !l.Pending {
				sum := sha256.Sum256([]byte(ids.Next(account, l)))
				copy(id[:], sum[:])
			}
			return sink.Line(&l, id)
		},
		End: func(st ledger.BankStatement, odd []ledger.BankMismatch) error { return sink.End(st, oddWords(odd)) },
	})
	return toldOfBank(err)
}

// oddWords says what does not add up.
func oddWords(odd []ledger.BankMismatch) (out []card.Text) {
	for _, m := range odd {
		out = append(out, card.T("bank.odd."+string(m.Kind), "line", m.Row, "said", m.Said, "found", m.Found, "lines", m.Lines[0], "there", m.Lines[1]))
	}
	return out
}

// toldOfBank makes of a reader's errors what the desk shows.
func toldOfBank(err error) error {
	var wrong bank.Problems
	var ask *bank.NeedsMapping
	switch {
	case errors.As(err, &wrong):
		var out commands.BankProblems
		for _, p := range wrong {
			out = append(out, commands.BankProblem{Line: p.Line, Excerpt: p.Excerpt, Why: card.T(p.Key, p.Args...)})
		}
		return out
	case errors.As(err, &ask):
		mapping, err := json.Marshal(ask.Proposed)
		return errors.Join(err, &commands.BankColumns{Mapping: mapping, Says: mappingWords(ask), Head: ask.Head, Rows: ask.Sample})
	}
	return err
}

// mappingWords says what each column of a table seems to mean.
func mappingWords(ask *bank.NeedsMapping) []card.Text { return nil }
