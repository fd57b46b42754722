package words

import "testing"

// The tables are written by hand.
var sums = []struct {
	lang     string
	minor    int64
	currency string
	want     string
}{
	{"en", 0, "EUR", "zero euros"},
	{"en", 100, "EUR", "one euro"},
	{"en", 101, "USD", "one US dollar and one cent"},
	{"en", 123450, "EUR", "one thousand two hundred and thirty-four euros and fifty cents"},
	{"en", 100500, "GBP", "one thousand and five pounds sterling"},
	{"en", 100_000_000_021, "EUR", "one billion euros and twenty-one cents"},
	{"en", 100_000_000_000_000, "RON", "one trillion Romanian lei"},
	{"en", 99_999_999_999_999, "RUB", "nine hundred and ninety-nine billion nine hundred and ninety-nine million nine hundred and ninety-nine thousand nine hundred and ninety-nine Russian rubles and ninety-nine kopecks"},

	{"ru", 0, "RUB", "ноль рублей 00 копеек"},
	{"ru", 100, "RUB", "один рубль 00 копеек"},
	{"ru", 100_000, "RUB", "одна тысяча рублей 00 копеек"},
	{"ru", 200_221, "RUB", "две тысячи два рубля 21 копейка"},
	{"ru", 1_100, "RUB", "одиннадцать рублей 00 копеек"},
	{"ru", 12_345_602, "EUR", "сто двадцать три тысячи четыреста пятьдесят шесть евро 02 цента"},
	{"ru", 2_100_000_00, "USD", "два миллиона сто тысяч долларов США 00 центов"},
	{"ru", 21_001_000_00, "RUB", "двадцать один миллион одна тысяча рублей 00 копеек"},
	{"ru", 1_011_012_013_14, "RUB", "один миллиард одиннадцать миллионов двенадцать тысяч тринадцать рублей 14 копеек"},
	{"ru", 100_000_000_000_000, "RUB", "один триллион рублей 00 копеек"},
	{"ru", 22_00, "CHF", "двадцать два швейцарских франка 00 сантимов"},
	{"ru", 501_00, "RON", "пятьсот один румынский лей 00 банов"},

	{"ro", 0, "RON", "zero lei"},
	{"ro", 100, "RON", "un leu"},
	{"ro", 200, "RON", "doi lei"},
	{"ro", 1_200, "RON", "doisprezece lei"},
	{"ro", 1_900, "RON", "nouăsprezece lei"},
	{"ro", 2_000, "RON", "douăzeci de lei"},
	{"ro", 2_100, "RON", "douăzeci și unu de lei"},
	{"ro", 10_100, "RON", "o sută unu lei"},
	{"ro", 12_000, "RON", "o sută douăzeci de lei"},
	{"ro", 100_000, "RON", "o mie de lei"},
	{"ro", 123_450, "RON", "o mie două sute treizeci și patru de lei și cincizeci de bani"},
	{"ro", 200_001, "RON", "două mii de lei și un ban"},
	{"ro", 1_200_000, "RON", "douăsprezece mii de lei"},
	{"ro", 2_200_000, "RON", "douăzeci și două de mii de lei"},
	{"ro", 10_100_000, "RON", "o sută una mii de lei"},
	{"ro", 100_000_000, "RON", "un milion de lei"},
	{"ro", 2_200_000_000, "EUR", "douăzeci și două de milioane de euro"},
	{"ro", 200, "RUB", "două ruble"},
	{"ro", 2_102, "RUB", "douăzeci și una de ruble și două copeici"},
	{"ro", 100, "GBP", "o liră sterlină"},
	{"ro", 100_000_000_000_000, "RON", "un trilion de lei"},

	{"it", 0, "EUR", "zero/00 euro"},
	{"it", 100, "EUR", "uno/00 euro"},
	{"it", 2_100, "EUR", "ventuno/00 euro"},
	{"it", 2_305, "EUR", "ventitré/05 euro"},
	{"it", 2_800, "EUR", "ventotto/00 euro"},
	{"it", 18_000, "EUR", "centottanta/00 euro"},
	{"it", 10_800, "EUR", "centotto/00 euro"},
	{"it", 2_300_000, "EUR", "ventitremila/00 euro"},
	{"it", 100_000, "EUR", "mille/00 euro"},
	{"it", 123_450, "EUR", "milleduecentotrentaquattro/50 euro"},
	{"it", 200_000, "EUR", "duemila/00 euro"},
	{"it", 2_100_000, "EUR", "ventunomila/00 euro"},
	{"it", 100_000_000, "EUR", "un milione/00 euro"},
	{"it", 220_000_300, "EUR", "due milioni duecentomilatré/00 euro"},
	{"it", 300_000_000_000, "EUR", "tre miliardi/00 euro"},
	{"it", 123_450, "USD", "milleduecentotrentaquattro/50 dollari statunitensi"},

	{"zh", 0, "CNY", "人民币零元整"},
	{"zh", 50, "CNY", "人民币伍角整"},
	{"zh", 6, "CNY", "人民币陆分"},
	{"zh", 100_506, "CNY", "人民币壹仟零伍元零陆分"},
	{"zh", 123_450, "CNY", "人民币壹仟贰佰叁拾肆元伍角整"},
	{"zh", 140_950, "CNY", "人民币壹仟肆佰零玖元伍角整"},
	{"zh", 600_714, "CNY", "人民币陆仟零柒元壹角肆分"},
	{"zh", 10_700_053, "CNY", "人民币壹拾万柒仟元伍角叁分"},
	{"zh", 1_640_902, "EUR", "欧元壹万陆仟肆佰零玖元零贰分"},
	{"zh", 100_000_000, "CNY", "人民币壹佰万元整"},
	{"zh", 10_001_000_000, "CNY", "人民币壹亿零壹万元整"},
	{"zh", 100_000_000_000_000, "CNY", "人民币壹万亿元整"},
	{"zh", 120_000_000_500_000, "CNY", "人民币壹万贰仟亿零伍仟元整"},

	{"fa", 0, "EUR", "صفر یورو"},
	{"fa", 100, "EUR", "یک یورو"},
	{"fa", 123_450, "EUR", "یک هزار و دویست و سی و چهار یورو و پنجاه سنت"},
	{"fa", 200_000_000, "IRR", "دو میلیون ریال"},
	{"fa", 11_100, "EUR", "یکصد و یازده یورو"},
	{"fa", 500_019_000_021, "EUR", "پنج میلیارد و یکصد و نود هزار یورو و بیست و یک سنت"},
	{"fa", 100_000_000_000_000, "EUR", "یک تریلیون یورو"},

	{"en", 123450, "AUD", "one thousand two hundred and thirty-four AUD 50/100"},
	{"ru", 123405, "SEK", "одна тысяча двести тридцать четыре SEK 05/100"},
}

func TestSums(t *testing.T) {
	for _, c := range sums {
		if got, ok := Sum(c.lang, c.minor, 2, c.currency); !ok || got != c.want {
			t.Errorf("%s %d %s: got %q, want %q", c.lang, c.minor, c.currency, got, c.want)
		}
	}
}

func TestOtherDecimals(t *testing.T) {
	for _, c := range []struct {
		lang, currency string
		minor          int64
		decimals       int32
		want           string
	}{
		{"en", "JPY", 1200, 0, "one thousand two hundred yen"}, {"ru", "JPY", 1202, 0, "одна тысяча двести две иены"},
		{"it", "JPY", 1200, 0, "milleduecento yen"}, {"zh", "JPY", 1200, 0, "日元壹仟贰佰元整"}, {"en", "KWD", 1500, 3, "one KWD 500/1000"},
	} {
		if got, _ := Sum(c.lang, c.minor, c.decimals, c.currency); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.lang, c.currency, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		lang string
		n    int64
		want string
	}{{"zh", 12, "十二"}, {"zh", 1234, "一千二百三十四"}, {"zh", 100_010, "十万零一十"}, {"en", 0, "zero"}, {"ru", 2, "два"}, {"xx", 1, ""}, {"en", -1, ""}, {"en", most, ""}} {
		if got := Number(c.lang, c.n); got != c.want {
			t.Errorf("%s %d: got %q, want %q", c.lang, c.n, got, c.want)
		}
	}
	if First("одна") != "Одна" || First("") != "" {
		t.Error("the first letter is wrong")
	}
}

// No sum below the bound panics or says nothing.
func TestEverySumHasWords(t *testing.T) {
	for _, lang := range []string{"en", "ru", "ro", "it", "zh", "fa"} {
		for n := int64(1); n < most*100; n = n*7 + 3 {
			if s, ok := Sum(lang, n, 2, "EUR"); !ok || s == "" {
				t.Errorf("%s %d has no words", lang, n)
			}
		}
	}
}
