package render

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/package-url/packageurl-go"

	"steward/internal/advisory"
	"steward/internal/format/csaf"
)

// csafProducts is the product tree of a document and what it says of each
// product. Products get their identifiers in the order of the advisory.
type csafProducts struct {
	tree     []csaf.Branch
	affected []csaf.ProductID
	fixed    []csaf.ProductID
	fixable  []csaf.ProductID // affected, and a fix is known
	unfixed  []csaf.ProductID // affected, and none is
	count    int
}

// newCSAFProducts builds the tree vendor → product → version or range.
// csaf:3.1.2, csaf:6.3.9
func newCSAFProducts(a advisory.Advisory) *csafProducts {
	c := &csafProducts{}
	// A link to a fix counts for whatever has no fixed version of its own.
	patched := slices.ContainsFunc(a.References, func(r advisory.Reference) bool { return r.Kind == "fix" })
	vendor := csaf.Branch{Category: csaf.BranchVendor, Name: advisory.OneLine(a.Publisher.Name)}
	for _, p := range a.Affected {
		branch := csaf.Branch{Category: csaf.BranchProductName, Name: productName(p)}
		fixedHere := patched
		for _, r := range p.Ranges {
			fixed := patched || r.Fixed != "" || r.FixedBy != ""
			fixedHere = fixedHere || fixed
			c.addAffected(&branch, fixed, csaf.BranchProductVersionRange, vers(p, r), c.product(p, rangeWords(r), ""))
		}
		for _, v := range p.Versions {
			category, name := versionBranch(p, v)
			c.addAffected(&branch, fixedHere, category, name, c.product(p, v, v))
		}
		for _, v := range fixedVersions(p) {
			category, name := versionBranch(p, v)
			product := c.product(p, v, v)
			branch.Branches = append(branch.Branches, csaf.Branch{Category: category, Name: name, Product: product})
			c.fixed = append(c.fixed, product.ProductID)
		}
		vendor.Branches = append(vendor.Branches, branch)
	}
	c.tree = []csaf.Branch{vendor}
	return c
}

// addAffected hangs an affected product into the branch.
func (c *csafProducts) addAffected(branch *csaf.Branch, fixed bool, category csaf.BranchCategory, name string, product *csaf.FullProductName) {
	branch.Branches = append(branch.Branches, csaf.Branch{Category: category, Name: name, Product: product})
	c.affected = append(c.affected, product.ProductID)
	if fixed {
		c.fixable = append(c.fixable, product.ProductID)
	} else {
		c.unfixed = append(c.unfixed, product.ProductID)
	}
}

// product makes the next product: the words say which versions it stands for;
// version is the one version, or empty for a range.
func (c *csafProducts) product(p advisory.Affected, words, version string) *csaf.FullProductName {
	c.count++
	full := &csaf.FullProductName{
		Name:      advisory.OneLine(productName(p) + " " + words),
		ProductID: csaf.ProductID(fmt.Sprintf("CSAFPID-%04d", c.count)),
	}
	if purl := packageURL(p, version); purl != "" {
		full.ProductIdentificationHelper = &csaf.IdentificationHelper{PURL: csaf.PURL(purl)}
	}
	return full
}

// packageURL gives the product's package URL with a version, which may be
// empty. A product in no ecosystem that has none gets the generic one of its
// name, by which inventories of C programs list it. csaf:6.2.16
func packageURL(p advisory.Affected, version string) string {
	u := packageurl.PackageURL{Type: packageurl.TypeGeneric, Name: advisory.OneLine(p.Product)}
	if p.PURL != "" {
		var err error
		if u, err = packageurl.FromString(p.PURL); err != nil {
			return "" // the lint says so; a page without it is better than none
		}
	} else if p.Ecosystem != "" {
		return ""
	}
	u.Version = version
	return u.ToString()
}

// fixedVersions lists the versions with a fix, each once, without any that is
// said to be affected.
func fixedVersions(p advisory.Affected) []string {
	var out []string
	for _, r := range p.Ranges {
		if r.Fixed != "" && !slices.Contains(out, r.Fixed) && !slices.Contains(p.Versions, r.Fixed) {
			out = append(out, r.Fixed)
		}
	}
	return out
}

// rangeLike finds what makes a version look like a range to the standard's
// test, which looks for such words anywhere in it.
// csaf:6.1.31
var rangeLike = regexp.MustCompile(`(?i)[<>]|after|all|before|earlier|later|prior|versions`)

// versionBranch gives the category and name of the branch of one version. A
// version that looks like a range is written as the range that only holds it.
func versionBranch(p advisory.Affected, version string) (csaf.BranchCategory, string) {
	if rangeLike.MatchString(version) {
		return csaf.BranchProductVersionRange, "vers:" + versScheme(p, version) + "/" + versQuote(version)
	}
	return csaf.BranchProductVersion, version
}

// vers writes a range as a version range specifier.
// csaf:3.1.2.3.2
func vers(p advisory.Affected, r advisory.Range) string {
	var parts []string
	from := r.Introduced != "" && r.Introduced != "0"
	if from {
		parts = append(parts, ">="+versQuote(r.Introduced))
	}
	switch {
	case r.Fixed != "":
		parts = append(parts, "<"+versQuote(r.Fixed))
	case r.LastAffected != "":
		parts = append(parts, "<="+versQuote(r.LastAffected))
	case !from:
		return "vers:all/*"
	}
	return "vers:" + versScheme(p, r.Introduced, r.Fixed, r.LastAffected) + "/" + strings.Join(parts, "|")
}

// versScheme names the order of the versions: that of the package's type, else
// the narrowest general one that they all fit.
func versScheme(p advisory.Affected, versions ...string) string {
	if u, err := packageurl.FromString(p.PURL); p.PURL != "" && err == nil {
		return u.Type
	}
	scheme := "semver"
	for _, v := range versions {
		if v == "" || v == "0" {
			continue
		}
		if _, ok := advisory.Semver(v); ok && scheme == "semver" {
			continue
		}
		if strings.Trim(v, "0123456789.") != "" {
			return "generic"
		}
		scheme = "intdot"
	}
	return scheme
}

// versQuote escapes what has a meaning in a range or a URL.
func versQuote(version string) string {
	var b strings.Builder
	for _, c := range []byte(version) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~:", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
