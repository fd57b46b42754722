package main

// recurringFile is what is set about recurring invoices.
type recurringFile struct {
	NoticeDays *int `toml:"notice_days"` // days before an invoice on which staff are told of it; 0: never; default 1
}

// noticeDaysMax is how long before an invoice staff are told at most.
const noticeDaysMax = 30

// recurNotice is NoticeDays as the desk has it: -1 for never.
func (c *Config) recurNotice() int {
	switch days := c.Recurring.NoticeDays; {
	case days == nil:
		return 1
	case *days == 0:
		return -1
	default:
		return *days
	}
}

func (c *Config) checkRecurring(bad func(setting, format string, args ...any)) {
	if days := c.Recurring.NoticeDays; days != nil && (*days < 0 || *days > noticeDaysMax) {
		bad("recurring.notice_days", "must be 0 to %d", noticeDaysMax)
	}
}
