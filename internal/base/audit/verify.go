package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"steward/internal/base/db"
)

// Head is the end of the record, or of an earlier state of it.
type Head struct {
	Seq  int64  // number of the last entry; 0 if there is none
	Hash string // its hash; "" if there is none
}

// BrokenError tells where the chain breaks.
type BrokenError struct {
	Seq int64 // the first entry that does not continue the chain
	Why string
}

func (e *BrokenError) Error() string {
	return fmt.Sprintf("the audit record is broken at entry %d: %s", e.Seq, e.Why)
}

// Latest gives the head as it is stored, to be kept elsewhere.
func Latest(ctx context.Context, q db.Queryer) (Head, error) {
	var h Head
	err := q.QueryRow(ctx, "SELECT seq, hash FROM audit_head WHERE id = 1").Scan(&h.Seq, &h.Hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return h, fmt.Errorf("reading the head of the audit record: %w", err)
	}
	return h, nil
}

// Verify checks the whole chain and gives its head. The error is a
// *BrokenError that names the first entry that does not continue the chain: it
// is not as it was written, or the one before it is not. progress, which may be
// nil, is called now and then with the number of entries checked.
func Verify(ctx context.Context, q db.Queryer, progress func(done int64)) (Head, error) {
	return VerifyFrom(ctx, q, Head{}, progress)
}

// VerifyFrom does as Verify does, and also checks that the record still
// contains the entry that kept was the head of. So it finds a record whose
// end was cut off, or that was written anew with hashes to match.
func VerifyFrom(ctx context.Context, q db.Queryer, kept Head, progress func(done int64)) (Head, error) {
	var at Head
	for {
		next, whole, err := VerifyPart(ctx, q, at, kept, partSize)
		if at = next; progress != nil && err == nil {
			progress(at.Seq)
		}
		if whole || err != nil {
			return at, err
		}
	}
}

// partSize is how many entries VerifyFrom reads at once.
const partSize = 1000

// VerifyPart does a part of what VerifyFrom does: it goes on after an entry up
// to which all was found good, for at most limit entries, and gives the last of
// them. whole tells that it is the head, and that nothing is left to check. A
// long record is verified so by many short reads: no entry that was written
// changes between them.
func VerifyPart(ctx context.Context, q db.Queryer, after, kept Head, limit int) (at Head, whole bool, err error) {
	at = after
	lowest := at.Seq
	if at == (Head{}) {
		lowest = math.MinInt64 // what stands before the first entry was put in
	}
	rows, err := q.Query(ctx, "SELECT "+columns+" FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2", lowest, limit)
	if err != nil {
		return at, false, fmt.Errorf("reading the audit record: %w", err)
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		s, err := scan(rows)
		if err != nil {
			return at, false, err
		}
		if why := s.follows(at); why != "" {
			return at, false, &BrokenError{min(s.Seq, at.Seq+1), why}
		}
		if s.Seq == kept.Seq && s.Hash != kept.Hash {
			return at, false, &BrokenError{s.Seq, "it is not the entry that was last when the head was kept"}
		}
		at = Head{s.Seq, s.Hash}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return at, false, fmt.Errorf("reading the audit record: %w", err)
	}
	if n == limit {
		return at, false, nil
	}
	return at, true, checkEnd(ctx, q, at, kept)
}

// follows tells why the entry cannot be the one after the head; "" if it can.
func (s *stored) follows(h Head) string {
	switch {
	case s.Seq > h.Seq+1:
		return "it is missing"
	case s.Seq != h.Seq+1:
		return "there is an entry with a number that was never given"
	case s.sum() != s.Hash:
		return "its content does not match its hash"
	case s.Prev != h.Hash:
		return "it does not follow the entry before it"
	}
	return ""
}

// checkEnd compares the last entry found with the stored head and the kept one.
func checkEnd(ctx context.Context, q db.Queryer, last, kept Head) error {
	head, err := Latest(ctx, q)
	switch {
	case err != nil:
		return err
	case head.Seq > last.Seq || kept.Seq > last.Seq:
		return &BrokenError{last.Seq + 1, "it is missing, and so are all after it"}
	case head.Seq < last.Seq:
		return &BrokenError{head.Seq + 1, "it was not written by this program: the head does not count it"}
	case head.Hash != last.Hash:
		return &BrokenError{last.Seq, "it is not the entry that the head names"}
	}
	return nil
}
