package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// goFiles lists the project's Go files, from its root.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir("../..", func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "testdata" || (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." && d.Name() != "../..")) {
			return filepath.SkipDir
		}
		if err == nil && strings.HasSuffix(p, ".go") {
			files = append(files, p)
		}
		return err
	})
	if err != nil || len(files) < 20 {
		t.Fatalf("found %d Go files: %v", len(files), err)
	}
	return files
}

// The shape: one subject a file, a function that fits a screen or two. The
// limits are above what is usual here, so that what passes them is a mistake.
const (
	maxFileLines = 600
	maxFuncLines = 100
)

var (
	promise = regexp.MustCompile(`\b(TODO|FIXME|XXX)\b`)
	// generated code has the shape of its generator, which is checked.
	generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)
	skipping  = regexp.MustCompile(`\bt\.Skip`)
)

func TestShape(t *testing.T) {
	t.Parallel()
	for _, path := range goFiles(t) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if generated.Match(raw) {
			continue
		}
		isTest := strings.HasSuffix(path, "_test.go")
		if n := strings.Count(string(raw), "\n"); n > maxFileLines && !isTest {
			t.Errorf("%s has %d lines: more than one subject?", path, n)
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, raw, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range f.Comments {
			if promise.MatchString(g.Text()) {
				t.Errorf("%s: a comment promises what the code does not do: %s", fset.Position(g.Pos()), g.Text())
			}
		}
		if isTest && skipping.Match(raw) && !strings.HasSuffix(path, "shape_test.go") {
			t.Errorf("%s skips a test", path)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line; n > maxFuncLines && !isTest {
				t.Errorf("%s: %s has %d lines", fset.Position(fn.Pos()), fn.Name.Name, n)
			}
		}
	}
}

// TestDocumented: every package says what it is for.
func TestDocumented(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{}
	for _, path := range goFiles(t) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Dir(path)
		documented[dir] = documented[dir] || f.Doc != nil
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s: no package comment", dir)
		}
	}
}
