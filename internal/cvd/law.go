package cvd

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"steward/internal/base/errs"
	"steward/internal/duty"
)

// Matter is what the law wants reported of a case, by one trigger: what its
// clocks are counted from, and what a person knows for the forms.
type Matter struct {
	Facts   duty.Facts   `json:"facts"`
	Subject duty.Subject `json:"subject"`
}

// MatterView is a matter with its clocks as they stand.
type MatterView struct {
	Matter
	Clocks []duty.Due `json:"clocks"`
}

// matter finds what is kept of a trigger; nil: nothing.
func (c *Case) matter(t duty.Trigger) *Matter {
	for i := range c.Law {
		if c.Law[i].Facts.Trigger == t {
			return &c.Law[i]
		}
	}
	return nil
}

// setMatter keeps what a person says of a trigger. Who set the awareness stands
// with it; filings are kept by file.
func (c *Case) setMatter(m Matter, by Person, now time.Time) error {
	old := c.matter(m.Facts.Trigger)
	m.Facts.Filings, m.Facts.Awareness.SetBy = nil, by.Name
	if old != nil {
		m.Facts.Filings = old.Facts.Filings
		if old.Facts.Awareness.At.Equal(m.Facts.Awareness.At) && old.Facts.Awareness.Evidence == m.Facts.Awareness.Evidence {
			m.Facts.Awareness.SetBy = old.Facts.Awareness.SetBy
		}
	}
	if strings.TrimSpace(m.Facts.Awareness.Evidence) == "" {
		return errs.Invalidf("awareness.evidence", "Say what shows it: the clocks begin with it.")
	}
	if err := m.Facts.Check(now); err != nil {
		return err
	}
	if err := m.Subject.Check(now); err != nil {
		return err
	}
	if old != nil {
		*old = m
		return nil
	}
	c.Law = append(c.Law, m)
	return nil
}

// file notes that a person has submitted a notification.
func (c *Case) file(t duty.Trigger, f duty.Filing, by Person, now time.Time) error {
	m := c.matter(t)
	if m == nil {
		return errs.Conflictf("Nothing is kept of this trigger.").WithHint("say first when you became aware, and of what")
	}
	f.By = cmp.Or(f.By, by.Name)
	facts := m.Facts
	facts.Filings = append(slices.Clone(facts.Filings), f)
	if err := facts.Check(now); err != nil {
		return err
	}
	m.Facts = facts
	return nil
}

// measure notes that a fix is there for everyone, from when on the final report
// is counted.
func (c *Case) measure(at time.Time) {
	for i := range c.Law {
		if f := &c.Law[i].Facts; f.FixAvailable.IsZero() && !at.Before(f.Awareness.At) {
			f.FixAvailable = at
		}
	}
}

// draftSubject fills from the case what a person would copy into the form.
func (c *Case) draftSubject(s duty.Subject, p Settings) duty.Subject {
	a := c.Draft()
	fill := func(into *string, text string) { *into = cmp.Or(*into, text) }
	fill(&s.Title, a.Title)
	fill(&s.Manufacturer, p.Publisher.Name)
	fill(&s.Contact, p.Publisher.Contact)
	fill(&s.CVE, c.Fields.CVE)
	fill(&s.Severity, string(a.Severity.Level))
	fill(&s.Impact, a.Impact)
	fill(&s.MeasuresUsers, cmp.Or(a.Workaround, a.Remedy))
	var products, versions []string
	for _, p := range a.Affected {
		products = append(products, p.Product)
		for _, r := range p.Ranges {
			v := "from " + r.Introduced
			switch {
			case r.Fixed != "":
				v += ", fixed in " + r.Fixed
			case r.LastAffected != "":
				v += " to " + r.LastAffected
			}
			versions = append(versions, v)
		}
		versions = append(versions, p.Versions...)
	}
	fill(&s.Product, strings.Join(unique(products), ", "))
	fill(&s.Versions, strings.Join(unique(versions), "; "))
	return s
}

// whenever is later than all that has happened: which clocks run does not hang
// on the time, only whether they are overdue.
var whenever = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)

// lawDeadlines are the clocks of the law that run.
func (c *Case) lawDeadlines() (ds []Deadline) {
	for _, m := range c.Law {
		clocks, err := duty.Clocks(m.Facts, whenever)
		if err != nil {
			continue // checked when it was kept
		}
		for _, d := range clocks {
			if d.Open() && !d.At.IsZero() {
				ds = append(ds, Deadline{At: d.At, What: DeadlineKind(d.Kind), Basis: d.Basis, By: m.Facts.Awareness.SetBy, From: d.Start})
			}
		}
	}
	return ds
}
