package commands

import (
	"slices"
	"strings"
	"testing"
)

// Who says that he will not pay by a day promises nothing; a "not" of another clause does not
// take a promise away.
func TestPromisesThatAreDenied(t *testing.T) {
	for _, tt := range []struct {
		said   string
		denied bool
	}{
		{"called Ivan, pays Friday", false}, {"he cannot pay Friday", true}, {"won’t pay before Friday", true}, {"will not be able to pay Friday", true},
		{"не заплатит в пятницу", true}, {"не отвечал, заплатит в пятницу", false}, {"no answer to mails, not reached before, pays Friday", false},
		{"was not happy but pays Friday", false}, {"refuses to pay Friday", true}, {"не спорил и заплатит завтра", false}, {"nu plătește vineri", true},
	} {
		args := split(tt.said)
		at := slices.IndexFunc(args, func(x token) bool { return contains(strings.Fields(payWords), strings.ToLower(x.text)) })
		if at < 0 {
			t.Fatalf("%s: no verb", tt.said)
		}
		if got := denied(args, at); got != tt.denied {
			t.Errorf("%s: denied is %t, want %t", tt.said, got, tt.denied)
		}
	}
}
