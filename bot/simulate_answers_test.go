package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"duebot/ledger"
)

// What staff of the simulation do about what customers want: by the buttons of the messages that
// they were really sent, the old ones too, whosever they are. What is booked by that is taken into
// the model, and must be what was asked for.

// decisions are the buttons by which staff decide, and who may press them.
var decisions = map[string][]string{
	"Accept": {sales, finance, manager}, "Offer Another": {sales, finance, manager}, "Decline": {sales, finance, manager},
	"Issue Credit Note": {finance, manager}, "Reject Dispute": {finance, manager}, "Credit and Reissue": {finance, manager},
	"Agree Plan": {finance, manager}, "Customer Withdrew It": {finance, manager}, "Take Over": {sales, finance, manager},
	"Confirm": {finance, manager}, "Not Found": {finance, manager},
	"Answered": {sales, finance, manager}, "Reassign…": {sales, finance, manager}, "Confirm Address": {sales, finance, manager},
}

// answer lets somebody of staff decide something that waits, or that has been decided.
func (s *simulation) answer() {
	w := s.rest()
	found := map[string][]slackMessage{}
	for _, m := range w.Slack.Messages {
		if m.BotID != "" && m.EphemeralTo == "" {
			for _, l := range s.decides(m) {
				found[l] = append(found[l], m)
			}
		}
	}
	if len(found) == 0 {
		return
	}
	all := slices.Sorted(maps.Keys(found)) // what is rare is decided as often as what is not
	label := all[s.rng.Intn(len(all))]
	m := found[label][s.rng.Intn(len(found[label]))]
	who := decisions[label]
	user := who[s.rng.Intn(len(who))]
	if s.rng.Intn(8) == 0 {
		user = s.anybody()
	}
	before, plans, owed := s.documents(), s.tally()["plans"], s.undisputed()
	v := s.modal(user, func() {
		for range 1 + s.rng.Intn(2) {
			s.answered("slack/action", map[string]any{"user": user, "channel": m.Channel, "ts": m.TS, "label": label}, nil)
		}
	})
	s.did["staff: "+label]++
	switch {
	case v != nil:
		s.decideByForm(user, label, v)
	case label == "Confirm":
		s.bookClaim(user)
	}
	s.rest()
	s.closeAll(user)
	s.took(before, label)
	if label != "Agree Plan" { // there what was in dispute is owed again first
		s.agreed(plans, owed)
	}
}

// decides are the buttons of a message by which something is decided.
func (s *simulation) decides(m slackMessage) (out []string) {
	all := labels(m.Blocks)
	if slices.Contains(all, "Record Payment") { // a card, where nothing waits
		return nil
	}
	for _, l := range all {
		if decisions[l] != nil && (l != "Confirm" || strings.Contains(shown(m.Text, m.Blocks), "PC-")) {
			out = append(out, l)
		}
	}
	return out
}

// decideByForm fills the form that a decision asks for.
func (s *simulation) decideByForm(user, label string, v *slackView) {
	if v.View.Submit == nil {
		return
	}
	values := map[string]string{}
	fill := func(name, value string) {
		if _, ok := v.field(name); ok {
			values[name] = value
		}
	}
	fill("why", fmt.Sprintf("decided in act %d", s.acts))
	fill("who", []string{sales, finance}[s.rng.Intn(2)])
	switch label {
	case "Offer Another":
		fill("count", fmt.Sprint(1+s.rng.Intn(4)))
	case "Agree Plan":
		fill("count", fmt.Sprint(2+s.rng.Intn(3)))
	case "Credit and Reissue":
		values = map[string]string{"price1": "60"}
	}
	if !s.sendForm(user, v, values) || label != "Credit and Reissue" {
		return
	}
	if w := s.state(); w.top(user) != nil && slices.Contains(labels(w.top(user).View.Blocks), "Confirm") {
		s.try("slack/action", map[string]any{"user": user, "view_id": v.ID, "label": "Confirm"}, nil)
	}
}

// bookClaim books the payment that a customer told of, once it was looked at.
func (s *simulation) bookClaim(user string) {
	w := s.state()
	for _, m := range slices.Backward(w.Slack.Messages) {
		if m.EphemeralTo == user && slices.Contains(labels(m.Blocks), "Book") {
			for range 1 + s.rng.Intn(2) {
				s.try("slack/action", map[string]any{"user": user, "channel": m.Channel, "ts": m.TS, "label": "Book"}, nil)
			}
			return
		}
	}
}

// simDocuments are how many documents there are of each kind.
type simDocuments struct {
	invoices ledger.InvoiceID
	payments ledger.PaymentID
	credits  ledger.CreditNoteID
}

func (s *simulation) documents() (d simDocuments) {
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		d.invoices, d.payments = v.LastInvoice(), v.LastPayment()
		for v.CreditNote(d.credits+1) != nil {
			d.credits++
		}
		return nil
	})
	return d
}

// bookedBy tells how many documents of each kind a decision may make.
var bookedBy = map[string]simDocuments{
	"Confirm": {payments: 1}, "Issue Credit Note": {credits: 1}, "Credit and Reissue": {credits: 1, invoices: 1},
}

// took takes into the model what a decision booked: no more than it is for.
func (s *simulation) took(before simDocuments, label string) {
	s.t.Helper()
	after, may := s.documents(), bookedBy[label]
	if s.quietLines && (after.invoices > before.invoices+may.invoices || after.payments > before.payments+may.payments || after.credits > before.credits+may.credits) {
		s.t.Errorf("%s booked too much: %+v, then %+v", label, before, after)
	}
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		handle := func(id ledger.CustomerID) string { return v.Customer(id).Handle }
		for id := before.payments + 1; id <= after.payments; id++ {
			if p := v.Payment(id); label == "Confirm" && p.Method == "bank" { // else it came by a link, and was counted there
				s.moved(handle(p.Customer), -p.Amount.Minor, "paid as he said")
			}
		}
		for id := before.credits + 1; id <= after.credits; id++ {
			n := v.CreditNote(id)
			s.moved(handle(v.Invoice(n.Invoice).Customer), -n.Total.Minor, "credited by "+label)
		}
		for id := before.invoices + 1; id <= after.invoices; id++ {
			inv := v.Invoice(id)
			s.moved(handle(inv.Customer), inv.Total, "issued by "+label)
			s.invoices = append(s.invoices, simInvoice{inv.Number.String(), handle(inv.Customer)})
		}
		return nil
	})
}

// sendAct sends somebody the act of the last weeks.
func (s *simulation) sendAct() {
	today := s.box.clock.Now()
	s.slack(finance, fmt.Sprintf("/ar reconcile %s %s %s send", s.handle(), today.AddDate(0, 0, -30).Format("2006-01-02"), today.AddDate(0, 0, -s.rng.Intn(3)).Format("2006-01-02")))
}

// payClaimed books money that somebody said he had paid, as if the bank had it now: that ends
// the claim.
func (s *simulation) payClaimed() {
	var p ledger.PaidClaim
	number, handle := "", ""
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		if waiting := v.WaitingClaims(); len(waiting) > 0 {
			p = *waiting[s.rng.Intn(len(waiting))]
			number, handle = v.Invoice(p.Invoice).Number.String(), v.Customer(p.Customer).Handle
		}
		return nil
	})
	if number == "" {
		return
	}
	_, seen := s.slack(finance, fmt.Sprintf("/ar payment %s %s %s", number, cents(p.Amount.Minor), p.Date))
	if !strings.Contains(seen, "✓") {
		return
	}
	s.moved(handle, -p.Amount.Minor, "paid as he said")
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		if now := v.PaidClaim(p.ID); now.Outcome != ledger.ClaimPaid {
			s.t.Errorf("%s of %s was paid, and is %q", now.Label(), p.Amount, now.Outcome)
		}
		return nil
	})
	s.did["claim met"]++
}

// position says what somebody does at a customer.
func (s *simulation) position() {
	s.slack(finance, fmt.Sprintf("/ar people %s 1 %s", s.handle(), []string{"buyer", "accountant", "director"}[s.rng.Intn(3)]))
}
