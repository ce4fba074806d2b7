package front

import "testing"

// TestTwice: mistakes are told in the same words each time.
func TestTwice(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"int f(void) { int a = 1; int b = 1; int c = 1; int a = 2; int b = 2; int c = 2; return 0; }",
		"int f(void) { int a = 1; int b = 1;\nint a = 2;\nint b = 2; return 0; }",
		"typedef int a; typedef char a;\ntypedef int b; typedef char b;\ntypedef int c; typedef int c;",
		"void\n#include <stdio.h>\nint puts(void);",
		"int f(void);\nint g(void);\nchar f(void);\nchar g(void);\nint x = 1; int x = 2;",
		"int f(void) { signed char a = 100; int sum = a + b; short b = 100; int sum = a + b; return 0; }",
	} {
		seen := map[string]bool{}
		for range 20 {
			_, err := Parse("t.c", []byte(text), Options{Machine: Machines[0]})
			if err == nil {
				t.Fatalf("%s is taken", text)
			}
			seen[err.Error()] = true
		}
		if len(seen) != 1 {
			t.Errorf("%s: %v", text, seen)
		}
	}
}
