package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"duebot/bot/text"
	"duebot/commands/card"
	"duebot/ledger"
)

// fetch reads one of the control interface's GETs.
func fetch(t testing.TB, url string, into any) {
	resp, err := http.Get(url)
	if err != nil {
		t.Error(err)
		return
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		t.Errorf("%s: %v", url, err)
	}
}

// logOf is what passed between bot and platforms after the entry since.
func logOf(t testing.TB, base string, since int64) []entry {
	var out struct{ Entries []entry }
	fetch(t, fmt.Sprintf("%s/control/log?since=%d", base, since), &out)
	return out.Entries
}

// worldOf is the stand-ins' state now, whatever is under way.
func worldOf(t testing.TB, base string) (w bigWorld) {
	fetch(t, base+"/control/state", &w)
	return w
}

// bookReader is what a stopped bot's books say, fact by fact.
type bookReader struct {
	invoices []*ledger.Invoice
	works    map[string]int // text of a line → how many invoices have it
	payments map[string]int // key of a provider's payment → how often it was booked
	sums     map[string]int // of bank transfers
	words    map[string]int // in disputes, of either side
	disputes map[string]int // number of an invoice → how many disputes were opened
	ends     map[ledger.DisputeID]int
	queued   []ledger.NoticeQueued // by notice id, from 1
	outcomes map[ledger.NoticeID][]*ledger.NoticeOutcome
	open     []ledger.Notice // wait still
}

// readBooks opens the books of a bot that has stopped.
func readBooks(t testing.TB, path, mark string, use func(b *bookReader)) {
	t.Helper()
	books, err := ledger.Open(path, ledger.Options{Now: time.Now, Mark: mark})
	if err != nil {
		t.Fatal(err)
	}
	defer books.Close()
	b := &bookReader{works: map[string]int{}, payments: map[string]int{}, sums: map[string]int{}, words: map[string]int{},
		disputes: map[string]int{}, ends: map[ledger.DisputeID]int{}, queued: make([]ledger.NoticeQueued, 1), outcomes: map[ledger.NoticeID][]*ledger.NoticeOutcome{}}
	err = books.View(func(v *ledger.View) error {
		v.Invoices(func(inv *ledger.Invoice) { i := *inv; b.invoices = append(b.invoices, &i) })
		b.open = v.OpenNotices(0)
		return v.Facts(1, func(f *ledger.Fact) error { return b.fact(v, f) })
	})
	if err != nil {
		t.Fatal(err)
	}
	use(b)
}

func (b *bookReader) fact(v *ledger.View, f *ledger.Fact) error {
	switch x := f.Body.(type) {
	case *ledger.InvoiceIssued:
		for _, l := range x.Lines {
			b.works[l.Text]++
		}
	case *ledger.PaymentReceived:
		if x.Method == "bank" {
			b.sums[fmt.Sprintf("%d.%02d", x.Amount.Minor/100, x.Amount.Minor%100)]++
		} else {
			b.payments[f.Via]++
		}
	case *ledger.DisputeOpened:
		b.disputes[v.Invoice(x.Invoice).Number.String()]++
	case *ledger.DisputeMessage:
		words, err := v.Text(x.Text)
		if err != nil {
			return err
		}
		b.words[words]++
	case *ledger.DisputeResolved:
		b.ends[x.Dispute]++
	case *ledger.NoticeQueued:
		b.queued = append(b.queued, *x)
	case *ledger.NoticeOutcome:
		if x.State == ledger.NoticeSent {
			var err error // the fact itself names a person, not his chat
			if x.Chat, x.Message, _, err = v.NoticeMessage(x.Notice); err != nil {
				return err
			}
		}
		b.outcomes[x.Notice] = append(b.outcomes[x.Notice], x)
	}
	return nil
}

// audit compares what a stopped bot's books say with what the platforms have.
type audit struct {
	t     testing.TB
	books *bookReader
	world bigWorld
	log   []entry
}

// check compares what people did, what the books say, and what the platforms have.
func (r *rush) check() {
	world, log := r.look(), r.log(0)
	readBooks(r.t, r.w.db, "", func(b *bookReader) {
		a := &audit{r.t, b, world, log}
		r.checkActs(a)
		became := a.outcomes()
		a.slack()
		copies := a.telegram()
		r.t.Logf("%d notices: %v; %d messages to customers sent again as copies; %d look-ups in Slack, %d answers that never came", len(b.queued)-1, became, copies,
			count(log, func(e entry) bool {
				return strings.HasPrefix(e.Method, "conversations.") && e.Method != "conversations.open"
			}),
			count(log, func(e entry) bool { return e.Dir == "in" && e.Status == 0 }))
	})
}

func count(entries []entry, what func(entry) bool) (n int) {
	for _, e := range entries {
		if what(e) {
			n++
		}
	}
	return n
}

// checkActs looks for each act of people in the books: once, and nothing beside.
func (r *rush) checkActs(a *audit) {
	b := a.books
	once := func(what string, done []string, booked map[string]int) {
		for _, x := range done {
			if booked[x] != 1 {
				r.t.Errorf("%s %q is in the books %d times, want once", what, x, booked[x])
			}
		}
		if len(done) != len(booked) {
			r.t.Errorf("%s: %d are in the books, and people did %d", what, len(booked), len(done))
		}
	}
	once("invoice", r.works, b.works)
	once("transfer", r.sums, b.sums)
	once("words", append(append([]string{}, r.words...), r.answers...), b.words)
	var paid []string
	for _, s := range a.world.Stripe.Sessions {
		if s.PaymentStatus == "paid" {
			paid = append(paid, "stripe:session:"+s.ID)
		}
	}
	once("payment by link", paid, b.payments)
	if len(paid) != len(r.sessions) {
		r.t.Errorf("Stripe has %d paid sessions, and people paid %d", len(paid), len(r.sessions))
	}
	if len(b.disputes) != r.done["dispute"] || len(b.ends) != r.done["resolved"] {
		r.t.Errorf("the books have %d disputes, %d of them ended; people opened %d and ended %d", len(b.disputes), len(b.ends), r.done["dispute"], r.done["resolved"])
	}
	for number, n := range b.disputes {
		if n != 1 {
			r.t.Errorf("%s was disputed %d times, want once", number, n)
		}
	}
	for id, n := range b.ends {
		if n != 1 {
			r.t.Errorf("dispute %d ended %d times, want once", id, n)
		}
	}
}

// gaveUp reports whether a send was killed so often, by chance always in its midst, that staff
// are asked to look.
func gaveUp(x *ledger.NoticeOutcome) bool {
	return strings.Contains(x.Reason, "nobody knows whether one of them arrived")
}

// lostAll reports whether the message of an invoice was given up.
func (a *audit) lostAll(inv ledger.InvoiceID) bool {
	for id := 1; id < len(a.books.queued); id++ {
		if q := a.books.queued[id]; q.Kind == ledger.NoticeInvoice && q.Invoice == inv {
			for _, x := range a.books.outcomes[ledger.NoticeID(id)] {
				if gaveUp(x) {
					return true
				}
			}
		}
	}
	return false
}

// outcomes sees that each notice came to one end, and that none failed but one whose sends were
// all killed.
func (a *audit) outcomes() (became map[ledger.NoticeState]int) {
	b := a.books
	became = map[ledger.NoticeState]int{}
	for id := 1; id < len(b.queued); id++ {
		ends := b.outcomes[ledger.NoticeID(id)]
		if len(ends) != 1 {
			a.t.Errorf("notice %d (%s) has %d outcomes, want one", id, b.queued[id].Kind, len(ends))
			continue
		}
		became[ends[0].State]++
		if ends[0].State == ledger.NoticeFailed && !gaveUp(ends[0]) {
			a.t.Errorf("notice %d (%s) failed: %s", id, b.queued[id].Kind, ends[0].Reason)
		}
	}
	if n := became[ledger.NoticeFailed]; n > 1 {
		a.t.Errorf("%d notices were given up, want one at most", n)
	}
	if sum := became[ledger.NoticeSent] + became[ledger.NoticeUnknown] + became[ledger.NoticeWithdrawn] + became[ledger.NoticeFailed]; sum != len(b.queued)-1 {
		a.t.Errorf("%d notices were queued and %d came to an end: %v", len(b.queued)-1, sum, became)
	}
	return became
}

// sent calls f with each notice that a platform took as a message of its own.
func (b *bookReader) sent(f func(id ledger.NoticeID, n *ledger.NoticeQueued, x *ledger.NoticeOutcome)) {
	for id := 1; id < len(b.queued); id++ {
		n := &b.queued[id]
		for _, x := range b.outcomes[ledger.NoticeID(id)] {
			if x.State == ledger.NoticeSent && n.Kind.Lost() != ledger.LostRedo {
				f(ledger.NoticeID(id), n, x)
			}
		}
	}
}

// slack sees that Slack has exactly the messages that the books say it took: what was
// lost is looked up there before anything else, so that nothing is said twice.
func (a *audit) slack() {
	have := map[string]string{} // place → text
	for _, m := range a.world.Slack.Messages {
		if file := m.BotID != "" && len(m.Files) > 0 && m.ThreadTS != ""; file || m.Metadata.Payload.ID != "" {
			have["slack:"+m.Channel+" "+m.TS] = m.said()
		}
	}
	said := map[string]ledger.NoticeID{}
	a.books.sent(func(id ledger.NoticeID, n *ledger.NoticeQueued, x *ledger.NoticeOutcome) {
		if n.Kind.ToCustomer() {
			return
		}
		place := x.Chat + " " + x.Message
		if _, ok := have[place]; !ok {
			a.t.Errorf("notice %d (%s) is not in Slack at %s", id, n.Kind, place)
		}
		if other, twice := said[place]; twice {
			a.t.Errorf("notices %d and %d are both at %s", other, id, place)
		}
		said[place] = id
	})
	for place, words := range have {
		if _, ok := said[place]; !ok {
			a.t.Errorf("the books do not know the message at %s: %q", place, words)
		}
	}
	for _, inv := range a.books.invoices {
		cards := 0
		for _, m := range a.world.Slack.Messages {
			if m.Metadata.Payload.ID != "" && m.ThreadTS == "" && m.Channel == "CINVOICES1" && strings.HasPrefix(strings.Trim(m.Text, "*"), inv.Number.String()) {
				cards++
			}
		}
		if cards != 1 {
			a.t.Errorf("%s has %d cards in Slack, want one", inv.Number, cards)
		}
	}
}

// telegram sees that each notice to a customer arrived, and that what was sent a second
// time because the answer to the first was lost said so. It returns how many those were.
func (a *audit) telegram() (copies int) {
	texts, err := text.Load()
	if err != nil {
		a.t.Fatal(err)
	}
	mark := wordsIn(texts, "en")(card.T("copy.note"))
	said := map[string]string{}   // place → first line of what was said
	originals := map[string]int{} // chat and first line → messages without the mark
	for _, e := range a.log {
		if !sends(e.Method) {
			continue
		}
		chat, id, words := sentMessage(e)
		if id == 0 {
			continue // refused: 429
		}
		line, _, _ := strings.Cut(words, "\n")
		place := fmt.Sprintf("telegram:%d %d", chat, id)
		said[place] = line
		if !strings.Contains(words, mark) {
			originals[fmt.Sprint(chat, line)]++
		} else {
			copies++
		}
	}
	wanted := map[string]int{}
	arrived := map[ledger.InvoiceID]bool{}
	a.books.sent(func(id ledger.NoticeID, n *ledger.NoticeQueued, x *ledger.NoticeOutcome) {
		if !n.Kind.ToCustomer() {
			return
		}
		line, ok := said[x.Chat+" "+x.Message]
		if !ok {
			a.t.Errorf("notice %d (%s) is not in Telegram at %s %s", id, n.Kind, x.Chat, x.Message)
		}
		wanted[strings.TrimPrefix(x.Chat, "telegram:")+" "+line]++
		if n.Kind == ledger.NoticeInvoice {
			arrived[n.Invoice] = true
		}
	})
	for what, n := range wanted {
		chat, line, _ := strings.Cut(what, " ")
		if got := originals[chat+line]; got > n {
			a.t.Errorf("chat %s has %d messages %q that do not say that they are copies, want at most %d", chat, got, line, n)
		}
	}
	for _, c := range a.world.Telegram.Chats {
		plain := map[string]int{} // first line → messages without the mark, as they stand now
		for _, m := range c.Messages {
			line, _, _ := strings.Cut(m.Text, "\n")
			if number := invoiceNumber.FindString(line); m.From.IsBot && strings.HasPrefix(line, "Invoice "+number+" ") && !strings.Contains(m.Text, mark) {
				plain[number]++
			}
		}
		for number, n := range plain {
			if n > 1 {
				a.t.Errorf("chat %d shows %s %d times without saying that one is a copy", c.ID, number, n)
			}
		}
	}
	for _, inv := range a.books.invoices {
		if !arrived[inv.ID] && !a.lostAll(inv.ID) {
			a.t.Errorf("%s never reached its customer", inv.Number)
		}
	}
	return copies
}

// sends reports whether a message comes into a chat by that method.
func sends(method string) bool { return method == "sendMessage" || method == "sendDocument" }

// sentMessage reads what a send made, whether its answer got through or not.
func sentMessage(e entry) (chat int64, id int, words string) {
	type message struct {
		ID            int `json:"message_id"`
		Text, Caption string
		Chat          struct{ ID int64 }
	}
	var whole struct{ Result message }
	var bare message
	json.Unmarshal(e.Answer, &whole)
	json.Unmarshal(e.Answer, &bare)
	if whole.Result.ID == 0 {
		whole.Result = bare
	}
	return whole.Result.Chat.ID, whole.Result.ID, whole.Result.Text + whole.Result.Caption
}
