package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"steward/internal/census"
	"steward/internal/census/archive"
)

// move is where a source stood in the release before, and which way it went.
type move struct {
	Way  string // up, down, same or new
	Rank string // then; empty if it is new
}

// moved compares ranks: less than a quarter is no way at all, since the lower
// places are closer to each other than the model can tell.
func moved(before, now int, was bool) move {
	m := move{Way: "same", Rank: count(before)}
	switch {
	case !was:
		m = move{Way: "new"}
	case before*4 >= now*5:
		m.Way = "up"
	case now*4 >= before*5:
		m.Way = "down"
	}
	return m
}

// before is the newest of the earlier releases that were ranked; nil: none was.
func (b *book) before() *census.Standing {
	if n := len(b.r.Earlier); n > 0 {
		return b.r.Earlier[n-1]
	}
	return nil
}

// move tells where a source went since the release before; nil: none was ranked.
func (b *book) move(source int) *move {
	s := b.before()
	if s == nil {
		return nil
	}
	before, was := s.Rank(b.name(source))
	m := moved(before, b.row(source).Rank, was)
	return &m
}

// lineage is the releases that were ranked, for headings.
type lineage struct {
	Before string // the newest of the earlier ones
	First  string
	Now    string
}

func (b *book) lineage() *lineage {
	if len(b.r.Earlier) == 0 {
		return nil
	}
	return &lineage{Before: b.before().Release, First: b.r.Earlier[0].Release, Now: b.now()}
}

func (b *book) now() string {
	if b.r.Release == "" {
		return "now"
	}
	return b.r.Release
}

// spark is a rank through the releases in the room of a word.
type spark struct {
	Path, Dot string
	X, Y      float64 // of its end
}

const sparkWidth, sparkHeight, sparkEdge = 64.0, 20.0, 3.0

// spark draws ranks so that a factor of ten fills its height, or more does.
func (b *book) spark(source int) *spark {
	var low, high float64 = math.Inf(1), 0
	var ranks []float64
	for _, s := range b.r.Earlier {
		n, ok := s.Rank(b.name(source))
		if !ok {
			n = 0
		}
		ranks = append(ranks, float64(n))
	}
	ranks = append(ranks, float64(b.row(source).Rank))
	for _, v := range ranks {
		if v > 0 {
			low, high = min(low, v), max(high, v)
		}
	}
	if wide := 10 * low / high; wide > 1 {
		low, high = low/math.Sqrt(wide), high*math.Sqrt(wide)
	}
	y := scale{low: low, high: high, from: sparkEdge, to: sparkHeight - sparkEdge, of: math.Log}
	s := &spark{}
	var path pen
	for n, v := range ranks {
		s.X = round(sparkEdge + (sparkWidth-2*sparkEdge)*float64(n)/float64(len(ranks)-1))
		if v == 0 {
			path.lift()
			continue
		}
		s.Y = y.at(v)
		path.to(s.X, s.Y)
	}
	s.Path = path.String()
	return s
}

// pen writes the path of a line that may be broken.
type pen struct {
	strings.Builder
	down bool
}

func (p *pen) lift() { p.down = false }

func (p *pen) to(x, y float64) {
	c := 'M'
	if p.down {
		c = 'L'
	}
	fmt.Fprintf(&p.Builder, "%c%v %v", c, x, y)
	p.down = true
}

// course is how a source stood through the releases: two pictures and a table.
type course struct {
	Charts []chart
	Stops  []stop
	Files  bool // lists of files were read of the newest release, and not of all before
}

// stop is a line of the table.
type stop struct {
	Release, Version, Rank, Of, Reach, Score string
	There                                    bool
}

// chart is one line over the releases.
type chart struct {
	frame
	Class          string  // on: a rank, off: a reach
	Names          []label // of releases; their class is the version
	Path           string
	Points         []point
	Numbers        []label
	Absent         []tick
	Foot, Versions float64 // where the releases and the versions stand
}

type point struct{ X, Y float64 }

const chartWidth, chartHeight = 460.0, 250.0

func (b *book) course(stops []census.Stop) *course {
	if len(stops) == 0 {
		return nil
	}
	c := &course{Files: len(b.r.Files.Contents) > 0 && slices.ContainsFunc(b.r.Earlier, func(s *census.Standing) bool { return !s.Files })}
	ranks, reach := make([]float64, len(stops)), make([]float64, len(stops))
	for n, s := range stops {
		if s.Release == "" {
			s.Release = "now"
		}
		stops[n].Release = s.Release
		line := stop{Release: s.Release, There: s.Rank > 0}
		ranks[n], reach[n] = math.NaN(), math.NaN()
		if s.Rank > 0 {
			line.Version, line.Rank, line.Of, line.Score, line.Reach = s.Version, count(s.Rank), count(s.Of), percent(s.Score), "unknown"
			ranks[n] = float64(s.Rank)
			if s.Reach != nil {
				reach[n], line.Reach = *s.Reach, count(int(*s.Reach))
			}
		}
		c.Stops = append(c.Stops, line)
	}
	c.Charts = append(c.Charts, newChart("Rank", "on", stops, ranks, true))
	if slices.ContainsFunc(reach, func(v float64) bool { return !math.IsNaN(v) }) {
		c.Charts = append(c.Charts, newChart("Reach", "off", stops, reach, false))
	}
	return c
}

// newChart draws numbers by their logarithm; of ranks the first is at the top.
func newChart(title, class string, stops []census.Stop, values []float64, turned bool) chart {
	c := chart{Class: class, Foot: chartHeight - 30, Versions: chartHeight - 11,
		frame: frame{Width: chartWidth, Height: chartHeight, Left: 58, Right: chartWidth - 10, Top: 34, Bottom: chartHeight - 52}}
	low, high := math.Inf(1), 0.0
	var says []string
	for _, v := range values {
		if !math.IsNaN(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	y := scale{low: max(1, low/3), high: max(3, high*3), from: c.Bottom, to: c.Top, of: math.Log}
	if !turned {
		y.low, y.of = max(0, low/3-1), math.Log1p
	} else {
		y.from, y.to = y.to, y.from
	}
	for _, v := range ticksBetween(y.low, y.high) {
		c.Up = append(c.Up, tick{y.at(v), count(int(v))})
	}
	each := (c.Right - c.Left) / float64(len(values))
	var path pen
	for n, v := range values {
		x := round(c.Left + each*(float64(n)+.5))
		c.Names = append(c.Names, label{X: x, Text: shorten(stops[n].Release, int(each/8.2)), Class: shorten(archive.Upstream(stops[n].Version), int(each/7.4))})
		if math.IsNaN(v) {
			path.lift()
			c.Absent = append(c.Absent, tick{At: x, Text: "not there"})
			says = append(says, stops[n].Release+" did not have it")
			continue
		}
		at := y.at(v)
		path.to(x, at)
		c.Points = append(c.Points, point{x, at})
		c.Numbers = append(c.Numbers, label{X: x, Y: round(at - 12), Text: count(int(v))})
		says = append(says, stops[n].Release+" "+count(int(v)))
	}
	c.Path, c.Says = path.String(), title+" through the releases: "+strings.Join(says, ", ")+"."
	return c
}

// ticksBetween gives powers of ten, or round numbers where too few fit.
func ticksBetween(low, high float64) (out []float64) {
	for _, steps := range [][]float64{{1}, {1, 3}, {1, 2, 5}} {
		out = out[:0]
		for power := 1.0; power <= high; power *= 10 {
			for _, s := range steps {
				if v := s * power; v >= low && v <= high {
					out = append(out, v)
				}
			}
		}
		if len(out) >= 3 {
			return out
		}
	}
	return out
}
