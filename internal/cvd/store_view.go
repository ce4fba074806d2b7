package cvd

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/intake"
	"steward/internal/policy"
)

// What the record says that an invited person has seen; a file by its id.
const (
	seenCase   = "case"
	seenDraft  = "draft"
	seenReport = "report as it came"
)

// look lets the caller read a case by f if the table allows the action. Who
// does so by invitation is recorded, once a day for each thing: it may matter
// later who knew what, and since when.
func (s *Store) look(ctx context.Context, c acl.Caller, caseID string, a acl.Action, what string, f func(q db.Queryer, o *opened, roles []acl.Role) error) error {
	day := s.now().Truncate(24 * time.Hour)
	known := false
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		o, roles, err := s.access(ctx, q, c, caseID, a)
		if err != nil {
			return err
		}
		if known, err = s.recorded(ctx, q, c, caseID, what, day); err != nil || !known {
			return err
		}
		return f(q, o, roles)
	})
	if err != nil || known {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		o, roles, err := s.access(ctx, tx, c, caseID, a)
		if err != nil {
			return err
		}
		if err := f(tx, o, roles); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO case_seen (case_id, user_id, what, day) VALUES ($1, $2, $3, $4)
			ON CONFLICT DO NOTHING`, caseID, c.ID, what, db.Micros(day))
		if err != nil {
			return fmt.Errorf("recording who has seen a case: %w", err)
		}
		return s.record(ctx, tx, o, c, roles, a, map[string]string{"ref": o.Ref, "seen": what})
	})
}

// recorded tells whether nothing is left to record: the caller is of the team,
// or has seen it today already.
func (s *Store) recorded(ctx context.Context, q db.Queryer, c acl.Caller, caseID, what string, day time.Time) (bool, error) {
	if inTeam(c) {
		return true, nil
	}
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM case_seen WHERE case_id = $1 AND user_id = $2 AND what = $3 AND day = $4`,
		caseID, c.ID, what, db.Micros(day)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("reading who has seen a case: %w", err)
	}
	return n > 0, nil
}

// View gives a case as the caller may see it.
func (s *Store) View(ctx context.Context, c acl.Caller, caseID string) (*View, error) {
	return s.ViewParts(ctx, c, caseID, Parts{Reports: true, Threads: true, Messages: true, Notes: true, People: true, Told: true, Trials: true})
}

// ViewParts is View for a page that shows some parts of the case only: what it
// does not show is neither read nor opened.
func (s *Store) ViewParts(ctx context.Context, c acl.Caller, caseID string, parts Parts) (*View, error) {
	var v *View
	err := s.look(ctx, c, caseID, acl.CaseRead, seenCase, func(q db.Queryer, o *opened, roles []acl.Role) (err error) {
		if v, err = s.view(ctx, q, o, roles, parts); err != nil {
			return err
		}
		return s.veil(o.Case, c, roles, v, v.Draft)
	})
	return v, err
}

func (s *Store) view(ctx context.Context, q db.Queryer, o *opened, roles []acl.Role, parts Parts) (*View, error) {
	may := func(a acl.Action) bool { return acl.Allow(a, roles...) }
	problems := s.problems(o.Case)
	counts, err := unread(ctx, q, append([]string{o.ID}, o.Merged...))
	if err != nil {
		return nil, err
	}
	v := &View{
		Summary: o.summary(o.policy, roles, counts), Version: o.Version, Roles: roles,
		May: actions(roles), Events: o.allowed(roles),
	}
	for _, it := range Checklist(o.Case, problems) {
		if may(acl.QueueRead) || may(it.Action) {
			v.Checklist = append(v.Checklist, it)
		}
	}
	if may(acl.QueueRead) {
		v.Deadlines, v.Plan = o.deadlines(o.policy), o.plan(o.policy)
	}
	if may(acl.QueueRead) && parts.People {
		if v.People, err = people(ctx, q, o); err != nil {
			return nil, err
		}
	}
	if may(acl.NoteRead) && parts.Notes {
		if v.Notes, err = notes(ctx, q, o); err != nil {
			return nil, err
		}
	}
	if may(acl.PatchEdit) || may(acl.PatchReview) || may(acl.PatchTest) {
		v.Patch = &o.Patch
	}
	if may(acl.DraftRead) {
		v.Embargo, v.Draft = &o.Embargo, o.draftView(roles, problems)
	}
	if may(acl.ReportRead) {
		v.Decisions = o.Decisions
	}
	if err := s.viewTold(ctx, q, o, v, roles, parts.Told); err != nil {
		return nil, err
	}
	if parts.Trials {
		if v.Trials, err = s.trials(ctx, q, o, roles); err != nil {
			return nil, err
		}
	}
	return v, s.viewReports(ctx, q, o, v, Parts{
		Reports: parts.Reports && may(acl.ReportRead),
		Threads: (parts.Threads || parts.Messages) && may(acl.MessageRead), Messages: parts.Messages,
	}, may(acl.MessageRead))
}

// viewReports fills in the reports of the case and the talk with their
// reporters. known tells whether those may be known.
func (s *Store) viewReports(ctx context.Context, q db.Queryer, o *opened, v *View, show Parts, known bool) error {
	if !show.Reports && !show.Threads {
		return nil
	}
	parts, err := s.parts(ctx, q, o)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if show.Reports {
			r, err := intake.Read(ctx, q, p.key, p.Report)
			if err != nil {
				return err
			}
			v.Reports = append(v.Reports, reportView(p.Case, r, o.credit(p.Report), known))
		}
		if show.Threads {
			t := Thread{Report: p.Report, Case: p.ID, Ref: p.Ref}
			if show.Messages {
				if t.Messages, err = messages(ctx, q, p, false); err != nil {
					return err
				}
				th, err := s.threadOf(ctx, q, p)
				if err != nil {
					return err
				}
				t.Mailed, t.PGPKey = th.address != "", th.recipient
			}
			v.Threads = append(v.Threads, t)
		}
	}
	return nil
}

// reportView is a report without its reporter, unless they may be known.
func reportView(k *Case, r intake.Report, credit Credit, known bool) ReportView {
	v := ReportView{
		ID: r.ID, Case: k.ID, Ref: k.Ref, Channel: r.Channel, Received: r.ReceivedAt, SHA256: r.SHA256,
		Submission: r.Submission, Findings: r.Findings,
	}
	v.Submission.Attachments = nil
	for _, a := range r.Attachments {
		v.Files = append(v.Files, reportFile(a, r.ReceivedAt))
	}
	if known {
		v.Credit = &credit
	} else {
		v.Submission.Reporter, v.Submission.Credit, v.Submission.PGPKey = intake.Reporter{}, intake.Credit{}, ""
		v.Submission.PublicPlan, v.Submission.FoundBy = "", ""
	}
	return v
}

// summary is the case in short, as far as the roles reach.
func (c *Case) summary(p *policy.Policy, roles []acl.Role, unread map[string]int) Summary {
	may := func(a acl.Action) bool { return acl.Allow(a, roles...) }
	s := Summary{
		ID: c.ID, Ref: c.Ref, State: c.State, Disposition: c.Disposition(),
		Received: c.Received, Acknowledged: c.Acknowledged,
		EmbargoState: c.Embargo.State, PatchState: c.Patch.State, DraftState: c.Review.State,
		Advisory: c.Advisory, MergedInto: c.MergedInto, Merged: len(c.Merged),
		Next: c.next(p, DueEmbargo, DueRelease),
	}
	if c.Embargo.Active != nil {
		s.EmbargoUntil = c.Embargo.Active.Until
	}
	if c.Review.Schedule != nil {
		s.ReleaseAt, s.Missed = c.Review.Schedule.At, c.Review.Schedule.Failed != ""
	}
	if may(acl.DraftRead) {
		s.Title, s.Level, s.Exploited = c.Fields.Title, c.Fields.Severity.Level, c.Fields.Exploited
	}
	if may(acl.ReportRead) {
		s.Title, s.Findings, s.Crowd = cmp.Or(s.Title, c.Subject), c.Findings, c.Crowd
		if p := c.Proved; p != nil && (p.Message == "" || may(acl.MessageRead)) {
			s.Proved = p
		}
	}
	if may(acl.MessageRead) {
		for _, id := range append([]string{c.ID}, c.Merged...) {
			s.Unread += unread[id]
		}
	}
	if may(acl.QueueRead) {
		s.Next = c.next(p)
	}
	return s
}

// draftView is the draft as far as the roles reach; they may read it.
func (c *Case) draftView(roles []acl.Role, problems []advisory.Problem) *DraftView {
	v := &DraftView{
		Version: c.Version, State: c.Review.State, Advisory: c.Draft(), Problems: problems, Prenotice: c.Prenotice,
	}
	if acl.Allow(acl.CaseEdit, roles...) || acl.Allow(acl.DraftEdit, roles...) {
		v.Fields, v.Text = &c.Fields, &c.Text
	}
	if acl.Allow(acl.DraftReview, roles...) {
		v.Review = &c.Review
	}
	return v
}

// allowed gives the moves that the tables and the roles allow now.
func (c *Case) allowed(roles []acl.Role) Events {
	var e Events
	if c.State == Merged || c.State == Closed {
		e.Case = c.events(roles)
		return e
	}
	return Events{
		Case:    c.events(roles),
		Embargo: embargoTable.allowed(c.Embargo.State, roles),
		Patch:   patchTable.allowed(c.Patch.State, roles),
		Draft:   draftTable.allowed(c.Review.State, roles),
		Burn:    c.burnEvents(roles),
	}
}

// actions lists what the roles allow, in a fixed order.
func actions(roles []acl.Role) []acl.Action {
	var out []acl.Action
	for a := range acl.Table {
		if acl.Allow(a, roles...) {
			out = append(out, a)
		}
	}
	slices.Sort(out)
	return out
}

// problems is the lint of a case's draft as it would be released, and when
// that finds nothing that stops the release, what the gate of publication
// finds: better before the approval than after the release.
func (s *Store) problems(c *Case) []advisory.Problem {
	a := c.Draft()
	a.Publisher = s.Settings.Publisher
	at := c.earliest(s.now())
	found := advisory.Lint(a, at)
	if s.Gate == nil || len(advisory.Blocking(found)) > 0 {
		return found
	}
	if a.ID == "" {
		a.ID = fmt.Sprintf("%s-%d-0001", s.Settings.Prefix, at.Year())
	}
	return append(found, s.Gate(a, at)...)
}

// earliest is the hour at which the draft can go out at the soonest: what lies
// before it is not in the future for its readers.
func (c *Case) earliest(now time.Time) time.Time {
	if e := c.Embargo; e.Active != nil && (e.State == EmbargoActive || e.State == EmbargoRevise) && e.Active.Until.After(now) {
		now = e.Active.Until
	}
	if p := c.Review.Schedule; p != nil && p.At.After(now) {
		now = p.At
	}
	return now
}

// Timeline gives the audit record of a case, oldest first.
func (s *Store) Timeline(ctx context.Context, c acl.Caller, caseID string) ([]audit.Entry, error) {
	var entries []audit.Entry
	err := s.look(ctx, c, caseID, acl.TimelineRead, "timeline", func(q db.Queryer, o *opened, _ []acl.Role) (err error) {
		entries, err = audit.Timeline(ctx, q, o.key, scopeOf(o.ID))
		return err
	})
	return entries, err
}

// Find gives the id of the case that people call by a reference (YEAR-NNNN).
func (s *Store) Find(ctx context.Context, c acl.Caller, ref string) (string, error) {
	number, err := numberOf(ref)
	if err != nil {
		return "", err
	}
	var id string
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		found := ""
		err := db.Each(ctx, q, "finding a case", `SELECT id FROM cases WHERE number = $1`, []any{number},
			func(scan db.Scan) error { return scan(&found) })
		if err != nil {
			return err
		}
		// A reference that nobody has is looked up all the same: see reaches.
		_, _, err = s.access(ctx, q, c, found, acl.CaseRead)
		if err == nil {
			id = found
		}
		return err
	})
	return id, err
}
