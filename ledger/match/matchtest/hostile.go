package matchtest

import (
	"fmt"
	"strings"
)

// Hostile are n lines that name no invoice and look as if they did. Each comes from the customer
// whose invoice it resembles, or from nobody, and its sum is exactly that invoice's: whatever
// takes the resemblance for a reference books it.
func (w *World) Hostile(n int) (out []Line) {
	for i := range n {
		x := &w.Invoices[w.r.IntN(len(w.Invoices))]
		kind := &resemblances[i%len(resemblances)]
		text := kind.text(w, x)
		if text == "" { // the number has no such part
			x = &w.Invoices[1] // of the first series
			text = kind.text(w, x)
		}
		c := w.of(x)
		l := Line{Class: "hostile", How: kind.name, Truth: Truth{Customer: c.ID}}
		l.Booked, l.Value, l.Amount = w.Today, w.Today, x.Open
		if w.chance(75) {
			l.PartyName, l.Party.Number, l.PartyTax = c.Name, c.Account, c.TaxID
		}
		if l.Text = text; kind.field {
			l.Text, l.EndToEnd, l.BankRef = pick(w, c.script.vague), text, text
		}
		out = append(out, l)
	}
	return out
}

// resemblances are what looks like a reference and is none.
var resemblances = []struct {
	name  string
	field bool // it stands in the payer's own id, and not in the purpose
	text  func(w *World, x *Invoice) string
}{
	{"a digit more", false, func(w *World, x *Invoice) string {
		return "Rechnung " + pick(w, []string{x.Number + w.digits(1), spoiled(w, x.Number) + w.digits(2)})
	}},
	{"a digit less", false, func(w *World, x *Invoice) string {
		if _, tail := w.split(x); tail[len(tail)-2] == '0' {
			return ""
		}
		return "Rechnung " + x.Number[:len(x.Number)-1] + " vom 12.10.2026"
	}},
	{"a digit before", false, func(w *World, x *Invoice) string {
		head, tail := w.split(x)
		return "facture " + head + fmt.Sprint(1+w.r.IntN(9)) + tail
	}},
	{"another year", false, func(w *World, x *Invoice) string {
		return swapped(x.Number, "2026-", "2024-", "2025-", "2023-")
	}},
	{"another series", false, func(w *World, x *Invoice) string {
		return pick(w, []string{"X", "PO", "GS", "M", "CR", "КП"}) + x.Number
	}},
	{"its digits alone, of a contract", false, func(w *World, x *Invoice) string {
		return fmt.Sprintf(pick(w, []string{"Vertrag %s", "Vertrags-Nr. %s", "contract no. %s", "Оплата по договору № %s", "дог. %s от 01.02.2026", "plata contract nr. %s", "Saldo contratto n. %s", "支付合同%s款", "合同号 %s", "بابت قرارداد شماره %s"}), w.digitsOf(x))
	}},
	{"its digits alone, of an order", false, func(w *World, x *Invoice) string {
		return fmt.Sprintf(pick(w, []string{"Bestellung %s", "Bestellnr. %s", "PO %s", "order no %s", "заказ № %s", "по заявке %s", "comanda %s", "rif. ordine %s", "订单号%s", "سفارش %s"}), w.digitsOf(x))
	}},
	{"its digits alone, of another document", false, func(w *World, x *Invoice) string {
		return fmt.Sprintf(pick(w, []string{"Lieferschein %s", "LS-Nr. %s", "delivery note no. %s", "waybill %s", "receipt no %s", "накладная № %s", "по акту выполненных работ № %s", "накладная от 10.11.2026 № %s", "aviz nr. %s", "chitanța nr %s",
			"DDT n. %s", "bolla n. %s", "送货单号%s", "运单%s", "بارنامه %s", "رسید شماره %s", "commande n° %s", "albarán n. %s", "wz nr %s", "proforma invoice %s"}), w.digitsOf(x))
	}},
	{"a phone", false, func(w *World, x *Invoice) string {
		_, tail := w.split(x)
		return fmt.Sprintf(pick(w, []string{"Tel. %s", "Telefon 030-%s", "тел. +7 495 %s", "phone %s", "电话%s", "تلفن %s", "+49 30 %s-0"}), tail)
	}},
	{"an account", false, func(w *World, x *Invoice) string {
		_, tail := w.split(x)
		return fmt.Sprintf(pick(w, []string{"IBAN DE89 3704 %s 0532 0130 00", "p/c 4070281000000%s", "Konto %s BLZ 37040044", "р/с %s", "conto %s", "账号%s", "حساب %s"}), tail)
	}},
	{"a date", false, func(w *World, x *Invoice) string {
		return pick(w, []string{"20261120", "2026-11-20", "20.11.2026", "Miete 11/2026", "Abo 2026-11", "за ноябрь 2026 г.", "2026/11", "ماه ۱۱ سال ۱۴۰۵", "12-15.11.2026", "2026年11月"})
	}},
	{"a sum", false, func(w *World, x *Invoice) string {
		return fmt.Sprintf(pick(w, []string{"Betrag %s EUR", "Сумма %s", "amount %s", "importo %s", "suma %s lei", "金额%s", "مبلغ %s"}), x.Open.Decimal())
	}},
	{"a week", false, func(w *World, x *Invoice) string {
		_, tail := w.split(x)
		return fmt.Sprintf(pick(w, []string{"Lieferung KW 2026-%s", "week 2026 / %s", "Oktober 2026 / %s Stueck", "2026 %s kg"}), strings.TrimLeft(tail, "0"))
	}},
	{"a part of a number", false, func(w *World, x *Invoice) string {
		_, tail := w.split(x)
		return fmt.Sprintf(pick(w, []string{"77-%s", "4711-%s/2", "%s-77-1", "A%s-B", "00%s7-%[1]s7", "DE%s"}), tail)
	}},
	{"raised digits", false, func(w *World, x *Invoice) string {
		n := x.Number[:len(x.Number)-1]
		if _, tail := w.split(x); tail[len(tail)-2] == '0' {
			return ""
		}
		return "Rechnung " + n + string([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[x.Number[len(x.Number)-1]-'0'])
	}},
	{"marks between digits of a longer number", false, func(w *World, x *Invoice) string {
		return pick(w, []string{"\u202e", "\u200f", "\u0301\u0301\u0301", "\u2066"}) + x.Number + pick(w, []string{"\u200b", "\u0301", "\u202c", "\u200d"}) + w.digits(1)
	}},
	{"a text without end", false, func(w *World, x *Invoice) string {
		return strings.Repeat(pick(w, []string{"Lieferung und Montage ", "оплата ", "货款", "1 2 3 4 ", "a\u0301"}), 90) + strings.Repeat("x ", 1000) + x.Number
	}},
	{"our number cut by us", false, func(w *World, x *Invoice) string {
		s := strings.Repeat("x ", 1000)
		return s[:2000-len(x.Number)] + x.Number + w.digits(2)
	}},
	{"the payer's own id", true, func(w *World, x *Invoice) string {
		return fmt.Sprintf(pick(w, []string{"20261120-%s", "E2E-2026-%s", "%s", "2026-%s", "%sABC", "NOTPROVIDED-%s"}), w.digitsOf(x))
	}},
	{"many numbers", false, func(w *World, x *Invoice) string {
		var s []string
		for range 40 {
			s = append(s, spoiled(w, x.Number))
		}
		return strings.Join(s, " ")
	}},
}

// split is a number without its last run of digits, and that run.
func (w *World) split(x *Invoice) (head, tail string) {
	at := len(x.Number)
	for at > 0 && x.Number[at-1] >= '0' && x.Number[at-1] <= '9' {
		at--
	}
	return x.Number[:at], x.Number[at:]
}

// digitsOf is a number without its letters.
func (w *World) digitsOf(x *Invoice) string {
	return strings.TrimLeft(x.Number, "INVREBKF-/СЧА")
}

// swapped is a number with another year, "" where it has none.
func swapped(s, old string, others ...string) string {
	if !strings.Contains(s, old) {
		return ""
	}
	return strings.Replace(s, old, others[len(s)%len(others)], 1)
}

// spoiled is a number with a digit that is another, so that it is no invoice's.
func spoiled(w *World, s string) string {
	r := []rune(s)
	r[len(r)-1] = '0' + (r[len(r)-1]-'0'+1+rune(w.r.IntN(8)))%10
	return string(r[:len(r)-2]) + "9" + string(r[len(r)-2:])
}
