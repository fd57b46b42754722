//go:build bench

package paper

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"testing"
	"time"
)

// What a document of two pages costs, and one of 10,000 lines. Budgets are those of the
// design: 20 ms and 100 KB, and memory that does not grow with the lines.
func TestFigures(t *testing.T) {
	for _, lang := range Languages {
		d := invoice(lang, 18)
		size := len(drawn(t, house(), d)) // warm: the fonts are read
		var took []time.Duration
		for range 50 {
			at := time.Now()
			drawn(t, house(), d)
			took = append(took, time.Since(at))
		}
		slices.Sort(took)
		ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
		fmt.Printf("paper: invoice of two pages in %s: %.1f ms, half of them below %.1f ms, %d KB (budget 20 ms, 100 KB)\n", lang, ms(took[0]), ms(took[len(took)/2]), size/1000)
		if size > 100_000 {
			t.Errorf("%s: %d bytes", lang, size)
		}
	}
	for name, draw := range map[string]func() ([]byte, error){
		"aging": func() ([]byte, error) { return Aging(agings()["en"], Look{Lang: "en"}) },
	} {
		at := time.Now()
		data, err := draw()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("paper: picture of %s: %.1f ms, %d KB\n", name, float64(time.Since(at).Microseconds())/1000, len(data)/1000)
	}
	for _, n := range []int{1000, 10_000} {
		peak, took := long(t, n)
		fmt.Printf("paper: statement of %d lines: %.0f ms, %d KB of memory more at the most\n", n, float64(took.Milliseconds()), peak/1000)
	}
}

// long draws a statement and returns by how much the memory in use grew meanwhile.
func long(t *testing.T, n int) (uint64, time.Duration) {
	d := kinds("en", 0)[Statement]
	a := &d.Accounts[0]
	for len(a.Entries) < n {
		a.Entries = append(a.Entries, a.Entries[len(a.Entries)%3])
	}
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	w := &watched{at: func() {
		runtime.GC()
		runtime.ReadMemStats(&now)
	}}
	var peak uint64
	w.done = func() { peak = max(peak, now.HeapInuse-min(now.HeapInuse, before.HeapInuse)) }
	at := time.Now()
	if err := house().Draw(w, d); err != nil {
		t.Fatal(err)
	}
	return peak, time.Since(at)
}

// watched counts what is written, and looks at the memory at every quarter of a megabyte.
type watched struct {
	n, next  int
	at, done func()
}

func (w *watched) Write(b []byte) (int, error) {
	if w.n += len(b); w.n >= w.next {
		w.next = w.n + 1<<18
		w.at()
		w.done()
	}
	return len(b), nil
}

var _ io.Writer = (*watched)(nil)
