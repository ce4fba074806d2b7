package mailtest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal is a program that believes that somebody sits before it.
type terminal struct {
	cmd  *exec.Cmd
	keys *os.File
	done chan struct{} // closes when the program has ended
	err  error         // how it ended; read it after done

	mu  sync.Mutex
	out bytes.Buffer
}

// openTerminal starts a program in a terminal of 50 lines by 200. It is killed
// when the test ends, if it still runs.
func openTerminal(t testing.TB, cmd *exec.Cmd) *terminal {
	t.Helper()
	keys, screen, err := openPTY()
	if err != nil {
		t.Fatalf("opening a terminal: %v", err)
	}
	defer screen.Close()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = screen, screen, screen
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		_ = keys.Close()
		t.Fatal(err)
	}
	term := &terminal{cmd: cmd, keys: keys, done: make(chan struct{})}
	read := make(chan struct{})
	go func() {
		defer close(read)
		buf := make([]byte, 4096)
		for {
			n, err := keys.Read(buf)
			term.mu.Lock()
			term.out.Write(buf[:n])
			term.mu.Unlock()
			if err != nil { // EIO when the program has ended
				return
			}
		}
	}()
	go func() {
		defer close(term.done)
		term.err = cmd.Wait()
	}()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the terminal showed:\n%q", term.shown())
		}
		_ = cmd.Process.Kill()
		<-term.done
		_ = keys.Close()
		<-read
	})
	return term
}

// openPTY gives the two ends of a new pseudo terminal.
func openPTY() (keys, screen *os.File, err error) {
	keys, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	fd := int(keys.Fd())
	err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 50, Col: 200})
	}
	n := 0
	if err == nil {
		n, err = unix.IoctlGetInt(fd, unix.TIOCGPTN)
	}
	if err == nil {
		screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		_ = keys.Close()
		return nil, nil, err
	}
	return keys, screen, nil
}

// shown is all that the program has printed, with the codes of the terminal.
func (x *terminal) shown() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.out.String()
}

// press types keys once the program has printed a text.
func (x *terminal) press(t testing.TB, text, keys string) {
	t.Helper()
	eventually(t, fmt.Sprintf("the terminal shows %q", text), func() bool {
		select {
		case <-x.done:
			t.Fatalf("the program ended (%v) before it showed %q", x.err, text)
		default:
		}
		return strings.Contains(x.shown(), text)
	})
	if _, err := x.keys.WriteString(keys); err != nil {
		t.Fatal(err)
	}
}

// wait waits for the end of the program, which must be a good one.
func (x *terminal) wait(t testing.TB) {
	t.Helper()
	eventually(t, "the program in the terminal ends", func() bool {
		select {
		case <-x.done:
			return true
		default:
			return false
		}
	})
	if x.err != nil {
		t.Fatalf("the program in the terminal: %v", x.err)
	}
}
