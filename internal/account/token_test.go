package account

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		lead, ada := w.add("Lea", acl.Lead), w.add("Ada", acl.Handler)
		tok, secret, err := w.CreateToken(ctx, ada, " ci ", 0)
		want(t, "making a token", err, "")
		if tok.Name != "ci" || tok.Expires.Sub(tok.Created) != 90*24*time.Hour || !strings.HasPrefix(secret, "stw_") || len(secret) != 56 {
			t.Errorf("made %+v, a secret of %d characters", tok, len(secret))
		}
		_, _, err = w.CreateToken(ctx, ada, "ci", 0)
		want(t, "a second token of that name", err, errs.Invalid)
		_, _, err = w.CreateToken(ctx, lead, "ci", 0)
		want(t, "another person's token of that name", err, "")

		c, err := w.AuthenticateToken(ctx, secret)
		want(t, "authenticating", err, "")
		if c != ada {
			t.Errorf("the caller is %+v", c)
		}
		used := func() time.Time { return must(w.Tokens(ctx, ada, ada.ID))[0].Used }
		if got := used(); !got.Equal(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("used on %v", got)
		}
		w.watch.Move(14 * time.Hour)
		w.tokenWorks(secret)
		if got := used(); !got.Equal(time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("used on %v, want the next day", got)
		}
		must(w.EditUser(ctx, lead, ada.ID, Profile{Name: "Ada", Role: acl.Auditor}))
		if c := must(w.AuthenticateToken(ctx, secret)); c.Role != acl.Auditor {
			t.Errorf("a new role does not count at once: %+v", c)
		}
		for _, junk := range []string{"", "stw_", secret[:55], secret[:55] + "!", secret[4:], "stw-" + secret[4:], tok.ID} {
			if w.tokenWorks(junk) {
				t.Errorf("%q works", junk)
			}
		}
		if w.works(secret) || w.tokenWorks(must(w.OpenMailbox(ctx, "r"))) {
			t.Error("a token passes for a cookie, or a cookie for a token")
		}

		w.watch.Move(tok.Expires.Sub(w.watch.Now()) - time.Microsecond)
		if !w.tokenWorks(secret) {
			t.Error("ended before its time")
		}
		w.watch.Move(time.Microsecond)
		if w.tokenWorks(secret) || len(must(w.Tokens(ctx, ada, ada.ID))) != 0 {
			t.Error("works, or is listed, beyond its time")
		}

		tok, secret, err = w.CreateToken(ctx, ada, "ci", MaxTokenLife)
		want(t, "a token with the name of one that has expired", err, "")
		want(t, "a lead revoking", w.RevokeToken(ctx, lead, tok.ID), "")
		if e := w.last(ada.ID); w.tokenWorks(secret) || e.Action != string(didRevokeToken) || e.Actor != lead.ID {
			t.Errorf("works after it was revoked, or recorded %+v", e)
		}
		want(t, "revoking twice", w.RevokeToken(ctx, lead, tok.ID), errs.NotFound)
	})
}

func TestLimitsOfTokens(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		ada := w.add("Ada", acl.Handler)
		for _, life := range []time.Duration{-time.Hour, time.Nanosecond, day - 1, MaxTokenLife + 1} {
			_, _, err := w.CreateToken(ctx, ada, "x", life)
			want(t, fmt.Sprintf("a life of %v", life), err, errs.Invalid)
		}
		_, _, err := w.CreateToken(ctx, ada, "x\u202e", 0)
		want(t, "a name that hides", err, errs.Invalid)
		for i := range maxTokens + 1 {
			_, _, err := w.CreateToken(ctx, ada, fmt.Sprint("token ", i), 0)
			if i == maxTokens {
				want(t, "one too many", err, errs.Conflict)
			} else {
				want(t, "making a token", err, "")
			}
		}
	})
}
