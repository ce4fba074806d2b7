package ub

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the catalogue into docs/INTERPRET.md anew")

const (
	page  = "../../../docs/INTERPRET.md"
	begin = "<!-- catalogue: written by go test ./internal/cinterp/ub -run Document -update -->\n"
	end   = "<!-- end of the catalogue -->\n"
)

func TestDocumentIsTheCatalogue(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	old, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the catalogue between %q and %q", page, begin, end)
	}
	want := "\n" + Document() + "\n"
	if *update {
		if err := os.WriteFile(page, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if old != want {
		t.Errorf("the catalogue in %s is not that of the code: go test ./internal/cinterp/ub -run Document -update", page)
	}
}
