package mailtest

import (
	"bytes"
	"io"
	"net/mail"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what another program does. It is long
// because the machine may be busy; what works does not take it.
const patience = 60 * time.Second

// Message is one mail as a server or a mailbox has it.
type Message struct {
	From string   // the envelope's sender; empty for a bounce
	To   []string // the envelope's recipients
	Raw  []byte   // header and body with CRLF, or with LF from a mailbox
	TLS  bool     // whether it came encrypted; only a sink knows
}

// Header gives the first field of that name, decoded no further; empty if
// there is none or Raw is not a mail.
func (m Message) Header(name string) string {
	parsed, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		return ""
	}
	return parsed.Header.Get(name)
}

// Body is all that comes after the header; empty if Raw is not a mail.
func (m Message) Body() string {
	parsed, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		return ""
	}
	body, _ := io.ReadAll(parsed.Body)
	return string(body)
}

// Letter is what somebody writes, or has read.
type Letter struct {
	To          string
	Subject     string
	Body        string
	Attachments []Attachment
}

// Attachment is one file of a letter.
type Attachment struct {
	Name, Type string // Type as in "application/pdf"
	Content    []byte
}

// eventually waits until something holds, and fails the test if it never does.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("it never came true that %s", what)
}

// folder makes a folder with a short path, since the sockets of gpg-agent
// allow 107 bytes, and one that users other than root can reach if open. It
// goes with the test.
func folder(t testing.TB, prefix string, open bool) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", prefix) // not os.TempDir: that may be long, or closed
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // a program that was told to end may still write in it
		eventually(t, "the test's folder "+dir+" can be removed", func() bool { return os.RemoveAll(dir) == nil })
	})
	if open {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// keep runs a shell until stop is called, or this process ends, however it
// does: the kernel sees to it that the shell's input closes. The shell must
// then clean up, which stop waits for.
func keep(t testing.TB, script string, args ...string) (stop func()) {
	t.Helper()
	// Nothing that is typed at the terminal, or kills a group, may reach it.
	cmd := exec.Command("/bin/sh", append([]string{"-c", "trap '' INT HUP TERM PIPE\n" + script, "keeper"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "TZ=UTC"}
	leash, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func() {
		_ = leash.Close()
		_ = cmd.Wait()
	}
}

// program finds a program; a test that lacks it fails.
func program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing; install it with scripts/install-mail.sh", name)
	}
	return path
}

// environ is this process's environment in plain English, with changes.
// Programs must not find the settings of whoever runs the tests.
func environ(changes ...string) []string {
	kept := slices.DeleteFunc(os.Environ(), func(s string) bool {
		name, _, _ := strings.Cut(s, "=")
		return slices.Contains([]string{"EMAIL", "GNUPGHOME", "GPG_AGENT_INFO", "MAIL", "MAILDIR", "REPLYTO"}, name)
	})
	return append(append(kept, "LC_ALL=C.UTF-8", "TZ=UTC"), changes...)
}

func writeFile(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
