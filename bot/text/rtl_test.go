package text

import (
	"testing"
	"testing/fstest"
	"time"
)

// persian is a catalog whose Persian has two texts beside its format.
func persian(t *testing.T) *Words {
	t.Helper()
	c, err := read(fstest.MapFS{"fa.toml": &fstest.MapFile{Data: []byte(`
"format.group" = "٬"
"format.point" = "٫"
"format.minus" = "\u200e\u2212"
"format.least" = "1"
"format.digits" = "۰۱۲۳۴۵۶۷۸۹"
"format.currency" = "before"
"format.symbols" = "EUR=€ IRR=ریال"
"format.calendar" = "jalali"
"format.direction" = "rtl"
"format.months" = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند"
"format.monthnames" = "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر"
"format.weekdays" = "یکشنبه دوشنبه سه` + "\u200c" + `شنبه چهارشنبه پنجشنبه جمعه شنبه"
"format.weekheads" = "ی د س چ پ ج ش"
"format.weekbegins" = "6"
"format.date" = "{day} {month} {year}"
`)}})
	if err != nil {
		t.Fatal(err)
	}
	return c.In("fa")
}

func TestRightToLeft(t *testing.T) {
	w := persian(t)
	for got, want := range map[string]string{
		w.Money(-5, 2, "EUR"):        "\u200e\u2212\u200e€۰٫۰۵",
		w.Money(123456700, 2, "IRR"): "\u200eریال\u00a0۱٬۲۳۴٬۵۶۷٫۰۰",
		w.Int(-1234):                 "\u200e\u2212۱۲۳۴",
		w.Int(12345):                 "۱۲٬۳۴۵",
		w.Number("-7.5"):             "\u200e\u2212۷٫۵",
		w.Date(2026, 11, 21):         "۳۰ آبان ۱۴۰۵ (۲۱ نوامبر ۲۰۲۶)",
		w.Time(time.Date(2026, 3, 21, 9, 5, 0, 0, time.UTC)): "۱ فروردین ۱۴۰۵ (۲۱ مارس ۲۰۲۶) ۰۹:۰۵",
		w.Month(1):                       "ژانویه",
		w.Apart("Acme GmbH"):             "\u2068Acme GmbH\u2069",
		w.Apart("a\nb"):                  "\u2068a\u2069\n\u2068b\u2069",
		w.Apart(""):                      "",
		w.Apart(w.Apart("x")):            "\u2068x\u2069",
		w.Lines("INV-1 سلام\n\n`/ar x`"): "\u200fINV-1 سلام\n\n\u200f\u2066`/ar x`\u2069",
		w.Lines("a ` b"):                 "\u200fa ` b",
		w.Lines("`/ar void " + w.Apart("INV-1") + "`"): "\u200f\u2066`/ar void INV-1`\u2069",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	en := load(t).In("en")
	if en.RightToLeft() || en.Apart("x") != "x" || en.Lines("`x`") != "`x`" || !w.RightToLeft() {
		t.Error("English is marked as if it ran from right to left")
	}
}
