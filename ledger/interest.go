package ledger

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/shopspring/decimal"
)

// Interest for late payment is simple interest on what was open and undisputed, from the
// day after the due date through the day of payment, never on interest or costs. A day's
// interest is on what was open when it began: an invoice due on the 1st and paid on the
// 31st bears interest for 30 days.

// DayCount says how many days a year of interest has. The numbers are part of the file
// format.
type DayCount uint8

// The conventions.
const (
	Actual365    DayCount = 0
	Actual360    DayCount = 1
	ActualActual DayCount = 2 // 366 in a leap year
)

func (d *DayCount) code(c *coder) {
	num(c, d)
	if *d > ActualActual {
		c.fail(errKind)
	}
}

// yearDays is the length of the year that day lies in.
func (d DayCount) yearDays(day Date) int {
	switch d {
	case Actual360:
		return 360
	case ActualActual:
		year := day.Year()
		return int(NewDate(year+1, 1, 1) - NewDate(year, 1, 1))
	}
	return 365
}

// InterestRule says what late payment costs: "eu", "uk" or "ru" for a law, with another
// margin as "eu+9"; a percentage a year that was agreed, "9%"; "none".
type InterestRule string

// NoInterest charges nothing.
const NoInterest InterestRule = "none"

var interestForm = regexp.MustCompile(`^(?:(eu|uk|ru)(?:\+(\d{1,2}(?:\.\d{1,6})?))?|(\d{1,3}(?:\.\d{1,6})?)%)$`)

// ParseInterestRule reads the forms of InterestRule; "" is none. It returns a BadInput
// refusal otherwise.
func ParseInterestRule(s string) (InterestRule, error) {
	text := strings.ToLower(strings.ReplaceAll(strings.Join(strings.Fields(s), ""), ",", "."))
	if text == "" || text == string(NoInterest) {
		return NoInterest, nil
	}
	if m := interestForm.FindStringSubmatch(text); m == nil || m[3] != "" && decimal.RequireFromString(m[3]).GreaterThan(hundred) {
		return "", Refuse(BadInput, "interest.rule", "text", s)
	}
	return InterestRule(text), nil
}

// law is what a statute says of late payment in trade.
type law struct {
	margin   decimal.Decimal // points over the reference rate
	halfYear bool            // the reference rate of the half-year's first day holds for all of it
	eve      bool            // or that of the day before
	currency Currency        // of the fixed sum
	steps    []fixedSum      // by the debt, rising
	source   string          // of the fixed sum, as documents cite it
	untaxed  string          // why interest and costs bear no tax
}

type fixedSum struct{ from, minor int64 }

// lawOf returns the law that r names, nil for an agreed rate and for none.
//
// eu: Directive 2011/7/EU, art. 2(6)-(7), 3(3) and 6(1). uk: Late Payment of Commercial
// Debts (Interest) Act 1998, s. 5A, and the Rate of Interest (No. 3) Order 2002. ru: GK RF
// art. 395: the key rate of each day.
func lawOf(r InterestRule) *law {
	var l law
	switch name, _, _ := strings.Cut(string(r), "+"); name {
	case "eu":
		l = law{margin: decimal.NewFromInt(8), halfYear: true, currency: "EUR", steps: []fixedSum{{0, 4000}},
			source: "Directive 2011/7/EU, art. 6(1)", untaxed: "CJEU 222/81 (BAZ Bausystem)"}
	case "uk":
		l = law{margin: decimal.NewFromInt(8), halfYear: true, eve: true, currency: "GBP",
			steps:  []fixedSum{{0, 4000}, {100000, 7000}, {1000000, 10000}},
			source: "Late Payment of Commercial Debts (Interest) Act 1998, s. 5A", untaxed: "outside the scope of VAT"}
	case "ru":
		l = law{untaxed: "ст. 395 ГК РФ, постановление Президиума ВАС РФ № 11144/07"}
	default:
		return nil
	}
	if m := interestForm.FindStringSubmatch(string(r)); m != nil && m[2] != "" {
		l.margin = decimal.RequireFromString(m[2])
	}
	return &l
}

// table is the table of reference rates that r reads: the name of its law.
func (r InterestRule) table() string { name, _, _ := strings.Cut(string(r), "+"); return name }

// InterestRate is the reference rate of a law from a day on.
type InterestRate struct {
	Date    Date
	Percent decimal.Decimal // a year; at most 6 places
}

// RateOfInterest is the fact that a reference rate became known. One of an earlier fact for
// the same day no longer holds; what was charged at it stays.
type RateOfInterest struct {
	Table string // "eu", "uk", "ru"
	InterestRate
}

func (x *RateOfInterest) kind() factKind { return kindRateOfInterest }

func (x *RateOfInterest) code(c *coder) {
	str(c, &x.Table)
	num(c, &x.Date)
	c.dec(&x.Percent)
}

func (x *RateOfInterest) apply(s *state, _ *Fact) {
	old := s.interestRates[x.Table]
	out := make([]InterestRate, 0, len(old)+1)
	n := sort.Search(len(old), func(i int) bool { return old[i].Date >= x.Date })
	out = append(append(out, old[:n]...), x.InterestRate)
	if n < len(old) && old[n].Date == x.Date {
		n++
	}
	put(s, s.interestRates, x.Table, append(out, old[n:]...))
}

// interestPercentMax bounds a rate: a higher one is a slip of the finger.
var interestPercentMax = decimal.NewFromInt(200)

// SetInterestRate books the reference rate of a law from a day on. It returns a BadInput
// refusal for a law that has none, and for a rate that cannot be.
func (tx *Tx) SetInterestRate(table string, r InterestRate) error {
	if lawOf(InterestRule(table)) == nil || strings.Contains(table, "+") {
		return Refuse(BadInput, "interest.table", "text", table)
	}
	if err := checkNumber(r.Percent); err != nil {
		return err
	}
	if r.Percent.Abs().GreaterThan(interestPercentMax) {
		return Refuse(BadInput, "interest.rate", "text", r.Percent.String())
	}
	_, err := tx.append(tx.Today(), &RateOfInterest{table, r})
	return err
}

// InterestRates returns the reference rates of a law, oldest first. They must not be changed.
func (v *View) InterestRates(table string) []InterestRate { return v.s.interestRates[table] }

// interestTerms are what was agreed with a customer about late payment; empty fields leave
// it to the company.
type interestTerms struct {
	rule InterestRule
	fee  string // "25" in the customer's currency or "5%", once per invoice; "" for none
}

// InterestAgreed is the fact of what holds for a customer who pays late.
type InterestAgreed struct {
	Customer CustomerID
	Rule     InterestRule // "": as the company's
	Fee      string       // late fee, once per invoice: "25" in the invoice's currency, "5%"; "": none
}

func (x *InterestAgreed) kind() factKind { return kindInterestAgreed }

func (x *InterestAgreed) code(c *coder) {
	num(c, &x.Customer)
	str(c, &x.Rule)
	str(c, &x.Fee)
}

func (x *InterestAgreed) apply(s *state, _ *Fact) {
	if c := s.customers.at(uint32(x.Customer)); c != nil {
		set(s, &c.interest, interestTerms{x.Rule, x.Fee})
	}
}

var feeForm = regexp.MustCompile(`^\d{1,9}(?:\.\d{1,6})?%?$`)

// AgreeInterest books what holds for c when he pays late: nil leaves a part as it is; rule
// "" goes back to the company's, fee "" to none. It reports whether anything changed, and
// returns a BadInput refusal for a rule or a fee that cannot be read.
func (tx *Tx) AgreeInterest(c *Customer, rule, fee *string) (bool, error) {
	to := c.interest
	if rule != nil {
		to.rule = ""
		if *rule != "" {
			r, err := ParseInterestRule(*rule)
			if err != nil {
				return false, err
			}
			to.rule = r
		}
	}
	if fee != nil {
		to.fee = strings.ReplaceAll(strings.TrimSpace(*fee), ",", ".")
		if to.fee != "" && !feeForm.MatchString(to.fee) || strings.HasSuffix(to.fee, "%") && decimal.RequireFromString(strings.TrimSuffix(to.fee, "%")).GreaterThan(hundred) {
			return false, Refuse(BadInput, "interest.fee", "text", *fee)
		}
	}
	if to == c.interest {
		return false, nil
	}
	_, err := tx.append(tx.Today(), &InterestAgreed{c.ID, to.rule, to.fee})
	return err == nil, err
}

// InterestOf returns what holds for c when he pays late: his own rule or the company's, and
// the late fee that was agreed ("" for none).
func (v *View) InterestOf(c *Customer) (rule InterestRule, fee string) {
	rule = c.interest.rule
	if rule == "" {
		rule = v.s.company.Interest
	}
	if rule == "" {
		rule = NoInterest
	}
	return rule, c.interest.fee
}

// InterestPeriod is a run of days of one sum and one rate.
type InterestPeriod struct {
	From, To Date            // both inclusive
	Base     Money           // open and undisputed
	Percent  decimal.Decimal // a year
	YearDays int
	Amount   Money
}

// Days is the length of p.
func (p *InterestPeriod) Days() int { return int(p.To-p.From) + 1 }

// compute gives p its amount: base × percent × days / (100 × days of the year), rounded once.
func (p *InterestPeriod) compute() (err error) {
	num := p.Base.Decimal().Mul(p.Percent).Mul(decimal.NewFromInt(int64(p.Days())))
	p.Amount, err = divide(num, decimal.NewFromInt(int64(100*p.YearDays)), p.Base.Currency)
	return err
}

// overdueRun is a run of days with one base, in minor units.
type overdueRun struct {
	from, to Date
	minor    int64
}

// overdueSpans returns the runs of days from one to another, both inclusive, with what was
// open and undisputed on inv when each began. What a credit note took back counts as never
// owed; a sum in dispute bears nothing for that time, nor does an instalment that is not due
// yet, nor an opening balance before the day of its opening. Money counts from the day on
// which it was there (paidSince).
func (v *View) overdueSpans(inv *Invoice, first, last Date, since map[uint64]Date) (out []overdueRun) {
	dayOf := func(m *move) Date {
		if day, ok := since[m.fact]; ok {
			return day
		}
		return m.day
	}
	notes := map[uint64]bool{}
	for n := v.CreditNote(inv.lastCredit); n != nil; n = v.CreditNote(n.before) {
		notes[n.fact] = true
	}
	days := []Date{first}
	add := func(day Date) {
		if day++; day > first && day <= last {
			days = append(days, day)
		}
	}
	for m := v.s.moves.at(inv.lastMove); m != nil; m = v.s.moves.at(m.beforeHere) {
		add(dayOf(m))
	}
	for d := v.s.disputedMoves.at(inv.lastDisputed); d != nil; d = v.s.disputedMoves.at(d.before) {
		add(d.day)
	}
	for _, p := range inv.Instalments() {
		add(p.Due)
	}
	slices.Sort(days)
	days = slices.Compact(days)
	for i, day := range days {
		to := last
		if i+1 < len(days) {
			to = days[i+1] - 1
		}
		then, owed := int64(0), int64(0) // open on the day, and without what was credited since
		for m := v.s.moves.at(inv.lastMove); m != nil; m = v.s.moves.at(m.beforeHere) {
			if dayOf(m) < day {
				then += m.minor
			}
			if dayOf(m) < day || notes[m.fact] {
				owed += m.minor
			}
		}
		base := minMinor(owed, then-v.s.disputedOn(inv, AsOf{On: day - 1}))
		base = inv.dueBy(max(base, 0), day-1).Minor
		if base > 0 && to >= day {
			out = append(out, overdueRun{day, to, base})
		}
	}
	return out
}

// paidSince tells, by the fact of each of c's settlements that was booked on a later day than
// its money came, when that was: the month was closed, or it lay on account. Whoever has paid
// owes no interest. Money that another settlement gave back counts from its booking.
func (v *View) paidSince(c *Customer) map[uint64]Date {
	out := map[uint64]Date{}
	for p := v.Payment(c.lastPayment); p != nil; p = v.Payment(p.before) {
		for st := v.s.settlements.at(p.lastSettled); st != nil && p.freed == 0; st = v.s.settlements.at(st.before) {
			if p.paidOn() < st.Date {
				out[st.fact] = p.paidOn()
			}
		}
	}
	return out
}

// percentOn is the rate of a rule on a day, and the last day on which it surely holds.
func (v *View) percentOn(r InterestRule, day Date) (decimal.Decimal, Date, error) {
	const never = Date(1 << 30)
	l := lawOf(r)
	if l == nil {
		return decimal.RequireFromString(strings.TrimSuffix(string(r), "%")), never, nil
	}
	list, at, until := v.s.interestRates[r.table()], day, never
	if l.halfYear {
		at, until = halfYear(day)
		if l.eve {
			at--
		}
	}
	n := sort.Search(len(list), func(i int) bool { return list[i].Date > at })
	if n == 0 {
		return decimal.Zero, 0, Refuse(NotFound, "interest.norate", "date", at, "day", at.String(), "table", r.table())
	}
	if !l.halfYear && n < len(list) {
		until = list[n].Date - 1
	}
	return list[n-1].Percent.Add(l.margin), until, nil
}

// halfYear returns the first and the last day of the half-year that day lies in.
func halfYear(day Date) (first, last Date) {
	y, m, _ := day.Parts()
	if m <= 6 {
		return NewDate(y, 1, 1), NewDate(y, 6, 30)
	}
	return NewDate(y, 7, 1), NewDate(y, 12, 31)
}

// interestPeriods cuts spans where the rate or the length of the year changes, and computes
// each piece. It returns a NotFound refusal for a reference rate that is not known.
func (v *View) interestPeriods(spans []overdueRun, r InterestRule, cur Currency) (out []InterestPeriod, err error) {
	count := v.s.company.DayCount
	for _, sp := range spans {
		for day := sp.from; day <= sp.to; {
			percent, until, err := v.percentOn(r, day)
			if err != nil {
				return nil, err
			}
			if count == ActualActual {
				until = min(until, NewDate(day.Year(), 12, 31))
			}
			p := InterestPeriod{From: day, To: min(sp.to, until), Base: Money{sp.minor, cur}, Percent: percent, YearDays: count.yearDays(day)}
			day = p.To + 1
			if n := len(out); n > 0 && out[n-1].goesOn(&p) {
				out[n-1].To = p.To
			} else {
				out = append(out, p)
			}
		}
	}
	for i := range out {
		if err := out[i].compute(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// goesOn reports whether q is p carried on, at the same sum and rate.
func (p *InterestPeriod) goesOn(q *InterestPeriod) bool {
	return p.To+1 == q.From && p.Base == q.Base && p.Percent.Equal(q.Percent) && p.YearDays == q.YearDays
}
