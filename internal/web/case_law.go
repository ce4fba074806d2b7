package web

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/cvd"
	"steward/internal/duty"
)

// lawPage shows what the law wants reported of a case: the clocks, and the way
// to the forms. Steward submits nothing.
type lawPage struct {
	casePage
	Matters []lawMatter
	Unsaid  []lawTrigger // of which nothing is said yet
	MayEdit bool
}

// lawTrigger is a trigger as pages name it.
type lawTrigger struct {
	Slug  string
	Name  string // as a person would say it
	Basis string
}

// lawMatter is a trigger with its clocks.
type lawMatter struct {
	lawTrigger
	Facts   duty.Facts
	Clocks  []lawClock
	Filings []duty.Filing
}

// lawClock is one clock as the page shows it.
type lawClock struct {
	duty.Due
	Slug string // of its form; empty if it has none
	When string
	Rule string // of the state, in words
}

var lawTriggers = []struct {
	lawTrigger
	trigger duty.Trigger
}{
	{lawTrigger{"exploited", "It is being exploited", "Article 14(1)"}, duty.Exploited},
	{lawTrigger{"incident", "A severe incident", "Article 14(3)"}, duty.Incident},
}

// lawForms are the notifications that have a form.
var lawForms = []struct {
	slug string
	kind duty.Kind
}{{"early-warning", duty.EarlyWarning}, {"notification", duty.Notification}, {"final-report", duty.FinalReport}}

// triggerOf reads the trigger of an address.
func triggerOf(slug string) (lawTrigger, duty.Trigger, error) {
	for _, t := range lawTriggers {
		if t.Slug == slug {
			return t.lawTrigger, t.trigger, nil
		}
	}
	return lawTrigger{}, "", errs.Missing()
}

func (s *server) law(v *visit) error {
	p, err := s.casePage(v, "Law", nil)
	if err != nil {
		return err
	}
	out := lawPage{casePage: p, MayEdit: p.May(string(acl.LawEdit))}
	list, err := s.Cases.Matters(v.ctx(), v.c, p.View.ID)
	if err != nil {
		return err
	}
	for _, t := range lawTriggers {
		i := slices.IndexFunc(list, func(m cvd.MatterView) bool { return m.Facts.Trigger == t.trigger })
		if i < 0 {
			out.Unsaid = append(out.Unsaid, t.lawTrigger)
			continue
		}
		m := lawMatter{lawTrigger: t.lawTrigger, Facts: list[i].Facts, Filings: list[i].Facts.Filings}
		for _, d := range list[i].Clocks {
			c := lawClock{Due: d, When: d.When(m.Facts.Zone), Rule: duty.StateRule(d.State)}
			for _, f := range lawForms {
				if f.kind == d.Kind {
					c.Slug = f.slug
				}
			}
			m.Clocks = append(m.Clocks, c)
		}
		out.Matters = append(out.Matters, m)
	}
	return s.render(v, http.StatusOK, "law", out)
}

// matterPage says when the team became aware of a trigger, and what it knows
// for the forms; and notes what was submitted.
type matterPage struct {
	casePage
	Trigger    lawTrigger
	Said       bool // something is kept already
	Exploited  bool
	Roles      []duty.Role
	Answers    []duty.Answer
	Kinds      []duty.Kind
	States     []memberState
	Texts      []subjectText
	Exceptions []duty.Exception
	Filings    []duty.Filing
}

type memberState struct{ Code, Name string }

func (s *server) matter(v *visit) error { return s.showMatter(v, nil) }

func (s *server) showMatter(v *visit, r *refusal) error {
	t, trigger, err := triggerOf(v.r.PathValue("trigger"))
	if err != nil {
		return err
	}
	p, err := s.casePage(v, t.Name, r)
	if err != nil {
		return err
	}
	out := matterPage{
		casePage: p, Trigger: t, Exploited: trigger == duty.Exploited, Roles: duty.Roles(), Kinds: duty.Kinds(),
		Answers: []duty.Answer{duty.Yes, duty.No, duty.Unknown}, Exceptions: duty.Exceptions(), Texts: subjectTexts(trigger),
	}
	for _, code := range duty.MemberStates() {
		out.States = append(out.States, memberState{code, duty.MemberState(code)})
	}
	list, err := s.Cases.Matters(v.ctx(), v.c, p.View.ID)
	if err != nil {
		return err
	}
	m := cvd.Matter{Facts: duty.Facts{Role: duty.Manufacturer, Zone: s.Zone}}
	for _, kept := range list {
		if kept.Facts.Trigger == trigger {
			m, out.Said, out.Filings = kept.Matter, true, kept.Facts.Filings
		}
	}
	if r == nil || r.deed != "matter" {
		out.fillMatter(p.View.Version, m)
	}
	if r == nil || r.deed != "file" {
		out.set("filed.zone", m.Facts.Zone)
	}
	return s.render(v, r.status(), "matter", out)
}

// setMatter keeps what was said of a trigger.
func (s *server) setMatter(v *visit) error {
	_, trigger, err := triggerOf(v.r.PathValue("trigger"))
	if err != nil {
		return err
	}
	m, err := readMatter(v.r.PostForm, trigger)
	at, stale := version(v.r.PostForm)
	if err = errors.Join(err, stale); err == nil {
		err = s.Cases.SetMatter(v.ctx(), v.c, v.r.PathValue("id"), at, m)
	}
	err = placed(err, func(field string) string {
		if field == "awareness.evidence" {
			return "evidence"
		}
		return field
	})
	return s.deed(v, "matter", "saved", "/law", err, s.showMatter)
}

// fileNotice notes that a person has submitted something.
func (s *server) fileNotice(v *visit) error {
	_, trigger, err := triggerOf(v.r.PathValue("trigger"))
	if err != nil {
		return err
	}
	f := duty.Filing{Kind: duty.Kind(v.field("kind")), Reference: strings.TrimSpace(v.field("reference"))}
	for _, k := range v.r.PostForm["also"] {
		f.Also = append(f.Also, duty.Kind(k))
	}
	f.At, _, err = readHour(v.r.PostForm, "filed")
	if err == nil {
		err = s.Cases.FileNotice(v.ctx(), v.c, v.r.PathValue("id"), trigger, f)
	}
	err = placed(err, func(field string) string {
		if field == "filings" {
			return "filed"
		}
		return field
	})
	return s.deed(v, "file", "filed", "/law", err, s.showMatter)
}

// dossierPage is one notification to be copied into the platform.
type dossierPage struct {
	casePage
	Trigger lawTrigger
	Slug    string // of the kind
	Dossier duty.Dossier
}

// dossierOf finds the form that an address names.
func (s *server) dossierOf(v *visit) (d duty.Dossier, t lawTrigger, err error) {
	t, trigger, err := triggerOf(v.r.PathValue("trigger"))
	if err != nil {
		return d, t, err
	}
	for _, f := range lawForms {
		if f.slug == v.r.PathValue("kind") {
			d, err = s.Cases.Dossier(v.ctx(), v.c, v.view.ID, trigger, f.kind)
			return d, t, err
		}
	}
	return d, t, errs.Missing()
}

func (s *server) dossier(v *visit) error {
	d, t, err := s.dossierOf(v)
	if err != nil {
		return err
	}
	p, err := s.casePage(v, firstUp(d.Kind), nil)
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, "dossier", dossierPage{p, t, v.r.PathValue("kind"), d})
}

// dossierWidth is how many characters a line of the text has.
const dossierWidth = 76

func (s *server) dossierText(v *visit) error {
	d, _, err := s.dossierOf(v)
	if err != nil {
		return err
	}
	text := []byte(d.Text(dossierWidth))
	return download(v, io.NopCloser(bytes.NewReader(text)), v.r.PathValue("kind")+".txt", int64(len(text)))
}

// readMatter reads the form. All its hours are of its one zone.
func readMatter(form url.Values, trigger duty.Trigger) (cvd.Matter, error) {
	line := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	m := cvd.Matter{
		Facts: duty.Facts{
			Role: duty.Role(line("role")), Trigger: trigger, Zone: line("zone"), Extent: duty.Answer(line("extent")),
			Awareness: duty.Awareness{Evidence: lineBreaks(form.Get("evidence"))},
		},
		Subject: duty.Subject{
			Establishment: line("establishment"), MemberStates: words(strings.ToUpper(form.Get("memberStates"))),
			ProductType: line("productType"), EndOfSupport: duty.Answer(line("endOfSupport")),
			MeasureSoon: duty.Answer(line("measureSoon")), Suspected: duty.Answer(line("suspected")),
		},
	}
	for _, e := range form["exceptions"] {
		m.Subject.Exceptions = append(m.Subject.Exceptions, duty.Exception(e))
	}
	for _, t := range subjectTexts("") {
		*t.in(&m.Subject) = strings.TrimSpace(lineBreaks(form.Get(t.Name)))
	}
	var ps errs.Problems
	for name, at := range map[string]*time.Time{
		"awareness": &m.Facts.Awareness.At, "fixAvailable": &m.Facts.FixAvailable, "askedAt": &m.Facts.AskedAt, "occurredAt": &m.Subject.OccurredAt,
	} {
		var err error
		if *at, err = readLocal(form, name, m.Facts.Zone); err != nil {
			e, ok := errors.AsType[*errs.Error](err)
			if !ok {
				return m, err
			}
			ps = append(ps, e)
		}
	}
	if m.Facts.Awareness.At.IsZero() && len(ps) == 0 {
		ps.Add("awareness", "Say when you became aware: the hours count from then.")
	}
	slices.SortFunc(ps, func(a, b *errs.Error) int { return cmp.Compare(a.Field, b.Field) })
	return m, slices.CompactFunc(ps, func(a, b *errs.Error) bool { return a.Field == b.Field && a.Message == b.Message }).Err()
}

// fillMatter fills the form with what is kept.
func (f form) fillMatter(version int64, m cvd.Matter) {
	f.setVersion(version)
	x := m.Facts
	f.set("role", string(x.Role))
	f.set("zone", x.Zone)
	f.set("extent", string(x.Extent))
	f.set("evidence", x.Awareness.Evidence)
	f.setHour("awareness", x.Awareness.At, x.Zone)
	f.setHour("fixAvailable", x.FixAvailable, x.Zone)
	f.setHour("askedAt", x.AskedAt, x.Zone)
	f.setHour("occurredAt", m.Subject.OccurredAt, x.Zone)
	f.set("establishment", m.Subject.Establishment)
	f.set("memberStates", strings.Join(m.Subject.MemberStates, " "))
	f.set("productType", m.Subject.ProductType)
	f.set("endOfSupport", string(m.Subject.EndOfSupport))
	f.set("measureSoon", string(m.Subject.MeasureSoon))
	f.set("suspected", string(m.Subject.Suspected))
	f.Values.Del("exceptions")
	for _, e := range m.Subject.Exceptions {
		f.Values.Add("exceptions", string(e))
	}
	for _, t := range subjectTexts("") {
		f.set(t.Name, *t.in(&m.Subject))
	}
}
