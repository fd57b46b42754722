package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

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
	var accounts []string
	r.bot.books.View(func(v *ledger.View) error {
		co := v.Company()
		o.Language, o.Currency, o.Today = co.Language, co.Currency, v.Today()
		accounts = r.bot.ownAccounts(v)
		return nil
	})
	if mapping != nil {
		o.Mapping = new(bank.Mapping)
		if err := json.Unmarshal(mapping, o.Mapping); err != nil {
			return err
		}
	}
	var ids bank.Identities
	err := bank.Read(src, size, o, bank.Sink{
		Begin: func(st ledger.BankStatement) error { ids.Begin(st); return sink.Begin(st) },
		Line: func(l ledger.BankLine) error {
			var id ledger.LineIdentity
			if !l.Pending {
				own, whole := ids.Next(l)
				id.Own, id.Whole = entryIdentity(own), entryIdentity(whole)
			}
			return sink.Line(&l, id)
		},
		End: func(st ledger.BankStatement, odd []ledger.BankMismatch) error { return sink.End(st, oddWords(odd)) },
	})
	return toldOfBank(err, accounts)
}

// entryIdentity is an identity as the books keep it; "" is none.
func entryIdentity(s string) (id ledger.EntryIdentity) {
	if s != "" {
		sum := sha256.Sum256([]byte(s))
		copy(id[:], sum[:])
	}
	return id
}

// oddWords says what does not add up.
func oddWords(odd []ledger.BankMismatch) (out []card.Text) {
	for _, m := range odd {
		key := "bank.odd." + string(m.Kind)
		switch {
		case m.Kind == ledger.MismatchTurnover && m.Went:
			key = "bank.odd.turnover.out"
		case m.Kind == ledger.MismatchCurrency && m.Row == 0:
			key = "bank.odd.balances"
		}
		out = append(out, card.T(key, "line", m.Row, "said", m.Said, "found", m.Found, "lines", m.Lines[0], "there", m.Lines[1]))
	}
	return out
}

// toldOfBank makes of a reader's errors what the desk shows.
func toldOfBank(err error, accounts []string) error {
	var wrong bank.Problems
	var ask *bank.NeedsMapping
	switch {
	case errors.As(err, &wrong):
		var out commands.BankProblems
		for _, p := range wrong {
			excerpt := p.Excerpt
			if p.File != "" { // one of an archive, or a sheet of a workbook
				excerpt = strings.TrimSuffix(p.File+": "+excerpt, ": ")
			}
			out = append(out, commands.BankProblem{Line: p.Line, Excerpt: excerpt, Why: card.T(p.Key, p.Args...)})
		}
		return out
	case errors.As(err, &ask):
		return columnsOf(ask, accounts)
	}
	return err
}

// columnsOf asks how a table is to be read; accounts are ours. What is not used of it is not shown.
func columnsOf(ask *bank.NeedsMapping, accounts []string) error {
	out := &commands.BankColumns{Signature: ask.Proposed.Signature, Rows: make([][]string, len(ask.Sample))}
	for i, c := range ask.Proposed.Columns {
		head := "#" + strconv.Itoa(i+1)
		if i < len(ask.Head) && ask.Head[i] != "" {
			head = ask.Head[i]
		}
		if c == bank.ColNone && ask.Proposed.Ready() {
			if i < len(ask.Head) && ask.Head[i] != "" {
				out.Unused = append(out.Unused, head)
			}
			continue
		}
		if c != bank.ColNone {
			out.Says = append(out.Says, card.T("bank.column."+string(c), "head", head))
		}
		out.Head = append(out.Head, head)
		for j, row := range ask.Sample {
			out.Rows[j] = append(out.Rows[j], append(row, make([]string, len(ask.Proposed.Columns))...)[i])
		}
	}
	for _, key := range ask.Doubts {
		out.Doubts = append(out.Doubts, card.T(key, "currency", string(ask.Proposed.Currency)))
	}
	if !ask.Proposed.Ready() {
		return out
	}
	for _, way := range ways(ask, accounts) {
		data, err := json.Marshal(way.mapping)
		if err != nil {
			return err
		}
		out.Choices = append(out.Choices, commands.BankChoice{Label: way.label, Mapping: data})
	}
	return out
}

type way struct {
	label   card.Text
	mapping bank.Mapping
}

// ways are the readings between which somebody has to choose; one where there is no doubt.
func ways(ask *bank.NeedsMapping, accounts []string) []way {
	out := []way{{card.T("button.columns"), ask.Proposed}}
	if slices.Contains(ask.Doubts, "bank.doubt.order") {
		out = split(out, func(m *bank.Mapping) { m.Order = "dmy" }, card.T("button.columns.dmy"), func(m *bank.Mapping) { m.Order = "mdy" }, card.T("button.columns.mdy"))
	}
	if slices.Contains(ask.Doubts, "bank.doubt.point") {
		out = split(out, func(m *bank.Mapping) { m.Point = "." }, card.T("button.columns.point"), func(m *bank.Mapping) { m.Point = "," }, card.T("button.columns.comma"))
	}
	if slices.Contains(ask.Doubts, "bank.doubt.sides") {
		debit, credit := slices.Index(ask.Proposed.Columns, bank.ColDebit), slices.Index(ask.Proposed.Columns, bank.ColCredit)
		swap := func(m *bank.Mapping) {
			m.Columns = slices.Clone(m.Columns)
			m.Columns[debit], m.Columns[credit] = bank.ColCredit, bank.ColDebit
		}
		out = split(out, func(*bank.Mapping) {}, card.T("button.columns.in", "column", credit+1), swap, card.T("button.columns.in", "column", debit+1))
	}
	if slices.Contains(ask.Doubts, "bank.doubt.sign") {
		out = split(out, func(*bank.Mapping) {}, card.T("button.columns.allin"), func(m *bank.Mapping) { m.Inverse = true }, card.T("button.columns.allout"))
	}
	if lacksAccount(ask) {
		out = byAccount(out, accounts)
	}
	return out
}

// split makes two ways of each.
func split(all []way, one func(*bank.Mapping), oneLabel card.Text, other func(*bank.Mapping), otherLabel card.Text) (out []way) {
	for _, w := range all {
		for _, x := range []struct {
			set   func(*bank.Mapping)
			label card.Text
		}{{one, oneLabel}, {other, otherLabel}} {
			y := w
			x.set(&y.mapping)
			if len(all) == 1 {
				y.label = x.label
			} else {
				y.label = card.Join(w.label, x.label)
			}
			out = append(out, y)
		}
	}
	return out
}
