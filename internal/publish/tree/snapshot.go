package tree

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"strconv"
	"strings"

	"steward/internal/base/errs"
)

// groupsPerPart is how many groups share a list. More make lists dearer to
// rewrite, fewer make the root.
const groupsPerPart = 64

// part is the files of up to groupsPerPart groups. It is never changed once a
// snapshot holds it.
type part struct {
	list   *entry
	files  map[string]*entry
	groups map[string]bool
}

func newPart(list *entry, files []*entry) *part {
	p := &part{list: list, files: make(map[string]*entry, len(files)), groups: map[string]bool{}}
	for _, e := range files {
		p.add(e)
	}
	return p
}

func (p *part) add(e *entry) {
	p.files[e.path] = e
	p.groups[e.group] = true
}

func (p *part) clone() *part {
	return &part{list: p.list, files: maps.Clone(p.files), groups: maps.Clone(p.groups)}
}

// snapshot is the tree at one moment. It is never changed.
type snapshot struct {
	root
	self  *entry // index/tree.txt; nil before the first publication
	parts []*part
	hot   cache // of pages, for readers
}

// pointer is what the file current says: which root is the published one.
type pointer struct {
	sequence int64
	sum      sum // of the root
}

func (p pointer) String() string { return fmt.Sprintf("%d %x", p.sequence, p.sum) }

func parsePointer(text string) (p pointer, err error) {
	number, digits, _ := strings.Cut(text, " ")
	raw, herr := hex.DecodeString(digits)
	if p.sequence, err = strconv.ParseInt(number, 10, 64); err != nil || herr != nil || len(raw) != len(p.sum) {
		return pointer{}, fmt.Errorf("%q does not name a root", text)
	}
	p.sum = sum(raw)
	return p, nil
}

// pointer names this snapshot.
func (s *snapshot) pointer() pointer { return pointer{s.sequence, s.self.sums[plain]} }

// load reads the tree that the pointer names.
func load(folder string, p pointer) (*snapshot, error) {
	self := &entry{path: RootPath, sequence: p.sequence}
	self.sums[plain] = p.sum
	text, err := loadList(folder, self)
	if err != nil {
		return nil, err
	}
	r, err := readRoot(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", RootPath, err)
	}
	self.modified = r.at
	s := &snapshot{root: *r, self: self}
	for _, list := range r.lists {
		text, err := loadList(folder, list)
		if err != nil {
			return nil, err
		}
		files, err := readList(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", list.path, err)
		}
		s.parts = append(s.parts, newPart(list, files))
	}
	return s, nil
}

// loadList reads a list, checks it against its hash, and fills the hashes of
// its companions.
func loadList(folder string, e *entry) ([]byte, error) {
	o, err := openStored(folder, e.bundle(), e.path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", e.path, err)
	}
	defer o.Close()
	text, err := io.ReadAll(o.section(sectionFile))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", e.path, err)
	}
	if sha256.Sum256(text) != e.sums[plain] {
		return nil, fmt.Errorf("reading %s: it is damaged in bundle %s", e.path, e.bundle())
	}
	for kind := signature; kind < companions; kind++ {
		data, err := io.ReadAll(o.companion(e, kind))
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", e.path, err)
		}
		e.sums[kind] = sha256.Sum256(data)
	}
	return text, nil
}

// all walks every file, the lists and the root.
func (s *snapshot) all(yield func(*entry) bool) {
	for _, p := range s.parts {
		for _, e := range p.files {
			if !yield(e) {
				return
			}
		}
		if !yield(p.list) {
			return
		}
	}
	if s.self != nil {
		yield(s.self)
	}
}

// checkSuccessor refuses a tree that breaks a promise made with the one
// before it: nothing vanishes, what is fixed stays, nothing goes back in time.
func checkSuccessor(old, next *snapshot) error {
	switch {
	case next.sequence != old.sequence+1:
		return fmt.Errorf("sequence %d follows %d", next.sequence, old.sequence)
	case next.at.Before(old.at):
		return errs.Conflictf("The tree was published at %s, which is later than %s.", stamp(old.at), stamp(next.at)).
			WithHint("set the clock right")
	case old.key != "" && next.key != old.key:
		return errs.Conflictf("The tree is signed with key %s, not with %s.", old.key, next.key)
	case len(next.parts) < len(old.parts):
		return fmt.Errorf("%d parts follow %d", len(next.parts), len(old.parts))
	}
	for i, before := range old.parts {
		after := next.parts[i]
		if after == before {
			continue
		}
		for path, was := range before.files {
			is, ok := after.files[path]
			switch {
			case !ok:
				return errs.Conflictf("%s would vanish from the tree.", path)
			case is.modified.Before(was.modified):
				return errs.Conflictf("%s would go back in time.", path)
			case was.fixed && (!is.fixed || is.sums != was.sums):
				return errs.Conflictf("%s is fixed and would change.", path)
			}
		}
	}
	return nil
}
