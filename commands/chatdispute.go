package commands

import (
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// A customer disputes an invoice in a few taps: why, how much of it, and it is open. All of that
// is one message that changes; what was chosen so far stands in its buttons. What he writes or
// sends after that belongs to the dispute.

// disputeButtons are what the customer may do about an invoice that he does not agree with.
func disputeButtons(v *ledger.View, inv *ledger.Invoice) []card.Button {
	if d := v.Dispute(inv.Dispute); d != nil {
		return []card.Button{{Label: card.T("button.mydispute", "dispute", d.Label()), Do: "mydispute", Arg: idArg(uint32(d.ID))}}
	}
	again, ok := v.MayDispute(inv)
	switch {
	case !ok:
		return nil
	case again != nil:
		return []card.Button{{Label: card.T("button.disputeagain", "dispute", again.Label()), Do: "dispute", Arg: idArg(uint32(inv.ID))}}
	}
	return []card.Button{{Label: card.T("button.dispute"), Do: "dispute", Arg: idArg(uint32(inv.ID))}}
}

// disputable is the invoice that a button is about; where it cannot be disputed now, the reply
// says why.
func (c *ChatCall) disputable() (inv *ledger.Invoice, rest string, why *card.Reply, err error) {
	inv, rest, err = c.mine()
	if err != nil {
		return nil, "", nil, err
	}
	toast := func(key string, args ...any) *card.Reply { return &card.Reply{Toast: card.T(key, args...)} }
	switch {
	case inv == nil:
		return nil, "", toast("chat.oldbutton"), nil
	case inv.Open == 0:
		return nil, "", toast("refuse.invoice.closed", "number", inv.Number.String()), nil
	case inv.Dispute != 0:
		return nil, "", toast("chat.disputed.already", "number", inv.Number.String()), nil
	}
	if _, ok := c.MayDispute(inv); !ok {
		return nil, "", toast("chat.disputed.over", "number", inv.Number.String()), nil
	}
	return inv, rest, nil, nil
}

// askReason asks why an invoice is disputed.
func askReason(c *ChatCall) (card.Reply, error) {
	inv, rest, why, err := c.disputable()
	if err != nil || why != nil {
		return orSaid(why), err
	}
	id := idArg(uint32(inv.ID))
	k := &card.Card{Title: card.T("chat.why.title", "number", inv.Number.String()), Body: []card.Text{card.T("chat.why.body")}}
	if again, _ := c.MayDispute(inv); again != nil {
		k.Body = append(k.Body, card.T("chat.why.again", "dispute", again.Label()))
	}
	for _, r := range ledger.Reasons() {
		k.Buttons = append(k.Buttons, card.Button{Label: reasonText(r), Do: "reason", Arg: id + "." + string(r), Wide: true})
	}
	k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.never"), Do: "keep", Arg: id, Wide: true})
	return card.Reply{Card: k, Replace: rest == "back"}, nil
}

func orSaid(why *card.Reply) card.Reply {
	if why == nil {
		return card.Reply{}
	}
	return *why
}

func keepInvoice(*ChatCall) (card.Reply, error) {
	r := card.Say("chat.kept")
	r.Replace = true
	return r, nil
}

// ofWhole reports whether a reason speaks of the whole invoice.
func ofWhole(r ledger.Reason) bool {
	return r == ledger.ReasonPaid || r == ledger.ReasonDuplicate || r == ledger.ReasonNotOurs
}

// askPart asks what of the invoice is in question, unless the reason says that it is all.
func askPart(c *ChatCall) (card.Reply, error) {
	inv, reason, why, err := c.disputable()
	if err != nil || why != nil {
		return orSaid(why), err
	}
	if !knownReason(reason) {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	r := ledger.Reason(reason)
	if ofWhole(r) {
		return c.opened(inv, ledger.NewDispute{Reason: r}, true)
	}
	return c.partCard(inv, choice{reason: r})
}

func knownReason(reason string) bool { return slices.Contains(ledger.Reasons(), ledger.Reason(reason)) }

// choice is what was chosen so far: why, and which lines.
type choice struct {
	reason ledger.Reason
	lines  lineSet
	page   int
}

// lineSet are lines of an invoice by number: bit n-1 of a row of bytes.
type lineSet [pickableMax / 8]byte

// pickableMax is how many lines of an invoice can be chosen one by one: a button's data hold no
// more. linesPage is how many are shown at a time.
const (
	pickableMax = 80
	linesPage   = 8
)

func (s lineSet) has(n int) bool { return s[(n-1)/8]>>((n-1)%8)&1 != 0 }

func (s lineSet) toggled(n int) lineSet {
	s[(n-1)/8] ^= 1 << ((n - 1) % 8)
	return s
}

func (s lineSet) numbers() (out []int) {
	for n := 1; n <= pickableMax; n++ {
		if s.has(n) {
			out = append(out, n)
		}
	}
	return out
}

// arg writes what was chosen into a button: invoice, reason, page, lines.
func (x choice) arg(inv *ledger.Invoice) string {
	lines := ""
	for _, b := range x.lines {
		lines += string("0123456789abcdef"[b>>4]) + string("0123456789abcdef"[b&15])
	}
	return strings.Join([]string{idArg(uint32(inv.ID)), strconv.Itoa(slices.Index(ledger.Reasons(), x.reason)), strconv.Itoa(x.page), strings.TrimRight(lines, "0")}, ".")
}

// choiceAt reads what arg wrote, behind the invoice.
func choiceAt(rest string) (x choice, ok bool) {
	parts := strings.Split(rest, ".")
	if len(parts) != 3 || len(parts[2]) > 2*len(x.lines) {
		return x, false
	}
	reason, err1 := strconv.Atoi(parts[0])
	page, err2 := strconv.Atoi(parts[1])
	if err1 != nil || err2 != nil || reason < 0 || reason >= len(ledger.Reasons()) || page < 0 {
		return x, false
	}
	x.reason, x.page = ledger.Reasons()[reason], page
	for i, r := range parts[2] {
		at := strings.IndexRune("0123456789abcdef", r)
		if at < 0 {
			return x, false
		}
		x.lines[i/2] |= byte(at) << (4 * (1 - i%2))
	}
	return x, true
}

// pickLines shows what was chosen: a line was tapped, or a page turned.
func pickLines(c *ChatCall) (card.Reply, error) {
	inv, rest, why, err := c.disputable()
	if err != nil || why != nil {
		return orSaid(why), err
	}
	x, ok := choiceAt(rest)
	if !ok {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	return c.partCard(inv, x)
}

// partCard asks what of an invoice is in question: the whole, some lines, or a sum.
func (c *ChatCall) partCard(inv *ledger.Invoice, x choice) (card.Reply, error) {
	doc, err := c.InvoiceDetail(inv)
	if err != nil {
		return card.Reply{}, err
	}
	left, err := c.LinesLeft(inv)
	if err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.T("chat.part.title", "number", inv.Number.String()),
		Body: []card.Text{card.T("chat.part.reason", "reason", reasonText(x.reason)), card.T("chat.part.body")}}
	do, arg := DisputesWhole(inv, x.reason)
	k.Buttons = []card.Button{{Label: card.T("button.wholeinvoice", "amount", inv.OpenMoney()), Do: do, Arg: arg, Wide: true}}
	k.Buttons = append(k.Buttons, lineToggles(doc, left, inv, x)...)
	if sum := x.sum(left, inv); len(x.lines.numbers()) > 0 {
		k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.thoselines", "amount", sum), Do: "contest", Arg: x.arg(inv), Wide: true})
	}
	k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.othersum"), Do: "partsum", Arg: x.arg(inv)},
		card.Button{Label: card.T("button.back"), Do: "dispute", Arg: idArg(uint32(inv.ID)) + ".back"})
	return card.Reply{Card: k, Replace: true}, nil
}

// DisputesWhole is the button that disputes the whole of an invoice.
func DisputesWhole(inv *ledger.Invoice, why ledger.Reason) (do, arg string) {
	return "contest", choice{reason: why}.arg(inv)
}

// lineToggles are the lines of an invoice to tap on, those that are chosen with a mark. An
// invoice of one line has none: that line is the whole.
func lineToggles(doc *ledger.InvoiceIssued, left []ledger.Money, inv *ledger.Invoice, x choice) (out []card.Button) {
	var lines []int
	for i, l := range left[:min(len(left), pickableMax)] {
		if l.Minor > 0 {
			lines = append(lines, i+1)
		}
	}
	if len(doc.Lines) < 2 || len(lines) == 0 {
		return nil
	}
	pages := (len(lines) + linesPage - 1) / linesPage
	x.page = min(x.page, pages-1)
	for _, n := range lines[x.page*linesPage : min(len(lines), (x.page+1)*linesPage)] {
		mark := "button.line.off"
		if x.lines.has(n) {
			mark = "button.line.on"
		}
		then := x
		then.lines = x.lines.toggled(n)
		out = append(out, card.Button{Label: card.T(mark, "text", short(doc.Lines[n-1].Text), "amount", left[n-1]), Do: "part", Arg: then.arg(inv), Wide: true})
	}
	turn := func(to int) card.Button {
		then := x
		then.page = to
		return card.Button{Label: card.T("button.linespage", "page", to+1, "pages", pages), Do: "part", Arg: then.arg(inv)}
	}
	if x.page > 0 {
		out = append(out, turn(x.page-1))
	}
	if x.page < pages-1 {
		out = append(out, turn(x.page+1))
	}
	return out
}

// short keeps the sum behind a line's words on a phone's screen.
func short(words string) string {
	const most = 32
	if r := []rune(words); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return words
}

// sum is what is left of the chosen lines, tax included, and no more than is open.
func (x choice) sum(left []ledger.Money, inv *ledger.Invoice) ledger.Money {
	sum := ledger.Money{Currency: inv.Currency}
	for _, n := range x.lines.numbers() {
		if n <= len(left) {
			sum = sum.Add(left[n-1])
		}
	}
	return ledger.Money{Minor: min(sum.Minor, inv.Open), Currency: inv.Currency}
}

// contest opens the dispute over what was chosen.
func contest(c *ChatCall) (card.Reply, error) {
	inv, rest, why, err := c.disputable()
	if err != nil || why != nil {
		return orSaid(why), err
	}
	x, ok := choiceAt(rest)
	if !ok {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	n := ledger.NewDispute{Reason: x.reason, Lines: x.lines.numbers()}
	if len(n.Lines) > 0 {
		left, err := c.LinesLeft(inv)
		if err != nil {
			return card.Reply{}, err
		}
		if n.Amount = x.sum(left, inv); n.Amount.Minor <= 0 { // all of it was credited meanwhile
			return c.partCard(inv, choice{reason: x.reason})
		}
	}
	return c.opened(inv, n, true)
}

// askSum asks for a sum in words.
func askSum(c *ChatCall) (card.Reply, error) {
	inv, rest, why, err := c.disputable()
	if err != nil || why != nil {
		return orSaid(why), err
	}
	x, ok := choiceAt(rest)
	if !ok {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	if err := c.Expect("dispute.sum", x.arg(inv)); err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.T("chat.part.title", "number", inv.Number.String()), Body: []card.Text{card.T("chat.part.sum", "open", inv.OpenMoney())},
		Buttons: []card.Button{{Label: card.T("button.back"), Do: "part", Arg: x.arg(inv)}}}
	return card.Reply{Card: k, Replace: true}, nil
}

// takeDisputedSum takes the sum that a customer wrote.
func takeDisputedSum(c *ChatCall, about string) (card.Reply, error) {
	c.In.Arg = about
	inv, rest, why, err := c.disputable()
	if err != nil || why != nil {
		return orSaid(why), err
	}
	x, ok := choiceAt(rest)
	if !ok {
		return card.Say("chat.oldbutton"), nil
	}
	sum, left, err := sumOf(split(c.In.Text), c.Customer.Language, inv.Currency)
	if err != nil || len(left) > 0 || sum.Minor <= 0 || sum.Minor > inv.Open {
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "chat.disputedsum", "text", c.In.Text, "open", inv.OpenMoney())
	}
	return c.opened(inv, ledger.NewDispute{Reason: x.reason, Amount: sum}, false)
}

// opened opens a dispute, so that reminders of it stop at once, and asks for words. What is not
// in question can be paid at once.
func (c *ChatCall) opened(inv *ledger.Invoice, n ledger.NewDispute, replace bool) (card.Reply, error) {
	n.By = c.In.Chat
	if again, ok := c.MayDispute(inv); ok && again != nil {
		n.Again = again.ID
	}
	c.ExpectNothing(c.In.Chat) // what is written now belongs to the dispute
	disp, err := c.Desk.raise(c.Tx, inv, n)
	if err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{
		Title:  card.T("chat.opened.title", "dispute", disp.Label(), "number", inv.Number.String()),
		Body:   []card.Text{card.T("chat.opened.body", "reason", reasonText(disp.Reason)), card.T("chat.opened.words")},
		Fields: []card.Field{{Label: card.T("account.disputed"), Value: money(inv.DisputedMoney())}},
	}
	if parts := disputedParts(inv); len(parts) > 0 {
		k.Fields = parts
	}
	k.Buttons = append(c.Desk.payButton(&c.View, inv, false), withdrawButton(disp))
	return card.Reply{Card: k, Replace: replace}, nil
}

// disputedParts tell which part of an invoice is in dispute, and which is not; nothing where it
// is all or none.
func disputedParts(inv *ledger.Invoice) []card.Field {
	disputed, rest := inv.DisputedMoney(), inv.Undisputed()
	if disputed.Minor == 0 || rest.Minor == 0 {
		return nil
	}
	return []card.Field{{Label: card.T("account.disputed"), Value: money(disputed)}, {Label: card.T("field.undisputed"), Value: money(rest)}}
}

func withdrawButton(d *ledger.Dispute) card.Button {
	return card.Button{Label: card.T("button.withdraw"), Do: "withdraw", Arg: idArg(uint32(d.Invoice)) + "." + idArg(uint32(d.ID)), Wide: true}
}

// myDispute is the dispute that a button is about, if it is the customer's own; nil for any
// other.
func (c *ChatCall) myDispute() *ledger.Dispute {
	id, _ := cutArg(c.In.Arg)
	d := c.Dispute(ledger.DisputeID(id))
	if d == nil || !c.ChatHas(c.In.Chat, d.Customer) {
		return nil
	}
	c.Customer = c.Tx.Customer(d.Customer)
	return d
}

// showDispute tells how a dispute stands.
func showDispute(c *ChatCall) (card.Reply, error) {
	d := c.myDispute()
	if d == nil {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	inv := c.Invoice(d.Invoice)
	k := &card.Card{Title: card.T("chat.dispute.title", "dispute", d.Label(), "number", inv.Number.String()), Fields: disputeFields(&c.View, d)}
	if d.Outcome == "" {
		k.Body = []card.Text{card.T("chat.dispute.open")}
		k.Buttons = append(k.Buttons, c.Desk.payButton(&c.View, inv, false)...)
		k.Buttons = append(k.Buttons, withdrawButton(d))
	} else {
		k.Body = []card.Text{card.T("chat.outcome."+string(d.Outcome), outcomeArgs(&c.View, d, d.EndedBy)...)}
		k.Buttons = disputeButtons(&c.View, inv)
	}
	k.Buttons = append(k.Buttons, disputeFileButton(d))
	return card.Reply{Card: k}, nil
}

// disputeFields tell what a dispute is about.
func disputeFields(v *ledger.View, d *ledger.Dispute) []card.Field {
	out := []card.Field{{Label: card.T("col.reason"), Value: reasonText(d.Reason)}, {Label: card.T("account.disputed"), Value: money(d.Amount)}}
	return append(out, disputedLines(v, d)...)
}

// disputedLines name the lines in question; nothing where it is about a sum, or about all.
func disputedLines(v *ledger.View, d *ledger.Dispute) []card.Field {
	doc, err := v.InvoiceDetail(v.Invoice(d.Invoice))
	if err != nil || len(d.Lines) == 0 {
		return nil
	}
	var items []card.Text
	for i, n := range d.Lines {
		if i == shownLines {
			items = append(items, card.Plain("…"))
			break
		}
		if n <= len(doc.Lines) {
			items = append(items, card.T("field.lines.item", "n", n, "text", short(doc.Lines[n-1].Text)))
		}
	}
	return []card.Field{{Label: card.T("field.lines"), Value: card.Join(items...)}}
}

// shownLines is how many lines in question a message names.
const shownLines = 10

// withdrawDispute ends a dispute that the customer does not want any more.
func withdrawDispute(c *ChatCall) (card.Reply, error) {
	inv, id, err := c.mine()
	if err != nil {
		return card.Reply{}, err
	}
	if inv == nil {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	n, _ := cutArg(id)
	disp := c.Dispute(ledger.DisputeID(n))
	switch {
	case disp == nil || disp.Invoice != inv.ID:
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	case disp.Outcome != "":
		return card.Reply{Toast: card.T("chat.dispute.over", "dispute", disp.Label())}, nil
	}
	if _, err := c.Resolve(disp, ledger.Withdrawn, 0, ""); err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.refreshDispute(c.Tx, disp); err != nil {
		return card.Reply{}, err
	}
	staff := ledger.NoticeQueued{Kind: ledger.NoticeResolved, Customer: inv.Customer, Invoice: inv.ID, Dispute: disp.ID, Who: c.In.Chat}
	if err := c.Desk.inThread(c.Tx, &staff); err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.Refresh(c.Tx, inv); err != nil {
		return card.Reply{}, err
	}
	r := card.Say("chat.withdrawn", "dispute", disp.Label(), "number", inv.Number.String())
	r.Replace, r.Card.Buttons = true, c.Desk.payButton(&c.View, inv, false)
	return r, nil
}
