// Package archive reads what a distribution says of itself: its binary packages
// and the sources that they are built from, out of the indexes that apt keeps.
//
// Its words are Debian's: a Source is what is uploaded, a Binary is what is
// installed; a relation is a group of alternatives, any of which will do. Where
// there are several versions of one name, the highest counts.
package archive

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"unsafe"

	"golang.org/x/sync/errgroup"

	"steward/internal/census/control"
)

// Source is a source package. Its fields are as the index has them; zero: it
// says nothing of it.
type Source struct {
	Name, Version string
	Section       string
	Maintainer    string
	Uploaders     string
	Homepage      string
	Architecture  string
	Standards     string // version of the policy that it follows
	Testsuite     string
	Vcs           string  // where its packaging is kept
	Build         []int32 // binaries that it is built with: indexes of Suite.Binaries
	Binaries      []int32 // that are built from it: indexes of Suite.Binaries
	Upstream      int64   // bytes of upstream's archives
	Packaging     int64   // bytes of what the distribution adds
	Listed        bool    // the index of sources has it; else it is known by its packages alone

	at    int64     // byte of the index
	build [3][]byte // relations, not resolved yet: for all packages, for those of any machine, for those of one
}

// Binary is a binary package.
type Binary struct {
	Name, Version string
	Source        int32 // index of Suite.Sources
	Section       string
	Priority      string
	Description   string // one line
	Essential     bool
	Installed     int64   // kilobytes (Policy 5.6.20)
	Depends       []int32 // what is installed with it: indexes of Suite.Binaries

	at                           int64 // byte of the index
	maintainer, homepage         string
	source                       []byte
	depends, preDepends, provide []byte
}

// Suite is one release of a distribution, or several read as one.
type Suite struct {
	Sources  []Source      // by name
	Binaries []Binary      // by name
	Asked    int           // relations: what packages and builds need
	Missing  int           // of these that nothing in the suite fulfils
	Gaps     []control.Gap // what could not be read, the first of it
	MoreGaps int           // so many follow

	files []int64 // where each file begins, were all written one after another
}

// Load reads indexes of packages and of sources. Their bytes must not be
// changed afterwards: the suite lies in them.
func Load(ctx context.Context, packages, sources [][]byte) (*Suite, error) {
	s := &Suite{}
	end := int64(0)
	for _, f := range slices.Concat(packages, sources) {
		s.files = append(s.files, end)
		end += int64(len(f))
	}
	var n notes
	var err error
	if s.Binaries, err = load(ctx, packages, s.files, readBinary, &n, func(b *Binary) (string, string) { return b.Name, b.Version }); err != nil {
		return nil, fmt.Errorf("reading the packages: %w", err)
	}
	if s.Sources, err = load(ctx, sources, s.files[len(packages):], readSource, &n, func(b *Source) (string, string) { return b.Name, b.Version }); err != nil {
		return nil, fmt.Errorf("reading the sources: %w", err)
	}
	if err = s.join(ctx, &n); err != nil {
		return nil, fmt.Errorf("joining sources and packages: %w", err)
	}
	s.Gaps, s.MoreGaps = append([]control.Gap{}, n.gaps...), n.more // never nil: in JSON none is []
	return s, nil
}

// Cut tells whether so many relations are fulfilled by nothing that an index is
// missing, or cut off: of a whole archive one in a thousand is.
func (s *Suite) Cut() bool { return s.Missing*50 > s.Asked }

// Name gives the gaps the names of the files that were read, those of packages
// first.
func (s *Suite) Name(files []string) {
	for i := range s.Gaps {
		n, _ := slices.BinarySearchFunc(s.files, s.Gaps[i].At, func(begin, at int64) int { // the last that begins at it or before: others may be empty
			if begin <= at {
				return -1
			}
			return 1
		})
		n--
		s.Gaps[i].File, s.Gaps[i].At = files[n], s.Gaps[i].At-s.files[n]
	}
}

// load reads files of stanzas, in as many parts as there are processors, and
// keeps the highest version of each name. What begins in a file is counted from
// where that begins.
func load[T any](ctx context.Context, files [][]byte, begin []int64, read func(control.Stanza, func(control.Gap)) (*T, bool), told *notes, name func(*T) (string, string)) ([]T, error) {
	var parts []control.Stanza
	for i, f := range files {
		if len(f) > 0 && f[len(f)-1] != '\n' {
			told.add(control.Gap{At: begin[i] + int64(len(f)) - 1, What: "The file ends in the middle of a line: it may be cut off."})
		}
		for _, part := range control.Parts(f, runtime.GOMAXPROCS(0)) {
			part.At += begin[i]
			parts = append(parts, part)
		}
	}
	found := make([][]*T, len(parts))
	missed := make([]notes, len(parts))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, part := range parts {
		g.Go(func() error {
			for st := range control.Stanzas(part.Text, part.At) {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				if one, ok := read(st, missed[i].add); ok {
					found[i] = append(found[i], one)
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	all := slices.Concat(found...)
	for _, m := range missed {
		told.join(m)
	}
	order := func(a, b *T) int {
		an, av := name(a)
		bn, bv := name(b)
		if c := cmp.Compare(an, bn); c != 0 {
			return c
		}
		return Compare(bv, av)
	}
	if !slices.IsSortedFunc(all, order) { // an index mostly is
		slices.SortStableFunc(all, order)
	}
	all = slices.CompactFunc(all, func(a, b *T) bool {
		an, _ := name(a)
		bn, _ := name(b)
		return an == bn
	})
	out := make([]T, len(all))
	for i, one := range all {
		out[i] = *one
	}
	return out, nil
}

func readBinary(st control.Stanza, gap func(control.Gap)) (b *Binary, ok bool) {
	b = &Binary{at: st.At}
	for name, value := range st.Fields(gap) {
		switch string(name) {
		case "Package":
			b.Name = text(value)
		case "Version":
			b.Version = text(value)
		case "Source":
			b.source = value
		case "Section":
			b.Section = text(value)
		case "Priority":
			b.Priority = text(value)
		case "Description":
			line, _ := cut(value, '\n')
			b.Description = text(line)
		case "Essential":
			b.Essential = string(value) == "yes"
		case "Installed-Size":
			b.Installed = size(value, func() { gap(control.Gap{At: st.At, What: "An Installed-Size is no size."}) })
		case "Depends":
			b.depends = value
		case "Pre-Depends":
			b.preDepends = value
		case "Provides":
			b.provide = value
		case "Maintainer":
			b.maintainer = text(value)
		case "Homepage":
			b.homepage = text(value)
		}
	}
	if !validName([]byte(b.Name)) {
		gap(control.Gap{At: st.At, What: "A package has no name, or one that is none."})
		return b, false
	}
	if name, _ := cut(b.source, ' '); len(name) > 0 && !validName(name) {
		gap(control.Gap{At: st.At, What: "A package names a source that is none; it is taken for its own."})
	}
	return b, true
}

func readSource(st control.Stanza, gap func(control.Gap)) (s *Source, ok bool) {
	s = &Source{at: st.At, Listed: true}
	extra := false
	for name, value := range st.Fields(gap) {
		switch string(name) {
		case "Package":
			s.Name = text(value)
		case "Version":
			s.Version = text(value)
		case "Section":
			s.Section = text(value)
		case "Maintainer":
			s.Maintainer = text(value)
		case "Uploaders":
			s.Uploaders = text(value)
		case "Homepage":
			s.Homepage = text(value)
		case "Architecture":
			s.Architecture = text(value)
		case "Standards-Version":
			s.Standards = text(value)
		case "Testsuite":
			s.Testsuite = text(value)
		case "Vcs-Git", "Vcs-Svn", "Vcs-Hg", "Vcs-Bzr":
			s.Vcs = text(value)
		case "Build-Depends":
			s.build[0] = value
		case "Build-Depends-Indep":
			s.build[1] = value
		case "Build-Depends-Arch":
			s.build[2] = value
		case "Checksums-Sha256":
			s.Upstream, s.Packaging = sizes(value, func() { gap(control.Gap{At: st.At, What: "A line of Checksums-Sha256 has no size."}) })
		case "Extra-Source-Only": // is no part of the suite: another's packages were built with it once
			extra = string(value) == "yes"
		}
	}
	if !validName([]byte(s.Name)) {
		gap(control.Gap{At: st.At, What: "A source has no name, or one that is none."})
		return s, false
	}
	return s, !extra
}

// sizes adds up the files of a source: upstream's, and the distribution's. It
// calls broken for each line that is none.
func sizes(list []byte, broken func()) (upstream, packaging int64) {
	for line := range bytes.Lines(list) {
		words := bytes.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 3 {
			broken()
			continue
		}
		n := size(words[1], broken)
		switch file := words[2]; {
		case bytes.HasSuffix(file, []byte(".asc")) || bytes.HasSuffix(file, []byte(".dsc")):
		case bytes.Contains(file, []byte(".debian.tar.")) || bytes.HasSuffix(file, []byte(".diff.gz")):
			packaging += n
		default:
			upstream += n
		}
	}
	return upstream, packaging
}

// maxSize is the largest size that is believed, in bytes or kilobytes: sums of
// those of a stanza cannot overflow.
const maxSize = 1 << 40

// size reads a size; what is none, or too large, is broken, and 0.
func size(value []byte, broken func()) int64 {
	n, err := strconv.ParseInt(text(value), 10, 64)
	if err != nil || n < 0 || n > maxSize {
		broken()
		return 0
	}
	return n
}

// text gives bytes of the index as a string without copying them.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
