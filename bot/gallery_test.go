//go:build e2e

package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"duebot/adapters/sandbox/stand"
	"duebot/ledger"
)

// TestGallery takes a picture of every form, and of the cards and Home tabs that people meet, in
// each language of staff: wide and light, narrow and dark. It looks at what a window holds of
// them; what they say is for people to judge.
func TestGallery(t *testing.T) {
	if os.Getenv("DUEBOT_GALLERY") == "" {
		t.Skip("make gallery takes the pictures")
	}
	for _, lang := range galleryLanguages() {
		t.Run(lang, func(t *testing.T) {
			g := &exhibition{act: curtain(t, sandboxOptions{}), lang: lang}
			g.speaks()
			g.forms()
			g.reports()
			g.decisions()
			g.homes()
		})
		t.Run(lang+" from nothing", func(t *testing.T) {
			g := &exhibition{act: curtain(t, sandboxOptions{empty: true}), lang: lang}
			g.speaks()
			g.beginning()
		})
	}
}

// galleryLanguages are those of which pictures are wanted: all, or what DUEBOT_GALLERY names.
func galleryLanguages() []string {
	if wanted := strings.Fields(os.Getenv("DUEBOT_GALLERY")); len(wanted) > 0 && wanted[0] != "all" {
		return wanted
	}
	return []string{"en", "ru", "ro", "it", "zh", "fa"}
}

// exhibition is one language's pictures.
type exhibition struct {
	*act
	lang string
	part string // which of the pictures are being taken
	who  string // whose part is taken
	room string
}

// speaks gives all of staff the language, and forgets what was known of them.
func (g *exhibition) speaks() {
	locale := map[string]string{"en": "en-US", "ru": "ru-RU", "ro": "ro-RO", "it": "it-IT", "zh": "zh-CN", "fa": "fa-IR"}[g.lang]
	for _, user := range []string{sales, finance, manager, auditor} {
		g.play.post("slack/locale", map[string]any{"user": user, "locale": locale}, nil)
	}
	b := g.box.bot.Load()
	b.mu.Lock()
	clear(b.people)
	b.mu.Unlock()
	b.loadPeople(g.t.Context())
	g.click(at("#hint button[aria-label]", ""))
}

// as takes the part of somebody, in a channel.
func (g *exhibition) as(user, room string) {
	first := map[string]string{sales: "Sofia", finance: "Farid", manager: "Marta", auditor: "Arthur"}[user]
	if g.who != user {
		g.become(first)
		g.who, g.room = user, ""
	}
	if g.room != room {
		g.click(at("#rooms button", room))
		g.room = room
	}
}

// snap takes the pictures of what stands there.
func (g *exhibition) snap(name string) {
	g.t.Helper()
	base := fmt.Sprintf("gallery-%s-%s-%s", g.lang, g.part, name)
	g.do(chromedp.EmulateViewport(narrowX, narrowY))
	g.theme("dark")
	if g.look(at("#tab-slack", "")).Found && !g.look(at("dialog[open]", "")).Found {
		g.click(at("#tab-slack", ""))
	}
	g.rests()
	g.picture(base + "-narrow-dark")
	g.fits()
	g.do(chromedp.EmulateViewport(wideX, wideY))
	g.theme("light")
	g.rests()
	g.picture(base)
	g.fits()
	g.named()
}

// rests takes the cursor out of a form's field, whose list would hide the rest of it, and brings
// the newest message into view.
func (g *exhibition) rests() {
	call[bool](g.browser, `() => {
		if (document.querySelector('dialog[open]')) document.activeElement?.blur();
		const last = [...document.querySelectorAll('#messages .msg')].at(-1), thread = [...document.querySelectorAll('#thread .msg')].at(-1);
		for (const m of [last, thread]) m?.scrollIntoView({block: m.offsetHeight > 600 ? 'start' : 'end'});
		return true;
	}`)
	time.Sleep(150 * time.Millisecond) // a list closes when its field is left
}

// types runs a line as somebody in the finance channel and takes its answer's picture.
func (g *exhibition) types(name, user, line string) {
	g.t.Helper()
	g.as(user, "finance")
	g.play.command(user, "CFINANCE01", line)
	g.play.state()
	g.newest(name)
}

// newest takes the picture of the newest message, from its beginning.
func (g *exhibition) newest(name string) {
	g.t.Helper()
	time.Sleep(300 * time.Millisecond) // the page hears of it by its stream
	g.snap(name)
}

// shuts closes the modal that is open.
func (g *exhibition) shuts() {
	g.t.Helper()
	w := g.play.state()
	for v := w.top(g.who); v != nil; v = w.top(g.who) {
		g.play.post("slack/close", map[string]any{"user": g.who, "view_id": v.ID}, nil)
		w = g.play.state()
	}
	g.gone(at("dialog.modal[open]", ""))
}

// forms are those that a bare verb, or one with its subject, asks by.
func (g *exhibition) forms() {
	g.part = "form"
	number, dispute := g.known()
	g.as(manager, "finance")
	for _, f := range [][2]string{
		{"invoice", "invoice"}, {"invoice-known", "invoice acme"}, {"deposit", "deposit"}, {"draft", "draft"}, {"recur", "recur acme"},
		{"payment", "payment"}, {"payment-known", "payment " + number}, {"credit", "credit " + number}, {"reissue", "reissue " + number},
		{"void", "void"}, {"writeoff", "writeoff " + number}, {"refund", "refund"}, {"chargeback", "chargeback"}, {"apply", "apply"},
		{"unapply", "unapply"}, {"certificate", "certificate " + number}, {"dispute-open", "dispute open"}, {"dispute", "dispute resolve " + dispute},
		{"promise", "promise"}, {"plan", "plan"}, {"interest", "interest"}, {"remind", "remind"}, {"bounced", "bounced"},
		{"note", "note acme"}, {"find", "find"}, {"statement", "statement"}, {"history", "history"}, {"why", "why"}, {"show", "show"},
		{"payments", "payments"}, {"period", "period close"}, {"reopen", "period reopen 2026-08"}, {"rate", "rate"}, {"customer", "customer"},
		{"customer-set", "customer set acme"}, {"invite", "customer invite"}, {"oldsum", "setup total"},
	} {
		g.play.command(manager, "CFINANCE01", "/ar "+f[1])
		g.sees(at("dialog.modal[open]", ""))
		g.snap(f[0])
		g.shuts()
	}
}

// known is an invoice that can still be credited, and an open dispute.
func (g *exhibition) known() (number, dispute string) {
	err := g.box.bot.Load().books.View(func(v *ledger.View) error {
		for _, d := range v.OpenDisputes() {
			dispute = d.Label()
		}
		v.Customers(func(c *ledger.Customer) {
			for _, inv := range v.OpenInvoices(c) {
				if number == "" && inv.Overdue(v.Today()) && v.Replaceable(inv) == nil {
					number = inv.Number.String()
				}
			}
		})
		return nil
	})
	if err != nil || number == "" || dispute == "" {
		g.t.Fatalf("the demo has no invoice to speak of: %q, %q, %v", number, dispute, err)
	}
	return number, dispute
}

// reports are answers that change nothing.
func (g *exhibition) reports() {
	g.part = "report"
	number, _ := g.known()
	for _, r := range [][2]string{
		{"aging", "aging"}, {"aging-bucket", "aging by bucket"}, {"aging-owner", "aging by owner"}, {"aging-customer", "aging acme"},
		{"invoice", "show " + number}, {"customer", "show acme"}, {"why", "why " + number}, {"history", "history " + number},
		{"statement", "statement acme 2026-07-01 2026-10-30"}, {"find", "find мюлер"}, {"calls", "calls"}, {"approvals", "approvals"},
		{"disputes", "dispute list"}, {"rates", "rates"}, {"rate", "rate USD"}, {"contracts", "recur list"}, {"drafts", "drafts"},
		{"campaigns", "campaigns"}, {"unknown", "unknown"}, {"imports", "import"}, {"period", "period"}, {"interest", "interest acme"},
		{"customers", "customer list"}, {"help", "help invoice"}, {"typo", "shwo acme"}, {"nearly", "show acne"}, {"doubtful", "payment acme 1.200"},
		{"wrong", "invoice acme ten \"Design\""},
	} {
		g.types(r[0], finance, "/ar "+r[1])
	}
	g.as(manager, "finance")
	g.play.command(manager, "CFINANCE01", "/ar aging")
	g.play.state()
	g.click(at(slackMsg+" .btn[data-action^=form]", ""))
	g.sees(at("dialog.modal[open]", ""))
	g.snap("narrow")
	g.shuts()
}

// decisions are what asks somebody to decide, and what became of it.
func (g *exhibition) decisions() {
	g.part = "decision"
	number, _ := g.known()
	g.types("preview", finance, `/ar invoice acme 3 x 1200 "Consulting, October" + 1 x 99 "Hosting" tax 19% due 14d`)
	g.click(at(slackMsg+" .btn[data-action^=confirm]", ""))
	g.play.state()
	g.newest("issued")
	g.types("twin", finance, `/ar invoice acme 3 x 1200 "Consulting, October" + 1 x 99 "Hosting" tax 19% due 14d`)
	g.types("large", finance, `/ar invoice acme 25000 "Machine"`)
	g.click(at(slackMsg+" .btn[data-action^=confirm]", ""))
	g.play.state()
	g.newest("asked")
	g.as(manager, "finance")
	g.newest("approval")
	g.types("refused", sales, "/ar writeoff "+number+` "insolvent"`)
	g.types("remind", manager, "/ar remind overdue")
	g.play.post("fault", map[string]any{"platform": "telegram", "kind": stand.FaultTimeoutAfterAccept, "count": 3}, nil)
	g.click(at(slackMsg+" .btn[data-action^=remind]", ""))
	g.play.state()
	g.newest("campaign")
	g.play.post("clock", map[string]any{"advance": "2m"}, nil)
	g.play.state()
	g.types("unknown", manager, "/ar unknown")
	g.types("note", finance, "/ar note acme called Ivan, pays Friday")
	g.as(finance, "invoices")
	g.newest("cards")
}

// homes are the Home tabs of each role.
func (g *exhibition) homes() {
	g.part = "home"
	for _, user := range []string{sales, finance, manager, auditor} {
		g.as(user, "Duebot")
		g.click(at(".room-tabs button", "Home"))
		g.sees(at(".home", ""))
		g.play.state()
		g.sees(at(".home img", ""))
		g.scroll(0)
		g.snap(user)
		g.scroll(1)
		g.snap(user + "-end")
	}
	g.scroll(1)
	g.click(at(".home .btn[data-action^=aging]", ""))
	g.sees(at("dialog.modal[open] img", ""))
	g.snap("modal")
	g.shuts()
}

// scroll brings the beginning or the end of a page into view.
func (g *exhibition) scroll(end int) {
	call[bool](g.browser, `(end) => { for (const e of document.querySelectorAll('#messages, .home')) e.scrollTop = end ? e.scrollHeight : 0; return true; }`, end)
}

// beginning is an empty company: its Home, a file, and setting up.
func (g *exhibition) beginning() {
	g.part = "begin"
	g.as(manager, "Duebot")
	g.click(at(".room-tabs button", "Home"))
	g.sees(at(".home .btn", ""))
	g.snap("home")
	g.types("imports", manager, "/ar import")
	g.types("setup1", manager, "/ar setup")
	for n := 2; n <= 7; n++ {
		g.click(at(slackMsg+" .btn[data-action=setup]", ""))
		g.play.state()
		g.newest(fmt.Sprint("setup", n))
		if n == 3 {
			g.file("customers.csv", "Customer No;Name;Terms;Fax\nacme;Acme GmbH;net14;\nbeta;Beta & Söhne;30 days;\n")
			g.click(at(slackMsg, "customers.csv").its(".foot"))
			g.snap("file")
			g.click(at(threadMsg+" .btn[data-action=import]", ""))
			g.play.state()
			g.snap("imported")
			g.file("open.csv", "Customer,Invoice,Date,Due,Open\nacme,2026/7,2026-08-01,2026-08-31,1200.50\nDelta,2026/8,2026-08-01,2026-08-31,100\n")
			g.click(at(slackMsg, "open.csv").its(".foot"))
			g.snap("wrong")
		}
	}
}

func (g *exhibition) file(name, text string) {
	g.play.post("slack/message", map[string]any{"user": manager, "channel": "CFINANCE01", "text": "",
		"files": []upload{{Name: name, Mime: "text/csv", Data: []byte(strings.TrimSpace(text) + "\n")}}}, nil)
	g.play.state()
}
