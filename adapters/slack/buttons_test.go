package slack

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"duebot/commands/card"
)

// Three buttons are seen and the rest is in menus of five; what asks before it does something
// stays a button, and so does what no menu can carry.
func TestButtonsAndMenus(t *testing.T) {
	plain := func(label string) card.Button { return card.Button{Label: card.Plain(label), Do: "show", Arg: label} }
	more := func(label string) card.Button { b := plain(label); b.More = true; return b }
	asks := func(label string) card.Button { b := more(label); b.Confirm = card.Plain("Sure?"); return b }
	long := card.Button{Label: card.Plain("long"), Do: "line", Arg: strings.Repeat("x", 100), More: true}
	many := []card.Button{plain("a")}
	for i := range 7 {
		many = append(many, more(fmt.Sprint("m", i)))
	}
	for name, tt := range map[string]struct {
		buttons []card.Button
		want    string
	}{
		"three are seen":              {[]card.Button{plain("a"), more("b"), plain("c")}, "a b c"},
		"a fourth is in the menu":     {[]card.Button{plain("a"), plain("b"), plain("c"), plain("d")}, "a b c (d)"},
		"the menu's own":              {[]card.Button{plain("a"), more("b"), more("c"), plain("d")}, "a d (b c)"},
		"a question stays a button":   {[]card.Button{plain("a"), plain("b"), plain("c"), asks("d")}, "a b c d"},
		"a long line stays a button":  {[]card.Button{plain("a"), plain("b"), plain("c"), long}, "a b c long"},
		"more than five are a choice": {many, "a (m0 m1 m2 m3 m4 m5 m6)"},
	} {
		c, _ := testClient("http://127.0.0.1:1")
		_, blocks := c.render("C1", &card.Card{Title: card.Plain("t"), Buttons: tt.buttons}, func(x card.Text) string { return x.Plain })
		if got := elementsOf(blocks); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
}

func elementsOf(blocks []slack.Block) string {
	var out []string
	for _, b := range blocks {
		actions, ok := b.(*slack.ActionBlock)
		if !ok {
			continue
		}
		for _, e := range actions.Elements.ElementSet {
			switch x := e.(type) {
			case *slack.ButtonBlockElement:
				out = append(out, x.Text.Text)
			case *slack.OverflowBlockElement:
				var options []string
				for _, o := range x.Options {
					options = append(options, o.Text.Text)
				}
				out = append(out, "("+strings.Join(options, " ")+")")
			case *slack.SelectBlockElement:
				var options []string
				for _, o := range x.Options {
					options = append(options, o.Text.Text)
				}
				out = append(out, "("+strings.Join(options, " ")+")")
			}
		}
	}
	return strings.Join(out, " ")
}

// A button's argument may hold what people typed, whatever the signs.
func TestButtonValueComesBack(t *testing.T) {
	c, _ := testClient("http://127.0.0.1:1")
	for _, arg := range []string{"", "1", `writeoff INV-1 "a|b" |`, "||", "payment.INV-1"} {
		do, got, ok := c.opened("C1", c.value("C1", card.Button{Do: "line", Arg: arg}))
		if !ok || do != "line" || got != arg {
			t.Errorf("%q came back as %s %q, %t", arg, do, got, ok)
		}
	}
	if _, _, ok := c.opened("C2", c.value("C1", card.Button{Do: "line", Arg: "x"})); ok {
		t.Error("a button of another channel was taken")
	}
}

// What finds no room in a message is not dropped without a word, and a table keeps its rows.
func TestWhatIsLostIsSaid(t *testing.T) {
	c, _ := testClient("http://127.0.0.1:1")
	words := func(x card.Text) string {
		if x.Key == "slack.lost" {
			return "the rest is left out"
		}
		return x.Plain
	}
	said := func(k *card.Card) bool {
		_, blocks := c.render("C1", k, words)
		for _, b := range blocks {
			if x, ok := b.(*slack.ContextBlock); ok {
				if e, ok := x.ContextElements.Elements[0].(*slack.TextBlockObject); ok && e.Text == "the rest is left out" {
					return true
				}
			}
		}
		return false
	}
	wide := &card.Card{Title: card.Plain("t"), Table: &card.Table{Head: []card.Text{card.Plain("a"), card.Plain("b")}}}
	for range 90 {
		wide.Table.Rows = append(wide.Table.Rows, []card.Text{card.Plain(strings.Repeat("я", 500)), card.Plain("x")})
	}
	if said(wide) {
		t.Error("a table of 90 rows does not fit")
	}
	for range 30 {
		wide.Table.Rows = append(wide.Table.Rows, wide.Table.Rows[0])
	}
	if !said(wide) {
		t.Error("20 rows too many went without a word")
	}
	full := &card.Card{Title: card.Plain("t"), Body: []card.Text{card.Plain(strings.Repeat("я", 20000))}, Note: []card.Text{card.Plain("small print")}}
	if !said(full) {
		t.Error("a note went without a word")
	}
}

// A column of long words is broken into lines, so that what stands behind it is seen; names and sums
// are not.
func TestLongColumnIsWrapped(t *testing.T) {
	c, _ := testClient("http://127.0.0.1:1")
	words := func(t card.Text) string { return t.Plain }
	long := card.Plain("Step 1 of 3: an SMS (plain), INV-2026-000002")
	k := &card.Card{Table: &card.Table{Head: []card.Text{card.Plain("a"), card.Plain("b"), card.Plain("c"), card.Plain("d")}, Right: []bool{false, false, false, true},
		Rows: [][]card.Text{{long, card.Plain("short"), long, long}, {card.Plain("x"), card.Plain("y")}}}}
	_, blocks := c.render("C1", k, words)
	for _, b := range blocks {
		if x, ok := b.(*slack.TableBlock); ok {
			for i, want := range []bool{false, false, true, false} {
				if got := x.ColumnSettings[i].IsWrapped; got != want {
					t.Errorf("column %d is wrapped: %t, want %t", i, got, want)
				}
			}
			return
		}
	}
	t.Fatal("there is no table")
}
