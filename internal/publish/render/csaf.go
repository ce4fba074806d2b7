package render

import (
	"fmt"
	"strconv"
	"strings"

	"steward/internal/advisory"
	"steward/internal/format/csaf"
)

// CSAF gives an advisory as a CSAF 2.0 document of the profile "Security
// Advisory". Equal input gives equal bytes.
//
// A withdrawn advisory becomes a document of the base profile: all its text
// stays, as notes, but there is no product tree and no vulnerability any more,
// so that no program goes on matching it. CSAF 2.0 has no profile for this; the
// title of the note with the reason is that of CSAF 2.1's.
func CSAF(s Site, a advisory.Advisory) ([]byte, error) {
	notes, err := csafNotes(a)
	if err != nil {
		return nil, fmt.Errorf("writing %s as CSAF: %w", a.ID, err)
	}
	doc := &csaf.Advisory{Document: csaf.Document{
		Acknowledgments: csafCredits(a.Credits),
		Category:        csaf.SecurityAdvisory,
		CSAFVersion:     csaf.Version20,
		Distribution: &csaf.Distribution{
			Text: "TLP:CLEAR (TLP:WHITE in version 1 of the protocol): may be shared without restriction.",
			TLP:  &csaf.TLP{Label: csaf.TLPWhite, URL: "https://www.first.org/tlp/"},
		},
		Lang:  "en",
		Notes: notes,
		Publisher: csaf.Publisher{
			Category: csaf.PublisherVendor, Name: advisory.OneLine(a.Publisher.Name),
			Namespace: csaf.URI(a.Publisher.Namespace), ContactDetails: advisory.OneLine(a.Publisher.Contact),
		},
		References: csafReferences(s, a),
		Title:      advisory.OneLine(a.Title),
		Tracking:   csafTracking(a),
	}}
	if a.Severity.Level != "" {
		doc.Document.AggregateSeverity = &csaf.AggregateSeverity{Text: string(a.Severity.Level)}
	}
	if a.Withdrawn != nil {
		doc.Document.Category = csaf.Base
		doc.Document.Title = "Withdrawn: " + doc.Document.Title
		return csaf.Marshal(doc)
	}
	products := newCSAFProducts(a)
	doc.ProductTree = &csaf.ProductTree{Branches: products.tree}
	vulnerability, err := csafVulnerability(a, products)
	if err != nil {
		return nil, fmt.Errorf("writing %s as CSAF: %w", a.ID, err)
	}
	doc.Vulnerabilities = []csaf.Vulnerability{vulnerability}
	return csaf.Marshal(doc)
}

// csafNotes gives the fields that CSAF has no place for, each under the title
// that it has everywhere.
func csafNotes(a advisory.Advisory) ([]csaf.Note, error) {
	severity, err := severityWords(a)
	if err != nil {
		return nil, err
	}
	var notes []csaf.Note
	add := func(category csaf.NoteCategory, title, text string) {
		if text != "" {
			notes = append(notes, csaf.Note{Category: category, Title: title, Text: text})
		}
	}
	if w := a.Withdrawn; w != nil {
		add(csaf.NoteDescription, "Reasoning for Withdrawal", "Withdrawn on "+day(w.At)+". "+advisory.OneLine(w.Reason))
	}
	add(csaf.NoteSummary, "Overview", plain(a.Overview))
	add(csaf.NoteGeneral, "Impact", plain(a.Impact))
	add(csaf.NoteGeneral, "Severity", strings.Join(severity, "\n"))
	add(csaf.NoteGeneral, "Affected versions", strings.Join(affectedWords(a), "\n"))
	add(csaf.NoteGeneral, "Remedy", plain(a.Remedy))
	workaround := plain(a.Workaround)
	if workaround == "" {
		workaround = "None is known."
	}
	add(csaf.NoteGeneral, "Workaround", workaround)
	add(csaf.NoteOther, "Weaknesses", strings.Join(a.CWE, ", "))
	add(csaf.NoteOther, "Timeline", strings.Join(timelineWords(a), "\n"))
	add(csaf.NoteOther, "Contact", advisory.OneLine(a.Publisher.Contact))
	add(csaf.NoteOther, "Audience", advisory.OneLine(a.Publisher.Audience))
	add(csaf.NoteLegalDisclaimer, "Terms of use", advisory.OneLine(a.Publisher.Terms))
	return notes, nil
}

// affectedWords says line by line which versions of what are affected.
func affectedWords(a advisory.Advisory) []string {
	var lines []string
	for _, p := range a.Affected {
		for _, r := range p.Ranges {
			lines = append(lines, productName(p)+" "+rangeWords(r))
		}
		if len(p.Versions) > 0 {
			lines = append(lines, productName(p)+" "+versionList(p.Versions))
		}
	}
	return lines
}

func timelineWords(a advisory.Advisory) []string {
	var lines []string
	for _, e := range a.Timeline {
		lines = append(lines, day(e.At)+" "+advisory.OneLine(e.What))
	}
	return lines
}

// csafCredits thanks each who helped. csaf:3.1.1
func csafCredits(credits []advisory.Credit) []csaf.Acknowledgment {
	var out []csaf.Acknowledgment
	for _, c := range credits {
		ack := csaf.Acknowledgment{
			Names:        []string{advisory.OneLine(c.Name)},
			Organization: advisory.OneLine(c.Group),
			Summary:      advisory.OneLine(c.Role),
		}
		if c.URL != "" {
			ack.URLs = []csaf.URI{csaf.URI(c.URL)}
		}
		out = append(out, ack)
	}
	return out
}

// csafReferences lists this document's own address first (csaf:6.2.11), then
// its other forms, then where else to read.
func csafReferences(s Site, a advisory.Advisory) []csaf.Reference {
	refs := []csaf.Reference{
		{Category: csaf.ReferenceSelf, Summary: "This document", URL: csaf.URI(s.URL(CSAFPath(a)))},
		{Category: csaf.ReferenceSelf, Summary: "The same as a page", URL: csaf.URI(s.URL(AdvisoryPath(a.ID)))},
		{Category: csaf.ReferenceSelf, Summary: "The same as plain text", URL: csaf.URI(s.URL(TextPath(a.ID)))},
		{Category: csaf.ReferenceSelf, Summary: "The same as an OSV entry", URL: csaf.URI(s.URL(OSVPath(a.ID)))},
	}
	for _, r := range a.References {
		summary := advisory.OneLine(r.Title)
		if summary == "" {
			summary = advisory.OneLine(r.Kind)
		}
		refs = append(refs, csaf.Reference{Category: csaf.ReferenceExternal, Summary: summary, URL: csaf.URI(r.URL)})
	}
	return refs
}

// csafTracking numbers revisions by integers. csaf:3.1.11.1
func csafTracking(a advisory.Advisory) csaf.Tracking {
	t := csaf.Tracking{
		Aliases:            a.Aliases,
		CurrentReleaseDate: a.Updated.UTC(),
		Generator:          &csaf.Generator{Engine: csaf.Engine{Name: "Steward"}},
		ID:                 csaf.TrackingID(a.ID),
		InitialReleaseDate: a.Published.UTC(),
		Status:             csaf.Final,
		Version:            csaf.Version(strconv.Itoa(len(a.Revisions))),
	}
	for _, r := range a.Revisions {
		t.RevisionHistory = append(t.RevisionHistory, csaf.Revision{
			Date: r.At.UTC(), Number: csaf.Version(strconv.Itoa(r.Number)), Summary: advisory.OneLine(r.Summary),
		})
	}
	return t
}
