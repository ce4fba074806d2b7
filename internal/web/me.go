package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"steward/internal/account"
	"steward/internal/base/errs"
	"steward/internal/base/look"
)

// mePage is one's own passkeys, sessions and API tokens.
type mePage struct {
	look.Shell
	form
	Name     string
	Passkeys []account.Passkey
	Sessions []account.Session
	Current  string // id of this session
	Tokens   []account.Token
	Secret   string // a token that was just made: shown this once
	Passkey  string // the question to the browser, JSON; empty: passkeys cannot be used here
	Ceremony string
	Key      *shownKey // nil: none is known
	Calendar time.Time // when the feed was made; zero: there is none
	Feed     string    // address of the feed that was just made: shown this once
}

func (s *server) me(v *visit) error {
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	return s.showMe(v, http.StatusOK, f, func(*mePage) {})
}

// showMe shows the page; more puts in what was just made.
func (s *server) showMe(v *visit, code int, f form, more func(*mePage)) error {
	p := mePage{Shell: s.shell(v, "You"), form: f, Name: v.c.Name, Current: v.session.ID}
	more(&p)
	p.Scripts = []string{"passkey.js"}
	var err error
	if p.Passkeys, err = s.Accounts.Passkeys(v.ctx(), v.c, v.c.ID); err != nil {
		return err
	}
	if p.Sessions, err = s.Accounts.Sessions(v.ctx(), v.c, v.c.ID); err != nil {
		return err
	}
	if p.Tokens, err = s.Accounts.Tokens(v.ctx(), v.c, v.c.ID); err != nil {
		return err
	}
	ask, err := s.Accounts.BeginPasskey(v.ctx(), v.c, deviceName(v.r.UserAgent()))
	if err != nil && !errs.Is(err, errs.Conflict) { // too many passkeys, or none at this address
		return err
	}
	p.Passkey, p.Ceremony = string(ask.Options), ask.ID
	if p.Key, err = s.keyOf(v, v.c.ID); err != nil {
		return err
	}
	if p.Calendar, err = s.Accounts.CalendarSince(v.ctx(), v.c); err != nil {
		return err
	}
	return s.render(v, code, "me", p)
}

func (s *server) meDeed(v *visit, notice string, err error) error {
	if err == nil {
		return s.done(v, notice, "/team/me")
	}
	f, code, err := s.again(v, url.Values{"name": {v.field("name")}, "days": {v.field("days")}, "key": {v.field("key")}}, err)
	if err != nil {
		return err
	}
	return s.showMe(v, code, f, func(*mePage) {})
}

func (s *server) addPasskey(v *visit) error {
	_, err := s.Accounts.FinishPasskey(v.ctx(), v.c, v.field("ceremony"), []byte(v.field("credential")))
	return s.meDeed(v, "passkey", err)
}

// removeOwn takes away a passkey or a token, or ends a session elsewhere.
func (s *server) removeOwn(v *visit) error {
	remove := map[string]func() error{
		"passkey": func() error { return s.Accounts.RemovePasskey(v.ctx(), v.c, v.field("id")) },
		"token":   func() error { return s.Accounts.RevokeToken(v.ctx(), v.c, v.field("id")) },
		"session": func() error { return s.Accounts.EndSession(v.ctx(), v.c, v.field("id")) },
	}[v.field("what")]
	if remove == nil {
		return errs.Missing()
	}
	return s.meDeed(v, "removed", remove())
}

// addToken makes a token and shows it in the answer itself and nowhere again.
func (s *server) addToken(v *visit) error {
	days, err := strconv.Atoi(v.field("days"))
	if err != nil || days < 1 || days > 366 {
		return s.meDeed(v, "", errs.Invalidf("days", "A token works for 1 to 366 days."))
	}
	_, secret, err := s.Accounts.CreateToken(v.ctx(), v.c, v.field("name"), time.Duration(days)*24*time.Hour)
	if err != nil {
		return s.meDeed(v, "", err)
	}
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	return s.showMe(v, http.StatusOK, f, func(p *mePage) { p.Secret = secret })
}
