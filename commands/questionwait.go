package commands

import (
	"context"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// A customer's question that waits too long: whoever answers it is told once, then finance.

// The hours of work, where the company is.
const (
	workBegins = 9
	workEnds   = 17
)

// afterWork is when n hours of work have passed since from: nights, weekends and holidays of the
// zone's country do not count.
func afterWork(days ledger.Days, from time.Time, hours int, zone *time.Location) time.Time {
	home := ledger.ZoneCountry(zone.String())
	left, at := time.Duration(hours)*time.Hour, from.In(zone)
	for {
		day := ledger.DateOf(at, zone)
		begins, ends := day.At(workBegins, 0, zone), day.At(workEnds, 0, zone)
		if at.Before(begins) {
			at = begins
		}
		if days.Business(day, home) && at.Before(ends) {
			room := ends.Sub(at)
			if left <= room {
				return at.Add(left)
			}
			left -= room
		}
		at = day.AddDays(1).At(workBegins, 0, zone)
	}
}

// pressedMost is how often somebody is told that a question waits: its owner, then finance.
const pressedMost = 2

// dueQuestions are those about which somebody is to be told now, and when there may be others.
func (d *Desk) dueQuestions(v *ledger.View) (due []*ledger.Question, next time.Time) {
	if d.AnswerHours <= 0 {
		return nil, time.Time{}
	}
	co := v.Company()
	zone := co.Zone()
	for _, q := range v.OpenQuestions() {
		if q.Waits.IsZero() || q.Pressed >= pressedMost {
			continue
		}
		at := afterWork(v.Days(), q.Waits, d.AnswerHours*(q.Pressed+1), zone)
		if !v.Now.Before(at) {
			due = append(due, q)
			at = afterWork(v.Days(), q.Waits, d.AnswerHours*(q.Pressed+2), zone)
			if q.Pressed+1 >= pressedMost {
				continue
			}
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return due, next
}

// RemindQuestions tells staff which questions wait, and returns when to look again; zero where
// none waits.
func (d *Desk) RemindQuestions(ctx context.Context) (next time.Time, err error) {
	var due []*ledger.Question
	err = d.Books.View(func(v *ledger.View) error {
		due, next = d.dueQuestions(v)
		return nil
	})
	if err != nil || len(due) == 0 {
		return next, err
	}
	_, err = d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		due, next = d.dueQuestions(&tx.View)
		for _, q := range due {
			n := matter{question: q}.notice(ledger.NoticeTask)
			n.Code, n.Address = "question.waits", d.FinanceChannel
			first := q.Pressed == 0
			if err := tx.PressQuestion(q); err != nil {
				return nil, err
			}
			if first {
				err = d.inTalk(tx, matter{question: q}, n)
			} else {
				err = tx.Notify(n)
			}
			if err != nil {
				return nil, err
			}
		}
		return nil, nil
	}})
	return next, err
}

// waitingNews tells that a question waits, with the way to its thread; nothing once it was
// answered.
func (d *Desk) waitingNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	q := v.Question(n.Question)
	if q.Closed() || q.Waits.IsZero() {
		return card.Message{Withdraw: "it was answered meanwhile"}, nil
	}
	m := taskNews(v, n)
	chat, ts, ok, err := v.NoticeMessage(q.Notice)
	if link := d.messageURL(chat, ts); ok && link != "" && !n.InThread {
		m.Card.Buttons = []card.Button{{Label: card.T("button.openthread"), URL: link}}
	}
	return m, err
}
