package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
)

// Image is a picture that pages can show.
type Image struct {
	W, H  int // pixels
	obj   int
	index int
}

// pixelsMax bounds a picture: more is no logo, and would make every document heavy.
const pixelsMax = 4_000_000

// ErrImage says that a picture is no PNG or JPEG that can be shown.
var ErrImage = errors.New("not a PNG or JPEG in RGB or grey of at most 4 million pixels")

// Image takes a PNG or JPEG file into the document.
func (w *Writer) Image(data []byte) (*Image, error) {
	cfg, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || cfg.Width < 1 || cfg.Height < 1 || cfg.Width*cfg.Height > pixelsMax {
		return nil, ErrImage
	}
	img := &Image{W: cfg.Width, H: cfg.Height, index: len(w.images)}
	size := fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8", cfg.Width, cfg.Height)
	switch format {
	case "jpeg":
		space := map[color.Model]string{color.GrayModel: "/DeviceGray", color.YCbCrModel: "/DeviceRGB"}[cfg.ColorModel]
		if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil || space == "" {
			return nil, ErrImage
		}
		img.obj = w.reserve()
		w.raw(img.obj, size+"/ColorSpace"+space+"/Filter/DCTDecode", data)
	case "png":
		pic, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			return nil, ErrImage
		}
		img.obj = w.reserve()
		w.pixels(img.obj, size, pic)
	default:
		return nil, ErrImage
	}
	w.images = append(w.images, img)
	return img, nil
}

// pixels writes a picture's colours, on white where it is see-through: pages are white, and
// an archive's pages should not need to be mixed.
func (w *Writer) pixels(obj int, size string, pic image.Image) {
	b := pic.Bounds()
	rgb := make([]byte, 0, 3*b.Dx()*b.Dy())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(pic.At(x, y)).(color.NRGBA)
			rgb = append(rgb, onWhite(c.R, c.A), onWhite(c.G, c.A), onWhite(c.B, c.A))
		}
	}
	w.stream(obj, size+"/ColorSpace/DeviceRGB", rgb)
}

func onWhite(v, alpha uint8) uint8 {
	return uint8((int(v)*int(alpha) + 255*(255-int(alpha)) + 127) / 255)
}
