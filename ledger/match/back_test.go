package match_test

import (
	"testing"

	"duebot/ledger/match"
)

// What speaks of a refund, a reversal or a mistake, or says that it is not for what it names, waits
// for a person, who is told why; in six languages, and whatever else the line says.
func TestTakesBack(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900), inv(43, "INV-2026-000043", 5000), of(2, inv(50, "СЧ-000050", 120000)))
	for _, text := range []string{
		"refund of INV-2026-000042", "Credit note for INV-2026-000042", "duplicate payment INV-2026-000042 please return", "INV-2026-000042 paid by mistake", "not for INV-2026-000042", "this is instead of invoice INV-2026-000042",
		"Storno INV-2026-000042", "Rückzahlung INV-2026-000042", "RUECKUEBERWEISUNG INV-2026-000042", "Kaution statt INV-2026-000042", "nicht für Rechnung INV-2026-000042",
		"возврат по счёту INV-2026-000042", "Ошибочно перечислено, INV-2026-000042", "не за INV-2026-000042", "вместо счета INV-2026-000042",
		"retur factura INV-2026-000042", "restituire INV-2026-000042", "stornare fact. INV-2026-000042", "plată eronată INV-2026-000042",
		"RIMBORSO FT INV-2026-000042", "storno fattura INV-2026-000042", "pagato per errore INV-2026-000042", "Nota di credito INV-2026-000042",
		"退款 INV-2026-000042", "误付INV-2026-000042货款", "INV-2026-000042重复付款", "برگشت وجه فاکتور INV-2026-000042", "عودت INV-2026-000042", "اشتباه INV-2026-000042",
	} {
		v := b.Match(from("ACME MASCHINENBAU", 11900, text))
		if v.Kind != match.Propose || v.Candidates[0].Reasons[0].Key != "match.back" || v.Candidates[0].Parts[0].Invoice != 42 {
			t.Errorf("%q: %s %q", text, told(v), reasons(v.Candidates[0]))
		}
	}
	check(t, b, from("ООО Ромашка", 120000, "Возврат по счету СЧ-000050"), "propose | 50:120000")
	for _, text := range []string{ // and what only sounds like it
		"INV-2026-000042 НДС не облагается", "Оплата INV-2026-000042, не облагается НДС", "GUTSCHR. UEBERWEISUNG INV-2026-000042", "INV-2026-000042 not VAT", "IVA non esposta, INV-2026-000042", "Note: credit INV-2026-000042",
		"servizio reso INV-2026-000042", "货款 INV-2026-000042", "بابت فاکتور INV-2026-000042", "notice INV-2026-000042",
	} {
		check(t, b, from("ACME MASCHINENBAU", 11900, text), "post | 42:11900")
	}
}

// One letter behind a number makes it another one; a unit of money or a word does not.
func TestLetterBehind(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900))
	for _, text := range []string{"INV-2026-000042A", "Invoice 42b"} {
		if v := b.Match(from("ACME MASCHINENBAU", 11900, text)); v.Kind == match.Post {
			t.Errorf("%q was posted: %s", text, told(v))
		}
	}
	for _, text := range []string{"INV-2026-000042 A", "INV-2026-000042VOM20.11.", "INV-2026-000042г."} {
		check(t, b, from("ACME MASCHINENBAU", 11900, text), "post | 42:11900")
	}
}
