package cvd

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/intake"
	"steward/internal/proof"
)

// attached gives the files that came with a case's report, or with one letter
// of its reporter.
func attached(ctx context.Context, q db.Queryer, o *opened, message string) ([]intake.Attachment, error) {
	if message == "" {
		r, err := intake.Read(ctx, q, o.key, o.Report)
		return r.Attachments, err
	}
	var out []intake.Attachment
	err := db.Each(ctx, q, "reading the files of a letter", `SELECT f.id, f.blob_id, f.body
		FROM case_files f JOIN case_messages m ON m.id = f.message_id
		WHERE m.id = $1 AND m.report_id = $2 AND m.side = 'reporter' ORDER BY f.position`, []any{message, o.Report},
		func(scan db.Scan) error {
			var id, blobID string
			var body []byte
			if err := scan(&id, &blobID, &body); err != nil {
				return err
			}
			var b fileBody
			if err := unseal(o.key, fileContext(id), body, &b); err != nil {
				return err
			}
			a := intake.Attachment{ID: id, Name: b.File.Name, Type: b.File.Type}
			a.Ref.ID, a.Ref.Size, a.Ref.SHA256 = blobID, b.File.Size, b.File.SHA256
			out = append(out, a)
			return nil
		})
	return out, err
}

// readProof reads one proof of a case's own, with the files that were given.
func readProof(ctx context.Context, q db.Queryer, o *opened, id string) (p Proof, given []proof.Source, err error) {
	if !db.ValidID(id) {
		return p, nil, errs.Missing()
	}
	var body, files []byte
	err = q.QueryRow(ctx, `SELECT body, given FROM case_proofs WHERE id = $1 AND case_id = $2`, id, o.ID).Scan(&body, &files)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil, errs.Missing()
	}
	if err != nil {
		return p, nil, fmt.Errorf("reading proof %s: %w", id, err)
	}
	if err = unseal(o.key, proofContext(id), body, &p); err == nil {
		err = unseal(o.key, givenContext(id), files, &given)
	}
	return p, given, err
}

// proofs reads those of a case's own, oldest first.
func proofs(ctx context.Context, q db.Queryer, o *opened) ([]Proof, error) {
	return db.All(ctx, q, "reading proofs", `SELECT id, body FROM case_proofs WHERE case_id = $1 ORDER BY at, id`, []any{o.ID},
		func(scan db.Scan) (p Proof, err error) {
			var id string
			var body []byte
			if err = scan(&id, &body); err == nil {
				err = unseal(o.key, proofContext(id), body, &p)
			}
			return p, err
		})
}

// trials gives the files of a case that may hold programs, as far as the roles
// reach, with what they showed.
func (s *Store) trials(ctx context.Context, q db.Queryer, o *opened, roles []acl.Role) ([]Trial, error) {
	if !acl.Allow(acl.ReportRead, roles...) {
		return nil, nil
	}
	parts, err := s.parts(ctx, q, o)
	if err != nil {
		return nil, err
	}
	var out []Trial
	for _, p := range parts {
		all, err := proofs(ctx, q, p)
		if err != nil {
			return nil, err
		}
		letters := []letterWithFiles{{at: p.Received}}
		if acl.Allow(acl.MessageRead, roles...) {
			more, err := lettersWithFiles(ctx, q, p)
			if err != nil {
				return nil, err
			}
			letters = append(letters, more...)
		}
		for _, m := range letters {
			files, err := attached(ctx, q, p, m.id)
			if err != nil {
				return nil, err
			}
			if !proof.Worth(names(files)) {
				continue
			}
			t := Trial{Case: p.ID, Ref: p.Ref, Report: p.Report, Message: m.id, At: m.at, Files: names(files)}
			for _, x := range all {
				if x.Message == m.id {
					t.Proofs = append(t.Proofs, x)
				}
			}
			out = append(out, t)
		}
	}
	return out, nil
}

// letterWithFiles is a letter of a reporter; the report itself has no id.
type letterWithFiles struct {
	id string
	at time.Time
}

func lettersWithFiles(ctx context.Context, q db.Queryer, o *opened) ([]letterWithFiles, error) {
	return db.All(ctx, q, "listing letters with files", `SELECT m.id, m.at FROM case_messages m
		WHERE m.report_id = $1 AND m.side = 'reporter' AND EXISTS (SELECT 1 FROM case_files f WHERE f.message_id = m.id) ORDER BY m.at, m.id`,
		[]any{o.Report}, func(scan db.Scan) (l letterWithFiles, err error) {
			var at int64
			err = scan(&l.id, &at)
			l.at = db.FromMicros(at)
			return l, err
		})
}
