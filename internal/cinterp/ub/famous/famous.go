// Package famous holds ten vulnerabilities of the kinds that became known by
// name, each reduced to a program of ours with a corrected twin. The interpreter
// must say of each what a handler writes into an advisory: kind, line and CWE.
package famous

import (
	"embed"
	"fmt"
	"strings"

	"steward/internal/cinterp/ub"
)

//go:embed programs/*.c
var programs embed.FS

// Case is one of them.
type Case struct {
	Name  string   // of the file, without its end
	Story string   // what went wrong, in one line
	Like  string   // a public case of the same sort: a CVE, or empty
	Kind  *ub.Kind // what the interpreter shows; its CWE is the finding's
	Root  int      // the CWE of the mistake behind it, where it is another; else 0
	Line  int      // where it shows
	Bad   ub.File
	Twin  ub.File
}

// table is in the order of the wish list: reads, writes, lifetimes.
var table = []struct {
	name, kind, like string
	root             int
	story            string
}{
	{"heartbeat", "library-overread", "CVE-2014-0160", 130, "A length in a request is believed, and memory behind the request is sent back."},
	{"path-off-by-one", "out-of-bounds-write", "CVE-2003-0466", 193, "A path of the greatest length is ended one byte past its array."},
	{"cache-use-after-free", "use-after-free", "", 0, "An entry is thrown out of a cache while its name is still needed."},
	{"count-times-size", "out-of-bounds-write", "CVE-2002-0639", 680, "A product that wraps around makes an allocation too small."},
	{"log-format", "format-argument-missing", "CVE-2000-0573", 134, "What a client sent is used as a format."},
	{"greeting-overflow", "library-overflow", "", 121, "sprintf writes past a local array."},
	{"inflate-double-free", "double-free", "CVE-2002-0059", 0, "An error path and its caller both free a table."},
	{"reply-leaks-stack", "uninitialised-read", "", 0, "A part of a reply that was never set is sent."},
	{"negative-length", "library-overflow", "", 195, "A negative length passes a check and becomes a huge one."},
	{"iterator-after-realloc", "use-after-free", "", 0, "A pointer into a list is used after the list has moved."},
}

// Cases gives all ten.
func Cases() ([]Case, error) {
	var all []Case
	for _, row := range table {
		c := Case{Name: row.name, Story: row.story, Like: row.like, Kind: ub.ByName(row.kind), Root: row.root}
		for end, to := range map[string]*ub.File{".c": &c.Bad, "-good.c": &c.Twin} {
			text, err := programs.ReadFile("programs/" + row.name + end)
			if err != nil {
				return nil, fmt.Errorf("reading the program %s: %w", row.name, err)
			}
			*to = ub.File{Name: row.name + end, Text: string(text)}
		}
		for i, line := range strings.Split(c.Bad.Text, "\n") {
			if strings.HasSuffix(line, "/* UB */") {
				c.Line = i + 1
			}
		}
		all = append(all, c)
	}
	return all, nil
}
