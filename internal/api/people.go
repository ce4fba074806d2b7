package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// The records of people as the API shows them.
type (
	// User is a person who may sign in.
	User struct {
		ID       string    `json:"id"`
		Name     string    `json:"name"`
		Email    string    `json:"email,omitempty"`
		Role     acl.Role  `json:"role,omitempty"` // empty: only invited to cases
		Created  time.Time `json:"created"`
		Disabled time.Time `json:"disabled,omitzero"`
	}
	// UserPage is a part of all users, by name.
	UserPage struct {
		Users []User `json:"users"`
		Next  string `json:"next,omitempty"` // "after" of the part that follows; empty at the end
	}
	// Profile is what can be set of a user.
	Profile struct {
		Name  string   `json:"name"`
		Email string   `json:"email"`
		Role  acl.Role `json:"role"`
	}
	// Link lets a person enrol a passkey, once.
	Link struct {
		URL     string    `json:"url"` // shown this once
		Expires time.Time `json:"expires"`
	}
	// Token is an API token of a user.
	Token struct {
		ID      string    `json:"id"`
		Name    string    `json:"name"`
		Secret  string    `json:"secret,omitempty"` // shown once, when made
		Created time.Time `json:"created"`
		Expires time.Time `json:"expires"`
		Used    time.Time `json:"used,omitzero"` // day of the last use
	}
	// NewToken asks for a token.
	NewToken struct {
		Name string `json:"name"`
		Days int    `json:"days"` // it works for so long; 0: the default
	}
)

// UserOf shows a user as the API does.
func UserOf(u account.User) User {
	return User{ID: u.ID, Name: u.Name, Email: u.Email, Role: u.Role, Created: u.Created, Disabled: u.Disabled}
}

func tokenOf(t account.Token, secret string) Token {
	return Token{ID: t.ID, Name: t.Name, Secret: secret, Created: t.Created, Expires: t.Expires, Used: t.Used}
}

// peopleRoutes are about users, links and tokens. {id} of a user is the name.
func (s *Server) peopleRoutes() []Route {
	return []Route{
		{"GET", "/users", "everyone who may sign in, by name", s.users},
		{"POST", "/users", "add a person", s.addUser},
		{"POST", "/users/{id}", "change name, address and role", deed(s.editUser)},
		{"POST", "/users/{id}/disable", "shut a person out", deed(s.disable)},
		{"POST", "/users/{id}/enable", "let a person in again", deed(s.enable)},
		{"POST", "/users/{id}/link", "make a link to enrol a passkey", deed(s.link)},
		{"GET", "/tokens", "one's own API tokens", s.tokens},
		{"POST", "/tokens", "make an API token", s.addToken},
		{"POST", "/tokens/{id}/revoke", "make a token stop working", act(func(ctx context.Context, c acl.Caller, id string, _ none) error {
			return s.Accounts.RevokeToken(ctx, c, id)
		})},
	}
}

func (s *Server) users(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	page, err := s.Accounts.UserPage(r.Context(), c, r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	out := UserPage{Users: make([]User, len(page.Users)), Next: page.Next}
	for i, u := range page.Users {
		out.Users[i] = UserOf(u)
	}
	return reply(w, http.StatusOK, out)
}

func (s *Server) addUser(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	var in Profile
	if err := decode(w, r, &in); err != nil {
		return err
	}
	u, err := s.Accounts.AddUser(r.Context(), c, account.Profile(in))
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, UserOf(u))
}

func (s *Server) editUser(ctx context.Context, c acl.Caller, name string, in Profile) (User, error) {
	u, err := s.Accounts.UserNamed(ctx, c, name)
	if err != nil {
		return User{}, err
	}
	u, err = s.Accounts.EditUser(ctx, c, u.ID, account.Profile(in))
	return UserOf(u), err
}

func (s *Server) disable(ctx context.Context, c acl.Caller, name string, _ none) (User, error) {
	u, err := s.Accounts.UserNamed(ctx, c, name)
	if err != nil {
		return User{}, err
	}
	u, err = s.Accounts.DisableUser(ctx, c, u.ID)
	return UserOf(u), err
}

func (s *Server) enable(ctx context.Context, c acl.Caller, name string, _ none) (User, error) {
	u, err := s.Accounts.UserNamed(ctx, c, name)
	if err != nil {
		return User{}, err
	}
	u, err = s.Accounts.EnableUser(ctx, c, u.ID)
	return UserOf(u), err
}

func (s *Server) link(ctx context.Context, c acl.Caller, name string, _ none) (Link, error) {
	u, err := s.Accounts.UserNamed(ctx, c, name)
	if err != nil {
		return Link{}, err
	}
	l, secret, err := s.Accounts.CreateLink(ctx, c, u.ID, account.Enrol)
	if err != nil {
		return Link{}, err
	}
	return Link{URL: s.BaseURL + "/enrol#" + secret, Expires: l.Expires}, nil
}

func (s *Server) tokens(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	list, err := s.Accounts.Tokens(r.Context(), c, c.ID)
	if err != nil {
		return err
	}
	out := make([]Token, len(list))
	for i, t := range list {
		out[i] = tokenOf(t, "")
	}
	return reply(w, http.StatusOK, out)
}

func (s *Server) addToken(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	var in NewToken
	if err := decode(w, r, &in); err != nil {
		return err
	}
	if in.Days < 0 || in.Days > 3650 {
		return errs.Invalidf("days", "%d is not a number of days", in.Days)
	}
	t, secret, err := s.Accounts.CreateToken(r.Context(), c, in.Name, time.Duration(in.Days)*24*time.Hour)
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, tokenOf(t, secret))
}

// AuditReport is what verifying the audit record found.
type AuditReport struct {
	OK      bool   `json:"ok"` // all of it was checked and is unbroken
	Entries int64  `json:"entries"`
	Head    string `json:"head"` // SEQ:HASH of the last entry: keep it elsewhere to notice a cut end
	Problem string `json:"problem,omitempty"`
	Next    string `json:"next,omitempty"` // the record goes on: ask again with this as "after"
}

// auditPart is how many entries one answer verifies, so that none takes long.
const auditPart = 2000

func (s *Server) auditVerify(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	if err := acl.Check(acl.AuditRead, acl.AuditRead, c.Role); err != nil {
		return err
	}
	kept, err := readHead(r, "head")
	if err != nil {
		return err
	}
	after, err := readHead(r, "after")
	if err != nil {
		return err
	}
	var out AuditReport
	err = s.DB.Read(r.Context(), func(q db.Queryer) error {
		head, whole, err := audit.VerifyPart(r.Context(), q, after, kept, auditPart)
		out.Entries, out.Head = head.Seq, fmt.Sprintf("%d:%s", head.Seq, head.Hash)
		if broken, ok := errors.AsType[*audit.BrokenError](err); ok {
			out.Problem = broken.Error()
			return nil
		}
		if out.OK = whole; !whole {
			out.Next = out.Head
		}
		return err
	})
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, out)
}

// readHead reads the SEQ:HASH of an entry; zero if none is given.
func readHead(r *http.Request, name string) (audit.Head, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return audit.Head{}, nil
	}
	seq, hash, _ := strings.Cut(text, ":")
	n, err := strconv.ParseInt(seq, 10, 64)
	if err != nil || hash == "" {
		return audit.Head{}, errs.Invalidf(name, "%q is not a head that was printed before", text)
	}
	return audit.Head{Seq: n, Hash: hash}, nil
}

func (s *Server) advisories(w http.ResponseWriter, r *http.Request, _ acl.Caller) error {
	page, err := s.Advisories.List(r.Context(), r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, page)
}
