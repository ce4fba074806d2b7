package cvd

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/errs"
)

// public are the fields of a case that are meant to reach the draft, by the
// beginning of their path. Whoever adds to this list opens the door wider.
var public = []string{
	"Advisory",
	"Fields.Title", "Fields.Severity.", "Fields.CWE", "Fields.Affected", "Fields.CVE",
	"Text.Overview", "Text.Impact", "Text.Remedy", "Text.Workaround", "Text.References", "Text.Timeline",
}

// consented are those that reach it only when the person has agreed.
var consented = []string{"Credits[].Named.", "Text.Credits[]."}

func under(path string, roots []string) bool {
	for _, r := range roots {
		if path == r || strings.HasPrefix(path, r) && (strings.HasSuffix(r, ".") || strings.ContainsAny(path[len(r):len(r)+1], ".[")) {
			return true
		}
	}
	return false
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestOneDoorOut fills every field of a case with canaries and finds in the
// draft exactly those of the public fields.
func TestOneDoorOut(t *testing.T) {
	t.Parallel()
	for _, agreed := range []bool{false, true} {
		var c Case
		birds := fillWithCanaries(&c, "canary")
		if len(birds.at) < 150 {
			t.Fatalf("only %d canaries: the case was not filled", len(birds.at))
		}
		if agreed {
			c.Credits[0].Consent, c.Text.Credits[0].Agreed = Agreed, true
		}
		seen := birds.found(jsonOf(t, c.Draft()))
		for _, path := range birds.at {
			want := under(path, public) || agreed && under(path, consented)
			switch {
			case seen[path] && !want:
				t.Errorf("agreed %t: %s reaches the draft", agreed, path)
			case !seen[path] && want:
				t.Errorf("agreed %t: %s does not reach the draft", agreed, path)
			}
		}
	}
}

// TestTheDraftIsACopy: who changes a draft does not change the case.
func TestTheDraftIsACopy(t *testing.T) {
	t.Parallel()
	var c Case
	fillWithCanaries(&c, "canary")
	before := jsonOf(t, c)
	d := c.Draft()
	d.CWE[0], d.References[0].URL, d.Timeline[0].What, d.Affected[0].Product = "x", "x", "x", "x"
	if jsonOf(t, c) != before {
		t.Error("the case changed with its draft")
	}
}

func TestWhoSentTwoReportsIsThankedOnce(t *testing.T) {
	t.Parallel()
	c := Case{Credits: []Credit{
		{Report: "1", Consent: Agreed, Named: advisory.Credit{Name: "Dana", Role: "reporter"}},
		{Report: "2", Consent: Agreed, Named: advisory.Credit{Name: "Dana", Role: "reporter"}},
		{Report: "3", Consent: Declined, Named: advisory.Credit{Name: "Eve", Role: "reporter"}},
		{Report: "4", Consent: Unasked, Named: advisory.Credit{Name: "Frank", Role: "reporter"}},
	}}
	if got := c.Draft().Credits; len(got) != 1 || got[0].Name != "Dana" {
		t.Errorf("credits: %v", got)
	}
}

// TestAnnouncementTellsNothing: of a case full of canaries a prenotice holds
// the product, the version with the fix, the level, the hour and the zone.
func TestAnnouncementTellsNothing(t *testing.T) {
	t.Parallel()
	fresh := func() (*Case, canaries) {
		var c Case
		birds := fillWithCanaries(&c, "canary")
		c.Revision = 0
		c.Fields.Severity.Level = advisory.High
		return &c, birds
	}
	c, birds := fresh()
	c.Review.Schedule = nil
	p, err := c.announcement()
	if err != nil {
		t.Fatal(err)
	}
	may := []string{"Prenotice.ID", "Prenotice.Mitigation", "Prenotice.Branches[]", "Fields.Affected[].Product", "Fields.Affected[].Ranges[].Fixed",
		"Embargo.Active.Until", "Embargo.Active.Zone"}
	for path := range birds.found(jsonOf(t, p)) {
		if !under(path, may) {
			t.Errorf("%s is announced", path)
		}
	}
	if p.Mitigation != c.Prenotice.Mitigation {
		t.Error("a workaround that was public has vanished")
	}
	if p, err = c.mitigated(p); err != nil || p.Mitigation != c.Text.Workaround {
		t.Errorf("the workaround is not announced: %q, %v", p.Mitigation, err)
	}
	for path := range birds.found(jsonOf(t, p)) {
		if !under(path, append(may, "Text.Workaround")) {
			t.Errorf("%s is announced with the workaround", path)
		}
	}
	c.Text.Workaround = " \n"
	if _, err := c.mitigated(p); !errs.Is(err, errs.Conflict) {
		t.Errorf("a draft without a workaround: %v", err)
	}
	for _, tt := range []struct {
		name string
		edit func(c *Case)
	}{
		{"no hour", func(c *Case) { c.Review.Schedule, c.Embargo.Active = nil, nil }},
		{"a release that failed", func(c *Case) { c.Embargo.Active = nil }},
		{"public already", func(c *Case) { c.Revision = 1 }},
		{"no product", func(c *Case) { c.Fields.Affected = nil }},
		{"no fixed version", func(c *Case) { c.Fields.Affected[0].Ranges = nil }},
		{"no level", func(c *Case) { c.Fields.Severity.Level = "" }},
	} {
		c, _ := fresh()
		tt.edit(c)
		if _, err := c.announcement(); !errs.Is(err, errs.Conflict) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestDraftTextHoldsTheWholeDraft(t *testing.T) {
	t.Parallel()
	a := advisory.Advisory{
		Title: "Title1", Overview: "Overview1", Impact: "Impact1", Remedy: "Remedy1", Workaround: "Workaround1",
		Severity: advisory.Severity{Level: advisory.Low},
		Affected: []advisory.Affected{{Product: "Product1", Versions: []string{"9.9"}, Ranges: []advisory.Range{
			{Introduced: "1.0", Fixed: "1.5"}, {Introduced: "2.0", LastAffected: "2.5"}}}},
		References: []advisory.Reference{{URL: "https://example.org/1"}},
		Credits:    []advisory.Credit{{Name: "Name1", Role: "finder"}},
		Timeline:   []advisory.Event{{At: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), What: "Event1"}},
	}
	text := draftText(a)
	for _, want := range []string{"Title1", "low", "Overview1", "Impact1", "Remedy1", "Workaround1", "Product1: from 1.0, fixed in 1.5",
		"Product1: from 2.0 up to 2.5", "Product1: 9.9", "https://example.org/1", "Name1 (finder)", "2026-01-02  Event1"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}
