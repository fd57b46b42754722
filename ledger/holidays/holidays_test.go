package holidays

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"duebot/ledger"
)

func date(t *testing.T, text string) ledger.Date {
	t.Helper()
	d, err := ledger.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Days by law and by decree, in countries that cal has, has otherwise, or does not have.
func TestDays(t *testing.T) {
	days := ledger.Days{Calendar: New()}
	for _, tt := range []struct {
		of   ledger.Country
		on   string
		want string // the key of a free day, "works", or ""
	}{
		{"RO", "2027-01-06", "epiphany"}, {"RO", "2027-01-07", "stjohn"}, {"RO", "2026-12-01", "ronational"}, {"RO", "2026-11-30", "standrew"},
		{"RO", "2026-12-02", "works"}, {"RO", "2027-05-03", "eastermonday"}, {"RO", "2027-06-21", "pentecostmonday"},
		{"MD", "2026-04-20", "memorialeaster"}, {"MD", "2027-01-08", "orthodoxchristmas"}, {"MD", "2027-05-10", "memorialeaster"}, {"MD", "2026-12-01", "works"},
		{"IT", "2026-12-08", "immaculate"}, {"IT", "2027-03-29", "eastermonday"}, {"IT", "2026-10-04", "stfrancis"},
		{"DE", "2026-12-25", "christmas"}, {"DE", "2026-10-03", "public"}, {"DE", "2026-12-28", "works"},
		{"GB", "2026-12-28", "boxingday"}, {"US", "2026-11-26", "thanksgiving"}, {"US", "2026-07-03", "usindependence"}, {"US", "2027-12-31", "newyear"},
		{"RU", "2025-11-01", "works"}, {"RU", "2025-11-03", "moved"}, {"RU", "2025-11-08", ""}, {"RU", "2026-01-09", "moved"}, {"RU", "2026-12-31", "moved"}, {"RU", "2026-11-04", "unity"},
		{"CN", "2026-02-14", "works"}, {"CN", "2026-02-23", "springfestival"}, {"CN", "2026-02-28", "works"}, {"CN", "2026-09-20", "works"}, {"CN", "2026-09-25", "midautumn"},
		{"CN", "2026-10-07", "cnnational"}, {"CN", "2026-10-10", "works"}, {"CN", "2026-10-17", ""}, {"CN", "2027-02-05", "springfestival"},
		{"IR", "2026-03-21", "fitr"}, {"IR", "2026-03-24", "nowruz"}, {"IR", "2026-04-02", "nature"}, {"IR", "2027-03-20", "oil"}, {"IR", "2026-06-25", "ashura"},
		{"IR", "2026-11-26", "works"}, {"IR", "2026-11-27", ""}, {"TR", "2026-05-29", "adha"}, {"AE", "2026-12-02", "public"}, {"UA", "2026-12-25", "christmas"}, {"UA", "2026-04-12", "easter"}, {"UA", "2026-04-13", "works"}, {"UA", "2027-05-08", "public"},
		{"AU", "2027-03-29", "eastermonday"}, {"AU", "2026-12-28", "boxingday"}, {"AU", "2025-01-27", "public"}, {"AU", "2026-04-27", "works"}, {"AU", "2027-12-28", "boxingday"}, {"AU", "2028-01-03", "newyear"}, {"BR", "2026-11-20", "public"}, {"NZ", "2026-07-10", "public"}, {"NZ", "2026-04-27", "public"}, {"", "2026-12-25", "works"}, {"KZ", "2026-12-26", ""},
	} {
		d := date(t, tt.on)
		got := ""
		if h, free := days.Holiday(d, tt.of); free {
			got = h.Key
		} else if days.Business(d, tt.of) {
			got = "works"
		}
		if got != tt.want {
			t.Errorf("%s in %q: %q, want %q", tt.on, tt.of, got, tt.want)
		}
	}
}

// Each country has holidays in each of these years, no more than a month's worth on its working
// days, and always a business day within two weeks.
func TestEachCountryEachYear(t *testing.T) {
	days := ledger.Days{Calendar: New()}
	for _, of := range Countries() {
		for y := 2025; y <= 2027; y++ {
			n, first := 0, ledger.NewDate(y, time.January, 1)
			for d := first; d.Year() == y; d++ {
				if _, free := days.Holiday(d, of); free && !ledger.Weekend(d.Weekday(), of) {
					n++
				}
				if next := days.Next(d, of); next > d.AddDays(14) {
					t.Fatalf("%s: after %s the next business day is %s", of, d, next)
				}
			}
			if n < 3 || n > 30 {
				t.Errorf("%s has %d holidays on working days of %d", of, n, y)
			}
		}
	}
	if got := len(Countries()); got < 35 {
		t.Errorf("%d countries are known", got)
	}
}

// In the countries whose language we speak every holiday has a name of its own.
func TestNamesWhereWeSpeakTheLanguage(t *testing.T) {
	c := New()
	for _, of := range []ledger.Country{"RO", "MD", "RU", "IT", "CN", "IR", "GB", "US"} {
		for d := ledger.NewDate(2025, 1, 1); d < ledger.NewDate(2029, 1, 1); d++ {
			if s, ok := c.Special(d, of); ok && (s.Key == "" || s.Key == "public") {
				t.Errorf("%s in %s has no name", d, of)
			}
		}
	}
}

// company is the calendar with a file of these lines.
func company(t *testing.T, lines ...string) (*Calendar, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "holidays.txt")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path)
}

// A company's file adds free days and worked ones, over those by law.
func TestCompanysOwnDays(t *testing.T) {
	c, err := company(t, "# ours", "", "* 2026-12-24..2027-01-02 free Works holiday", "de,at 2026-12-05 works", "RO 12-01 works we all work", "KZ 12-16 free", "IR until 2028-03-19")
	if err != nil {
		t.Fatal(err)
	}
	days := ledger.Days{Calendar: c}
	for _, tt := range []struct {
		of    ledger.Country
		on    string
		works bool
	}{{"DE", "2026-12-28", false}, {"FR", "2027-01-02", false}, {"FR", "2026-12-23", true}, {"DE", "2026-12-05", true}, {"AT", "2026-12-05", true}, {"FR", "2026-12-05", false},
		{"RO", "2026-12-01", true}, {"RO", "2027-12-01", true}, {"KZ", "2026-12-16", false}} {
		if got := days.Business(date(t, tt.on), tt.of); got != tt.works {
			t.Errorf("%s in %s: works %t", tt.on, tt.of, got)
		}
	}
	if h, ok := days.Holiday(date(t, "2026-12-28"), "DE"); !ok || h.Name != "Works holiday" {
		t.Errorf("the day is called %+v, %t", h, ok)
	}
	if until, known := c.Known("IR"); !known || until != date(t, "2028-03-19") {
		t.Errorf("Iran's are known until %s, %t", until, known)
	}
	if _, known := c.Known("KZ"); !known {
		t.Error("a country that the company knows is not known")
	}
}

// Every mistake is one line that names it.
func TestMistakes(t *testing.T) {
	_, err := company(t, "RO 2026-12-24", "RO 2026-13-24 free", "XX 12-24 free", "RO 02-30 free", "RO 12-24 closed", "RO 2026-12-31..2026-12-24 free", "RO 2026-12-24..2027-12-24 free",
		"RO until soon", "RO 12-24..2026-12-26 free", "RO 12-24 free "+strings.Repeat("x", 61), "RO easter free", "RO 12-24 free Ajun")
	if err == nil {
		t.Fatal("taken")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 11 {
		t.Fatalf("%d lines: %v", len(lines), err)
	}
	for i, want := range []string{"line 1: a line is", "line 2: \"2026-13-24\" is no day", "line 3: \"XX\" is no country", "line 4: \"02-30\" is no day", "line 5: \"closed\" is neither",
		"line 6: \"2026-12-31..2026-12-24\"", "line 7: ", "line 8: until is", "line 9: ", "line 10: a name of 61 letters", "line 11: \"easter\" is no day"} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("%q, want %q", lines[i], want)
		}
	}
}

// What is not known of customers' countries is told, each in a line.
func TestGaps(t *testing.T) {
	got := New().Gaps([]ledger.Country{"DE", "KZ", "CN", "", "IR"}, date(t, "2026-11-22"))
	if len(got) != 2 || !strings.Contains(got[0], "of KZ are known") || !strings.Contains(got[1], "of CN are known until 2026-12-31") {
		t.Errorf("%q", got)
	}
}

// holidays.txt has no mistake, and no line for a country of none.
func TestOurList(t *testing.T) {
	if _, err := read("holidays.txt", ours, true); err != nil {
		t.Error(err)
	}
	if keys := Keys(); !slices.Contains(keys, "nowruz") || slices.Contains(keys, "") {
		t.Errorf("%q", keys)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("RO 12-24..12-26 free Ajun\nIR jalali:01-13 works")
	f.Add("* easter-2..easter+1 free")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := read("f", text, false)
		if err == nil {
			l.year(year{"RO", 2028}, map[ledger.Date]ledger.Special{})
		}
	})
}
