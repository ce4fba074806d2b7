package subscribe

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/jobs"
)

// Letters that ask to confirm are bounded: for an address, so that nobody is
// pestered through us; and in all, so that we do not become known for it.
const (
	betweenLetters = time.Hour
	lettersWithin  = 24 * time.Hour // at most three
	lettersPerHour = 600            // in all
)

// confirmation is the body of the job for a letter that asks to confirm.
type confirmation struct {
	ID    string `json:"id"`
	Round int64  `json:"round"`
}

// Kinds of the jobs.
const (
	KindConfirm = "subscription"
	KindNotice  = "notice"
	KindWebhook = "webhook"
)

// Ask asks for a subscription. It answers nil whether the address is known or
// not: all else is in the letter that goes there, one an hour and three a day
// at most. The wish counts when a letter goes out that tells it. An address
// that is subscribed already is told so, and nothing is changed.
//
// The error is errs.Problems if the wish is not well formed, and
// errs.Unavailable while too many ask, whatever the address.
func (s *Store) Ask(ctx context.Context, c acl.Caller, w Wish) error {
	if err := may(c, acl.Subscribe, acl.Subscribe); err != nil {
		return err
	}
	w, err := w.check(s.Site)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.fewLetters(ctx, tx); err != nil {
			return err
		}
		lookup := lookupOf(s.Keys, w.Address)
		sub, known, err := find(ctx, tx, "lookup", lookup)
		if err != nil {
			return err
		}
		now := s.now()
		if known && (now.Sub(sub.letters[0]) < betweenLetters || now.Sub(sub.letters[2]) < lettersWithin) {
			return nil
		}
		if !known {
			sub = Subscription{ID: db.NewID(s.Rand), Created: now}
			if err := s.add(ctx, tx, sub, lookup); err != nil {
				return err
			}
		}
		if sub, err = s.asked(ctx, tx, sub, w); err != nil {
			return err
		}
		sub.letters = [3]time.Time{now, sub.letters[0], sub.letters[1]}
		if err := s.put(ctx, tx, sub); err != nil {
			return err
		}
		if err := s.letter(ctx, tx, sub); err != nil {
			return err
		}
		return s.record(ctx, tx, c, didAsk, "subscription/"+sub.ID)
	})
}

// fewLetters refuses when more letters went out within an hour than should.
func (s *Store) fewLetters(ctx context.Context, tx *db.Tx) error {
	var n int
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM subscriptions WHERE letter_at > $1`, db.Micros(s.now().Add(-time.Hour))).Scan(&n)
	if err != nil {
		return fmt.Errorf("counting letters: %w", err)
	}
	if n >= lettersPerHour {
		return &errs.Error{Kind: errs.Unavailable, Message: "More people ask for notices than we can write to at the moment.", Hint: "please try again in an hour"}
	}
	return nil
}

// add makes the row of a new subscription; put fills it.
func (s *Store) add(ctx context.Context, tx *db.Tx, sub Subscription, lookup string) error {
	_, err := tx.Exec(ctx, `INSERT INTO subscriptions (id, number, lookup, state, products, least, prenotices, round, created_at,
		letter_at, letter2_at, letter3_at, confirmed_at, ended_at, bounces, bounced_at, address)
		SELECT $1, (SELECT COALESCE(MAX(number), 0) + 1 FROM subscriptions), $2, $3, '[]', 'low', FALSE, 0, $4,
		0, 0, 0, 0, 0, 0, 0, $5`, sub.ID, lookup, string(Asked), db.Micros(sub.Created), []byte{})
	if err != nil {
		return fmt.Errorf("adding a subscription: %w", err)
	}
	return nil
}

// asked gives the subscription as it stands after the wish.
func (s *Store) asked(ctx context.Context, tx *db.Tx, sub Subscription, w Wish) (Subscription, error) {
	to, err := sub.State.step(eventAsk)
	if err != nil || to == Confirmed {
		return sub, err
	}
	key, err := s.key(ctx, tx)
	if err != nil {
		return sub, err
	}
	sub.State, sub.bounces, sub.bounced = to, 0, time.Time{}
	sub.Products, sub.Least, sub.Prenotices = w.Products, w.Least, w.Prenotices
	sub.sealed = key.Seal(addressPlace(sub.ID), []byte(w.Address))
	sub.round++
	return sub, nil
}

// letter puts the job for the letter that asks to confirm.
func (s *Store) letter(ctx context.Context, tx *db.Tx, sub Subscription) error {
	body, err := json.Marshal(confirmation{sub.ID, sub.round})
	if err != nil {
		return err
	}
	_, err = s.Jobs.Put(ctx, tx, jobs.Job{Kind: KindConfirm, Scope: scope, Body: body,
		Key: fmt.Sprintf("%s/%d", sub.ID, db.Micros(sub.letters[0]))})
	return err
}

// held finds what a token is for. Whatever is wrong with it, the error is the
// same.
func (s *Store) held(ctx context.Context, q db.Queryer, secret string) (Subscription, token, error) {
	t, err := parseToken(secret)
	if err != nil {
		return Subscription{}, t, err
	}
	sub, known, err := find(ctx, q, "id", t.id)
	if err != nil {
		return sub, t, err
	}
	if !t.fits(s.Keys, sub.round) || !known {
		return Subscription{}, t, errLink()
	}
	if sub.State == Asked && s.now().Sub(sub.letters[0]) >= Unconfirmed {
		return Subscription{}, t, errLink()
	}
	return sub, t, nil
}

// Confirm makes a subscription count. To do so twice is no mistake. The error
// is errs.NotFound for a token that is no good, and errs.Conflict for a
// subscription that has ended.
func (s *Store) Confirm(ctx context.Context, c acl.Caller, secret string) (Subscription, error) {
	return s.withToken(ctx, c, secret, didConfirm, func(sub *Subscription, t token) (bool, error) {
		if t.purpose != toConfirm {
			return false, errLink()
		}
		to, err := sub.State.step(eventConfirm)
		if err != nil || sub.State == to {
			return false, err
		}
		sub.State, sub.Confirmed, sub.bounces, sub.bounced = to, s.now(), 0, time.Time{}
		return true, nil
	})
}

// End ends a subscription and erases the address. To do so twice is no
// mistake, nor for one whose last trace is gone. Both tokens end it: that of
// the first letter says that it was not wanted. It is what a POST with
// List-Unsubscribe=One-Click does (rfc8058:3.2); a GET must not.
func (s *Store) End(ctx context.Context, c acl.Caller, secret string) error {
	t, err := parseToken(secret)
	if err == nil && t.purpose == toKeep && t.fits(s.Keys, 0) {
		gone := false
		err := s.DB.Read(ctx, func(q db.Queryer) error {
			_, known, err := find(ctx, q, "id", t.id)
			gone = !known
			return err
		})
		if err != nil {
			return err
		}
		if gone {
			return may(c, acl.Subscribe, acl.Subscribe)
		}
	}
	_, err = s.withToken(ctx, c, secret, didEnd, func(sub *Subscription, _ token) (bool, error) {
		to, err := sub.State.step(eventEnd)
		changed := sub.State != to
		sub.State = to
		return changed, err
	})
	return err
}

// View shows a subscription to whoever holds one of its tokens.
func (s *Store) View(ctx context.Context, c acl.Caller, secret string) (sub Subscription, err error) {
	if err := may(c, acl.Subscribe, acl.Subscribe); err != nil {
		return Subscription{}, err
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		if sub, _, err = s.held(ctx, q, secret); err != nil {
			return err
		}
		sub, err = s.unseal(ctx, q, sub)
		return err
	})
	if err != nil {
		return Subscription{}, err
	}
	return sub, nil
}

// Keeps tells whether a token is the one that keeps a subscription, for the
// page to show the right buttons. It says nothing of whether it is good.
func Keeps(secret string) bool {
	t, err := parseToken(secret)
	return err == nil && t.purpose == toKeep
}

// Change changes what is told. The address of the wish is not used: another
// address is another subscription.
func (s *Store) Change(ctx context.Context, c acl.Caller, secret string, w Wish) (Subscription, error) {
	var ps errs.Problems
	products, least := checkInterest(&ps, s.Site, w.Products, w.Least)
	if err := may(c, acl.Subscribe, acl.Subscribe); err != nil {
		return Subscription{}, err
	}
	return s.withToken(ctx, c, secret, didChange, func(sub *Subscription, t token) (bool, error) {
		if t.purpose != toKeep {
			return false, errLink()
		}
		if _, err := sub.State.step(eventChange); err != nil {
			return false, err
		}
		sub.Products, sub.Least, sub.Prenotices = products, least, w.Prenotices
		return true, ps.Err()
	})
}

// withToken does something to the subscription of a token, and records it if
// it changed anything.
func (s *Store) withToken(ctx context.Context, c acl.Caller, secret string, did acl.Action,
	do func(sub *Subscription, t token) (changed bool, err error)) (sub Subscription, err error) {
	if err := may(c, acl.Subscribe, acl.Subscribe); err != nil {
		return Subscription{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		var t token
		if sub, t, err = s.held(ctx, tx, secret); err != nil {
			return err
		}
		changed, err := do(&sub, t)
		if err != nil {
			return err
		}
		if changed {
			if err := s.put(ctx, tx, sub); err != nil {
				return err
			}
			if err := s.record(ctx, tx, c, did, "subscription/"+sub.ID); err != nil {
				return err
			}
		}
		if sub.State.over() {
			sub.sealed = nil
		}
		sub, err = s.unseal(ctx, tx, sub)
		return err
	})
	if err != nil {
		return Subscription{}, err
	}
	return sub, nil
}

// A subscription ends when letters bounced for good on so many days. A day
// counts once, for one bad hour of a mail server meets all letters of that
// hour. One that was never confirmed ends at the first.
const (
	maxBounces  = 3
	bounceCount = 24 * time.Hour
)

// Bounced notes that a letter to a subscription came back, or was refused:
// permanent as an enhanced status 5.x.x says it (rfc3463:2). Others are not
// counted. For Steward itself, which reads the bounces; errs.NotFound if there
// is no such subscription.
func (s *Store) Bounced(ctx context.Context, c acl.Caller, id string, permanent bool) error {
	if !acl.Allow(acl.NoticeSend, c.Role) || !db.ValidID(id) {
		return errs.Missing()
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		sub, known, err := find(ctx, tx, "id", id)
		if err != nil {
			return err
		}
		if !known {
			return errs.Missing()
		}
		now := s.now()
		if !permanent || sub.State.over() || now.Sub(sub.bounced) < bounceCount {
			return nil
		}
		sub.bounces++
		sub.bounced = now
		if sub.State == Confirmed && sub.bounces < maxBounces {
			return s.put(ctx, tx, sub)
		}
		if sub.State, err = sub.State.step(eventBounce); err != nil {
			return err
		}
		if err := s.put(ctx, tx, sub); err != nil {
			return err
		}
		return s.record(ctx, tx, c, didBounce, "subscription/"+sub.ID)
	})
}
