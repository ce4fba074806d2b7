package change

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"steward/internal/census"
)

// Change is what differs between two runs.
type Change struct {
	Old Side `json:"old"`
	New Side `json:"new"`
	// Models is empty if both were ranked by the same model. Else it says in
	// which of name, method, about and trust they differ: then only ranks compare, no scores.
	Models []string `json:"models_differ"`
	// Signals that only one of them has, or that were known of no source in one
	// of them: nothing is said of how those changed.
	OnlyOld []string `json:"signals_only_in_old"`
	OnlyNew []string `json:"signals_only_in_new"`
	Counts  Counts   `json:"counts"`
	Came    []Stand  `json:"came"`   // that the old run has not, the riskiest first
	Went    []Stand  `json:"went"`   // that the new run has not, the riskiest first
	Rose    []Move   `json:"rose"`   // nearer to the top now, the largest move first
	Fell    []Move   `json:"fell"`   // farther from it, the largest move first
	Stayed  []Move   `json:"stayed"` // of the same rank, with signals or a version that changed, by rank
	Quiet   Quiet    `json:"quiet"`
}

// Side is one of the runs.
type Side struct {
	Model    string        `json:"model"`
	About    string        `json:"about"`
	Method   census.Method `json:"method"`
	Trust    *census.Trust `json:"trust"`
	Sources  int           `json:"sources"`
	Packages int           `json:"packages"`
}

// Counts are of whole runs, however much of them is shown.
type Counts struct {
	Came   int `json:"came"`
	Went   int `json:"went"`
	Both   int `json:"both"` // sources that both have
	Rose   int `json:"rose"`
	Fell   int `json:"fell"`
	Stayed int `json:"stayed"` // of the same rank, whether or not something changed
}

// Stand is where a source stands in the run that has it.
type Stand struct {
	Source string `json:"source"`
	Place
	// Kin is the one source that only the other run has, and whose name is the
	// same but for its numbers: of php8.4 php8.2. Empty: there is none, or
	// there are several.
	Kin string `json:"kin,omitempty"`
}

// Place is where something stands in one run.
type Place struct {
	Rank    int     `json:"rank"`
	Version string  `json:"version"`
	Score   float64 `json:"score"`
	High    float64 `json:"high"`
}

// Move is a source that both runs have.
type Move struct {
	Source string  `json:"source"`
	Old    Place   `json:"old"`
	New    Place   `json:"new"`
	Places int     `json:"places"` // above 0: so many nearer to the top
	Shifts []Shift `json:"shifts"` // what changed, the largest first
}

// Shift is a signal that changed.
type Shift struct {
	Signal string   `json:"signal"`
	Old    *float64 `json:"old"` // nil: unknown of this source
	New    *float64 `json:"new"`
	// Size is how far it moved, in standard deviations of what models weigh, as it
	// is spread over the new run. Of a value that was or is unknown: 0.
	Size float64 `json:"size"`
}

// Quiet is what changed of the list of the quiet and load-bearing. Known is false
// if one of the runs has none: then nothing joined or left.
type Quiet struct {
	Known  bool     `json:"known"`
	Joined []string `json:"joined"`
	Left   []string `json:"left"`
}

// Between compares two runs.
func Between(older, newer *Run) *Change {
	c := &Change{
		Old: side(older), New: side(newer), Models: models(older, newer), Quiet: quiet(older.Quiet, newer.Quiet),
		Came: []Stand{}, Went: []Stand{}, Rose: []Move{}, Fell: []Move{}, Stayed: []Move{},
	}
	was := make(map[string]int, len(older.Sources))
	for i := range older.Sources {
		was[older.Sources[i].Name] = i
	}
	s := c.signals(older, newer)
	for i := range newer.Sources {
		now := &newer.Sources[i]
		n, ok := was[now.Name]
		if !ok {
			c.Came = append(c.Came, Stand{Source: now.Name, Place: now.place()})
			continue
		}
		delete(was, now.Name)
		before := &older.Sources[n]
		m := Move{Source: now.Name, Old: before.place(), New: now.place(), Places: before.Rank - now.Rank, Shifts: s.between(before, now)}
		switch c.Counts.Both++; {
		case m.Places > 0:
			c.Rose = append(c.Rose, m)
		case m.Places < 0:
			c.Fell = append(c.Fell, m)
		default:
			if c.Counts.Stayed++; len(m.Shifts) > 0 || m.Old.Version != m.New.Version {
				c.Stayed = append(c.Stayed, m)
			}
		}
	}
	for i := range older.Sources { // was is in no order
		one := &older.Sources[i]
		if _, ok := was[one.Name]; ok {
			c.Went = append(c.Went, Stand{Source: one.Name, Place: one.place()})
		}
	}
	kin(c.Came, c.Went)
	slices.SortStableFunc(c.Rose, func(a, b Move) int {
		return cmp.Or(cmp.Compare(b.Places, a.Places), cmp.Compare(a.New.Rank, b.New.Rank))
	})
	slices.SortStableFunc(c.Fell, func(a, b Move) int {
		return cmp.Or(cmp.Compare(a.Places, b.Places), cmp.Compare(a.Old.Rank, b.Old.Rank))
	})
	c.Counts.Came, c.Counts.Went, c.Counts.Rose, c.Counts.Fell = len(c.Came), len(c.Went), len(c.Rose), len(c.Fell)
	return c
}

// Within leaves what stands, or stood, among the first so many. Counts and the
// quiet stay those of whole runs.
func (c *Change) Within(first int) *Change {
	near := *c
	stands := func(all []Stand) []Stand {
		return slices.DeleteFunc(slices.Clone(all), func(s Stand) bool { return s.Rank > first })
	}
	moves := func(all []Move) []Move {
		return slices.DeleteFunc(slices.Clone(all), func(m Move) bool { return min(m.Old.Rank, m.New.Rank) > first })
	}
	near.Came, near.Went = stands(c.Came), stands(c.Went)
	near.Rose, near.Fell, near.Stayed = moves(c.Rose), moves(c.Fell), moves(c.Stayed)
	return &near
}

// kin finds what came in place of what went, by the names alone.
func kin(came, went []Stand) {
	stem := func(name string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' || r == '.' {
				return -1
			}
			return r
		}, name)
	}
	only := func(all []Stand) map[string]int {
		at := map[string]int{}
		for i := range all {
			name := stem(all[i].Source)
			if _, twice := at[name]; twice {
				i = -1
			}
			at[name] = i
		}
		return at
	}
	gone := only(went)
	for name, i := range only(came) {
		if n, ok := gone[name]; ok && i >= 0 && n >= 0 && name != "" {
			came[i].Kin, went[n].Kin = went[n].Source, came[i].Source
		}
	}
}

// Turned gives the sources of which a signal was 0 and is more now, as of orphaned:
// those that nobody looks after any more. By rank.
func (c *Change) Turned(signal string) (turned []Move) {
	for _, m := range slices.Concat(c.Rose, c.Fell, c.Stayed) {
		if slices.ContainsFunc(m.Shifts, func(s Shift) bool {
			return s.Signal == signal && s.Old != nil && s.New != nil && *s.Old == 0 && *s.New > 0
		}) {
			turned = append(turned, m)
		}
	}
	slices.SortStableFunc(turned, func(a, b Move) int {
		return cmp.Or(cmp.Compare(a.New.Rank, b.New.Rank), cmp.Compare(a.Source, b.Source))
	})
	return turned
}

func side(r *Run) Side {
	return Side{Model: r.Model, About: r.About, Method: r.Method, Trust: r.Trust, Sources: len(r.Sources), Packages: r.Packages}
}

func (s *Source) place() Place {
	return Place{Rank: s.Rank, Version: s.Version, Score: s.Score, High: s.High}
}

// models tells in what the models of two runs differ. The weights are in no run:
// that how it was trusted is the same is as near as one can come.
func models(a, b *Run) []string {
	differ := []string{}
	for _, c := range []struct {
		what string
		same bool
	}{
		{"name", a.Model == b.Model},
		{"method", a.Method == b.Method},
		{"about", a.About == b.About},
		{"trust", a.Trust.Same(b.Trust)},
	} {
		if !c.same {
			differ = append(differ, c.what)
		}
	}
	return differ
}

func quiet(older, newer []string) Quiet {
	q := Quiet{Known: older != nil && newer != nil, Joined: []string{}, Left: []string{}}
	if !q.Known {
		return q
	}
	q.Joined, q.Left = without(newer, older), without(older, newer)
	return q
}

// without gives those of a list that are not in the other, in its order.
func without(list, other []string) []string {
	in := make(map[string]bool, len(other))
	for _, name := range other {
		in[name] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(name string) bool { return in[name] })
}

// pair is a signal that both runs know: its places in them.
type pair struct {
	name     string
	old, new int
	log      bool
	spread   float64 // standard deviation over the new run, of what models weigh
}

type pairs []pair

// signals finds the signals that can be compared, and notes those that cannot.
func (c *Change) signals(older, newer *Run) (all pairs) {
	c.OnlyOld, c.OnlyNew = []string{}, []string{}
	logs := map[string]bool{}
	for _, s := range census.Signals() {
		logs[s.Name] = s.Log
	}
	for n, name := range newer.Signals {
		p := pair{name: name, old: slices.Index(older.Signals, name), new: n, log: logs[name]}
		inNew, spread := newer.column(n, p.log)
		inOld := 0
		if p.old >= 0 {
			inOld, _ = older.column(p.old, p.log)
		}
		switch p.spread = spread; {
		case inOld > 0 && inNew > 0:
			all = append(all, p)
		case inNew > 0:
			c.OnlyNew = append(c.OnlyNew, name)
		case inOld > 0:
			c.OnlyOld = append(c.OnlyOld, name)
		}
	}
	for n, name := range older.Signals {
		if known, _ := older.column(n, false); known > 0 && !slices.Contains(newer.Signals, name) {
			c.OnlyOld = append(c.OnlyOld, name)
		}
	}
	return all
}

// column counts the sources of which a signal is known, and tells how far its
// values are spread.
func (r *Run) column(signal int, log bool) (known int, spread float64) {
	var mean, sum float64
	for i := range r.Sources {
		v := r.Sources[i].Values[signal]
		if math.IsNaN(v) {
			continue
		}
		v = weighed(v, log)
		known++
		d := v - mean // the method of Welford, which does not cancel
		mean += d / float64(known)
		sum += d * (v - mean)
	}
	return known, math.Sqrt(sum / float64(max(1, known)))
}

func weighed(v float64, log bool) float64 {
	if log {
		return math.Log1p(max(0, v))
	}
	return v
}

// between tells which signals of a source changed, the largest shift first.
func (ps pairs) between(older, newer *Source) []Shift {
	shifts := []Shift{}
	for _, p := range ps {
		a, b := older.Values[p.old], newer.Values[p.new]
		if a == b || math.IsNaN(a) && math.IsNaN(b) {
			continue
		}
		s := Shift{Signal: p.name}
		if !math.IsNaN(a) {
			s.Old = &a
		}
		if !math.IsNaN(b) {
			s.New = &b
		}
		if s.Old != nil && s.New != nil && p.spread > 0 {
			s.Size = census.Written(math.Abs(weighed(b, p.log)-weighed(a, p.log)) / p.spread)
		}
		if math.IsNaN(s.Size) || math.IsInf(s.Size, 0) { // of numbers that no ranking has
			s.Size = math.MaxFloat64
		}
		shifts = append(shifts, s)
	}
	slices.SortStableFunc(shifts, func(a, b Shift) int { return cmp.Compare(b.Size, a.Size) })
	return shifts
}
