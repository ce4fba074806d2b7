package cvd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/errs"
)

// Fields are the facts of a case that the team fills in as it learns them.
// All of them reach the draft.
type Fields struct {
	Title     string              `json:"title"` // product and kind of fault, one line
	Severity  advisory.Severity   `json:"severity"`
	CWE       []string            `json:"cwe,omitempty"` // CWE-NNN, the most specific first
	Affected  []advisory.Affected `json:"affected,omitempty"`
	CVE       string              `json:"cve,omitempty"` // CVE-YEAR-NNNN
	Exploited bool                `json:"exploited,omitempty"`
}

// Text is the prose of the advisory. All of it reaches the draft, except
// credits of people who have not agreed.
type Text struct {
	Overview   string               `json:"overview"` // Markdown
	Impact     string               `json:"impact"`   // Markdown
	Remedy     string               `json:"remedy"`   // Markdown
	Workaround string               `json:"workaround,omitempty"`
	References []advisory.Reference `json:"references,omitempty"`
	Timeline   []advisory.Event     `json:"timeline,omitempty"`
	Credits    []Helper             `json:"credits,omitempty"` // people other than the reporters
	Summary    string               `json:"summary,omitempty"` // what this revision changes; not for the first
}

// Helper is someone to thank who is not a reporter, and whether that person
// has told the team to go ahead.
type Helper struct {
	advisory.Credit
	Agreed bool `json:"agreed"`
}

// Consent is a reporter's own word on being named.
type Consent string

// The consents. Only an agreed credit reaches a draft.
const (
	Unasked  Consent = "not asked"
	Agreed   Consent = "agreed"
	Declined Consent = "declined"
)

// Credit is what the reporter of one report says on being named. The team
// cannot write it.
type Credit struct {
	Report  string          `json:"report"`
	Consent Consent         `json:"consent"`
	Named   advisory.Credit `json:"named"`       // as the reporter wishes to be named
	At      time.Time       `json:"at,omitzero"` // when the reporter said so
}

// CreditWish is what a reporter says on being named.
type CreditWish struct {
	Agree   bool   `json:"agree"`
	Name    string `json:"name,omitempty"` // needed to agree
	URL     string `json:"url,omitempty"`
	Group   string `json:"group,omitempty"`   // organisation
	Comment string `json:"comment,omitempty"` // on the draft or the credit: becomes a message to the team
}

// Limits that keep a case small enough to be read with every page of it. The
// advisory's lint is stricter on each text.
const (
	maxFields = 256 << 10 // bytes of JSON
	maxText   = 512 << 10 // bytes of JSON
	maxTitle  = 300       // bytes
	maxCredit = 2_000     // bytes of JSON
)

var (
	cvePattern = regexp.MustCompile(`^CVE-[0-9]{4}-[0-9]{4,19}$`)
	cwePattern = regexp.MustCompile(`^CWE-[1-9][0-9]{0,5}$`)
)

// check finds every fault. What is not known yet may be empty.
func (f *Fields) check() error {
	var ps errs.Problems
	if len(f.Title) > maxTitle {
		ps.Add("title", "The title has %d bytes; at most %d can be kept.", len(f.Title), maxTitle)
	} else if !isLine(f.Title) {
		ps.Add("title", "The title must be one line of text.")
	}
	if f.Severity.Level != "" && !f.Severity.Level.Valid() {
		ps.Add("severity.level", "The level must be low, moderate, high or critical.")
	}
	if _, err := f.Severity.Scores(); err != nil {
		if e, ok := errors.AsType[*errs.Error](err); ok {
			e.Field = "severity." + e.Field
			ps = append(ps, e)
		}
	}
	for i, w := range f.CWE {
		if !cwePattern.MatchString(w) {
			ps.Add(fmt.Sprintf("cwe[%d]", i), "Write a weakness as CWE-79.")
		}
	}
	if f.CVE != "" && !cvePattern.MatchString(f.CVE) {
		ps.Add("cve", "Write a CVE number as CVE-2026-12345.")
	}
	checkSize(&ps, "affected", f, maxFields)
	return ps.Err()
}

func (t *Text) check() error {
	var ps errs.Problems
	checkSize(&ps, "overview", t, maxText)
	return ps.Err()
}

// named gives the credit that the wish asks for. It is held to the advisory's
// own lint, so that no wish can stop a release later.
func (w *CreditWish) named() (advisory.Credit, error) {
	k := advisory.Credit{
		Name: advisory.OneLine(w.Name), Role: creditRole,
		URL: strings.TrimSpace(w.URL), Group: advisory.OneLine(w.Group),
	}
	if !w.Agree {
		return advisory.Credit{}, nil
	}
	var ps errs.Problems
	checkSize(&ps, "name", k, maxCredit)
	for _, p := range advisory.Lint(advisory.Advisory{Credits: []advisory.Credit{k}}, time.Time{}) {
		if field, ok := strings.CutPrefix(p.Path, "credits[0]."); ok && p.Blocking {
			ps.Add(field, "%s", p.Message).Hint = p.Hint
		}
	}
	return k, ps.Err()
}

// checkSize bounds the JSON of a whole form. No program writes it larger by
// mistake, and a lint must not be made to read it.
func checkSize(ps *errs.Problems, field string, v any, limit int) {
	b, err := json.Marshal(v)
	if err != nil {
		ps.Add(field, "This cannot be kept as it is.").WithCause(err)
		return
	}
	if len(b) > limit {
		ps.Add(field, "All of it together has %d bytes; at most %d can be kept.", len(b), limit)
	}
}

// changed names the fields in which two values differ, as their JSON does.
func changed[T any](before, after T) []string {
	a, b := fieldsOf(before), fieldsOf(after)
	names := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return bytes.Equal(a[n], b[n]) })
}

// fieldsOf gives the JSON of each field; none for what has no JSON, which the
// checks refuse.
func fieldsOf(v any) map[string]json.RawMessage {
	fields := map[string]json.RawMessage{}
	if b, err := json.Marshal(v); err == nil {
		_ = json.Unmarshal(b, &fields) // the JSON of a struct is an object
	}
	return fields
}
