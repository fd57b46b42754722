package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// languages are the columns of a phrase.
var languages = []string{"en", "ru", "ro", "it", "zh", "fa"}

// phrase is a line of an invoice in each language. {month} stands for month and year, {i}
// and {n} for a milestone and how many there are.
type phrase [6]string

// in words p in a language.
func (p phrase) in(lang string) string { return p[column(lang)] }

// isZero reports whether p says nothing.
func (p phrase) isZero() bool { return p == phrase{} }

func column(lang string) int {
	for i, l := range languages {
		if l == lang {
			return i
		}
	}
	return 0
}

// What customers pay for by the month.
var (
	support = phrase{"Support and maintenance, {month}", "Поддержка и обслуживание, {month}", "Suport și mentenanță, {month}",
		"Assistenza e manutenzione, {month}", "技术支持与维护，{month}", "پشتیبانی و نگهداری، {month}"}
	retainer = phrase{"Design retainer, {month}", "Абонемент на дизайн, {month}", "Abonament de design, {month}",
		"Canone mensile di design, {month}", "设计服务月费，{month}", "قرارداد ماهانهٔ طراحی، {month}"}
	hosting = phrase{"Managed hosting, {month}", "Хостинг с сопровождением, {month}", "Găzduire administrată, {month}",
		"Hosting gestito, {month}", "网站托管，{month}", "میزبانی وب، {month}"}
)

// byHour is work that is charged by the hour at the end of a month.
func byHour() []phrase {
	return []phrase{
		{"Development, {month}", "Разработка, {month}", "Dezvoltare software, {month}", "Sviluppo software, {month}", "软件开发，{month}", "برنامه\u200cنویسی، {month}"},
		{"Interface design, {month}", "Дизайн интерфейса, {month}", "Design de interfață, {month}", "Design dell'interfaccia, {month}", "界面设计，{month}", "طراحی رابط کاربری، {month}"},
		{"Consulting, {month}", "Консультации, {month}", "Consultanță, {month}", "Consulenza, {month}", "咨询服务，{month}", "مشاوره، {month}"},
		{"Content editing, {month}", "Редактура материалов, {month}", "Redactare de conținut, {month}", "Redazione dei contenuti, {month}", "内容编辑，{month}", "ویرایش محتوا، {month}"},
	}
}

// projects are charged by milestones.
func projects() []phrase {
	return []phrase{
		{"Website relaunch, milestone {i} of {n}", "Новый сайт, этап {i} из {n}", "Relansare site, etapa {i} din {n}", "Nuovo sito, fase {i} di {n}", "网站改版，第{i}期（共{n}期）", "بازطراحی وب\u200cسایت، مرحلهٔ {i} از {n}"},
		{"Mobile app, milestone {i} of {n}", "Мобильное приложение, этап {i} из {n}", "Aplicație mobilă, etapa {i} din {n}", "App mobile, fase {i} di {n}", "移动应用，第{i}期（共{n}期）", "اپلیکیشن موبایل، مرحلهٔ {i} از {n}"},
		{"Online shop, milestone {i} of {n}", "Интернет-магазин, этап {i} из {n}", "Magazin online, etapa {i} din {n}", "Negozio online, fase {i} di {n}", "网上商城，第{i}期（共{n}期）", "فروشگاه اینترنتی، مرحلهٔ {i} از {n}"},
		{"Booking system, milestone {i} of {n}", "Система бронирования, этап {i} из {n}", "Sistem de rezervări, etapa {i} din {n}", "Sistema di prenotazione, fase {i} di {n}", "预订系统，第{i}期（共{n}期）", "سامانهٔ رزرو، مرحلهٔ {i} از {n}"},
		{"Customer portal, milestone {i} of {n}", "Личный кабинет, этап {i} из {n}", "Portal pentru clienți, etapa {i} din {n}", "Portale clienti, fase {i} di {n}", "客户门户，第{i}期（共{n}期）", "درگاه مشتریان، مرحلهٔ {i} از {n}"},
	}
}

// piece is work at a fixed price, worth between from and to hours.
type piece struct {
	words    phrase
	from, to int
}

func pieces() []piece {
	return []piece{
		{phrase{"Logo and brand guidelines", "Логотип и фирменный стиль", "Logo și manual de identitate", "Logo e linee guida del marchio", "标志与品牌规范", "لوگو و راهنمای برند"}, 24, 60},
		{phrase{"Accessibility audit", "Аудит доступности", "Audit de accesibilitate", "Verifica di accessibilità", "无障碍审查", "ممیزی دسترس\u200cپذیری"}, 12, 28},
		{phrase{"User research workshop", "Воркшоп с пользователями", "Atelier cu utilizatori", "Workshop con gli utenti", "用户研究工作坊", "کارگاه پژوهش کاربر"}, 10, 24},
		{phrase{"Product photography", "Предметная съёмка", "Fotografie de produs", "Fotografie di prodotto", "产品摄影", "عکاسی محصول"}, 6, 18},
		{phrase{"Landing page", "Посадочная страница", "Pagină de prezentare", "Landing page", "活动落地页", "صفحهٔ فرود"}, 10, 26},
		{phrase{"Newsletter templates", "Шаблоны рассылки", "Șabloane de newsletter", "Modelli per newsletter", "邮件通讯模板", "قالب\u200cهای خبرنامه"}, 5, 12},
		{phrase{"Annual report layout", "Вёрстка годового отчёта", "Tehnoredactare raport anual", "Impaginazione del bilancio", "年度报告排版", "صفحه\u200cآرایی گزارش سالانه"}, 20, 44},
		{phrase{"Trade fair graphics", "Графика для выставки", "Grafică pentru târg", "Grafica per la fiera", "展会平面设计", "گرافیک نمایشگاه"}, 14, 36},
		{phrase{"Search engine review", "Поисковый аудит", "Analiză SEO", "Analisi SEO", "搜索优化评估", "بررسی سئو"}, 6, 14},
		{phrase{"Analytics setup", "Настройка аналитики", "Configurare analytics", "Configurazione analytics", "数据分析配置", "راه\u200cاندازی تحلیل داده"}, 4, 12},
		{phrase{"Packaging design", "Дизайн упаковки", "Design de ambalaj", "Design del packaging", "包装设计", "طراحی بسته\u200cبندی"}, 16, 40},
		{phrase{"Translation of the website", "Перевод сайта", "Traducerea site-ului", "Traduzione del sito", "网站翻译", "ترجمهٔ وب\u200cسایت"}, 8, 30},
	}
}

// extras are what is charged beside a piece of work, in hundredths of an hour's rate.
func extras() []piece {
	return []piece{
		{phrase{"Travel expenses", "Дорожные расходы", "Cheltuieli de deplasare", "Spese di viaggio", "差旅费", "هزینهٔ سفر"}, 80, 310},
		{phrase{"Stock photos", "Стоковые фотографии", "Fotografii de stoc", "Foto d'archivio", "图库图片", "عکس\u200cهای آرشیوی"}, 30, 140},
		{phrase{"Font licence", "Лицензия на шрифт", "Licență de font", "Licenza del carattere", "字体授权", "مجوز فونت"}, 60, 260},
		{phrase{"Domain, one year", "Домен на год", "Domeniu, un an", "Dominio, un anno", "域名（一年）", "دامنه، یک سال"}, 15, 30},
	}
}

// months are the names of the months as they stand beside a year, from January on.
var months = map[string][]string{
	"en": strings.Fields("January February March April May June July August September October November December"),
	"ru": strings.Fields("январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"),
	"ro": strings.Fields("ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie"),
	"it": strings.Fields("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
	"fa": strings.Fields("ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر"),
}

// monthText names the month of day.
func monthText(day ledger.Date, lang string) string {
	year, month, _ := day.Parts()
	switch lang {
	case "zh":
		return fmt.Sprintf("%d年%d月", year, int(month))
	case "ru":
		return fmt.Sprintf("%s %d г.", months[lang][month-1], year)
	}
	return localDigits(fmt.Sprintf("%s %d", months[lang][month-1], year), lang)
}

// localDigits writes Persian with its own digits.
func localDigits(s, lang string) string {
	if lang != "fa" {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '۰'
		}
		return r
	}, s)
}

// speech is the language of c's invoices.
func (c *client) speech() string {
	if c.own {
		return c.lang
	}
	return "en"
}

// line makes an invoice line of c's. The month named is that of day.
func (c *client) line(p phrase, day ledger.Date, quantity, price decimal.Decimal) ledger.Line {
	words := strings.ReplaceAll(p.in(c.speech()), "{month}", monthText(day, c.speech()))
	l := ledger.Line{Text: words, Quantity: quantity, Price: price}
	c.taxed(&l)
	return l
}

// vat is the German rate.
var vat = decimal.NewFromInt(19)

// taxed taxes a line of a German studio: at home with its rate; what it does for a business
// abroad is taxed there, in the European Union by the recipient himself.
func (c *client) taxed(l *ledger.Line) {
	switch {
	case c.local:
		l.Tax = vat
	case c.zone == rome || c.zone == bucharest:
		l.Kind, l.Why = ledger.TaxReverse, map[string]string{"ro": "art. 196 din Directiva 2006/112/CE", "it": "art. 196 della direttiva 2006/112/CE"}[c.lang]
	default:
		l.Kind, l.Why = ledger.TaxExempt, map[string]string{
			"en": "the place of supply is outside Germany, § 3a (2) UStG",
			"ru": "место оказания услуг находится за пределами Германии, § 3a (2) UStG",
			"zh": "服务提供地在德国境外，依据德国增值税法（UStG）第3a条第2款",
			"fa": "محل ارائهٔ خدمات خارج از آلمان است، بند ۲ مادهٔ 3a قانون UStG آلمان",
		}[c.lang]
	}
}

var one = decimal.NewFromInt(1)

// monthly are the lines of c's monthly invoice. A year after the beginning the fee rises by
// four percent, as contracts have it.
func (c *client) monthly(day ledger.Date, raised bool) []ledger.Line {
	fee, host := c.fee, c.host
	if raised {
		fee += fee / 25 / 10 * 10
	}
	var out []ledger.Line
	if fee > 0 {
		out = append(out, c.line(c.care, day, one, decimal.NewFromInt(fee)))
	}
	if host > 0 {
		out = append(out, c.line(hosting, day, one, decimal.NewFromInt(host)))
	}
	return out
}

// hours are the lines of a month's work by the hour, in quarters of an hour.
func (c *client) hours(rng *rand.Rand, day ledger.Date) []ledger.Line {
	kinds := byHour()
	first := rng.IntN(len(kinds))
	out := []ledger.Line{c.line(kinds[first], day, quarters(rng, 4, 32), decimal.NewFromInt(c.rate))}
	if rng.IntN(3) == 0 {
		second := (first + 1 + rng.IntN(len(kinds)-1)) % len(kinds)
		out = append(out, c.line(kinds[second], day, quarters(rng, 2, 16), decimal.NewFromInt(c.rate)))
	}
	return out
}

// quarters is a number of hours between from and to.
func quarters(rng *rand.Rand, from, to int) decimal.Decimal {
	return decimal.New(int64(4*from+rng.IntN(4*(to-from))), 0).Div(decimal.NewFromInt(4))
}

// milestone is the line of one part of a project, worth so many hours.
func (c *client) milestone(p phrase, i, n, hours int) []ledger.Line {
	lang := c.speech()
	for k := range p {
		p[k] = strings.NewReplacer("{i}", localDigits(strconv.Itoa(i), lang), "{n}", localDigits(strconv.Itoa(n), lang)).Replace(p[k])
	}
	return []ledger.Line{c.line(p, 0, one, nice(c.rate*int64(hours), 100))}
}

// single are the lines of a piece of work at a fixed price, at times with something beside it.
func (c *client) single(rng *rand.Rand, day ledger.Date) []ledger.Line {
	all := pieces()
	p := all[rng.IntN(len(all))]
	hours := p.from + rng.IntN(p.to-p.from+1)
	out := []ledger.Line{c.line(p.words, day, one, nice(c.rate*int64(hours), 10))}
	if rng.IntN(4) == 0 {
		more := extras()
		x := more[rng.IntN(len(more))]
		cents := c.rate * int64(x.from+rng.IntN(x.to-x.from+1))
		out = append(out, c.line(x.words, day, one, decimal.New(cents, -2)))
	}
	return out
}

// nice rounds a price up to a multiple of step.
func nice(price, step int64) decimal.Decimal {
	return decimal.NewFromInt((price + step - 1) / step * step)
}

// workday reports whether the studio works on day: no weekend and none of the fixed holidays.
func workday(day ledger.Date) bool {
	if wd := day.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return false
	}
	switch _, month, d := day.Parts(); month {
	case time.January, time.May:
		return d != 1
	case time.October:
		return d != 3
	case time.December:
		return d < 24 || d > 26 && d < 31
	}
	return true
}
