package ledger

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// TermsKind is how a due date follows from an invoice's date. The numbers are part of the
// file format.
type TermsKind uint8

// The kinds.
const (
	NetDays         TermsKind = 0 // Days after the date
	EndOfMonth      TermsKind = 1 // the last day of the date's month, and Days more
	EndOfNextMonth  TermsKind = 2 // the last day of the month after, and Days more
	DayOfMonthAfter TermsKind = 3 // Days after the date, and then day Day of the following month
)

// Terms say when an invoice is due, and what an early payment saves.
type Terms struct {
	Kind TermsKind
	Days int // 0 to 365
	Day  int // of DayOfMonthAfter: 1 to 31; in a shorter month its last day

	// Discount is the percentage off for a payment within DiscountDays of the invoice's date,
	// that day included; 0 for none.
	Discount     decimal.Decimal
	DiscountDays int
}

// DefaultTerms hold where a customer was given none.
var DefaultTerms = Terms{Days: 14}

func (t *Terms) code(c *coder) {
	num(c, &t.Kind)
	num(c, &t.Days)
	num(c, &t.Day)
	c.dec(&t.Discount)
	num(c, &t.DiscountDays)
}

const termsDaysMax = 365

var (
	netForm      = regexp.MustCompile(`^(?:net)?(\d{1,3})d?$`)
	monthEndForm = regexp.MustCompile(`^(eom|eonm)(?:\+?(\d{1,3}))?$`)
	dayForm      = regexp.MustCompile(`^(?:net)?(\d{1,3})d?day(\d{1,2})$`)
	discountForm = regexp.MustCompile(`^(\d{1,2}(?:[.,]\d{1,2})?)/(\d{1,3})((?:net|eom|eonm).*)$`)
)

// ParseTerms reads the forms of String: "net14", "eom+10", "eonm+10", "net30day10", each
// with an early-payment discount in front ("2/10net30"), and "14d" for net14. It returns a
// BadInput refusal otherwise.
func ParseTerms(s string) (Terms, error) {
	bad := Refuse(BadInput, "terms.unknown", "text", s)
	text := strings.ToLower(strings.Join(strings.Fields(s), ""))
	var t Terms
	if m := discountForm.FindStringSubmatch(text); m != nil {
		percent, err := decimal.NewFromString(strings.Replace(m[1], ",", ".", 1))
		if err != nil {
			return t, bad
		}
		t.Discount, text = percent, m[3]
		t.DiscountDays, _ = strconv.Atoi(m[2])
	}
	if m := netForm.FindStringSubmatch(text); m != nil {
		t.Days, _ = strconv.Atoi(m[1])
	} else if m := monthEndForm.FindStringSubmatch(text); m != nil {
		t.Kind = EndOfMonth
		if m[1] == "eonm" {
			t.Kind = EndOfNextMonth
		}
		t.Days, _ = strconv.Atoi(m[2])
	} else if m := dayForm.FindStringSubmatch(text); m != nil {
		t.Kind = DayOfMonthAfter
		t.Days, _ = strconv.Atoi(m[1])
		t.Day, _ = strconv.Atoi(m[2])
	} else {
		return t, bad
	}
	if !t.valid() {
		return t, bad
	}
	return t, nil
}

func (t Terms) valid() bool {
	return t.Days <= termsDaysMax && t.DiscountDays <= termsDaysMax && t.Day <= 31 && (t.Kind == DayOfMonthAfter) == (t.Day > 0) &&
		!t.Discount.IsNegative() && t.Discount.LessThan(hundred) && (t.DiscountDays == 0 || t.Discount.IsPositive())
}

// Due is the due date of an invoice of that date.
func (t Terms) Due(date Date) Date {
	switch t.Kind {
	case EndOfMonth:
		return endOfMonth(date, 0).AddDays(t.Days)
	case EndOfNextMonth:
		return endOfMonth(date, 1).AddDays(t.Days)
	case DayOfMonthAfter:
		last := endOfMonth(date.AddDays(t.Days), 1)
		y, m, length := last.Parts()
		return NewDate(y, m, min(t.Day, length))
	}
	return date.AddDays(t.Days)
}

// DiscountUntil is the last day on which an early payment saves the discount; 0 for none.
func (t Terms) DiscountUntil(date Date) Date {
	if t.Discount.IsZero() {
		return 0
	}
	return date.AddDays(t.DiscountDays)
}

// endOfMonth is the last day of the month that is some months after d's.
func endOfMonth(d Date, months int) Date {
	y, m, _ := d.Parts()
	return NewDate(y, m+time.Month(months)+1, 0)
}

// String returns the form that ParseTerms reads.
func (t Terms) String() string {
	s := ""
	if !t.Discount.IsZero() {
		s = fmt.Sprintf("%s/%d", t.Discount, t.DiscountDays)
	}
	switch t.Kind {
	case EndOfMonth:
		return fmt.Sprintf("%seom+%d", s, t.Days)
	case EndOfNextMonth:
		return fmt.Sprintf("%seonm+%d", s, t.Days)
	case DayOfMonthAfter:
		return fmt.Sprintf("%snet%dday%d", s, t.Days, t.Day)
	}
	return fmt.Sprintf("%snet%d", s, t.Days)
}
