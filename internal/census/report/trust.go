package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"steward/internal/base/look"
	"steward/internal/census"
)

// trust is how well the model did, in whole numbers and pictures.
type trust struct {
	Before, After              string
	Hits, Tenth                int
	Pairs, PairsLow, PairsHigh int        // of 100
	Tenths                     *tenths    // nil: the model does not say
	Gain                       *gainChart // nil: the model does not say
	Finds                      []find
	Verdict                    verdict
}

// find is what looking at so many of the first would have found.
type find struct {
	Looked, Sources, Hits string
	Share                 int // of the hits, in percent
}

// verdict compares the first tenth with what the model foretold of it. In percent.
type verdict struct {
	Foretold, Came, Low, High string
	Over, Under               bool // the model foretold too much, or too little
	Times                     string
}

// newTrust gives nil if nobody has held the model against anything.
func newTrust(m *census.Model) *trust {
	t := m.Trust
	if t == nil {
		return nil
	}
	out := &trust{Before: t.Before, After: t.After, Hits: t.Hits, Tenth: whole(100 * t.Decile),
		Pairs: whole(100 * t.AUC), PairsLow: whole(100 * t.Low), PairsHigh: whole(100 * t.High)}
	if len(t.Gain) > 1 {
		out.Gain = newGain(t)
		for _, share := range []float64{.01, .05, .1, .2, .5} {
			found := t.FoundBy(share)
			f := find{Looked: fmt.Sprintf("%.0f %%", 100*share), Share: whole(100 * found), Hits: count(whole(found * float64(t.Hits)))}
			if t.Sources > 0 {
				f.Sources = count(int(share * float64(t.Sources)))
			}
			out.Finds = append(out.Finds, f)
		}
	}
	if len(t.Bins) > 1 {
		chance := m.Method == census.Logistic
		out.Tenths = newTenths(t, chance)
		came, low, high := t.Bins[0].Came()
		v := verdict{Foretold: percent(t.Bins[0].Score), Came: percent(100 * came), Low: percent(100 * low), High: percent(100 * high)}
		if foretold := t.Bins[0].Score / 100; chance && came > 0 && foretold > 0 {
			v.Over, v.Under = foretold > high, foretold < low
			v.Times = fmt.Sprintf("%.1f", max(foretold/came, came/foretold))
		}
		out.Verdict = v
	}
	return out
}

// The pictures of trust, in their own units.
const (
	trustWidth, trustHeight = 460.0, 330.0
	trustLeft, trustRight   = 58.0, 14.0
	trustTop, trustFoot     = 34.0, 62.0
)

// frame is where a picture is drawn.
type frame struct {
	Width, Height            float64
	Left, Right, Top, Bottom float64
	Middle                   float64
	Says                     string // the picture in words
	Across, Up               []tick
}

func newFrame() frame {
	return frame{Width: trustWidth, Height: trustHeight, Left: trustLeft, Right: trustWidth - trustRight, Top: trustTop, Bottom: trustHeight - trustFoot,
		Middle: (trustLeft + trustWidth - trustRight) / 2}
}

// gainChart shows how many hits one finds who looks at so much of the ranking.
type gainChart struct {
	frame
	Path, Area string
	Guess      string // the diagonal
	X, Y       float64
	Label      string
	LabelX     float64
	LabelY     float64
}

func newGain(t *census.Trust) *gainChart {
	g := &gainChart{frame: newFrame()}
	even := func(v float64) float64 { return v }
	x := scale{low: 0, high: 1, from: g.Left, to: g.Right, of: even}
	y := scale{low: 0, high: 1, from: g.Bottom, to: g.Top, of: even}
	for n := range 6 {
		v := float64(n) / 5
		g.Across, g.Up = append(g.Across, tick{x.at(v), fmt.Sprintf("%.0f", 100*v)}), append(g.Up, tick{y.at(v), fmt.Sprintf("%.0f", 100*v)})
	}
	var path pen
	var say []string
	for _, p := range t.Gain {
		path.to(x.at(p.Looked), y.at(p.Found))
	}
	for _, share := range []float64{.01, .1, .5} {
		say = append(say, fmt.Sprintf("the first %.0f percent held %.0f percent of what was hit later", 100*share, 100*t.FoundBy(share)))
	}
	g.Path = path.String()
	g.Area = g.Path + fmt.Sprintf("L%v %vL%v %vZ", x.at(t.Gain[len(t.Gain)-1].Looked), g.Bottom, x.at(t.Gain[0].Looked), g.Bottom)
	g.Guess = fmt.Sprintf("M%v %vL%v %v", x.at(0), y.at(0), x.at(1), y.at(1))
	g.X, g.Y = x.at(.1), y.at(t.FoundBy(.1))
	g.Label, g.LabelX, g.LabelY = fmt.Sprintf("a tenth looked at, %d %% found", whole(100*t.FoundBy(.1))), g.X+12, g.Y+18
	g.Says = "Of the ranking of " + t.Before + ", " + strings.Join(say, ", ") + "."
	return g
}

// tenths shows, for each tenth of the ranking, what was foretold and what came.
type tenths struct {
	frame
	Bars   []tenth
	Chance bool // the score is one
}

type tenth struct {
	N              int
	X              float64
	Come           float64 // NaN: none came
	None           bool
	High, Low      float64 // of the interval
	Foretold       float64
	Sources, Hits  string
	Score, Share   string // in percent
	Bounds         string
	Diamond, Cross string
}

// lowest is the smallest share that the picture of tenths shows, of 1.
const lowest = .0001

func newTenths(t *census.Trust, chance bool) *tenths {
	p := &tenths{frame: newFrame(), Chance: chance}
	most := .1
	for _, b := range t.Bins {
		_, _, high := b.Came()
		if most = max(most, high); chance {
			most = max(most, b.Score/100)
		}
	}
	y := scale{low: lowest, high: min(1, most*1.3), from: p.Bottom, to: p.Top, of: func(v float64) float64 { return math.Log(max(lowest, v)) }}
	for v := lowest; v <= y.high*1.000001; v *= 10 {
		p.Up = append(p.Up, tick{y.at(v), fmt.Sprint(math.Round(v*1e6) / 1e4)})
	}
	each := (p.Right - p.Left) / float64(len(t.Bins))
	var say []string
	for n, b := range t.Bins {
		share, low, high := b.Came()
		one := tenth{N: n + 1, X: round(p.Left + each*(float64(n)+.5)), Come: y.at(share), None: b.Hits == 0, Low: y.at(low), High: y.at(high), Foretold: y.at(b.Score / 100),
			Sources: count(b.Sources), Hits: count(b.Hits), Score: percent(b.Score), Share: percent(100 * share), Bounds: percent(100*low) + " to " + percent(100*high)}
		d := 5.5
		one.Diamond = fmt.Sprintf("M%v %vl%v %vl%v %vl%v %vZ", one.X, round(one.Foretold-d), d, d, -d, d, -d, -d)
		p.Bars = append(p.Bars, one)
		p.Across = append(p.Across, tick{one.X, fmt.Sprint(n + 1)})
		if n < 3 {
			say = append(say, fmt.Sprintf("of tenth %d came %s percent", n+1, one.Share))
		}
	}
	p.Says = "By tenths of the ranking: " + strings.Join(say, ", ") + "; the table has all."
	return p
}

// trustPage tells a person who has to decide how far to trust a ranking.
type trustPage struct {
	look.Shell
	Model    *census.Model
	Logistic bool
	Trust    *trust
	Quiet    []quietRow
	QuietAll int
}

func (b *book) trustPage() *trustPage {
	p := &trustPage{Model: b.r.Model, Logistic: b.r.Model.Method == census.Logistic, Trust: newTrust(b.r.Model), QuietAll: len(b.r.Quiet())}
	p.Shell = b.shell("", "How far to trust this", "", "trust.html")
	p.Quiet = b.quiet()
	return p
}

// alone is a picture of trust as a file of its own.
type alone struct {
	Title, Says   string
	Width, Height float64
	Gain          *gainChart
	Tenths        *tenths
	At            float64 // where the second picture begins
	Foot          string
	CSS           template.CSS
}

// TrustPicture draws how far to trust a model, as an SVG that stands alone: how
// many hits the first of the ranking hold, and what came of what was foretold. It
// keeps to the colours of its reader's screen, light or dark. The same model gives
// the same bytes.
func TrustPicture(m *census.Model) ([]byte, error) {
	t := newTrust(m)
	if t == nil || t.Gain == nil || t.Tenths == nil {
		return nil, fmt.Errorf("the model %s does not say how it did", m.Name)
	}
	templates, err := look.Parse(files, "templates", nil)
	if err != nil {
		return nil, err
	}
	css, err := files.ReadFile("assets/alone.css")
	if err != nil {
		return nil, err
	}
	charts, err := files.ReadFile("assets/charts.css")
	if err != nil {
		return nil, err
	}
	foretold := ""
	if t.Tenths.Chance {
		foretold = " Diamonds: what the model foretold."
	}
	return templates.Body("alone", alone{
		Title: fmt.Sprintf("How far to trust “%s”: %s ranked by it, %s is what came", m.Name, t.Before, t.After), Says: t.Gain.Says + " " + t.Tenths.Says,
		Width: 2*trustWidth + 30, Height: trustHeight + 60, Gain: t.Gain, Tenths: t.Tenths, At: trustWidth + 30,
		Foot: fmt.Sprintf("%d of %s sources were hit later. Dots: what came, with intervals of 95 %%.%s", t.Hits, count(m.Trust.Sources), foretold),
		CSS:  template.CSS(slices.Concat(css, charts)), // our own
	})
}
