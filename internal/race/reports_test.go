package race

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/config"
	"steward/internal/intake"
)

// spell is how long each contestant works for one figure.
const spell = 3 * time.Second

// BenchmarkReports files reports that are on the disk when they are answered,
// the whole of it: lint, keys, sealing, case, record. One writer is held
// against what the disk can sync at all, 64 writers against PostgreSQL: under
// the same program, and in the way of most programs, a pool of connections
// that each commit one plain row, with nothing sealed and no case opened.
func BenchmarkReports(b *testing.B) {
	for b.Loop() {
		sqlite, server := newIntake(b, ""), dbtest.NewServer(b)
		disk := filed(1, syncer(b))
		one := filed(1, sqlite.receive)
		many := filed(64, sqlite.receive)
		pg := filed(64, newIntake(b, server.DSN(b)).receive)
		pool := filed(64, newPool(b, server.DSN(b)))
		row := newRows(b, sqlite)
		oneRow := filed(1, row)
		rows := filed(64, row)
		b.ReportMetric(disk.rate(), "disk-syncs/s")
		b.ReportMetric(one.rate(), "one-writer/s")
		b.ReportMetric(one.rate()/disk.rate(), "one-writer/disk")
		b.ReportMetric(many.rate(), "64-writers/s")
		b.ReportMetric(many.p99(), "64-writers-p99-ms")
		b.ReportMetric(pg.rate(), "postgres/s")
		b.ReportMetric(pg.p99(), "postgres-p99-ms")
		b.ReportMetric(many.rate()/pg.rate(), "sqlite/postgres")
		b.ReportMetric(oneRow.rate()/disk.rate(), "one-writer-rows/disk")
		b.ReportMetric(rows.rate(), "rows/s")
		b.ReportMetric(rows.p99(), "rows-p99-ms")
		b.ReportMetric(pool.rate(), "postgres-pool-rows/s")
		b.ReportMetric(pool.p99(), "postgres-pool-rows-p99-ms")
		b.ReportMetric(rows.rate()/pool.rate(), "rows/postgres-pool-rows")
	}
}

// result is how long each of the writes took that came to an end.
type result struct {
	took []time.Duration
	in   time.Duration
}

func (r result) rate() float64 { return float64(len(r.took)) / r.in.Seconds() }

// p99 is in milliseconds.
func (r result) p99() float64 {
	slices.Sort(r.took)
	return float64(r.took[len(r.took)*99/100]) / 1e6
}

// filed lets n writers work for a spell.
func filed(n int, write func() error) result {
	var mu sync.Mutex
	var r result
	var wg sync.WaitGroup
	start := time.Now()
	for range n {
		wg.Go(func() {
			var took []time.Duration
			for time.Since(start) < spell {
				t := time.Now()
				if err := write(); err != nil {
					panic(err)
				}
				took = append(took, time.Since(t))
			}
			mu.Lock()
			defer mu.Unlock()
			r.took = append(r.took, took...)
		})
	}
	wg.Wait()
	r.in = time.Since(start)
	return r
}

// syncer appends a page to a file and syncs it: the least that a durable
// commit can cost.
func syncer(b *testing.B) func() error {
	f, err := os.Create(filepath.Join(b.TempDir(), "journal"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	page := make([]byte, 4096)
	return func() error {
		if _, err := f.Write(page); err != nil {
			return err
		}
		return syscall.Fdatasync(int(f.Fd()))
	}
}

type desk struct{ *app.App }

// newIntake is a Steward on an engine; an empty dsn is SQLite.
func newIntake(b *testing.B, dsn string) desk {
	dir := app.Dir(filepath.Join(b.TempDir(), "data"))
	answers := config.Answers{Team: "Example", Database: dsn}
	if err := app.Init(dir, answers, time.Now()); err != nil {
		b.Fatal(err)
	}
	a, err := app.Open(context.Background(), dir, app.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = a.Close() })
	return desk{a}
}

func (d desk) receive() error {
	ctx := context.Background()
	id := db.NewID(rand.Reader)
	sub := intake.Submission{
		Token: id, Channel: intake.API, Product: "example", Summary: "Report " + id,
		What: "It crashes. " + strings.Repeat("x", 2000), Reproduce: "Run ./poc", Versions: "1.0",
		Reporter: intake.Reporter{Anonymous: true}, Credit: intake.Credit{Want: intake.CreditNo},
	}
	found, err := d.Linter.Lint(ctx, sub)
	if err != nil {
		return err
	}
	_, err = d.Cases.Receive(ctx, acl.Nobody(), nil, sub, found)
	return err
}

const (
	plainTable  = `CREATE TABLE plain (id TEXT PRIMARY KEY, at BIGINT NOT NULL, body TEXT NOT NULL)`
	plainInsert = `INSERT INTO plain (id, at, body) VALUES ($1, $2, $3)`
)

var plainBody = strings.Repeat("x", 2000)

// newPool writes plain rows in the usual way, each in a transaction and
// connection of its own.
func newPool(b *testing.B, dsn string) func() error {
	ctx := context.Background()
	settings, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		b.Fatal(err)
	}
	settings.MaxConns = 64
	pool, err := pgxpool.NewWithConfig(ctx, settings)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	if _, err := pool.Exec(ctx, plainTable); err != nil {
		b.Fatal(err)
	}
	return func() error {
		_, err := pool.Exec(ctx, plainInsert, db.NewID(rand.Reader), time.Now().UnixMicro(), plainBody)
		return err
	}
}

// newRows writes the same rows through our writer.
func newRows(b *testing.B, d desk) func() error {
	ctx := context.Background()
	exec := func(query string, args ...any) error {
		return d.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, query, args...)
			return err
		})
	}
	if err := exec(plainTable); err != nil {
		b.Fatal(fmt.Errorf("making the table: %w", err))
	}
	return func() error {
		return exec(plainInsert, db.NewID(rand.Reader), time.Now().UnixMicro(), plainBody)
	}
}
