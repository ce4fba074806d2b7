package predisclosure

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
)

// Store keeps lists and members. Every method asks acl.Table for the caller and
// writes the audit record in the transaction of the deed. What the caller may
// not see is errs.NotFound; what their roles do not allow on what they see is
// errs.Denied; what the state forbids is errs.Conflict. All fields are needed.
type Store struct {
	DB    *db.DB
	Keys  *seal.Keyring
	Audit *audit.Log
	Clock func() time.Time
	Rand  io.Reader // for identifiers

	// Tell posts what the team has decided to the organisation, in the
	// transaction of the deed; nil: nobody is told.
	Tell func(ctx context.Context, tx *db.Tx, d Decision) error
}

func (s *Store) now() time.Time { return s.Clock().UTC().Truncate(time.Microsecond) }

func (s *Store) newID() string { return db.NewID(s.Rand) }

// scopeOf is of the seal, and the subject in the audit record.
func scopeOf(id string) string { return "list/" + id }

const bodyContext = "member" // of the sealed document within its scope

// everywhere are the roles that a caller brings along; a role in one case
// counts for nothing here.
var everywhere = append([]acl.Role{acl.Anonymous, acl.Reporter, acl.System}, acl.Team...)

func ownRoles(c acl.Caller) []acl.Role {
	if slices.Contains(everywhere, c.Role) {
		return []acl.Role{c.Role}
	}
	return nil
}

// senderRoles are the roles in which the caller sends an application: who is a
// user without a role is like anyone on the internet.
func senderRoles(c acl.Caller) []acl.Role {
	if roles := ownRoles(c); len(roles) > 0 {
		return roles
	}
	return []acl.Role{acl.Anonymous}
}

// person tells whether the caller is a user who is signed in.
func person(c acl.Caller) bool {
	return db.ValidID(c.ID) && c.Role != acl.Anonymous && c.Role != acl.Reporter && c.Role != acl.System
}

// rolesIn gives the roles of the caller towards a member. It looks at the
// caller's own links and not at the member, so that one who must not be known
// of takes as long as one who is not there.
func rolesIn(ctx context.Context, q db.Queryer, c acl.Caller, memberID string) ([]acl.Role, error) {
	roles := ownRoles(c)
	if !person(c) {
		return roles, nil
	}
	mine, err := membershipsOf(ctx, q, c.ID)
	if slices.Contains(mine, memberID) {
		roles = append(slices.Clone(roles), acl.Distributor)
	}
	return roles, err
}

// membershipsOf lists the members that a user is a contact of.
func membershipsOf(ctx context.Context, q db.Queryer, userID string) ([]string, error) {
	ids, err := db.Column[string](ctx, q, "reading whose contact a person is", `SELECT member_id FROM predisclosure_contacts WHERE user_id = $1`, userID)
	slices.Sort(ids) // text has another order in each engine
	return ids, err
}

// opened is a member as it stands in the database, with its key.
type opened struct {
	*Member
	key *seal.Key
}

// access reads a member for a caller who may see it.
func (s *Store) access(ctx context.Context, q db.Queryer, c acl.Caller, id string) (*opened, []acl.Role, error) {
	if !db.ValidID(id) {
		return nil, nil, errs.Missing()
	}
	roles, err := rolesIn(ctx, q, c, id)
	if err != nil {
		return nil, nil, err
	}
	if !acl.Allow(acl.ListRead, roles...) && !acl.Allow(acl.ListMember, roles...) {
		return nil, nil, errs.Missing()
	}
	all, err := s.load(ctx, q, "m.id = $1", id)
	if err != nil {
		return nil, nil, err
	}
	if len(all) == 0 {
		return nil, nil, errs.Missing()
	}
	return all[0], roles, nil
}

// load reads the members for whom a condition on m holds, with their links.
func (s *Store) load(ctx context.Context, q db.Queryer, where string, arg any) ([]*opened, error) {
	var all []*opened
	var bodies [][]byte
	err := db.Each(ctx, q, "reading members", `SELECT m.id, m.list_id, m.state, m.applied_at, m.body
		FROM predisclosure_members m WHERE `+where, []any{arg}, func(scan db.Scan) error {
		o := &opened{Member: new(Member)}
		var applied int64
		var body []byte
		err := scan(&o.ID, &o.List, &o.State, &applied, &body)
		o.Applied = db.FromMicros(applied)
		all, bodies = append(all, o), append(bodies, body)
		return err
	})
	if err != nil {
		return nil, err
	}
	lists := map[string]List{}
	for i, o := range all {
		if o.key, err = s.Keys.Key(ctx, q, scopeOf(o.ID)); err != nil {
			return nil, fmt.Errorf("reading member %s: %w", o.ID, err)
		}
		if err := unseal(o.key, bodies[i], o.Member); err != nil {
			return nil, fmt.Errorf("reading member %s: %w", o.ID, err)
		}
		if _, ok := lists[o.List]; !ok {
			if lists[o.List], err = readList(ctx, q, o.List); err != nil {
				return nil, err
			}
		}
		o.rules = lists[o.List]
	}
	return all, readLinks(ctx, q, all, where, arg)
}

// readLinks tells the contacts of members who they sign in as.
func readLinks(ctx context.Context, q db.Queryer, all []*opened, where string, arg any) error {
	byID := map[string]*opened{}
	for _, o := range all {
		byID[o.ID] = o
	}
	users := map[string][]*Contact{}
	err := db.Each(ctx, q, "reading the logins of contacts", `SELECT c.member_id, c.contact_id, c.user_id
		FROM predisclosure_contacts c JOIN predisclosure_members m ON m.id = c.member_id WHERE `+where, []any{arg},
		func(scan db.Scan) error {
			var member, contact, user string
			if err := scan(&member, &contact, &user); err != nil {
				return err
			}
			if o := byID[member]; o != nil {
				if c := o.contact(contact); c != nil {
					c.UserID = user
					users[user] = append(users[user], c)
				}
			}
			return nil
		})
	if err != nil {
		return err
	}
	known, err := account.Known(ctx, q, slices.Sorted(maps.Keys(users)))
	for id, contacts := range users {
		u, ok := known[id]
		for _, c := range contacts {
			c.CanSignIn = ok && u.Active()
		}
	}
	return err
}

// save writes a member that load gave.
func (o *opened) save(ctx context.Context, tx *db.Tx) error {
	body, err := sealed(o.key, o.Member)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE predisclosure_members SET state = $1, body = $2 WHERE id = $3`, string(o.State), body, o.ID); err != nil {
		return fmt.Errorf("writing member %s: %w", o.ID, err)
	}
	return nil
}

// saveLinks writes who the contacts sign in as.
func (o *opened) saveLinks(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM predisclosure_contacts WHERE member_id = $1`, o.ID)
	for _, c := range o.Contacts {
		if err == nil && c.UserID != "" {
			_, err = tx.Exec(ctx, `INSERT INTO predisclosure_contacts (member_id, contact_id, user_id) VALUES ($1, $2, $3)`, o.ID, c.ID, c.UserID)
		}
	}
	if err != nil {
		return fmt.Errorf("writing the logins of member %s: %w", o.ID, err)
	}
	return nil
}

func sealed(key *seal.Key, m *Member) ([]byte, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("writing a member as JSON: %w", err)
	}
	return key.Seal(bodyContext, b), nil
}

func unseal(key *seal.Key, b []byte, m *Member) error {
	plain, err := key.Open(bodyContext, b)
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, m)
}

// found turns the absence of a row into the answer for what is not there.
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errs.Missing()
	}
	return err
}
