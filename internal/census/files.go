package census

import (
	"fmt"
	"strings"
)

// Files are the names of what was read, without their folders. What is not known
// is told by its kind.
type Files struct{ Packages, Sources, Contents, Older []string }

// In tells where a value was read, by the kinds of a signal's From: the name of
// the file where there is one of the kind, or how many there are.
func (f Files) In(from string) string {
	names := map[string][]string{fromPackages: f.Packages, fromSources: f.Sources, fromContents: f.Contents, fromOlder: f.Older}
	var out []string
	for kind := range strings.SplitSeq(from, ", ") {
		switch files := names[kind]; len(files) {
		case 0:
			out = append(out, kind)
		case 1:
			out = append(out, files[0])
		default:
			out = append(out, fmt.Sprintf("%s (%d files)", kind, len(files)))
		}
	}
	return strings.Join(out, ", ")
}
