package reminders

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"duebot/ledger"
)

// Statements of account by themselves: once for each month or quarter, to whom wants them, at the
// hour of reminders.
//
// A reminder and a statement never come in the same week: less than seven days lie between them in
// neither direction. The reminder wins. It is decided as if there were no statement, and is never
// later for one; the statement looks at the last contact and at those that the rules have ahead, and
// waits until it may go. When it has waited as long as it may, it is left out, and the books say why.
// A reminder that nobody could foresee, since an invoice was booked late or a promise broke, may
// still follow a statement within the week.

// StatementRules are who gets statements by themselves, and when.
type StatementRules struct {
	Every    ledger.Statements            // of the company's customers; as set: off
	Segments map[string]ledger.Statements // of those of a segment
	WorkDay  int                          // the working day after a period's end on which they go; 0: the first
	Wait     int                          // how many days more one may wait; 0: statementWait
}

// statementWait is how long a statement may wait where the company does not say.
const statementWait = 14

// apart is how many days lie between a contact about money and a statement, or thanks.
const apart = 7

// The reasons why no statement goes, beside those of reminders.
const (
	NotWanted   Why = "off"   // neither he nor the company wants one
	NotYet      Why = "early" // the period is not over, or its day has not come
	NothingToIt Why = "empty" // nothing moved, and nothing is open
	NearContact Why = "near"  // a reminder was, or will be, within seven days
	OnHold      Why = "hold"  // staff keep words about his debt away
	TooLate     Why = "late"  // it has waited as long as it may
)

// StatementDecision is whether a customer's statement goes on a day.
type StatementDecision struct {
	Every  ledger.Statements
	Period ledger.Period
	Why    Why         // "" where it goes
	Until  ledger.Date // the first day on which that is over; 0: it is not known
	Kept   Why         // of one that is too late: what keeps it back now, "" for nothing
}

// wants is how often c gets a statement, and who said so.
func (p *Policies) wants(v *ledger.View, c *ledger.Customer) ledger.WantsStatements {
	w := v.StatementsOf(c)
	if w.Every != ledger.StatementsAsSet {
		return w
	}
	w.Every, w.Since = p.Statements.Every, 0
	if every, ok := p.Statements.Segments[strings.ToLower(c.Segment)]; ok && c.Segment != "" {
		w.Every = every
	}
	if w.Every == ledger.StatementsAsSet {
		w.Every = ledger.StatementsOff
	}
	return w
}

// Statement tells whether c's statement of the last period goes on a day of his, and else why not,
// or when that of the next one would.
func (p *Policies) Statement(v *ledger.View, c *ledger.Customer, on ledger.Date) StatementDecision {
	wants := p.wants(v, c)
	d := StatementDecision{Every: wants.Every, Why: NotWanted}
	if wants.Every == ledger.StatementsOff {
		return d
	}
	d.Period = wants.Every.Before(on)
	if v.StatedThrough(c).To >= d.Period.To || wants.Since > d.Period.To {
		d.Period = wants.Every.After(d.Period)
	}
	due := v.Days().Add(d.Period.To, max(p.Statements.WorkDay, 1), v.CountryOf(c))
	if on < due {
		d.Why, d.Until = NotYet, due
		return d
	}
	if d.Why = ""; !wants.Always && len(v.Statement(c, d.Period)) == 0 {
		d.Why = NothingToIt
		return d
	}
	d.Why, d.Until = p.courteous(v, c, on)
	if on > due.AddDays(cmp.Or(p.Statements.Wait, statementWait)) {
		d.Why, d.Kept, d.Until = TooLate, d.Why, 0
	}
	return d
}

// courteous tells what keeps a word that asks for nothing back from c on a day, "" for nothing.
func (p *Policies) courteous(v *ledger.View, c *ledger.Customer, on ledger.Date) (Why, ledger.Date) {
	s := p.standing(v, c)
	switch {
	case s.onItsWay:
		return OnItsWay, 0
	case v.HoldOf(c, 0) != nil:
		return OnHold, 0
	case s.last != 0 && on < s.last.AddDays(apart):
		return NearContact, s.last.AddDays(apart)
	}
	if until := p.nearAhead(v, c, on); until != 0 {
		return NearContact, until
	}
	policy, _ := p.Of(v, c, nil)
	if why, until := freeUntil(v, policy, c, on); why != "" {
		return why, until
	}
	if !v.Reaches(c, p.Mail, true) {
		return NobodyThere, 0
	}
	return "", 0
}

// nearAhead is the day from which on no reminder is ahead within the week of a day any more, 0 where
// none is.
func (p *Policies) nearAhead(v *ledger.View, c *ledger.Customer, on ledger.Date) ledger.Date {
	for x := range p.coming(v, c, on.AddDays(apart-1)) {
		if x.Why == "" && on < x.On.AddDays(apart) {
			return x.On.AddDays(apart)
		}
	}
	return 0
}

// courtesies sends the statements of one run of the schedule, and thanks those who pay well: behind
// its reminders, some customers at a time. What a stop in its midst leaves goes on the next day.
func (r *Rules) courtesies(ctx context.Context, s slot, on ledger.Date) error {
	var all, ids []ledger.CustomerID
	err := r.Books.View(func(v *ledger.View) error { all = r.Policy.eligible(v, s, on); return nil })
	if err == nil {
		err = r.viewSome(all, func(v *ledger.View, p *Policies, some []ledger.CustomerID) error {
			for _, id := range some {
				if c := v.Customer(id); p.Statement(v, c, on).due() || p.Thanks(v, c, on).Why == "" {
					ids = append(ids, id)
				}
			}
			return nil
		})
	}
	for len(ids) > 0 && err == nil {
		some := ids[:min(r.pace.next(), len(ids))]
		ids = ids[len(some):]
		err = r.commit(ctx, len(some), func(tx *ledger.Tx) error {
			for _, id := range some {
				if err := r.courtesy(tx, tx.Customer(id), on); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return err
}

// eligible are the customers of a slot for whom there may be a statement or thanks on a day: all where
// the company sends statements, else those who chose them or paid lately.
func (p *Policies) eligible(v *ledger.View, s slot, on ledger.Date) (ids []ledger.CustomerID) {
	add := func(c *ledger.Customer) {
		if c.ZoneName == s.zone && p.slot(c) == s {
			ids = append(ids, c.ID)
		}
	}
	if p.Statements.Every > ledger.StatementsOff || len(p.Statements.Segments) > 0 {
		v.Customers(add)
		return ids
	}
	for _, id := range v.WantStatements() {
		add(v.Customer(id))
	}
	if p.GoodPayers.After > 0 {
		v.PaymentsSince(on.AddDays(-thanksFresh), func(x *ledger.Payment) { add(v.Customer(x.Customer)) })
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// due reports whether there is something to be done about a statement.
func (d StatementDecision) due() bool { return d.Why == "" || d.Why == TooLate }

// courtesy sends c his statement where its time has come, or else thanks him where he has earned it.
func (r *Rules) courtesy(tx *ledger.Tx, c *ledger.Customer, on ledger.Date) error {
	if r.Policy.hours(c).Until <= tx.Now.In(c.Zone).Hour() {
		return nil // it is looked at again tomorrow
	}
	if sent, err := r.statement(tx, c, on); sent || err != nil {
		return err
	}
	return r.thank(tx, c, on)
}

func (r *Rules) statement(tx *ledger.Tx, c *ledger.Customer, on ledger.Date) (sent bool, err error) {
	d := r.Policy.Statement(&tx.View, c, on)
	switch d.Why {
	case "":
		return true, r.say(tx, ledger.NoticeQueued{Kind: ledger.NoticeStatement, Customer: c.ID, For: on, Code: statementCode(d.Period)})
	case TooLate:
		code := d.Kept
		if code == "" {
			code = TooLate
		}
		return false, tx.LeaveOutStatement(c, d.Period, string(code))
	}
	return false, nil
}

// statementCode writes the days of a statement into a notice: "20260901.20260930".
func statementCode(p ledger.Period) string {
	digits := func(d ledger.Date) int {
		y, m, day := d.Parts()
		return y*10000 + int(m)*100 + day
	}
	return fmt.Sprintf("%d.%d", digits(p.From), digits(p.To))
}

// Overtaken tells why something that waits to be sent is not to be any more, "" where it is: a pilot
// began that leaves its customer outside; of a statement or thanks, a reminder went out meanwhile, is
// on its way, or will be in the week of the day on which it would go by now.
func (r *Rules) Overtaken(v *ledger.View, n *ledger.Notice) string {
	if c := v.Customer(n.Customer); c != nil && n.Unasked() && v.Outside(c) {
		return "a pilot leaves him outside"
	}
	if n.For == 0 || n.Kind != ledger.NoticeStatement && n.Kind != ledger.NoticeThanks {
		return ""
	}
	c := v.Customer(n.Customer)
	on := ledger.DateOf(v.Now, c.Zone)
	switch {
	case c.Reminder != 0, c.LastContact != 0 && on < c.LastContact.AddDays(apart):
		return "a reminder came first"
	case on > n.For && r.Policy.nearAhead(v, c, on) != 0: // it waited, and has come near to the next one
		return "a reminder comes in the same week"
	}
	return ""
}
