package front

import (
	"errors"
	"strings"
	"testing"
)

// TestEndHasOneName: what the parser says at the end of a text is the same
// whatever its cache of sources has.
func TestEndHasOneName(t *testing.T) {
	t.Parallel()
	text := []byte("int main(void)\n{\n")
	a := plain(errors.New("t.c:2:1: unexpected '{', expected ';'\n<end>:2:1: unexpected 'extern', expected '}'"), "t.c", text)
	b := plain(errors.New("t.c:2:1: unexpected '{', expected ';'\n"+strings.Repeat("-: unexpected <EOF>, expected '}'\n", 30)), "t.c", text)
	want := "t.c:2:1: unexpected '{', expected ';'\nt.c:2:1: the text ends too early: something is missing before its end"
	if a.Error() != want || b.Error() != want {
		t.Errorf("%q\n%q", a, b)
	}
}
