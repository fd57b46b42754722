package paper

import (
	"strings"
	"testing"
)

func TestHouseCheck(t *testing.T) {
	good := &House{Logo: logo(), Accent: [3]uint8{0x7a, 0x1f, 0x3d}, Footer: map[string]string{"en": "x"}, Texts: map[string]map[string]string{"it": {"invoice": "Avviso di pagamento", "page": "{page}/{pages}"}}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for want, h := range map[string]*House{
		"no PNG":              {Logo: []byte("GIF89a")},
		"contrast of 1.0":     {Accent: [3]uint8{255, 255, 254}},
		"contrast of 3.":      {Accent: [3]uint8{0xff, 0x40, 0x40}},
		`footer.de: no doc`:   {Footer: map[string]string{"de": "x"}},
		"401 characters":      {Footer: map[string]string{"fa": strings.Repeat("x", 401)}},
		"text.de: no doc":     {Texts: map[string]map[string]string{"de": {"invoice": "Rechnung"}}},
		"no text":             {Texts: map[string]map[string]string{"en": {"invoise": "x"}}},
		"is empty":            {Texts: map[string]map[string]string{"en": {"invoice": ""}}},
		"too long":            {Texts: map[string]map[string]string{"en": {"invoice": strings.Repeat("x", 121)}}},
		"has the placeholder": {Texts: map[string]map[string]string{"en": {"page": "{page}"}}},
	} {
		if err := h.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestFormats(t *testing.T) {
	for _, c := range []struct{ lang, number, money, long, short string }{
		{"en", "-1,234.50", "-€1,234.50", "5 December 2026", "05/12/2026"},
		{"ru", "-1\u00a0234,50", "-1\u00a0234,50\u00a0€", "5 декабря 2026 г.", "05.12.2026"},
		{"ro", "-1.234,50", "-1.234,50\u00a0EUR", "5 decembrie 2026", "05.12.2026"},
		{"it", "-1.234,50", "-1.234,50\u00a0€", "5 dicembre 2026", "05/12/2026"},
		{"zh", "-1,234.50", "-€1,234.50", "2026年12月5日", "2026-12-05"},
		{"fa", "\u200e−۱٬۲۳۴٫۵۰", "\u200e−۱٬۲۳۴٫۵۰\u00a0یورو", "۱۴ آذر ۱۴۰۵", "۱۴۰۵/۰۹/۱۴"},
	} {
		s, err := speechOf(c.lang, nil)
		if err != nil {
			t.Fatal(err)
		}
		d := invoice(c.lang, 0)
		m := d.Total
		m.Minor, m.Currency = -123450, "EUR"
		for _, x := range [][2]string{{s.sum(m), c.number}, {s.money(m), c.money}, {s.long(d.Due), c.long}, {s.short(d.Due), c.short}, {s.number(dec("0.125"), 0), s.digits("0" + s.texts["point"] + "125")}} {
			if x[0] != x[1] {
				t.Errorf("%s: got %q, want %q", c.lang, x[0], x[1])
			}
		}
	}
}

func TestPaymentCodes(t *testing.T) {
	d := invoice("en", 0)
	if got, want := PaymentQR(&euroBank, d.Total, "INV-1 |\nx"), "BCD\n002\n1\nSCT\nBYLADEM1001\nLindenhof Studio GmbH\nDE02120300000000202051\nEUR4194.48\n\n\nINV-1 x"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	rf := euroBank
	rf.CreditorNumber = "RF18539007547034"
	if got := PaymentQR(&rf, d.Total, rf.CreditorNumber); !strings.HasSuffix(got, "EUR4194.48\n\nRF18539007547034") {
		t.Errorf("got %q", got)
	}
	r := invoice("ru", 0)
	want := "ST00012|Name=ООО «Линденхоф Студия»|PersonalAcc=40702810400000012345|BankName=ПАО Сбербанк|BIC=044525225|CorrespAcc=30101810400000000225|Sum=419448|Purpose=INV-1|PayeeINN=7701234567|KPP=770101001"
	if got := PaymentQR(&r.Banks[0], r.Total, "INV-1"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := PaymentQR(&euroBank, r.Total, "x"); got != "" {
		t.Errorf("rubles to an IBAN have a code: %q", got)
	}
}

func TestPreview(t *testing.T) {
	l := &Letterhead{Seller: lindenhof, Banks: []Bank{euroBank}}
	for _, lang := range Languages {
		for _, kind := range Kinds() {
			d := l.Preview(kind, lang, "EUR", invoice(lang, 0).Date)
			if missing := house().Missing(d); len(missing) > 0 {
				t.Errorf("%s in %s lacks %q", kind, lang, missing)
			}
			if kind == Dunning && !strings.Contains(d.Letter, inventions[lang].name) {
				t.Errorf("the letter in %s reads %q, and is to nobody", lang, d.Letter)
			}
			keep(t, "preview-"+string(kind)+"-"+lang+".pdf", drawn(t, house(), d))
		}
	}
}
