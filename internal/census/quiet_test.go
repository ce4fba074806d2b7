package census_test

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"testing"

	"steward/internal/census"
	"steward/internal/census/archive"
	"steward/internal/census/censustest"
	"steward/internal/census/contents"
)

// TestQuiet: what much rests on and has not changed is listed, and stays unknown
// without earlier releases.
func TestQuiet(t *testing.T) {
	t.Parallel()
	packages := "Package: app\nVersion: 1\nDepends: old, new\n\nPackage: old\nVersion: 1:5.2-3\n\nPackage: new\nVersion: 2-1\n"
	sources := "Package: app\nVersion: 1\n\nPackage: old\nVersion: 1:5.2-3\n\nPackage: new\nVersion: 2-1\n"
	s := censustest.Suite(t, packages, sources)
	older := []map[string]string{
		archive.Versions([]byte("Package: old\nVersion: 5.2-1\n\nPackage: new\nVersion: 2-0.1\n")),
		archive.Versions([]byte("Package: old\nVersion: 5.2-2\n\nPackage: old\nVersion: 5.1-9\n\nPackage: new\nVersion: 1-1\n\nPackage: app\nVersion: 3\nExtra-Source-Only: yes\n")),
	}
	m := &census.Model{Name: "m", Method: census.RankSum, Signals: []census.Weight{{Signal: "reach", Weight: 1}}}
	for _, c := range []struct {
		more  census.More
		quiet []string
	}{
		{census.More{}, nil},
		{census.More{Older: older, Files: contents.Found{"old": contents.Unit | contents.PAM}}, []string{"old"}},
	} {
		table, err := census.Measure(context.Background(), s, c.more)
		if err != nil {
			t.Fatal(err)
		}
		r, err := census.Rank(context.Background(), table, m)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := census.WriteJSON(&out, r); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Quiet   []string
			Sources []struct {
				Source  string
				Signals map[string]*float64
			}
		}
		if err := json.Unmarshal(out.Bytes(), &got); err != nil || !slices.Equal(got.Quiet, c.quiet) {
			t.Errorf("quiet: %v, %v", got.Quiet, err)
		}
		for _, one := range got.Sources {
			want := map[string]float64{"app": 0, "old": 2, "new": 0}[one.Source]
			doors := map[string]float64{"old": 1}[one.Source]
			switch still, daemon, privileged := one.Signals["stagnation"], one.Signals["daemon"], one.Signals["privileged"]; {
			case c.quiet == nil && (still != nil || daemon != nil || privileged != nil):
				t.Errorf("%s: something is known that nobody said", one.Source)
			case c.quiet != nil && (*still != want || *daemon != doors || *privileged != doors):
				t.Errorf("%s: stagnation %v, daemon %v, privileged %v", one.Source, *still, *daemon, *privileged)
			}
		}
	}
}
