package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"steward/internal/base/look"
	"steward/internal/census"
	"steward/internal/census/change"
	"steward/internal/census/graph"
)

// book is a ranking with all that its pages ask of it.
type book struct {
	r        *census.Ranking
	signals  []census.Signal
	place    []int        // of a source in the ranking, from 0
	byReach  []int        // sources, that of the greatest reach first
	reach    []int        // of a source, how many others rest on it
	paged    []int        // sources that have a page, in the order of the ranking
	hasPage  []bool       // by source
	loaded   []bool       // by source: among the hundredth of the greatest reach
	still    map[int]bool // quiet and load-bearing
	needs    *graph.Graph
	neededBy *graph.Graph
	from     string
	since    *change.Change // nil: there was nothing to compare with
	byName   map[string]int // sources; nil if nothing asks
}

func newBook(r *census.Ranking, o Options) *book {
	n := len(r.Rows)
	b := &book{r: r, signals: census.Signals(), place: make([]int, n), byReach: make([]int, n), reach: make([]int, n),
		hasPage: make([]bool, n), loaded: make([]bool, n), needs: graph.New(r.Table.Suite.Needs()), from: o.From, since: o.Since}
	b.neededBy = b.needs.Reverse()
	if b.since != nil {
		b.byName = make(map[string]int, n)
		for i := range n {
			b.byName[b.name(i)] = i
		}
	}
	b.still = map[int]bool{}
	for _, i := range r.Quiet() {
		b.still[i] = true
	}
	for p, row := range r.Rows {
		b.place[row.Source] = p
	}
	for i := range n {
		b.byReach[i] = i
		if v, ok := b.value("reach", i); ok {
			b.reach[i] = int(v)
		}
	}
	slices.SortFunc(b.byReach, b.greater)
	for _, i := range b.byReach[:min(n, n/100+1)] {
		b.loaded[i] = b.reach[i] > 0
	}
	for _, row := range r.Rows[:min(o.Pages, n)] {
		b.hasPage[row.Source] = true
	}
	for _, i := range b.byReach[:min(o.Pages/4, n)] {
		b.hasPage[i] = true
	}
	for _, row := range r.Rows {
		if b.hasPage[row.Source] {
			b.paged = append(b.paged, row.Source)
		}
	}
	return b
}

// greater orders sources by reach, the greatest first, then by name.
func (b *book) greater(x, y int) int {
	return cmp.Or(-cmp.Compare(b.reach[x], b.reach[y]), cmp.Compare(x, y))
}

// value gives a signal of a source, if it is known.
func (b *book) value(signal string, source int) (v float64, known bool) {
	n := slices.IndexFunc(b.signals, func(s census.Signal) bool { return s.Name == signal })
	if n < 0 {
		return 0, false
	}
	v = b.r.Table.Values[n][source]
	return v, !math.IsNaN(v)
}

func (b *book) name(source int) string    { return b.r.Table.Suite.Sources[source].Name }
func (b *book) row(source int) census.Row { return b.r.Rows[b.place[source]] }

// link leads to a source, from a page that is this far from the root.
type link struct {
	Name, Href string
	Reach      string
	Page       bool // it has a page of its own
}

func (b *book) link(root string, source int) link {
	name := b.name(source)
	l := link{Name: name, Reach: count(b.reach[source]), Page: b.hasPage[source]}
	if l.Page {
		file, _ := stem(name)
		l.Href = root + "source/" + file + ".html"
		return l
	}
	l.Href = root + rankingPage(b.place[source]/perPage) + "#s-" + name
	return l
}

// scored is a score as it is shown: between two bounds if something is unknown.
type scored struct {
	Score, High float64 // of 100
	Words       string
	Bounds      bool
}

func scoreOf(row census.Row) scored {
	s := scored{Score: round(row.Score), High: round(row.High), Words: percent(row.Score)}
	if s.Bounds = row.High-row.Score >= .05; s.Bounds {
		s.Words += " to " + percent(row.High)
	}
	return s
}

// percent writes a score with three digits that count at most.
func percent(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v >= 99.95 && v < 100: // no chance is certain
		return ">99.9"
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= .1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

func round(v float64) float64 { return math.Round(v*10) / 10 }

// count writes a number with its thousands apart.
func count(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// shell is what all pages have around them.
func (b *book) shell(root, title, about string, current string) look.Shell {
	s := look.Shell{Title: title, Description: about, Team: "Census", Section: "what software rests on", Root: root, Home: root + "index.html", Static: true}
	nav := []look.Link{{Label: "Overview", Href: root + "index.html"}, {Label: "Ranking", Href: root + "ranking.html"}, {Label: "Trust", Href: root + "trust.html"}}
	if b.since != nil {
		nav = append(nav, look.Link{Label: "Changes", Href: root + "changes.html"})
	}
	for _, n := range nav {
		n.Current = n.Href == root+current
		s.Nav = append(s.Nav, n)
	}
	return s
}
