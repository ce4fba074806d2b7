package csaf

import (
	"fmt"
	"slices"
)

// The tests of a profile hold for documents whose category is that profile's
// own value, and for no others. csaf:6.1.27

// profile tells whether the document is of one of the profiles.
func (c *checker) profile(of ...Category) bool {
	return slices.Contains(of, c.Document.Category)
}

// profileNotes: a note says what it is about. csaf:6.1.27.1
func (c *checker) profileNotes() {
	if !c.profile(InformationalAdvisory, SecurityIncidentResponse) {
		return
	}
	for _, n := range c.Document.Notes {
		switch n.Category {
		case NoteDescription, NoteDetails, NoteGeneral, NoteSummary:
			return
		}
	}
	c.add("/document/notes", "there is no note of category description, details, general or summary")
}

// profileReferences: a link leads to more. csaf:6.1.27.2
func (c *checker) profileReferences() {
	if !c.profile(InformationalAdvisory, SecurityIncidentResponse) {
		return
	}
	for _, r := range c.Document.References {
		if r.Category != ReferenceSelf {
			return
		}
	}
	c.add("/document/references", "there is no reference of category external")
}

// profileNoVulnerabilities: an informational advisory has none. csaf:6.1.27.3
func (c *checker) profileNoVulnerabilities() {
	if c.profile(InformationalAdvisory) && c.Vulnerabilities != nil {
		c.add("/vulnerabilities", "an informational advisory has no vulnerabilities")
	}
}

// profileProductTree: the products are told. csaf:6.1.27.4
func (c *checker) profileProductTree() {
	if c.profile(SecurityAdvisory, VEX) && c.ProductTree == nil {
		c.add("/product_tree", "the product tree is missing")
	}
}

// profileVulnerabilityNotes: each vulnerability is described. csaf:6.1.27.5
func (c *checker) profileVulnerabilityNotes() {
	if !c.profile(SecurityAdvisory, VEX) {
		return
	}
	for i, v := range c.Vulnerabilities {
		if v.Notes == nil {
			c.add(vulnerability(i)+"/notes", "the vulnerability has no notes")
		}
	}
}

// profileProductStatus: each vulnerability says for which products.
// csaf:6.1.27.6
func (c *checker) profileProductStatus() {
	if !c.profile(SecurityAdvisory) {
		return
	}
	for i, v := range c.Vulnerabilities {
		if v.ProductStatus == nil {
			c.add(vulnerability(i)+"/product_status", "the vulnerability has no product status")
		}
	}
}

// vexProductStatus: each vulnerability has a status that VEX knows.
// csaf:6.1.27.7
func (c *checker) vexProductStatus() {
	if !c.profile(VEX) {
		return
	}
	for i, v := range c.Vulnerabilities {
		s := v.ProductStatus
		if s == nil || s.Fixed == nil && s.KnownAffected == nil && s.KnownNotAffected == nil && s.UnderInvestigation == nil {
			c.add(vulnerability(i)+"/product_status", "one of fixed, known_affected, known_not_affected and under_investigation is needed")
		}
	}
}

// vexVulnerabilityID: each vulnerability has a name. csaf:6.1.27.8
func (c *checker) vexVulnerabilityID() {
	if !c.profile(VEX) {
		return
	}
	for i, v := range c.Vulnerabilities {
		if v.CVE == "" && v.IDs == nil {
			c.add(vulnerability(i), "the vulnerability has neither cve nor ids")
		}
	}
}

// vexImpactStatement: who is not affected is told why. csaf:6.1.27.9
func (c *checker) vexImpactStatement() {
	if !c.profile(VEX) {
		return
	}
	for i, v := range c.Vulnerabilities {
		if v.ProductStatus == nil {
			continue
		}
		reasons := newNaming()
		for _, f := range v.Flags {
			reasons.add(f.ProductIDs, f.GroupIDs)
		}
		for _, t := range v.Threats {
			if t.Category == ThreatImpact {
				reasons.add(t.ProductIDs, t.GroupIDs)
			}
		}
		told := c.resolve(reasons)
		for j, id := range v.ProductStatus.KnownNotAffected {
			if !told[id] {
				c.add(fmt.Sprintf("%s/product_status/known_not_affected/%d", vulnerability(i), j),
					"nothing says why the product %q is not affected", clip(string(id)))
			}
		}
	}
}

// vexActionStatement: who is affected is told what to do. csaf:6.1.27.10
func (c *checker) vexActionStatement() {
	if !c.profile(VEX) {
		return
	}
	for i, v := range c.Vulnerabilities {
		if v.ProductStatus == nil {
			continue
		}
		help := newNaming()
		for _, r := range v.Remediations {
			help.add(r.ProductIDs, r.GroupIDs)
		}
		told := c.resolve(help)
		for j, id := range v.ProductStatus.KnownAffected {
			if !told[id] {
				c.add(fmt.Sprintf("%s/product_status/known_affected/%d", vulnerability(i), j),
					"nothing says what users of the product %q can do", clip(string(id)))
			}
		}
	}
}

// profileVulnerabilities: the vulnerabilities are told. csaf:6.1.27.11
func (c *checker) profileVulnerabilities() {
	if c.profile(SecurityAdvisory, VEX) && c.Vulnerabilities == nil {
		c.add("/vulnerabilities", "the vulnerabilities are missing")
	}
}
