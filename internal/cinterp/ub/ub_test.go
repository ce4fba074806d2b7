package ub

import (
	"regexp"
	"strings"
	"testing"
)

func TestEveryItemOnce(t *testing.T) {
	t.Parallel()
	shown := map[int][]string{}
	for _, k := range All() {
		for _, j := range k.J2 {
			if j < 1 || j > Items {
				t.Errorf("%s covers item %d: Annex J.2 has %d", k.Name, j, Items)
			}
			shown[j] = append(shown[j], k.Name)
		}
	}
	last := 0
	for _, m := range NotDetected() {
		if m.J2 <= last {
			t.Errorf("item %d stands after item %d", m.J2, last)
		}
		last = m.J2
		if len(shown[m.J2]) > 0 {
			t.Errorf("item %d is called missing, and shown by %v", m.J2, shown[m.J2])
		}
		if m.Clause == "" || m.What == "" || m.Why == "" {
			t.Errorf("item %d says too little: %+v", m.J2, m)
		}
		shown[m.J2] = append(shown[m.J2], "missing")
	}
	for j := 1; j <= Items; j++ {
		if len(shown[j]) == 0 {
			t.Errorf("item %d is neither shown nor called missing", j)
		}
	}
}

func TestKindsAreWhole(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	number := regexp.MustCompile(`^UB-[0-9]{3}$`)
	clause := regexp.MustCompile(`^(C23 )?[5-7](\.[0-9]+)+p[0-9]+$|^C23 7\.21\.1$`)
	cert := regexp.MustCompile(`^([A-Z]{3}[0-9]{2}-C)?$`)
	seen := map[string]string{}
	for _, k := range All() {
		for _, id := range []string{k.Name, k.Number} {
			if old, ok := seen[id]; ok {
				t.Errorf("%s names both %s and %s", id, old, k.Name)
			}
			seen[id] = k.Name
		}
		if !name.MatchString(k.Name) || !number.MatchString(k.Number) || !clause.MatchString(k.Clause) || !cert.MatchString(k.CERT) {
			t.Errorf("%s: a field has the wrong form: %+v", k.Name, k)
		}
		if k.CWE <= 0 || !strings.Contains("ABCN", string(k.Tier)) || len(k.Tier) != 1 {
			t.Errorf("%s: CWE %d, tier %q", k.Name, k.CWE, k.Tier)
		}
		if k.Rule == "" || strings.Contains(k.Rule, "\n") || !strings.HasSuffix(k.Rule, ".") {
			t.Errorf("%s: the rule is one sentence on one line: %q", k.Name, k.Rule)
		}
		if ByName(k.Name) != k {
			t.Errorf("ByName(%q) finds something else", k.Name)
		}
	}
	if ByName("no-such-kind") != nil {
		t.Error("a kind that does not exist was found")
	}
}
