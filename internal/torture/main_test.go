package torture

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"

	"github.com/ncruces/go-sqlite3"

	"steward/internal/cli"
)

// What the test binary is told by its environment when it is not the test.
const (
	childDir    = "STEWARD_TORTURE_DATA"   // be a server on this data directory
	childBackup = "STEWARD_TORTURE_BACKUP" // write a backup of it to this file instead
	childUnsafe = "STEWARD_TORTURE_UNSAFE" // let SQLite not wait for the disk
	mountsApart = "STEWARD_TORTURE_MOUNTS" // the mount namespace is our own
)

// TestMain lets the test binary be the server that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(child(dir))
	}
	if os.Geteuid() == 0 && os.Getenv(mountsApart) == "" {
		os.Exit(apart())
	}
	os.Exit(m.Run())
}

func child(dir string) int {
	if os.Getenv(childUnsafe) != "" {
		sqlite3.AutoExtension(func(c *sqlite3.Conn) error { return c.Exec("PRAGMA synchronous=OFF") })
	}
	args := []string{"serve", "--data", dir}
	if file := os.Getenv(childBackup); file != "" {
		args = []string{"backup", "--data", dir, file}
	}
	return cli.Run(context.Background(), args, cli.OS())
}

// apart runs the tests in a mount namespace of their own: whatever they mount
// is gone with the last of their processes, however that ends.
func apart() int {
	runtime.LockOSThread() // Pdeathsig is about the thread
	c := exec.Command(os.Args[0], os.Args[1:]...)
	c.Env = append(os.Environ(), mountsApart+"=1")
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	err := c.Run()
	if err != nil && c.ProcessState == nil {
		fmt.Fprintln(os.Stderr, "the trials need a mount namespace of their own:", err)
		return 1
	}
	return c.ProcessState.ExitCode()
}
