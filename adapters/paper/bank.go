package paper

import (
	"regexp"

	"duebot/ledger"
)

var (
	ibanPattern = regexp.MustCompile(`\b[A-Z]{2}[0-9]{2}(?:[ \x{00a0}]?[0-9A-Z]){11,30}\b`)
	bicPattern  = regexp.MustCompile(`\b(?:BIC|SWIFT)\b[^0-9A-Z]*([A-Z]{6}[0-9A-Z]{2}(?:[0-9A-Z]{3})?)\b`)
)

// ReadBank finds IBAN and BIC in bank details as a company writes them in one line; where
// there is no valid IBAN, the line stays as it is.
func ReadBank(holder, text string) Bank {
	for _, found := range ibanPattern.FindAllString(text, -1) {
		// What follows may look like a part of it: the longest that is valid counts.
		for iban := bare(found); len(iban) >= 15; iban = iban[:len(iban)-1] {
			if !ValidIBAN(iban) {
				continue
			}
			b := Bank{Holder: holder, IBAN: iban}
			if m := bicPattern.FindStringSubmatch(text); m != nil {
				b.BIC = m[1]
			}
			return b
		}
	}
	return Bank{Text: text}
}

// ValidIBAN checks an IBAN's form and its two check digits; blanks do not matter.
func ValidIBAN(iban string) bool { return ledger.ValidIBAN(bare(iban)) }
