package slack

import (
	"fmt"
	"testing"
)

// A picture that is ready late belongs to what the modal showed then, and to nothing after; what
// was opened long ago is forgotten, and is answered in its modal.
func TestModalsAreRemembered(t *testing.T) {
	var m modals
	first := m.turn("V1")
	m.from("V1", origin{response: "https://hooks.slack.test/1"})
	if !m.is("V1", first) {
		t.Error("a modal that nobody has touched shows something else")
	}
	if m.turn("V1"); m.is("V1", first) {
		t.Error("a modal in which somebody went on shows what it showed before")
	}
	if o, ok := m.origin("V1"); !ok || o.response == "" {
		t.Errorf("the message of a form is %+v, %t", o, ok)
	}
	if _, ok := m.origin("V2"); ok {
		t.Error("a form that no button opened has a message")
	}
	for i := range modalsMax {
		m.turn(fmt.Sprint("W", i))
	}
	if _, ok := m.origin("V1"); ok || len(m.known) > modalsMax {
		t.Errorf("%d modals are remembered, the oldest too: %t", len(m.known), ok)
	}
}
