// Package api is the JSON face, which the command line uses: one list of
// routes over the stores. It takes no cookie, so no page of another site can
// act through it; a user shows an API token, a reporter the case phrase, both
// in the Authorization header.
package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"steward/internal/account"
	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/throttle"
	"steward/internal/cvd"
	"steward/internal/intake"
	"steward/internal/mail"
	"steward/internal/predisclosure"
	"steward/internal/rota"
	"steward/internal/subscribe"
)

// Server answers the API. All fields are needed.
type Server struct {
	DB         *db.DB
	Cases      *cvd.Store
	Lists      *predisclosure.Store
	Accounts   *account.Store
	Mail       *mail.Office
	Rota       *rota.Store
	Advisories *advisory.Store
	Linter     *intake.Linter
	Log        *slog.Logger
	Reports    *throttle.Limiter // reports from one address
	Phrases    *throttle.Limiter // phrases and tokens that opened nothing, from one address
	Published  func(ctx context.Context) error
	BaseURL    string
	Clock      func() time.Time

	Subscribers *subscribe.Store
}

type asKey struct{}

// As marks a request made within this process as made by a caller whom the
// process itself vouches for. No request from a network carries it.
func As(ctx context.Context, c acl.Caller) context.Context {
	return context.WithValue(ctx, asKey{}, c)
}

// Handler answers everything under /api/.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, rt := range s.Routes() {
		mux.HandleFunc(rt.Method+" /api/v1"+rt.Path, s.serve(rt))
	}
	mux.HandleFunc("/api/", s.serve(Route{Do: func(http.ResponseWriter, *http.Request, acl.Caller) error { return errs.Missing() }}))
	return mux
}

// serve makes an http handler: who asks, the deed, and the one place where a
// failure becomes an answer. The log has the route and never the address, the
// caller's words or anything of a case.
func (s *Server) serve(rt Route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		c, err := s.caller(r)
		if err == nil {
			err = s.resolve(r, c)
		}
		if err == nil {
			err = rt.Do(w, r, c)
		}
		if err == nil {
			return
		}
		kind := errs.KindOf(err)
		if kind.Ours() {
			s.Log.Error("api", "route", rt.Method+" "+rt.Path, "request", h.Get("Request-Id"), "error", err)
		}
		code := status[kind]
		if kind == errs.Unavailable {
			h.Set("Retry-After", errs.RetryAfter)
		}
		if wait, ok := errors.AsType[throttle.TooOften](err); ok {
			code = wait.Announce(h)
		}
		p := problemOf(err)
		if kind.Ours() {
			p.Request = h.Get("Request-Id")
		}
		_ = reply(w, code, failure{p})
	}
}

var refPattern = regexp.MustCompile(`^[0-9]{4}-[0-9]{1,9}$`)

// resolve lets a case be named by the reference that people say.
func (s *Server) resolve(r *http.Request, c acl.Caller) error {
	ref := r.PathValue("id")
	if !strings.HasPrefix(r.URL.Path, "/api/v1/cases/") || !refPattern.MatchString(ref) {
		return nil
	}
	id, err := s.Cases.Find(r.Context(), c, ref)
	if err == nil {
		r.SetPathValue("id", id)
	}
	return err
}

// caller tells who asks. Credentials that open nothing are refused rather
// than taken for nobody's, so that an expired token is noticed.
func (s *Server) caller(r *http.Request) (acl.Caller, error) {
	if c, ok := r.Context().Value(asKey{}).(acl.Caller); ok {
		return c, nil
	}
	kind, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch strings.ToLower(kind) {
	case "":
		return acl.Nobody(), nil
	case "bearer", "phrase":
	default:
		return acl.Caller{}, errs.Invalidf("Authorization", "must be Bearer with an API token, or Phrase with a case phrase")
	}
	open := s.Accounts.AuthenticateToken
	if strings.EqualFold(kind, "phrase") {
		open = s.Cases.Unlock
	}
	c, err := open(r.Context(), secret)
	if err != nil && !errs.KindOf(err).Ours() {
		// Only what opens nothing counts: whoever guesses is slowed down, and
		// whoever works is not.
		if often := s.Phrases.Visit(r); often != nil {
			return acl.Caller{}, often
		}
	}
	return c, err
}

// timeline of a case, for the timeline route.
func (s *Server) timeline(ctx context.Context, c acl.Caller, id string, _ none) ([]audit.Entry, error) {
	return s.Cases.Timeline(ctx, c, id)
}

// index lists the routes, so that the API explains itself.
func (s *Server) index(w http.ResponseWriter, _ *http.Request, _ acl.Caller) error {
	var b bytes.Buffer
	routes := s.Routes()
	slices.SortFunc(routes, func(a, b Route) int { return strings.Compare(a.Path+a.Method, b.Path+b.Method) })
	for _, rt := range routes {
		fmt.Fprintf(&b, "%-6s /api/v1%-40s %s\n", rt.Method, strings.TrimSuffix(rt.Path, "{$}"), rt.About)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write(b.Bytes())
	return err
}
