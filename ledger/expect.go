package ledger

import (
	"encoding/json"
	"time"
)

// Expected is what the next words typed in a chat are for: the bot asked for them. It is working
// state, and ends by itself.
type Expected struct {
	Kind  string    `json:"kind"`  // who takes the words
	About string    `json:"about"` // what they are about, as Kind wrote it
	Until time.Time `json:"until"`
}

func expectKey(chat string) string { return "expect:" + chat }

// ActorOf is what facts and working state call an address: no address of a person is in them.
func (v *View) ActorOf(address string) string { return v.s.actorOf(address) }

// Expect writes down that the next words typed in a chat belong to kind, which has about to
// know them by, until then. What was expected before is not any more.
func (tx *Tx) Expect(chat, kind, about string, until time.Time) error {
	data, err := json.Marshal(Expected{kind, about, until})
	if err != nil {
		return err
	}
	tx.Put(expectKey(tx.s.actorOf(chat)), data)
	return nil
}

// ExpectNothing ends what Expect began: the words came, or are not asked for any more.
func (tx *Tx) ExpectNothing(chat string) { tx.Put(expectKey(tx.s.actorOf(chat)), nil) }

// Expected returns what the next words in a chat are for; ok is false where they are for
// nothing, or it is too late.
func (v *View) Expected(chat string) (x Expected, ok bool, err error) {
	data, err := v.Get(expectKey(v.s.actorOf(chat)))
	if err != nil || data == nil {
		return x, false, err
	}
	if err := json.Unmarshal(data, &x); err != nil {
		return x, false, err
	}
	return x, v.Now.Before(x.Until), nil
}
