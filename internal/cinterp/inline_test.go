package cinterp

import (
	"context"
	"fmt"
	"testing"
)

// TestInline: what a small function finds is found in it, with its caller on
// the stack, though calls of it are replaced by what it does.
func TestInline(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		f, call, kind string
	}{
		"overflow":       {"static int f(int a, int b) { return a + b; }", "f(2147483647, n)", "signed-overflow"},
		"of a constant":  {"static int f(int a) { return a + 1; }", "f(2147483647)", "signed-overflow"},
		"shift":          {"static unsigned f(unsigned x, int k) { return x >> k | x << (32 - k); }", "(int)f(5u, n - 1)", "shift-count"},
		"shift constant": {"static unsigned f(unsigned x, int k) { return x << k; }", "(int)f(5u, 32)", "shift-count"},
		"division":       {"static int f(int a, int b) { return a / b; }", "f(n, 0)", "division-by-zero"},
		"null":           {"static int f(const int *p) { return *p; }", "f((const int *)(void *)0)", "null-dereference"},
		"bounds":         {"static int f(const int *p, int i) { return p[i]; }", "f(a, n + 2)", "out-of-bounds-read"},
		"no value":       {"static int f(const int *p) { return p[0] * 2; }", "f(u)", "uninitialised-read"},
		"nested":         {"static int g(int x) { return x * x; }\nstatic int f(int a) { return g(a) + 1; }", "f(65536)", "signed-overflow"},
		"in a condition": {"static int f(int a, int b) { return a - b > 0; }", "(f(-2147483647, 2 * n) ? 1 : 2)", "signed-overflow"},
		"as an argument": {"static int f(int a, int b) { return a * b; }", "f(f(n, 2), f(65536, 65536))", "signed-overflow"},
		"twice":          {"static int f(int a, int b) { return a + b; }", "f(1, 2) + f(n > 0 ? 2147483647 : 0, n)", "signed-overflow"},
	} {
		text := fmt.Sprintf("#include <stddef.h>\n%s\nint main(void)\n{\n\tvolatile int one = 1;\n\tint n = one, a[3] = {1, 2, 3}, u[2];\n\tif (n > 5) u[0] = a[0];\n\tint r = %s;\n\treturn r == 12345 || a[0] == 7 || u[1] == 0;\n}\n", test.f, test.call)
		r, err := Run(context.Background(), Program{Files: []File{{"t.c", []byte(text)}}}, Options{})
		if err != nil || r.Finding == nil || r.Finding.Kind != test.kind {
			t.Errorf("%s: %v %+v", name, err, r)
			continue
		}
		inner, last := r.Finding.Stack[0], r.Finding.Stack[len(r.Finding.Stack)-1]
		if inner.Function == "main" || inner.Place.Line >= 4 || last.Function != "main" || last.Place.Line != 8 && name != "nested" {
			t.Errorf("%s: %+v", name, r.Finding.Stack)
		}
	}
}

// TestInlineResult: it computes what the calls did.
func TestInlineResult(t *testing.T) {
	t.Parallel()
	const text = `#include <stdio.h>
#include <stdint.h>
struct s { int n; const char *name; double d; };
static uint32_t rotl(uint32_t x, int k) { return x << k | x >> (32 - k); }
static uint64_t rot64(uint64_t x, int k) { return x >> k | x << (64 - k); }
static int first(int a, int b) { return a; }
static int second(int a, int b) { return b; }
static int seven(void) { return 7; }
static const char *name(const struct s *p) { return p->name; }
static double twice(const struct s *p) { return p->d * 2; }
static int less(const void *a, const void *b) { return *(const int *)a < *(const int *)b; }
static unsigned char low(unsigned x) { return (unsigned char)x; }
static _Bool odd(int x) { return x & 1; }
static int self(int x) { x = x + 1; return x; }
static unsigned inner(int n) { return ~((unsigned)~n); }
static unsigned four(unsigned a) { return ((unsigned char)(a + 1)) * 4; }
static int at(const int *p, int i) { return p[i] + p[i + 1]; }
static const int *after(const int *p, int i) { return p + i; }
int main(void)
{
	struct s s = {3, "name", 1.5};
	int a[4] = {1, 2, 3, 4}, n = 2;
	uint32_t x = 0x80000001;
	x = rotl(x, 4);
	x = rotl(x, n) ^ rotl(x, 31);
	printf("%x %llx\n", x, (unsigned long long)rot64(0x123456789abcdef0u, 12));
	n = first(second(1, n), second(n, 3)) + seven() * seven();
	printf("%d %s %g %d\n", n, name(&s), twice(&s), less(&a[0], &a[1]));
	printf("%d %d %d %d\n", low(0x1ff), odd(n), self(n), at(a, second(0, 2)));
	printf("%u %u\n", inner(0), four((unsigned char)~0));
	int k = n > 3 ? 1 : 2;
	printf("%d %d\n", *after(a, n > 3 ? 1 : 2), *after(after(a, 1), k));
	for (int i = 0; i < 3; i = self(i))
		k = first(i, k) + second(k, i);
	printf("%d\n", k);
	return 0;
}
`
	r, err := Run(context.Background(), Program{Files: []File{{"t.c", []byte(text)}}}, Options{})
	const want = "6c ef0123456789abcd\n" +
		"51 name 3 1\n" +
		"255 1 52 7\n" +
		"0 0\n" +
		"2 3\n" +
		"4\n" // as by gcc
	if err != nil || r.Verdict != Clean || string(r.Output) != want {
		t.Errorf("%v, %q, %s", err, r.Output, r.Text(nil))
	}
}
