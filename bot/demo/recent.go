package demo

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"duebot/commands"
	"duebot/ledger"
)

// Event is one thing that somebody does in the last three weeks. Do does it through the
// desk, and returns an error where the desk refuses; At is the business time of it.
type Event struct {
	At time.Time
	Do func(ctx context.Context, d *commands.Desk) error
}

// Recent lists what people do in the three weeks before now, in order of time and a minute
// apart or more, in books that Fill filled until now less Window. An event may need that
// what the ones before it left to be sent was sent: an answer in a thread needs the thread.
func Recent(now time.Time) []Event {
	p, err := planUntil(now.Add(-Window))
	if err != nil {
		return nil // Fill reports it
	}
	var events []Event
	for _, b := range p.bills {
		events = append(events, p.newCourse(b)...)
	}
	events = append(events, p.chores()...)
	sort.SliceStable(events, func(i, j int) bool { return events[i].At.Before(events[j].At) })
	for i := 1; i < len(events); i++ {
		if least := events[i-1].At.Add(apart); events[i].At.Before(least) {
			events[i].At = least
		}
	}
	return events
}

// apart is how long after one event the next one comes, at least: a clock that runs on
// between them has not passed it by then.
const apart = time.Minute

// newCourse lists what becomes of a bill after the cut.
func (p *plan) newCourse(b *bill) (events []Event) {
	add := func(at time.Time, do func(ctx context.Context, d *commands.Desk) error) {
		if !at.IsZero() && p.day(at) > p.cut {
			events = append(events, Event{at, func(ctx context.Context, d *commands.Desk) error {
				if err := do(ctx, d); err != nil {
					return fmt.Errorf("demo, %s of %s: %w", b.number, b.client.handle, err)
				}
				return nil
			}})
		}
	}
	add(b.at, b.issueNow)
	add(b.partAt, func(ctx context.Context, d *commands.Desk) error {
		return b.transfer(ctx, d, "part", func(inv *ledger.Invoice) ledger.Money { return share(inv.TotalMoney(), b.part) })
	})
	if b.byLink {
		add(b.paid, b.payNow)
	} else {
		add(b.paid, func(ctx context.Context, d *commands.Desk) error {
			return b.transfer(ctx, d, "rest", (*ledger.Invoice).OpenMoney)
		})
	}
	if b.promise != nil {
		add(b.promise.made, b.promiseNow)
	}
	if b.refund != nil {
		add(b.refund.at, b.creditNow)
	}
	if q := b.dispute; q != nil {
		add(q.opened, b.disputeNow)
		add(q.opened.Add(3*time.Minute), func(ctx context.Context, d *commands.Desk) error {
			return b.chat(ctx, d, "words", b.complaint(), "", "")
		})
		add(q.answer, b.answerNow)
		if q.ended.IsZero() && !q.answer.IsZero() {
			add(q.answer.Add(25*time.Minute), func(ctx context.Context, d *commands.Desk) error {
				return b.chat(ctx, d, "thanks", thanks().in(b.client.lang), "", "")
			})
		}
		add(q.ended, b.settleNow)
	}
	return events
}

// key is of a request about b: each kind of request is made once.
func (b *bill) key(what string) string { return "demo:" + what + ":" + b.number }

// change runs fn as one command that by asked for.
func (b *bill) change(ctx context.Context, d *commands.Desk, what, by string, fn func(tx *ledger.Tx) error) error {
	_, err := d.Books.Update(ctx, ledger.Command{Key: b.key(what), By: "slack:" + by, Input: b.key(what), Run: func(tx *ledger.Tx) ([]byte, error) {
		return nil, fn(tx)
	}})
	return err
}

// issueNow issues b and tells staff and customer.
func (b *bill) issueNow(ctx context.Context, d *commands.Desk) error {
	return b.change(ctx, d, "issue", b.client.owner, func(tx *ledger.Tx) error {
		if err := b.issue(tx); err != nil {
			return err
		}
		return d.AnnounceInvoice(tx, tx.Invoice(b.id))
	})
}

// transfer records money that came by bank.
func (b *bill) transfer(ctx context.Context, d *commands.Desk, what string, amount func(*ledger.Invoice) ledger.Money) error {
	return b.change(ctx, d, what, farid, func(tx *ledger.Tx) error {
		inv, err := tx.InvoiceNumbered(b.number)
		if err != nil {
			return err
		}
		_, _, err = d.Receive(tx, ledger.NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: tx.Today(), Amount: amount(inv),
			Method: "bank", Reference: b.reference()})
		return err
	})
}

// payNow pays b by link, as the payment provider reports it.
func (b *bill) payNow(ctx context.Context, d *commands.Desk) error {
	inv, err := b.find(d)
	if err != nil {
		return err
	}
	return d.Paid(ctx, commands.Paid{Key: b.key("paid"), By: "stripe", Invoice: inv.ID, Amount: inv.Undisputed(), Reference: b.session()})
}

// find returns a copy of b's invoice as it stands.
func (b *bill) find(d *commands.Desk) (inv ledger.Invoice, err error) {
	err = d.Books.View(func(v *ledger.View) error {
		found, err := v.InvoiceNumbered(b.number)
		if err == nil {
			inv = *found
		}
		return err
	})
	return inv, err
}

// creditNow takes back a part of b for goodwill.
func (b *bill) creditNow(ctx context.Context, d *commands.Desk) error {
	return b.change(ctx, d, "credit", marta, func(tx *ledger.Tx) error {
		inv, err := tx.InvoiceNumbered(b.number)
		if err != nil {
			return err
		}
		if _, err := tx.Credit(inv, share(inv.TotalMoney(), b.refund.share), b.refund.reason); err != nil {
			return err
		}
		return d.Refresh(tx, inv)
	})
}

func (b *bill) promiseNow(ctx context.Context, d *commands.Desk) error {
	return b.line(ctx, d, "promise", fmt.Sprintf("promise %s %s", b.number, b.promise.by))
}

// settleNow ends b's dispute with a credit note.
func (b *bill) settleNow(ctx context.Context, d *commands.Desk) error {
	inv, err := b.find(d)
	if err != nil {
		return err
	}
	sum := share(inv.TotalMoney(), b.dispute.share).Decimal().String()
	return b.line(ctx, d, "settle", fmt.Sprintf("dispute resolve %s credit %s %q", b.number, sum, closings()[b.dispute.outcome]))
}

// errRefused is returned where the desk answered with a refusal.
var errRefused = errors.New("the desk refused")

// line types a command, as the clerk does.
func (b *bill) line(ctx context.Context, d *commands.Desk, what, text string) error {
	return typed(ctx, d, b.key(what), commands.Staff{ID: farid, Role: commands.Finance, Lang: "en"}, text)
}

// typed is a command that one of staff types, and that the desk does not refuse.
func typed(ctx context.Context, d *commands.Desk, key string, who commands.Staff, text string) error {
	reply, err := d.Line(ctx, commands.Line{Key: key, Who: who, Channel: d.FinanceChannel, Text: text})
	if err == nil && reply.Card != nil && len(reply.Card.Body) > 0 && strings.HasPrefix(reply.Card.Body[0].Key, "refuse.") {
		return fmt.Errorf("%w: %q: %s", errRefused, text, reply.Card.Body[0].Key)
	}
	return err
}

// disputeNow presses Dispute under b, and picks the reason.
func (b *bill) disputeNow(ctx context.Context, d *commands.Desk) error {
	inv, err := b.find(d)
	if err != nil {
		return err
	}
	if err := b.chat(ctx, d, "dispute", "", "dispute", fmt.Sprint(inv.ID)); err != nil {
		return err
	}
	if err := b.chat(ctx, d, "reason", "", "reason", fmt.Sprintf("%d.%s", inv.ID, b.dispute.reason)); err != nil {
		return err
	}
	do, arg := commands.DisputesWhole(&inv, b.dispute.reason)
	return b.chat(ctx, d, "contest", "", do, arg)
}

// chat is a button that the customer presses, or words that he writes.
func (b *bill) chat(ctx context.Context, d *commands.Desk, what, text, do, arg string) error {
	c := b.client.chat
	reply, err := d.Customer(ctx, commands.Chat{Key: b.key(what), Chat: c.address(), Name: c.FirstName + " " + c.LastName, Lang: c.Lang,
		Text: text, Do: do, Arg: arg, Private: true})
	if err != nil {
		return err
	}
	said := reply.Toast.Key
	if reply.Card != nil && len(reply.Card.Body) > 0 {
		said = reply.Card.Body[0].Key
	}
	if said == "chat.oldbutton" || said == "chat.stranger" || strings.HasPrefix(said, "refuse.") {
		return fmt.Errorf("%w: %s: %s", errRefused, what, said)
	}
	return nil
}

// errNoThread is returned where an answer is due and the invoice's card was not sent.
var errNoThread = errors.New("the invoice has no thread yet")

// answerNow is staff's answer in the thread of b's card.
func (b *bill) answerNow(ctx context.Context, d *commands.Desk) error {
	inv, err := b.find(d)
	if err != nil {
		return err
	}
	m := commands.ThreadMessage{Key: b.key("answer"), Who: commands.Staff{ID: sofia, Role: commands.Sales, Lang: "en"}, Text: answers()[b.dispute.reason]}
	err = d.Books.View(func(v *ledger.View) error {
		chat, ts, ok, err := v.NoticeMessage(inv.Card)
		if err == nil && !ok {
			err = errNoThread
		}
		m.Channel, m.Thread = strings.TrimPrefix(chat, "slack:"), ts
		return err
	})
	if err != nil {
		return err
	}
	_, err = d.Thread(ctx, m)
	return err
}

// thanks is what a customer writes when he was answered.
func thanks() phrase {
	return phrase{"Thank you, we will look at it.", "Спасибо, посмотрим.", "Mulțumim, verificăm.", "Grazie, controlliamo.", "谢谢，我们会查看。", "سپاس، بررسی می\u200cکنیم."}
}
