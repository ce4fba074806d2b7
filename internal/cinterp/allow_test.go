package cinterp

import (
	"context"
	"slices"
	"strings"
	"testing"

	"steward/internal/cinterp/ub"
)

// TestAllowed: what is allowed is told, does not count, and the run goes on.
func TestAllowed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, e := range ub.Examples() {
		if ub.Allowable()[e.Kind.Name] == "" {
			continue
		}
		o := short
		o.Allow, o.Strict = []string{e.Kind.Name}, true
		r, err := Run(context.Background(), program(e.Files), o)
		if err != nil {
			t.Fatal(err)
		}
		told := slices.ContainsFunc(r.Notes, func(f Finding) bool {
			return f.Allowed && f.Kind == e.Kind.Name && f.Place.Line == e.Places[0].Line
		})
		if r.Exit() != 0 || !told || !strings.Contains(r.Text(nil), ": allowed: ") {
			t.Errorf("%s: exit %d: %s", e.Name, r.Exit(), r.Text(nil))
		}
		seen[e.Kind.Name] = true
	}
	if len(seen) != len(ub.Allowable()) {
		t.Errorf("only %v have examples", seen)
	}
}

// TestWraps: signed arithmetic that may overflow gives what gcc -fwrapv gives.
func TestWraps(t *testing.T) {
	t.Parallel()
	text := `#include <limits.h>
#include <stdio.h>
int main(int argc, char **argv)
{
	int max = INT_MAX, min = INT_MIN;
	long big = LONG_MAX, low = LONG_MIN;
	printf("%d %d %d %d", max + argc, min - argc, max * (argc + 1), -min);
	printf(" %ld %ld %ld %ld", big + argc, low - argc, big * (argc + 1), -low);
	int i = max, j = min;
	i++, j--;
	printf(" %d %d %d %d", i, j, INT_MAX + 1, i / 2);
	printf(" %d %d %ld\n", -1 << 2, max << 1, low << 1);
	return 0;
}
`
	want := "-2147483648 2147483647 -2 -2147483648 -9223372036854775808 9223372036854775807 -2 -9223372036854775808" +
		" -2147483648 2147483647 -2147483648 -1073741824 -4 -2 0\n"
	o := short
	o.Allow = []string{"signed-overflow", "left-shift-overflow"}
	r, err := Run(context.Background(), Program{Files: []File{{Name: "a.c", Text: []byte(text)}}}, o)
	if err != nil || r.Verdict != Clean || string(r.Output) != want {
		t.Fatalf("%v: %s\n%s", err, r.Output, r.Text(nil))
	}
	o.Allow = nil
	r, err = Run(context.Background(), Program{Files: []File{{Name: "a.c", Text: []byte(text)}}}, o)
	if err != nil || r.Finding == nil || r.Finding.Kind != "signed-overflow" {
		t.Errorf("not allowed: %v: %s", err, r.Text(nil))
	}
}
