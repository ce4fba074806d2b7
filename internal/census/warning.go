package census

import (
	"cmp"
	"math"
	"slices"
)

// Warning is a sign that few carry a source, or that it changes hands: no fault
// of anybody's, and no reason for distrust, but one to ask whether help is needed.
type Warning struct {
	Signal string  `json:"signal"`
	Bound  float64 `json:"bound"` // at it, and beyond, the sign is there
	Below  bool    `json:"below"` // beyond is below
	Says   string  `json:"says"`
}

// Warnings gives the signs, in the order in which they are shown. The bounds are
// round numbers, chosen by hand and with the attack on xz known: no outcome was
// foretold with them.
func Warnings() []Warning { return slices.Clone(warnings) }

var warnings = []Warning{
	{Signal: "orphaned", Bound: 1, Says: "nobody looks after its packaging"},
	{Signal: "uncared", Bound: 3 * 365, Says: "those who look after its packaging have left it for three years or more"},
	{Signal: "others-uploads", Bound: .5, Says: "others upload it in their place"},
	{Signal: "truck-factor", Bound: 1, Below: true, Says: "one person knows more than half of its code"},
	{Signal: "authors", Bound: 2, Below: true, Says: "two people at most changed it in a year"},
	{Signal: "silence", Bound: 365, Says: "upstream has been silent for a year"},
	{Signal: "new-hands", Bound: 2, Says: "its latest releases were all made by somebody new"},
}

// Warned is a source with its signs.
type Warned struct {
	Source int // index of Suite.Sources
	Signs  []Warning
}

// LeastSigns is how many signs put a source on the list of those that are worn:
// many have one.
const LeastSigns = 2

// Worn gives the sources among those of the greatest reach (Bearing) with at
// least LeastSigns signs: those with the most first, then by reach. That nothing
// new came of upstream is on the list of Quiet.
func (r *Ranking) Worn() (all []Warned) {
	t := r.Table
	reach := t.column("reach")
	for _, i := range t.bearing() {
		if signs := t.Signs(i); len(signs) >= LeastSigns {
			all = append(all, Warned{i, signs})
		}
	}
	slices.SortStableFunc(all, func(a, b Warned) int {
		return cmp.Or(-cmp.Compare(len(a.Signs), len(b.Signs)), -cmp.Compare(reach[a.Source], reach[b.Source]))
	})
	return all
}

// Signs gives the signs of a source. What is unknown is none.
func (t *Table) Signs(source int) (signs []Warning) {
	for _, w := range warnings {
		v := t.column(w.Signal)[source]
		if !math.IsNaN(v) && (w.Below && v <= w.Bound || !w.Below && v >= w.Bound) {
			signs = append(signs, w)
		}
	}
	return signs
}
