package web

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/checkup"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/base/seal"
	"steward/internal/base/throttle"
	"steward/internal/cvd"
	"steward/internal/intake"
	"steward/internal/mail"
	"steward/internal/predisclosure"
	"steward/internal/publish/render"
	"steward/internal/rota"
	"steward/internal/subscribe"
)

// Deps is what the face works on. All fields are needed, but that of the census.
type Deps struct {
	DB       *db.DB
	Keys     *seal.Keyring // for the tokens of forms that no session guards
	Cases    *cvd.Store
	Lists    *predisclosure.Store
	Accounts *account.Store
	Mail     *mail.Office
	Rota     *rota.Store
	Linter   *intake.Linter
	Site     func() render.Site              // as published now
	Publish  func(ctx context.Context) error // brings the public pages up to the records
	Checkup  func(ctx context.Context) []checkup.Line
	Zone     string            // IANA zone that the team thinks in
	Reports  *throttle.Limiter // reports from one network
	Phrases  *throttle.Limiter // phrases from one network
	SignIns  *throttle.Limiter // sign-ins and links from one network
	Log      *slog.Logger
	Clock    func() time.Time
	Rand     io.Reader

	// Who is told of what is public, and how often one network may ask for it
	// or show a link that opens nothing.
	Subscribers *subscribe.Store
	Subscribes  *throttle.Limiter
	ByMail      bool // letters go out

	// Census answers with a file of the census's report, by its path; NotFound if
	// there is none. Nil: there is no report.
	Census       func(w http.ResponseWriter, r *http.Request, path string) error
	CensusPublic bool // anyone may read it; else the team
}

// server answers all routes.
type server struct {
	Deps
	pages   *look.Pages
	tokens  tokens
	secure  bool // people reach us over https
	uploads int64
	foreign http.CrossOriginProtection // for what it is not told for all routes
}

//go:embed templates/*.html
var templates embed.FS

// New makes the handler of the dynamic face. It answers the routes of
// routes.go and what lies below /assets/; anything else is not found.
func New(d Deps) (http.Handler, error) {
	pages, err := look.Parse(templates, "templates", functions())
	if err != nil {
		return nil, err
	}
	s := &server{
		Deps: d, pages: pages, secure: strings.HasPrefix(d.Site().BaseURL, "https:"),
		tokens: tokens{key: d.Keys.Derive("web form"), clock: d.Clock, rand: d.Rand},
	}
	set := d.Cases.Settings
	s.uploads = maxFields + int64(set.Attachments)*set.AttachBytes
	mux := http.NewServeMux()
	for _, rt := range s.routes() {
		mux.HandleFunc(rt.pattern, s.serve(rt))
	}
	for _, a := range look.Assets() {
		mux.HandleFunc("GET /"+a.Path, asset(a))
	}
	mux.HandleFunc("/", s.serve(route{pattern: "/", door: open, do: func(*visit) error { return errs.Missing() }}))
	guard := http.NewCrossOriginProtection()
	guard.AddInsecureBypassPattern(subscriptionPattern) // guarded where its form is read
	guard.SetDenyHandler(s.serve(route{pattern: "cross-origin", door: func(*server, *visit) error { return errForeign }}))
	return withoutNullOrigin(guard.Handler(mux)), nil
}

var errForeign = errs.Deniedf("This form was sent from another site, so nothing was done.").WithHint("open the page here and send it again")

// withoutNullOrigin drops the header "Origin: null" where a browser does not
// say Sec-Fetch-Site, as over http without TLS. Our own forms come with it
// there, since our pages send no referrer; their tokens tell them from others.
func withoutNullOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "null" {
			c := r.Clone(r.Context())
			c.Header.Del("Origin")
			next.ServeHTTP(w, c)
			r.Pattern = c.Pattern // for whoever counts requests
			return
		}
		next.ServeHTTP(w, r)
	})
}

// visit is one request with who makes it.
type visit struct {
	w       http.ResponseWriter
	r       *http.Request
	c       acl.Caller
	session account.Session
	view    *cvd.View // of a page of a case: the case as it was when the visitor came in
	notice  *look.Notice
	lacks   error // why the frame of the page is not whole
}

// lack notes what the frame of the page could not be made with, if anything:
// a page that looks whole and is not would lie by what it leaves out.
func (v *visit) lack(err error) {
	if v.lacks == nil {
		v.lacks = err
	}
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// post tells whether a form was sent.
func (v *visit) post() bool { return v.r.Method == http.MethodPost }

// field gives a field of the form that was sent.
func (v *visit) field(name string) string { return v.r.PostFormValue(name) }

// serve makes the http handler of a route: headers, limits, who asks, the
// form's token, the deed, and the one place where a failure becomes a page.
func (s *server) serve(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", look.Policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if s.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		v := &visit{w: w, r: r, c: acl.Nobody()}
		limit := int64(maxFields)
		if rt.files {
			limit = s.uploads
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		err := s.enter(v, rt)
		if err == nil {
			err = rt.do(v)
		}
		if err != nil {
			s.fail(v, rt, err)
		}
	}
}

// enter lets the visitor through the route's door and checks the form's token.
// A form with files is checked where it is read.
func (s *server) enter(v *visit, rt route) error {
	if err := rt.door(s, v); err != nil {
		return err
	}
	v.notice = s.takeNotice(v)
	if rt.click {
		return s.enterOneClick(v)
	}
	if err := s.ask(v, rt); err != nil || !v.post() || rt.files {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return formFault(err)
	}
	return s.checkToken(v, v.field("token"))
}

// ask opens the case of a page and refuses who may not do there what the page
// is for, before anything else of the request is looked at. The stores ask
// again; here it is asked so that a page shows nothing where there is nothing
// for its visitor.
func (s *server) ask(v *visit, rt route) (err error) {
	if rt.asks == "" {
		return nil
	}
	if v.view, err = s.Cases.ViewParts(v.ctx(), v.c, v.r.PathValue("id"), rt.shows); err != nil {
		return err
	}
	return acl.CheckAny(v.view.May, rt.asks)
}

// status is the one place where a kind of error becomes a status code.
var status = map[errs.Kind]int{
	errs.Invalid:     http.StatusUnprocessableEntity,
	errs.NotFound:    http.StatusNotFound,
	errs.Conflict:    http.StatusConflict,
	errs.Denied:      http.StatusForbidden,
	errs.Internal:    http.StatusInternalServerError,
	errs.Unavailable: http.StatusServiceUnavailable,
}

// failPage tells what went wrong.
type failPage struct {
	look.Shell
	Code    int
	Heading string
	Problem *errs.Error
	Back    string // where to go on
	BackTo  string // what is there
	Request string // names the request to the operator, where something failed on our side
}

var headings = map[errs.Kind]string{
	errs.Invalid:     "This cannot be taken as it is",
	errs.NotFound:    "There is nothing here",
	errs.Conflict:    "This is not possible now",
	errs.Denied:      "You cannot do this",
	errs.Internal:    "Something failed on our side",
	errs.Unavailable: "This cannot be kept just now",
}

// fail shows a failure. The log has the route's pattern and the operator's
// cause; never the address, which may name a case, nor anything that was sent.
func (s *server) fail(v *visit, rt route, err error) {
	if errors.Is(err, account.ErrSignedOut) && rt.away != "" {
		s.signedOut(v, rt)
		return
	}
	kind := errs.KindOf(err)
	if kind.Ours() {
		s.Log.Error("a page failed", "route", rt.pattern, "request", requestName(v), "error", err)
	}
	p := failPage{Shell: s.shell(v, headings[kind]), Code: status[kind], Heading: headings[kind], Problem: first(err)}
	if kind.Ours() {
		p.Request = requestName(v)
	}
	p.Back, p.BackTo = "/", "Front page"
	if v.session.UserID != "" {
		p.Back, p.BackTo = "/team", "Queue"
	} else if v.session.Report != "" {
		p.Back, p.BackTo = "/mailbox", "Your mailbox"
	}
	if kind == errs.Unavailable {
		v.w.Header().Set("Retry-After", errs.RetryAfter)
	}
	if wait, ok := errors.AsType[throttle.TooOften](err); ok {
		p.Code, p.Heading, p.Title = wait.Announce(v.w.Header()), "Please wait a little", "Please wait a little"
	}
	if err := s.render(v, p.Code, "fail", p); err != nil {
		s.Log.Error("a page failed", "route", rt.pattern, "request", requestName(v), "error", err)
		http.Error(v.w, errs.Public(err), http.StatusInternalServerError)
	}
}

// requestName is the name that the request was given on its way in; the log has
// it too.
func requestName(v *visit) string { return v.w.Header().Get("Request-Id") }

// first gives the error to show for any failure.
func first(err error) *errs.Error {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e
	}
	if ps, ok := errors.AsType[errs.Problems](err); ok && len(ps) > 0 {
		return ps[0]
	}
	return &errs.Error{Kind: errs.KindOf(err), Message: errs.Public(err)}
}

// render sends a page that was made whole before its first byte goes out.
func (s *server) render(v *visit, code int, name string, page any) error {
	if v.lacks != nil && name != "fail" {
		return v.lacks
	}
	body, err := s.pages.Render(name, page)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(code)
	if _, err := v.w.Write(body); err != nil {
		return nil // the visitor has gone
	}
	return nil
}

// asset serves a file that pages refer to. It is the same for all and may be
// kept for an hour.
func asset(a look.Asset) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "public, max-age=3600")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'")
		h.Set("Content-Type", mediaTypes[a.Path[strings.LastIndexByte(a.Path, '.'):]])
		h.Set("Content-Length", fmt.Sprint(len(a.Data)))
		if r.Method != http.MethodHead {
			_, _ = w.Write(a.Data) // a visitor who has gone needs nothing
		}
	}
}

var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}
