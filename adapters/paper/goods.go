package paper

import (
	"strconv"
	"strings"

	"duebot/adapters/paper/pdf"
	"duebot/adapters/paper/words"
	"duebot/ledger"
)

// goods is the middle of what lists lines: invoices, credit notes, acts, delivery notes.
func (l *letter) goods() {
	d := l.doc
	if d.Reason != "" {
		l.text(l.words.say("reason")+": "+apart(d.Reason), l.body, edge, bodyWidth, start)
		l.y += 10 * pt
	}
	if d.Kind == Invoice || d.Kind == Deposit {
		l.banner("total_due", l.words.money(d.Total), l.by())
	}
	if len(d.Lines) > 0 {
		l.lines()
	}
	if d.Kind == Delivery {
		l.y += 8 * pt
		l.signatures("received_goods")
		return
	}
	l.sums()
	l.inWords()
	l.notes()
	switch d.Kind {
	case Invoice, Deposit:
		l.payment()
	case Act:
		l.signatures("act_done")
	}
}

// by is until when the sum is to be paid.
func (l *letter) by() string {
	if l.doc.Due == 0 || len(l.doc.Instalments) > 0 {
		return ""
	}
	return l.words.say("by", "date", l.words.long(l.doc.Due))
}

// banner says the one thing that the reader looks for.
func (l *letter) banner(key, sum, beside string) {
	const pad = 10 * pt
	h := l.height(l.big) + 2*pad
	l.need(h)
	l.fill(edge, l.y, bodyWidth, h, l.tint)
	l.fill(edge, l.y, 3*pt, h, l.accent)
	label := style{10000, false, l.ink}
	text := l.words.say(key)
	if beside != "" {
		text += " " + beside
	}
	w := l.width(sum, l.big) + pt
	l.write(l.fit(text, label, bodyWidth-w-3*pad), label, edge+pad+4*pt, l.y+(h-l.height(label))/2, bodyWidth-w-3*pad, start)
	l.write(l.wrap(sum, l.big, w), l.big, edge+bodyWidth-pad-w, l.y+pad, w, end)
	l.y += h + 14*pt
}

// lines is the table of what was sold.
func (l *letter) lines() {
	d := l.doc
	discounts, taxed := false, d.Kind != Delivery
	for i := range d.Lines {
		discounts = discounts || !d.Lines[i].Discount.IsZero()
	}
	columns := []column{{least: 14 * pt}, {head: l.words.say("line"), share: 1}, {head: l.words.say("quantity"), align: figures}}
	if taxed {
		columns = append(columns, column{head: l.words.say("price"), align: figures})
		if discounts {
			columns = append(columns, column{head: l.words.say("discount"), align: figures})
		}
		key := "amount_net"
		if d.Inclusive {
			key = "amount"
		}
		columns = append(columns, column{head: l.words.say("tax"), align: figures}, column{head: l.words.say(key, "currency", l.words.currency(d.Currency)), align: figures, least: 56 * pt})
	}
	l.table(columns).draw(func(yield func(row) bool) {
		sum := ledger.Money{Currency: d.Currency}
		for i := range d.Lines {
			line := &d.Lines[i]
			r := row{cells: l.row(i, line, taxed, discounts), style: l.body}
			if taxed {
				sum = sum.Add(line.Amount)
				r.carried = l.words.sum(sum)
			}
			if !yield(r) {
				return
			}
		}
	})
	l.y += 6 * pt
}

// table is a table across the page in the look of the house.
func (l *letter) table(columns []column) *table {
	return &table{sheet: l.sheet, columns: columns, head: style{8000, true, l.accent}, ground: l.tint, line: l.line,
		carry: style{8600, false, l.muted}, x: edge, wide: bodyWidth, padding: 4 * pt, gap: 10 * pt, inset: 7 * pt}
}

func (l *letter) row(i int, line *Line, taxed, discounts bool) []string {
	quantity := l.words.number(line.Quantity, 0)
	if line.Unit != "" {
		quantity += "\u00a0" + apart(line.Unit)
	}
	cells := []string{l.words.digits(strconv.Itoa(i + 1)), line.Text, quantity}
	if !taxed {
		return cells
	}
	cells = append(cells, l.words.number(line.Price, line.Amount.Currency.Exponent()))
	if discounts {
		off := ""
		if !line.Discount.IsZero() {
			off = l.words.percent(line.Discount)
		}
		cells = append(cells, off)
	}
	tax := l.words.percent(line.Tax)
	if line.Kind == ledger.TaxExempt || line.Kind == ledger.TaxReverse {
		tax = "–"
	}
	return append(cells, tax, l.words.sum(line.Amount))
}

// sumsWidth is of the block that the lines add up in.
const sumsWidth = 290 * pt

// sums is what the lines make, tax by rate, and the total.
func (l *letter) sums() {
	items := l.column(l.sumPairs(), l.body, sumsWidth)
	for i := range items {
		items[i].before = 2 * pt
	}
	l.need(min(l.total(items)+34*pt, 400*pt)) // with the total below
	l.flow(block{edge + bodyWidth - sumsWidth - barPad, sumsWidth, items})
	l.y += 6 * pt
	key := map[Kind]string{Invoice: "total_due", Deposit: "total_due", Credit: "total_credit"}[l.doc.Kind]
	if key == "" {
		key = "total"
	}
	l.totalBar(key, sumsWidth)
}

// sumPairs are the lines above the total.
func (l *letter) sumPairs() (out [][2]string) {
	d := l.doc
	add := func(label string, m ledger.Money) {
		out = append(out, [2]string{label, l.words.money(m)})
	}
	if !d.Discount.IsZero() || len(d.Deposits) > 0 {
		sum := ledger.Money{Currency: d.Currency}
		for i := range d.Lines {
			sum = sum.Add(d.Lines[i].Amount)
		}
		add(l.words.say("subtotal"), sum)
	}
	if !d.Discount.IsZero() {
		add(l.words.say("off", "percent", l.words.percent(d.Off)), d.Discount.Neg())
	}
	for i := range d.Deposits {
		add(l.words.say("less", "number", apart(d.Deposits[i].Number)), d.Deposits[i].Amount.Neg())
	}
	add(l.words.say("net"), d.Net)
	for i := range d.Taxes {
		add(l.taxLabel(&d.Taxes[i]), d.Taxes[i].Tax)
	}
	return out
}

// barPad is between a bar's edge and its words.
const barPad = 7 * pt

// totalBar is the total, in the colour of the house.
func (l *letter) totalBar(key string, width unit) {
	white := style{10500, true, pdf.Color{R: 255, G: 255, B: 255}}
	h := l.height(l.strong) + 2*barPad
	l.need(h)
	x := edge + bodyWidth - width - barPad
	l.fill(x-barPad, l.y, width+2*barPad, h, l.accent)
	y := l.y + (h-l.height(white))/2
	sum := l.words.money(l.doc.Total)
	w := l.width(sum, white) + pt
	l.write(l.fit(l.words.say(key), white, width-w-barPad), white, x, y, width-w-barPad, start)
	l.write(l.wrap(sum, white, w), white, x+width-w, y, w, end)
	l.y += h + 12*pt
}

// taxLabel names a tax with what it is of: the summary by rate.
func (l *letter) taxLabel(t *ledger.TaxSum) string {
	key := map[ledger.TaxKind]string{ledger.TaxStandard: "tax_of", ledger.TaxReduced: "tax_reduced", ledger.TaxExempt: "tax_exempt", ledger.TaxReverse: "tax_reverse"}[t.Kind]
	return l.words.say(key, "percent", l.words.percent(t.Rate), "base", l.words.money(t.Base))
}

// inWords is the total in words.
func (l *letter) inWords() {
	t := l.doc.Total
	if text, ok := words.Sum(l.words.lang, t.Minor, t.Currency.Exponent(), string(t.Currency)); ok {
		l.text(l.words.say("words", "words", words.First(text)), l.body, edge, bodyWidth, start)
		l.y += 8 * pt
	}
}

// notes is what the law or the parties want said about the sums and when to pay.
func (l *letter) notes() {
	d := l.doc
	var out []string
	if d.Inclusive {
		out = append(out, l.words.say("inclusive"))
	}
	for i := range d.Taxes {
		t := &d.Taxes[i]
		switch {
		case t.Kind == ledger.TaxExempt:
			out = append(out, l.words.say("exempt_why", "base", l.words.money(t.Base), "why", apart(t.Why)))
		case t.Kind == ledger.TaxReverse && t.Why != "":
			out = append(out, l.words.say("reverse_why", "why", apart(t.Why)))
		case t.Kind == ledger.TaxReverse:
			out = append(out, l.words.say("reverse_plain"))
		}
	}
	if d.Foreign != nil {
		out = append(out, l.words.say("foreign", "currency", l.words.currency(d.Foreign.Tax.Currency), "tax", l.words.money(d.Foreign.Tax), "rate", l.rate(d.Foreign)))
	}
	if !d.OnAccount.IsZero() {
		out = append(out, l.words.say("onaccount", "amount", l.words.money(d.OnAccount)))
	}
	if d.Early != nil {
		out = append(out, l.words.say("early", "pay", l.words.money(d.Early.Pay), "until", l.words.long(d.Early.Until), "save", l.words.money(d.Early.Save)))
	}
	if d.Note != "" {
		out = append(out, d.Note)
	}
	if len(out) > 0 {
		l.text(strings.Join(out, "\n"), l.body, edge, bodyWidth, start)
		l.y += 8 * pt
	}
	l.instalments()
}

// rate says what one unit of the document's currency is in the company's, so that nobody
// need ask which way it goes.
func (l *letter) rate(f *Foreign) string {
	return apart(l.words.digits("1") + "\u00a0" + string(l.doc.Currency) + " = " + l.words.number(f.Rate, 0) + "\u00a0" + string(f.Tax.Currency))
}

// instalments are the parts with their days.
func (l *letter) instalments() {
	if len(l.doc.Instalments) == 0 {
		return
	}
	l.caption("instalments", 40*pt)
	var parts [][2]string
	for _, p := range l.doc.Instalments {
		parts = append(parts, [2]string{l.words.long(p.Due), l.words.money(p.Amount)})
	}
	l.flow(block{edge, 240 * pt, l.column(parts, l.body, 240*pt)})
	l.y += 10 * pt
}

// caption is a small title, which stays with what follows of a height.
func (l *letter) caption(key string, follows unit) {
	st := style{10000, true, l.accent}
	l.need(l.height(st) + 4*pt + follows)
	l.y += l.write(l.wrap(l.words.say(key), st, bodyWidth), st, edge, l.y, bodyWidth, start) + 4*pt
}
