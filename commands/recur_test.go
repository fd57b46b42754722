package commands

import (
	"context"
	"sync"
	"testing"
	"time"

	"duebot/ledger"
)

// Two jobs that saw the same occurrence due issue it once, and none of them the next one
// ahead of its day. One that was stopped after it was seen issues nothing.
func TestOccurrenceIsIssuedOnce(t *testing.T) {
	d := rightsDesk(t)
	var from ledger.Date
	_, err := d.Books.Update(t.Context(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) {
		from = tx.Today().AddDays(-1)
		for _, handle := range []string{"mine", "theirs"} {
			x, err := tx.ContractDetail(tx.Contract(1))
			if err != nil {
				return nil, err
			}
			c, err := tx.CustomerNamed(handle)
			if err != nil {
				return nil, err
			}
			y := *x
			y.Customer, y.From, y.Schedule = c.ID, from, ledger.Schedule{Every: ledger.Weekly}
			if _, err := tx.MakeContract(y); err != nil {
				return nil, err
			}
		}
		return nil, tx.StopContract(tx.Contract(6))
	}})
	if err != nil {
		t.Fatal(err)
	}
	issued := func(id ledger.ContractID) (n int, next ledger.Date) {
		d.Books.View(func(v *ledger.View) error { n, next = v.Contract(id).Issued, v.Contract(id).Next; return nil })
		return n, next
	}
	_, due := issued(5)
	now := due.At(issueHour, 0, time.UTC)
	var jobs sync.WaitGroup
	for range 8 {
		jobs.Go(func() {
			for _, id := range []ledger.ContractID{5, 6} { // as RunContracts does with what it saw
				if err := d.runContract(context.Background(), id, due, now); err != nil {
					t.Error(err)
				}
			}
		})
	}
	jobs.Wait()
	if n, next := issued(5); n != 1 || next != due.AddDays(7) {
		t.Errorf("issued %d times, the next is on %s", n, next)
	}
	if n, _ := issued(6); n != 0 {
		t.Errorf("a stopped contract issued %d invoices", n)
	}
}
