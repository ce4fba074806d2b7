package cvd

import (
	"fmt"
	"slices"
	"strings"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/watermark"
)

// columns is how wide our texts are: so that they survive a mail, and a quote
// of it.
const columns = 76

// sheet writes plain text in columns.
type sheet struct{ strings.Builder }

// line writes one line, wrapped if it is longer than a line.
func (s *sheet) line(format string, args ...any) {
	text := advisory.OneLine(fmt.Sprintf(format, args...))
	for i, l := range advisory.Wrap(text, columns-2) {
		if i > 0 {
			s.WriteString("  ")
		}
		s.WriteString(l + "\n")
	}
}

func (s *sheet) gap() { s.WriteString("\n") }

// part writes a heading and Markdown below it; nothing if there is none.
func (s *sheet) part(head, markdown string) {
	text := advisory.PlainText(markdown, columns)
	if strings.TrimSpace(text) == "" {
		return
	}
	fmt.Fprintf(s, "%s\n%s\n\n%s\n\n", head, strings.Repeat("-", len(head)), text)
}

// list writes a heading and items; nothing if there are none.
func (s *sheet) list(head string, items []string) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(s, "%s\n%s\n\n", head, strings.Repeat("-", len(head)))
	for _, it := range items {
		for i, l := range advisory.Wrap(it, columns-2) {
			s.WriteString([]string{"- ", "  "}[min(i, 1)] + l + "\n")
		}
	}
	s.gap()
}

// copyText is the draft as its copies have it, before they are marked. It is
// the same for everyone: what a leak is held against.
func copyText(a advisory.Advisory) string {
	var s sheet
	s.line("%s", a.Title)
	s.gap()
	s.facts(a)
	s.part("Overview", a.Overview)
	s.part("Impact", a.Impact)
	s.list("Affected", affectedLines(a))
	s.part("Remedy", a.Remedy)
	s.part("Workaround", a.Workaround)
	s.list("References", referenceLines(a))
	s.list("Credits", creditLines(a))
	s.list("Timeline", timelineLines(a))
	return strings.TrimRight(s.String(), "\n") + "\n"
}

// facts are the lines at the head.
func (s *sheet) facts(a advisory.Advisory) {
	before := s.Len()
	if a.Severity.Level != "" {
		s.line("Severity: %s", a.Severity.Level)
	}
	for _, v := range []string{a.Severity.CVSS4, a.Severity.CVSS31} {
		if v != "" {
			s.line("CVSS: %s", v)
		}
	}
	if len(a.Aliases) > 0 {
		s.line("CVE: %s", strings.Join(a.Aliases, ", "))
	}
	if len(a.CWE) > 0 {
		s.line("Weakness: %s", strings.Join(a.CWE, ", "))
	}
	if a.Exploited {
		s.line("It is known to be exploited.")
	}
	if s.Len() > before {
		s.gap()
	}
}

func affectedLines(a advisory.Advisory) (out []string) {
	for _, p := range a.Affected {
		for _, r := range p.Ranges {
			out = append(out, advisory.OneLine(p.Product+": "+rangeText(r)))
		}
		for _, v := range p.Versions {
			out = append(out, advisory.OneLine(p.Product+": "+v))
		}
	}
	return out
}

func fixedLines(a advisory.Advisory) (out []string) {
	for _, p := range a.Affected {
		for _, r := range p.Ranges {
			if r.Fixed != "" {
				out = append(out, advisory.OneLine(p.Product+" "+r.Fixed))
			}
		}
	}
	return unique(out)
}

func referenceLines(a advisory.Advisory) (out []string) {
	for _, r := range a.References {
		out = append(out, r.URL)
	}
	return out
}

func creditLines(a advisory.Advisory) (out []string) {
	for _, k := range a.Credits {
		line := k.Name
		if k.Role != "" {
			line += " (" + k.Role + ")"
		}
		out = append(out, advisory.OneLine(line))
	}
	return out
}

func timelineLines(a advisory.Advisory) (out []string) {
	for _, e := range a.Timeline {
		out = append(out, advisory.OneLine(e.At.UTC().Format("2006-01-02")+" "+e.What))
	}
	return out
}

// holder names whose copy something is: an organisation, or a person who is
// let in by themselves.
func (c *Case) holder(user string) string {
	if r := c.recipientOf(user); r != nil {
		return r.ID
	}
	return "user/" + user
}

// ambered is the line that stands on every copy: the Traffic Light Protocol 2.0
// of FIRST, with the name of those whose copy it is.
func ambered(name string) string {
	return advisory.OneLine("TLP:AMBER: " + name + " only, and there those who need to know. This copy is marked.")
}

// mark gives the mark of a holder's copies of a case. Nothing is stored: it is
// derived from the master key.
func (s *Store) mark(caseID, holder string) (watermark.Mark, error) {
	return watermark.New(s.Keys.Derive("watermark of copies"), caseID, holder)
}

// guarded tells whether the roles read copies of their own alone: distributors,
// unless they see the case by another role too.
func guarded(roles []acl.Role) bool {
	return slices.Contains(roles, acl.Distributor) && !acl.Allow(acl.ReportRead, roles...)
}

// ownDraft is the draft with the prose in the holder's own wording.
func (s *Store) ownDraft(caseID, holder string, a advisory.Advisory) (advisory.Advisory, error) {
	m, err := s.mark(caseID, holder)
	if err != nil {
		return a, err
	}
	for _, field := range []*string{&a.Overview, &a.Impact, &a.Remedy, &a.Workaround} {
		if *field, err = watermark.Text(*field, "", m); err != nil {
			return a, err
		}
	}
	return a, nil
}

// ownCopy is the draft as plain text in the holder's own copy.
func (s *Store) ownCopy(c *Case, holder, name string) (string, error) {
	m, err := s.mark(c.ID, holder)
	if err != nil {
		return "", err
	}
	return watermark.Text(copyText(c.Draft()), ambered(name), m)
}

// veil takes out of a view what only others who were told may know: who they
// are and what they want, and the draft in words that are nobody's own.
func (s *Store) veil(c *Case, caller acl.Caller, roles []acl.Role, v *View, d *DraftView) error {
	if !guarded(roles) {
		return nil
	}
	if v != nil {
		e := c.embargoFor(caller.ID)
		v.Embargo = &e
		v.Patch = &Patch{State: c.Patch.State, PatchFields: PatchFields{Branches: c.Patch.Branches}}
	}
	if d == nil {
		return nil
	}
	var err error
	d.Advisory, err = s.ownDraft(c.ID, c.holder(caller.ID), d.Advisory)
	return err
}

// embargoFor is the embargo as one who was told may see it: the terms, and of
// what others outside proposed the hour alone.
func (c *Case) embargoFor(user string) Embargo {
	e := Embargo{State: c.Embargo.State, Active: c.Embargo.Active}
	if a := c.Embargo.Active; a != nil && c.outsideTerms(*a, user) {
		e.Active = &Terms{Until: a.Until, Zone: a.Zone}
	}
	if p := c.Embargo.Proposal; p != nil {
		own := *p
		if mine := p.By.ID == user || c.sameSide(p.By.ID, user); !mine {
			own.By = Person{}
			if p.Outside {
				own.Reason = ""
			}
		}
		e.Proposal = &own
	}
	return e
}

// sameSide tells whether two users are let in for one organisation.
func (c *Case) sameSide(a, b string) bool {
	r := c.recipientOf(a)
	return r != nil && slices.Contains(r.Contacts, b)
}

// outsideTerms tells whether terms come from another who was told: their reason
// may say who that is.
func (c *Case) outsideTerms(t Terms, user string) bool {
	return t.Outside && !slices.ContainsFunc(c.Recipients, func(r Recipient) bool {
		return slices.Contains(r.Contacts, user) && r.Proposed != nil && r.Proposed.Until.Equal(t.Until)
	})
}
