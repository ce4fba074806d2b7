package cinterp

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// TestStatic: what is undefined as written is told before the run, and what
// holds only when it is executed is told then.
func TestStatic(t *testing.T) {
	t.Parallel()
	const prints = "#include <stdio.h>\n"
	for _, c := range []struct {
		name   string
		files  []string
		kind   string // of the finding
		note   string // kind of the only note
		notRun bool
		exit   int
		output string
	}{
		{"two units disagree", []string{prints + "extern long v;\nint main(void) { puts(\"ran\"); return 0; }", "int v = 1;"}, "incompatible-declarations", "", true, 1, ""},
		{"formal", []string{prints + "struct s { int : 1; };\nint main(void) { puts(\"ran\"); return 0; }"}, "", "empty-struct", false, 0, "ran\n"},
		{"no value to run with", []string{"int main(void) { int a[1] = 2; return a[0]; }"}, "aggregate-initialiser", "", true, 1, ""},
		{"no main", []string{"int f(void) { return 1; }"}, "", "", false, 3, ""},
		{"refused", []string{"int f(int);\nint f(long);\nint main(void) { return 0; }"}, "incompatible-declarations", "", true, 1, ""},
		{"executed", []string{prints + "#include <stdarg.h>\nvoid f(char c, ...) { va_list a; puts(\"in\"); va_start(a, c); va_end(a); }\nint main(void) { f('a'); return 0; }"}, "va-start-parameter", "", false, 1, "in\n"},
		{"not executed", []string{prints + "#include <stdarg.h>\nvoid f(char c, ...) { va_list a; va_start(a, c); va_end(a); }\nint main(void) { puts(\"ran\"); return 0; }"}, "", "", false, 0, "ran\n"},
		{"executed, formal", []string{prints + "int main(void) { register int a[1] = {1}; int b; if (!a[0]) b = a[0]; puts(\"ran\"); return 0; }"}, "", "register-array", false, 0, "ran\n"},
	} {
		var p Program
		for i, s := range c.files {
			p.Files = append(p.Files, File{string(rune('a'+i)) + ".c", []byte(s)})
		}
		r, err := Run(context.Background(), p, short)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		kind, note := "", ""
		if r.Finding != nil {
			kind = r.Finding.Kind
		}
		for _, n := range r.Notes {
			note += n.Kind
		}
		if kind != c.kind || note != c.note || r.NotRun != c.notRun || r.Exit() != c.exit || string(r.Output) != c.output {
			t.Errorf("%s: %q, note %q, not run: %v, exit %d, %q:\n%s", c.name, kind, note, r.NotRun, r.Exit(), r.Output, r.Text(nil))
		}
	}
}

// TestNotC: a constraint that the parser lets pass, or a mistake that is none
// of undefined behaviour, is no program to run.
func TestNotC(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"int a[5.5];\nint main(void) { return 0; }",
		"struct s { int : 1; };\nint main(void) { return unknown_name; }",
	} {
		r, err := Run(context.Background(), Program{Files: []File{{"a.c", []byte(s)}}}, short)
		if !errors.Is(err, ErrSource) {
			t.Errorf("%v, %+v: %s", err, r, s)
		}
	}
}

// TestConflictAmongMany: a conflict is found where much else is declared again
// as it was.
func TestConflictAmongMany(t *testing.T) {
	t.Parallel()
	text := ""
	for i := range 60 {
		text += fmt.Sprintf("int f%d(int);\nint f%d(int a) { return a; }\n", i, i)
	}
	text += "int x;\nchar x;\nint main(void) { return 0; }\n"
	r, err := Run(t.Context(), Program{Files: []File{{Name: "t.c", Text: []byte(text)}}}, Options{})
	if err != nil || r.Finding == nil || r.Finding.Kind != "incompatible-declarations" || r.Finding.Place.Line != 122 {
		t.Errorf("%v, %+v", err, r)
	}
}
