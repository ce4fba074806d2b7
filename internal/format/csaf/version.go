package csaf

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
)

// revisionNumber is a version taken apart. csaf:3.1.11
type revisionNumber struct {
	semantic            bool // three parts; an integer has major alone
	major, minor, patch uint64
	pre                 string // "rc.1" of 1.0.0-rc.1
	build               string // "7f3a" of 1.0.0+7f3a
}

var (
	integerPattern  = late(`^(0|[1-9][0-9]{0,17})$`)
	semanticPattern = late(`^(0|[1-9][0-9]{0,17})\.(0|[1-9][0-9]{0,17})\.(0|[1-9][0-9]{0,17})` +
		`(?:-((?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*))?` +
		`(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$`)
)

func parseVersion(v Version) (revisionNumber, error) {
	if integerPattern().MatchString(string(v)) {
		return revisionNumber{major: decimal(string(v))}, nil
	}
	m := semanticPattern().FindStringSubmatch(string(v))
	if m == nil {
		return revisionNumber{}, errors.New("neither an integer nor a semantic version")
	}
	return revisionNumber{
		semantic: true,
		major:    decimal(m[1]), minor: decimal(m[2]), patch: decimal(m[3]),
		pre: m[4], build: m[5],
	}, nil
}

// decimal reads digits that a pattern has bounded to 18.
func decimal(digits string) uint64 {
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		panic("csaf: a pattern let through a number that is none: " + digits)
	}
	return n
}

// compare orders by precedence, in which build metadata does not count; an
// integer stands where the semantic version with that major part does.
func (v revisionNumber) compare(w revisionNumber) int {
	return cmp.Or(
		cmp.Compare(v.major, w.major),
		cmp.Compare(v.minor, w.minor),
		cmp.Compare(v.patch, w.patch),
		comparePre(v.pre, w.pre),
	)
}

// comparePre orders the parts after the dash: none at all comes last, numbers
// come before words and by their value.
func comparePre(a, b string) int {
	if a == "" || b == "" {
		return cmp.Compare(len(b), len(a)) // the one that is not empty is the smaller
	}
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		if c := comparePrePart(as[i], bs[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(as), len(bs))
}

func comparePrePart(a, b string) int {
	aNumber, bNumber := isDigits(a), isDigits(b)
	switch {
	case aNumber && bNumber:
		// No leading zeros: the longer is the larger.
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	case aNumber:
		return -1
	case bNumber:
		return 1
	}
	return cmp.Compare(a, b)
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }
