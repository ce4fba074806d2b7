package web

import (
	"errors"
	"html/template"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/cvd"
	"steward/internal/publish/render"
)

// phrasePage asks for the case phrase.
type phrasePage struct {
	look.Shell
	form
}

// mailboxSignIn opens a mailbox to whoever has its phrase. What was typed is
// never shown again nor logged.
func (s *server) mailboxSignIn(v *visit) error {
	if !v.post() {
		f, err := s.newForm(v)
		if err != nil {
			return err
		}
		return s.render(v, http.StatusOK, "phrase", phrasePage{s.shell(v, "Your report"), f})
	}
	if err := s.Phrases.Visit(v.r); err != nil {
		return err
	}
	caller, err := s.Cases.Unlock(v.ctx(), v.field("phrase"))
	if errs.Is(err, errs.NotFound) {
		err = errs.Invalidf("phrase", "No report here has this phrase.").WithHint("compare it with your receipt, word by word")
	}
	if err != nil {
		f, code, err := s.again(v, url.Values{}, err)
		if err != nil {
			return err
		}
		return s.render(v, code, "phrase", phrasePage{s.shell(v, "Your report"), f})
	}
	cookie, err := s.Accounts.OpenMailbox(v.ctx(), caller.Report)
	if err != nil {
		return err
	}
	s.setCookie(v, mailboxCookie, cookie, 0)
	http.Redirect(v.w, v.r, "/mailbox", http.StatusSeeOther)
	return nil
}

// mailboxPage is all that a reporter sees.
type mailboxPage struct {
	look.Shell
	form        // of the reply
	Credit      form
	Box         *cvd.Mailbox
	Steps       []look.Step
	Promise     string // what the team promised; empty: nothing
	Late        bool   // and the hour is past
	Countdown   *look.Countdown
	Draft       template.HTML
	Now         time.Time
	Most        int    // files in one message
	Largest     int64  // bytes of one file
	AdvisoryURL string // once public
}

func (s *server) mailbox(v *visit) error {
	reply, err := s.newForm(v)
	if err != nil {
		return err
	}
	return s.showMailbox(v, http.StatusOK, reply, nil)
}

// showMailbox renders the mailbox with its two forms; credit is nil for what
// is kept.
func (s *server) showMailbox(v *visit, code int, reply form, credit *form) error {
	box, err := s.Cases.Mailbox(v.ctx(), v.c)
	if err != nil {
		return err
	}
	p := mailboxPage{
		Shell: s.shell(v, "Your report "+box.Ref), form: reply, Box: box, Steps: caseSteps(box.Phase, box.Advisory != ""), Now: s.now(),
		Most: s.Cases.Settings.Attachments, Largest: s.Cases.Settings.AttachBytes,
	}
	if credit == nil {
		f, err := s.newForm(v)
		if err != nil {
			return err
		}
		f.fillCredit(box.Credit)
		credit = &f
	}
	p.Credit = *credit
	p.Credit.Prefix = "credit-"
	if box.Next != nil && !(box.Advisory != "" && box.Next.At.Before(p.Now)) { // what is public tells how it went
		p.Promise = promises[box.Next.What]
		if p.Late = box.Next.At.Before(p.Now); p.Late {
			p.Promise = broken[box.Next.What]
		}
	}
	if box.Embargo != nil {
		c := look.NewCountdown(box.Received, box.Embargo.Until, p.Now)
		p.Countdown = &c
	}
	if box.Draft != nil {
		if p.Draft, err = s.asPublished(*box.Draft); err != nil {
			return err
		}
	}
	if box.Advisory != "" {
		p.AdvisoryURL = "/" + render.AdvisoryPath(box.Advisory)
	}
	return s.render(v, code, "mailbox", p)
}

// promises says a deadline as the reporter sees it.
var promises = map[cvd.DeadlineKind]string{
	cvd.DueAcknowledge: "A person on the team answers you",
	cvd.DueAnswer:      "The team answers your message",
	cvd.DueStatus:      "The team tells you how it goes",
	cvd.DueEmbargo:     "The embargo ends and the matter can become public",
	cvd.DueRelease:     "The advisory is published",
	cvd.DueReporter:    "You go public, as you told us",
}

// broken says a deadline that is past.
var broken = map[cvd.DeadlineKind]string{
	cvd.DueAcknowledge: "A person on the team meant to answer you",
	cvd.DueStatus:      "The team meant to tell you how it goes",
}

// phases are the steps of a case. ISO/IEC 30111:2019, 7.1.
var phases = []struct {
	state cvd.State
	name  string
}{
	{cvd.Receipt, "Received"},
	{cvd.Verification, "Verification"},
	{cvd.Remediation, "Making the fix"},
	{cvd.Releasing, "Preparing the release"},
	{cvd.PostRelease, "Public"},
}

// caseSteps draws how far a case is; nil for one that ended without an
// advisory, of which there is no picture.
func caseSteps(state cvd.State, public bool) []look.Step {
	now := -1
	for i, p := range phases {
		if p.state == state {
			now = i
		}
	}
	if public {
		now = len(phases)
	}
	if now < 0 {
		return nil
	}
	names := make([]string, len(phases))
	for i, p := range phases {
		names[i] = p.name
	}
	return stepsAt(names, now)
}

func (f form) fillCredit(c cvd.Credit) {
	f.set("name", c.Named.Name)
	f.set("url", c.Named.URL)
	f.set("group", c.Named.Group)
	switch c.Consent {
	case cvd.Agreed:
		f.set("agree", "yes")
	case cvd.Declined:
		f.set("agree", "no")
	}
}

// reply sends a message to the team.
func (s *server) reply(v *visit) error {
	var env *cvd.Envelope
	u, err := s.readUpload(v, func(url.Values) (attach, error) {
		var err error
		if env, err = s.Cases.NewReply(v.ctx(), v.c); err != nil {
			return nil, err
		}
		return env.Attach, nil
	})
	plan, dayErr := readDay(u.Values, "plan")
	if err == nil {
		err = dayErr
	}
	if err == nil {
		_, err = s.Cases.Reply(v.ctx(), v.c, cvd.Reply{Body: lineBreaks(u.Get("body")), Plan: plan, Files: files(env)})
	}
	if err == nil {
		return s.done(v, "replied", "/mailbox#talk")
	}
	if env != nil {
		err = errors.Join(err, env.Discard())
	}
	f, code, err := s.again(v, u.Values, err)
	if err != nil {
		return err
	}
	f.lostFiles(u)
	return s.showMailbox(v, code, f, nil)
}

// lostFiles says that files which came with a refused form must be chosen
// again: no browser keeps them.
func (f *form) lostFiles(u upload) {
	if u.Files > 0 {
		f.Problems = append(f.Problems, errs.Invalidf("attachments", "The files were not kept.").WithHint("choose them again before you send"))
	}
}

// credit takes the reporter's word on being named.
func (s *server) credit(v *visit) error {
	var err error
	wish := cvd.CreditWish{
		Agree: v.field("agree") == "yes", Name: strings.TrimSpace(v.field("name")), URL: strings.TrimSpace(v.field("url")),
		Group: strings.TrimSpace(v.field("group")), Comment: lineBreaks(v.field("comment")),
	}
	if v.field("agree") == "" {
		err = errs.Invalidf("agree", "Say whether you wish to be named.")
	} else {
		err = s.Cases.ConfirmCredit(v.ctx(), v.c, wish)
	}
	if err == nil {
		return s.done(v, "credit", "/mailbox#draft")
	}
	f, code, err := s.again(v, v.r.PostForm, err)
	if err != nil {
		return err
	}
	reply, err := s.newForm(v)
	if err != nil {
		return err
	}
	return s.showMailbox(v, code, reply, &f)
}

// files are those of an envelope; nil has none.
func files(env *cvd.Envelope) cvd.Files {
	if env == nil {
		return nil
	}
	return env.Files()
}

func (s *server) mailboxFile(v *visit) error {
	body, f, err := s.Cases.MailboxFile(v.ctx(), v.c, v.r.PathValue("file"))
	if err != nil {
		return err
	}
	return download(v, body, f.Name, f.Size)
}

// download sends a file as bytes that no program opens by itself.
func download(v *visit, body io.ReadCloser, name string, size int64) error {
	defer body.Close()
	h := v.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	if _, err := io.Copy(v.w, body); err != nil {
		// The answer has begun: only breaking it off tells the browser.
		panic(http.ErrAbortHandler)
	}
	return nil
}
