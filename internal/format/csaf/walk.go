package csaf

import (
	"fmt"
	"iter"
)

// branches gives every branch of the product tree with its JSON pointer, each
// before those below it.
func (a *Advisory) branches() iter.Seq2[string, *Branch] {
	return func(yield func(string, *Branch) bool) {
		if a.ProductTree != nil {
			walkBranches("/product_tree", a.ProductTree.Branches, yield)
		}
	}
}

func walkBranches(at string, list []Branch, yield func(string, *Branch) bool) bool {
	for i := range list {
		here := fmt.Sprintf("%s/branches/%d", at, i)
		if !yield(here, &list[i]) || !walkBranches(here, list[i].Branches, yield) {
			return false
		}
	}
	return true
}

// products gives every product that the tree defines with its JSON pointer.
func (a *Advisory) products() iter.Seq2[string, *FullProductName] {
	return func(yield func(string, *FullProductName) bool) {
		for at, b := range a.branches() {
			if b.Product != nil && !yield(at+"/product", b.Product) {
				return
			}
		}
		if a.ProductTree == nil {
			return
		}
		for i := range a.ProductTree.FullProductNames {
			at := fmt.Sprintf("/product_tree/full_product_names/%d", i)
			if !yield(at, &a.ProductTree.FullProductNames[i]) {
				return
			}
		}
		for i := range a.ProductTree.Relationships {
			at := fmt.Sprintf("/product_tree/relationships/%d/full_product_name", i)
			if !yield(at, &a.ProductTree.Relationships[i].FullProductName) {
				return
			}
		}
	}
}

// namedProducts is a place of a vulnerability that names products.
type namedProducts struct {
	path     string
	products []ProductID
	groups   []GroupID
}

// mentions lists the places of a vulnerability that name products or groups.
func (v *Vulnerability) mentions(at string) []namedProducts {
	var list []namedProducts
	for _, s := range v.ProductStatus.lists() {
		list = append(list, namedProducts{at + "/product_status/" + s.name, s.products, nil})
	}
	for i, f := range v.Flags {
		list = append(list, namedProducts{fmt.Sprintf("%s/flags/%d", at, i), f.ProductIDs, f.GroupIDs})
	}
	for i, r := range v.Remediations {
		list = append(list, namedProducts{fmt.Sprintf("%s/remediations/%d", at, i), r.ProductIDs, r.GroupIDs})
	}
	for i, s := range v.Scores {
		list = append(list, namedProducts{fmt.Sprintf("%s/scores/%d", at, i), s.Products, nil})
	}
	for i, t := range v.Threats {
		list = append(list, namedProducts{fmt.Sprintf("%s/threats/%d", at, i), t.ProductIDs, t.GroupIDs})
	}
	return list
}

// statusList is one list of a product status and the group of section 6.1.6
// that it belongs to.
type statusList struct {
	name, group string
	products    []ProductID
}

// lists gives the lists of a product status, which may be nil. csaf:6.1.6
func (s *ProductStatus) lists() []statusList {
	if s == nil {
		return nil
	}
	return []statusList{
		{"first_affected", "affected", s.FirstAffected},
		{"known_affected", "affected", s.KnownAffected},
		{"last_affected", "affected", s.LastAffected},
		{"known_not_affected", "not affected", s.KnownNotAffected},
		{"first_fixed", "fixed", s.FirstFixed},
		{"fixed", "fixed", s.Fixed},
		{"under_investigation", "under investigation", s.UnderInvestigation},
		{"recommended", "", s.Recommended}, // may be of any group
	}
}

// vulnerability gives the JSON pointer of a vulnerability.
func vulnerability(i int) string { return fmt.Sprintf("/vulnerabilities/%d", i) }
