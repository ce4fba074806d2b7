package lib

import "testing"

// TestParts: no function is there twice, where the later would hide the other.
func TestParts(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for i, part := range parts() {
		for n := range part {
			if at, twice := seen[n]; twice {
				t.Errorf("%s is in parts %d and %d", n, at, i)
			}
			seen[n] = i
		}
	}
}
