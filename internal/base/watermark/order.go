package watermark

import "strings"

// maxGroup is how many files that follow one another change places: a fragment
// with two of a group is evidence already, and nothing moves far.
const maxGroup = 4

// group is a run of sections that may stand in any order.
type group struct{ first, n int }

// permutations are the orders of two, three and four.
var permutations = [maxGroup - 1][][]int{orders(2), orders(3), orders(4)}

func orders(n int) [][]int {
	if n == 1 {
		return [][]int{{0}}
	}
	var out [][]int
	for _, o := range orders(n - 1) {
		for at := range n {
			p := append([]int{}, o[:at]...)
			p = append(p, n-1)
			out = append(out, append(p, o[at:]...))
		}
	}
	return out
}

// groups divides the sections that stand next to one another. Those of a run in
// which the same file is met twice, or a file where another has a directory,
// depend on their order and keep it.
func (d *diff) groups() []group {
	var out []group
	for first := 0; first < len(d.sections); {
		n := 1
		for first+n < len(d.sections) && d.sections[first+n-1].end == d.sections[first+n].start {
			n++
		}
		if d.free(first, n) {
			for at := 0; n-at >= 2; at += maxGroup {
				out = append(out, group{first + at, min(maxGroup, n-at)})
			}
		}
		first += n
	}
	return out
}

// free tells whether sections are independent of one another.
func (d *diff) free(first, n int) bool {
	last := d.lines[d.sections[first+n-1].end-1]
	if last[len(last)-1] != '\n' {
		return false // another could not follow it
	}
	whose := map[string]int{}
	for i := first; i < first+n; i++ {
		if len(d.sections[i].names) == 0 {
			return false
		}
		for _, name := range d.sections[i].names {
			name = strings.ToLower(name)
			if who, known := whose[name]; len(name) > maxName || known && who != i {
				return false
			}
			whose[name] = i
		}
	}
	for name := range whose {
		for at := strings.IndexByte(name, '/'); at >= 0; {
			if _, known := whose[name[:at]]; known {
				return false
			}
			next := strings.IndexByte(name[at+1:], '/')
			if next < 0 {
				break
			}
			at += 1 + next
		}
	}
	return true
}
