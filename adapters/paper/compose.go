package paper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"duebot/ledger"

	"github.com/shopspring/decimal"
)

// Ask names a document of the books.
type Ask struct {
	Kind     Kind
	Of       string // its number; for a statement, a reconciliation or a letter the customer's handle
	From, To ledger.Date
	Known    uint64          // statements: as far as was known at that fact; 0: all
	Currency ledger.Currency // of a letter
	Lang     string          // "": the customer's, as it was at issue
	Invoices []string        // that a letter is about, by number; none: all that are overdue
	Letter   string          // its words; "": the product's
	Notice   ledger.NoticeID // that brings it with an invitation; 0: it has none of its own

	PayLink func(head *Letterhead, inv ledger.InvoiceID, sum ledger.Money) string // where it can be paid online; nil: nowhere
}

// Subject finds what a document is of. It returns a NotFound refusal for what is not in the
// books, and a BadInput one for a document that what it is of can't have.
func Subject(v *ledger.View, ask Ask) (x ledger.DocumentMade, err error) {
	x = ledger.DocumentMade{Kind: ledger.DocumentKind(ask.Kind), From: ask.From, To: ask.To, Notice: ask.Notice}
	switch ask.Kind {
	case Invoice, Deposit, Act, Delivery:
		inv, err := v.InvoiceNumbered(ask.Of)
		if err != nil {
			return x, err
		}
		x.Kind, x.Invoice, x.Customer = ledger.DocumentKind(ask.Kind), inv.ID, inv.Customer
		return x, invoicePaper(inv, ask.Kind)
	case Credit:
		n := v.CreditNoteOf(ask.Of)
		if n == nil {
			return x, ledger.Refuse(ledger.NotFound, "paper.unknown", "text", ask.Of)
		}
		x.Credit, x.Customer = n.ID, v.Invoice(n.Invoice).Customer
	case Receipt:
		n, err := strconv.ParseUint(strings.TrimPrefix(strings.ToUpper(ask.Of), "P-"), 10, 32)
		p := v.Payment(ledger.PaymentID(n))
		if err != nil || p == nil {
			return x, ledger.Refuse(ledger.NotFound, "paper.unknown", "text", ask.Of)
		}
		x.Payment, x.Customer = p.ID, p.Customer
	case Voucher:
		r := v.VoucherNumbered(ask.Of)
		if r == nil {
			return x, ledger.Refuse(ledger.NotFound, "paper.unknown", "text", ask.Of)
		}
		x.Refund, x.Customer = r.ID, r.Customer
	case Statement, Reconciliation, Dunning:
		c, err := v.CustomerNamed(ask.Of)
		if err != nil {
			return x, err
		}
		x.Customer = c.ID
	default:
		return x, fmt.Errorf("no documents of kind %q", ask.Kind)
	}
	return x, v.Allowed(v.Customer(x.Customer))
}

// invoicePaper refuses what inv can't have: what was brought over from another program has
// its papers there, and of a deposit or of interest nothing was delivered.
func invoicePaper(inv *ledger.Invoice, kind Kind) error {
	number := inv.Number.String()
	switch {
	case inv.OldNumber != "":
		return ledger.Refuse(ledger.BadInput, "paper.elsewhere", "number", inv.OldNumber)
	case kind != Act && kind != Delivery:
		return nil
	case inv.IsDeposit() || inv.Nature != ledger.NaturePrincipal:
		return ledger.Refuse(ledger.BadInput, "paper.noact", "number", number)
	case inv.Void:
		return ledger.Refuse(ledger.Conflict, "paper.void", "number", number)
	}
	return nil
}

// Compose makes a document of what the books say, by the moment of its own fact: the same
// today and in ten years.
func Compose(v *ledger.View, ask Ask) (*Document, *House, error) {
	x, err := Subject(v, ask)
	if err != nil {
		return nil, nil, err
	}
	c := &composer{View: v, ask: ask, of: &x, customer: v.Customer(x.Customer)}
	switch {
	case x.Invoice != 0:
		err = c.invoice(v.Invoice(x.Invoice))
	case x.Credit != 0:
		err = c.credit(v.CreditNote(x.Credit))
	case x.Payment != 0:
		err = c.receipt(v.Payment(x.Payment))
	case x.Refund != 0:
		err = c.voucher(v.RefundOf(x.Refund))
	case ask.Kind == Dunning:
		err = c.dunning()
	default:
		err = c.statement()
	}
	if err != nil {
		return nil, nil, err
	}
	return c.doc, c.house, nil
}

// composer is a document that is being made.
type composer struct {
	*ledger.View
	ask      Ask
	of       *ledger.DocumentMade
	customer *ledger.Customer
	doc      *Document
	house    *House
	head     *Letterhead
	words    *speech
}

// begin fills in what all documents have, as it was at fact f.
func (c *composer) begin(f *ledger.Fact) error {
	party, lang, err := c.PartyAt(c.customer, f.Seq)
	if err != nil {
		return err
	}
	if !slices.Contains(Languages, lang) {
		lang = "en"
	}
	issued := lang
	if c.ask.Lang != "" {
		lang = c.ask.Lang
	}
	c.doc = &Document{Kind: c.ask.Kind, Lang: lang, Copy: lang != issued, Issued: f.Recorded,
		Buyer: Party{Name: party.Name, Address: party.Address, TaxID: party.TaxID, Lines: party.Lines}}
	if err := c.side(f.Seq); err != nil {
		return err
	}
	c.words, err = speechOf(lang, c.house.Texts[lang])
	return err
}

// side is the company's: its letterhead as it was, or, in books from before there was one,
// what they knew of the company.
func (c *composer) side(seq uint64) error {
	if l, ok := c.LetterheadAt(seq); ok {
		var err error
		c.head, c.house, err = houses.of(l.Data, c.Files().ReadNamed)
		if err == nil {
			c.doc.Template, c.doc.Seller = int(l.Template), c.head.Seller
		}
		return err
	}
	co := c.CompanyAt(seq)
	c.head = &Letterhead{Seller: Party{Name: co.Name, TaxID: co.TaxID}}
	if co.BankLine != "" {
		c.head.Banks = []Bank{ReadBank(co.Name, co.BankLine)}
	}
	c.doc.Template, c.doc.Seller, c.house = Template, c.head.Seller, &House{}
	return nil
}

// houses are the looks that documents were drawn in lately.
var houses houseList

func (c *composer) refer(key, text string) {
	if text != "" {
		c.doc.References = append(c.doc.References, Reference{key, text})
	}
}

// invoice is an invoice, an act or a delivery note of it.
func (c *composer) invoice(inv *ledger.Invoice) error {
	f, err := c.InvoiceFact(inv)
	if err != nil {
		return err
	}
	if err := c.begin(f); err != nil {
		return err
	}
	x, d := f.Body.(*ledger.InvoiceIssued), c.doc
	d.Number, d.Date, d.Currency, d.Inclusive, d.Off = x.Number.String(), x.Date, x.Currency, x.Inclusive, x.Off
	c.refer("order", x.Reference)
	c.refer("cost_centre", x.CostCentre)
	c.refer("buyer_code", x.BuyerCode)
	whole := x.Draft
	whole.Deposits = nil
	sums, err := whole.Totals()
	if err != nil {
		return fmt.Errorf("the sums of %s: %w", d.Number, err)
	}
	d.Lines = lines(x.Lines, sums.Amounts)
	d.Discount = sums.Discount
	if d.Kind == Act || d.Kind == Delivery {
		c.refer("about", d.Number)
		d.Taxes, d.Net, d.Total = sums.Taxes, sums.Net, sums.Total
		return nil
	}
	if d.Kind = Invoice; x.Deposit {
		d.Kind = Deposit
	}
	d.Discount, d.Taxes, d.Net, d.Total = x.Discount, x.Taxes, x.Net, x.Total
	for _, ref := range []struct {
		key string
		id  ledger.InvoiceID
	}{{"replaces", x.Corrects}, {"about", x.About}} {
		if other := c.Invoice(ref.id); other != nil {
			c.refer(ref.key, other.Number.String())
		}
	}
	for i := range x.Deposits {
		sum := x.Deposits[i].Sum()
		amount := sum.Net
		if x.Inclusive {
			amount = sum.Net.Add(sum.Tax)
		}
		d.Deposits = append(d.Deposits, Deducted{c.Invoice(x.Deposits[i].Invoice).Number.String(), amount})
	}
	if c.head.Pay != "" && c.ask.PayLink != nil {
		d.PayLink = c.ask.PayLink(c.head, inv.ID, x.Total)
	}
	if d.Telegram, err = c.InvitationOn(inv.ID, 0); err != nil {
		return err
	}
	return c.terms(x)
}

// terms is when and how an invoice is to be paid.
func (c *composer) terms(x *ledger.InvoiceIssued) error {
	d := c.doc
	d.Due = x.Due
	for _, p := range x.Instalments {
		d.Instalments = append(d.Instalments, Instalment{p.Due, ledger.Money{Minor: p.Minor, Currency: x.Currency}})
	}
	if o, ok := x.EarlyOffer(x.Sums()); ok {
		d.Early = &Early{o.Until, o.Pay, o.Save}
	}
	base, err := c.DraftInBase(&x.Draft, &ledger.Totals{Taxes: x.Taxes, Net: x.Net, Total: x.Total})
	if err != nil {
		return err
	}
	if tax := x.Total.Sub(x.Net); x.Rate.Currency != "" && x.Currency != base.Tax.Currency && !tax.IsZero() {
		d.Foreign = &Foreign{base.Tax, x.Rate.Value.DivRound(x.Rate.Per, 6)}
	}
	d.Banks = c.head.BanksFor(d.Currency)
	return nil
}

func lines(in []ledger.Line, amounts []ledger.Money) (out []Line) {
	for i, l := range in {
		out = append(out, Line{Text: l.Text, Quantity: l.Quantity, Price: l.Price, Discount: l.Discount, Tax: l.Tax, Kind: l.Kind, Amount: amounts[i]})
	}
	return out
}

// credit is a credit note: the lines that it takes back, or a sum.
func (c *composer) credit(n *ledger.CreditNote) error {
	f, err := c.CreditNoteFact(n)
	if err != nil {
		return err
	}
	if err := c.begin(f); err != nil {
		return err
	}
	inv := c.Invoice(n.Invoice)
	doc, err := c.InvoiceDetail(inv)
	if err != nil {
		return err
	}
	x, d := f.Body.(*ledger.CreditNoteIssued), c.doc
	d.Number, d.Date, d.Currency, d.Inclusive = x.Number.String(), n.Date, inv.Currency, doc.Inclusive
	c.refer("about", numberOf(inv))
	c.refer("order", doc.Reference)
	if d.Reason, err = c.Text(x.Reason); err != nil {
		return err
	}
	for _, l := range x.Lines {
		of := &doc.Lines[l.Line-1]
		amount := l.Net
		if doc.Inclusive {
			amount = l.Net.Add(l.Tax)
		}
		d.Lines = append(d.Lines, Line{Text: of.Text, Quantity: l.Quantity, Price: of.Price, Discount: offBoth(of.Discount, doc.Off), Tax: of.Tax, Kind: of.Kind, Amount: amount})
	}
	d.Discount = ledger.Money{Currency: d.Currency}
	d.Taxes, d.Net, d.Total, d.OnAccount = x.Taxes, x.Net, x.Total, x.Total.Sub(x.Applied)
	return nil
}

// offBoth is a line's discount and the document's together, in percent: what a credit note
// gives back of a line is less both.
func offBoth(line, document decimal.Decimal) decimal.Decimal {
	hundred := decimal.New(100, 0)
	return hundred.Sub(hundred.Sub(line).Mul(hundred.Sub(document)).Shift(-2))
}

// numberOf is by what its customer knows an invoice.
func numberOf(inv *ledger.Invoice) string {
	if inv.OldNumber != "" {
		return inv.OldNumber
	}
	return inv.Number.String()
}

// receipt is that of a payment, with what it paid when it was booked.
func (c *composer) receipt(p *ledger.Payment) error {
	got, err := c.Received(p)
	if err != nil {
		return err
	}
	if err := c.begin(got.Fact); err != nil {
		return err
	}
	d := c.doc
	d.Number, d.Date, d.Currency, d.Total, d.OnAccount = p.Label(), got.Fact.Effective, p.Amount.Currency, p.Amount, got.OnAccount
	if p.Own != 0 {
		d.Date = p.Own
	}
	for _, part := range got.Parts {
		d.Settled = append(d.Settled, Settled{numberOf(part.Invoice), part.Paid, part.Left})
	}
	switch {
	case p.Method == "bank":
		d.Method = c.words.say("method_bank")
	case ledger.Online(p.Method):
		d.Method = c.words.say("method_stripe")
	case p.Method == ledger.MethodCheque:
		d.Method = c.words.say("method_cheque")
		if q := c.ChequeOf(p); q != nil {
			c.refer("cheque_no", q.Number)
		}
	case p.Method == ledger.MethodCash:
		d.Method = c.words.say("method_cash")
		if number, ok := c.CashNumber(p); ok {
			d.Number = number.String()
			c.refer("payment_no", p.Label())
		}
	default:
		d.Method = c.words.say("method_other")
	}
	return nil
}

// voucher is that of cash which was given back.
func (c *composer) voucher(r *ledger.Refund) error {
	f, err := c.RefundFact(r)
	if err != nil {
		return err
	}
	if err := c.begin(f); err != nil {
		return err
	}
	x, d := f.Body.(*ledger.Refunded), c.doc
	d.Number, d.Date, d.Currency, d.Total, d.Method = r.Voucher.String(), r.Date, r.Amount.Currency, r.Amount, c.words.say("method_cash")
	d.OnAccount = ledger.Money{Currency: d.Currency}
	d.Reason, err = c.Text(x.Reason)
	return err
}

// statement is a customer's account over a period, or the act by which both sides compare it.
func (c *composer) statement() error {
	known := c.ask.Known
	if head := c.Head().Seq; known == 0 || known > head {
		known = head
	}
	f, err := c.Fact(known)
	if err != nil {
		return err
	}
	if err := c.begin(f); err != nil {
		return err
	}
	d := c.doc
	d.From, d.To, d.Date = c.ask.From, c.ask.To, c.ask.To
	for _, st := range c.Statement(c.customer, ledger.Period{From: d.From, To: d.To, Known: known}) {
		a := Account{Currency: st.Currency, Opening: st.Opening, Debits: st.Debits, Credits: st.Credits, Closing: st.Closing}
		for _, l := range st.Lines {
			text, err := c.entry(l.Fact)
			if err != nil {
				return err
			}
			a.Entries = append(a.Entries, Entry{l.Date, text, l.Debit(), l.Credit(), l.Balance})
		}
		d.Accounts = append(d.Accounts, a)
	}
	if len(d.Accounts) == 0 {
		zero := ledger.Money{Currency: c.customer.Currency}
		d.Accounts = []Account{{Currency: zero.Currency, Opening: zero, Debits: zero, Credits: zero, Closing: zero}}
	}
	d.Currency = d.Accounts[0].Currency
	if a := &d.Accounts[0]; d.Kind == Statement && len(d.Accounts) == 1 && a.Closing.Minor > 0 {
		d.Total, d.Banks = a.Closing, c.head.BanksFor(a.Currency)
	}
	return c.invitation()
}

// entry is a fact as a statement names it.
func (c *composer) entry(seq uint64) (string, error) {
	f, err := c.Fact(seq)
	if err != nil {
		return "", err
	}
	about := c.Describe(f)
	refs := about.Refs
	if x, ok := f.Body.(*ledger.InvoiceIssued); ok && x.OldNumber != "" {
		refs = []string{x.OldNumber}
	}
	name := c.words.say("entry_other")
	if key := entryTexts()[about.Name]; key != "" {
		name = c.words.say(key)
	}
	if about.Name == ledger.FactRefund {
		refs = nil // a customer's own handle tells him nothing
	}
	text := strings.TrimSpace(name + " " + strings.Join(refs, ", "))
	x, paid := f.Body.(*ledger.PaymentReceived)
	if !paid {
		return text, nil
	}
	if ledger.Online(x.Method) { // whose own reference tells nobody anything
		return text + " · " + c.words.say("method_stripe"), nil
	}
	if number, ok := c.CashNumberOf(f); ok {
		text += " · " + number.String()
	}
	if words, err := c.Text(about.Words); err == nil && words != "" { // an erased text is left out
		text += " · " + apart(words)
	}
	return text, nil
}

// entryTexts are the texts of facts that move what a customer owes.
func entryTexts() map[ledger.FactName]string {
	return map[ledger.FactName]string{
		ledger.FactInvoice:    "entry_invoice",
		ledger.FactInterest:   "entry_interest",
		ledger.FactCosts:      "entry_costs",
		ledger.FactCreditNote: "entry_creditnote",
		ledger.FactPayment:    "entry_payment",
		ledger.FactAllocation: "entry_allocation",
		ledger.FactConverted:  "entry_converted",
		ledger.FactDiscount:   "entry_discount",
		ledger.FactWithheld:   "entry_withheld",
		ledger.FactBankFee:    "entry_bankfee",
		ledger.FactRounding:   "entry_rounding",
		ledger.FactSplit:      "entry_split",
		ledger.FactOffset:     "entry_offset",
		ledger.FactTakenBack:  "entry_takenback",
		ledger.FactRefund:     "entry_refund",
		ledger.FactWriteOff:   "entry_writeoff",
		ledger.FactOwedAgain:  "entry_owedagain",
		ledger.FactReturned:   "entry_returned",
		ledger.FactVoid:       "entry_void",
	}
}

// dunning is a letter about what is overdue in a currency, with the words of its reminder.
func (c *composer) dunning() error {
	f, err := c.Fact(c.Head().Seq)
	if err != nil {
		return err
	}
	if err := c.begin(f); err != nil {
		return err
	}
	d, on := c.doc, c.ask.To
	d.Date, d.Currency, d.Letter = on, c.ask.Currency, c.ask.Letter
	if d.Currency == "" {
		d.Currency = c.customer.Currency
	}
	d.Total = ledger.Money{Currency: d.Currency}
	for _, inv := range c.OpenInvoices(c.customer) {
		if len(c.ask.Invoices) > 0 && !slices.Contains(c.ask.Invoices, inv.Number.String()) {
			continue
		}
		open := inv.UndisputedBy(on.AddDays(-1))
		open = open.Sub(c.CoverOf(inv).Amount)
		if inv.Currency == d.Currency && open.Minor > 0 {
			d.Claims = append(d.Claims, Claim{numberOf(inv), inv.Carrying(), ledger.DaysOverdue(inv.Carrying(), on), open})
			d.Total = d.Total.Add(open)
		}
	}
	if err := c.setOff(); err != nil {
		return err
	}
	if d.Letter == "" {
		d.Letter = c.words.say("letter", "buyer", apart(d.Buyer.Name), "amount", c.words.money(d.Total))
	}
	if d.Total.Minor > 0 {
		d.Banks = c.head.BanksFor(d.Currency)
	}
	return c.invitation()
}

// setOff takes what the customer has on account off what a dunning letter asks for.
func (c *composer) setOff() error {
	d := c.doc
	if d.Total.IsZero() {
		return nil
	}
	for _, n := range c.CreditsWaiting(c.customer) {
		if n.Total.Currency != d.Currency {
			continue
		}
		f, err := c.CreditNoteFact(n)
		if err != nil {
			return err
		}
		text, err := c.entry(f.Seq)
		if err != nil {
			return err
		}
		d.Credits = append(d.Credits, Credited{text, ledger.Money{Minor: n.OnAcct, Currency: d.Currency}})
	}
	for _, m := range c.MoneyWaiting(c.customer) {
		if m.Currency == d.Currency {
			d.Credits = append(d.Credits, Credited{c.words.say("left_account"), m})
		}
	}
	for _, x := range d.Credits {
		d.Total = d.Total.Sub(x.Sum)
	}
	d.Total.Minor = max(0, d.Total.Minor)
	return nil
}

// invitation is that of what a notice brings.
func (c *composer) invitation() (err error) {
	if c.ask.Notice != 0 {
		c.doc.Telegram, err = c.InvitationOn(0, c.ask.Notice)
	}
	return err
}
