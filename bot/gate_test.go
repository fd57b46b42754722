package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"duebot/adapters/sandbox/stand"
	"duebot/ledger"
)

// The gate of a platform, send by send.
func TestGate(t *testing.T) {
	start := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	g := &gate{}
	must := func(what string, ms, flying int, want bool) {
		t.Helper()
		if got := g.open(at(ms), flying); got != want {
			t.Errorf("%s: open %t, want %t", what, got, want)
		}
	}
	must("at first", 0, 0, true)
	g.began(at(0), 0)
	must("beside one that had no answer yet", 900, 20, true)
	must("when answers take longer than they do", 1100, 20, false)
	g.answered(at(1200), 100*time.Millisecond, 50)
	must("after an answer", 1300, 20, true)
	if wait, asked := g.silent(at(3000), at(3000), time.Second, false); !asked || wait != 0 || !g.since.Equal(at(2000)) {
		t.Errorf("the first failure: probed %t after %s, silent since %s", asked, wait, g.since)
	}
	if _, asked := g.silent(at(3010), at(3010), time.Second, false); asked {
		t.Error("what was under way with it has it probed once more")
	}
	must("while it is probed", 3100, 0, false)
	if wait, _ := g.silent(at(3200), at(3200), 0, true); wait < probeFirst/2 || wait > probeFirst {
		t.Errorf("after the first probe: the next in %s", wait)
	}
	for range 20 {
		if wait, _ := g.silent(at(4000), at(4000), 0, true); wait > probeMost {
			t.Errorf("a probe in %s, want %s at most", wait, probeMost)
		}
	}
	g.reached(true)
	must("one goes first", 5000, 0, true)
	must("and one alone", 5000, 1, false)
	if g.since.IsZero() {
		t.Error("it counts as answering before that one was answered")
	}
	for _, most := range []int{2, 4, 8, 0} {
		g.answered(at(5000), time.Millisecond, 16)
		if g.window != most {
			t.Errorf("a window of %d, want %d", g.window, most)
		}
	}
	if !g.since.IsZero() || g.failed != 0 {
		t.Errorf("after answers it is silent since %s", g.since)
	}
}

// Two programs that lost the same network come back at different moments.
func TestBackOffHasJitter(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 20 {
		seen[backOff(6)] = true
	}
	if len(seen) < 2 {
		t.Error("twenty times the same wait")
	}
}

// pulled puts a line between serve and a platform that can be pulled.
func pulled(t testing.TB, to string) *stand.Plug {
	t.Helper()
	p, err := stand.NewPlug(func() string { return strings.TrimPrefix(to, "http://") })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// TestCampaignThroughDeadLine pulls Telegram's line in the middle of a campaign: what becomes
// unknown is what was under way, and nothing of what waited; the operator sees what is wrong;
// and when it answers again, all goes on.
func TestCampaignThroughDeadLine(t *testing.T) {
	for _, kind := range []string{stand.FaultHole, stand.FaultRefused} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel() // most of it is waiting
			const customers = 120
			w, slow := campaignUnder(t, customers)
			line := pulled(t, slow.url)
			w.env = append(w.env, "TELEGRAM_API_URL=http://"+line.Addr()+"/telegram", "DUEBOT_CALL_SECONDS=2")
			bot := w.serve()
			eventually(t, "some reminders", func() bool { taken, _ := paceSeen(t, w.base); return len(taken) > 20 })
			line.Pull(kind, time.Minute)
			see(t, `telegram has not answered since 20\S+Z; \d+ messages wait`, func() string { return own(w, "/healthz") })
			if seen := own(w, "/metrics"); !strings.Contains(seen, `duebot_platform_answers{platform="telegram"} 0`) {
				t.Errorf("the metrics say\n%s", seen)
			}
			time.Sleep(2 * time.Second)
			line.Mend()
			awaitDone(t, w.base, time.Minute)
			if seen := own(w, "/healthz"); strings.TrimSpace(seen) != "ok" {
				t.Errorf("afterwards /healthz says\n%s", seen)
			}
			time.Sleep(200 * time.Millisecond)
			bot.stop(t)
			checkCampaign(t, w, customers, map[string]int{stand.FaultHole: 40, stand.FaultRefused: 12}[kind])
			w.stand.stop(t)
		})
	}
}

// TestStartWithoutTelegram starts serve while nobody answers at Telegram's address: staff work,
// and what waits goes out when it is there.
func TestStartWithoutTelegram(t *testing.T) {
	t.Parallel()
	w := standIns(t)
	line := pulled(t, w.base)
	w.env = append(w.env, "TELEGRAM_API_URL=http://"+line.Addr()+"/telegram")
	line.Pull(stand.FaultRefused, time.Minute)
	bot := w.serve()
	eventually(t, "the bot is ready", w.ready)
	p := newPlayer(t, w.base)
	p.command("USALES0001", "CINVOICES1", `/ar customer add acme "Acme GmbH" currency=EUR lang=en tz=Europe/Berlin terms=net14`)
	if _, seen := p.command("USALES0001", "CINVOICES1", "/ar customer invite acme"); !strings.Contains(seen, "Telegram has not answered") {
		t.Errorf("an invitation says\n%s", seen)
	}
	line.Mend()
	eventually(t, "an invitation", func() bool {
		_, seen := p.command("USALES0001", "CINVOICES1", "/ar customer invite acme")
		return inviteLink.MatchString(seen)
	})
	bot.stop(t)
	soundProcess(t, bot)
	w.stand.stop(t)
}

// own asks serve's own HTTP.
func own(w *twoProcesses, path string) string {
	resp, err := http.Get("http://" + w.own + path)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return string(body)
}

// TestSilenceIsTold pulls the line to each platform of customers for a while: the finance
// channel reads that it is silent, what waits and what goes on, once, and that it answers
// again; nothing is lost, and nothing unknown.
func TestSilenceIsTold(t *testing.T) {
	for platform, says := range map[string][2]string{
		"telegram": {"Telegram has not answered since", "The mail server goes on"},
		"mail":     {"The mail server has not answered since", "Telegram goes on"},
	} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			d := f.box.bot.Load().delivery
			d.mu.Lock()
			d.tellAfter = time.Second
			d.mu.Unlock()
			if platform == "mail" {
				f.command("USALES0001", "CINVOICES1", "/ar customer set acme email=ap@acme.example channel=email")
			}
			f.post("fault", map[string]any{"platform": platform, "kind": stand.FaultRefused, "retry_after": 4}, nil)
			ts, _ := f.command("UFINANCE01", "CINVOICES1", `/ar invoice acme 100 "Work" due 14d`)
			f.confirm(ts)
			finance := func() string {
				var w world
				fetch(t, f.base+"/control/state?part=slack", &w)
				return w.channel("CFINANCE01", "UFINANCE01")
			}
			see(t, says[0], finance)
			see(t, "answers again; it was silent from", finance)
			f.rest()
			if got := finance(); strings.Count(got, "has not answered") != 1 || strings.Count(got, "answers again; it was silent") != 1 ||
				!strings.Contains(got, says[1]) || !strings.Contains(got, "1 message waits") {
				t.Errorf("finance reads\n%s", got)
			}
			f.books(func(a *audit) {
				if n := a.outcomes(); n[ledger.NoticeUnknown]+n[ledger.NoticeFailed] > 0 {
					t.Errorf("the notices came to %v", n)
				}
			})
		})
	}
}

// A delivery that is stopped while a platform is silent leaves nothing running.
func TestStoppedWhileSilent(t *testing.T) {
	before := goleak.IgnoreCurrent()
	f := newFixture(t)
	f.post("fault", map[string]any{"platform": "telegram", "kind": stand.FaultRefused, "retry_after": 60}, nil)
	ts, _ := f.command("UFINANCE01", "CINVOICES1", `/ar invoice acme 100 "Work" due 14d`)
	f.confirm(ts)
	eventually(t, "the silence", func() bool { return len(f.box.bot.Load().delivery.troubles()) == 1 })
	f.box.close()
	f.box = nil
	http.DefaultClient.CloseIdleConnections()
	goleak.VerifyNone(t, before, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

// TestStopWithSendsInFlight ends serve while thirty sends are under way on a line that has
// stopped answering: it ends within ten seconds, and each of them is what its kind asks:
// a reminder is unknown, a document goes out again as a copy.
func TestStopWithSendsInFlight(t *testing.T) {
	t.Parallel()
	const customers = 60
	w, slow := campaignUnder(t, customers)
	line := pulled(t, slow.url)
	w.env = append(w.env, "TELEGRAM_API_URL=http://"+line.Addr()+"/telegram", "DUEBOT_CALL_SECONDS=60", "DUEBOT_TELEGRAM_RATE=50")
	bot := w.serve()
	eventually(t, "some reminders", func() bool { taken, _ := paceSeen(t, w.base); return len(taken) > 3 })
	line.Pull(stand.FaultHole, time.Minute)
	time.Sleep(1500 * time.Millisecond)
	still, began := watchStills(t), time.Now()
	bot.stop(t)
	if took := time.Since(began) - still.within(began, time.Now()); took > 10*time.Second {
		t.Errorf("it took %s to end", took)
	}
	soundProcess(t, bot)
	checkFile(t, w.db)
	flew := 0
	readBooks(t, w.db, "", func(b *bookReader) {
		for _, ends := range b.outcomes {
			if n := len(ends); n > 0 && ends[n-1].State == ledger.NoticeUnknown {
				flew++
			}
		}
		for _, n := range b.open {
			if !n.Attempt.At.IsZero() {
				t.Errorf("notice %d (%s) is left as if it were being sent", n.ID, n.Kind)
			}
		}
	})
	if flew == 0 {
		t.Error("nothing was under way")
	}
	t.Logf("ended after %s with %d reminders under way", time.Since(began).Round(time.Millisecond), flew)
	line.Mend()
	bot = w.serve()
	awaitDone(t, w.base, time.Minute)
	time.Sleep(500 * time.Millisecond)
	bot.stop(t)
	checkCampaign(t, w, customers, flew)
	w.stand.stop(t)
}
