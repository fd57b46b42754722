package demo

import (
	"fmt"

	"duebot/ledger"
)

// Chat is a Telegram chat of the demo: one person of one customer.
type Chat struct {
	ID                  int64 // of the chat and of the person, from 2001
	FirstName, LastName string
	Username            string // without the @
	Lang                string // of the person's program, two letters
}

// firstChat is the id of the first customer's chat; the others follow in order of the table.
const firstChat = 2001

// Chats lists the chats, one per customer that is linked, in order of id. The first is
// Anna Keller's of Acme.
func Chats() []Chat {
	var out []Chat
	for _, c := range clients() {
		if c.chat.ID != 0 {
			out = append(out, c.chat)
		}
	}
	return out
}

// habit is how a customer pays: days from the due date to the payment, which lie within
// spread of mean and mostly near it.
type habit struct{ mean, spread int }

// The habits. Whoever is late or bad also leaves invoices lying.
var (
	early  = habit{-6, 5}
	prompt = habit{-1, 4}
	slow   = habit{7, 7}
	late   = habit{20, 12}
	bad    = habit{36, 22}
)

// phone is the number of customer number i: of those that are kept for films, where a country has
// such, else one that nobody is given.
func (c *client) phone(i int) string {
	switch c.zone {
	case london:
		return fmt.Sprintf("+44 20 7946 0%03d", i)
	case rome:
		return fmt.Sprintf("+39 02 0000 0%03d", i)
	case bucharest:
		return fmt.Sprintf("+40 31 000 0%03d", i)
	case newYork:
		return fmt.Sprintf("+1 212 555 01%02d", i)
	case almaty:
		return fmt.Sprintf("+7 727 000 0%03d", i)
	case shanghai:
		return fmt.Sprintf("+86 21 0000 0%03d", i)
	case dubai:
		return fmt.Sprintf("+971 4 000 0%03d", i)
	}
	return fmt.Sprintf("+49 30 23125 %03d", i)
}

// lax reports whether h leaves invoices lying.
func (h habit) lax() bool { return h == late || h == bad }

// client is a customer of the demo: who he is, what he buys, how he pays.
type client struct {
	handle, name string
	chat         Chat   // the zero Chat: nobody is linked
	mail         string // reached by e-mail; "": he is not
	lang, zone   string
	own          bool // his invoices speak his language, else English
	currency     ledger.Currency
	netDays      int
	local        bool // in Germany: with VAT
	owner        string

	habit  habit
	byLink int // percent of his payments that come by link, the rest by bank

	rate   int64  // of an hour's work, major units
	care   phrase // what the monthly fee is for
	fee    int64  // monthly, major units; 0: none
	host   int64  // monthly, major units; 0: none
	day    int    // of the month on which he gets the monthly invoice
	weight int    // his share of single jobs
	joined int    // percent of the two years gone when he came
	left   int    // percent gone when he left; 0: he is still with us

	id ledger.CustomerID // once he is booked
}

// The people of the studio who look after customers.
const (
	sofia = "USALES0001"
	farid = "UFINANCE01"
	marta = "UMANAGER01"
)

const (
	berlin    = "Europe/Berlin"
	london    = "Europe/London"
	rome      = "Europe/Rome"
	bucharest = "Europe/Bucharest"
	newYork   = "America/New_York"
	almaty    = "Asia/Almaty"
	shanghai  = "Asia/Shanghai"
	dubai     = "Asia/Dubai"
)

// clients returns the customers, fresh, in order of their table. Acme is the first.
func clients() []*client {
	var all []*client
	for _, group := range [][]client{german(), british(), american(), russian(), romanian(), italian(), chinese(), persian()} {
		for i := range group {
			all = append(all, &group[i])
		}
	}
	days := []int{1, 15, 26, 8}
	for i, c := range all {
		c.day = days[i%len(days)]
		if c.owner == "" {
			c.owner = sofia
		}
		if c.chat.FirstName != "" {
			c.chat.ID, c.chat.Lang = firstChat+int64(i), c.lang
		}
	}
	return all
}

// person is who speaks for a customer.
func person(first, last, user string) Chat {
	return Chat{FirstName: first, LastName: last, Username: user}
}

// german lists those whom the studio writes to in English and charges VAT. The last is not
// reached at all, so that staff have somebody to invite.
func german() []client {
	group := []client{
		{handle: "acme", name: "Acme GmbH", chat: person("Anna", "Keller", "anna_keller_acme"), netDays: 14, habit: prompt, byLink: 60, rate: 120},
		{handle: "nordhafen", name: "Nordhafen Logistik GmbH", chat: person("Jens", "Petersen", "jens_nordhafen"), netDays: 30, habit: prompt, byLink: 0, rate: 115, care: retainer, fee: 4200, host: 240, weight: 7, owner: marta},
		{handle: "kupferblau", name: "Kupferblau Kaffeerösterei", chat: person("Lena", "Vogt", "lena_kupferblau"), netDays: 14, habit: slow, byLink: 70, rate: 95, host: 49, weight: 3},
		{handle: "spreewerk", name: "Spreewerk Maschinenbau AG", chat: person("Thomas", "Brandl", "t_brandl"), netDays: 30, habit: prompt, byLink: 0, rate: 125, care: support, fee: 2900, host: 190, weight: 8, owner: marta},
		{handle: "hellwig", name: "Hellwig & Partner Rechtsanwälte", mail: "kanzlei@hellwig.example", netDays: 14, habit: early, byLink: 20, rate: 118, care: support, fee: 390, host: 69, weight: 3},
		{handle: "lumenta", name: "Lumenta Health GmbH", mail: "rechnung@lumenta.example", netDays: 30, habit: slow, byLink: 30, rate: 122, care: support, fee: 3600, host: 420, weight: 7, joined: 18, owner: marta},
		{handle: "tierpark", name: "Tierarztpraxis am Park", chat: person("Beate", "Lorenz", "praxis_lorenz"), netDays: 14, habit: prompt, byLink: 80, rate: 90, host: 39, weight: 2, joined: 9},
		{handle: "rotfuchs", name: "Rotfuchs Spielverlag", chat: person("Paul", "Rotermund", "paul_rotfuchs"), netDays: 14, habit: late, byLink: 45, rate: 98, weight: 5},
		{handle: "zweirad", name: "Zweirad Ostkreuz", netDays: 14, habit: bad, byLink: 0, rate: 88, weight: 3, joined: 26},
	}
	for i := range group {
		c := &group[i]
		c.lang, c.zone, c.currency, c.local = "en", berlin, "EUR", true
	}
	return group
}

func british() []client {
	group := []client{
		{handle: "hartwell", name: "Hartwell & Finch Ltd", chat: person("Oliver", "Finch", "oliver_finch"), netDays: 30, habit: prompt, byLink: 40, rate: 98, care: retainer, fee: 2400, host: 120, weight: 5},
		{handle: "pennine", name: "Pennine Outdoor Company", chat: person("Grace", "Holroyd", "grace_pennine"), netDays: 14, habit: slow, byLink: 65, rate: 92, weight: 4},
		{handle: "quayside", name: "Quayside Theatre Trust", chat: person("Imogen", "Clarke", "imogen_quayside"), netDays: 30, habit: late, byLink: 30, rate: 84, weight: 4, joined: 12},
	}
	for i := range group {
		c := &group[i]
		c.lang, c.zone, c.currency = "en", london, "GBP"
	}
	return group
}

func american() []client {
	group := []client{
		{handle: "bluefern", name: "Bluefern Analytics Inc.", chat: person("Jordan", "Reyes", "jordan_bluefern"), netDays: 30, habit: prompt, byLink: 80, rate: 135, care: support, fee: 3800, weight: 5, joined: 6, owner: marta},
		{handle: "harborlane", name: "Harbor Lane Media LLC", chat: person("Dana", "Whitfield", "dana_harborlane"), netDays: 30, habit: late, byLink: 60, rate: 125, weight: 4},
	}
	for i := range group {
		c := &group[i]
		c.lang, c.zone, c.currency = "en", newYork, "USD"
	}
	return group
}

func russian() []client {
	group := []client{
		{handle: "kolosok", name: "Пекарня «Колосок»", chat: person("Ирина", "Лебедева", "irina_kolosok"), zone: berlin, local: true, currency: "EUR", netDays: 14, habit: prompt, byLink: 75, rate: 92, host: 45, weight: 3},
		{handle: "altay", name: "ТОО «Алтай Экспресс»", chat: person("Нурлан", "Сейтказин", "nurlan_altay"), zone: almaty, currency: "USD", netDays: 30, habit: slow, byLink: 25, rate: 110, care: support, fee: 1900, host: 140, weight: 5, owner: marta},
		{handle: "polaris", name: "Издательство «Полярный круг»", chat: person("Михаил", "Орлов", "m_orlov_books"), zone: berlin, local: true, currency: "EUR", netDays: 14, habit: late, byLink: 40, rate: 96, weight: 4},
		{handle: "steppe", name: "Студия «Степной ветер»", chat: person("Айгерим", "Жумабаева", "aigerim_steppe"), zone: almaty, currency: "USD", netDays: 14, habit: prompt, byLink: 70, rate: 95, weight: 3, joined: 22},
		{handle: "zarya", name: "Медицинский центр «Ясная заря»", chat: person("Ольга", "Ким", "olga_kim_med"), zone: almaty, currency: "EUR", netDays: 30, habit: bad, byLink: 20, rate: 99, weight: 3},
		{handle: "glagol", name: "Языковая школа «Глагол и Ко»", chat: person("Елена", "Соколова", "elena_glagol"), zone: berlin, local: true, currency: "EUR", netDays: 14, habit: early, byLink: 85, rate: 90, care: support, fee: 240, host: 39, weight: 2, left: 74},
	}
	for i := range group {
		group[i].lang, group[i].own = "ru", i%2 == 0
	}
	return group
}

func romanian() []client {
	group := []client{
		{handle: "carpati", name: "Carpați Pixel SRL", chat: person("Andrei", "Munteanu", "andrei_carpati"), currency: "RON", netDays: 30, habit: prompt, byLink: 50, rate: 420, care: retainer, fee: 9500, host: 450, weight: 5},
		{handle: "dunavia", name: "Dunavia Transport SA", chat: person("Ioana", "Dumitrescu", "ioana_dunavia"), currency: "RON", netDays: 45, habit: slow, byLink: 10, rate: 440, weight: 5, owner: marta},
		{handle: "vinaria", name: "Vinăria Dealul Roșu SRL", chat: person("Mihai", "Ciobanu", "mihai_vinaria"), currency: "RON", netDays: 14, habit: late, byLink: 40, rate: 390, host: 290, weight: 3, joined: 14},
		{handle: "salvia", name: "Farmaciile Salvia Verde SRL", chat: person("Elena", "Stan", "elena_salvia"), currency: "RON", netDays: 30, habit: early, byLink: 30, rate: 400, weight: 3},
		{handle: "zimbru", name: "Zimbrul Construct SRL", chat: person("Victor", "Rusu", "victor_zimbrul"), currency: "EUR", netDays: 30, habit: bad, byLink: 15, rate: 92, weight: 4},
		{handle: "orizont", name: "Orizont Călător SRL", chat: person("Raluca", "Popa", "raluca_orizont"), currency: "EUR", netDays: 14, habit: prompt, byLink: 70, rate: 90, care: support, fee: 320, host: 59, weight: 3},
	}
	for i := range group {
		group[i].lang, group[i].zone, group[i].own = "ro", bucharest, i%2 == 0
	}
	return group
}

func italian() []client {
	group := []client{
		{handle: "belvedere", name: "Cantine Belvedere Alto S.r.l.", chat: person("Giulia", "Ferrero", "giulia_belvedere"), netDays: 30, habit: slow, byLink: 45, rate: 99, host: 79, weight: 4},
		{handle: "officina", name: "Officina Valdora S.p.A.", chat: person("Marco", "Gallo", "marco_gallo_ov"), netDays: 60, habit: prompt, byLink: 0, rate: 118, care: retainer, fee: 3900, host: 180, weight: 7, owner: marta},
		{handle: "lavanda", name: "Profumeria Lavanda e Sale", chat: person("Chiara", "Rinaldi", "chiara_lavanda"), netDays: 14, habit: early, byLink: 85, rate: 88, host: 35, weight: 2},
		{handle: "pontelungo", name: "Pontelungo Editore", chat: person("Davide", "Serra", "davide_pontelungo"), netDays: 30, habit: late, byLink: 35, rate: 94, weight: 4},
		{handle: "settelune", name: "Gelateria Sette Lune", chat: person("Sara", "Conti", "sara_settelune"), netDays: 14, habit: prompt, byLink: 90, rate: 85, host: 35, weight: 2, joined: 31},
		{handle: "valserena", name: "Cooperativa Val Serena", chat: person("Luca", "Marchetti", "luca_valserena"), netDays: 45, habit: slow, byLink: 20, rate: 96, weight: 4, left: 81},
	}
	for i := range group {
		c := &group[i]
		c.lang, c.zone, c.currency, c.own = "it", rome, "EUR", i%2 == 0
	}
	return group
}

func chinese() []client {
	group := []client{
		{handle: "qinghe", name: "上海清禾智能科技有限公司", chat: person("志远", "陈", "chen_zhiyuan_qh"), zone: shanghai, currency: "USD", netDays: 30, habit: prompt, byLink: 20, rate: 118, care: support, fee: 3100, host: 260, weight: 6, owner: marta},
		{handle: "yunshan", name: "云杉空间设计顾问", chat: person("雨桐", "林", "lin_yutong"), zone: shanghai, currency: "USD", netDays: 14, habit: slow, byLink: 60, rate: 105, weight: 4},
		{handle: "jinli", name: "锦鲤小馆（柏林）", chat: person("建国", "王", "wang_jinli_berlin"), zone: berlin, local: true, currency: "EUR", netDays: 14, habit: prompt, byLink: 80, rate: 90, host: 45, weight: 2},
		{handle: "haitang", name: "海棠书局", chat: person("敏", "周", "zhou_min_books"), zone: shanghai, currency: "EUR", netDays: 30, habit: late, byLink: 30, rate: 98, weight: 3, joined: 11},
		{handle: "hengtai", name: "恒泰岭精密机械有限公司", chat: person("海涛", "刘", "liu_haitao_ht"), zone: shanghai, currency: "EUR", netDays: 45, habit: bad, byLink: 5, rate: 112, weight: 4},
	}
	for i := range group {
		group[i].lang, group[i].own = "zh", i%2 == 0
	}
	return group
}

func persian() []client {
	group := []client{
		{handle: "simorgh", name: "استودیو سیمرغ نو", chat: person("نیلوفر", "رحیمی", "niloofar_simorgh"), zone: berlin, local: true, currency: "EUR", netDays: 14, habit: prompt, byLink: 65, rate: 94, host: 49, weight: 3},
		{handle: "aria", name: "بازرگانی آریا پل", chat: person("رضا", "کاظمی", "reza_aria"), zone: dubai, currency: "USD", netDays: 30, habit: slow, byLink: 30, rate: 112, care: support, fee: 1450, host: 110, weight: 4},
		{handle: "baran", name: "کلینیک باران شرق", chat: person("شیرین", "محمدی", "shirin_baran"), zone: dubai, currency: "USD", netDays: 30, habit: late, byLink: 40, rate: 104, weight: 3, joined: 8},
		{handle: "damavand", name: "فناوری دماوند آبی", chat: person("بهرام", "توکلی", "bahram_damavand"), zone: dubai, currency: "EUR", netDays: 30, habit: early, byLink: 55, rate: 108, weight: 4},
	}
	for i := range group {
		group[i].lang, group[i].own = "fa", i%2 == 0
	}
	return group
}
