package report

import (
	"math"
	"slices"
)

// The picture of a source's neighbours, in its own units: small, so that names
// can be read where the screen is narrow.
const (
	circleWidth  = 480.0
	circleRow    = 25.0
	circleNames  = 14 // letters of a name that fit beside the middle
	circleEach   = 14 // neighbours on each side
	circleMargin = 30.0
)

// circle shows what a source needs at its left, and what needs it at its right:
// those of the greatest reach.
type circle struct {
	Width, Height  float64
	X, Y           float64 // the source
	LeftX, RightX  float64
	Name           string
	Left, Right    []neighbour
	Needs, Needers int // how many there are
}

type neighbour struct {
	link
	Short  string
	X, Y   float64
	TextX  float64
	TextY  float64
	R      float64
	Bend   float64 // where the line bends
	Target float64 // where it ends
}

func (b *book) circle(source int) *circle {
	left, right := b.neighbours(b.needs.Of(int32(source))), b.neighbours(b.neededBy.Of(int32(source)))
	if len(left)+len(right) == 0 {
		return nil
	}
	c := &circle{Width: circleWidth, X: circleWidth / 2, LeftX: 150, RightX: circleWidth - 150, Name: tighten(b.name(source), 18), Needs: len(left), Needers: len(right)}
	rows := max(min(len(left), circleEach), min(len(right), circleEach), 3)
	c.Height = circleMargin*2 + circleRow*float64(rows) + 6
	c.Y = c.Height/2 + circleMargin/2
	c.Left = b.side(left, c, c.LeftX, -1)
	c.Right = b.side(right, c, c.RightX, 1)
	return c
}

// side places neighbours one below the other, centred beside the source.
func (b *book) side(sources []int, c *circle, x, away float64) (out []neighbour) {
	sources = sources[:min(len(sources), circleEach)]
	top := c.Y - circleRow*float64(len(sources)-1)/2
	for n, i := range sources {
		l := b.link("../", i)
		y := top + circleRow*float64(n)
		r := 2.5 + 5.5*math.Log1p(float64(b.reach[i]))/math.Log1p(float64(b.reach[b.byReach[0]]))
		out = append(out, neighbour{link: l, Short: tighten(l.Name, circleNames), X: x, Y: round(y), TextX: x + away*12, TextY: round(y + 5), R: round(r),
			Bend: (x + c.X) / 2, Target: c.X + away*9})
	}
	return out
}

// neighbours orders sources by reach.
func (b *book) neighbours(of []int32) []int {
	out := make([]int, len(of))
	for n, i := range of {
		out[n] = int(i)
	}
	slices.SortFunc(out, b.greater)
	return out
}

// tighten cuts a name, which is ASCII, in its middle: what follows each other is
// often told apart by its end.
func tighten(name string, most int) string {
	if len(name) <= most {
		return name
	}
	return name[:most-5] + "…" + name[len(name)-4:]
}
