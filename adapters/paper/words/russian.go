package words

import "strings"

var russian = language{number: countRussian, sum: sumRussian, names: map[string]*currency{
	"EUR": {noun{masculine, []string{"евро", "евро", "евро"}}, cents},
	"USD": {noun{masculine, []string{"доллар США", "доллара США", "долларов США"}}, cents},
	"GBP": {noun{masculine, []string{"фунт стерлингов", "фунта стерлингов", "фунтов стерлингов"}}, noun{masculine, []string{"пенс", "пенса", "пенсов"}}},
	"CHF": {noun{masculine, []string{"швейцарский франк", "швейцарских франка", "швейцарских франков"}}, noun{masculine, []string{"сантим", "сантима", "сантимов"}}},
	"RUB": {noun{masculine, []string{"рубль", "рубля", "рублей"}}, noun{feminine, []string{"копейка", "копейки", "копеек"}}},
	"RON": {noun{masculine, []string{"румынский лей", "румынских лея", "румынских леев"}}, noun{masculine, []string{"бан", "бана", "банов"}}},
	"MDL": {noun{masculine, []string{"молдавский лей", "молдавских лея", "молдавских леев"}}, noun{masculine, []string{"бан", "бана", "банов"}}},
	"CNY": {noun{masculine, []string{"китайский юань", "китайских юаня", "китайских юаней"}}, noun{masculine, []string{"фынь", "фыня", "фыней"}}},
	"IRR": {noun{masculine, []string{"иранский риал", "иранских риала", "иранских риалов"}}, noun{masculine, []string{"динар", "динара", "динаров"}}},
	"JPY": {major: noun{feminine, []string{"иена", "иены", "иен"}}},
}}

var (
	cents = noun{masculine, []string{"цент", "цента", "центов"}}

	unitsRussian    = strings.Fields("ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать")
	tensRussian     = strings.Fields("ноль десять двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто")
	hundredsRussian = strings.Fields("ноль сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот")
	powersRussian   = []noun{{}, {feminine, []string{"тысяча", "тысячи", "тысяч"}}, {masculine, []string{"миллион", "миллиона", "миллионов"}},
		{masculine, []string{"миллиард", "миллиарда", "миллиардов"}}, {masculine, []string{"триллион", "триллиона", "триллионов"}}}
)

// russian is the form of a noun after a number: 1 рубль, 2 рубля, 5 рублей, 11 рублей.
func (n *noun) russian(count int64) string {
	last, teen := count%10, count%100/10 == 1
	switch {
	case last == 1 && !teen:
		return n.forms[0]
	case last >= 2 && last <= 4 && !teen:
		return n.forms[1]
	}
	return n.forms[2]
}

func countRussian(n int64, g gender) string {
	if n == 0 {
		return "ноль"
	}
	var parts []string
	for _, x := range groups(n) {
		if x.power == 0 {
			parts = append(parts, belowThousandRussian(x.n, g)...)
			continue
		}
		power := &powersRussian[x.power]
		parts = append(append(parts, belowThousandRussian(x.n, power.gender)...), power.russian(int64(x.n)))
	}
	return strings.Join(parts, " ")
}

func belowThousandRussian(n int, g gender) (out []string) {
	if n >= 100 {
		out = append(out, hundredsRussian[n/100])
		n %= 100
	}
	if n >= 20 {
		out = append(out, tensRussian[n/10])
		n %= 10
	}
	switch {
	case n == 0:
	case n == 1 && g == feminine:
		out = append(out, "одна")
	case n == 2 && g == feminine:
		out = append(out, "две")
	default:
		out = append(out, unitsRussian[n])
	}
	return out
}

// sumRussian: "одна тысяча двести тридцать четыре рубля 50 копеек"; the part is in figures.
func sumRussian(_ *language, major, minor int64, c *currency) string {
	s := countRussian(major, c.major.gender) + " " + c.major.russian(major)
	if c.minor.forms != nil {
		s += " " + two(minor) + " " + c.minor.russian(minor)
	}
	return s
}
