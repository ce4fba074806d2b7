package people

import (
	"slices"
	"strings"
)

// crowd knows identities by number, and which of them are one person.
type crowd struct {
	ids    map[string]int32 // by name, line's end, address
	auto   []bool           // by identity: a program
	up     []int32          // by identity: another of the same person, or itself
	byName map[string]int32
	byMail map[string]int32
	bytes  int
}

// Bounds of a crowd.
const (
	maxIdentities = 1 << 20
	maxNames      = 64 << 20 // bytes of all names and addresses
)

func newCrowd() *crowd {
	return &crowd{ids: map[string]int32{}, byName: map[string]int32{}, byMail: map[string]int32{}}
}

// add gives the number of an identity, and joins it to those with the same name
// or address.
func (c *crowd) add(name, mail string) (int32, error) {
	key := name + "\n" + mail
	if id, ok := c.ids[key]; ok {
		return id, nil
	}
	if c.bytes += len(key); len(c.up) >= maxIdentities || c.bytes > maxNames {
		return 0, errTooLarge
	}
	id := int32(len(c.up))
	c.ids[strings.Clone(key)] = id
	name, mail = foldName(name), strings.ToLower(strings.TrimSpace(mail))
	c.up = append(c.up, id)
	c.auto = append(c.auto, automatic(name, mail))
	if c.auto[id] {
		return id, nil // a program may bear a person's address
	}
	c.join(c.byName, name, id, tellsName(name))
	c.join(c.byMail, mail, id, tellsMail(mail))
	return id, nil
}

func (c *crowd) join(by map[string]int32, key string, id int32, tells bool) {
	if !tells {
		return
	}
	other, ok := by[key]
	if !ok {
		by[strings.Clone(key)] = id
		return
	}
	if a, b := c.person(other), c.person(id); a != b {
		c.up[max(a, b)] = min(a, b)
	}
}

// person is the first identity of the same person.
func (c *crowd) person(id int32) int32 {
	for c.up[id] != id {
		c.up[id] = c.up[c.up[id]]
		id = c.up[id]
	}
	return id
}

func foldName(name string) string { return strings.Join(strings.Fields(strings.ToLower(name)), " ") }

// nobody are names that many bear because they have set none.
var nobody = []string{
	"", "root", "unknown", "none", "no author", "(no author)", "no name", "nobody", "anonymous", "user", "admin", "administrator", "ubuntu", "debian",
	"pi", "git", "github", "your name", "you", "developer", "dev", "test", "me", "localhost", "build", "system administrator",
}

// tellsName tells whether two of that name are one person.
func tellsName(folded string) bool { return !slices.Contains(nobody, folded) }

// tellsMail tells whether two of that address are one person: it has a machine,
// which is not anyone's own, and is no box of many.
func tellsMail(mail string) bool {
	local, host, ok := strings.Cut(mail, "@")
	if !ok || slices.Contains(nobody, local) || host == "" {
		return false
	}
	switch local {
	case "noreply", "no-reply", "info", "devnull", "none", "email", "mail":
		return false
	}
	switch host {
	case "localhost", "localhost.localdomain", "localhost.(none)", "(none)", "none", "example.com", "example.org":
		return false
	}
	return true
}

// programs are names of programs that commit, besides those that say so.
var programs = []string{
	"dependabot", "dependabot-preview", "renovate", "github", "github actions", "github-actions", "gitlab", "weblate", "hosted weblate", "transifex",
	"travis ci", "travis-ci", "jenkins", "buildbot", "pre-commit-ci", "greenkeeper", "imgbot", "allcontributors", "mergify", "bors", "homu", "zuul",
	"copybara-service", "semantic-release-bot", "codacy-badger", "snyk-bot", "gerrit code review", "web-flow", "autotools", "autobuild", "cvs2svn",
	"cvs2git", "svn2git", "git-svn", "no author", "(no author)", "openssl machine", "copilot", "nightly", "crowdin", "pyup-bot", "lgtm-com", "codespell",
}

// automatic tells whether an identity is a program. Its name, or its address
// before the @, ends in [bot]; or its name is known; or its name is one word
// that ends in -bot or _bot; or its last word is bot or robot and its address
// speaks of one too. A last word alone does not do: people are called Bot.
func automatic(name, mail string) bool {
	local, host, _ := strings.Cut(mail, "@")
	if strings.HasSuffix(name, "[bot]") || strings.HasSuffix(local, "[bot]") || slices.Contains(programs, name) || mail == "noreply@github.com" {
		return true
	}
	last := name[strings.LastIndexByte(name, ' ')+1:]
	if last == name {
		return strings.HasSuffix(name, "-bot") || strings.HasSuffix(name, "_bot") || strings.HasSuffix(name, "-robot")
	}
	if last != "bot" && last != "robot" {
		return false
	}
	return strings.Contains(host, "bot") || slices.ContainsFunc(strings.FieldsFunc(local, func(r rune) bool { return r < 'a' || r > 'z' }), func(word string) bool {
		return strings.HasSuffix(word, "bot") || word == "noreply" || word == "ci" || word == "actions"
	})
}
