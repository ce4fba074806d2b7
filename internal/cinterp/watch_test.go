package cinterp

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// slow is a source that the parser needs very long for.
func slow() File {
	var b strings.Builder
	b.WriteString("#define A0 !\n")
	for i := range 40 {
		fmt.Fprintf(&b, "#define A%d A%d A%d\n", i+1, i, i)
	}
	b.WriteString("#if A40 1\n#endif\n")
	return File{Name: "t.c", Text: []byte(b.String())}
}

// TestTimeOfTheParser: the limit of time, and ctx, hold for the parser, too.
func TestTimeOfTheParser(t *testing.T) {
	t.Parallel()
	ended, end := context.WithCancel(t.Context())
	end()
	for name, c := range map[string]struct {
		ctx   context.Context
		limit time.Duration
		why   string
	}{
		"limit":   {t.Context(), 100 * time.Millisecond, "the time is up"},
		"stopped": {ended, time.Hour, "it was told to stop"},
	} {
		begin := time.Now()
		r, err := Run(c.ctx, Program{Files: []File{slow()}}, Options{Limits: Limits{Time: c.limit}})
		if err != nil || r.Verdict != CannotSay || r.Why != c.why {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if d := time.Since(begin); d > 20*time.Second {
			t.Errorf("%s: ended after %v", name, d)
		}
	}
}

// TestWatched: work that panics, takes too long or too much is given up.
func TestWatched(t *testing.T) {
	t.Parallel()
	if n, why := watched(t.Context(), 0, func() int { return 7 }); n != 7 || why != "" {
		t.Error(n, why)
	}
	if _, why := watched(t.Context(), 0, func() int { panic("x") }); why == "" {
		t.Error("a panic is lost")
	}
	release := make(chan bool)
	defer close(release)
	if _, why := watched(t.Context(), 1, func() int { <-release; return 0 }); !strings.Contains(why, "limit") {
		t.Error(why)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, why := watched(ctx, 0, func() int { <-release; return 0 }); why != "the time is up" {
		t.Error(why)
	}
}

// TestBeyondIsNoError: a program beyond a limit has a report with its place.
func TestBeyondIsNoError(t *testing.T) {
	t.Parallel()
	text := "int main(void) {\n return " + strings.Repeat("!", 100_000) + "1;\n}\n"
	r, err := Run(t.Context(), Program{Files: []File{{"t.c", []byte(text)}}}, Options{})
	if err != nil || r.Exit() != 3 || r.WhyPlace == nil || r.WhyPlace.Line != 2 {
		t.Errorf("%+v, %v", r, err)
	}
}
