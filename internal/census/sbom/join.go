package sbom

import (
	"cmp"
	"context"
	"slices"

	"steward/internal/census/archive"
	"steward/internal/census/graph"
)

// Named is a document with the name of its file.
type Named struct {
	File string
	*Document
}

// Joined is what documents hold of the sources of a suite.
type Joined struct {
	Documents  []Named
	Components int // of all documents
	Held       map[int]*Held
	Unmatched  []Item // that the suite does not know, by name
	Related    bool   // a document says what depends on what
}

// Held is a source with its components.
type Held struct {
	Found      []Found  // the surest first
	Dependents int      // components that rest on it, directly or not, and are not of it
	NeededBy   []string // those that do directly, by name
}

// Item is a component as it is told. One that several documents or places of one
// have is told once.
type Item struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	PURL    string   `json:"purl"`
	Files   []string `json:"files"` // the documents that have it
	Times   int      `json:"times"` // that they do
}

// Found is a component with its rule.
type Found struct {
	Item
	Rule      Rule      `json:"rule"`
	Certainty Certainty `json:"certainty"`
}

// Join finds the components of documents among the sources of a suite.
func Join(ctx context.Context, s *archive.Suite, documents []Named) (*Joined, error) {
	names := NewNames(s)
	j := &Joined{Documents: documents, Held: map[int]*Held{}}
	lost := map[Component]*Item{}
	type place struct {
		source int
		c      Component
	}
	found := map[place]*Found{}
	var of []int // the source of each component, over all documents; -1: none
	for _, d := range documents {
		j.Related = j.Related || d.Related
		j.Components += len(d.Components)
		for i := range d.Components {
			source, by, ok := names.Find(&d.Components[i])
			same := d.Components[i]
			same.ref, same.Origin = "", ""
			var item *Item
			if !ok {
				source = -1
				if lost[same] == nil {
					lost[same] = &Item{Name: same.Name, Version: same.Version, PURL: same.PURL}
				}
				item = lost[same]
			} else {
				at := place{source, same}
				if found[at] == nil {
					found[at] = &Found{Item: Item{Name: same.Name, Version: same.Version, PURL: same.PURL}, Rule: by, Certainty: by.Certainty()}
				}
				item = &found[at].Item
			}
			of = append(of, source)
			if item.Times++; !slices.Contains(item.Files, d.File) {
				item.Files = append(item.Files, d.File)
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	for at, f := range found {
		if j.Held[at.source] == nil {
			j.Held[at.source] = &Held{}
		}
		j.Held[at.source].Found = append(j.Held[at.source].Found, *f)
	}
	for _, h := range j.Held {
		slices.SortFunc(h.Found, func(a, b Found) int {
			return cmp.Or(cmp.Compare(a.Certainty.rank(), b.Certainty.rank()), compareItems(a.Item, b.Item), cmp.Compare(a.Rule, b.Rule))
		})
	}
	for _, item := range lost {
		j.Unmatched = append(j.Unmatched, *item)
	}
	slices.SortFunc(j.Unmatched, compareItems)
	return j, j.follow(ctx, of)
}

func compareItems(a, b Item) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version), cmp.Compare(a.PURL, b.PURL))
}

// follow counts what rests on each source within the documents. Behind each
// component stands its source, as what is depended on.
func (j *Joined) follow(ctx context.Context, of []int) error {
	if !j.Related {
		return nil
	}
	var held []int
	for source := range j.Held {
		held = append(held, source)
	}
	slices.Sort(held)
	node := make(map[int]int32, len(held))
	own := make(map[int]int, len(held))
	for n, source := range held {
		node[source] = int32(len(of) + n)
	}
	edges := make([][]int32, len(of)+len(held))
	given := make([]int32, len(of))
	n := int32(0)
	for _, d := range j.Documents {
		first := n
		for i := range d.Components {
			given[n] = n
			for _, to := range d.Needs[i] {
				edges[n] = append(edges[n], first+to)
				j.direct(of[n], of[first+to], d.Components[i].Name)
			}
			if of[n] >= 0 {
				edges[n] = append(edges[n], node[of[n]])
				own[of[n]]++
			}
			n++
		}
	}
	all, err := graph.New(edges).Dependents(ctx, given)
	if err != nil {
		return err
	}
	for source, h := range j.Held {
		h.Dependents = int(all[node[source]]) - own[source]
		slices.Sort(h.NeededBy)
		h.NeededBy = slices.Compact(h.NeededBy)
	}
	return nil
}

// direct notes who needs a source, unless it is a part of the same.
func (j *Joined) direct(from, to int, name string) {
	if to >= 0 && from != to {
		j.Held[to].NeededBy = append(j.Held[to].NeededBy, name)
	}
}
