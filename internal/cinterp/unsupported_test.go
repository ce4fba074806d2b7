package cinterp

import "testing"

// TestUnsupported: what changes a program's meaning and is not known here is
// named with its line, and not passed over.
func TestUnsupported(t *testing.T) {
	t.Parallel()
	for text, line := range map[string]int{
		"typedef int d __attribute__((mode(DI)));\nint main(void) { return sizeof(d) == 4; }\n":                                                                                           1,
		"typedef int d __attribute__((mode(SI)));\nint main(void) { return sizeof(d) != 4; }\n":                                                                                           0,
		"typedef long d __attribute__((__mode__(__word__)));\nint main(void) { return sizeof(d) != 8; }\n":                                                                                0,
		"struct s {\n int a __attribute__((mode(SI)));\n unsigned b __attribute__((mode(QI))); };\nint main(void) { return 0; }\n":                                                        3,
		"int a __attribute__((mode(QI))), *b;\nint main(void) { return 0; }\n":                                                                                                            1,
		"struct __attribute__((ms_struct)) s { char a : 4; int b : 4; };\nint main(void) { return sizeof(struct s); }\n":                                                                  1,
		"struct s { int b; } __attribute__((__scalar_storage_order__(\"big-endian\")));\nint main(void) { return 0; }\n":                                                                  1,
		"struct s { int b; } __attribute__((packed, aligned(2)));\nint main(void) { return sizeof(struct s) != 4; }\n":                                                                    0,
		"int a;\n#pragma scalar_storage_order big-endian\nint main(void) { return 0; }\n":                                                                                                 2,
		"#pragma ms_struct on\nint main(void) { return 0; }\n":                                                                                                                            1,
		"#pragma ms_struct off\n#pragma scalar_storage_order default\nint main(void) { return 0; }\n":                                                                                     0,
		"static int f(int a) __attribute__((optimize(\"wrapv\")));\nstatic int f(int a) { return a + 1; }\nint main(void) { return f(-1); }\n":                                            1,
		"static void f(int *p) { *p = 0; }\nint main(void) {\n void *l = &&out; __attribute__((cleanup(f))) int a = 0;\n goto *l; out: return a; }\n":                                     4,
		"struct s { int a; }; static void f(struct s *p) { p->a = 0; }\nstruct s g(void) { struct s a __attribute__((cleanup(f))) = {0}; return a; }\nint main(void) { return g().a; }\n": 2,
	} {
		r, err := Run(t.Context(), Program{Files: []File{{Name: "u.c", Text: []byte(text)}}}, Options{})
		switch {
		case err != nil:
			t.Errorf("%v:\n%s", err, text)
		case line == 0 && (r.Verdict != Clean || r.Status != 0):
			t.Errorf("%s: %s\n%s", r.Verdict, r.Why, text)
		case line != 0 && (r.Verdict != CannotSay || r.WhyPlace == nil || r.WhyPlace.Line != line):
			t.Errorf("%s, status %d: %s at %v, want line %d:\n%s", r.Verdict, r.Status, r.Why, r.WhyPlace, line, text)
		}
	}
}
