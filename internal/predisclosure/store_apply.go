package predisclosure

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// Labels of the keys that are derived from the master key. A change of one
// makes every older token unknown.
const (
	labelToken = "predisclosure token"
	labelText  = "predisclosure application"
)

// maxWaiting is how many applications of one list may wait for their first
// look: more than people can read, and few enough to list.
const maxWaiting = 1_000

// Ack is the answer to an application. It is the same whoever applies, whether
// or not they are known, and each time that the same application is sent.
type Ack struct {
	Reference string    // names the application when talking with the team
	At        time.Time // when it was kept; UTC
}

// Apply keeps an application to an open list: when it returns, the application
// is on the disk. The same one sent again, by its token, gives the same answer;
// another one with that token is errs.Conflict.
func (s *Store) Apply(ctx context.Context, c acl.Caller, listID string, a Application) (Ack, error) {
	if err := acl.Check(acl.ListApply, acl.ListApply, senderRoles(c)...); err != nil {
		return Ack{}, err
	}
	if !validSlug(listID) {
		return Ack{}, errs.Missing()
	}
	now := s.now()
	if err := a.check(now); err != nil {
		return Ack{}, err
	}
	m, err := newMember(s.newID(), List{ID: listID}, a, now, s.newID)
	if err != nil {
		return Ack{}, err
	}
	sum, err := a.sum()
	if err != nil {
		return Ack{}, err
	}
	token := s.keyed(labelToken, []byte(a.Token))
	text := s.keyed(labelText, append([]byte(listID+"\x00"), sum...))
	var ack Ack
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		var sent bool
		if ack, sent, err = resent(ctx, tx, token, text); err != nil || sent {
			return err
		}
		ack = Ack{Reference: m.ID, At: m.Applied}
		if err := mayTake(ctx, tx, listID, a.Agreement); err != nil {
			return err
		}
		return s.file(ctx, tx, c, m, token, text)
	})
	if err != nil {
		return Ack{}, err
	}
	return ack, nil
}

func (s *Store) keyed(label string, b []byte) string {
	h := hmac.New(sha256.New, s.Keys.Derive(label))
	h.Write(b)
	return hex.EncodeToString(h.Sum(nil))
}

// resent looks for an application that was sent with the token before.
func resent(ctx context.Context, q db.Queryer, token, text string) (Ack, bool, error) {
	var ack Ack
	var before string
	var at int64
	err := q.QueryRow(ctx, `SELECT id, applied_at, text_hash FROM predisclosure_members WHERE token_hash = $1`, token).
		Scan(&ack.Reference, &at, &before)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Ack{}, false, nil
	case err != nil:
		return Ack{}, false, fmt.Errorf("looking for an application that was sent before: %w", err)
	case before != text:
		return Ack{}, false, errs.Conflictf("An application was already sent with this form, and its text was another.").
			WithHint("write to us to add to it, or open a new form")
	}
	ack.At = db.FromMicros(at)
	return ack, true, nil
}

// mayTake tells why a list takes no application now.
func mayTake(ctx context.Context, q db.Queryer, listID string, agreement int) error {
	l, err := readList(ctx, q, listID)
	switch {
	case err != nil:
		return err
	case !l.Open:
		return errs.Missing()
	case agreement != l.Agreement.Version:
		return errs.Conflictf("The agreement has another version now.").WithHint("reload the form and read it")
	}
	var waiting int
	err = q.QueryRow(ctx, `SELECT count(*) FROM predisclosure_members WHERE list_id = $1 AND state = $2`, listID, string(Applied)).Scan(&waiting)
	if err == nil && waiting >= maxWaiting {
		return errs.Conflictf("More applications wait than we can read.").WithHint("try again in some days, or write to us")
	}
	return err
}

// file writes a new member and the record.
func (s *Store) file(ctx context.Context, tx *db.Tx, c acl.Caller, m *Member, token, text string) error {
	key, err := s.Keys.Create(ctx, tx, scopeOf(m.ID))
	if err != nil {
		return err
	}
	body, err := sealed(key, m)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO predisclosure_members (id, list_id, state, applied_at, token_hash, text_hash, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, m.ID, m.List, string(m.State), db.Micros(m.Applied), token, text, body)
	if err != nil {
		return fmt.Errorf("keeping an application: %w", err)
	}
	return s.Audit.Append(ctx, tx, nil, c, acl.ListApply, scopeOf(m.ID), map[string]string{"event": "apply", "list": m.List, "to": string(m.State)})
}
