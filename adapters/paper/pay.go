package paper

import (
	"strings"

	"duebot/adapters/paper/pdf"

	"github.com/boombuler/barcode/qr"
)

const (
	qrSide  = 90 * pt
	qrQuiet = 8 * pt // free of ink below a code, as readers want it
)

// payment is how to pay: bank details beside a code that the customer's own app reads.
func (l *letter) payment() {
	d := l.doc
	codes := l.codes()
	if len(d.Banks) == 0 && len(codes) == 0 && d.PayLink == "" {
		return
	}
	const gap = 16 * pt
	width := bodyWidth - unit(len(codes))*(qrSide+gap)
	items := l.banks(width)
	beside, high := unit(0), l.total(items)
	for _, c := range codes {
		beside = max(beside, qrSide+qrQuiet+l.height(l.small)*unit(len(l.balanced(c.caption, l.small, qrSide))))
	}
	if d.PayLink != "" {
		high += 34 * pt
	}
	if rest := min(max(high, beside), 500*pt); len(d.Banks) > 0 || d.PayLink != "" {
		l.caption("pay_title", rest)
	} else { // nothing is to be paid
		l.need(rest)
	}
	top, page := l.y, len(l.pages)
	for i, c := range codes {
		l.square(c, edge+width+gap+unit(i)*(qrSide+gap), top)
	}
	l.flow(block{edge, width, items})
	if d.PayLink != "" {
		l.y += 6 * pt
		l.link(d.PayLink, min(width, 150*pt))
	}
	if page == len(l.pages) {
		l.y = max(l.y, top+beside)
	}
}

// banks are the accounts, one below the other.
func (l *letter) banks(width unit) (out []item) {
	for i := range l.doc.Banks {
		bank := l.bank(&l.doc.Banks[i], width)
		if i > 0 && len(bank) > 0 {
			bank[0].before = 7 * pt
		}
		out = append(out, bank...)
	}
	return out
}

// bank is the details of an account, each with its label.
func (l *letter) bank(b *Bank, width unit) (out []item) {
	if b.Text != "" {
		out = l.para(b.Text, l.body, width)
	}
	details := [][2]string{}
	add := func(label, value string) {
		if value != "" {
			details = append(details, [2]string{label, value})
		}
	}
	add(l.words.say("holder"), b.Holder)
	if b.TaxID != "" {
		add("", l.words.taxID(b.TaxID))
	}
	add(l.words.say("bank"), b.Bank)
	add(l.words.say("iban"), grouped(b.IBAN))
	add(l.words.say("account"), b.Account)
	if bicForm.MatchString(bare(b.BIC)) {
		add(l.words.say("swift"), b.BIC)
	} else {
		add(l.words.say("bic"), b.BIC)
	}
	add(l.words.say("correspondent"), b.Correspondent)
	add(l.words.say("state"), l.purpose(b))
	labels := unit(0)
	for _, d := range details {
		labels = max(labels, l.width(d[0], l.body)+14*pt)
	}
	labels = min(labels, width/2)
	for _, d := range details {
		out = append(out, l.detail(d[0], d[1], labels, width)...)
	}
	return out
}

// detail is a label and its value beside each other, either over as many lines as it needs.
func (l *letter) detail(label, value string, labels, width unit) (out []item) {
	muted := style{l.body.size, false, l.muted}
	left, right := l.wrap(label, muted, labels-8*pt), l.wrap(value, l.strong, width-labels)
	for i := range max(len(left), len(right)) {
		it := item{firstSt: muted, restAt: labels, restSt: l.strong}
		if i < len(left) {
			it.first = left[i : i+1]
		}
		if i < len(right) {
			it.rest = right[i : i+1]
		}
		out = append(out, it)
	}
	return out
}

// purpose is what the payer is asked to state.
func (l *letter) purpose(b *Bank) string {
	if b.CreditorNumber != "" {
		return b.CreditorNumber
	}
	if l.doc.Number != "" {
		return l.doc.Number
	}
	// The oldest are enough to tell whose money it is, and a bank's field is short.
	var numbers []string
	for i := range l.doc.Claims[:min(len(l.doc.Claims), 5)] {
		numbers = append(numbers, l.doc.Claims[i].Number)
	}
	return strings.Join(numbers, ", ")
}

// grouped writes an IBAN in fours.
func grouped(iban string) string {
	iban = strings.ReplaceAll(iban, " ", "")
	var out []string
	for len(iban) > 4 {
		out = append(out, iban[:4])
		iban = iban[4:]
	}
	return strings.Join(append(out, iban), "\u00a0")
}

// link is a button that leads to where it can be paid.
func (l *letter) link(url string, width unit) {
	st := style{10000, true, pdf.Color{R: 255, G: 255, B: 255}}
	h := l.height(st) + 10*pt
	l.need(h)
	l.fill(edge, l.y, width, h, l.accent)
	l.write(l.fit(l.words.say("pay_online"), st, width-8*pt), st, edge, l.y+5*pt, width, middle)
	l.page.Link(l.mirror(edge, width), l.y, width, h, url)
	l.y += h
}

// code is a QR code with what it is for.
type code struct{ content, caption string }

// codes are those of this document: one to pay, one to get the next document in the chat.
func (l *letter) codes() (out []code) {
	pay := l.house.NoPayQR
	for i := range l.doc.Banks {
		if content := PaymentQR(&l.doc.Banks[i], l.doc.Total, l.purpose(&l.doc.Banks[i])); content != "" && !pay {
			out = append(out, code{content, l.words.say("qr_bank")})
			pay = true
		}
	}
	if !pay && l.doc.PayLink != "" {
		out = append(out, code{l.doc.PayLink, l.words.say("qr_link")})
	}
	if l.doc.Telegram != "" && !l.house.NoTelegramQR {
		out = append(out, code{l.doc.Telegram, l.words.say("qr_telegram")})
	}
	return out
}

// square draws a QR code and its caption. One that holds too much is left out: the details
// stand beside it.
func (l *letter) square(c code, x, y unit) {
	img, err := qr.Encode(c.content, qr.M, qr.Unicode)
	if err != nil {
		return
	}
	n := img.Bounds().Dx()
	l.page.Squares(l.mirror(x, qrSide), y, qrSide, n, func(column, row int) bool {
		r, _, _, _ := img.At(column, row).RGBA()
		return r == 0
	})
	if strings.HasPrefix(c.content, "https://") { // who reads on the phone cannot point its camera at it
		l.page.Link(l.mirror(x, qrSide), y, qrSide, qrSide, c.content)
	}
	l.write(l.balanced(c.caption, l.small, qrSide), l.small, x, y+qrSide+qrQuiet, qrSide, middle)
}
