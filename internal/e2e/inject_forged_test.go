package e2e

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"steward/internal/account"
	"steward/internal/api"
	"steward/internal/base/acl"
	"steward/internal/cvd"
	"steward/internal/intake"
	"steward/internal/subscribe"
	"steward/internal/web"
)

// target is a Steward with one case and someone signed in at each door, whom
// other sites try to make do things.
type target struct {
	*steward
	t       *testing.T
	cookies map[string]string // by name
	tokens  map[string]string // form tokens, right and wrong, by whose they are
	caseID  string
	user    string // someone whom a lead can edit
	hook    string // a webhook
}

func newTarget(t *testing.T) *target {
	t.Helper()
	g := &target{t: t, cookies: map[string]string{}, tokens: map[string]string{}}
	g.steward = serve(t, before, "reports_per_hour = 20", "reports_per_hour = 100000", "sign_ins_per_hour = 60", "sign_ins_per_hour = 100000")
	ctx := t.Context()
	sub := intake.Submission{Channel: intake.Web, Token: "the-report-of-the-forgeries", Summary: title, What: what, Reporter: intake.Reporter{Anonymous: true}}
	receipt, err := g.app.Cases.Receive(ctx, acl.Nobody(), nil, sub, nil)
	g.must(err)
	box, err := g.app.Cases.Unlock(ctx, receipt.Phrase.Words())
	g.must(err)
	g.cookies["steward-mailbox"], err = g.app.Accounts.OpenMailbox(ctx, box.Report)
	g.must(err)
	g.tokens["the mailbox's"] = g.formToken(g.cookies["steward-mailbox"])

	old := g.person(lead, acl.Lead)
	g.tokens["an ended session's"] = g.formToken(old)
	g.must(g.app.Accounts.SignOut(ctx, old))
	g.cookies["steward-team"] = g.again(lead)
	g.tokens["right"] = g.formToken(g.cookies["steward-team"])
	g.tokens["another browser's of the same person"] = g.formToken(g.again(lead))
	g.tokens["another person's"] = g.formToken(g.person(handler, acl.Handler))
	g.person(fixer, "")
	u, err := g.app.Accounts.UserNamed(ctx, acl.Myself(), fixer)
	g.must(err)
	g.user = u.ID

	c, err := g.app.Accounts.UserNamed(ctx, acl.Myself(), handler)
	g.must(err)
	who, err := g.app.Accounts.Caller(ctx, c.ID)
	g.must(err)
	page, err := g.app.Cases.Queue(ctx, who, cvd.Filter{})
	g.must(err)
	g.caseID = page.Cases[0].ID
	g.tokens["a stranger's"] = g.openToken(t)
	h, _, err := g.app.Subscribers.AddWebhook(ctx, acl.Caller{ID: g.user, Name: lead, Role: acl.Lead}, subscribe.HookWish{URL: "https://hooks.example/in"})
	g.must(err)
	g.hook = h.ID
	return g
}

func (g *target) must(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

// person adds someone and signs them in.
func (g *target) person(name string, role acl.Role) string {
	g.t.Helper()
	_, err := g.app.Accounts.AddUser(g.t.Context(), account.Operator(), account.Profile{Name: name, Role: role})
	g.must(err)
	return g.again(name)
}

// again signs someone in and gives the cookie.
func (g *target) again(name string) string {
	g.t.Helper()
	u, err := g.app.Accounts.UserNamed(g.t.Context(), acl.Myself(), name)
	g.must(err)
	_, link, err := g.app.Accounts.CreateLink(g.t.Context(), account.Operator(), u.ID, account.SignIn)
	g.must(err)
	in, err := g.app.Accounts.SignInByLink(g.t.Context(), link, "test")
	g.must(err)
	return in.Cookie
}

// formToken is the token of the forms of a session.
func (g *target) formToken(cookie string) string {
	g.t.Helper()
	s, _, err := g.app.Accounts.Authenticate(g.t.Context(), cookie)
	g.must(err)
	return s.FormToken
}

// openToken is the token of a form that needs no session.
func (s *steward) openToken(t *testing.T) string {
	t.Helper()
	_, body, err := get(s.base+"/report", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(body), `name="token" value="`)
	token, _, ok := strings.Cut(rest, `"`)
	if !ok {
		t.Fatal("the report form has no token")
	}
	return token
}

// state is all that is kept.
func (g *target) state() string {
	g.t.Helper()
	digest, err := g.app.DB.Digest(g.t.Context())
	g.must(err)
	return digest
}

// pageRoutes are the addresses of all pages that change something, those that
// sign out last.
func (g *target) pageRoutes() []string {
	var list, last []string
	for _, pattern := range web.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if method == http.MethodGet {
			continue
		}
		id := g.caseID
		if strings.HasPrefix(path, "/team/people/") {
			id = g.user
		}
		deeds := []string{""}
		if strings.HasPrefix(path, "/team/subscribers/") {
			id = g.hook
		}
		if strings.HasSuffix(path, "/subscribers/{id}/{deed}") {
			deeds = []string{"rotate", "disable", "enable", "remove"}
		} else if strings.Contains(path, "{deed}") {
			deeds = []string{"share", "review", "approve", "schedule", "unschedule", "now", "announce", "withdraw"}
		}
		if strings.Contains(path, "{member}") { // nobody has applied: these have one answer
			deeds = []string{"vet"}
		}
		for _, deed := range deeds {
			at := strings.NewReplacer("{id}", id, "{deed}", deed, "{trigger}", "exploited", "{delivery}", "none", "{slug}", "distributors", "{member}", g.user).Replace(path)
			if strings.HasSuffix(at, "/sign-out") {
				last = append(last, at)
			} else {
				list = append(list, at)
			}
		}
	}
	return append(list, last...)
}

// form is one that every page takes something of.
func (g *target) form(path, token string) url.Values {
	f := url.Values{
		"body": {"Forged."}, "name": {"Forged"}, "role": {""}, "reason": {"Forged."}, "summary": {"Forged"}, "what": {"Forged."}, "agree": {"no"},
		"do": {"send"}, "id": {"distributors"}, "conditions": {"Forged."}, "agreement": {"Forged."}, "attest_months": {"12"}, "open": {"yes"}, "sure": {"yes"}, "once": {g.tokens["a stranger's"]}, "credit.want": {"no"}, "disposition": {"informational"}, "days": {"30"}, "comment": {"Forged."},
		"event": {"propose"}, "until": {"2026-04-01"}, "until.time": {"12:00"}, "until.zone": {"UTC"}, "title": {"Forged"}, "overview": {"Forged."},
		"version": {"1"}, "nextStatus": {"2026-03-05"}, "plan": {"2026-03-05"}, "day": {"2026-03-05"},
		"url": {"https://hooks.example/forged"},
	}
	f.Set("key", string(g.app.Signer.PublicKey()))
	switch {
	case path == "/team/rota":
		for name, value := range map[string]string{"version": "0", "zone": "UTC", "weekday": "1", "hour": "10", "start": "2026-03-02", "do": "save"} {
			f.Set(name, value)
		}
	case strings.HasSuffix(path, "/people"):
		f.Set("name", fixer)
		f.Set("role", "fixer")
	case strings.HasSuffix(path, "/patch/move"):
		f.Set("event", "start")
	case strings.HasSuffix(path, "/team/people"):
		f.Set("role", "lead")
	}
	if token != "" {
		f.Set("token", token)
	}
	return f
}

// rightToken is the one that the form of a page needs.
func (g *target) rightToken(path string) string {
	switch {
	case strings.HasPrefix(path, "/team/sign-in"), strings.HasPrefix(path, "/mailbox/sign-in"), path == "/mailbox/claim", !strings.HasPrefix(path, "/team") && !strings.HasPrefix(path, "/mailbox"):
		return g.tokens["a stranger's"]
	case strings.HasPrefix(path, "/mailbox"):
		return g.tokens["the mailbox's"]
	}
	return g.tokens["right"]
}

// send makes a request with all the cookies that the browser has.
func (g *target) send(method, path, kind string, body []byte, headers ...string) *http.Response {
	g.t.Helper()
	req, err := http.NewRequest(method, g.base+path, bytes.NewReader(body))
	g.must(err)
	for name, value := range g.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	g.must(err)
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body) // what it says is for people
	return res
}

const urlencoded = "application/x-www-form-urlencoded"

// forgery is a way to send a form that the person before the browser has not
// sent.
type forgery struct {
	name string
	send func(g *target, path string) *http.Response
}

// elsewhere is a form with everything right but where it comes from.
func elsewhere(headers ...string) func(*target, string) *http.Response {
	return func(g *target, path string) *http.Response {
		return g.send("POST", path, urlencoded, []byte(g.form(path, g.rightToken(path)).Encode()), headers...)
	}
}

// withToken is a form with a token that is not its own.
func withToken(whose string) func(*target, string) *http.Response {
	return func(g *target, path string) *http.Response {
		token := g.tokens[whose]
		if token == g.rightToken(path) {
			token = g.tokens["right"] // at a door that is open to strangers, a session's is wrong
		}
		return g.send("POST", path, urlencoded, []byte(g.form(path, token).Encode()))
	}
}

// ofKind is a form with the right token in a body of another kind.
func ofKind(kind string, body func(f url.Values) string) func(*target, string) *http.Response {
	return func(g *target, path string) *http.Response {
		return g.send("POST", path, kind, []byte(body(g.form(path, g.rightToken(path)))))
	}
}

// byMethod is everything right, by another method.
func byMethod(method string, headers ...string) func(*target, string) *http.Response {
	return func(g *target, path string) *http.Response {
		form := g.form(path, g.rightToken(path)).Encode()
		return g.send(method, path+"?"+form, urlencoded, []byte(form), headers...)
	}
}

func jsonOf(f url.Values) string {
	var b strings.Builder
	for name, values := range f {
		fmt.Fprintf(&b, "%s%q: %q", map[bool]string{true: "{", false: ", "}[b.Len() == 0], name, values[0])
	}
	return b.String() + "}"
}

func linesOf(f url.Values) string {
	var b strings.Builder
	for name, values := range f {
		fmt.Fprintf(&b, "%s=%s\r\n", name, values[0])
	}
	return b.String()
}

// late is a form whose token comes after its file.
func late(g *target, path string) *http.Response {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	w, err := m.CreateFormFile("attachments", "forged.txt")
	g.must(err)
	_, err = io.WriteString(w, "Forged.")
	g.must(err)
	for name, values := range g.form(path, g.rightToken(path)) {
		g.must(m.WriteField(name, values[0]))
	}
	g.must(m.Close())
	return g.send("POST", path, m.FormDataContentType(), b.Bytes())
}

var forgeries = []forgery{
	{"from another site", elsewhere("Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")},
	{"from another site that names no origin", elsewhere("Sec-Fetch-Site", "cross-site")},
	{"from a sibling of our host", elsewhere("Origin", "http://evil.localhost", "Sec-Fetch-Site", "same-site")},
	{"from another site, by an old browser", elsewhere("Origin", "https://evil.example")},
	{"from another port, by an old browser", elsewhere("Origin", "http://localhost:1")},
	{"from a frame without an origin", elsewhere("Origin", "null", "Sec-Fetch-Site", "cross-site")},
	{"from another site, as if by a script", elsewhere("Origin", "https://evil.example", "X-Requested-With", "XMLHttpRequest")},
	{"without a token", withToken("nobody's")},
	{"with an ended session's token", withToken("an ended session's")},
	{"with another person's token", withToken("another person's")},
	{"with another browser's token", withToken("another browser's of the same person")},
	{"with the token of the other door", withToken("the mailbox's")},
	{"with a stranger's token", withToken("a stranger's")},
	{"as JSON", ofKind("application/json", jsonOf)},
	{"as text", ofKind("text/plain", linesOf)},
	{"as a form that says that it is text", ofKind("text/plain", url.Values.Encode)},
	{"as nothing", ofKind("", url.Values.Encode)},
	{"with the token behind the file", late},
	{"by GET", byMethod("GET", "X-HTTP-Method-Override", "POST")},
	{"by PUT", byMethod("PUT")},
	{"by DELETE", byMethod("DELETE", "X-HTTP-Method-Override", "POST")},
}

// TestForgedFormsAreRefused sends a form to every page that changes something,
// in each way in which someone else may send it: nothing changes.
func TestForgedFormsAreRefused(t *testing.T) {
	t.Parallel()
	g := newTarget(t)
	paths := g.pageRoutes()
	if len(paths) < 40 {
		t.Fatalf("only %d addresses change something", len(paths))
	}
	for _, f := range forgeries {
		kept := g.state()
		for _, path := range paths {
			if f.name == "by GET" && path == "/team/sign-in" {
				continue // whoever opens this page is given a challenge, which is kept
			}
			res := f.send(g, path)
			if strings.HasPrefix(f.name, "by ") {
				continue // a page may answer, and changes nothing
			}
			if res.StatusCode < 400 || res.StatusCode >= 500 {
				t.Errorf("%s, %s: %s", path, f.name, res.Status)
			}
			if signed := res.Header.Get("Set-Cookie"); signed != "" {
				t.Errorf("%s, %s: sets a cookie: %s", path, f.name, signed)
			}
		}
		if g.state() != kept {
			t.Errorf("%s: something changed", f.name)
		}
	}
	// The same forms do work where the person sends them.
	done := 0
	for _, path := range paths {
		kept := g.state()
		res := elsewhere("Origin", g.base, "Sec-Fetch-Site", "same-origin")(g, path)
		if res.StatusCode == http.StatusForbidden && !strings.HasSuffix(path, "/portal/status") { // which is for distributors alone
			t.Errorf("%s: the person's own form is refused", path)
		}
		if g.state() != kept {
			done++
		}
	}
	t.Logf("%d forgeries of each of %d forms; sent by the person, %d of them change something", len(forgeries), len(paths), done)
	if done < len(paths)/3 {
		t.Errorf("of %d forms only %d do anything at all: the test shows little", len(paths), done)
	}
}

// TestForgedCallsAreRefused: the API heeds no cookie and lets no other site
// send what a page of another site could send.
func TestForgedCallsAreRefused(t *testing.T) {
	t.Parallel()
	g := newTarget(t)
	kept := g.state()
	body := []byte(`{"body": "Forged.", "product": "brindle", "summary": "Forged", "what": "Forged.", "user": "` + fixer + `", "role": "fixer", "name": "Forged"}`)
	tried := 0
	for _, rt := range (&api.Server{}).Routes() {
		if rt.Method == http.MethodGet {
			continue
		}
		path := "/api/v1" + strings.NewReplacer("{id}", g.caseID).Replace(rt.Path)
		if strings.HasPrefix(rt.Path, "/users/") {
			path = "/api/v1" + strings.ReplaceAll(rt.Path, "{id}", url.PathEscape(fixer))
		}
		for _, kind := range []string{"text/plain", urlencoded, "multipart/form-data; boundary=x", ""} { // what a form or a simple fetch may say
			res := g.send(rt.Method, path, kind, body, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
			if (res.StatusCode < 400 || res.StatusCode >= 500) && rt.Path != "/reports/lint" { // which keeps nothing
				t.Errorf("%s %s as %q with the browser's cookies: %s", rt.Method, path, kind, res.Status)
			}
			tried++
		}
		for _, auth := range []string{"Bearer " + g.cookies["steward-team"], "Phrase " + g.cookies["steward-mailbox"], "Basic eDp5", g.cookies["steward-team"]} {
			if res := g.send(rt.Method, path, "application/json", body, "Authorization", auth); res.StatusCode < 400 || res.StatusCode >= 500 {
				t.Errorf("%s %s with a cookie as its authorization: %s", rt.Method, path, res.Status)
			}
		}
		ask := g.send("OPTIONS", path, "", nil, "Origin", "https://evil.example", "Access-Control-Request-Method", rt.Method, "Access-Control-Request-Headers", "authorization,idempotency-key,content-type")
		for name := range ask.Header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s %s lets other sites in: %s: %s", rt.Method, path, name, ask.Header.Get(name))
			}
		}
	}
	if g.state() != kept || tried < 100 {
		t.Errorf("%d calls were made, and something changed: %v", tried, g.state() != kept)
	}
}

// TestCookies: a cookie is out of reach of scripts and of other sites' forms,
// and over https bound to this very host.
func TestCookies(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"http", "https"} {
		g := &target{t: t, tokens: map[string]string{}, cookies: map[string]string{}}
		g.steward = serve(t, before, "http://localhost:", scheme+"://localhost:")
		ctx := t.Context()
		sub := intake.Submission{Channel: intake.Web, Token: "the-report-of-the-cookies", Summary: title, What: what, Reporter: intake.Reporter{Anonymous: true}}
		receipt, err := g.app.Cases.Receive(ctx, acl.Nobody(), nil, sub, nil)
		g.must(err)
		u, err := g.app.Accounts.AddUser(ctx, account.Operator(), account.Profile{Name: lead, Role: acl.Lead})
		g.must(err)
		_, link, err := g.app.Accounts.CreateLink(ctx, account.Operator(), u.ID, account.SignIn)
		g.must(err)
		token := g.openToken(t)
		var seen []string
		note := func(res *http.Response) {
			if scheme == "https" && res.Header.Get("Strict-Transport-Security") == "" {
				t.Errorf("over https a browser is not told to stay there")
			}
			for _, c := range res.Cookies() {
				name := strings.TrimPrefix(c.Name, "__Host-")
				seen = append(seen, name)
				if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
					t.Errorf("%s: %s", scheme, c.Raw)
				}
				if bound := name != c.Name && c.Secure; bound != (scheme == "https") {
					t.Errorf("%s: %s", scheme, c.Raw)
				}
				g.cookies[c.Name] = c.Value
			}
		}
		note(g.send("POST", "/enrol", urlencoded, []byte(url.Values{"token": {token}, "code": {link}}.Encode())))
		note(g.send("POST", "/mailbox/sign-in", urlencoded, []byte(url.Values{"token": {token}, "phrase": {receipt.Phrase.Words()}}.Encode())))
		note(g.send("GET", "/team", "", nil))
		own := g.cookies["steward-team"] + g.cookies["__Host-steward-team"]
		note(g.send("POST", "/team/sign-out", urlencoded, []byte(url.Values{"token": {g.formToken(own)}}.Encode())))
		for _, name := range []string{"steward-team", "steward-mailbox", "steward-notice"} {
			if !slices.Contains(seen, name) {
				t.Errorf("%s: no cookie %s was seen, but %v", scheme, name, seen)
			}
		}
	}
}
