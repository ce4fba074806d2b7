package archive

import (
	"slices"
	"strings"
)

// Needs gives for each source the sources of the packages that its own packages
// depend on, as often as they do, itself included.
func (s *Suite) Needs() [][]int32 {
	out := make([][]int32, len(s.Sources))
	for i := range s.Binaries {
		b := &s.Binaries[i]
		for _, d := range b.Depends {
			out[b.Source] = append(out[b.Source], s.Binaries[d].Source)
		}
	}
	return out
}

// Description gives the line that describes the package that is named as its
// source, or else the first that is there to be used, and not to be read or
// built with; or else the first that has one. Empty: none has.
func (s *Suite) Description(source int) (line string) {
	one := &s.Sources[source]
	best := 0
	for _, i := range one.Binaries {
		b := &s.Binaries[i]
		fit := 2
		switch {
		case b.Description == "":
			continue
		case b.Name == one.Name:
			fit = 3
		case slices.Contains([]string{"doc", "debug", "devel", "libdevel", "localization"}, b.Section[strings.LastIndexByte(b.Section, '/')+1:]):
			fit = 1
		}
		if fit > best {
			best, line = fit, b.Description
		}
	}
	return line
}
