// Package simulate plays a company's years of reminders and holds them against a model.
package simulate

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"duebot/ledger"
)

// TestTwoYears plays two years of 5,000 customers in all zones and holds every reminder against the
// oracle: at each run of the rules, at each word that is said, and at each local midnight. The
// company is always the same, so that a fault is of what was changed. DUEBOT_SOAK ("1h") says for how
// long new ones are played, and DUEBOT_SEED plays one of them again.
func TestTwoYears(t *testing.T) {
	soak, _ := time.ParseDuration(os.Getenv("DUEBOT_SOAK"))
	seed := uint64(1)
	if soak > 0 {
		seed = uint64(time.Now().UnixNano())
	}
	if s := os.Getenv("DUEBOT_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	customers := 5000
	if n, err := strconv.Atoi(os.Getenv("DUEBOT_CUSTOMERS")); err == nil {
		customers = n
	}
	for end := time.Now().Add(soak); ; seed++ {
		years(t, seed, customers)
		if t.Failed() || !time.Now().Before(end) {
			return
		}
	}
}

func years(t *testing.T, seed uint64, customers int) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	began := time.Now()
	s := newCompany(t, seed, customers)
	s.live(s.now.AddDate(2, 0, 0))
	for i, f := range s.oracle.faults[:min(len(s.oracle.faults), 5)] {
		t.Errorf("%s, fault %d: %s", s.again(), i+1, f)
	}
	s.check(s.books.Close())
	if rep, err := ledger.Verify(s.path(), ""); err != nil || len(rep.Problems) > 0 {
		t.Errorf("%s: verify: %v %v", s.again(), err, rep.Problems)
	}
	t.Logf("%s: %d invoices, %d checks in %s; %v; reasons %v", s.again(), len(s.oracle.debts), s.oracle.checks, time.Since(began).Round(time.Millisecond), s.did, s.oracle.whys)
	os.Remove(s.path())
}

// The program's holidays are those that the oracle has by heart.
func TestHolidays(t *testing.T) {
	for _, name := range zones {
		country := ledger.ZoneCountry(name)
		if string(country) != homes[name] {
			t.Errorf("%s is in %q, want %q", name, country, homes[name])
		}
		days := ledger.Days{Calendar: holidaysOf}
		for on := ledger.NewDate(2026, 1, 1); on <= ledger.NewDate(2028, 1, 7); on++ {
			if got, want := days.Business(on, country), place(t, name).works(day(on)); got != want {
				t.Errorf("%s %s %s: people work is %t, want %t", name, on.Weekday(), on, got, want)
			}
		}
	}
}

// The oracle is an opinion of its own only if it knows nothing of ours.
func TestOracleImportsNothingOfOurs(t *testing.T) {
	files, err := filepath.Glob("oracle*_test.go")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range f.Imports {
			if path := strings.Trim(imp.Path.Value, `"`); strings.ContainsAny(path, "./") && !strings.HasPrefix(path, "encoding/") || strings.HasPrefix(path, "duebot") {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}
