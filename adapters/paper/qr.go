package paper

import (
	"strings"
	"unicode/utf8"

	"duebot/ledger"
)

// PaymentQR is what a code says so that the customer's own banking app fills in the
// transfer: EPC069-12 for euros to an IBAN, ST00012 (GOST R 56042-2014) for rubles to a
// Russian account; "" where neither fits.
func PaymentQR(b *Bank, sum ledger.Money, purpose string) string {
	switch {
	case sum.Minor <= 0:
		return ""
	case sum.Currency == "EUR" && b.IBAN != "" && sum.Minor <= 99_999_999_999:
		return epc(b, sum, purpose)
	case sum.Currency == "RUB" && b.Account != "" && b.BIC != "" && b.Bank != "" && b.Holder != "":
		return st00012(b, sum, purpose)
	}
	return ""
}

// epc is twelve lines; the ones at the end may be left out. The reference is a creditor's
// (RF…) or free text, never both.
func epc(b *Bank, sum ledger.Money, purpose string) string {
	creditor, free := "", cutTo(purpose, 140)
	if strings.HasPrefix(purpose, "RF") && purpose == b.CreditorNumber {
		creditor, free = purpose, ""
	}
	lines := []string{"BCD", "002", "1", "SCT", bare(b.BIC), cutTo(b.Holder, 70), bare(b.IBAN), "EUR" + sum.Decimal().StringFixed(2), "", creditor, free}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// st00012 is names and values between bars; the five first are required, in this order.
func st00012(b *Bank, sum ledger.Money, purpose string) string {
	correspondent := b.Correspondent
	if correspondent == "" {
		correspondent = "0"
	}
	fields := []string{"ST00012", "Name=" + cutTo(b.Holder, 160), "PersonalAcc=" + bare(b.Account), "BankName=" + cutTo(b.Bank, 45), "BIC=" + bare(b.BIC),
		"CorrespAcc=" + bare(correspondent), "Sum=" + sum.Decimal().Shift(2).StringFixed(0), "Purpose=" + cutTo(purpose, 210)}
	if b.TaxID != "" {
		fields = append(fields, "PayeeINN="+bare(b.TaxID))
	}
	if b.Reason != "" {
		fields = append(fields, "KPP="+bare(b.Reason))
	}
	return strings.Join(fields, "|")
}

// cutTo is at most n characters, without what would end a line or a field.
func cutTo(s string, n int) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == '|' }), " ")
	if utf8.RuneCountInString(s) > n {
		s = string([]rune(s)[:n])
	}
	return s
}

// bare is a number without the blanks by which people group it.
func bare(s string) string { return strings.Join(strings.Fields(cutTo(s, 40)), "") }
