package mail

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"unicode"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/sign"
	"steward/internal/cvd"
	"steward/internal/intake"
	"steward/internal/mail/read"
)

// report opens a case with a mail that belongs to no thread. The mail as it
// came is the first file of the report.
func (t *taking) report() (event, string, error) {
	sub := t.submission()
	env, err := t.Cases.NewReport(t.ctx, acl.Nobody())
	if err != nil {
		return file, "", err
	}
	if err := t.attach(env, append([]read.Attachment{t.whole()}, t.files()...)); err != nil {
		return file, "", err
	}
	found, err := t.Linter.Lint(t.ctx, sub)
	if err != nil {
		t.Log.Warn("the report lint could not look everywhere", "error", err)
	}
	receipt, err := t.Cases.Receive(t.ctx, acl.Nobody(), env, sub, found)
	if err != nil {
		return file, "", errors.Join(err, env.Discard())
	}
	var filed intake.Filed
	if err := t.DB.Read(t.ctx, func(q db.Queryer) (err error) {
		filed, err = intake.Find(t.ctx, q, receipt.ReportID)
		return err
	}); err != nil {
		return file, "", err
	}
	return file, filed.CaseID, t.remember(cvd.Correspondence{Case: filed.CaseID, Report: filed.ID})
}

// reply puts a mail into the thread with a reporter.
func (t *taking) reply() (event, string, error) {
	c := acl.HolderOf(t.thread.Report)
	env, err := t.Cases.NewReply(t.ctx, c)
	if err != nil {
		return answer, "", err
	}
	files := t.files()
	if len(t.m.Problems) > 0 || len(t.m.Text) > maxBody { // something may be seen in the mail itself only
		files = append([]read.Attachment{t.whole()}, files...)
	}
	if err := t.attach(env, files); err != nil {
		return answer, "", err
	}
	body := clip(t.text(), maxBody)
	_, err = t.Cases.Reply(t.ctx, c, cvd.Reply{Body: body, Files: env.Files(), Key: t.k.digest, Via: t.via()})
	if err != nil {
		return answer, "", errors.Join(err, env.Discard())
	}
	return answer, t.thread.Case, t.remember(t.thread)
}

// maxBody is the longest text that is taken out of a mail, in bytes. The whole
// is in the file beside it.
const maxBody = 90_000

// submission is the report that a mail is.
func (t *taking) submission() intake.Submission {
	subject := clip(printable(t.m.Subject), 290)
	if subject == "" {
		subject = "A mail without a subject"
	}
	what := clip(t.text(), maxBody)
	if strings.TrimSpace(what) == "" {
		what = "The mail has no text. Its files are attached."
	}
	return intake.Submission{
		Token: t.hash(labelToken, t.k.digest)[:intake.MaxToken], Channel: intake.Mail, Summary: subject, What: what,
		Reporter: intake.Reporter{Name: clip(printable(t.m.From.Name), 290), Contact: t.contact()},
		Credit:   intake.Credit{Want: intake.CreditLater},
		PGPKey:   t.key(), Quiet: t.k.Quiet,
	}
}

// contact is the sender's address; empty for one that could not be written to.
func (t *taking) contact() string {
	a := t.m.From.Addr
	if len(a) > 254 || a != printable(a) {
		return ""
	}
	return a
}

// text is what a mail says, and what stood beside the part that was encrypted,
// told apart: nobody vouches for that.
func (t *taking) text() string {
	out := strings.TrimSpace(t.m.Text)
	if o := strings.TrimSpace(t.m.Outside.Text); o != "" {
		out += "\n\n— What follows was in the mail beside the protected part; anyone could have put it there: —\n\n" + o
	}
	return strings.TrimSpace(out)
}

// files are what came along, the protected first.
func (t *taking) files() []read.Attachment {
	out := append([]read.Attachment(nil), t.m.Attachments...)
	for _, f := range t.m.Outside.Attachments {
		f.Name = "unprotected-" + f.Name
		out = append(out, f)
	}
	return out
}

// whole is the mail as it came.
func (t *taking) whole() read.Attachment {
	return read.Attachment{Name: "message.eml", Type: "message/rfc822", Bytes: t.raw}
}

// attach keeps files. Those that pass a limit are in the mail as it came, which
// is attached first or kept beside the case.
func (t *taking) attach(env *cvd.Envelope, files []read.Attachment) error {
	for _, f := range files {
		_, err := env.Attach(t.ctx, clip(f.Name, intake.MaxLine), clip(f.Type, intake.MaxLine), bytes.NewReader(f.Bytes))
		if errs.Is(err, errs.Invalid) {
			t.k.Remarks = append(t.k.Remarks, "Not all files could be attached one by one.")
			return nil
		}
		if err != nil {
			return errors.Join(err, env.Discard())
		}
	}
	return nil
}

// key is the sender's OpenPGP key: the one that signed, or one that came along
// and bears their address. A key that could belong to anyone is not taken.
func (t *taking) key() string {
	for _, k := range t.m.Keys {
		r, err := sign.ParseRecipient(k.Armored, t.now())
		if err != nil || len(k.Armored) > intake.MaxPGPKey {
			continue
		}
		signed := t.m.Crypto.Signature.Verdict == sign.Good && t.m.Crypto.Signature.Fingerprint == r.Fingerprint()
		if signed || k.Source == read.KeyAutocrypt || hasAddress(r.Emails(), t.m.From.Addr) {
			return string(k.Armored)
		}
	}
	if t.LookUp != nil && t.m.From.Addr != "" {
		ctx, cancel := context.WithTimeout(t.ctx, lookUpTime)
		defer cancel()
		if armored, err := t.LookUp(ctx, t.m.From.Addr); err == nil {
			if _, err := sign.ParseRecipient(armored, t.now()); err == nil && len(armored) <= intake.MaxPGPKey {
				return string(armored)
			}
		}
	}
	return ""
}

func hasAddress(list []string, address string) bool {
	for _, a := range list {
		if strings.EqualFold(a, address) {
			return true
		}
	}
	return false
}

// printable makes a text one line without anything that does not show.
func printable(s string) string {
	return oneLine(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "")))
}
