package web

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/errs"
	"steward/internal/cvd"
	"steward/internal/publish/render"
)

// draftPage edits the prose of the advisory, beside what the lint says of it.
type draftPage struct {
	casePage
	Remarks    []shownProblem
	References []int
	Timeline   []int
	Credits    []int
	Kinds      []string
	Roles      []string
	Revision   bool // the advisory is public already: say what changes
}

// shownProblem is a remark of the advisory's lint with the page that mends it.
type shownProblem struct {
	advisory.Problem
	Page string
}

// referenceKinds and creditRoles are the words of advisory.Reference.Kind and
// advisory.Credit.Role.
var (
	referenceKinds = []string{"web", "advisory", "article", "fix", "report", "release"}
	creditRoles    = []string{"finder", "reporter", "remediation developer", "remediation reviewer", "coordinator", "analyst", "tool", "sponsor", "other"}
)

// mended says which page of a case mends a problem of the draft.
func mended(problems []advisory.Problem) []shownProblem {
	out := make([]shownProblem, len(problems))
	for i, p := range problems {
		out[i] = shownProblem{p, "/draft"}
		root, _, _ := strings.Cut(strings.ReplaceAll(p.Path, "[", "."), ".")
		switch root {
		case "title", "severity", "cwe", "affected", "aliases", "cve", "exploited":
			out[i].Page = "/facts"
		}
	}
	return out
}

// public tells whether an advisory has come of the case.
func public(v *cvd.View) bool {
	return v.Advisory != "" && (v.State == cvd.PostRelease || v.State == cvd.Closed)
}

func (s *server) draft(v *visit) error { return s.showDraft(v, nil) }

func (s *server) showDraft(v *visit, r *refusal) error {
	p, err := s.casePage(v, "Draft", r)
	if err != nil {
		return err
	}
	d := p.View.Draft
	if d == nil || d.Text == nil {
		return errs.Missing()
	}
	if r == nil {
		p.fillText(p.View.Version, *d.Text)
	}
	return s.render(v, r.status(), "draft", draftPage{
		casePage: p, Remarks: mended(d.Problems), Kinds: referenceKinds, Roles: creditRoles, Revision: public(p.View),
		References: p.rows("references", r == nil, 2), Timeline: p.rows("timeline", r == nil, 2), Credits: p.rows("credits", r == nil, 1),
	})
}

func (f form) fillText(version int64, t cvd.Text) {
	f.set("version", strconv.FormatInt(version, 10))
	f.set("overview", t.Overview)
	f.set("impact", t.Impact)
	f.set("remedy", t.Remedy)
	f.set("workaround", t.Workaround)
	f.set("summary", t.Summary)
	for i, r := range t.References {
		f.setRow("references", i, "kind", r.Kind, "url", r.URL, "title", r.Title)
	}
	for i, e := range t.Timeline {
		f.setRow("timeline", i, "at", dayValue(e.At), "what", e.What)
	}
	for i, c := range t.Credits {
		f.setRow("credits", i, "name", c.Name, "role", c.Role, "url", c.URL, "group", c.Group)
		if c.Agreed {
			f.setRow("credits", i, "agreed", "yes")
		}
	}
}

// setRow fills a row of a table of inputs with names and values.
func (f form) setRow(table string, n int, pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		f.set(fmt.Sprintf("%s.%d.%s", table, n, pairs[i]), pairs[i+1])
	}
}

// readRows calls row for each row of a table that holds something in one of
// the columns.
func readRows(form url.Values, table string, columns []string, row func(n int, get func(column string) string)) {
	for n := range maxRows {
		get := func(column string) string {
			return strings.TrimSpace(form.Get(fmt.Sprintf("%s.%d.%s", table, n, column)))
		}
		for _, column := range columns {
			if get(column) != "" {
				row(n, get)
				break
			}
		}
	}
}

// readText reads the prose. places tells where in the form each part of a list
// came from.
func readText(form url.Values) (t cvd.Text, places map[string]string, err error) {
	places = map[string]string{}
	var ps errs.Problems
	text := func(name string) string { return lineBreaks(form.Get(name)) }
	t = cvd.Text{
		Overview: text("overview"), Impact: text("impact"), Remedy: text("remedy"), Workaround: text("workaround"),
		Summary: strings.TrimSpace(form.Get("summary")),
	}
	place := func(table string, index, n int, columns []string) {
		for _, column := range columns {
			places[fmt.Sprintf("%s[%d].%s", table, index, column)] = fmt.Sprintf("%s.%d.%s", table, n, column)
		}
	}
	columns := []string{"url", "title"}
	readRows(form, "references", columns, func(n int, get func(string) string) {
		place("references", len(t.References), n, columns)
		t.References = append(t.References, advisory.Reference{Kind: get("kind"), URL: get("url"), Title: get("title")})
	})
	columns = []string{"at", "what"}
	readRows(form, "timeline", columns, func(n int, get func(string) string) {
		place("timeline", len(t.Timeline), n, columns)
		at, err := time.Parse(time.DateOnly, get("at"))
		if err != nil {
			ps.Add(fmt.Sprintf("timeline.%d.at", n), "This is not a day.").WithHint("write it as 2026-03-24")
		}
		t.Timeline = append(t.Timeline, advisory.Event{At: at, What: get("what")})
	})
	columns = []string{"name", "url", "group"}
	readRows(form, "credits", columns, func(n int, get func(string) string) {
		place("credits", len(t.Credits), n, columns)
		t.Credits = append(t.Credits, cvd.Helper{
			Credit: advisory.Credit{Name: get("name"), Role: get("role"), URL: get("url"), Group: get("group")}, Agreed: get("agreed") != "",
		})
	})
	return t, places, ps.Err()
}

// editDraft keeps the prose, or gives more rows, as the button says.
func (s *server) editDraft(v *visit) error {
	typed := v.r.PostForm
	if v.field("do") == "more" {
		return s.refused(v, "", typed, nil, s.showDraft)
	}
	t, places, err := readText(typed)
	var at int64
	if err == nil {
		at, err = version(typed)
	}
	if err == nil {
		err = s.Cases.EditDraft(v.ctx(), v.c, v.r.PathValue("id"), at, t)
	}
	err = placed(err, func(field string) string {
		if place, ok := places[field]; ok {
			return place
		}
		return field
	})
	page := "/draft"
	if v.field("do") == "preview" {
		page = "/preview"
	}
	return s.deed(v, "", "saved", page, err, s.showDraft)
}

// previewPage shows the draft exactly as it would be published.
type previewPage struct {
	casePage
	HTML    template.HTML
	Remarks []shownProblem
}

func (s *server) preview(v *visit) error {
	p, err := s.casePage(v, "Preview", nil)
	if err != nil {
		return err
	}
	d := p.View.Draft
	if d == nil {
		return errs.Missing()
	}
	out := previewPage{casePage: p, Remarks: mended(d.Problems)}
	if out.HTML, err = s.asPublished(d.Advisory); err != nil {
		return err
	}
	return s.render(v, http.StatusOK, "preview", out)
}

// asPublished shows a draft as the public page would. What the release sets is
// filled in, or said to be missing.
func (s *server) asPublished(a advisory.Advisory) (template.HTML, error) {
	if a.ID == "" {
		a.ID = s.Cases.Settings.Prefix + "-…"
	}
	if a.Publisher == (advisory.Publisher{}) {
		a.Publisher = s.Cases.Settings.Publisher
	}
	return render.Preview(s.Site(), a, "/")
}
