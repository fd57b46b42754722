package paper

import (
	"time"

	"duebot/ledger"

	"github.com/shopspring/decimal"
)

// invented is who and what a made-up document is about, in its language.
type invented struct {
	name, address string
	lines         [3]string
	unit, note    string
}

var inventions = map[string]invented{
	"en": {"Example Trading Ltd", "1 Sample Street\nBristol BS1 9ZZ\nUnited Kingdom", [3]string{"Consulting, October", "Hosting and maintenance of the customer portal, with a backup every night", "Workshop"}, "h", "The hosting was cancelled."},
	"ru": {"ООО «Пример»", "ул. Образцовая, д. 1\n101000, Москва", [3]string{"Консультационные услуги, октябрь", "Размещение и сопровождение клиентского портала с ежедневным резервным копированием", "Семинар"}, "ч", "Размещение отменено."},
	"ro": {"Exemplu S.R.L.", "Str. Modelului nr. 1\n010101 București\nRomânia", [3]string{"Consultanță, octombrie", "Găzduirea și întreținerea portalului pentru clienți, cu o copie de siguranță în fiecare noapte", "Atelier"}, "ore", "Găzduirea a fost anulată."},
	"it": {"Esempio S.r.l.", "Via del Campione 1\n20121 Milano MI\nItalia", [3]string{"Consulenza, ottobre", "Hosting e manutenzione del portale clienti, con una copia di sicurezza ogni notte", "Seminario"}, "ore", "L'hosting è stato disdetto."},
	"zh": {"示例贸易有限公司", "上海市示例路 1 号\n邮编 200001", [3]string{"咨询服务，十月", "客户门户网站的托管与维护，包括每日备份", "培训"}, "小时", "托管服务已取消。"},
	"fa": {"شرکت نمونه", "تهران، خیابان نمونه، شمارهٔ ۱", [3]string{"مشاوره، مهر ماه", "میزبانی و نگه\u200cداری درگاه مشتریان، با پشتیبان\u200cگیری هر شب", "کارگاه"}, "ساعت", "میزبانی لغو شد."},
}

// Kinds are the kinds of documents, in the order in which a company meets them.
func Kinds() []Kind { return kindList }

// Preview is a made-up document of a company, by which it sees what its look makes of one
// before anybody gets one. Its numbers are no document's.
func (l *Letterhead) Preview(kind Kind, lang string, currency ledger.Currency, on ledger.Date) *Document {
	who := inventions[lang]
	y, m, day := on.Parts()
	money := func(minor int64) ledger.Money { return ledger.Money{Minor: minor, Currency: currency} }
	d := &Document{Kind: kind, Template: Template, Lang: lang, Number: "XXX-0000-000000", Date: on, Due: on.AddDays(14), Issued: time.Date(y, m, day, 0, 0, 0, 0, time.UTC),
		Seller: l.Seller, Buyer: Party{Name: who.name, Address: who.address}, Currency: currency, Banks: l.BanksFor(currency), Discount: money(0), OnAccount: money(0)}
	d.goods(who)
	if kind == Invoice || kind == Deposit || kind == Dunning {
		d.Telegram = "https://invitation.example/" // which leads nowhere
	}
	switch kind {
	case Credit:
		d.Due, d.Reason, d.Banks, d.References = 0, who.note, nil, []Reference{{"about", "XXX-0000-000001"}}
	case Act, Delivery:
		d.Due, d.Banks, d.References = 0, nil, []Reference{{"about", "XXX-0000-000001"}}
	case Receipt:
		d.Number, d.Due, d.Lines, d.Taxes, d.Banks = "P-0", 0, nil, nil, nil
		d.Settled = []Settled{{"XXX-0000-000001", d.Total, money(0)}}
	case Voucher:
		d.Number, d.Due, d.Lines, d.Taxes, d.Banks, d.Reason = "CASHOUT-0000-000000", 0, nil, nil, nil, who.note
	case Statement, Reconciliation:
		d.account(who)
	case Dunning:
		d.Number, d.Due, d.Lines, d.Taxes = "", 0, nil, nil
		d.Claims = []Claim{{"XXX-0000-000001", on.AddDays(-40), 40, d.Total}}
		if words, err := speechOf(lang, l.Texts[lang]); err == nil { // else there is no language to write it in
			d.Letter = words.say("letter", "buyer", apart(who.name), "amount", words.money(d.Total))
		}
	}
	return d
}

// goods are three lines with two rates of tax.
func (d *Document) goods(who invented) {
	money := func(minor int64) ledger.Money { return ledger.Money{Minor: minor, Currency: d.Currency} }
	add := func(at int, quantity, price, tax int64, unit string, kind ledger.TaxKind) {
		net := decimal.NewFromInt(quantity * price).Shift(d.Currency.Exponent()).IntPart()
		d.Lines = append(d.Lines, Line{Text: who.lines[at], Quantity: decimal.NewFromInt(quantity), Unit: unit, Price: decimal.NewFromInt(price), Tax: decimal.NewFromInt(tax), Kind: kind, Amount: money(net)})
		d.Taxes = append(d.Taxes, ledger.TaxSum{Rate: decimal.NewFromInt(tax), Base: money(net), Tax: money(net * tax / 100), Kind: kind})
	}
	add(0, 24, 120, 20, who.unit, ledger.TaxStandard)
	add(1, 1, 300, 20, "", ledger.TaxStandard)
	add(2, 2, 450, 10, "", ledger.TaxReduced)
	d.Taxes[0].Base, d.Taxes[0].Tax = d.Taxes[0].Base.Add(d.Taxes[1].Base), d.Taxes[0].Tax.Add(d.Taxes[1].Tax)
	d.Taxes = []ledger.TaxSum{d.Taxes[0], d.Taxes[2]}
	d.Net = d.Taxes[0].Base.Add(d.Taxes[1].Base)
	d.Total = d.Net.Add(d.Taxes[0].Tax).Add(d.Taxes[1].Tax)
}

// account is a month with an invoice and a payment.
func (d *Document) account(who invented) {
	zero := ledger.Money{Currency: d.Currency}
	d.From, d.To = d.Date.AddDays(-30), d.Date
	half := ledger.Money{Minor: d.Total.Minor / 2, Currency: d.Currency}
	d.Accounts = []Account{{Currency: d.Currency, Opening: zero, Debits: d.Total, Credits: half, Closing: d.Total.Sub(half), Entries: []Entry{
		{Date: d.From.AddDays(3), Text: "XXX-0000-000001", Debit: d.Total, Credit: zero, Balance: d.Total},
		{Date: d.From.AddDays(17), Text: "P-0", Debit: zero, Credit: half, Balance: d.Total.Sub(half)}}}}
	d.Number, d.Due, d.Lines, d.Taxes = "", 0, nil, nil
	d.Total, d.Net = d.Total.Sub(half), zero
}
