package people

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// event is one change of a file, as the paper sees a history: the oldest first.
type event struct {
	status    byte
	name, old string
	who       int
}

// byThePaper is the truck factor as its paper says it, from the oldest change on
// and without haste: for each file that is there, who began it and who changed
// it, also under the names that it had before; the degree of authorship of each;
// then people leave, those who author most first, until more than half of the
// files have no author.
func byThePaper(events []event, files []string, programs map[int]bool) (int, bool) {
	authored := map[int][]string{}
	for _, f := range files {
		names := map[string]bool{f: true}
		var own []event
		for _, e := range slices.Backward(events) {
			if names[e.name] && e.status != 'D' {
				own = append([]event{e}, own...)
				if e.status == 'R' {
					names[e.old] = true
				}
			}
		}
		first, changes, people := -1, map[int]int{}, map[int]bool{}
		total := 0
		for _, e := range own {
			people[e.who] = true
			if e.status == 'A' && first < 0 {
				first = e.who
				continue
			}
			changes[e.who]++
			total++
		}
		degree := map[int]float64{}
		best := 0.
		for p := range people {
			if programs[p] {
				continue
			}
			fa := 0.
			if p == first {
				fa = 1
			}
			degree[p] = 3.293 + 1.098*fa + 0.164*float64(changes[p]) - 0.321*math.Log(1+float64(total-changes[p]))
			best = max(best, degree[p])
		}
		for p, d := range degree {
			if d/best > 0.75 && d >= 3.293 {
				authored[p] = append(authored[p], f)
			}
		}
	}
	abandoned := func() bool {
		have := map[string]bool{}
		for _, fs := range authored {
			for _, f := range fs {
				have[f] = true
			}
		}
		return len(files)-len(have) > len(have)
	}
	if abandoned() {
		return 0, false
	}
	for n := 1; ; n++ {
		top := -1
		for p := range authored {
			if top < 0 || len(authored[p]) > len(authored[top]) || len(authored[p]) == len(authored[top]) && p < top {
				top = p
			}
		}
		if delete(authored, top); abandoned() || len(authored) == 0 {
			return n, true
		}
	}
}

// pick is what a history is made by: of two sources, rapid and a seed.
type pick func(n int) int

// invent makes a history of changes, and the files that are there at its end.
func invent(pick pick, people int) (events []event, files []string) {
	there := map[string]bool{}
	names := make([]string, 9)
	for i := range names {
		names[i] = fmt.Sprintf("f%d.c", i)
	}
	for range 5 + pick(60) {
		name, other, who := names[pick(len(names))], names[pick(len(names))], pick(people)
		switch {
		case !there[name]:
			events, there[name] = append(events, event{'A', name, "", who}), true
		case pick(8) == 0:
			events = append(events, event{'D', name, "", who})
			delete(there, name)
		case pick(4) == 0 && !there[other]:
			events = append(events, event{'R', other, name, who})
			delete(there, name)
			there[other] = true
		default:
			events = append(events, event{'M', name, "", who})
		}
	}
	for _, n := range names {
		if there[n] {
			files = append(files, n)
		}
	}
	return events, files
}

func TestTruckFactorIsThePapers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		people := rapid.IntRange(1, 6).Draw(t, "people")
		events, names := invent(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") }, people)
		if len(names) == 0 {
			return
		}
		programs := map[int]bool{}
		if people > 2 && rapid.Bool().Draw(t, "a program") {
			programs[people-1] = true
		}
		f := newFiles(names)
		for _, e := range slices.Backward(events) {
			f.change(e.status, e.name, e.old, int32(e.who))
		}
		n, ok := f.factor(func(p int32) int32 { return p }, func(p int32) bool { return programs[int(p)] })
		wantN, wantOK := byThePaper(events, names, programs)
		if n != wantN || ok != wantOK {
			t.Fatalf("truck factor %d, %v; by the paper %d, %v\n%v\n%v", n, ok, wantN, wantOK, events, names)
		}
	})
}

// TestTruckFactorOfGit: the same through git, which finds the renames itself.
func TestTruckFactorOfGit(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 1))
			events, names := invent(random.IntN, 4)
			s := newStory()
			// Among equals who was active last leaves first: these say who that is.
			for i, e := range events {
				w := who{fmt.Sprintf("Person %d", e.who), fmt.Sprintf("p%d@p.test", e.who)}
				op := fmt.Sprintf("%s=%d of %d", e.name, i, seed)
				switch e.status {
				case 'D':
					op = "-" + e.name
				case 'R':
					op = e.old + ">" + e.name
				}
				s.on("main", day("2022-01-01").Add(time.Duration(i)*time.Hour), w, w, 0, op)
			}
			order := map[int]int{}
			for _, e := range slices.Backward(events) {
				if _, ok := order[e.who]; !ok {
					order[e.who] = len(order)
				}
			}
			for i := range events {
				events[i].who = order[events[i].who]
			}
			n, ok := byThePaper(events, names, nil)
			want := known(n)
			if !ok {
				want = unknown(NoAuthors)
			}
			if len(names) == 0 {
				want = unknown(NoSources)
			}
			if told := tell(t, s.bare(t), "2022-06-01"); told.TruckFactor != want {
				t.Errorf("truck factor %v, by the paper %v\n%v", told.TruckFactor, want, events)
			}
		})
	}
}

// TestRenames: who renames a file has changed it, and who began it is still who
// began it. A file that is renamed and changed at once is a new one.
func TestRenames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		ops  []string
		want string
	}{
		{"renamed", []string{"a.c>x.c", "b.c>y.c", "c.c>z.c"}, "2"},
		{"moved", []string{"a.c>lib/a.c", "b.c>lib/b.c", "c.c>lib/c.c"}, "2"},
		{"renamed and changed", []string{"a.c>x.c", "b.c>y.c", "c.c>z.c", "x.c=one more", "y.c=two more", "z.c=three more"}, "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStory()
			s.by(ada, "2023-01-01", "a.c=one", "b.c=two", "c.c=three")
			s.by(ben, "2023-01-02", c.ops...)
			has(t, tell(t, s.bare(t), "2023-02-01"), map[string]string{"truck-factor": c.want})
		})
	}
}

func TestWhatIsSource(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"src/liblzma/lz_encoder.c": true, "lib/Foo.PM": true, "x.rs": true, "tests/t.sh": true, "m4/ax_check.m4": true, "a/b/c.cmake": true,
		"README.md": false, "po/de.po": false, "configure": false, "build-aux/config.guess": false, "doc/api.c": false, "Documentation/x.py": false,
		"third_party/zlib/inflate.c": false, "web/vendor/jquery.js": false, "ui/app.min.js": false, "api/x.pb.go": false, "lib/gnulib/a.c": false,
		"tests/files/bad.xz": false, "": false, "/": false, "no-extension": false, "examples/a.c": false,
	} {
		if isSource(name) != want {
			t.Errorf("isSource(%q) is %v", name, !want)
		}
	}
}
