package paper

import (
	"github.com/boombuler/barcode/qr"
)

// codeSide is how wide a code is drawn, in points: a phone reads it from another screen.
const codeSide = 220

// Code draws a QR code as a PNG, dark on white whatever the look: readers want it so. Title and
// note stand above it. It returns an error for what does not fit into a code.
func Code(content, title, note string, look Look) ([]byte, error) {
	img, err := qr.Encode(content, qr.M, qr.Unicode)
	if err != nil {
		return nil, err
	}
	const quiet = 4 // modules around it, by ISO/IEC 18004
	n := img.Bounds().Dx()
	module := float32(max(codeSide/(n+2*quiet), 1)) // whole points: sharp edges
	side := module * float32(n+2*quiet)
	b := look.open(title, note, side+8)
	left, top := (float32(b.W)-side)/2, b.y+8
	b.Rect(left, top, side, side, 0, light.ground)
	for y := range n {
		for x := range n {
			if r, _, _, _ := img.At(x, y).RGBA(); r == 0 {
				b.Rect(left+module*float32(x+quiet), top+module*float32(y+quiet), module, module, 0, light.ink)
			}
		}
	}
	return b.PNG()
}
