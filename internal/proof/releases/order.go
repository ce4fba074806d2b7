package releases

import (
	"cmp"
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Tag is a release in a repository.
type Tag struct {
	Name    string `json:"tag"`
	Version string `json:"version"` // of the name, without what stands before the first digit
	Commit  string `json:"commit"`
}

// versionOf takes the version out of a tag's name: v1.2 is 1.2, curl-8_3_0 is
// 8.3.0. ok is false for a name without a digit.
func versionOf(tag string) (prefix, version string, ok bool) {
	i := strings.IndexAny(tag, "0123456789")
	if i < 0 {
		return "", "", false
	}
	version = tag[i:]
	if !strings.Contains(version, ".") {
		version = strings.ReplaceAll(version, "_", ".")
	}
	return tag[:i], version, true
}

// compare orders versions by their numbers. What goes on with letters, such as
// -rc1, comes before the release.
func compare(a, b string) int {
	x, y := parts(a), parts(b)
	for i := 0; i < len(x) || i < len(y); i++ {
		var p, q part
		if i < len(x) {
			p = x[i]
		}
		if i < len(y) {
			q = y[i]
		}
		if c := p.compare(q); c != 0 {
			return c
		}
	}
	return strings.Compare(a, b)
}

// part is a number or a word of a version; the zero value is its end.
type part struct {
	kind int // -1: a word, 0: the end, 1: a number
	n    uint64
	word string
}

func (p part) compare(q part) int {
	return cmp.Or(cmp.Compare(p.kind, q.kind), cmp.Compare(p.n, q.n), strings.Compare(p.word, q.word))
}

func parts(v string) (out []part) {
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	for i := 0; i < len(v); {
		j := i
		switch {
		case digit(v[i]):
			for j < len(v) && digit(v[j]) {
				j++
			}
			n, err := strconv.ParseUint(v[i:j], 10, 64)
			if err != nil {
				n = 1<<64 - 1
			}
			out = append(out, part{kind: 1, n: n})
		case strings.IndexByte("._-+~", v[i]) >= 0:
			j++
		default:
			for j < len(v) && !digit(v[j]) && strings.IndexByte("._-+~", v[j]) < 0 {
				j++
			}
			out = append(out, part{kind: -1, word: v[i:j]})
		}
		i = j
	}
	return out
}

// errRange says how a range is written.
var errRange = errors.New("write a range of tags as v1.2..v1.5, one end may be left out, or a pattern such as 'v1.*'")

// choose gives the tags that a range means, in the order of their versions.
func choose(tags map[string]string, what string) ([]Tag, error) {
	var all []Tag
	keep := func(string) bool { return true }
	if from, to, ok := strings.Cut(what, ".."); ok {
		for _, end := range []string{from, to} {
			if end != "" && tags[end] == "" {
				return nil, errors.New("there is no tag " + end)
			}
		}
		prefix, low, _ := versionOf(from)
		if from == "" {
			prefix, _, _ = versionOf(to)
		}
		_, high, _ := versionOf(to)
		if from == "" && to == "" {
			return nil, errRange
		}
		keep = func(tag string) bool {
			p, v, _ := versionOf(tag)
			return p == prefix && (from == "" || compare(low, v) <= 0) && (to == "" || compare(v, high) <= 0)
		}
	} else if _, err := path.Match(what, ""); err != nil || what == "" {
		return nil, errRange
	} else {
		keep = func(tag string) bool { ok, _ := path.Match(what, tag); return ok }
	}
	for name, commit := range tags {
		if _, v, ok := versionOf(name); ok && keep(name) {
			all = append(all, Tag{name, v, commit})
		}
	}
	slices.SortFunc(all, func(a, b Tag) int { return cmp.Or(compare(a.Version, b.Version), strings.Compare(a.Name, b.Name)) })
	return all, nil
}
