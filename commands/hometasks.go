package commands

import (
	"cmp"
	"slices"

	"duebot/commands/card"
	"duebot/ledger"
)

// Tasks on a person's Home: his own, and for those who hand them out what nobody took. Each is one
// line with the button of what most likely comes next; the menu below opens one.

// homeTasked is how many of his own tasks stand on a person's Home.
const homeTasked = 5

// homeTasks are his own open tasks, those first that are late the longest.
func (c *Call) homeTasks() []*card.Card {
	return c.homeWork("tasks", "tasks mine", homeTasked, func(t *ledger.Task) bool { return t.Owner == c.Who.ID }, (*stands).first)
}

// homeFreeTasks are those that nobody took, for finance and managers.
func (c *Call) homeFreeTasks() []*card.Card {
	if !may(Command{Who: sharers()}, c.Who.Role) {
		return nil
	}
	return c.homeWork("untaken", "tasks unassigned", homeNamed, func(t *ledger.Task) bool { return t.Owner == "" }, (*stands).take)
}

// sharers are those who see to it that each task is somebody's.
func sharers() []Role { return []Role{Finance, Manager} }

// homeWork is a heading, a line for each of the first tasks that are meant, and the way to all.
func (c *Call) homeWork(key, list string, most int, meant func(*ledger.Task) bool, button func(*stands) card.Button) []*card.Card {
	if !may(Command{Who: taskers()}, c.Who.Role) {
		return nil
	}
	all := slices.DeleteFunc(c.OpenTasks(), func(t *ledger.Task) bool { return !meant(t) || !c.Sees(c.Customer(t.Customer)) })
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b *ledger.Task) int { return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.ID, b.ID)) })
	head := &card.Card{Title: card.T("home."+key, "count", len(all)), Part: true}
	late := 0
	for _, t := range all {
		if t.Late(c.Today()) {
			late++
		}
	}
	if late > 0 {
		head.Title = card.Join(head.Title, card.T("home.late", "count", late))
	}
	out := []*card.Card{head}
	end := &card.Card{Part: true}
	pick := card.Pick{Label: card.T("pick.task")}
	for _, t := range all[:min(len(all), most)] {
		out = append(out, &card.Card{Part: true, Body: []card.Text{workLine(c.View, t), c.taskStands(t)}, Buttons: []card.Button{button(c.Desk.standingOf(c.View, t))}})
		pick.Buttons = append(pick.Buttons, lineButton(workLine(c.View, t), "task "+t.ID.Label()))
	}
	if len(all) > most {
		end.Body = []card.Text{card.T("home.more", "count", len(all)-most)}
		end.Buttons = []card.Button{lineButton(card.T("button.showall"), list)}
	}
	end.Picks = []card.Pick{pick}
	return append(out, end)
}

// taskStands is what is overdue of a task's customer, how long it has waited, and by when it is to
// be done.
func (c *Call) taskStands(t *ledger.Task) card.Text {
	said := []card.Text{card.T("work.age", "age", card.T("count.workdays", "count", c.TaskAge(t))), card.T("home.by", "date", t.Due)}
	if t.Late(c.Today()) {
		said[1] = card.T("work.latesince", "date", t.Due.AddDays(1))
	}
	if sums := c.mayAsk(c.Customer(t.Customer), c.Today()); len(sums) > 0 {
		said = append([]card.Text{card.T("work.overdue", "sums", eachSum(sums))}, said...)
	}
	return card.Join(said...)
}

// first is the button of what most likely comes next of a task.
func (s *stands) first() card.Button {
	if len(s.account) > 0 {
		return lineButton(card.T("button.work.apply"), "apply "+s.cust.Handle)
	}
	b := s.buttons()[0]
	b.Style = ""
	return b
}

// take is the button by which somebody takes a task.
func (s *stands) take() card.Button {
	return lineButton(card.T("button.work.mine"), "task "+s.t.ID.Label()+" mine")
}
