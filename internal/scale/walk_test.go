package scale

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"steward/internal/account"
	"steward/internal/advisory"
	"steward/internal/api"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/cvd"
	"steward/internal/duty"
	"steward/internal/mail"
	"steward/internal/publish/render"
	"steward/internal/web"
)

// visit is one request that the walk makes, again and again.
type visit struct {
	pattern string // of the route; "" for the published tree
	part    string // of a long list, or which case
	who     *visitor
	path    string
	form    url.Values // of a page's form
	json    string     // of the API
}

// name is the same at every size.
func (v visit) name() string {
	if v.pattern == "" {
		return "GET " + v.path
	}
	return strings.TrimSpace(v.pattern + " " + v.part)
}

func (v visit) method() string {
	if v.form != nil || v.json != "" {
		return http.MethodPost
	}
	return http.MethodGet
}

// want is the status of the answer.
func (v visit) want() int {
	switch {
	case strings.HasSuffix(v.path, "/nothing/here"):
		return http.StatusNotFound
	case v.pattern == "POST /api/v1/reports" || v.pattern == "POST /api/v1/reports/internal":
		return http.StatusCreated
	case v.pattern == "POST /api/v1/mailbox/credit":
		return http.StatusNoContent
	}
	return http.StatusOK
}

// request makes it; nth is different each time.
func (v visit) request(base string, nth int) *http.Request {
	body := v.json
	if v.form != nil {
		v.form.Set("token", v.who.token)
		body = v.form.Encode()
	}
	r, err := http.NewRequest(v.method(), base+v.path, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	if v.form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if v.json != "" {
		r.Header.Set("Idempotency-Key", fmt.Sprintf("scale-walk-%s-%09d", v.who.name, nth))
	}
	if strings.HasPrefix(v.path, "/api/") && v.who.auth != "" {
		r.Header.Set("Authorization", v.who.auth)
	} else if v.who.cookie != "" {
		r.Header.Set("Cookie", v.who.cookie)
	}
	return r
}

// visitor is one who makes visits.
type visitor struct {
	name, cookie, auth, token string
}

// signedIn gives a user with a session and an API token.
func (w *world) signedIn(name string, c acl.Caller) *visitor {
	w.tb.Helper()
	ctx := w.tb.Context()
	_, secret, err := w.Accounts.CreateToken(ctx, c, fmt.Sprintf("walk %d", w.cases), 0)
	if err != nil {
		w.tb.Fatal(err)
	}
	_, link, err := w.Accounts.CreateLink(ctx, account.Operator(), c.ID, account.SignIn)
	if err != nil {
		w.tb.Fatal(err)
	}
	in, err := w.Accounts.SignInByLink(ctx, link, "the walk")
	if err != nil {
		w.tb.Fatal(err)
	}
	return &visitor{name: name, auth: "Bearer " + secret, cookie: "steward-team=" + in.Cookie, token: in.Session.FormToken}
}

// depths are places in the middle of the long lists.
type depths struct {
	closed, after string // of the queue of closed cases; an advisory
	entry         int64  // of the record
	archive       string // path
	csaf          string
}

func (w *world) depths() (d depths) {
	w.tb.Helper()
	err := w.DB.Read(w.tb.Context(), func(q db.Queryer) error {
		var group, first, second, number int64
		err := q.QueryRow(w.tb.Context(), `SELECT place_group, place_first, place_second, number FROM cases WHERE state = 'closed'
			ORDER BY place_group, place_first, place_second, number LIMIT 1 OFFSET $1`, w.cases/2).Scan(&group, &first, &second, &number)
		if err != nil {
			return err
		}
		d.closed = fmt.Sprintf("%d.%d.%d.%d", group, first, second, number)
		head, err := audit.Latest(w.tb.Context(), q)
		if err != nil {
			return err
		}
		d.entry = head.Seq / 2
		var public int
		if err := q.QueryRow(w.tb.Context(), `SELECT COUNT(*) FROM advisories`).Scan(&public); err != nil {
			return err
		}
		return q.QueryRow(w.tb.Context(), `SELECT id FROM advisories ORDER BY first LIMIT 1 OFFSET $1`,
			max(public/2, min(advisory.PageSize, public-1))).Scan(&d.after) // a whole page comes after it, if there is one
	})
	if err != nil {
		w.tb.Fatal(err)
	}
	archive, err := render.ArchiveOf(w.find.advisory)
	if err != nil {
		w.tb.Fatal(err)
	}
	a, err := w.Advisories.Get(w.tb.Context(), w.find.advisory)
	if err != nil {
		w.tb.Fatal(err)
	}
	d.archive, d.csaf = archive.Path(), render.CSAFPath(a)
	return d
}

// walk is every page and every question of the API, asked by those whom it is
// for, and the deeds that come most often.
func (w *world) walk() []visit {
	w.tb.Helper()
	w.clock.reach(time.Now())
	nobody := &visitor{name: "anonymous"}
	lead, handler := w.signedIn("administrator", w.team[acl.Lead]), w.signedIn("handler", w.team[acl.Handler])
	auditor, fixer := w.signedIn("auditor", w.team[acl.Auditor]), w.signedIn("invited", w.find.fixer)
	cookie, err := w.Accounts.OpenMailbox(w.tb.Context(), w.find.report)
	if err != nil {
		w.tb.Fatal(err)
	}
	reporter := &visitor{name: "reporter", cookie: "steward-mailbox=" + cookie, auth: "Phrase " + w.find.phrase}

	d := w.depths()
	var all []visit
	page := func(pattern string, who *visitor, part, path string) {
		all = append(all, visit{pattern: "GET " + pattern, part: part, who: who, path: fill(path, w.find)})
	}
	ask := func(pattern string, who *visitor, part, more string) {
		page("/api/v1"+pattern, who, part, "/api/v1"+pattern+more)
	}
	letter, feed := w.office()
	page("/calendar/{secret}", nobody, "", "/calendar/"+feed+".ics")
	page("/team/mail/{id}", handler, "", "/team/mail/"+letter)
	page("/team/mail/{id}/eml", handler, "", "/team/mail/"+letter+"/eml")
	for _, p := range []string{"/report", "/mailbox/sign-in", "/mailbox/claim", "/team/sign-in", "/enrol", "/subscribe"} {
		page(p, nobody, "", p)
	}
	page("/census/{path...}", nobody, "", "/census/nothing/here") // none is set here
	token, hook := w.told()
	page("/subscribe/{token}", nobody, "", "/subscribe/"+token)
	page("/team/subscribers/{id}", lead, "", "/team/subscribers/"+hook)
	page("/mailbox", reporter, "", "/mailbox")
	page("/mailbox/files/{file}", reporter, "", "/mailbox/files/{file}")
	for _, state := range append([]string{""}, "closed", "merged", "receipt") {
		page("/team", handler, state, "/team?state="+state)
	}
	page("/team", handler, "closed, middle", "/team?state=closed&after="+d.closed)
	page("/team", fixer, "", "/team")
	for _, p := range web.Patterns() { // the team's pages that are about nothing in particular
		if at, ok := strings.CutPrefix(p, "GET "); ok && strings.HasPrefix(at, "/team/") && !strings.Contains(at, "{") && at != "/team/sign-in" && at != "/team/audit" {
			page(at, lead, "", at)
		}
	}
	page("/team/people/{id}", lead, "", "/team/people/"+w.find.fixer.ID)
	page("/team/audit", auditor, "", "/team/audit")
	page("/team/audit", auditor, "middle", "/team/audit?before="+fmt.Sprint(d.entry))
	for _, p := range web.Patterns() {
		if at, ok := strings.CutPrefix(p, "GET /team/cases/{id}"); ok {
			page("/team/cases/{id}"+at, handler, "busy", "/team/cases/{id}"+strings.Replace(at, "/patches/{file}", "/patches/"+w.find.patch, 1))
		}
	}
	contact := w.signedIn("contact", w.find.contact)
	for _, p := range []string{"/lists", "/lists/{slug}/apply"} {
		page(p, nobody, "", p)
	}
	for _, p := range []string{"/team/lists/{slug}", "/team/lists/{slug}/edit", "/team/lists/{slug}/members/{member}"} {
		page(p, lead, "", p)
	}
	page("/team/membership/{member}", contact, "", "/team/membership/{member}")
	ask("/lists", nobody, "", "")
	for _, p := range []string{"/lists/{id}", "/lists/{id}/members"} {
		page("/api/v1"+p, lead, "", "/api/v1"+strings.Replace(p, "{id}", "{slug}", 1))
	}
	page("/api/v1/members/{id}", lead, "", "/api/v1/members/{member}")
	ask("/memberships", contact, "", "")
	page("/team/cases/{id}", fixer, "busy", "/team/cases/{id}")
	page("/team/cases/{id}", handler, "plain", "/team/cases/"+w.find.closed)

	ask("/{$}", nobody, "", "")
	ask("/mailbox", reporter, "", "")
	ask("/mailbox/files/{file}", reporter, "", "")
	ask("/cases", handler, "", "")
	ask("/cases", handler, "closed, middle, 200", "?limit=200&state=closed&after="+d.closed)
	ask("/cases", handler, "three states, 200", "?limit=200&state=closed&state=merged&state=receipt")
	ask("/mine", fixer, "", "")
	for _, p := range []string{"/cases/{id}", "/cases/{id}/timeline", "/cases/{id}/files/{file}", "/cases/{id}/original/{report}", "/cases/{id}/draft"} {
		ask(p, handler, "busy", "")
	}
	ask("/cases/{id}/portal", handler, "busy", "")
	ask("/cases/{id}/told", handler, "busy", "")
	page("/api/v1/cases/{id}/patches/{file}", handler, "busy", "/api/v1/cases/{id}/patches/"+w.find.patch)
	page("/api/v1/cases/{id}/listtext/{kind}", handler, "busy", "/api/v1/cases/{id}/listtext/linux-distros")
	ask("/advisories", nobody, "", "")
	ask("/advisories", nobody, "middle", "?after="+d.after)
	ask("/advisories/{id}", nobody, "", "")
	all[len(all)-1].path = "/api/v1/advisories/" + w.find.advisory
	ask("/audit", auditor, "", "")
	ask("/users", lead, "", "")
	ask("/subscribers", lead, "", "")
	ask("/webhooks", lead, "", "")
	ask("/webhooks/{id}", lead, "", "")
	all[len(all)-1].path = "/api/v1/webhooks/" + hook
	ask("/tokens", handler, "", "")
	for _, p := range []string{"/mail", "/deliveries", "/key", "/rota", "/cases/{id}/law", "/cases/{id}/deliveries"} {
		ask(p, handler, "", "")
	}
	ask("/cases/{id}/law/dossier", handler, "", "?"+url.Values{"trigger": {string(duty.Exploited)}, "kind": {string(duty.EarlyWarning)}}.Encode())
	for _, p := range []string{"/mail/{id}", "/mail/{id}/raw"} {
		page("/api/v1"+p, handler, "", "/api/v1"+strings.Replace(p, "{id}", letter, 1))
	}
	page("/api/v1/users/{id}/key", lead, "", "/api/v1/users/"+url.PathEscape(w.team[acl.Handler].Name)+"/key")
	w.complete(all)
	return append(append(all, w.acts(nobody, handler, auditor, reporter)...), w.published(nobody, d)...)
}

// office keeps a mail that is not looked at, a key, the address of a calendar
// and what the law wants of the busiest case, for the pages that show them.
func (w *world) office() (letter, feed string) {
	w.tb.Helper()
	ctx, handler := w.tb.Context(), w.team[acl.Handler]
	err := w.Mail.Keep(ctx, mail.Envelope{By: "import"}, []byte("From: a@b.example\r\nSubject: x\r\n\r\nHello.\r\n"))
	list, _, listErr := w.Mail.List(ctx, handler, mail.Received, "")
	_, keyErr := w.Accounts.SetKey(ctx, handler, handler.ID, string(w.Signer.PublicKey()))
	feed, feedErr := w.Accounts.MakeCalendar(ctx, handler)
	view, viewErr := w.Cases.View(ctx, handler, w.find.busy)
	if err := errors.Join(err, listErr, keyErr, feedErr, viewErr); err != nil || len(list) == 0 {
		w.tb.Fatal(len(list), err)
	}
	m := cvd.Matter{Facts: duty.Facts{Role: duty.Manufacturer, Trigger: duty.Exploited, Zone: "UTC", Awareness: duty.Awareness{At: view.Received, Evidence: "logs"}}}
	if err := w.Cases.SetMatter(ctx, handler, w.find.busy, view.Version, m); err != nil {
		w.tb.Fatal(err)
	}
	return list[0].ID, feed
}

// complete fails if the walk leaves out a page, or a question of the API.
func (w *world) complete(all []visit) {
	w.tb.Helper()
	want := web.Patterns()
	for _, rt := range (&api.Server{}).Routes() {
		want = append(want, rt.Method+" /api/v1"+rt.Path)
	}
	for _, pattern := range want {
		if strings.HasPrefix(pattern, "GET ") && !slices.ContainsFunc(all, func(v visit) bool { return v.pattern == pattern }) {
			w.tb.Errorf("nothing opens %s", pattern)
		}
	}
}

// fill writes the records of the busiest case into a pattern.
func fill(path string, f finds) string {
	return strings.NewReplacer("{$}", "", "{id}", f.busy, "{file}", f.file, "{report}", f.report,
		"{trigger}", "exploited", "{kind}", "early-warning", "{slug}", "distributors", "{member}", f.member).Replace(path)
}

// acts are the deeds that come most often. What they add, they add to a case of
// their own.
func (w *world) acts(nobody, handler, auditor, reporter *visitor) []visit {
	post := func(pattern string, who *visitor, path, body string) visit {
		return visit{pattern: "POST " + pattern, who: who, path: path, json: body}
	}
	report := fmt.Sprintf(`{"product": "example", "summary": "Overflow", "what": %q, "reporter": {"anonymous": true}, "credit": {"want": "no"}}`, paragraph)
	return []visit{
		post("/api/v1/reports", nobody, "/api/v1/reports", report),
		post("/api/v1/reports/lint", nobody, "/api/v1/reports/lint", report),
		post("/api/v1/cases/{id}/notes", handler, "/api/v1/cases/"+w.find.open+"/notes", `{"body": "A note."}`),
		post("/api/v1/cases/{id}/messages", handler, "/api/v1/cases/"+w.find.open+"/messages", `{"body": "A letter."}`),
		post("/api/v1/mailbox/credit", reporter, "/api/v1/mailbox/credit", `{"agree": true, "name": "Dana Ray"}`),
		{pattern: "POST /team/audit", who: auditor, path: "/team/audit", form: url.Values{}},
	}
}

// published is one page of each kind in the public tree.
func (w *world) published(nobody *visitor, d depths) (all []visit) {
	for _, p := range []string{
		"", "security/", "advisories/", "keys/", "nothing/here", d.archive, render.AdvisoryPath(w.find.advisory), render.HistoryPagePath(w.find.advisory),
		render.TextPath(w.find.advisory), d.csaf, render.OSVPath(w.find.advisory), render.FeedPath, render.FeedArchivePath(1),
		"osv/modified_id.csv", render.CSAFFolder + "changes.csv", render.CSAFFolder + "index.txt", ".well-known/csaf/provider-metadata.json", ".well-known/security.txt", "index/tree.txt",
	} {
		all = append(all, visit{who: nobody, path: "/" + p})
	}
	return all
}
