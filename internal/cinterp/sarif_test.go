package cinterp

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"steward/internal/cinterp/ub"
	"steward/internal/judges"
)

// TestSARIF has the log of every example judged by the format's schema, and
// looks that the finding is in it with its rule, weakness and history.
func TestSARIF(t *testing.T) {
	t.Parallel()
	var runs []Named
	sources := map[string][]string{}
	for i, e := range ub.Examples() {
		if i%4 != 0 {
			continue
		}
		r, err := Run(context.Background(), program(e.Files), short)
		if err != nil {
			continue
		}
		for _, f := range e.Files {
			sources[f.Name] = strings.Split(f.Text, "\n")
		}
		runs = append(runs, Named{e.Name, r})
	}
	const history = "#include <stdlib.h>\nint main(void)\n{\n\tchar *p = malloc(3);\n\tp[0] = 1;\n\tfree(p);\n\t/* ä */ return p[0];\n}\n"
	p := Program{Files: []File{{Name: "a b.c", Text: []byte(history)}}}
	r, err := Run(context.Background(), p, short)
	if err != nil {
		t.Fatal(err)
	}
	sources["a b.c"] = strings.Split(history, "\n")
	runs = append(runs, Named{"history", r}, Named{"unknown", &Report{Verdict: CannotSay, Why: "no", WhyPlace: &Place{"a b.c", 1, 1}}})
	log, err := SARIF(runs, func(file string, n int) (string, bool) {
		if l := sources[file]; n >= 1 && n <= len(l) {
			return l[n-1], true
		}
		return "", false
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "log.sarif")
	if err := os.WriteFile(path, log, 0o600); err != nil {
		t.Fatal(err)
	}
	judges.SARIF(t, path)

	var back sarifLog
	if err := json.Unmarshal(log, &back); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(back.Runs, func(r sarifRun) bool { return strings.HasSuffix(r.Automation.ID, "/history") })
	x := back.Runs[i]
	if len(x.Results) != 1 || len(x.Taxonomies) != 1 || x.Taxonomies[0].Taxa[0].ID != "416" {
		t.Fatalf("%+v", x)
	}
	res := x.Results[0]
	at := res.Locations[0].Physical
	if at.Artifact.URI != "a%20b.c" || at.Region.Line != 7 || at.Region.Column != 17 {
		t.Errorf("the place is %+v", at)
	}
	if len(res.Taxa) == 0 || res.Taxa[0].ID != "416" || res.Taxa[0].Component.Name != "CWE" {
		t.Errorf("the weakness is %+v", res.Taxa)
	}
	if len(res.Related) != 2 || res.Related[0].Physical.Region.Line != 4 || res.Related[1].Physical.Region.Line != 6 {
		t.Errorf("made and freed: %+v", res.Related)
	}
	if steps := res.CodeFlows[0].Threads[0].Locations; len(steps) != 3 || steps[2].Order != 3 {
		t.Errorf("the flow is %+v", steps)
	}
	if x.Tool.Driver.Rules[res.RuleIndex].Name != "use-after-free" || res.Level != "error" || len(res.Stacks) != 1 {
		t.Errorf("rule and stack: %+v", res)
	}
	if last := back.Runs[len(back.Runs)-1]; last.Invocations[0].Successful || len(last.Invocations[0].Notifications) != 1 {
		t.Errorf("what cannot be said is %+v", last.Invocations)
	}
}

// TestFailedAllocation lets each allocation of a program fail in turn.
func TestFailedAllocation(t *testing.T) {
	t.Parallel()
	const text = `#include <stdlib.h>
#include <string.h>
int main(void)
{
	char *a = malloc(4);
	if (!a)
		return 1;
	char *b = strdup("x");
	a[0] = b[0];
	free(a);
	free(b);
	return 0;
}
`
	p := Program{Files: []File{{Name: "t.c", Text: []byte(text)}}}
	c, err := Compile(t.Context(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"clean", "clean", "null-dereference 9", "clean"}
	for n, w := range want {
		o := short
		o.FailAlloc = int64(n)
		r, err := c.Run(context.Background(), p, o)
		if err != nil {
			t.Fatal(err)
		}
		if got := verdict(r); got != w {
			t.Errorf("the %dth fails: %s, want %s", n, got, w)
		}
		switch {
		case n == 0 && (r.Allocations != 2 || r.FailedAlloc != nil):
			t.Errorf("%d allocations, failed: %v", r.Allocations, r.FailedAlloc)
		case n == 1 && (r.Status != 1 || r.FailedAlloc.Line != 5), n == 2 && r.FailedAlloc.Line != 8:
			t.Errorf("the %dth: status %d, failed at %v", n, r.Status, r.FailedAlloc)
		}
	}
}
