package publish

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"steward/internal/advisory"
	"steward/internal/publish/render"
	"steward/internal/publish/tree"
)

// formOf gives a hash of how advisories and their lists are rendered today,
// with these settings. When it changes, by a new version of Steward or a new
// setting, everything is rendered anew. It is taken from samples, so that no
// one has to remember to raise a number.
func formOf(s render.Site) (string, error) {
	h := sha256.New()
	add := func(files []tree.File, err error) error {
		for _, f := range files {
			fmt.Fprintf(h, "%s %s %d\n", f.Path, f.Group, len(f.Data))
			h.Write(f.Data)
		}
		return err
	}
	file := func(data []byte, err error) error { return add([]tree.File{{Data: data}}, err) }
	for _, a := range samples() {
		archive, err := render.ArchiveOf(a.ID)
		if err != nil {
			return "", err
		}
		all := []advisory.Advisory{a}
		first := a
		first.Revisions, first.Overview, first.Withdrawn = a.Revisions[:1], "Before.", nil
		for _, err := range []error{
			add(forms(s, a, []advisory.Advisory{first, a})),
			file(render.ArchivePage(s, archive, all)),
			file(rolieFeed(s, archive, all)),
			file(sampleFeed(s, a, render.AtomFeed)),
			file(sampleFeed(s, a, func(s render.Site, all []render.FeedEntry) ([]byte, error) {
				return render.ProductFeed(s, "sample", all, nil)
			})),
		} {
			if err != nil {
				return "", fmt.Errorf("rendering a sample: %w", err)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// sampleFeed is a feed of prenotices and an advisory.
func sampleFeed(s render.Site, a advisory.Advisory, feed func(render.Site, []render.FeedEntry) ([]byte, error)) ([]byte, error) {
	entries, err := feedEntries(s, []advisory.Entry{
		{Seq: 1, At: a.Published, Prenotice: &advisory.Prenotice{
			ID: "PRE-2026-0001", Product: "sample", Versions: "1", Severity: advisory.High,
			Release: a.Published, Zone: "UTC", Posted: a.Published,
		}},
		{Seq: 2, At: a.Published, Prenotice: &advisory.Prenotice{
			ID: "PRE-2026-0002", Product: "sample", Versions: "1", Severity: advisory.High,
			Release: a.Published, Zone: "UTC", Posted: a.Published, Mitigation: "Text.", Branches: []string{"1"},
		}},
		{Seq: render.FeedSize + 1, At: a.Updated, Advisory: &a},
	})
	if err != nil {
		return nil, err
	}
	return feed(s, entries)
}

// samples are advisories that use every field, standing and withdrawn.
func samples() []advisory.Advisory {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a := advisory.Advisory{
		ID: "SAMPLE-2026-0001", Aliases: []string{"CVE-2026-0001"}, Title: "Sample",
		Overview: "Text, `code`, [a link](https://example.org/), **more**.\n\n## Heading\n\n- one\n- two\n\n1. three\n\n> quoted\n\n```\ncode\n```\n",
		Impact:   "Text.", Remedy: "Text.", Workaround: "Text.",
		Severity: advisory.Severity{
			Level:  advisory.High,
			CVSS4:  "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N",
			CVSS31: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
		},
		CWE: []string{"CWE-787"},
		Affected: []advisory.Affected{
			{
				Product: "Sample", Ecosystem: "Go", Package: "example.org/sample", PURL: "pkg:golang/example.org/sample",
				Ranges: []advisory.Range{{
					Introduced: "1.0.0", Fixed: "1.2.3", Repo: "https://example.org/sample.git",
					IntroducedBy: "0123456789abcdef0123456789abcdef01234567", FixedBy: "123456789abcdef0123456789abcdef012345678",
				}, {Introduced: "0", LastAffected: "0.9.0"}},
			},
			{Product: "Other", Ranges: []advisory.Range{{Introduced: "0", Fixed: "2b"}}, Versions: []string{"1a"}},
		},
		References: []advisory.Reference{{Kind: "fix", URL: "https://example.org/fix", Title: "Fix"}, {Kind: "web", URL: "https://example.org/"}},
		Credits:    []advisory.Credit{{Name: "Ada", Role: "finder", URL: "https://example.org/ada", Group: "Group"}},
		Timeline:   []advisory.Event{{At: at, What: "Reported"}, {At: at.AddDate(0, 0, 30), What: "Released"}},
		Revisions:  []advisory.Revision{{Number: 1, At: at, Summary: "First."}, {Number: 2, At: at.AddDate(0, 0, 1), Summary: "Second."}},
		Publisher: advisory.Publisher{
			Name: "Team", Namespace: "https://example.org", Contact: "security@example.org", Terms: "Terms.", Audience: "Everyone.",
		},
		Exploited: true, Published: at, Updated: at.AddDate(0, 0, 1),
	}
	withdrawn := a
	withdrawn.Withdrawn = &advisory.Withdrawal{At: a.Updated, Reason: "Reason."}
	return []advisory.Advisory{a, withdrawn}
}
