package archive

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
// source, or else the first of its packages that has one; empty if none has.
func (s *Suite) Description(source int) (line string) {
	one := &s.Sources[source]
	for _, i := range one.Binaries {
		b := &s.Binaries[i]
		if b.Name == one.Name && b.Description != "" {
			return b.Description
		}
		if line == "" {
			line = b.Description
		}
	}
	return line
}
