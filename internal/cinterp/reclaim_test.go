package cinterp

import (
	"context"
	"strings"
	"testing"
)

// churn allocates and frees until records of ended objects are used again.
const churn = `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
static void churn(void)
{
	for (long i = 0; i < 150000; i++) {
		char *p = malloc(16);
		if (p != NULL)
			p[0] = 1;
		free(p);
	}
}
`

// TestReclaimFinds: an object that ended is still told when a pointer to it is
// used, wherever that was kept meanwhile.
func TestReclaimFinds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ rest, kind string }{
		"a static":       {`static char *s; int main(void) { s = malloc(16); free(s); churn(); free(s); }`, "double-free"},
		"a register":     {`int main(void) { char *s = malloc(16); free(s); churn(); return *s; }`, "use-after-free"},
		"a local object": {`int main(void) { char *s[3]; s[1] = malloc(16); free(s[1]); churn(); return s[1][3]; }`, "use-after-free"},
		"the heap": {`struct s { int n; char *p; }; int main(void) { struct s *q = malloc(sizeof *q); q->p = malloc(16); free(q->p);
			churn(); return q->p[0]; }`, "use-after-free"},
		"bytes at an odd place": {`static char b[20]; int main(void) { char *s = malloc(16); memcpy(b + 3, &s, sizeof s); free(s); s = NULL;
			churn(); memcpy(&s, b + 3, sizeof s); return *s; }`, "use-after-free"},
		"an integer": {`static unsigned long n; int main(void) { n = (unsigned long)malloc(16); free((void *)n); churn(); return *(char *)n; }`, "use-after-free"},
		"inside":     {`static char *s; int main(void) { s = malloc(16); s += 15; free(s - 15); churn(); return *s; }`, "use-after-free"},
		"the library": {`int main(void) { char *s = malloc(16); strcpy(s, "a b"); strtok(s, " "); free(s); s = NULL; churn();
			return strtok(NULL, " ") == NULL; }`, "use-after-free"},
		"a local that ended": {`static int *p; static void f(void) { int x[4] = {1}; p = x; } int main(void) { f(); churn(); return p[0]; }`, "use-after-return"},
	} {
		p := Program{Files: []File{{"t.c", []byte(churn + test.rest)}}}
		for _, machine := range []string{"lp64", "lp64be", "ilp32"} {
			if machine != "lp64" && name != "bytes at an odd place" {
				continue
			}
			r, err := Run(context.Background(), p, Options{Machine: machine})
			if err != nil || r.Finding == nil || r.Finding.Kind != test.kind {
				t.Errorf("%s, %s: %v, %+v", name, machine, err, r)
			}
		}
	}
}

// TestReclaimBounds: what a program frees does not count for ever.
func TestReclaimBounds(t *testing.T) {
	t.Parallel()
	for name, rest := range map[string]string{
		"malloc":    `int main(void) { for (int i = 0; i < 5; i++) churn(); }`,
		"locals":    `static int *g; static void f(int n) { int x[4] = {n}; g = x; } int main(void) { for (int i = 0; i < 300000; i++) f(i); }`,
		"variadic":  `static int f(int n, ...) { return n; } int main(void) { for (int i = 0; i < 300000; i++) f(i, 1, 2); }`,
		"setjmp":    `static int f(void) { jmp_buf b; if (setjmp(b) == 0) return 1; return 0; } int main(void) { for (int i = 0; i < 300000; i++) f(); }`,
		"strings":   `int main(void) { for (int i = 0; i < 300000; i++) { char b[8]; snprintf(b, sizeof b, "%d", i); free(strdup(b)); } }`,
		"structure": `struct s { int n, a[4]; }; static int f(int *p) { return p[3]; } int main(void) { for (int i = 0; i < 300000; i++) { struct s *s = calloc(1, sizeof *s); f(s->a); free(s); } }`,
	} {
		p := Program{Files: []File{{"t.c", []byte(churn + rest)}}}
		r, err := Run(context.Background(), p, Options{Limits: Limits{Memory: 40 << 20}})
		if err != nil || r.Verdict != Clean {
			t.Errorf("%s: %v, %s", name, err, r.Text(nil))
		}
	}
}

// TestReclaimTwice: the same bytes out on every run.
func TestReclaimTwice(t *testing.T) {
	t.Parallel()
	p := Program{Files: []File{{"t.c", []byte(churn + `int main(void) { for (int i = 0; i < 3; i++) { churn(); void *p = malloc(i + 1); printf("%p\n", p); } }`)}}}
	var out strings.Builder
	for range 3 {
		r, err := Run(context.Background(), p, Options{})
		if err != nil || r.Verdict != Clean {
			t.Fatal(err, r)
		}
		if out.Len() > 0 && out.String() != string(r.Output) {
			t.Errorf("%s, then %s", out.String(), r.Output)
		}
		out.Reset()
		out.Write(r.Output)
	}
}
