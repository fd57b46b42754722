package pdftest

import (
	"regexp"
	"strconv"
	"strings"
)

// operands is how many each operator takes that a page may have; -1: those of an array.
var operands = map[string]int{"re": 4, "f": 0, "q": 0, "Q": 0, "cm": 6, "Do": 1, "BT": 0, "ET": 0, "Tf": 2, "Tm": 6, "Tr": 1, "TJ": -1, "Ts": 1, "w": 1, "rg": 3, "RG": 3}

var tokenPattern = regexp.MustCompile(`\[[^\]]*\]|/[A-Za-z0-9]+|-?[0-9]+(?:\.[0-9]+)?|[A-Za-z*]+|[^\s]`)

// content is what is drawn on a page: known operators with as many operands as they take,
// what is opened is closed, and every glyph is one of its font.
func (f *file) content(page int, data []byte, fonts map[string]*cidFont) {
	var args []string
	var font *cidFont
	text, depth := false, 0
	for _, token := range tokenPattern.FindAllString(string(data), -1) {
		n, known := operands[token]
		if !known {
			args = append(args, token)
			continue
		}
		if n >= 0 && len(args) != n || n < 0 && (len(args) != 1 || args[0][0] != '[') {
			f.fault("page %d: %q before %s", page, args, token)
			return
		}
		switch token {
		case "q":
			depth++
		case "Q":
			depth--
		case "BT", "ET":
			if text == (token == "BT") {
				f.fault("page %d: %s in the wrong place", page, token)
			}
			text = !text
		case "Tf":
			if font = fonts[strings.TrimPrefix(args[0], "/")]; font == nil {
				f.fault("page %d: there is no font %s", page, args[0])
				return
			}
		case "TJ":
			f.glyphs(page, args[0], font, text)
		}
		args = args[:0]
	}
	if text || depth != 0 || len(args) > 0 {
		f.fault("page %d ends in the middle: %q", page, args)
	}
}

var shownPattern = regexp.MustCompile(`<([0-9a-f]*)>`)

// glyphs are those of one array: none may be the one that stands for nothing.
func (f *file) glyphs(page int, array string, font *cidFont, text bool) {
	if font == nil || !text {
		f.fault("page %d: glyphs without a font", page)
		return
	}
	for _, m := range shownPattern.FindAllStringSubmatch(array, -1) {
		for digits := m[1]; digits != ""; digits = digits[4:] {
			if len(digits) < 4 {
				f.fault("page %d: half a glyph", page)
				return
			}
			if code, _ := strconv.ParseUint(digits[:4], 16, 16); code == 0 || int(code) >= font.glyphs {
				f.fault("page %d: glyph %d of %d", page, code, font.glyphs)
			}
		}
	}
}
