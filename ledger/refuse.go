package ledger

import (
	"errors"
	"fmt"
)

// Kind is the class of a refusal.
type Kind string

// The kinds of refusal.
const (
	BadInput  Kind = "bad input" // cannot be understood, or is not possible
	NotFound  Kind = "not found" // names something that is not in the books
	Forbidden Kind = "forbidden" // the role may not
	Conflict  Kind = "conflict"  // was right once, and is not any more
)

// Refusal tells a person that nothing was booked, why, and what to do: its Key names the
// sentence in bot/text and Args are its data, in pairs of name and value.
type Refusal struct {
	Kind Kind
	Key  string
	Args []any
}

// Refuse makes a Refusal. Args are pairs of name and value.
func Refuse(kind Kind, key string, args ...any) error { return &Refusal{kind, key, args} }

func (r *Refusal) Error() string { return fmt.Sprintf("%s: %s %v", r.Kind, r.Key, r.Args) }

// AsRefusal returns err as a refusal, if it is one.
func AsRefusal(err error) (*Refusal, bool) {
	var r *Refusal
	ok := errors.As(err, &r)
	return r, ok
}
