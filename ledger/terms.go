package ledger

import (
	"strconv"
	"strings"
)

// Terms say when an invoice is due: "net14" is 14 days after its date.
type Terms struct {
	Days int // 0 to 365
}

// DefaultTerms hold where a customer was given none.
var DefaultTerms = Terms{Days: 14}

// ParseTerms reads "net14", "net 14" or "14d". It returns a BadInput refusal otherwise.
func ParseTerms(s string) (Terms, error) {
	t := strings.ToLower(strings.ReplaceAll(s, " ", ""))
	t = strings.TrimSuffix(strings.TrimPrefix(t, "net"), "d")
	n, err := strconv.Atoi(t)
	if err != nil || n < 0 || n > 365 {
		return Terms{}, Refuse(BadInput, "terms.unknown", "text", s)
	}
	return Terms{Days: n}, nil
}

// Due is the due date of an invoice of that date.
func (t Terms) Due(date Date) Date { return date.AddDays(t.Days) }

// String returns "net14".
func (t Terms) String() string { return "net" + strconv.Itoa(t.Days) }
