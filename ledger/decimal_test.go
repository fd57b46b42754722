package ledger

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// What is issued can be read again: a number that a fact could not hold is refused when it
// is typed, not when the books are next opened.
func TestNumbersThatNoFactCanHold(t *testing.T) {
	b, _ := testBooks(t)
	acme := addAcme(t, b)
	good := Line{Text: "Work", Quantity: dec("1"), Price: dec("100")}
	for name, l := range map[string]Line{
		"a zero with many places":        {Text: "Gift", Quantity: dec("1"), Price: decimal.New(0, -22)},
		"a whole number with many zeros": {Text: "Work", Quantity: dec("1"), Price: dec("1200.0000000000000000")},
		"more digits than are kept":      {Text: "Work", Quantity: dec("0.000001"), Price: dec("9999999999999.123456")},
		"a rate of many places":          {Text: "Work", Quantity: dec("1"), Price: dec("1"), Tax: decimal.New(0, -30)},
	} {
		d := Draft{Customer: acme, Date: DateOf(testNow, time.UTC), Due: DateOf(testNow, time.UTC), Currency: "EUR", Lines: []Line{good, l}}
		if _, err := d.Totals(); err == nil {
			back, err := DecodeDraft(d.Encode())
			if err != nil || !back.Lines[1].Price.Equal(l.Price) {
				t.Errorf("%s: it has totals, and reads back as %v, %v", name, back, err)
			}
			if err := try(b, "", func(tx *Tx) error { _, err := tx.Issue(d); return err }); err != nil {
				t.Errorf("%s: issuing: %v", name, err)
			}
		} else if _, refused := AsRefusal(err); !refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A line's net is rounded once: what is nearer to zero than half a cent is not first
// rounded to a half.
func TestNetIsRoundedOnce(t *testing.T) {
	d := Draft{Currency: "EUR", Lines: []Line{
		{Text: "x", Quantity: dec("1"), Price: dec("1")},
		// half a cent less 5 * 10^-19
		{Text: "y", Quantity: dec("5000.00005"), Price: dec("0.000001"), Discount: dec("0.000001")},
	}}
	tot, err := d.Totals()
	if err != nil || tot.Total.Minor != 100 {
		t.Errorf("got %v, %v", tot.Total, err)
	}
}
