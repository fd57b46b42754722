package match

import (
	"slices"
	"strings"

	"duebot/ledger"
)

// structured finds the invoices that are named in fields made for it: a creditor's reference
// (RF, KID, VS), the numbers of documents.
func (b *Book) structured(line *ledger.BankLine) (hits []hit) {
	fields := slices.Clone(line.Documents)
	if line.Creditor != "" {
		fields = append(fields, line.Creditor)
	}
	fields = append(fields, creditorReferences(line.Text)...)
	for i, field := range fields {
		found := b.inField(field)
		if len(found) == 0 {
			found = b.ordered(readText(field))
		}
		for _, h := range found {
			h.start, h.end = (i+2)*elsewhere, (i+2)*elsewhere+1
			hits = append(hits, h)
		}
	}
	return hits
}

// inField finds the invoices that a field made for references names.
func (b *Book) inField(field string) (hits []hit) {
	for _, s := range readings(field) {
		t := readText(s)
		for _, h := range b.references(t) {
			if h.grade >= gradeBare && b.fills(t, &h) {
				h.grade, h.structured = gradeWhole, true
				hits = append(hits, h)
			}
		}
		if len(hits) > 0 {
			break
		}
	}
	return hits
}

// fills reports whether a number is all that stands in a field: all its digits, at least.
func (b *Book) fills(t *text, h *hit) bool {
	n := &b.items[h.slot].number
	digits := 0
	for _, a := range n.atoms {
		if a.digits {
			digits += len(a.runes)
		}
	}
	return h.start == 0 && h.end == len(t.runes) && (len(n.atoms) == 1 || h.grade == gradeWhole || h.end-h.start >= digits)
}

// readings are what a creditor's reference may say: itself, without the head of an RF reference,
// or without the check digit of a KID.
func readings(s string) []string {
	s = strings.ToUpper(strings.Join(strings.Fields(s), ""))
	out := []string{s}
	if validRF(s) {
		return []string{strings.TrimLeft(s[4:], "0"), s}
	}
	if n := len(s); n > 3 && strings.Trim(s, "0123456789") == "" && (luhn(s) || mod11(s)) {
		out = append(out, s[:n-1])
	}
	return out
}

// creditorReferences finds RF references in a text, in one or in groups of four. One is believed
// for its check digits alone.
func creditorReferences(text string) (out []string) {
	words := strings.Fields(strings.ToUpper(text))
	for i, w := range words {
		at := strings.Index(w, "RF")
		if at < 0 {
			continue
		}
		s := strings.Trim(w[at:], ".,;:()")
		for k := i; ; {
			if validRF(s) {
				out = append(out, s)
				break
			}
			if k++; k >= len(words) || len(s) > 25 {
				break
			}
			s += strings.Trim(words[k], ".,;:()")
		}
	}
	return out
}

// validRF reports whether s is a creditor reference: RF, two check digits, up to 21 letters and
// digits, of which the number is 1 by 97 (ISO 11649).
func validRF(s string) bool {
	if len(s) < 5 || len(s) > 25 || s[:2] != "RF" {
		return false
	}
	sum := 0
	for _, r := range s[4:] + s[:4] {
		switch {
		case r >= '0' && r <= '9':
			sum = (sum*10 + int(r-'0')) % 97
		case r >= 'A' && r <= 'Z':
			sum = (sum*100 + int(r-'A') + 10) % 97
		default:
			return false
		}
	}
	return sum == 1
}

// luhn reports whether the last digit of s checks the others by modulus 10.
func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// mod11 reports whether the last digit of s checks the others by modulus 11, weights 2 to 7.
func mod11(s string) bool {
	sum := int(s[len(s)-1] - '0')
	for i := 1; i < len(s); i++ {
		sum += int(s[len(s)-1-i]-'0') * (2 + (i-1)%6)
	}
	return sum%11 == 0
}
