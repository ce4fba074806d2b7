package report

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"steward/internal/census"
)

// The plot's size in its own units, and the margins of what is drawn.
const (
	plotWidth, plotHeight                  = 960.0, 620.0
	plotLeft, plotRight, plotTop, plotFoot = 62.0, 22.0, 20.0, 56.0
	// dotsEach is how many are drawn of the first by score, and of the first by reach.
	dotsEach = 1000
	// firstByScore is how many are marked as those.
	firstByScore = 100
)

// plot shows reach against score.
type plot struct {
	Width, Height            float64
	Left, Right, Top, Bottom float64
	Middle                   float64
	Across, Up               []tick
	Cells                    []cell
	CellWidth, CellHeight    float64
	Thinned                  bool // bounds are drawn for those that are both alone
	Dots                     []dot
	Labels                   []label // on a wide screen
	Few                      []label // on a narrow one
	ScoreName                string
}

type tick struct {
	At   float64
	Text string
}

// cell is a piece of the ground, the darker the more sources of all lie there.
type cell struct {
	X, Y  float64
	Shade float64 // of 1
}

type dot struct {
	link
	X, Y, R float64
	HighY   float64 // of the upper bound
	Bounds  bool
	Class   string // first, loaded, both, or empty
	Title   string
}

type label struct {
	X, Y   float64
	Anchor string // what of the text stands there: empty for its start, middle, end
	Text   string
	Class  string
}

// scale places a value between two ends.
type scale struct {
	low, high float64
	from, to  float64
	of        func(float64) float64
}

func (s scale) at(v float64) float64 {
	share := (s.of(v) - s.of(s.low)) / (s.of(s.high) - s.of(s.low))
	return round(s.from + max(0, min(1, share))*(s.to-s.from))
}

// shown gives the sources that are drawn, the last of the ranking first, so that
// the first are drawn over them.
func (b *book) shown() []int {
	n := min(dotsEach, len(b.r.Rows))
	drawn := map[int]bool{}
	for _, row := range b.r.Rows[:n] {
		drawn[row.Source] = true
	}
	for _, i := range b.byReach[:n] {
		drawn[i] = true
	}
	out := make([]int, 0, len(drawn))
	for i := range drawn {
		out = append(out, i)
	}
	slices.SortFunc(out, func(x, y int) int { return b.place[y] - b.place[x] })
	return out
}

func (b *book) plot() *plot {
	p := &plot{Width: plotWidth, Height: plotHeight, Left: plotLeft, Right: plotWidth - plotRight, Top: plotTop, Bottom: plotHeight - plotFoot,
		Middle: (plotLeft + plotWidth - plotRight) / 2, ScoreName: "score"}
	sources := b.shown()
	if len(sources) == 0 {
		return p
	}
	x := scale{low: 0, high: math.Max(10, float64(b.reach[b.byReach[0]])*1.15), from: p.Left + 8, to: p.Right, of: math.Log1p}
	y := b.scoreScale(sources, p)
	for v := 1.0; v < x.high; v *= 10 {
		p.Across = append(p.Across, tick{x.at(v), count(int(v))})
	}
	p.Across = append([]tick{{x.at(0), "0"}}, p.Across...)
	ticks := []float64{.001, .01, .1, 1, 10, 25, 50, 75, 90, 99}
	if b.r.Model.Method == census.RankSum {
		ticks = []float64{10, 20, 30, 40, 50, 60, 70, 80, 90}
	}
	for _, v := range ticks {
		if v < y.low || v > y.high {
			continue
		}
		p.Up = append(p.Up, tick{y.at(v), fmt.Sprint(v)})
	}
	b.cells(p, x, y)
	for _, i := range sources {
		p.Dots = append(p.Dots, b.dot(i, x, y))
	}
	p.thin()
	p.Labels = place(p, sources, b, 13, 7.4, 90)
	p.Few = place(p, sources, b, 29, 16.5, 12)
	return p
}

// mostBounds is how many bounds can be told apart.
const mostBounds = 200

// thin leaves the bounds of most dots to their titles, where so much is unknown
// that the lines would hide all else.
func (p *plot) thin() {
	n := 0
	for _, d := range p.Dots {
		if d.Bounds {
			n++
		}
	}
	if p.Thinned = n > mostBounds; !p.Thinned {
		return
	}
	for i := range p.Dots {
		p.Dots[i].Bounds = p.Dots[i].Bounds && p.Dots[i].Class == "both"
	}
}

// How many cells the ground has.
const cellsAcross, cellsUp = 58, 36

// cells counts where all sources lie, also those that no dot is drawn for.
func (b *book) cells(p *plot, x, y scale) {
	p.CellWidth, p.CellHeight = round((p.Right-p.Left)/cellsAcross), round((p.Bottom-p.Top)/cellsUp)
	var counts [cellsUp][cellsAcross]int
	most := 1
	for _, row := range b.r.Rows {
		across := min(cellsAcross-1, int((x.at(float64(b.reach[row.Source]))-p.Left)/p.CellWidth))
		up := min(cellsUp-1, int((y.at(row.Score)-p.Top)/p.CellHeight))
		counts[up][across]++
		most = max(most, counts[up][across])
	}
	for up, line := range counts {
		for across, n := range line {
			if n > 0 {
				shade := .04 + .36*math.Log1p(float64(n))/math.Log1p(float64(most))
				p.Cells = append(p.Cells, cell{X: round(p.Left + float64(across)*p.CellWidth), Y: round(p.Top + float64(up)*p.CellHeight), Shade: math.Round(shade*100) / 100})
			}
		}
	}
}

// scoreScale is even for a sum; chances are drawn by the logarithm of their
// odds, as the model adds them up: else most would lie on the floor.
func (b *book) scoreScale(sources []int, p *plot) scale {
	y := scale{low: 100, high: 0, from: p.Bottom - 8, to: p.Top, of: func(v float64) float64 { return v }}
	for _, i := range sources {
		y.low, y.high = min(y.low, b.row(i).Score), max(y.high, b.row(i).High)
	}
	if b.r.Model.Method == census.RankSum {
		y.low, y.high = max(0, y.low-2), min(100, y.high+2)
	} else {
		p.ScoreName = "score, in percent"
		y.of = func(v float64) float64 { c := max(1e-4, min(100-1e-4, v)) / 100; return math.Log(c / (1 - c)) }
		y.low, y.high = max(.001, min(50, y.low)), min(99.9, y.high+(100-y.high)*.4)
	}
	return y
}

func (b *book) dot(i int, x, y scale) dot {
	row := b.row(i)
	d := dot{link: b.link("", i), X: x.at(float64(b.reach[i])), Y: y.at(row.Score), HighY: y.at(row.High), R: 2.2}
	s := scoreOf(row)
	d.Bounds = s.Bounds
	d.Title = fmt.Sprintf("%s: rank %d, score %s, reach %s", d.Name, row.Rank, s.Words, d.Reach)
	switch first := b.place[i] < firstByScore; {
	case first && b.loaded[i]:
		d.Class, d.R = "both", 6
	case first:
		d.Class, d.R = "first", 4.2
	case b.loaded[i]:
		d.Class, d.R = "loaded", 3.4
	}
	return d
}

// box is room that is taken.
type box struct{ left, top, right, bottom float64 }

func (a box) meets(b box) bool {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

// place writes names beside dots where there is room: those first that are both,
// then by turns the first by score and the first by reach.
func place(p *plot, sources []int, b *book, size, letter float64, most int) (out []label) {
	at := map[int]*dot{}
	var taken []box
	for n, i := range sources {
		d := &p.Dots[n]
		at[i] = d
		if d.Class != "" {
			taken = append(taken, box{d.X - d.R, d.Y - d.R, d.X + d.R, d.Y + d.R})
		}
	}
	var order []int
	for _, row := range b.r.Rows[:min(firstByScore, len(b.r.Rows))] {
		if at[row.Source].Class == "both" {
			order = append(order, row.Source)
		}
	}
	for n := range min(firstByScore, len(b.r.Rows)) {
		order = append(order, b.r.Rows[n].Source, b.byReach[n])
	}
	seen := map[int]bool{}
	for _, i := range order {
		if seen[i] || len(out) == most {
			continue
		}
		seen[i] = true
		d := at[i]
		name := shorten(d.Name, 24)
		wide := letter * float64(len(name))
		for _, l := range d.beside(name, size) {
			left := l.X - map[string]float64{"": 0, "middle": wide / 2, "end": wide}[l.Anchor]
			room := box{left, l.Y - size*.84, left + wide, l.Y + size*.16}
			if room.left < p.Left || room.right > p.Width || room.top < 0 || slices.ContainsFunc(taken, room.meets) {
				continue
			}
			taken, out = append(taken, room), append(out, l)
			break
		}
	}
	return out
}

// beside gives where a name may stand: right of the dot, left, above, below.
func (d *dot) beside(name string, size float64) []label {
	far := d.R + 3
	all := []label{{X: d.X + far, Y: d.Y + size*.34}, {X: d.X - far, Y: d.Y + size*.34, Anchor: "end"},
		{X: d.X, Y: d.Y - far, Anchor: "middle"}, {X: d.X, Y: d.Y + far + size*.84, Anchor: "middle"}}
	for i := range all {
		all[i].X, all[i].Y, all[i].Text, all[i].Class = round(all[i].X), round(all[i].Y), name, d.Class
	}
	return all
}

// shorten cuts a name to so many letters.
func shorten(name string, most int) string {
	if utf8.RuneCountInString(name) <= most {
		return name
	}
	return string([]rune(name)[:max(0, most-1)]) + "…"
}
