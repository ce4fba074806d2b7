package account

import (
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

func TestLinks(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		lead, ada := w.add("Lea", acl.Lead), w.add("Ada", acl.Handler)

		l, secret, err := w.CreateLink(ctx, lead, ada.ID, Enrol)
		want(t, "a lead making a link", err, "")
		if l.MadeBy != "Lea" || l.UserName != "Ada" || l.Expires.Sub(l.Created) != 24*time.Hour {
			t.Errorf("made %+v", l)
		}
		if e := w.last(ada.ID); e.Action != string(didMakeLink) || e.Actor != lead.ID {
			t.Errorf("recorded %+v", e)
		}
		if list := must(w.Links(ctx, ada, ada.ID)); len(list) != 1 || list[0] != l {
			t.Errorf("the person sees %+v, want %+v", list, l)
		}
		for range 2 {
			if got := must(w.PeekLink(ctx, secret)); got != l {
				t.Errorf("peeking gives %+v, want %+v", got, l)
			}
		}
		_, err = w.SignInByLink(ctx, secret, "")
		want(t, "signing in by a link to enrol", err, errs.NotFound)
		want(t, "that link after", second(w.PeekLink(ctx, secret)), "")

		// A new link replaces the one before, and one of another purpose does not.
		newer := w.link(ada, Enrol)
		want(t, "the link before", second(w.PeekLink(ctx, secret)), errs.NotFound)
		signIn := w.link(ada, SignIn)
		want(t, "the link beside", second(w.PeekLink(ctx, newer)), "")
		_, err = w.BeginEnrolment(ctx, signIn, "x")
		want(t, "enrolling by a link to sign in", err, errs.NotFound)

		// Each works once.
		in, err := w.SignInByLink(ctx, signIn, "")
		want(t, "signing in", err, "")
		if in.Caller != ada || in.Session.Passkey != "" || in.Session.Agent != agentUnknown || !w.works(in.Cookie) {
			t.Errorf("signed in %+v", in)
		}
		want(t, "signing in twice", second(w.SignInByLink(ctx, signIn, "")), errs.NotFound)
		dev := newDevice(t, origin)
		first, again := must(w.BeginEnrolment(ctx, newer, "x")), must(w.BeginEnrolment(ctx, newer, "y"))
		want(t, "enrolling", second(w.FinishEnrolment(ctx, first.ID, dev.make(first), "")), "")
		want(t, "enrolling twice by one link", second(w.FinishEnrolment(ctx, again.ID, dev.make(again), "")), errs.NotFound)
		if ps := must(w.Passkeys(ctx, ada, ada.ID)); len(ps) != 1 {
			t.Errorf("%d passkeys, want 1", len(ps))
		}
		want(t, "beginning anew", second(w.BeginEnrolment(ctx, newer, "x")), errs.NotFound)

		// Each works in its time.
		signIn, enrol := w.link(ada, SignIn), w.link(ada, Enrol)
		cer := must(w.BeginEnrolment(ctx, enrol, "x"))
		w.watch.Move(15*time.Minute - time.Microsecond)
		want(t, "a link to sign in just before its time is over", second(w.PeekLink(ctx, signIn)), "")
		w.watch.Move(time.Microsecond)
		want(t, "a link to sign in after 15 minutes", second(w.SignInByLink(ctx, signIn, "")), errs.NotFound)
		want(t, "a link to enrol after 15 minutes", second(w.PeekLink(ctx, enrol)), "")
		want(t, "its ceremony after 15 minutes", second(w.FinishEnrolment(ctx, cer.ID, dev.make(cer), "")), errs.Conflict)
		w.watch.Move(24*time.Hour - 16*time.Minute)
		cer = must(w.BeginEnrolment(ctx, enrol, "x"))
		w.watch.Move(time.Minute)
		want(t, "a link to enrol after 24 hours", second(w.BeginEnrolment(ctx, enrol, "x")), errs.NotFound)
		want(t, "a ceremony that outlasts its link", second(w.FinishEnrolment(ctx, cer.ID, dev.make(cer), "")), errs.NotFound)
		if list := must(w.Links(ctx, lead, ada.ID)); len(list) != 0 {
			t.Errorf("expired links are listed: %+v", list)
		}

		l, secret, _ = w.CreateLink(ctx, lead, ada.ID, Enrol)
		want(t, "revoking", w.RevokeLink(ctx, ada, l.ID), "")
		want(t, "a revoked link", second(w.PeekLink(ctx, secret)), errs.NotFound)
		want(t, "revoking again", w.RevokeLink(ctx, ada, l.ID), errs.NotFound)
		for _, junk := range []string{"", "x", newer, l.ID} {
			want(t, "junk", second(w.PeekLink(ctx, junk)), errs.NotFound)
			want(t, "junk", second(w.SignInByLink(ctx, junk, "")), errs.NotFound)
		}
	})
}

func TestWhoMayMakeLinks(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		lead, ada := w.add("Lea", acl.Lead), w.add("Ada", acl.Handler)
		for _, tc := range []struct {
			c       acl.Caller
			purpose Purpose
			want    errs.Kind
		}{
			{acl.Myself(), Enrol, ""},
			{acl.Myself(), SignIn, ""},
			{lead, Enrol, ""},
			{lead, SignIn, errs.Denied},
			{lead, "rule", errs.Invalid},
			{ada, Enrol, errs.Denied},
			{ada, SignIn, errs.Denied},
			{acl.Nobody(), Enrol, errs.NotFound},
		} {
			_, secret, err := w.CreateLink(ctx, tc.c, ada.ID, tc.purpose)
			want(t, tc.c.Name+" making a link to "+string(tc.purpose), err, tc.want)
			if (secret == "") != (tc.want != "") {
				t.Errorf("%s: secret %q", tc.c.Name, secret)
			}
		}
		_, _, err := w.CreateLink(ctx, lead, "nobody", Enrol)
		want(t, "a link for nobody", err, errs.NotFound)
	})
}
