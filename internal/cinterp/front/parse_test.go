package front

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"
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

// TestOpenAtTheEnd: a quotation that is open where a text ends in a backslash
// is told, and reading ends.
func TestOpenAtTheEnd(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`int a = '\`, "int a = '\\\n", "char *s = \"a\\", "char *s = \"\\\r\n", "#define A '\\", "int a = 'x\\"} {
		for _, p := range []Options{{Machine: Machines[0]}, {Machine: Machines[0], Define: []string{"B='\\"}}} {
			if _, err := Parse("a.c", []byte(text), p); err == nil && text[0] != '#' {
				t.Errorf("%q is read", text)
			}
		}
		fs := fstest.MapFS{"h.h": {Data: []byte(text)}}
		if _, err := Parse("a.c", []byte("#include \"h.h\"\nint main(void) { return 0; }\n"), Options{Machine: Machines[0], Files: NewFiles(fs)}); err == nil && text[0] != '#' {
			t.Errorf("%q is read from a header", text)
		}
	}
}

// TestCutShort: where the preprocessor gives up, the parser is not asked: it
// would wait for ever for a name behind the `*`.
func TestCutShort(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"*/\n#include \"missing.h\"\n":              "t.c:2:10: include file not found: \"missing.h\"",
		"*/\n#include \"miss\x00\xffing.h\"\nint a": "t.c:2:10: include file not found: \"miss\x00\xffing.h\"",
		"int *\n#error no\n":                        "t.c:2:2: no",
		"*/ #\n\"":                                  "t.c:2:1: string literal not terminated",
	} {
		for _, read := range []func(string, []byte, Options) (*Unit, error){Parse, Outline} {
			if _, err := read("t.c", []byte(text), Options{Machine: Machines[0], Files: NewFiles(os.DirFS("."))}); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%q: %v", text, err)
			}
		}
	}
}

// TestInWords: what is no C is told in words of C.
func TestInWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"int x = 12abc;":                          "t.c:1:9: 12abc is no number (C17 6.4.4)",
		"int x = 99999999999999999999;":           "t.c:1:9: 99999999999999999999 is larger than any integer type (C17 6.4.4p2)",
		"unsigned long x = 18446744073709551615;": "t.c:1:19: invalid integer constant: it is larger than its type may be (C17 6.4.4p2), and may fit with the suffix u",
		"void\n#include <stdio.h>":                "t.c:1:1: these specifiers make no type (C17 6.7.2p2)",
		"double x = 1e;":                          "t.c: 1e is no number (C17 6.4.4)",
		"int f(void) = 0;":                        "t.c: a declaration is none of C's, at a place that the parser does not tell",
	} {
		if _, err := Parse("t.c", []byte(text+"\n"), Options{Machine: Machines[0]}); err == nil || err.Error() != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}
