package cinterp

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// target keeps state that no input may find: statics, an array, heap behind a
// static pointer, a local's address and the library's own.
const target = `#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int calls, begun;
static char table[64] = "first";
static struct { char *text; int more[3]; } kept = { "x", {1, 2, 3} };
static char *old;
static int *dangling;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	begun = *argc + ((*argv)[0] != NULL);
	old = malloc(8);
	if (old != NULL)
		strcpy(old, "old");
	return 0;
}

static void local(int n) { int x[4] = {n}; dangling = x; x[n & 3] = n; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (calls++ != 0 || begun != 2 || strcmp(table, "first") != 0 || kept.text[0] != 'x' || strcmp(old, "old") != 0 || dangling != NULL)
		abort();
	if (errno != 0)
		abort();
	errno = ERANGE;
	table[0] = 'F';
	kept.text = table;
	local((int)size);
	old[0] = 'O';
	free(old);
	old = NULL;
	if (size == 0)
		return 0;
	switch (data[0]) {
	case 'o': return data[size];
	case 'l': old = malloc(3); old = NULL; return 0;
	case 'k': old = malloc(3); return 0;
	case 'a': fputs("no\n", stderr); abort();
	case 'i': { int x = 2147483647; return x + (int)size; }
	case 's': for (;;) calls++;
	case 'u': { extern int nowhere(void); return nowhere(); }
	}
	return 0;
}
`

func fuzzTarget(t *testing.T) (*Compiled, Program) {
	t.Helper()
	p := Program{Files: []File{{"target.c", []byte(target)}}}
	c, err := Compile(t.Context(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c, p
}

func given(list ...string) iter.Seq2[Input, error] {
	return func(yield func(Input, error) bool) {
		for i, s := range list {
			if !yield(Input{fmt.Sprintf("%d-%s", i, s), []byte(s)}, nil) {
				return
			}
		}
	}
}

var fuzzSmall = FuzzOptions{Options: Options{Leaks: true, Limits: Limits{Steps: 100_000}}}

func TestFuzz(t *testing.T) {
	t.Parallel()
	c, p := fuzzTarget(t)
	r, err := c.Fuzz(context.Background(), p, given("", "x", "ooo", "oo", "oo", "lost", "kept", "ab", "i", "s", "u", "x"), fuzzSmall)
	if err != nil {
		t.Fatal(err)
	}
	text := r.Text(nil)
	if r.Inputs != 12 || r.Clean != 5 || r.Undefined != 4 || r.Unsaid != 2 || r.Ended != 1 || r.Exit() != 1 {
		t.Fatalf("%+v\n%s", r, text)
	}
	if len(r.Findings) != 2 || len(r.Why) != 2 || len(r.Ends) != 1 {
		t.Fatalf("not found once each:\n%s", text)
	}
	if s := r.Findings[0]; s.Finding.Kind != "out-of-bounds-read" || s.Input != "3-oo" || s.Size != 2 || s.Count != 3 || s.Finding.Object.Size != 3 && s.Finding.Object.Size != 2 {
		t.Errorf("%+v", s)
	}
	if s := r.Findings[1]; s.Finding.Kind != "signed-overflow" || s.Input != "8-i" {
		t.Errorf("%+v", s)
	}
	var leaks []*Seen
	for _, s := range r.Notes {
		if s.Finding.Kind == "memory-leak" {
			leaks = append(leaks, s)
		}
	}
	if len(leaks) != 1 || leaks[0].Input != "5-lost" || leaks[0].Count != 1 {
		t.Errorf("leaks: %+v", leaks)
	}
	if s := r.Ends[0]; s.Status != 134 || s.Why != "no" {
		t.Errorf("%+v", s)
	}
	for _, want := range []string{"input: 3-oo, 2 bytes, and 2 more", "different findings: 2"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
}

// TestFuzzAlone: an input shows the same alone and among others, in any order.
func TestFuzzAlone(t *testing.T) {
	t.Parallel()
	c, p := fuzzTarget(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	var list []string
	for range 60 {
		list = append(list, "xolkais"[rnd.IntN(7):][:1]+strings.Repeat("y", rnd.IntN(9)))
	}
	many, err := c.Fuzz(context.Background(), p, given(list...), fuzzSmall)
	if err != nil {
		t.Fatal(err)
	}
	var clean, undefined, unsaid, ended int
	var steps int64
	for _, s := range list {
		r, err := c.Fuzz(context.Background(), p, given(s), fuzzSmall)
		if err != nil {
			t.Fatal(err)
		}
		clean, undefined, unsaid, ended, steps = clean+r.Clean, undefined+r.Undefined, unsaid+r.Unsaid, ended+r.Ended, steps+r.Steps
	}
	if many.Clean != clean || many.Undefined != undefined || many.Unsaid != unsaid || many.Ended != ended || many.Steps != steps {
		t.Errorf("together %d %d %d %d in %d steps, alone %d %d %d %d in %d", many.Clean, many.Undefined, many.Unsaid, many.Ended, many.Steps, clean, undefined, unsaid, ended, steps)
	}
}

func TestFuzzStops(t *testing.T) {
	t.Parallel()
	c, p := fuzzTarget(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o := fuzzSmall
	o.Done = func(r *FuzzReport) {
		if r.Inputs == 2 {
			cancel()
		}
	}
	r, err := c.Fuzz(ctx, p, given("x", "x", "o", "o"), o)
	if err != nil || !r.Stopped || r.Inputs != 2 || r.Exit() != 3 {
		t.Errorf("cancelled: %+v, %v", r, err)
	}
	o = fuzzSmall
	o.Limits = Limits{Steps: 1 << 60, Time: 50 * time.Millisecond}
	r, err = c.Fuzz(context.Background(), p, given("x", "s", "x"), o)
	if err != nil || !r.Stopped || r.Inputs != 1 {
		t.Errorf("out of time: %+v, %v", r, err)
	}
	wrong := errors.New("cannot be read")
	_, err = c.Fuzz(context.Background(), p, func(yield func(Input, error) bool) { yield(Input{}, wrong) }, fuzzSmall)
	if !errors.Is(err, wrong) {
		t.Errorf("an input's error: %v", err)
	}
}

func TestFuzzNoTarget(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"int main(void) { return 0; }",
		"int LLVMFuzzerTestOneInput(void) { return 0; }",
		"int LLVMFuzzerTestOneInput(const unsigned char *d, unsigned long n); int main(void) { return LLVMFuzzerTestOneInput(0, 0); }",
	} {
		p := Program{Files: []File{{"t.c", []byte(text)}}}
		c, err := Compile(t.Context(), p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if r, err := c.Fuzz(context.Background(), p, given("x"), FuzzOptions{}); !errors.Is(err, ErrSource) {
			t.Errorf("%s: %+v, %v", text, r, err)
		}
	}
}

// BenchmarkFuzz is inputs of 64 bytes for a target that reads them all.
func BenchmarkFuzz(b *testing.B) {
	text := `#include <stdint.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
static int words;
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = malloc(size + 1);
	if (s == NULL) return 0;
	memcpy(s, data, size);
	s[size] = 0;
	for (char *p = s; *p != 0; p++) words += *p == ' ';
	free(s);
	return 0;
}`
	p := Program{Files: []File{{"t.c", []byte(text)}}}
	c, err := Compile(b.Context(), p, Options{})
	if err != nil {
		b.Fatal(err)
	}
	in := Input{"x", []byte(strings.Repeat("a word ", 9))}
	n := 0
	for b.Loop() {
		r, err := c.Fuzz(context.Background(), p, func(yield func(Input, error) bool) {
			for range 1000 {
				if !yield(in, nil) {
					return
				}
			}
		}, FuzzOptions{Options: Options{Leaks: true}})
		if err != nil || r.Clean != 1000 {
			b.Fatal(r, err)
		}
		n += 1000
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "inputs/s")
}
