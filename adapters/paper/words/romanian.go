package words

import "strings"

var romanian = language{number: countRomanian, sum: sumRomanian, names: map[string]*currency{
	"EUR": {noun{masculine, []string{"euro", "euro"}}, noun{masculine, []string{"cent", "cenți"}}},
	"USD": {noun{masculine, []string{"dolar american", "dolari americani"}}, noun{masculine, []string{"cent", "cenți"}}},
	"GBP": {noun{feminine, []string{"liră sterlină", "lire sterline"}}, noun{masculine, []string{"penny", "pence"}}},
	"CHF": {noun{masculine, []string{"franc elvețian", "franci elvețieni"}}, noun{feminine, []string{"centimă", "centime"}}},
	"RUB": {noun{feminine, []string{"rublă", "ruble"}}, noun{feminine, []string{"copeică", "copeici"}}},
	"RON": {noun{masculine, []string{"leu", "lei"}}, noun{masculine, []string{"ban", "bani"}}},
	"MDL": {noun{masculine, []string{"leu moldovenesc", "lei moldovenești"}}, noun{masculine, []string{"ban", "bani"}}},
	"CNY": {noun{masculine, []string{"yuan chinezesc", "yuani chinezești"}}, noun{masculine, []string{"fen", "feni"}}},
	"IRR": {noun{masculine, []string{"rial iranian", "riali iranieni"}}, noun{masculine, []string{"dinar", "dinari"}}},
	"JPY": {major: noun{masculine, []string{"yen", "yeni"}}},
}}

var (
	unitsRomanian = strings.Fields("zero unu doi trei patru cinci șase șapte opt nouă zece unsprezece doisprezece treisprezece paisprezece cincisprezece șaisprezece șaptesprezece optsprezece nouăsprezece")
	tensRomanian  = strings.Fields("zero zece douăzeci treizeci patruzeci cincizeci șaizeci șaptezeci optzeci nouăzeci")
	powerRomanian = []noun{{}, {feminine, []string{"mie", "mii"}}, {neuter, []string{"milion", "milioane"}},
		{neuter, []string{"miliard", "miliarde"}}, {neuter, []string{"trilion", "trilioane"}}}
)

func countRomanian(n int64, g gender) string {
	if n == 0 {
		return "zero"
	}
	var parts []string
	for _, x := range groups(n) {
		if x.power == 0 {
			parts = append(parts, belowThousandRomanian(x.n, g))
		} else {
			parts = append(parts, counted(int64(x.n), &powerRomanian[x.power]))
		}
	}
	return strings.Join(parts, " ")
}

// counted is a number and what it counts: "un leu", "două lire", "douăzeci de lei",
// "o sută unu lei", "o sută douăzeci de lei".
func counted(n int64, what *noun) string {
	if n == 1 {
		if what.gender == feminine {
			return "o " + what.forms[0]
		}
		return "un " + what.forms[0]
	}
	s := countRomanian(n, what.gender)
	if last := n % 100; n > 0 && (last == 0 || last >= 20) {
		s += " de"
	}
	return s + " " + what.forms[1]
}

func belowThousandRomanian(n int, g gender) string {
	var out []string
	if h := n / 100; h > 0 {
		switch h {
		case 1:
			out = append(out, "o sută")
		default:
			out = append(out, unitRomanian(h, feminine)+" sute")
		}
		n %= 100
	}
	if n >= 20 {
		s := tensRomanian[n/10]
		if n%10 > 0 {
			s += " și " + unitRomanian(n%10, g)
		}
		return strings.Join(append(out, s), " ")
	}
	if n > 0 {
		out = append(out, unitRomanian(n, g))
	}
	return strings.Join(out, " ")
}

// unitRomanian is a number below twenty. What is neuter takes the masculine for one and
// the feminine for more.
func unitRomanian(n int, g gender) string {
	switch {
	case n == 1 && g == feminine:
		return "una"
	case n == 2 && g != masculine:
		return "două"
	case n == 12 && g != masculine:
		return "douăsprezece"
	}
	return unitsRomanian[n]
}

// sumRomanian: "o mie două sute treizeci și patru de lei și cincizeci de bani".
func sumRomanian(_ *language, major, minor int64, c *currency) string {
	s := counted(major, &c.major)
	if minor > 0 {
		s += " și " + counted(minor, &c.minor)
	}
	return s
}
