package report

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/klauspost/compress/gzip"

	"steward/internal/base/look"
	"steward/internal/census"
	"steward/internal/census/change"
)

// Data is the file of a report that has the whole ranking as census.WriteJSON
// writes it, packed: the next run compares itself with it.
const Data = "census.json.gz"

// data packs the ranking. The same ranking gives the same bytes.
func (b *book) data() ([]byte, error) {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if err := census.WriteJSON(z, b.r); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// How much of what changed is shown: what stands or stood among the first so many,
// and of each kind so many.
const (
	changesWithin = 1000
	changesShown  = 25
)

// changesPage tells what became of a ranking since another.
type changesPage struct {
	look.Shell
	Counts           changeCounts
	Models           []string
	OldModel         string
	OnlyOld, OnlyNew []string
	QuietKnown       bool
	Joined, Left     []link
	Tables           []changeTable
	Within           string
}

// changeCounts are of the whole rankings, for people.
type changeCounts struct{ Came, Went, Rose, Fell, Stayed, Old, New string }

// changeTable is one kind of change.
type changeTable struct {
	ID, Title, About string
	Both             bool // it has a rank in both
	Now              bool // the rank is that of now, where it has one alone
	Rows             []changeRow
	All              int // within those of which is spoken
}

type changeRow struct {
	link
	Linked   bool
	Old, New string // ranks
	Kin      string // what it came in place of, or what came in its place
	Why      []shift
}

// shift is a signal that changed, in words.
type shift struct{ Signal, Old, New string }

func (b *book) changes() *changesPage {
	whole, c := b.since, b.since.Within(changesWithin)
	p := &changesPage{Models: whole.Models, OldModel: whole.Old.Model, OnlyOld: whole.OnlyOld, OnlyNew: whole.OnlyNew, QuietKnown: whole.Quiet.Known, Within: count(changesWithin),
		Counts: changeCounts{Came: count(whole.Counts.Came), Went: count(whole.Counts.Went), Rose: count(whole.Counts.Rose), Fell: count(whole.Counts.Fell),
			Stayed: count(whole.Counts.Stayed), Old: count(whole.Old.Sources), New: count(whole.New.Sources)}}
	p.Shell = b.shell("", "What changed", "", "changes.html")
	p.Joined, p.Left = b.links(whole.Quiet.Joined), b.links(whole.Quiet.Left)
	rose, fell := b.moves(c.Rose), b.moves(c.Fell)
	p.Tables = []changeTable{
		{ID: "rose", Title: "Riskier now", About: "Those that rose by the largest factor.", Both: true, Rows: rose[:min(changesShown, len(rose))], All: len(rose)},
		{ID: "fell", Title: "Less risky now", About: "Those that fell by the largest factor.", Both: true, Rows: fell[:min(changesShown, len(fell))], All: len(fell)},
		{ID: "came", Title: "New", About: "The riskiest of those that were not there before.", Now: true, Rows: b.stands(c.Came, true), All: len(c.Came)},
		{ID: "went", Title: "Gone", About: "The riskiest of those that are not there any more.", Rows: b.stands(c.Went, false), All: len(c.Went)},
	}
	return p
}

// named finds a source by its name.
func (b *book) named(name string) (int, bool) {
	i, ok := b.byName[name]
	return i, ok
}

func (b *book) links(names []string) (out []link) {
	for _, name := range names[:min(changesShown, len(names))] {
		l := link{Name: name}
		if i, ok := b.named(name); ok {
			l = b.link("", i)
		}
		out = append(out, l)
	}
	return out
}

// moves orders what moved by the factor of its ranks: from 50 to 5 is as far as
// from 5000 to 500.
func (b *book) moves(all []change.Move) []changeRow {
	factor := func(m change.Move) float64 { return math.Abs(math.Log(float64(m.Old.Rank) / float64(m.New.Rank))) }
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(x, y change.Move) int { return -cmp.Compare(factor(x), factor(y)) })
	rows := make([]changeRow, 0, len(all))
	for n, m := range all {
		r := changeRow{Old: count(m.Old.Rank), New: count(m.New.Rank)}
		r.link, r.Linked = b.linked(m.Source)
		if n < changesShown {
			for _, s := range m.Shifts[:min(3, len(m.Shifts))] {
				r.Why = append(r.Why, b.shift(s))
			}
		}
		rows = append(rows, r)
	}
	return rows
}

func (b *book) linked(name string) (link, bool) {
	if i, ok := b.named(name); ok {
		return b.link("", i), true
	}
	return link{Name: name}, false
}

func (b *book) stands(all []change.Stand, now bool) (rows []changeRow) {
	for _, s := range all[:min(changesShown, len(all))] {
		r := changeRow{Kin: s.Kin}
		if r.link, r.Linked = b.linked(s.Source); now {
			r.New = count(s.Rank)
		} else {
			r.Old = count(s.Rank)
		}
		rows = append(rows, r)
	}
	return rows
}

// shift says a change of a signal as a source page says its value.
func (b *book) shift(s change.Shift) shift {
	n := slices.IndexFunc(b.signals, func(x census.Signal) bool { return x.Name == s.Signal })
	say := func(v *float64) string {
		switch {
		case v == nil:
			return "unknown"
		case n < 0:
			return fmt.Sprint(*v)
		}
		return tell(census.Valued{Signal: b.signals[n], Value: v, Shown: b.signals[n].Shown(*v)}).Says
	}
	return shift{Signal: s.Signal, Old: say(s.Old), New: say(s.New)}
}
