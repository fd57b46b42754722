package bank

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"duebot/adapters/cells"
	"duebot/ledger"
)

// What is asked of all rows of a table before it is read: how its days and sums are written, and
// what no single row tells.

// votes are which way cells that can be read in one way only speak for.
type votes struct {
	ways    map[string]bool
	unclear bool   // a cell needs to know
	example string // the first that does
}

func (v *votes) add(way, example string) {
	if v.ways == nil {
		v.ways = map[string]bool{}
	}
	if way != "" {
		v.ways[way] = true
	}
	v.unclear = v.unclear || example != ""
	v.example = firstOf(v.example, example)
}

// settled reports whether enough rows have been asked: later ones that differ are problems of
// their own.
func (v *votes) settled(rows int) bool { return rows > 5000 && len(v.ways) > 0 }

// winner is the way that all speak for.
func (v *votes) winner() string {
	if len(v.ways) == 1 {
		for way := range v.ways {
			return way
		}
	}
	return ""
}

// surveyed is what all rows of a table tell together.
type surveyed struct {
	days, sums votes
	shortDays  votes // of years of two digits, where they are not Persian
	short      shortVotes
	currency   ledger.Currency // that sums carry, where it is one
	came, went bool            // some sums do, by their sign

	rows  int
	day   string
	minus int // so many of ColDebit have one
	plain int // so many have none
	fees  feeVotes
	whose ownSide
	words wordVotes
}

// survey goes through all rows.
func (t *table) survey() (*surveyed, error) {
	v := &surveyed{fees: feeVotes{last: map[part]feeRow{}}}
	t.parts = nil
	err := t.each(func(row []string, line int) error {
		v.row(t, row)
		for _, c := range []Column{ColDate, ColValue} {
			if s := t.cell(row, c); s != "" {
				v.short.add(s, line)
			}
		}
		return t.note(row, line)
	})
	t.apart = v.fees.apart > v.fees.within
	ours := v.whose.one()
	if ours != "" && t.m.at(ColAccount) < 0 && t.owner == "" {
		t.owner = ours
		for i := range t.parts {
			t.parts[i].account = ours
		}
	}
	t.told = ours != "" && v.came && !v.went && t.m.at(ColSign) < 0
	t.losses = v.minus > v.plain
	t.tied = v.minus > 0 && v.minus == v.plain && t.m.at(ColBalance) < 0
	t.signs = v.words.say()
	if len(t.parts) == 0 {
		t.parts = []part{t.partOf(nil)}
	}
	if t.short = v.short.say(t); t.short == shortOthers {
		for way := range v.shortDays.ways {
			v.days.add(way, "")
		}
		v.days.add("", v.shortDays.example)
	}
	return v, err
}

// row takes one.
func (v *surveyed) row(t *table, row []string) {
	v.rows++
	for _, c := range []Column{ColDate, ColValue} {
		if s := t.cell(row, c); s != v.day && !v.days.settled(v.rows) {
			votes := &v.days
			if twoDigits.MatchString(plainOf(s)) {
				votes = &v.shortDays
			}
			votes.add(cells.OrderOf([]string{clockPart.ReplaceAllString(s, "")}))
			v.day = s
		}
	}
	for _, c := range []Column{ColAmount, ColDebit, ColCredit, ColBalance} {
		if s := t.cell(row, c); s != "" {
			v.sum(c, s, c == ColAmount && t.credited(row))
		}
	}
	v.fees.add(t, row)
	v.words.add(t, row)
	payer, payee := sideOf(t.cell(row, ColPayerAccount)), sideOf(t.cell(row, ColPayeeAccount))
	v.whose.add(payer.number, payee.number)
}

func (v *surveyed) sum(c Column, s string, credited bool) {
	if !v.sums.settled(v.rows) {
		v.sums.add(cells.PointOf([]string{s}))
	}
	if own := currencyIn(s); own != "" {
		v.currency = own
	}
	minus := strings.ContainsAny(s, "-(−")
	switch {
	case !strings.ContainsAny(s, "123456789"):
	case c == ColAmount:
		m := sideSuffix.FindStringSubmatch(s)
		minus = minus && !credited || m != nil && wentSuffix(m[2])
		v.came, v.went = v.came || !minus, v.went || minus
	case c == ColDebit:
		v.minus, v.plain = v.minus+b2i(minus), v.plain+b2i(!minus)
	}
}

// ownSide looks for the account that is on one side of each row: ours.
type ownSide struct {
	rows       int
	candidates []string
}

func (o *ownSide) add(payer, payee string) {
	if payer == "" && payee == "" {
		return
	}
	if o.rows++; o.rows == 1 {
		o.candidates = []string{payer, payee}
		return
	}
	o.candidates = slices.DeleteFunc(o.candidates, func(a string) bool { return a != payer && a != payee })
}

func (o *ownSide) one() string {
	if o.rows > 1 && len(o.candidates) == 1 {
		return o.candidates[0]
	}
	return ""
}

// signRule is how a word for the direction and the sign of the amount beside it go together.
type signRule int

const (
	byWord    signRule = iota // the word tells, whatever the sign: on some cards what came is negative
	bySign                    // what went has a minus: the word says it again
	byProduct                 // sums have no minus: one that has it takes back what its word says
)

// wordVotes counts the signs of amounts by the words beside them.
type wordVotes struct{ out, outMinus, in, inMinus int }

func (v *wordVotes) add(t *table, row []string) {
	if t.m.at(ColSign) < 0 || t.m.at(ColAmount) < 0 {
		return
	}
	d, err := tableSum(t.cell(row, ColAmount), t.m.Point)
	if err != nil || d.IsZero() {
		return
	}
	switch signOf(t.cell(row, ColSign)) {
	case signOut:
		v.out++
		v.outMinus += b2i(d.IsNegative())
	case signIn:
		v.in++
		v.inMinus += b2i(d.IsNegative())
	}
}

func (v *wordVotes) say() signRule {
	switch {
	case 2*v.inMinus > v.in:
		return byWord
	case 2*v.outMinus > v.out:
		return bySign
	}
	return byProduct
}

// feeRow is a row by which the next one tells whether fees are within the amounts.
type feeRow struct{ amount, fee, balance decimal.Decimal }

// feeVotes counts the fees by which balances fell beside the amounts, and those by which they
// did not.
type feeVotes struct {
	last          map[part]feeRow
	apart, within int
}

func (v *feeVotes) add(t *table, row []string) {
	if t.m.at(ColFee) < 0 || t.m.at(ColAmount) < 0 || t.m.at(ColBalance) < 0 {
		return
	}
	amount, err1 := tableSum(t.cell(row, ColAmount), t.m.Point)
	balance, err2 := tableSum(t.cell(row, ColBalance), t.m.Point)
	if err1 != nil || err2 != nil {
		return
	}
	fee, _ := tableSum(t.cell(row, ColFee), t.m.Point) // none is zero
	now, p := feeRow{amount, fee.Abs(), balance}, t.partOf(row)
	before, any := v.last[p]
	if v.last[p] = now; !any {
		return
	}
	for _, step := range []struct {
		rise decimal.Decimal
		by   feeRow
	}{{now.balance.Sub(before.balance), now}, {before.balance.Sub(now.balance), before}} { // the oldest row first, or last
		switch {
		case step.by.fee.IsZero():
		case step.rise.Equal(step.by.amount.Sub(step.by.fee)):
			v.apart++
		case step.rise.Equal(step.by.amount):
			v.within++
		}
	}
}
