package paper

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
)

// A code can be scanned only if it stands dark on white with a margin, also in a dark look;
// that it is read back is tried in e2e.
func TestCodePicture(t *testing.T) {
	for _, look := range []Look{{Lang: "en"}, {Lang: "fa", Dark: true}} {
		data, err := Code("https://t.me/lindenhof_bot?start=abcdefghijklmnop", "Acme GmbH", "Scan it", look)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		dark, white := 0, 0
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				switch r, g, b, _ := img.At(x, y).RGBA(); {
				case r>>8 == 0x1d && g>>8 == 0x1c && b>>8 == 0x1d:
					dark++
				case r>>8 == 0xff && g>>8 == 0xff && b>>8 == 0xff:
					white++
				}
			}
		}
		if dark < 20_000 || white < dark {
			t.Errorf("%v: %d dark pixels on %d white ones", look, dark, white)
		}
	}
	if _, err := Code(strings.Repeat("x", 5000), "", "", Look{Lang: "en"}); err == nil {
		t.Error("5,000 characters went into one code")
	}
}
