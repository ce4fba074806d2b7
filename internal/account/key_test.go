package account

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

// publicKey is a key that letters can be encrypted to.
var publicKey = func() string {
	s, err := sign.Generate(rand.Reader, "Dana", "dana@example.org", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		panic(err)
	}
	return string(s.PublicKey())
}()

func TestKeyOfAPerson(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newWorld(t, d)
		u := must(k.AddUser(t.Context(), acl.Myself(), Profile{Name: "Dana", Email: "dana@example.org", Role: acl.Handler}))
		reach := func() (r Reach) {
			t.Helper()
			if err := d.Read(t.Context(), func(q db.Queryer) (err error) {
				r, err = k.Reach(t.Context(), acl.Myself(), q, u.ID)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return r
		}
		if r := reach(); r.Key.Armored != "" || r.Email != "dana@example.org" {
			t.Errorf("without a key: %+v", r)
		}
		if _, err := k.SetKey(t.Context(), u.Caller(), u.ID, "not a key"); !errs.Is(err, errs.Invalid) {
			t.Errorf("what is no key: %v", err)
		}
		set := must(k.SetKey(t.Context(), u.Caller(), u.ID, publicKey))
		if len(set.Fingerprint) != 40 || strings.ToUpper(set.Fingerprint) != set.Fingerprint {
			t.Errorf("fingerprint %q", set.Fingerprint)
		}
		if r := reach(); r.Key.Fingerprint != set.Fingerprint {
			t.Errorf("with a key: %+v", r)
		}
		if err := k.RemoveKey(t.Context(), u.Caller(), u.ID); err != nil {
			t.Fatal(err)
		}
		if err := k.RemoveKey(t.Context(), u.Caller(), u.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("removed twice: %v", err)
		}
		must(k.DisableUser(t.Context(), acl.Myself(), u.ID))
		err := d.Read(t.Context(), func(q db.Queryer) error {
			_, err := k.Reach(t.Context(), acl.Myself(), q, u.ID)
			return err
		})
		if !errs.Is(err, errs.NotFound) {
			t.Errorf("someone who was shut out is written to: %v", err)
		}
	})
}
