// Package acl says who may do what. It is one table: a role may do an action
// or it may not, and what the table does not name is denied. The roles are
// those of ISO/IEC 29147 with what open source adds to them.
package acl

import (
	"slices"

	"steward/internal/base/errs"
)

// Role is what a person is to the team or to one case.
type Role string

const (
	Anonymous Role = "anonymous" // anyone on the internet
	Reporter  Role = "reporter"  // holder of a case phrase: sees the mailbox of that report alone

	// Roles in the team: they reach every case.
	Handler          Role = "handler"
	Lead             Role = "lead"
	ReleaseManager   Role = "release manager"
	ProgrammeManager Role = "programme manager"
	Auditor          Role = "auditor"

	// Roles in one case, given by invitation.
	Fixer       Role = "fixer"
	Reviewer    Role = "reviewer"
	Distributor Role = "distributor"
	Coordinator Role = "coordinator"

	// System is Steward itself: timed release and renewal.
	System Role = "system"
)

// Team lists the roles that a user can hold in the team.
var Team = []Role{Handler, Lead, ReleaseManager, ProgrammeManager, Auditor}

// Invited lists the roles that a person can hold in one case.
var Invited = []Role{Fixer, Reviewer, Distributor, Coordinator}

// All lists every role; tests walk it.
var All = []Role{Anonymous, Reporter, Handler, Lead, ReleaseManager, ProgrammeManager, Auditor, Fixer, Reviewer, Distributor, Coordinator, System}

// Caller is who asks. Every store method takes one.
type Caller struct {
	ID     string // user id; "anonymous", "reporter" or "system" for the others
	Name   string // as the audit record shows it
	Role   Role   // the role in the team, or Anonymous, Reporter, System; "" for a user who is only invited to cases
	Report string // the report whose phrase was shown, for Reporter
}

// Nobody is the caller of whom nothing is known.
func Nobody() Caller { return Caller{ID: "anonymous", Name: "anonymous", Role: Anonymous} }

// Myself is Steward acting on a schedule that a person set.
func Myself() Caller { return Caller{ID: "system", Name: "Steward", Role: System} }

// HolderOf is the reporter who has shown the phrase of a report.
func HolderOf(report string) Caller {
	return Caller{ID: "reporter", Name: "reporter", Role: Reporter, Report: report}
}

// Allow tells whether any of the roles may do the action.
func Allow(a Action, roles ...Role) bool {
	for _, r := range roles {
		if r != "" && slices.Contains(Table[a], r) {
			return true
		}
	}
	return false
}

// Check refuses the action unless one of the roles may do it. Who may not
// even see the record (the action see) is told that nothing is there.
func Check(see, a Action, roles ...Role) error {
	switch {
	case Allow(a, roles...):
		return nil
	case Allow(see, roles...):
		return denied(a)
	default:
		return errs.Missing()
	}
}

// CheckAny refuses an action that is not among those that are allowed.
func CheckAny(allowed []Action, a Action) error {
	if slices.Contains(allowed, a) {
		return nil
	}
	return denied(a)
}

func denied(a Action) error {
	return errs.Deniedf("Your role does not allow this (%s).", a).WithHint("ask a lead of the team")
}
