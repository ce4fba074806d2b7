package advisory

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	cvss31 "github.com/pandatix/go-cvss/31"
	cvss40 "github.com/pandatix/go-cvss/40"

	"steward/internal/base/errs"
)

var vectorSeeds = []string{
	"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
	"CVSS:3.1/A:N/AV:P/AC:H/PR:H/UI:R/S:C/C:L/I:N/E:P/RL:O/RC:C/MAV:L/CR:H",
	"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
	"CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:L/SC:L/SI:L/SA:N/E:U/CR:L/MSI:S/S:P/AU:Y/R:A/V:D/RE:H/U:Amber",
	"CVSS:3.1/AV:N/AV:N", "CVSS:3.1//", "CVSS:4.0/", "CVSS:3.0/AV:N", "AV:N/AC:L",
}

// FuzzCVSS: what we take the library takes as well and, for what both read,
// the other way round; a score is one decimal between 0 and 10.
func FuzzCVSS(f *testing.F) {
	for _, v := range vectorSeeds {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, vector string) {
		_, err31 := cvss31.ParseVector(vector)
		_, err40 := cvss40.ParseVector(vector)
		for _, c := range []struct {
			parse   func(string) (Score, error)
			library error
		}{{ParseCVSS31, err31}, {ParseCVSS4, err40}} {
			s, err := c.parse(vector)
			if (err == nil) != (c.library == nil) {
				t.Errorf("%q: we say %v, the library %v", vector, err, c.library)
			}
			if err != nil && !errs.Is(err, errs.Invalid) {
				t.Errorf("%q: %v", vector, err)
			}
			for _, value := range []float64{s.Value, s.Base} {
				if value < 0 || value > 10 || math.Abs(value*10-math.Round(value*10)) > 1e-9 {
					t.Errorf("%q scores %v", vector, value)
				}
			}
			if err == nil && s.Level != LevelOf(s.Value) {
				t.Errorf("%q: %v", vector, s)
			}
		}
	})
}

// FuzzCVSSOrder: the order of the metrics of a 3.1 vector says nothing.
func FuzzCVSSOrder(f *testing.F) {
	f.Add(vectorSeeds[0], 3)
	f.Add(vectorSeeds[1], 7)
	f.Fuzz(func(t *testing.T, vector string, by int) {
		s, err := ParseCVSS31(vector)
		if err != nil {
			return
		}
		parts := strings.Split(vector, "/")[1:]
		by = ((by % len(parts)) + len(parts)) % len(parts)
		turned := "CVSS:3.1/" + strings.Join(append(slices.Clone(parts[by:]), parts[:by]...), "/")
		again, err := ParseCVSS31(turned)
		if err != nil || again.Value != s.Value || again.Base != s.Base {
			t.Errorf("%s: %v; %s: %v, %v", vector, s, turned, again, err)
		}
	})
}

// FuzzCompareVersions: the order of versions is an order.
func FuzzCompareVersions(f *testing.F) {
	for _, v := range [][3]string{
		{"1.2.3", "v1.2.3", "1.2.3-rc.1"}, {"0", "0.0", "v0"}, {"1.10", "1.9.3", "1.9"}, {"1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-1"},
		{"1.0.0+a", "1.0.0+b", "1.0.0"}, {"01.2", "1.02", "1.2.0.0"}, {"99999999999999999999.0.0", "9.0.0", "10.0.0"}, {"2021c", "1:1.2~rc1+dfsg", ""},
	} {
		f.Add("Go", v[0], v[1], v[2])
		f.Add("", v[0], v[1], v[2])
	}
	f.Fuzz(func(t *testing.T, ecosystem, a, b, c string) {
		order := func(x, y string) (int, bool) {
			n, ok := CompareVersions(ecosystem, x, y)
			back, okBack := CompareVersions(ecosystem, y, x)
			if n != -back || ok != okBack || n < -1 || n > 1 {
				t.Errorf("%q and %q: %d, %v; the other way round %d, %v", x, y, n, ok, back, okBack)
			}
			return n, ok
		}
		ab, ok1 := order(a, b)
		bc, ok2 := order(b, c)
		ac, ok3 := order(a, c)
		if ok1 && ok2 && ok3 && ab <= 0 && bc <= 0 && (ac > 0 || ac == 0 && (ab < 0 || bc < 0)) {
			t.Errorf("%q, %q, %q: %d, %d, but %d", a, b, c, ab, bc, ac)
		}
	})
}

// FuzzLint: the lint gives the same answer twice, in a fair time, and what it
// says of a draft fits a page.
func FuzzLint(f *testing.F) {
	full, err := json.Marshal(Advisory{
		ID: "QF-2026-0012", Aliases: []string{"CVE-2026-40001", "GHSA-vp9c-fpxx-744v"}, Title: "libquill: overflow",
		Overview: markdownSeeds[0], Impact: markdownSeeds[1], Severity: Severity{Level: Critical, CVSS31: vectorSeeds[0], CVSS4: vectorSeeds[2]},
		CWE: []string{"CWE-787"}, Remedy: "Upgrade. TBD", Workaround: "Do not publish",
		Affected: []Affected{{Product: "q", Ecosystem: "Go", Package: "example.org/q", PURL: "pkg:golang/example.org/q",
			Ranges: []Range{{Introduced: "1.0.0", Fixed: "1.2.0"}, {Introduced: "1.1.0", LastAffected: "1.3.0", Repo: "https://example.org/q"}}, Versions: []string{"2.0.0"}}},
		References: []Reference{{Kind: "fix", URL: "https://localhost/x"}}, Credits: []Credit{{Name: "Ada", Role: "finder", URL: "mailto:a@example.org"}},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(full)
	f.Add([]byte(`{"affected":[{"ranges":[{"introduced":"0"}]}],"withdrawn":{},"revisions":[{"number":2}],"published":"2026-03-03T00:00:00Z"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var a Advisory
		if json.Unmarshal(raw, &a) != nil {
			return
		}
		now := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
		found := Lint(a, now)
		if again := Lint(a, now); !slices.Equal(found, again) {
			t.Errorf("%v\n%v", found, again)
		}
		size := 0
		for _, p := range found {
			if p.Path == "" || p.Message == "" {
				t.Errorf("a problem says nothing: %+v", p)
			}
			size += len(p.String())
		}
		if limit := 20_000 + 300*len(raw); size > limit {
			t.Errorf("%d bytes of problems for %d bytes", size, len(raw))
		}
	})
}

// FuzzGuard: whatever the zone and the hour, the guard objects to weekends and
// refuses what it does not know.
func FuzzGuard(f *testing.F) {
	f.Add(int64(1772528400), "Europe/Stockholm", "SE")
	f.Add(int64(-1), "../../etc/passwd", "XX")
	f.Add(int64(1<<40), "UTC", "DE")
	f.Fuzz(func(t *testing.T, unix int64, zone, country string) {
		at := time.Unix(unix%(1<<37), 0)
		found, err := Guard(at, zone, []string{country, country})
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Error(err)
			}
			return
		}
		place, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatalf("%q is taken for a zone: %v", zone, err)
		}
		day := at.In(place).Weekday()
		hard := slices.ContainsFunc(found, func(o Objection) bool { return !o.Soft })
		if (day == time.Saturday || day == time.Sunday) && !hard {
			t.Errorf("nothing against a release on a %v", day)
		}
	})
}
