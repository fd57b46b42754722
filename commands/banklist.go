package commands

import (
	"slices"
	"strconv"

	"duebot/commands/card"
	"duebot/ledger"
)

// The list of entries that wait, and what became of all others: each entry of a statement stands
// in one of five places, and their counts make the whole.

// bankPlaces are the places with a list of their own, in the order of the line that adds them up.
func bankPlaces() []ledger.EntryKind {
	return []ledger.EntryKind{ledger.EntryPosted, ledger.EntryAccount, ledger.EntryBack, ledger.EntryAside}
}

// bankList lists what waits for anybody, or for the one who asks: the oldest first, of one day the
// largest.
func (c *Call) bankList(mine bool) (card.Reply, error) {
	waiting := ledger.ByAgeAndSum(c.WaitingEntries())
	if mine {
		waiting = slices.DeleteFunc(waiting, func(e *ledger.BankEntry) bool { return e.Owner != c.Who.ID })
	}
	k := &card.Card{Title: card.T("bank.title"), Body: []card.Text{card.T("bank.none")}}
	if len(waiting) > 0 {
		w := c.WaitingMoney(waiting)
		k.Title, k.Body = card.T("bank.list", "count", len(waiting)), []card.Text{card.T("bank.waiting", "sums", eachOwed(w.Sums), "count", w.Oldest)}
		if err := c.entryTable(k, waiting); err != nil {
			return card.Reply{}, err
		}
	}
	if err := c.listButtons(k, waiting, mine); err != nil {
		return card.Reply{}, err
	}
	c.tally(k)
	k.Note = append(k.Note, staleBank(c.View)...)
	return card.Reply{Card: k}, nil
}

// listButtons are what can be done with many at once, and the ways to other lists.
func (c *Call) listButtons(k *card.Card, waiting []*ledger.BankEntry, mine bool) error {
	if len(waiting) > 0 && may(Command{Who: bankers()}, c.Who.Role) {
		sure, err := c.sureEntries(waiting)
		if err != nil {
			return err
		}
		if len(sure) > 0 && !mine {
			k.Buttons = append(k.Buttons, lineButton(card.T("button.entry.sure", "count", len(sure)), "bank sure"))
		}
		which := "several " + strconv.Itoa(min(c.Page, (len(waiting)-1)/pageRows)+1)
		if mine {
			which += " mine"
		}
		k.Buttons = append(k.Buttons, formButton(card.T("button.entry.several"), "bank", which))
	}
	if mine {
		k.Buttons = append(k.Buttons, lineButton(card.T("button.showall"), "bank"))
	} else if slices.ContainsFunc(waiting, func(e *ledger.BankEntry) bool { return e.Owner == c.Who.ID }) {
		k.Buttons = append(k.Buttons, lineButton(card.T("button.entry.own"), "bank mine"))
	}
	k.Buttons = append(k.Buttons, lineButton(card.T("button.statements"), "bank statements"))
	return nil
}

// tally says what became of all entries, with a way to each place.
func (c *Call) tally(k *card.Card) {
	n := c.BankTally()
	if n.In == 0 {
		return
	}
	k.Note = append(k.Note, card.T("bank.tally", "in", n.In, "posted", n.Posted, "account", n.Account, "returned", n.Return, "left", n.Left, "waits", n.Waits))
	pick := card.Pick{Label: card.T("pick.bankplace")}
	for _, place := range bankPlaces() {
		if count := n.Of(place); count > 0 {
			pick.Buttons = append(pick.Buttons, lineButton(card.T("bank.place."+string(place), "count", count), "bank "+string(place)))
		}
	}
	if len(pick.Buttons) > 0 {
		k.Picks = append(k.Picks, pick)
	}
}

// bankPlace lists the entries of one place, the newest first.
func (c *Call) bankPlace(kind ledger.EntryKind) (card.Reply, error) {
	all := c.EntriesOf(kind, c.pagesAhead())
	k := &card.Card{Title: card.T("bank.place."+string(kind), "count", c.BankTally().Of(kind))}
	if len(all) > 0 {
		if err := c.entryTable(k, all); err != nil {
			return card.Reply{}, err
		}
		k.Table.Open = len(all) == c.pagesAhead() // there may be more than were read
	}
	k.Buttons = append(k.Buttons, lineButton(card.T("button.showall"), "bank"))
	return card.Reply{Card: k}, nil
}

// entryTable lists entries, with a menu that leads to each of the page.
func (c *Call) entryTable(k *card.Card, all []*ledger.BankEntry) error {
	k.Table = &card.Table{Head: []card.Text{card.T("col.bankline"), card.T("field.date"), card.T("col.amount"), card.T("col.payer"), card.T("col.maybe"), card.T("col.waits"), card.T("col.owner")},
		Right: []bool{false, false, true, false, false, true}}
	pick := card.Pick{Label: card.T("pick.entry")}
	shown := onPage(all, c.Page)
	for _, e := range all {
		row := make([]card.Text, len(k.Table.Head))
		for i := range row {
			row[i] = card.Plain("")
		}
		if slices.Contains(shown, e) {
			if err := c.entryRow(row, e); err != nil {
				return err
			}
			pick.Buttons = append(pick.Buttons, lineButton(card.Join(card.Plain(e.ID.Label()), money(e.Amount), row[3]), "bank "+e.ID.Label()))
		}
		k.Table.Rows = append(k.Table.Rows, row)
	}
	k.Picks = append(k.Picks, pick)
	return nil
}

// entryRow is one entry with the best that is known of it.
func (c *Call) entryRow(row []card.Text, e *ledger.BankEntry) error {
	l, err := c.View.Line(e)
	if err != nil {
		return err
	}
	first, err := proposals(c.View, e)
	if err != nil {
		return err
	}
	maybe, owner, age := card.Plain("–"), card.T("bank.nobody"), card.Plain("–")
	if len(first) > 0 && len(first[0].Reasons) > 0 {
		maybe = first[0].Reasons[0]
	}
	if e.Owner != "" {
		owner = card.T("value", "value", card.User(e.Owner))
	}
	if e.Place == ledger.EntryWaits {
		age = card.T("value", "value", c.EntryAge(e))
	}
	copy(row, []card.Text{card.Plain(e.ID.Label()), card.T("value", "value", e.Booked), money(e.Amount), card.Plain(payerOf(&l)), maybe, age, owner})
	return nil
}

// sureEntries are those of them that one press may apply.
func (c *Call) sureEntries(waiting []*ledger.BankEntry) (out []*ledger.BankEntry, err error) {
	for _, e := range waiting {
		all, err := proposals(c.View, e)
		if err != nil {
			return nil, err
		}
		if len(all) > 0 && all[0].Sure {
			out = append(out, e)
		}
	}
	return out, nil
}

// staleBank says of which accounts no statement came lately: what was paid since then is not in
// any figure.
func staleBank(v *ledger.View) (out []card.Text) {
	for _, st := range v.StaleBank() {
		out = append(out, card.T("bank.stale", "account", st.Account, "date", st.To, "count", int(v.Today()-st.To)))
	}
	return out
}
