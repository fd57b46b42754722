package commands

import (
	"fmt"
	"strings"
	"testing"

	"duebot/commands/card"
	"duebot/ledger"
)

// Hundreds of lost reminders are paged through, and settled by one press, once; what sales may
// not see they are not shown.
func TestUnknownByPages(t *testing.T) {
	d := rightsDesk(t)
	const lost = 45
	_, err := d.Books.Update(t.Context(), ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		k, err := tx.BeginCampaign("overdue", "C1")
		for i := range lost {
			if err != nil {
				return nil, err
			}
			owner := other
			if i < 5 {
				owner = me
			}
			var c *ledger.Customer
			if c, err = tx.AddCustomer(ledger.NewCustomer{Handle: fmt.Sprintf("lost%02d", i), Owner: owner}); err == nil {
				err = tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeReminder, Customer: c.ID, For: tx.Today(), Campaign: k.ID, Step: 1})
			}
			if err == nil {
				err = tx.Settle(ledger.NoticeOutcome{Notice: tx.LastNotice(), State: ledger.NoticeUnknown, Reason: "lost"})
			}
		}
		return nil, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	keys := 0
	key := func() string { keys++; return fmt.Sprint("unknown:", keys) }
	rows := func(r card.Reply, err error) (n int, buttons string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range r.Card.Buttons {
			buttons += " " + b.Do + ":" + b.Arg
		}
		if r.Card.Table != nil {
			n = len(r.Card.Table.Rows)
		}
		return n, buttons
	}
	finance, sales := Staff{ID: "UFINANCE01", Role: Finance}, Staff{ID: me, Role: Sales}
	press := func(who Staff, do, arg string) (card.Reply, error) {
		return d.Press(t.Context(), Press{Key: key(), Who: who, Channel: "C1", Do: do, Arg: arg})
	}
	if n, b := rows(d.Line(t.Context(), Line{Key: key(), Who: finance, Text: "unknown"})); n != pageRows || b != " page:1 unknown doubt:all.arrived doubt:all.again" {
		t.Errorf("the first page has %d rows and%s", n, b)
	}
	if n, b := rows(press(finance, "page", "1 unknown")); n != lost-pageRows || b != " page:0 unknown doubt:all.arrived doubt:all.again" {
		t.Errorf("the last page has %d rows and%s", n, b)
	}
	if n, b := rows(press(finance, "doubts", "1.0.0")); n != pageRows || !strings.Contains(b, "page:1 unknown C-1") || !strings.Contains(b, "doubt:1.0.again") {
		t.Errorf("the list of the campaign has %d rows and%s", n, b)
	}
	if n, b := rows(press(sales, "doubts", "1.0.0")); n != 5 || b != "" {
		t.Errorf("sales see %d rows and%s, want their own five and no button", n, b)
	}
	if r, _ := press(sales, "doubt", "1.0.again"); len(r.Card.Body) != 1 || r.Card.Body[0].Key != "refuse.role.not" {
		t.Errorf("sales press: %+v", r.Card)
	}
	if r, err := press(finance, "doubt", "1.0.again"); err != nil || !r.Replace || r.Card.Body[0].Key != "unknown.again" {
		t.Errorf("finance press: %+v, %v", r.Card, err)
	}
	if r, _ := press(Staff{ID: "UMANAGER01", Role: Manager}, "doubt", "1.0.again"); r.Card.Body[0].Key != "refuse.unknown.none" {
		t.Errorf("a manager after them: %+v", r.Card)
	}
	d.Books.View(func(v *ledger.View) error {
		if k := v.Campaign(2); k == nil || k.Size != lost {
			t.Errorf("sent again as %+v, want a campaign of %d", k, lost)
		}
		return nil
	})
}
