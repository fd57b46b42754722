package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// kills is how often TestKillServe ends serve with SIGKILL, and actors how many people act side by
// side, each with customers of his own. What they do is said at the rate that Slack allows, so
// that make soak is there for more of both.
func kills() int  { return ofSoak(20, 50) }
func actors() int { return ofSoak(2, 4) }

func ofSoak(test, soak int) int {
	if os.Getenv("DUEBOT_SOAK") != "" {
		return soak
	}
	return test
}

// TestKillServe plays customers and staff against serve while it is killed again and again,
// at random moments and just when something passed between it and a platform. People do as
// people would: what was not answered they try again, after a look whether it was done. At
// the end nothing is lost, nothing was booked twice, and what was said is what the books say
// was said.
func TestKillServe(t *testing.T) {
	t.Parallel() // most of it is waiting
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("DUEBOT_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("seed: DUEBOT_SEED=%d", seed)
	began := time.Now()
	w := standIns(t)
	r := &rush{t: t, w: w, p: newPlayer(t, w.base), seed: seed, soon: make(chan struct{}, 1), done: map[string]int{}}

	bot := w.serve()
	eventually(t, "the bot is ready", w.ready)
	var acting sync.WaitGroup
	for i := range actors() {
		r.people = append(r.people, r.newActor(i))
	}
	for _, a := range r.people {
		acting.Go(func() { a.play() })
	}
	bot = r.killing(bot)
	acting.Wait()
	if t.Failed() {
		t.Fatalf("serve said:\n%s", bot.out.String())
	}
	t.Logf("%d kills in %s; done by people: %v; tried again: %d", kills(), time.Since(began).Round(time.Millisecond), r.done, r.again.Load())
	r.drain(bot)
	t.Logf("all was said after %s", time.Since(began).Round(time.Millisecond))
	checkFile(t, w.db)
	r.check()
	w.stand.stop(t)
}

// rush is a test under way: who acts, and what was done so far.
type rush struct {
	t      testing.TB
	w      *twoProcesses
	p      *player
	seed   uint64
	people []*actor
	soon   chan struct{} // somebody is about to act
	over   atomic.Bool   // the last kill was made
	again  atomic.Int64

	mu       sync.Mutex
	done     map[string]int // acts, by what they are
	works    []string       // texts of invoices whose Confirm was acknowledged
	sessions []string       // Stripe's, that were paid
	sums     []string       // of bank transfers: "1.07"
	words    []string       // of customers, in disputes
	answers  []string       // of staff, in disputes
	next     int            // numbers what is unique
}

func (r *rush) unique() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next++
	return r.next
}

func (r *rush) note(act string, list *[]string, item string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done[act]++
	if list != nil {
		*list = append(*list, item)
	}
}

// killing kills the bot and starts it again, and returns the one that was started last.
func (r *rush) killing(bot *process) *process {
	rnd := rand.New(rand.NewPCG(r.seed, 0))
	for range kills() {
		r.wait(rnd)
		bot.kill()
		r.sound(bot)
		// A second program may come up at once, or after a while in which people find nobody.
		if rnd.IntN(3) == 0 {
			time.Sleep(time.Duration(rnd.IntN(150)) * time.Millisecond)
		}
		bot = r.w.serve()
	}
	r.over.Store(true)
	return bot
}

// sound sees that a bot that has ended complained of nothing but platforms.
func (r *rush) sound(bot *process) {
	if text := bot.out.String(); strings.Contains(text, "level=ERROR") || strings.Contains(text, "panic") {
		r.t.Errorf("serve said:\n%s", text)
	}
}

// killLife is how long a bot lives at most, so that there is time for many.
const killLife = 1000 * time.Millisecond

// wait lets the bot live for a moment, until the next kill is due.
func (r *rush) wait(rnd *rand.Rand) {
	life := time.After(killLife)
	moment := time.Duration(rnd.IntN(4000)) * time.Microsecond
	switch kind := rnd.IntN(20); {
	case kind < 6: // at any time, also while it is starting
		time.Sleep(time.Duration(rnd.IntN(int(killLife))))
	case kind < 9: // just when something was sent, and its outcome perhaps not written down
		r.passed(1+rnd.IntN(3), life, func(e entry) bool { return !starting.MatchString(e.Method) })
		time.Sleep(moment / 8)
	case kind < 13: // in the middle of what somebody asks
		select {
		case <-r.soon:
			time.Sleep(moment)
		case <-life:
		}
	default: // something was accepted, and the answer does not come
		platform := []string{"slack", "slack", "telegram", "telegram", "telegram", "telegram", "stripe"}[kind-13]
		r.p.post("fault", map[string]any{"platform": platform, "kind": "timeout_after_accept", "count": 1 + rnd.IntN(2)}, nil)
		r.passed(1, life, func(e entry) bool { return e.Dir == "in" && e.Status == 0 })
		time.Sleep(moment)
	}
}

// entry is a line of the stand-ins' log.
type entry struct {
	Seq      int64
	Platform string
	Dir      string
	Method   string
	Where    string
	Status   int
	Request  json.RawMessage
	Answer   json.RawMessage
}

func (r *rush) log(since int64) []entry { return logOf(r.t, r.w.base, since) }

func (r *rush) look() bigWorld { return worldOf(r.t, r.w.base) }

// starting are the calls that every start makes; a kill among them is left to chance.
var starting = regexp.MustCompile(`^(getMe|setMyCommands|users\.info|apps\.connections\.open)$`)

// passed waits until the bot and the platforms have exchanged n things that count.
func (r *rush) passed(n int, life <-chan time.Time, counts func(entry) bool) {
	last := int64(0)
	if l := r.log(0); len(l) > 0 {
		last = l[len(l)-1].Seq
	}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for n > 0 {
		select {
		case <-life:
			return
		case <-tick.C:
		}
		for _, e := range r.log(last) {
			last = e.Seq
			if counts(e) {
				n--
			}
		}
	}
}

// actor is one member of staff together with the customers that he looks after.
type actor struct {
	r        *rush
	rnd      *rand.Rand
	staff    string
	handles  []string
	chats    map[string]int64  // of a handle
	invoices map[string]string // number → handle, issued by this actor
	disputed []string          // numbers in dispute
	settled  map[string]bool   // numbers that were in dispute once
	bag      []func(*actor)    // what he is going to do
}

// newActor adds customers and links their chats, before the killing begins.
func (r *rush) newActor(i int) *actor {
	a := &actor{r: r, rnd: rand.New(rand.NewPCG(r.seed, uint64(i+1))), chats: map[string]int64{}, invoices: map[string]string{}, settled: map[string]bool{},
		staff: []string{"UFINANCE01", "UMANAGER01"}[i%2]}
	for j := range 2 {
		handle := fmt.Sprintf("c%d%c", i+1, 'a'+j)
		a.handles = append(a.handles, handle)
		a.chats[handle] = int64(1001 + 2*i + j)
		r.p.command("USALES0001", "CINVOICES1", fmt.Sprintf(`/ar customer add %s "Customer %s" currency=EUR lang=en tz=Europe/Berlin terms=net14`, handle, handle))
		r.p.programIn(a.chats[handle], "en")
		r.p.link(handle, a.chats[handle])
	}
	a.bag = []func(*actor){(*actor).invoice, (*actor).invoice, (*actor).payByLink, (*actor).dispute, (*actor).say, (*actor).answer}
	if i%2 == 0 {
		a.bag = append(a.bag, (*actor).resolve, (*actor).transfer)
	} else {
		a.bag = append(a.bag, (*actor).say, (*actor).payByLink)
	}
	// An invoice comes first, since most acts are about one; the rest in any order that makes
	// sense: what cannot be done yet is put back.
	a.rnd.Shuffle(len(a.bag), func(x, y int) { a.bag[x], a.bag[y] = a.bag[y], a.bag[x] })
	a.bag = append([]func(*actor){(*actor).invoice}, a.bag...)
	return a
}

// play empties the bag, and then asks this and that until the last kill was made.
func (a *actor) play() {
	late := 0 // acts put back one after the other
	for len(a.bag) > 0 && !a.r.t.Failed() {
		act := a.bag[0]
		a.bag = a.bag[1:]
		before := len(a.bag)
		a.about()
		act(a)
		if late++; len(a.bag) <= before {
			late = 0
		}
		if late > len(a.bag) && a.r.over.Load() {
			return // what is left can never be done: there is nothing to be disputed or paid
		}
		a.pause(400)
	}
	for !a.r.over.Load() && !a.r.t.Failed() {
		a.about()
		a.typed("/ar aging")
		a.pause(300)
	}
}

// about tells the killer that something is going to happen.
func (a *actor) about() {
	select {
	case a.r.soon <- struct{}{}:
	default:
	}
}

func (a *actor) pause(ms int) { time.Sleep(time.Duration(a.rnd.IntN(ms)) * time.Millisecond) }

// later puts an act back that cannot be done yet.
func (a *actor) later(act func(*actor)) { a.bag = append(a.bag, act) }

// patience is how long people try.
const patience = 20 * time.Second

// until tries something that people do until it was answered.
func (a *actor) until(what string, try func() bool) bool {
	for end := time.Now().Add(patience); !a.r.t.Failed(); {
		if try() {
			return true
		}
		if time.Now().After(end) {
			a.r.t.Errorf("%s: not answered in %s", what, patience)
			return false
		}
		a.r.again.Add(1)
		a.pause(60)
	}
	return false
}

// typed types a slash command; ok is false when the bot did not answer.
func (a *actor) typed(line string) (ts, seen string, ok bool) {
	command, text, _ := strings.Cut(line, " ")
	var r commandReply
	err := a.r.p.try("slack/command", map[string]any{"user": a.staff, "channel": "CINVOICES1", "command": command, "text": text}, &r)
	if err != nil || r.Error != "" {
		return "", "", false
	}
	return r.TS, r.Payload.Text + string(r.Payload.Blocks), true
}

// ask types a command that only reads, until it is answered.
func (a *actor) ask(line string) (seen string) {
	a.until(line, func() (ok bool) { _, seen, ok = a.typed(line); return ok })
	return seen
}

// bigWorld is more of GET state than the player needs.
type bigWorld struct {
	Slack struct {
		Messages []struct {
			slackMessage
			Metadata struct {
				Payload struct{ ID string } `json:"event_payload"`
			}
		}
	}
	Telegram struct {
		Chats []struct {
			ID       int64
			Messages []chatMessage
		}
	}
	Stripe struct {
		Sessions []struct {
			ID            string
			PaymentStatus string `json:"payment_status"`
		}
	}
}

func (w *bigWorld) messages(chat int64) []chatMessage {
	for _, c := range w.Telegram.Chats {
		if c.ID == chat {
			return c.Messages
		}
	}
	return nil
}

// button finds the newest message of a chat that has a button with this label and in whose
// text are these words.
func (w *bigWorld) button(chat int64, label, words string) (message int, url string, ok bool) {
	for _, m := range slices.Backward(w.messages(chat)) {
		for _, row := range m.ReplyMarkup.Rows {
			for _, b := range row {
				if strings.HasPrefix(b.Text, label) && strings.Contains(m.Text, words) {
					return m.MessageID, b.URL, true
				}
			}
		}
	}
	return 0, "", false
}

var invoiceNumber = regexp.MustCompile(`INV-\d+-\d{6}`)

// pick returns one of the issued invoices that fits, "" where none does.
func (a *actor) pick(fits func(number string) bool) string {
	var list []string
	for number := range a.invoices {
		if fits(number) {
			list = append(list, number)
		}
	}
	if len(list) == 0 {
		return ""
	}
	slices.Sort(list)
	return list[a.rnd.IntN(len(list))]
}

// invoice types an invoice and confirms it, sometimes by a double tap.
func (a *actor) invoice() {
	handle := a.handles[a.rnd.IntN(len(a.handles))]
	work := fmt.Sprintf("Work %d", a.r.unique())
	var ts string
	// A preview books nothing: one whose answer was lost is simply typed again.
	if !a.until("a preview of "+work, func() (ok bool) {
		ts, _, ok = a.typed(fmt.Sprintf(`/ar invoice %s %d "%s" tax 19%% due 14d`, handle, 100+a.rnd.IntN(900), work))
		return ok
	}) {
		return
	}
	press := func() bool {
		err := a.r.p.try("slack/action", map[string]any{"user": a.staff, "channel": "CINVOICES1", "ts": ts, "label": "Confirm"}, nil)
		return err == nil
	}
	a.about()
	a.pause(5)
	if a.rnd.IntN(3) == 0 {
		var second sync.WaitGroup
		second.Go(func() { press() })
		defer second.Wait()
	}
	// A press that was not answered is made again: the preview works once.
	replaced := func() bool { return !strings.Contains(a.ephemeral(ts), "Confirm") }
	if a.until("a confirm of "+work, func() bool { return press() || replaced() }) {
		a.r.note("invoice", &a.r.works, work)
		a.learn(handle, work)
	}
}

// ephemeral is what stands in an answer that only its asker sees.
func (a *actor) ephemeral(ts string) string {
	w := a.r.look()
	for _, m := range w.Slack.Messages {
		if m.TS == ts && m.EphemeralTo == a.staff {
			return m.Text + string(m.Blocks)
		}
	}
	return ""
}

// learn finds out the number of the invoice just issued: it is the handle's newest.
func (a *actor) learn(handle, work string) {
	for _, number := range invoiceNumber.FindAllString(a.ask("/ar show "+handle), -1) {
		if _, known := a.invoices[number]; !known && strings.Contains(a.ask("/ar show "+number), `"`+work+`"`) {
			a.invoices[number] = handle
		}
	}
}

// payByLink follows the link under an invoice and pays.
func (a *actor) payByLink() {
	number := a.pick(func(n string) bool { return !slices.Contains(a.disputed, n) })
	if number == "" {
		a.later((*actor).payByLink)
		return
	}
	w := a.r.look()
	_, url, ok := w.button(a.chats[a.invoices[number]], "Pay", "Invoice "+number)
	if !ok || url == "" {
		a.later((*actor).payByLink) // the invoice is still on its way
		return
	}
	a.until("paying "+number, func() bool {
		var paid struct{ Session struct{ ID string } }
		err := a.r.p.try("pay", map[string]any{"url": url, "outcome": "paid"}, &paid)
		switch {
		case err == nil:
			a.r.note("paid by link", &a.r.sessions, paid.Session.ID)
			delete(a.invoices, number)
		case strings.Contains(err.Error(), "leads to no payment page (it answered 200"), strings.Contains(err.Error(), "is complete"):
			a.r.note("found paid", nil, "")
			delete(a.invoices, number)
		default:
			return false
		}
		return true
	})
}

// transfer books a payment by bank. One that was not answered is looked at first: the open
// sum tells whether it was booked.
func (a *actor) transfer() {
	number := a.pick(func(n string) bool { return !slices.Contains(a.disputed, n) })
	if number == "" {
		a.later((*actor).transfer)
		return
	}
	sum := fmt.Sprintf("1.%02d", a.r.unique())
	if a.until("a transfer on "+number, func() bool {
		if _, _, ok := a.typed("/ar payment " + number + " " + sum); ok {
			return true
		}
		return strings.Contains(a.ask("/ar history "+number), "€"+sum) // booked, and only the answer lost
	}) {
		a.r.note("transfer", &a.r.sums, sum)
	}
}

// dispute presses Dispute under an invoice and picks a reason.
func (a *actor) dispute() {
	number := a.pick(func(n string) bool { return !slices.Contains(a.disputed, n) && !a.settled[n] })
	if number == "" {
		a.later((*actor).dispute)
		return
	}
	chat := a.chats[a.invoices[number]]
	w := a.r.look()
	message, _, ok := w.button(chat, "Dispute", "Invoice "+number)
	if !ok {
		a.later((*actor).dispute)
		return
	}
	reason := 0
	if !a.until("a question about the reason for "+number, func() bool {
		a.click(chat, message, "Dispute")
		// The answer is not kept when the bot dies: then the button is pressed again.
		for range 30 {
			w := a.r.look()
			if reason, _, ok = w.button(chat, "Not our order", number); ok {
				return true
			}
			time.Sleep(10 * time.Millisecond)
		}
		return false
	}) {
		return
	}
	a.about()
	// A reason that is about the whole invoice opens the dispute at once.
	if a.until("a reason for "+number, func() bool { return a.click(chat, reason, "Not our order") }) {
		a.r.note("dispute", nil, "")
		a.disputed = append(a.disputed, number)
	}
}

// click presses an inline button and reports whether the bot answered.
func (a *actor) click(chat int64, message int, label string) bool {
	var r struct{ Answer *struct{ Text string } }
	err := a.r.p.try("telegram/click", map[string]any{"chat": chat, "message_id": message, "label": label}, &r)
	if err != nil && strings.Contains(err.Error(), "has no button") {
		return true // the message was replaced: it was taken
	}
	return err == nil && r.Answer != nil
}

// say writes words as a customer who has a dispute open.
func (a *actor) say() {
	if len(a.disputed) == 0 {
		a.later((*actor).say)
		return
	}
	number := a.disputed[a.rnd.IntN(len(a.disputed))]
	words := fmt.Sprintf("Words %d of the customer", a.r.unique())
	a.r.p.write(a.chats[a.invoices[number]], words)
	a.r.note("words", &a.r.words, words)
}

// answer writes as staff in the thread of a disputed invoice.
func (a *actor) answer() {
	if len(a.disputed) == 0 {
		a.later((*actor).answer)
		return
	}
	number := a.disputed[a.rnd.IntN(len(a.disputed))]
	w := a.r.look()
	for _, m := range w.Slack.Messages {
		if m.Channel == "CINVOICES1" && m.BotID != "" && m.EphemeralTo == "" && (m.ThreadTS == "" || m.ThreadTS == m.TS) && strings.Contains(m.Text, number) {
			words := fmt.Sprintf("Answer %d of staff", a.r.unique())
			a.r.p.post("slack/message", map[string]any{"user": a.staff, "channel": m.Channel, "thread_ts": m.TS, "text": words}, nil)
			a.r.note("answer", &a.r.answers, words)
			return
		}
	}
	a.later((*actor).answer) // the card is not there yet
}

// resolve ends a dispute, once all that was said in it has been taken.
func (a *actor) resolve() {
	if len(a.disputed) == 0 || len(a.bag) > 1 {
		a.later((*actor).resolve)
		return
	}
	number := a.disputed[0]
	taken := func() bool {
		resp, err := http.Get(a.r.w.base + "/control/state?wait=idle&part=mail")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		var w struct{ Idle bool }
		return json.NewDecoder(resp.Body).Decode(&w) == nil && w.Idle
	}
	if !a.until("the words about "+number+" to be taken", taken) {
		return
	}
	// What was not answered is typed again: a dispute ends once.
	how := `credit 10 "We credit a part"`
	if a.rnd.IntN(2) == 0 {
		how = `reject "It stands"`
	}
	if a.until("the end of the dispute over "+number, func() bool {
		_, _, ok := a.typed("/ar dispute resolve " + number + " " + how)
		return ok
	}) {
		a.r.note("resolved", nil, "")
		a.disputed, a.settled[number] = a.disputed[1:], true
	}
}

// drain lets the bot say everything, and stops it. Its own queue is seen in the books only,
// and so it is started again while they say that something waits.
func (r *rush) drain(bot *process) {
	for range 20 { // a slow machine is silent for seconds without being at rest
		r.silence(2 * time.Second)
		bot.stop(r.t)
		r.sound(bot)
		waiting := 0
		readBooks(r.t, r.w.db, "", func(b *bookReader) { waiting = len(b.open) })
		if waiting == 0 {
			return
		}
		bot = r.w.serve()
	}
	r.t.Fatal("the bot does not come to rest")
}

// silence waits until nothing has passed between bot and platforms for a while.
func (r *rush) silence(length time.Duration) {
	last, since := int64(0), time.Now()
	for end := time.Now().Add(time.Minute); time.Since(since) < length; time.Sleep(50 * time.Millisecond) {
		if l := r.log(last); len(l) > 0 {
			last, since = l[len(l)-1].Seq, time.Now()
		}
		if time.Now().After(end) {
			r.t.Fatal("the bot and the platforms go on talking")
		}
	}
}
