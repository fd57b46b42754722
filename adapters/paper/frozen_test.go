package paper

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"
)

const frozenFile = "testdata/frozen.txt"

// Issued documents are drawn again years later and must come out the same, to the byte. A
// change that this test finds needs a new template version, beside the old one. Until the
// first release of a version, DUEBOT_FROZEN=write keeps what is drawn now.
func TestFrozenBytes(t *testing.T) {
	var got strings.Builder
	for _, lang := range Languages {
		all := kinds(lang, 4)
		for _, kind := range kindList {
			fmt.Fprintf(&got, "%d %s %s %x\n", Template, lang, kind, sha256.Sum256(drawn(t, house(), all[kind])))
		}
	}
	if os.Getenv("DUEBOT_FROZEN") == "write" {
		if err := os.WriteFile(frozenFile, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(frozenFile)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		lines := strings.Split(string(want), "\n")
		for i, line := range strings.Split(got.String(), "\n") {
			if i >= len(lines) || line != lines[i] {
				t.Errorf("another paper than it was: %s", line)
			}
		}
	}
}
