package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/api"
	"steward/internal/app"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/cli"
)

const childDir = "STEWARD_TORTURE_DATA"

// TestMain lets the test binary be the server that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(cli.Run(context.Background(), []string{"serve", "--data", dir}, cli.OS()))
	}
	os.Exit(m.Run())
}

// kills is how often a server is killed.
func kills(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("STEWARD_KILLS"))
	if os.Getenv("STEWARD_KILLS") == "" {
		return 10
	}
	if err != nil {
		t.Fatalf("STEWARD_KILLS: %v", err)
	}
	return n
}

// TestKillDuringIntake kills the server at random moments while reports come
// in. Every report whose receipt was shown is there afterwards, once; every
// report that was sent again after a broken connection is there once.
func TestKillDuringIntake(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, engine)
			sent := &ledger{receipts: map[string]api.Receipt{}}
			for range kills(t) {
				s.start(t)
				s.load(sent, time.Duration(20+rand.IntN(300))*time.Millisecond)
			}
			s.start(t)
			s.resend(t, sent)
			s.kill()
			s.verify(t, sent)
		})
	}
}

// server is a Steward that can be killed and started again.
type server struct {
	dir, url string
	child    *exec.Cmd
}

func newServer(t *testing.T, engine string) *server {
	t.Helper()
	s := &server{dir: filepath.Join(t.TempDir(), "data")}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close()
	s.url = "http://" + addr
	args := []string{"init", "--data", s.dir, "--listen", addr}
	if engine == "postgres" {
		args = append(args, "--database", dbtest.EmptyDSN(t, engine))
	}
	var out bytes.Buffer
	w := cli.OS()
	w.Stdout, w.Stderr = &out, &out
	if code := cli.Run(t.Context(), args, w); code != 0 {
		t.Fatalf("init: exit %d: %s", code, out.String())
	}
	settings := filepath.Join(s.dir, "steward.toml")
	raw, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	raw = bytes.Replace(raw, []byte("reports_per_hour = 20"), []byte("reports_per_hour = 100000000"), 1)
	if err := os.WriteFile(settings, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	return s
}

// start starts the server and waits until it answers.
func (s *server) start(t *testing.T) {
	t.Helper()
	s.child = exec.Command(os.Args[0])
	s.child.Env = append(os.Environ(), childDir+"="+s.dir)
	var out bytes.Buffer
	s.child.Stdout, s.child.Stderr = &out, &out
	if err := s.child.Start(); err != nil {
		t.Fatal(err)
	}
	for range 600 {
		if res, err := http.Get(s.url + "/api/v1/"); err == nil {
			res.Body.Close()
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	s.kill()
	t.Fatalf("the server does not answer: %s", out.String())
}

func (s *server) kill() {
	if s.child != nil {
		_ = s.child.Process.Kill()
		_ = s.child.Wait()
		s.child = nil
	}
}

// ledger is what senders know: the keys they sent, and the receipts they saw.
type ledger struct {
	mu       sync.Mutex
	keys     []string
	receipts map[string]api.Receipt
}

const senders = 8

// load sends reports from several senders and kills the server after a while.
func (s *server) load(l *ledger, life time.Duration) {
	var wg sync.WaitGroup
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: senders}}
	defer client.CloseIdleConnections()
	for range senders {
		wg.Go(func() {
			for {
				key := fmt.Sprintf("torture-%016x%016x", rand.Uint64(), rand.Uint64())
				l.mu.Lock()
				l.keys = append(l.keys, key)
				l.mu.Unlock()
				r, err := s.report(client, key)
				if err != nil {
					return // the server is gone
				}
				l.mu.Lock()
				l.receipts[key] = r
				l.mu.Unlock()
			}
		})
	}
	time.Sleep(life)
	s.kill()
	wg.Wait()
}

// report sends the report that belongs to a key.
func (s *server) report(client *http.Client, key string) (out api.Receipt, err error) {
	body := fmt.Sprintf(`{"summary": "Report %s", "what": "It crashes. %s", "product": "example", "reproduce": "Run ./poc", "reporter": {"anonymous": true}, "credit": {"want": "no"}}`, key, strings.Repeat("x", 2000))
	req, err := http.NewRequest("POST", s.url+"/api/v1/reports", strings.NewReader(body))
	if err != nil {
		return out, err
	}
	req.Header.Set("Idempotency-Key", key)
	res, err := client.Do(req)
	if err != nil {
		return out, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusCreated {
		err = fmt.Errorf("%s: %s", res.Status, raw)
	}
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(raw, &out)
}

// resend sends every report without a receipt again, and some with one: those
// must get the same receipt.
func (s *server) resend(t *testing.T, l *ledger) {
	t.Helper()
	for i, key := range l.keys {
		old, had := l.receipts[key]
		if had && i%10 != 0 {
			continue
		}
		r, err := s.report(http.DefaultClient, key)
		if err != nil {
			t.Fatalf("sending again: %v", err)
		}
		if had && (r.Report != old.Report || r.Phrase != old.Phrase || r.SHA256 != old.SHA256) {
			t.Errorf("a report that was sent again got another receipt")
		}
		l.receipts[key] = r
	}
}

// verify opens the data directory and counts.
func (s *server) verify(t *testing.T, l *ledger) {
	t.Helper()
	a, err := app.Open(t.Context(), app.Dir(s.dir), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	ids := map[string]bool{}
	lost := 0
	err = a.DB.Read(t.Context(), func(q db.Queryer) error {
		for key, r := range l.receipts {
			report, _, err := a.Desk.ReportByPhrase(t.Context(), q, r.Phrase)
			if err != nil || report != r.Report {
				lost++
				t.Errorf("report %s is lost: %v", key, err)
			}
			ids[r.Report] = true
		}
		var reports, cases int
		if err := q.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM reports), (SELECT count(*) FROM cases)`).Scan(&reports, &cases); err != nil {
			return err
		}
		if reports != len(l.keys) || cases != len(l.keys) || len(ids) != len(l.keys) {
			t.Errorf("%d reports were sent; there are %d reports, %d cases and %d receipts", len(l.keys), reports, cases, len(ids))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(l.keys) < kills(t) {
		t.Errorf("only %d reports were sent: the trial tried nothing", len(l.keys))
	}
	t.Logf("%d kills, %d reports, %d lost", kills(t), len(l.keys), lost)
}
