package ossfuzz

import (
	"cmp"
	"slices"
	"strings"
)

// index notes by what each project may be found.
func (l *List) index() {
	l.repos, l.homes, l.names = map[string][]int32{}, map[string][]int32{}, map[string][]int32{}
	l.places = make([]place, len(l.Projects))
	for i, p := range l.Projects {
		repo, home := placeOf(p.Repo), placeOf(p.Homepage)
		l.places[i] = repo
		if p.Disabled {
			continue
		}
		add := func(to map[string][]int32, key string) {
			if key != "" && !slices.Contains(to[key], int32(i)) {
				to[key] = append(to[key], int32(i))
			}
		}
		add(l.repos, repo.key)
		add(l.repos, teller(&p, &repo))
		if home.repo {
			add(l.repos, home.key)
		} else {
			add(l.homes, home.key)
		}
		own := plain(p.Name)
		add(l.names, own)
		add(l.names, strings.TrimPrefix(own, "apache-"))
	}
}

// Match tells which project a source is, from its name, its home page and where
// its packaging is kept, which may be empty. Projects that are disabled are not
// matched. False: there is none, or none that could be justified.
func (l *List) Match(name, homepage, vcs string) (project string, ok bool) {
	home := placeOf(homepage)
	var found []int32
	for _, key := range []string{home.key, placeOf(vcs).key, told(name)} {
		found = append(found, l.repos[key]...)
	}
	language := spoken(name)
	akin := l.akin(name)
	found = slices.DeleteFunc(found, func(i int32) bool {
		return l.foreign(i, language, true) || home.within && !slices.Contains(akin, i)
	})
	if len(found) > 0 {
		return l.best(found, name, language), true
	}
	found = slices.DeleteFunc(slices.Clone(akin), func(i int32) bool {
		return l.foreign(i, language, false) || home.key == "" || !slices.Contains(l.homes[home.key], i)
	})
	if len(found) == 0 && !home.repo {
		found = slices.DeleteFunc(slices.Clone(akin), func(i int32) bool {
			return l.foreign(i, language, false) || !l.owned(i, &home)
		})
	}
	if len(found) > 0 {
		return l.best(found, name, language), true
	}
	return l.byHand(name)
}

// foreign tells whether the name of a source says another language than a
// project has. What is written in C may be fuzzed in the repository of another
// language, but a binding is not what it binds.
func (l *List) foreign(i int32, language string, sameRepo bool) bool {
	has := l.Projects[i].Language
	return language != "" && has != "" && has != language && !(sameRepo && compiled(has))
}

// akin gives the projects whose names are akin to that of a source. A version is
// taken off the source's alone: bzip2 is not bzip3, and axis is not axis2. If one
// has the very name, no other is akin: libidn2 is not libidn.
func (l *List) akin(name string) (found []int32) {
	for n, a := range kin(name) {
		if n == 1 && len(found) > 0 {
			break
		}
		for _, i := range l.names[a] {
			if !slices.Contains(found, i) {
				found = append(found, i)
			}
		}
	}
	return found
}

// owned tells whether who has the home page of a source has the project, too.
func (l *List) owned(i int32, home *place) bool {
	p, repo, page := &l.Projects[i], &l.places[i], placeOf(l.Projects[i].Homepage)
	switch {
	case home.key == "":
		return false
	case home.owner != "" && home.owner == repo.owner && hostOf(home.key) == hostOf(repo.key):
		return true // the pages of the owner of the repository
	case home.domain != "" && (home.domain == page.domain || home.domain == domainOf(repo)):
		return true
	case sameOwner(home.label, repo.owner):
		return true // an organisation of the name of the domain
	case home.forge && home.label == "" || !compiled(p.Language):
		return false
	}
	// A domain of the name of the project, or a page for it on the server of others.
	theirs := plain(p.Name)
	return home.label == theirs || repo.owner == theirs && slices.Contains(home.path, theirs)
}

// domainOf is the domain of a repository that has a host of its own.
func domainOf(repo *place) string {
	if repo.domain != "" {
		return repo.domain
	}
	if rest, ok := strings.CutPrefix(hostOf(repo.key), "gitlab."); ok && rest != "com" {
		return rest
	}
	return ""
}

func hostOf(key string) string {
	host, _, _ := strings.Cut(key, "/")
	return host
}

// sameOwner tells whether the owner of a repository has the name of a domain.
func sameOwner(label, owner string) bool {
	if len(label) < 3 || owner == "" {
		return false
	}
	bare := strings.NewReplacer("-", "", "_", "").Replace
	label, owner = bare(label), bare(owner)
	for _, more := range []string{"", "project", "org", "dev", "team", "labs", "hq"} {
		if owner == label+more || label == owner+more {
			return true
		}
	}
	return false
}

// best chooses among projects: that of the same name, else one that is akin, else
// one of the language of the source, else that of the shortest name.
func (l *List) best(found []int32, name, language string) string {
	own, akin := plain(name), l.akin(name)
	rank := func(i int32) int {
		switch {
		case plain(l.Projects[i].Name) == own:
			return 0
		case slices.Contains(akin, i):
			return 1
		case language != "" && l.Projects[i].Language == language:
			return 2
		}
		return 3
	}
	return l.Projects[slices.MinFunc(found, func(a, b int32) int {
		an, bn := l.Projects[a].Name, l.Projects[b].Name
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(len(an), len(bn)), cmp.Compare(an, bn))
	})].Name
}
