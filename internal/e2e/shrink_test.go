package e2e

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"slices"
)

// shrink makes a picture of a page small: a page has few colours beside those
// that smooth its letters, so that the most frequent 256 do, each other colour
// becoming the nearest of them.
func shrink(data []byte) ([]byte, error) {
	src, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	bounds := src.Bounds()
	count := map[color.NRGBA]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[color.NRGBAModel.Convert(src.At(x, y)).(color.NRGBA)]++
		}
	}
	all := make([]color.NRGBA, 0, len(count))
	for c := range count {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.NRGBA) int { return count[b] - count[a] })
	palette := make(color.Palette, min(len(all), 256))
	for i := range palette {
		palette[i] = all[i]
	}
	index := make(map[color.NRGBA]uint8, len(all))
	for _, c := range all {
		index[c] = uint8(palette.Index(c))
	}
	out := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			out.SetColorIndex(x, y, index[color.NRGBAModel.Convert(src.At(x, y)).(color.NRGBA)])
		}
	}
	var b bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, out)
	return b.Bytes(), err
}
