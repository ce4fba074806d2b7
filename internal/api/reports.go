package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/cvd"
	"steward/internal/intake"
)

// Receipt is what a sender gets once the report is safely on disk.
type Receipt struct {
	Report    string           `json:"report"`
	Received  time.Time        `json:"received"`
	AnswerBy  time.Time        `json:"answerBy"` // a person answers by then
	SHA256    string           `json:"sha256"`   // of the report as it is kept
	Phrase    string           `json:"phrase"`   // opens the mailbox; shown to nobody else, ever
	Statement string           `json:"statement"`
	Findings  []intake.Finding `json:"findings,omitempty"` // what would make the report better
}

// report takes a report from outside: as JSON, or as a form whose field
// "report" is that JSON and whose other parts are files.
func (s *Server) report(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	if err := s.Reports.Visit(r); err != nil && c.Role == acl.Anonymous {
		return err
	}
	return s.file(w, r, c, intake.API)
}

// internalReport opens a case for what a member of the team found.
func (s *Server) internalReport(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	// Asked before the first byte of a file is kept: this way in has no limit
	// for strangers.
	if !acl.Allow(acl.ReportOpen, c.Role) {
		return acl.CheckAny(nil, acl.ReportOpen)
	}
	return s.file(w, r, c, intake.Internal)
}

func (s *Server) file(w http.ResponseWriter, r *http.Request, c acl.Caller, ch intake.Channel) error {
	token := r.Header.Get("Idempotency-Key")
	if token == "" {
		return errs.Invalidf("Idempotency-Key", "is missing: a random word of your own for this report").
			WithHint("send the same one when you repeat the request, and the report is filed once")
	}
	sub, env, err := s.submission(w, r, c)
	if err != nil {
		return err
	}
	sub.Token, sub.Channel = token, ch
	if ch == intake.Internal {
		sub.FoundBy = c.Name
	}
	found := s.findings(r.Context(), sub)
	receipt, err := s.Cases.Receive(r.Context(), c, env, sub, found)
	if err != nil {
		if env != nil {
			err = errors.Join(err, env.Discard())
		}
		return err
	}
	return reply(w, http.StatusCreated, Receipt{
		Report: receipt.ReportID, Received: receipt.ReceivedAt, AnswerBy: receipt.AnswerBy, SHA256: receipt.SHA256,
		Phrase: receipt.Phrase.Words(), Statement: string(receipt.Statement), Findings: found,
	})
}

// lint says what a report lacks; nothing is kept.
func (s *Server) lint(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	if err := s.Reports.Visit(r); err != nil && c.Role == acl.Anonymous {
		return err
	}
	sub, err := intake.Decode(r.Body)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, append([]intake.Finding{}, s.findings(r.Context(), sub)...))
}

// findings is what the lint remarks. A mirror that cannot be read is for the
// operator to know and stops no report.
func (s *Server) findings(ctx context.Context, sub intake.Submission) []intake.Finding {
	found, err := s.Linter.Lint(ctx, sub)
	if err != nil {
		s.Log.Warn("the report lint could not look everywhere", "error", err)
	}
	return found
}

// submission reads a report with its files. Files stream into the sealed
// store as they come; nothing of them touches a temporary file.
func (s *Server) submission(w http.ResponseWriter, r *http.Request, c acl.Caller) (sub intake.Submission, env *cvd.Envelope, err error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		sub, err = intake.Decode(r.Body)
		return sub, nil, err
	}
	set := s.Cases.Settings
	limit := int64(maxBody) + int64(max(set.Attachments, 8))*max(set.AttachBytes, 16<<20)
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	form, err := r.MultipartReader()
	if err != nil {
		return sub, nil, errs.Invalidf("body", "is not a form: %v", err)
	}
	if env, err = s.Cases.NewReport(r.Context(), c); err != nil {
		return sub, nil, err
	}
	if sub, err = s.parts(r.Context(), form, env); err != nil {
		return sub, nil, errors.Join(err, env.Discard())
	}
	return sub, env, nil
}

// parts reads a form: one field with the report, and files.
func (s *Server) parts(ctx context.Context, form *multipart.Reader, env *cvd.Envelope) (sub intake.Submission, err error) {
	var files []intake.Attachment
	read := false
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			sub.Attachments = files
			return sub, nil
		}
		if err != nil {
			return sub, errs.Invalidf("body", "the form breaks off: %v", err)
		}
		if part.FileName() != "" {
			a, err := env.Attach(ctx, part.FileName(), part.Header.Get("Content-Type"), part)
			if err != nil {
				return sub, err
			}
			files = append(files, a)
			continue
		}
		if part.FormName() != "report" {
			return sub, errs.Invalidf(part.FormName(), "is not known: the form has the field report and files")
		}
		if read {
			return sub, errs.Invalidf("report", "is there twice")
		}
		if sub, err = intake.Decode(part); err != nil {
			return sub, err
		}
		read = true
	}
}

func (s *Server) mailbox(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	m, err := s.Cases.Mailbox(r.Context(), c)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, m)
}

func (s *Server) reply(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	var in cvd.Reply
	if err := decode(w, r, &in); err != nil {
		return err
	}
	m, err := s.Cases.Reply(r.Context(), c, in)
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, m)
}

func (s *Server) credit(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	var in cvd.CreditWish
	if err := decode(w, r, &in); err != nil {
		return err
	}
	if err := s.Cases.ConfirmCredit(r.Context(), c, in); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) mailboxFile(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	body, f, err := s.Cases.MailboxFile(r.Context(), c, r.PathValue("file"))
	return download(w, body, f, err)
}

func (s *Server) caseFile(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	body, f, err := s.Cases.Attachment(r.Context(), c, r.PathValue("id"), r.PathValue("file"))
	return download(w, body, f, err)
}

// original sends a report as it is kept: the bytes whose hash the receipt states.
func (s *Server) original(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	raw, err := s.Cases.Original(r.Context(), c, r.PathValue("id"), r.PathValue("report"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(raw)
	return err
}

// download sends a file as bytes that no program opens by itself.
func download(w http.ResponseWriter, body io.ReadCloser, f cvd.File, err error) error {
	if err != nil {
		return err
	}
	defer body.Close()
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	if _, err := io.Copy(w, body); err != nil {
		// The answer has begun: only breaking it off tells the client.
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (s *Server) queue(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	q := r.URL.Query()
	f := cvd.Filter{After: q.Get("after")}
	for _, state := range q["state"] {
		f.States = append(f.States, cvd.State(strings.TrimSpace(state)))
	}
	if l := q.Get("limit"); l != "" {
		n, err := strconv.Atoi(l)
		if err != nil || n < 1 {
			return errs.Invalidf("limit", "%q is not a number of cases", l)
		}
		f.Limit = n
	}
	page, err := s.Cases.Queue(r.Context(), c, f)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, page)
}

func (s *Server) mine(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	page, err := s.Cases.Mine(r.Context(), c, r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, page)
}
