package cli_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"steward/internal/cli"
)

// TestHostileOutput: what an interpreted program prints reaches a file byte by
// byte, and a terminal as text that cannot command it.
func TestHostileOutput(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "p.c")
	if err := os.WriteFile(name, []byte("#include <stdio.h>\nint main(void) { puts(\"\\033[2Jend\"); return 0; }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	interpret := func(out *os.File) {
		t.Helper()
		w := cli.World{Stdin: strings.NewReader(""), Stdout: out, Stderr: os.Stderr, Getenv: func(string) string { return "" }, Clock: time.Now}
		if status := cli.Run(context.Background(), []string{"interpret", name}, w); status != 0 {
			t.Errorf("status %d", status)
		}
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	interpret(file)
	if b, err := os.ReadFile(file.Name()); err != nil || string(b) != "\x1b[2Jend\n" {
		t.Errorf("a file got %q, %v", b, err)
	}
	screen, terminal := terminal(t)
	interpret(terminal)
	b := make([]byte, 100)
	n, err := screen.Read(b)
	if got := string(b[:n]); err != nil || got != "\ufffd[2Jend\r\n" {
		t.Errorf("a terminal got %q, %v", got, err)
	}
}

// terminal opens a new terminal, and what is behind its screen.
func terminal(t *testing.T) (screen, end *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { screen.Close() })
	n, err := unix.IoctlGetInt(int(screen.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(screen.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		end, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end.Close() })
	return screen, end
}
