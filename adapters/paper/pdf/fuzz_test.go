package pdf

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
	"time"

	"duebot/adapters/paper/font"
	"duebot/adapters/paper/pdf/pdftest"
	"duebot/adapters/paper/shape"
)

// A logo is a file that somebody chose: whatever it holds, it is refused, or the document
// with it keeps to the rules.
func FuzzImage(f *testing.F) {
	for _, img := range []image.Image{image.NewNRGBA(image.Rect(0, 0, 3, 2)), image.NewGray16(image.Rect(0, 0, 2, 3)), image.NewCMYK(image.Rect(0, 0, 2, 2)),
		image.NewPaletted(image.Rect(0, 0, 2, 2), color.Palette{color.White, color.Transparent})} {
		var raw, lossy bytes.Buffer
		_ = png.Encode(&raw, img)
		_ = jpeg.Encode(&lossy, img, nil)
		f.Add(raw.Bytes())
		f.Add(lossy.Bytes())
	}
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var out bytes.Buffer
		w := New(&out, Info{Lang: "en", Created: time.Unix(0, 0)})
		p := w.Page(100*Point, 100*Point)
		img, err := w.Image(data)
		if err != nil {
			return
		}
		p.Picture(img, 0, 0, 50*Point, 50*Point)
		p.Close()
		p.End()
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for _, fault := range pdftest.Archive(out.Bytes()) {
			t.Errorf("%.200s", fault)
		}
	})
}

// Whatever people write into titles, texts, links and names of files stays text.
func FuzzStrings(f *testing.F) {
	for _, s := range hostileStrings {
		f.Add(s, s, s)
	}
	fonts := shape.New(font.Embedded())
	f.Fuzz(func(t *testing.T, title, said, name string) {
		var out bytes.Buffer
		w := New(&out, Info{Title: title, Author: said, Subject: name, Lang: "fa", RTL: true, Created: time.Unix(1e9, 0)})
		p := w.Page(595*Point, 842*Point)
		for i, line := range fonts.Wrap(said, shape.Style{Lang: "fa"}, 40*shape.Em) {
			p.Text(line, 10*Point, Unit(20+12*i)*Point, 10*Point, Color{})
		}
		p.Link(0, 0, Point, Point, "https://pay.example/"+name)
		p.Close()
		p.End()
		w.Attach(Attachment{Name: name, Description: said, Mime: "text/plain", Data: []byte(said)})
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for _, fault := range pdftest.Archive(out.Bytes()) {
			t.Errorf("%.200s", fault)
		}
	})
}

var hostileStrings = []string{"", "(", ")", "\\", "<<>>", "\x00\xff\xfe", "\u202eabc", "endobj\n", ") /JavaScript (", "سلام (a) 12", "\xed\xa0\x80", "👩\u200d👧", "a\u2028b", "%PDF-1.7\nxref", "\r\n\r\nstream\n"}
