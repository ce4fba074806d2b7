package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"steward/internal/base/look"
	"steward/internal/census"
)

// How much of a long list a source page shows.
const (
	partsFirst      = 8  // are seen at once,
	partsShown      = 16 // and so many when one asks
	neighboursShown = 60
)

// sourcePage tells all of one source.
type sourcePage struct {
	look.Shell
	Name, Version, About string
	Rank, Of             string
	Score                scored
	Logistic             bool
	Row                  string // link to its row of the ranking
	Loaded               bool
	Reach, Share         string
	Raises, Lowers       []string
	Course               *course
	Trust                *stretch
	Quiet                bool
	Signs                []string // that few carry it
	Unknown              []string // that the model weighs
	Parts, PartsMore     []part
	More                 int // parts that are not shown
	MoreAdds             string
	Groups               []group
	Picture              *circle
	Needs, NeededBy      listed
	Unlisted             bool
}

// part is what a signal or a term adds, drawn from zero in the middle or at the
// left.
type part struct {
	What, Value, Adds string
	X, Width          float64 // of 200
	MightX, MightW    float64 // what is unknown might add so much more
	Zero              float64
	Below             bool
}

// group is the signals of one kind.
type group struct {
	Name, About string
	Signals     []told
	Unknown     []told // are shown when one asks
}

// told is a signal of one source in words.
type told struct {
	census.Valued
	Says, In string // the value, and the unit if it is not said by that
}

// tell writes a value for people: a unit that lists what each number means gives
// the word for it.
func tell(v census.Valued) told {
	t := told{Valued: v, Says: v.Shown, In: v.Unit}
	switch {
	case v.Value == nil:
		t.Says, t.In = "unknown", ""
	case v.Unit == "0 or 1":
		t.Says, t.In = "no", ""
		if *v.Value == 1 {
			t.Says = "yes"
		}
	case v.Unit == "bytes", v.Unit == "kilobytes":
		t.In = ""
	case strings.HasPrefix(v.Unit, "0 "):
		for one := range strings.SplitSeq(v.Unit, ", ") {
			if number, word, ok := strings.Cut(one, " "); ok && number == v.Shown {
				t.Says, t.In = word, ""
			}
		}
	case *v.Value == math.Trunc(*v.Value) && math.Abs(*v.Value) < 1e9:
		t.Says = count(int(*v.Value))
	}
	return t
}

// listed is the first of a list of neighbours.
type listed struct {
	Links []link
	All   int
	More  int
}

var aboutGroups = map[census.Group]string{
	census.Reach:     "What rests on it.",
	census.Exposure:  "How it can be attacked.",
	census.Fragility: "How it is kept.",
}

func (b *book) source(i int) (*sourcePage, error) {
	suite := b.r.Table.Suite
	e, err := b.r.Explain(b.name(i))
	if err != nil {
		return nil, fmt.Errorf("explaining a source: %w", err)
	}
	row := b.row(i)
	p := &sourcePage{
		Shell: b.shell("../", e.Source, "", ""), Name: e.Source, Version: e.Version, About: suite.Description(i), Rank: count(e.Rank), Of: count(e.Of),
		Score: scoreOf(row), Logistic: b.r.Model.Method == census.Logistic, Row: "../" + rankingPage(b.place[i]/perPage) + "#s-" + e.Source,
		Loaded: b.loaded[i], Reach: count(b.reach[i]), Picture: b.circle(i), Unlisted: !suite.Sources[i].Listed, Course: b.course(e.Course), Quiet: b.still[i],
		Needs: b.listed(b.neighbours(b.needs.Of(int32(i)))), NeededBy: b.listed(b.neighbours(b.neededBy.Of(int32(i)))),
	}
	if n := e.Of - 1; n > 0 {
		p.Share = fmt.Sprintf("%.1f", 100*float64(b.reach[i])/float64(n))
	}
	for _, s := range e.Signals {
		if n := len(p.Groups); n == 0 || p.Groups[n-1].Name != string(s.Group) {
			p.Groups = append(p.Groups, group{Name: string(s.Group), About: aboutGroups[s.Group]})
		}
		g := &p.Groups[len(p.Groups)-1]
		if s.Value == nil {
			g.Unknown = append(g.Unknown, tell(s))
			continue
		}
		g.Signals = append(g.Signals, tell(s))
	}
	p.Raises, p.Lowers = reasons(e)
	p.Trust = b.placed(i)
	for _, s := range e.Signs {
		p.Signs = append(p.Signs, s.Says)
	}
	for _, x := range e.Parts {
		if x.Signal != "" && math.IsNaN(x.Value) {
			p.Unknown = append(p.Unknown, x.Signal)
		}
	}
	p.parts(e)
	return p, nil
}

// parts draws what counts most. Bars that are shorter than a hair are drawn as one.
func (p *sourcePage) parts(e census.Explained) {
	slices.SortStableFunc(e.Parts, func(x, y census.Part) int {
		return -cmp.Compare(max(math.Abs(x.Adds), math.Abs(x.Might)), max(math.Abs(y.Adds), math.Abs(y.Might)))
	})
	first, rest := e.Parts[:min(partsShown, len(e.Parts))], e.Parts[min(partsShown, len(e.Parts)):]
	says := map[string]string{}
	for _, v := range e.Signals {
		says[v.Name] = tell(v).Says
	}
	low, high := 0.0, 0.0
	for _, x := range first {
		low, high = min(low, x.Adds, x.Might), max(high, x.Adds, x.Might)
	}
	zero, unit := 0.0, 200/max(1e-9, high)
	if low < 0 {
		zero, unit = 100, 100/max(-low, high)
	}
	for _, x := range first {
		y := part{Adds: signed(x.Adds), Zero: zero, Below: x.Adds < 0}
		if x.Term != nil {
			y.What, y.Value = string(x.Term.Kind), x.Term.Name
		} else {
			y.What, y.Value = x.Signal, says[x.Signal]
		}
		y.X, y.Width = bar(zero, x.Adds*unit)
		if y.Width = max(y.Width, .8); x.Might != x.Adds {
			y.MightX, y.MightW = bar(zero+x.Adds*unit, (x.Might-x.Adds)*unit)
			y.Adds += " to " + signed(x.Might)
		}
		p.Parts = append(p.Parts, y)
	}
	sum := 0.0
	for _, x := range rest {
		sum += x.Adds
	}
	if n := len(p.Parts); n > partsFirst+2 { // fewer are not worth asking for
		p.Parts, p.PartsMore = p.Parts[:partsFirst], p.Parts[partsFirst:]
	}
	p.More, p.MoreAdds = len(rest), signed(sum)
}

// signed writes a number with its sign, which is no hyphen.
func signed(v float64) string { return strings.ReplaceAll(fmt.Sprintf("%+.2f", v), "-", "−") }

// bar begins somewhere and goes so far to the right, or to the left.
func bar(from, far float64) (x, width float64) {
	return round(min(from, from+far)), round(math.Abs(far))
}

func (b *book) listed(sources []int) listed {
	l := listed{All: len(sources), More: max(0, len(sources)-neighboursShown)}
	for _, i := range sources[:len(sources)-l.More] {
		l.Links = append(l.Links, b.link("../", i))
	}
	return l
}
