package telegramapi

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// TestDocNamesMethods: the package's doc has all methods that there are.
func TestDocNamesMethods(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]bool{}
	for _, w := range strings.Fields(f.Doc.Text()) {
		words[strings.ToLower(strings.Trim(w, ",;"))] = true
	}
	for name := range methods() {
		if !words[name] {
			t.Errorf("the doc lacks %s", name)
		}
	}
}
