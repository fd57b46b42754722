package paper

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"duebot/adapters/paper/font"
	"duebot/adapters/paper/pdf"
	"duebot/adapters/paper/shape"
	"duebot/ledger"

	"github.com/shopspring/decimal"
)

// Template is the version of how documents look and are worded. A document that is issued
// keeps it: another look is another version, beside this one.
const Template = 1

// Kind is what a document is.
type Kind string

// The kinds.
const (
	Invoice        Kind = "invoice"
	Deposit        Kind = "deposit"
	Credit         Kind = "credit"
	Receipt        Kind = "receipt"
	Voucher        Kind = "voucher" // of cash that was given back
	Statement      Kind = "statement"
	Reconciliation Kind = "reconciliation"
	Act            Kind = "act"
	Delivery       Kind = "delivery"
	Dunning        Kind = "dunning"
)

// Document is everything that one document says, as it was frozen when the document was
// issued. Sums are those of the books: nothing is summed up here. It is plain data, so that
// it can be kept and drawn again.
type Document struct {
	Kind     Kind
	Template int
	Lang     string
	Copy     bool // in another language than the one in which it was issued

	Number   string
	Date     ledger.Date
	Due      ledger.Date
	Supplied ledger.Date // when the goods or services came, if on another day
	Issued   time.Time   // the moment, for the file

	Seller, Buyer Party
	References    []Reference

	Lines     []Line
	Currency  ledger.Currency
	Inclusive bool            // prices include tax
	Off       decimal.Decimal // percent off the whole
	Discount  ledger.Money    // the same as a sum
	Taxes     []ledger.TaxSum
	Net       ledger.Money
	Deposits  []Deducted
	Total     ledger.Money
	Foreign   *Foreign // tax in the company's currency

	Early       *Early
	Instalments []Instalment
	Reason      string // of a credit note, or a voucher
	OnAccount   ledger.Money
	Settled     []Settled  // by the payment of a receipt
	Method      string     // how it was paid
	Claims      []Claim    // of a dunning letter: what is open, oldest first
	Credits     []Credited // and what is set off
	Letter      string     // its words, as the reminder says them
	Accounts    []Account  // of a statement or reconciliation, one for each currency
	From, To    ledger.Date

	Banks    []Bank
	PayLink  string // where it can be paid online, ""
	Telegram string // the link of the invitation, "" for whom has one
	Note     string // words to this customer
	Files    []pdf.Attachment
}

// Party is a side of a document, as it stood at issue.
type Party struct {
	Name    string   `json:"name,omitempty"`
	Address string   `json:"address,omitempty"` // lines
	TaxID   string   `json:"taxid,omitempty"`
	Lines   []string `json:"lines,omitempty"` // further: registration, phone, e-mail
}

// Reference is what the document refers to, by its key in the texts ("order", "contract",
// "about", "replaces", "customer_no", "payment_no").
type Reference struct{ Key, Text string }

// Line is one line of goods or services.
type Line struct {
	Text     string
	Quantity decimal.Decimal
	Unit     string
	Price    decimal.Decimal
	Discount decimal.Decimal // percent
	Tax      decimal.Decimal // percent
	Kind     ledger.TaxKind
	Amount   ledger.Money
}

// Deducted is a deposit that an invoice deducts: with its tax where prices include it.
type Deducted struct {
	Number string
	Amount ledger.Money
}

// Claim is an invoice that a dunning letter reminds of.
type Claim struct {
	Number string
	Due    ledger.Date
	Days   int // overdue
	Open   ledger.Money
}

// Credited is what a dunning letter sets off: a credit note that settles nothing yet, or money that
// is on account.
type Credited struct {
	Text string
	Sum  ledger.Money
}

// Foreign is the tax as it counts in the company's currency.
type Foreign struct {
	Tax  ledger.Money
	Rate decimal.Decimal
}

// Early is what an early payment saves.
type Early struct {
	Until     ledger.Date
	Pay, Save ledger.Money
}

// Instalment is a part with its own due date.
type Instalment struct {
	Due    ledger.Date
	Amount ledger.Money
}

// Settled is what a payment paid of an invoice.
type Settled struct {
	Number     string
	Paid, Open ledger.Money
}

// Account is the statement of one currency.
type Account struct {
	Currency                          ledger.Currency
	Opening, Debits, Credits, Closing ledger.Money
	Entries                           []Entry
}

// Entry is one document of a statement. Text is in the reader's language.
type Entry struct {
	Date          ledger.Date
	Text          string
	Debit, Credit ledger.Money
	Balance       ledger.Money
}

// Bank is an account to pay to.
type Bank struct {
	Holder         string          `json:"holder,omitempty"`
	Bank           string          `json:"bank,omitempty"`
	IBAN           string          `json:"iban,omitempty"`
	BIC            string          `json:"bic,omitempty"`
	Account        string          `json:"account,omitempty"` // where there is no IBAN
	Correspondent  string          `json:"correspondent,omitempty"`
	TaxID          string          `json:"taxid,omitempty"` // of the holder, as Russian banks want it with the KPP
	Reason         string          `json:"kpp,omitempty"`
	Text           string          `json:"text,omitempty"`     // instead of all others: as the company writes it
	Currency       ledger.Currency `json:"currency,omitempty"` // "": any
	CreditorNumber string          `json:"-"`                  // an RF reference of the document, ""
}

// House is what a company's documents look like.
type House struct {
	Shaper *shape.Shaper // nil: with the program's own fonts
	Logo   []byte        // PNG or JPEG
	Accent [3]uint8      // zero: the product's own
	Footer map[string]string
	Texts  map[string]map[string]string // by language and key, instead of the product's

	NoPayQR      bool // no code to pay with
	NoTelegramQR bool // no code that leads to the chat
}

// accentOwn is the colour where the company has chosen none.
var accentOwn = [3]uint8{0x1f, 0x4e, 0x79}

// Missing lists the characters of a document that no font has: they are drawn as boxes.
func (h *House) Missing(d *Document) []rune {
	return h.fonts().Missing(strings.Join(d.people(), " "))
}

func (h *House) fonts() *font.Set {
	if h.Shaper != nil {
		return h.Shaper.Fonts
	}
	return font.Embedded()
}

// people is all that people wrote into a document.
func (d *Document) people() []string {
	out := []string{d.Number, d.Reason, d.Note, d.Method, d.Letter}
	for _, p := range []*Party{&d.Seller, &d.Buyer} {
		out = append(append(out, p.Name, p.Address, p.TaxID), p.Lines...)
	}
	for i := range d.References {
		out = append(out, d.References[i].Text)
	}
	for i := range d.Lines {
		out = append(out, d.Lines[i].Text, d.Lines[i].Unit)
	}
	for i := range d.Taxes {
		out = append(out, d.Taxes[i].Why)
	}
	for i := range d.Accounts {
		for j := range d.Accounts[i].Entries {
			out = append(out, d.Accounts[i].Entries[j].Text)
		}
	}
	for i := range d.Claims {
		out = append(out, d.Claims[i].Number)
	}
	for i := range d.Banks {
		out = append(out, d.Banks[i].Holder, d.Banks[i].Bank, d.Banks[i].Text)
	}
	return out
}

// kindList are the kinds that there is a layout for.
var kindList = []Kind{Invoice, Deposit, Credit, Receipt, Voucher, Statement, Reconciliation, Act, Delivery, Dunning}

// ErrTemplate says that a document was issued with a look that this program does not have.
var ErrTemplate = errors.New("a document of another template version")

// Draw writes d as PDF. The same document and house give the same bytes.
func (h *House) Draw(out io.Writer, d *Document) error {
	_, err := h.draw(out, d, false)
	return err
}

func (h *House) draw(out io.Writer, d *Document, boxing bool) (*sheet, error) {
	if d.Template != Template {
		return nil, ErrTemplate
	}
	words, err := speechOf(d.Lang, h.Texts[d.Lang])
	if err != nil {
		return nil, err
	}
	if !slices.Contains(kindList, d.Kind) {
		return nil, fmt.Errorf("no documents of kind %q", d.Kind)
	}
	shaper := h.Shaper
	if shaper == nil {
		shaper = ownFonts
	}
	title := words.say(string(d.Kind))
	if d.Number != "" {
		title += " " + d.Number
	}
	s := newSheet(out, pdf.Info{Title: title, Author: d.Seller.Name, Subject: d.Buyer.Name, Lang: d.Lang, RTL: words.rtl, Created: d.Issued}, shaper, words)
	s.boxing = boxing
	for _, f := range d.Files {
		s.w.Attach(f)
	}
	l := &letter{sheet: s, house: h, doc: d, title: title}
	l.styles()
	if err := l.draw(); err != nil {
		return nil, err
	}
	return s, s.finish(l.foot)
}
