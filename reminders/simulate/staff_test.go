package simulate

import (
	"fmt"
	"slices"

	"duebot/ledger"
)

// What people of the company do: the tasks that the rules give them.

// give is the rules' way to give somebody something to do.
func (s *company) give(tx *ledger.Tx, c *ledger.Customer, kind ledger.TaskKind, why ledger.TaskReason) error {
	t, fresh, joined, err := tx.OpenTask(c, kind, why, "USALES0001", tx.Today().AddDays(2))
	if err != nil {
		return err
	}
	d, g := s.debtorOf(c.ID), given{kind: string(kind), debt: int(why.Invoice), step: why.Step}
	for _, also := range why.Also {
		g.also += fmt.Sprintf("%d:%d ", also.Invoice, also.Step)
	}
	s.given[d.id] = append(s.given[d.id], g)
	if fresh || joined {
		s.fresh = append(s.fresh, func() { s.tasks[s.oracle.opened(d, g)] = t.ID })
		s.did["task "+g.kind]++
	}
	return nil
}

// gave has the oracle look at what staff were given in a run.
func (s *company) gave() {
	s.oracle.gave(s.now, s.given)
	clear(s.given)
	for _, open := range s.fresh {
		open()
	}
	s.fresh = nil
}

// work does what tasks ask for, and ends those that were answered meanwhile.
func (s *company) work(tx *ledger.Tx) error {
	var open []*task
	for t := range s.tasks {
		open = append(open, t)
	}
	slices.SortFunc(open, func(a, b *task) int { return int(s.tasks[a]) - int(s.tasks[b]) })
	for _, t := range open {
		x := tx.Task(s.tasks[t])
		outcome, want := tx.TaskAnswered(x), s.oracle.answered(t, t.of.at.today(s.now))
		if outcome == "" && t.kind == "noroute" && tx.Reaches(tx.Customer(x.Customer), false, true) {
			outcome = ledger.TaskReachable
		}
		if want != (outcome != "") {
			s.oracle.fault(t.of, s.now, "task %s of %v is answered by %q, want %t", t.kind, t.whys, outcome, want)
		}
		var err error
		switch {
		case outcome != "":
			err = s.endTask(tx, t, outcome, false)
		case s.rng.IntN(50) == 0:
			err = s.doTask(tx, t)
		}
		if err != nil {
			return fmt.Errorf("task %s: %w", t.kind, err)
		}
	}
	return nil
}

func (s *company) endTask(tx *ledger.Tx, t *task, outcome ledger.TaskOutcome, said bool) error {
	id := s.tasks[t]
	delete(s.tasks, t)
	s.oracle.ends(t, s.now, string(outcome), said)
	return tx.CloseTask(tx.Task(id), outcome, 0, said, "")
}

// doTask has somebody do what a task asks for: a step counts with its outcome, whatever that is, and
// a call that nobody took with the third.
func (s *company) doTask(tx *ledger.Tx, t *task) error {
	step := t.kind == "call" || t.kind == "letter"
	switch n := s.rng.IntN(20); {
	case n < 2:
		return s.endTask(tx, t, ledger.TaskNothing, step)
	case n < 3:
		if err := s.endTask(tx, t, ledger.TaskLawyer, step); err != nil || t.of.hold != nil {
			return err
		}
		t.of.hold = &pause{}
		s.plus(tx, 5+s.rng.IntN(60), func(tx *ledger.Tx) error { return s.endHoldOf(tx, t.of) })
		_, err := tx.Hold(s.customer(tx, t.of), 0, 0, "")
		return err
	case n < 10 && t.kind == "call":
		if t.tries++; t.tries == staffTries {
			return s.endTask(tx, t, ledger.TaskUnreached, true)
		}
		return tx.MoveTask(tx.Task(s.tasks[t]), tx.Today().AddDays(1), true)
	case t.kind == "noroute":
		return nil
	case n < 14 && t.kind == "call":
		x := s.oracle.debts[t.whys[0].debt-1]
		if err := s.promises(tx, x); err != nil {
			return err
		}
		return s.spoken(tx, t, ledger.TaskPromised, step)
	case t.kind == "letter":
		return s.spoken(tx, t, ledger.TaskPosted, step)
	}
	return s.spoken(tx, t, ledger.TaskTalked, step)
}

// spoken ends a task by which somebody heard of his debt: that is a contact.
func (s *company) spoken(tx *ledger.Tx, t *task, outcome ledger.TaskOutcome, step bool) error {
	t.of.contacted(t.of.at.today(s.now))
	if _, err := tx.NoteOn(ledger.NewNote{Customer: s.of[t.of].id, Kind: ledger.NoteContact, Words: "spoken"}); err != nil {
		return err
	}
	return s.endTask(tx, t, outcome, step)
}

// linkLater has somebody write to the bot whom nothing reached.
func (s *company) linkLater(tx *ledger.Tx) error {
	for range 400 {
		if d := s.someone(); !d.linked {
			s.oracle.note(d, s.now, "writes for the first time", 0, 0)
			return s.link(tx, d)
		}
	}
	return nil
}
