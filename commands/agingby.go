package commands

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// agingQuestion is what a line asks of the aging of many customers.
type agingQuestion struct {
	by     ledger.AgingBy
	filter ledger.AgingFilter
}

// agingQuestion reads the words after "aging"; is says that they ask for many customers, and
// not for one.
func (c *Call) agingQuestion() (q agingQuestion, is bool, err error) {
	q.by = ledger.ByCustomer
	for words := c.Args; len(words) > 0; {
		n, err := c.agingWord(&q, words)
		if err != nil {
			return q, true, err
		}
		if n == 0 {
			if len(words) < len(c.Args) {
				return q, true, usage("aging", "got", words[0].text)
			}
			return q, false, nil
		}
		words = words[n:]
	}
	return q, true, nil
}

// agingWord reads one dimension or filter and returns how many words it took, 0 for none.
func (c *Call) agingWord(q *agingQuestion, words []token) (n int, err error) {
	if words[0].is("overdue") {
		q.filter.From = 1
		return 1, nil
	}
	name := ""
	for _, w := range []string{"by", "owner", "segment", "currency", "over", "bucket"} {
		if words[0].is(w) {
			name = w
		}
	}
	if name == "" {
		return 0, nil
	}
	if len(words) < 2 {
		return 0, usage("aging", "got", words[0].text)
	}
	if name == "bucket" && len(words) > 2 && words[2].is("+") { // "120+" is two words
		return 3, c.agingOption(q, name, words[1].text+"+")
	}
	return 2, c.agingOption(q, name, words[1].text)
}

func (c *Call) agingOption(q *agingQuestion, name, value string) (err error) {
	switch name {
	case "by":
		return q.dimension(value)
	case "owner":
		return c.ownerFilter(q, value)
	case "segment":
		q.filter.Segment, q.filter.Bare = strings.ToLower(value), false
		if strings.EqualFold(value, "none") {
			q.filter.Segment, q.filter.Bare = "", true
		}
	case "currency":
		q.filter.Currency, err = ledger.ParseCurrency(value)
	case "over":
		days, bad := strconv.Atoi(value)
		bucket, ok := c.Edges().Over(days)
		if bad != nil || !ok {
			return ledger.Refuse(ledger.BadInput, "aging.over", "text", value, "days", strings.Join(overWords(c.View), ", "), "one", overWords(c.View)[1])
		}
		q.filter.From = bucket
	case "bucket":
		names := bucketWords(c.View)
		n := slices.Index(names, strings.ReplaceAll(strings.ToLower(value), "–", "-"))
		if n < 0 {
			return ledger.Refuse(ledger.BadInput, "aging.bucket", "text", value, "buckets", strings.Join(names, ", "), "one", names[2])
		}
		q.filter.Only = n + 1
	}
	return err
}

func (q *agingQuestion) dimension(value string) error {
	for _, d := range []ledger.AgingBy{ledger.ByCustomer, ledger.ByCurrency, ledger.ByOwner, ledger.BySegment, ledger.ByBucket} {
		if strings.EqualFold(value, string(d)) {
			q.by = d
			return nil
		}
	}
	return ledger.Refuse(ledger.BadInput, "aging.by", "text", value)
}

// ownerFilter reads whose customers are asked for; "me" is whoever asks.
func (c *Call) ownerFilter(q *agingQuestion, value string) (err error) {
	user := c.Who.ID
	if !strings.EqualFold(value, "me") {
		if user, err = userOrNone(value); err != nil {
			return err
		}
	}
	q.filter.Owner, q.filter.Unowned = user, user == ""
	return nil
}

// own leaves out the rows of customers whom the asker may not see.
func (c *Call) own(rows []ledger.AgingRow) []ledger.AgingRow {
	if c.May == nil {
		return rows
	}
	return slices.DeleteFunc(rows, func(r ledger.AgingRow) bool { return !c.Sees(c.Customer(r.Customer)) })
}

// agingBy is a report, and where each row of its page leads.
func (c *Call) agingBy(title card.Text, rows []ledger.AgingRow, p agingPlace) (*card.Card, []card.Button) {
	totals := ledger.AgingTotals(rows)
	ownFirst(c.View, totals)
	switch {
	case p.by == ledger.ByCustomer || len(totals) == 0:
		k := agingCardOf(c.View, title, rows)
		return k, c.accountsOf(rows, p)
	case p.by == ledger.ByBucket:
		return bucketCard(c.View, title, totals), bucketsOf(c.View, totals, p)
	}
	k := &card.Card{Title: title, Table: agingTable(c.View, card.T("aging.by."+string(p.by)))}
	if p.by != ledger.ByCurrency {
		for i := range totals {
			k.Table.Rows = append(k.Table.Rows, agingLine(card.T("aging.all", "currency", string(totals[i].Currency)), &totals[i]))
		}
	}
	k.Table.Pinned = len(k.Table.Rows)
	groups := c.Group(rows, p.by)
	for i := range groups {
		k.Table.Rows = append(k.Table.Rows, agingLine(groupName(&groups[i], p.by), &groups[i].AgingRow))
	}
	k.Note = append(k.Note, card.T("aging.note"))
	if p.by != ledger.ByCurrency {
		k.Note = append(k.Note, card.T("aging.by.note"))
	}
	return k, groupPlaces(onPage(groups, p.page), p)
}

// accountsOf lead from a page of customers to their accounts.
func (c *Call) accountsOf(rows []ledger.AgingRow, p agingPlace) (out []card.Button) {
	seen := map[ledger.CustomerID]bool{}
	for _, r := range onPage(rows, p.page) {
		if seen[r.Customer] { // in another currency
			continue
		}
		seen[r.Customer] = true
		to := p.onPage(0)
		to.customer = r.Customer
		out = append(out, to.button(card.Plain(c.CustomerName(c.Customer(r.Customer)))))
	}
	return out
}

// bucketsOf lead to the customers of each bucket; of several currencies each has its own.
func bucketsOf(v *ledger.View, totals []ledger.AgingRow, p agingPlace) (out []card.Button) {
	for i := range totals {
		t := &totals[i]
		for b := range bucketWords(v) {
			sum := -t.OnAcct
			if b < ledger.Buckets {
				sum = t.Bucket[b]
			}
			if sum == 0 {
				continue
			}
			f := p.filter
			if f.Only = b + 1; len(totals) > 1 {
				f.Currency = t.Currency
			}
			out = append(out, p.down(f).button(card.Join(bucketText(v, b), money(ledger.Money{Minor: sum, Currency: t.Currency}))))
		}
	}
	return out
}

// groupPlaces lead to the customers of each owner, segment or currency.
func groupPlaces(groups []ledger.AgingGroup, p agingPlace) (out []card.Button) {
	seen := map[ledger.AgingFilter]bool{}
	for i := range groups {
		g, f := &groups[i], p.filter
		switch p.by {
		case ledger.ByCurrency:
			f.Currency = g.Currency
		case ledger.ByOwner:
			f.Owner, f.Unowned, f.Sole = g.Key, g.Key == "", g.Key != ""
		case ledger.BySegment:
			f.Segment, f.Bare = g.Key, g.Key == ""
		}
		if !seen[f] {
			seen[f] = true
			out = append(out, p.down(f).button(groupName(g, p.by)))
		}
	}
	return out
}

// groupName is an owner, a segment or a currency.
func groupName(g *ledger.AgingGroup, by ledger.AgingBy) card.Text {
	switch {
	case by == ledger.ByCurrency:
		return card.Plain(string(g.Currency))
	case g.Key == "":
		return card.T("aging.by.none")
	case by == ledger.ByOwner:
		return userText(g.Key)
	}
	return card.Plain(g.Key)
}

// bucketNames are the heads of the buckets past the due date, as the table has them.
func bucketNames(v *ledger.View) (out []card.Text) {
	edges := v.Edges()
	for i, to := range edges {
		out = append(out, card.T("aging.span", "from", edges.From(i+1), "to", to))
	}
	return append(out, card.T("aging.beyond", "from", edges[len(edges)-1]))
}

// bucketWords are the buckets as they are typed, from what is not due to what is on account: notdue,
// 1-30, 31-60, 61-90, 91-120, 120+, onaccount.
func bucketWords(v *ledger.View) []string {
	out, edges := []string{"notdue"}, v.Edges()
	for i, to := range edges {
		out = append(out, fmt.Sprintf("%d-%d", edges.From(i+1), to))
	}
	return append(out, fmt.Sprintf("%d+", edges[len(edges)-1]), "onaccount")
}

// overWords are the days overdue over which a question may ask: 30, 60, 90, 120.
func overWords(v *ledger.View) (out []string) {
	for _, days := range v.Edges() {
		out = append(out, strconv.Itoa(days))
	}
	return out
}

// bucketText is one of bucketWords as it is shown.
func bucketText(v *ledger.View, n int) card.Text {
	switch names := bucketNames(v); n {
	case 0:
		return card.T("aging.notdue")
	case len(names) + 1:
		return card.T("aging.onaccount")
	default:
		return names[n-1]
	}
}

// bucketCard has a row per bucket: what is open, and the part of it in dispute.
func bucketCard(v *ledger.View, title card.Text, totals []ledger.AgingRow) *card.Card {
	k := &card.Card{Title: title, Table: &card.Table{Head: []card.Text{card.T("aging.by.bucket"), card.T("col.open"), card.T("account.disputed")},
		Right: []bool{false, true, true}}}
	for i := range totals {
		t := &totals[i]
		row := func(name card.Text, open, disputed int64) {
			k.Table.Rows = append(k.Table.Rows, []card.Text{name, moneyOrDash(open, t.Currency), moneyOrDash(disputed, t.Currency)})
		}
		row(card.T("aging.all", "currency", string(t.Currency)), t.Total().Minor, t.Disputed)
		row(card.T("aging.notdue"), t.Bucket[0], t.DisputedIn[0])
		for b, name := range bucketNames(v) {
			row(name, t.Bucket[b+1], t.DisputedIn[b+1])
		}
		row(card.T("aging.onaccount"), -t.OnAcct, 0)
	}
	k.Note = []card.Text{card.T("aging.note")}
	return k
}
