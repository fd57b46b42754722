package bank

import (
	"errors"
	"slices"

	"duebot/ledger"
)

// feed gives a sink what is read, adds it up, and keeps what is wrong. From the first problem
// on the sink is given nothing more: a file counts whole or not at all.
type feed struct {
	options    Options
	sink       Sink
	file       string // within an archive
	problems   Problems
	statements int

	st         ledger.BankStatement
	sums       map[ledger.Currency]int64
	in, out    int64       // in the account's currency
	first      ledger.Date // of the lines
	last       ledger.Date
	pending    bool // some lines are
	mismatches []ledger.BankMismatch
}

const mismatchesMax = 20

// wrong keeps a problem. Its error ends the reading when there are enough of them.
func (f *feed) wrong(p *Problem) error {
	p.File = f.file
	f.problems = append(f.problems, p)
	if len(f.problems) >= problemsMax {
		return errEnough
	}
	return nil
}

// failed is what Read returns for the error that ended a reading.
func (f *feed) failed(err error) error {
	var p *Problem
	switch {
	case errors.Is(err, errEnough):
		return f.sorted()
	case errors.As(err, &p):
		p.File = f.file
		f.problems = append(f.problems, p)
		return f.sorted()
	}
	return err
}

// sorted are the problems in the order of their lines: a table is gone through once for each
// account. Those of an archive are in the order of its files already.
func (f *feed) sorted() Problems {
	if f.problems[0].File == "" {
		slices.SortStableFunc(f.problems, func(a, b *Problem) int { return a.Line - b.Line })
	}
	return f.problems
}

func (f *feed) begin(st ledger.BankStatement) error {
	f.statements++
	f.st, f.mismatches, f.first, f.last, f.pending = st, nil, 0, 0, false
	f.sums, f.in, f.out = map[ledger.Currency]int64{}, 0, 0
	if len(f.problems) > 0 || f.sink.Begin == nil {
		return nil
	}
	return f.sink.Begin(st)
}

func (f *feed) line(l ledger.BankLine) error {
	if l.Pending {
		f.pending = true
	} else {
		f.sums[l.Amount.Currency] += l.Amount.Minor
		if f.last = max(f.last, l.Booked); f.first == 0 || l.Booked < f.first {
			f.first = l.Booked
		}
		own := f.st.Account.Currency
		switch {
		case l.Amount.Currency == own && l.Amount.Minor > 0:
			f.in += l.Amount.Minor
		case l.Amount.Currency == own:
			f.out -= l.Amount.Minor
		case own != "":
			f.mismatch(ledger.BankMismatch{Kind: ledger.MismatchCurrency, Row: l.Row, Found: l.Amount, Said: ledger.Money{Currency: own}})
		}
	}
	if len(f.problems) > 0 || f.sink.Line == nil {
		return nil
	}
	return f.sink.Line(l)
}

// mismatch keeps what does not add up: of single lines the first twenty.
func (f *feed) mismatch(m ledger.BankMismatch) {
	if m.Row == 0 || len(f.mismatches) < mismatchesMax {
		f.mismatches = append(f.mismatches, m)
	}
}

// end closes the statement; st is it with what only its end says.
func (f *feed) end(st ledger.BankStatement) error {
	f.checkClosing(st)
	if st.From == 0 && st.To == 0 {
		st.From, st.To = f.first, f.last
	}
	if len(f.problems) > 0 || f.sink.End == nil {
		return nil
	}
	return f.sink.End(st, f.mismatches)
}

// checkClosing adds the lines to the opening balance.
func (f *feed) checkClosing(st ledger.BankStatement) {
	if st.Opening == nil || st.Closing == nil {
		return
	}
	opening, closing := st.Opening.Amount, st.Closing.Amount
	if opening.Currency != closing.Currency {
		f.mismatch(ledger.BankMismatch{Kind: ledger.MismatchCurrency, Said: closing, Found: opening})
		return
	}
	found := ledger.Money{Minor: opening.Minor + f.sums[opening.Currency], Currency: opening.Currency}
	if found != closing {
		f.mismatch(ledger.BankMismatch{Kind: ledger.MismatchClosing, Said: closing, Found: found})
	}
}

// checkTurnover compares what the bank says came, or went, with the lines that did. Where some
// are pending it does not say whether they count.
func (f *feed) checkTurnover(said ledger.Money, went bool) {
	found := ledger.Money{Minor: f.in, Currency: said.Currency}
	if went {
		found.Minor = f.out
	}
	if found != said && !f.pending {
		f.mismatch(ledger.BankMismatch{Kind: ledger.MismatchTurnover, Said: said, Found: found, Went: went})
	}
}
