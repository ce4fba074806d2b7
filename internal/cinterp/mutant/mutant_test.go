package mutant

import (
	"bytes"
	"testing"
)

// TestSource: the same seed gives the same program, another mostly another, and
// nothing grows without an end.
func TestSource(t *testing.T) {
	t.Parallel()
	text := []byte("#include <stdio.h>\nint main(void) { /* x */ printf(\"%d\\\"\", 1 <<= 'a'); return 0; } // end")
	if s := bytes.Join(tokens(text), []byte(" ")); string(s) != "\n#include <stdio.h>\n int main ( void ) { printf ( \"%d\\\"\" , 1 <<= 'a' ) ; return 0 ; }" {
		t.Errorf("%q", s)
	}
	seen := map[string]bool{}
	for seed := range uint64(1000) {
		a, b := Source(text, seed), Source(text, seed)
		if !bytes.Equal(a, b) || len(a) > 1<<20 {
			t.Errorf("seed %d: %d and %d bytes", seed, len(a), len(b))
		}
		seen[string(a)] = true
	}
	if len(seen) < 900 {
		t.Errorf("%d of 1000 programs differ", len(seen))
	}
	for _, s := range []string{"", " ", "\"", "'\\", "/*", "//", "#", "\\", "\x00\xff", "\"\\"} {
		for seed := range uint64(50) {
			Source([]byte(s), seed)
		}
	}
}
