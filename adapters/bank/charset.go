package bank

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/unicode/norm"
)

// A file that says nothing of its code page is read in that of the language it makes most sense in:
// the letters of a file must be those of one language (ø stands beside å and æ, ř beside š and ě),
// and stand where they do in words (a vowel between consonants: Søren, not Sřren).

// tongue is a language as it is written in code pages.
type tongue struct {
	name    string
	pages   []encoding.Encoding
	letters string // what it has beside ASCII, small
	rare    string // and what is seldom among them
	words   string // that stand in statements, in small letters: only those that tell
	hint    string // currencies, and countries of its accounts
}

var (
	western  = []encoding.Encoding{charmap.Windows1252, charmap.CodePage850}
	central  = []encoding.Encoding{charmap.Windows1250, charmap.ISO8859_2, charmap.CodePage852}
	cyrillic = []encoding.Encoding{charmap.Windows1251, charmap.CodePage866, charmap.KOI8R}
)

// tongues are the languages of the world's banks. Of those that make the same sense the first is
// taken.
var tongues = []tongue{
	{"en", western, "éè", "", "", "GBP|USD"},
	{"de", western, "äöüß", "é", "für|überweisung|währung|empfänger|begünstigter|gläubiger|müller|köln|münchen", "CHF|DE|AT|CH|LI"},
	{"fr", western, "éèàêçîôâœ", "ûëïù", "libellé|débit|crédit|numéro|opération|opérations|société|reçu", "FR|BE|MC"},
	{"es", western, "áéíóúñ", "ü", "número|descripción|operación|españa|código|depósito", "MXN|ARS|COP|CLP|PEN|ES"},
	{"it", western, "àèéìòù", "", "attività|società|è|città|già", "IT|SM"},
	{"pt", western, "ãõáéíóúçâêô", "üà", "descrição|histórico|crédito|débito|lançamento|transferência|são|não|joão|operação", "BRL|PT"},
	{"nl", western, "ëé", "ïöèü", "één", "NL"},
	{"da", western, "æøå", "éüöä", "beløb|købt|køb|overførsel|bogført|løbenr|løn|søren|jørgen|sønderborg|søn", "DKK|DK|FO"},
	{"no", western, "æøå", "éòóô", "beløp|bokført|overføring|lønn|kjøp|bjørn|tromsø|bærum|ålesund|gjøvik|inngående|utgående", "NOK|NO"},
	{"sv", western, "åäö", "éü", "överföring|insättning|bokföringsdag|bokförd|från|för|lön|göteborg|malmö", "SEK|SE"},
	{"fi", western, "äö", "å", "määrä|päivä|kirjauspäivä|maksupäivä|yhtiö", "FI"},
	{"ro", central, "ăâîșțşţ", "", "plată|sumă|plăți|bucurești|românia|numărul|încasare|tranzacție|lună|către", "RON|RO|MDL|MD"},
	{"tr", []encoding.Encoding{charmap.Windows1254}, "çğıöşü", "â", "açıklama|ișlem|ödeme|șube|gönderen|ücret|ücreti|ltd.ști", "TRY|TRL|TR"},
	{"is", western, "áðéíóúýþæö", "", "greiðsla|upphæð|dagsetning", "ISK|IS"},
	{"pl", central, "ąćęłńóśźż", "", "zł|tytuł|płatność|opłata|księgowania|treść|odbiorcą|łódź|kraków|spółka", "PLN|PL"},
	{"cs", central, "áčéěířšúůýž", "ďťňó", "kč|částka|příjem|převod|účet|účtu|zpráva|příchozí|měna|příkaz|plzeň|praha|jiří", "CZK|CZ"},
	{"sk", central, "áäčďéíňóôšťúýž", "ĺŕľ", "účet|účtu|dátum|správa|čiastka|košice|prijatá", "SK"},
	{"hu", central, "áéíóöőúüű", "", "összeg|könyvelés|közlemény|jóváírás|terhelés|számla|átutalás|díj|értéknap|győr|fő", "HUF|HU"},
	{"hr", central, "čćđšž", "", "račun|plaćanja|plaćanje|računa|šifra|krajnji", "HRK|HR|RSD|RS|BAM|BA|SI"},
	{"lt", []encoding.Encoding{charmap.Windows1257}, "ąčęėįšųūž", "", "gavėjas|mokėtojas|mokėjimo|sąskaita|lėšos|už", "LTL|LT"},
	{"lv", []encoding.Encoding{charmap.Windows1257}, "āčēģīķļņšūž", "", "maksājums|rēķins|saņēmējs|summa|rīga", "LVL|LV"},
	{"et", []encoding.Encoding{charmap.Windows1257, charmap.Windows1252}, "õäöüšž", "", "kuupäev|viitenumber|selgitus|osaühing|tehingu", "EEK|EE"},
	{"el", []encoding.Encoding{charmap.Windows1253}, "αοιετσνηυρπκλςάέήίόύώ", "", "ποσό|ημερομηνία|αιτιολογία", "GR|CY"},
	{"ru", cyrillic, "", "", "", "RUB|RUR|KZT|BYN"},
	{"uk", []encoding.Encoding{charmap.Windows1251, charmap.KOI8U}, "", "", "", "UAH|UA"},
	{"zh", []encoding.Encoding{simplifiedchinese.GB18030}, "", "", "", "CNY|RMB"},
	{"fa", []encoding.Encoding{charmap.Windows1256}, "", "", "", "IRR|IR"},
}

// romance are languages that have no k and no w.
var romance = map[string]bool{"fr": true, "es": true, "it": true, "pt": true, "ro": true}

// often are the letters that are common in scripts other than the Latin one.
const often = "оеаинтсрвлкмдпуОЕАИНТСРВЛКМДПУ" + "ايردنبمتسهوشلکكفقعطصیي"

const (
	sampleMost  = 64 << 10 // as much is read of where a file has letters beside ASCII
	wordsMost   = 3000     // and as many of its words are looked at
	sampleSteps = 16
)

// guessed is the page of a file that does not say it.
func (s *source) guessed(language string) encoding.Encoding {
	if s.page == nil {
		s.page = guessPage(s.sample(), language)
	}
	return s.page
}

// sample is the beginning of a file, and, where it has few letters beside ASCII, more of it.
func (s *source) sample() []byte {
	few := func(b []byte) bool {
		n := 0
		for _, c := range b {
			if c >= utf8.RuneSelf {
				n++
			}
		}
		return n < 500
	}
	if s.src == nil || s.size <= int64(len(s.head)) || !few(s.head) {
		return s.head
	}
	out := bytes.Clone(s.head)
	block := make([]byte, headMax)
	for i := int64(1); i < sampleSteps && few(out); i++ {
		at := s.size * i / sampleSteps
		if at < int64(len(s.head)) {
			continue
		}
		n, _ := s.src.ReadAt(block, at)
		for line := range bytes.Lines(block[:n]) {
			if len(out) < len(s.head)+sampleMost && !utf8.Valid(line) {
				out = append(append(out, '\n'), line...)
			}
		}
	}
	return out
}

// guessPage is the page under which a text looks most like words.
func guessPage(sample []byte, language string) encoding.Encoding {
	if utf16Of(sample) != nil || utf8.Valid(sample[:len(sample)-halfRune(sample)]) {
		return charmap.Windows1252
	}
	words := wordsBeyondASCII(sample)
	var best encoding.Encoding = charmap.Windows1252
	most := -1 << 30
	decoded := map[encoding.Encoding][]string{}
	for i := range tongues {
		t := &tongues[i]
		hint := t.hints(sample)
		if t.name == language {
			hint++
		}
		for _, page := range t.pages {
			if _, ok := decoded[page]; !ok {
				decoded[page] = decodedWords(words, page)
			}
			score := t.score(decoded[page]) + hint
			if page == charmap.CodePage850 || page == charmap.CodePage852 { // of old programs
				score--
			}
			if score > most {
				most, best = score, page
			}
		}
	}
	return best
}

// wordsBeyondASCII are the words of a text that are neither ASCII nor UTF-8, each once. No byte at
// which they are divided is the second of a letter, in any page.
func wordsBeyondASCII(sample []byte) (out [][]byte) {
	seen := map[string]bool{}
	for line := range bytes.Lines(sample) {
		if utf8.Valid(line) {
			continue
		}
		for _, w := range bytes.FieldsFunc(line, func(r rune) bool { return r < '@' && (r < '0' || r > '9') }) {
			if !utf8.Valid(w) && !seen[string(w)] {
				seen[string(w)] = true
				if out = append(out, w[:min(len(w), 200)]); len(out) >= wordsMost {
					return out
				}
			}
		}
	}
	return out
}

func decodedWords(words [][]byte, page encoding.Encoding) []string {
	d := page.NewDecoder()
	out := make([]string, 0, len(words))
	for _, w := range words {
		if s, err := d.Bytes(w); err == nil {
			out = append(out, norm.NFC.String(string(s)))
		} else {
			out = append(out, strings.Repeat(string(utf8.RuneError), len(w)))
		}
	}
	return out
}

var accountAt = regexp.MustCompile(`\b([A-Z]{2})\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){3,7})`)

// hints counts what around the words speaks for a language: its currency, accounts of its country.
func (t *tongue) hints(sample []byte) (n int) {
	for code := range strings.SplitSeq(t.hint, "|") {
		if len(code) == 3 && bytes.Contains(sample, []byte(code)) {
			n += 2
		}
	}
	for _, m := range accountAt.FindAllSubmatch(sample[:min(len(sample), 8<<10)], 20) {
		if strings.Contains("|"+t.hint+"|", "|"+string(m[1])+"|") {
			return n + 1
		}
	}
	return n
}

// commas are the letters of Romanian that the pages do not have.
var commas = strings.NewReplacer("ş", "ș", "ţ", "ț")

// score is how well words are of a language.
func (t *tongue) score(words []string) (n int) {
	said := map[string]bool{}
	for _, w := range words {
		n += t.scoreWord([]rune(w))
		if low := strings.Trim(commas.Replace(strings.ToLower(w)), ".0123456789"); t.words != "" && strings.Contains("|"+t.words+"|", "|"+low+"|") {
			said[low] = true
		}
	}
	return n + 4*len(said)
}

func (t *tongue) scoreWord(w []rune) (score int) {
	if romance[t.name] && strings.ContainsAny(string(w), "kwKW") {
		score--
	}
	at := func(i int) rune {
		if i < 0 || i >= len(w) {
			return ' '
		}
		return w[i]
	}
	if t.name == "el" && len(w) > 2 && unicode.IsLower(w[len(w)-1]) && !strings.ContainsAny(string(w), "άέήίόύώϊϋΐΰΆΈΉΊΌΎΏ") {
		score -= 4 // a word without an accent
	}
	run := 0 // letters beside ASCII in a row
	for i, r := range w {
		before, after := at(i-1), at(i+1)
		if r < utf8.RuneSelf {
			run = 0
			if unicode.Is(unicode.Han, before) && unicode.IsLetter(r) {
				score -= 4
			} else if mixed(before, r) {
				score -= 3
			}
			continue
		}
		if !unicode.IsLetter(r) {
			run = 0
			score += signScore(before, r, after)
			continue
		}
		run++
		if mixed(before, r) {
			score -= 3
			if unicode.Is(unicode.Han, r) {
				score -= 4
			}
		}
		switch {
		case unicode.Is(unicode.Han, r):
			score += hanScore(r)
		case unicode.Is(unicode.Latin, r):
			score += t.scoreLatin(before, r, after)
			score -= min(run-1, 2)
		case r == 'ς' && unicode.IsLetter(after): // it ends words
			score -= 4
		case t.letters != "" && strings.ContainsRune(t.letters, unicode.ToLower(r)):
			score += 2
		case t.letters != "" && !unicode.Is(unicode.Greek, r):
			score -= 2
		case !unicode.IsLetter(before) && !unicode.IsLetter(after): // one alone tells nothing
		case strings.ContainsRune(often, r):
			score += 2
		default:
			score++
		}
		if unicode.IsLower(before) && unicode.IsUpper(r) && !unicode.Is(unicode.Han, r) { // a capital within a word
			score -= 3
		}
		if isNumeral(before) && isNumeral(after) || r > utf8.RuneSelf && (isNumeral(before) || isNumeral(after)) && unicode.Is(unicode.Latin, r) {
			score -= 2
		}
	}
	return score
}

func isNumeral(r rune) bool { return r >= '0' && r <= '9' }

// scoreLatin is what a letter with a mark says where it stands.
func (t *tongue) scoreLatin(before, r, after rune) (score int) {
	low := unicode.ToLower(r)
	switch {
	case (r == 'ª' || r == 'º') && unicode.IsLetter(after):
		return -3
	case r == 'ª' || r == 'º':
		return signScore(before, r, after)
	case t.letters+t.rare == "":
		score = -3
	case t.stranger(unicode.ToLower(before), low, unicode.ToLower(after)):
		score = -1
	case strings.ContainsRune(t.letters, low):
		score = 2
	case strings.ContainsRune(t.rare, low):
		score = 1
	default:
		score = -1
	}
	switch next := unicode.ToLower(after); {
	case low == 'œ' && (next == 'u' || next == 'i'):
		score += 2
	case low == 'í' && isVowel(next) && (t.name == "es" || t.name == "pt"), low == 'ø' && next == 'y': // panadería, Nesøya
		score++
	}
	vowels, letters := 0, 0
	for _, n := range []rune{before, after} {
		if unicode.IsLetter(n) {
			letters++
			vowels += b2i(isVowel(n))
		}
	}
	switch vowel := isVowel(r); {
	case letters == 0:
		return min(score, 0)
	case vowel && vowels == 0, !vowel && vowels > 0:
		return score + 1
	case vowel && vowels == 2:
		return score - 1
	case !vowel && letters == 2:
		return score - 2
	case !vowel:
		return score - 1
	}
	return score
}

// stranger reports whether a letter of t stands where it does not in its words: in Portuguese ã
// before n, in Spanish ñ before s.
func (t *tongue) stranger(before, r, after rune) bool {
	ends := !unicode.IsLetter(after)
	switch {
	case r == 'õ' && t.name == "pt":
		return after != 'e'
	case r == 'ã' && t.name == "pt":
		return !ends && after != 'o' && after != 'e' && after != 's' || ends && !strings.ContainsRune("mhçl", before)
	case r == 'õ' && t.name == "et":
		return ends
	case r == 'ő':
		return isVowel(after)
	case r == 'ñ':
		return !isVowel(after)
	case r == 'ğ':
		return !isVowel(before)
	case r == 'ý' && t.name != "is":
		return !unicode.IsLetter(before)
	case r == 'œ':
		return !strings.ContainsRune("uinst", after)
	case r == 'þ':
		return unicode.IsLetter(before)
	}
	return false
}

// hanScore is what a character says: those that people write are in the first half of the page, and
// none of them ends in a byte of ASCII.
func hanScore(r rune) int {
	b, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(string(r)))
	switch {
	case err != nil || len(b) != 2 || b[1] < 0xa1:
		return -2
	case b[0] >= 0xb0 && b[0] <= 0xd7:
		return 3
	}
	return 1
}

func isVowel(r rune) bool {
	switch r = unicode.ToLower(r); r {
	case 'æ', 'ø', 'œ', 'ı':
		return true
	}
	if r >= utf8.RuneSelf {
		for _, base := range norm.NFD.String(string(r)) {
			r = base
			break
		}
	}
	return strings.ContainsRune("aeiouy", r)
}

// signScore is what a sign that is no letter says where it stands.
func signScore(before, r, after rune) int {
	within := unicode.IsLetter(before) && unicode.IsLetter(after)
	switch {
	case r == utf8.RuneError:
		return -20
	case unicode.IsControl(r), r >= '\u2500' && r <= '\u259f': // what frames are drawn with
		return -6
	case (r == '€' || r == '£') && !unicode.IsLetter(after) || r == '\u00a0' && isNumeral(before):
		return b2i(!within) - 4*b2i(within)
	case r == '’' || r == '\u00a0' || r == 'º' || r == 'ª' || r == '№' || r == '\u200c':
		return 0
	case within:
		return -4
	case strings.ContainsRune("‘“”„«»–—…§°´·•", r):
		return 0
	case unicode.IsLetter(before) || unicode.IsLetter(after):
		return -2
	}
	return -1
}

// mixed reports whether two letters of different scripts stand side by side.
func mixed(a, b rune) bool {
	if !unicode.IsLetter(a) || !unicode.IsLetter(b) {
		return false
	}
	for _, script := range []*unicode.RangeTable{unicode.Cyrillic, unicode.Greek, unicode.Arabic, unicode.Han} {
		if unicode.Is(script, a) != unicode.Is(script, b) {
			return true
		}
	}
	return false
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
