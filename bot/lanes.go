package main

import (
	"container/heap"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"duebot/bot/clock"
	"duebot/bot/pace"
	"duebot/ledger"
)

// delivery sends the notices that the books hold: per lane in order and one at a time,
// lanes side by side, within the platforms' rates (package pace). A lane is a Slack
// channel, a person's direct messages, or a customer.
//
// Before a platform is called, a transaction looks once more whether there is something to
// say, fixes the words and writes down that the send begins; another writes down what came
// of it. A program that is killed in between finds the send under way at its next start,
// and does with it what its kind asks (ledger.NoticeKind.Lost).
//
// A lane that waits costs neither a goroutine nor a timer: it stands in the queue of its
// platform, or among those that sleep, and one timer wakes whatever is due first. A lane
// without notices is dropped.
type delivery struct {
	bot   *Bot
	clock *clock.Clock
	log   *slog.Logger
	pace  *pace.Pace

	kicks sync.Mutex // one look for new notices at a time

	mu        sync.Mutex
	lanes     map[string]*lane
	seen      ledger.NoticeID // notices up to here are in lanes
	routed    int             // changes of routes seen
	paused    map[ledger.CampaignID]bool
	platforms map[string]*platform
	sleeping  laneHeap
	busy      int    // lanes that are being looked at or sent from
	waiting   int    // lanes that wait for a rate or a time
	alarm     func() // forgets the timer
	alarmAt   time.Time
	sending   sync.WaitGroup
	stopped   bool

	calls, probing     context.Context // end what is under way at the platforms, and the probes
	endCalls, endProbe context.CancelFunc
	tellAfter          time.Duration // of a platform's silence, until staff are told; wall time
}

// platform is who waits for one platform: what a campaign says is sent when nothing else
// waits.
type platform struct {
	urgent, campaigns fifo
	flying            int // sends under way
	most              int // of them at a time
	gate              gate
	bar               bar
	probe             *time.Timer // the next one, if the gate is shut
}

// lane is one queue.
type lane struct {
	name  string
	queue []queued
	state laneState
	head  queued    // while it is ready, sleeps or is busy
	call  pace.Call // what the head needs
	until time.Time // while it sleeps
	woken bool      // since its head was begun something happened that may end a parking
}

// queued is a notice in a lane.
type queued struct {
	id       ledger.NoticeID
	campaign ledger.CampaignID
	quiet    bool      // it waits until nothing else does
	until    time.Time // it is kept back: its customer chose other hours for reminders
}

type laneState int

const (
	laneNew      laneState = iota // to be looked at
	laneBusy                      // being looked at, or sent from
	laneReady                     // waits for its turn
	laneSleeping                  // waits for a time
	laneParked                    // waits for something to happen: a chat, the end of a pause
)

// Sends under way at a time: what a crash leaves open, and what a platform that has stopped
// answering holds.
const (
	flyingSeconds = 2 // of Telegram's rate
	flyingSlack   = 20
)

func newDelivery(b *Bot) *delivery {
	d := &delivery{bot: b, clock: b.clock, log: b.log, pace: pace.New(b.cfg.TelegramPerSec, b.cfg.MailPerSec), lanes: map[string]*lane{},
		paused: map[ledger.CampaignID]bool{}, platforms: map[string]*platform{}, tellAfter: tellAfter}
	d.calls, d.endCalls = context.WithCancel(context.Background())
	d.probing, d.endProbe = context.WithCancel(context.Background())
	return d
}

// stop waits for the sends under way, for a while, and begins no more. What a platform has not
// answered by then is given up, and done with as its kind asks.
func (d *delivery) stop(grace time.Duration) {
	d.mu.Lock()
	d.stopped = true
	d.disarm()
	for _, p := range d.platforms {
		if p.probe != nil {
			p.probe.Stop()
		}
	}
	d.mu.Unlock()
	d.endProbe()
	late := time.AfterFunc(grace, d.endCalls)
	d.sending.Wait()
	late.Stop()
	d.endCalls()
}

// idle reports whether nothing is under way and nothing waits but for the time.
func (d *delivery) idle() bool {
	last := d.bot.lastNotice()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.platforms {
		if p.gate.first && !d.stopped {
			return false
		}
	}
	return d.stopped || last == d.seen && d.busy == 0
}

// quiet reports whether nothing waits at all, not even for a platform's rate; notices for
// customers who cannot be reached, and those of paused campaigns, do not count.
func (d *delivery) quiet() bool {
	if !d.idle() {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.waiting == 0
}

// news is what a look into the books has found since the last one.
type news struct {
	notices []ledger.Notice
	last    ledger.NoticeID
	routes  []ledger.CustomerID // whose chats have changed
	paused  map[ledger.CampaignID]bool
}

// kick puts new notices into their lanes and starts these. It is called after commits.
func (d *delivery) kick() {
	d.kicks.Lock()
	defer d.kicks.Unlock()
	d.mu.Lock()
	seen, routed := d.seen, d.routed
	d.mu.Unlock()
	var found news
	err := d.bot.books.View(func(v *ledger.View) error {
		found = news{v.OpenNotices(seen), v.LastNotice(), v.RoutesSince(routed), v.PausedCampaigns()}
		return nil
	})
	if err != nil {
		d.log.Error("reading notices", "error", err)
		return
	}
	d.look(d.take(&found))
}

// take sorts what is new into the lanes, and returns those to be looked at.
func (d *delivery) take(found *news) (todo []*lane) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopped {
		return nil
	}
	for i := range found.notices {
		n := &found.notices[i]
		l := d.lane(laneOf(n))
		q := queued{id: n.ID, quiet: quiet(n.Kind) && n.Words == 0}
		if n.Kind.ToCustomer() {
			q.campaign = n.Campaign
		}
		l.queue = append(l.queue, q)
		l.woken = true
		if l.state == laneReady && q.urgent() {
			d.platform(l.call.Platform).urgent.push(l) // what is before it comes sooner for its sake
		}
		todo = d.wake(l, todo)
	}
	for _, id := range found.routes {
		if l := d.lanes[customerLane(id)]; l != nil {
			for i := range l.queue { // he may have chosen other hours
				l.queue[i].until = time.Time{}
			}
			l.woken = true
			todo = d.wake(l, todo)
		}
	}
	if !sameKeys(d.paused, found.paused) {
		d.paused = found.paused
		for _, l := range d.lanes {
			l.woken = true
			todo = d.wake(l, todo)
		}
	}
	d.seen, d.routed = found.last, d.routed+len(found.routes)
	return todo
}

// wakeAfter looks at a parked lane again when some time has passed.
func (d *delivery) wakeAfter(wait time.Duration, name string) {
	d.clock.After(wait, func() {
		var todo []*lane
		d.mu.Lock()
		if l := d.lanes[name]; l != nil && !d.stopped {
			l.woken = true
			todo = d.wake(l, nil)
		}
		d.mu.Unlock()
		d.look(todo)
	})
}

// keepBack lets a notice wait for a while, and those behind it go on.
func (d *delivery) keepBack(name string, id ledger.NoticeID, wait time.Duration) {
	d.mu.Lock()
	if l := d.lanes[name]; l != nil {
		for i := range l.queue {
			if l.queue[i].id == id {
				l.queue[i].until = d.clock.Now().Add(wait)
			}
		}
		l.woken = true
	}
	d.mu.Unlock()
	d.wakeAfter(wait, name)
}

// hasten wakes a lane that sleeps: what its head waited for has come.
func (d *delivery) hasten(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if l := d.lanes[name]; l != nil && l.state == laneSleeping {
		l.until = d.clock.Now()
		heap.Init(&d.sleeping)
		d.pump()
	}
}

// wake adds a lane that has nothing under way to those to be looked at. d.mu is held.
func (d *delivery) wake(l *lane, todo []*lane) []*lane {
	if l.state != laneNew && l.state != laneParked {
		return todo
	}
	l.state = laneBusy
	d.busy++
	return append(todo, l)
}

func sameKeys(a, b map[ledger.CampaignID]bool) bool {
	for id := range a {
		if !b[id] {
			return false
		}
	}
	return len(a) == len(b)
}

func laneOf(n *ledger.Notice) string {
	if n.Kind.ToCustomer() {
		return customerLane(n.Customer)
	}
	switch {
	case n.Kind == ledger.NoticePaper && n.Words == 0:
		return paperLane(n.Address)
	case quiet(n.Kind) && n.Words == 0:
		return "slack:" + n.Address + " cards"
	}
	return "slack:" + n.Address
}

// paperLane is of the documents in the threads of a channel: they hold up no edit of its cards.
func paperLane(channel string) string { return "slack:" + channel + " papers" }

// quiet reports whether a notice of kind k keeps a card and its thread up to date: a thousand
// of these must not hold up a word that somebody waits for.
func quiet(k ledger.NoticeKind) bool {
	return k == ledger.NoticeCardEdit || k == ledger.NoticeThread || k == ledger.NoticePaper
}

func (q queued) urgent() bool { return q.campaign == 0 && !q.quiet }

func customerLane(id ledger.CustomerID) string { return fmt.Sprintf("customer:%d", id) }

func (d *delivery) lane(name string) *lane {
	l := d.lanes[name]
	if l == nil {
		l = &lane{name: name}
		d.lanes[name] = l
	}
	return l
}

func (d *delivery) platform(name string) *platform {
	p := d.platforms[name]
	if p == nil {
		p = &platform{most: flyingSlack}
		if name == pace.Telegram {
			p.most = max(flyingSlack, flyingSeconds*d.bot.cfg.TelegramPerSec)
		}
		d.platforms[name] = p
	}
	return p
}

// look finds what the heads of busy lanes need, and lets the lanes wait for it.
func (d *delivery) look(list []*lane) {
	if len(list) == 0 {
		return
	}
	heads := make([]queued, len(list))
	d.mu.Lock()
	for i, l := range list {
		l.woken = false
		heads[i] = d.first(l)
	}
	d.mu.Unlock()
	calls := make([]pace.Call, len(list))
	err := d.bot.books.View(func(v *ledger.View) error {
		for i, h := range heads {
			if h.id != 0 {
				calls[i] = d.target(v, h.id)
			}
		}
		return nil
	})
	if err != nil { // the books are being closed
		d.log.Debug("looking where notices go", "error", err)
	}
	d.mu.Lock()
	var again []*lane
	for i, l := range list {
		l.head, l.call = heads[i], calls[i]
		if l.head.id == 0 && len(l.queue) > 0 && l.woken {
			again = append(again, l)
			continue
		}
		d.looked(l)
	}
	d.pump()
	d.mu.Unlock()
	d.look(again)
}

// first is the first notice of l that neither a pause nor the hours of its customer keep back.
// d.mu is held.
func (d *delivery) first(l *lane) queued {
	now := d.clock.Now()
	for _, q := range l.queue {
		if !d.paused[q.campaign] && !now.Before(q.until) {
			return q
		}
	}
	return queued{}
}

// looked lets a lane wait for its turn, or for something to happen. d.mu is held.
func (d *delivery) looked(l *lane) {
	d.busy--
	switch {
	case len(l.queue) == 0:
		l.state = laneNew
		delete(d.lanes, l.name)
	case l.head.id == 0:
		l.state = laneParked
	default:
		d.waiting++
		if d.clock.Now().Before(l.until) {
			d.sleep(l, l.until)
			return
		}
		d.ready(l)
	}
}

// ready puts a lane into the queue of its platform; one that has something besides a
// campaign's waits with the urgent ones. d.mu is held.
func (d *delivery) ready(l *lane) {
	l.state = laneReady
	p := d.platform(l.call.Platform)
	for _, q := range l.queue {
		if q.urgent() {
			p.urgent.push(l)
			return
		}
	}
	p.campaigns.push(l)
}

func (d *delivery) sleep(l *lane, until time.Time) {
	l.state, l.until = laneSleeping, until
	heap.Push(&d.sleeping, l)
}

// pump starts all that may be sent now, and sets the timer to what is due next. d.mu is
// held.
func (d *delivery) pump() {
	if d.stopped {
		return
	}
	now := d.clock.Now()
	for len(d.sleeping) > 0 && !d.sleeping[0].until.After(now) {
		d.ready(heap.Pop(&d.sleeping).(*lane))
	}
	var next time.Time
	for _, p := range d.platforms {
		if wait := d.serve(p, now); wait > 0 {
			next = sooner(next, now.Add(wait))
		}
	}
	if len(d.sleeping) > 0 {
		next = sooner(next, d.sleeping[0].until)
	}
	d.arm(next, now)
}

// serve starts lanes of one platform in turn until none is left, or the platform takes no
// more: then it returns for how long. d.mu is held.
func (d *delivery) serve(p *platform, now time.Time) (wait time.Duration) {
	for p.flying < p.most && p.gate.open(time.Now(), p.flying) {
		from, l := &p.urgent, p.urgent.peek()
		if l == nil {
			from, l = &p.campaigns, p.campaigns.peek()
		}
		if l == nil {
			return 0
		}
		if d.platform(l.call.Platform) != p { // it was looked at again since it was put here
			from.pop()
			continue
		}
		wait, whole := d.pace.Take(now, l.call)
		if wait > 0 && whole {
			return wait
		}
		from.pop()
		if wait > 0 {
			d.sleep(l, now.Add(wait))
			continue
		}
		d.start(p, l)
	}
	return 0
}

// sooner is the earlier of two instants, of which the zero one is none.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// arm sets the timer. d.mu is held.
func (d *delivery) arm(next, now time.Time) {
	if d.alarm != nil && d.alarmAt.Equal(next) {
		return
	}
	d.disarm()
	if next.IsZero() {
		return
	}
	at := next
	d.alarmAt = next
	d.alarm = d.clock.After(next.Sub(now), func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.alarmAt.Equal(at) {
			d.alarm = nil
		}
		d.pump()
	})
}

func (d *delivery) disarm() {
	if d.alarm != nil {
		d.alarm()
		d.alarm = nil
	}
}

// start sends the head of l. d.mu is held.
func (d *delivery) start(p *platform, l *lane) {
	l.state, l.woken, l.until = laneBusy, false, time.Time{}
	d.waiting--
	d.busy++
	p.gate.began(time.Now(), p.flying)
	p.flying++
	d.sending.Add(1)
	id, call := l.head.id, l.call
	go func() {
		defer d.sending.Done()
		wait, parked := d.step(id, call)
		d.mu.Lock()
		p.flying--
		d.lull(call.Platform, p)
		again := d.stepped(l, wait, parked)
		if !again {
			d.busy--
			d.pump()
		}
		d.mu.Unlock()
		if again {
			d.look([]*lane{l})
		}
	}()
}

// stepped notes what came of the head of l, and reports whether the lane is to be looked at
// again. d.mu is held.
func (d *delivery) stepped(l *lane, wait time.Duration, parked bool) (again bool) {
	switch {
	case parked && !l.woken:
		l.state = laneParked
		return false
	case parked: // a chat may have been linked between the look and now
	case wait < 0: // done with it
		l.queue = slices.DeleteFunc(l.queue, func(q queued) bool { return q.id == l.head.id })
	case wait > 0:
		l.until = d.clock.Now().Add(wait)
	}
	return true
}

// fifo is a queue of lanes. A lane may stand in it twice, or have gone on meanwhile: only
// the ready ones count.
type fifo struct{ list []*lane }

func (f *fifo) push(l *lane) { f.list = append(f.list, l) }

func (f *fifo) peek() *lane {
	for len(f.list) > 0 {
		if f.list[0].state == laneReady {
			return f.list[0]
		}
		f.pop()
	}
	return nil
}

func (f *fifo) pop() {
	f.list[0] = nil
	if f.list = f.list[1:]; len(f.list) == 0 {
		f.list = nil // its room is given back
	}
}

// laneHeap orders sleeping lanes by when they wake.
type laneHeap []*lane

func (h laneHeap) Len() int           { return len(h) }
func (h laneHeap) Less(i, j int) bool { return h[i].until.Before(h[j].until) }
func (h laneHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *laneHeap) Push(x any)        { *h = append(*h, x.(*lane)) }
func (h *laneHeap) Pop() any {
	old := *h
	l := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return l
}
