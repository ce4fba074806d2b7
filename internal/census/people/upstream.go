package people

import (
	"net/url"
	"strings"

	"steward/internal/base/pattern"
)

// forges whose repositories are owner/name, or in groups in groups.
var forges = map[string]struct {
	nested bool     // groups may lie in groups, and pages of a repository behind /-/
	not    []string // first parts that are no owners
}{
	"github.com":             {not: []string{"orgs", "sponsors", "topics", "users", "about", "features", "apps", "collections", "marketplace", "search"}},
	"codeberg.org":           {not: []string{"explore", "org", "user"}},
	"gitlab.com":             {nested: true, not: []string{"groups", "users", "explore", "help"}},
	"gitlab.freedesktop.org": {nested: true, not: []string{"groups", "users", "explore", "help"}},
	"gitlab.gnome.org":       {nested: true, not: []string{"groups", "users", "explore", "help"}},
	"salsa.debian.org":       {nested: true, not: []string{"groups", "users", "explore", "help"}},
}

var part = pattern.Late(`^[A-Za-z0-9_.][A-Za-z0-9_.+~-]{0,99}$`)

// Upstream gives the address that upstream's repository is cloned from, if the
// home page of a source is that of a repository at one of the forges that are
// known: github.com, gitlab.com, codeberg.org, git.savannah (gnu and nongnu),
// git.code.sf.net, gitlab.freedesktop.org, gitlab.gnome.org and salsa.debian.org.
//
// vcs is the Vcs-Git of a native source (Policy 5.6.12.2), whose packaging is
// upstream itself: it counts at salsa.debian.org when there is no other. Leave
// it empty for all others. Their repository on salsa holds packaging over
// upstream's history as it was imported: whoever commits there is no measure of
// upstream.
func Upstream(homepage, vcs string) (clone string, ok bool) {
	if clone, ok = forge(homepage); ok {
		return clone, true
	}
	address, _, _ := strings.Cut(strings.TrimSpace(vcs), " ") // -b branch may follow
	if clone, ok = forge(address); ok && strings.HasPrefix(clone, "https://salsa.debian.org/") {
		return clone, true
	}
	return "", false
}

func forge(page string) (string, bool) {
	u, err := url.Parse(strings.TrimSpace(page))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "git" || len(page) > 500 {
		return "", false
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	var parts []string
	for p := range strings.SplitSeq(strings.Trim(u.Path, "/"), "/") {
		if p == "-" {
			break // pages of the repository
		}
		if !part().MatchString(p) || p == "." || p == ".." {
			return "", false
		}
		parts = append(parts, p)
	}
	switch host {
	case "git.savannah.gnu.org", "git.savannah.nongnu.org", "git.sv.gnu.org", "savannah.gnu.org", "savannah.nongnu.org":
		return savannah(host, parts)
	case "git.code.sf.net", "sourceforge.net", "sf.net":
		return sourceforge(host, parts)
	}
	f, ok := forges[host]
	if !ok || len(parts) < 2 || !f.nested && len(parts) > 2 && !pages[parts[2]] {
		return "", false
	}
	for _, no := range f.not {
		if strings.EqualFold(parts[0], no) {
			return "", false
		}
	}
	if !f.nested {
		parts = parts[:2]
	}
	for i := range parts {
		if f.nested && i >= 2 && pages[parts[i]] {
			parts = parts[:i]
			break
		}
	}
	last := len(parts) - 1
	parts[last] = strings.TrimSuffix(parts[last], ".git")
	if parts[last] == "" {
		return "", false
	}
	return "https://" + host + "/" + strings.Join(parts, "/") + ".git", true
}

// pages are parts of an address that are behind a repository.
var pages = makeSet("tree blob wiki releases issues src raw commits branches tags pulls pull")

// savannah knows the page of a project and the pages of its repository. What is
// on www.gnu.org alone is not taken: not all of it is kept in git there.
func savannah(host string, parts []string) (string, bool) {
	name := ""
	switch {
	case len(parts) == 2 && (parts[0] == "projects" || parts[0] == "p"):
		name = parts[1]
	case len(parts) >= 2 && strings.HasPrefix(host, "git.") && (parts[0] == "git" || parts[0] == "cgit" || parts[0] == "r"):
		name = strings.TrimSuffix(parts[1], ".git")
	}
	if name == "" {
		return "", false
	}
	at := "git.savannah.gnu.org"
	if strings.HasSuffix(host, "nongnu.org") {
		at = "git.savannah.nongnu.org"
	}
	return "https://" + at + "/git/" + name + ".git", true
}

// sourceforge knows pages of a repository alone: that of a project does not say
// whether it is kept in git, nor where.
func sourceforge(host string, parts []string) (string, bool) {
	if len(parts) < 3 || parts[0] != "p" {
		return "", false
	}
	if host != "git.code.sf.net" && parts[2] != "git" && parts[2] != "code" && !strings.HasSuffix(parts[2], "-git") {
		return "", false
	}
	return "https://git.code.sf.net/p/" + parts[1] + "/" + parts[2], true
}
