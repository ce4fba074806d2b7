package advisory

import (
	"slices"
	"strings"

	"github.com/package-url/packageurl-go"
)

// affected looks at products, packages, ranges and versions.
func (l *linter) affected() {
	if len(l.a.Affected) == 0 {
		l.stop("affected", "is empty").hint("name the product and the versions that have the fault")
	}
	if l.tooMany("affected", len(l.a.Affected), maxAffected) || l.tooManyVersions() {
		return
	}
	for i, p := range l.a.Affected {
		path := item("affected", i)
		if OneLine(p.Product) == "" {
			l.stop(path+".product", "is missing")
		}
		if slices.ContainsFunc(l.a.Affected[:i], func(o Affected) bool {
			return o.Product == p.Product && o.Ecosystem == p.Ecosystem && o.Package == p.Package
		}) {
			l.stop(path+".product", "%s is there twice", p.Product).hint("put all its ranges into one item")
		}
		l.packaged(path, p)
		if len(p.Ranges) == 0 && len(p.Versions) == 0 {
			l.stop(path, "names no version").hint("give a range or single versions")
		}
		l.ranges(path, p)
		l.versions(path, p)
	}
}

// tooManyVersions stops at what would make documents that nobody can load.
func (l *linter) tooManyVersions() bool {
	n := 0
	for _, p := range l.a.Affected {
		n += len(p.Ranges) + len(p.Versions)
	}
	if n <= maxVersions {
		return false
	}
	l.stop("affected", "names %d ranges and versions; at most %d are allowed", n, maxVersions).hint("name ranges instead of single versions")
	return true
}

// packaged looks at the product's name in an ecosystem and its package URL.
func (l *linter) packaged(path string, p Affected) {
	e, known := lookupEcosystem(p.Ecosystem)
	switch {
	case p.Ecosystem != "" && !known:
		l.stop(path+".ecosystem", "%q is not an ecosystem that OSV knows", p.Ecosystem).
			hint("as Go, PyPI, npm, crates.io, Debian:13; leave it empty for a product in none")
	case p.Ecosystem != "" && p.Package == "":
		l.stop(path+".package", "is missing").hint("the name in %s", p.Ecosystem)
	case p.Ecosystem == "" && p.Package != "":
		l.stop(path+".ecosystem", "is missing, but a package is named")
	}
	if p.PURL == "" {
		return
	}
	u, err := packageurl.FromString(p.PURL)
	switch {
	case err != nil:
		l.stop(path+".purl", "%q is not a package URL", p.PURL).hint("write it as pkg:golang/example.org/module")
	case u.Version != "":
		l.stop(path+".purl", "holds the version %s", u.Version).hint("the ranges say which versions; leave it out here")
	case len(u.Qualifiers) == 0 && u.Subpath == "" && u.ToString() != p.PURL:
		l.warn(path+".purl", "is not in its plain form").hint("write %s", u.ToString())
	case known && len(e.purl) > 0 && !slices.Contains(e.purl, u.Type):
		l.warn(path+".purl", "has the type %s, but the ecosystem is %s", u.Type, p.Ecosystem)
	}
}

func (l *linter) ranges(path string, p Affected) {
	if l.tooMany(path+".ranges", len(p.Ranges), maxRanges) {
		return
	}
	for i, r := range p.Ranges {
		rpath := item(path+".ranges", i)
		l.ends(rpath, p.Ecosystem, r)
		l.commits(rpath, r)
		for j, o := range p.Ranges[:i] {
			if r == o {
				l.stop(rpath, "is there twice")
			} else if overlap(p.Ecosystem, r, o) {
				l.warn(rpath, "overlaps with range %d", j+1).hint("join the two, or mend the end of the first")
			}
		}
	}
}

// ends looks at the versions at the ends of a range.
func (l *linter) ends(path, ecosystem string, r Range) {
	if r.Introduced == "" {
		l.stop(path+".introduced", "is missing").hint(`the first affected version; "0" for all from the beginning`)
	} else {
		l.version(path+".introduced", ecosystem, r.Introduced)
	}
	switch {
	case r.Fixed != "" && r.LastAffected != "":
		l.stop(path+".lastAffected", "cannot stand beside a fixed version").hint("keep the fixed version")
	case r.Fixed != "":
		l.version(path+".fixed", ecosystem, r.Fixed)
		if c, ok := CompareVersions(ecosystem, r.Introduced, r.Fixed); ok && c >= 0 {
			l.stop(path+".fixed", "%s does not come after %s, where the fault begins", r.Fixed, r.Introduced)
		}
	case r.LastAffected != "":
		l.version(path+".lastAffected", ecosystem, r.LastAffected)
		if c, ok := CompareVersions(ecosystem, r.Introduced, r.LastAffected); ok && c > 0 {
			l.stop(path+".lastAffected", "%s comes before %s, where the fault begins", r.LastAffected, r.Introduced)
		}
	}
}

// commits looks at the commits that bound a range.
func (l *linter) commits(path string, r Range) {
	if r.Repo != "" {
		l.link(path+".repo", r.Repo)
	}
	for _, c := range []struct{ field, hash string }{{".introducedBy", r.IntroducedBy}, {".fixedBy", r.FixedBy}} {
		switch {
		case c.hash == "":
		case !commitHash().MatchString(c.hash):
			l.stop(path+c.field, "%q is not a commit", c.hash).hint("the full hash: 40 or 64 hexadecimal digits in lower case")
		case r.Repo == "":
			l.stop(path+".repo", "is missing, but a commit is named").hint("the https address of the git repository")
		}
	}
	if r.IntroducedBy != "" && r.IntroducedBy == r.FixedBy {
		l.stop(path+".fixedBy", "is the commit that brought the fault in")
	}
}

// notInVersion are characters that no version holds and that would turn it
// into a range or a pattern for a program that reads it.
const notInVersion = " \t\n<>=|*,;\"'`()[]{}\\%?#@&"

// version looks at one version.
func (l *linter) version(path, ecosystem, v string) {
	switch {
	case strings.ContainsAny(v, notInVersion):
		l.stop(path, "%q is not a single version", v).hint("a range goes into ranges")
	case len(v) > 100:
		l.stop(path, "is longer than 100 characters")
	case v != "0" && SemanticEcosystem(ecosystem):
		if _, ok := Semver(v); !ok {
			l.warn(path, "%s is not a semantic version, as %s uses them", v, ecosystem).hint("write it as 1.2.3")
		}
	}
}

func (l *linter) versions(path string, p Affected) {
	seen := map[string]bool{}
	for i, v := range p.Versions {
		vpath := item(path+".versions", i)
		if v == "" {
			l.stop(vpath, "is empty")
			continue
		}
		l.version(vpath, p.Ecosystem, v)
		if seen[v] {
			l.stop(vpath, "%s is there twice", v)
		}
		seen[v] = true
		if slices.ContainsFunc(p.Ranges, func(r Range) bool { return r.Fixed == v }) {
			l.stop(vpath, "%s is affected here and fixed in a range", v)
		}
	}
}

// overlap tells whether two ranges certainly share a version. Ranges that are
// bounded by commits too may be of different branches and are not compared.
func overlap(ecosystem string, a, b Range) bool {
	if a.IntroducedBy != "" || a.FixedBy != "" || b.IntroducedBy != "" || b.FixedBy != "" {
		return false
	}
	return begins(ecosystem, a, b) && begins(ecosystem, b, a)
}

// begins tells whether a certainly begins before b has ended.
func begins(ecosystem string, a, b Range) bool {
	switch {
	case b.Fixed != "":
		c, ok := CompareVersions(ecosystem, a.Introduced, b.Fixed)
		return ok && c < 0
	case b.LastAffected != "":
		c, ok := CompareVersions(ecosystem, a.Introduced, b.LastAffected)
		return ok && c <= 0
	}
	return true
}
