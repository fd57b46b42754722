package paper

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"duebot/adapters/paper/pdf"
)

const (
	logoBytesMax = 1 << 20 // each document carries it
	logoSideMin  = 16      // pixels
	logoSideMax  = 4000
	footerMax    = 400 // characters: three small lines
	ownTextMax   = 120
	// What WCAG asks for between text and ground, times ten.
	contrastLeast = 45
)

// Mistake is something wrong with a look: of which part (logo, accent, footer.de,
// text.ru.total_due), and what.
type Mistake struct{ Part, What string }

// Check tells the first thing that is wrong with the look of a company.
func (h *House) Check() error {
	if m := h.Mistakes(); len(m) > 0 {
		return fmt.Errorf("%s: %s", m[0].Part, m[0].What)
	}
	return nil
}

// Mistakes tells all that is wrong with the look of a company, before anything is drawn with
// it: the picture, the colour, texts that are too long or lack their placeholders.
func (h *House) Mistakes() (out []Mistake) {
	bad := func(part, format string, args ...any) { out = append(out, Mistake{part, fmt.Sprintf(format, args...)}) }
	if len(h.Logo) > 0 {
		if err := checkLogo(h.Logo); err != nil {
			bad("logo", "%v", err)
		}
	}
	if h.Accent != ([3]uint8{}) {
		if c := contrastOnWhite(h.Accent); c < contrastLeast {
			bad("accent", "#%02x%02x%02x has a contrast of %d.%d on white: it needs %d.%d, so take a darker one", h.Accent[0], h.Accent[1], h.Accent[2], c/10, c%10, contrastLeast/10, contrastLeast%10)
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(h.Footer)) {
		if !slices.Contains(Languages, lang) {
			bad("footer."+lang, "no documents are written in %q; there are %s", lang, strings.Join(Languages, ", "))
		} else if n := utf8.RuneCountInString(h.Footer[lang]); n > footerMax {
			bad("footer."+lang, "has %d characters, more than %d", n, footerMax)
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(h.Texts)) {
		h.checkTexts(lang, bad)
	}
	return out
}

// checkLogo reads a logo as the one who draws it will.
func checkLogo(data []byte) error {
	if len(data) > logoBytesMax {
		return fmt.Errorf("is %d KB large, more than %d", len(data)>>10, logoBytesMax>>10)
	}
	cfg, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || format != "png" && format != "jpeg" {
		return errors.New("is no PNG or JPEG")
	}
	if cfg.Width < logoSideMin || cfg.Height < logoSideMin || cfg.Width > logoSideMax || cfg.Height > logoSideMax {
		return fmt.Errorf("has %d x %d pixels; each side must have %d to %d", cfg.Width, cfg.Height, logoSideMin, logoSideMax)
	}
	if _, err := pdf.New(io.Discard, pdf.Info{}).Image(data); err != nil {
		return errors.New("cannot be read to its end, or is not in grey or red, green and blue")
	}
	return nil
}

// checkTexts compares the company's texts with the product's.
func (h *House) checkTexts(lang string, bad func(part, format string, args ...any)) {
	product, err := speechOf(lang, nil)
	if err != nil {
		bad("text."+lang, "no documents are written in %q; there are %s", lang, strings.Join(Languages, ", "))
		return
	}
	for _, key := range slices.Sorted(maps.Keys(h.Texts[lang])) {
		part, own, theirs := "text."+lang+"."+key, h.Texts[lang][key], product.texts[key]
		switch {
		case theirs == "":
			bad(part, "no text of documents is called %q", key)
		case own == "":
			bad(part, "is empty")
		case utf8.RuneCountInString(own) > max(ownTextMax, 2*utf8.RuneCountInString(theirs)):
			bad(part, "is too long: it has %d characters", utf8.RuneCountInString(own))
		default:
			if a, b := placeholders(own), placeholders(theirs); !slices.Equal(a, b) {
				bad(part, "has the placeholders %v, and needs %v", a, b)
			}
		}
	}
}

// placeholders lists what a text has in braces, in order of the alphabet.
func placeholders(s string) []string {
	out := []string{}
	for {
		from := strings.IndexByte(s, '{')
		to := strings.IndexByte(s, '}')
		if from < 0 || to < from {
			slices.Sort(out)
			return out
		}
		out = append(out, s[from:to+1])
		s = s[to+1:]
	}
}

// contrastOnWhite is the ratio of WCAG 2 between a colour and white, times ten.
func contrastOnWhite(c [3]uint8) int {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	luminance := 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
	return int(1.05 / (luminance + 0.05) * 10)
}
