package cvd

import (
	"context"
	"errors"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/intake"
)

// Burn ends the embargo because the matter has leaked. It takes two people: the
// first proposes, a second confirms; or one alone, who says why in twenty
// characters or more. With it, what is ready becomes public at once: the
// approved advisory, or else the notice that a fix comes. Everyone who must
// keep silent is told, and who had seen what is kept.
func (s *Store) Burn(ctx context.Context, c acl.Caller, caseID, reason string, alone bool) (Burned, error) {
	var out Burned
	err := s.work(ctx, c, caseID, acl.Burn, func(d *deed) error {
		if d.Public() {
			return errs.Conflictf("The advisory is public: there is nothing left to leak.")
		}
		now, err := d.Burned.ask(reason, alone, d.by, d.now)
		if err != nil {
			return err
		}
		d.note("reason", "%s", reason)
		if now {
			if err := d.burn(); err != nil {
				return err
			}
		}
		d.note("state", "%s", d.Burned.State)
		out = *d.burnedOut()
		return nil
	})
	return out, err
}

// burnedOut is the record for who has done it: without who saw what.
func (d *deed) burnedOut() *Burned {
	b := d.Burned
	if !acl.Allow(acl.AuditRead, d.roles...) {
		b.Seen = nil
	}
	return &b
}

// KeepEmbargo takes a proposal to end the embargo back: it has not leaked.
func (s *Store) KeepEmbargo(ctx context.Context, c acl.Caller, caseID, reason string) error {
	return s.work(ctx, c, caseID, acl.Burn, func(d *deed) error {
		if err := d.Burned.takeBack(reason); err != nil {
			return err
		}
		d.note("state", "%s", d.Burned.State)
		d.note("reason", "%s", reason)
		return nil
	})
}

// burn does all of it: the record first, since it is of those who had to keep
// silent until now.
func (d *deed) burn() (err error) {
	b := &d.Burned
	if b.Seen, err = d.sawWhat(); err != nil {
		return err
	}
	coming, unfit := d.announcement() // it takes its hour from the embargo
	if err := d.Embargo.burn(b.Reason, d.by, d.now); err != nil {
		return err
	}
	d.releaseRecipients(d.now)
	objections := []advisory.Objection(nil) // no day is too bad for this
	slot := Slot{At: d.now, Zone: "UTC", Override: b.Reason}
	switch err := d.mayPublish(slot, objections, d.s.problems(d.Case)); {
	case err == nil:
		a, err := d.publish(slot, objections)
		if err != nil {
			return err
		}
		b.Advisory = a.ID
	case !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.Conflict):
		return err
	default:
		b.NotReady = append(b.NotReady, sentences("The advisory is not released", err)...)
		if err := d.announceBurned(coming, unfit); err != nil {
			return err
		}
	}
	d.note("advisory", "%s", b.Advisory)
	d.note("prenotice", "%s", b.Prenotice)
	d.note("seen", "%d entries", len(b.Seen))
	if err := d.postInvited(OnBurn, acl.Invited...); err != nil {
		return err
	}
	return d.postReporters(OnBurn)
}

// announceBurned says in public that a fix comes, if the draft says enough.
func (d *deed) announceBurned(p advisory.Prenotice, unfit error) error {
	if unfit == nil && !p.Release.After(d.now) {
		unfit = errs.Conflictf("The hour that could be announced is past.")
	}
	if unfit != nil {
		d.Burned.NotReady = append(d.Burned.NotReady, sentences("No fix is announced", unfit)...)
		return nil
	}
	var err error
	if p.ID == "" {
		if p.ID, err = d.s.Advisories.NextID(d.ctx, d.tx, advisory.PrenoticePrefix, d.now.Year()); err != nil {
			return err
		}
	}
	if p, err = d.s.Advisories.PutPrenotice(d.ctx, d.tx, p, d.now); err != nil {
		return err
	}
	d.Prenotice, d.Burned.Prenotice = &p, p.ID
	return nil
}

// sentences are the reasons of an error, each on its own.
func sentences(what string, err error) (out []string) {
	if ps, ok := errors.AsType[errs.Problems](err); ok {
		for _, p := range ps {
			out = append(out, what+": "+p.Message)
		}
		return out
	}
	return []string{what + ": " + errs.Public(err)}
}

// sawWhat gathers who had seen what by now: what the record of looks holds, the
// notices, and the drafts that reporters were shown.
func (d *deed) sawWhat() ([]Seen, error) {
	var all seenBy
	list, err := people(d.ctx, d.tx, d.opened)
	if err != nil {
		return nil, err
	}
	names, org := map[string]string{}, map[string]string{}
	for _, p := range list {
		names[p.User] = p.Name
		if r := d.recipientOf(p.User); r != nil {
			org[p.User] = r.Name
		}
	}
	patches, err := patchBodies(d.ctx, d.tx, d.opened)
	if err != nil {
		return nil, err
	}
	what := map[string]string{}
	for _, p := range patches {
		what["patch "+p.ID] = "patch " + p.Name
	}
	err = db.Each(d.ctx, d.tx, "reading who has seen a case", `SELECT user_id, what, day FROM case_seen WHERE case_id = $1`, []any{d.ID},
		func(scan db.Scan) error {
			var user, seen string
			var day int64
			if err := scan(&user, &seen, &day); err != nil {
				return err
			}
			at := db.FromMicros(day)
			x := Seen{Who: names[user], Org: org[user], What: seen, First: at, Last: at}
			if x.Who == "" {
				x.Who = user
			}
			if w := what[seen]; w != "" {
				x.What = w
			}
			all.add(x)
			return nil
		})
	if err != nil {
		return nil, err
	}
	for _, r := range d.Recipients {
		last := r.Told
		for _, s := range d.Sendings {
			if s.ID == r.Sending {
				last = s.At
			}
		}
		all.add(Seen{Who: r.Name, Org: r.Name, What: "notice under embargo, with the draft", First: r.Told, Last: last})
	}
	return d.sawReporters(&all)
}

// sawReporters adds the reporters, by their reports: who they are is not for
// everyone who reads the record.
func (d *deed) sawReporters(all *seenBy) ([]Seen, error) {
	parts, err := d.s.parts(d.ctx, d.tx, d.opened)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		who := "the reporter of " + p.Ref
		all.add(Seen{Who: who, What: "their own report", First: p.Received, Last: p.Received})
		if sh, shown := d.shared(p.Report); shown {
			all.add(Seen{Who: who, What: seenDraft, First: sh.At, Last: sh.At})
		}
		letters, err := messages(d.ctx, d.tx, p, false)
		if err != nil {
			return nil, err
		}
		for _, m := range letters {
			if m.From == FromTeam {
				all.add(Seen{Who: who, What: "letters of the team", First: m.At, Last: m.At})
			}
		}
	}
	return all.sorted(), nil
}

// independentIn tells whether the report of one case is by someone else than
// all reports of the other.
func (s *Store) independentIn(ctx context.Context, q db.Queryer, d, into *deed) (bool, error) {
	if into.Embargo.Active == nil || into.Public() {
		return false, nil
	}
	mine, err := intake.Read(ctx, q, d.key, d.Report)
	if err != nil {
		return false, err
	}
	parts, err := s.parts(ctx, q, into.opened)
	if err != nil {
		return false, err
	}
	for _, p := range parts {
		other, err := intake.Read(ctx, q, p.key, p.Report)
		if err != nil {
			return false, err
		}
		if !independent(mine, other) {
			return false, nil
		}
	}
	return true, nil
}

// collided proposes the shorter embargo, and tells who must keep silent.
func (d *deed) collided(by *deed) error {
	n := len(d.Collisions)
	if err := d.collide(by.Case, myself, d.now); err != nil {
		return err
	}
	if len(d.Collisions) == n {
		return nil
	}
	d.note("collision", "%s", by.Ref)
	if at := d.Collisions[n].Proposed; !at.IsZero() {
		d.note("proposed", "%s", at.Format(time.RFC3339))
		return d.postEmbargo()
	}
	return nil
}
