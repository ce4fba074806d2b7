package cvd

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/intake"
)

// A channel check is a report that Steward sends to itself by one of the ways
// in which reporters reach the team, and looks for where people would see it. Its
// case has a number of its own sequence, wakes nobody, and is closed once it was
// seen.

// ChannelCheck is one such trial.
type ChannelCheck struct {
	ID      string
	Channel intake.Channel
	Begun   time.Time
	Arrived time.Time // when its report was filed; zero: it was not
	Ended   time.Time // zero while it is under way
	Problem string    // why the channel is not proved; empty: it is, once Ended
}

// checkTitle begins the title of a check's report; its id follows.
const checkTitle = "Channel check "

// CheckReport is what a check sends. Nobody else knows the id.
func CheckReport(id string) (title, text string) {
	return checkTitle + id, "Steward sends this to itself, to see that reports arrive this way. Nobody needs to do anything.\n\nCheck " + id + "\n"
}

// BeginCheck begins a check of a channel. c is acl.Myself().
func (s *Store) BeginCheck(ctx context.Context, c acl.Caller, channel intake.Channel) (ChannelCheck, error) {
	if err := acl.Check(acl.ChannelTry, acl.ChannelTry, ownRoles(c)...); err != nil {
		return ChannelCheck{}, err
	}
	k := ChannelCheck{ID: db.NewID(s.Rand), Channel: channel, Begun: s.now()}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO channel_checks (id, channel, begun_at, arrived_at, case_id, ended_at, problem)
			VALUES ($1, $2, $3, 0, '', 0, '')`, k.ID, string(channel), db.Micros(k.Begun))
		return err
	})
	return k, err
}

// arrived takes a report that is a check for one: its id is known to us alone,
// and it came by the channel that is checked.
func (s *Store) arrived(ctx context.Context, tx *db.Tx, sub intake.Submission, caseID string) (id string, err error) {
	id, ok := strings.CutPrefix(sub.Summary, checkTitle)
	if !ok || !db.ValidID(id) {
		return "", nil
	}
	_, text := CheckReport(id)
	if strings.TrimSpace(sub.What) != strings.TrimSpace(text) {
		return "", nil
	}
	err = tx.QueryRow(ctx, `UPDATE channel_checks SET arrived_at = $1, case_id = $2
		WHERE id = $3 AND channel = $4 AND case_id = '' AND ended_at = 0 RETURNING id`,
		db.Micros(s.now()), caseID, id, string(sub.Channel)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("looking for a channel check: %w", err)
	}
	return id, nil
}

// EndCheck looks whether the report of a check is where people would see it,
// closes its case and keeps what came of it. With give up, a report that has
// not come is not waited for any longer; words say what went wrong on the way.
func (s *Store) EndCheck(ctx context.Context, c acl.Caller, id string, giveUp bool, words string) (ChannelCheck, error) {
	if err := acl.Check(acl.ChannelTry, acl.ChannelTry, ownRoles(c)...); err != nil {
		return ChannelCheck{}, err
	}
	var k ChannelCheck
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		var caseID string
		var err error
		if k, caseID, err = readCheck(ctx, tx, id); err != nil || !k.Ended.IsZero() {
			return err
		}
		if caseID == "" && !giveUp {
			return nil
		}
		k.Ended, k.Problem = s.now(), words
		if caseID != "" {
			if err := s.closeCheck(ctx, tx, c, caseID, &k); err != nil {
				return err
			}
		} else if words == "" {
			k.Problem = "its report has not arrived"
		}
		_, err = tx.Exec(ctx, `UPDATE channel_checks SET ended_at = $1, problem = $2 WHERE id = $3`, db.Micros(k.Ended), k.Problem, id)
		return err
	})
	return k, err
}

// closeCheck reads the case of a check as a person would, and closes it.
func (s *Store) closeCheck(ctx context.Context, tx *db.Tx, c acl.Caller, caseID string, k *ChannelCheck) error {
	o, err := s.load(ctx, tx, caseID)
	if err != nil {
		return err
	}
	r, err := intake.Read(ctx, tx, o.key, o.Report)
	if err != nil {
		return err
	}
	k.Problem = ""
	if title, text := CheckReport(k.ID); r.Submission.Summary != title || strings.TrimSpace(r.Submission.What) != strings.TrimSpace(text) {
		k.Problem = "its report is not as it was sent"
	}
	if err := o.move(EventDecline, "a channel check", k.Ended); err != nil {
		return err
	}
	if err := o.save(ctx, tx); err != nil {
		return err
	}
	return s.record(ctx, tx, o, c, ownRoles(c), acl.ChannelTry, map[string]string{"ref": o.Ref, "channel": string(k.Channel)})
}

func readCheck(ctx context.Context, q db.Queryer, id string) (k ChannelCheck, caseID string, err error) {
	k.ID = id
	var begun, arrived, ended int64
	var channel string
	err = q.QueryRow(ctx, `SELECT channel, begun_at, arrived_at, case_id, ended_at, problem FROM channel_checks WHERE id = $1`, id).
		Scan(&channel, &begun, &arrived, &caseID, &ended, &k.Problem)
	if errors.Is(err, sql.ErrNoRows) {
		return k, "", errs.Missing()
	}
	if err != nil {
		return k, "", fmt.Errorf("reading a channel check: %w", err)
	}
	k.Channel, k.Begun, k.Arrived, k.Ended = intake.Channel(channel), db.FromMicros(begun), since(arrived), since(ended)
	return k, caseID, nil
}

func since(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return db.FromMicros(us)
}

// ChannelState is how one channel stands, for everyone to see.
type ChannelState struct {
	Channel intake.Channel
	Proved  time.Time // when a check last ended well; zero: never
	Tried   time.Time // when one last ended
	Problem string    // of that last one; empty: it ended well
}

// Channels gives how each channel stands that was ever tried. Anyone may know.
func (s *Store) Channels(ctx context.Context) (list []ChannelState, err error) {
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		list = nil
		for _, ch := range []intake.Channel{intake.Web, intake.API, intake.Mail} {
			var proved, tried sql.NullInt64
			err := q.QueryRow(ctx, `SELECT MAX(CASE WHEN problem = '' THEN arrived_at ELSE NULL END), MAX(ended_at)
				FROM channel_checks WHERE channel = $1 AND ended_at > 0`, string(ch)).Scan(&proved, &tried)
			if err != nil {
				return fmt.Errorf("reading how the channels stand: %w", err)
			}
			if !tried.Valid {
				continue
			}
			st := ChannelState{Channel: ch, Proved: since(proved.Int64), Tried: since(tried.Int64)}
			err = q.QueryRow(ctx, `SELECT problem FROM channel_checks WHERE channel = $1 AND ended_at = $2`, string(ch), tried.Int64).Scan(&st.Problem)
			if err != nil {
				return fmt.Errorf("reading how the channels stand: %w", err)
			}
			list = append(list, st)
		}
		return nil
	})
	return list, err
}
