package matchtest

import (
	"fmt"
	"strings"

	"duebot/ledger"
)

// ways are what becomes of a reference on its way.
var ways = []struct {
	name string
	do   func(w *World, number string) string
}{
	{"spaces", func(_ *World, s string) string { return strings.NewReplacer("-", " ", "/", " ").Replace(s) }},
	{"slashes", func(_ *World, s string) string { return strings.ReplaceAll(s, "-", "/") }},
	{"zeros lost", zerosLost},
	{"prefix lost", func(_ *World, s string) string { return strings.TrimLeft(s, "INVREBKF-/СЧА") }},
	{"number alone", numberAlone},
	{"look-alikes", lookAlikes},
	{"O for 0", func(w *World, s string) string { return strings.ReplaceAll(s, "0", pick(w, []string{"O", "o", "О"})) }},
	{"I and l for 1", func(w *World, s string) string {
		return strings.ReplaceAll(strings.ReplaceAll(s, "1", pick(w, []string{"I", "l"})), "INV", "lNV")
	}},
	{"other digits", otherDigits},
	{"joined to words", nil},
	{"wrapped at 27", nil},
	{"wrapped at 35", nil},
	{"no separators", func(_ *World, s string) string { return strings.NewReplacer("-", "", "/", "").Replace(s) }},
	{"year lost", yearLost},
	{"cut at 140", nil},
}

// mangled names its invoice in one of fifteen ways that are not the company's.
func (w *World) mangled() Line {
	x := w.fresh()
	c := w.of(x)
	l := w.line(c, x.Open, map[ledger.InvoiceID]int64{x.ID: x.Open.Minor}, 0)
	way := pick(w, ways)
	l.How = way.name
	switch way.name {
	case "joined to words":
		glue := pick(w, []string{"оплата по счету№%s", "Rechnung:%svom 12.10.2026", "factura%s", "Счет%sот12.10.26", "发票%s货款", "INVOICE:%s."})
		l.Text = fmt.Sprintf(glue, strings.ReplaceAll(x.Number, "-", ""))
	case "wrapped at 27", "wrapped at 35":
		l.Text = w.wrapped(c, x.Number, map[string]int{"wrapped at 27": 27, "wrapped at 35": 35}[way.name])
	case "cut at 140":
		filler := strings.Repeat(pick(w, []string{"Lieferung und Montage ", "Оплата за материалы ", "servicii de transport "}), 12)
		room := 140 - len([]rune(x.Number))/2
		l.Text = cut(cut(filler, room-9)+" Re.-Nr. "+x.Number, 140)
	default:
		l.Text = w.purpose(c, way.do(w, x.Number))
	}
	if w.chance(25) && way.name != "look-alikes" && way.name != "other digits" {
		l.Text = strings.ToUpper(l.Text)
	}
	return l
}

// wrapped breaks a purpose so that the end of a bank's line falls into the number.
func (w *World) wrapped(c *Customer, number string, width int) string {
	r := []rune(number)
	into := 1 + w.r.IntN(len(r)-1)
	words := cut("Zahlung zu unserer Bestellung fuer Rechnung Nummer gesamt", width-into-1)
	for len([]rune(words)) < width-into-1 {
		words += "."
	}
	return words + " " + string(r[:into]) + " " + string(r[into:]) + " " + pick(w, c.script.vague)
}

func zerosLost(_ *World, s string) string {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '/' })
	for i, p := range parts {
		if p[0] == '0' {
			parts[i] = strings.TrimLeft(p, "0")
		}
	}
	return strings.Join(parts, "-")
}

// numberAlone is what a payer keeps of a long number: its last part, with its zeros.
func numberAlone(_ *World, s string) string {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '/' })
	longest := ""
	for _, p := range parts {
		if len(p) >= len(longest) {
			longest = p
		}
	}
	return longest
}

func yearLost(_ *World, s string) string {
	return strings.NewReplacer("-2026-", "-", "-2025-", "-").Replace(s)
}

func lookAlikes(_ *World, s string) string {
	return strings.NewReplacer("A", "А", "B", "В", "E", "Е", "K", "К", "N", "Ν", "I", "І", "R", "R", "А", "A", "С", "C").Replace(s)
}

func otherDigits(w *World, s string) string {
	to := []rune(pick(w, []string{"０１２３４５６７８９", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"}))
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return to[r-'0']
		}
		return r
	}, s)
}
