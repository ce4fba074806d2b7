package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
)

const numbers = "CREATE TABLE numbers (n BIGINT PRIMARY KEY)"

func insert(ctx context.Context, tx *db.Tx, n int) error {
	_, err := tx.Exec(ctx, "INSERT INTO numbers (n) VALUES ($1)", n)
	return err
}

func listNumbers(t *testing.T, d *db.DB) (got []int) {
	t.Helper()
	ctx := context.Background()
	err := d.Read(ctx, func(q db.Queryer) (err error) {
		got, err = db.Column[int](ctx, q, "reading numbers", "SELECT n FROM numbers ORDER BY n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

var errMine = errors.New("mine")

// endings are the ways in which a write can end. Each inserts its number n, some
// -n as well; kept says which of them, as factors of n, must be there at the end.
var endings = []struct {
	name string
	kept []int
	run  func(d *db.DB, n int) error
}{
	{"good", []int{1}, func(d *db.DB, n int) error {
		ctx := context.Background()
		return d.Write(ctx, func(tx *db.Tx) error { return insert(ctx, tx, n) })
	}},
	{"good, rows left open", []int{1, -1}, func(d *db.DB, n int) error {
		ctx := context.Background()
		return d.Write(ctx, func(tx *db.Tx) error {
			rows, err := tx.Query(ctx, "INSERT INTO numbers (n) VALUES ($1), ($2) RETURNING n", n, -n)
			if err == nil {
				rows.Next()
			}
			return err
		})
	}},
	{"error", nil, func(d *db.DB, n int) error {
		ctx := context.Background()
		err := d.Write(ctx, func(tx *db.Tx) error {
			if err := insert(ctx, tx, n); err != nil {
				return err
			}
			return errMine
		})
		return must(err, errors.Is(err, errMine))
	}},
	{"failed statement", nil, func(d *db.DB, n int) error {
		ctx := context.Background()
		err := d.Write(ctx, func(tx *db.Tx) error {
			if err := insert(ctx, tx, n); err != nil {
				return err
			}
			return insert(ctx, tx, n)
		})
		return must(err, db.IsUnique(err))
	}},
	{"hidden failed statement", nil, func(d *db.DB, n int) error {
		ctx := context.Background()
		err := d.Write(ctx, func(tx *db.Tx) error {
			_ = insert(ctx, tx, n)
			_ = insert(ctx, tx, n)
			_ = insert(ctx, tx, -n)
			return nil
		})
		return must(err, db.IsUnique(err))
	}},
	{"hidden failed row", nil, func(d *db.DB, n int) error {
		ctx := context.Background()
		err := d.Write(ctx, func(tx *db.Tx) error {
			_ = insert(ctx, tx, n)
			_ = tx.QueryRow(ctx, "INSERT INTO numbers (n) VALUES ($1) RETURNING n", n).Scan(new(int))
			return nil
		})
		return must(err, db.IsUnique(err))
	}},
	{"panic", nil, func(d *db.DB, n int) error {
		ctx := context.Background()
		err := d.Write(ctx, func(tx *db.Tx) error {
			_ = insert(ctx, tx, n)
			var m map[int]int
			m[n] = n
			return nil
		})
		return must(err, err != nil && strings.Contains(err.Error(), "panicked") && strings.Contains(err.Error(), "writer_test.go"))
	}},
	{"goroutine ends", nil, func(d *db.DB, n int) error {
		done := make(chan error, 1)
		go func() {
			defer close(done)
			ctx := context.Background()
			done <- d.Write(ctx, func(tx *db.Tx) error {
				_ = insert(ctx, tx, n)
				runtime.Goexit()
				return nil
			})
		}()
		if err, returned := <-done; returned {
			return fmt.Errorf("Write returned %v", err)
		}
		return nil
	}},
	{"cancelled before", nil, func(d *db.DB, n int) error {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		err := d.Write(ctx, func(tx *db.Tx) error { return insert(context.Background(), tx, n) })
		return must(err, errors.Is(err, context.Canceled))
	}},
	{"cancelled in the middle", nil, func(d *db.DB, n int) error {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		err := d.Write(ctx, func(tx *db.Tx) error {
			if err := insert(ctx, tx, n); err != nil {
				return err
			}
			cancel()
			return insert(ctx, tx, -n)
		})
		return must(err, errors.Is(err, context.Canceled))
	}},
}

func must(err error, holds bool) error {
	if holds {
		return nil
	}
	return fmt.Errorf("the write gave %v", err)
}

// TestWriterKeepsExactlyTheGood runs random mixtures of writes from 64
// goroutines at once.
func TestWriterKeepsExactlyTheGood(t *testing.T) {
	t.Parallel()
	mixtures := rapid.SliceOfN(rapid.IntRange(0, len(endings)-1), 64, 64)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, numbers)
		var want []int
		for seed := range 20 {
			var wg sync.WaitGroup
			for i, which := range mixtures.Example(seed) {
				n, e := 1+seed*64+i, endings[which]
				for _, factor := range e.kept {
					want = append(want, factor*n)
				}
				wg.Go(func() {
					if err := e.run(d, n); err != nil {
						t.Errorf("%s: %v", e.name, err)
					}
				})
			}
			wg.Wait()
		}
		slices.Sort(want)
		if got := listNumbers(t, d); !slices.Equal(got, want) {
			t.Errorf("kept %v, want %v", got, want)
		}
	})
}

// together runs a write that inserts 1 and, in the same transaction, all the
// others, which come while it runs. It gives their errors, the first one's
// first.
func together(t *testing.T, d *db.DB, others ...func(tx *db.Tx) error) []error {
	t.Helper()
	errs := make([]error, 1+len(others))
	ctx := context.Background()
	var wg sync.WaitGroup
	errs[0] = d.Write(ctx, func(tx *db.Tx) error {
		for i, f := range others {
			wg.Go(func() { errs[1+i] = d.Write(ctx, f) }) // waits: this write runs
		}
		for d.Waiting() < int64(len(others)) {
			time.Sleep(time.Millisecond)
		}
		return insert(ctx, tx, 1)
	})
	wg.Wait()
	return errs
}

func TestWritesShareACommit(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, "postgres") // only it tells the number of a transaction
	mustExec(t, d, numbers)
	ids := make([]int64, 20)
	var fs []func(tx *db.Tx) error
	for i := range ids {
		fs = append(fs, func(tx *db.Tx) error {
			return tx.QueryRow(context.Background(), "SELECT txid_current()").Scan(&ids[i])
		})
	}
	if err := errors.Join(together(t, d, fs...)...); err != nil {
		t.Fatal(err)
	}
	if n := len(slices.Compact(slices.Sorted(slices.Values(ids)))); n > 2 {
		t.Errorf("20 writes that waited took %d transactions", n)
	}
}

// TestCommitFails makes a commit fail that several writes share: all of them
// must hear of it.
func TestCommitFails(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, numbers, "CREATE TABLE late (n BIGINT PRIMARY KEY REFERENCES numbers (n) DEFERRABLE INITIALLY DEFERRED)")
		ctx := context.Background()
		errs := together(t, d,
			func(tx *db.Tx) error { return insert(ctx, tx, 2) },
			func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, "INSERT INTO late (n) VALUES (99)")
				return err
			},
			func(tx *db.Tx) error { return insert(ctx, tx, 3) })
		for i, err := range errs {
			if err == nil || !strings.Contains(err.Error(), "committing") {
				t.Errorf("write %d got %v", i, err)
			}
		}
		mustExec(t, d, "INSERT INTO numbers VALUES (4)")
		if got := listNumbers(t, d); !slices.Equal(got, []int{4}) {
			t.Errorf("kept %v", got)
		}
	})
}

// TestTransactionLost breaks the transaction that several writes share, in the
// middle: none of them may think that it was kept, and the next must go well.
func TestTransactionLost(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, numbers)
		lose := map[string]string{"sqlite": "ROLLBACK", "postgres": "SELECT pg_terminate_backend(pg_backend_pid())"}[d.Engine()]
		ctx := context.Background()
		errs := together(t, d, func(tx *db.Tx) error {
			_, _ = tx.Exec(ctx, lose)
			return nil
		})
		for i, err := range errs {
			if err == nil {
				t.Errorf("write %d was told that it was kept", i)
			}
		}
		mustExec(t, d, "INSERT INTO numbers VALUES (4)")
		if got := listNumbers(t, d); !slices.Equal(got, []int{4}) {
			t.Errorf("kept %v", got)
		}
	})
}

// TestConnectionLostInTheCommit ends the connection while the server commits:
// the write must not claim to know the outcome.
func TestConnectionLostInTheCommit(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, "postgres")
	mustExec(t, d, numbers,
		"CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'",
		"CREATE CONSTRAINT TRIGGER late AFTER INSERT ON numbers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hang_up()")
	ctx := context.Background()
	err := d.Write(ctx, func(tx *db.Tx) error { return insert(ctx, tx, 1) })
	if !errors.Is(err, db.ErrUnknown) {
		t.Errorf("the error is %v", err)
	}
	mustExec(t, d, "DROP TRIGGER late ON numbers", "INSERT INTO numbers VALUES (2)")
	if got := listNumbers(t, d); !slices.Equal(got, []int{2}) {
		t.Errorf("kept %v", got)
	}
}

// TestCannotBegin has more writes than go into one group fail at their
// beginning: each must be told.
func TestCannotBegin(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, "sqlite")
	if err := d.Break(); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() {
			if err := d.Write(context.Background(), func(*db.Tx) error { return nil }); err == nil {
				t.Error("a write was kept that could not begin")
			}
		})
	}
	wg.Wait()
}

// TestTxIsOverAfterTheWrite uses the Tx of a write that has ended, in another
// write of the same group and after the commit.
func TestTxIsOverAfterTheWrite(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, numbers)
		ctx := context.Background()
		var kept *db.Tx
		next := make(chan error, 1)
		err := d.Write(ctx, func(tx *db.Tx) error {
			kept = tx
			go func() {
				next <- d.Write(ctx, func(*db.Tx) error {
					if insert(ctx, kept, 1) == nil {
						t.Error("another write used the transaction of the one before")
					}
					return nil
				})
			}()
			for d.Waiting() == 0 {
				time.Sleep(time.Millisecond)
			}
			return nil
		})
		if err := errors.Join(err, <-next); err != nil {
			t.Fatal(err)
		}
		if err := insert(ctx, kept, 1); err == nil {
			t.Error("the transaction could be used after its end")
		}
		if err := kept.QueryRow(ctx, "SELECT 1").Scan(new(int)); err == nil {
			t.Error("the transaction could be read after its end")
		}
	})
}

func TestClosed(t *testing.T) {
	t.Parallel()
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			d, err := db.Open(context.Background(), dbtest.DSN(t, engine))
			if err != nil {
				t.Fatal(err)
			}
			mustExec(t, d, numbers)
			closed := make(chan error, 1)
			ctx := context.Background()
			err = d.Write(ctx, func(tx *db.Tx) error {
				go func() { closed <- d.Close() }()
				time.Sleep(10 * time.Millisecond)
				return insert(ctx, tx, 1)
			})
			if err := errors.Join(err, <-closed); err != nil {
				t.Errorf("a write that was under way when the database was closed: %v", err)
			}
			err = d.Write(ctx, func(*db.Tx) error { return nil })
			if !errors.Is(err, db.ErrClosed) {
				t.Errorf("a write after the end gives %v", err)
			}
			if err := d.Close(); err != nil {
				t.Errorf("closing again: %v", err)
			}
		})
	}
}

// TestServerRestarts takes the server away, as a power failure would, and
// brings it back.
func TestServerRestarts(t *testing.T) {
	t.Parallel()
	server := dbtest.NewServer(t)
	d := server.Open(t)
	mustExec(t, d, numbers)
	write := func(n int) error {
		return d.Write(context.Background(), func(tx *db.Tx) error { return insert(context.Background(), tx, n) })
	}
	want := []int{1, 3}
	if err := write(1); err != nil {
		t.Fatal(err)
	}
	server.Crash(t)
	// A write that comes meanwhile waits for the server, but not for ever.
	waited := make(chan error, 1)
	started := time.Now()
	go func() { waited <- write(2) }()
	server.Restart(t)
	if err := <-waited; err == nil {
		want = []int{1, 2, 3}
	} else if time.Since(started) < db.Patience/2 {
		t.Errorf("the write gave up after %v: %v", time.Since(started), err)
	}
	server.Crash(t)
	server.Restart(t)
	if err := write(3); err != nil {
		t.Errorf("the connection was lost and not made anew: %v", err)
	}
	if got := listNumbers(t, d); !slices.Equal(got, want) {
		t.Errorf("kept %v, want %v", got, want)
	}
}
