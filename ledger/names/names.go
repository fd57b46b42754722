// Package names compares names as people mean them: whatever the case, accents, script or
// spelling. Müller, Mueller, Muller and Мюллер are one name; so are Chekhov and Чехов.
//
// A word becomes a key: small Latin letters in which what scripts and spellings write
// differently is written one way, and doubled letters are single. Persian and Arabic leave
// short vowels out, and so a second key has the consonants alone. Keys are for comparing;
// nobody is shown one.
package names

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Word is one word of a name.
type Word struct {
	Key    string // what it is compared by
	Bones  string // its consonants
	Script Script

	letters uint32 // which letters are in the key, a bit for each of a to z
}

// Script is what a word is written in, as far as it matters here.
type Script uint8

// The scripts.
const (
	Other  Script = iota // Latin, Greek, Han …
	Cyrill               // and Latin have vowels
	Arab                 // has long vowels alone
)

// Words cuts a name into words, and makes their keys. Marks between letters ("D'Angelo",
// "O’Neill") are nothing; any other ends a word.
func Words(s string) (out []Word) {
	for _, f := range strings.FieldsFunc(plain(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
		if w := word(f); w.Key != "" {
			out = append(out, w)
		}
	}
	return out
}

// Key is the keys of a name's words in a row.
func Key(s string) string {
	var keys []string
	for _, w := range Words(s) {
		keys = append(keys, w.Key)
	}
	return strings.Join(keys, " ")
}

// plain is s in small letters without accents and without marks inside of words.
func plain(s string) string {
	s = norm.NFKD.String(strings.ToLower(norm.NFKC.String(s)))
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("'’‘ʼʹʺ`´\u200c\u200d\u0640\u00ad", r): // also what joins letters and shows nothing
			return -1
		case r == '\u0306': // й is и with a breve; its key is the same
			return -1
		case unicode.Is(unicode.Mn, r):
			return -1
		}
		return r
	}, s)
}

func word(s string) Word {
	w := Word{}
	var b strings.Builder
	for _, r := range s {
		if unicode.Is(unicode.Cyrillic, r) {
			w.Script = Cyrill
		} else if unicode.Is(unicode.Arabic, r) {
			w.Script = Arab
		}
		if latin, ok := letters[r]; ok {
			b.WriteString(latin)
		} else {
			b.WriteRune(r)
		}
	}
	if w.Key = b.String(); w.Script != Arab { // where no vowel stands between, p and h are no f
		w.Key = spellings.Replace(w.Key)
	}
	w.Key = single(w.Key)
	w.Bones = bones(w.Key)
	for _, r := range w.Key {
		w.letters |= 1 << (uint32(r) % 32)
	}
	return w
}

// letters are those that are no Latin letter with an accent. What several scripts or
// languages write differently has one form: kh, ch and ч are h; sh, ш and ş are s.
var letters = map[rune]string{
	'ß': "s", 'æ': "e", 'œ': "e", 'ø': "o", 'ð': "d", 'đ': "d", 'þ': "t", 'ł': "l", 'ı': "i", 'ŋ': "n", 'ə': "e",

	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'ґ': "g", 'д': "d", 'е': "e", 'ё': "e", 'є': "e", 'ж': "z", 'з': "z", 'и': "i", 'і': "i",
	'й': "i", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "h",
	'ц': "z", 'ч': "h", 'ш': "s", 'щ': "s", 'ъ': "", 'ы': "i", 'ь': "", 'э': "e", 'ю': "u", 'я': "a", 'љ': "l", 'њ': "n", 'ћ': "h",
	'ђ': "j", 'ј': "i", 'џ': "j", 'ѓ': "g", 'ќ': "k", 'ў': "u", 'қ': "k", 'ғ': "g", 'ү': "u", 'ұ': "u", 'ө': "o", 'ң': "n", 'һ': "h", 'ә': "a",

	'ا': "a", 'آ': "a", 'أ': "a", 'إ': "a", 'ٱ': "a", 'ب': "b", 'پ': "p", 'ت': "t", 'ط': "t", 'ة': "h", 'ث': "s", 'س': "s", 'ص': "s",
	'ج': "j", 'چ': "h", 'ح': "h", 'خ': "h", 'ه': "h", 'د': "d", 'ذ': "z", 'ز': "z", 'ض': "z", 'ظ': "z", 'ژ': "z", 'ر': "r", 'ش': "s",
	'ع': "", 'ء': "", 'ئ': "", 'ؤ': "u", 'غ': "g", 'ق': "g", 'ف': "f", 'ک': "k", 'ك': "k", 'گ': "g", 'ل': "l", 'م': "m", 'ن': "n",
	'و': "u", 'ی': "i", 'ي': "i", 'ى': "i",

	'α': "a", 'β': "v", 'γ': "g", 'δ': "d", 'ε': "e", 'ζ': "z", 'η': "i", 'θ': "t", 'ι': "i", 'κ': "k", 'λ': "l", 'μ': "m", 'ν': "n",
	'ξ': "ks", 'ο': "o", 'π': "p", 'ρ': "r", 'σ': "s", 'ς': "s", 'τ': "t", 'υ': "i", 'φ': "f", 'χ': "h", 'ψ': "ps", 'ω': "o",
}

// spellings are what Latin letters write for one sound; the longest comes first.
var spellings = strings.NewReplacer(
	"schtsch", "s", "shch", "s", "tsch", "h", "sch", "s", "tch", "h", "dsch", "j", "dzh", "j", "sh", "s", "sz", "s",
	"zh", "z", "kh", "h", "ch", "h", "ck", "k", "gh", "g", "ph", "f", "th", "t", "ts", "z", "tz", "z", "dj", "j",
	"ae", "a", "oe", "o", "ue", "u",
	"iu", "u", "ju", "u", "yu", "u", "ia", "a", "ja", "a", "ya", "a", "io", "e", "yo", "e", "jo", "e", "ie", "e", "je", "e", "ye", "e",
	"ou", "u", "ij", "i", "ii", "i", "iy", "i", "yi", "i",
	"qu", "kv", "q", "g", "x", "ks", "w", "v", "c", "k", "y", "i",
)

// single writes doubled letters once; digits stay as they are.
func single(s string) string {
	var b strings.Builder
	var last rune
	for _, r := range s {
		if r != last || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

// bones are the consonants of a key. A w that Persian writes as u, and an h at the end that
// it writes for a vowel, are none.
func bones(key string) string {
	var b strings.Builder
	for _, r := range key {
		if !strings.ContainsRune("aeiouv", r) {
			b.WriteRune(r)
		}
	}
	s := b.String()
	if len(s) > 2 {
		s = strings.TrimSuffix(s, "h")
	}
	return single(s)
}

// How near two words are, best first.
const (
	Same     = iota // the same word, perhaps in another script or spelling
	Begins          // the one begins with the other
	OneOff          // one letter off
	TwoOff          // two
	Skeleton        // the same consonants, where a script writes no more
	Far
)

// bonesMin is how many consonants tell a name.
const bonesMin = 2

// Near tells how near a typed word is to a word of a name.
func Near(typed, named *Word) int {
	a, b := typed.Key, named.Key
	switch {
	case a == b:
		return Same
	case (typed.Script == Arab) != (named.Script == Arab):
		if len(typed.Bones) >= bonesMin && typed.Bones == named.Bones {
			return Skeleton
		}
		return Far
	case utf8.RuneCountInString(a) >= 2 && strings.HasPrefix(b, a):
		return Begins
	}
	most := slips(a)
	if bits.OnesCount32(typed.letters&^named.letters) > most { // each slip puts one letter right
		return Far
	}
	switch d := Distance(a, b, most); {
	case d > most:
		return Far
	case d <= 1:
		return OneOff
	}
	return TwoOff
}

// slips is how many slips of the finger a word of that length may have.
func slips(key string) int {
	switch n := len(key); {
	case n < 4:
		return 0
	case n < 8:
		return 1
	}
	return 2
}

// Distance is the number of letters to add, drop, change or swap with a neighbour that
// makes a into b (Damerau and Levenshtein, restricted form); max+1 where it is more than max.
func Distance(a, b string, max int) int {
	if abs(len(a)-len(b)) > 4*max { // a letter takes four bytes at most
		return max + 1
	}
	var room [2 * wordMax]rune
	x, y := appendRunes(room[:0:wordMax], a), appendRunes(room[wordMax:wordMax], b)
	if abs(len(x)-len(y)) > max {
		return max + 1
	}
	var rows [3][wordMax + 1]int
	before, prev, cur := rows[0][:], rows[1][:], rows[2][:]
	if len(y) > wordMax {
		before, prev, cur = make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	}
	for j := range len(y) + 1 {
		prev[j] = j
	}
	for i := 1; i <= len(x); i++ {
		cur[0] = i
		least := i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
			least = min(least, cur[j])
		}
		if least > max {
			return max + 1
		}
		before, prev, cur = prev, cur, before
	}
	return min(prev[len(y)], max+1)
}

// wordMax is how long a word may be that takes no memory to compare.
const wordMax = 32

func appendRunes(to []rune, s string) []rune {
	for _, r := range s {
		to = append(to, r)
	}
	return to
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// Digits writes the digits of any script as 0 to 9: full-width, Arabic, Persian ones. Their
// separators become a point and a comma.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		case r == '٫' || r == '．':
			return '.'
		case r == '٬' || r == '，':
			return ','
		}
		return r
	}, s)
}

// Keys that lie in one place of a Russian and an English keyboard.
const (
	english = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
	russian = "йцукенгшщзхъфывапролджэячсмитьбюё"
)

// OtherLayout is what s would be if the keyboard had been set to the other of English and
// Russian when it was typed: "штмщшсу" is "invoice". It is "" for words in neither.
func OtherLayout(s string) string {
	from, to := []rune(english), []rune(russian)
	for _, r := range s {
		if unicode.Is(unicode.Cyrillic, r) {
			from, to = to, from
			break
		}
	}
	table := map[rune]rune{}
	for i, r := range from {
		table[r] = to[i]
	}
	known := false
	out := strings.Map(func(r rune) rune {
		if t, ok := table[unicode.ToLower(r)]; ok {
			known = true
			return t
		}
		return r
	}, s)
	if !known {
		return ""
	}
	return out
}
