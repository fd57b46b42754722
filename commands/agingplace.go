package commands

import (
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// agingPlace is where somebody stands in the aging: how it is summed and narrowed, as of
// when, and the customer or invoice that he has opened. A button carries a place whole, so
// that going down and back keeps the day, and an old message still leads where it says.
type agingPlace struct {
	agingQuestion
	past     past
	via      string // the dimensions that he came down by, a letter for each
	customer ledger.CustomerID
	invoice  ledger.InvoiceID // whose facts are asked for
	why      bool             // the customer's facts are asked for
	page     int
}

// agingLetters are the dimensions, as a place is written. A bucket of one currency, where
// there are several, is left for all of them.
const (
	agingLetters = "cyosb"
	agingOneOf   = "x"
)

func agingDimensions() []ledger.AgingBy {
	return []ledger.AgingBy{ledger.ByCustomer, ledger.ByCurrency, ledger.ByOwner, ledger.BySegment, ledger.ByBucket}
}

// code writes a place into a few characters: a menu's option holds no more.
func (p *agingPlace) code() string {
	n := func(i int) string {
		if i == 0 {
			return ""
		}
		return strconv.FormatInt(int64(i), 36)
	}
	f, why := p.filter, ""
	switch {
	case f.Unowned:
		f.Owner = "-"
	case f.Sole:
		f.Owner = "=" + f.Owner
	}
	if f.Bare {
		f.Segment = "-"
	}
	if p.why {
		why = "w"
	}
	at := slices.Index(agingDimensions(), p.by)
	return strings.TrimRight(strings.Join([]string{agingLetters[at:at+1] + p.via, f.Owner, f.Segment, string(f.Currency), n(f.From), n(f.Only),
		n(int(p.past.on)), n(int(p.past.known)), n(int(p.customer)), n(int(p.invoice)), why, n(p.page)}, "/"), "/")
}

// agingAt reads what code wrote. Buttons of the first version name a customer by number, or
// "all".
func agingAt(arg string) (p agingPlace, ok bool) {
	if id, err := strconv.ParseUint(arg, 10, 32); err == nil || arg == "all" {
		return agingPlace{agingQuestion: agingQuestion{by: ledger.ByCustomer}, customer: ledger.CustomerID(id)}, true
	}
	parts := append(strings.Split(arg, "/"), make([]string, 12)...)
	n := func(i int) int {
		x, _ := strconv.ParseUint(parts[i], 36, 31)
		return int(x)
	}
	at := strings.IndexByte(agingLetters, (parts[0] + "?")[0])
	if at < 0 || n(4) >= ledger.Buckets || n(5) > ledger.Buckets+1 {
		return p, false
	}
	p.by, p.via = agingDimensions()[at], parts[0][1:]
	p.filter = ledger.AgingFilter{Owner: parts[1], Segment: parts[2], Currency: ledger.Currency(parts[3]), From: n(4), Only: n(5)}
	if p.filter.Owner, p.filter.Sole = strings.CutPrefix(parts[1], "="); parts[1] == "-" {
		p.filter.Owner, p.filter.Unowned = "", true
	}
	if parts[2] == "-" {
		p.filter.Segment, p.filter.Bare = "", true
	}
	p.past = past{on: ledger.Date(n(6)), known: ledger.Date(n(7))}
	p.customer, p.invoice, p.why, p.page = ledger.CustomerID(n(8)), ledger.InvoiceID(n(9)), parts[10] != "", n(11)
	return p, true
}

func (p agingPlace) button(label card.Text) card.Button {
	return card.Button{Label: label, Do: "aging", Arg: p.code()}
}

func (p agingPlace) onPage(page int) agingPlace { p.page = page; return p }

// down is the place that a row of a report leads to: who stands behind its sum.
func (p agingPlace) down(f ledger.AgingFilter) agingPlace {
	way := agingLetters[slices.Index(agingDimensions(), p.by):][:1]
	if p.by == ledger.ByBucket && f.Currency != p.filter.Currency {
		way = agingOneOf
	}
	p.via, p.filter, p.by, p.page = p.via+way, f, ledger.ByCustomer, 0
	return p
}

// up is the place above, and what it is called; ok is false at the top.
func (p agingPlace) up(v *ledger.View) (above agingPlace, label card.Text, ok bool) {
	p.page = 0
	switch {
	case p.invoice != 0 || p.why:
		p.invoice, p.why = 0, false
		return p, card.T("button.up.account", "customer", v.CustomerName(v.Customer(p.customer))), true
	case p.customer != 0:
		p.customer = 0
		return p, card.T("button.up"), true
	case p.via == "":
		return p, label, false
	}
	way := p.via[len(p.via)-1:]
	p.via = p.via[:len(p.via)-1]
	if way == agingOneOf {
		p.by, p.filter.Only, p.filter.Currency = ledger.ByBucket, 0, ""
		return p, card.T("button.up"), true
	}
	switch p.by = agingDimensions()[max(strings.Index(agingLetters, way), 0)]; p.by {
	case ledger.ByOwner:
		p.filter.Owner, p.filter.Unowned, p.filter.Sole = "", false, false
	case ledger.BySegment:
		p.filter.Segment, p.filter.Bare = "", false
	case ledger.ByCurrency:
		p.filter.Currency = ""
	case ledger.ByBucket:
		p.filter.Only = 0
	}
	return p, card.T("button.up"), true
}

// agingByButton goes to another place in the aging, in the same message.
func agingByButton(c *Call) (card.Reply, error) {
	p, ok := agingAt(c.Where.Arg)
	if !ok {
		return card.Say("button.old"), nil
	}
	c.Page = p.page
	r, err := c.agingAnswer(p, nil)
	r.Replace = err == nil
	return r, err
}

// agingAnswer shows a place. An error of reading the question is handed on.
func (c *Call) agingAnswer(p agingPlace, err error) (card.Reply, error) {
	if err != nil {
		return card.Reply{}, err
	}
	var a ledger.AsOf
	if p.past.asked() {
		if a, err = p.past.asOf(c.View); err != nil {
			return card.Reply{}, err
		}
	}
	if !c.there(&p) {
		return card.Say("button.old"), nil
	}
	c.place = &p
	var k *card.Card
	if p.customer == 0 && p.invoice == 0 {
		k = c.agingList(p, a)
	} else if k, err = c.agingOpened(&p, a); err != nil {
		return card.Reply{}, err
	}
	p.past.knownNote(k)
	if above, label, ok := p.up(c.View); ok {
		k.Buttons = append(k.Buttons, above.button(label))
	}
	return card.Reply{Card: k}, nil
}

// there reports whether the customer and the invoice of a place are in the books: after a backup
// was restored, buttons may be younger than they are.
func (c *Call) there(p *agingPlace) bool {
	known := (p.customer == 0 || c.Customer(p.customer) != nil) && (p.invoice == 0 || c.Invoice(p.invoice) != nil)
	return known && (!p.why || p.customer != 0)
}

// agingOpened is a customer's account, or the facts behind one of its figures.
func (c *Call) agingOpened(p *agingPlace, a ledger.AsOf) (*card.Card, error) {
	inv := c.Invoice(p.invoice)
	if inv != nil {
		p.customer = inv.Customer
	}
	cust := c.Customer(p.customer)
	if cust == nil {
		return card.Say("button.old").Card, nil
	}
	if err := c.Allowed(cust); err != nil {
		return nil, err
	}
	c.Line = cust.Handle
	switch {
	case inv != nil:
		return whyInvoice(c.View, inv, p.past, a)
	case p.why:
		return whyBalance(c.View, cust, p.past, a)
	}
	var k *card.Card
	var open []ledger.OpenItem
	if p.past.asked() {
		k, open = pastAccount(c.View, cust, a), c.OpenAsOf(cust, a)
	} else {
		k, open = accountCard(c.View, cust), c.OpenItems(cust)
		k.Buttons = slices.DeleteFunc(k.Buttons, func(b card.Button) bool { return b.Do == "aging" })
	}
	if len(k.Fields) > 0 {
		why := *p
		why.why = true
		k.Buttons = append(k.Buttons, why.button(card.T("button.why")))
	}
	k.Picks = append(k.Picks, c.whyPick(*p, open)...)
	return k, nil
}

// whyPick leads from the open invoices of a page to their facts.
func (c *Call) whyPick(p agingPlace, open []ledger.OpenItem) []card.Pick {
	pick := card.Pick{Label: card.T("pick.why")}
	seen := ledger.InvoiceID(0)
	for _, item := range onPage(open, c.Page) {
		if item.Invoice.ID == seen { // parts of one invoice
			continue
		}
		seen = item.Invoice.ID
		to := p.onPage(0)
		to.invoice = seen
		pick.Buttons = append(pick.Buttons, to.button(card.T("pick.invoice", "number", item.Invoice.Number.String(), "open", item.Open)))
	}
	if len(pick.Buttons) == 0 {
		return nil
	}
	return []card.Pick{pick}
}

// onPage are the rows of a list that turn leaves on a page.
func onPage[T any](rows []T, page int) []T {
	if len(rows) <= pageRows {
		return rows
	}
	page = min(page, (len(rows)-1)/pageRows)
	return rows[page*pageRows : min((page+1)*pageRows, len(rows))]
}

// agingList is a report of many customers, with menus that lead behind its rows and to its
// other dimensions.
func (c *Call) agingList(p agingPlace, a ledger.AsOf) *card.Card {
	rows, on := c.agingAsOf(p, a)
	title := card.T("aging.title", "date", on)
	k, rowsTo := c.agingBy(title, rows, p)
	said := c.filterWords(p.filter)
	if len(rows) == 0 && len(said) > 0 {
		k.Body = []card.Text{card.T("aging.nothere")}
	}
	if p.filter.From > 0 || p.filter.Only > 0 {
		said = append(said, card.T("aging.of.part"))
	}
	if c.May != nil {
		said = append(said, card.T("own.note"))
	}
	k.Body = append(said, k.Body...)
	k.Note = append(k.Note, staleBank(c.View)...)
	k.Buttons = append(k.Buttons, p.narrow(c.View))
	if len(rows) == 0 {
		return k
	}
	if !p.past.asked() {
		k.Note = append(k.Note, chequeNote(c.View, inRows(rows))...)
	}
	k.Picks = append(k.Picks, card.Pick{Label: card.T("pick.open"), Buttons: rowsTo}, dimensionPick(p))
	k.Picture = agingPicture(title, c, rows, p.by)
	for _, format := range []string{card.FormatXLSX, card.FormatCSV} {
		top := p.onPage(0)
		b := paperButton(card.T("button.file."+format), card.Paper{Kind: card.PaperAging, Of: top.code(), Format: format})
		b.More = true
		k.Buttons = append(k.Buttons, b)
	}
	return k
}

// agingAsOf is what a place shows, of the customers whom the asker may see.
func (c *Call) agingAsOf(p agingPlace, a ledger.AsOf) (rows []ledger.AgingRow, on ledger.Date) {
	on = c.Today()
	if p.past.asked() {
		rows, on = c.AgingAsOf(a), a.On
	} else {
		rows = c.Aging(on)
	}
	return c.Filter(c.own(rows), p.filter), on
}

// agingRows is what a place shows, in the order of a list.
func (c *Call) agingRows(p agingPlace) (rows []ledger.AgingRow, on ledger.Date, err error) {
	var a ledger.AsOf
	if p.past.asked() {
		if a, err = p.past.asOf(c.View); err != nil {
			return nil, 0, err
		}
	}
	rows, on = c.agingAsOf(p, a)
	byOverdue(c.View, rows)
	return rows, on, nil
}

// AgingRows is the report behind a sheet of receivables, as the member of staff may see it who
// asked for it.
func (d *Desk) AgingRows(v *ledger.View, who Staff, of string) (rows []ledger.AgingRow, on ledger.Date, err error) {
	p, ok := agingAt(of)
	if !ok {
		return nil, 0, ledger.Refuse(ledger.BadInput, "paper.aging")
	}
	v.May = d.lens(who, agingCommand())
	return (&Call{View: v, Desk: d, Who: who}).agingRows(p)
}

func dimensionPick(p agingPlace) card.Pick {
	pick := card.Pick{Label: card.T("pick.by")}
	for _, by := range agingDimensions() {
		if by != p.by {
			to := p.onPage(0)
			to.by = by
			pick.Buttons = append(pick.Buttons, to.button(card.T("pick.by."+string(by))))
		}
	}
	return pick
}

// filterWords say what a report is narrowed to.
func (c *Call) filterWords(f ledger.AgingFilter) (said []card.Text) {
	if f.Unowned {
		said = append(said, card.T("aging.of.unowned"))
	}
	if f.Owner != "" {
		said = append(said, card.T("aging.of.owner", "owner", card.User(f.Owner)))
	}
	if f.Segment != "" {
		said = append(said, card.T("aging.of.segment", "segment", f.Segment))
	}
	if f.Bare {
		said = append(said, card.T("aging.of.bare"))
	}
	if f.Currency != "" {
		said = append(said, card.T("aging.of.currency", "currency", string(f.Currency)))
	}
	switch {
	case f.From == 1:
		said = append(said, card.T("aging.of.overdue"))
	case f.From > 1:
		said = append(said, card.T("aging.of.over", "days", c.Edges().From(f.From)-1))
	}
	if f.Only > 0 {
		said = append(said, card.T("aging.of.bucket", "bucket", bucketText(c.View, f.Only-1)))
	}
	return said
}
