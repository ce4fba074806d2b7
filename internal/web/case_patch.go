package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/cvd"
)

// patchPage is the fix on its way.
type patchPage struct {
	casePage
	Progress []look.Step
	Rows     []int // of the table of branches
}

// Can tells whether an event of the patch is possible now.
func (p patchPage) Can(e cvd.PatchEvent) bool { return slices.Contains(p.View.Events.Patch, e) }

// patchStates are the steps of a patch.
var patchStates = []struct {
	state cvd.PatchState
	name  string
}{
	{cvd.PatchInWork, "In work"}, {cvd.PatchInReview, "In review"}, {cvd.PatchReviewed, "Reviewed"},
	{cvd.PatchTested, "Tested"}, {cvd.PatchReady, "Ready"}, {cvd.PatchMerged, "Merged"},
}

func (s *server) patch(v *visit) error { return s.showPatch(v, nil) }

func (s *server) showPatch(v *visit, r *refusal) error {
	p, err := s.casePage(v, "Patch", r)
	if err != nil {
		return err
	}
	fix := p.View.Patch
	if fix == nil {
		return errs.Missing()
	}
	if r == nil {
		p.fillPatch(p.View.Version, fix.PatchFields)
	}
	return s.render(v, r.status(), "patch", patchPage{casePage: p, Progress: patchSteps(fix.State), Rows: p.rows("branches", r == nil, 1)})
}

func patchSteps(state cvd.PatchState) []look.Step {
	if state == cvd.PatchChangesAsked {
		state = cvd.PatchInReview
	}
	now := -1
	names := make([]string, len(patchStates))
	for i, p := range patchStates {
		names[i] = p.name
		if p.state == state {
			now = i
		}
	}
	if state == cvd.PatchMerged {
		now = len(names)
	}
	return stepsAt(names, now)
}

func (s *server) editPatch(v *visit) error {
	typed := v.r.PostForm
	if v.field("do") == "more" {
		return s.refused(v, "edit", typed, nil, s.showPatch)
	}
	fields, places, err := s.readPatch(v)
	var at int64
	if err == nil {
		at, err = version(typed)
	}
	if err == nil {
		err = s.Cases.EditPatch(v.ctx(), v.c, v.r.PathValue("id"), at, fields)
	}
	err = placed(err, func(field string) string {
		if place, ok := places[field]; ok {
			return place
		}
		return field
	})
	return s.deed(v, "edit", "saved", "/patch", err, s.showPatch)
}

func (s *server) movePatch(v *visit) error {
	event := cvd.PatchEvent(v.field("event"))
	err := s.Cases.MovePatch(v.ctx(), v.c, v.r.PathValue("id"), event, lineBreaks(v.field("reason")))
	return s.deed(v, "move", "saved", "/patch", err, s.showPatch)
}

func (f form) fillPatch(version int64, p cvd.PatchFields) {
	f.set("version", strconv.FormatInt(version, 10))
	for i, b := range p.Branches {
		f.set(fmt.Sprintf("branches.%d.name", i), b.Name)
		f.set(fmt.Sprintf("branches.%d.url", i), b.URL)
	}
	f.set("author", p.Author.Name)
	f.set("reviewer", p.Reviewer.Name)
	f.set("tester", p.Tester.Name)
}

// readPatch reads the form. A name that is a user's stands for that user.
func (s *server) readPatch(v *visit) (p cvd.PatchFields, places map[string]string, err error) {
	places = map[string]string{}
	for n := range maxRows {
		b := cvd.Branch{
			Name: strings.TrimSpace(v.field(fmt.Sprintf("branches.%d.name", n))),
			URL:  strings.TrimSpace(v.field(fmt.Sprintf("branches.%d.url", n))),
		}
		if b == (cvd.Branch{}) {
			continue
		}
		for _, part := range []string{"name", "url"} {
			places[fmt.Sprintf("branches[%d].%s", len(p.Branches), part)] = fmt.Sprintf("branches.%d.%s", n, part)
		}
		p.Branches = append(p.Branches, b)
	}
	for _, who := range []struct {
		field string
		into  *cvd.Person
	}{{"author", &p.Author}, {"reviewer", &p.Reviewer}, {"tester", &p.Tester}} {
		if *who.into, err = s.someone(v, strings.TrimSpace(v.field(who.field))); err != nil {
			return p, places, err
		}
	}
	return p, places, nil
}

// someone is the user of that name, or else a person outside.
func (s *server) someone(v *visit, name string) (cvd.Person, error) {
	if name == "" {
		return cvd.Person{}, nil
	}
	u, err := s.Accounts.UserNamed(v.ctx(), v.c, name)
	switch errs.KindOf(err) {
	case errs.NotFound, errs.Denied, errs.Invalid:
		if err != nil {
			return cvd.Person{Name: name}, nil
		}
	}
	return cvd.Person{ID: u.ID, Name: u.Name}, err
}
