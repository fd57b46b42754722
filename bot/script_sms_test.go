package main

import (
	"cmp"
	"fmt"

	"github.com/rogpeppe/go-internal/testscript"

	"duebot/adapters/sms"
)

// scriptSMS prints the short messages to a number, each with how many parts it was sent as.
func scriptSMS(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 1, "sms NUMBER")
	s := on(ts)
	s.play.state()
	out := ""
	for _, m := range s.box.box.SMS().Messages() {
		if m.To == args[0] {
			out += fmt.Sprintf("%d: %s\n", sms.Segments(m.Text), m.Text)
		}
	}
	fmt.Fprintln(ts.Stdout(), cmp.Or(out, "no messages"))
}
