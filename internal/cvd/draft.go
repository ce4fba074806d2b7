package cvd

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"steward/internal/advisory"
	"steward/internal/base/errs"
)

// Draft is the one door out of a case: what the advisory would say if it were
// released now. It takes the fields that are meant to be public, one by one,
// and names people only by their own consent. The advisory's id is empty
// before the first release; publisher, dates and revisions are set at release.
func (c *Case) Draft() advisory.Advisory {
	f, t := c.Fields, c.Text
	a := advisory.Advisory{
		ID:         c.Advisory,
		Title:      advisory.OneLine(f.Title),
		Overview:   t.Overview,
		Impact:     t.Impact,
		Severity:   f.Severity,
		CWE:        slices.Clone(f.CWE),
		Affected:   slices.Clone(f.Affected),
		Remedy:     t.Remedy,
		Workaround: t.Workaround,
		References: slices.Clone(t.References),
		Timeline:   slices.Clone(t.Timeline),
		Exploited:  f.Exploited,
	}
	if f.CVE != "" {
		a.Aliases = []string{f.CVE}
	}
	thank := func(k advisory.Credit) {
		twice := func(o advisory.Credit) bool { return o.Name == k.Name && o.Role == k.Role }
		if !slices.ContainsFunc(a.Credits, twice) { // who sent two reports is thanked once
			a.Credits = append(a.Credits, k)
		}
	}
	for _, k := range c.Credits {
		if k.Consent == Agreed {
			thank(k.Named)
		}
	}
	for _, h := range t.Credits {
		if h.Agreed {
			thank(h.Credit)
		}
	}
	return a
}

// hash is that of what a reviewer and an approver put their name to: the draft
// and the line on what this revision changes. The id is not theirs to choose.
func (c *Case) hash() string {
	a := c.Draft()
	a.ID = ""
	b, err := json.Marshal(struct {
		advisory.Advisory
		Summary string `json:"summary"`
	}{a, c.Text.Summary})
	if err != nil {
		panic(fmt.Sprintf("cvd: writing a draft as JSON: %v", err)) // strings, numbers and times: only a year beyond 9999, which check refuses
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// announcement tells that a release comes and nothing of what it fixes: the
// product, the version that will carry the fix and the level are those of the
// draft, the hour is the one set for the release or else agreed on.
func (c *Case) announcement() (advisory.Prenotice, error) {
	p := advisory.Prenotice{Severity: c.Fields.Severity.Level}
	if c.Prenotice != nil {
		p.ID = c.Prenotice.ID
		// What users were told to do does not vanish by a change of the hour.
		p.Mitigation, p.Branches = c.Prenotice.Mitigation, c.Prenotice.Branches
	}
	switch {
	case c.Public():
		return p, errs.Conflictf("The advisory is public already.")
	case c.scheduled():
		p.Release, p.Zone = c.Review.Schedule.At, c.Review.Schedule.Zone
	case c.Embargo.Active != nil:
		p.Release, p.Zone = c.Embargo.Active.Until, c.Embargo.Active.Zone
	default:
		return p, errs.Conflictf("There is no hour to announce.").WithHint("agree on an embargo or set the hour of the release first")
	}
	var products, versions []string
	for _, a := range c.Draft().Affected {
		products = append(products, a.Product)
		for _, r := range a.Ranges {
			if r.Fixed != "" {
				versions = append(versions, r.Fixed)
			}
		}
	}
	slices.Sort(products)
	p.Product = strings.Join(slices.Compact(products), ", ")
	p.Versions = strings.Join(unique(versions), ", ")
	switch {
	case p.Product == "":
		return p, errs.Conflictf("The draft names no product.").WithHint("fill in what is affected first")
	case p.Versions == "":
		return p, errs.Conflictf("The draft names no version with the fix.").WithHint("fill in the first fixed version of a range")
	case !p.Severity.Valid():
		return p, errs.Conflictf("The severity is not assessed.").WithHint("choose a level first")
	}
	return p, nil
}

// mitigated adds the draft's workaround to an announcement.
func (c *Case) mitigated(p advisory.Prenotice) (advisory.Prenotice, error) {
	p.Mitigation = c.Draft().Workaround
	if strings.TrimSpace(p.Mitigation) == "" {
		return p, errs.Conflictf("The draft has no workaround.").WithHint("write it into the draft first")
	}
	return p, nil
}

// unique drops what is there twice and keeps the order.
func unique(words []string) []string {
	var out []string
	for _, w := range words {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// draftText writes a draft as plain text, to be encrypted to a reporter's key.
func draftText(a advisory.Advisory) string {
	var b strings.Builder
	part := func(head, body string) {
		if strings.TrimSpace(body) != "" {
			fmt.Fprintf(&b, "%s\n\n%s\n\n", head, strings.TrimSpace(body))
		}
	}
	part("Title", a.Title)
	part("Severity", string(a.Severity.Level))
	part("Overview", a.Overview)
	part("Impact", a.Impact)
	var affected []string
	for _, p := range a.Affected {
		for _, r := range p.Ranges {
			affected = append(affected, p.Product+": "+rangeText(r))
		}
		for _, v := range p.Versions {
			affected = append(affected, p.Product+": "+v)
		}
	}
	part("Affected", strings.Join(affected, "\n"))
	part("Remedy", a.Remedy)
	part("Workaround", a.Workaround)
	var lines []string
	for _, r := range a.References {
		lines = append(lines, r.URL)
	}
	part("References", strings.Join(lines, "\n"))
	lines = nil
	for _, k := range a.Credits {
		lines = append(lines, k.Name+" ("+k.Role+")")
	}
	part("Credits", strings.Join(lines, "\n"))
	lines = nil
	for _, e := range a.Timeline {
		lines = append(lines, e.At.UTC().Format("2006-01-02")+"  "+e.What)
	}
	part("Timeline", strings.Join(lines, "\n"))
	return b.String()
}

// rangeText writes a range of versions in words.
func rangeText(r advisory.Range) string {
	text := "from " + r.Introduced
	switch {
	case r.Fixed != "":
		text += ", fixed in " + r.Fixed
	case r.LastAffected != "":
		text += " up to " + r.LastAffected
	}
	return text
}
