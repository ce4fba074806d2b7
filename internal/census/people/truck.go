package people

import (
	"cmp"
	"math"
	"slices"
)

// The degree of authorship, of Avelino, Passos, Hora and Valente, "A novel
// approach for estimating truck factors", ICPC 2016, section III: who began a
// file, how often they changed it, how often others did.
const (
	doaBase, doaFirst, doaOwn, doaOthers = 3.293, 1.098, .164, .321
	doaShare                             = .75 // of the file's highest degree: more makes an author
	doaLeast                             = doaBase
)

// files is who did what to the source files of a tree. Changes come the latest
// first, so that a file that was renamed is known by its older name from there
// on. A rename is one where nothing else changes: to see others, git would have
// to read every file.
type files struct {
	named   map[string][]int32 // files that bear or later bore a name
	first   []int32            // by file: who added it, -1: nobody yet
	changes map[pair]int32
	all     []int32 // by file: how many changes
}

type pair struct{ file, who int32 }

// maxHeirs is how many files may follow from one name.
const maxHeirs = 16

func newFiles(names []string) *files {
	f := &files{named: make(map[string][]int32, len(names)), changes: map[pair]int32{}, first: make([]int32, len(names))}
	for i, n := range names {
		f.named[n] = append(f.named[n], int32(i))
		f.first[i] = -1
	}
	return f
}

// change tells of one file in a commit: A added, M or T changed, R renamed from
// old. Whatever else does not count.
func (f *files) change(status byte, name, old string, who int32) {
	for _, file := range f.named[name] {
		switch status {
		case 'A':
			// An addition before this one makes this one a change.
			if by := f.first[file]; by >= 0 {
				f.changes[pair{file, by}]++
			}
			f.first[file] = who
		case 'M', 'T':
			f.changes[pair{file, who}]++
		case 'R':
			f.changes[pair{file, who}]++
			if heirs := f.named[old]; len(heirs) < maxHeirs && !slices.Contains(heirs, file) {
				f.named[old] = append(slices.Clip(heirs), file)
			}
		}
	}
}

// factor is the truck factor: those who author most files leave one by one,
// until more than half of the files have no author. ok is false if that is so
// from the beginning. person joins identities; auto is true for programs, whose
// changes are others' to everyone.
func (f *files) factor(person func(int32) int32, auto func(int32) bool) (n int, ok bool) {
	count := len(f.first)
	by := make([]map[int32]int32, count) // by file and person: changes
	total := make([]int32, count)        // additions aside
	for i := range by {
		by[i] = map[int32]int32{}
		if first := f.first[i]; first >= 0 {
			by[i][person(first)] = 0
		}
	}
	for p, n := range f.changes {
		by[p.file][person(p.who)] += n
		total[p.file] += n
	}
	authored := map[int32][]int32{}
	left := make([]int, count) // by file: authors
	covered := 0
	for i := range by {
		first := int32(-1)
		if f.first[i] >= 0 {
			first = person(f.first[i])
		}
		for _, who := range authors(by[i], total[i], first, auto) {
			authored[who] = append(authored[who], int32(i))
			if left[i]++; left[i] == 1 {
				covered++
			}
		}
	}
	order := make([]int32, 0, len(authored))
	for who := range authored {
		order = append(order, who)
	}
	// Among equals, who was seen first: the one who was active last.
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(len(authored[b])-len(authored[a]), int(a-b)) })
	if 2*covered < count {
		return 0, false
	}
	for _, who := range order {
		for _, file := range authored[who] {
			if left[file]--; left[file] == 0 {
				covered--
			}
		}
		if n++; 2*covered < count {
			break
		}
	}
	return n, true
}

// authors are the people who author a file: their degree is above three
// quarters of the highest, and at least the base. That it was added is no change
// of it, as in the program that the authors of the paper have published.
func authors(by map[int32]int32, total, first int32, auto func(int32) bool) (out []int32) {
	degree := func(who int32) float64 {
		own, fa := by[who], int32(0)
		if who == first {
			fa = 1
		}
		return doaBase + doaFirst*float64(fa) + doaOwn*float64(own) - doaOthers*math.Log1p(float64(total-own))
	}
	most := math.Inf(-1)
	for who := range by {
		if !auto(who) {
			most = max(most, degree(who))
		}
	}
	for who := range by {
		if d := degree(who); !auto(who) && d >= doaLeast && d > doaShare*most {
			out = append(out, who)
		}
	}
	return out
}
