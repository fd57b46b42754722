package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/adapters/slack"
	"duebot/bot/text"
	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
)

// Whatever stands in a ledger, what staff are shown of it is within Slack's limits: random
// books with hostile names are asked every question, and every notice and every page is
// posted through the real client to the strict stand-in.
func TestCardsOfRandomLedgersArePosted(t *testing.T) {
	toSlack, _, texts := strictPlatforms(t)
	seed := uint64(time.Now().UnixNano())
	for i := range uint64(2) {
		t.Run(fmt.Sprintf("seed %d", seed+i), func(t *testing.T) {
			g := &cardLedger{T: t, r: rand.New(rand.NewPCG(seed+i, 1)), slack: toSlack, texts: texts}
			g.fill()
			g.askAll()
			g.postNotices()
		})
	}
}

// A customer with ten thousand open invoices is pages, each within the limits, and none is
// left out.
func TestTenThousandInvoicesArePages(t *testing.T) {
	toSlack, _, texts := strictPlatforms(t)
	g := &cardLedger{T: t, r: rand.New(rand.NewPCG(1, 2)), slack: toSlack, texts: texts}
	g.open()
	g.book(func(tx *ledger.Tx) error {
		c, err := tx.AddCustomer(ledger.NewCustomer{Handle: "acme", Name: strings.Repeat("👩‍👩‍👧‍👦", 300)})
		for range 10000 {
			if err == nil {
				_, err = tx.Issue(g.draft(tx, c))
			}
		}
		return err
	})
	reply := g.ask("aging acme")
	if said := g.plain(reply.Card); !strings.Contains(said, "1 to 25 of 10,000") && !strings.Contains(said, "1 to 25 of 10000") {
		t.Errorf("the first page says %.300q", said)
	}
	for _, page := range []int{1, 200, 399} {
		reply := g.press("page", fmt.Sprintf("%d aging acme", page))
		if n := len(reply.Card.Table.Rows); n != 25 || !reply.Replace {
			t.Errorf("page %d has %d rows, in place of the one before: %t", page, n, reply.Replace)
		}
	}
	for _, line := range []string{"history acme", "statement acme 2026-01-01", "why acme", "show acme"} {
		g.ask(line)
	}
}

// cardLedger is a ledger whose cards are posted.
type cardLedger struct {
	*testing.T
	r     *rand.Rand
	books *ledger.Books
	desk  *commands.Desk
	slack *slack.Client
	texts *text.Catalog
	keys  int
}

func (g *cardLedger) open() {
	now := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	var err error
	g.books, err = ledger.Open(g.TempDir()+"/duebot.db", ledger.Options{Now: func() time.Time { return now },
		Touched: func(tx *ledger.Tx, about []ledger.InvoiceID) error { return g.desk.Touched(tx, about) }})
	if err != nil {
		g.Fatal(err)
	}
	g.Cleanup(func() { g.books.Close() })
	g.desk = &commands.Desk{Books: g.books, Settings: commands.Settings{InvoiceChannel: "CINVOICES1", FinanceChannel: "CFINANCE01", SendDelay: time.Minute,
		InviteURL: func(token string) string { return "https://t.me/bot?start=" + token },
		Languages: []string{"en", "ru"}, MonthName: func(string, int) string { return "May" },
		People:  func(commands.Role) []string { return []string{"UMANAGER01"} },
		StaffOf: func(user string) commands.Staff { return commands.Staff{ID: user, Role: commands.Finance} },
		Remind: func(*ledger.View, *ledger.Customer, bool) (ledger.NoticeQueued, string) {
			return ledger.NoticeQueued{}, "nothing"
		}}}
	cfg := sandboxConfig("http://127.0.0.1:1", "x.db")
	g.book(func(tx *ledger.Tx) error { return tx.SetCompany(cfg.company()) })
}

func (g *cardLedger) book(fn func(tx *ledger.Tx) error) {
	g.Helper()
	_, err := g.books.Update(context.Background(), ledger.Command{By: "slack:USALES0001", Run: func(tx *ledger.Tx) ([]byte, error) { return nil, fn(tx) }})
	if err != nil {
		g.Fatal(err)
	}
}

// words are some that people and attackers write.
func (g *cardLedger) words() string {
	all := []string{"Acme GmbH", strings.Repeat("👨‍👩‍👦", 300), "\u202eevil \u2066x", strings.Repeat("я", 2000), "<!channel> <@U1> & <b>", "*a* _b_ `c`",
		"شركة", "a\nb\r\nc", "|1|2", strings.Repeat("long name ", 150), "{{.x}}", "x"}
	return all[g.r.IntN(len(all))]
}

func (g *cardLedger) draft(tx *ledger.Tx, c *ledger.Customer) ledger.Draft {
	day := tx.Today().AddDays(-g.r.IntN(200))
	d := ledger.Draft{Customer: c.ID, Date: day, Due: day.AddDays(14), Currency: "EUR", Reference: "PO-4711"}
	for range 1 + g.r.IntN(3) {
		d.Lines = append(d.Lines, ledger.Line{Text: g.words(), Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(int64(1 + g.r.IntN(5000)))})
	}
	return d
}

// fill makes customers, invoices, and what becomes of these.
func (g *cardLedger) fill() {
	g.open()
	for i := range 3 {
		g.book(func(tx *ledger.Tx) error {
			c, err := tx.AddCustomer(ledger.NewCustomer{Handle: fmt.Sprintf("c%d", i), Name: g.words(), Owner: "USALES0001", Segment: "retail"})
			if err == nil {
				_, err = tx.Require(c, ledger.Requirements())
			}
			if err == nil && i > 0 {
				_, err = tx.Require(c, nil)
			}
			return err
		})
	}
	for range 40 {
		g.book(func(tx *ledger.Tx) error {
			inv, err := tx.Issue(g.draft(tx, tx.Customer(ledger.CustomerID(2+g.r.IntN(2)))))
			if err != nil {
				return err
			}
			return g.desk.AnnounceInvoice(tx, inv)
		})
	}
	for n := range 40 {
		number := fmt.Sprintf("INV-2026-%06d", 1+g.r.IntN(40))
		line := []string{"payment " + number + " 5 \"" + g.words() + "\"", "promise " + number + " friday", "writeoff " + number + " 1 \"" + g.words() + "\"",
			"credit " + number + " 1 \"" + g.words() + "\"", "payment c1 100", "draft c1 5 \"" + g.words() + "\"", "void " + number}[n%7]
		g.line(line)
	}
	g.book(func(tx *ledger.Tx) error {
		inv := tx.Invoice(1)
		disp, err := tx.OpenDispute(inv, ledger.Reasons()[0], ledger.Money{}, "telegram:1001")
		if err != nil {
			return err
		}
		if err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeDispute, Customer: inv.Customer, Invoice: inv.ID, Dispute: disp.ID, Who: "telegram:1001", Address: "CINVOICES1"}); err != nil {
			return err
		}
		return tx.Open(inv)
	})
}

// askAll asks all that staff can ask, and follows the pages.
func (g *cardLedger) askAll() {
	var lines []string
	for _, cmd := range commands.Table() {
		lines = append(lines, cmd.Name)
		for _, example := range cmd.Examples {
			lines = append(lines, strings.ReplaceAll(example, "acme", "c1"))
		}
	}
	lines = append(lines, "invoice c0 5 \"x\"", "invoice c1 50000 \""+strings.ReplaceAll(g.words(), "\"", "")+"\"", "aging by owner", "aging by segment", "aging c1", "history c2",
		"statement c1 2026-01-01", "why c1", "show c1", "payments c1", "customer list", "dispute list", "drafts", "approvals", "help")
	for _, line := range lines {
		reply := g.ask(line)
		for range 5 {
			next, ok := nextPage(reply.Card)
			if !ok {
				break
			}
			reply = g.press(next.Do, next.Arg)
		}
	}
}

func nextPage(k *card.Card) (card.Button, bool) {
	if k != nil {
		for _, b := range k.Buttons {
			if b.Do == "page" && b.Label.Key == "button.next" {
				return b, true
			}
		}
	}
	return card.Button{}, false
}

func (g *cardLedger) line(line string) card.Reply {
	g.Helper()
	g.keys++
	reply, err := g.desk.Line(context.Background(), commands.Line{Key: fmt.Sprint("k", g.keys), Who: commands.Staff{ID: "UFINANCE01", Role: commands.Manager}, Text: line})
	if err != nil {
		g.Fatalf("%.200q: %v", line, err)
	}
	return reply
}

// ask runs a line and posts its answer.
func (g *cardLedger) ask(line string) card.Reply {
	g.Helper()
	reply := g.line(line)
	g.post(line, reply.Card)
	return reply
}

func (g *cardLedger) press(do, arg string) card.Reply {
	g.Helper()
	g.keys++
	reply, err := g.desk.Press(context.Background(), commands.Press{Key: fmt.Sprint("k", g.keys), Who: commands.Staff{ID: "UFINANCE01", Role: commands.Manager}, Do: do, Arg: arg})
	if err != nil {
		g.Fatalf("%s %.200q: %v", do, arg, err)
	}
	g.post(do, reply.Card)
	return reply
}

func (g *cardLedger) post(what string, k *card.Card) {
	g.Helper()
	if k == nil {
		return
	}
	for _, lang := range []string{"en", "ru"} {
		m := slack.Message{Channel: "CINVOICES1", Card: k, Words: wordsIn(g.texts, lang), ID: "n1"}
		if _, _, err := g.slack.Post(context.Background(), m); err != nil {
			data, _ := json.Marshal(k)
			g.Fatalf("%.100q in %s: %v\n%.3000s", what, lang, err, data)
		}
	}
}

// plain is what a card says, for a test to look into.
func (g *cardLedger) plain(k *card.Card) string {
	words, out := wordsIn(g.texts, "en"), ""
	for _, t := range k.Note {
		out += words(t) + "\n"
	}
	return out
}

// postNotices posts what the books want to tell staff.
func (g *cardLedger) postNotices() {
	err := g.books.View(func(v *ledger.View) error {
		for _, n := range v.OpenNotices(0) {
			if n.Kind.ToCustomer() {
				continue
			}
			m, err := g.desk.Notice(v, &n)
			if err != nil {
				return fmt.Errorf("%s: %w", n.Kind, err)
			}
			g.post(string(n.Kind), m.Card)
		}
		return nil
	})
	if err != nil {
		g.Fatal(err)
	}
}

// Many invoices that change at once, again and again, stay within Slack's rates, cost fewer
// edits than changes, and every card shows in the end what the books say.
func TestManyCardsAtOnce(t *testing.T) {
	const invoices, rounds = 60, 3
	box, err := openSandbox(t.Context(), sandboxOptions{addr: "127.0.0.1:0", dir: t.TempDir(), empty: true, start: time.Date(2026, 10, 1, 7, 0, 0, 0, time.UTC)},
		slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer box.close()
	play, bot := newPlayer(t, box.base), box.bot.Load()
	book := func(fn func(tx *ledger.Tx) error) {
		_, err := bot.books.Update(t.Context(), ledger.Command{By: "slack:UFINANCE01", Run: func(tx *ledger.Tx) ([]byte, error) { return nil, fn(tx) }})
		if err != nil {
			t.Fatal(err)
		}
	}
	book(func(tx *ledger.Tx) error {
		c, err := tx.AddCustomer(ledger.NewCustomer{Handle: "acme"})
		for range invoices {
			var inv *ledger.Invoice
			if err == nil {
				inv, err = tx.Issue(ledger.Draft{Customer: c.ID, Date: tx.Today(), Due: tx.Today().AddDays(14), Currency: "EUR",
					Lines: []ledger.Line{{Text: "Work", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(100)}}})
			}
			if err == nil {
				err = bot.desk.AnnounceInvoice(tx, inv)
			}
		}
		return err
	})
	play.advance("5m")
	from := len(box.box.Log().Since(0))
	for round := range rounds {
		for id := range ledger.InvoiceID(invoices) {
			book(func(tx *ledger.Tx) error { return tx.Promise(tx.Invoice(id+1), tx.Today().AddDays(1+round)) })
		}
	}
	play.advance("15m")
	shown := play.state()
	edits, limited := 0, 0
	for _, e := range box.box.Log().Since(0)[from:] {
		if e.Method == "chat.update" {
			edits++
		}
		if e.Status == 429 {
			limited++
		}
	}
	if edits >= invoices*rounds || edits < invoices || limited > 0 {
		t.Errorf("%d edits of %d cards changed %d times; Slack asked %d times to wait", edits, invoices, invoices*rounds, limited)
	}
	if got := strings.Count(shown.channel("CINVOICES1", ""), "promised for 4 Oct 2026"); got != invoices {
		t.Errorf("%d of %d cards show the last promise", got, invoices)
	}
}
