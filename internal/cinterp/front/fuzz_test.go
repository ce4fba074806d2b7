package front

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"steward/internal/cinterp/mutant"
)

// FuzzParse reads texts that were changed: reading ends, without a panic that
// nothing caught, and says the same each time.
func FuzzParse(f *testing.F) {
	paths, err := filepath.Glob("../ub/sound/programs/*.c")
	if err != nil || len(paths) == 0 {
		f.Fatal(err)
	}
	for i, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, uint64(i))
	}
	for _, s := range []string{doubling("x", 5) + "A5", doubling("(", 5) + "\n#if A5 1\n", "#include \"t.c\"\n", "#define f(x, ...) #x x##__VA_ARGS__\nint a = f(1, 2, 3);", "#if (1 ? 2 : 3) && defined f || !__has_include(<stdio.h>)\n#elif 1/0\n#endif"} {
		f.Add([]byte(s), uint64(0))
	}
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		if len(text) > 1<<16 {
			return
		}
		if seed != 0 {
			text = mutant.Source(text, seed)
		}
		said := func(read func(string, []byte, Options) (*Unit, error)) string {
			begin := time.Now()
			_, err := read("t.c", text, Options{Machine: Machines[seed%uint64(len(Machines))]})
			if d := time.Since(begin); d > time.Minute {
				t.Fatalf("%v for\n%s", d, text)
			}
			if err != nil {
				return err.Error()
			}
			return ""
		}
		if a, b := said(Parse), said(Parse); a != b {
			t.Fatalf("%s\n%s\nfor\n%s", a, b, text)
		}
		if a, b := said(Outline), said(Outline); a != b {
			t.Fatalf("%s\n%s\nfor\n%s", a, b, text)
		}
	})
}
