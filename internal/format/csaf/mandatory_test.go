package csaf

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// points gives an optional score.
func points(p Points) *Points { return &p }

// vex makes the sample a VEX document.
func vex(a *Advisory) { a.Document.Category = VEX }

// notAffected says that P1 is not affected.
func notAffected(a *Advisory) {
	a.Vulnerabilities[0].ProductStatus = &ProductStatus{KnownNotAffected: []ProductID{"P1"}}
	a.Vulnerabilities[0].Remediations = nil
	a.Vulnerabilities[0].Scores = nil
}

// informational makes the sample an informational advisory.
func informational(a *Advisory) {
	a.Document.Category = InformationalAdvisory
	a.Document.Notes = append(a.Document.Notes, Note{Category: NoteSummary, Text: "Change the default password."})
	a.Document.References = append(a.Document.References, Reference{Summary: "The manual", URL: "https://libfoo.example/manual"})
	a.Vulnerabilities = nil
}

// grouped puts P1 and P2 into the group G.
func grouped(a *Advisory) {
	a.ProductTree.ProductGroups = []ProductGroup{{GroupID: "G", ProductIDs: []ProductID{"P1", "P2"}}}
}

// history sets the revisions, one a day in the order given, and the version.
func history(status Status, version Version, numbers ...Version) func(*Advisory) {
	return func(a *Advisory) {
		tr := &a.Document.Tracking
		tr.Status, tr.Version, tr.RevisionHistory = status, version, nil
		for i, n := range numbers {
			tr.RevisionHistory = append(tr.RevisionHistory, Revision{Date: day(i + 1), Number: n, Summary: "A change"})
		}
	}
}

// relationship defines product id as first on second.
func relationship(id, first, second ProductID) func(*Advisory) {
	return func(a *Advisory) {
		a.ProductTree.Relationships = append(a.ProductTree.Relationships, Relationship{
			Category: InstalledOn, FullProductName: FullProductName{Name: "both", ProductID: id},
			ProductReference: first, RelatesToProductReference: second,
		})
	}
}

func versionName(name string) func(*Advisory) {
	return func(a *Advisory) { a.ProductTree.Branches[0].Branches[0].Branches[1].Name = name }
}

func category(c Category) func(*Advisory) {
	return func(a *Advisory) { a.Document.Category = c }
}

func purl(p PURL) func(*Advisory) {
	return func(a *Advisory) {
		a.ProductTree.Branches[0].Branches[0].Branches[1].Product.ProductIdentificationHelper.PURL = p
	}
}

func hashes(algorithms ...string) func(*Advisory) {
	return func(a *Advisory) {
		h := Hashes{Filename: "libfoo.so"}
		for _, name := range algorithms {
			h.FileHashes = append(h.FileHashes, FileHash{name, "00112233445566778899aabbccddeeff"})
		}
		a.ProductTree.Branches[0].Branches[0].Branches[1].Product.ProductIdentificationHelper.Hashes = []Hashes{h}
	}
}

func involved(dates ...time.Time) func(*Advisory) {
	return func(a *Advisory) {
		for i, d := range dates {
			a.Vulnerabilities[0].Involvements = append(a.Vulnerabilities[0].Involvements,
				Involvement{Date: d, Party: PartyVendor, Status: InvolvementOpen, Summary: fmt.Sprint("Step ", i)})
		}
	}
}

// mandatoryCase is a change to the sample. If it is bad, the test of the clause
// must fail, those of also may, and no other.
type mandatoryCase struct {
	clause string
	name   string
	bad    bool
	edit   []func(*Advisory)
	also   []string
}

func good(clause, name string, edit ...func(*Advisory)) mandatoryCase {
	return mandatoryCase{clause: clause, name: name, edit: edit}
}

func bad(clause, name string, edit ...func(*Advisory)) mandatoryCase {
	return mandatoryCase{clause: clause, name: name, bad: true, edit: edit}
}

// and names tests that no document can pass which fails this one.
func (tc mandatoryCase) and(clauses ...string) mandatoryCase {
	tc.also = clauses
	return tc
}

var mandatoryCases = slices.Concat(productCases, scoreCases, nameCases, trackingCases, profileCases)

func TestMandatory(t *testing.T) {
	t.Parallel()
	for _, tc := range mandatoryCases {
		t.Run(tc.clause+" "+tc.name, func(t *testing.T) {
			t.Parallel()
			a := sample()
			for _, edit := range tc.edit {
				edit(a)
			}
			found := Validate(marshal(t, a))
			if tc.bad != slices.ContainsFunc(found, func(p Problem) bool { return p.Test == tc.clause }) {
				t.Errorf("found %v", found)
			}
			for _, p := range found {
				if p.Test != tc.clause && !slices.Contains(tc.also, p.Test) {
					t.Errorf("not expected: %v", p)
				}
			}
		})
	}
}

// Every test of section 6.1 has a document that passes and one that fails.
func TestMandatoryCovered(t *testing.T) {
	t.Parallel()
	has := func(clause string, bad bool) bool {
		return slices.ContainsFunc(mandatoryCases, func(tc mandatoryCase) bool { return tc.clause == clause && tc.bad == bad })
	}
	clauses := []string{"6.1.8"}
	for _, m := range mandatory {
		clauses = append(clauses, m.clause)
	}
	if len(clauses) != 32+11 { // 6.1.27 has eleven parts
		t.Errorf("%d tests, not the 43 of section 6.1", len(clauses))
	}
	for _, clause := range clauses {
		if !has(clause, true) || !has(clause, false) {
			t.Errorf("test %s lacks a good or a bad document", clause)
		}
	}
}

var productCases = []mandatoryCase{
	good("6.1.1", "sample"),
	good("6.1.1", "recommended", func(a *Advisory) { a.Vulnerabilities[0].ProductStatus.Recommended = []ProductID{"P2"} }),
	bad("6.1.1", "status", func(a *Advisory) { a.Vulnerabilities[0].ProductStatus.FirstAffected = []ProductID{"P9"} }),
	bad("6.1.1", "remediation", func(a *Advisory) { a.Vulnerabilities[0].Remediations[0].ProductIDs = []ProductID{"P9"} }),
	bad("6.1.1", "score", func(a *Advisory) { a.Vulnerabilities[0].Scores[0].Products = []ProductID{"P9"} }),
	bad("6.1.1", "threat", func(a *Advisory) {
		a.Vulnerabilities[0].Threats = []Threat{{Category: ThreatImpact, Details: "d", ProductIDs: []ProductID{"P9"}}}
	}),
	bad("6.1.1", "flag", func(a *Advisory) {
		a.Vulnerabilities[0].Flags = []Flag{{Label: ComponentNotPresent, ProductIDs: []ProductID{"P9"}}}
	}),
	bad("6.1.1", "group", grouped, func(a *Advisory) { a.ProductTree.ProductGroups[0].ProductIDs[0] = "P9" }),
	bad("6.1.1", "first of relationship", relationship("P3", "P9", "P1")),
	bad("6.1.1", "second of relationship", relationship("P3", "P1", "P9")),

	good("6.1.2", "names beside branches", func(a *Advisory) {
		a.ProductTree.FullProductNames = []FullProductName{{Name: "another", ProductID: "P3"}}
	}),
	bad("6.1.2", "names beside branches", func(a *Advisory) {
		a.ProductTree.FullProductNames = []FullProductName{{Name: "another", ProductID: "P1"}}
	}),
	bad("6.1.2", "relationship", relationship("P3", "P1", "P2"), relationship("P3", "P2", "P1")),

	good("6.1.3", "chain", relationship("P3", "P1", "P2"), relationship("P4", "P3", "P1"), relationship("P5", "P3", "P4")),
	bad("6.1.3", "itself", relationship("P3", "P1", "P3")),
	bad("6.1.3", "by way of another", relationship("P3", "P4", "P1"), relationship("P4", "P2", "P5"), relationship("P5", "P3", "P1")),

	good("6.1.4", "defined", grouped, func(a *Advisory) { a.Vulnerabilities[0].Remediations[0].GroupIDs = []GroupID{"G"} }),
	bad("6.1.4", "remediation", func(a *Advisory) { a.Vulnerabilities[0].Remediations[0].GroupIDs = []GroupID{"G"} }),
	bad("6.1.4", "flag", func(a *Advisory) {
		a.Vulnerabilities[0].Flags = []Flag{{Label: ComponentNotPresent, GroupIDs: []GroupID{"G"}}}
	}),
	bad("6.1.4", "threat", func(a *Advisory) {
		a.Vulnerabilities[0].Threats = []Threat{{Category: ThreatImpact, Details: "d", GroupIDs: []GroupID{"G"}}}
	}),

	good("6.1.5", "one", grouped),
	bad("6.1.5", "two", grouped, func(a *Advisory) {
		a.ProductTree.ProductGroups = append(a.ProductTree.ProductGroups, a.ProductTree.ProductGroups[0])
	}),

	good("6.1.6", "affected twice", func(a *Advisory) { a.Vulnerabilities[0].ProductStatus.FirstAffected = []ProductID{"P1"} }),
	good("6.1.6", "recommended though affected", func(a *Advisory) { a.Vulnerabilities[0].ProductStatus.Recommended = []ProductID{"P1"} }),
	bad("6.1.6", "affected and fixed", func(a *Advisory) { a.Vulnerabilities[0].ProductStatus.FirstFixed = []ProductID{"P1"} }),
	bad("6.1.6", "affected and not", func(a *Advisory) { a.Vulnerabilities[0].ProductStatus.KnownNotAffected = []ProductID{"P1"} }),
	bad("6.1.6", "fixed and under investigation", func(a *Advisory) {
		a.Vulnerabilities[0].ProductStatus.UnderInvestigation = []ProductID{"P2"}
	}),

	good("6.1.25", "two algorithms", hashes("sha256", "sha512")),
	bad("6.1.25", "one algorithm twice", hashes("sha256", "sha256")),

	good("6.1.29", "group only", grouped, func(a *Advisory) {
		a.Vulnerabilities[0].Remediations[0].ProductIDs = nil
		a.Vulnerabilities[0].Remediations[0].GroupIDs = []GroupID{"G"}
	}),
	bad("6.1.29", "neither", func(a *Advisory) { a.Vulnerabilities[0].Remediations[0].ProductIDs = nil }),

	good("6.1.32", "product", func(a *Advisory) {
		a.Vulnerabilities[0].Flags = []Flag{{Label: ComponentNotPresent, ProductIDs: []ProductID{"P2"}}}
	}),
	bad("6.1.32", "neither", func(a *Advisory) { a.Vulnerabilities[0].Flags = []Flag{{Label: ComponentNotPresent}} }),

	good("6.1.33", "two products", func(a *Advisory) {
		a.Vulnerabilities[0].Flags = []Flag{
			{Label: ComponentNotPresent, ProductIDs: []ProductID{"P1"}},
			{Label: VulnerableCodeNotPresent, ProductIDs: []ProductID{"P2"}},
		}
	}),
	bad("6.1.33", "by product and by group", grouped, func(a *Advisory) {
		a.Vulnerabilities[0].Flags = []Flag{
			{Label: ComponentNotPresent, ProductIDs: []ProductID{"P1"}},
			{Label: VulnerableCodeNotPresent, GroupIDs: []GroupID{"G"}},
		}
	}),
}

// score changes the sample's CVSS 3 object.
func score(edit func(*CVSS3)) func(*Advisory) {
	return func(a *Advisory) { edit(a.Vulnerabilities[0].Scores[0].CVSS3) }
}

// score2 gives the sample a CVSS 2 object as well.
func score2(o CVSS2) func(*Advisory) {
	return func(a *Advisory) { a.Vulnerabilities[0].Scores[0].CVSS2 = &o }
}

var scoreCases = []mandatoryCase{
	good("6.1.7", "two versions", score2(CVSS2{Version: "2.0", VectorString: "AV:N/AC:L/Au:N/C:C/I:C/A:C", BaseScore: 10})),
	good("6.1.7", "two products", func(a *Advisory) {
		v := &a.Vulnerabilities[0]
		v.Scores = append(v.Scores, Score{CVSS3: v.Scores[0].CVSS3, Products: []ProductID{"P2"}})
	}),
	bad("6.1.7", "one product twice", func(a *Advisory) {
		v := &a.Vulnerabilities[0]
		v.Scores = append(v.Scores, Score{CVSS3: v.Scores[0].CVSS3, Products: []ProductID{"P2", "P1"}})
	}),

	good("6.1.8", "all metrics", score(func(o *CVSS3) { o.AttackVector, o.Scope, o.ExploitCodeMaturity = "NETWORK", "UNCHANGED", "HIGH" })),
	bad("6.1.8", "no rating", score(func(o *CVSS3) { o.BaseSeverity = "" })),
	bad("6.1.8", "wrong word", score(func(o *CVSS3) { o.AttackVector = "ABROAD" })),
	bad("6.1.8", "version of another", score(func(o *CVSS3) { o.Version = "3.0" })),
	bad("6.1.8", "version 4", score(func(o *CVSS3) { o.Version = "4.0" })),
	bad("6.1.8", "not a vector", score(func(o *CVSS3) { o.VectorString = "CVSS:3.1/AV:Q" })),
	bad("6.1.8", "too many points", score(func(o *CVSS3) { o.BaseScore = 10.1 })),
	bad("6.1.8", "2.0 with a vector of 3.1", score2(CVSS2{Version: "2.0", VectorString: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", BaseScore: 9.8})),

	good("6.1.9", "temporal", score(func(o *CVSS3) {
		o.VectorString += "/E:U/RL:O/RC:U"
		o.TemporalScore, o.TemporalSeverity = points(7.8), "HIGH"
	})),
	good("6.1.9", "zero", score(func(o *CVSS3) {
		o.VectorString, o.BaseScore, o.BaseSeverity = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0, "NONE"
	})),
	bad("6.1.9", "base score", score(func(o *CVSS3) { o.BaseScore = 9.7 })),
	bad("6.1.9", "base rating", score(func(o *CVSS3) { o.BaseSeverity = "HIGH" })),
	bad("6.1.9", "temporal score", score(func(o *CVSS3) { o.TemporalScore = points(1) })),
	bad("6.1.9", "environmental rating", score(func(o *CVSS3) { o.EnvironmentalSeverity = "LOW" })),
	bad("6.1.9", "metric missing", score(func(o *CVSS3) { o.VectorString = "CVSS:3.1/AV:N" })),
	bad("6.1.9", "3.0", score(func(o *CVSS3) {
		o.Version, o.VectorString, o.BaseScore = "3.0", "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9
	})),
	bad("6.1.9", "2.0", score2(CVSS2{Version: "2.0", VectorString: "AV:N/AC:L/Au:N/C:C/I:C/A:C", BaseScore: 9})),
	bad("6.1.9", "2.0 metric missing", score2(CVSS2{Version: "2.0", VectorString: "AV:N/AC:L/Au:N/C:C/I:C", BaseScore: 9})),
	bad("6.1.9", "2.0 metric twice", score2(CVSS2{Version: "2.0", VectorString: "AV:N/AC:L/Au:N/C:C/I:C/A:C/A:C", BaseScore: 10})),

	good("6.1.10", "same", score(func(o *CVSS3) { o.AttackVector, o.UserInteraction = "NETWORK", "NONE" })),
	good("6.1.10", "vector is silent", score(func(o *CVSS3) { o.ModifiedAttackVector = "LOCAL" })),
	good("6.1.10", "2.0", score2(CVSS2{Version: "2.0", VectorString: "AV:N/AC:L/Au:N/C:C/I:C/A:C/TD:L", BaseScore: 10, TargetDistribution: "LOW"})),
	bad("6.1.10", "other", score(func(o *CVSS3) { o.AttackVector = "LOCAL" })),
	bad("6.1.10", "2.0 other", score2(CVSS2{Version: "2.0", VectorString: "AV:N/AC:L/Au:N/C:C/I:C/A:C", BaseScore: 10, Authentication: "SINGLE"})),
	bad("6.1.10", "not defined", score(func(o *CVSS3) { o.VectorString += "/E:X"; o.ExploitCodeMaturity = "HIGH" })),
}

var nameCases = []mandatoryCase{
	good("6.1.11", "another", func(a *Advisory) {
		a.Vulnerabilities[0].CWE = &CWE{"CWE-79", "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')"}
	}),
	bad("6.1.11", "name of another", func(a *Advisory) { a.Vulnerabilities[0].CWE.Name = "Improper Input Validation" }),
	bad("6.1.11", "a category", func(a *Advisory) { a.Vulnerabilities[0].CWE = &CWE{"CWE-16", "Configuration"} }),

	good("6.1.12", "region", func(a *Advisory) { a.Document.Lang = "de-AT" }),
	good("6.1.12", "script", func(a *Advisory) { a.Document.Lang = "zh-Hans-CN" }),
	bad("6.1.12", "a region alone", func(a *Advisory) { a.Document.Lang = "EZ" }),
	bad("6.1.12", "source", func(a *Advisory) { a.Document.SourceLang = "qq" }),

	good("6.1.13", "with namespace", purl("pkg:deb/debian/curl@7.88.1-10?arch=amd64")),
	bad("6.1.13", "no name", purl("pkg:maven/@1.3.4")),
	bad("6.1.13", "no name in full names", func(a *Advisory) {
		a.ProductTree.FullProductNames = []FullProductName{{Name: "n", ProductID: "P3",
			ProductIdentificationHelper: &IdentificationHelper{PURL: "pkg:maven/@1.3.4"}}}
	}),

	good("6.1.15", "translator", func(a *Advisory) {
		a.Document.Publisher.Category, a.Document.SourceLang = PublisherTranslator, "de"
	}),
	bad("6.1.15", "translator", func(a *Advisory) { a.Document.Publisher.Category = PublisherTranslator }),

	good("6.1.23", "two", func(a *Advisory) {
		a.Vulnerabilities = append(a.Vulnerabilities, a.Vulnerabilities[0])
		a.Vulnerabilities[1].CVE = "CVE-2026-10002"
	}),
	good("6.1.23", "none", func(a *Advisory) {
		a.Vulnerabilities[0].CVE = ""
		a.Vulnerabilities = append(a.Vulnerabilities, a.Vulnerabilities[0])
	}),
	bad("6.1.23", "one twice", func(a *Advisory) { a.Vulnerabilities = append(a.Vulnerabilities, a.Vulnerabilities[0]) }),

	good("6.1.24", "two days", involved(day(1), day(2))),
	bad("6.1.24", "one moment", involved(day(1), day(1).In(time.FixedZone("", 3600)))),

	good("6.1.26", "base", category(Base)),
	good("6.1.26", "own word", category("Libfoo security advisory")),
	bad("6.1.26", "value with dashes", category("security-advisory")),
	bad("6.1.26", "name with a long dash", category("Security\u2014Incident Response")),
	bad("6.1.26", "with prefix", category("CSAF Security Advisory")),
	bad("6.1.26", "reserved", category("Csaf_a")),
	bad("6.1.26", "letters apart", category("V_eX")),

	good("6.1.28", "other region", func(a *Advisory) { a.Document.Lang, a.Document.SourceLang = "en-GB", "en-US" }),
	bad("6.1.28", "same but for case", func(a *Advisory) { a.Document.Lang, a.Document.SourceLang = "en-GB", "en-gb" }),

	good("6.1.31", "word within a name", versionName("after-eight")),
	bad("6.1.31", "words", versionName("Prior to 4.2")),
	bad("6.1.31", "word before a comma", versionName("4.2 and later, on Windows")),
	bad("6.1.31", "sign", versionName("<=2")),
}

var trackingCases = []mandatoryCase{
	good("6.1.14", "written in another order", history(Final, "2", "1", "2"), func(a *Advisory) {
		slices.Reverse(a.Document.Tracking.RevisionHistory)
	}),
	good("6.1.14", "ten after nine", history(Final, "10", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10")),
	good("6.1.14", "same moment", history(Final, "1.1.0", "1.0.0", "1.1.0"), func(a *Advisory) {
		a.Document.Tracking.RevisionHistory[0].Date = day(2)
	}),
	bad("6.1.14", "falling", history(Final, "1.0.0", "1.1.0", "1.0.0")),
	bad("6.1.14", "a fraction of a second apart", history(Final, "1.0.0", "1.0.0", "1.1.0"), func(a *Advisory) {
		a.Document.Tracking.RevisionHistory[1].Date = day(1)
		a.Document.Tracking.RevisionHistory[0].Date = day(1).Add(time.Microsecond)
	}),

	good("6.1.16", "build metadata", history(Final, "1.0.0+b", "1.0.0+a")),
	good("6.1.16", "draft", history(Draft, "1.1.0-rc.1", "1.0.0", "1.1.0")),
	bad("6.1.16", "not the last", history(Final, "1", "1", "2")),
	bad("6.1.16", "other patch", history(Final, "1.0.1", "1.0.0")),

	good("6.1.17", "draft", history(Draft, "0.9.0", "0.9.0")),
	bad("6.1.17", "final before 1", history(Final, "0.9.0", "0.9.0")).and("6.1.18"),
	bad("6.1.17", "interim pre-release", history(Interim, "1.0.0-rc.1", "1.0.0")).and("6.1.16", "6.1.20"),

	good("6.1.18", "draft", history(Draft, "1", "0", "1")),
	bad("6.1.18", "final", history(Final, "1", "0", "1")),

	good("6.1.19", "release", history(Final, "1.0.0", "1.0.0")),
	bad("6.1.19", "pre-release", history(Final, "1.0.0", "1.0.0-rc.1", "1.0.0")),

	good("6.1.20", "release", history(Interim, "1.0.0", "1.0.0")),
	bad("6.1.20", "pre-release", history(Interim, "1.0.0-alpha", "1.0.0")).and("6.1.16", "6.1.17"),

	good("6.1.21", "minor versions", history(Final, "1.7.0", "1.0.0", "1.7.0")),
	good("6.1.21", "from a draft", history(Draft, "1", "0", "1")),
	bad("6.1.21", "gap", history(Final, "3", "1", "3")),
	bad("6.1.21", "late start", history(Final, "3", "2", "3")),

	good("6.1.22", "build metadata", history(Final, "1.0.0", "1.0.0+a", "1.0.0+b")),
	bad("6.1.22", "twice", history(Final, "1", "1", "1")),

	good("6.1.30", "semantic", history(Final, "2.0.0", "1.0.0", "2.0.0")),
	bad("6.1.30", "both", history(Final, "2", "1.0.0", "2")),
}

var profileCases = []mandatoryCase{
	good("6.1.27.1", "summary", informational),
	bad("6.1.27.1", "terms only", informational, func(a *Advisory) { a.Document.Notes = a.Document.Notes[:1] }),
	bad("6.1.27.1", "incident", informational, category(SecurityIncidentResponse), func(a *Advisory) { a.Document.Notes = nil }),
	good("6.1.27.2", "external by default", informational),
	bad("6.1.27.2", "self only", informational, func(a *Advisory) { a.Document.References = a.Document.References[:1] }),
	good("6.1.27.3", "none", informational),
	bad("6.1.27.3", "some", informational, func(a *Advisory) { a.Vulnerabilities = sample().Vulnerabilities }),
	good("6.1.27.4", "sample"),
	bad("6.1.27.4", "missing", vex, func(a *Advisory) {
		a.ProductTree = nil
		a.Vulnerabilities[0].ProductStatus = nil
		a.Vulnerabilities[0].Remediations, a.Vulnerabilities[0].Scores = nil, nil
	}).and("6.1.27.7"),
	good("6.1.27.5", "sample"),
	bad("6.1.27.5", "missing", func(a *Advisory) { a.Vulnerabilities[0].Notes = nil }),
	good("6.1.27.6", "sample"),
	bad("6.1.27.6", "missing", func(a *Advisory) { a.Vulnerabilities[0].ProductStatus = nil }),
	good("6.1.27.7", "affected", vex),
	bad("6.1.27.7", "recommended only", vex, func(a *Advisory) {
		a.Vulnerabilities[0].ProductStatus = &ProductStatus{Recommended: []ProductID{"P2"}}
	}),
	good("6.1.27.8", "ids only", vex, func(a *Advisory) {
		a.Vulnerabilities[0].CVE = ""
		a.Vulnerabilities[0].IDs = []ID{{"Libfoo bugs", "17"}}
	}),
	bad("6.1.27.8", "neither", vex, func(a *Advisory) { a.Vulnerabilities[0].CVE = "" }),
	good("6.1.27.9", "flag", vex, notAffected, func(a *Advisory) {
		a.Vulnerabilities[0].Flags = []Flag{{Label: ComponentNotPresent, ProductIDs: []ProductID{"P1"}}}
	}),
	good("6.1.27.9", "threat for a group", vex, notAffected, grouped, func(a *Advisory) {
		a.Vulnerabilities[0].Threats = []Threat{{Category: ThreatImpact, Details: "It is compiled out.", GroupIDs: []GroupID{"G"}}}
	}),
	bad("6.1.27.9", "nothing", vex, notAffected),
	bad("6.1.27.9", "threat of another kind", vex, notAffected, func(a *Advisory) {
		a.Vulnerabilities[0].Threats = []Threat{{Category: ThreatExploitStatus, Details: "None known.", ProductIDs: []ProductID{"P1"}}}
	}),
	good("6.1.27.10", "remediation", vex),
	bad("6.1.27.10", "none", vex, func(a *Advisory) { a.Vulnerabilities[0].Remediations = nil }),
	good("6.1.27.11", "sample"),
	bad("6.1.27.11", "missing", func(a *Advisory) { a.Vulnerabilities = nil }),
}
