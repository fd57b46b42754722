package paper

import (
	"bytes"
	"strconv"
	"testing"
)

var persianDigits = []rune("۰۱۲۳۴۵۶۷۸۹")

func shortIn(lang string) func(int64) string {
	return func(minor int64) string {
		s := strconv.FormatInt(minor/100_000, 10)
		switch {
		case minor == 0:
			return "0"
		case lang == "ru":
			return s + "\u00a0тыс. €"
		case lang == "ro":
			return s + "\u00a0mii €"
		case lang == "it":
			return s + ".000\u00a0€"
		case lang == "zh":
			return "€" + strconv.FormatInt(minor/1_000_000, 10) + "万"
		case lang == "fa":
			digits := []rune(s)
			for i, r := range digits {
				if r >= '0' && r <= '9' {
					digits[i] = persianDigits[r-'0']
				}
			}
			return string(digits) + " هزار €"
		}
		return "€" + s + "k"
	}
}

// plotLabels and plotWords are as the bot words them.
var plotLabels = map[string][]string{
	"en": {"Sep 7", "Sep 14", "Sep 21", "Sep 28", "Oct 5", "Oct 12", "Oct 19", "Oct 26", "Nov 2", "Nov 9", "Nov 16", "Nov 23"},
	"ru": {"7 сент.", "14 сент.", "21 сент.", "28 сент.", "5 окт.", "12 окт.", "19 окт.", "26 окт.", "2 нояб.", "9 нояб.", "16 нояб.", "23 нояб."},
	"ro": {"7 sept.", "14 sept.", "21 sept.", "28 sept.", "5 oct.", "12 oct.", "19 oct.", "26 oct.", "2 nov.", "9 nov.", "16 nov.", "23 nov."},
	"it": {"7 set", "14 set", "21 set", "28 set", "5 ott", "12 ott", "19 ott", "26 ott", "2 nov", "9 nov", "16 nov", "23 nov"},
	"zh": {"9月7日", "9月14日", "9月21日", "9月28日", "10月5日", "10月12日", "10月19日", "10月26日", "11月2日", "11月9日", "11月16日", "11月23日"},
	"fa": {"۱۶ شهریور", "۲۳ شهریور", "۳۰ شهریور", "۶ مهر", "۱۳ مهر", "۲۰ مهر", "۲۷ مهر", "۴ آبان", "۱۱ آبان", "۱۸ آبان", "۲۵ آبان", "۲ آذر"},
}

var plotWords = map[string][4]string{
	"en": {"Cash in", "received", "expected", "overdue"}, "ru": {"Поступления", "получено", "ожидается", "просрочено"},
	"ro": {"Încasări", "încasat", "așteptat", "restant"}, "it": {"Incassi", "incassato", "atteso", "scaduto"},
	"zh": {"回款", "已收", "预计", "逾期"}, "fa": {"دریافت\u200cها", "دریافت\u200cشده", "مورد انتظار", "معوق"},
}

// plots are the pictures of money over time in a language.
func plots(lang string) map[string]func(Look) ([]byte, error) {
	w := plotWords[lang]
	cash := CashData{Title: w[0], Note: "EUR", Short: shortIn(lang), Legend: []Tone{{Label: w[1]}, {Hatched: true, Label: w[2]}}}
	sums := []int64{1200000, 3400000, 2100000, 900000, 4100000, 5250000, 0, 2600000, 3100000, 3900000, 1700000, 0}
	trend := TrendData{Title: w[3], Note: "EUR", Short: shortIn(lang), Labels: plotLabels[lang],
		Lines: []TrendLine{{Tone: Tone{Label: w[1]}, Minor: sums}, {Tone: Tone{Step: 3, Label: w[3]}}}}
	for i, s := range sums {
		c := CashColumn{Label: plotLabels[lang][i], Came: s}
		if i > 9 {
			c.Expected = 2200000
		}
		cash.Columns = append(cash.Columns, c)
		trend.Lines[1].Minor = append(trend.Lines[1].Minor, s/3-400000)
	}
	return map[string]func(Look) ([]byte, error){
		"cash":  func(l Look) ([]byte, error) { return CashIn(cash, l) },
		"trend": func(l Look) ([]byte, error) { return Trend(trend, l) },
	}
}

func TestPlots(t *testing.T) {
	for _, lang := range Languages {
		for name, draw := range plots(lang) {
			got, err := draw(Look{Lang: lang})
			if err != nil || len(got) > 60_000 {
				t.Errorf("%s %s: %d bytes, %v", name, lang, len(got), err)
			}
			again, _ := draw(Look{Lang: lang})
			if !bytes.Equal(got, again) {
				t.Errorf("%s %s: the same picture has other bytes", name, lang)
			}
			keep(t, name+"-"+lang+".png", got)
			night, _ := draw(Look{Lang: lang, Dark: true})
			keep(t, name+"-"+lang+"-dark.png", night)
		}
	}
}

// A picture of nothing, of debts below zero, and of names that fit no picture.
func TestPicturesOfOddData(t *testing.T) {
	long := string(bytes.Repeat([]byte("W"), 2000))
	for name, data := range map[string]AgingData{
		"nothing": {}, "no bars": {Title: "x", Groups: []AgingGroup{{Heading: "EUR"}}},
		"below zero": {Groups: []AgingGroup{{Bars: []AgingBar{{Label: "a", Value: "-1", Parts: []AgingPart{{Tone{}, -100}}}}}}},
		"long":       {Title: long, Note: long, Groups: []AgingGroup{{Heading: long, Total: "1", Bars: []AgingBar{{Label: long, Value: "1", Parts: []AgingPart{{Tone{Step: 99}, 1 << 60}, {Tone{Step: -1}, 1}}}}}}},
	} {
		if _, err := Aging(data, Look{Lang: "en"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	short := func(int64) string { return "" }
	if _, err := CashIn(CashData{Short: short}, Look{}); err != nil {
		t.Error(err)
	}
	if _, err := Trend(TrendData{Short: short, Labels: []string{"one"}, Lines: []TrendLine{{Minor: []int64{-5}}, {}}}, Look{}); err != nil {
		t.Error(err)
	}
}
