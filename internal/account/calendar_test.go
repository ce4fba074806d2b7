package account

import (
	"strings"
	"testing"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

func TestCalendar(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		w.add("Lea", acl.Lead)
		ada := w.add("Ada", acl.Handler)
		none := must(w.CalendarSince(ctx, ada))
		old := must(w.MakeCalendar(ctx, ada))
		if since := must(w.CalendarSince(ctx, ada)); !none.IsZero() || !since.Equal(w.now()) {
			t.Errorf("before: %s, then: %s", none, since)
		}
		if c := must(w.CalendarOf(ctx, old)); c != ada {
			t.Errorf("it is of %+v", c)
		}
		secret := must(w.MakeCalendar(ctx, ada))
		for _, wrong := range []string{old, "", "x", strings.Repeat("a", secretChars), secret + "a", strings.ToUpper(secret)} {
			want(t, "a secret of nobody's", second(w.CalendarOf(ctx, wrong)), errs.NotFound)
		}
		must(w.DisableUser(ctx, acl.Myself(), ada.ID))
		want(t, "of someone who is shut out", second(w.CalendarOf(ctx, secret)), errs.NotFound)
		must(w.EnableUser(ctx, acl.Myself(), ada.ID))
		want(t, "shut out and let in again", second(w.CalendarOf(ctx, secret)), errs.NotFound)
		secret = must(w.MakeCalendar(ctx, ada))
		want(t, "taking it away", w.RemoveCalendar(ctx, ada), "")
		want(t, "taking it away twice", w.RemoveCalendar(ctx, ada), "")
		want(t, "when it is away", second(w.CalendarOf(ctx, secret)), errs.NotFound)
	})
}
