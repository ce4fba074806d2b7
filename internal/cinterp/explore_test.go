package cinterp

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"testing"
)

// explored are programs whose outcome depends on an order, with what is to be
// seen: the output of the first run, what another prints or does, and the line
// of the place that makes the difference.
var explored = []struct {
	name, text, first, other string
	line                     int
}{
	{"operands", `#include <stdio.h>
static int g;
static int f(void) { g = g * 2 + 1; return g; }
static int h(void) { g = g + 5; return g; }
int main(void)
{
	printf("%d\n", f() + h());
	return 0;
}`, "7\n", "16\n", 7},
	{"printing", `#include <stdio.h>
static int f(int n) { printf("%d", n); return n; }
int main(void) { return f(1) - f(2) + 1; }`, "12", "21", 3},
	{"arguments", `#include <stdio.h>
static int n;
static int next(void) { return ++n; }
int main(void) { printf("%d %d\n", next(), next()); return 0; }`, "1 2\n", "2 1\n", 4},
	{"assignment", `#include <stdio.h>
static int a[4], i;
static int *at(void) { return &a[i++]; }
static int val(void) { return i + 7; }
int main(void) { *at() = val(); printf("%d\n", a[0]); return 0; }`, "8\n", "7\n", 5},
	{"index", `#include <stdio.h>
static int a[3] = { 1, 2, 3 }, b[3] = { 4, 5, 6 }, *p = a, k;
static int *base(void) { p = k ? b : a; return p; }
static int idx(void) { k = 1; return 2; }
int main(void) { printf("%d\n", base()[idx()]); return 0; }`, "3\n", "6\n", 5},
	{"initialiser", `#include <stdio.h>
static int n;
static int next(void) { return ++n; }
int main(void) { int a[2] = { next(), next() }; printf("%d %d\n", a[0], a[1]); return 0; }`, "1 2\n", "2 1\n", 4},
	{"designator", `#include <stdio.h>
static int mode;
static int one(int n) { return n + 1; }
static int two(int n) { return n + 2; }
static int (*pick(void))(int) { return mode ? two : one; }
static int set(void) { mode = 1; return 10; }
int main(void) { printf("%d\n", pick()(set())); return 0; }`, "11\n", "12\n", 7},
}

func explore(t *testing.T, text string, b Bounds) *Exploration {
	t.Helper()
	e, err := Explore(context.Background(), Program{Files: []File{{Name: "t.c", Text: []byte(text)}}}, short, b)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestExploreOrders: both outcomes are seen, with the place that makes the
// difference, and the choice gives the other one again.
func TestExploreOrders(t *testing.T) {
	t.Parallel()
	for _, c := range explored {
		e := explore(t, c.text, Bounds{})
		if string(e.First.Output) != c.first || e.Undefined != nil || len(e.Others) != 1 {
			t.Errorf("%s: first %q, %d others, %+v", c.name, e.First.Output, len(e.Others), e.Undefined)
			continue
		}
		o := e.Others[0]
		if string(o.Report.Output) != c.other || o.Place == nil || o.Place.Line != c.line {
			t.Errorf("%s: %q at %v, want %q at line %d", c.name, o.Report.Output, o.Place, c.other, c.line)
		}
		again := short
		again.Choice = o.Choice
		r, err := Run(context.Background(), Program{Files: []File{{Name: "t.c", Text: []byte(c.text)}}}, again)
		if err != nil || string(r.Output) != c.other {
			t.Errorf("%s: %s again: %v %q", c.name, o.Choice, err, r.Output)
		}
	}
}

// TestExploreUndefined: what is undefined in one order only is found, and what
// is in every order is found in the first run.
func TestExploreUndefined(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want, choice string }{
		{"unsequenced", "int main(void) { int i = 1; i = i++ + 1; return i; }", "unsequenced 1", ""},
		{"index and store", "static int a[4];\nint main(void) { int i = 1; a[i] = i++; return a[1]; }", "unsequenced 2", ""},
		{"one order", `static int n = 1, a[2] = { 3, 4 };
static int big(void) { n = 5; return 0; }
static int get(void) { return a[n]; }
int main(void) { return get() + big() - 4; }`, "out-of-bounds-read 3", "back=0"},
		{"argument", `static int d = 1;
static int zero(void) { d = 0; return 1; }
static int by(int n) { return 10 / n; }
int main(void) { return by(d) * zero() - 10; }`, "division-by-zero 3", "back=0"},
		{"division", `static int d = 1;
static int zero(void) { d = 0; return 1; }
static int by(void) { return 10 / d; }
int main(void) { return by() * zero() - 10; }`, "division-by-zero 3", "back=0"},
	} {
		e := explore(t, c.text, Bounds{})
		if e.Undefined == nil || verdict(e.Undefined.Report) != c.want || e.Undefined.Choice != c.choice {
			t.Errorf("%s: got %+v, want %s by %q", c.name, e.Undefined, c.want, c.choice)
		}
	}
}

// TestExploreSame: an exploration gives the same bytes each time; and nothing
// depends on the order in a program that leaves no order open.
func TestExploreSame(t *testing.T) {
	t.Parallel()
	for _, c := range explored {
		a, err := json.Marshal(explore(t, c.text, Bounds{}))
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(explore(t, c.text, Bounds{}))
		if err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s: not the same twice: %v\n%s\n%s", c.name, err, a, b)
		}
	}
	for _, text := range []string{
		"#include <stdio.h>\n#include <string.h>\nstatic int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }\nint main(void) { char s[] = \"abc\"; printf(\"%d %zu\\n\", fib(10), strlen(s) + strlen(\"d\")); return 0; }",
		"int main(void) { int i = 0, a[3] = { 0, 1, 2 }; while (a[i] < 2) i++; a[i] = i; return a[i] - i; }",
	} {
		e := explore(t, text, Bounds{})
		if e.Places != 0 || e.Runs != 1 || len(e.Others) != 0 {
			t.Errorf("%d places, %d runs, %d others in\n%s", e.Places, e.Runs, len(e.Others), text)
		}
	}
}

// TestExploreThreads: what one order of threads hides another shows.
func TestExploreThreads(t *testing.T) {
	t.Parallel()
	const head = "#include <pthread.h>\n#include <stdio.h>\nstatic pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;\nstatic int n;\n"
	const tail = `
int main(void)
{
	pthread_t s, t;
	pthread_create(&s, NULL, one, NULL);
	pthread_create(&t, NULL, two, NULL);
	pthread_join(s, NULL);
	pthread_join(t, NULL);
	pthread_mutex_lock(&a);
	printf("%d\n", n);
	pthread_mutex_unlock(&a);
	return 0;
}
`
	for _, c := range []struct{ name, text, want string }{
		{"order of locks", `
static void *one(void *p) { pthread_mutex_lock(&a); pthread_mutex_lock(&b); n++; pthread_mutex_unlock(&b); pthread_mutex_unlock(&a); return p; }
static void *two(void *p) { pthread_mutex_lock(&b); pthread_mutex_lock(&a); n++; pthread_mutex_unlock(&a); pthread_mutex_unlock(&b); return p; }
`, "deadlock"},
		{"who is first", `
static void *one(void *p) { pthread_mutex_lock(&a); n = n * 2 + 1; pthread_mutex_unlock(&a); return p; }
static void *two(void *p) { pthread_mutex_lock(&a); n = n * 2 + 2; pthread_mutex_unlock(&a); return p; }
`, "other"},
		{"hidden race", `
static int ready, data;
static void *one(void *p) { data = 1; pthread_mutex_lock(&a); ready = 1; pthread_mutex_unlock(&a); return p; }
static void *two(void *p) { pthread_mutex_lock(&a); int r = ready; pthread_mutex_unlock(&a); if (!r) n = data; return p; }
`, "data-race"},
		{"in order", `
static void *one(void *p) { pthread_mutex_lock(&a); n += 1; pthread_mutex_unlock(&a); return p; }
static void *two(void *p) { pthread_mutex_lock(&a); n += 2; pthread_mutex_unlock(&a); return p; }
`, "none"},
	} {
		e := explore(t, head+c.text+tail, Bounds{})
		got := "none"
		for _, o := range append([]Outcome{{Report: e.First}}, e.Others...) {
			if deadlocked(o.Report) {
				got = "deadlock"
			}
		}
		switch {
		case e.Undefined != nil:
			got = e.Undefined.Report.Finding.Kind
		case got == "none" && len(e.Others) > 0:
			got = "other"
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s after %d runs", c.name, got, c.want, e.Runs)
		}
	}
}

// TestThreadsExplored: what has no mistake has none in any order that is tried,
// and prints the same.
func TestThreadsExplored(t *testing.T) {
	t.Parallel()
	for _, path := range threadPrograms(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, []byte("// want: clean")) {
			continue
		}
		e := explore(t, string(text), Bounds{Runs: 12})
		if e.Undefined != nil {
			t.Errorf("%s: %s\n%s", path, e.Undefined.Choice, e.Undefined.Report.Text(nil))
		}
		for _, o := range e.Others {
			t.Errorf("%s: %s: %q and %q", path, o.Choice, e.First.Output, o.Report.Output)
		}
	}
}

// TestChoice: a choice is read as it is written, and what is none is refused.
func TestChoice(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "seed=7", "turns=3", "back=all", "back=2,5 stay turn=3:2 turn=9:1", "last"} {
		if c, err := parseChoice(s); err != nil || c.String() != s {
			t.Errorf("%q: %q, %v", s, c, err)
		}
	}
	for _, s := range []string{"x", "seed=0", "seed=x", "back=-1", "back=", "turn=3", "stay=1"} {
		if c, err := parseChoice(s); err == nil {
			t.Errorf("%q is taken as %q", s, c)
		}
	}
}
