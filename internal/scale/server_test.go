package scale

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"steward/internal/cli"
)

const childDir = "STEWARD_SCALE_DATA"

// TestMain lets the test binary be the server that is measured, so that its
// memory is that of a server alone.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		go tellMemory()
		os.Exit(cli.Run(context.Background(), []string{"serve", "--data", dir}, cli.OS()))
	}
	os.Exit(m.Run())
}

// memory is what a server takes, in bytes.
type memory struct {
	Heap uint64 // live after a collection
	RSS  uint64
}

// tellMemory answers each line on the input with what the heap holds.
func tellMemory() {
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Fprintf(os.Stdout, "{\"Heap\": %d}\n", m.HeapAlloc)
	}
}

// server is a Steward in a process of its own.
type server struct {
	tb    testing.TB
	url   string
	child *exec.Cmd
	in    io.Writer
	out   *bufio.Scanner
	start time.Duration // until it answered
}

// serve starts a server on a data directory whose settings name the address.
func serve(tb testing.TB, dir, address string) *server {
	tb.Helper()
	s := &server{tb: tb, url: "http://" + address, child: exec.Command(os.Args[0])}
	s.child.Env = append(os.Environ(), childDir+"="+dir)
	log, err := os.Create(filepath.Join(tb.TempDir(), "log"))
	if err != nil {
		tb.Fatal(err)
	}
	defer log.Close() // the server has it
	s.child.Stderr = log
	in, err := s.child.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := s.child.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	s.in, s.out = in, bufio.NewScanner(out)
	began := time.Now()
	if err := s.child.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = s.child.Process.Kill()
		_ = s.child.Wait()
	})
	for time.Since(began) < 10*time.Minute {
		if res, err := http.Get(s.url + "/api/v1/"); err == nil {
			res.Body.Close()
			s.start = time.Since(began)
			return s
		}
		time.Sleep(5 * time.Millisecond)
	}
	said, _ := os.ReadFile(log.Name())
	tb.Fatalf("the server does not answer: %s", said[max(0, len(said)-2000):])
	return nil
}

// memory asks what the server takes now.
func (s *server) memory() (m memory) {
	s.tb.Helper()
	if _, err := io.WriteString(s.in, "?\n"); err != nil {
		s.tb.Fatal(err)
	}
	for s.out.Scan() && !strings.HasPrefix(s.out.Text(), "{") {
		continue // what the server says for people
	}
	if err := json.Unmarshal(s.out.Bytes(), &m); err != nil {
		s.tb.Fatal(err)
	}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.child.Process.Pid))
	if err != nil {
		s.tb.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			if _, err := fmt.Sscan(kb, &m.RSS); err != nil {
				s.tb.Fatal(err)
			}
			m.RSS <<= 10
		}
	}
	return m
}

// cpu is how long the processors have worked for the server: a measure that a
// busy machine changes little.
func (s *server) cpu() time.Duration {
	s.tb.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.child.Process.Pid))
	if err != nil {
		s.tb.Fatal(err)
	}
	// proc(5): the fields after the name in brackets; utime and stime, which
	// are the 14th and 15th of all, in hundredths of a second.
	field := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	user, uerr := strconv.Atoi(field[11])
	system, serr := strconv.Atoi(field[12])
	if err := errors.Join(uerr, serr); err != nil {
		s.tb.Fatal(err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}
