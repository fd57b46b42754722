//go:build e2e

package paper

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"duebot/ledger"
)

// Documents of real books, as somebody else's program reads them: no word overlaps another or
// leaves the margins, every sum is that of the books, and the words come in reading order.
func TestE2EBooks(t *testing.T) {
	s := newShelf(t)
	s.fill()
	for i, ask := range asks() {
		ask.Lang = Languages[i%len(Languages)]
		t.Run(fmt.Sprint(ask.Kind, ask.Of, ask.Lang), func(t *testing.T) {
			d, data, err := s.compose(ask)
			if err != nil {
				t.Fatal(err)
			}
			var sums []ledger.Money
			s.View(func(v *ledger.View) error { sums = booked(v, ask); return nil })
			file := filepath.Join(t.TempDir(), "paper.pdf")
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			tool(t, "qpdf", "--check", file)
			checkWords(t, tool(t, "pdftotext", "-bbox", file, "-"))
			text := plain(string(tool(t, "pdftotext", "-layout", file, "-")))
			words, err := speechOf(ask.Lang, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range slices.Concat(sums, sumsOf(d)) {
				if want := plain(words.sum(m)); !strings.Contains(text, want) {
					t.Errorf("%s cannot be found", want)
				}
			}
			if !words.rtl { // where it does not turn the words of a line by itself
				text = plain(string(tool(t, "pdftotext", "-raw", file, "-")))
			}
			checkOrder(t, d, words, text)
		})
	}
}

// checkOrder fails where what is read first does not come first: the title, who it is from,
// whom it is to, the lines in their order. What stands beside each other from right to left
// the other program gives from left to right.
func checkOrder(t *testing.T, d *Document, words *speech, text string) {
	t.Helper()
	want := []string{words.say(string(d.Kind))}
	if !words.rtl {
		want = append(want, words.say("seller"), d.Seller.Name, words.say("buyer"), d.Buyer.Name)
	}
	for i := range d.Lines {
		want = append(want, d.Lines[i].Text)
	}
	for i := range d.Settled {
		want = append(want, d.Settled[i].Number)
	}
	for _, c := range d.Claims {
		want = append(want, c.Number)
	}
	for _, c := range d.Credits {
		want = append(want, c.Text)
	}
	at := 0
	for _, w := range want {
		i := strings.Index(text[at:], plain(w))
		if i < 0 {
			t.Errorf("%q does not come after what stands before it, in %.200q", w, text)
			return
		}
		at += i
	}
}
