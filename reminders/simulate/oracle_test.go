package simulate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// oracle is a second opinion of whom the bot may remind, when, and of what. It is written from the
// rules of the field and not from the program's, imports none of ours, and knows the policies by
// the text that the books keep. It is told what happened, in plain values, and finds fault.
type oracle struct {
	home      calendar // the company's
	policies  map[string]*policy
	standard  string            // the policy of whoever has none
	segments  map[string]string // the policies of those of segments
	buyers    []string          // segments of consumers
	habits    []habit
	version   int // of the policies
	debtors   []*debtor
	debts     []*debt
	groups    map[group]*round
	matters   map[*debtor]bool // who has something that is to be judged some day
	digests   map[string]int   // reader and day → how many
	faults    []string
	where     func() string // what the run is, for a fault
	checks    int
	whys      map[string]int
	wanted    map[int][]given // by customer: what people are to be given in this run
	pilot     []string        // the segments that hear anything; nil: all do
	stated    map[string]bool // who had which statement, or thanks
	changed   time.Time       // when something last changed for everybody
	stood     day             // until when the program stood still
	contracts []*contract
	alone     int64 // the most that somebody issues alone
	readers   []*reader
	now       time.Time
	banked    day            // the last of the bank's newest statement, 0: none came yet
	holding   []*debtor      // of whom a contact was held in this run
	shut      map[*debt]bool // of which debts staff are to hear in it that a chat cannot be written to
}

// day is a date, in days since 1970-01-01.
type day int

func (d day) time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }
func (d day) String() string  { return d.time().Format("2006-01-02") }

// calendar is where and how somebody's week is.
type calendar struct {
	name    string
	zone    *time.Location
	country string // where it is not that of the zone
}

func (c calendar) today(at time.Time) day {
	y, m, d := at.In(c.zone).Date()
	return day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// policy is one as the books keep it.
type policy struct {
	Name   string
	Before []int
	Steps  []step
	Interval, Week,
	Month int
	Minimum  map[string]int64
	FreeDays bool
	Quiet    []struct{ From, To string }
	Channels []string // by which words go before others
	Day      hours    // that a law allows, on business days; none: any
	Free     hours    // and on others
}

// step is one of a policy: after how many days, and what is done.
type step struct {
	After int
	Kind  string
}

// hours are those of a day, the last not included.
type hours struct{ From, Until int }

// readPolicies takes the policies in force.
func (o *oracle) readPolicies(text string) error {
	var all struct {
		Company   string
		Named     []*policy
		Segments  map[string]string
		Consumers []string
		Habits    []habit
	}
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return err
	}
	o.standard, o.policies = all.Company, map[string]*policy{}
	o.segments, o.buyers, o.habits, o.version = all.Segments, all.Consumers, all.Habits, o.version+1
	for _, p := range all.Named {
		o.policies[p.Name] = p
	}
	return nil
}

// reached is how many steps have come for a debt that is so many days late.
func (p *policy) reached(late int) (n int) {
	for _, s := range p.Steps {
		if late >= s.After {
			n++
		}
	}
	return n
}

// passed is how many steps count as said after a silence that ended at an age: all but the last.
func (p *policy) passed(late int) int { return max(0, p.reached(late)-1) }

func (p *policy) horizon() int { return slices.Max(append([]int{0}, p.Before...)) }

// stretch is the day on which the stretch before due began in which on lies, 0 for none.
func (p *policy) stretch(due, on day) (begun day) {
	for _, n := range p.Before {
		if first := due - day(n); on >= first && on <= due {
			begun = max(begun, first)
		}
	}
	return begun
}

// quiet reports whether p has no contacts on a day.
func (p *policy) quiet(on day) bool {
	for _, q := range p.Quiet {
		text := on.String()
		if len(q.From) == 5 {
			text = text[5:]
		}
		within := q.From <= text && text <= q.To
		if q.From > q.To { // over the turn of the year
			within = text >= q.From || text <= q.To
		}
		if within {
			return true
		}
	}
	return false
}

// debtor is a customer as the oracle knows him.
type debtor struct {
	id          int
	at          calendar
	policy      string
	hour        int // at which he is reminded
	from, until int // hours in which words about his debt may come
	daily       bool
	linked      bool
	burdened    day // when he heard last of money unasked
	burden      string
	blocked     bool
	courtesy    *courtesy // the last one
	thanked     day       // when thanks were said last
	thanks      day       // and when they were decided
	debts       []*debt   // all of his, oldest first
	monthly     bool      // he wants statements
	wished      day       // since
	segment     string
	consumer    bool
	broken      []promise  // that he broke
	payments    []*payment // of his, oldest first
	unheard     []day      // on which he would have heard of his debt, but for a pilot
	weekly      bool       // he wants a week between two words
	proposed    bool       // an entry of the bank waits that may be his
	snoozed     day        // until which staff put words to him off
	skip        *skip      // what staff left out last
	released    key        // the word that goes whatever waits
	held        held       // the word that was held last
	phone       bool       // short messages reach him
	mail        mail
	tasks       map[string]*task // that are open, by kind
	open        []*debt
	cheques     []*cheque // that are alive, oldest first
	settled     []*debt   // of which promises are still to be judged
	contacts    []day     // of the last weeks, as they really were
	waiting     *word
	hold        *pause
	plan        *deal
	planOver    *deal // he was not told yet that his plan is over
	toldOver    day   // on which he was
	freed       day   // on which money that lay on account was last applied
	onAccount   map[string]int64
	kept        map[string][]level // the same, by the days on which it came
	events      []event            // the last ones
	judged      day                // when it was looked last what has come to its end
	stirred     bool               // something happened since
}

// debt is an invoice.
type debt struct {
	id       int
	of       *debtor
	currency string
	made     day
	booked   day
	shares   []share // by due date; one where it falls due at once
	sum      int64
	open     int64
	disputed int64
	policy   string
	credited int64
	opens    []level
	disputes []level
	promises []day // that wait to be judged
	promised day   // the newest
	claim    *claim
	claimed  day // when a claim last silenced it
	hold     *pause
	plan     *deal
	last     *task // that its last step led to, or that did a step and left it at that
	noroute  day   // when staff heard last that nothing reaches its customer
}

// share is an instalment.
type share struct {
	due   day
	sum   int64
	step  int // that was said of it last
	named day // when it was named last before its due date
}

// carry is the oldest share of x that is not paid and not disputed: what is said of x is said of it.
func (x *debt) carry() *share {
	if len(x.shares) == 1 {
		return &x.shares[0]
	}
	settled := x.sum - x.owed()
	for i := range x.shares[:len(x.shares)-1] {
		if settled < x.shares[i].sum {
			return &x.shares[i]
		}
		settled -= x.shares[i].sum
	}
	return &x.shares[len(x.shares)-1]
}

// owedBy is what of x may be asked for and falls due by a day.
func (x *debt) owedBy(on day) (sum int64) {
	settled := x.sum - x.owed()
	for i := range x.shares {
		took := min(x.shares[i].sum, settled)
		if settled -= took; x.shares[i].due <= on {
			sum += x.shares[i].sum - took
		}
	}
	return sum
}

// asks is what a word of a step asks for of x on a day, by a policy: what is overdue, or falls due
// within its days; at least the share that it is about, and nothing that a cheque covers.
func (o *oracle) asks(x *debt, p *policy, n int, on day) int64 {
	by := on - 1
	if n == 0 {
		by = on + day(p.horizon())
	}
	return x.owedBy(max(by, x.carry().due)) - o.cover(x)
}

// level is a sum from the end of a day on.
type level struct {
	on    day
	minor int64
}

func at(levels []level, on day, first int64) int64 {
	for _, l := range levels {
		if l.on <= on {
			first = l.minor
		}
	}
	return first
}

// pause is a hold; until 0 has no end.
type pause struct{ until day }

// claim is somebody's word that he has paid.
type claim struct {
	until day // silent until the end of it; 0: it silences nothing
	ended day // staff found nothing; 0: they did not say
}

// deal is a plan.
type deal struct {
	id    int
	debts []*debt
	total int64
	parts []level
}

// word is a reminder: of which debt, which step, and what is said besides.
type word struct {
	debt   *debt
	step   int
	kind   step
	part   string
	also   string           // "12:3 14:1"
	byHand bool             // a person wants it
	free   bool             // it goes though money waits
	sums   map[string]int64 // of one that a pilot held back: what it would have named
	again  bool             // a person wants it once more
	meant  day
	names  []*debt // of a word before a due date: what it says is due soon, too
}

func (w *word) String() string {
	if w == nil {
		return "nothing"
	}
	return fmt.Sprintf("invoice %d step %d part %q also %q", w.debt.id, w.step, w.part, w.also)
}

// event is something that happened to a customer.
type event struct {
	at    time.Time
	what  string
	debt  int
	minor int64
}

// group are the customers of a zone who are reminded at one hour; round is their last run.
type group struct {
	zone string
	hour int
}

type round struct {
	at       calendar
	members  map[*debtor]bool
	last     day
	midnight day // the last one at which the books were compared
}

func newOracle(home calendar) *oracle {
	return &oracle{home: home, groups: map[group]*round{}, matters: map[*debtor]bool{}, digests: map[string]int{}, whys: map[string]int{}, wanted: map[int][]given{}, shut: map[*debt]bool{}, stated: map[string]bool{}, where: func() string { return "" }}
}

func (o *oracle) note(d *debtor, at time.Time, what string, debt int, minor int64) {
	o.matters[d], d.stirred = true, true
	if len(d.events) >= 60 {
		d.events = append(d.events[:0], d.events[30:]...)
	}
	d.events = append(d.events, event{at, what, debt, minor})
}

// fault notes that something is wrong with a customer's reminders.
func (o *oracle) fault(d *debtor, now time.Time, format string, args ...any) {
	text := fmt.Sprintf("%s, customer %d (%s, %s, policy %q, at %d, contacts %v)\n\t%s", now.Format("2006-01-02T15:04Z"), d.id, d.at.name, now.In(d.at.zone).Format("Mon 2006-01-02 15:04"), d.policy, d.hour, d.contacts, fmt.Sprintf(format, args...))
	for _, e := range d.events {
		text += fmt.Sprintf("\n\t%s %s invoice %d: %d", e.at.In(d.at.zone).Format("2006-01-02 15:04"), e.what, e.debt, e.minor)
	}
	for _, x := range d.open {
		text += fmt.Sprintf("\n\topen: invoice %d due %s open %d %s disputed %d step %d named %s promised %s on plan %t", x.id, x.carry().due, x.open, x.currency, x.disputed, x.carry().step, x.carry().named, x.promised, x.plan != nil)
	}
	o.faults = append(o.faults, text)
}

// join puts d with those who are reminded when he is.
func (o *oracle) join(d *debtor) {
	for _, r := range o.groups {
		delete(r.members, d)
	}
	k := group{d.at.name, d.hour}
	if o.groups[k] == nil {
		o.groups[k] = &round{at: d.at, members: map[*debtor]bool{}}
	}
	o.groups[k].members[d] = true
}

// of is the policy of a debt.
func (o *oracle) of(x *debt) *policy {
	if p := o.policies[x.policy]; p != nil {
		return p
	}
	return o.ofDebtor(x.of)
}

// owed is what of x may be asked for: open and not disputed.
func (x *debt) owed() int64 { return max(0, x.open-min(x.disputed, x.open)) }

func (x *debt) late(on day) int { return int(on - x.carry().due) }

// workday is the first day after on on which both d and the company work.
func (o *oracle) workday(d *debtor, on day) day {
	for on++; !d.at.works(on) || !o.home.works(on); on++ {
	}
	return on
}

// silent tells what keeps words about x away on a day.
func (o *oracle) silent(x *debt, on day) string {
	d := x.of
	switch {
	case x.promised != 0 && on <= x.promised:
		return "promise"
	case len(x.promises) > 0 && x.promises[len(x.promises)-1] == x.promised && on <= o.workday(d, x.promised):
		return "promise to be judged"
	case x.claim != nil && x.claim.ended == 0 && on <= x.claim.until:
		return "claim"
	case len(d.cheques) > 0 && o.covered(x, on):
		return "cheque"
	case d.hold != nil && (d.hold.until == 0 || on <= d.hold.until), x.hold != nil && (x.hold.until == 0 || on <= x.hold.until):
		return "hold"
	}
	return ""
}

// said counts steps as said that fell into a silence which ended on a day.
func (o *oracle) pass(x *debt, until day) {
	x.carry().step = max(x.carry().step, o.of(x).passed(x.late(until)))
}

// matters reports whether something of d's is to be judged some day.
func (d *debtor) matters() bool {
	return d.hold != nil || d.plan != nil || len(d.settled) > 0 || len(d.broken) > 0 || slices.ContainsFunc(d.open, func(x *debt) bool {
		return len(x.promises) > 0 || x.claim != nil || x.hold != nil
	})
}

// judge ends what has come to its end for d: holds, promises, claims, plans.
func (o *oracle) judge(d *debtor, now time.Time, today day) {
	if h := d.hold; h != nil && h.until != 0 && h.until < today {
		d.hold = nil
		for _, x := range d.open {
			o.pass(x, h.until)
		}
	}
	for _, x := range d.open {
		if h := x.hold; h != nil && h.until != 0 && h.until < today {
			x.hold = nil
			o.pass(x, h.until)
		}
	}
	// What is over on one day is so in this order: a promise that is broken may be a habit, with another policy.
	for _, x := range slices.Concat(d.open, d.settled) {
		o.judgePromises(d, x, now, today)
	}
	for _, x := range d.open {
		if c := x.claim; c != nil && (c.ended != 0 || c.until < today) {
			x.claim = nil
			if c.until != 0 {
				until := c.until
				if c.ended != 0 {
					until = min(until, c.ended)
				}
				o.pass(x, until)
			}
		}
	}
	o.keptLate(d, now)
	d.settled = slices.DeleteFunc(d.settled, func(x *debt) bool { return len(x.promises) == 0 })
	o.judgePlan(d, now, today)
}

// judgePromises ends the promises to pay x that were kept, with all but what is disputed, and those
// that were broken: a business day after their own, as the money of that day is booked late. Who pays
// later has broken his word, too.
func (o *oracle) judgePromises(d *debtor, x *debt, now time.Time, today day) {
	x.promises = slices.DeleteFunc(x.promises, func(by day) bool {
		if at(x.opens, by, x.sum)-at(x.disputes, by, 0) <= 0 || x.open > 0 && x.owed() <= 0 {
			return true // kept, or nothing is left to keep
		}
		if today <= o.workday(d, by) {
			return false
		}
		o.note(d, now, "promise broken", x.id, int64(by))
		o.pass(x, by)
		d.broken = append(d.broken, promise{x, by})
		if by >= o.home.today(now)-newsDays {
			o.wants(d, given{kind: "promise", debt: x.id})
		}
		return true
	})
}

// newsDays is for how long it is news that a promise was broken.
const newsDays = 14

// paid is what was paid on a plan by the end of a day.
func (p *deal) paid(by day) (sum int64) {
	sum = p.total
	for _, x := range p.debts {
		sum -= at(x.opens, by, x.sum)
	}
	return sum
}

func (o *oracle) judgePlan(d *debtor, now time.Time, today day) {
	p := d.plan
	if p == nil {
		return
	}
	if p.paid(1<<30) >= p.total {
		o.endPlan(d)
		return
	}
	due := int64(0)
	for _, part := range p.parts {
		if due += part.minor; today > o.workday(d, part.on) && p.paid(part.on) < due {
			o.note(d, now, "plan broken", p.id, int64(part.on))
			o.endPlan(d)
			d.planOver = p
			for _, x := range p.debts {
				o.pass(x, part.on)
				o.wants(d, given{kind: "plan", debt: x.id})
			}
			return
		}
	}
}

func (o *oracle) endPlan(d *debtor) {
	for _, x := range d.plan.debts {
		x.plan = nil
	}
	d.plan = nil
}

// subjects are what may be spoken of on a day, the one that carries a contact first.
func (o *oracle) subjects(d *debtor, on day) (out []*debt) {
	for _, x := range d.open {
		if x.owed() > 0 && x.plan == nil && o.silent(x, on) == "" {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b *debt) int {
		return cmp.Or(cmp.Compare(a.carry().due, b.carry().due), cmp.Compare(b.owed(), a.owed()), cmp.Compare(a.id, b.id))
	})
	return out
}

// decide tells what d should hear on a day, or why nothing.
func (o *oracle) decide(d *debtor, on day) (w *word, why string) {
	if d.waiting != nil {
		return nil, "onitsway"
	}
	list := o.subjects(d, on)
	w, small := o.step(list, on)
	due := w
	if w == nil || d.working() {
		w = o.nudge(d, list, on)
	}
	switch {
	case w == nil && due != nil:
		return nil, "task"
	case w == nil && small:
		return nil, "small"
	case w == nil:
		return nil, "nothing"
	}
	if why := d.stopped(o.of(w.debt), on); why != "" {
		return nil, why
	}
	if why := o.kept(d, o.of(w.debt), on); why != "" {
		return nil, why
	}
	if !w.kind.byStaff() && d.way(o.of(w.debt), w.step) == "" {
		return w, "nobody"
	}
	if w.free = d.released == w.key(); !w.free {
		if why := o.holds(d); why != "" {
			return w, why
		}
	}
	w.meant = on
	return w, ""
}

// step is the next step that has come: of each currency that of its oldest overdue debt.
func (o *oracle) step(list []*debt, on day) (w *word, small bool) {
	seen := map[string]bool{}
	for _, x := range list {
		if seen[x.currency] {
			continue
		}
		seen[x.currency] = true
		if x.late(on) <= 0 || min(o.of(x).reached(x.late(on)), x.carry().step+1) <= x.carry().step {
			continue
		}
		overdue := int64(0)
		for _, y := range list {
			if y.currency == x.currency && y.late(on) > 0 {
				overdue += o.asks(y, o.of(y), 1, on)
			}
		}
		switch {
		case overdue < o.of(x).Minimum[x.currency]:
			small = true
		case w == nil:
			w = &word{debt: x, step: x.carry().step + 1, kind: o.of(x).kind(x.carry().step + 1)}
		case o.of(x).kind(x.carry().step+1).byStaff() && !w.kind.byStaff(): // no message does that
		default:
			w.also += fmt.Sprintf("%d:%d ", x.id, x.carry().step+1)
		}
	}
	return w, small
}

// nudge is the word before a due date that has come: one in each stretch of the policy's.
func (o *oracle) nudge(d *debtor, list []*debt, on day) *word {
	told := day(0)
	if heard := o.heard(d); d.daily && len(heard) > 0 {
		told = heard[len(heard)-1]
	}
	for _, x := range list {
		if begun := o.of(x).stretch(x.carry().due, on); begun != 0 && max(x.carry().named, told) < begun {
			return &word{debt: x}
		}
	}
	if d.plan == nil {
		return nil
	}
	paid, named, covered := d.plan.paid(1<<30), day(0), int64(0)
	var carrier *debt
	for _, x := range d.plan.debts {
		named, covered = max(named, x.carry().named), covered+o.cover(x)
		if carrier == nil && x.owed() > 0 {
			carrier = x
		}
	}
	for i, part := range d.plan.parts {
		if paid >= part.minor {
			paid -= part.minor
			continue
		}
		if carrier == nil || part.minor-paid <= covered || !slices.ContainsFunc(d.plan.debts, func(x *debt) bool { return x.owed() > 0 && o.silent(x, on) == "" }) {
			return nil
		}
		if begun := o.of(carrier).stretch(part.on, on); begun != 0 && max(named, told) < begun {
			return &word{debt: carrier, part: fmt.Sprintf("PL-%d.%d", d.plan.id, i+1)}
		}
		return nil
	}
	return nil
}

// kept tells what keeps every contact back on a day.
func (o *oracle) kept(d *debtor, p *policy, on day) string {
	apart := p.Interval
	if d.weekly {
		apart = max(apart, 7)
	}
	heard := o.heard(d)
	if n := len(heard); n > 0 && int(on-heard[n-1]) < apart {
		return "toosoon"
	}
	if p.Week > 0 && within(heard, on, 7) >= p.Week {
		return "week"
	}
	if p.Month > 0 && within(heard, on, 30) >= p.Month {
		return "month"
	}
	switch {
	case !p.FreeDays && !d.at.works(on):
		return "freeday"
	case p.quiet(on):
		return "quiet"
	}
	return ""
}

// may are the hours of a day in which d may hear of his debt: his own, as far as the law lets them.
func (d *debtor) may(p *policy, on day) hours {
	law := p.Day
	if !d.at.works(on) {
		law = p.Free
	}
	if law == (hours{}) {
		return hours{d.from, d.until}
	}
	if both := (hours{max(d.from, law.From), min(d.until, law.Until)}); both.From < both.Until {
		return both
	}
	return law
}

// within is how many contacts there were in so many days, on being the last.
func within(heard []day, on day, days int) (n int) {
	for _, c := range heard {
		if c > on-day(days) && c <= on {
			n++
		}
	}
	return n
}

// spend ends what staff released: it was one word, and a later instalment may have the same step.
func (d *debtor) spend(w *word) {
	if d.released == w.key() {
		d.released = key{}
	}
}

// contacted notes that d heard of his debt on a day.
func (d *debtor) contacted(on day) {
	d.contacts = append(d.contacts, on)
	slices.Sort(d.contacts)
	if len(d.contacts) > 40 {
		d.contacts = d.contacts[1:]
	}
}

// ran is told after the rules were run: queued are the reminders that are new since.
func (o *oracle) ran(now time.Time, queued, back map[int]*word, planOvers, backOvers map[int]bool, thanks map[int]int, stated map[int]bool) {
	home, todays := o.home.today(now), map[string]day{}
	for d := range o.matters {
		today, ok := todays[d.at.name]
		if !ok {
			today = d.at.today(now)
			todays[d.at.name] = today
		}
		if d.judged == today && !d.stirred {
			continue // nothing can have come to its end
		}
		o.judge(d, now, today)
		if d.judged, d.stirred = today, false; !d.matters() {
			delete(o.matters, d)
		}
	}
	for k, r := range o.groups {
		today := r.at.today(now)
		local := now.In(r.at.zone)
		if len(r.members) == 0 || r.last >= today || local.Hour() < k.hour {
			continue
		}
		r.last = today
		for d := range r.members {
			got, over := queued[d.id], planOvers[d.id]
			if o.outside(d) {
				if got != nil || over {
					o.fault(d, now, "%s is queued, or that a plan is over, outside of the pilot", got)
				}
				got, over = back[d.id], backOvers[d.id]
			} else if back[d.id] != nil || backOvers[d.id] {
				o.fault(d, now, "a pilot holds %s back, or that a plan is over, of one whom it lets in", back[d.id])
			}
			o.ranFor(d, now, today, got, over)
			o.ranThanks(d, now, today, home, thanks, stated)
			delete(queued, d.id)
			delete(back, d.id)
			delete(planOvers, d.id)
			delete(backOvers, d.id)
		}
	}
	for id := range thanks {
		o.fault(o.debtors[id-1], now, "thanked though his hour has not come")
	}
	for id, w := range queued {
		o.fault(o.debtors[id-1], now, "reminded of %s though his hour has not come", w)
	}
	for id, w := range back {
		o.fault(o.debtors[id-1], now, "%s is held back though his hour has not come", w)
	}
	for id := range backOvers {
		planOvers[id] = true
	}
	for id := range planOvers {
		o.fault(o.debtors[id-1], now, "told that his plan is over though his hour has not come")
	}
}

// ranFor compares what was queued for one customer with what should have been.
func (o *oracle) ranFor(d *debtor, now time.Time, today day, got *word, planOver bool) {
	if len(d.open) == 0 && got == nil && !planOver {
		return
	}
	o.checks++
	var want *word
	why := "late"
	switch {
	case d.planOver != nil && d.planOver.paid(1<<30) >= d.planOver.total && len(d.open) > 0:
		d.planOver = nil // all of it was paid meanwhile
		if planOver {
			o.fault(d, now, "told that a plan is over that he has paid")
		}
		want, why = o.asked(d, now, today)
	case d.planOver != nil && len(d.open) > 0 && now.In(d.at.zone).Hour() >= d.until:
		if planOver {
			o.fault(d, now, "told that his plan is over at night")
		}
	case d.planOver != nil && len(d.open) > 0 && (d.waiting != nil || len(d.contacts) > 0 && d.contacts[len(d.contacts)-1] >= today):
		if planOver {
			o.fault(d, now, "told that his plan is over while another word is on its way, or on its day")
		}
		want, why = o.asked(d, now, today)
	case d.planOver != nil && len(d.open) > 0:
		if !planOver {
			o.fault(d, now, "was not told that his plan is over")
		}
		d.planOver, d.toldOver, why = nil, today, "planover"
		if !o.outside(d) {
			o.only(d, now, "that his plan is over")
		}
	case planOver:
		o.fault(d, now, "told that a plan is over, and none is")
	case d.toldOver == today: // by the hour that he had before
		why = "planover"
	default:
		want, why = o.asked(d, now, today)
	}
	o.whys[why]++
	if o.outside(d) {
		if why != "" {
			want = nil
		}
		o.wouldHear(d, now, today, got, want)
		return
	}
	switch {
	case why == "nobody":
		if o.unreached(d, want.debt, o.home.today(now)) {
			o.shut[want.debt] = true
		}
		want = nil
	case why == "money" || why == "stalebank":
		o.heldNow(d, want, why)
		want = nil
	case want != nil && want.kind.byStaff():
		o.wants(d, given{want.kind.Kind, want.debt.id, want.step, want.also, today})
		want = nil
	}
	if want.String() != got.String() || want != nil && (want.meant != got.meant || want.free != got.free) {
		o.fault(d, now, "reminded of %s, want %s (%s)", got, want, why)
	}
	if got != nil {
		d.waiting = got
		o.checkNames(d, now, today)
	}
}

// asked is what the rules should say of d at the hour of his reminders.
func (o *oracle) asked(d *debtor, now time.Time, today day) (*word, string) {
	if now.In(d.at.zone).Hour() >= d.until {
		return nil, "late"
	}
	if !o.outside(d) {
		o.escalate(d, today)
	}
	return o.decide(d, today)
}

// checkNames looks whether a word before a due date counts for all that it names.
func (o *oracle) checkNames(d *debtor, now time.Time, today day) {
	w, want := d.waiting, 0
	if w.step > 0 || w.part != "" {
		return
	}
	for _, y := range o.subjects(d, today) {
		soon := y.late(today) <= 0 && -y.late(today) <= o.of(w.debt).horizon()
		if y != w.debt && soon {
			want++
		}
		if y != w.debt && soon != slices.Contains(w.names, y) {
			o.fault(d, now, "%s: whether invoice %d is named is %t, want %t", w, y.id, !soon, soon)
		}
	}
	if len(w.names) != want {
		o.fault(d, now, "%s names %d others, want %d", w, len(w.names), want)
	}
}

// sends is told at the moment at which a reminder is said, with the sums that it names. Whether it
// arrives is another question.
func (o *oracle) sends(d *debtor, now time.Time, by string, sums map[string]int64) {
	w, today := d.waiting, d.at.today(now)
	o.checks++
	if w == nil {
		o.fault(d, now, "something is said that nobody queued")
		return
	}
	if o.outside(d) {
		o.fault(d, now, "%s is said outside of the pilot", w)
	}
	p, x := o.of(w.debt), w.debt
	if want := d.way(p, w.step); by != want {
		o.fault(d, now, "%s goes by %q, want %q", w, by, want)
	}
	if hour, may := now.In(d.at.zone).Hour(), d.may(p, today); hour < may.From || hour >= may.Until {
		o.fault(d, now, "%s is said at %d, out of his hours %d to %d", w, hour, may.From, may.Until)
	}
	if why := o.kept(d, p, today); why != "" && !(w.again || w.byHand && (why == "freeday" || why == "quiet")) {
		o.fault(d, now, "%s is said, against the policy: %s", w, why)
	}
	if !w.byHand && !w.again {
		o.near(d, now)
	}
	if w.part != "" {
		return
	}
	list := o.subjects(d, today)
	if !slices.Contains(list, x) {
		o.fault(d, now, "%s is said of what is paid (open %d), disputed (%d), on a plan (%t) or silent (%s)", w, x.open, x.disputed, x.plan != nil, o.silent(x, today))
	}
	if w.step > 0 && !w.again && !w.byHand && (w.step != x.carry().step+1 && !(w.free && w.step <= x.carry().step) || !w.free && w.step > p.reached(x.late(today))) {
		o.fault(d, now, "%s is said after step %d, %d days late", w, x.carry().step, x.late(today))
	}
	if w.step == 0 && !w.byHand && !w.again && -x.late(today) > p.horizon() {
		o.fault(d, now, "%s is said %d days before", w, -x.late(today))
	}
	want := o.sumOf(d, w, p, today)
	for cur, minor := range want {
		if sums != nil && sums[cur] != minor || len(sums) > len(want) {
			o.fault(d, now, "%s names %v, and %v is owed", w, sums, want)
			break
		}
	}
}

// only is told of each word about money that nobody asked for, when it is said: what became due while the
// program stood still or a platform took nothing comes on days of their own, and not in a burst.
func (o *oracle) only(d *debtor, at time.Time, what string) {
	o.checks++
	today := d.at.today(at)
	if d.burdened == today {
		o.fault(d, at, "%s on the day of another word about money: %s", what, d.burden)
	}
	d.burdened, d.burden = today, what
}

// counts is told that a reminder arrived, or may have: it counts as said.
func (o *oracle) counts(d *debtor, now, sent time.Time) {
	w, today := d.waiting, d.at.today(sent)
	if !w.byHand && !w.again && !w.free {
		o.only(d, sent, w.String())
	}
	d.waiting = nil
	d.contacted(today)
	d.spend(w)
	if w.step > 0 {
		w.debt.carry().step = w.step
		o.countAlso(w.also)
		return
	}
	w.debt.carry().named = max(w.debt.carry().named, w.meant)
	if w.part != "" {
		return
	}
	for _, y := range w.names {
		y.carry().named = max(y.carry().named, w.meant)
	}
}

func cutSpace(s string) (before, after string, found bool) {
	for i := range s {
		if s[i] == ' ' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// withdrawn is told that a reminder was not said after all, since there was nothing to say.
func (o *oracle) withdrawn(d *debtor, now time.Time) {
	w, today := d.waiting, d.at.today(now)
	d.waiting = nil
	if w == nil {
		return
	}
	p := o.of(w.debt)
	reason := o.outside(d) || !w.free && o.holds(d) != "" || w.step > 0 && w.debt.carry().step+1 != w.step || w.step == 0 && -w.debt.late(today) > p.horizon() || w.part != "" || d.way(p, w.step) == "" || w.step > p.reached(w.debt.late(today)) || !slices.Contains(o.subjects(d, today), w.debt) || o.kept(d, o.of(w.debt), today) != ""
	for _, g := range alsoOf(w.also) {
		reason = reason || !slices.Contains(o.subjects(d, today), o.debts[g.debt-1]) || o.debts[g.debt-1].carry().step+1 != g.step
	}
	if !reason {
		o.fault(d, now, "%s was withdrawn without a reason", w)
	}
}

// stands is a debt as the books have it.
type stands struct {
	id             int
	open, disputed int64
	step           int
}

// turned are those whose day has changed since the last time.
func (o *oracle) turned(now time.Time) (out []*debtor) {
	for _, r := range o.groups {
		if today := r.at.today(now); r.midnight != today {
			r.midnight = today
			for d := range r.members {
				out = append(out, d)
			}
		}
	}
	slices.SortFunc(out, func(a, b *debtor) int { return a.id - b.id })
	return out
}

// midnight compares the books of a customer with the oracle's at the end of a day of his.
func (o *oracle) midnight(d *debtor, now time.Time, books []stands) {
	o.checks++
	if len(books) != len(d.open) {
		o.fault(d, now, "the books have %d open invoices, want %d", len(books), len(d.open))
	}
	for _, got := range books {
		x := o.debts[got.id-1]
		if want := (stands{x.id, x.open, x.disputed, x.carry().step}); x.of != d || got != want {
			o.fault(d, now, "invoice %d is %+v in the books, want %+v", x.id, got, want)
		}
	}
}

// unjudged reports whether something of d's came to its end since the rules ran last.
func (o *oracle) unjudged(d *debtor, today day) bool {
	over := func(h *pause) bool { return h != nil && h.until != 0 && h.until < today }
	return d.plan != nil || over(d.hold) || slices.ContainsFunc(d.open, func(x *debt) bool {
		return len(x.promises) > 0 && today > o.workday(d, slices.Min(x.promises)) || over(x.hold) || x.claim != nil && (x.claim.ended != 0 || x.claim.until < today)
	})
}

// reason compares why the rules do what they do about d on a day with the oracle's.
func (o *oracle) reason(d *debtor, now time.Time, today day, got string) {
	o.checks++
	if _, want := o.decide(d, today); got != want {
		o.fault(d, now, "the rules say %q, want %q", got, want)
	}
}
