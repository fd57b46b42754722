package paper

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
	"time"

	"duebot/ledger"

	"github.com/shopspring/decimal"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// logo is a made-up mark, with corners that are see-through.
func logo() []byte {
	img := image.NewNRGBA(image.Rect(0, 0, 240, 80))
	for y := range 80 {
		for x := range 240 {
			dx, dy := x-40, y-40
			if dx*dx+dy*dy < 38*38 && (x+y)%20 < 14 || x > 90 && y > 30 && y < 50 && x < 235 {
				img.Set(x, y, color.NRGBA{0x1f, 0x4e, 0x79, 255})
			}
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img)
	return b.Bytes()
}

type sampleWords struct {
	seller, buyer Party
	lines         []string
	unit          string
	note          string
	currency      ledger.Currency
	bank          Bank
	reason        string
	entries       [3]string
	exempt        string
	letter        string
}

var lindenhof = Party{Name: "Lindenhof Studio GmbH", Address: "Lindenstraße 12\n10969 Berlin\nDeutschland", TaxID: "DE 123456788", Lines: []string{"billing@lindenhof.example"}}

var euroBank = Bank{Holder: "Lindenhof Studio GmbH", Bank: "Deutsche Kreditbank Berlin", IBAN: "DE02120300000000202051", BIC: "BYLADEM1001"}

var samples = map[string]sampleWords{
	"en": {lindenhof, Party{Name: "Acme Trading Ltd", Address: "14 Harbour Road\nBristol BS1 4QA\nUnited Kingdom", TaxID: "GB 123 4567 82"},
		[]string{"Consulting, October", "Hosting and maintenance of the customer portal, including backups every night and a report every month", "On-site workshop"}, "h", "Thank you for your business.", "EUR", euroBank, "The hosting was cancelled on 5 October.",
		[3]string{"Invoice INV-2026-000017", "Payment P-12", "Credit note CN-2026-000003"},
		"export of services", "Despite our reminders, the invoices below are still open. Please pay them by 30 November 2026, or tell us what stands in the way."},
	"ru": {Party{Name: "ООО «Линденхоф Студия»", Address: "ул. Большая Ордынка, д. 40, стр. 3\n119017, Москва", TaxID: "7701234567", Lines: []string{"КПП 770101001", "ОГРН 1157746123456"}},
		Party{Name: "АО «Ромашка»", Address: "наб. реки Мойки, д. 12\n191186, Санкт-Петербург", TaxID: "7812345678"},
		[]string{"Консультационные услуги, октябрь", "Размещение и сопровождение клиентского портала, включая ежедневное резервное копирование и ежемесячный отчёт", "Выездной семинар"}, "ч", "Спасибо, что работаете с нами.", "RUB",
		Bank{Holder: "ООО «Линденхоф Студия»", Bank: "ПАО Сбербанк", Account: "40702810400000012345", BIC: "044525225", Correspondent: "30101810400000000225", TaxID: "7701234567", Reason: "770101001"}, "Хостинг отменён с 5 октября.",
		[3]string{"Счёт INV-2026-000017", "Платёж P-12", "Кредит-нота CN-2026-000003"},
		"экспорт услуг", "Несмотря на наши напоминания, перечисленные ниже счета не оплачены. Просим оплатить их не позднее 30 ноября 2026 г. или сообщить, что этому мешает."},
	"ro": {lindenhof, Party{Name: "Țesătoria Brașov S.R.L.", Address: "Str. Republicii nr. 5\n500030 Brașov\nRomânia", TaxID: "RO 18547290"},
		[]string{"Consultanță, octombrie", "Găzduirea și întreținerea portalului pentru clienți, cu copii de siguranță în fiecare noapte și un raport lunar", "Atelier la sediul clientului"}, "ore", "Vă mulțumim pentru colaborare.", "EUR", euroBank, "Găzduirea a fost anulată din 5 octombrie.",
		[3]string{"Notă INV-2026-000017", "Plata P-12", "Notă de credit CN-2026-000003"},
		"export de servicii", "Deși v-am mai reamintit, documentele de mai jos nu sunt achitate. Vă rugăm să le plătiți până la 30 noiembrie 2026 sau să ne spuneți ce vă împiedică."},
	"it": {lindenhof, Party{Name: "Officine Meccaniche Più S.p.A.", Address: "Via dell'Università 7\n20122 Milano MI\nItalia", TaxID: "IT 01234567890"},
		[]string{"Consulenza, ottobre", "Hosting e manutenzione del portale clienti, con copie di sicurezza ogni notte e un rapporto mensile", "Seminario presso il cliente"}, "ore", "Grazie per la collaborazione.", "EUR", euroBank, "L'hosting è stato disdetto dal 5 ottobre.",
		[3]string{"Richiesta INV-2026-000017", "Pagamento P-12", "Nota di accredito CN-2026-000003"},
		"servizi resi all'estero", "Nonostante i nostri solleciti, i documenti elencati sotto risultano non pagati. Vi preghiamo di saldarli entro il 30 novembre 2026 o di dirci che cosa lo impedisce."},
	"zh": {Party{Name: "林登霍夫设计（上海）有限公司", Address: "上海市黄浦区南京东路 100 号\n邮编 200001", TaxID: "91310000MA1FL0000X"}, Party{Name: "深圳市镕堃贸易有限公司", Address: "广东省深圳市南山区科技园路 8 号\n邮编 518057", TaxID: "91440300MA5DA0000Y"},
		[]string{"咨询服务，十月", "客户门户网站的托管与维护，包括每日备份和每月报告，以及在工作时间内对用户问题的及时答复", "现场培训"}, "小时", "感谢您的惠顾。", "CNY",
		Bank{Holder: "林登霍夫设计（上海）有限公司", Bank: "中国工商银行上海市分行", Account: "1001 2345 6789 0123 456"}, "托管服务已于10月5日取消。",
		[3]string{"付款通知书 INV-2026-000017", "付款 P-12", "贷项通知书 CN-2026-000003"},
		"出口服务", "经多次提醒，下列款项仍未付清。请于2026年11月30日（含）前付款，或告知未能付款的原因。"},
	"fa": {Party{Name: "شرکت لیندن\u200cهوف (سهامی خاص)", Address: "تهران، خیابان ولیعصر، شمارهٔ ۱۲\nکد پستی ۱۹۶۷۷", TaxID: "۱۰۱۰۱۲۳۴۵۶۷"}, Party{Name: "بازرگانی آریا و پسران", Address: "اصفهان، خیابان چهارباغ بالا، پلاک ۴۵", TaxID: "۱۴۰۰۵۶۷۸۹۰۱"},
		[]string{"مشاوره، مهر ماه", "میزبانی و نگه\u200cداری درگاه مشتریان، با پشتیبان\u200cگیری هر شب و گزارش ماهانه (Hosting Pro) برای همهٔ کاربران", "کارگاه در محل مشتری"}, "ساعت", "از همکاری شما سپاسگزاریم.", "EUR", euroBank, "میزبانی از ۱۳ مهر لغو شد.",
		[3]string{"درخواست INV-2026-000017", "پرداخت P-12", "اعلامیهٔ بستانکار CN-2026-000003"},
		"صادرات خدمات", "با وجود یادآوری\u200cهای ما، موارد زیر هنوز پرداخت نشده است. خواهشمندیم تا ۹ آذر ۱۴۰۵ پرداخت کنید یا بفرمایید چه چیزی مانع آن است."},
}

// invoice makes a document of a language with n lines beyond the first three.
func invoice(lang string, n int) *Document {
	w := samples[lang]
	cur := w.currency
	money := func(minor int64) ledger.Money { return ledger.Money{Minor: minor, Currency: cur} }
	d := &Document{Kind: Invoice, Template: Template, Lang: lang, Number: "INV-2026-000042", Date: ledger.NewDate(2026, 11, 21), Due: ledger.NewDate(2026, 12, 5),
		Supplied: ledger.NewDate(2026, 11, 15), Issued: time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC), Seller: w.seller, Buyer: w.buyer, Currency: cur,
		References: []Reference{{"order", "PO-4711/26"}, {"contract", "C-19"}},
		Early:      &Early{Until: ledger.NewDate(2026, 11, 30), Save: money(8620)},
		Banks:      []Bank{w.bank}, PayLink: "https://pay.lindenhof.example/i/7Q2K9D", Telegram: "https://t.me/lindenhof_bot?start=Zk3x9Qw7LmN2", Note: w.note}
	add := func(text, quantity, price, off, tax string, kind ledger.TaxKind, minor int64) {
		d.Lines = append(d.Lines, Line{Text: text, Quantity: dec(quantity), Unit: w.unit, Price: dec(price), Discount: dec(off), Tax: dec(tax), Kind: kind, Amount: money(minor)})
	}
	add(w.lines[0], "24", "120", "0", "19", ledger.TaxStandard, 288000)
	add(w.lines[1], "1", "99.5", "10", "19", ledger.TaxStandard, 8955)
	add(w.lines[2], "6.5", "95", "0", "7", ledger.TaxReduced, 61750)
	net := int64(288000 + 8955 + 61750)
	for i := range n {
		add(w.lines[i%3], "2", "10.25", "0", "19", ledger.TaxStandard, 2050)
		net += 2050
	}
	base := net - 61750
	tax, reduced := base*19/100, int64(61750*7/100)
	d.Taxes = []ledger.TaxSum{{Rate: dec("19"), Base: money(base), Tax: money(tax)}, {Rate: dec("7"), Base: money(61750), Tax: money(reduced), Kind: ledger.TaxReduced}}
	d.Net, d.Discount, d.Total = money(net), money(0), money(net+tax+reduced)
	d.Early.Pay = d.Total.Sub(d.Early.Save)
	return d
}

func house() *House {
	return &House{Logo: logo(), Footer: map[string]string{
		"en": "Lindenhof Studio GmbH · Lindenstraße 12 · 10969 Berlin · HRB 123456 B, Amtsgericht Charlottenburg · Managing director: Jana Linden"}}
}

func drawn(t testing.TB, h *House, d *Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := h.Draw(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestInvoice(t *testing.T) {
	for _, lang := range Languages {
		for name, n := range map[string]int{"": 0, "-long": 40} {
			d := invoice(lang, n)
			got := drawn(t, house(), d)
			if !bytes.Equal(got, drawn(t, house(), d)) {
				t.Errorf("%s: the same document has other bytes", lang)
			}
			if len(got) > 100_000 {
				t.Errorf("%s: %d bytes", lang, len(got))
			}
			keep(t, "invoice-"+lang+name+".pdf", got)
		}
	}
}
