package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The preview draws what the company has set, tells what no font has, and needs no tokens.
func TestPaperPreview(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "duebot.toml")
	if err := os.WriteFile(config, []byte("[company]\nname = \"Lindenhof 𓀀\"\naddress = \"Lindenhof 12; 10969 Berlin\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, wrong bytes.Buffer
	if code := duebot([]string{"paper", "preview", "-config", config, "-lang", "it", "-kind", "receipt", "-o", dir}, &out, &wrong); code != 0 {
		t.Fatalf("%d: %s", code, wrong.String())
	}
	if !strings.Contains(out.String(), "preview-receipt-it.pdf") || !strings.Contains(out.String(), "(U+13000)") {
		t.Errorf("got %q", out.String())
	}
	data, err := os.ReadFile(filepath.Join(dir, "preview-receipt-it.pdf"))
	if err != nil || !bytes.HasPrefix(data, []byte("%PDF-")) {
		t.Errorf("got %d bytes, %v", len(data), err)
	}
	if err := os.WriteFile(config, []byte("[paper]\naccent = \"yellow\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := duebot([]string{"paper", "preview", "-config", config, "-o", dir}, &out, &wrong); code != 1 || !strings.Contains(wrong.String(), "paper.accent") {
		t.Errorf("%d: %q", code, wrong.String())
	}
	for _, args := range [][]string{{"paper"}, {"paper", "preview", "-lang", "de"}, {"paper", "preview", "-kind", "poem"}} {
		if code := duebot(args, &out, &wrong); code != 2 {
			t.Errorf("%q: %d", args, code)
		}
	}
}
