package commands

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// How satisfied customers are: one tap, and words if they like.

// expectRating is what the words of a chat are expected for here: about "3", the rating.
const expectRating = "rating.words"

// ratingsCommand counts ratings by month and by who looked after the customer.
func ratingsCommand() Command {
	return Command{
		Name: "ratings", Who: anybody(), Reads: true,
		Usage:    []string{`ratings`},
		Examples: []string{`ratings`},
		Run:      func(c *Call) (card.Reply, error) { return card.Reply{Card: c.ratingsCard()}, nil },
	}
}

// rated is what a month says of one owner.
type rated struct {
	month string // "2026-10"
	owner string
	count [ledger.RateMax + 1]int // by stars
}

func (r *rated) all() (n, sum int) {
	for stars, k := range r.count {
		n, sum = n+k, sum+k*stars
	}
	return n, sum
}

// ratingMonths is how many rows the list has.
const ratingMonths = 60

func (c *Call) ratingsCard() *card.Card {
	by := map[string]*rated{}
	c.Ratings(func(r *ledger.Rating) {
		y, m, _ := r.Given.Parts()
		month := fmt.Sprintf("%04d-%02d", y, int(m))
		key := month + " " + r.Owner
		if by[key] == nil {
			by[key] = &rated{month: month, owner: r.Owner}
		}
		by[key].count[r.Stars]++
	})
	k := &card.Card{Title: card.T("ratings.title")}
	if len(by) == 0 {
		k.Body = []card.Text{card.T("ratings.none")}
		return k
	}
	var keys []string
	for key := range by {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	slices.Reverse(keys)
	k.Table = &card.Table{Head: []card.Text{card.T("col.month"), card.T("field.owner"), card.T("col.ratings"), card.T("col.average"), card.T("col.low")},
		Right: []bool{false, false, true, true, true}}
	for _, key := range keys[:min(len(keys), ratingMonths)] {
		k.Table.Rows = append(k.Table.Rows, c.ratedRow(by[key]))
	}
	ownNote(c.View, k)
	return k
}

func (c *Call) ratedRow(r *rated) []card.Text {
	n, sum := r.all()
	owner := card.T("owner.none")
	if r.owner != "" {
		owner = card.T("value", "value", card.User(r.owner))
	}
	tenths := (sum*20/n + 1) / 2
	low := 0
	for stars := 1; stars < ledger.RateLow; stars++ {
		low += r.count[stars]
	}
	return []card.Text{card.Plain(r.month), owner, card.T("value", "value", n), card.T("value", "value", card.Number(fmt.Sprintf("%d.%d", tenths/10, tenths%10))), card.T("value", "value", low)}
}

// ratingQuestion asks a customer how satisfied he was.
func ratingQuestion(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	inv, company := v.Invoice(n.Invoice), v.Company().Name
	key := "chat.rating.payment"
	if n.Dispute != 0 {
		key = "chat.rating.dispute"
	}
	k := &card.Card{Body: []card.Text{card.T(key, "number", inv.Number.String(), "company", company)}}
	for stars := ledger.RateMax; stars > 0; stars-- {
		k.Buttons = append(k.Buttons, card.Button{Label: card.Plain(starsText(stars)), Do: "rated", Arg: fmt.Sprintf("%d.%d", n.ID, stars), Wide: true})
	}
	return card.Message{Card: k}, nil
}

func starsText(n int) string {
	return strings.Repeat("★", n) + strings.Repeat("☆", ledger.RateMax-n)
}

// giveRating books a rating. A low one is told to whoever looks after the customer.
func giveRating(c *ChatCall) (card.Reply, error) {
	id, rest := cutArg(c.In.Arg)
	asked := ledger.NoticeID(id)
	cust := c.RatedCustomer(asked)
	stars := 0
	fmt.Sscanf(rest, "%d", &stars)
	if cust == nil || stars < 1 || stars > ledger.RateMax || !c.ChatHas(c.In.Chat, cust.ID) || !c.In.Private {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	if c.RatingOf(asked) != nil {
		return card.Reply{Toast: card.T("refuse.rating.given")}, nil
	}
	r, err := c.Rate(asked, stars, c.In.Chat)
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.tellRating(r); err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.Plain(starsText(stars)), Body: []card.Text{card.T("chat.rating.thanks")}}
	if stars < ledger.RateLow {
		k.Body = []card.Text{card.T("chat.rating.sorry")}
	}
	return card.Reply{Card: k, Replace: true}, c.Expect(expectRating, idArg(uint32(r.ID)))
}

// tellRating tells whoever looks after the customer, or finance, that he was not satisfied.
func (c *ChatCall) tellRating(r *ledger.Rating) error {
	if r.Stars >= ledger.RateLow {
		return nil
	}
	to := c.Desk.FinanceChannel
	if r.Owner != "" {
		to = r.Owner
	}
	return c.Notify(ledger.NoticeQueued{Kind: ledger.NoticeRated, Customer: r.Customer, Address: to, Code: idArg(uint32(r.ID)), Text: r.Words, Who: c.In.Chat})
}

// takeRatingWords takes words to a rating that was just given. Files, and what a dispute is
// about, go where they always go.
func takeRatingWords(c *ChatCall, about string) (card.Reply, error) {
	id, _ := cutArg(about)
	r := c.Rating(ledger.RatingID(id))
	if r == nil || !c.ChatHas(c.In.Chat, r.Customer) || len(c.In.Files) > 0 || strings.TrimSpace(c.In.Text) == "" {
		return c.unasked()
	}
	if err := c.RateWords(r, strings.TrimSpace(c.In.Text)); err != nil {
		return card.Reply{}, err
	}
	return card.Say("chat.rating.words", "company", c.Company().Name), c.tellRating(r)
}

// ratedNews tells staff that a customer was not satisfied.
func ratedNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	id, _ := cutArg(n.Code)
	r := v.Rating(ledger.RatingID(id))
	words, err := v.Text(n.Text)
	k := &card.Card{Title: card.T("rated.title", "customer", v.CustomerName(v.Customer(r.Customer)), "stars", starsText(r.Stars)),
		Body:  []card.Text{card.T("rated.body", "who", whoText(v, n.Who), "number", v.Invoice(r.Invoice).Number.String())},
		Quote: card.Plain(words)}
	return card.Message{Card: k}, err
}
