package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"duebot/bot/pace"
	"duebot/commands/card"
	"duebot/ledger"
)

// gate is what is known of whether a platform answers, and lets sends begin or not. Its time
// is wall time: a network comes back when it does, whatever the business clock shows.
//
// A send that is begun while nothing answers is one whose fate nobody will know. So nothing
// more is begun once those under way have had no answer for longer than answers take; and
// after one of them failed, the platform is probed by a call that changes nothing, ever more
// rarely, until it answers. Then one send goes first, and twice as many after each answer.
type gate struct {
	shut   bool          // nothing begins: the platform is probed
	window int           // sends under way at a time while it is on trial; 0: as many as there are places
	failed int           // probes and sends, one after the other
	first  bool          // the probe that follows a failure at once is under way
	heard  time.Time     // it answered, or the first of those under way was begun
	took   time.Duration // that an answer takes, of late
	since  time.Time     // of this silence; zero: it answers
	asOf   time.Time     // since, in business time
	told   bool          // staff were told of this silence
	was    silence       // the last one that staff were told of
}

// silence is a time without answers, in business time.
type silence struct{ from, to time.Time }

// bar is since when a platform answers, and takes nothing from us: a password has changed, the
// app was taken out. The zero bar is none.
type bar struct {
	since time.Time // wall time
	asOf  time.Time // since, in business time
	why   string    // in the platform's words
	told  bool      // staff were told
	was   silence   // the last one that staff were told of
}

// How long those under way may have no answer before no more are begun: some times as long as
// answers take, within these bounds.
const (
	patienceLeast  = time.Second
	patienceMost   = 8 * time.Second
	patienceFactor = 4
)

func (g *gate) patience() time.Duration {
	return min(max(patienceFactor*g.took, patienceLeast), patienceMost)
}

// open reports whether one more send may begin beside those that fly.
func (g *gate) open(now time.Time, flying int) bool {
	switch {
	case g.shut:
		return false
	case flying == 0:
		return true
	case g.window > 0 && flying >= g.window:
		return false
	}
	return now.Sub(g.heard) <= g.patience()
}

// began notes that a send begins beside those that fly.
func (g *gate) began(now time.Time, flying int) {
	if flying == 0 {
		g.heard = now
	}
}

// answered notes an answer to a send, whatever it says.
func (g *gate) answered(now time.Time, took time.Duration, most int) {
	g.heard, g.failed, g.shut, g.since = now, 0, false, time.Time{}
	g.took += (took - g.took) / 8
	if g.window > 0 {
		if g.window *= 2; g.window >= most {
			g.window = 0
		}
	}
}

// silent notes that a send, or a probe, had no answer for so long, and returns how long to wait
// before the next probe; asked is false where one is coming already.
func (g *gate) silent(now, business time.Time, took time.Duration, probe bool) (wait time.Duration, asked bool) {
	if g.since.IsZero() {
		g.since, g.asOf, g.told = now.Add(-took), business.Add(-took), false
	}
	if g.shut && !probe {
		return 0, false
	}
	g.shut, g.window = true, 1
	g.failed++
	return backOff(g.failed), true
}

// Between probes, after the first, which comes at once.
const (
	probeFirst = time.Second
	probeMost  = 2 * time.Minute
)

// backOff is how long to wait after so many failures: twice as long each time, and never the
// same for two programs that lost the same network.
func backOff(failed int) time.Duration {
	if failed <= 1 {
		return 0
	}
	d := min(probeFirst<<min(failed-2, 10), probeMost)
	return d/2 + rand.N(d/2+1)
}

// reached notes that a probe was answered: one send may go. The silence is over where nothing
// waits; else that send will tell.
func (g *gate) reached(waiting bool) {
	g.shut, g.window, g.first = false, 1, false
	if !waiting {
		g.since, g.failed = time.Time{}, 0
	}
}

// heard is told what came of a send to the platform of chat, and how long it took.
func (d *delivery) heard(platform string, took time.Duration, err error) {
	var refused *card.SendError
	silent := err != nil && (!errors.As(err, &refused) || refused.Silent)
	now := time.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.platform(platform)
	before := p.gate.since
	if !silent {
		if err == nil || !refused.All {
			d.unbarred(platform, p)
		}
		p.gate.answered(now, took, p.most)
		if !before.IsZero() {
			d.returned(platform, p)
		}
		return
	}
	if before.IsZero() {
		d.log.Warn("a platform does not answer", "platform", platform)
	}
	if wait, asked := p.gate.silent(now, d.clock.Now(), took, false); asked {
		p.gate.first = wait == 0
		d.probeIn(platform, p, wait)
	}
	d.tellSilence(platform, p) // it may answer probes, and nothing else
}

// barred notes that a platform takes nothing from us. Staff are told when it has been so for a
// while; that Slack does cannot be told there: /healthz and the log do.
func (d *delivery) barred(platform, why string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.platform(platform)
	b := &p.bar
	if b.since.IsZero() {
		b.since, b.asOf, b.why = time.Now(), d.clock.Now(), why
		d.log.Warn("a platform takes nothing from us", "platform", platform, "reason", why)
	}
	if !b.told && platform != pace.Slack && time.Since(b.since) >= d.tellAfter {
		b.told = true
		d.tell("barred." + platform)
	}
}

// unbarred notes that a platform takes what we send, or that it is one message's fault. d.mu is
// held.
func (d *delivery) unbarred(platform string, p *platform) {
	b := &p.bar
	if b.since.IsZero() {
		return
	}
	d.log.Info("a platform takes what we send again", "platform", platform, "since", b.asOf)
	if b.told {
		b.was = silence{b.asOf, d.clock.Now()}
		d.tell("let." + platform)
	}
	b.since, b.told = time.Time{}, false
}

// probeIn probes a platform after a while of wall time. d.mu is held.
func (d *delivery) probeIn(platform string, p *platform, wait time.Duration) {
	if d.stopped {
		p.gate.first = false
		return
	}
	p.probe = time.AfterFunc(wait, func() { d.probe(platform, p) })
}

// probeMax bounds one probe.
const probeMax = 10 * time.Second

// probe asks whether a platform answers, and goes on as it does.
func (d *delivery) probe(platform string, p *platform) {
	d.mu.Lock()
	if d.stopped {
		d.mu.Unlock()
		return
	}
	d.sending.Add(1)
	d.mu.Unlock()
	defer d.sending.Done()
	ctx, cancel := context.WithTimeout(d.probing, probeMax)
	err := d.bot.ask(ctx, platform)
	cancel()
	outcome := "answered"
	if err != nil {
		outcome = "silent"
	}
	d.bot.counts.add(fmt.Sprintf("duebot_probes_total{platform=%q,outcome=%q}", platform, outcome), 1)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		before := p.gate.since
		p.gate.reached(p.urgent.peek() != nil || p.campaigns.peek() != nil)
		if p.gate.since.IsZero() && !before.IsZero() {
			d.returned(platform, p)
		}
		d.pump()
		return
	}
	p.gate.first = false
	if p.gate.shut { // no answer to a send came meanwhile
		wait, _ := p.gate.silent(time.Now(), d.clock.Now(), 0, true)
		d.log.Debug("a platform is silent still", "platform", platform, "next", wait)
		d.tellSilence(platform, p)
		d.probeIn(platform, p, wait)
	}
}

// lull ends the silence of a platform that has answered a probe, where what was to go first has
// turned out not to go there and nothing else waits. d.mu is held.
func (d *delivery) lull(platform string, p *platform) {
	if p.flying == 0 && !p.gate.shut && !p.gate.since.IsZero() && p.urgent.peek() == nil && p.campaigns.peek() == nil {
		p.gate.reached(false)
		d.returned(platform, p)
	}
}

// returned tells that a platform answers again. d.mu is held.
func (d *delivery) returned(platform string, p *platform) {
	d.log.Info("a platform answers again", "platform", platform, "since", p.gate.asOf)
	if p.gate.told {
		p.gate.told, p.gate.was = false, silence{p.gate.asOf, d.clock.Now()}
		d.tell("again." + platform)
	}
}

// tellAfter is how long a platform is silent before staff are told.
const tellAfter = time.Minute

// tellSilence tells staff, once, of a platform that has been silent for a while. That Slack is
// cannot be told there: /healthz and /metrics do. d.mu is held.
func (d *delivery) tellSilence(platform string, p *platform) {
	if p.gate.told || platform == pace.Slack || time.Since(p.gate.since) < d.tellAfter {
		return
	}
	p.gate.told = true
	d.tell("silent." + platform)
}

// tell queues a line for the finance channel. It does so apart: d.mu is held, and a commit
// takes its time.
func (d *delivery) tell(code string) {
	d.sending.Go(func() {
		d.update(context.Background(), func(tx *ledger.Tx) error {
			return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeTask, Address: d.bot.cfg.Slack.Finance, Code: code})
		})
	})
}

// ask makes a call that changes nothing.
func (b *Bot) ask(ctx context.Context, platform string) (err error) {
	switch platform {
	case pace.Telegram:
		_, err = b.telegram.Me(ctx)
	case pace.Slack:
		_, _, err = b.slack.Check(ctx)
	case pace.Mail:
		if b.mail != nil {
			err = b.mail.Check(ctx)
		}
	case pace.SMS:
		if b.sms != nil {
			err = b.sms.Check(ctx)
		}
	}
	var refused *card.SendError
	if errors.As(err, &refused) && !refused.Silent {
		err = nil // it said no, and so it answers
	}
	return err
}

// customerPlatforms are those by which customers are reached here.
func (b *Bot) customerPlatforms() []string {
	if b.mail == nil {
		return []string{pace.Telegram}
	}
	return []string{pace.Telegram, pace.Mail}
}

// trouble is a platform that does not answer, or takes nothing from us.
type trouble struct {
	platform string
	since    time.Time // business time
	waiting  int       // notices
	why      string    // it takes nothing; "" where it does not answer
}

// troubles lists the platforms by which nothing can be said now.
func (d *delivery) troubles() (out []trouble) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, name := range []string{pace.Slack, pace.Telegram, pace.Mail, pace.SMS} {
		switch p := d.platforms[name]; {
		case p == nil:
		case !p.gate.since.IsZero():
			out = append(out, trouble{name, p.gate.asOf, d.waitingFor(p), ""})
		case !p.bar.since.IsZero():
			out = append(out, trouble{name, p.bar.asOf, d.waitingFor(p), p.bar.why})
		}
	}
	return out
}

// waitingFor counts the notices in the lanes whose next goes to a platform. d.mu is held.
func (d *delivery) waitingFor(p *platform) (n int) {
	for _, l := range d.lanes {
		if l.call.Platform != "" && d.platforms[l.call.Platform] == p && l.state != laneParked {
			n += len(l.queue)
		}
	}
	return n
}

// silenceNews words the lines of the finance channel about a platform that does not answer or
// takes nothing ("silent", "barred"), and about one that does again ("again", "let").
func (d *delivery) silenceNews(v *ledger.View, code, platform string) card.Message {
	company := v.Company()
	zone := company.Zone()
	list := d.troubles()
	i := slices.IndexFunc(list, func(x trouble) bool { return x.platform == platform })
	if code == "silent" || code == "barred" {
		if i < 0 {
			return card.Message{Withdraw: "it answers again"}
		}
		x := list[i]
		since := card.T("silent.since", "platform", card.T("platform."+platform), "at", card.Instant{At: x.since, Zone: zone})
		k := &card.Card{Title: card.T("task.title")}
		if x.why != "" {
			since.Key, k.Quote = "barred.since", card.Plain(x.why)
		}
		k.Body = []card.Text{since, card.T("silent.waiting", "count", x.waiting)}
		for _, other := range d.bot.customerPlatforms() {
			if !slices.ContainsFunc(list, func(x trouble) bool { return x.platform == other }) {
				k.Body = append(k.Body, card.T("silent.others", "platform", card.T("platform."+other)))
			}
		}
		return card.Message{Card: k}
	}
	d.mu.Lock()
	was := d.platform(platform).gate.was
	if code == "let" {
		was = d.platform(platform).bar.was
	}
	d.mu.Unlock()
	if was.to.IsZero() { // the program was started anew meanwhile
		return card.Message{Withdraw: "nobody knows since when it was silent"}
	}
	over := card.T("silent.over", "platform", card.T("platform."+platform),
		"from", card.Instant{At: was.from, Zone: zone}, "to", card.Instant{At: was.to, Zone: zone})
	if code == "let" {
		over.Key = "barred.over"
	}
	return card.Message{Card: &card.Card{Body: []card.Text{over}}}
}
