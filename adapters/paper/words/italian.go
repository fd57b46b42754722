package words

import "strings"

var italian = language{number: countItalian, sum: sumItalian, names: map[string]*currency{
	"EUR": {major: noun{forms: []string{"euro", "euro"}}, minor: noun{forms: hundredths}},
	"USD": {major: noun{forms: []string{"dollaro statunitense", "dollari statunitensi"}}, minor: noun{forms: hundredths}},
	"GBP": {major: noun{feminine, []string{"sterlina", "sterline"}}, minor: noun{forms: hundredths}},
	"CHF": {major: noun{forms: []string{"franco svizzero", "franchi svizzeri"}}, minor: noun{forms: hundredths}},
	"RUB": {major: noun{forms: []string{"rublo russo", "rubli russi"}}, minor: noun{forms: hundredths}},
	"RON": {major: noun{forms: []string{"leu romeno", "lei romeni"}}, minor: noun{forms: hundredths}},
	"MDL": {major: noun{forms: []string{"leu moldavo", "lei moldavi"}}, minor: noun{forms: hundredths}},
	"CNY": {major: noun{forms: []string{"yuan cinese", "yuan cinesi"}}, minor: noun{forms: hundredths}},
	"IRR": {major: noun{forms: []string{"rial iraniano", "rial iraniani"}}, minor: noun{forms: hundredths}},
	"JPY": {major: noun{forms: []string{"yen", "yen"}}},
}}

// hundredths are written in figures after a stroke, and need no name.
var hundredths = []string{"", ""}

var (
	unitsItalian = strings.Fields("zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove")
	tensItalian  = strings.Fields("zero dieci venti trenta quaranta cinquanta sessanta settanta ottanta novanta")
	powerItalian = []noun{{}, {}, {forms: []string{"milione", "milioni"}}, {forms: []string{"miliardo", "miliardi"}}, {forms: []string{"bilione", "bilioni"}}}
)

// countItalian writes what is below a million as one word, as Italian does.
func countItalian(n int64, g gender) string {
	switch {
	case n == 0:
		return "zero"
	case n == 1 && g == feminine:
		return "una"
	}
	var parts []string
	last := ""
	for _, x := range groups(n) {
		switch {
		case x.power == 0:
			last += belowThousandItalian(x.n)
		case x.power == 1 && x.n == 1:
			last += "mille"
		case x.power == 1:
			last += belowThousandItalian(x.n) + "mila"
		case x.n == 1:
			parts = append(parts, "un "+powerItalian[x.power].forms[0])
		default:
			parts = append(parts, accented(belowThousandItalian(x.n))+" "+powerItalian[x.power].forms[1])
		}
	}
	if last != "" {
		parts = append(parts, accented(last))
	}
	return strings.Join(parts, " ")
}

// accented puts the accent on a final -tre that is not the whole word.
func accented(s string) string {
	if stem, ok := strings.CutSuffix(s, "tre"); ok && stem != "" {
		return stem + "tré"
	}
	return s
}

func belowThousandItalian(n int) string {
	s := ""
	if n >= 100 {
		if n >= 200 {
			s = unitsItalian[n/100]
		}
		s += "cento"
		n %= 100
		if n/10 == 8 || n == 8 { // centottanta, centotto
			s = strings.TrimSuffix(s, "o")
		}
	}
	switch {
	case n == 0:
		return s
	case n < 20:
		return s + unitsItalian[n]
	}
	ten := tensItalian[n/10]
	switch n % 10 {
	case 0:
		return s + ten
	case 1, 8: // ventuno, ventotto
		ten = ten[:len(ten)-1]
	}
	return s + ten + unitsItalian[n%10]
}

// sumItalian: "milleduecentotrentaquattro/50 euro".
func sumItalian(_ *language, major, minor int64, c *currency) string {
	s := countItalian(major, c.major.gender)
	name := c.major.forms[1]
	if major == 1 && minor == 0 {
		name = c.major.forms[0]
	}
	if c.minor.forms != nil {
		s += "/" + two(minor)
	}
	return s + " " + name
}
