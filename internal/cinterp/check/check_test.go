package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"steward/internal/cinterp/front"
	"steward/internal/cinterp/ub"
)

// read parses units as the interpreter does: what is refused is an outline.
func read(t testing.TB, texts ...string) []*front.Unit {
	t.Helper()
	var units []*front.Unit
	o := front.Options{Machine: front.Machines[0]}
	for i, s := range texts {
		name := fmt.Sprintf("u%d.c", i)
		u, err := front.Parse(name, []byte(s), o)
		if err != nil {
			u, err = front.Outline(name, []byte(s), o)
		}
		if err != nil {
			t.Fatalf("%v in:\n%s", err, s)
		}
		units = append(units, u)
	}
	return units
}

// lines gives what is found as "unit:line kind", marks with "when executed".
func lines(r Result) []string {
	out := []string{}
	for _, f := range r.Findings {
		out = append(out, fmt.Sprintf("%s:%d %s", f.Place.File, f.Place.Line, f.Kind.Name))
	}
	for _, l := range r.Marks {
		for _, f := range l {
			out = append(out, fmt.Sprintf("%s:%d %s when executed", f.Place.File, f.Place.Line, f.Kind.Name))
		}
	}
	slices.Sort(out)
	return out
}

const main0 = "\nint main(void) { return 0; }\n"

// bad are programs with what is found in them, line by line.
var bad = []struct {
	want  string // kind
	line  string
	units []string
	twin  []string // the same without
}{
	{"incompatible-declarations", "u0.c:2", []string{"int f(int);\nint f(long);" + main0}, []string{"int f(int);\nint f(int x);" + main0}},
	{"incompatible-declarations", "u0.c:2", []string{"extern int a[2];\nextern int a[3];" + main0}, []string{"extern int a[];\nextern int a[3];" + main0}},
	{"incompatible-declarations", "u0.c:2", []string{"int f(char);\nint f();" + main0}, []string{"int f(int);\nint f();" + main0}},
	{"incompatible-declarations", "u0.c:2", []string{"int f(short);\nint f(c) short c; { return c; }" + main0}, []string{"int f(int);\nint f(c) short c; { return c; }" + main0}},
	{"incompatible-declarations", "u0.c:2", []string{"struct s { int *p; };\nextern struct s v;" + main0, "struct s { long *p; } v;"},
		[]string{"struct s { int *p; };\nextern struct s v;" + main0, "struct s { int *p; } v;"}},
	{"pointee-qualifiers", "u0.c:2", []string{"struct s { int *p; };\nextern struct s v;" + main0, "struct s { const int *p; } v;"},
		[]string{"struct s { int *p; };\nextern struct s v;" + main0, "struct s { int *p; } v;"}},
	{"pointee-qualifiers", "u0.c:1", []string{"int f(int (*)(char **));" + main0, "int f(int (*g)(const char **)) { return g(0); }"},
		[]string{"int f(int (*)(char **));" + main0, "int f(int (*g)(char **)) { return g(0); }"}},
	{"incompatible-declarations", "u0.c:2", []string{"extern int *p;\nextern const int *p;" + main0}, []string{"extern const int *p;\nextern int const *p;" + main0}},
	{"incompatible-declarations", "u0.c:2", []string{"int v;\nvoid g(void) { extern unsigned v; }" + main0}, []string{"int v;\nvoid g(void) { extern signed v; }" + main0}},
	{"incompatible-declarations", "u0.c:1", []string{"extern char *s;" + main0, "char s[4] = {0};"}, []string{"extern char s[];" + main0, "char s[4] = {0};"}},
	{"incompatible-declarations", "u0.c:1", []string{"void f(int, int);" + main0, "void f(int a) { }"}, []string{"void f(int);" + main0, "void f(const int a) { }"}},
	{"incompatible-declarations", "u0.c:2", []string{"struct s { int a; long b; };\nextern struct s x;" + main0, "struct s { int a; int b; } x = {1, 2};"},
		[]string{"struct s { int a; struct s *n; };\nextern struct s x;" + main0, "struct s { int a; struct s *n; } x = {1, 0};"}},
	{"incompatible-declarations", "u0.c:2", []string{"struct s { int a, b; };\nextern struct s x;" + main0, "struct s { int b, a; } x = {1, 2};"},
		[]string{"union s { int a; char b; };\nextern union s x;" + main0, "union s { char b; int a; } x = {1};"}},
	{"incompatible-declarations", "u0.c:2", []string{"enum e { A, B };\nextern enum e x;" + main0, "enum e { A, B = 7 } x = B;"},
		[]string{"enum e { A, B };\nextern enum e x;" + main0, "enum e { B = 1, A = 0 } x = B;"}},
	{"external-definition", "u0.c:1", []string{"int a = 1;" + main0, "int a = 2;"}, []string{"int a = 1;" + main0, "extern int a; static int b; int *p = &b;"}},
	{"external-definition", "u0.c:1", []string{"int f(void) { return 1; }" + main0, "int f(void) { return 2; }"}, []string{"inline int f(void) { return 1; }" + main0, "int f(void) { return 2; }"}},
	{"linkage-clash", "u0.c:2", []string{"int f(void);\nstatic int f(void) { return 1; }" + main0}, []string{"static int f(void);\nint f(void) { return 1; }" + main0}},
	{"linkage-clash", "u0.c:2", []string{"static int v;\nint v;" + main0}, []string{"static int v;\nextern int v;" + main0}},
	{"linkage-clash", "u0.c:2", []string{"static int v;\nvoid g(void) { int v; { extern int v; } }" + main0}, []string{"static int v;\nvoid g(void) { { extern int v; } }" + main0}},
	{"alignment-specifiers", "u0.c:2", []string{"extern _Alignas(8) int v;\nint v = 1;" + main0}, []string{"extern int v;\n_Alignas(8) int v = 1;" + main0}},
	{"alignment-specifiers", "u0.c:1", []string{"extern _Alignas(8) int v;" + main0, "_Alignas(16) int v = 1;"}, []string{"extern _Alignas(8) int v;" + main0, "_Alignas(long) int v = 1;"}},
	{"incomplete-tentative", "u0.c:1", []string{"static int a[];" + main0}, []string{"int a[];" + main0}},
	{"incomplete-tentative", "u0.c:1", []string{"static struct s v; struct s { int a; };" + main0}, []string{"struct s v; struct s { int a; };" + main0}},
	{"incomplete-object", "u0.c:1", []string{"void g(void) { struct s *p; struct s v; }" + main0}, []string{"void g(void) { struct s *p; struct s { int a; } v; int b[] = {1}; }" + main0}},
	{"block-function-storage", "u0.c:1", []string{"void g(void) { static int f(void); }" + main0}, []string{"void g(void) { extern int f(void); static int (*p)(void); }" + main0}},
	{"inline-without-definition", "u0.c:1", []string{"inline int f(void);" + main0}, []string{"inline int f(void);\nint f(void) { return 1; }" + main0}},
	{"empty-struct", "u0.c:1", []string{"struct s { int : 4; };" + main0}, []string{"struct s { struct { int a; }; };" + main0}},
	{"qualified-function", "u0.c:2", []string{"typedef int f(void);\nextern const f g;" + main0}, []string{"typedef int f(void);\nextern f *const g;" + main0}},
	{"reserved-identifier", "u0.c:1", []string{"int toupper(int c) { return c; }" + main0}, []string{"static int toupper(int c) { return c; } int (*p)(int) = toupper;" + main0}},
	{"main-form", "u0.c:1", []string{"void main(void) { }"}, []string{"int main(int argc, char *argv[]) { return 0; }"}},
	{"main-form", "u0.c:1", []string{"int main(int n) { return n; }"}, []string{"typedef int word; word main(word n, char **v) { return n; }"}},
	{"main-form", "u0.c:1", []string{"int main = 3;"}, []string{"int main() { return 0; }"}},
	{"void-parameter", "u0.c:1", []string{"int f(const void);" + main0}, []string{"int f(const void *);" + main0}},
	{"void-value", "u0.c:2", []string{"void f(void);\nint g(void) { int a; a = f(); return a; }" + main0}, []string{"void f(void);\nvoid g(void) { (void)f(); f(), f(); }" + main0}},
	{"scalar-initialiser", "u0.c:1", []string{"int a = {1, 2};" + main0}, []string{"int a = {1};" + main0}},
	{"scalar-initialiser", "u0.c:1", []string{"int a[] = {{1, 2}};" + main0}, []string{"int a[] = {{1}, 2}; int b[][2] = {{1, 2}};" + main0}},
	{"scalar-initialiser", "u0.c:1", []string{"char *p = {{0}};" + main0}, []string{"char *p = {0};" + main0}},
	{"aggregate-initialiser", "u0.c:1", []string{"int a[1] = 5;" + main0}, []string{"char a[2] = \"x\"; char b[] = {\"y\"};" + main0}},
	{"aggregate-initialiser", "u0.c:2", []string{"struct s { int a; };\nvoid g(void) { struct s v = 1; }" + main0}, []string{"struct s { int a; } f(void);\nvoid g(void) { struct s v = f(), w = v; }" + main0}},
	{"incomplete-parameter", "u0.c:2", []string{"struct s;\nint f(struct s v) { return 0; }" + main0}, []string{"struct s;\nint f(struct s v); int g(struct s *v) { return 0; }" + main0}},
	{"undeclared-parameter", "u0.c:1", []string{"int f(a, b) int a; { return a; }" + main0}, []string{"int f(a, b) int a, b; { return a + b; }" + main0}},
	{"offsetof-bit-field", "u0.c:2", []string{"#include <stddef.h>\nstruct s { int a : 3; }; int n(void) { return offsetof(struct s, a); }" + main0},
		[]string{"#include <stddef.h>\nstruct s { int a : 3, b; }; int n(void) { return offsetof(struct s, b); }" + main0}},
	{"vla-composite", "u0.c:1", []string{"int f(int n, void *p) { return sizeof(1 ? (int (*)[n])p : (int (*)[n])p); }" + main0}, []string{"int f(int n, void *p) { return sizeof(1 ? (int (*)[3])p : (int (*)[3])p); }" + main0}},
	{"va-start-fixed when executed", "u0.c:2", []string{"#include <stdarg.h>\nvoid f(int n) { va_list a; va_start(a, n); va_end(a); }" + main0},
		[]string{"#include <stdarg.h>\nvoid f(int n, ...) { va_list a; va_start(a, n); va_end(a); }" + main0}},
	{"va-start-parameter when executed", "u0.c:2", []string{"#include <stdarg.h>\nvoid f(int m, int n, ...) { va_list a; va_start(a, m); va_end(a); }" + main0},
		[]string{"#include <stdarg.h>\nvoid f(int m, char *n, ...) { va_list a; va_start(a, n); va_end(a); }" + main0}},
	{"register-array when executed", "u0.c:1", []string{"int f(void) { register int a[2]; return a[0]; }" + main0}, []string{"int f(void) { register int a[2]; return sizeof a; }" + main0}},
	{"atomic-member when executed", "u0.c:1", []string{"int f(void) { static _Atomic struct s { int a; } v; return v.a; }" + main0}, []string{"int *f(void) { static struct s { int a; } v; return &v.a; }" + main0}},
	{"incomplete-value when executed", "u0.c:1", []string{"extern struct s v; void f(void) { v; }" + main0}, []string{"extern struct s v; struct s *f(void) { return &v; }" + main0}},
	{"setjmp-context when executed", "u0.c:2", []string{"#include <setjmp.h>\njmp_buf b; void f(void) { int r = setjmp(b); }" + main0},
		[]string{"#include <setjmp.h>\njmp_buf b; void f(void) { if (setjmp(b) == 0) (void)setjmp(b); while (!setjmp(b)) setjmp(b); switch (setjmp(b)) default: ; }" + main0}},
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for _, c := range bad {
		got := lines(Check(read(t, c.units...)))
		if want := []string{c.line + " " + c.want}; !slices.Equal(got, want) {
			t.Errorf("%q, want %q, in:\n%s", got, want, strings.Join(c.units, "\n---\n"))
		}
		if got := lines(Check(read(t, c.twin...))); len(got) != 0 {
			t.Errorf("the twin of %s gives %q:\n%s", c.want, got, strings.Join(c.twin, "\n---\n"))
		}
	}
}

// TestExtensions: what compilers add to C is not found fault with.
func TestExtensions(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"int main(int n, char **v, char **e) { return 0; }",
		"main() { return 0; }",
		"typedef int v4 __attribute__((vector_size(16))); extern v4 x; v4 x = {1, 2, 3, 4};" + main0,
		"extern __typeof__(1) x; int x;" + main0,
		"extern int f(int) __asm__(\"g\"); long f(int);" + main0,
		"int a[] = (int[]){1, 2};" + main0,
		"int a = {};" + main0,
		"typedef union { void *p; int *q; } t __attribute__((transparent_union)); void f(t); void f(void *p) { }" + main0,
		"typedef union { void *p; int *q; } __attribute__((transparent_union)) t; void f(t); void f(void *p) { }" + main0,
		"extern inline int f(void) { return 1; }" + main0,
		"void g(void) { auto int f(int); }" + main0,
		"struct s *f(struct s *); struct s *f(struct s *p) { return p; }" + main0,
		"void f(int n, int a[n]); void f(int n, int *a) { }" + main0,
		"void f(int n, int a[static 2]); void f(int n, int a[static n]) { }" + main0,
		"enum e { A }; void f(enum e); void f(unsigned x) { }" + main0,
		"const int f(void); int f(void) { return 1; }" + main0,
		"int f(void) { register int a[2]; return sizeof a; }" + main0,
		"#include <stdio.h>\nextern int printf(const char *, ...); extern FILE *stdout;" + main0,
		"typedef struct { int a; } t; extern t x; t x = {1};" + main0,
	} {
		if got := lines(Check(read(t, s))); len(got) != 0 {
			t.Errorf("%q in:\n%s", got, s)
		}
	}
}

func TestDiagnoses(t *testing.T) {
	t.Parallel()
	for s, clause := range map[string]string{
		"struct s { int a : 3; } v; void *p(void) { return &v.a; }" + main0: "6.5.3.2p1",
		"int a[(int)5.5];" + main0:                                                                      "",
		"const int c; void f(void) { c = 1; }" + main0:                                                  "6.5.16p2",
		"void f(const int *p) { ++*p; }" + main0:                                                        "6.5.16p2",
		"void f(const int *p) { ++p; *(int *)p = 1; }" + main0:                                          "",
		"struct s { struct t m; };" + main0:                                                             "6.7.2.1p3",
		"struct s { struct s *m; int f[]; };" + main0:                                                   "",
		"struct s { int; };" + main0:                                                                    "6.7.2.1p2",
		"struct s { int a; enum { b, c }; };" + main0:                                                   "6.7.2.1p2",
		"struct s { int a; struct t { int b; }; };" + main0:                                             "6.7.2.1p2",
		"struct t { int b; }; typedef struct t u; struct s { int a; u; };" + main0:                      "6.7.2.1p2",
		"struct s { int a; struct { int b; }; union { int c, d; }; const struct { int e; }; };" + main0: "",
		"struct s { int a; char a; };" + main0:                                                          "6.7p3",
		"typedef int f(void); extern f a[2];" + main0:                                                   "6.7.6.2p1",
		"typedef int f(void); f g(void);" + main0:                                                       "6.7.6.3p1",
		"typedef int f(void); extern f *h(void);" + main0:                                               "",
		"restrict int a;" + main0:                                                                       "6.7.3p2",
		"int *f(void) { register int a; return &a; }" + main0:                                           "6.5.3.2p1",
		"int *f(register int *p) { return &*p; }" + main0:                                               "",
		"int f(int a) { return f(a, 1); }" + main0:                                                      "6.5.2.2p2",
		"int f(); int g(int a, ...) { return f(1, g(a, 1)); }" + main0:                                  "",
		"struct s { int a; }; void f(struct s *p) { *p = 1; }" + main0:                                  "6.5.16.1p1",
		"int f(void); int a = f();" + main0:                                                             "6.7.9p4",
		"int f(void); void g(void) { static int a = f(); }" + main0:                                     "6.7.9p4",
		"int f(void); int a = sizeof f(); void g(void) { int b = f(); }" + main0:                        "",
		"struct s { int a; }; struct s { int a; };" + main0:                                             "6.7.2.3p1",
		"struct s { int a; }; void f(void) { struct s { int b; } v; }" + main0:                          "",
		"int f(int n) { switch (n) { case 1: case 1: return 1; } return 0; }" + main0:                   "6.8.4.2p3",
		"int f(int n) { switch (n) { case 1: switch (n) { case 1: return 1; } } return 0; }" + main0:    "",
		"_Static_assert(\"text\", \"text\");" + main0:                                                   "6.7.10p2",
		"_Static_assert(1, \"text\");" + main0:                                                          "",
		"int a[5.5];" + main0:                                                                           "6.7.6.2p1",
	} {
		got := ""
		for _, d := range Check(read(t, s)).Diagnoses {
			got += d.Clause
		}
		if got != clause {
			t.Errorf("%q, want %q: %s", got, clause, s)
		}
	}
}

// TestTwinsOfTheCatalogue: no twin has anything.
func TestTwinsOfTheCatalogue(t *testing.T) {
	t.Parallel()
	for _, e := range ub.Examples() {
		var texts []string
		for _, f := range e.Twin {
			texts = append(texts, f.Text)
		}
		if got := lines(Check(read(t, texts...))); len(got) != 0 {
			t.Errorf("%s: %q", e.Name, got)
		}
	}
}

// TestOrder: the same program gives the same findings in the same order.
func TestOrder(t *testing.T) {
	t.Parallel()
	text := "static int a[];\nint f(int);\nint abs(int a) { return a; }\nstruct s { int : 1; };\nvoid main(void) { }\n"
	want := []string{"1 incomplete-tentative", "3 reserved-identifier", "4 empty-struct", "5 main-form"}
	for range 5 {
		var got []string
		for _, f := range Check(read(t, text)).Findings {
			got = append(got, fmt.Sprint(f.Place.Line, " ", f.Kind.Name))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q, want %q", got, want)
		}
	}
}
