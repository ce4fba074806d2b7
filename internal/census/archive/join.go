package archive

import (
	"bytes"
	"cmp"
	"slices"
)

// join finds what belongs to what: binaries to their source, and relations to
// the binary that fulfils them.
func (s *Suite) join() {
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
	provided := s.provided()
	pick := func(alternatives [][]byte) (int32, bool) {
		for _, name := range alternatives {
			if n, ok := names[text(name)]; ok {
				return n, true
			}
		}
		for _, name := range alternatives {
			if n, ok := provided[text(name)]; ok {
				return n, true
			}
		}
		return 0, false
	}
	resolve := func(field []byte) (out []int32) {
		relations(field, func(alternatives [][]byte) {
			if n, ok := pick(alternatives); ok {
				out = append(out, n)
			} else {
				s.Missing++
			}
		})
		slices.Sort(out)
		return slices.Compact(out)
	}
	for i := range s.Binaries {
		s.Binaries[i].Depends = resolve(s.Binaries[i].depends)
	}
	for i := range s.Sources {
		s.Sources[i].Build = resolve(s.Sources[i].build)
	}
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
func (s *Suite) provided() map[string]int32 {
	out := map[string]int32{}
	for i := range s.Binaries {
		field := s.Binaries[i].provides
		if len(bytes.TrimSpace(field)) == 0 {
			continue
		}
		relations(field, func(names [][]byte) {
			for _, name := range names {
				was, ok := out[text(name)]
				if !ok || cmp.Compare(rank(s.Binaries[i].Priority), rank(s.Binaries[was].Priority)) < 0 {
					out[text(name)] = int32(i)
				}
			}
		})
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
