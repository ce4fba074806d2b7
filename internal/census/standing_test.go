package census_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"steward/internal/base/errs"
	"steward/internal/census"
)

// TestCourse: through the releases a source stands where each ranking had it, and
// a release that did not have it says so.
func TestCourse(t *testing.T) {
	t.Parallel()
	m := model(t, `{"name":"m","method":"rank-sum","signals":[{"signal":"reach","weight":1}]}`)
	short, long := rank(t, suite(t, 10, true), m), rank(t, suite(t, 40, false), m)
	if long.Course(0) != nil {
		t.Error("a course without earlier releases")
	}
	long.Release, long.Earlier = "new", []*census.Standing{census.Stand("old", short)}
	if n, ok := long.Earlier[0].Rank("p009"); n != 10 || !ok {
		t.Errorf("rank %d, %v", n, ok)
	}
	e, err := long.Explain("p003")
	if err != nil || len(e.Course) != 2 {
		t.Fatalf("%+v, %v", e.Course, err)
	}
	if was, is := e.Course[0], e.Course[1]; was.Release != "old" || was.Rank != 4 || was.Of != 10 || *was.Reach != 6 || was.Version != "1" ||
		is.Release != "new" || is.Rank != 4 || is.Of != 40 || *is.Reach != 36 {
		t.Errorf("%+v, %+v", was, is)
	}
	if e, _ = long.Explain("p030"); e.Course[0].Rank != 0 || e.Course[0].Version != "" || e.Course[0].Reach != nil || e.Course[1].Rank != 31 {
		t.Errorf("%+v", e.Course)
	}
}

func TestReadIn(t *testing.T) {
	t.Parallel()
	r := rank(t, suite(t, 3, true), model(t, `{"name":"m","method":"rank-sum","signals":[{"signal":"reach","weight":1}]}`))
	r.Files = census.Files{Packages: []string{"sid.Packages"}, Older: []string{"a", "b"}}
	e, err := r.Explain("p000")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"reach": "sid.Packages, Sources", "size": "Sources", "stagnation": "older Sources (2 files)", "daemon": "Contents", "priority": "sid.Packages"}
	for _, v := range e.Signals {
		if w, ok := want[v.Name]; ok && v.ReadIn != w {
			t.Errorf("%s is read in %q, not %q", v.Name, v.ReadIn, w)
		}
	}
}

// TestExplainedJSON: also what is unknown of a source can be written.
func TestExplainedJSON(t *testing.T) {
	t.Parallel()
	r := rank(t, suite(t, 3, false), model(t, `{"name":"m","method":"rank-sum","signals":[{"signal":"size","weight":1},{"signal":"reach","weight":1}]}`))
	e, err := r.Explain("p000")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(e)
	if err != nil || !strings.Contains(string(raw), `{"signal":"size","adds":0,"might":50,"value":null}`) || !strings.Contains(string(raw), `"signal":"reach","adds":50,"might":50,"value":2}`) {
		t.Errorf("%s, %v", raw, err)
	}
}

// TestTrustBounds: what no verdict could have given is refused.
func TestTrustBounds(t *testing.T) {
	t.Parallel()
	for trust, good := range map[string]bool{
		`{"auc":0.9,"low":0.8,"high":1,"decile":0.5,"hits":3}`: true,
		`{"auc":1.2}`: false, `{"hits":-1}`: false, `{"calibration":[{"sources":1,"hits":2}]}`: false,
		`{"gain":[{"looked":0,"found":0},{"looked":1,"found":1}]}`: true, `{"gain":[{"looked":0,"found":0.5},{"looked":1,"found":0.4}]}`: false,
		`{"gain":[{"looked":0.5,"found":0},{"looked":0.5,"found":1}]}`: false,
	} {
		_, err := census.ParseModel([]byte(`{"name":"m","method":"rank-sum","signals":[{"signal":"reach","weight":1}],"trust":` + trust + `}`))
		if (err == nil) != good || err != nil && !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", trust, err)
		}
	}
}

// TestCame: Wilson's interval, as tables have it, and bounds that hold their share.
func TestCame(t *testing.T) {
	t.Parallel()
	near := func(a, b float64) bool { return a-b < .0005 && b-a < .0005 }
	for _, c := range []struct {
		bin              census.Bin
		share, low, high float64
	}{
		{census.Bin{Sources: 10, Hits: 0}, 0, 0, .2775}, {census.Bin{Sources: 10, Hits: 5}, .5, .2366, .7634}, {census.Bin{Sources: 10, Hits: 10}, 1, .7225, 1}, {census.Bin{}, 0, 0, 1},
	} {
		if share, low, high := c.bin.Came(); !near(share, c.share) || !near(low, c.low) || !near(high, c.high) {
			t.Errorf("%+v: %v, %v to %v", c.bin, share, low, high)
		}
	}
}

func TestFoundBy(t *testing.T) {
	t.Parallel()
	trust := census.Trust{Gain: []census.Gained{{Looked: 0, Found: 0}, {Looked: .1, Found: .8}, {Looked: 1, Found: 1}}}
	for looked, want := range map[float64]float64{0: 0, .05: .4, .1: .8, .55: .9, 1: 1} {
		if got := trust.FoundBy(looked); got-want > 1e-9 || want-got > 1e-9 {
			t.Errorf("of %v found %v, not %v", looked, got, want)
		}
	}
}

// TestModelFiles: a shipped model is written as a command writes it, so that a
// command that changes its trust changes nothing else.
func TestModelFiles(t *testing.T) {
	t.Parallel()
	for _, name := range census.Models() {
		raw, err := os.ReadFile(filepath.Join("models", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		m, err := census.ModelNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		again, err := json.MarshalIndent(m, "", " ")
		if err != nil || string(again)+"\n" != string(raw) {
			t.Errorf("%s would be written otherwise: %v", name, err)
		}
	}
}
