package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"duebot/bot/text"
	"duebot/commands/card"
	"duebot/ledger"
)

// TestReminderYear lives through a year of a small company with the whole program: forty customers
// in zones from -11 to +14, by chat, mail, short message, call and letter; staff who press what
// the morning's card offers, close tasks, hold, change policies, begin and end a pilot, and choose
// when to read; customers who pay, promise, dispute, agree on parts, want one word a week, and
// cannot be reached; platforms that fail, restarts, outages. It is judged by what the stand-ins
// took, hour and words, against what the people of the play did. The seed is printed, as that of
// TestSimulation is.
func TestReminderYear(t *testing.T) {
	t.Parallel()
	seed, soak := seedOf(t, 4*time.Second)
	customers := len(yearPlaces)
	if os.Getenv("DUEBOT_SOAK") == "" {
		customers = 12
	}
	var end time.Time
	for ; ; seed++ {
		y := newYear(t, seed, customers)
		if end.IsZero() { // what it takes to begin is not counted
			end = time.Now().Add(soak)
		}
		for y.days = 0; y.days < 365 && time.Now().Before(end) && !t.Failed(); y.days++ {
			y.day()
		}
		y.end()
		t.Logf("DUEBOT_SEED=%d: %d days, %v", seed, y.days, y.did)
		if t.Failed() || !time.Now().Before(end) {
			return
		}
	}
}

// yearPolicy is a policy of the year's company, as its configuration says it.
type yearPolicy struct {
	interval, week, month int
}

var yearPolicies = map[string]yearPolicy{"year": {3, 2, 6}, "brisk": {2, 3, 8}, "paper": {3, 2, 5}}

// yearConfig is the company's. Each policy says each tone once, so that a tone tells a step.
const yearConfig = `
[reminders]
policy = "year"
weekly = true
[[reminders.policies]]
name = "year"
before = [3, 0]
steps = [{after = 3, tone = "friendly"}, {after = 7, tone = "plain"}, {after = 14, tone = "firm"}, {after = 30, tone = "final"}]
interval_days = 3
week = 2
month = 6
quiet = ["12-24..01-01", "08-10..08-14"]
[[reminders.policies]]
name = "brisk"
before = [1]
steps = [{after = 1, tone = "plain"}, {after = 5, tone = "firm"}, {after = 9, tone = "final"}]
interval_days = 2
week = 3
month = 8
quiet = ["12-24..01-01", "08-10..08-14"]
[[reminders.policies]]
name = "paper"
before = []
steps = [{after = 2, tone = "friendly", kind = "sms"}, {after = 5, kind = "call", tone = "plain"}, {after = 9, kind = "letter", tone = "firm"}, {after = 20, tone = "final"}]
interval_days = 3
week = 2
month = 5
quiet = ["12-24..01-01", "08-10..08-14"]
channels = ["sms", "telegram", "email"]
[calendar]
holidays = "holidays.txt"
[digest]
readers = ["UMANAGER01", "UFINANCE01", "USALES0001"]
`

// yearHolidays are free everywhere, beside those of each country.
const yearHolidays = `*  2026-03-17            free  Founder's day
*  2026-10-05..2026-10-06  free  Moving house
`

// yearCustomer is a customer as those who play him know him.
type yearCustomer struct {
	handle, name, lang string
	place              string // of his zone
	chat               int64
	mail, phone        string
	policy             string
	weekly, blocked    bool
	debts              []*yearDebt
	contacts           []ledger.Date // on his own days
	held               ledger.Date   // through which; yearForever
	snoozed            ledger.Date   // to which
	skipped            time.Time     // until then nothing was to be said
	wished             bool          // a person wanted the next word, whatever the interval
	again              bool          // a person wanted once more what may have been lost
	words              []string      // that staff put into one reminder, not seen yet
}

const yearForever = ledger.Date(1 << 20)

// yearDebt is an invoice as they know it.
type yearDebt struct {
	number   string
	due      ledger.Date
	open     int64
	disputed bool
	promised ledger.Date // through which
	held     ledger.Date
	planned  ledger.Date
	said     int // the last tone, from 1
}

// yearReader reads the digest.
type yearReader struct {
	user, way string
	minute    int // of his day
	days      func(on ledger.Date) bool
	paused    ledger.Date
	got       map[ledger.Date]int
	chosen    ledger.Date // when he chose last: what holds on that day is not judged
	mail      string
	chat      int64
	lost      ledger.Date // through which a digest may be in doubt, and so not there
	shut      bool        // his place took nothing at some time: until he chooses anew it comes in Slack
}

// year is a simulation of one.
type year struct {
	*simulation
	texts     *yearTexts
	post      yearPost
	customers []*yearCustomer
	of        map[string]*yearCustomer // by where they read
	readers   []*yearReader
	days      int
	pilot     map[*yearCustomer]bool // nil: none is on
	disputes  map[string]bool        // that were opened, by their numbers
	trouble   time.Time              // until when something was out of order
	repeats   time.Time              // until when digests come that a person wanted once more
	began     ledger.Date
	home      *time.Location
}

func newYear(t *testing.T, seed int64, customers int) *year {
	catalog, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	home, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	s := &simulation{t: t, rng: rand.New(rand.NewSource(seed)), dir: t.TempDir(), did: map[string]int{}, faults: new(faultLog), quietLines: true, config: yearConfig}
	y := &year{simulation: s, texts: newYearTexts(catalog), of: map[string]*yearCustomer{}, disputes: map[string]bool{}, home: home}
	if err := os.WriteFile(filepath.Join(s.dir, "holidays.txt"), []byte(yearHolidays), 0o600); err != nil {
		t.Fatal(err)
	}
	s.start(time.Date(2026, 1, 12, 6, 0, 0, 0, time.UTC).AddDate(0, s.rng.Intn(10), 0))
	y.began = y.today()
	for _, user := range []string{manager, finance, sales} {
		y.readers = append(y.readers, &yearReader{user: user, way: "slack", minute: 9 * 60, days: y.worksAtHome, got: map[ledger.Date]int{}, chosen: y.began,
			mail: strings.ToLower(user) + "@lindenhof.example"})
	}
	for i, at := range y.rng.Perm(len(yearPlaces))[:customers] {
		y.settleIn(i, yearPlaces[at])
		y.issueTo(y.customers[i], y.rng.Intn(5))
	}
	y.look()
	return y
}

// yearPlaces are where the customers are.
var yearPlaces = []string{"Pacific/Niue", "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/New_York", "America/St_Johns",
	"America/Sao_Paulo", "Atlantic/Azores", "UTC", "Europe/London", "Europe/Berlin", "Europe/Bucharest", "Europe/Moscow", "Asia/Riyadh", "Asia/Tehran", "Asia/Dubai",
	"Asia/Kolkata", "Asia/Kathmandu", "Asia/Shanghai", "Asia/Tokyo", "Australia/Adelaide", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati",
	"Europe/Berlin", "Europe/Rome", "Europe/Chisinau", "Asia/Tehran", "Asia/Shanghai", "Europe/Moscow", "America/New_York", "Europe/Bucharest", "Pacific/Kiritimati", "Pacific/Niue",
	"Europe/Berlin", "Europe/Rome", "Europe/London", "Europe/Bucharest"}

// settleIn adds a customer: of four the first two have a chat, the third mail, the fourth a
// telephone.
func (y *year) settleIn(i int, place string) {
	c := &yearCustomer{handle: fmt.Sprintf("y%02d", i), name: fmt.Sprintf("House %02d", i), lang: y.language(i), place: place, policy: "year"}
	set := ""
	y.slack(sales, fmt.Sprintf(`/ar customer add %s "%s" lang=%s tz=%s terms=net7`, c.handle, c.name, c.lang, place))
	switch i % 4 {
	case 2:
		c.mail = c.handle + "@customers.example"
		set = "email=" + c.mail
	case 3:
		c.phone = fmt.Sprintf("+4072100%04d", i)
		set = `phone="` + c.phone + `"`
		if i%8 == 7 {
			c.mail = c.handle + "@customers.example"
			set += " email=" + c.mail
		}
		c.policy = "paper"
		y.slack(finance, "/ar policy "+c.handle+" paper")
	default:
		c.chat = int64(2001 + i)
		y.player.post("telegram/chat", map[string]any{"id": c.chat, "type": "private", "started": true,
			"people": []any{map[string]any{"id": c.chat, "first_name": c.name, "language_code": c.lang}}}, nil)
		y.write(c.chat, "/start "+y.invite(c.handle))
		y.of[fmt.Sprintf("telegram:%d", c.chat)] = c
	}
	if set != "" {
		y.slack(sales, "/ar customer set "+c.handle+" "+set)
	}
	if c.mail != "" {
		y.of["mail:"+c.mail] = c
	}
	if c.phone != "" {
		y.of["sms:"+c.phone] = c
	}
	y.customers = append(y.customers, c)
}

func (y *year) now() time.Time      { return y.box.clock.Now() }
func (y *year) today() ledger.Date  { return ledger.DateOf(y.now(), y.home) }
func (y *year) some() *yearCustomer { return y.customers[y.rng.Intn(len(y.customers))] }
func (y *year) chance(of int) bool  { return y.rng.Intn(of) == 0 }
func (y *year) note(what string)    { y.did[what]++ }
func (y *year) at(m int) time.Time  { return y.today().At(m/60, m%60, y.home) }
func (c *yearCustomer) zone() *time.Location {
	zone, _ := time.LoadLocation(c.place)
	return zone
}

// day is one of the company's: its people act after the card, at noon, and in the afternoon.
func (y *year) day() {
	minutes := []int{8*60 + 31, 12*60 + 5, 17 * 60, 21 * 60}
	for _, r := range y.readers {
		minutes = append(minutes, r.minute+1)
	}
	slices.Sort(minutes)
	on := y.today()
	for _, m := range slices.Compact(minutes) {
		if y.today() != on || !y.at(m).After(y.now()) {
			continue
		}
		y.until(y.at(m))
		switch {
		case m == 8*60+31:
			y.morning()
		case m == 12*60+5 || m == 17*60:
			for range 2 + y.rng.Intn(6) {
				y.act()
			}
		}
	}
	y.until(on.AddDays(1).At(0, 20, y.home))
	y.checkDigests(on)
}

// until moves the clock, and looks at what was said on the way.
func (y *year) until(to time.Time) {
	if to.After(y.now()) {
		y.player.post("clock", map[string]any{"set": to.UTC().Format(time.RFC3339)}, nil)
	}
	y.look()
}

// look judges what was said since, once nothing is under way.
func (y *year) look() {
	y.t.Helper()
	y.advance("3s") // rates are not waited for
	for _, w := range y.post.fresh(y.box) {
		y.judge(&w)
	}
	if y.t.Failed() {
		y.t.FailNow()
	}
}

// act lets somebody do something.
func (y *year) act() {
	menu := []struct {
		weight int
		name   string
		do     func()
	}{
		{18, "issue", y.issueOne}, {9, "pay", y.payOne}, {4, "promise", y.promiseOne}, {4, "dispute", y.disputeOne}, {3, "settle", y.settleOne}, {3, "plan", y.planOne},
		{3, "hold", y.holdOne}, {3, "unhold", y.unholdOne}, {2, "policy", y.policyOne}, {3, "cadence", y.cadenceOne}, {6, "task", y.taskOne}, {5, "fault", y.failOne},
		{2, "unknown", y.unknownOne}, {2, "block", y.blockOne}, {2, "unblock", y.unblockOne}, {1, "bounce", y.bounceOne}, {2, "address", y.addressOne},
		{1, "pilot", y.pilotOne}, {2, "digest", y.digestOne}, {1, "move", y.moveOne}, {1, "restart", y.restartIt}, {1, "outage", y.outage}, {2, "ask", y.askOne},
	}
	total := 0
	for _, m := range menu {
		total += m.weight
	}
	n := y.rng.Intn(total)
	for _, m := range menu {
		if n -= m.weight; n < 0 {
			m.do()
			y.look()
			return
		}
	}
}

// debt is some open one, of anybody or of c.
func (y *year) debt(c *yearCustomer) (*yearCustomer, *yearDebt) {
	for range 20 {
		of := c
		if of == nil {
			of = y.some()
		}
		open := slices.DeleteFunc(slices.Clone(of.debts), func(x *yearDebt) bool { return x.open == 0 })
		if len(open) > 0 {
			return of, open[y.rng.Intn(len(open))]
		}
	}
	return nil, nil
}

func (y *year) issueOne() { y.issueTo(y.some(), y.rng.Intn(9)) }

// issueTo issues an invoice that is due in some days.
func (y *year) issueTo(c *yearCustomer, days int) {
	sum := int64(2000 + y.rng.Intn(300000))
	ts, seen := y.slack(sales, fmt.Sprintf(`/ar invoice %s %s "Work" due %dd`, c.handle, cents(sum), days))
	if !strings.Contains(seen, "[Confirm]") {
		y.t.Fatalf("no preview: %s", seen)
	}
	before := y.issued()
	y.try("slack/action", map[string]any{"user": sales, "channel": "CINVOICES1", "ts": ts, "label": "Confirm"}, nil)
	y.look()
	if after := y.issued(); len(after) == len(before)+1 {
		c.debts = append(c.debts, &yearDebt{number: after[len(after)-1], due: y.today().AddDays(days), open: sum})
		y.note("issued")
	}
}

func (y *year) payOne() {
	c, x := y.debt(nil)
	if c == nil {
		return
	}
	sum := x.open
	if y.chance(3) {
		sum = 1 + y.rng.Int63n(x.open)
	}
	_, seen := y.slack(finance, fmt.Sprintf("/ar payment %s %s", x.number, cents(sum)))
	if strings.Contains(seen, "✓") {
		x.open -= sum
		y.note("paid")
	}
}

func (y *year) promiseOne() {
	c, x := y.debt(nil)
	if c == nil {
		return
	}
	days := y.rng.Intn(10)
	if _, seen := y.slack(sales, fmt.Sprintf("/ar promise %s %dd", x.number, days)); strings.Contains(seen, "Noted: ") {
		x.promised = y.today().AddDays(days)
		y.note("promised")
	}
}

// disputeOne has a customer dispute all of an invoice, in his chat and his language.
func (y *year) disputeOne() {
	c, _ := y.debt(nil)
	if c == nil || c.chat == 0 || c.blocked || !y.pressIn(c, "button.dispute") {
		return
	}
	y.look()
	if all := y.chat(c.chat); len(all) > 0 { // where it was under several, it asks of which
		for _, b := range slices.Concat(all[len(all)-1].ReplyMarkup.Rows...) {
			if m := all[len(all)-1]; yearNumber.MatchString(latinDigits(plainWords(b.Text))) && b.Data != "" {
				y.try("telegram/click", map[string]any{"chat": c.chat, "message_id": m.MessageID, "label": b.Text}, nil)
				y.look()
				break
			}
		}
	}
	y.pressIn(c, "reason.quality")
	y.look()
	y.pressIn(c, "button.wholeinvoice", "amount", "")
	y.look()
	for _, m := range y.chat(c.chat) {
		said := latinDigits(plainWords(m.Text))
		label := disputeNamed.FindStringSubmatch(said)
		if !m.From.IsBot || label == nil || y.disputes[label[1]] {
			continue
		}
		y.disputes[label[1]] = true
		number := yearNumber.FindString(said)
		for _, x := range c.debts {
			if x.number == number {
				x.disputed = true
				y.note("disputed")
			}
		}
	}
}

var disputeNamed = regexp.MustCompile(`D-(\d+)`)

// chat is what stands in a chat.
func (y *year) chat(id int64) []chatMessage {
	var w world
	data, err := json.Marshal(y.box.box.Telegram().State())
	if err == nil {
		err = json.Unmarshal(data, &w.Telegram)
	}
	if err != nil {
		y.t.Fatal(err)
	}
	return w.messages(id)
}

// pressIn presses the newest button with a text in a customer's chat, if there is one.
func (y *year) pressIn(c *yearCustomer, key string, data ...any) bool {
	label := plainWords(y.texts.words[c.lang](card.T(key, data...)))
	for _, m := range slices.Backward(y.chat(c.chat)) {
		for _, b := range slices.Concat(m.ReplyMarkup.Rows...) {
			if strings.HasPrefix(plainWords(b.Text), label) && b.Data != "" {
				return y.try("telegram/click", map[string]any{"chat": c.chat, "message_id": m.MessageID, "label": b.Text}, nil) == nil
			}
		}
	}
	return false
}

// settleOne settles some dispute.
func (y *year) settleOne() {
	for _, c := range y.customers {
		for _, x := range c.debts {
			if !x.disputed || y.chance(3) {
				continue
			}
			if y.chance(2) {
				_, seen := y.slack(finance, "/ar dispute resolve "+x.number+` reject "we looked into it"`)
				y.sane(seen)
				x.disputed = !strings.Contains(seen, "reject") && !strings.Contains(seen, "Reject")
				y.note("rejected")
				return
			}
			sum := 1 + y.rng.Int63n(max(1, x.open))
			if _, seen := y.slack(finance, fmt.Sprintf(`/ar dispute resolve %s credit %s "you are right"`, x.number, cents(sum))); strings.Contains(seen, "CN-") {
				x.open, x.disputed = x.open-sum, false
				y.note("credited")
			}
			return
		}
	}
}

func (y *year) planOne() {
	c, _ := y.debt(nil)
	if c == nil {
		return
	}
	days := 1 + y.rng.Intn(9)
	_, seen := y.slack(finance, fmt.Sprintf("/ar plan %s %d weekly from %dd", c.handle, 2+y.rng.Intn(3), days))
	if !strings.Contains(seen, "Payment plan of") {
		return
	}
	y.note("planned")
	for _, x := range c.debts {
		if strings.Contains(seen, x.number) {
			x.planned = y.today().AddDays(days)
		}
	}
}

func (y *year) holdOne() {
	c, x := y.debt(nil)
	if c == nil {
		return
	}
	what, until := c.handle, &c.held
	if y.chance(2) {
		what, until = x.number, &x.held
	}
	line, day := "/ar hold "+what, yearForever
	if !y.chance(3) {
		day = y.today().AddDays(1 + y.rng.Intn(20))
		line += " until " + day.String()
	}
	if _, seen := y.slack(sales, line+" because they asked"); strings.Contains(seen, "On hold") {
		*until = day
		y.note("held")
	}
}

func (y *year) unholdOne() {
	for _, c := range y.customers {
		if c.held > 0 && y.chance(2) {
			if _, seen := y.slack(finance, "/ar unhold "+c.handle); strings.Contains(seen, "go on") {
				c.held = 0
				y.note("unheld")
			}
			return
		}
		for _, x := range c.debts {
			if x.held > 0 && x.open > 0 && y.chance(2) {
				if _, seen := y.slack(finance, "/ar unhold "+x.number); strings.Contains(seen, "go on") {
					x.held = 0
					y.note("unheld")
				}
				return
			}
		}
	}
}

func (y *year) policyOne() {
	c := y.some()
	name := []string{"brisk", "paper", "year", "none"}[y.rng.Intn(4)]
	_, seen := y.slack(finance, "/ar policy "+c.handle+" "+name)
	y.sane(seen)
	if name == "none" {
		name = "year"
	}
	c.policy = name
	for _, x := range c.debts {
		x.said = 0 // the steps of another policy have other tones
	}
	y.note("policy " + name)
}

// cadenceOne has a customer want all in one word a week, or as it comes.
func (y *year) cadenceOne() {
	c := y.some()
	if c.chat == 0 || c.blocked {
		return
	}
	if y.try("telegram/message", map[string]any{"chat": c.chat, "text": "/settings"}, nil) != nil {
		return
	}
	y.look()
	key, weekly := "button.weekly", true
	if c.weekly {
		key, weekly = "button.singly", false
	}
	if !weekly {
		c.weekly = false // from now on he may hear more, whether the press came through or not
	}
	if y.pressIn(c, key) {
		y.look()
		if _, seen := y.slack(sales, "/ar show "+c.handle); strings.Contains(seen, "once a week") {
			c.weekly = true
			y.note("weekly")
		}
	}
}

// taskOne does something about a task.
func (y *year) taskOne() {
	_, seen := y.slack(finance, "/ar tasks")
	labels := taskLabel.FindAllString(seen, -1)
	if len(labels) == 0 {
		return
	}
	label := labels[y.rng.Intn(len(labels))]
	act := []string{`talked "they will see"`, "unreached", "posted", "mailed", `nothing "it is settled"`, "mine", "on " + y.today().AddDays(1+y.rng.Intn(5)).String(), `lawyer "Dr. Stern"`}[y.rng.Intn(8)]
	user := []string{finance, manager, sales}[y.rng.Intn(3)]
	for range 1 + y.rng.Intn(6)/5 {
		_, seen = y.slack(user, "/ar task "+label+" "+act)
		y.sane(seen)
	}
	y.note("task")
}

var taskLabel = regexp.MustCompile(`T-\d+`)

// failOne lets a platform fail for a while. What takes real time comes rarely.
func (y *year) failOne() {
	all := []struct{ platform, kind string }{{"telegram", "429"}, {"telegram", "429"}, {"telegram", "500"}, {"sms", "429"}, {"sms", "500"}, {"sms", "550"}, {"mail", "451"}, {"mail", "550"}, {"slack", "429"}, {"slack", "drop_socket"}, {"telegram", "drop_socket"}}
	if y.chance(12) {
		all = []struct{ platform, kind string }{{"telegram", "timeout"}, {"telegram", "timeout_after_accept"}, {"sms", "timeout_after_accept"}, {"mail", "timeout_after_accept"}}
	}
	f := all[y.rng.Intn(len(all))]
	count := 1
	if f.kind == "429" {
		count += y.rng.Intn(3)
	}
	if y.try("fault", map[string]any{"platform": f.platform, "kind": f.kind, "count": count, "retry_after": 1 + y.rng.Intn(900)}, nil) == nil {
		y.note(f.platform + " " + f.kind)
		if f.platform == "slack" || f.platform == "telegram" {
			y.troubled(26 * time.Hour)
		}
		for _, r := range y.readers {
			r.shut = r.shut || f.platform == r.way
			if f.platform == r.way && (f.kind == "500" || f.kind == "timeout") { // nobody knows whether it came
				r.lost = y.today().AddDays(3)
			}
		}
	}
}

// troubled excuses digests for a while from their hour, though not from their number.
func (y *year) troubled(d time.Duration) {
	if until := y.now().Add(d); until.After(y.trouble) {
		y.trouble = until
	}
}

// unknownOne settles what may or may not have arrived.
func (y *year) unknownOne() {
	how := []string{"arrived", "again"}[y.rng.Intn(2)]
	_, seen := y.slack(manager, "/ar unknown "+how+" all")
	y.sane(seen)
	if how == "again" {
		for _, c := range y.customers {
			c.again = true
		}
		y.repeats = y.now().Add(time.Hour)
		y.note("again")
	}
}

func (y *year) blockOne() {
	if c := y.some(); c.chat != 0 && !c.blocked {
		c.blocked = true
		y.player.post("telegram/block", map[string]any{"chat": c.chat, "blocked": true}, nil)
		y.note("blocked")
	}
}

func (y *year) unblockOne() {
	for _, c := range y.customers {
		if c.blocked {
			c.blocked = false
			y.player.post("telegram/block", map[string]any{"chat": c.chat, "blocked": false}, nil)
			y.try("telegram/message", map[string]any{"chat": c.chat, "text": "/start"}, nil)
			return
		}
	}
}

func (y *year) bounceOne() {
	if c := y.some(); c.mail != "" {
		_, seen := y.slack(finance, "/ar bounced "+c.handle)
		y.sane(seen)
		y.note("bounced")
	}
}

// addressOne names again where a customer is reached.
func (y *year) addressOne() {
	c := y.some()
	if c.mail != "" {
		_, seen := y.slack(finance, "/ar customer set "+c.handle+" email="+c.mail)
		y.sane(seen)
	}
	if c.phone != "" {
		_, seen := y.slack(finance, `/ar customer set `+c.handle+` phone="`+c.phone+`"`)
		y.sane(seen)
	}
}

// pilotOne begins a pilot, lets somebody in or out, or ends it.
func (y *year) pilotOne() {
	switch {
	case y.pilot == nil && y.chance(2):
		y.pilot = map[*yearCustomer]bool{}
		for range 12 {
			c := y.some()
			y.pilot[c] = true
			_, seen := y.slack(manager, "/ar pilot add "+c.handle)
			y.sane(seen)
		}
		_, seen := y.slack(manager, "/ar pilot on")
		y.sane(seen)
		y.note("pilot on")
	case y.pilot != nil && y.chance(2):
		for c := range y.pilot {
			y.slack(manager, "/ar pilot remove "+c.handle)
		}
		_, seen := y.slack(manager, "/ar pilot off")
		y.sane(seen)
		y.pilot = nil
		y.note("pilot off")
	case y.pilot != nil:
		c := y.some()
		_, seen := y.slack(manager, "/ar pilot add "+c.handle)
		y.sane(seen)
		y.pilot[c] = true
	}
}

// digestOne has a reader choose when and where he reads.
func (y *year) digestOne() {
	r := y.readers[y.rng.Intn(len(y.readers))]
	r.chosen = y.today()
	switch y.rng.Intn(5) {
	case 0:
		r.minute = []int{8 * 60, 9 * 60, 9*60 + 30, 16*60 + 30}[y.rng.Intn(4)]
		y.slack(r.user, fmt.Sprintf("/ar digest at %d:%02d", r.minute/60, r.minute%60))
	case 1:
		y.slack(r.user, "/ar digest on mon-fri,sun")
		r.days = func(on ledger.Date) bool { return on.Weekday() != time.Saturday }
	case 2:
		y.slack(r.user, "/ar digest on every")
		r.days = func(ledger.Date) bool { return true }
	case 3:
		y.slack(r.user, "/ar digest on working")
		r.days = y.worksAtHome
	case 4:
		day := y.today().AddDays(2 + y.rng.Intn(6))
		if _, seen := y.slack(r.user, "/ar digest pause "+day.String()); strings.Contains(seen, "until") {
			r.paused = day
		}
	}
	y.readElsewhere(r)
	y.note("digest chosen")
}

// readElsewhere has a reader choose the way of his digest: a chat by its link, an address by its
// code.
func (y *year) readElsewhere(r *yearReader) {
	switch y.rng.Intn(6) {
	case 0:
		y.slack(r.user, "/ar digest by slack")
		r.way = "slack"
	case 1:
		_, seen := y.slack(r.user, "/ar digest by mail "+r.mail)
		y.look()
		if !strings.Contains(seen, "A code is on its way") {
			if strings.Contains(seen, "Where: E-mail") {
				r.way = "mail"
			}
			return
		}
		for _, m := range slices.Backward(y.box.box.Mail().Mails()) {
			if code := digestCode.FindStringSubmatch(m.Text); code != nil && slices.Contains(m.To, r.mail) {
				if _, seen := y.slack(r.user, "/ar digest code "+code[1]); strings.Contains(seen, "Where: E-mail") {
					r.way = "mail"
				}
				return
			}
		}
	case 2:
		_, seen := y.slack(r.user, "/ar digest by telegram")
		y.look()
		token := startToken.FindStringSubmatch(seen)
		if token == nil {
			m := y.newestOf(r.user)
			token = startToken.FindStringSubmatch(shown(m.Text, m.Blocks))
		}
		if strings.Contains(seen, "Where: Telegram") {
			r.way = "telegram"
		} else if token != nil && r.chat == 0 {
			r.chat = int64(9001 + slices.Index(y.readers, r))
			y.player.post("telegram/chat", map[string]any{"id": r.chat, "type": "private", "started": true,
				"people": []any{map[string]any{"id": r.chat, "first_name": "Reader", "language_code": "en"}}}, nil)
			y.write(r.chat, "/start "+token[1])
			r.way = "telegram"
		}
	}
}

// moveOne moves a customer to another zone, on any day.
func (y *year) moveOne() {
	c := y.some()
	place := yearPlaces[y.rng.Intn(len(yearPlaces))]
	if _, seen := y.slack(sales, "/ar customer set "+c.handle+" tz="+place); strings.Contains(seen, "changed") {
		c.place = place
		y.note("moved")
	}
}

// askOne asks what is only looked at.
func (y *year) askOne() {
	c := y.some()
	for _, line := range []string{"/ar why-reminder " + c.handle, "/ar reminders on " + y.today().AddDays(y.rng.Intn(30)).String(), "/ar pilot", "/ar hold", "/ar tasks late", "/ar statements " + c.handle} {
		_, seen := y.slack(manager, line)
		y.sane(seen)
	}
}

func (y *year) restartIt() {
	y.look()
	y.box.close()
	y.start(time.Time{})
	y.post.log = 0
	y.troubled(time.Hour)
	y.note("restart")
}

// outage is some days in which the program does not run.
func (y *year) outage() {
	if !y.chance(3) {
		return
	}
	y.look()
	y.box.close()
	to := y.now().Add(time.Duration(1+y.rng.Intn(90)) * time.Hour)
	data, err := json.Marshal(to)
	if err == nil {
		err = os.WriteFile(filepath.Join(y.dir, "clock.json"), data, 0o600)
	}
	if err != nil {
		y.t.Fatal(err)
	}
	for _, r := range y.readers {
		r.chosen = max(r.chosen, ledger.DateOf(to, y.home)) // days of the outage have no digest
	}
	y.start(time.Time{})
	y.post.log = 0
	y.troubled(24 * time.Hour)
	y.note("outage")
}

// morning lets staff act on the card of the day.
func (y *year) morning() {
	y.look()
	_, seen := y.slack(finance, "/ar preflight")
	var listed []*yearCustomer
	for _, c := range y.customers {
		if strings.Contains(seen, c.name) {
			listed = append(listed, c)
		}
	}
	if len(listed) == 0 {
		return
	}
	y.note("card")
	for range 1 + y.rng.Intn(3) {
		y.actOnCard(listed[y.rng.Intn(len(listed))])
		y.look()
	}
}

func (y *year) actOnCard(c *yearCustomer) {
	user := []string{finance, manager, finance, sales}[y.rng.Intn(4)]
	switch y.rng.Intn(7) {
	case 0:
		ts, seen := y.slack(user, "/ar preflight skip "+c.handle+" because they called")
		if strings.Contains(seen, "is not reminded this time") {
			y.skip(c, ts, user)
		}
	case 1:
		until := y.today().AddDays(2 + y.rng.Intn(8))
		if _, seen := y.slack(user, "/ar preflight snooze "+c.handle+" until "+until.String()); strings.Contains(seen, "is not reminded before") {
			c.snoozed = until
			y.note("snoozed")
		}
	case 2:
		c.wished = true
		_, seen := y.slack(user, "/ar preflight send "+c.handle)
		y.sane(seen)
		y.note("sent now")
	case 3:
		words := fmt.Sprintf("Our word %d of the day.", y.rng.Int63())
		if _, seen := y.slack(user, "/ar preflight edit "+c.handle+` add "`+words+`"`); strings.Contains(seen, "has your words") {
			c.words = append(c.words, words)
			y.note("edited")
		}
	case 4:
		_, seen := y.slack(user, "/ar preflight release all")
		y.sane(seen)
	case 5: // in bulk, and taken back
		_, seen := y.slack(user, "/ar preflight skip all")
		y.sane(seen)
		_, seen = y.slack(user, "/ar preflight undo all")
		y.sane(seen)
		for _, c := range y.customers { // also what was decided of one of them
			c.skipped, c.snoozed = time.Time{}, 0
		}
		y.note("bulk")
	case 6:
		_, seen := y.slack(user, "/ar preflight snooze step 1 until "+y.today().AddDays(3).String())
		y.sane(seen)
		y.note("bulk snooze")
	}
}

// skip leaves a contact out, and takes that back at times.
func (y *year) skip(c *yearCustomer, ts, user string) {
	y.note("skipped")
	if y.chance(3) {
		y.try("slack/action", map[string]any{"user": user, "channel": "CINVOICES1", "ts": ts, "label": "Undo"}, nil)
		return
	}
	c.skipped = y.now().Add(24 * time.Hour)
}

// end lets everything come to its end, and looks at the books.
func (y *year) end() {
	if !y.t.Failed() {
		y.until(y.now().Add(50 * time.Hour))
	}
	y.stop()
	if y.faults.Len() > 0 {
		y.t.Errorf("the bot was at a loss:\n%s", y.faults.String())
	}
	for _, command := range []string{"verify", "rebuild"} {
		if status := duebot([]string{command, ledger.Path(y.dir)}, io.Discard, os.Stderr); status != 0 {
			y.t.Errorf("%s failed", command)
		}
	}
	if y.days > 20 && (y.did["reminders"] == 0 || y.did["digests"] == 0) {
		y.t.Errorf("nothing was said in %d days: %v", y.days, slices.Sorted(maps.Keys(y.did)))
	}
}
