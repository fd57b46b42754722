package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"duebot/bot/pace"
	"duebot/ledger"
)

// A notice that was withdrawn while its lane waited gives back the place that was taken for it:
// a campaign that is stopped would else leave no room for anybody.
func TestWithdrawnNoticesGiveTheirPlacesBack(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	d := f.box.bot.Load().delivery
	for i := range 200 {
		c := pace.Call{Platform: pace.Telegram, Method: "sendMessage", Chat: fmt.Sprintf("telegram:%d", 5000+i)}
		if wait, _ := d.pace.Take(d.clock.Now(), c); wait > 0 {
			f.advance("1s")
			d.pace.Take(d.clock.Now(), c)
		}
		if wait, parked := d.step(1<<30, c); wait != finished || parked {
			t.Fatalf("a notice that is no more: wait %s, parked %t", wait, parked)
		}
	}
	f.advance("5s")
	if wait := d.pace.Wait(d.clock.Now(), pace.Call{Platform: pace.Telegram, Method: "sendMessage", Chat: "telegram:1001"}); wait > 0 {
		t.Errorf("with nothing under way there is no place for %s", wait)
	}
}

// A channel of staff's that the bot was taken out of, and let into again, has its cards kept up
// to date once more.
func TestChannelIsMended(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.post("slack/channel", map[string]any{"channel": "CINVOICES1", "removed": true}, nil)
	f.confirm(f.preview("Work one"))
	f.rest()
	f.post("slack/channel", map[string]any{"channel": "CINVOICES1", "removed": false}, nil)
	f.advance("61m")
	f.confirm(f.preview("Work two"))
	f.rest()
	f.command("UFINANCE01", "CINVOICES1", "/ar payment acme 2856")
	f.rest()
	w := f.state()
	if seen := w.channel("CINVOICES1", "UFINANCE01"); !strings.Contains(seen, "INV-2026-000002") || !strings.Contains(strings.ToLower(seen), "paid") {
		t.Errorf("the card says\n%s", seen)
	}
	f.box.bot.Load().books.View(func(v *ledger.View) error {
		if v.Shut("slack:CINVOICES1") {
			t.Error("the channel still counts as one that cannot be written to")
		}
		return nil
	})
}

// A silence ends when a probe was answered, also where what waited for its end was withdrawn.
func TestSilenceEndsWithNothingToSay(t *testing.T) {
	f := newFixture(t)
	d := f.box.bot.Load().delivery
	d.mu.Lock()
	p := d.platform(pace.Telegram)
	p.gate.silent(time.Now(), d.clock.Now(), time.Second, false)
	p.gate.reached(true)
	l := d.lane(customerLane(7))
	l.queue, l.head, l.call = []queued{{id: 1 << 30}}, queued{id: 1 << 30}, pace.Call{Platform: pace.Telegram, Method: "sendMessage", Chat: "telegram:7"}
	d.waiting++
	d.ready(l)
	d.pump()
	d.mu.Unlock()
	eventually(t, "the end of the silence", func() bool { return len(d.troubles()) == 0 })
}

// A document whose answers are lost, one after the other, is not sent for ever: staff are told.
func TestLostForEver(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	d := f.box.bot.Load().delivery
	for name, x := range map[string]struct {
		a    ledger.Attempt
		kind ledger.NoticeKind
		want bool // it comes to its end
	}{
		"a copy":                 {ledger.Attempt{Count: lostTries - 1, Lost: true}, ledger.NoticeInvoice, false},
		"one copy too many":      {ledger.Attempt{Count: lostTries, Lost: true}, ledger.NoticeInvoice, true},
		"an edit":                {ledger.Attempt{Count: sendTries - 1}, ledger.NoticeEdit, false},
		"one edit too many":      {ledger.Attempt{Count: sendTries}, ledger.NoticeEdit, true},
		"a reminder, whatever":   {ledger.Attempt{Count: 1}, ledger.NoticeReminder, true},
		"the sixtieth of a word": {ledger.Attempt{Count: sendTries}, ledger.NoticeReminder, true},
	} {
		n := &ledger.Notice{NoticeQueued: ledger.NoticeQueued{Kind: x.kind, Customer: 1}, ID: 1 << 30, Attempt: x.a}
		wait, over := d.lost(context.Background(), n, "")
		if over != x.want || over != (wait == finished) {
			t.Errorf("%s: wait %s, over %t; want %t", name, wait, over, x.want)
		}
	}
}

// A panic while a notice is sent ends that notice, and not the program.
func TestPanicEndsOneNotice(t *testing.T) {
	f := newFixture(t)
	b := f.box.bot.Load()
	telegram := b.telegram
	b.telegram = nil
	f.confirm(f.preview("Work one"))
	f.rest()
	b.telegram = telegram
	f.confirm(f.preview("Work two"))
	f.rest()
	w := f.state()
	if seen := w.channel("CFINANCE01", "UFINANCE01"); !strings.Contains(seen, "could not be worded") {
		t.Errorf("finance reads\n%s", seen)
	}
	if seen := w.chat(1001); !strings.Contains(seen, "INV-2026-000002") {
		t.Errorf("the next invoice did not come:\n%s", seen)
	}
}

// A mail server that has begun to refuse us is told of, with its reason, and that it takes our
// mail again.
func TestBarIsTold(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	d := f.box.bot.Load().delivery
	finance := func() string {
		f.rest()
		w := f.state()
		return w.channel("CFINANCE01", "UFINANCE01")
	}
	d.barred(pace.Mail, "535 5.7.8 Authentication failed")
	if seen := finance(); strings.Contains(seen, "refused everything") {
		t.Errorf("it is told at once:\n%s", seen)
	}
	d.mu.Lock()
	d.tellAfter = 0
	d.mu.Unlock()
	d.barred(pace.Mail, "535 5.7.8 Authentication failed")
	d.barred(pace.Mail, "535 5.7.8 Authentication failed")
	if seen := finance(); strings.Count(seen, "The mail server has refused everything we send since") != 1 || !strings.Contains(seen, "535 5.7.8") {
		t.Errorf("finance reads\n%s", seen)
	}
	if _, seen := f.page("/healthz"); !strings.Contains(seen, "mail has taken nothing from us since 2026-10-01") {
		t.Errorf("/healthz says\n%s", seen)
	}
	d.heard(pace.Mail, time.Second, nil)
	d.heard(pace.Mail, time.Second, nil)
	if seen := finance(); strings.Count(seen, "The mail server takes our messages again") != 1 {
		t.Errorf("finance reads\n%s", seen)
	}
	if _, seen := f.page("/healthz"); strings.TrimSpace(seen) != "ok" {
		t.Errorf("/healthz says\n%s", seen)
	}
}

// TestStopWithAnswersInFlight ends serve while an answer to a person is under way that the
// platform does not take: it ends in time all the same.
func TestStopWithAnswersInFlight(t *testing.T) {
	t.Parallel()
	w := standIns(t)
	to, err := url.Parse(w.base)
	if err != nil {
		t.Fatal(err)
	}
	held := make(chan struct{}, 1)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }, ErrorHandler: func(http.ResponseWriter, *http.Request, error) {}}
	line := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/sendMessage") {
			io.Copy(io.Discard, r.Body)
			held <- struct{}{}
			<-r.Context().Done()
			return
		}
		proxy.ServeHTTP(out, r)
	}))
	t.Cleanup(line.Close)
	w.env = append(w.env, "TELEGRAM_API_URL="+line.URL+"/telegram", "DUEBOT_CALL_SECONDS=60", "DUEBOT_SHUTDOWN_SECONDS=2")
	bot := w.serve()
	eventually(t, "the bot is ready", w.ready)
	newPlayer(t, w.base).post("telegram/message", map[string]any{"chat": strangersChat, "text": "hello"}, nil)
	<-held
	still, began := watchStills(t), time.Now()
	bot.stop(t)
	if took := time.Since(began) - still.within(began, time.Now()); took > 10*time.Second {
		t.Errorf("it took %s to end", took)
	}
	soundProcess(t, bot)
	w.stand.stop(t)
}
