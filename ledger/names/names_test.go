package names

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// One name in several spellings and scripts has one key.
func TestOneNameOneKey(t *testing.T) {
	for _, same := range [][]string{
		{"Müller", "Mueller", "Muller", "MÜLLER", "мюллер", "Мюлер", "ｍｕｌｌｅｒ"},
		{"Чехов", "Chekhov", "Tschechow"},
		{"Щербаков", "Shcherbakov", "Schtscherbakow"},
		{"Юрий", "Yuri", "Yury", "Iurii"},
		{"Жуков", "Zhukov"},
		{"Ștefănescu", "Stefanescu", "Ştefănescu", "Штефанеску"},
		{"Țăranu", "Taranu"},
		{"Straße", "Strasse", "Штрасе"},
		{"D'Angelo", "D’Angelo", "DAngelo", "dangelo"},
		{"Kovačević", "Kovacevic"},
		{"Łukasz", "Lukas"},
		{"Київ", "Kyiv", "Kiiv"},
		{"Шевченко", "Shevchenko", "Schewtschenko"},
		{"Rossi", "ROSSI", "Росси"},
		{"Goethe", "Göthe"},
		{"Søren", "Soren"},
	} {
		want := Key(same[0])
		for _, s := range same {
			if got := Key(s); got != want || got == "" {
				t.Errorf("%s: got %q, and %s has %q", s, got, same[0], want)
			}
		}
	}
}

// Names that differ have keys that differ.
func TestOtherNamesOtherKeys(t *testing.T) {
	seen := map[string]string{}
	for _, s := range []string{"Müller", "Miller", "Möller", "Mahler", "Meier", "Schmidt", "Schmitz", "Иванов", "Иваненко", "Петров", "Popescu", "Pop", "Acme", "Acne"} {
		if other, ok := seen[Key(s)]; ok {
			t.Errorf("%s and %s have one key: %q", s, other, Key(s))
		}
		seen[Key(s)] = s
	}
}

func TestNear(t *testing.T) {
	for _, x := range []struct {
		typed, named string
		want         int
	}{
		{"мюлер", "Müller", Same}, {"mueler", "Müller", Same}, {"muelr", "Müller", OneOff}, {"mülelr", "Müller", OneOff},
		{"mul", "Müller", Begins}, {"schm", "Schmidt", Begins}, {"lindenhoff", "Lindenhof", Same}, {"lindnehof", "Lindenhof", OneOff},
		{"lindnehog", "Lindenhof", TwoOff}, {"abc", "abd", Far}, {"احمدی", "Ahmadi", Skeleton}, {"Ahmadi", "احمدی", Skeleton},
		{"قاسمی", "Ghasemi", Skeleton}, {"قاسمی", "Qasemi", Skeleton}, {"محمدی", "محمدي", Same}, {"نوری", "Nouri", Same}, {"رضایی", "Rezaei", Skeleton},
		{"Чайковский", "Tchaikovsky", Same}, {"穆勒", "穆勒", Same}, {"穆勒", "Müller", Far}, {"12", "1200", Begins},
	} {
		a, b := Words(x.typed), Words(x.named)
		if len(a) != 1 || len(b) != 1 {
			t.Fatalf("%s, %s: got the words %v, %v", x.typed, x.named, a, b)
		}
		if got := Near(&a[0], &b[0]); got != x.want {
			t.Errorf("%s for %s: got %d, want %d (%q, %q)", x.typed, x.named, got, x.want, a[0].Key, b[0].Key)
		}
	}
}

func TestWords(t *testing.T) {
	for s, want := range map[string]string{
		"Acme GmbH & Co. KG": "akme gmbh ko kg", "ООО «Ромашка-2»": "o romaska 2", "": "", "— …": "", "Jean-Luc": "ean luk", "a\u0301b": "ab",
	} {
		if got := Key(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

func TestDistanceStopsAtTheBound(t *testing.T) {
	for _, x := range []struct {
		a, b      string
		max, want int
	}{{"invoice", "invioce", 2, 1}, {"invoice", "invoice", 2, 0}, {"invoice", "payment", 2, 3}, {"", "ab", 2, 2}, {"", "abc", 2, 3}, {"ab", "ba", 1, 1}, {"кот", "кит", 1, 1}} {
		if got := Distance(x.a, x.b, x.max); got != x.want {
			t.Errorf("%s, %s: got %d, want %d", x.a, x.b, got, x.want)
		}
	}
}

func TestDigits(t *testing.T) {
	for s, want := range map[string]string{"１２００": "1200", "١٢٣٫٥": "123.5", "۱٬۲۰۰": "1,200", "12.5": "12.5", "१२": "१२"} {
		if got := Digits(s); got != want {
			t.Errorf("%s: got %s, want %s", s, got, want)
		}
	}
}

func TestOtherLayout(t *testing.T) {
	for s, want := range map[string]string{"штмщшсу": "invoice", "Ыещз": "stop", "gkfnt;": "платеж", "123": "", "": ""} {
		got := OtherLayout(s)
		if got != want {
			t.Errorf("%s: got %q, want %q", s, got, want)
		}
	}
}

// Names of people in many languages are found by themselves, in any case, and with a letter
// left out where they are long enough.
func TestSampleNames(t *testing.T) {
	dir := os.Getenv("DUEBOT_SAMPLES")
	if dir == "" {
		t.Skip("DUEBOT_SAMPLES does not name the folder of samples")
	}
	files, err := filepath.Glob(filepath.Join(dir, "7-names-and-strings", "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples of names in %s (%v)", dir, err)
	}
	names := 0
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(f)
		r.FieldsPerRecord, r.LazyQuotes = -1, true
		rows, err := r.ReadAll()
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, row := range rows {
			names++
			for _, cell := range row {
				foundByItself(t, cell)
			}
		}
	}
	if names < 500 {
		t.Errorf("only %d names were read", names)
	}
}

func foundByItself(t *testing.T, name string) {
	t.Helper()
	all, upper := Words(name), Words(strings.ToUpper(name))
	for i, w := range all {
		if len(upper) == len(all) && Near(&upper[i], &w) != Same && w.Script != Arab {
			t.Errorf("%q in capitals is not itself: %q, %q", name, upper[i].Key, w.Key)
		}
		if r := []rune(w.Key); len(r) >= 5 {
			less := Word{Key: string(r[:2]) + string(r[3:]), Script: w.Script} // of no letters: nothing is left out before it is compared
			if Near(&less, &w) == Far {
				t.Errorf("%q with a letter less is far: %q, %q", name, less.Key, w.Key)
			}
		}
	}
}
