package ledger

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// TaxKind is how a line is taxed. The numbers are part of the file format.
type TaxKind uint8

// The kinds. The last two have no rate: nothing is charged, and the document says why.
const (
	TaxStandard TaxKind = 0
	TaxReduced  TaxKind = 1
	TaxExempt   TaxKind = 2 // by law; the reason is required
	TaxReverse  TaxKind = 3 // the recipient owes the tax; a reason is welcome
)

func (k *TaxKind) code(c *coder) {
	num(c, k)
	if *k > TaxReverse {
		c.fail(errKind)
	}
}

// TaxRounding is where a document's tax is rounded. The numbers are part of the file format.
type TaxRounding uint8

// The rules. A draft of RoundAsSet takes the company's rule when it is issued.
const (
	RoundAsSet    TaxRounding = 0
	RoundDocument TaxRounding = 1 // once per rate over the document
	RoundLine     TaxRounding = 2 // once per line
)

func (r *TaxRounding) code(c *coder) {
	num(c, r)
	if *r > RoundLine {
		c.fail(errKind)
	}
}

// TaxSum is the tax of one rate, kind and reason.
type TaxSum struct {
	Rate decimal.Decimal // percent
	Base Money           // net, after the document's discount
	Tax  Money
	Kind TaxKind
	Why  string // of exempt and reverse charge
}

func (t *TaxSum) code(c *coder) {
	c.dec(&t.Rate)
	c.money(&t.Base)
	c.money(&t.Tax)
	t.Kind.code(c)
	str(c, &t.Why)
}

// same reports whether u is of t's rate, kind and reason.
func (t *TaxSum) same(u *TaxSum) bool {
	return t.Rate.Equal(u.Rate) && t.Kind == u.Kind && t.Why == u.Why
}

// LineSum is what a line adds to the document's sums, after the document's discount. The
// lines of a rate add up to its base and its tax, to the cent.
type LineSum struct {
	Net, Tax Money
}

// Totals are the sums of a document.
type Totals struct {
	Amounts  []Money   // per line as shown: after its own discount; with tax where prices include it
	Lines    []LineSum // per line
	Discount Money     // off the document, in the prices' terms
	Taxes    []TaxSum
	Net      Money
	Tax      Money
	Total    Money
}

const (
	linesMax  = 500
	placesMax = 6
	wordsMax  = 200 // runes of a reference or a reason
)

var hundred = decimal.NewFromInt(100)

// Totals computes d's sums. Each line's amount is rounded; discount and tax are rounded
// once per rate over the document, or per line where d says so. Prices that include tax
// keep their sum: tax is taken out of it, and the net is the rest. Amounts, lines and
// discount are of the whole, taxes, net, tax and total less the deposits. It returns a
// BadInput refusal for what cannot be an invoice.
func (d *Draft) Totals() (Totals, error) {
	zero := Money{0, d.Currency}
	t := Totals{Discount: zero, Net: zero, Tax: zero}
	if err := d.check(); err != nil {
		return t, err
	}
	var amounts []Money // per rate: the lines so far
	for i := range d.Lines {
		l := &d.Lines[i]
		// Shift, and not Div: that rounds at its 16th place, and Round must be the only one.
		amount, err := Round(l.Quantity.Mul(l.Price).Mul(hundred.Sub(l.Discount)).Shift(-2), d.Currency)
		if err != nil {
			return t, err
		}
		t.Amounts = append(t.Amounts, amount)
		at := t.rate(l, zero)
		if at == len(amounts) {
			amounts = append(amounts, zero)
		}
		before := amounts[at]
		amounts[at] = before.Add(amount)
		if d.Rounding == RoundLine {
			before = zero
		}
		t.add(at, d.taxed(before.Add(amount), l.Tax), d.taxed(before, l.Tax))
	}
	sort.SliceStable(t.Taxes, func(i, j int) bool { return t.Taxes[i].Rate.GreaterThan(t.Taxes[j].Rate) })
	if err := t.deduct(d); err != nil {
		return t, err
	}
	t.Total = t.Net.Add(t.Tax)
	if t.Total.Minor <= 0 {
		return t, Refuse(BadInput, "invoice.nothing", "total", t.Total)
	}
	for _, m := range []Money{t.Total, t.Net, t.Tax} {
		if m.Minor > moneyMax || m.Minor < -moneyMax {
			return t, Refuse(BadInput, "money.toolarge", "text", m.String())
		}
	}
	return t, nil
}

// rate returns the place in t of l's rate, kind and reason.
func (t *Totals) rate(l *Line, zero Money) int {
	sum := TaxSum{Rate: l.Tax, Kind: l.Kind, Why: l.Why, Base: zero, Tax: zero}
	for i := range t.Taxes {
		if t.Taxes[i].same(&sum) {
			return i
		}
	}
	t.Taxes = append(t.Taxes, sum)
	return len(t.Taxes) - 1
}

// taxed is an amount with what follows from it.
type taxed struct {
	discount, net, tax Money
}

// taxed takes the document's discount off amount, and computes its tax at rate percent.
func (d *Draft) taxed(amount Money, rate decimal.Decimal) taxed {
	x := taxed{discount: part(amount, d.Off, hundred)}
	rest := amount.Sub(x.discount)
	rate = d.taxable(rate)
	if d.Inclusive {
		x.tax = part(rest, rate, hundred.Add(rate))
		x.net = rest.Sub(x.tax)
	} else {
		x.tax = part(rest, rate, hundred)
		x.net = rest
	}
	return x
}

// add adds a line: the step from one figure of its rate to the next, so that the lines
// always add up to what is rounded once.
func (t *Totals) add(at int, now, before taxed) {
	l := LineSum{now.net.Sub(before.net), now.tax.Sub(before.tax)}
	t.Lines = append(t.Lines, l)
	t.Taxes[at].Base = t.Taxes[at].Base.Add(l.Net)
	t.Taxes[at].Tax = t.Taxes[at].Tax.Add(l.Tax)
	t.Discount = t.Discount.Add(now.discount.Sub(before.discount))
	t.Net = t.Net.Add(l.Net)
	t.Tax = t.Tax.Add(l.Tax)
}

// part is num/den of m, rounded once, half away from zero.
func part(m Money, num, den decimal.Decimal) Money {
	// DivRound compares the whole remainder, so that no quotient is cut just below a half.
	return Money{decimal.NewFromInt(m.Minor).Mul(num).DivRound(den, 0).IntPart(), m.Currency}
}

func (d *Draft) check() error {
	if len(d.Lines) == 0 {
		return Refuse(BadInput, "invoice.nolines")
	}
	if len(d.Lines) > linesMax {
		return Refuse(BadInput, "invoice.manylines", "count", len(d.Lines), "max", linesMax)
	}
	if max(utf8.RuneCountInString(d.Reference), utf8.RuneCountInString(d.CostCentre), utf8.RuneCountInString(d.BuyerCode)) > wordsMax {
		return Refuse(BadInput, "invoice.longwords", "max", wordsMax)
	}
	if err := checkPercent(d.Off); err != nil {
		return err
	}
	for i := range d.Lines {
		if err := d.Lines[i].check(); err != nil {
			return err
		}
	}
	return nil
}

func (l *Line) check() error {
	for _, d := range []decimal.Decimal{l.Quantity, l.Price} {
		if err := checkNumber(d); err != nil {
			return err
		}
	}
	for _, d := range []decimal.Decimal{l.Discount, l.Tax} {
		if err := checkPercent(d); err != nil {
			return err
		}
	}
	switch {
	case l.Quantity.IsNegative() || l.Quantity.IsZero():
		return Refuse(BadInput, "invoice.quantity", "text", l.Quantity.String())
	case strings.TrimSpace(l.Text) == "":
		return Refuse(BadInput, "invoice.notext")
	}
	return l.checkKind()
}

// checkKind sees to it that a line without tax says why, and that no other does.
func (l *Line) checkKind() error {
	switch free := l.Kind == TaxExempt || l.Kind == TaxReverse; {
	case l.Kind > TaxReverse:
		return errKind
	case free && !l.Tax.IsZero():
		return Refuse(BadInput, "tax.both", "rate", l.Tax.String())
	case l.Kind == TaxExempt && strings.TrimSpace(l.Why) == "":
		return Refuse(BadInput, "tax.noreason")
	case utf8.RuneCountInString(l.Why) > wordsMax:
		return Refuse(BadInput, "invoice.longwords", "max", wordsMax)
	}
	return nil
}

func checkNumber(d decimal.Decimal) error {
	if d.Exponent() < -placesMax && (!d.Shift(placesMax).IsInteger() || !storable(d)) {
		return Refuse(BadInput, "number.toofine", "text", d.String())
	}
	if d.Abs().GreaterThan(decimal.New(1, 15)) || !storable(d) {
		return Refuse(BadInput, "money.toolarge", "text", d.String())
	}
	return nil
}

// checkPercent sees to it that d is from 0 to 100.
func checkPercent(d decimal.Decimal) error {
	if err := checkNumber(d); err != nil {
		return err
	}
	if d.IsNegative() || d.GreaterThan(hundred) {
		return Refuse(BadInput, "percent.range", "text", d.String())
	}
	return nil
}
