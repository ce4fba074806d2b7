package web

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"steward/internal/base/acl"
	"steward/internal/base/look"
	"steward/internal/mail"
)

// mailPage lists the mail that came in, by what became of it.
type mailPage struct {
	look.Shell
	form
	State   mail.State
	Tabs    []mailTab
	Mails   []mail.Mail
	Waiting int // not looked at yet
	Pages   pager
	Now     time.Time
}

// mailTab leads to the mails of one state.
type mailTab struct {
	Label, Href string
	Count       int
	Bad         bool // someone must look at them
	Current     bool
}

// mailStates are the tabs, in their order, with what they are called.
var mailStates = []struct {
	state mail.State
	label string
}{
	{mail.Quarantined, "Held back"}, {mail.SetAside, "Set aside"}, {mail.Filed, "Opened a case"},
	{mail.Answered, "Answers"}, {mail.Noted, "From the team"}, {mail.Discarded, "Discarded"},
}

// mailWords say what the mails of a state are.
var mailWords = map[mail.State]string{
	mail.Quarantined: "Mail of which only a person can say what it is. Nothing is done with it, and nobody was answered, until you decide.",
	mail.SetAside:    "Mail that no person wrote: bounces, automatic replies, loops. If one was set aside by mistake, take it in.",
	mail.Filed:       "Mail that opened a case. What it said is in the case.",
	mail.Answered:    "Mail that went into the thread with its reporter.",
	mail.Noted:       "Mail of members of the team: notes, and letters that went on to a reporter.",
	mail.Discarded:   "Mail of which a person has said that it is nothing. It is kept for thirty days.",
}

// heldBack is how many mails wait for a person, for the navigation; empty if
// none does.
func (s *server) heldBack(v *visit) (count, words string) {
	n, err := s.Mail.Held(v.ctx(), v.c)
	switch {
	case err != nil:
		v.lack(err)
		return "", ""
	case n == 0:
		return "", ""
	case n >= 100:
		return "99+", "held back"
	}
	return strconv.Itoa(n), "held back"
}

func mailPath(state mail.State) string {
	return "/team/mail?" + url.Values{"state": {string(state)}}.Encode()
}

func (s *server) mail(v *visit) error {
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	ask := v.r.URL.Query()
	p := mailPage{Shell: s.shell(v, "Mail"), form: f, State: mail.State(ask.Get("state")), Now: s.now()}
	if mailWords[p.State] == "" {
		p.State = mail.Quarantined
	}
	counts, err := s.Mail.Counts(v.ctx(), v.c)
	if err != nil {
		return err
	}
	p.Waiting = counts[mail.Received]
	for _, t := range mailStates {
		p.Tabs = append(p.Tabs, mailTab{
			Label: t.label, Href: mailPath(t.state), Count: counts[t.state], Current: t.state == p.State, Bad: t.state == mail.Quarantined,
		})
	}
	before := ask.Get("before")
	if before != "" {
		p.Pages.First, p.Pages.FirstLabel = mailPath(p.State), "The latest"
	}
	more := false
	if p.Mails, more, err = s.Mail.List(v.ctx(), v.c, p.State, before); err != nil {
		return err
	}
	if more {
		p.Pages.Next, p.Pages.NextLabel = mailPath(p.State)+"&before="+p.Mails[len(p.Mails)-1].Place(), "Older"
	}
	return s.render(v, http.StatusOK, "mail", p)
}

// Words says what the mails of the page are.
func (p mailPage) Words() string { return mailWords[p.State] }

// Heading is that of the page.
func (p mailPage) Heading() string { return mailLabel(p.State) }

func mailLabel(state mail.State) string {
	for _, t := range mailStates {
		if t.state == state {
			return t.label
		}
	}
	return "Not looked at yet"
}

// onemailPage is one mail with its text, as it came.
type onemailPage struct {
	look.Shell
	form
	Mail  mail.Mail
	Text  string // printable
	Shown int64  // bytes that Text is of
	Cut   bool   // the mail is longer
	Label string // of its state
	Back  string // the list that it is in
}

// CanTake and CanDiscard tell what can be said of the mail now.
func (p onemailPage) CanTake() bool {
	return slices.Contains([]mail.State{mail.Quarantined, mail.SetAside, mail.Discarded}, p.Mail.State)
}

// CanDiscard tells whether one can say that the mail is nothing.
func (p onemailPage) CanDiscard() bool {
	return p.Mail.State == mail.Quarantined || p.Mail.State == mail.SetAside
}

// shownMail is how many bytes of a mail's text are shown.
const shownMail = 64 << 10

func (s *server) oneMail(v *visit) error {
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	return s.showOneMail(v, http.StatusOK, f)
}

func (s *server) showOneMail(v *visit, code int, f form) error {
	raw, m, err := s.Mail.Raw(v.ctx(), v.c, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	p := onemailPage{Shell: s.shell(v, "A mail"), form: f, Mail: m, Label: mailLabel(m.State), Back: mailPath(m.State), Shown: int64(len(raw))}
	if len(raw) > shownMail {
		raw, p.Shown, p.Cut = raw[:shownMail], shownMail, true
	}
	p.Text = plainText(raw)
	return s.render(v, code, "onemail", p)
}

// plainText makes bytes from outside a text that does nothing but stand there:
// no control characters, none that turn the direction of writing.
func plainText(raw []byte) string {
	text := strings.ToValidUTF8(string(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))), "\uFFFD")
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return '\uFFFD'
		}
		return r
	}, text)
}

// mailFile gives a mail byte for byte, as a file that nothing opens by itself.
func (s *server) mailFile(v *visit) error {
	raw, m, err := s.Mail.Raw(v.ctx(), v.c, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	name := fmt.Sprintf("mail-%s.eml", m.Received.UTC().Format("20060102-150405"))
	return download(v, io.NopCloser(bytes.NewReader(raw)), name, int64(len(raw)))
}

func (s *server) releaseMail(v *visit) error {
	return s.mailDeed(v, "taken", s.Mail.Release(v.ctx(), v.c, v.r.PathValue("id")))
}

func (s *server) discardMail(v *visit) error {
	return s.mailDeed(v, "discarded", s.Mail.Discard(v.ctx(), v.c, v.r.PathValue("id")))
}

// mailDeed leads back to what is still held back, or shows the mail again.
func (s *server) mailDeed(v *visit, notice string, err error) error {
	if err == nil {
		return s.done(v, notice, "/team/mail")
	}
	f, code, err := s.again(v, v.r.PostForm, err)
	if err != nil {
		return err
	}
	return s.showOneMail(v, code, f)
}

// outPage lists the letters that did not go out.
type outPage struct {
	look.Shell
	form
	Letters []mail.Delivery
	Now     time.Time
	May     bool // a letter can be tried again
}

func (s *server) mailOut(v *visit) error {
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	return s.showOut(v, http.StatusOK, f)
}

func (s *server) showOut(v *visit, code int, f form) (err error) {
	p := outPage{Shell: s.shell(v, "Letters in trouble"), form: f, Now: s.now(), May: v.may(acl.MailDecide)}
	if p.Letters, err = s.Mail.Troubled(v.ctx(), v.c); err != nil {
		return err
	}
	return s.render(v, code, "out", p)
}

func (s *server) retryOut(v *visit) error {
	err := s.Mail.Retry(v.ctx(), v.c, v.r.PathValue("delivery"))
	if err == nil {
		return s.done(v, "retried", "/team/mail/out")
	}
	f, code, err := s.again(v, v.r.PostForm, err)
	if err != nil {
		return err
	}
	return s.showOut(v, code, f)
}

// retry tries a letter of a case again.
func (s *server) retry(v *visit) error {
	err := s.Mail.RetryOf(v.ctx(), v.c, v.r.PathValue("id"), v.r.PathValue("delivery"))
	return s.deed(v, "retry", "retried", "/messages#letters", err, s.showMessages)
}
