package account

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

// rule says who may call a method about another person.
type rule string

const (
	manage  rule = "leads and the operator"
	roster  rule = "who sees the team"
	look    rule = "who sees the team, and the person themselves"
	tend    rule = "leads, the operator, and the person themselves"
	own     rule = "any person, for themselves only"
	machine rule = "Steward only"
	door    rule = "anyone: it finds out who the caller is"
)

// answer is what a caller of the role is to be told.
func (r rule) answer(role acl.Role, self bool) errs.Kind {
	person := !slices.Contains([]acl.Role{acl.Anonymous, acl.Reporter, acl.System}, role)
	switch {
	case r == machine:
		if role == acl.System {
			return ""
		}
		return errs.NotFound
	case r == own:
		if person {
			return ""
		}
		return errs.NotFound
	case self && (r == look || r == tend):
		return ""
	case role == acl.Lead || role == acl.System:
		return ""
	case !acl.Allow(acl.UserRead, role):
		return errs.NotFound
	case r == look || r == roster:
		return ""
	}
	return errs.Denied
}

// deed is a row: how a method is called, after its subject was prepared.
type deed struct {
	rule    rule
	records acl.Action                              // the audit entry that it leaves; "" for none
	prepare func(w *world, about acl.Caller) string // gives the id that call needs
	call    func(w *world, c, about acl.Caller, id string) error
}

var deeds = map[string]deed{
	"AddUser": {rule: manage, records: didAddUser, call: func(w *world, c, about acl.Caller, _ string) error {
		_, err := w.AddUser(w.t.Context(), c, Profile{Name: about.Name + " jr"})
		return err
	}},
	"EditUser": {rule: manage, records: didEditUser, call: func(w *world, c, about acl.Caller, _ string) error {
		return second(w.EditUser(w.t.Context(), c, about.ID, Profile{Name: about.Name + " II", Role: about.Role}))
	}},
	"DisableUser": {rule: manage, records: didDisableUser, call: func(w *world, c, about acl.Caller, _ string) error {
		return second(w.DisableUser(w.t.Context(), c, about.ID))
	}},
	"EnableUser": {rule: manage, records: didEnableUser,
		prepare: func(w *world, about acl.Caller) string {
			return must(w.DisableUser(w.t.Context(), acl.Myself(), about.ID)).ID
		},
		call: func(w *world, c, _ acl.Caller, id string) error { return second(w.EnableUser(w.t.Context(), c, id)) }},
	"User": {rule: look, call: func(w *world, c, about acl.Caller, _ string) error {
		return second(w.User(w.t.Context(), c, about.ID))
	}},
	"UserNamed": {rule: roster, call: func(w *world, c, about acl.Caller, _ string) error {
		return second(w.UserNamed(w.t.Context(), c, about.Name))
	}},
	"UserPage": {rule: roster, call: func(w *world, c, _ acl.Caller, _ string) error {
		return second(w.UserPage(w.t.Context(), c, ""))
	}},
	"Users":  {rule: roster, call: func(w *world, c, _ acl.Caller, _ string) error { return second(w.Users(w.t.Context(), c)) }},
	"Caller": {rule: door},

	"SetKey": {rule: tend, records: didSetKey, call: func(w *world, c, about acl.Caller, _ string) error {
		return second(w.SetKey(w.t.Context(), c, about.ID, publicKey))
	}},
	"RemoveKey": {rule: tend, records: didRemoveKey,
		prepare: func(w *world, about acl.Caller) string {
			return must(w.SetKey(w.t.Context(), acl.Myself(), about.ID, publicKey)).User
		},
		call: func(w *world, c, _ acl.Caller, id string) error { return w.RemoveKey(w.t.Context(), c, id) }},
	"Key": {rule: look,
		prepare: func(w *world, about acl.Caller) string {
			return must(w.SetKey(w.t.Context(), acl.Myself(), about.ID, publicKey)).User
		},
		call: func(w *world, c, _ acl.Caller, id string) error { return second(w.Key(w.t.Context(), c, id)) }},
	"Keys": {rule: roster, call: func(w *world, c, _ acl.Caller, _ string) error { return second(w.Keys(w.t.Context(), c)) }},
	"Reach": {rule: machine, call: func(w *world, c, about acl.Caller, _ string) error {
		return w.DB.Read(w.t.Context(), func(q db.Queryer) error { return second(w.Reach(w.t.Context(), c, q, about.ID)) })
	}},
	"Holding": {rule: machine, call: func(w *world, c, _ acl.Caller, _ string) error {
		return w.DB.Read(w.t.Context(), func(q db.Queryer) error { return second(w.Holding(w.t.Context(), c, q, acl.Lead)) })
	}},

	"CreateLink": {rule: manage, records: didMakeLink, call: func(w *world, c, about acl.Caller, _ string) error {
		_, _, err := w.CreateLink(w.t.Context(), c, about.ID, Enrol)
		return err
	}},
	"Links": {rule: tend, call: func(w *world, c, about acl.Caller, _ string) error {
		return second(w.Links(w.t.Context(), c, about.ID))
	}},
	"RevokeLink": {rule: tend, records: didRevokeLink,
		prepare: func(w *world, about acl.Caller) string {
			l, _, err := w.CreateLink(w.t.Context(), acl.Myself(), about.ID, Enrol)
			return must(l, err).ID
		},
		call: func(w *world, c, _ acl.Caller, id string) error { return w.RevokeLink(w.t.Context(), c, id) }},
	"PeekLink":        {rule: door},
	"SignInByLink":    {rule: door},
	"BeginEnrolment":  {rule: door},
	"FinishEnrolment": {rule: door},
	"BeginSignIn":     {rule: door},
	"FinishSignIn":    {rule: door},

	"BeginPasskey": {rule: own, call: func(w *world, c, _ acl.Caller, _ string) error {
		return second(w.BeginPasskey(w.t.Context(), c, "phone"))
	}},
	"FinishPasskey": {rule: own, records: didAddPasskey, call: func(w *world, c, _ acl.Caller, _ string) error {
		cer, err := w.BeginPasskey(w.t.Context(), c, "phone")
		if err != nil {
			cer = must(w.BeginSignIn(w.t.Context())) // asks for another thing, but who may not is told before that
		}
		return second(w.FinishPasskey(w.t.Context(), c, cer.ID, newDevice(w.t, origin).make(cer)))
	}},
	"Passkeys": {rule: tend, call: func(w *world, c, about acl.Caller, _ string) error {
		return second(w.Passkeys(w.t.Context(), c, about.ID))
	}},
	"RenamePasskey": {rule: tend, records: didRenamePasskey, prepare: onePasskey,
		call: func(w *world, c, _ acl.Caller, id string) error {
			return w.RenamePasskey(w.t.Context(), c, id, "tablet")
		}},
	"RemovePasskey": {rule: tend, records: didRemovePasskey,
		prepare: func(w *world, about acl.Caller) string {
			id := onePasskey(w, about)
			w.link(about, Enrol)
			return id
		},
		call: func(w *world, c, _ acl.Caller, id string) error { return w.RemovePasskey(w.t.Context(), c, id) }},

	"OpenMailbox":  {rule: door},
	"Authenticate": {rule: door},
	"SignOut":      {rule: door},
	"Sessions": {rule: tend, call: func(w *world, c, about acl.Caller, _ string) error {
		return second(w.Sessions(w.t.Context(), c, about.ID))
	}},
	"CountSessions": {rule: machine, call: func(w *world, c, _ acl.Caller, _ string) error {
		_, _, err := w.CountSessions(w.t.Context(), c)
		return err
	}},
	"EndSession": {rule: tend, records: didEndSession, prepare: oneSession,
		call: func(w *world, c, _ acl.Caller, id string) error { return w.EndSession(w.t.Context(), c, id) }},
	"EndSessions": {rule: tend, records: didEndSession, prepare: oneSession,
		call: func(w *world, c, about acl.Caller, _ string) error {
			return w.EndSessions(w.t.Context(), c, about.ID, "")
		}},

	"CreateToken": {rule: own, records: didMakeToken, call: func(w *world, c, _ acl.Caller, _ string) error {
		_, _, err := w.CreateToken(w.t.Context(), c, "ci", 0)
		return err
	}},
	"Tokens": {rule: tend, call: func(w *world, c, about acl.Caller, _ string) error {
		return second(w.Tokens(w.t.Context(), c, about.ID))
	}},
	"RevokeToken": {rule: tend, records: didRevokeToken,
		prepare: func(w *world, about acl.Caller) string {
			tok, _, err := w.CreateToken(w.t.Context(), about, "ci", 0)
			return must(tok, err).ID
		},
		call: func(w *world, c, _ acl.Caller, id string) error { return w.RevokeToken(w.t.Context(), c, id) }},
	"AuthenticateToken": {rule: door},

	"MakeCalendar": {rule: own, records: didMakeFeed, call: func(w *world, c, _ acl.Caller, _ string) error {
		return second(w.MakeCalendar(w.t.Context(), c))
	}},
	"RemoveCalendar": {rule: own, records: didRemoveFeed, call: func(w *world, c, _ acl.Caller, _ string) error {
		if person(c) {
			put := func(tx *db.Tx) error {
				return second(tx.Exec(w.t.Context(), `INSERT INTO calendar_links (user_id, hash, made_at) VALUES ($1, $1, 1)`, c.ID))
			}
			if err := w.DB.Write(w.t.Context(), put); err != nil {
				w.t.Fatal(err)
			}
		}
		return w.RemoveCalendar(w.t.Context(), c)
	}},
	"CalendarSince": {rule: own, call: func(w *world, c, _ acl.Caller, _ string) error {
		return second(w.CalendarSince(w.t.Context(), c))
	}},
	"CalendarOf": {rule: door},

	"Sweep": {rule: machine, call: func(w *world, c, _ acl.Caller, _ string) error { return w.Sweep(w.t.Context(), c) }},
}

func onePasskey(w *world, about acl.Caller) string {
	return w.enrol(about, newDevice(w.t, origin)).Session.Passkey
}

func oneSession(w *world, about acl.Caller) string {
	return must(w.SignInByLink(w.t.Context(), w.link(about, SignIn), "")).Session.ID
}

// TestRoles calls every method of the store as every role. A method without a
// row fails, so that a new one cannot be forgotten.
func TestRoles(t *testing.T) {
	t.Parallel()
	store := reflect.TypeFor[*Store]()
	caller := reflect.TypeFor[acl.Caller]()
	for i := range store.NumMethod() {
		m := store.Method(i)
		d, ok := deeds[m.Name]
		if !ok {
			t.Errorf("the method %s has no row", m.Name)
		}
		takes := m.Type.NumIn() > 2 && m.Type.In(2) == caller
		if takes == (d.rule == door) {
			t.Errorf("%s takes a caller: %v, but its rule is %q", m.Name, takes, d.rule)
		}
	}
	if store.NumMethod() != len(deeds) {
		t.Errorf("%d methods, %d rows", store.NumMethod(), len(deeds))
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.add("Boss", acl.Lead) // so that no deed takes the last one away
		for name, row := range deeds {
			if row.rule != door {
				tryRoles(w, name, row)
			}
		}
		if err := d.Read(t.Context(), func(q db.Queryer) error { return second(audit.Verify(t.Context(), q, nil)) }); err != nil {
			t.Error(err)
		}
	})
}

// tryRoles calls one method as every role, about another person and, as a
// person, about themselves.
func tryRoles(w *world, name string, row deed) {
	subject := newSubject(w, name, row, "")
	for _, role := range append(slices.Clone(acl.All), "") {
		c := callerOf(w, name, role)
		if subject.used {
			subject = newSubject(w, name, row, "")
		}
		subject.used = try(w, fmt.Sprintf("%s as %q", name, role), row, c, subject, row.rule.answer(role, false))
	}
	for _, role := range append(slices.Clone(acl.Team), "") {
		self := newSubject(w, name, row, role)
		try(w, fmt.Sprintf("%s as %q about oneself", name, role), row, self.who, self, row.rule.answer(role, true))
	}
}

// subject is a person whom a method is tried on.
type subject struct {
	who  acl.Caller
	id   string
	used bool // the method was let through
}

func newSubject(w *world, name string, row deed, role acl.Role) subject {
	s := subject{who: w.add(w.newName(name), role)}
	if row.prepare != nil {
		s.id = row.prepare(w, s.who)
	}
	return s
}

func callerOf(w *world, name string, role acl.Role) acl.Caller {
	switch role {
	case acl.Anonymous:
		return acl.Nobody()
	case acl.Reporter:
		return acl.HolderOf("report1")
	case acl.System:
		return acl.Myself()
	}
	// The roles of one case never come with a caller, and give nothing here.
	c := w.add(w.newName(name+" caller"), "")
	c.Role = role
	return c
}

// try makes one call and tells whether it was let through.
func try(w *world, what string, row deed, c acl.Caller, s subject, kind errs.Kind) bool {
	w.t.Helper()
	before := w.entries()
	err := row.call(w, c, s.who, s.id)
	want(w.t, what, err, kind)
	expect := int64(0)
	if kind == "" && row.records != "" {
		expect = 1
	}
	if wrote := w.entries() - before; wrote != expect {
		w.t.Errorf("%s: %d entries in the record, want %d", what, wrote, expect)
	} else if e := w.newest(); wrote == 1 && (e.Action != string(row.records) || e.Actor != c.ID || e.ActorName != c.Name) {
		w.t.Errorf("%s: recorded %+v", what, e)
	}
	return kind == ""
}

// TestJunkIDs: what cannot be an id is not there, whatever bytes it has.
func TestJunkIDs(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		lead := w.add("Lea", acl.Lead)
		for _, id := range []string{"", "x", "\x00", "\xff", strings.Repeat("a", 27), strings.ToUpper(lead.ID), "' OR 1=1 --"} {
			for name, err := range map[string]error{
				"User":          second(w.User(ctx, lead, id)),
				"EditUser":      second(w.EditUser(ctx, lead, id, Profile{Name: "X"})),
				"DisableUser":   second(w.DisableUser(ctx, lead, id)),
				"EnableUser":    second(w.EnableUser(ctx, lead, id)),
				"Caller":        second(w.Caller(ctx, id)),
				"CreateLink":    deeds["CreateLink"].call(w, lead, acl.Caller{ID: id}, ""),
				"Links":         second(w.Links(ctx, lead, id)),
				"RevokeLink":    w.RevokeLink(ctx, lead, id),
				"PeekLink":      second(w.PeekLink(ctx, id)),
				"SignInByLink":  second(w.SignInByLink(ctx, id, id)),
				"Passkeys":      second(w.Passkeys(ctx, lead, id)),
				"RenamePasskey": w.RenamePasskey(ctx, lead, id, "x"),
				"RemovePasskey": w.RemovePasskey(ctx, lead, id),
				"Sessions":      second(w.Sessions(ctx, lead, id)),
				"EndSession":    w.EndSession(ctx, lead, id),
				"EndSessions":   w.EndSessions(ctx, lead, id, ""),
				"Tokens":        second(w.Tokens(ctx, lead, id)),
				"RevokeToken":   w.RevokeToken(ctx, lead, id),
			} {
				want(t, fmt.Sprintf("%s of %q", name, id), err, errs.NotFound)
			}
		}
	})
}

// TestSecretsAreNotKept: nothing that opens a door is in the database.
func TestSecretsAreNotKept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		ada := w.add("Ada", acl.Handler)
		in := w.enrol(ada, newDevice(t, origin))
		_, token, err := w.CreateToken(ctx, ada, "ci", time.Hour*24)
		want(t, "making a token", err, "")
		secrets := map[string]string{
			"cookie":          in.Cookie,
			"form token":      in.Session.FormToken,
			"link":            w.link(ada, Enrol),
			"sign-in link":    w.link(ada, SignIn),
			"ceremony":        must(w.BeginSignIn(ctx)).ID,
			"mailbox":         must(w.OpenMailbox(ctx, "report1")),
			"token":           token,
			"token, unmarked": strings.TrimPrefix(token, TokenPrefix),
			"calendar":        must(w.MakeCalendar(ctx, ada)),
		}
		kept := everything(t, d, "users", "links", "passkeys", "ceremonies", "sessions", "api_tokens", "calendar_links", "audit")
		if !strings.Contains(kept, hashOf(in.Cookie)) || !strings.Contains(kept, in.Session.ID) {
			t.Fatal("the search does not find what is there")
		}
		for name, s := range secrets {
			if strings.Contains(kept, s) {
				t.Errorf("the %s is in the database", name)
			}
		}
	})
}

// everything gives all values of the tables as one text.
func everything(t *testing.T, d *db.DB, tables ...string) string {
	t.Helper()
	var b strings.Builder
	err := d.Read(t.Context(), func(q db.Queryer) error {
		for _, table := range tables {
			rows, err := q.Query(t.Context(), "SELECT * FROM "+table)
			if err != nil {
				return err
			}
			names, err := rows.Columns()
			if err != nil {
				return err
			}
			row := make([]any, len(names))
			dest := make([]any, len(names))
			for i := range row {
				dest[i] = &row[i]
			}
			n := 0
			for ; rows.Next(); n++ {
				if err := rows.Scan(dest...); err != nil {
					return err
				}
				for _, v := range row {
					if raw, ok := v.([]byte); ok {
						v = string(raw)
					}
					fmt.Fprintln(&b, v)
				}
			}
			if err := rows.Err(); err != nil || n == 0 {
				return fmt.Errorf("table %s: %d rows, %w", table, n, err)
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
