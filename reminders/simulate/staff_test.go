package simulate

import (
	"cmp"
	"fmt"
	"slices"

	"duebot/ledger"
	"duebot/reminders"
)

// What people of the company do: the tasks that the rules give them.

// give is the rules' way to give somebody something to do.
func (s *company) give(tx *ledger.Tx, c *ledger.Customer, kind ledger.TaskKind, why ledger.TaskReason) error {
	t, fresh, joined, err := tx.OpenTask(c, kind, why, "USALES0001", tx.Today().AddDays(2))
	if err != nil {
		return err
	}
	d, g := s.debtorOf(c.ID), given{kind: string(kind), debt: int(why.Invoice), step: why.Step}
	if why.Step > 0 {
		g.on = day(why.Day)
	}
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
	slices.SortFunc(open, func(a, b *task) int {
		return cmp.Or(cmp.Compare(a.of.id, b.of.id), cmp.Compare(a.kind, b.kind))
	})
	for _, t := range open {
		x := tx.Task(s.tasks[t])
		outcome, want := tx.TaskAnswered(x), s.oracle.answered(t, t.of.at.today(s.now))
		if outcome == "" && t.kind == "noroute" && tx.Reaches(tx.Customer(x.Customer), true, true) {
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
	case t.kind == "letter" && t.of.mail.works() && !s.oracle.outside(t.of) && s.rng.IntN(2) == 0:
		return s.mailLetter(tx, t)
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

// onRecord has the oracle look whether what was held stands in the books, with its reason.
func (s *company) onRecord() {
	if len(s.oracle.holding) == 0 {
		return
	}
	s.check(s.books.View(func(v *ledger.View) error {
		for _, d := range s.oracle.holding {
			n := v.ContactNotes(v.Customer(s.of[d].id))
			if got := (held{key{int(n.Held.Invoice), n.Held.Step, n.Held.Part}, string(n.HeldWhy)}); got != d.held {
				s.oracle.fault(d, s.now, "the books say that %+v is held, want %+v", got, d.held)
			}
		}
		return nil
	}))
	s.oracle.holding = s.oracle.holding[:0]
}

// bank has a statement of the company's account come on its working days, but for some weeks in
// which none does.
func (s *company) bank(tx *ledger.Tx) error {
	o, today := s.oracle, day(tx.Today())
	if s.now.Hour() < 6 || !o.home.works(today) || o.banked >= today-1 || today < s.gap {
		return nil
	}
	if s.rng.IntN(120) == 0 {
		s.gap = today + day(6+s.rng.IntN(14))
		return nil
	}
	if o.stale() {
		o.changed = s.now
	}
	s.files++
	o.banked = today - 1
	_, err := tx.TakeStatement(s.files, 1, ledger.BankStatement{Format: "MT940", Account: ledger.BankAccount{Number: "DE02"}, From: ledger.Date(o.banked), To: ledger.Date(o.banked)}, 0, false)
	return err
}

// card has staff skip, put off, release or send a contact of the morning's card.
func (s *company) card(tx *ledger.Tx) error {
	d, x := s.indebted()
	if x == nil || d.waiting != nil {
		return nil
	}
	c := s.customer(tx, d)
	row, ok, err := s.rules.RowOf(&tx.View, c)
	if err != nil || !ok || row.State != reminders.RowGoes && row.State != reminders.RowHeld && row.State != reminders.RowNobody {
		return err
	}
	k := row.Contact.Key()
	w := &word{debt: s.oracle.debts[k.Invoice-1], step: k.Step, part: k.Part}
	said := []ledger.PlanStep{{Invoice: k.Invoice, Step: k.Step}}
	for _, also := range row.Contact.Besides() {
		if said = append(said, also); also.Step == 0 {
			w.names = append(w.names, s.oracle.debts[also.Invoice-1])
			continue
		}
		w.also += fmt.Sprintf("%d:%d ", also.Invoice, also.Step)
	}
	on := day(row.On)
	if today := d.at.today(s.now); on == today && d.planOver == nil && !s.oracle.unjudged(d, today) && !d.working() {
		if want, why := s.oracle.decide(d, today); want == nil || want.String() != w.String() {
			s.oracle.fault(d, s.now, "the card has %s, want %s (%s)", w, want, why)
		}
	}
	s.did["card"]++
	switch s.rng.IntN(4) {
	case 0:
		s.oracle.note(d, s.now, "left out on the card: "+w.String(), w.debt.id, int64(w.step))
		s.oracle.skips(d, w, on)
		return tx.SkipSteps(c, row.On, said, ledger.SkipContact, "")
	case 1:
		d.snoozed = on + day(1+s.rng.IntN(20))
		s.oracle.note(d, s.now, fmt.Sprintf("put off until %s", d.snoozed), w.debt.id, int64(w.step))
		return tx.Snooze(c, row.On, ledger.Date(d.snoozed))
	case 2:
		d.released = w.key()
		s.oracle.note(d, s.now, "released", w.debt.id, int64(w.step))
		return tx.ReleaseContact(c, k)
	}
	return s.sendNow(tx, d)
}

// sendNow has staff send a contact before its hour, although money waits.
func (s *company) sendNow(tx *ledger.Tx, d *debtor) error {
	today := d.at.today(s.now)
	if d.planOver != nil || s.oracle.unjudged(d, today) || s.oracle.outside(d) {
		return nil
	}
	n, made, _ := s.rules.Policy.SendNow(&tx.View, s.customer(tx, d))
	want, why := s.oracle.decide(d, today)
	if want != nil && (why == "money" || why == "stalebank") {
		why = ""
	}
	if want != nil && why == "" && want.kind.byStaff() {
		why = "task"
	}
	if string(made.Why) != why {
		s.oracle.fault(d, s.now, "sending now meets %q, want %q", made.Why, why)
	}
	if made.Why != "" {
		return nil
	}
	w := s.word(&ledger.Notice{NoticeQueued: n})
	if w.String() != want.String() || !w.free {
		s.oracle.fault(d, s.now, "what is sent now is %s, want %s", w, want)
	}
	s.did["sent now"]++
	d.waiting = w
	s.oracle.note(d, s.now, "sent from the card", w.debt.id, int64(w.step))
	return s.notify(tx, n)
}

// notify queues a reminder that people want.
func (s *company) notify(tx *ledger.Tx, n ledger.NoticeQueued) error {
	if err := tx.Notify(n); err != nil {
		return err
	}
	s.queue = append(s.queue, tx.LastNotice())
	s.known[tx.LastNotice()] = true
	return nil
}

// undo takes back that a contact was left out or put off.
func (s *company) undo(tx *ledger.Tx) error {
	for range 50 {
		d := s.someone()
		switch {
		case d.snoozed > d.at.today(s.now):
			d.snoozed = 0
			s.oracle.note(d, s.now, "not put off any more", 0, 0)
			return tx.Snooze(s.customer(tx, d), ledger.Date(d.at.today(s.now)), 0)
		case d.skip != nil && d.skip.on > d.at.today(s.now)-10 && s.oracle.unskips(d):
			s.oracle.note(d, s.now, "not left out any more", 0, 0)
			return tx.UndoSkip(s.customer(tx, d))
		}
	}
	return nil
}

// weekly has a customer choose a week between two reminders, or no more.
func (s *company) weekly(tx *ledger.Tx) error {
	d := s.someone()
	d.weekly = !d.weekly
	s.oracle.note(d, s.now, fmt.Sprintf("wants a week between two words: %t", d.weekly), 0, 0)
	return tx.ChooseWeekly(s.customer(tx, d), d.weekly)
}

// propose has an entry of the bank wait that may be somebody's, for some days.
func (s *company) propose(tx *ledger.Tx) error {
	d, x := s.indebted()
	if x == nil || d.proposed {
		return nil
	}
	d.proposed, s.proposed[s.of[d].id] = true, []ledger.BankEntryID{1}
	s.oracle.note(d, s.now, "an entry of the bank may be his", 0, 0)
	s.plus(tx, 1+s.rng.IntN(10), func(*ledger.Tx) error {
		d.proposed = false
		s.oracle.note(d, s.now, "it is somebody else's", 0, 0)
		delete(s.proposed, s.of[d].id)
		return nil
	})
	return nil
}

// configure has the company change its policies: in the midst of everything that was decided by the
// old ones.
func (s *company) configure(tx *ledger.Tx) error {
	p := policies()
	for _, name := range []string{"standard", "eager", "phone", "strict", "thrifty"} {
		x := p.Named[name]
		switch s.rng.IntN(6) {
		case 0: // milder: every step comes later
			for i := range x.Steps {
				x.Steps[i].After += 4 + i
			}
		case 1: // stricter
			for i := range x.Steps {
				x.Steps[i].After = max(i+1, x.Steps[i].After-3)
			}
			x.Interval = max(1, x.Interval-1)
		case 2: // the last step is gone
			x.Steps = x.Steps[:len(x.Steps)-1]
		case 3: // one more comes, which is a call
			x.Steps = append(x.Steps, reminders.Step{After: x.Steps[len(x.Steps)-1].After + 9, Tone: reminders.Final, Kind: reminders.Call})
		case 4:
			x.Before, x.Week, x.FreeDays = []int{4, 1}, 1, !x.FreeDays
		}
	}
	p.Company = []string{"standard", "gentle", "strict"}[s.rng.IntN(3)]
	p.Habits = p.Habits[s.rng.IntN(len(p.Habits)+1):]
	p.Segments["west"] = []string{"short", "holidays", ""}[s.rng.IntN(3)]
	s.oracle.changed = s.now
	s.did["policies changed"]++
	p.Holding.Proposed = s.policies.Holding.Proposed
	s.policies, s.rules.Policy = p, p
	if _, err := tx.SetPolicies(p.Text()); err != nil {
		return err
	}
	return s.oracle.readPolicies(p.Text())
}

// law has staff note in which country a customer is, and whether he is a consumer.
func (s *company) law(tx *ledger.Tx, d *debtor) error {
	d.consumer, d.at.country = s.rng.IntN(2) == 0, []string{"", "", "DE", "RU", "US", "IR"}[s.rng.IntN(6)]
	s.oracle.note(d, s.now, fmt.Sprintf("is a consumer: %t, in %q", d.consumer, d.at.country), 0, 0)
	_, err := tx.SetLaw(s.customer(tx, d), ledger.Law{Country: ledger.Country(d.at.country), Consumer: d.consumer})
	return err
}
