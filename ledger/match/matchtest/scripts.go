package matchtest

import (
	"fmt"
	"strings"

	"duebot/ledger"
)

// pair is a word in its own script, and as it is written abroad.
type pair struct{ own, abroad string }

// brand is the part of a name that tells a company.
type brand = pair

// script is how companies of a country are called, and how they write of what they pay.
type script struct {
	currency ledger.Currency
	account  string // what an account's number begins with
	make     func(w *World) brand
	trades   []pair
	towns    []pair
	forms    []pair // legal forms
	form     string // %[1]s brand, %[2]s trade, %[3]s legal form, %[4]s town
	abroad   string // the same, as it is written abroad
	purposes []string
	vague    []string
	digits   string // of its own; "" for none
}

func (s *script) name(c *Customer) string {
	return fmt.Sprintf(s.form, c.brand.own, c.trade.own, s.forms[c.form].own, c.town.own)
}

func (s *script) nameAbroad(c *Customer) string {
	return fmt.Sprintf(s.abroad, c.brand.abroad, c.trade.abroad, s.forms[c.form].abroad, c.town.abroad)
}

// both are pairs of words that are the same abroad.
func both(words string) (out []pair) {
	for _, w := range strings.Fields(words) {
		out = append(out, pair{w, plainLatin(w)})
	}
	return out
}

// pairs are words with what they are abroad: "фулад=fulad".
func pairs(words string) (out []pair) {
	for _, w := range strings.Fields(words) {
		own, abroad, _ := strings.Cut(w, "=")
		out = append(out, pair{strings.ReplaceAll(own, "_", " "), strings.ReplaceAll(abroad, "_", " ")})
	}
	return out
}

// syllables makes brands of two or three syllables.
func syllables(list string, abroad func(string) string) func(w *World) brand {
	all := strings.Fields(list)
	return func(w *World) brand {
		s := pick(w, all) + pick(w, all)
		if w.chance(60) {
			s += pick(w, all)
		}
		r := []rune(s)
		s = strings.ToUpper(string(r[0])) + string(r[1:])
		return brand{s, abroad(s)}
	}
}

// compounds makes brands of two words.
func compounds(list []pair, between string) func(w *World) brand {
	return func(w *World) brand {
		a, b := pick(w, list), pick(w, list)
		return brand{a.own + between + b.own, a.abroad + between + b.abroad}
	}
}

var scripts = []script{
	{currency: "EUR", account: "DE", make: syllables("lin den hof bran mar kel sor ti na vel do ri kas ten bau gra mer wil hol fen ster ulm", plainLatin),
		trades: both("Maschinenbau Logistik Consulting Handel Systeme Verlag Metall Papier Energie Medien"), towns: both("Berlin Köln München Leipzig Bremen"),
		forms: both("GmbH AG KG UG Ltd Inc"), form: "%[1]s %[2]s %[3]s", abroad: "%[1]s %[2]s %[3]s",
		purposes: []string{"Rechnung %s vom 12.10.2026", "RE-NR. %s KD-NR. 104233", "Invoice %s", "Payment for invoice %s, contract 77-0042", "%s", "SVWZ+Rechnung %s", "Rechnungsnr. %s Kundennummer 4711 Tel. 030 1234567", "Inv. %s / PO 450012345"},
		vague:    []string{"Zahlung", "Ihre Lieferung vom 03.11.2026", "Sammelzahlung laut Avis vom 11.11.2026", "Dauerauftrag 4711", "thank you", "Kundennummer 20260042 Vertrag 2026/77", ""}},
	{currency: "RUB", account: "40702810", make: syllables("ром ваш ка тех строй мир вос ток лес про гра нит ве га сев ер зор кий ял та бор щук чер няв", latinOfRussian),
		trades: pairs("Торг=Torg Сервис=Servis Логистика=Logistika Строй=Stroy Металл=Metall Продукт=Produkt Инжиниринг=Inzhiniring"), towns: pairs("Москва=Moskva Казань=Kazan Пермь=Perm"),
		forms: pairs("ООО=OOO АО=AO ЗАО=ZAO ПАО=PAO"), form: "%[3]s «%[1]s %[2]s»", abroad: "%[3]s %[1]s %[2]s",
		purposes: []string{"Оплата по счету № %s от 12.10.2026 г. В т.ч. НДС 20%% - 1666.67", "Оплата по счёту %s за услуги, НДС не облагается", "За товар по сч. %s, дог. 0042/26 от 01.02.2026", "Счет %s. Сумма 12000-00", "(VO10100) Оплата счета %s"},
		vague:    []string{"Оплата за услуги связи, НДС 20%", "Оплата по договору 0042/26 от 01.02.2026", "Частичная оплата задолженности по акту сверки", "Предоплата за товар", "Оплата за октябрь 2026"}},
	{currency: "RON", account: "RO", make: syllables("bră ila con sta măr uș ten do ru cio că lă raș sal ve dor na ți pre mio rița", plainLatin),
		trades: both("Construct Comerț Servicii Transport Agro Impex Prod Invest"), towns: both("Cluj Iași Brașov Timișoara"),
		forms: []pair{{"S.R.L.", "SRL"}, {"SRL", "S R L"}, {"S.A.", "SA"}, {"S.C.", "SC"}}, form: "%[1]s %[2]s %[3]s", abroad: "%[1]s %[2]s %[3]s",
		purposes: []string{"Plata factura %s", "CV FACT %s DIN 12.10.2026", "plata fact. nr. %s contract 42/2026", "C/V marfa cf. factura %s", "%s"},
		vague:    []string{"plata marfa", "plata sold", "cv servicii luna octombrie 2026", "plata contract 1024/2026", "avans"}},
	{currency: "EUR", account: "IT", make: syllables("ros si bian chi fer ra ri col om bo mon te ver di gal lo ta no pel li ci", plainLatin),
		trades: both("Costruzioni Servizi Meccanica Tessile Alimentari Trasporti Impianti"), towns: both("Milano Torino Bologna"),
		forms: []pair{{"S.p.A.", "SPA"}, {"S.r.l.", "SRL"}, {"S.n.c.", "S N C"}, {"s.a.s.", "SAS"}}, form: "%[1]s %[2]s %[3]s", abroad: "%[1]s %[2]s %[3]s",
		purposes: []string{"Saldo fattura n. %s del 12/10/2026", "PAGAMENTO FATT. %s", "Bonifico per fattura %s - CIG Z1A2B3C4D5", "ft %s", "Pagamento fatture %s rif. ordine 4500077"},
		vague:    []string{"saldo", "bonifico a vostro favore", "acconto lavori ottobre 2026", "rif. contratto 2026/118", "pagamento estratto conto"}},
	{currency: "CNY", account: "6222", make: compounds(pairs("红=hong 星=xing 华=hua 盛=sheng 东=dong 方=fang 金=jin 龙=long 海=hai 天=tian 瑞=rui 丰=feng 宏=hong 达=da 新=xin 源=yuan 明=ming 辉=hui 恒=heng 泰=tai 永=yong 兴=xing 嘉=jia 美=mei 鑫=xin 诚=cheng 博=bo 远=yuan 正=zheng 大=da"), ""),
		trades: pairs("科技=technology 贸易=trading 电子=dianzi 机械=jixie 食品=shipin 实业=shiye 建材=jiancai 物流=wuliu"), towns: pairs("上海=shanghai 北京=beijing 深圳=shenzhen 广州=guangzhou 杭州=hangzhou 苏州=suzhou 青岛=qingdao"),
		forms: pairs("有限公司=CO_LTD 股份有限公司=CO_LTD 有限责任公司=CO_LTD"), form: "%[4]s%[1]s%[2]s%[3]s", abroad: "%[4]s %[1]s %[2]s %[3]s",
		purposes: []string{"货款 发票号%s", "支付%s号发票款", "付款：%s", "INVOICE %s", "合同2026-042 发票 %s"},
		vague:    []string{"货款", "往来款", "合同2026-042款项", "服务费 2026年10月", "payment"}},
	{currency: "IRR", account: "IR", make: compounds(pairs("فولاد=Foolad آذر=Azar پارس=Pars نور=Noor آسیا=Asia مهر=Mehr کیان=Kian سپهر=Sepehr البرز=Alborz دماوند=Damavand زاگرس=Zagros خزر=Khazar سهند=Sahand نیکان=Nikan آریا=Aria تابان=Taban گستر=Gostar سازان=Sazan پویا=Pouya رایان=Rayan بهار=Bahar کاوه=Kaveh رستم=Rostam شهاب=Shahab پیشرو=Pishro توسعه=Toseeh فراز=Faraz ساحل=Sahel سرو=Sarv نگین=Negin هیرمند=Hirmand آرمان=Arman پرتو=Parto صدرا=Sadra میلاد=Milad اروند=Arvand کارون=Karoon توس=Toos بامداد=Bamdad یاران=Yaran سامان=Saman دانا=Dana امید=Omid همراه=Hamrah"), " "),
		trades: pairs("بازرگانی=Bazargani صنعت=Sanat تجارت=Tejarat خدمات=Khadamat ساختمانی=Sakhtemani غذایی=Ghazaei نساجی=Nassaji دارویی=Darouei"), towns: pairs("تهران=Tehran شیراز=Shiraz تبریز=Tabriz"),
		forms: pairs("سهامی_خاص=Co سهامی_عام=PJSC بامسئولیت_محدود=Ltd"), form: "شرکت %[2]s %[1]s (%[3]s)", abroad: "%[1]s %[2]s %[3]s",
		purposes: []string{"بابت فاکتور %s", "پرداخت صورتحساب شماره %s مورخ ۱۴۰۵/۰۷/۲۰", "واریز بابت %s", "فاکتور شماره %s قرارداد ۴۲/۱۴۰۵"},
		vague:    []string{"واریز", "بابت خرید کالا", "پرداخت قرارداد ۴۲/۱۴۰۵", "علی\u200cالحساب", "تسویه حساب مهر ۱۴۰۵"}, digits: "۰۱۲۳۴۵۶۷۸۹"},
}

// plainLatin drops what the letters of banks do not have.
func plainLatin(s string) string {
	return strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "Ä", "AE", "Ö", "OE", "Ü", "UE", "ă", "a", "â", "a", "î", "i", "ș", "s", "ț", "t", "Ș", "S", "Ț", "T", "è", "e", "à", "a").Replace(s)
}

// latinOfRussian is how banks write Cyrillic abroad.
func latinOfRussian(s string) string {
	return strings.NewReplacer("а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ё", "e", "ж", "zh", "з", "z", "и", "i", "й", "y", "к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p",
		"р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "kh", "ц", "ts", "ч", "ch", "ш", "sh", "щ", "shch", "ъ", "", "ы", "y", "ь", "", "э", "e", "ю", "yu", "я", "ya",
		"А", "A", "Б", "B", "В", "V", "Г", "G", "Д", "D", "Е", "E", "Ё", "E", "Ж", "Zh", "З", "Z", "И", "I", "Й", "Y", "К", "K", "Л", "L", "М", "M", "Н", "N", "О", "O", "П", "P", "Р", "R", "С", "S",
		"Т", "T", "У", "U", "Ф", "F", "Х", "Kh", "Ц", "Ts", "Ч", "Ch", "Ш", "Sh", "Щ", "Shch", "Ы", "Y", "Э", "E", "Ю", "Yu", "Я", "Ya", "№", "N").Replace(s)
}
