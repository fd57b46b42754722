package main

import (
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// Scripts do not wait as long for a file to stop changing.
func init() { folderLook, folderStill = 20*time.Millisecond, 60*time.Millisecond }

// folderPatience is how long a script waits for the watched folder.
const folderPatience = 10 * time.Second

// scriptTrickle writes a copy of a file in pieces, as a program over a slow line does.
func scriptTrickle(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "trickle FILE DST")
	data := ts.ReadFile(args[0])
	f, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	defer f.Close()
	const pieces = 8
	for i := range pieces {
		_, err := f.WriteString(data[i*len(data)/pieces : (i+1)*len(data)/pieces])
		ts.Check(err)
		time.Sleep(20 * time.Millisecond)
	}
}

// scriptFolder waits until as many files lie in a folder.
func scriptFolder(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 3, "folder DIR NAME N")
	dir := ts.MkAbs(args[0] + "/" + args[1])
	for until := time.Now().Add(folderPatience); ; time.Sleep(20 * time.Millisecond) {
		all, _ := os.ReadDir(dir)
		if strconv.Itoa(len(all)) == args[2] {
			break
		}
		if time.Now().After(until) {
			ts.Fatalf("folder: %d files lie in %s: %v", len(all), args[1], all)
		}
	}
	on(ts).play.state()
}

// scriptAwait waits until a channel says something.
func scriptAwait(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "await CHANNEL WORDS")
	for until := time.Now().Add(folderPatience); ; time.Sleep(20 * time.Millisecond) {
		if w := on(ts).play.state(); strings.Contains(w.channel(args[0], "UFINANCE01"), args[1]) {
			return
		}
		if time.Now().After(until) {
			ts.Fatalf("await: %s does not say %q", args[0], args[1])
		}
	}
}
