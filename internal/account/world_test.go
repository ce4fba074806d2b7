package account

import (
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/trial"
)

const origin = "https://security.example.org"

// world is a store with its clock.
type world struct {
	*Store
	t     *testing.T
	watch *trial.Clock
	names int
}

// newName makes a name that nobody has.
func (w *world) newName(base string) string {
	w.names++
	return fmt.Sprint(base, " ", w.names)
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := trial.NewClock(time.Date(2026, 3, 2, 10, 0, 0, 123456000, time.UTC))
	rp, err := NewRelyingParty(origin, "Example security")
	if err != nil {
		t.Fatal(err)
	}
	s := &Store{DB: d, Audit: &audit.Log{Clock: w.Now}, RP: rp, Clock: w.Now, Rand: rand.Reader}
	return &world{Store: s, t: t, watch: w}
}

// add adds a user and gives them as a caller.
func (w *world) add(name string, role acl.Role) acl.Caller {
	w.t.Helper()
	u, err := w.AddUser(w.t.Context(), acl.Myself(), Profile{Name: name, Role: role})
	if err != nil {
		w.t.Fatalf("adding %s: %v", name, err)
	}
	return u.Caller()
}

// link makes a link for a user and gives its secret.
func (w *world) link(c acl.Caller, purpose Purpose) string {
	w.t.Helper()
	_, secret, err := w.CreateLink(w.t.Context(), Operator(), c.ID, purpose)
	if err != nil {
		w.t.Fatalf("making a link for %s: %v", c.Name, err)
	}
	return secret
}

// enrol enrols a passkey for a user on a device, and gives the session.
func (w *world) enrol(c acl.Caller, d *device) SignedIn {
	w.t.Helper()
	cer, err := w.BeginEnrolment(w.t.Context(), w.link(c, Enrol), "laptop")
	if err != nil {
		w.t.Fatalf("beginning to enrol %s: %v", c.Name, err)
	}
	in, err := w.FinishEnrolment(w.t.Context(), cer.ID, d.make(cer), "Browser/1.0")
	if err != nil {
		w.t.Fatalf("enrolling %s: %v", c.Name, explain(err))
	}
	return in
}

// signInWith signs in with a passkey of a device.
func (w *world) signInWith(d *device, k *deviceKey) (SignedIn, error) {
	w.t.Helper()
	cer, err := w.BeginSignIn(w.t.Context())
	if err != nil {
		w.t.Fatalf("beginning to sign in: %v", err)
	}
	return w.FinishSignIn(w.t.Context(), cer.ID, d.show(cer, k), "Browser/1.0")
}

// entries counts the audit record.
func (w *world) entries() int64 {
	w.t.Helper()
	var h audit.Head
	err := w.DB.Read(w.t.Context(), func(q db.Queryer) (err error) {
		h, err = audit.Latest(w.t.Context(), q)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return h.Seq
}

// newest gives the newest audit entry.
func (w *world) newest() audit.Entry {
	w.t.Helper()
	var list []audit.Entry
	err := w.DB.Read(w.t.Context(), func(q db.Queryer) (err error) {
		list, err = audit.Page(w.t.Context(), q, 0, 1)
		return err
	})
	if err != nil || len(list) != 1 {
		w.t.Fatalf("the newest entry: %v, %v", list, err)
	}
	return list[0]
}

// last gives the newest audit entry about a user.
func (w *world) last(userID string) audit.Entry {
	w.t.Helper()
	var list []audit.Entry
	err := w.DB.Read(w.t.Context(), func(q db.Queryer) (err error) {
		list, err = audit.Timeline(w.t.Context(), q, nil, "user/"+userID)
		return err
	})
	if err != nil || len(list) == 0 {
		w.t.Fatalf("the record of %s: %d entries, %v", userID, len(list), err)
	}
	return list[len(list)-1]
}

// works tells whether a cookie opens the door.
func (w *world) works(cookie string) bool {
	w.t.Helper()
	_, _, err := w.Authenticate(w.t.Context(), cookie)
	if err != nil && !errors.Is(err, ErrSignedOut) {
		w.t.Fatalf("authenticating: %v", err)
	}
	return err == nil
}

// tokenWorks tells whether an API token opens the door.
func (w *world) tokenWorks(secret string) bool {
	w.t.Helper()
	_, err := w.AuthenticateToken(w.t.Context(), secret)
	if err != nil && !errors.Is(err, ErrSignedOut) {
		w.t.Fatalf("authenticating a token: %v", err)
	}
	return err == nil
}

// want fails unless err is of the kind; "" wants none.
func want(t *testing.T, what string, err error, kind errs.Kind) {
	t.Helper()
	switch {
	case kind == "" && err != nil:
		t.Errorf("%s: %v", what, explain(err))
	case kind != "" && !errs.Is(err, kind):
		t.Errorf("%s: error %v, want one of kind %q", what, explain(err), kind)
	}
}

// explain shows what only the operator sees as well.
func explain(err error) error {
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Cause != nil {
		return errors.Join(err, e.Cause)
	}
	return err
}

// must is for what cannot fail here.
func must[T any](v T, err error) T {
	if err != nil {
		panic(explain(err))
	}
	return v
}
