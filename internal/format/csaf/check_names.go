package csaf

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/package-url/packageurl-go"
	"golang.org/x/text/language"
)

// weaknessKnown: the CWE is on the list, under the name given. csaf:6.1.11
func (c *checker) weaknessKnown() {
	for i, v := range c.Vulnerabilities {
		if v.CWE == nil {
			continue
		}
		at := vulnerability(i) + "/cwe"
		switch name, ok := WeaknessName(v.CWE.ID); {
		case !ok:
			c.add(at+"/id", "%s is not a weakness of CWE %s", v.CWE.ID, CWEVersion)
		case name != v.CWE.Name:
			c.add(at+"/name", "%s is named %q", v.CWE.ID, name)
		}
	}
}

// languageKnown: language tags are registered. csaf:6.1.12
func (c *checker) languageKnown() {
	for _, l := range []struct {
		path string
		tag  Lang
	}{{"/document/lang", c.Document.Lang}, {"/document/source_lang", c.Document.SourceLang}} {
		if l.tag == "" {
			continue
		}
		if _, err := language.Parse(string(l.tag)); err != nil {
			c.add(l.path, "%q is not a registered language", clip(string(l.tag)))
		}
	}
}

// packageURLs: package URLs have all that one needs. csaf:6.1.13
func (c *checker) packageURLs() {
	for at, p := range c.products() {
		if p.ProductIdentificationHelper == nil || p.ProductIdentificationHelper.PURL == "" {
			continue
		}
		if _, err := packageurl.FromString(string(p.ProductIdentificationHelper.PURL)); err != nil {
			c.add(at+"/product_identification_helper/purl", "this is not a package URL: %v", err)
		}
	}
}

// translatorNamesSource: a translation says from which language. csaf:6.1.15
func (c *checker) translatorNamesSource() {
	if c.Document.Publisher.Category == PublisherTranslator && c.Document.SourceLang == "" {
		c.add("/document/source_lang", "a translator names the language of the original")
	}
}

// cveOnce: no CVE has two vulnerabilities. csaf:6.1.23
func (c *checker) cveOnce() {
	seen := map[CVE]bool{}
	for i, v := range c.Vulnerabilities {
		if v.CVE != "" && seen[v.CVE] {
			c.add(vulnerability(i)+"/cve", "%s is another vulnerability of this document already", v.CVE)
		}
		seen[v.CVE] = true
	}
}

// involvementsOnce: a party did one thing at a time. csaf:6.1.24
func (c *checker) involvementsOnce() {
	type key struct {
		party Party
		date  time.Time
	}
	for i, v := range c.Vulnerabilities {
		seen := map[key]bool{}
		for j, inv := range v.Involvements {
			k := key{inv.Party, inv.Date.UTC()}
			if seen[k] {
				c.add(fmt.Sprintf("%s/involvements/%d", vulnerability(i), j), "the %s has an entry for this date already", inv.Party)
			}
			seen[k] = true
		}
	}
}

// categoryNotProfile: a category that is no profile does not look like one.
// csaf:6.1.26
func (c *checker) categoryNotProfile() {
	const path = "/document/category"
	category := c.Document.Category
	switch category {
	case Base, SecurityIncidentResponse, InformationalAdvisory, SecurityAdvisory, VEX:
		return
	}
	if strings.HasPrefix(strings.ToLower(string(category)), "csaf_") {
		c.add(path, "%q starts with csaf_, which is kept for profiles", clip(string(category)))
		return
	}
	bare := strings.TrimPrefix(squeeze(string(category)), "csaf")
	for _, profile := range []Category{SecurityIncidentResponse, InformationalAdvisory, SecurityAdvisory, VEX} {
		if bare == strings.TrimPrefix(squeeze(string(profile)), "csaf") {
			c.add(path, "%q reads like %s", clip(string(category)), profile)
		}
	}
}

// squeeze lowers the case and drops dashes, white space and underscores.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || unicode.Is(unicode.Pd, r) || unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// translationDiffers: a translation is in another language. csaf:6.1.28
func (c *checker) translationDiffers() {
	d := c.Document
	if d.SourceLang != "" && strings.EqualFold(string(d.Lang), string(d.SourceLang)) {
		c.add("/document/source_lang", "the document is in %s, and so is its original", d.Lang)
	}
}

// versionNotRange: what is called a version is one, not a range of them. A
// word counts when it stands alone: "after-eight" is a version. csaf:6.1.31
func (c *checker) versionNotRange() {
	for at, b := range c.branches() {
		if b.Category != BranchProductVersion {
			continue
		}
		name := strings.ToLower(b.Name)
		found := strings.ContainsAny(name, "<>")
		for _, word := range strings.Fields(name) {
			switch strings.Trim(word, ".,;:") {
			case "after", "all", "before", "earlier", "later", "prior", "versions":
				found = true
			}
		}
		if found {
			c.add(at+"/name", "%q is a range of versions; its category is product_version_range", clip(b.Name))
		}
	}
}
