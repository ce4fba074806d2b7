package csaf

// Validate checks a document against the schema and then, if it holds, by all
// mandatory tests of section 6.1. A valid document has no problem. At most
// some hundreds of problems are told.
func Validate(data []byte) []Problem {
	a, problems := Parse(data)
	if len(problems) > 0 {
		return problems
	}
	return a.Check()
}

// Check runs the mandatory tests of section 6.1 on a document that Parse has
// read.
func (a *Advisory) Check() []Problem {
	c := newChecker(a)
	for _, t := range mandatory {
		c.clause = t.clause
		t.run(c)
	}
	return c.found
}

// mandatory is every test of section 6.1 in its order. 6.1.8 is part of the
// schema.
var mandatory = []struct {
	clause string
	run    func(*checker)
}{
	{"6.1.1", (*checker).productsDefined},
	{"6.1.2", (*checker).productsDefinedOnce},
	{"6.1.3", (*checker).productsNotCircular},
	{"6.1.4", (*checker).groupsDefined},
	{"6.1.5", (*checker).groupsDefinedOnce},
	{"6.1.6", (*checker).statusNotContradicting},
	{"6.1.7", (*checker).oneScorePerVersion},
	{"6.1.9", (*checker).scoresComputed},
	{"6.1.10", (*checker).scoresConsistent},
	{"6.1.11", (*checker).weaknessKnown},
	{"6.1.12", (*checker).languageKnown},
	{"6.1.13", (*checker).packageURLs},
	{"6.1.14", (*checker).historySorted},
	{"6.1.15", (*checker).translatorNamesSource},
	{"6.1.16", (*checker).versionIsLatest},
	{"6.1.17", (*checker).draftVersionIsDraft},
	{"6.1.18", (*checker).releasedHistory},
	{"6.1.19", (*checker).historyWithoutPrerelease},
	{"6.1.20", (*checker).releasedVersion},
	{"6.1.21", (*checker).historyComplete},
	{"6.1.22", (*checker).historyNumbersOnce},
	{"6.1.23", (*checker).cveOnce},
	{"6.1.24", (*checker).involvementsOnce},
	{"6.1.25", (*checker).hashAlgorithmOnce},
	{"6.1.26", (*checker).categoryNotProfile},
	{"6.1.27.1", (*checker).profileNotes},
	{"6.1.27.2", (*checker).profileReferences},
	{"6.1.27.3", (*checker).profileNoVulnerabilities},
	{"6.1.27.4", (*checker).profileProductTree},
	{"6.1.27.5", (*checker).profileVulnerabilityNotes},
	{"6.1.27.6", (*checker).profileProductStatus},
	{"6.1.27.7", (*checker).vexProductStatus},
	{"6.1.27.8", (*checker).vexVulnerabilityID},
	{"6.1.27.9", (*checker).vexImpactStatement},
	{"6.1.27.10", (*checker).vexActionStatement},
	{"6.1.27.11", (*checker).profileVulnerabilities},
	{"6.1.28", (*checker).translationDiffers},
	{"6.1.29", (*checker).remediationNamesProducts},
	{"6.1.30", (*checker).versionsOfOneKind},
	{"6.1.31", (*checker).versionNotRange},
	{"6.1.32", (*checker).flagNamesProducts},
	{"6.1.33", (*checker).oneFlagPerProduct},
}

// checker holds a document under test and what was found.
type checker struct {
	*Advisory
	clause string // of the test that runs
	found  problems
	groups map[GroupID][]ProductID
}

func newChecker(a *Advisory) *checker {
	c := &checker{Advisory: a, groups: map[GroupID][]ProductID{}}
	if a.ProductTree != nil {
		for _, g := range a.ProductTree.ProductGroups {
			c.groups[g.GroupID] = append(c.groups[g.GroupID], g.ProductIDs...)
		}
	}
	return c
}

// add tells a problem of the test that runs.
func (c *checker) add(path, format string, args ...any) {
	c.found.add(c.clause, path, format, args...)
}

// naming gathers what places of a vulnerability name. The products of groups
// are added once at the end, however often the groups are named.
type naming struct {
	products map[ProductID]bool
	groups   map[GroupID]bool
}

func newNaming() naming {
	return naming{map[ProductID]bool{}, map[GroupID]bool{}}
}

func (n naming) add(ids []ProductID, groups []GroupID) {
	for _, id := range ids {
		n.products[id] = true
	}
	for _, g := range groups {
		n.groups[g] = true
	}
}

// resolve gives the products named directly and through groups.
func (c *checker) resolve(n naming) map[ProductID]bool {
	for g := range n.groups {
		for _, id := range c.groups[g] {
			n.products[id] = true
		}
	}
	return n.products
}
