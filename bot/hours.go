package main

import (
	"fmt"

	"duebot/ledger"
)

// defaultHours are those of a customer's day in which he may choose to be reminded.
const defaultHours = "8-20"

// readHours reads "8-20".
func readHours(s string) (h ledger.Hours, ok bool) {
	n, err := fmt.Sscanf(s, "%d-%d", &h.From, &h.Until)
	ok = err == nil && n == 2 && s == fmt.Sprintf("%d-%d", h.From, h.Until) && h.From >= 0 && h.Until <= 24 && h.Chosen()
	return h, ok
}

func (c *Config) checkHours(bad func(setting, format string, args ...any)) {
	if _, ok := readHours(c.Reminders.Hours); !ok {
		bad("reminders.hours", "%q is not two full hours of a day like %q", c.Reminders.Hours, defaultHours)
	}
}

// reminderHours are those that customers may choose of.
func (c *Config) reminderHours() ledger.Hours {
	h, ok := readHours(c.Reminders.Hours)
	if !ok {
		h, _ = readHours(defaultHours)
	}
	return h
}
