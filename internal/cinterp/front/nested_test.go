package front

import (
	"strings"
	"testing"
)

// TestNested: what would fill the parser's stack is refused with its line.
func TestNested(t *testing.T) {
	t.Parallel()
	deep := func(n int) []byte {
		return []byte("\nint x = " + strings.Repeat("(", n) + "1" + strings.Repeat(")", n) + ";\n")
	}
	if err := nested("t.c", deep(maxNested)); err != nil {
		t.Error(err)
	}
	if err := nested("t.c", deep(maxNested+1)); err == nil || !strings.HasPrefix(err.Error(), "t.c:2:") {
		t.Error(err)
	}
	m, err := MachineNamed("lp64")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse("t.c", deep(200_000), Options{Machine: m}); err == nil {
		t.Error("a text of 200,000 brackets is parsed")
	}
	if _, err := Parse("t.c", deep(maxNested), Options{Machine: m}); err != nil {
		t.Error(err)
	}
}
