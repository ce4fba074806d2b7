package census

import (
	"cmp"
	"math"
	"slices"
)

// Bearing is among how many sources, those of the greatest reach, Quiet looks.
const Bearing = 1000

// Quiet gives sources that much rests on, and of which upstream has released
// nothing new since the earliest release that was read, by their reach; of equal
// reach the more fragile first. Nil: no earlier release was read.
//
// It stands beside the ranking. What nobody looks at gets no advisory, so that
// weights which were learned from advisories hold it for safe.
func (r *Ranking) Quiet() (sources []int) {
	t := r.Table
	if t.Older == 0 {
		return nil
	}
	still := t.column("stagnation")
	sources = t.bearing()
	return slices.DeleteFunc(sources, func(i int) bool { return !(still[i] >= float64(t.Older)) })
}

// bearing gives the sources of the greatest reach, so many as Bearing says; of
// equal reach the more fragile first.
func (t *Table) bearing() (sources []int) {
	reach, fragile := t.column("reach"), t.fragile()
	for i := range t.Suite.Sources {
		if !math.IsNaN(reach[i]) && reach[i] > 0 {
			sources = append(sources, i)
		}
	}
	slices.SortFunc(sources, func(a, b int) int {
		return cmp.Or(-cmp.Compare(reach[a], reach[b]), -cmp.Compare(fragile[a], fragile[b]), cmp.Compare(a, b))
	})
	return sources[:min(Bearing, len(sources))]
}

func (t *Table) column(signal string) []float64 {
	n, _ := signalNamed(signal)
	return t.Values[n]
}

// fragile counts, for each source, what tells that few look after it.
func (t *Table) fragile() []int {
	count := make([]int, len(t.Suite.Sources))
	for _, signal := range []string{"orphaned", "untested", "no-repository", "no-homepage"} {
		for i, v := range t.column(signal) {
			if v > 0 {
				count[i]++
			}
		}
	}
	return count
}
