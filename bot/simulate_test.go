package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"duebot/ledger"
)

// TestSimulation lives in the whole program: staff, customers, platforms that fail, a clock
// that jumps, restarts. Everything is chosen by a seed, which is printed; DUEBOT_SEED plays
// one again, DUEBOT_SOAK ("1h") says for how long. After every day of it the books must
// agree with a plain model of what people were told, and every notice must have come to
// its end.
func TestSimulation(t *testing.T) {
	t.Parallel()
	seed, soak := seedOf(t, 25*time.Second)
	s := newSimulation(t, seed)
	defer s.stop()
	for end := time.Now().Add(soak); time.Now().Before(end); {
		for range 12 {
			s.act()
		}
		s.advance(strconv.Itoa(1+s.rng.Intn(40)) + "h")
		s.check()
	}
	s.stop()
	checkEnds(t, ledger.Path(s.dir))
	if status := duebot([]string{"verify", ledger.Path(s.dir)}, io.Discard, os.Stderr); status != 0 {
		t.Error("verify failed")
	}
	if status := duebot([]string{"rebuild", ledger.Path(s.dir)}, io.Discard, os.Stderr); status != 0 {
		t.Error("rebuild failed")
	}
	t.Logf("%d acts: %v", s.acts, s.did)
}

// seedOf is the seed of a simulation, which is printed, and for how long it is played: so long as
// make test has time for, always the same, or as DUEBOT_SOAK says, and then another each time.
func seedOf(t *testing.T, short time.Duration) (seed int64, soak time.Duration) {
	seed, soak = 1, short
	if d, err := time.ParseDuration(os.Getenv("DUEBOT_SOAK")); err == nil {
		seed, soak = time.Now().UnixNano(), d
	}
	if s := os.Getenv("DUEBOT_SEED"); s != "" {
		seed, _ = strconv.ParseInt(s, 10, 64)
	}
	t.Logf("seed: DUEBOT_SEED=%d", seed)
	return seed, soak
}

// simulation is the program, the people who use it, and what they believe they owe.
type simulation struct {
	*player
	t    *testing.T
	rng  *rand.Rand
	dir  string
	box  *theSandbox
	acts int
	did  map[string]int

	// The model imports none of the ledger's rules: what each customer was invoiced, less what
	// he was told was received or credited. Cents.
	owes     map[string]int64 // handle → balance
	moves    []string         // of balances, with the reason, for who looks for a mistake
	invoices []simInvoice
	chats    map[string]int64 // handle → chat
	blocked  map[int64]bool
	asked    map[string]simAsked // text of an invoice → what was asked for with it
	homes    map[string]bool     // whose Home tab was opened

	transfers map[string]*simTransfer // at banks, by their references

	tongue     int                             // of the first customer
	quietLines bool                            // no platform fails, so that each press can be held against what it changed
	config     string                          // of the company; "" is one that has larger sums approved
	before     func(http.Handler) http.Handler // stands before the bot's web, where it is set

	faults *faultLog             // what the bot logs as errors
	read   uint64                // facts that readNotices has seen
	queued []ledger.NoticeQueued // by notice, from 1
}

type simAsked struct {
	handle string
	cents  int64
}

type simInvoice struct {
	number, handle string
}

func newSimulation(t *testing.T, seed int64) *simulation {
	s := &simulation{t: t, rng: rand.New(rand.NewSource(seed)), dir: t.TempDir(), did: map[string]int{},
		owes: map[string]int64{}, chats: map[string]int64{}, blocked: map[int64]bool{}, asked: map[string]simAsked{}, homes: map[string]bool{},
		faults: new(faultLog), transfers: map[string]*simTransfer{}}
	s.tongue = s.rng.Intn(6)
	s.start(time.Date(2026, 1, 5, 7, 0, 0, 0, time.UTC))
	return s
}

func (s *simulation) start(at time.Time) {
	s.t.Helper()
	quiet := slog.New(slog.NewTextHandler(s.faults, nil))
	config := s.dir + "/simulation.toml"
	settings := cmp.Or(s.config, "[approvals]\ninvoice = 3000\ndays = 2\n")
	if err := os.WriteFile(config, []byte(settings), 0o600); err != nil {
		s.t.Fatal(err)
	}
	box, err := openSandbox(context.Background(), sandboxOptions{addr: "127.0.0.1:0", dir: s.dir, empty: true, start: at, config: config, before: s.before}, quiet)
	if err != nil {
		s.t.Fatal(err)
	}
	s.box, s.player = box, newPlayer(s.t, box.base)
}

func (s *simulation) stop() {
	if s.box != nil {
		s.box.close()
		s.box = nil
	}
}

// act does one thing, as often as people do it.
func (s *simulation) act() {
	s.acts++
	menu := []struct {
		weight int
		name   string
		do     func()
	}{
		{2, "customer", s.addCustomer}, {12, "invoice", s.issue}, {6, "payment", s.pay}, {4, "pay link", s.payByLink},
		{11, "matter", s.matter}, {3, "words", s.words}, {6, "talk", s.talk}, {2, "resolve", s.resolve}, {6, "approve", s.decide}, {2, "promise", s.promise},
		{2, "plan", s.plan}, {2, "interest", s.interest}, {2, "remind", s.remind},
		{5, "form", s.form}, {3, "note", s.note}, {4, "card button", s.cardButton}, {4, "home", s.homeTab}, {3, "file", s.file}, {3, "statement", s.statement},
		{4, "look", s.look}, {2, "nonsense", s.nonsense}, {4, "fault", s.fault}, {1, "plug", s.plug}, {1, "mend", s.mend}, {2, "unknown", s.unknown},
		{1, "rate", s.rate}, {1, "block", s.block}, {1, "restart", s.restart},
	}
	total := 0
	for _, m := range menu {
		total += m.weight
	}
	n := s.rng.Intn(total)
	for _, m := range menu {
		if n -= m.weight; n < 0 {
			s.did[m.name]++
			m.do()
			return
		}
	}
}

// rest passes the minutes that the platforms' rates and Retry-After ask for, and returns the
// world when nothing waits any more.
func (s *simulation) rest() world {
	s.advance("3m")
	return s.state()
}

// slack types a line and returns what is seen; a command that a cut socket lost says so.
func (s *simulation) slack(user, line string) (ts, seen string) {
	var r commandReply
	command, text, _ := strings.Cut(line, " ")
	for try := 0; ; try++ {
		s.post("slack/command", map[string]any{"user": user, "channel": "CINVOICES1", "command": command, "text": text}, &r)
		if r.Error == "" {
			break
		}
		if try == 8 {
			s.t.Fatalf("%s: %s", line, r.Error)
		}
		time.Sleep(time.Duration(try) * 100 * time.Millisecond) // the line may be dead for a while
		r = commandReply{}
	}
	if seen = shown(r.Payload.Text, r.Payload.Blocks); working(r.Payload.Text) {
		m := s.newest(user)
		r.TS, seen = m.TS, shown(m.Text, m.Blocks)
	}
	for _, bad := range []string{"refuse.", "<no value>", "went wrong on our side", "%!"} {
		if strings.Contains(seen, bad) {
			s.t.Errorf("%s: %s", line, seen)
		}
	}
	return r.TS, seen
}

func (s *simulation) addCustomer() {
	if len(s.owes) == 10 {
		return
	}
	n := len(s.owes)
	handle := fmt.Sprintf("c%d", n)
	zones := []string{"Europe/Berlin", "Pacific/Kiritimati", "America/New_York", "Asia/Tehran"}
	_, seen := s.slack("USALES0001", fmt.Sprintf(`/ar customer add %s "Customer %d" lang=%s tz=%s terms=%snet%d`, handle, n,
		s.language(n), zones[n%len(zones)], []string{"", "2/10", "3.5/1"}[s.rng.Intn(3)], s.rng.Intn(20)))
	if !strings.Contains(seen, handle) {
		s.t.Fatalf("customer add: %s", seen)
	}
	s.owes[handle] = 0
	if n%5 >= 3 { // some have e-mail alone, some both
		s.slack("USALES0001", fmt.Sprintf("/ar customer set %s email=%s@customers.example", handle, handle))
	}
	if n%5 != 3 && s.rng.Intn(4) > 0 {
		if token := s.invite(handle); token != "" {
			s.programIn(int64(1001+n), s.language(n))
			s.write(int64(1001+n), "/start "+token)
			s.chats[handle] = int64(1001 + n)
		}
	}
}

// invite makes an invitation and returns what is secret in it, "" where it was lost: the line
// came twice, and its secret is told once.
func (s *simulation) invite(handle string) (token string) {
	_, seen := s.slack("USALES0001", "/ar customer invite "+handle)
	found := inviteLink.FindStringSubmatch(seen)
	if found == nil { // its picture is drawn first
		s.rest()
		m := s.newest("USALES0001")
		found = inviteLink.FindStringSubmatch(shown(m.Text, m.Blocks))
	}
	if found == nil {
		return ""
	}
	return found[1]
}

// language is that of customer n: they take turns, from another one with each seed.
func (s *simulation) language(n int) string {
	all := []string{"en", "fa", "ru", "zh", "it", "ro"}
	return all[(n+s.tongue)%len(all)]
}

func (s *simulation) handle() string {
	if len(s.owes) == 0 {
		s.addCustomer()
	}
	return fmt.Sprintf("c%d", s.rng.Intn(len(s.owes)))
}

// issue previews and confirms, sometimes twice.
func (s *simulation) issue() {
	handle, cents := s.handle(), int64(1+s.rng.Intn(500000))
	text := fmt.Sprintf("Work of day %d", s.acts)
	s.asked[text] = simAsked{handle, cents}
	line := fmt.Sprintf(`%s %d.%02d "%s"`, handle, cents/100, cents%100, text)
	if cents > 100 && s.rng.Intn(5) == 0 {
		line += " instalments 33.3% 3d, 33.3% 10d, rest 40d"
	}
	command := "/ar invoice "
	if s.rng.Intn(6) == 0 { // kept as a draft, and issued from there
		_, seen := s.slack("USALES0001", "/ar draft "+line)
		kept := draftNumber.FindStringSubmatch(seen)
		if kept == nil {
			return // the line came twice, and its first answer was lost
		}
		command, line = "/ar draft issue ", kept[1]
	}
	ts, seen := s.slack("USALES0001", command+line)
	if !strings.Contains(seen, "[Confirm]") {
		s.t.Errorf("no preview: %s", seen)
		return
	}
	before := s.issued()
	for range 1 + s.rng.Intn(2) {
		s.try("slack/action", map[string]any{"user": "USALES0001", "channel": "CINVOICES1", "ts": ts, "label": "Confirm"}, nil)
	}
	s.confirmed(text, before)
}

// confirmed takes into the model what was issued since, of what was asked for with a text.
func (s *simulation) confirmed(text string, before []string) {
	after, was := s.issued(), s.asked[text]
	switch len(after) - len(before) {
	case 0: // it waits for an approval, or the press was lost with the socket, and nobody pressed again
	case 1:
		if was.cents > 300000 {
			s.t.Errorf("%s over %d cents was issued by one person", after[len(after)-1], was.cents)
		}
		delete(s.asked, text)
		s.moved(was.handle, was.cents, "issued "+after[len(after)-1])
		s.invoices = append(s.invoices, simInvoice{number: after[len(after)-1], handle: was.handle})
	default:
		s.t.Errorf("one preview issued %d invoices", len(after)-len(before))
	}
}

// decide lets somebody press Approve or Decline on a request that waits, sometimes twice, or
// at once with somebody else.
func (s *simulation) decide() {
	s.rest()
	before := s.issued()
	for _, user := range [][]string{{"UFINANCE01"}, {"UMANAGER01"}, {"USALES0001"}, {"UMANAGER01", "UFINANCE01"}, {"UMANAGER01", "UMANAGER01"}}[s.rng.Intn(5)] {
		label := []string{"Approve", "Approve", "Decline"}[s.rng.Intn(3)]
		w := s.rest()
		for _, m := range slices.Backward(w.Slack.Messages) {
			if m.Channel == "CFINANCE01" && slices.Contains(labels(m.Blocks), label) {
				s.try("slack/action", map[string]any{"user": user, "channel": m.Channel, "ts": m.TS, "label": label}, nil)
				break
			}
		}
	}
	s.rest()
	s.approved(before)
}

// approved takes into the model what was issued since by somebody's decision.
func (s *simulation) approved(before []string) {
	for _, number := range s.issued()[len(before):] {
		s.box.bot.Load().books.View(func(v *ledger.View) error {
			inv, err := v.InvoiceNumbered(number)
			if err != nil {
				s.t.Fatal(err)
			}
			if inv.Nature != ledger.NaturePrincipal { // a charge of interest that passed the ceiling
				handle := v.Customer(inv.Customer).Handle
				s.moved(handle, inv.Total, "charged "+number)
				s.invoices = append(s.invoices, simInvoice{number: number, handle: handle})
				return nil
			}
			doc, err := v.InvoiceDetail(inv)
			if err != nil {
				s.t.Fatal(err)
			}
			was, ok := s.asked[doc.Lines[0].Text]
			if !ok || inv.Total != was.cents || inv.Total <= 300000 {
				s.t.Errorf("%s over %d cents was approved, and nobody asked for it: %v", number, inv.Total, was)
			}
			delete(s.asked, doc.Lines[0].Text)
			s.moved(was.handle, was.cents, "approved "+number)
			s.invoices = append(s.invoices, simInvoice{number: number, handle: was.handle})
			return nil
		})
	}
}

// moved takes into the model what somebody was told of a balance.
func (s *simulation) moved(handle string, by int64, why string) {
	s.owes[handle] += by
	s.moves = append(s.moves, fmt.Sprintf("%s %+d: %s (act %d)", handle, by, why, s.acts))
}

// draftNumber finds the number of a draft that is kept.
var draftNumber = regexp.MustCompile(`Draft (\d+) for`)

// early is what an early payment of an invoice is now, 0 for none.
func (s *simulation) early(number string) (cents int64) {
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		inv, err := v.InvoiceNumbered(number)
		if err == nil {
			if o, ok := inv.Early(v.Today()); ok {
				cents = o.Pay.Minor
			}
		}
		return err
	})
	return cents
}

// issued lists the numbers in the books.
func (s *simulation) issued() (out []string) {
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		v.Invoices(func(i *ledger.Invoice) { out = append(out, i.Number.String()) })
		return nil
	})
	return out
}

func (s *simulation) invoice() (simInvoice, bool) {
	if len(s.invoices) == 0 {
		return simInvoice{}, false
	}
	return s.invoices[s.rng.Intn(len(s.invoices))], true
}

// pay records money by bank, for a customer or an invoice.
func (s *simulation) pay() {
	inv, ok := s.invoice()
	if !ok {
		return
	}
	cents := int64(1 + s.rng.Intn(300000))
	if exact := s.early(inv.number); exact > 0 && s.rng.Intn(2) == 0 {
		cents = exact
	}
	what := inv.handle
	if s.rng.Intn(2) == 0 {
		what = inv.number
	}
	_, seen := s.slack("UFINANCE01", fmt.Sprintf("/ar payment %s %d.%02d", what, cents/100, cents%100))
	if strings.Contains(seen, "✓") {
		s.moved(inv.handle, -cents, "paid "+what)
	}
}

// payByLink pays what is open on an invoice, as its newest link says.
func (s *simulation) payByLink() {
	inv, ok := s.invoice()
	chat := s.chats[inv.handle]
	if !ok || chat == 0 || s.blocked[chat] {
		return
	}
	w := s.rest()
	for _, m := range slices.Backward(w.messages(chat)) {
		for _, row := range m.ReplyMarkup.Rows {
			for _, b := range row {
				if b.URL != "" && strings.Contains(b.URL, "/pay/") {
					var r struct {
						Session struct{ Amount string }
					}
					outcome := []string{"paid", "paid", "declined", "expired"}[s.rng.Intn(4)]
					if s.try("pay", map[string]any{"url": b.URL, "outcome": outcome}, &r) == nil && outcome == "paid" {
						sum, _, _ := strings.Cut(r.Session.Amount, " ")
						cents, err := strconv.ParseInt(strings.NewReplacer(".", "", ",", "").Replace(sum), 10, 64)
						if err != nil {
							s.t.Fatalf("amount %q", r.Session.Amount)
						}
						s.moved(inv.handle, -cents, "paid by link")
					}
					return
				}
			}
		}
	}
}

func (s *simulation) words() {
	inv, ok := s.invoice()
	if chat := s.chats[inv.handle]; ok && chat != 0 && !s.blocked[chat] {
		s.try("telegram/message", map[string]any{"chat": chat, "text": fmt.Sprintf("words %d <b>&amp; 🙂", s.acts)}, nil)
	}
}

// resolve settles some open dispute, by a credit note or by rejecting it.
func (s *simulation) resolve() {
	var label, handle string
	var cents int64
	s.rest()
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		if open := v.OpenDisputes(); len(open) > 0 {
			d := open[s.rng.Intn(len(open))]
			label, handle, cents = d.Label(), v.Customer(d.Customer).Handle, v.Invoice(d.Invoice).Open
		}
		return nil
	})
	switch {
	case label == "":
	case cents == 0 || s.rng.Intn(2) == 0:
		s.slack("UFINANCE01", fmt.Sprintf(`/ar dispute resolve %s reject "we looked into it"`, label))
	default:
		cents = 1 + s.rng.Int63n(cents)
		_, seen := s.slack("UFINANCE01", fmt.Sprintf(`/ar dispute resolve %s credit %d.%02d "you are right"`, label, cents/100, cents%100))
		if strings.Contains(seen, "CN-") {
			s.moved(handle, -cents, "credited for "+label)
		}
	}
}

func (s *simulation) promise() {
	if inv, ok := s.invoice(); ok {
		s.slack("USALES0001", fmt.Sprintf("/ar promise %s %dd", inv.number, s.rng.Intn(20)))
	}
}

// plan agrees a plan of a customer's debt, or takes it back: what he owes is the same.
func (s *simulation) plan() {
	handle := s.handle()
	line := fmt.Sprintf("/ar plan %s %d weekly from %dd", handle, 1+s.rng.Intn(4), s.rng.Intn(10))
	if s.rng.Intn(4) == 0 {
		line = "/ar plan cancel " + handle
	}
	s.slack("UFINANCE01", line)
}

// interest charges a customer what late payment costs him, if he was late.
func (s *simulation) interest() {
	handle := s.handle()
	s.slack("UFINANCE01", fmt.Sprintf("/ar customer set %s interest=%d%% latefee=%d", handle, 1+s.rng.Intn(20), 1+s.rng.Intn(9)))
	ts, seen := s.slack("UFINANCE01", "/ar interest "+handle)
	if !strings.Contains(seen, "[Charge]") {
		return
	}
	before := s.issued()
	for range 1 + s.rng.Intn(2) {
		s.try("slack/action", map[string]any{"user": "UFINANCE01", "channel": "CINVOICES1", "ts": ts, "label": "Charge"}, nil)
	}
	fresh := s.issued()[len(before):]
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		for _, number := range fresh {
			inv, err := v.InvoiceNumbered(number)
			if err != nil || inv.Nature == ledger.NaturePrincipal {
				s.t.Errorf("%s after a charge: %v", number, err)
				continue
			}
			s.moved(handle, inv.Total, "charged "+number)
			s.invoices = append(s.invoices, simInvoice{number: number, handle: handle})
		}
		return nil
	})
}

// remind reminds by hand, and sometimes pauses, resumes or stops what was begun.
func (s *simulation) remind() {
	ts, seen := s.slack("UFINANCE01", []string{"/ar remind all", "/ar remind overdue", "/ar remind " + s.handle()}[s.rng.Intn(3)])
	if !strings.Contains(seen, "[Send ") {
		return
	}
	label := seen[strings.Index(seen, "[Send ")+1 : strings.LastIndex(seen, "]")]
	for range 1 + s.rng.Intn(2) {
		s.try("slack/action", map[string]any{"user": "UFINANCE01", "channel": "CINVOICES1", "ts": ts, "label": label}, nil)
	}
	if s.rng.Intn(2) == 0 {
		s.campaignButton("Pause")
		s.campaignButton([]string{"Resume", "Stop"}[s.rng.Intn(2)])
	}
}

// campaignButton presses a button of the newest campaign's message, if it has it.
func (s *simulation) campaignButton(label string) {
	w := s.state()
	for _, m := range slices.Backward(w.Slack.Messages) {
		if m.Channel == "CFINANCE01" && slices.Contains(labels(m.Blocks), label) {
			s.try("slack/action", map[string]any{"user": "UMANAGER01", "channel": m.Channel, "ts": m.TS, "label": label}, nil)
			return
		}
	}
}

func (s *simulation) look() {
	lines := []string{"/ar aging", "/ar dispute list", "/ar customer list", "/ar notices", "/ar help", "/ar approvals", "/ar aging by owner over 30"}
	if inv, ok := s.invoice(); ok {
		lines = append(lines, "/ar plan "+inv.handle, "/ar interest "+inv.handle, "/ar show "+inv.number, "/ar aging "+inv.handle, "/ar show "+inv.handle)
	}
	s.slack([]string{"UAUDITOR01", "UMANAGER01"}[s.rng.Intn(2)], lines[s.rng.Intn(7)%len(lines)])
	if chat := s.chats[s.handle()]; chat != 0 && !s.blocked[chat] {
		s.try("telegram/message", map[string]any{"chat": chat, "text": []string{"/invoices", "/balance", "/help"}[s.rng.Intn(3)]}, nil)
	}
}

func (s *simulation) nonsense() {
	lines := []string{"/ar", "/ar invoice", `/ar invoice nobody 5 "x"`, `/ar invoice c0 ((( "x"`, "/ar payment INV-9999-000001 5", "/ar payment c0 10.005",
		"/ar dispute resolve D-99999 reject no", "/ar promise INV-2026-000001 yesterday", "/invoice", "/ar frob", "/ar plan c0 400", "/ar interest c0 until tomorrow", "/ar recur c0 daily", "/ar recur stop R-7", `/ar invoice c0 1 x x x "`}
	s.slack([]string{"USALES0001", "UAUDITOR01", "UFINANCE01"}[s.rng.Intn(3)], lines[s.rng.Intn(len(lines))])
}

// rate asks for exchange rates, or enters one: of a currency that no customer has.
func (s *simulation) rate() {
	lines := []string{"rates", "rate USD", "rate KWD 2.80", "rate 100 KWD = " + strconv.Itoa(230+s.rng.Intn(100)), "rate KWD 0.3571", "rate KWD", "rate = = ="}
	s.command("UFINANCE01", "CINVOICES1", "/ar "+lines[s.rng.Intn(len(lines))])
}

// faultsOf are the faults that each platform has, as the page's menu offers them; those of a
// second row take seconds of real time, and come more rarely.
var faultsOf = map[string][2][]string{
	"slack":    {{"429", "500", "duplicate", "drop_socket", "refresh"}, {"timeout", "timeout_after_accept", "black_hole", "refused"}},
	"telegram": {{"429", "500", "duplicate", "drop_socket", "conflict", "poison"}, {"timeout", "timeout_after_accept", "black_hole", "refused"}},
	"mail":     {{"429", "500", "drop_socket", "550", "451"}, {"timeout", "timeout_after_accept", "black_hole", "refused"}},
	"stripe":   {{"429", "500", "duplicate"}, {"timeout"}},
	"ecb":      {{"429", "500"}, {"timeout"}},
}

// fault lets a platform fail for a while.
func (s *simulation) fault() {
	platform := []string{"slack", "telegram", "mail", "mail", "stripe", "ecb"}[s.rng.Intn(6)]
	kinds, count, after := faultsOf[platform][0], 1+s.rng.Intn(3), 1+s.rng.Intn(30)
	if s.rng.Intn(4) == 0 {
		kinds, count, after = faultsOf[platform][1], 1, 1
	}
	if platform == "mail" {
		count = 1 // servers are asked again after minutes, each time twice as many
	}
	kind := kinds[s.rng.Intn(len(kinds))]
	s.did[platform+" "+kind]++
	// There may be no socket that could be refreshed just then.
	if err := s.try("fault", map[string]any{"platform": platform, "kind": kind, "count": count, "retry_after": after}, nil); err != nil && kind != "refresh" {
		s.t.Error(err)
	}
}

// plug takes something from the app in Slack, lets staff do something, and gives it back.
func (s *simulation) plug() {
	path, off, on := "slack/channel", map[string]any{"channel": "CFINANCE01", "archived": true}, map[string]any{"channel": "CFINANCE01", "archived": false}
	switch s.rng.Intn(3) {
	case 0:
		off, on = map[string]any{"channel": "CFINANCE01", "removed": true}, map[string]any{"channel": "CFINANCE01", "removed": false}
	case 1:
		path, off, on = "slack/scope", map[string]any{"scope": "chat:write", "granted": false}, map[string]any{"scope": "chat:write", "granted": true}
	}
	s.post(path, off, nil)
	s.issue()
	s.pay()
	s.advance("3m")
	s.post(path, on, nil)
}

// mend names an address again that was refused, or says that mail to it came back.
func (s *simulation) mend() {
	for n := 3; n < len(s.owes); n += 5 {
		line := fmt.Sprintf("/ar customer set c%d email=c%d@customers.example", n, n)
		if s.rng.Intn(3) == 0 {
			line = fmt.Sprintf("/ar bounced c%d", n)
		}
		s.slack("UFINANCE01", line)
	}
}

// unknown settles what may or may not have arrived.
func (s *simulation) unknown() {
	s.slack("UFINANCE01", "/ar unknown")
	how := []string{"arrived", "again"}[s.rng.Intn(2)]
	s.slack("UMANAGER01", "/ar unknown "+how+" "+[]string{"all", s.handle()}[s.rng.Intn(2)])
}

// block lets a person block the bot, or let it in again.
func (s *simulation) block() {
	for _, handle := range []string{"c0", "c1", "c2", "c3"} {
		if chat := s.chats[handle]; chat != 0 && s.rng.Intn(2) == 0 {
			s.blocked[chat] = !s.blocked[chat]
			s.post("telegram/block", map[string]any{"chat": chat, "blocked": s.blocked[chat]}, nil)
			return
		}
	}
}

func (s *simulation) restart() {
	s.box.close()
	s.start(time.Time{})
}

// explain prints what moved a customer's balance, and what his statement says of it.
func (s *simulation) explain(handle string) {
	for _, m := range s.moves {
		if strings.HasPrefix(m, handle+" ") {
			s.t.Log(m)
		}
	}
	_, seen := s.slack(manager, "/ar statement "+handle+" 2025-01-01")
	s.t.Log(seen)
}

// check compares the books with the model once everything is said.
func (s *simulation) check() {
	s.t.Helper()
	s.advance("2h")
	s.rest()
	wrong := ""
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		for handle, want := range s.owes {
			c, err := v.CustomerNamed(handle)
			if err != nil {
				s.t.Errorf("%s: %v", handle, err)
				continue
			}
			got := int64(0)
			for _, m := range v.Balance(c) {
				got += m.Minor
			}
			v.Invoices(func(i *ledger.Invoice) {
				if i.Customer == c.ID {
					want -= i.Discounted + i.WrittenOff + i.Deducted // what comes in after all is owed again, and paid
				}
			})
			if got != want {
				s.t.Errorf("%s owes %d in the books, and was told %d", handle, got, want)
				wrong = handle
			}
			for _, n := range v.OpenNotices(0) {
				if n.Customer == c.ID && !hasHours(&n.NoticeQueued) && v.Reaches(c, true, false) {
					s.t.Errorf("notice %d (%s) of %s still waits", n.ID, n.Kind, handle)
				}
			}
		}
		return nil
	})
	if wrong != "" {
		s.explain(wrong)
	}
	s.checkCards()
	s.checkTalks()
	s.checkHomes()
	if s.t.Failed() {
		s.t.FailNow()
	}
}
