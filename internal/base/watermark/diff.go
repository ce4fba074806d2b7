package watermark

import (
	"bytes"
	"strconv"
	"strings"

	"steward/internal/base/errs"
	"steward/internal/base/pattern"
)

// diff is a patch taken apart: a list of sections, with other text before,
// between and after them.
type diff struct {
	lines    [][]byte // each with its end
	sections []section
	version  []int // lines that give the version of git, as format-patch ends with
}

// section is what a patch has for one file.
type section struct {
	start, end int      // lines
	names      []string // of the file, before and after; none: cannot be told
	lines      []string // those that tell which file it is
	index      int      // line with the hashes of the blobs, or -1
	hunks      []hunk
}

// hunk is a change with the context around it.
type hunk struct {
	start, end int // lines, the first is that with the @@
	at, count  [2]int
	head       string // what follows the second @@
	spare      int    // lines of context that may be left out, before and after alike
}

// leastContext is how many lines of context each hunk keeps on either side.
const leastContext = 2

// maxName is the longest name of a file of which the order is changed.
const maxName = 512

var (
	hunkHead  = pattern.Late(`^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@`)
	indexLine = pattern.Late(`^index ([0-9a-f]{7,64})\.\.([0-9a-f]{7,64})((?: [0-7]{6})?\r?\n?)$`)
	version   = pattern.Late(`^\d+\.\d+(?:\.\d+)*\r?\n?$`)
	extended  = pattern.Late(`^(?:old mode|new mode|deleted file mode|new file mode|copy from|copy to|rename from|rename to|similarity index|dissimilarity index|index) `)
)

// parseDiff reads a unified diff, as git and diff write it.
func parseDiff(patch []byte) (*diff, error) {
	d := &diff{lines: bytes.SplitAfter(patch, []byte("\n"))}
	if n := len(d.lines); len(d.lines[n-1]) == 0 {
		d.lines = d.lines[:n-1]
	}
	for i := 0; i < len(d.lines); {
		end := i + 1
		var err error
		switch {
		case d.has(i, "diff --git "), d.has(i, "--- ") && d.has(i+1, "+++ ") && d.has(i+2, "@@ -"):
			end, err = d.section(i)
		case d.has(i, "@@ -"):
			err = broken(i, "A hunk has no file before it.")
		case d.has(i, "diff --cc "), d.has(i, "diff --combined "):
			err = broken(i, "This is the diff of a merge.")
		case i > 0 && strings.TrimRight(string(d.lines[i-1]), " \r\n") == "--" && version().Match(d.lines[i]):
			d.version = append(d.version, i)
		}
		if err != nil {
			return nil, err
		}
		i = end
	}
	if len(d.sections) == 0 {
		return nil, errs.Invalidf("patch", "There is no change of a file in it.").WithHint("Give what git diff or git format-patch writes.")
	}
	return d, nil
}

func broken(line int, what string) error {
	return errs.Invalidf("patch", "Line %d: %s", line+1, what).WithHint("Give what git diff or git format-patch writes, as it is.")
}

func (d *diff) has(i int, prefix string) bool {
	return i < len(d.lines) && bytes.HasPrefix(d.lines[i], []byte(prefix))
}

func (d *diff) line(i int) string { return strings.TrimRight(string(d.lines[i]), "\r\n") }

// section reads one, and gives the line after it.
func (d *diff) section(i int) (int, error) {
	s := section{start: i, index: -1}
	if d.has(i, "diff --git ") {
		s.lines = append(s.lines, d.line(i))
		for i++; i < len(d.lines) && extended().Match(d.lines[i]); i++ {
			if d.has(i, "index ") {
				s.index = i
			}
			for _, p := range []string{"copy from ", "copy to ", "rename from ", "rename to "} {
				if name, ok := strings.CutPrefix(d.line(i), p); ok {
					s.names = append(s.names, name)
				}
			}
		}
	}
	if d.has(i, "GIT binary patch") || d.has(i, "Binary files ") {
		s.index = -1 // it is needed in full
		i = d.binary(i)
	}
	if d.has(i, "--- ") && d.has(i+1, "+++ ") {
		for _, l := range []string{d.line(i), d.line(i + 1)} {
			if name, _, _ := strings.Cut(l[4:], "\t"); name != "/dev/null" {
				s.names = append(s.names, withoutPrefix(name)...)
				s.lines = append(s.lines, l)
			}
		}
		i += 2
		if !d.has(i, "@@ -") {
			return 0, broken(i-1, "No change follows the name of the file.")
		}
	}
	for d.has(i, "@@ -") {
		h, err := d.hunk(i)
		if err != nil {
			return 0, err
		}
		s.hunks = append(s.hunks, h)
		i = h.end
	}
	if len(s.names) == 0 {
		s.names = namesOf(s.lines[0])
	}
	s.end = i
	d.sections = append(d.sections, s)
	return i, nil
}

// binary passes over what is not text, and gives the line after it.
func (d *diff) binary(i int) int {
	if d.has(i, "Binary files ") {
		return i + 1
	}
	for i++; i < len(d.lines) && !d.has(i, "diff --git ") && !d.has(i, "-- "); i++ {
	}
	return i
}

// withoutPrefix gives a name as it is and without the a/ or b/ that git puts
// before it.
func withoutPrefix(name string) []string {
	plain := strings.Trim(name, `"`)
	if len(plain) > 2 && plain[1] == '/' {
		return []string{plain, plain[2:]}
	}
	return []string{plain}
}

// namesOf takes the name from the first line of a section that has no other.
func namesOf(first string) []string {
	rest := strings.TrimPrefix(first, "diff --git ")
	half := len(rest) / 2
	if len(rest) < 5 || len(rest)%2 == 0 || rest[half] != ' ' || rest[2:half] != rest[half+3:] {
		return nil
	}
	return append(withoutPrefix(rest[:half]), withoutPrefix(rest[half+1:])...)
}

// hunk reads one.
func (d *diff) hunk(i int) (hunk, error) {
	m := hunkHead().FindSubmatch(d.lines[i])
	if m == nil {
		return hunk{}, broken(i, "The head of a hunk cannot be read.")
	}
	h := hunk{start: i, head: d.line(i)[len(m[0]):]}
	for side := range 2 {
		// At most nine digits.
		h.at[side], _ = strconv.Atoi(string(m[1+2*side]))
		h.count[side] = 1
		if n := m[2+2*side]; len(n) > 0 {
			h.count[side], _ = strconv.Atoi(string(n))
		}
	}
	left := h.count
	lead, trail, changed, whole := 0, 0, false, true
	for i++; left[0] > 0 || left[1] > 0 || d.has(i, `\ `); i++ {
		if i == len(d.lines) {
			return hunk{}, broken(i-1, "The hunk is cut off.")
		}
		switch sign := d.lines[i][0]; sign {
		case ' ', '\n', '\r':
			left[0], left[1] = left[0]-1, left[1]-1
			trail++
			if !changed {
				lead++
			}
		case '-':
			left[0], changed, trail = left[0]-1, true, 0
		case '+':
			left[1], changed, trail = left[1]-1, true, 0
		case '\\':
			whole = false // the end of the file is part of it
		default:
			return hunk{}, broken(i, "The hunk is shorter than it says.")
		}
		if left[0] < 0 || left[1] < 0 {
			return hunk{}, broken(i, "The hunk is longer than it says.")
		}
	}
	h.end = i
	if changed && whole && lead == trail {
		h.spare = max(0, lead-leastContext)
	}
	return h, nil
}
