package paper

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"duebot/adapters/paper/shape"
	"duebot/ledger"
)

// PaymentQR is what a code says so that the customer's own banking app fills in the
// transfer: EPC069-12 for euros to an IBAN, ST00012 (GOST R 56042-2014) for rubles to a
// Russian account; "" where neither fits.
func PaymentQR(b *Bank, sum ledger.Money, purpose string) string {
	switch {
	case sum.Minor <= 0:
		return ""
	case sum.Currency == "EUR" && ValidIBAN(b.IBAN) && cutTo(b.Holder, 70) != "" && sum.Minor <= 99_999_999_999:
		return epc(b, sum, purpose)
	case sum.Currency == "RUB" && digits(b.Account, 20) && digits(b.BIC, 9) && cutTo(b.Bank, 45) != "" && cutTo(b.Holder, 160) != "":
		return st00012(b, sum, purpose)
	}
	return ""
}

// digits reports whether a number has just so many of them.
func digits(s string, n int) bool {
	s = bare(s)
	return len(s) == n && strings.Trim(s, "0123456789") == ""
}

// bicForm is what banks are called by SWIFT.
var bicForm = regexp.MustCompile(`^[A-Z]{6}[0-9A-Z]{2}(?:[0-9A-Z]{3})?$`)

// epcMax is the most bytes that the code may hold.
const epcMax = 331

// epc is twelve lines; the ones at the end may be left out. The reference is a creditor's
// (RF…) or free text, never both.
func epc(b *Bank, sum ledger.Money, purpose string) string {
	creditor, free := "", cutTo(purpose, 140)
	if strings.HasPrefix(purpose, "RF") && purpose == b.CreditorNumber {
		creditor, free = purpose, ""
	}
	bic := bare(b.BIC)
	if !bicForm.MatchString(bic) { // which the second version of the code can do without
		bic = ""
	}
	lines := []string{"BCD", "002", "1", "SCT", bic, cutTo(b.Holder, 70), bare(b.IBAN), "EUR" + sum.Decimal().StringFixed(2), "", creditor, free}
	for over := len(strings.Join(lines, "\n")) - epcMax; over > 0 && free != ""; over = len(strings.Join(lines, "\n")) - epcMax {
		runes := []rune(free)
		free = string(runes[:len(runes)-min(len(runes), (over+3)/4)])
		lines[len(lines)-1] = strings.TrimSpace(free)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// st00012 is names and values between bars; the five first are required, in this order.
func st00012(b *Bank, sum ledger.Money, purpose string) string {
	correspondent := b.Correspondent
	if !digits(correspondent, 20) {
		correspondent = "0"
	}
	fields := []string{"ST00012", "Name=" + cutTo(b.Holder, 160), "PersonalAcc=" + bare(b.Account), "BankName=" + cutTo(b.Bank, 45), "BIC=" + bare(b.BIC),
		"CorrespAcc=" + bare(correspondent), "Sum=" + sum.Decimal().Shift(2).StringFixed(0)}
	if purpose = cutTo(purpose, 210); purpose != "" {
		fields = append(fields, "Purpose="+purpose)
	}
	if digits(b.TaxID, 10) || digits(b.TaxID, 12) {
		fields = append(fields, "PayeeINN="+bare(b.TaxID))
	}
	if digits(b.Reason, 9) {
		fields = append(fields, "KPP="+bare(b.Reason))
	}
	return strings.Join(fields, "|")
}

// cutTo is at most n characters, without what would end a line or a field.
func cutTo(s string, n int) string {
	s = strings.Join(strings.FieldsFunc(shape.Clean(s), func(r rune) bool { return r <= ' ' || r == '|' }), " ")
	if utf8.RuneCountInString(s) > n {
		s = strings.TrimSpace(string([]rune(s)[:n]))
	}
	return s
}

// bare is a number without the blanks by which people group it.
func bare(s string) string { return strings.Join(strings.Fields(cutTo(s, 40)), "") }
