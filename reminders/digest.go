package reminders

import (
	"context"
	"time"

	"duebot/ledger"
)

// Reader gets the daily digest. What is in it, package commands says; here is when it goes out.
type Reader struct {
	User string // Slack user id
	Zone *time.Location
	Wish ledger.DigestWish // what he chose, and what is usual where he did not
	Days ledger.Days       // business days
}

// digestLate is the hour of a reader's day until which a digest comes that could not come at its
// own; after that it is merged into the next one. Who wants it later has it until midnight.
const digestLate = 18

// runDigests queues the digests that are due by now, once per reader and local date, and
// returns when the next is.
func (r *Rules) runDigests(ctx context.Context, now time.Time) (next time.Time, err error) {
	for _, reader := range r.Readers() {
		if today, due := reader.due(now); due {
			if err := r.queueDigest(ctx, reader, today); err != nil {
				return next, err
			}
		}
		next = earlier(next, reader.next(now))
	}
	return next, nil
}

// at is when the digest of a day comes. An hour that the clock skips on that day is the next one
// that there is.
func (x Reader) at(day ledger.Date) time.Time {
	return day.At(x.Wish.Minute/60, x.Wish.Minute%60, x.Zone)
}

// due reports whether the digest of the reader's day is to come now, if it has not come yet.
func (x Reader) due(now time.Time) (today ledger.Date, due bool) {
	today = ledger.DateOf(now, x.Zone)
	late := today.At(digestLate, 0, x.Zone)
	if !x.at(today).Before(late) {
		late = today.AddDays(1).At(0, 0, x.Zone)
	}
	return today, x.wants(today) && !now.Before(x.at(today)) && now.Before(late)
}

// wants reports whether there is a digest on a day.
func (x Reader) wants(day ledger.Date) bool {
	return day >= x.Wish.Until && x.Wish.Days.On(day, x.Days, ledger.ZoneCountry(x.Zone.String()))
}

// next is when the reader's next digest comes; zero where none does within some weeks, when he is
// asked about again anyway.
func (x Reader) next(now time.Time) time.Time {
	today := ledger.DateOf(now, x.Zone)
	for day := today; day < today.AddDays(15); day++ {
		if x.wants(day) && now.Before(x.at(day)) {
			return x.at(day)
		}
	}
	return time.Time{}
}

func (r *Rules) queueDigest(ctx context.Context, reader Reader, today ledger.Date) error {
	done := false
	err := r.Books.View(func(v *ledger.View) (err error) {
		done, err = v.DigestDone(reader.User, today)
		return err
	})
	if done || err != nil {
		return err
	}
	_, err = r.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		done, err := tx.DigestDone(reader.User, today)
		if done || err != nil {
			return nil, err
		}
		p, err := tx.NextDigest(reader.User, today, false)
		if err != nil {
			return nil, err
		}
		tx.TakeDigest(reader.User, p)
		return nil, tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeDigest, Address: reader.User, For: today, Code: p.String()})
	}})
	return err
}
