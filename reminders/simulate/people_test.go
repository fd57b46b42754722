package simulate

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// What people do in the simulation. Each act changes the books and tells the oracle in plain
// values; sums are chosen so that the books take them.

// hour is what happens in an hour: invoices, what was meant for today, and what people do besides.
func (s *company) hour() {
	s.midnights()
	s.approvals()
	s.do(func(tx *ledger.Tx) error {
		if err := s.work(tx); err != nil {
			return err
		}
		if err := s.bank(tx); err != nil {
			return err
		}
		if s.rng.IntN(24*60) == 0 || s.oracle.pilot != nil && s.rng.IntN(24*10) == 0 {
			if err := s.piloted(tx); err != nil {
				return err
			}
		}
		if s.rng.IntN(24*40) == 0 {
			if err := s.setUp(tx, []int64{40_000, 80_000, 120_000}[s.rng.IntN(3)]); err != nil {
				return err
			}
		}
		if s.rng.IntN(24*12) == 0 {
			s.wish()
		}
		if s.rng.IntN(24*25) == 0 {
			if err := s.configure(tx); err != nil {
				return err
			}
		}
		if day(tx.Today())-s.rated >= 5 {
			if err := s.rates(tx); err != nil {
				return err
			}
		}
		if err := s.meant(tx); err != nil {
			return err
		}
		for _, act := range s.menu() {
			// So many of a thousand customers do it in a week.
			for n := act.often * float64(len(s.oracle.debtors)) / 1000 / (7 * 24); n > 0; n-- {
				if s.rng.Float64() < n {
					if err := act.do(tx); err != nil {
						return fmt.Errorf("%s: %w", act.name, err)
					}
				}
			}
		}
		return nil
	})
	switch n := s.rng.IntN(24 * 365); {
	case n < 3: // some weeks without the program
		s.down = s.now.Add(time.Duration(1+s.rng.IntN(21*24)) * time.Hour)
	case n < 20:
		s.down = s.now.Add(time.Duration(1+s.rng.IntN(300)) * time.Minute)
	case n < 40: // the chat platform takes nothing
		s.deaf = s.now.Add(time.Duration(1+s.rng.IntN(5000)) * time.Minute)
	}
}

type act struct {
	name  string
	often float64
	do    func(tx *ledger.Tx) error
}

func (s *company) menu() []act {
	return []act{
		{"invoice", 90, s.invoice}, {"asked invoice", 3, s.askInvoice}, {"old invoice", 2, s.oldInvoice}, {"import", 2, s.imported}, {"contract", 0.6, s.changeContract}, {"on account", 3, s.onAccount}, {"apply", 3, s.apply},
		{"dispute", 10, s.dispute}, {"promise", 16, s.promise}, {"hold", 4, s.hold}, {"end hold", 1, s.endHold}, {"claim", 5, s.claim},
		{"answer claim", 3, s.answerClaim}, {"plan", 4, s.plan}, {"cancel plan", 0.3, s.cancelPlan}, {"call", 6, s.call}, {"skip", 2, s.skip},
		{"by hand", 4, s.byHand}, {"move", 0.6, s.move}, {"hours", 0.6, s.hours}, {"policy", 1, s.policy}, {"unblock", 1.5, s.unblock},
		{"credit", 2, s.credit}, {"clear doubts", 4, s.clearDoubts}, {"link", 0.4, s.linkLater}, {"statements", 0.4, func(tx *ledger.Tx) error { return s.statements(tx, s.someone()) }}, {"law", 0.5, func(tx *ledger.Tx) error { return s.law(tx, s.someone()) }},
		{"cheque", 12, s.cheque}, {"card", 60, s.card}, {"undo", 3, s.undo}, {"mail", 2, func(tx *ledger.Tx) error { return s.mailed(tx, s.someone()) }}, {"weekly", 1, s.weekly}, {"proposal", 2, s.propose},
	}
}

// meant does what was meant for today: all that is late too, after a while without the program.
func (s *company) meant(tx *ledger.Tx) error {
	today := day(tx.Today())
	for on := today - 40; on <= today; on++ {
		list := s.later[on]
		if on == today { // some of it in this hour, the rest later
			n := min(len(list), len(list)/8+s.rng.IntN(3))
			if s.now.Hour() >= 22 {
				n = len(list)
			}
			list, s.later[on] = list[:n], list[n:]
		} else {
			delete(s.later, on)
		}
		for _, act := range list {
			if err := act(tx); err != nil {
				return fmt.Errorf("what was meant for %s: %w", on, err)
			}
		}
	}
	return nil
}

func (s *company) plus(tx *ledger.Tx, days int, fn func(tx *ledger.Tx) error) {
	on := day(tx.Today()) + day(days)
	s.later[on] = append(s.later[on], fn)
}

func (s *company) invoice(tx *ledger.Tx) error {
	return s.issue(tx, s.someone(), 0, []int{7, 14, 14, 30, 30, 45}[s.rng.IntN(6)])
}

// oldInvoice is one that somebody writes much later, long due.
func (s *company) oldInvoice(tx *ledger.Tx) error {
	age := 20 + s.rng.IntN(200)
	return s.issue(tx, s.someone(), -age-14, 14)
}

// issue makes an invoice, and its customer decide when he pays.
func (s *company) issue(tx *ledger.Tx, d *debtor, dated, days int) error {
	cur, made := "EUR", day(tx.Today())+day(dated)
	if s.rng.IntN(6) == 0 && dated == 0 {
		cur = "USD"
	}
	sum := int64(1+s.rng.IntN(40)) * 5000
	x := &debt{of: d, currency: cur, made: made, booked: day(tx.Today()), sum: sum, open: sum, shares: []share{{due: made + day(days), sum: sum}}}
	draft := ledger.Draft{Customer: s.of[d].id, Date: ledger.Date(made), Due: ledger.Date(made) + ledger.Date(days), Currency: ledger.Currency(cur),
		Lines: []ledger.Line{{Text: "x", Quantity: decimal.NewFromInt(1), Price: decimal.New(sum, -2)}}}
	if n := s.rng.IntN(20); n < 3 { // it falls due in parts
		x.shares[0].sum = sum * int64(2+n) / 10
		left, due := sum-x.shares[0].sum, x.shares[0].due
		for i := range n + 1 {
			minor := left / int64(n+1-i)
			due += day(10 + s.rng.IntN(25))
			left -= minor
			x.shares = append(x.shares, share{due: due, sum: minor})
		}
		for _, y := range x.shares {
			draft.Instalments = append(draft.Instalments, ledger.Instalment{Due: ledger.Date(y.due), Minor: y.sum})
		}
	}
	inv := (*ledger.Invoice)(nil)
	if err := tx.For("api:orders", func() (err error) { inv, err = tx.Issue(draft); return err }); err != nil {
		return err
	}
	x.id = int(inv.ID)
	if s.rng.IntN(60) == 0 {
		x.policy = ownPolicies[6+s.rng.IntN(len(ownPolicies)-6)]
		if err := tx.GivePolicy(s.customer(tx, d), inv.ID, x.policy); err != nil {
			return err
		}
	}
	for _, y := range x.shares[:len(x.shares)-1] {
		s.plus(tx, max(1, int(y.due)-int(tx.Today())-5+s.rng.IntN(40)), func(tx *ledger.Tx) error { return s.pay(tx, x, min(x.open, y.sum), 0) })
	}
	s.began(tx, x, int(x.shares[len(x.shares)-1].due-made))
	return nil
}

// pays has the customer of an invoice decide when he pays, and whether all at once. In the end
// nothing stays open: it is paid or credited.
func (s *company) pays(tx *ledger.Tx, x *debt, days int) {
	when := 0
	switch n := s.rng.IntN(100); {
	case n < 40:
		when = days - 4 + s.rng.IntN(7)
	case n < 75:
		when = days + 3 + s.rng.IntN(30)
	default:
		when = days + 20 + s.rng.IntN(80)
	}
	when = max(when, 1)
	if s.rng.IntN(6) == 0 {
		s.plus(tx, max(1, when-5-s.rng.IntN(20)), func(tx *ledger.Tx) error { return s.pay(tx, x, x.open*int64(10+s.rng.IntN(80))/100, s.rng.IntN(3)) })
	}
	s.plus(tx, when, func(tx *ledger.Tx) error {
		if s.rng.IntN(12) == 0 {
			return s.forgive(tx, x)
		}
		return s.pay(tx, x, x.open, s.rng.IntN(4))
	})
}

// pay books money of some days ago for an invoice.
func (s *company) pay(tx *ledger.Tx, x *debt, minor int64, ago int) error {
	if x.open == 0 || minor < 100 || x.open-minor < 100 && minor < x.open {
		return nil
	}
	on := max(day(tx.Today())-day(ago), x.made)
	inv := tx.Invoice(ledger.InvoiceID(x.id))
	_, _, err := tx.Receive(ledger.NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: ledger.Date(on), Amount: ledger.Money{Minor: minor, Currency: inv.Currency}, Method: "bank", Reference: "transfer"})
	s.reduce(x, minor, on)
	x.of.paid(day(tx.Today()), on, x, 0, x.currency)
	s.did["pay"]++
	s.oracle.note(x.of, s.now, fmt.Sprintf("paid on %s", on), x.id, minor)
	return err
}

// reduce tells the oracle that less is open, from the end of a day on.
func (s *company) reduce(x *debt, minor int64, on day) {
	for i := range x.opens {
		if x.opens[i].on > on {
			x.opens[i].minor -= minor
		}
	}
	x.opens = append(x.opens, level{on, at(x.opens, on, x.sum) - minor})
	slices.SortStableFunc(x.opens, func(a, b level) int { return int(a.on - b.on) })
	if x.open -= minor; x.open == 0 {
		if len(x.promises) > 0 {
			x.of.settled = append(x.of.settled, x)
		}
		x.of.open = slices.DeleteFunc(x.of.open, func(y *debt) bool { return y == x })
	}
}

// forgive credits all that is open.
func (s *company) forgive(tx *ledger.Tx, x *debt) error {
	if inv := tx.Invoice(ledger.InvoiceID(x.id)); x.open == 0 || x.plan != nil || inv.Creditable().Minor < x.open {
		return s.pay(tx, x, x.open, 0)
	}
	return s.creditSum(tx, x, x.open)
}

func (s *company) creditSum(tx *ledger.Tx, x *debt, minor int64) error {
	inv := tx.Invoice(ledger.InvoiceID(x.id))
	if inv.Creditable().Minor < minor || minor <= 0 {
		return nil
	}
	_, err := tx.Credit(inv, ledger.Money{Minor: minor, Currency: inv.Currency}, "goodwill")
	x.credited += minor
	s.reduce(x, minor, day(tx.Today()))
	s.oracle.note(x.of, s.now, "credited", x.id, minor)
	return err
}

func (s *company) credit(tx *ledger.Tx) error {
	_, x := s.indebted()
	if x == nil || x.plan != nil || x.disputed > 0 || x.open < 10_000 {
		return nil
	}
	return s.creditSum(tx, x, x.open/4)
}

// onAccount has somebody pay more than he owes.
func (s *company) onAccount(tx *ledger.Tx) error {
	d, x := s.indebted()
	if x == nil || x.currency != "EUR" {
		return nil
	}
	for _, y := range d.open {
		if y.currency == x.currency && y != x {
			return nil // it would settle that
		}
	}
	inv, more := tx.Invoice(ledger.InvoiceID(x.id)), int64(2000+s.rng.IntN(20_000))
	on, minor := max(day(tx.Today()), x.made), x.open
	_, _, err := tx.Receive(ledger.NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: ledger.Date(on), Amount: ledger.Money{Minor: minor + more, Currency: inv.Currency}, Method: "bank", Reference: "too much"})
	s.reduce(x, minor, on)
	d.paid(day(tx.Today()), on, x, more, x.currency)
	d.keep(x.currency, level{on, more})
	s.oracle.note(d, s.now, "paid too much", x.id, more)
	return err
}

// keep puts money of a day on account.
func (d *debtor) keep(currency string, part level) {
	d.onAccount[currency] += part.minor
	d.kept[currency] = append(d.kept[currency], part)
}

// apply settles an invoice from what is on account.
func (s *company) apply(tx *ledger.Tx) error {
	for range 50 {
		d := s.someone()
		for _, x := range d.open {
			if there := d.onAccount[x.currency]; there > 0 && x.open-there >= 100 {
				inv := tx.Invoice(ledger.InvoiceID(x.id))
				_, err := tx.Apply(s.customer(tx, d), inv, ledger.Money{Minor: there, Currency: inv.Currency})
				d.applied(x)
				for _, part := range d.kept[x.currency] { // it counts from the day on which it was there
					s.reduce(x, part.minor, max(part.on, x.made))
				}
				d.onAccount[x.currency], d.kept[x.currency] = 0, nil
				d.freed = d.at.today(s.now)
				s.oracle.note(d, s.now, "applied", x.id, there)
				return err
			}
		}
	}
	return nil
}

// dispute has somebody dispute an invoice or a part of it; it is settled some weeks later.
func (s *company) dispute(tx *ledger.Tx) error {
	_, x := s.indebted()
	if x == nil || x.disputed > 0 || x.plan != nil {
		return nil
	}
	sum := x.open
	if s.rng.IntN(2) == 0 {
		sum = max(1, x.open*int64(1+s.rng.IntN(9))/10)
	}
	inv := tx.Invoice(ledger.InvoiceID(x.id))
	dispute, err := tx.OpenDispute(inv, ledger.ReasonSum, ledger.Money{Minor: sum, Currency: inv.Currency}, "slack:UFINANCE01")
	if err != nil {
		return err
	}
	s.disputed(tx, x, sum)
	id := dispute.ID
	s.plus(tx, 1+s.rng.IntN(40), func(tx *ledger.Tx) error {
		if x.disputed > 0 && x.open > 0 && s.rng.IntN(3) == 0 {
			if err := s.creditSum(tx, x, min(x.disputed, x.open)); err != nil {
				return err
			}
		}
		_, err := tx.Resolve(tx.Dispute(id), ledger.Rejected, 0, "")
		s.disputed(tx, x, 0)
		return err
	})
	return nil
}

func (s *company) disputed(tx *ledger.Tx, x *debt, sum int64) {
	x.disputed = sum
	x.disputes = append(x.disputes, level{day(tx.Today()), sum})
	s.oracle.note(x.of, s.now, "disputed", x.id, sum)
}

// promise has somebody name a day; he keeps it more often than not.
func (s *company) promise(tx *ledger.Tx) error {
	_, x := s.indebted()
	if x == nil || x.plan != nil {
		return nil
	}
	return s.promises(tx, x)
}

// promises has somebody promise to pay one invoice.
func (s *company) promises(tx *ledger.Tx, x *debt) error {
	days := s.rng.IntN(15)
	by := day(tx.Today()) + day(days)
	// A later word takes the place of one whose day is not over.
	if n := len(x.promises); n > 0 && x.promises[n-1] >= day(tx.Today()) {
		x.promises = x.promises[:n-1]
	}
	x.promises, x.promised = append(x.promises, by), by
	s.oracle.note(x.of, s.now, fmt.Sprintf("promises to pay by %s", by), x.id, x.open)
	if s.rng.IntN(5) < 3 {
		s.plus(tx, max(1, days), func(tx *ledger.Tx) error { return s.pay(tx, x, x.open, 0) })
	}
	return tx.Promise(tx.Invoice(ledger.InvoiceID(x.id)), ledger.Date(by))
}

func (s *company) hold(tx *ledger.Tx) error {
	d, x := s.indebted()
	if x == nil {
		return nil
	}
	p := &pause{until: d.at.today(s.now) + day(s.rng.IntN(30))}
	id := ledger.InvoiceID(0)
	if s.rng.IntN(8) == 0 {
		p.until = 0
		s.plus(tx, 5+s.rng.IntN(60), func(tx *ledger.Tx) error { return s.endHoldOf(tx, d) })
	}
	if s.rng.IntN(2) == 0 && p.until != 0 {
		id, x.hold = ledger.InvoiceID(x.id), p
	} else {
		d.hold = p
	}
	s.oracle.note(d, s.now, fmt.Sprintf("hold until %s", p.until), int(id), 0)
	_, err := tx.Hold(s.customer(tx, d), id, ledger.Date(p.until), "")
	return err
}

func (s *company) endHold(tx *ledger.Tx) error {
	for range 200 {
		if d := s.someone(); d.hold != nil {
			return s.endHoldOf(tx, d)
		}
	}
	return nil
}

func (s *company) endHoldOf(tx *ledger.Tx, d *debtor) error {
	h := tx.HoldOf(s.customer(tx, d), 0)
	if h == nil {
		return nil
	}
	d.hold = nil
	for _, x := range d.open {
		s.oracle.pass(x, d.at.today(s.now))
	}
	s.oracle.note(d, s.now, "hold ended", 0, 0)
	return tx.EndHold(h, s.rules.Policy.Silenced(&tx.View))
}

// claim has somebody say that he has paid.
func (s *company) claim(tx *ledger.Tx) error {
	d, x := s.indebted()
	if x == nil || tx.ClaimOn(tx.Invoice(ledger.InvoiceID(x.id))) != nil {
		return nil
	}
	today := d.at.today(s.now)
	inv := tx.Invoice(ledger.InvoiceID(x.id))
	pause := 1 + s.rng.IntN(5)
	c := &claim{}
	if x.claimed == 0 || x.claimed < today-60 { // once in sixty days it is believed
		c.until = today
		for range pause {
			c.until = s.oracle.workday(d, c.until)
		}
		x.claim, x.claimed = c, day(tx.Today())
	}
	s.oracle.note(d, s.now, fmt.Sprintf("says that he has paid, silent until %s", c.until), x.id, x.open)
	_, err := tx.ClaimPaid(ledger.NewPaidClaim{Invoice: inv, Amount: inv.OpenMoney(), Date: ledger.Date(today), Chat: s.of[d].chat, Pause: pause})
	return err
}

// answerClaim has staff find no money.
func (s *company) answerClaim(tx *ledger.Tx) error {
	waiting := tx.WaitingClaims()
	if len(waiting) == 0 {
		return nil
	}
	p := waiting[s.rng.IntN(len(waiting))]
	x := s.oracle.debts[p.Invoice-1]
	if x.claim != nil && day(p.Silent) == x.claim.until {
		x.claim.ended = day(tx.Today())
	}
	s.oracle.note(x.of, s.now, "no such money", x.id, 0)
	_, err := tx.SettleClaim(p, ledger.ClaimNotFound, 0, "")
	return err
}

// plan has staff agree to parts; three of four are paid in time.
func (s *company) plan(tx *ledger.Tx) error {
	d, x := s.indebted()
	if x == nil || d.plan != nil || d.planOver != nil {
		return nil
	}
	p := &deal{}
	var invoices []*ledger.Invoice
	for _, y := range d.open {
		if y.currency == x.currency && y.disputed == 0 {
			p.debts, p.total = append(p.debts, y), p.total+y.open
			invoices = append(invoices, tx.Invoice(ledger.InvoiceID(y.id)))
		}
	}
	n := int64(2 + s.rng.IntN(3))
	if p.total < 100*n {
		return nil
	}
	var parts []ledger.PlanPart
	left, on := p.total, day(tx.Today())
	for i := range n {
		on += day(5 + s.rng.IntN(15))
		sum := p.total / n
		if i == n-1 {
			sum = left
		}
		left -= sum
		parts = append(parts, ledger.PlanPart{Due: ledger.Date(on), Minor: sum})
		p.parts = append(p.parts, level{on, sum})
		if s.rng.IntN(4) > 0 {
			s.plus(tx, int(on)-int(tx.Today())-s.rng.IntN(4), func(tx *ledger.Tx) error { return s.payPlan(tx, p, sum) })
		}
	}
	made, err := tx.AgreePlan(s.customer(tx, d), invoices, parts)
	if err != nil || made == nil {
		return err
	}
	p.id, d.plan = int(made.ID), p
	for _, y := range p.debts {
		y.plan = p
	}
	s.oracle.note(d, s.now, fmt.Sprintf("plan of %d parts", n), x.id, p.total)
	return nil
}

// payPlan pays a part of a plan, on whichever of its invoices.
func (s *company) payPlan(tx *ledger.Tx, p *deal, sum int64) error {
	for _, x := range p.debts {
		if take := min(sum, x.open); take > 0 {
			if err := s.pay(tx, x, take, 0); err != nil {
				return err
			}
			sum -= take
		}
	}
	return nil
}

func (s *company) cancelPlan(tx *ledger.Tx) error {
	for range 200 {
		if d := s.someone(); d.plan != nil {
			p := tx.Plan(ledger.PlanID(d.plan.id))
			if p.Outcome != ledger.PlanStands {
				return nil
			}
			s.oracle.note(d, s.now, "plan cancelled", d.plan.id, 0)
			s.oracle.endPlan(d)
			return tx.CancelPlan(p)
		}
	}
	return nil
}

// call has staff speak with somebody: that is a contact.
func (s *company) call(tx *ledger.Tx) error {
	d, x := s.indebted()
	if x == nil {
		return nil
	}
	d.contacted(d.at.today(s.now))
	s.oracle.note(d, s.now, "call", 0, 0)
	_, err := tx.NoteOn(ledger.NewNote{Customer: s.of[d].id, Kind: ledger.NoteContact, Words: "they will pay"})
	return err
}

// skip leaves the next step of an invoice out.
func (s *company) skip(tx *ledger.Tx) error {
	d, x := s.indebted()
	if x == nil || d.waiting != nil {
		return nil
	}
	x.carry().step++
	s.oracle.note(d, s.now, "step left out", x.id, int64(x.carry().step))
	return tx.SkipSteps(s.customer(tx, d), ledger.Date(d.at.today(s.now)), []ledger.PlanStep{{Invoice: ledger.InvoiceID(x.id), Step: x.carry().step}}, ledger.SkipByStaff, "")
}

// byHand has staff remind somebody now, where the rules let them.
func (s *company) byHand(tx *ledger.Tx) error {
	d, x := s.indebted()
	if x == nil {
		return nil
	}
	n, why := s.rules.ByHand(&tx.View, s.customer(tx, d), s.rng.IntN(2) == 0)
	if why != "" {
		return nil
	}
	if d.waiting != nil {
		s.oracle.fault(d, s.now, "reminded by hand while %s is on its way", d.waiting)
	}
	w := s.word(&ledger.Notice{NoticeQueued: n})
	w.byHand, d.waiting = true, w
	s.oracle.note(d, s.now, "reminded by hand", w.debt.id, int64(w.step))
	return s.notify(tx, n)
}

// move has a customer live in another zone.
func (s *company) move(tx *ledger.Tx) error {
	d := s.someone()
	country := d.at.country
	d.at = place(s.t, zones[s.rng.IntN(len(zones))])
	d.at.country = country
	s.oracle.join(d)
	s.oracle.note(d, s.now, "moves to "+d.at.name, 0, 0)
	_, err := tx.ChangeCustomer(s.customer(tx, d), ledger.CustomerChange{ZoneName: &d.at.name})
	return err
}

func (s *company) hours(tx *ledger.Tx) error {
	d := s.someone()
	s.oracle.note(d, s.now, "other hours", 0, 0)
	return s.chooseHours(tx, d)
}

func (s *company) policy(tx *ledger.Tx) error {
	d := s.someone()
	d.policy = ownPolicies[s.rng.IntN(len(ownPolicies))]
	s.oracle.note(d, s.now, "policy "+d.policy, 0, 0)
	return tx.GivePolicy(s.customer(tx, d), 0, d.policy)
}

func (s *company) unblock(tx *ledger.Tx) error {
	for range 200 {
		if d := s.someone(); d.blocked {
			d.blocked = false
			s.oracle.note(d, s.now, "writes again", 0, 0)
			return tx.MendRoute(s.of[d].chat)
		}
	}
	return nil
}

// clearDoubts has staff say of reminders of unknown fate that they arrived, or that they are to be
// said again.
func (s *company) clearDoubts(tx *ledger.Tx) error {
	if len(s.doubts) == 0 {
		return nil
	}
	before := tx.LastNotice()
	again := s.rng.IntN(2) == 0 && s.oracle.pilot == nil
	ids := s.doubts
	s.doubts = nil
	if _, err := tx.ClearDoubts(ids, again, "CFINANCE01"); err != nil {
		return err
	}
	for _, n := range tx.OpenNotices(before) {
		if n.Kind != ledger.NoticeReminder {
			continue
		}
		d := s.debtorOf(n.Customer)
		w := s.word(&n)
		w.again, d.waiting = true, w
		s.queue = append(s.queue, n.ID)
		s.known[n.ID] = true
		s.oracle.note(d, s.now, "reminder of unknown fate once more", w.debt.id, int64(w.step))
	}
	return nil
}

// between has somebody pay what he is just about to be reminded of.
func (s *company) between() {
	for _, id := range s.queue {
		if s.rng.IntN(20) > 0 {
			continue
		}
		s.do(func(tx *ledger.Tx) error {
			n, ok := tx.OpenNotice(id)
			if !ok {
				return nil
			}
			x := s.oracle.debts[n.Invoice-1]
			switch s.rng.IntN(4) {
			case 0:
				return s.pay(tx, x, x.open/2, 0)
			default:
				return s.pay(tx, x, x.open, 0)
			}
		})
	}
}
