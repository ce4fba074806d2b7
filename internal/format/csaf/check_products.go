package csaf

import (
	"fmt"
	"maps"
	"slices"
)

// productsDefined: every product spoken of is in the tree. csaf:6.1.1
func (c *checker) productsDefined() {
	defined := map[ProductID]bool{}
	for _, p := range c.products() {
		defined[p.ProductID] = true
	}
	need := func(path string, id ProductID) {
		if !defined[id] {
			c.add(path, "the product %q is not in the product tree", clip(string(id)))
		}
	}
	if c.ProductTree != nil {
		for i, g := range c.ProductTree.ProductGroups {
			for j, id := range g.ProductIDs {
				need(fmt.Sprintf("/product_tree/product_groups/%d/product_ids/%d", i, j), id)
			}
		}
		for i, r := range c.ProductTree.Relationships {
			at := fmt.Sprintf("/product_tree/relationships/%d", i)
			need(at+"/product_reference", r.ProductReference)
			need(at+"/relates_to_product_reference", r.RelatesToProductReference)
		}
	}
	for i, v := range c.Vulnerabilities {
		for _, m := range v.mentions(vulnerability(i)) {
			for _, id := range m.products {
				need(m.path, id)
			}
		}
	}
}

// productsDefinedOnce: no product is defined twice. csaf:6.1.2
func (c *checker) productsDefinedOnce() {
	seen := map[ProductID]bool{}
	for at, p := range c.products() {
		if seen[p.ProductID] {
			c.add(at+"/product_id", "the product %q is defined already", clip(string(p.ProductID)))
		}
		seen[p.ProductID] = true
	}
}

// productsNotCircular: no relationship defines a product by way of itself.
// csaf:6.1.3
func (c *checker) productsNotCircular() {
	if c.ProductTree == nil {
		return
	}
	parts := map[ProductID][]ProductID{} // what a product is made of
	for _, r := range c.ProductTree.Relationships {
		id := r.FullProductName.ProductID
		parts[id] = append(parts[id], r.ProductReference, r.RelatesToProductReference)
	}
	const walking, done = 1, 2
	state := map[ProductID]int{}
	var circular func(ProductID) bool
	circular = func(id ProductID) bool {
		if state[id] != 0 {
			return state[id] == walking
		}
		state[id] = walking
		found := false
		for _, part := range parts[id] {
			found = circular(part) || found
		}
		state[id] = done
		return found
	}
	for i, r := range c.ProductTree.Relationships {
		if circular(r.FullProductName.ProductID) {
			c.add(fmt.Sprintf("/product_tree/relationships/%d/full_product_name/product_id", i),
				"the product %q is defined by way of itself", clip(string(r.FullProductName.ProductID)))
		}
	}
}

// groupsDefined: every group spoken of is in the tree. csaf:6.1.4
func (c *checker) groupsDefined() {
	for i, v := range c.Vulnerabilities {
		for _, m := range v.mentions(vulnerability(i)) {
			for j, g := range m.groups {
				if _, ok := c.groups[g]; !ok {
					c.add(fmt.Sprintf("%s/group_ids/%d", m.path, j), "the product group %q is not in the product tree", clip(string(g)))
				}
			}
		}
	}
}

// groupsDefinedOnce: no group is defined twice. csaf:6.1.5
func (c *checker) groupsDefinedOnce() {
	if c.ProductTree == nil {
		return
	}
	seen := map[GroupID]bool{}
	for i, g := range c.ProductTree.ProductGroups {
		if seen[g.GroupID] {
			c.add(fmt.Sprintf("/product_tree/product_groups/%d/group_id", i), "the product group %q is defined already", clip(string(g.GroupID)))
		}
		seen[g.GroupID] = true
	}
}

// statusNotContradicting: no product is of two groups at once, like affected
// and fixed. csaf:6.1.6
func (c *checker) statusNotContradicting() {
	for i, v := range c.Vulnerabilities {
		group := map[ProductID]string{}
		for _, s := range v.ProductStatus.lists() {
			for j, id := range s.products {
				before, ok := group[id]
				switch {
				case s.group == "":
				case !ok:
					group[id] = s.group
				case before != s.group:
					c.add(fmt.Sprintf("%s/product_status/%s/%d", vulnerability(i), s.name, j),
						"the product %q is said to be %s and %s", clip(string(id)), before, s.group)
				}
			}
		}
	}
}

// hashAlgorithmOnce: no file has two checksums of one kind. csaf:6.1.25
func (c *checker) hashAlgorithmOnce() {
	for at, p := range c.products() {
		if p.ProductIdentificationHelper == nil {
			continue
		}
		for i, h := range p.ProductIdentificationHelper.Hashes {
			seen := map[string]bool{}
			for j, f := range h.FileHashes {
				if seen[f.Algorithm] {
					c.add(fmt.Sprintf("%s/product_identification_helper/hashes/%d/file_hashes/%d", at, i, j),
						"this file has a checksum by %s already", clip(f.Algorithm))
				}
				seen[f.Algorithm] = true
			}
		}
	}
}

// remediationNamesProducts: a remediation says for what. csaf:6.1.29
func (c *checker) remediationNamesProducts() {
	for i, v := range c.Vulnerabilities {
		for j, r := range v.Remediations {
			if len(r.ProductIDs) == 0 && len(r.GroupIDs) == 0 {
				c.add(fmt.Sprintf("%s/remediations/%d", vulnerability(i), j), "this remediation names no products")
			}
		}
	}
}

// flagNamesProducts: a flag says for what. csaf:6.1.32
func (c *checker) flagNamesProducts() {
	for i, v := range c.Vulnerabilities {
		for j, f := range v.Flags {
			if len(f.ProductIDs) == 0 && len(f.GroupIDs) == 0 {
				c.add(fmt.Sprintf("%s/flags/%d", vulnerability(i), j), "this flag names no products")
			}
		}
	}
}

// oneFlagPerProduct: a product has one justification, given directly or through
// a group; every label of CSAF 2.0 is a justification. csaf:6.1.33
func (c *checker) oneFlagPerProduct() {
	for i, v := range c.Vulnerabilities {
		flagged := map[ProductID]bool{}
		for j, f := range v.Flags {
			if len(c.found) >= maxProblems {
				return // flags by the thousand on one large group would take long
			}
			named := newNaming()
			named.add(f.ProductIDs, f.GroupIDs)
			ids := slices.Sorted(maps.Keys(c.resolve(named)))
			for _, id := range ids {
				if flagged[id] {
					c.add(fmt.Sprintf("%s/flags/%d", vulnerability(i), j), "the product %q has a flag already", clip(string(id)))
				}
				flagged[id] = true
			}
		}
	}
}
