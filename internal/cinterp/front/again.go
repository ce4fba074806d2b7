package front

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"modernc.org/cc/v4"
)

// What is declared more than once the parser looks at in an order of chance, and
// at the first conflict in a scope it stops. What it says of that is not passed on.

// conflicting is in what the parser says of a conflict.
const conflicting = ": conflicting types for '"

// ordered leaves out what the parser finds in an order of chance, and of which it
// tells only some: what is declared again in a block, or defined more than once.
// When nothing else is wrong, these are told by their lines.
func ordered(lines []string) []string {
	var again, others []string
	for _, l := range lines {
		place, _, ok := strings.Cut(l, ": multiple definitions of '")
		if !ok {
			place, _, ok = strings.Cut(l, ": redeclaration of '")
		}
		if !ok {
			place, _, ok = strings.Cut(l, conflicting)
		}
		if i := strings.LastIndexByte(place, ':'); ok && i > 0 {
			again = append(again, place[:i]+":1: what is declared here is declared again, or defined more than once")
		} else {
			others = append(others, l)
		}
	}
	if len(others) > 0 {
		return others
	}
	slices.Sort(again)
	return slices.Compact(again)
}

// onlyConflicts tells whether the parser found conflicts, and nothing that is no
// matter of chance.
func onlyConflicts(err error) bool {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	found := slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, conflicting) })
	return found && !slices.ContainsFunc(lines, func(l string) bool {
		return !strings.Contains(l, conflicting) && !strings.Contains(l, ": multiple definitions of '") && !strings.Contains(l, ": redeclaration of '")
	})
}

// conflicts tells of a unit that has some where it declares again: which of these
// do not go with what they were before, the types would show.
func conflicts(ast *cc.AST, name string) error {
	type place struct {
		file      string
		line, col int
		name      string
	}
	var all []place
	for n, list := range ast.Scope.Nodes {
		first := true
		for _, x := range list {
			d, ok := x.(*cc.Declarator)
			if !ok {
				continue
			}
			if p := d.Position(); !first && !Ours(p.Filename) {
				all = append(all, place{p.Filename, p.Line, p.Column, n})
			}
			first = false
		}
	}
	if len(all) == 0 {
		return errors.New(name + ": something is declared again, and not as it was")
	}
	slices.SortFunc(all, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.col, b.col), cmp.Compare(a.name, b.name))
	})
	text := "%s:%d:%d: %s is declared again, and not as it was"
	if len(all) > 1 {
		text += ", or another of these is"
	}
	var lines []string
	for _, p := range all { // all of them: what is found as undefined is known by its line
		lines = append(lines, fmt.Sprintf(text, p.file, p.line, p.col, p.name))
	}
	return errors.New(strings.Join(lines, "\n"))
}
