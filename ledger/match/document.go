package match

import (
	"slices"
	"strings"
	"unicode"
)

// A number behind a word for another document, "накладная 50", "purchase order no. 50", "送货单50", is
// that document's, whatever invoice ends in it: it may be proposed, and is never booked by itself.

// otherDocuments are words for documents that are no invoices: orders, contracts, delivery notes,
// acts, waybills, receipts. Those with a star may go on.
var otherDocuments = readStems(
	"order orders ordernumber orderno ordernr contract* agreement* lease delivery deliveries dispatch* despatch* consignment* shipment* waybill* airwaybill* awb cmr lading grn packing receipt* voucher* "+
		"quote quotation* offer proposal estimate* proforma* requisition* booking* reservation* timesheet* certificate* act acts cheque* check statement forma",
	"auftrag auftrags* auftraege aufträge bestell* lieferschein* lieferavis frachtbrief* ladeschein* quittung* angebot* vertrag* verträge vertraege abnahmeprotokoll* kassenbon kaufvertrag* mietvertrag*",
	"заказ заказа заказу заказом заказы заказам заказов заказе заказнаряд* наряд наряда наряду накладн* договор* контракт контракт* соглашени* спецификаци* приложени* заявк* акт акта акту актом акты актам актов акте "+
		"квитанци* чек чека чеку доверенност* ведомост* упд ттн тн торг ордер* предложени* расписк* полис* спец поручени* реестр* проформ* замовлен* договір договору квитанц* dogovor* dog дог zakaz zakazu zakaza zakazy nakladn* akt aktu akta kontrakt* zayavk* zajavk*",
	"comanda* comand* comenz* contract* ctr aviz* bon bonul bonului chitant* deviz* ofert* nir pv borderou* actul actului aditional* trasura ordin ordinul ordinului",
	"ordine ordini ord contratt* contr ddt ddtn bolla bolle ricevut* scontrin* preventiv* offert* vettura commessa commesse verbal* oda sal buono conferma",
	"سفارش* قرارداد* حواله* بارنامه* رسید* پیشفاکتور* چک فیش قبض سند صورتجلسه* وضعیت خروج تحویل کارت توافقنامه* تفاهمنامه* درخواست*",
	"commande* cde voiture contrat contrats devis bordereau* livraison* bl recu recus pedido* orden ordenes contrato* albaran* recibo* presupuesto* remito* entrega oc guia porte acta actas",
	"zamowieni* zam umow* wz zleceni* paragon* pokwitowani* protokol* protokoł* przewozow* objednavk* smlouv* dodaci rendeles* szallitolevel* bestelling* pakbon* foljesedel* folgeseddel* siparis* irsaliye* sozlesme*",
)

// notDocuments begin like one of them and are people, or are the payer's bank's own words.
var notDocuments = foldAll("auftraggeber", "auftraggebers", "auftraggeberin", "besteller", "bestellers", "заказчик", "заказчика", "contractor", "contractors", "ordinante")

// byOrder are words that with "of" and a name behind them tell who pays.
var byOrder = foldAll("order", "auftrag", "ordine", "ordre")

// betweenWords may stand between a document's name and its number, and say nothing.
var betweenWords = foldAll("of", "dated", "date", "from", "for", "to", "the", "our", "your", "yr", "no", "and", "note", "list", "slip", "vom", "von", "zu", "zum", "zur", "den", "der", "des", "dem", "die", "und", "v", "nos", "numer", "numeru", "cislo",
	"от", "за", "г", "года", "по", "н", "на", "к", "и", "ot", "za", "ob", "номера", "din", "de", "la", "al", "del", "della", "dei", "dello", "di", "d", "du", "le", "les", "el", "los", "data", "si", "e", "et", "y", "z", "dnia", "do", "i", "مورخ", "به", "تاریخ", "از", "و")

var (
	ofWords       = foldAll("of", "von", "des", "di", "de", "d")
	proformaWords = foldAll("proforma", "forma", "پیش")
	contractStem  = folded("договор")
	formNames     = foldAll("торг", "кс") // ТОРГ-12, КС-2: what their numbers say is the form
	payingWords   = foldAll("оплату")     // счет на оплату 50
)

// Words of Chinese stand in one with what is around them.
var (
	hanNumbers   = runesOf("编号 号码 号 單號")
	hanInvoices  = runesOf("发票 账单 帐单")
	hanDocuments = runesOf("形式发票 对账单 对帐单 合同 合約 协议 订单 支票 汇票 收据 凭证 通知书 确认书 报价")
)

const (
	hanTail       = 4  // as many characters may stand between a document's name and the number
	strangersMost = 2  // as many unknown words: договор поставки материалов № 50
	wordsBefore   = 12 // how far is looked back
)

type stems struct {
	whole map[string]bool
	begin map[rune][][]rune // by their first letter
}

func readStems(lists ...string) (s stems) {
	var whole []string
	s.begin = map[rune][][]rune{}
	for _, w := range strings.Fields(strings.Join(lists, " ")) {
		stem, open := strings.CutSuffix(w, "*")
		if whole = append(whole, stem); open {
			w := folded(stem)
			s.begin[w[0]] = append(s.begin[w[0]], w)
		}
	}
	s.whole = foldAll(whole...)
	return s
}

// folded is a word as it stands in texts.
func folded(word string) []rune {
	var t text
	t.fold(word)
	return t.runes
}

func (s *stems) has(w []rune) bool {
	return (s.whole[string(w)] || slices.ContainsFunc(s.begin[w[0]], func(stem []rune) bool { return begins(w, stem) })) && !notDocuments[string(w)]
}

func runesOf(words string) (out [][]rune) {
	for _, w := range strings.Fields(words) {
		out = append(out, []rune(w))
	}
	return out
}

func endsIn(w []rune, list [][]rune) (n int) {
	for _, end := range list {
		if len(end) > n && len(w) >= len(end) && slices.Equal(w[len(w)-len(end):], end) {
			n = len(end)
		}
	}
	return n
}

// otherDocument reports whether the document that is named last before position p, where a number
// with digits of that width stands, is none of invoices.
func (t *text) otherDocument(p, width int) bool {
	strangers, of, month := 0, false, false
	for step := 0; p > 0 && step < wordsBefore; step++ {
		if t.gaps[p] == apart && step > 0 {
			return false
		}
		if isDigit(t.runes[p-1]) {
			from, form := t.passedNumber(p, width, month)
			if form || from < 0 {
				return form
			}
			p = from
			continue
		}
		w := t.nameBefore(p)
		p -= len(w)
		key := string(w)
		switch {
		case unicode.Is(unicode.Han, w[len(w)-1]):
			return hanDocument(w)
		case otherDocuments.has(w) && !t.isInvoiceAlso(w, p):
			return !of || strangers == 0 || !byOrder[key]
		case proformaWords[string(t.wordBefore(p, spaced))] && isInvoiceWord(w) && !numberWords[key]:
			return true
		case isInvoiceWord(w) && !numberWords[key]:
			return false
		}
		of, month = ofWords[key], isMonthWord(w)
		if !month && !numberWords[key] && !betweenWords[key] && !payingWords[key] {
			strangers++
		}
		if strangers > strangersMost {
			return false
		}
	}
	return false
}

// isInvoiceAlso reports whether a word that begins at p is the second half of счет-договор, which is
// an invoice.
func (t *text) isInvoiceAlso(w []rune, p int) bool {
	if p == 0 || t.gaps[p] != dashed || !begins(w, contractStem) {
		return false
	}
	first := t.wordBefore(p, dashed)
	return isInvoiceWord(first) && !numberWords[string(first)]
}

// nameBefore are the letters before p, where single ones with points between are one word: D.D.T.
func (t *text) nameBefore(p int) []rune {
	w := t.wordBefore(p, apart)
	for i := len(w) - 1; i > 0; i-- { // 发货单NO
		if unicode.Is(unicode.Han, w[i]) != unicode.Is(unicode.Han, w[i-1]) {
			return w[i:]
		}
	}
	for len(w) < 4 && p-len(w) > 0 && t.gaps[p-len(w)] == dashed {
		at := p - len(w)
		next := t.wordBefore(at, dashed)
		if len(next) != 1 || at+1 < p && t.gaps[at+1] == joined {
			break
		}
		w = t.runes[at-1 : p]
	}
	return w
}

// passedNumber is where a number that ends at p begins, if it is a date, or one of a list of such
// as stand at its end; -1 for others. Form tells that it belongs to the name of a form.
func (t *text) passedNumber(p, width int, month bool) (from int, form bool) {
	from = -1
	for i := len(t.tokens) - 1; i >= 0; i-- {
		tok := &t.tokens[i]
		if tok.end != p || tok.slips {
			continue
		}
		digits := tok.end - tok.start
		switch {
		case digits <= 2 && formNames[string(t.wordBefore(tok.start, dashed))]:
			return tok.start, true
		case tok.dated, digits == 4 && isAnyYear(tok.value), digits == width, month && digits <= 2:
			from = tok.start
		case digits <= 2 && tok.value >= 1 && tok.value <= 12 && i > 0 && t.linked(&t.tokens[i-1], tok) && t.tokens[i-1].end-t.tokens[i-1].start <= 2: // 31.10
			from = t.tokens[i-1].start
		}
		break
	}
	return from, false
}

func isMonthWord(w []rune) bool {
	return len(w) >= 3 && len(w) <= 9 && monthWords[string(w[:3])]
}

// hanDocument reports whether a run of characters before a number names a document that is no
// invoice: 送货单号, 订单货款.
func hanDocument(w []rune) bool {
	if n := endsIn(w, hanNumbers); n < len(w) {
		w = w[:len(w)-n]
	}
	for rest := 0; rest <= hanTail && len(w) > 1; rest++ {
		switch n := endsIn(w, hanDocuments); {
		case n > 0 && n >= endsIn(w, hanInvoices):
			return true
		case endsIn(w, hanInvoices) > 0:
			return false
		case w[len(w)-1] == '单':
			return true
		}
		w = w[:len(w)-1]
	}
	return false
}

// documentBehind reports whether Chinese behind a number that ends at p says whose it is: 50号合同.
func (t *text) documentBehind(p int) bool {
	if p >= len(t.runes) || t.gaps[p] != joined {
		return false
	}
	w := t.wordBehind(p)
	if end := p + len(w); len(w) < 2 || end < len(t.runes) && t.gaps[end] == joined { // of what follows
		return false
	}
	if w[0] == '号' {
		w = w[1:]
	}
	for n := 2; n <= min(len(w), 3); n++ {
		if endsIn(w[:n], hanInvoices) > 0 {
			return false
		}
		if endsIn(w[:n], hanDocuments) > 0 || w[n-1] == '单' && unicode.Is(unicode.Han, w[0]) {
			return true
		}
	}
	return false
}

// saidOf reports whether the word before position p is one for invoices.
func (t *text) saidOf(p int) bool {
	w := t.wordBefore(p, loose)
	if payingWords[string(w)] { // счет на оплату № 50
		p -= len(w)
		w = t.wordBefore(p, spaced)
		p -= len(w)
		w = t.wordBefore(p, spaced)
		return isInvoiceWord(w) && !numberWords[string(w)]
	}
	return isInvoiceWord(w) || t.isInvoiceAlso(w, p-len(w))
}

// yearBefore is where a year begins that ends at p; p where there is none.
func (t *text) yearBefore(p int) int {
	for i := range t.tokens {
		if tok := &t.tokens[i]; tok.end == p && !tok.slips && tok.end-tok.start == 4 && isAnyYear(tok.value) {
			return tok.start
		}
	}
	return p
}
