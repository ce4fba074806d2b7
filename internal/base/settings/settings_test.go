package settings

import (
	"strings"
	"testing"

	"steward/internal/base/errs"
)

// TestDecode: what is too large or nests too deep is refused before the library
// has it, and a name that means nothing is told.
func TestDecode(t *testing.T) {
	t.Parallel()
	const most = 1000
	fill := func(n int) string { return "a = 1 # " + strings.Repeat("x", n-8) }
	for _, tt := range []struct {
		name, text, unknown string
		invalid             bool
	}{
		{"good", "a = 1", "", false},
		{"a mistake", "a = 1\nb = 2\nc = 3", "b", false},
		{"no TOML", "a = ", "", true},
		{"of the wrong type", "a = \"x\"", "", true},
		{"as large as may be", fill(most), "", false},
		{"larger", fill(most + 1), "", true},
		{"as deep as may be", "l = " + strings.Repeat("[", maxNesting) + strings.Repeat("]", maxNesting), "l", false},
		{"deeper", "l = " + strings.Repeat("[", maxNesting+1) + strings.Repeat("]", maxNesting+1), "", true},
		{"a long name", strings.Repeat("b.", maxNesting+1) + "b = 1", "", true},
		{"deep in a comment", "# " + strings.Repeat("[", 30) + "\na = 1", "", false},
		{"deep behind a comment", "# x\nl = " + strings.Repeat("[", 30), "", true},
		{"deep in a text", "l = '" + strings.Repeat("[", 30) + "'", "l", false},
	} {
		var v struct{ A int }
		unknown, err := Decode("some.toml", []byte(tt.text), most, &v)
		if unknown != tt.unknown || errs.Is(err, errs.Invalid) != tt.invalid || !tt.invalid && err != nil {
			t.Errorf("%s: %q, %v", tt.name, unknown, err)
		}
	}
}
