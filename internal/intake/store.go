package intake

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
)

// Filed is the part of a kept report that is not private.
type Filed struct {
	ID         string
	CaseID     string
	Channel    Channel
	ReceivedAt time.Time // UTC, microseconds
	AnswerBy   time.Time // UTC: promised in the receipt
}

// Report is a kept report, opened with the key of its case.
type Report struct {
	Filed
	SHA256      string     // of Original, hexadecimal
	Original    []byte     // the bytes as kept: canonical JSON
	Submission  Submission // Original read; without token, and with Attachments as below
	Attachments []Attachment
	Findings    []Finding // what the lint remarked when it came
}

// Resent tells whether a report with the token of o is already kept. If its
// text is the same, the form was sent twice: give the receipt again (and
// remove attachments that were put into the blob store a second time). If the
// text differs, the error is an errs.Conflict. Call it in the transaction of
// File, before a case is made.
func (d *Desk) Resent(ctx context.Context, q db.Queryer, o Original) (Filed, bool, error) {
	var phraseHash string
	f, err := scanFiled(q.QueryRow(ctx,
		`SELECT id, case_id, channel, received_at, answer_by, phrase_hash FROM reports WHERE token_hash = $1`,
		d.tokenHash(o.submission.Token)), &phraseHash)
	if errors.Is(err, sql.ErrNoRows) {
		return Filed{}, false, nil
	}
	if err != nil {
		return Filed{}, false, fmt.Errorf("looking for a report that was sent before: %w", err)
	}
	// The phrase is derived from token and text: with the same token it is the
	// same only if the text is.
	if phraseHash != d.lookupHash(d.phrase(o)) {
		return Filed{}, false, errs.Conflictf("A report was already sent with this form, and its text was another.").
			WithHint("use the case phrase of the first report to add to it, or open a new form for a new report")
	}
	return f, true, nil
}

// File writes a report with its attachments and findings, sealed with the key
// of the case that it opens. It is kept once the transaction has ended well.
// An error for which db.IsUnique holds means that another process kept the same
// form at the same moment: ask Resent again in a new transaction.
func (d *Desk) File(ctx context.Context, tx *db.Tx, key *seal.Key, caseID string, o Original, findings []Finding) (Filed, error) {
	now := d.Clock().UTC().Truncate(time.Microsecond)
	f := Filed{
		ID: db.NewID(d.Rand), CaseID: caseID, Channel: o.submission.Channel,
		ReceivedAt: now, AnswerBy: d.AnswerBy(now).Truncate(time.Microsecond),
	}
	remarks, err := json.Marshal(findings)
	if err != nil {
		return Filed{}, fmt.Errorf("writing findings as JSON: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO reports
		(id, case_id, channel, received_at, answer_by, token_hash, phrase_hash, original, original_size, findings)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		f.ID, f.CaseID, string(f.Channel), db.Micros(f.ReceivedAt), db.Micros(f.AnswerBy),
		d.tokenHash(o.submission.Token), d.lookupHash(d.phrase(o)),
		key.Seal(originalContext(f.ID), o.bytes), int64(len(o.bytes)), key.Seal(findingsContext(f.ID), remarks))
	if err != nil {
		return Filed{}, fmt.Errorf("keeping a report: %w", err)
	}
	for i, a := range o.submission.Attachments {
		if err := d.fileAttachment(ctx, tx, key, f.ID, i, a); err != nil {
			return Filed{}, err
		}
	}
	return f, nil
}

// meta is the private part of what is known of an attachment.
type meta struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	SHA256 string `json:"sha256"`
}

func (d *Desk) fileAttachment(ctx context.Context, tx *db.Tx, key *seal.Key, reportID string, position int, a Attachment) error {
	id := db.NewID(d.Rand)
	m, err := json.Marshal(meta{Name: a.Name, Type: a.Type, SHA256: a.Ref.SHA256})
	if err != nil {
		return fmt.Errorf("writing an attachment's name as JSON: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO report_attachments (id, report_id, position, blob_id, size, meta)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		id, reportID, int64(position), a.Ref.ID, a.Ref.Size, key.Seal(attachmentContext(id), m))
	if err != nil {
		return fmt.Errorf("keeping an attachment of a report: %w", err)
	}
	return nil
}

// Find gives what is not private of a report; errs.NotFound if there is none.
func Find(ctx context.Context, q db.Queryer, reportID string) (Filed, error) {
	f, err := scanFiled(q.QueryRow(ctx,
		`SELECT id, case_id, channel, received_at, answer_by FROM reports WHERE id = $1`, reportID))
	if errors.Is(err, sql.ErrNoRows) {
		return Filed{}, errs.Missing()
	}
	if err != nil {
		return Filed{}, fmt.Errorf("finding report %s: %w", reportID, err)
	}
	return f, nil
}

// Read opens a report with the key of its case; errs.NotFound if there is
// none. The caller has checked that its reader may see it.
func Read(ctx context.Context, q db.Queryer, key *seal.Key, reportID string) (Report, error) {
	var original, remarks []byte
	f, err := scanFiled(q.QueryRow(ctx,
		`SELECT id, case_id, channel, received_at, answer_by, original, findings FROM reports WHERE id = $1`,
		reportID), &original, &remarks)
	if errors.Is(err, sql.ErrNoRows) {
		return Report{}, errs.Missing()
	}
	if err != nil {
		return Report{}, fmt.Errorf("reading report %s: %w", reportID, err)
	}
	r := Report{Filed: f}
	if r.Original, err = key.Open(originalContext(f.ID), original); err != nil {
		return Report{}, fmt.Errorf("opening report %s: %w", reportID, err)
	}
	sum := sha256.Sum256(r.Original)
	r.SHA256 = hex.EncodeToString(sum[:])
	if r.Submission, err = readOriginal(r.Original); err != nil {
		return Report{}, fmt.Errorf("report %s: %w", reportID, err)
	}
	plain, err := key.Open(findingsContext(f.ID), remarks)
	if err != nil {
		return Report{}, fmt.Errorf("opening the findings of report %s: %w", reportID, err)
	}
	if err := json.Unmarshal(plain, &r.Findings); err != nil {
		return Report{}, fmt.Errorf("reading the findings of report %s: %w", reportID, err)
	}
	if r.Attachments, err = attachments(ctx, q, key, reportID); err != nil {
		return Report{}, err
	}
	r.Submission.Attachments = r.Attachments
	return r, nil
}

// attachments opens what is known of the attachments of a report, in their
// order, with names and types fit for display.
func attachments(ctx context.Context, q db.Queryer, key *seal.Key, reportID string) (list []Attachment, err error) {
	rows, err := q.Query(ctx, `SELECT id, blob_id, size, meta FROM report_attachments
		WHERE report_id = $1 ORDER BY position`, reportID)
	if err != nil {
		return nil, fmt.Errorf("listing the attachments of report %s: %w", reportID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var a Attachment
		var sealed []byte
		if err := rows.Scan(&a.ID, &a.Ref.ID, &a.Ref.Size, &sealed); err != nil {
			return nil, fmt.Errorf("listing the attachments of report %s: %w", reportID, err)
		}
		plain, err := key.Open(attachmentContext(a.ID), sealed)
		if err != nil {
			return nil, fmt.Errorf("opening the name of attachment %s: %w", a.ID, err)
		}
		var m meta
		if err := json.Unmarshal(plain, &m); err != nil {
			return nil, fmt.Errorf("reading the name of attachment %s: %w", a.ID, err)
		}
		a.Name, a.Type, a.Ref.SHA256 = DisplayName(m.Name), mediaType(m.Type), m.SHA256
		list = append(list, a)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("listing the attachments of report %s: %w", reportID, err)
	}
	return list, nil
}

// AttachmentOf gives one attachment of a report; errs.NotFound if that report
// has none of this identifier. Its bytes are in the blob store under Ref.ID,
// sealed with the same key.
func AttachmentOf(ctx context.Context, q db.Queryer, key *seal.Key, reportID, attachmentID string) (Attachment, error) {
	list, err := attachments(ctx, q, key, reportID)
	if err != nil {
		return Attachment{}, err
	}
	for _, a := range list {
		if a.ID == attachmentID {
			return a, nil
		}
	}
	return Attachment{}, errs.Missing()
}

// Blobs gives every kept attachment in the blob store, by its identifier there,
// with the case that its report opened and whose key seals it.
func Blobs(ctx context.Context, q db.Queryer) (map[string]string, error) {
	return db.Pairs[string, string](ctx, q, "listing attachments",
		`SELECT a.blob_id, r.case_id FROM report_attachments a JOIN reports r ON r.id = a.report_id`)
}

// ReportByPhrase finds the report that a phrase, as typed, opens. A phrase that
// is written wrong gives the errors of ParsePhrase; one that opens nothing
// gives errs.NotFound. It compares keyed hashes by an index, so that its time
// tells nothing of the phrases that exist.
func (d *Desk) ReportByPhrase(ctx context.Context, q db.Queryer, phrase string) (reportID, caseID string, err error) {
	p, err := ParsePhrase(phrase)
	if err != nil {
		return "", "", err
	}
	err = q.QueryRow(ctx, `SELECT id, case_id FROM reports WHERE phrase_hash = $1`, d.lookupHash(p)).
		Scan(&reportID, &caseID)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", errs.Missing()
	}
	if err != nil {
		return "", "", fmt.Errorf("looking up a case phrase: %w", err)
	}
	return reportID, caseID, nil
}

// What is sealed says what it is, so that no sealed text can stand in for
// another.
func originalContext(reportID string) string       { return "report/" + reportID }
func findingsContext(reportID string) string       { return "findings/" + reportID }
func attachmentContext(attachmentID string) string { return "attachment/" + attachmentID }

// row is the one method that sql.Row and sql.Rows share.
type row interface{ Scan(dest ...any) error }

// scanFiled reads id, case_id, channel, received_at, answer_by and what comes
// after them.
func scanFiled(r row, more ...any) (Filed, error) {
	var f Filed
	var channel string
	var received, answer int64
	if err := r.Scan(append([]any{&f.ID, &f.CaseID, &channel, &received, &answer}, more...)...); err != nil {
		return Filed{}, err
	}
	f.Channel, f.ReceivedAt, f.AnswerBy = Channel(channel), db.FromMicros(received), db.FromMicros(answer)
	return f, nil
}
