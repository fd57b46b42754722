package commands

import "strings"

// calendar is how a language names days. Weekdays begin with Sunday, months with January;
// names of one day or month are separated by a bar, the short ones after them.
type calendar struct {
	dayFirst bool   // 3/4 is the third of April; where it is neither, that is asked
	monFirst bool   // 3/4 is the fourth of March
	weekdays string // full names
	shortDay string // short ones: read only where the company writes the language
	months   string // full and short ones, in the forms that stand beside a day
	days     string // word=days from today
	next     string // before or after a weekday: that of the next week
	within   string // before a count: from today on
	later    string // after a count: from today on
	counts   string // one, two, three, four, in words
	before   string // words before a day that change nothing
	ago      string // after a count: before today
	units    string // word=days, or word=months with an m behind
	monthEnd string // the last day of this month
}

// calendars are the languages in which days are read, whatever the company's.
var calendars = map[string]*calendar{
	"en": {
		weekdays: "sunday monday tuesday wednesday thursday friday saturday", shortDay: "sun mon tue|tues wed thu|thur|thurs fri sat",
		months: "january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sept|sep october|oct november|nov december|dec",
		days:   "today=0 tomorrow=1 yesterday=-1", next: "next", within: "in", ago: "ago", later: "later", counts: "one|a|an two three four", before: "on|by|until|till|the",
		units: "day=1 days=1 week=7 weeks=7 month=1m months=1m fortnight=14", monthEnd: "eom|end of month|end of the month",
	},
	"ru": {dayFirst: true,
		weekdays: "воскресенье|воскресенью понедельник|понедельнику вторник|вторнику среда|среду|среде четверг|четвергу пятница|пятницу|пятнице суббота|субботу|субботе", shortDay: "вс пн вт ср чт пт сб",
		months: "января|янв|январь февраля|фев|февр|февраль марта|мар|март апреля|апр|апрель мая|май июня|июн|июнь июля|июл|июль августа|авг|август сентября|сен|сент|сентябрь октября|окт|октябрь ноября|ноя|нояб|ноябрь декабря|дек|декабрь",
		days:   "сегодня=0 завтра=1 послезавтра=2 вчера=-1 позавчера=-2", next: "следующий|следующая|следующую|следующее|след", within: "через", ago: "назад", counts: "один|одну две|два три четыре", before: "в|во|до|к|ко|на",
		units: "день=1 дня=1 дней=1 неделю=7 неделя=7 недели=7 недель=7 месяц=1m месяца=1m месяцев=1m", monthEnd: "конец месяца|конца месяца|до конца месяца",
	},
	"ro": {dayFirst: true,
		weekdays: "duminică luni marți miercuri joi vineri sâmbătă", shortDay: "dum lun mar mie joi vin sâm",
		months: "ianuarie|ian februarie|feb martie|mar aprilie|apr mai iunie|iun iulie|iul august|aug septembrie|sept|sep octombrie|oct noiembrie|noi|nov decembrie|dec",
		days:   "azi=0 astăzi=0 mâine=1 poimâine=2 ieri=-1", next: "următoarea|următorul|viitoare|viitor", within: "peste|în", ago: "", counts: "o|un|una două|doi trei patru", before: "pe|până|la|de|în",
		units: "zi=1 zile=1 săptămână=7 săptămâni=7 lună=1m luni=1m", monthEnd: "sfârșitul lunii",
	},
	"it": {dayFirst: true,
		weekdays: "domenica lunedì martedì mercoledì giovedì venerdì sabato", shortDay: "dom lun mar mer gio ven sab",
		months: "gennaio|gen febbraio|feb marzo|mar aprile|apr maggio|mag giugno|giu luglio|lug agosto|ago settembre|set|sett ottobre|ott novembre|nov dicembre|dic",
		days:   "oggi=0 domani=1 dopodomani=2 ieri=-1", next: "prossimo|prossima", within: "tra|fra", ago: "fa", counts: "un|una|uno due tre quattro", before: "il|entro|per|di|da",
		units: "giorno=1 giorni=1 settimana=7 settimane=7 mese=1m mesi=1m", monthEnd: "fine mese",
	},
	"zh": {monFirst: true,
		weekdays: "星期日|星期天|周日|周天|礼拜日|礼拜天 星期一|周一|礼拜一 星期二|周二|礼拜二 星期三|周三|礼拜三 星期四|周四|礼拜四 星期五|周五|礼拜五 星期六|周六|礼拜六",
		days:     "今天=0 明天=1 后天=2 昨天=-1 前天=-2", next: "下|下个", monthEnd: "月底|本月底",
	},
	"fa": {
		weekdays: "یکشنبه دوشنبه سه_شنبه|سهشنبه چهارشنبه پنجشنبه جمعه شنبه",
		months:   "ژانویه فوریه مارس آوریل مه|می ژوئن ژوئیه|جولای اوت|آگوست سپتامبر اکتبر نوامبر دسامبر",
		days:     "امروز=0 فردا=1 دیروز=-1 پسفردا=2 پس_فردا=2", next: "آینده|بعد", within: "تا", later: "دیگر|بعد", counts: "یک دو سه چهار", before: "تا|در|روز", units: "روز=1 هفته=7 ماه=1m", monthEnd: "آخر ماه|پایان ماه",
	},
}

// oneOf reports which of a row of names a word is, from 0; -1 for none. A name of two words
// has a low line between them.
func oneOf(row, word string) int {
	word = bare(word)
	for i, names := range strings.Fields(row) {
		for name := range strings.SplitSeq(strings.ReplaceAll(names, "_", " "), "|") {
			if word != "" && bare(name) == word {
				return i
			}
		}
	}
	return -1
}

// has reports whether a word is one of those that bars separate.
func has(list, word string) bool {
	for name := range strings.SplitSeq(list, "|") {
		if name != "" && bare(name) == bare(word) {
			return true
		}
	}
	return false
}

// bare is a word as names of days are compared: a full stop that shortens it, accents that a
// phone leaves out and joiners do not matter.
func bare(s string) string {
	return unaccented.Replace(strings.TrimSuffix(s, "."))
}

var unaccented = strings.NewReplacer("ă", "a", "â", "a", "î", "i", "ș", "s", "ş", "s", "ț", "t", "ţ", "t", "ì", "i", "é", "e", "ё", "е",
	"\u200c", "", "ي", "ی", "ك", "ک")

// valueOf is what a row of word=value says of a word.
func valueOf(row, word string) (string, bool) {
	for pair := range strings.FieldsSeq(row) {
		if name, value, _ := strings.Cut(pair, "="); bare(name) == bare(word) {
			return value, true
		}
	}
	return "", false
}
