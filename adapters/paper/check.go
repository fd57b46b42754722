package paper

import (
	"bytes"
	"fmt"
	"image"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	logoBytesMax = 1 << 20 // each document carries it
	footerMax    = 400     // characters: three small lines
	ownTextMax   = 120
	// What WCAG asks for between text and ground, times ten.
	contrastLeast = 45
)

// Check tells what is wrong with the look of a company, before anything is drawn with it:
// the picture, the colour, texts that are too long or lack their placeholders.
func (h *House) Check() error {
	if n := len(h.Logo); n > 0 {
		if _, format, err := image.DecodeConfig(bytes.NewReader(h.Logo)); err != nil || format != "png" && format != "jpeg" || n > logoBytesMax {
			return fmt.Errorf("the logo is no PNG or JPEG of at most %d KB", logoBytesMax>>10)
		}
	}
	if h.Accent != ([3]uint8{}) {
		if c := contrastOnWhite(h.Accent); c < contrastLeast {
			return fmt.Errorf("the accent colour #%02x%02x%02x has a contrast of %d.%d on white: it needs %d.%d, so take a darker one", h.Accent[0], h.Accent[1], h.Accent[2], c/10, c%10, contrastLeast/10, contrastLeast%10)
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(h.Footer)) {
		if !slices.Contains(Languages, lang) {
			return fmt.Errorf("a footer in %q: documents are written in %s", lang, strings.Join(Languages, ", "))
		}
		if n := utf8.RuneCountInString(h.Footer[lang]); n > footerMax {
			return fmt.Errorf("the footer in %s has %d characters, more than %d", lang, n, footerMax)
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(h.Texts)) {
		if err := h.checkTexts(lang); err != nil {
			return err
		}
	}
	return nil
}

// checkTexts compares the company's texts with the product's.
func (h *House) checkTexts(lang string) error {
	product, err := speechOf(lang, nil)
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(h.Texts[lang])) {
		own, theirs := h.Texts[lang][key], product.texts[key]
		switch {
		case theirs == "":
			return fmt.Errorf("no text of documents is called %q", key)
		case own == "":
			return fmt.Errorf("the text %q in %s is empty", key, lang)
		case utf8.RuneCountInString(own) > max(ownTextMax, 2*utf8.RuneCountInString(theirs)):
			return fmt.Errorf("the text %q in %s is too long", key, lang)
		}
		if a, b := placeholders(own), placeholders(theirs); !slices.Equal(a, b) {
			return fmt.Errorf("the text %q in %s has the placeholders %v, and needs %v", key, lang, a, b)
		}
	}
	return nil
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
