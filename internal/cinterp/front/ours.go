package front

import (
	"slices"
	"strings"

	"steward/internal/cinterp/front/include"
)

// Ours tells whether a file is one of our headers or texts.
func Ours(name string) bool {
	return strings.HasPrefix(name, own+"/") || strings.HasPrefix(name, "<")
}

// Declares tells whether a header of ours declares a function of the name.
func Declares(name string) bool {
	return slices.ContainsFunc(include.Functions(), func(f include.Function) bool { return f.Name == name })
}
