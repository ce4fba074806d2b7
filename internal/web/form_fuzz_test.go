package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/errs"
	"steward/internal/cvd"
	"steward/internal/intake"
)

var fuzzTime = time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)

// fuzzServer is as much of the face as reads forms, with tokens that are the
// same in each run.
func fuzzServer(at time.Time) *server {
	return &server{tokens: tokens{key: []byte("key"), clock: func() time.Time { return at }, rand: strings.NewReader(strings.Repeat("n", 1000))}}
}

// FuzzToken: of all tokens of forms, those alone are good that we made in the
// last two days.
func FuzzToken(f *testing.F) {
	made, err := fuzzServer(fuzzTime).tokens.make()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(made, int64(0))
	f.Add(made, int64(tokenLife/time.Second))
	f.Add(made, int64(-61))
	f.Add(base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{0xff}, tokenBytes)), int64(0))
	f.Add(made+"\n", int64(1))
	f.Fuzz(func(t *testing.T, token string, later int64) {
		later %= 1 << 32
		s := fuzzServer(fuzzTime.Add(time.Duration(later) * time.Second))
		raw, err := base64.RawURLEncoding.DecodeString(token)
		ours, _ := base64.RawURLEncoding.DecodeString(made) // it was encoded by us
		want := err == nil && bytes.Equal(raw, ours) && later >= -60 && later < int64(tokenLife/time.Second)
		if got := s.tokens.valid(token); got != want {
			t.Errorf("%q, %d seconds later: %v", token, later, got)
		}
	})
}

// FuzzOurs: a redirect after signing in stays on this host.
func FuzzOurs(f *testing.F) {
	for _, s := range []string{"/team", "/team/cases/x", "//evil.example", "/team/\\evil", "/team/../../x", "https://evil.example", "/team/\r\nX: y", "/teams", "/team/%2e%2e//x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		w := httptest.NewRecorder()
		http.Redirect(w, httptest.NewRequest("POST", "http://localhost/team/sign-in", nil), ours(path), http.StatusSeeOther)
		to := w.Header().Get("Location")
		base, err := url.Parse("http://localhost/team/sign-in")
		if err != nil {
			t.Fatal(err)
		}
		u, err := base.Parse(to)
		if err != nil || u.Host != "localhost" || strings.ContainsAny(to, "\r\n\\") {
			t.Errorf("%q leads to %q", path, to)
		}
	})
}

// FuzzReadUpload: no file is kept before the form's token was found good, and
// no more is read into memory than a form may hold.
func FuzzReadUpload(f *testing.F) {
	token, err := fuzzServer(fuzzTime).tokens.make()
	if err != nil {
		f.Fatal(err)
	}
	part := func(disposition, body string) string {
		return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + body + "\r\n"
	}
	good, file := part(`name="token"`, token), part(`name="attachments"; filename="a.txt"`, "file")
	const kind = "multipart/form-data; boundary=b"
	f.Add(kind, []byte(good+file+part(`name="do"`, "send")+"--b--\r\n"))
	f.Add(kind, []byte(file+good+"--b--"))
	f.Add(kind, []byte(part(`name="token"`, "x")+good+file+"--b--\r\n"))
	f.Add(kind, []byte(good+"--b\r\nContent-Disposition: form-data; name=a; filename*=utf-8''%ff\r\nContent-Transfer-Encoding: base64\r\n\r\n====\r\n--b--"))
	f.Add(kind, []byte(good+"--b\r\nContent-Type: multipart/mixed; boundary=c\r\nContent-Disposition: form-data; name=n\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--b--\r\n"))
	f.Add(kind, []byte(strings.Repeat("--b\r\n\r\n\r\n", 30)))
	f.Add("application/x-www-form-urlencoded", []byte("token="+token+"&a=%zz&b=1;c"))
	f.Add("multipart/form-data; boundary="+strings.Repeat("x", 80), []byte("x"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		r := httptest.NewRequest("POST", "/report", bytes.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		v := &visit{w: httptest.NewRecorder(), r: r}
		kept, read := 0, 0
		u, err := fuzzServer(fuzzTime).readUpload(v, func(fields url.Values) (attach, error) {
			if fields.Get("token") != token {
				t.Errorf("a file came before a good token: %q", fields)
			}
			return func(_ context.Context, name, _ string, r io.Reader) (intake.Attachment, error) {
				n, err := io.Copy(io.Discard, r)
				kept, read = kept+1, read+int(n)
				if intake.DisplayName(name) == "" {
					t.Errorf("a file is called %q", name)
				}
				return intake.Attachment{}, err
			}, nil
		})
		if err == nil && u.Get("token") != token {
			t.Errorf("a form without a good token was taken: %q", u.Values)
		}
		if kept != u.Files || read > len(body) {
			t.Errorf("%d files, %d were kept, with %d bytes", u.Files, kept, read)
		}
		if err != nil && errs.KindOf(err) == errs.Internal {
			t.Errorf("%v", err)
		}
	})
}

// FuzzAffected: the table of versions is shown as it was read, and read so
// again.
func FuzzAffected(f *testing.F) {
	f.Add("affected.0.product=a&affected.0.introduced=1&affected.1.product=a&affected.1.introduced=2&affected.2.product=b&affected.2.versions=3+4")
	f.Add("affected.99.versions=1&affected.100.product=x&affected.-1.product=y&affected.0.repo=+")
	f.Fuzz(func(t *testing.T, query string) {
		typed, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		list, places := readAffected(typed)
		shown := form{Values: url.Values{}}
		shown.fillFacts(1, cvd.Fields{Affected: list})
		again, _ := readAffected(shown.Values)
		rows := 0
		for _, a := range list {
			rows += max(1, len(a.Ranges))
		}
		if rows <= maxRows && !reflect.DeepEqual(list, again) {
			t.Errorf("%q is read as %+v, shown and read as %+v", query, list, again)
		}
		for path, place := range places {
			if !strings.HasPrefix(place, "affected.") || !strings.HasPrefix(path, "affected[") {
				t.Errorf("%s stands at %s", path, place)
			}
		}
		if n := shown.rows("affected", true, 1); len(n) > maxRows+1 {
			t.Errorf("%d rows", len(n))
		}
	})
}

// FuzzText: the prose is shown as it was read, and read so again.
func FuzzText(f *testing.F) {
	f.Add("overview=a%0D%0Ab&references.0.url=u&references.0.kind=web&timeline.3.at=2026-03-03&timeline.3.what=x&credits.1.name=A&credits.1.agreed=yes")
	f.Add("timeline.0.at=9999-99-99&timeline.0.what=&summary=+x+")
	f.Fuzz(func(t *testing.T, query string) {
		typed, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		text, _, err := readText(typed)
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Error(err)
			}
			return
		}
		shown := form{Values: url.Values{}}
		shown.fillText(1, text)
		if again, _, err := readText(shown.Values); err != nil || !reflect.DeepEqual(text, again) {
			t.Errorf("%q is read as %+v, shown and read as %+v: %v", query, text, again, err)
		}
	})
}

// FuzzHour: an hour is shown as it was read, and a day likewise.
func FuzzHour(f *testing.F) {
	f.Add("2026-03-24", "15:00", "Europe/Stockholm")
	f.Add("2026-03-29", "02:30", "Europe/Stockholm")
	f.Add("0000-01-01", "24:00", "Local")
	f.Add(" 2026-03-24 ", "1:2", "UTC\x00")
	f.Fuzz(func(t *testing.T, day, hour, zone string) {
		typed := url.Values{"at": {day}, "at.time": {hour}, "at.zone": {zone}}
		if at, where, err := readHour(typed, "at"); err == nil {
			shown := form{Values: url.Values{}}
			shown.setHour("at", at, where)
			again, _, err := readHour(shown.Values, "at")
			if err != nil || !again.Equal(at) {
				t.Errorf("%q is %v, shown as %q: %v, %v", typed, at, shown.Values, again, err)
			}
		} else if !errs.Is(err, errs.Invalid) {
			t.Error(err)
		}
		if at, err := readDay(typed, "at"); err == nil && dayValue(at) != strings.TrimSpace(day) {
			t.Errorf("the day %q is shown as %q", day, dayValue(at))
		}
	})
}

// FuzzVersion: the version that a form was made on is read as it was written.
func FuzzVersion(f *testing.F) {
	f.Add("12")
	f.Add("-9223372036854775808")
	f.Add("9223372036854775808x")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := version(url.Values{"version": {s}})
		if err != nil {
			if !errs.Is(err, errs.Conflict) {
				t.Error(err)
			}
			return
		}
		if again, err := version(url.Values{"version": {strconv.FormatInt(n, 10)}}); err != nil || again != n {
			t.Errorf("%q is %d: %d, %v", s, n, again, err)
		}
	})
}

// FuzzChooseVectors: a vector that was put together from choices of the page
// is a vector, or the fault is named.
func FuzzChooseVectors(f *testing.F) {
	f.Add("severity.cvss31.AV=N&severity.cvss31.AC=L&severity.cvss31.PR=N&severity.cvss31.UI=N&severity.cvss31.S=U&severity.cvss31.C=H&severity.cvss31.I=H&severity.cvss31.A=H")
	f.Add("severity.cvss40.AV=N%2FAC%3AL&severity.cvss4.AV=%ff")
	f.Fuzz(func(t *testing.T, query string) {
		typed, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		chooseVectors(typed)
		scores, err := advisory.Severity{CVSS4: typed.Get("severity.cvss4"), CVSS31: typed.Get("severity.cvss31")}.Scores()
		if err != nil && !errs.Is(err, errs.Invalid) {
			t.Error(err)
		}
		for _, s := range scores {
			if s.Value < 0 || s.Value > 10 {
				t.Errorf("%v", s)
			}
		}
	})
}
