package change_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"steward/internal/base/errs"
	"steward/internal/census"
	"steward/internal/census/archive"
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
	s, err := archive.Load(context.Background(), [][]byte{[]byte(p.String())}, [][]byte{[]byte(q.String())})
	if err != nil {
		t.Fatal(err)
	}
	more := census.More{}
	if older != nil {
		more.Older = []map[string]string{older}
	}
	table, err := census.Measure(context.Background(), s, more)
	if err != nil {
		t.Fatal(err)
	}
	m, err := census.ModelNamed(model)
	if err != nil {
		t.Fatal(err)
	}
	r, err := census.Rank(context.Background(), table, m)
	if err != nil {
		t.Fatal(err)
	}
	return r
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
