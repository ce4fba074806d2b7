package mail

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"steward/internal/base/db"
	"steward/internal/cvd"
)

// Labels of the keys that are derived from the master key. A change of one
// makes every older tag or Message-ID unknown.
const (
	labelTag    = "mail tag"
	labelRoot   = "mail thread"
	labelLookup = "mail lookup"
	labelDigest = "mail digest"
	labelToken  = "mail token"
)

var tagEncoding = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// tagBytes are 120 random bits for whoever does not have the master key.
const tagBytes = 15

// mac gives the hash of words under a key of the office.
func (o *Office) mac(label string, words ...string) []byte {
	m := hmac.New(sha256.New, o.Keys.Derive(label))
	m.Write([]byte(strings.Join(words, "\x00")))
	return m.Sum(nil)
}

func (o *Office) hash(label string, words ...string) string {
	return hex.EncodeToString(o.mac(label, words...))
}

// tag names a thread in addresses. It is the same each time and tells nothing.
func (o *Office) tag(c cvd.Correspondence) string {
	return tagEncoding.EncodeToString(o.mac(labelTag, words(c)...)[:tagBytes])
}

// root is the Message-ID that all letters of a thread refer to.
func (o *Office) root(c cvd.Correspondence) string {
	return tagEncoding.EncodeToString(o.mac(labelRoot, words(c)...)[:tagBytes]) + "@" + o.Host
}

// words are what tells a thread from all others.
func words(c cvd.Correspondence) []string {
	if c.Contact == "" {
		return []string{c.Case, c.Report, c.User}
	}
	return []string{c.Case, c.Report, c.User, c.Recipient, c.Contact}
}

// tagged is our address with the tag of a thread: RFC 5233's subaddress.
func (o *Office) tagged(tag string) string {
	local, domain, _ := strings.Cut(o.Address, "@")
	return local + "+" + tag + "@" + domain
}

// tagIn gives the tag in one of our addresses, in the letters that tags are
// written in; empty: it has none, or is not ours.
func (o *Office) tagIn(address string) string {
	local, domain, _ := strings.Cut(strings.ToLower(o.Address), "@")
	theirs, host, _ := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	name, tag, _ := strings.Cut(theirs, "+")
	if host != domain || name != local {
		return ""
	}
	return tag
}

// keepThread makes a thread one that answers find, by its tag and by the
// Message-IDs.
func (o *Office) keepThread(ctx context.Context, tx *db.Tx, c cvd.Correspondence, ours bool, messageIDs ...string) error {
	hash := o.hash(labelLookup, "tag", o.tag(c))
	_, err := tx.Exec(ctx, `INSERT INTO mail_tags (hash, case_id, report_id, user_id, recipient_id, contact_id)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO NOTHING`, hash, c.Case, c.Report, c.User, c.Recipient, c.Contact)
	for _, id := range messageIDs {
		if err == nil && id != "" {
			_, err = tx.Exec(ctx, `INSERT INTO mail_ids (hash, tag, ours) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING`,
				o.hash(labelLookup, "id", id), hash, ours)
		}
	}
	if err != nil {
		return fmt.Errorf("keeping the thread of a letter: %w", err)
	}
	return nil
}

// threadByTag finds the thread of a tag.
func (o *Office) threadByTag(ctx context.Context, q db.Queryer, tag string) (cvd.Correspondence, bool, error) {
	if len(tag) != tagEncoding.EncodedLen(tagBytes) {
		return cvd.Correspondence{}, false, nil
	}
	var c cvd.Correspondence
	ok, err := scanned(q.QueryRow(ctx, `SELECT case_id, report_id, user_id, recipient_id, contact_id FROM mail_tags WHERE hash = $1`,
		o.hash(labelLookup, "tag", tag)), &c.Case, &c.Report, &c.User, &c.Recipient, &c.Contact)
	return c, ok, err
}

// threadByID finds the thread of a Message-ID, and tells whether the ID is
// ours. One that is not may be known to anyone who got a copy of that mail.
func (o *Office) threadByID(ctx context.Context, q db.Queryer, id string) (c cvd.Correspondence, ours, ok bool, err error) {
	ok, err = scanned(q.QueryRow(ctx, `SELECT t.case_id, t.report_id, t.user_id, t.recipient_id, t.contact_id, i.ours
		FROM mail_ids i JOIN mail_tags t ON t.hash = i.tag WHERE i.hash = $1`, o.hash(labelLookup, "id", id)),
		&c.Case, &c.Report, &c.User, &c.Recipient, &c.Contact, &ours)
	return c, ours, ok, err
}

func scanned(row *db.Row, into ...any) (bool, error) {
	err := row.Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking for the thread of a mail: %w", err)
	}
	return true, nil
}
