package csaf

import (
	"flag"
	"os"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata/lf-2026-0001.json anew")

func day(d int) time.Time { return time.Date(2026, 3, d, 14, 0, 0, 0, time.UTC) }

// sample is a valid security advisory with a little of everything; each call
// makes a new one, to be bent by a test.
func sample() *Advisory {
	cvss, err := NewCVSS3("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
	if err != nil {
		panic(err)
	}
	return &Advisory{
		Document: Document{
			Category:     SecurityAdvisory,
			CSAFVersion:  Version20,
			Distribution: &Distribution{TLP: &TLP{Label: TLPWhite, URL: "https://www.first.org/tlp/"}},
			Lang:         "en",
			Notes:        []Note{{Category: NoteLegalDisclaimer, Text: "CC-BY-4.0", Title: "Terms of use"}},
			Publisher: Publisher{
				Category: PublisherVendor, Name: "Libfoo project", Namespace: "https://libfoo.example",
				ContactDetails: "security@libfoo.example",
			},
			References: []Reference{{Category: ReferenceSelf, Summary: "This document", URL: "https://libfoo.example/csaf/lf-2026-0001.json"}},
			Title:      "Libfoo: heap overflow in the <parser> & lexer",
			Tracking: Tracking{
				CurrentReleaseDate: day(2), ID: "LF-2026-0001", InitialReleaseDate: day(1), Status: Final, Version: "2",
				Generator: &Generator{Engine: Engine{Name: "Steward"}},
				RevisionHistory: []Revision{
					{Date: day(1), Number: "1", Summary: "First release"},
					{Date: day(2), Number: "2", Summary: "Added a workaround"},
				},
			},
		},
		ProductTree: &ProductTree{Branches: []Branch{{
			Category: BranchVendor, Name: "Libfoo project", Branches: []Branch{{
				Category: BranchProductName, Name: "libfoo", Branches: []Branch{
					{Category: BranchProductVersionRange, Name: "vers:golang/>=1.0.0|<1.4.2", Product: &FullProductName{Name: "libfoo from 1.0.0 to before 1.4.2", ProductID: "P1"}},
					{Category: BranchProductVersion, Name: "1.4.2", Product: &FullProductName{
						Name: "libfoo 1.4.2", ProductID: "P2",
						ProductIdentificationHelper: &IdentificationHelper{PURL: "pkg:golang/libfoo.example/foo@v1.4.2"},
					}},
				},
			}},
		}}},
		Vulnerabilities: []Vulnerability{{
			Acknowledgments: []Acknowledgment{{Names: []string{"R. Porter"}, Summary: "finding it"}},
			CVE:             "CVE-2026-10001",
			CWE:             &CWE{ID: "CWE-122", Name: "Heap-based Buffer Overflow"},
			Notes:           []Note{{Category: NoteDescription, Text: "A long line overflows the heap."}},
			ProductStatus:   &ProductStatus{Fixed: []ProductID{"P2"}, KnownAffected: []ProductID{"P1"}},
			Remediations:    []Remediation{{Category: VendorFix, Details: "Upgrade to 1.4.2.", ProductIDs: []ProductID{"P1"}}},
			Scores:          []Score{{CVSS3: cvss, Products: []ProductID{"P1"}}},
			Title:           "Heap overflow",
		}},
	}
}

// marshal is Marshal for tests.
func marshal(t *testing.T, a *Advisory) []byte {
	t.Helper()
	data, err := Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The file is read by the tests of the independent judges too.
func TestSampleFile(t *testing.T) {
	t.Parallel()
	const file = "testdata/lf-2026-0001.json"
	got := marshal(t, sample())
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("Marshal no longer gives the bytes of %s; if that is meant, run the test with -update", file)
	}
	for _, p := range Validate(want) {
		t.Error(p)
	}
}
