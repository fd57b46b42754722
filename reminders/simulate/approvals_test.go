package simulate

import (
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
)

// roles are those of the company's people.
var roles = map[string]commands.Role{"UFINANCE01": commands.Finance, "UFINANCE02": commands.Finance, "UMANAGER01": commands.Manager}

// setUp sets the company up, with a sum above which a second person is asked for an invoice; 0: nobody is.
func (s *company) setUp(tx *ledger.Tx, alone int64) error {
	s.oracle.alone = alone
	return tx.SetCompany(ledger.CompanySet{Name: "L", Currency: "EUR", ZoneName: "Europe/Berlin", Language: "en", Invoices: "INV", Credits: "CN",
		Approvals: ledger.Ceilings{Invoice: ledger.Ceiling{Set: alone > 0, Minor: alone}}})
}

// another is another price of a contract, which staff may set alone.
func (s *company) another() int64 { return int64(1+s.rng.IntN(int(s.oracle.alone)/4983)) * 4983 }

// newDesk is where staff approve, and what issues the invoices of contracts.
func (s *company) newDesk() *commands.Desk {
	return &commands.Desk{Books: s.books, Settings: commands.Settings{FinanceChannel: "CFINANCE01", InvoiceChannel: "CINVOICES1", RecurNotice: -1, Mail: true,
		StaffOf: func(user string) commands.Staff { return commands.Staff{ID: user, Role: roles[user], Lang: "en"} }}}
}

// approvals has contracts issue their invoices, and people decide what waits for them.
func (s *company) approvals() {
	s.oracle.recurring(s.now)
	_, err := s.desk.RunContracts(context.Background(), s.now)
	s.check(err)
	s.issued(nil)
	s.asked()
	s.oracle.recurred(s.now)
	_, err = s.desk.ExpireApprovals(context.Background())
	s.check(err)
	for _, id := range slices.Clone(s.waiting) {
		s.decide(id)
	}
	for i, c := range s.oracle.contracts {
		if c.asked == c.due() && s.rng.IntN(400) == 0 || c.burst > missedMost && s.rng.IntN(60) == 0 {
			s.tend(c, s.contracts[i])
		}
	}
}

// asked tells the oracle of the requests that the program made by itself.
func (s *company) asked() {
	s.check(s.books.View(func(v *ledger.View) error {
		for a := v.Approval(s.lastAsked + 1); a != nil; a = v.Approval(s.lastAsked + 1) {
			s.lastAsked = a.ID
			if s.requests[a.ID] != nil { // by hand
				continue
			}
			c := s.contractOf(s.debtorOf(a.Customer))
			s.asks(a.ID, &request{contract: c, at: s.now})
			s.oracle.note(c.of, s.now, "a second person is asked: "+a.Label(), 0, 0)
		}
		return nil
	}))
}

func (s *company) asks(id ledger.ApprovalID, r *request) {
	s.did["asked"]++
	s.requests[id], s.waiting = r, append(s.waiting, id)
	s.oracle.requested(r)
}

func (s *company) contractOf(d *debtor) *contract {
	i := slices.IndexFunc(s.oracle.contracts, func(c *contract) bool { return c.of == d })
	return s.oracle.contracts[i]
}

// issued tells the oracle of the invoices that the desk has made: of contracts, or what r asked for.
func (s *company) issued(r *request) (n int) {
	type made struct {
		id, of    int
		due, date day
		total     int64
	}
	var list []made
	s.check(s.books.View(func(v *ledger.View) error {
		for inv := v.Invoice(ledger.InvoiceID(len(s.oracle.debts) + len(list) + 1)); inv != nil; inv = v.Invoice(ledger.InvoiceID(len(s.oracle.debts) + len(list) + 1)) {
			list = append(list, made{id: int(inv.ID), of: int(inv.Customer), due: day(inv.Due), date: day(inv.Date), total: inv.Total})
		}
		return nil
	}))
	if len(list) == 0 {
		return 0
	}
	s.do(func(tx *ledger.Tx) error {
		for _, x := range list {
			d, today := s.oracle.debtors[x.of-1], day(tx.Today())
			y := &debt{id: x.id, of: d, currency: "EUR", made: today, booked: today, sum: x.total, open: x.total, shares: []share{{due: x.due, sum: x.total}}}
			if r != nil && r.debt != nil {
				if y.made = r.debt.made; d != r.debt.of || x.total != r.debt.sum || x.due != r.debt.shares[0].due {
					s.oracle.fault(d, s.now, "what was approved is %+v, want %+v", x, r.debt)
				}
				s.did["approved"]++
			} else {
				if s.oracle.recurs(s.contractOf(d), s.now, x.total, r != nil) {
					s.did["loyalty given"]++
				}
				s.did["recurring"]++
			}
			if y.made != x.date {
				s.oracle.fault(d, s.now, "the invoice is of %s, want %s", x.date, y.made)
			}
			s.began(tx, y, max(1, int(x.due-today)))
		}
		return nil
	})
	return len(list)
}

// decide has somebody press a button of a request: who asked for it, one who may not, or one who may;
// some wait until they are over.
func (s *company) decide(id ledger.ApprovalID) {
	r := s.requests[id]
	over := !s.now.Before(r.at.AddDate(0, 0, askedDays))
	if n := s.rng.IntN(60); n > 3 && !(over && n < 20) {
		return
	}
	who, do := []string{"UFINANCE01", "UFINANCE02", "UMANAGER01", "UMANAGER01"}[s.rng.IntN(4)], "approve"
	if s.rng.IntN(4) == 0 {
		do = "decline"
	}
	may := who == "UMANAGER01"
	want := 0
	if may && do == "approve" && s.oracle.does(r, s.now) {
		want = 1
	}
	_, err := s.desk.Press(context.Background(), commands.Press{Key: fmt.Sprint("press", s.presses), Who: commands.Staff{ID: who, Role: roles[who], Lang: "en"}, Channel: "CFINANCE01", Do: do, Arg: fmt.Sprint(id)})
	s.presses++
	s.check(err)
	s.did[do+" by "+who]++
	s.oracle.note(s.requester(r), s.now, fmt.Sprintf("%s presses %s on A-%d", who, do, id), 0, 0)
	if n := s.issued(r); n != want {
		d := s.requester(r)
		s.oracle.fault(d, s.now, "%s presses %s on A-%d (over: %t), and %d invoices come of it, want %d", who, do, id, r.over, n, want)
	}
	if over || may || do == "decline" && who == "UFINANCE01" { // who asked may take it back
		r.over = true
		s.waiting = slices.DeleteFunc(s.waiting, func(x ledger.ApprovalID) bool { return x == id })
	}
}

func (s *company) requester(r *request) *debtor {
	if r.contract != nil {
		return r.contract.of
	}
	return r.debt.of
}

// tend has staff see to a contract whose invoice waits for a person: it is left out, or made, or has
// another price.
func (s *company) tend(c *contract, id ledger.ContractID) {
	label := fmt.Sprintf("recur R-%d ", id)
	sum, _ := s.oracle.comesTo(c, s.now)
	if c.burst > missedMost {
		if sum > s.oracle.alone || s.rng.IntN(2) == 0 {
			s.oracle.note(c.of, s.now, "the missed invoices are left out", 0, 0)
			c.passed += s.oracle.missed(c, s.oracle.home.today(s.now))
			s.line(label + "skip missed")
		} else {
			s.oracle.note(c.of, s.now, "the missed invoices are made", 0, 0)
			c.change, c.burst = 0, 0
			s.line(label + "issue all")
		}
		s.did["missed ones"]++
		s.issued(&request{contract: c})
		return
	}
	s.do(func(tx *ledger.Tx) error {
		x := tx.Contract(id)
		if c.change != 0 || s.rng.IntN(2) == 0 {
			s.oracle.note(c.of, s.now, "an invoice that waits is left out", 0, 0)
			c.passed++
			return tx.SkipOccurrences(x, x.Next, "")
		}
		c.price = s.another()
		c.priced()
		s.oracle.note(c.of, s.now, "an invoice that waits has another price", 0, c.price)
		return tx.ChangeContract(ledger.ContractChanged{Contract: id, From: ledger.Date(c.begins()), Draft: price(c.price)})
	})
}

// line has somebody of finance type a line.
func (s *company) line(text string) {
	s.presses++
	r, err := s.desk.Line(context.Background(), commands.Line{Key: fmt.Sprint("line", s.presses), Who: commands.Staff{ID: "UFINANCE01", Role: commands.Finance, Lang: "en"}, Text: text})
	s.check(err)
	if r.Card == nil || r.Card.Title.IsZero() {
		s.t.Fatalf("%s: %s: %v", s.again(), text, card.Plain(fmt.Sprint(r.Card)))
	}
}

// askInvoice has staff issue an invoice of which somebody else is to decide where its sum asks for it.
func (s *company) askInvoice(tx *ledger.Tx) error {
	d, days := s.someone(), 10+s.rng.IntN(20)
	sum := s.oracle.alone + int64(s.rng.IntN(3)-1)*100*int64(s.rng.IntN(300))
	x := &debt{of: d, currency: "EUR", made: day(tx.Today()), booked: day(tx.Today()), sum: sum, open: sum, shares: []share{{due: day(tx.Today()) + day(days), sum: sum}}}
	draft := ledger.Draft{Customer: s.of[d].id, Date: tx.Today(), Due: tx.Today().AddDays(days), Currency: "EUR", Lines: []ledger.Line{{Text: "x", Quantity: decimal.NewFromInt(1), Price: decimal.New(sum, -2)}}}
	inv := (*ledger.Invoice)(nil)
	asked, err := tx.Guard(func() (err error) { inv, err = tx.Issue(draft); return err })
	if err != nil {
		return err
	}
	if (asked != nil) != (sum > s.oracle.alone) {
		s.oracle.fault(d, s.now, "an invoice of %d needs a second person: %t", sum, asked != nil)
	}
	if asked == nil {
		x.id = int(inv.ID)
		s.began(tx, x, days)
		return nil
	}
	a, fresh, err := tx.Ask(ledger.Request{Do: "confirm", Draft: &draft}, asked)
	if err != nil || !fresh {
		return err
	}
	s.oracle.note(d, s.now, "an invoice waits for a second person: "+a.Label(), 0, sum)
	s.asks(a.ID, &request{debt: x, at: s.now})
	return nil
}
