package cinterp

import (
	"testing"
)

// guess reaches the second of two allocations by a number that was made of the
// first. The second is stored, and named is how its address is made known.
func guess(named string) Program {
	return Program{Files: []File{{Name: "t.c", Text: []byte(`#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
static int *second;
int main(void)
{
	int *first = malloc(16);
	second = malloc(16);
	*second = 7;
	` + named + `
	int *p = (int *)((uintptr_t)first + 48);
	return *p != 7;
}
`)}}}
}

// TestExactProvenance: an address that was only stored leads to its object,
// unless the model is taken by its word.
func TestExactProvenance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		named string
		exact bool
		want  string
	}{
		{"", false, "clean"},
		{"", true, "wild-pointer 12"},
		{"if ((uintptr_t)second == 0) return 1;", true, "clean"},
		{`printf("%p", (void *)second);`, true, "clean"},
	} {
		o := short
		o.ExactProvenance = c.exact
		r, err := Run(t.Context(), guess(c.named), o)
		if err != nil {
			t.Fatal(err)
		}
		if got := verdict(r); got != c.want || r.Status != 0 {
			t.Errorf("%q, exact %v: %s with status %d, want %s", c.named, c.exact, got, r.Status, c.want)
		}
	}
}
