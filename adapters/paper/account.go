package paper

import (
	"slices"
	"strconv"

	"duebot/adapters/paper/words"
	"duebot/ledger"
)

// accounts is the middle of a statement and of a reconciliation: each currency with its
// opening balance, every document, and the closing balance.
func (l *letter) accounts() {
	for i := range l.doc.Accounts {
		l.account(&l.doc.Accounts[i])
	}
	if l.doc.Kind == Reconciliation {
		l.verdicts()
		l.text(l.words.say("agree"), l.body, edge, bodyWidth, start)
		l.differences()
		l.signatures("")
		return
	}
	l.payment()
}

func (l *letter) account(a *Account) {
	currency := l.words.currency(a.Currency)
	sum := func(key string) column {
		return column{head: l.words.say(key, "currency", currency), align: figures, least: 60 * pt}
	}
	t := l.table([]column{{head: l.words.say("date")}, {head: l.words.say("document"), share: 1}, sum("debit"), sum("creditcol"), sum("balance")})
	l.need(90 * pt)
	t.draw(func(yield func(row) bool) {
		opening := l.words.sum(a.Opening)
		if !yield(row{cells: []string{l.words.short(l.doc.From), l.words.say("opening"), "", "", opening}, style: l.strong, carried: opening}) {
			return
		}
		for i := range a.Entries {
			e := &a.Entries[i]
			balance := l.words.sum(e.Balance)
			if !yield(row{cells: []string{l.words.short(e.Date), e.Text, l.figure(e.Debit), l.figure(e.Credit), balance}, style: l.body, carried: balance}) {
				return
			}
		}
		closing := l.words.sum(a.Closing)
		_ = yield(row{cells: []string{"", l.words.say("turnover"), l.words.sum(a.Debits), l.words.sum(a.Credits), ""}, style: l.strong, carried: closing}) &&
			yield(row{cells: []string{l.words.short(l.doc.To), l.words.say("closing"), "", "", closing}, style: l.strong, ground: &l.tint})
	})
	l.y += 14 * pt
}

// figure leaves a cell empty where there is nothing.
func (l *letter) figure(m ledger.Money) string {
	if m.IsZero() {
		return ""
	}
	return l.words.sum(m)
}

// verdicts say in a sentence for each currency who owes whom.
func (l *letter) verdicts() {
	d := l.doc
	for i := range d.Accounts {
		sum := d.Accounts[i].Closing
		key := "even"
		switch {
		case sum.Minor > 0:
			key = "owes_us"
		case sum.Minor < 0:
			key, sum = "owes_them", sum.Neg()
		}
		l.text(l.words.say(key, "date", l.words.long(d.To), "buyer", apart(d.Buyer.Name), "seller", apart(d.Seller.Name), "amount", l.spelled(sum)), l.strong, edge, bodyWidth, start)
		l.y += 4 * pt
	}
	l.y += 8 * pt
}

// spelled is a sum in figures and in words.
func (l *letter) spelled(m ledger.Money) string {
	text, ok := words.Sum(l.words.lang, m.Minor, m.Currency.Exponent(), string(m.Currency))
	if !ok {
		return l.words.money(m)
	}
	return l.words.say("spelled", "amount", l.words.money(m), "words", text)
}

// differences is where the other side writes what its own books say, if that is another sum.
func (l *letter) differences() {
	const space, least = 22 * pt, 150 * pt
	l.y += 6 * pt
	l.text(l.words.say("differs"), l.body, edge, bodyWidth, start)
	for i := range l.doc.Accounts {
		label := l.wrap(l.words.say("their_balance", "name", apart(l.doc.Buyer.Name), "currency", l.words.currency(l.doc.Accounts[i].Currency)), l.body, bodyWidth-least)
		if len(label) > 3 { // a name without end stands above, whole
			label = label[:3]
		}
		l.need(space + l.height(l.body)*unit(len(label)))
		l.y += space - l.height(l.body)
		l.y += l.write(label, l.body, edge, l.y, bodyWidth-least, start)
		l.rule(edge+bodyWidth-least+10*pt, l.y-3*pt, least-10*pt, pt/2, l.ink)
	}
	l.y += 6 * pt
}

// received is the middle of a receipt: how much came, and what it paid.
func (l *letter) received() {
	d := l.doc
	l.banner("total_received", l.words.money(d.Total), "")
	if len(d.Settled) > 0 {
		currency := l.words.currency(d.Currency)
		t := l.table([]column{{head: l.words.say("settled"), share: 1}, {head: l.words.say("settled_amount", "currency", currency), align: figures, least: 80 * pt}, {head: l.words.say("open_after", "currency", currency), align: figures, least: 80 * pt}})
		var rows []row
		for i := range d.Settled {
			s := &d.Settled[i]
			say := l.words.sum
			if s.Paid.Currency != d.Currency {
				say = l.words.money // of an invoice in another currency than the head's
			}
			rows = append(rows, row{cells: []string{s.Number, say(s.Paid), say(s.Open)}, style: l.body})
		}
		if !d.OnAccount.IsZero() {
			rows = append(rows, row{cells: []string{l.words.say("left_account"), l.words.sum(d.OnAccount), ""}, style: l.body})
		}
		t.draw(slices.Values(rows))
		l.y += 14 * pt
	}
	l.inWords()
	if d.Note != "" {
		l.text(d.Note, l.body, edge, bodyWidth, start)
	}
}

// paidOut is the middle of a voucher: how much cash went out and what for, for both sides to sign.
func (l *letter) paidOut() {
	d := l.doc
	l.banner("total_paidout", l.words.money(d.Total), "")
	l.inWords()
	if d.Reason != "" {
		l.y += 4 * pt
		l.text(l.words.say("reason")+": "+apart(d.Reason), l.body, edge, bodyWidth, start)
	}
	if d.Note != "" {
		l.text(d.Note, l.body, edge, bodyWidth, start)
	}
	l.signatures("")
}

// reminder is the middle of a dunning letter: its words, what is open, and how to pay it.
func (l *letter) reminder() {
	d := l.doc
	if d.Letter != "" {
		l.text(d.Letter, l.body, edge, bodyWidth, start)
		l.y += 12 * pt
	}
	if len(d.Claims) > 0 {
		t := l.table([]column{{head: l.words.say("document"), share: 1}, {head: l.words.say("due")}, {head: l.words.say("overdue_days"), align: figures, least: 62 * pt},
			{head: l.words.say("open", "currency", l.words.currency(d.Currency)), align: figures, least: 70 * pt}})
		t.draw(func(yield func(row) bool) {
			for i := range d.Claims {
				c := &d.Claims[i]
				days := ""
				if c.Days > 0 {
					days = l.words.digits(strconv.Itoa(c.Days))
				}
				if !yield(row{cells: []string{c.Number, l.words.short(c.Due), days, l.words.sum(c.Open)}, style: l.body}) {
					return
				}
			}
			for i := range d.Credits {
				if c := &d.Credits[i]; !yield(row{cells: []string{c.Text, "", "", l.words.sum(c.Sum.Neg())}, style: l.body}) {
					return
				}
			}
		})
		l.y += 8 * pt
	}
	l.totalBar("total_open", sumsWidth)
	l.payment()
}

// signatures is what both sides sign, if anything more than what stands above, with room
// for it.
func (l *letter) signatures(key string) {
	const gap, space = 30 * pt, 46 * pt
	width := unit((bodyWidth - gap) / 2)
	if key != "" {
		l.text(l.words.say(key), l.body, edge, bodyWidth, start)
	}
	l.y += 14 * pt
	sides := []struct {
		x     unit
		label string
	}{{edge, l.words.say("sign_seller", "name", apart(l.doc.Seller.Name))}, {edge + width + gap, l.words.say("sign_buyer", "name", apart(l.doc.Buyer.Name))}}
	blocks := make([]block, len(sides))
	for i, s := range sides {
		blocks[i] = block{s.x, width, l.para(s.label, l.strong, width)}
	}
	l.need(min(l.total(blocks[0].items), 200*pt) + space + 20*pt)
	l.flow(blocks...)
	l.need(space + 20*pt)
	l.y += space
	for _, s := range sides {
		l.rule(s.x, l.y, width, pt/2, l.ink)
		l.write(l.wrap(l.words.say("sign_line"), l.small, width), l.small, s.x, l.y+3*pt, width, start)
	}
	l.y += 3*pt + l.height(l.small)
}
