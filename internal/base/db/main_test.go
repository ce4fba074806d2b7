package db_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
)

// envRole, set for a process that a test starts, says what it does instead of
// running the tests; its arguments follow in envDSN and envFrom.
const (
	envRole = "STEWARD_TEST_ROLE"
	envDSN  = "STEWARD_TEST_DSN"
	envFrom = "STEWARD_TEST_FROM"
)

func TestMain(m *testing.M) {
	switch os.Getenv(envRole) {
	case "":
		os.Exit(m.Run())
	case "count":
		play(countUp)
	case "write":
		play(writeForever)
	}
}

func play(role func(context.Context, *db.DB) error) {
	ctx := context.Background()
	d, err := db.Open(ctx, os.Getenv(envDSN))
	if err == nil {
		err = role(ctx, d)
	}
	if err == nil {
		err = d.Close()
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

func another(role, dsn string, from int) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envRole+"="+role, envDSN+"="+dsn, envFrom+"="+strconv.Itoa(from))
	return cmd
}

const counts = 60 // by each process

// countUp reads a number and writes the next one, many times.
func countUp(ctx context.Context, d *db.DB) error {
	for range counts {
		err := d.Write(ctx, func(tx *db.Tx) error {
			var n int
			if err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(n), 0) FROM numbers").Scan(&n); err != nil {
				return err
			}
			return insert(ctx, tx, n+1)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// TestProcessesTakeTurns lets several processes count up on one database: no
// number may be taken twice, and none left out.
func TestProcessesTakeTurns(t *testing.T) {
	t.Parallel()
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dsn := dbtest.DSN(t, engine)
			d, err := db.Open(context.Background(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			mustExec(t, d, numbers)
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					if out, err := another("count", dsn, 0).CombinedOutput(); err != nil {
						t.Errorf("%v: %s", err, out)
					}
				})
			}
			if err := countUp(context.Background(), d); err != nil {
				t.Error(err)
			}
			wg.Wait()
			if got := listNumbers(t, d); len(got) != 4*counts || got[len(got)-1] != 4*counts {
				t.Errorf("counted to %d", got[len(got)-1])
			}
		})
	}
}

// writeForever writes numbers from several goroutines and prints each one that
// it was told is kept.
func writeForever(ctx context.Context, d *db.DB) error {
	from, err := strconv.Atoi(os.Getenv(envFrom))
	if err != nil {
		return err
	}
	failed := make(chan error)
	for g := range 8 {
		go func() {
			for n := from + g; ; n += 8 {
				if err := d.Write(ctx, func(tx *db.Tx) error { return insert(ctx, tx, n) }); err != nil {
					failed <- err
				}
				fmt.Println(n)
			}
		}()
	}
	return <-failed
}

// TestKilledProcessKeepsItsWord kills a process that writes, again and again.
// Whatever it said is kept must be there.
func TestKilledProcessKeepsItsWord(t *testing.T) {
	t.Parallel()
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dsn := dbtest.DSN(t, engine)
			d, err := db.Open(context.Background(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			mustExec(t, d, numbers)
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			for round := range 3 {
				said := kill(t, another("write", dsn, round*1_000_000), time.Duration(50+30*round)*time.Millisecond)
				if d, err = db.Open(context.Background(), dsn); err != nil {
					t.Fatal(err)
				}
				got := listNumbers(t, d)
				for _, n := range said {
					if _, there := slices.BinarySearch(got, n); !there {
						t.Errorf("%d was said to be kept and is not there", n)
					}
				}
				if err := d.IntegrityCheck(context.Background()); err != nil {
					t.Error(err)
				}
				if err := d.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// kill runs the command, kills it some time after its first word, and gives
// the numbers that it printed.
func kill(t *testing.T, cmd *exec.Cmd, after time.Duration) (said []int) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break // a line that was cut off was not said
		}
		n, err := strconv.Atoi(string(bytes.TrimSpace(line)))
		if err != nil {
			t.Errorf("the process said %s", line)
			continue
		}
		if said = append(said, n); len(said) == 1 {
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
	}
	_ = cmd.Wait()
	if len(said) == 0 {
		t.Fatal("the process said nothing")
	}
	return said
}
