package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v84/webhook"

	"duebot/adapters/sandbox/stand"
	"duebot/ledger"
)

// evening is after the digest's time, so that what is tested is all that is said.
var evening = time.Date(2026, 10, 1, 19, 0, 0, 0, time.UTC)

// fixture is a sandbox in this process with one customer, acme, who is linked to chat 1001.
type fixture struct {
	*player
	t   *testing.T
	dir string
	box *theSandbox
	o   sandboxOptions // of its first start
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	return newFixtureOf(t, sandboxOptions{}, io.Discard)
}

// newFixtureOf is newFixture with other options, and a place for the log.
func newFixtureOf(t *testing.T, o sandboxOptions, log io.Writer) *fixture {
	t.Helper()
	dir := t.TempDir()
	quiet := slog.New(slog.NewTextHandler(log, nil))
	o.addr, o.dir, o.empty, o.start = "127.0.0.1:0", dir, true, evening
	box, err := openSandbox(context.Background(), o, quiet)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, dir: dir, box: box, o: o, player: newPlayer(t, box.base)}
	t.Cleanup(func() {
		if f.box != nil {
			f.box.close()
		}
	})
	f.command("USALES0001", "CINVOICES1", `/ar customer add acme "Acme GmbH" currency=EUR lang=en tz=Europe/Berlin terms=net14`)
	f.link("acme", 1001)
	f.rest()
	return f
}

// rest lets everything be said that is going to be said within the next minutes.
func (f *fixture) rest() {
	f.t.Helper()
	f.advance("5m")
	f.state()
}

// fault orders a failure.
func (f *fixture) fault(platform, kind string, count int) {
	f.post("fault", map[string]any{"platform": platform, "kind": kind, "count": count}, nil)
}

// preview types an invoice and returns where its preview is.
func (f *fixture) preview(work string) (ts string) {
	ts, seen := f.command("UFINANCE01", "CINVOICES1", `/ar invoice acme 1200 "`+work+`" tax 19% due 14d`)
	if strings.Contains(seen, "[Confirm]") {
		return ts
	}
	// On a busy machine the answer comes behind "Working…", as a message of its own.
	msgs := f.state().Slack.Messages
	for _, m := range slices.Backward(msgs) {
		if m.EphemeralTo == "UFINANCE01" && slices.Contains(labels(m.Blocks), "Confirm") {
			return m.TS
		}
	}
	return ts
}

// confirm presses Confirm; a message that was replaced meanwhile is fine.
func (f *fixture) confirm(ts string) {
	err := f.try("slack/action", map[string]any{"user": "UFINANCE01", "channel": "CINVOICES1", "ts": ts, "label": "Confirm"}, nil)
	if err != nil && !strings.Contains(err.Error(), "404") {
		f.fail("%v", err)
	}
}

// patiently does something until the person sees what he wants, at most some times: an
// answer may be lost for good, and then people try again.
func (f *fixture) patiently(what string, try func(), seen func() bool) {
	f.t.Helper()
	for range 4 {
		try()
		f.rest()
		if seen() {
			return
		}
	}
	w := f.state()
	f.t.Fatalf("%s does not come\n%s", what, w.chat(1001))
}

// shows reports whether the newest message of the chat with these words has a button: an
// older one may be the original of a copy, which the bot knows nothing of.
func (f *fixture) shows(label, words string) bool {
	w := worldOf(f.t, f.base)
	for _, m := range slices.Backward(w.messages(1001)) {
		if strings.Contains(m.Text, words) {
			return slices.ContainsFunc(slices.Concat(m.ReplyMarkup.Rows...), func(b chatButton) bool { return strings.HasPrefix(b.Text, label) })
		}
	}
	return false
}

// clickOn presses the newest button with this label in a message with these words.
func (f *fixture) clickOn(label, words string) {
	w := worldOf(f.t, f.base)
	message, _, ok := w.button(1001, label, words)
	if !ok {
		f.t.Fatalf("no message with %q has a button %q", words, label)
	}
	f.post("telegram/click", map[string]any{"chat": 1001, "message_id": message, "label": label}, nil)
}

// books stops the bot and compares its books with the platforms.
func (f *fixture) books(use func(a *audit)) {
	f.t.Helper()
	f.rest()
	world, log := worldOf(f.t, f.base), logOf(f.t, f.base, 0)
	f.box.close()
	f.box = nil
	readBooks(f.t, ledger.Path(f.dir), sandboxMark, func(b *bookReader) {
		a := &audit{f.t, b, world, log}
		a.outcomes()
		a.slack()
		use(a)
	})
	checkFile(f.t, ledger.Path(f.dir))
}

// TestFaults plays the core of the story while a platform fails, before each act: an
// invoice is confirmed, another disputed, a third thing paid. Nothing is booked twice and
// everything arrives; only Telegram may show a copy, which says that it is one.
func TestFaults(t *testing.T) {
	t.Parallel() // most of it is waiting
	kinds := map[string][]string{
		"slack":    {stand.Fault429, stand.Fault500, stand.FaultTimeout, stand.FaultTimeoutAfterAccept, stand.FaultDropSocket, stand.FaultDuplicate},
		"telegram": {stand.Fault429, stand.Fault500, stand.FaultTimeout, stand.FaultTimeoutAfterAccept, stand.FaultDropSocket, stand.FaultDuplicate},
		"stripe":   {stand.Fault429, stand.Fault500, stand.FaultTimeout, stand.FaultTimeoutAfterAccept, stand.FaultDuplicate},
	}
	for platform, list := range kinds {
		for _, kind := range list {
			t.Run(platform+" "+kind, func(t *testing.T) {
				t.Parallel()
				playUnderFault(t, newFixture(t), platform, kind)
			})
		}
	}
}

func playUnderFault(t *testing.T, f *fixture, platform, kind string) {
	fail := func() {
		if platform != "stripe" {
			f.fault(platform, kind, 1)
		}
	}
	fail()
	f.confirm(f.preview("Work one"))
	f.rest()
	f.confirm(f.preview("Work two"))
	f.rest()
	const disputed, paid = "Invoice INV-2026-000001 ", "Invoice INV-2026-000002 "

	f.patiently("a question about the reason", func() { f.clickOn("Dispute", disputed) },
		func() bool { return f.shows("Not our order", "INV-2026-000001") })
	fail()
	f.patiently("a dispute", func() { f.clickOn("Not our order", "INV-2026-000001") },
		func() bool { return f.shows("Dispute D-1", disputed) })
	twice := func() { // what may come twice in two ways, and costs no time
		if kind == stand.FaultDuplicate {
			fail()
		}
	}
	twice()
	f.write(1001, "The hosting was cancelled")
	f.rest()
	twice()
	reply(f.player, "UFINANCE01", "We look into it")
	f.rest()

	f.fault(platform, kind, 1)
	w := worldOf(t, f.base)
	_, url, _ := w.button(1001, "Pay", paid)
	f.patiently("a receipt", func() { f.try("pay", map[string]any{"url": url, "outcome": "paid"}, nil) },
		func() bool { return !f.shows("Pay", paid) })

	var left struct{ Faults []stand.Fault }
	fetch(t, f.base+"/control/fault", &left)
	if len(left.Faults) > 0 && kind != stand.FaultDuplicate {
		t.Errorf("faults that nothing met: %v", left.Faults)
	}
	f.books(func(a *audit) {
		a.booked("invoices", a.books.works, map[string]int{"Work one": 1, "Work two": 1})
		a.booked("disputes", a.books.disputes, map[string]int{"INV-2026-000001": 1})
		a.booked("words", a.books.words, map[string]int{"The hosting was cancelled": 1, "We look into it": 1})
		if len(a.books.payments) != 1 || a.books.open != nil {
			t.Errorf("got the payments %v and the waiting notices %v, want one and none", a.books.payments, a.books.open)
		}
		unsure := kind == stand.FaultTimeout || kind == stand.FaultTimeoutAfterAccept || kind == stand.Fault500
		if copies := a.telegram(); (copies > 0) != (unsure && platform == "telegram") {
			t.Errorf("got %d copies", copies)
		}
	})
}

func (a *audit) booked(what string, got, want map[string]int) {
	a.t.Helper()
	if !maps.Equal(got, want) {
		a.t.Errorf("%s in the books: got %v, want %v", what, got, want)
	}
}

// TestLostReminder loses the answer to a reminder: it is not said again by itself, and staff
// are asked whether it arrived.
func TestLostReminder(t *testing.T) {
	f := newFixture(t)
	f.confirm(f.preview("Work"))
	f.rest()
	f.fault("telegram", stand.FaultTimeoutAfterAccept, 1)
	f.advance("288h") // two days before it is due
	w := f.state()
	if got := w.channel("CFINANCE01", "UFINANCE01"); strings.Count(got, "[It Arrived]\n[Send Again]") != 1 {
		t.Errorf("staff are not asked, once, whether the reminder arrived:\n%s", got)
	}
	said := 0
	for _, m := range w.messages(1001) {
		if m.From.IsBot && strings.Contains(m.Text, "INV-2026-000001") {
			said++
		}
	}
	if said != 2 {
		t.Errorf("got %d messages about the invoice, want it and one reminder:\n%s", said, w.chat(1001))
	}
	f.books(func(a *audit) {
		if n := a.outcomes()[ledger.NoticeUnknown]; n != 1 {
			t.Errorf("got %d notices of unknown fate, want one", n)
		}
	})
}

// TestManyTaps presses Confirm eight times at once.
func TestManyTaps(t *testing.T) {
	f := newFixture(t)
	ts := f.preview("Work")
	var taps sync.WaitGroup
	for range 8 {
		taps.Go(func() { f.confirm(ts) })
	}
	taps.Wait()
	f.books(func(a *audit) {
		a.booked("invoices", a.books.works, map[string]int{"Work": 1})
		if copies := a.telegram(); copies != 0 {
			t.Errorf("got %d copies, want none", copies)
		}
	})
}

// TestManyWebhooks delivers one event of Stripe's fifty times at once, none of which the bot
// has seen before.
func TestManyWebhooks(t *testing.T) {
	f := newFixture(t)
	f.confirm(f.preview("Work"))
	f.rest()
	body := f.paidEvent(f.payURL(1001, "Pay"))
	var deliveries sync.WaitGroup
	for range 50 {
		deliveries.Go(func() {
			f.deliver(body)
		})
	}
	deliveries.Wait()
	f.books(func(a *audit) {
		if len(a.books.payments) != 1 {
			t.Errorf("got the payments %v, want one", a.books.payments)
		}
		for key, n := range a.books.payments {
			if n != 1 {
				t.Errorf("%s was booked %d times", key, n)
			}
		}
		if copies := a.telegram(); copies != 0 {
			t.Errorf("got %d copies, want none", copies)
		}
	})
}

// deliver posts an event as Stripe does.
func (f *fixture) deliver(body []byte) {
	signed := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: body, Secret: sandboxStripeWebhook})
	req, err := http.NewRequest(http.MethodPost, f.base+"/stripe/webhook", bytes.NewReader(body))
	if err != nil {
		f.t.Error(err)
		return
	}
	req.Header.Set("Stripe-Signature", signed.Header)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		f.t.Error(err)
		return
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		f.t.Errorf("a webhook was answered %s", resp.Status)
	}
}

// paidEvent opens a pay link and makes the event by which Stripe would tell that its session
// was paid.
func (f *fixture) paidEvent(link string) []byte {
	f.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(link)
	if err != nil {
		f.t.Fatal(err)
	}
	resp.Body.Close()
	id := path.Base(resp.Header.Get("Location"))
	req, err := http.NewRequest(http.MethodGet, f.base+"/stripe/v1/checkout/sessions/"+id, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+sandboxStripeKey)
	if resp, err = http.DefaultClient.Do(req); err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	var session map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&session); err != nil {
		f.t.Fatal(err)
	}
	session["status"], session["payment_status"] = "complete", "paid"
	body, err := json.Marshal(map[string]any{"id": "evt_fifty", "object": "event", "type": "checkout.session.completed",
		"created": evening.Unix(), "data": map[string]any{"object": session}})
	if err != nil {
		f.t.Fatal(err)
	}
	return body
}
