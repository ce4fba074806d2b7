package cinterp

import (
	"fmt"
	"slices"
	"testing"

	"steward/internal/cinterp/front"
)

// TestNegativeSize: a length that was negative before it became a size is told as
// such, at the width that a size has on the machine; one that is only too large is not.
func TestNegativeSize(t *testing.T) {
	t.Parallel()
	for _, m := range front.Machines {
		for n, want := range map[string]bool{"-1": true, "9": false, "1 << 30": m.Name == "ilp32"} {
			text := fmt.Sprintf("#include <string.h>\nstatic char a[8], b[8];\nint main(void) { int n = %s; memcpy(a, b, (size_t)n); return 0; }\n", n)
			r, err := Run(t.Context(), Program{Files: []File{{Name: "n.c", Text: []byte(text)}}}, Options{Machine: m.Name})
			if err != nil || r.Finding == nil {
				t.Fatalf("%s: %s: %v", m.Name, n, err)
			}
			if slices.Contains(r.Finding.CWEAlso, 195) != want {
				t.Errorf("%s: %s: CWE-%d and %v", m.Name, n, r.Finding.CWE, r.Finding.CWEAlso)
			}
		}
	}
}
