package main

import "duebot/commands"

// taskFile is what is set about tasks of staff.
type taskFile struct {
	Days          *int `toml:"days"`           // of work in which one is to be done; default 2
	Hour          *int `toml:"hour"`           // of a day of work, when owners are told of late ones; default 9, -1: never
	EscalateDays  *int `toml:"escalate_days"`  // of work that one may be late before those above are told; default 3, 0: for ever
	AfterLastStep *int `toml:"after_laststep"` // days after the last step of a policy from which on it is a task; default 7, 0: never
}

// What holds where nothing is set.
const (
	taskDaysUsual  = 2
	taskHourUsual  = 9
	taskLateUsual  = 3
	taskAfterUsual = 7
)

func orUsual(set *int, usual int) int {
	if set == nil {
		return usual
	}
	return *set
}

// rules are what commands need of it.
func (f *taskFile) rules() commands.TaskRules {
	return commands.TaskRules{Days: orUsual(f.Days, taskDaysUsual), Hour: orUsual(f.Hour, taskHourUsual), Late: orUsual(f.EscalateDays, taskLateUsual)}
}

// escalate is how many days after the last step a person is to see to it.
func (f *taskFile) escalate() int { return orUsual(f.AfterLastStep, taskAfterUsual) }

func (c *Config) checkTasks(bad func(setting, format string, args ...any)) {
	r := c.Tasks.rules()
	if r.Days < 1 || r.Days > 60 {
		bad("tasks.days", "must be 1 to 60 business days")
	}
	if r.Hour < -1 || r.Hour > 17 {
		bad("tasks.hour", "must be 0 to 17, or -1 for never")
	}
	if r.Late < 0 || r.Late > 365 {
		bad("tasks.escalate_days", "must be 1 to 365 business days, or 0 for never")
	}
	if n := c.Tasks.escalate(); n < 0 || n > 365 {
		bad("tasks.after_laststep", "must be 1 to 365 days, or 0 for never")
	}
}
