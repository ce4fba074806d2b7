package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/look"
)

// historyPage shows each revision of an advisory and what it changed.
type historyPage struct {
	look.Shell
	A         advisory.Advisory
	Revisions []shownRevision // the latest first
}

type shownRevision struct {
	advisory.Revision
	Changes []fieldChange
}

// fieldChange is one field before and after a revision, as text.
type fieldChange struct {
	Field  string
	Before string
	After  string
}

// History renders the page at HistoryPagePath from every revision that was
// released, the oldest first.
func History(s Site, revisions []advisory.Advisory) ([]byte, error) {
	if len(revisions) == 0 {
		return nil, fmt.Errorf("an advisory without a revision has no history")
	}
	latest := revisions[len(revisions)-1]
	h := historyPage{
		Shell: s.shell(HistoryPagePath(latest.ID), "Revisions of "+latest.ID, "What each revision of "+latest.ID+" changed."),
		A:     latest,
	}
	for i, a := range revisions {
		if len(a.Revisions) == 0 {
			return nil, fmt.Errorf("release %d of %s does not say which revision it is", i+1, a.ID)
		}
		r := shownRevision{Revision: a.Revisions[len(a.Revisions)-1]}
		if i > 0 {
			r.Changes = fieldChanges(revisions[i-1], a)
		}
		h.Revisions = append(h.Revisions, r)
	}
	slices.Reverse(h.Revisions)
	return renderPage("history", h)
}

// fieldChanges lists the fields in which two revisions differ, in the order in
// which the page shows them.
func fieldChanges(before, after advisory.Advisory) []fieldChange {
	was, is := fieldTexts(before), fieldTexts(after)
	var out []fieldChange
	for i := range is {
		if was[i].text != is[i].text {
			out = append(out, fieldChange{Field: is[i].name, Before: was[i].text, After: is[i].text})
		}
	}
	return out
}

type fieldText struct{ name, text string }

// fieldTexts writes every field that a person can change as text.
func fieldTexts(a advisory.Advisory) []fieldText {
	withdrawn := ""
	if a.Withdrawn != nil {
		withdrawn = a.Withdrawn.Reason
	}
	exploited := ""
	if a.Exploited {
		exploited = "Known to be exploited"
	}
	return []fieldText{
		{"Withdrawn", withdrawn},
		{"Title", a.Title},
		{"Also known as", strings.Join(a.Aliases, "\n")},
		{"Overview", a.Overview},
		{"Impact", a.Impact},
		{"Severity", joinLines(string(a.Severity.Level), a.Severity.CVSS4, a.Severity.CVSS31)},
		{"Exploited", exploited},
		{"Weakness", strings.Join(a.CWE, "\n")},
		{"Affected versions", affectedText(a.Affected)},
		{"Remediation", a.Remedy},
		{"Workaround", a.Workaround},
		{"References", each(a.References, func(r advisory.Reference) string { return joinLines(r.Title, r.URL) })},
		{"Credit", each(a.Credits, func(c advisory.Credit) string { return c.Name + ", " + c.Role })},
		{"Timeline", each(a.Timeline, func(e advisory.Event) string { return e.At.UTC().Format(time.DateOnly) + " " + e.What })},
	}
}

func affectedText(all []advisory.Affected) string {
	return each(all, func(p advisory.Affected) string {
		ranges := each(p.Ranges, func(r advisory.Range) string {
			return strings.TrimSpace(p.Product + " " + rangeWords(r))
		})
		named := each(p.Versions, func(v string) string { return p.Product + " " + v })
		return joinLines(ranges, named)
	})
}

func each[T any](all []T, text func(T) string) string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = text(v)
	}
	return joinLines(out...)
}

// joinLines joins what is not empty.
func joinLines(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n")
}
