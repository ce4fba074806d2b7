package sbom

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"steward/internal/census"
)

// about is what is said of a document.
type about struct {
	File       string         `json:"file"`
	Format     string         `json:"format"`
	Subject    string         `json:"subject"`
	Components int            `json:"components"`
	Others     map[string]int `json:"others"` // what is no software, by its kind
	Relations  bool           `json:"relations"`
}

// heading is what is said before the sources.
type heading struct {
	SBOM      []about `json:"sbom"`
	Of        int     `json:"of"` // sources that were ranked
	Unmatched []Item  `json:"unmatched"`
}

// said is what is said of a source.
type said struct {
	Components []Found  `json:"components"`
	Dependents *int     `json:"dependents"` // nil: no document says what depends on what
	NeededBy   []string `json:"needed_by"`
}

// Rows gives those of a ranking that the documents hold, in its order.
func (j *Joined) Rows(r *census.Ranking) []census.Row {
	return slices.DeleteFunc(slices.Clone(r.Rows), func(row census.Row) bool { return j.Held[row.Source] == nil })
}

// Excerpt gives what the documents hold of a ranking, to be written.
func (j *Joined) Excerpt(r *census.Ranking) (census.Excerpt, error) {
	h := heading{SBOM: []about{}, Of: len(r.Rows), Unmatched: append([]Item{}, j.Unmatched...)}
	for _, d := range j.Documents {
		h.SBOM = append(h.SBOM, about{d.File, d.Format, d.Subject, len(d.Components), d.Others, d.Related})
	}
	head, err := json.Marshal(h)
	if err != nil {
		return census.Excerpt{}, fmt.Errorf("saying what the documents are: %w", err)
	}
	p := census.Excerpt{
		Rows: j.Rows(r), Head: head,
		Of: func(source int) json.RawMessage {
			held := j.Held[source]
			s := said{Components: held.Found, NeededBy: append([]string{}, held.NeededBy...)}
			if j.Related {
				s.Dependents = &held.Dependents
			}
			raw, _ := json.Marshal(s) // strings and numbers never fail
			return raw
		},
		Columns: []string{"components", "rule", "certainty", "dependents"},
		Cells: func(source int) []string {
			held := j.Held[source]
			var names []string
			for _, f := range held.Found {
				names = append(names, f.Title())
			}
			dependents := ""
			if j.Related {
				dependents = fmt.Sprint(held.Dependents)
			}
			return []string{strings.Join(names, "; "), string(held.Found[0].Rule), string(held.Found[0].Certainty), dependents}
		},
	}
	for _, item := range j.Unmatched {
		p.Below = append(p.Below, []string{item.Title(), "", "unmatched", ""})
	}
	return p, nil
}

// Title is the name with the version, or the package URL if there is no name.
func (i Item) Title() string {
	if i.Name == "" {
		return i.PURL
	}
	return strings.TrimSpace(i.Name + " " + i.Version)
}
