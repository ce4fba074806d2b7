package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver named pgx

	"steward/internal/base/db"
)

// EnvServer names the variable with the address of a server to use. Each test
// process leaves one database there, called template_ and a number.
const EnvServer = "STEWARD_TEST_POSTGRES"

// Server is a PostgreSQL server for tests.
type Server struct {
	address *url.URL // of the database postgres
	admin   *sql.DB  // connections to it
	cluster *cluster // nil if the server is somebody else's

	template func() error // makes the template, once
}

func newServer(address string, c *cluster) (*Server, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the address of PostgreSQL for tests: %w", err)
	}
	admin, err := sql.Open("pgx", address)
	if err != nil {
		return nil, fmt.Errorf("the address of PostgreSQL for tests: %w", err)
	}
	s := &Server{address: u, admin: admin, cluster: c}
	s.template = sync.OnceValue(s.makeTemplate)
	return s, nil
}

// shared is the server of this test process.
var shared = sync.OnceValues(func() (*Server, error) {
	if s := os.Getenv(EnvServer); s != "" {
		return newServer(s, nil)
	}
	c, err := startCluster(false)
	if err != nil {
		return nil, err
	}
	return newServer(c.address(), c)
})

func sharedServer(t testing.TB) *Server {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// NewServer starts a server of the test's own that waits for the disk, for
// tests of crashes and of speed. It ends with the test.
func NewServer(t testing.TB) *Server {
	t.Helper()
	c, err := startCluster(true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.remove)
	s, err := newServer(c.address(), c)
	if err != nil {
		t.Fatal(err)
	}
	s.admin.SetMaxIdleConns(0) // a crash would break what lies idle
	return s
}

// Start starts a server for ordinary tests; stop ends it and removes its
// files. It is for the program that shares one among many test processes.
func Start() (address string, stop func(), err error) {
	c, err := startCluster(false)
	if err != nil {
		return "", nil, err
	}
	return c.address(), c.remove, nil
}

// Open opens a new database on the server.
func (s *Server) Open(t testing.TB) *db.DB {
	t.Helper()
	return open(t, s.DSN(t))
}

// DSN makes a new database on the server and tells its address.
func (s *Server) DSN(t testing.TB) string {
	t.Helper()
	if err := s.template(); err != nil {
		t.Fatalf("preparing PostgreSQL for tests: %v", err)
	}
	return s.newDatabase(t, s.templateName())
}

// Crash ends the server as if the power had failed: nothing is finished or
// written. Restart brings it back.
func (s *Server) Crash(t testing.TB) {
	t.Helper()
	if err := s.cluster.order("crash"); err != nil {
		t.Fatal(err)
	}
}

// Stop ends the server as an operator does, with all that it keeps in its
// files; folder is where these are. Restart brings it back.
func (s *Server) Stop(t testing.TB) (folder string) {
	t.Helper()
	if err := s.cluster.order("stop"); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(s.cluster.dir, "data")
}

// Restart starts the server again after a Crash or a Stop.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if err := s.cluster.order("start"); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) newDatabase(t testing.TB, from string) string {
	t.Helper()
	ctx := context.Background()
	name := "test_" + db.NewID(rand.Reader)
	if _, err := s.admin.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE "+from+" ENCODING 'UTF8'"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := s.admin.ExecContext(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("removing the test's database: %v", err)
		}
	})
	return s.database(name)
}

// templateName is one for each process: processes that share a server may be
// built from different schemas.
func (s *Server) templateName() string { return fmt.Sprintf("template_%d", os.Getpid()) }

// makeTemplate makes the template and migrates it. Its text sorts by the
// rules of a language, not by bytes, so that a query that relies on either
// engine's order fails on one of them.
func (s *Server) makeTemplate() error {
	ctx := context.Background()
	name := s.templateName()
	if _, err := s.admin.ExecContext(ctx, "DROP DATABASE IF EXISTS "+name); err != nil {
		return err
	}
	_, err := s.admin.ExecContext(ctx, "CREATE DATABASE "+name+
		" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'und'")
	if err != nil {
		return err
	}
	d, err := db.Open(ctx, s.database(name))
	if err != nil {
		return err
	}
	return d.Close()
}

func (s *Server) database(name string) string {
	u := *s.address
	u.Path = "/" + name
	return u.String()
}
