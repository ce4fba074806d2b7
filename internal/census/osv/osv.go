package osv

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Want says which records are asked for.
type Want struct {
	Ecosystem string // as OSV calls it, without a release: Debian
	Release   string // as OSV calls it: 12; "": no fixes are asked for
}

// covers tells whether an ecosystem of a record is the one that is wanted, in
// whatever release of it.
func (w *Want) covers(ecosystem string) bool {
	rest, ok := strings.CutPrefix(ecosystem, w.Ecosystem)
	return ok && (rest == "" || rest[0] == ':')
}

// Fix says whether a vulnerability is mended in the release that was asked for.
type Fix string

// What may be known of a fix.
const (
	Unlisted Fix = ""        // no record names the release: it is not affected, or nobody looked
	Unfixed  Fix = "unfixed" // it is affected, and no version is known that mends it
	Fixed    Fix = "fixed"   // a version is known that mends it
)

// Vulnerability is one fault of one source.
type Vulnerability struct {
	ID        string    // CVE-…; where none is known, that of the advisory
	Published time.Time // the earliest day, in UTC; zero: no record says one
	Fix       Fix
}

// Gap is a record that could not be read as it is.
type Gap struct {
	Record string `json:"record"` // the name of its file
	What   string `json:"what"`   // a sentence
}

// Known is what was read.
type Known struct {
	Records   int   // that were taken
	Withdrawn int   // that were withdrawn, and left out
	Foreign   int   // that name no package of the ecosystem
	Undated   int   // vulnerabilities without a day, which Count leaves out
	Gaps      []Gap // the first of them, by name
	MoreGaps  int   // so many follow

	by map[string][]Vulnerability // by source; by day, those without one at the end
}

// Of gives the vulnerabilities of a source, by day, those without one at the end.
// The list must not be changed.
func (k *Known) Of(source string) []Vulnerability { return k.by[source] }

// Sources counts the sources of which a vulnerability is known.
func (k *Known) Sources() int { return len(k.by) }

// Count tells how many vulnerabilities of a source were published from one day
// on and before another.
func (k *Known) Count(source string, from, to time.Time) int {
	all := k.by[source]
	dated, _ := slices.BinarySearchFunc(all, true, func(v Vulnerability, _ bool) int {
		if v.Published.IsZero() {
			return 1
		}
		return -1
	})
	at := func(t time.Time) int {
		i, _ := slices.BinarySearchFunc(all[:dated], t, func(v Vulnerability, t time.Time) int { return v.Published.Compare(t) })
		return i
	}
	return max(0, at(to)-at(from))
}

// pair is a vulnerability of a source.
type pair struct{ source, id string }

// entry is what is known of a pair. What a record of the vulnerability alone says
// of a release goes before what an advisory says of several.
type entry struct {
	day         int32
	own, shared state
}

// maxKnown bounds the vulnerabilities of all sources together. Debian has some
// hundred thousand.
const maxKnown = 8 << 20

// heap is what one reader has found.
type heap struct {
	known                       map[pair]entry
	words                       map[string]string // each name once
	records, withdrawn, foreign int
	full                        bool
	record                      record
	gaps                        []Gap
	more                        int
}

func newHeap() *heap {
	return &heap{known: map[pair]entry{}, words: map[string]string{}}
}

func (h *heap) add(p pair, e entry) {
	old, ok := h.known[p]
	if !ok {
		if len(h.known) >= maxKnown {
			h.full = true
			return
		}
		p = pair{h.word(p.source), h.word(p.id)}
		old.day = none
	}
	h.known[p] = entry{min(old.day, e.day), max(old.own, e.own), max(old.shared, e.shared)}
}

func (h *heap) word(s string) string {
	if w, ok := h.words[s]; ok {
		return w
	}
	s = strings.Clone(s)
	h.words[s] = s
	return s
}

func (h *heap) fact(f fact) {
	e := entry{day: f.day}
	if f.own {
		e.own = f.fix
	} else {
		e.shared = f.fix
	}
	h.add(pair{f.source, f.id}, e)
}

// maxGaps is how many gaps are named.
const maxGaps = 20

func (h *heap) gap(name, what string) {
	if len(name) > maxName {
		name = name[:maxName]
	}
	h.gaps = append(h.gaps, Gap{strings.ToValidUTF8(name, "�"), what})
	if len(h.gaps) > 50*maxGaps {
		h.settle()
	}
}

// settle keeps the first gaps by name: the same whichever reader found them.
func (h *heap) settle() {
	slices.SortFunc(h.gaps, func(a, b Gap) int { return cmp.Or(cmp.Compare(a.Record, b.Record), cmp.Compare(a.What, b.What)) })
	if n := len(h.gaps) - maxGaps; n > 0 {
		h.gaps = slices.Delete(h.gaps, maxGaps, len(h.gaps))
		h.more += n
	}
}

// join takes over what another reader has found.
func (h *heap) join(o *heap) {
	for p, e := range o.known {
		h.add(p, e)
	}
	h.records, h.withdrawn, h.foreign = h.records+o.records, h.withdrawn+o.withdrawn, h.foreign+o.foreign
	h.full = h.full || o.full
	h.gaps = append(h.gaps, o.gaps...)
	h.more += o.more
	h.settle()
}

// close orders all that was found.
func (h *heap) close() *Known {
	k := &Known{Records: h.records, Withdrawn: h.withdrawn, Foreign: h.foreign, by: map[string][]Vulnerability{}}
	k.Gaps, k.MoreGaps = h.gaps, h.more
	for p, e := range h.known {
		v := Vulnerability{ID: p.id, Fix: []Fix{Unlisted, Unfixed, Fixed}[cmp.Or(e.own, e.shared)]}
		if e.day == none {
			k.Undated++
		} else {
			v.Published = time.Unix(int64(e.day)*24*60*60, 0).UTC()
		}
		k.by[p.source] = append(k.by[p.source], v)
	}
	for _, all := range k.by {
		slices.SortFunc(all, func(a, b Vulnerability) int {
			if a.Published.IsZero() != b.Published.IsZero() {
				if a.Published.IsZero() {
					return 1
				}
				return -1
			}
			return cmp.Or(a.Published.Compare(b.Published), cmp.Compare(a.ID, b.ID))
		})
	}
	return k
}
