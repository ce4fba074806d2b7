package account

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

func TestNames(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want string }{ // "": refused
		{"Ada", "Ada"},
		{"  Ada   Lovelace ", "Ada Lovelace"},
		{"Łukasz O’Neill-Šmíd 3rd", "Łukasz O’Neill-Šmíd 3rd"},
		{"林", "林"},
		{"e\u0301", "é"},
		{strings.Repeat("x", maxName), strings.Repeat("x", maxName)},
		{strings.Repeat("x", maxName+1), ""},
		{strings.Repeat("林", maxName*2), ""},
		{"", ""},
		{"   ", ""},
		{"...", ""},
		{"-rf", ""},
		{"Ada\nBob", ""},
		{"Ada\tBob", ""},
		{"Ada\x00", ""},
		{"Ada\u202eadA", ""}, // right-to-left override
		{"Ada\u2066", ""},    // isolate
		{"A\u200bda", ""},    // zero width space
		{"Ada\u00a0B", ""},   // a space that is none
		{"Ada\u2028", ""},    // line separator
		{"Ada\ufeff", ""},    // byte order mark
		{"Ada\ue000", ""},    // private use
		{"Ada\xff", ""},
	} {
		got, err := cleanName("name", tc.in)
		if got != tc.want || (err == nil) != (tc.want != "") {
			t.Errorf("cleanName(%q) = %q, %v; want %q", tc.in, got, err, tc.want)
		}
	}
	for _, tc := range []struct {
		a, b string
		same bool
	}{
		{"Ada", "aDA", true},
		{"Straße", "STRASSE", true},
		{"ＡＤＡ", "ada", true},
		{"É", "é", true},
		{"Ada", "Eda", false},
	} {
		if (nameKey(tc.a) == nameKey(tc.b)) != tc.same {
			t.Errorf("%q and %q: same name %v, want %v", tc.a, tc.b, !tc.same, tc.same)
		}
	}
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		p    Profile
		bad  []string // fields at fault
	}{
		{"whole", Profile{Name: "Ada", Email: "ada@example.org", Role: acl.Lead}, nil},
		{"least", Profile{Name: "Ada"}, nil},
		{"all wrong", Profile{Name: "", Email: "ada", Role: "boss"}, []string{"name", "email", "role"}},
		{"reserved", Profile{Name: "Steward"}, []string{"name"}},
		{"reserved in disguise", Profile{Name: "ｓｙｓｔｅｍ"}, []string{"name"}},
		{"a role in one case", Profile{Name: "Ada", Role: acl.Fixer}, []string{"role"}},
		{"no role of people", Profile{Name: "Ada", Role: acl.System}, []string{"role"}},
		{"mail with a name", Profile{Name: "Ada", Email: "Ada <ada@example.org>"}, []string{"email"}},
		{"mail with a header", Profile{Name: "Ada", Email: "ada@example.org\r\nBcc: all@example.org"}, []string{"email"}},
		{"long mail", Profile{Name: "Ada", Email: strings.Repeat("a", 250) + "@example.org"}, []string{"email"}},
	} {
		_, err := tc.p.clean()
		ps, _ := err.(errs.Problems)
		var got []string
		for _, p := range ps {
			got = append(got, p.Field)
		}
		if strings.Join(got, " ") != strings.Join(tc.bad, " ") {
			t.Errorf("%s: faults in %v, want %v", tc.name, got, tc.bad)
		}
	}
}

func TestAgents(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux)": "Mozilla/5.0 (X11; Linux)",
		"a\r\nb\u202ec\x00\xff":    "abc",
		"  ":                       "",
	} {
		if got := cleanAgent(in); got != want {
			t.Errorf("cleanAgent(%q) = %q, want %q", in, got, want)
		}
	}
	if got := cleanAgent(strings.Repeat("林", 9999)); utf8.RuneCountInString(got) != maxAgent || !utf8.ValidString(got) {
		t.Errorf("a long one is cut to %q", got)
	}
}

func TestUsers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		lead := w.add("Zoë", acl.Lead)
		u, err := w.AddUser(ctx, lead, Profile{Name: "Ada", Email: "ada@example.org", Role: acl.Handler})
		want(t, "adding", err, "")
		if !u.Created.Equal(w.watch.Now()) || !u.Active() {
			t.Errorf("added %+v", u)
		}
		_, err = w.AddUser(ctx, lead, Profile{Name: "ADA"})
		want(t, "the same name in capitals", err, errs.Invalid)
		_, err = w.EditUser(ctx, lead, lead.ID, Profile{Name: "ada", Role: acl.Lead})
		want(t, "renaming to a name that is taken", err, errs.Invalid)

		before := w.entries()
		_, err = w.EditUser(ctx, lead, u.ID, Profile{Name: "Ada", Email: "ada@example.org", Role: acl.Handler})
		want(t, "changing nothing", err, "")
		if w.entries() != before {
			t.Error("a change of nothing is recorded")
		}
		u2, err := w.EditUser(ctx, lead, u.ID, Profile{Name: "Ada L", Email: "a@example.org", Role: ""})
		want(t, "changing all", err, "")
		if e := w.last(u.ID); e.Detail["old name"] != "Ada" || e.Detail["old role"] != "handler" || e.Detail["email"] != "changed" {
			t.Errorf("recorded %v", e.Detail)
		}
		for name, got := range map[string]User{
			"User":      must(w.User(ctx, lead, u.ID)),
			"UserNamed": must(w.UserNamed(ctx, lead, " aDA l")),
			"Users":     must(w.Users(ctx, lead))[0],
			"UserPage":  must(w.UserPage(ctx, lead, "")).Users[0],
			"herself":   must(w.User(ctx, u.Caller(), u.ID)),
		} {
			if got != u2 || got.Name != "Ada L" || got.Email != "a@example.org" || got.Role != "" {
				t.Errorf("%s gives %+v, want %+v", name, got, u2)
			}
		}
		for name, err := range map[string]error{
			"User":        second(w.User(ctx, lead, "nobody")),
			"UserNamed":   second(w.UserNamed(ctx, lead, "nobody")),
			"a bad name":  second(w.UserNamed(ctx, lead, "\x00")),
			"EditUser":    second(w.EditUser(ctx, lead, "nobody", Profile{Name: "X"})),
			"DisableUser": second(w.DisableUser(ctx, lead, "nobody")),
			"Caller":      second(w.Caller(ctx, "nobody")),
		} {
			want(t, name+" of nobody", err, errs.NotFound)
		}
	})
}

// TestUserPage goes through more people than one page holds.
func TestUserPage(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		lead := w.add("Zoë", acl.Lead)
		for i := range usersAtOnce + 20 {
			w.add(fmt.Sprintf("person %03d", (i*37)%(usersAtOnce+20)), "")
		}
		var got []string
		pages := 0
		for after := ""; ; pages++ {
			page, err := w.UserPage(ctx, lead, after)
			want(t, "a page", err, "")
			for _, u := range page.Users {
				got = append(got, u.Name)
			}
			if after = page.Next; after == "" {
				break
			}
		}
		if pages != 1 || len(got) != usersAtOnce+21 || !slices.IsSorted(got[:usersAtOnce+20]) || got[usersAtOnce+20] != "Zoë" {
			t.Errorf("%d pages more give %q", pages, got)
		}
		page, err := w.UserPage(ctx, lead, "PERSON 118x")
		want(t, "from a name that nobody has", err, "")
		if len(page.Users) != 2 || page.Users[0].Name != "person 119" {
			t.Errorf("from there on come %+v", page.Users)
		}
		_, err = w.UserPage(ctx, lead, "\x00")
		want(t, "from what is no name", err, errs.Invalid)
	})
}

func TestDisable(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		ada, bob := w.add("Ada", acl.Handler), w.add("Bob", acl.Handler)
		mine := must(w.SignInByLink(ctx, w.link(ada, SignIn), ""))
		his := must(w.SignInByLink(ctx, w.link(bob, SignIn), ""))
		_, token, err := w.CreateToken(ctx, ada, "ci", 0)
		want(t, "making a token", err, "")
		link := w.link(ada, Enrol)

		u, err := w.DisableUser(ctx, acl.Myself(), ada.ID)
		want(t, "disabling", err, "")
		if u.Active() || must(w.User(ctx, bob, ada.ID)).Active() {
			t.Error("still active")
		}
		if w.works(mine.Cookie) || w.tokenWorks(token) || !w.works(his.Cookie) {
			t.Error("what Ada holds still works, or what Bob holds does not")
		}
		_, err = w.PeekLink(ctx, link)
		want(t, "a link of a disabled person", err, errs.NotFound)
		_, err = w.Caller(ctx, ada.ID)
		want(t, "acting as a disabled person", err, errs.Denied)
		_, _, err = w.CreateLink(ctx, acl.Myself(), ada.ID, Enrol)
		want(t, "a link for a disabled person", err, errs.Conflict)
		_, _, err = w.CreateToken(ctx, ada, "again", 0)
		want(t, "a token for a disabled person", err, errs.Denied)

		before := w.entries()
		again := must(w.DisableUser(ctx, acl.Myself(), ada.ID))
		if again != u || w.entries() != before {
			t.Errorf("disabling twice: %+v, then %+v", u, again)
		}
		must(w.EnableUser(ctx, acl.Myself(), ada.ID))
		if w.works(mine.Cookie) || w.tokenWorks(token) {
			t.Error("enabling brought back what had ended")
		}
		if c := must(w.Caller(ctx, ada.ID)); c != ada {
			t.Errorf("the caller is %+v", c)
		}
	})
}

func TestLastLead(t *testing.T) {
	t.Parallel()
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			// Two processes at the same database.
			dsn := dbtest.DSN(t, engine)
			var worlds [2]*world
			for i := range worlds {
				d, err := db.Open(ctx, dsn)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { d.Close() })
				worlds[i] = newWorld(t, d)
			}
			w := worlds[0]
			ada, bob := w.add("Ada", acl.Lead), w.add("Bob", acl.Lead)
			must(w.EditUser(ctx, ada, bob.ID, Profile{Name: "Bob", Role: acl.Handler}))
			before := w.entries()
			_, err := w.DisableUser(ctx, ada, ada.ID)
			want(t, "disabling the last lead", err, errs.Conflict)
			_, err = w.EditUser(ctx, acl.Myself(), ada.ID, Profile{Name: "Ada", Role: acl.Auditor})
			want(t, "demoting the last lead", err, errs.Conflict)
			_, err = w.EditUser(ctx, ada, ada.ID, Profile{Name: "Ada K", Role: acl.Lead})
			want(t, "renaming the last lead", err, "")
			if w.entries() != before+1 {
				t.Error("a refused change is in the record")
			}

			must(w.EditUser(ctx, ada, bob.ID, Profile{Name: "Bob", Role: acl.Lead}))
			var results [2]error
			var wg sync.WaitGroup
			for i, id := range []string{ada.ID, bob.ID} {
				wg.Go(func() { _, results[i] = worlds[i].DisableUser(ctx, acl.Myself(), id) })
			}
			wg.Wait()
			if errs.Is(results[0], errs.Conflict) == errs.Is(results[1], errs.Conflict) {
				t.Errorf("two leads disabled each other at once: %v, %v", results[0], results[1])
			}
			if err := w.DB.Read(ctx, func(q db.Queryer) error { return second(audit.Verify(ctx, q, nil)) }); err != nil {
				t.Error(err)
			}
		})
	}
}
