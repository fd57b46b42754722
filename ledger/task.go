package ledger

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Tasks are what a person has to do about a customer who owes: after the last reminder, when a
// promise or a plan is broken, when a policy asks for a call or a letter, when no message reaches
// him. One of a kind is open for a customer at a time; it is closed with an outcome, by whoever did
// it or by what became of the debt.

// TaskID numbers tasks from 1 in order of opening.
type TaskID uint32

// Label is how people name a task: "T-3".
func (id TaskID) Label() string { return fmt.Sprintf("T-%d", id) }

// ParseTask reads what Label writes, in any case; it is 0 otherwise.
func ParseTask(s string) TaskID { return TaskID(labelled("T-", s)) }

// TaskKind is why a person is needed, in one word.
type TaskKind string

// The kinds.
const (
	TaskLastStep TaskKind = "laststep" // every step of the policy was said
	TaskPromise  TaskKind = "promise"  // a promise was broken
	TaskPlan     TaskKind = "plan"     // a plan was
	TaskCall     TaskKind = "call"     // a step of the policy is a call
	TaskLetter   TaskKind = "letter"   // a step of it is a letter
	TaskNoRoute  TaskKind = "noroute"  // a word is due, and no message reaches him
)

// IsStep reports whether k does a step of a policy, which counts as said by its outcome.
func (k TaskKind) IsStep() bool { return k == TaskCall || k == TaskLetter }

// TaskOutcome is how a task ended, in one word.
type TaskOutcome string

// The outcomes. Those of the second group follow from the books.
const (
	TaskTalked    TaskOutcome = "talked"    // he was reached, and no day was named
	TaskPromised  TaskOutcome = "promised"  // he named a day
	TaskUnreached TaskOutcome = "unreached" // nobody could be reached, however often
	TaskPosted    TaskOutcome = "posted"    // the letter was posted
	TaskMailed    TaskOutcome = "mailed"    // it goes by e-mail instead
	TaskLawyer    TaskOutcome = "lawyer"    // a lawyer or a collection agency has it
	TaskNothing   TaskOutcome = "nothing"   // nothing more is to be done

	TaskPaid       TaskOutcome = "paid"
	TaskCredited   TaskOutcome = "credited"
	TaskWrittenOff TaskOutcome = "writtenoff"
	TaskDisputed   TaskOutcome = "disputed"
	TaskOnPlan     TaskOutcome = "onplan"
	TaskClaimed    TaskOutcome = "claimed"   // he says that he has paid
	TaskCovered    TaskOutcome = "covered"   // by his cheque
	TaskHeld       TaskOutcome = "held"      // reminders are on hold
	TaskReachable  TaskOutcome = "reachable" // a message reaches him again
)

// TaskReason is one cause of a task.
type TaskReason struct {
	Invoice InvoiceID
	Step    int        // of its policy, that the task does; 0: none
	Policy  int        // the version of the policies that Step is of
	Day     Date       // of tasks of steps: the customer's, on which it came; of a promise the one that it named
	Also    []PlanStep // steps of other currencies, which are done with it
}

func (r *TaskReason) code(c *coder) {
	num(c, &r.Invoice)
	num(c, &r.Step)
	num(c, &r.Policy)
	num(c, &r.Day)
	steps(c, &r.Also)
}

// Task is a task.
type Task struct {
	ID       TaskID
	Customer CustomerID
	Kind     TaskKind
	Reasons  []TaskReason // why, the first first
	Owner    string       // Slack user who does it; "": nobody yet
	Opened   time.Time
	Day      Date // of the company's, on which it was opened
	Due      Date // by which it is to be done
	Tries    int  // calls that nobody took
	Outcome  TaskOutcome
	Named    Date    // the day that was promised
	Words    TextRef // what is to be known of its end
	Ended    time.Time
	EndedBy  string
	Card     NoticeID // the message that shows it in Slack
	CardTo   string   // and where that went
}

// Late reports whether the day is over by which t is to be done.
func (t *Task) Late(today Date) bool { return t.Outcome == "" && today > t.Due }

// taskKey is what there is one open task of.
type taskKey struct {
	customer CustomerID
	kind     TaskKind
}

// TaskOpened is the fact that a person is needed.
type TaskOpened struct {
	Customer CustomerID
	Kind     TaskKind
	Reason   TaskReason
	Owner    string
	Due      Date
}

func (x *TaskOpened) kind() factKind { return kindTaskOpened }

func (x *TaskOpened) code(c *coder) {
	num(c, &x.Customer)
	str(c, &x.Kind)
	x.Reason.code(c)
	str(c, &x.Owner)
	num(c, &x.Due)
}

func (x *TaskOpened) apply(s *state, f *Fact) {
	id := TaskID(s.tasks.n + 1)
	s.tasks.add(s, Task{ID: id, Customer: x.Customer, Kind: x.Kind, Reasons: []TaskReason{x.Reason}, Owner: x.Owner, Opened: f.Recorded, Day: f.Effective, Due: x.Due})
	put(s, s.openTasks, taskKey{x.Customer, x.Kind}, id)
	s.escalate(x.Kind, &x.Reason, id)
}

// TaskJoined is the fact that an open task has one more reason.
type TaskJoined struct {
	Task     TaskID
	Customer CustomerID
	Reason   TaskReason
}

func (x *TaskJoined) kind() factKind { return kindTaskJoined }

func (x *TaskJoined) code(c *coder) {
	num(c, &x.Task)
	num(c, &x.Customer)
	x.Reason.code(c)
}

func (x *TaskJoined) apply(s *state, _ *Fact) {
	if t := s.tasks.at(uint32(x.Task)); t != nil {
		set(s, &t.Reasons, append(slices.Clip(t.Reasons), x.Reason))
		s.escalate(t.Kind, &x.Reason, t.ID)
	}
}

// escalate keeps which task asks for an invoice because nothing else is left, or a word was broken:
// two of these at once would be one call, asked for twice.
func (s *state) escalate(kind TaskKind, r *TaskReason, id TaskID) {
	if kind == TaskLastStep || kind == TaskPromise || kind == TaskPlan {
		put(s, s.escalated, r.Invoice, id)
	}
}

// TaskAssigned is the fact that somebody else does a task.
type TaskAssigned struct {
	Task     TaskID
	Customer CustomerID
	Owner    string
}

func (x *TaskAssigned) kind() factKind { return kindTaskAssigned }

func (x *TaskAssigned) code(c *coder) {
	num(c, &x.Task)
	num(c, &x.Customer)
	str(c, &x.Owner)
}

func (x *TaskAssigned) apply(s *state, _ *Fact) {
	if t := s.tasks.at(uint32(x.Task)); t != nil {
		set(s, &t.Owner, x.Owner)
	}
}

// TaskMoved is the fact that a task is to be done by another day: after a call that nobody took, or
// because somebody put it off.
type TaskMoved struct {
	Task     TaskID
	Customer CustomerID
	Due      Date
	Tried    bool
}

func (x *TaskMoved) kind() factKind { return kindTaskMoved }

func (x *TaskMoved) code(c *coder) {
	num(c, &x.Task)
	num(c, &x.Customer)
	num(c, &x.Due)
	c.flag(&x.Tried)
}

func (x *TaskMoved) apply(s *state, _ *Fact) {
	t := s.tasks.at(uint32(x.Task))
	if t == nil {
		return
	}
	set(s, &t.Due, x.Due)
	if x.Tried {
		set(s, &t.Tries, t.Tries+1)
	}
}

// TaskClosed is the fact of how a task ended.
type TaskClosed struct {
	Task     TaskID
	Customer CustomerID
	Outcome  TaskOutcome
	Day      Date // that was promised
	Said     bool // the steps that it did count as said
	Words    TextRef
}

func (x *TaskClosed) kind() factKind { return kindTaskClosed }

func (x *TaskClosed) code(c *coder) {
	num(c, &x.Task)
	num(c, &x.Customer)
	str(c, &x.Outcome)
	num(c, &x.Day)
	c.flag(&x.Said)
	c.text(&x.Words)
}

func (x *TaskClosed) apply(s *state, f *Fact) {
	t := s.tasks.at(uint32(x.Task))
	if t == nil {
		return
	}
	set(s, &t.Outcome, x.Outcome)
	set(s, &t.Named, x.Day)
	set(s, &t.Words, x.Words)
	set(s, &t.Ended, f.Recorded)
	set(s, &t.EndedBy, f.By)
	drop(s, s.openTasks, taskKey{t.Customer, t.Kind})
	if !x.Said {
		return
	}
	for _, r := range t.Reasons {
		if r.Step > 0 {
			done := append([]PlanStep{{r.Invoice, r.Step}}, r.Also...)
			s.countSaid(done)
			s.seenTo(t, done)
		}
	}
}

// seenTo keeps which task did a step of each invoice and came to nothing, or to all that there is to be
// done: nobody is to be asked on the next day to see to what somebody just saw to. A task that is open
// goes before.
func (s *state) seenTo(t *Task, done []PlanStep) {
	if t.Outcome != TaskNothing && t.Outcome != TaskLawyer && t.Outcome != TaskUnreached {
		return
	}
	for _, p := range done {
		if old := s.tasks.at(uint32(s.escalated[p.Invoice])); old == nil || old.Outcome != "" {
			put(s, s.escalated, p.Invoice, t.ID)
		}
	}
}

// Did is which step of an invoice t did, and the customer's day on which that came; 0 where it did none.
func (t *Task) Did(id InvoiceID) (step int, came Date) {
	for _, r := range t.Reasons {
		for _, p := range append([]PlanStep{{r.Invoice, r.Step}}, r.Also...) {
			if p.Invoice == id && p.Step > step {
				step, came = p.Step, r.Day
			}
		}
	}
	return step, came
}

// newTaskFact makes the bodies of this file's kinds.
func newTaskFact(k factKind) Body {
	switch k {
	case kindTaskOpened:
		return new(TaskOpened)
	case kindTaskJoined:
		return new(TaskJoined)
	case kindTaskAssigned:
		return new(TaskAssigned)
	case kindTaskMoved:
		return new(TaskMoved)
	case kindTaskClosed:
		return new(TaskClosed)
	}
	return nil
}

// OpenTask books that a person is needed, by a day. Where a task of the kind is open, the reason
// joins it: fresh is false then, and joined tells whether the reason was new.
func (tx *Tx) OpenTask(c *Customer, kind TaskKind, why TaskReason, owner string, due Date) (t *Task, fresh, joined bool, err error) {
	if t = tx.TaskOf(c, kind); t == nil {
		if _, err = tx.append(tx.Today(), &TaskOpened{c.ID, kind, why, owner, due}); err != nil {
			return nil, false, false, err
		}
		return tx.s.tasks.at(tx.s.tasks.n), true, false, nil
	}
	for _, r := range t.Reasons {
		if r.Invoice == why.Invoice && r.Step == why.Step && r.Day == why.Day {
			return t, false, false, nil
		}
	}
	_, err = tx.append(tx.Today(), &TaskJoined{t.ID, c.ID, why})
	return t, false, err == nil, err
}

// AssignTask books who does t. It returns a Conflict refusal for one that is over.
func (tx *Tx) AssignTask(t *Task, owner string) error {
	if err := taskOpen(t); err != nil || t.Owner == owner {
		return err
	}
	_, err := tx.append(tx.Today(), &TaskAssigned{t.ID, t.Customer, owner})
	return err
}

// taskFarDays is how far ahead a task may be put off.
const taskFarDays = 90

// MoveTask books that t is to be done by another day; tried tells that somebody called in vain. It
// returns a BadInput refusal for a day that is not ahead, or is too far.
func (tx *Tx) MoveTask(t *Task, due Date, tried bool) error {
	if err := taskOpen(t); err != nil {
		return err
	}
	if due <= tx.Today() || due > tx.Today().AddDays(taskFarDays) {
		return Refuse(BadInput, "task.day", "date", due, "max", taskFarDays)
	}
	_, err := tx.append(tx.Today(), &TaskMoved{t.ID, t.Customer, due, tried})
	return err
}

// taskWordsMax is the longest that is said of a task's end, in letters.
const taskWordsMax = 1000

// CloseTask books how t ended; said tells that the steps which it does count as said.
func (tx *Tx) CloseTask(t *Task, outcome TaskOutcome, day Date, said bool, words string) error {
	if err := taskOpen(t); err != nil {
		return err
	}
	if len([]rune(words)) > taskWordsMax {
		return Refuse(BadInput, "task.long", "max", taskWordsMax)
	}
	ref, err := tx.keep(tx.Customer(t.Customer).Person, words)
	if err != nil {
		return err
	}
	_, err = tx.append(tx.Today(), &TaskClosed{t.ID, t.Customer, outcome, day, said, ref})
	return err
}

func taskOpen(t *Task) error {
	if t.Outcome != "" {
		return Refuse(Conflict, "task.over", "task", t.ID.Label())
	}
	return nil
}

// Task returns task id, nil where there is none.
func (v *View) Task(id TaskID) *Task { return v.s.tasks.at(uint32(id)) }

// TaskOfNotice is the task that a notice is about, nil for none.
func (v *View) TaskOfNotice(n *NoticeQueued) *Task { return v.Task(ParseTask(n.Code)) }

// TaskOf is the open task of a kind about c, nil for none.
func (v *View) TaskOf(c *Customer, kind TaskKind) *Task {
	return v.Task(v.s.openTasks[taskKey{c.ID, kind}])
}

// TasksOf are the open tasks about c, oldest first.
func (v *View) TasksOf(c *Customer) (out []*Task) {
	for _, kind := range TaskKinds() {
		if t := v.TaskOf(c, kind); t != nil {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b *Task) int { return int(a.ID) - int(b.ID) })
	return out
}

// TaskKinds are all kinds of tasks.
func TaskKinds() []TaskKind {
	return []TaskKind{TaskLastStep, TaskPromise, TaskPlan, TaskCall, TaskLetter, TaskNoRoute}
}

// OpenTasks are all that are open, oldest first. Its cost follows these.
func (v *View) OpenTasks() []*Task {
	return sortedByID(v.s.openTasks, func(_ taskKey, id TaskID) *Task { return v.Task(id) }, func(t *Task) TaskID { return t.ID })
}

// TaskAge is how many business days t has waited, where the company is.
func (v *View) TaskAge(t *Task) int { return v.Days().Count(t.Day, v.Today(), v.Home()) }

// Escalated is the newest task that the last step of inv led to, or a promise or plan that was broken,
// or that did a step of it and left it at that; nil for none.
func (v *View) Escalated(inv *Invoice) *Task { return v.Task(v.s.escalated[inv.ID]) }

// TaskAnswered is what became of all that t is about, "" while something of it is still to be asked
// for.
func (v *View) TaskAnswered(t *Task) (last TaskOutcome) {
	for i := range t.Reasons {
		if last = v.answered(v.Invoice(t.Reasons[i].Invoice)); last == "" {
			return ""
		}
	}
	return last
}

// answered is what became of an invoice that somebody was to ask for, "" where nothing did.
func (v *View) answered(inv *Invoice) TaskOutcome {
	switch {
	case inv == nil:
		return TaskCredited
	case inv.Open == 0 && inv.WrittenOff > 0:
		return TaskWrittenOff
	case inv.Open == 0 && inv.Paid+inv.Deducted == 0:
		return TaskCredited
	case inv.Open == 0:
		return TaskPaid
	case inv.Undisputed().Minor <= 0:
		return TaskDisputed
	case inv.Plan != 0:
		return TaskOnPlan
	}
	silence, silent := v.Silence(inv, DateOf(v.Now, v.Customer(inv.Customer).Zone))
	if !silent {
		return ""
	}
	return map[SilenceReason]TaskOutcome{SilencePromise: TaskPromised, SilenceClaim: TaskClaimed, SilenceCheque: TaskCovered, SilenceHold: TaskHeld}[silence.Why]
}

// LetterNoted is the task whose letter a note on a customer tells that it was posted: the note's words
// begin with the task's label, and both were booked at once. It is nil for any other note.
func (v *View) LetterNoted(of CustomerID, words string, at time.Time) *Task {
	label, _, _ := strings.Cut(words, " ")
	t := v.Task(ParseTask(label))
	if t == nil || t.Customer != of || t.Outcome != TaskPosted || !t.Ended.Equal(at) {
		return nil
	}
	return t
}

// PromiseRecord is what a customer's promises came to.
type PromiseRecord struct {
	Late     int // that he paid all the same, later than he said
	LateDays int // how many days later, the median
}

// LatePromises tells of promises of c that were broken and whose invoices were then paid.
func (v *View) LatePromises(c *Customer) (r PromiseRecord) {
	var days []int
	seen := map[uint32]bool{}
	for p := v.Payment(c.lastPayment); p != nil && len(days) < habitPayments; p = v.Payment(p.before) {
		if p.Returned {
			continue
		}
		for st := v.s.settlements.at(p.lastSettled); st != nil; st = v.s.settlements.at(st.before) {
			inv := v.Invoice(st.Invoice)
			if inv == nil || st.Reversed || inv.Open > 0 || seen[inv.promise] {
				continue
			}
			if q := v.s.promises.at(inv.promise); q != nil && q.Outcome == PromiseFalse && p.Date > q.By {
				seen[inv.promise] = true
				days = append(days, int(p.Date-q.By))
			}
		}
	}
	if len(days) == 0 {
		return r
	}
	slices.Sort(days)
	return PromiseRecord{Late: len(days), LateDays: days[len(days)/2]}
}

// The names of facts about tasks.
const (
	FactTaskOpened   FactName = "taskopened"
	FactTaskJoined   FactName = "taskjoined"
	FactTaskAssigned FactName = "taskassigned"
	FactTaskMoved    FactName = "taskmoved"
	FactTaskClosed   FactName = "taskclosed"
)

// describeTask tells facts about tasks.
func (v *View) describeTask(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *TaskOpened:
		return Description{Name: FactTaskOpened, Refs: append(append(v.handle(x.Customer), string(x.Kind)), v.numbers(x.Reason.Invoice)...), Day: x.Due}, true
	case *TaskJoined:
		return Description{Name: FactTaskJoined, Refs: append([]string{x.Task.Label()}, v.numbers(x.Reason.Invoice)...)}, true
	case *TaskAssigned:
		return Description{Name: FactTaskAssigned, Refs: []string{x.Task.Label()}}, true
	case *TaskMoved:
		return Description{Name: FactTaskMoved, Refs: []string{x.Task.Label()}, Day: x.Due}, true
	case *TaskClosed:
		return Description{Name: FactTaskClosed, Refs: []string{x.Task.Label(), string(x.Outcome)}, Day: x.Day, Words: x.Words}, true
	}
	return Description{}, false
}

func dumpTasks(w io.Writer, s *state) {
	s.tasks.each(func(t *Task) {
		fmt.Fprintf(w, "task %d %s customer %d reasons %v owner %q opened %s due %s tries %d %q %s ended %s by %s card %d to %q open %t\n", t.ID, t.Kind, t.Customer, t.Reasons, t.Owner,
			t.Day, t.Due, t.Tries, t.Outcome, t.Named, t.Ended.UTC().Format(time.RFC3339Nano), t.EndedBy, t.Card, t.CardTo, s.openTasks[taskKey{t.Customer, t.Kind}] == t.ID)
	})
	of := map[string]TaskID{}
	for inv, id := range s.escalated {
		of[fmt.Sprint(inv)] = id
	}
	lines(w, "escalated", of, TaskID.Label)
}
