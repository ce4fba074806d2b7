package web

import (
	"bytes"
	"errors"
	"html/template"
	"io"
	"net/http"
	"net/url"

	"steward/internal/advisory"
	"steward/internal/cvd"
	"steward/internal/mail"
)

// reportsPage shows the reports of a case as they came, with what the lint
// remarked.
type reportsPage struct{ casePage }

func (s *server) reports(v *visit) error {
	p, err := s.casePage(v, "Report", nil)
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, "reports", reportsPage{p})
}

// original gives the exact bytes that the receipt's hash is of.
func (s *server) original(v *visit) error {
	raw, err := s.Cases.Original(v.ctx(), v.c, v.r.PathValue("id"), v.r.PathValue("report"))
	if err != nil {
		return err
	}
	return download(v, io.NopCloser(bytes.NewReader(raw)), "report.json", int64(len(raw)))
}

func (s *server) caseFile(v *visit) error {
	body, f, err := s.Cases.Attachment(v.ctx(), v.c, v.r.PathValue("id"), v.r.PathValue("file"))
	if err != nil {
		return err
	}
	return download(v, body, f.Name, f.Size)
}

// messagesPage is the talk with the reporters: what is written here leaves the
// team. It shares no form, colour or place with the notes.
type messagesPage struct {
	casePage
	Most     int   // files in one message
	Largest  int64 // bytes of one file
	Letters  []mail.Delivery
	Warnings []keyWarning // of keys that letters to a reporter cannot be encrypted to
}

func (s *server) messages(v *visit) error { return s.showMessages(v, nil) }

func (s *server) showMessages(v *visit, r *refusal) error {
	p, err := s.casePage(v, "Messages", r)
	if err != nil {
		return err
	}
	m := messagesPage{casePage: p, Most: s.Cases.Settings.Attachments, Largest: s.Cases.Settings.AttachBytes}
	for _, t := range p.View.Threads {
		whose := "The reporter’s key"
		if len(p.View.Threads) > 1 {
			whose = "The key of the reporter of " + t.Ref
		}
		if w := lookAt(t.PGPKey, p.Now).warn(whose); w != nil && t.Mailed {
			m.Warnings = append(m.Warnings, *w)
		}
	}
	if m.Letters, err = s.Mail.Deliveries(v.ctx(), v.c, p.View.ID); err != nil {
		return err
	}
	return s.render(v, r.status(), "messages", m)
}

// message sends a message to a reporter.
func (s *server) message(v *visit) error {
	id := v.r.PathValue("id")
	var env *cvd.Envelope
	u, err := s.readUpload(v, func(typed url.Values) (attach, error) {
		var err error
		if env, err = s.Cases.NewLetter(v.ctx(), v.c, id, typed.Get("report")); err != nil {
			return nil, err
		}
		return env.Attach, nil
	})
	next, dayErr := readDay(u.Values, "nextStatus")
	if err == nil {
		err = dayErr
	}
	if err == nil {
		letter := cvd.Letter{Body: lineBreaks(u.Get("body")), NextStatus: next, Files: files(env)}
		_, err = s.Cases.Message(v.ctx(), v.c, id, u.Get("report"), letter)
	}
	if err == nil {
		return s.done(v, "sent", "/team/cases/"+id+"/messages")
	}
	if env != nil {
		err = errors.Join(err, env.Discard())
	}
	return s.refused(v, "message", u.Values, err, func(v *visit, r *refusal) error {
		r.lostFiles(u)
		return s.showMessages(v, r)
	})
}

func (s *server) markRead(v *visit) error {
	err := s.Cases.MarkRead(v.ctx(), v.c, v.r.PathValue("id"))
	return s.deed(v, "read", "read", "/messages", err, s.showMessages)
}

// notesPage is what the team writes for itself.
type notesPage struct {
	casePage
	Notes []shownNote
}

type shownNote struct {
	cvd.Note
	HTML template.HTML
}

func (s *server) notes(v *visit) error { return s.showNotes(v, nil) }

func (s *server) showNotes(v *visit, r *refusal) error {
	p, err := s.casePage(v, "Notes", r)
	if err != nil {
		return err
	}
	n := notesPage{casePage: p}
	for _, note := range p.View.Notes {
		n.Notes = append(n.Notes, shownNote{note, advisory.Markdown(note.Body)})
	}
	return s.render(v, r.status(), "notes", n)
}

func (s *server) note(v *visit) error {
	_, err := s.Cases.Note(v.ctx(), v.c, v.r.PathValue("id"), lineBreaks(v.field("body")))
	return s.deed(v, "note", "noted", "/notes", err, s.showNotes)
}
