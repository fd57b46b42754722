// Package pay is the payment providers, one file each: a link to pay by, the provider's word
// that money came or went away again, and the question what became of an attempt.
//
// Nothing is believed that was not signed by the provider, or read back from it. A provider
// that is new implements Provider and stands the one conformance test.
package pay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"duebot/ledger"
)

// Provider takes money by a page of its own, to which a link leads.
type Provider interface {
	// Name is how the provider is named in settings, keys and texts: "stripe".
	Name() string
	// Takes reports whether a sum can be paid by a customer of a country (ISO 3166, "" where it
	// is not known).
	Takes(m ledger.Money, country string) bool
	// Create makes a session for exactly o.Amount. The same o.ID gives the same session.
	Create(ctx context.Context, o Order) (Session, error)
	// Ask reads back what became of a session. It returns ErrNoSession for one that the provider
	// does not know: nobody can pay it.
	Ask(ctx context.Context, session string) (State, error)
	// Expire ends a session that nobody should pay any more, where the provider can. One that is
	// over already is fine.
	Expire(ctx context.Context, session string) error
	// Webhook checks that a webhook is the provider's and reads it. It returns ErrForged or
	// ErrStale for one that is not, ErrUnread for one that reads no better the next time, and any
	// other error for one that should come again.
	Webhook(ctx context.Context, n Note) (Event, error)
}

// Capturer is a provider whose customers only agree: the money is taken when we say so.
type Capturer interface {
	// Capture takes the money of a session that is Approved. The same attempt takes it once.
	Capture(ctx context.Context, session, attempt string) (State, error)
}

// FeeTeller is a provider that says what it kept of a payment when it is asked, and not with the
// payment.
type FeeTeller interface {
	// Kept asks about a payment by the provider's reference. It returns ErrNotSaid while that is
	// not known.
	Kept(ctx context.Context, reference string) (Kept, error)
}

// Kept is what a provider kept of a payment.
type Kept struct {
	Movement string       // the provider's id of what it did
	Settled  ledger.Money // what the payment came to, in the currency in which it is paid out
	Fee      ledger.Money // of it
}

// PartsTeller is a provider that says what a payout is made of.
type PartsTeller interface {
	// Parts lists the movements in a payout. It returns ErrNotSaid where nobody will tell.
	Parts(ctx context.Context, payout string) ([]Movement, error)
}

// Movement is a part of a payout: money that came by a payment, or went back of one.
type Movement struct {
	ID        string
	Reference string       // of the payment, "" for what is of none
	Original  ledger.Money // in the payment's currency; negative for money that went back
	Sum       ledger.Money // in the payout's currency
	Fee       ledger.Money // kept of it besides
}

// ErrNotSaid is returned for what a provider does not say, or not yet.
var ErrNotSaid = errors.New("the provider does not say")

// PayoutWords are words by which banks name a provider that pays out: one of them stands in the
// line, as a word of its own.
func PayoutWords(provider string) []string {
	switch provider {
	case "stripe":
		return []string{"stripe"}
	case "paypal":
		return []string{"paypal"}
	case "yookassa":
		return []string{"yookassa", "юkassa", "юкасса", "yoomoney", "юмани"}
	}
	return nil
}

// callTimeout bounds one request. One that was not answered is made again, which the provider
// knows by its key.
const callTimeout = 8 * time.Second

// Order is what is to be paid.
type Order struct {
	ID          string // our attempt: the provider's idempotency key
	Invoice     ledger.InvoiceID
	Number      string
	Amount      ledger.Money
	Description string
	SuccessURL  string
	CancelURL   string
	Expires     time.Time
	Language    string // of the customer: "en"
	Email       string // of the customer, or the company's own where he has none
}

// Session is where it is paid.
type Session struct {
	ID      string
	URL     string
	Expires time.Time
}

// Status is what became of a session.
type Status string

// The statuses.
const (
	Open     Status = "open"
	Approved Status = "approved" // the customer has agreed, and we take the money: see Capturer
	Paid     Status = "paid"
	Pending  Status = "pending" // completed, and the money is under way
	Expired  Status = "expired" // nobody can pay it any more, or the bank debit failed
)

// State is what became of a session, with the payment of one that is Paid.
type State struct {
	Status Status
	Paid   *Payment
}

// Payment is the provider's word that money came.
type Payment struct {
	By        string // the provider's name
	ID        string // under which the provider counts it: "session:cs_1"
	Session   string
	Attempt   string
	Invoice   ledger.InvoiceID
	Amount    ledger.Money
	PaidAt    time.Time
	Reference string       // the provider's id of the payment, for people who look it up there
	Fee       ledger.Money // that the provider keeps of it; none where it does not say
}

// Key is under which the books take p, once for ever.
func (p *Payment) Key() string { return p.By + ":" + p.ID }

// Note is a webhook as it came.
type Note struct {
	Body   []byte
	Header http.Header
	From   netip.Addr // who sent it, behind the proxies that are trusted
}

// Event is what a webhook says. The Status is "" for one that says nothing of a session.
type Event struct {
	Session string
	State
	Back   *Back
	Again  *Back // money that had gone away came again: a chargeback that was won
	Payout *Payout
}

// Back is the provider's word that money of a payment went away again: a refund that was made in
// its own pages, or a chargeback.
type Back struct {
	ID         string // under which the provider counts it: "refund:re_1"
	Reference  string // of the payment
	Attempt    string // of the payment, where the provider says it
	Sum        ledger.Money
	InAll      bool // Sum is all that ever went back of the payment, and not what did now
	Chargeback bool
	Fee        ledger.Money // that the provider takes for it; negative where it gives back of what it had kept
}

// Payout is the provider's word that it pays out to the company's bank.
type Payout struct {
	ID      string
	Amount  ledger.Money
	Arrives time.Time // zero where it does not say
}

// ErrNoSession is returned for a session that the provider does not know: nobody can pay it.
var ErrNoSession = errors.New("there is no such session")

// The errors of a webhook that the provider did not send, or sent long ago: somebody else may
// send it again.
var (
	ErrForged = errors.New("the signature does not fit")
	ErrStale  = errors.New("the signature is too old")
)

// errForeign is of a payment of another program that shares the account with us.
var errForeign = fmt.Errorf("it is not one of ours: %w", ErrUnread)

// known is what a webhook comes to: one about another program's payment says nothing to us.
func known(ev Event, err error) (Event, error) {
	if errors.Is(err, errForeign) {
		return Event{}, nil
	}
	return ev, err
}

// ErrUnread is of a webhook that is the provider's and cannot be read.
var ErrUnread = errors.New("it cannot be read")
