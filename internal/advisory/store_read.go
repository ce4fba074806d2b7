package advisory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// Get gives an advisory as it stands, withdrawn ones too.
func (s *Store) Get(ctx context.Context, id string) (Advisory, error) {
	var a Advisory
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		var state State
		var err error
		if a, state, err = current(ctx, q, id); err == nil && state == "" {
			return errs.Missing()
		}
		return err
	})
	return a, err
}

// List gives a page of advisories, last published first: the first page for
// an empty after, else the one that follows the advisory of that identifier.
func (s *Store) List(ctx context.Context, after string) (Page, error) {
	page, err := s.latest(ctx, after, PageSize+1)
	if len(page.Advisories) > PageSize {
		page.Advisories = page.Advisories[:PageSize]
		page.Next = page.Advisories[PageSize-1].ID
	}
	return page, err
}

// Latest gives the advisories that were published last, the last first, at
// most limit of them, and how many there are in all.
func (s *Store) Latest(ctx context.Context, limit int) ([]Advisory, int, error) {
	page, err := s.latest(ctx, "", bounded(limit))
	return page.Advisories, page.Total, err
}

func (s *Store) latest(ctx context.Context, after string, limit int) (Page, error) {
	page := Page{Advisories: []Advisory{}}
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM advisories`).Scan(&page.Total); err != nil {
			return fmt.Errorf("counting advisories: %w", err)
		}
		below := int64(1) << 62
		if after != "" {
			err := q.QueryRow(ctx, `SELECT first FROM advisories WHERE id = $1`, after).Scan(&below)
			if errors.Is(err, sql.ErrNoRows) {
				return errs.Invalidf("after", "there is no advisory %q to go on from", OneLine(after))
			}
			if err != nil {
				return fmt.Errorf("finding the page after %s: %w", after, err)
			}
		}
		entries, err := readEntries(ctx, q, `SELECT e.seq, e.kind, e.id, e.at, e.record
			FROM advisories a JOIN advisory_entries e ON e.seq = a.last
			WHERE a.first < $1 ORDER BY a.first DESC LIMIT $2`, below, limit)
		page.Advisories = advisoriesOf(entries)
		return err
	})
	return page, err
}

// History gives every revision of an advisory as it was released, the oldest
// first.
func (s *Store) History(ctx context.Context, id string) ([]Advisory, error) {
	entries, err := s.read(ctx, `SELECT seq, kind, id, at, record FROM advisory_entries
		WHERE id = $1 AND kind = $2 ORDER BY revision`, id, kindAdvisory)
	if err == nil && len(entries) == 0 {
		err = errs.Missing()
	}
	return advisoriesOf(entries), err
}

// Changes gives the advisories whose latest revision came after the entry
// afterSeq, in that order, at most limit of them: each as it stands now.
func (s *Store) Changes(ctx context.Context, afterSeq int64, limit int) ([]Record, error) {
	entries, err := s.read(ctx, `SELECT e.seq, e.kind, e.id, e.at, e.record
		FROM advisories a JOIN advisory_entries e ON e.seq = a.last
		WHERE a.last > $1 ORDER BY a.last LIMIT $2`, afterSeq, bounded(limit))
	records := make([]Record, len(entries))
	for i, e := range entries {
		records[i] = Record{Seq: e.Seq, Advisory: *e.Advisory}
	}
	return records, err
}

// Entries gives what was made public after the entry afterSeq, in that order,
// at most limit of it: each as it was at the time. An entry never changes.
func (s *Store) Entries(ctx context.Context, afterSeq int64, limit int) ([]Entry, error) {
	return s.read(ctx, `SELECT seq, kind, id, at, record FROM advisory_entries
		WHERE seq > $1 ORDER BY seq LIMIT $2`, afterSeq, bounded(limit))
}

// Head gives the number of the last entry; 0 before the first.
func (s *Store) Head(ctx context.Context) (int64, error) {
	var head int64
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		return q.QueryRow(ctx, `SELECT COALESCE(MAX(seq), 0) FROM advisory_entries`).Scan(&head)
	})
	if err != nil {
		return 0, fmt.Errorf("counting what was made public: %w", err)
	}
	return head, nil
}

// Numbered gives the advisories of a year whose numbers are from first to
// last, the highest number first.
func (s *Store) Numbered(ctx context.Context, year, first, last int) ([]Advisory, error) {
	entries, err := s.read(ctx, `SELECT e.seq, e.kind, e.id, e.at, e.record
		FROM advisories a JOIN advisory_entries e ON e.seq = a.last
		WHERE a.year = $1 AND a.number >= $2 AND a.number <= $3 ORDER BY a.number DESC, a.first DESC`, year, first, last)
	return advisoriesOf(entries), err
}

// Years gives for each year in which there are advisories the highest number,
// the last year first.
func (s *Store) Years(ctx context.Context) ([]Year, error) {
	var years []Year
	err := s.DB.Read(ctx, func(q db.Queryer) (err error) {
		years, err = db.All(ctx, q, "listing the years", `SELECT year, MAX(number) FROM advisories GROUP BY year ORDER BY year DESC`, nil,
			func(scan db.Scan) (y Year, err error) {
				err = scan(&y.Year, &y.Highest)
				return y, err
			})
		return err
	})
	return years, err
}

// Year is a year that has advisories.
type Year struct {
	Year    int
	Highest int // the highest number in it
}

// bounded keeps a caller's limit in reason.
func bounded(limit int) int { return min(max(limit, 0), maxAtOnce) }

func (s *Store) read(ctx context.Context, query string, args ...any) ([]Entry, error) {
	var entries []Entry
	err := s.DB.Read(ctx, func(q db.Queryer) (err error) {
		entries, err = readEntries(ctx, q, query, args...)
		return err
	})
	return entries, err
}

// readEntries runs a query for seq, kind, id, at and record.
func readEntries(ctx context.Context, q db.Queryer, query string, args ...any) ([]Entry, error) {
	return db.All(ctx, q, "reading what was made public", query, args, func(scan db.Scan) (e Entry, err error) {
		var at int64
		var kind, id, record string
		if err := scan(&e.Seq, &kind, &id, &at, &record); err != nil {
			return e, err
		}
		e.At = db.FromMicros(at)
		if kind == kindPrenotice {
			p, err := decode[Prenotice](id, record)
			e.Prenotice = &p
			return e, err
		}
		a, err := decode[Advisory](id, record)
		e.Advisory = &a
		return e, err
	})
}

func advisoriesOf(entries []Entry) []Advisory {
	list := make([]Advisory, len(entries))
	for i, e := range entries {
		list[i] = *e.Advisory
	}
	return list
}
