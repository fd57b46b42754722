package ledger

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Month is a month of the calendar: the year times twelve, and 0 for January to 11 for
// December. The zero Month is none.
type Month int32

// MonthOf is the month that d lies in.
func MonthOf(d Date) Month {
	y, m, _ := d.Parts()
	return Month(y*12 + int(m) - 1)
}

var monthForm = regexp.MustCompile(`^([12]\d{3})-(0[1-9]|1[0-2])$`)

// ParseMonth reads "2026-09". It returns a BadInput refusal otherwise.
func ParseMonth(s string) (Month, error) {
	m := monthForm.FindStringSubmatch(s)
	if m == nil {
		return 0, Refuse(BadInput, "month.unknown", "text", s)
	}
	year, _ := strconv.Atoi(m[1])
	month, _ := strconv.Atoi(m[2])
	return Month(year*12 + month - 1), nil
}

// First is the month's first day.
func (m Month) First() Date { return NewDate(int(m)/12, time.Month(m%12+1), 1) }

// Last is the month's last day.
func (m Month) Last() Date { return (m + 1).First() - 1 }

// String returns "2026-09", or "" for none.
func (m Month) String() string {
	if m == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", int(m)/12, int(m)%12+1)
}

// Periods close in order: to close a month is to close all before it, so that one month
// tells which dates may still be booked, and no open month lies among closed ones.

// PeriodAct is one closing or reopening, for the list.
type PeriodAct struct {
	Month  Month
	Closed bool // else reopened
	On     Date
	By     string // "slack:UFINANCE01"
	Reason string // of a reopening
}

// PeriodClosed is the fact that Month and all before it take no more dates.
type PeriodClosed struct{ Month Month }

func (x *PeriodClosed) kind() factKind { return kindPeriodClosed }

func (x *PeriodClosed) code(c *coder) { num(c, &x.Month) }

func (x *PeriodClosed) apply(s *state, f *Fact) {
	set(s, &s.closed, x.Month)
	s.addPeriodAct(PeriodAct{Month: x.Month, Closed: true, On: f.Effective, By: f.By})
}

// PeriodReopened is the fact that Month, the last closed one, takes dates again.
type PeriodReopened struct {
	Month  Month
	Reason string
}

func (x *PeriodReopened) kind() factKind { return kindPeriodReopened }

func (x *PeriodReopened) code(c *coder) {
	num(c, &x.Month)
	str(c, &x.Reason)
}

func (x *PeriodReopened) apply(s *state, f *Fact) {
	set(s, &s.closed, x.Month-1)
	s.addPeriodAct(PeriodAct{Month: x.Month, On: f.Effective, By: f.By, Reason: x.Reason})
}

func (s *state) addPeriodAct(a PeriodAct) {
	set(s, &s.periods, append(slices.Clip(s.periods), a))
}

// ClosedThrough is the last closed month; 0 while none is.
func (v *View) ClosedThrough() Month { return v.s.closed }

// PeriodActs are all closings and reopenings, oldest first. They must not be changed.
func (v *View) PeriodActs() []PeriodAct { return v.s.periods }

// CheckOpen returns a Conflict refusal when d lies in a closed month.
func (v *View) CheckOpen(d Date) error {
	if m := MonthOf(d); v.s.closed != 0 && m <= v.s.closed {
		return Refuse(Conflict, "period.closed", "date", d, "month", v.s.closed.String(), "open", (v.s.closed + 1).First())
	}
	return nil
}

// ClosePeriod closes m and all months before it. It returns a BadInput refusal for a month
// that is not over, and a Conflict for one that is closed.
func (tx *Tx) ClosePeriod(m Month) error {
	if m.Last() >= tx.Today() {
		return Refuse(BadInput, "period.running", "month", m.String(), "last", (MonthOf(tx.Today()) - 1).String())
	}
	if m <= tx.s.closed {
		return Refuse(Conflict, "period.already", "month", m.String(), "closed", tx.s.closed.String())
	}
	if err := tx.reserved(); err != nil {
		return err
	}
	_, err := tx.append(tx.Today(), &PeriodClosed{m})
	return err
}

// reasonMax is the longest reason that a fact holds, in bytes.
const reasonMax = 500

// ReopenPeriod lets m take dates again; the reason is on record. It returns a Conflict
// refusal unless m is the last closed month: later ones have been built on it.
func (tx *Tx) ReopenPeriod(m Month, reason string) error {
	switch {
	case tx.s.closed == 0 || m > tx.s.closed:
		return Refuse(Conflict, "period.notclosed", "month", m.String())
	case m < tx.s.closed:
		return Refuse(Conflict, "period.later", "month", m.String(), "last", tx.s.closed.String())
	case reason == "" || len(reason) > reasonMax:
		return Refuse(BadInput, "period.why", "month", m.String())
	}
	_, err := tx.append(tx.Today(), &PeriodReopened{m, reason})
	return err
}

// gate is where every fact passes on its way into the books, and gives the date that it is
// booked at. A date that somebody typed into a closed month is refused. Money that a
// provider or a bank reports is there, whatever the books say, and so is what the program
// dates by itself: these take today, and a payment keeps its own day beside it.
func (tx *Tx) gate(effective Date, body Body) (Date, error) {
	refused := tx.CheckOpen(effective)
	if refused == nil {
		return effective, nil
	}
	// A change of the company's zone may put today back, into a month that was over.
	open := max(tx.Today(), (tx.s.closed + 1).First())
	switch x := body.(type) {
	case *InvoiceIssued, *Refunded:
		return 0, refused
	case *ChequeReceived, *ChequeMoved:
		if !keptForEver(tx.cmd.Key) {
			return 0, refused
		}
	case *PaymentReceived:
		if !keptForEver(tx.cmd.Key) {
			return 0, refused
		}
		x.Dated = effective
	}
	return open, nil
}
