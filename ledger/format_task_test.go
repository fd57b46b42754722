package ledger

import "testing"

// taskActs are what happens to tasks of staff.
func taskActs(t *testing.T, b *Books) {
	var c *Customer
	open := func(tx *Tx, kind TaskKind, why TaskReason) (*Task, error) {
		task, _, _, err := tx.OpenTask(tx.Customer(c.ID), kind, why, "U1", tx.Today().AddDays(2))
		return task, err
	}
	for i, act := range []func(tx *Tx) error{
		func(tx *Tx) (err error) {
			c, err = tx.AddCustomer(NewCustomer{Handle: "debtor", Name: "Debtor Ltd"})
			return err
		},
		func(tx *Tx) error {
			_, err := open(tx, TaskCall, TaskReason{Step: 2, Policy: 1, Day: tx.Today(), Also: []PlanStep{{1, 1}}})
			return err
		},
		func(tx *Tx) error { _, err := open(tx, TaskCall, TaskReason{Step: 3, Day: tx.Today()}); return err },
		func(tx *Tx) error { return tx.AssignTask(tx.TaskOf(c, TaskCall), "U2") },
		func(tx *Tx) error { return tx.MoveTask(tx.TaskOf(c, TaskCall), tx.Today().AddDays(3), true) },
		func(tx *Tx) error {
			return tx.CloseTask(tx.TaskOf(c, TaskCall), TaskPromised, tx.Today().AddDays(7), true, "on Friday")
		},
	} {
		if err := try(b, "", act); err != nil {
			t.Errorf("act %d of tasks: %v", i, err)
		}
	}
}
