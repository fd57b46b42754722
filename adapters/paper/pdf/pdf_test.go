package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"duebot/adapters/paper/font"
	"duebot/adapters/paper/pdf/pdftest"
	"duebot/adapters/paper/shape"
)

var sample = []struct{ lang, text string }{
	{"en", "Invoice INV-2026-000001: fi ffl, “quoted”, €4,401.81"},
	{"ru", "Счёт № 12 от 21 ноября 2026 г. на сумму 1 234,50 ₽"},
	{"ro", "Șapte zile, treizeci și două de lei"},
	{"zh", "应付金额：人民币壹仟贰佰叁拾肆元伍角整（含税）“引号”"},
	{"fa", "مبلغ قابل پرداخت (با مالیات): ۱٬۲۳۴٫۵۰ یورو، می\u200cباشد. لا إله INV-2026 [الف]"},
	{"en", "Name: \u2068شرکت آریا\u2069, ltd; e\u0301 a\u0323\u0302 한"},
}

func document(t testing.TB, title string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := New(&b, Info{Title: title, Author: "Lindenhof (Studio)", Lang: "en", Created: time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)})
	s := shape.New(font.Embedded())
	img := image.NewNRGBA(image.Rect(0, 0, 20, 10))
	img.Set(3, 3, color.NRGBA{200, 10, 10, 128})
	var raw, lossy bytes.Buffer
	_ = png.Encode(&raw, img)
	_ = jpeg.Encode(&lossy, img, nil)
	for n := range 2 {
		p := w.Page(595276, 841890)
		for i, x := range sample {
			line := s.Line(x.text, shape.Style{Lang: x.lang, Bold: n == 1})
			p.Text(line, 50*Point, Unit(80+40*i)*Point, 14*Point, Color{20, 20, 90})
		}
		p.Rect(50*Point, 30*Point, 100*Point, 2*Point, Color{200, 0, 0})
		p.Squares(50*Point, 400*Point, 60*Point, 3, func(c, r int) bool { return (c+r)%2 == 0 })
		for _, data := range [][]byte{raw.Bytes(), lossy.Bytes()} {
			pic, err := w.Image(data)
			if err != nil {
				t.Fatal(err)
			}
			p.Picture(pic, 200*Point, 400*Point, 40*Point, 20*Point)
		}
		p.Link(50*Point, 60*Point, 100*Point, 20*Point, "https://example.com/pay/(1)")
		p.Close()
		p.Text(s.Line(fmt.Sprint(n+1), shape.Style{}), 500*Point, 800*Point, 9*Point, Color{})
		p.Close()
		p.End()
	}
	w.Attach(Attachment{Name: "factur-x.xml", Mime: "text/xml", Relation: "Alternative", Description: "e-invoice", Data: []byte("<a/>")})
	w.Attach(Attachment{Name: "Ärger.csv", Mime: "text/csv", Relation: "Supplement", Data: []byte("a;b")})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("DUEBOT_PAPER"); dir != "" {
		_ = os.WriteFile(dir+"/plain.pdf", b.Bytes(), 0o644)
	}
	return b.Bytes()
}

func TestTheSameBytes(t *testing.T) {
	if !bytes.Equal(document(t, "Счёт"), document(t, "Счёт")) {
		t.Error("the same calls give other bytes")
	}
}

// Every object lies where the table of the file says, and the table's own place is right.
func TestStructure(t *testing.T) {
	data := document(t, "a\\b(c")
	start := regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindSubmatch(data)
	if start == nil {
		t.Fatal("the file does not end as it should")
	}
	at, _ := strconv.Atoi(string(start[1]))
	lines := strings.Split(string(data[at:]), "\n")
	var n int
	if _, err := fmt.Sscanf(lines[1], "0 %d", &n); err != nil || lines[0] != "xref" {
		t.Fatalf("the table begins with %q, %q", lines[0], lines[1])
	}
	for i := 1; i < n; i++ {
		offset, _ := strconv.Atoi(lines[2+i][:10])
		if head := fmt.Sprintf("%d 0 obj\n", i); !bytes.HasPrefix(data[offset:], []byte(head)) {
			t.Errorf("object %d is not at %d", i, offset)
		}
	}
	for _, want := range []string{"/GTS_PDFA1", "<pdfaid:part>3</pdfaid:part>", "/AFRelationship/Alternative", "/AF[", "/ID[<", `/Title(a\\b\(c)`, "/CIDToGIDMap/Identity"} {
		if !bytes.Contains(data, []byte(want)) {
			t.Errorf("%s is missing", want)
		}
	}
}

// The file keeps to the rules of PDF/A-3 that can be checked here, whatever it is told.
func TestArchive(t *testing.T) {
	for _, title := range []string{"Счёт", "a\\b(c", "", "/JavaScript <</AA>>", "\x00\xff\u2028\ufffe x", strings.Repeat("ю", 40_000)} {
		for _, fault := range pdftest.Archive(document(t, title)) {
			t.Errorf("%.20q: %.200s", title, fault)
		}
	}
}

// The checks find what is wrong: each of these changes is one fault at least.
func TestArchiveFaults(t *testing.T) {
	for from, to := range map[string]string{"<pdfaid:part>3": "<pdfaid:part>2", "/GTS_PDFA1": "/GTS_PDFAX", "/DisplayDocTitle true": "/DisplayDocTitl3 true", "/Subtype/Link/F 4": "/Subtype/Link/F 2",
		"/AFRelationship/Alternative": "/AFRelationship/Alternativx", "/CIDToGIDMap/Identity": "/CIDToGIDMap/Identitx", "/W[0[": "/W[0[9", "%PDF-1.7": "%PDF-2.7", "/ToUnicode": "/ToUnicodf", "startxref\n": "startxref\n1"} {
		data := document(t, "x")
		changed := bytes.Replace(data, []byte(from), []byte(to), 1)
		if bytes.Equal(changed, data) {
			t.Errorf("%s is not in the file", from)
		}
		if len(pdftest.Archive(changed)) == 0 {
			t.Errorf("%s for %s was not found", to, from)
		}
	}
}

func TestImageRefusals(t *testing.T) {
	w := New(&bytes.Buffer{}, Info{})
	for _, data := range [][]byte{nil, []byte("GIF89a"), []byte("\x89PNG\r\n\x1a\n"), []byte("<svg/>"), {0xff, 0xd8, 0xff}} {
		if _, err := w.Image(data); err == nil {
			t.Errorf("%q was taken for a picture", data)
		}
	}
}
