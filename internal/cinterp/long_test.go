package cinterp

import (
	"strings"
	"testing"
	"time"
)

// TestLongExpressions: what a program's generator may write is read in good time,
// though each effect in it is held against all others.
func TestLongExpressions(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"assignments": "static int total;\nint main(void) { " + strings.Repeat("total += ", 1500) + "1; return 0; }\n",
		"arguments":   "static int f(int x, ...) { return x; }\nint main(void) { int a = 0; return f(0" + strings.Repeat(", a++", 5000) + "); }\n",
		"operands":    "int main(void) { int a = 0, *p = &a; return *p" + strings.Repeat(" + (*p)++", 1500) + "; }\n",
	} {
		r, err := Run(t.Context(), Program{Files: []File{{Name: "t.c", Text: []byte(text)}}}, Options{Limits: Limits{Time: time.Minute}})
		if err != nil || r.Finding == nil || r.Finding.Kind != "unsequenced" {
			t.Errorf("%s: %v: %s", name, err, r.Why)
		}
	}
}
