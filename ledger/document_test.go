package ledger

import (
	"fmt"
	"strings"
	"testing"
)

// creditBy issues an invoice and credits it, step by step: "line 1 x 1", "line 2", "sum 500"
// (minor units). It returns what each note took back: "net tax total", or the refusal's key.
func creditBy(t *testing.T, d Draft, steps ...string) (out []string) {
	t.Helper()
	b, _ := testBooks(t)
	d.Customer, d.Currency = addAcme(t, b), "EUR"
	var id InvoiceID
	do(t, b, "", func(tx *Tx) error {
		d.Date, d.Due = tx.Today(), tx.Today()
		inv, err := tx.Issue(d)
		if err == nil {
			id = inv.ID
		}
		return err
	})
	for _, step := range steps {
		err := try(b, "", func(tx *Tx) error {
			x, err := creditStep(tx, tx.Invoice(id), step)
			if err == nil {
				out = append(out, fmt.Sprintf("%d %d %d", x.Net.Minor, x.Total.Sub(x.Net).Minor, x.Total.Minor))
			}
			return err
		})
		if r, ok := AsRefusal(err); ok {
			out = append(out, r.Key)
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func creditStep(tx *Tx, inv *Invoice, step string) (*CreditNoteIssued, error) {
	var l LineCredit
	var sum int64
	var times string
	note, err := (*CreditNote)(nil), error(nil)
	if n, _ := fmt.Sscanf(step, "sum %d", &sum); n == 1 {
		note, err = tx.Credit(inv, Money{sum, "EUR"}, "")
	} else {
		if n, _ := fmt.Sscanf(step, "line %d x %s", &l.Line, &times); n == 2 {
			q := dec(times)
			l.Quantity = &q
		}
		note, err = tx.CreditLines(inv, []LineCredit{l}, "")
	}
	if err != nil {
		return nil, err
	}
	return tx.CreditNoteDetail(note)
}

// What a line added is what it gives back, whole or in pieces, and never more.
func TestCreditLineByLine(t *testing.T) {
	seats := Draft{Lines: []Line{line("Seat", "3", "33.33", "19"), line("Book", "1", "50", "7")}}
	off := Draft{Off: dec("10"), Inclusive: true, Lines: []Line{line("Seat", "3", "39.99", "19"), line("Pen", "1", "1.99", "19")}}
	rebate := Draft{Lines: []Line{line("Work", "1", "100", "19"), line("Rebate", "1", "-10", "19")}}
	tests := map[string]struct {
		draft Draft
		steps string
		want  string
	}{
		"a whole line":                            {seats, "line 1", "9999 1900 11899"},
		"in three pieces, with the same sum":      {seats, "line 1 x 1, line 1 x 1, line 1", "3333 633 3966, 3333 634 3967, 3333 633 3966"},
		"a piece that is no whole one":            {seats, "line 1 x 0.5", "1667 317 1984"},
		"all lines are the whole invoice":         {seats, "line 1, line 2, sum 1", "9999 1900 11899, 5000 350 5350, credit.nothing"},
		"no more than there is":                   {seats, "line 1 x 4, line 1 x 2, line 1 x 2", "credit.quantity, 6666 1267 7933, credit.quantity"},
		"a line that was credited":                {seats, "line 2, line 2", "5000 350 5350, credit.linedone"},
		"a line that is not there":                {seats, "line 0, line 3", "credit.noline, credit.noline"},
		"nothing and less than nothing":           {seats, "line 1 x 0, line 1 x -1", "credit.quantity, credit.quantity"},
		"a sum takes from each rate what is left": {seats, "line 1, sum 535, sum 4815", "9999 1900 11899, 500 35 535, 4500 315 4815"},
		"a line after a sum: its rate is capped":  {seats, "sum 100, line 2", "87 13 100, credit.ratedone"},
		"discount and tax come back with it":      {off, "line 1, line 2", "9073 1724 10797, 151 28 179"},
		"more than the rebate left":               {rebate, "line 1, line 2, sum 10710", "credit.ratedone, credit.ratedone, 9000 1710 10710"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(creditBy(t, tt.draft, strings.Split(tt.steps, ", ")...), ", "); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Shares add up, and none reaches past its part.
func TestSharesAddUp(t *testing.T) {
	for _, parts := range [][]int64{{1}, {1, 1, 1}, {190, 1000, -20, -286}, {0, 5, 0, 95}} {
		left := int64(0)
		for _, p := range parts {
			left += p
		}
		for amount := int64(1); amount <= left; amount++ {
			sum := int64(0)
			for i, s := range shares(parts, amount, left) {
				if sum += s; !within(s, parts[i]) {
					t.Errorf("%d of %v: share %d of %d", amount, parts, s, parts[i])
				}
			}
			if sum != amount {
				t.Errorf("%d of %v: the shares add up to %d", amount, parts, sum)
			}
		}
	}
}

// Until a platform has it, an invoice can be taken back; then never again, nor while it may
// be on its way.
func TestVoidOnlyWhatNobodySaw(t *testing.T) {
	none := func(*Tx, *Invoice) error { return nil }
	attempt := func(tx *Tx, inv *Invoice) error { return tx.BeginSend(inv.Message, "telegram:1001", Hash{}) }
	settle := func(state NoticeState) func(*Tx, *Invoice) error {
		return func(tx *Tx, inv *Invoice) error {
			return tx.Settle(NoticeOutcome{Notice: inv.Message, State: state, Chat: "telegram:1", Message: "1"})
		}
	}
	tests := map[string]struct {
		before func(*Tx, *Invoice) error
		want   string
	}{
		"queued":              {none, ""},
		"being sent":          {attempt, "void.sent"},
		"sent":                {settle(NoticeSent), "void.sent"},
		"perhaps sent":        {settle(NoticeUnknown), "void.sent"},
		"refused for good":    {settle(NoticeFailed), ""},
		"the answer was lost": {func(tx *Tx, inv *Invoice) error { tx.LostSend(inv.Message); return nil }, "void.sent"},
		"surely not sent":     {func(tx *Tx, inv *Invoice) error { tx.NotSent(inv.Message); return nil }, ""},
		"part paid": {func(tx *Tx, inv *Invoice) error {
			_, _, err := tx.Receive(NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: tx.Today(), Amount: Money{1, "EUR"}})
			return err
		}, "void.touched"},
		"part credited": {func(tx *Tx, inv *Invoice) error { _, err := tx.Credit(inv, Money{1, "EUR"}, ""); return err }, "void.touched"},
		"void":          {func(tx *Tx, inv *Invoice) error { return tx.Void(inv, "") }, "void.already"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, _ := testBooks(t)
			c := addAcme(t, b)
			id := issue(t, b, c, line("Work", "1", "100", "19"))
			do(t, b, "", func(tx *Tx) error { return tx.Notify(NoticeQueued{Kind: NoticeInvoice, Customer: c, Invoice: id}) })
			do(t, b, "", func(tx *Tx) error { return tt.before(tx, tx.Invoice(id)) })
			err := try(b, "", func(tx *Tx) error { return tx.Void(tx.Invoice(id), "typed wrong") })
			if r, ok := AsRefusal(err); tt.want == "" && err != nil || tt.want != "" && (!ok || r.Key != tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			if tt.want == "" {
				checkVoid(t, b, c, id)
			}
		})
	}
}

func checkVoid(t *testing.T, b *Books, c CustomerID, id InvoiceID) {
	t.Helper()
	b.View(func(v *View) error {
		for _, a := range []Account{Receivables, Sales, OutputTax} {
			if m := v.AccountBalance(a, c, "EUR"); m.Minor != 0 {
				t.Errorf("%s: %s is left of a void invoice", a, m)
			}
		}
		if n := v.OpenNotices(0); len(n) != 0 || v.Invoice(id).State(v.Today()) != StateVoid || len(v.OpenInvoices(v.Customer(c))) != 0 {
			t.Errorf("%d notices wait, state %s", len(n), v.Invoice(id).State(v.Today()))
		}
		return nil
	})
	next := issue(t, b, c, line("Work", "1", "100", "19"))
	b.View(func(v *View) error {
		if got := v.Invoice(next).Number.N; got != 2 {
			t.Errorf("the next number is %d, want 2: a void one stays used", got)
		}
		return nil
	})
}

// Credit and reissue: both or nothing, once, and for the same customer.
func TestReissue(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	id := issue(t, b, c, line("Work", "1", "100", "19"))
	again := func(corrects InvoiceID, customer CustomerID, lines ...Line) error {
		return try(b, "", func(tx *Tx) error {
			_, _, err := tx.Reissue(Draft{Customer: customer, Date: tx.Today(), Due: tx.Today(), Currency: "EUR", Lines: lines, Corrects: corrects}, "wrong price")
			return err
		})
	}
	var other CustomerID
	do(t, b, "", func(tx *Tx) error {
		x, err := tx.AddCustomer(NewCustomer{Handle: "other"})
		other = x.ID
		return err
	})
	good := line("Work", "1", "90", "19")
	for _, tt := range []struct {
		err  error
		want string
	}{
		{again(id, c), "invoice.nolines"}, // and nothing of the old one is credited
		{again(id, other, good), "reissue.customer"},
		{again(99, c, good), "invoice.unknown"},
		{again(id, c, good), ""},
		{again(id, c, good), "reissue.already"},
	} {
		if r, ok := AsRefusal(tt.err); tt.want == "" && tt.err != nil || tt.want != "" && (!ok || r.Key != tt.want) {
			t.Errorf("got %v, want %q", tt.err, tt.want)
		}
	}
	b.View(func(v *View) error {
		old := v.Invoice(id)
		inv := v.Invoice(old.ReplacedBy)
		if old.State(v.Today()) != StateCredited || old.Credited != 11900 || inv == nil || inv.Corrects != id || inv.Open != 10710 || v.s.creditNotes.n != 1 {
			t.Errorf("old %+v, new %+v, %d credit notes", old, inv, v.s.creditNotes.n)
		}
		return nil
	})
	do(t, b, "", func(tx *Tx) error { return tx.Void(tx.Invoice(2), "wrong again") })
	if err := again(id, c, good); err != nil {
		t.Errorf("after the new one was voided the old one may be issued anew: %v", err)
	}
	err := try(b, "", func(tx *Tx) error {
		_, err := tx.Issue(Draft{Customer: c, Date: tx.Today(), Due: tx.Today(), Currency: "EUR", Lines: []Line{good}, Corrects: 3})
		return err
	})
	if r, ok := AsRefusal(err); !ok || r.Key != "reissue.open" {
		t.Errorf("an invoice that replaces an open one: got %v, want reissue.open", err)
	}
}

// The rule of rounding in force when an invoice is issued is in its fact, whatever comes later.
func TestRoundingIsOnRecord(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	half := []Line{line("a", "1", "0.50", "19"), line("b", "1", "0.50", "19"), line("c", "1", "0.50", "19")}
	first := issue(t, b, c, half...)
	do(t, b, "", func(tx *Tx) error {
		x := tx.Company()
		x.TaxRounding = RoundLine
		return tx.SetCompany(x)
	})
	second := issue(t, b, c, half...)
	b.View(func(v *View) error {
		for id, want := range map[InvoiceID]struct {
			rule  TaxRounding
			total int64
		}{first: {RoundDocument, 179}, second: {RoundLine, 180}} {
			doc, err := v.InvoiceDetail(v.Invoice(id))
			if err != nil || doc.Rounding != want.rule || doc.Total.Minor != want.total {
				t.Errorf("invoice %d: rule %d, total %s, %v; want %d, %d", id, doc.Rounding, doc.Total, err, want.rule, want.total)
			}
		}
		return nil
	})
}
