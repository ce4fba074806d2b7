package people

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestAsOfADay: the answer of a day is that of a history that was cut there: with
// branches that are not merged yet, and tags on them.
func TestAsOfADay(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			whole := grow(seed, 120).bare(t)
			for _, n := range []int{15, 60, 95} {
				cut := grow(seed, n).bare(t)
				at := start.AddDate(0, 0, 20*(n-1)).Format(time.DateOnly)
				a, b := tell(t, whole, at), tell(t, cut, at)
				if a != b {
					t.Errorf("as of %s, after %d commits:\n%s\ncut there:\n%s", at, n, say(a), say(b))
				}
				if a.Commits.Unknown != "" || a.TruckFactor.Unknown != "" {
					t.Errorf("nothing to compare: %s", say(a))
				}
			}
		})
	}
}

var start = day("2015-01-01")

// grow makes the first n commits of a history with a side branch that is merged
// now and then, and releases on both.
func grow(seed uint64, n int) *story {
	random := rand.New(rand.NewPCG(seed, 2))
	s := newStory()
	people := []who{ada, ben, cleo, {"Dot Matrix", "dot@matrix.test"}, {"dependabot[bot]", "d@d.test"}}
	side := false
	for i := range n {
		at := start.AddDate(0, 0, 20*i)
		w := people[min(random.IntN(len(people)), 1+i/10)]
		branch := "main"
		merge := 0
		switch random.IntN(6) {
		case 0, 1:
			if i > 3 {
				if !side {
					s.tip["side"], side = s.tip["main"], true
				}
				branch = "side"
			}
		case 2:
			if side {
				merge, side = s.tip["side"], false
			}
		}
		op := fmt.Sprintf("%s%d.c=%d", branch, random.IntN(8), i)
		if random.IntN(10) == 0 {
			op = ".mailmap=" + fmt.Sprintf("%s <%s> <%s>\n", ada.name, ada.mail, people[random.IntN(4)].mail)
		}
		s.on(branch, at, w, w, merge, op)
		if random.IntN(5) == 0 {
			text := ""
			if random.IntN(2) == 0 {
				text = signed
			}
			fmt.Fprintf(s, "tag v%d.0\nfrom :%d\ntagger %s\ndata %d\n%s\n", i, s.tip[branch], w.at(at), len(text), text)
		}
	}
	return s
}

// TestSameAnswer: whether packed or loose, bare or with files, by SHA-1 or
// SHA-256, the answer is the same.
func TestSameAnswer(t *testing.T) {
	t.Parallel()
	s := grow(3, 60)
	want := tell(t, s.bare(t), "2018-01-01")
	loose := t.TempDir()
	runGit(t, loose, nil, "init", "--quiet", "--initial-branch=main", ".")
	s.into(t, loose)
	if got := tell(t, loose, "2018-01-01"); got != want {
		t.Errorf("with files: %s", say(got))
	}
	packed := s.bare(t)
	runGit(t, packed, nil, "-c", "pack.writeReverseIndex=true", "gc", "--quiet")
	runGit(t, packed, nil, "commit-graph", "write", "--reachable")
	if got := tell(t, packed, "2018-01-01"); got != want {
		t.Errorf("packed: %s", say(got))
	}
	long := t.TempDir()
	runGit(t, long, nil, "init", "--quiet", "--bare", "--object-format=sha256", "--initial-branch=main", ".")
	s.into(t, long)
	if got := tell(t, long, "2018-01-01"); got != want {
		t.Errorf("by SHA-256: %s", say(got))
	}
	detached := s.bare(t)
	runGit(t, detached, nil, "update-ref", "--no-deref", "HEAD", runGit(t, detached, nil, "rev-parse", "main"))
	if got := tell(t, detached, "2018-01-01"); got != want {
		t.Errorf("with a HEAD that is on no branch: %s", say(got))
	}
}
