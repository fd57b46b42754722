//go:build e2e

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The sizes of the window, in CSS pixels.
const (
	wideX, wideY     = 1440, 900
	narrowX, narrowY = 430, 900
)

// waitMax is how long a person would wait at most for something to appear.
const waitMax = 30 * time.Second

// browser is one tab of a headless Chromium, used as a person uses it: things are found by
// what can be read on them, and a click goes to a place on the screen, so that whatever is
// hidden or covered can't be pressed.
type browser struct {
	t     *testing.T
	ctx   context.Context
	shots string // folder of the screenshots
	shotN int
	began time.Time

	mu     sync.Mutex
	grumbs []string // what the page wrote to its console
}

// openBrowser starts Chromium with the page at address, in the wide window.
func openBrowser(t *testing.T, address string) *browser {
	t.Helper()
	shots := os.Getenv("DUEBOT_SHOTS")
	if shots == "" {
		shots = "../e2e-shots"
	}
	if err := os.MkdirAll(shots, 0o755); err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(wideX, wideY),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		// A picture taken in the middle of a movement would differ from run to run.
		chromedp.Flag("force-prefers-reduced-motion", true),
	)
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx, shots: shots, began: time.Now()}
	// This first use starts the browser: it lives as long as the context.
	console := chromedp.Console(ctx)
	go func() {
		for m, err := range console {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException {
				b.mu.Lock()
				b.grumbs = append(b.grumbs, m.String())
				b.mu.Unlock()
			}
		}
	}()
	b.do(chromedp.EmulateViewport(wideX, wideY), chromedp.Navigate(address))
	t.Cleanup(func() {
		if t.Failed() {
			b.picture(t.Name() + "-failed")
		}
	})
	return b
}

// do runs steps; a browser that does not answer fails the test.
func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, waitMax)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("driving Chromium: %v", err)
	}
}

// call calls a function of the page and decodes what it returns.
func call[T any](b *browser, function string, args ...any) T {
	b.t.Helper()
	list, err := json.Marshal(append([]any{}, args...))
	if err != nil {
		b.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(b.ctx, waitMax)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](fmt.Sprintf("(%s)(...%s)", function, list), chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("asking the page: %v", err)
	}
	return v
}

// place is something on the screen: the last element that matches css and reads text, or
// the last that matches part in such elements. Within is the selector of a frame that it is in.
type place struct{ within, css, text, part string }

func at(css, text string) place { return place{css: css, text: text} }

// its is a part of a place.
func (p place) its(part string) place {
	p.part = part
	return p
}

func (p place) String() string { return fmt.Sprintf("%s %s %q %s", p.within, p.css, p.text, p.part) }

// spot is where a place is found.
type spot struct {
	Found bool
	Text  string
	X, Y  float64
	Over  string // what covers it
}

// find looks for the last visible element that is meant, brings it into view, and tells its
// middle and whether it can be pressed there.
const find = `(within, css, text, part) => {
	const frame = within ? document.querySelector(within) : null;
	const doc = within ? frame?.contentDocument : document;
	if (!doc) return {};
	const words = (el) => ((el.value ?? '') + ' ' + el.textContent + ' ' + (el.getAttribute('aria-label') ?? '')).replace(/\s+/g, ' ').trim();
	const seen = (e) => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0;
	let all = [...doc.querySelectorAll(css)].filter((e) => seen(e) && words(e).includes(text));
	if (part) all = all.flatMap((e) => [...e.querySelectorAll(part)].filter(seen));
	const el = all.at(-1);
	if (!el) return {};
	const out = {Found: true, Text: (el.innerText || words(el)).replace(/[^\S\n]+/g, ' ')};
	el.scrollIntoView({block: 'nearest', inline: 'nearest'});
	const r = el.getClientRects()[0], f = frame ? frame.getBoundingClientRect() : {left: 0, top: 0};
	out.X = r.left + r.width / 2; out.Y = r.top + r.height / 2;
	const top = doc.elementFromPoint(out.X, out.Y);
	if (!top) out.Over = 'the edge of the window';
	else if (!el.contains(top) && !top.contains(el)) out.Over = top.outerHTML.slice(0, 120);
	out.X += f.left; out.Y += f.top;
	return out;
}`

func (b *browser) look(p place) spot {
	b.t.Helper()
	return call[spot](b, find, p.within, p.css, p.text, p.part)
}

// until asks again and again, as one who waits does, and fails when waitMax ends.
func (b *browser) until(what string, ok func() bool) {
	b.t.Helper()
	for end := time.Now().Add(waitMax); !ok(); time.Sleep(25 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("waited %s for %s", waitMax, what)
		}
	}
}

// sees waits for something to be read and returns all of its words.
func (b *browser) sees(p place) string {
	b.t.Helper()
	var s spot
	b.until(p.String(), func() bool { s = b.look(p); return s.Found })
	return s.Text
}

// reads waits for something that matches a pattern and returns the match's first group.
func (b *browser) reads(css string, pattern *regexp.Regexp) string {
	b.t.Helper()
	var m []string
	b.until(fmt.Sprintf("%s %s", css, pattern), func() bool {
		m = pattern.FindStringSubmatch(call[string](b, `(css) => [...document.querySelectorAll(css)].map((e) => e.textContent).join('\n')`, css))
		return m != nil
	})
	return m[1]
}

// count tells how many elements match.
func (b *browser) count(css string) int {
	b.t.Helper()
	return call[int](b, `(css) => document.querySelectorAll(css).length`, css)
}

// never fails when something can be read now.
func (b *browser) never(p place) {
	b.t.Helper()
	if s := b.look(p); s.Found {
		b.t.Fatalf("%s should not be there: %q", p, s.Text)
	}
}

// gone waits until something can't be read any more.
func (b *browser) gone(p place) {
	b.t.Helper()
	b.until("the end of "+p.String(), func() bool { return !b.look(p).Found })
}

// click presses the middle of something, once it is there and nothing lies over it.
func (b *browser) click(p place) {
	b.t.Helper()
	var s spot
	b.until("a free "+p.String(), func() bool { s = b.look(p); return s.Found && s.Over == "" })
	b.do(chromedp.MouseClickXY(s.X, s.Y))
}

// write clicks into a field and types, key by key.
func (b *browser) write(css, text string) {
	b.t.Helper()
	b.click(at(css, ""))
	b.keys(text)
}

// keys types what has the focus. A line end is Enter.
func (b *browser) keys(text string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(text, asKeyboard))
}

// asKeyboard makes a key go down as a keyboard's does: a page that handles it then gets no
// character of it any more.
func asKeyboard(p *input.DispatchKeyEventParams) {
	if p.Type == kb.KeyDown {
		p.Type = kb.KeyRawDown
	}
}

// holds waits until a field holds a text.
func (b *browser) holds(css, text string) {
	b.t.Helper()
	b.until(css+" to hold "+text, func() bool {
		return call[string](b, `(css) => document.querySelector(css)?.value ?? ''`, css) == text
	})
}

// chapter takes a chapter's pictures: wide in light and in dark, and a narrow one of the
// client that is named, "slack" or "phone"; with "" of the one that was seen last.
func (b *browser) chapter(name, client string) {
	b.t.Helper()
	b.shotN++
	base := fmt.Sprintf("%s-%02d-%s", strings.ToLower(strings.TrimPrefix(b.t.Name(), "TestE2E")), b.shotN, name)
	b.t.Logf("%5.1f s: %s", time.Since(b.began).Seconds(), name)
	b.theme("dark")
	b.picture(base + "-dark")
	b.do(chromedp.EmulateViewport(narrowX, narrowY))
	b.theme("light")
	if client != "" {
		b.click(at("#tab-"+client, ""))
	}
	b.picture(base + "-narrow")
	b.fits()
	b.do(chromedp.EmulateViewport(wideX, wideY))
	b.picture(base)
	b.fits()
	b.named()
}

// named fails when something that can be used has no name that a screen reader could say.
func (b *browser) named() {
	b.t.Helper()
	mute := call[[]string](b, `() => [...document.querySelectorAll('button, a[href], input, select, textarea, iframe, [role="button"]')]
		.filter((e) => e.getClientRects().length && !(e.textContent.trim() || e.getAttribute('aria-label') || e.title || e.labels?.length || e.querySelector('img[alt]:not([alt=""])')))
		.map((e) => e.outerHTML.slice(0, 120))`)
	if len(mute) > 0 {
		b.t.Errorf("without a name: %s", strings.Join(mute, "; "))
	}
}

// theme sets what the system asks pages for.
func (b *browser) theme(name string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
		return err
	}))
	b.until("the "+name+" page", func() bool {
		return call[string](b, `() => document.documentElement.dataset.theme`) == name
	})
}

// picture writes a screenshot. Two frames have passed then, so that all is drawn.
func (b *browser) picture(name string) {
	b.t.Helper()
	call[bool](b, `() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
	ctx, cancel := context.WithTimeout(b.ctx, waitMax)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(b.shots, strings.ReplaceAll(name, "/", "-")+".png"), png, 0o644)
	}
	if err != nil {
		b.t.Errorf("picture %s: %v", name, err)
	}
}

// fits fails when the page is wider than its window, or a text overflows its box by more
// than a bubble's tail.
func (b *browser) fits() {
	b.t.Helper()
	wide := call[[]string](b, `() => {
		const out = [];
		if (document.documentElement.scrollWidth > innerWidth + 1) out.push('the page: ' + document.documentElement.scrollWidth + ' in ' + innerWidth);
		for (const el of document.querySelectorAll('.msg, .bubble, .key, .btn, dialog[open], .room-head, .tg-head')) {
			if (el.getClientRects().length && getComputedStyle(el).overflowX === 'visible' && el.scrollWidth > el.clientWidth + 8) out.push(el.className + ': ' + el.textContent.slice(0, 60));
		}
		return out;
	}`)
	if len(wide) > 0 {
		b.t.Errorf("too wide for their places: %s", strings.Join(wide, "; "))
	}
}

// grumbles waits for a complaint with these words, which was to be expected, and forgets it.
func (b *browser) grumbles(words string) {
	b.t.Helper()
	b.until("the page's complaint "+words, func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		n := len(b.grumbs)
		b.grumbs = slices.DeleteFunc(b.grumbs, func(g string) bool { return strings.Contains(g, words) })
		return len(b.grumbs) < n
	})
}

// quiet fails when the page had something to complain about.
func (b *browser) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, g := range b.grumbs {
		b.t.Errorf("the page complained: %s", g)
	}
}

const (
	enter = kb.Enter
	up    = kb.ArrowUp
	esc   = kb.Escape
	tab   = kb.Tab
)
