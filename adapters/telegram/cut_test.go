package telegram

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"duebot/adapters/reach/reachtest"
	"duebot/commands/card"
)

// A message that never left is told as that, and can be sent again; one that may have arrived is
// an error of which nobody knows more. No error holds the token.
func TestSendCutAtEachStage(t *testing.T) {
	for _, x := range reachtest.Cuts(t) {
		_, base, _ := newPlatform(t)
		c := New(Config{Token: "123:secret-token", APIURL: x.URL, Timeout: 200 * time.Millisecond, Log: base.cfg.Log, Seal: base.cfg.Seal, Sealed: base.cfg.Sealed})
		_, err := c.Send(t.Context(), Message{Chat: "telegram:1", Card: &card.Card{Body: []card.Text{card.Plain("x")}}, Words: func(t card.Text) string { return t.Plain }})
		var refused *card.SendError
		if silent := errors.As(err, &refused) && refused.Silent && refused.All; err == nil || silent == x.Left {
			t.Errorf("%s: got %v, want an error of a call that may have left: %t", x.Name, err, x.Left)
		}
		if err != nil && strings.Contains(err.Error(), "secret-token") {
			t.Errorf("%s: the error holds the token", x.Name)
		}
	}
	http.DefaultClient.CloseIdleConnections()
}
