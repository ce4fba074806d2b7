package subscribe

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
)

const hookColumns = `id, products, least, created_at, disabled_at, last_ok_at, problem, problem_at, body`

// sealedHook is a webhook whose URL and secrets are still sealed.
type sealedHook struct {
	Webhook
	body []byte
}

func hookPlace(id string) string { return "webhook/" + id }

// readHooks reads all webhooks, sealed: there are few.
func readHooks(ctx context.Context, q db.Queryer) ([]sealedHook, error) {
	out, err := db.All(ctx, q, "listing webhooks", "SELECT "+hookColumns+" FROM webhooks", nil, scanHook)
	slices.SortFunc(out, func(a, b sealedHook) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out, err
}

func scanHook(scan db.Scan) (sealedHook, error) {
	var h sealedHook
	var products, least string
	var created, disabled, ok, problem int64
	if err := scan(&h.ID, &products, &least, &created, &disabled, &ok, &h.Problem, &problem, &h.body); err != nil {
		return h, err
	}
	h.Least, h.Created, h.Disabled, h.LastOK, h.ProblemAt = advisory.Level(least), db.FromMicros(created), db.Moment(disabled), db.Moment(ok), db.Moment(problem)
	if err := json.Unmarshal([]byte(products), &h.Products); err != nil {
		return h, fmt.Errorf("reading the products of a webhook: %w", err)
	}
	return h, nil
}

// openHook opens what is sealed of a webhook.
func openHook(key *seal.Key, h sealedHook, now time.Time) (keptHook, error) {
	raw, err := key.Open(hookPlace(h.ID), h.body)
	if err != nil {
		return keptHook{}, fmt.Errorf("reading a webhook: %w", err)
	}
	w := keptHook{Webhook: h.Webhook}
	if err := json.Unmarshal(raw, &w.secrets); err != nil {
		return keptHook{}, fmt.Errorf("reading a webhook: %w", err)
	}
	w.URL = w.secrets.URL
	if len(w.secrets.active(now)) > 1 {
		w.Rotated = w.secrets.Changed
	}
	return w, nil
}

// hook reads one webhook; errs.NotFound if there is none.
func (s *Store) hook(ctx context.Context, q db.Queryer, id string) (keptHook, error) {
	if !db.ValidID(id) {
		return keptHook{}, errs.Missing()
	}
	h, err := scanHook(q.QueryRow(ctx, "SELECT "+hookColumns+" FROM webhooks WHERE id = $1", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return keptHook{}, errs.Missing()
	}
	if err != nil {
		return keptHook{}, fmt.Errorf("reading a webhook: %w", err)
	}
	key, err := s.Keys.Key(ctx, q, scope)
	if err != nil {
		return keptHook{}, fmt.Errorf("reading a webhook: %w", err)
	}
	return openHook(key, h, s.now())
}

// putHook writes a webhook, a new one too.
func (s *Store) putHook(ctx context.Context, tx *db.Tx, w keptHook) error {
	key, err := s.key(ctx, tx)
	if err != nil {
		return err
	}
	body, err := json.Marshal(w.secrets)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO webhooks (id, products, least, created_at, disabled_at, last_ok_at, problem, problem_at, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET products = excluded.products, least = excluded.least,
		disabled_at = excluded.disabled_at, last_ok_at = excluded.last_ok_at, problem = excluded.problem,
		problem_at = excluded.problem_at, body = excluded.body`,
		w.ID, list(w.Products), string(w.Least), db.Micros(w.Created), micros(w.Disabled), micros(w.LastOK), w.Problem, micros(w.ProblemAt),
		key.Seal(hookPlace(w.ID), body))
	if err != nil {
		return fmt.Errorf("writing a webhook: %w", err)
	}
	return nil
}

// Webhooks lists all webhooks, the oldest first, each with how it went last.
// There are at most maxHooks.
func (s *Store) Webhooks(ctx context.Context, c acl.Caller) (all []Webhook, err error) {
	if err := may(c, acl.SubscriberRead, acl.SubscriberRead); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		hooks, err := readHooks(ctx, q)
		if err != nil || len(hooks) == 0 {
			return err
		}
		key, err := s.Keys.Key(ctx, q, scope)
		if err != nil {
			return fmt.Errorf("listing webhooks: %w", err)
		}
		for _, h := range hooks {
			w, err := openHook(key, h, s.now())
			if err != nil {
				return err
			}
			all = append(all, w.Webhook)
		}
		return nil
	})
	return all, err
}

// Webhook gives one webhook.
func (s *Store) Webhook(ctx context.Context, c acl.Caller, id string) (w Webhook, err error) {
	if err := may(c, acl.SubscriberRead, acl.SubscriberRead); err != nil {
		return Webhook{}, err
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		kept, err := s.hook(ctx, q, id)
		w = kept.Webhook
		return err
	})
	return w, err
}

// check finds what is wrong with a wish for a webhook.
func (w HookWish) check(site Site, loopback bool) (HookWish, error) {
	var ps errs.Problems
	u, err := checkURL(w.URL, loopback)
	if err != nil {
		ps.Add("url", "%s", err.Message).Hint = err.Hint
	}
	products, least := checkInterest(&ps, site, w.Products, w.Least)
	return HookWish{u, products, least}, ps.Err()
}

// AddWebhook adds a webhook and gives its secret, this once.
func (s *Store) AddWebhook(ctx context.Context, c acl.Caller, wish HookWish) (w Webhook, secret string, err error) {
	if err := may(c, acl.SubscriberRead, acl.WebhookEdit); err != nil {
		return Webhook{}, "", err
	}
	if wish, err = wish.check(s.Site, s.Hooks.loopback); err != nil {
		return Webhook{}, "", err
	}
	raw, err := newSecret(s.Rand)
	if err != nil {
		return Webhook{}, "", err
	}
	w = Webhook{ID: db.NewID(s.Rand), URL: wish.URL, Products: wish.Products, Least: wish.Least, Created: s.now()}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		var n int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM webhooks`).Scan(&n); err != nil {
			return fmt.Errorf("counting webhooks: %w", err)
		}
		if n >= maxHooks {
			return errs.Conflictf("There are %d webhooks already, which is the most.", n).WithHint("remove one that is not needed")
		}
		if err := s.putHook(ctx, tx, keptHook{w, secrets{URL: wish.URL, Now: raw}}); err != nil {
			return err
		}
		return s.record(ctx, tx, c, didAddHook, "webhook/"+w.ID)
	})
	if err != nil {
		return Webhook{}, "", err
	}
	return w, secretText(raw), nil
}

// ChangeWebhook changes where a webhook is and what it is told.
func (s *Store) ChangeWebhook(ctx context.Context, c acl.Caller, id string, wish HookWish) (Webhook, error) {
	wish, bad := wish.check(s.Site, s.Hooks.loopback)
	return s.editHook(ctx, c, id, didChangeHook, func(w *keptHook) error {
		w.URL, w.secrets.URL, w.Products, w.Least = wish.URL, wish.URL, wish.Products, wish.Least
		return bad
	})
}

// DisableWebhook lets a webhook be called no more, for the time being. What
// waits for it is dropped.
func (s *Store) DisableWebhook(ctx context.Context, c acl.Caller, id string) (Webhook, error) {
	return s.editHook(ctx, c, id, didDisableHook, func(w *keptHook) error {
		if !w.Disabled.IsZero() {
			return errs.Conflictf("This webhook is disabled already.")
		}
		w.Disabled = s.now()
		return nil
	})
}

// EnableWebhook lets a webhook be called again, from the next entry on.
func (s *Store) EnableWebhook(ctx context.Context, c acl.Caller, id string) (Webhook, error) {
	return s.editHook(ctx, c, id, didEnableHook, func(w *keptHook) error {
		if w.Disabled.IsZero() {
			return errs.Conflictf("This webhook is not disabled.")
		}
		w.Disabled, w.Problem, w.ProblemAt = time.Time{}, "", time.Time{}
		return nil
	})
}

// RotateWebhook gives a webhook a new secret, shown this once. For a day both
// sign, so that the receiver can change without a gap; of one that was rotated
// twice within a day, the first secret is gone at once.
func (s *Store) RotateWebhook(ctx context.Context, c acl.Caller, id string) (w Webhook, secret string, err error) {
	raw, err := newSecret(s.Rand)
	if err != nil {
		return Webhook{}, "", err
	}
	w, err = s.editHook(ctx, c, id, didRotateHook, func(w *keptHook) error {
		w.secrets.Before, w.secrets.Now, w.secrets.Changed = w.secrets.Now, raw, s.now()
		w.Rotated = w.secrets.Changed
		return nil
	})
	if err != nil {
		return Webhook{}, "", err
	}
	return w, secretText(raw), nil
}

// RemoveWebhook removes a webhook for good.
func (s *Store) RemoveWebhook(ctx context.Context, c acl.Caller, id string) error {
	if err := may(c, acl.SubscriberRead, acl.WebhookEdit); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		w, err := s.hook(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM webhooks WHERE id = $1`, w.ID); err != nil {
			return fmt.Errorf("removing a webhook: %w", err)
		}
		return s.record(ctx, tx, c, didRemoveHook, "webhook/"+w.ID)
	})
}

// editHook does something to a webhook and records it.
func (s *Store) editHook(ctx context.Context, c acl.Caller, id string, did acl.Action, do func(w *keptHook) error) (Webhook, error) {
	if err := may(c, acl.SubscriberRead, acl.WebhookEdit); err != nil {
		return Webhook{}, err
	}
	var w keptHook
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if w, err = s.hook(ctx, tx, id); err != nil {
			return err
		}
		if err := do(&w); err != nil {
			return err
		}
		if err := s.putHook(ctx, tx, w); err != nil {
			return err
		}
		return s.record(ctx, tx, c, did, "webhook/"+w.ID)
	})
	if err != nil {
		return Webhook{}, err
	}
	return w.Webhook, nil
}
