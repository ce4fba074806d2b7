package packaging

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// Patches counts those that Debian applies, by what became of them.
type Patches struct {
	Upstream     int `json:"upstream,omitempty"`
	Forwarded    int `json:"forwarded,omitempty"`
	NotNeeded    int `json:"not_needed,omitempty"`
	NotForwarded int `json:"not_forwarded,omitempty"`
	Silent       int `json:"silent,omitempty"`
	// Direct is how many files of upstream's are changed without a patch that
	// could say why, as format 1.0 allows. They are not among the others.
	Direct     int `json:"direct,omitempty"`
	LastUpdate Day `json:"last_update,omitempty"` // the newest that a header says; 0: none does
}

// All counts the patches, without files that are changed directly.
func (p Patches) All() int {
	return p.Upstream + p.Forwarded + p.NotNeeded + p.NotForwarded + p.Silent
}

func (p *Patches) add(one Patch) {
	switch one.State {
	case Upstream:
		p.Upstream++
	case Forwarded:
		p.Forwarded++
	case NotNeeded:
		p.NotNeeded++
	case NotForwarded:
		p.NotForwarded++
	default:
		p.Silent++
	}
	p.LastUpdate = max(p.LastUpdate, one.LastUpdate)
}

const (
	maxSeries  = 1 << 20 // bytes of a list of patches
	maxPatches = 20_000  // the most that Debian's own have are about 1,500
)

// ReadSeries gives the names of the patches in a series file of quilt's, in their
// order: one a line, with options behind it, and remarks behind number signs
// (quilt(1), "Series file"). The list of dpatch's has the same form.
func ReadSeries(text []byte) (names []string) {
	for line := range bytes.Lines(text[:min(len(text), maxSeries)]) {
		if line[0] == '#' {
			continue
		}
		for _, mark := range []string{" #", "\t#"} {
			line, _, _ = bytes.Cut(line, []byte(mark))
		}
		words := bytes.Fields(line)
		if len(words) == 0 || len(words[0]) > maxPath {
			continue
		}
		if name, ok := within(string(words[0])); ok && len(names) < maxPatches {
			names = append(names, name)
		}
	}
	return names
}

// maxPath is the longest path that is looked at, in bytes.
const maxPath = 1 << 10

// within cleans a path; false: it leads out of its folder.
func within(name string) (string, bool) {
	name = path.Clean(name)
	return name, name != "." && name != ".." && !strings.HasPrefix(name, "../") && !path.IsAbs(name)
}

// folder is what was found in debian/patches.
type folder struct {
	today   Day
	lists   map[string][]byte // series, debian.series, 00list
	patches map[string]Patch  // by path in the folder
	direct  map[string]bool   // files of upstream's that are changed without a patch
}

func newFolder(today Day) *folder {
	return &folder{today, map[string][]byte{}, map[string]Patch{}, map[string]bool{}}
}

// isList tells whether a file of the folder lists patches.
func isList(name string) bool {
	return name == "series" || name == "debian.series" || name == "00list"
}

// count counts the patches that are applied. In format 3.0 those are what the
// series says, Debian's own if there is one (dpkg-source(1)). Format 1.0 leaves it
// to each: quilt's series, dpatch's list, or all that look like patches. What is
// listed and is not there is not counted; what is there as a link says nothing.
func (f *folder) count(quilt bool) (p Patches) {
	names := f.listed(quilt)
	counted := map[string]bool{}
	for _, name := range names {
		one, ok := f.patches[name]
		if !ok {
			if one, ok = f.patches[name+".dpatch"]; ok {
				name += ".dpatch"
			}
		}
		if ok && !counted[name] {
			counted[name] = true
			p.add(one)
		}
	}
	p.Direct = len(f.direct)
	return p
}

func (f *folder) listed(quilt bool) (names []string) {
	for _, list := range []string{"debian.series", "series", "00list"} {
		if text, ok := f.lists[list]; ok && (list != "00list" || !quilt) {
			return ReadSeries(text)
		}
	}
	if quilt {
		return nil
	}
	for name := range f.patches {
		if ext := path.Ext(name); ext == ".patch" || ext == ".diff" || ext == ".dpatch" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
