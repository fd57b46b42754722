package slack

import (
	"encoding/json"
	"strings"
	"testing"

	"duebot/commands/card"
)

// What finds no room on a page is told once, at its end, whatever follows.
func TestHomeTellsOnceWhatWasLeftOut(t *testing.T) {
	c, _ := testClient("http://127.0.0.1:1")
	say := func(words string) *card.Card { return &card.Card{Body: []card.Text{card.Plain(words)}} }
	long := say(strings.Repeat("я", textMax+1))
	for name, test := range map[string]struct {
		cards []*card.Card
		want  int
	}{
		"all finds room":      {[]*card.Card{say("a"), say("b")}, 0},
		"the first is cut":    {[]*card.Card{long, say("b"), say("c")}, 1},
		"the middle one is":   {[]*card.Card{say("a"), long, say("c"), say("d")}, 1},
		"two are, and a last": {[]*card.Card{long, long, say("c")}, 1},
	} {
		data, err := json.Marshal(c.homeBlocks("U1", test.cards, func(t card.Text) string { return t.Key + t.Plain }))
		if got := strings.Count(string(data), "slack.lost"); err != nil || got != test.want {
			t.Errorf("%s: told %d times, not %d (%v)", name, got, test.want, err)
		}
	}
}
