package intake

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
)

// A report that came by mail from someone without an OpenPGP key gets a receipt
// that anyone on its way can read. The case phrase is not in it: only a code
// that gives the phrase once, to the first who shows it. If that was not the
// sender, the sender sees so and says so.

// ClaimLife is how long a code in a receipt works.
const ClaimLife = 14 * 24 * time.Hour

var claimEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// ClaimCode gives the code for the phrase of a report: 120 bits that only we
// can make.
func (d *Desk) ClaimCode(reportID string) (string, error) {
	if !db.ValidID(reportID) {
		return "", errs.Missing()
	}
	m := hmac.New(sha256.New, d.Keys.Derive(labelClaim))
	m.Write([]byte(reportID))
	return claimEncoding.EncodeToString(m.Sum(nil)[:15]), nil
}

// KeepClaim keeps what the phrase of a report is derived from, sealed with the
// key of its case, until the code is used.
func (d *Desk) KeepClaim(ctx context.Context, tx *db.Tx, key *seal.Key, reportID, token string) error {
	code, err := d.ClaimCode(reportID)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO mail_claims (report_id, hash, expires_at, used_at, body) VALUES ($1, $2, $3, 0, $4)`,
		reportID, d.claimHash(code), db.Micros(d.Clock().Add(ClaimLife)), key.Seal(claimContext(reportID), []byte(token)))
	if err != nil {
		return fmt.Errorf("keeping the claim of a receipt: %w", err)
	}
	return nil
}

// Claimed finds the report that a code is for, and the case whose key opens
// its claim. One that opens nothing, or no longer, is errs.NotFound.
func (d *Desk) Claimed(ctx context.Context, tx *db.Tx, code string) (Filed, error) {
	code = strings.ToLower(strings.Join(strings.FieldsFunc(code, func(r rune) bool { return r == ' ' || r == '-' || r == '\n' || r == '\t' }), ""))
	if len(code) != claimEncoding.EncodedLen(15) {
		return Filed{}, errs.Missing()
	}
	var report string
	var used, expires int64
	err := tx.QueryRow(ctx, `SELECT report_id, used_at, expires_at FROM mail_claims WHERE hash = $1`, d.claimHash(code)).
		Scan(&report, &used, &expires)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Filed{}, errs.Missing()
	case err != nil:
		return Filed{}, fmt.Errorf("looking up a claim: %w", err)
	case used != 0:
		return Filed{}, errs.Conflictf("This code was used on %s.", db.FromMicros(used).Format("2 January 2006, 15:04 UTC")).
			WithHint("if that was not you, someone else has read your mail: write to us at once")
	case expires <= db.Micros(d.Clock()):
		return Filed{}, errs.Conflictf("This code has expired.").WithHint("answer our letter and ask for the case phrase")
	}
	return Find(ctx, tx, report)
}

// Claim uses the code of a report up and gives the token that its phrase is
// derived from.
func (d *Desk) Claim(ctx context.Context, tx *db.Tx, key *seal.Key, reportID string) (token string, err error) {
	var body []byte
	err = tx.QueryRow(ctx, `UPDATE mail_claims SET used_at = $1 WHERE report_id = $2 AND used_at = 0 RETURNING body`,
		db.Micros(d.Clock()), reportID).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return "", errs.Missing()
	}
	if err != nil {
		return "", fmt.Errorf("using a claim: %w", err)
	}
	plain, err := key.Open(claimContext(reportID), body)
	return string(plain), err
}

func (d *Desk) claimHash(code string) string {
	return keyedHash(d.Keys.Derive(labelClaim), []byte("hash "+code))
}

func claimContext(reportID string) string { return "claim/" + reportID }
