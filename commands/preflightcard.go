package commands

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"

	"duebot/commands/card"
	"duebot/ledger"
)

// contactTable shows contacts, as the morning's card and the dry run of a day do. Only the rows of
// one page have their words: there may be thousands.
func (d *Desk) contactTable(v *ledger.View, rows []PreflightRow, page int) *card.Table {
	t := &card.Table{Head: []card.Text{card.T("aging.customer"), card.T("col.why"), card.T("col.channel"), card.T("preflight.when"), card.T("col.amount")},
		Right: []bool{false, false, false, false, true}, Rows: make([][]card.Text, len(rows))}
	from := 0
	if len(rows) > pageRows {
		from = min(page, (len(rows)-1)/pageRows) * pageRows
	}
	for i := range onPage(rows, page) {
		t.Rows[from+i] = d.contactRow(v, &rows[from+i])
	}
	return t
}

// contactRow is one contact: to whom, what and why, by which way, when, and what it asks for.
func (d *Desk) contactRow(v *ledger.View, x *PreflightRow) []card.Text {
	p := d.Reminding.orNone().Preflight
	about, sums := p.Asks(v, x.Customer, x.PlannedWord)
	what := wordText(x.PlannedWord)
	if len(about) > 1 {
		what = card.Join(what, card.T("home.more", "count", len(about)-1))
	}
	if x.State != "goes" {
		what = card.Join(card.T("preflight.state."+x.State), what)
	} else if words, _, err := v.ContactWords(x.Customer, x.Key(), false); err == nil && words != "" {
		what = card.Join(card.T("preflight.state.worded"), what)
	}
	way, asks := card.Plain("–"), card.Plain("–")
	if channel := p.way(v, x); channel != "" {
		way = card.T("channel." + channel)
	}
	if len(sums) > 0 {
		asks = eachSum(sums)
	}
	return []card.Text{card.Plain(v.CustomerName(x.Customer)), what, way, card.T("value", "value", card.Instant{At: x.At, Zone: x.Customer.Zone}), asks}
}

// way is the channel that a contact takes: none where a person makes it.
func (p *Preflight) way(v *ledger.View, x *PreflightRow) string {
	if staffStep(x.Kind) {
		return ""
	}
	return p.Way(v, x.Customer, x.PlannedWord)
}

// preflightNews is the card of a day, to finance or to one who looks after customers.
func (d *Desk) preflightNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	p := d.Reminding.orNone().Preflight
	if n.For != p.Day(v) {
		return card.Message{Withdraw: "its day is over"}, nil
	}
	rows, err := p.Rows(v)
	if err != nil {
		return card.Message{}, err
	}
	if n.Address != d.FinanceChannel {
		rows = slices.DeleteFunc(rows, func(x PreflightRow) bool { return x.Customer.Owner != n.Address })
	}
	// Whom nothing reaches is on one card, and then a task: each morning anew he would not be read.
	rows = slices.DeleteFunc(rows, func(x PreflightRow) bool {
		t := v.TaskOf(x.Customer, ledger.TaskNoRoute)
		return x.State == "nobody" && t != nil && t.Day < v.Today()
	})
	if len(rows) == 0 && n.Kind == ledger.NoticePreflight {
		return card.Message{Withdraw: "nobody is to be reminded any more"}, nil
	}
	k := d.preflightCard(v, rows, 0)
	if more := len(rows) - pageRows; more > 0 {
		k.Table.Rows = k.Table.Rows[:pageRows]
		k.Note = append([]card.Text{card.T("page.of", "from", 1, "to", pageRows, "all", len(rows))}, k.Note...)
		k.Buttons = append(k.Buttons, preflightButton("button.showall"))
	}
	return card.Message{Card: k}, nil
}

// preflightList is the card as a list with all its pages.
func (c *Call) preflightList() (*card.Card, error) {
	rows, err := c.preflight().Rows(c.View)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(x PreflightRow) bool { return !c.Sees(x.Customer) })
	if len(rows) == 0 {
		return &card.Card{Body: []card.Text{card.T("preflight.empty")}}, nil
	}
	return c.Desk.preflightCard(c.View, rows, c.Page), nil
}

// preflightCard shows contacts with their buttons: what they come to by step, what of the bank is
// old, and whose money waits.
func (d *Desk) preflightCard(v *ledger.View, rows []PreflightRow, page int) *card.Card {
	day := d.Reminding.orNone().Preflight.Day(v)
	goes := 0
	for i := range rows {
		if rows[i].State == "goes" {
			goes++
		}
	}
	k := &card.Card{Title: card.T("preflight.title", "count", goes, "date", day), Fields: byStep(rows), Table: d.contactTable(v, rows, page)}
	k.Body = d.bankWarnings(v, rows)
	k.Note = []card.Text{bankNews(v), card.T("preflight.note")}
	pick := card.Pick{Label: card.T("pick.preflight")}
	for _, x := range onPage(rows, page) {
		pick.Buttons = append(pick.Buttons, lineButton(card.Plain(v.CustomerName(x.Customer)), "preflight "+day.String()+" "+x.Customer.Handle))
	}
	k.Picks = []card.Pick{pick}
	open, held := false, false
	for i := range rows {
		open, held = open || rows[i].open(), held || rows[i].State == "held"
	}
	if open {
		k.Buttons = append(k.Buttons, formButton(card.T("button.severalcontacts"), "preflight", day.String()+" several "+strconv.Itoa(page+1)))
	}
	if held {
		k.Buttons = append(k.Buttons, releaseAll(day.String(), "all"))
	}
	return k
}

func releaseAll(words ...string) card.Button {
	b := preflightButton("button.releaseall", append(words[:len(words)-1:len(words)-1], "release", words[len(words)-1])...)
	b.Confirm = card.T("confirm.releaseall")
	return b
}

// byStep counts contacts to come by their step.
func byStep(rows []PreflightRow) (out []card.Field) {
	type step struct {
		number int
		tone   string
	}
	var order []step
	count := map[step]int{}
	for _, x := range rows {
		if at := (step{x.Step, x.Tone}); x.State == "goes" {
			if count[at] == 0 {
				order = append(order, at)
			}
			count[at]++
		}
	}
	for _, at := range order {
		label := card.T("preflight.soon")
		if at.number > 0 {
			label = card.T("preflight.step", "step", at.number, "tone", card.T("tone."+at.tone))
		}
		out = append(out, card.Field{Label: label, Value: card.T("preflight.count", "count", count[at])})
	}
	return out
}

// bankWarnings tell which accounts' data is old, and by name whose money waits.
func (d *Desk) bankWarnings(v *ledger.View, rows []PreflightRow) (out []card.Text) {
	for _, st := range v.StaleBank() {
		out = append(out, card.T("bank.stale", "account", st.Account, "date", st.To, "count", int(v.Today()-st.To)))
	}
	proposed := d.Reminding.orNone().Preflight.Proposed(v)
	var names []string
	for _, x := range rows {
		if len(v.MoneyWaiting(x.Customer)) > 0 || len(proposed[x.Customer.ID]) > 0 || x.Why == "money" {
			names = append(names, v.CustomerName(x.Customer))
		}
	}
	if more := len(names) - namedMax; more > 0 {
		names = append(names[:namedMax], "+"+strconv.Itoa(more))
	}
	if len(names) > 0 {
		out = append(out, card.T("preflight.money", "who", strings.Join(names, ", ")))
	}
	return out
}

// contactCard is one contact in full, with what can be done about it.
func (c *Call) contactCard(x *PreflightRow) *card.Card {
	if x.Customer == nil {
		return nil
	}
	p := c.preflight()
	k := &card.Card{Title: card.T("preflight.contact", "customer", c.CustomerName(x.Customer)), Body: []card.Text{card.T("preflight.state." + x.State), plannedText(x.PlannedWord)}}
	switch x.State { // what was decided or done is not the next one
	case "sent", "queued", "gone":
		k.Title = card.Plain(c.CustomerName(x.Customer))
		fallthrough
	case "skipped", "snoozed":
		k.Body[1] = wordText(x.PlannedWord)
	}
	if x.Why != "" {
		k.Body = append(k.Body, keptText(c.View, x.Customer, x.PlannedWord))
	}
	k.Body = append(k.Body, c.moneyOf(x.Customer)...)
	add := func(label string, value card.Text) {
		k.Fields = append(k.Fields, card.Field{Label: card.T(label), Value: value})
	}
	if way := p.way(c.View, x); way != "" {
		add("col.channel", card.T("channel."+way))
	}
	add("preflight.when", card.T("value", "value", card.Instant{At: x.At, Zone: x.Customer.Zone}))
	about, sums := p.Asks(c.View, x.Customer, x.PlannedWord)
	if len(about) > 0 {
		numbers := make([]string, 0, len(about))
		for _, inv := range about[:min(len(about), namedMax)] {
			numbers = append(numbers, inv.Number.String())
		}
		add("preflight.invoices", card.Plain(strings.Join(numbers, ", ")))
		add("col.amount", eachSum(sums))
	}
	if words, _, err := c.ContactWords(x.Customer, x.Key(), false); err == nil && words != "" {
		k.Quote = card.Plain(words)
	}
	k.Buttons = c.contactButtons(x)
	return k
}

// moneyOf tells what money of a customer's waits.
func (c *Call) moneyOf(cust *ledger.Customer) (out []card.Text) {
	for _, m := range c.MoneyWaiting(cust) {
		out = append(out, card.T("preflight.onaccount", "amount", m))
	}
	for _, n := range c.CreditsWaiting(cust) {
		out = append(out, card.T("preflight.credit", "number", n.Number.String(), "amount", ledger.Money{Minor: n.OnAcct, Currency: n.Total.Currency}))
	}
	for _, id := range c.preflight().Proposed(c.View)[cust.ID] {
		if e := c.BankEntry(id); e != nil {
			out = append(out, card.T("preflight.entry", "entry", id.Label(), "amount", e.Amount))
		}
	}
	return out
}

// contactButtons are what can be done about a contact.
func (c *Call) contactButtons(x *PreflightRow) (out []card.Button) {
	day, handle := c.dayWord(), x.Customer.Handle
	form := func(label, act string) card.Button {
		return formButton(card.T(label), "preflight", day+" "+act+" "+handle)
	}
	switch {
	case x.State == "held":
		out = append(out, preflightButton("button.release", "release", handle))
		out = append(out, applyButton(c.View, x.Customer)...)
		for _, id := range c.preflight().Proposed(c.View)[x.Customer.ID] {
			out = append(out, lineButton(card.Plain(id.Label()), "bank "+id.Label()))
			break
		}
	case x.State == "goes":
		out = append(out, preflightButton("button.sendnow", day, "send", handle))
		out = append(out, applyButton(c.View, x.Customer)...)
	case (x.State == "skipped" || x.State == "snoozed") && c.Now.Before(x.At):
		out = append(out, preflightButton("button.undo", day, "undo", handle))
	}
	if x.open() {
		out = append(out, form("button.skipcontact", "skip"), form("button.snoozeuntil", "snooze"), form("button.editwords", "edit"))
	}
	return out
}

// applyButton applies what a customer has on account, if there is anything.
func applyButton(v *ledger.View, cust *ledger.Customer) []card.Button {
	if len(v.MoneyWaiting(cust))+len(v.CreditsWaiting(cust)) == 0 {
		return nil
	}
	return []card.Button{lineButton(card.T("button.applymoney"), "apply "+cust.Handle)}
}

// heldNews tells which contacts are held, to one who is told of them.
func (d *Desk) heldNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	p := d.Reminding.orNone().Preflight
	rows := slices.DeleteFunc(p.Held(v), func(x PreflightRow) bool { return p.HeldTo(x.Customer, x.Why) != n.Address })
	if len(rows) == 0 {
		if n.Kind == ledger.NoticeHeld {
			return card.Message{Withdraw: "nothing is held any more"}, nil
		}
		return card.Message{Card: &card.Card{Title: card.T("held.done")}}, nil
	}
	k := &card.Card{Title: card.T("held.title", "count", len(rows)), Body: append([]card.Text{card.T("held.body")}, d.bankWarnings(v, rows)...)}
	k.Table = d.contactTable(v, rows, 0)
	if more := len(rows) - pageRows; more > 0 {
		k.Table.Rows = k.Table.Rows[:pageRows]
		k.Note = []card.Text{card.T("page.of", "from", 1, "to", pageRows, "all", len(rows))}
		k.Buttons = []card.Button{preflightButton("button.showall")}
	}
	pick := card.Pick{Label: card.T("pick.preflight")}
	for _, x := range onPage(rows, 0) {
		pick.Buttons = append(pick.Buttons, lineButton(card.Plain(v.CustomerName(x.Customer)), "preflight "+x.Customer.Handle))
	}
	k.Picks = []card.Pick{pick}
	whose := "all"
	if n.Address != d.FinanceChannel {
		whose = "mine"
	}
	if only := rows[0]; len(rows) == 1 {
		k.Buttons = append(k.Buttons, preflightButton("button.release", "release", only.Customer.Handle))
		k.Buttons = append(k.Buttons, applyButton(v, only.Customer)...)
	} else {
		k.Buttons = append(k.Buttons, releaseAll(whose))
	}
	return card.Message{Card: k}, nil
}

// Proposed are the entries of the bank that wait and are proposed as payments of a customer's.
func (d *Desk) Proposed(v *ledger.View) map[ledger.CustomerID][]ledger.BankEntryID {
	out := map[ledger.CustomerID][]ledger.BankEntryID{}
	for _, e := range v.WaitingEntries() {
		all, err := d.read.of(v, e)
		if err != nil || e.Amount.Minor < 0 {
			continue
		}
		for i := range all {
			if len(all[i].Shares) == 0 || !all[i].fits(v, e) {
				continue
			}
			for _, share := range all[i].Shares {
				if !slices.Contains(out[share.Customer], e.ID) {
					out[share.Customer] = append(out[share.Customer], e.ID)
				}
			}
		}
	}
	return out
}

// readProposals keeps the proposals of entries as they were read last: whether money waits is asked
// with each reminder that goes out.
type readProposals struct {
	mu sync.Mutex
	by map[ledger.BankEntryID]readProposal
}

type readProposal struct {
	row string
	all []proposal
}

// of are the proposals for an entry, whether they can still be taken or not. They are not changed.
func (r *readProposals) of(v *ledger.View, e *ledger.BankEntry) ([]proposal, error) {
	data, err := v.Get(proposalRow(e.ID))
	if err != nil || data == nil || e.Place != ledger.EntryWaits {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	x := r.by[e.ID]
	if x.row != string(data) {
		x = readProposal{row: string(data)}
		if err := json.Unmarshal(data, &x.all); err != nil {
			return nil, err
		}
		if r.by == nil || len(r.by) >= readMost { // most were taken long ago
			r.by = map[ledger.BankEntryID]readProposal{}
		}
		r.by[e.ID] = x
	}
	return x.all, nil
}

// readMost is of how many entries the proposals are kept.
const readMost = 10_000
