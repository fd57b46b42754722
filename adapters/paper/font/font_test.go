package font

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(filepath.Join(dir, "none")); err == nil {
		t.Error("a folder that is not there was opened")
	}
	if err := os.WriteFile(filepath.Join(dir, "Vazir matn-Bold (1).ttf"), arabicBold, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.further) != 1 || s.further[0].Name != "Vazirmatn-Bold1" {
		t.Errorf("further fonts are %v", s.further)
	}
	if len(embedded.further) > 0 {
		t.Error("the program's own set was changed")
	}
	// A character that the program's fonts lack comes from the folder.
	s.latin, s.arabic, s.chinese = [2]*Font{embedded.latin[0]}, [2]*Font{embedded.latin[0]}, [2]*Font{embedded.latin[0]}
	if f, ok := s.For('پ', "en", false); !ok || f != s.further[0] {
		t.Errorf("پ comes from %s, %v", f.Name, ok)
	}
	for name, data := range map[string][]byte{"broken.ttf": []byte("\x00\x01\x00\x00\x00\x09"), "cut.ttf": latinRegular[:40_000]} {
		bad := t.TempDir()
		if err := os.WriteFile(filepath.Join(bad, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(bad); err == nil || !strings.Contains(err.Error(), "font ") {
			t.Errorf("%s was opened: %v", name, err)
		}
	}
}

func TestFor(t *testing.T) {
	for _, c := range []struct {
		r    rune
		lang string
		want string
	}{
		{'a', "en", "NotoSans-Regular"}, {'ж', "ru", "NotoSans-Regular"}, {'پ', "en", "Vazirmatn-Regular"}, {'a', "fa", "Vazirmatn-Regular"}, {'ж', "fa", "NotoSans-Regular"},
		{'中', "en", "NotoSansSC-Regular"}, {'“', "zh", "NotoSansSC-Regular"}, {'“', "en", "NotoSans-Regular"}, {'a', "zh", "NotoSans-Regular"}, {'€', "zh", "NotoSans-Regular"},
	} {
		if f, ok := embedded.For(c.r, c.lang, false); !ok || f.Name != c.want {
			t.Errorf("%q in %s comes from %s, want %s", c.r, c.lang, f.Name, c.want)
		}
	}
}
