package ledger

import (
	"fmt"
	"io"
	"slices"
)

// What customers think of how they were treated: one tap of one to five, and words if they
// like. They are asked after a dispute, or after a payment that ended an overdue invoice, at most
// once in thirty days a person.

// RatingID numbers them from 1.
type RatingID uint32

// Rating is a customer's opinion.
type Rating struct {
	ID       RatingID
	Customer CustomerID
	Invoice  InvoiceID
	Dispute  DisputeID // that was settled; 0: after a payment
	Owner    string    // Slack user who looked after the customer then
	Stars    int       // 1 to 5
	Given    Date
	Chat     string // whose it is
	Words    TextRef
	who      string // "person:7"
	asked    NoticeID
}

// RatingGiven is the fact of a rating; with Of, of words to one that was given.
type RatingGiven struct {
	Of       RatingID
	Asked    NoticeID // the message that asked
	Customer CustomerID
	Invoice  InvoiceID
	Dispute  DisputeID
	Owner    string
	Stars    int
	Who      string
	Words    TextRef
}

func (x *RatingGiven) kind() factKind { return kindRatingGiven }

func (x *RatingGiven) code(c *coder) {
	num(c, &x.Of)
	num(c, &x.Asked)
	num(c, &x.Customer)
	num(c, &x.Invoice)
	num(c, &x.Dispute)
	str(c, &x.Owner)
	num(c, &x.Stars)
	str(c, &x.Who)
	c.text(&x.Words)
}

func (x *RatingGiven) apply(s *state, f *Fact) {
	if r := s.ratings.at(uint32(x.Of)); r != nil {
		set(s, &r.Words, x.Words)
		return
	}
	s.ratings.add(s, Rating{ID: RatingID(s.ratings.n + 1), Customer: x.Customer, Invoice: x.Invoice, Dispute: x.Dispute, Owner: x.Owner,
		Stars: x.Stars, Given: f.Effective, Chat: s.addressOf(x.Who), who: x.Who, asked: x.Asked})
}

// newRating makes the body of this file's kind.
func newRating(k factKind) Body {
	if k == kindRatingGiven {
		return new(RatingGiven)
	}
	return nil
}

// occasion is why a customer may be asked for a rating.
type occasion struct {
	invoice InvoiceID
	dispute DisputeID
	on      Date
}

// rateable notes that a matter of c came to its end.
func (s *state) rateable(c CustomerID, o occasion) { put(s, s.occasions, c, o) }

// paidOff notes that a payment ended an overdue invoice.
func (s *state) paidOff(inv *Invoice, on Date) {
	if inv.Open == 0 && on > inv.LastDue {
		s.rateable(inv.Customer, occasion{invoice: inv.ID, on: on})
	}
}

const (
	ratingEvery = 30 // days between two questions to a person
	ratingFresh = 7  // days after which it is too late to ask
)

// MayRate are the customers who may be asked for a rating on a day, in order, by what it is for.
func (v *View) MayRate(on Date) (out []NoticeQueued) {
	for id, o := range v.s.occasions {
		if o.on < on.AddDays(-ratingFresh) { // most of them, of years
			continue
		}
		c := v.Customer(id)
		if c.LastContact == on || c.Reminder != 0 || v.ratedLately(c, on) {
			continue
		}
		if inv := v.Invoice(o.invoice); o.dispute == 0 && inv.Open > 0 { // its payment went away again
			continue
		}
		out = append(out, NoticeQueued{Kind: NoticeRating, Customer: id, Invoice: o.invoice, Dispute: o.dispute, For: on})
	}
	slices.SortFunc(out, func(a, b NoticeQueued) int { return int(a.Customer) - int(b.Customer) })
	return out
}

// ratedLately reports whether one of the people of c was asked in the last thirty days, for this
// customer or for another.
func (v *View) ratedLately(c *Customer, on Date) bool {
	for _, chat := range c.Chats {
		for _, id := range v.s.chats[chat] {
			if v.s.ratingAsked[id] > on.AddDays(-ratingEvery) {
				return true
			}
		}
	}
	return false
}

// askedRating notes that a question is on its way.
func (s *state) askedRating(x *NoticeQueued) {
	put(s, s.ratingAsked, x.Customer, x.For)
	drop(s, s.occasions, x.Customer)
}

// RateMax is the best rating, and RateLow the worst that is no complaint.
const (
	RateMax = 5
	RateLow = 3
)

// Rate books the answer to a question, once. It returns a Conflict refusal for a second one.
func (tx *Tx) Rate(asked NoticeID, stars int, chat string) (*Rating, error) {
	if r := tx.RatingOf(asked); r != nil {
		return nil, Refuse(Conflict, "rating.given")
	}
	q, err := tx.noticeOf(asked)
	if err != nil {
		return nil, err
	}
	x := &RatingGiven{Asked: asked, Customer: q.Customer, Invoice: q.Invoice, Dispute: q.Dispute, Owner: tx.Customer(q.Customer).Owner,
		Stars: stars, Who: tx.s.actorOf(chat)}
	if _, err := tx.append(tx.Today(), x); err != nil {
		return nil, err
	}
	return tx.s.ratings.at(tx.s.ratings.n), nil
}

// RateWords books words to a rating.
func (tx *Tx) RateWords(r *Rating, words string) error {
	ref, err := tx.keep(tx.Customer(r.Customer).Person, words)
	if err != nil {
		return err
	}
	_, err = tx.append(tx.Today(), &RatingGiven{Of: r.ID, Asked: r.asked, Customer: r.Customer, Invoice: r.Invoice, Dispute: r.Dispute,
		Owner: r.Owner, Stars: r.Stars, Who: r.who, Words: ref})
	return err
}

// RatedCustomer is whom a question was put to, nil where there was no such question.
func (v *View) RatedCustomer(asked NoticeID) *Customer {
	q, err := v.noticeOf(asked)
	if err != nil || q.Kind != NoticeRating {
		return nil
	}
	return v.Customer(q.Customer)
}

// Rating returns rating id, nil where there is none.
func (v *View) Rating(id RatingID) *Rating { return v.s.ratings.at(uint32(id)) }

// RatingOf is the rating that answered a question, nil for none.
func (v *View) RatingOf(asked NoticeID) *Rating {
	for id := v.s.ratings.n; id > 0; id-- {
		if r := v.s.ratings.at(id); r.asked == asked {
			return r
		}
	}
	return nil
}

// Ratings calls f with every rating that the asker may see, oldest first.
func (v *View) Ratings(f func(*Rating)) {
	v.s.ratings.each(func(r *Rating) {
		if v.Sees(v.Customer(r.Customer)) {
			f(r)
		}
	})
}

// FactRating is the name of the fact of a rating.
const FactRating FactName = "rating"

// describeRating tells the fact of a rating.
func (v *View) describeRating(f *Fact) (Description, bool) {
	x, ok := f.Body.(*RatingGiven)
	if !ok {
		return Description{}, false
	}
	return Description{Name: FactRating, Refs: append(v.handle(x.Customer), fmt.Sprintf("%d/%d", x.Stars, RateMax)), Words: x.Words}, true
}

func dumpRatings(w io.Writer, s *state) {
	s.ratings.each(func(r *Rating) {
		fmt.Fprintf(w, "rating %d customer %d invoice %d dispute %d owner %q stars %d on %s by %q words %d asked %d\n", r.ID, r.Customer, r.Invoice, r.Dispute,
			r.Owner, r.Stars, r.Given, r.who, r.Words.N, r.asked)
	})
	s.customers.each(func(c *Customer) {
		if day, o := s.ratingAsked[c.ID], s.occasions[c.ID]; day != 0 || o != (occasion{}) {
			fmt.Fprintf(w, "rating customer %d asked %s for invoice %d dispute %d on %s\n", c.ID, day, o.invoice, o.dispute, o.on)
		}
	})
}
