package match

import (
	"slices"
	"strings"
	"unicode"
)

// backStems are what words begin with that tell of money given back, of a mistake, or of what no
// longer holds, in six languages. Who writes one beside the number of an invoice may not pay it.
var backStems = foldList("refund", "reversal", "reversed", "chargeback", "return", "duplicate", "mistake", "erroneous", "cancel",
	"rückzahl", "rueckzahl", "rückerstatt", "rueckerstatt", "erstattung", "rückbuch", "rueckbuch", "rücküberw", "rueckueberw", "retoure", "storn", "irrtüm", "irrtuem", "fehlüberw", "fehlueberw", "doppelzahl", "doppelt",
	"возврат", "возвращ", "сторн", "ошибоч", "аннулир", "vozvrat", "oshibochn",
	"retur", "restitu", "ramburs", "rimbors", "erone", "erona", "greșeal", "greseal", "anulat", "anulare", "annull", "errore", "erroneo",
	"退款", "退货", "退回", "退还", "退汇", "冲正", "误付", "误转", "重复付款", "作废", "取消", "برگشت", "عودت", "استرداد", "اشتباه", "مرجوع", "ابطال", "لغو")

// backPhrases are several words that do.
var backPhrases = foldList("credit note", "credit memo", "nota credito", "nota di credito", "nota de credit", "кредит нота", "кредитовое авизо")

// noWords say that it is not what stands behind them, linkWords may stand between.
var (
	noWords   = foldAll("not", "nicht", "kein", "keine", "instead", "statt", "anstatt", "не", "вместо", "nu", "non", "invece", "不是", "非", "نه", "جای")
	linkWords = foldAll("for", "of", "the", "für", "fuer", "zu", "von", "der", "по", "за", "для", "pentru", "de", "la", "per", "di", "della", "برای", "بابت")
)

func foldList(words ...string) (out []string) {
	for _, w := range words {
		out = append(out, " "+strings.Join(readText(w).words(), " "))
	}
	return out
}

// words are the runs of letters of t, without what stands between them.
func (t *text) words() (out []string) {
	for i := 0; i < len(t.runes); {
		end := t.wordEnd(i)
		if end > i {
			out = append(out, string(t.runes[i:end]))
		}
		i = max(end, i+1)
	}
	return out
}

func (t *text) wordEnd(i int) int {
	end := i
	for end < len(t.runes) && unicode.IsLetter(t.runes[end]) && (end == i || t.gaps[end] == joined) {
		end++
	}
	return end
}

// takesBack reports whether a line's words speak of a refund, a reversal or a mistake, or say of
// what it names that it is not that.
func (m *matching) takesBack() bool {
	if m.line.Text == "" {
		return false
	}
	t := readText(m.line.Text)
	said := " " + strings.Join(t.words(), " ") + " "
	for _, stem := range backStems {
		if strings.Contains(said, stem) || unicode.Is(unicode.Han, []rune(stem)[1]) && strings.Contains(said, stem[1:]) {
			return true
		}
	}
	for _, phrase := range backPhrases {
		if strings.Contains(said, phrase+" ") {
			return true
		}
	}
	return slices.ContainsFunc(m.refs, func(h hit) bool {
		return h.grade >= gradeBare && !h.structured && h.start < len(t.runes) && t.deniedBefore(h.start)
	})
}

// deniedBefore reports whether a word before position p says that it is not what stands there:
// "not for invoice 42".
func (t *text) deniedBefore(p int) bool {
	for range 4 {
		w := t.wordBefore(p, loose)
		switch {
		case len(w) == 0:
			return false
		case noWords[string(w)]:
			return true
		case !linkWords[string(w)] && !isInvoiceWord(w):
			return false
		}
		p -= len(w)
	}
	return false
}

// held is a verdict that would be booked by itself as one that waits for a person, who is told why.
func held(v Verdict) Verdict {
	v.Kind = Propose
	v.Candidates[0].Reasons = append([]Reason{reason("match.back")}, v.Candidates[0].Reasons...)
	return v
}
