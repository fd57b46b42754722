package commands

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// tasksCommand lists what people have to do about customers who owe, oldest first.
//
//	line = [ "all" | "mine" | "late" | "unassigned" | customer ] .
func tasksCommand() Command {
	return Command{
		Name: "tasks", Who: anybody(), Reads: true,
		Usage:    []string{`tasks [mine|late|unassigned|<customer>]`},
		Examples: []string{`tasks`, `tasks mine`, `tasks acme`},
		Form:     tasksForm, Words: tasksWords,
		Run: func(c *Call) (card.Reply, error) {
			all := slices.DeleteFunc(c.OpenTasks(), func(t *ledger.Task) bool { return !c.Sees(c.Customer(t.Customer)) })
			switch {
			case len(c.Args) > 1:
				return card.Reply{}, usage("tasks", "got", c.Line)
			case len(c.Args) == 0 || c.Args[0].is("all"):
			case c.Args[0].is("mine"):
				all = slices.DeleteFunc(all, func(t *ledger.Task) bool { return t.Owner != c.Who.ID })
			case c.Args[0].is("late"):
				all = slices.DeleteFunc(all, func(t *ledger.Task) bool { return !t.Late(c.Today()) })
			case c.Args[0].is("unassigned"):
				all = slices.DeleteFunc(all, func(t *ledger.Task) bool { return t.Owner != "" })
			default:
				cust, err := c.CustomerNamed(c.Args[0].text)
				if err != nil {
					return card.Reply{}, err
				}
				all = c.TasksOf(cust)
			}
			return card.Reply{Card: c.taskList(all)}, nil
		},
	}
}

// tasksForm asks whose tasks to list.
func tasksForm(c *Call) (*card.Form, error) {
	if !c.asking {
		return nil, nil
	}
	which := c.choiceField("which", card.T("work.which"), "all", card.Option{Value: "all", Label: card.T("work.which.all")},
		card.Option{Value: "mine", Label: card.T("work.which.mine")}, card.Option{Value: "late", Label: card.T("work.which.late")},
		card.Option{Value: "unassigned", Label: card.T("work.which.unassigned")})
	cust := c.customerField(nil)
	cust.Optional = true
	return &card.Form{Title: card.T("form.tasks"), Submit: card.T("form.do.show"), Fields: []card.Input{which, cust}}, nil
}

func tasksWords(v map[string]string, _ string) []token { return chosen(v["customer"], v["which"]) }

// taskList lists tasks, what has waited longest first.
func (c *Call) taskList(all []*ledger.Task) *card.Card {
	if len(all) == 0 {
		k := &card.Card{Body: []card.Text{card.T("work.none")}}
		ownNote(c.View, k)
		return k
	}
	byAge(all)
	k := &card.Card{Title: card.T("work.list", "count", len(all)), Table: &card.Table{
		Head:  []card.Text{card.T("col.task"), card.T("aging.customer"), card.T("col.why"), card.T("col.overdue"), card.T("col.waits"), card.T("col.until"), card.T("col.owner")},
		Right: []bool{false, false, false, true, true}}}
	pick := card.Pick{Label: card.T("pick.task")}
	for _, t := range all {
		cust := c.Customer(t.Customer)
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(t.ID.Label()), card.Plain(c.CustomerName(cust)), workKind(t), c.overdueOn(cust, c.Today()),
			card.T("value", "value", c.TaskAge(t)), card.T("value", "value", t.Due), userText(t.Owner)})
	}
	for _, t := range onPage(all, c.Page) {
		pick.Buttons = append(pick.Buttons, lineButton(workLine(c.View, t), "task "+t.ID.Label()))
	}
	k.Picks = []card.Pick{pick}
	k.Note = []card.Text{card.T("work.note")}
	ownNote(c.View, k)
	return k
}

// byAge sorts tasks: what has waited longest first.
func byAge(all []*ledger.Task) {
	slices.SortStableFunc(all, func(a, b *ledger.Task) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.ID, b.ID)) })
}

func workKind(t *ledger.Task) card.Text { return card.T("work.kind." + string(t.Kind)) }

// workLine names a task in a row: "T-3 · call · Acme GmbH".
func workLine(v *ledger.View, t *ledger.Task) card.Text {
	return card.Join(card.Plain(t.ID.Label()), workKind(t), card.Plain(v.CustomerName(v.Customer(t.Customer))))
}

// taskCommand shows a task, and says who does it, when, and what came of it.
//
//	line = "T-" n [ act ] .
//	act  = "mine" | "pass" user | "on" day | "promised" day [ words ] | "talked" words | "unreached" [ "call" number ] [ day ]
//	     | "posted" | "mailed" | "lawyer" [ words ] | "nothing" words .
//
// What follows from the books needs no act: money, a plan, a dispute, a hold close it by themselves.
func taskCommand() Command {
	return Command{
		Name: "task", Who: anybody(),
		Usage: []string{`task <T-1> promised <date> ["<what was said>"]`, `task <T-1>`, `task <T-1> talked "<what was said>"`, `task <T-1> unreached [<date>]`, `task <T-1> posted`, `task <T-1> mailed`,
			`task <T-1> lawyer ["<words>"]`, `task <T-1> nothing "<why>"`, `task <T-1> mine`, `task <T-1> pass @<person>`, `task <T-1> on <date>`},
		Examples: []string{`task T-1 promised friday "Ivan has the money on Thursday"`, `task T-1`, `task T-1 on monday`},
		Form:     taskForm, Words: taskWords,
		Run: runTask,
	}
}

// taskers are those who do tasks.
func taskers() []Role { return []Role{Sales, Finance, Manager} }

// taskNamed reads "T-3".
func (c *Call) taskNamed(word string) (*ledger.Task, error) {
	t := c.Task(ledger.ParseTask(word))
	if t == nil {
		return nil, ledger.Refuse(ledger.NotFound, "task.unknown", "text", word)
	}
	return t, c.Allowed(c.Customer(t.Customer))
}

func runTask(c *Call) (card.Reply, error) {
	if len(c.Args) == 0 {
		return card.Reply{}, usage("task", "got", "")
	}
	if part := (Command{Name: "task", Who: taskers()}); len(c.Args) > 1 && !may(part, c.Who.Role) {
		return card.Reply{}, forbidden(part, c.Who.Role)
	}
	t, err := c.taskNamed(c.Args[0].text)
	if err != nil {
		return card.Reply{}, err
	}
	if len(c.Args) > 1 {
		if err := c.taskAct(t, strings.ToLower(c.Args[1].text), c.Args[2:]); err != nil {
			return card.Reply{}, err
		}
		if err := c.Desk.showTask(c.Tx, t); err != nil {
			return card.Reply{}, err
		}
	}
	k, err := c.Desk.taskCard(c.View, c.Task(t.ID))
	if err == nil && !may(Command{Who: taskers()}, c.Who.Role) {
		k.Buttons, k.Picks = nil, nil
	}
	return card.Reply{Card: k}, err
}

// taskAct does what somebody says of a task.
func (c *Call) taskAct(t *ledger.Task, act string, rest []token) error {
	if t.Outcome != "" {
		return ledger.Refuse(ledger.Conflict, "task.over", "task", t.ID.Label())
	}
	switch act {
	case "mine":
		return c.passTask(t, c.Who.ID)
	case "pass":
		if len(rest) != 1 {
			return usage("task", "got", c.Line)
		}
		user, err := userOrNone(rest[0].text)
		if err != nil {
			return err
		}
		return c.passTask(t, user)
	case "on":
		day, err := c.days().all(rest)
		if err != nil {
			return err
		}
		return c.Tx.MoveTask(t, day, false)
	case "promised":
		return c.taskPromised(t, rest)
	case "unreached":
		return c.taskUnreached(t, rest)
	}
	return c.endTask(t, act, join(rest))
}

// endTask closes a task with an outcome that somebody tells.
func (c *Call) endTask(t *ledger.Task, act, words string) error {
	outcome := ledger.TaskOutcome(act)
	if !slices.Contains(taskEnds(t), outcome) {
		return ledger.Refuse(ledger.BadInput, "task.unfit", "task", t.ID.Label(), "text", act)
	}
	switch outcome {
	case ledger.TaskTalked, ledger.TaskNothing:
		if words == "" {
			return ledger.Refuse(ledger.BadInput, "task.words", "task", t.ID.Label(), "text", act)
		}
	case ledger.TaskMailed:
		return c.mailLetter(t)
	}
	said := words
	if outcome == ledger.TaskPosted {
		said = strings.TrimSpace(t.ID.Label() + " " + words)
	}
	if outcome == ledger.TaskTalked || outcome == ledger.TaskPosted {
		if err := c.noteOf(t, ledger.NoteContact, said, 0, 0); err != nil {
			return err
		}
	}
	if err := c.Tx.CloseTask(t, outcome, 0, t.Kind.IsStep(), words); err != nil || outcome != ledger.TaskLawyer {
		return err
	}
	if c.HoldOf(c.Customer(t.Customer), 0) != nil {
		return nil
	}
	_, err := c.Tx.Hold(c.Customer(t.Customer), 0, 0, words)
	return err
}

// taskEnds are the ends of a task that a person tells, the likeliest first.
func taskEnds(t *ledger.Task) []ledger.TaskOutcome {
	ends := []ledger.TaskOutcome{ledger.TaskTalked, ledger.TaskLawyer, ledger.TaskNothing}
	if t.Kind == ledger.TaskLetter {
		ends = append([]ledger.TaskOutcome{ledger.TaskPosted, ledger.TaskMailed}, ends...)
	}
	return ends
}

// noteOf notes a contact that a task was about, in the thread of its invoice.
func (c *Call) noteOf(t *ledger.Task, kind ledger.NoteKind, words string, next ledger.Date, promises int) error {
	_, err := c.Tx.NoteOn(ledger.NewNote{Customer: t.Customer, Invoice: t.Reasons[0].Invoice, Kind: kind, Words: words, Next: next, Promises: promises})
	return err
}

// taskPromised books the day that the customer named, and closes the task.
func (c *Call) taskPromised(t *ledger.Task, rest []token) error {
	day, n, err := c.days().take(rest)
	if err != nil {
		return err
	}
	about, err := c.bookPromises(c.Customer(t.Customer), nil, day)
	if err != nil {
		return err
	}
	if len(about) == 0 {
		return ledger.Refuse(ledger.Conflict, "task.nodebt", "task", t.ID.Label())
	}
	words := join(rest[n:])
	if err := c.noteOf(t, ledger.NoteContact, words, 0, len(about)); err != nil {
		return err
	}
	return c.Tx.CloseTask(t, ledger.TaskPromised, day, t.Kind.IsStep(), words)
}

// callTries is after how many calls that nobody took the step of a call counts as said: further
// ones reach nobody either, and the next step shall come.
const callTries = 3

// taskUnreached notes a call that nobody took, and when to call again; after the third a call that a
// policy asked for is over.
func (c *Call) taskUnreached(t *ledger.Task, rest []token) error {
	day := c.Days().Next(c.Today(), c.Home())
	if len(rest) > 1 && rest[0].is("call") { // a button's: pressed twice, it is one call
		if n, err := strconv.Atoi(rest[1].text); err != nil || n != t.Tries+1 {
			return ledger.Refuse(ledger.Conflict, "task.counted", "task", t.ID.Label())
		}
		rest = rest[2:]
	}
	if len(rest) > 0 {
		var err error
		if day, err = c.days().all(rest); err != nil {
			return err
		}
	}
	if err := c.Tx.MoveTask(t, day, true); err != nil {
		return err
	}
	last := t.Kind == ledger.TaskCall && c.Task(t.ID).Tries >= callTries
	next := day
	if last {
		next = 0
	}
	if err := c.noteOf(t, ledger.NoteNoAnswer, "", next, 0); err != nil || !last {
		return err
	}
	return c.Tx.CloseTask(c.Task(t.ID), ledger.TaskUnreached, 0, true, "")
}

// mailLetter sends the letter by e-mail instead: the step counts once the mail server took it.
func (c *Call) mailLetter(t *ledger.Task) error {
	cust := c.Customer(t.Customer)
	if !c.Desk.mails(c.View, cust) {
		return ledger.Refuse(ledger.Conflict, "task.nomail", "customer", cust.Handle)
	}
	why := t.Reasons[0]
	if err := c.Tx.CloseTask(t, ledger.TaskMailed, 0, false, ""); err != nil || cust.Reminder != 0 {
		return err
	}
	return c.Tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeReminder, Customer: cust.ID, Invoice: why.Invoice, Step: why.Step, For: ledger.DateOf(c.Now, cust.Zone),
		Policy: c.PolicyVersion(), Also: why.Also})
}

// mails reports whether a reminder reaches a customer by e-mail.
func (d *Desk) mails(v *ledger.View, cust *ledger.Customer) bool {
	return d.Mail && !cust.MailStopped && slices.ContainsFunc(cust.Mails, func(a string) bool { return !v.Shut(a) })
}

// passTask gives a task to somebody, who gets its card.
func (c *Call) passTask(t *ledger.Task, user string) error {
	if user != "" && c.Desk.StaffOf != nil && !may(Command{Who: taskers()}, c.Desk.StaffOf(user).Role) {
		return ledger.Refuse(ledger.BadInput, "task.person", "who", card.User(user))
	}
	if err := c.Tx.AssignTask(t, user); err != nil || user == "" || user == c.Who.ID {
		return err
	}
	return c.Desk.tellTask(c.Tx, t)
}

// taskForm asks what came of a task.
func taskForm(c *Call) (*card.Form, error) {
	if len(c.Args) == 0 {
		return c.whichTask(), nil
	}
	if len(c.Args) != 2 || c.Args[1].is("mine") || c.Args[1].is("posted") || c.Args[1].is("mailed") {
		return nil, nil
	}
	if part := (Command{Name: "task", Who: taskers()}); !may(part, c.Who.Role) {
		return nil, forbidden(part, c.Who.Role)
	}
	t, err := c.taskNamed(c.Args[0].text)
	if err != nil || t.Outcome != "" {
		return nil, err
	}
	act := strings.ToLower(c.Args[1].text)
	f := &card.Form{Title: card.T("form.task"), Submit: card.T("form.do.note"), Arg: t.ID.Label() + " " + act, Body: []card.Text{workLine(c.View, t)}}
	said := card.Input{Name: "words", Kind: card.InputText, Label: card.T("work.said"), Value: c.hold("words", "")}
	next := c.Days().Next(c.Today(), c.Home())
	switch act {
	case "promised":
		said.Optional = true
		f.Fields = []card.Input{c.dayField("date", card.T("work.paysby"), next), said}
	case "talked", "nothing":
		f.Fields = []card.Input{said}
	case "lawyer":
		said.Optional = true
		f.Body, f.Fields = append(f.Body, card.T("work.lawyer.note")), []card.Input{said}
	case "unreached", "on":
		f.Fields = []card.Input{c.dayField("date", card.T("work.again"), next)}
	case "pass":
		f.Submit = card.T("form.do.assign")
		f.Fields = []card.Input{{Name: "who", Kind: card.InputPerson, Label: card.T("ask.answerer")}}
	default:
		return nil, nil
	}
	if !c.asking && act == "unreached" {
		return nil, nil // the next day of work
	}
	return f, nil
}

// whichTask asks which task to look at.
func (c *Call) whichTask() *card.Form {
	var open []card.Option
	for _, t := range c.OpenTasks() {
		if c.Sees(c.Customer(t.Customer)) && len(open) < optionsMax {
			open = append(open, card.Option{Value: t.ID.Label(), Label: workLine(c.View, t)})
		}
	}
	return &card.Form{Title: card.T("form.task"), Submit: card.T("form.do.show"), Fields: []card.Input{c.choiceField("task", card.T("col.task"), "", open...)}}
}

func taskWords(v map[string]string, arg string) []token {
	return row(chosen(v["task"], arg), word(v["who"]), word(v["date"]), quote(v["words"]))
}
