package ossfuzz

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// place is what an address on the web says of who is there. All of it is in small
// letters; what is not said is empty.
type place struct {
	key    string // host and path; one writing for each place
	repo   bool   // key is a repository, at a host where everybody may have one
	owner  string // who has it there
	within bool   // the address is of a folder in the repository
	forge  bool   // the host is such a host: its domain says nothing of the owner
	domain string // the registered domain; for a host where each has a name below it, that name with it
	label  string // its first part; at SourceForge, the project
	path   []string
}

// Hosts of repositories where an owner and a name make one.
var twoParts = []string{"github.com", "codeberg.org", "bitbucket.org", "git.sr.ht", "gitee.com", "opendev.org"}

// Hosts of repositories where groups may lie in groups, besides gitlab.*.
var manyParts = []string{
	"invent.kde.org", "salsa.debian.org", "code.videolan.org", "foss.heptapod.net", "framagit.org", "gitea.osgeo.org",
}

// Other hosts that say nothing of who owns what lies there.
var anybodys = []string{
	"sourceforge.net", "launchpad.net", "code.google.com", "sites.google.com", "pypi.org", "pypi.python.org", "npmjs.com", "crates.io",
	"docs.rs", "rubygems.org", "hackage.haskell.org", "metacpan.org", "search.cpan.org", "cran.r-project.org", "packagist.org", "pear.php.net",
	"pecl.php.net", "common-lisp.net", "savannah.gnu.org", "savannah.nongnu.org", "nongnu.org", "alioth.debian.org", "wiki.debian.org",
	"packages.debian.org", "anonscm.debian.org", "git.debian.org", "archive.org", "web.archive.org", "googlesource.com", "free.fr",
}

const maxAddress = 2 << 10 // bytes; what is longer is none

// placeOf takes an address apart, of a page or of a repository.
func placeOf(address string) (p place) {
	host, parts := split(address)
	if host == "" {
		return p
	}
	cut := func(n int) {
		p.repo, p.forge = len(parts) >= n, true
		if len(parts) > 0 {
			p.owner = parts[0]
		}
		if p.repo {
			p.within = len(parts) > n+2 && parts[n] == "tree" // and a branch
			parts = parts[:n]
		}
	}
	switch {
	case slices.Contains(twoParts, host):
		cut(2)
	case strings.HasPrefix(host, "gitlab.") || slices.Contains(manyParts, host):
		n := slices.IndexFunc(parts, func(s string) bool { return s == "-" || s == "tree" || s == "wikis" })
		if n < 0 {
			n = len(parts)
		} else if parts[n] == "-" {
			parts = slices.Delete(parts, n, n+1)
		}
		cut(max(2, n))
	case strings.HasSuffix(host, ".github.io") || strings.HasSuffix(host, ".gitlab.io"):
		// The pages of an owner, or of a repository.
		owner, forge, _ := strings.Cut(host, ".")
		host, parts = strings.TrimSuffix(forge, ".io")+".com", append([]string{owner}, parts...)
		cut(2)
	case host == "sourceforge.net" || strings.HasSuffix(host, ".sourceforge.net") || strings.HasSuffix(host, ".sourceforge.io") || strings.HasSuffix(host, ".sf.net"):
		host, parts = sourceForge(host, parts)
		p.forge = true
	case slices.ContainsFunc(anybodys, func(h string) bool { return host == h || strings.HasSuffix(host, "."+h) }):
		p.forge = true
	}
	p.key, p.path = strings.Join(append([]string{host}, parts...), "/"), parts
	if host == "sourceforge.net" && len(parts) > 0 {
		p.label = parts[0]
	} else if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil && !p.forge {
		p.domain = domain
		p.label, _, _ = strings.Cut(domain, ".")
	}
	return p
}

// sourceForge names a project there one way.
func sourceForge(host string, parts []string) (string, []string) {
	project, _, _ := strings.Cut(host, ".")
	if host == "sourceforge.net" || strings.HasSuffix(host, ".code.sf.net") || strings.HasSuffix(host, ".code.sourceforge.net") {
		if len(parts) < 2 || parts[0] != "projects" && parts[0] != "p" {
			return host, parts
		}
		project = parts[1]
	}
	return "sourceforge.net", []string{project}
}

// split takes an address into the name of a host and the parts of a path.
func split(address string) (host string, parts []string) {
	a := strings.ToLower(strings.TrimSpace(address))
	if len(a) > maxAddress {
		return "", nil
	}
	if i := strings.IndexAny(a, " \t?#"); i >= 0 { // Vcs-Git may name a branch behind a blank
		a = a[:i]
	}
	if _, rest, ok := strings.Cut(a, "://"); ok {
		a = rest
	} else if user, rest, ok := strings.Cut(a, "@"); ok && !strings.Contains(user, "/") {
		a = strings.Replace(rest, ":", "/", 1) // git@host:path
	}
	host, path, _ := strings.Cut(a, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	host, _, _ = strings.Cut(host, ":")
	host = strings.TrimPrefix(strings.TrimSuffix(host, "."), "www.")
	if !strings.Contains(host, ".") {
		return "", nil
	}
	for part := range strings.SplitSeq(path, "/") {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if n := len(parts); n > 0 {
		parts[n-1] = strings.TrimSuffix(parts[n-1], ".git")
		if stem, _, _ := strings.Cut(parts[n-1], "."); stem == "index" || parts[n-1] == "" {
			parts = parts[:n-1]
		}
	}
	return host, parts
}
