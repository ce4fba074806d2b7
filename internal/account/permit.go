package account

import (
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// Operator is the caller for commands on Steward's own machine that are run in
// nobody's name: adding the first lead, helping the last one who lost a
// passkey.
func Operator() acl.Caller {
	c := acl.Myself()
	c.Name = "operator"
	return c
}

// operator tells whether the caller is the operator, or Steward itself. Who
// runs commands on its machine could write the database by hand: asking them
// to be a lead as well would keep nobody out.
func operator(c acl.Caller) bool { return c.Role == acl.System }

// person tells whether the caller is a user who is signed in, of whatever role.
func person(c acl.Caller) bool {
	return c.ID != "" && c.Role != acl.Anonymous && c.Role != acl.Reporter && c.Role != acl.System
}

// mayAdmin lets leads and the operator through.
func mayAdmin(c acl.Caller) error {
	if operator(c) {
		return nil
	}
	return acl.Check(acl.UserRead, acl.UserAdmin, c.Role)
}

// mayList lets through who may see the team.
func mayList(c acl.Caller) error {
	if operator(c) {
		return nil
	}
	return acl.Check(acl.UserRead, acl.UserRead, c.Role)
}

// mayRead lets through who may see the team, and the person themselves.
func mayRead(c acl.Caller, userID string) error {
	if !db.ValidID(userID) {
		return errs.Missing()
	}
	if isSelf(c, userID) {
		return nil
	}
	return mayList(c)
}

// mayKeep lets through the person whose passkey, session or token it is, and
// those who manage people.
func mayKeep(c acl.Caller, userID string) error {
	if !db.ValidID(userID) {
		return errs.Missing()
	}
	if isSelf(c, userID) {
		return nil
	}
	return mayAdmin(c)
}

// maySelf lets any user through, for their own things.
func maySelf(c acl.Caller) error {
	if person(c) {
		return nil
	}
	return errs.Missing()
}

func isSelf(c acl.Caller, userID string) bool { return person(c) && c.ID == userID }
