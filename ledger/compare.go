package ledger

import (
	"slices"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"
)

// Two sides' lists of the same account, held against each other.

// AccountLine is a line of a customer's own list, as he keeps it: what is a debit to us is a
// credit to him.
type AccountLine struct {
	Line          int // of his file, from 1
	Date          Date
	Number        string // of the document
	Text          string
	Debit, Credit decimal.Decimal
	Currency      Currency // "": that of the account
}

// DifferenceKind is how two lists differ in a line, in one word.
type DifferenceKind string

// The kinds.
const (
	OnlyOurs   DifferenceKind = "ours"
	OnlyTheirs DifferenceKind = "theirs"
	OtherSum   DifferenceKind = "sum"
)

// Difference is a line that is not the same in both lists. Amounts are as we see them: a debit
// is positive.
type Difference struct {
	Kind     DifferenceKind
	Date     Date
	Number   string
	Currency Currency
	Ours     int64
	Theirs   int64
}

// matchDays is how far apart both sides may date the same payment.
const matchDays = 7

// side is a line of one of both lists, ready to be compared.
type side struct {
	date    Date
	number  string   // as it is shown
	words   []string // whole tokens by which it may be named, in capitals
	minor   int64
	matched bool
}

// Compare returns how c's account of p differs from his own list: by document and sum, payments
// also by sum and day. Which of his columns is ours is told by the better fit.
func (v *View) Compare(c *Customer, p Period, list []AccountLine) (out []Difference, err error) {
	for _, st := range v.Statement(c, p) {
		ours, err := v.ourSides(&st)
		if err != nil {
			return nil, err
		}
		mirrored := differ(ours, theirSides(list, &st, p, c.Currency, -1), st.Currency)
		same := differ(ours, theirSides(list, &st, p, c.Currency, 1), st.Currency)
		if len(same) < len(mirrored) {
			mirrored = same
		}
		out = append(out, mirrored...)
	}
	return out, nil
}

// ourSides are the lines of a statement.
func (v *View) ourSides(st *Statement) (out []side, err error) {
	for _, l := range st.Lines {
		f, err := v.fact(l.Fact)
		if err != nil {
			return nil, err
		}
		d := v.Describe(f)
		s := side{date: l.Date, number: strings.Join(d.Refs, ", "), minor: l.Amount.Minor}
		for _, ref := range d.Refs {
			s.words = append(s.words, docWord(ref))
		}
		if words, err := v.Text(d.Words); err == nil && d.Name == FactPayment {
			s.words = append(s.words, docWords(words)...)
		}
		out = append(out, s)
	}
	return out, nil
}

// theirSides are the lines of his list in the currency of a statement, within its days. Sign is
// -1 where his debit is our credit.
func theirSides(list []AccountLine, st *Statement, p Period, own Currency, sign int64) (out []side) {
	for _, l := range list {
		cur := l.Currency
		if cur == "" {
			cur = own
		}
		if cur != st.Currency || l.Date != 0 && (l.Date < p.From.AddDays(-matchDays) || l.Date > p.To.AddDays(matchDays)) {
			continue
		}
		m, err := Exact(l.Debit.Sub(l.Credit), st.Currency)
		if err != nil || m.Minor == 0 {
			continue
		}
		s := side{date: l.Date, number: l.Number, minor: sign * m.Minor, words: append([]string{docWord(l.Number)}, docWords(l.Text)...)}
		if s.number == "" {
			s.number = l.Text
		}
		out = append(out, s)
	}
	return out
}

// docWord is a document's number as it is compared: without what people put between its parts.
func docWord(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

// docWordsMost is how many words of a text may be a document's number.
const docWordsMost = 20

// docWords are the words of a text that may be a document's number: 1001 is not in 10012.
func docWords(text string) (out []string) {
	for w := range strings.FieldsSeq(text) {
		if w = docWord(w); strings.ContainsFunc(w, unicode.IsDigit) && len(w) > 2 && !slices.Contains(out, w) {
			if out = append(out, w); len(out) == docWordsMost {
				break
			}
		}
	}
	return out
}

// differ matches lines by document and sum, then by document, then by sum and day; what is left
// is on one side only. Each line takes the first of the other side that fits.
func differ(ours, theirs []side, cur Currency) (out []Difference) {
	ours = slices.Clone(ours)
	byWord, bySum := map[string][]int{}, map[int64][]int{}
	for j := range theirs {
		for _, w := range theirs[j].words {
			byWord[w] = append(byWord[w], j)
		}
		bySum[theirs[j].minor] = append(bySum[theirs[j].minor], j)
	}
	delete(byWord, "")
	named := func(a *side) (near [][]int) {
		for _, w := range a.words {
			near = append(near, byWord[w])
		}
		return near
	}
	match := func(near func(a *side) [][]int, fits func(a, b *side) bool, sums bool) {
		for i := range ours {
			a := &ours[i]
			if a.matched {
				continue
			}
			first := len(theirs)
			for _, places := range near(a) {
				for _, j := range places {
					if b := &theirs[j]; j >= first || !b.matched && fits(a, b) {
						first = min(first, j)
						break
					}
				}
			}
			if first == len(theirs) {
				continue
			}
			b := &theirs[first]
			a.matched, b.matched = true, true
			if sums {
				out = append(out, Difference{OtherSum, a.date, a.number, cur, a.minor, b.minor})
			}
		}
	}
	match(named, func(a, b *side) bool { return a.minor == b.minor }, false)
	match(named, func(a, b *side) bool { return a.minor > 0 == (b.minor > 0) }, true)
	match(func(a *side) [][]int { return [][]int{bySum[a.minor]} }, func(a, b *side) bool {
		return b.date != 0 && a.date <= b.date.AddDays(matchDays) && b.date <= a.date.AddDays(matchDays)
	}, false)
	for _, a := range ours {
		if !a.matched {
			out = append(out, Difference{OnlyOurs, a.date, a.number, cur, a.minor, 0})
		}
	}
	for _, b := range theirs {
		if !b.matched {
			out = append(out, Difference{OnlyTheirs, b.date, b.number, cur, 0, b.minor})
		}
	}
	slices.SortStableFunc(out, func(a, b Difference) int { return int(a.Date) - int(b.Date) })
	return out
}
