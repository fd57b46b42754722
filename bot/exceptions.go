package main

import (
	"strings"

	"duebot/commands"
)

// exceptionFile is what is set about entries of bank statements that wait.
type exceptionFile struct {
	Owner        string `toml:"owner"`         // "dropper", who brought the statement; "turns" of finance; or the id of a Slack user
	Hour         *int   `toml:"hour"`          // of a day of work, when owners are told; default 9, -1: never
	EscalateDays *int   `toml:"escalate_days"` // of work that one may wait before those above are told; default 5, 0: for ever
}

// What holds where nothing is set.
const (
	entryHourUsual = 9
	entryDaysUsual = 5
)

func (c *Config) entryHour() int {
	if c.Exceptions.Hour == nil {
		return entryHourUsual
	}
	return *c.Exceptions.Hour
}

func (c *Config) entryDays() int {
	if c.Exceptions.EscalateDays == nil {
		return entryDaysUsual
	}
	return *c.Exceptions.EscalateDays
}

func (c *Config) checkExceptions(bad func(setting, format string, args ...any)) {
	x := &c.Exceptions
	if x.Owner != commands.OwnerDropper && x.Owner != commands.OwnerTurns && (!slackPeople.MatchString(x.Owner) || strings.HasPrefix(x.Owner, "S")) {
		bad("exceptions.owner", "%q is neither %q nor %q nor the id of a Slack user (U…)", x.Owner, commands.OwnerDropper, commands.OwnerTurns)
	}
	if h := c.entryHour(); h < -1 || h > 17 {
		bad("exceptions.hour", "must be 0 to 17, or -1 for never")
	}
	if n := c.entryDays(); n < 0 || n > 365 {
		bad("exceptions.escalate_days", "must be 1 to 365 business days, or 0 for never")
	}
}
