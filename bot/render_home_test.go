package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
)

// Whatever people write, Home is within Slack's limits.
func TestHostileHomesArePublished(t *testing.T) {
	toSlack, _, texts := strictPlatforms(t)
	rapid.Check(t, func(r *rapid.T) {
		cards := []*card.Card{hostileCard(r)}
		for range rapid.IntRange(0, 12).Draw(r, "matters") {
			cards = append(cards, hostileMatter(r))
		}
		words := wordsIn(texts, rapid.SampledFrom(texts.Languages()).Draw(r, "language"))
		if err := toSlack.PublishHome(context.Background(), "USALES0001", cards, words); err != nil {
			r.Fatalf("Slack refused %+v: %v", cards, err)
		}
	})
}

// hostileMatter is a card of Home: a few lines, buttons, menus.
func hostileMatter(r *rapid.T) *card.Card {
	k := &card.Card{Body: []card.Text{card.Plain(hostile(r, "line"))}}
	if rapid.Bool().Draw(r, "titled") {
		k.Title = card.Plain(hostile(r, "title"))
	}
	for range rapid.IntRange(0, 4).Draw(r, "buttons") {
		k.Buttons = append(k.Buttons, card.Button{Label: card.Plain(hostile(r, "button")), Do: "line", Arg: "calls", More: rapid.Bool().Draw(r, "more")})
	}
	for range rapid.IntRange(0, 2).Draw(r, "menus") {
		p := card.Pick{Label: card.Plain(hostile(r, "menu"))}
		for i := range rapid.IntRange(1, 8).Draw(r, "options") {
			p.Buttons = append(p.Buttons, card.Button{Label: card.Plain(hostile(r, "option")), Do: "aging", Arg: fmt.Sprint(i)})
		}
		k.Picks = append(k.Picks, p)
	}
	return k
}

// hostileNames are names of every script that breaks programs, as long as the books take them.
func hostileNames() []string {
	return []string{"Acme GmbH", "شركة الاختبار", "חברה בע״מ", "数字有限公司", "株式会社テスト", "한국 주식회사", "บริษัท ทดสอบ", "कंपनी", "ᠮᠣᠩᠭᠣᠯ", "ООО «Ромашка»", "Ελλάδα ΑΕ",
		"\u202eevil\u202c \u2067x", "\u200f\u200fRTL", "e\u0301" + strings.Repeat("\u0301", 60), "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪", "<!channel> <@U1> & <b>", "*a* _b_ ~c~ `d`", "a\tb  c",
		strings.Repeat("👨‍👩‍👦", 300), strings.Repeat("я", 10000), strings.Repeat("long name ", 1000), strings.Repeat("&<>", 3000), "𝒜𝒸𝓂ℯ 𐍈", "\ufdfd", "x"}
}

// The Home of each role, over books full of such names and of all that needs somebody, is
// published, and leaves out none of the matters.
func TestHomesOfHostileLedgersArePublished(t *testing.T) {
	toSlack, _, texts := strictPlatforms(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	g := &cardLedger{T: t, r: rand.New(rand.NewPCG(seed, 3)), slack: toSlack, texts: texts}
	names := hostileNames()
	g.r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	g.open()
	g.needy(names)
	for user, role := range staffRoles {
		who := commands.Staff{ID: user, Role: role}
		cards, err := g.desk.Home(who)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"home.disputes", "home.promises", "home.unknown"} {
			if !slices.ContainsFunc(cards, func(k *card.Card) bool { return k.Title.Key == key }) {
				t.Errorf("the Home of %s has no %s", role, key)
			}
		}
		for _, lang := range texts.Languages() {
			if err := toSlack.PublishHome(t.Context(), who.ID, cards, wordsIn(texts, lang)); err != nil {
				t.Errorf("the Home of %s in %s: %v", role, lang, err)
			}
		}
	}
}

// needy makes customers who all need somebody: they dispute, have promised to pay today, and
// got messages of which nobody knows the fate.
func (g *cardLedger) needy(names []string) {
	for i, name := range names {
		g.book(func(tx *ledger.Tx) error {
			c, err := tx.AddCustomer(ledger.NewCustomer{Handle: fmt.Sprintf("c%d", i), Name: name, Segment: "retail"})
			if err != nil {
				return err
			}
			for n := range 2 {
				inv, err := tx.Issue(g.draft(tx, c))
				if err == nil && n == 0 {
					err = tx.Promise(inv, tx.Today())
				} else if err == nil {
					_, err = tx.OpenDispute(inv, ledger.Reasons()[0], ledger.Money{}, "slack:USALES0001")
				}
				if err != nil {
					return err
				}
			}
			lost := ledger.NoticeQueued{Kind: ledger.NoticeReminder, Customer: c.ID, Step: 1}
			if err := tx.Notify(lost); err != nil {
				return err
			}
			id := tx.LastNotice()
			return errors.Join(tx.BeginSend(id, "telegram:1001", ledger.Hash{}), tx.Settle(ledger.NoticeOutcome{Notice: id, State: ledger.NoticeUnknown, Reason: "lost"}))
		})
	}
}

// Three hundred tasks are a few lines of a Home, those first that are late the longest, and nothing
// of it finds no room.
func TestHomeOfManyTasks(t *testing.T) {
	toSlack, _, texts := strictPlatforms(t)
	g := &cardLedger{T: t, r: rand.New(rand.NewPCG(1, 3)), slack: toSlack, texts: texts}
	g.open()
	g.needy([]string{"Acme GmbH", "شرکت نمونه", "ООО «Ромашка»", "深圳市数字有限公司"})
	const each = 100 // of sales, of a manager, and of nobody
	g.book(func(tx *ledger.Tx) error {
		for i := range 3 * each {
			c, err := tx.AddCustomer(ledger.NewCustomer{Handle: fmt.Sprintf("t%d", i), Name: fmt.Sprintf("Customer %d of a long and telling name", i), Segment: "retail"})
			if err != nil {
				return err
			}
			inv, err := tx.Issue(g.draft(tx, c))
			if err != nil {
				return err
			}
			late := []ledger.Date{tx.Today().AddDays(2), tx.Today().AddDays(-9)}[i/3%2]
			if _, _, _, err := tx.OpenTask(c, ledger.TaskKinds()[i%4], ledger.TaskReason{Invoice: inv.ID, Day: tx.Today()}, []string{sales, manager, ""}[i%3], late); err != nil {
				return err
			}
		}
		return nil
	})
	for user, want := range map[string]map[string]int{sales: {"home.tasks": 5}, manager: {"home.tasks": 5, "home.untaken": 3}, finance: {"home.untaken": 3}, auditor: {}} {
		cards, err := g.desk.Home(commands.Staff{ID: user, Role: staffRoles[user]})
		if err != nil {
			t.Fatal(err)
		}
		told := map[string]int{}
		for i, k := range cards {
			if len(k.Title.Items) != 2 || k.Title.Items[1].Key != "home.late" {
				continue
			}
			head := k.Title.Items[0]
			if head.Args[0].N != each || k.Title.Items[1].Args[0].N != each/2 {
				t.Errorf("%s: %v", user, k.Title)
			}
			for _, line := range cards[i+1:] {
				if len(line.Picks) > 0 { // what is below the lines
					if more := line.Body[0]; more.Key != "home.more" || more.Args[0].N != int64(each-told[head.Key]) || len(line.Picks[0].Buttons) != told[head.Key] || len(line.Buttons) != 1 {
						t.Errorf("%s: below %s stands %+v", user, head.Key, line)
					}
					break
				}
				if told[head.Key]++; line.Body[1].Items[len(line.Body[1].Items)-1].Key != "work.latesince" || len(line.Buttons) != 1 {
					t.Errorf("%s: %+v is not of the late ones", user, line)
				}
			}
		}
		if !maps.Equal(told, want) {
			t.Errorf("%s has lines of tasks: %v, want %v", user, told, want)
		}
		for _, lang := range texts.Languages() {
			words := wordsIn(texts, lang)
			whole := func(x card.Text) string {
				if x.Key == "slack.lost" {
					t.Errorf("the Home of %s in %s leaves something out", user, lang)
				}
				return words(x)
			}
			if err := toSlack.PublishHome(t.Context(), user, cards, whole); err != nil {
				t.Errorf("the Home of %s in %s: %v", user, lang, err)
			}
		}
	}
}
