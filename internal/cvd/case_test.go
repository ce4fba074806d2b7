package cvd

import (
	"slices"
	"steward/internal/policy"
	"strings"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/errs"
)

func TestDeadlinesAndPlace(t *testing.T) {
	t.Parallel()
	at := func(h int) time.Time { return day0.Add(time.Duration(h) * time.Hour) }
	// In the order of the queue.
	cases := []struct {
		name string
		c    Case
		next DeadlineKind
	}{
		{"new, the day's best", Case{State: Receipt, AcknowledgeBy: at(5)}, DueAcknowledge},
		{"new, the same day, with findings", Case{State: Receipt, AcknowledgeBy: at(1), Findings: 3}, DueAcknowledge},
		{"new, the next day", Case{State: Receipt, AcknowledgeBy: at(24)}, DueAcknowledge},
		{"a release that was missed", Case{State: Releasing, Review: Review{Schedule: &Schedule{At: at(-10), Failed: "x"}}}, DueRelease},
		{"a closed case with a message", Case{State: Closed, AnswerBy: at(1)}, DueAnswer},
		{"promised status", Case{State: Verification, NextStatus: at(2), ReporterPlan: at(3)}, DueStatus},
		{"reporter's plan", Case{State: Remediation, NextStatus: at(9), ReporterPlan: at(3)}, DueReporter},
		{"embargo", Case{State: Remediation, Embargo: Embargo{Active: &Terms{Until: at(4)}}}, DueEmbargo},
		{"release", Case{State: Releasing, Review: Review{Schedule: &Schedule{At: at(5)}}}, DueRelease},
		{"nothing due", Case{State: Verification}, ""},
		{"public, whatever was promised before", Case{State: PostRelease, Revision: 1, Released: at(3), NextStatus: at(2)}, ""},
		{"public, whatever the reporter planned", Case{State: PostRelease, Revision: 1, ReporterPlan: at(1)}, ""},
		{"closed last", Case{State: Closed, Closed: at(2), NextStatus: at(1)}, ""},
		{"closed before", Case{State: Merged, Closed: at(1)}, ""},
	}
	last := spot{place: place{group: -1}}
	for i, tt := range cases {
		var kind DeadlineKind
		if d := tt.c.next(&policy.Policy{}); d != nil {
			kind = d.What
		}
		if kind != tt.next {
			t.Errorf("%s: next is %q, want %q", tt.name, kind, tt.next)
		}
		here := spot{tt.c.place(&policy.Policy{}), int64(i)}
		if last.compare(here) >= 0 {
			t.Errorf("%s does not come after the one before: %v, %v", tt.name, last, here)
		}
		if back, err := readSpot(here.String()); err != nil || back != here {
			t.Errorf("%s: %v reads as %v, %v", tt.name, here, back, err)
		}
		last = here
	}
	for _, bad := range []string{"x", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.4 or 1=1"} {
		if _, err := readSpot(bad); !errs.Is(err, errs.Invalid) {
			t.Errorf("%q is a place: %v", bad, err)
		}
	}
}

func TestMoveOfACase(t *testing.T) {
	t.Parallel()
	c := &Case{State: Receipt, NextStatus: day0, AnswerBy: day0}
	if err := c.move(EventDecline, "no", day0); err != nil {
		t.Fatal(err)
	}
	if c.Acknowledged != day0 || c.Closed != day0 || !c.AnswerBy.IsZero() || !c.NextStatus.IsZero() {
		t.Errorf("after a decline: %+v", c)
	}
	if err := c.move(EventReopen, "new facts", day0); err != nil || c.State != Verification || !c.Closed.IsZero() {
		t.Errorf("reopened: %v, %+v", err, c)
	}
	public := &Case{State: Closed, Revision: 1}
	if err := public.move(EventReopen, "a revision", day0); err != nil || public.State != PostRelease {
		t.Errorf("reopened after a release: %v, %s", err, public.State)
	}
	set := &Case{State: Releasing, Review: Review{Schedule: &Schedule{At: day0, Zone: "UTC"}}}
	for _, e := range []Event{EventSendBack, EventClose, EventMerge} {
		if err := set.move(e, "why", day0); !errs.Is(err, errs.Conflict) {
			t.Errorf("%s with a release set: %v", e, err)
		}
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	for _, d := range Dispositions {
		c := &Case{State: Verification}
		if err := c.decide(Decision{Disposition: d}, alice, "", day0); d.Declines() != errs.Is(err, errs.Invalid) {
			t.Errorf("%s without a reason: %v", d, err)
		}
		c = &Case{State: Verification}
		if err := c.decide(Decision{Disposition: d, Reason: "because"}, alice, "m", day0); err != nil {
			t.Fatal(err)
		}
		want := Remediation
		if d.Declines() {
			want = Closed
		}
		if c.State != want || c.Disposition() != d || c.Decisions[0].By != alice || c.Decisions[0].Message != "m" {
			t.Errorf("%s: %+v", d, c)
		}
	}
	c := &Case{State: Closed, Decisions: []Verdict{{Disposition: Invalid}}}
	if err := c.move(EventReopen, "new facts", day0); err != nil || c.Disposition() != "" {
		t.Errorf("a reopened case is still %q: %v", c.Disposition(), err)
	}
	if err := (Decision{Disposition: "boring"}).check(); !errs.Is(err, errs.Invalid) {
		t.Errorf("an unknown disposition: %v", err)
	}
}

func TestMergeInto(t *testing.T) {
	t.Parallel()
	dup := func() *Case {
		return &Case{ID: "dup", Report: "r1", State: Verification, NextStatus: day0, AnswerBy: day0.Add(time.Hour), Merged: []string{"older"},
			Credits: []Credit{{Report: "r1", Consent: Agreed, Named: advisory.Credit{Name: "Dana"}}, {Report: "r0", Consent: Unasked}}}
	}
	into := &Case{ID: "into", Report: "r2", State: Remediation, NextStatus: day0.Add(time.Hour), Credits: []Credit{{Report: "r2"}}}
	c := dup()
	if err := c.mergeInto(into, "", day0); err != nil {
		t.Fatal(err)
	}
	if c.State != Merged || c.MergedInto != "into" || !slices.Equal(into.Merged, []string{"dup", "older"}) {
		t.Errorf("%+v\n%+v", c, into)
	}
	if len(into.Credits) != 3 || into.credit("r1").Named.Name != "Dana" {
		t.Errorf("credits were lost: %+v", into.Credits)
	}
	if into.NextStatus != day0 || into.AnswerBy != day0.Add(time.Hour) {
		t.Errorf("a promise was lost: %v %v", into.NextStatus, into.AnswerBy)
	}
	into.partFrom(c)
	if slices.Contains(into.Merged, "dup") || into.credit("r1").Consent != Unasked || c.MergedInto != "" {
		t.Errorf("parted: %+v\n%+v", c, into)
	}

	self := dup()
	if err := self.mergeInto(self, "why", day0); !errs.Is(err, errs.Conflict) {
		t.Errorf("into itself: %v", err)
	}
	if err := dup().mergeInto(&Case{ID: "m", State: Merged}, "why", day0); !errs.Is(err, errs.Conflict) {
		t.Errorf("into a merged case: %v", err)
	}
	if err := dup().mergeInto(&Case{ID: "x", State: Closed}, " ", day0); !errs.Is(err, errs.Invalid) {
		t.Errorf("into a closed case without a reason: %v", err)
	}
	if err := dup().mergeInto(&Case{ID: "x", State: Closed}, "the same file", day0); err != nil {
		t.Errorf("into a closed case with a reason: %v", err)
	}
	if err := (&Case{ID: "p", State: PostRelease}).mergeInto(into, "why", day0); !errs.Is(err, errs.Conflict) {
		t.Errorf("a case with a public advisory was merged: %v", err)
	}
}

func TestFieldsCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		field string
		f     Fields
	}{
		{"", Fields{}},
		{"", Fields{Title: "Heap overflow in foo", CVE: "CVE-2026-12345", CWE: []string{"CWE-787"},
			Severity: advisory.Severity{Level: advisory.High, CVSS31: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}},
		{"title", Fields{Title: "two\nlines"}},
		{"title", Fields{Title: "turned \u202e around"}},
		{"title", Fields{Title: strings.Repeat("x", maxTitle+1)}},
		{"severity.level", Fields{Severity: advisory.Severity{Level: "awful"}}},
		{"severity.cvss31", Fields{Severity: advisory.Severity{CVSS31: "CVSS:3.1/AV:N"}}},
		{"severity.cvss4", Fields{Severity: advisory.Severity{CVSS4: "AV:N"}}},
		{"cwe[0]", Fields{CWE: []string{"79"}}},
		{"cve", Fields{CVE: "CVE-26-1"}},
		{"affected", Fields{Affected: []advisory.Affected{{Versions: []string{strings.Repeat("x", maxFields)}}}}},
	} {
		err := tt.f.check()
		ps, _ := err.(errs.Problems)
		if (tt.field == "") != (err == nil) || tt.field != "" && (len(ps) != 1 || ps[0].Field != tt.field) {
			t.Errorf("%+v: %v; want a fault of %q", tt.f, err, tt.field)
		}
	}
	text := Text{Timeline: []advisory.Event{{At: time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)}}}
	if err := text.check(); !errs.Is(err, errs.Invalid) {
		t.Errorf("a year that JSON cannot write: %v", err)
	}
	text = Text{Overview: strings.Repeat("x", maxText)}
	if err := text.check(); !errs.Is(err, errs.Invalid) {
		t.Errorf("an endless text: %v", err)
	}
}

func TestCreditWish(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		w     CreditWish
		field string
	}{
		{CreditWish{Agree: true, Name: "Dana\u200b Ray"}, ""},
		{CreditWish{Agree: true, Name: "Dana", URL: "https://example.org/dana", Group: "Example"}, ""},
		{CreditWish{}, ""},
		{CreditWish{Agree: true}, "name"},
		{CreditWish{Agree: true, Name: "\u202e"}, "name"},
		{CreditWish{Agree: true, Name: strings.Repeat("x", maxCredit)}, "name"},
		{CreditWish{Agree: true, Name: "Dana", URL: "javascript:alert(1)"}, "url"},
		{CreditWish{Agree: true, Name: "Dana", URL: "http://example.org"}, "url"},
	} {
		k, err := tt.w.named()
		ps, _ := err.(errs.Problems)
		if (tt.field == "") != (err == nil) || tt.field != "" && (len(ps) == 0 || ps[0].Field != tt.field) {
			t.Errorf("%+v: %v; want a fault of %q", tt.w, err, tt.field)
		}
		if err == nil && !tt.w.Agree && k != (advisory.Credit{}) {
			t.Errorf("a refusal keeps a name: %+v", k)
		}
	}
}

func TestChangedNamesTheFields(t *testing.T) {
	t.Parallel()
	a := Fields{Title: "a", CVE: "CVE-2026-0001"}
	b := Fields{Title: "b", CWE: []string{"CWE-1"}}
	if got := strings.Join(changed(a, b), " "); got != "cve cwe title" {
		t.Error(got)
	}
	if got := changed(a, a); len(got) != 0 {
		t.Error(got)
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	for n, ref := range map[int64]string{2026000007: "2026-0007", 2026012345: "2026-12345"} {
		if refOf(n) != ref {
			t.Errorf("%d is %s", n, refOf(n))
		}
		if got, err := numberOf(" " + ref + " "); err != nil || got != n {
			t.Errorf("%s is %d, %v", ref, got, err)
		}
	}
	for _, bad := range []string{"", "7", "2026-", "2026-0", "26-1", "2026-1-1", "2026-1000000", "2026--1", "x-1"} {
		if _, err := numberOf(bad); !errs.Is(err, errs.Invalid) {
			t.Errorf("%q is a reference: %v", bad, err)
		}
	}
}

// TestEveryStateHasWordsForTheReporter: and none of them names a state.
func TestEveryStateHasWordsForTheReporter(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, s := range States {
		for _, d := range append([]Disposition{""}, Dispositions...) {
			for _, revision := range []int{0, 1} {
				c := &Case{State: s, Revision: revision, Acknowledged: day0}
				if d != "" {
					c.Decisions = []Verdict{{Disposition: d}}
				}
				text := c.status()
				if len(text) < 10 || strings.Contains(text, "remediation") || strings.Contains(text, "verification") {
					t.Errorf("%s, %s: %q", s, d, text)
				}
				seen[text] = string(s)
			}
		}
	}
	if len(seen) < 12 {
		t.Errorf("only %d different sentences", len(seen))
	}
}
