package account

import (
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

func TestSessionLifetimes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		ada := w.add("Ada", acl.Handler)
		user := func() string { return must(w.SignInByLink(ctx, w.link(ada, SignIn), "")).Cookie }
		mailbox := func() string { return must(w.OpenMailbox(ctx, "report1")) }
		for _, tc := range []struct {
			name       string
			open       func() string
			idle, life time.Duration
		}{
			{"user", user, 12 * time.Hour, 7 * 24 * time.Hour},
			{"mailbox", mailbox, time.Hour, 12 * time.Hour},
		} {
			cookie := tc.open()
			w.watch.Move(tc.idle - time.Microsecond)
			if !w.works(cookie) {
				t.Errorf("%s: ended before %v of idleness", tc.name, tc.idle)
			}
			w.watch.Move(tc.idle - time.Microsecond)
			if !w.works(cookie) {
				t.Errorf("%s: use did not prolong it", tc.name)
			}
			w.watch.Move(tc.idle)
			if w.works(cookie) {
				t.Errorf("%s: works after %v of idleness", tc.name, tc.idle)
			}
			cookie = tc.open()
			step := tc.idle / 4
			for used := time.Duration(0); used < tc.life-step; used += step {
				if !w.works(cookie) {
					t.Errorf("%s: ended after %v of use", tc.name, used)
				}
				w.watch.Move(step)
			}
			w.watch.Move(step)
			if w.works(cookie) {
				t.Errorf("%s: works after %v", tc.name, tc.life)
			}
		}
	})
}

// TestTouch: a request writes nothing as long as the session was seen within
// five minutes.
func TestTouch(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		ada := w.add("Ada", acl.Handler)
		in := must(w.SignInByLink(ctx, w.link(ada, SignIn), ""))
		start := w.watch.Now()
		for _, tc := range []struct{ after, seen time.Duration }{
			{0, 0},
			{touchEvery - time.Microsecond, 0},
			{touchEvery, touchEvery},
			{touchEvery + time.Minute, touchEvery},
			{2 * touchEvery, 2 * touchEvery},
		} {
			w.watch.Move(start.Add(tc.after).Sub(w.watch.Now()))
			se, _, err := w.Authenticate(ctx, in.Cookie)
			want(t, "authenticating", err, "")
			kept := must(w.Sessions(ctx, ada, ada.ID))[0].Seen
			if got := kept.Sub(start); got != tc.seen || !se.Seen.Equal(kept) {
				t.Errorf("used after %v: seen after %v, want %v; the session says %v", tc.after, got, tc.seen, se.Seen)
			}
		}
	})
}

func TestAuthenticate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		lead, ada := w.add("Lea", acl.Lead), w.add("Ada", acl.Handler)
		in := must(w.SignInByLink(ctx, w.link(ada, SignIn), ""))
		other := must(w.SignInByLink(ctx, w.link(ada, SignIn), ""))

		se, c, err := w.Authenticate(ctx, in.Cookie)
		want(t, "authenticating", err, "")
		if c != ada || se != in.Session {
			t.Errorf("session %+v of %+v, want %+v", se, c, in.Session)
		}
		if !se.CheckForm(in.Session.FormToken) || se.CheckForm("") || se.CheckForm(other.Session.FormToken) {
			t.Error("the form token is not bound to the session")
		}
		if list := must(w.Sessions(ctx, ada, ada.ID)); len(list) != 2 || list[0].CheckForm("") || list[0].FormToken != "" {
			t.Errorf("listed %+v", list)
		}

		must(w.EditUser(ctx, lead, ada.ID, Profile{Name: "Ada L", Role: acl.Auditor}))
		if _, c, _ := w.Authenticate(ctx, in.Cookie); c.Role != acl.Auditor || c.Name != "Ada L" {
			t.Errorf("a new role does not count at once: %+v", c)
		}

		box := must(w.OpenMailbox(ctx, "report1"))
		se, c, err = w.Authenticate(ctx, box)
		want(t, "authenticating at a mailbox", err, "")
		if c != acl.HolderOf("report1") || se.Report != "report1" || se.UserID != "" || !se.CheckForm(se.FormToken) {
			t.Errorf("session %+v of %+v", se, c)
		}
		_, err = w.OpenMailbox(ctx, "")
		want(t, "the mailbox of no report", err, errs.NotFound)
		want(t, "a lead ending a reporter's session", w.EndSession(ctx, lead, se.ID), errs.NotFound)

		for _, junk := range []string{"", "x", in.Cookie[1:], in.Cookie[1:] + "a", in.Session.ID, hashOf(in.Cookie)} {
			_, _, err := w.Authenticate(ctx, junk)
			want(t, "junk", err, errs.Denied)
		}
	})
}

func TestEndingSessions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		lead, ada := w.add("Lea", acl.Lead), w.add("Ada", "")
		open := func(c acl.Caller) SignedIn { return must(w.SignInByLink(ctx, w.link(c, SignIn), "")) }
		a, b, c, l := open(ada), open(ada), open(ada), open(lead)

		want(t, "ending one's own", w.EndSession(ctx, ada, a.Session.ID), "")
		want(t, "ending it again", w.EndSession(ctx, ada, a.Session.ID), errs.NotFound)
		want(t, "ending another's", w.EndSession(ctx, ada, l.Session.ID), errs.NotFound)
		if w.works(a.Cookie) || !w.works(b.Cookie) || !w.works(l.Cookie) {
			t.Error("the wrong session ended")
		}
		want(t, "ending all but this", w.EndSessions(ctx, ada, ada.ID, c.Session.ID), "")
		if w.works(b.Cookie) || !w.works(c.Cookie) || !w.works(l.Cookie) {
			t.Error("the wrong sessions ended")
		}
		before := w.entries()
		want(t, "ending none", w.EndSessions(ctx, ada, ada.ID, c.Session.ID), "")
		if w.entries() != before {
			t.Error("ending none is recorded")
		}
		want(t, "a lead ending all", w.EndSessions(ctx, lead, ada.ID, ""), "")
		if w.works(c.Cookie) {
			t.Error("a session outlasted its ending by a lead")
		}

		want(t, "signing out", w.SignOut(ctx, l.Cookie), "")
		if e := w.last(lead.ID); w.works(l.Cookie) || e.Action != string(didSignOut) {
			t.Errorf("still signed in, or recorded %+v", e)
		}
		want(t, "signing out twice", w.SignOut(ctx, l.Cookie), "")
		want(t, "signing out of nothing", w.SignOut(ctx, ""), "")
		box, before := must(w.OpenMailbox(ctx, "report1")), w.entries()
		want(t, "leaving a mailbox", w.SignOut(ctx, box), "")
		if w.works(box) || w.entries() != before {
			t.Error("the mailbox is still open, or the reporter's visit is in the record")
		}
	})
}

func TestLimitOfSessions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		var cookies []string
		other := must(w.OpenMailbox(ctx, "report2"))
		for range maxSessions + 1 {
			cookies = append(cookies, must(w.OpenMailbox(ctx, "report1")))
			w.watch.Move(time.Second)
		}
		if w.works(cookies[0]) || !w.works(cookies[1]) || !w.works(other) {
			t.Error("not the session longest unused ended")
		}
	})
}

func TestSweep(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		ada := w.add("Ada", acl.Handler)
		fill := func() {
			must(w.SignInByLink(ctx, w.link(ada, SignIn), ""))
			must(w.OpenMailbox(ctx, "report1"))
			w.link(ada, SignIn)
			must(w.BeginSignIn(ctx))
		}
		rows := func() (n int) {
			err := d.Read(ctx, func(q db.Queryer) (err error) {
				n, err = count(ctx, q, `SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM links)
					+ (SELECT count(*) FROM ceremonies) + (SELECT count(*) FROM api_tokens)`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		fill()
		_, _, err := w.CreateToken(ctx, ada, "ci", 48*time.Hour)
		want(t, "making a token", err, "")
		before := w.entries()
		want(t, "sweeping", w.Sweep(ctx, acl.Myself()), "")
		if n := rows(); n != 5 {
			t.Fatalf("%d rows, want the 5 that have not expired", n)
		}
		w.watch.Move(time.Hour)
		want(t, "sweeping after an hour", w.Sweep(ctx, acl.Myself()), "")
		if n := rows(); n != 2 {
			t.Errorf("%d rows after an hour, want a session and a token", n)
		}
		w.watch.Move(11 * time.Hour)
		want(t, "sweeping after twelve hours", w.Sweep(ctx, acl.Myself()), "")
		if n := rows(); n != 1 {
			t.Errorf("%d rows after twelve hours, want a token", n)
		}
		w.watch.Move(36 * time.Hour)
		want(t, "sweeping after two days", w.Sweep(ctx, acl.Myself()), "")
		if n := rows(); n != 0 || w.entries() != before {
			t.Errorf("%d rows after two days; %d entries", n, w.entries()-before)
		}
	})
}
