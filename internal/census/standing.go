package census

import (
	"math"
	"slices"
	"strings"
)

// Standing is how the sources of an earlier release stood, ranked by the same
// model. It holds nothing of the indexes that it was made from, so that these can
// be let go of before the next are read.
type Standing struct {
	Release string // as people call it: "bookworm"
	Of      int    // sources
	Files   bool   // lists of files were read
	at      map[string]stood
}

type stood struct {
	version string
	rank    int
	score   float64
	reach   float64
}

// Stand keeps of a ranking where each source stood.
func Stand(release string, r *Ranking) *Standing {
	s := &Standing{Release: release, Of: len(r.Rows), at: make(map[string]stood, len(r.Rows))}
	reach := r.Table.column("reach")
	for _, row := range r.Rows {
		one := &r.Table.Suite.Sources[row.Source]
		s.at[strings.Clone(one.Name)] = stood{strings.Clone(one.Version), row.Rank, row.Score, reach[row.Source]}
	}
	return s
}

// Rank is the rank of a source; false: the release did not have it.
func (s *Standing) Rank(source string) (int, bool) {
	at, ok := s.at[source]
	return at.rank, ok
}

// Stop is a source as it stood in one release.
type Stop struct {
	Release string   `json:"release"`           // empty: the indexes name none
	Version string   `json:"version,omitempty"` // empty: the release did not have it
	Rank    int      `json:"rank,omitempty"`    // 0: the release did not have it
	Of      int      `json:"of"`                // sources
	Score   float64  `json:"score"`
	Reach   *float64 `json:"reach,omitempty"` // nil: unknown
}

// Course tells how a source stood through the releases, the earliest first and
// this ranking last. Nil: no earlier release was ranked.
func (r *Ranking) Course(source int) []Stop {
	if len(r.Earlier) == 0 {
		return nil
	}
	name := r.Table.Suite.Sources[source].Name
	var out []Stop
	for _, s := range r.Earlier {
		stop := Stop{Release: s.Release, Of: s.Of}
		if at, ok := s.at[name]; ok {
			stop.Version, stop.Rank, stop.Score, stop.Reach = at.version, at.rank, at.score, known(at.reach)
		}
		out = append(out, stop)
	}
	row := r.Rows[slices.IndexFunc(r.Rows, func(row Row) bool { return row.Source == source })]
	return append(out, Stop{Release: r.Release, Version: r.Table.Suite.Sources[source].Version, Rank: row.Rank, Of: len(r.Rows), Score: row.Score,
		Reach: known(r.Table.column("reach")[source])})
}

func known(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}
