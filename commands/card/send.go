package card

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrLater is in errors of what cannot be taken yet: the platform is to tell it again.
var ErrLater = errors.New("not yet")

// SendError tells what became of a message that was not accepted. Any other error of a
// send means that nobody knows: the request may have been carried out.
type SendError struct {
	// RetryAfter is set when the platform asks to wait; the message was not sent.
	RetryAfter time.Duration
	// All says that RetryAfter holds for every chat of the platform.
	All bool
	// Permanent says that sending it again is of no use.
	Permanent bool
	// Gone says that the chat cannot be reached any more: blocked, left, closed.
	Gone bool
	// Route is why, as the books name it: "blocked", "deleted", "removed" or "closed".
	Route string
	// Limited says that too much was sent, and RetryAfter holds for what the platform counts.
	Limited bool
	// Silent says that the platform itself did not answer, and nothing reached it.
	Silent bool
	// Missing says that the message to be edited is not there any more.
	Missing bool
	// MovedTo is the chat's new address, if it has one.
	MovedTo string
	Reason  string
}

func (e *SendError) Error() string {
	if e.RetryAfter > 0 {
		return fmt.Sprintf("not sent: %s (wait %s)", e.Reason, e.RetryAfter)
	}
	return "not sent: " + e.Reason
}

// patienceMost bounds how long a platform can silence the program: who asks for more is asked
// again sooner, and can say so again.
const patienceMost = time.Hour

// Patience is how long to wait where a platform asks for so many seconds.
func Patience(seconds int64) time.Duration {
	return time.Duration(min(max(seconds, 0), int64(patienceMost/time.Second))) * time.Second
}

// briefMax is how many letters of what a platform says are kept: its reasons are short, and
// they stay in the books for ever.
const briefMax = 300

// Brief is what a platform says of a message, on one line and not too long.
func Brief(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), " ")
	if r := []rune(s); len(r) > briefMax {
		s = string(r[:briefMax-1]) + "…"
	}
	return s
}
