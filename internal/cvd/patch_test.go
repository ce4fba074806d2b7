package cvd

import (
	"strings"
	"testing"

	"steward/internal/base/errs"
)

func TestPatchIsNotReviewedByItsAuthor(t *testing.T) {
	t.Parallel()
	p := Patch{State: PatchNone}
	for _, e := range []PatchEvent{PatchStart, PatchSubmit} {
		if err := p.Move(e, "", alice, day0); err != nil {
			t.Fatal(err)
		}
	}
	if p.Author != alice {
		t.Errorf("who starts a patch is its author; it is %v", p.Author)
	}
	if err := p.Move(PatchApprove, "", alice, day0); !errs.Is(err, errs.Conflict) || p.State != PatchInReview {
		t.Errorf("its author reviewed it: %v", err)
	}
	renamed := Person{ID: "alice", Name: "Someone else"}
	if err := p.Move(PatchApprove, "", renamed, day0); !errs.Is(err, errs.Conflict) {
		t.Errorf("its author reviewed it under another name: %v", err)
	}
	if err := p.Move(PatchApprove, "", bob, day0); err != nil || p.Reviewer != bob {
		t.Errorf("%v; reviewer %v", err, p.Reviewer)
	}
	if err := p.Move(PatchPass, "", alice, day0); err != nil || p.Tester != alice {
		t.Errorf("%v; tester %v", err, p.Tester)
	}
	if len(p.Past) != 4 || p.Past[3].To != PatchTested {
		t.Errorf("past: %+v", p.Past)
	}
}

func TestPatchEdit(t *testing.T) {
	t.Parallel()
	good := PatchFields{Branches: []Branch{{Name: "fix", URL: "ssh://git@private.example/fix.git"}}, Author: alice, Reviewer: bob}
	outside := Person{Name: "Carol"}
	for _, c := range []struct {
		name  string
		state PatchState
		edit  func(f *PatchFields)
		want  errs.Kind
	}{
		{"in work", PatchInWork, func(f *PatchFields) { f.Branches[0].Name = "fix2" }, ""},
		{"a tester after the review", PatchReviewed, func(f *PatchFields) { f.Tester = outside }, ""},
		{"its own reviewer", PatchInWork, func(f *PatchFields) { f.Reviewer = f.Author }, errs.Invalid},
		{"its own reviewer by name", PatchInWork, func(f *PatchFields) { f.Author, f.Reviewer = outside, Person{ID: "c", Name: "carol"} }, errs.Invalid},
		{"nobody", PatchInWork, func(f *PatchFields) { f.Author, f.Reviewer = Person{}, Person{} }, ""},
		{"another place after the review", PatchReviewed, func(f *PatchFields) { f.Branches[0].URL = "elsewhere" }, errs.Conflict},
		{"another author after the review", PatchReady, func(f *PatchFields) { f.Author = outside }, errs.Conflict},
		{"another reviewer after the review", PatchMerged, func(f *PatchFields) { f.Reviewer = outside }, errs.Conflict},
		{"a branch of nothing", PatchInWork, func(f *PatchFields) { f.Branches[0] = Branch{} }, errs.Invalid},
		{"two lines", PatchInWork, func(f *PatchFields) { f.Branches[0].Name = "a\nb" }, errs.Invalid},
		{"a long place", PatchInWork, func(f *PatchFields) { f.Branches[0].URL = strings.Repeat("x", maxPlace+1) }, errs.Invalid},
		{"many branches", PatchInWork, func(f *PatchFields) { f.Branches = make([]Branch, maxBranches+1) }, errs.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := Patch{State: c.state, PatchFields: good}
			f := good
			f.Branches = []Branch{good.Branches[0]}
			c.edit(&f)
			err := p.Edit(f)
			if c.want == "" && err != nil || c.want != "" && !errs.Is(err, c.want) {
				t.Errorf("%v; want %q", err, c.want)
			}
			if err != nil && p.Author != alice {
				t.Error("a refused edit was kept")
			}
		})
	}
}
