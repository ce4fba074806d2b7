package sbom

import (
	"strings"

	"github.com/package-url/packageurl-go"
)

// convention is how Debian names what comes from an ecosystem.
type convention struct {
	packages func(packageurl.PackageURL) []string // names that its package would have, the best first
	sources  func(packageurl.PackageURL) []string // names that its source would have
	own      func(packageurl.PackageURL) string   // its own name, which a source may have; nil: that is no reason
	prefix   string                               // of packages of the ecosystem, by which a source is known for one of it
	weak     bool                                 // a part of the name is left out: it may be another's
}

// conventions gives the convention of an ecosystem, by the type of a purl.
func conventions(kind string) (c convention, ok bool) {
	switch kind {
	case packageurl.TypePyPi:
		return convention{packages: python, sources: pythonSource, own: pythonName, prefix: "python3-"}, true
	case packageurl.TypeNPM:
		return convention{packages: node, sources: node, own: unscoped, prefix: "node-"}, true
	case packageurl.TypeCargo:
		return convention{packages: rust, sources: rustSource, own: lower, prefix: "librust-"}, true
	case packageurl.TypeGolang:
		return convention{packages: golang, sources: golangSource, own: repository, prefix: "golang-"}, true
	case packageurl.TypeGem:
		return convention{packages: named("ruby-", ""), sources: named("ruby-", ""), own: lower, prefix: "ruby-"}, true
	case packageurl.TypeCpan:
		return convention{packages: perl, sources: perl}, true
	case packageurl.TypeHackage:
		return convention{packages: named("libghc-", "-dev"), sources: named("haskell-", ""), own: lower, prefix: "libghc-"}, true
	case packageurl.TypeComposer:
		return convention{packages: php, sources: php, own: lower, prefix: "php-"}, true
	case packageurl.TypeCran:
		return convention{packages: named("r-cran-", ""), sources: named("r-cran-", "")}, true
	case "bioconductor":
		return convention{packages: named("r-bioc-", ""), sources: named("r-bioc-", "")}, true
	case packageurl.TypeHex:
		return convention{packages: named("erlang-", ""), sources: named("erlang-", ""), own: lower, prefix: "erlang-"}, true
	case "luarocks":
		return convention{packages: named("lua-", ""), sources: named("lua-", "")}, true
	case packageurl.TypeMaven:
		return convention{packages: named("lib", "-java"), sources: none, weak: true}, true
	}
	return c, false
}

// alike are the types of purls of which the name alone is worth a look: what is
// packed there is what distributions pack.
var alike = map[string]bool{
	packageurl.TypeGeneric: true, packageurl.TypeGithub: true, "gitlab": true, packageurl.TypeBitbucket: true, packageurl.TypeConan: true,
	"vcpkg": true, packageurl.TypeRPM: true, packageurl.TypeApk: true, packageurl.TypeAlpm: true, "yocto": true,
}

func none(packageurl.PackageURL) []string { return nil }

// plain gives a name as packages may have it (Policy 5.6.7): in small letters, and
// without underscores.
func plain(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "-") }

func lower(p packageurl.PackageURL) string { return plain(p.Name) }

// named puts something before a name, and behind it.
func named(before, behind string) func(packageurl.PackageURL) []string {
	return func(p packageurl.PackageURL) []string { return []string{before + plain(p.Name) + behind} }
}

// normal gives the name of a Python project as it is compared: in small letters,
// a dash for each run of dashes, dots and underscores.
func normal(name string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(name) {
		if r == '-' || r == '_' || r == '.' {
			dash = true
			continue
		}
		if dash && b.Len() > 0 {
			b.WriteByte('-')
		}
		dash = false
		b.WriteRune(r)
	}
	return b.String()
}

func pythonName(p packageurl.PackageURL) string { return normal(p.Name) }

func python(p packageurl.PackageURL) []string {
	n := normal(p.Name)
	names := []string{"python3-" + n, "python3-" + plain(p.Name)}
	if rest, ok := strings.CutPrefix(n, "python-"); ok {
		names = append(names, "python3-"+rest)
	}
	return append(names, "python-"+n)
}

func pythonSource(p packageurl.PackageURL) []string {
	n := normal(p.Name)
	return []string{"python-" + n, "python3-" + n, "python-" + plain(p.Name)}
}

// node knows that a scope comes before the name, without its sign.
func node(p packageurl.PackageURL) []string {
	n := plain(p.Name)
	if scope := plain(strings.TrimPrefix(p.Namespace, "@")); scope != "" {
		n = scope + "-" + n
	}
	return []string{"node-" + n, "node-" + strings.ReplaceAll(n, ".", "-")}
}

func unscoped(p packageurl.PackageURL) string {
	if p.Namespace != "" {
		return ""
	}
	return plain(p.Name)
}

// rust knows that several versions of a crate may be there side by side: that
// which is compatible comes first, 1 of 1.2.3 and 0.3 of 0.3.2.
func rust(p packageurl.PackageURL) (names []string) {
	for _, v := range compatible(p.Version) {
		names = append(names, "librust-"+plain(p.Name)+"-"+v+"-dev")
	}
	return append(names, "librust-"+plain(p.Name)+"-dev")
}

func rustSource(p packageurl.PackageURL) (names []string) {
	for _, v := range compatible(p.Version) {
		names = append(names, "rust-"+plain(p.Name)+"-"+v)
	}
	return append(names, "rust-"+plain(p.Name))
}

func compatible(version string) []string {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return nil
	}
	if parts[0] == "0" {
		return []string{parts[0] + "." + parts[1]}
	}
	return []string{parts[0] + "." + parts[1], parts[0]}
}

// hosts are those of Go modules that are not called by their own name.
var hosts = map[string]string{
	"github.com": "github", "gitlab.com": "gitlab", "bitbucket.org": "bitbucket", "golang.org": "golang", "google.golang.org": "google", "gopkg.in": "gopkg",
	"cloud.google.com": "googlecloud", "code.google.com": "googlecode", "salsa.debian.org": "debian", "git.sr.ht": "sourcehut",
}

// paths gives the names of a Go module, and of what it may be a part of: with the
// version and without, then up to the repository.
func paths(p packageurl.PackageURL) (names []string) {
	parts := strings.Split(strings.Trim(strings.ToLower(p.Namespace+"/"+p.Name), "/"), "/")
	host, ok := hosts[parts[0]]
	if !ok {
		host = parts[0]
		if i := strings.LastIndexByte(host, '.'); i > 0 { // without the top level
			host = host[:i]
		}
	}
	least := 2
	if host == "github" || host == "gitlab" || host == "bitbucket" {
		least = 3
	}
	for n := min(len(parts), 12); n >= min(least, len(parts)); n-- {
		names = append(names, "golang-"+plain(strings.Join(append([]string{host}, parts[1:n]...), "-")))
	}
	return names
}

func golang(p packageurl.PackageURL) (names []string) {
	for _, n := range paths(p) {
		names = append(names, n+"-dev")
	}
	return names
}

// golangSource knows the source of the language, too.
func golangSource(p packageurl.PackageURL) []string {
	if p.Namespace == "" && p.Name == "stdlib" {
		v := strings.SplitN(strings.TrimPrefix(strings.TrimPrefix(p.Version, "go"), "v"), ".", 3)
		if len(v) < 2 {
			return nil
		}
		return []string{"golang-" + v[0] + "." + v[1]}
	}
	return paths(p)
}

// repository gives the name of the repository that a Go module is kept in.
func repository(p packageurl.PackageURL) string {
	parts := strings.Split(strings.Trim(strings.ToLower(p.Namespace+"/"+p.Name), "/"), "/")
	if len(parts) < 3 || !strings.Contains(parts[0], ".") {
		return ""
	}
	return plain(parts[2])
}

func perl(p packageurl.PackageURL) []string {
	n := plain(strings.ReplaceAll(p.Name, "::", "-"))
	if strings.HasPrefix(n, "lib") && strings.HasSuffix(n, "-perl") {
		return []string{n}
	}
	return []string{"lib" + n + "-perl"}
}

// php knows that a project may be called as its vendor is.
func php(p packageurl.PackageURL) []string {
	vendor, n := plain(p.Namespace), plain(p.Name)
	if vendor == "" || vendor == n {
		return []string{"php-" + n}
	}
	return []string{"php-" + vendor + "-" + n, "php-" + n}
}
