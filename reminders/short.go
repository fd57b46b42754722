package reminders

import (
	"strconv"

	"duebot/commands/card"
	"duebot/ledger"
)

// Short is what a short message says of a reminder.
type Short struct {
	voice  string
	number string // of the invoice that carries it
	more   int    // further invoices
	sum    card.Text
	due    ledger.Date
}

// Short makes the short message of a reminder, as the books stand; ok is false where it is about
// nothing any more.
func (r *Rules) Short(v *ledger.View, n *ledger.Notice) (s Short, ok bool) {
	c := v.Customer(n.Customer)
	on := ledger.DateOf(v.Now, c.Zone)
	for _, p := range r.Policy.planParts(v, c) {
		if p.code() == n.Code {
			return Short{voice: "soon", number: p.carrier.Number.String(), sum: card.T("value", "value", p.left), due: p.due}, true
		}
	}
	inv := v.Invoice(n.Invoice)
	if inv == nil {
		return s, false
	}
	policy, _ := r.Policy.Of(v, c, inv)
	about, sums, _ := policy.about(v, n, r.Policy.Subjects(v, c, on), on)
	return Short{voice: policy.voice(n.Step), number: inv.Number.String(), more: max(len(about)-1, 0), sum: each(leftOf(v, c, sums)), due: inv.Carrying()}, len(about) > 0
}

// Text words it: who asks, and where it leads, "" for nowhere.
func (s Short) Text(company, link string) card.Text { return s.words("sms."+s.voice, company, link) }

// Undated words it without the due date, in its tone; what is not due yet keeps its date.
func (s Short) Undated(company, link string) card.Text {
	if s.voice != "soon" {
		s.due = 0
	}
	return s.Text(company, link)
}

// Brief words it in fewer letters, without its tone; what is not due yet is short already.
func (s Short) Brief(company, link string) card.Text {
	if s.voice == "soon" {
		return s.Text(company, link)
	}
	return s.words("sms.short", company, link)
}

func (s Short) words(key, company, link string) card.Text {
	more := ""
	if s.more > 0 {
		more = strconv.Itoa(s.more)
	}
	var due any = ""
	if s.due != 0 {
		due = s.due
	}
	return card.T(key, "company", company, "number", s.number, "more", more, "amount", s.sum, "due", due, "link", link)
}
