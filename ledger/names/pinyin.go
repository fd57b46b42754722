package names

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
)

// readings are the 6,763 characters of GB 2312 by how they are read, without tones: of each the
// first reading that Unicode gives (Unihan 15, kMandarin).
//
//go:embed pinyin.txt
var readings string

var pinyin = sync.OnceValue(func() map[rune]string {
	m := make(map[rune]string, 7000)
	for line := range strings.Lines(readings) {
		sound, characters, _ := strings.Cut(strings.TrimSpace(line), " ")
		for _, r := range characters {
			m[r] = sound
		}
	}
	return m
})

// Pinyin is how a word in Chinese characters is read, as banks write it abroad: "hongxing" for
// 红星. It is "" where a letter is no such character, or a rare one.
func Pinyin(s string) string {
	var b strings.Builder
	for _, r := range s {
		sound, ok := pinyin()[r]
		if !ok || !unicode.Is(unicode.Han, r) {
			return ""
		}
		b.WriteString(sound)
	}
	return b.String()
}
