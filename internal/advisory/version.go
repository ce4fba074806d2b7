package advisory

import (
	"cmp"
	"strings"

	"steward/internal/base/pattern"
)

// semverPattern is a semantic version as the standard has it, without the v
// that some put before it.
// semver2:9, semver2:10
var semverPattern = pattern.Late(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)` +
	`(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?` +
	`(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$`)

// numbersPattern is a version of numbers and dots only.
var numbersPattern = pattern.Late(`^\d+(\.\d+)*$`)

// Semver gives the version in the form that OSV wants, without a v before it,
// and whether it is a semantic version at all.
func Semver(version string) (string, bool) {
	version = strings.TrimPrefix(version, "v")
	return version, semverPattern().MatchString(version)
}

// CompareVersions orders two versions of a product in the ecosystem (empty:
// none): -1, 0 or +1 and true, or false where their order is not certain. It
// knows semantic versions where the ecosystem uses them, and versions of
// numbers and dots everywhere. The version "0" comes before every other.
func CompareVersions(ecosystem, a, b string) (int, bool) {
	switch {
	case a == b:
		return 0, true
	case a == "0":
		return -1, true
	case b == "0":
		return 1, true
	}
	sa, aok := Semver(a)
	sb, bok := Semver(b)
	if aok && bok && (ecosystem == "" || SemanticEcosystem(ecosystem)) {
		return compareSemver(sa, sb), true
	}
	sa, sb = strings.TrimPrefix(a, "v"), strings.TrimPrefix(b, "v")
	if numbersPattern().MatchString(sa) && numbersPattern().MatchString(sb) {
		return compareNumbers(sa, sb), true
	}
	return 0, false
}

// compareSemver orders two semantic versions; build metadata does not count.
// semver2:11
func compareSemver(a, b string) int {
	ma, mb := semverPattern().FindStringSubmatch(a), semverPattern().FindStringSubmatch(b)
	for i := 1; i <= 3; i++ {
		if c := compareNumber(ma[i], mb[i]); c != 0 {
			return c
		}
	}
	switch pa, pb := ma[4], mb[4]; {
	case pa == pb:
		return 0
	case pa == "":
		return 1
	case pb == "":
		return -1
	default:
		return comparePre(strings.Split(pa, "."), strings.Split(pb, "."))
	}
}

// comparePre orders what stands behind the dash: numbers by value and before
// words, fewer parts before more.
func comparePre(a, b []string) int {
	for i := range min(len(a), len(b)) {
		an, bn := numbersPattern().MatchString(a[i]), numbersPattern().MatchString(b[i])
		c := cmp.Compare(a[i], b[i])
		switch {
		case an && bn:
			c = compareNumber(a[i], b[i])
		case an:
			c = -1
		case bn:
			c = 1
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// compareNumbers orders versions such as 1.10 and 1.9.3; what is missing at
// the end counts as zero.
func compareNumbers(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		x, y := "0", "0"
		if i < len(as) {
			x = as[i]
		}
		if i < len(bs) {
			y = bs[i]
		}
		if c := compareNumber(x, y); c != 0 {
			return c
		}
	}
	return 0
}

// compareNumber orders two decimal numbers of any length.
func compareNumber(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}
