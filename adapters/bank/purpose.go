package bank

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duebot/ledger"
)

// readPurpose reads :86: into a line, whichever of the dialects it is in: numbered pieces
// (?20, ~20, ^20, >20, +20, <20), pieces by name (/REMI/), or words.
func readPurpose(l *ledger.BankLine, text []string, own string) {
	if m := mtTagged.FindStringSubmatch(text[0]); m != nil && l.Instructed.Currency == "" { // as some banks put it before the words
		l.Instructed, l.Fees = tagged("OCMT", text[0]), tagged("CHGS", text[0])
	}
	for i, s := range text {
		text[i] = lineBreaks.Replace(s)
	}
	raw := strings.Join(text, "")
	if m := numbered.FindStringSubmatch(raw); m != nil {
		numberedPurpose(l, m[1], m[2][0], raw[len(m[1]):])
		return
	}
	if strings.HasPrefix(strings.TrimSpace(raw), "/") && namedPurpose(l, unwrapped(text)) {
		return
	}
	freePurpose(l, text, own)
}

// lineBreaks are those of web pages, which some banks leave in.
var lineBreaks = strings.NewReplacer("<br>", " ", "<BR>", " ", "<br/>", " ", "<br />", " ")

// wrapAt is where banks break a purpose that is too long, some of them in the middle of a word.
const wrapAt = 64

// unwrapped joins lines: with a space, unless one is as long as a line can be.
func unwrapped(text []string) string {
	var out strings.Builder
	for i, s := range text {
		out.WriteString(s)
		if i < len(text)-1 && utf8.RuneCountInString(s) < wrapAt {
			out.WriteByte(' ')
		}
	}
	return out.String()
}

var numbered = regexp.MustCompile(`^\s*(\d{3})?\s*([?~^>+<])(?:[0-36]\d)`)

// numberedPurpose reads pieces under two digits: 00 the kind, 20 to 29 and 60 to 63 the purpose,
// 30 the other side's bank, 31 or 38 its account, 32 and 33 its name, 34 the bank's key.
func numberedPurpose(l *ledger.BankLine, kind string, mark byte, raw string) {
	pieces := pieces(raw, mark)
	get := func(n int) string { return unfilled(pieces[n]) }
	purpose := glued(get(20), get(21), get(22), get(23), get(24), get(25), get(26), get(27), get(28), get(29), get(60), get(61), get(62), get(63))
	name, iban := glued(get(32), get(33)), account(firstOf(get(38), get(31)))
	if second := account(get(33)); iban == "" && isIBAN(second) {
		name, iban = get(32), second
	}
	if name = clean(name); name != "" {
		l.PartyName = name
	}
	l.Party.Number = firstOf(iban, l.Party.Number)
	l.Party.Bank = account(get(30))
	if strings.Contains(clean(get(30)), " ") { // the bank's name
		l.Party.Bank = ""
	}
	if kind != "" && kind != "000" {
		l.Code = strings.Trim(l.Code+"/"+kind, "/")
	}
	if slices.Contains([]string{"108", "109", "159", "181", "184"}, kind) { // what came back
		l.Return = clean(get(34))
	}
	sepaPurpose(l, purpose)
}

// pieces are the values by their numbers.
func pieces(raw string, mark byte) map[int]string {
	out := map[int]string{}
	at, from := -1, 0
	for i := 0; i+2 < len(raw); i++ {
		if raw[i] != mark || !digit(raw[i+1]) || !digit(raw[i+2]) || mark == '+' && afterWord(raw[:i]) {
			continue
		}
		if at >= 0 {
			out[at] += raw[from:i]
		}
		at, from = int(raw[i+1]-'0')*10+int(raw[i+2]-'0'), i+3
		i += 2
	}
	if at >= 0 {
		last := raw[from:]
		if mark != '?' {
			last = strings.TrimSuffix(last, string(mark))
		}
		out[at] += last
	}
	return out
}

// unfilled is a piece without what some banks fill an empty one with: the last letter of their
// code page.
func unfilled(s string) string {
	if t := strings.TrimSpace(s); t == "˙" || t == "ÿ" || t == "\u00a0" || t == "я" {
		return ""
	}
	return s
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// afterWord reports whether a plus ends a keyword, as in EREF+123.
func afterWord(s string) bool { return keywordEnd.MatchString(s[max(0, len(s)-4):]) }

var keywordEnd = regexp.MustCompile(`(?:EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)$`)

const pieceFull = 27

// glued joins pieces: without a space behind one that is as long as it can be.
func glued(pieces ...string) string {
	var out strings.Builder
	full := true
	for _, p := range pieces {
		if p == "" {
			continue
		}
		if !full {
			out.WriteByte(' ')
		}
		out.WriteString(p)
		full = utf8.RuneCountInString(p) == pieceFull
	}
	return out.String()
}

var sepaWord = regexp.MustCompile(`(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)\+|(MTLG:)`)

// sepaPurpose reads the keywords that German banks put into a purpose.
func sepaPurpose(l *ledger.BankLine, s string) {
	at := sepaWord.FindAllStringSubmatchIndex(s, -1)
	if len(at) == 0 {
		l.Text = joined(l.Text, s)
		return
	}
	words, behind := s[:at[0][0]], ""
	for i, m := range at {
		end := len(s)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		value := clean(s[m[1]:end])
		if m[2] < 0 { // the bank's own message
			words = joined(words, value)
			continue
		}
		switch s[m[2]:m[3]] {
		case "SVWZ":
			words = joined(words, value)
		case "ABWA":
			behind = value
		case "EREF":
			if !noReference[value] {
				l.EndToEnd = value
			}
		case "IBAN":
			l.Party.Number = firstOf(l.Party.Number, account(value))
		case "BIC":
			l.Party.Bank = firstOf(l.Party.Bank, account(value))
		}
	}
	l.Text = joined(l.Text, words, behind)
}

// namedWords are the names of pieces between slashes.
var namedWords = map[string]bool{"TRTP": true, "CSID": true, "NAME": true, "MARF": true, "REMI": true, "IBAN": true, "BIC": true, "EREF": true, "ORDP": true,
	"BENM": true, "ADDR": true, "ISDT": true, "CNTP": true, "PREF": true, "RTRN": true, "RTYP": true, "ULTC": true, "ULTD": true, "ULTB": true, "PURP": true,
	"ACNO": true, "ROC": true, "RFB": true, "BAI": true, "CREF": true, "KREF": true, "BO": true, "NBKT": true, "PT": true, "PY": true, "ACC": true, "INST": true, "SVCL": true}

// citiWords are those of a bank whose pieces begin with the kind of the transaction, /PT/: of
// the beneficiary, the orderer, and their banks.
var citiWords = map[string]bool{"BN": true, "BN1": true, "BN2": true, "BN3": true, "BO1": true, "BO2": true, "BO3": true, "OB": true, "OB1": true, "OB2": true,
	"OB3": true, "BI": true, "BB": true, "BK": true, "RN": true, "CTC": true, "AB": true, "OA": true, "BA": true}

// namedPurpose reads pieces by name; it reports whether there are any.
func namedPurpose(l *ledger.BankLine, s string) bool {
	parts, name, found := map[string][]string{}, "", false
	citi := strings.HasPrefix(strings.TrimSpace(s), "/PT/")
	for token := range strings.SplitSeq(s, "/") {
		if word := strings.TrimSpace(token); namedWords[word] || citi && citiWords[word] {
			name, found = word, true
			continue
		}
		parts[name] = append(parts[name], token)
	}
	if !found {
		return false
	}
	value := func(name string) string { return clean(strings.Trim(strings.Join(parts[name], "/"), "/ ")) }
	l.Party.Number = firstOf(account(value("IBAN")), account(value("ACNO")), l.Party.Number)
	l.Party.Bank = account(value("BIC"))
	sides := []string{"ORDP", "BENM"} // who orders, and who gets it: of both the other side comes last
	if l.Amount.Minor >= 0 {
		sides = []string{"BENM", "ORDP"}
	}
	l.PartyName = firstOf(value("NAME"), value(sides[1]), value(sides[0]), value("BO"), l.PartyName)
	if c := parts["CNTP"]; len(c) >= 3 {
		l.Party.Number, l.Party.Bank, l.PartyName = account(c[0]), account(c[1]), clean(c[2])
	}
	for _, side := range sides {
		if c := parts[side]; len(c) >= 2 && len(account(c[0])) >= 8 && strings.ContainsAny(c[0], "0123456789") && !strings.Contains(strings.TrimSpace(c[0]), " ") {
			l.Party.Number, l.PartyName = account(c[0]), clean(c[1])
			l.Text = joined(l.Text, strings.Trim(strings.Join(c[2:], "/"), "/ "))
		}
	}
	if v := firstOf(value("EREF"), value("ROC")); !noReference[v] {
		l.EndToEnd = v
	}
	l.Return = value("RTRN")
	remits(l, parts["REMI"], firstOf(value("ROC"), value("PY")))
	if l.Text == "" {
		l.Text = clean(s)
	}
	return true
}

// remits reads /REMI/USTD//words and /REMI/STRD/CUR/reference, and plain words.
func remits(l *ledger.BankLine, parts []string, other string) {
	if len(parts) > 2 && parts[0] == "STRD" {
		l.Creditor = clean(strings.Join(parts[2:], " "))
		parts = parts[2:]
	} else if len(parts) > 1 && parts[0] == "USTD" {
		parts = parts[1:]
	}
	l.Text = joined(l.Text, strings.Trim(strings.Join(parts, "/"), "/ "), other)
}

// freeForms are how some banks name the other side within words: a number, or a name, or both.
var freeForms = []*regexp.Regexp{
	regexp.MustCompile(`\bREK: ?(?P<number>[A-Z0-9 ]+)/NAAM: ?(?P<name>.+)$`),
	regexp.MustCompile(`\bIBAN: ?(?P<number>[A-Z]{2}\d{2}[A-Z0-9]{11,30}) .*\bNAAM: ?(?P<name>.+?)(?: OMSCHRIJVING:| KENMERK:| BETALINGSKENM\.:| MACHTIGING:|$)`),
	regexp.MustCompile(`N?[ZA] RACH\.: ?(?P<number>\d{26})`),
	regexp.MustCompile(`\b(?:OD|DLA): ?(?P<name>[^;]+);`),
	regexp.MustCompile(`^\d{3}[A-Z_]+:.*:(?P<name>[^:]+):(?P<number>[A-Z]{2}\d{2}[A-Z0-9]{11,30})(?::|$)`),
	regexp.MustCompile(`Platitor\s+(?P<name>.*?)\s+(?P<number>RO\d\d[A-Z]{4}[A-Z0-9]{16})`),
	regexp.MustCompile(`(?i)AUFTRAGGEBER: (?P<name>.+?)(?: MITTEILUNGEN:|$)`),
}

// freePurpose reads words, and the other side where they name it.
func freePurpose(l *ledger.BankLine, text []string, own string) {
	words := strings.Join(strings.Fields(unwrapped(text)), " ")
	first, rest, _ := strings.Cut(strings.TrimSpace(text[0]), " ")
	if first != own && (isIBAN(first) || first == l.EndToEnd && ibanForm.MatchString(first)) {
		if l.Party.Number = first; first == l.EndToEnd {
			l.EndToEnd = ""
		}
		if len(text) > 1 {
			l.PartyName, l.Text, words = firstOf(clean(rest), l.PartyName), "", joined(text[1:]...)
		}
	}
	if len(text) > 2 && ownLine.MatchString(text[1]) && l.Party.Number == "" { // lines of their own, as in Hungary
		l.Party.Number, l.PartyName = account(text[1]), firstOf(l.PartyName, clean(text[2]))
	}
	for _, form := range freeForms {
		m := form.FindStringSubmatch(words)
		if m == nil {
			continue
		}
		for i, name := range form.SubexpNames() {
			switch {
			case name == "number" && l.Party.Number == "":
				l.Party.Number = account(m[i])
			case name == "name" && l.PartyName == "":
				l.PartyName = clean(m[i])
			}
		}
	}
	if !strings.Contains(words, l.Text) {
		words = joined(l.Text, words)
	}
	l.Text = clean(words)
}

// ownLine is a line that is an account and no more.
var ownLine = regexp.MustCompile(`^\s*\d{16,28}\s*$`)

var ibanForm = regexp.MustCompile(`\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b`)

// ibanIn is the first account in words that is not our own.
func ibanIn(words, own string) string {
	for _, s := range ibanForm.FindAllString(words, 8) {
		if s != own && isIBAN(s) {
			return s
		}
	}
	return ""
}
