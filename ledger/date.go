package ledger

import (
	"fmt"
	"time"
)

// Date is a day of the Gregorian calendar without a zone, as days since 1970-01-01. The
// zero Date is none. No time zone can move a Date: an invoice that is due on the 14th is
// due on the 14th everywhere.
type Date int32

// NewDate returns the day; months and days outside their range run over as in time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// DateOf is the day that it is at t in loc.
func DateOf(t time.Time, loc *time.Location) Date {
	y, m, d := t.In(loc).Date()
	return NewDate(y, m, d)
}

// ParseDate reads "2006-01-02". It returns a BadInput refusal for a day that does not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		return 0, Refuse(BadInput, "date.unknown", "text", s)
	}
	return NewDate(t.Date()), nil
}

func (d Date) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Year, Month and Day are d's parts.
func (d Date) Parts() (year int, month time.Month, day int) { return d.utc().Date() }

// Year is d's year.
func (d Date) Year() int { return d.utc().Year() }

// Weekday is d's day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// AddDays returns the day n days later.
func (d Date) AddDays(n int) Date { return d + Date(n) }

// At is the instant that clocks in loc show hour:minute on d. In the hour that spring
// skips it is the instant an hour later, as time.Date decides.
func (d Date) At(hour, minute int, loc *time.Location) time.Time {
	y, m, day := d.Parts()
	return time.Date(y, m, day, hour, minute, 0, 0, loc)
}

// String returns "2006-01-02", or "" for none.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	y, m, day := d.Parts()
	return fmt.Sprintf("%04d-%02d-%02d", y, int(m), day)
}

// DaysOverdue is the number of days that on lies after due; it is 0 or negative until the
// day after the due date. On is the customer's today for contacts, the as-of date for
// reports and the credit limit. Every overdue in the product is this function.
func DaysOverdue(due, on Date) int { return int(on - due) }
