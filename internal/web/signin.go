package web

import (
	"net/http"
	"net/url"
	"strings"

	"steward/internal/account"
	"steward/internal/base/errs"
	"steward/internal/base/look"
)

// signInPage asks for a passkey.
type signInPage struct {
	look.Shell
	form
	Passkey string // the question to the browser, JSON
}

// signIn lets a user in with a passkey.
func (s *server) signIn(v *visit) error {
	if err := s.SignIns.Visit(v.r); err != nil {
		return err
	}
	if !v.post() {
		f, err := s.newForm(v)
		if err != nil {
			return err
		}
		f.set("next", ours(v.r.URL.Query().Get("next")))
		return s.showSignIn(v, http.StatusOK, f)
	}
	in, err := s.Accounts.FinishSignIn(v.ctx(), v.field("ceremony"), []byte(v.field("credential")), v.r.UserAgent())
	if err != nil {
		f, code, err := s.again(v, url.Values{"next": {v.field("next")}}, err)
		if err != nil {
			return err
		}
		return s.showSignIn(v, code, f)
	}
	s.startTeam(v, in)
	http.Redirect(v.w, v.r, ours(v.field("next")), http.StatusSeeOther)
	return nil
}

// showSignIn asks anew each time: a question is answered once.
func (s *server) showSignIn(v *visit, code int, f form) error {
	p := signInPage{Shell: s.shell(v, "Sign in"), form: f}
	p.Scripts = []string{"passkey.js"}
	ask, err := s.Accounts.BeginSignIn(v.ctx())
	switch {
	case errs.Is(err, errs.Conflict): // no passkeys at this address
		p.Problems = append(p.Problems, first(err))
	case err != nil:
		return err
	}
	p.ask(ask)
	return s.render(v, code, "signin", p)
}

func (p *signInPage) ask(c account.Ceremony) {
	p.Passkey = string(c.Options)
	p.set("ceremony", c.ID)
}

// linkPage takes the code of a link. The code is behind the # of the address,
// where a script finds it; without one a person pastes it.
type linkPage struct {
	look.Shell
	form
}

// enrolPage lets the holder of a link make a passkey.
type enrolPage struct {
	look.Shell
	form
	Link    account.Link
	Passkey string
}

// link takes a link: one to sign in opens the door, one to enrol asks for a
// passkey.
func (s *server) link(v *visit) error {
	if !v.post() {
		f, err := s.newForm(v)
		if err != nil {
			return err
		}
		return s.showLink(v, http.StatusOK, f)
	}
	if err := s.SignIns.Visit(v.r); err != nil {
		return err
	}
	code := strings.TrimSpace(v.field("code"))
	if _, after, ok := strings.Cut(code, "#"); ok { // the whole address was pasted
		code = after
	}
	l, err := s.Accounts.PeekLink(v.ctx(), code)
	if err == nil && l.Purpose == account.SignIn {
		var in account.SignedIn
		if in, err = s.Accounts.SignInByLink(v.ctx(), code, v.r.UserAgent()); err == nil {
			s.startTeam(v, in)
			http.Redirect(v.w, v.r, "/team", http.StatusSeeOther)
			return nil
		}
	}
	if err != nil {
		return s.linkAgain(v, err)
	}
	return s.showEnrol(v, http.StatusOK, l, code, nil)
}

func (s *server) linkAgain(v *visit, err error) error {
	if errs.Is(err, errs.NotFound) { // what a link is refused with
		e := first(err)
		err = errs.Invalidf("code", "%s", e.Message).WithHint("%s", e.Hint)
	}
	f, status, err := s.again(v, url.Values{}, err)
	if err != nil {
		return err
	}
	return s.showLink(v, status, f)
}

func (s *server) showLink(v *visit, code int, f form) error {
	p := linkPage{s.shell(v, "Open a link"), f}
	p.Scripts = []string{"link.js"}
	return s.render(v, code, "link", p)
}

func (s *server) showEnrol(v *visit, code int, l account.Link, secret string, fault error) error {
	f, status, err := s.again(v, url.Values{}, fault)
	if err != nil {
		return err
	}
	if fault != nil {
		code = status
	}
	ask, err := s.Accounts.BeginEnrolment(v.ctx(), secret, deviceName(v.r.UserAgent()))
	if err != nil {
		return s.linkAgain(v, err)
	}
	p := enrolPage{Shell: s.shell(v, "Make your passkey"), form: f, Link: l, Passkey: string(ask.Options)}
	p.Scripts = []string{"passkey.js"}
	p.set("code", secret)
	p.set("ceremony", ask.ID)
	return s.render(v, code, "enrol", p)
}

// enrol keeps the passkey that was made and signs its owner in.
func (s *server) enrol(v *visit) error {
	if err := s.SignIns.Visit(v.r); err != nil {
		return err
	}
	in, err := s.Accounts.FinishEnrolment(v.ctx(), v.field("ceremony"), []byte(v.field("credential")), v.r.UserAgent())
	if err == nil {
		s.startTeam(v, in)
		return s.done(v, "welcome", "/team")
	}
	code := v.field("code")
	l, peek := s.Accounts.PeekLink(v.ctx(), code)
	if peek != nil {
		return s.linkAgain(v, peek)
	}
	return s.showEnrol(v, http.StatusOK, l, code, err)
}

// deviceName guesses a name for a passkey from what the browser says of
// itself. Its owner sees it in a list of a few.
func deviceName(agent string) string {
	name := "Passkey"
	for _, b := range []struct{ mark, name string }{{"Firefox/", "Firefox"}, {"Edg/", "Edge"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}} {
		if strings.Contains(agent, b.mark) {
			name = b.name
			break
		}
	}
	for _, o := range []struct{ mark, name string }{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}} {
		if strings.Contains(agent, o.mark) {
			return name + " on " + o.name
		}
	}
	return name
}
