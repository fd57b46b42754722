//go:build bench

package paper

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What a document of two pages costs, and one of 10,000 lines. Budgets are those of the
// design: 20 ms and 100 KB, and memory that does not grow with the lines. Time of the
// processor is what our own work takes, whatever else the machine does.
func TestFigures(t *testing.T) {
	fmt.Printf("\n| what | measured | budget |\n| --- | --- | --- |\n")
	var mine time.Duration
	for _, lang := range Languages {
		d := invoice(lang, 18)
		size := len(drawn(t, house(), d)) // warm: the fonts are read
		cpu, wall := often(50, func() { drawn(t, house(), d) })
		mine = max(mine, wall)
		fmt.Printf("| an invoice of two pages in %s | %s of the processor, %s on the clock (median), %d KB | 20 ms, 100 KB |\n", lang, ms(cpu), ms(wall), size/1000)
		if size > 100_000 || cpu > 20*time.Millisecond {
			t.Errorf("%s: %d bytes, %s", lang, size, cpu)
		}
	}
	if peer := chromium(t, invoice("en", 18)); peer > 0 {
		fmt.Printf("| Chromium printing the same words, with its start | %s, %.0f x ours | |\n", ms(peer), float64(peer)/float64(mine))
	}
	for _, name := range []string{"aging", "cash", "trend"} {
		draw := plots("en")[name]
		if name == "aging" {
			draw = func(l Look) ([]byte, error) { return Aging(agings()["en"], l) }
		}
		var data []byte
		cpu, _ := often(10, func() { data, _ = draw(Look{Lang: "en"}) })
		fmt.Printf("| a picture: %s | %s of the processor, %d KB | |\n", name, ms(cpu), len(data)/1000)
	}
	var least uint64
	for _, n := range []int{1000, 10_000, 50_000} {
		peak, took := long(t, n)
		if least == 0 {
			least = peak
		}
		fmt.Printf("| a statement of %d lines | %s, %d KB of memory in use at the most | not more than with 1,000 |\n", n, ms(took), peak/1000)
		if peak > least+1_000_000 {
			t.Errorf("%d lines take %d KB, 1,000 take %d KB", n, peak/1000, least/1000)
		}
	}
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

// often is how long a run takes: of the processor on average, and on the clock in the middle.
func often(n int, run func()) (cpu, wall time.Duration) {
	var took []time.Duration
	from := processor()
	for range n {
		at := time.Now()
		run()
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	return (processor() - from) / time.Duration(n), took[n/2]
}

func processor() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// chromium prints the words of a document with a browser, where there is one: what others
// make documents with.
func chromium(t *testing.T, d *Document) time.Duration {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return 0
	}
	var page strings.Builder
	page.WriteString("<meta charset=utf-8><table>")
	for i := range d.Lines {
		l := &d.Lines[i]
		fmt.Fprintf(&page, "<tr><td>%s<td>%s<td>%s<td>%s", html.EscapeString(l.Text), l.Quantity, l.Price, l.Amount)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "page.html")
	if err := os.WriteFile(file, []byte(page.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	_, wall := often(3, func() {
		c := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+dir, "--print-to-pdf="+filepath.Join(dir, "page.pdf"), "file://"+file)
		if out, e := c.CombinedOutput(); e != nil {
			err = fmt.Errorf("%w: %.200s", e, out)
		}
	})
	if err != nil {
		t.Log(err)
		return 0
	}
	return wall
}

// long draws a statement and returns how much memory was in use beyond what was before.
func long(t *testing.T, n int) (uint64, time.Duration) {
	d := kinds("en", 0)[Statement]
	a := &d.Accounts[0]
	for len(a.Entries) < n {
		a.Entries = append(a.Entries, a.Entries[len(a.Entries)%3])
	}
	drawn(t, house(), invoice("en", 0))
	at := time.Now()
	if err := house().Draw(new(bytes.Buffer), d); err != nil {
		t.Fatal(err)
	}
	took := time.Since(at)
	w := &watched{}
	before := w.look()
	w.peak = 0
	if err := house().Draw(w, d); err != nil {
		t.Fatal(err)
	}
	return w.peak - min(w.peak, before), took
}

// watched looks at the memory in use at every quarter of a megabyte that is written, and
// keeps nothing of it.
type watched struct {
	n, next int
	peak    uint64
}

func (w *watched) look() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what a pool holds goes at the second
	runtime.ReadMemStats(&m)
	w.peak = max(w.peak, m.HeapAlloc)
	return m.HeapAlloc
}

func (w *watched) Write(b []byte) (int, error) {
	if w.n += len(b); w.n >= w.next {
		w.next = w.n + 1<<18
		w.look()
	}
	return len(b), nil
}
