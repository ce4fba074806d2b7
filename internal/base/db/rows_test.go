package db_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
)

// TestRows: every row comes, in its order; an error, of a row or of the query,
// comes back with what was being done, and nothing beside it.
func TestRows(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, numbers)
		ctx := t.Context()
		var all []int
		err := d.Write(ctx, func(tx *db.Tx) error {
			for n := range 5 {
				if err := insert(ctx, tx, n); err != nil {
					return err
				}
			}
			gone, err := db.Column[int](ctx, tx, "deleting", "DELETE FROM numbers WHERE n >= $1 RETURNING n", 4)
			if !slices.Equal(gone, []int{4}) {
				t.Errorf("deleted %v", gone)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(ctx, func(q db.Queryer) (err error) {
			if all, err = db.Column[int](ctx, q, "listing", "SELECT n FROM numbers ORDER BY n DESC"); err != nil {
				return err
			}
			halves, err := db.Pairs[string, int](ctx, q, "counting",
				"SELECT CASE WHEN n < 3 THEN 'low' ELSE 'high' END AS half, COUNT(*) FROM numbers GROUP BY half")
			if want := map[string]int{"low": 3, "high": 1}; !maps.Equal(halves, want) {
				t.Errorf("counted %v, want %v", halves, want)
			}
			return err
		})
		if err != nil || !slices.Equal(all, []int{3, 2, 1, 0}) {
			t.Errorf("%v, %v", all, err)
		}
	})
}

func TestRowsThatFail(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, numbers)
		mustExec(t, d, "INSERT INTO numbers (n) VALUES (1), (2), (3)")
		for name, read := range map[string]func(context.Context, db.Queryer) (int, error){
			"each": func(ctx context.Context, q db.Queryer) (seen int, err error) {
				err = db.Each(ctx, q, "listing", "SELECT n FROM numbers", nil, func(db.Scan) error { seen++; return errMine })
				return seen - 1, err // the row that fails is the last
			},
			"all": func(ctx context.Context, q db.Queryer) (int, error) {
				n := 0
				list, err := db.All(ctx, q, "listing", "SELECT n FROM numbers", nil, func(db.Scan) (int, error) {
					if n++; n == 3 {
						return 0, errMine
					}
					return n, nil
				})
				return len(list), err
			},
			"column": func(ctx context.Context, q db.Queryer) (int, error) {
				list, err := db.Column[int](ctx, q, "listing", "SELECT n, n FROM numbers")
				return len(list), err
			},
			"pairs": func(ctx context.Context, q db.Queryer) (int, error) {
				list, err := db.Pairs[int, int](ctx, q, "listing", "SELECT n, missing FROM numbers")
				return len(list), err
			},
		} {
			got := -1
			err := d.Read(t.Context(), func(q db.Queryer) (err error) {
				got, err = read(t.Context(), q)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), "listing: ") || got != 0 {
				t.Errorf("%s: %d rows, %v", name, got, err)
			}
			if (name == "each" || name == "all") && !errors.Is(err, errMine) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
