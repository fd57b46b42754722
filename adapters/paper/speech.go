package paper

import (
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"duebot/adapters/paper/shape"
	"duebot/ledger"

	"github.com/BurntSushi/toml"
	"github.com/jalaali/go-jalaali"
	"github.com/shopspring/decimal"
)

// The words of documents are files of their own, apart from those of the chats: they
// belong to what a template looks like, and a document must come out the same when the
// chats have long been reworded.
//
//go:embed text/*.toml
var textFiles embed.FS

// Languages are those that documents are written in.
var Languages = []string{"en", "ru", "ro", "it", "zh", "fa"}

// speech is the words and forms of one language.
type speech struct {
	lang    string
	rtl     bool
	texts   map[string]string
	symbols map[string]string
	heads   map[string]string // currencies at the head of a column, where that is no code
	months  []string
}

// speechOf reads a language's file; own are texts of the company, by key, that go before.
func speechOf(lang string, own map[string]string) (*speech, error) {
	if !slices.Contains(Languages, lang) {
		return nil, fmt.Errorf("no documents in %q", lang)
	}
	s := &speech{lang: lang, rtl: shape.RTL(lang), texts: map[string]string{}, symbols: map[string]string{}, heads: map[string]string{}}
	if _, err := toml.DecodeFS(textFiles, "text/"+lang+".toml", &s.texts); err != nil {
		return nil, fmt.Errorf("texts of documents in %s: %w", lang, err)
	}
	for key, text := range own {
		s.texts[key] = text
	}
	for key, into := range map[string]map[string]string{"symbols": s.symbols, "heads": s.heads} {
		for _, pair := range strings.Fields(s.texts[key]) {
			code, symbol, _ := strings.Cut(pair, "=")
			into[code] = symbol
		}
	}
	s.months = strings.Fields(s.texts["months"])
	return s, nil
}

// say is the text of key with its data, pairs of name and value. What people wrote is set
// apart, so that its direction turns nothing around it.
func (s *speech) say(key string, data ...string) string {
	text := s.texts[key]
	for i := 0; i+1 < len(data); i += 2 {
		text = strings.ReplaceAll(text, "{"+data[i]+"}", data[i+1])
	}
	return text
}

// apart isolates what a person wrote inside a sentence.
func apart(text string) string { return "\u2068" + text + "\u2069" }

// digits writes Latin digits as the language does.
func (s *speech) digits(text string) string {
	own := []rune(s.texts["digits"])
	if len(own) != 10 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return own[r-'0']
		}
		return r
	}, text)
}

// number writes a decimal: grouped, with at least so many places.
func (s *speech) number(d decimal.Decimal, places int32) string {
	whole, frac, _ := strings.Cut(d.Abs().String(), ".") // without zeros at the end
	frac += strings.Repeat("0", max(int(places)-len(frac), 0))
	var b strings.Builder
	if d.IsNegative() {
		b.WriteString(s.texts["minus"])
	}
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(s.texts["group"])
		}
		b.WriteRune(r)
	}
	if frac != "" {
		b.WriteString(s.texts["point"] + frac)
	}
	return s.digits(b.String())
}

// sum writes money without its currency, as in a column that names it.
func (s *speech) sum(m ledger.Money) string { return s.number(m.Decimal(), m.Currency.Exponent()) }

// money writes a sum with its currency.
func (s *speech) money(m ledger.Money) string {
	symbol, short := s.symbols[string(m.Currency)]
	if !short {
		symbol = string(m.Currency)
	}
	if s.texts["currency"] == "after" {
		return s.sum(m) + "\u00a0" + symbol
	}
	sign := ""
	if m.Minor < 0 {
		sign, m = s.texts["minus"], m.Neg()
	}
	if !short {
		symbol += "\u00a0"
	}
	return sign + symbol + s.sum(m)
}

// currency names a currency at the head of a column.
func (s *speech) currency(c ledger.Currency) string {
	if name, ok := s.heads[string(c)]; ok {
		return name
	}
	return string(c)
}

func (s *speech) percent(d decimal.Decimal) string { return s.say("percent", "n", s.number(d, 0)) }

// taxID writes the number of a taxpayer. One of another country begins with its letters, and
// is not called what the language's own country calls it.
func (s *speech) taxID(id string) string {
	key := "tax_id"
	if len(id) > 2 && id[0] >= 'A' && id[0] <= 'Z' && id[1] >= 'A' && id[1] <= 'Z' {
		key = "tax_id_abroad"
	}
	return s.say(key, "id", apart(id))
}

// long writes a day in words, short in figures.
func (s *speech) long(d ledger.Date) string  { return s.date("long", d) }
func (s *speech) short(d ledger.Date) string { return s.date("short", d) }

// both is a day in figures, and beside it as the rest of the world counts, where that is
// another day's name.
func (s *speech) both(d ledger.Date) string {
	if s.texts["calendar"] == "" {
		return s.short(d)
	}
	return s.short(d) + " (" + apart(d.String()) + ")"
}

func (s *speech) date(form string, d ledger.Date) string {
	year, month, day := d.Parts()
	y, m, n := year, int(month), day
	if s.texts["calendar"] == "jalali" {
		if jy, jm, jd, err := jalaali.ToJalaali(year, month, day); err == nil {
			y, m, n = jy, int(jm), jd
		}
	}
	pad := func(v int) string { return fmt.Sprintf("%02d", v) }
	return s.digits(s.say(form, "0day", pad(n), "0mon", pad(m), "day", strconv.Itoa(n), "month", s.months[m-1], "year", strconv.Itoa(y)))
}
