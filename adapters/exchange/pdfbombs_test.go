package exchange

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestPDFBombs reads files that a stranger made to cost much: each is some kilobytes, or a few
// megabytes, and would keep a reader busy for minutes, or fill the memory, that counts tokens
// alone.
func TestPDFBombs(t *testing.T) {
	font := "<</Type/Font/Subtype/Type1/FirstChar 0/Widths[" + strings.Repeat("5 ", 60_000) + "]>>"
	inline := func(content string) []byte {
		return fmt.Appendf(nil, "%%PDF-1.7\n3 0 obj\n<</Type/Page/Contents 4 0 R/Resources<</Font<</F1 %s>>>>>>\nendobj\n4 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n",
			font, len(content), content)
	}
	wide := strings.Replace(order, "Tj ET", "("+strings.Repeat("A", 3<<20)+") Tj ET", 1)
	far := "1 begincodespacerange <00><ff> endcodespacerange 1 beginbfchar <41><" + strings.Repeat("4E2D", 16) + "> endbfchar"
	long := strings.ReplaceAll(string(makePDF("BT /F1 12 Tf ("+strings.Repeat("A", 3<<20)+") Tj ET", false)),
		"/Encoding/WinAnsiEncoding>>", "/ToUnicode 9 0 R>>\nendobj\n9 0 obj\n<</Length "+fmt.Sprint(len(far))+">>\nstream\n"+far+"\nendstream")
	// Each of these objects reaches to the end of the file, and is searched for the end of its code.
	const each = "%07d 0 obj<</Type/ObjStm/N 1/First 0/Filter/A85/Length %07d>>stream\nyyyy "
	rest := append(bytes.Repeat([]byte("y"), 2<<20), "\nendstream"...)
	var filters bytes.Buffer
	for i := range 20_000 {
		after := (20_000-i-1)*len(fmt.Sprintf(each, 0, 0)) + len("yyyyy ") + 2<<20
		fmt.Fprintf(&filters, each, i, after)
	}
	for name, data := range map[string][]byte{
		"nulls before spaces":       makePDF(strings.Repeat("null ", 150_000)+"0"+strings.Repeat(" ", 6<<20), false),
		"nulls in a table of codes": []byte(strings.NewReplacer("1 begincodespacerange", strings.Repeat("null ", 150_000), "endbfrange\n", strings.Repeat(" ", 2<<20)).Replace(string(makePDF(order, false)))),
		"pictures without an end":   makePDF(strings.Repeat("BI ", 300_000), false),
		"fonts that stand in place": inline(strings.Repeat("/F1 1 Tf ", 100_000)),
		"one stream many times": fmt.Appendf(nil, "%%PDF-1.7\n3 0 obj\n<</Type/Page/Contents[%s]>>\nendobj\n4 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n",
			strings.Repeat("4 0 R ", 100), 3<<20, strings.Repeat(" ", 3<<20)),
		"letters that mean much":    []byte(long),
		"a long line":               makePDF(wide, false),
		"filters that give nothing": append(fmt.Appendf(nil, "%%PDF-1.7\n%s", filters.String()), rest...),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begun := time.Now()
			PDFText(data)
			took := time.Since(begun)
			runtime.ReadMemStats(&after)
			if most := 128 << 20; took > 2*time.Second || after.TotalAlloc-before.TotalAlloc > uint64(most) {
				t.Errorf("%d bytes: %v and %d MB", len(data), took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20)
			}
		})
	}
}
