package jobs

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
)

// Queue keeps the jobs. It checks no permission and writes no audit entry: who
// puts a job does both for the deed that wants it.
type Queue struct {
	DB    *db.DB
	Keys  *seal.Keyring
	Clock func() time.Time
	Rand  io.Reader // for identifiers
}

// Job is what is to be done.
type Job struct {
	Kind  string    // which worker does it
	Key   string    // names the deed among all of its kind, for ever
	Scope string    // of the seal; a key is made for one that has none
	Body  []byte    // what the worker needs to know
	At    time.Time // not before; zero: at once
}

// Status is what is known of a job without its body.
type Status struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind"`
	Scope    string    `json:"-"` // names the case, where there is one
	State    State     `json:"state"`
	Next     time.Time `json:"next,omitzero"` // of the attempt that follows
	Attempts int       `json:"attempts"`
	Problem  string    `json:"problem,omitempty"` // of the last attempt
	Created  time.Time `json:"created"`
	Ended    time.Time `json:"ended,omitzero"`
}

// maxBody bounds a body in bytes: what is long is kept elsewhere and named.
const maxBody = 1 << 20

func (q *Queue) now() time.Time { return q.Clock().UTC().Truncate(time.Microsecond) }

// Put puts a job into the queue, in the transaction of the deed that wants it,
// and gives its identifier. One of the same kind and key that was put before
// stays as it is, whatever became of it.
func (q *Queue) Put(ctx context.Context, tx *db.Tx, j Job) (string, error) {
	if len(j.Body) > maxBody {
		return "", fmt.Errorf("putting a job of kind %s: its body has %d bytes", j.Kind, len(j.Body))
	}
	key, err := q.key(ctx, tx, j.Scope)
	if err != nil {
		return "", fmt.Errorf("putting a job of kind %s: %w", j.Kind, err)
	}
	now := q.now()
	if j.At.Before(now) {
		j.At = now
	}
	id, hash := db.NewID(q.Rand), keyHash(j.Kind, j.Key)
	_, err = tx.Exec(ctx, `INSERT INTO jobs
		(id, kind, key_hash, scope, state, run_at, attempts, problem, created_at, ended_at, body)
		VALUES ($1, $2, $3, $4, $5, $6, 0, '', $7, 0, $8) ON CONFLICT (key_hash) DO NOTHING`,
		id, j.Kind, hash, j.Scope, string(Waiting), db.Micros(j.At), db.Micros(now), key.Seal(bodyContext(hash), j.Body))
	if err == nil {
		err = tx.QueryRow(ctx, `SELECT id FROM jobs WHERE key_hash = $1`, hash).Scan(&id)
	}
	if err != nil {
		return "", fmt.Errorf("putting a job of kind %s: %w", j.Kind, err)
	}
	return id, nil
}

// key gives the key of a scope, and makes it for one that has none.
func (q *Queue) key(ctx context.Context, tx *db.Tx, scope string) (*seal.Key, error) {
	key, err := q.Keys.Key(ctx, tx, scope)
	if errors.Is(err, seal.ErrNoKey) {
		return q.Keys.Create(ctx, tx, scope)
	}
	return key, err
}

func keyHash(kind, key string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + key))
	return hex.EncodeToString(sum[:])
}

// bodyContext is where a body belongs: to its deed, so that no job's body opens
// in the place of another.
func bodyContext(keyHash string) string { return "job/" + keyHash }

const statusColumns = `id, kind, scope, state, run_at, attempts, problem, created_at, ended_at`

func scanStatus(scan db.Scan, more ...any) (Status, error) {
	var s Status
	var state string
	var next, created, ended int64
	err := scan(append([]any{&s.ID, &s.Kind, &s.Scope, &state, &next, &s.Attempts, &s.Problem, &created, &ended}, more...)...)
	s.State, s.Created = State(state), db.FromMicros(created)
	if s.State == Waiting {
		s.Next = db.FromMicros(next)
	}
	if ended != 0 {
		s.Ended = db.FromMicros(ended)
	}
	return s, err
}

// Status gives where jobs stand, by their identifiers. What is not known is
// left out.
func (q *Queue) Status(ctx context.Context, r db.Queryer, ids []string) (map[string]Status, error) {
	out := make(map[string]Status, len(ids))
	for _, id := range ids {
		s, err := scanStatus(r.QueryRow(ctx, `SELECT `+statusColumns+` FROM jobs WHERE id = $1`, id).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading a job: %w", err)
		}
		out[id] = s
	}
	return out, nil
}

// Named gives where the job stands that a key names, whether or not its body was
// forgotten; false if there is none.
func (q *Queue) Named(ctx context.Context, r db.Queryer, kind, key string) (Status, bool, error) {
	s, err := scanStatus(r.QueryRow(ctx, `SELECT `+statusColumns+` FROM jobs WHERE key_hash = $1`, keyHash(kind, key)).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Status{}, false, nil
	}
	if err != nil {
		return Status{}, false, fmt.Errorf("reading a job: %w", err)
	}
	return s, true, nil
}

// Body opens the body of a job; errs.NotFound if there is none, or Sweep has
// forgotten it.
func (q *Queue) Body(ctx context.Context, r db.Queryer, id string) ([]byte, error) {
	var hash, scope string
	var body []byte
	err := r.QueryRow(ctx, `SELECT key_hash, scope, body FROM jobs WHERE id = $1`, id).Scan(&hash, &scope, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errs.Missing()
	}
	if err != nil {
		return nil, fmt.Errorf("reading job %s: %w", id, err)
	}
	if len(body) == 0 {
		return nil, errs.Missing()
	}
	return q.open(ctx, r, scope, hash, body)
}

func (q *Queue) open(ctx context.Context, r db.Queryer, scope, hash string, body []byte) ([]byte, error) {
	key, err := q.Keys.Key(ctx, r, scope)
	if err != nil {
		return nil, fmt.Errorf("opening a job: %w", err)
	}
	return key.Open(bodyContext(hash), body)
}

// OfScope lists the jobs of a scope, the oldest first, at most limit of them
// from the end.
func (q *Queue) OfScope(ctx context.Context, r db.Queryer, scope string, limit int) ([]Status, error) {
	return q.list(ctx, r, `SELECT `+statusColumns+` FROM (SELECT * FROM jobs WHERE scope = $1
		ORDER BY created_at DESC, id DESC LIMIT $2) j ORDER BY created_at, id`, scope, limit)
}

// Troubled lists what was given up of some kinds, and what waits after so many
// attempts at least, the latest first. No kind is all of them.
func (q *Queue) Troubled(ctx context.Context, r db.Queryer, limit, attempts int, kinds ...string) ([]Status, error) {
	where, args := "", []any{limit, attempts}
	for i, k := range kinds {
		where += fmt.Sprintf(", $%d", i+3)
		args = append(args, k)
	}
	if where != "" {
		where = " AND kind IN (" + where[2:] + ")"
	}
	return q.list(ctx, r, `SELECT `+statusColumns+` FROM jobs WHERE (state = 'failed' OR (state = 'waiting' AND attempts >= $2))`+where+`
		ORDER BY created_at DESC, id DESC LIMIT $1`, args...)
}

func (q *Queue) list(ctx context.Context, r db.Queryer, query string, args ...any) ([]Status, error) {
	return db.All(ctx, r, "listing jobs", query, args, func(scan db.Scan) (Status, error) { return scanStatus(scan) })
}

// Counts tells how many jobs there are in each state.
func (q *Queue) Counts(ctx context.Context, r db.Queryer) (map[State]int, error) {
	return db.Pairs[State, int](ctx, r, "counting jobs", `SELECT state, COUNT(*) FROM jobs GROUP BY state`)
}

// Retry lets a job that was given up be tried again, its doubts forgotten;
// errs.NotFound if there is none, errs.Conflict if it was not given up.
func (q *Queue) Retry(ctx context.Context, tx *db.Tx, id string) error {
	return q.move(ctx, tx, id, again)
}

// Drop takes a job that has not ended well out of the queue.
func (q *Queue) Drop(ctx context.Context, tx *db.Tx, id string) error {
	return q.move(ctx, tx, id, drop)
}

// Bounce says that what was done has come back. Of a job that has not ended
// well it says nothing new.
func (q *Queue) Bounce(ctx context.Context, tx *db.Tx, id, words string) error {
	_, err := tx.Exec(ctx, `UPDATE jobs SET state = $1, problem = $2, ended_at = $3 WHERE id = $4 AND state = $5`,
		string(moves[Done][bounce]), line(words), db.Micros(q.now()), id, string(Done))
	if err != nil {
		return fmt.Errorf("noting that a letter came back: %w", err)
	}
	return nil
}

func (q *Queue) move(ctx context.Context, tx *db.Tx, id string, e event) error {
	var state string
	err := tx.QueryRow(ctx, `SELECT state FROM jobs WHERE id = $1`, id).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return errs.Missing()
	}
	if err != nil {
		return fmt.Errorf("reading job %s: %w", id, err)
	}
	to, err := State(state).step(e)
	if err != nil {
		return errs.Conflictf("This delivery is %s: that is not possible now.", state).WithCause(err)
	}
	ended := int64(0)
	if to == Dropped {
		ended = db.Micros(q.now())
	}
	_, err = tx.Exec(ctx, `UPDATE jobs SET state = $1, run_at = $2, ended_at = $3, attempts = 0, doubts = 0 WHERE id = $4 AND state = $5`,
		string(to), db.Micros(q.now()), ended, id, state)
	if err != nil {
		return fmt.Errorf("moving job %s: %w", id, err)
	}
	return nil
}
