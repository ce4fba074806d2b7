package cvd

import (
	"strings"
	"time"

	"steward/internal/base/calendar"
	"steward/internal/base/errs"
)

// Terms are what an embargo is agreed on: nobody makes the matter public
// before the hour.
type Terms struct {
	Until  time.Time `json:"until"`            // UTC
	Zone   string    `json:"zone"`             // IANA zone in which the hour was chosen
	Reason string    `json:"reason,omitempty"` // why this hour
	// Outside tells that someone who is not of the team proposed them: the
	// reason may say who, which others who were told are not to know.
	Outside bool `json:"outside,omitempty"`
}

// Proposal is terms that nobody has accepted yet.
type Proposal struct {
	Terms
	By Person    `json:"by"`
	At time.Time `json:"at"`
}

// Outcome is how terms ended.
type Outcome string

// The outcomes of terms.
const (
	Replaced Outcome = "replaced" // by other terms
	Rejected Outcome = "rejected"
	Ended    Outcome = "ended" // the embargo was exited, or the matter became public
)

// PastTerms are terms that no longer stand, or never did.
type PastTerms struct {
	Terms
	Outcome Outcome   `json:"outcome"`
	Why     string    `json:"why,omitempty"`
	By      Person    `json:"by"` // who ended them
	At      time.Time `json:"at"` // when they ended
}

// Embargo is the agreement on when the matter becomes public.
type Embargo struct {
	State    EmbargoState `json:"state"`
	Active   *Terms       `json:"active,omitempty"`   // agreed; stands beside a pending proposal
	Proposal *Proposal    `json:"proposal,omitempty"` // pending
	Past     []PastTerms  `json:"past,omitempty"`     // oldest first
}

const (
	maxReason  = 2_000 // bytes of a reason
	maxEmbargo = 2 * 366 * 24 * time.Hour
)

// Holds tells whether agreed terms stand.
func (e *Embargo) Holds() bool { return e.Active != nil }

// Move makes the event, or says why not. Propose and revise take the terms;
// reject and exit take their reason alone.
func (e *Embargo) Move(event EmbargoEvent, t Terms, by Person, now time.Time) error {
	to, err := embargoTable.step(e.State, event, t.Reason)
	if err != nil {
		return err
	}
	if err := checkReason("reason", t.Reason); err != nil {
		return err
	}
	if event == EmbargoPropose || event == EmbargoChange {
		if t.Until, err = checkHour("until", t.Until, t.Zone, now); err != nil {
			return err
		}
	}
	switch event {
	case EmbargoPropose, EmbargoChange:
		e.dropProposal(Replaced, "", by, now)
		e.Proposal = &Proposal{Terms: t, By: by, At: now}
	case EmbargoAccept:
		if !e.Proposal.Until.After(now) {
			return errs.Conflictf("The proposed hour is past.").WithHint("propose another one")
		}
		e.dropActive(Replaced, e.Proposal.Reason, by, now)
		terms := e.Proposal.Terms
		e.Active, e.Proposal = &terms, nil
	case EmbargoReject:
		e.dropProposal(Rejected, t.Reason, by, now)
	case EmbargoExit:
		e.dropProposal(Ended, t.Reason, by, now)
		e.dropActive(Ended, t.Reason, by, now)
	}
	e.State = to
	return nil
}

// End is what the release of the advisory does: what is public is under no
// embargo, and a pending proposal has nothing left to be about.
func (e *Embargo) End(by Person, now time.Time) {
	const why = "the advisory is public"
	e.dropProposal(Ended, why, by, now)
	if e.State == EmbargoProposed {
		e.State = EmbargoNone
	}
	if e.Holds() {
		e.dropActive(Ended, why, by, now)
		e.State = EmbargoExited
	}
}

// Allows tells whether the agreed terms allow a release at that time.
func (e *Embargo) Allows(at time.Time) error {
	if e.Active == nil || !at.Before(e.Active.Until) {
		return nil
	}
	return errs.Conflictf("The embargo holds until %s.", e.Active.When()).
		WithHint("agree on an earlier hour, or exit the embargo and say why")
}

// When writes the hour in UTC and in the zone in which it was chosen.
func (t Terms) When() string { return inZone(t.Until, t.Zone) }

func (e *Embargo) dropProposal(o Outcome, why string, by Person, now time.Time) {
	if e.Proposal != nil {
		e.Past = append(e.Past, PastTerms{Terms: e.Proposal.Terms, Outcome: o, Why: why, By: by, At: now})
		e.Proposal = nil
	}
}

func (e *Embargo) dropActive(o Outcome, why string, by Person, now time.Time) {
	if e.Active != nil {
		e.Past = append(e.Past, PastTerms{Terms: *e.Active, Outcome: o, Why: why, By: by, At: now})
		e.Active = nil
	}
}

// checkHour checks an hour in the future and its zone, and gives the hour in
// UTC in whole seconds, never before it.
func checkHour(field string, at time.Time, zone string, now time.Time) (time.Time, error) {
	at = at.UTC().Add(time.Second - 1).Truncate(time.Second)
	switch _, err := calendar.Location(zone); {
	case err != nil:
		return at, err
	case !at.After(now):
		return at, errs.Invalidf(field, "The hour must be in the future.")
	case at.Sub(now) > maxEmbargo:
		return at, errs.Invalidf(field, "The hour is more than two years away.").WithHint("check the year")
	}
	return at, nil
}

// inZone writes a time in UTC and, where it is another, in the zone.
func inZone(at time.Time, zone string) string {
	const utc = "2006-01-02 15:04 UTC"
	loc, err := calendar.Location(zone)
	if err != nil || zone == "UTC" {
		return at.UTC().Format(utc)
	}
	return at.UTC().Format(utc) + " (" + at.In(loc).Format("2006-01-02 15:04 ") + zone + ")"
}

// checkReason keeps a reason short. Whether one is needed is in the tables.
func checkReason(field, s string) error {
	if len(s) > maxReason {
		return errs.Invalidf(field, "The reason has %d bytes; at most %d can be kept.", len(s), maxReason)
	}
	return checkText(field, s)
}

// checkText refuses what no database keeps and no page shows.
func checkText(field, s string) error {
	if strings.ToValidUTF8(s, "") != s || strings.ContainsRune(s, 0) {
		return errs.Invalidf(field, "This is not valid text (UTF-8).")
	}
	return nil
}
