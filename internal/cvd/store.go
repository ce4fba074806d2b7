package cvd

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"steward/internal/account"
	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/blob"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
	"steward/internal/intake"
	"steward/internal/policy"
	"steward/internal/predisclosure"
	"steward/internal/proof"
)

// Store keeps the cases. Every method asks acl.Table for the caller and writes
// the audit record in the transaction of the deed. A case that the caller may
// not see is errs.NotFound; a deed that the caller's roles do not allow on a
// case they see is errs.Denied; one that the state forbids, or an edit made on
// an older version, is errs.Conflict.
type Store struct {
	DB         *db.DB
	Keys       *seal.Keyring
	Blobs      *blob.Store
	Audit      *audit.Log
	Advisories *advisory.Store
	Desk       *intake.Desk // files reports; promises an answer to each
	Settings   Settings
	// Gate says why a released advisory could not be published in every form;
	// nil: there is nothing to ask.
	Gate func(a advisory.Advisory, at time.Time) []advisory.Problem
	// Crowd tells, asked once for each report of a stranger, whether more come
	// than people can read; nil: never. Their place in the queue is then behind
	// what the team has to do.
	Crowd func() bool
	// Post puts a letter into the queue of what goes out, in the transaction of
	// the deed that it belongs to; nil: no mail is sent.
	Post func(ctx context.Context, tx *db.Tx, p Posting) error
	// OnCall gives the users who are told of what waits for someone; nil: nobody.
	OnCall func(ctx context.Context, q db.Queryer) ([]string, error)
	// Holders gives the users who hold one of the roles; nil: nobody.
	Holders func(ctx context.Context, q db.Queryer, roles ...acl.Role) ([]string, error)
	// Reach gives where a user is written to; nil: nowhere.
	Reach func(ctx context.Context, q db.Queryer, user string) (account.Reach, error)
	// Prove puts the interpretation of a proof of concept into the queue of what is
	// done later, in the transaction of the deed that wants it; nil: nothing is
	// interpreted. Interpret does it, in a process of its own.
	Prove     func(ctx context.Context, tx *db.Tx, caseID, proofID string) error
	Interpret func(ctx context.Context, q proof.Request) (proof.Answer, error)
	// Lists says who may be told before the release; nil: nobody is.
	Lists *predisclosure.Store
	Clock func() time.Time
	Rand  io.Reader // for identifiers
}

func (s *Store) now() time.Time { return s.Clock().UTC().Truncate(time.Microsecond) }

// opened is a case as it stands in the database, with its key.
type opened struct {
	*Case
	number int64
	key    *seal.Key
	policy *policy.Policy // by which its dates are counted
}

func scopeOf(caseID string) string { return "case/" + caseID }

const bodyContext = "case" // of the sealed document within its scope

// load reads a case; errs.NotFound if there is none.
func (s *Store) load(ctx context.Context, q db.Queryer, caseID string) (*opened, error) {
	if !db.ValidID(caseID) {
		return nil, errs.Missing()
	}
	var number int64
	var body []byte
	err := q.QueryRow(ctx, `SELECT number, body FROM cases WHERE id = $1`, caseID).Scan(&number, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errs.Missing()
	}
	if err != nil {
		return nil, fmt.Errorf("reading case %s: %w", caseID, err)
	}
	return s.unlock(ctx, q, caseID, number, body)
}

// unlock opens the sealed document of a case.
func (s *Store) unlock(ctx context.Context, q db.Queryer, caseID string, number int64, body []byte) (*opened, error) {
	key, err := s.Keys.Key(ctx, q, scopeOf(caseID))
	if err != nil {
		return nil, fmt.Errorf("reading case %s: %w", caseID, err)
	}
	o := &opened{Case: new(Case), number: number, key: key, policy: &s.Settings.Policy}
	if err := unseal(key, bodyContext, body, o.Case); err != nil {
		return nil, fmt.Errorf("reading case %s: %w", caseID, err)
	}
	return o, nil
}

// save writes a case that load gave.
func (o *opened) save(ctx context.Context, tx *db.Tx) error {
	body, err := sealed(o.key, bodyContext, o.Case)
	if err != nil {
		return fmt.Errorf("writing case %s: %w", o.ID, err)
	}
	p := o.place(o.policy)
	_, err = tx.Exec(ctx, `UPDATE cases SET state = $1, place_group = $2, place_first = $3, place_second = $4,
		release_at = $5, wake_at = $6, body = $7 WHERE id = $8`,
		o.stateColumn(), p.group, p.first, p.second, o.releaseAt(), o.wakeAt(o.policy), body, o.ID)
	if err == nil { // the place stands beside each invitation, too: see queryMine
		_, err = tx.Exec(ctx, `UPDATE case_people SET place_group = $1, place_first = $2, place_second = $3 WHERE case_id = $4`,
			p.group, p.first, p.second, o.ID)
	}
	if err != nil {
		return fmt.Errorf("writing case %s: %w", o.ID, err)
	}
	return nil
}

// insert writes a new case.
func (o *opened) insert(ctx context.Context, tx *db.Tx) error {
	body, err := sealed(o.key, bodyContext, o.Case)
	if err != nil {
		return fmt.Errorf("opening a case: %w", err)
	}
	p := o.place(o.policy)
	_, err = tx.Exec(ctx, `INSERT INTO cases
		(id, number, state, place_group, place_first, place_second, release_at, wake_at, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		o.ID, o.number, o.stateColumn(), p.group, p.first, p.second, o.releaseAt(), o.wakeAt(o.policy), body)
	if err != nil {
		return fmt.Errorf("opening a case: %w", err)
	}
	return nil
}

// stateColumn is the state by which the case is found: none that people ask for,
// if it is a check of a channel.
func (c *Case) stateColumn() string {
	if c.Check != "" {
		return "check"
	}
	return string(c.State)
}

// releaseAt is the hour of a timed release in microseconds, or nil.
func (c *Case) releaseAt() any {
	if !c.scheduled() {
		return nil
	}
	return db.Micros(c.Review.Schedule.At)
}

// sealed and unseal keep a value as sealed JSON.
func sealed(key *seal.Key, context string, v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing %s as JSON: %w", context, err)
	}
	return key.Seal(context, b), nil
}

func unseal(key *seal.Key, context string, b []byte, v any) error {
	plain, err := key.Open(context, b)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("reading %s: %w", context, err)
	}
	return nil
}

// everywhere are the roles that a caller brings along; a role in one case
// counts by invitation only.
var everywhere = append([]acl.Role{acl.Anonymous, acl.Reporter, acl.System}, acl.Team...)

// ownRoles gives the roles that the caller has wherever they are.
func ownRoles(c acl.Caller) []acl.Role {
	if slices.Contains(everywhere, c.Role) {
		return []acl.Role{c.Role}
	}
	return nil
}

// inTeam tells whether the caller reaches every case by a role in the team.
func inTeam(c acl.Caller) bool { return slices.Contains(acl.Team, c.Role) }

// The conditions, in SQL, on an invitation, which is a row p of case_people.
//
// speaking is the one place that decides whether someone who was told by a
// notice still sees what their organisation was told. It is asked anew each
// time, by every door: the case, the portal, patches, letters, lists of cases,
// the calendar. Without an organisation on its list, and a link to it there,
// nothing is left; once both are back, so is the access. standing is an
// invitation that counts.
const (
	speaking = `(p.role <> 'distributor'
		OR NOT EXISTS (SELECT 1 FROM case_contacts t WHERE t.case_id = p.case_id AND t.user_id = p.user_id)
		OR EXISTS (SELECT 1 FROM case_contacts t WHERE t.case_id = p.case_id AND t.user_id = p.user_id AND ` + predisclosure.Speaks + `))`
	standing = `p.removed_at = 0 AND ` + speaking
)

// rolesIn gives the roles of the caller in a case: the caller's own and those
// by invitation. Who is invited to a case has the same role in the reports
// that were merged into it; the other way round takes a new invitation.
func rolesIn(ctx context.Context, q db.Queryer, c acl.Caller, k *Case) ([]acl.Role, error) {
	roles := ownRoles(c)
	if len(roles) > 0 && !inTeam(c) {
		return roles, nil // reporter, system, anonymous: nobody who can be invited
	}
	invited, err := db.Column[acl.Role](ctx, q, "reading who is invited to a case", `SELECT DISTINCT p.role FROM case_people p
		WHERE p.user_id = $1 AND p.case_id IN ($2, $3) AND `+standing, c.ID, k.ID, k.MergedInto)
	slices.Sort(invited) // text has another order in each engine
	return append(roles, invited...), err
}

// reaches tells whether a caller may know of a case. It looks at the caller's
// own invitations and not at the case, so that a case that must not be known of
// takes as long as one that is not there.
func (s *Store) reaches(ctx context.Context, q db.Queryer, c acl.Caller, caseID string, a acl.Action) (bool, error) {
	own := ownRoles(c)
	if acl.Allow(a, own...) || acl.Allow(acl.CaseRead, own...) {
		return true, nil
	}
	if len(own) > 0 && !inTeam(c) {
		return false, nil // nobody who can be invited
	}
	const invitations = `SELECT DISTINCT p.case_id FROM case_people p WHERE p.user_id = $1 AND ` + standing
	invited, err := db.Column[string](ctx, q, "reading what a person is invited to", invitations+` AND p.case_id = $2`, c.ID, caseID)
	if err != nil || len(invited) > 0 {
		return err == nil, err
	}
	if invited, err = db.Column[string](ctx, q, "reading what a person is invited to", invitations, c.ID); err != nil {
		return false, err
	}
	for _, id := range invited {
		into, err := s.load(ctx, q, id)
		if err != nil {
			return false, err
		}
		if slices.Contains(into.Merged, caseID) {
			return true, nil
		}
	}
	return false, nil
}

// access reads a case for a caller who may do the action to it.
func (s *Store) access(ctx context.Context, q db.Queryer, c acl.Caller, caseID string, a acl.Action) (*opened, []acl.Role, error) {
	if may, err := s.reaches(ctx, q, c, caseID, a); err != nil || !may {
		return nil, nil, cmp.Or[error](err, errs.Missing())
	}
	o, err := s.load(ctx, q, caseID)
	if err != nil {
		return nil, nil, err
	}
	roles, err := rolesIn(ctx, q, c, o.Case)
	if err != nil {
		return nil, nil, err
	}
	if err := acl.Check(acl.CaseRead, a, roles...); err != nil {
		return nil, nil, err
	}
	return o, roles, nil
}

// record writes the audit entry of a deed on a case. Who acts by invitation is
// recorded with the role that allowed it.
func (s *Store) record(ctx context.Context, tx *db.Tx, o *opened, c acl.Caller, roles []acl.Role, a acl.Action, detail map[string]string) error {
	if c.Role == "" || !acl.Allow(a, c.Role) {
		for _, r := range roles {
			if acl.Allow(a, r) {
				c.Role = r
				break
			}
		}
	}
	return s.Audit.Append(ctx, tx, o.key, c, a, scopeOf(o.ID), detail)
}
