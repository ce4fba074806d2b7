package mail

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/jobs"
	"steward/internal/base/seal"
)

// kindIn is the job that decides what becomes of a mail.
const kindIn = "mail in"

func mailScope(id string) string { return "mail/" + id }

const factsContext = "facts"

// Keep takes a mail in: when it returns, the mail is on the disk. The same
// bytes for the same addresses are kept once, whenever they come: a sender who
// did not hear that we have a mail sends it again (rfc1047). What our own
// server put before it, with the time, does not count. Nothing is decided yet,
// so that no fault in what a mail holds can lose it.
func (o *Office) Keep(ctx context.Context, env Envelope, raw []byte) error {
	_, err := o.keep(ctx, env, raw, func(*db.Tx, string) error { return nil })
	return err
}

// Import takes in a mail that a person has kept elsewhere, as if it had just
// come. quiet gives its sender no receipt, for mail of long ago. known tells that
// the same bytes are here already: then nothing is done.
func (o *Office) Import(ctx context.Context, c acl.Caller, raw []byte, quiet bool) (known bool, err error) {
	if err := acl.Check(acl.MailRead, acl.MailDecide, c.Role); err != nil {
		return false, err
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return false, errs.Invalidf("message", "The mail is empty.")
	}
	env := Envelope{By: "import", To: []string{o.Address}, Quiet: quiet}
	return o.keep(ctx, env, raw, func(tx *db.Tx, id string) error {
		return o.Audit.Append(ctx, tx, nil, c, acl.MailDecide, mailScope(id), map[string]string{"event": "import"})
	})
}

// keep is Keep with a deed that belongs to it. known tells that the mail was
// here before; then the deed is not done.
func (o *Office) keep(ctx context.Context, env Envelope, raw []byte, also func(tx *db.Tx, id string) error) (known bool, err error) {
	if int64(len(raw)) > o.MaxBytes {
		return false, errs.Invalidf("message", "The mail has %d bytes; at most %d can be taken.", len(raw), o.MaxBytes).
			WithHint("use the form at %s/report for large files", o.BaseURL)
	}
	digest := o.hash(labelDigest, string(raw[min(max(env.Trace, 0), len(raw)):]), strings.Join(env.To, " "))
	if err := o.DB.Read(ctx, func(q db.Queryer) (err error) {
		known, err = isKept(ctx, q, digest)
		return err
	}); err != nil || known {
		return known, err
	}
	id := db.NewID(o.Rand)
	var key *seal.Key
	err = o.DB.Write(ctx, func(tx *db.Tx) (err error) {
		key, err = o.Keys.Create(ctx, tx, mailScope(id))
		return err
	})
	if err != nil {
		return false, err
	}
	ref, err := o.Blobs.Put(ctx, key, bytes.NewReader(raw), o.MaxBytes)
	if err != nil {
		return false, err
	}
	err = o.DB.Write(ctx, func(tx *db.Tx) error {
		if known, err = isKept(ctx, tx, digest); err != nil || known {
			return err
		}
		facts := Facts{By: env.By, To: env.To, Sender: env.Sender, Delivery: env.Delivery, Quiet: env.Quiet}
		body, err := sealFacts(key, facts)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO mail_in (id, digest, state, received_at, settled_at, size, blob_id, case_id, body)
			VALUES ($1, $2, $3, $4, 0, $5, $6, '', $7)`, id, digest, string(Received), db.Micros(o.now()), ref.Size, ref.ID, body)
		if err != nil {
			return fmt.Errorf("keeping a mail: %w", err)
		}
		_, err = o.Jobs.Put(ctx, tx, jobs.Job{Kind: kindIn, Key: id, Scope: mailScope(id), Body: []byte(id)})
		if err != nil {
			return err
		}
		return also(tx, id)
	})
	if err != nil || known {
		return known, errors.Join(err, o.Blobs.Remove(ref.ID))
	}
	return false, nil
}

func isKept(ctx context.Context, q db.Queryer, digest string) (bool, error) {
	var n int
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM mail_in WHERE digest = $1`, digest).Scan(&n); err != nil {
		return false, fmt.Errorf("looking for a mail that is kept: %w", err)
	}
	return n > 0, nil
}

func sealFacts(key *seal.Key, f Facts) ([]byte, error) {
	b, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("writing what is known of a mail: %w", err)
	}
	return key.Seal(factsContext, b), nil
}

// kept is a mail with what opens it.
type kept struct {
	Mail
	digest string
	blob   string
	key    *seal.Key
	sealed []byte // the facts

	lasting bool // it is kept as long as its case
}

const mailColumns = `id, digest, state, received_at, settled_at, size, blob_id, case_id, body`

func scanMail(scan db.Scan) (k kept, err error) {
	var state string
	var received, settled int64
	err = scan(&k.ID, &k.digest, &state, &received, &settled, &k.Size, &k.blob, &k.Case, &k.sealed)
	k.State, k.Received = State(state), db.FromMicros(received)
	if settled != 0 {
		k.Settled = db.FromMicros(settled)
	}
	return k, err
}

// unlock opens what is sealed of a mail beside its bytes.
func (o *Office) unlock(ctx context.Context, q db.Queryer, k kept) (kept, error) {
	var err error
	if k.key, err = o.Keys.Key(ctx, q, mailScope(k.ID)); err != nil {
		return kept{}, err
	}
	plain, err := k.key.Open(factsContext, k.sealed)
	if err == nil {
		err = json.Unmarshal(plain, &k.Facts)
	}
	return k, err
}

func (o *Office) load(ctx context.Context, q db.Queryer, id string) (kept, error) {
	if !db.ValidID(id) {
		return kept{}, errs.Missing()
	}
	k, err := scanMail(q.QueryRow(ctx, `SELECT `+mailColumns+` FROM mail_in WHERE id = $1`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return kept{}, errs.Missing()
	}
	if err == nil {
		k, err = o.unlock(ctx, q, k)
	}
	if err != nil {
		return kept{}, fmt.Errorf("reading mail %s: %w", id, err)
	}
	return k, nil
}

// raw reads a mail as it came.
func (o *Office) raw(ctx context.Context, k kept) ([]byte, error) {
	r, err := o.Blobs.Open(ctx, k.key, k.blob)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	return b, errors.Join(err, r.Close())
}

// settle writes down what became of a mail, in the transaction of what was
// done with it where there is one.
func (o *Office) settle(ctx context.Context, tx *db.Tx, c acl.Caller, k kept, e event, caseID string) error {
	to, err := k.State.step(e)
	if err != nil {
		return err
	}
	body, err := sealFacts(k.key, k.Facts)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE mail_in SET state = $1, settled_at = $2, case_id = $3, body = $4, lasting = $5 WHERE id = $6`,
		string(to), db.Micros(o.now()), caseID, body, k.lasting, k.ID)
	if err != nil {
		return fmt.Errorf("settling a mail: %w", err)
	}
	action := acl.MailTake
	if e == release || e == discard {
		action = acl.MailDecide
	}
	return o.Audit.Append(ctx, tx, nil, c, action, mailScope(k.ID), map[string]string{"event": string(e), "state": string(to)})
}

// Place is where a mail stands in a list of List. Many may come in the same
// microsecond, so that the time alone is none.
func (m Mail) Place() string { return strconv.FormatInt(db.Micros(m.Received), 10) + "-" + m.ID }

func parsePlace(s string) (at int64, id string, err error) {
	micros, id, _ := strings.Cut(s, "-")
	if at, err = strconv.ParseInt(micros, 10, 64); err != nil || at <= 0 || !db.ValidID(id) {
		return 0, "", errs.Invalidf("before", "%q is no place in the list", s).WithHint("begin at its start")
	}
	return at, id, nil
}

// PageSize is how many mails List gives at once.
const PageSize = 50

// List gives mails in a state, the latest first, that stand behind a Place in
// the list; "" begins with the latest. more tells that there are others.
func (o *Office) List(ctx context.Context, c acl.Caller, state State, before string) (list []Mail, more bool, err error) {
	if err := acl.Check(acl.MailRead, acl.MailRead, c.Role); err != nil {
		return nil, false, err
	}
	at, id := int64(1)<<62, ""
	if before != "" {
		if at, id, err = parsePlace(before); err != nil {
			return nil, false, err
		}
	}
	err = o.DB.Read(ctx, func(q db.Queryer) error {
		found, err := mailRows(ctx, q, string(state), at, id, PageSize+1)
		if err != nil {
			return err
		}
		for _, k := range found {
			if k, err = o.unlock(ctx, q, k); err != nil {
				return err
			}
			list = append(list, k.Mail)
		}
		return nil
	})
	if err != nil {
		return nil, false, fmt.Errorf("listing mail: %w", err)
	}
	if len(list) > PageSize {
		return list[:PageSize], true, nil
	}
	return list, false, nil
}

func mailRows(ctx context.Context, q db.Queryer, args ...any) ([]kept, error) {
	return db.All(ctx, q, "reading mails", `SELECT `+mailColumns+` FROM mail_in WHERE state = $1 AND (received_at, id) < ($2, $3)
		ORDER BY received_at DESC, id DESC LIMIT $4`, args, scanMail)
}

// Counts tells how many mails are in each state.
func (o *Office) Counts(ctx context.Context, c acl.Caller) (map[State]int, error) {
	if c.Role != acl.System {
		if err := acl.Check(acl.MailRead, acl.MailRead, c.Role); err != nil {
			return nil, err
		}
	}
	var out map[State]int
	err := o.DB.Read(ctx, func(q db.Queryer) (err error) {
		out, err = db.Pairs[State, int](ctx, q, "counting mail", `SELECT state, COUNT(*) FROM mail_in GROUP BY state`)
		return err
	})
	return out, err
}

// Raw gives a mail as it came.
func (o *Office) Raw(ctx context.Context, c acl.Caller, id string) ([]byte, Mail, error) {
	if err := acl.Check(acl.MailRead, acl.MailRead, c.Role); err != nil {
		return nil, Mail{}, err
	}
	var k kept
	err := o.DB.Read(ctx, func(q db.Queryer) (err error) {
		k, err = o.load(ctx, q, id)
		return err
	})
	if err != nil {
		return nil, Mail{}, err
	}
	raw, err := o.raw(ctx, k)
	return raw, k.Mail, err
}

// Release says that a mail which was held back is to be taken as what it says
// it is; Discard, that it is nothing. Both are a person's decision.
func (o *Office) Release(ctx context.Context, c acl.Caller, id string) error {
	return o.decide(ctx, c, id, release)
}

// Discard says that a mail is nothing. It stays readable for a while.
func (o *Office) Discard(ctx context.Context, c acl.Caller, id string) error {
	return o.decide(ctx, c, id, discard)
}

func (o *Office) decide(ctx context.Context, c acl.Caller, id string, e event) error {
	if err := acl.Check(acl.MailRead, acl.MailDecide, c.Role); err != nil {
		return err
	}
	return o.DB.Write(ctx, func(tx *db.Tx) error {
		k, err := o.load(ctx, tx, id)
		if err != nil {
			return err
		}
		k.Decided, k.Believed = c.Name, e == release
		if err := o.settle(ctx, tx, c, k, e, k.Case); err != nil {
			return err
		}
		if e != release {
			return nil
		}
		_, err = o.Jobs.Put(ctx, tx, jobs.Job{Kind: kindIn, Key: fmt.Sprint(id, "/", db.Micros(o.now())), Scope: mailScope(id), Body: []byte(id)})
		return err
	})
}

// Kept gives the blobs that mail lies in, for the sweep of those that were put
// in and never named.
func (o *Office) Kept(ctx context.Context, c acl.Caller) (map[string]bool, error) {
	if err := acl.Check(acl.Sweep, acl.Sweep, c.Role); err != nil {
		return nil, err
	}
	out := map[string]bool{}
	err := o.DB.Read(ctx, func(q db.Queryer) error {
		ids, err := db.Column[string](ctx, q, "listing mail", `SELECT blob_id FROM mail_in`)
		for _, id := range ids {
			out[id] = true
		}
		return err
	})
	return out, err
}

// keptFor is how long a mail stays once it is decided what it was. What it held
// is in its case by then.
const keptFor = 30 * 24 * time.Hour

// Sweep forgets mails that are decided since long ago, but for those that hold
// more than went into their case.
func (o *Office) Sweep(ctx context.Context, c acl.Caller) error {
	if err := acl.Check(acl.Sweep, acl.Sweep, c.Role); err != nil {
		return err
	}
	var gone []string
	err := o.DB.Write(ctx, func(tx *db.Tx) (err error) {
		gone, err = db.Column[string](ctx, tx, "forgetting mails", `DELETE FROM mail_in WHERE settled_at > 0 AND settled_at < $1
			AND state IN ('filed', 'answered', 'noted', 'discarded') AND NOT lasting RETURNING blob_id`, db.Micros(o.now().Add(-keptFor)))
		return err
	})
	if err != nil {
		return fmt.Errorf("sweeping mail: %w", err)
	}
	for _, id := range gone {
		err = errors.Join(err, o.Blobs.Remove(id))
	}
	return err
}
