// Package pace holds the platforms' rates: who may be written to now, and who has to wait.
//
// It is asked before a call (Take), told what came of it (Answered, Limited), and told of
// calls that waited for nobody (Owe), such as answers to people. It keeps no timer and no
// goroutine, takes the time as a value, and forgets a chat that has been silent for a
// minute: its memory follows what was said lately, not how much waits.
//
//	Call    what is about to be sent: platform, method, chat
//	Pace    all limits together
//	meter   one limit: so many in a time, and a small burst after a pause
//
// A limit of N in a time is kept in every window of that time: four fifths of N are let
// through evenly, and the burst is the last fifth. Of Telegram over all chats the set rate is
// let through evenly; a program that was held up catches up by and by, and no second sees
// more than a message or so above the rate go out, whenever its place was taken: between
// taking a place and sending lies a commit, which may take long and end for many at once,
// and after it the network, which delays some and not others.
package pace

import (
	"strings"
	"sync"
	"time"
)

// Platforms that have limits.
const (
	Telegram = "telegram"
	Slack    = "slack"
	Mail     = "mail"
	SMS      = "sms"
)

// SlackShare is Slack's method that shares a file. Whether it did is looked up by another,
// whose rate it waits for too.
const (
	SlackShare = "files.completeUploadExternal"
	slackLook  = "files.info"
)

// Call is one call of a platform's method for a chat. The zero Call has no limits.
type Call struct {
	Platform string
	Method   string // as the platform calls it: "sendMessage", "chat.update"
	Chat     string // "telegram:1001", "slack:C0123456789"
}

// edits reports whether c changes a message that is there: both platforms count these apart.
func (c Call) edits() bool { return strings.HasPrefix(c.Method, "editMessage") }

// Pace is all limits together. It is safe for concurrent use.
type Pace struct {
	mu      sync.Mutex
	all     meter // Telegram, over all chats
	mails   meter // e-mail, over all readers
	texts   meter // short messages, over all telephones
	taken   int   // places taken for calls that have not gone out
	gone    []time.Time
	most    int               // may go out in a second
	chats   map[string]*chat  // spoken to lately
	methods map[string]*meter // of Slack
	frozen  map[string]time.Time
	swept   time.Time
	refused int // calls that a platform told to wait
}

// New makes the limits; perSecond is how many messages Telegram gets over all chats, and mails
// how many mails the mail server.
func New(perSecond, mails int) *Pace {
	return &Pace{all: meter{every: time.Second / time.Duration(perSecond), burst: max(1, perSecond*2/5)},
		mails: meter{every: time.Second / time.Duration(mails), burst: mails},
		texts: meter{every: smsEvery, burst: smsBurst}, most: perSecond + max(1, perSecond/25),
		chats: map[string]*chat{}, methods: map[string]*meter{}, frozen: map[string]time.Time{}}
}

// Short messages over all telephones: what gateways take at least.
const (
	smsEvery = time.Second / 5
	smsBurst = 5
)

// Limits of Telegram, for a chat. A group takes twenty in a minute; a second more keeps them
// apart when the network delays the first of them and not the last.
const (
	chatEvery   = time.Second
	editBurst   = 3
	groupMax    = 20
	groupWindow = 61 * time.Second
)

// Limits of Slack: calls of a method in a minute, by tier. Of chat.postMessage a channel
// takes one a second, and a workspace "several hundred" a minute.
const (
	tier1, tier2, tier3, tier4 = 1, 20, 50, 100
	postsPerMinute             = 300
)

var tiers = map[string]int{
	"chat.postMessage": postsPerMinute, "chat.update": tier3, "chat.delete": tier3, "chat.postEphemeral": tier4,
	"conversations.history": tier3, "conversations.replies": tier3, "conversations.info": tier3, "conversations.open": tier3,
	"users.info": tier4, "users.list": tier2, "users.lookupByEmail": tier3, "usergroups.list": tier2, "usergroups.users.list": tier2,
	"views.open": tier4, "views.push": tier4, "views.update": tier4, "views.publish": tier4,
	"files.getUploadURLExternal": tier4, "files.completeUploadExternal": tier4, "files.info": tier4,
	"reactions.add": tier3, "apps.connections.open": tier1, "auth.test": 600,
}

// chat is what one chat was sent lately.
type chat struct {
	posts, edits meter
	group        []time.Time // when a group's last messages were sent, oldest first
	last, before time.Time   // the two newest
}

func (p *Pace) chat(c Call) *chat {
	x := p.chats[c.Chat]
	if x == nil {
		x = &chat{posts: meter{every: chatEvery, burst: 1}, edits: meter{every: chatEvery, burst: editBurst}}
		p.chats[c.Chat] = x
	}
	return x
}

func (x *chat) meter(c Call) *meter {
	if c.edits() {
		return &x.edits
	}
	return &x.posts
}

func (p *Pace) method(name string) *meter {
	m := p.methods[name]
	if m == nil {
		n := tiers[name]
		if n == 0 {
			n = tier2
		}
		m = perMinute(n)
		p.methods[name] = m
	}
	return m
}

// perMinute is the meter that lets n through in any minute.
func perMinute(n int) *meter {
	burst := max(1, n/5)
	return &meter{every: time.Minute / time.Duration(max(1, n-burst)), burst: burst}
}

// Take takes the place that c needs in every limit and returns 0, or takes nothing and
// returns how long there is none. Whole says that the wait is the same for every chat of
// the platform.
func (p *Pace) Take(now time.Time, c Call) (wait time.Duration, whole bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if wait, whole = p.wait(now, c); wait == 0 {
		p.spend(now, c)
		if c.Platform == Telegram {
			p.taken++
		}
	}
	return wait, whole
}

// Goes is told that a call goes out for which a place was taken.
func (p *Pace) Goes(now time.Time, c Call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.Platform == Telegram {
		p.taken--
		p.went(now)
	}
}

// went notes that a call goes out.
func (p *Pace) went(now time.Time) { p.gone = append(p.recent(now), now) }

// recent are the calls that went out within a second, which is all that is kept.
func (p *Pace) recent(now time.Time) []time.Time {
	i := 0
	for i < len(p.gone) && now.Sub(p.gone[i]) > time.Second {
		i++
	}
	return append(p.gone[:0], p.gone[i:]...)
}

// crowded is how long as many are out, or about to be, as a second may see.
func (p *Pace) crowded(now time.Time) time.Duration {
	p.gone = p.recent(now)
	over := len(p.gone) + p.taken - p.most // and one more
	switch {
	case over < 0:
		return 0
	case over >= len(p.gone):
		return p.all.every // none of those taken has gone yet
	}
	return p.gone[over].Add(time.Second + time.Millisecond).Sub(now)
}

// Wait is how long there is no place for c; it takes none.
func (p *Pace) Wait(now time.Time, c Call) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	wait, _ := p.wait(now, c)
	return wait
}

func (p *Pace) wait(now time.Time, c Call) (wait time.Duration, whole bool) {
	if until := p.frozen[c.Platform]; now.Before(until) {
		return until.Sub(now), true
	}
	switch c.Platform {
	case Telegram:
		x := p.chats[c.Chat]
		if x != nil {
			wait = x.meter(c).wait(now)
		}
		if isGroup(c) && x != nil && len(x.group) == groupMax {
			wait = max(wait, x.group[0].Add(groupWindow).Sub(now))
		}
		if wait > 0 {
			return wait, false
		}
		wait = max(p.all.wait(now), p.crowded(now))
		return wait, wait > 0
	case Mail, SMS:
		if x := p.chats[c.Chat]; x != nil {
			if wait = x.posts.wait(now); wait > 0 {
				return wait, false
			}
		}
		wait = p.post(c).wait(now)
		return wait, wait > 0
	case Slack:
		wait = p.method(c.Method).wait(now)
		if c.Method == SlackShare {
			wait = max(wait, p.method(slackLook).wait(now))
		}
		if x := p.chats[c.Chat]; x != nil && c.Method == "chat.postMessage" {
			wait = max(wait, x.posts.wait(now))
		}
	}
	return wait, false
}

// post is the meter over all readers of e-mail, or of short messages.
func (p *Pace) post(c Call) *meter {
	if c.Platform == SMS {
		return &p.texts
	}
	return &p.mails
}

// isGroup reports whether c sends into a Telegram group: its id is negative.
func isGroup(c Call) bool { return strings.HasPrefix(c.Chat, "telegram:-") && !c.edits() }

// Owe counts a call as n more, as heavy as it is: those after it wait the longer.
func (p *Pace) Owe(now time.Time, c Call, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range n {
		p.spend(now, c)
	}
}

// Answer counts an answer to a person, which goes out at once and waits for no place.
func (p *Pace) Answer(now time.Time, c Call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spend(now, c)
	if c.Platform == Telegram {
		p.went(now)
	}
}

func (p *Pace) spend(now time.Time, c Call) {
	switch c.Platform {
	case Telegram:
		x := p.chat(c)
		x.meter(c).take(now)
		x.last, x.before = now, x.last
		if isGroup(c) {
			x.group = append(x.group, now)
			if len(x.group) > groupMax {
				x.group = append(x.group[:0], x.group[1:]...)
			}
		}
		p.all.take(now)
	case Mail, SMS:
		x := p.chat(c)
		x.posts.take(now)
		x.last, x.before = now, x.last
		p.post(c).take(now)
	case Slack:
		p.method(c.Method).take(now)
		if c.Method == "chat.postMessage" {
			x := p.chat(c)
			x.posts.take(now)
			x.last, x.before = now, x.last
		}
	}
	p.sweep(now)
}

// Return gives back a place that was taken for nothing.
func (p *Pace) Return(c Call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch c.Platform {
	case Telegram:
		x := p.chat(c)
		x.meter(c).untake()
		x.last = x.before
		if n := len(x.group); n > 0 && isGroup(c) {
			x.group = x.group[:n-1]
		}
		p.all.untake()
		p.taken--
	case Mail, SMS:
		p.chat(c).posts.untake()
		p.post(c).untake()
	case Slack:
		p.method(c.Method).untake()
		if c.Method == "chat.postMessage" {
			x := p.chat(c)
			x.posts.untake()
			x.last = x.before
		}
	}
}

// Answered is told that the platform took c. The chat's next is due a second after that: the
// network may have delayed this one, and may not delay the next.
func (p *Pace) Answered(now time.Time, c Call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if x := p.chats[c.Chat]; x != nil && !c.edits() {
		x.posts.next = later(x.posts.next, now.Add(x.posts.gap()))
	}
}

// Freeze stops a whole platform for a while.
func (p *Pace) Freeze(now time.Time, platform string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frozen[platform] = later(p.frozen[platform], now.Add(d))
}

// Limited is told that the platform refused c as one too many, and after how long it may be
// tried again. Slack means the method. Telegram does not say what it means: a chat that was
// sent nothing else for a minute has broken no limit of its own, and then, or when two
// chats are refused at a time, it means the bot. Whatever was meant goes slower for a while.
func (p *Pace) Limited(now time.Time, c Call, retry time.Duration) (whole bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused++
	until := now.Add(retry)
	switch c.Platform {
	case Slack:
		p.method(c.Method).refuse(now, until)
		return false
	case Telegram:
		x := p.chat(c)
		whole = x.before.IsZero() || now.Sub(x.before) > time.Minute || p.otherRefused(now, x)
		x.meter(c).refuse(now, until)
		if whole {
			p.all.refuse(now, until)
		}
		return whole
	}
	p.frozen[c.Platform] = later(p.frozen[c.Platform], until)
	return true
}

// otherRefused reports whether a chat other than x has to wait because it was refused.
func (p *Pace) otherRefused(now time.Time, x *chat) bool {
	for _, y := range p.chats {
		if y != x && (now.Before(y.posts.until) || now.Before(y.edits.until)) {
			return true
		}
	}
	return false
}

// Refused is how many calls a platform has told to wait.
func (p *Pace) Refused() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refused
}

// kept is how long a silent chat is remembered.
const kept = time.Minute

// sweep forgets the chats that have been silent, now and then.
func (p *Pace) sweep(now time.Time) {
	if now.Sub(p.swept) < kept/2 && !now.Before(p.swept) {
		return
	}
	p.swept = now
	for name, x := range p.chats {
		old := now.Add(-kept)
		recent := len(x.group) > 0 && x.group[len(x.group)-1].After(now.Add(-groupWindow))
		if !recent && x.last.Before(old) && x.posts.rests(now) && x.edits.rests(now) {
			delete(p.chats, name)
		}
	}
}

// meter lets one through in each interval, and a few at once after a pause. What is late is
// caught up within the burst, so that a busy machine does not lower the rate.
type meter struct {
	every time.Duration
	burst int
	next  time.Time // when the next is due, were all even
	until time.Time // the platform said to wait until then
	slow  int       // in percent, how much longer than every the interval is
	since time.Time // slow was changed
}

// The interval grows by half with each refusal, to ten times at most, and comes back by a
// tenth of what it was set to for every ten seconds without one.
const (
	slowMax   = 900
	slowBack  = 10
	slowAfter = 10 * time.Second
)

func (m *meter) gap() time.Duration { return m.every * time.Duration(100+m.slow) / 100 }

func (m *meter) wait(now time.Time) time.Duration {
	due := m.next.Add(-m.gap() * time.Duration(m.room()-1))
	return max(later(due, m.until).Sub(now), 0)
}

// room is how many may go at once: no more than one while the platform is unwilling.
func (m *meter) room() int {
	if m.slow > 0 {
		return 1
	}
	return m.burst
}

func (m *meter) take(now time.Time) {
	for m.slow > 0 && now.Sub(m.since) >= slowAfter {
		m.slow, m.since = max(0, m.slow-slowBack), m.since.Add(slowAfter)
	}
	m.next = later(m.next, now).Add(m.gap())
}

func (m *meter) untake() { m.next = m.next.Add(-m.gap()) }

// refuse stops m until then. Calls that were under way when the first was refused are
// refused with it, and slow nothing further.
func (m *meter) refuse(now, until time.Time) {
	known := now.Before(m.until)
	if m.until = later(m.until, until); known {
		return
	}
	m.slow, m.since = min(slowMax, m.slow+(100+m.slow)/2), later(now, until)
}

// rests reports whether m has nothing to remember.
func (m *meter) rests(now time.Time) bool {
	return !m.next.After(now) && !m.until.After(now) && (m.slow == 0 || now.Sub(m.since) > kept)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
