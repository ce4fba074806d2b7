package cvd

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
	"steward/internal/base/sign"
	"steward/internal/intake"
)

// Files are the files of a report or letter that were attached by an Envelope.
type Files []intake.Attachment

// Envelope takes the files of one report or letter before it is sent: each is
// sealed with the key of its case as it streams in. Whoever does not send, or
// whose sending fails, discards. It is for one goroutine.
type Envelope struct {
	s      *Store
	caseID string
	key    *seal.Key // nil: made with the first file
	files  Files
}

// NewReport opens an envelope for the files of a report that is about to be
// sent by Receive.
func (s *Store) NewReport(_ context.Context, c acl.Caller) (*Envelope, error) {
	if err := acl.Check(acl.ReportSubmit, acl.ReportSubmit, senderRoles(c)...); err != nil {
		return nil, err
	}
	return &Envelope{s: s, caseID: db.NewID(s.Rand)}, nil
}

// NewLetter opens an envelope for the files of a Message to the reporter of
// that report; empty: of the report that opened the case.
func (s *Store) NewLetter(ctx context.Context, c acl.Caller, caseID, report string) (*Envelope, error) {
	var env *Envelope
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		o, _, err := s.access(ctx, q, c, caseID, acl.MessageWrite)
		if err != nil {
			return err
		}
		th, err := s.thread(ctx, q, o, report)
		if err != nil {
			return err
		}
		env = &Envelope{s: s, caseID: th.caseID, key: th.key}
		return nil
	})
	return env, err
}

// NewReply opens an envelope for the files of a Reply to the team.
func (s *Store) NewReply(ctx context.Context, c acl.Caller) (*Envelope, error) {
	var env *Envelope
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		m, err := s.mailbox(ctx, q, c, acl.MailboxWrite)
		if err != nil {
			return err
		}
		env = &Envelope{s: s, caseID: m.own.ID, key: m.own.key}
		return nil
	})
	return env, err
}

// Attach reads one file to its end and keeps it. The name is mended for
// display; neither it nor the media type is to be believed.
func (e *Envelope) Attach(ctx context.Context, name, mediaType string, r io.Reader) (intake.Attachment, error) {
	if most := min(e.s.Settings.Attachments, intake.MaxAttachments); len(e.files) >= most {
		return intake.Attachment{}, errs.Invalidf("attachments", "At most %d files can be sent at once.", most).
			WithHint("pack them into one archive")
	}
	if len(name) > intake.MaxLine || len(mediaType) > intake.MaxLine {
		return intake.Attachment{}, errs.Invalidf("attachments", "The name or the type of a file is too long.")
	}
	if e.key == nil {
		err := e.s.DB.Write(ctx, func(tx *db.Tx) (err error) {
			e.key, err = e.s.Keys.Create(ctx, tx, scopeOf(e.caseID))
			return err
		})
		if err != nil {
			e.key = nil
			return intake.Attachment{}, err
		}
	}
	from := &incoming{Reader: r}
	ref, err := e.s.Blobs.Put(ctx, e.key, from, e.s.Settings.AttachBytes)
	if from.broken != nil {
		return intake.Attachment{}, errs.Invalidf("attachments", "A file did not come in as a whole.").WithHint("send it again").WithCause(from.broken)
	}
	if err != nil {
		return intake.Attachment{}, err
	}
	a := intake.Attachment{Ref: ref, Name: name, Type: mediaType}
	e.files = append(e.files, a)
	return a, nil
}

// incoming notes that what someone sends broke off, which is no failure of the
// store.
type incoming struct {
	io.Reader
	broken error
}

func (r *incoming) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && err != io.EOF {
		r.broken = err
	}
	return n, err
}

// Files lists what was attached, for Letter.Files and Reply.Files.
func (e *Envelope) Files() Files { return e.files }

// Discard removes what was attached.
func (e *Envelope) Discard() error {
	err := e.s.discard(e.files)
	e.files = nil
	return err
}

func (s *Store) discard(files Files) error {
	var errsAll []error
	for _, f := range files {
		errsAll = append(errsAll, s.Blobs.Remove(f.Ref.ID))
	}
	return errors.Join(errsAll...)
}

// enclosure is a file of a letter, and what its reader gets in its place where
// the reporter gave an OpenPGP key.
type enclosure struct {
	plain  intake.Attachment
	cipher *intake.Attachment
}

// fileBody is what is kept sealed of a file.
type fileBody struct {
	File   File  `json:"file"`
	Cipher *File `json:"cipher,omitempty"`
}

// encrypt makes the enclosures of a letter to a reporter. It reads and writes
// blobs and so runs before the transaction; discard the ciphers if that fails.
func (s *Store) encrypt(ctx context.Context, th *thread, files Files) ([]enclosure, error) {
	out := make([]enclosure, len(files))
	for i, f := range files {
		out[i].plain = f
		if th.recipient == "" {
			continue
		}
		cipher, err := s.encryptFile(ctx, th, f)
		if err != nil {
			return nil, errors.Join(err, s.discard(ciphers(out)))
		}
		out[i].cipher = &cipher
	}
	return out, nil
}

func (s *Store) encryptFile(ctx context.Context, th *thread, f intake.Attachment) (intake.Attachment, error) {
	r, err := s.Blobs.Open(ctx, th.key, f.Ref.ID)
	if err != nil {
		return intake.Attachment{}, fmt.Errorf("encrypting a file to the reporter: %w", err)
	}
	plain, err := io.ReadAll(r) // bounded when it was attached
	if err := errors.Join(err, r.Close()); err != nil {
		return intake.Attachment{}, fmt.Errorf("encrypting a file to the reporter: %w", err)
	}
	armored, err := sign.EncryptTo([]byte(th.recipient), plain, th.received)
	if err != nil {
		return intake.Attachment{}, fmt.Errorf("encrypting a file to the reporter: %w", err)
	}
	ref, err := s.Blobs.Put(ctx, th.key, bytes.NewReader(armored), int64(len(armored)))
	if err != nil {
		return intake.Attachment{}, fmt.Errorf("encrypting a file to the reporter: %w", err)
	}
	return intake.Attachment{Ref: ref, Name: f.Name + ".asc", Type: "application/pgp-encrypted"}, nil
}

func ciphers(es []enclosure) Files {
	var out Files
	for _, e := range es {
		if e.cipher != nil {
			out = append(out, *e.cipher)
		}
	}
	return out
}

func fileOf(id string, m Message, a intake.Attachment) File {
	return File{
		ID: id, Name: intake.DisplayName(a.Name), Type: a.Type, From: m.From, At: m.At,
		Size: a.Ref.Size, SHA256: a.Ref.SHA256,
	}
}

// insertFiles writes the files of a message.
func (s *Store) insertFiles(ctx context.Context, tx *db.Tx, key *seal.Key, m *Message, es []enclosure) error {
	for i, e := range es {
		id := db.NewID(s.Rand)
		body := fileBody{File: fileOf(id, *m, e.plain)}
		var cipherID any
		if e.cipher != nil {
			f := fileOf(id, *m, *e.cipher)
			body.Cipher, cipherID = &f, e.cipher.Ref.ID
		}
		b, err := sealed(key, fileContext(id), body)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO case_files (id, message_id, position, blob_id, cipher_id, body)
			VALUES ($1, $2, $3, $4, $5, $6)`, id, m.ID, i, e.plain.Ref.ID, cipherID, b)
		if err != nil {
			return fmt.Errorf("keeping a file of a message: %w", err)
		}
		m.Files = append(m.Files, body.File)
	}
	return nil
}

// Attachment opens a file of a case: one that came with a report (asked of
// acl.ReportRead) or with a letter (of acl.MessageRead).
func (s *Store) Attachment(ctx context.Context, c acl.Caller, caseID, fileID string) (io.ReadCloser, File, error) {
	var f found
	if !isLine(fileID) {
		return nil, File{}, errs.Missing()
	}
	err := s.look(ctx, c, caseID, acl.CaseRead, fileID, func(q db.Queryer, o *opened, roles []acl.Role) error {
		parts, err := s.parts(ctx, q, o)
		if err != nil {
			return err
		}
		for _, p := range parts {
			f, err = findFile(ctx, q, p, fileID, roles)
			if !errs.Is(err, errs.NotFound) {
				return err
			}
		}
		return errs.Missing()
	})
	if err != nil {
		return nil, File{}, err
	}
	return s.open(ctx, f)
}

// MailboxFile opens a file of the reporter's own report or letters. Where the
// team's letters are encrypted to the reporter's key, so are their files.
func (s *Store) MailboxFile(ctx context.Context, c acl.Caller, fileID string) (io.ReadCloser, File, error) {
	var f found
	if !isLine(fileID) {
		return nil, File{}, errs.Missing()
	}
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		m, err := s.mailbox(ctx, q, c, acl.MailboxRead)
		if err != nil {
			return err
		}
		if f, err = findInReport(ctx, q, m.own, fileID); !errs.Is(err, errs.NotFound) {
			return err
		}
		f, err = findInThread(ctx, q, m.own, fileID)
		if err == nil && f.cipher != nil {
			f = *f.cipher
		}
		return err
	})
	if err != nil {
		return nil, File{}, err
	}
	return s.open(ctx, f)
}

// found is a file with where its bytes are.
type found struct {
	File
	blobID string
	key    *seal.Key
	cipher *found // what the reporter gets in its place
}

func (s *Store) open(ctx context.Context, f found) (io.ReadCloser, File, error) {
	r, err := s.Blobs.Open(ctx, f.key, f.blobID)
	return r, f.File, err
}

// findFile looks for a file among those of a case's own report and letters, as
// far as the roles reach; errs.NotFound if it is none of them.
func findFile(ctx context.Context, q db.Queryer, o *opened, fileID string, roles []acl.Role) (found, error) {
	if acl.Allow(acl.ReportRead, roles...) {
		if f, err := findInReport(ctx, q, o, fileID); !errs.Is(err, errs.NotFound) {
			return f, err
		}
	}
	if acl.Allow(acl.MessageRead, roles...) {
		return findInThread(ctx, q, o, fileID)
	}
	return found{}, errs.Missing()
}

func findInReport(ctx context.Context, q db.Queryer, o *opened, fileID string) (found, error) {
	a, err := intake.AttachmentOf(ctx, q, o.key, o.Report, fileID)
	if err != nil {
		return found{}, err
	}
	return found{File: reportFile(a, o.Received), blobID: a.Ref.ID, key: o.key}, nil
}

// reportFile is a file that came with a report.
func reportFile(a intake.Attachment, at time.Time) File {
	return File{ID: a.ID, Name: a.Name, Type: a.Type, From: FromReporter, At: at, Size: a.Ref.Size, SHA256: a.Ref.SHA256}
}

func findInThread(ctx context.Context, q db.Queryer, o *opened, fileID string) (found, error) {
	var blobID string
	var cipherID sql.NullString
	var body []byte
	err := q.QueryRow(ctx, `SELECT f.blob_id, f.cipher_id, f.body
		FROM case_files f JOIN case_messages m ON m.id = f.message_id
		WHERE f.id = $1 AND m.report_id = $2`, fileID, o.Report).Scan(&blobID, &cipherID, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return found{}, errs.Missing()
	}
	if err != nil {
		return found{}, fmt.Errorf("finding file %s: %w", fileID, err)
	}
	var b fileBody
	if err := unseal(o.key, fileContext(fileID), body, &b); err != nil {
		return found{}, err
	}
	f := found{File: b.File, blobID: blobID, key: o.key}
	if b.Cipher != nil {
		f.cipher = &found{File: *b.Cipher, blobID: cipherID.String, key: o.key}
	}
	return f, nil
}

func fileContext(id string) string { return "file/" + id }
