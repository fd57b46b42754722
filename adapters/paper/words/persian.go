package words

import "strings"

var persian = language{number: countPersian, sum: sumPersian, names: map[string]*currency{
	"EUR": {noun{forms: []string{"یورو"}}, noun{forms: []string{"سنت"}}},
	"USD": {noun{forms: []string{"دلار آمریکا"}}, noun{forms: []string{"سنت"}}},
	"GBP": {noun{forms: []string{"پوند استرلینگ"}}, noun{forms: []string{"پنی"}}},
	"CHF": {noun{forms: []string{"فرانک سوئیس"}}, noun{forms: []string{"سانتیم"}}},
	"RUB": {noun{forms: []string{"روبل روسیه"}}, noun{forms: []string{"کوپک"}}},
	"RON": {noun{forms: []string{"لئوی رومانی"}}, noun{forms: []string{"بان"}}},
	"MDL": {noun{forms: []string{"لئوی مولداوی"}}, noun{forms: []string{"بان"}}},
	"CNY": {noun{forms: []string{"یوان چین"}}, noun{forms: []string{"فن"}}},
	"IRR": {noun{forms: []string{"ریال"}}, noun{forms: []string{"دینار"}}},
	"JPY": {major: noun{forms: []string{"ین ژاپن"}}},
}}

var (
	unitsPersian    = strings.Fields("صفر یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده")
	tensPersian     = strings.Fields("صفر ده بیست سی چهل پنجاه شصت هفتاد هشتاد نود")
	hundredsPersian = strings.Fields("صفر یکصد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد")
	powersPersian   = []string{"", " هزار", " میلیون", " میلیارد", " تریلیون"}
)

// and stands between all parts of a number.
const andPersian = " و "

func countPersian(n int64, _ gender) string {
	if n == 0 {
		return unitsPersian[0]
	}
	var parts []string
	for _, g := range groups(n) {
		parts = append(parts, belowThousandPersian(g.n)+powersPersian[g.power])
	}
	return strings.Join(parts, andPersian)
}

func belowThousandPersian(n int) string {
	var parts []string
	if n >= 100 {
		parts = append(parts, hundredsPersian[n/100])
		n %= 100
	}
	if n >= 20 {
		parts = append(parts, tensPersian[n/10])
		n %= 10
	}
	if n > 0 {
		parts = append(parts, unitsPersian[n])
	}
	return strings.Join(parts, andPersian)
}

// sumPersian: "یک هزار و دویست و سی و چهار یورو و پنجاه سنت".
func sumPersian(_ *language, major, minor int64, c *currency) string {
	s := countPersian(major, masculine) + " " + c.major.forms[0]
	if minor > 0 {
		s += andPersian + countPersian(minor, masculine) + " " + c.minor.forms[0]
	}
	return s
}
