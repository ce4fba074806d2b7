package report

import (
	"fmt"
	"strings"

	"steward/internal/base/look"
	"steward/internal/census"
)

// How long the lists of the front are.
const (
	firstRows = 100
	quietRows = 12
)

// frontPage is what one sees first.
type frontPage struct {
	look.Shell
	Sources, Packages string
	Half              int // sources on each of which rests more than half of all others
	Plot              *plot
	Drawn, Marked     string
	Loaded            string
	Pages             string
	Model             *census.Model
	Logistic          bool
	Trust             *trust
	Lineage           *lineage
	Changed           *changeCounts // nil: there was nothing to compare with
	Data              string
	Rows              []frontRow
	Quiet             []quietRow
	Worn              []wornRow
	WornAll           int
	From              string
	Gaps, Unlisted    int
	Cut               bool // an index is missing, or cut off
	Missing, Asked    string
	MostUnlisted      bool
}

// frontRow is one of the first of the ranking.
type frontRow struct {
	link
	Rank      int
	Score     scored
	About     string
	Exposure  string
	Fragility string
	Loaded    bool
	Move      *move // nil: no earlier release was ranked
	Spark     *spark
}

// quietRow is a source on which much rests and of which nothing new came.
type quietRow struct {
	link
	About string
	Rank  string
}

func (b *book) front() *frontPage {
	suite := b.r.Table.Suite
	p := &frontPage{
		Sources: count(len(suite.Sources)), Packages: count(len(suite.Binaries)), Plot: b.plot(), Marked: count(min(firstByScore, len(b.r.Rows))),
		Pages: count(len(b.paged)), Model: b.r.Model, Logistic: b.r.Model.Method == census.Logistic, From: b.from, Gaps: len(suite.Gaps), Cut: suite.Cut(), Missing: count(suite.Missing), Asked: count(suite.Asked),
	}
	p.Shell = b.shell("", "What everything rests on", "A census of the sources of a distribution: what rests on each, how it can be attacked, how it is kept.", "index.html")
	p.Scripts = scripts
	p.Drawn = count(len(p.Plot.Dots))
	loaded := 0
	for i := range suite.Sources {
		if b.reach[i]*2 > len(suite.Sources)-1 {
			p.Half++
		}
		if !suite.Sources[i].Listed {
			p.Unlisted++
		}
		if b.loaded[i] {
			loaded++
		}
	}
	p.Loaded, p.MostUnlisted = count(loaded), p.Unlisted*2 > len(suite.Sources)
	p.Trust, p.Lineage = newTrust(b.r.Model), b.lineage()
	for _, row := range b.r.Rows[:min(firstRows, len(b.r.Rows))] {
		i := row.Source
		line := frontRow{link: b.link("", i), Rank: row.Rank, Score: scoreOf(row), About: suite.Description(i),
			Exposure: b.exposure(i), Fragility: b.fragility(i), Loaded: b.loaded[i], Move: b.move(i)}
		if line.Move != nil {
			line.Spark = b.spark(i)
		}
		p.Rows = append(p.Rows, line)
	}
	p.Quiet, p.Data = b.quiet(), Data
	p.Worn, p.WornAll = b.worn()
	if c := b.since; c != nil {
		p.Changed = &changeCounts{Came: count(c.Counts.Came), Went: count(c.Counts.Went), Rose: count(c.Counts.Rose), Fell: count(c.Counts.Fell)}
	}
	return p
}

func whole(v float64) int { return int(v + .5) }

// exposure says what of a source invites attack, in a few words.
func (b *book) exposure(i int) string {
	var say []string
	if v, _ := b.value("memory-unsafe", i); v == 1 {
		say = append(say, "C or C++")
	}
	if _, ok := b.value("size", i); ok {
		say = append(say, b.r.Table.Shown("size", i)+" of source")
	}
	if v, ok := b.value("needs", i); ok && v > 0 {
		say = append(say, "needs "+count(int(v)))
	}
	return strings.Join(say, ", ")
}

// fragility says what of its keeping is weak; nothing of what is unknown.
func (b *book) fragility(i int) string {
	var say []string
	for _, s := range []struct{ signal, words string }{
		{"orphaned", "orphaned"}, {"untested", "no tests of its package"}, {"no-repository", "no repository named"}, {"no-homepage", "no home page named"},
	} {
		if v, _ := b.value(s.signal, i); v == 1 {
			say = append(say, s.words)
		}
	}
	if v, ok := b.value("standards-age", i); ok && v >= old {
		say = append(say, fmt.Sprintf("policy %d versions back", int(v)))
	}
	return strings.Join(say, ", ")
}

// old is how many versions of the policy back packaging is called old.
const old = 10

// quiet gives the first of those that are quiet and load-bearing.
func (b *book) quiet() (out []quietRow) {
	all := b.r.Quiet()
	for _, i := range all[:min(quietRows, len(all))] {
		out = append(out, quietRow{link: b.link("", i), About: b.r.Table.Suite.Description(i), Rank: count(b.row(i).Rank)})
	}
	return out
}

// wornRow is a source on which much rests and that few carry.
type wornRow struct {
	link
	Rank  string
	Signs []string
}

// worn gives the first of those that are worn and load-bearing, and how many are.
func (b *book) worn() (out []wornRow, all int) {
	worn := b.r.Worn()
	for _, w := range worn[:min(quietRows, len(worn))] {
		row := wornRow{link: b.link("", w.Source), Rank: count(b.row(w.Source).Rank)}
		for _, s := range w.Signs {
			row.Signs = append(row.Signs, s.Says)
		}
		out = append(out, row)
	}
	return out, len(worn)
}
