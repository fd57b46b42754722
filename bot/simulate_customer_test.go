package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"duebot/ledger"
)

// What customers of the simulation settle in their chats: they promise, dispute, ask for plans,
// say that they paid, answer acts, rate us, change their settings, stop and come back. They do it
// by the buttons that they were really sent, the newest as a rule and sometimes old ones; they
// press twice, write nonsense, and leave things in the middle.

// simMatter is something that a customer wants to settle: the commands that lead to its first
// button, unless that was sent to him, and how the data of the buttons begin that lead on.
type simMatter struct {
	name  string
	opens []string
	verbs []string
}

// simMatters are what customers settle; one that stands twice is settled twice as often.
var simMatters = []simMatter{
	{"promise", []string{"/invoices", "/pay"}, []string{"item|", "promise|"}},
	{"promise", nil, []string{"promise|"}},
	{"plan", []string{"/invoices"}, []string{"item|", "plan|"}},
	{"plan", nil, []string{"plan|"}},
	{"offer", nil, []string{"terms|"}},
	{"dispute", []string{"/dispute", "/invoices"}, []string{"item|", "dispute|", "reason|", "part|", "contest|", "partsum|"}},
	{"dispute", nil, []string{"dispute|", "reason|", "part|", "contest|", "partsum|"}},
	{"withdraw", nil, []string{"mydispute|", "withdraw|", "disputefile|"}},
	{"paid", []string{"/invoices"}, []string{"item|", "paid|"}},
	{"paid", nil, []string{"paid|", "proof|"}},
	{"not paid", nil, []string{"unpaid|", "proof|"}},
	{"plan", []string{"/invoices"}, []string{"item|", "plan|"}},
	{"paid", []string{"/invoices"}, []string{"item|", "paid|"}},
	{"offer", nil, []string{"terms|"}},
	{"act", nil, []string{"agree|", "differ|", "actpaper|"}},
	{"rating", nil, []string{"rated|"}},
	{"settings", []string{"/settings"}, []string{"go|settings", "go|hours", "go|newmail", "go|lang", "set|hours", "set|daily", "lang|", "position|", "positions|"}},
	{"stop", []string{"/stop"}, []string{"go|stop", "set|stop"}},
	{"question", []string{"/question"}, nil},
	{"anything", []string{"/start"}, []string{""}},
}

// mayChange are the counts of simTally that a button may raise, by the verb it carries; no
// other button changes any.
var mayChange = map[string][]string{
	"promise": {"promises", "deferrals"}, "plan": {"deferrals"}, "terms": {"promises", "plans"}, "reason": {"disputes"}, "contest": {"disputes"},
	"paid": {"claims"}, "rated": {"ratings"},
}

// simTally counts what customers settled.
type simTally map[string]int

// agreedActs are the acts that were agreed to, and by whom.
func (s *simulation) agreedActs() map[ledger.ReconciliationID]string {
	out := map[ledger.ReconciliationID]string{}
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		for id := ledger.ReconciliationID(1); v.Act(id) != nil; id++ {
			if r := v.Act(id); r.Answer == ledger.ActAgreed {
				out[id] = r.Who + r.Answered.String()
			}
		}
		return nil
	})
	return out
}

// checkAgreement sees that what was agreed to stays so, and that who agrees now may: an accountant,
// a director, or anybody where nobody said what he does there.
func (s *simulation) checkAgreement(chat int64, before map[ledger.ReconciliationID]string) {
	s.t.Helper()
	after, person := s.agreedActs(), fmt.Sprintf("telegram:%d", chat)
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		for id, who := range after {
			was, known := before[id]
			c := v.Customer(v.Act(id).Customer)
			l, _ := v.ChatLink(person, c.ID)
			may := l.Position == ledger.Accountant || l.Position == ledger.Director || !v.Positioned(c)
			if known && was != who || !known && !may {
				s.t.Errorf("%s was agreed to by %q, %s in chat %d, and before by %q", v.Act(id).Label(), who, l.Position, chat, was)
			}
			if !known {
				s.did["acts agreed to"]++
			}
		}
		return nil
	})
}

func (s *simulation) tally() simTally {
	out := simTally{}
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		for v.Dispute(ledger.DisputeID(out["disputes"]+1)) != nil {
			out["disputes"]++
		}
		for v.Deferral(ledger.DeferralID(out["deferrals"]+1)) != nil {
			out["deferrals"]++
		}
		for v.Plan(ledger.PlanID(out["plans"]+1)) != nil {
			out["plans"]++
		}
		for v.PaidClaim(ledger.PaidClaimID(out["claims"]+1)) != nil {
			out["claims"]++
		}
		for v.Rating(ledger.RatingID(out["ratings"]+1)) != nil {
			out["ratings"]++
		}
		v.Invoices(func(inv *ledger.Invoice) {
			if n := len(v.PromisesOn(inv)); n > 0 {
				out["promises on "+inv.Number.String()] = n
			}
		})
		return nil
	})
	return out
}

// settle lets a customer settle something, or begin to.
func (s *simulation) settle() {
	chat, ok := s.someChat()
	if !ok {
		return
	}
	m := simMatters[s.rng.Intn(len(simMatters))]
	if len(m.opens) > 0 && !s.writes(chat, m.opens[s.rng.Intn(len(m.opens))]) {
		return
	}
	var path []offered
	for range 7 {
		b, ok := s.buttonFor(chat, m, path)
		if !ok {
			break
		}
		s.pressData(chat, b)
		path = append(path, b)
		if s.rng.Intn(3) == 0 {
			s.answerAsked(chat)
		}
		if s.rng.Intn(12) == 0 {
			s.did["fell silent"]++
			return
		}
	}
	s.answerAsked(chat)
}

// someChat is the chat of a customer who can write.
func (s *simulation) someChat() (chat int64, ok bool) {
	var all []int64
	for _, handle := range slices.Sorted(maps.Keys(s.chats)) {
		if c := s.chats[handle]; !s.blocked[c] {
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		return 0, false
	}
	return all[s.rng.Intn(len(all))], true
}

// phone is a chat as its person sees it some seconds later: answers wait for the platform's rates.
func (s *simulation) phone(chat int64) []chatMessage {
	s.advance("10s")
	for range 100 {
		var w world
		resp, err := http.Get(s.base + "/control/state?wait=idle&part=telegram")
		if err != nil {
			s.t.Fatal(err)
		}
		err = json.NewDecoder(resp.Body).Decode(&w)
		resp.Body.Close()
		if err != nil {
			s.t.Fatal(err)
		}
		if w.Idle {
			return w.messages(chat)
		}
	}
	s.t.Fatal("the bot does not come to rest")
	return nil
}

// offered is a button that a customer has before him.
type offered struct {
	message int
	data    string
}

// buttonFor is a button that leads on in a matter: of the newest message that has any, or of any
// message, as a rule further on from the last of the path of those that he pressed, and none of
// these again. It is false where there is none.
func (s *simulation) buttonFor(chat int64, m simMatter, path []offered) (b offered, ok bool) {
	var by [][]offered
	for _, x := range slices.Backward(s.phone(chat)) {
		var here []offered
		for _, button := range slices.Concat(x.ReplyMarkup.Rows...) {
			b := offered{x.MessageID, button.Data}
			leads := slices.ContainsFunc(m.verbs, func(verb string) bool { return strings.HasPrefix(b.data, verb) && (verb != "item|" || len(path) == 0) })
			if b.data != "" && leads && !slices.Contains(path, b) {
				here = append(here, b)
			}
		}
		if len(here) > 0 {
			by = append(by, here)
		}
	}
	if len(by) == 0 {
		return b, false
	}
	choice := by[0]
	if s.rng.Intn(8) == 0 {
		choice = by[s.rng.Intn(len(by))]
	}
	if onward := onwardFrom(path, choice); len(onward) > 0 && s.rng.Intn(6) > 0 {
		choice = onward
	}
	return choice[s.rng.Intn(len(choice))], true
}

// onwardFrom are the buttons that lead further than the one that was pressed last, and not back.
func onwardFrom(path, all []offered) (out []offered) {
	for _, b := range all {
		verb, arg, _ := strings.Cut(b.data, "|")
		back := slices.ContainsFunc([]string{".no", ".none", ".back", ".day", ".page"}, func(end string) bool { return strings.Contains(arg, end) })
		further := len(path) == 0
		if !further {
			was, from, _ := strings.Cut(path[len(path)-1].data, "|")
			from, _, _ = strings.Cut(from, "|")
			further = verb != was && verb != "dispute" || strings.HasPrefix(arg, from+".")
		}
		if further && !back {
			out = append(out, b)
		}
	}
	return out
}

// pressData presses a button, sometimes twice in one moment. However often, it settles one thing,
// and nothing that it is not for; it books no money; and Telegram is answered.
func (s *simulation) pressData(chat int64, b offered) {
	verb, _, _ := strings.Cut(b.data, "|")
	tally, money, owed, acts := s.tally(), s.books(), s.undisputed(), s.agreedActs()
	times := 1
	if s.rng.Intn(5) == 0 {
		times = 2
	}
	var both sync.WaitGroup
	for range times {
		both.Go(func() { s.click(chat, b) })
	}
	both.Wait()
	s.phone(chat)
	s.did["pressed "+verb]++
	s.agreed(tally["plans"], owed)
	s.checkAgreement(chat, acts)
	if !s.quietLines { // what was cut off before may be booked in the same moment
		return
	}
	if after := s.books(); after != money {
		s.t.Errorf("pressing %s booked something: %+v, then %+v", b.data, money, after)
	}
	for what, n := range s.tally() {
		name, _, _ := strings.Cut(what, " ")
		switch was := tally[what]; {
		case n == was:
		case n > was+1:
			s.t.Errorf("pressing %s %d times: %d %s, then %d", b.data, times, was, what, n)
		case !slices.Contains(mayChange[verb], name):
			s.t.Errorf("pressing %s: %d %s, then %d", b.data, was, what, n)
		default:
			s.did["settled: "+name]++
		}
	}
}

// click presses a button once. On a line that nobody has cut it is answered.
func (s *simulation) click(chat int64, b offered) {
	calm := s.telegramCalm()
	var r struct {
		Answer *struct{ Text string }
	}
	err := s.try("telegram/click", map[string]any{"chat": chat, "message_id": b.message, "data": b.data}, &r)
	switch {
	case err != nil: // the message changed in the same moment
	case r.Answer != nil:
		s.sane(r.Answer.Text)
	case calm && s.telegramCalm():
		s.t.Errorf("pressing %s in chat %d was not answered", b.data, chat)
	}
}

// telegramCalm reports whether Telegram's line works, and nothing is set to cut it.
func (s *simulation) telegramCalm() bool {
	for _, f := range s.box.box.Faults().Left() {
		if f.Platform == "telegram" {
			return false
		}
	}
	return s.box.bot.Load().ready.Load()
}

// undisputed is what each invoice is to be paid on.
func (s *simulation) undisputed() map[ledger.InvoiceID]int64 {
	out := map[ledger.InvoiceID]int64{}
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		v.Invoices(func(inv *ledger.Invoice) { out[inv.ID] = inv.Undisputed().Minor })
		return nil
	})
	return out
}

// agreed sees that the parts of the plans after the first n add up to what was to be paid on
// their invoices when they were agreed to.
func (s *simulation) agreed(n int, owed map[ledger.InvoiceID]int64) {
	s.t.Helper()
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		for id := ledger.PlanID(n + 1); v.Plan(id) != nil; id++ {
			p := v.Plan(id)
			parts, claims := int64(0), int64(0)
			for _, part := range p.Parts {
				parts += part.Minor
			}
			for _, c := range p.Claims {
				claims += owed[c.Invoice]
			}
			if parts != p.Total().Minor || parts != claims && s.quietLines {
				s.t.Errorf("the parts of %s are %d, %d was to be paid", p.Label(), parts, claims)
			}
			s.did["plans agreed"]++
		}
		return nil
	})
}

// expects is what a chat is asked to write just now, "" for nothing.
func (s *simulation) expects(chat int64) (kind string) {
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		x, ok, err := v.Expected(fmt.Sprintf("telegram:%d", chat))
		if ok {
			kind = x.Kind
		}
		return err
	})
	return kind
}

// answerAsked writes what a chat was asked for, or something else.
func (s *simulation) answerAsked(chat int64) {
	day := func(days int) string { return s.box.clock.Now().AddDate(0, 0, days).Format("2006-01-02") }
	kind := s.expects(chat)
	var text string
	switch kind {
	case "":
		return
	case "promise", "plan":
		text = day(s.rng.Intn(80) - 3)
	case "paid.day":
		text = day(3 - s.rng.Intn(9))
	case "paid.sum", "dispute.sum":
		text = fmt.Sprint(1 + s.rng.Intn(900))
	case "mail":
		text = fmt.Sprintf("c%d@customers.example", s.rng.Intn(20))
	case "paid.proof":
		s.sendFile(chat, upload{Name: fmt.Sprintf("order-%d.pdf", s.acts), Mime: "application/pdf", Data: paymentOrder(s.acts)})
		return
	case "act.differs":
		if s.rng.Intn(2) == 0 {
			s.sendFile(chat, upload{Name: "ours.csv", Mime: "text/csv", Data: s.ownList(chat)})
			return
		}
	}
	s.did["wrote "+kind]++
	if text == "" || s.rng.Intn(5) == 0 {
		text = fmt.Sprintf("not what was asked for, of act %d", s.acts)
	}
	s.writes(chat, text)
}

// sendFile sends a file without words.
func (s *simulation) sendFile(chat int64, file upload) {
	s.try("telegram/message", map[string]any{"chat": chat, "document": file}, nil)
	s.phone(chat)
	s.did["sent "+file.Name[:4]]++
}

// paymentOrder is a file of one page that says that something was paid.
func paymentOrder(n int) []byte {
	page := fmt.Sprintf("BT /F1 12 Tf 50 700 Td (Payment order %d) Tj 0 -20 Td (Amount: %d.00) Tj ET", n, 10+n)
	return fmt.Appendf(nil, `%%PDF-1.4
1 0 obj
<</Type/Catalog/Pages 2 0 R>>
endobj
2 0 obj
<</Type/Pages/Kids[3 0 R]/Count 1>>
endobj
3 0 obj
<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>
endobj
4 0 obj
<</Length %d>>
stream
%s
endstream
endobj
5 0 obj
<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>
endobj
`, len(page), page)
}

// ownList is a customer's own list of his account: ours, or another one.
func (s *simulation) ownList(chat int64) []byte {
	out := "Date,Invoice,Debit,Credit\n"
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		v.Invoices(func(inv *ledger.Invoice) {
			if s.chats[v.Customer(inv.Customer).Handle] == chat {
				out += fmt.Sprintf("%s,%s,,%s\n", inv.Date, inv.Number, cents(inv.Total+int64(s.rng.Intn(2))))
			}
		})
		return nil
	})
	return []byte(out + "2026-01-05,X-99,50,\n")
}

// writes types something in a chat, or sends it with a file, and sees that it is not lost: unless
// something else was asked for it is among the words of the books. It is false where the platform
// did not take it.
func (s *simulation) writes(chat int64, text string, files ...upload) bool {
	kind, calm := s.expects(chat), s.telegramCalm()
	act := map[string]any{"chat": chat, "text": text}
	for _, f := range files {
		act["document"] = f
	}
	if err := s.try("telegram/message", act, nil); err != nil {
		return false
	}
	s.phone(chat)
	if kind != "" && kind != "paid.proof" || strings.HasPrefix(text, "/") || !calm || !s.telegramCalm() {
		return true
	}
	found := false
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		for id := ledger.WordsID(1); v.Words(id) != nil; id++ {
			said, err := v.Text(v.Words(id).Text)
			found = found || err == nil && said == text
		}
		return nil
	})
	if !found {
		s.t.Errorf("%q was written in chat %d, and is lost", text, chat)
	}
	return true
}
