package census

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"steward/internal/census/archive"
	"steward/internal/census/contents"
	"steward/internal/census/graph"
)

// damping is what PageRank was published with.
const damping = .85

// Up to exactWork, sources times nodes and edges, what rests on a source is
// counted exactly: that takes about a minute of a processor for a million
// sources with five edges each, and the largest distributions of today need a
// two-hundredth of it. Beyond, it is estimated with a sample for each node.
const exactWork = 1e13

// Table holds the value of each signal for each source of a suite.
type Table struct {
	Suite  *archive.Suite
	Older  int         // earlier releases that were read
	Values [][]float64 // by signal, as in Signals; by source, as in Suite; NaN: unknown
	Spread float64     // relative standard error of reach and build-reach; 0: they are exact
	AsOf   string      // day as of which what was collected was read, 2023-06-30; empty: nothing was
	Notes  []string    // what of that which lies beside the indexes could not be read, in sentences
}

// measured is what signals are computed from.
type measured struct {
	suite                     *archive.Suite
	reach, buildReach, direct []int32
	pagerank                  []float64
	more                      More
	exact                     float64                 // the work up to which those are counted exactly
	spread                    float64                 // of reach and buildReach
	safer                     []bool                  // by binary: it compiles a language of safer
	libc, cxx                 int32                   // the binaries of the libraries of C and of C++, -1 if there is none
	traits                    [][len(marks{})]float64 // by source: kinds of company; see trait
	policy                    []int                   // versions of the policy that sources name, as one number each, the latest first
}

// More is what a census may read besides the indexes. What it has not stays
// unknown.
type More struct {
	Older []map[string]string // earlier releases, the newest last: the version of each source
	Files contents.Found      // which packages have files of interest; nil: not known
	Facts map[string]Fact     // by signal: what the archive itself does not tell
	AsOf  string              // see Table
	Notes []string            // see Table
}

// Fact is what was learned elsewhere of sources, for one signal.
type Fact struct {
	Of   map[string]float64 // by source
	Rest float64            // of those that are not in it; NaN: unknown
}

// Measure computes every signal of every source of a suite.
func Measure(ctx context.Context, s *archive.Suite, more More) (*Table, error) {
	return measure(ctx, s, more, exactWork)
}

// measure counts exactly up to so much work.
func measure(ctx context.Context, s *archive.Suite, more More, exact float64) (*Table, error) {
	m := &measured{suite: s, more: more, exact: exact, safer: make([]bool, len(s.Binaries)), libc: -1, cxx: -1}
	for i := range s.Binaries {
		name := s.Binaries[i].Name
		m.safer[i] = slices.ContainsFunc(safer, func(p string) bool { return strings.HasPrefix(name, p) })
		switch name {
		case "libc6":
			m.libc = int32(i)
		case "libstdc++6":
			m.cxx = int32(i)
		}
	}
	var met errgroup.Group
	met.Go(func() error {
		m.meet()
		return nil
	})
	err := m.follow(ctx)
	_ = met.Wait()
	if err != nil {
		return nil, err
	}
	for i := range s.Sources {
		if v := policyVersion(s.Sources[i].Standards); v > 0 {
			m.policy = append(m.policy, v)
		}
	}
	slices.Sort(m.policy)
	m.policy = slices.Compact(m.policy)
	slices.Reverse(m.policy)
	t := &Table{Suite: s, Older: len(more.Older), Spread: m.spread, AsOf: more.AsOf, Notes: more.Notes, Values: make([][]float64, len(catalogue))}
	g, ctx := errgroup.WithContext(ctx)
	for n := range catalogue {
		t.Values[n] = make([]float64, len(s.Sources))
		g.Go(func() error {
			for i := range s.Sources {
				t.Values[n][i] = m.value(n, i)
			}
			return ctx.Err()
		})
	}
	return t, g.Wait()
}

// value is that of a signal for a source; NaN: unknown.
func (m *measured) value(signal, source int) float64 {
	s := &catalogue[signal]
	switch {
	case s.of == nil:
		fact, known := m.more.Facts[s.Name]
		if !known {
			return unknown
		}
		if v, ok := fact.Of[m.suite.Sources[source].Name]; ok {
			return v
		}
		return fact.Rest
	case s.From == fromSources && !m.suite.Sources[source].Listed:
		return unknown
	}
	return s.of(m, source)
}

// follow counts dependents. A source depends on another if one of its packages
// does. The graph is that of packages, since a source whose tool needs much does
// not burden those that need its library alone; before each package stands its
// source, as who depends, and behind it its source, as what is depended on.
func (m *measured) follow(ctx context.Context) error {
	s := m.suite
	packages, sources := len(s.Binaries), len(s.Sources)
	given := make([]int32, sources)
	needs, built := 0, 0
	for i := range s.Binaries {
		needs += len(s.Binaries[i].Depends) + 1
	}
	for i := range s.Sources {
		given[i] = int32(packages + i)
		needs += len(s.Sources[i].Binaries)
		built += len(s.Sources[i].Build) * (len(s.Sources[i].Binaries) + 1)
	}
	// edges appends those of a node, with what it is built with or without.
	edges := func(node int32, to []int32, built bool) []int32 {
		source := node - int32(packages)
		switch {
		case int(node) < packages:
			b := &s.Binaries[node]
			to, source = append(append(to, b.Depends...), int32(packages+sources)+b.Source), b.Source
		case int(source) < sources:
			to = append(to, s.Sources[source].Binaries...)
		default:
			return to
		}
		if built {
			to = append(to, s.Sources[source].Build...)
		}
		return to
	}
	var spreads [2]float64 // of the two counts
	g, ctx := errgroup.WithContext(ctx)
	count := func(n, size int, built bool, into *[]int32) func() error {
		return func() error {
			g := graph.Build(packages+2*sources, size, func(node int32, to []int32) []int32 { return edges(node, to, built) })
			follow := g.Dependents
			if float64(sources)*float64(g.Len()+g.Edges()) > m.exact {
				sample := graph.Sample(g.Edges())
				follow = func(ctx context.Context, given []int32) ([]int32, error) { return g.Estimate(ctx, given, sample) }
				spreads[n] = graph.Spread(sample)
			}
			all, err := follow(ctx, given)
			if err != nil {
				return err
			}
			*into = all[packages+sources:]
			for i := range *into { // a source with a package reaches itself
				(*into)[i] = max(0, (*into)[i]-1)
			}
			return nil
		}
	}
	g.Go(count(0, needs, false, &m.reach))
	g.Go(count(1, needs+built, true, &m.buildReach))
	g.Go(func() error {
		direct := graph.Build(sources, needs, func(source int32, to []int32) []int32 {
			for _, b := range s.Sources[source].Binaries {
				for _, d := range s.Binaries[b].Depends {
					to = append(to, s.Binaries[d].Source)
				}
			}
			return to
		})
		m.pagerank = direct.PageRank(damping)
		m.direct = make([]int32, sources)
		back := direct.Reverse()
		for i := range m.direct {
			m.direct[i] = int32(len(back.Of(int32(i))))
		}
		return nil
	})
	err := g.Wait()
	m.spread = max(spreads[0], spreads[1])
	return err
}

// any tells whether one of the packages of a source is such.
func (m *measured) any(source int, such func(*archive.Binary) bool) bool {
	for _, b := range m.suite.Sources[source].Binaries {
		if such(&m.suite.Binaries[b]) {
			return true
		}
	}
	return false
}

// best is the highest priority of its packages.
func (m *measured) best(source int) (best int) {
	for _, b := range m.suite.Sources[source].Binaries {
		best = max(best, 1+slices.Index([]string{"standard", "important", "required"}, m.suite.Binaries[b].Priority))
	}
	return best
}

// installed is the size of the largest of its packages, unknown if it has none here.
func (m *measured) installed(source int) float64 {
	most := int64(0)
	for _, b := range m.suite.Sources[source].Binaries {
		most = max(most, m.suite.Binaries[b].Installed)
	}
	return positive(most)
}

func (m *measured) needs(source int) (n int) {
	for _, b := range m.suite.Sources[source].Binaries {
		n += len(m.suite.Binaries[b].Depends)
	}
	return n
}

// safer are languages whose compilers' packages begin so, and which keep their
// programs from writing where they must not.
var safer = []string{
	"golang", "dh-golang", "rustc", "cargo", "dh-cargo", "ghc", "haskell-devscripts", "ocaml", "dh-ocaml", "default-jdk", "openjdk",
	"erlang", "elixir", "mono-", "cli-common-dev", "sbcl", "gnat", "fp-", "fpc", "nodejs", "rebar", "scala", "gprbuild", "ldc",
}

// unsafe tells whether it is compiled from C or C++: one of its packages needs
// the library of C++, which no other language links; or it needs that of C, which
// most do, and nothing that compiles another is needed to build it. Unknown if
// there is no package of it here.
func (m *measured) unsafe(source int) float64 {
	s := &m.suite.Sources[source]
	if len(s.Binaries) == 0 {
		return unknown
	}
	needs := func(library int32) bool {
		return slices.ContainsFunc(s.Binaries, func(b int32) bool {
			_, needs := slices.BinarySearch(m.suite.Binaries[b].Depends, library)
			return needs || b == library
		})
	}
	safer := slices.ContainsFunc(s.Build, func(b int32) bool { return m.safer[b] })
	return yes(needs(m.cxx) || !safer && needs(m.libc))
}

// files counts kinds of files that its packages have; unknown without lists of files.
func (m *measured) files(source int, such contents.Kinds) float64 {
	if m.more.Files == nil || len(m.suite.Sources[source].Binaries) == 0 {
		return unknown
	}
	var all contents.Kinds
	for _, b := range m.suite.Sources[source].Binaries {
		all |= m.more.Files[m.suite.Binaries[b].Name]
	}
	return float64((all & such).Count())
}

// stagnation counts the earlier releases, from the newest back, that had the same
// version of upstream's.
func (m *measured) stagnation(source int) float64 {
	if len(m.more.Older) == 0 {
		return unknown
	}
	now, n := archive.Upstream(m.suite.Sources[source].Version), 0
	for _, older := range slices.Backward(m.more.Older) {
		version, ok := older[m.suite.Sources[source].Name]
		if !ok || archive.Compare(archive.Upstream(version), now) != 0 {
			break
		}
		n++
	}
	return float64(n)
}

// behind counts the versions of the policy that came after the one that a
// source names.
func (m *measured) behind(source int) float64 {
	v := policyVersion(m.suite.Sources[source].Standards)
	if v == 0 {
		return unknown
	}
	n, _ := slices.BinarySearchFunc(m.policy, v, func(x, v int) int { return v - x })
	return float64(n)
}

// policyVersion reads the first three numbers of a version of the policy, of
// which the fourth changes nothing (Policy 5.6.11).
func policyVersion(s string) (v int) {
	parts := strings.Split(s, ".")
	if len(parts) < 3 {
		return 0
	}
	for _, p := range parts[:3] {
		n, err := strconv.Atoi(p)
		if err != nil || n < 0 || n > 999 {
			return 0
		}
		v = v*1000 + n
	}
	return v
}

// weighed is a value as models weigh it.
func weighed(s *Signal, v float64) float64 {
	if s.Log {
		return math.Log1p(v)
	}
	return v
}

// trait counts kinds of company; unknown if there is no package of it here.
func (m *measured) trait(signal string, source int) float64 {
	if len(m.suite.Sources[source].Binaries) == 0 {
		return unknown
	}
	return m.traits[source][traitNamed(signal)]
}
