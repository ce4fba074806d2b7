package watermark

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"steward/internal/base/errs"
)

// Patch gives the copy of a patch that has the mark: a unified diff or the mails
// of git format-patch, of at most MaxBytes. It makes the same change as the
// original, with git apply and with patch: lines that are added or removed are
// the same to the byte, binary sections too. What differs is the order of the
// files, how many lines of context some hunks have (two at least, before and
// after alike), what follows the second @@, how many digits of the hashes of
// blobs are given, and the version of git at the end. In a tree that is not the
// one that the patch was made for, less context may be found in another place.
// The error tells what cannot be read.
func Patch(patch []byte, m Mark) ([]byte, error) {
	d, err := patchOf(patch)
	if err != nil {
		return nil, err
	}
	return d.write(m.chooser()), nil
}

// PatchLine puts a visible line before the first file of a patch, where git and
// patch pass over it: "# " and the text. A patch that has it stays as it is.
func PatchLine(patch []byte, visible string) ([]byte, error) {
	if strings.ContainsAny(visible, "\r\n") || visible == "" {
		return nil, errs.Invalidf("line", "The visible line is empty or more than one line.")
	}
	d, err := patchOf(patch)
	if err != nil {
		return nil, err
	}
	first := d.sections[0].start
	if first > 0 && d.line(first-1) == "# "+visible {
		return bytes.Clone(patch), nil
	}
	end := "\n"
	if bytes.HasSuffix(d.lines[first], []byte("\r\n")) {
		end = "\r\n"
	}
	return bytes.Join(slices.Insert(slices.Clone(d.lines), first, []byte("# "+visible+end)), nil), nil
}

func patchOf(patch []byte) (*diff, error) {
	if len(patch) > MaxBytes {
		return nil, errs.Invalidf("patch", "The patch is larger than %d bytes.", MaxBytes)
	}
	return parseDiff(patch)
}

// versions of git that a patch may be said to be from.
var versions = []string{"2.34.1", "2.39.2", "2.39.5", "2.40.1", "2.43.0", "2.45.2", "2.47.1", "2.47.3"}

const versionKey = "version"

// The keys of the choices of a patch: there is no need to find them in another
// text than the one that was marked, so that they are numbers.
func sectionKey(s int) string { return fmt.Sprint(s) }
func hunkKey(s, h int) string { return fmt.Sprint(s, " ", h) }

// write makes the copy.
func (d *diff) write(c *chooser) []byte {
	var b bytes.Buffer
	text := func(from, to int) {
		for i := from; i < to; i++ {
			if _, found := slices.BinarySearch(d.version, i); found {
				end := d.lines[i][len(d.line(i)):]
				fmt.Fprintf(&b, "%s%s", versions[c.at(chGit, versionKey, len(versions))], end)
				continue
			}
			b.Write(d.lines[i])
		}
	}
	order := make([]int, len(d.sections))
	for i := range order {
		order[i] = i
	}
	for _, g := range d.groups() {
		p := permutations[g.n-2]
		for i, k := range p[c.at(chOrder, sectionKey(g.first), len(p))] {
			order[g.first+i] = g.first + k
		}
	}
	at := 0
	for place, which := range order {
		text(at, d.sections[place].start)
		d.writeSection(&b, which, c)
		at = d.sections[place].end
	}
	text(at, len(d.lines))
	return b.Bytes()
}

func (d *diff) writeSection(b *bytes.Buffer, which int, c *chooser) {
	s := d.sections[which]
	at := s.start
	upTo := func(end int) {
		for ; at < end; at++ {
			b.Write(d.lines[at])
		}
	}
	if x := d.blobs(which); x != nil {
		upTo(s.index)
		n := x.ways[c.at(chIndex, sectionKey(which), len(x.ways))]
		fmt.Fprintf(b, "index %s..%s%s", x.hashes[0][:n], x.hashes[1][:n], x.rest)
		at++
	}
	for i := range s.hunks {
		h := &s.hunks[i]
		upTo(h.start)
		drop, head := 0, h.head
		if n := h.contexts(); n > 1 {
			drop = c.at(chContext, hunkKey(which, i), n)
		}
		if ways := h.heads(); len(ways) > 1 {
			head = ways[c.at(chHead, hunkKey(which, i), len(ways))]
		}
		if drop == 0 && head == h.head {
			continue
		}
		l := d.lines[h.start]
		end := l[len(d.line(h.start)):]
		b.WriteString(h.numbers(drop) + head)
		b.Write(end)
		at += 1 + drop
		upTo(h.end - drop)
		at = h.end
	}
	upTo(s.end)
}

// maxContexts bounds how many numbers of lines of context a hunk has to choose
// from.
const maxContexts = 8

// contexts is in how many ways the context of a hunk may be given.
func (h *hunk) contexts() int { return min(h.spare+1, maxContexts) }

// numbers is the head of the hunk if some lines of context are left out on
// either side.
func (h *hunk) numbers(drop int) string {
	side := func(i int) string {
		if n := h.count[i] - 2*drop; n != 1 {
			return fmt.Sprintf("%d,%d", h.at[i]+drop, n)
		}
		return fmt.Sprint(h.at[i] + drop)
	}
	return fmt.Sprintf("@@ -%s +%s @@", side(0), side(1))
}

// maxHeads bounds the ways to give what follows the second @@, and maxHead its
// length in bytes; git gives 80.
const maxHeads, maxHead = 8, 1000

// heads are the ways to give what follows the second @@: as it is, without, or
// only the beginning.
func (h *hunk) heads() []string {
	words := strings.Fields(h.head)
	if len(words) == 0 || len(h.head) > maxHead {
		return nil
	}
	out := []string{h.head, ""}
	at := 0
	for _, w := range words[:min(len(words)-1, maxHeads-2)] {
		at += strings.Index(h.head[at:], w) + len(w)
		out = append(out, h.head[:at])
	}
	return out
}

// blobs are the hashes of a section that may be cut, and to how many digits.
type blobs struct {
	hashes [2]string
	rest   string
	ways   []int
}

// fewest is how many digits of a hash are left: as many as git gives at least.
const fewest = 7

// blobs gives those of a section, or nil. Hashes in full may be cut to so many
// digits as a large project needs; short ones to three digits less.
func (d *diff) blobs(which int) *blobs {
	i := d.sections[which].index
	if i < 0 {
		return nil
	}
	m := indexLine().FindSubmatch(d.lines[i])
	if m == nil || len(m[1]) != len(m[2]) || len(m[1]) <= fewest {
		return nil
	}
	x := &blobs{hashes: [2]string{string(m[1]), string(m[2])}, rest: string(m[3])}
	n := len(m[1])
	if n >= 20 {
		x.ways = []int{12, 13, 14, 15, 16, 17, 18, n}
		return x
	}
	for k := max(fewest, n-3); k <= n; k++ {
		x.ways = append(x.ways, k)
	}
	return x
}
