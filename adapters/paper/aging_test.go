package paper

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// agings are pictures in six languages, as the bot words them.
func agings() map[string]AgingData {
	return map[string]AgingData{
		"en": agingOf("Receivables by age", "21 November 2026", "EUR", "€184,220.15", "disputed",
			"Not due", "1–30 days", "31–60 days", "61–90 days", "91–120 days", "Over 120 days",
			"€102,310.00", "€41,200.15", "€22,000.00", "€9,710.00", "€1,500.00", "€7,500.00"),
		"ru": agingOf("Задолженность по срокам", "21 нояб. 2026 г.", "EUR", "184 220,15 €", "оспорено",
			"Срок не наступил", "1–30 дней", "31–60 дней", "61–90 дней", "91–120 дней", "Более 120 дней",
			"102 310,00 €", "41 200,15 €", "22 000,00 €", "9 710,00 €", "1 500,00 €", "7 500,00 €"),
		"ro": agingOf("Creanțe pe vechime", "21 noiembrie 2026", "EUR", "184.220,15 €", "contestat",
			"Neajunse la scadență", "1–30 de zile", "31–60 de zile", "61–90 de zile", "91–120 de zile", "Peste 120 de zile",
			"102.310,00 €", "41.200,15 €", "22.000,00 €", "9.710,00 €", "1.500,00 €", "7.500,00 €"),
		"it": agingOf("Crediti per scadenza", "21 novembre 2026", "EUR", "184.220,15 €", "contestato",
			"Non scaduto", "1–30 giorni", "31–60 giorni", "61–90 giorni", "91–120 giorni", "Oltre 120 giorni",
			"102.310,00 €", "41.200,15 €", "22.000,00 €", "9.710,00 €", "1.500,00 €", "7.500,00 €"),
		"zh": agingOf("应收账款账龄", "2026年11月21日", "欧元", "€184,220.15", "有争议",
			"未到期", "1–30天", "31–60天", "61–90天", "91–120天", "120天以上",
			"€102,310.00", "€41,200.15", "€22,000.00", "€9,710.00", "€1,500.00", "€7,500.00"),
		"fa": agingOf("مطالبات بر اساس سررسید", "۳۰ آبان ۱۴۰۵", "یورو", "\u200e€۱۸۴٬۲۲۰٫۱۵", "مورد اختلاف",
			"سررسیدنشده", "۱ تا ۳۰ روز", "۳۱ تا ۶۰ روز", "۶۱ تا ۹۰ روز", "۹۱ تا ۱۲۰ روز", "بیش از ۱۲۰ روز",
			"\u200e€۱۰۲٬۳۱۰٫۰۰", "\u200e€۴۱٬۲۰۰٫۱۵", "\u200e€۲۲٬۰۰۰٫۰۰", "\u200e€۹٬۷۱۰٫۰۰", "\u200e€۱٬۵۰۰٫۰۰", "\u200e€۷٬۵۰۰٫۰۰"),
	}
}

// agingOf takes six labels and six values.
func agingOf(title, note, heading, total, disputed string, words ...string) AgingData {
	minor := []int64{10231000, 4120015, 2200000, 971000, 150000, 750000}
	g := AgingGroup{Heading: heading, Total: total}
	for i, m := range minor {
		parts := []AgingPart{{Tone{Step: i}, m}}
		if i == 2 {
			parts = []AgingPart{{Tone{Step: i}, m / 3 * 2}, {Tone{Step: i, Hatched: true}, m / 3}}
		}
		g.Bars = append(g.Bars, AgingBar{Label: words[i], Value: words[6+i], Parts: parts})
	}
	return AgingData{Title: title, Note: note, Groups: []AgingGroup{g}, Legend: []Tone{{Step: 2, Hatched: true, Label: disputed}}}
}

// keep writes a picture or document to where DUEBOT_PAPER says, for people to look at.
func keep(t *testing.T, name string, data []byte) {
	t.Helper()
	dir := os.Getenv("DUEBOT_PAPER")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestAging(t *testing.T) {
	for lang, data := range agings() {
		for _, dark := range []bool{false, true} {
			look := Look{Lang: lang, Dark: dark}
			got, err := Aging(data, look)
			if err != nil {
				t.Fatalf("%s: %v", lang, err)
			}
			again, _ := Aging(data, look)
			if !bytes.Equal(got, again) {
				t.Errorf("%s: the same picture has other bytes", lang)
			}
			name := "aging-" + lang + ".png"
			if dark {
				name = "aging-" + lang + "-dark.png"
			}
			keep(t, name, got)
			img, err := png.Decode(bytes.NewReader(got))
			if err != nil || img.Bounds().Dx() != 2*pictureWidth || len(got) > 60_000 {
				t.Errorf("%s: %v, %d bytes, %v", lang, img.Bounds(), len(got), err)
			}
		}
	}
}

// Customers with parts of all ages, in two currencies, with names that do not fit.
func stacked() AgingData {
	legend := []string{"Not due", "1–30 days", "31–60 days", "61–90 days", "91–120 days", "Over 120 days", "disputed"}
	data := AgingData{Title: "Receivables by customer", Note: "21 November 2026"}
	for i, label := range legend {
		tone := Tone{Step: i, Label: label}
		if i == 6 {
			tone = Tone{Step: 2, Hatched: true, Label: label}
		}
		data.Legend = append(data.Legend, tone)
	}
	bar := func(name, value string, minor ...int64) AgingBar {
		b := AgingBar{Label: name, Value: value}
		for i, m := range minor {
			b.Parts = append(b.Parts, AgingPart{Tone{Step: i, Hatched: i == 3}, m})
		}
		return b
	}
	data.Groups = []AgingGroup{
		{"EUR", "€41,000.00", []AgingBar{
			bar("Gebrüder Oberhuber Maschinenbau und Anlagentechnik GmbH & Co. KG", "€21,000.00", 900000, 600000, 300000, 200000, 60000, 40000),
			bar("شرکت بازرگانی آریا و پسران", "€12,000.00", 0, 700000, 300000, 0, 100000, 100000), bar("深圳市镕堃贸易有限公司", "€8,000.00", 800000)}},
		{"USD", "$3,100.00", []AgingBar{bar("Acme Trading Ltd", "$3,100.00", 0, 0, 0, 0, 0, 310000), bar("Nobody Ltd", "-$20.00", -2000)}},
	}
	return data
}

func TestStackedAging(t *testing.T) {
	got, err := Aging(stacked(), Look{Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "stacked.png", got)
}
