package rota

import (
	"bytes"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
)

func newStore(t *testing.T, d *db.DB) *Store {
	t.Helper()
	keys, err := seal.OpenKeyring(bytes.Repeat([]byte{7}, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return time.Date(2026, 3, 2, 10, 0, 0, 123456789, time.UTC) }
	return &Store{DB: d, Keys: keys, Audit: &audit.Log{Clock: clock}, Clock: clock}
}

func as(r acl.Role) acl.Caller { return acl.Caller{ID: string(id('x')), Name: "x", Role: r} }

func trail(t *testing.T, d *db.DB) (out []audit.Entry) {
	t.Helper()
	err := d.Read(t.Context(), func(q db.Queryer) (err error) {
		out, err = audit.Timeline(t.Context(), q, nil, "rota")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestStore(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newStore(t, d)
		v, err := s.Read(t.Context(), acl.Myself())
		if err != nil || v.Number != 0 || len(v.Order) != 0 {
			t.Fatalf("%+v, %v", v, err)
		}
		r := weekly()
		r.Overrides = []Override{{From: utc("2026-04-01 00:00"), To: utc("2026-04-03 00:00"), Who: ann, Reason: "Easter canary"}}
		one, err := s.Edit(t.Context(), as(acl.Lead), 0, r)
		if err != nil || one.Number != 1 {
			t.Fatalf("%+v, %v", one, err)
		}
		if _, err := s.Edit(t.Context(), as(acl.Lead), 0, weekly()); !errs.Is(err, errs.Conflict) {
			t.Errorf("an edit of an old version: %v", err)
		}
		if _, err := s.Edit(t.Context(), as(acl.Lead), 2, weekly()); !errs.Is(err, errs.Conflict) {
			t.Errorf("an edit of a version to come: %v", err)
		}
		if _, err := s.Edit(t.Context(), as(acl.Lead), 1, Rota{}); !errs.Is(err, errs.Invalid) {
			t.Errorf("an edit that is at fault: %v", err)
		}
		got, err := s.Read(t.Context(), as(acl.Auditor))
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(one)
		if err != nil || !bytes.Equal(a, b) {
			t.Errorf("read %s, %v, want %s", a, err, b)
		}
		if log := trail(t, d); len(log) != 1 || log[0].Action != string(acl.RotaEdit) || log[0].Detail["version"] != "1" {
			t.Errorf("the record: %+v", log)
		}
		err = d.Read(t.Context(), func(q db.Queryer) error {
			var body []byte
			err := q.QueryRow(t.Context(), "SELECT body FROM rota WHERE version = 1").Scan(&body)
			if bytes.Contains(body, []byte("canary")) {
				t.Error("the reason is in clear")
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		none := weekly()
		none.Order = nil // the way to switch it off
		if v, err = s.Edit(t.Context(), as(acl.ProgrammeManager), 1, none); err != nil || v.Number != 2 {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

func TestRoles(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newStore(t, d)
		readers := []acl.Role{acl.Handler, acl.Lead, acl.ReleaseManager, acl.ProgrammeManager, acl.Auditor, acl.System}
		editors := []acl.Role{acl.Lead, acl.ProgrammeManager}
		on := int64(0)
		for _, role := range append(slices.Clone(acl.All), "") {
			_, err := s.Read(t.Context(), as(role))
			if reads := slices.Contains(readers, role); reads && err != nil || !reads && !errs.Is(err, errs.NotFound) {
				t.Errorf("%s reads: %v", role, err)
			}
			err = d.Read(t.Context(), func(q db.Queryer) error {
				_, err := s.Within(t.Context(), as(role), q)
				return err
			})
			if role == acl.System && err != nil || role != acl.System && !errs.Is(err, errs.NotFound) {
				t.Errorf("%s reads within a deed: %v", role, err)
			}
			v, err := s.Edit(t.Context(), as(role), on, weekly())
			switch {
			case slices.Contains(editors, role):
				if err != nil {
					t.Errorf("%s edits: %v", role, err)
				}
				on = v.Number
			case slices.Contains(readers, role):
				if !errs.Is(err, errs.Denied) {
					t.Errorf("%s edits: %v", role, err)
				}
			case !errs.Is(err, errs.NotFound):
				t.Errorf("%s edits: %v", role, err)
			}
		}
		if on != 2 || len(trail(t, d)) != 2 {
			t.Errorf("%d versions, %d entries", on, len(trail(t, d)))
		}
	})
}

// TestOneWins: of many edits of one version at once, one is kept.
func TestOneWins(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newStore(t, d)
		errors := make([]error, 8)
		var wg sync.WaitGroup
		for i := range errors {
			wg.Go(func() { _, errors[i] = s.Edit(t.Context(), as(acl.Lead), 0, weekly()) })
		}
		wg.Wait()
		won := 0
		for _, err := range errors {
			if err == nil {
				won++
			} else if !errs.Is(err, errs.Conflict) {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d edits were kept", won)
		}
	})
}
