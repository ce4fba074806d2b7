package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/base/look"
)

// The cookies. Each holds a secret that means nothing by itself, or the code
// of a notice. Over https their names have the prefix that binds them to this
// very host.
const (
	teamCookie    = "steward-team"
	mailboxCookie = "steward-mailbox"
	noticeCookie  = "steward-notice"
)

func (s *server) cookieName(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}

// setCookie lives until the browser is closed; the store ends the session
// before that.
func (s *server) setCookie(v *visit, name, value string, age int) {
	http.SetCookie(v.w, &http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	})
}

func (s *server) cookie(v *visit, name string) string {
	c, err := v.r.Cookie(s.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// door finds out who the visitor is, or refuses.
type door func(s *server, v *visit) error

// open lets everyone in, as nobody.
func open(*server, *visit) error { return nil }

// team lets users in.
func team(s *server, v *visit) error { return s.authenticate(v, teamCookie) }

// mailbox lets reporters in.
func mailbox(s *server, v *visit) error { return s.authenticate(v, mailboxCookie) }

func (s *server) authenticate(v *visit, cookie string) error {
	session, caller, err := s.Accounts.Authenticate(v.ctx(), s.cookie(v, cookie))
	if err != nil {
		return err
	}
	// A session opens only the door that it was made for.
	if (session.Report != "") != (cookie == mailboxCookie) {
		return errs.Deniedf("You are not signed in.").WithCause(account.ErrSignedOut)
	}
	v.session, v.c = session, caller
	return nil
}

// signedOut leads who has no session to the place where one is opened.
func (s *server) signedOut(v *visit, rt route) {
	to := rt.away
	if rt.away == signInPath && !v.post() && v.r.URL.Path != "/team" {
		to += "?next=" + url.QueryEscape(v.r.URL.Path)
	}
	if v.post() {
		s.leaveNotice(v, "signed-out")
	}
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
}

// ours keeps a redirect within the team's pages.
func ours(path string) string {
	u, err := url.Parse(path) // refuses control characters and broken escapes, but in what follows a #
	if err == nil && (u.Path == "/team" || strings.HasPrefix(path, "/team/")) && !strings.Contains(path, `\`) {
		return u.RequestURI()
	}
	return "/team"
}

// notices are what a page can say at its top after a redirect, by code.
var notices = map[string]string{
	"signed-out":    "Your session had ended, so nothing was done. Sign in, go back and send it again.",
	"left":          "You are signed out.",
	"saved":         "Saved.",
	"sent":          "Your message is on its way to the reporter.",
	"replied":       "Your message is with the team.",
	"credit":        "Thank you. Your wish is with the team.",
	"noted":         "The note is kept. Only the team can read it.",
	"acknowledged":  "The reporter has been told that a person reads the report.",
	"decided":       "Decided. The reporter has been told.",
	"moved":         "Done.",
	"merged":        "Merged. The other case goes on for both.",
	"read":          "Marked as read.",
	"invited":       "Invited to this case.",
	"uninvited":     "This person no longer sees the case.",
	"shared":        "The reporter can now see the draft and say how to be credited.",
	"reviewed":      "Your review is recorded.",
	"approved":      "Your word is recorded.",
	"scheduled":     "The hour is set. The advisory goes out by itself.",
	"unscheduled":   "The hour is taken back.",
	"released":      "The advisory is public.",
	"announced":     "The announcement is public.",
	"withdrawn":     "The advisory is marked as withdrawn, in public.",
	"opened":        "The case is open.",
	"person":        "Saved.",
	"disabled":      "This person can no longer sign in.",
	"enabled":       "This person can sign in again.",
	"passkey":       "The passkey is kept.",
	"removed":       "Removed.",
	"subscribed":    "You are subscribed.",
	"hook-off":      "The webhook is called no more.",
	"hook-on":       "The webhook is called again, from what becomes public next.",
	"key":           "The key is kept. Letters are encrypted to it from now on.",
	"taken":         "The mail is on its way to where it belongs.",
	"discarded":     "Discarded. It stays readable for thirty days.",
	"retried":       "The letter is tried again.",
	"proving":       "The files are being interpreted. Load this page again in a moment.",
	"weakness":      "The weakness stands in the facts now.",
	"filed":         "Noted. Steward itself has submitted nothing.",
	"welcome":       "Welcome. Your passkey is kept; sign in with it from now on.",
	"list":          "The list is kept.",
	"decision":      "Recorded.",
	"linked":        "The contact can sign in as this user.",
	"unlinked":      "The contact has no login any more.",
	"attested":      "Thank you. It is recorded that all of this is right.",
	"accepted":      "Thank you. The agreement is accepted.",
	"contacts":      "The contacts are kept.",
	"told":          "They are told. Each contact gets a letter with a copy of their own.",
	"patch":         "The patch is there for those who were told.",
	"status":        "Thank you. The team sees it at once.",
	"proposed":      "The team has your proposal. Until it answers, the agreed hour holds.",
	"burn-proposed": "Proposed. A second person has to confirm; nothing is public yet.",
	"burned":        "The embargo has ended. Everyone who kept silent is told.",
	"left-list":     "You have left the list. What you know until now stays in confidence.",
}

// leaveNotice says something at the top of the next page.
func (s *server) leaveNotice(v *visit, code string) { s.setCookie(v, noticeCookie, code, 60) }

// takeNotice gives what the page before left to be said.
func (s *server) takeNotice(v *visit) *look.Notice {
	code := s.cookie(v, noticeCookie)
	if code == "" || v.post() {
		return nil
	}
	s.setCookie(v, noticeCookie, "", -1)
	text, ok := notices[code]
	if !ok {
		return nil
	}
	return &look.Notice{Text: text, Bad: code == "signed-out"}
}

// done ends a deed: the next page says what was done.
func (s *server) done(v *visit, notice, to string) error {
	if _, ok := notices[notice]; !ok {
		return fmt.Errorf("no notice is called %q", notice)
	}
	s.leaveNotice(v, notice)
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

// checkToken refuses a form that no page of ours made for this visitor.
func (s *server) checkToken(v *visit, token string) error {
	if v.session.ID != "" && v.session.CheckForm(token) {
		return nil
	}
	if v.session.ID == "" && s.tokens.valid(token) {
		return nil
	}
	return errStale
}

// errStale is the answer for a form whose token is missing, old or another's.
var errStale = errs.Conflictf("This form is too old, or was not made for you.").
	WithHint("go back, reload the page and send it again; copy what you typed first")

// token is what the forms of this visit carry.
func (s *server) token(v *visit) (string, error) {
	if v.session.ID != "" {
		return v.session.FormToken, nil
	}
	return s.tokens.make()
}

// tokens guards the forms that are used without a session. A token says when
// it was made and that we made it; it is random, so it tells a report that is
// sent twice from two reports.
type tokens struct {
	key   []byte
	clock func() time.Time
	rand  io.Reader
}

const (
	tokenLife  = 48 * time.Hour // a report takes its time
	tokenBytes = 8 + 16 + 16    // time, nonce, MAC
)

func (t tokens) make() (string, error) {
	b := make([]byte, tokenBytes)
	binary.BigEndian.PutUint64(b, uint64(t.clock().Unix()))
	if _, err := io.ReadFull(t.rand, b[8:24]); err != nil {
		return "", fmt.Errorf("making a form token: %w", err)
	}
	copy(b[24:], t.mac(b[:24]))
	return base64.RawURLEncoding.EncodeToString(b), nil
}

func (t tokens) valid(token string) bool {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != tokenBytes || !hmac.Equal(b[24:], t.mac(b[:24])) {
		return false
	}
	age := t.clock().Sub(time.Unix(int64(binary.BigEndian.Uint64(b)), 0))
	return age >= -time.Minute && age < tokenLife
}

func (t tokens) mac(b []byte) []byte {
	m := hmac.New(sha256.New, t.key)
	m.Write(b)
	return m.Sum(nil)[:16]
}

// startTeam opens the door for a user who has proved who they are.
func (s *server) startTeam(v *visit, in account.SignedIn) {
	s.setCookie(v, teamCookie, in.Cookie, 0)
	v.session, v.c = in.Session, in.Caller
}

// out ends the session of a door and leads to where it is opened.
func (s *server) out(cookie, to string) func(*visit) error {
	return func(v *visit) error {
		if err := s.Accounts.SignOut(v.ctx(), s.cookie(v, cookie)); err != nil {
			return err
		}
		s.setCookie(v, cookie, "", -1)
		return s.done(v, "left", to)
	}
}

// may tells whether the visitor's role in the team allows an action.
func (v *visit) may(a acl.Action) bool { return acl.Allow(a, v.c.Role) }

// formFault is what a person is told of a form that could not be read.
func formFault(err error) error {
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return errs.Invalidf("", "What you sent is larger than %s.", look.Size(large.Limit)).WithHint("send less at once, or put files into an archive")
	}
	return errs.Invalidf("", "The form broke off on its way.").WithHint("send it again").WithCause(err)
}
