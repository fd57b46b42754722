// Package holidays knows on which days the countries of customers do not work, and on which days
// of a weekend they do: by rules of github.com/rickar/cal, over these by days of our own, and over
// both by those of the company.
package holidays

import (
	_ "embed"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"duebot/ledger"
)

//go:embed holidays.txt
var ours string

// our is what holidays.txt says. It is ours, and its tests read it: it has no mistakes.
var our = sync.OnceValue(func() *list {
	l, err := read("holidays.txt", ours, true)
	if err != nil {
		panic(err)
	}
	return l
})

// Calendar is a ledger.Calendar of public holidays. It never changes, and may be used by several
// goroutines.
type Calendar struct {
	own   *list
	years sync.Map // year → map[ledger.Date]ledger.Special, worked out when they are asked for
}

// year is one of a country.
type year struct {
	country ledger.Country
	of      int
}

// New is the calendar of a company that has no days of its own.
func New() *Calendar { return &Calendar{own: &list{}} }

// Load is the calendar with a company's own days, which a file tells. Its error names each line
// of the file that cannot be read, one on a line.
func Load(path string) (*Calendar, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	own, err := read(path, string(text), false)
	if err != nil {
		return nil, err
	}
	return &Calendar{own: own}, nil
}

// Special tells of a day that is not what its day of the week says.
func (c *Calendar) Special(d ledger.Date, of ledger.Country) (s ledger.Special, ok bool) {
	key := year{of, d.Year()}
	days, known := c.years.Load(key)
	if !known {
		days, _ = c.years.LoadOrStore(key, c.year(key))
	}
	s, ok = days.(map[ledger.Date]ledger.Special)[d]
	return s, ok
}

// year works a year of a country out.
func (c *Calendar) year(y year) map[ledger.Date]ledger.Special {
	out := map[ledger.Date]ledger.Special{}
	byRule(y, out)
	our().year(y, out)
	c.own.year(y, out)
	return out
}

// Known tells whether the public holidays of a country are known, and until which day all of them
// are; 0 is for ever.
func (c *Calendar) Known(of ledger.Country) (until ledger.Date, known bool) {
	if rules()[of] == nil && !our().has(of) && !c.own.has(of) {
		return 0, false
	}
	if end := c.own.until[of]; end != 0 {
		return end, true
	}
	return our().until[of], true
}

// Gaps says, one on a line, for which of these countries no holidays are known, and for which only
// until a day that is less than months away.
func (c *Calendar) Gaps(countries []ledger.Country, today ledger.Date) (out []string) {
	for _, of := range countries {
		until, known := c.Known(of)
		switch {
		case of == "":
		case !known:
			out = append(out, fmt.Sprintf("no public holidays of %s are known: weekends alone are free there; write them into the file of calendar.holidays", of))
		case until != 0 && until < today.AddDays(gapDays):
			out = append(out, fmt.Sprintf("the public holidays of %s are known until %s; write what comes after into the file of calendar.holidays", of, until))
		}
	}
	return out
}

// gapDays is how far ahead holidays should be known: as far as reminders are looked up.
const gapDays = 90

// Countries are all whose holidays are known without a company's file.
func Countries() []ledger.Country {
	all := map[ledger.Country]bool{}
	for of := range rules() {
		all[of] = true
	}
	for _, x := range our().days {
		for _, of := range x.countries {
			all[of] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Keys are the names that days have among the texts.
func Keys() []string {
	all := map[string]bool{}
	for _, x := range our().days {
		all[x.special.Key] = true
	}
	for _, key := range keys {
		all[key] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// joined puts mistakes together, one on a line.
func joined(mistakes []string) error {
	if len(mistakes) == 0 {
		return nil
	}
	return fmt.Errorf("%s", strings.Join(mistakes, "\n"))
}
