package osv

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Bounds of a record. The longest of Debian's have some hundred kilobytes and
// name some hundred CVEs.
const (
	maxRecord = 16 << 20 // bytes
	maxName   = 256      // bytes, of an id or of a package
	maxPairs  = 1 << 16  // vulnerabilities times sources
)

const tooMuch = "It names too many vulnerabilities and packages."

// fact is what a record says of one vulnerability of one source.
type fact struct {
	source, id string
	day        int32 // since 1970; none: not known
	fix        state // in the release that is asked for
	own        bool  // the record goes by the CVE, and is no advisory of several
}

const none = int32(1<<31 - 1) // later than every day

// state orders what may be said of a release: more is said by the greater.
type state uint8

const (
	unlisted state = iota
	unfixed
	fixed
)

// verdict is what became of a record.
type verdict int

const (
	taken     verdict = iota
	withdrawn         // it does not count
	foreign           // it names no package of the ecosystem
	broken            // it is a gap
)

// record holds the few things that are needed of one. It is used again for the
// next.
type record struct {
	id, published string
	withdrawn     bool
	aliases       []string // that are no CVE
	cves          []string
	sources       map[string]state
}

// many tells whether it names more than is taken.
func (r *record) many() bool {
	return len(r.cves) > maxPairs || len(r.aliases) > maxPairs || len(r.sources) > maxPairs
}

// read takes a record apart and gives each fact of it. The words say what is
// wrong with it, if something is; a record that is taken may lack a day.
func (r *record) read(raw []byte, want *Want, each func(fact)) (v verdict, wrong string) {
	if !json.Valid(raw) {
		return broken, "It is no JSON."
	}
	*r = record{aliases: r.aliases[:0], cves: r.cves[:0], sources: r.sources}
	if r.sources == nil {
		r.sources = map[string]state{}
	}
	clear(r.sources)
	switch w := (&walk{raw}); {
	case !w.object(func(name []byte) bool { return r.field(w, string(name), want) }):
		if r.many() {
			return broken, tooMuch
		}
		return broken, "It is not of OSV's form."
	case r.id == "" || len(r.id) > maxName:
		return broken, "It has no id, or one that cannot be."
	case r.withdrawn:
		return withdrawn, ""
	case len(r.sources) == 0:
		return foreign, ""
	}
	day, ok := dayOf(r.published)
	if !ok {
		wrong = "The day of its publication cannot be read."
	}
	ids := r.names()
	if len(ids)*len(r.sources) > maxPairs {
		return broken, tooMuch
	}
	own := cve(r.id) != ""
	for source, fix := range r.sources {
		for _, id := range ids {
			each(fact{source, id, day, fix, own})
		}
	}
	return taken, wrong
}

// field takes one field of a record.
func (r *record) field(w *walk, name string, want *Want) (ok bool) {
	switch name {
	case "id":
		r.id, ok = w.text()
		return ok
	case "published":
		r.published, ok = w.text()
		return ok
	case "withdrawn":
		at, ok := w.text()
		r.withdrawn = at != ""
		return ok
	case "aliases", "upstream":
		return w.array(func() bool {
			id, ok := w.text()
			if c := cve(id); c != "" {
				r.cves = append(r.cves, c)
			} else if name == "aliases" && id != "" && len(id) <= maxName {
				r.aliases = append(r.aliases, id)
			}
			return ok && !r.many()
		})
	case "affected":
		return w.array(func() bool { return r.affected(w, want) && !r.many() })
	}
	w.skip()
	return true
}

// affected takes a package that a record names. A fix is known if all its ranges
// end in a version that mends it (affected[].ranges[].events[].fixed).
func (r *record) affected(w *walk, want *Want) bool {
	var ecosystem, source string
	ranges, ends := 0, 0
	ok := w.object(func(name []byte) (ok bool) {
		switch string(name) {
		case "package":
			return w.object(func(name []byte) (ok bool) {
				switch string(name) {
				case "ecosystem":
					ecosystem, ok = w.text()
					return ok
				case "name":
					source, ok = w.text()
					return ok
				}
				w.skip()
				return true
			})
		case "ranges":
			return w.array(func() bool {
				fixed, ok := mended(w)
				ranges++
				if fixed {
					ends++
				}
				return ok
			})
		}
		w.skip()
		return true
	})
	if !ok || source == "" || len(source) > maxName || !want.covers(ecosystem) {
		return ok
	}
	before := r.sources[source]
	now := before
	if want.Release != "" && ecosystem == want.Ecosystem+":"+want.Release {
		if now = unfixed; ranges > 0 && ranges == ends && before != unfixed {
			now = fixed
		}
	}
	r.sources[source] = now
	return true
}

// mended takes a range, and tells whether it has a version that mends it.
func mended(w *walk) (fixed, ok bool) {
	ok = w.object(func(name []byte) bool {
		if string(name) != "events" {
			w.skip()
			return true
		}
		return w.array(func() bool {
			return w.object(func(name []byte) bool {
				if string(name) != "fixed" {
					w.skip()
					return true
				}
				version, ok := w.text()
				fixed = fixed || version != ""
				return ok
			})
		})
	})
	return fixed, ok
}

// names gives the vulnerabilities that a record is of, each once. Without a CVE it
// is one: whatever other names it has, the first by letters is the same in every
// record that names them all.
func (r *record) names() []string {
	if c := cve(r.id); c != "" {
		r.cves = append(r.cves, c)
	}
	if len(r.cves) > 0 {
		slices.Sort(r.cves)
		return slices.Compact(r.cves)
	}
	first := edition(r.id)
	for _, id := range r.aliases {
		first = min(first, edition(id))
	}
	return []string{first}
}

// cve finds the CVE that an id is, or is made of, as in DEBIAN-CVE-2024-3094; ""
// if there is none.
func cve(id string) string {
	at := strings.Index(id, "CVE-")
	if at < 0 || at > 0 && id[at-1] != '-' || len(id)-at > 24 {
		return ""
	}
	year, number, ok := strings.Cut(id[at+4:], "-")
	if !ok || len(year) != 4 || len(number) < 4 || !digits(year) || !digits(number) {
		return ""
	}
	return id[at:]
}

// edition takes the number of an edition off the id of an advisory of Debian's.
func edition(id string) string {
	for _, kind := range []string{"DSA-", "DLA-", "DTSA-", "ELA-"} {
		number, ok := strings.CutPrefix(id, kind)
		if !ok {
			continue
		}
		if number, more, ok := strings.Cut(number, "-"); ok && digits(number) && digits(more) {
			return kind + number
		}
	}
	return id
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// dayOf reads a day (RFC 3339, in UTC as the schema has it); none, and true, if
// nothing is said.
func dayOf(at string) (int32, bool) {
	if at == "" {
		return none, true
	}
	t, err := time.Parse(time.RFC3339, at)
	if err != nil || t.Year() < 1970 || t.Year() > 9999 {
		return none, false
	}
	return int32(t.Unix() / (24 * 60 * 60)), true
}
