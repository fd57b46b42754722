package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// arrows says what each package may import of ours: the rooms and arrows of the design. A
// package that is not here may not exist.
var arrows = map[string][]string{
	"duebot/ledger":                       {"duebot/ledger/names"},
	"duebot/ledger/names":                 {},
	"duebot/ledger/holidays":              {"duebot/ledger"},
	"duebot/ledger/match":                 {"duebot/ledger", "duebot/ledger/names"},
	"duebot/ledger/match/matchtest":       {"duebot/ledger"},
	"duebot/commands/card":                {},
	"duebot/commands":                     {"duebot/ledger", "duebot/ledger/names", "duebot/ledger/match", "duebot/commands/card"},
	"duebot/reminders":                    {"duebot/ledger", "duebot/commands/card"},
	"duebot/reminders/simulate":           {},
	"duebot/adapters/slack":               {"duebot/commands/card", "duebot/adapters/reach"},
	"duebot/adapters/telegram":            {"duebot/commands/card", "duebot/adapters/reach"},
	"duebot/adapters/reach":               {},
	"duebot/adapters/reach/reachtest":     {},
	"duebot/adapters/mail":                {"duebot/commands/card"},
	"duebot/adapters/sms":                 {"duebot/commands/card", "duebot/adapters/reach"},
	"duebot/adapters/sandbox/smsapi":      {"duebot/adapters/sandbox/stand"},
	"duebot/adapters/sandbox/mailapi":     {"duebot/adapters/sandbox/stand"},
	"duebot/adapters/pay":                 {"duebot/ledger"},
	"duebot/adapters/bank":                {"duebot/ledger", "duebot/adapters/cells"},
	"duebot/adapters/cells":               {"duebot/ledger"},
	"duebot/adapters/web":                 {"duebot/ledger"},
	"duebot/adapters/exchange":            {"duebot/ledger", "duebot/adapters/cells"},
	"duebot/adapters/paper":               {"duebot/ledger", "duebot/adapters/paper/"},
	"duebot/adapters/paper/font":          {},
	"duebot/adapters/paper/shape":         {"duebot/adapters/paper/font"},
	"duebot/adapters/paper/canvas":        {"duebot/adapters/paper/shape"},
	"duebot/adapters/paper/pdf":           {"duebot/adapters/paper/font", "duebot/adapters/paper/shape"},
	"duebot/adapters/paper/pdf/pdftest":   {},
	"duebot/adapters/paper/words":         {},
	"duebot/adapters/sandbox":             {"duebot/adapters/sandbox/"},
	"duebot/adapters/sandbox/slackapi":    {"duebot/adapters/sandbox/stand"},
	"duebot/adapters/sandbox/telegramapi": {"duebot/adapters/sandbox/stand"},
	"duebot/adapters/sandbox/stripeapi":   {"duebot/adapters/sandbox/stand"},
	"duebot/adapters/sandbox/paypalapi":   {"duebot/adapters/sandbox/stand"},
	"duebot/adapters/sandbox/yookassaapi": {"duebot/adapters/sandbox/stand"},
	"duebot/adapters/sandbox/ecbapi":      {"duebot/adapters/sandbox/stand"},
	"duebot/adapters/sandbox/stand":       {},
	"duebot/bot/text":                     {},
	"duebot/bot/clock":                    {},
	"duebot/bot/pace":                     {},
	"duebot/bot/demo":                     {"duebot/ledger", "duebot/commands"},
	"duebot/bot":                          {"duebot/"},
}

type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func TestArrows(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range listPackages(t) {
		may, ok := arrows[p.ImportPath]
		if !ok {
			t.Errorf("%s is no room of the design: give it its arrows", p.ImportPath)
			continue
		}
		seen[p.ImportPath] = true
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, "duebot/") && !allowed(may, imp) {
				t.Errorf("%s must not import %s", p.ImportPath, imp)
			}
		}
	}
	for name := range arrows {
		if !seen[name] {
			t.Errorf("%s has arrows and does not exist", name)
		}
	}
}

func allowed(may []string, imp string) bool {
	for _, m := range may {
		if imp == m || strings.HasSuffix(m, "/") && strings.HasPrefix(imp, m) {
			return true
		}
	}
	return false
}

func listPackages(t *testing.T) (out []listed) {
	t.Helper()
	data, err := exec.Command("go", "list", "-json=ImportPath,Imports", "duebot/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dec := json.NewDecoder(bytes.NewReader(data)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
}

// bbolt is imported by one file, so that the ledger's storage can be another.
func TestOneFileImportsBolt(t *testing.T) {
	var found []string
	eachFile(t, "..", func(path string, f *ast.File) {
		for _, imp := range f.Imports {
			if strings.HasPrefix(strings.Trim(imp.Path.Value, `"`), "go.etcd.io/bbolt") {
				found = append(found, filepath.ToSlash(path))
				break
			}
		}
	})
	if len(found) != 1 || found[0] != "../ledger/bolt.go" {
		t.Errorf("bbolt is imported by %q, want ../ledger/bolt.go alone", found)
	}
}

// The clock is a value: time.Now is called in bot and adapters alone.
func TestClockIsAValue(t *testing.T) {
	for _, dir := range []string{"../ledger", "../commands", "../reminders"} {
		eachFile(t, dir, func(path string, f *ast.File) {
			ast.Inspect(f, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok {
					if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "time" && (sel.Sel.Name == "Now" || sel.Sel.Name == "Since" || sel.Sel.Name == "Until" || sel.Sel.Name == "AfterFunc" || sel.Sel.Name == "Sleep") {
						t.Errorf("%s calls time.%s", path, sel.Sel.Name)
					}
				}
				return true
			})
		})
	}
}

// No float touches money: there is none in the packages that hold it.
func TestNoFloats(t *testing.T) {
	for _, dir := range []string{"../ledger", "../commands", "../reminders", "../adapters/pay", "../adapters/bank"} {
		eachFile(t, dir, func(path string, f *ast.File) {
			ast.Inspect(f, func(n ast.Node) bool {
				switch x := n.(type) {
				case *ast.Ident:
					if strings.HasPrefix(x.Name, "float") || x.Name == "InexactFloat64" || x.Name == "NewFromFloat" {
						t.Errorf("%s uses %s", path, x.Name)
					}
				case *ast.BasicLit:
					if x.Kind == token.FLOAT && !strings.Contains(path, "bolt.go") { // bbolt's fill percent
						t.Errorf("%s has the float %s", path, x.Value)
					}
				}
				return true
			})
		})
	}
}

// eachFile parses every Go file below dir but tests.
func eachFile(t *testing.T, dir string, f func(path string, file *ast.File)) {
	t.Helper()
	fset := token.NewFileSet()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err == nil {
			f(path, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The top level holds what the design names, and nothing else.
func TestTopLevel(t *testing.T) {
	want := map[string]bool{"bot": true, "commands": true, "reminders": true, "ledger": true, "adapters": true, "go.mod": true,
		"go.sum": true, "README.md": true, "Makefile": true, "LICENSE": true}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); !want[name] && !strings.HasPrefix(name, ".") && name != "duebot" && name != "e2e-shots" {
			t.Errorf("%s does not belong to the top level", name)
		}
	}
}
