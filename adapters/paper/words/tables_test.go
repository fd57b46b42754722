package words

import "testing"

// The hard places of each language, written by hand: where gender, case, elision, accent or
// a zero decides. Number counts in the masculine.
var numbers = map[string]map[int64]string{
	"en": {
		13: "thirteen", 15: "fifteen", 40: "forty", 80: "eighty", 99: "ninety-nine", 100: "one hundred", 101: "one hundred and one", 110: "one hundred and ten", 999: "nine hundred and ninety-nine",
		1_000: "one thousand", 1_001: "one thousand and one", 1_100: "one thousand one hundred", 1_110: "one thousand one hundred and ten", 10_000: "ten thousand",
		14_018: "fourteen thousand and eighteen", 100_000: "one hundred thousand", 101_101: "one hundred and one thousand one hundred and one",
		1_000_000: "one million", 1_000_001: "one million and one", 1_001_000: "one million one thousand", 2_000_090: "two million and ninety",
		1_000_000_000: "one billion", 1_000_000_012: "one billion and twelve", 999_999_999_999: "nine hundred and ninety-nine billion nine hundred and ninety-nine million nine hundred and ninety-nine thousand nine hundred and ninety-nine",
		1_000_000_000_000: "one trillion",
	},
	"ru": {
		1: "один", 2: "два", 11: "одиннадцать", 12: "двенадцать", 14: "четырнадцать", 21: "двадцать один", 40: "сорок", 50: "пятьдесят", 90: "девяносто", 100: "сто", 200: "двести", 300: "триста", 500: "пятьсот", 999: "девятьсот девяносто девять",
		1_000: "одна тысяча", 1_001: "одна тысяча один", 2_000: "две тысячи", 2_002: "две тысячи два", 5_000: "пять тысяч", 11_000: "одиннадцать тысяч", 12_000: "двенадцать тысяч", 21_000: "двадцать одна тысяча", 22_022: "двадцать две тысячи двадцать два",
		101_000: "сто одна тысяча", 111_000: "сто одиннадцать тысяч", 112_112: "сто двенадцать тысяч сто двенадцать", 1_000_000: "один миллион", 1_002_000: "один миллион две тысячи", 2_000_000: "два миллиона", 5_000_000: "пять миллионов",
		11_000_000: "одиннадцать миллионов", 21_000_000: "двадцать один миллион", 1_000_000_000: "один миллиард", 3_000_000_001: "три миллиарда один", 12_000_000_000: "двенадцать миллиардов",
		999_999_999_999: "девятьсот девяносто девять миллиардов девятьсот девяносто девять миллионов девятьсот девяносто девять тысяч девятьсот девяносто девять", 1_000_000_000_000: "один триллион",
	},
	"ro": {
		1: "unu", 2: "doi", 6: "șase", 12: "doisprezece", 14: "paisprezece", 16: "șaisprezece", 18: "optsprezece", 20: "douăzeci", 21: "douăzeci și unu", 22: "douăzeci și doi", 60: "șaizeci", 100: "o sută", 101: "o sută unu", 200: "două sute", 212: "două sute doisprezece", 999: "nouă sute nouăzeci și nouă",
		1_000: "o mie", 1_001: "o mie unu", 2_000: "două mii", 2_002: "două mii doi", 12_000: "douăsprezece mii", 19_000: "nouăsprezece mii", 20_000: "douăzeci de mii", 21_000: "douăzeci și una de mii", 22_000: "douăzeci și două de mii",
		100_000: "o sută de mii", 101_000: "o sută una mii", 102_000: "o sută două mii", 112_000: "o sută douăsprezece mii", 120_000: "o sută douăzeci de mii", 200_000: "două sute de mii",
		1_000_000: "un milion", 1_001_000: "un milion o mie", 2_000_000: "două milioane", 12_000_000: "douăsprezece milioane", 20_000_000: "douăzeci de milioane", 21_000_000: "douăzeci și unu de milioane", 101_000_000: "o sută unu milioane",
		1_000_000_000: "un miliard", 2_000_000_001: "două miliarde unu", 1_000_000_000_000: "un trilion",
	},
	"it": {
		1: "uno", 3: "tre", 8: "otto", 16: "sedici", 17: "diciassette", 21: "ventuno", 23: "ventitré", 28: "ventotto", 33: "trentatré", 61: "sessantuno", 80: "ottanta", 88: "ottantotto", 100: "cento", 101: "centouno", 103: "centotré", 108: "centotto", 111: "centoundici", 180: "centottanta", 200: "duecento", 203: "duecentotré", 381: "trecentottantuno", 800: "ottocento", 888: "ottocentottantotto",
		1_000: "mille", 1_001: "milleuno", 1_003: "milletré", 1_008: "milleotto", 2_000: "duemila", 3_000: "tremila", 8_000: "ottomila", 21_000: "ventunomila", 23_000: "ventitremila", 28_001: "ventottomilauno", 100_000: "centomila", 103_000: "centotremila", 180_000: "centottantamila", 999_999: "novecentonovantanovemilanovecentonovantanove",
		1_000_000: "un milione", 1_000_001: "un milione uno", 1_001_000: "un milione mille", 2_000_003: "due milioni tre", 21_000_000: "ventuno milioni", 23_000_000: "ventitré milioni", 1_000_000_000: "un miliardo", 8_000_000_108: "otto miliardi centotto", 1_000_000_000_000: "un bilione",
	},
	"zh": {
		1: "一", 10: "十", 11: "十一", 20: "二十", 100: "一百", 101: "一百零一", 110: "一百一十", 111: "一百一十一", 1_000: "一千", 1_001: "一千零一", 1_010: "一千零一十", 1_100: "一千一百", 1_101: "一千一百零一", 10_000: "一万", 10_001: "一万零一", 10_010: "一万零一十", 10_100: "一万零一百", 11_000: "一万一千", 11_010: "一万一千零一十",
		100_000: "十万", 101_000: "十万一千", 110_000: "十一万", 1_000_000: "一百万", 1_000_100: "一百万零一百", 10_000_000: "一千万", 10_010_000: "一千零一万", 100_000_000: "一亿", 100_000_001: "一亿零一", 100_010_000: "一亿零一万", 110_000_000: "一亿一千万", 1_000_000_000: "十亿", 1_010_101_010: "十亿一千零一十万一千零一十",
		100_000_000_000: "一千亿", 1_000_000_000_000: "一万亿", 1_000_000_000_001: "一万亿零一", 1_000_100_000_000: "一万零一亿",
	},
	"fa": {
		1: "یک", 6: "شش", 11: "یازده", 16: "شانزده", 17: "هفده", 18: "هجده", 20: "بیست", 21: "بیست و یک", 60: "شصت", 100: "یکصد", 101: "یکصد و یک", 200: "دویست", 300: "سیصد", 500: "پانصد", 600: "ششصد", 999: "نهصد و نود و نه",
		1_000: "یک هزار", 1_001: "یک هزار و یک", 1_100: "یک هزار و یکصد", 2_000: "دو هزار", 12_034: "دوازده هزار و سی و چهار", 100_000: "یکصد هزار", 1_000_000: "یک میلیون", 1_000_001: "یک میلیون و یک", 2_500_000: "دو میلیون و پانصد هزار",
		1_000_000_000: "یک میلیارد", 3_000_002_001: "سه میلیارد و دو هزار و یک", 1_000_000_000_000: "یک تریلیون",
	},
}

func TestHardNumbers(t *testing.T) {
	for lang, table := range numbers {
		for n, want := range table {
			if got := Number(lang, n); got != want {
				t.Errorf("%s %d: got %q, want %q", lang, n, got, want)
			}
		}
	}
}

// Every currency in every language: 1.01, 2.02, 5.05 and 21.21; yen have no parts.
var units = map[string]map[string][4]string{
	"en": {
		"EUR": {"one euro and one cent", "two euros and two cents", "five euros and five cents", "twenty-one euros and twenty-one cents"},
		"USD": {"one US dollar and one cent", "two US dollars and two cents", "five US dollars and five cents", "twenty-one US dollars and twenty-one cents"},
		"GBP": {"one pound sterling and one penny", "two pounds sterling and two pence", "five pounds sterling and five pence", "twenty-one pounds sterling and twenty-one pence"},
		"CHF": {"one Swiss franc and one centime", "two Swiss francs and two centimes", "five Swiss francs and five centimes", "twenty-one Swiss francs and twenty-one centimes"},
		"RUB": {"one Russian ruble and one kopeck", "two Russian rubles and two kopecks", "five Russian rubles and five kopecks", "twenty-one Russian rubles and twenty-one kopecks"},
		"RON": {"one Romanian leu and one ban", "two Romanian lei and two bani", "five Romanian lei and five bani", "twenty-one Romanian lei and twenty-one bani"},
		"MDL": {"one Moldovan leu and one ban", "two Moldovan lei and two bani", "five Moldovan lei and five bani", "twenty-one Moldovan lei and twenty-one bani"},
		"CNY": {"one Chinese yuan and one fen", "two Chinese yuan and two fen", "five Chinese yuan and five fen", "twenty-one Chinese yuan and twenty-one fen"},
		"IRR": {"one Iranian rial and one dinar", "two Iranian rials and two dinars", "five Iranian rials and five dinars", "twenty-one Iranian rials and twenty-one dinars"},
		"JPY": {"one yen", "two yen", "five yen", "twenty-one yen"},
	},
	"ru": {
		"EUR": {"один евро 01 цент", "два евро 02 цента", "пять евро 05 центов", "двадцать один евро 21 цент"},
		"USD": {"один доллар США 01 цент", "два доллара США 02 цента", "пять долларов США 05 центов", "двадцать один доллар США 21 цент"},
		"GBP": {"один фунт стерлингов 01 пенс", "два фунта стерлингов 02 пенса", "пять фунтов стерлингов 05 пенсов", "двадцать один фунт стерлингов 21 пенс"},
		"CHF": {"один швейцарский франк 01 сантим", "два швейцарских франка 02 сантима", "пять швейцарских франков 05 сантимов", "двадцать один швейцарский франк 21 сантим"},
		"RUB": {"один рубль 01 копейка", "два рубля 02 копейки", "пять рублей 05 копеек", "двадцать один рубль 21 копейка"},
		"RON": {"один румынский лей 01 бан", "два румынских лея 02 бана", "пять румынских леев 05 банов", "двадцать один румынский лей 21 бан"},
		"MDL": {"один молдавский лей 01 бан", "два молдавских лея 02 бана", "пять молдавских леев 05 банов", "двадцать один молдавский лей 21 бан"},
		"CNY": {"один китайский юань 01 фынь", "два китайских юаня 02 фыня", "пять китайских юаней 05 фыней", "двадцать один китайский юань 21 фынь"},
		"IRR": {"один иранский риал 01 динар", "два иранских риала 02 динара", "пять иранских риалов 05 динаров", "двадцать один иранский риал 21 динар"},
		"JPY": {"одна иена", "две иены", "пять иен", "двадцать одна иена"},
	},
	"ro": {
		"EUR": {"un euro și un cent", "doi euro și doi cenți", "cinci euro și cinci cenți", "douăzeci și unu de euro și douăzeci și unu de cenți"},
		"USD": {"un dolar american și un cent", "doi dolari americani și doi cenți", "cinci dolari americani și cinci cenți", "douăzeci și unu de dolari americani și douăzeci și unu de cenți"},
		"GBP": {"o liră sterlină și un penny", "două lire sterline și doi pence", "cinci lire sterline și cinci pence", "douăzeci și una de lire sterline și douăzeci și unu de pence"},
		"CHF": {"un franc elvețian și o centimă", "doi franci elvețieni și două centime", "cinci franci elvețieni și cinci centime", "douăzeci și unu de franci elvețieni și douăzeci și una de centime"},
		"RUB": {"o rublă și o copeică", "două ruble și două copeici", "cinci ruble și cinci copeici", "douăzeci și una de ruble și douăzeci și una de copeici"},
		"RON": {"un leu și un ban", "doi lei și doi bani", "cinci lei și cinci bani", "douăzeci și unu de lei și douăzeci și unu de bani"},
		"MDL": {"un leu moldovenesc și un ban", "doi lei moldovenești și doi bani", "cinci lei moldovenești și cinci bani", "douăzeci și unu de lei moldovenești și douăzeci și unu de bani"},
		"CNY": {"un yuan chinezesc și un fen", "doi yuani chinezești și doi feni", "cinci yuani chinezești și cinci feni", "douăzeci și unu de yuani chinezești și douăzeci și unu de feni"},
		"IRR": {"un rial iranian și un dinar", "doi riali iranieni și doi dinari", "cinci riali iranieni și cinci dinari", "douăzeci și unu de riali iranieni și douăzeci și unu de dinari"},
		"JPY": {"un yen", "doi yeni", "cinci yeni", "douăzeci și unu de yeni"},
	},
	"it": {
		"EUR": {"uno/01 euro", "due/02 euro", "cinque/05 euro", "ventuno/21 euro"},
		"USD": {"uno/01 dollari statunitensi", "due/02 dollari statunitensi", "cinque/05 dollari statunitensi", "ventuno/21 dollari statunitensi"},
		"GBP": {"una/01 sterline", "due/02 sterline", "cinque/05 sterline", "ventuno/21 sterline"},
		"CHF": {"uno/01 franchi svizzeri", "due/02 franchi svizzeri", "cinque/05 franchi svizzeri", "ventuno/21 franchi svizzeri"},
		"RUB": {"uno/01 rubli russi", "due/02 rubli russi", "cinque/05 rubli russi", "ventuno/21 rubli russi"},
		"RON": {"uno/01 lei romeni", "due/02 lei romeni", "cinque/05 lei romeni", "ventuno/21 lei romeni"},
		"MDL": {"uno/01 lei moldavi", "due/02 lei moldavi", "cinque/05 lei moldavi", "ventuno/21 lei moldavi"},
		"CNY": {"uno/01 yuan cinesi", "due/02 yuan cinesi", "cinque/05 yuan cinesi", "ventuno/21 yuan cinesi"},
		"IRR": {"uno/01 rial iraniani", "due/02 rial iraniani", "cinque/05 rial iraniani", "ventuno/21 rial iraniani"},
		"JPY": {"uno yen", "due yen", "cinque yen", "ventuno yen"},
	},
	"zh": {
		"EUR": {"欧元壹元零壹分", "欧元贰元零贰分", "欧元伍元零伍分", "欧元贰拾壹元贰角壹分"},
		"USD": {"美元壹元零壹分", "美元贰元零贰分", "美元伍元零伍分", "美元贰拾壹元贰角壹分"},
		"GBP": {"英镑壹元零壹分", "英镑贰元零贰分", "英镑伍元零伍分", "英镑贰拾壹元贰角壹分"},
		"CHF": {"瑞士法郎壹元零壹分", "瑞士法郎贰元零贰分", "瑞士法郎伍元零伍分", "瑞士法郎贰拾壹元贰角壹分"},
		"RUB": {"俄罗斯卢布壹元零壹分", "俄罗斯卢布贰元零贰分", "俄罗斯卢布伍元零伍分", "俄罗斯卢布贰拾壹元贰角壹分"},
		"RON": {"罗马尼亚列伊壹元零壹分", "罗马尼亚列伊贰元零贰分", "罗马尼亚列伊伍元零伍分", "罗马尼亚列伊贰拾壹元贰角壹分"},
		"MDL": {"摩尔多瓦列伊壹元零壹分", "摩尔多瓦列伊贰元零贰分", "摩尔多瓦列伊伍元零伍分", "摩尔多瓦列伊贰拾壹元贰角壹分"},
		"CNY": {"人民币壹元零壹分", "人民币贰元零贰分", "人民币伍元零伍分", "人民币贰拾壹元贰角壹分"},
		"IRR": {"伊朗里亚尔壹元零壹分", "伊朗里亚尔贰元零贰分", "伊朗里亚尔伍元零伍分", "伊朗里亚尔贰拾壹元贰角壹分"},
		"JPY": {"日元壹元整", "日元贰元整", "日元伍元整", "日元贰拾壹元整"},
	},
	"fa": {
		"EUR": {"یک یورو و یک سنت", "دو یورو و دو سنت", "پنج یورو و پنج سنت", "بیست و یک یورو و بیست و یک سنت"},
		"USD": {"یک دلار آمریکا و یک سنت", "دو دلار آمریکا و دو سنت", "پنج دلار آمریکا و پنج سنت", "بیست و یک دلار آمریکا و بیست و یک سنت"},
		"GBP": {"یک پوند استرلینگ و یک پنی", "دو پوند استرلینگ و دو پنی", "پنج پوند استرلینگ و پنج پنی", "بیست و یک پوند استرلینگ و بیست و یک پنی"},
		"CHF": {"یک فرانک سوئیس و یک سانتیم", "دو فرانک سوئیس و دو سانتیم", "پنج فرانک سوئیس و پنج سانتیم", "بیست و یک فرانک سوئیس و بیست و یک سانتیم"},
		"RUB": {"یک روبل روسیه و یک کوپک", "دو روبل روسیه و دو کوپک", "پنج روبل روسیه و پنج کوپک", "بیست و یک روبل روسیه و بیست و یک کوپک"},
		"RON": {"یک لئوی رومانی و یک بان", "دو لئوی رومانی و دو بان", "پنج لئوی رومانی و پنج بان", "بیست و یک لئوی رومانی و بیست و یک بان"},
		"MDL": {"یک لئوی مولداوی و یک بان", "دو لئوی مولداوی و دو بان", "پنج لئوی مولداوی و پنج بان", "بیست و یک لئوی مولداوی و بیست و یک بان"},
		"CNY": {"یک یوان چین و یک فن", "دو یوان چین و دو فن", "پنج یوان چین و پنج فن", "بیست و یک یوان چین و بیست و یک فن"},
		"IRR": {"یک ریال و یک دینار", "دو ریال و دو دینار", "پنج ریال و پنج دینار", "بیست و یک ریال و بیست و یک دینار"},
		"JPY": {"یک ین ژاپن", "دو ین ژاپن", "پنج ین ژاپن", "بیست و یک ین ژاپن"},
	},
}

func TestEveryCurrency(t *testing.T) {
	for lang, table := range units {
		for code := range languages(lang).names {
			if _, ok := table[code]; !ok {
				t.Errorf("%s: nobody wrote down what %s is called", lang, code)
			}
		}
		for code, want := range table {
			for i, minor := range []int64{101, 202, 505, 2121} {
				decimals := int32(2)
				if code == "JPY" {
					minor, decimals = minor/100, 0
				}
				if got, ok := Sum(lang, minor, decimals, code); !ok || got != want[i] {
					t.Errorf("%s %d %s: got %q, want %q", lang, minor, code, got, want[i])
				}
			}
		}
	}
}
