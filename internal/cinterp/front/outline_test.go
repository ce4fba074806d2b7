package front

import (
	"testing"
	"time"
)

// TestEnds: the parser ends on a text that stops in the middle.
func TestEnds(t *testing.T) {
	t.Parallel()
	done := make(chan bool)
	go func() {
		defer close(done)
		for _, s := range []string{"int a;*", "int *", "*", "int f(int *", "#define f(x) *\nf(", "(*", "int (*", "struct s { int *", "int a = (int *", "#define s(x) *\ns(1)", "void f(void) { *", "typedef int *const"} {
			for _, read := range []func(string, []byte, Options) (*Unit, error){Parse, Outline} {
				if u, err := read("a.c", []byte(s), Options{Machine: Machines[0]}); err == nil {
					t.Errorf("%q is taken: %v", s, u.Name)
				}
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("the parser does not end")
	}
}

// TestOutline: what is refused for its types can still be read.
func TestOutline(t *testing.T) {
	t.Parallel()
	o := Options{Machine: Machines[0]}
	text := []byte("int f(int);\nint f(long);\n")
	if _, err := Parse("a.c", text, o); err == nil {
		t.Error("a clash is taken")
	}
	u, err := Outline("a.c", text, o)
	if err != nil || !u.Outline || u.AST == nil {
		t.Errorf("%+v, %v", u, err)
	}
}
