package reminders

import (
	"context"
	"time"

	"duebot/ledger"
)

// pace is about how many customers one commit is: as many as take some milliseconds on this machine
// and at this hour, so that whoever writes meanwhile does not wait for longer. The zero pace begins
// with partSize.
type pace struct{ size int }

// How large a part is: to begin with, at least, at most, and how long its commit is to take.
const (
	partSize  = 200
	partLeast = 40
	partMost  = 400
	partTakes = 5 * time.Millisecond
)

// next is how many customers the next commit is about.
func (p *pace) next() int {
	if p.size == 0 {
		p.size = partSize
	}
	return p.size
}

// took follows how long a commit of so many customers took: halfway at once where it was too long,
// which may have been the disk or somebody else's work, and by and by where more would fit in.
func (p *pace) took(customers int, d time.Duration) {
	if customers < p.next()/2 || d <= 0 {
		return // it says nothing of a whole one
	}
	fits := int(int64(customers) * int64(partTakes) / int64(d))
	p.size = max(partLeast, p.size/2, min(fits, p.size+p.size/4, partMost))
}

// commit runs a part of some customers in the writer, and follows how long that took from when it
// began.
func (r *Rules) commit(ctx context.Context, customers int, run func(tx *ledger.Tx) error) error {
	var began time.Time
	_, err := r.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		if r.Wall != nil {
			began = r.Wall()
		}
		return nil, run(tx)
	}})
	if r.Wall != nil && err == nil {
		r.pace.took(customers, r.Wall().Sub(began))
	}
	return err
}
