package ossfuzz

import (
	"slices"
	"strings"
)

// plain writes a name one way.
func plain(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "-") }

// kin gives what the name of a source may be without what is put around it:
// itself first.
func kin(name string) (all []string) {
	own := plain(name)
	for _, s := range []string{own, unversioned(own)} {
		bare := undressed(s)
		for _, a := range []string{s, bare, strings.TrimPrefix(bare, "lib")} {
			if len(a) > 1 && !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	return all
}

// dress is what Debian puts around the name of a project.
var dress = []struct{ before, behind string }{
	{"python-", ""}, {"python3-", ""}, {"ruby-", ""}, {"node-", ""}, {"rust-", ""}, {"golang-", ""}, {"lib", "-java"}, {"", "-java"},
	{"", "-utils"}, {"", "-dfsg"}, {"", "-opensource-src"}, {"", "-everywhere-src"}, {"", "-esr"},
}

// undressed takes off what Debian has put around a name.
func undressed(name string) string {
	name = strings.TrimSuffix(name, "-toolchain")
	for _, d := range dress {
		if strings.HasPrefix(name, d.before) && strings.HasSuffix(name, d.behind) && len(name) > len(d.before)+len(d.behind) {
			return name[len(d.before) : len(name)-len(d.behind)]
		}
	}
	return name
}

// unversioned takes a version off the end of a name, as in libpng1.6.
func unversioned(name string) string {
	short := strings.TrimRight(name, "0123456789.")
	short = strings.TrimSuffix(strings.TrimSuffix(short, "-"), "-v")
	if short == "" {
		return name
	}
	return short
}

// spoken is the language that the name of a source says it is of; "" if it says
// none, "other" for one that OSS-Fuzz does not have.
func spoken(name string) string {
	for _, l := range []struct{ before, behind, language string }{
		{"golang-", "", "go"}, {"rust-", "", "rust"}, {"node-", "", "javascript"}, {"ruby-", "", "ruby"}, {"python-", "", "python"},
		{"python3-", "", "python"}, {"", "-java", "jvm"}, {"lib", "-perl", "other"}, {"php-", "", "other"}, {"r-", "", "other"},
		{"haskell-", "", "other"}, {"ocaml-", "", "other"}, {"lua-", "", "other"}, {"elpa-", "", "other"}, {"erlang-", "", "other"},
		{"lib", "-ocaml", "other"}, {"lib", "-clojure", "other"}, {"cl-", "", "other"},
	} {
		if strings.HasPrefix(name, l.before) && strings.HasSuffix(name, l.behind) {
			return l.language
		}
	}
	return ""
}

// compiled tells whether a project is of C or C++, which others are bound to.
func compiled(language string) bool { return language == "c" || language == "c++" }

// told gives what the name of a source says of its repository, to be looked up
// among what teller gives; "" if it says nothing. Debian names a library in Go for
// its address, and one in Rust for its crate, of which there is one of a name.
func told(name string) string {
	switch {
	case strings.HasPrefix(name, "golang-github-"):
		return unversioned(name)
	case strings.HasPrefix(name, "rust-"):
		return plain(unversioned(name))
	}
	return ""
}

// teller gives the name that Debian would give a project in Go or Rust. Of the
// latter the name of the project or of its repository must be that of the crate,
// but for rust- before it or -rs behind it.
func teller(p *Project, repo *place) string {
	if len(repo.path) == 0 {
		return ""
	}
	last := plain(repo.path[len(repo.path)-1])
	switch {
	case p.Language == "go" && strings.HasPrefix(repo.key, "github.com/"):
		return unversioned("golang-github-" + plain(repo.owner) + "-" + last)
	case p.Language == "rust":
		crate := func(s string) string { return strings.TrimSuffix(strings.TrimPrefix(s, "rust-"), "-rs") }
		if name := crate(plain(p.Name)); name == crate(last) {
			return "rust-" + unversioned(name)
		}
	}
	return ""
}
