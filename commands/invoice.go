package commands

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/names"
)

// invoiceCommand issues an invoice: the line is parsed and shown with its sums; nothing is
// booked before Confirm.
//
// The line, as EBNF:
//
//	line    = customer item { "+" item } { option | whole } .
//	item    = [ number ( "x" | "×" | "*" ) ] price text [ "(" option { "," option } ")" ] .
//	text    = quoted | word { word } .          an unquoted text ends before an option
//	option  = "tax" percent [ "reduced" ]       in parentheses: of this item; else of each
//	        | "exempt" quoted                   no tax, and why
//	        | "disc" percent .
//	whole   = "incl"                            the prices include tax
//	        | "reverse" [ quoted ]              reverse charge for all items
//	        | "off" percent                     off the whole invoice
//	        | "ref" ( word | quoted )           the buyer's reference: his order
//	        | "costcentre" ( word | quoted ) | "buyercode" ( word | quoted )
//	        | "due" ( days | date | terms ) | "date" date | "currency" code
//	        | "rate" number                   what one of the currency is worth in the company's
//	        | "instalments" part { part }       instead of one due date
//	        | "deposit" number .                a paid deposit, which is deducted
//	terms   = [ percent "/" days ] ( "net" n | "eom" [ "+" n ] | "eonm" [ "+" n ] | "net" n "day" n ) .
//	part    = ( percent | sum | "rest" ) ( days | date | terms ) [ "," ] .
//
// Options after the last item hold for every item; an item's own tax or discount stays.
// "disc" is taken off each item, and "off" once off what they add up to.
func invoiceCommand() Command {
	return Command{
		Name: "invoice", Aliases: []string{"invoice"}, Who: []Role{Sales, Finance, Manager},
		Usage: []string{`invoice <customer> [<quantity> x] <price> "<text>" [+ …] [tax <rate>% [incl]] [disc <rate>%] [off <rate>%] [ref <order>] [costcentre <code>] [buyercode <code>] [due 14d]`,
			`invoice <customer> <price> "<text>" [due 2/10net30] [instalments 30% 14d, 70% 44d] [deposit <invoice>] [currency <code> [rate <rate>]] [date <date>]`,
			`invoice <customer> <price> "<text>" (exempt "<reason>")`, `invoice <customer> <price> "<text>" reverse`},
		Examples: []string{
			`invoice acme 3 x 1200 "Consulting, October" + 1 x 99 "Hosting" tax 19% due 14d`,
			`invoice acme 1200 "May retainer" due 2026-12-31`,
			`invoice acme 10 x 8.50 "Paper" (tax 7% reduced, disc 10%) + 40 "Delivery" tax 19% incl off 5%`,
			`invoice acme 300 "Language course" (exempt "§4 No. 21 UStG") + 20 "Book" (tax 7%) ref PO-4711`,
			`invoice acme 1200 "Design" reverse due net 30`,
			`invoice acme 1000 "Consulting" due 2/10 net 30`,
			`invoice acme 1200 "Course" instalments 30% 14d, 30% 44d, 40% 74d`,
			`invoice acme 2000 "Machine" tax 19% deposit INV-2026-000007`,
			`invoice acme 1000 "Design" currency USD rate 0.92`,
		},
		Form: invoiceForm, Words: invoiceWords,
		Run: previewInvoice,
	}
}

// previewLife is how long Confirm works.
const previewLife = 30 * time.Minute

func previewInvoice(c *Call) (card.Reply, error) {
	draft, err := parseInvoice(c.View, c.Args, c.Lang())
	if err != nil {
		return card.Reply{}, err
	}
	k, err := c.preview(draft)
	return card.Reply{Card: k}, err
}

// preview keeps draft for its confirm and shows it.
func (c *Call) preview(draft *ledger.Draft) (*card.Card, error) {
	totals, err := c.Settled(draft)
	if err != nil {
		return nil, err
	}
	if err := c.CheckOpen(draft.Date); err != nil {
		return nil, err
	}
	if err := c.RateDraft(draft); err != nil {
		return nil, err
	}
	twin, err := c.twin(draft, totals.Total)
	if err != nil {
		return nil, err
	}
	id, err := c.keepPreview(draft, twin)
	if err != nil {
		return nil, err
	}
	k := draftCard(c.View, draft, totals)
	k.Title = card.T("preview.title", "customer", c.CustomerName(c.Customer(draft.Customer)))
	if draft.Deposit {
		k.Title = card.T("preview.deposit", "customer", c.CustomerName(c.Customer(draft.Customer)))
	}
	k.Note = append(k.Note, card.T("preview.note"))
	k.Buttons = []card.Button{
		{Label: card.T("button.confirm"), Do: "confirm", Arg: id, Style: card.Primary},
		{Label: card.T("button.cancel"), Do: "cancel", Arg: id},
	}
	k.Fields = append(k.Fields, limitAfter(c.View, c.Customer(draft.Customer), totals.Total)...)
	askOfTwin(k, twin)
	warnOfLimit(c, k, draft, totals.Total)
	if err := warnOfBoxes(c, k, draft); err != nil {
		return nil, err
	}
	if warnOfMissing(c, k, draft) {
		return k, nil
	}
	c.warnOfApproval(k, draft)
	return k, nil
}

// keepPreview stores the parsed line for its confirm: whose, until when, what, and of which
// invoice that is just like it he was asked.
func (c *Call) keepPreview(draft *ledger.Draft, twin string) (id string, err error) {
	if id, err = c.keepWords(twin, draft.Encode()); err == nil && c.draftNo != "" {
		c.Tx.Put(previewDraft(id), []byte(c.draftNo))
	}
	return id, err
}

// keepWords stores what a preview is of.
func (c *Call) keepWords(twin string, body []byte) (id string, err error) {
	last, err := c.Get("preview.last")
	if err != nil {
		return "", err
	}
	n, _ := strconv.Atoi(string(last))
	id = strconv.Itoa(n + 1)
	c.Tx.Put("preview.last", []byte(id))
	old := func(data []byte) bool { return !c.Now.Before(openPreview(data).until.Add(previewKept)) }
	if err := sweep(c.Tx, "preview", n, old, "previewdraft"); err != nil {
		return "", err
	}
	head := c.Who.ID + " " + strconv.FormatInt(c.Now.Add(previewLife).Unix(), 10) + " " + twin + "\n"
	c.Tx.Put("preview:"+id, append([]byte(head), body...))
	return id, nil
}

// previewDraft is where a preview keeps the number of the draft that it was made of.
func previewDraft(id string) string { return "previewdraft:" + id }

// previewKept is how long an unused preview is kept after its end, so that whoever presses
// Confirm too late is told so.
const previewKept = 7 * 24 * time.Hour

// kept is what keepPreview stored; who is "" where there is nothing.
type kept struct {
	who   string
	until time.Time
	twin  string // number of the invoice that he was asked about
	draft []byte
}

func openPreview(data []byte) (p kept) {
	head, body, ok := strings.Cut(string(data), "\n")
	if !ok {
		return p
	}
	words := append(strings.Split(head, " "), "", "")
	sec, _ := strconv.ParseInt(words[1], 10, 64)
	return kept{words[0], time.Unix(sec, 0), words[2], []byte(body)}
}

// takePreview returns the draft of a preview and forgets it. It returns a Conflict refusal
// when it was used, is too old or belongs to somebody else.
func (c *Call) takePreview(id string) (draft *ledger.Draft, twin string, err error) {
	p, err := c.takeKept(id)
	if err != nil {
		return nil, "", err
	}
	if c.draftNo, err = c.draftOf(id); err != nil {
		return nil, "", err
	}
	draft, err = ledger.DecodeDraft(p.draft)
	return draft, p.twin, err
}

// takeKept returns what keepWords stored and forgets it, or the refusal of takePreview.
func (c *Call) takeKept(id string) (p kept, err error) {
	data, err := c.Get("preview:" + id)
	if err != nil {
		return p, err
	}
	switch p = openPreview(data); {
	case p.who == "":
		return p, ledger.Refuse(ledger.Conflict, "preview.used")
	case p.who != c.Who.ID:
		return p, ledger.Refuse(ledger.Forbidden, "preview.others")
	case c.Now.After(p.until):
		return p, ledger.Refuse(ledger.Conflict, "preview.late")
	}
	c.Tx.Put("preview:"+id, nil)
	return p, nil
}

// confirmInvoice issues the invoice that was previewed, once.
func confirmInvoice(c *Call) (card.Reply, error) { return issuePreview(c, false) }

// overrideLimit does so past the customer's credit limit; who let it pass is in the fact.
func overrideLimit(c *Call) (card.Reply, error) { return issuePreview(c, true) }

func issuePreview(c *Call, override bool) (card.Reply, error) {
	draft, asked, err := c.takePreview(c.Where.Arg)
	if err != nil {
		return card.Reply{}, err
	}
	if again, err := c.askAgain(draft, asked); again != nil || err != nil {
		return card.Reply{Card: again, Replace: true}, err
	}
	c.draft = draft
	return issueDraft(c, *draft, override)
}

// issueDraft issues what was previewed, past the customer's credit limit where the asker lets
// it pass.
func issueDraft(c *Call, draft ledger.Draft, override bool) (card.Reply, error) {
	if err := c.Allowed(c.Customer(draft.Customer)); err != nil {
		return card.Reply{}, err // somebody else looks after him since the preview
	}
	if override {
		draft.Override = c.Who.By()
	}
	if draft.Corrects != 0 {
		return confirmReissue(c, draft)
	}
	inv, err := c.Tx.Issue(draft)
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.dropDraft(); err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.AnnounceInvoice(c.Tx, inv); err != nil {
		return card.Reply{}, err
	}
	cust := c.Customer(inv.Customer)
	k := &card.Card{
		Title: card.T("issued.title", "number", inv.Number.String(), "customer", c.CustomerName(cust)),
		Body:  issuedLines(c.View, inv),
	}
	if draft.Deposit {
		k.Body = append(k.Body, card.T("issued.deposit", "number", inv.Number.String(), "handle", cust.Handle))
	}
	if !cust.Reachable(c.Desk.Mail, false) {
		k.Body = append(k.Body, card.T("issued.nochat", "handle", cust.Handle))
	}
	k.Buttons = c.Desk.undoButton(inv)
	return card.Reply{Card: k, Replace: true}, nil
}

// AnnounceInvoice queues what has to be said of a new invoice: its card for staff, with the
// document in its thread, and the invoice for the customer. A customer without a chat gets it
// once he is linked.
func (d *Desk) AnnounceInvoice(tx *ledger.Tx, inv *ledger.Invoice) error {
	err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeCard, Customer: inv.Customer, Address: d.CardChannel(tx.Customer(inv.Customer)), Invoice: inv.ID})
	if err != nil {
		return err
	}
	if err := d.hangPaper(tx, inv, 0); err != nil {
		return err
	}
	if err := d.inviteOn(tx, inv); err != nil {
		return err
	}
	return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeInvoice, Customer: inv.Customer, Invoice: inv.ID})
}

// inviteOn has the document of a new invoice carry an invitation, where its customer has no
// chat. It is decided now: the document is the same for ever.
func (d *Desk) inviteOn(tx *ledger.Tx, inv *ledger.Invoice) error {
	if d.PaperInvite == nil || inv.OldNumber != "" {
		return nil
	}
	return tx.InviteOnInvoice(inv, d.PaperInvite())
}

func cancelPreview(c *Call) (card.Reply, error) {
	if _, err := c.takeKept(c.Where.Arg); err != nil {
		return card.Reply{}, err
	}
	if _, err := c.draftOf(c.Where.Arg); err != nil {
		return card.Reply{}, err
	}
	r := card.Say("preview.cancelled")
	r.Replace = true
	return r, nil
}

// draftCard shows what would be issued.
func draftCard(v *ledger.View, d *ledger.Draft, t ledger.Totals) *card.Card {
	k := &card.Card{Table: &card.Table{
		Head:  []card.Text{card.T("col.text"), card.T("col.quantity"), card.T("col.price"), card.T("col.net")},
		Right: []bool{false, true, true, true}, First: true,
	}}
	for i, l := range d.Lines {
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(lineWords(l)), card.T("value", "value", number(l.Quantity)),
			priceText(l.Price, d.Currency), money(t.Amounts[i])})
	}
	k.Fields = sums(v, d, t)
	k.Fields = append(k.Fields, dueFields(d.Due, d.Instalments, d.Currency)...)
	k.Fields = append(k.Fields, card.Field{Label: card.T("field.date"), Value: card.T("value", "value", d.Date)})
	if o, ok := d.EarlyOffer(t); ok {
		k.Body = append(k.Body, card.T("early.terms", "pay", o.Pay, "until", o.Until, "save", o.Save))
	}
	k.Note = append(legend(d, t.Taxes), foreignNote(v, d, t)...)
	return k
}

func money(m ledger.Money) card.Text { return card.T("value", "value", m) }

// number is a decimal as the reader's language writes it.
func number(d decimal.Decimal) card.Number { return card.Number(d.String()) }

// priceText shows a unit price, which may be finer than the currency.
func priceText(p decimal.Decimal, c ledger.Currency) card.Text {
	if m, err := ledger.Exact(p, c); err == nil {
		return money(m)
	}
	return card.T("value", "value", number(p))
}

// parseInvoice reads the words after "invoice".
func parseInvoice(v *ledger.View, args []token, lang string) (*ledger.Draft, error) {
	if len(args) == 0 {
		return nil, usage("invoice")
	}
	c, err := v.CustomerNamed(args[0].text)
	if err != nil {
		return nil, err
	}
	return newInvoiceParser(v, c, args[1:], lang).parse()
}

// newInvoiceParser begins an invoice for c, dated today.
func newInvoiceParser(v *ledger.View, c *ledger.Customer, args []token, lang string) *invoiceParser {
	return &invoiceParser{v: v, args: args, lang: lang, today: v.Today(), terms: c.Terms,
		draft: &ledger.Draft{Customer: c.ID, Currency: c.Currency, Date: v.Today(), Rounding: v.Company().TaxRounding}}
}

// parse reads items and options.
func (p *invoiceParser) parse() (*ledger.Draft, error) {
	if err := p.items(); err != nil {
		return nil, err
	}
	if err := p.options(); err != nil {
		return nil, err
	}
	return p.finish()
}

type invoiceParser struct {
	v     *ledger.View
	args  []token
	lang  string
	today ledger.Date
	draft *ledger.Draft
	terms ledger.Terms

	own      []itemOptions // per line: what its parentheses said
	all      itemOptions   // what was said after the last
	reverse  *taxOption
	due      ledger.Date
	dueIsSet bool
	dueTerms bool // due was given as terms, which are in terms
	parts    []instalmentWords
	said     []ledger.Currency // that prices named
}

type itemOptions struct {
	tax  *taxOption
	disc *decimal.Decimal
}

func (p *invoiceParser) peek() token {
	if len(p.args) == 0 {
		return token{}
	}
	return p.args[0]
}

func (p *invoiceParser) next() token {
	t := p.peek()
	if len(p.args) > 0 {
		p.args = p.args[1:]
	}
	return t
}

func (p *invoiceParser) items() error {
	for {
		if err := p.item(); err != nil {
			return err
		}
		if !p.peek().is("+") {
			return nil
		}
		p.next()
	}
}

// item reads one line: [quantity x] price text [(options)].
func (p *invoiceParser) item() error {
	l := ledger.Line{Quantity: decimal.NewFromInt(1)}
	first := p.next()
	if first.text == "" || first.quoted {
		return usage("invoice", "got", first.text)
	}
	quantity, price, hasTimes := cutTimes(first.text)
	switch {
	case hasTimes && price == "": // "3x 1200"
		price = p.next().text
	case !hasTimes && isTimes(p.peek()): // "3 x 1200"
		p.next()
		quantity, price = first.text, p.next().text
		hasTimes = true
	case !hasTimes:
		price = first.text
	}
	var err error
	if hasTimes {
		if l.Quantity, err = parseAmount(quantity, p.lang); err != nil {
			return err
		}
	}
	if l.Price, err = p.price(price); err != nil {
		return err
	}
	l.Text = p.text()
	if l.Text == "" {
		return usage("invoice", "got", first.text)
	}
	var own itemOptions
	if p.peek().is("(") {
		if own, err = p.parentheses(); err != nil {
			return err
		}
	}
	p.draft.Lines = append(p.draft.Lines, l)
	p.own = append(p.own, own)
	return nil
}

// price reads a unit price. Where it names a currency, that must be the invoice's.
func (p *invoiceParser) price(word string) (decimal.Decimal, error) {
	p.args = append([]token{{text: word}}, p.args...)
	if n := groupedBySpaces(p.args); n > 1 { // what a price and a text would be is shown before it is issued
		p.args = append([]token{{text: strings.ReplaceAll(join(p.args[:n]), " ", "")}}, p.args[n:]...)
	}
	number, cur := cutCurrency(p.next().text, p.draft.Currency)
	if next := p.peek(); cur == "" && !next.quoted && next.text == strings.ToUpper(next.text) {
		if code := currencyWord(next.text, p.draft.Currency); code != "" && (code == p.draft.Currency || len(next.text) != 3) {
			cur = code
			p.next()
		}
	}
	if cur != "" {
		p.said = append(p.said, cur)
	}
	return parseAmount(number, p.lang)
}

func isTimes(t token) bool { return t.is("x") || t.is("×") || t.is("*") || t.is("х") } // the last is Cyrillic

// cutTimes splits "3x1200" and "3x".
func cutTimes(s string) (quantity, price string, ok bool) {
	for _, x := range []string{"x", "X", "×", "*", "х"} {
		if q, pr, found := strings.Cut(s, x); found && q != "" && looksLikeNumber(q) && (pr == "" || looksLikeNumber(pr)) {
			return q, pr, true
		}
	}
	return "", "", false
}

// text reads quoted words, or bare ones up to the next "+", "(" or option.
func (p *invoiceParser) text() string {
	if p.peek().quoted {
		return p.next().text
	}
	var words []token
	for t := p.peek(); t.text != "" && !t.quoted && !t.is("+") && !t.is("(") && !p.atOption(); t = p.peek() {
		words = append(words, p.next())
	}
	return join(words)
}

// dueOption reads "14d", "net 14", "eom+10" and the like as terms from the invoice's date,
// and anything else as a date.
func (p *invoiceParser) dueOption(value string) (err error) {
	discount := discountWord.FindString(value)
	if m := slashForm.FindStringSubmatch(names.Digits(value)); m != nil && (m[3] != "" || !beginsTerms(p.peek())) { // 03/04 is a day
		discount = ""
	}
	if discount != "" && discount == value {
		value += p.next().text
	}
	if strings.HasSuffix(strings.ToLower(value), "net") {
		value += p.next().text
	}
	p.dueIsSet = true
	t, err := ledger.ParseTerms(value)
	if err == nil && !looksLikeNumber(value) {
		p.terms, p.dueTerms = t, true
		return nil
	}
	if discount != "" {
		return err
	}
	p.args = append([]token{{text: value}}, p.args...)
	p.due, err = p.day()
	return err
}

// beginsTerms reports whether a word is the rest of "2/10 net 30".
func beginsTerms(t token) bool {
	word := strings.ToLower(t.text)
	return !t.quoted && (strings.HasPrefix(word, "net") || strings.HasPrefix(word, "eom") || strings.HasPrefix(word, "eonm"))
}

// days reads days by the invoice's own today.
func (p *invoiceParser) days() days { return days{p.today, p.lang} }

// day reads the day that comes next, of one word or several.
func (p *invoiceParser) day() (ledger.Date, error) {
	day, n, err := p.days().take(p.args)
	p.args = p.args[min(n, len(p.args)):]
	return day, err
}

// finish applies options and terms.
func (p *invoiceParser) finish() (*ledger.Draft, error) {
	d := p.draft
	for _, cur := range p.said {
		if cur != d.Currency {
			return nil, ledger.Refuse(ledger.BadInput, "invoice.currency", "text", string(cur), "currency", string(d.Currency))
		}
	}
	for i := range d.Lines {
		if err := p.finishLine(&d.Lines[i], p.own[i]); err != nil {
			return nil, err
		}
	}
	switch {
	case p.dueIsSet && !p.dueTerms:
		d.Due = p.due
	default:
		d.Due = p.terms.Due(d.Date)
		d.Early = p.terms.Early(d.Date)
	}
	if err := p.instalments(); err != nil {
		return nil, err
	}
	if d.Due < d.Date {
		return nil, ledger.Refuse(ledger.BadInput, "invoice.duebefore", "due", d.Due, "date", d.Date)
	}
	if d.Date > p.today || d.Date < p.today.AddDays(-366) {
		return nil, ledger.Refuse(ledger.BadInput, "invoice.date", "date", d.Date)
	}
	return d, nil
}
