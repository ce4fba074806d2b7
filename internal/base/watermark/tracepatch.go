package watermark

import (
	"html"
	"slices"
	"strings"

	"steward/internal/base/pattern"
)

// TracePatch tells how well a leak fits each candidate's copy of a patch, which
// is given as it was before it was marked. The leak may be a part of it, quoted,
// indented, in other line ends, or in HTML. What is left to see are the lines
// that begin files and hunks: who applies the patch and makes a new one of it
// leaves no mark, and a patch of a few hunks does not tell hundreds apart: the
// report then says that there are not marks enough. To know this beforehand,
// trace a copy before it is sent.
func TracePatch(original, leak []byte, candidates []Candidate) Report {
	leak = leak[:min(len(leak), MaxBytes)]
	raw := quoted().ReplaceAllString(strings.ReplaceAll(string(leak), "\r", ""), "")
	d, err := patchOf(original)
	if err != nil {
		return judge(nil, nil, raw, candidates) // of which there is no copy
	}
	// A patch may be of HTML or be pasted into it. What is read of it more is
	// how it was meant, whoever it is from.
	page := clean(leak)
	asRaw, asPage := d.look(raw), d.look(page)
	if len(asPage) > len(asRaw) {
		asRaw, raw = asPage, page
	}
	return judge(asRaw, d.look(string(original)), raw, candidates)
}

// where is a hunk with some lines of context left out.
type where struct{ section, hunk, drop int }

// within is what is met in one section; in nowhere, in any.
type within struct {
	section int
	line    string
}

const nowhere = -1

// only finds what is known by a key, if that is one thing.
type only[K comparable, V any] map[K][]V

func (o only[K, V]) add(k K, v V) {
	if len(o[k]) < 2 {
		o[k] = append(o[k], v)
	}
}

func (o only[K, V]) find(k K) (V, bool) {
	if len(o[k]) == 1 {
		return o[k][0], true
	}
	var none V
	return none, false
}

// reader finds in a leak the places of a patch.
type reader struct {
	*diff
	files   only[string, int] // sections by the lines that tell which file it is
	blob    only[string, int] // sections by the first digits of the hashes
	heads   only[within, where]
	done    map[string]bool
	current int         // section that this is, or nowhere
	place   map[int]int // of sections, in the order in which they are met
	all     []seen
}

var (
	anyHunk  = pattern.Late(`^@@ -[\d,]{1,20} \+[\d,]{1,20} @@`)
	anyIndex = pattern.Late(`^index ([0-9a-f]{7,64})\.\.([0-9a-f]{7,64})\b`)
)

// look finds the places of a patch in a leak. Each counts once.
func (d *diff) look(leak string) []seen {
	r := &reader{
		diff: d, files: only[string, int]{}, blob: only[string, int]{}, heads: only[within, where]{},
		done: map[string]bool{}, current: nowhere, place: map[int]int{},
	}
	for i, s := range d.sections {
		for _, l := range s.lines {
			r.files.add(spaced(l), i)
		}
		if x := d.blobs(i); x != nil {
			r.blob.add(blobKey(x.hashes[0], x.hashes[1]), i)
		}
		for j := range s.hunks {
			for drop := range s.hunks[j].contexts() {
				k, w := s.hunks[j].numbers(drop), where{i, j, drop}
				r.heads.add(within{i, k}, w)
				r.heads.add(within{nowhere, k}, w)
			}
		}
	}
	before := ""
	for l := range strings.SplitSeq(leak, "\n") {
		l = strings.TrimSpace(strings.TrimLeft(l, "| \t"))
		r.line(l, before)
		before = l
	}
	r.order()
	return r.all
}

func blobKey(a, b string) string { return a[:fewest] + b[:fewest] }

// line looks at one line of a leak.
func (r *reader) line(l, before string) {
	switch {
	case strings.HasPrefix(l, "diff "), strings.HasPrefix(l, "--- "), strings.HasPrefix(l, "+++ "):
		l = spaced(l)
		if len(r.files[l]) == 0 {
			return
		}
		r.current = nowhere
		if is, ok := r.files.find(l); ok {
			r.current = is
			if _, met := r.place[is]; !met {
				r.place[is] = len(r.place)
			}
		}
	case before == "--" && len(r.version) > 0:
		r.add(chGit, versionKey, len(versions), slices.Index(versions, l))
	case strings.HasPrefix(l, "index "):
		r.blobs(l)
	case strings.HasPrefix(l, "@@ -"):
		r.hunk(l)
	}
}

func (r *reader) add(c channel, key string, n int, ways ...int) {
	if r.done[string(c)+key] {
		return
	}
	if s, ok := pick(c, key, n, ways...); ok {
		r.done[string(c)+key] = true
		r.all = append(r.all, s)
	}
}

func (r *reader) blobs(l string) {
	m := anyIndex().FindStringSubmatch(l)
	if m == nil || len(m[1]) != len(m[2]) {
		return
	}
	which, ok := r.blob.find(blobKey(m[1], m[2]))
	if !ok {
		return
	}
	x := r.diff.blobs(which)
	if strings.HasPrefix(x.hashes[0], m[1]) && strings.HasPrefix(x.hashes[1], m[2]) {
		r.add(chIndex, sectionKey(which), len(x.ways), slices.Index(x.ways, len(m[1])))
	}
}

func (r *reader) hunk(l string) {
	numbers := anyHunk().FindString(l)
	w, ok := r.heads.find(within{r.current, numbers})
	if !ok {
		if w, ok = r.heads.find(within{nowhere, numbers}); !ok {
			return
		}
	}
	h, key := &r.sections[w.section].hunks[w.hunk], hunkKey(w.section, w.hunk)
	r.add(chContext, key, h.contexts(), w.drop)
	said := spaced(l[len(numbers):])
	var fit []int
	ways := h.heads()
	for i, way := range ways {
		if spaced(way) == said || spaced(html.UnescapeString(way)) == said {
			fit = append(fit, i)
		}
	}
	r.add(chHead, key, len(ways), fit...)
}

// order looks at the order of the files of each group of which two are there.
func (r *reader) order() {
	for _, g := range r.groups() {
		var fit []int
		ps := permutations[g.n-2]
		for i, p := range ps {
			last, ok := -1, true
			for _, k := range p {
				if place, there := r.place[g.first+k]; there {
					ok = ok && place > last
					last = place
				}
			}
			if ok {
				fit = append(fit, i)
			}
		}
		r.add(chOrder, sectionKey(g.first), len(ps), fit...)
	}
}
