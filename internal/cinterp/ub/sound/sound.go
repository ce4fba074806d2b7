// Package sound holds programs that are defined, though they go to the edge of
// a rule: a tool that finds undefined behaviour in one of them cries wolf. Each
// begins with a comment that names the clause by which it is in order.
package sound

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"steward/internal/cinterp/ub"
)

//go:embed programs/*
var programs embed.FS

// Program is one of them.
type Program struct {
	Name   string  // of the file, without its end
	File   ub.File // strictly conforming C17
	Why    string  // the clauses, and what they allow
	Output string  // what it prints, on every machine
}

// Programs gives all of them, by name.
func Programs() ([]Program, error) {
	names, err := fs.Glob(programs, "programs/*.c")
	if err != nil {
		return nil, fmt.Errorf("listing the programs: %w", err)
	}
	var all []Program
	for _, n := range names {
		text, err := programs.ReadFile(n)
		if err != nil {
			return nil, fmt.Errorf("reading a program: %w", err)
		}
		base := strings.TrimSuffix(n, ".c")
		out, err := programs.ReadFile(base + ".out")
		if err != nil {
			return nil, fmt.Errorf("reading what a program prints: %w", err)
		}
		why, _, _ := strings.Cut(string(text), "\n")
		base = strings.TrimPrefix(base, "programs/")
		all = append(all, Program{
			Name: base, File: ub.File{Name: base + ".c", Text: string(text)},
			Why: strings.TrimSuffix(strings.TrimPrefix(why, "/* "), " */"), Output: string(out),
		})
	}
	return all, nil
}
