package sms

import (
	"strings"
	"unicode/utf16"
)

// GSM's alphabet (3GPP TS 23.038, 6.2.1): its own letters take seven bits, those of the extension
// twice as many.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmMore  = "\f^{}\\[~]|€"
)

// How many characters one message has, and each part of several: of GSM's alphabet, and of sixteen
// bits.
const (
	gsmOne, gsmPart   = 160, 153
	wideOne, widePart = 70, 67
)

// Segments is how many messages a text is sent as. A character is not cut in two, so that a part
// may end one short.
func Segments(text string) int {
	widths, one, part := gsmWidths(text)
	if widths == nil {
		widths, one, part = wideWidths(text)
	}
	total := 0
	for _, w := range widths {
		total += w
	}
	if total <= one {
		return 1
	}
	n, left := 1, part
	for _, w := range widths {
		if w > left {
			n, left = n+1, part
		}
		left -= w
	}
	return n
}

// gsmWidths are the widths of a text's letters in GSM's alphabet, nil where one is not in it.
func gsmWidths(text string) (widths []int, one, part int) {
	widths = []int{}
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsmBasic, r):
			widths = append(widths, 1)
		case strings.ContainsRune(gsmMore, r):
			widths = append(widths, 2)
		default:
			return nil, 0, 0
		}
	}
	return widths, gsmOne, gsmPart
}

// wideWidths are those in sixteen bits: two for what lies beyond the basic plane.
func wideWidths(text string) (widths []int, one, part int) {
	for _, r := range text {
		widths = append(widths, max(utf16.RuneLen(r), 1))
	}
	return widths, wideOne, widePart
}
