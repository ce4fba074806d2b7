package intake

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// tree is the list of files of one commit. It is safe for use by many at once.
type tree struct {
	commit string
	object map[string]string   // hash of the object of each file, by path; empty for what is no plain file
	byBase map[string][]string // paths by their last part in lower case, sorted
	top    map[string]bool     // directories at the top
}

// newTree reads what git ls-tree -r -z prints: mode, kind, hash, a tab and the
// path of each entry.
func newTree(commit string, listing []byte) *tree {
	t := &tree{commit: commit, object: map[string]string{}, byBase: map[string][]string{}, top: map[string]bool{}}
	for entry := range bytes.SplitSeq(listing, []byte{0}) {
		head, name, ok := strings.Cut(string(entry), "\t")
		f := strings.Fields(head)
		if !ok || len(f) != 3 {
			continue
		}
		hash := f[2]
		if f[1] != "blob" || f[0] == "120000" {
			hash = "" // a module of its own, or a link: it is there, and its text is not
		}
		t.object[name] = hash
		base := strings.ToLower(path.Base(name))
		t.byBase[base] = append(t.byBase[base], name)
		if dir, _, ok := strings.Cut(name, "/"); ok {
			t.top[dir] = true
		}
	}
	for _, names := range t.byBase {
		slices.Sort(names)
	}
	return t
}

// find gives the files that a citation may mean: the path itself, else the
// path below some directory of the reporter's machine, else, for a name
// without directory, every file of that name.
func (t *tree) find(cited string) []string {
	if _, ok := t.object[cited]; ok {
		return []string{cited}
	}
	parts := strings.Split(cited, "/")
	for i := 1; i < len(parts)-1; i++ { // a directory and a name stay at least
		if rest := strings.Join(parts[i:], "/"); t.has(rest) {
			return []string{rest}
		}
	}
	var found []string
	for _, name := range t.byBase[strings.ToLower(parts[len(parts)-1])] {
		if strings.EqualFold(name, cited) || strings.HasSuffix(strings.ToLower(name), "/"+strings.ToLower(cited)) {
			found = append(found, name)
		}
	}
	return found
}

func (t *tree) has(name string) bool {
	_, ok := t.object[name]
	return ok
}

// near gives the file that a cited path most likely means: one with the same
// name in another directory, else one whose name is a slip of the finger away;
// nothing if there is none, or if several would do as well.
func (t *tree) near(cited string) string {
	base := strings.ToLower(path.Base(cited))
	if names := t.byBase[base]; len(names) > 0 {
		if len(names) == 1 {
			return names[0]
		}
		return ""
	}
	best, bestSlips := "", 3
	for other, names := range t.byBase {
		n := slips(base, other, bestSlips+1)
		if n > bestSlips || n > len(base)/4 || len(names) != 1 {
			continue
		}
		// The map has no order: of two that are equally near, take the first by name.
		if n < bestSlips || best == "" || names[0] < best {
			best, bestSlips = names[0], n
		}
	}
	return best
}
