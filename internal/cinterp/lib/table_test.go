package lib_test

import (
	"strings"
	"testing"

	"steward/internal/cinterp/front/include"
	"steward/internal/cinterp/lib"
)

// missing are the functions that the headers declare and the library has not:
// a program that calls one ends without a verdict. The list only shrinks.
const missing = `
fetestexcept
pclose popen
mmap mprotect msync munmap
getrlimit setrlimit
utimes
wait waitpid
strptime
alarm execv execvp fork pause pipe symlink
utime
`

// TestWhatIsMissing: the list above is what is missing, and no more.
func TestWhatIsMissing(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, n := range strings.Fields(missing) {
		listed[n] = true
	}
	have := lib.Functions()
	declared, there := 0, 0
	for _, f := range include.Functions() {
		if f.Macro {
			continue
		}
		declared++
		switch _, ok := have[f.Name]; {
		case ok:
			there++
			if listed[f.Name] {
				t.Errorf("%s is there: take it off the list", f.Name)
			}
		case !listed[f.Name]:
			t.Errorf("%s of %s is declared and is not in the library", f.Name, f.Header)
		}
		delete(listed, f.Name)
	}
	for n := range listed {
		t.Errorf("%s is on the list and no header declares it", n)
	}
	t.Logf("%d of %d functions", there, declared)
}
