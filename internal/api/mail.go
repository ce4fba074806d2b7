package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/cvd"
	"steward/internal/mail"
)

// The records of mail as the API shows them.
type (
	// Mail is a mail that came in, without its text.
	Mail struct {
		ID       string     `json:"id"`
		State    mail.State `json:"state"`
		Received time.Time  `json:"received"`
		Settled  time.Time  `json:"settled,omitzero"`
		Size     int64      `json:"size"` // bytes
		Case     string     `json:"case,omitempty"`
		mail.Facts
	}
	// MailPage is a part of the mails of one state, the latest first.
	MailPage struct {
		Mails  []Mail             `json:"mails"`
		Counts map[mail.State]int `json:"counts"`
		Before string             `json:"before,omitempty"` // "before" of the part that follows; empty at the end
	}
	// Imported tells what became of a mail that was sent to be imported.
	Imported struct {
		Known bool `json:"known"` // the same bytes were here already
	}
)

func mailOf(m mail.Mail) Mail {
	return Mail{ID: m.ID, State: m.State, Received: m.Received, Settled: m.Settled, Size: m.Size, Case: m.Case, Facts: m.Facts}
}

// mailRoutes are about mail that came in, and letters that go out.
func (s *Server) mailRoutes() []Route {
	return []Route{
		{"GET", "/mail", "mail that came in, by what became of it", s.mails},
		{"POST", "/mail", "import one mail: its bytes are the body; receipts=no gives its sender no receipt", s.importMail},
		{"GET", "/mail/{id}", "what is known of a mail", deed(func(ctx context.Context, c acl.Caller, id string, _ none) (Mail, error) {
			m, err := s.Mail.Get(ctx, c, id)
			return mailOf(m), err
		})},
		{"GET", "/mail/{id}/raw", "a mail's bytes as they came", s.rawMail},
		{"POST", "/mail/{id}/release", "take a mail in that was held back", act(func(ctx context.Context, c acl.Caller, id string, _ none) error {
			return s.Mail.Release(ctx, c, id)
		})},
		{"POST", "/mail/{id}/discard", "say that a mail is nothing", act(func(ctx context.Context, c acl.Caller, id string, _ none) error {
			return s.Mail.Discard(ctx, c, id)
		})},
		{"GET", "/cases/{id}/deliveries", "how the letters of a case fare", deed(func(ctx context.Context, c acl.Caller, id string, _ none) ([]mail.Delivery, error) {
			return some(s.Mail.Deliveries(ctx, c, id))
		})},
		{"GET", "/deliveries", "letters in trouble", deed(func(ctx context.Context, c acl.Caller, _ string, _ none) ([]mail.Delivery, error) {
			return some(s.Mail.Troubled(ctx, c))
		})},
		{"POST", "/deliveries/{id}/retry", "try a letter again that was given up", act(func(ctx context.Context, c acl.Caller, id string, _ none) error {
			return s.Mail.Retry(ctx, c, id)
		})},
	}
}

// some gives a list that JSON does not write as null.
func some[T any](list []T, err error) ([]T, error) {
	if list == nil {
		list = []T{}
	}
	return list, err
}

func (s *Server) mails(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	ask := r.URL.Query()
	state := mail.Quarantined
	if name := ask.Get("state"); name != "" {
		state = mail.State(name)
	}
	known := false
	for _, st := range mail.States {
		known = known || st == state
	}
	counts, err := s.Mail.Counts(r.Context(), c)
	if err != nil {
		return err
	}
	if !known {
		return errs.Invalidf("state", "%q is not what becomes of a mail", state).WithHint("one of: %s", fmt.Sprint(mail.States))
	}
	list, more, err := s.Mail.List(r.Context(), c, state, ask.Get("before"))
	if err != nil {
		return err
	}
	out := MailPage{Mails: make([]Mail, len(list)), Counts: counts}
	for i, m := range list {
		out.Mails[i] = mailOf(m)
	}
	if more {
		out.Before = list[len(list)-1].Place()
	}
	return reply(w, http.StatusOK, out)
}

// importMail asks for the permission before it reads the body. With receipts=no
// in the query, its sender gets no receipt.
func (s *Server) importMail(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	if err := acl.Check(acl.MailRead, acl.MailDecide, c.Role); err != nil {
		return err
	}
	receipts := true
	switch word := r.URL.Query().Get("receipts"); word {
	case "", "yes":
	case "no":
		receipts = false
	default:
		return errs.Invalidf("receipts", "%q is neither yes nor no", word)
	}
	if kind := r.Header.Get("Content-Type"); kind != "message/rfc822" {
		return errs.Invalidf("Content-Type", "must be message/rfc822")
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.Mail.MaxBytes))
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return errs.Invalidf("message", "The mail is longer than %d bytes.", large.Limit)
	}
	if err != nil {
		return errs.Invalidf("message", "The mail broke off on its way.").WithCause(err)
	}
	known, err := s.Mail.Import(r.Context(), c, raw, !receipts)
	if err != nil {
		return err
	}
	code := http.StatusCreated
	if known {
		code = http.StatusOK
	}
	return reply(w, code, Imported{Known: known})
}

func (s *Server) rawMail(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	raw, m, err := s.Mail.Raw(r.Context(), c, r.PathValue("id"))
	return download(w, io.NopCloser(bytes.NewReader(raw)), cvd.File{Name: "mail-" + m.ID + ".eml", Size: int64(len(raw))}, err)
}
