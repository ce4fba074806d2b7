package ub

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed programs/*.c
var programs embed.FS

// File is one unit of a program.
type File struct {
	Name string // such as "double-free.c"
	Text string
}

// Place is a line of a program where its kind shows. Lines count from 1.
type Place struct {
	File string
	Line int
}

// Example is a program with one kind of undefined behaviour, and its twin
// without. Most have one file; some have two, to be linked.
type Example struct {
	Kind    *Kind
	Name    string  // the kind's name, with a number where there are several
	Files   []File  // the program
	Places  []Place // where it shows; of several, any one (two sides of a race)
	Refused string  // who refuses to translate it: "gcc", "clang", "link"; by spaces
	Twin    []File  // the corrected program, strictly conforming C17
}

const (
	mark    = "/* UB */"
	refused = "/* refused: "
)

// Examples gives every example, in the order of the catalogue.
func Examples() []Example {
	names, _ := fs.Glob(programs, "programs/*.c") // the pattern is well formed
	files := map[string]string{}
	for _, n := range names {
		text, err := programs.ReadFile(n)
		if err != nil {
			continue // embedded: it cannot fail
		}
		files[strings.TrimSuffix(strings.TrimPrefix(n, "programs/"), ".c")] = string(text)
	}
	var all []Example
	for _, k := range All() {
		for _, suffix := range []string{"", "-2", "-3", "-4", "-5", "-6", "-7", "-8", "-9"} {
			if _, ok := files[k.Name+suffix]; ok {
				all = append(all, example(k, k.Name+suffix, files))
			}
		}
	}
	return all
}

func example(k *Kind, name string, files map[string]string) Example {
	e := Example{Kind: k, Name: name}
	for _, unit := range []string{"", "_b"} {
		if text, ok := files[name+unit]; ok {
			e.Files = append(e.Files, File{name + unit + ".c", text})
		}
		if text, ok := files[name+"-good"+unit]; ok {
			e.Twin = append(e.Twin, File{name + "-good" + unit + ".c", text})
		}
	}
	for _, f := range e.Files {
		for i, line := range strings.Split(f.Text, "\n") {
			if strings.HasSuffix(line, mark) {
				e.Places = append(e.Places, Place{f.Name, i + 1})
			}
			if rest, ok := strings.CutPrefix(line, refused); ok {
				e.Refused = strings.TrimSuffix(rest, " */")
			}
		}
	}
	return e
}

// ExamplesOf gives the examples of one kind.
func ExamplesOf(k *Kind) []Example {
	var some []Example
	for _, e := range Examples() {
		if e.Kind == k {
			some = append(some, e)
		}
	}
	return some
}
