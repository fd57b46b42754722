package commands

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"duebot/ledger"
)

// Attempt is one try to pay an invoice by link: the provider's session for the amount that
// was open when the customer pressed Pay. It is working state, kept until it is over.
type Attempt struct {
	ID       string // our id: the provider's idempotency key, and in its metadata
	Invoice  ledger.InvoiceID
	Customer ledger.CustomerID
	Amount   ledger.Money
	Number   string    // of the invoice
	Provider string    // that the customer chose; "" of an attempt from before there were several: Stripe
	Session  string    // the provider's id; "" while it is being made
	URL      string    // where the customer pays
	Expires  time.Time // of the session
	Replaces string    // a session for another amount, which has to be over before this one is made
	Former   string    // whose session that is
	Taking   bool      // the money is being taken: until it is known what came of that, nothing else may be
}

// At is the provider's name.
func (a *Attempt) At() string { return cmp.Or(a.Provider, "stripe") }

// Earlier is the session that has to be over first; its Session is "" where there is none.
func (a *Attempt) Earlier() Attempt {
	return Attempt{Session: a.Replaces, Provider: a.Former, Invoice: a.Invoice}
}

// attemptMargin is how long before its end a session is not handed out any more, and
// makingMargin how long before it one is not made any more: Stripe wants half an hour.
const (
	attemptMargin = 10 * time.Minute
	makingMargin  = 40 * time.Minute
)

// attemptLife is how long a payment link is good: a day, which is the longest that Stripe
// allows, less what two clocks may differ by.
const attemptLife = 24*time.Hour - 5*time.Minute

// BeginPayment returns the attempt to pay inv: the one under way if it is still for the
// amount open now and at that provider, else a new one, whose Session the caller makes. An attempt
// whose making was interrupted comes back with the same ID, so that the provider makes one session. It
// returns a Conflict refusal when nothing is to be paid.
func (d *Desk) BeginPayment(ctx context.Context, id ledger.InvoiceID, customer ledger.CustomerID, provider string) (a Attempt, err error) {
	_, err = d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		inv := tx.Invoice(id)
		if inv == nil || inv.Customer != customer {
			return nil, ledger.Refuse(ledger.NotFound, "pay.unknown")
		}
		if err := tx.Open(inv); err != nil {
			return nil, err
		}
		due, until := payable(&tx.View, inv)
		if due.Minor <= 0 {
			return nil, ledger.Refuse(ledger.Conflict, "pay.nothing", "number", inv.Number.String())
		}
		if a, err = attemptOf(&tx.View, id); err != nil {
			return nil, err
		}
		if a.At() == provider && a.stillGood(due, tx.Now) {
			return nil, nil
		}
		if a.Taking {
			return nil, ledger.Refuse(ledger.Conflict, "pay.underway")
		}
		last, err := tx.Get("attempt.last")
		if err != nil {
			return nil, err
		}
		n, _ := strconv.Atoi(string(last))
		tx.Put("attempt.last", []byte(strconv.Itoa(n+1)))
		name := strconv.Itoa(n+1) + "-" + strconv.FormatInt(due.Minor, 10) + "-" + string(due.Currency)
		next := Attempt{ID: name + "." + tx.Seal("attempt", name), Invoice: id, Customer: customer, Amount: due,
			Number: inv.Number.String(), Expires: until, Provider: provider, Replaces: a.Replaces, Former: a.Former}
		if a.Session != "" {
			next.Replaces, next.Former = a.Session, a.At()
		}
		a = next
		return nil, putAttempt(tx, a)
	}})
	return a, err
}

// payable is what a link pays of inv now, and until when it may: the discounted price while
// an early payment earns it and there is time enough to pay, else what is due or falls due
// next.
func payable(v *ledger.View, inv *ledger.Invoice) (ledger.Money, time.Time) {
	ends := v.Now.Add(attemptLife)
	o, ok := inv.Early(v.Today())
	if !ok || inv.Dispute != 0 {
		return inv.PayNow(v.Today()), ends
	}
	// A session may live to the end of the last day, as the company's zone has it, and no longer.
	co := v.Company()
	over := o.Until.AddDays(1).At(0, 0, co.Zone())
	if over.Sub(v.Now) < makingMargin+attemptMargin {
		return inv.PayNow(v.Today()), ends
	}
	if over.Before(ends) {
		ends = over
	}
	return o.Pay, ends
}

// Payable is what a link pays of inv now.
func Payable(v *ledger.View, inv *ledger.Invoice) ledger.Money {
	sum, _ := payable(v, inv)
	return sum
}

// StillDue reports whether a link over amount is still right for inv: it is what is due, or
// the price of an early payment while that may be paid.
func StillDue(v *ledger.View, inv *ledger.Invoice, amount ledger.Money) bool {
	if amount == inv.PayNow(v.Today()) {
		return true
	}
	o, ok := inv.Early(v.Today())
	return ok && inv.Dispute == 0 && amount == o.Pay
}

// stillGood reports whether a can be gone on with: it is for what is due now, and there is
// time enough to make it, or to pay it.
func (a *Attempt) stillGood(due ledger.Money, now time.Time) bool {
	margin := attemptMargin
	if a.Session == "" {
		margin = makingMargin
	}
	return a.ID != "" && a.Amount == due && now.Before(a.Expires.Add(-margin))
}

// Ours reports whether an attempt of that ID was made here: another program, or another
// ledger, may share the provider's account, and its money is not ours.
func (d *Desk) Ours(attempt string) bool {
	name, proof, _ := strings.Cut(attempt, ".")
	return d.Books.Sealed(proof, "attempt", name)
}

// MayTake notes that the money of a session is about to be taken, and returns its attempt. ok is
// false where it must not be: it is another sum than what is due now, or another session took
// its place.
func (d *Desk) MayTake(ctx context.Context, id ledger.InvoiceID, session string) (a Attempt, ok bool, err error) {
	_, err = d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		inv := tx.Invoice(id)
		if a, err = attemptOf(&tx.View, id); err != nil || inv == nil || a.Session != session {
			return nil, err
		}
		if ok = a.Taking || StillDue(&tx.View, inv, a.Amount); !ok || a.Taking {
			return nil, nil
		}
		a.Taking = true
		return nil, putAttempt(tx, a)
	}})
	return a, ok, err
}

// MayCharge decides whether the money of a bill in a chat may be taken now: it is of the attempt
// that stands, over the sum that is due, for a customer whose chat it is. It notes that the taking
// has begun. A refusal says why not.
func (d *Desk) MayCharge(ctx context.Context, id ledger.InvoiceID, attempt, chat string, sum ledger.Money) error {
	_, err := d.Books.Update(ctx, ledger.Command{By: chat, Run: func(tx *ledger.Tx) ([]byte, error) {
		inv := tx.Invoice(id)
		if inv == nil || !tx.ChatHas(chat, inv.Customer) {
			return nil, ledger.Refuse(ledger.NotFound, "pay.unknown")
		}
		a, err := attemptOf(&tx.View, id)
		if err != nil {
			return nil, err
		}
		if due, _ := payable(&tx.View, inv); due.Minor <= 0 {
			return nil, ledger.Refuse(ledger.Conflict, "pay.nothing", "number", inv.Number.String())
		}
		if a.ID != attempt || a.Amount != sum || !StillDue(&tx.View, inv, sum) || !tx.Now.Before(a.Expires) {
			return nil, ledger.Refuse(ledger.Conflict, "pay.changed", "number", inv.Number.String())
		}
		a.Taking = true
		return nil, putAttempt(tx, a)
	}})
	return err
}

// AttemptSum is what an attempt of ours was made for, as its ID says it; ok is false for one
// from before IDs did.
func AttemptSum(attempt string) (sum ledger.Money, ok bool) {
	name, _, _ := strings.Cut(attempt, ".")
	part := strings.Split(name, "-")
	if len(part) != 3 {
		return sum, false
	}
	minor, err := strconv.ParseInt(part[1], 10, 64)
	return ledger.Money{Minor: minor, Currency: ledger.Currency(part[2])}, err == nil
}

// PaymentMade writes down what has become of an attempt: the session that the provider made
// for it, or that the one which it replaces is over.
func (d *Desk) PaymentMade(ctx context.Context, a Attempt) error {
	_, err := d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		return nil, putAttempt(tx, a)
	}})
	return err
}

// PaymentOver forgets an attempt that was paid or has expired.
func (d *Desk) PaymentOver(ctx context.Context, a Attempt) error {
	_, err := d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		now, err := attemptOf(&tx.View, a.Invoice)
		if err == nil && now.ID == a.ID {
			tx.Put(attemptKey(a.Invoice), nil)
		}
		return nil, err
	}})
	return err
}

// OpenAttempts returns the attempts under way, for asking the provider what became of them.
func (d *Desk) OpenAttempts() (out []Attempt, err error) {
	err = d.Books.View(func(v *ledger.View) error {
		return v.Each("attempt:", func(_ string, value []byte) error {
			var a Attempt
			if err := json.Unmarshal(value, &a); err != nil {
				return err
			}
			out = append(out, a)
			return nil
		})
	})
	return out, err
}

func attemptOf(v *ledger.View, id ledger.InvoiceID) (a Attempt, err error) {
	data, err := v.Get(attemptKey(id))
	if err == nil && data != nil {
		err = json.Unmarshal(data, &a)
	}
	return a, err
}

func putAttempt(tx *ledger.Tx, a Attempt) error {
	data, err := json.Marshal(a)
	tx.Put(attemptKey(a.Invoice), data)
	return err
}

func attemptKey(id ledger.InvoiceID) string { return "attempt:" + idArg(uint32(id)) }
