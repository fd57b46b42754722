package commands

import (
	"slices"

	"duebot/commands/card"
	"duebot/ledger"
)

// digestMatter is a kind of what needs a decision: how many there are, what they are worth, and
// the line that lists them.
type digestMatter struct {
	name string
	key  string // of its words
	line string
	find func(x *digestOf) (count int, data []any)
}

// digestMatters are all kinds, the most pressing first. A new kind of what waits for a person is
// a line here.
func digestMatters() []digestMatter {
	return []digestMatter{
		{"approvals", "home.approvals", "approvals", func(x *digestOf) (int, []any) {
			return len(slices.DeleteFunc(x.WaitingApprovals(), func(a *ledger.Approval) bool { return !x.Now.Before(a.Expires) || x.mayDecide(a) != nil })), nil
		}},
		{"settling", "digest.settling", "dispute list", func(x *digestOf) (int, []any) {
			due := x.DigestDisputesDue(x.p.On)
			return len(due), []any{"sums", sumsText(ledger.SumLines(due))}
		}},
		{"tasks", "digest.tasks", "tasks all", func(x *digestOf) (int, []any) { return len(x.OpenTasks()), nil }},
		{"deferrals", "home.deferrals", "defer", func(x *digestOf) (int, []any) { return len(x.WaitingDeferrals()), nil }},
		{"claims", "home.claims", "claim list", func(x *digestOf) (int, []any) { return len(x.WaitingClaims()), nil }},
		{"waiting", "digest.waiting", "bank", func(x *digestOf) (int, []any) {
			w := x.WaitingMoney(x.WaitingEntries())
			sums := map[ledger.Currency]ledger.Money{}
			for cur, minor := range w.Sums {
				sums[cur] = ledger.Money{Minor: minor, Currency: cur}
			}
			return w.Count, []any{"sums", sumsText(sums), "days", card.T("count.workdays", "count", w.Oldest)}
		}},
		{"odds", "digest.odds", "odd", func(x *digestOf) (int, []any) { return len(x.OpenOdds()), nil }},
		{"cheques", "digest.cheques", "cheques", func(x *digestOf) (int, []any) { return len(x.DueCheques(x.p.On)), nil }},
		{"unknown", "digest.unknown", "unknown", func(x *digestOf) (int, []any) { return len(x.UnknownNotices()), nil }},
	}
}

// matters adds what needs a decision, and reports whether there is any.
func (x *digestOf) matters() (waits bool) {
	for _, m := range digestMatters() {
		count, data := m.find(x)
		if count == 0 {
			continue
		}
		waits = true
		said := card.T(m.key, append([]any{"count", count}, data...)...)
		if late := x.lateOf(m.name); late > 0 {
			said = card.Join(said, card.T("home.late", "count", late))
		}
		x.k.Body = append(x.k.Body, said)
		x.k.Buttons = append(x.k.Buttons, lineButton(card.T("button.digest."+m.name), m.line))
	}
	return waits
}

// lateOf is how many of a kind of matter are late: of tasks, which wait for a day.
func (x *digestOf) lateOf(matter string) (n int) {
	if matter != "tasks" {
		return 0
	}
	for _, t := range x.OpenTasks() {
		if t.Late(x.p.On) {
			n++
		}
	}
	return n
}
