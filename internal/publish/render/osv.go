package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/format/osv"
)

// OSV gives an advisory as an OSV entry. Equal input gives equal bytes, and a
// released advisory always gives a valid entry: one whose prefix OSV has not
// registered has its identifier marked as local (x_SEC-2026-0001), and what
// OSV has no field for stands in details and in database_specific.
func OSV(s Site, a advisory.Advisory) ([]byte, error) {
	e := &osv.Entry{
		SchemaVersion: osv.SchemaVersion,
		ID:            osv.LocalID(a.ID),
		Modified:      osv.At(a.Updated),
		Published:     osv.At(a.Published),
		Aliases:       a.Aliases,
		Summary:       advisory.OneLine(a.Title),
		Details:       osvDetails(a),
		References:    osvReferences(s, a),
		Credits:       osvCredits(a.Credits),
	}
	if w := a.Withdrawn; w != nil {
		e.Withdrawn = osv.At(w.At)
		e.Summary += " (withdrawn: " + advisory.OneLine(w.Reason) + ")" // osv:withdrawn
	}
	if a.Severity.CVSS4 != "" {
		e.Severity = append(e.Severity, osv.Severity{Type: osv.CVSSV4, Score: a.Severity.CVSS4})
	}
	if a.Severity.CVSS31 != "" {
		e.Severity = append(e.Severity, osv.Severity{Type: osv.CVSSV3, Score: a.Severity.CVSS31})
	}
	var err error
	if e.Affected, err = osvAffected(a); err != nil {
		return nil, fmt.Errorf("writing %s as OSV: %w", a.ID, err)
	}
	if e.DatabaseSpecific, err = osvDatabase(s, a); err != nil {
		return nil, fmt.Errorf("writing %s as OSV: %w", a.ID, err)
	}
	return osv.Marshal(e)
}

// osvDetails joins the Markdown fields under the headings that they have on
// the page.
func osvDetails(a advisory.Advisory) string {
	var b strings.Builder
	b.WriteString(strings.TrimSpace(advisory.CleanText(a.Overview)))
	for _, part := range []struct{ title, text string }{{"Impact", a.Impact}, {"Remedy", a.Remedy}, {"Workaround", a.Workaround}} {
		if text := strings.TrimSpace(advisory.CleanText(part.text)); text != "" {
			b.WriteString("\n\n## " + part.title + "\n\n" + text)
		}
	}
	return b.String()
}

// osvReferences lists the advisory's own page first. OSV has no word for a
// release.
func osvReferences(s Site, a advisory.Advisory) []osv.Reference {
	refs := []osv.Reference{{Type: osv.ReferenceAdvisory, URL: s.URL(AdvisoryPath(a.ID))}}
	for _, r := range a.References {
		kind := osv.ReferenceType(strings.ToUpper(r.Kind))
		if r.Kind == "release" {
			kind = osv.ReferenceWeb
		}
		refs = append(refs, osv.Reference{Type: kind, URL: r.URL})
	}
	return refs
}

func osvCredits(credits []advisory.Credit) []osv.Credit {
	var out []osv.Credit
	for _, c := range credits {
		credit := osv.Credit{
			Name: creditWords(c),
			Type: osv.CreditType(strings.ToUpper(strings.ReplaceAll(c.Role, " ", "_"))),
		}
		if c.URL != "" {
			credit.Contact = []string{c.URL}
		}
		out = append(out, credit)
	}
	return out
}

// osvAffected gives one item for each product.
func osvAffected(a advisory.Advisory) ([]osv.Affected, error) {
	var out []osv.Affected
	for _, p := range a.Affected {
		item := osv.Affected{Versions: slices.Clone(p.Versions)}
		if p.Ecosystem != "" && p.Package != "" {
			item.Package = &osv.Package{Ecosystem: p.Ecosystem, Name: p.Package, PURL: p.PURL}
		}
		var unsaid []string // ranges that OSV cannot say without an ecosystem
		for _, r := range p.Ranges {
			if kind, ok := osvRangeType(p, r); ok {
				item.Ranges = append(item.Ranges, osvVersions(kind, r))
			} else {
				unsaid = append(unsaid, rangeWords(r))
				item.Versions = addEnds(item.Versions, r)
			}
			if git, ok := osvCommits(r); ok {
				item.Ranges = append(item.Ranges, git)
			}
		}
		specific := struct {
			Product string   `json:"product"`
			Ranges  []string `json:"ranges,omitempty"` // in words
		}{advisory.OneLine(p.Product), unsaid}
		var err error
		if item.DatabaseSpecific, err = rawJSON(specific); err != nil {
			return nil, err
		}
		out = append(out, item)
	}
	return out, nil
}

// osvRangeType tells by which order OSV can state a range of versions: that of
// semantic versions, also for a product in no ecosystem, or the ecosystem's
// own. Versions of no known order cannot be a range.
// osv:affected[].ranges[].type
func osvRangeType(p advisory.Affected, r advisory.Range) (osv.RangeType, bool) {
	semantic := true
	for _, v := range []string{r.Introduced, r.Fixed, r.LastAffected} {
		if v == "" || v == "0" {
			continue
		}
		_, ok := advisory.Semver(v)
		semantic = semantic && ok
	}
	if semantic && (p.Ecosystem == "" || advisory.SemanticEcosystem(p.Ecosystem)) {
		return osv.Semver, true
	}
	return osv.Ecosystem, p.Ecosystem != ""
}

// osvVersions states a range by its versions.
func osvVersions(kind osv.RangeType, r advisory.Range) osv.Range {
	version := func(v string) string {
		if kind == osv.Semver {
			v, _ = advisory.Semver(v)
		}
		return v
	}
	introduced := version(r.Introduced)
	if introduced == "" {
		introduced = "0"
	}
	out := osv.Range{Type: kind, Events: []osv.Event{{Introduced: introduced}}}
	switch {
	case r.Fixed != "":
		out.Events = append(out.Events, osv.Event{Fixed: version(r.Fixed)})
	case r.LastAffected != "":
		out.Events = append(out.Events, osv.Event{LastAffected: version(r.LastAffected)})
	}
	return out
}

// osvCommits states a range by its commits, where they say as much as its
// versions do: both ends are known, or are ends of the history.
func osvCommits(r advisory.Range) (osv.Range, bool) {
	begins := r.IntroducedBy != "" || r.Introduced == "" || r.Introduced == "0"
	ends := r.FixedBy != "" || (r.IntroducedBy != "" && r.Fixed == "" && r.LastAffected == "")
	if r.Repo == "" || !begins || !ends {
		return osv.Range{}, false
	}
	introduced := r.IntroducedBy
	if introduced == "" {
		introduced = "0"
	}
	out := osv.Range{Type: osv.Git, Repo: r.Repo, Events: []osv.Event{{Introduced: introduced}}}
	if r.FixedBy != "" {
		out.Events = append(out.Events, osv.Event{Fixed: r.FixedBy})
	}
	return out, true
}

// addEnds adds the affected versions that a range names to the list.
func addEnds(versions []string, r advisory.Range) []string {
	for _, v := range []string{r.Introduced, r.LastAffected} {
		if v != "" && v != "0" && !slices.Contains(versions, v) {
			versions = append(versions, v)
		}
	}
	return versions
}

// osvDatabase holds the fields that OSV lacks. Severity and cwe_ids have the
// names and the capitals of the largest database that has them.
func osvDatabase(s Site, a advisory.Advisory) (json.RawMessage, error) {
	type moment struct {
		At   time.Time `json:"at"`
		What string    `json:"what"`
	}
	d := struct {
		Advisory  string   `json:"advisory"`
		URL       string   `json:"url"`
		Severity  string   `json:"severity,omitempty"`
		CWE       []string `json:"cwe_ids,omitempty"`
		Exploited bool     `json:"exploited"`
		Timeline  []moment `json:"timeline,omitempty"`
		Revisions []moment `json:"revisions,omitempty"` // 1, 2, 3 …
		Publisher string   `json:"publisher"`
		Contact   string   `json:"contact"`
		Terms     string   `json:"terms"`
		Audience  string   `json:"audience"`
	}{
		Advisory: a.ID, URL: s.URL(AdvisoryPath(a.ID)), Severity: strings.ToUpper(string(a.Severity.Level)), CWE: a.CWE, Exploited: a.Exploited,
		Publisher: advisory.OneLine(a.Publisher.Name), Contact: advisory.OneLine(a.Publisher.Contact),
		Terms: advisory.OneLine(a.Publisher.Terms), Audience: advisory.OneLine(a.Publisher.Audience),
	}
	for _, e := range a.Timeline {
		d.Timeline = append(d.Timeline, moment{e.At.UTC(), advisory.OneLine(e.What)})
	}
	for _, r := range a.Revisions {
		d.Revisions = append(d.Revisions, moment{r.At.UTC(), advisory.OneLine(r.Summary)})
	}
	return rawJSON(d)
}

// rawJSON encodes a value without the escapes that only HTML needs.
func rawJSON(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
