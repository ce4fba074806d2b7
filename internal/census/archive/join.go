package archive

import (
	"bytes"
	"cmp"
	"context"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"steward/internal/census/control"
)

// join finds what belongs to what: binaries to their source, and relations to
// the binary that fulfils them.
func (s *Suite) join(ctx context.Context, told *notes) error {
	s.complete()
	sources := make(map[string]int32, len(s.Sources))
	for i := range s.Sources {
		sources[s.Sources[i].Name] = int32(i)
	}
	names := make(map[string]int32, len(s.Binaries))
	for i := range s.Binaries {
		b := &s.Binaries[i]
		names[b.Name] = int32(i)
		from, _ := b.from()
		b.Source = sources[from]
		s.Sources[b.Source].Binaries = append(s.Sources[b.Source].Binaries, int32(i))
	}
	provided := s.provided(told)
	parts := runtime.GOMAXPROCS(0)
	finders := make([]finder, parts)
	all := len(s.Binaries) + len(s.Sources)
	g, ctx := errgroup.WithContext(ctx)
	for p := range parts {
		finders[p] = finder{names: names, provided: provided}
		g.Go(func() error {
			for i := p * all / parts; i < (p+1)*all/parts && ctx.Err() == nil; i++ {
				if i < len(s.Binaries) {
					b := &s.Binaries[i]
					b.Depends = finders[p].find(b.at, b.depends, b.preDepends)
				} else {
					one := &s.Sources[i-len(s.Binaries)]
					one.Build = finders[p].find(one.at, one.build[:]...)
				}
			}
			return ctx.Err()
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, f := range finders {
		s.Asked += f.asked
		s.Missing += f.missing
		told.join(f.notes)
	}
	return nil
}

// finder finds the binaries that fulfil relations.
type finder struct {
	notes
	names, provided map[string]int32
	asked, missing  int     // relations, and those that none fulfils
	found           []int32 // room for those of one stanza
}

// find gives what fulfils the relations of a stanza, in order and each once.
func (f *finder) find(at int64, fields ...[]byte) []int32 {
	f.found = f.found[:0]
	for _, field := range fields {
		if left := relations(field, f.pick); left != "" {
			f.add(control.Gap{At: at, What: left})
		}
	}
	slices.Sort(f.found)
	return slices.Clone(slices.Compact(f.found))
}

// pick takes the first alternative that there is; else the first that is
// provided.
func (f *finder) pick(alternatives [][]byte) {
	f.asked++
	for _, in := range []map[string]int32{f.names, f.provided} {
		for _, name := range alternatives {
			if n, ok := in[text(name)]; ok {
				f.found = append(f.found, n)
				return
			}
		}
	}
	f.missing++
}

// complete adds the sources that packages name and no index of sources has, with
// what the packages tell of them.
func (s *Suite) complete() {
	known := make(map[string]bool, len(s.Sources))
	for i := range s.Sources {
		known[s.Sources[i].Name] = true
	}
	for i := range s.Binaries {
		b := &s.Binaries[i]
		name, version := b.from()
		if known[name] {
			continue
		}
		known[name] = true
		s.Sources = append(s.Sources, Source{Name: name, Version: version, Section: b.Section, Maintainer: b.maintainer, Homepage: b.homepage})
	}
	slices.SortFunc(s.Sources, func(a, b Source) int { return cmp.Compare(a.Name, b.Name) })
}

// from gives name and version of the source of a package (Policy 5.6.1): if it
// names none, they are its own.
func (b *Binary) from() (name, version string) {
	first, more := cut(b.source, ' ')
	if !validName(first) {
		return b.Name, b.Version
	}
	if v := bytes.Trim(more, " ()"); len(v) > 0 {
		return text(first), text(v)
	}
	return text(first), b.Version
}

// provided gives for each virtual package the binary that stands for it: of
// those that provide it the one of the highest priority, the first by name.
func (s *Suite) provided(told *notes) map[string]int32 {
	out := map[string]int32{}
	for i := range s.Binaries {
		field := s.Binaries[i].provide
		if len(bytes.TrimSpace(field)) == 0 {
			continue
		}
		left := relations(field, func(names [][]byte) {
			for _, name := range names {
				was, ok := out[text(name)]
				if !ok || rank(s.Binaries[i].Priority) < rank(s.Binaries[was].Priority) {
					out[text(name)] = int32(i)
				}
			}
		})
		if left != "" {
			told.add(control.Gap{At: s.Binaries[i].at, What: left})
		}
	}
	return out
}

// rank orders priorities (Policy 2.5); what is none comes last.
func rank(priority string) int {
	if i := slices.Index([]string{"required", "important", "standard", "optional", "extra"}, priority); i >= 0 {
		return i
	}
	return 5
}
