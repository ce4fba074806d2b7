package cinterp

import (
	"strings"
	"testing"
)

// TestPlain: what a hostile file has in its lines and names commands no terminal
// and hides nothing, in any of the texts for people; the mark stays under its
// column.
func TestPlain(t *testing.T) {
	t.Parallel()
	text := "#include <stdio.h>\nstatic int f(int *a) { return *a; /*\x1b[2J\u202e*/ }\n" +
		"int main(void)\n{\n\tint b[2] = {0};\n\t/*\x1b]0;é\u202e\xff*/ return b[2] + f(b);\n}\n"
	p := Program{Files: []File{{Name: "esc\x1b.c", Text: []byte(text)}}}
	lines := strings.Split(text, "\n")
	line := func(_ string, n int) (string, bool) { return lines[n-1], true }
	r, err := Run(t.Context(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := Explore(t.Context(), p, Options{}, Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{r.Text(line), e.Text(line)} {
		want := "    6 | \t/*\ufffd]0;é\ufffd\ufffd*/ return b[2] + f(b);\n      | \t                   ^\n"
		if !strings.Contains(s, want) || !strings.HasPrefix(s, "esc\ufffd.c:6:") || strings.ContainsAny(s, "\x1b\u202e") {
			t.Errorf("%q", s)
		}
	}
	target := "#include <stdint.h>\n#include <stddef.h>\nint LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) { /*\x1b[2J*/ return p[n]; }\n"
	lines = strings.Split(target, "\n")
	c, err := Compile(t.Context(), Program{Files: []File{{Name: "t.c", Text: []byte(target)}}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := c.Fuzz(t.Context(), Program{}, func(yield func(Input, error) bool) { yield(Input{Name: "one\x1b"}, nil) }, FuzzOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if s := f.Text(line); !strings.Contains(s, "/*\ufffd[2J*/") || strings.Contains(s, "\x1b") {
		t.Errorf("%q", s)
	}
}
