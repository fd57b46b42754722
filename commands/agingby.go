package commands

import (
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
	said   []card.Text // the filter in words
	part   bool        // only a part of each row is asked for: what is overdue
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
		q.overdue(0, 1)
		return 1, nil
	}
	name := ""
	for _, w := range []string{"by", "owner", "segment", "currency", "over"} {
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
	return 2, c.agingOption(q, name, words[1].text)
}

func (c *Call) agingOption(q *agingQuestion, name, value string) (err error) {
	switch name {
	case "by":
		return q.dimension(value)
	case "owner":
		return c.ownerFilter(q, value)
	case "segment":
		q.filter.Segment = value
		q.said = append(q.said, card.T("aging.of.segment", "segment", strings.ToLower(value)))
	case "currency":
		if q.filter.Currency, err = ledger.ParseCurrency(value); err == nil {
			q.said = append(q.said, card.T("aging.of.currency", "currency", string(q.filter.Currency)))
		}
	case "over":
		days, bad := strconv.Atoi(value)
		bucket, ok := ledger.BucketOver(days)
		if bad != nil || !ok {
			return ledger.Refuse(ledger.BadInput, "aging.over", "text", value)
		}
		q.overdue(days, bucket)
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
	said := card.T("aging.of.unowned")
	if user != "" {
		said = card.T("aging.of.owner", "owner", card.User(user))
	}
	q.said = append(q.said, said)
	return nil
}

func (q *agingQuestion) overdue(days, bucket int) {
	q.filter.From, q.part = bucket, true
	if days == 0 {
		q.said = append(q.said, card.T("aging.of.overdue"))
	} else {
		q.said = append(q.said, card.T("aging.of.over", "days", strconv.Itoa(days)))
	}
}

// agingAnswer shows what q asks for, today or as of a past day.
func (c *Call) agingAnswer(q agingQuestion, p past) (card.Reply, error) {
	on := c.Today()
	var rows []ledger.AgingRow
	if p.asked() {
		a, err := p.asOf(c.View)
		if err != nil {
			return card.Reply{}, err
		}
		rows, on = c.AgingAsOf(a), a.On
	} else {
		rows = c.Aging(on)
	}
	rows = c.Filter(c.own(rows), q.filter)
	k := c.agingBy(card.T("aging.title", "date", on), rows, q.by)
	if len(rows) == 0 && len(q.said) > 0 {
		k.Body = []card.Text{card.T("aging.nothere")}
	}
	if p.asked() {
		k.Buttons = nil // they lead to accounts as they stand today
	}
	said := q.said
	if q.part {
		said = append(said, card.T("aging.of.part"))
	}
	if c.May != nil {
		said = append(said, card.T("own.note"))
	}
	k.Body = append(said, k.Body...)
	p.knownNote(k)
	return card.Reply{Card: k}, nil
}

// own leaves out the rows of customers whom the asker may not see.
func (c *Call) own(rows []ledger.AgingRow) []ledger.AgingRow {
	if c.May == nil {
		return rows
	}
	return slices.DeleteFunc(rows, func(r ledger.AgingRow) bool { return !c.Sees(c.Customer(r.Customer)) })
}

func (c *Call) agingBy(title card.Text, rows []ledger.AgingRow, by ledger.AgingBy) *card.Card {
	totals := ledger.AgingTotals(rows)
	switch {
	case by == ledger.ByCustomer || len(totals) == 0:
		return agingCardOf(c.View, title, rows)
	case by == ledger.ByBucket:
		return bucketCard(title, totals)
	}
	k := &card.Card{Title: title, Table: agingTable(card.T("aging.by." + string(by)))}
	if by != ledger.ByCurrency {
		for i := range totals {
			k.Table.Rows = append(k.Table.Rows, agingLine(card.T("aging.all", "currency", string(totals[i].Currency)), &totals[i]))
		}
	}
	k.Table.Pinned = len(k.Table.Rows)
	groups := c.Group(rows, by)
	for i := range groups {
		k.Table.Rows = append(k.Table.Rows, agingLine(groupName(&groups[i], by), &groups[i].AgingRow))
	}
	k.Note = append(k.Note, card.T("aging.note"))
	if by != ledger.ByCurrency {
		k.Note = append(k.Note, card.T("aging.by.note"))
	}
	return k
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
func bucketNames() []string { return []string{"1–30", "31–60", "61–90", "91–120", "120+"} }

// bucketCard has a row per bucket: what is open, and the part of it in dispute.
func bucketCard(title card.Text, totals []ledger.AgingRow) *card.Card {
	k := &card.Card{Title: title, Table: &card.Table{Head: []card.Text{card.T("aging.by.bucket"), card.T("col.open"), card.T("account.disputed")},
		Right: []bool{false, true, true}}}
	for i := range totals {
		t := &totals[i]
		row := func(name card.Text, open, disputed int64) {
			k.Table.Rows = append(k.Table.Rows, []card.Text{name, moneyOrDash(open, t.Currency), moneyOrDash(disputed, t.Currency)})
		}
		row(card.T("aging.all", "currency", string(t.Currency)), t.Total().Minor, t.Disputed)
		row(card.T("aging.notdue"), t.Bucket[0], t.DisputedIn[0])
		for b, name := range bucketNames() {
			row(card.Plain(name), t.Bucket[b+1], t.DisputedIn[b+1])
		}
		row(card.T("aging.onaccount"), -t.OnAcct, 0)
	}
	k.Note = []card.Text{card.T("aging.note")}
	return k
}
