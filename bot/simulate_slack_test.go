package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
)

// What people of the simulation do in Slack beside typing: forms, dropped files, notes, the
// buttons of cards and of Home. Each act has what must hold after it, whatever fails on the
// way: a form books once or not at all, a file all or nothing, nobody does what is not for his
// role, and every press is acknowledged in time.

// answered does what Slack waits for, and does it again where a cut line swallowed it. Twice
// unanswered on a line that nobody has cut is a fault of ours.
func (s *simulation) answered(path string, act map[string]any, out any) bool {
	s.t.Helper()
	missed := 0
	for range 8 {
		calm := s.calm()
		err := s.try(path, act, out)
		if err == nil {
			return true
		}
		if !strings.Contains(err.Error(), "did not answer within") && !strings.Contains(err.Error(), "not connected") {
			return false // it is not there any more
		}
		if calm && s.calm() {
			missed++
		}
		if missed == 2 {
			s.t.Errorf("%v was not acknowledged", act)
			return false
		}
		s.rest()
	}
	return false // it was cut again and again
}

// calm reports whether Slack's line works, and nothing is set to cut it.
func (s *simulation) calm() bool {
	for _, f := range s.box.box.Faults().Left() {
		if f.Platform == "slack" {
			return false
		}
	}
	return s.box.bot.Load().ready.Load()
}

// modal does something that opens a form, and returns it; nil where none came.
func (s *simulation) modal(user string, open func()) *slackView {
	s.closeAll(user)
	open()
	w := s.state()
	return w.top(user)
}

func (s *simulation) closeAll(user string) {
	for range 10 {
		w := s.state()
		v := w.top(user)
		if v == nil {
			return
		}
		s.post("slack/close", map[string]any{"user": user, "view_id": v.ID}, nil)
	}
	s.t.Errorf("the modals of %s do not end", user)
}

// sendForm fills a form and sends it, sometimes twice in one moment, and sometimes while a
// choice in it is still under way. Taken reports whether it was acknowledged without a fault.
func (s *simulation) sendForm(user string, v *slackView, values map[string]string) (taken bool) {
	filled := map[string]any{}
	for name, value := range values {
		b, ok := v.field(name)
		if !ok {
			s.t.Errorf("the form %s has no field %s", v.View.Title.Text, name)
			return false
		}
		filled[b.BlockID] = value
	}
	var both sync.WaitGroup
	var mu sync.Mutex
	for range 1 + s.rng.Intn(2) {
		both.Go(func() {
			var r struct {
				Errors map[string]string
				Error  string
			}
			err := s.try("slack/submit", map[string]any{"user": user, "view_id": v.ID, "values": filled}, &r)
			mu.Lock()
			defer mu.Unlock()
			if err == nil && r.Error == "" && len(r.Errors) == 0 {
				taken = true
			}
			for _, bad := range append(slices.Collect(maps.Values(r.Errors)), r.Error) {
				if strings.Contains(bad, "refuse.") || strings.Contains(bad, "<no value>") || strings.Contains(bad, "invalid_") {
					s.t.Errorf("%s %v: %s", v.View.Title.Text, values, bad)
				}
			}
		})
	}
	if b, ok := v.field("account"); ok && s.rng.Intn(3) == 0 { // the form is made again under the one that was sent
		both.Go(func() {
			s.try("slack/action", map[string]any{"user": user, "view_id": v.ID, "action_id": b.Element.ActionID, "selected": values["account"]}, nil)
		})
	}
	both.Wait()
	w := s.rest()
	s.sane(w.modal(user))
	return taken
}

// sane finds in what a person sees what nobody is to see.
func (s *simulation) sane(seen string) {
	s.t.Helper()
	for _, bad := range []string{"refuse.", "<no value>", "went wrong on our side", "%!"} {
		if strings.Contains(seen, bad) {
			s.t.Errorf("seen: %s", seen)
		}
	}
}

// inv is an invoice as the books have it now.
func (s *simulation) book(number string) (inv ledger.Invoice, creditable int64) {
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		x, err := v.InvoiceNumbered(number)
		if err == nil {
			inv, creditable = *x, x.Creditable().Minor
		}
		return err
	})
	return inv, creditable
}

func (s *simulation) lastPayment() (id ledger.PaymentID) {
	s.box.bot.Load().books.View(func(v *ledger.View) error { id = v.LastPayment(); return nil })
	return id
}

func cents(n int64) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }

// form fills in one of the forms about money.
func (s *simulation) form() {
	inv, ok := s.invoice()
	if !ok {
		return
	}
	switch s.rng.Intn(4) {
	case 0:
		s.payByForm(inv)
	case 1:
		s.issueByForm(inv.handle)
	case 2:
		s.creditByForm(inv)
	case 3:
		s.giveUpByForm(inv)
	}
}

// payByForm records a payment, from the line, the invoice's card, or Slack's menu.
func (s *simulation) payByForm(inv simInvoice) {
	v := s.modal(finance, func() {
		switch s.rng.Intn(3) {
		case 0:
			s.slack(finance, "/ar payment "+inv.number)
		case 1:
			s.answered("slack/shortcut", map[string]any{"user": finance, "callback_id": "record_payment"}, nil)
		case 2:
			if m, ok := s.cardOf(inv.number); ok {
				s.answered("slack/action", map[string]any{"user": finance, "channel": m.Channel, "ts": m.TS, "label": "Record Payment"}, nil)
			}
		}
	})
	if v == nil || v.View.Submit == nil {
		return
	}
	sum := int64(1 + s.rng.Intn(300000))
	values := map[string]string{"sum": cents(sum), "reference": fmt.Sprintf("form %d", s.acts)}
	if _, ok := v.field("account"); ok {
		values["account"] = inv.number
	}
	before := s.lastPayment()
	taken := s.sendForm(finance, v, values)
	s.once("payment form", int64(s.lastPayment()-before), 1, taken, func() { s.moved(inv.handle, -sum, "paid by form") })
}

// once sees that a form changed something by what it says or not at all, and that one which
// was refused or lost did not.
func (s *simulation) once(what string, changed, by int64, taken bool, booked func()) {
	s.t.Helper()
	switch {
	case changed == by:
		s.did[what+" booked"]++
		booked()
	case changed != 0:
		s.t.Errorf("%s: changed %d, not %d", what, changed, by)
	case taken:
		s.did[what+" refused"]++
	}
}

// issueByForm asks for an invoice by a form, and confirms it in the modal.
func (s *simulation) issueByForm(handle string) {
	v := s.modal(sales, func() { s.slack(sales, "/ar invoice "+handle) })
	if v == nil {
		return
	}
	sum, text := int64(1+s.rng.Intn(500000)), fmt.Sprintf("Form of day %d", s.acts)
	s.asked[text] = simAsked{handle, sum}
	before := s.issued()
	if !s.sendForm(sales, v, map[string]string{"text1": text, "price1": cents(sum)}) {
		return
	}
	if w := s.state(); w.top(sales) == nil || !slices.Contains(labels(w.top(sales).View.Blocks), "Confirm") {
		return
	}
	var both sync.WaitGroup
	for range 1 + s.rng.Intn(2) {
		both.Go(func() {
			s.try("slack/action", map[string]any{"user": sales, "view_id": v.ID, "label": "Confirm"}, nil)
		})
	}
	both.Wait()
	s.rest()
	if s.confirmed(text, before); len(s.issued()) > len(before) {
		s.did["invoice form booked"]++
	}
}

// creditByForm gives a credit note for a part of an invoice.
func (s *simulation) creditByForm(inv simInvoice) {
	_, most := s.book(inv.number)
	if most == 0 {
		return
	}
	v := s.modal(finance, func() { s.slack(finance, "/ar credit "+inv.number) })
	if v == nil {
		return
	}
	before, _ := s.book(inv.number)
	sum := 1 + s.rng.Int63n(most)
	taken := s.sendForm(finance, v, map[string]string{"sum": cents(sum), "why": "agreed by telephone"})
	after, _ := s.book(inv.number)
	s.once("credit form", after.Credited-before.Credited, sum, taken, func() { s.moved(inv.handle, -sum, "credited by form on "+inv.number) })
}

// giveUpByForm writes a part of an invoice off.
func (s *simulation) giveUpByForm(inv simInvoice) {
	before, _ := s.book(inv.number)
	if before.Open == 0 {
		return
	}
	v := s.modal(finance, func() { s.slack(finance, "/ar writeoff "+inv.number) })
	if v == nil {
		return
	}
	sum := 1 + s.rng.Int63n(before.Open)
	taken := s.sendForm(finance, v, map[string]string{"sum": cents(sum), "why": "not worth the letter"})
	after, _ := s.book(inv.number)
	s.once("write-off form", after.WrittenOff-before.WrittenOff, sum, taken, func() {})
}

// note writes a talk down, and sometimes takes it back, sometimes twice.
func (s *simulation) note() {
	handle := s.handle()
	notes := func() (n int, undone bool) {
		s.box.bot.Load().books.View(func(v *ledger.View) error {
			for v.Note(ledger.NoteID(n+1)) != nil {
				n++
			}
			undone = n > 0 && v.Note(ledger.NoteID(n)).Undone
			return nil
		})
		return n, undone
	}
	before, _ := notes()
	ts, seen := s.slack(sales, fmt.Sprintf("/ar note %s called, pays in %d days", handle, 1+s.rng.Intn(9)))
	after, _ := notes()
	if after > before+1 {
		s.t.Errorf("one line wrote %d notes", after-before)
	}
	if after == before || !strings.Contains(seen, "[Undo]") || s.rng.Intn(2) == 0 {
		return
	}
	for range 1 + s.rng.Intn(2) {
		if s.answered("slack/action", map[string]any{"user": sales, "channel": "CINVOICES1", "ts": ts, "label": "Undo"}, nil) {
			if n, undone := notes(); n != after || !undone {
				s.t.Errorf("after Undo there are %d notes, the last undone: %t", n, undone)
			}
		}
	}
}

// cardOf is the message of an invoice's card.
func (s *simulation) cardOf(number string) (slackMessage, bool) {
	channel, ts, ok := "", "", false
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		inv, err := v.InvoiceNumbered(number)
		if err == nil {
			channel, ts, ok, err = v.NoticeMessage(inv.Card)
		}
		return err
	})
	w := s.state()
	for _, m := range w.Slack.Messages {
		if ok && "slack:"+m.Channel == channel && m.TS == ts {
			return m, true
		}
	}
	return slackMessage{}, false
}

// formsOf are the buttons that open forms, by the verbs that these run.
var formsOf = map[string]string{"Record Payment": "payment", "Credit": "credit", "Credit and Reissue": "reissue", "Write Off": "writeoff",
	"Note Promise": "promise", "Remind Now": "remind", "New Invoice": "invoice"}

// mayRun reports whether a role may what a button opens.
func mayRun(role commands.Role, label string) bool {
	for _, cmd := range commands.Table() {
		if cmd.Name == formsOf[label] {
			return slices.Contains(cmd.Who, role)
		}
	}
	return true
}

// staffRoles are the people of the simulation.
var staffRoles = map[string]commands.Role{sales: commands.Sales, finance: commands.Finance, manager: commands.Manager, auditor: commands.Auditor}

func (s *simulation) anybody() string {
	return []string{sales, finance, manager, auditor}[s.rng.Intn(4)]
}

// cardButton presses some button of some invoice's card, whosever it is: who may not do what
// it opens gets no form, and no press by itself books anything.
func (s *simulation) cardButton() {
	inv, ok := s.invoice()
	if !ok {
		return
	}
	s.rest()
	m, ok := s.cardOf(inv.number)
	offered := labels(m.Blocks)
	if !ok || len(offered) == 0 {
		return
	}
	user, label := s.anybody(), offered[s.rng.Intn(len(offered))]
	before := s.books()
	v := s.modal(user, func() {
		s.answered("slack/action", map[string]any{"user": user, "channel": m.Channel, "ts": m.TS, "label": label}, nil)
	})
	if v != nil && v.View.Submit != nil && !mayRun(staffRoles[user], label) {
		s.t.Errorf("%s got the form of %s, which is not for him", user, label)
	}
	if after := s.books(); after != before {
		s.t.Errorf("pressing %s of %s booked something: %+v, then %+v", label, inv.number, before, after)
	}
	w := s.state()
	s.sane(w.modal(user))
	s.closeAll(user)
}

// simBooks is what a press that books nothing leaves alone.
type simBooks struct {
	invoices ledger.InvoiceID
	payments ledger.PaymentID
	open     int64
}

func (s *simulation) books() (b simBooks) {
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		b.invoices, b.payments = v.LastInvoice(), v.LastPayment()
		v.Invoices(func(i *ledger.Invoice) { b.open += i.Open })
		return nil
	})
	return b
}

// homeTab opens somebody's Home and presses something in it. Requests are decided there too.
func (s *simulation) homeTab() {
	user := s.anybody()
	if !s.answered("slack/home", map[string]any{"user": user}, nil) {
		return
	}
	w := s.rest()
	home, ok := w.Slack.Homes[user]
	if !ok {
		return // the event was lost with the line, and Slack gave it up
	}
	s.homes[user] = true
	s.sane(w.home(user))
	offered := labels(home.Blocks)
	if len(offered) == 0 {
		return
	}
	label, before := offered[s.rng.Intn(len(offered))], s.books()
	v := s.modal(user, func() {
		s.answered("slack/action", map[string]any{"user": user, "label": label}, nil)
	})
	if v == nil {
		return
	}
	if v.View.Submit != nil && !mayRun(staffRoles[user], label) {
		s.t.Errorf("%s got the form of %s, which is not for him", user, label)
	}
	if after := s.books(); after != before {
		s.t.Errorf("pressing %s in Home booked something: %+v, then %+v", label, before, after)
	}
	w = s.state()
	s.sane(w.modal(user))
	if strings.HasPrefix(label, "Review ") {
		s.review(user, v)
	}
	s.closeAll(user)
}

// review decides a request in the modal that Home opened.
func (s *simulation) review(user string, v *slackView) {
	before := s.issued()
	for range 1 + s.rng.Intn(2) {
		label := []string{"Approve", "Decline"}[s.rng.Intn(2)]
		if slices.Contains(labels(v.View.Blocks), label) {
			s.answered("slack/action", map[string]any{"user": user, "view_id": v.ID, "label": label}, nil)
			s.did["decided in Home"]++
		}
	}
	s.rest()
	s.approved(before)
}

// file drops a table of payments or of open invoices, lets somebody press what stands under
// it, and drops it again: its rows are booked together, and once.
func (s *simulation) file() {
	var rows []simRow
	for range 1 + s.rng.Intn(8) {
		rows = append(rows, simRow{s.handle(), int64(1 + s.rng.Intn(90000))})
	}
	name, data := fmt.Sprintf("day-%d.csv", s.acts), ""
	opening := s.rng.Intn(2) == 0
	for i, r := range rows {
		if opening {
			data += fmt.Sprintf("%s,OLD-%d-%d,2025-11-01,2025-12-01,%s\n", r.handle, s.acts, i, cents(r.cents))
		} else {
			data += fmt.Sprintf("%s,2025-12-%02d,%s,file %d row %d\n", r.handle, i+1, cents(r.cents), s.acts, i)
		}
	}
	head := map[bool]string{true: "Customer,Invoice,Date,Due,Open\n", false: "Customer,Payment date,Paid,Reference\n"}[opening]
	for range 1 + s.rng.Intn(2) {
		s.dropFile(name, head+data, rows, opening)
	}
}

// simRow is a row of a dropped file.
type simRow struct {
	handle string
	cents  int64
}

func (s *simulation) dropFile(name, data string, rows []simRow, opening bool) {
	w := s.rest()
	old := map[string]bool{}
	for _, m := range w.Slack.Messages {
		old[m.Channel+m.TS] = true
	}
	was := s.books()
	s.post("slack/message", map[string]any{"user": finance, "channel": "CFINANCE01", "text": "",
		"files": []upload{{Name: name, Mime: "text/csv", Data: []byte(data)}}}, nil)
	w = s.rest()
	for _, m := range w.Slack.Messages {
		label := ""
		for _, l := range labels(m.Blocks) {
			if strings.HasPrefix(l, "Import ") {
				label = l
			}
		}
		if old[m.Channel+m.TS] || label == "" {
			continue
		}
		label = []string{label, label, label, "Cancel"}[s.rng.Intn(4)]
		for _, user := range [][]string{{manager}, {manager, manager}, {sales, manager}, {finance}}[s.rng.Intn(4)] {
			s.try("slack/action", map[string]any{"user": user, "channel": m.Channel, "ts": m.TS, "label": label}, nil)
		}
		s.rest()
		s.rest()
	}
	now := s.books()
	paid, opened := int(now.payments-was.payments), int(now.invoices-was.invoices)
	switch {
	case paid == 0 && opened == 0:
		s.did["file not booked"]++
	case opening && paid == 0 && opened == len(rows):
		s.did["file of invoices booked"]++
		for _, r := range rows {
			s.moved(r.handle, r.cents, "opened by "+name)
		}
	case !opening && opened == 0 && paid == len(rows):
		s.did["file of payments booked"]++
		for _, r := range rows {
			s.moved(r.handle, -r.cents, "paid by "+name)
		}
	default:
		s.t.Errorf("a file of %d rows, of open invoices: %t, booked %d payments and %d invoices:\n%s", len(rows), opening, paid, opened, data)
	}
}

// checkCards compares the cards in Slack with the books.
func (s *simulation) checkCards() {
	s.t.Helper()
	b := s.box.bot.Load()
	w := s.state()
	texts := map[string]string{}
	for _, m := range w.Slack.Messages {
		texts["slack:"+m.Channel+" "+m.TS] = unescaper.Replace(m.Text)
	}
	b.books.View(func(v *ledger.View) error {
		v.Invoices(func(inv *ledger.Invoice) {
			channel, ts, ok, err := v.NoticeMessage(inv.Card)
			if err != nil || !ok {
				return
			}
			msg, err := b.desk.Notice(v, &ledger.Notice{NoticeQueued: ledger.NoticeQueued{Kind: ledger.NoticeCard, Invoice: inv.ID, Customer: inv.Customer}})
			if err != nil {
				s.t.Errorf("the card of %s: %v", inv.Number, err)
				return
			}
			words := b.staffWords(strings.TrimPrefix(channel, "slack:"))
			for _, f := range msg.Card.Fields {
				line := mentioned.Replace(words(f.Label) + ": " + words(f.Value))
				if got := texts[channel+" "+ts]; !strings.Contains(got, line) {
					s.t.Errorf("the card of %s lacks %q:\n%s", inv.Number, line, got)
				}
			}
		})
		return nil
	})
}

// mentioned writes people as Slack does.
var mentioned = strings.NewReplacer(card.MentionOpen, "<@", card.MentionClose, ">")

// checkHomes opens the Home tabs once more: nothing in them may be other than it was.
func (s *simulation) checkHomes() {
	s.t.Helper()
	was := s.state()
	for user := range s.homes {
		if !s.calm() || !s.answered("slack/home", map[string]any{"user": user}, nil) {
			return
		}
	}
	w := s.state()
	for user := range s.homes {
		if before, after := undated(was.home(user)), undated(w.home(user)); before != after {
			s.t.Errorf("the Home of %s was behind the books:\n%s", user, difference(before, after))
		}
	}
}

// undated is a Home tab without the moment when it was made, and without its picture, which
// Slack may not have taken in time.
func undated(home string) string {
	lines := strings.Split(home, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, "Updated ") || strings.HasPrefix(l, "(picture: ") }), "\n")
}
