package matchtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// Line is a line of a statement with its truth.
type Line struct {
	ledger.BankLine
	Class string // one of Classes
	How   string // which of the class's kinds it is
	Truth Truth
	third bool // somebody pays for the customer
}

// Truth is what the payer meant.
type Truth struct {
	Customer ledger.CustomerID // 0: nobody of ours
	Paid     map[ledger.InvoiceID]int64
	Rest     int64 // beyond what the invoices take
	Own      bool  // a transfer of the company's own
}

// Classes are the kinds of lines, each with its share in hundredths.
var Classes = []struct {
	Name  string
	Share int
	make  func(w *World) Line
}{
	{"clean reference", 55, (*World).clean},
	{"mangled reference", 15, (*World).mangled},
	{"several invoices", 10, (*World).several},
	{"no reference", 8, (*World).vague},
	{"part", 5, (*World).part},
	{"over", 4, (*World).over},
	{"not ours", 3, (*World).notOurs},
}

// Lines are n lines in the fixed mix, shuffled.
func (w *World) Lines(n int) []Line {
	var out []Line
	for _, c := range Classes {
		for range n * c.Share / 100 {
			l := c.make(w)
			l.Class = c.Name
			out = append(out, l)
		}
	}
	w.r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// fresh is an invoice that no line has paid so far.
func (w *World) fresh() *Invoice {
	for range 200 {
		if x := &w.Invoices[w.r.IntN(len(w.Invoices))]; !x.used {
			x.used = true
			return x
		}
	}
	return &w.Invoices[w.r.IntN(len(w.Invoices))]
}

func (w *World) of(x *Invoice) *Customer { return &w.Customers[x.Customer-1] }

// line is a line of a payer: who he is as his bank writes it.
func (w *World) line(c *Customer, amount ledger.Money, paid map[ledger.InvoiceID]int64, rest int64) Line {
	l := Line{Truth: Truth{Customer: c.ID, Paid: paid, Rest: rest}}
	l.Booked = w.Today.AddDays(-w.r.IntN(5))
	l.Value, l.Amount = l.Booked, amount
	l.PartyName = w.payerName(c)
	if l.Party.Number = c.Account; w.chance(15) {
		l.Party.Number = c.script.account + w.digits(20) // another account of his
	}
	if w.chance(20) {
		l.Party.Number = "" // files that do not tell it
	}
	if w.chance(40) {
		l.PartyTax = c.TaxID
	}
	if l.third = w.chance(4); l.third { // somebody pays for him
		l.PartyName, l.PartyTax = pick(w, []string{"Holding International SE", "PayEx Services", "Müller, Andreas", "ИП Кузнецов А. В.", "张伟", "Zahlungsdienst AG"}), ""
		l.Party.Number = "XX" + w.digits(18)
	}
	return l
}

// payerName is a customer's name as banks write it.
func (w *World) payerName(c *Customer) string {
	s := c.Name
	if w.chance(45) {
		s = c.script.nameAbroad(c)
	}
	switch n := w.r.IntN(100); {
	case n < 10: // without its legal form
		s = strings.TrimSpace(strings.Replace(strings.Replace(s, c.script.forms[c.form].own, "", 1), c.script.forms[c.form].abroad, "", 1))
	case n < 14: // a letter lost
		if r := []rune(s); len(r) > 12 {
			s = string(slices.Delete(r, 6, 7))
		}
	}
	if w.chance(35) {
		s = strings.ToUpper(s)
	}
	return cut(s, pick(w, []int{27, 35, 70, 70, 140}))
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n]))
	}
	return s
}

// full is what an invoice takes on a day, and whether the discount is taken.
func (w *World) full(x *Invoice, on ledger.Date) int64 {
	if x.EarlyPay > 0 && on <= x.Until && w.chance(80) {
		return x.EarlyPay
	}
	return x.Open.Minor
}

func (w *World) clean() Line {
	x := w.fresh()
	c := w.of(x)
	l := w.line(c, x.Open, nil, 0)
	l.Amount.Minor = w.full(x, l.Booked)
	l.Truth.Paid = map[ledger.InvoiceID]int64{x.ID: l.Amount.Minor}
	l.How = "as written"
	switch n := w.r.IntN(100); {
	case n < 4 && strings.HasPrefix(x.Number, "INV"):
		l.Creditor, l.How = creditorReference(x.Number), "RF"
		l.Text = pick(w, c.script.vague)
	case n < 8:
		l.Documents, l.How = []string{x.Number}, "structured"
	case n < 10 && l.Amount.Minor > 20000:
		l.Fees = ledger.Money{Minor: int64(500 + w.r.IntN(2000)), Currency: l.Amount.Currency}
		l.Amount.Minor = x.Open.Minor - l.Fees.Minor
		l.Truth.Paid[x.ID], l.How = l.Amount.Minor, "fees told"
		l.Text = w.purpose(c, x.Number)
	case n < 13 && len(x.Parts) > 0:
		l.Amount.Minor = x.Parts[0]
		l.Truth.Paid[x.ID], l.How = l.Amount.Minor, "instalment"
		l.Text = w.purpose(c, x.Number)
	case n < 25:
		l.Text, l.How = w.purpose(c, strings.ToLower(x.Number)), "case"
	default:
		l.Text = w.purpose(c, x.Number)
	}
	if l.How != "RF" && l.How != "structured" && w.chance(30) && !strings.Contains(x.Number, "Ч") && !strings.Contains(x.Number, "А") {
		l.Text = strings.ToUpper(abroad(l.Text))
	}
	return l
}

func abroad(s string) string { return plainLatin(latinOfRussian(s)) }

// purpose is what a payer writes of an invoice.
func (w *World) purpose(c *Customer, number string) string {
	s := fmt.Sprintf(pick(w, c.script.purposes), number)
	if w.chance(15) {
		s += " " + pick(w, []string{"Tel +49 30 " + w.digits(7), "Vertrag " + w.digits(5), "KD " + w.digits(6), "20261012", "12.10.26", "REF " + w.digits(9)})
	}
	return s
}

// creditorReference is a number with the head of ISO 11649.
func creditorReference(number string) string {
	body := strings.ToUpper(strings.NewReplacer("-", "", "/", "").Replace(number))
	sum := 0
	for _, r := range body + "RF00" {
		if r >= '0' && r <= '9' {
			sum = (sum*10 + int(r-'0')) % 97
		} else {
			sum = (sum*100 + int(r-'A') + 10) % 97
		}
	}
	return fmt.Sprintf("RF%02d%s", 98-sum, body)
}

// several pays two to eight of a customer's invoices and names them.
func (w *World) several() Line {
	c, chosen := w.chosen(2 + w.r.IntN(7))
	l := w.line(c, ledger.Money{Currency: c.Currency}, map[ledger.InvoiceID]int64{}, 0)
	numbers := []string{}
	for _, x := range chosen {
		l.Truth.Paid[x.ID] = w.full(x, l.Booked)
		l.Amount.Minor += l.Truth.Paid[x.ID]
		numbers = append(numbers, x.Number)
	}
	list := strings.Join(numbers, pick(w, []string{", ", " ", "; ", " + ", ",", " / "}))
	l.How = "all written"
	if tails, ok := inOneSeries(numbers); ok && w.chance(40) {
		list, l.How = numbers[0]+pick(w, []string{", ", "+", " und ", "; "})+strings.Join(tails[1:], ", "), "series once"
	}
	l.Text = w.purpose(c, list)
	if w.chance(4) {
		l.Text, l.How = cut(l.Text, 60), "cut"
	}
	return l
}

// chosen are some open invoices of a customer who has that many: mostly those that fall due one
// after the other, else any.
func (w *World) chosen(n int) (*Customer, []*Invoice) {
	for {
		c := w.of(w.fresh())
		if len(c.invoices) < n {
			n = max(2, n-1)
			continue
		}
		out := make([]*Invoice, 0, len(c.invoices))
		for _, i := range c.invoices {
			out = append(out, &w.Invoices[i])
		}
		if w.chance(70) {
			slices.SortFunc(out, func(a, b *Invoice) int { return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.ID, b.ID)) })
		} else {
			w.r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
		}
		at := w.r.IntN(len(out) - n + 1)
		if w.chance(50) {
			at = 0 // his oldest
		}
		return c, out[at : at+n]
	}
}

// inOneSeries are the last digits of numbers that differ in them alone.
func inOneSeries(numbers []string) (tails []string, ok bool) {
	head := numbers[0][:len(numbers[0])-6]
	for _, n := range numbers {
		if !strings.HasPrefix(n, "INV-") || n[:len(n)-6] != head {
			return nil, false
		}
		tails = append(tails, strings.TrimLeft(n[len(n)-6:], "0"))
	}
	return tails, true
}

// vague pays without a word that helps: one invoice, the oldest of its sum; a group; or all.
func (w *World) vague() Line {
	x := w.fresh()
	c := w.of(x)
	switch n := w.r.IntN(100); {
	case n < 62:
		for _, i := range c.invoices {
			if o := &w.Invoices[i]; o.Open == x.Open && (o.Due < x.Due || o.Due == x.Due && o.ID < x.ID) {
				x = o
			}
		}
		l := w.line(c, x.Open, map[ledger.InvoiceID]int64{x.ID: x.Open.Minor}, 0)
		l.How = "one"
		w.wordless(&l, c)
		return l
	case n < 85:
		c, chosen := w.chosen(2 + w.r.IntN(3))
		return w.sumOf(c, chosen, "group")
	}
	for len(c.invoices) < 2 {
		c = w.of(w.fresh())
	}
	var all []*Invoice
	for _, i := range c.invoices {
		all = append(all, &w.Invoices[i])
	}
	return w.sumOf(c, all, "whole account")
}

func (w *World) sumOf(c *Customer, chosen []*Invoice, how string) Line {
	l := w.line(c, ledger.Money{Currency: c.Currency}, map[ledger.InvoiceID]int64{}, 0)
	for _, x := range chosen {
		l.Truth.Paid[x.ID] = x.Open.Minor
		l.Amount.Minor += x.Open.Minor
	}
	l.How = how
	w.wordless(&l, c)
	return l
}

// wordless is a purpose that names no invoice; who pays for another mostly says for whom.
func (w *World) wordless(l *Line, c *Customer) {
	if l.Text = pick(w, c.script.vague); l.third && w.chance(65) {
		l.Text += " / " + pick(w, []string{c.Name, c.script.nameAbroad(c)})
	}
}

// part pays less than the invoice that it names: a part, less a fee, less tax.
func (w *World) part() Line {
	x := w.fresh()
	for x.Open.Minor < 20000 {
		x = w.fresh()
	}
	c := w.of(x)
	paid, how := x.Open.Minor*int64(10+w.r.IntN(75))/100, "part"
	switch n := w.r.IntN(100); {
	case n < 25:
		paid = max(x.Open.Minor*int64(1+w.r.IntN(9))/1000*100, 5000)
		how = "round part"
	case n < 40:
		paid, how = x.Open.Minor-int64(500+w.r.IntN(500)), "fee"
	case n < 55:
		kept, _ := ledger.Round(ledger.Money{Minor: x.Net, Currency: c.Currency}.Decimal().Mul(decimal.NewFromInt(20)).Shift(-2), c.Currency)
		paid, how = x.Open.Minor-kept.Minor, "withheld"
	}
	l := w.line(c, ledger.Money{Minor: paid, Currency: c.Currency}, map[ledger.InvoiceID]int64{x.ID: paid}, 0)
	l.Text, l.How = w.purpose(c, x.Number), how
	return l
}

// over pays more than the invoice that it names.
func (w *World) over() Line {
	x := w.fresh()
	c := w.of(x)
	rest, how := int64(1+w.r.IntN(5000)), "a little"
	switch {
	case w.chance(30):
		rest, how = x.Open.Minor, "twice"
	case w.chance(30):
		rest, how = (x.Open.Minor/10000+1)*10000-x.Open.Minor, "rounded up"
	}
	if l := (Line{How: how}); rest == 0 {
		rest, how = 100, l.How
	}
	l := w.line(c, ledger.Money{Minor: x.Open.Minor + rest, Currency: c.Currency}, map[ledger.InvoiceID]int64{x.ID: x.Open.Minor}, rest)
	l.Text, l.How = w.purpose(c, x.Number), how
	return l
}

// notOurs is money that pays no invoice, with numbers that look like ours.
func (w *World) notOurs() Line {
	l := Line{}
	l.Booked, l.Value = w.Today, w.Today
	l.Amount = ledger.Money{Minor: int64(1000 + w.r.IntN(500000)), Currency: pick(w, []ledger.Currency{"EUR", "RUB", "RON"})}
	if w.chance(50) {
		l.Amount.Minor = pick(w, usual)
	}
	l.Party.Number = "XX" + w.digits(18)
	l.PartyName = pick(w, []string{"Finanzamt Mitte", "Stadtwerke Bremen GmbH", "Leasing Partner AG", "УФК по г. Москве", "Enel Energia SpA", "Versicherung AG", "中国平安保险", "Trezoreria Cluj"})
	switch w.r.IntN(4) {
	case 0:
		l.Party.Number, l.PartyName, l.Text, l.How, l.Truth.Own = w.Account, "", "Umbuchung 2026-000042", "own", true
	case 1:
		l.Text, l.How = fmt.Sprintf("Gutschrift zu Rechnung 2026-%06d", w.r.IntN(len(w.Invoices))), "a supplier's credit"
	case 2:
		l.Text, l.How = fmt.Sprintf("Erstattung INV-2026-%05d", 700000+w.r.IntN(9999)), "another's series"
	default:
		l.Text, l.How = fmt.Sprintf("Steuer 10/2026 Az. %d Vertrag %05d", w.r.IntN(len(w.Invoices)), w.r.IntN(len(w.Invoices))), "an authority"
	}
	return l
}
