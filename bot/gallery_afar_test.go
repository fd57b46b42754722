//go:build e2e

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestGalleryAfar takes pictures, in each language, of what comes to people who look at neither chat
// nor channel: short messages to a customer, a manager's digest in Slack and in Telegram, the card of
// the morning, and a task.
func TestGalleryAfar(t *testing.T) {
	if os.Getenv("DUEBOT_GALLERY") == "" {
		t.Skip("make gallery takes the pictures")
	}
	config := filepath.Join(t.TempDir(), "duebot.toml")
	if err := os.WriteFile(config, []byte(`[reminders]
policy = "short"
[[reminders.policies]]
name = "short"
before = []
steps = [{after = 3, kind = "sms", tone = "plain"}, {after = 10, kind = "sms", tone = "final"}, {after = 14, kind = "call"}]
channels = ["sms", "telegram"]
`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, lang := range galleryLanguages() {
		t.Run(lang, func(t *testing.T) {
			g := &exhibition{act: curtain(t, sandboxOptions{empty: true, config: config}), lang: lang, part: "afar"}
			said := phrasesOf(lang)
			g.play.command(sales, "CINVOICES1", `/ar customer add acme "`+said.customer+`" currency=EUR lang=`+lang+` terms=net7`)
			g.play.command(sales, "CINVOICES1", `/ar customer set acme phone="+40 721 234 567" email=ap@acme.example`)
			for _, sum := range []string{"100", "250.50"} {
				g.play.command(sales, "CINVOICES1", said.fill("/ar invoice acme "+sum+` "{hosting}"`))
				g.play.press(sales, "Confirm")
			}
			g.play.write(1002, "/start "+g.play.digestLink(manager))
			g.speaks()
			g.play.advance("240h") // the morning of a reminder
			g.play.state()
			g.types("morning", manager, "/ar preflight")
			g.play.advance("264h")
			g.play.state()
			g.play.command(finance, "CINVOICES1", "/ar payment INV-2026-000001 40")
			g.types("tasks", manager, "/ar tasks")
			g.types("task", manager, "/ar task T-1")
			g.types("digest", manager, "/ar digest")
			g.phone("sms", said.customer, ".sms .tg-head")
			g.phone("digest", "Анна Соколова", "#screen .photo img")
		})
	}
}

// phone takes the pictures of a thread on the phones, once it shows something.
func (g *exhibition) phone(name, thread, css string) {
	g.t.Helper()
	g.do(chromedp.EmulateViewport(narrowX, narrowY))
	g.click(at("#tab-phone", ""))
	if back := at("#screen .tg-head button", ""); g.look(back).Found {
		g.click(back)
	}
	g.click(at(chatRow, thread))
	g.sees(at(css, ""))
	for _, theme := range []string{"dark", "light"} {
		g.theme(theme)
		g.picture("gallery-" + g.lang + "-afar-phone-" + name + "-" + theme)
		g.fits()
	}
}
