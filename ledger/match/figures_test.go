package match_test

import (
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"duebot/ledger"
	"duebot/ledger/match"
	"duebot/ledger/match/matchtest"
)

// tally counts what became of the lines of a class.
type tally struct {
	lines, posted, wrong int
	proposed, inThree    int // of those not posted
	quiet                int // without any candidate
}

func (a *tally) add(b tally) {
	a.lines, a.posted, a.wrong = a.lines+b.lines, a.posted+b.posted, a.wrong+b.wrong
	a.proposed, a.inThree, a.quiet = a.proposed+b.proposed, a.inThree+b.inThree, a.quiet+b.quiet
}

// bookOf is what a company's books would tell the matcher of a made world.
func bookOf(w *matchtest.World) *match.Book {
	b := match.New(match.Rules{Tolerance: 1, Withheld: w.Withheld, Accounts: []string{w.Account}, TaxID: w.TaxID})
	for _, c := range w.Customers {
		b.Know(match.Customer{ID: c.ID, Names: []string{c.Name}, TaxID: c.TaxID})
		if c.Known {
			b.LearnAccount(c.Account, c.ID)
		}
	}
	for _, x := range w.Invoices {
		b.Put(match.Item{Invoice: x.ID, Customer: x.Customer, Number: x.Number, Date: x.Date, Due: x.Due, Open: x.Open, Net: x.Net,
			Early: match.Early{Pay: x.EarlyPay, Until: x.Until}, Parts: x.Parts})
	}
	return b
}

// isRight reports whether c is what the payer meant. Where he named nothing, a customer's
// invoices of one sum are as good as each other: nothing in the line tells them apart.
func isRight(l *matchtest.Line, c *match.Candidate) bool {
	paid, sums := map[ledger.InvoiceID]int64{}, []int64(nil)
	for _, p := range c.Parts {
		paid[p.Invoice] = p.Amount.Minor
		sums = append(sums, p.Amount.Minor)
	}
	if l.Truth.Customer == 0 || c.Rest.Minor != l.Truth.Rest {
		return false
	}
	if l.Class != "no reference" {
		return maps.Equal(paid, l.Truth.Paid)
	}
	slices.Sort(sums)
	return c.Customer == l.Truth.Customer && slices.Equal(sums, slices.Sorted(maps.Values(l.Truth.Paid)))
}

// judge compares a verdict with the truth.
func judge(l *matchtest.Line, v match.Verdict) (t tally) {
	t.lines = 1
	right := func(c match.Candidate) bool { return isRight(l, &c) }
	switch {
	case v.Kind == match.Post:
		t.posted = 1
		if !right(v.Candidates[0]) {
			t.wrong = 1
		}
		return t
	case l.Truth.Customer == 0: // nobody can be the right one: the card's own button is
		if len(v.Candidates) == 0 {
			t.quiet = 1
		}
		return t
	}
	t.proposed = 1
	if slices.ContainsFunc(v.Candidates[:min(3, len(v.Candidates))], right) {
		t.inThree = 1
	}
	return t
}

// cost is what a world of a seed took.
type cost struct {
	making, matching time.Duration
	size             uint64 // of the Book, in bytes
}

func (c cost) most(x cost) cost {
	return cost{max(c.making, x.making), max(c.matching, x.matching), max(c.size, x.size)}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// measure matches lines of a world of a seed; by gets the sums over the classes.
func measure(seed uint64, invoices, lines int, by map[string]*tally, misses func(*matchtest.Line, match.Verdict)) (c cost) {
	w := matchtest.New(seed, invoices)
	all := w.Lines(lines)
	before, began := heap(), time.Now()
	b := bookOf(w)
	c.making = time.Since(began)
	c.size = heap() - before
	began = time.Now()
	for i := range all {
		l := &all[i]
		v := b.Match(l.BankLine)
		got := judge(l, v)
		for _, name := range []string{l.Class, l.Class + ": " + l.How, "all"} {
			if by[name] == nil {
				by[name] = &tally{}
			}
			by[name].add(got)
		}
		if misses != nil && (got.wrong > 0 || got.proposed > got.inThree) {
			misses(l, v)
		}
	}
	c.matching = time.Since(began)
	runtime.KeepAlive(w)
	return c
}

// thousandths is a of b as "99.9".
func thousandths(a, b int) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("%d.%d", a*1000/b/10, a*1000/b%10)
}

func table(by map[string]*tally) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%-36s %9s %8s %8s %10s %8s\n", "class", "lines", "posted%", "wrong", "in three%", "quiet%")
	for _, name := range slices.Sorted(maps.Keys(by)) {
		x := by[name]
		fmt.Fprintf(&s, "%-36s %9d %8s %8d %10s %8s\n", name, x.lines, thousandths(x.posted, x.lines), x.wrong, thousandths(x.inThree, x.proposed), thousandths(x.quiet, x.lines))
	}
	return s.String()
}

// holds fails unless the figures are what finance was promised.
func holds(t *testing.T, by map[string]*tally) {
	t.Helper()
	all, none := by["all"], tally{}
	for _, class := range []string{"no reference", "not ours"} {
		none.add(*by[class])
	}
	if none.wrong > 0 {
		t.Errorf("%d lines without a reference were posted wrongly", none.wrong)
	}
	if all.wrong*1000 > all.posted {
		t.Errorf("%d of %d posted lines are wrong, more than one of a thousand", all.wrong, all.posted)
	}
	if all.posted*100 < all.lines*75 {
		t.Errorf("%d of %d lines were posted, less than three quarters", all.posted, all.lines)
	}
	if all.inThree*100 < all.proposed*98 {
		t.Errorf("%d of %d proposals have the right candidate among the first three, less than 98 of 100", all.inThree, all.proposed)
	}
}

// Matching keeps what it promises, on lines whose truth is known: seeds 1 to 20 are for whoever
// tunes it.
func TestMatchingFigures(t *testing.T) {
	by := map[string]*tally{}
	for seed := uint64(1); seed <= 3; seed++ {
		measure(seed, 5000, 1500, by, nil)
	}
	holds(t, by)
	if t.Failed() {
		t.Log("\n" + table(by))
	}
}

// The same over more seeds, with 100,000 open invoices and 10,000 lines each: make bench-matching. DUEBOT_MATCHING is the
// first and the last seed.
func TestMatchingFiguresWhole(t *testing.T) {
	first, last, ok := seeds(t)
	if !ok {
		t.Skip("DUEBOT_MATCHING does not say from which seed to which")
	}
	by, longest := map[string]*tally{}, cost{}
	shown := 0
	for seed := first; seed <= last; seed++ {
		longest = longest.most(measure(seed, invoicesOf(), 10_000, by, func(l *matchtest.Line, v match.Verdict) {
			if want := os.Getenv("DUEBOT_MATCHING_MISSES"); want == "" || !strings.Contains(l.Class+": "+l.How, want) && (want != "wrong" || v.Kind != match.Post) {
				return
			}
			if shown++; shown <= 60 {
				fmt.Printf("%s: %s | %q %q %q paid %v rest %d\n", l.Class, l.How, l.Text, l.PartyName, l.Amount, l.Truth.Paid, l.Truth.Rest)
				for _, c := range v.Candidates[:min(3, len(v.Candidates))] {
					fmt.Printf("   %s %d %v rest %v %v\n", v.Kind, c.Score, c.Parts, c.Rest, c.Reasons)
				}
			}
		}))
	}
	fmt.Printf("%s\n10,000 lines took %v at most; the Book was made in %v and takes %d MiB\n", table(by), longest.matching, longest.making, longest.size>>20)
	holds(t, by)
	if longest.matching > 5*time.Second {
		t.Errorf("10,000 lines took %v, more than 5 s", longest.matching)
	}
}

func seeds(t *testing.T) (first, last uint64, ok bool) {
	a, b, ok := strings.Cut(os.Getenv("DUEBOT_MATCHING"), "-")
	if !ok {
		return 0, 0, false
	}
	first, err := strconv.ParseUint(a, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if last, err = strconv.ParseUint(b, 10, 64); err != nil {
		t.Fatal(err)
	}
	return first, last, true
}

// invoicesOf is how many invoices are open in the whole measurement.
func invoicesOf() int {
	if n, err := strconv.Atoi(os.Getenv("DUEBOT_MATCHING_INVOICES")); err == nil {
		return n
	}
	return 100_000
}
