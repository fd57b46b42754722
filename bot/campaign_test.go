package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// firstChat is the chat of the first of the customers that fillCampaign makes.
const firstChat = 100001

// documents is how many of them are sent an invoice too.
const documents = 10

// fillCampaign makes a ledger with so many customers, each with an invoice that is 26 days
// overdue, so that whoever starts with it has a reminder for each to send; reached says how
// the customer of that number, from 0, is reached.
func fillCampaign(t testing.TB, path string, customers int, reached func(i int) reach) {
	t.Helper()
	past := time.Now().Add(-40 * 24 * time.Hour)
	books, err := ledger.Open(path, ledger.Options{Now: func() time.Time { return past }})
	if err != nil {
		t.Fatal(err)
	}
	defer books.Close()
	cfg := sandboxConfig("http://127.0.0.1:1", path)
	book := func(fn func(tx *ledger.Tx) error) {
		_, err := books.Update(context.Background(), ledger.Command{By: "slack:USALES0001", Run: func(tx *ledger.Tx) ([]byte, error) { return nil, fn(tx) }})
		if err != nil {
			t.Fatal(err)
		}
	}
	book(func(tx *ledger.Tx) error { return tx.SetCompany(cfg.company()) })
	for from := 0; from < customers; from += 100 {
		book(func(tx *ledger.Tx) error {
			for i := from; i < min(from+100, customers); i++ {
				if err := overdueCustomer(tx, i, reached(i)); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func overdueCustomer(tx *ledger.Tx, i int, by reach) error {
	c, err := tx.AddCustomer(ledger.NewCustomer{Handle: fmt.Sprintf("c%d", i+1), Language: "en", ZoneName: "Europe/Berlin"})
	if err != nil {
		return err
	}
	if by != byMail {
		token, _, err := tx.Invite(c)
		if err == nil {
			_, err = tx.Link(token, fmt.Sprintf("telegram:%d", firstChat+i), "Person "+c.Handle, "en")
		}
		if err != nil {
			return err
		}
	}
	if by != byChat {
		if _, err := tx.SetMails(c, []string{c.Handle + "@customers.example"}); err != nil {
			return err
		}
	}
	inv, err := tx.Issue(ledger.Draft{Customer: c.ID, Date: tx.Today(), Due: tx.Today().AddDays(14), Currency: "EUR",
		Lines: []ledger.Line{{Text: "Work", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(int64(100 + i))}}})
	if err == nil && i < documents {
		err = tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeInvoice, Customer: c.ID, Invoice: inv.ID})
	}
	return err
}

// reach is how a customer of a campaign is reached.
type reach int

const (
	byChat   reach = iota
	byMail         // he has no chat
	fallBack       // his chat is there no more, and he has an address
)

// chatsOnly reaches everybody by chat.
func chatsOnly(int) reach { return byChat }

// mixed reaches a quarter by mail, and some when their chat has turned out to be no more.
func mixed(i int) reach {
	switch {
	case i%4 == 3:
		return byMail
	case i%40 == 5:
		return fallBack
	}
	return byChat
}

// peopled gives the stand-in the chats of fillCampaign.
func peopled(t testing.TB, base string, customers int, reached func(i int) reach) {
	p := newPlayer(t, base)
	for i := range customers {
		if reached(i) != byChat {
			continue
		}
		p.post("telegram/chat", map[string]any{"id": firstChat + i, "type": "private", "started": true,
			"people": []map[string]any{{"id": firstChat + i, "first_name": fmt.Sprintf("Person %d", i+1), "language_code": "en"}}}, nil)
	}
}

// slowLine stands between the bot and a platform and delays each request, half of the time
// before it arrives and half before its answer does. A request that was sent arrives, even
// when whoever sent it is no more.
type slowLine struct {
	url    string
	flying atomic.Int64
}

func newSlowLine(t testing.TB, base string, most time.Duration) *slowLine {
	to, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	l := &slowLine{}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/sendMessage") {
			l.flying.Add(1)
			defer l.flying.Add(-1)
			time.Sleep(rand.N(most) / 2)
			defer time.Sleep(rand.N(most) / 2)
			r = r.WithContext(context.WithoutCancel(r.Context()))
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	l.url = srv.URL
	return l
}

// campaignUnder starts stand-ins with so many customers, all reached by chat, behind a slow line.
func campaignUnder(t testing.TB, customers int) (*twoProcesses, *slowLine) {
	t.Helper()
	return campaignTo(t, customers, chatsOnly)
}

// campaignTo is campaignUnder with customers who are reached in several ways.
func campaignTo(t testing.TB, customers int, reached func(i int) reach) (*twoProcesses, *slowLine) {
	t.Helper()
	w := standIns(t)
	fillCampaign(t, w.db, customers, reached)
	peopled(t, w.base, customers, reached)
	line := newSlowLine(t, w.base, 300*time.Millisecond)
	w.env = append(w.env, "TELEGRAM_API_URL="+line.url+"/telegram", "DUEBOT_MAIL_RATE=50", "DUEBOT_CONFIG="+anyHour(t))
	return w, line
}

// anyHour is a configuration with the sandbox's people, by which customers are reminded at any
// hour of any day: these tests run by the clock on the wall.
func anyHour(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "duebot.toml")
	err := os.WriteFile(path, []byte(`
[company]
name = "Lindenhof Studio GmbH"
currency = "EUR"
zone = "Europe/Berlin"
send_delay = "0s"
[slack]
invoices = "CINVOICES1"
finance = "CFINANCE01"
[roles]
sales = ["SSALES0001"]
finance = ["UFINANCE01"]
manager = ["UMANAGER01"]
[reminders]
at = "00:00"
until = 24
policy = "always"
[[reminders.policies]]
name = "always"
free_days = true
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// campaignSays is the message of the campaign in Slack, "" before there is one.
func campaignSays(t testing.TB, base string) string {
	var w world
	fetch(t, base+"/control/state?part=slack", &w)
	for _, m := range w.Slack.Messages {
		if strings.Contains(m.Text, "Reminders C-1") {
			return shown(m.Text, m.Blocks)
		}
	}
	return ""
}

// awaitDone waits until the campaign says that it is done.
func awaitDone(t testing.TB, base string, longest time.Duration) {
	t.Helper()
	said := ""
	for end := time.Now().Add(longest); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if said = campaignSays(t, base); strings.Contains(said, "· done") {
			return
		}
	}
	t.Fatalf("the campaign is not done after %s:\n%s", longest, said)
}

// TestKillCampaign ends serve with SIGKILL, ten times and once by SIGTERM, at random moments
// of a campaign to a hundred customers; with DUEBOT_SOAK 200 times, of 2,000. A quarter has
// e-mail alone, and some are found to have no chat any more. No reminder comes twice, each
// document comes, and what is not known to have arrived is shown as that.
func TestKillCampaign(t *testing.T) {
	t.Parallel() // most of it is waiting
	customers, kills := 100, 10
	if os.Getenv("DUEBOT_SOAK") != "" {
		customers, kills = 2000, 200
	}
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("DUEBOT_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("seed: DUEBOT_SEED=%d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	w, line := campaignTo(t, customers, mixed)
	began, flying := time.Now(), 0
	bot, up := w.serve(), began
	for i := range kills {
		time.Sleep(time.Duration(100+rnd.IntN(500)) * time.Millisecond)
		if i == kills/2 {
			bot.stop(t)
			nothingFlies(t, w.db, up)
		} else {
			flying += int(line.flying.Load())
			bot.kill()
		}
		soundProcess(t, bot)
		bot, up = w.serve(), time.Now()
	}
	awaitDone(t, w.base, time.Duration(customers/20+30)*time.Second)
	awaitSaid(t, w)
	bot.stop(t)
	soundProcess(t, bot)
	t.Logf("%d kills, %d sends under way at them; done after %s", kills, flying, time.Since(began).Round(time.Millisecond))
	checkFile(t, w.db)
	checkCampaign(t, w, customers, flying+3*kills)
	w.stand.stop(t)
}

// awaitSaid waits until nothing more is to be said, also not to staff.
func awaitSaid(t testing.TB, w *twoProcesses) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		seen := own(w, "/metrics")
		if strings.Contains(seen, `{for="customers",state="moving"} 0`) && strings.Contains(seen, `{for="staff",state="moving"} 0`) {
			return
		}
	}
	t.Fatalf("something waits still:\n%s", own(w, "/metrics"))
}

// nothingFlies sees that no send that a bot has begun is under way in its books after it was
// told to stop.
func nothingFlies(t testing.TB, db string, since time.Time) {
	t.Helper()
	readBooks(t, db, "", func(b *bookReader) {
		for _, n := range b.open {
			if n.Attempt.At.After(since) {
				t.Errorf("the send of notice %d (%s) was not finished before the bot ended", n.ID, n.Kind)
			}
		}
	})
}

// soundProcess sees that a bot that has ended complained of nothing but platforms.
func soundProcess(t testing.TB, bot *process) {
	t.Helper()
	if text := bot.out.String(); strings.Contains(text, "level=ERROR") || strings.Contains(text, "panic") {
		t.Errorf("serve said:\n%.3000s", text)
	}
}

// checkCampaign holds the platforms' logs against the books: who was due was reminded once, or
// is known to have perhaps been.
func checkCampaign(t testing.TB, w *twoProcesses, due, unknownMax int) {
	t.Helper()
	reminded, papers := map[int64]int{}, map[int64]int{}
	for _, e := range logOf(t, w.base, 0) {
		if !sends(e.Method) {
			continue
		}
		switch chat, id, words := sentMessage(e); {
		case id == 0: // refused
		case strings.HasPrefix(words, "Invoice INV-"), e.Method == "sendDocument":
			papers[chat]++
		default:
			reminded[chat]++
		}
	}
	mails := mailed(t, w.base)
	readBooks(t, w.db, "", func(b *bookReader) {
		if len(b.open) > 0 {
			t.Errorf("%d notices wait still, the first is %+v", len(b.open), b.open[0])
		}
		became := map[ledger.NoticeState]int{}
		for id := 1; id < len(b.queued); id++ {
			n, ends := &b.queued[id], b.outcomes[ledger.NoticeID(id)]
			chat := int64(firstChat) + int64(n.Customer) - 1
			if n.Kind == ledger.NoticeInvoice {
				papers[chat] += mails[id]
			}
			if n.Kind != ledger.NoticeReminder {
				continue
			}
			if len(ends) != 1 {
				t.Errorf("reminder %d has %d outcomes, want one", id, len(ends))
				continue
			}
			became[ends[0].State]++
			switch got := reminded[chat] + mails[id]; {
			case got > 1:
				t.Errorf("customer %d was reminded %d times, %d of them by mail", n.Customer, got, mails[id])
			case got == 0 && ends[0].State != ledger.NoticeUnknown:
				t.Errorf("customer %d was never reminded, and the books say %s", n.Customer, ends[0].State)
			}
		}
		if sum := became[ledger.NoticeSent] + became[ledger.NoticeUnknown]; sum != due {
			t.Errorf("%d reminders were sent or are unknown, want the %d that were due: %v", sum, due, became)
		}
		if n := became[ledger.NoticeUnknown]; n > unknownMax {
			t.Errorf("%d reminders are unknown, want at most %d", n, unknownMax)
		}
		for i := range documents {
			if papers[int64(firstChat+i)] == 0 {
				t.Errorf("customer %d never got his invoice", i+1)
			}
		}
		t.Logf("reminders: %v; mails: %d", became, len(mails))
	})
}

// mailNotice finds the notice in a Message-ID.
var mailNotice = regexp.MustCompile(`^<n(\d+)\.`)

// mailed counts the mails of each notice. However often one was sent, its Message-ID is one.
func mailed(t testing.TB, base string) map[int]int {
	t.Helper()
	var w struct {
		Mail []struct {
			MessageID string `json:"message_id"`
		}
	}
	fetch(t, base+"/control/state?part=mail", &w)
	count, ids := map[int]int{}, map[int]string{}
	for _, m := range w.Mail {
		found := mailNotice.FindStringSubmatch(m.MessageID)
		if found == nil {
			t.Errorf("a mail has the Message-ID %q", m.MessageID)
			continue
		}
		id, _ := strconv.Atoi(found[1])
		if ids[id] != "" && ids[id] != m.MessageID {
			t.Errorf("notice %d went out as %q and as %q", id, ids[id], m.MessageID)
		}
		ids[id] = m.MessageID
		count[id]++
	}
	return count
}

// TestCampaignRate sends a campaign through a slow line with Telegram's limits in force. The
// long form is in make bench.
func TestCampaignRate(t *testing.T) {
	t.Parallel() // most of it is waiting
	// Other tests keep the machine busy meanwhile, which delays some messages and not others:
	// less is asked for than what is promised. Nothing may be refused all the same.
	campaignRate(t, 200, 0.9, 2*platformMost)
}

func campaignRate(t *testing.T, customers int, least float64, most int) float64 {
	w, _ := campaignUnder(t, customers)
	still := watchStills(t)
	bot := w.serve()
	awaitDone(t, w.base, time.Duration(customers/20+30)*time.Second)
	reached := checkPace(t, w.base, still, 25, least, most)
	bot.stop(t)
	soundProcess(t, bot)
	checkFile(t, w.db)
	w.stand.stop(t)
	return reached
}

// TestCampaignUnderRefusals sends one while the platform refuses calls that are within its
// limits: the bot goes slower, asks again, and loses and repeats nothing.
func TestCampaignUnderRefusals(t *testing.T) {
	t.Parallel()
	const customers = 60
	w, _ := campaignUnder(t, customers)
	p := newPlayer(t, w.base)
	bot := w.serve()
	var faults sync.WaitGroup
	faults.Go(func() {
		for range 4 {
			time.Sleep(400 * time.Millisecond)
			p.post("fault", map[string]any{"platform": "telegram", "kind": "429", "count": 2, "retry_after": 1}, nil)
		}
	})
	faults.Wait()
	awaitDone(t, w.base, time.Minute)
	time.Sleep(200 * time.Millisecond)
	bot.stop(t)
	if _, refused := paceSeen(t, w.base); refused == 0 {
		t.Error("nothing was refused")
	} else {
		t.Logf("%d calls were refused", refused)
	}
	checkCampaign(t, w, customers, 0)
	w.stand.stop(t)
}
