package simulate

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
	public "duebot/ledger/holidays"
	"duebot/reminders"
)

// zones are where the customers are: from -11 to +14, with quarters of an hour, changes of the
// clock on both sides of the equator, and other weekends.
var zones = []string{
	"Pacific/Niue", "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/New_York",
	"America/St_Johns", "America/Sao_Paulo", "Atlantic/Azores", "UTC", "Europe/London", "Europe/Berlin", "Europe/Bucharest",
	"Europe/Chisinau", "Europe/Rome", "Europe/Moscow", "Asia/Riyadh", "Asia/Tehran", "Asia/Dubai", "Asia/Kabul", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Shanghai", "Asia/Tokyo",
	"Australia/Adelaide", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati",
}

// holidaysOf is the program's calendar.
var holidaysOf = public.New()

// company is real books with the real rules, the people of a company and of its customers, and
// platforms that fail. Everything is chosen by a seed.
type company struct {
	t         *testing.T
	seed      uint64
	rng       *rand.Rand
	dir       string
	now       time.Time
	books     *ledger.Books
	rules     *reminders.Rules
	oracle    *oracle
	of        map[*debtor]*ledgerCustomer
	later     map[day][]func(tx *ledger.Tx) error // what is to happen on a day of the company's
	seen      ledger.NoticeID
	given     map[int][]given // to staff in this run, by customer
	proposed  map[ledger.CustomerID][]ledger.BankEntryID
	policies  *reminders.Policies
	held      map[ledger.Date]int // how many words a pilot has held back, by day
	polite    []waits             // statements and thanks that are to be said
	contracts []ledger.ContractID
	cheques   int
	chequeOf  map[*cheque]int
	files     ledger.ImportID
	gap       day      // until which no statement of the bank comes
	fresh     []func() // the oracle is told of these tasks behind it
	tasks     map[*task]ledger.TaskID
	queue     []ledger.NoticeID             // reminders that are to be said
	known     map[ledger.NoticeID]bool      // of them, those that people wanted
	wait      map[ledger.NoticeID]time.Time // not before
	doubts    []ledger.NoticeID
	rated     day       // on which the rates were told last
	deaf      time.Time // until when the chat platform takes nothing
	down      time.Time // until when the program stands still
	did       map[string]int
	desk      *commands.Desk
	requests  map[ledger.ApprovalID]*request
	waiting   []ledger.ApprovalID
	lastAsked ledger.ApprovalID
	presses   int
}

// waits is a word that waits since it was decided.
type waits struct {
	id ledger.NoticeID
	at time.Time
}

// ledgerCustomer is what the books know of a debtor and the oracle need not.
type ledgerCustomer struct {
	id   ledger.CustomerID
	chat string
}

func newCompany(t *testing.T, seed uint64, customers int) *company {
	s := &company{t: t, seed: seed, rng: rand.New(rand.NewPCG(seed, 9)), dir: tempDir(t), now: time.Date(2026, 1, 5, 6, 0, 0, 0, time.UTC),
		of: map[*debtor]*ledgerCustomer{}, requests: map[ledger.ApprovalID]*request{}, later: map[day][]func(*ledger.Tx) error{}, wait: map[ledger.NoticeID]time.Time{}, known: map[ledger.NoticeID]bool{}, given: map[int][]given{}, tasks: map[*task]ledger.TaskID{}, proposed: map[ledger.CustomerID][]ledger.BankEntryID{}, chequeOf: map[*cheque]int{}, did: map[string]int{}}
	s.oracle = newOracle(place(t, "Europe/Berlin"))
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Asia/Tokyo", "Asia/Tehran", "Pacific/Kiritimati"} {
		s.oracle.readers = append(s.oracle.readers, &reader{name: "U" + name, at: place(t, name), minute: 9 * 60})
	}
	s.open()
	s.do(func(tx *ledger.Tx) error {
		err := s.setUp(tx, 0)
		if err == nil {
			err = s.rates(tx)
		}
		for range customers {
			if err == nil {
				err = s.addCustomer(tx)
			}
		}
		if err == nil { // of what contracts come to nobody was asked before
			err = s.setUp(tx, 80_000)
		}
		return err
	})
	s.check(s.oracle.readPolicies(s.rules.Policy.Text()))
	return s
}

// tempDir is a folder for the books: in memory where the system has one, for nothing is proved
// here of what a disk keeps.
func tempDir(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "duebot-years")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func place(t *testing.T, name string) calendar {
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return calendar{name: name, zone: zone}
}

func (s *company) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("%s: %s: %v", s.again(), s.now.Format(time.RFC3339), err)
	}
}

// again says how a run is played once more.
func (s *company) again() string {
	return fmt.Sprintf("seed %d (DUEBOT_SEED=%d go test ./reminders/simulate -run %s)", s.seed, s.seed, s.t.Name())
}

func (s *company) path() string { return filepath.Join(s.dir, "duebot.db") }

// open starts the program.
func (s *company) open() {
	var err error
	s.books, err = ledger.Open(s.path(), ledger.Options{Now: func() time.Time { return s.now }, Calendar: holidaysOf})
	s.check(err)
	if s.policies == nil {
		s.policies = policies()
	}
	s.desk = s.newDesk()
	s.policies.Holding.Proposed = func(*ledger.View) map[ledger.CustomerID][]ledger.BankEntryID { return s.proposed }
	s.rules = &reminders.Rules{Books: s.books, Policy: s.policies, Finance: "CFINANCE01", Cards: func(*ledger.Customer) string { return "CINVOICES1" },
		Acts: func(string) bool { return false }, Readers: s.readers, Task: s.give,
		Buttons: func(*ledger.View, []*ledger.Invoice) []card.Button { return nil }}
}

// policies are the presets and some of the company's own.
func policies() *reminders.Policies {
	p := reminders.Default()
	p.SMS, p.Mail, p.Escalate = true, true, afterLast
	p.Preflight.Off = true // its message has tests of its own; what staff do on it is played all the same
	p.Segments = map[string]string{"north": "gentle", "south": "phone"}
	p.GoodPayers = reminders.ThanksRules{After: thanksAfter}
	p.Consumers = []string{"retail"}
	early, late := -3, 25
	p.Habits = []reminders.Habit{{Broken: 2, Policy: "strict"}, {LateFrom: &late, Policy: "eager"}, {LateTo: &early, Policy: "gentle"}}
	p.Holding = reminders.Holding{Money: true, BankDays: bankDays}
	p.Named["phone"] = &reminders.Policy{Name: "phone", Before: []int{3}, Interval: 2, Week: 3, Steps: []reminders.Step{
		{After: 2, Tone: reminders.Friendly, Kind: reminders.Message}, {After: 6, Tone: reminders.Plain, Kind: reminders.Call}, {After: 10, Tone: reminders.Plain, Kind: reminders.SMS},
		{After: 16, Tone: reminders.Firm, Kind: reminders.Letter}, {After: 26, Tone: reminders.Final, Kind: reminders.Message}}}
	p.Named["short"] = &reminders.Policy{Name: "short", Interval: 3, Week: 2, Channels: []string{ledger.ChannelSMS}, Steps: []reminders.Step{
		{After: 3, Tone: reminders.Plain, Kind: reminders.Call}, {After: 9, Tone: reminders.Firm, Kind: reminders.Message}, {After: 18, Tone: reminders.Final, Kind: reminders.Call}}}
	p.Named["eager"] = &reminders.Policy{Name: "eager", Before: []int{10, 5, 1, 0}, Interval: 1, Week: 2, Month: 5, FreeDays: true, Steps: []reminders.Step{
		{After: 1, Tone: reminders.Friendly, Kind: reminders.Message}, {After: 2, Tone: reminders.Plain, Kind: reminders.Message},
		{After: 3, Tone: reminders.Firm, Kind: reminders.Message}, {After: 20, Tone: reminders.Final, Kind: reminders.Message}}}
	p.Named["thrifty"] = &reminders.Policy{Name: "thrifty", Interval: 7, Minimum: map[ledger.Currency]int64{"EUR": 60_000, "USD": 40_000}, Steps: []reminders.Step{
		{After: 10, Tone: reminders.Plain, Kind: reminders.Message}, {After: 40, Tone: reminders.Final, Kind: reminders.Message}}}
	p.Named["holidays"] = &reminders.Policy{Name: "holidays", Before: []int{2}, Interval: 3, Week: 2, Quiet: []reminders.Quiet{{From: "12-20", To: "01-06"}, {From: "2026-08-03", To: "2026-08-16"}},
		Steps: []reminders.Step{{After: 2, Tone: reminders.Friendly, Kind: reminders.Message}, {After: 9, Tone: reminders.Plain, Kind: reminders.Message}, {After: 16, Tone: reminders.Final, Kind: reminders.Message}}}
	return p
}

var ownPolicies = []string{"", "", "", "", "", "", "gentle", "consumer", "strict", "eager", "thrifty", "holidays", "ru-consumer", "us-consumer", "de-consumer", "phone", "short"}

func (s *company) do(fn func(tx *ledger.Tx) error) {
	s.t.Helper()
	_, err := s.books.Update(context.Background(), ledger.Command{By: "slack:UFINANCE01", Run: func(tx *ledger.Tx) ([]byte, error) { return nil, fn(tx) }})
	s.check(err)
}

// rates are those of the dollar, which are known for a week: of today, and of the days since the
// last ones.
func (s *company) rates(tx *ledger.Tx) error {
	var list []ledger.Rate
	for on := tx.Today(); len(list) == 0 || s.rated < day(on) && len(list) < 30; on -= 5 {
		list = append(list, ledger.Rate{Currency: "USD", Date: on, Value: decimal.New(9, -1), Per: decimal.NewFromInt(1)})
	}
	s.rated = day(tx.Today())
	_, err := tx.SetRates("test", list)
	return err
}

func (s *company) addCustomer(tx *ledger.Tx) error {
	o := s.oracle
	d := &debtor{id: len(o.debtors) + 1, at: place(s.t, zones[s.rng.IntN(len(zones))]), hour: 10, from: 9, until: 18, onAccount: map[string]int64{}, kept: map[string][]level{}, tasks: map[string]*task{}}
	d.segment = segments[s.rng.IntN(len(segments))]
	c, err := tx.AddCustomer(ledger.NewCustomer{Handle: fmt.Sprintf("c%d", d.id), ZoneName: d.at.name, Segment: d.segment})
	if err != nil {
		return err
	}
	x := &ledgerCustomer{id: c.ID, chat: fmt.Sprintf("telegram:%d", 1000+d.id)}
	o.debtors, s.of[d] = append(o.debtors, d), x
	if d.phone = s.rng.IntN(2) == 0; d.phone {
		if _, err := tx.SetPhone(c, fmt.Sprintf("+4915%08d", d.id)); err != nil {
			return err
		}
	}
	if s.rng.IntN(40) > 0 {
		if err := s.link(tx, d); err != nil {
			return err
		}
	}
	if s.rng.IntN(3) == 0 {
		if err := s.mailed(tx, d); err != nil {
			return err
		}
	}
	if d.policy = ownPolicies[s.rng.IntN(len(ownPolicies))]; d.policy != "" {
		if err := tx.GivePolicy(c, 0, d.policy); err != nil {
			return err
		}
	}
	if s.rng.IntN(40) == 0 {
		if err := s.contract(tx, d); err != nil {
			return err
		}
	}
	if s.rng.IntN(10) == 0 {
		if err := s.statements(tx, d); err != nil {
			return err
		}
	}
	if s.rng.IntN(4) == 0 {
		if err := s.law(tx, d); err != nil {
			return err
		}
	}
	if s.rng.IntN(25) == 0 {
		d.daily = true
		if err := tx.ChooseDigest(c, true); err != nil {
			return err
		}
	}
	if s.rng.IntN(25) == 0 {
		if err := s.chooseHours(tx, d); err != nil {
			return err
		}
	}
	o.join(d)
	return nil
}

// link has a customer write to the bot.
func (s *company) link(tx *ledger.Tx, d *debtor) error {
	d.linked = true
	token, _, err := tx.Invite(s.customer(tx, d))
	if err == nil {
		_, err = tx.Link(token, s.of[d].chat, "Anna", "en")
	}
	return err
}

// chooseHours has a customer want his reminders at other hours.
func (s *company) chooseHours(tx *ledger.Tx, d *debtor) error {
	choice := [][3]int{{8, 20, 10}, {14, 18, 14}, {8, 9, 8}, {19, 20, 19}}[s.rng.IntN(4)]
	d.from, d.until, d.hour = choice[0], choice[1], choice[2]
	s.oracle.join(d)
	return tx.ChooseHours(s.customer(tx, d), ledger.Hours{From: d.from, Until: d.until}, ledger.Hours{From: 8, Until: 20})
}

func (s *company) customer(tx *ledger.Tx, d *debtor) *ledger.Customer { return tx.Customer(s.of[d].id) }

func (s *company) someone() *debtor { return s.oracle.debtors[s.rng.IntN(len(s.oracle.debtors))] }

// indebted is somebody who owes something, or nil.
func (s *company) indebted() (*debtor, *debt) {
	for range 8 {
		if d := s.someone(); len(d.open) > 0 {
			return d, d.open[s.rng.IntN(len(d.open))]
		}
	}
	return nil, nil
}

// live plays until a time.
func (s *company) live(until time.Time) {
	next, tick := s.now, s.now
	for s.now.Before(until) && len(s.oracle.faults) == 0 {
		s.now = tick
		if next.Before(tick) {
			s.now = next
		}
		if s.now.Before(s.down) { // the program stands still; the world does not
			if !s.down.Before(until) {
				return // the days behind that are in nobody's calendar
			}
			if s.oracle.stood = s.oracle.home.today(s.down); s.down.Sub(s.now) > 20*time.Hour {
				s.oracle.changed = s.down
			}
			if s.now = s.down; s.rng.IntN(8) == 0 {
				s.restart()
			}
			next = s.now
		}
		s.oracle.now = s.now
		if s.now.Equal(tick) || s.now.After(tick) {
			s.hour()
			tick = s.now.Truncate(time.Hour).Add(time.Hour + time.Duration(s.rng.IntN(60))*time.Minute)
		}
		if !s.now.Before(next) || s.rng.IntN(30) == 0 {
			next = s.run()
			if s.rng.IntN(20) == 0 {
				next = s.run()
			}
		}
		if s.rng.IntN(4) == 0 {
			s.between()
		}
		s.deliver()
		s.courtesies()
	}
}

// run has the rules look whom to remind, and the oracle what came of it.
func (s *company) run() time.Time {
	next, err := s.rules.Run(context.Background(), s.now)
	s.check(err)
	before, back, backOvers := len(s.queue), map[int]*word{}, map[int]bool{}
	queued, overs, shut := map[int]*word{}, map[int]bool{}, map[*debt]bool{}
	thanks, stated := map[int]int{}, map[int]bool{}
	of := map[ledger.NoticeID]int{} // zones are run in any order, and a seed is to play the same again
	var others []ledger.NoticeID
	s.check(s.books.View(func(v *ledger.View) error {
		for _, n := range v.OpenNotices(s.seen) {
			d := s.debtorOf(n.Customer)
			switch n.Kind {
			case ledger.NoticeReminder:
				if s.known[n.ID] {
					delete(s.known, n.ID)
					continue
				}
				if queued[d.id] != nil {
					s.oracle.fault(d, s.now, "two reminders at once")
				}
				queued[d.id] = s.word(&n)
				s.queue, of[n.ID] = append(s.queue, n.ID), d.id
				continue
			case ledger.NoticeStatement, ledger.NoticeThanks:
				s.polite = append(s.polite, waits{n.ID, s.now})
				if n.Kind == ledger.NoticeThanks {
					thanks[d.id] = n.Step
				} else {
					stated[d.id] = true
				}
				continue
			case ledger.NoticePlanOver:
				overs[d.id] = true
			case ledger.NoticeTask:
				if n.Code == "shut" {
					shut[s.oracle.debts[n.Invoice-1]] = true
				}
			case ledger.NoticeDigest:
				for _, r := range s.oracle.readers {
					if r.name == n.Address {
						s.oracle.digest(r, day(n.For), s.now)
					}
				}
			}
			others = append(others, n.ID)
		}
		s.seen = v.LastNotice()
		if s.oracle.pilot != nil {
			back, backOvers = s.heldBack(v, thanks, stated)
		}
		return nil
	}))
	slices.SortFunc(s.queue[before:], func(a, b ledger.NoticeID) int { return cmp.Compare(of[a], of[b]) })
	for _, r := range s.oracle.readers {
		s.oracle.digested(r, s.now)
	}
	s.oracle.ran(s.now, queued, back, overs, backOvers, thanks, stated)
	s.gave()
	s.oracle.told(s.now, shut)
	s.onRecord()
	s.settleAll(others)
	return next
}

func (s *company) debtorOf(id ledger.CustomerID) *debtor {
	if id == 0 {
		return nil
	}
	return s.oracle.debtors[id-1]
}

func (s *company) word(n *ledger.Notice) *word {
	w := &word{debt: s.oracle.debts[n.Invoice-1], step: n.Step, part: n.Code, meant: day(n.For), free: n.Free}
	for _, also := range n.Also {
		if also.Step == 0 { // a nudge that names it too
			w.names = append(w.names, s.oracle.debts[also.Invoice-1])
			continue
		}
		w.also += fmt.Sprintf("%d:%d ", also.Invoice, also.Step)
	}
	return w
}

// settleAll has what is for staff arrive at once.
func (s *company) settleAll(ids []ledger.NoticeID) {
	if len(ids) == 0 {
		return
	}
	s.do(func(tx *ledger.Tx) error {
		for _, id := range ids {
			if err := tx.Settle(ledger.NoticeOutcome{Notice: id, State: ledger.NoticeSent, Chat: "slack:C1", Message: fmt.Sprint(id)}); err != nil {
				return err
			}
		}
		return nil
	})
}

// fate is what becomes of one send.
type fate struct {
	id    ledger.NoticeID
	d     *debtor
	state ledger.NoticeState
	at    time.Time
	to    string
}

// deliver says what waits, as the program's delivery does: it looks once more whether there is
// something to say, writes down that the send begins, and then what came of it.
func (s *company) deliver() {
	if len(s.queue) == 0 || s.now.Before(s.deaf) {
		return
	}
	ids := s.queue
	s.queue = nil
	defer s.onRecord()
	var sends []fate
	s.do(func(tx *ledger.Tx) error {
		for _, id := range ids {
			if s.now.Before(s.wait[id]) {
				s.queue = append(s.queue, id)
				continue
			}
			delete(s.wait, id)
			if err := s.begin(tx, id, &sends); err != nil {
				return err
			}
		}
		return nil
	})
	if len(sends) == 0 {
		return
	}
	if s.rng.IntN(4000) == 0 { // the program stops between the two
		s.restart()
		for i := range sends {
			sends[i].state = ledger.NoticeUnknown
		}
	}
	s.do(func(tx *ledger.Tx) error {
		for _, x := range sends {
			if err := s.became(tx, x); err != nil {
				return err
			}
		}
		return nil
	})
	s.see()
}

// see has what was queued for staff meanwhile arrive.
func (s *company) see() {
	var ids []ledger.NoticeID
	s.check(s.books.View(func(v *ledger.View) error {
		for _, n := range v.OpenNotices(s.seen) {
			if n.Kind != ledger.NoticeReminder && n.Kind != ledger.NoticeStatement && n.Kind != ledger.NoticeThanks {
				ids = append(ids, n.ID)
			}
		}
		s.seen = v.LastNotice()
		return nil
	}))
	s.settleAll(ids)
}

func (s *company) begin(tx *ledger.Tx, id ledger.NoticeID, sends *[]fate) error {
	n, ok := tx.OpenNotice(id)
	if !ok {
		return nil
	}
	d := s.debtorOf(n.Customer)
	if wait := s.rules.Policy.Wait(&tx.View, &n); wait > 0 {
		s.queue, s.wait[id] = append(s.queue, id), s.now.Add(wait)
		return nil
	}
	withdraw := func(why string) error {
		s.did["withdrawn"]++
		s.oracle.note(d, s.now, "withdrawn: "+why, int(n.Invoice), int64(n.Step))
		s.oracle.withdrawn(d, s.now)
		return tx.Settle(ledger.NoticeOutcome{Notice: id, State: ledger.NoticeWithdrawn, Reason: why})
	}
	if why := s.rules.Overtaken(&tx.View, &n); why != "" {
		return withdraw(why)
	}
	isHeld, err := s.rules.HoldAgain(tx, &n)
	if err != nil {
		return err
	}
	want := ""
	if !d.waiting.free {
		want = s.oracle.holds(d)
	}
	if isHeld != (want != "") {
		s.oracle.fault(d, s.now, "%s is held when it is sent: %t, want %q", d.waiting, isHeld, want)
	}
	if isHeld {
		s.oracle.heldNow(d, d.waiting, want)
		return withdraw("money waits, or the bank's data is old")
	}
	to := s.route(&tx.View, &n)
	if to == "" {
		return withdraw("no chat")
	}
	m, err := s.rules.Notice(&tx.View, &n)
	switch {
	case err != nil:
		return err
	case m.Withdraw != "":
		return withdraw(m.Withdraw)
	}
	s.oracle.sends(d, s.now, ledger.ChannelOf(to), sums(m.Card))
	*sends = append(*sends, fate{id: id, d: d, state: s.roll(), at: s.now, to: to})
	return tx.BeginSend(id, to, ledger.Hash{1})
}

// route is where a reminder goes, "" for nowhere.
func (s *company) route(v *ledger.View, n *ledger.Notice) string {
	c := v.Customer(n.Customer)
	usual := []string{ledger.ChannelTelegram, ledger.ChannelMail}
	if c.Channel == ledger.ChannelMail {
		slices.Reverse(usual)
	}
	for _, channel := range s.rules.Policy.Channels(v, &n.NoticeQueued, usual) {
		switch {
		case channel == ledger.ChannelTelegram && v.Reaches(c, false, true):
			return s.of[s.debtorOf(c.ID)].chat
		case channel == ledger.ChannelMail && !c.MailStopped && len(c.Mails) > 0 && !v.Shut(c.Mails[0]):
			return c.Mails[0]
		case channel == ledger.ChannelSMS && v.ReachesBySMS(c):
			return v.SMSAddress(c)
		}
	}
	return ""
}

// limited and blocked are what a platform may answer besides the states of a notice.
const (
	limited ledger.NoticeState = "limited"
	blocked ledger.NoticeState = "blocked"
)

func (s *company) roll() ledger.NoticeState {
	switch n := s.rng.IntN(200); {
	case n < 4:
		return ledger.NoticeUnknown
	case n < 8:
		return limited
	case n < 9:
		return blocked
	case n < 10:
		return ledger.NoticeFailed
	}
	return ledger.NoticeSent
}

// became books what came of a send.
func (s *company) became(tx *ledger.Tx, x fate) error {
	d := x.d
	s.did["send "+string(x.state)]++
	debt, step := 0, int64(0)
	if d.waiting != nil {
		debt, step = d.waiting.debt.id, int64(d.waiting.step)
	}
	s.oracle.note(d, s.now, "reminder "+string(x.state), debt, step)
	by := ledger.ChannelOf(x.to)
	if x.state == blocked && by == ledger.ChannelSMS {
		x.state = ledger.NoticeFailed
	}
	s.did["by "+by]++
	out := ledger.NoticeOutcome{Notice: x.id, State: x.state, Chat: x.to, Message: fmt.Sprint(x.id), Words: ledger.Hash{1}}
	switch x.state {
	case limited:
		tx.NotSent(x.id)
		s.queue, s.wait[x.id] = append(s.queue, x.id), s.now.Add(time.Duration(1+s.rng.IntN(90))*time.Minute)
		return nil
	case blocked:
		tx.NotSent(x.id)
		s.queue = append(s.queue, x.id)
		if by == ledger.ChannelMail {
			return s.comesBack(tx, d)
		}
		d.blocked = true
		_, err := tx.BreakRoute(s.of[d].id, s.of[d].chat, ledger.RouteBlocked, 0)
		return err
	case ledger.NoticeFailed:
		out.Reason = "refused"
		d.waiting = nil
		return tx.Settle(out)
	case ledger.NoticeUnknown:
		out.Reason = "the answer was lost"
		s.doubts = append(s.doubts, x.id)
	}
	s.oracle.counts(d, s.now, x.at)
	if err := tx.Settle(out); err != nil || x.state != ledger.NoticeUnknown {
		return err
	}
	return tx.AskUnknown(x.id, s.rules.Finance)
}

// sums are what a reminder asks for, by currency: nil where its words have no place for that.
func sums(k *card.Card) map[string]int64 {
	out := map[string]int64{}
	add := func(t card.Text) {
		for _, arg := range t.Args {
			if arg.Kind == card.KindMoney {
				out[arg.S] += arg.N
			}
		}
	}
	for i, f := range k.Fields {
		if f.Label.Key == "remind.total" {
			clear(out)
			add(f.Value)
			for _, part := range f.Value.Items {
				add(part)
			}
			return out
		}
		if i == 0 {
			add(f.Value)
		}
	}
	return out
}

// restart closes the books and opens them again.
func (s *company) restart() {
	s.did["restart"]++
	s.check(s.books.Close())
	s.open()
}

// midnights compares the books with the oracle, for everybody whose day has just begun; and the
// reason that the rules give for what they do on that day, for some.
func (s *company) midnights() {
	var books []stands
	s.check(s.books.View(func(v *ledger.View) error {
		for _, d := range s.oracle.turned(s.now) {
			c := v.Customer(s.of[d].id)
			if !c.HasOpen() && len(d.open) == 0 {
				continue
			}
			books = books[:0]
			for _, inv := range v.OpenInvoices(c) {
				books = append(books, stands{int(inv.ID), inv.Open, inv.Disputed, inv.Step})
			}
			s.oracle.midnight(d, s.now, books)
			s.oracle.owesStatement(d, s.now, day(v.StatedThrough(c).To))
			if today := d.at.today(s.now); s.rng.IntN(8) == 0 && d.planOver == nil && !s.oracle.unjudged(d, today) {
				s.oracle.reason(d, s.now, today, string(s.rules.Policy.Decide(v, c, ledger.Date(today)).Why))
			}
		}
		return nil
	}))
}
