//go:build e2e

package paper

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// tool runs a program that is not ours on a file, or skips the test where it is missing.
func tool(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("there is no %s", name)
	}
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Errorf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return out
}

// Every document is a file that others read: its structure is sound, no two words overlap,
// all lie inside the margins, and what people wrote comes back in reading order.
func TestE2EDocuments(t *testing.T) {
	for _, lang := range Languages {
		for kind, d := range kinds(lang, 25) {
			t.Run(lang+"/"+string(kind), func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "paper.pdf")
				if err := os.WriteFile(file, drawn(t, house(), d), 0o600); err != nil {
					t.Fatal(err)
				}
				tool(t, "qpdf", "--check", file)
				checkWords(t, tool(t, "pdftotext", "-bbox", file, "-"))
				text := plain(string(tool(t, "pdftotext", "-layout", file, "-")))
				for _, want := range said(d) {
					for _, line := range strings.Split(want, "\n") {
						// A long line is wrapped: its words are what must be there.
						for _, word := range strings.Fields(plain(line)) {
							if runes := []rune(word); lang == "zh" && len(runes) > 8 { // wrapped inside
								word = string(runes[:8])
							}
							// In lines from right to left pdftotext puts a comma behind the space.
							word = strings.TrimFunc(word, unicode.IsPunct)
							if !strings.Contains(text, word) {
								t.Errorf("%q cannot be found", word)
							}
						}
					}
				}
				words, _ := speechOf(lang, nil)
				for i := range d.Lines {
					if sum := words.sum(d.Lines[i].Amount); len(d.Accounts) == 0 && kind != Receipt && kind != Delivery && !strings.Contains(text, plain(sum)) {
						t.Errorf("the sum %s cannot be found", sum)
					}
				}
			})
		}
	}
}

// Words that break layouts do not break files.
func TestE2EHostile(t *testing.T) {
	r := rand.New(rand.NewSource(7))
	for i := range 12 {
		d := hostileDocument(r, Languages[i%len(Languages)])
		file := filepath.Join(t.TempDir(), "paper.pdf")
		if err := os.WriteFile(file, drawn(t, house(), d), 0o600); err != nil {
			t.Fatal(err)
		}
		tool(t, "qpdf", "--check", file)
		tool(t, "pdftotext", file, "-")
	}
}

// plain takes out what only turns directions, and puts one space for any.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, s)
}

type bboxPage struct {
	Width  float64 `xml:"width,attr"`
	Height float64 `xml:"height,attr"`
	Words  []struct {
		XMin float64 `xml:"xMin,attr"`
		YMin float64 `xml:"yMin,attr"`
		XMax float64 `xml:"xMax,attr"`
		YMax float64 `xml:"yMax,attr"`
		Text string  `xml:",chardata"`
	} `xml:"word"`
}

func checkWords(t *testing.T, data []byte) {
	t.Helper()
	var doc struct {
		Pages []bboxPage `xml:"body>doc>page"`
	}
	if err := xml.Unmarshal(data, &doc); err != nil || len(doc.Pages) == 0 {
		t.Fatalf("pdftotext -bbox: %v, %d pages", err, len(doc.Pages))
	}
	for n, p := range doc.Pages {
		for i, a := range p.Words {
			if a.XMin < 47 || a.XMax > p.Width-47 || a.YMin < 18 || a.YMax > p.Height-8 {
				t.Errorf("page %d: %q lies at %.0f–%.0f, %.0f–%.0f: outside of the margins", n+1, a.Text, a.XMin, a.XMax, a.YMin, a.YMax)
			}
			for _, b := range p.Words[i+1:] {
				// The boxes are as high as the font, not as its letters: a part of that is air.
				air := 0.3 * (min(a.YMax-a.YMin, b.YMax-b.YMin))
				if a.XMin < b.XMax-0.5 && b.XMin < a.XMax-0.5 && a.YMin+air < b.YMax-air && b.YMin+air < a.YMax-air {
					t.Errorf("page %d: %q overlaps %q", n+1, a.Text, b.Text)
				}
			}
		}
	}
}

// The codes on the page are read by a program that knows nothing of us.
func TestE2ECodes(t *testing.T) {
	for _, lang := range Languages {
		d := invoice(lang, 0)
		// Both codes come below each other; the one of payments may have lines of its own.
		got := strings.Split(strings.TrimSpace(string(tool(t, "zbarimg", "--quiet", "--raw", "-Sbinary=0", rendered(t, d, 200)))), "\n")
		at := slices.Index(got, d.Telegram)
		if at < 0 {
			t.Errorf("%s: the codes say %q", lang, got)
			continue
		}
		pay := strings.Join(slices.Delete(got, at, at+1), "\n")
		if err := payable(pay, d); err != nil {
			t.Errorf("%s: %v: %q", lang, err, pay)
		}
	}
}

// rendered draws the first page of a document as a picture, and returns its file.
func rendered(t *testing.T, d *Document, dpi int) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "paper.pdf")
	if err := os.WriteFile(file, drawn(t, house(), d), 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t, "pdftoppm", "-r", strconv.Itoa(dpi), "-gray", "-png", "-singlefile", file, filepath.Join(dir, "page"))
	return filepath.Join(dir, "page.png")
}

// The first pages of every kind look as they did when somebody last looked at them.
// DUEBOT_GOLDEN=write keeps those of now.
func TestE2EPages(t *testing.T) {
	for _, lang := range Languages {
		for kind, d := range kinds(lang, 0) {
			t.Run(lang+"/"+string(kind), func(t *testing.T) {
				name := filepath.Join("testdata", "pages", string(kind)+"-"+lang+".png")
				data, err := os.ReadFile(rendered(t, d, 40))
				if err != nil {
					t.Skip(err)
				}
				if os.Getenv("DUEBOT_GOLDEN") == "write" {
					keepPage(t, name, data)
				}
				want, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				if n := differing(t, data, want); n > 3 {
					t.Errorf("%s: %d of 1000 pixels differ", name, n)
				}
			})
		}
	}
}

// keepPage keeps a page in sixteen greys: enough to see by, and small.
func keepPage(t *testing.T, name string, data []byte) {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var greys color.Palette
	for i := range 16 {
		greys = append(greys, color.Gray{uint8(i * 17)})
	}
	small := image.NewPaletted(img.Bounds(), greys)
	draw.Draw(small, small.Bounds(), img, img.Bounds().Min, draw.Src)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, small); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// differing is how many of a thousand pixels differ by more than a hair's width.
func differing(t *testing.T, a, b []byte) int {
	t.Helper()
	x, err := png.Decode(bytes.NewReader(a))
	if err != nil {
		t.Fatal(err)
	}
	y, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if x.Bounds() != y.Bounds() {
		return 1000
	}
	n := 0
	for py := range x.Bounds().Dy() {
		for px := range x.Bounds().Dx() {
			if d := grey(x, px, py) - grey(y, px, py); d > 60 || d < -60 {
				n++
			}
		}
	}
	return n * 1000 / (x.Bounds().Dx() * x.Bounds().Dy())
}

func grey(img image.Image, x, y int) int {
	r, g, b, _ := img.At(x, y).RGBA()
	return int(r+g+b) / 3 >> 8
}
