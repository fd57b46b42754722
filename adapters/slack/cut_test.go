package slack

import (
	"errors"
	"testing"
	"time"

	"duebot/adapters/reach/reachtest"
	"duebot/commands/card"
)

// A post that never left is told as that, and can be made again; one that may have arrived is an
// error of which nobody knows more. Both through slack-go.
func TestPostCutAtEachStage(t *testing.T) {
	for _, x := range reachtest.Cuts(t) {
		base, _ := testClient(x.URL)
		c := New(Config{BotToken: "xoxb-1", APIURL: x.URL, Timeout: 200 * time.Millisecond, Log: base.cfg.Log, Seal: base.cfg.Seal, Sealed: base.cfg.Sealed})
		m := Message{Channel: "C1", Card: &card.Card{Body: []card.Text{card.Plain("x")}}, Words: func(t card.Text) string { return t.Plain }}
		for what, err := range map[string]error{"post": second(c.Post(t.Context(), m)), "edit": c.Update(t.Context(), m, "1.2")} {
			var refused *card.SendError
			if silent := errors.As(err, &refused) && refused.Silent && refused.All; err == nil || silent == x.Left {
				t.Errorf("%s, %s: got %v, want an error of a call that may have left: %t", x.Name, what, err, x.Left)
			}
		}
		c.http.CloseIdleConnections()
	}
}

func second(_, _ string, err error) error { return err }
