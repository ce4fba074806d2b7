package subscribe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/jobs"
)

// Workers does what was put into the queue: letters by deliver, webhooks by the
// store's own client. If deliver is nil letters wait, untried, until a server
// has one.
func (s *Store) Workers(deliver Deliver) []jobs.Worker {
	workers := []jobs.Worker{{Kind: KindWebhook, Most: 4, Limit: 2 * callTimeout, Do: s.callWebhook}}
	if deliver == nil {
		return workers
	}
	return append(workers,
		jobs.Worker{Kind: KindConfirm, Most: 2, Limit: letterTime, Do: func(ctx context.Context, t jobs.Task) error { return s.sendConfirmation(ctx, t, deliver) }},
		jobs.Worker{Kind: KindNotice, Most: 4, Limit: letterTime, Do: func(ctx context.Context, t jobs.Task) error { return s.sendNotice(ctx, t, deliver) }})
}

// letterTime is how long a letter may take. Servers think long about the end of
// one (rfc5321:4.5.3.2.6), and who does not wait for the answer is in doubt.
const letterTime = 12 * time.Minute

// subscription reads a subscription with its address. One that is gone has
// neither.
func (s *Store) subscription(ctx context.Context, id string) (sub Subscription, err error) {
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		if sub, _, err = find(ctx, q, "id", id); err != nil {
			return err
		}
		sub, err = s.unseal(ctx, q, sub)
		return err
	})
	return sub, err
}

// link is the URL for a token of a subscription.
func (s *Store) link(p purpose, sub Subscription) string {
	return s.Site.Token(makeToken(s.Keys, p, sub.ID, sub.round))
}

// sendConfirmation sends the letter that asks to confirm, or the one to an
// address that is subscribed already. A letter that another has replaced, or
// that nobody waits for any more, is not sent.
func (s *Store) sendConfirmation(ctx context.Context, t jobs.Task, deliver Deliver) error {
	var c confirmation
	if err := json.Unmarshal(t.Body, &c); err != nil {
		return jobs.Permanent("what is to be sent cannot be read", err)
	}
	sub, err := s.subscription(ctx, c.ID)
	if err != nil || sub.round != c.Round || sub.Address == "" {
		return err
	}
	m := Mail{To: sub.Address, Job: t.ID, Date: t.Created, Subscription: sub.ID}
	switch sub.State {
	case Asked:
		m.Subject, m.Text = ConfirmationText(sub, s.Site, s.link(toConfirm, sub))
	case Confirmed:
		if !t.Created.After(sub.Confirmed) { // it was late, and the link of it was followed
			return nil
		}
		m.Subject, m.Text = KnownText(sub, s.Site, s.link(toKeep, sub))
	default:
		return nil
	}
	return s.deliver(ctx, m, deliver)
}

// sendNotice tells one subscriber of one entry, if they still want it.
func (s *Store) sendNotice(ctx context.Context, t jobs.Task, deliver Deliver) error {
	var n notice
	if err := json.Unmarshal(t.Body, &n); err != nil {
		return jobs.Permanent("what is to be sent cannot be read", err)
	}
	sub, err := s.subscription(ctx, n.ID)
	if err != nil || sub.State != Confirmed {
		return err
	}
	e, err := s.entry(ctx, n.Seq)
	if err != nil {
		return err
	}
	link := s.link(toKeep, sub)
	m := Mail{To: sub.Address, UnsubscribeURL: link, Job: t.ID, Date: t.Created, Subscription: sub.ID}
	m.Subject, m.Text = NoticeText(e, s.Site)
	m.Text += footer(sub, s.Site, link)
	return s.deliver(ctx, m, deliver)
}

// deliver sends a mail. One that is refused for good counts as bounced.
func (s *Store) deliver(ctx context.Context, m Mail, deliver Deliver) error {
	err := deliver(ctx, m)
	if f, ok := errors.AsType[*jobs.Failure](err); ok && f.Permanent {
		if noted := s.Bounced(ctx, acl.Myself(), m.Subscription, true); noted != nil && !errs.Is(noted, errs.NotFound) {
			return errors.Join(err, noted)
		}
	}
	return err
}

// callWebhook tells one machine of one entry, if it is still wanted.
func (s *Store) callWebhook(ctx context.Context, t jobs.Task) error {
	var n notice
	if err := json.Unmarshal(t.Body, &n); err != nil {
		return jobs.Permanent("what is to be sent cannot be read", err)
	}
	var w keptHook
	err := s.DB.Read(ctx, func(q db.Queryer) (err error) {
		w, err = s.hook(ctx, q, n.ID)
		return err
	})
	if errs.Is(err, errs.NotFound) || err == nil && !w.Disabled.IsZero() {
		return nil
	}
	if err != nil {
		return err
	}
	e, err := s.entry(ctx, n.Seq)
	if err != nil {
		return err
	}
	body, err := EventOf(e, s.Site)
	if err != nil {
		return err
	}
	now := s.now()
	called := s.Hooks.call(ctx, w.URL, "msg_"+t.ID, now, w.secrets.active(now), body)
	if err := s.called(ctx, w.ID, now, called); err != nil {
		return err
	}
	if errors.Is(called, errGone) {
		return jobs.Permanent("the receiver wants to be called no more", nil)
	}
	return called
}

// called writes down how a call went.
func (s *Store) called(ctx context.Context, id string, at time.Time, result error) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if result == nil {
			return execute(ctx, tx, `UPDATE webhooks SET last_ok_at = $1, problem = '' WHERE id = $2`, db.Micros(at), id)
		}
		if errors.Is(result, errGone) {
			res, err := tx.Exec(ctx, `UPDATE webhooks SET disabled_at = $1, problem = $2, problem_at = $1 WHERE id = $3 AND disabled_at = 0`,
				db.Micros(at), "the receiver answered with status 410: it wants to be called no more", id)
			if err != nil {
				return fmt.Errorf("writing down a call: %w", err)
			}
			if n, err := res.RowsAffected(); err != nil || n == 0 {
				return err
			}
			return s.record(ctx, tx, acl.Myself(), didDisableHook, "webhook/"+id)
		}
		words := "it failed on our side"
		if f, ok := errors.AsType[*jobs.Failure](result); ok {
			words = f.Words
		}
		return execute(ctx, tx, `UPDATE webhooks SET problem = $1, problem_at = $2 WHERE id = $3`, words, db.Micros(at), id)
	})
}

func execute(ctx context.Context, tx *db.Tx, query string, args ...any) error {
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("writing down a call: %w", err)
	}
	return nil
}

// Returned notes that the letter of a job has come back, as Bounced does for a
// subscription. A job that sends none of our letters is none of our matter.
func (s *Store) Returned(ctx context.Context, c acl.Caller, job string, permanent bool) error {
	if !acl.Allow(acl.NoticeSend, c.Role) {
		return errs.Missing()
	}
	var letter struct {
		ID string `json:"id"` // of the subscription, in both kinds of letters
	}
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		known, err := s.Jobs.Status(ctx, q, []string{job})
		if err != nil || known[job].Kind != KindConfirm && known[job].Kind != KindNotice {
			return err
		}
		body, err := s.Jobs.Body(ctx, q, job)
		if errs.Is(err, errs.NotFound) {
			return nil // it is forgotten by now whose it was
		}
		if err != nil {
			return err
		}
		return json.Unmarshal(body, &letter)
	})
	if err != nil || letter.ID == "" {
		return err
	}
	if err := s.Bounced(ctx, c, letter.ID, permanent); !errs.Is(err, errs.NotFound) {
		return err
	}
	return nil // its last trace is gone
}
