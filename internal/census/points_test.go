package census_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"steward/internal/base/errs"
	"steward/internal/census"
	"steward/internal/census/censustest"
)

// TestPoints: the models of 2015 rank a distribution, with signals in place of
// the columns that were gathered by hand.
func TestPoints(t *testing.T) {
	t.Parallel()
	var p, q strings.Builder
	for _, s := range []struct{ name, needs, section, about, home string }{
		{"adduser", "", "admin", "makes users", "x"},
		{"lsb-base", "", "admin", "scripts", "x"},
		{"libc6", "", "libs", "the C library", "x"},
		{"sayd", "adduser, lsb-base, libc6", "net", "says", ""},
		{"words", "", "doc", "about things", "x"},
		{"asked", "libc6", "utils", "nothing is known of it", "x"},
	} {
		p.WriteString("Package: " + s.name + "\nVersion: 1\nSection: " + s.section + "\nDescription: " + s.about + "\n")
		q.WriteString("Package: " + s.name + "\nVersion: 1\nSection: " + s.section + "\n")
		if s.needs != "" {
			p.WriteString("Depends: " + s.needs + "\n")
		}
		if s.home != "" {
			q.WriteString("Homepage: " + s.home + "\n")
		}
		p.WriteString("\n")
		q.WriteString("\n")
	}
	suite := censustest.Suite(t, p.String(), q.String())
	facts := map[string]census.Fact{
		"cves":     {Of: map[string]float64{"sayd": 3, "words": 0}, Rest: math.NaN()},
		"authors":  {Of: map[string]float64{"sayd": 2, "words": 9}, Rest: math.NaN()},
		"installs": {Of: map[string]float64{"sayd": 100, "words": 7, "adduser": 8, "lsb-base": 8}, Rest: math.NaN()},
	}
	table := censustest.Table(t, suite, census.More{Facts: facts})
	for model, want := range map[string]map[string][2]float64{
		// website 1, language 2, CVEs, contributors, popularity, exposure 2
		"census-2015-v1.2":          {"sayd": {1 + 2 + 2 + 4 + 0 + 2, 11}, "words": {0, 0}, "asked": {2 + 2, 2 + 2 + 3}, "adduser": {2, 2 + 3}}, // one kind of service is no server
		"census-2015-v1.0-intended": {"sayd": {1 + 2 + 2 + 4 + 1 + 2, 12}, "words": {1, 1}, "asked": {2 + 2, 2 + 2 + 3 + 1}},
		"census-2015-v1.0":          {"sayd": {1 + 2 + 3 + 0 + 1 + 2, 9}, "words": {3 + 1, 4}, "asked": {2 + 2 + 3, 2 + 2 + 3 + 1}},
	} {
		m, err := census.ModelNamed(model)
		if err != nil {
			t.Fatal(err)
		}
		r, err := census.Rank(context.Background(), table, m)
		if err != nil {
			t.Fatal(err)
		}
		for source, w := range want {
			e, err := r.Explain(source)
			if err != nil {
				t.Fatal(err)
			}
			sum := 0.0
			for _, part := range e.Parts {
				sum += part.Adds
			}
			if e.Score != w[0] || e.High != w[1] || max(0, sum) != e.Score {
				t.Errorf("%s by %s: %v to %v (parts %v), not %v", source, model, e.Score, e.High, sum, w)
			}
		}
		if r.Rows[0].Score > m.Most() {
			t.Errorf("%s gives %v of %v", model, r.Rows[0].Score, m.Most())
		}
	}
}

// TestPointsThatCannotBe are refused with the field that is wrong.
func TestPointsThatCannotBe(t *testing.T) {
	t.Parallel()
	for text, field := range map[string]string{
		`{"name":"m","method":"points"}`:                                                      "model.points",
		`{"name":"m","method":"rank-sum","signals":[{"signal":"size"}],"points":{}}`:          "model.points",
		`{"name":"m","method":"points","points":{"popular":[{"percent":-1,"above":true}]}}`:   "model.points.popular",
		`{"name":"m","method":"points","points":{},"signals":[{"signal":"size","weight":1}]}`: "model.signals",
	} {
		if _, err := census.ParseModel([]byte(text)); errs.KindOf(err) != errs.Invalid || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
