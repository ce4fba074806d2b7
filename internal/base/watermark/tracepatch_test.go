package watermark

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// fix is a patch as a security fix may be: files of which each has some hunks.
func fix(t testing.TB, files, edits int) []byte {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(files), uint64(edits)))
	before, after := tree{}, tree{}
	for i := range files {
		ls := source(r, 400)
		name := fmt.Sprintf("src/part%d.c", i)
		before[name], after[name] = "-:"+strings.Join(ls, "\n")+"\n", "-:"+strings.Join(edit(r, ls, edits), "\n")+"\n"
	}
	dir := t.TempDir()
	run(t, dir, nil, "git", "init", "-q")
	before.write(t, dir)
	run(t, dir, nil, "git", "add", "-A")
	run(t, dir, nil, "git", "commit", "-qm", "before")
	after.write(t, dir)
	run(t, dir, nil, "git", "commit", "-qam", "Fix")
	return run(t, dir, nil, "git", "format-patch", "--stdout", "--abbrev=10", "-1")
}

func copies(t testing.TB, original []byte, all []Candidate) []string {
	t.Helper()
	out := make([]string, len(all))
	for i, c := range all {
		s, err := Patch(original, c.Mark)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = string(s)
	}
	return out
}

// patchLaunderings are what happens to a patch on its way.
var patchLaunderings = []struct {
	name string
	do   func(s string) string
}{
	{"as it was", func(s string) string { return s }},
	{"quoted, CRLF", func(s string) string { return "> " + strings.ReplaceAll(s, "\n", "\r\n> ") }},
	{"indented", func(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") }},
	{"HTML", func(s string) string {
		return "<pre>" + strings.NewReplacer("<", "&lt;", "&", "&amp;", ">", "&gt;").Replace(s) + "</pre>"
	}},
	{"without mail", func(s string) string { return s[strings.Index(s, "diff --git"):strings.LastIndex(s, "-- \n")] }},
	{"the first half", func(s string) string { return s[:len(s)/2] }},
	{"one file", func(s string) string {
		parts := strings.Split(s, "diff --git ")
		return "diff --git " + parts[1]
	}},
	{"files sorted, short hashes", sortedShort},
	{"no heads", func(s string) string {
		var out []string
		for l := range strings.SplitSeq(s, "\n") {
			if strings.HasPrefix(l, "@@ ") {
				l = anyHunk().FindString(l)
			}
			out = append(out, l)
		}
		return strings.Join(out, "\n")
	}},
}

// TestTracePatch: what of 500 recipients is named after a patch was laundered.
func TestTracePatch(t *testing.T) {
	t.Parallel()
	all := recipients(t, 500)
	for _, size := range []struct {
		name         string
		files, edits int
		least        map[string]int // percent of those that must be named
	}{
		{"5 files", 5, 4, map[string]int{
			"as it was": 100, "quoted, CRLF": 100, "HTML": 100, "indented": 100, "without mail": 100, "the first half": 90, "files sorted, short hashes": 90,
		}},
		{"2 files", 2, 3, map[string]int{"as it was": 90}},
		{"1 file", 1, 1, nil},
	} {
		original := fix(t, size.files, size.edits)
		d, err := parseDiff(original)
		if err != nil {
			t.Fatal(err)
		}
		hunks := 0
		for _, s := range d.sections {
			hunks += len(s.hunks)
		}
		cs := copies(t, original, all)
		for _, l := range patchLaunderings {
			if size.files < 5 && l.name != "as it was" && (size.files == 1 || l.name != "no heads" && l.name != "the first half") {
				continue
			}
			t.Run(size.name+", "+l.name, func(t *testing.T) {
				t.Parallel()
				named, wrong, enough, places, tried, bits := 0, 0, 0, 0, 0, 0.0
				for i := 0; i < len(all); i += 10 {
					tried++
					r := TracePatch(original, []byte(l.do(cs[i])), all)
					places += r.Places
					if r.Enough {
						enough++
					}
					for _, v := range r.Verdicts {
						switch {
						case v.ID == all[i].ID:
							bits += v.Bits
							if v.Traced {
								named++
							}
						case v.Traced:
							wrong++
						}
					}
					if !r.Enough && len(r.Traced()) > 0 {
						t.Error("somebody is named by marks that are not enough")
					}
				}
				t.Logf("%d hunks: named %d of %d, wrongly %d; enough in %d; %d places, %.0f bits", hunks, named, tried, wrong, enough, places/tried, bits/float64(tried))
				if wrong > 0 || named*100 < size.least[l.name]*tried {
					t.Errorf("named %d of %d, wrongly %d", named, tried, wrong)
				}
				if size.files == 1 && enough > 0 {
					t.Error("one hunk is taken to be enough")
				}
			})
		}
	}
}

// sortedShort puts the files in the order of their names and shortens hashes.
func sortedShort(s string) string {
	start, end := strings.Index(s, "diff --git"), strings.LastIndex(s, "-- \n")
	parts := strings.Split(s[start:end], "diff --git ")[1:]
	slices.Sort(parts)
	var out []string
	for l := range strings.SplitSeq("diff --git "+strings.Join(parts, "diff --git "), "\n") {
		if m := anyIndex().FindStringSubmatch(l); m != nil {
			l = "index " + m[1][:7] + ".." + m[2][:7] + " 100644"
		}
		out = append(out, l)
	}
	return strings.Join(out, "\n")
}

// TestPatchAgain: the original, the copies of strangers, another patch and one
// that was made anew name nobody; of two who mix their copies file by file,
// nobody else is named.
func TestPatchAgain(t *testing.T) {
	t.Parallel()
	all := recipients(t, 500)
	original := fix(t, 5, 4)
	leaks := [][]byte{original, fix(t, 3, 3), nil, []byte("x")}
	for i := range 200 {
		s, err := Patch(original, mark(t, fmt.Sprint("stranger ", i)))
		if err != nil {
			t.Fatal(err)
		}
		leaks = append(leaks, s)
	}
	most := 0.0
	for i, leak := range leaks {
		r := TracePatch(original, leak, all)
		if i < 4 && (r.Enough || i != 1 && r.Changed > 0) {
			t.Errorf("leak %d: %d marks", i, r.Changed)
		}
		most = max(most, r.Verdicts[0].Bits)
		if len(r.Traced()) > 0 {
			t.Errorf("leak %d is traced to %v", i, r.Traced())
		}
	}
	one, both, wrong := 0, 0, 0
	const pairs = 100
	cs := copies(t, original, all[:2*pairs])
	for i := range pairs {
		coin := mark(t, fmt.Sprint("coin ", i)).chooser()
		a, b := strings.Split(cs[2*i], "diff --git "), strings.Split(cs[2*i+1], "diff --git ")
		slices.Sort(b[1:])
		for k := range a[1:] {
			if coin.at(chOrder, fmt.Sprint(k), 2) == 0 {
				at, _ := slices.BinarySearchFunc(b[1:], a[k+1][:14], strings.Compare)
				a[k+1] = b[1+at]
			}
		}
		n := 0
		for _, v := range TracePatch(original, []byte(strings.Join(a, "diff --git ")), all).Traced() {
			if v.ID == all[2*i].ID || v.ID == all[2*i+1].ID {
				n++
			} else {
				wrong++
			}
		}
		if n > 0 {
			one++
		}
		if n == 2 {
			both++
		}
	}
	t.Logf("at most %.1f bits against a stranger; of %d pairs one named in %d, both in %d, others %d", most, pairs, one, both, wrong)
	if wrong > 0 {
		t.Errorf("%d are accused", wrong)
	}
}

// TestPatchMadeAnew: who applies a copy and has git make a patch of it leaves no
// mark, and the report says so.
func TestPatchMadeAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run(t, dir, nil, "git", "init", "-q")
	r := rand.New(rand.NewPCG(8, 8))
	before, after := tree{}, tree{}
	for i := range 4 {
		ls := source(r, 300)
		name := fmt.Sprintf("p%d.c", i)
		before[name], after[name] = "-:"+strings.Join(ls, "\n")+"\n", "-:"+strings.Join(edit(r, ls, 5), "\n")+"\n"
	}
	before.write(t, dir)
	run(t, dir, nil, "git", "add", "-A")
	run(t, dir, nil, "git", "commit", "-qm", "before")
	after.write(t, dir)
	original := run(t, dir, nil, "git", "diff")
	all := recipients(t, 50)
	marked, err := Patch(original, all[3].Mark)
	if err != nil {
		t.Fatal(err)
	}
	if r := TracePatch(original, marked, all); len(r.Traced()) != 1 || r.Traced()[0].ID != "r3" {
		t.Errorf("the copy is traced to %v", r.Traced())
	}
	run(t, dir, nil, "git", "checkout", "-q", ".")
	run(t, dir, marked, "git", "apply")
	if r := TracePatch(original, run(t, dir, nil, "git", "diff"), all); len(r.Traced()) > 0 || r.Enough || r.Changed > 0 {
		t.Errorf("what was made anew: %d marks, enough %v, traced to %v", r.Changed, r.Enough, r.Traced())
	}
}
