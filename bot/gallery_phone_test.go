//go:build e2e

package main

import (
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"duebot/bot/demo"
)

// TestGalleryPhone walks through a customer's chat in each language, presses every button that
// it meets, and takes a picture of every screen that it had not seen: for whoever words or
// designs them. Sheets of sixteen pictures each are beside them.
func TestGalleryPhone(t *testing.T) {
	if os.Getenv("DUEBOT_GALLERY") == "" {
		t.Skip("make gallery takes the pictures")
	}
	for _, lang := range galleryLanguages() {
		t.Run(lang, func(t *testing.T) {
			c := demoChat(t, lang)
			w := &walk{act: curtain(t, sandboxOptions{}), lang: lang, chat: c.ID, seen: map[string]bool{}}
			w.act.do(chromedp.EmulateViewport(narrowX, narrowY))
			w.click(at("#tab-phone", ""))
			w.click(at(chatRow, c.FirstName))
			for _, command := range []string{"/start", "/invoices", "/balance", "/pay", "/statement", "/history", "/dispute", "/question", "/help", "/stop", "/start", "/settings", "/language"} {
				w.from(command, nil)
			}
			w.sheets()
		})
	}
}

// demoChat is somebody of the demo company's customers who speaks a language and owes something.
func demoChat(t *testing.T, lang string) demo.Chat {
	for _, c := range slices.Backward(demo.Chats()) {
		if c.Lang == lang {
			return c
		}
	}
	t.Fatalf("nobody speaks %s", lang)
	return demo.Chat{}
}

// walk is one customer's way through all screens.
type walk struct {
	*act
	lang  string
	chat  int64
	seen  map[string]bool
	shots []string
}

const (
	walkDepth   = 4
	walkScreens = 90
)

// from types a command, presses the buttons at the places of path one after the other, and
// goes on from there with every button.
func (w *walk) from(command string, path []int) {
	w.t.Helper()
	if len(w.shots) >= walkScreens {
		return
	}
	m := w.answer(func() { w.play.write(w.chat, command) })
	for _, at := range path {
		keys := keysOfMessage(m)
		if m == nil || at >= len(keys) {
			return
		}
		label := keys[at].Text
		id := m.MessageID
		m = w.answer(func() {
			w.play.try("telegram/click", map[string]any{"chat": w.chat, "message_id": id, "label": label}, nil)
		})
	}
	if m == nil || !w.isNew(m) {
		return
	}
	w.snapPhone(fmt.Sprintf("%s%s", strings.TrimPrefix(command, "/"), strings.ReplaceAll(strings.Trim(fmt.Sprint(path), "[]"), " ", "-")))
	if len(path) == walkDepth {
		return
	}
	for i, b := range keysOfMessage(m) {
		if b.URL == "" {
			w.from(command, append(slices.Clone(path), i))
		}
	}
}

func keysOfMessage(m *chatMessage) (out []chatButton) {
	if m != nil {
		for _, row := range m.ReplyMarkup.Rows {
			out = append(out, row...)
		}
	}
	return out
}

// answer does something and returns the message that came of it, or that it changed; nil for
// none.
func (w *walk) answer(act func()) (changed *chatMessage) {
	before := w.play.state()
	had := map[int]string{}
	for _, m := range before.messages(w.chat) {
		had[m.MessageID] = screenOf(&m)
	}
	act()
	after := w.play.state()
	for _, m := range after.messages(w.chat) {
		if m.From.IsBot && had[m.MessageID] != screenOf(&m) {
			changed = &m
		}
	}
	return changed
}

func screenOf(m *chatMessage) string {
	s := m.Text
	for _, b := range keysOfMessage(m) {
		s += "\n[" + b.Text + "]"
	}
	return s
}

// differing are what makes two screens of one kind differ.
var differing = regexp.MustCompile(`[\p{Nd}.,٬٫/:-]+`)

func (w *walk) isNew(m *chatMessage) bool {
	kind := differing.ReplaceAllString(screenOf(m), "#")
	if len(kind) > 160 { // lists of the same
		kind = kind[:160]
	}
	old := w.seen[kind]
	w.seen[kind] = true
	return !old
}

func (w *walk) snapPhone(name string) {
	w.t.Helper()
	call[bool](w.browser, `() => { const s = document.querySelector('#screen .messages') || document.querySelector('#screen'); s.querySelectorAll('*').forEach((e) => { if (e.scrollHeight > e.clientHeight) e.scrollTop = e.scrollHeight; }); return true; }`)
	file := fmt.Sprintf("phone-%s-%02d-%s", w.lang, len(w.shots), name)
	w.picture(file)
	w.fits()
	w.shots = append(w.shots, file)
}

// sheets puts the pictures side by side, as many to a sheet as can be read.
func (w *walk) sheets() {
	const across, down = 6, 2
	n := 0
	for page := range slices.Chunk(w.shots, across*down) {
		sheet := image.NewRGBA(image.Rect(0, 0, across*narrowX, down*narrowY))
		for i, name := range page {
			f, err := os.Open(filepath.Join(w.browser.shots, name+".png"))
			if err != nil {
				w.t.Fatal(err)
			}
			shot, err := png.Decode(f)
			f.Close()
			if err != nil {
				w.t.Fatal(err)
			}
			at := image.Pt(i%across*narrowX, i/across*narrowY)
			draw.Draw(sheet, image.Rectangle{at, at.Add(image.Pt(narrowX, narrowY))}, shot, image.Point{}, draw.Src)
		}
		n++
		f, err := os.Create(filepath.Join(w.browser.shots, fmt.Sprintf("phone-%s-sheet-%d.png", w.lang, n)))
		if err != nil {
			w.t.Fatal(err)
		}
		if err := png.Encode(f, sheet); err != nil {
			w.t.Error(err)
		}
		f.Close()
	}
}
