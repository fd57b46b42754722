package simulate

import (
	"cmp"
	"slices"
	"time"
)

// What a person has to do, as the oracle sees it: the steps of a policy that are calls and letters,
// what comes after its last step, promises and plans that were broken, and customers whom no message
// reaches.

// task is something that a person has to do about a customer.
type task struct {
	of      *debtor
	kind    string
	whys    []given
	tries   int
	outcome string // "": it is open
	ended   time.Time
}

// given is one reason of a task.
type given struct {
	kind string
	debt int
	step int    // that it does, 0: none
	also string // steps of other currencies that are done with it
	on   day    // on which that step came
}

// The days after the last step, and after a task that came to nothing, from which on a person is
// needed once more.
const (
	afterLast = 7
	taskAgain = 14
)

// staffTries is how many calls that nobody took count as one that was made.
const staffTries = 3

func (s step) byStaff() bool { return s.Kind == "call" || s.Kind == "letter" }

// kind is that of a word: what is said before a due date is a message.
func (p *policy) kind(n int) step {
	if n == 0 || len(p.Steps) == 0 {
		return step{Kind: "message"}
	}
	return p.Steps[min(n, len(p.Steps))-1]
}

// working reports whether a person has a step of d's to do.
func (d *debtor) working() bool { return d.tasks["call"] != nil || d.tasks["letter"] != nil }

// way is by what a word reaches d, "" for nothing.
func (d *debtor) way(p *policy, n int) string {
	order := append(slices.Clone(p.Channels), "telegram", "mail")
	if d.mail.first {
		order = append([]string{"mail"}, order...)
	}
	switch p.kind(n).Kind {
	case "sms":
		order = append([]string{"sms"}, order...)
	case "letter": // which is done by a person, and goes by mail where he wants
		order = append([]string{"mail"}, order...)
	}
	for _, by := range order {
		if by == "telegram" && d.linked && !d.blocked || by == "mail" && d.mail.works() || by == "sms" && d.phone {
			return by
		}
	}
	return ""
}

// mail is how somebody is reached by e-mail: once he has ended reminders by it, none comes that way.
type mail struct{ has, first, ended, shut bool }

func (m mail) works() bool { return m.has && !m.ended && !m.shut }

// reachable reports whether a word about his debt reaches d, but for short messages.
func (d *debtor) reachable() bool { return d.linked && !d.blocked || d.mail.works() }

// wants notes that a person is to be given something in this run.
func (o *oracle) wants(d *debtor, g given) { o.wanted[d.id] = append(o.wanted[d.id], g) }

// escalate wants a person to see to what every step was said of.
func (o *oracle) escalate(d *debtor, on day) {
	if d.waiting != nil {
		return
	}
	for _, x := range o.subjects(d, on) {
		steps := o.of(x).Steps
		if len(steps) == 0 || x.carry().step < len(steps) {
			continue
		}
		from := x.carry().due + day(steps[len(steps)-1].After+afterLast)
		if n := len(d.contacts); n > 0 {
			from = max(from, d.contacts[n-1]+afterLast)
		}
		if t := x.last; t != nil {
			ended, step := d.at.today(t.ended), t.kind == "call" || t.kind == "letter" // of his day, wherever he is by now
			did, came := t.did(x.id)
			switch {
			case step && (x.carry().step > did || x.carry().due > came): // which is news
			case t.outcome == "" || t.outcome == "lawyer" || t.outcome == "nothing" && (step || t.kind == "laststep"):
				continue
			case step:
				from = max(from, ended+afterLast)
			default:
				from = max(from, ended+taskAgain)
			}
		}
		broken := slices.ContainsFunc(o.wanted[d.id], func(g given) bool { return g.debt == x.id && (g.kind == "promise" || g.kind == "plan") })
		if from <= on && !broken { // of a word that was broken just now he is asked already
			o.wants(d, given{kind: "laststep", debt: x.id})
		}
	}
}

// did is which step of a debt t did, and when that came.
func (t *task) did(debt int) (step int, came day) {
	for _, g := range t.whys {
		for _, x := range append(alsoOf(g.also), g) {
			if x.debt == debt && x.step > step {
				step, came = x.step, g.on
			}
		}
	}
	return step, came
}

// unreached wants staff to hear that a word is due to somebody whom nothing reaches: once of a debt
// where he never had a way, and each week where it is shut.
func (o *oracle) unreached(d *debtor, x *debt, home day) (shut bool) {
	known := d.linked || d.mail.has && !d.mail.ended
	switch {
	case !known && x.noroute == 0:
		x.noroute = 1
		o.wants(d, given{kind: "noroute", debt: x.id})
	case known && x.noroute <= home-7:
		x.noroute = home
		return true
	}
	return false
}

// gave compares what people were given in one run with what they should have been.
func (o *oracle) gave(now time.Time, got map[int][]given) {
	ids := map[int]bool{}
	for id := range got {
		ids[id] = true
	}
	for id := range o.wanted {
		ids[id] = true
	}
	sorted := func(list []given) []given {
		slices.SortFunc(list, func(a, b given) int {
			return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.debt, b.debt), cmp.Compare(a.step, b.step))
		})
		return list
	}
	for id := range ids {
		d := o.debtors[id-1]
		o.checks++
		if got, want := sorted(got[id]), sorted(o.wanted[id]); !slices.Equal(got, want) {
			o.fault(d, now, "staff were given %v, want %v", got, want)
		}
	}
	clear(o.wanted)
}

// opened notes that somebody was given a task, or one more reason of one that is open.
func (o *oracle) opened(d *debtor, g given) *task {
	t := d.tasks[g.kind]
	if t == nil {
		t = &task{of: d, kind: g.kind}
		d.tasks[g.kind] = t
	}
	if g.kind == "laststep" || g.kind == "promise" || g.kind == "plan" {
		o.debts[g.debt-1].last = t
	}
	t.whys = append(t.whys, g)
	return t
}

// answered reports whether nothing of what t is about is to be asked for any more, or it is known how
// to reach him.
func (o *oracle) answered(t *task, on day) bool {
	if t.kind == "noroute" && t.of.reachable() {
		return true
	}
	return !slices.ContainsFunc(t.whys, func(g given) bool {
		x := o.debts[g.debt-1]
		return x.owed() > 0 && x.plan == nil && o.silent(x, on) == ""
	})
}

// ends notes how a task ended, and whether the steps that it does count as said.
func (o *oracle) ends(t *task, now time.Time, outcome string, said bool) {
	o.note(t.of, now, "task "+t.kind+" ends: "+outcome, t.whys[0].debt, int64(t.whys[0].step))
	t.outcome, t.ended = outcome, now
	delete(t.of.tasks, t.kind)
	for _, g := range t.whys {
		if !said || g.step == 0 {
			continue
		}
		x := o.debts[g.debt-1]
		x.carry().step = max(x.carry().step, g.step)
		o.countAlso(g.also)
		if outcome != "nothing" && outcome != "lawyer" && outcome != "unreached" {
			continue
		}
		for _, also := range append(alsoOf(g.also), g) { // of which nobody is to be asked again at once
			if x := o.debts[also.debt-1]; x.last == nil || x.last.outcome != "" {
				x.last = t
			}
		}
	}
}

// countAlso counts the steps "12:3 14:1" as said.
func (o *oracle) countAlso(also string) {
	for _, g := range alsoOf(also) {
		o.debts[g.debt-1].carry().step = max(o.debts[g.debt-1].carry().step, g.step)
	}
}

// told compares of which debts staff heard in one run that a chat cannot be written to.
func (o *oracle) told(now time.Time, got map[*debt]bool) {
	for x := range got {
		if !o.shut[x] {
			o.fault(x.of, now, "staff are told that nothing reaches him of invoice %d", x.id)
		}
		delete(o.shut, x)
	}
	for x := range o.shut {
		o.fault(x.of, now, "staff are not told that nothing reaches him of invoice %d", x.id)
	}
	clear(o.shut)
}
