package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/rogpeppe/go-internal/testscript"

	"duebot/adapters/sandbox/smsapi"
	"duebot/adapters/sms"
)

// scriptSMS prints the short messages to a number as the page has them: whose it is, and each with
// how many parts it was sent as.
func scriptSMS(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 1, "sms NUMBER")
	resp, err := http.Get(on(ts).play.base + "/control/state?wait=idle&part=sms")
	ts.Check(err)
	defer resp.Body.Close()
	var state struct {
		SMS []struct {
			smsapi.Message
			Customer string
			Chat     int64
		}
	}
	ts.Check(json.NewDecoder(resp.Body).Decode(&state))
	out := ""
	for _, m := range state.SMS {
		if m.To != args[0] {
			continue
		}
		if out == "" {
			out = fmt.Sprintf("%s, chat %d\n", m.Customer, m.Chat)
		}
		out += fmt.Sprintf("%d: %s\n", sms.Segments(m.Text), m.Text)
	}
	fmt.Fprintln(ts.Stdout(), cmp.Or(out, "no messages"))
}
