package predisclosure

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// readList reads a list; errs.NotFound if there is none.
func readList(ctx context.Context, q db.Queryer, id string) (List, error) {
	l := List{ID: id}
	if !validSlug(id) {
		return l, errs.Missing()
	}
	var since, by int64
	var body string
	err := q.QueryRow(ctx, `SELECT l.version, l.body, a.version, a.since, a.accept_by, a.text
		FROM predisclosure_lists l JOIN predisclosure_agreements a ON a.list_id = l.id AND a.version = l.agreement
		WHERE l.id = $1`, id).Scan(&l.Version, &body, &l.Agreement.Version, &since, &by, &l.Agreement.Text)
	if err := found(err); err != nil {
		return l, err
	}
	if err := json.Unmarshal([]byte(body), &l); err != nil {
		return l, fmt.Errorf("reading list %s: %w", id, err)
	}
	l.Agreement.Since, l.Agreement.AcceptBy = db.FromMicros(since), db.Moment(by)
	l.deadlines = map[int]time.Time{}
	err = db.Each(ctx, q, "reading agreements", `SELECT version, accept_by FROM predisclosure_agreements WHERE list_id = $1 AND version > 1`,
		[]any{id}, func(scan db.Scan) error {
			var version int
			var by int64
			err := scan(&version, &by)
			l.deadlines[version] = db.FromMicros(by)
			return err
		})
	return l, err
}

// seesList tells whether the caller may see a list: the open ones everyone,
// all of them the team, and a contact those that the member is on.
func seesList(ctx context.Context, q db.Queryer, c acl.Caller, l List) (bool, error) {
	if acl.Allow(acl.ListRead, ownRoles(c)...) || acl.Allow(acl.ListReach, ownRoles(c)...) {
		return true, nil
	}
	if l.Open && acl.Allow(acl.ListApply, senderRoles(c)...) {
		return true, nil
	}
	if !person(c) {
		return false, nil
	}
	var n int
	err := q.QueryRow(ctx, `SELECT count(*) FROM predisclosure_contacts c JOIN predisclosure_members m ON m.id = c.member_id
		WHERE c.user_id = $1 AND m.list_id = $2`, c.ID, l.ID).Scan(&n)
	return n > 0, err
}

// Lists gives the lists that the caller may see, by name: all for the team, the
// open ones for everyone, and for a contact those that a member of theirs is on.
func (s *Store) Lists(ctx context.Context, c acl.Caller) (list []List, err error) {
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		ids, err := listIDs(ctx, q)
		if err != nil {
			return err
		}
		for _, id := range ids {
			l, err := readList(ctx, q, id)
			if err != nil {
				return err
			}
			sees, err := seesList(ctx, q, c, l)
			if err != nil {
				return err
			}
			if sees {
				list = append(list, l)
			}
		}
		return nil
	})
	slices.SortFunc(list, func(a, b List) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
	})
	return list, err
}

func listIDs(ctx context.Context, q db.Queryer) ([]string, error) {
	var ids []string
	ids, err := db.Column[string](ctx, q, "listing lists", `SELECT id FROM predisclosure_lists`)
	slices.Sort(ids)
	return ids, err
}

// List reads one list with the agreement in force: an open one for everyone.
func (s *Store) List(ctx context.Context, c acl.Caller, id string) (l List, err error) {
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		l, err = s.visibleList(ctx, q, c, id)
		return err
	})
	if err != nil {
		return List{}, err
	}
	return l, nil
}

func (s *Store) visibleList(ctx context.Context, q db.Queryer, c acl.Caller, id string) (List, error) {
	l, err := readList(ctx, q, id)
	if err != nil {
		return List{}, err
	}
	sees, err := seesList(ctx, q, c, l)
	if err == nil && !sees {
		err = errs.Missing()
	}
	return l, err
}

// Agreement gives a version of the agreement of a list, for whoever sees the list.
func (s *Store) Agreement(ctx context.Context, c acl.Caller, listID string, version int) (a Agreement, err error) {
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		if _, err := s.visibleList(ctx, q, c, listID); err != nil {
			return err
		}
		var since, by int64
		err := q.QueryRow(ctx, `SELECT since, accept_by, text FROM predisclosure_agreements WHERE list_id = $1 AND version = $2`,
			listID, int64(version)).Scan(&since, &by, &a.Text)
		a.Version, a.Since, a.AcceptBy = version, db.FromMicros(since), db.Moment(by)
		return found(err)
	})
	if err != nil {
		return Agreement{}, err
	}
	return a, nil
}

func mayEdit(c acl.Caller) error { return acl.Check(acl.ListRead, acl.ListEdit, ownRoles(c)...) }

// CreateList makes a list, for example the one that DefaultList gives. Of its
// agreement the text counts alone: it becomes version 1.
func (s *Store) CreateList(ctx context.Context, c acl.Caller, l List) (List, error) {
	if err := mayEdit(c); err != nil {
		return List{}, err
	}
	if err := l.check(); err != nil {
		return List{}, err
	}
	l.Version, l.deadlines = 1, map[int]time.Time{}
	l.Agreement = Agreement{Version: 1, Text: l.Agreement.Text, Since: s.now()}
	body, err := json.Marshal(l)
	if err != nil {
		return List{}, fmt.Errorf("writing a list as JSON: %w", err)
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO predisclosure_lists (id, version, agreement, body) VALUES ($1, 1, 1, $2)`, l.ID, string(body))
		if err != nil {
			return err
		}
		if err := insertAgreement(ctx, tx, l); err != nil {
			return err
		}
		return s.recordList(ctx, tx, c, l, "create")
	})
	if db.IsUnique(err) {
		return List{}, errs.Invalidf("id", "There is a list of this name already.").WithHint("choose another name in addresses")
	}
	if err != nil {
		return List{}, err
	}
	return l, nil
}

func insertAgreement(ctx context.Context, tx *db.Tx, l List) error {
	by := int64(0)
	if !l.Agreement.AcceptBy.IsZero() {
		by = db.Micros(l.Agreement.AcceptBy)
	}
	_, err := tx.Exec(ctx, `INSERT INTO predisclosure_agreements (list_id, version, since, accept_by, text) VALUES ($1, $2, $3, $4, $5)`,
		l.ID, int64(l.Agreement.Version), db.Micros(l.Agreement.Since), by, l.Agreement.Text)
	return err
}

// EditList changes a list; l.Version is that of the list as it was read, or
// the error is an errs.Conflict. Another text of the agreement is a new version
// of it, which members have to accept by l.Agreement.AcceptBy, a day to a year
// from now: after that they get no notices until they do.
func (s *Store) EditList(ctx context.Context, c acl.Caller, l List) (List, error) {
	if err := mayEdit(c); err != nil {
		return List{}, err
	}
	if !validSlug(l.ID) {
		return List{}, errs.Missing()
	}
	if err := l.check(); err != nil {
		return List{}, err
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		old, err := readList(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		if old.Version != l.Version {
			return errs.Conflictf("Someone else changed the list while you were at it.").
				WithHint("reload it, look at what changed, and do it again")
		}
		l.Version++
		l.deadlines = old.deadlines
		did := "edit"
		if l.Agreement.Text == old.Agreement.Text {
			l.Agreement = old.Agreement
		} else {
			did = "change the agreement"
			now := s.now()
			if err := checkAcceptBy(l.Agreement.AcceptBy, now); err != nil {
				return err
			}
			l.Agreement = Agreement{
				Version: old.Agreement.Version + 1, Text: l.Agreement.Text,
				Since: now, AcceptBy: l.Agreement.AcceptBy.UTC().Truncate(time.Microsecond),
			}
			l.deadlines[l.Agreement.Version] = l.Agreement.AcceptBy
			if err := insertAgreement(ctx, tx, l); err != nil {
				return err
			}
		}
		body, err := json.Marshal(l)
		if err != nil {
			return fmt.Errorf("writing a list as JSON: %w", err)
		}
		_, err = tx.Exec(ctx, `UPDATE predisclosure_lists SET version = $1, agreement = $2, body = $3 WHERE id = $4`,
			l.Version, int64(l.Agreement.Version), string(body), l.ID)
		if err != nil {
			return err
		}
		return s.recordList(ctx, tx, c, l, did)
	})
	if err != nil {
		return List{}, err
	}
	return l, nil
}

func (s *Store) recordList(ctx context.Context, tx *db.Tx, c acl.Caller, l List, did string) error {
	return s.Audit.Append(ctx, tx, nil, c, acl.ListEdit, scopeOf(l.ID), map[string]string{
		"event": did, "list": l.ID, "agreement": strconv.Itoa(l.Agreement.Version),
		"open": strconv.FormatBool(l.Open), "attest months": strconv.Itoa(l.AttestMonths),
	})
}
