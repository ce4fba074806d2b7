package account

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// SignedIn is a person who has just come in.
type SignedIn struct {
	Cookie  string // the session's secret, for an HttpOnly, Secure, SameSite=Lax cookie
	Session Session
	Caller  acl.Caller
}

const sessionColumns = "s.id, s.user_id, s.report_id, s.passkey_id, s.agent, s.created_at, s.seen_at, s.expires_at"

// sessionRow reads sessionColumns, and more of the row into rest.
func sessionRow(row scanner, rest ...any) (Session, error) {
	var s Session
	var user sql.NullString
	var created, seen, expires int64
	dest := append([]any{&s.ID, &user, &s.Report, &s.Passkey, &s.Agent, &created, &seen, &expires}, rest...)
	if err := row.Scan(dest...); err != nil {
		return Session{}, err
	}
	s.UserID = user.String
	s.Created, s.Seen, s.Expires = db.FromMicros(created), db.FromMicros(seen), db.FromMicros(expires)
	return s, nil
}

func scanSession(row scanner) (Session, error) { return sessionRow(row) }

// signIn opens a session for a user who has proved who they are, and records it.
func (s *Store) signIn(ctx context.Context, tx *db.Tx, u User, passkeyID, agent string, how map[string]string) (SignedIn, error) {
	if !u.Active() {
		return SignedIn{}, disabled(u)
	}
	secret, err := newSecret(s.Rand)
	if err != nil {
		return SignedIn{}, err
	}
	if agent = cleanAgent(agent); agent == "" {
		agent = agentUnknown
	}
	now := s.now()
	se := Session{ID: db.NewID(s.Rand), UserID: u.ID, Passkey: passkeyID, Agent: agent, Created: now, Seen: now, Expires: now.Add(userLife)}
	if err := insertSession(ctx, tx, se, secret); err != nil {
		return SignedIn{}, err
	}
	if err := s.record(ctx, tx, u.Caller(), didSignIn, u.ID, how); err != nil {
		return SignedIn{}, err
	}
	se.FormToken = formToken(secret)
	return SignedIn{Cookie: secret, Session: se, Caller: u.Caller()}, nil
}

// insertSession keeps a new session, and ends the one longest unused where
// there are too many of the same user or mailbox.
func insertSession(ctx context.Context, tx *db.Tx, se Session, secret string) error {
	user := sql.NullString{String: se.UserID, Valid: se.UserID != ""}
	_, err := tx.Exec(ctx, `INSERT INTO sessions (id, hash, user_id, report_id, passkey_id, agent, created_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		se.ID, hashOf(secret), user, se.Report, se.Passkey, se.Agent, db.Micros(se.Created), db.Micros(se.Seen), db.Micros(se.Expires))
	if err != nil {
		return fmt.Errorf("opening a session: %w", err)
	}
	column, value := "user_id", se.UserID
	if se.Report != "" {
		column, value = "report_id", se.Report
	}
	_, err = tx.Exec(ctx, "DELETE FROM sessions WHERE "+column+" = $1 AND id NOT IN (SELECT id FROM sessions WHERE "+
		column+" = $1 ORDER BY seen_at DESC, created_at DESC LIMIT $2)", value, maxSessions)
	if err != nil {
		return fmt.Errorf("ending the oldest session: %w", err)
	}
	return nil
}

// OpenMailbox opens the mailbox of a report to whoever has just shown its
// phrase, and gives the cookie's secret. Call it only then: it asks for no
// proof. It leaves no audit entry, since the record tells what is done to a
// case, not when a reporter looks.
func (s *Store) OpenMailbox(ctx context.Context, reportID string) (cookie string, err error) {
	if reportID == "" {
		return "", errs.Missing()
	}
	if cookie, err = newSecret(s.Rand); err != nil {
		return "", err
	}
	now := s.now()
	se := Session{ID: db.NewID(s.Rand), Report: reportID, Created: now, Seen: now, Expires: now.Add(mailboxLife)}
	if err := s.DB.Write(ctx, func(tx *db.Tx) error { return insertSession(ctx, tx, se, cookie) }); err != nil {
		return "", err
	}
	return cookie, nil
}

// Authenticate finds out who holds a session's cookie. It writes only when the
// session was last seen more than five minutes ago. Where there is no session,
// or it has ended, the error is Denied with ErrSignedOut as its cause.
func (s *Store) Authenticate(ctx context.Context, cookie string) (Session, acl.Caller, error) {
	if len(cookie) != secretChars {
		return Session{}, acl.Caller{}, signedOut()
	}
	var se Session
	var name, role sql.NullString
	var off sql.NullInt64
	err := s.DB.Read(ctx, func(q db.Queryer) (err error) {
		se, err = sessionRow(q.QueryRow(ctx, "SELECT "+sessionColumns+", u.name, u.role, u.disabled_at"+
			" FROM sessions s LEFT JOIN users u ON u.id = s.user_id WHERE s.hash = $1", hashOf(cookie)), &name, &role, &off)
		return found(err, signedOut())
	})
	if err != nil {
		return Session{}, acl.Caller{}, err
	}
	now := s.now()
	if !se.live(now) || off.Int64 != 0 {
		return Session{}, acl.Caller{}, signedOut()
	}
	if now.Sub(se.Seen) >= touchEvery {
		if err := s.touch(ctx, se.ID, now); err != nil {
			return Session{}, acl.Caller{}, err
		}
		se.Seen = now
	}
	se.FormToken = formToken(cookie)
	if se.Report != "" {
		return se, acl.HolderOf(se.Report), nil
	}
	return se, acl.Caller{ID: se.UserID, Name: name.String, Role: acl.Role(role.String)}, nil
}

// touch notes that a session is in use, unless someone else has.
func (s *Store) touch(ctx context.Context, id string, now time.Time) error {
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2", id, db.Micros(now))
		return err
	})
	if err != nil {
		return fmt.Errorf("noting that a session is in use: %w", err)
	}
	return nil
}

// Sessions lists where a person is signed in, the latest seen first.
func (s *Store) Sessions(ctx context.Context, c acl.Caller, userID string) (list []Session, err error) {
	if err := mayKeep(c, userID); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		list, err = all(ctx, q, scanSession, "SELECT "+sessionColumns+" FROM sessions s WHERE s.user_id = $1", userID)
		return err
	})
	now := s.now()
	list = slices.DeleteFunc(list, func(se Session) bool { return !se.live(now) })
	slices.SortFunc(list, func(a, b Session) int { return b.Seen.Compare(a.Seen) })
	return list, err
}

// CountSessions counts the browsers that are signed in, as users and at
// mailboxes. Only Steward itself may.
func (s *Store) CountSessions(ctx context.Context, c acl.Caller) (users, mailboxes int, err error) {
	if !operator(c) {
		return 0, 0, errs.Missing()
	}
	now := db.Micros(s.now())
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		return q.QueryRow(ctx, `SELECT
			(SELECT COUNT(*) FROM sessions WHERE report_id = '' AND expires_at > $1 AND seen_at > $2),
			(SELECT COUNT(*) FROM sessions WHERE report_id <> '' AND expires_at > $1 AND seen_at > $3)`,
			now, now-userIdle.Microseconds(), now-mailboxIdle.Microseconds()).Scan(&users, &mailboxes)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("counting sessions: %w", err)
	}
	return users, mailboxes, nil
}

// EndSession signs a browser out from afar.
func (s *Store) EndSession(ctx context.Context, c acl.Caller, id string) error {
	if !db.ValidID(id) {
		return errs.Missing()
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		se, err := scanSession(tx.QueryRow(ctx, "SELECT "+sessionColumns+" FROM sessions s WHERE s.id = $1", id))
		if err != nil {
			return found(err, errs.Missing())
		}
		// A mailbox has no user, so nobody may end it: it is not even there.
		if err := mayKeep(c, se.UserID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM sessions WHERE id = $1", id); err != nil {
			return err
		}
		return s.record(ctx, tx, c, didEndSession, se.UserID, nil)
	})
}

// EndSessions signs a person out everywhere but in the session whose id is
// given; "" spares none.
func (s *Store) EndSessions(ctx context.Context, c acl.Caller, userID, except string) error {
	if err := mayKeep(c, userID); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		res, err := tx.Exec(ctx, "DELETE FROM sessions WHERE user_id = $1 AND id <> $2", userID, except)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil || n == 0 {
			return err
		}
		return s.record(ctx, tx, c, didEndSession, userID, map[string]string{"how many": fmt.Sprint(n)})
	})
}

// SignOut ends the session of a cookie: a user's or a mailbox's. One that has
// ended already is no error.
func (s *Store) SignOut(ctx context.Context, cookie string) error {
	if len(cookie) != secretChars {
		return nil
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		se, err := scanSession(tx.QueryRow(ctx, "SELECT "+sessionColumns+" FROM sessions s WHERE s.hash = $1", hashOf(cookie)))
		if err != nil {
			return found(err, nil)
		}
		if _, err := tx.Exec(ctx, "DELETE FROM sessions WHERE id = $1", se.ID); err != nil {
			return err
		}
		if se.UserID == "" || !se.live(s.now()) {
			return nil
		}
		u, err := readUser(ctx, tx, se.UserID)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, u.Caller(), didSignOut, u.ID, nil)
	})
}
