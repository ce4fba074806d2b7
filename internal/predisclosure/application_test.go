package predisclosure

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"steward/internal/base/errs"
)

func TestApplicationFaults(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", MaxText+1)
	for field, bad := range map[string][]func(a *Application){
		"token":         {func(a *Application) { a.Token = "" }, func(a *Application) { a.Token = strings.Repeat("ü", 20) }, func(a *Application) { a.Token = long }},
		"organisation":  {func(a *Application) { a.Organisation = " " }, func(a *Application) { a.Organisation = "a\nb" }, func(a *Application) { a.Organisation = "a\u202eb" }, func(a *Application) { a.Organisation = "\xff" }},
		"product":       {func(a *Application) { a.Product = "" }, func(a *Application) { a.Product = long }},
		"available":     {func(a *Application) { a.Available = "javascript:alert(1)" }, func(a *Application) { a.Available = "https://" }, func(a *Application) { a.Available = "https://u:p@x.example/" }, func(a *Application) { a.Available = "here" }},
		"why":           {func(a *Application) { a.Why = "" }, func(a *Application) { a.Why = long }, func(a *Application) { a.Why = "a\x00b" }},
		"users":         {func(a *Application) { a.Users = "" }},
		"ships":         {func(a *Application) { a.Ships = "" }},
		"security_page": {func(a *Application) { a.SecurityPage = "ftp://x.example/" }, func(a *Application) { a.SecurityPage = "" }},
		"zone":          {func(a *Application) { a.Zone = "" }, func(a *Application) { a.Zone = "Local" }, func(a *Application) { a.Zone = "../../etc/passwd" }},
		"agreement":     {func(a *Application) { a.Agreement = 0 }},
		"accepted_by":   {func(a *Application) { a.AcceptedBy = "" }},
		"contacts":      {func(a *Application) { a.Contacts = nil }, func(a *Application) { a.Contacts = slices.Repeat(a.Contacts, 6) }},

		"contacts[0].name":  {func(a *Application) { a.Contacts[0].Name = "" }},
		"contacts[0].email": {func(a *Application) { a.Contacts[0].Email = "Ann <ann@x.example>" }, func(a *Application) { a.Contacts[0].Email = "a b@x.example" }},
		"contacts[1].email": {func(a *Application) { a.Contacts[1].Email = strings.ToUpper(a.Contacts[0].Email) }},
		"contacts[1].key":   {func(a *Application) { a.Contacts[1].Key = "" }, func(a *Application) { a.Contacts[1].Key = strings.Repeat(armored(), 2) }, func(a *Application) { a.Contacts[1].Key = strings.Repeat("x", MaxKey+1) }},
	} {
		for i, edit := range bad {
			a := application()
			edit(&a)
			ps, ok := a.check(day0).(errs.Problems)
			if !ok || len(ps) != 1 || ps[0].Field != field {
				t.Errorf("%s, %d: %v", field, i, ps)
			}
		}
	}
	a := application()
	if err := a.check(day0); err != nil {
		t.Error(err)
	}
}

func TestParseApplication(t *testing.T) {
	t.Parallel()
	whole, err := json.Marshal(application())
	if err != nil {
		t.Fatal(err)
	}
	a, err := ParseApplication(whole)
	if err != nil || a.Token != "" || len(a.Contacts) != 2 || a.Contacts[1].Key != armored() {
		t.Errorf("%+v, %v", a, err)
	}
	for _, bad := range []string{"", "[]", "{", `{"organisation":1}`, `{"unknown":""}`, `{"token":"x"}`, "{}{}", "{} x", `{"agreement":99999999999999999999}`,
		strings.Repeat(`{"contacts":[`, 20_000), `{"why":"` + strings.Repeat("x", MaxApplication) + `"}`} {
		if _, err := ParseApplication([]byte(bad)); !errs.Is(err, errs.Invalid) {
			t.Errorf("%.40q: %v", bad, err)
		}
	}
}

// FuzzParseApplication: whatever is sent, it is an application or the sender's
// fault; what is taken is written and read as the same; and what passes the
// check has only lines and links that a page can show.
func FuzzParseApplication(f *testing.F) {
	whole, err := json.Marshal(application())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	for _, s := range []string{"{}", `{"contacts":[{}]}`, `{"zone":"../x"}`, "null", `{"available":"https://x.example/\u202e"}`, "[[[[", `{"agreement":-1}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := ParseApplication(b)
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Fatalf("%v", err)
			}
			return
		}
		once, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if len(once) <= MaxApplication {
			again, err := ParseApplication(once)
			twice, err2 := json.Marshal(again)
			if err != nil || err2 != nil || !bytes.Equal(once, twice) {
				t.Fatalf("read again: %v, %v", err, err2)
			}
		}
		a.Token = strings.Repeat("t", MinToken)
		if err := a.check(day0); err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, line := range []string{a.Organisation, a.Product, a.Available, a.SecurityPage, a.AcceptedBy} {
			if strings.ContainsFunc(line, unfitForLine) || len(line) > MaxLine {
				t.Errorf("taken as a line: %q", line)
			}
		}
		for _, link := range []string{a.Available, a.SecurityPage} {
			if !strings.HasPrefix(strings.ToLower(link), "http") {
				t.Errorf("taken as a link: %q", link)
			}
		}
	})
}
