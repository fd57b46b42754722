package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"duebot/ledger"
	"duebot/ledger/holidays"
)

// calendarFile is what the company says of days that are not what their day of the week says.
type calendarFile struct {
	Holidays string `toml:"holidays"` // a file of free days and of worked ones; "" for none
}

// beside makes the file's path that of one beside the configuration.
func (f *calendarFile) beside(config string) {
	if f.Holidays != "" && !filepath.IsAbs(f.Holidays) {
		f.Holidays = filepath.Join(filepath.Dir(config), f.Holidays)
	}
}

// days are the public holidays of all countries, with the company's own over them.
func (f *calendarFile) days() (*holidays.Calendar, error) {
	if f.Holidays == "" {
		return holidays.New(), nil
	}
	return holidays.Load(f.Holidays)
}

// check tells every line of the file that cannot be read.
func (f *calendarFile) check(bad func(setting, format string, args ...any)) {
	if _, err := f.days(); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			bad("calendar.holidays", "%s", line)
		}
	}
}

// countries are those of the company and of its customers, each once.
func countries(v *ledger.View) (out []ledger.Country) {
	seen := map[ledger.Country]bool{}
	add := func(of ledger.Country) {
		if !seen[of] {
			seen[of] = true
			out = append(out, of)
		}
	}
	add(v.Home())
	v.Customers(func(c *ledger.Customer) { add(v.CountryOf(c)) })
	return out
}

// warnOfCalendar logs for which countries of its customers no holidays are known.
func (b *Bot) warnOfCalendar() error {
	return b.books.View(func(v *ledger.View) error {
		for _, gap := range b.calendar.Gaps(countries(v), v.Today()) {
			b.log.Warn(gap)
		}
		return nil
	})
}

// adviseOnCalendar tells the same of a ledger that no process works with; of another one serve has
// told it.
func adviseOnCalendar(cfg Config, out io.Writer) {
	cal, err := cfg.Calendar.days()
	if err != nil || !exists(cfg.DB) {
		return
	}
	books, err := openStopped(cfg.DB)
	if err != nil {
		return
	}
	defer books.Close()
	err = books.View(func(v *ledger.View) error {
		for _, gap := range cal.Gaps(countries(v), v.Today()) {
			fmt.Fprintf(out, "note  %s\n", gap)
		}
		return nil
	})
	if err != nil {
		fmt.Fprintf(out, "note  the ledger's customers cannot be looked at: %v\n", err)
	}
}
