//go:build mutate

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestMutations makes each of the mistakes in a copy of the tree. Some of them are picked by
// their names: make mutate MUTATION="a rate|interest".
func TestMutations(t *testing.T) {
	havePlaces(t)
	if t.Failed() {
		return
	}
	dir := t.TempDir()
	if out, err := exec.Command("cp", "-a", "../.", dir).CombinedOutput(); err != nil {
		t.Fatalf("copying the tree: %v %s", err, out)
	}
	// Tests that fail by themselves would kill everything.
	if out, failed := runTests(dir, rules...); failed {
		t.Fatalf("without a mutation:\n%s", out)
	}
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) { kill(t, dir, m) })
	}
}

// rules are the packages whose tests hold the rules.
var rules = []string{"./ledger", "./ledger/match", "./commands", "./reminders", "./reminders/simulate"}

// kill makes one mistake in the copy, and fails unless a test finds it. The tests beside the
// mistake go first: mostly they are enough.
func kill(t *testing.T, dir string, m mutation) {
	path := filepath.Join(dir, m.file)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(whole), m.from, m.to, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	defer os.WriteFile(path, whole, 0o600)
	own := "./" + filepath.Dir(m.file)
	out, failed := runTests(dir, own)
	if !failed {
		out, failed = runTests(dir, slices.DeleteFunc(slices.Clone(rules), func(p string) bool { return p == own })...)
	}
	if !failed {
		t.Errorf("survived, in %s", m.file)
	}
	if bytes.Contains(out, []byte("[build failed]")) || bytes.Contains(out, []byte("[setup failed]")) {
		t.Errorf("the mutation does not compile:\n%s", out)
	}
	if bytes.Contains(out, []byte("panic: test timed out")) {
		t.Log("killed by the time limit alone")
	}
}

// runTests runs the tests of packages in a copy of the tree.
func runTests(dir string, packages ...string) (out []byte, failed bool) {
	cmd := exec.Command("go", append([]string{"test", "-failfast", "-vet=off", "-timeout", "10m"}, packages...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return out, err != nil
}
