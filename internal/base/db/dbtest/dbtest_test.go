package dbtest_test

import (
	"bufio"
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
	select {}
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

// TestServerEndsWithTheProcess kills a process that has a server: the server
// and its files must go, too.
func TestServerEndsWithTheProcess(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envChild+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address, found := strings.CutSuffix(line, " <nil>\n")
	if !found {
		t.Fatal(line)
	}
	dir := folderOf(t, address)
	pid := firstLine(t, filepath.Join(dir, "data", "postmaster.pid"))
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for _, path := range []string{dir, filepath.Join("/proc", pid)} {
		mustVanish(t, path)
	}
}

func folderOf(t *testing.T, address string) string {
	t.Helper()
	_, rest, found := strings.Cut(address, "host=%2F")
	if !found {
		t.Fatalf("no folder in %s", address)
	}
	return "/" + strings.ReplaceAll(rest, "%2F", "/")
}

func firstLine(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	return line
}

func mustVanish(t *testing.T, path string) {
	t.Helper()
	for range 200 {
		if _, err := os.Stat(path); os.IsNotExist(err) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("%s is still there", path)
}
