package change_test

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"steward/internal/base/errs"
	"steward/internal/census"
	"steward/internal/census/censustest"
	"steward/internal/census/change"
)

// ranking ranks sources, each with so many that depend on it.
func ranking(t *testing.T, model string, reach map[string]int, versions, older map[string]string) *census.Ranking {
	t.Helper()
	var p, q strings.Builder
	names := make([]string, 0, len(reach))
	for name := range reach {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		version := versions[name]
		if version == "" {
			version = "1"
		}
		fmt.Fprintf(&p, "Package: %s\nVersion: %s\n\n", name, version)
		fmt.Fprintf(&q, "Package: %s\nVersion: %s\nUploaders: A <a@example.org>\nChecksums-Sha256:\n aa 1234567 x.orig.tar.xz\n\n", name, version)
		for i := range reach[name] {
			fmt.Fprintf(&p, "Package: zz-%s-%d\nVersion: 1\nSource: zz-%s-%d\nDepends: %s\n\n", name, i, name, i, name)
		}
	}
	s := censustest.Suite(t, p.String(), q.String())
	more := census.More{}
	if older != nil {
		more.Older = []map[string]string{older}
	}
	table := censustest.Table(t, s, more)
	return censustest.Rank(t, table, model)
}

// printed is all of a run: NaN is not itself, so that runs do not compare.
func printed(r *change.Run) string {
	plain := *r
	plain.Trust = nil
	return fmt.Sprintf("%+v %+v", r.Trust, plain)
}

// TestSame: a run out of a file is the run out of memory, and compared with
// itself nothing changed.
func TestSame(t *testing.T) {
	t.Parallel()
	for _, older := range []map[string]string{nil, {"aa": "1", "bb": "\xff\xfe"}} {
		r := ranking(t, "trained", map[string]int{"aa": 7, "bb": 3, "cc": 0}, map[string]string{"bb": "\xff\xfe"}, older)
		var out bytes.Buffer
		if err := census.WriteJSON(&out, r); err != nil {
			t.Fatal(err)
		}
		got, err := change.Read(&out)
		if err != nil {
			t.Fatal(err)
		}
		want := change.Of(r)
		if g, w := printed(got), printed(want); g != w || want.Trust == nil {
			t.Errorf("from the file\n%.2000s\nfrom the ranking\n%.2000s", g, w)
		}
		c := change.Between(got, want)
		if n := len(c.Came) + len(c.Went) + len(c.Rose) + len(c.Fell) + len(c.Stayed) + len(c.Models); n > 0 || c.Counts.Stayed != len(got.Sources) {
			t.Errorf("with itself: %+v", c)
		}
	}
}

// TestReadBad: what is no ranking is an error that says so.
func TestReadBad(t *testing.T) {
	t.Parallel()
	source := `{"source":"a","version":"1","rank":1,"score":1,"high":1,"signals":{"reach":1}}`
	whole := `{"model":"m","method":"rank-sum","quiet":null,"packages":1,"sources":[` + source + `]}`
	if _, err := change.Read(strings.NewReader(whole)); err != nil {
		t.Fatal(err)
	}
	for why, text := range map[string]string{
		"nothing":         ``,
		"a list":          `[]`,
		"text":            `Package: a`,
		"another object":  `{"bomFormat":"CycloneDX"}`,
		"no sources":      `{"model":"m","method":"rank-sum"}`,
		"two lists":       strings.Replace(whole, `"sources"`, `"sources":[],"sources"`, 1),
		"cut":             whole[:len(whole)-9],
		"more behind":     whole + `{}`,
		"a source twice":  strings.Replace(whole, source, source+","+source, 1),
		"no rank":         strings.Replace(whole, `"rank":1`, `"rank":0`, 1),
		"no name":         strings.Replace(whole, `"a"`, `""`, 1),
		"a word for 1":    strings.Replace(whole, `"score":1`, `"score":"one"`, 1),
		"too great":       strings.Replace(whole, `"score":1`, `"score":1e999`, 1),
		"another signal":  strings.Replace(whole, source, source+`,{"source":"b","rank":2,"signals":{"luck":1}}`, 1),
		"a signal less":   strings.Replace(whole, source, source+`,{"source":"b","rank":2,"signals":{}}`, 1),
		"sources no list": `{"model":"m","method":"rank-sum","sources":{}}`,
	} {
		if _, err := change.Read(strings.NewReader(text)); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", why, err)
		}
	}
}

// run makes a run by hand: each source is its name, rank, version and two values.
func run(lines ...string) *change.Run {
	r := &change.Run{Model: "m", Method: census.RankSum, Signals: []string{"reach", "uploaders"}}
	for _, line := range lines {
		var s change.Source
		var reach, uploaders string
		if _, err := fmt.Sscan(line, &s.Name, &s.Rank, &s.Version, &reach, &uploaders); err != nil {
			panic(err)
		}
		for _, v := range []string{reach, uploaders} {
			x, err := strconv.ParseFloat(v, 64) // NaN is one
			if err != nil {
				panic(err)
			}
			s.Values = append(s.Values, x)
		}
		r.Sources = append(r.Sources, s)
	}
	return r
}

// TestBetween: what came, went and moved is told with what changed, the largest
// first; what is farther down than was asked for is left out, and counted.
func TestBetween(t *testing.T) {
	t.Parallel()
	older := run("a 1 1 400 3", "b 2 1 12 3", "c 3 1 5 3", "php8.2 4 1 5 NaN", "d 5 1 5 3", "e 6 1 0 1", "f 7 1 0 1", "x1 8 1 0 1")
	newer := run("b 1 2 400 0", "a 2 1 400 3", "c 3 1 5 3", "d 4 1 NaN 3", "php8.4 5 1 5 3", "f 6 1 0 1", "x2 7 1 0 1", "x3 8 1 0 1", "e 9 1 0 1")
	older.Quiet, newer.Quiet = []string{"c", "d"}, []string{"d", "a"}
	c := change.Between(older, newer)
	if want := (change.Counts{Came: 3, Went: 2, Both: 6, Rose: 3, Fell: 2, Stayed: 1}); c.Counts != want {
		t.Errorf("counts %+v", c.Counts)
	}
	rose := c.Rose[0]
	if rose.Source != "b" || rose.Places != 1 || rose.Old.Version != "1" || rose.New.Version != "2" || len(rose.Shifts) != 2 ||
		rose.Shifts[0].Signal != "uploaders" || *rose.Shifts[0].Old != 3 || *rose.Shifts[0].New != 0 || rose.Shifts[1].Signal != "reach" {
		t.Errorf("rose first: %+v", rose)
	}
	if d := c.Rose[1]; d.Source != "d" || len(d.Shifts) != 1 || d.Shifts[0].New != nil || d.Shifts[0].Size != 0 {
		t.Errorf("what is unknown now: %+v", d)
	}
	if c.Fell[0].Source != "e" || c.Fell[0].Places != -3 || c.Fell[1].Source != "a" {
		t.Errorf("fell: %+v", c.Fell)
	}
	if len(c.Stayed) != 0 {
		t.Errorf("c did not change: %+v", c.Stayed)
	}
	if c.Came[0].Source != "php8.4" || c.Came[0].Kin != "php8.2" || c.Went[0].Kin != "php8.4" || c.Came[1].Kin != "" || c.Went[1].Kin != "" {
		t.Errorf("came %+v, went %+v", c.Came, c.Went)
	}
	if !slices.Equal(c.Quiet.Joined, []string{"a"}) || !slices.Equal(c.Quiet.Left, []string{"c"}) {
		t.Errorf("quiet: %+v", c.Quiet)
	}
	near := c.Within(5)
	if near.Counts != c.Counts || len(near.Came) != 1 || len(near.Went) != 1 || len(near.Rose) != 2 || len(near.Fell) != 1 || len(c.Rose) != 3 {
		t.Errorf("within 5: %+v", near)
	}
	if fell := c.Within(7).Fell; len(fell) != 2 || fell[0].Source != "e" {
		t.Errorf("what fell out of the first 7: %+v", fell)
	}
}

// TestUnlike: models that differ are told, and so are signals that one run has
// not; of those nothing is said to have changed.
func TestUnlike(t *testing.T) {
	t.Parallel()
	older, newer := run("a 1 1 400 NaN", "b 2 1 12 NaN"), run("b 1 2 400 0", "a 2 1 400 3")
	newer.Trust = &census.Trust{AUC: .9}
	older.Signals[0], newer.Signals[0] = "luck", "charm"
	c := change.Between(older, newer)
	if !slices.Equal(c.Models, []string{"trust"}) || !slices.Equal(c.OnlyOld, []string{"luck"}) || !slices.Equal(c.OnlyNew, []string{"charm", "uploaders"}) {
		t.Errorf("%+v", c)
	}
	if len(c.Rose[0].Shifts) != 0 || c.Quiet.Known {
		t.Errorf("%+v", c)
	}
	newer.Model, newer.Method, newer.Trust, newer.About = "n", census.Logistic, nil, "other"
	if got := change.Between(older, newer).Models; !slices.Equal(got, []string{"name", "method", "about"}) {
		t.Error(got)
	}
}

// TestTurned: only what was known to be nothing, and is something now.
func TestTurned(t *testing.T) {
	t.Parallel()
	older := run("a 1 1 0 0", "b 2 1 1 1", "c 3 1 0 NaN", "d 4 1 0 0")
	newer := run("d 1 1 0 1", "b 2 1 2 2", "c 3 1 0 1", "a 4 1 0 2")
	var names []string
	for _, m := range change.Between(older, newer).Turned("uploaders") {
		names = append(names, m.Source)
	}
	if !slices.Equal(names, []string{"d", "a"}) {
		t.Error(names)
	}
}

// TestMirror: what rose from one to the other fell from the other to the one.
func TestMirror(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		some := func(label string) *change.Run {
			var lines []string
			for i, n := range rapid.Permutation([]int{1, 2, 3, 4, 5, 6, 7, 8}).Draw(t, label)[:rapid.IntRange(0, 8).Draw(t, "length")] {
				lines = append(lines, fmt.Sprintf("s%c %d 1 %d 3", 'a'+n, i+1, rapid.IntRange(0, 2).Draw(t, "reach")))
			}
			return run(lines...)
		}
		a, b := some("old"), some("new")
		there, back := change.Between(a, b), change.Between(b, a)
		n := there.Counts
		if back.Counts != (change.Counts{Came: n.Went, Went: n.Came, Both: n.Both, Rose: n.Fell, Fell: n.Rose, Stayed: n.Stayed}) ||
			n.Rose+n.Fell+n.Stayed != n.Both || n.Both+n.Came != len(b.Sources) || n.Both+n.Went != len(a.Sources) {
			t.Fatalf("%+v and back %+v", n, back.Counts)
		}
		for i, m := range there.Rose {
			if o := back.Fell[slices.IndexFunc(back.Fell, func(o change.Move) bool { return o.Source == m.Source })]; o.Old != m.New || o.New != m.Old || o.Places != -m.Places || len(o.Shifts) != len(m.Shifts) {
				t.Fatalf("%+v and back %+v", m, o)
			}
			if i > 0 && m.Places > there.Rose[i-1].Places {
				t.Fatal("a larger move comes later")
			}
		}
	})
}

// FuzzRead: no file makes it fail otherwise than with an error.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"model":"m","method":"rank-sum","quiet":["a"],"packages":1,"sources":[{"source":"a","version":"1","rank":1,"score":1,"high":1,"signals":{"reach":null}}]}`))
	f.Add([]byte(`{"sources":[{"rank":1e9}],"trust":{"auc":1}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := change.Read(bytes.NewReader(raw))
		if err != nil && !errs.Is(err, errs.Invalid) {
			t.Fatal(err)
		}
		if err == nil {
			if c := change.Between(r, r); c.Counts.Both != len(r.Sources) {
				t.Fatalf("%+v", c.Counts)
			}
		}
	})
}
