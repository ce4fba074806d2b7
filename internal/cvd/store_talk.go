package cvd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
	"steward/internal/base/sign"
	"steward/internal/intake"
)

const (
	maxLetter  = 100_000 // bytes of a note or a letter
	maxLetters = 1_000   // from one reporter
	maxThread  = 4 << 20 // bytes of them together: a page shows them all
)

// Note writes a note for the team.
func (s *Store) Note(ctx context.Context, c acl.Caller, caseID, body string) (Note, error) {
	return s.NoteOnce(ctx, c, caseID, "", body)
}

// NoteOnce is Note for what may be sent twice: under one key it is kept once.
func (s *Store) NoteOnce(ctx context.Context, c acl.Caller, caseID, key, body string) (Note, error) {
	var n Note
	err := s.deedOnAny(ctx, c, caseID, acl.NoteWrite, func(d *deed) error {
		if known, err := d.sentBefore(key, "case_notes"); err != nil || known {
			return err
		}
		if err := checkLetter(body); err != nil {
			return err
		}
		n = Note{ID: d.letterID(key), By: d.by, At: d.now, Body: body}
		return d.insertNote(n)
	})
	return n, err
}

func noteContext(id string) string { return "note/" + id }

// notes reads the notes of a case, oldest first.
func notes(ctx context.Context, q db.Queryer, o *opened) ([]Note, error) {
	var out []Note
	err := db.Each(ctx, q, "reading notes", `SELECT id, body FROM case_notes WHERE case_id = $1 ORDER BY at, id`, []any{o.ID},
		func(scan db.Scan) error {
			var id string
			var body []byte
			if err := scan(&id, &body); err != nil {
				return err
			}
			var n Note
			err := unseal(o.key, noteContext(id), body, &n)
			out = append(out, n)
			return err
		})
	return out, err
}

// thread is where the letters with one reporter are kept.
type thread struct {
	caseID    string // that the report opened
	report    string
	received  time.Time
	key       *seal.Key
	recipient string // armored OpenPGP key of the reporter; empty: none was given
	address   string // mail address of the reporter; empty: none was given
}

// parts gives a case with those that were merged into it, its own first.
func (s *Store) parts(ctx context.Context, q db.Queryer, o *opened) ([]*opened, error) {
	parts := []*opened{o}
	for _, id := range o.Merged {
		p, err := s.load(ctx, q, id)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// thread finds the thread of a report of the case, its own or a merged one;
// empty: its own.
func (s *Store) thread(ctx context.Context, q db.Queryer, o *opened, report string) (*thread, error) {
	of := o
	if report != "" && report != o.Report {
		if !isLine(report) {
			return nil, errs.Missing()
		}
		f, err := intake.Find(ctx, q, report)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(o.Merged, f.CaseID) {
			return nil, errs.Missing()
		}
		if of, err = s.load(ctx, q, f.CaseID); err != nil {
			return nil, err
		}
	}
	return s.threadOf(ctx, q, of)
}

// threadOf gives the thread of the report that opened a case.
func (s *Store) threadOf(ctx context.Context, q db.Queryer, of *opened) (*thread, error) {
	r, err := intake.Read(ctx, q, of.key, of.Report)
	if err != nil {
		return nil, err
	}
	return &thread{
		caseID: of.ID, report: of.Report, received: of.Received, key: of.key,
		recipient: strings.TrimSpace(r.Submission.PGPKey), address: mailAddress(r.Submission.Reporter.Contact),
	}, nil
}

// Message writes to the reporter of the case or, with report set, to that of a
// report merged into it. The files come from NewLetter for the same report. A
// promise made before is kept by it; the letter may make the next. The first
// letter acknowledges the report.
func (s *Store) Message(ctx context.Context, c acl.Caller, caseID, report string, l Letter) (Message, error) {
	enclosures, err := s.enclose(ctx, c, caseID, report, l.Files)
	if err != nil {
		return Message{}, err
	}
	var m Message
	resent := false
	err = s.deed(ctx, c, caseID, acl.MessageWrite, func(d *deed) (err error) {
		if resent, err = d.sentBefore(l.Key, "case_messages"); err != nil || resent {
			return err
		}
		m, err = d.write(report, l, enclosures)
		return err
	})
	if err != nil || resent {
		return Message{}, errors.Join(err, s.discard(ciphers(enclosures)))
	}
	return m, nil
}

// enclose prepares the files of a letter before its transaction.
func (s *Store) enclose(ctx context.Context, c acl.Caller, caseID, report string, files Files) ([]enclosure, error) {
	if len(files) == 0 {
		return nil, nil
	}
	var th *thread
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		o, _, err := s.access(ctx, q, c, caseID, acl.MessageWrite)
		if err != nil {
			return err
		}
		th, err = s.thread(ctx, q, o, report)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.encrypt(ctx, th, files)
}

// write sends a letter of the team and settles what was promised before.
func (d *deed) write(report string, l Letter, enclosures []enclosure) (Message, error) {
	if !l.NextStatus.IsZero() && !l.NextStatus.After(d.now) {
		return Message{}, errs.Invalidf("nextStatus", "The promised date must be in the future.")
	}
	th, err := d.s.thread(d.ctx, d.tx, d.opened, report)
	if err != nil {
		return Message{}, err
	}
	m, err := d.send(th, l.Key, l.Body, enclosures)
	if err != nil {
		return Message{}, err
	}
	if d.State == Receipt {
		if err := d.move(EventAcknowledge, "", d.now); err != nil {
			return Message{}, err
		}
	}
	d.NextStatus = date(l.NextStatus)
	d.setBy(DueStatus, d.by.Name)
	if err := d.read(th.caseID, FromReporter, d.now); err != nil {
		return Message{}, err
	}
	d.note("message", "%s", m.ID)
	d.Asked = d.now
	return m, d.answered()
}

// tell sends a letter to the reporter of the case that goes with another deed.
func (d *deed) tell(body string) (Message, error) {
	th, err := d.s.thread(d.ctx, d.tx, d.opened, "")
	if err != nil {
		return Message{}, err
	}
	m, err := d.send(th, "", body, nil)
	if err != nil {
		return Message{}, err
	}
	d.note("message", "%s", m.ID)
	return m, nil
}

// send writes one letter of the team; where the reporter gave an OpenPGP key,
// with the text encrypted to it. The key was good when the report came, and is
// used as of then: an expired key still opens what is encrypted to it.
func (d *deed) send(th *thread, key, body string, enclosures []enclosure) (Message, error) {
	if len(enclosures) == 0 || strings.TrimSpace(body) != "" {
		if err := checkLetter(body); err != nil {
			return Message{}, err
		}
	}
	m := Message{ID: d.letterID(key), Report: th.report, From: FromTeam, By: d.by, At: d.now, Body: body}
	if th.recipient != "" && body != "" {
		armored, err := sign.EncryptTo([]byte(th.recipient), []byte(body), th.received)
		if err != nil {
			return Message{}, fmt.Errorf("encrypting a message to the reporter: %w", err)
		}
		m.Armored = string(armored)
	}
	if err := d.s.insertMessage(d.ctx, d.tx, th.key, th.caseID, &m, enclosures); err != nil {
		return Message{}, err
	}
	return m, d.postReporter(OnMessage, th, m.ID)
}

// insertMessage writes a letter with its files.
func (s *Store) insertMessage(ctx context.Context, tx *db.Tx, key *seal.Key, caseID string, m *Message, enclosures []enclosure) error {
	b, err := sealed(key, messageContext(m.ID), m)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO case_messages (id, case_id, report_id, side, at, read_at, body)
		VALUES ($1, $2, $3, $4, $5, 0, $6)`, m.ID, caseID, m.Report, string(m.From), db.Micros(m.At), b)
	if err != nil {
		return fmt.Errorf("keeping a message: %w", err)
	}
	return s.insertFiles(ctx, tx, key, m, enclosures)
}

func messageContext(id string) string { return "message/" + id }

// MarkRead says that the messages of the case's reporters were read, and that
// none of them needs an answer.
func (s *Store) MarkRead(ctx context.Context, c acl.Caller, caseID string) error {
	return s.deed(ctx, c, caseID, acl.MessageWrite, func(d *deed) error {
		for _, id := range append([]string{d.ID}, d.Merged...) {
			if err := d.read(id, FromReporter, d.now); err != nil {
				return err
			}
		}
		d.note("read", "all")
		return d.answered()
	})
}

// read marks what one side wrote in a thread, up to a time, as read by the
// other.
func (d *deed) read(caseID string, from Side, until time.Time) error {
	_, err := d.tx.Exec(d.ctx, `UPDATE case_messages SET read_at = $1
		WHERE case_id = $2 AND side = $3 AND read_at = 0 AND at <= $4`,
		db.Micros(d.now), caseID, string(from), db.Micros(until))
	if err != nil {
		return fmt.Errorf("marking messages as read: %w", err)
	}
	return nil
}

// answered takes the deadline for an answer off the case once no message of
// any of its reporters waits.
func (d *deed) answered() error {
	n, err := unread(d.ctx, d.tx, append([]string{d.ID}, d.Merged...))
	if err != nil {
		return err
	}
	waiting := 0
	for _, k := range n {
		waiting += k
	}
	if waiting == 0 {
		d.AnswerBy = time.Time{}
	}
	return nil
}

// unread counts for each case the messages of its own reporter that nobody has
// read.
func unread(ctx context.Context, q db.Queryer, caseIDs []string) (map[string]int, error) {
	counts := map[string]int{}
	for part := range slices.Chunk(caseIDs, 500) {
		args := make([]any, len(part))
		marks := make([]string, len(part))
		for i, id := range part {
			args[i], marks[i] = id, fmt.Sprintf("$%d", i+1)
		}
		some, err := db.Pairs[string, int](ctx, q, "counting unread messages", `SELECT case_id, COUNT(*) FROM case_messages
			WHERE side = 'reporter' AND read_at = 0 AND case_id IN (`+strings.Join(marks, ", ")+`) GROUP BY case_id`, args...)
		if err != nil {
			return nil, err
		}
		maps.Copy(counts, some)
	}
	return counts, nil
}

// messages reads the letters of a case's own thread, oldest first, with their
// files.
func messages(ctx context.Context, q db.Queryer, o *opened, forReporter bool) ([]Message, error) {
	files, err := filesOf(ctx, q, o, forReporter)
	if err != nil {
		return nil, err
	}
	out := []Message{}
	err = db.Each(ctx, q, "reading messages", `SELECT id, read_at, body FROM case_messages WHERE report_id = $1 ORDER BY at, id`,
		[]any{o.Report}, func(scan db.Scan) error {
			var id string
			var readAt int64
			var body []byte
			if err := scan(&id, &readAt, &body); err != nil {
				return err
			}
			var m Message
			err := unseal(o.key, messageContext(id), body, &m)
			if readAt != 0 {
				m.Read = db.FromMicros(readAt)
			}
			m.Files = files[id]
			out = append(out, m)
			return err
		})
	return out, err
}

// filesOf reads what is known of the files of a case's own thread, by message.
func filesOf(ctx context.Context, q db.Queryer, o *opened, forReporter bool) (map[string][]File, error) {
	out := map[string][]File{}
	err := db.Each(ctx, q, "reading the files of messages", `SELECT f.id, f.message_id, f.body
		FROM case_files f JOIN case_messages m ON m.id = f.message_id
		WHERE m.report_id = $1 ORDER BY f.message_id, f.position`, []any{o.Report},
		func(scan db.Scan) error {
			var id, message string
			var body []byte
			if err := scan(&id, &message, &body); err != nil {
				return err
			}
			var b fileBody
			err := unseal(o.key, fileContext(id), body, &b)
			f := b.File
			if forReporter && b.Cipher != nil {
				f = *b.Cipher
			}
			out[message] = append(out[message], f)
			return err
		})
	return out, err
}

// checkLetter bounds the text of a note or a letter.
func checkLetter(body string) error {
	switch {
	case strings.TrimSpace(body) == "":
		return errs.Invalidf("body", "There is no text.")
	case len(body) > maxLetter:
		return errs.Invalidf("body", "The text has %d bytes; at most %d can be sent.", len(body), maxLetter).
			WithHint("put the rest into an attached file")
	}
	return checkText("body", body)
}
