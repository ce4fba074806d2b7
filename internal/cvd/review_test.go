package cvd

import (
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/errs"
)

var carol = Person{ID: "carol", Name: "Carol"}

// edited is a case in remediation whose draft Alice has written.
func edited() *Case {
	c := &Case{ID: "c", State: Remediation, Review: Review{State: DraftWriting}, Embargo: Embargo{State: EmbargoNone}}
	before := c.hash()
	c.Text.Overview = "words"
	if err := c.settle(before, alice, true, day0); err != nil {
		panic(err)
	}
	return c
}

// approved is the same with Bob's review and Carol's approval.
func approved(t *testing.T) *Case {
	t.Helper()
	c := edited()
	if err := c.review(bob, "", day0); err != nil {
		t.Fatal(err)
	}
	if err := c.approve(carol, "", nil, day0); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFourEyes(t *testing.T) {
	t.Parallel()
	c := edited()
	if err := c.review(alice, "", day0); !errs.Is(err, errs.Conflict) {
		t.Errorf("the editor reviewed: %v", err)
	}
	if err := c.approve(carol, "", nil, day0); !errs.Is(err, errs.Conflict) {
		t.Errorf("approved without a review: %v", err)
	}
	if err := c.review(bob, "", day0); err != nil {
		t.Fatal(err)
	}
	if err := c.approve(bob, "", nil, day0); !errs.Is(err, errs.Conflict) {
		t.Errorf("the reviewer approved: %v", err)
	}
	problems := []advisory.Problem{{Path: "title", Message: "is missing", Blocking: true}, {Path: "cwe", Message: "is empty"}}
	if err := c.approve(carol, "", problems, day0); !errs.Is(err, errs.Invalid) {
		t.Errorf("approved with a blocking problem: %v", err)
	}
	if err := c.approve(carol, "", problems[1:], day0); err != nil || c.Review.State != DraftApproved {
		t.Errorf("not approved: %v", err)
	}
	if c.Review.Reviewed.Hash != c.hash() || c.Review.Approved.Hash != c.hash() {
		t.Error("the signatures are not on this text")
	}
}

// TestAnyEditVoidsTheReview changes each thing that reaches the draft, and
// some that do not.
func TestAnyEditVoidsTheReview(t *testing.T) {
	t.Parallel()
	for _, e := range []struct {
		name  string
		edit  func(c *Case)
		voids bool
	}{
		{"title", func(c *Case) { c.Fields.Title = "x" }, true},
		{"level", func(c *Case) { c.Fields.Severity.Level = advisory.High }, true},
		{"weakness", func(c *Case) { c.Fields.CWE = []string{"CWE-79"} }, true},
		{"affected", func(c *Case) { c.Fields.Affected = []advisory.Affected{{Product: "p"}} }, true},
		{"CVE", func(c *Case) { c.Fields.CVE = "CVE-2026-12345" }, true},
		{"exploited", func(c *Case) { c.Fields.Exploited = true }, true},
		{"overview", func(c *Case) { c.Text.Overview = "x" }, true},
		{"summary", func(c *Case) { c.Text.Summary = "x" }, true},
		{"timeline", func(c *Case) { c.Text.Timeline = []advisory.Event{{At: day0, What: "x"}} }, true},
		{"consent", func(c *Case) { c.setCredit(Credit{Report: "r", Consent: Agreed, Named: advisory.Credit{Name: "x"}}) }, true},
		{"a helper who agreed", func(c *Case) { c.Text.Credits = []Helper{{Agreed: true}} }, true},
		{"a helper who did not", func(c *Case) { c.Text.Credits = []Helper{{}} }, false},
		{"a refusal of credit", func(c *Case) { c.setCredit(Credit{Report: "r", Consent: Declined}) }, false},
		{"the reporter's plan", func(c *Case) { c.ReporterPlan = day0 }, false},
		{"the id", func(c *Case) { c.Advisory = "SEC-2026-0001" }, false},
	} {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			c := approved(t)
			if err := c.schedule(Slot{At: day0.Add(time.Hour), Zone: "UTC"}, carol, nil, nil, day0); err != nil {
				t.Fatal(err)
			}
			before := c.hash()
			e.edit(c)
			if err := c.settle(before, carol, true, day0); err != nil {
				t.Fatal(err)
			}
			r := c.Review
			if voided := r.Reviewed == nil && r.Approved == nil && r.Schedule == nil && r.State == DraftWriting; voided != e.voids {
				t.Errorf("voided %t, want %t: %+v", voided, e.voids, r)
			}
			if e.voids && (r.Editor != carol || r.Voided == "") {
				t.Errorf("the review does not say that it was voided: %+v", r)
			}
		})
	}
}

func TestReporterIsNoEditor(t *testing.T) {
	t.Parallel()
	c := approved(t)
	before := c.hash()
	c.setCredit(Credit{Report: "r", Consent: Agreed, Named: advisory.Credit{Name: "Dana"}})
	if err := c.settle(before, Person{ID: "reporter"}, false, day0); err != nil {
		t.Fatal(err)
	}
	if c.Review.Editor != alice || c.Review.Reviewed != nil {
		t.Errorf("%+v", c.Review)
	}
}

func TestMayPublish(t *testing.T) {
	t.Parallel()
	slot := Slot{At: day0.Add(48 * time.Hour), Zone: "UTC"}
	weekend := []advisory.Objection{{Why: "7 March 2026 is a Saturday"}}
	friday := []advisory.Objection{{Why: "6 March 2026 is a Friday", Soft: true}}
	for _, tt := range []struct {
		name       string
		edit       func(c *Case)
		slot       Slot
		objections []advisory.Objection
		problems   []advisory.Problem
		want       errs.Kind
	}{
		{name: "all is well", slot: slot},
		{name: "not decided", edit: func(c *Case) { c.State = Verification }, slot: slot, want: errs.Conflict},
		{name: "not approved", edit: func(c *Case) { c.Review.State = DraftReviewed }, slot: slot, want: errs.Conflict},
		{name: "changed behind its back", edit: func(c *Case) { c.Text.Overview = "other" }, slot: slot, want: errs.Conflict},
		{name: "lint", slot: slot, problems: []advisory.Problem{{Path: "title", Blocking: true}}, want: errs.Invalid},
		{name: "embargo", edit: func(c *Case) { c.Embargo.Active = &Terms{Until: slot.At.Add(time.Second), Zone: "UTC"} }, slot: slot, want: errs.Conflict},
		{name: "the hour of the embargo", edit: func(c *Case) { c.Embargo.Active = &Terms{Until: slot.At, Zone: "UTC"} }, slot: slot},
		{name: "weekend", slot: slot, objections: weekend, want: errs.Conflict},
		{name: "weekend with a reason", slot: Slot{At: slot.At, Zone: "UTC", Override: "it is being exploited"}, objections: weekend},
		{name: "a blank reason", slot: Slot{At: slot.At, Zone: "UTC", Override: " "}, objections: weekend, want: errs.Conflict},
		{name: "Friday", slot: slot, objections: friday},
		{name: "a revision without summary", edit: func(c *Case) { c.Revision = 1 }, slot: slot, want: errs.Invalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := approved(t)
			if tt.edit != nil {
				tt.edit(c)
			}
			err := c.mayPublish(tt.slot, tt.objections, tt.problems)
			if tt.want == "" && err != nil || tt.want != "" && !errs.Is(err, tt.want) {
				t.Errorf("%v; want %q", err, tt.want)
			}
			if err := c.schedule(tt.slot, carol, tt.objections, tt.problems, day0); (err == nil) != (tt.want == "") {
				t.Errorf("scheduled: %v; want %q", err, tt.want)
			}
		})
	}
}

func TestAskingForChangesClearsAll(t *testing.T) {
	t.Parallel()
	c := approved(t)
	if err := c.askChanges(" "); !errs.Is(err, errs.Invalid) {
		t.Errorf("sent back without a word: %v", err)
	}
	if err := c.askChanges("say which versions"); err != nil {
		t.Fatal(err)
	}
	if c.Review.Reviewed != nil || c.Review.Approved != nil || c.Review.State != DraftWriting || c.Review.Comment == "" {
		t.Errorf("%+v", c.Review)
	}
}
