package account

import (
	"strings"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

func TestEnrolAndSignIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		ada := w.add("Ada", acl.Handler)
		dev := newDevice(t, origin)

		link := w.link(ada, Enrol)
		cer, err := w.BeginEnrolment(ctx, link, "  laptop ")
		if err != nil {
			t.Fatal(err)
		}
		a := dev.read(cer).PublicKey
		if a.RP.ID != "security.example.org" || a.User.Name != "Ada" || a.Attestation != "none" ||
			a.AuthenticatorSelection.ResidentKey != "required" || a.AuthenticatorSelection.UserVerification != "required" {
			t.Errorf("options %s", cer.Options)
		}
		if got := len(unbase64(t, a.Challenge)); got != 32 {
			t.Errorf("a challenge of %d bytes", got)
		}
		if strings.Contains(string(cer.Options), ada.ID) || len(unbase64(t, a.User.ID)) != handleBytes {
			t.Error("the user handle is not random")
		}
		in, err := w.FinishEnrolment(ctx, cer.ID, dev.make(cer), "Browser/1.0")
		if err != nil {
			t.Fatal(explain(err))
		}
		if in.Caller != ada || in.Session.UserID != ada.ID || in.Session.Agent != "Browser/1.0" || !w.works(in.Cookie) {
			t.Errorf("signed in as %+v, session %+v", in.Caller, in.Session)
		}
		ps := must(w.Passkeys(ctx, ada, ada.ID))
		if len(ps) != 1 || ps[0].Name != "laptop" || ps[0].AddedBy != "operator" || ps[0].Synced || !ps[0].Used.IsZero() || in.Session.Passkey != ps[0].ID {
			t.Fatalf("passkeys %+v", ps)
		}

		w.watch.Move(time.Hour)
		in, err = w.signInWith(dev, dev.keys[0])
		if err != nil {
			t.Fatal(explain(err))
		}
		if in.Caller != ada || in.Session.Passkey != ps[0].ID || !w.works(in.Cookie) {
			t.Errorf("signed in as %+v, session %+v", in.Caller, in.Session)
		}
		if e := w.last(ada.ID); e.Action != string(didSignIn) || e.Actor != ada.ID || e.Detail["passkey"] != "laptop" {
			t.Errorf("recorded %+v", e)
		}
		if p := must(w.Passkeys(ctx, ada, ada.ID))[0]; !p.Used.Equal(w.watch.Now()) {
			t.Errorf("used %v, want %v", p.Used, w.watch.Now())
		}
	})
}

func TestFurtherPasskeys(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		ada, bob := w.add("Ada", ""), w.add("Bob", acl.Lead)
		dev := newDevice(t, origin)
		first := w.enrol(ada, dev)

		dev.flags |= flagBE | flagBS
		cer := must(w.BeginPasskey(ctx, ada, "phone"))
		if ex := dev.read(cer).PublicKey.Exclude; len(ex) != 1 || string(unbase64(t, ex[0].ID)) != string(dev.keys[0].id) {
			t.Errorf("excluded %+v", ex)
		}
		p, err := w.FinishPasskey(ctx, ada, cer.ID, dev.make(cer))
		if err != nil {
			t.Fatal(explain(err))
		}
		if p.AddedBy != "" || !p.Synced || p.Host != "security.example.org" {
			t.Errorf("added %+v", p)
		}
		second, err := w.signInWith(dev, dev.keys[1])
		want(t, "signing in with the second passkey", err, "")

		want(t, "renaming", w.RenamePasskey(ctx, ada, p.ID, "old phone"), "")
		want(t, "renaming to nothing", w.RenamePasskey(ctx, ada, p.ID, " "), errs.Invalid)
		want(t, "a lead removing", w.RemovePasskey(ctx, bob, p.ID), "")
		if w.works(second.Cookie) || !w.works(first.Cookie) {
			t.Error("a session lasted beyond its passkey, or another ended with it")
		}
		_, err = w.signInWith(dev, dev.keys[1])
		want(t, "signing in with a removed passkey", err, errs.Invalid)

		last := must(w.Passkeys(ctx, ada, ada.ID))[0]
		want(t, "removing the last passkey", w.RemovePasskey(ctx, ada, last.ID), errs.Conflict)
		w.link(ada, Enrol)
		want(t, "removing it when a link waits", w.RemovePasskey(ctx, ada, last.ID), "")
	})
}

// TestRefusedAnswers sends answers of which one thing is wrong, to each kind
// of ceremony; the last row of each sends one with nothing wrong.
func TestRefusedAnswers(t *testing.T) {
	t.Parallel()
	lies := []struct {
		name string
		tell func(d *device)
		kind errs.Kind
	}{
		{"another origin", func(d *device) { d.origin = "https://evil.example" }, errs.Invalid},
		{"origin without https", func(d *device) { d.origin = "http://security.example.org" }, errs.Invalid},
		{"origin with another port", func(d *device) { d.origin += ":8443" }, errs.Invalid},
		{"a subdomain's origin", func(d *device) { d.origin = "https://www.security.example.org" }, errs.Invalid},
		{"another relying party", func(d *device) { d.rpID = "evil.example" }, errs.Invalid},
		{"user not verified", func(d *device) { d.flags = flagUP }, errs.Invalid},
		{"user not present", func(d *device) { d.flags = flagUV }, errs.Invalid},
		{"backed up but not able to be", func(d *device) { d.flags |= flagBS }, errs.Invalid},
		{"nothing", func(*device) {}, ""},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		ada := w.add("Ada", acl.Handler)
		honest := newDevice(t, origin)
		w.enrol(ada, honest)
		for _, lie := range lies {
			liar := *honest
			lie.tell(&liar)
			_, err := w.signInWith(&liar, honest.keys[0])
			want(t, "signing in with "+lie.name, err, lie.kind)
			cer := must(w.BeginPasskey(ctx, ada, "x"))
			_, err = w.FinishPasskey(ctx, ada, cer.ID, liar.make(cer))
			want(t, "making a passkey with "+lie.name, err, lie.kind)
		}
		if _, err := w.signInWith(&device{t: t, origin: "https://evil.example", flags: flagUP | flagUV}, honest.keys[0]); err == nil || !strings.Contains(err.Error(), origin) {
			t.Errorf("a person at the wrong address is not told the right one: %v", err)
		}
	})
}

// TestReplays answers ceremonies with what belongs to others.
func TestReplays(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		ada, bob := w.add("Ada", acl.Handler), w.add("Bob", acl.Handler)
		dev, other := newDevice(t, origin), newDevice(t, origin)
		w.enrol(ada, dev)
		w.enrol(bob, other)
		key := dev.keys[0]

		cer := must(w.BeginSignIn(ctx))
		answer := dev.show(cer, key)
		_, err := w.FinishSignIn(ctx, cer.ID, answer, "")
		want(t, "the first answer", err, "")
		_, err = w.FinishSignIn(ctx, cer.ID, answer, "")
		want(t, "the same answer again", err, errs.Conflict)
		_, err = w.FinishSignIn(ctx, must(w.BeginSignIn(ctx)).ID, answer, "")
		want(t, "the same answer to another challenge", err, errs.Invalid)

		cer = must(w.BeginSignIn(ctx))
		broken := dev.show(cer, &deviceKey{id: key.id, handle: key.handle, secret: other.keys[0].secret, count: 90})
		_, err = w.FinishSignIn(ctx, cer.ID, broken, "")
		want(t, "a signature of another key", err, errs.Invalid)
		_, err = w.FinishSignIn(ctx, cer.ID, dev.show(cer, key), "")
		want(t, "a good answer after a bad one", err, errs.Conflict)

		cer = must(w.BeginSignIn(ctx))
		_, err = w.FinishSignIn(ctx, cer.ID, dev.show(cer, &deviceKey{id: key.id, handle: other.keys[0].handle, secret: key.secret, count: 91}), "")
		want(t, "Ada's passkey with Bob's handle", err, errs.Invalid)
		cer = must(w.BeginSignIn(ctx))
		_, err = w.FinishSignIn(ctx, cer.ID, dev.show(cer, &deviceKey{id: key.id, secret: key.secret, count: 92}), "")
		want(t, "no handle", err, errs.Invalid)

		cer = must(w.BeginPasskey(ctx, ada, "x"))
		_, err = w.FinishPasskey(ctx, bob, cer.ID, other.make(cer))
		want(t, "Bob answering for Ada", err, errs.Conflict)
		cer = must(w.BeginPasskey(ctx, ada, "x"))
		_, err = w.FinishEnrolment(ctx, cer.ID, dev.make(cer), "")
		want(t, "answering as if there were a link", err, errs.Conflict)
		cer = must(w.BeginEnrolment(ctx, w.link(ada, Enrol), "x"))
		_, err = w.FinishPasskey(ctx, ada, cer.ID, dev.make(cer))
		want(t, "answering an enrolment as if signed in", err, errs.Conflict)
		cer = must(w.BeginPasskey(ctx, ada, "x"))
		_, err = w.FinishPasskey(ctx, ada, cer.ID, other.attest(other.read(cer), other.keys[0]))
		want(t, "enrolling Bob's credential for Ada", err, errs.Conflict)

		cer = must(w.BeginSignIn(ctx))
		answer = dev.show(cer, key)
		w.watch.Move(ceremonyLife)
		_, err = w.FinishSignIn(ctx, cer.ID, answer, "")
		want(t, "an answer that is too late", err, errs.Conflict)
		for _, junk := range []string{"", "{}", "[]", strings.Repeat("[", 1<<15), `{"id":"AA","rawId":"AA","type":"public-key","response":{}}`, strings.Repeat(" ", maxResponse+1)} {
			_, err = w.FinishSignIn(ctx, cer.ID, []byte(junk), "")
			want(t, "junk at sign-in", err, errs.Invalid)
			_, err = w.FinishPasskey(ctx, ada, cer.ID, []byte(junk))
			want(t, "junk for a passkey", err, errs.Invalid)
		}
	})
}

func TestCopiedPasskey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		ada := w.add("Ada", acl.Handler)
		dev := newDevice(t, origin)
		in := w.enrol(ada, dev)
		key := dev.keys[0]
		for range 3 {
			_, err := w.signInWith(dev, key)
			want(t, "signing in", err, "")
		}
		clone := *key
		clone.count = 1
		_, err := w.signInWith(dev, &clone)
		want(t, "a copy", err, errs.Denied)
		if e := w.last(ada.ID); e.Action != string(didRefusePasskey) {
			t.Errorf("recorded %+v", e)
		}
		before := w.entries()
		_, err = w.signInWith(dev, key)
		want(t, "the passkey that was copied", err, errs.Denied)
		if w.entries() != before {
			t.Error("the refusal is recorded anew each time")
		}
		if p := must(w.Passkeys(ctx, ada, ada.ID))[0]; !p.Copied || w.works(in.Cookie) {
			t.Errorf("%+v; its session works: %v", p, w.works(in.Cookie))
		}

		// One that does not count, as synced passkeys do not, is no copy.
		cer := must(w.BeginPasskey(ctx, ada, "synced"))
		_, err = w.FinishPasskey(ctx, ada, cer.ID, dev.make(cer))
		want(t, "adding a passkey", err, "")
		ps := must(w.Passkeys(ctx, ada, ada.ID))
		want(t, "removing the last that was not copied", w.RemovePasskey(ctx, ada, ps[1].ID), errs.Conflict)
		want(t, "removing the copied one", w.RemovePasskey(ctx, ada, ps[0].ID), "")
		dev.keys[1].step = 0
		for range 2 {
			_, err = w.signInWith(dev, dev.keys[1])
			want(t, "signing in with a passkey that does not count", err, "")
		}
	})
}

// TestSameCounter: of two answers that were verified by the same counter, the
// second is refused, as when both arrive at once.
func TestSameCounter(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		ada := w.add("Ada", acl.Handler)
		dev := newDevice(t, origin)
		w.enrol(ada, dev)
		kept, _, err := w.readShownBy(ctx, dev.keys[0].id)
		want(t, "reading the passkey", err, "")
		next := kept.key
		next.Authenticator.SignCount++
		for _, kind := range []errs.Kind{"", errs.Conflict} {
			err := d.Write(ctx, func(tx *db.Tx) error {
				return second(w.admit(ctx, tx, ada.ID, kept, &next, ""))
			})
			want(t, "admitting", err, kind)
		}
	})
}

func TestLimitOfPasskeys(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		ada := w.add("Ada", acl.Handler)
		dev := newDevice(t, origin)
		for i := range maxPasskeys + 1 {
			cer := must(w.BeginPasskey(ctx, ada, "x"))
			_, err := w.FinishPasskey(ctx, ada, cer.ID, dev.make(cer))
			if i == maxPasskeys {
				want(t, "one too many", err, errs.Conflict)
			} else {
				want(t, "adding a passkey", err, "")
			}
		}
	})
}

func TestDisabledCannotSignIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		ada := w.add("Ada", acl.Handler)
		dev := newDevice(t, origin)
		w.enrol(ada, dev)
		cer := must(w.BeginPasskey(ctx, ada, "x"))
		must(w.DisableUser(ctx, acl.Myself(), ada.ID))

		_, err := w.signInWith(dev, dev.keys[0])
		want(t, "signing in when disabled", err, errs.Denied)
		_, err = w.signInWith(dev, &deviceKey{id: dev.keys[0].id, handle: dev.keys[0].handle, secret: must(newDeviceKey()), count: 50})
		want(t, "someone else showing the passkey of a disabled person", err, errs.Invalid)
		_, err = w.FinishPasskey(ctx, ada, cer.ID, dev.make(cer))
		want(t, "finishing a passkey when disabled", err, errs.Conflict)
		_, err = w.BeginPasskey(ctx, ada, "x")
		want(t, "beginning a passkey when disabled", err, errs.Denied)

		must(w.EnableUser(ctx, acl.Myself(), ada.ID))
		_, err = w.signInWith(dev, dev.keys[0])
		want(t, "signing in when enabled again", err, "")
	})
}

// TestAnotherHost: where Steward moves to another name, passkeys of the old
// one are listed and open nothing.
func TestAnotherHost(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		ada := w.add("Ada", acl.Handler)
		dev := newDevice(t, origin)
		w.enrol(ada, dev)
		w.RP = must(NewRelyingParty("https://new.example.org", "Example security"))
		dev.origin = "https://new.example.org"
		_, err := w.signInWith(dev, dev.keys[0])
		if want(t, "a passkey of the old name", err, errs.Invalid); !strings.Contains(err.Error(), "does not know") {
			t.Errorf("told: %v", err)
		}
		ps := must(w.Passkeys(ctx, ada, ada.ID))
		if len(ps) != 1 || ps[0].Host != "security.example.org" {
			t.Errorf("passkeys %+v", ps)
		}
		cer := must(w.BeginPasskey(ctx, ada, "new"))
		p, err := w.FinishPasskey(ctx, ada, cer.ID, dev.make(cer))
		want(t, "adding one of the new name", err, "")
		want(t, "removing the last that works", w.RemovePasskey(ctx, ada, p.ID), errs.Conflict)
		want(t, "removing the one that does not", w.RemovePasskey(ctx, ada, ps[0].ID), "")

		w.RP = nil
		for name, err := range map[string]error{
			"BeginSignIn":     second(w.BeginSignIn(ctx)),
			"FinishSignIn":    second(w.FinishSignIn(ctx, "", nil, "")),
			"BeginPasskey":    second(w.BeginPasskey(ctx, ada, "x")),
			"FinishPasskey":   second(w.FinishPasskey(ctx, ada, "", nil)),
			"BeginEnrolment":  second(w.BeginEnrolment(ctx, "", "x")),
			"FinishEnrolment": second(w.FinishEnrolment(ctx, "", nil, "")),
		} {
			want(t, name+" where passkeys cannot be had", err, errs.Conflict)
		}
	})
}

func second[T any](_ T, err error) error { return err }
