package people

import (
	_ "embed"
	"strings"

	"steward/internal/base/errs"
)

//go:embed addresses.txt
var addresses string

const (
	maxAddresses = 1 << 20 // bytes of a list
	maxSources   = 50_000
)

// Known is the list of upstream's addresses that comes with Steward, by source:
// some on which much rests, and whose home page Upstream does not know. It was
// made by hand; a list of one's own may overrule it.
func Known() map[string]string {
	list, err := ParseAddresses([]byte(addresses))
	if err != nil {
		panic(err) // a test reads it
	}
	return list
}

// ParseAddresses reads a list of addresses: a source and where upstream's
// repository is cloned from, one a line. Empty lines, and what follows a # at
// the beginning of a line, do not count. It fails with Invalid, which names the
// line.
func ParseAddresses(raw []byte) (map[string]string, error) {
	out := map[string]string{}
	if len(raw) > maxAddresses {
		return nil, errs.Invalidf("addresses", "The list is larger than a megabyte.").WithHint("leave some out")
	}
	n := 0
	for line := range strings.SplitSeq(string(raw), "\n") {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Fields(line)
		if len(f) != 2 || !sourceName().MatchString(f[0]) {
			return nil, errs.Invalidf("addresses", "Line %d is not a source and an address.", n).WithHint("write: xz-utils https://host/path")
		}
		if err := checkURL(f[1]); err != nil {
			return nil, errs.Invalidf("addresses", "Line %d: %s", n, errs.Public(err)).WithHint("write: xz-utils https://host/path")
		}
		if _, twice := out[f[0]]; twice {
			return nil, errs.Invalidf("addresses", "Line %d: %s is there twice.", n, f[0]).WithHint("leave one out")
		}
		if out[f[0]] = f[1]; len(out) > maxSources {
			return nil, errs.Invalidf("addresses", "The list has more than %d sources.", maxSources).WithHint("leave some out")
		}
	}
	return out, nil
}
