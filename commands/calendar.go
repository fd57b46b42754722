package commands

import (
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// A calendar in the keyboard: one page is a month of the reader's own calendar, its weeks
// begin as his country's do, else his language's, days of a weekend stand in brackets, and days
// that cannot be chosen are dots.

// calendarPage is a page of a calendar of which a day is picked.
type calendarPage struct {
	on      ledger.Date            // a day of the month that is shown
	from    ledger.Date            // the first day that can be picked
	until   ledger.Date            // the last
	first   int                    // day that weeks begin with, 0 for Sunday
	persian bool                   // the month is one of the Persian calendar
	free    func(ledger.Date) bool // days on which whoever reads it does not work: they are marked
	do      string                 // verb of its buttons
	day     func(ledger.Date) string
	turn    func(ledger.Date) string // to the page of a day
	dead    string                   // of what is not to be picked
}

// Keyboard rows of a page: the month, which some languages write long, the names of the days, the
// weeks; and the ways to the months beside it.
const (
	rowMonth = iota + 1
	rowNames
	rowWeeks
)

// buttons are the page as rows of a keyboard.
func (p *calendarPage) buttons() (out []card.Button) {
	begins, after := p.month(p.on)
	dead := func(label card.Text, row int) card.Button {
		return card.Button{Label: label, Do: p.do, Arg: p.dead, Row: row}
	}
	out = append(out, dead(card.T("value", "value", p.title()), rowMonth))
	for i := range 7 {
		out = append(out, dead(card.T("value", "value", card.WeekdayHead((p.first+i)%7)), rowNames))
	}
	row := rowWeeks
	for range (int(begins.Weekday()) - p.first + 7) % 7 {
		out = append(out, dead(card.Plain(blank), row))
	}
	for d := begins; d < after; d++ {
		if d > begins && int(d.Weekday()) == p.first {
			row++
		}
		if d < p.from || d > p.until {
			out = append(out, dead(card.Plain(unpickable), row))
			continue
		}
		label := card.T("value", "value", p.number(d))
		if p.free != nil && p.free(d) {
			label = card.T("calendar.weekend", "day", p.number(d))
		}
		out = append(out, card.Button{Label: label, Do: p.do, Arg: p.day(d), Row: row})
	}
	for d := after; int(d.Weekday()) != p.first; d++ {
		out = append(out, dead(card.Plain(blank), row))
	}
	if begins > p.from {
		out = append(out, card.Button{Label: card.Plain("‹"), Do: p.do, Arg: p.turn(begins - 1), Row: row + 1})
	}
	if after <= p.until {
		out = append(out, card.Button{Label: card.Plain("›"), Do: p.do, Arg: p.turn(after), Row: row + 1})
	}
	return out
}

// Labels of buttons that do nothing: a place without a day, and a day that cannot be picked.
const (
	blank      = "\u2003"
	unpickable = "·"
)

// month is the first day of the month that d lies in, and the first day after it.
func (p *calendarPage) month(d ledger.Date) (begins, after ledger.Date) {
	y, m, _ := d.Parts()
	if p.persian {
		jy, jm, _ := jalali(d)
		return fromJalali(jy, jm, 1), fromJalali(jy+jm/12, jm%12+1, 1)
	}
	return ledger.NewDate(y, m, 1), ledger.NewDate(y, m+1, 1)
}

func (p *calendarPage) title() card.Month {
	if p.persian {
		jy, jm, _ := jalali(p.on)
		return card.Month{Year: jy, Month: jm, Jalali: true}
	}
	y, m, _ := p.on.Parts()
	return card.Month{Year: y, Month: int(m)}
}

func (p *calendarPage) number(d ledger.Date) int {
	if p.persian {
		_, _, n := jalali(d)
		return n
	}
	_, _, n := d.Parts()
	return n
}

// beside names the months of our calendar that a page of another one shows.
func (p *calendarPage) beside() []card.Text {
	if !p.persian {
		return nil
	}
	begins, after := p.month(p.on)
	y1, m1, _ := begins.Parts()
	y2, m2, _ := (after - 1).Parts()
	return []card.Text{card.T("chat.calendar.beside", "from", card.Month{Year: y1, Month: int(m1)}, "to", card.Month{Year: y2, Month: int(m2)})}
}

// calendar is how days are told in a language.
func (d *Desk) calendar(lang string) (first int, persian bool) {
	if d.Calendar == nil {
		return int(time.Monday), false
	}
	return d.Calendar(lang)
}
