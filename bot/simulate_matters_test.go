package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// TestCustomersSettle lets customers of some of the languages settle their matters for weeks, on
// lines that nobody cuts: they promise and break it, dispute and withdraw, ask for plans, say that they
// paid, agree, and fall silent; staff decide. Every press is answered, nothing written is lost,
// and nobody on our side is at a loss. The seed is printed, as that of TestSimulation is.
func TestCustomersSettle(t *testing.T) {
	t.Parallel()
	seed, soak := seedOf(t, 3*time.Second)
	s := newSimulation(t, seed)
	defer s.stop()
	s.quietLines = true
	s.linked(3)
	for end := time.Now().Add(soak); time.Now().Before(end); {
		for range 10 {
			s.matter()
		}
		s.pass(1 + s.rng.Intn(60))
		s.check()
		s.checkMatters()
		if t.Failed() {
			t.FailNow()
		}
	}
	s.stop()
	if s.faults.Len() > 0 {
		t.Errorf("the bot was at a loss:\n%s", s.faults.String())
	}
	checkEnds(t, ledger.Path(s.dir))
	for _, command := range []string{"verify", "rebuild"} {
		if status := duebot([]string{command, ledger.Path(s.dir)}, io.Discard, os.Stderr); status != 0 {
			t.Errorf("%s failed", command)
		}
	}
	t.Logf("%d acts: %v", s.acts, s.did)
}

// linked adds customers until so many are linked.
func (s *simulation) linked(n int) {
	for len(s.chats) < n && len(s.owes) < 10 {
		s.addCustomer()
	}
}

// matter does one thing of those that customers and staff settle between them.
func (s *simulation) matter() {
	s.acts++
	menu := []func(){s.settle, s.settle, s.settle, s.settle, s.settle, s.settle, s.settle, s.answer, s.answer, s.answer,
		s.issueLines, s.issueLines, s.talk, s.pay, s.payByLink, s.payClaimed, s.sendAct, s.position, s.comeBack, s.remind}
	menu[s.rng.Intn(len(menu))]()
}

// issueLines issues an invoice of several lines that is due soon.
func (s *simulation) issueLines() {
	handle, one, two := s.handle(), int64(1+s.rng.Intn(90000)), int64(1+s.rng.Intn(90000))
	text := fmt.Sprintf("Lines of day %d", s.acts)
	s.asked[text] = simAsked{handle, one + two + 500}
	ts, seen := s.slack(sales, fmt.Sprintf(`/ar invoice %s %s "%s" + %s "Hosting" + 5 "Post" due %dd`, handle, cents(one), text, cents(two), s.rng.Intn(8)))
	if !strings.Contains(seen, "[Confirm]") {
		s.t.Errorf("no preview: %s", seen)
		return
	}
	before := s.issued()
	s.try("slack/action", map[string]any{"user": sales, "channel": "CINVOICES1", "ts": ts, "label": "Confirm"}, nil)
	s.confirmed(text, before)
}

// comeBack brings somebody back who had stopped us: he writes, or is invited again.
func (s *simulation) comeBack() {
	for _, handle := range slices.Sorted(maps.Keys(s.chats)) {
		chat, stopped := s.chats[handle], false
		s.box.bot.Load().books.View(func(v *ledger.View) error { stopped = v.Stopped(fmt.Sprintf("telegram:%d", chat)); return nil })
		if !stopped || s.blocked[chat] {
			continue
		}
		start := "/start"
		if s.rng.Intn(2) == 0 {
			start += " " + s.invite(handle)
		}
		s.writes(chat, start)
		s.did["came back"]++
		return
	}
}

// simQuiet is why nobody is to be reminded of an invoice, or of a part of it, while some hours
// pass in which nobody does anything.
type simQuiet struct {
	number   string
	customer ledger.CustomerID
	until    ledger.Date // a promise or a claim keeps reminders away, where the customer is
	disputed bool        // all that is open
	whole    string      // of which a part is in dispute: what is open, in the customer's words
}

// pass lets hours go by, in which nobody is reminded of what is in dispute, or of what he
// promised or said that he paid.
func (s *simulation) pass(hours int) {
	s.t.Helper()
	s.rest()
	s.readNotices(func(*ledger.View, *ledger.NoticeQueued, *ledger.NoticeOutcome) {})
	var quiet []simQuiet
	b := s.box.bot.Load()
	b.books.View(func(v *ledger.View) error {
		v.Invoices(func(inv *ledger.Invoice) {
			if inv.Open > 0 {
				quiet = append(quiet, s.quietOn(v, inv))
			}
		})
		return nil
	})
	s.advance(strconv.Itoa(hours) + "h")
	w := s.state()
	s.readNotices(func(v *ledger.View, n *ledger.NoticeQueued, x *ledger.NoticeOutcome) {
		chat, message, sent, err := v.NoticeMessage(x.Notice)
		if n.Kind != ledger.NoticeReminder || err != nil || !sent || !strings.HasPrefix(chat, "telegram:") {
			return
		}
		seen := w.reads(chat, message)
		s.did["reminders read"]++
		for _, q := range quiet {
			if q.customer != n.Customer || !strings.Contains(seen, q.number) {
				continue
			}
			if q.disputed || n.For <= q.until || q.whole != "" && strings.Contains(seen, q.whole) {
				s.t.Errorf("reminded for %s, though %+v:\n%s", n.For, q, seen)
			}
		}
	})
}

// readNotices calls f with what became of notices since it was called last.
func (s *simulation) readNotices(f func(v *ledger.View, n *ledger.NoticeQueued, x *ledger.NoticeOutcome)) {
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		return v.Facts(s.read+1, func(fact *ledger.Fact) error {
			s.read = fact.Seq
			switch x := fact.Body.(type) {
			case *ledger.NoticeQueued:
				s.queued = append(s.queued, *x)
			case *ledger.NoticeOutcome:
				f(v, &s.queued[x.Notice-1], x)
			}
			return nil
		})
	})
}

// quietOn tells why an invoice, or a part of it, is not to be reminded of. What was promised
// is quiet until a business day after it, and what was claimed as long as the chat said.
func (s *simulation) quietOn(v *ledger.View, inv *ledger.Invoice) simQuiet {
	c := v.Customer(inv.Customer)
	q := simQuiet{number: inv.Number.String(), customer: inv.Customer, disputed: inv.Undisputed().Minor == 0}
	if all := v.PromisesOn(inv); len(all) > 0 && all[0].Outcome == ledger.PromiseAwaited {
		q.until = all[0].By
	}
	if p := v.LastClaim(inv); p != nil && p.Outcome == ledger.ClaimWaits {
		q.until = max(q.until, p.Silent)
	}
	if inv.DisputedMoney().Minor > 0 && !q.disputed {
		chat := fmt.Sprintf("telegram:%d", s.chats[c.Handle])
		b := s.box.bot.Load()
		q.whole = wordsIn(b.texts, b.texts.Match(v.SpokenIn(chat, c)))(card.T("value", "value", inv.OpenMoney()))
	}
	return q
}

// checkMatters looks at what customers settled, a while after the last of it.
func (s *simulation) checkMatters() {
	s.t.Helper()
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		for handle, chat := range s.chats {
			if x, ok, _ := v.Expected(fmt.Sprintf("telegram:%d", chat)); ok {
				s.t.Errorf("%s is still asked for %s", handle, x.Kind)
			}
		}
		v.Invoices(func(inv *ledger.Invoice) { s.checkSilence(v, inv) })
		for id := ledger.PlanID(1); v.Plan(id) != nil; id++ {
			p := v.Plan(id)
			today := ledger.DateOf(v.Now, v.Customer(p.Customer).Zone)
			if at, left, ok := v.NextPart(p); ok && p.Outcome == ledger.PlanStands && p.Parts[at].Due.AddDays(simPatience) < today {
				s.t.Errorf("%s stands, and %s of its part of %s was not paid", p.Label(), left, p.Parts[at].Due)
			}
			if p.Outcome == ledger.PlanFailed {
				s.did["plans broken, seen"]++
			}
		}
		return nil
	})
	s.checkPages()
	s.checkPayLinks()
}

// simPatience is how many days after a day everything about it is judged: a business day for
// money to be booked, weekends, and the hour of the next reminders.
const simPatience = 5

// checkSilence sees that every silence has its reason, and its end.
func (s *simulation) checkSilence(v *ledger.View, inv *ledger.Invoice) {
	s.t.Helper()
	today := ledger.DateOf(v.Now, v.Customer(inv.Customer).Zone)
	if inv.Open == 0 || !v.Silent(inv, today) {
		return
	}
	s.did["silences seen"]++
	last := ledger.Date(0)
	for _, p := range v.PromisesOn(inv) {
		last = max(last, p.By.AddDays(simPatience))
	}
	for id := ledger.PaidClaimID(1); v.PaidClaim(id) != nil; id++ {
		if p := v.PaidClaim(id); p.Invoice == inv.ID && p.Outcome != ledger.ClaimNotFound && p.Outcome != ledger.ClaimTakenBack {
			last = max(last, p.Silent)
		}
	}
	if last < today {
		s.t.Errorf("%s is silent on %s, and should not be after %s", inv.Number, today, last)
	}
}

// checkPages looks through the chats for what nobody is to see.
func (s *simulation) checkPages() {
	s.t.Helper()
	for _, chat := range s.chats {
		for _, m := range s.phone(chat) {
			if m.From.IsBot {
				s.sane(m.Text)
			}
			for _, b := range slices.Concat(m.ReplyMarkup.Rows...) {
				s.sane(b.Text)
			}
		}
	}
}

// checkPayLinks opens the newest pay link of each invoice in dispute: it is for the rest.
func (s *simulation) checkPayLinks() {
	s.t.Helper()
	w := s.state()
	b := s.box.bot.Load()
	seen := map[ledger.InvoiceID]bool{}
	for _, chat := range s.chats {
		for _, m := range slices.Backward(w.messages(chat)) {
			for _, button := range slices.Concat(m.ReplyMarkup.Rows...) {
				_, link, found := strings.Cut(button.URL, payPath)
				id, _, ok := b.payments.opened(link)
				if !found || !ok || seen[id] {
					continue
				}
				seen[id] = true
				s.checkPayLink(id, button.URL)
			}
		}
	}
}

func (s *simulation) checkPayLink(id ledger.InvoiceID, url string) {
	s.t.Helper()
	var inv ledger.Invoice
	s.box.bot.Load().books.View(func(v *ledger.View) error { inv = *v.Invoice(id); return nil })
	if inv.Dispute == 0 {
		return
	}
	var r struct{ Session struct{ Amount string } }
	err := s.try("pay", map[string]any{"url": url, "outcome": "declined"}, &r)
	sum, _, _ := strings.Cut(r.Session.Amount, " ")
	minor, _ := strconv.ParseInt(strings.NewReplacer(".", "", ",", "").Replace(sum), 10, 64)
	if want := inv.Undisputed().Minor; err == nil && minor != want || err != nil && want >= simLeastPaid {
		s.t.Errorf("%d of %s are not in dispute, and its link is for %d (%v)", want, inv.Number, minor, err)
	}
	s.did["pay links of disputes opened"]++
}

// simLeastPaid is the least sum that the provider takes, in cents.
const simLeastPaid = 50

// faultLog keeps what the bot logs as errors.
type faultLog struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *faultLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if bytes.Contains(p, []byte("level=ERROR")) {
		return l.Buffer.Write(p)
	}
	return len(p), nil
}
