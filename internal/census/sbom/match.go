package sbom

import (
	"slices"
	"strings"

	"github.com/package-url/packageurl-go"

	"steward/internal/census/archive"
)

// Names are those of a suite, by which components are found.
type Names struct {
	suite    *archive.Suite
	sources  map[string]int32
	binaries map[string]int32 // the source of each package
	provided map[string]int32 // the source of what stands for a name; -1: several do
	stems    map[string]int32 // the source of packages by their stem; -1: several
	roots    map[string]int32 // the same by their root
}

// NewNames takes the names of a suite.
func NewNames(s *archive.Suite) *Names {
	n := &Names{
		suite: s, sources: make(map[string]int32, len(s.Sources)), binaries: make(map[string]int32, len(s.Binaries)),
		provided: map[string]int32{}, stems: make(map[string]int32, len(s.Binaries)), roots: make(map[string]int32, len(s.Binaries)),
	}
	for i := range s.Sources {
		n.sources[s.Sources[i].Name] = int32(i)
	}
	one := func(in map[string]int32, name string, source int32) {
		if was, ok := in[name]; ok && was != source {
			source = -1
		}
		in[name] = source
	}
	for i := range s.Binaries {
		b := &s.Binaries[i]
		n.binaries[b.Name] = b.Source
		one(n.stems, stem(b.Name), b.Source)
		one(n.roots, root(b.Name), b.Source)
		b.Provides(func(name string) { one(n.provided, name, b.Source) })
	}
	return n
}

// stem gives the name of a package without the number at its end, which tells of
// an interface or a release: of a library, or behind a dash. Of libidn2-0 it is
// libidn2. The mark of the change to a time of 64 bits is no part of it either.
func stem(name string) string {
	bare := strings.TrimSuffix(strings.TrimRight(strings.TrimSuffix(name, "t64"), "0123456789."), "-")
	return numbered(name, bare)
}

// root takes all numbers at the end away: of libldap-2.5-0 it is libldap.
func root(name string) string {
	return numbered(name, strings.TrimRight(strings.TrimSuffix(name, "t64"), "0123456789.-"))
}

// numbered gives what is left of a name if what was taken away may be a number.
func numbered(name, left string) string {
	if strings.HasPrefix(name, "lib") || strings.HasPrefix(name[len(left):], "-") {
		return left
	}
	return name
}

// Find finds the source of a component.
func (n *Names) Find(c *Component) (source int, by Rule, ok bool) {
	p, err := packageurl.FromString(c.PURL)
	if c.PURL == "" || err != nil {
		return n.find(c, packageurl.PackageURL{Name: c.Name})
	}
	return n.find(c, p)
}

func (n *Names) find(c *Component, p packageurl.PackageURL) (int, Rule, bool) {
	if p.Type == packageurl.TypeDebian {
		return n.debian(c, p)
	}
	if how, ok := conventions(p.Type); ok {
		return n.convention(how, p)
	}
	if p.Type != "" && !alike[p.Type] {
		return 0, "", false
	}
	upstream := ""
	if p.Type != "" {
		upstream = bare(qualifier(p, "upstream"))
		if rpm, ok := strings.CutSuffix(upstream, ".src.rpm"); ok {
			upstream = beforeVersion(rpm)
		}
	}
	for _, name := range []string{upstream, strings.ToLower(p.Name), plain(p.Name)} {
		if i, ok := n.sources[name]; ok {
			return int(i), SameName, true
		}
	}
	for _, name := range []string{strings.ToLower(p.Name), plain(p.Name)} {
		if i, ok := n.binaries[name]; ok {
			return int(i), SamePackage, true
		}
	}
	return 0, "", false
}

// debian finds what has a purl of the type deb.
func (n *Names) debian(c *Component, p packageurl.PackageURL) (int, Rule, bool) {
	if qualifier(p, "arch") == "source" {
		if i, ok := n.sources[p.Name]; ok {
			return int(i), DebSource, true
		}
	}
	for _, name := range []string{bare(qualifier(p, "upstream")), bare(c.Origin)} {
		if i, ok := n.sources[name]; ok {
			return int(i), DebUpstream, true
		}
	}
	if i, ok := n.binaries[p.Name]; ok {
		return int(i), DebBinary, true
	}
	if i, ok := n.provided[p.Name]; ok && i >= 0 {
		return int(i), DebProvided, true
	}
	if i, ok := n.sources[p.Name]; ok {
		return int(i), DebName, true
	}
	if i, ok := n.stems[stem(p.Name)]; ok && i >= 0 {
		return int(i), DebRenamed, true
	}
	if s := root(p.Name); len(s) > 3 {
		if i, ok := n.roots[s]; ok && i >= 0 {
			return int(i), DebRenamed, true
		}
	}
	return 0, "", false
}

// convention finds what comes from an ecosystem.
func (n *Names) convention(how convention, p packageurl.PackageURL) (int, Rule, bool) {
	by, through := Package, Provided
	if how.weak {
		by, through = Artifact, Artifact
	}
	for _, name := range how.packages(p) {
		if i, ok := n.binaries[name]; ok {
			return int(i), by, true
		}
		if i, ok := n.provided[name]; ok && i >= 0 {
			return int(i), through, true
		}
	}
	for _, name := range how.sources(p) {
		if i, ok := n.sources[name]; ok {
			return int(i), Source, true
		}
	}
	if how.own == nil {
		return 0, "", false
	}
	if i, ok := n.sources[how.own(p)]; ok && n.builds(int(i), how.prefix) {
		return int(i), OwnName, true
	}
	return 0, "", false
}

// builds tells whether a source builds packages whose names begin so.
func (n *Names) builds(source int, prefix string) bool {
	return slices.ContainsFunc(n.suite.Sources[source].Binaries, func(b int32) bool {
		return strings.HasPrefix(n.suite.Binaries[b].Name, prefix)
	})
}

func qualifier(p packageurl.PackageURL, key string) string { return p.Qualifiers.Map()[key] }

// bare takes the version away: of "glibc@2.36" and of "glibc (2.36-9)".
func bare(name string) string {
	if i := strings.IndexAny(name, "@ ("); i >= 0 {
		name = name[:i]
	}
	return name
}

// beforeVersion takes version and release away: of bash-5.1-2 bash.
func beforeVersion(name string) string {
	for range 2 {
		if i := strings.LastIndexByte(name, '-'); i > 0 {
			name = name[:i]
		}
	}
	return name
}
