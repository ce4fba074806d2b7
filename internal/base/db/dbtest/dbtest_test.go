package dbtest_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
)

// envChild makes the test binary use a server, tell its address and hang.
const envChild = "STEWARD_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(envChild) == "" {
		os.Exit(m.Run())
	}
	address, _, err := dbtest.Start()
	fmt.Println(address, err)
	time.Sleep(time.Hour) // not select {}: Go ends a process that can never go on
}

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	t.Parallel()
	for range 2 {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			ctx := context.Background()
			err := d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, "INSERT INTO seal_keys (scope, wrapped) VALUES ('a', 'x')")
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestServerEndsWithTheProcess kills a process that has a server, or is just
// starting one: the server and its files must go, too.
func TestServerEndsWithTheProcess(t *testing.T) {
	t.Parallel()
	for _, ready := range []bool{true, false} {
		t.Run(fmt.Sprintf("ready %v", ready), func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0])
			mark := fmt.Sprintf("%s=%d-%v", envChild, os.Getpid(), ready)
			cmd.Env = append(os.Environ(), mark)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			dir := ""
			eventually(t, "the server's folder is there", func() bool {
				_, dir = family(mark)
				return dir != ""
			})
			if ready {
				line, err := bufio.NewReader(out).ReadString('\n')
				if err != nil || !strings.HasSuffix(line, " <nil>\n") {
					t.Errorf("the process said %q, %v", line, err)
				}
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			eventually(t, "all processes have ended", func() bool {
				n, _ := family(mark)
				return n == 0
			})
			eventually(t, "the folder is gone", func() bool {
				_, err := os.Stat(dir)
				return os.IsNotExist(err)
			})
		})
	}
}

// family counts the processes that carry the mark in their environment, and
// tells the server's folder, in which some of them work.
func family(mark string) (n int, dir string) {
	environs, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range environs {
		env, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(env, []byte(mark)) {
			continue
		}
		n++
		cwd, err := os.Readlink(filepath.Join(filepath.Dir(path), "cwd"))
		if err == nil && strings.Contains(cwd, "/steward-pg-") {
			dir, _, _ = strings.Cut(cwd, "/data")
		}
	}
	return n, dir
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 600 {
		if holds() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("it never came true that %s", what)
}
