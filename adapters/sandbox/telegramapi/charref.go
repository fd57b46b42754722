package telegramapi

import (
	"unicode/utf8"
)

// reference reads a character reference at the start of s and returns the code and the
// bytes it took; code 0 says that there is none that Telegram knows.
func reference(s string) (code rune, n int) {
	n = 1
	if len(s) > 1 && s[1] == '#' {
		code, n = numeric(s)
		if code == 0 || code >= 0x10ffff || n >= 10 {
			return 0, 0
		}
	} else {
		for n < len(s) && isAlpha(s[n]) {
			n++
		}
		switch s[1:n] {
		case "lt":
			code = '<'
		case "gt":
			code = '>'
		case "amp":
			code = '&'
		case "quot":
			code = '"'
		default:
			return 0, 0
		}
	}
	if n < len(s) && s[n] == ';' {
		n++
	}
	return code, n
}

// numeric reads "&#10" or "&#xa". Digits are bounded, so that the number stays small.
func numeric(s string) (code rune, n int) {
	n, base := 2, rune(10)
	if n < len(s) && s[n] == 'x' {
		n, base = 3, 16
	}
	for ; n < len(s) && n < 12; n++ {
		d := digit(s[n])
		if d < 0 || d >= base {
			break
		}
		code = min(code*base+d, 0x110000)
	}
	return code, n
}

func digit(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10
	}
	return -1
}

// appendCode writes a code point in UTF-8, halves of surrogate pairs included, which
// makes the text invalid on purpose: the caller finds out.
func appendCode(out []byte, code rune) []byte {
	if code >= 0xd800 && code <= 0xdfff {
		return append(out, 0xe0|byte(code>>12), 0x80|byte(code>>6)&0xbf, 0x80|byte(code)&0xbf)
	}
	return utf8.AppendRune(out, code)
}

// isSpace counts the end of the text as a space, as the server's parser does.
func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0 || c == '\v'
}

func isAlpha(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isAlnum(c byte) bool { return isAlpha(c) || c >= '0' && c <= '9' }

// lowerASCII lowers A to Z and leaves every other byte alone.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
