package words

import "strings"

var english = language{number: countEnglish, sum: sumEnglish, names: map[string]*currency{
	"EUR": {noun{forms: []string{"euro", "euros"}}, noun{forms: []string{"cent", "cents"}}},
	"USD": {noun{forms: []string{"US dollar", "US dollars"}}, noun{forms: []string{"cent", "cents"}}},
	"GBP": {noun{forms: []string{"pound sterling", "pounds sterling"}}, noun{forms: []string{"penny", "pence"}}},
	"CHF": {noun{forms: []string{"Swiss franc", "Swiss francs"}}, noun{forms: []string{"centime", "centimes"}}},
	"RUB": {noun{forms: []string{"Russian ruble", "Russian rubles"}}, noun{forms: []string{"kopeck", "kopecks"}}},
	"RON": {noun{forms: []string{"Romanian leu", "Romanian lei"}}, noun{forms: []string{"ban", "bani"}}},
	"MDL": {noun{forms: []string{"Moldovan leu", "Moldovan lei"}}, noun{forms: []string{"ban", "bani"}}},
	"CNY": {noun{forms: []string{"Chinese yuan", "Chinese yuan"}}, noun{forms: []string{"fen", "fen"}}},
	"IRR": {noun{forms: []string{"Iranian rial", "Iranian rials"}}, noun{forms: []string{"dinar", "dinars"}}},
	"JPY": {major: noun{forms: []string{"yen", "yen"}}},
}}

var (
	belowTwenty = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	tens        = strings.Fields("zero ten twenty thirty forty fifty sixty seventy eighty ninety")
	thousands   = []string{"", " thousand", " million", " billion", " trillion"}
)

func countEnglish(n int64, _ gender) string {
	if n == 0 {
		return "zero"
	}
	var parts []string
	for _, g := range groups(n) {
		s := hundredsEnglish(g.n) + thousands[g.power]
		if g.power == 0 && g.n < 100 && n > 999 {
			s = "and " + s
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

func hundredsEnglish(n int) string {
	s := ""
	if n >= 100 {
		s = belowTwenty[n/100] + " hundred"
		if n %= 100; n == 0 {
			return s
		}
		s += " and "
	}
	if n < 20 {
		return s + belowTwenty[n]
	}
	s += tens[n/10]
	if n%10 > 0 {
		s += "-" + belowTwenty[n%10]
	}
	return s
}

func (n *noun) english(count int64) string {
	if count == 1 {
		return n.forms[0]
	}
	return n.forms[1]
}

// sumEnglish: "one thousand two hundred and thirty-four euros and fifty cents".
func sumEnglish(_ *language, major, minor int64, c *currency) string {
	s := countEnglish(major, masculine) + " " + c.major.english(major)
	if minor > 0 {
		s += " and " + countEnglish(minor, masculine) + " " + c.minor.english(minor)
	}
	return s
}
