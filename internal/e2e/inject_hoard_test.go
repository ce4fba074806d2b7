package e2e

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"steward/internal/advisory"
)

// hoard hands out payloads so that every field gets every one of them, and
// keeps where they were seen. The number that a payload fires with says both
// its field and which payload it is.
type hoard struct {
	t      *testing.T
	list   []payload
	fields []string
	put    map[int]bool            // numbers of the payloads that were put somewhere
	pages  map[string]map[int]bool // numbers that a kind of page showed
}

// perField is more than there are payloads; firstField makes all numbers of
// six digits.
const (
	perField   = 1000
	firstField = 100
)

func newHoard(t *testing.T) *hoard {
	return &hoard{t: t, list: somePayloads(t), put: map[int]bool{}, pages: map[string]map[int]bool{}}
}

// raw is what is put into a field of the i-th record. No two fields of a
// record have the same payload.
func (h *hoard) raw(field string, i int) string {
	p, number := h.pick(field, i)
	h.put[number] = true
	return p.as(number)
}

// pick gives the payload of a field with the number it has there.
func (h *hoard) pick(field string, i int) (p payload, number int) {
	at := slices.Index(h.fields, field)
	if at < 0 {
		at = len(h.fields)
		h.fields = append(h.fields, field)
	}
	p = h.list[(i+7*at)%len(h.list)]
	return p, (at+firstField)*perField + p.no
}

// short is a payload of one line for what is shown only if it has no more than
// so many bytes; else it is "".
func (h *hoard) short(field string, i, most int) string {
	s := h.line(field, i)
	if len(s) <= most {
		return s
	}
	_, number := h.pick(field, i)
	delete(h.put, number)
	return ""
}

// pasted is what a field of a report keeps: any UTF-8.
func (h *hoard) pasted(field string, i int) string { return strings.ToValidUTF8(h.raw(field, i), "") }

// text is what other fields of several lines keep.
func (h *hoard) text(field string, i int) string {
	return strings.ReplaceAll(h.pasted(field, i), "\x00", "")
}

// line is what a field of one line keeps.
func (h *hoard) line(field string, i int) string { return advisory.OneLine(h.raw(field, i)) }

// word is a payload without spaces.
func (h *hoard) word(field string, i int) string {
	return strings.ReplaceAll(h.line(field, i), " ", "/")
}

// address is an https address that a payload is part of.
func (h *hoard) address(field string, i int) string {
	var b strings.Builder
	for _, r := range h.line(field, i) {
		if r < 0x7f && (r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("._~!$&'()*+,;=:@/-", r)) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "%%%02X", string(r))
		}
	}
	return "https://example.org/" + b.String()
}

// file is the name of a file. What stands before its last slash is no part of
// it, so the number stands once more at its end.
func (h *hoard) file(field string, i int) string {
	s := h.pasted(field, i)
	return s + " " + callIn(s) + ".svg"
}

// callIn is the call in a payload.
func callIn(s string) string {
	at := strings.LastIndex(s, "fired(")
	return s[at : at+len("fired(100000)")]
}

// saw notes which payloads a page showed.
func (h *hoard) saw(kind string, numbers []int) {
	if h.pages[kind] == nil {
		h.pages[kind] = map[int]bool{}
	}
	for _, n := range numbers {
		h.pages[kind][n] = true
	}
}

// check demands that every payload of every field was seen somewhere: where
// nothing is shown, nothing is shown to be safe.
func (h *hoard) check() {
	h.t.Helper()
	seen := map[int]bool{}
	for _, kind := range slices.Sorted(maps.Keys(h.pages)) {
		fields := map[string]int{}
		for n := range h.pages[kind] {
			seen[n] = true
			if at := n/perField - firstField; at >= 0 && at < len(h.fields) {
				fields[h.fields[at]]++
			}
		}
		var counts []string
		for _, f := range slices.SortedFunc(maps.Keys(fields), func(a, b string) int { return cmp.Or(fields[b]-fields[a], strings.Compare(a, b)) }) {
			counts = append(counts, fmt.Sprintf("%s %d", f, fields[f]))
		}
		h.t.Logf("%s: %s", kind, strings.Join(counts, ", "))
	}
	missing := map[string][]int{}
	for n := range h.put {
		if !seen[n] {
			f := h.fields[n/perField-firstField]
			missing[f] = append(missing[f], n%perField)
		}
	}
	h.t.Logf("%d payloads in %d fields", len(h.put), len(h.fields))
	for _, f := range h.fields {
		if list := missing[f]; len(list) > 0 {
			slices.Sort(list)
			h.t.Errorf("%d payloads in the field %q were seen on no page: %v", len(list), f, list[:min(len(list), 10)])
		}
	}
}
