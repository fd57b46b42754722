package main

import (
	"strings"
	"testing"
)

// What is set about entries that wait is checked by its name.
func TestExceptionSettings(t *testing.T) {
	for want, set := range map[string]func(*exceptionFile){
		"exceptions.owner: \"anna\"":      func(x *exceptionFile) { x.Owner = "anna" },
		"exceptions.owner: \"SFINANCE\"":  func(x *exceptionFile) { x.Owner = "SFINANCE" },
		"exceptions.hour: must be":        func(x *exceptionFile) { x.Hour = new(int); *x.Hour = 18 },
		"exceptions.escalate_days: must ": func(x *exceptionFile) { x.EscalateDays = new(int); *x.EscalateDays = -1 },
		"":                                func(x *exceptionFile) { x.Owner, x.Hour = "UFINANCE01", new(int) },
	} {
		c := sandboxConfig("http://127.0.0.1:1", "x.db")
		set(&c.Exceptions)
		err := c.check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
